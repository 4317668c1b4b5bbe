/* heads.h - what multi-head attention and the transformer layers share. */
#ifndef NRV__HEADS_H
#define NRV__HEADS_H
#include "../layer/weights.h"

/* the inputs of a case whose names begin with prefix, "self_attn." */
nrv_mha_weights nrv__mha_weights_of(const nrv__case *c, const char *prefix);
nrv_tensor nrv__case_prefixed(const nrv__case *c, const char *prefix, const char *name);
nrv_transformer_weights nrv__transformer_weights_of(const nrv__case *c, const char *prefix);
nrv_transformer_opt nrv__transformer_options_of(const nrv__case *c);
/* of the options of both halves together, those of the encoder */
nrv_transformer_opt nrv__transformer_encoder_opt(const nrv_transformer_opt *o);
int nrv__transformer_heads_of(const nrv__case *c);
#endif
