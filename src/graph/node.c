/* node.c - making nodes: type and shape, then the same node for the same question.

   Promises: the same op on the same inputs with the same attributes is the same node (so common sub-expressions cost
   nothing), whatever the order of creation; a label is the smallest scope path of all makers.
   Does not do: simplify - what was traced can be printed as it was written. */
#include "record.h"
#include <stdio.h>
#include <string.h>

enum { NODE_MOST = 1 << 26 };

typedef struct node_key {
    const nrv__opdef *op;
    const nrv_tensor *in;
    int n_in;
    const void *attr;
    const nrv_dim *size;
    int n_size;
    const char *name;
    const nrv_tensor *body;
    int n_out;
    nrv_dtype type;
    int rank;
    const nrv_dim *dim;
    nrv__region *region;
} node_key;

static uint64_t node_hash(const node_key *k)
{
    uint64_t h = nrv__hash_text(k->name ? 3 : 2, k->op->name);
    for (int i = 0; i < k->n_in; i++)
        h = nrv__hash(h, &k->in[i]->id, sizeof k->in[i]->id);
    for (int i = 0; i < k->n_out && k->op->flags & NRV_BLOCK; i++)
        h = nrv__hash(h, &k->body[i]->id, sizeof k->body[i]->id);
    h = nrv__hash(h, k->attr, k->attr ? k->op->attr_bytes : 0);
    h = nrv__hash(h, k->size, (size_t)k->n_size * sizeof *k->size);
    h = nrv__hash(h, k->dim, (size_t)k->rank * sizeof *k->dim);
    return k->name ? nrv__hash_text(h, k->name) : h;
}

static bool node_is(const struct nrv_node *n, uint64_t h, const node_key *k)
{
    return n->hash == h && n->op == k->op && n->n_in == k->n_in && n->n_size == k->n_size && n->type == k->type &&
           n->rank == k->rank && n->region == k->region && n->n_out == k->n_out && !n->body == !k->body &&
           (!k->n_in || !memcmp(n->in, k->in, (size_t)k->n_in * sizeof *k->in)) &&
           (!k->rank || !memcmp(n->dim, k->dim, (size_t)k->rank * sizeof *k->dim)) &&
           (!k->n_size || !memcmp(n->size, k->size, (size_t)k->n_size * sizeof *k->size)) &&
           (!k->body || !memcmp(n->body, k->body, (size_t)k->n_out * sizeof *k->body)) &&
           (!k->op->attr_bytes || !k->attr || !memcmp(n->attr, k->attr, k->op->attr_bytes)) &&
           (!k->name || !strcmp(n->name, k->name));
}

static bool node_rehash(nrv_graph *g)
{
    size_t n = g->n_bucket * 4;
    nrv_tensor *b = nrv__alloc(&g->mem, NULL, 0, n * sizeof *b);
    if (!b)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), false;
    memset(b, 0, n * sizeof *b);
    for (size_t i = 0; i < g->n_node; i++) {
        nrv_tensor *at = &b[g->node[i]->hash & (n - 1)];
        g->node[i]->same = *at;
        *at = g->node[i];
    }
    nrv__alloc(&g->mem, g->bucket, g->n_bucket * sizeof *g->bucket, 0);
    g->bucket = b;
    g->n_bucket = n;
    return true;
}

static void *node_copy(nrv_graph *g, const void *from, size_t bytes)
{
    void *to = nrv__arena_get(&g->arena, bytes ? bytes : 1);
    if (to && bytes)
        memcpy(to, from, bytes);
    return to;
}

static const nrv__opdef *node_by(const nrv_graph *g, const nrv__opdef *op)
{
    return g->calls.op ? g->calls.op : op;
}

/* of two makers the one in the smaller scope labels it, of two in one scope the op that comes first in the alphabet */
static void node_label(nrv_graph *g, nrv_tensor n)
{
    nrv__path *scope = nrv__scope_at(g);
    const nrv__opdef *by = node_by(g, n->op);
    if (nrv__path_less(scope, n->scope) || (scope == n->scope && strcmp(by->name, n->by->name) < 0)) {
        n->scope = scope;
        n->by = by;
    }
}

