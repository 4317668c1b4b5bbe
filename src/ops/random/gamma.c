/* gamma - waiting times of shape alpha, as logarithms; and what is made of them: gamma, beta, dirichlet, chi_square,
   student_t.

   Marsaglia & Tsang 2000: a normal draw, cubed, is taken or not; of the order of 1.05 tries. Below a shape of 1 the
   draw is that of alpha + 1, times u^(1/alpha). Logarithms, because at a shape of 0.01 most draws are smaller than any
   float, and still stand in the right proportion to each other. */
#include "draw.h"
#include <math.h>

static bool gamma_shape(nrv__infer *s)
{
    nrv_tensor run = s->in[0], x = s->in[1];
    s->type = x->type;
    return nrv__draw_rows(s) && nrv__draw_shape(s, x->rank - run->rank, x->dim + run->rank);
}

static double gamma_log_draw(double alpha, uint64_t key, uint64_t run, uint64_t element)
{
    const double boosted = alpha < 1 ? alpha + 1 : alpha, d = boosted - 1.0 / 3, c = 1 / sqrt(9 * d);
    double small = 0;
    uint32_t bits[4];
    if (alpha < 1) {
        nrv__draw_bits(key, run, element, 0, bits);
        small = log(nrv__draw_unit(bits) + 0x1p-54) / alpha;
    }
    for (uint64_t again = 1; again < 1024; again++) { /* each try succeeds with 0.95 or more: the end is never met */
        nrv__draw_bits(key, run, element, again, bits);
        const double u = nrv__draw_unit(bits) + 0x1p-54, angle = 6.283185307179586 * 0x1p-32 * (double)bits[2];
        const double x = sqrt(-2 * log(u)) * cos(angle), v = 1 + c * x, accept = ((double)bits[3] + 0.5) * 0x1p-32;
        if (v > 0 && log(accept) < 0.5 * x * x + d * (1 - v * v * v + 3 * log(v)))
            return small + log(d) + 3 * log(v);
    }
    return small + log(d);
}

static void gamma_ref(const nrv__args *a)
{
    const uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data, *alpha = a->in[1].data;
    double *y = a->out[0].data;
    const int64_t each = nrv__draw_each(a);
    for (int64_t i = 0; i < a->n; i++) {
        const bool sound = alpha[i] > 0 && alpha[i] < INFINITY;
        if (!sound)
            nrv__fault_set(a->fault, i, NRV_EVALUE, "shape %g at position %lld; it must be positive and finite",
                           alpha[i], (long long)i);
        y[i] = sound ? gamma_log_draw(alpha[i], key, (uint64_t)run[i / each], (uint64_t)(i % each)) : 0;
    }
}

extern const nrv__opdef nrv__op_gamma_log;

static nrv_tensor gamma_make(nrv__case *c)
{
    return nrv__draw_case(c, &nrv__op_gamma_log, (nrv_dtype)0, 0, NULL);
}

#define GAMMA_POSITIVE "nrv_softplus makes any number positive"

NRV_OP(
    gamma_log, .sig = "i64 run[c...], real alpha[c...,...] -> y[c...,...]",
    .doc = "Logarithms of random numbers of the gamma distribution of shape alpha and scale 1; an alpha that is not "
           "positive and finite stops the run.",
    .shape = gamma_shape, .batch = nrv__draw_batch, .flags = NRV_RANDOM | NRV_FAILS,
    .no_grad = "a draw that was rejected is a step of the shape: a score-function gradient stands in",
    .not_slope = "of the same bits it grows with its shape, which says nothing about the mean of many draws",
    .ref = gamma_ref, .make = gamma_make, .attr_bytes = sizeof(nrv__random_attr), .values = GAMMA_POSITIVE,
    .refuse = { "run:i32[2], alpha[2] => gamma_log: the counter is i32, i64 is wanted | in here | input 0: input i32 "
                "[2] run | input 1: input f32 [2] alpha | hint nrv_cast it to NRV_I64",
                "alpha{1,-2} => gamma_log: shape -2 at position 1; it must be positive and finite | in here | hint "
                "nrv_softplus makes any number positive" },
    .test = { "alpha[3,5] in 0.1..9", "alpha[40] in 10..1000", "alpha[] in 3..4", "alpha[0]", "alpha{0.001,1,1e6}",
              "run:i64[3] in 0..9, alpha[3,4] in 0.5..20", "run:i64[2,2] in 0..9, alpha[2,2] in 1..40" });

