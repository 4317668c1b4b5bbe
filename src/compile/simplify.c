/* simplify.c - rewriting by a table of rules, inputs before users, until a node fits none.

   Promises: a rule may change the last bit of a value, never its meaning for NaN and infinities.
   Does not do: anything with memory or kernels. */
#include "passes.h"
#include <math.h>
#include <string.h>

extern const nrv__opdef nrv__op_add, nrv__op_div, nrv__op_matmul, nrv__op_mul, nrv__op_neg, nrv__op_permute,
    nrv__op_reshape, nrv__op_slice, nrv__op_stop, nrv__op_sub, nrv__op_sum, nrv__op_surrogate;

static bool simplify_filled(nrv_tensor x, double v)
{
    return x->op == &nrv__op_fill && ((const nrv__scalar_attr *)x->attr)->value == v;
}

/* x stands for y only if nothing was broadcast */
static nrv_tensor simplify_if_shaped(nrv_tensor x, nrv_tensor y)
{
    bool same = x->rank == y->rank && x->type == y->type;
    for (int i = 0; same && i < x->rank; i++)
        same = x->dim[i] == y->dim[i];
    return same ? x : NULL;
}

static nrv_tensor simplify_gradient_only(nrv_tensor y)
{
    return y->op == &nrv__op_stop || y->op == &nrv__op_surrogate ? y->in[0] : NULL;
}

/* x + 0 is not among them: it turns -0 into 0, and 1/x tells them apart */
static nrv_tensor simplify_neutral(nrv_tensor y)
{
    bool product = y->op == &nrv__op_mul;
    bool minus = y->op == &nrv__op_sub && simplify_filled(y->in[1], 0) &&
                 !signbit(((const nrv__scalar_attr *)y->in[1]->attr)->value);
    if (minus || ((product || y->op == &nrv__op_div) && simplify_filled(y->in[1], 1)))
        return simplify_if_shaped(y->in[0], y);
    return product && simplify_filled(y->in[0], 1) ? simplify_if_shaped(y->in[1], y) : NULL;
}

static nrv_tensor simplify_double_neg(nrv_tensor y)
{
    return y->op == &nrv__op_neg && y->in[0]->op == &nrv__op_neg ? y->in[0]->in[0] : NULL;
}

static nrv_tensor simplify_add_neg(nrv_tensor y)
{
    return y->op == &nrv__op_add && y->in[1]->op == &nrv__op_neg ? nrv_sub(y->in[0], y->in[1]->in[0]) : NULL;
}

static nrv_tensor simplify_reshape(nrv_tensor y)
{
    if (y->op != &nrv__op_reshape)
        return NULL;
    nrv_tensor x = simplify_if_shaped(y->in[0], y);
    return x ? x : y->in[0]->op == &nrv__op_reshape ? nrv_reshape(y->in[0]->in[0], nrv_shape_of(y)) : NULL;
}

/* y only cuts axis `at` of its input into several: the product of those behind the first of them; else 0 */
static int64_t simplify_cut(nrv_tensor y, int at)
{
    nrv_tensor x = y->in[0];
    int more = y->rank - x->rank;
    bool same = more > 0 && y->dim[at] > 0;
    for (int i = 0; same && i < x->rank; i++)
        same = i == at || x->dim[i] == y->dim[i < at ? i : i + more];
    int64_t rest = 1;
    for (int i = at + 1; same && i <= at + more; i++)
        same = y->dim[i] > 0 && nrv__mul(rest, y->dim[i], &rest);
    int64_t whole;
    return same && nrv__mul(rest, y->dim[at], &whole) && whole == x->dim[at] ? rest : 0;
}

/* heads out of a part of one projection: cut first, a run of a contiguous tensor is a view where a reshape of it is not
 */
static nrv_tensor simplify_cut_run(nrv_tensor y)
{
    nrv_tensor run = y->op == &nrv__op_reshape && y->in[0]->op == &nrv__op_slice ? y->in[0] : NULL;
    int at = run ? (int)((const nrv__axis_attr *)run->attr)->axis : 0;
    int64_t rest = run ? simplify_cut(y, at) : 0;
    nrv_dim all = run ? run->in[0]->dim[at] : 0;
    if (rest == 0 || all < 0 || all % rest || run->size[0] < 0 || run->size[0] % rest)
        return NULL;
    nrv_shape to = nrv_shape_of(y);
    to.dim[at] = all / rest;
    return nrv_slice(nrv_reshape(run->in[0], to), at, run->size[0] / rest, y->dim[at]);
}

static nrv_tensor simplify_permute(nrv_tensor y)
{
    if (y->op != &nrv__op_permute || y->in[0]->op != &nrv__op_permute)
        return NULL;
    const int64_t *outer = y->attr, *inner = y->in[0]->attr;
    int axes[NRV__MAX_RANK];
    for (int i = 0; i < y->rank; i++)
        axes[i] = (int)inner[outer[i]];
    return nrv_permute(y->in[0]->in[0], y->rank, axes);
}

/* what reads the product then finds it dense: the gradient of a weight that was used transposed */
static nrv_tensor simplify_transposed_product(nrv_tensor y)
{
    if (y->op != &nrv__op_permute || y->in[0]->op != &nrv__op_matmul)
        return NULL;
    const int64_t *from = y->attr;
    for (int i = 0; i < y->rank; i++)
        if (from[i] != (i < y->rank - 2 ? i : 2 * y->rank - 3 - i))
            return NULL;
    nrv_tensor a = y->in[0]->in[0], b = y->in[0]->in[1];
    return nrv_matmul(nrv_transpose(b), nrv_transpose(a));
}