static nrv_tensor node_new(nrv_graph *g, const node_key *k, uint64_t h)
{
    nrv_tensor n = nrv__arena_get(&g->arena, sizeof *n);
    nrv__region *r = k->region;
    if (!n || !nrv__graph_room(g, &g->node, g->n_node, &g->cap_node, sizeof *g->node) ||
        (r && !nrv__graph_room(g, &r->node, r->n_node, &r->cap_node, sizeof *r->node))) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing");
        return NULL;
    }
    if (g->n_node >= NODE_MOST) {
        nrv__graph_fail(g, NRV_ENOMEM, "use loops over data instead of loops while tracing",
                        "more than %d nodes in one graph", NODE_MOST);
        return NULL;
    }
    *n = (struct nrv_node){ .g = g,
                            .op = k->op,
                            .hash = h,
                            .id = (int32_t)g->n_node,
                            .n_in = k->n_in,
                            .n_out = k->n_out,
                            .n_size = k->n_size,
                            .rank = k->rank,
                            .type = k->type,
                            .segment = g->n_scope ? g->scope[g->n_scope - 1].segment : 0,
                            .region = r,
                            .slot = r ? (int32_t)r->n_node : (int32_t)g->n_node };
    n->in = node_copy(g, k->in, (size_t)k->n_in * sizeof *k->in);
    n->dim = node_copy(g, k->dim, (size_t)k->rank * sizeof *k->dim);
    n->size = node_copy(g, k->size, (size_t)k->n_size * sizeof *k->size);
    n->attr = k->attr ? node_copy(g, k->attr, k->op->attr_bytes) : NULL;
    n->body = k->body ? node_copy(g, k->body, (size_t)k->n_out * sizeof *k->body) : NULL;
    n->name = k->name ? nrv__arena_text(&g->arena, k->name, strlen(k->name)) : NULL;
    n->scope = nrv__scope_at(g);
    n->by = node_by(g, k->op);
    if (g->arena.broken) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing");
        return NULL;
    }
    n->same = g->bucket[h & (g->n_bucket - 1)];
    g->bucket[h & (g->n_bucket - 1)] = n;
    g->node[g->n_node++] = n;
    if (r)
        r->node[r->n_node++] = n;
    return n;
}

int64_t nrv__macs(nrv_tensor n, const int64_t *polys)
{
    nrv__view in[2] = { 0 }, out = { 0 };
    if (!n->op->macs || n->n_in > 2)
        return 0;
    for (int i = 0; i <= n->n_in; i++) {
        nrv_tensor x = i < n->n_in ? n->in[i] : n;
        nrv__view *v = i < n->n_in ? &in[i] : &out;
        v->rank = x->rank;
        for (int k = 0; k < x->rank; k++)
            v->dim[k] = nrv__dim_at(x->dim[k], polys);
    }
    nrv__args a = { .in = in, .n_in = n->n_in, .out = &out, .n_out = 1, .attr = n->attr };
    return n->op->macs(&a);
}

static void node_count_macs(nrv_graph *g, nrv_tensor n)
{
    int64_t one[32], atoms[64], polys[256];
    size_t bad;
    if (!n->op->macs || n->body || g->dims.n_size > 32 || g->dims.n_atom > 64 || g->dims.n_poly > 256)
        return; /* of a composite its body was counted */
    for (size_t i = 0; i < g->dims.n_size; i++)
        one[i] = 1;
    if (nrv__dims_eval(&g->dims, one, atoms, polys, &bad) && !nrv__add(g->macs, nrv__macs(n, polys), &g->macs))
        g->macs = INT64_MAX;
}

static bool node_lengths_known(nrv_tensor n)
{
    bool named = false, known = true;
    for (int i = 0; i < n->rank; i++)
        named = named || n->dim[i] < 0;
    for (int i = 0; i < n->n_size; i++)
        named = named || n->size[i] < 0;
    for (size_t i = 0; named && i < n->g->dims.n_size; i++)
        known = known && n->g->dims.size[i].fed >= 0;
    return known;
}

