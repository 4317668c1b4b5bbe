/* polygamma - y = d^n digamma(x) / dx^n    dx = dy polygamma(n + 1, x) */
#include "special.h"
#include "../op.h"

typedef struct polygamma_attr {
    int64_t n;
} polygamma_attr;

static nrv_tensor polygamma_of(int64_t n, nrv_tensor x);

static void polygamma_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv_mul(v->dy, polygamma_of(((const polygamma_attr *)v->attr)->n + 1, v->x[0]));
}

static void polygamma_ref(const nrv__args *a)
{
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = nrv__polygamma((int)((const polygamma_attr *)a->attr)->n, x[i]);
}

static nrv_tensor polygamma_make(nrv__case *c)
{
    return nrv_polygamma(nrv__case_small(c, "n", 1), c->x[0]);
}

NRV_OP(
    polygamma, .sig = "real x[...] -> y[...]",
    .doc = "The n-th derivative of digamma, n from 0 (digamma itself) to 100; infinite at 0, -1, -2...",
    .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = polygamma_vjp, .ref = polygamma_ref,
    .make = polygamma_make, .attr_bytes = sizeof(polygamma_attr), .torch = "polygamma special.polygamma",
    .refuse = { "x:i32[3] => polygamma: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                "hint nrv_cast it to NRV_F32",
                "x[3], n=-1 => polygamma: n is -1, from 0 to 100 is possible | in here | input 0: input f32 [3] x | "
                "hint 0 is digamma, 1 its derivative" },
    .test = { "x[3,5] in 0.5..5", "x[] in 0.5..2, n=2", "x[0]", "x[1027] in 0.5..40", "x[8] in -1.8..-1.2",
              "x[8] in -1.8..-1.2, n=2", "x[5] in 1..2, n=0" });

static nrv_tensor polygamma_of(int64_t n, nrv_tensor x)
{
    polygamma_attr a = { n };
    return nrv__op_with(&nrv__op_polygamma, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

/* The n-th derivative of digamma, n from 0 (digamma itself) to 100; infinite at 0, -1, -2... x and y (...) */
NRV_API nrv_tensor nrv_polygamma(int n, nrv_tensor x)
{
    if (!nrv__op_wants_real(&nrv__op_polygamma, 1, &x))
        return NULL;
    if (n < 0 || n > 100)
        return nrv__op_refuses(&nrv__op_polygamma, 1, &x, NRV_EARG, "0 is digamma, 1 its derivative",
                               "n is %d, from 0 to 100 is possible", n);
    return n ? polygamma_of(n, x) : nrv_digamma(x);
}
