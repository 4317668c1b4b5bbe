/* pinv - the pseudoinverse by singular values, and what else they tell: rank, condition, least squares.

   Singular values up to max(atol, rtol times the largest) count as zero; rtol is max(m, n) times the type's epsilon
   unless atol or rtol is given. The gradient is that of a matrix of constant rank (Golub and Pereyra 1973):
   da = -P^T dP P^T + (1 - a P) dP^T P P^T + P^T P dP^T (1 - P a). */
#include "matrix.h"
#include <float.h>
#include <string.h>

#ifdef NRV_HEADER
/* What counts as zero: singular values up to max(atol, rtol times the largest). 0: PyTorch's default, see nrv_pinv; a
   negative number means zero. */
typedef struct {
    double atol, rtol;
    int64_t reserved[4];
} nrv_rank_opt;
/* fast: by QR, for a of full rank; rtol: as nrv_rank_opt has it */
typedef struct {
    int fast;
    double rtol;
    int64_t reserved[4];
} nrv_lstsq_opt;
#endif

typedef struct pinv_attr {
    double atol, rtol; /* rtol < 0: the default */
} pinv_attr;

static pinv_attr pinv_attr_of(const nrv_rank_opt *o)
{
    nrv_rank_opt none = { 0 };
    o = o ? o : &none;
    pinv_attr a = { o->atol > 0 ? o->atol : 0, o->rtol > 0 ? o->rtol : 0 };
    if (o->rtol == 0 && o->atol == 0)
        a.rtol = -1;
    return a;
}

/* (...,1): singular values up to here count as zero */
static nrv_tensor pinv_bound(nrv_tensor a, nrv_tensor s, pinv_attr p)
{
    if (!s)
        return NULL;
    nrv_tensor most = nrv_max_of(s, -1, 1);
    if (p.rtol >= 0)
        return nrv_max(nrv_mul_c(most, p.rtol), nrv__like(s, p.atol));
    nrv_tensor m = nrv_cast(nrv_dim_value(a->g, nrv__rows(a)), s->type);
    nrv_tensor n = nrv_cast(nrv_dim_value(a->g, nrv__columns(a)), s->type);
    return nrv_mul(most, nrv_mul_c(nrv_max(m, n), s->type == NRV_F32 ? FLT_EPSILON : DBL_EPSILON));
}

static nrv_tensor pinv_body(nrv_tensor a, pinv_attr p)
{
    nrv_tensor s = NULL, vt = NULL, u = nrv_svd(a, 0, &s, &vt);
    if (!u)
        return NULL;
    nrv_tensor none = nrv_less_equal(s, nrv_stop(pinv_bound(a, s, p)));
    nrv_tensor over = NRV_EXPR("s, none: none ? 0 : 1 / (none ? 1 : s)", s, none);
    return nrv_matmul(nrv_mul(nrv_transpose(vt), nrv_expand(over, -2, 1)), nrv_transpose(u));
}

static void pinv_vjp(nrv_vjp *v)
{
    nrv_tensor a = v->x[0], p = v->y, pt = nrv_transpose(p), g = v->dy, gt = nrv_transpose(g);
    nrv_tensor one = nrv_neg(nrv_matmul(nrv_matmul(pt, g), pt));
    nrv_tensor b = nrv_matmul(nrv_matmul(gt, p), pt), c = nrv_matmul(nrv_matmul(pt, p), gt);
    b = nrv_sub(b, nrv_matmul(a, nrv_matmul(p, b)));
    c = nrv_sub(c, nrv_matmul(nrv_matmul(c, p), a));
    v->dx[0] = nrv_add(one, nrv_add(b, c));
}

static nrv_rank_opt pinv_options(const nrv__case *c)
{
    const double rcond = nrv__case_real(c, "rcond", 0);
    nrv_rank_opt o = { .atol = nrv__case_real(c, "atol", 0), .rtol = nrv__case_real(c, "rtol", rcond) };
    bool zero = o.rtol == 0 && (nrv__case_text(c, "rtol") || nrv__case_text(c, "rcond"));
    o.rtol = zero ? -1 : o.rtol;
    return o;
}

