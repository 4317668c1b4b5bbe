/* dct, idct - cosine transforms of type II and III along the last axis (Ahmed et al. 1974).

   dct:  y[k] = 2 sum_j x[j] cos(pi k (2j + 1) / 2n)     idct: its inverse
   By one complex transform of n numbers: x's even places forward, then its odd places backward (Makhoul 1980). */
#include "fft.h"
#include <math.h>

enum { DCT_MOST = 1 << 24 };

typedef struct dct_tables {
    nrv_tensor order; /* (n) i64: where x's numbers go */
    nrv_tensor turn;  /* (n,2): a quarter of a step each, with the factors */
} dct_tables;

/* ortho: so that the matrix is orthogonal. back: those of the inverse */
static bool dct_tables_of(nrv_tensor x, int64_t n, bool ortho, bool back, dct_tables *t)
{
    nrv_graph *g = x->g;
    const size_t bytes = (size_t)n * 2 * sizeof(double);
    double *turn = nrv__alloc(&g->mem, NULL, 0, bytes);
    int64_t *order = nrv__alloc(&g->mem, NULL, 0, bytes);
    if (turn && order) {
        for (int64_t k = 0; k < n; k++) {
            const double angle = 3.14159265358979323846 * (double)k / (2 * (double)n), one = k == 0 ? 1 : 2;
            const double forward = ortho ? sqrt(one / (double)n) : 2;
            const double factor = !back ? forward : ortho ? forward : one / (2 * (double)n);
            turn[2 * k] = factor * cos(angle), turn[2 * k + 1] = (back ? 1 : -1) * factor * sin(angle);
            const int64_t half = (n + 1) / 2;
            if (back) /* the place of x[k] in what the transform gives */
                order[k] = k % 2 ? n - 1 - k / 2 : k / 2;
            else
                order[k] = k < half ? 2 * k : 2 * (n - 1 - k) + 1;
        }
        nrv__from_double(turn, x->type, turn, 2 * n); /* never wider than a double, and front to back */
        t->turn = nrv_constant(g, x->type, NRV_SHAPE(n, 2), turn);
        t->order = nrv_constant(g, NRV_I64, NRV_SHAPE(n), order);
    } else {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "dct: no memory for %lld numbers", (long long)n);
    }
    nrv__alloc(&g->mem, turn, turn ? bytes : 0, 0);
    nrv__alloc(&g->mem, order, order ? bytes : 0, 0);
    return !g->why.status;
}

static nrv_tensor dct_any(const nrv__opdef *op, nrv_tensor x, bool ortho, bool back)
{
    NRV_CALLED(op, x);
    dct_tables t = { 0 };
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    const nrv_dim n = x->rank ? x->dim[x->rank - 1] : 0;
    if (n < 1 || n > DCT_MOST)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "from 1 to 2^24 of them; no named size",
                               "its last axis has no length to transform");
    if (!dct_tables_of(x, n, ortho, back, &t))
        return NULL;
    if (!back) {
        nrv_tensor y = nrv_fft(nrv_complex(nrv_gather(x, t.order, -1), NULL), -1);
        return nrv_real(nrv_complex_mul(y, t.turn));
    }
    nrv_tensor y = nrv_complex_mul(nrv_complex(x, NULL), t.turn);
    return nrv_gather(nrv_real(nrv_ifft_with(y, -1, &(nrv_fft_opt){ .norm = NRV_FFT_FORWARD })), t.order, -1);
}

static nrv_tensor dct_made(nrv__case *c, const nrv__opdef *op, bool back)
{
    const nrv_fft_norm norm = nrv__fft_options(c).norm;
    if (norm != NRV_FFT_BACKWARD && norm != NRV_FFT_ORTHO)
        return nrv__op_refuses(op, 1, c->x, NRV_EARG, "backward or ortho", "norm '%.40s'", nrv__case_text(c, "norm"));
    return dct_any(op, c->x[0], norm == NRV_FFT_ORTHO, back);
}

extern const nrv__opdef nrv__op_dct, nrv__op_idct;

static nrv_tensor dct_make(nrv__case *c)
{
    return dct_made(c, &nrv__op_dct, false);
}

static nrv_tensor dct_back_make(nrv__case *c)
{
    return dct_made(c, &nrv__op_idct, true);
}

NRV_OP(
    dct, .sig = "real x[...,n] -> y[...,n]",
    .doc = "The cosine transform of type II along the last axis, 2 sum_j x[j] cos(pi k (2j + 1) / 2n); ortho makes its "
           "matrix orthogonal. As SciPy's dct.",
    .make = dct_make, .flags = NRV_MACRO, .rel = 1e-11, .ulp = 4,
    .tolerance_why = "as fft has it, times a root of unity",
    .refuse = { "x[] => dct: its last axis has no length to transform | in here | input 0: input f32 [] x | hint from "
                "1 to 2^24 of them; no named size",
                "x:i32[4] => dct: input 0 is i32, a real type is wanted | in here | input 0: input i32 [4] x | hint "
                "nrv_cast it to NRV_F32",
                "x[4], norm=forward => dct: norm 'forward' | in here | input 0: input f32 [4] x | hint backward or "
                "ortho" },
    .test = { "x[8]", "x[3,5]", "x[2,7], norm=ortho", "x[1]", "x[0,3]" });
NRV_OP(
    idct, .sig = "real x[...,n] -> y[...,n]", .doc = "The inverse of dct: the cosine transform of type III, over 2n.",
    .make = dct_back_make, .flags = NRV_MACRO, .rel = 1e-11, .ulp = 4,
    .tolerance_why = "as fft has it, times a root of unity",
    .refuse = { "x[] => idct: its last axis has no length to transform | in here | input 0: input f32 [] x | hint from "
                "1 to 2^24 of them; no named size",
                "x:i32[4] => idct: input 0 is i32, a real type is wanted | in here | input 0: input i32 [4] x | hint "
                "nrv_cast it to NRV_F32" },
    .test = { "x[8]", "x[3,5]", "x[2,7], norm=ortho", "x[1]" });

/* x (...,n) -> (...,n): 2 sum_j x[j] cos(pi k (2j + 1) / 2n); ortho: an orthogonal matrix. */
NRV_API nrv_tensor nrv_dct(nrv_tensor x, int ortho)
{
    return dct_any(&nrv__op_dct, x, ortho != 0, false);
}

/* The inverse of nrv_dct. x (...,n) -> (...,n) */
NRV_API nrv_tensor nrv_idct(nrv_tensor x, int ortho)
{
    return dct_any(&nrv__op_idct, x, ortho != 0, true);
}
