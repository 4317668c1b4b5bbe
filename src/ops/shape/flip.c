/* flip.c - elements in another order along their axes: flip, flipud, fliplr, rot90, roll. */
#include "../op.h"

/* the axes named in the case, at most NRV__MAX_RANK; none named: -1 */
static int flip_case_axes(const nrv__case *c, int *axes)
{
    int64_t d[NRV__MAX_RANK];
    int n = nrv__case_ints(c, "axis", NRV__MAX_RANK, d);
    for (int i = 0; i < n; i++)
        axes[i] = (int)d[i];
    return nrv__case_text(c, "axis") ? n : -1;
}

static nrv_tensor flip_make(nrv__case *c)
{
    int axes[NRV__MAX_RANK] = { 0, 1, 2, 3, 4, 5, 6, 7 }, n = flip_case_axes(c, axes);
    return nrv_flip(c->x[0], n < 0 && c->x[0] ? c->x[0]->rank : n, axes);
}

static nrv_tensor flipud_make(nrv__case *c)
{
    return nrv_flipud(c->x[0]);
}

static nrv_tensor fliplr_make(nrv__case *c)
{
    return nrv_fliplr(c->x[0]);
}

static nrv_tensor rot90_make(nrv__case *c)
{
    int axes[NRV__MAX_RANK] = { 0, 1 };
    flip_case_axes(c, axes);
    return nrv_rot90(c->x[0], nrv__case_int(c, "k", 1), axes[0], axes[1]);
}

NRV_OP(flip, .sig = "any x[...] -> y[...]", .doc = "The elements of some axes in reverse; of all where none is named.",
       .flags = NRV_MACRO, .make = flip_make, .torch = "flip", .numpy = "flip",
       .refuse = { "x[3,5], axis=2 => flip: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x[3,5], axis=0x-2 => flip: axis 0 is named twice | in here | input 0: input f32 [3, 5] x | hint "
                   "name every axis once" },
       .test = { "x[3,5], axis=1", "x[2,3,4], axis=0x-1", "x[2,3]", "x:i32[7], axis=0", "x[0,3], axis=0" });
NRV_OP(
    flipud, .sig = "any x[n,...] -> y[n,...]", .doc = "The rows in reverse: axis 0.", .flags = NRV_MACRO,
    .make = flipud_make, .torch = "flipud", .numpy = "flipud",
    .refuse = { "x[] => flipud: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the end",
                "x:f64[] => flipud: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the "
                "end" },
    .test = { "x[3,5]", "x[4]", "x[0]" });
NRV_OP(fliplr, .sig = "any x[m,n,...] -> y[m,n,...]", .doc = "The columns in reverse: axis 1.", .flags = NRV_MACRO,
       .make = fliplr_make, .torch = "fliplr", .numpy = "fliplr",
       .refuse = { "x[3] => fliplr: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or from -1 at the "
                   "end",
                   "x[] => fliplr: axis 1 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the "
                   "end" },
       .test = { "x[3,5]", "x[2,3,2]", "x[2,0]" });
NRV_OP(rot90, .sig = "any x[...] -> y[...]",
       .doc = "Turned by k quarters in the plane of two axes, from the first towards the second.", .flags = NRV_MACRO,
       .make = rot90_make, .torch = "rot90", .numpy = "rot90",
       .refuse = { "x[3,5], axis=1x1 => rot90: axis 1 twice | in here | input 0: input f32 [3, 5] x | hint two axes "
                   "make a plane",
                   "x[3] => rot90: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or from -1 at the "
                   "end" },
       .test = { "x[3,5]", "x[3,5], k=2", "x[2,3,4], k=-1, axis=0x2", "x[2,3], k=4", "x[0,3], k=5" });

static nrv_tensor flip_one(nrv_tensor x, int axis)
{
    if (!x || x->dim[axis] == 0 || x->dim[axis] == 1)
        return x;
    nrv_tensor back =
        NRV_EXPR("n, i: n - i - 1", nrv_dim_value(x->g, x->dim[axis]), nrv_iota(x->g, NRV_I64, x->dim[axis]));
    return nrv_gather(x, back, axis);
}

/* x with the elements of n axes in reverse. */
NRV_API nrv_tensor nrv_flip(nrv_tensor x, int n, const int *axes)
{
    NRV_CALLED(&nrv__op_flip, x);
    unsigned seen = 0;
    if (!x || x->g->why.status)
        return NULL;
    if (n < 0 || n > x->rank || (n && !axes))
        return nrv__op_refuses(&nrv__op_flip, 1, &x, NRV_ESHAPE, "at most as many as there are",
                               "%d axes of a tensor of rank %d", n, x->rank);
    nrv_tensor y = x;
    for (int i = 0; i < n; i++) {
        int a = axes[i];
        if (!nrv__axis(x, &a, "flip"))
            return NULL;
        if (seen >> a & 1)
            return nrv__op_refuses(&nrv__op_flip, 1, &x, NRV_ESHAPE, "name every axis once", "axis %d is named twice",
                                   a);
        seen |= 1u << a;
        y = flip_one(y, a);
    }
    return y;
}

