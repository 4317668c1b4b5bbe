/* pad - one number around a tensor; or what PyTorch's nn.functional.pad lays there: its mirror image, its last element,
   its other end. A negative number cuts away. */
#include "../conv/windows.h"
#include <string.h>

extern const nrv__opdef nrv__op_pad, nrv__op_pad_with;

/* NRV_EDGE_CONSTANT... in words */
static const char *const pad_edges[] = { "constant", "reflect", "replicate", "circular" };

static bool pad_shape(nrv__infer *s)
{
    const nrv__pad_attr *p = s->attr;
    nrv__infer_same(s);
    for (int i = 0; i < s->rank; i++) {
        if (p->before[i] < 0 || p->after[i] < 0)
            return nrv__infer_fail(s, NRV_EARG, "nrv_slice cuts away", "padding of %lld and %lld at axis %d",
                                   (long long)p->before[i], (long long)p->after[i], i);
        s->dim[i] = nrv__dim_add(s->g, s->dim[i], nrv__dim_add(s->g, p->before[i], p->after[i]));
    }
    return true;
}

static void pad_vjp(nrv_vjp *v)
{
    const nrv__pad_attr *p = v->attr;
    nrv_tensor d = v->dy;
    for (int i = 0; i < v->x[0]->rank; i++)
        d = nrv_slice(d, i, p->before[i], v->x[0]->dim[i]);
    v->dx[0] = d;
}

static void pad_ref(const nrv__args *a)
{
    const nrv__pad_attr *p = a->attr;
    const nrv__view *x = &a->in[0], *y = &a->out[0];
    const double *from = x->data;
    double *to = y->data;
    int64_t at[NRV__MAX_RANK] = { 0 };
    for (int64_t i = 0; i < a->n; i++) {
        int64_t where = 0;
        bool inside = true;
        for (int k = 0; k < y->rank; k++) {
            int64_t c = at[k] - p->before[k];
            inside = inside && c >= 0 && c < x->dim[k];
            where += c * x->stride[k];
        }
        to[i] = inside ? from[where] : p->value;
        for (int k = y->rank - 1; k >= 0 && ++at[k] == y->dim[k]; k--)
            at[k] = 0;
    }
}

int nrv__edge_of(const char *word)
{
    for (int i = 0; i < 4; i++)
        if (!strcmp(word, pad_edges[i]))
            return i;
    return -1;
}

/* "left right top bottom ..." of the last axes; pad, or a name that says what is in it: pad_left_right */
static int pad_numbers(const nrv__case *c, int64_t *to)
{
    int n = nrv__case_ints(c, "pad", 2 * NRV__MAX_RANK, to);
    for (int i = 0; i < c->n_arg && !n; i++)
        if (!strncmp(c->arg[i].name, "pad_", 4))
            n = nrv__case_ints(c, c->arg[i].name, 2 * NRV__MAX_RANK, to);
    return n;
}

static nrv_tensor pad_make(nrv__case *c)
{
    return nrv_pad(c->x[0], nrv__case_small(c, "axis", 0), nrv__case_int(c, "before", 0), nrv__case_int(c, "after", 0),
                   nrv__case_real(c, "value", 0));
}

static nrv_tensor pad_with_make(nrv__case *c)
{
    int64_t around[2 * NRV__MAX_RANK] = { 0 };
    int n = pad_numbers(c, around);
    const char *mode = nrv__case_text(c, "mode");
    int edge = mode ? nrv__edge_of(mode) : NRV_EDGE_CONSTANT;
    double value = nrv__case_real(c, "value", 0);
    if (edge < 0)
        return nrv__op_refuses(&nrv__op_pad_with, c->n_x, c->x, NRV_EARG, "constant, reflect, replicate, circular",
                               "mode '%.40s'", mode);
    if (n)
        return nrv_pad_with(c->x[0], n, around, edge, value);
    return nrv_pad_edge(c->x[0], nrv__case_small(c, "axis", 0), nrv__case_int(c, "before", 0),
                        nrv__case_int(c, "after", 0), edge, value);
}

static nrv_tensor pad_batch(const nrv__batch *b)
{
    const nrv__pad_attr *p = b->y->attr;
    nrv__pad_attr q = { .value = p->value };
    for (int i = 0; i + 1 < NRV__MAX_RANK; i++) {
        q.before[i + 1] = p->before[i];
        q.after[i + 1] = p->after[i];
    }
    return nrv__batch_sized(b, &q, 0);
}

