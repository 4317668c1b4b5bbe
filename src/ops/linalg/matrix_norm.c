/* matrix_norm - norms of matrices, and cond: how much a matrix stretches its errors */
#include "matrix.h"
#include <stdlib.h>
#include <string.h>

#ifdef NRV_HEADER
/* axis: rows and columns; both 0: the last two. keep: they stay with length 1. */
typedef struct {
    int axis[2], keep;
    int64_t reserved[4];
} nrv_matrix_norm_opt;
#endif

extern const nrv__opdef nrv__op_matrix_norm, nrv__op_frobenius_norm, nrv__op_nuclear_norm;
typedef enum { NORM_FRO, NORM_NUC, NORM_ONE, NORM_TWO, NORM_INF, NORM_NONE } norm_kind;

/* "-2", "2.0", "inf": the number apart from its sign */
static norm_kind norm_read(const char *ord, bool *least)
{
    *least = ord && *ord == '-';
    if (!ord || !strcmp(ord, "fro"))
        return NORM_FRO;
    if (!strcmp(ord, "nuc"))
        return NORM_NUC;
    double p;
    ord += *least;
    if (!strcmp(ord, "inf") || !strcmp(ord, "Infinity"))
        return NORM_INF;
    if (!nrv__parse_number(ord, strlen(ord), &p))
        return NORM_NONE;
    return p == 1 ? NORM_ONE : p == 2 ? NORM_TWO : NORM_NONE;
}

/* the root of a sum of squares, with a gradient of 0 at 0 */
static nrv_tensor norm_root(nrv_tensor s)
{
    nrv_tensor zero = nrv_equal(s, nrv__like(s, 0));
    return NRV_EXPR("s, zero: zero ? 0 : sqrt(zero ? 1 : s)", s, zero);
}

static nrv_tensor norm_of(nrv_tensor a, norm_kind kind, bool least)
{
    if (kind == NORM_FRO)
        return norm_root(nrv__sum_axes(nrv_square(a), INT64_C(3) << (a->rank - 2), 0));
    if (kind == NORM_NUC)
        return nrv_sum(nrv_svdvals(a), -1, 0);
    nrv_tensor s = kind == NORM_TWO ? nrv_svdvals(a) : nrv_sum(nrv_abs(a), kind == NORM_ONE ? -2 : -1, 0);
    return least ? nrv_min_of(s, -1, 0) : nrv_max_of(s, -1, 0);
}

static nrv_tensor norm_bad(const nrv__opdef *op, nrv_tensor a, const char *ord)
{
    return nrv__op_refuses(op, 1, &a, NRV_EARG, "fro, nuc, 1, -1, 2, -2, inf, -inf",
                           "no norm of matrices is called "
                           "\"%.20s\"",
                           ord);
}

static nrv_tensor norm_made(const nrv__case *c, const nrv__opdef *op, const char *ord)
{
    NRV_CALLED(op, c->x[0]);
    int64_t d[2] = { 0 };
    const int n = nrv__case_ints(c, "axis", 2, d);
    nrv_matrix_norm_opt o = { .keep = nrv__case_small(c, "keep", 0) };
    for (int i = 0; i < n && n == 2; i++)
        o.axis[i] = d[i] >= -NRV__MAX_RANK && d[i] < NRV__MAX_RANK ? (int)d[i] : NRV__MAX_RANK;
    return nrv_matrix_norm_with(c->x[0], ord, &o);
}

static nrv_tensor matrix_norm_make(nrv__case *c)
{
    return norm_made(c, &nrv__op_matrix_norm, nrv__case_text(c, "ord"));
}

