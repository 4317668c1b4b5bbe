/* kernel.h - what a kernel is. Kernels stand on base alone: they see memory, lengths and strides, never nodes.

   Two kinds of record. NRV_KERNEL serves one op of the graph (a primitive such as matmul or a composite such as conv):
   the compiler takes the first of the ordered list that fits, and the op's reference last. NRV_POINT serves one
   element-wise op as an instruction of the tile interpreter.

   A kernel's result may depend on shapes only - never on how units were dealt to threads: every unit's result is its
   own, and what is summed over units is summed in phase 1, in a fixed order. */
#ifndef NRV__KERNEL_H
#define NRV__KERNEL_H
#include "../base/base.h"

/* One tensor as a kernel sees it. Strides count elements and may be 0 (broadcast). */
typedef struct nrv__view {
    void *data;
    int rank;
    nrv_dtype type;
    int64_t dim[NRV__MAX_RANK], stride[NRV__MAX_RANK];
} nrv__view;

/* Where a kernel reports that the values it read make no sense (an index out of range). One per run; first one wins by
   the smallest unit, so that the message does not depend on threads. */
typedef struct nrv__fault nrv__fault;
void nrv__fault_set(nrv__fault *f, int64_t unit, nrv_status status, const char *fmt, ...) NRV__PRINTF(4, 5);

typedef struct nrv__args {
    const nrv__view *in, *out;
    int n_in, n_out;
    int64_t n;           /* elements of out[0] */
    const void *attr;    /* the op's attributes, see attr.h */
    const int64_t *size; /* the op's lengths (reshape, slice...), evaluated */
    int64_t begin, end;  /* this call does units begin <= u < end, one at least */
    int phase;           /* 0, then 1 where the kernel has units2 */
    void *scratch;       /* private to this call, .scratch bytes, 64-aligned, not cleared */
    void *shared;        /* one for all units of both phases, .shared bytes, 64-aligned, not cleared */
    nrv__fault *fault;
} nrv__args;

typedef enum { NRV__REF, NRV__BASELINE, NRV__AVX2, NRV__AVX512, NRV__TIERS } nrv__tier;

typedef struct nrv__kernel {
    const char *name; /* "gemm": what nervo show --plan prints and `without` switches off */
    const char *op;   /* the op it serves */
    const char *doc;  /* one line */
    nrv__tier tier;   /* set by the file's build */
    unsigned strided; /* bit i: input i may have any strides; otherwise it arrives contiguous. Outputs always are */
    /* bit i: input i is laid out anew by every call unless it is contiguous. It sees shapes. NULL = none. What is the
       same in every turn of a loop is then made contiguous before it */
    unsigned (*repacks)(const nrv__args *a);
    /* NULL: it fits; else why not, a constant phrase. It sees shapes, not data. A kernel of a composite looks at types,
       ranks, attributes and constant lengths only: once kept, it must serve every value of the named ones */
    const char *(*fits)(const nrv__args *a);
    int64_t (*units)(const nrv__args *a);  /* independent pieces of work in phase 0, >= 0 */
    int64_t (*units2)(const nrv__args *a); /* in phase 1, which starts when phase 0 is done; NULL = no phase 1 */
    double (*work)(const nrv__args *a);    /* about how many ns one unit of phase 0 takes on one core */
    size_t (*scratch)(const nrv__args *a); /* NULL = none */
    size_t (*shared)(const nrv__args *a);  /* NULL = none */
    void (*run)(const nrv__args *a);
} nrv__kernel;

/* One instruction of the tile interpreter over n elements, n <= NRV__TILE, all pointers 64-aligned or element-aligned,
   out never overlapping an input except being equal to it. An element-wise op has at most NRV__POINT_IN inputs, an
   instruction that stands for several of them NRV__LANE_IN. */
enum { NRV__TILE = 1024, NRV__POINT_IN = 4, NRV__LANE_IN = 12, NRV__LANE_ALSO = 2 };
typedef struct nrv__lane {
    void *out;
    const void *in[NRV__LANE_IN];
    void *also[NRV__LANE_ALSO]; /* what an instruction that stands for several gives besides */
    int64_t n;
    bool ones; /* the operands that its formula marks with ~ are one number each: the first element counts */
    const void *attr;
} nrv__lane;

typedef struct nrv__point {
    const char *op;    /* the element-wise op */
    const char *types; /* "f32 f32 -> f32": types of the inputs and of the output */
    nrv__tier tier;
    void (*run)(const nrv__lane *l);
} nrv__point;

/* One instruction that does what several do, in fewer passes and with fewer roundings: point.op is its name,
   point.types what it stands for, each op before its operands and all of them float32: "add mul 0 1 2" is x0 * x1 + x2,
   "#0" the constant number[0], "@b" operand 11, which is one number everywhere: the first element counts. "~1" may be
   one for a tile, lane.ones says so, where all that are marked are. "!add 0 1" is kept in memory, too: lane.also, in
   the order in which the formula has them. */
enum { NRV__FUSED_NUMBERS = 4 };
typedef struct nrv__fused {
    nrv__point point;
    double number[NRV__FUSED_NUMBERS];
} nrv__fused;

/* In a file under simd/, compiled once per tier, every name carries the tier: NRV__ISA(exp_lane). */
#ifdef NRV__ISA_NAME
#define NRV__PASTE2(a, b) a##_##b
#define NRV__PASTE(a, b)  NRV__PASTE2(a, b)
#define NRV__ISA(name)    NRV__PASTE(name, NRV__ISA_NAME)
#define NRV_KERNEL(id, ...)                              \
    extern const nrv__kernel NRV__ISA(nrv__kernel_##id); \
    const nrv__kernel NRV__ISA(nrv__kernel_##id) = { .name = #id, .tier = NRV__ISA_TIER, __VA_ARGS__ }
/* one table of points per file: NRV_POINTS(pointwise, { "add", "f32 f32 -> f32", TIER, fn }, ...) */
#define NRV_POINTS(id, ...)                               \
    extern const nrv__point NRV__ISA(nrv__points_##id)[]; \
    const nrv__point NRV__ISA(nrv__points_##id)[] = { __VA_ARGS__, { NULL, NULL, NRV__ISA_TIER, NULL } }
/* longest first: the first that fits is taken */
#define NRV_FUSED(id, ...)                               \
    extern const nrv__fused NRV__ISA(nrv__fused_##id)[]; \
    const nrv__fused NRV__ISA(nrv__fused_##id)[] = { __VA_ARGS__, { { NULL, NULL, NRV__ISA_TIER, NULL }, { 0 } } }
#endif

/* The tables, generated: ordered, most special first; each ends with NULL. */
extern const nrv__kernel *const nrv__kernels[];
extern const nrv__point *const nrv__points[];
extern const nrv__fused *const nrv__fuses[];
#endif
