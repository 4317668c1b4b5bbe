/* netlist.c - a network as data (see ops/netlist/netlist.h), float32 with i32 wires: its values, and the linear parts
   that its gradients are made of.

   Promises: time linear in nodes and edges. Cases are dealt in blocks of 4, 8 or 16, whichever the number of cases
   fills, node by node with the cases side by side, so that an edge is one vector operation; a block's bits are its own.
   Edges that lead nowhere are skipped: netlist_order has refused them before. Does not do: i64 wires. */
#include "maths.h"
#include <math.h>

enum { NET_LANES = 16, NET_NODES = 64 }; /* cases of a block at most; nodes of a unit of netlist_edges */

typedef struct net_wires {
    const int32_t *row, *col;
    int64_t nodes, edges;
} net_wires;

static net_wires net_wires_of(const nrv__view *row, const nrv__view *col)
{
    return (net_wires){ row->data, col->data, row->dim[0] - 1, col->dim[0] };
}

SIMD_INLINE int64_t net_first(const net_wires *w, int64_t n)
{
    return simd_max(0, simd_min(w->row[n], w->edges));
}

SIMD_INLINE int64_t net_end(const net_wires *w, int64_t n)
{
    return simd_max(0, simd_min(w->row[n + 1], w->edges));
}

SIMD_INLINE bool net_inside(const net_wires *w, int64_t node)
{
    return (uint64_t)node < (uint64_t)w->nodes;
}

SIMD_INLINE int net_lanes(int64_t cases)
{
    return cases <= 4 ? 4 : cases <= 8 ? 8 : NET_LANES;
}

/* to[n][lane] = from[case][n] for the cases of a block, 0 where it has fewer */
SIMD_INLINE void net_load(float *restrict to, const float *from, int64_t nodes, int64_t cases, const int lanes)
{
    for (int64_t n = 0; n < nodes; n++)
        for (int l = 0; l < lanes; l++)
            to[n * lanes + l] = l < cases ? from[l * nodes + n] : 0;
}

SIMD_INLINE void net_store(float *to, const float *restrict from, int64_t nodes, int64_t cases, const int lanes)
{
    for (int l = 0; l < cases; l++)
        for (int64_t n = 0; n < nodes; n++)
            to[l * nodes + n] = from[n * lanes + l];
}

static void net_sin(float *z)
{
    for (int l = 0; l < NET_LANES; l++)
        z[l] = __builtin_fabsf(z[l]) <= MATHS_TRIG_MOST ? maths_sin(z[l], 0) : (float)sin((double)z[l]);
}

#define NET_LOOP(formula)                 \
    for (int l = 0; l < NET_LANES; l++) { \
        const float x = z[l];             \
        z[l] = (formula);                 \
    }                                     \
    break

static void net_act(float *z, int32_t act)
{
    switch (act) {
    case NRV_NET_SIGMOID:
        NET_LOOP(maths_sigmoid(x));
    case NRV_NET_STEEP:
        NET_LOOP(maths_sigmoid(4.9f * x));
    case NRV_NET_TANH:
        NET_LOOP(maths_tanh(x));
    case NRV_NET_RELU:
        NET_LOOP(x < 0 ? 0 : x);
    case NRV_NET_SIN:
        net_sin(z);
        break;
    case NRV_NET_GAUSS:
        NET_LOOP(maths_exp(-(x * x)));
    case NRV_NET_ABS:
        NET_LOOP(__builtin_fabsf(x));
    case NRV_NET_STEP:
        NET_LOOP(x > 0 ? 1.0f : 0.0f);
    default:
        break;
    }
}
#undef NET_LOOP

/* z[lane] += sum over the edges into n of weight[e] v[col[e]][lane] */
SIMD_INLINE void net_gather(const net_wires *w, const float *weight, const float *v, int64_t n, float *z,
                            const int lanes)
{
    const int64_t end = net_end(w, n);
    for (int64_t e = net_first(w, n); e < end; e++)
        if (net_inside(w, w->col[e]))
            for (int l = 0; l < lanes; l++)
                z[l] += weight[e] * v[w->col[e] * (int64_t)lanes + l];
}

