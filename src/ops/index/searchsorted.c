/* searchsorted.c - where values would stand in a sorted tensor: searchsorted, and bucketize and isin by it.
   y = how many of the sorted are smaller; how many are not larger, where right. */
#include "lines.h"
#include <string.h>

extern const nrv__opdef nrv__op_searchsorted;

typedef struct searchsorted_attr {
    int64_t right, batch; /* so many first axes of both inputs go together */
} searchsorted_attr;

static bool searchsorted_shape(nrv__infer *s)
{
    nrv_tensor sorted = s->in[0], value = s->in[1];
    const int batch = (int)((const searchsorted_attr *)s->attr)->batch;
    if (sorted->type != value->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(sorted->type), nrv__dtype_name(value->type));
    if (!nrv__lines_share(s, 1, batch))
        return false;
    if (sorted->rank != batch + 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "one sorted row for all, or one for each row of values",
                               "ranks %d and %d", sorted->rank, value->rank);
    if (!nrv__infer_places(s, batch))
        return false;
    s->rank = value->rank;
    memcpy(s->dim, value->dim, (size_t)value->rank * sizeof *s->dim);
    return true;
}

/* a before b, NaN behind all numbers */
static bool searchsorted_before(double a, double b)
{
    return a < b || (b != b && a == a);
}

static void searchsorted_ref(const nrv__args *a)
{
    const searchsorted_attr *at = a->attr;
    const int64_t rows = nrv__lines_product(&a->in[0], 0, at->batch), n = a->in[0].dim[at->batch];
    const int64_t each = rows ? a->n / rows : 0;
    const double *value = a->in[1].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++) {
        const double *row = (const double *)a->in[0].data + i / each * n;
        int64_t from = 0, to = n;
        while (from < to) {
            const int64_t mid = from + (to - from) / 2;
            if (at->right ? !searchsorted_before(value[i], row[mid]) : searchsorted_before(row[mid], value[i]))
                from = mid + 1;
            else
                to = mid;
        }
        y[i] = (double)from;
    }
}

static nrv_tensor searchsorted_of(nrv_tensor sorted, nrv_tensor value, searchsorted_attr a);

static nrv_tensor searchsorted_batch(const nrv__batch *b)
{
    searchsorted_attr a = *(const searchsorted_attr *)b->y->attr;
    nrv_tensor in[2] = { b->x[0], b->x[1] };
    if (b->y->rank == NRV__MAX_RANK)
        return NULL;
    if (a.batch == 0 && !b->wide[0])
        return searchsorted_of(in[0], in[1], a);
    a.batch++;
    return nrv__lines_widen(b, 2, in) ? searchsorted_of(in[0], in[1], a) : NULL;
}

static int searchsorted_case_right(const nrv__case *c)
{
    const char *side = nrv__case_text(c, "side");
    return side ? !strcmp(side, "right") : nrv__case_int(c, "right", 0) != 0;
}

static nrv_tensor searchsorted_make(nrv__case *c)
{
    NRV_CALLED(&nrv__op_searchsorted, c->x[0]);
    nrv_tensor sorted = c->x[0], sorter = nrv__case_named(c, "sorter");
    if (sorter)
        sorted = nrv_take_along(sorted, sorter, -1);
    return nrv_searchsorted(sorted, c->x[1], searchsorted_case_right(c));
}

static nrv_tensor bucketize_make(nrv__case *c)
{
    return nrv_bucketize(c->x[0], c->x[1], searchsorted_case_right(c));
}

static nrv_tensor isin_make(nrv__case *c)
{
    return nrv_isin(c->x[0], c->x[1], nrv__case_int(c, "invert", 0) != 0);
}

NRV_OP(
    searchsorted, .sig = "any sorted[...,n], any values[...,m] -> i32 y[...,m]",
    .doc = "Where values would have to be put into sorted rows: how many of the row are smaller or, with right, not "
           "larger. One row of rank 1 serves values of any shape. NaN counts as the largest, as in argsort; a row that "
           "is not sorted gives some place in it. `sorter` is an index that sorts the row.",
    .shape = searchsorted_shape, .batch = searchsorted_batch, .ref = searchsorted_ref, .make = searchsorted_make,
    .attr_bytes = sizeof(searchsorted_attr), .no_grad = "a place is piecewise constant", .torch = "searchsorted",
    .numpy = "searchsorted", .values = "a sorter as nrv_argsort gives it",
    .refuse = { "sorted[0,2147483648], values[0,1] => searchsorted: axis 1 has 2147483648 elements | in here | input "
                "0: input f32 [0, 2147483648] sorted | input 1: input f32 [0, 1] values | hint places are i32, so up "
                "to 2^31 - 1",
                "sorted{3,1,2}, values{0,1}, sorter:i32{1,2,3} => searchsorted: index 3 at position 2; it must lie in "
                "0..2 | in here | hint a sorter as nrv_argsort gives it",
                "sorted[2,3], values[3,4] => searchsorted: axis 0 differs | in here | input 0: input f32 [2, 3] sorted "
                "| input 1: input f32 [3, 4] values | hint each element of the first axes has its own",
                "sorted[3], values:i32[4] => searchsorted: types differ: f32 and i32 | in here | input 0: input f32 "
                "[3] sorted | input 1: input i32 [4] values | hint nrv_cast one of them",
                "sorted[2,3], values[4] => searchsorted: ranks 2 and 1 | in here | input 0: input f32 [2, 3] sorted | "
                "input 1: input f32 [4] values | hint one sorted row for all, or one for each row of values" },
    .test = { "sorted{-1,0,0,2,5}, values{-2,-1,0,1,2,9,nan,inf}",
              "sorted{-1,0,0,2,5,nan}, values{-2,0,5,nan}, right=1", "sorted[2,3]{0,1,2,1,1,4}, values[2,4] in -1..5",
              "sorted:i32{1,3,3}, values:i32[2,3] in 0..4, side=right", "sorted[0], values[3]",
              "sorted[3]{1,2,3}, values[0]", "sorted[2,0], values[2,2]",
              "sorted{3,1,2}, values{0,1,2,3}, sorter:i32{1,2,0}", "sorted{0}, values[2000]", "sorted{0}, values[]" });
