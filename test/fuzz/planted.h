/* planted.h - one rule of the library, broken on purpose, to see that random graphs find it.

   Every gradient rule (vjp) and every batching rule of the ops that graphs can hold, and every rule of simplify. A rule
   of an op is broken by giving the nodes of a graph another record of it, whose rule scales one result by 1.01 (whole
   numbers: adds one); a rule of simplify by a table in which its result is scaled so. Promises: nothing of the library
   is written to but nrv__rules_in_use. Does not do: break references or kernels; tools/mutate.py and test/kernel see to
   those. */
#ifndef TEST_FUZZ_PLANTED_H
#define TEST_FUZZ_PLANTED_H
#include "../../src/ops/op.h"

/* how many there are; those of ops that no graph can hold, says can_use, are left out */
int planted_count(bool (*can_use)(const nrv__opdef *op));
void planted_choose(int which, bool (*can_use)(const nrv__opdef *op)); /* breaks that one, from here on */
void planted_plant(nrv_graph *g); /* what was traced so far gets the broken record; simplify needs no call */
const char *planted_name(void);   /* "the gradient of tanh", "the rule double-neg"; NULL: nothing is broken */
/* what graphs should hold often, that it be met */
const nrv__opdef *planted_op(void); /* NULL: nothing is broken, or a rule of simplify */
bool planted_batch(void);           /* its batching rule: it should stand in a map */
const char *planted_rule(void);     /* the name of a rule of simplify; or NULL */
#endif
