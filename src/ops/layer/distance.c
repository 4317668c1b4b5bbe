/* distance.c - how far vectors are apart, and how alike: pairwise_distance, cdist, pdist, cosine_similarity.

   pairwise_distance   y = |a - b + eps|_p along the last axis
   cdist               y[i,j] = |a[i] - b[j]|_p             pdist: those of a with itself, i < j, in one row
   cosine_similarity   y = sum a b / (max(|a|, eps) max(|b|, eps)) along an axis

   Conventions of PyTorch 1.13: the gradient is 0 where a distance is 0; at p = infinity cdist and pdist give each of
   equals the whole gradient, pairwise_distance an even share; below eps cosine_similarity takes a/eps for the slope
   of |a|. */
#include "weights.h"
#include <math.h>

extern const nrv__opdef nrv__op_pairwise_distance, nrv__op_cdist, nrv__op_pdist, nrv__op_cosine_similarity;
enum { PDIST_MOST = 1 << 15 };

/* the norm of the last axis, which goes; of nothing it is 0. Here each of equals at p = infinity has the whole slope */
static nrv_tensor distance_norm(nrv_tensor d, double p)
{
    if (!d)
        return NULL;
    bool none = d->dim[d->rank - 1] == 0;
    nrv_tensor y = nrv_norm(d, none ? 1 : p, -1, 0);
    if (none || !isinf(p))
        return y;
    nrv_tensor a = nrv_abs(d);
    nrv_tensor most = NRV_EXPR("a, m: a == m ? a : 0", a, nrv_stop(nrv_norm(d, p, -1, 1)));
    return nrv_surrogate(y, nrv_sum(most, -1, 0));
}

/* false: op refuses */
static bool distance_order(const nrv__opdef *op, nrv_tensor x, double p)
{
    return p >= 0 || nrv__op_refuses(op, 1, &x, NRV_EARG, "0 counts, 1 sums, 2 is Euclid's, INFINITY is the largest",
                                     "the order p is %g, from 0 on is possible", p);
}

static nrv_tensor pairwise_distance_make(nrv__case *c)
{
    return nrv_pairwise_distance(nrv__case_named(c, "a x1"), nrv__case_named(c, "b x2"), nrv__case_real(c, "p", 2),
                                 nrv__case_real(c, "eps", 1e-6), nrv__case_flag(c, "keep", false));
}

NRV_OP(
    pairwise_distance, .sig = "real a[...,n], real b[...,n] -> y[...]",
    .doc = "The norm of order p of a - b + eps along the last axis.", .flags = NRV_MACRO,
    .make = pairwise_distance_make, .ulp = 16, .tolerance_why = "differences, a sum of their powers, its root",
    .torch = "nn.functional.pairwise_distance pairwise_distance nn.PairwiseDistance",
    .refuse = { "a[3,4], b[3,4], p=nan => norm: p is NaN | in here | input 0: add f32 [3, 4] here | hint 1, 2, inf...",
                "a[], b[] => pairwise_distance: a scalar has no last axis | in here | input 0: input f32 [] a | input "
                "1: input f32 [] b | hint a and b (...,n)" },
    .test = { "a[3,4], b[3,4]", "a[2,3,4], b[3,4], p=1, keep=1", "a[3,4], b[1,4] in 2..3, p=3, eps=0",
              "a[3,4], b[3,4], p=inf", "a[0,3], b[0,3]", "a[3,0], b[3,0]" });

/* a, b (...,n), broadcasting -> (...), with keep (...,1): the norm of order p of a - b + eps. p 2, eps 1e-6 as a rule.
 */
NRV_API nrv_tensor nrv_pairwise_distance(nrv_tensor a, nrv_tensor b, double p, double eps, int keep)
{
    const nrv__opdef *op = &nrv__op_pairwise_distance;
    nrv_tensor in[2] = { a, b };
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    nrv_tensor d = nrv_add_c(nrv_sub(a, b), eps);
    if (!d)
        return NULL;
    if (!d->rank)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a and b (...,n)", "a scalar has no last axis");
    if (d->dim[d->rank - 1] == 0)
        p = 1; /* of nothing every norm is 0 */
    return nrv_norm(d, p, -1, keep);
}

static nrv_tensor cdist_make(nrv__case *c)
{
    return nrv_cdist(nrv__case_named(c, "a x1"), nrv__case_named(c, "b x2"), nrv__case_real(c, "p", 2));
}

