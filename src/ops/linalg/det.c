/* det - the determinant, its cofactors, and the logarithm of its magnitude.

   d det = sum of cofactors da: exact where a is singular, too (PyTorch 1.13 gives 0 there). d cofactor for an
   invertible a follows from C = det a^-T:  da = (<g, C> C - C g^T C) / det; a second derivative at a singular matrix is
   therefore inf or NaN. */
#include "matrix.h"
#include <math.h>
#include <string.h>

/* ---- elimination with complete pivoting: row[i], column[i] say what stands at i. The sign of both permutations ----
 */
static double det_exchange(double *u, int64_t *order, int64_t n, int64_t i, int64_t k, int64_t line, int64_t step)
{
    if (i == k)
        return 1;
    for (int64_t c = 0; c < n; c++) {
        const double t = u[i * line + c * step];
        u[i * line + c * step] = u[k * line + c * step], u[k * line + c * step] = t;
    }
    const int64_t t = order[i];
    order[i] = order[k], order[k] = t;
    return -1;
}

static double det_eliminate(double *u, int64_t *row, int64_t *column, int64_t n)
{
    double sign = 1;
    for (int64_t i = 0; i < n; i++)
        row[i] = column[i] = i;
    for (int64_t k = 0; k < n; k++) {
        int64_t r = k, c = k;
        for (int64_t i = k; i < n; i++)
            for (int64_t j = k; j < n; j++)
                if (fabs(u[i * n + j]) > fabs(u[r * n + c]))
                    r = i, c = j;
        sign *= det_exchange(u, row, n, k, r, n, 1) * det_exchange(u, column, n, k, c, 1, n);
        for (int64_t i = k + 1; i < n && u[k * n + k] != 0; i++) {
            u[i * n + k] /= u[k * n + k];
            nrv__axpy(u + i * n + k + 1, -u[i * n + k], u + k * n + k + 1, n - k - 1);
        }
    }
    return sign;
}

static int64_t det_room(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    int64_t each;
    return nrv__add(n, n, &each) && nrv__add(each, 2, &each) ? nrv__room_of(n, each, 0) : INT64_MAX;
}

static bool det_shape(nrv__infer *s)
{
    nrv_dim n;
    if (!nrv__infer_square(s, 0, &n))
        return false;
    nrv__infer_same(s);
    s->rank -= 2;
    return true;
}

/* ---- det ---- */
static void det_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv_mul(nrv_expand(nrv_expand(v->dy, -1, 1), -1, 1), nrv_cofactor(v->x[0]));
}

static void det_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    double *u = a->scratch, *y = a->out[0].data;
    int64_t *row = (int64_t *)(void *)(u + n * n), *column = row + n;
    for (int64_t i = 0; i < a->n; i++) {
        if (n)
            memcpy(u, (const double *)a->in[0].data + i * n * n, (size_t)(n * n) * sizeof *u);
        y[i] = det_eliminate(u, row, column, n);
        for (int64_t k = 0; k < n; k++)
            y[i] *= u[k * n + k];
    }
}

NRV_OP(det, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...]",
       .doc = "The determinant; 1 where n = 0. The gradient is exact where a is singular; the second derivative is inf "
              "or NaN "
              "there.",
       .shape = det_shape, .vjp = det_vjp, .ref = det_ref, .room = det_room, .torch = "linalg.det det",
       .numpy = "linalg.det", .onnx = "Det",
       .refuse = { "a[2,3] => det: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint "
                   "as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a[3] => det: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2]{0.5, 2, -1, 1}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}",
                 "a[1,1]{-3}", "a[0,0]", "a[3,0,0]" });

/* a (...,n,n) -> its determinant (...) */
NRV_API nrv_tensor nrv_det(nrv_tensor a)
{
    return nrv__op(&nrv__op_det, NRV_N(const nrv_tensor, a));
}

