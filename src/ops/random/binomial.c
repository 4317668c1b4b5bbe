/* binomial - how many of n trials succeed, each with probability p.

   Below 10 expected successes (of the rarer outcome) the distribution function is inverted, with one uniform of 53
   bits; from 10 on it is Hoermann's transformed rejection BTRS (1993). Each element tries with Philox counters of its
   own, so that its number depends on key, run and element alone. Probabilities come from deviances that do not cancel
   (Loader 2000), so that n may be as large as doubles count. */
#include "draw.h"
#include <math.h>

extern const nrv__opdef nrv__op_binomial;

static bool binomial_shape(nrv__infer *s)
{
    nrv_tensor run = s->in[0], n = s->in[1], p = s->in[2];
    bool fits = n->type == p->type && n->rank == p->rank;
    nrv_dim d;
    if (!nrv__draw_rows(s))
        return false;
    for (int i = 0; fits && i < n->rank; i++)
        fits = nrv__dim_same(s->g, n->dim[i], p->dim[i], s->op->name, &d);
    if (!fits)
        return nrv__infer_fail(s, NRV_ESHAPE, "a probability for each number of trials, of the same type",
                               "probabilities of another shape or type");
    s->type = n->type;
    return nrv__draw_shape(s, n->rank - run->rank, n->dim + run->rank);
}

/* the smallest k whose distribution function exceeds u; p at most 1/2 */
static double binomial_small(double n, double p, double u)
{
    double k = 0, mass = exp(n * log1p(-p)), below = mass;
    const double odds = p / (1 - p);
    while (u >= below && k < n) {
        mass *= (n - k) / (k + 1) * odds;
        k++;
        if (k > n * p && below + mass == below)
            break; /* the sum is as near to 1 as doubles go */
        below += mass;
    }
    return k;
}

static double binomial_log_probability(double k, double n, double p)
{
    const double q = 1 - p;
    if (k <= 0)
        return n * log1p(-p);
    if (k >= n)
        return n * log(p);
    return nrv__draw_stirling(n) - nrv__draw_stirling(k) - nrv__draw_stirling(n - k) - nrv__draw_deviance(k, n * p) -
           nrv__draw_deviance(n - k, n * q) + 0.5 * log(n / (6.283185307179586 * k * (n - k)));
}

/* p at most 1/2, n p at least 10 */
static double binomial_large(double n, double p, uint64_t key, uint64_t run, uint64_t element)
{
    const double deviation = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double accept = 0.92 - 4.2 / b, scale = (2.83 + 5.1 / b) * deviation, mode = floor((n + 1) * p);
    const double most = binomial_log_probability(mode, n, p);
    for (uint64_t again = 0; again < 1024; again++) { /* each try succeeds more often than not: the end is never met */
        uint32_t bits[4];
        nrv__draw_bits(key, run, element, again, bits);
        const double u = nrv__draw_unit(bits) + (0x1p-54 - 0.5), v = nrv__draw_unit(bits + 2) + 0x1p-54;
        const double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + n * p + 0.5);
        if (k < 0 || k > n)
            continue;
        if ((us >= 0.07 && v <= accept) ||
            log(v * scale / (a / (us * us) + b)) <= binomial_log_probability(k, n, p) - most)
            return k;
    }
    return mode;
}

/* of the rarer outcome, and the others are the rest */
static double binomial_draw(double n, double p, uint64_t key, uint64_t run, uint64_t element)
{
    const double rarer = p > 0.5 ? 1 - p : p;
    uint32_t bits[4];
    nrv__draw_bits(key, run, element, 0, bits);
    const double k =
        n * rarer >= 10 ? binomial_large(n, rarer, key, run, element) : binomial_small(n, rarer, nrv__draw_unit(bits));
    return p > 0.5 ? n - k : k;
}