NRV_OP(pad, .batch = pad_batch, .sig = "real x[...] -> y[...]",
       .doc = "before and after elements of one number put around an axis.", .shape = pad_shape, .vjp = pad_vjp,
       .ref = pad_ref, .make = pad_make, .attr_bytes = sizeof(nrv__pad_attr),
       .refuse = { "x[2,3], axis=2, before=1 => pad: axis 2 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end",
                   "x[2,3], axis=1, before=-1 => pad: padding of -1 and 0 at axis 1 | in here | input 0: "
                   "input f32 [2, 3] x | hint nrv_slice cuts away" },
       .test = { "x[2,3], axis=1, before=1, after=2", "x[3], axis=0, before=0, after=1, value=-2.5",
                 "x[0], axis=0, before=2", "x[3,4,5,6], axis=1, before=2, after=1",
                 "x[40,600], axis=0, before=1, value=3" });
NRV_OP(pad_with, .sig = "real x[...] -> y[...]",
       .doc = "Elements put around the last axes: a number, or with mode reflect, replicate or circular what the axis "
              "itself has there; negative numbers cut away.",
       .flags = NRV_MACRO, .make = pad_with_make,
       .torch = "constant_pad_nd nn.functional.pad nn.ConstantPad1d nn.ConstantPad2d nn.ConstantPad3d nn.ZeroPad2d "
                "nn.ReflectionPad1d "
                "nn.ReflectionPad2d nn.ReflectionPad3d nn.ReplicationPad1d nn.ReplicationPad2d nn.ReplicationPad3d",
       .numpy = "pad", .onnx = "Pad",
       .refuse = { "x[2,3,4], pad=1 2 3 => pad_with: 3 numbers for a tensor of rank 3 | in here | input 0: "
                   "input f32 [2, 3, 4] x | hint left, right, top, bottom...: two for each of the last axes",
                   "x[2,3,4], pad=4 1, mode=reflect => pad_with: reflect padding of 4 and 1 at axis 2 | in "
                   "here | input 0: input f32 [2, 3, 4] x | hint reflect takes less than the axis has, "
                   "circular at most as much, replicate something",
                   "x[2,3,4], pad=1 5, mode=circular => pad_with: circular padding of 1 and 5 at axis 2 | in "
                   "here | input 0: input f32 [2, 3, 4] x | hint reflect takes less than the axis has, "
                   "circular at most as much, replicate something",
                   "x[2,3,4], pad=1 1, mode=mirror => pad_with: mode 'mirror' | in here | input 0: input f32 "
                   "[2, 3, 4] x | hint constant, reflect, replicate, circular",
                   "x[2,3,0], pad=1 1, mode=replicate => pad_with: replicate padding of 1 and 1 at axis 2 | "
                   "in here | input 0: input f32 [2, 3, 0] x | hint reflect takes less than the axis has, "
                   "circular at most as much, replicate something",
                   "x[2,3], pad=-2 -2 => pad_with: padding of -2 and -2 at axis 1 cuts away more than all | "
                   "in here | input 0: input f32 [2, 3] x | hint at most as much as there is" },
       .test = { "x[2,3,4], pad=1 2 0 1, value=0.5", "x[1,2,4,5], pad=1 2 2 1, mode=reflect",
                 "x[2,4,3], pad=2 1 3 0, mode=replicate", "x[3,4], pad=3 2 2 1, mode=circular",
                 "x[2,3,4], pad=-1 2 1 -2, mode=reflect", "x[4,5], axis=1, before=-1, after=-2",
                 "x[3,4], axis=1, before=2, mode=reflect" });

/* before and after elements of value around one axis of x. */
NRV_API nrv_tensor nrv_pad(nrv_tensor x, int axis, int64_t before, int64_t after, double value)
{
    if (!nrv__axis(x, &axis, "pad"))
        return NULL;
    nrv__pad_attr p = { .value = value };
    p.before[axis] = before;
    p.after[axis] = after;
    return before || after ? nrv__op_with(&nrv__op_pad, NRV_N(const nrv_tensor, x), &p, 0, NULL) : x;
}

/* n elements of axis that lie before it (behind = 0) or after it */
static nrv_tensor pad_side(nrv_tensor x, int axis, int64_t n, int behind, int edge)
{
    nrv_dim length = x->dim[axis];
    nrv_shape s = nrv_shape_of(x);
    s.dim[axis] = n;
    switch (edge) {
    case NRV_EDGE_REFLECT:
        return nrv_flip(nrv_slice(x, axis, behind ? nrv__dim_sub(x->g, length, n + 1) : 1, n), 1, &axis);
    case NRV_EDGE_REPLICATE:
        return nrv_broadcast(nrv_slice(x, axis, behind ? nrv__dim_sub(x->g, length, 1) : 0, 1), s);
    default:
        return nrv_slice(x, axis, behind ? 0 : nrv__dim_sub(x->g, length, n), n);
    }
}

