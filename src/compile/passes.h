/* passes.h - the passes of the compiler, in the order they run.

   simplify   composites that no kernel takes become their bodies; then rewriting by a table of rules, inputs before
   users order      a walk from the outputs by name, updates of variables last group      element-wise chains into tile
   programs lower      values, views, copies, kernels, steps; what may be written in place */
#ifndef NRV__PASSES_H
#define NRV__PASSES_H
#include "plan.h"

typedef struct nrv__compiler {
    nrv_graph *g;
    nrv_plan *plan;
    nrv__arena tmp;
    const nrv_compile_opt *opt;
    nrv__named *root; /* outputs by name, then assignments by variable */
    size_t n_root;
    nrv_tensor *order; /* what the plan computes, inputs before users */
    size_t n_order;
    int32_t *group; /* of each node in order: the number of its tile program, or -1 */
    int32_t n_group;
    int64_t *nominal; /* every length at the sizes that kernels are first chosen for */
    size_t n_nominal;
} nrv__compiler;

/* the kernels that may serve an op at this tier: counts, and fills `to` unless NULL */
int nrv__kernels_of(const nrv__compiler *c, const nrv__opdef *op, const nrv__kernel **to);
bool nrv__kept(const nrv__compiler *c, nrv_tensor n); /* a composite that a kernel takes whole */
bool nrv__pass_simplify(nrv__compiler *c);
bool nrv__pass_order(nrv__compiler *c);
bool nrv__pass_group(nrv__compiler *c);
bool nrv__pass_lower(nrv__compiler *c);
bool nrv__without(const nrv__compiler *c, const char *name); /* switched off by name: a kernel, a pass */
void *nrv__tmp(nrv__compiler *c, size_t n, size_t size);     /* zeroed; NULL sets the error */
bool nrv__compile_fail(nrv__compiler *c);                    /* out of memory; always false */

/* ---- rules of simplify: y is replaced by what `to` returns, if anything ---- */
typedef struct nrv__rule {
    const char *name, *doc;
    nrv_tensor (*to)(nrv_tensor y);
    const char *from, *into; /* formulas that must come out the same node: the rule's test */
} nrv__rule;
extern const nrv__rule nrv__rules[]; /* ends with a NULL name */
#endif
