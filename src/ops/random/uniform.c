/* uniform - random numbers in [0, 1): a pure function of key, run and element, so the same for any number of threads;
   and what formulas make of them */
#include "draw.h"
#include <string.h>

static bool uniform_shape(nrv__infer *s)
{
    s->type = (nrv_dtype)((const nrv__random_attr *)s->attr)->type;
    if (s->type != NRV_F32 && s->type != NRV_F64)
        return nrv__infer_fail(s, NRV_EDTYPE, "draw floats and nrv_cast them", "%s cannot be drawn",
                               nrv__dtype_name(s->type));
    return nrv__draw_shape(s, s->n_size, s->size);
}

static void uniform_ref(const nrv__args *a)
{
    uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data;
    double *y = a->out[0].data;
    int64_t each = nrv__draw_each(a);
    for (int64_t first = 0; first < a->n; first += each)
        for (int64_t i = 0; i < each; i += 4) {
            uint32_t bits[4];
            nrv__draw_bits(key, (uint64_t)run[first / each], (uint64_t)i / 4, 0, bits);
            for (int64_t k = i; k < i + 4 && k < each; k++)
                y[first + k] = (double)(bits[k - i] >> 8) * 0x1p-24;
        }
}

extern const nrv__opdef nrv__op_uniform;

static nrv_tensor uniform_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    int rank = nrv__case_ints(c, "shape", NRV__MAX_RANK, d);
    return nrv__draw_case(c, &nrv__op_uniform, nrv__case_type(c, "type", NRV_F32), rank, d);
}

NRV_OP(uniform, .sig = "i64 run[c...] -> y[c...,...]",
       .doc = "Random numbers in [0, 1), 24 bits each (Philox4x32-10; Salmon et al. 2011).", .shape = uniform_shape,
       .batch = nrv__draw_batch, .flags = NRV_RANDOM, .no_grad = "it depends on no input but the run",
       .ref = uniform_ref, .make = uniform_make, .attr_bytes = sizeof(nrv__random_attr), .torch = "rand rand_like",
       .numpy = "random.random", .onnx = "RandomUniform",
       .refuse = { "run:i32[3], shape=5 => uniform: the counter is i32, i64 is wanted | in here | input 0: input i32 "
                   "[3] run | hint nrv_cast it to NRV_I64",
                   "run:i64[1,1,1,1,1,1,1,2], shape=3 => uniform: rank 1 for each of a counter of rank 8 | in here | "
                   "input 0: input i64 [1, 1, 1, 1, 1, 1, 1, 2] run | hint ranks go up to 8",
                   "shape=2x-3 => -3 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "shape=3x5", "shape=1027", "shape=0", "run:i64[3] in 0..9, shape=5",
                 "run:i64[2,3] in 0..1000000, shape=7x11", "run:i64[70] in 0..99, shape=", "run:i64[0], shape=4",
                 "run:i64[3] in 0..9, shape=0" });

static nrv_tensor uniform_key(nrv_graph *g, uint64_t key, nrv_dtype t, nrv_shape shape)
{
    nrv__random_attr a = { key, (int64_t)t };
    return nrv__op_with(&nrv__op_uniform, NRV_N(const nrv_tensor, nrv__run_counter(g)), &a, shape.rank, shape.dim);
}

nrv_tensor nrv__uniform(nrv_graph *g, const char *op, const char *name, nrv_dtype t, nrv_shape shape)
{
    uint64_t key;
    return g && !g->why.status && nrv__draw_key(g, op, name, &key) ? uniform_key(g, key, t, shape) : NULL;
}

/* Random numbers in [0, 1), keyed by scope and name, new in every run. t: NRV_F32 or NRV_F64; both have 24 bits. A name
   that is missing or was used in this scope is an error. No gradient. */
NRV_API nrv_tensor nrv_uniform(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    return nrv__uniform(g, "uniform", name, t, shape);
}

/* Random numbers of mean 0 and deviation 1 (Box & Muller 1958), at most 5.8 in size; otherwise as nrv_uniform. */
NRV_API nrv_tensor nrv_normal(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    uint64_t key;
    if (!g || g->why.status || !nrv__draw_key(g, "normal", name, &key))
        return NULL;
    nrv_tensor u = uniform_key(g, key, t, shape), v = uniform_key(g, nrv__hash(key, "angle", 5), t, shape);
    return NRV_EXPR("u, v: sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v)", u, v);
}

/* Random numbers >= 0 of density e^-x: mean 1, deviation 1, at most 16.7; otherwise as nrv_uniform. */
NRV_API nrv_tensor nrv_exponential(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    return NRV_EXPR("u: -log(1 - u)", nrv__uniform(g, "exponential", name, t, shape));
}

/* Random numbers -log(e), e as nrv_exponential (Gumbel 1935): mean 0.577, deviation 1.283, in -2.9..17.4; the largest
   of logits + these is a categorical draw, which the gradient of a softmax in its place relaxes (Jang et al. 2017).
   Otherwise as nrv_uniform. */
NRV_API nrv_tensor nrv_gumbel(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    /* u = 0 stands for all below 2^-24, 2^-25 on average; without that it would be infinite */
    return NRV_EXPR("u: -log(max(-log(1 - u), 2.98023223876953125e-8))", nrv__uniform(g, "gumbel", name, t, shape));
}

/* 1 with probability p, else 0, in p's shape and type; p > 1 is 1, p < 0 or NaN is 0. No gradient to p: the draw is a
   step, whose slope is 0; nrv_surrogate gives it one. Names as in nrv_uniform. */
NRV_API nrv_tensor nrv_bernoulli(nrv_tensor p, const char *name)
{
    if (!p)
        return NULL;
    return nrv_cast(nrv_less(nrv__uniform(p->g, "bernoulli", name, p->type, nrv_shape_of(p)), p), p->type);
}
