/* grid.c - all combinations of the elements of vectors: meshgrid, cartesian_prod, combinations. */
#include "../op.h"
#include <string.h>

enum { GRID_MOST = 1 << 24 };
extern const nrv__opdef nrv__op_meshgrid, nrv__op_cartesian_prod, nrv__op_combinations;

/* n vectors (or scalars, which are vectors of one) of one type; false: the error is set */
static bool grid_vectors(const nrv__opdef *op, int n, const nrv_tensor *x)
{
    if (n < 1 || !x || !nrv__op_wants(op, n, x))
        return false;
    if (n > NRV__MAX_RANK)
        return nrv__op_refuses(op, 1, x, NRV_ESHAPE, "ranks go up to 8", "%d vectors", n), false;
    for (int i = 0; i < n; i++)
        if (x[i]->rank > 1 || x[i]->type != x[0]->type)
            return nrv__op_refuses(op, n, x, NRV_ESHAPE, "vectors of one type", "input %d is %s of rank %d", i,
                                   nrv__dtype_name(x[i]->type), x[i]->rank),
                   false;
    return true;
}

static nrv_tensor meshgrid_make(nrv__case *c)
{
    nrv_tensor y[NRV__MAX_RANK] = { NULL };
    const char *indexing = nrv__case_text(c, "indexing");
    nrv_meshgrid(c->n_x, c->x, indexing && !strcmp(indexing, "xy"), y);
    for (int i = 1; i < c->n_x && i < NRV__MAX_RANK; i++)
        c->also[c->n_also++] = y[i];
    return y[0];
}

static nrv_tensor cartesian_prod_make(nrv__case *c)
{
    return nrv_cartesian_prod(c->n_x, c->x);
}

static nrv_tensor combinations_make(nrv__case *c)
{
    return nrv_combinations(c->x[0], nrv__case_int(c, "r", 2), nrv__case_int(c, "with_replacement", 0) != 0);
}

NRV_OP(
    meshgrid, .sig = "any x[n]... -> y[n...]...",
    .doc =
        "The coordinates of a grid: for each vector a tensor with an axis for every vector, along whose own axis its "
        "elements lie. indexing=xy exchanges the first two axes.",
    .flags = NRV_MACRO, .make = meshgrid_make, .torch = "meshgrid", .numpy = "meshgrid",
    .refuse = { "a[3], b[2,2] => meshgrid: input 1 is f32 of rank 2 | in here | input 0: input f32 [3] a | input 1: "
                "input f32 [2, 2] b | hint vectors of one type",
                "a[3], b:i32[2] => meshgrid: input 1 is i32 of rank 1 | in here | input 0: input f32 [3] a | input 1: "
                "input i32 [2] b | hint vectors of one type" },
    .test = { "a[3], b[2]", "a[3], b[2], c[4], indexing=xy", "a[3]", "a[], b[2]", "a[3], b[2], indexing=ij" });
NRV_OP(
    cartesian_prod, .sig = "any x[n]... -> y[N,k]",
    .doc = "All combinations of an element of each vector, in the order of the last one first; of one vector itself.",
    .flags = NRV_MACRO, .make = cartesian_prod_make, .torch = "cartesian_prod",
    .refuse = { "a[3], b[2,2] => cartesian_prod: input 1 is f32 of rank 2 | in here | input 0: input f32 [3] a | input "
                "1: input f32 [2, 2] b | hint vectors of one type",
                "a[3], b:i32[2] => cartesian_prod: input 1 is i32 of rank 1 | in here | input 0: input f32 [3] a | "
                "input 1: input i32 [2] b | hint vectors of one type" },
    .test = { "a[3], b[2]", "a[2], b[3], c[2]", "a[3]", "a[3], b[0]" });
NRV_OP(combinations, .sig = "any x[n] -> y[N,r]",
       .doc = "All choices of r elements of a vector in its order, without or with repetition.", .flags = NRV_MACRO,
       .make = combinations_make, .torch = "combinations",
       .refuse = { "x[3,2] => combinations: a tensor of rank 2 | in here | input 0: input f32 [3, 2] x | hint a vector "
                   "of a length that is a number",
                   "x[3], r=-1 => combinations: -1 of 3 elements | in here | input 0: input f32 [3] x | hint the "
                   "choices become a constant of at most 2^24 indexes",
                   "x[200], r=9 => combinations: 9 of 200 elements | in here | input 0: input f32 [200] x | hint the "
                   "choices become a constant of at most 2^24 indexes" },
       .test = { "x[4]", "x[5], r=3", "x[3], with_replacement=1", "x[3], r=1", "x[2], r=3", "x[3], r=0" });

