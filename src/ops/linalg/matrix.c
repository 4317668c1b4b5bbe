/* matrix.c - see matrix.h. */
#include "matrix.h"
#include <math.h>

/* ---- refusals ---- */
bool nrv__infer_matrix(nrv__infer *s, int i)
{
    nrv_tensor x = s->in[i];
    if (x->type != NRV_F32 && x->type != NRV_F64)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_F32", "input %d is %s, f32 or f64 is wanted", i,
                               nrv__dtype_name(x->type));
    if (x->rank < 2)
        return nrv__infer_fail(s, NRV_ESHAPE, "the last two axes are rows and columns; nrv_reshape makes them",
                               "input %d has rank %d, a matrix is wanted", i, x->rank);
    if (i && x->type != s->in[0]->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(s->in[0]->type), nrv__dtype_name(x->type));
    return true;
}

bool nrv__infer_square(nrv__infer *s, int i, nrv_dim *n)
{
    nrv_tensor x = s->in[i];
    char a[24], b[24];
    if (!nrv__infer_matrix(s, i))
        return false;
    if (nrv__dim_same(s->g, nrv__rows(x), nrv__columns(x), s->op->name, n))
        return true;
    return nrv__infer_fail(s, NRV_ESHAPE, "as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                           "a square matrix is wanted, not %s x %s", nrv__dim_text(s->g, nrv__rows(x), a),
                           nrv__dim_text(s->g, nrv__columns(x), b));
}

bool nrv__infer_meets(nrv__infer *s, nrv_tensor a, nrv_tensor b)
{
    s->rank = a->rank > b->rank ? a->rank : b->rank;
    for (int i = 0; i < s->rank - 2; i++) {
        int ia = i - (s->rank - a->rank), ib = i - (s->rank - b->rank);
        nrv_dim da = ia < 0 ? 1 : a->dim[ia], db = ib < 0 ? 1 : b->dim[ib];
        s->dim[i] = da == 1 ? db : da;
        if (da != 1 && db != 1 && !nrv__dim_same(s->g, da, db, s->op->name, &s->dim[i]))
            return nrv__infer_fail(s, NRV_ESHAPE, "batch lengths are equal or 1", "batch lengths differ at axis %d", i);
    }
    return true;
}

bool nrv__infer_product(nrv__infer *s)
{
    nrv_tensor a = s->in[0], b = s->in[1];
    char ta[24], tb[24];
    nrv_dim k;
    if (!nrv__dim_same(s->g, nrv__columns(a), nrv__rows(b), s->op->name, &k))
        return nrv__infer_fail(
            s, NRV_ESHAPE,
            "the last length of a meets the one before the last of b; does a layer's size fit its input?",
            "inner lengths differ: %s and %s", nrv__dim_text(s->g, nrv__columns(a), ta),
            nrv__dim_text(s->g, nrv__rows(b), tb));
    if (!nrv__infer_meets(s, a, b))
        return false;
    s->dim[s->rank - 2] = nrv__rows(a);
    s->dim[s->rank - 1] = nrv__columns(b);
    return true;
}

int64_t nrv__product_macs(const nrv__args *a)
{
    int64_t n = a->in[0].dim[a->in[0].rank - 1];
    for (int i = 0; i < a->out[0].rank; i++)
        if (!nrv__mul(n, a->out[0].dim[i], &n))
            return INT64_MAX;
    return n;
}

nrv_tensor nrv__product_by(const nrv__opdef *op, nrv_tensor a, nrv_tensor b)
{
    if (!a || !b)
        return NULL;
    if (a->rank <= 2 || b->rank != 2)
        return nrv__op(op, NRV_N(const nrv_tensor, a, b));
    nrv_shape to = nrv_shape_of(a);
    nrv_tensor tall = nrv_reshape(a, NRV_SHAPE(nrv__dim_product(a->g, to.rank - 1, to.dim), to.dim[to.rank - 1]));
    to.dim[to.rank - 1] = b->dim[1];
    return nrv_reshape(nrv__op(op, NRV_N(const nrv_tensor, tall, b)), to);
}

nrv_tensor nrv__product_batch(const nrv__batch *b)
{
    const int rank = b->y->rank;
    if (rank == NRV__MAX_RANK)
        return NULL;
    return nrv__product_by(b->y->op, nrv__batch_aligned(b, 0, rank), nrv__batch_aligned(b, 1, rank));
}

bool nrv__matrix_wants(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    if (!nrv__op_wants(op, n, in))
        return false;
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    for (int i = 0; i < n; i++)
        if (!nrv__infer_matrix(&s, i))
            return false;
    return true;
}

bool nrv__matrix_square(const nrv__opdef *op, nrv_tensor a)
{
    nrv_dim n;
    nrv__infer s = { .g = a->g, .op = op, .in = &a, .n_in = 1 };
    return nrv__infer_square(&s, 0, &n);
}

bool nrv__matrix_least(const nrv__opdef *op, nrv_tensor a, nrv_dim *k)
{
    nrv_dim m = nrv__rows(a), n = nrv__columns(a);
    if (nrv__dim_least(a->g, m, n, k))
        return true;
    char tm[24], tn[24];
    nrv__op_refuses(op, 1, &a, NRV_ESHAPE,
                    "say it: nrv_size with ranges that do not overlap, or the longer as the shorter plus a size",
                    "which of %s rows and %s columns are fewer is not known", nrv__dim_text(a->g, m, tm),
                    nrv__dim_text(a->g, n, tn));
    return false;
}

