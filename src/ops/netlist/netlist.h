/* netlist.h - what the files of netlist share: its wires as the references read them, and its linear parts.

   Wires are in compressed rows: edge e, row[n] <= e < row[n+1], leads from node col[e] into node n. With W the matrix
   of the weights at (n, col[e]), the linear parts multiply by W or, `back`, by W transposed; each one's gradient is
   made of the others, so any order of gradient costs time linear in the edges. Does not do: judge wires - netlist_order
   does, before any of these run. They read what lies inside and skip the rest. */
#ifndef NRV__NETLIST_H
#define NRV__NETLIST_H
#include "../op.h"

typedef struct nrv__wires {
    const double *row, *col;
    int64_t nodes, edges;
} nrv__wires;

nrv__wires nrv__wires_of(const nrv__view *row, const nrv__view *col);
/* the edges into node n: first <= e < end; and where edge e comes from, -1 if nowhere */
int64_t nrv__wires_first(const nrv__wires *w, int64_t n);
int64_t nrv__wires_end(const nrv__wires *w, int64_t n);
int64_t nrv__wires_from(const nrv__wires *w, int64_t e);
int64_t nrv__wires_turn(const nrv__wires *w, const double *order, int64_t i); /* the i-th node to do, -1 if none */

bool nrv__wires_infer(nrv__infer *s, int cases, int row, int col, int weight); /* inputs by number; -1: has none */

nrv_tensor nrv__netlist_batch(const nrv__batch *b); /* in[0] (C,N) differs from turn to turn, the wires do not */

/* f = r + s W f, solved in the order of the nodes; back: f = r + s W^T f, in the opposite one.   r, s, f (C,N) */
nrv_tensor nrv__netlist_sweep(nrv_tensor r, nrv_tensor s, const nrv_tensor wires[4], bool back);
/* W f, back: W^T f.   f (C,N) */
nrv_tensor nrv__netlist_product(nrv_tensor f, const nrv_tensor wires[3], bool back);
/* for edge e into n from m: the sum over cases of a[c,n] b[c,m].   a, b (C,N) -> (E) */
nrv_tensor nrv__netlist_edges(nrv_tensor a, nrv_tensor b, nrv_tensor row, nrv_tensor col);
#endif
