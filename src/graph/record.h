/* record.h - what an op is: one record in one file of src/ops.

   A primitive says its shape and its reference; a composite is built from other ops, and what it traced is its meaning.
   Either has a gradient (vjp: graph from graph, so that any order follows; a composite without one takes its body's) or
   says why it has none. `make` builds the op from named arguments, for tests, text and other languages. */
#ifndef NRV__RECORD_H
#define NRV__RECORD_H
#include "graph.h"
#include "../kernels/attr.h"
#include "../kernels/kernel.h"

/* ---- shape: what comes out, from what goes in ---- */
typedef struct nrv__infer {
    nrv_graph *g;
    const nrv__opdef *op;
    const nrv_tensor *in;
    int n_in, n_size;
    const void *attr;
    const nrv_dim *size;
    nrv_dtype type; /* the answer; in[0]'s until changed */
    int rank;
    nrv_dim dim[NRV__MAX_RANK];
} nrv__infer;

/* says what is wrong, with the tensors involved; always false */
bool nrv__infer_fail(nrv__infer *s, nrv_status status, const char *hint, const char *fmt, ...) NRV__PRINTF(4, 5);
bool nrv__infer_point(nrv__infer *s);            /* element-wise on equal real types, broadcasting */
bool nrv__infer_number(nrv__infer *s);           /* the same, any type but bool */
bool nrv__infer_compare(nrv__infer *s);          /* the same, any type, to bool */
bool nrv__infer_select(nrv__infer *s);           /* bool, then two of one type, broadcasting */
bool nrv__infer_broadcast(nrv__infer *s);        /* the common shape of all inputs; the type stays as it is */
bool nrv__infer_same(nrv__infer *s);             /* as in[0], whatever it is */
bool nrv__infer_reduce(nrv__infer *s);           /* by nrv__reduce_attr */
bool nrv__infer_real(nrv__infer *s, int i);      /* in[i] is of a real type, or fails */
bool nrv__infer_index(nrv__infer *s, int i);     /* in[i] is i32 or i64, or fails */
bool nrv__infer_places(nrv__infer *s, int axis); /* the answer is i32, places along that axis of in[0], or it fails */

/* ---- gradient: input gradients as graph. No shapes summed back, nothing accumulated: the driver does both ---- */
typedef struct nrv_vjp {
    nrv_graph *g;
    nrv_tensor y, dy;
    const nrv_tensor *x;
    int n;
    const bool *need; /* which inputs want theirs; computing another is only wasted */
    nrv_tensor *dx;   /* NULL: zero */
    const void *attr;
    const nrv_dim *size; /* the node's lengths: y itself may be another node of the same value, see grad.c */
} nrv_vjp;

/* ---- batching: the same op on many turns of a loop at once. y is the node of one turn; inputs that differ from turn
   to turn arrive with the turns as their first axis, the others as they are. The answer has the turns first, too; NULL
   without an error: not this way, the loop stays. Element-wise ops and composites need no rule of their own ---- */
typedef struct nrv__batch {
    nrv_graph *g;
    nrv_tensor y;
    const nrv_tensor *x; /* (T,...) where wide */
    const bool *wide;    /* at least one is */
    nrv_dim T;
} nrv__batch;

/* ---- named arguments ---- */
typedef struct nrv__arg {
    const char *name, *text;
} nrv__arg;
enum { NRV__CASE_INPUTS = 48, NRV__CASE_ARGS = 24 };
typedef struct nrv__case {
    nrv_graph *g;
    const char *name; /* for layers and draws */
    int n_x, n_arg, n_also;
    nrv_tensor x[NRV__CASE_INPUTS];
    const char *x_name[NRV__CASE_INPUTS];
    nrv__arg arg[NRV__CASE_ARGS];
    nrv_tensor also[8]; /* what the op gives beside what `make` returns: indices, last states... */
} nrv__case;

/* an input by any of these names, "pos_weight pw"; NULL: not given */
nrv_tensor nrv__case_named(const nrv__case *c, const char *names);
/* arguments answer to their names in PyTorch, too: axis to dim, keep to keepdim... */
const char *nrv__case_text(const nrv__case *c, const char *name);               /* NULL: not given, or "null" */
int64_t nrv__case_int(const nrv__case *c, const char *name, int64_t otherwise); /* true is 1, false 0 */
int nrv__case_small(const nrv__case *c, const char *name, int otherwise);  /* the same, at most what an int holds */
bool nrv__case_flag(const nrv__case *c, const char *name, bool otherwise); /* true, false, 1, 0 */
double nrv__case_real(const nrv__case *c, const char *name, double otherwise);
int nrv__case_ints(const nrv__case *c, const char *name, int most, int64_t *to); /* "2x3", "2,3": how many */
/* "0.5 1", "0.5x1", "0.5,1": how many; 0 also where one of them is no number */
int nrv__case_reals(const nrv__case *c, const char *name, int most, double *to);
nrv_dtype nrv__case_type(const nrv__case *c, const char *name, nrv_dtype otherwise);