/* ---- cofactors ---- */
static bool cofactor_shape(nrv__infer *s)
{
    nrv_dim n;
    return nrv__infer_square(s, 0, &n) && nrv__infer_same(s);
}

static void cofactor_vjp(nrv_vjp *v)
{
    nrv_tensor c = v->y, along = nrv_sum(nrv_sum(nrv_mul(v->dy, c), -1, 1), -2, 1);
    nrv_tensor d = nrv_sub(nrv_mul(along, c), nrv_matmul(nrv_matmul(c, nrv_transpose(v->dy)), c));
    v->dx[0] = nrv_div(d, nrv_expand(nrv_expand(nrv_det(v->x[0]), -1, 1), -1, 1));
}

/* u above its diagonal and on it becomes its adjugate, divided by the product of all pivots but the last: no division
   by that one, which alone is zero where the rank is n - 1 */
static void cofactor_adjugate(double *u, double *x, int64_t n)
{
    const double last = u[n * n - 1];
    memset(x, 0, (size_t)(n * n) * sizeof *x);
    for (int64_t j = 0; j < n; j++) {
        x[j * n + j] = j + 1 < n ? last / u[j * n + j] : 1;
        for (int64_t i = j - 1; i >= 0; i--) {
            double s = 0;
            for (int64_t k = i + 1; k <= j; k++)
                s -= u[i * n + k] * x[k * n + j];
            x[i * n + j] = s / u[i * n + i];
        }
    }
}

/* y = adj(a)^T from P a Q = L U: adj(a) = sign Q adj(U) L^-1 P */
static void cofactor_one(double *u, double *x, const int64_t *row, const int64_t *column, double sign, double *y,
                         int64_t n)
{
    for (int64_t k = 0; k + 1 < n; k++)
        sign *= u[k * n + k];
    cofactor_adjugate(u, x, n);
    for (int64_t i = 0; i < n; i++) /* each row times L^-1, from the right */
        for (int64_t j = n - 1; j >= 0; j--)
            for (int64_t k = j + 1; k < n; k++)
                x[i * n + j] -= x[i * n + k] * u[k * n + j];
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            y[row[j] * n + column[i]] = sign * x[i * n + j];
}

static void cofactor_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    double *u = a->scratch, *x = u + n * n;
    int64_t *row = (int64_t *)(void *)(x + n * n), *column = row + n;
    for (int64_t i = 0; n && i < nrv__matrix_items(&a->in[0]); i++) {
        double *y = (double *)a->out[0].data + i * n * n;
        memcpy(u, (const double *)a->in[0].data + i * n * n, (size_t)(n * n) * sizeof *u);
        const bool finite = nrv__all_finite(u, n * n);
        const double sign = det_eliminate(u, row, column, n);
        if (!finite)
            nrv__all_nan(y, n * n);
        else if (n > 1 && u[(n - 2) * n + n - 2] == 0) /* rank below n - 1 */
            memset(y, 0, (size_t)(n * n) * sizeof *y);
        else
            cofactor_one(u, x, row, column, sign, y, n);
    }
}

NRV_OP(
    cofactor, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n,n]",
    .doc =
        "The matrix of cofactors, det(a) a^-T, also where a is singular. Not finite: NaN. The gradient is inf or NaN "
        "where a is singular.",
    .shape = cofactor_shape, .vjp = cofactor_vjp, .ref = cofactor_ref, .room = det_room,
    .refuse = { "a[2,3] => cofactor: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | "
                "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                "a:i32[2,2] => cofactor: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a "
                "| hint nrv_cast it to NRV_F32" },
    .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[0,0]" });

/* a (...,n,n) -> the matrix of its cofactors (...,n,n): the gradient of the determinant, singular or not */
NRV_API nrv_tensor nrv_cofactor(nrv_tensor a)
{
    return nrv__op(&nrv__op_cofactor, NRV_N(const nrv_tensor, a));
}

