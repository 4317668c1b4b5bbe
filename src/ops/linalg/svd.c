/* svd - a = U diag(s) V^T, s >= 0 in descending order.

   One-sided Jacobi: the shorter side's vectors are turned in pairs until all are orthogonal, at most 60 sweeps
   (Hestenes 1958); many of them are turned by the eigenvectors of their products first, so that a sweep or two remain.
   Gradient after Wan and Zhang 2019; equal singular values, and the inverse of one that is 0, contribute nothing: what
   does not depend on the choice of their vectors has its gradient, what does has none. */
#include "matrix.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { SVD_SWEEPS = 60, SVD_MANY = 16 };

static bool svd_shape(nrv__infer *s)
{
    nrv_dim k;
    if (!nrv__infer_matrix(s, 0) || !nrv__matrix_least(s->op, s->in[0], &k))
        return false;
    nrv__infer_same(s);
    nrv_dim both = nrv__dim_add(s->g, s->dim[s->rank - 2], s->dim[s->rank - 1]);
    s->dim[s->rank - 2] = nrv__dim_add(s->g, both, 1);
    s->dim[s->rank - 1] = k;
    return !s->g->why.status;
}

typedef struct svd_parts {
    nrv_tensor u, s, v; /* s: (...,1,k) */
} svd_parts;

static svd_parts svd_read(nrv_tensor y, nrv_dim m, nrv_dim n)
{
    svd_parts p = { nrv_slice(y, -2, 0, m), nrv_slice(y, -2, m, 1), NULL };
    p.v = y ? nrv_slice(y, -2, nrv__dim_add(y->g, m, 1), n) : NULL;
    return p;
}

/* what of d leads out of the space of u's columns, by s: ((1 - u u^T) d / s) */
static nrv_tensor svd_outside(nrv_tensor u, nrv_tensor d, nrv_tensor over)
{
    return nrv_mul(nrv_sub(d, nrv_matmul(u, nrv_matmul(nrv_transpose(u), d))), over);
}

static void svd_vjp(nrv_vjp *v)
{
    nrv_dim m = nrv__rows(v->x[0]), n = nrv__columns(v->x[0]);
    svd_parts y = svd_read(v->y, m, n), d = svd_read(v->dy, m, n);
    if (!y.v || !d.v)
        return;
    nrv_tensor s2 = nrv_square(y.s), gap = nrv_sub(s2, nrv_transpose(s2)), zero = nrv__like(y.s, 0);
    nrv_tensor same = nrv_equal(gap, zero), none = nrv_equal(y.s, zero);
    nrv_tensor a = nrv_matmul(nrv_transpose(y.u), d.u), b = nrv_matmul(nrv_transpose(y.v), d.v);
    const char *split = "a, t, same, gap: same ? 0 : (a - t) / (same ? 1 : gap)";
    a = nrv_mul(nrv_expr(split, 4, (const nrv_tensor[]){ a, nrv_transpose(a), same, gap }), y.s);
    b = nrv_mul(nrv_expr(split, 4, (const nrv_tensor[]){ b, nrv_transpose(b), same, gap }), nrv_transpose(y.s));
    nrv_tensor middle = nrv_add(nrv_add(a, b), nrv__on_diagonal(nrv_squeeze(d.s, -2)));
    nrv_tensor da = nrv_matmul(y.u, middle), over = NRV_EXPR("s, none: none ? 0 : 1 / (none ? 1 : s)", y.s, none);
    if (m != n) {
        nrv_dim k = nrv__columns(y.u);
        if (k == n)
            da = nrv_add(da, svd_outside(y.u, d.u, over));
        else
            v->dx[0] = nrv_matmul(y.u, nrv_transpose(svd_outside(y.v, d.v, over)));
    }
    da = nrv_matmul(da, nrv_transpose(y.v));
    v->dx[0] = v->dx[0] ? nrv_add(v->dx[0], da) : da;
}

