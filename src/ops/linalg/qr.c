/* qr - a = Q R by Householder's reflections: Q with orthonormal columns, R upper triangular.

   Signs as LAPACK has them: the diagonal of R has the sign opposite to what the reflection met there, and a column that
   is zero below its diagonal is left alone. For m >= n: da = (dQ + Q copyltu(R dR^T - dQ^T Q)) R^-T (Walter, Lehmann
   2018); for m < n the columns behind the first m follow from Q. The whole Q of a high matrix comes from the first n
   columns: Q - I = V (-T V1^T) is its LU factorisation without pivots (Ballard et al. 2014). */
#include "matrix.h"
#include <math.h>
#include <string.h>

extern const nrv__opdef nrv__op_qr_packed;

/* ---- packed: Q (m,k), zeros behind it, over R (k,n) ---- */
static bool qr_shape(nrv__infer *s)
{
    nrv_dim k;
    if (!nrv__infer_matrix(s, 0) || !nrv__matrix_least(s->op, s->in[0], &k))
        return false;
    nrv__infer_same(s);
    s->dim[s->rank - 2] = nrv__dim_add(s->g, s->dim[s->rank - 2], k);
    return !s->g->why.status;
}

/* dQ and dR to the gradient of a square or high a */
static nrv_tensor qr_high(nrv_tensor q, nrv_tensor r, nrv_tensor dq, nrv_tensor dr)
{
    nrv_tensor m = nrv_sub(nrv_matmul(r, nrv_transpose(nrv_triu(dr, 0))), nrv_matmul(nrv_transpose(dq), q));
    nrv_tensor low = nrv_tril(m, 0), both = nrv_add(low, nrv_transpose(nrv_tril(m, -1)));
    return nrv__by_inverse(nrv_add(dq, nrv_matmul(q, both)), r, NRV__TRI_UPPER | NRV__TRI_TRANSPOSE);
}

static void qr_vjp(nrv_vjp *v)
{
    nrv_tensor a = v->x[0];
    nrv_dim m = nrv__rows(a), n = nrv__columns(a), k;
    if (!nrv__matrix_least(&nrv__op_qr_packed, a, &k))
        return;
    nrv_tensor q = nrv_slice(nrv_slice(v->y, -2, 0, m), -1, 0, k), r = nrv_slice(v->y, -2, m, k);
    nrv_tensor dq = nrv_slice(nrv_slice(v->dy, -2, 0, m), -1, 0, k), dr = nrv_slice(v->dy, -2, m, k);
    if (k == n) {
        v->dx[0] = qr_high(q, r, dq, dr);
        return;
    }
    nrv_dim more = nrv__dim_sub(v->g, n, k);
    nrv_tensor dr2 = nrv_slice(dr, -1, k, more);
    dq = nrv_add(dq, nrv_matmul(nrv_slice(a, -1, k, more), nrv_transpose(dr2)));
    v->dx[0] = nrv__beside(qr_high(q, nrv_slice(r, -1, 0, k), dq, nrv_slice(dr, -1, 0, k)), nrv_matmul(q, dr2), -1);
}

static void qr_apply(double *x, const double *v, double tau, int64_t n)
{
    const double s = tau * (x[0] + nrv__dot(x + 1, v + 1, n - 1));
    x[0] -= s;
    nrv__axpy(x + 1, -s, v + 1, n - 1);
}

/* w: the columns of a, one after the other; q: those of Q */
static void qr_one(double *w, double *q, double *tau, int64_t m, int64_t n, int64_t k)
{
    for (int64_t j = 0; j < k; j++) {
        tau[j] = nrv__reflect(w + j * m + j, m - j);
        for (int64_t c = j + 1; c < n && tau[j] != 0; c++)
            qr_apply(w + c * m + j, w + j * m + j, tau[j], m - j);
    }
    memset(q, 0, (size_t)(k * m) * sizeof *q);
    for (int64_t j = k - 1; j >= 0; j--) {
        q[j * m + j] = 1;
        for (int64_t c = j; c < k && tau[j] != 0; c++)
            qr_apply(q + c * m + j, w + j * m + j, tau[j], m - j);
    }
}

