/* matrix_exp - e^a = 1 + a + a^2/2 + ...    da = the upper right block of e^[[a^T, dy], [0, a^T]] (Mathias 1996)

   Pade's approximation of degree 13 at a / 2^s, squared s times (Higham 2005); s grows with the logarithm of a's norm,
   so it is bounded. */
#include "matrix.h"
#include <math.h>
#include <string.h>

static bool matrix_exp_shape(nrv__infer *s)
{
    nrv_dim n;
    return nrv__infer_square(s, 0, &n) && nrv__infer_same(s);
}

static void matrix_exp_vjp(nrv_vjp *v)
{
    nrv_dim n = nrv__rows(v->x[0]);
    nrv_tensor t = nrv_transpose(v->x[0]), zero = nrv_fill(v->g, v->dy->type, nrv_shape_of(v->dy), 0);
    nrv_tensor both = nrv__beside(nrv__beside(t, v->dy, -1), nrv__beside(zero, t, -1), -2);
    v->dx[0] = nrv_slice(nrv_slice(nrv_matrix_exp(both), -2, 0, n), -1, n, n);
}

static void matrix_exp_product(double *restrict y, const double *a, const double *b, int64_t n)
{
    memset(y, 0, (size_t)(n * n) * sizeof *y);
    for (int64_t i = 0; i < n; i++) {
        const double *c = a + i * n;
        int64_t k = 0;
        for (; k + 4 <= n; k += 4) /* four at once: y is read and written less often */
            for (int64_t j = 0; j < n; j++)
                y[i * n + j] += (c[k] * b[k * n + j] + c[k + 1] * b[(k + 1) * n + j]) +
                                (c[k + 2] * b[(k + 2) * n + j] + c[k + 3] * b[(k + 3) * n + j]);
        for (; k < n; k++)
            nrv__axpy(y + i * n, c[k], b + k * n, n);
    }
}

/* x becomes d^-1 x, d is used up */
static void matrix_exp_divide(double *d, double *x, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        int64_t p = k;
        for (int64_t i = k + 1; i < n; i++)
            p = fabs(d[i * n + k]) > fabs(d[p * n + k]) ? i : p;
        for (int64_t j = 0; j < n && p != k; j++) {
            double t = d[k * n + j], u = x[k * n + j];
            d[k * n + j] = d[p * n + j], d[p * n + j] = t;
            x[k * n + j] = x[p * n + j], x[p * n + j] = u;
        }
        for (int64_t i = k + 1; i < n; i++) {
            const double c = -d[i * n + k] / d[k * n + k];
            nrv__axpy(d + i * n + k, c, d + k * n + k, n - k);
            nrv__axpy(x + i * n, c, x + k * n, n);
        }
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        for (int64_t k = i + 1; k < n; k++)
            nrv__axpy(x + i * n, -d[i * n + k], x + k * n, n);
        for (int64_t j = 0; j < n; j++)
            x[i * n + j] /= d[i * n + i];
    }
}

/* c[0] 1 + c[1] a2 + c[2] a4 + c[3] a6 */
static void matrix_exp_sum(double *y, const double *c, const double *a2, const double *a4, const double *a6, int64_t n)
{
    for (int64_t i = 0; i < n * n; i++)
        y[i] = c[1] * a2[i] + c[2] * a4[i] + c[3] * a6[i] + (i % (n + 1) == 0 ? c[0] : 0);
}

/* y = e^a for a small a; a is used up. b: the coefficients of the numerator, odd ones and even ones */
static void matrix_exp_small(double *a, double *y, double *room, int64_t n)
{
    static const double odd[2][4] = { { 32382376266240000.0, 1187353796428800.0, 10559470521600.0, 33522128640.0 },
                                      { 0, 40840800.0, 16380.0, 1.0 } };
    static const double even[2][4] = { { 64764752532480000.0, 7771770303897600.0, 129060195264000.0, 670442572800.0 },
                                       { 0, 1323241920.0, 960960.0, 182.0 } };
    double *a2 = room, *a4 = a2 + n * n, *a6 = a4 + n * n, *t = a6 + n * n, *u = t + n * n;
    matrix_exp_product(a2, a, a, n);
    matrix_exp_product(a4, a2, a2, n);
    matrix_exp_product(a6, a4, a2, n);
    matrix_exp_sum(t, odd[1], a2, a4, a6, n);
    matrix_exp_product(u, a6, t, n);
    matrix_exp_sum(t, odd[0], a2, a4, a6, n);
    nrv__axpy(u, 1, t, n * n);
    matrix_exp_product(y, a, u, n); /* the odd part */
    matrix_exp_sum(t, even[1], a2, a4, a6, n);
    matrix_exp_product(u, a6, t, n);
    matrix_exp_sum(t, even[0], a2, a4, a6, n);
    nrv__axpy(u, 1, t, n * n); /* the even part */
    for (int64_t i = 0; i < n * n; i++) {
        const double p = y[i];
        y[i] = u[i] + p;
        u[i] -= p;
    }
    matrix_exp_divide(u, y, n);
}

static void matrix_exp_one(const double *from, double *y, double *room, int64_t n)
{
    double norm = 0, *a = room, *rest = room + n * n;
    int halvings = 0;
    for (int64_t j = 0; j < n; j++) {
        double s = 0;
        for (int64_t i = 0; i < n; i++)
            s += fabs(from[i * n + j]);
        norm = s > norm || s != s ? s : norm;
    }
    if (!isfinite(norm)) {
        nrv__all_nan(y, n * n);
        return;
    }
    if (norm > 5.371920351148152)
        frexp(norm / 5.371920351148152, &halvings);
    for (int64_t i = 0; i < n * n; i++)
        a[i] = ldexp(from[i], -halvings);
    matrix_exp_small(a, y, rest, n);
    for (int i = 0; i < halvings; i++) {
        memcpy(a, y, (size_t)(n * n) * sizeof *a);
        matrix_exp_product(y, a, a, n);
    }
}

static void matrix_exp_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    for (int64_t i = 0; n && i < nrv__matrix_items(&a->in[0]); i++)
        matrix_exp_one((const double *)a->in[0].data + i * n * n, (double *)a->out[0].data + i * n * n, a->scratch, n);
}

static int64_t matrix_exp_room(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    int64_t each;
    return nrv__mul(n, 6, &each) ? nrv__room_of(n, each, 0) : INT64_MAX;
}

NRV_OP(matrix_exp, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n,n]",
       .doc = "The exponential of a matrix, 1 + a + a^2/2 + ... Not finite: NaN.", .shape = matrix_exp_shape,
       .vjp = matrix_exp_vjp, .ref = matrix_exp_ref, .room = matrix_exp_room, .torch = "matrix_exp linalg.matrix_exp",
       .refuse = { "a[2,3] => matrix_exp: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a "
                   "| hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => matrix_exp: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]", "a[3,3] in -2..2", "a[2,2,2] in -1..1", "a[2,2] in -9..9", "a[1,1]{3}", "a[0,0]" });

/* a (...,n,n) -> e^a (...,n,n), the matrix exponential */
NRV_API nrv_tensor nrv_matrix_exp(nrv_tensor a)
{
    return nrv__op(&nrv__op_matrix_exp, NRV_N(const nrv_tensor, a));
}
