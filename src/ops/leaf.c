/* leaf.c - where values come from and where they go: inputs, constants, parameters, states, locals, assignments,
   outputs.

   Promises: a parameter's first value depends on its name and the store's seed only; a variable is read as it was when
   the run began and assigned at most once. Does not do: random draws (ops/uniform.c...). */
#include "op.h"
#include "../graph/store.h"
#include <string.h>

#define LEAF_NO_GRAD "a leaf: the walk ends here"

NRV_OP(input, .sig = "-> y[...]", .doc = "A value bound to the exec by name.", .flags = NRV_LEAF,
       .no_grad = LEAF_NO_GRAD);
NRV_OP(param, .sig = "-> y[...]", .doc = "A parameter or state of the store, as it was when the run began.",
       .flags = NRV_LEAF, .no_grad = LEAF_NO_GRAD);
NRV_OP(local, .sig = "-> y[...]", .doc = "A value of the exec, carried from run to run.", .flags = NRV_LEAF,
       .no_grad = LEAF_NO_GRAD, .attr_bytes = sizeof(nrv__scalar_attr));
NRV_OP(run_counter, .sig = "-> i64 y[]",
       .doc = "Counter of random draws: commits of the store, runs since then, the stream of the exec.",
       .flags = NRV_LEAF, .no_grad = LEAF_NO_GRAD);

/* its name is the hash of its bytes: equal constants are one node */
NRV_OP(constant, .sig = "-> y[...]", .doc = "Numbers copied into the graph.", .flags = NRV_LEAF,
       .no_grad = LEAF_NO_GRAD);

static void leaf_fill_ref(const nrv__args *a)
{
    double *y = a->out[0].data, v = ((const nrv__scalar_attr *)a->attr)->value;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = v;
}
NRV_OP(fill, .sig = "-> y[...]", .doc = "One number everywhere.", .flags = NRV_LEAF, .no_grad = LEAF_NO_GRAD,
       .ref = leaf_fill_ref, .attr_bytes = sizeof(nrv__scalar_attr));

static void leaf_dim_value_ref(const nrv__args *a)
{
    ((double *)a->out[0].data)[0] = (double)a->size[0];
}
NRV_OP(dim_value, .sig = "-> i64 y[]", .doc = "A length as a number.", .flags = NRV_LEAF, .no_grad = LEAF_NO_GRAD,
       .ref = leaf_dim_value_ref);

NRV_API nrv_tensor nrv_input(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    if (!g || g->why.status)
        return NULL;
    if (!name || !*name)
        return nrv__graph_fail(g, NRV_ENAME, "it is bound by its name", "an input without a name"), NULL;
    if (nrv__name_met(g, NRV__NAME_INPUT, name))
        return nrv__graph_fail(g, NRV_ENAME, "keep the first handle", "two inputs named '%s'", name), NULL;
    nrv_tensor y = nrv__leaf(g, &nrv__op_input, name, t, shape.rank, shape.dim, NULL);
    g->n_unfed += y != NULL;
    return y && nrv__name_meet(g, NRV__NAME_INPUT, y->name) ? y : NULL;
}

NRV_API nrv_tensor nrv_constant(nrv_graph *g, nrv_dtype t, nrv_shape shape, const void *data)
{
    if (!g || g->why.status)
        return NULL;
    int64_t n = 1;
    if (shape.rank < 0 || shape.rank > NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE, "ranks go up to 8", "constant: rank %d", shape.rank), NULL;
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] < 0 || !nrv__mul(n, shape.dim[i], &n))
            return nrv__graph_fail(g, NRV_ESHAPE, "a constant has constant lengths",
                                   "constant: axis %d has no usable length", i),
                   NULL;
    int64_t bytes = 0;
    if (!nrv__mul(n, (int64_t)nrv__dtype_size(t), &bytes))
        return nrv__graph_fail(g, NRV_ESHAPE, "use an input for data of this size", "constant: %lld elements",
                               (long long)n),
               NULL;
    if (bytes && !data)
        return nrv__graph_fail(g, NRV_EARG, "nrv_fill for one number everywhere", "constant: %lld bytes at NULL",
                               (long long)bytes),
               NULL;
    char *copy = nrv__arena_get(&g->arena, (size_t)bytes + 17);
    if (!copy)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a constant of %lld bytes", (long long)bytes), NULL;
    if (bytes)
        memcpy(copy, data, (size_t)bytes);
    char name[40];
    static const char digit[] = "0123456789abcdef";
    for (int half = 0; half < 2; half++) {
        uint64_t h = nrv__hash((uint64_t)half + 17, copy, (size_t)bytes);
        for (int i = 0; i < 16; i++)
            name[half * 16 + i] = digit[h >> (60 - 4 * i) & 15];
    }
    name[32] = 0;
    nrv_tensor y = nrv__leaf(g, &nrv__op_constant, name, t, shape.rank, shape.dim, NULL);
    if (y && !y->value)
        y->value = copy;
    return y;
}