static void qr_ref(const nrv__args *a)
{
    const int64_t m = a->in[0].dim[a->in[0].rank - 2], n = a->in[0].dim[a->in[0].rank - 1], k = nrv__least_of(m, n);
    double *w = a->scratch, *q = w + n * m, *tau = q + k * m;
    for (int64_t i = 0; k && i < nrv__matrix_items(&a->in[0]); i++) {
        const double *x = (const double *)a->in[0].data + i * m * n;
        double *y = (double *)a->out[0].data + i * (m + k) * n;
        for (int64_t r = 0; r < m; r++)
            for (int64_t c = 0; c < n; c++)
                w[c * m + r] = x[r * n + c];
        qr_one(w, q, tau, m, n, k);
        for (int64_t r = 0; r < m; r++)
            for (int64_t c = 0; c < n; c++)
                y[r * n + c] = c < k ? q[c * m + r] : 0;
        for (int64_t r = 0; r < k; r++)
            for (int64_t c = 0; c < n; c++)
                y[(m + r) * n + c] = c < r ? 0 : w[c * m + r];
    }
}

static int64_t qr_room(const nrv__args *a)
{
    const int64_t m = a->in[0].dim[a->in[0].rank - 2], n = a->in[0].dim[a->in[0].rank - 1];
    int64_t columns;
    return nrv__add(n, n, &columns) ? nrv__room_of(m, columns, n) : INT64_MAX;
}

NRV_OP(qr_packed, .batch = nrv__matrix_batch, .sig = "real a[...,m,n] -> y[...,m+k,n]",
       .doc = "Q, with columns of zeros up to n, over R, k = min(m, n). Signs are LAPACK's. Not finite: NaN.",
       .shape = qr_shape, .vjp = qr_vjp, .ref = qr_ref, .room = qr_room,
       .refuse = { "a[3] => qr_packed: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them",
                   "a:i32[2,2] => qr_packed: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[1,1]{-3}", "a[0,0]",
                 "a[3,0]", "a[0,2]" });

nrv_tensor nrv__qr(nrv_tensor a)
{
    return nrv__op(&nrv__op_qr_packed, NRV_N(const nrv_tensor, a));
}

/* ---- products of reflections ---- */
static bool householder_fits(const nrv__opdef *op, nrv_tensor v, nrv_tensor tau)
{
    const nrv_tensor in[] = { v, tau };
    if (tau->rank != v->rank - 1) {
        nrv__op_refuses(op, 2, in, NRV_ESHAPE, "v (...,m,n) and tau (...,k)", "v has rank %d, tau has rank %d", v->rank,
                        tau->rank);
        return false;
    }
    nrv_dim m = nrv__rows(v), n = nrv__columns(v), k = nrv__columns(tau);
    char tk[24], tm[24], tn[24];
    if (nrv__dim_at_most(v->g, k, n, op->name) && nrv__dim_at_most(v->g, n, m, op->name))
        return true;
    nrv__op_refuses(op, 2, in, NRV_ESHAPE, "v (m,n) and tau (k), k <= n <= m", "%s reflections for %s x %s",
                    nrv__dim_text(v->g, k, tk), nrv__dim_text(v->g, m, tm), nrv__dim_text(v->g, n, tn));
    return false;
}

/* the first k columns with ones on their diagonal and zeros above it */
static nrv_tensor householder_vectors(nrv_tensor v, nrv_dim k)
{
    return nrv_add(nrv_tril(nrv_slice(v, -1, 0, k), -1), nrv__eye_of(v, nrv__rows(v), k));
}

/* 1 + U D, U: V^T V above its diagonal, D: tau on one */
static nrv_tensor householder_triangle(nrv_tensor v, nrv_tensor tau)
{
    nrv_tensor up = nrv_triu(nrv_matmul(nrv_transpose(v), v), 1);
    return up && tau ? nrv_add(nrv_mul(up, nrv_expand(tau, -2, 1)), nrv__eye(up, nrv__columns(v))) : NULL;
}

static nrv_tensor householder_of(nrv_tensor v, nrv_tensor tau)
{
    nrv_tensor t = householder_triangle(v, tau);
    nrv_tensor right = nrv__triangular(t, nrv_transpose(v), NRV__TRI_UPPER | NRV__TRI_UNIT);
    return nrv_matmul(nrv_mul(v, nrv_expand(tau, -2, 1)), right); /* V T V^T, T = D (1 + U D)^-1 */
}

static nrv_tensor householder_make(nrv__case *c)
{
    return nrv_householder_product(c->x[0], c->x[1]);
}

