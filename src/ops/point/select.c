/* select - y = c ? a : b, element by element */
#include "../op.h"

static void select_vjp(nrv_vjp *v)
{
    nrv_tensor zero = nrv__like(v->dy, 0);
    v->dx[1] = nrv_select(v->x[0], v->dy, zero);
    v->dx[2] = nrv_select(v->x[0], zero, v->dy);
}

static void select_ref(const nrv__args *args)
{
    const double *c = args->in[0].data, *a = args->in[1].data, *b = args->in[2].data;
    double *y = args->out[0].data;
    for (int64_t i = 0; i < args->n; i++)
        y[i] = c[i] != 0 ? a[i] : b[i];
}

NRV_OP(
    select, .sig = "bool c[...], any a[...], any b[...] -> y[...]",
    .doc = "a where c is true, b elsewhere. The branch not taken gets a zero gradient, even where it is infinite.",
    .shape = nrv__infer_select, .flags = NRV_POINTWISE, .vjp = select_vjp, .ref = select_ref, .torch = "where",
    .numpy = "where", .onnx = "Where",
    .refuse = { "c:bool[3], a[4], b[4] => select: shapes do not fit at axis 0 | in here | input 0: input bool [3] c | "
                "input 1: input f32 [4] a | input 2: input f32 [4] b | hint only a length of 1 is stretched; "
                "nrv_reshape puts one in",
                "c[3], a[3], b[3] => select: the condition is f32, bool is wanted | in here | input 0: input f32 [3] c "
                "| input 1: input f32 [3] a | input 2: input f32 [3] b | hint compare first: nrv_less, nrv_equal...",
                "c:bool[3], a[3], b:i32[3] => select: types differ: f32 and i32 | in here | input 0: input bool [3] c "
                "| input 1: input f32 [3] a | input 2: input i32 [3] b | hint nrv_cast one of them" },
    .test = { "c:bool[3,5], a[3,5], b[3,5]", "c:bool[4,1], a[3], b[]", "c:bool[0], a[1], b[1]" });

/* a where c (bool) is true, b elsewhere. All broadcast together. */
NRV_API nrv_tensor nrv_select(nrv_tensor c, nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_select, NRV_N(const nrv_tensor, c, a, b));
}
