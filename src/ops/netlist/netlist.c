/* netlist - a network as data: which node feeds which is an input of the plan, not its text. Whole populations of
   evolved nets are one netlist of many unconnected parts (NEAT; Stanley & Miikkulainen 2002).

   value[n] = act[n](bias[n] + sum over row[n] <= e < row[n+1] of weight[e] value[col[e]])
   value[n] = x[-1 - act[n]] where act[n] < 0, and no edge leads there

   Promises: time linear in nodes and edges, also of its gradients, of any order, by x, weight and bias; wires that make
   no sense - rows that go down, an edge to nowhere, a cycle, an unknown code - stop the run with the node they are at.
   Does not do: recurrent nets in one go: a value that comes from the turn before is an input, see loops.

   The gradient, with z the sums before activation and s = act'(z): dz = s dv + s W^T dz is a sweep along the same edges
   from the last node on; dbias = dz, dweight[e] = dz[n] value[col[e]], see netlist.h. */
#include "netlist.h"
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
/* netlist: what a node does with its sum z; or NRV_NET_INPUT(k), and it shows input k, without a bias or edges */
enum {
    NRV_NET_LINEAR,  /* z */
    NRV_NET_SIGMOID, /* 1 / (1 + e^-z) */
    NRV_NET_STEEP,   /* 1 / (1 + e^-4.9z), NEAT's own */
    NRV_NET_TANH,
    NRV_NET_RELU,
    NRV_NET_SIN,
    NRV_NET_GAUSS, /* e^-z^2 */
    NRV_NET_ABS,
    NRV_NET_STEP /* 1 where z > 0, else 0; its gradient is 0 */
};
#define NRV_NET_INPUT(k) (-1 - (k))
#endif

static double netlist_value(double z, int64_t act)
{
    switch (act) {
    case NRV_NET_SIGMOID:
        return 1 / (1 + exp(-z));
    case NRV_NET_STEEP:
        return 1 / (1 + exp(-4.9 * z));
    case NRV_NET_TANH:
        return tanh(z);
    case NRV_NET_RELU:
        return z < 0 ? 0 : z;
    case NRV_NET_SIN:
        return sin(z);
    case NRV_NET_GAUSS:
        return exp(-z * z);
    case NRV_NET_ABS:
        return fabs(z);
    case NRV_NET_STEP:
        return z > 0 ? 1 : 0;
    default:
        return z;
    }
}

/* act'(z): z (C,N), act (N) */
static nrv_tensor netlist_slope(nrv_tensor z, nrv_tensor act)
{
    nrv_tensor soft = nrv_sigmoid(z), steep = nrv_sigmoid(nrv_mul_c(z, 4.9)), t = nrv_tanh(z), zero = nrv__like(z, 0);
    nrv_tensor one = nrv__like(z, 1);
    const struct {
        int code;
        nrv_tensor slope;
    } table[] = { { NRV_NET_SIGMOID, NRV_EXPR("y: y * (1 - y)", soft) },
                  { NRV_NET_STEEP, NRV_EXPR("y: 4.9 * (y * (1 - y))", steep) },
                  { NRV_NET_TANH, NRV_EXPR("y: 1 - y * y", t) },
                  { NRV_NET_RELU, nrv_select(nrv_greater(z, zero), one, zero) },
                  { NRV_NET_SIN, nrv_cos(z) },
                  { NRV_NET_GAUSS, NRV_EXPR("z: -2 * z * exp(-(z * z))", z) },
                  { NRV_NET_ABS, nrv_sign(z) },
                  { NRV_NET_STEP, zero } };
    nrv_tensor s = one;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        s = nrv_select(nrv_equal(act, nrv__like(act, table[i].code)), table[i].slope, s);
    return s;
}

/* ---- order: row, col, act; N, levels, I -> (2,N): the nodes, each behind those that feed it, and every node's level,
   from 1. All that a netlist can have wrong is found here, before the others look at it ---- */
