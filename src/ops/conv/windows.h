/* windows.h - what convolution, pooling, window and fold share: attributes by name, lengths, shapes. */
#ifndef NRV__WINDOWS_H
#define NRV__WINDOWS_H
#include "../op.h"

/* kernel=, stride=, pad=, dilation=, groups= of a case; one number stands for every axis */
nrv__window_attr nrv__window_of(const nrv__case *c, int64_t axes);
/* numbers that make sense; false: error is set */
bool nrv__window_check(nrv_graph *g, const nrv__window_attr *a, const char *op);
/* floor((n + 2 pad - dilation (kernel - 1) - 1) / stride) + 1 */
nrv_dim nrv__window_length(nrv_graph *g, const nrv__window_attr *a, int axis, nrv_dim n);
nrv_tensor nrv__window(nrv_tensor x, const nrv__window_attr *a); /* (B,C,S...) -> (B,C,O...,K...) */
nrv_tensor nrv__overlap_add(nrv_tensor y, const nrv__window_attr *a,
                     const nrv_dim *to); /* its transpose: overlaps are summed */
nrv_tensor nrv__conv(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a);
nrv_tensor nrv__conv_dx(nrv_tensor dy, nrv_tensor w, const nrv__window_attr *a, const nrv_dim *to);
nrv_tensor nrv__conv_dw(nrv_tensor dy, nrv_tensor x, const nrv__window_attr *a);
nrv_tensor nrv__max_pool(nrv_tensor x, const nrv__window_attr *a);
#endif
