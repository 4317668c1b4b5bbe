/* fuzz_programs.c - any program that the bytes spell runs as its definition says: small graphs of views, element-wise
   chains, products, reductions, windows, lines by index, draws and gradients over shared values, with outputs,
   variables and locals that are assigned (swapped, shifted, to each other), compiled with passes and kernels switched
   off in turn, on every tier and several threads, run several times at several batch sizes; against eager evaluation of
   the same steps where variables and locals are plain inputs.

   Values are small whole numbers, so every order of additions gives the same: what is compared is equal or wrong. Where
   a program leaves that range, runs are only watched for memory. A run that fails leaves variables and locals alone.
   Does not do: rounding of functions - test/op has tolerances for that. */
#include "../../src/graph/store.h"
#include "../../src/ops/op.h"
#include "../../src/ops/conv/windows.h"
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const long fuzz_runs = 400;

enum { INPUTS = 4, VARS = 3, LOCALS = 2, FIRST = INPUTS + VARS + LOCALS, STEPS = 24, MOST = FIRST + STEPS };
enum { OUTS = 4, ROUNDS = 4, ROOM = 4096, WIDE = 6, OPS = 41, TAKE = 32, GATHER = 37, SEGMENTS, SEGMENT_MAX, RUNS };

typedef struct step {
    uint8_t op, a, b, c, k;
} step;

typedef struct program {
    const uint8_t *data;
    size_t n, at;
    nrv_dtype real;
    step step[STEPS];
    int steps, rounds, out[OUTS], assign[VARS + LOCALS]; /* values; -1: not assigned */
    int64_t batch[ROUNDS];
    bool draws, bad_last;
} program;

typedef struct trace { /* the program in one graph */
    nrv_store *s;
    nrv_graph *g;
    nrv_dim B;
    nrv_dtype real;
    nrv_tensor v[MOST], index;
    int n;
} trace;

typedef struct expected { /* of one round */
    double out[OUTS][ROOM], kept[VARS + LOCALS][ROOM];
    int64_t n_out[OUTS], n_kept[VARS + LOCALS];
    bool exact;
} expected;

static int pick(program *p, int n)
{
    return p->at < p->n ? p->data[p->at++] % n : 0;
}

static void wrong(const char *how, const char *what)
{
    fprintf(stderr, "%s: %s\n", how, what);
    abort();
}

/* ---- steps: what suits an operand is done to it, so that nearly every byte means something ---- */
static nrv_tensor whole(nrv_tensor x, nrv_dtype real) /* bool or i32 to the type in use */
{
    return nrv_cast(x, real);
}

static bool goes_with(nrv_tensor a, nrv_tensor b)
{
    for (int i = 1; i <= a->rank && i <= b->rank; i++) {
        nrv_dim p = a->dim[a->rank - i], q = b->dim[b->rank - i];
        if (p != q && p != 1 && q != 1)
            return false;
    }
    return true;
}

static nrv_tensor two(const trace *t, const step *s, nrv_tensor a, nrv_tensor b)
{
    if (!goes_with(a, b))
        b = nrv_sum_all(a);
    switch (s->op) {
    case 0:
        return nrv_add(a, b);
    case 1:
        return nrv_sub(b, a);
    case 2:
        return nrv_mul(a, b);
    case 3:
        return nrv_max(a, b);
    case 4:
        return nrv_min(b, a);
    case 5:
        return nrv_select(nrv_greater(a, b), b, nrv_fill(t->g, t->real, NRV_SCALAR, s->k % 3));
    case 6:
        return NRV_EXPR("x, y: (2*x - y) + (y - x)", a, b);
    default:
        return nrv_add(whole(nrv_equal(a, b), t->real), nrv_surrogate(a, b));
    }
}

static nrv_tensor one(const trace *t, const step *s, nrv_tensor a)
{
    switch (s->op) {
    case 8:
        return nrv_neg(a);
    case 9:
        return nrv_abs(a);
    case 10:
        return nrv_relu(a);
    case 11:
        return nrv_square(a);
    case 12:
        return nrv_sign(a);
    case 13:
        return nrv_add_c(a, s->k % 5 - 2);
    case 14:
        return nrv_mul_c(a, s->k % 5 - 2);
    case 15:
        return whole(nrv_cast(a, s->k % 2 ? NRV_I32 : NRV_I64), t->real);
    case 16:
        return nrv_stop(a);
    default:
        return NRV_EXPR("x: min(max(x, -3), 3)", a);
    }
}