static bool netlist_order_shape(nrv__infer *s)
{
    nrv_dim d;
    if (!nrv__wires_infer(s, -1, 0, 1, -1) || !nrv__infer_index(s, 2))
        return false;
    if (s->in[0]->type != s->in[1]->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "row is %s, col is %s",
                               nrv__dtype_name(s->in[0]->type), nrv__dtype_name(s->in[1]->type));
    if (s->n_size != 3 ||
        !nrv__dim_same(s->g, s->in[0]->dim[0], nrv__dim_add(s->g, s->size[0], 1), "netlist_order", &d))
        return nrv__infer_fail(s, NRV_ESHAPE, "row has a number for each node and one more, where all ends",
                               "row does not fit the nodes");
    if (s->in[2]->rank != 1 || !nrv__dim_same(s->g, s->in[2]->dim[0], s->size[0], "netlist_order", &d))
        return nrv__infer_fail(s, NRV_ESHAPE, "act has a code for each node", "act does not fit the nodes");
    s->rank = 2;
    s->dim[0] = 2;
    s->dim[1] = s->size[0];
    return true;
}

static bool netlist_wires_fail(const nrv__args *a, const nrv__wires *w)
{
    bool bad = w->row[0] != 0 || w->row[w->nodes] != (double)w->edges;
    if (w->row[0] != 0)
        nrv__fault_set(a->fault, 0, NRV_EVALUE, "row[0] is %.0f; the edges of node 0 begin at 0", w->row[0]);
    else if (bad)
        nrv__fault_set(a->fault, w->nodes, NRV_EVALUE,
                       "row ends at %.0f, there are %lld edges; its last number is theirs", w->row[w->nodes],
                       (long long)w->edges);
    for (int64_t n = 0; n < w->nodes; n++) {
        if (w->row[n + 1] < w->row[n]) {
            bad = true;
            nrv__fault_set(a->fault, n, NRV_EVALUE,
                           "row goes down from %.0f to %.0f at node %lld; the edges into node n are row[n] to row[n+1]",
                           w->row[n], w->row[n + 1], (long long)n);
        }
        for (int64_t e = nrv__wires_first(w, n); e < nrv__wires_end(w, n); e++)
            if (nrv__wires_from(w, e) < 0) {
                bad = true;
                nrv__fault_set(a->fault, n, NRV_EVALUE,
                               "edge %lld leads from node %.0f to node %lld; nodes are 0..%lld, and col has where an "
                               "edge comes from",
                               (long long)e, w->col[e], (long long)n, (long long)w->nodes - 1);
            }
    }
    return bad;
}

static bool netlist_act_fails(const nrv__args *a, const nrv__wires *w)
{
    const double *act = a->in[2].data, inputs = (double)a->size[2];
    bool bad = false;
    for (int64_t n = 0; n < w->nodes; n++) {
        bool unknown = act[n] > (int)NRV_NET_STEP, fed = act[n] < 0 && nrv__wires_end(w, n) > nrv__wires_first(w, n);
        if (unknown)
            nrv__fault_set(a->fault, n, NRV_EVALUE, "node %lld has act %.0f; activations are 0..%d, -1-k is input k",
                           (long long)n, act[n], NRV_NET_STEP);
        else if (act[n] < -inputs)
            nrv__fault_set(a->fault, n, NRV_EVALUE,
                           "node %lld reads input %.0f (its act is %.0f), x has %.0f, from 0 on", (long long)n,
                           -1 - act[n], act[n], inputs);
        else if (fed)
            nrv__fault_set(a->fault, n, NRV_EVALUE,
                           "node %lld shows input %.0f, but an edge leads to it; lead the edge to a node behind it",
                           (long long)n, -1 - act[n]);
        bad = bad || fed || unknown || act[n] < -inputs;
    }
    return bad;
}

/* list and next, each of the nodes' number: next is -1 for a node not met yet, then the edge to follow, and -1 - level
   once the node is listed. Those in work are a stack in the unused end of list. The answer: a node on a cycle, -1 if
   there is none */
