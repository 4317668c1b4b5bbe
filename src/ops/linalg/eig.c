/* eig - a v = w v for any real square a: eigenvalues and vectors are complex, an axis or half of one for each part.

   A Hessenberg form by reflections, then QR steps with one complex shift each, at most 60 for each eigenvalue, to a
   triangular form whose vectors follow by substitution (Golub, Van Loan, 7.5). Numbers that rounding alone keeps from
   being real are made real, pairs conjugate.

   Packed, every vector has a 1 where it is about largest. With M = V^-1 da V:  dw = diag M,  dV = V (F * M), F_ij = 1 /
   (w_j - w_i), less what would move the 1. Equal eigenvalues contribute nothing. */
#include "matrix.h"
#include <complex.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { EIG_STEPS = 60 };

/* ---- complex matrices of the graph, as two real ones ---- */
typedef struct eig_pair {
    nrv_tensor re, im;
} eig_pair;

static eig_pair eig_read(nrv_tensor y, nrv_dim from, nrv_dim rows, nrv_dim n)
{
    nrv_tensor part = nrv_slice(y, -2, from, rows);
    return (eig_pair){ nrv_slice(part, -1, 0, n), nrv_slice(part, -1, n, n) };
}

/* x y */
static eig_pair eig_product(eig_pair x, eig_pair y)
{
    return (eig_pair){ nrv_sub(nrv_matmul(x.re, y.re), nrv_matmul(x.im, y.im)),
                       nrv_add(nrv_matmul(x.re, y.im), nrv_matmul(x.im, y.re)) };
}

static eig_pair eig_adjoint(eig_pair x)
{
    return (eig_pair){ nrv_transpose(x.re), nrv_neg(nrv_transpose(x.im)) };
}

/* the y with v^H y = x, as a real system of twice the size */
static eig_pair eig_solved(eig_pair v, eig_pair x)
{
    eig_pair h = eig_adjoint(v);
    nrv_tensor top = nrv__beside(h.re, nrv_neg(h.im), -1), low = nrv__beside(h.im, h.re, -1);
    nrv_tensor y = nrv_solve_with(nrv__beside(top, low, -2), nrv__beside(x.re, x.im, -2), NULL);
    if (!y)
        return (eig_pair){ NULL, NULL };
    nrv_dim n = nrv__rows(v.re);
    return (eig_pair){ nrv_slice(y, -2, 0, n), nrv_slice(y, -2, n, n) };
}

/* where the 1 of each vector is: the first of ones */
static nrv_tensor eig_ones(eig_pair v)
{
    nrv_tensor one = nrv_cast(nrv_equal(v.re, nrv__like(v.re, 1)), v.re ? v.re->type : NRV_F64);
    nrv_tensor real = nrv_cast(nrv_equal(v.im, nrv__like(v.im, 0)), v.re ? v.re->type : NRV_F64);
    nrv_tensor at = nrv_argmax(nrv_mul(one, real), -2);
    if (!at)
        return NULL;
    nrv_tensor i = nrv_reshape(nrv_iota(at->g, NRV_I32, nrv__rows(v.re)), NRV_SHAPE(nrv__rows(v.re), 1));
    return nrv_equal(i, nrv_expand(at, -2, 1));
}

/* ---- packed: (n+1, 2n), real parts before imaginary ones; the eigenvalues are the last row ---- */
static bool eig_shape(nrv__infer *s)
{
    nrv_dim n;
    if (!nrv__infer_square(s, 0, &n) || !nrv__infer_same(s))
        return false;
    s->dim[s->rank - 2] = nrv__dim_add(s->g, n, 1);
    s->dim[s->rank - 1] = nrv__dim_mul(s->g, n, 2);
    return !s->g->why.status;
}

