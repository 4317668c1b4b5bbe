/* test_relay.c - what is laid out anew for other sizes is what an exec of its own would have laid out for them.

   A plan says of some steps that no size changes them, and of others that they lie as an earlier one does (alike.c).
   Here an exec that goes from size to size is held, field by field, against fresh ones of a plan from which all of that
   is struck. */
#include "../../src/run/exec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { RELAY_N = 12 };

/* layers that repeat, views of equal shapes that begin elsewhere, rows through strides, draws, attention */
static nrv_tensor relay_block(nrv_tensor x, int i)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_push_i(g, "l", i);
    nrv_tensor all = nrv_linear(nrv_layer_norm(x, "n", NULL), "qkv", 3 * RELAY_N, NULL), part[3];
    for (int k = 0; k < 3; k++)
        part[k] = nrv_rearrange(nrv_slice(all, 2, k * RELAY_N, RELAY_N), "b t (h d) -> b h t d", 2,
                                (const nrv_dim[]){ 3, RELAY_N / 3 });
    nrv_tensor y = nrv_attention(part[0], part[1], part[2], &(nrv_attention_opt){ .causal = 1 });
    y = nrv_dropout(nrv_rearrange(y, "b h t d -> b t (h d)", 0, NULL), "drop", 0.1);
    y = nrv_softmax(nrv_add(nrv_softmax(y, 2), nrv_param(g, "row", NRV_F32, NRV_SHAPE(RELAY_N), NRV_NORMAL(1))), 2);
    y = nrv_softmax(nrv_add(y, nrv_slice(x, 2, 0, 1)), 2); /* the same program, but a column */
    nrv_tensor first = nrv_slice(x, 2, 0, RELAY_N / 2), last = nrv_slice(x, 2, RELAY_N / 2, RELAY_N / 2);
    y = nrv_add(y, nrv_concat(2, (const nrv_tensor[]){ nrv_mul(first, last), nrv_sub(last, first) }, 2));
    nrv_pop(g);
    return nrv_add(x, nrv_relu(y));
}

static nrv_plan *relay_plan(nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_dim B = nrv_size(g, "B", 0, 64), T = nrv_size(g, "T", 2, 64);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, T, RELAY_N));
    for (int i = 0; i < 3; i++)
        x = relay_block(x, i);
    nrv_tensor square = nrv_input(g, "z", NRV_F32, NRV_SHAPE(T, T)); /* of a fixed shape, but strides as T says */
    nrv_tensor corner = nrv_slice(nrv_slice(nrv_transpose(square), 0, 0, 2), 1, 0, 2);
    nrv_tensor fixed = nrv_matmul(nrv_param(g, "f", NRV_F32, NRV_SHAPE(2, 2), NRV_NORMAL(1)), corner);
    x = nrv_add(x, nrv_mean_all(nrv_mul(nrv_matmul(fixed, fixed), nrv_add(nrv_tanh(corner), nrv_transpose(fixed)))));
    nrv_tensor image = nrv_reshape(x, NRV_SHAPE(B, 1, T, RELAY_N));
    for (int i = 0; i < 2; i++) {
        nrv_push_i(g, "c", i);
        image = nrv_relu(nrv_conv2d(image, "conv", 4, 3, &(nrv_conv_opt){ .pad = 1 }));
        nrv_pop(g);
    }
    nrv_tensor h = nrv_lstm(nrv_mean(image, 1, 0), "r", 5, &(nrv_rnn_opt){ .batch_first = 1 }, NULL, NULL);
    nrv_block *b = nrv_if(g, nrv_less(nrv_mean_all(x), nrv_fill(g, NRV_F32, NRV_SCALAR, 0)));
    nrv_tensor yes = nrv_tanh(nrv_mul_c(h, 2));
    nrv_else(b);
    nrv_tensor no = nrv_softmax(h, 2);
    nrv_end(b);
    nrv_tensor loss = nrv_mean_all(nrv_square(nrv_either(b, yes, no)));
    nrv_list p = nrv_params(g, "*");
    nrv_assign_all(p, nrv_adam(p, nrv_grads(loss, p), &(nrv_adam_opt){ .lr = 0.01 }));
    nrv_output(g, "loss", loss);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_graph_free(g);
    assert_non_null(plan);
    assert_int_equal(plan->why.status, NRV_OK);
    return plan;
}

/* ---- striking what alike.c says ---- */
static void strike_code(nrv__code *c, size_t *n_like, size_t *n_fixed)
{
    for (size_t i = 0; i < c->n_step; i++) {
        *n_like += c->step[i].like >= 0;
        *n_fixed += c->step[i].fixed;
        c->step[i].like = -1;
        c->step[i].fixed = false;
    }
    for (size_t i = 0; i < c->n_value; i++)
        c->value[i].fixed = false;
}

static nrv_plan *struck_plan(nrv_store *s)
{
    nrv_plan *p = relay_plan(s);
    size_t like = 0, fixed = 0;
    strike_code(&p->code, &like, &fixed);
    assert_true(like > 20 && fixed > 10); /* else there is nothing to hold against anything */
    like = 0;
    for (nrv__loop *l = p->loops; l; l = l->more)
        for (int k = 0; k < 2; k++)
            strike_code(&l->code[k], &like, &fixed);
    assert_true(like > 0);
    return p;
}

/* ---- field by field ---- */
static void same_views(const nrv__view *a, const nrv__view *b)
{
    assert_int_equal(a->rank, b->rank);
    assert_int_equal(a->type, b->type);
    assert_memory_equal(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim);
    assert_memory_equal(a->stride, b->stride, (size_t)a->rank * sizeof *a->stride);
}

