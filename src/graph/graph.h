/* graph.h - the inside of a graph: nodes, sizes, scopes, variables, lists.

   Promises: nodes are immutable, hash-consed and appended, so an input always comes before its user and the order of
   creation is a topological order. Nothing that anyone can see may depend on that order otherwise.
   Does not do: evaluate or differentiate; an eager graph and the store reach `run` and `io` through function pointers.
 */
#ifndef NRV__GRAPH_H
#define NRV__GRAPH_H
#include "../base/base.h"

typedef struct nrv__opdef nrv__opdef;
typedef struct nrv__dims nrv__dims;
typedef struct nrv__region nrv__region;
typedef struct nrv__path nrv__path;

struct nrv_node {
    nrv_graph *g;
    const nrv__opdef *op;
    const nrv_tensor *in;   /* n_in */
    const nrv_tensor *body; /* n_out: a composite's definition; what a block's op reads of its inside; else NULL */
    const void *attr;       /* op->attr_bytes */
    const nrv_dim *size;    /* lengths that are arguments of the op, n_size */
    const nrv_dim *dim;     /* rank */
    nrv__path *scope;       /* the smallest scope path that made it; NULL: the root's */
    const nrv__opdef *by;   /* the op that was called there: this one, or what is made of it */
    const char *name;       /* of a leaf: input, parameter, state, local; else NULL */
    nrv__region *region;    /* the deepest of its inputs: what it is computed in; NULL: outside all blocks */
    uint64_t hash;
    nrv_tensor same; /* next in the hash bucket */
    void *value;     /* eager: contiguous data, NULL until evaluated */
    int32_t id, n_in, n_out, n_size, rank;
    int32_t slot;    /* its place in its region's list */
    int32_t segment; /* the recomputed scope that alone made it; 0: none */
    nrv_dtype type;
    int32_t mark; /* scratch of the pass that runs */
};

/* ---- blocks: loops and choices ---- */
enum { NRV__BLOCKS_DEEP = 32 };
struct nrv__region { /* the inside of a loop, one branch of a choice */
    nrv_block *block;
    nrv__region *up;    /* what the block stands in; NULL: outside */
    nrv__region *floor; /* the innermost branch of a choice that it is or lies in: nothing floats out of that one */
    int32_t depth;      /* 1: the outermost block */
    nrv_tensor *node;   /* what is computed here, inputs before users */
    size_t n_node, cap_node;
};
typedef enum { NRV__SCAN, NRV__WHILE, NRV__IF } nrv__block_kind;
typedef struct nrv__carry {
    nrv_tensor at, next; /* the value of the turn before; what it becomes */
} nrv__carry;
typedef struct nrv__copies { /* of a block's inside */
    nrv_block *of, *block;
    nrv_tensor *to[2]; /* by slot, n each */
    size_t n[2];
    struct nrv__copies *inside[2]; /* of blocks in the block */
    struct nrv__copies *before;
} nrv__copies;
struct nrv_block {
    nrv_graph *g;
    nrv__block_kind kind;
    int32_t id;
    nrv__region inside[2]; /* of an if: where yes, where no */
    nrv_dim steps;         /* of a scan; -1 until known; at most, of a while: 0 no limit */
    int reverse, keep;
    bool open;
    int branch;
    size_t n_scope; /* scopes open when it began */
    nrv__carry *carry;
    size_t n_carry, cap_carry;
    nrv_tensor yes, stop;
    nrv_tensor node;                    /* after nrv_end: the scan, while or if */
    nrv_block *segments, *inner, *tail; /* keep > 1: the loops that it became */
    nrv_tensor *to_inner, *to_tail;     /* by slot: what a node of the inside is there */
};
typedef struct nrv__inside_attr { /* each, turn, carry */
    int64_t block, index;
} nrv__inside_attr;
typedef struct nrv__block_attr { /* scan, while, if */
    int64_t block;
} nrv__block_attr;

