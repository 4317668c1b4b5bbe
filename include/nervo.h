/* nervo.h - trace, differentiate, compile, run.                          C99, C17, C++17; needs only libc, libm, threads

   OWNERSHIP  `nrv_*_new`, `nrv_compile` give you something to free (free takes NULL). Everything whose type is not
              spelled with a `*` - tensor, list, dim - and nrv_block is a handle: it dies with its graph, never freed.
   ERRORS     Tracing: the first error sticks to the graph, the failed call gives NULL, NULL in gives NULL out. A broken
              graph compiles to a broken plan, that makes a broken exec: check once, at nrv_run, and ask nrv_why.
   OPTIONS    A struct whose zero is the default; NULL is all defaults. Where zero is a wish of its own (a momentum of
              0), any negative number means zero. New fields replace `reserved`.
   THREADS    Graph and exec: one thread at a time. Plan: any. Store: any number of runs that only read it, or one that
              assigns; who comes second gets NRV_EBUSY and nothing waits. A stored tensor never moves.
   ORDER      C does not say which argument of a call is evaluated first, so nothing depends on it: weights, random
              numbers and gradients are keyed by scope and name. That is why a dropout has a name.                       */
#ifndef NERVO_H
#define NERVO_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
#include <initializer_list>
extern "C" {
#endif
typedef struct nrv_store nrv_store;   /* named weights and state: parameters, moments, running means, step            */
typedef struct nrv_graph nrv_graph;   /* one program being traced; one thread                                         */
typedef struct nrv_plan  nrv_plan;    /* compiled: immutable, for any store, any size, any number of threads          */
typedef struct nrv_exec  nrv_exec;    /* plan + store + workspace + bindings; one thread at a time                    */
typedef struct nrv_block nrv_block;   /* a loop or choice inside a graph                                              */
typedef struct nrv_pool  nrv_pool;    /* worker threads of the caller; NULL = the calling thread                      */
typedef struct nrv_node *nrv_tensor;  /* a value of a graph                                                           */
typedef struct nrv_seq  *nrv_list;    /* a tensor for each of some parameters, sorted by name; immutable              */
typedef int64_t          nrv_dim;     /* a length >= 0, or a handle from nrv_size; no + - * / on handles (it is caught) */
typedef enum { NRV_F32 = 1, NRV_F64, NRV_F16, NRV_BF16, NRV_I32, NRV_I64, NRV_U8, NRV_BOOL, NRV_I8 } nrv_dtype;
typedef enum { NRV_OK, NRV_ENOMEM, NRV_ESHAPE, NRV_EDTYPE, NRV_EARG, NRV_ENAME, NRV_ENOGRAD, NRV_EFORMAT, NRV_EIO,
               NRV_EBUSY, NRV_EVALUE } nrv_status;
typedef struct { int rank; nrv_dim dim[8]; } nrv_shape;
typedef struct { int law; double a, b; } nrv_init;                       /* how a parameter starts: law and its numbers  */
#ifdef __cplusplus
#define NRV_(type)      type
#define NRV_SHAPE(...)  nrv_shape{ (int)std::initializer_list<nrv_dim>{__VA_ARGS__}.size(), {__VA_ARGS__} }
#define NRV_N(T, ...)   (int)std::initializer_list<T>{__VA_ARGS__}.size(), std::initializer_list<T>{__VA_ARGS__}.begin()
#else
#define NRV_(type)      (type)
#define NRV_SHAPE(...)  NRV_(nrv_shape){ (int)(sizeof((const nrv_dim[]){__VA_ARGS__}) / sizeof(nrv_dim)), {__VA_ARGS__} }
#define NRV_N(T, ...)   (int)(sizeof((T[]){__VA_ARGS__}) / sizeof(T)), (T[]){__VA_ARGS__}     /* count, array           */
#endif
#define NRV_SCALAR      NRV_(nrv_shape){ 0, {0} }
#define NRV_ZEROS       (NRV_(nrv_init){ 0, 0, 0 })
#define NRV_ONES        (NRV_(nrv_init){ 1, 1, 0 })
#define NRV_NORMAL(sd)  (NRV_(nrv_init){ 2, 0, (sd) })                  /* mean 0, deviation sd                         */
#define NRV_KAIMING     (NRV_(nrv_init){ 3, 0, 0 })                     /* uniform +-1/sqrt(fan-in), as PyTorch's layers */
#define NRV_FAN_IN(n)   (NRV_(nrv_init){ 4, (double)(n), 0 })           /* uniform +-1/sqrt(n)                          */
#define NRV_SAME        (-1)                                             /* reshape: what is left; slice: to the end    */

const char *nrv_version    (void);                                       /* "0.1.0"                                     */
const char *nrv_tiers      (void);       /* the kernels this processor can run: "ref baseline avx2 avx512", best last   */

/* ---- store: exists before the first step; loaded before or after tracing; saved as safetensors ------------------- */
typedef struct { uint64_t seed; void *(*alloc)(void *user, void *p, size_t old, size_t want); void *user;
                 int64_t reserved[4]; } nrv_store_opt;
typedef struct { const char *(*rename)(void *user, const char *name);    /* NULL = skip this tensor                     */
                 void *user; int partial;                /* names that only the file or only the program has: no error  */
                 int64_t reserved[4]; } nrv_load_opt;
nrv_store  *nrv_store_new  (const nrv_store_opt *opt);
void        nrv_store_free (nrv_store *s);                                /* after graphs and execs that use it          */
nrv_status  nrv_store_save (nrv_store *s, const char *path, const char *names);         /* names: "*", "enc.*,!*.bias" */
nrv_status  nrv_store_load (nrv_store *s, const char *path, const nrv_load_opt *opt);
nrv_status  nrv_store_copy (nrv_store *to, const nrv_store *from, const char *names);   /* target nets, federation      */
nrv_status  nrv_store_quantise(nrv_store *to, const nrv_store *from);    /* to: the network, traced with int8           */
void       *nrv_store_data (nrv_store *s, const char *name, nrv_shape *shape, nrv_dtype *t);   /* borrowed              */
const char *nrv_store_why  (const nrv_store *s);
nrv_status  nrv_store_note (nrv_store *s, const char *key, const char *text);              /* metadata of the saved file */
const char *nrv_store_noted(const nrv_store *s, const char *key);

/* ---- trace ---------------------------------------------------------------------------------------------------------- */
enum { NRV_TRAIN = 1, NRV_EVAL = 2,          /* dropout, batch norm: no default; a layer that needs to know fails        */
       NRV_QUIET = 4,                        /* no state is updated (batch norm in the second pass of a GAN)             */
       NRV_FROZEN = 8,                       /* parameters met here are constants for nrv_params and nrv_grad            */
       NRV_SHARED = 16,                      /* this scope is entered again on purpose: same weights                    */
       NRV_RECOMPUTE = 32,                   /* backward computes this scope again instead of keeping it (not in loops)  */
       NRV_EAGER = 64 };                     /* graph only: every node is evaluated as it is traced                      */
typedef struct { const char *name, *pass;    /* pass: tells the random draws of two passes over shared weights apart     */
                 unsigned mode; nrv_list with;           /* inside, the parameters of this list read as its tensors      */
                 int64_t reserved[4]; } nrv_scope;
nrv_graph  *nrv_graph_new  (nrv_store *s, unsigned mode);
void        nrv_graph_free (nrv_graph *g);
void        nrv_graph_reset(nrv_graph *g);                 /* eager: end of one run: assignments commit, nodes go         */
const char *nrv_graph_why  (const nrv_graph *g);                         /* NULL = no error so far; no graph is one            */
void        nrv_push       (nrv_graph *g, const char *name);             /* "encoder", "0", "attn"                      */
void        nrv_push_i     (nrv_graph *g, const char *scope, int i);     /* "layer", 3  ->  "layer.3"                   */
void        nrv_enter      (nrv_graph *g, const nrv_scope *scope);       /* push with a mode or a substitution          */
void        nrv_pop        (nrv_graph *g);                               /* closes nrv_push and nrv_enter               */
nrv_dim     nrv_size       (nrv_graph *g, const char *name, int64_t lo, int64_t hi);    /* name: letters, digits, _    */
nrv_dim     nrv_dim_calc   (nrv_graph *g, nrv_dim a, char op, nrv_dim b);               /* + - * / (floor)              */
nrv_dim     nrv_dim_of     (nrv_tensor x, int axis);
nrv_tensor  nrv_dim_value  (nrv_graph *g, nrv_dim d);                    /* the length as an i64 scalar                 */
nrv_shape   nrv_shape_of   (nrv_tensor x);
nrv_dtype   nrv_dtype_of   (nrv_tensor x);
nrv_graph  *nrv_graph_of   (nrv_tensor x);
nrv_tensor  nrv_input      (nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
nrv_tensor  nrv_constant   (nrv_graph *g, nrv_dtype t, nrv_shape shape, const void *data);     /* copied                */
nrv_tensor  nrv_fill       (nrv_graph *g, nrv_dtype t, nrv_shape shape, double value);
nrv_tensor  nrv_param      (nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, nrv_init init);
nrv_tensor  nrv_state      (nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, double fill); /* in the store  */
nrv_tensor  nrv_local      (nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape, double fill); /* in the exec:
                              caches, carried hidden states; may have named sizes; not saved; nrv_reset (eager: nrv_graph_reset) refills */
void        nrv_assign     (nrv_graph *g, nrv_tensor var, nrv_tensor value);   /* once per var; commits when the run ends */
void        nrv_output     (nrv_graph *g, const char *name, nrv_tensor x);
nrv_tensor  nrv_expr       (const char *formula, int n, const nrv_tensor *x);  /* "x, y: 2*x + exp(-y)", element-wise     */
#define NRV_EXPR(f, ...)   nrv_expr(f, NRV_N(const nrv_tensor, __VA_ARGS__))
#include <nervo/ops.h>     /* generated from src/ops: nrv_tensor nrv_matmul(nrv_tensor a, nrv_tensor b); ...             */

/* ---- blocks: the lines up to nrv_end are traced once, inside a loop or a choice; outer values that they use are its
        constants. What depends on nothing of a loop's inside is computed once, outside; what stands in a choice stays
        there. A scan without a carry is a map: the compiler may run its turns side by side (what others call vmap).
        In gradients taken inside a loop, what it is given (each, carry) is independent.                               */
typedef struct { nrv_dim steps;              /* turns; 0: as many as what nrv_each goes along has                        */
                 int reverse;                /* begins at the end                                                        */
                 int keep;                   /* for the gradient: 0 all that it needs; k: the carry of every k-th turn,  */
                 int64_t reserved[4]; } nrv_scan_opt;                    /* the rest is computed again                  */
nrv_block  *nrv_scan       (nrv_graph *g, const nrv_scan_opt *opt);
nrv_block  *nrv_while      (nrv_graph *g, int64_t most);                 /* most turns; 0 = no limit, and no gradient   */
nrv_block  *nrv_if         (nrv_graph *g, nrv_tensor yes);               /* bool scalar                                 */
void        nrv_else       (nrv_block *b);
void        nrv_end        (nrv_block *b);
nrv_tensor  nrv_each       (nrv_block *b, nrv_tensor xs);                /* scan: xs[t] along axis 0                    */
nrv_tensor  nrv_turn       (nrv_block *b);                               /* t, an i64 scalar; reverse: T-1 comes first  */
nrv_tensor  nrv_carry      (nrv_block *b, nrv_tensor first);             /* the value of the turn before                */
void        nrv_next       (nrv_block *b, nrv_tensor carry, nrv_tensor value);   /* once for every carry, same shape     */
void        nrv_until      (nrv_block *b, nrv_tensor stop);              /* while, bool scalar: a turn that makes it true
                                                                            is not taken                                 */
nrv_tensor  nrv_stacked    (nrv_block *b, nrv_tensor inner);             /* after nrv_end: every turn's value, (T, ...) */
nrv_tensor  nrv_last       (nrv_block *b, nrv_tensor carry);             /* after nrv_end: what the carry became        */
nrv_tensor  nrv_either     (nrv_block *b, nrv_tensor yes, nrv_tensor no); /* after nrv_end of an if                     */

/* ---- differentiate: appends nodes, so it may be called on its own results; an unreached x has a zero gradient. Equal
        literals are one node: differentiate by an input, a parameter or a computed value, not by nrv_fill.            */
void        nrv_grad       (nrv_tensor y, nrv_tensor dy, int n, const nrv_tensor *x, nrv_tensor *dx);  /* dy NULL: scalar y */
void        nrv_jvp        (int n, const nrv_tensor *x, const nrv_tensor *dx, int m, const nrv_tensor *y, nrv_tensor *dy);
                                             /* change of each real y along dx; dx[i] as x[i], NULL: it does not move */
nrv_tensor  nrv_stop       (nrv_tensor x);
nrv_tensor  nrv_surrogate  (nrv_tensor y, nrv_tensor smooth);            /* value of y, gradient of smooth              */

/* ---- lists: a tensor for each parameter. An entry remembers its parameter, and lists meet by it: one may hold more - */
nrv_list    nrv_params     (nrv_graph *g, const char *names);            /* trainable, traced so far: "head.*,!*.bias"  */
nrv_list    nrv_stored     (nrv_graph *g, const char *names);            /* traced into this store by any program       */
nrv_list    nrv_grads      (nrv_tensor loss, nrv_list params);           /* one walk; zero where nothing is reached     */
nrv_list    nrv_list_of    (nrv_list like, const nrv_tensor *x);         /* your own values, one for each entry         */
int         nrv_list_len   (nrv_list l);
nrv_tensor  nrv_list_at    (nrv_list l, int i);
nrv_list    nrv_map        (const char *formula, int n, const nrv_list *l);             /* "p, g: p - 0.1*g"            */
#define NRV_MAP(f, ...)    nrv_map(f, NRV_N(const nrv_list, __VA_ARGS__))
nrv_list    nrv_states     (nrv_list like, const char *prefix, const double *fill);     /* "ema." + name; NULL: a copy  */
void        nrv_assign_all (nrv_list vars, nrv_list values);             /* the end of every training step              */
nrv_tensor  nrv_pack       (nrv_list l);                                 /* one flat vector: norms, all-reduce          */
nrv_list    nrv_unpack     (nrv_tensor flat, nrv_list like);
#include <nervo/nn.h>      /* generated: layers nrv_linear(x, "fc", 128, NULL)..., new values nrv_adam(params, grads, opt) */

/* ---- compile and run -------------------------------------------------------------------------------------------------- */
typedef void nrv_sink(void *user, const char *text, size_t n);
typedef struct { const char *cpu;            /* a tier of nrv_tiers(); NULL: the best                                    */
                 const char *without;        /* kernels, passes and rules switched off by name: "gemm,simplify"          */
                 int check_nan;              /* look at every step's result; stop at the first NaN and name its op       */
                 int strict;                 /* reference arithmetic: the same bits on every instruction set, slowly     */
                 int64_t reserved[4]; } nrv_compile_opt;
typedef struct { nrv_pool *pool;             /* borrowed; NULL: the calling thread                                       */
                 uint64_t stream;            /* random numbers of this worker                                            */
                 nrv_exec *share;            /* that exec's workspace; never run both at once                            */
                 int64_t flush;              /* 1: subnormal numbers count as 0, on every thread that works for a run    */
                                             /* (where a processor cannot, they stay); 0: exact, whatever the caller's   */
                                             /* mode is, which comes back afterwards                                     */
                 int64_t reserved[3]; } nrv_exec_opt;
nrv_plan   *nrv_compile    (nrv_graph *g, const nrv_compile_opt *opt);   /* g may be freed afterwards                   */
void        nrv_plan_free  (nrv_plan *p);                                /* after its execs                             */
void        nrv_plan_print (const nrv_plan *p, nrv_sink *sink, void *user);
nrv_exec   *nrv_exec_new   (const nrv_plan *p, nrv_store *s, const nrv_exec_opt *opt);  /* names are looked up in s     */
void        nrv_exec_free  (nrv_exec *e);
nrv_status  nrv_set_size   (nrv_exec *e, const char *size, int64_t n);   /* noted; takes effect in nrv_prepare          */
nrv_status  nrv_bind_in    (nrv_exec *e, const char *name, const void *data, size_t bytes);    /* read in place         */
nrv_status  nrv_bind_out   (nrv_exec *e, const char *name, void *data, size_t bytes);          /* optional              */
nrv_status  nrv_prepare    (nrv_exec *e);                                /* checks sizes, lays memory; may allocate      */
nrv_status  nrv_run        (nrv_exec *e);                                /* prepares if needed; else allocates nothing  */
void        nrv_reset      (nrv_exec *e);                                /* locals back to their fill                   */
const void *nrv_value      (nrv_exec *e, const char *name, size_t *bytes);   /* an output or local, until the next run   */
const char *nrv_why        (const nrv_exec *e);                          /* NULL = all well; e == NULL: out of memory   */
nrv_pool   *nrv_pool_new   (int threads);    /* < 1: as many as this process may use; NULL: they cannot be had         */
void        nrv_pool_free  (nrv_pool *p);                                /* after the execs that use it                 */
/* look inside while tracing: the same nodes, one by one, now; errors are the graph's */
void        nrv_feed       (nrv_tensor input, const void *data, size_t bytes);   /* copied; shows one named size it has */
nrv_status  nrv_eval       (nrv_tensor x, void *out, size_t bytes);              /* the whole tensor; out may be NULL   */
#ifdef __cplusplus
}
#endif
#endif