NRV_OP(matrix_norm, .sig = "real a[...,m,n] -> y[...]",
       .doc = "A norm of each matrix: fro (Frobenius), nuc (the sum of the singular values), 2 and -2 (the largest and "
              "the least of them), 1 and -1 (of the sums of magnitudes over columns), inf and -inf (over rows). The "
              "Frobenius norm's gradient at 0 is 0; of equal sums or singular values the first gets it.",
       .flags = NRV_MACRO, .make = matrix_norm_make, .ulp = 8, .tolerance_why = "a sum, then a root",
       .torch = "linalg.matrix_norm",
       .refuse = { "a[2,2], ord=3 => matrix_norm: no norm of matrices is called \"3\" | in here | input 0: input f32 "
                   "[2, 2] a | hint fro, nuc, 1, -1, 2, -2, inf, -inf",
                   "a[2,2], axis=1x1 => matrix_norm: axis 1 is named twice | in here | input 0: input f32 [2, 2] a | "
                   "hint rows and columns are two axes",
                   "a[2,2], axis=0x5 => matrix_norm: axis 5 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end",
                   "a[0,2], ord=1 => matrix_norm: an empty matrix has no largest sum | in here | input 0: input f32 "
                   "[0, 2] a | hint fro and nuc of it are 0",
                   "a[3] => matrix_norm: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "a[2,3]", "a[2,2]{1, 2, 3, -4}, ord=nuc", "a[2,2]{1, 2, 3, -4}, ord=2",
                 "a[3,2]{1, 2, -3, 4, 2, -5}, "
                 "ord=-2",
                 "a[2,3,2], ord=1, keep=1", "a[2,3,2], ord=-1, axis=0x2", "a[3,4], ord=inf", "a[3,4], ord=-inf",
                 "a[0,3]" });

/* a (...,m,n) -> (...): ord is "fro" (also NULL), "nuc", "1", "-1", "2", "-2", "inf" or "-inf" */
NRV_API nrv_tensor nrv_matrix_norm(nrv_tensor a, const char *ord)
{
    return nrv_matrix_norm_with(a, ord, NULL);
}

/* The same of any two axes. */
NRV_API nrv_tensor nrv_matrix_norm_with(nrv_tensor a, const char *ord, const nrv_matrix_norm_opt *o)
{
    const nrv__opdef *op = &nrv__op_matrix_norm;
    nrv_matrix_norm_opt none = { 0 };
    bool least;
    norm_kind kind = norm_read(ord, &least);
    o = o ? o : &none;
    if (!nrv__matrix_wants(op, 1, &a))
        return NULL;
    if (kind == NORM_NONE)
        return norm_bad(op, a, ord);
    bool last = o->axis[0] == 0 && o->axis[1] == 0;
    int r = last ? a->rank - 2 : o->axis[0], c = last ? a->rank - 1 : o->axis[1], order[NRV__MAX_RANK], n = 0;
    if (!nrv__axis(a, &r, op->name) || !nrv__axis(a, &c, op->name))
        return NULL;
    if (r == c)
        return nrv__op_refuses(op, 1, &a, NRV_EARG, "rows and columns are two axes", "axis %d is named twice", r);
    if (kind > NORM_NUC && (a->dim[r] == 0 || a->dim[c] == 0))
        return nrv__op_refuses(op, 1, &a, NRV_ESHAPE, "fro and nuc of it are 0", "an empty matrix has no largest sum");
    nrv_shape s = nrv_shape_of(a);
    s.dim[r] = s.dim[c] = 1;
    for (int i = 0; i < a->rank; i++)
        if (i != r && i != c)
            order[n++] = i;
    order[n] = r, order[n + 1] = c;
    nrv_tensor y = norm_of(nrv_permute(a, a->rank, order), kind, least);
    return o->keep ? nrv_reshape(y, s) : y;
}

/* ---- two of them by name ---- */
static nrv_tensor frobenius_norm_make(nrv__case *c)
{
    return norm_made(c, &nrv__op_frobenius_norm, "fro");
}

static nrv_tensor nuclear_norm_make(nrv__case *c)
{
    return norm_made(c, &nrv__op_nuclear_norm, "nuc");
}