static int64_t netlist_search(const nrv__wires *w, double *list, double *next)
{
    int64_t done = 0, top = w->nodes;
    for (int64_t n = 0; n < w->nodes; n++)
        next[n] = -1;
    for (int64_t start = 0; start < w->nodes; start++) {
        if (next[start] != -1)
            continue;
        list[--top] = (double)start;
        next[start] = (double)nrv__wires_first(w, start);
        while (top < w->nodes) {
            int64_t n = (int64_t)list[top], e = (int64_t)next[n];
            if (e < nrv__wires_end(w, n)) {
                int64_t from = nrv__wires_from(w, e);
                next[n]++;
                if (next[from] >= 0)
                    return from;
                if (next[from] == -1) {
                    list[--top] = (double)from;
                    next[from] = (double)nrv__wires_first(w, from);
                }
                continue;
            }
            double deepest = 0;
            for (e = nrv__wires_first(w, n); e < nrv__wires_end(w, n); e++)
                deepest = fmax(deepest, -1 - next[nrv__wires_from(w, e)]);
            top++;
            list[done++] = (double)n;
            next[n] = -2 - deepest;
        }
    }
    return -1;
}

static void netlist_order_ref(const nrv__args *a)
{
    nrv__wires w = nrv__wires_of(&a->in[0], &a->in[1]);
    double *list = a->out[0].data, *level = list + w.nodes;
    if (a->n)
        memset(list, 0, (size_t)a->n * sizeof *list);
    if (netlist_wires_fail(a, &w) || netlist_act_fails(a, &w))
        return;
    int64_t cycle = netlist_search(&w, list, level);
    if (cycle >= 0)
        nrv__fault_set(a->fault, cycle, NRV_EVALUE,
                       "a cycle through node %lld; cut an edge of it, or carry the value from turn to turn of a loop",
                       (long long)cycle);
    for (int64_t n = 0; n < w.nodes; n++) {
        level[n] = cycle >= 0 ? 0 : -1 - level[n];
        if (level[n] > (double)a->size[1])
            nrv__fault_set(a->fault, n, NRV_EVALUE,
                           "node %lld is on level %.0f, levels is %lld; raise it (a node that no edge leads to is on "
                           "level 1)",
                           (long long)n, level[n], (long long)a->size[1]);
    }
}

static nrv_tensor netlist_order(nrv_tensor row, nrv_tensor col, nrv_tensor act, const nrv_dim size[3]);

static nrv_tensor netlist_order_make(nrv__case *c)
{
    return netlist_order(c->x[0], c->x[1], c->x[2],
                         (const nrv_dim[]){ nrv__case_int(c, "nodes", 0), nrv__case_int(c, "levels", 0),
                                            nrv__case_int(c, "inputs", 0) });
}

NRV_OP(
    netlist_order, .sig = "index row[N+1], index col[E], index act[N] -> order[2,N]",
    .doc = "The nodes of a netlist, each behind those that feed it, and the level of every node. A cycle, an edge to "
           "nowhere, rows that go down, an unknown act or input stop the run.",
    .shape = netlist_order_shape, .flags = NRV_FAILS, .no_grad = "wires are whole numbers", .ref = netlist_order_ref,
    .make = netlist_order_make, .values = "nodes, edges and inputs count from 0, and no edge leads back",
    .refuse = { "row:i32{0,0,2}, col:i32{0,0}, act:i32{-1,0}, nodes=3, levels=2, inputs=1 => netlist_order: row "
                "does not fit the nodes | in here | input 0: input i32 [3] row | input 1: input i32 [2] col | input "
                "2: input i32 [2] act | hint row has a number for each node and one more, where all ends",
                "row:i32{0,1,2}, col:i32{1,0}, act:i32{0,0}, nodes=2, levels=3 => netlist_order: a cycle through node "
                "0; cut an edge of it, or carry the value from turn to turn of a loop | in here | hint nodes, edges "
                "and inputs count from 0, and no edge leads back",
                "row:i32{0,0,1}, col:i32{7}, act:i32{-1,0}, nodes=2, levels=2, inputs=1 => netlist_order: edge 0 leads "
                "from node 7 to node 1; nodes are 0..1, and col has where an edge comes from | in here | hint nodes, "
                "edges and inputs count from 0, and no edge leads back",
                "row:i32{0,0,1}, col:i32{0}, act:i32{-1,99}, nodes=2, levels=2, inputs=1 => netlist_order: node 1 has "
                "act 99; activations are 0..8, -1-k is input k | in here | hint nodes, edges and inputs count from 0, "
                "and no edge leads back" },
    .test = { "row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, act:i32{-1,-1,8,3,0}, nodes=5, levels=4, inputs=1",
              "row:i64{0,2,2,3}, col:i64{1,2,1}, act:i32[3] in 0..8, nodes=3, levels=3",
              "row:i32{0}, col:i32[0] in 0..1, act:i32[0] in 0..1, nodes=0, levels=1",
              "row:i32{0,1,2,3,3}, col:i32{1,2,3}, act:i64{2,0,1,-3}, nodes=4, levels=4, inputs=3" });

