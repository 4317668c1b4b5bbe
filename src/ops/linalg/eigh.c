/* eigh - a = V diag(w) V^T for a symmetric a, the eigenvalues w in ascending order.

   Householder's reflections to a tridiagonal matrix, then implicit QL steps, at most 60 for each eigenvalue (Bowdler et
   al. 1968). da = V (diag(dw) + (V^T dV - dV^T V) / (2 (w_j - w_i))) V^T, where equal eigenvalues contribute nothing:
   what does not depend on the choice of their vectors has its gradient, what does has none. */
#include "matrix.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { EIGH_STEPS = 60 };

static bool eigh_shape(nrv__infer *s)
{
    nrv_dim n;
    if (!nrv__infer_square(s, 0, &n) || !nrv__infer_same(s))
        return false;
    s->dim[s->rank - 2] = nrv__dim_add(s->g, n, 1);
    return !s->g->why.status;
}

static void eigh_vjp(nrv_vjp *v)
{
    nrv_dim n = nrv__rows(v->x[0]);
    nrv_tensor q = nrv_slice(v->y, -2, 0, n), w = nrv_slice(v->y, -2, n, 1);
    nrv_tensor dq = nrv_slice(v->dy, -2, 0, n), dw = nrv_squeeze(nrv_slice(v->dy, -2, n, 1), -2);
    nrv_tensor gap = nrv_sub(w, nrv_transpose(w)), zero = nrv__like(w, 0);
    nrv_tensor same = nrv_equal(gap, zero), m = nrv_matmul(nrv_transpose(q), dq);
    m = NRV_EXPR("m, t, same, gap: same ? 0 : (m - t) / (2 * (same ? 1 : gap))", m, nrv_transpose(m), same, gap);
    m = nrv_add(m, nrv__on_diagonal(dw));
    v->dx[0] = nrv_matmul(nrv_matmul(q, m), nrv_transpose(q));
}

/* a becomes tridiagonal, d its diagonal and e what is beside it; row k of a keeps reflection k, tau its factor */
static void eigh_reduce(double *a, double *d, double *e, double *tau, double *p, int64_t n)
{
    for (int64_t k = 0; k + 2 < n; k++) {
        double *v = a + k * n + k + 1;
        const int64_t m = n - k - 1;
        tau[k] = nrv__reflect(v, m);
        e[k] = v[0];
        if (tau[k] == 0)
            continue;
        v[0] = 1;
        for (int64_t i = 0; i < m; i++)
            p[i] = tau[k] * nrv__dot(a + (k + 1 + i) * n + k + 1, v, m);
        nrv__axpy(p, -0.5 * tau[k] * nrv__dot(p, v, m), v, m);
        for (int64_t i = 0; i < m; i++) {
            nrv__axpy(a + (k + 1 + i) * n + k + 1, -v[i], p, m);
            nrv__axpy(a + (k + 1 + i) * n + k + 1, -p[i], v, m);
        }
    }
    for (int64_t i = 0; i < n; i++)
        d[i] = a[i * n + i];
    if (n > 1)
        e[n - 2] = a[(n - 2) * n + n - 1];
    e[n - 1] = 0;
}

/* rows of vt: the columns of the product of all reflections */
static void eigh_reflections(const double *a, const double *tau, double *vt, int64_t n)
{
    memset(vt, 0, (size_t)(n * n) * sizeof *vt);
    for (int64_t i = 0; i < n; i++)
        vt[i * n + i] = 1;
    for (int64_t k = n - 3; k >= 0; k--)
        for (int64_t r = k + 1; r < n && tau[k] != 0; r++) {
            double *row = vt + r * n + k + 1;
            nrv__axpy(row, -tau[k] * nrv__dot(row, a + k * n + k + 1, n - k - 1), a + k * n + k + 1, n - k - 1);
        }
}

