/* ranges.c - tensors that are written down rather than computed: arange, linspace, logspace, eye, full, zeros, ones,
   and those of another's shape. Numbers that grow in steps are computed in f64 and rounded once. */
#include "../op.h"
#include <math.h>

extern const nrv__opdef nrv__op_range, nrv__op_arange, nrv__op_linspace, nrv__op_logspace, nrv__op_eye;

static nrv_dtype ranges_type(const nrv__case *c)
{
    return nrv__case_type(c, "type", NRV_F64);
}

static bool ranges_open(const nrv_graph *g)
{
    return g && !g->why.status;
}

static nrv_tensor ranges_fail(nrv_graph *g, const nrv__opdef *op, const char *hint, double a, double b, double c)
{
    nrv__graph_fail(g, NRV_EARG, hint, "%s: %g, %g, %g", op->name, a, b, c);
    return NULL;
}

static nrv_tensor arange_make(nrv__case *c)
{
    return nrv_arange(c->g, ranges_type(c), nrv__case_real(c, "start", 0), nrv__case_real(c, "end", 0),
                      nrv__case_real(c, "step", 1));
}

static nrv_tensor range_make(nrv__case *c)
{
    return nrv_range(c->g, ranges_type(c), nrv__case_real(c, "start", 0), nrv__case_real(c, "end", 0),
                     nrv__case_real(c, "step", 1));
}

static nrv_tensor linspace_make(nrv__case *c)
{
    return nrv_linspace(c->g, ranges_type(c), nrv__case_real(c, "start", 0), nrv__case_real(c, "end", 1),
                        nrv__case_int(c, "steps", 100));
}

static nrv_tensor logspace_make(nrv__case *c)
{
    return nrv_logspace(c->g, ranges_type(c), nrv__case_real(c, "start", 0), nrv__case_real(c, "end", 1),
                        nrv__case_int(c, "steps", 100), nrv__case_real(c, "base", 10));
}

static nrv_tensor eye_make(nrv__case *c)
{
    int64_t n = nrv__case_int(c, "n", 0);
    return nrv_eye(c->g, ranges_type(c), n, nrv__case_int(c, "m", n));
}

NRV_OP(arange, .sig = "-> y[n]",
       .doc = "start, start + step, ... up to end, which is left out. The step may be negative, not 0.",
       .flags = NRV_MACRO, .make = arange_make, .torch = "arange", .numpy = "arange", .onnx = "Range",
       .refuse = { "start=0, end=5, step=0 => arange: 0, 5, 0 | in here | hint start, end and a step from one towards "
                   "the other, up to 2^31 - 1 times",
                   "start=0, end=5, step=-1 => arange: 0, 5, -1 | in here | hint start, end and a step from one "
                   "towards the other, up to 2^31 - 1 times",
                   "start=0, end=1e300 => arange: 0, 1e+300, 1 | in here | hint start, end and a step from one towards "
                   "the other, up to 2^31 - 1 times" },
       .test = { "end=5", "start=1, end=2.5, step=0.5", "start=5, end=0, step=-2", "end=0", "end=7, type=i64",
                 "start=0.1, end=1000, step=0.5, type=f32" });
NRV_OP(
    range, .sig = "-> y[n]",
    .doc = "start, start + step, ... up to end, which is the last where it is met. The step may be negative, not 0.",
    .flags = NRV_MACRO, .make = range_make, .torch = "range",
    .refuse = { "start=0, end=5, step=0 => range: 0, 5, 0 | in here | hint start, end and a step from one towards the "
                "other, up to 2^31 - 1 times",
                "start=0, end=5, step=-1 => range: 0, 5, -1 | in here | hint start, end and a step from one towards "
                "the other, up to 2^31 - 1 times" },
    .test = { "end=5", "start=1, end=2.6, step=0.5", "start=5, end=0, step=-2", "start=3, end=3", "end=7, type=i64" });
NRV_OP(linspace, .sig = "-> y[n]",
       .doc =
           "Numbers at equal distances from start to end, both included; the second half is counted from the end. One "
           "step is start alone.",
       .flags = NRV_MACRO, .make = linspace_make, .torch = "linspace", .numpy = "linspace",
       .refuse = { "start=0, end=1, steps=-1 => linspace: 0, 1, -1 | in here | hint start, end and how many steps",
                   "start=-1e308, end=1e308, steps=3 => linspace: -1e+308, 1e+308, 3 | in here | hint start, end and "
                   "how many steps" },
       .test = { "start=0, end=1, steps=5", "start=3, end=-10, steps=4, type=f32", "start=2, end=5, steps=1",
                 "start=2, end=5, steps=0", "steps=1030" });
