/* categorical - an index for each row of logits, with probability softmax(logits).

   By the inverse of the distribution function: one uniform of 53 bits for a row, held against the running sum of
   e^(logit - largest). The Gumbel trick (the largest of logit - log(-log u)) would take a uniform and two logarithms
   for each entry, and with 24 bits it never draws what lies more than about 20 below the largest; the sum keeps
   everything down to a probability of 2^-53. A weight of 0 moves no sum, so a logit of -inf is never drawn. */
#include "draw.h"
#include <math.h>

static bool categorical_shape(nrv__infer *s)
{
    nrv_tensor run = s->in[0], x = s->in[1];
    char text[24];
    if (!nrv__draw_rows(s))
        return false;
    if (x->rank < run->rank + 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "a row of logits for each draw: (...,V)", "the logits have rank %d",
                               x->rank);
    nrv_dim v = x->dim[x->rank - 1];
    if (!nrv__dim_at_most(s->g, 1, v, "categorical") || !nrv__dim_at_most(s->g, v, INT32_MAX, "categorical"))
        return nrv__infer_fail(s, NRV_ESHAPE, "the index is an i32", "rows of %s logits", nrv__dim_text(s->g, v, text));
    s->type = NRV_I32;
    return nrv__draw_shape(s, x->rank - 1 - run->rank, x->dim + run->rank);
}

static double categorical_largest(const double *x, int64_t v)
{
    double most = -INFINITY;
    for (int64_t k = 0; k < v; k++)
        if (!(x[k] <= most)) /* a NaN stays */
            most = isnan(most) ? most : x[k];
    return most;
}

static int64_t categorical_draw(const double *x, int64_t v, double most, double u)
{
    double sum = 0, below = 0;
    for (int64_t k = 0; k < v; k++)
        sum += exp(x[k] - most);
    u *= sum; /* below sum, since u is at most 1 - 2^-53 */
    int64_t k = -1;
    while (below <= u && k + 1 < v)
        below += exp(x[++k] - most);
    return k;
}

static void categorical_ref(const nrv__args *a)
{
    const nrv__view *logits = &a->in[1];
    const double *run = a->in[0].data, *x = logits->data;
    double *y = a->out[0].data;
    int64_t each = nrv__draw_each(a), v = logits->dim[logits->rank - 1];
    for (int64_t i = 0; i < a->n; i++, x += v) {
        uint32_t bits[4];
        double most = categorical_largest(x, v);
        if (!isfinite(most))
            nrv__fault_set(a->fault, i, NRV_EVALUE, "row %lld of the logits %s", (long long)i,
                           isnan(most)        ? "has a NaN"
                           : most == INFINITY ? "has an infinite entry"
                                              : "is -inf everywhere: nothing can be drawn");
        nrv__draw_bits(((const nrv__random_attr *)a->attr)->key, (uint64_t)run[i / each], (uint64_t)(i % each), 0,
                       bits);
        y[i] = isfinite(most) ? (double)categorical_draw(x, v, most, nrv__draw_unit(bits)) : 0;
    }
}

extern const nrv__opdef nrv__op_categorical;

static nrv_tensor categorical_make(nrv__case *c)
{
    return nrv__draw_case(c, &nrv__op_categorical, NRV_I32, 0, NULL);
}

NRV_OP(
    categorical, .sig = "i64 run[c...], real logits[c...,...,V] -> i32 y[c...,...]",
    .doc = "An index for each row, drawn with probability softmax(logits); -inf is never drawn. A row with a NaN or "
           "+inf, or of -inf alone, stops the run.",
    .shape = categorical_shape, .batch = nrv__draw_batch, .flags = NRV_RANDOM | NRV_FAILS,
    .no_grad = "an index has no slope: log_softmax of what was drawn gives the score-function gradient, nrv_gumbel "
               "and softmax a relaxed one",
    .ref = categorical_ref, .make = categorical_make, .attr_bytes = sizeof(nrv__random_attr),
    .torch = "multinomial distributions.Categorical", .onnx = "Multinomial",
    .values = "the logits of a row are numbers, and one at least is not -inf",
    .refuse = { "logits[] => categorical: the logits have rank 0 | in here | input 0: run_counter i64 [] run | input "
                "1: input f32 [] logits | hint a row of logits for each draw: (...,V)",
                "logits:i32[3] => categorical: input 1 is i32, a real type is wanted | in here | input 0: run_counter "
                "i64 [] run | input 1: input i32 [3] logits | hint nrv_cast it to NRV_F32",
                "logits[3,0] => categorical: rows of 0 logits | in here | input 0: run_counter i64 [] run | input 1: "
                "input f32 [3, 0] logits | hint the index is an i32",
                "run:i64[2], logits[3,4] => categorical: axis 0 differs from the counter's | in here | input 0: input "
                "i64 [2] run | input 1: input f32 [3, 4] logits | hint the counter's lengths, then those of one draw" },
    .test = { "logits[3,5] in -3..3", "logits[9]", "logits[2,3,40] in -90..90", "logits[0,4]", "logits[4,1]",
              "run:i64[3] in 0..9, logits[3,4,6] in -2..2", "run:i64[2,2] in 0..9, logits[2,2,7]" });

/* logits (...,V) -> i32 (...): an index for each row, drawn with probability softmax(logits) from its own counter
   (inverse of the distribution function, 53 bits). -inf is never drawn; a row with a NaN or +inf, or of -inf alone,
   stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in this
   scope is an error. No gradient to the logits. */
NRV_API nrv_tensor nrv_categorical(nrv_tensor logits, const char *name)
{
    nrv__random_attr a = { .type = NRV_I32 };
    if (!logits || logits->g->why.status || !nrv__draw_key(logits->g, "categorical", name, &a.key))
        return NULL;
    return nrv__op_with(&nrv__op_categorical, NRV_N(const nrv_tensor, nrv__run_counter(logits->g), logits), &a, 0,
                        NULL);
}