NRV_OP(householder_product, .sig = "real v[...,m,n], real tau[...,k] -> y[...,m,n]",
       .doc = "The first n columns of H1 H2 ... Hk, Hi = 1 - tau_i v_i v_i^T, where v_i is column i of v with 1 on the "
              "diagonal and 0 above it.",
       .flags = NRV_MACRO, .make = householder_make, .ulp = 16,
       .tolerance_why = "products of matrices and a triangular system, each rounded",
       .torch = "linalg.householder_product orgqr",
       .refuse = { "v[3,2], tau[3] => householder_product: 3 reflections for 3 x 2 | in here | input 0: input f32 [3, "
                   "2] v | input 1: input f32 [3] tau | hint v (m,n) and tau (k), k <= n <= m",
                   "v[2,3], tau[2] => householder_product: 2 reflections for 2 x 3 | in here | input 0: input f32 [2, "
                   "3] v | input 1: input f32 [2] tau | hint v (m,n) and tau (k), k <= n <= m",
                   "v[3,2], tau[1,2] => householder_product: v has rank 2, tau has rank 2 | in here | input 0: input "
                   "f32 [3, 2] v | input 1: input f32 [1, 2] tau | hint v (...,m,n) and tau (...,k)" },
       .test = { "v[3,2], tau[2] in 0.5..1.5", "v[3,3], tau[2] in 0.5..1.5", "v[2,4,3], tau[2,3] in 0.5..1.5",
                 "v[3,2], tau[0]" });

/* v (...,m,n), tau (...,k), k <= n <= m -> the first n columns of H1 H2 ... Hk: what geqrf of LAPACK leaves to orgqr */
NRV_API nrv_tensor nrv_householder_product(nrv_tensor v, nrv_tensor tau)
{
    const nrv__opdef *op = &nrv__op_householder_product;
    if (!nrv__matrix_wants(op, 1, &v) || !nrv__op_wants_real(op, NRV_N(const nrv_tensor, v, tau)))
        return NULL;
    if (!householder_fits(op, v, tau))
        return NULL;
    nrv_tensor y = householder_of(householder_vectors(v, nrv__columns(tau)), tau);
    return nrv_slice(nrv_sub(nrv__eye(v, nrv__rows(v)), y), -1, 0, nrv__columns(v));
}

/* ---- Q and R ---- */
/* the columns behind the first n of a high a */
static nrv_tensor qr_whole(nrv_tensor q, nrv_dim m, nrv_dim n)
{
    nrv_dim more = nrv__dim_sub(q->g, m, n);
    nrv_tensor one = nrv__eye_of(q, m, n);
    nrv_tensor lu = nrv_slice(nrv__lu(nrv_sub(q, one), 0), -1, 0, n);
    nrv_tensor v = nrv_add(nrv_tril(lu, -1), one), top = nrv_slice(lu, -2, 0, n);
    nrv_tensor right = nrv__by_inverse(v, top, NRV__TRI_UNIT); /* V V1^-1 */
    right = nrv_transpose(nrv_slice(right, -2, n, more));
    nrv_tensor rest = nrv_matmul(v, nrv_matmul(nrv_triu(top, 0), right));
    nrv_tensor j = nrv_slice(nrv__eye(q, m), -1, n, more);
    return nrv__beside(q, nrv_add(j, rest), -1);
}

nrv_tensor nrv__completed(nrv_tensor q)
{
    if (!q)
        return NULL;
    nrv_dim m = nrv__rows(q), k = nrv__columns(q);
    nrv_tensor whole = qr_whole(nrv_slice(nrv_slice(nrv__qr(q), -2, 0, m), -1, 0, k), m, k);
    return nrv__beside(q, nrv_slice(whole, -1, k, NRV_SAME), -1);
}

static nrv_tensor qr_make(nrv__case *c)
{
    const char *mode = nrv__case_text(c, "mode");
    int some = nrv__case_small(c, "some", 1), whole = mode ? !strcmp(mode, "complete") : !some;
    nrv_tensor r = NULL, q = nrv_qr(c->x[0], whole, &r);
    if (mode && !strcmp(mode, "r"))
        return r;
    if (q)
        c->also[c->n_also++] = r;
    return q;
}