static void eig_vjp(nrv_vjp *v)
{
    nrv_dim n = nrv__rows(v->x[0]);
    if (n == 0)
        return;
    eig_pair q = eig_read(v->y, 0, n, n), w = eig_read(v->y, n, 1, n);
    eig_pair dq = eig_read(v->dy, 0, n, n), dw = eig_read(v->dy, n, 1, n);
    if (!q.im || !dw.im)
        return;
    nrv_tensor zero = nrv__like(v->dy, 0), one = eig_ones(q);
    /* v^H dv of each vector, taken away where its 1 is */
    nrv_tensor re = nrv_sum(NRV_EXPR("a, b, x, y: a * x + b * y", q.re, q.im, dq.re, dq.im), -2, 1);
    nrv_tensor im = nrv_sum(NRV_EXPR("a, b, x, y: a * y - b * x", q.re, q.im, dq.re, dq.im), -2, 1);
    eig_pair r = { nrv_sub(dq.re, nrv_select(one, re, zero)), nrv_sub(dq.im, nrv_select(one, im, zero)) };
    eig_pair m = eig_product(eig_adjoint(q), r);
    nrv_tensor gr = nrv_sub(w.re, nrv_transpose(w.re)), gi = nrv_sub(w.im, nrv_transpose(w.im));
    nrv_tensor size = NRV_EXPR("x, y: x * x + y * y", gr, gi), same = nrv_equal(size, zero);
    /* by the conjugate of w_j - w_i */
    const char *real = "a, b, x, y, size, same: same ? 0 : (a * x - b * y) / (same ? 1 : size)";
    const char *imag = "a, b, x, y, size, same: same ? 0 : (a * y + b * x) / (same ? 1 : size)";
    const nrv_tensor in[] = { m.re, m.im, gr, gi, size, same };
    m = (eig_pair){ nrv_expr(real, 6, in), nrv_expr(imag, 6, in) };
    m.re = nrv_add(m.re, nrv__on_diagonal(nrv_squeeze(dw.re, -2)));
    m.im = nrv_add(m.im, nrv__on_diagonal(nrv_squeeze(dw.im, -2)));
    v->dx[0] = eig_solved(q, eig_product(m, eig_adjoint(q))).re;
}

/* ---- the reference; z collects what h is multiplied by from the right ---- */
static void eig_reduce(double complex *h, double complex *z, double *v, int64_t n)
{
    for (int64_t k = 0; k + 2 < n; k++) {
        const int64_t m = n - k - 1;
        for (int64_t i = 0; i < m; i++)
            v[i] = creal(h[(k + 1 + i) * n + k]);
        const double tau = nrv__reflect(v, m);
        if (tau == 0)
            continue;
        v[0] = 1;
        for (int64_t c = k; c < n; c++) {
            double complex s = 0;
            for (int64_t i = 0; i < m; i++)
                s += v[i] * h[(k + 1 + i) * n + c];
            for (int64_t i = 0; i < m; i++)
                h[(k + 1 + i) * n + c] -= tau * v[i] * s;
        }
        for (int64_t r = 0; r < 2 * n; r++) { /* rows of h, then of z */
            double complex *row = (r < n ? h + r * n : z + (r - n) * n) + k + 1, s = 0;
            for (int64_t i = 0; i < m; i++)
                s += v[i] * row[i];
            for (int64_t i = 0; i < m; i++)
                row[i] -= tau * s * v[i];
        }
    }
}

static void eig_turn_columns(double complex *x, int64_t rows, int64_t n, int64_t k, double complex c, double complex s)
{
    for (int64_t r = 0; r < rows; r++) {
        double complex *p = x + r * n + k, a = p[0], b = p[1];
        p[0] = a * c + b * s;
        p[1] = b * conj(c) - a * conj(s);
    }
}

