/* eager.c - evaluates nodes one by one, now, by their references: to look inside, to debug, and as the oracle of every
   plan.

   Promises: the same numbers as the definition says; values live in the graph's arena and are computed once.
   Does not do: speed. Every intermediate stays until nrv_graph_reset. */
#include "../base/fault.h"
#include "../graph/store.h"
#include "ref.h"
#include <string.h>

typedef struct eager_sizes { /* every length as a number */
    int64_t *named, *atoms, *polys;
    size_t bytes;
} eager_sizes;

static nrv_status eager_sizes_get(nrv_graph *g, eager_sizes *s)
{
    const nrv__dims *d = &g->dims;
    s->bytes = (d->n_size + d->n_atom + d->n_poly + 1) * sizeof(int64_t);
    s->named = nrv__alloc(&g->mem, NULL, 0, s->bytes);
    if (!s->named)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for the lengths");
    s->atoms = s->named + d->n_size;
    s->polys = s->atoms + d->n_atom;
    for (size_t i = 0; i < d->n_size; i++)
        s->named[i] = d->size[i].fed;
    size_t bad = 0;
    if (!nrv__dims_eval(d, s->named, s->atoms, s->polys, &bad))
        return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "the length %s overflows", d->poly[bad].text);
    nrv__dims_forget(d, s->named, s->atoms, s->polys);
    return nrv__dims_check(d, g->check, g->n_check, s->polys, &g->why);
}

static bool eager_view(const eager_sizes *s, nrv_tensor n, nrv__view *v)
{
    *v = (nrv__view){ .data = n->value, .rank = n->rank, .type = n->type };
    for (int i = 0; i < n->rank; i++) {
        v->dim[i] = nrv__dim_at(n->dim[i], s->polys);
        if (v->dim[i] < 0)
            return false;
    }
    nrv__contiguous(v);
    return true;
}

static nrv_status eager_bytes(nrv_graph *g, const nrv__view *v, size_t *bytes)
{
    int64_t n = (int64_t)nrv__dtype_size(v->type);
    for (int i = 0; i < v->rank; i++)
        if (!nrv__mul(n, v->dim[i] ? v->dim[i] : 1, &n)) /* strides are products, whatever else is 0 */
            return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "a tensor has more elements than can be counted");
    *bytes = nrv__elements(v) ? (size_t)n : 0;
    return NRV_OK;
}

static nrv_status eager_leaf(nrv_graph *g, const eager_sizes *s, nrv_tensor n)
{
    nrv__view v;
    size_t bytes = 0;
    if (n->op == &nrv__op_param) {
        n->value = nrv__store_find(g->store, n->name)->data;
        return NRV_OK;
    }
    if (n->op == &nrv__op_input)
        return nrv__graph_fail(g, NRV_EARG, "nrv_feed(x, data, bytes) first", "input '%s' has no value yet", n->name);
    if (!eager_view(s, n, &v))
        return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes", "'%s' has an unknown length",
                               n->op->name);
    if (eager_bytes(g, &v, &bytes) != NRV_OK)
        return g->why.status;
    char *value = nrv__arena_get(&g->arena, bytes + 1);
    if (!value)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a value of %zu bytes", bytes);
    if (n->op == &nrv__op_run_counter) {
        double run = (double)(g->store->commits & ((UINT64_C(1) << 53) - 1));
        nrv__from_double(value, n->type, &run, 1);
    } else if (n->op == &nrv__op_local) {
        for (int64_t i = 0; i < nrv__elements(&v); i++)
            nrv__from_double(value + (size_t)i * nrv__dtype_size(n->type), n->type,
                             &((const nrv__scalar_attr *)n->attr)->value, 1);
    } else {
        return nrv__graph_fail(g, NRV_EARG, NULL, "'%s' has no value", n->op->name);
    }
    n->value = value;
    return NRV_OK;
}

