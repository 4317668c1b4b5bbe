/* permutation - the numbers 0..n-1 in random order.

   Fisher and Yates from the inside (Durstenfeld 1964): in n steps, without memory beside the result and without the
   ties that sorting by random keys has. Each step takes 53 bits of its own counter, so an order is at most n 2^-53 more
   likely than another in any place. It is one chain from 0 to n-1 and runs on one thread. */
#include "draw.h"

static bool permutation_shape(nrv__infer *s)
{
    s->type = NRV_I64;
    return nrv__draw_shape(s, s->n_size, s->size);
}

static void permutation_ref(const nrv__args *a)
{
    uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data;
    double *y = a->out[0].data;
    int64_t n = nrv__draw_each(a);
    for (int64_t first = 0; first < a->n; first += n)
        for (int64_t i = 0; i < n; i++) {
            uint32_t bits[4];
            nrv__draw_bits(key, (uint64_t)run[first / n], (uint64_t)i, 0, bits);
            int64_t j = (int64_t)(nrv__draw_unit(bits) * (double)(i + 1));
            y[first + i] = y[first + j];
            y[first + j] = (double)i;
        }
}

extern const nrv__opdef nrv__op_permutation;

static nrv_tensor permutation_make(nrv__case *c)
{
    nrv_dim n = nrv__case_int(c, "n", 0);
    return nrv__draw_case(c, &nrv__op_permutation, NRV_I64, 1, &n);
}

NRV_OP(permutation, .sig = "i64 run[c...] -> i64 y[c...,n]",
       .doc = "The numbers 0..n-1 in random order (Fisher & Yates; Durstenfeld 1964).", .shape = permutation_shape,
       .batch = nrv__draw_batch, .flags = NRV_RANDOM, .no_grad = "it depends on no input but the run",
       .ref = permutation_ref, .make = permutation_make, .attr_bytes = sizeof(nrv__random_attr), .torch = "randperm",
       .numpy = "random.permutation",
       .refuse = { "run:i32[3], n=5 => permutation: the counter is i32, i64 is wanted | in here | input 0: input i32 "
                   "[3] run | hint nrv_cast it to NRV_I64",
                   "n=-5 => -5 is neither a length nor the handle of a size of this graph | in here | hint calculate "
                   "with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "n=0", "n=1", "n=7", "n=1027", "run:i64[3] in 0..9, n=5", "run:i64[2,2] in 0..9, n=3",
                 "run:i64[3] in 0..9, n=0" });

/* i64 (n): the numbers 0..n-1 in random order, n a number or a named size; nrv_gather and nrv_take shuffle by it. Keyed
   by scope and name, new in every run; a name that is missing or was used in this scope is an error. No gradient. */
NRV_API nrv_tensor nrv_permutation(nrv_graph *g, const char *name, nrv_dim n)
{
    nrv__random_attr a = { .type = NRV_I64 };
    if (!g || g->why.status || !nrv__draw_key(g, "permutation", name, &a.key))
        return NULL;
    return nrv__op_with(&nrv__op_permutation, NRV_N(const nrv_tensor, nrv__run_counter(g)), &a, 1, &n);
}
