/* attention - every query a mean of the values, weighted by how well their keys suit it (Vaswani et al. 2017).

   y = softmax(scale q k^T + bias) v      q (...,T,D)   k (...,L,D)   v (...,L,Dv)   y (...,T,Dv)

   attention_back is all three gradients in one flat tensor, dq, dk, dv, each summed to the shape of its input:

   p = softmax(scale q k^T + bias)   ds = p (dy v^T - y . dy)   dq = scale ds k   dk = scale ds^T q   dv = p^T dy

   Promises: a query that may see no key gives zeros and passes no gradient, never NaN; what may not be seen has no
   influence where it is finite. Does not do: dropout of the weights - nrv_attention_weights, nrv_dropout and nrv_matmul
   are that. */
#include "../layer/weights.h"
#include <math.h>

#ifdef NRV_HEADER
/* attention: causal, query t sees keys 0 to t + offset. offset: an i64 scalar, the position of query 0 among the keys;
   NULL: 0, also where T and L differ (as PyTorch). mask: bool, true = may be seen; bias: added to scale q k^T,
   -INFINITY = may not; both stretched over (...,T,L). scale: 0 is 1/sqrt(D), a negative number means zero. grouped:
   axis -3 counts heads, and each of k and v serves as many heads of q as there are for one of theirs (Ainslie et al.
   2023). */
typedef struct {
    int causal;
    nrv_tensor mask, offset;
    double scale;
    nrv_tensor bias;
    int grouped;
    int64_t reserved[4];
} nrv_attention_opt;
#endif

typedef struct attention_ready { /* what is asked: heads apart, where they are grouped */
    nrv_tensor q, k, v;
    nrv_attention_opt o;
    nrv_dim heads, group;
} attention_ready;

extern const nrv__opdef nrv__op_attention;

static bool attention_fail(const attention_ready *r, nrv_status status, const char *what)
{
    nrv_tensor in[6], all[6] = { r->q, r->k, r->k == r->v ? NULL : r->v, r->o.mask, r->o.offset, r->o.bias };
    int n = 0;
    for (int i = 0; i < 6; i++)
        if (all[i])
            in[n++] = all[i];
    return nrv__op_refuses(
        &nrv__op_attention, n, in, status,
        "q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset an i64 scalar",
        "%s", what);
}

static bool attention_check(const attention_ready *r)
{
    nrv_tensor q = r->q, k = r->k, v = r->v;
    const nrv_attention_opt *o = &r->o;
    nrv_graph *g = q->g;
    nrv_dim d;
    if (q->rank < 2 || k->rank < 2 || v->rank < 2)
        return attention_fail(r, NRV_ESHAPE, "q, k and v have a rank of at least 2");
    if (!nrv__dtype_real(q->type) || k->type != q->type || v->type != q->type)
        return attention_fail(r, NRV_EDTYPE, "the types of q, k and v differ, or are not real");
    if (!nrv__dim_same(g, q->dim[q->rank - 1], k->dim[k->rank - 1], "attention", &d))
        return attention_fail(r, NRV_ESHAPE, "q and k differ in their last length");
    if (!nrv__dim_same(g, k->dim[k->rank - 2], v->dim[v->rank - 2], "attention", &d))
        return attention_fail(r, NRV_ESHAPE, "k and v differ in their number of keys");
    if (o->mask && (o->mask->g != g || o->mask->type != NRV_BOOL))
        return attention_fail(r, NRV_EDTYPE, "the mask is not bool, or of another graph");
    if (o->bias && (o->bias->g != g || o->bias->type != q->type))
        return attention_fail(r, NRV_EDTYPE, "the bias is not of q's type, or of another graph");
    if (o->offset && (o->offset->g != g || o->offset->type != NRV_I64 || o->offset->rank))
        return attention_fail(r, NRV_EDTYPE, "the offset is no i64 scalar, or of another graph");
    return isfinite(o->scale) || attention_fail(r, NRV_EARG, "the scale is not finite");
}

