/* planted.h - one rule of the library, broken on purpose, to see that random graphs find it.

   Every gradient rule (vjp) of an op that the graphs can hold, and every rule of simplify. A gradient rule is broken by
   giving the nodes of a graph another record of their op, whose rule scales one gradient by 1.01; a rule of simplify by
   a table in which its result is scaled so. Promises: nothing of the library is written to but nrv__rules_in_use.
   Does not do: break references or kernels; tools/mutate.py and test/kernel see to those. */
#ifndef TEST_FUZZ_PLANTED_H
#define TEST_FUZZ_PLANTED_H
#include "../../src/ops/op.h"

/* how many there are; those of ops that no graph can hold, says can_use, are left out */
int planted_count(bool (*can_use)(const nrv__opdef *op));
void planted_choose(int which, bool (*can_use)(const nrv__opdef *op)); /* breaks that one, from here on */
void planted_plant(nrv_graph *g); /* what was traced so far gets the broken record; simplify needs no call */
const char *planted_name(void);   /* "the gradient of tanh", "the rule double-neg"; NULL: nothing is broken */
const nrv__opdef *
planted_op(void);               /* what graphs should hold often, that it be met; NULL: nothing is broken, or a rule */
const char *planted_rule(void); /* likewise; the name of the rule */
#endif
