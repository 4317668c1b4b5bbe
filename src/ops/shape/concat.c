/* concat - tensors one after the other along an axis */
#include "../op.h"
#include <string.h>

static bool concat_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__axis_attr *)s->attr)->axis;
    nrv__infer_same(s);
    for (int i = 1; i < s->n_in; i++) {
        nrv_tensor x = s->in[i];
        if (x->type != s->in[0]->type || x->rank != s->rank)
            return nrv__infer_fail(s, NRV_ESHAPE, "all need one type and rank", "input %d differs in type or rank", i);
        for (int k = 0; k < s->rank; k++)
            if (k == axis)
                s->dim[k] = nrv__dim_add(s->g, s->dim[k], x->dim[k]);
            else if (!nrv__dim_same(s->g, s->dim[k], x->dim[k], "concat", &s->dim[k]))
                return nrv__infer_fail(s, NRV_ESHAPE, "only the joined axis may differ", "input %d differs at axis %d",
                                       i, k);
    }
    return true;
}

static void concat_vjp(nrv_vjp *v)
{
    int axis = (int)((const nrv__axis_attr *)v->attr)->axis;
    nrv_dim start = 0;
    for (int i = 0; i < v->n; i++) {
        if (v->need[i])
            v->dx[i] = nrv_slice(v->dy, axis, start, v->x[i]->dim[axis]);
        start = nrv__dim_add(v->g, start, v->x[i]->dim[axis]);
    }
}

static void concat_ref(const nrv__args *a)
{
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    int64_t outer = 1, row = 1;
    for (int i = 0; i < a->out[0].rank; i++)
        *(i < axis ? &outer : &row) *= a->out[0].dim[i];
    double *y = a->out[0].data;
    int64_t at = 0;
    for (int i = 0; i < a->n_in; i++) {
        const double *x = a->in[i].data;
        int64_t n = 1;
        for (int k = axis; k < a->in[i].rank; k++)
            n *= a->in[i].dim[k];
        for (int64_t o = 0; o < outer && n; o++)
            memcpy(y + o * row + at, x + o * n, (size_t)n * sizeof *x);
        at += n;
    }
}

static nrv_tensor concat_make(nrv__case *c)
{
    return nrv_concat(c->n_x, c->x, nrv__case_small(c, "axis", 0));
}

static nrv_tensor concat_batch(const nrv__batch *b)
{
    nrv__axis_attr a = { ((const nrv__axis_attr *)b->y->attr)->axis + 1 };
    nrv_tensor *x = nrv__arena_get(&b->g->arena, (size_t)b->y->n_in * sizeof *x);
    if (!x || b->y->rank == NRV__MAX_RANK)
        return NULL;
    for (int i = 0; i < b->y->n_in; i++)
        x[i] = nrv__batch_wide(b, i);
    return nrv__op_with(b->y->op, b->y->n_in, x, &a, 0, NULL);
}

NRV_OP(concat, .batch = concat_batch, .sig = "any x[...]... -> y[...]",
       .doc = "Tensors one after the other along an axis.", .shape = concat_shape, .vjp = concat_vjp, .ref = concat_ref,
       .make = concat_make, .attr_bytes = sizeof(nrv__axis_attr), .torch = "cat concat concatenate",
       .numpy = "concatenate", .onnx = "Concat",
       .refuse = { "a[2,3], b[2,4], axis=0 => concat: input 1 differs at axis 1 | in here | input 0: input f32 [2, 3] "
                   "a | input 1: input f32 [2, 4] b | hint only the joined axis may differ",
                   "a[2,3], b[2], axis=0 => concat: input 1 differs in type or rank | in here | input 0: input f32 [2, "
                   "3] a | input 1: input f32 [2] b | hint all need one type and rank",
                   "a[3], b:i32[3] => concat: input 1 differs in type or rank | in here | input 0: input f32 [3] a | "
                   "input 1: input i32 [3] b | hint all need one type and rank",
                   "a[3], b[3], axis=1 => concat: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or "
                   "from -1 at the end" },
       .test = { "a[2,3], b[2,4], axis=1", "a[2,3], b[1,3], c[3,3], axis=0", "a[0], b[3], axis=0" });

/* n tensors that agree in all lengths but that of axis. */
NRV_API nrv_tensor nrv_concat(int n, const nrv_tensor *x, int axis)
{
    if (n < 1 || !x || !nrv__axis(x[0], &axis, "concat"))
        return NULL;
    nrv__axis_attr a = { axis };
    return n == 1 ? x[0] : nrv__op_with(&nrv__op_concat, n, x, &a, 0, NULL);
}

/* ---- the sum of two tensors that are zero where the other is not: pieces put side by side. Gradients of slices meet
   so; a sum of numbers with literal zeros is left out, whole ---- */
enum { JOINED_MOST = 64 };

typedef struct joined_walk {
    const nrv_tensor *x; /* pieces */
    int n, at;
    nrv_dim left; /* of the piece */
} joined_walk;

static bool joined_zero(nrv_tensor x)
{
    return x->op == &nrv__op_fill && ((const nrv__scalar_attr *)x->attr)->value == 0;
}

static void joined_take(nrv_graph *g, joined_walk *w, int axis, nrv_dim d)
{
    w->left = nrv__dim_sub(g, w->left, d);
    if (w->left == 0 && ++w->at < w->n)
        w->left = w->x[w->at]->dim[axis];
}

/* the shorter of what is left of both; -1: it cannot be told */
static nrv_dim joined_shorter(const joined_walk *a, const joined_walk *b)
{
    if (a->left == b->left)
        return a->left;
    return a->left < 0 || b->left < 0 ? -1 : a->left < b->left ? a->left : b->left;
}

static int joined_pieces(nrv_graph *g, joined_walk *a, joined_walk *b, int axis, nrv_tensor *to)
{
    int n = 0;
    while (a->at < a->n && b->at < b->n) {
        nrv_tensor x = a->x[a->at], y = b->x[b->at];
        bool zero_x = joined_zero(x), zero_y = joined_zero(y);
        nrv_dim d = joined_shorter(a, b);
        if (d == -1 || n == JOINED_MOST || (!zero_x && !zero_y) || (!zero_x && d != x->dim[axis]) ||
            (!zero_y && d != y->dim[axis]))
            return 0;
        nrv_shape s = nrv_shape_of(x);
        s.dim[axis] = d;
        to[n++] = !zero_x ? x : !zero_y ? y : nrv_fill(g, x->type, s, 0);
        joined_take(g, a, axis, d);
        joined_take(g, b, axis, d);
    }
    return a->at == a->n && b->at == b->n ? n : 0;
}

nrv_tensor nrv__joined(nrv_tensor a, nrv_tensor b)
{
    if (!a || !b || a->op != &nrv__op_concat || b->op != &nrv__op_concat || a->rank != b->rank || a->type != b->type)
        return NULL;
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    bool same = axis == (int)((const nrv__axis_attr *)b->attr)->axis;
    for (int i = 0; i < a->rank; i++)
        same = same && a->dim[i] == b->dim[i];
    nrv_tensor piece[JOINED_MOST];
    joined_walk wa = { a->in, a->n_in, 0, a->in[0]->dim[axis] }, wb = { b->in, b->n_in, 0, b->in[0]->dim[axis] };
    int n = same ? joined_pieces(a->g, &wa, &wb, axis, piece) : 0;
    return n ? nrv_concat(n, piece, axis) : NULL;
}
