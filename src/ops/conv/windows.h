/* windows.h - what convolution, pooling, window and fold share: attributes by name, lengths, shapes. */
#ifndef NRV__WINDOWS_H
#define NRV__WINDOWS_H
#include "../op.h"

/* kernel=, stride=, pad=, dilation=, groups= of a case; one number stands for every axis */
nrv__window_attr nrv__window_of(const nrv__case *c, int64_t axes);
/* numbers that make sense; false: error is set */
bool nrv__window_check(nrv_graph *g, const nrv__window_attr *a, const char *op);
/* floor((n + 2 pad - dilation (kernel - 1) - 1) / stride) + 1 */
nrv_dim nrv__window_length(nrv_graph *g, const nrv__window_attr *a, int axis, nrv_dim n, const char *op);
/* a window fits into each of the last axes of x; false: error is set */
bool nrv__window_fits(nrv_tensor x, const nrv__window_attr *a, const char *op);
nrv_tensor nrv__window(nrv_tensor x, const nrv__window_attr *a); /* (B,C,S...) -> (B,C,O...,K...) */
nrv_tensor nrv__overlap_add(nrv_tensor y, const nrv__window_attr *a,
                            const nrv_dim *to); /* its transpose: overlaps are summed */
nrv_tensor nrv__conv(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a);
nrv_tensor nrv__conv_dx(nrv_tensor dy, nrv_tensor w, const nrv__window_attr *a, const nrv_dim *to);
nrv_tensor nrv__conv_dw(nrv_tensor dy, nrv_tensor x, const nrv__window_attr *a);
nrv_tensor nrv__max_pool(nrv_tensor x, const nrv__window_attr *a);

/* one axis as two, the first of length 1: kernels know images. x (B,C,L) to (B,C,1,L), its windows, y (B,C,1,P) back */
nrv_tensor nrv__window_flat(nrv_tensor x);
nrv__window_attr nrv__window_wide(const nrv__window_attr *a);
nrv_tensor nrv__window_line(nrv_tensor y);

/* ---- convolution as people ask for it ---- */
typedef struct nrv__convolving {
    nrv__window_attr w;
    int64_t out_pad[3]; /* of the transposed one */
    int padding, edge;  /* NRV_PAD_..., NRV_EDGE_... */
} nrv__convolving;
/* false: no such word, the error is set */
bool nrv__convolving_of(const nrv__case *c, const char *op, int64_t axes, nrv__convolving *to);
nrv__convolving nrv__convolving_opt(const nrv_conv_opt *o, int64_t axes);
/* x with the room around it that no window's pad can say; the rest of it is in c->w.pad */
nrv_tensor nrv__conv_room(nrv_tensor x, nrv__convolving *c, const char *op);
nrv_tensor nrv__conv_quick(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a); /* nrv__conv, one axis as two */
nrv_tensor nrv__conv_quick_dx(nrv_tensor dy, nrv_tensor w, const nrv__window_attr *a, const nrv_dim *to);
/* lengths of the transposed convolution of x, its out_pad included */
bool nrv__conv_spread(nrv_tensor x, const nrv__convolving *c, const char *op, nrv_dim *to);
nrv_tensor nrv__conv_transposed(nrv_tensor x, nrv_tensor w, const nrv__convolving *c, const char *op);
nrv_tensor nrv__conv_bias(nrv_tensor y, nrv_tensor b); /* (O) over the channels; b may be NULL */
nrv_tensor nrv__first(nrv_tensor y);                   /* (1,...) -> (...) */
int nrv__edge_of(const char *word);                    /* "reflect": NRV_EDGE_REFLECT; -1: no such word */
#endif
