/* test_batch.c - an op that says how it is batched does many turns of a loop as each turn alone does it, bit for bit:
   for every such op, each of its cases and every choice of inputs that differ from turn to turn, evaluated and
   compiled. Where a turn is refused, so is the batch. Its gradient is that of the turns together. */
#include "support/each_op.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_TURNS = 3 };

typedef struct batch_case {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x[CASE_INPUTS], z, y[BATCH_TURNS];
    void *data[CASE_INPUTS];
    size_t bytes[CASE_INPUTS];
} batch_case;

/* values of every turn, where the input is wide: those of the case, in the second choice moved along turn by turn */
static void batch_feed(batch_case *k, const op_case *c, int i, bool wide, bool moved)
{
    const case_input *x = &c->x[i];
    int64_t turns = wide ? BATCH_TURNS : 1;
    double *v = malloc((size_t)(x->n * turns + 1) * sizeof *v);
    k->bytes[i] = (size_t)(x->n * turns) * nrv__dtype_size(x->type);
    k->data[i] = malloc(k->bytes[i] + 1);
    assert_true(v != NULL && k->data[i] != NULL);
    for (int64_t t = 0; t < turns; t++)
        for (int64_t e = 0; e < x->n; e++)
            v[t * x->n + e] = x->value[(e + (moved ? t : 0)) % x->n];
    nrv__from_double(k->data[i], x->type, v, x->n * turns);
    nrv_feed(k->x[i], k->data[i], k->bytes[i]);
    free(v);
}

static bool batch_open(batch_case *k, const op_case *c, unsigned mask, bool moved)
{
    bool wide[CASE_INPUTS] = { false };
    nrv_tensor at[CASE_INPUTS];
    *k = (batch_case){ .s = nrv_store_new(NULL) };
    k->g = nrv_graph_new(k->s, 0);
    for (int i = 0; i < c->n_x; i++)
        if (c->x[i].rank == NRV__MAX_RANK && mask >> i & 1)
            return false; /* no loop has such an input */
    for (int i = 0; i < c->n_x; i++) {
        nrv_shape shape = { c->x[i].rank, { 0 } };
        wide[i] = mask >> i & 1;
        memcpy(shape.dim + wide[i], c->x[i].dim, (size_t)shape.rank * sizeof *shape.dim);
        shape.dim[0] = wide[i] ? BATCH_TURNS : shape.dim[0];
        shape.rank += wide[i];
        k->x[i] = nrv_input(k->g, c->x[i].name, c->x[i].type, shape);
        batch_feed(k, c, i, wide[i], moved);
    }
    for (int t = 0; t < BATCH_TURNS; t++) {
        for (int i = 0; i < c->n_x; i++) {
            nrv_shape shape = { c->x[i].rank, { 0 } };
            memcpy(shape.dim, c->x[i].dim, sizeof shape.dim);
            at[i] = wide[i] ? nrv_reshape(nrv_slice(k->x[i], 0, t, 1), shape) : k->x[i];
        }
        k->y[t] = case_make(c, k->g, at);
    }
    if (k->y[0] && k->y[0]->op == c->op && k->y[0]->n_in == c->n_x) /* a draw has its counter beside them */
        k->z = c->op->batch(&(nrv__batch){ k->g, k->y[0], k->x, wide, BATCH_TURNS });
    if (nrv_graph_why(k->g))
        case_fails(c, "inputs %x wide: %s", mask, nrv_graph_why(k->g));
    return k->z != NULL;
}

static void batch_close(batch_case *k)
{
    for (int i = 0; i < CASE_INPUTS; i++)
        free(k->data[i]);
    nrv_graph_free(k->g);
    nrv_store_free(k->s);
}

static void batch_same(const op_case *c, unsigned mask, const void *z, const void *y, size_t each, int t,
                       const char *how)
{
    if (each && memcmp((const char *)z + (size_t)t * each, y, each) != 0)
        case_fails(c, "%s, inputs %x wide: turn %d of the batch differs from the turn alone", how, mask, t);
}

static bool batch_evaluated(const op_case *c, batch_case *k, unsigned mask)
{
    size_t each = (size_t)case_elements(k->y[0]) * nrv__dtype_size(k->y[0]->type);
    char *z = malloc(each * BATCH_TURNS + 1), *y = malloc(each * BATCH_TURNS + 1);
    assert_true(z != NULL && y != NULL);
    nrv_status st = NRV_OK;
    for (int t = 0; t < BATCH_TURNS && !st; t++)
        st = nrv_eval(k->y[t], y + (size_t)t * each, each);
    if (!st && nrv_eval(k->z, z, each * BATCH_TURNS))
        case_fails(c, "inputs %x wide: %s", mask, nrv_graph_why(k->g));
    for (int t = 0; t < BATCH_TURNS && !st; t++)
        batch_same(c, mask, z, y + (size_t)t * each, each, t, "evaluated");
    free(z);
    free(y);
    return !st;
}