/* h - shift = Q R on rows l to m, then R Q + shift; the rest of h and z turned along. cs: room for 2n */
static void eig_step(double complex *h, double complex *z, double complex *cs, int64_t n, int64_t l, int64_t m,
                     double complex shift)
{
    for (int64_t i = l; i <= m; i++)
        h[i * n + i] -= shift;
    for (int64_t k = l; k < m; k++) {
        const double complex a = h[k * n + k], b = h[(k + 1) * n + k];
        const double r = hypot(cabs(a), cabs(b));
        const double complex c = a / r, s = b / r; /* b is not negligible, or rows l to m would have been parted */
        cs[2 * k] = c, cs[2 * k + 1] = s;
        for (int64_t j = k; j < n; j++) {
            const double complex x = h[k * n + j], y = h[(k + 1) * n + j];
            h[k * n + j] = conj(c) * x + conj(s) * y;
            h[(k + 1) * n + j] = c * y - s * x;
        }
    }
    for (int64_t k = l; k < m; k++) {
        eig_turn_columns(h, k + 2 <= m ? k + 2 : m + 1, n, k, cs[2 * k], cs[2 * k + 1]);
        eig_turn_columns(z, n, n, k, cs[2 * k], cs[2 * k + 1]);
    }
    for (int64_t i = l; i <= m; i++)
        h[i * n + i] += shift;
}

/* the eigenvalue of the last two rows that is nearer to the last entry */
static double complex eig_shift(const double complex *h, int64_t n, int64_t m, int steps)
{
    const double complex *p = h + (m - 1) * n + m - 1, a = p[0], b = p[1], c = p[n], d = p[n + 1];
    if (steps % 10 == 9)
        return cabs(c) + cabs(d); /* leaves a circle */
    const double complex half = 0.5 * (a - d), root = csqrt(half * half + b * c);
    const double complex sum = cabs(half + root) > cabs(half - root) ? half + root : half - root;
    return cabs(sum) > 0 ? d - b * c / sum : d;
}

static bool eig_triangular(double complex *h, double complex *z, double complex *cs, double norm, int64_t n)
{
    int steps = 0;
    for (int64_t m = n - 1; m > 0;) {
        int64_t l = m;
        for (; l > 0; l--) {
            double near = cabs(h[(l - 1) * n + l - 1]) + cabs(h[l * n + l]);
            near = near > 0 ? near : norm;
            if (cabs(h[l * n + l - 1]) <= DBL_EPSILON * near)
                break;
        }
        if (l > 0)
            h[l * n + l - 1] = 0;
        if (l == m) {
            m--;
            steps = 0;
        } else if (steps == EIG_STEPS) {
            return false;
        } else {
            eig_step(h, z, cs, n, l, m, eig_shift(h, n, m, steps));
            steps++;
        }
    }
    return true;
}

/* the vector of eigenvalue k, with a 1 where it is about largest */
static void eig_vector(const double complex *h, const double complex *z, double complex *y, double complex *v,
                       double norm, int64_t n, int64_t k)
{
    const double least = DBL_EPSILON * (norm > 0 ? norm : 1);
    y[k] = 1;
    for (int64_t i = k - 1; i >= 0; i--) {
        double complex s = 0, gap = h[k * n + k] - h[i * n + i];
        for (int64_t j = i + 1; j <= k; j++)
            s += h[i * n + j] * y[j];
        y[i] = s / (cabs(gap) > least ? gap : least);
        const double large = cabs(y[i]);
        for (int64_t j = i; j <= k && large > 1e100; j++)
            y[j] /= large;
    }
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        v[i] = 0;
        for (int64_t j = 0; j <= k; j++)
            v[i] += z[i * n + j] * y[j];
        most = cabs(v[i]) > most ? cabs(v[i]) : most;
    }
    int64_t p = 0;
    while (p + 1 < n && !(cabs(v[p]) >= 0.875 * most))
        p++;
    const double complex by = v[p];
    for (int64_t i = 0; i < n; i++)
        v[i] = i == p ? 1 : v[i] / by;
}

