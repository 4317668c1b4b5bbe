/* plan.h - what a graph is compiled to: values, steps, formulas of lengths. Immutable, for any sizes, store and
   threads.

   A value is memory (workspace, input, variable, local, constant) or a view of another value. A step runs a kernel, an
   op's reference, or a tile program over values. Everything lives in one arena. */
#ifndef NRV__PLAN_H
#define NRV__PLAN_H
#include "../ops/op.h"

typedef enum {
    NRV__WORK,
    NRV__INPUT,
    NRV__VAR,
    NRV__LOCAL,
    NRV__CONST,
    NRV__RUN,
    NRV__VIEW,
    NRV__GIVEN, /* inside a block: what its step reads */
    NRV__ROW,   /* element t of what its step reads */
    NRV__CARRY,
    NRV__TURN
} nrv__where;

typedef struct nrv__value {
    nrv__where where;
    nrv_dtype type;
    int32_t rank;
    const nrv_dim *dim;
    int32_t index;    /* of the input, variable, local, carry, of the value that is viewed; of what a step reads */
    bool dense;       /* certainly contiguous */
    bool fixed;       /* lies the same at all sizes */
    const void *data; /* NRV__CONST */
    const nrv__opdef *view; /* NRV__VIEW: the op, with its attributes and lengths */
    const void *attr;
    const nrv_dim *size;
    int32_t n_size;
    bool kept;           /* computed once, by the first run, and in memory of its own from then on */
    int32_t first, last; /* steps that write and last read it (views counted with what they view) */
    int32_t same_memory; /* another NRV__WORK value whose memory it takes over, or -1 */
    int32_t in_place;    /* the variable or, inside a loop, the carry whose memory it is written to, or -1 */
    int32_t row;         /* inside a block: what is read of it by this number is written there at once, or -1 */
    const char *scope;
} nrv__value;

/* ---- tile programs: element-wise chains over NRV__TILE elements at a time ---- */
typedef struct nrv__reg {
    nrv_dtype type;
    int32_t load;  /* value that is read, or -1 */
    int32_t store; /* value that is written, or -1 */
    int32_t slot;  /* scratch buffer of one tile, or -1 when it lives in a value's memory */
    bool full;     /* load: of the program's own shape and dense, so that a tile is read where it lies */
    bool constant; /* one number everywhere: `number`, or the length `length` where that is not -1 */
    double number;
    nrv_dim length;
} nrv__reg;
typedef struct nrv__instr {
    const nrv__opdef *op;
    const nrv__point *point; /* NULL: the op's reference, through doubles where the types need it. Where it stands for
                                several ops, this is the last of them */
    const void *attr;
    int32_t out, n_in, in[NRV__LANE_IN], n_also, also[NRV__LANE_ALSO];
    unsigned first, ones; /* bit k: of operand k the first element counts; it does where all of these are one number */
} nrv__instr;
static inline bool nrv__instr_writes(const nrv__instr *in, int32_t r)
{
    bool also = false;
    for (int32_t k = 0; k < in->n_also; k++)
        also = also || in->also[k] == r;
    return also || in->out == r;
}
typedef struct nrv__tiles {
    int32_t n_reg, n_instr, n_slot, rank;
    const nrv__reg *reg;
    const nrv__instr *instr;
    const nrv_dim *dim; /* the shape it runs over */
} nrv__tiles;

typedef struct nrv__loop nrv__loop;
typedef struct nrv__step {
    const nrv__opdef *op; /* NULL: a tile program */
    const nrv__tiles *tiles;
    const nrv__loop *loop;            /* a block */
    const nrv__kernel *const *kernel; /* candidates in order; the op's reference after them, if it has one */
    int32_t n_kernel;
    const int32_t *in; /* values */
    int32_t n_in, out;
    const void *attr;
    const nrv_dim *size;
    int32_t n_size;
    bool fails;
    const nrv__opdef *by; /* the op that was called */
    bool once;            /* it depends on constants alone */
    bool fixed;           /* what it works on lies the same at all sizes */
    int32_t like;         /* an earlier step whose operands lie as its own do at any sizes, of the same op; or -1 */
    const char *scope;
} nrv__step;

typedef struct nrv__code { /* values and steps: a plan's, or those of the inside of a block */
    nrv__value *value;
    nrv__step *step;
    size_t n_value, cap_value, n_step, cap_step;
} nrv__code;

/* ---- blocks: code that a step runs, once for each turn ---- */
typedef struct nrv__loop_carry { /* values of the inside, but for last */
    int32_t at;                  /* the carry; -1: nobody reads it */
    int32_t first;               /* which of the step's inputs it begins with */
    int32_t next;                /* -1: it stays as it is */
    int32_t last;                /* value outside that becomes what is left; -1: not asked for */
    bool in_place;               /* next is written where the carry is */
} nrv__loop_carry;
typedef struct nrv__loop_read { /* stacked, either */
    int32_t inner[2], outer;    /* of the branches; the value outside */
} nrv__loop_read;
struct nrv__loop {
    nrv__block_kind kind; /* an if is chosen by the first of the step's inputs */
    nrv_dim turns;        /* of a while: at most, 0 no limit */
    bool reverse;
    nrv__code code[2]; /* of an if: the branches */
    nrv__loop_carry *carry;
    nrv__loop_read *read;
    int32_t n_carry, n_read;
    int32_t stop, stop_step; /* while: the value, and the number of steps after which it is known */
    nrv__loop *more;         /* of the plan, to free them */
};

typedef struct nrv__plan_var {
    const char *name;
    nrv_dtype type;
    int32_t rank;
    const int64_t *dim;
    nrv__start start;
    nrv__kind kind;
    int32_t value;   /* what is assigned to it, or -1 */
    const char *why; /* "in place", or why it is copied */
} nrv__plan_var;
typedef struct nrv__plan_name { /* an input, local or output */
    const char *name;
    int32_t value;
    double fill;      /* locals */
    int32_t assigned; /* locals: the value that becomes the next run's, or -1 */
} nrv__plan_name;

struct nrv_plan {
    nrv__mem mem;
    nrv__arena arena;
    nrv__why why;
    nrv__dims dims;
    nrv__tier tier;
    bool check_nan, assigns, draws; /* draws: it reads the counter of runs */
    nrv__code code;
    nrv__loop *loops; /* all there are, at any depth */
    nrv__plan_var *var;
    nrv__plan_name *input, *local, *output; /* each sorted by name */
    nrv__check *check;
    size_t n_var, n_input, n_local, n_output, n_check;
};

/* in a table sorted by name; NULL: not there */
const nrv__plan_name *nrv__plan_find(const nrv__plan_name *at, size_t n, const char *name);
int64_t nrv__typical(const nrv__size *s); /* what a size is taken for where none is set: choosing, printing */
#endif