static void batch_compiled(const op_case *c, batch_case *k, unsigned mask, bool good)
{
    static const char *const name[BATCH_TURNS] = { "y0", "y1", "y2" };
    nrv_output(k->g, "z", k->z);
    for (int t = 0; t < BATCH_TURNS && good; t++)
        nrv_output(k->g, name[t], k->y[t]);
    nrv_plan *p = nrv_compile(k->g, NULL);
    nrv_exec *e = nrv_exec_new(p, k->s, NULL);
    for (int i = 0; i < c->n_x; i++)
        nrv_bind_in(e, c->x[i].name, k->data[i], k->bytes[i]);
    nrv_status st = nrv_run(e);
    if (st != (good ? NRV_OK : NRV_EVALUE))
        case_fails(c, "inputs %x wide: %s", mask, nrv_why(e) ? nrv_why(e) : "a turn was refused, the batch was not");
    for (int t = 0; t < BATCH_TURNS && good; t++) {
        size_t all = 0, each = 0;
        const void *z = nrv_value(e, "z", &all), *y = nrv_value(e, name[t], &each);
        assert_int_equal(all, each * BATCH_TURNS);
        batch_same(c, mask, z, y, each, t, "compiled");
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static nrv_tensor batch_squares(nrv_tensor x)
{
    return nrv_sum_all(nrv_square(x));
}

/* the gradient of the batch is that of the turns together: the op's rule knows what its batching makes of it */
static void batch_gradient(const op_case *c, batch_case *k, unsigned mask)
{
    nrv_tensor x[CASE_INPUTS], dz[CASE_INPUTS], dy[CASE_INPUTS], sum = batch_squares(k->y[0]);
    int n = 0;
    for (int t = 1; t < BATCH_TURNS; t++)
        sum = nrv_add(sum, batch_squares(k->y[t]));
    for (int i = 0; i < c->n_x; i++)
        if (nrv__dtype_real(k->x[i]->type))
            x[n++] = k->x[i];
    nrv_grad(batch_squares(k->z), NULL, n, x, dz);
    nrv_grad(sum, NULL, n, x, dy);
    for (int i = 0; i < n; i++) {
        int64_t count = 0;
        double *a = case_value(dz[i], &count), *b = case_value(dy[i], &count);
        if (!a || !b)
            case_fails(c, "inputs %x wide: %s", mask, nrv_graph_why(k->g));
        for (int64_t e = 0; e < count; e++)
            if (!(isnan(a[e]) && isnan(b[e])) && !(fabs(a[e] - b[e]) <= 1e-12 * case_scale(b, count)))
                case_fails(c, "inputs %x wide: by %s[%d] it is %.15g, the turns together give %.15g", mask, x[i]->name,
                           (int)e, a[e], b[e]);
        free(a);
        free(b);
    }
}

/* eager evaluation of a refused value breaks its graph: the batch is compiled from another */
static int batch_choice(const op_case *c, unsigned mask, bool moved)
{
    batch_case k, again;
    if (!batch_open(&k, c, mask, moved)) {
        batch_close(&k);
        return 0;
    }
    assert_int_equal(k.z->rank, k.y[0]->rank + 1);
    assert_int_equal(k.z->type, k.y[0]->type);
    bool good = batch_evaluated(c, &k, mask);
    if (good && c->real == NRV_F64 && k.z->type == NRV_F64)
        batch_gradient(c, &k, mask);
    assert_true(batch_open(&again, c, mask, moved));
    batch_compiled(c, &again, mask, good);
    batch_close(&again);
    batch_close(&k);
    return good;
}

static void batch_is_the_loop(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    int good = 0;
    if (!op->batch)
        return;
    for (int t = 0; t < 2; t++)
        for (int i = 0; each_case(op, i, t ? NRV_F64 : NRV_F32, &c); i++) {
            for (unsigned mask = 1; mask < 1u << c.n_x; mask++)
                good += batch_choice(&c, mask, false) + batch_choice(&c, mask, true);
            case_free(&c);
        }
    assert_true(good > 0);
}

int main(void)
{
    return each_op("batch", batch_is_the_loop);
}
