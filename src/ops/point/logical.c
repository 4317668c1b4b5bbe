/* logical.c - and, or, exclusive or of what is not 0 */
#include "binary.h"

static nrv_tensor logical_and_make(nrv__case *c)
{
    return nrv_logical_and(c->x[0], c->x[1]);
}

static nrv_tensor logical_or_make(nrv__case *c)
{
    return nrv_logical_or(c->x[0], c->x[1]);
}

static nrv_tensor logical_xor_make(nrv__case *c)
{
    return nrv_logical_xor(c->x[0], c->x[1]);
}

#define LOGICAL_COMMON(name)                                                                                         \
    .sig = "any a[...], any b[...] -> bool y[...]", .flags = NRV_MACRO, .no_grad = "its value is true or false",     \
    .refuse = { "a:bool[3], b:bool[4] => " name                                                                      \
                ": shapes do not fit at axis 0 | in here | input 0: input bool [3] a | input 1: input bool [4] b | " \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                     \
                "a:bool[2,3], b[2,2] => " name                                                                       \
                ": shapes do not fit at axis 1 | in here | input 0: input bool [2, 3] a | input 1: not_equal bool "  \
                "[2, 2] here | hint only a length of 1 is stretched; nrv_reshape puts one in" },                     \
    .test = { "a:bool{0, 0, 1, 1}, b:bool{0, 1, 0, 1}", "a{0, nan, 2, 0}, b:i32{0, 0, 1, -3}",                       \
              "a:bool[4,1,3], b:bool[2,1]", "a:bool[1027], b:bool[]", "a:bool[0], b:bool[1]" }

NRV_OP(logical_and, .doc = "True where both are not 0; a NaN is not.", .make = logical_and_make, .torch = "logical_and",
       .numpy = "logical_and", .onnx = "And", LOGICAL_COMMON("logical_and"));
NRV_OP(logical_or, .doc = "True where at least one is not 0; a NaN is not.", .make = logical_or_make,
       .torch = "logical_or", .numpy = "logical_or", .onnx = "Or", LOGICAL_COMMON("logical_or"));
NRV_OP(logical_xor, .doc = "True where exactly one is not 0; a NaN is not.", .make = logical_xor_make,
       .torch = "logical_xor", .numpy = "logical_xor", .onnx = "Xor", LOGICAL_COMMON("logical_xor"));

static nrv_tensor logical_of(nrv_tensor x)
{
    return x && x->type != NRV_BOOL ? nrv_not_equal(x, nrv__like(x, 0)) : x;
}

static nrv_tensor logical_by(const nrv__opdef *op, nrv_tensor a, nrv_tensor b,
                             nrv_tensor (*join)(nrv_tensor, nrv_tensor))
{
    const nrv_tensor in[] = { a, b };
    if (!nrv__op_wants(op, 2, in))
        return NULL;
    const nrv_tensor whether[] = { logical_of(a), logical_of(b) };
    return binary_fits(op, 2, whether, nrv__infer_compare) ? join(whether[0], whether[1]) : NULL;
}

/* bool: a and b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_logical_and(nrv_tensor a, nrv_tensor b)
{
    return logical_by(&nrv__op_logical_and, a, b, nrv_bitwise_and);
}

/* bool: a or b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_logical_or(nrv_tensor a, nrv_tensor b)
{
    return logical_by(&nrv__op_logical_or, a, b, nrv_bitwise_or);
}

/* bool: either a or b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_logical_xor(nrv_tensor a, nrv_tensor b)
{
    return logical_by(&nrv__op_logical_xor, a, b, nrv_bitwise_xor);
}