static nrv_tensor turn(const step *s, nrv_tensor a)
{
    int axes[NRV__MAX_RANK];
    for (int i = 0; i < a->rank; i++)
        axes[i] = (i + s->k) % a->rank;
    if (s->c % 2 && a->rank > 1) {
        axes[0] = (a->rank - 1 + s->k) % a->rank;
        axes[a->rank - 1] = s->k % a->rank;
    }
    return nrv_permute(a, a->rank, axes);
}

static nrv_tensor shape(const trace *t, const step *s, nrv_tensor a)
{
    nrv_shape to = nrv_shape_of(a);
    int axis = a->rank ? s->k % a->rank : 0;
    if (s->op == 19)
        return nrv_reshape(a, NRV_SHAPE(NRV_SAME));
    if (s->op == 20 && a->rank > 1) { /* the first two axes become one */
        to.dim[0] = nrv_dim_calc(t->g, a->dim[0], '*', a->dim[1]);
        memmove(to.dim + 1, to.dim + 2, (size_t)(a->rank - 2) * sizeof *to.dim);
        to.rank--;
        return nrv_reshape(a, to);
    }
    if (s->op == 21 && a->rank < 5)
        return nrv_expand(a, axis, s->c % 2 ? 1 : 2);
    if (s->op == 22 && a->rank) {
        nrv_dim d = a->dim[axis];
        if (d == t->B) /* the last one, or the first */
            return nrv_slice(a, axis, s->c % 2 ? nrv_dim_calc(t->g, d, '-', 1) : 0, 1);
        if (d < 2)
            return a;
        int64_t start = s->c % d;
        return nrv_slice(a, axis, start, s->b % 2 ? NRV_SAME : 1 + s->b % (d - start));
    }
    if (s->op == 23 && a->rank)
        return nrv_pad(a, axis, s->c % 2, s->b % 3, s->c % 3);
    return a->rank ? turn(s, a) : a;
}

static nrv_tensor reduce(const trace *t, const step *s, nrv_tensor a)
{
    int axis = a->rank ? s->k % a->rank : 0, keep = s->c % 2;
    if (!a->rank)
        return nrv_broadcast(a, NRV_SHAPE(t->B, WIDE));
    switch (s->op) {
    case 24:
        return nrv_sum(a, axis, keep);
    case 25:
        return nrv_max_of(a, axis, keep);
    case 26:
        return nrv_min_of(a, axis, keep);
    case 27:
        return whole(s->c % 2 ? nrv_argmax(a, axis) : nrv_argmin(a, axis), t->real);
    default:
        return nrv_sum_all(a);
    }
}

static nrv_tensor window(const trace *t, const step *s, nrv_tensor a)
{
    nrv_tensor image = nrv_broadcast(nrv_sum_all(a), NRV_SHAPE(t->B, 2, WIDE, WIDE));
    image = nrv_add(image, t->v[3]);
    nrv__window_attr at = { .axes = 2,
                            .kernel = { 1 + s->k % 3, 1 + s->b % 2 },
                            .stride = { 1 + s->c % 2, 1 },
                            .pad = { s->k / 3 % 2, 0 },
                            .dilation = { 1, 1 + s->b / 2 % 2 },
                            .groups = 1 };
    if (s->op == 30)
        return nrv_max_pool(image, 1 + s->k % 3, 1 + s->c % 2);
    nrv_tensor w = nrv_slice(nrv_slice(nrv_reshape(t->v[INPUTS], NRV_SHAPE(2, 2, 1, 6)), 3, 0, at.kernel[1]), 2, 0, 1);
    return nrv__conv(image, nrv_broadcast(w, NRV_SHAPE(2, 2, at.kernel[0], at.kernel[1])), &at);
}

/* lines of an axis of length WIDE by the index, or lines that go where the index says */
static nrv_tensor by_index(const trace *t, const step *s, nrv_tensor a)
{
    int axis = a->rank ? s->k % a->rank : 0;
    nrv_tensor w = t->v[INPUTS], from = a->rank && a->dim[axis] == WIDE ? a : w;
    nrv_tensor four = a->rank && a->dim[0] == 4 ? a : w;
    nrv_tensor start = nrv_reshape(nrv_slice(t->index, 0, s->b % 4, 1), NRV_SCALAR);
    axis = from == w ? 1 : axis;
    if (s->op == GATHER)
        return nrv_gather(from, s->c % 2 ? nrv_reshape(t->index, NRV_SHAPE(2, 2)) : t->index, axis);
    if (s->op == SEGMENTS)
        return nrv_segment_sum(four, t->index, WIDE + s->c % 2);
    if (s->op == SEGMENT_MAX)
        return nrv_segment_max(four, t->index, WIDE);
    nrv_tensor part = nrv_read(from, axis, start, 1);
    return s->c % 2 ? part : nrv_write(from, axis, nrv_cast(start, NRV_I64), nrv_mul_c(part, 2));
}

