/* stack.c - tensors joined along a new axis, and joined as rows, columns or layers: stack, hstack, vstack, dstack,
   column_stack. */
#include "../op.h"

static nrv_tensor stack_make(nrv__case *c)
{
    return nrv_stack(c->n_x, c->x, nrv__case_small(c, "axis", 0));
}

static nrv_tensor hstack_make(nrv__case *c)
{
    return nrv_hstack(c->n_x, c->x);
}

static nrv_tensor vstack_make(nrv__case *c)
{
    return nrv_vstack(c->n_x, c->x);
}

static nrv_tensor dstack_make(nrv__case *c)
{
    return nrv_dstack(c->n_x, c->x);
}

static nrv_tensor column_stack_make(nrv__case *c)
{
    return nrv_column_stack(c->n_x, c->x);
}

NRV_OP(stack, .sig = "any x[...]... -> y[...]", .doc = "Tensors of one shape along a new axis.", .flags = NRV_MACRO,
       .make = stack_make, .torch = "stack", .numpy = "stack",
       .refuse = { "a[3], b[4] => stack: input 1 differs from input 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint one shape and type; nrv_concat joins others",
                   "a[3], b[3], axis=2 => stack: axis 2 is put into tensors of rank 1 | in here | input 0: input f32 "
                   "[3] a | input 1: input f32 [3] b | hint from 0 to the rank; ranks go up to 8",
                   "a[3], b:i32[3] => stack: input 1 differs from input 0 | in here | input 0: input f32 [3] a | input "
                   "1: input i32 [3] b | hint one shape and type; nrv_concat joins others" },
       .test = { "a[2,3], b[2,3], axis=1", "a[3], b[3], c[3]", "a[2,3], axis=-1", "a[], b[]", "a[0], b[0], axis=1" });
NRV_OP(hstack, .sig = "any x[...]... -> y[...]",
       .doc = "Tensors joined side by side: along axis 1, vectors and scalars along axis 0.", .flags = NRV_MACRO,
       .make = hstack_make, .torch = "hstack", .numpy = "hstack",
       .refuse = { "a[2,3], b[3,2] => hstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [3, 2] b | hint one type, and equal lengths but along the axis joined",
                   "a[2,3], b[2] => hstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [2] b | hint one type, and equal lengths but along the axis joined" },
       .test = { "a[2,3], b[2,1]", "a[3], b[2]", "a[], b[]", "a[2,1,3], b[2,2,3]" });
NRV_OP(vstack, .sig = "any x[...]... -> y[...]",
       .doc = "Tensors joined one below the other: along axis 0, a vector being a row.", .flags = NRV_MACRO,
       .make = vstack_make, .torch = "vstack row_stack", .numpy = "vstack",
       .refuse = { "a[2,3], b[2,2] => vstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [2, 2] b | hint one type, and equal lengths but along the axis joined",
                   "a[2,3], b:f64[2,3] => vstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a "
                   "| input 1: input f64 [2, 3] b | hint one type, and equal lengths but along the axis joined" },
       .test = { "a[2,3], b[1,3]", "a[3], b[3]", "a[2,3], b[3]", "a[], b[]", "a[0,2], b[1,2]" });
NRV_OP(dstack, .sig = "any x[...]... -> y[...]",
       .doc = "Tensors joined in depth: along axis 2, a matrix having depth 1 and a vector being a row of it.",
       .flags = NRV_MACRO, .make = dstack_make, .torch = "dstack", .numpy = "dstack",
       .refuse = { "a[2,3], b[2,2] => dstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [2, 2] b | hint one type, and equal lengths but along the axis joined",
                   "a[2,3], b[2,3,4,5] => dstack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] a "
                   "| input 1: input f32 [2, 3, 4, 5] b | hint one type, and equal lengths but along the axis joined" },
       .test = { "a[2,3], b[2,3]", "a[3], b[3]", "a[2,3,2], b[2,3,1]", "a[], b[]" });
NRV_OP(column_stack, .sig = "any x[...]... -> y[...]",
       .doc = "Vectors as the columns of a matrix; tensors of a higher rank are joined along axis 1.",
       .flags = NRV_MACRO, .make = column_stack_make, .torch = "column_stack", .numpy = "column_stack",
       .refuse = { "a[2], b[3] => column_stack: input 1 does not fit input 0 | in here | input 0: input f32 [2] a | "
                   "input 1: input f32 [3] b | hint one type, and equal lengths but along the axis joined",
                   "a[2,3], b[3,2] => column_stack: input 1 does not fit input 0 | in here | input 0: input f32 [2, 3] "
                   "a | input 1: input f32 [3, 2] b | hint one type, and equal lengths but along the axis joined" },
       .test = { "a[3], b[3]", "a[3,2], b[3]", "a[], b[]" });

enum { STACK_ROW = 1, STACK_COLUMN };
static nrv_tensor stack_raised(nrv_tensor x, int rank, int kind);

static nrv_tensor at_least_1d_make(nrv__case *c)
{
    return nrv_at_least(c->x[0], 1);
}

static nrv_tensor at_least_2d_make(nrv__case *c)
{
    return nrv_at_least(c->x[0], 2);
}

static nrv_tensor at_least_3d_make(nrv__case *c)
{
    return nrv_at_least(c->x[0], 3);
}

#define STACK_AT_LEAST \
    .sig = "any x[...] -> y[...]", .flags = NRV_MACRO, .test = { "x[2,3,4,5]", "x[2,3]", "x[3]", "x[]", "x[0]" }

NRV_OP(at_least_1d, .doc = "x, a scalar as a vector of one.", .make = at_least_1d_make, .torch = "atleast_1d",
       .numpy = "atleast_1d", STACK_AT_LEAST);