NRV_OP(qr, .sig = "real a[...,m,n] -> q[...,m,k], r[...,k,n]",
       .doc =
           "a = Q R, Q with orthonormal columns and R upper triangular; mode=complete: Q is (m,m). Signs are LAPACK's: "
           "the diagonal of R may be negative. The gradient wants the first min(m, n) columns of a to be independent.",
       .flags = NRV_MACRO, .make = qr_make, .ulp = 16,
       .tolerance_why = "one rounding where R is well conditioned; "
                        "mode=complete adds a factorisation",
       .torch = "linalg.qr qr", .numpy = "linalg.qr",
       .refuse = { "a[3] => qr: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint the "
                   "last two axes are rows and columns; nrv_reshape makes them",
                   "a:u8[2,2] => qr: input 0 is u8, f32 or f64 is wanted | in here | input 0: input u8 [2, 2] a | hint "
                   "nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}, mode=complete",
                 "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,4,3]{1, 2, -3, 4, 2, -5, 0.5, 1, 3, -2, 1, 4, 2, 2, -3, 4, 2, "
                 "-5, 0.5, 1, 3, -2, 1, -4}, mode=complete",
                 "a[3,2]{3, 1, 1, 2, 0, -1}, mode=r" });

/* a (...,m,n) -> Q (...,m,k) and *r = R (...,k,n), k = min(m,n); whole = 1: Q (...,m,m) and R (...,m,n). r may be NULL.
   Signs are LAPACK's. */
NRV_API nrv_tensor nrv_qr(nrv_tensor a, int whole, nrv_tensor *r)
{
    nrv_dim k;
    if (r)
        *r = NULL;
    if (!nrv__matrix_wants(&nrv__op_qr, 1, &a) || !nrv__matrix_least(&nrv__op_qr, a, &k))
        return NULL;
    nrv_tensor y = nrv__qr(a);
    nrv_dim m = nrv__rows(a), n = nrv__columns(a);
    nrv_tensor q = nrv_slice(nrv_slice(y, -2, 0, m), -1, 0, k), right = nrv_slice(y, -2, m, k);
    if (whole && k != m && q && right) {
        nrv_shape s = nrv_shape_of(right);
        s.dim[s.rank - 2] = nrv__dim_sub(a->g, m, n);
        right = nrv__beside(right, nrv_fill(a->g, a->type, s, 0), -2);
        q = qr_whole(q, m, n);
    }
    if (r)
        *r = right;
    return q;
}

/* ---- the reflections themselves ---- */
static nrv_tensor geqrf_make(nrv__case *c)
{
    return nrv_geqrf(c->x[0], &c->also[c->n_also++]);
}

NRV_OP(geqrf, .sig = "real a[...,m,n] -> y[...,m,n], tau[...,k]",
       .doc =
           "R on and above the diagonal, below it the vectors v_i of LAPACK's reflections 1 - tau_i v_i v_i^T, whose 1 "
           "on the diagonal is not written.",
       .flags = NRV_MACRO, .make = geqrf_make, .ulp = 16, .tolerance_why = "a factorisation of what is rounded already",
       .torch = "geqrf",
       .refuse = { "a[3] => geqrf: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them",
                   "a:i32[2,2] => geqrf: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a "
                   "| hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}" });

/* a (...,m,n) -> R and below it the vectors of the reflections (...,m,n), and *tau (...,k), k = min(m,n); for
   nrv_householder_product and nrv_ormqr. tau may be NULL. */
NRV_API nrv_tensor nrv_geqrf(nrv_tensor a, nrv_tensor *tau)
{
    nrv_dim k;
    if (tau)
        *tau = NULL;
    if (!nrv__matrix_wants(&nrv__op_geqrf, 1, &a) || !nrv__matrix_least(&nrv__op_geqrf, a, &k))
        return NULL;
    /* the last reflection of a square or wide a is none: its zero pivot would have no gradient */
    nrv_dim m = nrv__rows(a), n = nrv__columns(a), some = k == m && m != 0 ? nrv__dim_sub(a->g, m, 1) : k;
    nrv_tensor r = NULL, q = nrv_slice(nrv_qr(a, 0, &r), -1, 0, some);
    nrv_tensor v = nrv_slice(nrv__lu(nrv_sub(q, nrv__eye_of(a, m, some)), 0), -1, 0, some);
    if (!v)
        return NULL;
    nrv_shape s = nrv_shape_of(a);
    if (tau) {
        *tau = nrv_neg(nrv__diagonal(nrv_slice(v, -2, 0, some)));
        nrv_shape one = nrv_shape_of(*tau);
        one.dim[one.rank - 1] = 1;
        *tau = some != k ? nrv__beside(*tau, nrv_fill(a->g, a->type, one, 0), -1) : *tau;
    }
    v = nrv_tril(v, -1);
    if (some != n) {
        s.dim[s.rank - 1] = nrv__dim_sub(a->g, n, some);
        v = nrv__beside(v, nrv_fill(a->g, a->type, s, 0), -1);
        s = nrv_shape_of(a);
    }
    if (k != m) {
        s.dim[s.rank - 2] = nrv__dim_sub(a->g, m, k);
        r = nrv__beside(r, nrv_fill(a->g, a->type, s, 0), -2);
    }
    return nrv_add(r, v);
}