/* eager: an input waits for nrv_feed, what needs it waits too; a constant and a length get what they are right after */
static bool node_ready(nrv_tensor n)
{
    if (n->op->flags & NRV_BLOCK)
        return !n->region && nrv__block_read(n) && !n->g->n_unfed && node_lengths_known(n);
    bool ready = !n->region && n->op != &nrv__op_input && n->op != &nrv__op_constant && n->op != &nrv__op_dim_value &&
                 node_lengths_known(n);
    for (int i = 0; i < n->n_in; i++)
        ready = ready && n->in[i]->value;
    return ready;
}

/* ---- where a node is computed: as deep as its deepest input, and never outside the open branch of a choice ---- */
static bool node_in(nrv_graph *g, const node_key *k, nrv__region **r, nrv_tensor x)
{
    nrv__region *a = *r, *b = x->region;
    if (!nrv__within(a, b) && !nrv__within(b, a))
        return nrv__graph_fail(g, NRV_EARG, "after nrv_end, nrv_stacked, nrv_last or nrv_either give a block's values",
                               "%s: its inputs lie in different blocks", k->op->name),
               false;
    *r = nrv__deeper(a, b);
    return true;
}

static bool node_region(nrv_graph *g, node_key *k)
{
    nrv__region *r = NULL;
    bool own = k->attr && k->op->flags & NRV_INSIDE;
    if (own)
        r = &g->block[((const nrv__inside_attr *)k->attr)->block]->inside[0];
    else if (!(k->op->flags & NRV_LEAF))
        r = g->floor;
    for (int i = 0; i < k->n_in && !own; i++)
        if (!node_in(g, k, &r, k->in[i]))
            return false;
    for (int i = 0; i < k->n_out && k->body && !own && !(k->op->flags & NRV_BLOCK); i++)
        if (!node_in(g, k, &r, k->body[i]))
            return false;
    if (r && !g->sealed && !nrv__region_open(r))
        return nrv__graph_fail(g, NRV_EARG, "after nrv_end, nrv_stacked, nrv_last or nrv_either give a block's values",
                               "%s: an input is a value of the inside of a block that is closed", k->op->name),
               false;
    k->region = r;
    return true;
}

static nrv_tensor node_get(nrv_graph *g, node_key *k)
{
    if (!node_region(g, k))
        return NULL;
    uint64_t h = node_hash(k);
    for (nrv_tensor n = g->bucket[h & (g->n_bucket - 1)]; n; n = n->same) {
        if (!node_is(n, h, k))
            continue;
        if (n->segment != (g->n_scope ? g->scope[g->n_scope - 1].segment : 0))
            n->segment = 0;
        node_label(g, n);
        return n;
    }
    if (g->n_node >= 2 * g->n_bucket && !node_rehash(g))
        return NULL;
    nrv_tensor n = node_new(g, k, h);
    if (n) {
        node_count_macs(g, n);
        if ((g->mode & NRV_EAGER) && !g->asleep && node_ready(n))
            nrv_eval(n, NULL, 0);
    }
    return g->why.status ? NULL : n;
}

/* the graph of the inputs; NULL: one of them is NULL, or they come from different graphs */
static nrv_graph *node_graph(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    nrv_graph *g = NULL;
    for (int i = 0; i < n && !g; i++)
        g = in[i] ? in[i]->g : NULL;
    if (!g || g->why.status)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (!in[i]) {
            nrv__graph_fail(g, NRV_EARG, "was it ever set?", "%s: input %d is NULL", op->name, i);
            return NULL;
        }
        if (in[i]->g != g) {
            nrv__graph_fail(g, NRV_EARG, "trace both in one graph", "%s: its inputs come from different graphs",
                            op->name);
            return NULL;
        }
    }
    return g;
}

nrv_tensor nrv__op_with(const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, int n_size,
                        const nrv_dim *size)
{
    nrv_graph *g = node_graph(op, n, in);
    if (!g)
        return NULL;
    if (n_size < 0 || n_size > NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE, "ranks go up to 8", "%s: %d lengths", op->name, n_size), NULL;
    for (int i = 0; i < n_size; i++)
        if (!nrv__dim_valid(g, size[i]))
            return NULL;
    nrv__infer s = {
        .g = g, .op = op, .in = in, .n_in = n, .attr = attr, .size = size, .n_size = n_size, .type = in[0]->type
    };
    if (!op->shape(&s) || g->why.status)
        return NULL;
    return node_get(g, &(node_key){ op, in, n, attr, size, n_size, NULL, NULL, 1, s.type, s.rank, s.dim, NULL });
}

