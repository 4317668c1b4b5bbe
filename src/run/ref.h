/* ref.h - runs an op's reference on memory of any type and stride: the oracle, and every plan's last resort. */
#ifndef NRV__REF_H
#define NRV__REF_H
#include "../graph/record.h"

size_t nrv__ref_scratch(const nrv__opdef *op, const nrv__args *a); /* bytes; SIZE_MAX: more than can be counted */
void nrv__ref_run(const nrv__opdef *op, const nrv__args *a);       /* needs that many at a->scratch */
void nrv__contiguous(nrv__view *v);                                /* strides of a dense row-major tensor */
int64_t nrv__elements(const nrv__view *v);
#endif
