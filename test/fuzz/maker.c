/* maker.c - terms and values of random graphs: see maker.h. */
#include "maker.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

uint32_t dice_roll(dice *d, uint32_t sides)
{
    uint64_t at = d->at++;
    return (uint32_t)(nrv__hash(d->key, &at, sizeof at) >> 16) % sides;
}

bool dice_percent(dice *d, uint32_t percent)
{
    return dice_roll(d, 100) < percent;
}

/* ---- text ---- */
const char *say(maker *m, const char *fmt, ...)
{
    char *at = m->room + m->n_room;
    size_t left = sizeof m->room - m->n_room;
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(at, left, fmt, list);
    va_end(list);
    if (n < 0 || (size_t)n >= left)
        return "/* too long */";
    m->n_room += (size_t)n + 1;
    return at;
}

void line(maker *m, const char *fmt, ...)
{
    random_graph *r = m->r;
    size_t left = sizeof r->text - m->n_text;
    va_list list;
    int indent = snprintf(r->text + m->n_text, left, "%*s", 4 + 4 * m->nest, "");
    va_start(list, fmt);
    int n = vsnprintf(r->text + m->n_text + indent, left - (size_t)indent, fmt, list);
    va_end(list);
    if (n >= 0 && (size_t)(indent + n + 1) < left) {
        m->n_text += (size_t)(indent + n);
        r->text[m->n_text++] = '\n';
    }
    r->text[m->n_text] = 0;
}

const char *maker_type(const maker *m)
{
    return case_type_name(m->r->real);
}

const char *maker_shape(maker *m, int rank, const int64_t *dim)
{
    const char *list = "";
    for (int i = 0; i < rank; i++)
        list = say(m, "%s%s%lld", list, i ? ", " : "", (long long)dim[i]);
    return rank ? say(m, "NRV_SHAPE(%s)", list) : "NRV_SCALAR";
}

/* ---- terms ---- */
term term_one(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor), term a)
{
    return (term){ f(a.t), say(m, "nrv_%s(%s)", name, a.c) };
}

term term_two(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor, nrv_tensor), term a, term b)
{
    return (term){ f(a.t, b.t), say(m, "nrv_%s(%s, %s)", name, a.c, b.c) };
}

term term_c(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor, double), term a, double c)
{
    return (term){ f(a.t, c), say(m, "nrv_%s(%s, %.9g)", name, a.c, c) };
}

term term_fill(maker *m, nrv_dtype t, double v)
{
    return (term){ nrv_fill(m->r->g, t, NRV_SCALAR, v),
                   say(m, "nrv_fill(g, %s, NRV_SCALAR, %.9g)", case_type_name(t), v) };
}

term term_cast(maker *m, term x, nrv_dtype t)
{
    return (term){ nrv_cast(x.t, t), say(m, "nrv_cast(%s, %s)", x.c, case_type_name(t)) };
}

static nrv_shape shape_of(int rank, const int64_t *dim)
{
    nrv_shape s = { rank, { 0 } };
    for (int i = 0; i < rank; i++)
        s.dim[i] = dim[i];
    return s;
}

static term term_reshape(maker *m, term x, int rank, const int64_t *dim)
{
    return (term){ nrv_reshape(x.t, shape_of(rank, dim)),
                   say(m, "nrv_reshape(%s, %s)", x.c, maker_shape(m, rank, dim)) };
}

static term term_broadcast(maker *m, term x, int rank, const int64_t *dim)
{
    return (term){ nrv_broadcast(x.t, shape_of(rank, dim)),
                   say(m, "nrv_broadcast(%s, %s)", x.c, maker_shape(m, rank, dim)) };
}

static term term_begin(maker *m, term x, int64_t n) /* of its elements, the first n */
{
    term flat = { nrv_reshape(x.t, NRV_SHAPE(NRV_SAME)), say(m, "nrv_reshape(%s, NRV_SHAPE(NRV_SAME))", x.c) };
    return (term){ nrv_slice(flat.t, 0, 0, n), say(m, "nrv_slice(%s, 0, 0, %lld)", flat.c, (long long)n) };
}

