/* unique.c - the different elements of a tensor: unique, sorted, and unique_consecutive, of neighbours.

   How many there are depends on values, and a length cannot: they come first, zeros follow, and a number says how many
   are meant. NaN differs from everything, itself included. */
#include "../op.h"

typedef struct unique_groups {
    nrv_tensor first, of, many, number; /* (n) bool; (n) of each element; (n); () */
} unique_groups;

/* s (n): neighbours that are equal belong together */
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
    nrv_tensor part[2] = { nrv_fill(g, NRV_BOOL, NRV_SHAPE(1), 1),
                           nrv_not_equal(nrv_slice(s, 0, 1, rest), nrv_slice(s, 0, 0, rest)) };
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
    return nrv_select(nrv_less(nrv_iota(s->g, NRV_I64, s->dim[0]), u->number), y, nrv__like(s, 0));
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

static bool unique_case_flat(nrv__case *c, const nrv__opdef *op)
{
    nrv_tensor x = c->x[0];
    if (nrv__case_text(c, "axis") && x && !x->g->why.status)
        nrv__op_refuses(op, 1, &x, NRV_EARG, "of the elements of all axes; rows are compared by nrv_equal and nrv_all",
                        "along an axis");
    return x && !x->g->why.status;
}

extern const nrv__opdef nrv__op_unique, nrv__op_unique_consecutive;

static nrv_tensor unique_make(nrv__case *c)
{
    nrv_tensor i, n, k, y = unique_case_flat(c, &nrv__op_unique) ? nrv_unique(c->x[0], &i, &n, &k) : NULL;
    if (y)
        unique_case(c, i, n, k);
    return y;
}

static nrv_tensor unique_consecutive_make(nrv__case *c)
{
    nrv_tensor i, n, k;
    nrv_tensor y =
        unique_case_flat(c, &nrv__op_unique_consecutive) ? nrv_unique_consecutive(c->x[0], &i, &n, &k) : NULL;
    if (y)
        unique_case(c, i, n, k);
    return y;
}

NRV_OP(unique, .sig = "any x[...] -> y[n], i64 inverse[...], i64 counts[n], i64 number[]",
       .doc =
           "The different elements in ascending order, followed by zeros up to the number of all elements; on demand "
           "(return_inverse, return_counts) where each element of x is among them and how often each occurs; and how "
           "many there are.",
       .flags = NRV_MACRO, .make = unique_make, .torch = "unique", .numpy = "unique", .onnx = "Unique",
       .refuse = { "x[3,2], axis=0 => unique: along an axis | in here | input 0: input f32 [3, 2] x | hint of the "
                   "elements of all axes; rows are compared by nrv_equal and nrv_all",
                   "x:i32[4], axis=-1 => unique: along an axis | in here | input 0: input i32 [4] x | hint of the "
                   "elements of all axes; rows are compared by nrv_equal and nrv_all" },
       .test = { "x:i32[3,5] in 0..4", "x:i32{2,1,2,0,1,2}, return_inverse=1", "x:i64[9] in -2..2, return_counts=1",
                 "x[0]", "x[7]", "x[]", "x:i32[200] in 0..50" });
NRV_OP(
    unique_consecutive, .sig = "any x[...] -> y[n], i64 inverse[...], i64 counts[n], i64 number[]",
    .doc =
        "The elements without those that equal the one before, followed by zeros up to the number of all elements; on "
        "demand (return_inverse, return_counts) where each element of x is among them and how often each occurs; "
        "and how many there are.",
    .flags = NRV_MACRO, .make = unique_consecutive_make, .torch = "unique_consecutive",
    .refuse = { "x[3,2], axis=0 => unique_consecutive: along an axis | in here | input 0: input f32 [3, 2] x | hint of "
                "the elements of all axes; rows are compared by nrv_equal and nrv_all",
                "x:i32[4], axis=-1 => unique_consecutive: along an axis | in here | input 0: input i32 [4] x | hint of "
                "the elements of all axes; rows are compared by nrv_equal and nrv_all" },
    .test = { "x:i32[3,5] in 0..1", "x:i32{2,1,1,0,1,1}, return_inverse=1", "x:i64[9] in 0..1, return_counts=1", "x[0]",
              "x[]" });

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
