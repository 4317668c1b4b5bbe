/* dim.c - lengths with names: polynomials with integer coefficients in named sizes and floor(polynomial / constant).

   Promises: equal polynomials get equal handles, so equality is a comparison of integers; what cannot be proved becomes
   a check at nrv_prepare, never a guess. A handle carries 41 bits of check, so that arithmetic on it in C is caught.
   Does not do: min, max, general quotients. */
#include "graph.h"
#include <stdio.h>
#include <string.h>

enum { DIM_TERMS = 64, DIM_ATOMS = 16, DIM_INDEX_BITS = 21, DIM_TEXT = 4096 };

typedef struct dim_sum { /* a polynomial being put together */
    int n;
    struct dim_part {
        int64_t factor;
        int n;
        int32_t atom[DIM_ATOMS];
    } part[DIM_TERMS];
    bool bad;
} dim_sum;

int nrv__dim_index(nrv_dim d)
{
    return (int)((uint64_t)(-(d + 2)) & ((1u << DIM_INDEX_BITS) - 1));
}

static nrv_dim dim_handle(const nrv__dims *d, size_t index)
{
    uint64_t mix = nrv__hash(d->salt, &index, sizeof index) & ((UINT64_C(1) << 41) - 1);
    return -(int64_t)(mix << DIM_INDEX_BITS | index) - 2;
}

/* ---- what is there already, by hash ---- */
enum { DIM_POLY, DIM_NAME, DIM_FLOOR, DIM_CHECK };
enum { DIM_SLOTS = 16 };

/* the next that may be it, or -1; *at: 0 at first */
static int32_t dim_seek(const nrv__dims *d, int kind, uint64_t hash, size_t *at)
{
    while (d->cap_slot && *at < d->cap_slot) {
        const nrv__dim_slot *s = &d->slot[(hash + (*at)++) & (d->cap_slot - 1)];
        if (!s->index)
            break;
        if (s->hash == hash && s->kind == kind)
            return s->index - 1;
    }
    return -1;
}

static void dim_fill_slot(nrv__dim_slot *slot, size_t cap, nrv__dim_slot s)
{
    size_t at = s.hash & (cap - 1);
    while (slot[at].index)
        at = (at + 1) & (cap - 1);
    slot[at] = s;
}

/* room for one more, so that nothing is there that cannot be found */
static bool dim_room(nrv_graph *g)
{
    nrv__dims *d = &g->dims;
    if (2 * (d->n_slot + 1) <= d->cap_slot)
        return true;
    size_t cap = d->cap_slot ? 2 * d->cap_slot : DIM_SLOTS;
    nrv__dim_slot *slot = nrv__alloc(&g->mem, NULL, 0, cap * sizeof *slot);
    if (!slot)
        return false;
    memset(slot, 0, cap * sizeof *slot);
    for (size_t i = 0; i < d->cap_slot; i++)
        if (d->slot[i].index)
            dim_fill_slot(slot, cap, d->slot[i]);
    nrv__alloc(&g->mem, d->slot, d->cap_slot * sizeof *d->slot, 0);
    d->slot = slot;
    d->cap_slot = cap;
    return true;
}

static void dim_note(nrv__dims *d, int kind, uint64_t hash, size_t index)
{
    dim_fill_slot(d->slot, d->cap_slot, (nrv__dim_slot){ hash, (int32_t)index + 1, kind });
    d->n_slot++;
}

