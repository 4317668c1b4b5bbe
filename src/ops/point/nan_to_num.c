/* nan_to_num - y = x, with numbers in place of NaN and infinities */
#include "../op.h"
#include <float.h>
#include <math.h>

static nrv_tensor nan_to_num_make(nrv__case *c)
{
    return nrv_nan_to_num(c->x[0], nrv__case_real(c, "nan", 0), nrv__case_real(c, "posinf", NAN),
                          nrv__case_real(c, "neginf", NAN));
}

NRV_OP(nan_to_num, .sig = "real x[...] -> y[...]",
       .doc = "x with nan for NaN, posinf and neginf for infinities (given as NaN: the largest and the least number of "
              "the type); what was replaced has no gradient.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = nan_to_num_make, .torch = "nan_to_num", .numpy = "nan_to_num",
       .refuse = NRV_WANTS_REAL(nan_to_num),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5", "x[4] in 1..2, nan=3, posinf=2" });

/* x with nan for NaN, posinf and neginf for infinities (given as NaN: the largest and the least number of the type);
   what was replaced has no gradient. x and y (...) */
NRV_API nrv_tensor nrv_nan_to_num(nrv_tensor x, double nan, double posinf, double neginf)
{
    if (!nrv__op_wants_real(&nrv__op_nan_to_num, 1, &x))
        return NULL;
    double most = x->type == NRV_F64    ? DBL_MAX
                  : x->type == NRV_F16  ? 65504
                  : x->type == NRV_BF16 ? 0x1.fep127
                                        : (double)FLT_MAX;
    nrv_tensor up = nrv__like(x, isnan(posinf) ? most : posinf), down = nrv__like(x, isnan(neginf) ? -most : neginf);
    return NRV_EXPR("x, n, u, d, i: x != x ? n : x == i ? u : x == -i ? d : x", x, nrv__like(x, nan), up, down,
                    nrv__like(x, INFINITY));
}