/* ---- the record ---- */
enum {
    NRV_POINTWISE =
        1,         /* an element of y depends on the same element of the (broadcast) inputs only: fuses into tiles */
    NRV_LEAF = 2,  /* has no inputs. Without a ref its value comes from outside: input, constant, parameter... */
    NRV_VIEW = 4,  /* moves nothing: the plan reads through strides, see nrv__opdef.view */
    NRV_FAILS = 8, /* its values can be refused (an index out of range): runs before anything is committed */
    NRV_RANDOM = 16,
    NRV_FLAT = 32,    /* a view of contiguous memory only: reshape */
    NRV_BLOCK = 128,  /* a block or what is read of one: body is of its inside */
    NRV_INSIDE = 256, /* what a block gives its inside: each, turn, carry */
    NRV_MACRO = 64    /* no node of its own: what `make` builds from other ops; recorded for its tests and its page */
};
struct nrv__opdef {
    const char *name;
    const char *sig;              /* "real a[...], real b[...] -> y[...]": names, kinds and shapes, for people */
    const char *doc;              /* what it computes, with its conventions */
    bool (*shape)(nrv__infer *s); /* primitives */
    void (*vjp)(nrv_vjp *v);
    nrv_tensor (*batch)(const nrv__batch *b);
    const char *no_grad;                 /* why there is none */
    void (*ref)(const nrv__args *a);     /* the definition: contiguous doubles in and out */
    int64_t (*room)(const nrv__args *a); /* doubles that the reference works in, at a->scratch; INT64_MAX: too many */
    bool (*view)(const nrv__args *a, nrv__view *y, int64_t *offset); /* NRV_VIEW: y's strides and start from in[0]'s */
    nrv_tensor (*make)(nrv__case *c);                                /* NULL: nrv__op on the inputs */
    unsigned flags;
    size_t attr_bytes;
    int64_t (*macs)(const nrv__args *a); /* multiply-adds, where that is what it does */
    void (*whole)(const nrv__args *a); /* the definition over int64_t, where all inputs are integers: it wraps, and has
                                          all 64 bits. NULL: ref, whose doubles end at 2^53, saturates */
    double ulp, rel; /* float32: ulp, float64: relative; 0 = 2 and 1e-12. Of the largest value's scale */
    const char *tolerance_why;
    double point_ulp; /* element by element of one real input, float32: how far any may be, in its own ulp; 0 = 4 */
    const char *not_slope; /* why the gradient is not the slope, where that is meant (surrogate) */
    uint64_t not_slope_in; /* bits: of which inputs, as the cases count them; 0: of all */
    const char *values;    /* what helps where values are refused as it runs: the hint of that message */
    const char *test[12];  /* "x[3,5] in -2..2, axis=1" */
    /* at least two bad calls and the whole message, its lines joined by " | ": "x[3], axis=1 => sum: ... | hint ..." */
    const char *refuse[8];
    /* what it is called elsewhere, words: below `torch.`, below `numpy.`, in ONNX; short names it answers to itself */
    const char *torch, *numpy, *onnx, *also;
};
#define NRV_OP(id, ...)                   \
    extern const nrv__opdef nrv__op_##id; \
    const nrv__opdef nrv__op_##id = { .name = #id, __VA_ARGS__ }

static inline bool nrv__op_slope(const nrv__opdef *op, int input) /* is the gradient by that input the slope? */
{
    return !op->not_slope || (op->not_slope_in && !(op->not_slope_in >> input & 1));
}

/* leaves that the store, eager evaluation and the compiler treat each in its way */
extern const nrv__opdef nrv__op_scan, nrv__op_while, nrv__op_if, nrv__op_each, nrv__op_turn, nrv__op_carry,
    nrv__op_stacked, nrv__op_last, nrv__op_either;
/* a block itself, not what is read of it */
static inline bool nrv__is_block(nrv_tensor n)
{
    return n->op == &nrv__op_scan || n->op == &nrv__op_while || n->op == &nrv__op_if;
}
static inline int64_t nrv__carry_index(nrv_tensor carry)
{
    return ((const nrv__inside_attr *)carry->attr)->index;
}
/* what becomes of a carry of the loop: behind the condition, where there is one */
static inline nrv_tensor nrv__next_of(nrv_tensor loop, int64_t carry)
{
    return loop->body[carry + (loop->op == &nrv__op_while)];
}
/* defined by other ops, not by blocks */
static inline bool nrv__is_composite(nrv_tensor n)
{
    return n->body && !(n->op->flags & NRV_BLOCK);
}
extern const nrv__opdef nrv__op_input, nrv__op_constant, nrv__op_param, nrv__op_local, nrv__op_fill, nrv__op_dim_value,
    nrv__op_run_counter;

/* reference of an element-wise op by its formula in x (and y, z) */
#define NRV_REF1(id, formula)                       \
    static void id(const nrv__args *args_)          \
    {                                               \
        const double *x_ = args_->in[0].data;       \
        double *out_ = args_->out[0].data;          \
        for (int64_t i_ = 0; i_ < args_->n; i_++) { \
            double x = x_[i_];                      \
            out_[i_] = (formula);                   \
        }                                           \
    }
#define NRV_REF2(id, formula)                                          \
    static void id(const nrv__args *args_)                             \
    {                                                                  \
        const double *x_ = args_->in[0].data, *y_ = args_->in[1].data; \
        double *out_ = args_->out[0].data;                             \
        for (int64_t i_ = 0; i_ < args_->n; i_++) {                    \
            double x = x_[i_], y = y_[i_];                             \
            out_[i_] = (formula);                                      \
        }                                                              \
    }
/* a `whole` by its formula in x and y, which are uint64_t: they wrap, as int64_t must not */
#define NRV_WHOLE2(id, formula)                                         \
    static void id(const nrv__args *args_)                              \
    {                                                                   \
        const int64_t *x_ = args_->in[0].data, *y_ = args_->in[1].data; \
        int64_t *out_ = args_->out[0].data;                             \
        for (int64_t i_ = 0; i_ < args_->n; i_++) {                     \
            uint64_t x = (uint64_t)x_[i_], y = (uint64_t)y_[i_];        \
            out_[i_] = (int64_t)(formula);                              \
        }                                                               \
    }

#endif