static nrv_tensor pinv_make(nrv__case *c)
{
    nrv_rank_opt o = pinv_options(c);
    return nrv_pinv_with(c->x[0], &o);
}

NRV_OP(pinv, .sig = "real a[...,m,n] -> y[...,n,m]",
       .doc = "The pseudoinverse, by singular values; those up to max(atol, rtol times the largest) count as zero. The "
              "gradient is that of matrices of this rank. Not finite: NaN.",
       .vjp = pinv_vjp, .make = pinv_make, .attr_bytes = sizeof(pinv_attr), .ulp = 64,
       .tolerance_why = "the error grows with the condition", .torch = "linalg.pinv pinverse", .numpy = "linalg.pinv",
       .refuse = { "a[3] => pinv: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint "
                   "the last two axes are rows and columns; nrv_reshape makes them",
                   "a:bf16[2,2] => pinv: input 0 is bf16, f32 or f64 is wanted | in here | input 0: input bf16 [2, 2] "
                   "a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{1, 2, 3, -4}", "a[3,2]{1, 2, -3, 4, 2, -5}", "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, rtol=1e-3" });

/* a (...,m,n) -> its pseudoinverse (...,n,m). Singular values up to max(m,n) times the type's epsilon times the largest
   count as zero. */
NRV_API nrv_tensor nrv_pinv(nrv_tensor a)
{
    return nrv_pinv_with(a, NULL);
}

/* The same with bounds of your own. */
NRV_API nrv_tensor nrv_pinv_with(nrv_tensor a, const nrv_rank_opt *o)
{
    nrv_dim k;
    pinv_attr p = pinv_attr_of(o);
    if (!nrv__matrix_wants(&nrv__op_pinv, 1, &a) || !nrv__matrix_least(&nrv__op_pinv, a, &k))
        return NULL;
    nrv_tensor body = pinv_body(a, p);
    return body ? nrv__composite(&nrv__op_pinv, NRV_N(const nrv_tensor, a), &p, 1, &body) : NULL;
}

/* ---- rank ---- */
static nrv_tensor matrix_rank_make(nrv__case *c)
{
    nrv_rank_opt o = pinv_options(c);
    o.atol = nrv__case_real(c, "tol", o.atol);
    return nrv_matrix_rank(c->x[0], &o);
}

NRV_OP(matrix_rank, .sig = "real a[...,m,n] -> i64 y[...]",
       .doc = "How many singular values exceed max(atol, rtol times the largest).", .flags = NRV_MACRO,
       .make = matrix_rank_make, .torch = "linalg.matrix_rank matrix_rank", .numpy = "linalg.matrix_rank",
       .refuse = { "a[3] => matrix_rank: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them",
                   "a:i32[2,2] => matrix_rank: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2]{1, 2, 2, 4}", "a[3,2]{1, 2, -3, 4, 2, -5}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, tol=3" });

/* a (...,m,n) -> its rank (...) of i64: the singular values that do not count as zero. o may be NULL. */
NRV_API nrv_tensor nrv_matrix_rank(nrv_tensor a, const nrv_rank_opt *o)
{
    nrv_dim k;
    pinv_attr p = pinv_attr_of(o);
    if (!nrv__matrix_wants(&nrv__op_matrix_rank, 1, &a) || !nrv__matrix_least(&nrv__op_matrix_rank, a, &k))
        return NULL;
    nrv_tensor s = nrv_svdvals(a), more = nrv_greater(s, pinv_bound(a, s, p));
    return nrv_sum(nrv_cast(more, NRV_I64), -1, 0);
}

/* ---- least squares ---- */
/* of full rank: a = Q R, or a^T = Q R where a is wide */
static nrv_tensor lstsq_fast(nrv_tensor a, nrv_tensor b, bool wide)
{
    nrv_tensor r = NULL, q = nrv_qr(wide ? nrv_transpose(a) : a, 0, &r);
    if (wide)
        return nrv_matmul(q, nrv__triangular(r, b, NRV__TRI_UPPER | NRV__TRI_TRANSPOSE));
    return nrv__triangular(r, nrv_matmul(nrv_transpose(q), b), NRV__TRI_UPPER);
}

