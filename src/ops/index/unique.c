/* unique.c - the different elements of a tensor, or its different lines along an axis: unique, sorted, and
   unique_consecutive, of neighbours.

   How many there are depends on values, and a length cannot: they come first, zeros follow, and a number says how many
   are meant. NaN differs from everything, itself included. */
#include "../op.h"

typedef struct unique_groups {
    nrv_tensor first, of, many, number; /* (n) bool; (n) of each element; (n); () */
} unique_groups;

/* s (n) or (n,m): neighbours that are equal belong together */
static unique_groups unique_of(nrv_tensor s)
{
    unique_groups u = { 0 };
    if (!s)
        return u;
    nrv_graph *g = s->g;
    nrv_dim n = s->dim[0];
    if (n == 0) {
        u.first = nrv_fill(g, NRV_BOOL, NRV_SHAPE(0), 0);
        u.of = u.many = nrv_fill(g, NRV_I64, NRV_SHAPE(0), 0);
        u.number = nrv_fill(g, NRV_I64, NRV_SCALAR, 0);
        return u;
    }
    nrv_dim rest = nrv__dim_sub(g, n, 1);
    nrv_tensor other = nrv_not_equal(nrv_slice(s, 0, 1, rest), nrv_slice(s, 0, 0, rest));
    nrv_tensor part[2] = { nrv_fill(g, NRV_BOOL, NRV_SHAPE(1), 1), s->rank > 1 ? nrv_any(other, 1, 0) : other };
    u.first = nrv_concat(2, part, 0);
    nrv_tensor turn = nrv_cumsum(nrv_cast(u.first, NRV_I64), 0, 0);
    u.of = NRV_EXPR("t: t - 1", turn);
    u.many = nrv_scatter_add(nrv_fill(g, NRV_I64, NRV_SHAPE(n), 1), u.of, 0, n);
    u.number = nrv_sum_all(nrv_cast(u.first, NRV_I64));
    return u;
}

/* the first of each, zeros behind */
static nrv_tensor unique_values(nrv_tensor s, const unique_groups *u)
{
    if (!s || !u->number)
        return NULL;
    nrv_tensor y = nrv_gather(s, nrv_argsort(nrv_cast(u->first, NRV_F32), 0, 1), 0);
    nrv_tensor meant = nrv_less(nrv_iota(s->g, NRV_I64, s->dim[0]), u->number);
    return nrv_select(nrv__line(meant, s->rank, 0), y, nrv__like(s, 0));
}

static nrv_tensor unique_given(const unique_groups *u, nrv_tensor y, nrv_tensor back, nrv_tensor *inverse,
                               nrv_tensor *counts, nrv_tensor *number)
{
    if (inverse)
        *inverse = y ? back : NULL;
    if (counts)
        *counts = y ? u->many : NULL;
    if (number)
        *number = y ? u->number : NULL;
    return y;
}

static void unique_case(nrv__case *c, nrv_tensor inverse, nrv_tensor counts, nrv_tensor number)
{
    if (nrv__case_int(c, "return_inverse", 0))
        c->also[c->n_also++] = inverse;
    if (nrv__case_int(c, "return_counts", 0))
        c->also[c->n_also++] = counts;
    c->also[c->n_also++] = number;
}

typedef nrv_tensor unique_call(nrv_tensor x, int axis, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number);

static nrv_tensor unique_case_of(nrv__case *c, unique_call *call)
{
    nrv_tensor i = NULL, n = NULL, k = NULL;
    nrv_tensor y = call(c->x[0], nrv__case_text(c, "axis") ? nrv__case_small(c, "axis", 0) : NRV_ALL, &i, &n, &k);
    if (y)
        unique_case(c, i, n, k);
    return y;
}

extern const nrv__opdef nrv__op_unique, nrv__op_unique_consecutive;

static nrv_tensor unique_make(nrv__case *c)
{
    return unique_case_of(c, nrv_unique_along);
}

static nrv_tensor unique_consecutive_make(nrv__case *c)
{
    return unique_case_of(c, nrv_unique_consecutive_along);
}

NRV_OP(
    unique, .sig = "any x[...] -> y[n], i64 inverse[...], i64 counts[n], i64 number[]",
    .doc =
        "The different elements in ascending order, followed by zeros up to the number of all elements; along an axis "
        "the different lines of it, the first element counting most, and lines of zeros; on demand "
        "(return_inverse, return_counts) where each element of x is among them and how often each occurs; and how "
        "many there are.",
    .flags = NRV_MACRO, .make = unique_make, .torch = "unique", .numpy = "unique", .onnx = "Unique",
    .refuse = { "x[3,2], axis=2 => unique: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 "
                "at the end",
                "x:i32[], axis=0 => unique: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from "
                "-1 at the end" },
    .test = { "x:i32[3,5] in 0..4", "x:i32{2,1,2,0,1,2}, return_inverse=1", "x:i64[9] in -2..2, return_counts=1",
              "x[0]", "x[7]", "x[]", "x:i32[200] in 0..50",
              "x:i32[7,2] in 0..2, axis=0, return_inverse=1, return_counts=1", "x:i32[2,9,2] in 0..2, axis=1",
              "x[0,3], axis=0", "x[4], axis=-1" });