static nrv_tensor several(trace *t, const step *s, nrv_tensor a, nrv_tensor b)
{
    char name[16];
    nrv_tensor x[2] = { b, t->v[INPUTS] }, dx[2];
    snprintf(name, sizeof name, "u%d", t->n);
    switch (s->op) {
    case 29:
    case 30:
        return window(t, s, a);
    case 31:
        if (a->rank < 1 || b->rank != a->rank || a->dim[a->rank - 1] != b->dim[a->rank - 1])
            return nrv_concat(2, (const nrv_tensor[]){ nrv_reshape(a, NRV_SHAPE(NRV_SAME)), t->v[1] }, 0);
        for (int i = 0; i < a->rank - 2; i++)
            if (a->dim[i] != b->dim[i])
                return nrv_neg(b);
        return a->rank > 1 ? nrv_matmul(a, nrv_transpose(b)) : nrv_mul(a, b);
    case TAKE: {
        nrv_tensor w = t->v[INPUTS], rows = goes_with(a, w) && a->rank <= 2 ? nrv_add(a, w) : w;
        return nrv_take(rows, t->index);
    }
    case 33:
        return nrv_select(
            nrv_less(nrv_uniform(t->g, name, t->real, nrv_shape_of(a)), nrv_fill(t->g, t->real, NRV_SCALAR, 0.5)), a,
            nrv_fill(t->g, t->real, NRV_SCALAR, 1));
    case 34:
    case 35:
        nrv_grad(nrv_sum_all(nrv_mul(a, nrv_stop(a))), NULL, 2, x, dx);
        return dx[s->op - 34];
    case GATHER:
    case SEGMENTS:
    case SEGMENT_MAX:
    case RUNS:
        return by_index(t, s, a);
    default:
        return nrv_mul(whole(nrv_dim_value(t->g, t->B), t->real), a);
    }
}

static nrv_tensor apply(trace *t, const step *s)
{
    nrv_tensor a = t->v[s->a % t->n], b = t->v[s->b % t->n];
    return s->op < 8    ? two(t, s, a, b)
           : s->op < 18 ? one(t, s, a)
           : s->op < 24 ? shape(t, s, a)
           : s->op < 29 ? reduce(t, s, a)
                        : several(t, s, a, b);
}

/* ---- one program, traced twice ---- */
static const char *const kept_name[VARS + LOCALS] = { "w0", "w1", "w2", "h0", "h1" };

static nrv_shape kept_shape(const trace *t, int i)
{
    return i == 0   ? NRV_SHAPE(4, WIDE)
           : i == 1 ? NRV_SHAPE(4)
           : i == 2 ? NRV_SHAPE(WIDE)
           : i == 3 ? NRV_SHAPE(t->B, WIDE)
                    : NRV_SHAPE(4, WIDE);
}

static trace begin(nrv_dtype real, bool eager) /* eager: what is kept is an input like any other */
{
    trace t = { .s = nrv_store_new(NULL), .real = real, .n = FIRST };
    t.g = nrv_graph_new(t.s, 0);
    t.B = nrv_size(t.g, "B", 1, 64);
    const nrv_shape in[INPUTS] = { NRV_SHAPE(t.B, WIDE), NRV_SHAPE(WIDE), NRV_SHAPE(t.B, 4, WIDE),
                                   NRV_SHAPE(t.B, 2, WIDE, WIDE) };
    static const char *const name[INPUTS] = { "x0", "x1", "x2", "x3" };
    for (int i = 0; i < INPUTS; i++)
        t.v[i] = nrv_input(t.g, name[i], real, in[i]);
    t.index = nrv_input(t.g, "index", NRV_I32, NRV_SHAPE(4));
    for (int i = 0; i < VARS + LOCALS; i++)
        t.v[INPUTS + i] = eager      ? nrv_input(t.g, kept_name[i], real, kept_shape(&t, i))
                          : i < VARS ? nrv_state(t.g, kept_name[i], real, kept_shape(&t, i), i + 1)
                                     : nrv_local(t.g, kept_name[i], real, kept_shape(&t, i), i + 1);
    return t;
}