static bool attention_mask_fits(const attention_ready *r, nrv_tensor scores, nrv_tensor mask)
{
    nrv_dim d;
    bool fits = !mask || mask->rank <= scores->rank;
    for (int i = 1; fits && mask && i <= mask->rank; i++)
        fits = mask->dim[mask->rank - i] == 1 ||
               nrv__dim_same(scores->g, mask->dim[mask->rank - i], scores->dim[scores->rank - i], "attention", &d);
    return fits || attention_fail(r, NRV_ESHAPE,
                                  mask == r->o.mask ? "the mask does not stretch over (...,T,L)"
                                                    : "the bias does not stretch over (...,T,L)");
}

/* (T,L), stretched by the mask: which query may see which key; NULL: every one all */
static nrv_tensor attention_seen(nrv_tensor q, nrv_tensor k, const nrv_attention_opt *o)
{
    if (!o->causal)
        return o->mask;
    nrv_graph *g = q->g;
    nrv_tensor t = nrv_expand(nrv_iota(g, NRV_I64, q->dim[q->rank - 2]), -1, 1);
    nrv_tensor seen = nrv_less_equal(nrv_iota(g, NRV_I64, k->dim[k->rank - 2]), o->offset ? nrv_add(t, o->offset) : t);
    return o->mask ? nrv_select(o->mask, seen, nrv__like(seen, 0)) : seen;
}

/* D: the length of q's vectors */
static nrv_tensor attention_scaled(nrv_tensor q, nrv_dim D, double scale)
{
    if (scale != 0 || D >= 0)
        return nrv_mul_c(q, scale < 0 ? 0 : scale > 0 ? scale : D > 0 ? 1 / sqrt((double)D) : 0);
    return nrv_div(q, nrv_sqrt(nrv_cast(nrv_dim_value(q->g, D), q->type)));
}

typedef struct attention_parts {
    nrv_tensor weights; /* of a query that sees no key: equal for all */
    nrv_tensor any;     /* which queries see a key, (...,T,1); NULL: all */
} attention_parts;

/* the lowest finite number and not -inf: a row of nothing else has a softmax then, and its zeros come at the end */
static attention_parts attention_split(const attention_ready *r)
{
    nrv_tensor q = r->q, k = r->k;
    const nrv_attention_opt *o = &r->o;
    attention_parts p = { NULL, NULL };
    nrv_tensor scores = nrv_matmul(attention_scaled(q, q->dim[q->rank - 1], o->scale), nrv_transpose(k));
    if (!scores || !attention_mask_fits(r, scores, o->mask) || !attention_mask_fits(r, scores, o->bias))
        return p;
    nrv_tensor seen = attention_seen(q, k, o);
    double lowest = q->type == NRV_F16 ? -65504 : q->type == NRV_F64 ? -0x1.fffffffffffffp1023 : -0x1.fep127;
    nrv_tensor least = nrv__like(scores, lowest);
    if (o->bias)
        scores = NRV_EXPR("s, b, l: s + b < l ? l : s + b", scores, o->bias, least);
    if (seen)
        scores = nrv_select(seen, scores, least);
    p.weights = nrv_softmax(scores, -1);
    if (o->bias)
        p.any = nrv_greater(nrv_max_of(nrv_stop(scores), -1, 1), least);
    else if (o->mask || (o->causal && o->offset)) /* else every query sees key 0 at least */
        p.any = nrv_greater(nrv_max_of(nrv_cast(seen, q->type), -1, 1), nrv__like(q, 0));
    return p;
}

static nrv_tensor attention_seeing(const attention_parts *p, nrv_tensor y)
{
    return p->any && y ? nrv_select(p->any, y, nrv__like(y, 0)) : y;
}

static nrv_tensor attention_body(const attention_ready *r)
{
    attention_parts p = attention_split(r);
    return attention_seeing(&p, nrv_matmul(p.weights, r->v));
}

/* ---- the gradient ---- */
extern const nrv__opdef nrv__op_attention_back;

static nrv_tensor attention_weights_of(const attention_ready *r)
{
    attention_parts p = attention_split(r);
    return attention_seeing(&p, p.weights);
}

/* of the scores; p: the weights, zero where a query sees no key */
static nrv_tensor attention_slopes(const attention_ready *r, nrv_tensor p, nrv_tensor y, nrv_tensor dy)
{
    return NRV_EXPR("p, d, s: p * (d - s)", p, nrv_matmul(dy, nrv_transpose(r->v)), nrv_sum(nrv_mul(y, dy), -1, 1));
}

