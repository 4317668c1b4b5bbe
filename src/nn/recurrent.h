/* recurrent.h - what the cells share: one of a cell's two affine maps. */
#ifndef NRV__RECURRENT_H
#define NRV__RECURRENT_H
#include "layer.h"

/* x (B,n) -> (B, gates H): x weight_<which>^T + bias_<which>, as a product of its own, so that the maps of a whole
   sequence can leave a loop as one. Names and shapes as PyTorch, all uniform +-1/sqrt(H). */
nrv_tensor nrv__cell_map(nrv_tensor x, const char *which, int gates, nrv_dim hidden);
nrv_tensor nrv__cell_gate(nrv_tensor maps, int gate, nrv_dim hidden); /* (B, gates H) -> (B,H) */
/* x (B,n), h (B,H) of one type; says what is wrong with them */
bool nrv__cell_check(const char *cell, nrv_tensor x, const char *name, nrv_tensor h, nrv_dim *hidden);
#endif
