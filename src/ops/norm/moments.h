/* moments.h - what the norms share: mean and variance over axes, and values brought to 0 and 1 by them. */
#ifndef NRV__MOMENTS_H
#define NRV__MOMENTS_H
#include "../layer/weights.h"

typedef struct nrv__moments {
    nrv_tensor mean, var, count; /* the axes stay with length 1; var is biased; count: i64 length as x's type */
} nrv__moments;
nrv__moments nrv__moments_of(nrv_tensor x, int64_t axes); /* bit i: axis i */
nrv_tensor nrv__scale_of(nrv_tensor var, double eps);     /* 1 / sqrt(var + eps) */
/* (x - mean) / sqrt(var + eps) */
nrv_tensor nrv__standard(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double eps);
nrv_shape nrv__channels(nrv_tensor x);           /* (C,1,1) of (B,C,H,W): what stretches over it */
int64_t nrv__axes_from(nrv_tensor x, int first); /* bits of the axes from first to the last */
/* x has two axes at least and its inputs are real; false: op refuses */
bool nrv__norm_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape);
/* mean and variance after a step of momentum towards those of a batch; the variance unbiased */
nrv_tensor nrv__running_mean(nrv_tensor old, nrv_tensor mean, double momentum);
nrv_tensor nrv__running_var(nrv_tensor old, nrv_tensor var, nrv_tensor count, double momentum);
#endif