NRV_OP(bucketize, .sig = "any x[...], any boundaries[n] -> i32 y[...]",
       .doc = "The number of the interval between sorted boundaries that an element lies in: boundaries[y-1] < x <= "
              "boundaries[y] or, with right, boundaries[y-1] <= x < boundaries[y].",
       .flags = NRV_MACRO, .make = bucketize_make, .torch = "bucketize", .numpy = "digitize",
       .refuse = { "x[3], boundaries[2,2] => bucketize: boundaries of rank 2 | in here | input 0: input f32 [3] x | "
                   "input 1: input f32 [2, 2] boundaries | hint sorted boundaries (n)",
                   "x[3], boundaries:i32[2] => bucketize: types differ: i32 and f32 | in here | input 0: input i32 [2] "
                   "boundaries | input 1: input f32 [3] x | hint nrv_cast one of them" },
       .test = { "x[3,4], boundaries{-0.5,0,0.5}", "x{-0.5,0,0.5,nan}, boundaries{-0.5,0,0.5}, right=1",
                 "x[2], "
                 "boundaries[0]" });
NRV_OP(isin, .sig = "any x[...], any among[...] -> bool y[...]",
       .doc = "Whether an element is one of others; with invert, whether it is none. NaN is none.", .flags = NRV_MACRO,
       .make = isin_make, .torch = "isin", .numpy = "isin",
       .refuse = { "x[3], among:i32[2] => isin: types differ: f32 and i32 | in here | input 0: input f32 [3] x | input "
                   "1: input i32 [2] among | hint nrv_cast one of them",
                   "x:i64[3], among:i32[2] => isin: types differ: i64 and i32 | in here | input 0: input i64 [3] x | "
                   "input 1: input i32 [2] among | hint nrv_cast one of them" },
       .test = { "x:i32[3,4] in 0..5, among:i32[2,2] in 0..5", "x{1,2,nan,inf}, among{inf,2,-1}",
                 "x:i64[7] in 0..3, among:i64{1,2}, invert=1", "x[3], among[0]", "x[0], among[2]" });

static nrv_tensor searchsorted_of(nrv_tensor sorted, nrv_tensor value, searchsorted_attr a)
{
    return nrv__op_with(&nrv__op_searchsorted, NRV_N(const nrv_tensor, sorted, value), &a, 0, NULL);
}

/* i32, where values would have to be put into a sorted row: how many of it are smaller or, where right is not 0, not
   larger. sorted (n) serves values of any shape, sorted (a...,n) values (a...,m). NaN counts as the largest. */
NRV_API nrv_tensor nrv_searchsorted(nrv_tensor sorted, nrv_tensor values, int right)
{
    nrv_tensor in[2] = { sorted, values };
    if (!nrv__op_wants(&nrv__op_searchsorted, 2, in))
        return NULL;
    if (sorted->rank < 1 || (sorted->rank > 1 && sorted->rank != values->rank))
        return nrv__op_refuses(&nrv__op_searchsorted, 2, in, NRV_ESHAPE,
                               "one sorted row for all, or one for each row of values", "ranks %d and %d", sorted->rank,
                               values->rank);
    return searchsorted_of(sorted, values, (searchsorted_attr){ right != 0, sorted->rank - 1 });
}

/* x (...) and sorted boundaries (n) -> i32 (...): how many boundaries are smaller or, where right is not 0, not larger.
 */
NRV_API nrv_tensor nrv_bucketize(nrv_tensor x, nrv_tensor boundaries, int right)
{
    NRV_CALLED(&nrv__op_bucketize, x);
    nrv_tensor in[2] = { x, boundaries };
    if (!nrv__op_wants(&nrv__op_bucketize, 2, in))
        return NULL;
    if (boundaries->rank != 1)
        return nrv__op_refuses(&nrv__op_bucketize, 2, in, NRV_ESHAPE, "sorted boundaries (n)", "boundaries of rank %d",
                               boundaries->rank);
    return nrv_searchsorted(boundaries, x, right);
}

/* x (...) and others of any shape -> bool (...): whether an element of x is one of them, whether it is none where
   invert is not 0. NaN is none. */
NRV_API nrv_tensor nrv_isin(nrv_tensor x, nrv_tensor among, int invert)
{
    NRV_CALLED(&nrv__op_isin, x);
    nrv_tensor in[2] = { x, among };
    if (!nrv__op_wants(&nrv__op_isin, 2, in))
        return NULL;
    if (x->type != among->type)
        return nrv__op_refuses(&nrv__op_isin, 2, in, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(x->type), nrv__dtype_name(among->type));
    nrv_tensor sorted = nrv_msort(nrv_merge_axes(among, 0, -1));
    nrv_tensor found = nrv_less(nrv_searchsorted(sorted, x, 0), nrv_searchsorted(sorted, x, 1));
    nrv_tensor no = nrv__like(found, 0);
    found = nrv_select(nrv_equal(x, x), found, no);
    return invert ? nrv_equal(found, no) : found;
}