static nrv_tensor netlist_order(nrv_tensor row, nrv_tensor col, nrv_tensor act, const nrv_dim size[3])
{
    return nrv__op_with(&nrv__op_netlist_order, NRV_N(const nrv_tensor, row, col, act), NULL, 3, size);
}

/* ---- read: x (C,I), act (N) -> (C,N), what inputs the nodes are fed; unread: its transpose ---- */
static bool netlist_read_shape(nrv__infer *s)
{
    nrv_tensor x = s->in[0], act = s->in[1];
    if (!nrv__infer_real(s, 0) || !nrv__infer_index(s, 1))
        return false;
    if (x->rank != 2 || act->rank != 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "x (C,I): a row of inputs for each case; act (N): a code for each node",
                               "ranks %d and %d", x->rank, act->rank);
    s->rank = 2;
    s->dim[0] = x->dim[0];
    s->dim[1] = act->dim[0];
    return true;
}

static void netlist_read_ref(const nrv__args *a)
{
    const double *x = a->in[0].data, *act = a->in[1].data;
    double *u = a->out[0].data;
    int64_t inputs = a->in[0].dim[1], nodes = a->in[1].dim[0];
    for (int64_t c = 0; c < a->out[0].dim[0]; c++, x += inputs)
        for (int64_t n = 0; n < nodes; n++)
            *u++ = act[n] < 0 && act[n] >= -(double)inputs ? x[-1 - (int64_t)act[n]] : 0;
}

static bool netlist_unread_shape(nrv__infer *s)
{
    nrv_dim d;
    if (!netlist_read_shape(s))
        return false;
    s->dim[1] = s->n_size == 1 ? s->size[0] : 0;
    return nrv__dim_same(s->g, s->in[0]->dim[1], s->in[1]->dim[0], "netlist_unread", &d) ||
           nrv__infer_fail(s, NRV_ESHAPE, "a column for each node", "u and act differ in length");
}

static void netlist_unread_ref(const nrv__args *a)
{
    const double *u = a->in[0].data, *act = a->in[1].data;
    double *x = a->out[0].data;
    int64_t inputs = a->out[0].dim[1], nodes = a->in[1].dim[0];
    if (a->n)
        memset(x, 0, (size_t)a->n * sizeof *x);
    for (int64_t c = 0; c < a->out[0].dim[0]; c++, u += nodes, x += inputs)
        for (int64_t n = 0; n < nodes; n++)
            if (act[n] < 0 && act[n] >= -(double)inputs)
                x[-1 - (int64_t)act[n]] += u[n];
}

static nrv_tensor netlist_unread(nrv_tensor u, nrv_tensor act, nrv_dim inputs);

static void netlist_read_vjp(nrv_vjp *v)
{
    v->dx[0] = netlist_unread(v->dy, v->x[1], v->x[0]->dim[1]);
}

