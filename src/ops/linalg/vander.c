/* vander - Vandermonde's matrix: the powers of each element */
#include "matrix.h"

enum { VANDER_MOST = 1024 };

static nrv_tensor vander_make(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    const int64_t m = x->rank ? x->dim[x->rank - 1] : -1;
    return nrv_vander(x, nrv__case_int(c, "N", nrv__case_int(c, "n", m)), nrv__case_small(c, "increasing", 1));
}

NRV_OP(vander, .sig = "real x[...,m] -> y[...,m,n]",
       .doc = "The powers 0 to n - 1 of each element, ascending as torch.linalg.vander has them; increasing=0: "
              "descending, as "
              "numpy.vander. n is m unless given, and at most 1024.",
       .flags = NRV_MACRO, .make = vander_make, .ulp = 32, .tolerance_why = "up to n products, each rounded",
       .torch = "linalg.vander vander", .numpy = "vander",
       .refuse = { "x[3], N=2000 => vander: 2000 powers | in here | input 0: input f32 [3] x | hint from 0 to 1024",
                   "x[], N=2 => vander: a tensor of rank 0 | in here | input 0: input f32 [] x | hint x (...,m), of "
                   "rank 1 to 7" },
       .test = { "x[3], N=3", "x[2,3], N=4", "x[3], N=3, increasing=0", "x[3], N=1", "x[3], N=0" });

/* x (...,m) -> (...,m,n): x^0, x^1 ... x^(n-1) of each element; increasing = 0: the other way round */
NRV_API nrv_tensor nrv_vander(nrv_tensor x, int64_t n, int increasing)
{
    const nrv__opdef *op = &nrv__op_vander;
    nrv_tensor power[VANDER_MOST];
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (x->rank < 1 || x->rank == NRV__MAX_RANK)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "x (...,m), of rank 1 to 7", "a tensor of rank %d", x->rank);
    if (n < 0 || n > VANDER_MOST)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "from 0 to 1024", "%lld powers", (long long)n);
    nrv_shape s = nrv_shape_of(x);
    s.dim[s.rank++] = n ? 1 : 0;
    if (n == 0)
        return nrv_fill(x->g, x->type, s, 0);
    nrv_tensor column = nrv_reshape(x, s), at = nrv_fill(x->g, x->type, s, 1);
    for (int64_t i = 0; i < n; i++) {
        power[increasing ? i : n - 1 - i] = at;
        at = i ? nrv_mul(at, column) : column;
    }
    return nrv_concat((int)n, power, -1);
}