static void svd_turn(double *x, double *y, int64_t n, double c, double s)
{
    for (int64_t i = 0; i < n; i++) {
        const double t = x[i];
        x[i] = c * t - s * y[i];
        y[i] = s * t + c * y[i];
    }
}

/* rows x and y of w made orthogonal, j turned with them; false: they were */
static bool svd_pair(double *w, double *j, int64_t p, int64_t k, int64_t x, int64_t y)
{
    double *wx = w + x * p, *wy = w + y * p;
    const double alpha = nrv__dot(wx, wx, p), beta = nrv__dot(wy, wy, p), gamma = nrv__dot(wx, wy, p);
    if (!(fabs(gamma) > DBL_EPSILON * sqrt((double)p) * sqrt(alpha) * sqrt(beta)) || fabs(gamma) < DBL_MIN)
        return false;
    const double zeta = (beta - alpha) / (2 * gamma);
    const double t = copysign(1, zeta) / (fabs(zeta) + hypot(1, zeta)), c = 1 / hypot(1, t);
    svd_turn(wx, wy, p, c, c * t);
    svd_turn(j + x * k, j + y * k, k, c, c * t);
    return true;
}

/* w turned by the eigenvectors of w w^T, which j becomes; more: room for k*p + 4k. What rounding leaves is left to the
   sweeps. False: they were not found, w is as it was */
static bool svd_start(double *w, double *j, double *gram, double *more, int64_t p, int64_t k)
{
    double *d = more + k * p;
    for (int64_t x = 0; x < k; x++)
        for (int64_t y = x; y < k; y++)
            gram[x * k + y] = gram[y * k + x] = nrv__dot(w + x * p, w + y * p, p);
    if (!nrv__eigh_rows(gram, j, d, d + k, k))
        return false;
    memset(more, 0, (size_t)(k * p) * sizeof *more);
    for (int64_t i = 0; i < k; i++)
        for (int64_t r = 0; r < k; r++)
            nrv__axpy(more + i * p, j[i * k + r], w + r * p, p);
    memcpy(w, more, (size_t)(k * p) * sizeof *w);
    return true;
}

static void svd_sweeps(double *w, double *j, int64_t p, int64_t k)
{
    bool turned = true;
    for (int sweep = 0; turned && sweep < SVD_SWEEPS; sweep++) {
        turned = false;
        for (int64_t x = 0; x + 1 < k; x++)
            for (int64_t y = x + 1; y < k; y++)
                turned = svd_pair(w, j, p, k, x, y) || turned;
    }
}

/* row r of w, whose singular value is as good as 0: a unit vector orthogonal to all rows that are done */
static void svd_complete(double *w, int64_t p, int64_t k, int64_t r, const bool *done, double *norm)
{
    double *x = w + r * p;
    for (int64_t c = 0; c < p; c++)
        norm[c] = 1;
    for (int64_t i = 0; i < k; i++)
        for (int64_t c = 0; c < p && done[i]; c++)
            norm[c] -= w[i * p + c] * w[i * p + c];
    int64_t best = 0;
    for (int64_t c = 1; c < p; c++)
        best = norm[c] > norm[best] ? c : best;
    memset(x, 0, (size_t)p * sizeof *x);
    x[best] = 1;
    for (int twice = 0; twice < 2; twice++)
        for (int64_t i = 0; i < k; i++)
            if (done[i])
                nrv__axpy(x, -nrv__dot(w + i * p, x, p), w + i * p, p);
    const double length = nrv__length_of(x, p);
    for (int64_t c = 0; c < p; c++)
        x[c] /= length;
}

static void svd_unit_rows(double *w, double *s, double *norm, bool *done, int64_t p, int64_t k)
{
    double most = 0;
    for (int64_t i = 0; i < k; i++) {
        s[i] = nrv__length_of(w + i * p, p);
        most = s[i] > most ? s[i] : most;
    }
    for (int64_t i = 0; i < k; i++) {
        done[i] = s[i] > (double)p * DBL_EPSILON * most;
        for (int64_t c = 0; c < p && done[i]; c++)
            w[i * p + c] /= s[i];
    }
    for (int64_t i = 0; i < k; i++)
        if (!done[i]) {
            svd_complete(w, p, k, i, done, norm);
            done[i] = true;
        }
}

