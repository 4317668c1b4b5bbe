/* softplus - y = ln(1 + e^x)    dx = dy sigmoid(x) */
#include "../op.h"
#include <math.h>

static void softplus_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * sigmoid(x)", v->dy, v->x[0]);
}

NRV_REF1(softplus_ref, (x > 0 ? x : 0) + log1p(exp(-fabs(x))))

static nrv_tensor softplus_make(nrv__case *c)
{
    if (!nrv__case_text(c, "beta") && !nrv__case_text(c, "threshold"))
        return nrv_softplus(c->x[0]);
    nrv_softplus_opt o = { .beta = nrv__case_real(c, "beta", 1), .threshold = nrv__case_real(c, "threshold", 20) };
    if (o.threshold == 0)
        o.threshold = 0x1p-1074; /* said, it is 0; 0 in the struct is 20. Nothing lies between */
    return nrv_softplus_with(c->x[0], &o);
}

NRV_OP(softplus, .make = softplus_make, .sig = "real x[...] -> y[...]",
       .doc = "Smooth rectifier: ln(1 + e^x). With beta: ln(1 + e^(beta x)) / beta, and x itself where beta x is above "
              "threshold.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = softplus_vjp, .ref = softplus_ref,
       .torch = "nn.functional.softplus nn.Softplus", .onnx = "Softplus", .refuse = NRV_WANTS_REAL(softplus),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20", "x[12] in -3..3, beta=2",
                 "x[16] in 7..11, beta=2, threshold=18", "x{-1, 0.5, 2}, threshold=0" });

/* Smooth rectifier. x and y (...) */
NRV_API nrv_tensor nrv_softplus(nrv_tensor x)
{
    return nrv__op(&nrv__op_softplus, NRV_N(const nrv_tensor, x));
}

#ifdef NRV_HEADER
typedef struct {
    double beta;      /* 0: 1                                                                     */
    double threshold; /* x itself where beta x is above it; 0: 20                                 */
    int64_t reserved[4];
} nrv_softplus_opt;
#endif

/* ln(1 + e^(beta x)) / beta, and x itself where beta x is above threshold, as PyTorch. o may be NULL. x and y (...) */
NRV_API nrv_tensor nrv_softplus_with(nrv_tensor x, const nrv_softplus_opt *o)
{
    if (!nrv__op_wants_real(&nrv__op_softplus, 1, &x))
        return NULL;
    double beta = o && o->beta != 0 ? o->beta : 1, threshold = o && o->threshold != 0 ? o->threshold : 20;
    if (isnan(beta))
        return nrv__op_refuses(&nrv__op_softplus, 1, &x, NRV_EARG, "1 is usual", "beta is %g, it divides", beta);
    nrv_tensor b = nrv__like(x, beta), z = nrv_mul(x, b);
    return NRV_EXPR("x, z, b, t: z > t ? x : softplus(z) / b", x, z, b, nrv__like(x, threshold));
}