NRV_OP(unique_consecutive, .sig = "any x[...] -> y[n], i64 inverse[...], i64 counts[n], i64 number[]",
       .doc = "The elements without those that equal the one before, followed by zeros up to the number of all "
              "elements; along "
              "an axis lines of it are compared; on "
              "demand (return_inverse, return_counts) where each element of x is among them and how often each occurs; "
              "and how many there are.",
       .flags = NRV_MACRO, .make = unique_consecutive_make, .torch = "unique_consecutive",
       .refuse = { "x[3,2], axis=2 => unique_consecutive: axis 2 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end",
                   "x:i32[], axis=0 => unique_consecutive: axis 0 of a tensor of rank 0 | in here | hint axes count "
                   "from 0, or from -1 at the end" },
       .test = { "x:i32[3,5] in 0..1", "x:i32{2,1,1,0,1,1}, return_inverse=1", "x:i64[9] in 0..1, return_counts=1",
                 "x[0]", "x[]", "x:i32[9,2] in 0..1, axis=0, return_inverse=1, return_counts=1",
                 "x:i32[2,9] in 0..1, axis=1" });

/* x (a...,n,b...) as rows (n,m) of what stands at each place of axis; back: the same shape, that axis in front */
static nrv_tensor unique_rows(const nrv__opdef *op, nrv_tensor x, int *axis, nrv_shape *back)
{
    if (!nrv__op_wants(op, 1, &x) || !nrv__axis(x, axis, op->name))
        return NULL;
    nrv_tensor front = nrv_move_axes(x, 1, axis, (const int[]){ 0 });
    *back = nrv_shape_of(front);
    return front ? nrv_reshape(front, NRV_SHAPE(front->dim[0], nrv__dim_product(x->g, x->rank - 1, front->dim + 1)))
                 : NULL;
}

static nrv_tensor unique_rows_back(nrv_tensor y, nrv_shape back, int axis)
{
    return nrv_move_axes(nrv_reshape(y, back), 1, (const int[]){ 0 }, &axis);
}

/* The different elements of x (...) in ascending order -> (n), n being the number of all elements, with zeros behind.
   Where they are not NULL: *inverse (...), i64, where each element of x is among them; *counts (n), i64, how often each
   occurs; *number, i64, how many there are. NaN differs from NaN. */
NRV_API nrv_tensor nrv_unique(nrv_tensor x, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number)
{
    NRV_CALLED(&nrv__op_unique, x);
    nrv_tensor order, flat = nrv_merge_axes(x, 0, -1), s = nrv_sort(flat, 0, 0, &order);
    unique_groups u = unique_of(s);
    nrv_tensor back = s ? nrv_reshape(nrv_scatter_add(u.of, order, 0, s->dim[0]), nrv_shape_of(x)) : NULL;
    return unique_given(&u, unique_values(s, &u), back, inverse, counts, number);
}

/* The different lines of x (a...,n,b...) along axis -> (a...,n,b...), in ascending order, their first element counting
   most, lines of zeros behind; *inverse (n), *counts (n) and *number as for nrv_unique. NRV_ALL: nrv_unique. */
NRV_API nrv_tensor nrv_unique_along(nrv_tensor x, int axis, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number)
{
    NRV_CALLED(&nrv__op_unique, x);
    if (axis == NRV_ALL)
        return nrv_unique(x, inverse, counts, number);
    nrv_shape back = NRV_SCALAR;
    nrv_tensor rows = unique_rows(&nrv__op_unique, x, &axis, &back), order = nrv_argsort_rows(rows);
    nrv_tensor s = order ? nrv_gather(rows, order, 0) : NULL;
    unique_groups u = unique_of(s);
    nrv_tensor of = s ? nrv_scatter_add(u.of, order, 0, s->dim[0]) : NULL;
    return unique_given(&u, unique_rows_back(unique_values(s, &u), back, axis), of, inverse, counts, number);
}

/* The elements of x (...) without those that equal the one before -> (n), n being the number of all elements, with
   zeros behind. *inverse, *counts and *number as for nrv_unique. */
NRV_API nrv_tensor nrv_unique_consecutive(nrv_tensor x, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number)
{
    NRV_CALLED(&nrv__op_unique_consecutive, x);
    nrv_tensor flat = nrv_merge_axes(x, 0, -1);
    unique_groups u = unique_of(flat);
    nrv_tensor back = flat ? nrv_reshape(u.of, nrv_shape_of(x)) : NULL;
    return unique_given(&u, unique_values(flat, &u), back, inverse, counts, number);
}

/* The lines of x (a...,n,b...) along axis without those that equal the one before -> (a...,n,b...), lines of zeros
   behind; *inverse (n), *counts (n) and *number as for nrv_unique. NRV_ALL: nrv_unique_consecutive. */
NRV_API nrv_tensor nrv_unique_consecutive_along(nrv_tensor x, int axis, nrv_tensor *inverse, nrv_tensor *counts,
                                                nrv_tensor *number)
{
    NRV_CALLED(&nrv__op_unique_consecutive, x);
    if (axis == NRV_ALL)
        return nrv_unique_consecutive(x, inverse, counts, number);
    nrv_shape back = NRV_SCALAR;
    nrv_tensor rows = unique_rows(&nrv__op_unique_consecutive, x, &axis, &back);
    unique_groups u = unique_of(rows);
    return unique_given(&u, unique_rows_back(unique_values(rows, &u), back, axis), u.of, inverse, counts, number);
}
