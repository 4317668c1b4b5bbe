/* Made by tools/gen.c from the sources it names; never edited by hand. */
/* Layers and optimisers: every function marked NRV_API in src/nn and src/optim. Included by nervo.h. */
#ifndef NERVO_NN_H
#define NERVO_NN_H
typedef struct { int no_bias; const nrv_init *weight, *bias; int64_t reserved[4]; } nrv_linear_opt;
/* x (...,n) -> (...,units): x W^T + b, with parameters name.weight (units,n) and name.bias (units). */
nrv_tensor nrv_linear(nrv_tensor x, const char *name, nrv_dim units, const nrv_linear_opt *opt);
#endif