NRV_OP(
    cdist, .sig = "real a[...,P,n], real b[...,R,n] -> y[...,P,R]",
    .doc = "The distance, by the norm of order p, of every row of a from every row of b.", .flags = NRV_MACRO,
    .make = cdist_make, .ulp = 16, .tolerance_why = "differences, a sum of their powers, its root", .torch = "cdist",
    .refuse = { "a[3], b[2,3] => cdist: ranks 1 and 2 | in here | input 0: input f32 [3] a | input 1: input f32 [2, 3] "
                "b | hint a (...,P,n) and b (...,R,n)",
                "a[3,4], b[2,5] => cdist: rows of different lengths | in here | input 0: input f32 [3, 4] a | input 1: "
                "input f32 [2, 5] b | hint a (...,P,n) and b (...,R,n)" },
    .test = { "a[3,4], b[2,4]", "a[2,3,4], b[2,2,4], p=1", "a[3,4], b[2,4], p=1.5", "a[1,3,2], b[4,2,2], p=0.5",
              "a[3,4], b[2,4], p=0", "a[0,4], b[2,4]", "a[3,0], b[2,0]" });

static nrv_tensor distance_of_all(nrv_tensor a, nrv_tensor b, double p)
{
    nrv_tensor d = nrv_sub(nrv_expand(a, -2, 1), nrv_expand(b, -3, 1));
    return distance_norm(d, p);
}

/* a (...,P,n), b (...,R,n), leading axes broadcasting -> (...,P,R): the norm of order p of every difference of rows. */
NRV_API nrv_tensor nrv_cdist(nrv_tensor a, nrv_tensor b, double p)
{
    const nrv__opdef *op = &nrv__op_cdist;
    nrv_tensor in[2] = { a, b };
    nrv_dim d;
    if (!nrv__op_wants_real(op, 2, in) || !distance_order(op, a, p))
        return NULL;
    if (a->rank < 2 || b->rank < 2 || a->rank >= NRV__MAX_RANK || b->rank >= NRV__MAX_RANK)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a (...,P,n) and b (...,R,n)", "ranks %d and %d", a->rank,
                               b->rank);
    if (!nrv__dim_same(a->g, a->dim[a->rank - 1], b->dim[b->rank - 1], "cdist", &d))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a (...,P,n) and b (...,R,n)", "rows of different lengths");
    return distance_of_all(a, b, p);
}

static nrv_tensor pdist_make(nrv__case *c)
{
    return nrv_pdist(nrv__case_named(c, "x input a"), nrv__case_real(c, "p", 2));
}

NRV_OP(
    pdist, .sig = "real x[N,n] -> y[N*(N-1)/2]",
    .doc = "The distances, by the norm of order p, of all pairs of rows: (0,1), (0,2), ... (N-2,N-1).",
    .flags = NRV_MACRO, .make = pdist_make, .ulp = 16, .tolerance_why = "differences, a sum of their powers, its root",
    .torch = "nn.functional.pdist pdist",
    .refuse = { "x[3] => pdist: rank 1, a matrix is wanted | in here | input 0: input f32 [3] x | hint (N,n)",
                "x[3,4], p=-1 => pdist: the order p is -1, from 0 on is possible | in here | input 0: input f32 [3, 4] "
                "x | hint 0 counts, 1 sums, 2 is Euclid's, INFINITY is the largest",
                "x[40000,1] => pdist: 40000 rows, up to 32768 are possible | in here | input 0: input f32 [40000, 1] x "
                "| hint a number of rows that is known and has a square; nrv_cdist takes named sizes" },
    .test = { "x[4,3]", "x[5,2], p=1", "x[3,4], p=3", "x[1,3]", "x[0,2]" });

/* i of every pair i < j, or j, (N (N - 1) / 2) */
static nrv_tensor pdist_index(nrv_graph *g, int64_t N, bool second)
{
    int64_t n = N * (N - 1) / 2, k = 0;
    int32_t *at = nrv__arena_get(&g->arena, (size_t)(n + 1) * sizeof *at);
    if (!at)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), NULL;
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = i + 1; j < N; j++)
            at[k++] = second ? j : i;
    return nrv_constant(g, NRV_I32, NRV_SHAPE(n), at);
}

