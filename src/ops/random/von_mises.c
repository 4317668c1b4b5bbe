/* von_mises - angles around a mean, of density e^(k cos(x - mean)) / (2 pi I0(k)).

   Best & Fisher 1979: a wrapped Cauchy draw is taken or not, two of three at least are. All of it is written in what is
   left of 1, so that angles stay exact to their own size where k is large. */
#include "draw.h"
#include <math.h>

extern const nrv__opdef nrv__op_von_mises_angle;

static bool von_mises_shape(nrv__infer *s)
{
    nrv_tensor run = s->in[0], k = s->in[1];
    s->type = k->type;
    return nrv__draw_rows(s) && nrv__draw_shape(s, k->rank - run->rank, k->dim + run->rank);
}

/* r - 1, the paper's r, which rules the Cauchy draw; k > 0 */
static double von_mises_rest(double k)
{
    const double h = hypot(1, 2 * k), tau = 1 + h, root = sqrt(tau) + 1.4142135623730951;
    const double rho = sqrt(tau) / root * (2 * k / tau), less = (sqrt(2 * tau) - 1 - 1 / (h + 2 * k)) / (2 * k);
    return k < 1 ? (1 - rho) * (1 - rho) / (2 * rho) : less * less / (2 * (1 - less));
}

static double von_mises_draw(double k, uint64_t key, uint64_t run, uint64_t element)
{
    const double pi = 3.141592653589793, rest = k > 0x1p-60 ? von_mises_rest(k) : 0;
    uint32_t bits[4];
    for (uint64_t again = 0; again < 1024; again++) { /* each try succeeds with 0.65 or more: the end is never met */
        nrv__draw_bits(key, run, element, again, bits);
        const double sign = bits[3] & 1 ? 1 : -1, u = nrv__draw_unit(bits) + 0x1p-54;
        if (!(k > 0x1p-60))
            return sign * pi * u;
        const double s = sin(0.5 * pi * u), c = cos(0.5 * pi * u), v = ((double)(bits[2] >> 1) + 0.5) * 0x1p-31;
        const double less = rest * 2 * s * s / (rest + 2 * c * c); /* 1 - f, the cosine of the angle */
        const double spread = k * (rest + less);
        if (spread * (2 - spread) > v || log(spread / v) + 1 - spread >= 0)
            return sign * 2 * asin(sqrt(fmin(1, 0.5 * less)));
    }
    return 0;
}

static void von_mises_ref(const nrv__args *a)
{
    const uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    const double *run = a->in[0].data, *k = a->in[1].data;
    double *y = a->out[0].data;
    const int64_t each = nrv__draw_each(a);
    for (int64_t i = 0; i < a->n; i++) {
        const bool sound = k[i] >= 0 && k[i] <= 0x1p1000;
        if (!sound)
            nrv__fault_set(a->fault, i, NRV_EVALUE, "concentration %g at position %lld; it must lie in 0..2^1000", k[i],
                           (long long)i);
        y[i] = sound ? von_mises_draw(k[i], key, (uint64_t)run[i / each], (uint64_t)(i % each)) : 0;
    }
}

static nrv_tensor von_mises_make(nrv__case *c)
{
    return nrv__draw_case(c, &nrv__op_von_mises_angle, (nrv_dtype)0, 0, NULL);
}

NRV_OP(
    von_mises_angle, .sig = "i64 run[c...], real k[c...,...] -> y[c...,...]",
    .doc = "Random angles of the von Mises distribution of mean 0 and concentration k, from -pi to pi; a "
           "concentration that is negative, NaN or beyond 2^1000 stops the run.",
    .shape = von_mises_shape, .batch = nrv__draw_batch, .flags = NRV_RANDOM | NRV_FAILS,
    .no_grad = "a draw that was rejected is a step of the concentration: a score-function gradient stands in",
    .ref = von_mises_ref, .make = von_mises_make, .attr_bytes = sizeof(nrv__random_attr), .numpy = "random.vonmises",
    .refuse = { "run:i32[2], k[2] in 1..2 => von_mises_angle: the counter is i32, i64 is wanted | in here | input 0: "
                "input i32 [2] run | input 1: input f32 [2] k | hint nrv_cast it to NRV_I64",
                "k{1,-2} => von_mises_angle: concentration -2 at position 1; it must lie in 0..2^1000 | in here" },
    .test = { "k[3,5] in 0..9", "k[40] in 10..1000", "k[] in 3..4", "k[0]", "k{0,1e-9,1e30,1}",
              "run:i64[3] in 0..9, k[3,4] in 0..20" });

/* mean and k (...), which broadcast, of one real type -> angles (...) from -pi to pi: mean plus draws of density e^(k
   cos x), turned back by whole turns. k, the concentration, is 0 for all angles alike; negative, NaN or beyond 2^1000
   it stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in
   this scope is an error. The gradient goes to the mean alone. (Best & Fisher 1979) */
NRV_API nrv_tensor nrv_von_mises(nrv_tensor mean, nrv_tensor k, const char *name)
{
    nrv__random_attr a = { .type = 0 };
    const nrv_tensor in[] = { mean, k };
    nrv_shape both;
    if (!nrv__op_wants_real(&nrv__op_von_mises_angle, 2, in) ||
        !nrv__op_common(&nrv__op_von_mises_angle, 2, in, &both) || !nrv__draw_key(k->g, "von_mises", name, &a.key))
        return NULL;
    nrv_tensor around = nrv__op_with(
        &nrv__op_von_mises_angle, NRV_N(const nrv_tensor, nrv__run_counter(k->g), nrv_broadcast(k, both)), &a, 0, NULL);
    return NRV_EXPR("m, x: m + x - 6.283185307179586 * rint((m + x) * 0.15915494309189535)", mean, around);
}
