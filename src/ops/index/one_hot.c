/* one_hot.c - classes as rows with a single 1, and how often values occur: one_hot, bincount, histc. */
#include "lines.h"

static nrv_tensor one_hot_make(nrv__case *c)
{
    return nrv_one_hot(c->x[0], nrv__case_int(c, "n", NRV_SAME), nrv__case_type(c, "type", NRV_I64));
}

static nrv_tensor bincount_make(nrv__case *c)
{
    nrv_tensor weights = c->n_x > 1 ? c->x[1] : NULL;
    return nrv_bincount(c->x[0], weights, nrv__case_int(c, "n", NRV_SAME));
}

static nrv_tensor histc_make(nrv__case *c)
{
    return nrv_histc(c->x[0], nrv__case_int(c, "bins", 100), nrv__case_real(c, "min", 0), nrv__case_real(c, "max", 0));
}

NRV_OP(one_hot, .sig = "index x[...] -> y[...,n]",
       .doc =
           "A row of n numbers for each class, 1 where its index is and 0 elsewhere. n is to be given: a length cannot "
           "depend on values. A class out of range stops the run.",
       .flags = NRV_MACRO, .make = one_hot_make, .torch = "nn.functional.one_hot", .onnx = "OneHot",
       .values = "from 0 to one less than the length; nrv_min and nrv_max keep it there",
       .refuse = { "x[3], num_classes=4 => one_hot: input 0 is f32, an index is wanted | in here | input 0: input f32 "
                   "[3] x | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x:i32[3] => one_hot: unknown classes for an index of rank 1 as i64 | in here | input 0: input i32 "
                   "[3] x | hint how many classes there are, a rank below 8, a type of numbers",
                   "x:i32{0,4}, num_classes=4 => one_hot: index 4 at position 1; it must lie in 0..3 | in here | hint "
                   "from 0 to one less than the length; nrv_min and nrv_max keep it there" },
       .test = { "x:i32[3] in 0..3, num_classes=4", "x:i64[2,3] in 0..4, n=5, type=f32", "x:i32[] in 0..2, n=3",
                 "x:i32[0], n=3" });
NRV_OP(bincount, .sig = "index x[n], number weights[n]? -> y[length]",
       .doc =
           "How often each number occurs, or the sum of its weights. The length (minlength) is to be given, since it "
           "cannot depend on values; a number that is negative or beyond stops the run.",
       .flags = NRV_MACRO, .make = bincount_make, .torch = "bincount", .numpy = "bincount",
       .values = "from 0 to one less than the length; nrv_min and nrv_max keep it there",
       .refuse = { "x:i32[2,2], minlength=3 => bincount: numbers of rank 2 | in here | input 0: input i32 [2, 2] x | "
                   "hint numbers (m), weights (m) if any, and the length of the result",
                   "x:i32[3] => bincount: numbers of rank 1, no length | in here | input 0: input i32 [3] x | hint "
                   "numbers (m), weights (m) if any, and the length of the result",
                   "x[3], minlength=3 => bincount: input 0 is f32, an index is wanted | in here | input 0: input f32 "
                   "[3] x | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x:i32[3], w[2], minlength=3 => bincount: numbers of rank 1 | in here | input 0: input i32 [3] x | "
                   "input 1: input f32 [2] w | hint numbers (m), weights (m) if any, and the length of the result",
                   "x:i32{0,3}, minlength=3 => bincount: index 3 at position 1; it must lie in 0..2 | in here | hint "
                   "from 0 to one less than the length; nrv_min and nrv_max keep it there" },
       .test = { "x:i32[9] in 0..4, minlength=5", "x:i64[9] in 0..4, w[9], minlength=7", "x:i32[0], minlength=2" });
NRV_OP(histc, .sig = "real x[...] -> y[bins]",
       .doc = "How many elements lie in each of equal intervals from min to max, of which the last has its end; those "
              "outside and NaN are left out. Where min = max, the smallest and the largest element are taken.",
       .flags = NRV_MACRO, .make = histc_make, .torch = "histc", .no_grad = "a count is a step",
       .refuse = { "x[3], bins=0 => histc: 0 bins from 0 to 0 | in here | input 0: input f32 [3] x | hint one bin or "
                   "more, from min to max",
                   "x:i32[3], bins=4 => histc: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] x | hint nrv_cast it to NRV_F32",
                   "x[3], bins=4, min=2, max=1 => histc: 4 bins from 2 to 1 | in here | input 0: input f32 [3] x | "
                   "hint one bin or more, from min to max" },
       .test = { "x[40], bins=5, min=-1, max=1", "x[3,4] in -3..3, bins=4", "x{0,0,nan,1}, bins=2, min=0, max=1",
                 "x[0], bins=3, min=0, max=1", "x{2,2}, bins=4", "x{-1,-0.5,0,0.5,1}, bins=4, min=-1, max=1" });