/* ---- sizes: polynomials in atoms; an atom is a named size or floor(polynomial / constant) ---- */
typedef struct nrv__term {
    int64_t factor;
    int n_atom;
    const int32_t *atom; /* sorted by text, repeated for powers */
} nrv__term;
typedef struct nrv__poly {
    const nrv__term *term; /* sorted */
    int n_term;
    const char *text;
} nrv__poly;
typedef struct nrv__atom {
    const char *text;
    int32_t size; /* index of the named size, or -1 */
    int32_t poly; /* floor(poly / by) */
    int64_t by;
    int32_t after; /* number of polynomials when it was made: those it may refer to */
} nrv__atom;
typedef struct nrv__size {
    const char *name;
    int64_t lo, hi;
    int64_t fed; /* what nrv_feed showed it to be; -1: unknown */
} nrv__size;
typedef struct nrv__dim_slot {
    uint64_t hash;
    int32_t index, kind; /* from 1; 0: empty */
} nrv__dim_slot;
struct nrv__dims {
    nrv__poly *poly;
    nrv__atom *atom;
    nrv__size *size;
    nrv__dim_slot *slot; /* where they are found again, and checks; cap_slot is a power of two. A plan has none */
    size_t n_poly, cap_poly, n_atom, cap_atom, n_size, cap_size, n_slot, cap_slot;
    uint64_t salt;
};

/* All answer -1 after a failure, which is on the graph; -1 in gives -1 out. */
nrv_dim nrv__dim_add(nrv_graph *g, nrv_dim a, nrv_dim b);
nrv_dim nrv__dim_sub(nrv_graph *g, nrv_dim a, nrv_dim b);
nrv_dim nrv__dim_mul(nrv_graph *g, nrv_dim a, nrv_dim b);
nrv_dim nrv__dim_floor(nrv_graph *g, nrv_dim a, int64_t by);
nrv_dim nrv__dim_product(nrv_graph *g, int n, const nrv_dim *d);
bool nrv__dim_divides(nrv_graph *g, nrv_dim a, nrv_dim b, nrv_dim *quotient); /* exactly; no error if it does not */
bool nrv__dim_valid(nrv_graph *g, nrv_dim d);                                 /* sets the error of a broken handle */
const char *nrv__dim_text(nrv_graph *g, nrv_dim d, char buf[24]);             /* "64", "B", "2*T + 1" */
int nrv__dim_index(nrv_dim d);                                                /* of the polynomial, d < -1 */
/* every polynomial at the given named sizes; false if one overflows: *bad says which */
bool nrv__dims_eval(const nrv__dims *d, const int64_t *sizes, int64_t *atoms, int64_t *polys, size_t *bad);
/* afterwards: what depends on a size that is negative, for unknown, becomes NRV__UNKNOWN */
#define NRV__UNKNOWN INT64_MIN
void nrv__dims_forget(const nrv__dims *d, const int64_t *sizes, int64_t *atoms, int64_t *polys);
static inline int64_t nrv__dim_at(nrv_dim d, const int64_t *polys)
{
    return d >= 0 ? d : polys[nrv__dim_index(d)];
}
/* One length from two that must agree: equal, or a check at nrv_prepare, or an error (false). */
bool nrv__dim_same(nrv_graph *g, nrv_dim a, nrv_dim b, const char *op, nrv_dim *out);
bool nrv__dim_at_most(nrv_graph *g, nrv_dim a, nrv_dim b, const char *op); /* a <= b: proved, checked or refused */
bool nrv__dim_least(nrv_graph *g, nrv_dim a, nrv_dim b, nrv_dim *least); /* the smaller; false: nothing proves which */

typedef struct nrv__check {
    nrv_dim a, b;
    bool at_most; /* a <= b, else a == b */
    const char *op, *scope;
} nrv__check;
/* the first check that fails at these lengths is the error; what is unknown is not checked */
nrv_status nrv__dims_check(const nrv__dims *d, const nrv__check *check, size_t n, const int64_t *polys, nrv__why *why);