/* ---- values: u, row, col, weight, act, order ---- */
SIMD_INLINE void net_values_block(const nrv__args *a, int64_t unit, const int lanes)
{
    const net_wires w = net_wires_of(&a->in[1], &a->in[2]);
    const float *weight = a->in[3].data, *u = (const float *)a->in[0].data + unit * lanes * w.nodes;
    const int32_t *act = a->in[4].data, *order = a->in[5].data;
    const int64_t cases = simd_min(lanes, a->out[0].dim[0] - unit * lanes);
    float *v = a->scratch;
    net_load(v, u, w.nodes, cases, lanes);
    for (int64_t i = 0; i < w.nodes; i++) {
        const int64_t n = order[i];
        float z[NET_LANES] = { 0 };
        if (!net_inside(&w, n))
            continue;
        memcpy(z, v + n * lanes, (size_t)lanes * sizeof *z);
        net_gather(&w, weight, v, n, z, lanes);
        net_act(z, act[n]);
        memcpy(v + n * lanes, z, (size_t)lanes * sizeof *z);
    }
    net_store((float *)a->out[0].data + unit * lanes * w.nodes, v, w.nodes, cases, lanes);
}

/* ---- sweep: r, s, row, col, weight, order ---- */
SIMD_INLINE void net_sweep_block(const nrv__args *a, int64_t unit, const int lanes)
{
    const net_wires w = net_wires_of(&a->in[2], &a->in[3]);
    const float *weight = a->in[4].data;
    const int32_t *order = a->in[5].data;
    const int64_t cases = simd_min(lanes, a->out[0].dim[0] - unit * lanes), at = unit * lanes * w.nodes;
    const bool back = ((const nrv__netlist_attr *)a->attr)->back != 0;
    float *f = a->scratch, *s = f + w.nodes * lanes;
    net_load(f, (const float *)a->in[0].data + at, w.nodes, cases, lanes);
    net_load(s, (const float *)a->in[1].data + at, w.nodes, cases, lanes);
    for (int64_t i = 0; i < w.nodes; i++) {
        const int64_t n = order[back ? w.nodes - 1 - i : i];
        float z[NET_LANES] = { 0 };
        if (!net_inside(&w, n))
            continue;
        if (!back) {
            net_gather(&w, weight, f, n, z, lanes);
            for (int l = 0; l < lanes; l++)
                f[n * lanes + l] += s[n * lanes + l] * z[l];
            continue;
        }
        memcpy(z, f + n * lanes, (size_t)lanes * sizeof *z);
        for (int64_t e = net_first(&w, n), end = net_end(&w, n); e < end; e++)
            if (net_inside(&w, w.col[e]))
                for (int64_t l = 0, m = w.col[e] * (int64_t)lanes; l < lanes; l++)
                    f[m + l] += s[m + l] * (weight[e] * z[l]);
    }
    net_store((float *)a->out[0].data + at, f, w.nodes, cases, lanes);
}

/* ---- product: f, row, col, weight ---- */
SIMD_INLINE void net_product_block(const nrv__args *a, int64_t unit, const int lanes)
{
    const net_wires w = net_wires_of(&a->in[1], &a->in[2]);
    const float *weight = a->in[3].data, *f = (const float *)a->in[0].data + unit * lanes * w.nodes;
    const int64_t cases = simd_min(lanes, a->out[0].dim[0] - unit * lanes);
    float *g = (float *)a->out[0].data + unit * lanes * w.nodes, *v = a->scratch;
    if (((const nrv__netlist_attr *)a->attr)->back != 0) {
        memset(v, 0, (size_t)(w.nodes * lanes) * sizeof *v);
        for (int64_t n = 0; n < w.nodes; n++) {
            float z[NET_LANES] = { 0 };
            for (int64_t l = 0; l < cases; l++)
                z[l] = f[l * w.nodes + n];
            for (int64_t e = net_first(&w, n), end = net_end(&w, n); e < end; e++)
                if (net_inside(&w, w.col[e]))
                    for (int l = 0; l < lanes; l++)
                        v[w.col[e] * (int64_t)lanes + l] += weight[e] * z[l];
        }
        net_store(g, v, w.nodes, cases, lanes);
        return;
    }
    net_load(v, f, w.nodes, cases, lanes);
    for (int64_t n = 0; n < w.nodes; n++) {
        float z[NET_LANES] = { 0 };
        net_gather(&w, weight, v, n, z, lanes);
        for (int64_t l = 0; l < cases; l++)
            g[l * w.nodes + n] = z[l];
    }
}

