/* fft.h - what the files of this room share. A complex number is a pair at the end of a shape: (...,2), real part
   first. An axis counts those of the complex numbers: -1 is the last one before the pair. */
#ifndef NRV__FFT_H
#define NRV__FFT_H
#include "../op.h"

/* x is a real tensor of pairs, and axis one of its complex axes; else the error is set */
bool nrv__pairs(nrv_tensor x, const char *op);
bool nrv__pairs_axis(nrv_tensor x, int *axis, const char *op);
nrv_tensor nrv__pair_part(nrv_tensor z, int part); /* 0: real, 1: imaginary; without the axis of the pair */
nrv_tensor nrv__pair_of(nrv_tensor re, nrv_tensor im);
nrv_tensor nrv__fit_axis(nrv_tensor x, int axis, nrv_dim n, const char *op); /* zeros behind, or cut; 0: as it is */
/* one axis of complex x. back: e^+. The norm says which direction divides; `back` is this one's */
nrv_tensor nrv__fft(nrv_tensor x, int axis, bool back, nrv_fft_norm norm);
nrv_tensor nrv__fft_real(nrv_tensor x, int axis, nrv_dim n, bool back, nrv_fft_norm norm, const char *op);
nrv_tensor nrv__fft_half(nrv_tensor x, int axis, nrv_dim n, bool back, nrv_fft_norm norm, const char *op);
bool nrv__fft_norm_ok(nrv_graph *g, nrv_fft_norm norm, const char *op);
/* arguments of a case: norm=ortho, n=8 */
nrv_fft_opt nrv__fft_options(const nrv__case *c);

#endif
