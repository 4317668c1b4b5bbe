/* quantile.c - the value below which the part q of an axis lies: of the sorted axis the place q (n - 1), and between
   two elements what `how` says: linear (NULL), lower, higher, midpoint, nearest (to the even place).

   quantile of a row with a NaN is NaN; nanquantile leaves NaN out. */
#include "reduce.h"
#include <string.h>

static const char *const quantile_ways[] = { "linear", "lower", "higher", "midpoint", "nearest" };

/* the number of a word of quantile_ways; -1: it is none */
static int quantile_way(const char *how)
{
    int way = how ? 4 : 0;
    while (how && way >= 0 && strcmp(how, quantile_ways[way]))
        way--;
    return way;
}

/* x (rows...,n) sorted, rank (rows...,Q) from 0 to n-1 -> (rows...,Q) */
static nrv_tensor quantile_at(nrv_tensor x, nrv_tensor rank, int way)
{
    int last = x->rank - 1;
    nrv_tensor low = nrv_floor(rank), high = nrv_ceil(rank);
    if (way == 4)
        return nrv_take_along(x, nrv_cast(nrv_rint(rank), NRV_I32), last);
    nrv_tensor a = nrv_take_along(x, nrv_cast(low, NRV_I32), last),
               b = nrv_take_along(x, nrv_cast(high, NRV_I32), last);
    if (way == 1 || way == 2)
        return way == 1 ? a : b;
    nrv_tensor weight = way == 3 ? NRV_EXPR("r, l: r == l ? 0 : 0.5", rank, low) : nrv_sub(rank, low);
    return NRV_EXPR("a, b, t: t < 0.5 ? a + t * (b - a) : b - (1 - t) * (b - a)", a, b, nrv__cast_like(weight, x));
}

static nrv_tensor quantile_by(const nrv__opdef *op, nrv_tensor x, nrv_tensor q, int axis, int keep, const char *how,
                              bool numbers)
{
    NRV_CALLED(op, x);
    const nrv_tensor in[] = { x, q };
    int64_t axes;
    int way = quantile_way(how);
    if (!nrv__op_wants_real(op, 2, in) || !nrv__axes(x, axis, op->name, &axes) || !nrv__axes_filled(op, x, axes))
        return NULL;
    if (q->rank > 1)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "one q, or (Q) of them", "q has rank %d", q->rank);
    if (way < 0)
        return nrv__op_refuses(op, 2, in, NRV_EARG, "linear, lower, higher, midpoint, nearest", "how is \"%s\"", how);
    bool many = q->rank == 1;
    nrv_tensor rows = nrv__axes_last(x, axes), sorted = nrv_sort(rows, -1, 0, NULL);
    nrv_tensor count = nrv_sum(nrv_cast(nrv_equal(rows, rows), NRV_F64), -1, 1),
               all = nrv_cast(nrv_dim_value(x->g, nrv__axes_length(x, axes)), NRV_F64);
    q = nrv_cast(many ? q : nrv_reshape(q, NRV_SHAPE(1)), NRV_F64);
    nrv_tensor rank = NRV_EXPR("q, n: max(min(q, 1), 0) * max(n - 1, 0)", q, numbers ? count : all);
    if (!numbers) /* the NaN at the end */
        rank = NRV_EXPR("r, n, all: n < all ? all - 1 : r", rank, count, all);
    nrv_tensor y = sorted && rank ? quantile_at(sorted, rank, way) : NULL;
    if (!y)
        return NULL;
    int order[NRV__MAX_RANK];
    for (int i = 0; i < y->rank; i++)
        order[i] = i ? i - 1 : y->rank - 1;
    y = nrv_permute(y, y->rank, order); /* (Q, rows...) */
    nrv_shape s = { many, { q->dim[0] } };
    for (int i = 0; i < x->rank && s.rank < NRV__MAX_RANK; i++)
        if (keep || !(axes >> i & 1))
            s.dim[s.rank++] = axes >> i & 1 ? 1 : x->dim[i];
    return nrv_reshape(y, s);
}