static nrv_status eager_op(nrv_graph *g, const eager_sizes *s, nrv_tensor n, nrv__view *in)
{
    nrv__view out;
    nrv__fault fault;
    int64_t size[NRV__MAX_RANK];
    size_t bytes = 0;
    memset(&fault, 0, sizeof fault);
    if (!eager_view(s, n, &out))
        return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes",
                               "%s: a length is unknown or negative", n->op->name);
    for (int i = 0; i < n->n_in; i++)
        if (!eager_view(s, n->in[i], &in[i]))
            return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes",
                                   "%s: a length is unknown or negative", n->op->name);
    for (int i = 0; i < n->n_size; i++)
        size[i] = nrv__dim_at(n->size[i], s->polys);
    if (eager_bytes(g, &out, &bytes) != NRV_OK)
        return g->why.status;
    nrv__args a = { .in = in,
                    .out = &out,
                    .n_in = n->n_in,
                    .n_out = 1,
                    .n = nrv__elements(&out),
                    .attr = n->attr,
                    .size = size,
                    .end = 1,
                    .fault = &fault };
    size_t scratch = nrv__ref_scratch(n->op, &a);
    void *value = nrv__arena_get(&g->arena, bytes + 1);
    a.scratch = value && scratch != SIZE_MAX ? nrv__alloc(&g->mem, NULL, 0, scratch) : NULL;
    if (!a.scratch)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "%s: no memory for a value of %zu bytes", n->op->name, bytes);
    out.data = value;
    nrv__ref_run(n->op, &a);
    nrv__alloc(&g->mem, a.scratch, scratch, 0);
    if (nrv__fault_status(&fault))
        return nrv__graph_fail(g, nrv__fault_status(&fault), NULL, "%s: %s", n->op->name, nrv__fault_text(&fault));
    n->value = value;
    return NRV_OK;
}

static nrv_status eager_one(nrv_graph *g, const eager_sizes *s, nrv_tensor n)
{
    if (n->body) {
        n->value = n->body[0]->value;
        return NRV_OK;
    }
    if (!n->op->ref)
        return eager_leaf(g, s, n);
    nrv__view *in = nrv__alloc(&g->mem, NULL, 0, (size_t)(n->n_in + 1) * sizeof *in);
    if (!in)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for %d inputs", n->n_in);
    nrv_status st = eager_op(g, s, n, in);
    nrv__alloc(&g->mem, in, (size_t)(n->n_in + 1) * sizeof *in, 0);
    return st;
}

/* marks what x still needs, inputs before users because ids say so */
static void eager_mark(nrv_graph *g, nrv_tensor x)
{
    for (int32_t i = 0; i <= x->id; i++)
        g->node[i]->mark = 0;
    x->mark = 1;
    for (int32_t i = x->id; i >= 0; i--) {
        nrv_tensor n = g->node[i];
        if (!n->mark || n->value)
            continue;
        if (n->body)
            n->body[0]->mark = 1;
        else
            for (int k = 0; k < n->n_in; k++)
                n->in[k]->mark = 1;
    }
}

NRV_API nrv_status nrv_eval(nrv_tensor x, void *out, size_t bytes)
{
    if (!x)
        return NRV_EARG;
    nrv_graph *g = x->g;
    if (g->why.status)
        return g->why.status;
    eager_sizes s = { 0 };
    nrv_status st = eager_sizes_get(g, &s);
    if (!st)
        eager_mark(g, x);
    for (int32_t i = 0; i <= x->id && !st; i++)
        if (g->node[i]->mark && !g->node[i]->value)
            st = eager_one(g, &s, g->node[i]);
    nrv__view v;
    size_t have = 0;
    if (!st && out && !eager_view(&s, x, &v))
        st = nrv__graph_fail(g, NRV_ESHAPE, NULL, "a length is unknown");
    if (!st && out)
        st = eager_bytes(g, &v, &have);
    if (!st && out && have != bytes)
        st = nrv__graph_fail(g, NRV_EARG, "nrv_shape_of says its shape",
                             "the value takes %zu bytes, the buffer has %zu", have, bytes);
    if (!st && out && have)
        memcpy(out, x->value, have);
    nrv__alloc(&g->mem, s.named, s.bytes, 0);
    return st;
}

