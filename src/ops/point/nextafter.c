/* nextafter - the number of the type that comes after a in the direction of b */
#include "../op.h"
#include <math.h>

/* one step of a type with so many bits behind the point, whose normal numbers begin at 2^least */
static double nextafter_step(double a, double b, int bits, int least)
{
    int exponent;
    bool shrinks = a != 0 && (a > 0) != (b > a); /* towards 0 the steps of a power of two are half as long */
    double part = frexp(a, &exponent), size = fabs(part);
    exponent -= 1 + (shrinks && size == 0.5);
    double step = ldexp(1, (a != 0 && exponent > least ? exponent : least) - bits);
    return b > a ? a + step : a - step;
}

static double nextafter_of(double a, double b, nrv_dtype t)
{
    if (a != a || b != b || a == b)
        return a != a || b != b ? a + b : b;
    if (t == NRV_F16)
        return fabs(a) > 65504 ? copysign(65504, a) : nextafter_step(a, b, 10, -14);
    if (t == NRV_BF16)
        return fabs(a) > 0x1.fep127 ? copysign(0x1.fep127, a) : nextafter_step(a, b, 7, -126);
    return t == NRV_F32 ? (double)nextafterf((float)a, (float)b) : nextafter(a, b);
}

static void nextafter_vjp(nrv_vjp *v)
{
    v->dx[0] = v->dy;
}

NRV_REF2(nextafter_ref, nextafter_of(x, y, args_->out[0].type))

NRV_OP(nextafter, .sig = "real a[...], real b[...] -> y[...]",
       .doc =
           "The next number of the type after a in the direction of b; b where they are equal, NaN where either is. As "
           "smooth as a itself: the gradient is a's.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = nextafter_vjp, .ref = nextafter_ref,
       .torch = "nextafter", .numpy = "nextafter",
       .refuse = { "a[3], b[4] => nextafter: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input "
                   "1: input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a:i32[3], b:i32[3] => nextafter: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,5] in -3..3, b[3,5] in -3..3", "a[4,1,3] in 1..2, b[2,1] in -2..2",
                 "a{0, 1, 1, -2}, b{1, 0, 1, -9}", "a[1027], b[]", "a[0], b[1]" });

/* The next number after a towards b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_nextafter(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_nextafter, NRV_N(const nrv_tensor, a, b));
}
