/* recurrent.h - what recurrent layers and cells share: the weights of one direction of one layer. */
#ifndef NRV__RECURRENT_H
#define NRV__RECURRENT_H
#include "../ops/rnn/cells.h"
#include "layer.h"

/* weight_ih<tail> (gates H,n), weight_hh<tail> (gates H,P or H), bias_ih<tail>, bias_hh<tail> (gates H) and
   weight_hr<tail> (P,H), in the open scope, all uniform +-1/sqrt(H), as PyTorch; P 0: none */
nrv_rnn_weights nrv__rnn_params(nrv_graph *g, nrv_dtype t, const char *tail, nrv_dim rows, nrv_dim n, nrv_dim H,
                                nrv_dim P, bool bias);
#endif