NRV_API nrv_tensor nrv_fill(nrv_graph *g, nrv_dtype t, nrv_shape shape, double value)
{
    nrv__scalar_attr a = { value };
    return nrv__leaf(g, &nrv__op_fill, NULL, t, shape.rank, shape.dim, &a);
}

NRV_API nrv_tensor nrv_dim_value(nrv_graph *g, nrv_dim d)
{
    if (!g || g->why.status || !nrv__dim_valid(g, d))
        return NULL;
    if (d >= 0)
        return nrv_fill(g, NRV_I64, NRV_SCALAR, (double)d);
    char buf[24];
    return nrv__length(g, &nrv__op_dim_value, nrv__dim_text(g, d, buf), d);
}

extern const nrv__opdef nrv__op_count_turn;
nrv_tensor nrv__run_counter(nrv_graph *g)
{
    nrv_tensor c = nrv__leaf(g, &nrv__op_run_counter, "run", NRV_I64, 0, NULL, NULL);
    for (int i = 0; i < g->n_open; i++)
        if (g->open[i]->kind != NRV__IF)
            c = nrv__op(&nrv__op_count_turn, NRV_N(const nrv_tensor, c, nrv_turn(g->open[i])));
    return c;
}

/* ---- variables ---- */
static nrv__var *leaf_find_var(nrv_graph *g, const char *full)
{
    int32_t at = nrv__var_find(g, full);
    return at < 0 ? NULL : &g->var[at];
}

static const char *leaf_full_name(nrv_graph *g, const char *name)
{
    const char *path = nrv__scope_path(g);
    size_t n = strlen(path), m = strlen(name);
    char *full = nrv__arena_get(&g->arena, n + m + 2);
    if (!full)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a name"), NULL;
    memcpy(full, path, n);
    if (n)
        full[n++] = '.';
    memcpy(full + n, name, m);
    return full;
}

static bool leaf_constant_shape(nrv_graph *g, const char *full, nrv_shape shape, int64_t bytes)
{
    int64_t n = bytes;
    char buf[24];
    for (int i = 0; i < shape.rank; i++) {
        if (!nrv__dim_valid(g, shape.dim[i]))
            return false;
        if (shape.dim[i] < 0)
            return nrv__graph_fail(g, NRV_ESHAPE,
                                   "what the store keeps has constant lengths; nrv_local may have named ones",
                                   "'%s': its length %s is a named size", full, nrv__dim_text(g, shape.dim[i], buf)),
                   false;
        if (!nrv__mul(n, shape.dim[i], &n) || n > INT64_C(1) << 46)
            return nrv__graph_fail(g, NRV_ESHAPE, "check the number of units", "'%s' would take more than 2^46 bytes",
                                   full),
                   false;
    }
    if (g->budget && n >= g->budget)
        return nrv__graph_fail(g, NRV_ESHAPE, "check the number of units; a program in C has no such limit",
                               "'%s' would take %lld bytes; all weights of a text may take 4294967296", full,
                               (long long)n),
               false;
    g->budget -= g->budget ? n : 0;
    return true;
}