/* functions without records of their own refuse values in their own names all the same */
static const nrv__opdef gamma_called = { .name = "gamma", .values = GAMMA_POSITIVE };
static const nrv__opdef gamma_called_beta = { .name = "beta", .values = GAMMA_POSITIVE };
static const nrv__opdef gamma_called_dirichlet = { .name = "dirichlet", .values = GAMMA_POSITIVE };
static const nrv__opdef gamma_called_chi_square = { .name = "chi_square",
                                                    .values =
                                                        "a shape is half the degrees of freedom; " GAMMA_POSITIVE };

/* of one name any number of draws, each of a key of its own */
static nrv_tensor gamma_of(nrv_tensor alpha, uint64_t key, const char *which)
{
    nrv__random_attr a = { .key = nrv__hash_text(key, which) };
    return alpha ? nrv__op_with(&nrv__op_gamma_log, NRV_N(const nrv_tensor, nrv__run_counter(alpha->g), alpha), &a, 0,
                                NULL)
                 : NULL;
}

static bool gamma_key(nrv_tensor x, const char *op, const char *name, uint64_t *key)
{
    if (!x || x->g->why.status)
        return false;
    if (nrv__dtype_real(x->type))
        return nrv__draw_key(x->g, op, name, key);
    nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "%s '%s': a shape of type %s, a real type is wanted",
                    op, name ? name : "", nrv__dtype_name(x->type));
    return false;
}

/* alpha (...) -> positive numbers (...) of its type, of the gamma distribution of that shape and scale 1: mean and
   variance alpha (Marsaglia & Tsang 2000). Times a scale, or over a rate, as needed. An alpha that is not positive and
   finite stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used
   in this scope is an error. No gradient to alpha. */
NRV_API nrv_tensor nrv_gamma(nrv_tensor alpha, const char *name)
{
    NRV_CALLED(&gamma_called, alpha);
    uint64_t key;
    return gamma_key(alpha, "gamma", name, &key) ? nrv_exp(gamma_of(alpha, key, "gamma")) : NULL;
}

/* a and b (...), which broadcast -> (...) in 0..1, of the beta distribution: mean a / (a + b). As nrv_gamma otherwise.
 */
NRV_API nrv_tensor nrv_beta(nrv_tensor a, nrv_tensor b, const char *name)
{
    NRV_CALLED(&gamma_called_beta, a);
    uint64_t key;
    if (!b || !gamma_key(a, "beta", name, &key))
        return NULL;
    const nrv_shape both = nrv_shape_of(nrv_add(a, b));
    nrv_tensor x = gamma_of(nrv_broadcast(a, both), key, "a"), y = gamma_of(nrv_broadcast(b, both), key, "b");
    return nrv_sigmoid(nrv_sub(x, y));
}

/* alpha (...,K) -> (...,K): rows of positive numbers that add to 1, of the Dirichlet distribution: means alpha / sum
   alpha. As nrv_gamma otherwise. */
NRV_API nrv_tensor nrv_dirichlet(nrv_tensor alpha, const char *name)
{
    NRV_CALLED(&gamma_called_dirichlet, alpha);
    uint64_t key;
    return gamma_key(alpha, "dirichlet", name, &key) ? nrv_softmax(gamma_of(alpha, key, "dirichlet"), -1) : NULL;
}

/* freedom (...) -> (...): sums of so many squares of normal draws, any positive number. As nrv_gamma otherwise. */
NRV_API nrv_tensor nrv_chi_square(nrv_tensor freedom, const char *name)
{
    NRV_CALLED(&gamma_called_chi_square, freedom);
    uint64_t key;
    if (!gamma_key(freedom, "chi_square", name, &key))
        return NULL;
    return nrv_mul_c(nrv_exp(gamma_of(nrv_mul_c(freedom, 0.5), key, "chi")), 2);
}

/* Numbers (...) of log-normal law: e^(mean + deviation z), z as nrv_normal; mean and deviation broadcast. The gradient
   goes through both. */
NRV_API nrv_tensor nrv_log_normal(nrv_tensor mean, nrv_tensor deviation, const char *name)
{
    if (!mean || !deviation)
        return NULL;
    const nrv_shape both = nrv_shape_of(nrv_add(mean, deviation));
    nrv_tensor z = nrv_normal(mean->g, name, mean->type, both);
    return NRV_EXPR("m, d, z: exp(m + d * z)", mean, deviation, z);
}
