/* infer.c - the shape rules that many ops share, and how they refuse.

   Promises: a message names the op, what was wrong with the numbers, the scope, every tensor involved, and a remedy.
   Only the literal length 1 broadcasts; what cannot be proved equal becomes a check at nrv_prepare. */
#include "op.h"
#include <stdio.h>
#include <string.h>

static void infer_describe(nrv__infer *s, nrv__text *t)
{
    for (int i = 0; i < s->n_in; i++) {
        nrv_tensor x = s->in[i];
        nrv__text_add(t, "\n  input %d: %s %s ", i, x->op->name, nrv__dtype_name(x->type));
        nrv__shape_text(x->g, x->rank, x->dim, t); /* it may be another graph's */
        char shown[NRV__PATH_SHOWN];
        if (x->name || x->scope)
            nrv__text_add(t, " %s", x->name ? x->name : nrv__path_show(x->scope, shown));
    }
}

static void infer_refuse(nrv__infer *s, nrv_status status, const char *hint, const char *fmt, va_list ap)
{
    char what[512];
    vsnprintf(what, sizeof what, fmt, ap);
    nrv__text t = { .mem = s->g->mem };
    infer_describe(s, &t);
    char shown[NRV__PATH_SHOWN];
    const char *path = nrv__path_show(nrv__scope_at(s->g), shown);
    nrv__fail(&s->g->why, status, "%s: %s%s%s%s%s%s", s->g->calls.op ? s->g->calls.op->name : s->op->name, what,
              NRV__PLACE(path), t.at ? t.at : "", hint ? "\n  hint  " : "", hint ? hint : "");
    nrv__text_free(&t);
}

bool nrv__infer_fail(nrv__infer *s, nrv_status status, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    infer_refuse(s, status, hint, fmt, ap);
    va_end(ap);
    return false;
}

nrv_tensor nrv__op_refuses(const nrv__opdef *op, int n, const nrv_tensor *in, nrv_status status, const char *hint,
                           const char *fmt, ...)
{
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    va_list ap;
    va_start(ap, fmt);
    infer_refuse(&s, status, hint, fmt, ap);
    va_end(ap);
    return NULL;
}

bool nrv__infer_real(nrv__infer *s, int i)
{
    if (nrv__dtype_real(s->in[i]->type))
        return true;
    return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_F32", "input %d is %s, a real type is wanted", i,
                           nrv__dtype_name(s->in[i]->type));
}

bool nrv__infer_index(nrv__infer *s, int i)
{
    if (s->in[i]->type == NRV_I32 || s->in[i]->type == NRV_I64)
        return true;
    return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64", "input %d is %s, an index is wanted", i,
                           nrv__dtype_name(s->in[i]->type));
}

bool nrv__infer_places(nrv__infer *s, int axis)
{
    char text[24];
    s->type = NRV_I32;
    if (nrv__dim_at_most(s->g, s->in[0]->dim[axis], INT32_MAX, s->op->name))
        return true;
    return nrv__infer_fail(s, NRV_ESHAPE, "places are i32, so up to 2^31 - 1", "axis %d has %s elements", axis,
                           nrv__dim_text(s->g, s->in[0]->dim[axis], text));
}

/* the common shape of all inputs, the shorter ones extended by 1 in front */
bool nrv__infer_broadcast(nrv__infer *s)
{
    s->rank = 0;
    for (int i = 0; i < s->n_in; i++)
        s->rank = s->in[i]->rank > s->rank ? s->in[i]->rank : s->rank;
    for (int k = 0; k < s->rank; k++) {
        nrv_dim d = 1;
        for (int i = 0; i < s->n_in; i++) {
            int axis = k - (s->rank - s->in[i]->rank);
            nrv_dim e = axis < 0 ? 1 : s->in[i]->dim[axis];
            if (d == 1)
                d = e;
            else if (e != 1 && !nrv__dim_same(s->g, d, e, s->op->name, &d))
                return nrv__infer_fail(s, NRV_ESHAPE, "only a length of 1 is stretched; nrv_reshape puts one in",
                                       "shapes do not fit at axis %d", k);
        }
        s->dim[k] = d;
    }
    return !s->g->why.status;
}

static bool infer_same_type(nrv__infer *s)
{
    for (int i = 1; i < s->n_in; i++)
        if (s->in[i]->type != s->in[0]->type)
            return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                                   nrv__dtype_name(s->in[0]->type), nrv__dtype_name(s->in[i]->type));
    s->type = s->in[0]->type;
    return true;
}

