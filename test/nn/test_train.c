/* test_train.c - a network of all kinds of layers trained by every optimiser: the compiled plan and eager evaluation
   say the same in every step, state included, and the loss falls. */
#include "nervo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <cmocka.h>

enum { BATCH = 12, PIXELS = 64, STEPS = 12 };
static float x[BATCH * PIXELS];
static int32_t t[BATCH];

static void data_make(void)
{
    uint32_t r = 1;
    for (int i = 0; i < BATCH * PIXELS; i++) {
        r = r * 1664525u + 1013904223u;
        x[i] = (float)(r >> 8) * 0x1p-24f;
    }
    for (int i = 0; i < BATCH; i++)
        t[i] = i % 3;
}

static nrv_list update(nrv_graph *g, const char *optim, nrv_list p, nrv_list d)
{
    if (strcmp(optim, "sgd") == 0)
        return nrv_sgd(p, d, &(nrv_sgd_opt){ .lr = 0.05, .momentum = 0.9, .decay = 1e-3, .nesterov = 1 });
    if (strcmp(optim, "adam") == 0)
        return nrv_adam(p, d, &(nrv_adam_opt){ .lr = 0.02, .decay = 1e-3 });
    nrv_tensor rate = nrv_cosine_rate(g, "adamw", 0.05, 3, 40);
    return nrv_adamw(p, nrv_clip_norm(d, 1), &(nrv_adam_opt){ .rate = rate });
}

static nrv_tensor step_trace(nrv_graph *g, const char *text, const char *optim, bool feed)
{
    nrv_dim b = nrv_size(g, "B", 2, 64);
    nrv_tensor in = nrv_input(g, "x", NRV_F32, NRV_SHAPE(b, 1, 8, 8)), want = nrv_input(g, "t", NRV_I32, NRV_SHAPE(b));
    if (feed) {
        nrv_feed(in, x, sizeof x);
        nrv_feed(want, t, sizeof t);
    }
    nrv_tensor loss = nrv_cross_entropy(nrv_layers(in, "net", text), want);
    nrv_list p = nrv_params(g, "*");
    nrv_assign_all(p, update(g, optim, p, nrv_grads(loss, p)));
    nrv_output(g, "loss", loss);
    if (nrv_graph_why(g))
        print_message("%s\n", nrv_graph_why(g));
    assert_null(nrv_graph_why(g));
    return loss;
}

static void train_eager(nrv_store *s, const char *text, const char *optim, float *loss)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN | NRV_EAGER);
    for (int i = 0; i < STEPS; i++) {
        assert_int_equal(nrv_eval(step_trace(g, text, optim, true), &loss[i], sizeof *loss), NRV_OK);
        nrv_graph_reset(g);
    }
    nrv_graph_free(g);
}

static void train_compiled(nrv_store *s, const char *text, const char *optim, float *loss)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    step_trace(g, text, optim, false);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, s, NULL);
    nrv_graph_free(g);
    nrv_set_size(e, "B", BATCH);
    nrv_bind_in(e, "x", x, sizeof x);
    nrv_bind_in(e, "t", t, sizeof t);
    for (int i = 0; i < STEPS; i++) {
        nrv_bind_out(e, "loss", &loss[i], sizeof *loss);
        if (nrv_run(e) != NRV_OK)
            print_message("%s\n", nrv_why(e));
        assert_null(nrv_why(e));
    }
    nrv_exec_free(e);
    nrv_plan_free(plan);
}

static void both(const char *text, const char *optim, const char *state)
{
    float eager[STEPS], compiled[STEPS];
    nrv_store *a = nrv_store_new(NULL), *b = nrv_store_new(NULL);
    nrv_shape shape;
    data_make();
    train_eager(a, text, optim, eager);
    train_compiled(b, text, optim, compiled);
    for (int i = 0; i < STEPS; i++)
        assert_true(fabsf(eager[i] - compiled[i]) <= 1e-3f * (1 + fabsf(eager[i])));
    assert_true(compiled[STEPS - 1] < 0.9f * compiled[0]);
    const float *va = nrv_store_data(a, state, &shape, NULL), *vb = nrv_store_data(b, state, NULL, NULL);
    assert_non_null(va);
    assert_non_null(vb);
    for (int i = 0; i < shape.dim[0]; i++)
        assert_true(fabsf(va[i] - vb[i]) <= 1e-2f * (1e-3f + fabsf(va[i])));
    nrv_store_free(a);
    nrv_store_free(b);
}

static void test_dense(void **state)
{
    (void)state;
    both("flatten | dense 8 relu | dense 3", "adam", "adam.exp_avg.net.3.bias");
    both("flatten | dense 8 tanh | dense 3", "sgd", "sgd.momentum_buffer.net.3.bias");
}

static void test_images(void **state)
{
    (void)state;
    both("conv 4 3x3 bn relu | pool 2 | residual { conv 4 3x3 pad 1 } parallel { identity ; conv 2 1 } | flatten "
         "dropout 0.2 | dense 8 ln gelu | dense 3",
         "adamw", "net.1.running_var");
    both("conv_transposed 3 2 stride 2 silu | avg_pool 4 | residual { conv 6 1 stride 2 bn } | global_avg_pool | dense "
         "3",
         "sgd", "net.3.shortcut.weight");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_dense), cmocka_unit_test(test_images) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