static void end(trace *t)
{
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

static bool same_shape(nrv_tensor a, nrv_tensor b)
{
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++)
        same = a->dim[i] == b->dim[i];
    return same;
}

/* elements at the largest batch; the bytes may spell something large */
static bool small(nrv_tensor x, nrv_dim B)
{
    int64_t n = 1;
    for (int i = 0; i < x->rank; i++)
        n *= x->dim[i] == B ? 5 : x->dim[i] < 0 ? 40 : x->dim[i];
    return n <= ROOM;
}

static bool generate(program *p, trace *t)
{
    p->real = pick(p, 4) ? NRV_F32 : NRV_F64;
    p->rounds = 2 + pick(p, ROUNDS - 1);
    for (int r = 0; r < ROUNDS; r++)
        p->batch[r] = (const int64_t[]){ 3, 3, 1, 5 }[pick(p, 4)];
    p->bad_last = pick(p, 2) == 1;
    if (p->bad_last) /* the locals of the round before are still there to be compared */
        p->batch[p->rounds - 1] = p->batch[p->rounds - 2];
    *t = begin(p->real, false);
    int want = 2 + pick(p, STEPS - 1);
    for (int tries = 0; p->steps < want && tries < 2 * STEPS; tries++) {
        step s = { (uint8_t)pick(p, OPS + 2), (uint8_t)pick(p, 256), (uint8_t)pick(p, 256), (uint8_t)pick(p, 256),
                   (uint8_t)pick(p, 256) };
        s.op = s.op < OPS ? s.op : TAKE;
        if (s.a % 3) /* rather what was made last */
            s.a = (uint8_t)(t->n - 1 - s.a % 4);
        nrv_tensor y = apply(t, &s);
        if (!y)
            wrong("tracing", nrv_graph_why(t->g) ? nrv_graph_why(t->g) : "no tensor, no reason");
        if (!small(y, t->B))
            continue;
        p->draws = p->draws || s.op == 33;
        p->step[p->steps++] = s;
        t->v[t->n++] = y;
    }
    for (int i = 0; i < OUTS; i++)
        p->out[i] = i < 2 ? t->n - 1 - i : pick(p, t->n);
    for (int i = 0; i < VARS + LOCALS; i++) {
        p->assign[i] = -1;
        int from = pick(p, t->n);
        for (int k = 0; k < t->n && pick(p, 8) != 7; k++)
            if ((from + k) % t->n != INPUTS + i && same_shape(t->v[(from + k) % t->n], t->v[INPUTS + i])) {
                p->assign[i] = (from + k) % t->n;
                break;
            }
    }
    return true;
}

static const char *const out_name[OUTS] = { "y0", "y1", "y2", "y3" };

static void finish(const program *p, trace *t)
{
    for (int i = 0; i < OUTS; i++)
        nrv_output(t->g, out_name[i], t->v[p->out[i]]);
    for (int i = 0; i < VARS + LOCALS; i++)
        if (p->assign[i] >= 0)
            nrv_assign(t->g, t->v[INPUTS + i], t->v[p->assign[i]]);
}

/* ---- what it should give ---- */
static double input_value(int which, int64_t i, int round)
{
    uint64_t h = nrv__hash((uint64_t)(which * 8 + round), &i, sizeof i);
    return (double)(h % 7) - 3;
}

static int32_t index_value(int64_t i, int round)
{
    return (int32_t)(i * 5 + round) % WIDE;
}

static int64_t elements(nrv_tensor x, int64_t B)
{
    static int64_t atoms[256], polys[4096];
    const nrv__dims *d = &x->g->dims;
    int64_t n = 1;
    size_t bad;
    if (d->n_atom > 256 || d->n_poly > 4096 || !nrv__dims_eval(d, &B, atoms, polys, &bad))
        wrong("tracing", "more lengths than a small program should need");
    for (int i = 0; i < x->rank; i++)
        n *= nrv__dim_at(x->dim[i], polys);
    return n;
}

static void feed(nrv_tensor x, const double *v, int64_t n)
{
    static double memory[ROOM];
    nrv__from_double(memory, x->type, v, n);
    nrv_feed(x, memory, (size_t)n * nrv__dtype_size(x->type));
}

