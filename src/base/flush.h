/* flush.h - whether this thread computes with subnormal numbers or takes them for 0. */
#ifndef NRV__FLUSH_H
#define NRV__FLUSH_H
#include <stdbool.h>
#include <stdint.h>

/* from here on subnormal operands and results of this thread are 0 (flush) or exact; what was so before */
uint64_t nrv__flush_begin(bool flush);
void nrv__flush_end(uint64_t before, bool flush); /* what begin gave, and was given */
bool nrv__flush_possible(void);                   /* else begin changes nothing, and numbers are exact */
#endif
