/* alike.c - what other sizes leave as it is, and which steps lie as an earlier one does at any sizes.

   A plan is laid out anew for every new size. What is made of constants alone - weights, their gradients, their updates
   - lies the same at all of them; and networks are made of layers that repeat, so that most other steps have the shapes
   of an earlier one: its kernel, its pieces, its way through memory are theirs, too. Promises: two steps are alike only
   if equal formulas say all that a kernel may look at: op, attributes, lengths, types, shapes and strides. Does not do:
   find what is alike at some sizes only. */
#include "passes.h"
#include <string.h>

#ifdef NRV__TINY
#define ALIKE_HASH UINT64_C(15) /* what is different meets often */
#else
#define ALIKE_HASH UINT64_MAX
#endif

typedef struct alike_table { /* the first of those that are alike: open addressing, at most half full */
    int32_t *slot;
    size_t cap;
} alike_table;

typedef struct alike_pass {
    const nrv__code *p;
    int32_t *lies; /* of each value the first that lies as it does */
    alike_table values, steps;
} alike_pass;

static bool alike_lengths(const nrv_dim *a, const nrv_dim *b, int32_t n)
{
    bool same = true;
    for (int32_t i = 0; i < n && same; i++)
        same = a[i] == b[i];
    return same;
}

static bool alike_attrs(const nrv__opdef *op, const void *a, const void *b)
{
    return a == b || (a && b && !memcmp(a, b, op->attr_bytes));
}

static uint64_t alike_mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
}

static uint64_t alike_mix_lengths(uint64_t h, int32_t n, const nrv_dim *d)
{
    for (int32_t i = 0; i < n; i++)
        h = alike_mix(h, (uint64_t)d[i]);
    return alike_mix(h, (uint64_t)n);
}

static uint64_t alike_mix_call(uint64_t h, const nrv__opdef *op, const void *attr, int32_t n_size, const nrv_dim *size)
{
    h = alike_mix_lengths(alike_mix(h, (uintptr_t)op), n_size, size);
    return attr ? nrv__hash(h, attr, op->attr_bytes) : h;
}

/* ---- values: same type, shape and strides; both contiguous, or the same views of what lies alike ---- */
static bool alike_value(const alike_pass *a, int32_t i, int32_t j)
{
    const nrv__value *x = &a->p->value[i], *y = &a->p->value[j];
    bool same =
        x->type == y->type && x->rank == y->rank && x->dense == y->dense && alike_lengths(x->dim, y->dim, x->rank);
    if (!same || x->dense)
        return same;
    return x->where == y->where && x->where == NRV__VIEW && x->view == y->view && x->n_size == y->n_size &&
           a->lies[x->index] == a->lies[y->index] && alike_lengths(x->size, y->size, x->n_size) &&
           alike_attrs(x->view, x->attr, y->attr);
}

static uint64_t alike_value_hash(const alike_pass *a, int32_t i)
{
    const nrv__value *v = &a->p->value[i];
    uint64_t h = alike_mix_lengths((uint64_t)v->type, v->rank, v->dim);
    return v->where != NRV__VIEW || v->dense
               ? h
               : alike_mix_call(h ^ (uint64_t)a->lies[v->index], v->view, v->attr, v->n_size, v->size);
}

/* ---- steps ---- */
static bool alike_reg(const alike_pass *a, const nrv__reg *x, const nrv__reg *y)
{
    return (x->load < 0) == (y->load < 0) && (x->store < 0) == (y->store < 0) && x->full == y->full &&
           x->constant == y->constant && (x->load < 0 || a->lies[x->load] == a->lies[y->load]);
}

/* what they do may differ, but not which registers they look at, and how */
static bool alike_instr(const nrv__instr *x, const nrv__instr *y)
{
    bool same = x->n_in == y->n_in && x->first == y->first && x->ones == y->ones;
    for (int32_t k = 0; k < x->n_in && same; k++)
        same = x->in[k] == y->in[k];
    return same;
}

static bool alike_tiles(const alike_pass *a, const nrv__tiles *x, const nrv__tiles *y)
{
    bool same = x->n_reg == y->n_reg && x->n_instr == y->n_instr && x->n_slot == y->n_slot && x->rank == y->rank &&
                alike_lengths(x->dim, y->dim, x->rank);
    for (int32_t r = 0; r < x->n_reg && same; r++)
        same = alike_reg(a, &x->reg[r], &y->reg[r]);
    for (int32_t i = 0; i < x->n_instr && same; i++)
        same = alike_instr(&x->instr[i], &y->instr[i]);
    return same;
}

