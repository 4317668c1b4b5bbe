/* op.h - included first by every file of src/ops: the record (graph/record.h) and small things that many ops want. */
#ifndef NRV__OP_H
#define NRV__OP_H
#include "../graph/record.h"

extern const nrv__opdef *const nrv__ops[]; /* generated: every op, by name; ends with NULL */
const nrv__opdef *nrv__op_find(const char *name, size_t n);
/* as PyTorch knows it ("max_pool2d", the last part of a name there), else by its own name, else by what it also answers
   to: a few names mean one thing there and another here */
const nrv__opdef *nrv__op_known_as(const char *name, size_t n);

/* ---- how an op made of others refuses in its own name, before they do in theirs ---- */
/* none is NULL, all are of one graph without an error; false: that is not so, and the error is set */
bool nrv__op_wants(const nrv__opdef *op, int n, const nrv_tensor *in);
bool nrv__op_wants_real(const nrv__opdef *op, int n, const nrv_tensor *in);         /* and of one real type */
bool nrv__op_wants_index(const nrv__opdef *op, int n, const nrv_tensor *in, int i); /* and in[i] is i32 or i64 */
/* the common shape of n inputs of one graph; false: there is none, and the error is set */
bool nrv__op_common(const nrv__opdef *op, int n, const nrv_tensor *in, nrv_shape *to);
/* sets the error, naming the op, what, the scope, every input and the remedy; always NULL */
nrv_tensor nrv__op_refuses(const nrv__opdef *op, int n, const nrv_tensor *in, nrv_status status, const char *hint,
                           const char *fmt, ...) NRV__PRINTF(6, 7);

/* .refuse of an op of one input x that wants a real type; and of one that wants a number */
#define NRV_WANTS_REAL(id)                                                                                      \
    { "x:i32[3] => " #id ": input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint " \
      "nrv_cast it to NRV_F32",                                                                                 \
      "x:bool[2] => " #id                                                                                       \
      ": input 0 is bool, a real type is wanted | in here | input 0: input bool [2] x | hint nrv_cast it to "   \
      "NRV_F32" }
#define NRV_WANTS_NUMBER(id)                                                                                    \
    { "x:bool[3] => " #id ": input 0 is bool, a number is wanted | in here | input 0: input bool [3] x | hint " \
      "nrv_cast it to a number",                                                                                \
      "x:bool[] => " #id                                                                                        \
      ": input 0 is bool, a number is wanted | in here | input 0: input bool [] x | hint nrv_cast it to a "     \
      "number" }

/* ---- small things that many ops want ---- */
bool nrv__axis(nrv_tensor x, int *axis, const char *op); /* negative counts from the end; false: error is set */
nrv_tensor nrv__like(nrv_tensor x, double value);        /* a scalar constant of x's type */
nrv_tensor nrv__cast_like(nrv_tensor x, nrv_tensor like);
nrv_tensor nrv__line(nrv_tensor v, int rank, int axis); /* (n) as that axis of so many, the others of length 1 */
nrv_tensor nrv__places(nrv_tensor x, int axis);         /* 0, 1, 2... along an axis of x, i32, as nrv__line */
nrv_tensor nrv__sum_axes(nrv_tensor x, int64_t axes, int keep);
nrv_tensor nrv__again(nrv_tensor x, nrv_tensor after);
nrv_tensor nrv__cotangent(nrv_tensor y, int number);
nrv_tensor nrv__joined(nrv_tensor a, nrv_tensor b);    /* a + b where each is zero where the other is not; else NULL */
nrv_tensor nrv__sum_to(nrv_tensor x, nrv_tensor like); /* undo a broadcast */
/* ---- rules for batching, see nrv__batch; NULL: not this way ---- */
nrv_tensor nrv__batch_wide(const nrv__batch *b, int i); /* input i with the turns in front, whatever it was */
nrv_tensor nrv__batch_aligned(const nrv__batch *b, int i,
                              int rank);                         /* where wide: (T, 1..., its axes), rank + 1 in all */
nrv_tensor nrv__batch_merged(const nrv__batch *b, int i);        /* (T*n, ...): the turns folded into its axis 0 */
nrv_tensor nrv__batch_parted(const nrv__batch *b, nrv_tensor y); /* and out again, into y's shape of each turn */
nrv_tensor nrv__batch_point(const nrv__batch *b);                /* element-wise ops */
nrv_tensor nrv__batch_sized(const nrv__batch *b, const void *attr,
                            int axis); /* x[0] alone; axis < 0: T is a length, too */
nrv_tensor nrv__uniform(nrv_graph *g, const char *op, const char *name, nrv_dtype t,
                        nrv_shape shape);  /* op: in errors */
nrv_tensor nrv__run_counter(nrv_graph *g); /* i64 scalar: the counter of random draws, another in every turn of loops */
#endif