static nrv_tensor lstsq_make(nrv__case *c)
{
    const char *driver = nrv__case_text(c, "driver");
    nrv_rank_opt bounds = pinv_options(c);
    nrv_lstsq_opt o = { .fast = driver && !strcmp(driver, "gels"), .rtol = bounds.rtol };
    return nrv_lstsq_with(c->x[0], c->x[1], &o);
}

NRV_OP(
    lstsq, .sig = "real a[...,m,n], real b[...,m,k] -> x[...,n,k]",
    .doc = "The x with the least |a x - b|, and of those the shortest; by singular values, any rank; driver=gels: by "
           "QR, which wants full rank and gives inf or NaN otherwise. b of one axis, or of a's axes but the last, is a "
           "vector for each matrix.",
    .flags = NRV_MACRO, .make = lstsq_make, .ulp = 64, .tolerance_why = "the error grows with the condition",
    .torch = "linalg.lstsq", .numpy = "linalg.lstsq",
    .refuse = { "a[3,2], b[2,1] => lstsq: a has 3 rows, b has 2 | in here | input 0: input f32 [3, 2] a | input 1: "
                "input f32 [2, 1] b | hint b (...,m,k), or (...,m)",
                "a[3,2], b[] => lstsq: a has 3 rows, b has no axis | in here | input 0: input f32 [3, 2] a | input 1: "
                "input f32 [] b | hint b (...,m,k), or (...,m)",
                "a[3], b[3] => lstsq: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                "hint the last two axes are rows and columns; nrv_reshape makes them" },
    .test = { "a[3,2]{1, 2, -3, 4, 2, -5}, b[3,2]", "a[3,2]{1, 2, -3, 4, 2, -5}, b[3], driver=gels",
              "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}, b[2,1]", "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}, b[2,1], driver=gels",
              "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, b[2,2]" });

/* a (...,m,n), b (...,m,k) or (...,m) -> the shortest x (...,n,k) or (...,n) with the least |a x - b| */
NRV_API nrv_tensor nrv_lstsq(nrv_tensor a, nrv_tensor b)
{
    return nrv_lstsq_with(a, b, NULL);
}

/* The same with options; NULL: none. */
NRV_API nrv_tensor nrv_lstsq_with(nrv_tensor a, nrv_tensor b, const nrv_lstsq_opt *o)
{
    const nrv__opdef *op = &nrv__op_lstsq;
    nrv_lstsq_opt none = { 0 };
    nrv_dim k, same;
    o = o ? o : &none;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__op_wants_real(op, NRV_N(const nrv_tensor, a, b)) ||
        !nrv__matrix_least(op, a, &k))
        return NULL;
    bool vector = b->rank == 1 || b->rank == a->rank - 1;
    char ta[24], tb[24];
    nrv_dim have = b->rank < 1 ? -1 : vector ? nrv__columns(b) : nrv__rows(b);
    if (b->rank < 1 || !nrv__dim_same(a->g, nrv__rows(a), have, op->name, &same))
        return nrv__op_refuses(op, NRV_N(const nrv_tensor, a, b), NRV_ESHAPE, "b (...,m,k), or (...,m)",
                               "a has %s rows, b has %s", nrv__dim_text(a->g, nrv__rows(a), ta),
                               b->rank < 1 ? "no axis" : nrv__dim_text(a->g, have, tb));
    b = vector ? nrv_expand(b, -1, 1) : b;
    nrv_rank_opt bounds = { .rtol = o->rtol };
    nrv_tensor x = o->fast ? lstsq_fast(a, b, k != nrv__columns(a)) : nrv_matmul(nrv_pinv_with(a, &bounds), b);
    return vector ? nrv_squeeze(x, -1) : x;
}
