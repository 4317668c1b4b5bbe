/* quantised_linear - a linear layer whose weights are bytes, and whose inputs become bytes on the way.

   s = max |x| / 127 of each row    q = round(x / s)    y = (q W^T) s t + b, with t the scale of each row of W.
   The sums are whole numbers and exact (Jacob et al. 2018). */
#include "weights.h"

extern const nrv__opdef nrv__op_quantised_linear;

static nrv_tensor quantised_linear_weight(nrv_tensor w, nrv_tensor scale) /* in reals */
{
    return nrv_mul(nrv_cast(w, scale->type), nrv_expand(scale, 1, 1));
}

/* by x as if nothing were rounded; y is linear in the others */
static void quantised_linear_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], w = v->x[1], scale = v->x[2];
    if (v->need[0])
        v->dx[0] = nrv_matmul(v->dy, quantised_linear_weight(w, scale));
    if (v->need[2]) {
        nrv_tensor one = nrv_broadcast(nrv__like(scale, 1), nrv_shape_of(scale));
        v->dx[2] = nrv_mul(v->dy, nrv_quantised_linear(x, w, one, NULL));
    }
    if (v->n > 3 && v->need[3])
        v->dx[3] = v->dy;
}

static int64_t quantised_linear_macs(const nrv__args *a)
{
    int64_t n;
    return nrv__mul(a->n, a->in[1].dim[1], &n) ? n : INT64_MAX;
}

static nrv_tensor quantised_linear_make(nrv__case *c)
{
    return nrv_quantised_linear(nrv__case_named(c, "x input"), nrv__case_named(c, "w weight"),
                                nrv__case_named(c, "scale"), nrv__case_named(c, "b bias"));
}

NRV_OP(quantised_linear, .sig = "real x[...,n], integer w[m,n], real scale[m], real b[m] -> y[...,m]",
       .doc = "x W^T + b with W = w scale kept in i8, as nrv_quantise makes it with a scale for each row, and each row "
              "of x rounded to 127 steps of its largest number on either side; b may be left out. A row of x with an "
              "infinity or NaN gives NaN. The gradient by x goes straight through the rounding.",
       .make = quantised_linear_make, .ulp = 4, .tolerance_why = "a quotient and two products scale what was summed",
       .vjp = quantised_linear_vjp, .macs = quantised_linear_macs,
       .not_slope = "it goes straight through the rounding of x", .not_slope_in = 1,
       .refuse = { "x[3,4], w:i8[5,3], scale[5] => quantised_linear: rows of 3 weights, x has 4 numbers in its last "
                   "axis | in here | input 0: input f32 [3, 4] x | input 1: input i8 [5, 3] w | input 2: input f32 "
                   "[5] scale | hint x (...,n), w (m,n), scale (m)",
                   "x[3,4], w:u8[5,4], scale[5] => quantised_linear: the weights are u8, i8 is wanted | in here | "
                   "input 0: input f32 [3, 4] x | input 1: input u8 [5, 4] w | input 2: input f32 [5] scale | hint "
                   "nrv_quantise(w, scale, NULL, 0, NRV_I8)",
                   "x[3,4], w:i8[5,4], scale[4] => quantised_linear: the scale has to be f32 [5] | in here | input 0: "
                   "input f32 [3, 4] x | input 1: input f32 [4] scale | hint input 1 is the weight that does not fit" },
       .test = { "x[3,5], w:i8[4,5] in -128..127, scale[4] in 0.01..0.02, b[4]",
                 "x[2,3,70], w:i8[9,70] in -128..127, scale[9] in 0.01..0.02", "x[6], w:i8[3,6] in -9..9, scale[3]",
                 "x[0,4], w:i8[2,4] in -9..9, scale[2], b[2]", "x[3,4], w:i8[0,4] in -9..9, scale[0]",
                 "x[2,0], w:i8[3,0], scale[3], b[3]" });

static bool quantised_linear_fits(const nrv_tensor *in, nrv_tensor b) /* x, w, scale */
{
    const nrv__opdef *op = &nrv__op_quantised_linear;
    static const char *const hint = "x (...,n), w (m,n), scale (m)";
    nrv_tensor x = in[0], w = in[1];
    char have[24], want[24];
    nrv_dim n;
    if (!nrv__op_wants(op, 3, in))
        return false;
    if (x->type != NRV_F32 && x->type != NRV_F64)
        nrv__op_refuses(op, 3, in, NRV_EDTYPE, "nrv_cast x and the scale to NRV_F32", "x is %s, f32 or f64 is wanted",
                        nrv__dtype_name(x->type));
    else if (w->type != NRV_I8)
        nrv__op_refuses(op, 3, in, NRV_EDTYPE, "nrv_quantise(w, scale, NULL, 0, NRV_I8)",
                        "the weights are %s, i8 is wanted", nrv__dtype_name(w->type));
    else if (!x->rank || w->rank != 2)
        nrv__op_refuses(op, 3, in, NRV_ESHAPE, hint, "ranks %d and %d", x->rank, w->rank);
    else if (!nrv__dim_same(x->g, w->dim[1], x->dim[x->rank - 1], op->name, &n))
        nrv__op_refuses(op, 3, in, NRV_ESHAPE, hint, "rows of %s weights, x has %s numbers in its last axis",
                        nrv__dim_text(x->g, w->dim[1], have), nrv__dim_text(x->g, x->dim[x->rank - 1], want));
    return !x->g->why.status && nrv__weight_fits(op, x, "the scale", in[2], 1, w->dim) &&
           nrv__weight_fits(op, x, "the bias", b, 1, w->dim);
}

/* x (...,n) of f32 or f64, w (m,n) of i8, scale (m) and b (m) or NULL of x's type -> (...,m): x (w scale)^T + b, each
   row of x rounded to bytes by a scale of its own; a quarter of the weights' memory, and the fastest product where the
   processor has VNNI. w and scale of trained weights: nrv_quantise with scale = max |row| / 127. */
NRV_API nrv_tensor nrv_quantised_linear(nrv_tensor x, nrv_tensor w, nrv_tensor scale, nrv_tensor b)
{
    NRV_CALLED(&nrv__op_quantised_linear, x);
    if (!quantised_linear_fits((const nrv_tensor[]){ x, w, scale }, b))
        return NULL;
    nrv_shape to = nrv_shape_of(x);
    to.dim[to.rank - 1] = w->dim[0];
    /* of a row of nothing it would be -infinity */
    nrv_tensor most = NRV_EXPR("m: m < 0 ? 0 : m", nrv_max_of(nrv_abs(nrv_stop(x)), -1, 1));
    nrv_tensor q = nrv_rint(nrv_mul(nrv_stop(x), nrv_div(nrv__like(x, 127), most)));
    nrv_tensor one = nrv_mul(most, nrv__like(x, 1.0 / 127));
    nrv_shape rows = NRV_SHAPE(nrv__dim_product(x->g, x->rank - 1, x->dim), w->dim[1]);
    nrv_tensor sum = nrv_matmul_integer(nrv_reshape(nrv_cast(q, NRV_I8), rows), nrv_transpose(w));
    nrv_tensor y = nrv_mul(nrv_cast(nrv_reshape(sum, to), x->type), one);
    y = nrv_mul(nrv_surrogate(y, nrv_matmul(x, nrv_transpose(nrv_cast(w, x->type)))), scale);
    y = b && y ? nrv_add(y, b) : y;
    const nrv_tensor in[4] = { x, w, scale, b };
    return y ? nrv__composite(&nrv__op_quantised_linear, b ? 4 : 3, in, NULL, 1, &y) : NULL;
}