/* ---- names ---- */
struct nrv__path {        /* of scopes; the root is NULL */
    nrv__path *up, *jump; /* jump: an ancestor farther up, see name.c */
    nrv__path *same;      /* next in the hash bucket */
    const char *name;     /* the last part, without dots */
    const char *text;     /* the whole, once someone asked */
    size_t n, length;     /* bytes of name, of text */
    uint64_t hash;
    nrv__hashing hashing; /* of text, from the store's seed: random draws begin with it */
    int32_t depth;
};
enum { NRV__PATH_SHOWN = 512 };
nrv__path *nrv__path_down(nrv_graph *g, nrv__path *up, const char *name); /* NULL: no memory, the error is set */
const char *nrv__path_text(nrv_graph *g, nrv__path *p); /* made once; "" also where the arena has no more memory */
const char *nrv__path_show(const nrv__path *p,
                           char buf[NRV__PATH_SHOWN]);       /* for people: a long one without its middle */
bool nrv__path_less(const nrv__path *a, const nrv__path *b); /* as strcmp of the texts says */

typedef enum {
    NRV__NAME_INPUT = 1,
    NRV__NAME_LOCAL,
    NRV__NAME_OUTPUT,
    NRV__NAME_ASSIGNED,
    NRV__NAME_LOCAL_ASSIGNED,
    NRV__NAME_DRAW
} nrv__name_kind;
typedef struct nrv__met {
    uint64_t hash;
    const char *name; /* of a draw: NULL, its hash says all */
    nrv__name_kind kind;
} nrv__met;
bool nrv__name_met(const nrv_graph *g, nrv__name_kind kind, const char *name);
bool nrv__name_meet(nrv_graph *g, nrv__name_kind kind, const char *name); /* kept by pointer; false: no memory */
void nrv__names_forget(nrv_graph *g);
void nrv__names_free(nrv_graph *g);

/* ---- what a graph holds ---- */
typedef struct nrv__calls { /* of ops that are made of others: messages name the outermost, which is what was called */
    const nrv__opdef *op;   /* NULL: none is open */
    int64_t deep;
} nrv__calls;
typedef struct nrv__scope {
    nrv__path *path;
    const char *pass;
    unsigned mode;
    nrv_list with;
    int32_t segment;   /* of a scope that is recomputed, 0: none */
    nrv__calls before; /* of a label: the calls that it interrupts */
} nrv__scope;

/* How a variable starts. law 5: a copy of the variable `from`; law 6: the constant a. */
typedef struct nrv__start {
    nrv_init init;
    const char *from;
} nrv__start;

typedef enum { NRV__PARAM = 1, NRV__STATE } nrv__kind;
typedef struct nrv__var {
    nrv_tensor node;
    nrv__start start;
    nrv__kind kind;
    bool trainable; /* met outside NRV_FROZEN */
    bool shared;    /* met at least once; a second meeting needs NRV_SHARED */
} nrv__var;

typedef struct nrv__named {
    const char *name; /* outputs; NULL for an assignment */
    nrv_tensor var, value;
} nrv__named;

typedef struct nrv__entry {
    const char *name;
    nrv_tensor param, value;
} nrv__entry;
struct nrv_seq {
    nrv_graph *g;
    int n;
    const nrv__entry *at; /* sorted by name */
};

