/* copy - the same values in dense memory: what the compiler puts between a view and a kernel that wants no strides */
#include "../op.h"

NRV_REF1(copy_ref, x)

NRV_OP(copy, .sig = "any x[...] -> y[...]",
       .doc = "The same values in dense memory. Made by the compiler, never traced.", .shape = nrv__infer_same,
       .no_grad = "it stands in plans only", .ref = copy_ref, .torch = "clone Tensor.contiguous", .numpy = "copy",
       .test = { "x[3,5]", "x[0]" });
