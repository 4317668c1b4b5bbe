/* fuzz.h - what a fuzz target gives to driver.c: itself, its seeds, and how often to mutate them in an ordinary test.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
extern const long fuzz_runs;
/* writes seed i to `to`, which has FUZZ_ROOM bytes; its length, or 0 when there is no seed i */
enum { FUZZ_ROOM = 4096 };
size_t fuzz_seed(int i, unsigned char *to);
#endif