struct nrv_graph {
    nrv__mem mem;
    nrv_store *store;
    unsigned mode;
    nrv__why why;
    nrv__arena arena;
    nrv_tensor *node; /* by id */
    size_t n_node, cap_node;
    nrv_tensor *bucket; /* hash table, power of two */
    size_t n_bucket;
    nrv__dims dims;
    nrv__scope *scope;
    size_t n_scope, cap_scope;
    nrv__calls calls;
    nrv__var *var; /* parameters and states, in order of creation */
    size_t n_var, cap_var;
    int32_t *var_at; /* where a name's hash finds it in var, -1 empty; power of two */
    size_t n_var_at;
    nrv__named *output, *assign;
    size_t n_output, cap_output, n_assign, cap_assign;
    nrv__check *check;
    size_t n_check, cap_check;
    nrv_block **block; /* by id */
    size_t n_block, cap_block;
    nrv_block *open[NRV__BLOCKS_DEEP];
    int n_open;
    nrv__region *floor; /* what is made now stays in this branch of a choice; NULL: no choice is open */
    int32_t n_segment;  /* scopes that are recomputed */
    bool sealed;        /* passes may add to blocks that are closed */
    size_t n_unfed;     /* inputs that no nrv_feed has filled */
    bool asleep;        /* eager: what is made now waits until it is asked for */
    nrv__met *met;      /* names of inputs, outputs, draws... by hash; cap_met is a power of two */
    size_t n_met, cap_met;
    nrv__path **path; /* hash table, power of two */
    size_t n_path, cap_path;
    int64_t macs;   /* multiply-adds of the nodes so far, with every named size at 1 */
    int64_t budget; /* bytes of new variables that a text may still ask for; 0: a program asks, without a limit */
    bool body_grad; /* differentiate composites through their bodies: for tests */
};

/* ---- building: NULL in gives NULL out, the first error sticks ---- */
nrv_tensor nrv__op(const nrv__opdef *op, int n, const nrv_tensor *in);
nrv_tensor nrv__op_with(const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, int n_size,
                        const nrv_dim *size);
/* a composite: body[0] defines it */
nrv_tensor nrv__composite(const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, int n_body,
                          const nrv_tensor *body);
nrv_tensor nrv__leaf(nrv_graph *g, const nrv__opdef *op, const char *name, nrv_dtype t, int rank, const nrv_dim *dim,
                     const void *attr);
nrv_tensor nrv__length(nrv_graph *g, const nrv__opdef *op, const char *name, nrv_dim d); /* a length as an i64 scalar */
nrv_tensor nrv__rebuild(nrv_graph *g, nrv_tensor like, const nrv_tensor *in, const nrv_tensor *body); /* for passes */

/* ---- blocks from within: passes, gradients ---- */
nrv_tensor nrv__block_node(nrv_graph *g, const nrv__opdef *op, int n, const nrv_tensor *in, const void *attr, nrv_dim T,
                           int n_body, const nrv_tensor *body, nrv_dtype t, nrv_shape shape);
nrv_block *nrv__block_of(nrv_tensor n);                        /* of each, turn, carry, scan, while, if; else NULL */
nrv_block *nrv__block_read(nrv_tensor n);                      /* of stacked, last, either: the block they read */
bool nrv__region_open(const nrv__region *r);                   /* its block is, and at this branch */
bool nrv__within(const nrv__region *r, const nrv__region *of); /* r is of or lies in it */
nrv__region *nrv__deeper(nrv__region *a, nrv__region *b);
nrv__region *nrv__floor_of(const nrv__region *r);       /* of NULL, too */
nrv_shape nrv__shape_of_turns(nrv_tensor x, nrv_dim T); /* (T, x's axes); x has fewer than there can be */
nrv_tensor nrv__merge_turns(nrv_tensor x);              /* (T,n,...) -> (T*n,...) */

/* What stands for a node elsewhere: for those of each region in turn to[slot]; for all others they themselves. */
typedef struct nrv__stand {
    const nrv__region *region; /* NULL: outside */
    nrv_tensor *to;            /* n of them: the region may grow meanwhile */
    size_t first, n;           /* copied are those from first on */
    const struct nrv__stand *up;
    nrv__copies *copied; /* blocks of this region that were copied */
} nrv__stand;
nrv_tensor nrv__stands_for(const nrv__stand *s, nrv_tensor x);
const nrv__copies *nrv__copies_of(const nrv__stand *s, const nrv_block *of); /* NULL: there is none */
/* Copies into the open block what is wanted (NULL: all) of s->region and not in s->to yet, blocks with all they hold.
 */