nrv_tensor nrv__op(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    return nrv__op_with(op, n, in, NULL, 0, NULL);
}

nrv_tensor nrv__composite(const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, int n_body,
                          const nrv_tensor *body)
{
    nrv_graph *g = node_graph(op, n, in);
    if (!g || !node_graph(op, n_body, body))
        return NULL;
    return node_get(g, &(node_key){ op, in, n, attr, NULL, 0, NULL, body, n_body, body[0]->type, body[0]->rank,
                                    body[0]->dim, NULL });
}

nrv_tensor nrv__leaf(nrv_graph *g, const nrv__opdef *op, const char *name, nrv_dtype t, int rank, const nrv_dim *dim,
                     const void *attr)
{
    if (!g || g->why.status)
        return NULL;
    if (!nrv__dtype_size(t)) {
        nrv__graph_fail(g, NRV_EDTYPE, "NRV_F32, NRV_F64, NRV_I32...", "%s '%s': %d is no type", op->name,
                        name ? name : "", (int)t);
        return NULL;
    }
    if (rank < 0 || rank > NRV__MAX_RANK) {
        nrv__graph_fail(g, NRV_ESHAPE, "ranks go up to 8", "%s '%s': rank %d", op->name, name ? name : "", rank);
        return NULL;
    }
    for (int i = 0; i < rank; i++)
        if (!nrv__dim_valid(g, dim[i]))
            return NULL;
    return node_get(g, &(node_key){ op, NULL, 0, attr, NULL, 0, name, NULL, 1, t, rank, dim, NULL });
}

nrv_tensor nrv__length(nrv_graph *g, const nrv__opdef *op, const char *name, nrv_dim d)
{
    return node_get(g, &(node_key){ .op = op, .size = &d, .n_size = 1, .name = name, .n_out = 1, .type = NRV_I64 });
}

nrv_tensor nrv__block_node(nrv_graph *g, const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, nrv_dim T,
                           int n_body, const nrv_tensor *body, nrv_dtype t, nrv_shape shape)
{
    if (g->why.status)
        return NULL;
    return node_get(g, &(node_key){ op, in, n, attr, &T, T == -1 ? 0 : 1, NULL, n_body ? body : NULL, n_body, t,
                                    shape.rank, shape.dim, NULL });
}

nrv_tensor nrv__rebuild(nrv_graph *g, nrv_tensor like, const nrv_tensor *in, const nrv_tensor *body)
{
    return node_get(g, &(node_key){ like->op, in, like->n_in, like->attr, like->size, like->n_size, like->name, body,
                                    like->n_out, like->type, like->rank, like->dim, NULL });
}

bool nrv__alike(nrv_tensor x, nrv_tensor y, const char *op)
{
    bool same = x->g == y->g && x->type == y->type && x->rank == y->rank;
    nrv_dim d;
    for (int i = 0; same && i < x->rank; i++)
        same = nrv__dim_same(x->g, x->dim[i], y->dim[i], op, &d);
    return same;
}

void nrv__differ(const char *op, const char *what, nrv_tensor x, const char *other, nrv_tensor y, const char *hint)
{
    nrv__text a = { .mem = x->g->mem }, b = { .mem = x->g->mem };
    nrv__shape_text(x->g, x->rank, x->dim, &a);
    nrv__shape_text(y->g, y->rank, y->dim, &b);
    nrv__graph_fail(x->g, NRV_ESHAPE, hint, "%s: %s is %s %s, %s %s %s%s", op, what, nrv__dtype_name(x->type),
                    a.at ? a.at : "", other, nrv__dtype_name(y->type), b.at ? b.at : "",
                    x->g == y->g ? "" : " of another graph");
    nrv__text_free(&a);
    nrv__text_free(&b);
}