extern const nrv__opdef nrv__op_quantile, nrv__op_nanquantile;

static nrv_tensor quantile_case(const nrv__opdef *op, nrv__case *c, bool numbers)
{
    nrv_tensor q = c->n_x > 1 ? c->x[1] : nrv__like(c->x[0], nrv__case_real(c, "q", 0.5));
    return quantile_by(op, c->x[0], q, nrv__case_axes(c), nrv__case_keep(c), nrv__case_text(c, "interpolation"),
                       numbers);
}

static nrv_tensor quantile_make(nrv__case *c)
{
    return quantile_case(&nrv__op_quantile, c, false);
}

static nrv_tensor nanquantile_make(nrv__case *c)
{
    return quantile_case(&nrv__op_nanquantile, c, true);
}

#define QUANTILE_COMMON(name)                                                                                         \
    .sig = "real x[...], real q[Q] -> y[Q,...]", .flags = NRV_MACRO, .ulp = 4,                                        \
    .tolerance_why = "two differences and a product between neighbours, each rounded",                                \
    .refuse = { "x[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "x[3,0], axis=1 => " name                                                                             \
                ": axis 1 is empty | in here | input 0: input f32 [3, 0] x | hint is the axis right?",                \
                "x:i32[3], q=0.5 => " name ": input 0 is i32, a real type is wanted | in here | input 0: input i32 "  \
                "[3] x | input 1: fill i32 [] here | hint nrv_cast it to NRV_F32",                                    \
                "x[3], q[2,2] => " name ": q has rank 2 | in here | input 0: input f32 [3] x | input 1: input f32 "   \
                "[2, 2] q | hint one q, or (Q) of them",                                                              \
                "x[3], interpolation=round => " name                                                                  \
                ": how is \"round\" | in here | input 0: input f32 [3] x | input 1: fill f32 [] here | hint linear, " \
                "lower, higher, midpoint, nearest" },                                                                 \
    .test = { "x[3,5], q=0.3, axis=1",                                                                                \
              "x[4,3], q[4]{0.1, 0.25, 0.625, 0.9}, axis=0, keep=1",                                                  \
              "x[2,3,4], q=0.75, axis=0x-1",                                                                          \
              "x[6], q=0.3, interpolation=lower",                                                                     \
              "x[6], q=0.3, interpolation=higher",                                                                    \
              "x[6], q=0.3, interpolation=midpoint",                                                                  \
              "x[6], q=0.3, interpolation=nearest",                                                                   \
              "x[0,3], q=0.5, axis=1" }

NRV_OP(quantile,
       .doc =
           "The value below which the part q of the given axes lies; NaN where one of them is. q beyond 0..1 counts as "
           "0 or 1.",
       .make = quantile_make, .torch = "quantile", .numpy = "quantile", QUANTILE_COMMON("quantile"));
NRV_OP(nanquantile,
       .doc =
           "The value below which the part q of the numbers of the given axes lies; NaN where there are none. q beyond "
           "0..1 counts as 0 or 1.",
       .make = nanquantile_make, .torch = "nanquantile", .numpy = "nanquantile", QUANTILE_COMMON("nanquantile"));

/* The value below which the part q of an axis (or NRV_AXES, NRV_ALL) lies: q a scalar, or (Q), whose axis comes first.
   how: linear (NULL), lower, higher, midpoint or nearest, between two elements. keep = 1 leaves the axis with length 1.
   (...,n,...) -> (Q,...,...) */
NRV_API nrv_tensor nrv_quantile(nrv_tensor x, nrv_tensor q, int axis, int keep, const char *how)
{
    return quantile_by(&nrv__op_quantile, x, q, axis, keep, how, false);
}

/* nrv_quantile of what is not NaN. */
NRV_API nrv_tensor nrv_nanquantile(nrv_tensor x, nrv_tensor q, int axis, int keep, const char *how)
{
    return quantile_by(&nrv__op_nanquantile, x, q, axis, keep, how, true);
}