nrv_tensor nrv__variable(nrv_graph *g, const char *full, nrv_dtype t, nrv_shape shape, nrv__start start, nrv__kind kind)
{
    if (!full || !g || g->why.status)
        return NULL;
    nrv__var *known = leaf_find_var(g, full);
    if (known) {
        nrv_tensor old = known->node;
        bool same = old->type == t && old->rank == shape.rank;
        for (int i = 0; same && i < shape.rank; i++)
            same = old->dim[i] == shape.dim[i];
        if (!same)
            return nrv__graph_fail(g, NRV_ENAME, "give one of them another name",
                                   "'%s' is asked for twice, with different shapes or types", full),
                   NULL;
        known->trainable = known->trainable || (kind == NRV__PARAM && !(nrv__scope_mode(g) & NRV_FROZEN));
        return old;
    }
    if (shape.rank < 0 || shape.rank > NRV__MAX_RANK || !nrv__dtype_size(t))
        return nrv__graph_fail(g, NRV_ESHAPE, "ranks go up to 8", "'%s': rank %d, type %d", full, shape.rank, (int)t),
               NULL;
    if (!leaf_constant_shape(g, full, shape, (int64_t)nrv__dtype_size(t)))
        return NULL;
    if (!nrv__store_get(g->store, full, t, shape.rank, shape.dim, start, kind, &g->why))
        return NULL;
    nrv_tensor y = nrv__leaf(g, &nrv__op_param, full, t, shape.rank, shape.dim, NULL);
    if (!y)
        return NULL;
    bool frozen = (nrv__scope_mode(g) & NRV_FROZEN) != 0;
    if (start.from && !(start.from = nrv__arena_text(&g->arena, start.from, strlen(start.from))))
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a name"), NULL;
    return nrv__var_add(g, (nrv__var){ y, start, kind, kind == NRV__PARAM && !frozen, false }) ? y : NULL;
}

static nrv_tensor leaf_scoped(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, nrv_init init,
                              nrv__kind kind)
{
    if (!g || g->why.status)
        return NULL;
    if (!name || !*name)
        return nrv__graph_fail(g, NRV_ENAME, "it is stored by its name", "a parameter without a name"), NULL;
    const char *full = leaf_full_name(g, name);
    if (!full)
        return NULL;
    nrv_list with = g->n_scope ? g->scope[g->n_scope - 1].with : NULL;
    nrv_tensor instead = with && kind == NRV__PARAM ? nrv__list_find(with, full) : NULL;
    if (instead)
        return instead;
    nrv_tensor y = nrv__variable(g, full, t, shape, (nrv__start){ init, NULL }, kind);
    nrv__var *v = y ? leaf_find_var(g, full) : NULL;
    if (v && v->shared && !(nrv__scope_mode(g) & NRV_SHARED))
        return nrv__graph_fail(g, NRV_ENAME,
                               "another name, or nrv_enter with NRV_SHARED where the same weights are meant",
                               "'%s' is asked for a second time", full),
               NULL;
    if (v)
        v->shared = true;
    return y;
}

NRV_API nrv_tensor nrv_param(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, nrv_init init)
{
    return leaf_scoped(g, name, t, shape, init, NRV__PARAM);
}

NRV_API nrv_tensor nrv_state(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, double fill)
{
    return leaf_scoped(g, name, t, shape, (nrv_init){ 6, fill, 0 }, NRV__STATE);
}

NRV_API nrv_tensor nrv_local(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, double fill)
{
    if (!g || g->why.status)
        return NULL;
    if (!name || !*name)
        return nrv__graph_fail(g, NRV_ENAME, "it is carried by its name", "a local without a name"), NULL;
    const char *full = leaf_full_name(g, name);
    nrv__scalar_attr a = { fill };
    size_t before = g->n_node;
    nrv_tensor y = full ? nrv__leaf(g, &nrv__op_local, full, t, shape.rank, shape.dim, &a) : NULL;
    if (!y || (size_t)y->id < before)
        return y;
    if (nrv__name_met(g, NRV__NAME_LOCAL, full))
        return nrv__graph_fail(g, NRV_ENAME, "give one of them another name",
                               "local '%s' is asked for twice, with different shapes, types or fills", full),
               NULL;
    return nrv__name_meet(g, NRV__NAME_LOCAL, y->name) ? y : NULL;
}

/* ---- where values go ---- */
static bool leaf_is_mine(nrv_graph *g, nrv_tensor x, const char *what)
{
    if (x->g == g)
        return true;
    nrv__graph_fail(g, NRV_EARG, "trace both in one graph", "%s: the tensor is of another graph", what);
    return false;
}

