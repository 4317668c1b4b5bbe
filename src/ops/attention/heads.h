/* heads.h - what multi-head attention and the transformer layers share. */
#ifndef NRV__HEADS_H
#define NRV__HEADS_H
#include "../layer/weights.h"

/* the inputs of a case whose names begin with prefix, "self_attn." */
nrv_mha_weights nrv__mha_weights_of(const nrv__case *c, const char *prefix);
nrv_tensor nrv__case_prefixed(const nrv__case *c, const char *prefix, const char *name);
/* time first and a batch, (T,B,E): from (B,T,E), or (T,E) */
nrv_tensor nrv__time_first(nrv_tensor x, int batch_first);
nrv_tensor nrv__time_back(nrv_tensor y, nrv_tensor like, int batch_first); /* and back into like's layout */
bool nrv__case_batch_first(const nrv__case *c);
#endif