NRV_OP(
    frobenius_norm, .sig = "real a[...,m,n] -> y[...]",
    .doc = "The root of the sum of the squares of each matrix, of the last two axes or of those given; matrix_norm "
           "with ord=fro.",
    .flags = NRV_MACRO, .make = frobenius_norm_make, .ulp = 8, .tolerance_why = "a sum, then a root",
    .torch = "frobenius_norm",
    .refuse = { "a[2,2], axis=1x1 => frobenius_norm: axis 1 is named twice | in here | input 0: input f32 [2, 2] a | "
                "hint rows and columns are two axes",
                "a[3] => frobenius_norm: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                "hint the last two axes are rows and columns; nrv_reshape makes them" },
    .test = { "a[2,3]", "a[2,3,2], axis=0x2, keep=1" });
NRV_OP(
    nuclear_norm, .sig = "real a[...,m,n] -> y[...]",
    .doc = "The sum of the singular values of each matrix, of the last two axes or of those given; matrix_norm with "
           "ord=nuc.",
    .flags = NRV_MACRO, .make = nuclear_norm_make, .ulp = 8, .tolerance_why = "a sum of singular values",
    .torch = "nuclear_norm",
    .refuse = { "a[2,2], axis=1x1 => nuclear_norm: axis 1 is named twice | in here | input 0: input f32 [2, 2] a | "
                "hint rows and columns are two axes",
                "a[3] => nuclear_norm: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                "hint the last two axes are rows and columns; nrv_reshape makes them" },
    .test = { "a[2,2]{1, 2, 3, -4}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, axis=0x2" });

/* The Frobenius norm of each matrix a (...,m,n) -> (...), as nrv_matrix_norm's "fro". */
NRV_API nrv_tensor nrv_frobenius_norm(nrv_tensor a)
{
    NRV_CALLED(&nrv__op_frobenius_norm, a);
    return nrv_matrix_norm(a, "fro");
}

/* The sum of the singular values of each matrix a (...,m,n) -> (...), as nrv_matrix_norm's "nuc". */
NRV_API nrv_tensor nrv_nuclear_norm(nrv_tensor a)
{
    NRV_CALLED(&nrv__op_nuclear_norm, a);
    return nrv_matrix_norm(a, "nuc");
}

/* ---- cond ---- */
static nrv_tensor cond_make(nrv__case *c)
{
    return nrv_cond(c->x[0], nrv__case_text(c, "p"));
}

NRV_OP(cond, .sig = "real a[...,m,n] -> y[...]",
       .doc =
           "The condition of a matrix: the largest singular value by the least (2, the default), or its inverse (-2), "
           "or the norm p of a times that of its inverse, for a square a. Singular: inf or NaN.",
       .flags = NRV_MACRO, .make = cond_make, .ulp = 64, .tolerance_why = "the error grows with the condition",
       .torch = "linalg.cond", .numpy = "linalg.cond",
       .refuse = { "a[2,3], p=1 => cond: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a "
                   "| hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a[2,2], p=max => cond: no norm of matrices is called \"max\" | in here | input 0: input f32 [2, 2] "
                   "a | hint fro, nuc, 1, -1, 2, -2, inf, -inf",
                   "a[0,0] => cond: an empty matrix has no condition | in here | input 0: input f32 [0, 0] a | hint is "
                   "the axis right?" },
       .test = { "a[2,2]{1, 2, 3, -4}", "a[3,2]{1, 2, -3, 4, 2, -5}, p=-2", "a[2,2]{1, 2, 3, -4}, p=1",
                 "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, p=fro" });

/* a (...,m,n) -> its condition (...); p as in nrv_matrix_norm, NULL: "2" */
NRV_API nrv_tensor nrv_cond(nrv_tensor a, const char *p)
{
    const nrv__opdef *op = &nrv__op_cond;
    bool least;
    nrv_dim k;
    norm_kind kind = norm_read(p ? p : "2", &least);
    if (!nrv__matrix_wants(op, 1, &a))
        return NULL;
    if (kind == NORM_NONE)
        return norm_bad(op, a, p);
    if (!nrv__matrix_least(op, a, &k))
        return NULL;
    if (k == 0)
        return nrv__op_refuses(op, 1, &a, NRV_ESHAPE, "is the axis right?", "an empty matrix has no condition");
    if (kind != NORM_TWO)
        return nrv__matrix_square(op, a) ? nrv_mul(norm_of(a, kind, least), norm_of(nrv_inv(a), kind, least)) : NULL;
    nrv_tensor s = nrv_svdvals(a), most = nrv_max_of(s, -1, 0), few = nrv_min_of(s, -1, 0);
    return least ? nrv_div(few, most) : nrv_div(most, few);
}