static bool leaf_same_shape(nrv_graph *g, nrv_tensor var, nrv_tensor value)
{
    bool same = var->type == value->type && var->rank == value->rank;
    nrv_dim d;
    for (int i = 0; same && i < var->rank; i++)
        same = nrv__dim_same(g, var->dim[i], value->dim[i], "assign", &d);
    if (same)
        return true;
    nrv__text a = { .mem = g->mem }, b = { .mem = g->mem };
    nrv__shape_text(g, var->rank, var->dim, &a);
    nrv__shape_text(g, value->rank, value->dim, &b);
    nrv__graph_fail(g, NRV_ESHAPE, "a variable keeps its shape and type", "assign: '%s' is %s %s, its new value %s %s",
                    var->name, nrv__dtype_name(var->type), a.at ? a.at : "", nrv__dtype_name(value->type),
                    b.at ? b.at : "");
    nrv__text_free(&a);
    nrv__text_free(&b);
    return false;
}

NRV_API void nrv_assign(nrv_graph *g, nrv_tensor var, nrv_tensor value)
{
    if (!g || g->why.status)
        return;
    if (!var || !value) {
        nrv__graph_fail(g, NRV_EARG, "was it ever set?", "assign: the %s is NULL", var ? "value" : "variable");
        return;
    }
    if (var->op != &nrv__op_param && var->op != &nrv__op_local) {
        nrv__graph_fail(g, NRV_EARG, "assign to what nrv_param, nrv_state or nrv_local gave",
                        "assign: a '%s' is no variable", var->op->name);
        return;
    }
    if (g->n_open) {
        nrv__graph_fail(g, NRV_EARG,
                        "carry the value out of the block and assign it there; NRV_QUIET keeps layers from updating "
                        "their statistics",
                        "assign: '%s' is assigned inside a block", var->name);
        return;
    }
    if (value->region) {
        nrv__graph_fail(g, NRV_EARG, "after nrv_end, nrv_stacked, nrv_last or nrv_either give a block's values",
                        "assign: the value for '%s' is of the inside of a block", var->name);
        return;
    }
    if (!leaf_is_mine(g, var, "assign") || !leaf_is_mine(g, value, "assign") || !leaf_same_shape(g, var, value))
        return;
    nrv__name_kind kind = var->op == &nrv__op_param ? NRV__NAME_ASSIGNED : NRV__NAME_LOCAL_ASSIGNED;
    if (nrv__name_met(g, kind, var->name)) {
        nrv__graph_fail(g, NRV_EARG,
                        "one value for each variable; NRV_QUIET keeps a second pass from updating its statistics",
                        "assign: '%s' is assigned twice", var->name);
        return;
    }
    if (nrv__name_meet(g, kind, var->name) &&
        nrv__graph_room(g, &g->assign, g->n_assign, &g->cap_assign, sizeof *g->assign))
        g->assign[g->n_assign++] = (nrv__named){ NULL, var, value };
}

NRV_API void nrv_output(nrv_graph *g, const char *name, nrv_tensor x)
{
    if (!g || g->why.status)
        return;
    if (!x || !name || !*name) {
        nrv__graph_fail(g, NRV_EARG, "was the tensor ever set?", "output '%s': %s", name ? name : "",
                        x ? "it has no name" : "the tensor is NULL");
        return;
    }
    if (!leaf_is_mine(g, x, "output"))
        return;
    if (x->region) {
        nrv__graph_fail(g, NRV_EARG, "after nrv_end, nrv_stacked, nrv_last or nrv_either give a block's values",
                        "output '%s': the tensor is of the inside of a block", name);
        return;
    }
    if (nrv__name_met(g, NRV__NAME_OUTPUT, name)) {
        nrv__graph_fail(g, NRV_ENAME, "one name, one output", "two outputs named '%s'", name);
        return;
    }
    const char *copy = nrv__arena_text(&g->arena, name, strlen(name));
    if (!copy || !nrv__name_meet(g, NRV__NAME_OUTPUT, copy) ||
        !nrv__graph_room(g, &g->output, g->n_output, &g->cap_output, sizeof *g->output))
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for output '%s'", name);
    else
        g->output[g->n_output++] = (nrv__named){ copy, NULL, x };
}