/* rows i and i+1 turned by the angle with this cosine and sine */
static void eigh_turn(double *v, int64_t n, double c, double s)
{
    for (int64_t k = 0; k < n; k++) {
        const double f = v[n + k];
        v[n + k] = s * v[k] + c * f;
        v[k] = c * v[k] - s * f;
    }
}

/* one implicit QL step on rows l to m */
static void eigh_step(double *d, double *e, double *vt, int64_t n, int64_t l, int64_t m)
{
    double g = (d[l + 1] - d[l]) / (2 * e[l]), c = 1, s = 1, p = 0;
    g = d[m] - d[l] + e[l] / (g + copysign(hypot(g, 1), g));
    for (int64_t i = m - 1; i >= l; i--) {
        const double f = s * e[i], b = c * e[i], r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r, c = g / r;
        g = d[i + 1] - p;
        const double t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        eigh_turn(vt + i * n, n, c, s);
    }
    d[l] -= p, e[l] = g, e[m] = 0;
}

static bool eigh_diagonal(double *d, double *e, double *vt, int64_t n)
{
    for (int64_t l = 0; l < n; l++)
        for (int steps = 0;; steps++) {
            int64_t m = l;
            while (m + 1 < n && fabs(e[m]) > DBL_EPSILON * (fabs(d[m]) + fabs(d[m + 1])) && fabs(e[m]) > DBL_MIN)
                m++;
            if (m == l)
                break;
            if (steps == EIGH_STEPS)
                return false;
            eigh_step(d, e, vt, n, l, m);
        }
    return true;
}

/* the smallest that has not been taken, again and again */
static void eigh_sorted(double *d, const double *vt, double scale, double *y, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        int64_t best = 0;
        for (int64_t i = 1; i < n; i++)
            best = d[i] < d[best] ? i : best;
        const double sign = nrv__sign_of_vector(vt + best * n, n);
        for (int64_t i = 0; i < n; i++)
            y[i * n + j] = sign * vt[best * n + i];
        y[n * n + j] = d[best] * scale;
        d[best] = INFINITY;
    }
}

bool nrv__eigh_rows(double *a, double *vt, double *d, double *room, int64_t n)
{
    double *e = room, *tau = e + n, *p = tau + n;
    eigh_reduce(a, d, e, tau, p, n);
    eigh_reflections(a, tau, vt, n);
    return eigh_diagonal(d, e, vt, n);
}

static void eigh_one(const double *a, double *y, double *room, int64_t n)
{
    double *w = room, *vt = w + n * n, *d = vt + n * n;
    const double most = nrv__largest_of(a, n * n), scale = most > 0 ? most : 1;
    if (!nrv__all_finite(a, n * n)) {
        nrv__all_nan(y, n * (n + 1));
        return;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            w[i * n + j] = 0.5 * (a[i * n + j] / scale) + 0.5 * (a[j * n + i] / scale);
    if (nrv__eigh_rows(w, vt, d, d + n, n))
        eigh_sorted(d, vt, scale, y, n);
    else
        nrv__all_nan(y, n * (n + 1));
}

static void eigh_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    for (int64_t i = 0; n && i < nrv__matrix_items(&a->in[0]); i++)
        eigh_one((const double *)a->in[0].data + i * n * n, (double *)a->out[0].data + i * n * (n + 1), a->scratch, n);
}

static int64_t eigh_room(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    int64_t twice;
    return nrv__add(n, n, &twice) && nrv__add(twice, 4, &twice) ? nrv__room_of(n, twice, 0) : INT64_MAX;
}

NRV_OP(eigh_packed, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n+1,n]",
       .doc = "The eigenvectors of the symmetric part of a as columns, over a row of the eigenvalues, which ascend.",
       .shape = eigh_shape, .vjp = eigh_vjp, .ref = eigh_ref, .room = eigh_room,
       .refuse = { "a[2,3] => eigh_packed: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] "
                   "a | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => eigh_packed: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{4, 1, 1, 3}", "a[3,3]{1, 2, 0.5, 2, -3, 1, 0.5, 1, 2}",
                 "a[4,4]{5, 1, -2, 0.5, 1, -1, 3, 1, -2, 3, 2, 0.25, 0.5, 1, 0.25, 7}",
                 "a[2,2,2]{4, 1, 1, 3, 2, -1, -1, 6}", "a[1,1]{-2.5}", "a[0,0]" });