/* what rounding made of real numbers and of pairs; v: a row for each vector */
static void eig_tidy(double complex *w, double complex *v, double norm, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (fabs(cimag(w[i])) <= 4 * (double)n * DBL_EPSILON * norm) {
            w[i] = creal(w[i]);
            for (int64_t k = 0; k < n; k++)
                v[i * n + k] = creal(v[i * n + k]);
        }
    for (int64_t i = 0; i < n; i++) {
        int64_t best = -1;
        for (int64_t j = 0; j < n && cimag(w[i]) > 0; j++)
            if (cimag(w[j]) < 0 && (best < 0 || cabs(w[j] - conj(w[i])) < cabs(w[best] - conj(w[i]))))
                best = j;
        if (best < 0)
            continue;
        w[best] = conj(w[i]);
        for (int64_t k = 0; k < n; k++)
            v[best * n + k] = conj(v[i * n + k]);
    }
}

static bool eig_before(double complex a, double complex b)
{
    return creal(a) < creal(b) || (creal(a) == creal(b) && cimag(a) < cimag(b));
}

static void eig_sorted(double complex *w, const double complex *v, double scale, double *y, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        int64_t best = 0;
        for (int64_t i = 1; i < n; i++)
            best = eig_before(w[i], w[best]) ? i : best;
        for (int64_t i = 0; i < n; i++) {
            y[i * 2 * n + j] = creal(v[best * n + i]);
            y[i * 2 * n + n + j] = cimag(v[best * n + i]);
        }
        y[n * 2 * n + j] = creal(w[best]) * scale;
        y[n * 2 * n + n + j] = cimag(w[best]) * scale;
        w[best] = INFINITY;
    }
}

static void eig_one(const double *a, double *y, double *room, int64_t n)
{
    double complex *h = (double complex *)(void *)room, *z = h + n * n, *v = z + n * n, *w = v + n * n, *cs = w + n;
    const double most = nrv__largest_of(a, n * n), scale = most > 0 ? most : 1;
    for (int64_t i = 0; i < n * n; i++) {
        h[i] = a[i] / scale;
        z[i] = i % (n + 1) == 0;
    }
    const double norm = nrv__length_of(a, n * n) / scale;
    if (nrv__all_finite(a, n * n))
        eig_reduce(h, z, (double *)(void *)cs, n);
    if (!nrv__all_finite(a, n * n) || !eig_triangular(h, z, cs, norm, n)) {
        nrv__all_nan(y, 2 * n * (n + 1));
        return;
    }
    for (int64_t k = 0; k < n; k++) {
        w[k] = h[k * n + k];
        eig_vector(h, z, cs, v + k * n, norm, n, k);
    }
    eig_tidy(w, v, norm, n);
    eig_sorted(w, v, scale, y, n);
}

static void eig_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    for (int64_t i = 0; n && i < nrv__matrix_items(&a->in[0]); i++)
        eig_one((const double *)a->in[0].data + i * n * n, (double *)a->out[0].data + i * 2 * n * (n + 1), a->scratch,
                n);
}

static int64_t eig_room(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    int64_t each;
    return nrv__add(n, 1, &each) && nrv__mul(each, 6, &each) ? nrv__room_of(n, each, 0) : INT64_MAX;
}

NRV_OP(eig_packed, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n+1,2n]",
       .doc = "The eigenvectors of a as columns, real parts before imaginary ones, each with a 1 where it is about "
              "largest, over a row of the eigenvalues.",
       .shape = eig_shape, .vjp = eig_vjp, .ref = eig_ref, .room = eig_room,
       .refuse = { "a[2,3] => eig_packed: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a "
                   "| hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => eig_packed: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{1, 2, 3, -4}", "a[2,2]{1, 2, -3, 0.5}", "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}",
                 "a[4,4]{1, 2, 0, 1, -3, 0.5, 1, 0, 0.25, 1, 3, -2, 1, 0, 2, 4}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}",
                 "a[1,1]{-2.5}", "a[0,0]" });

/* ---- what is read of it ---- */
static nrv_tensor eig_stacked(nrv_tensor re, nrv_tensor im)
{
    if (!re || !im)
        return NULL;
    nrv_shape s = nrv_shape_of(re);
    s.dim[s.rank++] = 1;
    return nrv__beside(nrv_reshape(re, s), nrv_reshape(im, s), -1);
}

