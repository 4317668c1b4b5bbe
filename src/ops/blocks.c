/* blocks.c - the records of loops and choices: what they give their inside, the blocks, and what is read of them.

   Promises: they have no shapes, references or rules of their own kind: src/graph/block.c makes them, eager evaluation
   and plans run what is inside, gradients take a block as a whole (src/grad/loops.c).
   Does not do: hold the inside - regions do (graph/graph.h). */
#include "op.h"

#define BLOCKS_INSIDE "inside a block what it is given is independent; from outside the block is taken as a whole"
#define BLOCKS_WHOLE  "a block is taken as a whole: its gradient is another block"

NRV_OP(each, .sig = "any xs[T,...] -> x[...]", .doc = "In a scan: element t of xs along axis 0.", .flags = NRV_INSIDE,
       .no_grad = BLOCKS_INSIDE, .attr_bytes = sizeof(nrv__inside_attr));
NRV_OP(turn, .sig = "-> i64 t[]",
       .doc = "In a loop: the number of the turn, counted from 0; T-1 comes first in reverse.", .flags = NRV_INSIDE,
       .no_grad = BLOCKS_INSIDE, .attr_bytes = sizeof(nrv__inside_attr));
NRV_OP(carry, .sig = "any first[...] -> x[...]",
       .doc = "In a loop: what the turn before left, at first what was given.", .flags = NRV_INSIDE,
       .no_grad = BLOCKS_INSIDE, .attr_bytes = sizeof(nrv__inside_attr));
NRV_OP(scan, .sig = "any x... -> block",
       .doc = "A loop of T turns over what its inside reads: constants, first values of carries, sequences.",
       .flags = NRV_BLOCK, .no_grad = BLOCKS_WHOLE, .attr_bytes = sizeof(nrv__block_attr));
NRV_OP(while, .sig = "any x... -> block", .doc = "A loop until a value of its inside is true.", .flags = NRV_BLOCK,
       .no_grad = BLOCKS_WHOLE, .attr_bytes = sizeof(nrv__block_attr));
NRV_OP(if, .sig = "bool yes[], any x... -> block", .doc = "One of two branches; the other is not computed.",
       .flags = NRV_BLOCK, .no_grad = BLOCKS_WHOLE, .attr_bytes = sizeof(nrv__block_attr));
NRV_OP(stacked, .sig = "block -> y[T,...]", .doc = "A value of the inside of a scan, of every turn.",
       .flags = NRV_BLOCK, .no_grad = BLOCKS_WHOLE);
NRV_OP(last, .sig = "block -> y[...]", .doc = "What a carry became.", .flags = NRV_BLOCK, .no_grad = BLOCKS_WHOLE);
NRV_OP(either, .sig = "block -> y[...]", .doc = "A value of the branch that was taken.", .flags = NRV_BLOCK,
       .no_grad = BLOCKS_WHOLE);
