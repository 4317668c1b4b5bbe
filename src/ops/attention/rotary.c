/* rotary - positions as angles: pairs of features turned, so that a product of two depends on their distance alone.

   y1 = x1 cos a - x2 sin a     y2 = x2 cos a + x1 sin a     a = position base^(-2i/D)     (RoFormer; Su et al. 2021)

   Feature i < D/2 is paired with feature i + D/2, as GPT-NeoX and the Llama family do and so most published weights
   (the paper pairs 2i with 2i + 1: the same up to the order of the features). Angles are computed in float32 at least.
   Does not do: stretched or scaled positions - change position or base. */
#include "../op.h"
#include <math.h>

extern const nrv__opdef nrv__op_rotary;

static bool rotary_fail(nrv_tensor x, nrv_tensor position, nrv_status status, const char *what)
{
    return nrv__op_refuses(&nrv__op_rotary, 2, (nrv_tensor[]){ x, position }, status,
                           "x (...,T,D) real with an even D, position (T) or (...,T), base 10000", "%s", what);
}

static bool rotary_check(nrv_tensor x, nrv_tensor position, double base, nrv_dim *half)
{
    nrv_graph *g = x->g;
    nrv_dim d;
    if (x->rank < 2 || !nrv__dtype_real(x->type))
        return rotary_fail(x, position, NRV_ESHAPE, "x is no real (...,T,D)");
    if (!isfinite(base) || base <= 0)
        return rotary_fail(x, position, NRV_EARG, "the base is not above zero");
    *half = nrv__dim_floor(g, x->dim[x->rank - 1], 2);
    if (!nrv__dim_same(g, nrv__dim_mul(g, *half, 2), x->dim[x->rank - 1], "rotary", &d))
        return rotary_fail(x, position, NRV_ESHAPE, "D is odd, but features turn in pairs");
    bool fits = position->rank >= 1 && position->rank < x->rank && position->type != NRV_BOOL;
    for (int i = 1; fits && i <= position->rank; i++) {
        nrv_dim p = position->dim[position->rank - i];
        fits = (p == 1 && i > 1) || nrv__dim_same(g, p, x->dim[x->rank - 1 - i], "rotary", &d);
    }
    return fits || rotary_fail(x, position, NRV_ESHAPE, "the positions do not fit x");
}

static nrv_tensor rotary_body(nrv_tensor x, nrv_tensor position, double base, nrv_dim half)
{
    nrv_dtype t = x->type == NRV_F64 ? NRV_F64 : NRV_F32;
    nrv_tensor share = nrv_div(nrv_iota(x->g, t, half), nrv_cast(nrv_dim_value(x->g, half), t));
    nrv_tensor a = nrv_mul(nrv_expand(nrv_cast(position, t), -1, 1), nrv_exp(nrv_mul_c(share, -log(base))));
    nrv_tensor c = nrv_cast(nrv_cos(a), x->type), s = nrv_cast(nrv_sin(a), x->type);
    nrv_tensor x1 = nrv_slice(x, -1, 0, half), x2 = nrv_slice(x, -1, half, half);
    nrv_tensor y[2] = { NRV_EXPR("x, z, c, s: x * c - z * s", x1, x2, c, s),
                        NRV_EXPR("x, z, c, s: z * c + x * s", x1, x2, c, s) };
    return nrv_concat(2, y, -1);
}

static nrv_tensor rotary_make(nrv__case *c)
{
    return nrv_rotary(c->x[0], c->x[1], nrv__case_real(c, "base", 10000));
}

NRV_OP(
    rotary, .sig = "real x[...,T,D], any position[...,T] -> y[...,T,D]",
    .doc = "Features i and i + D/2 turned by position base^(-2i/D) (RoFormer; Su et al. 2021; pairs as GPT-NeoX).",
    .make = rotary_make, .onnx = "RotaryEmbedding", .also = "rope", .attr_bytes = sizeof(nrv__scalar_attr), .ulp = 32,
    .tolerance_why = "an angle's rounding, times the angle",
    .refuse = { "x[3,5], p:i64{0,1,2} => rotary: D is odd, but features turn in pairs | in here | input 0: input "
                "f32 [3, 5] x | input 1: input i64 [3] p | hint x (...,T,D) real with an even D, position (T) or "
                "(...,T), base 10000",
                "x[3,4], p:i64{0,1} => rotary: the positions do not fit x | in here | input 0: input f32 [3, 4] x | "
                "input 1: input i64 [2] p | hint x (...,T,D) real with an even D, position (T) or (...,T), base 10000",
                "x[3,4], p:i64{0,1,2}, base=0 => rotary: the base is not above zero | in here | input 0: input f32 [3, "
                "4] x | input 1: input i64 [3] p | hint x (...,T,D) real with an even D, position (T) or (...,T), base "
                "10000" },
    .test = { "x[3,4], p:i64{0,1,2}", "x[2,2,3,6], p:i32[2,1,3]{4,5,6,0,1,2}, base=100", "x[2,3,2], p[3]",
              "x[0,3,4], p:i64{0,1,2}" });

/* x (...,T,D), position (T) or (...,T), whole or real: features i and i + D/2 turned by position base^(-2i/D), as
   GPT-NeoX and Llama do; D is even, base 10000 as a rule. Positions stretch over x's leading axes from the right: for x
   (B,heads,T,D), give each sample its own as (B,1,T). (RoFormer; Su et al. 2021) */
NRV_API nrv_tensor nrv_rotary(nrv_tensor x, nrv_tensor position, double base)
{
    nrv_graph *g = x ? x->g : position ? position->g : NULL;
    nrv_dim half = 0;
    if (!g || g->why.status)
        return NULL;
    if (!x || !position || position->g != g)
        return nrv__graph_fail(g, NRV_EARG, "trace both in one graph",
                               "rotary: x or position is NULL or of another graph"),
               NULL;
    if (!rotary_check(x, position, base, &half))
        return NULL;
    nrv__scalar_attr a = { base };
    nrv_tensor body = rotary_body(x, position, base, half);
    return body ? nrv__composite(&nrv__op_rotary, NRV_N(const nrv_tensor, x, position), &a, 1, &body) : NULL;
}