bool nrv__copy_region(nrv_graph *g, nrv__stand *s, const bool *want);
bool nrv__copy_block(nrv_graph *g, nrv__stand *up, nrv_block *of); /* into up->copied */
void nrv__block_split(nrv_block *b); /* keep > 1: a loop over segments that keep their first carry, and the rest */
nrv_tensor nrv__split_stacked(nrv_block *b, nrv_tensor inner);
nrv_tensor nrv__split_last(nrv_block *b, nrv_tensor carry);
nrv_tensor *nrv__slots(nrv_graph *g, const nrv__region *r); /* zeroed, one for each node of r, in the graph's arena */

/* What must be computed for the roots, blocks looked into. whole: says of a composite that it stays one; NULL: none.
   done: nodes whose value is there already; NULL: none. live: one for each node, zeroed by the caller. */
typedef struct nrv__alive {
    nrv_graph *g;
    bool (*whole)(void *user, nrv_tensor n);
    void *user;
    bool eager; /* nodes that have a value need nothing */
    bool *live;
    nrv_tensor *loop; /* by block id: the scan, while or if that is read; n_block */
} nrv__alive;
nrv_status nrv__alive_from(nrv__alive *a, int n, const nrv_tensor *root);

int64_t nrv__macs(nrv_tensor n, const int64_t *polys); /* multiply-adds, where that is what it does */

nrv_status nrv__graph_fail(nrv_graph *g, nrv_status s, const char *hint, const char *fmt, ...) NRV__PRINTF(4, 5);
nrv__path *nrv__scope_at(const nrv_graph *g);
const char *nrv__scope_path(nrv_graph *g); /* its text */
unsigned nrv__scope_mode(const nrv_graph *g);
bool nrv__label_push(nrv_graph *g, nrv_tensor x); /* what follows is labelled as x is; closed by nrv__label_pop */
void nrv__label_pop(nrv_graph *g);
/* What is made from here to the end of the function is made by the op, unless that was called by another: an op made of
   others opens with this, so that what refuses values among them speaks in its name. x: NULL is fine. (GNU C, as the
   kernels' vectors are: a function leaves in many ways.) */
#define NRV_CALLED(op, x) \
    __attribute__((cleanup(nrv__call_end))) nrv_graph *called_ = nrv__call_begin(nrv_graph_of(x), op)
nrv_graph *nrv__call_begin(nrv_graph *g, const nrv__opdef *op);
void nrv__call_end(nrv_graph **g);
bool nrv__training(nrv_graph *g, const char *layer, bool *train); /* false: neither was said, which is an error */
bool nrv__graph_room(nrv_graph *g, void *array_ptr, size_t n, size_t *cap, size_t size);
nrv_tensor nrv__variable(nrv_graph *g, const char *full, nrv_dtype t, nrv_shape shape, nrv__start start,
                         nrv__kind kind);
int32_t nrv__var_find(const nrv_graph *g, const char *name); /* in g->var; -1: not there */
bool nrv__var_add(nrv_graph *g, nrv__var v);
bool nrv__draw_key(nrv_graph *g, const char *op, const char *name,
                   uint64_t *key); /* of a named random draw in this scope */
/* of one graph, shape and type: proved, or a check at nrv_prepare; sets no error of its own */
bool nrv__alike(nrv_tensor x, nrv_tensor y, const char *op);
/* says that they are not: "op: what is f32 [3], other f64 [4]" */
void nrv__differ(const char *op, const char *what, nrv_tensor x, const char *other, nrv_tensor y, const char *hint);
void nrv__shape_text(nrv_graph *g, int rank, const nrv_dim *dim, nrv__text *t);
nrv_list nrv__list_new(nrv_graph *g, int n, nrv__entry *at);
nrv_tensor nrv__list_find(nrv_list l, const char *name);
#endif