static bool has_shape(nrv_tensor x, int rank, const int64_t *dim)
{
    bool same = x->rank == rank;
    for (int i = 0; same && i < rank; i++)
        same = x->dim[i] == dim[i];
    return same;
}

static int64_t product(int rank, const int64_t *dim)
{
    int64_t n = 1;
    for (int i = 0; i < rank; i++)
        n *= dim[i];
    return n;
}

/* the same elements, the first of them, or all of them again and again */
term term_shaped(maker *m, term x, int rank, const int64_t *dim)
{
    if (!x.t || has_shape(x.t, rank, dim))
        return x;
    int64_t want = product(rank, dim), have = case_elements(x.t), again = (want + have - 1) / have;
    if (have == 1 && want > 1)
        return term_broadcast(m, x.t->rank ? term_reshape(m, x, 0, NULL) : x, rank, dim);
    if (have < want) {
        x = term_reshape(m, x, 2, (const int64_t[]){ 1, have });
        x = term_broadcast(m, x, 2, (const int64_t[]){ again, have });
    }
    if (have > want || again * have > want)
        x = term_begin(m, x, want);
    return has_shape(x.t, rank, dim) ? x : term_reshape(m, x, rank, dim);
}

term term_squashed(maker *m, term x, double lo, double hi)
{
    double half = (hi - lo) / 2, mid = (hi + lo) / 2;
    if (half > 1) /* a slope of at most 1 */
        x = term_c(m, "mul_c", nrv_mul_c, x, 1 / half);
    x = term_one(m, "tanh", nrv_tanh, x);
    if (half != 1)
        x = term_c(m, "mul_c", nrv_mul_c, x, half);
    return mid != 0 ? term_c(m, "add_c", nrv_add_c, x, mid) : x;
}

term term_mean(maker *m, term x)
{
    return term_one(m, "mean_all", nrv_mean_all, x);
}

term term_each(maker *m, term x)
{
    int64_t dim[NRV__MAX_RANK] = { 1 };
    int rank = x.t ? x.t->rank : 0;
    if (!x.t || rank + 1 == NRV__MAX_RANK)
        return x;
    for (int i = 0; i < rank; i++)
        dim[i + 1] = x.t->dim[i];
    x = term_reshape(m, x, rank + 1, dim);
    dim[0] = m->in->n;
    x = term_broadcast(m, x, rank + 1, dim);
    return (term){ nrv_each(m->in->block, x.t), say(m, "nrv_each(%s, %s)", m->in->name, x.c) };
}

/* ---- values ---- */
int maker_pick(maker *m, dice *d)
{
    int late = m->n_v < 4 ? m->n_v : 4;
    int i = dice_percent(d, 70) ? m->n_v - 1 - (int)dice_roll(d, (uint32_t)late) : (int)dice_roll(d, (uint32_t)m->n_v);
    m->v[i].used = true;
    if (m->v[i].input >= 0)
        m->r->x_used[m->v[i].input] = true;
    return i;
}

static void push(maker *m, value v, const char *what)
{
    random_graph *r = m->r;
    if (!v.x.t || m->n_v == MAKER_VALUES) {
        if (!*r->wrong)
            snprintf(r->wrong, sizeof r->wrong, "%s: %.300s", what,
                     nrv_graph_why(r->g) ? nrv_graph_why(r->g) : "no tensor, and no reason");
        return;
    }
    const char *name = say(m, "v%d", m->n_name++);
    line(m, "nrv_tensor %s = %s;", name, v.x.c);
    v.x.c = name;
    v.input = -1;
    m->v[m->n_v++] = v;
}

/* false: it is too large, or no number; what is met on the way there is left out */
static bool measure(maker *m, value *v, const char *what)
{
    random_graph *r = m->r;
    int64_t n = 0;
    double *x = case_value(v->x.t, &n);
    bool small = true;
    v->known = x != NULL;
    for (int64_t i = 0; i < n && x; i++) {
        v->lo = i == 0 || x[i] < v->lo ? x[i] : v->lo;
        v->hi = i == 0 || x[i] > v->hi ? x[i] : v->hi;
        small = small && fabs(x[i]) < 1e6;
    }
    if (!x && !*r->wrong)
        snprintf(r->wrong, sizeof r->wrong, "%s: %.300s", what, nrv_graph_why(r->g));
    free(x);
    r->met |= small ? 0 : RANDOM_LEFT;
    return small;
}