NRV_OP(netlist_read, .sig = "real x[C,I], index act[N] -> u[C,N]",
       .doc = "What inputs the nodes of a netlist are fed: input k where act is -1-k, else 0.",
       .shape = netlist_read_shape, .vjp = netlist_read_vjp, .batch = nrv__netlist_batch, .ref = netlist_read_ref,
       .refuse = { "x[3], act:i32{-1} => netlist_read: ranks 1 and 1 | in here | input 0: input f32 [3] x | input 1: "
                   "input i32 [1] act | hint x (C,I): a row of inputs for each case; act (N): a code for each node",
                   "x[2,3], act[4] => netlist_read: input 1 is f32, an index is wanted | in here | input 0: input f32 "
                   "[2, 3] x | input 1: input f32 [4] act | hint nrv_cast it to NRV_I32 or NRV_I64" },
       .test = { "x[2,3], act:i32{-1,-3,1,2,-1}", "x[17,2], act:i64{0,-2,8}", "x[0,1], act:i32{-1}" });

static void netlist_unread_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv__op(&nrv__op_netlist_read, NRV_N(const nrv_tensor, v->dy, v->x[1]));
}

static nrv_tensor netlist_unread_make(nrv__case *c)
{
    return netlist_unread(c->x[0], c->x[1], nrv__case_int(c, "inputs", 0));
}

NRV_OP(netlist_unread, .sig = "real u[C,N], index act[N] -> x[C,I]",
       .doc = "Gradient of netlist_read: every input the sum over the nodes that read it.",
       .shape = netlist_unread_shape, .vjp = netlist_unread_vjp, .batch = nrv__netlist_batch, .ref = netlist_unread_ref,
       .make = netlist_unread_make, .ulp = 8, .tolerance_why = "a sum over nodes",
       .refuse = { "u[2,5], act:i32{-1,-2}, inputs=2 => netlist_unread: u and act differ in length | in here | input "
                   "0: input f32 [2, 5] u | input 1: input i32 [2] act | hint a column for each node",
                   "u:i32[2,2], act:i32{-1,-2}, inputs=2 => netlist_unread: input 0 is i32, a real type is wanted | in "
                   "here | input 0: input i32 [2, 2] u | input 1: input i32 [2] act | hint nrv_cast it to NRV_F32" },
       .test = { "u[2,5], act:i32{-1,-3,1,2,-1}, inputs=3", "u[17,3], act:i64{0,-2,8}, inputs=2",
                 "u[0,1], act:i32{-1}, inputs=1" });

static nrv_tensor netlist_unread(nrv_tensor u, nrv_tensor act, nrv_dim inputs)
{
    return nrv__op_with(&nrv__op_netlist_unread, NRV_N(const nrv_tensor, u, act), NULL, 1, &inputs);
}

/* ---- values: u, row, col, weight, act, order ---- */
static bool netlist_values_shape(nrv__infer *s)
{
    nrv_dim d;
    if (!nrv__wires_infer(s, 0, 1, 2, 3) || !nrv__infer_index(s, 4) || !nrv__infer_index(s, 5))
        return false;
    nrv_tensor act = s->in[4], order = s->in[5];
    nrv_dim nodes = s->in[0]->dim[1];
    bool fits = act->rank == 1 && order->rank == 2 && order->dim[0] == 2 &&
                nrv__dim_same(s->g, act->dim[0], nodes, "netlist_values", &d) &&
                nrv__dim_same(s->g, order->dim[1], nodes, "netlist_values", &d);
    return fits ? nrv__infer_same(s)
                : nrv__infer_fail(s, NRV_ESHAPE, "act (N), and what netlist_order gave",
                                  "act or order is not of these nodes");
}

static void netlist_values_vjp(nrv_vjp *v)
{
    const nrv_tensor wires[4] = { v->x[1], v->x[2], v->x[3], v->x[5] };
    nrv_tensor s = netlist_slope(nrv_add(v->x[0], nrv__netlist_product(v->y, wires, false)), v->x[4]);
    nrv_tensor dz = nrv__netlist_sweep(nrv_mul(s, v->dy), s, wires, true);
    v->dx[0] = dz;
    if (v->need[3])
        v->dx[3] = nrv__netlist_edges(dz, v->y, wires[0], wires[1]);
}

