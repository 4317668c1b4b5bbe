/* graph.c - a graph's life, its scopes and its errors.

   Promises: the first error sticks and names op, numbers, place and remedy; scopes give names, modes and substitutions.
   Does not do: nodes (node.c), leaves (leaf.c), lengths (dim.c). */
#include "record.h"
#include "store.h"
#include <stdio.h>
#include <string.h>

#ifdef NRV__TINY
enum { GRAPH_BUCKETS = 1, GRAPH_CHUNK = 64 };
#else
enum { GRAPH_BUCKETS = 256, GRAPH_CHUNK = 0 };
#endif

bool nrv__graph_room(nrv_graph *g, void *array_ptr, size_t n, size_t *cap, size_t size)
{
    void *old = NULL;
    memcpy(&old, array_ptr, sizeof old);
    void *grown = nrv__grow(&g->mem, old, n, cap, size);
    if (!grown)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), false;
    memcpy(array_ptr, &grown, sizeof grown);
    return true;
}

nrv_status nrv__graph_fail(nrv_graph *g, nrv_status s, const char *hint, const char *fmt, ...)
{
    char what[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    char shown[NRV__PATH_SHOWN];
    const char *path = nrv__path_show(nrv__scope_at(g), shown);
    return nrv__fail(&g->why, s, "%s%s%s%s%s", what, NRV__PLACE(path), hint ? "\n  hint  " : "", hint ? hint : "");
}

static bool graph_push(nrv_graph *g, const char *name, const char *pass, unsigned mode, nrv_list with)
{
    const nrv__scope *up = g->n_scope ? &g->scope[g->n_scope - 1] : NULL;
    if (!nrv__graph_room(g, &g->scope, g->n_scope, &g->cap_scope, sizeof *g->scope))
        return false;
    up = g->n_scope ? &g->scope[g->n_scope - 1] : NULL;
    nrv__scope s = { up ? up->path : NULL,    up ? up->pass : "",
                     up ? up->mode : g->mode, with ? with : up ? up->with : NULL,
                     up ? up->segment : 0,    { NULL, 0 } };
    if (name && *name && !(s.path = nrv__path_down(g, s.path, name)))
        return false;
    if (pass && !(s.pass = nrv__arena_text(&g->arena, pass, strlen(pass))))
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a scope's pass"), false;
    if (mode & (NRV_TRAIN | NRV_EVAL))
        s.mode &= ~(unsigned)(NRV_TRAIN | NRV_EVAL);
    if (mode & NRV_RECOMPUTE && !s.segment)
        s.segment = ++g->n_segment;
    s.mode |= mode & ~(unsigned)NRV_EAGER;
    g->scope[g->n_scope++] = s;
    return true;
}

NRV_API nrv_graph *nrv_graph_new(nrv_store *s, unsigned mode)
{
    if (!s)
        return NULL;
    nrv_graph *g = nrv__alloc(&s->mem, NULL, 0, sizeof *g);
    if (!g)
        return NULL;
    *g = (nrv_graph){ .mem = s->mem, .store = s, .mode = mode, .arena = { .mem = s->mem, .chunk_size = GRAPH_CHUNK } };
    uintptr_t salt = (uintptr_t)g;
    g->dims.salt = nrv__hash(1, &salt, sizeof salt);
    g->bucket = nrv__alloc(&g->mem, NULL, 0, GRAPH_BUCKETS * sizeof *g->bucket);
    if (!g->bucket) {
        nrv__alloc(&g->mem, g, sizeof *g, 0);
        return NULL;
    }
    memset(g->bucket, 0, GRAPH_BUCKETS * sizeof *g->bucket);
    g->n_bucket = GRAPH_BUCKETS;
    if ((mode & NRV_TRAIN) && (mode & NRV_EVAL))
        nrv__graph_fail(g, NRV_EARG, "a graph trains or evaluates; give a scope the other mode",
                        "both NRV_TRAIN and NRV_EVAL");
    return g;
}

static void graph_forget(nrv_graph *g)
{
    g->n_node = g->n_scope = g->n_var = g->n_output = g->n_assign = g->n_check = 0;
    g->dims.n_poly = g->dims.n_atom = g->dims.n_size = g->dims.n_slot = 0;
    if (g->dims.slot)
        memset(g->dims.slot, 0, g->dims.cap_slot * sizeof *g->dims.slot);
    memset(g->bucket, 0, g->n_bucket * sizeof *g->bucket);
    nrv__names_forget(g);
    if (g->var_at)
        memset(g->var_at, -1, g->n_var_at * sizeof *g->var_at);
    for (size_t i = 0; i < g->n_block; i++) {
        nrv_block *b = g->block[i];
        for (int k = 0; k < 2; k++)
            nrv__alloc(&g->mem, b->inside[k].node, b->inside[k].cap_node * sizeof *b->inside[k].node, 0);
        nrv__alloc(&g->mem, b->carry, b->cap_carry * sizeof *b->carry, 0);
    }
    g->macs = 0;
    g->calls = (nrv__calls){ NULL, 0 };
    g->n_block = 0;
    g->n_open = 0;
    g->n_unfed = 0;
    g->n_segment = 0;
    g->floor = NULL;
    nrv__arena_free(&g->arena);
}

NRV_API void nrv_graph_free(nrv_graph *g)
{
    if (!g)
        return;
    graph_forget(g);
    const nrv__mem m = g->mem;
    nrv__alloc(&m, g->node, g->cap_node * sizeof *g->node, 0);
    nrv__alloc(&m, g->bucket, g->n_bucket * sizeof *g->bucket, 0);
    nrv__alloc(&m, g->dims.poly, g->dims.cap_poly * sizeof *g->dims.poly, 0);
    nrv__alloc(&m, g->dims.atom, g->dims.cap_atom * sizeof *g->dims.atom, 0);
    nrv__alloc(&m, g->dims.size, g->dims.cap_size * sizeof *g->dims.size, 0);
    nrv__alloc(&m, g->dims.slot, g->dims.cap_slot * sizeof *g->dims.slot, 0);
    nrv__alloc(&m, g->scope, g->cap_scope * sizeof *g->scope, 0);
    nrv__alloc(&m, g->var, g->cap_var * sizeof *g->var, 0);
    nrv__alloc(&m, g->var_at, g->n_var_at * sizeof *g->var_at, 0);
    nrv__alloc(&m, g->output, g->cap_output * sizeof *g->output, 0);
    nrv__alloc(&m, g->assign, g->cap_assign * sizeof *g->assign, 0);
    nrv__alloc(&m, g->block, g->cap_block * sizeof *g->block, 0);
    nrv__alloc(&m, g->check, g->cap_check * sizeof *g->check, 0);
    nrv__names_free(g);
    nrv__alloc(&m, g, sizeof *g, 0);
}

/* variables are read as they were when the run began: a value that lies in the store is copied before any is written */
static nrv_status graph_settle(nrv_graph *g, nrv_tensor value, size_t bytes, void **at)
{
    nrv_status st = nrv_eval(value, NULL, 0);
    while (nrv__is_composite(value))
        value = value->body[0];
    *at = value->value;
    if (st || value->op != &nrv__op_param)
        return st;
    *at = nrv__arena_get(&g->arena, bytes);
    if (!*at)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for an assignment of %zu bytes", bytes);
    memcpy(*at, value->value, bytes);
    return NRV_OK;
}

/* an eager graph is one run: its assignments, those to locals aside, which live no longer than it */
static void graph_commit(nrv_graph *g)
{
    void **at = nrv__arena_get(&g->arena, g->n_assign * sizeof *at);
    if (!at)
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for %zu assignments", g->n_assign);
    for (size_t i = 0; i < g->n_assign && !g->why.status; i++) {
        nrv_tensor var = g->assign[i].var;
        size_t bytes = var->op == &nrv__op_param ? nrv__store_find(g->store, var->name)->bytes : 0;
        graph_settle(g, g->assign[i].value, bytes, &at[i]);
    }
    if (g->why.status)
        return;
    if (!nrv__store_enter(g->store, true)) {
        nrv__graph_fail(g, NRV_EBUSY, "run one after the other, or give each its store", "another run uses the store");
        return;
    }
    for (size_t i = 0; i < g->n_assign; i++) {
        nrv__stored *e =
            g->assign[i].var->op == &nrv__op_param ? nrv__store_find(g->store, g->assign[i].var->name) : NULL;
        if (e && e->bytes)
            memcpy(e->data, at[i], e->bytes);
    }
    g->store->commits++;
    nrv__store_leave(g->store, true);
}

/* Assignments of an eager graph commit here. If they cannot, the store stays as it was and the graph keeps the reason.
   An older error is what the caller has seen, and is forgotten. */
NRV_API void nrv_graph_reset(nrv_graph *g)
{
    if (!g)
        return;
    bool sound = !g->why.status;
    if ((g->mode & NRV_EAGER) && sound && g->n_assign)
        graph_commit(g);
    graph_forget(g);
    if (!sound)
        g->why = (nrv__why){ NRV_OK, "" };
}

NRV_API const char *nrv_graph_why(const nrv_graph *g)
{
    return !g ? "no graph: out of memory, or nrv_graph_new without a store" : g->why.status ? g->why.text : NULL;
}

nrv__path *nrv__scope_at(const nrv_graph *g)
{
    return g->n_scope ? g->scope[g->n_scope - 1].path : NULL;
}

const char *nrv__scope_path(nrv_graph *g)
{
    return nrv__path_text(g, nrv__scope_at(g));
}

unsigned nrv__scope_mode(const nrv_graph *g)
{
    return g->n_scope ? g->scope[g->n_scope - 1].mode : g->mode;
}

bool nrv__label_push(nrv_graph *g, nrv_tensor x)
{
    if (!graph_push(g, NULL, NULL, 0, NULL))
        return false;
    nrv__scope *s = &g->scope[g->n_scope - 1];
    s->path = x->scope;
    s->segment = 0; /* what passes and gradients make is nobody's scope */
    s->before = g->calls;
    g->calls = (nrv__calls){ x->by, 1 };
    return true;
}

void nrv__label_pop(nrv_graph *g)
{
    g->calls = g->scope[--g->n_scope].before;
}

nrv_graph *nrv__call_begin(nrv_graph *g, const nrv__opdef *op)
{
    if (g && !g->calls.deep++)
        g->calls.op = op;
    return g;
}

void nrv__call_end(nrv_graph **g)
{
    if (*g && !--(*g)->calls.deep)
        (*g)->calls.op = NULL;
}

bool nrv__training(nrv_graph *g, const char *layer, bool *train)
{
    unsigned m = nrv__scope_mode(g);
    *train = (m & NRV_TRAIN) != 0;
    if (!(m & (NRV_TRAIN | NRV_EVAL))) {
        nrv__graph_fail(g, NRV_EARG, "say NRV_TRAIN or NRV_EVAL to nrv_graph_new or nrv_enter",
                        "%s differs between training and evaluation, and was told neither", layer);
        return false;
    }
    return true;
}

NRV_API void nrv_push(nrv_graph *g, const char *name)
{
    if (g && !g->why.status)
        graph_push(g, name, NULL, 0, NULL);
}

NRV_API void nrv_push_i(nrv_graph *g, const char *scope, int i)
{
    if (!g || g->why.status)
        return;
    char name[256];
    if (snprintf(name, sizeof name, "%s.%d", scope ? scope : "", i) >= (int)sizeof name)
        nrv__graph_fail(g, NRV_ENAME, "shorten it", "a scope's name is longer than 255 bytes");
    else
        graph_push(g, name, NULL, 0, NULL);
}

NRV_API void nrv_enter(nrv_graph *g, const nrv_scope *s)
{
    if (g && !g->why.status && s)
        graph_push(g, s->name, s->pass, s->mode, s->with);
}

NRV_API void nrv_pop(nrv_graph *g)
{
    if (!g || g->why.status)
        return;
    if (!g->n_scope)
        nrv__graph_fail(g, NRV_EARG, "one nrv_pop closes one nrv_push or nrv_enter",
                        "nrv_pop without a scope to close");
    else
        g->n_scope--;
}

void nrv__shape_text(nrv_graph *g, int rank, const nrv_dim *dim, nrv__text *t)
{
    char buf[24];
    nrv__text_add(t, "[");
    for (int i = 0; i < rank; i++)
        nrv__text_add(t, "%s%s", i ? ", " : "", nrv__dim_text(g, dim[i], buf));
    nrv__text_add(t, "]");
}

/* ---- variables by name ---- */
int32_t nrv__var_find(const nrv_graph *g, const char *name)
{
    for (size_t i = nrv__hash_text(5, name); g->n_var_at; i++) {
        int32_t at = g->var_at[i & (g->n_var_at - 1)];
        if (at < 0 || !strcmp(g->var[at].node->name, name))
            return at;
    }
    return -1;
}

static void graph_place_var(nrv_graph *g, int32_t var)
{
    size_t i = nrv__hash_text(5, g->var[var].node->name);
    while (g->var_at[i & (g->n_var_at - 1)] >= 0)
        i++;
    g->var_at[i & (g->n_var_at - 1)] = var;
}

bool nrv__var_add(nrv_graph *g, nrv__var v)
{
    if (!nrv__graph_room(g, &g->var, g->n_var, &g->cap_var, sizeof *g->var))
        return false;
    if (2 * (g->n_var + 1) > g->n_var_at) {
        size_t n = g->n_var_at ? 4 * g->n_var_at : 16;
        int32_t *at = nrv__alloc(&g->mem, NULL, 0, n * sizeof *at);
        if (!at)
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), false;
        nrv__alloc(&g->mem, g->var_at, g->n_var_at * sizeof *g->var_at, 0);
        memset(at, -1, n * sizeof *at);
        g->var_at = at;
        g->n_var_at = n;
        for (size_t i = 0; i < g->n_var; i++)
            graph_place_var(g, (int32_t)i);
    }
    g->var[g->n_var] = v;
    graph_place_var(g, (int32_t)g->n_var++);
    return true;
}

NRV_API nrv_graph *nrv_graph_of(nrv_tensor x)
{
    return x ? x->g : NULL;
}

NRV_API nrv_dtype nrv_dtype_of(nrv_tensor x)
{
    return x ? x->type : (nrv_dtype)0;
}

NRV_API nrv_shape nrv_shape_of(nrv_tensor x)
{
    nrv_shape s = { 0, { 0 } };
    if (x) {
        s.rank = x->rank;
        memcpy(s.dim, x->dim, (size_t)x->rank * sizeof *x->dim);
    }
    return s;
}

NRV_API nrv_dim nrv_dim_of(nrv_tensor x, int axis)
{
    if (!x)
        return -1;
    int a = axis < 0 ? axis + x->rank : axis;
    if (a < 0 || a >= x->rank) {
        nrv__graph_fail(x->g, NRV_ESHAPE, "axes count from 0, or from -1 at the end", "axis %d of a tensor of rank %d",
                        axis, x->rank);
        return -1;
    }
    return x->dim[a];
}