/* ---- the three by blocks of cases ---- */
#define NET_RUN(name, block)                           \
    static void name(const nrv__args *a)               \
    {                                                  \
        const int lanes = net_lanes(a->out[0].dim[0]); \
        for (int64_t u = a->begin; u < a->end; u++)    \
            if (lanes == 4)                            \
                block(a, u, 4);                        \
            else if (lanes == 8)                       \
                block(a, u, 8);                        \
            else                                       \
                block(a, u, NET_LANES);                \
    }
NET_RUN(net_values, net_values_block)
NET_RUN(net_sweep, net_sweep_block)
NET_RUN(net_product, net_product_block)
#undef NET_RUN

static const char *net_fits(const nrv__args *a)
{
    if (a->in[0].type != NRV_F32)
        return "only float32";
    for (int i = 1; i < a->n_in; i++)
        if (a->in[i].type != NRV_F32 && a->in[i].type != NRV_I32)
            return "only i32 wires";
    return NULL;
}

static int64_t net_units(const nrv__args *a)
{
    return simd_ceil(a->out[0].dim[0], net_lanes(a->out[0].dim[0]));
}

static size_t net_scratch(const nrv__args *a)
{
    return a->n > 0 ? (size_t)(a->out[0].dim[1] * net_lanes(a->out[0].dim[0])) * sizeof(float) : 0;
}

static size_t net_scratch2(const nrv__args *a)
{
    return 2 * net_scratch(a);
}

static double net_work(const nrv__args *a)
{
    int64_t longest = 0; /* col and weight: the edges */
    for (int i = 1; i < a->n_in; i++)
        longest = simd_max(longest, a->in[i].rank == 1 ? a->in[i].dim[0] : 0);
    return 20 + net_lanes(a->out[0].dim[0]) * (0.3 * (double)longest + 2.0 * (double)a->out[0].dim[1]);
}

/* ---- edges: a, b, row, col. Phase 0 lays a and b out node by node, phase 1 multiplies ---- */
static int64_t net_padded(const nrv__args *a)
{
    return simd_ceil(a->in[0].dim[0], SIMD_W) * SIMD_W;
}

static void net_lay_out(const nrv__args *a, int64_t from, int64_t to)
{
    const int64_t cases = a->in[0].dim[0], nodes = a->in[0].dim[1], padded = net_padded(a);
    for (int i = 0; i < 2; i++) {
        const float *x = a->in[i].data;
        float *y = (float *)a->shared + i * nodes * padded;
        for (int64_t n = from; n < to; n++)
            for (int64_t c = 0; c < padded; c++)
                y[n * padded + c] = c < cases ? x[c * nodes + n] : 0;
    }
}

static void net_edges(const nrv__args *a)
{
    const net_wires w = net_wires_of(&a->in[2], &a->in[3]);
    const int64_t padded = net_padded(a);
    const float *x = a->shared, *y = x + w.nodes * padded;
    float *m = a->out[0].data;
    const int64_t from = a->begin * NET_NODES, to = simd_min(w.nodes, a->end * NET_NODES);
    if (a->phase == 0) {
        net_lay_out(a, from, to);
        return;
    }
    for (int64_t n = from; n < to; n++)
        for (int64_t e = net_first(&w, n), end = net_end(&w, n); e < end; e++) {
            simd_f sum = { 0 };
            for (int64_t c = 0; net_inside(&w, w.col[e]) && c < padded; c += SIMD_W)
                sum += simd_load(x + n * padded + c) * simd_load(y + w.col[e] * padded + c);
            m[e] = simd_sum(sum);
        }
}

