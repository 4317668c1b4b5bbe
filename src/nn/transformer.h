/* transformer.h - what multi-head attention and the transformer's layers share. */
#ifndef NRV__TRANSFORMER_H
#define NRV__TRANSFORMER_H
#include "../ops/layer/weights.h"
#include "../ops/attention/heads.h"
#include "layer.h"
#include <math.h>

/* in the open scope; in_proj_weight where K and V are E, else one for each */
nrv_mha_weights nrv__mha_params(nrv_graph *g, nrv_dtype t, nrv_dim E, nrv_dim K, nrv_dim V, int no_bias, int bias_kv);
#endif