/* The coordinates of a grid: n vectors (n_i) -> y[i] (n_0,n_1,...), whose elements along axis i are x[i]'s. xy: the
   first two axes change places, as pictures have them. y: room for n, all NULL after an error. */
NRV_API void nrv_meshgrid(int n, const nrv_tensor *x, int xy, nrv_tensor *y)
{
    nrv_shape whole = { n, { 0 } };
    for (int i = 0; i < n && y; i++)
        y[i] = NULL;
    if (!y || !grid_vectors(&nrv__op_meshgrid, n, x))
        return;
    for (int i = 0; i < n; i++)
        whole.dim[i] = x[i]->rank ? x[i]->dim[0] : 1;
    for (int i = 0; i < n; i++) {
        y[i] = nrv_broadcast(nrv__line(nrv_merge_axes(x[i], 0, -1), n, i), whole);
        if (xy && n > 1)
            y[i] = nrv_swap_axes(y[i], 0, 1);
    }
}

/* All combinations of an element of each of k vectors: (n_0), (n_1), ... -> (n_0*n_1*..., k), the last running fastest.
   One vector stays a vector. */
NRV_API nrv_tensor nrv_cartesian_prod(int n, const nrv_tensor *x)
{
    nrv_tensor y[NRV__MAX_RANK];
    if (!grid_vectors(&nrv__op_cartesian_prod, n, x))
        return NULL;
    if (n == 1)
        return nrv_merge_axes(x[0], 0, -1);
    nrv_meshgrid(n, x, 0, y);
    for (int i = 0; i < n; i++)
        y[i] = nrv_merge_axes(y[i], 0, -1);
    return nrv_stack(n, y, 1);
}

/* the choice after `at`, which is not the last */
static void grid_next(int64_t *at, int64_t r, int64_t n, bool again)
{
    int64_t i = r - 1;
    while (i >= 0 && at[i] == n - 1 - (again ? 0 : r - 1 - i))
        i--;
    if (i < 0)
        return;
    at[i]++;
    for (int64_t k = i + 1; k < r; k++)
        at[k] = at[k - 1] + !again;
}

/* n over r, or n + r - 1 over r; -1: more than are written down here */
static int64_t grid_choices(int64_t n, int64_t r, bool again)
{
    if (r < 0 || n > GRID_MOST || r > GRID_MOST)
        return -1;
    if (r > n && (!again || n == 0))
        return 0;
    int64_t of = again && r ? n + r - 1 : n, few = r < of - r ? r : of - r, count = 1;
    for (int64_t i = 1; i <= few && count >= 0; i++) {
        count = count * (of - few + i) / i;
        count = count > GRID_MOST / (r + 1) ? -1 : count;
    }
    return count;
}

/* All choices of r elements of x (n), in its order, as rows: (n over r, r); with `again` an element may be chosen
   several times. The choices are a constant: at most 2^24 indexes. */
NRV_API nrv_tensor nrv_combinations(nrv_tensor x, int64_t r, int again)
{
    NRV_CALLED(&nrv__op_combinations, x);
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank != 1 || x->dim[0] < 0)
        return nrv__op_refuses(&nrv__op_combinations, 1, &x, NRV_ESHAPE, "a vector of a length that is a number",
                               "a tensor of rank %d", x->rank);
    const int64_t n = x->dim[0], count = grid_choices(n, r, again != 0);
    if (count < 0)
        return nrv__op_refuses(&nrv__op_combinations, 1, &x, NRV_ESHAPE,
                               "the choices become a constant of at most 2^24 indexes", "%lld of %lld elements",
                               (long long)r, (long long)n);
    if (r == 0)
        return nrv_slice(x, 0, 0, 0);
    int64_t *at = nrv__arena_get(&x->g->arena, (size_t)((count + 1) * r) * sizeof *at);
    if (!at)
        return nrv__op_refuses(&nrv__op_combinations, 1, &x, NRV_ENOMEM, NULL, "no memory");
    for (int64_t i = 0; i < r; i++)
        at[i] = again ? 0 : i;
    for (int64_t k = 1; k < count; k++) {
        memcpy(at + k * r, at + (k - 1) * r, (size_t)r * sizeof *at);
        grid_next(at + k * r, r, n, again != 0);
    }
    return nrv_gather(x, nrv_constant(x->g, NRV_I64, NRV_SHAPE(count, r), at), 0);
}
