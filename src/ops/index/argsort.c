/* argsort.c - where the elements of an axis stand in order, and what follows from that: sort, msort, topk, kthvalue.

   Only argsort has a reference: the others take x along its answer, so that their gradients are those of taking. The
   order is total - values, and where these are equal the index - so it is the same everywhere: equal elements keep
   their order in both directions, as PyTorch's stable sort does; -0 equals 0; NaN is larger than any number. */
#include "lines.h"

typedef struct argsort_row {
    const double *x;
    int64_t step;
    bool down;
} argsort_row;

static bool argsort_before(const void *row, double i, double j)
{
    const argsort_row *r = row;
    const double a = r->x[(int64_t)i * r->step], b = r->x[(int64_t)j * r->step];
    const bool more = a > b || (a != a && b == b), less = a < b || (b != b && a == a);
    return more || less ? (r->down ? more : less) : i < j;
}

static void argsort_swap(double *a, double *b)
{
    const double t = *a;
    *a = *b, *b = t;
}

static void argsort_sink(double *at, int64_t i, int64_t n, int64_t step, nrv__before *before, const void *row)
{
    for (int64_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && before(row, at[child * step], at[(child + 1) * step]))
            child++;
        if (!before(row, at[i * step], at[child * step]))
            return;
        argsort_swap(&at[i * step], &at[child * step]);
    }
}

void nrv__order(double *at, int64_t n, int64_t step, nrv__before *before, const void *row)
{
    for (int64_t i = 0; i < n; i++)
        at[i * step] = (double)i;
    for (int64_t i = n / 2; i-- > 0;)
        argsort_sink(at, i, n, step, before, row);
    for (int64_t left = n; left > 1; left--) {
        argsort_swap(&at[0], &at[(left - 1) * step]);
        argsort_sink(at, 0, left - 1, step, before, row);
    }
}

static void argsort_ref(const nrv__args *a)
{
    const nrv__sort_attr *s = a->attr;
    const int64_t n = a->in[0].dim[s->axis], inner = a->in[0].stride[s->axis], rows = n ? a->n / n : 0;
    for (int64_t r = 0; r < rows; r++) {
        const int64_t first = r / inner * inner * n + r % inner;
        const argsort_row row = { (const double *)a->in[0].data + first, inner, s->descending != 0 };
        nrv__order((double *)a->out[0].data + first, n, inner, argsort_before, &row);
    }
}

static bool argsort_shape(nrv__infer *s)
{
    return nrv__infer_same(s) && nrv__infer_places(s, (int)((const nrv__sort_attr *)s->attr)->axis);
}

static nrv_tensor argsort_batch(const nrv__batch *b)
{
    nrv__sort_attr a = *(const nrv__sort_attr *)b->y->attr;
    a.axis++;
    return nrv__batch_sized(b, &a, 0);
}

static int argsort_case_axis(const nrv__case *c)
{
    return nrv__case_small(c, "axis", -1);
}

static int argsort_case_down(const nrv__case *c)
{
    return nrv__case_int(c, "descending", 0) != 0;
}

static nrv_tensor argsort_make(nrv__case *c)
{
    return nrv_argsort(c->x[0], argsort_case_axis(c), argsort_case_down(c));
}

NRV_OP(argsort, .sig = "any x[...] -> i32 y[...]",
       .doc =
           "Where the elements of an axis stand in order: y[0] is the index of the smallest, or of the largest where "
           "descending. Equal elements keep their order; NaN counts as the largest.",
       .shape = argsort_shape, .batch = argsort_batch, .ref = argsort_ref, .make = argsort_make,
       .attr_bytes = sizeof(nrv__sort_attr), .no_grad = "an index is piecewise constant", .torch = "argsort",
       .numpy = "argsort",
       .refuse = { "x[0,2147483648], axis=1 => argsort: axis 1 has 2147483648 elements | in here | input 0: input f32 "
                   "[0, 2147483648] x | hint places are i32, so up to 2^31 - 1",
                   "x[3,5], axis=2 => argsort: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[] => argsort: axis -1 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at "
                   "the end" },
       .test = { "x[3,5], axis=1", "x[2,3,4], axis=1, descending=1", "x{2,-1,2,nan,-inf,0,-0,nan,inf,2}, axis=0",
                 "x{2,-1,2,nan,-inf,0,-0,nan,inf,2}, axis=0, descending=1", "x:i32[40] in -3..3, axis=0",
                 "x:i64[4,33] in 0..5, axis=-1, descending=1", "x[0,3], axis=0", "x[3,0], axis=1", "x[2000], axis=0",
                 "x[300,3], axis=0" });