static const char *net_edges_fits(const nrv__args *a)
{
    return a->in[0].dim[0] > 0 ? net_fits(a) : "no cases";
}

static int64_t net_edges_units(const nrv__args *a)
{
    return simd_ceil(a->in[0].dim[1], NET_NODES);
}

static size_t net_edges_shared(const nrv__args *a)
{
    return 2 * (size_t)(a->in[0].dim[1] * net_padded(a)) * sizeof(float);
}

static double net_edges_work(const nrv__args *a)
{
    return 20 + 2.0 * (double)(NET_NODES * net_padded(a));
}

/* ---- read: x, act; unread: u, act ---- */
static void net_read(const nrv__args *a)
{
    const int32_t *act = a->in[1].data;
    const int64_t inputs = a->in[0].dim[1], nodes = a->in[1].dim[0];
    for (int64_t c = a->begin; c < a->end; c++) {
        const float *x = (const float *)a->in[0].data + c * inputs;
        float *u = (float *)a->out[0].data + c * nodes;
        for (int64_t n = 0; n < nodes; n++)
            u[n] = act[n] < 0 && act[n] >= -inputs ? x[-1 - (int64_t)act[n]] : 0;
    }
}

static void net_unread(const nrv__args *a)
{
    const int32_t *act = a->in[1].data;
    const int64_t inputs = a->out[0].dim[1], nodes = a->in[1].dim[0];
    for (int64_t c = a->begin; c < a->end; c++) {
        const float *u = (const float *)a->in[0].data + c * nodes;
        float *x = (float *)a->out[0].data + c * inputs;
        for (int64_t k = 0; k < inputs; k++)
            x[k] = 0;
        for (int64_t n = 0; n < nodes; n++)
            if (act[n] < 0 && act[n] >= -inputs)
                x[-1 - (int64_t)act[n]] += u[n];
    }
}

static int64_t net_read_units(const nrv__args *a)
{
    return a->out[0].dim[0];
}

static double net_read_work(const nrv__args *a)
{
    return 5 + (double)a->in[1].dim[0] + 0.1 * (double)a->out[0].dim[1];
}

NRV_KERNEL(netlist_values, .op = "netlist_values", .doc = "float32 values of a netlist, 4 to 16 cases at a time",
           .fits = net_fits, .units = net_units, .work = net_work, .scratch = net_scratch, .run = net_values);

NRV_KERNEL(netlist_sweep, .op = "netlist_sweep", .doc = "the gradient's sweep along a netlist, 4 to 16 cases at a time",
           .fits = net_fits, .units = net_units, .work = net_work, .scratch = net_scratch2, .run = net_sweep);

NRV_KERNEL(netlist_product, .op = "netlist_product",
           .doc = "a product with a netlist's weights, 4 to 16 cases at a time", .fits = net_fits, .units = net_units,
           .work = net_work, .scratch = net_scratch, .run = net_product);

NRV_KERNEL(netlist_edges, .op = "netlist_edges", .doc = "float32 gradient of a netlist's weights, summed over cases",
           .fits = net_edges_fits, .units = net_edges_units, .units2 = net_edges_units, .work = net_edges_work,
           .shared = net_edges_shared, .run = net_edges);

NRV_KERNEL(netlist_read, .op = "netlist_read", .doc = "float32 inputs of a netlist's nodes", .fits = net_fits,
           .units = net_read_units, .work = net_read_work, .run = net_read);

NRV_KERNEL(netlist_unread, .op = "netlist_unread", .doc = "float32 gradient of a netlist's inputs", .fits = net_fits,
           .units = net_read_units, .work = net_read_work, .run = net_unread);