nrv_tensor nrv__eigh(nrv_tensor a)
{
    return nrv__op(&nrv__op_eigh_packed, NRV_N(const nrv_tensor, a));
}

static nrv_tensor eigh_make(nrv__case *c)
{
    nrv_tensor vectors = NULL, w = nrv_eigh(c->x[0], &vectors);
    if (w)
        c->also[c->n_also++] = vectors;
    return w;
}

NRV_OP(
    eigh, .sig = "real a[...,n,n] -> w[...,n], v[...,n,n]",
    .doc =
        "Eigenvalues in ascending order and orthonormal eigenvectors, as columns, of the symmetric part of a. Of the "
        "entries of a vector at least 7/8 as large as its largest, the first is positive (LAPACK has no rule). "
        "Equal eigenvalues share a space; the gradient of what depends on which vectors stand for it is "
        "0. Not finite: NaN.",
    .flags = NRV_MACRO, .make = eigh_make, .torch = "linalg.eigh symeig", .numpy = "linalg.eigh",
    .refuse = { "a[2,3] => eigh: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint "
                "as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                "a[3] => eigh: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint the "
                "last two axes are rows and columns; nrv_reshape makes them" },
    .test = { "a[3,3]{1, 2, 0.5, 2, -3, 1, 0.5, 1, 2}", "a[2,2,2]{4, 1, 1, 3, 2, -1, -1, 6}" });

/* a (...,n,n) -> its eigenvalues (...,n), ascending; *vectors (...,n,n) as columns, orthonormal. The symmetric part of
   a is what counts. vectors may be NULL. */
NRV_API nrv_tensor nrv_eigh(nrv_tensor a, nrv_tensor *vectors)
{
    if (vectors)
        *vectors = NULL;
    if (!nrv__matrix_wants(&nrv__op_eigh, 1, &a) || !nrv__matrix_square(&nrv__op_eigh, a))
        return NULL;
    nrv_tensor y = nrv__eigh(a);
    if (vectors)
        *vectors = nrv_slice(y, -2, 0, nrv__rows(a));
    return nrv_squeeze(nrv_slice(y, -2, nrv__rows(a), 1), -2);
}

static nrv_tensor eigvalsh_make(nrv__case *c)
{
    return nrv_eigvalsh(c->x[0]);
}

NRV_OP(eigvalsh, .sig = "real a[...,n,n] -> w[...,n]",
       .doc = "The eigenvalues of the symmetric part of a, ascending. Not finite: NaN.", .flags = NRV_MACRO,
       .make = eigvalsh_make, .torch = "linalg.eigvalsh", .numpy = "linalg.eigvalsh",
       .refuse = { "a[3,2] => eigvalsh: a square matrix is wanted, not 3 x 2 | in here | input 0: input f32 [3, 2] a | "
                   "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:bool[2,2] => eigvalsh: input 0 is bool, f32 or f64 is wanted | in here | input 0: input bool [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 0.5, 2, -3, 1, 0.5, 1, 2}", "a[2,2,2]{4, 1, 1, 3, 2, -1, -1, 6}" });

/* a (...,n,n) -> the eigenvalues of its symmetric part, ascending (...,n) */
NRV_API nrv_tensor nrv_eigvalsh(nrv_tensor a)
{
    if (!nrv__matrix_wants(&nrv__op_eigvalsh, 1, &a) || !nrv__matrix_square(&nrv__op_eigvalsh, a))
        return NULL;
    return nrv_eigh(a, NULL);
}
