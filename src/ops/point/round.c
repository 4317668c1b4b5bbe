/* round - the nearest whole number, or so many decimals */
#include "../op.h"
#include <math.h>

static nrv_tensor round_make(nrv__case *c)
{
    return nrv_round(c->x[0], nrv__case_small(c, "decimals", 0));
}

NRV_OP(round, .sig = "real x[...] -> y[...]",
       .doc = "Rounded to so many decimals, ties to even; below 0: to tens, hundreds... The slope is 0.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = round_make, .torch = "round special.round", .numpy = "round around",
       .refuse = NRV_WANTS_REAL(round),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -50..50, decimals=-1", "x[9] in -3..3, decimals=2" });

/* Rounded to so many decimals, ties to even; below 0: to tens, hundreds... The slope is 0. x and y (...) */
NRV_API nrv_tensor nrv_round(nrv_tensor x, int decimals)
{
    if (!nrv__op_wants_real(&nrv__op_round, 1, &x))
        return NULL;
    if (!decimals)
        return nrv_rint(x);
    nrv_tensor power = nrv__like(x, pow(10, fabs((double)decimals)));
    return decimals > 0 ? NRV_EXPR("x, p: rint(x * p) / p", x, power) : NRV_EXPR("x, p: rint(x / p) * p", x, power);
}
