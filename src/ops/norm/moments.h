/* moments.h - what the norms share: mean and variance over axes, and values brought to 0 and 1 by them. */
#ifndef NRV__MOMENTS_H
#define NRV__MOMENTS_H
#include "../layer/weights.h"

typedef struct nrv__moments {
    nrv_tensor mean, var; /* the axes stay with length 1; var is biased */
} nrv__moments;
nrv__moments nrv__moments_of(nrv_tensor x, int axes); /* as nrv_var's axis */
int nrv__axes_but(nrv_tensor x, int first, int but);  /* all from first on, without one: an axis for reductions */
nrv_tensor nrv__scale_of(nrv_tensor var, double eps); /* 1 / sqrt(var + eps) */
/* (x - mean) / sqrt(var + eps) */
nrv_tensor nrv__standard(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double eps);
nrv_shape nrv__channels(nrv_tensor x);            /* (C,1,1) of (B,C,H,W): what stretches over it */
nrv_shape nrv__last_axes(nrv_tensor x, int axes); /* their lengths, of 1 to all axes */
/* ---- of (B,C,...): over every channel, that is everything but C; see channels.c ---- */
nrv_dim nrv__channel_length(nrv_tensor x);
nrv_tensor nrv__channel_count(nrv_tensor x);                                /* the same as a number of x's type */
nrv_tensor nrv__channel_moments(nrv_tensor x);                              /* (2,C): mean, biased variance */
nrv_tensor nrv__channel_sums(nrv_tensor x, nrv_tensor mean, nrv_tensor dy); /* (2,C): of dy (x - mean), of dy */
nrv_tensor nrv__channel_row(nrv_tensor both, int64_t i, nrv_shape as);      /* row i of (2,C) in a shape of C values */
/* the norm of order p of every slice at one place of axis, over all other axes, which stay with length 1 */
nrv_tensor nrv__slice_norm(nrv_tensor x, double p, int axis);
/* x is real and has `rank` axes at least; false: op refuses */
bool nrv__norm_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape);
/* running mean and variance are there and fit x, which has `rank` axes at least; false: op refuses */
bool nrv__running_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape, nrv_tensor mean,
                        nrv_tensor var);
/* a running value after a step of momentum towards that of a batch */
nrv_tensor nrv__running(nrv_tensor old, nrv_tensor now, double momentum);
#endif
