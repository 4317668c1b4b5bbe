/* adaptive_pool - pools to a length that is asked for: the mean, or the largest, of run i from floor(i n/o) to
   ceil((i+1) n/o); runs may overlap by one element. One axis after the other, the last first, which for the largest
   finds the first of equals in row-major order, as PyTorch does. */
#include "pooling.h"

extern const nrv__opdef nrv__op_adaptive_avg_pool, nrv__op_adaptive_max_pool;

static bool adaptive_pool_wants(const nrv__opdef *op, nrv_tensor x, const nrv_dim *to)
{
    return to || nrv__op_refuses(op, 1, &x, NRV_EARG, "how many of each axis come out; NRV_SAME leaves one as it is",
                                 "no lengths are given");
}

/* the axes behind (B,C) or (C) that have a length; 0: the error is set */
static int adaptive_pool_axes(const nrv__opdef *op, nrv_tensor x, int n)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return 0;
    if (n >= 1 && n <= 3 && (x->rank == n + 2 || x->rank == n + 1))
        return n;
    nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C) or (C) and then one to three axes, and a length for each",
                    "%d lengths for a tensor of rank %d", n, x->rank);
    return 0;
}

/* mean over axis + 1 of those that count */
static nrv_tensor adaptive_pool_mean(nrv_tensor runs, int axis, nrv_tensor counts)
{
    if (!runs || !counts)
        return nrv_mean(runs, axis + 1, 0);
    nrv_shape s = { runs->rank - axis, { counts->dim[0], counts->dim[1], 1, 1 } };
    nrv_tensor there = nrv_reshape(counts, s);
    nrv_tensor sum = nrv_sum(nrv_select(there, runs, nrv__like(runs, 0)), axis + 1, 0);
    nrv_tensor many = nrv_sum(nrv_cast(there, runs->type), 1, 0);
    return nrv_div(sum, many);
}

/* Means of runs: x (B,C,S...) or (C,S...) -> (B,C,O...), n lengths O for the last n axes; NRV_SAME keeps one. A length
   that is a named size must be a multiple of its O. */
NRV_API nrv_tensor nrv_adaptive_avg_pool(nrv_tensor x, int n, const nrv_dim *to)
{
    NRV_CALLED(&nrv__op_adaptive_avg_pool, x);
    int axes = adaptive_pool_axes(&nrv__op_adaptive_avg_pool, x, n);
    if (!axes || !adaptive_pool_wants(&nrv__op_adaptive_avg_pool, x, to))
        return NULL;
    for (int i = axes - 1; i >= 0 && x; i--) {
        int axis = x->rank - axes + i;
        nrv_tensor counts;
        if (to[i] == NRV_SAME || to[i] == x->dim[axis])
            continue;
        nrv_tensor runs = nrv__pooling_runs(&nrv__op_adaptive_avg_pool, x, axis, to[i], &counts);
        x = adaptive_pool_mean(runs, axis, counts);
    }
    return x;
}

/* The largest of runs, as nrv_adaptive_avg_pool; and, unless where is NULL, where each stands: i64 (B,C,O...), its
   number among the elements of its channel. NaN wins; the first of equals gets the gradient. */
NRV_API nrv_tensor nrv_adaptive_max_pool(nrv_tensor x, int n, const nrv_dim *to, nrv_tensor *where)
{
    NRV_CALLED(&nrv__op_adaptive_max_pool, x);
    const nrv__opdef *op = &nrv__op_adaptive_max_pool;
    int axes = adaptive_pool_axes(op, x, n);
    nrv_tensor place = NULL, counts;
    if (!axes || !adaptive_pool_wants(op, x, to))
        return NULL;
    if (where)
        place = nrv_broadcast(nrv__pooling_places(x, axes), nrv_shape_of(x));
    for (int i = axes - 1; i >= 0 && x; i--) {
        int axis = x->rank - axes + i;
        if (to[i] == NRV_SAME || to[i] == x->dim[axis])
            continue;
        nrv_tensor runs = nrv__pooling_runs(op, x, axis, to[i], &counts);
        if (where && runs)
            place = nrv__pooling_runs(op, place, axis, to[i], &counts);
        x = nrv__pooling_most(runs, axis + 1, where ? &place : NULL);
    }
    if (where)
        *where = place;
    return x;
}