/* v as memory of its type would give it back */
static double simplify_stored(nrv_dtype t, double v)
{
    char memory[8];
    nrv__from_double(memory, t, &v, 1);
    nrv__to_double(&v, memory, t, 1);
    return v;
}

/* so that a sum with its axes and one without them are one */
static nrv_tensor simplify_kept_axes(nrv_tensor y)
{
    const nrv__reduce_attr *a = y->attr;
    if (y->op != &nrv__op_sum || !a->keep)
        return NULL;
    return nrv_reshape(nrv__sum_axes(y->in[0], a->axes, 0), nrv_shape_of(y));
}

static bool simplify_of_constants(nrv_tensor y)
{
    bool all = y->op->flags & (NRV_POINTWISE | NRV_VIEW) && y->n_in <= NRV__POINT_IN && y->n_in > 0;
    for (int i = 0; i < y->n_in && all; i++)
        all = y->in[i]->op == &nrv__op_fill;
    return all;
}

/* element-wise on constants, and constants moved about: a constant */
static nrv_tensor simplify_constant(nrv_tensor y)
{
    if (!simplify_of_constants(y))
        return NULL;
    double in[NRV__POINT_IN], out = 0;
    nrv__view vin[NRV__POINT_IN] = { 0 }, vout = { .data = &out, .type = y->type };
    for (int i = 0; i < y->n_in; i++) {
        in[i] = simplify_stored(y->in[i]->type, ((const nrv__scalar_attr *)y->in[i]->attr)->value);
        vin[i] = (nrv__view){ .data = &in[i], .type = y->in[i]->type };
    }
    if (y->op->flags & NRV_VIEW)
        return nrv_fill(y->g, y->type, nrv_shape_of(y), in[0]);
    nrv__args a = { .in = vin, .out = &vout, .n_in = y->n_in, .n_out = 1, .n = 1, .attr = y->attr };
    y->op->ref(&a);
    const bool exact = simplify_stored(y->type, out) == out && out >= -0x1p53 && out <= 0x1p53;
    if (y->op->whole && nrv__dtype_whole(y->type) && !exact)
        return NULL; /* it wraps when it runs */
    return nrv_fill(y->g, y->type, nrv_shape_of(y), simplify_stored(y->type, out));
}

const nrv__rule nrv__rules[] = {
    { "gradient-only", "stop and surrogate are values like any other once gradients are taken", simplify_gradient_only,
      "x, y: stop(x)", "x, y: x" },
    { "neutral", "x - 0, x * 1, x / 1 are x", simplify_neutral, "x, y: 1 * x / 1 - 0", "x, y: x" },
    { "double-neg", "-(-x) is x", simplify_double_neg, "x, y: -(-x) + neg(neg(y))", "x, y: x + y" },
    { "add-neg", "x + (-y) is x - y", simplify_add_neg, "x, y: x + (-y)", "x, y: x - y" },
    { "reshape", "a reshape of a reshape is one, one to the same shape is none", simplify_reshape, NULL, NULL },
    { "cut-run", "a run of an axis that is then cut is a run of the cut axis", simplify_cut_run, NULL, NULL },
    { "permute", "a permutation of a permutation is one", simplify_permute, NULL, NULL },
    { "transposed-product", "the transpose of a b is b^T a^T", simplify_transposed_product, NULL, NULL },
    { "kept-axes", "a sum that keeps its axes is a reshape of one that does not", simplify_kept_axes, NULL, NULL },
    { "constant", "element-wise on constants is a constant", simplify_constant, "x, y: x + exp(1 - 1)", "x, y: x + 1" },
    { NULL, NULL, NULL, NULL, NULL },
};
const nrv__rule *nrv__rules_in_use = nrv__rules;

enum { SIMPLIFY_ROUNDS = 16 };

static nrv_tensor simplify_node(const nrv__compiler *c, nrv_tensor y)
{
    if (!y || nrv__without(c, "simplify"))
        return y;
    for (int round = 0; round < SIMPLIFY_ROUNDS; round++) {
        nrv_tensor to = NULL;
        for (const nrv__rule *r = nrv__rules_in_use; r->name && !to && !y->g->why.status; r++)
            to = nrv__without(c, r->name) ? NULL : r->to(y);
        if (!to || to == y)
            break;
        y = to;
    }
    return y;
}

static bool simplify_whole(void *c, nrv_tensor n)
{
    return nrv__kept(c, n);
}

typedef struct simplify_pass {
    nrv__compiler *c;
    nrv__rewrite r;
} simplify_pass;

static nrv_tensor simplify_one(void *user, nrv_tensor y)
{
    const simplify_pass *p = user;
    if (nrv__is_composite(y) && !nrv__kept(p->c, y))
        return nrv__rewritten(&p->r, y->body[0]);
    nrv_tensor same = nrv__rebuilt(&p->r, y);
    return y->op->flags & (NRV_BLOCK | NRV_INSIDE) ? same : simplify_node(p->c, same);
}

bool nrv__pass_simplify(nrv__compiler *c)
{
    simplify_pass p = { .c = c };
    return nrv__rewrite_begin(&p.r, c, nrv__live(c, simplify_whole)) && nrv__rewrite_all(&p.r, simplify_one, &p);
}
