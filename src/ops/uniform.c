/* uniform - random numbers in [0, 1): a pure function of key, run and element, so the same for any number of threads */
#include "../base/philox.h"
#include "op.h"
#include <string.h>

static bool uniform_shape(nrv__infer *s)
{
    s->type = (nrv_dtype)((const nrv__random_attr *)s->attr)->type;
    s->rank = s->n_size;
    memcpy(s->dim, s->size, (size_t)s->n_size * sizeof *s->size);
    return s->type == NRV_F32 || s->type == NRV_F64 ||
           nrv__infer_fail(s, NRV_EDTYPE, "draw floats and nrv_cast them", "%s cannot be drawn",
                           nrv__dtype_name(s->type));
}

static void uniform_ref(const nrv__args *a)
{
    uint64_t key = ((const nrv__random_attr *)a->attr)->key, run = (uint64_t)*(const double *)a->in[0].data;
    double *y = a->out[0].data;
    uint32_t bits[4] = { 0 };
    for (int64_t i = 0; i < a->n; i++) {
        uint64_t at = (uint64_t)i / 4;
        if (i % 4 == 0)
            nrv__philox((const uint32_t[]){ (uint32_t)at, (uint32_t)(at >> 32), (uint32_t)run, (uint32_t)(run >> 32) },
                        (const uint32_t[]){ (uint32_t)key, (uint32_t)(key >> 32) }, bits);
        y[i] = (double)(bits[i % 4] >> 8) * 0x1p-24;
    }
}

static nrv_tensor uniform_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    nrv_shape s = { nrv__case_ints(c, "shape", NRV__MAX_RANK, d), { 0 } };
    memcpy(s.dim, d, sizeof d);
    return nrv_uniform(c->g, "u", nrv__case_type(c, "type", NRV_F32), s);
}

NRV_OP(uniform, .sig = "i64 run[] -> y[...]",
       .doc = "Random numbers in [0, 1), 24 bits each (Philox4x32-10; Salmon et al. 2011).", .shape = uniform_shape,
       .flags = NRV_RANDOM, .no_grad = "it depends on no input but the run", .ref = uniform_ref, .make = uniform_make,
       .attr_bytes = sizeof(nrv__random_attr), .test = { "shape=3x5", "shape=1027", "shape=0" });

static nrv_tensor uniform_key(nrv_graph *g, uint64_t key, nrv_dtype t, nrv_shape shape)
{
    nrv__random_attr a = { key, (int64_t)t };
    return nrv__op_with(&nrv__op_uniform, NRV_N(const nrv_tensor, nrv__run_counter(g)), &a, shape.rank, shape.dim);
}

/* Random numbers in [0, 1), keyed by scope and name, new in every run. */
NRV_API nrv_tensor nrv_uniform(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    uint64_t key;
    return g && !g->why.status && nrv__draw_key(g, name, &key) ? uniform_key(g, key, t, shape) : NULL;
}

/* Random numbers of mean 0 and deviation 1 (Box & Muller 1958), keyed by scope and name, new in every run. */
NRV_API nrv_tensor nrv_normal(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    uint64_t key;
    if (!g || g->why.status || !nrv__draw_key(g, name, &key))
        return NULL;
    nrv_tensor u = uniform_key(g, key, t, shape), v = uniform_key(g, nrv__hash(key, "angle", 5), t, shape);
    return NRV_EXPR("u, v: sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v)", u, v);
}

/* 1 with probability p, else 0, in p's shape and type; no gradient. */
NRV_API nrv_tensor nrv_bernoulli(nrv_tensor p, const char *name)
{
    if (!p)
        return NULL;
    return nrv_cast(nrv_less(nrv_uniform(p->g, name, p->type, nrv_shape_of(p)), p), p->type);
}
