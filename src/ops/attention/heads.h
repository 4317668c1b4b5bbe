/* heads.h - what multi-head attention and the transformer layers share. */
#ifndef NRV__HEADS_H
#define NRV__HEADS_H
#include "../layer/weights.h"

/* the inputs of a case whose names begin with prefix, "self_attn." */
nrv_mha_weights nrv__mha_weights_of(const nrv__case *c, const char *prefix);
nrv_tensor nrv__case_prefixed(const nrv__case *c, const char *prefix, const char *name);
#endif
