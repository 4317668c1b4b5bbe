/* fractional_max_pool - the largest of windows whose steps vary at random around a fraction (Graham 2014).

   Window i of o along an axis of n begins at floor((i+u) a) - floor(u a), a = (n-k)/(o-1), the last at n-k; u in [0,1)
   is drawn for each channel and axis, and given here as a tensor, so that the same draw can be had again. */
#include "../index/lines.h"
#include "pooling.h"

extern const nrv__opdef nrv__op_fractional_max_pool;

static bool fractional_max_pool_wants(nrv_tensor x, nrv_tensor samples, int n, const int *k, const nrv_dim *to)
{
    const nrv__opdef *op = &nrv__op_fractional_max_pool;
    const nrv_tensor in[2] = { x, samples };
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    if (n < 1 || n > 3 || (x->rank != n + 2 && x->rank != n + 1) || samples->rank != 3 || !k || !to)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "x (B,C,S...) or (C,S...), samples (B,C,axes) or (1,C,axes)",
                               "ranks %d and %d for windows over %d axes%s", x->rank, samples->rank, n,
                               k && to ? "" : ", at NULL") != NULL;
    for (int i = 0; i < n; i++) {
        nrv_dim length = x->dim[x->rank - n + i];
        if (k[i] < 1 || to[i] < 1 || length < 0 || to[i] > length - (k[i] - 1))
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE,
                                   "output + kernel - 1 is at most the length, which is a number",
                                   "%lld windows of %d in a length of %lld", (long long)to[i], k[i],
                                   length < 0 ? -1LL : (long long)length) != NULL;
    }
    return true;
}

/* where the o windows of k elements of n begin, and their elements: (B,C,o,k) of i64; u (B,C) */
static nrv_tensor fractional_max_pool_at(nrv_tensor u, int64_t n, int64_t o, int64_t k)
{
    nrv_graph *g = u->g;
    nrv_tensor first = nrv_iota(g, NRV_I64, o), last = nrv_fill(g, NRV_I64, NRV_SCALAR, (double)(n - k));
    nrv_tensor starts = last;
    u = nrv_expand(nrv_stop(u), -1, 1);
    if (o > 1) {
        double a = (double)(n - k) / (double)(o - 1);
        nrv_tensor ahead = nrv_cast(nrv_mul_c(nrv_add(nrv__cast_like(first, u), u), a), NRV_I64);
        starts = nrv_sub(ahead, nrv_cast(nrv_mul_c(u, a), NRV_I64));
        starts = nrv_select(nrv_equal(first, nrv_fill(g, NRV_I64, NRV_SCALAR, (double)(o - 1))), last, starts);
    }
    starts = nrv_broadcast(starts, NRV_SHAPE(u->dim[0], u->dim[1], o));
    return nrv_add(nrv_expand(starts, -1, 1), nrv_iota(g, NRV_I64, k));
}

/* x (B,C,S...) or (C,S...), samples (B,C,n) in [0,1), nrv_uniform's -> (B,C,to...): the largest of to[i] windows of
   k[i] along each of the last n axes; where as in nrv_max_pool_with, NULL: not wanted. Samples go to the axes as in
   PyTorch: of two axes the first is the last one's. No gradient to them. */
NRV_API nrv_tensor nrv_fractional_max_pool(nrv_tensor x, nrv_tensor samples, int n, const int *k, const nrv_dim *to,
                                           nrv_tensor *where)
{
    NRV_CALLED(&nrv__op_fractional_max_pool, x);
    if (!fractional_max_pool_wants(x, samples, n, k, to))
        return NULL;
    bool alone = x->rank == n + 1;
    x = alone ? nrv_expand(x, 0, 1) : x;
    nrv_tensor place = where ? nrv_broadcast(nrv__pooling_places(x, n), nrv_shape_of(x)) : NULL;
    for (int i = n - 1; i >= 0 && x; i--) {
        nrv_tensor u = nrv_slice(samples, 2, n == 2 ? 1 - i : i, 1);
        u = u ? nrv_reshape(u, NRV_SHAPE(samples->dim[0], samples->dim[1])) : NULL;
        nrv_tensor at = u ? fractional_max_pool_at(u, x->dim[2 + i], to[i], k[i]) : NULL;
        if (where)
            place = nrv__gather(place, at, 2 + i, 2);
        x = nrv__pooling_most(nrv__gather(x, at, 2 + i, 2), 3 + i, where ? &place : NULL);
    }
    if (where)
        *where = alone ? nrv__first(place) : place;
    return alone ? nrv__first(x) : x;
}

static nrv_tensor fractional_max_pool_make(nrv__case *c)
{
    int64_t kernel[3] = { 0 }, to[3] = { 0 };
    int k[3], m = nrv__case_ints(c, "kernel", 3, kernel), n = nrv__case_ints(c, "output", 3, to);
    int axes = n > 1 || !c->x[0] ? n : c->x[0]->rank - 2;
    for (int i = 0; i < 3; i++) {
        k[i] = (int)kernel[m > 1 ? i : 0];
        to[i] = to[n > 1 ? i : 0];
    }
    bool both = nrv__case_int(c, "return_indices", 0) != 0;
    nrv_tensor where = NULL;
    nrv_tensor y = nrv_fractional_max_pool(c->x[0], c->n_x > 1 ? c->x[1] : NULL, axes, k, to, both ? &where : NULL);
    if (both)
        c->also[c->n_also++] = where;
    return y;
}

NRV_OP(fractional_max_pool, .sig = "real x[B,C,S...], real samples[B,C,n] -> y[B,C,O...]",
       .doc = "The largest of windows whose steps vary at random around a fraction; samples in [0,1) decide. NaN wins; "
              "the first of equals gets the gradient; samples get none.",
       .flags = NRV_MACRO, .make = fractional_max_pool_make,
       .torch = "nn.functional.fractional_max_pool2d nn.functional.fractional_max_pool3d nn.FractionalMaxPool2d "
                "nn.FractionalMaxPool3d",
       .not_slope = "samples move the windows, which is not differentiated", .not_slope_in = 1 << 1,
       .refuse = { "x[1,2,4], samples[1,2,1], kernel=3, output=3 => fractional_max_pool: 3 windows of 3 in a "
                   "length of 4 | in here | input 0: input f32 [1, 2, 4] x | input 1: input f32 [1, 2, 1] "
                   "samples | hint output + kernel - 1 is at most the length, which is a number",
                   "x[1,2,4], samples[1,2], kernel=2, output=2 => fractional_max_pool: ranks 3 and 2 for "
                   "windows over 1 axes | in here | input 0: input f32 [1, 2, 4] x | input 1: input f32 [1, "
                   "2] samples | hint x (B,C,S...) or (C,S...), samples (B,C,axes) or (1,C,axes)" },
       .test = { "x[2,3,9,8], samples[2,3,2]{.1,.9,.3,.5,.7,.2,.4,.8,.6,.15,.35,.95}, kernel=2, output=4 5",
                 "x[1,2,7], samples[1,2,1]{.25,.75}, kernel=3, output=3",
                 "x[1,1,4], samples[1,1,1]{.5}, kernel=1, output=2",
                 "x[1,1,4,5,4], samples[1,1,3]{.5,.1,.9}, kernel=2, output=2 4 1, return_indices=true" });