NRV_OP(logspace, .sig = "-> y[n]", .doc = "base to the power of the numbers of linspace.", .flags = NRV_MACRO,
       .make = logspace_make, .torch = "logspace", .numpy = "logspace",
       .refuse = { "start=0, end=1, steps=-1 => logspace: 0, 1, -1 | in here | hint start, end and how many steps",
                   "start=-1e308, end=1e308, steps=3 => logspace: -1e+308, 1e+308, 3 | in here | hint start, end and "
                   "how many steps" },
       .test = { "start=0, end=2, steps=5", "start=-1, end=1, steps=4, base=2", "steps=0" });
NRV_OP(eye, .sig = "-> y[n,m]", .doc = "1 on the main diagonal, 0 elsewhere.", .flags = NRV_MACRO, .make = eye_make,
       .torch = "eye", .numpy = "eye identity", .onnx = "EyeLike",
       .refuse = { "n=-1 => -1 is neither a length nor the handle of a size of this graph | in here | hint calculate "
                   "with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "n=3, m=-7 => -7 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "n=3", "n=2, m=4", "n=0", "n=4, m=2, type=i32", "n=40" });

/* n numbers, as arange and range count them */
static nrv_tensor ranges_steps(nrv_graph *g, const nrv__opdef *op, nrv_dtype t, double n, double start, double end,
                               double step)
{
    if (!ranges_open(g))
        return NULL;
    if (step == 0 || !isfinite(step) || !(n >= 0 && n <= INT32_MAX))
        return ranges_fail(g, op, "start, end and a step from one towards the other, up to 2^31 - 1 times", start, end,
                           step);
    nrv_tensor i = nrv_iota(g, NRV_F64, (nrv_dim)n);
    return nrv_cast(NRV_EXPR("i, a, s: a + i * s", i, nrv__like(i, start), nrv__like(i, step)), t);
}

/* (n): start, start + step, ... of type t, up to end, which is left out. At most 2^31 - 1 of them. */
NRV_API nrv_tensor nrv_arange(nrv_graph *g, nrv_dtype t, double start, double end, double step)
{
    return ranges_steps(g, &nrv__op_arange, t, ceil((end - start) / step), start, end, step);
}

/* start, start + step, ... up to end, which belongs to it where it is met -> (n) of type t; PyTorch's range. */
NRV_API nrv_tensor nrv_range(nrv_graph *g, nrv_dtype t, double start, double end, double step)
{
    const double steps = floor((end - start) / step);
    return ranges_steps(g, &nrv__op_range, t, steps >= 0 ? steps + 1 : -1, start, end, step);
}

/* (steps), f64 */
static nrv_tensor ranges_even(nrv_graph *g, double start, double end, int64_t steps)
{
    nrv_tensor i = nrv_iota(g, NRV_F64, steps);
    if (steps < 2)
        return nrv_add(i, nrv__like(i, start));
    double step = (end - start) / (double)(steps - 1);
    return NRV_EXPR("i, a, b, s, n, h: i < h ? a + i * s : b - (n - i) * s", i, nrv__like(i, start), nrv__like(i, end),
                    nrv__like(i, step), nrv__like(i, (double)(steps - 1)), nrv__like(i, (double)(steps / 2)));
}

static bool ranges_sound(nrv_graph *g, const nrv__opdef *op, double start, double end, int64_t steps)
{
    if (isfinite(start) && isfinite(end) && isfinite(end - start) && steps >= 0)
        return true;
    ranges_fail(g, op, "start, end and how many steps", start, end, (double)steps);
    return false;
}

/* (steps) of type t: numbers at equal distances from start to end, both included. */
NRV_API nrv_tensor nrv_linspace(nrv_graph *g, nrv_dtype t, double start, double end, int64_t steps)
{
    return ranges_open(g) && ranges_sound(g, &nrv__op_linspace, start, end, steps)
               ? nrv_cast(ranges_even(g, start, end, steps), t)
               : NULL;
}