NRV_OP(at_least_2d, .doc = "x, a vector as a row.", .make = at_least_2d_make, .torch = "atleast_2d",
       .numpy = "atleast_2d", STACK_AT_LEAST);
NRV_OP(at_least_3d, .doc = "x, a matrix with a depth of 1, a vector as a row of such a matrix.",
       .make = at_least_3d_make, .torch = "atleast_3d", .numpy = "atleast_3d", STACK_AT_LEAST);

/* x with at least 1, 2 or 3 axes: a scalar becomes a vector of one, a vector a row, a matrix one of depth 1. */
NRV_API nrv_tensor nrv_at_least(nrv_tensor x, int rank)
{
    if (!x || x->g->why.status)
        return NULL;
    if (rank < 0 || rank > 3)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "0 to 3; nrv_unsqueeze puts axes in", "at_least: %d axes", rank), NULL;
    return rank ? stack_raised(x, rank, STACK_ROW) : x;
}

/* a scalar or vector as a row or column; of depth 1, where depth is wanted */
static nrv_tensor stack_raised(nrv_tensor x, int rank, int kind)
{
    if (!x || x->rank >= rank)
        return x;
    nrv_dim n = x->rank ? x->dim[0] : 1;
    if (rank == 1)
        return nrv_reshape(x, NRV_SHAPE(1));
    if (x->rank < 2)
        x = nrv_reshape(x, kind == STACK_ROW ? NRV_SHAPE(1, n) : NRV_SHAPE(n, 1));
    return rank == 3 ? nrv_unsqueeze(x, 2) : x;
}

/* joined along axis after each was raised; refuses in op's name */
static nrv_tensor stack_joined(const nrv__opdef *op, int n, const nrv_tensor *x, int rank, int kind, int axis)
{
    if (n < 1 || !x || !nrv__op_wants(op, n, x))
        return NULL;
    nrv_graph *g = x[0]->g;
    nrv_tensor *part = nrv__arena_get(&g->arena, (size_t)n * sizeof *part);
    for (int i = 0; i < n && part; i++) {
        nrv_dim d;
        part[i] = stack_raised(x[i], rank, kind);
        bool fits = part[i] && part[i]->rank == part[0]->rank && part[i]->type == part[0]->type;
        if (g->why.status)
            return NULL;
        for (int k = 0; fits && k < part[0]->rank; k++)
            fits = k == axis || nrv__dim_same(g, part[0]->dim[k], part[i]->dim[k], op->name, &d);
        if (!fits)
            return nrv__op_refuses(op, n, x, NRV_ESHAPE, "one type, and equal lengths but along the axis joined",
                                   "input %d does not fit input 0", i);
    }
    return part ? nrv_concat(n, part, axis) : nrv__op_refuses(op, 1, x, NRV_ENOMEM, NULL, "no memory");
}

/* n tensors of one shape along a new axis: twice (a,b) at 0 -> (2,a,b). */
NRV_API nrv_tensor nrv_stack(int n, const nrv_tensor *x, int axis)
{
    if (n < 1 || !x || !nrv__op_wants(&nrv__op_stack, n, x))
        return NULL;
    nrv_graph *g = x[0]->g;
    int a = axis < 0 ? axis + x[0]->rank + 1 : axis;
    if (a < 0 || a > x[0]->rank || x[0]->rank == NRV__MAX_RANK)
        return nrv__op_refuses(&nrv__op_stack, n, x, NRV_ESHAPE, "from 0 to the rank; ranks go up to 8",
                               "axis %d is put into tensors of rank %d", axis, x[0]->rank);
    nrv_tensor *part = nrv__arena_get(&g->arena, (size_t)n * sizeof *part);
    for (int i = 0; i < n && part; i++) {
        nrv_dim d;
        bool fits = x[i]->rank == x[0]->rank && x[i]->type == x[0]->type;
        for (int k = 0; fits && k < x[0]->rank; k++)
            fits = nrv__dim_same(g, x[0]->dim[k], x[i]->dim[k], "stack", &d);
        if (!fits)
            return nrv__op_refuses(&nrv__op_stack, n, x, NRV_ESHAPE, "one shape and type; nrv_concat joins others",
                                   "input %d differs from input 0", i);
        part[i] = nrv_expand(x[i], a, 1);
    }
    return part ? nrv_concat(n, part, a) : nrv__op_refuses(&nrv__op_stack, 1, x, NRV_ENOMEM, NULL, "no memory");
}

/* n tensors side by side: along axis 1, vectors and scalars along axis 0. */
NRV_API nrv_tensor nrv_hstack(int n, const nrv_tensor *x)
{
    bool flat = n > 0 && x && x[0] && x[0]->rank < 2;
    return stack_joined(&nrv__op_hstack, n, x, 1, STACK_ROW, flat ? 0 : 1);
}

/* n tensors one below the other: along axis 0, a vector being a row. */
NRV_API nrv_tensor nrv_vstack(int n, const nrv_tensor *x)
{
    return stack_joined(&nrv__op_vstack, n, x, 2, STACK_ROW, 0);
}

/* n tensors in depth: along axis 2, a matrix having depth 1 and a vector being a row of it. */
NRV_API nrv_tensor nrv_dstack(int n, const nrv_tensor *x)
{
    return stack_joined(&nrv__op_dstack, n, x, 3, STACK_ROW, 2);
}

/* n vectors as the columns of a matrix; tensors of a higher rank are joined along axis 1. */
NRV_API nrv_tensor nrv_column_stack(int n, const nrv_tensor *x)
{
    return stack_joined(&nrv__op_column_stack, n, x, 2, STACK_COLUMN, 1);
}