static void binomial_ref(const nrv__args *a)
{
    const uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data, *n = a->in[1].data, *p = a->in[2].data;
    double *y = a->out[0].data;
    const int64_t each = nrv__draw_each(a);
    for (int64_t i = 0; i < a->n; i++) {
        const bool sound = n[i] >= 0 && n[i] <= 0x1p52 && p[i] >= 0 && p[i] <= 1;
        if (!sound)
            nrv__fault_set(a->fault, i, NRV_EVALUE,
                           "%g trials of probability %g at position %lld; they must lie in 0..2^52 and 0..1", n[i],
                           p[i], (long long)i);
        y[i] = sound ? binomial_draw(floor(n[i]), p[i], key, (uint64_t)run[i / each], (uint64_t)(i % each)) : 0;
    }
}

static nrv_tensor binomial_make(nrv__case *c)
{
    return nrv__draw_case(c, &nrv__op_binomial, (nrv_dtype)0, 0, NULL);
}

NRV_OP(
    binomial, .sig = "i64 run[c...], real n[c...,...], real p[c...,...] -> y[c...,...]",
    .doc = "Random whole numbers of the binomial distribution: successes in n trials, n cut to a whole number, of "
           "probability p each; a number of trials outside 0..2^52 or a probability outside 0..1, or NaN, stops the "
           "run.",
    .shape = binomial_shape, .batch = nrv__draw_batch, .flags = NRV_RANDOM | NRV_FAILS,
    .no_grad = "a count is a step of the probability: a score-function gradient stands in", .ref = binomial_ref,
    .make = binomial_make, .attr_bytes = sizeof(nrv__random_attr), .torch = "binomial", .numpy = "random.binomial",
    .refuse = { "n:i32[3], p[3] => binomial: input 1 is i32, a real type is wanted | in here | input 0: run_counter "
                "i64 [] run | input 1: input i32 [3] n | input 2: input f32 [3] p | hint nrv_cast it to NRV_F32",
                "n[3] in 1..9, p[2] in 0..1 => binomial: probabilities of another shape or type | in here | input 0: "
                "run_counter i64 [] run | input 1: input f32 [3] n | input 2: input f32 [2] p | hint a probability "
                "for each number of trials, of the same type",
                "n{3,4}, p{0.5,1.5} => binomial: 4 trials of probability 1.5 at position 1; they must lie in 0..2^52 "
                "and 0..1 | in here" },
    .test = { "n[3,5] in 0..9, p[3,5] in 0..1", "n[40] in 100..1000, p[40] in 0..1", "n[] in 3..4, p[] in 0..1",
              "n[0], p[0]", "n{0,1,5,1e6,1e6,7}, p{0.5,1,0,1e-9,0.75,0.5}",
              "run:i64[3] in 0..9, n[3,4] in 0..90, p[3,4] in 0..1" });

/* n and p (...), which broadcast, of one real type -> whole numbers (...) of it: how many of n trials succeed, each
   with probability p (inversion; from 10 expected ones on BTRS, Hoermann 1993); what float32 cannot hold is rounded. n
   is cut to a whole number. n outside 0..2^52 or p outside 0..1, or NaN, stops the run with NRV_EVALUE. Keyed by scope
   and name, new in every run; a name that is missing or was used in this scope is an error. No gradient. */
NRV_API nrv_tensor nrv_binomial(nrv_tensor n, nrv_tensor p, const char *name)
{
    nrv__random_attr a = { .type = 0 };
    const nrv_tensor in[] = { n, p };
    nrv_shape both;
    if (!nrv__op_wants_real(&nrv__op_binomial, 2, in) || !nrv__op_common(&nrv__op_binomial, 2, in, &both) ||
        !nrv__draw_key(n->g, "binomial", name, &a.key))
        return NULL;
    return nrv__op_with(&nrv__op_binomial,
                        NRV_N(const nrv_tensor, nrv__run_counter(n->g), nrv_broadcast(n, both), nrv_broadcast(p, both)),
                        &a, 0, NULL);
}