/* a length is one named size and nothing else */
static nrv__size *eager_plain_size(nrv_graph *g, nrv_dim d)
{
    const nrv__poly *p = &g->dims.poly[nrv__dim_index(d)];
    bool plain = p->n_term == 1 && p->term[0].factor == 1 && p->term[0].n_atom == 1;
    int32_t size = plain ? g->dims.atom[p->term[0].atom[0]].size : -1;
    return size >= 0 ? &g->dims.size[size] : NULL;
}

/* what the number of bytes says about the one size that is still unknown */
static nrv_status eager_learn(nrv_tensor x, size_t bytes)
{
    nrv_graph *g = x->g;
    nrv__size *unknown = NULL;
    int64_t known = (int64_t)nrv__dtype_size(x->type);
    for (int i = 0; i < x->rank; i++) {
        nrv__size *s = x->dim[i] >= 0 ? NULL : eager_plain_size(g, x->dim[i]);
        if (x->dim[i] < 0 && !s)
            continue;
        if (s && s->fed < 0 && !unknown)
            unknown = s;
        else if (s == unknown && s)
            return nrv__graph_fail(g, NRV_EARG, "feed another input first",
                                   "input '%s': the bytes do not say what '%s' is", x->name, s->name);
        else if (!nrv__mul(known, s ? s->fed : x->dim[i], &known))
            return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "input '%s' has more elements than can be counted",
                                   x->name);
    }
    if (!unknown || known <= 0 || bytes % (size_t)known)
        return NRV_OK;
    int64_t n = (int64_t)(bytes / (size_t)known);
    if (n < unknown->lo || n > unknown->hi)
        return nrv__graph_fail(g, NRV_ESHAPE, "feed another number of elements",
                               "size '%s' is %lld, it was declared %lld..%lld", unknown->name, (long long)n,
                               (long long)unknown->lo, (long long)unknown->hi);
    unknown->fed = n;
    return NRV_OK;
}

/* an input that is fed again: what was computed from it is not true any more */
static void eager_forget(nrv_tensor x)
{
    for (size_t i = (size_t)x->id; x->value && i < x->g->n_node; i++)
        if (x->g->node[i]->op != &nrv__op_input && x->g->node[i]->op != &nrv__op_constant)
            x->g->node[i]->value = NULL;
}

NRV_API void nrv_feed(nrv_tensor x, const void *data, size_t bytes)
{
    if (!x || x->g->why.status)
        return;
    nrv_graph *g = x->g;
    if (x->op != &nrv__op_input || (!data && bytes)) {
        nrv__graph_fail(g, NRV_EARG, "feed what nrv_input gave", "a '%s' cannot be fed", x->op->name);
        return;
    }
    if (eager_learn(x, bytes))
        return;
    eager_forget(x);
    eager_sizes s = { 0 };
    nrv__view v;
    size_t want = 0;
    if (!eager_sizes_get(g, &s)) {
        if (!eager_view(&s, x, &v))
            nrv__graph_fail(g, NRV_ESHAPE, "feed an input whose lengths are plain sizes first",
                            "input '%s' has an unknown length", x->name);
        else if (!eager_bytes(g, &v, &want) && want != bytes)
            nrv__graph_fail(g, NRV_EARG, "the whole tensor at once", "input '%s' takes %zu bytes, %zu were fed",
                            x->name, want, bytes);
        else if (!g->why.status && !(x->value = nrv__arena_get(&g->arena, bytes + 1)))
            nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for input '%s'", x->name);
        else if (!g->why.status && bytes)
            memcpy(x->value, data, bytes);
    }
    nrv__alloc(&g->mem, s.named, s.bytes, 0);
}
