/* axes.c - which axes a reduction goes over, in one int: an axis, several (NRV_AXES), or all (NRV_ALL).

   A set is a large number: bit 30, then bit i for axis i and bit 8 + i for axis -1 - i. What cannot be a set is kept in
   it until a tensor is there to name in the message. */
#include "reduce.h"

#ifdef NRV_HEADER
/* for the axis of reductions: several, NRV_AXES(0, -1), or all of them; weight_norm: one length for the whole weight */
#define NRV_AXES(...) nrv_axes((int)(sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int)), (const int[]){ __VA_ARGS__ })
enum { NRV_ALL = (1 << 30) + (1 << 29) };
#endif

enum {
    AXES_SET = 1 << 30,
    AXES_OUT = 1 << 28, /* one is out of any range: its number, from here */
    AXES_ZERO = 1 << 26,
    AXES_TWICE = 1 << 27, /* one is named twice */
};

/* several axes as one number for the reductions: what NRV_AXES(0, -1) stands for; none: all */
NRV_API int nrv_axes(int n, const int *axes)
{
    int set = AXES_SET;
    for (int i = 0; i < n && axes; i++) {
        int a = axes[i];
        if (a < -NRV__MAX_RANK || a >= NRV__MAX_RANK) {
            int shown = a > AXES_ZERO - 1 ? AXES_ZERO - 1 : a < -AXES_ZERO ? -AXES_ZERO : a;
            return AXES_SET | AXES_OUT | (AXES_ZERO + shown);
        }
        int bit = a < 0 ? 1 << (7 - a) : 1 << a;
        set |= bit | (set & bit ? AXES_TWICE : 0);
    }
    return set == AXES_SET ? NRV_ALL : set;
}

bool nrv__axes(nrv_tensor x, int axis, const char *op, int64_t *bits)
{
    if (!x || x->g->why.status)
        return false;
    *bits = (INT64_C(1) << x->rank) - 1;
    if (axis == NRV_ALL)
        return true;
    *bits = 0;
    if (axis < AXES_SET) {
        bool is = nrv__axis(x, &axis, op);
        *bits = is ? INT64_C(1) << axis : 0;
        return is;
    }
    if (axis & AXES_OUT) {
        axis = (axis & (AXES_OUT - 1)) - AXES_ZERO;
        return nrv__axis(x, &axis, op);
    }
    bool twice = (axis & AXES_TWICE) != 0;
    for (int i = 0; i < 2 * NRV__MAX_RANK; i++) {
        int a = i < NRV__MAX_RANK ? i : NRV__MAX_RANK - 1 - i;
        if (!(axis >> i & 1))
            continue;
        if (!nrv__axis(x, &a, op))
            return false;
        twice = twice || (*bits >> a & 1);
        *bits |= INT64_C(1) << a;
    }
    if (twice)
        nrv__graph_fail(x->g, NRV_ESHAPE, "name each axis once", "%s: an axis of a tensor of rank %d is named twice",
                        op, x->rank);
    return !twice;
}

int nrv__case_axes(const nrv__case *c)
{
    int64_t d[NRV__MAX_RANK + 1];
    int axis[NRV__MAX_RANK + 1], n = nrv__case_ints(c, "axis", NRV__MAX_RANK + 1, d);
    for (int i = 0; i < n; i++)
        axis[i] = d[i] < -1000000 ? -1000000 : d[i] > 1000000 ? 1000000 : (int)d[i];
    return n == 1 ? axis[0] : nrv_axes(n, axis);
}

int nrv__case_keep(const nrv__case *c)
{
    return nrv__case_int(c, "keep", 0) != 0;
}

nrv_dim nrv__axes_length(nrv_tensor x, int64_t bits)
{
    nrv_dim n = 1;
    for (int i = 0; i < x->rank; i++)
        n = bits >> i & 1 ? nrv__dim_mul(x->g, n, x->dim[i]) : n;
    return n;
}

bool nrv__axes_filled(const nrv__opdef *op, nrv_tensor x, int64_t bits)
{
    for (int i = 0; i < x->rank; i++)
        if (bits >> i & 1 && x->dim[i] == 0) {
            nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "is the axis right?", "axis %d is empty", i);
            return false;
        }
    return true;
}

nrv_tensor nrv__axes_last(nrv_tensor x, int64_t bits)
{
    int order[NRV__MAX_RANK], kept = 0, n = 0;
    nrv_shape s = { 0, { 0 } };
    for (int i = 0; i < x->rank; i++)
        if (!(bits >> i & 1)) {
            order[n++] = i;
            s.dim[kept++] = x->dim[i];
        }
    for (int i = 0; i < x->rank; i++)
        if (bits >> i & 1)
            order[n++] = i;
    s.rank = kept + 1;
    s.dim[kept] = nrv__axes_length(x, bits);
    return nrv_reshape(nrv_permute(x, n, order), s);
}

nrv_tensor nrv__axes_dropped(nrv_tensor y, int64_t bits, int keep)
{
    nrv_shape s = { 0, { 0 } };
    if (!y || keep)
        return y;
    for (int i = 0; i < y->rank; i++)
        if (!(bits >> i & 1))
            s.dim[s.rank++] = y->dim[i];
    return nrv_reshape(y, s);
}

nrv_tensor nrv__axes_kept(nrv_tensor y, nrv_tensor x, int64_t bits, int keep)
{
    if (!y || !keep)
        return y;
    nrv_shape s = nrv_shape_of(x);
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = bits >> i & 1 ? 1 : s.dim[i];
    return nrv_reshape(y, s);
}