static nrv_tensor attention_flat(nrv_tensor dx, nrv_tensor x)
{
    nrv_tensor to = dx ? nrv__sum_to(dx, x) : NULL;
    return to ? nrv_reshape(to, NRV_SHAPE(nrv__dim_product(x->g, x->rank, x->dim))) : NULL;
}

static nrv_tensor attention_back_body(const attention_ready *r, nrv_tensor y, nrv_tensor dy)
{
    nrv_tensor p = attention_weights_of(r), ds = attention_slopes(r, p, y, dy);
    nrv_tensor dq = nrv_matmul(ds, r->k), dk = nrv_matmul(nrv_transpose(ds), r->q);
    if (!dq || !dk)
        return NULL;
    nrv_tensor part[3] = { attention_flat(attention_scaled(dq, r->q->dim[r->q->rank - 1], r->o.scale), r->q),
                           attention_flat(attention_scaled(dk, r->q->dim[r->q->rank - 1], r->o.scale), r->k),
                           attention_flat(nrv_matmul(nrv_transpose(p), dy), r->v) };
    return nrv_concat(3, part, 0);
}

/* in: q, k, v, then `more` others; behind them what there is of mask, offset and bias. How many they are */
static int attention_inputs(const attention_ready *r, int n, nrv_tensor *in)
{
    const nrv_attention_opt *o = &r->o;
    if (o->mask)
        in[n++] = o->mask;
    if (o->offset)
        in[n++] = o->offset;
    if (o->bias)
        in[n++] = o->bias;
    return n;
}

static nrv__attention_attr attention_attr(const nrv_attention_opt *o)
{
    return (nrv__attention_attr){ o->scale, o->causal != 0, o->mask != NULL, o->offset != NULL, o->bias != NULL };
}

static nrv_tensor attention_back(const attention_ready *r, nrv_tensor y, nrv_tensor dy)
{
    nrv_tensor body = attention_back_body(r, y, dy), in[8] = { r->q, r->k, r->v, y, dy };
    nrv__attention_attr a = attention_attr(&r->o);
    return body ? nrv__composite(&nrv__op_attention_back, attention_inputs(r, 5, in), in, &a, 1, &body) : NULL;
}

static nrv_tensor attention_piece(nrv_tensor flat, nrv_dim *at, nrv_tensor x)
{
    nrv_dim n = nrv__dim_product(x->g, x->rank, x->dim), from = *at;
    *at = nrv__dim_add(x->g, from, n);
    return nrv_reshape(nrv_slice(flat, 0, from, n), nrv_shape_of(x));
}

/* as it was asked, from a node's inputs: q, k, v, `more` others, then mask, offset and bias; *bias: which that is */
static attention_ready attention_of(const nrv_vjp *v, int more, int *bias)
{
    const nrv__attention_attr *a = v->attr;
    int n = 3 + more;
    attention_ready r = { .q = v->x[0], .k = v->x[1], .v = v->x[2] };
    r.o.causal = (int)a->causal;
    r.o.scale = a->scale;
    r.o.mask = a->mask ? v->x[n++] : NULL;
    r.o.offset = a->offset ? v->x[n++] : NULL;
    r.o.bias = a->bias ? v->x[n] : NULL;
    *bias = n;
    return r;
}

static void attention_vjp(nrv_vjp *v)
{
    int bias;
    attention_ready r = attention_of(v, 0, &bias);
    if (r.o.bias && v->need[bias])
        v->dx[bias] = attention_slopes(&r, attention_weights_of(&r), v->y, v->dy);
    nrv_tensor flat = v->need[0] || v->need[1] || v->need[2] ? attention_back(&r, v->y, v->dy) : NULL;
    nrv_dim at = 0;
    for (int i = 0; i < 3 && flat; i++)
        v->dx[i] = attention_piece(flat, &at, v->x[i]);
}