static void value_of(nrv_tensor x, int64_t B, double *to, int64_t *n)
{
    static double memory[ROOM];
    *n = elements(x, B);
    if (nrv_eval(x, memory, (size_t)*n * nrv__dtype_size(x->type)))
        wrong("eager", nrv_graph_why(x->g));
    nrv__to_double(to, memory, x->type, *n);
}

/* every value on the way is a small whole number, so that no sum of products rounds */
static bool is_exact(const nrv_graph *g, int64_t B)
{
    for (size_t i = 0; i < g->n_node; i++) {
        nrv_tensor x = g->node[i];
        bool counts =
            x->value && nrv__dtype_real(x->type) && x->op != &nrv__op_fill && strcmp(x->op->name, "uniform") != 0;
        for (int64_t k = 0, n = counts ? elements(x, B) : 0; k < n; k++) {
            double v;
            nrv__to_double(&v, (const char *)x->value + (size_t)k * nrv__dtype_size(x->type), x->type, 1);
            if (!(fabs(v) <= 500) || v != rint(v))
                return false;
        }
    }
    return true;
}

static void expect(const program *p, int round, uint64_t commits, const expected *before, expected *now)
{
    static double v[ROOM];
    const int64_t B = p->batch[round];
    trace t = begin(p->real, true);
    t.s->commits = commits;
    for (int i = 0; i < INPUTS; i++) {
        const int64_t n = elements(t.v[i], B);
        for (int64_t k = 0; k < n; k++)
            v[k] = input_value(i, k, round);
        feed(t.v[i], v, n);
    }
    for (int64_t k = 0; k < 4; k++)
        v[k] = index_value(k, round);
    feed(t.index, v, 4);
    bool other = round && p->batch[round] != p->batch[round - 1];
    for (int i = 0; i < VARS + LOCALS; i++) {
        bool fresh = !before || (other && i == 3); /* a local of another length starts anew */
        now->n_kept[i] = elements(t.v[INPUTS + i], B);
        for (int64_t k = 0; k < now->n_kept[i]; k++)
            now->kept[i][k] = fresh ? i + 1 : before->kept[i][k];
        feed(t.v[INPUTS + i], now->kept[i], now->n_kept[i]);
    }
    for (int i = 0; i < p->steps; i++) {
        t.v[t.n] = apply(&t, &p->step[i]);
        if (!t.v[t.n++])
            wrong("the same steps again", nrv_graph_why(t.g) ? nrv_graph_why(t.g) : "no tensor, no reason");
    }
    for (int i = 0; i < OUTS; i++)
        value_of(t.v[p->out[i]], B, now->out[i], &now->n_out[i]);
    for (int i = 0; i < VARS + LOCALS; i++)
        if (p->assign[i] >= 0)
            value_of(t.v[p->assign[i]], B, now->kept[i], &now->n_kept[i]);
    now->exact = (!before || before->exact) && is_exact(t.g, B);
    end(&t);
}

/* ---- what it gives ---- */
typedef struct bound {
    double in[INPUTS][ROOM];
    int32_t index[4];
} bound;

static void bind(const program *p, const trace *t, nrv_exec *e, int round, bool bad)
{
    static const int64_t per_item[INPUTS] = { WIDE, 0, 4 * WIDE, 2 * WIDE * WIDE };
    static bound memory;
    double v[ROOM];
    int64_t B = p->batch[round];
    nrv_set_size(e, "B", B);
    for (int i = 0; i < INPUTS; i++) {
        int64_t n = per_item[i] ? B * per_item[i] : WIDE;
        for (int64_t k = 0; k < n; k++)
            v[k] = input_value(i, k, round);
        nrv__from_double(memory.in[i], p->real, v, n);
        nrv_bind_in(e, t->v[i]->name, memory.in[i], (size_t)n * nrv__dtype_size(p->real));
    }
    for (int64_t k = 0; k < 4; k++)
        memory.index[k] = index_value(k, round);
    if (bad)
        memory.index[round] = WIDE;
    nrv_bind_in(e, "index", memory.index, sizeof memory.index);
}

static void compare(const char *how, const char *name, const void *got, nrv_dtype type, const double *want, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double v;
        char text[160];
        nrv__to_double(&v, (const char *)got + (size_t)i * nrv__dtype_size(type), type, 1);
        snprintf(text, sizeof text, "%s[%lld] is %g, it should be %g", name, (long long)i, v, want[i]);
        if (v != want[i])
            wrong(how, text);
    }
}