static void netlist_values_ref(const nrv__args *a)
{
    nrv__wires w = nrv__wires_of(&a->in[1], &a->in[2]);
    const double *weight = a->in[3].data, *act = a->in[4].data, *order = a->in[5].data;
    double *v = a->out[0].data;
    if (a->n)
        memcpy(v, a->in[0].data, (size_t)a->n * sizeof *v);
    for (int64_t c = 0; c < a->out[0].dim[0]; c++, v += w.nodes)
        for (int64_t i = 0; i < w.nodes; i++) {
            int64_t n = nrv__wires_turn(&w, order, i);
            double z = n < 0 ? 0 : v[n];
            for (int64_t e = n < 0 ? 0 : nrv__wires_first(&w, n); n >= 0 && e < nrv__wires_end(&w, n); e++)
                z += nrv__wires_from(&w, e) < 0 ? 0 : weight[e] * v[nrv__wires_from(&w, e)];
            if (n >= 0)
                v[n] = netlist_value(z, (int64_t)act[n]);
        }
}

NRV_OP(
    netlist_values,
    .sig = "real u[C,N], index row[N+1], index col[E], real weight[E], index act[N], index order[2,N] -> value[C,N]",
    .doc = "The values of a netlist's nodes, each the activation of what it is fed and of its edges.",
    .shape = netlist_values_shape, .vjp = netlist_values_vjp, .batch = nrv__netlist_batch, .ref = netlist_values_ref,
    .ulp = 64, .tolerance_why = "sums and activations, level upon level; the steepened sigmoid magnifies by up to 1.3",
    .refuse = { "u[2,5], row:i32{0,0,0}, col:i32{0}, w[1], act:i32{0,0,0,0,0}, order:i32[2,5]{0,1,2,3,4,1,1,1,1,1} => "
                "netlist_values: row does not fit the nodes | in here | input 0: input f32 [2, 5] u | input 1: input "
                "i32 [3] row | input 2: input i32 [1] col | input 3: input f32 [1] w | input 4: input i32 [5] act | "
                "input 5: input i32 [2, 5] order | hint row has a number for each node and one more, where all ends",
                "u[2,2], row:i32{0,0,1}, col:i32{0}, w[3], act:i32{0,0}, order:i32[2,2]{0,1,1,2} => netlist_values: "
                "weight and col differ in length | in here | input 0: input f32 [2, 2] u | input 1: input i32 [3] row "
                "| input 2: input i32 [1] col | input 3: input f32 [3] w | input 4: input i32 [2] act | input 5: input "
                "i32 [2, 2] order | hint an edge has one source and one weight" },
    .test = { "u[2,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], act:i32{-1,-2,1,3,2}, "
              "order:i32[2,5]{0,1,2,3,4,1,1,2,3,4}",
              "u[17,5], row:i64{0,0,0,2,3,6}, col:i64{0,1,2,2,3,0}, w[6], act:i32{5,6,7,8,4}, "
              "order:i64[2,5]{0,1,2,3,4,1,1,2,3,4}",
              "u[17,5], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], act:i32{5,6,7,8,4}, "
              "order:i32[2,5]{0,1,2,3,4,1,1,2,3,4}",
              "u[0,1], row:i32{0,0}, col:i32[0] in 0..1, w[0], act:i32{0}, order:i32[2,1]{0,1}" });

static nrv_tensor netlist_make(nrv__case *c)
{
    return nrv_netlist(c->x[0], c->x[1], c->x[2], c->x[3], c->x[4], c->x[5], nrv__case_int(c, "levels", 0));
}