/* Of what comes back for dq, dk and dv: w of the slopes ds, z of dy v^T, -e of y . dy, s of the scores. */
static void attention_back_vjp(nrv_vjp *v)
{
    int bias;
    attention_ready r = attention_of(v, 2, &bias);
    nrv_tensor y = v->x[3], dy = v->x[4], p = attention_weights_of(&r), g[3];
    nrv_dim at = 0, D = r.q->dim[r.q->rank - 1];
    for (int i = 0; i < 3; i++)
        g[i] = attention_piece(v->dy, &at, v->x[i]);
    g[0] = attention_scaled(g[0], D, r.o.scale), g[1] = attention_scaled(g[1], D, r.o.scale);
    nrv_tensor u = nrv_sub(nrv_matmul(dy, nrv_transpose(r.v)), nrv_sum(nrv_mul(y, dy), -1, 1)), ds = nrv_mul(p, u);
    nrv_tensor w = nrv_add(nrv_matmul(g[0], nrv_transpose(r.k)), nrv_matmul(r.q, nrv_transpose(g[1])));
    nrv_tensor x = NRV_EXPR("w, u, g: w * u + g", w, u, nrv_matmul(dy, nrv_transpose(g[2]))), z = nrv_mul(w, p);
    nrv_tensor e = nrv_sum(z, -1, 1), s = NRV_EXPR("p, x, m: p * (x - m)", p, x, nrv_sum(nrv_mul(p, x), -1, 1));
    if (!s)
        return;
    nrv_tensor scaled = attention_scaled(s, D, r.o.scale);
    v->dx[0] = nrv_add(nrv_matmul(ds, g[1]), nrv_matmul(scaled, r.k));
    v->dx[1] = nrv_add(nrv_matmul(nrv_transpose(ds), g[0]), nrv_matmul(nrv_transpose(scaled), r.q));
    v->dx[2] = nrv_matmul(nrv_transpose(z), dy);
    v->dx[3] = nrv_neg(nrv_mul(e, dy));
    v->dx[4] = nrv_sub(nrv_add(nrv_matmul(p, g[2]), nrv_matmul(z, r.v)), nrv_mul(e, y));
    if (r.o.bias)
        v->dx[bias] = s;
}

/* ---- grouped heads: (...,H,T,D) as (...,heads of k,group,T,D), k and v with a group of 1 ---- */
static nrv_tensor attention_parted(nrv_tensor x, nrv_dim heads, nrv_dim group)
{
    if (!x || x->rank < 3)
        return x;
    if (x->rank == NRV__MAX_RANK)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "nrv_reshape folds batches into one axis",
                               "attention: heads in groups of a tensor of rank %d", x->rank),
               NULL;
    nrv_shape s = { x->rank + 1, { 0 } };
    bool one = x->dim[x->rank - 3] == 1;
    for (int i = 0; i < x->rank; i++)
        s.dim[i + (i > x->rank - 3)] = x->dim[i];
    s.dim[x->rank - 3] = one ? 1 : heads;
    s.dim[x->rank - 2] = one ? 1 : group;
    return nrv_reshape(x, s);
}

static bool attention_group(attention_ready *r)
{
    nrv_graph *g = r->q->g;
    nrv_dim H = r->q->rank > 2 ? r->q->dim[r->q->rank - 3] : -1;
    if (r->q->rank < 3 || r->k->rank < 3 || r->v->rank < 3 || r->q->rank >= NRV__MAX_RANK)
        return attention_fail(r, NRV_ESHAPE, "grouped heads want ranks of 3 to 7, the heads at axis -3");
    r->heads = r->k->dim[r->k->rank - 3];
    if (!nrv__dim_divides(g, H, r->heads, &r->group))
        return attention_fail(r, NRV_ESHAPE, "the heads of q are no multiple of those of k");
    if (!nrv__dim_same(g, r->v->dim[r->v->rank - 3], r->heads, "attention", &r->heads))
        return attention_fail(r, NRV_ESHAPE, "k and v differ in their number of heads");
    r->q = attention_parted(r->q, r->heads, r->group);
    r->k = nrv_expand(r->k, r->k->rank - 2, 1);
    r->v = nrv_expand(r->v, r->v->rank - 2, 1);
    r->o.mask = attention_parted(r->o.mask, r->heads, r->group);
    r->o.bias = attention_parted(r->o.bias, r->heads, r->group);
    return !g->why.status;
}

/* y with its heads together again */
static nrv_tensor attention_joined(const attention_ready *r, nrv_tensor y)
{
    if (!r->o.grouped || !y)
        return y;
    nrv_shape s = { y->rank - 1, { 0 } };
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = i == y->rank - 4 ? nrv__dim_mul(y->g, r->heads, r->group) : y->dim[i + (i > y->rank - 4)];
    return nrv_reshape(y, s);
}

