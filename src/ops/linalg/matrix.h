/* matrix.h - what ops on matrices share: the last two axes are rows and columns, everything before them is a batch. */
#ifndef NRV__OPS_MATRIX_H
#define NRV__OPS_MATRIX_H
#include "../op.h"

/* ---- refusals ---- */
bool nrv__infer_matrix(nrv__infer *s, int i);             /* in[i] is f32 or f64 with two axes or more, or fails */
bool nrv__infer_square(nrv__infer *s, int i, nrv_dim *n); /* and as high as it is wide */
bool nrv__infer_meets(nrv__infer *s, nrv_tensor a, nrv_tensor b); /* batch axes of s from those of both, broadcast */
/* the same for an op made of others: a matrix, or an error in op's name */
bool nrv__matrix_wants(const nrv__opdef *op, int n, const nrv_tensor *in);
bool nrv__matrix_square(const nrv__opdef *op, nrv_tensor a); /* one that is a matrix already */
/* the smaller length; false: it cannot be told, and the error is set */
bool nrv__matrix_least(const nrv__opdef *op, nrv_tensor a, nrv_dim *k);
int nrv__case_right(const nrv__case *c);           /* "right", or "left" that is 0 */
nrv_tensor nrv__matrix_batch(const nrv__batch *b); /* of an op of one input: the turns are one more batch axis */

/* ---- products: a (...,m,k), b (...,k,n) ---- */
bool nrv__infer_product(nrv__infer *s); /* the shape, of two matrices at least, or fails */
int64_t nrv__product_macs(const nrv__args *a);
/* by op; where one matrix b stands for the whole batch, as one tall product */
nrv_tensor nrv__product_by(const nrv__opdef *op, nrv_tensor a, nrv_tensor b);
nrv_tensor nrv__product_batch(const nrv__batch *b);

/* ---- small matrices of the graph ---- */
static inline nrv_dim nrv__rows(nrv_tensor x)
{
    return x->dim[x->rank - 2];
}
static inline nrv_dim nrv__columns(nrv_tensor x)
{
    return x->dim[x->rank - 1];
}
nrv_tensor nrv__eye(nrv_tensor like, nrv_dim n);
nrv_tensor nrv__eye_of(nrv_tensor like, nrv_dim m, nrv_dim n);
nrv_tensor nrv__eye_batch(nrv_tensor like, nrv_dim n); /* one for every matrix of like */
nrv_tensor nrv__first_of(nrv_tensor is);               /* bool (...,n) -> i32 (...): the first true, from 1; 0: none */
nrv_tensor nrv__diagonal(nrv_tensor x);                /* (...,n,n) -> (...,n) */
nrv_tensor nrv__on_diagonal(nrv_tensor d);             /* (...,n) -> (...,n,n) */
nrv_tensor nrv__block_of_matrix(nrv_tensor x, nrv_dim m, nrv_dim n);  /* the first m rows and n columns */
nrv_tensor nrv__beside(nrv_tensor a, nrv_tensor b, int axis);         /* one behind the other along -1 or -2 */
nrv_tensor nrv__by_inverse(nrv_tensor x, nrv_tensor r, unsigned how); /* x op(r)^-1, see nrv__triangular */

/* op(t) x = b with op(t) triangular; of t only the triangle is read, and not its diagonal where UNIT */
enum { NRV__TRI_UPPER = 1, NRV__TRI_TRANSPOSE = 2, NRV__TRI_UNIT = 4 };
nrv_tensor nrv__triangular(nrv_tensor t, nrv_tensor b, unsigned how);
/* rows 0..m-1: L below the diagonal and U; column n: which row of a stands here; column n+1: LAPACK's pivots from 0 */
nrv_tensor nrv__lu(nrv_tensor a, int pivot);
nrv_tensor nrv__lu_rows(nrv_tensor lu, int transpose); /* the permutation P with P a = L U, (m,m), or P^T */
nrv_tensor nrv__lu_solved(nrv_tensor lu, nrv_tensor b, int transpose); /* a x = b or a^T x = b, from a's packed LU */
nrv_tensor nrv__qr(nrv_tensor a);                                      /* Q (m,k) and zeros over R (k,n): (m+k,n) */
nrv_tensor nrv__completed(nrv_tensor q); /* (m,k) with orthonormal columns: as many more as make it square */
nrv_tensor nrv__eigh(nrv_tensor a);      /* V (n,n) over the eigenvalues: (n+1,n) */
nrv_tensor nrv__svd(nrv_tensor a);       /* U (m,k) over S over V (n,k): (m+1+n,k) */

/* ---- references: contiguous items, one after the other ---- */
static inline int64_t nrv__side(const nrv__args *a) /* of a square input */
{
    return a->in[0].dim[a->in[0].rank - 1];
}
static inline int64_t nrv__least_of(int64_t m, int64_t n)
{
    return m < n ? m : n;
}
static inline int64_t nrv__most_of(int64_t m, int64_t n)
{
    return m < n ? n : m;
}
int64_t nrv__matrix_items(const nrv__view *x);
int64_t nrv__matrix_at(const nrv__view *x, const nrv__view *y, int64_t i); /* item i of y in x, which broadcasts */
bool nrv__all_finite(const double *x, int64_t n);
void nrv__all_nan(double *x, int64_t n);
double nrv__dot(const double *x, const double *y, int64_t n);
void nrv__axpy(double *y, double c, const double *x, int64_t n); /* y += c x */
double nrv__length_of(const double *x, int64_t n);               /* without overflow */
double nrv__largest_of(const double *x, int64_t n);              /* |x|, NaN left out */
/* -1 where the vector is to be turned round: of the entries at least 7/8 as large as the largest, the first is > 0 */
double nrv__sign_of_vector(const double *x, int64_t n);
/* Householder's reflection 1 - tau v v^T of x: x[0] becomes what it makes of x, behind it stands v, whose v[0] = 1 is
   not written. tau, or 0: nothing stood behind x[0], and x stays */
double nrv__reflect(double *x, int64_t n);
/* rows of vt become orthonormal eigenvectors of the symmetric a, d the eigenvalues in no order; a is used up. room: 3n.
   false: they were not found, and all is undefined */
bool nrv__eigh_rows(double *a, double *vt, double *d, double *room, int64_t n);
int64_t nrv__room_of(int64_t a, int64_t b, int64_t c); /* a*b + c, INT64_MAX where that overflows */
#endif
