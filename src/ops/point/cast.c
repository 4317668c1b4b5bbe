/* cast - the same values in another type */
#include "../op.h"

typedef struct cast_attr {
    int64_t type;
} cast_attr;

static bool cast_shape(nrv__infer *s)
{
    s->type = (nrv_dtype)((const cast_attr *)s->attr)->type;
    return nrv__dtype_size(s->type)
               ? nrv__infer_same(s) && (s->type = (nrv_dtype)((const cast_attr *)s->attr)->type)
               : nrv__infer_fail(s, NRV_EDTYPE, "NRV_F32, NRV_I32...", "%d is no type", (int)s->type);
}

static void cast_vjp(nrv_vjp *v)
{
    if (nrv__dtype_real(v->x[0]->type) && nrv__dtype_real(v->y->type))
        v->dx[0] = nrv_cast(v->dy, v->x[0]->type);
}

static void cast_ref(const nrv__args *a)
{
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    bool whole = nrv__dtype_whole(a->out[0].type);
    for (int64_t i = 0; i < a->n; i++)
        y[i] = whole && x[i] == x[i] && x[i] > -9e18 && x[i] < 9e18 ? (double)(int64_t)x[i] : x[i];
}

static nrv_tensor cast_make(nrv__case *c)
{
    return nrv_cast(c->x[0], nrv__case_type(c, "type", (nrv_dtype)nrv__case_int(c, "type", (int64_t)NRV_F32)));
}

NRV_OP(
    cast, .sig = "any x[...] -> y[...]",
    .doc = "The same values in another type: to a narrower real the nearest, of two as near the even one, beyond its "
           "largest infinity; to an integer towards zero and saturating (NaN gives 0); to bool whether not 0. "
           "Between real types the gradient is cast back; through others there is none.",
    .shape = cast_shape, .flags = NRV_POINTWISE, .vjp = cast_vjp, .ref = cast_ref, .make = cast_make,
    .attr_bytes = sizeof(cast_attr), .torch = "Tensor.to Tensor.type Tensor.type_as", .numpy = "astype", .onnx = "Cast",
    .also = "to astype",
    .refuse = { "x[3], type=77 => cast: 77 is no type | in here | input 0: input f32 [3] x | hint NRV_F32, NRV_I32...",
                "x:bool[2], type=0 => cast: 0 is no type | in here | input 0: input bool [2] x | hint NRV_F32, "
                "NRV_I32..." },
    .test = { "x[3,5], type=f64", "x:i32[7] in -9..9, type=f32", "x[9] in -3..3, type=i32", "x:bool[5], type=f32",
              "x[0], type=f64", "x:i8[1027] in -99..99, type=f32", "x[9] in -300..300, type=i8",
              "x:i8[7] in -9..9, type=f16", "x:u8[7] in 0..255, type=bf16", "x:i64[5] in -9..9, type=i8",
              "x:i32[5] in -300..300, type=u8", "x[7] in -1..1, type=bool" });

/* x in type t. x and y (...). Rounds once, to the nearest; integers saturate, NaN becomes 0 (docs/why/types.md). */
NRV_API nrv_tensor nrv_cast(nrv_tensor x, nrv_dtype t)
{
    if (x && x->type == t)
        return x->g->why.status ? NULL : x;
    cast_attr a = { (int64_t)t };
    return nrv__op_with(&nrv__op_cast, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}