/* x (...,n,...) -> i32 (...,n,...): the indexes of x along axis in ascending order of what stands there, descending
   where that is not 0. Equal elements keep their order, -0 equals 0, and NaN counts as the largest, as PyTorch's stable
   argsort. No gradient: an index is piecewise constant. */
NRV_API nrv_tensor nrv_argsort(nrv_tensor x, int axis, int descending)
{
    if (!nrv__axis(x, &axis, "argsort"))
        return NULL;
    nrv__sort_attr a = { axis, descending != 0 };
    return nrv__op_with(&nrv__op_argsort, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

/* ---- what follows from it ---- */
static nrv_tensor argsort_taken(nrv_tensor x, nrv_tensor at, int axis, nrv_tensor *index)
{
    nrv_tensor y = nrv_take_along(x, at, axis);
    if (index)
        *index = y ? at : NULL;
    return y;
}

static nrv_tensor sort_make(nrv__case *c)
{
    nrv_tensor y = nrv_sort(c->x[0], argsort_case_axis(c), argsort_case_down(c), &c->also[0]);
    c->n_also = 1;
    return y;
}

static nrv_tensor msort_make(nrv__case *c)
{
    return nrv_msort(c->x[0]);
}

static nrv_tensor topk_make(nrv__case *c)
{
    nrv_tensor y = nrv_topk(c->x[0], nrv__case_int(c, "k", 1), argsort_case_axis(c),
                            nrv__case_int(c, "largest", 1) == 0, &c->also[0]);
    c->n_also = 1;
    return y;
}

static nrv_tensor kthvalue_make(nrv__case *c)
{
    nrv_tensor y = nrv_kthvalue(c->x[0], nrv__case_int(c, "k", 1), argsort_case_axis(c),
                                nrv__case_int(c, "keep", 0) != 0, &c->also[0]);
    c->n_also = 1;
    return y;
}

NRV_OP(sort, .sig = "any x[...] -> y[...], i32 index[...]",
       .doc =
           "The elements of an axis in ascending or descending order, and where they stood. Equal elements keep their "
           "order; NaN counts as the largest. The gradient goes back to where each element came from.",
       .flags = NRV_MACRO, .make = sort_make, .torch = "sort", .numpy = "sort",
       .refuse = { "x[0,2147483648], axis=1 => sort: axis 1 has 2147483648 elements | in here | input 0: input f32 [0, "
                   "2147483648] x | hint places are i32, so up to 2^31 - 1",
                   "x[3,5], axis=2 => sort: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x[] => sort: axis -1 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the "
                   "end" },
       .test = { "x[3,5], axis=1", "x[2,3,4], axis=1, descending=1", "x:i32[40] in -3..3", "x[0,3], axis=0" });
NRV_OP(
    msort, .sig = "any x[n,...] -> y[n,...]", .doc = "The elements of axis 0 in ascending order, NaN last.",
    .flags = NRV_MACRO, .make = msort_make, .torch = "msort", .numpy = "msort",
    .refuse = { "x[2147483648,0] => msort: axis 0 has 2147483648 elements | in here | input 0: input f32 [2147483648, "
                "0] x | hint places are i32, so up to 2^31 - 1",
                "x[] => msort: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the end",
                "x:f64[] => msort: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the "
                "end" },
    .test = { "x[5,3]", "x[7]", "x[0,2]" });
NRV_OP(topk, .sig = "any x[...] -> y[...], i32 index[...]",
       .doc =
           "The k largest elements of an axis in descending order (the k smallest in ascending order where largest is "
           "0), and where they stood. Of equals the first count; NaN counts as the largest.",
       .flags = NRV_MACRO, .make = topk_make, .torch = "topk", .onnx = "TopK",
       .refuse = { "x[0,2147483648], axis=1, k=1 => topk: axis 1 has 2147483648 elements | in here | input 0: input "
                   "f32 [0, 2147483648] x | hint places are i32, so up to 2^31 - 1",
                   "x[3,5], k=6 => topk: 6 of axis 1, which has 5 | in here | input 0: input f32 [3, 5] x | hint k is "
                   "at most the axis's length",
                   "x[3,5], k=-2 => -2 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "x[3,5], axis=2 => topk: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end" },
       .test = { "x[3,5], axis=1, k=2", "x[2,3,4], axis=1, k=3, largest=0", "x[7], k=0", "x[7], k=7", "x[0,3], k=1" });
NRV_OP(kthvalue, .sig = "any x[...] -> y[...], i32 index[...]",
       .doc =
           "The k-th smallest element of an axis, k from 1, and where it stood. Of equals the first count; NaN counts "
           "as the largest.",
       .flags = NRV_MACRO, .make = kthvalue_make, .torch = "kthvalue",
       .refuse = { "x[0,2147483648], axis=1, k=1 => kthvalue: axis 1 has 2147483648 elements | in here | input 0: "
                   "input f32 [0, 2147483648] x | hint places are i32, so up to 2^31 - 1",
                   "x[3,5], k=6 => kthvalue: k is 6 on axis 1, which has 5 | in here | input 0: input f32 [3, 5] x | "
                   "hint k is from 1, the smallest, to the axis's length, the largest",
                   "x[3,5], k=0 => kthvalue: k is 0 on axis 1, which has 5 | in here | input 0: input f32 [3, 5] x | "
                   "hint k is from 1, the smallest, to the axis's length, the largest" },
       .test = { "x[3,5], axis=1, k=2", "x[2,3,4], axis=1, k=3, keep=1", "x[7], k=7", "x[0,3], k=1" });

/* x (...,n,...) -> its elements along axis in ascending order, descending where that is not 0; *index, where index is
   not NULL, i32 (...,n,...), says where they stood. Equal elements keep their order; NaN counts as the largest. */
NRV_API nrv_tensor nrv_sort(nrv_tensor x, int axis, int descending, nrv_tensor *index)
{
    NRV_CALLED(&nrv__op_sort, x);
    if (index)
        *index = NULL;
    return nrv__axis(x, &axis, "sort") ? argsort_taken(x, nrv_argsort(x, axis, descending), axis, index) : NULL;
}

/* x (n,...) -> its elements along axis 0 in ascending order, NaN last. */
NRV_API nrv_tensor nrv_msort(nrv_tensor x)
{
    NRV_CALLED(&nrv__op_msort, x);
    int axis = 0;
    return nrv__axis(x, &axis, "msort") ? nrv_sort(x, 0, 0, NULL) : NULL;
}

/* x (...,n,...) -> (...,k,...): the k largest elements of axis in descending order, or the k smallest in ascending
   order where `smallest` is not 0; *index, where index is not NULL, i32, says where they stood. Of equals the first
   count; NaN counts as the largest. k is a number or a named size. */
NRV_API nrv_tensor nrv_topk(nrv_tensor x, nrv_dim k, int axis, int smallest, nrv_tensor *index)
{
    NRV_CALLED(&nrv__op_topk, x);
    char have[24], want[24];
    if (index)
        *index = NULL;
    if (!nrv__axis(x, &axis, "topk"))
        return NULL;
    if (!nrv__dim_valid(x->g, k))
        return NULL;
    if (!nrv__dim_at_most(x->g, k, x->dim[axis], "topk"))
        return nrv__op_refuses(&nrv__op_topk, 1, &x, NRV_ESHAPE, "k is at most the axis's length",
                               "%s of axis %d, which has %s", nrv__dim_text(x->g, k, want), axis,
                               nrv__dim_text(x->g, x->dim[axis], have));
    return argsort_taken(x, nrv_slice(nrv_argsort(x, axis, !smallest), axis, 0, k), axis, index);
}

/* x (...,n,...) -> (...,...), or with keep = 1 (...,1,...): the k-th smallest element of axis, k from 1; *index, where
   index is not NULL, i32, says where it stood. Of equals the first count; NaN counts as the largest. */
NRV_API nrv_tensor nrv_kthvalue(nrv_tensor x, int64_t k, int axis, int keep, nrv_tensor *index)
{
    NRV_CALLED(&nrv__op_kthvalue, x);
    char have[24];
    if (index)
        *index = NULL;
    if (!nrv__axis(x, &axis, "kthvalue"))
        return NULL;
    if (k < 1 || !nrv__dim_at_most(x->g, k, x->dim[axis], "kthvalue"))
        return nrv__op_refuses(
            &nrv__op_kthvalue, 1, &x, NRV_ESHAPE, "k is from 1, the smallest, to the axis's length, the largest",
            "k is %lld on axis %d, which has %s", (long long)k, axis, nrv__dim_text(x->g, x->dim[axis], have));
    nrv_tensor at, y = argsort_taken(x, nrv_slice(nrv_argsort(x, axis, 0), axis, k - 1, 1), axis, &at);
    if (!y || keep) {
        if (index)
            *index = at;
        return y;
    }
    if (index)
        *index = nrv_squeeze(at, axis);
    return nrv_squeeze(y, axis);
}