static bool pad_edge_fits(nrv_tensor x, int axis, int64_t before, int64_t after, int edge)
{
    int64_t most = before > after ? before : after, room = x->dim[axis];
    if (edge < NRV_EDGE_CONSTANT || edge > NRV_EDGE_CIRCULAR)
        return nrv__op_refuses(&nrv__op_pad_with, 1, &x, NRV_EARG, "NRV_EDGE_REFLECT...", "%d is no kind of edge",
                               edge) != NULL;
    bool fits = room < 0 || most <= 0 || edge == NRV_EDGE_CONSTANT ||
                (edge == NRV_EDGE_REPLICATE ? room > 0
                 : edge == NRV_EDGE_REFLECT ? most < room
                                            : most <= room);
    if (!fits)
        nrv__op_refuses(&nrv__op_pad_with, 1, &x, NRV_ESHAPE,
                        "reflect takes less than the axis has, circular at most as much, replicate something",
                        "%s padding of %lld and %lld at axis %d", pad_edges[edge], (long long)before, (long long)after,
                        axis);
    return fits;
}

/* before and after elements around one axis of x; negative: so many are cut away. edge: NRV_EDGE_CONSTANT and value, or
   what the axis itself has there (NRV_EDGE_REFLECT, _REPLICATE, _CIRCULAR). */
NRV_API nrv_tensor nrv_pad_edge(nrv_tensor x, int axis, int64_t before, int64_t after, int edge, double value)
{
    NRV_CALLED(&nrv__op_pad_with, x);
    if (!nrv__axis(x, &axis, "pad_with"))
        return NULL;
    int64_t far = before > after ? before : after, near = before < after ? before : after;
    if (far > INT32_MAX || near < -INT32_MAX)
        return nrv__op_refuses(&nrv__op_pad_with, 1, &x, NRV_EARG, "a smaller number",
                               "padding of %lld and %lld at axis %d", (long long)before, (long long)after, axis);
    if (!pad_edge_fits(x, axis, before, after, edge))
        return NULL;
    if (x->dim[axis] >= 0 && x->dim[axis] + before + after < 0)
        return nrv__op_refuses(&nrv__op_pad_with, 1, &x, NRV_ESHAPE, "at most as much as there is",
                               "padding of %lld and %lld at axis %d cuts away more than all", (long long)before,
                               (long long)after, axis);
    nrv_tensor part[3];
    int n = 0;
    if (edge != NRV_EDGE_CONSTANT && before > 0)
        part[n++] = pad_side(x, axis, before, 0, edge);
    part[n++] = x;
    if (edge != NRV_EDGE_CONSTANT && after > 0)
        part[n++] = pad_side(x, axis, after, 1, edge);
    nrv_tensor y =
        n > 1 ? nrv_concat(n, part, axis) : nrv_pad(x, axis, before > 0 ? before : 0, after > 0 ? after : 0, value);
    if (before < 0)
        y = nrv_slice(y, axis, -before, NRV_SAME);
    return y && after < 0 ? nrv_slice(y, axis, 0, nrv__dim_sub(x->g, y->dim[axis], -after)) : y;
}

/* As PyTorch's nn.functional.pad: n numbers, two for each of the last axes, the last axis first - left, right, top,
   bottom, front, back. edge and value as in nrv_pad_edge. */
NRV_API nrv_tensor nrv_pad_with(nrv_tensor x, int n, const int64_t *around, int edge, double value)
{
    NRV_CALLED(&nrv__op_pad_with, x);
    if (!nrv__op_wants(&nrv__op_pad_with, 1, &x))
        return NULL;
    if (n < 0 || n % 2 || n / 2 > x->rank || (n && !around))
        return nrv__op_refuses(&nrv__op_pad_with, 1, &x, NRV_EARG,
                               "left, right, top, bottom...: two for each of the last axes",
                               "%d numbers for a tensor of rank %d", n, x->rank);
    for (int i = 0; i < n / 2; i++)
        x = nrv_pad_edge(x, -1 - i, around[2 * i], around[2 * i + 1], edge, value);
    return x;
}