/* x (N,n), N known -> (N (N - 1) / 2): the norm of order p of the difference of every pair of rows, in the order (0,1),
   (0,2), ... (1,2), ... */
NRV_API nrv_tensor nrv_pdist(nrv_tensor x, double p)
{
    NRV_CALLED(&nrv__op_pdist, x);
    const nrv__opdef *op = &nrv__op_pdist;
    char have[24];
    if (!nrv__op_wants_real(op, 1, &x) || !distance_order(op, x, p))
        return NULL;
    if (x->rank != 2)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(N,n)", "rank %d, a matrix is wanted", x->rank);
    if (x->dim[0] < 0 || x->dim[0] > PDIST_MOST)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE,
                               "a number of rows that is known and has a square; nrv_cdist takes named sizes",
                               "%s rows, up to %d are possible", nrv__dim_text(x->g, x->dim[0], have), PDIST_MOST);
    nrv_tensor a = pdist_index(x->g, x->dim[0], false), b = pdist_index(x->g, x->dim[0], true);
    nrv_tensor d = nrv_sub(nrv_gather(x, a, 0), nrv_gather(x, b, 0));
    return distance_norm(d, p);
}

/* ---- cosine_similarity ---- */
static nrv_tensor cosine_similarity_make(nrv__case *c)
{
    return nrv_cosine_similarity(nrv__case_named(c, "a x1"), nrv__case_named(c, "b x2"), nrv__case_small(c, "axis", 1),
                                 nrv__case_real(c, "eps", 1e-8));
}

NRV_OP(
    cosine_similarity, .sig = "real a[...], real b[...] -> y[...]",
    .doc = "The cosine of the angle between lines of a and b along an axis, their lengths taken as eps at least.",
    .flags = NRV_MACRO, .make = cosine_similarity_make, .ulp = 16,
    .tolerance_why = "sums of products, a root, a quotient",
    .torch = "nn.functional.cosine_similarity cosine_similarity nn.CosineSimilarity",
    .refuse = { "a[3,4], b[3,4], axis=2 => cosine_similarity: axis 2 of a tensor of rank 2 | in here | hint axes count "
                "from 0, or from -1 at the end",
                "a[3,4], b:f64[3,4] => cosine_similarity: types differ: f32 and f64 | in here | input 0: input f32 [3, "
                "4] a | input 1: input f64 [3, 4] b | hint nrv_cast one of them" },
    .test = { "a[3,4] in 0.5..2, b[3,4] in -2..-0.5, axis=1", "a[2,3,4] in 0.5..2, b[3,4] in 0.3..3, axis=-2",
              "a[3,5] in -9..-1, b[3,5] in 1..2, axis=0, eps=0.1", "a[0,3], b[0,3], axis=1" });

/* |x| along axis, eps at least; below, its slope is x / eps */
static nrv_tensor cosine_length(nrv_tensor x, int axis, double eps)
{
    nrv_tensor s = nrv_sum(nrv_square(x), axis, 1), least = nrv__like(x, eps);
    if (!(eps > 0))
        return nrv_sqrt(s);
    nrv_tensor below = nrv_surrogate(NRV_EXPR("s, e: s * 0 + e", s, least), NRV_EXPR("s, e: s / (2 * e)", s, least));
    return NRV_EXPR("s, b, e: sqrt(s) < e ? b : sqrt(sqrt(s) < e ? 1 : s)", s, below, least);
}

/* a, b (...), broadcasting -> (...) without axis: sum of a b along it, divided by both lengths, which count as eps at
   least (1e-8 as a rule). */
NRV_API nrv_tensor nrv_cosine_similarity(nrv_tensor a, nrv_tensor b, int axis, double eps)
{
    const nrv__opdef *op = &nrv__op_cosine_similarity;
    nrv_tensor in[2] = { a, b };
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    nrv_tensor both = nrv_mul(a, b); /* refuses shapes that do not meet, and says how long the result is */
    if (!both || !nrv__axis(both, &axis, "cosine_similarity"))
        return NULL;
    nrv_shape s = nrv_shape_of(both);
    a = nrv_broadcast(a, s);
    b = nrv_broadcast(b, s);
    nrv_tensor y =
        NRV_EXPR("a, b, m, n: a / m * (b / n)", a, b, cosine_length(a, axis, eps), cosine_length(b, axis, eps));
    return nrv_sum(y, axis, 0);
}