NRV_OP(
    netlist,
    .sig = "real x[C,I], index row[N+1], index col[E], real weight[E], real bias[N], index act[N] -> value[C,N]",
    .doc =
        "A network as data: the values of all nodes, for each case. Node n activates the sum of its bias and of "
        "weight[e] times the value of node col[e], row[n] <= e < row[n+1]; or, where act[n] is -1-k, it shows input k.",
    .make = netlist_make, .ulp = 64, .tolerance_why = "sums and activations, level upon level",
    .values = "nodes, edges and inputs count from 0, and no edge leads back",
    .refuse = { "x[2,2], row:i32{0,0,1}, col:i32{0}, w[2], b[2], act:i32{-1,0}, levels=2 => netlist: weight and col "
                "differ in length | in here | input 0: select f32 [2, 2] here | input 1: input i32 [3] row | input 2: "
                "input i32 [1] col | input 3: input f32 [2] w | input 4: input i32 [2] act | input 5: netlist_order "
                "i32 [2, 2] here | hint an edge has one source and one weight",
                "x[2,2], row:i32{0,1,2}, col:i32{1,0}, w[2], b[2], act:i32{0,0}, levels=3 => netlist: a cycle through "
                "node 0; cut an edge of it, or carry the value from turn to turn of a loop | in here | hint nodes, "
                "edges and inputs count from 0, and no edge leads back",
                "x[2], row:i32{0,0,1}, col:i32{0}, w[1], b[2], act:i32{-1,0}, levels=2 => netlist: ranks 1 and 1 | in "
                "here | input 0: input f32 [2] x | input 1: input i32 [2] act | hint x (C,I): a row of inputs for each "
                "case; act (N): a code for each node" },
    .test = { "x[2,2], row:i32{0,0,0,2,3,6}, col:i32{0,1,2,2,3,0}, w[6], b[5], act:i32{-1,-2,1,3,2}, levels=4",
              "x[4,3], row:i64{0,3,3,3,3,6}, col:i64{2,1,3,2,0,1}, w[6], b[5], act:i64{6,-3,-1,-2,5}, levels=3",
              "x[33,1], row:i32{0,0,1,2,3}, col:i32{0,1,2}, w[3], b[4], act:i32{-1,4,7,0}, levels=4",
              "x[3,1], row:i32{0}, col:i32[0] in 0..1, w[0], b[0], act:i32[0] in 0..1, levels=1" });

/* A network as data, for each case: x (C,I), row (N+1), col (E), weight (E), bias (N), act (N) -> (C,N), the value of
   every node. Edges row[n] to row[n+1] lead into node n, edge e from node col[e]; act[n] is an activation (NRV_NET_*)
   or NRV_NET_INPUT(k), a node that shows input k. The order of the nodes is free. levels: at most so many nodes stand
   in one chain. A population is one netlist of unconnected parts; a gradient goes to x, weight and bias.
   Stops the run: a cycle, more levels, an edge from no node, rows that go down, an unknown act. */
NRV_API nrv_tensor nrv_netlist(nrv_tensor x, nrv_tensor row, nrv_tensor col, nrv_tensor weight, nrv_tensor bias,
                               nrv_tensor act, nrv_dim levels)
{
    NRV_CALLED(&nrv__op_netlist, x);
    nrv_tensor shown = nrv__op(&nrv__op_netlist_read, NRV_N(const nrv_tensor, x, act));
    if (!shown)
        return NULL;
    nrv_tensor u = nrv_select(nrv_less(act, nrv__like(act, 0)), shown, bias);
    if (!u)
        return NULL;
    if (bias->rank != 1)
        return nrv__graph_fail(u->g, NRV_ESHAPE, "bias (N): a number for each node", "netlist: bias has rank %d",
                               bias->rank),
               NULL;
    nrv_tensor order = netlist_order(row, col, act, (const nrv_dim[]){ bias->dim[0], levels, x->dim[1] });
    nrv_tensor body = nrv__op(&nrv__op_netlist_values, NRV_N(const nrv_tensor, u, row, col, weight, act, order));
    return body ? nrv__composite(&nrv__op_netlist, NRV_N(const nrv_tensor, x, row, col, weight, bias, act), NULL, 1,
                                 &body)
                : NULL;
}
