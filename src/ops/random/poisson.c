/* poisson - how often something happens that happens `rate` times on average.

   Below a rate of 10 the distribution function is inverted, with one uniform of 53 bits; from 10 on it is Hoermann's
   transformed rejection PTRS (1993), which takes 1.1 to 1.4 tries. Each element tries with Philox counters of its own,
   so that its number depends on key, run and element alone. Exact up to the rounding of doubles: probabilities of large
   rates come from a deviance that does not cancel (Loader 2000), not from k log(rate) - rate - log k!. */
#include "draw.h"
#include <math.h>

static bool poisson_shape(nrv__infer *s)
{
    nrv_tensor run = s->in[0], x = s->in[1];
    s->type = x->type;
    return nrv__draw_rows(s) && nrv__draw_shape(s, x->rank - run->rank, x->dim + run->rank);
}

/* the smallest k whose distribution function exceeds u */
static double poisson_small(double rate, double u)
{
    double k = 0, p = exp(-rate), below = p;
    while (u >= below) {
        p *= rate / ++k;
        if (k > rate && below + p == below)
            break; /* the sum is as near to 1 as doubles go */
        below += p;
    }
    return k;
}

static double poisson_log_probability(double k, double rate)
{
    return k > 0 ? -0.91893853320467274178 - 0.5 * log(k) - nrv__draw_stirling(k) - nrv__draw_deviance(k, rate) : -rate;
}

static double poisson_large(double rate, uint64_t key, uint64_t run, uint64_t element)
{
    double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b, k = floor(rate);
    double accept = 0.9277 - 3.6224 / (b - 2), scale = log(1.1239 + 1.1328 / (b - 3.4));
    for (uint64_t again = 0; again < 1024; again++) { /* each try succeeds more often than not: the end is never met */
        uint32_t bits[4];
        nrv__draw_bits(key, run, element, again, bits);
        double u = nrv__draw_unit(bits) + (0x1p-54 - 0.5), v = nrv__draw_unit(bits + 2) + 0x1p-54, us = 0.5 - fabs(u);
        k = floor((2 * a / us + b) * u + rate + 0.43);
        if (us >= 0.07 && v <= accept)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v) + scale - log(a / (us * us) + b) <= poisson_log_probability(k, rate))
            return k;
    }
    return floor(rate);
}

static void poisson_ref(const nrv__args *a)
{
    uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data, *rate = a->in[1].data;
    double *y = a->out[0].data;
    int64_t each = nrv__draw_each(a);
    for (int64_t i = 0; i < a->n; i++) {
        uint64_t r = (uint64_t)run[i / each], element = (uint64_t)(i % each);
        uint32_t bits[4];
        bool sound = rate[i] >= 0 && rate[i] <= 0x1p52; /* above, doubles skip whole numbers */
        y[i] = 0;
        if (!sound) {
            nrv__fault_set(a->fault, i, NRV_EVALUE, "rate %g at position %lld; it must lie in 0..2^52", rate[i],
                           (long long)i);
        } else if (rate[i] >= 10) {
            y[i] = poisson_large(rate[i], key, r, element);
        } else {
            nrv__draw_bits(key, r, element, 0, bits);
            y[i] = poisson_small(rate[i], nrv__draw_unit(bits));
        }
    }
}

extern const nrv__opdef nrv__op_poisson;

static nrv_tensor poisson_make(nrv__case *c)
{
    return nrv__draw_case(c, &nrv__op_poisson, (nrv_dtype)0, 0, NULL);
}

NRV_OP(poisson, .sig = "i64 run[c...], real rate[c...,...] -> y[c...,...]",
       .doc = "Random whole numbers of the Poisson distribution; a rate that is negative, NaN or above 2^52 stops the "
              "run.",
       .shape = poisson_shape, .batch = nrv__draw_batch, .flags = NRV_RANDOM | NRV_FAILS,
       .no_grad = "a count is a step of the rate: a score-function gradient, or a normal draw of the same mean and "
                  "variance, stands in",
       .ref = poisson_ref, .make = poisson_make, .attr_bytes = sizeof(nrv__random_attr), .torch = "poisson",
       .numpy = "random.poisson", .values = "nrv_softplus makes any number positive",
       .refuse = { "rate:i32[3] => poisson: input 1 is i32, a real type is wanted | in here | input 0: run_counter i64 "
                   "[] run | input 1: input i32 [3] rate | hint nrv_cast it to NRV_F32",
                   "run:i64[3], rate[4] => poisson: axis 0 differs from the counter's | in here | input 0: input i64 "
                   "[3] run | input 1: input f32 [4] rate | hint the counter's lengths, then those of one draw",
                   "rate{1,-2} => poisson: rate -2 at position 1; it must lie in 0..2^52 | in here | hint nrv_softplus "
                   "makes any number positive",
                   "run:i64[3], rate[] => poisson: rank 0 for a counter of rank 1 | in here | input 0: input i64 [3] "
                   "run | input 1: input f32 [] rate | hint the counter's lengths, then those of one draw" },
       .test = { "rate[3,5] in 0..9", "rate[40] in 10..1000", "rate[] in 3..4", "rate[0]", "rate{0,1e-30,9.5,10,1e6}",
                 "run:i64[3] in 0..9, rate[3,4] in 0..20", "run:i64[2,2] in 0..9, rate[2,2] in 0..40" });

/* rate (...) -> whole numbers (...) of its type, of the Poisson distribution with that mean (inversion; from 10 on
   PTRS, Hoermann 1993); what float32 cannot hold is rounded. A rate that is negative, NaN or above 2^52 stops the run
   with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in this scope is an
   error. No gradient to the rate. */
NRV_API nrv_tensor nrv_poisson(nrv_tensor rate, const char *name)
{
    nrv__random_attr a = { .type = 0 };
    if (!rate || rate->g->why.status || !nrv__draw_key(rate->g, "poisson", name, &a.key))
        return NULL;
    return nrv__op_with(&nrv__op_poisson, NRV_N(const nrv_tensor, nrv__run_counter(rate->g), rate), &a, 0, NULL);
}
