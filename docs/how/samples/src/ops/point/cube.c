/* cube - y = x^3    dx = 3 x^2 dy

   HOW TO ADD AN OP: copy this file to src/ops/<kind>/<name>.c, change it, run ./do build. Nothing else has to be
   touched: the generator finds NRV_OP and NRV_API, and the tests of the registry try every case below - value, gradient
   and second gradient against finite differences in double, fused = unfused = eager, wrong arguments, every allocation
   failing. */
#include "../op.h"

/* The gradient is graph, made of ops: v->x are the inputs, v->y the result, v->dy its gradient. Shapes may be broadcast
   and inputs may be shared; summing up is not your business. Since it is graph, the second gradient comes by itself. */
static void cube_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: 3 * x * x * dy", v->dy, v->x[0]);
}

/* The reference is the definition, in double, and as plain as can be: it is what every kernel is held against. For an
   element-wise op the formula is enough; others write a function of `const nrv__args *`, as reduce/sum.c and
   linalg/matmul.c do. */
NRV_REF1(cube_ref, x *x *x)

/* The record. .sig and .doc go into the documents, .shape says what comes out (src/ops/infer.c has the usual answers),
   NRV_POINTWISE lets the compiler fuse it with its neighbours. .test: lengths and ranges of the inputs - include a
   scalar, no elements at all, and more than one tile (1024). A tolerance other than 2 ulp needs .ulp and
   .tolerance_why. .refuse: at least two bad calls, with the whole message. .torch, .numpy, .onnx: its names elsewhere,
   if it has any. */
NRV_OP(
    cube, .sig = "real x[...] -> y[...]", .doc = "The third power.", .shape = nrv__infer_point, .flags = NRV_POINTWISE,
    .vjp = cube_vjp, .ref = cube_ref,
    .refuse = { "x:i32[3] => cube: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint "
                "nrv_cast it to NRV_F32",
                "x:bool[2] => cube: input 0 is bool, a real type is wanted | in here | input 0: input bool [2] x | "
                "hint "
                "nrv_cast it to NRV_F32" },
    .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -2..2" });

/* The third power. x and y (...) */
NRV_API nrv_tensor nrv_cube(nrv_tensor x)
{
    return nrv__op(&nrv__op_cube, NRV_N(const nrv_tensor, x));
}