/* item i in its place: U over s over V, the largest singular value first */
static void svd_sorted(const double *left, const double *right, double *s, double scale, double *y, int64_t m,
                       int64_t n, int64_t k)
{
    for (int64_t j = 0; j < k; j++) {
        int64_t best = 0;
        for (int64_t i = 1; i < k; i++)
            best = s[i] > s[best] ? i : best;
        const double sign = nrv__sign_of_vector(left + best * m, m);
        for (int64_t i = 0; i < m; i++)
            y[i * k + j] = sign * left[best * m + i];
        y[m * k + j] = s[best] * scale;
        for (int64_t i = 0; i < n; i++)
            y[(m + 1 + i) * k + j] = sign * right[best * n + i];
        s[best] = -1;
    }
}

static void svd_one(const double *a, double *y, double *room, int64_t m, int64_t n)
{
    const bool wide = m < n;
    const int64_t k = nrv__least_of(m, n), p = nrv__most_of(m, n);
    double *w = room, *j = w + k * p, *s = j + k * k, *norm = s + k, *flags = norm + p, *more = flags + k;
    bool *done = (bool *)(void *)flags;
    const double most = nrv__largest_of(a, m * n), scale = most > 0 ? most : 1;
    if (!nrv__all_finite(a, m * n)) {
        nrv__all_nan(y, (m + 1 + n) * k);
        return;
    }
    for (int64_t r = 0; r < m; r++)
        for (int64_t c = 0; c < n; c++)
            w[wide ? r * p + c : c * p + r] = a[r * n + c] / scale;
    if (k < SVD_MANY || !svd_start(w, j, more, more + k * k, p, k)) {
        memset(j, 0, (size_t)(k * k) * sizeof *j);
        for (int64_t i = 0; i < k; i++)
            j[i * k + i] = 1;
    }
    svd_sweeps(w, j, p, k);
    svd_unit_rows(w, s, norm, done, p, k);
    svd_sorted(wide ? j : w, wide ? w : j, s, scale, y, m, n, k);
}

static void svd_ref(const nrv__args *a)
{
    const int64_t m = a->in[0].dim[a->in[0].rank - 2], n = a->in[0].dim[a->in[0].rank - 1], k = nrv__least_of(m, n);
    for (int64_t i = 0; k && i < nrv__matrix_items(&a->in[0]); i++)
        svd_one((const double *)a->in[0].data + i * m * n, (double *)a->out[0].data + i * (m + 1 + n) * k, a->scratch,
                m, n);
}

static int64_t svd_room(const nrv__args *a)
{
    const int64_t m = a->in[0].dim[a->in[0].rank - 2], n = a->in[0].dim[a->in[0].rank - 1];
    const int64_t k = nrv__least_of(m, n), p = nrv__most_of(m, n);
    int64_t each;
    return nrv__add(p, k, &each) && nrv__mul(each, 2, &each) && nrv__add(each, 6, &each) ? nrv__room_of(k, each, p)
                                                                                         : INT64_MAX;
}

NRV_OP(svd_packed, .batch = nrv__matrix_batch, .sig = "real a[...,m,n] -> y[...,m+1+n,k]",
       .doc = "U over a row of the singular values, which descend, over V; k = min(m, n).", .shape = svd_shape,
       .vjp = svd_vjp, .ref = svd_ref, .room = svd_room,
       .refuse = { "a[3] => svd_packed: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them",
                   "a:i32[2,2] => svd_packed: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{1, 2, 3, -4}", "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[1,1]{-3}", "a[0,0]",
                 "a[3,0]", "a[0,2]" });

nrv_tensor nrv__svd(nrv_tensor a)
{
    return nrv__op(&nrv__op_svd_packed, NRV_N(const nrv_tensor, a));
}

