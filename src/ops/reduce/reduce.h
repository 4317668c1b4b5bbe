/* reduce.h - what reductions share: their axes, see axes.c. */
#ifndef NRV__REDUCE_H
#define NRV__REDUCE_H
#include "../op.h"

bool nrv__axes(nrv_tensor x, int axis, const char *op, int64_t *bits); /* bit i: axis i; false: error is set */
int nrv__case_axes(const nrv__case *c);                                /* the argument axis; without one, all */
int nrv__case_keep(const nrv__case *c);
nrv_dim nrv__axes_length(nrv_tensor x, int64_t bits);                          /* how many elements one result has */
bool nrv__axes_filled(const nrv__opdef *op, nrv_tensor x, int64_t bits);       /* none is 0, or an error is set */
nrv_tensor nrv__axes_last(nrv_tensor x, int64_t bits);                         /* as one axis, behind the others */
nrv_tensor nrv__axes_dropped(nrv_tensor y, int64_t bits, int keep);            /* lengths of 1 left out unless kept */
nrv_tensor nrv__axes_kept(nrv_tensor y, nrv_tensor x, int64_t bits, int keep); /* lengths of 1 put back where asked */
#endif