static bool attention_begin(attention_ready *r, nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt)
{
    *r = (attention_ready){ .q = q, .k = k, .v = v };
    if (opt)
        r->o = *opt;
    nrv_graph *g = q ? q->g : k ? k->g : v ? v->g : NULL;
    if (!g || g->why.status)
        return false;
    if (!q || !k || !v || q->g != g || k->g != g || v->g != g) {
        nrv__graph_fail(g, NRV_EARG, "trace all three in one graph",
                        "attention: q, k or v is NULL or of another graph");
        return false;
    }
    return attention_check(r) && (!r->o.grouped || attention_group(r));
}

/* the options of a case: a mask is one if it is bool, else a bias */
static nrv_attention_opt attention_options(const nrv__case *c)
{
    nrv_tensor mask = nrv__case_named(c, "m mask attn_mask"), bias = nrv__case_named(c, "bias");
    bool real = mask && nrv__dtype_real(mask->type);
    return (nrv_attention_opt){ .causal = nrv__case_flag(c, "causal", nrv__case_flag(c, "is_causal", false)),
                                .scale = nrv__case_real(c, "scale", 0),
                                .mask = real ? NULL : mask,
                                .bias = real ? mask : bias,
                                .offset = nrv__case_named(c, "offset"),
                                .grouped = nrv__case_flag(c, "grouped", nrv__case_flag(c, "enable_gqa", false)) };
}

static nrv_tensor attention_make(nrv__case *c)
{
    nrv_attention_opt o = attention_options(c);
    return nrv_attention(nrv__case_named(c, "q query"), nrv__case_named(c, "k key"), nrv__case_named(c, "v value"), &o);
}

static nrv_tensor attention_back_make(nrv__case *c)
{
    attention_ready r;
    nrv_attention_opt o = attention_options(c);
    nrv_tensor y = nrv__case_named(c, "y"), dy = nrv__case_named(c, "dy");
    if (!attention_begin(&r, nrv__case_named(c, "q query"), nrv__case_named(c, "k key"), nrv__case_named(c, "v value"),
                         &o))
        return NULL;
    nrv_tensor like = attention_body(&r);
    bool same = like && y && dy && y->rank == like->rank && dy->rank == like->rank;
    for (int i = 0; same && i < like->rank; i++)
        same = y->dim[i] == like->dim[i] && dy->dim[i] == like->dim[i];
    if (like && !same)
        attention_fail(&r, NRV_ESHAPE, "y and dy are not of the shape that attention gives");
    return same ? attention_back(&r, y, dy) : NULL;
}

/* queries with the keys that they see: of a causal attention without offset all up to their own, else all, since what a
   mask or an offset hides is known to a run alone. y (...,T,D), k (...,L,D) */
static int64_t attention_products(const nrv__args *a, const nrv__view *y, int64_t deep)
{
    const nrv__attention_attr *attr = a->attr;
    const nrv__view *k = &a->in[1];
    const int64_t t = y->dim[y->rank - 2], l = k->dim[k->rank - 2], seen = t < l ? t : l;
    int64_t n;
    if (!nrv__mul(t, attr->causal && !attr->offset ? seen : l, &n))
        return INT64_MAX;
    n -= attr->causal && !attr->offset ? seen * (seen - 1) / 2 : 0;
    for (int i = 0; i < y->rank - 2; i++)
        if (!nrv__mul(n, y->dim[i], &n))
            return INT64_MAX;
    return nrv__mul(n, deep, &n) ? n : INT64_MAX;
}

static int64_t attention_macs(const nrv__args *a)
{
    const nrv__view *k = &a->in[1], *v = &a->in[2];
    return attention_products(a, &a->out[0], k->dim[k->rank - 1] + v->dim[v->rank - 1]);
}

static int64_t attention_back_macs(const nrv__args *a)
{
    const nrv__view *k = &a->in[1], *v = &a->in[2];
    return attention_products(a, &a->in[4], 3 * k->dim[k->rank - 1] + 2 * v->dim[v->rank - 1]);
}

static nrv_tensor attention_weights_make(nrv__case *c)
{
    nrv_attention_opt o = attention_options(c);
    return nrv_attention_weights(nrv__case_named(c, "q query"), nrv__case_named(c, "k key"), &o);
}