/* "3 2", "none 4"; one number is every axis's, where x has (B,C) in front */
static int adaptive_pool_to(const nrv__case *c, nrv_dim *to)
{
    int64_t size[3] = { 0 };
    int n = nrv__case_ints(c, "output", 3, size);
    for (int i = 0; i < 3; i++)
        to[i] = size[n == 1 ? 0 : i];
    return nrv__case_small(c, "axes", n == 1 ? c->x[0]->rank - 2 : n);
}

static nrv_tensor adaptive_avg_pool_make(nrv__case *c)
{
    nrv_dim to[3];
    int n = adaptive_pool_to(c, to);
    return nrv_adaptive_avg_pool(c->x[0], n, to);
}

static nrv_tensor adaptive_max_pool_make(nrv__case *c)
{
    nrv_dim to[3];
    int n = adaptive_pool_to(c, to);
    bool both = nrv__case_int(c, "return_indices", 0) != 0;
    nrv_tensor where = NULL, y = nrv_adaptive_max_pool(c->x[0], n, to, both ? &where : NULL);
    if (both)
        c->also[c->n_also++] = where;
    return y;
}

NRV_OP(adaptive_avg_pool, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "Means of o runs along each axis, from floor(i n/o) to ceil((i+1) n/o).", .flags = NRV_MACRO,
       .make = adaptive_avg_pool_make, .ulp = 64,
       .tolerance_why = "a sum and a quotient for each axis, each rounded; sums that cancel keep their error",
       .torch = "adaptive_avg_pool1d nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d "
                "nn.functional.adaptive_avg_pool3d nn.AdaptiveAvgPool1d nn.AdaptiveAvgPool2d nn.AdaptiveAvgPool3d",
       .also = "adaptive_avg1d adaptive_avg2d adaptive_avg3d",
       .refuse = { "x[2,3,7], output=0 => adaptive_avg_pool: 0 runs of a length of 7 along axis 2 | in here | "
                   "input 0: input f32 [2, 3, 7] x | hint from 1 on, of at least one element",
                   "x[2,3,7], output=2 3 1 => adaptive_avg_pool: 3 lengths for a tensor of rank 3 | in here | "
                   "input 0: input f32 [2, 3, 7] x | hint (B,C) or (C) and then one to three axes, and a "
                   "length for each",
                   "x[2,3,0], output=2 => adaptive_avg_pool: 2 runs of a length of 0 along axis 2 | in here | "
                   "input 0: input f32 [2, 3, 0] x | hint from 1 on, of at least one element" },
       .test = { "x[2,3,7,6], output=3 2", "x[1,2,5,5], output=1", "x[1,2,4,9], output=5 3", "x[2,3,10], output=4",
                 "x[1,2,4,5,3], output=2 3 5", "x[3,6,4], output=4x2", "x[0,2,6], output=3" });
NRV_OP(adaptive_max_pool, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The largest of o runs along each axis, from floor(i n/o) to ceil((i+1) n/o); NaN wins; the first of "
              "equals gets the gradient.",
       .flags = NRV_MACRO, .make = adaptive_max_pool_make,
       .torch = "adaptive_max_pool1d nn.functional.adaptive_max_pool1d nn.functional.adaptive_max_pool2d "
                "nn.functional.adaptive_max_pool3d nn.AdaptiveMaxPool1d nn.AdaptiveMaxPool2d nn.AdaptiveMaxPool3d",
       .also = "adaptive_max1d adaptive_max2d adaptive_max3d",
       .refuse = { "x[2,3,7], output=0 => adaptive_max_pool: 0 runs of a length of 7 along axis 2 | in here | "
                   "input 0: input f32 [2, 3, 7] x | hint from 1 on, of at least one element",
                   "x:i32[2,3,7], output=2 => adaptive_max_pool: input 0 is i32, a real type is wanted | in "
                   "here | input 0: input i32 [2, 3, 7] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[2,3,7,6], output=3 2", "x[1,2,5,5], output=1", "x[1,2,4,9], output=5 3", "x[2,3,10], output=4",
                 "x[1,2,4,5,3], output=2 3 5", "x[3,6,4], output=4x2, return_indices=true", "x[0,2,6], output=3" });