int nrv__case_right(const nrv__case *c)
{
    return nrv__case_int(c, "right", 0) || !nrv__case_int(c, "left", 1);
}

nrv_tensor nrv__matrix_batch(const nrv__batch *b)
{
    return b->x[0]->rank <= NRV__MAX_RANK ? nrv__batch_sized(b, b->y->attr, 0) : NULL;
}

/* ---- small matrices of the graph ---- */
static nrv_tensor matrix_on_diagonal(nrv_tensor like, nrv_dim m, nrv_dim n)
{
    if (!like)
        return NULL;
    nrv_tensor i = nrv_reshape(nrv_iota(like->g, NRV_I64, m), NRV_SHAPE(m, 1));
    return nrv_equal(i, nrv_reshape(nrv_iota(like->g, NRV_I64, n), NRV_SHAPE(1, n)));
}

nrv_tensor nrv__eye_of(nrv_tensor like, nrv_dim m, nrv_dim n)
{
    return like ? nrv_eye(like->g, like->type, m, n) : NULL;
}

nrv_tensor nrv__eye(nrv_tensor like, nrv_dim n)
{
    return nrv__eye_of(like, n, n);
}

nrv_tensor nrv__eye_batch(nrv_tensor like, nrv_dim n)
{
    if (!like)
        return NULL;
    nrv_shape s = nrv_shape_of(like);
    s.dim[s.rank - 1] = s.dim[s.rank - 2] = n;
    return nrv_broadcast(nrv__eye(like, n), s);
}

nrv_tensor nrv__diagonal(nrv_tensor x)
{
    return x ? nrv_sum(nrv_select(matrix_on_diagonal(x, nrv__columns(x), nrv__columns(x)), x, nrv__like(x, 0)), -1, 0)
             : NULL;
}

nrv_tensor nrv__on_diagonal(nrv_tensor d)
{
    return d ? nrv_select(matrix_on_diagonal(d, nrv__columns(d), nrv__columns(d)), nrv_expand(d, -2, 1),
                          nrv__like(d, 0))
             : NULL;
}

nrv_tensor nrv__block_of_matrix(nrv_tensor x, nrv_dim m, nrv_dim n)
{
    return nrv_slice(nrv_slice(x, -2, 0, m), -1, 0, n);
}

nrv_tensor nrv__beside(nrv_tensor a, nrv_tensor b, int axis)
{
    return a && b ? nrv_concat(NRV_N(const nrv_tensor, a, b), axis) : NULL;
}

nrv_tensor nrv__by_inverse(nrv_tensor x, nrv_tensor r, unsigned how)
{
    return nrv_transpose(nrv__triangular(r, nrv_transpose(x), how ^ NRV__TRI_TRANSPOSE));
}

/* ---- references ---- */
int64_t nrv__matrix_items(const nrv__view *x)
{
    int64_t n = 1;
    for (int i = 0; i < x->rank - 2; i++)
        n *= x->dim[i];
    return n;
}

int64_t nrv__matrix_at(const nrv__view *x, const nrv__view *y, int64_t i)
{
    int64_t at = 0;
    for (int k = y->rank - 3; k >= 0; k--) {
        int kx = k - (y->rank - x->rank);
        if (kx >= 0 && x->dim[kx] != 1)
            at += i % y->dim[k] * x->stride[kx];
        i /= y->dim[k];
    }
    return at;
}

bool nrv__all_finite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

void nrv__all_nan(double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = NAN;
}

/* four sums side by side: the compiler may not reorder one */
double nrv__dot(const double *x, const double *y, int64_t n)
{
    double s[4] = { 0 };
    int64_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++)
            s[k] += x[i + k] * y[i + k];
    for (; i < n; i++)
        s[0] += x[i] * y[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

void nrv__axpy(double *y, double c, const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += c * x[i];
}

double nrv__largest_of(const double *x, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

double nrv__length_of(const double *x, int64_t n)
{
    const double most = nrv__largest_of(x, n);
    double s = 0;
    if (!(most > 0) || isinf(most)) {
        for (int64_t i = 0; i < n; i++)
            s += fabs(x[i]);
        return s;
    }
    for (int64_t i = 0; i < n; i++)
        s += x[i] / most * (x[i] / most);
    return most * sqrt(s);
}

double nrv__sign_of_vector(const double *x, int64_t n)
{
    const double most = nrv__largest_of(x, n);
    for (int64_t i = 0; i < n; i++)
        if (fabs(x[i]) >= 0.875 * most)
            return x[i] < 0 ? -1 : 1;
    return 1;
}

double nrv__reflect(double *x, int64_t n)
{
    const double rest = nrv__length_of(x + 1, n - 1);
    if (rest == 0)
        return 0;
    const double alpha = x[0], beta = -copysign(hypot(alpha, rest), alpha);
    for (int64_t i = 1; i < n; i++)
        x[i] /= alpha - beta;
    x[0] = beta;
    return (beta - alpha) / beta;
}

int64_t nrv__room_of(int64_t a, int64_t b, int64_t c)
{
    return nrv__mul(a, b, &a) && nrv__add(a, c, &a) ? a : INT64_MAX;
}