static nrv_tensor eig_values(nrv_tensor y, nrv_dim n)
{
    eig_pair w = eig_read(y, n, 1, n);
    return eig_stacked(nrv_squeeze(w.re, -2), nrv_squeeze(w.im, -2));
}

static bool eig_wants(const nrv__opdef *op, nrv_tensor a)
{
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a))
        return false;
    if (a->rank < NRV__MAX_RANK)
        return true;
    nrv__op_refuses(op, 1, &a, NRV_ESHAPE, "vectors have one axis more, for real and imaginary part", "rank %d",
                    a->rank);
    return false;
}

static nrv_tensor eig_make(nrv__case *c)
{
    nrv_tensor vectors = NULL, w = nrv_eig(c->x[0], &vectors);
    if (w)
        c->also[c->n_also++] = vectors;
    return w;
}

NRV_OP(eig, .sig = "real a[...,n,n] -> w[...,n,2], v[...,n,n,2]",
       .doc =
           "Eigenvalues of any square matrix and its eigenvectors as columns, complex: real and imaginary parts along "
           "a last "
           "axis. By ascending real part, then imaginary part; vectors have length 1, and of the entries at least 7/8 "
           "as large as the largest the first is real and positive (LAPACK has other rules). Equal eigenvalues pass no "
           "gradient to each other's vectors. Not finite: NaN.",
       .flags = NRV_MACRO, .make = eig_make, .torch = "linalg.eig", .numpy = "linalg.eig",
       .refuse = { "a[2,3] => eig: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint "
                   "as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a[3] => eig: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2]{1, 2, -3, 0.5}" });

/* a (...,n,n) -> its eigenvalues (...,n,2), real and imaginary part, by ascending real part; *vectors (...,n,n,2),
   columns of length 1. vectors may be NULL. */
NRV_API nrv_tensor nrv_eig(nrv_tensor a, nrv_tensor *vectors)
{
    if (vectors)
        *vectors = NULL;
    if (!eig_wants(&nrv__op_eig, a))
        return NULL;
    nrv_dim n = nrv__rows(a);
    nrv_tensor y = nrv__op(&nrv__op_eig_packed, NRV_N(const nrv_tensor, a));
    eig_pair v = eig_read(y, 0, n, n);
    if (vectors && v.im) {
        nrv_tensor length = nrv_sqrt(nrv_sum(nrv_add(nrv_square(v.re), nrv_square(v.im)), -2, 1));
        *vectors = eig_stacked(nrv_div(v.re, length), nrv_div(v.im, length));
    }
    return eig_values(y, n);
}

static nrv_tensor eigvals_make(nrv__case *c)
{
    return nrv_eigvals(c->x[0]);
}

NRV_OP(eigvals, .sig = "real a[...,n,n] -> w[...,n,2]",
       .doc =
           "Eigenvalues of any square matrix, real and imaginary parts along a last axis, by ascending real part, then "
           "imaginary part. Not finite: NaN.",
       .flags = NRV_MACRO, .make = eigvals_make, .torch = "linalg.eigvals", .numpy = "linalg.eigvals",
       .refuse = { "a[2,3] => eigvals: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | "
                   "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:bool[2,2] => eigvals: input 0 is bool, f32 or f64 is wanted | in here | input 0: input bool [2, "
                   "2] a | hint nrv_cast it to NRV_F32",
                   "a[1,1,1,1,1,1,2,2] => eigvals: rank 8 | in here | input 0: input f32 [1, 1, 1, 1, 1, 1, 2, 2] a | "
                   "hint vectors have one axis more, for real and imaginary part" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}" });

/* a (...,n,n) -> its eigenvalues (...,n,2), real and imaginary part, by ascending real part */
NRV_API nrv_tensor nrv_eigvals(nrv_tensor a)
{
    return eig_wants(&nrv__op_eigvals, a) ? nrv_eig(a, NULL) : NULL;
}