static nrv_tensor svd_make(nrv__case *c)
{
    bool old = nrv__case_text(c, "some"); /* torch.svd, which gives V */
    int whole = nrv__case_small(c, "full_matrices", !nrv__case_int(c, "some", 0));
    nrv_tensor s = NULL, vt = NULL, u = nrv_svd(c->x[0], whole, &s, &vt);
    if (u) {
        c->also[c->n_also++] = s;
        c->also[c->n_also++] = old ? nrv_transpose(vt) : vt;
    }
    return u;
}

NRV_OP(
    svd, .sig = "real a[...,m,n] -> u[...,m,k], s[...,k], vt[...,k,n]",
    .doc =
        "a = U diag(s) V^T with orthonormal columns of U and V and s >= 0 descending; full_matrices: U (m,m) and V^T "
        "(n,n). Of the entries of a column of U at least 7/8 as large as its largest, the first is positive "
        "(LAPACK has no rule). Equal singular values share a space; the gradient of what depends on which vectors "
        "stand for it is 0. Not finite: NaN.",
    .flags = NRV_MACRO, .make = svd_make, .ulp = 16,
    .tolerance_why = "the further columns of full matrices follow from the others", .torch = "linalg.svd svd",
    .numpy = "linalg.svd",
    .refuse = { "a[3] => svd: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint the "
                "last two axes are rows and columns; nrv_reshape makes them",
                "a:i64[2,2] => svd: input 0 is i64, f32 or f64 is wanted | in here | input 0: input i64 [2, 2] a | "
                "hint nrv_cast it to NRV_F32" },
    .test = { "a[2,2]{1, 2, 3, -4}, full_matrices=0", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}, full_matrices=1",
              "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}, full_matrices=0", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}" });

/* a (...,m,n) -> U (...,m,k), *s (...,k) descending, *vt (...,k,n), k = min(m,n), such that a = U diag(s) V^T; whole =
   1: U (...,m,m) and V^T (...,n,n). s and vt may be NULL. */
NRV_API nrv_tensor nrv_svd(nrv_tensor a, int whole, nrv_tensor *s, nrv_tensor *vt)
{
    nrv_dim k;
    if (s)
        *s = NULL;
    if (vt)
        *vt = NULL;
    if (!nrv__matrix_wants(&nrv__op_svd, 1, &a) || !nrv__matrix_least(&nrv__op_svd, a, &k))
        return NULL;
    nrv_dim m = nrv__rows(a), n = nrv__columns(a);
    svd_parts p = svd_read(nrv__svd(a), m, n);
    if (whole && k != m)
        p.u = nrv__completed(p.u);
    if (whole && k != n)
        p.v = nrv__completed(p.v);
    if (s)
        *s = nrv_squeeze(p.s, -2);
    if (vt)
        *vt = nrv_transpose(p.v);
    return p.u;
}

static nrv_tensor svdvals_make(nrv__case *c)
{
    return nrv_svdvals(c->x[0]);
}

NRV_OP(svdvals, .sig = "real a[...,m,n] -> s[...,k]", .doc = "The singular values, descending. Not finite: NaN.",
       .flags = NRV_MACRO, .make = svdvals_make, .torch = "linalg.svdvals",
       .refuse = { "a[] => svdvals: input 0 has rank 0, a matrix is wanted | in here | input 0: input f32 [] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them",
                   "a:f16[2,2] => svdvals: input 0 is f16, f32 or f64 is wanted | in here | input 0: input f16 [2, 2] "
                   "a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{1, 2, 3, -4}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}" });

/* a (...,m,n) -> its singular values, descending (...,min(m,n)) */
NRV_API nrv_tensor nrv_svdvals(nrv_tensor a)
{
    nrv_dim k;
    if (!nrv__matrix_wants(&nrv__op_svdvals, 1, &a) || !nrv__matrix_least(&nrv__op_svdvals, a, &k))
        return NULL;
    return nrv_squeeze(svd_read(nrv__svd(a), nrv__rows(a), nrv__columns(a)).s, -2);
}
