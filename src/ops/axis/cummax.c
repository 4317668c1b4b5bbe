/* cummax.c - the largest or the smallest so far along an axis, and where it stands.

   The place is the primitive: of equals the last, and a NaN before all from there on, as in PyTorch. The value is what
   stands there, so that its gradient goes there. */
#include "running.h"

/* x takes over from best; sign is 1 for the largest, -1 for the smallest */
static bool cummax_beats(double x, double best, double sign)
{
    return x != x || (best == best && sign * x >= sign * best);
}

static void cummax_where(const nrv__args *a, double sign)
{
    const int64_t axis = ((const nrv__axis_attr *)a->attr)->axis;
    const int64_t n = a->in[0].dim[axis], inner = a->in[0].stride[axis];
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t r = 0; r < a->n; r += n * inner)
        for (int64_t i = 0; i < inner; i++) {
            int64_t best = 0;
            for (int64_t k = 0; k < n; k++) {
                best = cummax_beats(x[r + k * inner + i], x[r + best * inner + i], sign) ? k : best;
                y[r + k * inner + i] = (double)best;
            }
        }
}

static void cumargmax_ref(const nrv__args *a)
{
    cummax_where(a, 1);
}

static void cumargmin_ref(const nrv__args *a)
{
    cummax_where(a, -1);
}

static bool cumargmax_shape(nrv__infer *s)
{
    return nrv__infer_same(s) && nrv__infer_places(s, (int)((const nrv__axis_attr *)s->attr)->axis);
}

static nrv_tensor cumargmax_batch(const nrv__batch *b)
{
    nrv__axis_attr a = { ((const nrv__axis_attr *)b->y->attr)->axis + 1 };
    return nrv__batch_sized(b, &a, 0);
}

static nrv_tensor cumargmax_make(nrv__case *c)
{
    return nrv_cumargmax(c->x[0], nrv__case_small(c, "axis", 0));
}

static nrv_tensor cumargmin_make(nrv__case *c)
{
    return nrv_cumargmin(c->x[0], nrv__case_small(c, "axis", 0));
}

static nrv_tensor cummax_make(nrv__case *c)
{
    int axis = nrv__case_small(c, "axis", 0);
    nrv_tensor y = nrv_cummax(c->x[0], axis);
    if (y)
        c->also[c->n_also++] = nrv_cumargmax(c->x[0], axis);
    return y;
}

static nrv_tensor cummin_make(nrv__case *c)
{
    int axis = nrv__case_small(c, "axis", 0);
    nrv_tensor y = nrv_cummin(c->x[0], axis);
    if (y)
        c->also[c->n_also++] = nrv_cumargmin(c->x[0], axis);
    return y;
}

#define CUMMAX_CASES(name)                                                                                            \
    .refuse = { "x[0,2147483648], axis=1 => " name ": axis 1 has 2147483648 elements | in here | input 0: input f32 " \
                "[0, 2147483648] x | hint places are i32, so up to 2^31 - 1",                                         \
                "x[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "x[], axis=0 => " name                                                                                \
                ": axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the end" },         \
    .test = { "x[3,5], axis=1",                                                                                       \
              "x[2,3,4], axis=0",                                                                                     \
              "x[2,9,4], axis=-2",                                                                                    \
              "x{1, 4, 3, 7, 5, 6}, axis=0",                                                                          \
              "x:i32[4,3] in -9..9, axis=0",                                                                          \
              "x[0,3], axis=0",                                                                                       \
              "x[3,0], axis=0" }
#define CUMMAX_WHERE(name)                                                                                    \
    .sig = "any x[...] -> i32 y[...]", .shape = cumargmax_shape, .no_grad = "an index is piecewise constant", \
    .attr_bytes = sizeof(nrv__axis_attr), .batch = cumargmax_batch, CUMMAX_CASES(name)

NRV_OP(cumargmax, .doc = "Where the largest so far stands along an axis: the last of equals, a NaN before all.",
       .ref = cumargmax_ref, .make = cumargmax_make, CUMMAX_WHERE("cumargmax"));
NRV_OP(cumargmin, .doc = "Where the smallest so far stands along an axis: the last of equals, a NaN before all.",
       .ref = cumargmin_ref, .make = cumargmin_make, CUMMAX_WHERE("cumargmin"));
NRV_OP(cummax, .sig = "any x[...] -> y[...]",
       .doc = "The largest so far along an axis, a NaN before all; the last of equals gets the gradient.",
       .flags = NRV_MACRO, .make = cummax_make, .torch = "cummax", .numpy = "maximum.accumulate",
       CUMMAX_CASES("cummax"));
NRV_OP(cummin, .sig = "any x[...] -> y[...]",
       .doc = "The smallest so far along an axis, a NaN before all; the last of equals gets the gradient.",
       .flags = NRV_MACRO, .make = cummin_make, .torch = "cummin", .numpy = "minimum.accumulate",
       CUMMAX_CASES("cummin"));

static nrv_tensor cummax_place(const nrv__opdef *op, nrv_tensor x, int axis)
{
    if (!nrv__axis(x, &axis, op->name))
        return NULL;
    nrv__axis_attr a = { axis };
    return nrv__op_with(op, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

/* Where the largest so far stands along an axis, i32. x and y (...) */
NRV_API nrv_tensor nrv_cumargmax(nrv_tensor x, int axis)
{
    return cummax_place(&nrv__op_cumargmax, x, axis);
}

/* Where the smallest so far stands along an axis, i32. x and y (...) */
NRV_API nrv_tensor nrv_cumargmin(nrv_tensor x, int axis)
{
    return cummax_place(&nrv__op_cumargmin, x, axis);
}

/* The largest so far along an axis; nrv_cumargmax says where. x and y (...) */
NRV_API nrv_tensor nrv_cummax(nrv_tensor x, int axis)
{
    NRV_CALLED(&nrv__op_cummax, x);
    return nrv__axis(x, &axis, "cummax") ? nrv_take_along(x, nrv_cumargmax(x, axis), axis) : NULL;
}

/* The smallest so far along an axis; nrv_cumargmin says where. x and y (...) */
NRV_API nrv_tensor nrv_cummin(nrv_tensor x, int axis)
{
    NRV_CALLED(&nrv__op_cummin, x);
    return nrv__axis(x, &axis, "cummin") ? nrv_take_along(x, nrv_cumargmin(x, axis), axis) : NULL;
}