static bool alike_step(const alike_pass *a, int32_t i, int32_t j)
{
    const nrv__step *x = &a->p->step[i], *y = &a->p->step[j];
    if (x->op != y->op || x->n_in != y->n_in || x->n_size != y->n_size || !x->tiles != !y->tiles)
        return false;
    if (x->tiles)
        return alike_tiles(a, x->tiles, y->tiles);
    bool same = a->lies[x->out] == a->lies[y->out] && alike_lengths(x->size, y->size, x->n_size) &&
                alike_attrs(x->op, x->attr, y->attr);
    for (int32_t k = 0; k < x->n_in && same; k++)
        same = a->lies[x->in[k]] == a->lies[y->in[k]];
    return same;
}

static uint64_t alike_step_hash(const alike_pass *a, int32_t i)
{
    const nrv__step *s = &a->p->step[i];
    uint64_t h = (uint64_t)s->n_in;
    for (int32_t k = 0; k < s->n_in; k++)
        h = alike_mix(h, (uint64_t)a->lies[s->in[k]]);
    if (!s->tiles)
        return alike_mix_call(alike_mix(h, (uint64_t)a->lies[s->out]), s->op, s->attr, s->n_size, s->size);
    h = alike_mix(h, (uint64_t)s->tiles->n_reg << 32 | (uint64_t)s->tiles->n_instr);
    return alike_mix_lengths(h, s->tiles->rank, s->tiles->dim);
}

/* ---- finding them ---- */
static bool alike_table_of(nrv__compiler *c, alike_table *t, size_t n)
{
    for (t->cap = 16; t->cap < 2 * n; t->cap *= 2)
        continue;
    t->slot = nrv__tmp(c, t->cap, sizeof *t->slot);
    if (t->slot)
        memset(t->slot, -1, t->cap * sizeof *t->slot);
    return t->slot != NULL;
}

/* the first that is like i, which may be i */
static int32_t alike_first(const alike_pass *a, const alike_table *t, int32_t i, uint64_t hash,
                           bool (*same)(const alike_pass *, int32_t, int32_t))
{
    size_t at = hash & ALIKE_HASH & (t->cap - 1);
    while (t->slot[at] >= 0 && !same(a, i, t->slot[at]))
        at = (at + 1) & (t->cap - 1);
    if (t->slot[at] < 0)
        t->slot[at] = i;
    return t->slot[at];
}

/* ---- what sizes do not change ---- */
static bool alike_numbers(const nrv_dim *d, int32_t n)
{
    bool all = true;
    for (int32_t i = 0; i < n && all; i++)
        all = d[i] >= 0;
    return all;
}

static bool alike_fixed_value(const nrv__code *p, const nrv__value *v)
{
    return alike_numbers(v->dim, v->rank) &&
           (v->where != NRV__VIEW || (alike_numbers(v->size, v->n_size) && p->value[v->index].fixed));
}

static bool alike_fixed_step(const nrv__code *p, const nrv__step *s)
{
    bool fixed = !s->loop && alike_numbers(s->size, s->n_size) &&
                 (s->tiles ? alike_numbers(s->tiles->dim, s->tiles->rank) : p->value[s->out].fixed);
    for (int32_t k = 0; k < s->n_in && fixed; k++)
        fixed = p->value[s->in[k]].fixed;
    return fixed;
}

bool nrv__pass_alike(nrv__compiler *c, nrv__code *p)
{
    if (c->plan->why.status) /* memory ran out: values may be without what they have */
        return false;
    alike_pass a = { .p = p, .lies = nrv__tmp(c, p->n_value, sizeof *a.lies) };
    if (!a.lies || !alike_table_of(c, &a.values, p->n_value) || !alike_table_of(c, &a.steps, p->n_step))
        return false;
    for (int32_t i = 0; i < (int32_t)p->n_value; i++) {
        p->value[i].fixed = alike_fixed_value(p, &p->value[i]);
        a.lies[i] = alike_first(&a, &a.values, i, alike_value_hash(&a, i), alike_value);
    }
    for (int32_t i = 0; i < (int32_t)p->n_step; i++) {
        nrv__step *s = &p->step[i];
        int32_t first = s->loop ? i : alike_first(&a, &a.steps, i, alike_step_hash(&a, i), alike_step);
        s->fixed = alike_fixed_step(p, s);
        s->like = first < i ? first : -1;
    }
    return true;
}