#ifdef NRV_HEADER
/* right: x Q; transpose: Q^T. */
typedef struct {
    int right, transpose;
    int64_t reserved[4];
} nrv_ormqr_opt;
#endif

static nrv_tensor ormqr_make(nrv__case *c)
{
    nrv_ormqr_opt o = { .right = nrv__case_right(c), .transpose = nrv__case_small(c, "transpose", 0) };
    return nrv_ormqr(c->x[0], c->x[1], c->x[2], &o);
}

NRV_OP(ormqr, .sig = "real v[...,m,k], real tau[...,k], real x[...,m,n] -> y[...,m,n]",
       .doc =
           "Q x for the whole Q of reflections as geqrf gives them, without making it; transpose: Q^T x; left=0: x Q, "
           "or x Q^T.",
       .flags = NRV_MACRO, .make = ormqr_make, .ulp = 16,
       .tolerance_why = "products of matrices and a triangular system, each rounded", .torch = "ormqr",
       .refuse = { "v[3,2], tau[3], x[3,1] => ormqr: 3 reflections for 3 x 2 | in here | input 0: input f32 [3, 2] v | "
                   "input 1: input f32 [3] tau | hint v (m,n) and tau (k), k <= n <= m",
                   "v[3,2], tau[2], x[2,1] => ormqr: Q is of 3, x of 2 | in here | input 0: input f32 [3, 2] v | input "
                   "1: input f32 [2, 1] x | input 2: input f32 [2] tau | hint Q is as large as v is high",
                   "v[3,2], tau[2,2], x[3,1] => ormqr: v has rank 2, tau has rank 2 | in here | input 0: input f32 [3, "
                   "2] v | input 1: input f32 [2, 2] tau | hint v (...,m,n) and tau (...,k)" },
       .test = { "v[3,2], tau[2] in 0.5..1.5, x[3,4]", "v[3,2], tau[2] in 0.5..1.5, x[3,4], transpose=1",
                 "v[3,3], tau[2] in 0.5..1.5, x[4,3], left=0",
                 "v[2,3,2], tau[2,2] in 0.5..1.5, x[2,2,3], left=0, "
                 "transpose=1" });

/* v (...,m,k), tau (...,k), x (...,m,n) -> Q x (...,m,n), Q = H1 H2 ... Hk as in nrv_householder_product; o may be NULL
 */
NRV_API nrv_tensor nrv_ormqr(nrv_tensor v, nrv_tensor tau, nrv_tensor x, const nrv_ormqr_opt *o)
{
    const nrv__opdef *op = &nrv__op_ormqr;
    nrv_ormqr_opt none = { 0 };
    const nrv_tensor in[] = { v, x, tau };
    nrv_dim d;
    o = o ? o : &none;
    if (!nrv__op_wants(op, 3, in) || !nrv__matrix_wants(op, 2, in) || !householder_fits(op, v, tau))
        return NULL;
    char tm[24], tx[24];
    nrv_dim have = o->right ? nrv__columns(x) : nrv__rows(x);
    if (!nrv__dim_same(v->g, nrv__rows(v), have, op->name, &d))
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, "Q is as large as v is high", "Q is of %s, x of %s",
                               nrv__dim_text(v->g, nrv__rows(v), tm), nrv__dim_text(v->g, have, tx));
    bool turned = !o->right != !o->transpose; /* of Q^T x and x Q, the transpose is what is computed */
    v = householder_vectors(v, nrv__columns(tau));
    nrv_tensor t = householder_triangle(v, tau), z = o->right ? nrv_transpose(x) : x;
    nrv_tensor w = nrv_matmul(nrv_transpose(v), z), s = nrv_expand(tau, -1, 1);
    w = turned ? nrv__triangular(t, nrv_mul(w, s), NRV__TRI_UPPER | NRV__TRI_UNIT | NRV__TRI_TRANSPOSE)
               : nrv_mul(nrv__triangular(t, w, NRV__TRI_UPPER | NRV__TRI_UNIT), s);
    z = nrv_sub(z, nrv_matmul(v, w));
    return o->right ? nrv_transpose(z) : z;
}