bool nrv__dim_valid(nrv_graph *g, nrv_dim d)
{
    if (d >= 0)
        return true;
    size_t i = d < -1 ? (size_t)nrv__dim_index(d) : SIZE_MAX;
    if (i < g->dims.n_poly && dim_handle(&g->dims, i) == d)
        return true;
    nrv__graph_fail(g, NRV_ESHAPE, "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                    "%lld is neither a length nor the handle of a size of this graph", (long long)d);
    return false;
}

static int dim_compare_atoms(const nrv__dims *d, const int32_t *a, int na, const int32_t *b, int nb)
{
    for (int i = 0; i < na && i < nb; i++) {
        if (a[i] == b[i])
            continue;
        return strcmp(d->atom[a[i]].text, d->atom[b[i]].text);
    }
    return nb - na; /* longer products first: B*T before B */
}

static void dim_insert(const nrv__dims *d, dim_sum *s, int64_t factor, int n, const int32_t *atom)
{
    int at = 0, order = -1;
    while (at < s->n && (order = dim_compare_atoms(d, s->part[at].atom, s->part[at].n, atom, n)) < 0)
        at++;
    if (at < s->n && order == 0) {
        s->bad = s->bad || !nrv__add(s->part[at].factor, factor, &s->part[at].factor);
        if (s->part[at].factor == 0) {
            memmove(&s->part[at], &s->part[at + 1], (size_t)(s->n - at - 1) * sizeof s->part[0]);
            s->n--;
        }
        return;
    }
    if (factor == 0)
        return;
    if (s->n == DIM_TERMS || n > DIM_ATOMS) {
        s->bad = true;
        return;
    }
    memmove(&s->part[at + 1], &s->part[at], (size_t)(s->n - at) * sizeof s->part[0]);
    s->part[at].factor = factor;
    s->part[at].n = n;
    if (n)
        memcpy(s->part[at].atom, atom, (size_t)n * sizeof *atom);
    s->n++;
}

/* the constant term has no atoms, and so is the last */
static void dim_add_to(const nrv__dims *d, dim_sum *s, nrv_dim a, int64_t times)
{
    if (a >= 0) {
        int64_t f = 0;
        s->bad = s->bad || !nrv__mul(a, times, &f);
        dim_insert(d, s, f, 0, NULL);
        return;
    }
    const nrv__poly *p = &d->poly[nrv__dim_index(a)];
    for (int i = 0; i < p->n_term; i++) {
        int64_t f = 0;
        s->bad = s->bad || !nrv__mul(p->term[i].factor, times, &f);
        dim_insert(d, s, f, p->term[i].n_atom, p->term[i].atom);
    }
}

static const char *dim_write(nrv_graph *g, const dim_sum *s)
{
    nrv__text t = { .mem = g->mem };
    for (int i = 0; i < s->n; i++) {
        const struct dim_part *p = &s->part[i];
        int64_t f = p->factor;
        if (i)
            nrv__text_add(&t, f < 0 ? " - " : " + ");
        else if (f < 0)
            nrv__text_add(&t, "-");
        uint64_t size = f < 0 ? 0 - (uint64_t)f : (uint64_t)f;
        if (size != 1 || p->n == 0)
            nrv__text_add(&t, "%llu%s", (unsigned long long)size, p->n ? "*" : "");
        for (int k = 0; k < p->n; k++)
            nrv__text_add(&t, "%s%s", k ? "*" : "", g->dims.atom[p->atom[k]].text);
    }
    const char *text = t.broken ? NULL : nrv__arena_text(&g->arena, t.at, t.n);
    nrv__text_free(&t);
    return text;
}

static nrv_dim dim_make(nrv_graph *g, dim_sum *s)
{
    nrv__dims *d = &g->dims;
    if (s->bad)
        return nrv__graph_fail(g, NRV_ESHAPE, "name the intermediate length as a size of its own",
                               "a length overflows or has too many terms"),
               -1;
    if (s->n == 0)
        return 0;
    if (s->n == 1 && s->part[0].n == 0) {
        if (s->part[0].factor >= 0)
            return s->part[0].factor;
        return nrv__graph_fail(g, NRV_ESHAPE, "is the window larger than what it slides over?", "a length of %lld",
                               (long long)s->part[0].factor),
               -1;
    }
    uint64_t h = 0;
    for (int i = 0; i < s->n; i++) {
        h = nrv__hash(h, &s->part[i].factor, sizeof s->part[i].factor);
        h = nrv__hash(h, s->part[i].atom, (size_t)s->part[i].n * sizeof s->part[i].atom[0]);
    }
    size_t at = 0;
    for (int32_t i = dim_seek(d, DIM_POLY, h, &at); i >= 0; i = dim_seek(d, DIM_POLY, h, &at)) {
        const nrv__poly *p = &d->poly[i];
        bool same = p->n_term == s->n;
        for (int k = 0; same && k < s->n; k++)
            same = p->term[k].factor == s->part[k].factor && p->term[k].n_atom == s->part[k].n &&
                   !memcmp(p->term[k].atom, s->part[k].atom, (size_t)s->part[k].n * sizeof(int32_t));
        if (same)
            return dim_handle(d, (size_t)i);
    }
    if (d->n_poly >> DIM_INDEX_BITS)
        return nrv__graph_fail(g, NRV_ESHAPE, "use fewer different lengths", "more than 2 million different lengths"),
               -1;
    nrv__term *term = nrv__arena_get(&g->arena, (size_t)s->n * sizeof *term);
    const char *text = dim_write(g, s);
    if (!term || !text || !dim_room(g) || !nrv__graph_room(g, &d->poly, d->n_poly, &d->cap_poly, sizeof *d->poly))
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a length"), -1;
    if (strlen(text) > DIM_TEXT) /* floors within floors may double it at every step */
        return nrv__graph_fail(g, NRV_ESHAPE, "name the intermediate length as a size of its own",
                               "a length that takes %zu characters to write", strlen(text)),
               -1;
    for (int i = 0; i < s->n; i++) {
        int32_t *atom = nrv__arena_get(&g->arena, (size_t)s->part[i].n * sizeof *atom + 1);
        if (!atom)
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a length"), -1;
        memcpy(atom, s->part[i].atom, (size_t)s->part[i].n * sizeof *atom);
        term[i] = (nrv__term){ s->part[i].factor, s->part[i].n, atom };
    }
    d->poly[d->n_poly] = (nrv__poly){ term, s->n, text };
    dim_note(d, DIM_POLY, h, d->n_poly);
    return dim_handle(d, d->n_poly++);
}

static nrv_dim dim_of_atom(nrv_graph *g, int32_t atom)
{
    dim_sum s = { .n = 1 };
    s.part[0].factor = 1;
    s.part[0].n = 1;
    s.part[0].atom[0] = atom;
    return dim_make(g, &s);
}

static int32_t dim_new_atom(nrv_graph *g, uint64_t hash, nrv__atom a)
{
    nrv__dims *d = &g->dims;
    if (!dim_room(g) || !nrv__graph_room(g, &d->atom, d->n_atom, &d->cap_atom, sizeof *d->atom))
        return -1;
    a.after = (int32_t)d->n_poly;
    d->atom[d->n_atom] = a;
    dim_note(d, a.size < 0 ? DIM_FLOOR : DIM_NAME, hash, d->n_atom);
    return (int32_t)d->n_atom++;
}

/* a name that could be the text of a polynomial would be taken for it */
static bool dim_is_name(const char *name)
{
    for (const char *c = name ? name : ""; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && *c != '_' && (c == name || *c < '0' || *c > '9'))
            return false;
    return name && *name;
}

NRV_API nrv_dim nrv_size(nrv_graph *g, const char *name, int64_t lo, int64_t hi)
{
    if (!g || g->why.status)
        return -1;
    nrv__dims *d = &g->dims;
    if (!dim_is_name(name) || lo < 0 || hi < lo)
        return nrv__graph_fail(g, NRV_EARG, "nrv_size(g, \"B\", 1, 4096)", "size '%s' from %lld to %lld",
                               name ? name : "", (long long)lo, (long long)hi),
               -1;
    uint64_t hash = nrv__hash_text(0, name);
    size_t at = 0;
    for (int32_t i = dim_seek(d, DIM_NAME, hash, &at); i >= 0; i = dim_seek(d, DIM_NAME, hash, &at)) {
        if (strcmp(d->atom[i].text, name))
            continue;
        if (d->size[d->atom[i].size].lo != lo || d->size[d->atom[i].size].hi != hi)
            return nrv__graph_fail(g, NRV_ENAME, "give it the same bounds, or another name",
                                   "size '%s' was declared with other bounds", name),
                   -1;
        return dim_of_atom(g, i);
    }
    const char *text = nrv__arena_text(&g->arena, name, strlen(name));
    if (!text || !nrv__graph_room(g, &d->size, d->n_size, &d->cap_size, sizeof *d->size))
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for size '%s'", name), -1;
    d->size[d->n_size] = (nrv__size){ text, lo, hi, -1 };
    int32_t atom = dim_new_atom(g, hash, (nrv__atom){ .text = text, .size = (int32_t)d->n_size });
    if (atom < 0)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for size '%s'", name), -1;
    d->n_size++;
    return dim_of_atom(g, atom);
}

static bool dim_ready(nrv_graph *g, nrv_dim a, nrv_dim b)
{
    return g && !g->why.status && nrv__dim_valid(g, a) && nrv__dim_valid(g, b);
}

nrv_dim nrv__dim_add(nrv_graph *g, nrv_dim a, nrv_dim b)
{
    dim_sum s = { 0 };
    if (!dim_ready(g, a, b))
        return -1;
    dim_add_to(&g->dims, &s, a, 1);
    dim_add_to(&g->dims, &s, b, 1);
    return dim_make(g, &s);
}

nrv_dim nrv__dim_sub(nrv_graph *g, nrv_dim a, nrv_dim b)
{
    dim_sum s = { 0 };
    if (!dim_ready(g, a, b))
        return -1;
    dim_add_to(&g->dims, &s, a, 1);
    dim_add_to(&g->dims, &s, b, -1);
    return dim_make(g, &s);
}

static void dim_mul_term(const nrv__dims *d, dim_sum *s, const nrv__term *p, const nrv__term *q)
{
    int32_t atom[2 * DIM_ATOMS];
    int n = 0, i = 0, k = 0;
    while (i < p->n_atom || k < q->n_atom) {
        bool left =
            k == q->n_atom || (i < p->n_atom && strcmp(d->atom[p->atom[i]].text, d->atom[q->atom[k]].text) <= 0);
        atom[n++] = left ? p->atom[i++] : q->atom[k++];
    }
    int64_t f = 0;
    s->bad = s->bad || !nrv__mul(p->factor, q->factor, &f);
    dim_insert(d, s, f, n, atom);
}

nrv_dim nrv__dim_mul(nrv_graph *g, nrv_dim a, nrv_dim b)
{
    dim_sum s = { 0 };
    if (!dim_ready(g, a, b))
        return -1;
    if (a >= 0 || b >= 0) {
        dim_add_to(&g->dims, &s, a >= 0 ? b : a, a >= 0 ? a : b);
        return dim_make(g, &s);
    }
    const nrv__poly *p = &g->dims.poly[nrv__dim_index(a)], *q = &g->dims.poly[nrv__dim_index(b)];
    for (int i = 0; i < p->n_term; i++)
        for (int k = 0; k < q->n_term; k++)
            dim_mul_term(&g->dims, &s, &p->term[i], &q->term[k]);
    return dim_make(g, &s);
}

nrv_dim nrv__dim_product(nrv_graph *g, int n, const nrv_dim *d)
{
    nrv_dim p = 1;
    for (int i = 0; i < n; i++)
        p = nrv__dim_mul(g, p, d[i]);
    return p;
}

/* what divides evenly leaves the floor: floor((4*B + 3) / 2) = 2*B + floor(3 / 2) */
nrv_dim nrv__dim_floor(nrv_graph *g, nrv_dim a, int64_t by)
{
    if (!dim_ready(g, a, 0))
        return -1;
    if (by <= 0)
        return nrv__graph_fail(g, NRV_ESHAPE, "divide a length by a positive constant", "division by %lld",
                               (long long)by),
               -1;
    if (a >= 0)
        return a / by;
    nrv__dims *d = &g->dims;
    const nrv__poly *p = &d->poly[nrv__dim_index(a)];
    dim_sum even = { 0 }, rest = { 0 };
    for (int i = 0; i < p->n_term; i++) {
        int64_t f = p->term[i].factor, q = f / by - (f % by < 0);
        dim_insert(d, &even, q, p->term[i].n_atom, p->term[i].atom);
        dim_insert(d, &rest, f - q * by, p->term[i].n_atom, p->term[i].atom);
    }
    if (rest.n == 0 || (rest.n == 1 && rest.part[0].n == 0))
        return dim_make(g, &even);
    if (rest.n == 1 && rest.part[0].n == 1 && rest.part[0].factor == 1 && d->atom[rest.part[0].atom[0]].size < 0) {
        const nrv__atom *inner = &d->atom[rest.part[0].atom[0]]; /* floor(floor(x / a) / b) = floor(x / ab) */
        int64_t both = 0;
        if (nrv__mul(inner->by, by, &both)) {
            nrv_dim q = nrv__dim_floor(g, dim_handle(d, (size_t)inner->poly), both);
            return nrv__dim_add(g, q, dim_make(g, &even));
        }
    }
    nrv_dim inside = dim_make(g, &rest);
    if (inside >= -1)
        return -1;
    int32_t poly = nrv__dim_index(inside);
    uint64_t hash = nrv__hash(0, &(int64_t[]){ poly, by }, 2 * sizeof(int64_t));
    size_t at = 0;
    int32_t atom = dim_seek(d, DIM_FLOOR, hash, &at);
    while (atom >= 0 && (d->atom[atom].poly != poly || d->atom[atom].by != by))
        atom = dim_seek(d, DIM_FLOOR, hash, &at);
    if (atom < 0) {
        nrv__text t = { .mem = g->mem };
        nrv__text_add(&t, "floor((%s)/%lld)", d->poly[poly].text, (long long)by);
        const char *text = t.broken ? NULL : nrv__arena_text(&g->arena, t.at, t.n);
        nrv__text_free(&t);
        atom = text ? dim_new_atom(g, hash, (nrv__atom){ .text = text, .size = -1, .poly = poly, .by = by }) : -1;
        if (atom < 0)
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a length"), -1;
    }
    dim_insert(d, &even, 1, 1, &atom);
    return dim_make(g, &even);
}

/* removes q's atoms from p's; false if one is not there */
static bool dim_divide_term(const nrv__term *p, const nrv__term *q, dim_sum *s, const nrv__dims *d)
{
    int32_t left[DIM_ATOMS];
    int n = 0, k = 0;
    for (int i = 0; i < p->n_atom; i++) {
        if (k < q->n_atom && p->atom[i] == q->atom[k])
            k++;
        else
            left[n++] = p->atom[i];
    }
    if (k < q->n_atom || p->factor % q->factor)
        return false;
    dim_insert(d, s, p->factor / q->factor, n, left);
    return true;
}

bool nrv__dim_divides(nrv_graph *g, nrv_dim a, nrv_dim b, nrv_dim *quotient)
{
    *quotient = -1;
    if (!dim_ready(g, a, b) || b == 0)
        return false;
    if (a == b)
        return *quotient = 1, true;
    if (a >= 0)
        return b > 0 && a % b == 0 ? (*quotient = a / b, true) : false;
    const nrv__poly *p = &g->dims.poly[nrv__dim_index(a)];
    nrv__term number = { b, 0, NULL };
    const nrv__term *by = &number;
    if (b < 0) {
        const nrv__poly *q = &g->dims.poly[nrv__dim_index(b)];
        if (q->n_term != 1)
            return false;
        by = &q->term[0];
    }
    dim_sum s = { 0 };
    for (int i = 0; i < p->n_term; i++)
        if (!dim_divide_term(&p->term[i], by, &s, &g->dims))
            return false;
    *quotient = dim_make(g, &s);
    return *quotient != -1;
}

NRV_API nrv_dim nrv_dim_calc(nrv_graph *g, nrv_dim a, char op, nrv_dim b)
{
    switch (op) {
    case '+':
        return nrv__dim_add(g, a, b);
    case '-':
        return nrv__dim_sub(g, a, b);
    case '*':
        return nrv__dim_mul(g, a, b);
    case '/':
        return nrv__dim_floor(g, a, b);
    default:
        if (g)
            nrv__graph_fail(g, NRV_EARG, "use + - * or /", "no such operation on lengths: '%c'", op);
        return -1;
    }
}

const char *nrv__dim_text(nrv_graph *g, nrv_dim d, char buf[24])
{
    if (d < -1)
        return g->dims.poly[nrv__dim_index(d)].text;
    snprintf(buf, 24, "%lld", (long long)d);
    return buf;
}

static bool dim_eval_poly(const nrv__poly *p, const int64_t *atoms, int64_t *out)
{
    int64_t sum = 0;
    for (int i = 0; i < p->n_term; i++) {
        int64_t product = p->term[i].factor;
        for (int k = 0; k < p->term[i].n_atom; k++)
            if (!nrv__mul(product, atoms[p->term[i].atom[k]], &product))
                return false;
        if (!nrv__add(sum, product, &sum))
            return false;
    }
    *out = sum;
    return true;
}

bool nrv__dims_eval(const nrv__dims *d, const int64_t *sizes, int64_t *atoms, int64_t *polys, size_t *bad)
{
    size_t a = 0;
    for (size_t i = 0; i <= d->n_poly; i++) {
        for (; a < d->n_atom && (size_t)d->atom[a].after <= i; a++) {
            const nrv__atom *at = &d->atom[a];
            if (at->size >= 0) {
                atoms[a] = sizes[at->size];
                continue;
            }
            int64_t v = polys[at->poly];
            atoms[a] = v / at->by - (v % at->by < 0);
        }
        if (i < d->n_poly && !dim_eval_poly(&d->poly[i], atoms, &polys[i]))
            return *bad = i, false;
    }
    return true;
}

static bool dim_add_check(nrv_graph *g, nrv__check c)
{
    uint64_t hash = nrv__hash(0, &(int64_t[]){ c.a, c.b, c.at_most }, 3 * sizeof(int64_t));
    size_t at = 0;
    for (int32_t i = dim_seek(&g->dims, DIM_CHECK, hash, &at); i >= 0; i = dim_seek(&g->dims, DIM_CHECK, hash, &at))
        if (g->check[i].a == c.a && g->check[i].b == c.b && g->check[i].at_most == c.at_most)
            return true;
    if (!dim_room(g) || !nrv__graph_room(g, &g->check, g->n_check, &g->cap_check, sizeof *g->check))
        return false;
    c.scope = nrv__scope_path(g);
    g->check[g->n_check] = c;
    dim_note(&g->dims, DIM_CHECK, hash, g->n_check++);
    return true;
}

bool nrv__dim_same(nrv_graph *g, nrv_dim a, nrv_dim b, const char *op, nrv_dim *out)
{
    *out = a;
    if (a == b)
        return true;
    if (a >= 0 && b >= 0)
        return false;
    char ta[24], tb[24];
    /* which of the two stands for both may not depend on who came first */
    if (b >= 0 || (a < 0 && strcmp(nrv__dim_text(g, a, ta), nrv__dim_text(g, b, tb)) > 0)) {
        nrv_dim t = a;
        a = b, b = t;
    }
    *out = a;
    return dim_add_check(g, (nrv__check){ a, b, false, op, NULL });
}

/* bounds of a term from the bounds of its sizes; false: unknown */
static bool dim_bounds(const nrv__dims *d, const struct dim_part *p, int64_t *lo, int64_t *hi)
{
    *lo = *hi = p->factor;
    for (int k = 0; k < p->n; k++) {
        const nrv__atom *at = &d->atom[p->atom[k]];
        if (at->size < 0 || !nrv__mul(*lo, *lo < 0 ? d->size[at->size].hi : d->size[at->size].lo, lo) ||
            !nrv__mul(*hi, *hi < 0 ? d->size[at->size].lo : d->size[at->size].hi, hi))
            return false;
    }
    return true;
}

/* bounds of b - a, whose terms cancel first: N <= N + M needs nothing of N */
static bool dim_apart(const nrv__dims *d, nrv_dim a, nrv_dim b, int64_t *least, int64_t *most)
{
    dim_sum s = { 0 };
    dim_add_to(d, &s, b, 1);
    dim_add_to(d, &s, a, -1);
    bool known = !s.bad;
    *least = *most = 0;
    for (int i = 0; i < s.n && known; i++) {
        int64_t lo, hi;
        known = dim_bounds(d, &s.part[i], &lo, &hi) && nrv__add(*least, lo, least) && nrv__add(*most, hi, most);
    }
    return known;
}

bool nrv__dim_at_most(nrv_graph *g, nrv_dim a, nrv_dim b, const char *op)
{
    int64_t least, most;
    if (dim_apart(&g->dims, a, b, &least, &most) && (least >= 0 || most < 0))
        return least >= 0;
    return dim_add_check(g, (nrv__check){ a, b, true, op, NULL });
}

bool nrv__dim_least(nrv_graph *g, nrv_dim a, nrv_dim b, nrv_dim *least)
{
    int64_t lo, hi;
    bool known = dim_apart(&g->dims, a, b, &lo, &hi) && (lo >= 0 || hi <= 0);
    if (known)
        *least = lo >= 0 ? a : b;
    return known;
}

void nrv__dims_forget(const nrv__dims *d, const int64_t *sizes, int64_t *atoms, int64_t *polys)
{
    size_t a = 0;
    for (size_t i = 0; i <= d->n_poly; i++) {
        for (; a < d->n_atom && (size_t)d->atom[a].after <= i; a++) {
            const nrv__atom *at = &d->atom[a];
            if (at->size >= 0 ? sizes[at->size] < 0 : polys[at->poly] == NRV__UNKNOWN)
                atoms[a] = NRV__UNKNOWN;
        }
        for (int t = 0; i < d->n_poly && t < d->poly[i].n_term; t++)
            for (int k = 0; k < d->poly[i].term[t].n_atom; k++)
                if (atoms[d->poly[i].term[t].atom[k]] == NRV__UNKNOWN)
                    polys[i] = NRV__UNKNOWN;
    }
}

nrv_status nrv__dims_check(const nrv__dims *d, const nrv__check *check, size_t n, const int64_t *polys, nrv__why *why)
{
    for (size_t i = 0; i < n; i++) {
        const nrv__check *c = &check[i];
        int64_t a = nrv__dim_at(c->a, polys), b = nrv__dim_at(c->b, polys);
        if (a == NRV__UNKNOWN || b == NRV__UNKNOWN || (c->at_most ? a <= b : a == b))
            continue;
        char ta[24], tb[24];
        snprintf(ta, sizeof ta, "%lld", (long long)c->a);
        snprintf(tb, sizeof tb, "%lld", (long long)c->b);
        return nrv__fail(why, NRV_ESHAPE, "%s: %s = %lld must be %s %s = %lld%s%s", c->op,
                         c->a < -1 ? d->poly[nrv__dim_index(c->a)].text : ta, (long long)a,
                         c->at_most ? "at most" : "equal to", c->b < -1 ? d->poly[nrv__dim_index(c->b)].text : tb,
                         (long long)b, NRV__PLACE(c->scope));
    }
    return NRV_OK;
}
