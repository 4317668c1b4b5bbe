/* passes.h - the passes of the compiler, in the order they run. The first two make another graph (rewrite.c), simplify
   before and after turns.

   - simplify: composites that no kernel takes become their bodies; then a table of rules, inputs before users.
   - turns: what of a loop need not wait for the turn before, for all turns at once.
   - order: a walk from the outputs by name, updates of variables last; the same inside of blocks.
   - early: what lets go of more memory than it takes moves up behind its inputs.
   - spare: what is cheap to compute again is not kept over the worst moment.
   - group: element-wise chains into tile programs.
   - lower: values, views, copies, kernels, steps; what may be written in place.
   - alike: what other sizes do not change, and what lies as something else does, whatever they are. */
#ifndef NRV__PASSES_H
#define NRV__PASSES_H
#include "plan.h"

typedef struct nrv__area { /* what is computed together: the outside, or the inside of a block */
    nrv_tensor *order;     /* inputs before users; first what is given from outside */
    size_t n_order, n_given;
    int32_t *group; /* of each node in order: the number of its tile program, or -1 */
    int32_t n_group;
} nrv__area;

typedef struct nrv__inner { /* a block that the plan runs */
    nrv_tensor node;        /* scan, while or if */
    nrv_tensor *given;      /* what its inside reads of the outside */
    nrv_tensor *read;       /* what is read of it */
    size_t n_given, n_read;
    nrv__area area[2];
    nrv__loop *loop;
} nrv__inner;

typedef struct nrv__served nrv__served;
struct nrv__served { /* what serves an op at this tier: looked up once, however many nodes it has */
    const nrv__opdef *op;
    const nrv__kernel **kernel; /* n, of the plan */
    int32_t n;
    unsigned strided; /* inputs that all of them take through strides; the reference takes any */
    nrv__served *more;
};
typedef struct nrv__pointed nrv__pointed;

typedef struct nrv__compiler {
    nrv_graph *g;
    nrv_plan *plan;
    nrv__arena tmp;
    const nrv_compile_opt *opt;
    nrv__named *root; /* outputs by name, then assignments by variable */
    size_t n_root;
    nrv__area outside;
    nrv__inner *inner; /* those inside others first */
    size_t n_inner;
    int32_t *inner_of;   /* by block id, -1: not run */
    nrv__served *served; /* ops whose kernels were looked up */
    nrv__pointed *pointed;
    int64_t *nominal; /* every length at the sizes that kernels are first chosen for */
    size_t n_nominal;
} nrv__compiler;

const nrv__served *nrv__served_by(nrv__compiler *c, const nrv__opdef *op); /* NULL: no memory, c says so */
bool nrv__kept(nrv__compiler *c, nrv_tensor n);                            /* a composite that a kernel takes whole */
unsigned nrv__repacks(nrv__compiler *c, nrv_tensor n); /* nrv__kernel.repacks of the one that serves n */
bool nrv__pass_simplify(nrv__compiler *c);
bool nrv__pass_turns(nrv__compiler *c);
bool nrv__pass_order(nrv__compiler *c);
bool nrv__pass_early(nrv__compiler *c);    /* needs the nominal lengths */
bool nrv__pass_spare(nrv__compiler *c);    /* and order and early again, where it changed anything */
bool nrv__nominal(nrv__compiler *c);       /* the lengths that were added since, too */
bool nrv__kept_all(void *c, nrv_tensor n); /* for nrv__live after simplify: composites that are left are kept */
bool nrv__pass_group(nrv__compiler *c, nrv__area *a);
bool nrv__pass_lower_block(nrv__compiler *c, nrv__inner *in); /* the inside; its step is the outside's affair */
bool nrv__pass_lower(nrv__compiler *c);
bool nrv__pass_alike(nrv__compiler *c, nrv__code *p);
/* of a tile program: instructions that one can stand for become that one */
bool nrv__fuse(nrv__compiler *c, const nrv__value *value, const nrv__reg *reg, int32_t n_reg, nrv__instr *instr,
               int32_t *n_instr);
/* ---- passes that make another graph (rewrite.c) ---- */
typedef struct nrv__rewrite {
    nrv__compiler *c;
    size_t n; /* nodes when it began */
    bool *live;
    nrv_tensor *to; /* by id: what a node became, NULL before that and for what is dead */
    nrv_tensor *room;
} nrv__rewrite;
bool nrv__rewrite_begin(nrv__rewrite *r, nrv__compiler *c, bool *live);
nrv_tensor nrv__rewritten(const nrv__rewrite *r, nrv_tensor old); /* what it became, or itself */
nrv_tensor nrv__rebuilt(const nrv__rewrite *r, nrv_tensor y);     /* y on what its inputs became */
bool nrv__rewrite_all(nrv__rewrite *r, nrv_tensor (*node)(void *user, nrv_tensor y), void *user); /* roots, too */

/* what n reads: its inputs, or what the inside of a block does */
int nrv__reads(const nrv__compiler *c, nrv_tensor n, const nrv_tensor **in);
static inline nrv_tensor nrv__viewed(nrv_tensor x) /* whose memory x is */
{
    while (x->op->flags & NRV_VIEW)
        x = x->in[0];
    return x;
}
static inline double nrv__nominal_bytes(const nrv__compiler *c, nrv_tensor x)
{
    double n = (double)nrv__dtype_size(x->type);
    for (int i = 0; i < x->rank; i++)
        n *= (double)nrv__dim_at(x->dim[i], c->nominal);
    return n;
}
bool nrv__immediate(nrv_tensor x); /* needs no memory: a tile program has it as a number */
static inline bool nrv__without(const nrv__compiler *c, const char *name) /* switched off: a kernel, a pass */
{
    return c->opt && c->opt->without && nrv__match(c->opt->without, name);
}
/* what the roots need; composites for which whole says so are not looked into (NULL: none are); NULL: an error */
bool *nrv__live(nrv__compiler *c, bool (*whole)(void *c, nrv_tensor n));
void *nrv__tmp(nrv__compiler *c, size_t n, size_t size); /* zeroed; NULL sets the error */
bool nrv__compile_fail(nrv__compiler *c);                /* out of memory; always false */

/* ---- rules of simplify: y is replaced by what `to` returns, if anything ---- */
typedef struct nrv__rule {
    const char *name, *doc;
    nrv_tensor (*to)(nrv_tensor y);
    const char *from, *into; /* formulas that must come out the same node: the rule's test */
} nrv__rule;
extern const nrv__rule nrv__rules[];       /* ends with a NULL name */
extern const nrv__rule *nrv__rules_in_use; /* these; only a test that breaks one on purpose puts others there */
#endif
