/* weights.h - what functions on given weights share: checks, affine maps, layouts of sequences. */
#ifndef NRV__WEIGHTS_H
#define NRV__WEIGHTS_H
#include "../op.h"

/* w is NULL, or of x's graph and type and of this shape; false: op refuses, naming it */
bool nrv__weight_fits(const nrv__opdef *op, nrv_tensor x, const char *name, nrv_tensor w, int rank, const nrv_dim *dim);
/* x (...,n), w (m,n), b (m) or NULL -> (...,m): x w^T + b, unchecked */
nrv_tensor nrv__affine(nrv_tensor x, nrv_tensor w, nrv_tensor b);
/* y times w plus b, where they are given, both reshaped first */
nrv_tensor nrv__scale_shift(nrv_tensor y, nrv_tensor w, nrv_tensor b, nrv_shape as);
/* time first and a batch, (T,B,E): from (B,T,E), or (T,E) */
nrv_tensor nrv__time_first(nrv_tensor x, int batch_first);
nrv_tensor nrv__time_back(nrv_tensor y, nrv_tensor like, int batch_first); /* and back into like's layout */
bool nrv__case_batch_first(const nrv__case *c);
double nrv__or(double given, double otherwise); /* of options: 0 is the default, a negative number means zero */
#endif
