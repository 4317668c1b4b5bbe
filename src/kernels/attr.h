/* attr.h - attributes that an op and its kernels share. Zeroed structs without padding: nodes are hashed by their
   bytes. Lengths that may be named sizes are not here: they arrive evaluated in nrv__args.size. */
#ifndef NRV__ATTR_H
#define NRV__ATTR_H
#include "../base/base.h"

typedef struct nrv__axis_attr { /* softmax, log_softmax, concat, argmax */
    int64_t axis;               /* >= 0 */
} nrv__axis_attr;

typedef struct nrv__norm_attr { /* layer_norm, rms_norm and their gradients: x, then what there is of weight and bias */
    double eps;
    int64_t axes; /* the last so many */
    int64_t rms;  /* 1: without the mean */
    int64_t weight, bias;
} nrv__norm_attr;

typedef struct nrv__sort_attr { /* argsort */
    int64_t axis, descending;
} nrv__sort_attr;

typedef struct nrv__running_attr { /* cumsum, linear_scan */
    int64_t axis;                  /* >= 0 */
    int64_t reverse;               /* 1: from the end to the beginning */
} nrv__running_attr;

typedef struct nrv__lines_attr { /* gather, scatter_add, segment_max, segment_argmax, read, write */
    int64_t axis;                /* >= batch; of the tensor that is indexed */
    int64_t batch;               /* so many first axes of all inputs go together: each element has its own indexes */
} nrv__lines_attr;

typedef struct nrv__reduce_attr { /* sum, max_of, min_of */
    int64_t axes;                 /* bit i: axis i is reduced */
    int64_t keep;                 /* 1: a reduced axis stays with length 1 */
} nrv__reduce_attr;

/* windows over the last `axes` axes of (B,C,spatial...): convolution, pooling, window, fold. Order: first axis first.
 */
typedef struct nrv__window_attr {
    int64_t axes; /* 1..3 */
    int64_t kernel[3], stride[3], pad[3], dilation[3];
    int64_t groups; /* convolution; 1 elsewhere */
} nrv__window_attr;

typedef struct nrv__pad_attr { /* how many elements of value stand before and after each axis, none of them negative */
    double value;
    int64_t before[NRV__MAX_RANK], after[NRV__MAX_RANK];
} nrv__pad_attr;

typedef struct nrv__fft_attr {
    int64_t axis; /* of the tensor; its last axis is the pair */
    int64_t back; /* 1: e^(+2 pi i jk / n) */
    int64_t norm; /* times n^(-norm / 2): 0, 1 or 2 */
} nrv__fft_attr;

typedef struct nrv__random_attr {
    uint64_t key; /* hash of the scope path with its pass, and of the name */
    int64_t type; /* nrv_dtype of what is drawn */
} nrv__random_attr;

typedef struct nrv__netlist_attr { /* netlist_sweep, netlist_product */
    int64_t back;                  /* 1: against the edges */
} nrv__netlist_attr;

typedef struct nrv__attention_attr { /* its inputs are q, k, v, then what it has of mask, offset and bias */
    double scale;                    /* 0: 1 / sqrt(D), where D is a named size */
    int64_t causal, mask, offset, bias;
} nrv__attention_attr;

typedef struct nrv__scalar_attr { /* fill, leaky_relu, add_c, mul_c */
    double value;
} nrv__scalar_attr;
#endif