/* index (...) of i32 or i64 -> (...,n) of type t: 1 where the index is, 0 elsewhere. An index outside 0..n-1 is an
   error of the run. */
NRV_API nrv_tensor nrv_one_hot(nrv_tensor index, nrv_dim n, nrv_dtype t)
{
    NRV_CALLED(&nrv__op_one_hot, index);
    if (!nrv__op_wants_index(&nrv__op_one_hot, 1, &index, 0))
        return NULL;
    if (n == NRV_SAME || index->rank == NRV__MAX_RANK || t == NRV_BOOL)
        return nrv__op_refuses(&nrv__op_one_hot, 1, &index, NRV_ESHAPE,
                               "how many classes there are, a rank below 8, a type of numbers",
                               "%s classes for an index of rank %d as %s", n == NRV_SAME ? "unknown" : "known",
                               index->rank, nrv__dtype_name(t));
    nrv_tensor at = nrv_expand(index, -1, 1);
    return nrv__scatter_add(nrv_fill(index->g, t, nrv_shape_of(at), 1), at, index->rank, index->rank, n);
}

/* index (m) of i32 or i64 and weights (m) or NULL -> (n): how often each of 0..n-1 occurs, i64, or the sum of its
   weights, in their type. A number outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_bincount(nrv_tensor index, nrv_tensor weights, nrv_dim n)
{
    NRV_CALLED(&nrv__op_bincount, index);
    nrv_tensor in[2] = { index, weights };
    const int count = weights ? 2 : 1;
    nrv_dim d;
    if (!nrv__op_wants_index(&nrv__op_bincount, count, in, 0))
        return NULL;
    if (index->rank != 1 || n == NRV_SAME ||
        (weights && (weights->rank != 1 || weights->type == NRV_BOOL ||
                     !nrv__dim_same(index->g, index->dim[0], weights->dim[0], "bincount", &d))))
        return nrv__op_refuses(&nrv__op_bincount, count, in, NRV_ESHAPE,
                               "numbers (m), weights (m) if any, and the length of the result", "numbers of rank %d%s",
                               index->rank, n == NRV_SAME ? ", no length" : "");
    if (!weights)
        weights = nrv_fill(index->g, NRV_I64, NRV_SHAPE(index->dim[0]), 1);
    return nrv_scatter_add(weights, index, 0, n);
}

nrv_tensor nrv__bin_edges(nrv_tensor lo, nrv_tensor hi, int64_t bins)
{
    nrv_tensor i = nrv_cast(nrv_iota(lo->g, NRV_I64, bins + 1), lo->type), n = nrv__like(lo, (double)bins);
    return NRV_EXPR("i, a, b, n: i < n / 2 ? a + i * ((b - a) / n) : b - (n - i) * ((b - a) / n)", i, lo, hi, n);
}

nrv_tensor nrv__bin_of(nrv_tensor edges, nrv_tensor x, nrv_tensor last, nrv_dim bins)
{
    nrv_tensor place = nrv_searchsorted(edges, x, 1);
    if (!place)
        return NULL;
    nrv_tensor most = nrv_cast(nrv_dim_value(x->g, bins), NRV_I32), none = nrv_fill(x->g, NRV_I32, NRV_SCALAR, 0);
    return nrv_select(nrv_equal(x, last), most, nrv_select(nrv_less_equal(x, last), place, none));
}

/* x (...) -> (bins) of its type: how many elements lie in each of `bins` equal intervals from min to max, the last with
   its end; NaN and what lies outside is left out. Where min = max, those of x; where these are equal, 1 less and more.
 */
NRV_API nrv_tensor nrv_histc(nrv_tensor x, int64_t bins, double min, double max)
{
    NRV_CALLED(&nrv__op_histc, x);
    if (!nrv__op_wants_real(&nrv__op_histc, 1, &x))
        return NULL;
    if (bins < 1 || bins >= INT32_MAX || !(min <= max) || max - min > 1.7e308)
        return nrv__op_refuses(&nrv__op_histc, 1, &x, NRV_EARG, "one bin or more, from min to max",
                               "%lld bins from %g to %g", (long long)bins, min, max);
    nrv_tensor flat = nrv_merge_axes(nrv_stop(x), 0, -1), lo = nrv__like(x, min), hi = nrv__like(x, max);
    if (min == max) {
        nrv_tensor least = nrv_min_of(flat, 0, 0), most = nrv_max_of(flat, 0, 0);
        lo = NRV_EXPR("a, b: a == b ? a - 1 : a", least, most);
        hi = NRV_EXPR("a, b: a == b ? b + 1 : b", least, most);
    }
    if (!hi)
        return NULL;
    nrv_tensor bin = nrv__bin_of(nrv__bin_edges(lo, hi, bins), flat, hi, bins);
    nrv_tensor one = nrv_fill(x->g, x->type, nrv_shape_of(flat), 1);
    return nrv_slice(nrv_scatter_add(one, bin, 0, bins + 1), 0, 1, NRV_SAME);
}