/* (steps) of type t: base to the power of the numbers of nrv_linspace. */
NRV_API nrv_tensor nrv_logspace(nrv_graph *g, nrv_dtype t, double start, double end, int64_t steps, double base)
{
    if (!ranges_open(g) || !ranges_sound(g, &nrv__op_logspace, start, end, steps))
        return NULL;
    if (!isfinite(base))
        return ranges_fail(g, &nrv__op_logspace, "a finite base", start, end, base);
    nrv_tensor x = ranges_even(g, start, end, steps);
    return nrv_cast(nrv_pow(nrv__like(x, base), x), t);
}

/* (n,m) of type t: 1 on the main diagonal, 0 elsewhere. */
NRV_API nrv_tensor nrv_eye(nrv_graph *g, nrv_dtype t, nrv_dim n, nrv_dim m)
{
    if (!ranges_open(g) || !nrv__dim_valid(g, n) || !nrv__dim_valid(g, m))
        return NULL;
    return nrv_cast(nrv_equal(nrv_expand(nrv_iota(g, NRV_I64, n), 1, 1), nrv_iota(g, NRV_I64, m)), t);
}

/* ---- one number everywhere ---- */
static nrv_tensor ranges_filled(const nrv__case *c, double value)
{
    nrv_shape s = { 0, { 0 } };
    int64_t d[NRV__MAX_RANK];
    s.rank = nrv__case_ints(c, "size", NRV__MAX_RANK, d);
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = d[i];
    return nrv_fill(c->g, ranges_type(c), s, value);
}

static nrv_tensor full_make(nrv__case *c)
{
    return ranges_filled(c, nrv__case_real(c, "value", 0));
}

static nrv_tensor zeros_make(nrv__case *c)
{
    return ranges_filled(c, 0);
}

static nrv_tensor ones_make(nrv__case *c)
{
    return ranges_filled(c, 1);
}

static nrv_tensor full_like_make(nrv__case *c)
{
    return nrv_full_like(c->x[0], nrv__case_real(c, "value", 0));
}

static nrv_tensor zeros_like_make(nrv__case *c)
{
    return nrv_full_like(c->x[0], 0);
}

static nrv_tensor ones_like_make(nrv__case *c)
{
    return nrv_full_like(c->x[0], 1);
}

NRV_OP(full, .sig = "-> y[...]", .doc = "One number everywhere.", .flags = NRV_MACRO, .make = full_make,
       .torch = "full", .numpy = "full", .onnx = "ConstantOfShape",
       .refuse = { "size=2x-3 => -3 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "size=2x-7 => -7 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "size=2x3, fill_value=2.5", "fill_value=3" });
NRV_OP(zeros, .sig = "-> y[...]", .doc = "0 everywhere.", .flags = NRV_MACRO, .make = zeros_make, .torch = "zeros",
       .numpy = "zeros",
       .refuse = { "size=2x-3 => -3 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "size=2x-7 => -7 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "size=2x3", "size=0" });
NRV_OP(ones, .sig = "-> y[...]", .doc = "1 everywhere.", .flags = NRV_MACRO, .make = ones_make, .torch = "ones",
       .numpy = "ones",
       .refuse = { "size=2x-3 => -3 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "size=2x-7 => -7 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "size=2x3", "size=0" });
NRV_OP(full_like, .sig = "any x[...] -> y[...]", .doc = "One number everywhere, in the shape and type of x.",
       .flags = NRV_MACRO, .make = full_like_make, .torch = "full_like", .numpy = "full_like",
       .test = { "x[2,3], fill_value=2.5", "x:i32[3], fill_value=3", "x[0]" });
NRV_OP(zeros_like, .sig = "any x[...] -> y[...]", .doc = "0 everywhere, in the shape and type of x.",
       .flags = NRV_MACRO, .make = zeros_like_make, .torch = "zeros_like", .numpy = "zeros_like",
       .test = { "x[2,3]", "x:i32[3]", "x[0]" });
NRV_OP(ones_like, .sig = "any x[...] -> y[...]", .doc = "1 everywhere, in the shape and type of x.", .flags = NRV_MACRO,
       .make = ones_like_make, .torch = "ones_like", .numpy = "ones_like", .test = { "x[2,3]", "x:i32[3]", "x[0]" });

/* One number everywhere, in the shape and type of x, whose values are not read. */
NRV_API nrv_tensor nrv_full_like(nrv_tensor x, double value)
{
    return x ? nrv_fill(x->g, x->type, nrv_shape_of(x), value) : NULL;
}