NRV_OP(attention, .sig = "real q[...,T,D], real k[...,L,D], real v[...,L,Dv] -> y[...,T,Dv]",
       .doc =
           "softmax(scale q k^T) v, where a query sees the keys up to its own position (causal) and those that a mask "
           "shows it; one that sees none gives zeros. Mask (bool, true may be seen), offset and bias (added to the "
           "scores), "
           "if any, are the inputs behind v.",
       .torch = "nn.functional.scaled_dot_product_attention", .onnx = "Attention", .also = "sdpa",
       .refuse = { "q[3,4], k[5,3], v[5,2] => attention: q and k differ in their last length | in here | input 0: "
                   "input f32 [3, 4] q | input 1: input f32 [5, 3] k | input 2: input f32 [5, 2] v | hint q (...,T,D), "
                   "k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset an i64 scalar",
                   "q[4], k[5,4], v[5,2] => attention: q, k and v have a rank of at least 2 | in here | input 0: input "
                   "f32 [4] q | input 1: input f32 [5, 4] k | input 2: input f32 [5, 2] v | hint q (...,T,D), k "
                   "(...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset an i64 scalar",
                   "q[2,3,4], k[2,5,4], v[2,4,4] => attention: k and v differ in their number of keys | in here | "
                   "input 0: input f32 [2, 3, 4] q | input 1: input f32 [2, 5, 4] k | input 2: input f32 [2, 4, 4] v | "
                   "hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset "
                   "an i64 scalar",
                   "q[3,4], k[5,4], v[5,2], m:bool[2,5] => attention: the mask does not stretch over (...,T,L) | in "
                   "here | input 0: input f32 [3, 4] q | input 1: input f32 [5, 4] k | input 2: input f32 [5, 2] v | "
                   "input 3: input bool [2, 5] m | hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask "
                   "bool and bias (...,T,L); offset an i64 scalar",
                   "q[3,2,4], k[2,5,4], v[2,5,2], grouped=1 => attention: the heads of q are no multiple of those of k "
                   "| in here | input 0: input f32 [3, 2, 4] q | input 1: input f32 [2, 5, 4] k | input 2: input f32 "
                   "[2, 5, 2] v | hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias "
                   "(...,T,L); offset an i64 scalar" },
       .make = attention_make, .vjp = attention_vjp, .macs = attention_macs, .attr_bytes = sizeof(nrv__attention_attr),
       .ulp = 32, .tolerance_why = "two products and a softmax, each rounded",
       .test = { "q[2,3,4], k[2,5,4], v[2,5,6]", "q[3,4], k[5,4], v[5,2], causal=1",
                 "q[2,2,3,4], k[2,2,5,4], v[2,2,5,4], m:bool[3,5]{1,0,1,0,0,0,0,0,0,0,0,1,1,0,1}, scale=0.7",
                 "q[2,3,4], k[1,5,4], v[1,5,4], m:bool[2,1,5]{0,1,1,0,0,0,0,0,0,1}, offset:i64[]{-1}, causal=1",
                 "q[3,4], k[5,4], v[5,2], offset:i64[]{2}, causal=1, scale=-1",
                 "q[2,3,4], k[2,5,4], v[2,5,2], m[3,5] in -2..2, causal=1",
                 "q[4,3,2], k[2,5,2], v[2,5,2], m:bool[4,3,5], grouped=1",
                 "q[2,4,3,2], k[2,1,5,2], v[2,1,5,3], bias[4,3,5], grouped=1, causal=1",
                 "q[0,3,4], k[0,5,4], v[0,5,4], causal=1", "q[70,20], k[200,20], v[200,17], causal=1, offset:i64[]{40}",
                 "q[2,130,16], k[2,130,16], v[2,130,16], causal=1" });

