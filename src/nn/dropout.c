/* dropout - in training every number is 0 with probability p, the others are scaled by 1/(1-p) (Srivastava et al.
   2014).

   The draw is keyed by scope and name and new in every run; it is the same for every type of x. In evaluation:
   identity. */
#include "layer.h"
#include "../ops/op.h"

/* Training: each number 0 with probability p, else times 1/(1-p). Evaluation: x. The name keys its random numbers. */
NRV_API nrv_tensor nrv_dropout(nrv_tensor x, const char *name, double p)
{
    bool train;
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    if (!(p >= 0 && p <= 1))
        return nrv__graph_fail(g, NRV_EARG, "the part that is dropped: 0.5 drops every second number",
                               "dropout '%s': p is %g, from 0 to 1 is possible", name ? name : "", p),
               NULL;
    if (!nrv__training(g, "dropout", &train))
        return NULL;
    if (!train || p == 0)
        return x;
    if (p == 1)
        return nrv_fill(g, x->type, nrv_shape_of(x), 0);
    nrv_tensor u = nrv__uniform(g, "dropout", name, NRV_F32, nrv_shape_of(x));
    return NRV_EXPR("u, p, x, s: u < p ? 0 : x * s", u, nrv__like(u, p), x, nrv__like(x, 1 / (1 - p)));
}

static nrv_tensor dropout_make(nrv__case *c)
{
    return nrv_dropout(c->x[0], c->name, nrv__case_real(c, "p", 0.5));
}

NRV_LAYER(dropout, .word = "dropout", .args = "p:real=0.5",
          .doc = "In training each number is 0 with probability p and the others grow by 1/(1-p); in evaluation "
                 "nothing happens.",
          .torch = "Dropout", .make = dropout_make, .test = { "x[5,7]", "x[2,3,4], p=0.1", "x[4], p=0", "x[4], p=1" });
