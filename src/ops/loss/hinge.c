/* hinge.c - hinge and squared_hinge: a sign with a margin of 1, as a support vector machine wants it (Vapnik 1995)
   y = max(0, 1 - t x), or its square */
#include "all.h"

static nrv_tensor hinge_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("hinge", c);
    return nrv_hinge_with(c->x[0], c->x[1], &o);
}

static nrv_tensor squared_hinge_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("squared_hinge", c);
    return nrv_squared_hinge_with(c->x[0], c->x[1], &o);
}

#define HINGE                                                                                         \
    .sig = "real x[...], real t[...] -> y[]", .flags = NRV_MACRO, .ulp = 8,                           \
    .tolerance_why = "a chain of rounded steps and a mean",                                           \
    .test = { "x[6] in -3..3, t[6]{1,-1,1,-1,-1,1}", "x[2,3] in -3..3, t[3]{1,-1,1}, reduction=none", \
              "x[4] in -3..3, t[4]{1,-1,1,-1}, w[4] in 0.5..2, reduction=sum" }

NRV_OP(hinge, .doc = "Mean of max(0, 1 - t x) with t of 1 or -1; its gradient is 0 where t x is 1.", .make = hinge_make,
       .refuse = { "x[3,5], t[3,4] => hinge: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] x "
                   "| input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3], t:i32[3] => hinge: input 1 is i32, a real type is wanted | in here | input 0: input f32 [3] "
                   "x | input 1: input i32 [3] t | hint nrv_cast it to NRV_F32" },
       HINGE);
NRV_OP(squared_hinge, .doc = "Mean of max(0, 1 - t x)^2 with t of 1 or -1.", .make = squared_hinge_make,
       .refuse = { "x[3,5], t[3,4] => squared_hinge: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3], t:i32[3] => squared_hinge: input 1 is i32, a real type is wanted | in here | input 0: input "
                   "f32 [3] x | input 1: input i32 [3] t | hint nrv_cast it to NRV_F32" },
       HINGE);

/* Mean of max(0, 1 - t x). x and target (...), which is 1 or -1. */
NRV_API nrv_tensor nrv_hinge(nrv_tensor x, nrv_tensor target)
{
    return nrv_hinge_with(x, target, NULL);
}

/* The hinge, weighted and reduced. */
NRV_API nrv_tensor nrv_hinge_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_hinge, "x, t: relu(1 - t * x)", 2, (const nrv_tensor[]){ x, target }, 0, NULL, o);
}

/* Mean of max(0, 1 - t x)^2. x and target (...), which is 1 or -1. */
NRV_API nrv_tensor nrv_squared_hinge(nrv_tensor x, nrv_tensor target)
{
    return nrv_squared_hinge_with(x, target, NULL);
}

/* The squared hinge, weighted and reduced. */
NRV_API nrv_tensor nrv_squared_hinge_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_squared_hinge, "x, t: square(relu(1 - t * x))", 2, (const nrv_tensor[]){ x, target },
                        0, NULL, o);
}