/* How well keys suit queries decides what each query gets of the values. q (...,T,D), k (...,L,D), v (...,L,Dv) ->
   (...,T,Dv); leading axes stretch. A query that may see no key gives zeros, with no gradient. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt)
{
    attention_ready r;
    if (!attention_begin(&r, q, k, v, opt))
        return NULL;
    nrv_tensor body = attention_body(&r), in[6] = { r.q, r.k, r.v };
    nrv__attention_attr a = attention_attr(&r.o);
    int n = attention_inputs(&r, 3, in);
    return attention_joined(&r, body ? nrv__composite(&nrv__op_attention, n, in, &a, 1, &body) : NULL);
}

NRV_OP(attention_back,
       .sig = "real q[...,T,D], real k[...,L,D], real v[...,L,Dv], real y[...,T,Dv], real dy[...,T,Dv] -> d[n]",
       .doc = "The gradients of attention by q, k and v, one after the other in one flat tensor; y is what it gave. "
              "Mask, offset and bias, if any, are the inputs behind dy.",
       .refuse = { "q[3,4], k[5,4], v[5,2], y[3,2], dy[5,2] => attention: y and dy are not of the shape that attention "
                   "gives | in here | input 0: input f32 [3, 4] q | input 1: input f32 [5, 4] k | input 2: input f32 "
                   "[5, 2] v | hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias "
                   "(...,T,L); offset an i64 scalar",
                   "q[3,4], k[5,3], v[5,2], y[3,2], dy[3,2] => attention: q and k differ in their last length | in "
                   "here | input 0: input f32 [3, 4] q | input 1: input f32 [5, 3] k | input 2: input f32 [5, 2] v | "
                   "hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset "
                   "an i64 scalar" },
       .make = attention_back_make, .vjp = attention_back_vjp, .macs = attention_back_macs,
       .attr_bytes = sizeof(nrv__attention_attr), .ulp = 64,
       .tolerance_why = "five products and a softmax, each rounded",
       .test = { "q[2,3,4], k[2,5,4], v[2,5,6], y[2,3,6], dy[2,3,6]",
                 "q[3,4], k[5,4], v[5,2], y[3,2], dy[3,2], causal=1",
                 "q[2,3,4], k[1,5,4], v[2,5,4], y[2,3,4], dy[2,3,4], m:bool[2,1,5]{0,1,1,0,0,0,0,0,0,1}, "
                 "offset:i64[]{-1}, causal=1",
                 "q[3,4], k[2,5,4], v[1,5,2], y[2,3,2], dy[2,3,2], bias[3,5] in -2..2, scale=0.7",
                 "q[70,3], k[101,3], v[101,17], y[70,17], dy[70,17], offset:i64[]{30}, causal=1",
                 "q[5,2,3,4], k[5,2,1,4], v[5,2,1,4], y[5,2,3,4], dy[5,2,3,4], scale=-1" });

NRV_OP(attention_weights, .sig = "real q[...,T,D], real k[...,L,D] -> p[...,T,L]",
       .doc = "What attention weighs the values with: softmax(scale q k^T + bias), 0 for what may not be seen.",
       .flags = NRV_MACRO, .make = attention_weights_make, .ulp = 32,
       .tolerance_why = "a product and a softmax, each rounded",
       .refuse = { "q[3,4], k[5,3] => attention: q and k differ in their last length | in here | input 0: input f32 "
                   "[3, 4] q | input 1: input f32 [5, 3] k | hint q (...,T,D), k (...,L,D), v (...,L,Dv) of one real "
                   "type; mask bool and bias (...,T,L); offset an i64 scalar",
                   "q[3,4], k[5,4], m:bool[2,5] => attention: the mask does not stretch over (...,T,L) | in here | "
                   "input 0: input f32 [3, 4] q | input 1: input f32 [5, 4] k | input 2: input bool [2, 5] m | hint q "
                   "(...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool and bias (...,T,L); offset an i64 "
                   "scalar" },
       .test = { "q[2,3,4], k[2,5,4]", "q[3,4], k[5,4], causal=1, m:bool[3,5]{1,0,1,0,0,0,0,0,0,0,0,1,1,0,1}",
                 "q[4,3,2], k[2,5,2], bias[3,5], grouped=1" });

/* The weights of nrv_attention with the same options: q (...,T,D), k (...,L,D) -> (...,T,L), each row sums to 1, or to
   0 where a query may see no key. To drop some of them: nrv_matmul(nrv_dropout(weights, ...), v). */
NRV_API nrv_tensor nrv_attention_weights(nrv_tensor q, nrv_tensor k, const nrv_attention_opt *opt)
{
    attention_ready r;
    if (!attention_begin(&r, q, k, k, opt))
        return NULL;
    attention_parts p = attention_split(&r);
    return attention_joined(&r, attention_seeing(&p, p.weights));
}
