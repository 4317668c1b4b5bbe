/* kron - Kronecker's product: every element of a by all of b */
#include "matrix.h"

static nrv_tensor kron_make(nrv__case *c)
{
    return nrv_kron(c->x[0], c->x[1]);
}

NRV_OP(
    kron, .sig = "real a[m...], real b[n...] -> y[mn...]",
    .doc =
        "Kronecker's product: y[i n + k, ...] = a[i, ...] b[k, ...]. The shorter rank gets ones in front; ranks go up "
        "to 4.",
    .flags = NRV_MACRO, .make = kron_make, .torch = "kron", .numpy = "kron",
    .refuse = { "a[1,1,1,1,2], b[2] => kron: ranks 5 and 1 | in here | input 0: input f32 [1, 1, 1, 1, 2] a | input 1: "
                "input f32 [2] b | hint ranks go up to 4",
                "a:i32[2], b[2] => kron: input 0 is i32, a real type is wanted | in here | input 0: input i32 [2] a | "
                "input 1: input f32 [2] b | hint nrv_cast it to NRV_F32" },
    .test = { "a[2,3], b[3,2]", "a[3], b[2]", "a[2], b[2,1,3]", "a[], b[2,2]", "a[0,2], b[2,2]" });

/* a (m...), b (n...) -> (m n...): each element of a by all of b; the shorter rank gets ones in front */
NRV_API nrv_tensor nrv_kron(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    if (!nrv__op_wants_real(&nrv__op_kron, 2, in))
        return NULL;
    int rank = a->rank > b->rank ? a->rank : b->rank;
    if (2 * rank > NRV__MAX_RANK)
        return nrv__op_refuses(&nrv__op_kron, 2, in, NRV_ESHAPE, "ranks go up to 4", "ranks %d and %d", a->rank,
                               b->rank);
    nrv_shape sa = { 2 * rank, { 0 } }, sb = sa, y = { rank, { 0 } };
    for (int i = 0; i < rank; i++) {
        int ia = i - rank + a->rank, ib = i - rank + b->rank;
        sa.dim[2 * i] = ia < 0 ? 1 : a->dim[ia];
        sb.dim[2 * i + 1] = ib < 0 ? 1 : b->dim[ib];
        sa.dim[2 * i + 1] = sb.dim[2 * i] = 1;
        y.dim[i] = nrv__dim_mul(a->g, sa.dim[2 * i], sb.dim[2 * i + 1]);
    }
    return nrv_reshape(nrv_mul(nrv_reshape(a, sa), nrv_reshape(b, sb)), y);
}