/* ---- slogdet ---- */
/* 1 where the whole number x is even, -1 where it is odd */
static nrv_tensor det_parity(nrv_tensor x)
{
    nrv_tensor half = nrv_cast(nrv_cast(nrv_mul_c(x, 0.5), NRV_I64), x ? x->type : NRV_F64);
    return NRV_EXPR("x, half: 1 - 2 * (x - 2 * half)", x, half);
}

static nrv_tensor slogdet_make(nrv__case *c)
{
    nrv_tensor log = NULL, sign = nrv_slogdet(c->x[0], &log);
    if (sign)
        c->also[c->n_also++] = log;
    return sign;
}

NRV_OP(slogdet, .sig = "real a[...,n,n] -> sign[...], logabs[...]",
       .doc =
           "The sign of the determinant, -1, 0 or 1, and the logarithm of its magnitude, -inf where a is singular: no "
           "overflow for large n. The sign has no gradient.",
       .flags = NRV_MACRO, .make = slogdet_make, .torch = "linalg.slogdet slogdet", .numpy = "linalg.slogdet",
       .refuse = { "a[2,3] => slogdet: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | "
                   "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => slogdet: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] "
                   "a | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[0,0]" });

/* a (...,n,n) -> the sign of its determinant (...) and *logabs (...), the logarithm of its magnitude. logabs may be
   NULL. */
NRV_API nrv_tensor nrv_slogdet(nrv_tensor a, nrv_tensor *logabs)
{
    if (logabs)
        *logabs = NULL;
    if (!nrv__matrix_wants(&nrv__op_slogdet, 1, &a) || !nrv__matrix_square(&nrv__op_slogdet, a))
        return NULL;
    nrv_dim n = nrv__rows(a);
    nrv_tensor lu = nrv__lu(a, 1), d = nrv__diagonal(nrv_slice(lu, -1, 0, n));
    if (!d)
        return NULL;
    if (logabs)
        *logabs = nrv_sum(nrv_log(nrv_abs(d)), -1, 0);
    nrv_tensor p = nrv_squeeze(nrv_slice(lu, -1, nrv__dim_add(a->g, n, 1), 1), -1);
    nrv_tensor moved = nrv_cast(nrv_not_equal(p, nrv_iota(a->g, a->type, n)), a->type);
    nrv_tensor below = nrv_cast(nrv_less(d, nrv__like(d, 0)), a->type), s = nrv_abs(nrv_sign(d));
    nrv_tensor zero = nrv_sum(nrv_sub(nrv__like(d, 1), s), -1, 0); /* NaN stays */
    nrv_tensor sign = det_parity(nrv_sum(nrv_add(moved, below), -1, 0));
    return nrv_stop(NRV_EXPR("sign, zero: zero > 0 ? 0 : sign + zero", sign, zero));
}

static nrv_tensor logdet_make(nrv__case *c)
{
    return nrv_logdet(c->x[0]);
}

NRV_OP(logdet, .sig = "real a[...,n,n] -> y[...]",
       .doc = "The logarithm of the determinant: NaN where that is negative, -inf where it is 0.", .flags = NRV_MACRO,
       .make = logdet_make, .torch = "logdet",
       .refuse = { "a[3,2] => logdet: a square matrix is wanted, not 3 x 2 | in here | input 0: input f32 [3, 2] a | "
                   "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a[2] => logdet: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [2] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "a[2,2]{2, 1, -1, 3}", "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, -3, 5, 4, 1, 2, 2}",
                 "a[0,0]" });

/* a (...,n,n) -> the logarithm of its determinant (...) */
NRV_API nrv_tensor nrv_logdet(nrv_tensor a)
{
    nrv_tensor log = NULL;
    if (!nrv__matrix_wants(&nrv__op_logdet, 1, &a) || !nrv__matrix_square(&nrv__op_logdet, a))
        return NULL;
    nrv_tensor sign = nrv_slogdet(a, &log);
    return nrv_add(log, nrv_log(sign));
}