static void compare_kept(const program *p, const char *how, nrv_store *s, nrv_exec *e, const expected *x)
{
    for (int i = 0; i < VARS + LOCALS; i++) {
        size_t bytes = 0;
        const void *got = i < VARS ? nrv_store_data(s, kept_name[i], NULL, NULL) : nrv_value(e, kept_name[i], &bytes);
        if (i >= VARS && p->assign[i] < 0)
            continue;
        if (i >= VARS && bytes != (size_t)x->n_kept[i] * nrv__dtype_size(p->real))
            wrong(how, "a local has another size");
        compare(how, kept_name[i], got, p->real, x->kept[i], x->n_kept[i]);
    }
}

static void compare_round(const program *p, const char *how, nrv_store *s, nrv_exec *e, const expected *x)
{
    for (int i = 0; i < OUTS; i++) {
        size_t bytes = 0;
        const void *got = nrv_value(e, out_name[i], &bytes);
        if (bytes != (size_t)x->n_out[i] * nrv__dtype_size(p->real))
            wrong(how, "an output has another size");
        compare(how, out_name[i], got, p->real, x->out[i], x->n_out[i]);
    }
    compare_kept(p, how, s, e, x);
}

static void run_way(const program *p, const trace *t, const expected *want, const char *how, const nrv_compile_opt *opt,
                    nrv_pool *pool)
{
    nrv_plan *plan = nrv_compile(t->g, opt);
    nrv_store *s = nrv_store_new(NULL);
    nrv_exec *e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    for (int r = 0; r < p->rounds; r++) {
        bool bad = p->bad_last && r + 1 == p->rounds && r && p->batch[r] == p->batch[r - 1];
        bind(p, t, e, r, bad);
        nrv_status st = nrv_run(e);
        if (bad && st == NRV_EVALUE && want[r - 1].exact)
            compare_kept(p, how, s, e, &want[r - 1]);
        if (st && !(bad && st == NRV_EVALUE) && !(st == NRV_EVALUE && !want[r].exact))
            wrong(how, nrv_why(e));
        if (!st && !bad && want[r].exact)
            compare_round(p, how, s, e, &want[r]);
    }
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_store_free(s);
}

static void run_all_ways(const program *p, const trace *t, const expected *want)
{
    static nrv_pool *pool;
    static const char *const without[] = { "group",         "simplify",        "take_over", "group,take_over",
                                           "copy,gemm,sum", "conv*,max_pool*", "*" };
    char tiers[128];
    if (!pool)
        pool = nrv_pool_new(3);
    run_way(p, t, want, "as it comes", NULL, NULL);
    run_way(p, t, want, "three threads", NULL, pool);
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        run_way(p, t, want, without[i], &(nrv_compile_opt){ .without = without[i] }, NULL);
    snprintf(tiers, sizeof tiers, "%s", nrv_tiers());
    for (char *at = strtok(tiers, " "); at; at = strtok(NULL, " "))
        run_way(p, t, want, at, &(nrv_compile_opt){ .cpu = at }, NULL);
    run_way(p, t, want, "check_nan", &(nrv_compile_opt){ .check_nan = 1 }, pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static expected want[ROUNDS];
    program p = { .data = data, .n = n };
    trace t;
    bool sound = generate(&p, &t), assigns = false;
    for (int i = 0; i < VARS && sound; i++)
        assigns = assigns || p.assign[i] >= 0;
    if (sound && p.draws && !assigns)
        p.rounds = 1; /* draws of later runs are mixed in a way of their own */
    if (sound) {
        finish(&p, &t);
        if (nrv_graph_why(t.g))
            wrong("tracing", nrv_graph_why(t.g));
        for (int r = 0; r < p.rounds; r++)
            expect(&p, r, assigns ? (uint64_t)r : 0, r ? &want[r - 1] : NULL, &want[r]);
        run_all_ways(&p, &t, want);
    }
    end(&t);
    return 0;
}

/* bytes drawn from a hash: the programs are in them */
size_t fuzz_seed(int i, unsigned char *to)
{
    if (i >= 64)
        return 0;
    for (int k = 0; k < 200; k++) {
        int64_t at = k;
        to[k] = (unsigned char)nrv__hash((uint64_t)i, &at, sizeof at);
    }
    return 200;
}
