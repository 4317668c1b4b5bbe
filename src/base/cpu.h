/* cpu.h - what this processor and its operating system can run. Asked of the CPU itself, by feature, never by model. */
#ifndef NRV__CPU_H
#define NRV__CPU_H
#include "../kernels/kernel.h"

bool nrv__cpu_has(nrv__tier t); /* the tier was built, and this CPU and OS can run it */
bool nrv__cpu_vnni(void);       /* of a CPU that has NRV__AVX512: VNNI, too, four products of bytes summed in a lane */
nrv__tier nrv__cpu_best(void);
const char *nrv__tier_name(nrv__tier t);  /* "ref", "baseline", "avx2", "avx512" */
nrv__tier nrv__tier_of(const char *name); /* NRV__TIERS: no such name */
#endif