/* The rows of x (n,...) in reverse. */
NRV_API nrv_tensor nrv_flipud(nrv_tensor x)
{
    NRV_CALLED(&nrv__op_flipud, x);
    int axis = 0;
    return nrv__axis(x, &axis, "flipud") ? flip_one(x, 0) : NULL;
}

/* The columns of x (m,n,...) in reverse. */
NRV_API nrv_tensor nrv_fliplr(nrv_tensor x)
{
    NRV_CALLED(&nrv__op_fliplr, x);
    int axis = 1;
    return nrv__axis(x, &axis, "fliplr") ? flip_one(x, 1) : NULL;
}

/* x turned by k quarters in the plane of two axes, from a towards b: (n,m) at 0 and 1 -> (m,n) for an odd k. */
NRV_API nrv_tensor nrv_rot90(nrv_tensor x, int64_t k, int a, int b)
{
    NRV_CALLED(&nrv__op_rot90, x);
    if (!nrv__axis(x, &a, "rot90") || !nrv__axis(x, &b, "rot90"))
        return NULL;
    if (a == b)
        return nrv__op_refuses(&nrv__op_rot90, 1, &x, NRV_ESHAPE, "two axes make a plane", "axis %d twice", a);
    k = (k % 4 + 4) % 4;
    if (k == 1 || k == 2)
        x = flip_one(x, b);
    if (k == 3 || k == 2)
        x = flip_one(x, a);
    return k % 2 ? nrv_swap_axes(x, a, b) : x;
}

/* ---- roll ---- */
extern const nrv__opdef nrv__op_roll;

static nrv_tensor roll_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    int axes[NRV__MAX_RANK] = { 0 }, n = flip_case_axes(c, axes), shifts = nrv__case_ints(c, "shift", NRV__MAX_RANK, d);
    nrv_tensor x = c->x[0];
    if (n < 0 && x && shifts == 1 && x->rank != 1)
        return nrv_reshape(nrv_roll(nrv_reshape(x, NRV_SHAPE(NRV_SAME)), 1, d, axes), nrv_shape_of(x));
    n = n < 0 ? 1 : n;
    if (x && n != shifts)
        return nrv__op_refuses(&nrv__op_roll, 1, &x, NRV_EARG, "a shift for each axis", "%d shifts for %d axes", shifts,
                               n);
    return nrv_roll(x, n, d, axes);
}

NRV_OP(roll, .sig = "any x[...] -> y[...]",
       .doc =
           "The elements of some axes moved on by shift places; what passes the end comes in at the beginning. Without "
           "an axis x is rolled flat.",
       .flags = NRV_MACRO, .make = roll_make, .torch = "roll", .numpy = "roll",
       .refuse = { "x[3,5], shift=1, axis=2 => roll: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end",
                   "x[3,5], shift=1x2, axis=0 => roll: 2 shifts for 1 axes | in here | input 0: input f32 [3, 5] x | "
                   "hint a shift for each axis" },
       .test = { "x[3,5], shift=2, axis=1", "x[2,3,4], shift=-1x5, axis=0x-1", "x[2,3], shift=2",
                 "x[4], shift=-9, axis=0", "x[0,3], shift=1, axis=0", "x:i32[7], shift=0, axis=0" });

static nrv_tensor roll_one(nrv_tensor x, int axis, int64_t shift)
{
    nrv_dim n = x ? x->dim[axis] : 0;
    if (n == 0)
        return x;
    if (n > 0)
        shift %= n;
    nrv_dim first = shift < 0 ? -shift : nrv__dim_sub(x->g, n, shift); /* what becomes the first */
    if (shift == 0)
        return x;
    nrv_tensor part[2] = { nrv_slice(x, axis, first, NRV_SAME), nrv_slice(x, axis, 0, first) };
    return nrv_concat(2, part, axis);
}

/* x with the elements of n axes moved on by shift[i] places (back, where that is negative) and around; PyTorch's roll.
   Where a length is a named size, its shift may not be larger. */
NRV_API nrv_tensor nrv_roll(nrv_tensor x, int n, const int64_t *shift, const int *axes)
{
    if (!x || x->g->why.status)
        return NULL;
    if (n < 0 || (n && (!shift || !axes)))
        return nrv__op_refuses(&nrv__op_roll, 1, &x, NRV_EARG, "a shift for each axis", "%d shifts%s", n,
                               n < 0 ? "" : " at NULL");
    for (int i = 0; i < n; i++) {
        int a = axes[i];
        if (!nrv__axis(x, &a, "roll"))
            return NULL;
        if (x->dim[a] < 0 && (shift[i] > INT32_MAX || shift[i] < -INT32_MAX))
            return nrv__op_refuses(&nrv__op_roll, 1, &x, NRV_ESHAPE, "at most the axis's length",
                                   "axis %d of a named length shifted by %lld", a, (long long)shift[i]);
        x = roll_one(x, a, shift[i]);
    }
    return x;
}