void maker_push(maker *m, term x, const char *what)
{
    value v = { .x = x };
    if (x.t && !nrv__dtype_real(x.t->type))
        v.x = term_cast(m, x, m->r->real);
    if (v.x.t && case_elements(v.x.t) == 0) /* nothing could be made of it */
        return;
    while (v.x.t && case_elements(v.x.t) > MAKER_MOST)
        v.x = (term){ nrv_mean(v.x.t, 0, 0), say(m, "nrv_mean(%s, 0, 0)", v.x.c) };
    if (!v.x.t || m->nest || measure(m, &v, what))
        push(m, v, what);
}

void maker_push_known(maker *m, term x, double lo, double hi)
{
    push(m, (value){ .x = x, .known = true, .lo = lo, .hi = hi }, "a loop");
}

/* what straddles 0 is taken as it is where that is small; every other range is one where the op is defined. Nothing
   said is -1..1 */
static term in_range(maker *m, term x, const value *v, double lo, double hi)
{
    bool straddles = lo <= -1 && hi >= 1;
    if (straddles) {
        lo = lo < -4 ? -4 : lo;
        hi = hi > 4 ? 4 : hi;
        return v->known && v->lo >= -4 && v->hi <= 4 ? x : term_squashed(m, x, lo, hi);
    }
    if (v->known && v->lo >= lo && v->hi <= hi)
        return x;
    return term_squashed(m, x, lo >= 0 ? lo + 0.3 * (hi - lo) : lo, hi);
}

static int with_shape(const maker *m, dice *d, int rank, const int64_t *dim)
{
    int from = (int)dice_roll(d, (uint32_t)m->n_v);
    for (int k = 0; k < m->n_v; k++)
        if (has_shape(m->v[(from + k) % m->n_v].x.t, rank, dim))
            return (from + k) % m->n_v;
    return -1;
}

/* of a length of their own, so that the difference of two has no equal elements either */
static term waves(maker *m, dice *d, nrv_dim n)
{
    double pace = (6000 + dice_roll(d, 8000)) / 1e4;
    term i = { nrv_iota(m->r->g, m->r->real, n), say(m, "nrv_iota(g, %s, %lld)", maker_type(m), (long long)n) };
    return term_one(m, "sin", nrv_sin, term_c(m, "mul_c", nrv_mul_c, i, pace));
}

term maker_operand(maker *m, dice *d, int rank, const int64_t *dim, double lo, double hi, bool apart)
{
    int i = dice_percent(d, 70) ? with_shape(m, d, rank, dim) : -1;
    if (i < 0)
        i = maker_pick(m, d);
    m->v[i].used = true;
    if (m->v[i].input >= 0)
        m->r->x_used[m->v[i].input] = true;
    value v = m->v[i];
    int64_t want = product(rank, dim), have = case_elements(v.x.t);
    term x = term_shaped(m, v.x, rank, dim);
    if ((have < want && dice_percent(d, 60)) || apart) {
        x = term_two(m, "add", nrv_add, x, term_shaped(m, waves(m, d, want), rank, dim));
        v.lo -= 1;
        v.hi += 1;
    }
    return in_range(m, x, &v, lo, hi);
}

term maker_last(maker *m, dice *d, int from, int rank, const int64_t *dim)
{
    int i = m->n_v > from ? m->n_v - 1 : maker_pick(m, d);
    m->v[i].used = true;
    if (m->v[i].input >= 0)
        m->r->x_used[m->v[i].input] = true;
    value v = m->v[i];
    return in_range(m, term_shaped(m, v.x, rank, dim), &v, -2, 2);
}

bool maker_left_out(maker *m, uint64_t key)
{
    for (int i = 0; i < m->wish->n_without; i++)
        if (m->wish->without[i] == key)
            return true;
    if (m->r->n_statement < RANDOM_STATEMENTS)
        m->r->statement[m->r->n_statement++] = key;
    return false;
}
