/* update.c - what optimisers share. An optimiser returns new values and assigns only its own state. */
#include "update.h"
#include <stdio.h>
#include <string.h>

extern const nrv__opdef nrv__op_fill;

double nrv__update_option(double given, double otherwise)
{
    return given < 0 ? 0 : given != 0 ? given : otherwise;
}

nrv_tensor nrv__update_number(const nrv__update *u, double value)
{
    return nrv_fill(u->g, NRV_F64, NRV_SCALAR, value);
}

nrv_tensor nrv__update_value(const nrv__update *u, nrv_tensor old, nrv_tensor value)
{
    return u->when ? nrv_select(u->when, value, old) : value;
}

void nrv__update_keep(const nrv__update *u, nrv_tensor state, nrv_tensor value)
{
    if (!u->g->why.status)
        nrv_assign(u->g, state, nrv__update_value(u, state, value));
}

static const char *update_join(nrv_graph *g, const char *a, const char *b, const char *c)
{
    size_t n = strlen(a) + strlen(b) + strlen(c) + 3;
    char *full = nrv__arena_get(&g->arena, n);
    if (!full)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for an optimiser's names"), NULL;
    snprintf(full, n, "%s.%s%s%s", a, b, *c ? "." : "", c);
    return full;
}

/* what parameters of a type are computed in: 16 bits would lose most steps of an average */
static nrv_dtype update_type(nrv_dtype t)
{
    return t == NRV_F16 || t == NRV_BF16 ? NRV_F32 : t;
}

nrv_tensor nrv__update_state(const nrv__update *u, nrv_tensor param, const char *what)
{
    nrv__start zeros = { { 6, 0, 0 }, NULL };
    return nrv__variable(u->g, update_join(u->g, u->name, what, param->name), update_type(param->type),
                         nrv_shape_of(param), zeros, NRV__STATE);
}

nrv_tensor nrv__update_step(nrv_graph *g, const char *name)
{
    return nrv__variable(g, update_join(g, name, "step", ""), NRV_I64, NRV_SCALAR, (nrv__start){ { 6, 0, 0 }, NULL },
                         NRV__STATE);
}

static bool update_scalar(nrv_graph *g, nrv_tensor t, const char *name, const char *what)
{
    bool fits = !t || (t->g == g && t->rank == 0 && (*what == 'w' ? t->type == NRV_BOOL : nrv__dtype_real(t->type)));
    if (!fits)
        nrv__graph_fail(g, NRV_ESHAPE,
                        *what == 'w' ? "compare two scalars: nrv_less..."
                                     : "nrv_cosine_rate gives one, or an input of shape NRV_SCALAR",
                        "optimiser '%s': .%s is %s of rank %d, a %s scalar of the same graph is wanted", name, what,
                        nrv__dtype_name(t->type), (int)t->rank, *what == 'w' ? "bool" : "real");
    return fits;
}

static bool update_once(nrv_graph *g, nrv_tensor step, const char *name)
{
    for (size_t i = 0; i < g->n_assign; i++)
        if (g->assign[i].var == step)
            return nrv__graph_fail(g, NRV_ENAME, "give one of them another .name; their state is stored under it",
                                   "two optimisers named '%s' in one program", name),
                   false;
    return true;
}

bool nrv__update_begin(nrv__update *u, nrv_list params, nrv_list grads, const char *name, double lr, nrv_tensor rate,
                       nrv_tensor when)
{
    nrv_graph *g = params ? params->g : NULL;
    if (!params || !grads || g->why.status)
        return false;
    if (!params->n)
        return nrv__graph_fail(g, NRV_EARG, "were the layers traced before nrv_params, and outside of NRV_FROZEN?",
                               "optimiser '%s' has no parameters to train", name),
               false;
    if (!update_scalar(g, rate, name, "rate") || !update_scalar(g, when, name, "when"))
        return false;
    nrv_tensor step = nrv__update_step(g, name);
    if (!step || !update_once(g, step, name))
        return false;
    nrv_tensor next = nrv_add_c(step, 1);
    *u = (nrv__update){ .g = g, .name = name, .when = when, .step = nrv_cast(next, NRV_F64) };
    u->rate = rate ? nrv_cast(rate, NRV_F64) : nrv__update_number(u, lr);
    nrv__update_keep(u, step, next);
    return !g->why.status;
}

bool nrv__update_reached(nrv_tensor grad)
{
    return grad->op != &nrv__op_fill || ((const nrv__scalar_attr *)grad->attr)->value != 0;
}

nrv_list nrv__update_all(const nrv__update *u, nrv_list params, nrv_list grads,
                         nrv_tensor (*rule)(const nrv__update *u, const nrv__entry *p, nrv_tensor grad,
                                            const void *numbers),
                         const void *numbers)
{
    nrv_graph *g = u->g;
    nrv_tensor *x = nrv__arena_get(&g->arena, (size_t)(params->n + 1) * sizeof *x);
    if (!x)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for an optimiser"), NULL;
    for (int i = 0; i < params->n; i++) {
        const nrv__entry *p = &params->at[i];
        nrv_tensor d = nrv__list_find(grads, p->name);
        if (!d)
            return nrv__graph_fail(g, NRV_ENAME, "nrv_grads(loss, params) with the same params, or more",
                                   "optimiser '%s': no gradient for '%s'", u->name, p->name),
                   NULL;
        nrv__entry wide = *p;
        wide.value = p->value && nrv__update_reached(d) ? nrv_cast(p->value, update_type(p->value->type)) : NULL;
        x[i] = p->value;
        if (wide.value) {
            nrv_tensor moved = rule(u, &wide, nrv__cast_like(d, wide.value), numbers);
            x[i] = nrv__update_value(u, p->value, nrv__cast_like(moved, p->value));
        }
        if (g->why.status)
            return NULL;
    }
    return nrv_list_of(params, x);
}
