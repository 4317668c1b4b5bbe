/* exec.h - the inside of an exec: a plan made concrete for some sizes, a store and a workspace. */
#ifndef NRV__EXEC_H
#define NRV__EXEC_H
#include "../base/fault.h"
#include "../base/pool.h"
#include "../compile/plan.h"
#include "../graph/store.h"

/* memory of intermediate values; execs may share one */
typedef struct nrv__work {
    nrv__mem mem; /* of the exec that made it: sharers may come from stores with other allocators */
    int users;
    char *block, *at; /* as allocated; 64-aligned */
    size_t bytes;
    uint64_t moved; /* counts reallocations, so that sharers notice */
} nrv__work;

/* how a tile program walks its memory: the shape with axes merged where every operand allows it */
typedef struct nrv__walk {
    int rank;
    int64_t tile; /* elements at a time, at most NRV__TILE */
    bool gathers; /* some operand does not lie as the result does */
    bool repeats; /* and those that are rows, a bias, begin anew with every tile */
    int64_t cuts; /* > 0: into so many tiles each run of the last axis is cut, and none goes beyond a run */
    int64_t dim[NRV__MAX_RANK];
    int64_t (*stride)[NRV__MAX_RANK]; /* of each register that is loaded through strides */
    bool *scalar;                     /* registers that are one number everywhere */
    bool *first, *ones;               /* of which only the first element is read; instructions: nrv__lane.ones */
} nrv__walk;                          /* of steps that are alike: one for all */

typedef struct nrv__room { /* memory of a value as long as it is alive */
    size_t bytes, at;      /* bytes a multiple of NRV__ALIGN */
    int32_t value, first, last;
    int32_t after; /* the first of all rooms that begins when this one's memory is free again */
} nrv__room;

typedef struct nrv__frame nrv__frame;

typedef struct nrv__action { /* a step, made concrete */
    const nrv__step *step;
    const nrv__kernel *kernel; /* NULL: the op's reference, or a tile program */
    nrv__args args;
    nrv__view *in, *out;
    bool gathers; /* in: copies of the frame's views */
    int64_t *size;
    nrv__walk *walk; /* of a tile program */
    int64_t units, units2, grain, grain2;
    size_t scratch, shared;
    nrv__frame *inside; /* of a block: its areas */
    int64_t turns;
} nrv__action;

/* A piece of code, made concrete: the plan's own, or the inside of a block. Its memory is one stretch of the workspace:
   values, then what its steps share, the frames inside it among that. */
typedef struct nrv__operand { /* of an action that gathers: input k */
    int32_t action, k;
} nrv__operand;
struct nrv__frame {
    const nrv__code *code;
    const nrv__loop *loop; /* NULL: the plan's own */
    int branch;
    const int64_t *polys;
    nrv__view *view; /* of each value */
    size_t *offset;  /* of each value, from base */
    nrv__action *action;
    nrv__room *room; /* of the values that have memory of their own, by when they begin; only bytes depend on sizes */
    size_t n_room;
    char *base;
    size_t shared_at, need;
    bool laid; /* once: what is fixed stays as it is */
    int64_t turn;
    int32_t *moving;       /* values that lie elsewhere in every turn */
    nrv__operand *touched; /* where they are copied to */
    int32_t n_moving, n_touched;
};

typedef struct nrv__bound {
    void *data;
    size_t bytes;
} nrv__bound;

typedef struct nrv__carried { /* a local's memory, and the lengths it was filled for */
    void *data;
    size_t bytes;
    int64_t dim[NRV__MAX_RANK];
} nrv__carried;

struct nrv_exec {
    nrv__mem mem;
    nrv__arena arena; /* what lives as long as the exec */
    const nrv_plan *plan;
    nrv_store *store;
    nrv_pool *pool;
    uint64_t stream, runs, commits_seen;
    nrv__why why;
    bool broken, pending; /* for good; an error of set_size or bind that nrv_run has yet to report */
    bool laid, resized;   /* sizes are laid out; nrv_set_size asked for others since */
    bool kept;            /* what constants alone decide has been computed, and is still there */
    bool flush;           /* subnormal numbers count as 0 */
    bool stale;           /* some pointer or number of bytes changed since */
    int64_t *named, *wanted, *atoms, *polys;
    nrv__frame top;
    nrv__stored **var;
    nrv__bound *input, *output;
    nrv__carried *local;
    nrv__work *work;
    size_t need; /* bytes of workspace, scratch included */
    size_t scratch_at, scratch_each;
    uint64_t work_seen;
    int64_t run_counter;
    nrv__fault fault;
};

nrv_status nrv__exec_room(nrv_exec *e);         /* what lives as long as the exec, whatever the sizes */
nrv_status nrv__layout_sizes(nrv_exec *e);      /* sizes -> shapes, kernels, offsets */
nrv_status nrv__layout(nrv_exec *e);            /* and memory */
size_t nrv__workspace_bytes(const nrv_exec *e); /* to allocate, once sizes are laid out */
size_t nrv__local_bytes(const nrv_exec *e, size_t i);
bool nrv__rooms(nrv_exec *e, nrv__frame *f);      /* f->room; false: no memory */
void nrv__place_order(nrv__room *room, size_t n); /* by when they begin, and what comes after them */
/* of rooms in that order: fills in where each lies, in any order, and how much they take together; false: no memory */
bool nrv__place(const nrv__mem *m, nrv__room *room, size_t n, size_t *need);
void nrv__resolve(nrv_exec *e); /* offsets and bindings -> pointers */
void nrv__resolve_inside(nrv_exec *e, nrv__frame *f, const nrv__frame *around, const nrv__action *a);
void nrv__resolve_turn(nrv__frame *f, const nrv__frame *around, const nrv__action *a); /* what moves with f->turn */
size_t nrv__tile_scratch(const nrv__tiles *t);                                         /* bytes for each worker */
void nrv__tile_layout(const nrv__frame *f, nrv__action *a);
int64_t nrv__tile_units(const nrv__walk *w, int64_t n); /* how many tiles n elements are */
void nrv__tile_run(const nrv__frame *f, const nrv__action *a, int64_t begin, int64_t end, void *scratch);
#endif
