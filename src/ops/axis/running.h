/* running.h - what cumulative ops share: one answer for each element of an axis, made of those before it. */
#ifndef NRV__RUNNING_H
#define NRV__RUNNING_H
#include "../op.h"

/* x moved along the axis by one, up (by 1) or down (-1); a zero comes in */
nrv_tensor nrv__running_shifted(nrv_tensor x, int axis, int by);
nrv_tensor nrv__linear_scan(nrv_tensor a, nrv_tensor b, int axis, bool reverse);
#endif