bool nrv__op_wants(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    nrv_graph *g = NULL;
    for (int i = 0; i < n && !g; i++)
        g = in[i] ? in[i]->g : NULL;
    if (!g || g->why.status)
        return false;
    for (int i = 0; i < n; i++) {
        if (!in[i])
            return nrv__graph_fail(g, NRV_EARG, "was it ever set?", "%s: input %d is NULL", op->name, i), false;
        if (in[i]->g != g)
            return nrv__graph_fail(g, NRV_EARG, "tensors of two graphs do not meet; nrv_input takes values over",
                                   "%s: input %d is of another graph", op->name, i),
                   false;
    }
    return true;
}

bool nrv__op_wants_real(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    if (!nrv__op_wants(op, n, in))
        return false;
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    for (int i = 0; i < n; i++)
        if (!nrv__infer_real(&s, i))
            return false;
    return infer_same_type(&s);
}

bool nrv__op_wants_index(const nrv__opdef *op, int n, const nrv_tensor *in, int i)
{
    if (!nrv__op_wants(op, n, in))
        return false;
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    return nrv__infer_index(&s, i);
}

bool nrv__op_common(const nrv__opdef *op, int n, const nrv_tensor *in, nrv_shape *to)
{
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    if (!nrv__infer_broadcast(&s))
        return false;
    *to = (nrv_shape){ s.rank, { 0 } };
    memcpy(to->dim, s.dim, (size_t)s.rank * sizeof *s.dim);
    return true;
}

bool nrv__infer_point(nrv__infer *s)
{
    return nrv__infer_real(s, 0) && infer_same_type(s) && nrv__infer_broadcast(s);
}

bool nrv__infer_number(nrv__infer *s)
{
    if (s->in[0]->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to a number", "input 0 is bool, a number is wanted");
    return infer_same_type(s) && nrv__infer_broadcast(s);
}

bool nrv__infer_compare(nrv__infer *s)
{
    if (!infer_same_type(s) || !nrv__infer_broadcast(s))
        return false;
    s->type = NRV_BOOL;
    return true;
}

bool nrv__infer_select(nrv__infer *s)
{
    if (s->in[0]->type != NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "compare first: nrv_less, nrv_equal...",
                               "the condition is %s, bool is wanted", nrv__dtype_name(s->in[0]->type));
    if (s->in[1]->type != s->in[2]->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(s->in[1]->type), nrv__dtype_name(s->in[2]->type));
    s->type = s->in[1]->type;
    return nrv__infer_broadcast(s);
}

bool nrv__infer_same(nrv__infer *s)
{
    s->rank = s->in[0]->rank;
    memcpy(s->dim, s->in[0]->dim, (size_t)s->rank * sizeof *s->dim);
    return true;
}

bool nrv__infer_reduce(nrv__infer *s)
{
    const nrv__reduce_attr *a = s->attr;
    s->rank = 0;
    for (int i = 0; i < s->in[0]->rank; i++) {
        bool gone = a->axes >> i & 1;
        if (!gone || a->keep)
            s->dim[s->rank++] = gone ? 1 : s->in[0]->dim[i];
    }
    return true;
}

/* ---- small things that many ops want ---- */
bool nrv__axis(nrv_tensor x, int *axis, const char *op)
{
    if (!x || x->g->why.status)
        return false;
    int a = *axis < 0 ? *axis + x->rank : *axis;
    if (a < 0 || a >= x->rank) {
        nrv__graph_fail(x->g, NRV_ESHAPE, "axes count from 0, or from -1 at the end",
                        "%s: axis %d of a tensor of rank %d", op, *axis, x->rank);
        return false;
    }
    *axis = a;
    return true;
}

nrv_tensor nrv__like(nrv_tensor x, double value)
{
    return x ? nrv_fill(x->g, x->type, NRV_SCALAR, value) : NULL;
}

nrv_tensor nrv__cast_like(nrv_tensor x, nrv_tensor like)
{
    return x && like ? nrv_cast(x, like->type) : NULL;
}

nrv_tensor nrv__line(nrv_tensor v, int rank, int axis)
{
    nrv_shape line = { rank, { 1, 1, 1, 1, 1, 1, 1, 1 } };
    if (!v)
        return NULL;
    line.dim[axis] = v->dim[0];
    return nrv_reshape(v, line);
}

nrv_tensor nrv__places(nrv_tensor x, int axis)
{
    return nrv__line(nrv_iota(x->g, NRV_I32, x->dim[axis]), x->rank, axis);
}

nrv_tensor nrv__sum_to(nrv_tensor x, nrv_tensor like)
{
    if (!x || !like)
        return NULL;
    int64_t axes = 0;
    int extra = x->rank - like->rank;
    for (int i = 0; i < x->rank; i++)
        if (i < extra || (like->dim[i - extra] == 1 && x->dim[i] != 1))
            axes |= INT64_C(1) << i;
    if (!axes)
        return x;
    x = nrv__sum_axes(x, axes, 1);
    return extra ? nrv_reshape(x, nrv_shape_of(like)) : x;
}