static void same_walks(const nrv__walk *a, const nrv__walk *b, int32_t n_reg, int32_t n_instr)
{
    assert_int_equal(a->rank, b->rank);
    assert_int_equal(a->tile, b->tile);
    assert_int_equal(a->gathers, b->gathers);
    assert_int_equal(a->repeats, b->repeats);
    assert_int_equal(a->cuts, b->cuts);
    assert_memory_equal(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim);
    assert_memory_equal(a->scalar, b->scalar, (size_t)n_reg * sizeof *a->scalar);
    assert_memory_equal(a->first, b->first, (size_t)n_reg * sizeof *a->first);
    assert_memory_equal(a->ones, b->ones, (size_t)n_instr * sizeof *a->ones);
    for (int32_t r = 0; r < n_reg; r++)
        assert_memory_equal(a->stride[r], b->stride[r], (size_t)a->rank * sizeof *a->stride[r]);
}

static void same_actions(const nrv__action *a, const nrv__action *b)
{
    const nrv__step *s = a->step;
    for (int32_t k = 0; k < s->n_in && !s->tiles && !s->loop; k++)
        same_views(&a->in[k], &b->in[k]);
    if (!s->tiles && !s->loop)
        same_views(a->out, b->out);
    if (s->tiles)
        same_walks(a->walk, b->walk, s->tiles->n_reg, s->tiles->n_instr);
    assert_memory_equal(a->size, b->size, (size_t)s->n_size * sizeof *a->size);
    assert_ptr_equal(a->kernel, b->kernel);
    assert_int_equal(a->args.n, b->args.n);
    assert_int_equal(a->units, b->units);
    assert_int_equal(a->units2, b->units2);
    assert_int_equal(a->grain, b->grain);
    assert_int_equal(a->grain2, b->grain2);
    assert_int_equal(a->scratch, b->scratch);
    assert_int_equal(a->shared, b->shared);
    assert_int_equal(a->turns, b->turns);
}

static void same_frames(const nrv__frame *a, const nrv__frame *b) /* blocks here are not deep */
{
    assert_int_equal(a->need, b->need);
    assert_int_equal(a->shared_at, b->shared_at);
    for (size_t i = 0; i < a->code->n_value; i++) {
        same_views(&a->view[i], &b->view[i]);
        assert_int_equal(a->offset[i], b->offset[i]);
    }
    for (size_t i = 0; i < a->code->n_step; i++) {
        const nrv__action *x = &a->action[i], *y = &b->action[i];
        same_actions(x, y);
        for (int k = 0; x->step->loop && k < (x->step->loop->kind == NRV__IF ? 2 : 1); k++)
            same_frames(&x->inside[k], &y->inside[k]);
    }
}

static int64_t relay_sizes[][2] = { { 4, 9 }, { 5, 9 }, { 5, 33 }, { 1, 2 }, { 0, 7 }, { 64, 64 }, { 4, 9 } };

static nrv_status lay(nrv_exec *e, const int64_t *size)
{
    nrv_set_size(e, "B", size[0]);
    nrv_set_size(e, "T", size[1]);
    return nrv__layout(e);
}

static void another_size_is_laid_out_as_the_first(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = relay_plan(s), *struck = struck_plan(s);
    nrv_pool *pool = nrv_pool_new(3);
    const nrv_exec_opt opt = { .pool = pool };
    nrv_exec *e = nrv_exec_new(p, s, &opt);
    assert_non_null(pool);
    for (size_t i = 0; i < sizeof relay_sizes / sizeof *relay_sizes; i++) {
        nrv_exec *fresh = nrv_exec_new(struck, s, &opt);
        assert_int_equal(lay(e, relay_sizes[i]), NRV_OK);
        assert_int_equal(lay(fresh, relay_sizes[i]), NRV_OK);
        same_frames(&e->top, &fresh->top);
        assert_int_equal(e->need, fresh->need);
        assert_int_equal(e->scratch_each, fresh->scratch_each);
        nrv_exec_free(fresh);
    }
    nrv_exec_free(e);
    nrv_pool_free(pool);
    nrv_plan_free(p);
    nrv_plan_free(struck);
    nrv_store_free(s);
}

static void *relay_alloc(void *user, void *p, size_t old, size_t want)
{
    (void)user, (void)old;
    if (!want)
        return free(p), NULL;
    return want > (size_t)1 << 30 ? NULL : realloc(p, want);
}

/* sizes that cannot be leave behind what the next ones need */
static void a_size_that_is_refused_breaks_nothing(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = relay_alloc });
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_dim n = nrv_size(g, "n", 0, (int64_t)1 << 40);
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(3, 3), NRV_NORMAL(1));
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(n, 3));
    nrv_output(g, "y", nrv_matmul(nrv_matmul(x, nrv_transpose(w)), nrv_matmul(w, w)));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL), *fresh = nrv_exec_new(p, s, NULL);
    const int64_t sizes[] = { (int64_t)1 << 40, 7, (int64_t)1 << 40, 8 };
    for (int i = 0; i < 4; i++) {
        nrv_set_size(e, "n", sizes[i]);
        assert_int_equal(nrv__layout(e), i % 2 ? NRV_OK : NRV_ENOMEM);
    }
    nrv_set_size(fresh, "n", 8);
    assert_int_equal(nrv__layout(fresh), NRV_OK);
    same_frames(&e->top, &fresh->top);
    nrv_exec_free(e);
    nrv_exec_free(fresh);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_size_is_laid_out_as_the_first),
        cmocka_unit_test(a_size_that_is_refused_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
