/* netlist_linear - the linear parts of netlist, of which its gradients of every order are made; see netlist.h.

   sweep     f = r + s W f       t = s df + s W^T t      p = df + W^T t     dr = p   ds = p W f   dW = edges(t, f)
   product   g = W f             df = W^T dg             dW = edges(dg, f)
   edges     m = sum_c a b       da = M b                db = M^T a         where M holds dm as weights */
#include "netlist.h"
#include <string.h>

nrv__wires nrv__wires_of(const nrv__view *row, const nrv__view *col)
{
    return (nrv__wires){ row->data, col->data, row->dim[0] - 1, col->dim[0] };
}

static int64_t wires_clamp(const nrv__wires *w, double at)
{
    return at<0 ? 0 : at>(double) w->edges ? w->edges : (int64_t)at;
}

int64_t nrv__wires_first(const nrv__wires *w, int64_t n)
{
    return wires_clamp(w, w->row[n]);
}

int64_t nrv__wires_end(const nrv__wires *w, int64_t n)
{
    return wires_clamp(w, w->row[n + 1]);
}

static int64_t wires_node(const nrv__wires *w, double at)
{
    return at >= 0 && at < (double)w->nodes ? (int64_t)at : -1;
}

int64_t nrv__wires_from(const nrv__wires *w, int64_t e)
{
    return wires_node(w, w->col[e]);
}

int64_t nrv__wires_turn(const nrv__wires *w, const double *order, int64_t i)
{
    return wires_node(w, order[i]);
}

static bool wires_vector(nrv__infer *s, int i, const char *what)
{
    return s->in[i]->rank == 1 || nrv__infer_fail(s, NRV_ESHAPE, "row (N+1), col (E), weight (E), bias and act (N)",
                                                  "%s has rank %d, a vector is wanted", what, s->in[i]->rank);
}

bool nrv__wires_infer(nrv__infer *s, int cases, int row, int col, int weight)
{
    nrv_dim d;
    if (!nrv__infer_index(s, row) || !nrv__infer_index(s, col) || !wires_vector(s, row, "row") ||
        !wires_vector(s, col, "col"))
        return false;
    if (cases >= 0) {
        nrv_tensor x = s->in[cases];
        if (!nrv__infer_real(s, cases))
            return false;
        if (x->rank != 2)
            return nrv__infer_fail(s, NRV_ESHAPE, "a row of nodes for each case", "rank %d, (C,N) is wanted", x->rank);
        nrv_dim want = nrv__dim_add(s->g, x->dim[1], 1);
        if (!nrv__dim_same(s->g, s->in[row]->dim[0], want, "netlist", &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "row has a number for each node and one more, where all ends",
                                   "row does not fit the nodes");
    }
    if (weight < 0)
        return true;
    if (!nrv__infer_real(s, weight) || !wires_vector(s, weight, "weight"))
        return false;
    if (cases >= 0 && s->in[weight]->type != s->in[cases]->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(s->in[cases]->type), nrv__dtype_name(s->in[weight]->type));
    return nrv__dim_same(s->g, s->in[weight]->dim[0], s->in[col]->dim[0], "netlist", &d) ||
           nrv__infer_fail(s, NRV_ESHAPE, "an edge has one source and one weight", "weight and col differ in length");
}

static bool netlist_alike(nrv__infer *s, int a, int b)
{
    nrv_tensor x = s->in[a], y = s->in[b];
    bool same = x->rank == 2 && y->rank == 2 && x->type == y->type;
    s->rank = 2;
    for (int k = 0; same && k < 2; k++)
        same = nrv__dim_same(s->g, x->dim[k], y->dim[k], "netlist", &s->dim[k]);
    return same || nrv__infer_fail(s, NRV_ESHAPE, "two (C,N) of one type", "inputs %d and %d differ", a, b);
}

static bool netlist_back(const void *attr)
{
    return ((const nrv__netlist_attr *)attr)->back != 0;
}

static nrv_tensor netlist_flagged(const nrv__opdef *op, int n, const nrv_tensor *in, bool back)
{
    nrv__netlist_attr a = { back };
    return nrv__op_with(op, n, in, &a, 0, NULL);
}

/* ---- several turns of a loop are so many more cases, where the wires are the same in all of them ---- */
static nrv_tensor netlist_turns(const nrv__batch *b, int cases)
{
    nrv_graph *g = b->g;
    nrv_tensor in[8];
    for (int i = 0; i < b->y->n_in; i++) {
        if (b->wide[i] && i >= cases)
            return NULL;
        in[i] = b->x[i];
        if (i >= cases)
            continue;
        nrv_dim C = b->y->in[i]->dim[0], N = b->y->in[i]->dim[1];
        if (!b->wide[i])
            in[i] = nrv_broadcast(in[i], NRV_SHAPE(b->T, C, N));
        in[i] = nrv_reshape(in[i], NRV_SHAPE(nrv__dim_mul(g, b->T, C), N));
    }
    nrv_tensor y = nrv__op_with(b->y->op, b->y->n_in, in, b->y->attr, b->y->n_size, b->y->size);
    return nrv_reshape(y, NRV_SHAPE(b->T, b->y->dim[0], b->y->dim[1]));
}

nrv_tensor nrv__netlist_batch(const nrv__batch *b)
{
    return netlist_turns(b, 1);
}

static nrv_tensor netlist_sweep_batch(const nrv__batch *b)
{
    return netlist_turns(b, 2);
}

/* ---- sweep: r, s, row, col, weight, order ---- */
static bool netlist_sweep_shape(nrv__infer *s)
{
    nrv_dim d;
    if (!nrv__wires_infer(s, 0, 2, 3, 4) || !netlist_alike(s, 0, 1) || !nrv__infer_index(s, 5))
        return false;
    return (s->in[5]->rank == 2 && s->in[5]->dim[0] == 2 &&
            nrv__dim_same(s->g, s->in[5]->dim[1], s->in[0]->dim[1], "netlist", &d)) ||
           nrv__infer_fail(s, NRV_ESHAPE, "what netlist_order gave", "the order is not of these nodes");
}

static void netlist_sweep_vjp(nrv_vjp *v)
{
    const nrv_tensor *wires = v->x + 2;
    bool back = netlist_back(v->attr);
    nrv_tensor t = nrv__netlist_sweep(nrv_mul(v->x[1], v->dy), v->x[1], wires, !back);
    nrv_tensor p = nrv_add(v->dy, nrv__netlist_product(t, wires, !back));
    v->dx[0] = p;
    if (v->need[1])
        v->dx[1] = nrv_mul(p, nrv__netlist_product(v->y, wires, back));
    if (v->need[4])
        v->dx[4] =
            back ? nrv__netlist_edges(v->y, t, wires[0], wires[1]) : nrv__netlist_edges(t, v->y, wires[0], wires[1]);
}

static void netlist_sweep_one(const nrv__wires *w, const double *s, const double *weight, const double *order,
                              double *f)
{
    for (int64_t i = 0; i < w->nodes; i++) {
        int64_t n = nrv__wires_turn(w, order, i);
        double sum = 0;
        for (int64_t e = n < 0 ? 0 : nrv__wires_first(w, n); n >= 0 && e < nrv__wires_end(w, n); e++)
            sum += nrv__wires_from(w, e) < 0 ? 0 : weight[e] * f[nrv__wires_from(w, e)];
        if (n >= 0)
            f[n] += s[n] * sum;
    }
}

static void netlist_sweep_back(const nrv__wires *w, const double *s, const double *weight, const double *order,
                               double *f)
{
    for (int64_t i = w->nodes - 1; i >= 0; i--) {
        int64_t n = nrv__wires_turn(w, order, i);
        for (int64_t e = n < 0 ? 0 : nrv__wires_first(w, n); n >= 0 && e < nrv__wires_end(w, n); e++) {
            int64_t m = nrv__wires_from(w, e);
            if (m >= 0)
                f[m] += s[m] * (weight[e] * f[n]);
        }
    }
}

static void netlist_sweep_ref(const nrv__args *a)
{
    nrv__wires w = nrv__wires_of(&a->in[2], &a->in[3]);
    const double *s = a->in[1].data, *weight = a->in[4].data, *order = a->in[5].data;
    double *f = a->out[0].data;
    if (a->n)
        memcpy(f, a->in[0].data, (size_t)a->n * sizeof *f);
    for (int64_t c = 0; c < a->out[0].dim[0]; c++, f += w.nodes, s += w.nodes)
        if (netlist_back(a->attr))
            netlist_sweep_back(&w, s, weight, order, f);
        else
            netlist_sweep_one(&w, s, weight, order, f);
}

static nrv_tensor netlist_sweep_make(nrv__case *c)
{
    return nrv__netlist_sweep(c->x[0], c->x[1], c->x + 2, nrv__case_text(c, "back") != NULL);
}

NRV_OP(netlist_sweep,
       .sig = "real r[C,N], real s[C,N], index row[N+1], index col[E], real weight[E], index order[2,N] -> f[C,N]",
       .doc = "Solves f = r + s W f along a netlist, node by node; back: f = r + s W^T f, from the last node on.",
       .shape = netlist_sweep_shape, .vjp = netlist_sweep_vjp, .batch = netlist_sweep_batch, .ref = netlist_sweep_ref,
       .make = netlist_sweep_make, .attr_bytes = sizeof(nrv__netlist_attr), .ulp = 16,
       .tolerance_why = "sums over the edges of a node, level upon level",
       .refuse = { "r[2,3], s[2,2], row:i32{0,0,0,0}, col:i32[0], w[0], order:i32[2,3]{0,1,2,1,1,1} => netlist_sweep: "
                   "inputs 0 and 1 differ | in here | input 0: input f32 [2, 3] r | input 1: input f32 [2, 2] s | "
                   "input 2: input i32 [4] row | input 3: input i32 [0] col | input 4: input f32 [0] w | input 5: "
                   "input i32 [2, 3] order | hint two (C,N) of one type",
                   "r[2,2], s[2,2], row:i32{0,0,1}, col:i32{0}, w[1], order:i32[1,2]{0,1} => netlist_sweep: the order "
                   "is not of these nodes | in here | input 0: input f32 [2, 2] r | input 1: input f32 [2, 2] s | "
                   "input 2: input i32 [3] row | input 3: input i32 [1] col | input 4: input f32 [1] w | input 5: "
                   "input i32 [1, 2] order | hint what netlist_order gave" },
       .test = {
           "r[2,5], s[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], order:i32[2,5]{0,1,2,3,4,1,1,2,3,4}",
           "r[2,5], s[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], "
           "order:i32[2,5]{1,0,2,3,4,1,1,2,3,4}, back=1",
           "r[17,3], s[17,3], row:i64{0,2,2,3}, col:i64{1,2,1}, w[3], order:i64[2,3]{1,2,0,2,1,1}",
           "r[0,1], s[0,1], row:i32{0,0}, col:i32[0] in 0..1, w[0], order:i32[2,1]{0,1}" });

nrv_tensor nrv__netlist_sweep(nrv_tensor r, nrv_tensor s, const nrv_tensor wires[4], bool back)
{
    return netlist_flagged(&nrv__op_netlist_sweep,
                           NRV_N(const nrv_tensor, r, s, wires[0], wires[1], wires[2], wires[3]), back);
}

/* ---- product: f, row, col, weight ---- */
static bool netlist_product_shape(nrv__infer *s)
{
    return nrv__wires_infer(s, 0, 1, 2, 3) && nrv__infer_same(s);
}

static void netlist_product_vjp(nrv_vjp *v)
{
    const nrv_tensor *wires = v->x + 1;
    bool back = netlist_back(v->attr);
    v->dx[0] = nrv__netlist_product(v->dy, wires, !back);
    if (v->need[3])
        v->dx[3] = back ? nrv__netlist_edges(v->x[0], v->dy, wires[0], wires[1])
                        : nrv__netlist_edges(v->dy, v->x[0], wires[0], wires[1]);
}

static void netlist_product_ref(const nrv__args *a)
{
    nrv__wires w = nrv__wires_of(&a->in[1], &a->in[2]);
    const double *f = a->in[0].data, *weight = a->in[3].data;
    double *g = a->out[0].data;
    bool back = netlist_back(a->attr);
    if (a->n)
        memset(g, 0, (size_t)a->n * sizeof *g);
    for (int64_t c = 0; c < a->out[0].dim[0]; c++, f += w.nodes, g += w.nodes)
        for (int64_t n = 0; n < w.nodes; n++)
            for (int64_t e = nrv__wires_first(&w, n); e < nrv__wires_end(&w, n); e++) {
                int64_t m = nrv__wires_from(&w, e);
                if (m >= 0 && back)
                    g[m] += weight[e] * f[n];
                else if (m >= 0)
                    g[n] += weight[e] * f[m];
            }
}

static nrv_tensor netlist_product_make(nrv__case *c)
{
    return nrv__netlist_product(c->x[0], c->x + 1, nrv__case_text(c, "back") != NULL);
}

NRV_OP(netlist_product, .sig = "real f[C,N], index row[N+1], index col[E], real weight[E] -> g[C,N]",
       .doc = "W f along the edges of a netlist; back: W^T f.", .shape = netlist_product_shape,
       .vjp = netlist_product_vjp, .batch = nrv__netlist_batch, .ref = netlist_product_ref,
       .make = netlist_product_make, .attr_bytes = sizeof(nrv__netlist_attr), .ulp = 8,
       .tolerance_why = "a sum over the edges of a node",
       .refuse = { "f[2,3], row:i32{0,0,1}, col:i32{0}, w[1] => netlist_product: row does not fit the nodes | in here "
                   "| input 0: input f32 [2, 3] f | input 1: input i32 [3] row | input 2: input i32 [1] col | input 3: "
                   "input f32 [1] w | hint row has a number for each node and one more, where all ends",
                   "f[2,2], row:i32{0,0,1}, col:i32{0}, w[2] => netlist_product: weight and col differ in length | in "
                   "here | input 0: input f32 [2, 2] f | input 1: input i32 [3] row | input 2: input i32 [1] col | "
                   "input 3: input f32 [2] w | hint an edge has one source and one weight" },
       .test = { "f[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6]",
                 "f[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], back=1",
                 "f[17,3], row:i64{0,2,2,3}, col:i64{1,2,1}, w[3]",
                 "f[19,3], row:i32{0,2,2,3}, col:i32{1,2,1}, w[3], back=1",
                 "f[0,1], row:i32{0,0}, col:i32[0] in 0..1, w[0]" });

nrv_tensor nrv__netlist_product(nrv_tensor f, const nrv_tensor wires[3], bool back)
{
    return netlist_flagged(&nrv__op_netlist_product, NRV_N(const nrv_tensor, f, wires[0], wires[1], wires[2]), back);
}

/* ---- edges: a, b, row, col ---- */
static bool netlist_edges_shape(nrv__infer *s)
{
    if (!nrv__wires_infer(s, 0, 2, 3, -1) || !netlist_alike(s, 0, 1))
        return false;
    s->rank = 1;
    s->dim[0] = s->in[3]->dim[0];
    return true;
}

static void netlist_edges_vjp(nrv_vjp *v)
{
    const nrv_tensor wires[3] = { v->x[2], v->x[3], v->dy };
    v->dx[0] = nrv__netlist_product(v->x[1], wires, false);
    v->dx[1] = nrv__netlist_product(v->x[0], wires, true);
}

static void netlist_edges_ref(const nrv__args *args)
{
    nrv__wires w = nrv__wires_of(&args->in[2], &args->in[3]);
    const double *a = args->in[0].data, *b = args->in[1].data;
    double *m = args->out[0].data;
    if (args->n)
        memset(m, 0, (size_t)args->n * sizeof *m);
    for (int64_t c = 0; c < args->in[0].dim[0]; c++, a += w.nodes, b += w.nodes)
        for (int64_t n = 0; n < w.nodes; n++)
            for (int64_t e = nrv__wires_first(&w, n); e < nrv__wires_end(&w, n); e++)
                m[e] += nrv__wires_from(&w, e) < 0 ? 0 : a[n] * b[nrv__wires_from(&w, e)];
}

NRV_OP(netlist_edges, .sig = "real a[C,N], real b[C,N], index row[N+1], index col[E] -> m[E]",
       .doc = "For an edge into n from m, the sum over cases of a[c,n] b[c,m]: the gradient of its weight.",
       .shape = netlist_edges_shape, .vjp = netlist_edges_vjp, .ref = netlist_edges_ref, .ulp = 16,
       .tolerance_why = "a sum over the cases",
       .refuse = { "a[2,3], b[2,2], row:i32{0,0,0,1}, col:i32{0} => netlist_edges: inputs 0 and 1 differ | in here | "
                   "input 0: input f32 [2, 3] a | input 1: input f32 [2, 2] b | input 2: input i32 [4] row | input 3: "
                   "input i32 [1] col | hint two (C,N) of one type",
                   "a[2], b[2], row:i32{0,0,1}, col:i32{0} => netlist_edges: rank 1, (C,N) is wanted | in here | input "
                   "0: input f32 [2] a | input 1: input f32 [2] b | input 2: input i32 [3] row | input 3: input i32 "
                   "[1] col | hint a row of nodes for each case" },
       .test = { "a[2,5], b[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}",
                 "a[37,3], b[37,3], row:i64{0,2,2,3}, col:i64{1,2,1}",
                 "a[37,3], b[37,3], row:i32{0,2,2,3}, col:i32{1,2,1}",
                 "a[0,1], b[0,1], row:i32{0,0}, col:i32[0] in 0..1" });

nrv_tensor nrv__netlist_edges(nrv_tensor a, nrv_tensor b, nrv_tensor row, nrv_tensor col)
{
    return nrv__op(&nrv__op_netlist_edges, NRV_N(const nrv_tensor, a, b, row, col));
}
