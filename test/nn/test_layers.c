/* test_layers.c - layers against PyTorch's values and gradients in float64; batch norm's state; dropout in its three
   moods; the worked XOR network of the course; what layers refuse. */
#include "npy_case.h"

#include <math.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- PyTorch ---- */
typedef nrv_tensor layer_fn(nrv_tensor x);

static nrv_tensor layer_conv(nrv_tensor x)
{
    return nrv_conv2d(x, "l", 3, 1, NULL);
}

static nrv_tensor layer_conv_transposed(nrv_tensor x)
{
    return nrv_conv2d_transposed(x, "l", 3, 3, &(nrv_conv_opt){ .pad = 1, .dilation = 2 });
}

static nrv_tensor layer_bn(nrv_tensor x)
{
    return nrv_batch_norm(x, "l", NULL);
}

static nrv_tensor layer_ln(nrv_tensor x)
{
    return nrv_layer_norm(x, "l", NULL);
}

static const struct {
    const char *folder;
    unsigned mode;
    layer_fn *layer;
} cases[] = {
    { "conv/conv2d_6", NRV_EVAL, layer_conv },          { "conv/conv_transpose2d_3", NRV_EVAL, layer_conv_transposed },
    { "norm/batch_norm_train_0", NRV_TRAIN, layer_bn }, { "norm/batch_norm_eval_0", NRV_EVAL, layer_bn },
    { "norm/batch_norm_eval_2", NRV_EVAL, layer_bn },   { "norm/layer_norm_0", NRV_EVAL, layer_ln },
};
static const char *const stored_as[][2] = {
    { "in_w", "l.weight" }, { "in_b", "l.bias" }, { "in_rm", "l.running_mean" }, { "in_rv", "l.running_var" }
};

static void store_fill(nrv_store *s, const char *name, const npy_array *a)
{
    nrv_shape shape;
    double *to = nrv_store_data(s, name, &shape, NULL);
    assert_non_null(to);
    assert_int_equal(shape.rank, a->shape.rank);
    for (int i = 0; i < shape.rank; i++)
        assert_int_equal(shape.dim[i], a->shape.dim[i]);
    memcpy(to, a->at, a->n * sizeof *to);
}

static void near_array(nrv_tensor have, const char *folder, const char *name)
{
    npy_array want = npy_load(folder, name);
    double value[512];
    assert_non_null(want.file);
    assert_true(want.n <= 512);
    assert_int_equal(nrv_eval(have, value, want.n * sizeof *value), NRV_OK);
    for (size_t i = 0; i < want.n; i++)
        assert_true(fabs(value[i] - want.at[i]) <= 1e-9 * (1 + fabs(want.at[i])));
    npy_free(&want);
}

static nrv_tensor constant_of(nrv_graph *g, const char *folder, const char *name)
{
    npy_array a = npy_load(folder, name);
    assert_non_null(a.file);
    nrv_tensor x = nrv_constant(g, NRV_F64, a.shape, a.at);
    npy_free(&a);
    return x;
}

static void weights_load(nrv_store *s, const char *folder)
{
    for (size_t i = 0; i < sizeof stored_as / sizeof *stored_as; i++) {
        npy_array a = npy_load(folder, stored_as[i][0]);
        if (a.file)
            store_fill(s, stored_as[i][1], &a);
        npy_free(&a);
    }
}

static void torch_case(const char *folder, unsigned mode, layer_fn *layer)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, mode);
    nrv_tensor x = constant_of(g, folder, "in_x"), y = layer(x), d[3];
    assert_null(nrv_graph_why(g));
    weights_load(s, folder);
    near_array(y, folder, "out_0");
    nrv_list p = nrv_params(g, "*"); /* bias, weight */
    assert_int_equal(nrv_list_len(p), 2);
    nrv_grad(y, constant_of(g, folder, "w_0"), 3, (const nrv_tensor[]){ x, nrv_list_at(p, 1), nrv_list_at(p, 0) }, d);
    near_array(d[0], folder, "grad_x");
    near_array(d[1], folder, "grad_w");
    near_array(d[2], folder, "grad_b");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static bool shared_here(void)
{
    size_t n;
    unsigned char *here = shared_bytes(shared_path("torch/conv/conv2d_6/case.json"), &n);
    free(here);
    if (!here)
        print_message("skipped: no %s; set NERVO_SHARED\n", shared_path("torch/conv/conv2d_6/case.json"));
    return here != NULL;
}

static void test_torch(void **state)
{
    (void)state;
    if (!shared_here())
        skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        torch_case(cases[i].folder, cases[i].mode, cases[i].layer);
}

/* running values after one training step */
static void test_running(void **state)
{
    (void)state;
    if (!shared_here())
        skip();
    for (int k = 0; k < 3; k++) {
        char folder[64];
        snprintf(folder, sizeof folder, "norm/batch_norm_running_%d", k);
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_TRAIN | NRV_EAGER);
        nrv_tensor x = constant_of(g, folder, "in_x");
        layer_bn(x);
        nrv_graph_reset(g); /* declares the state */
        weights_load(s, folder);
        int64_t *seen = nrv_store_data(s, "l.num_batches_tracked", NULL, NULL);
        *seen = 6;
        assert_non_null(layer_bn(constant_of(g, folder, "in_x")));
        nrv_graph_reset(g);
        assert_int_equal(*seen, 7);
        near_array(nrv_state(g, "l.running_mean", NRV_F64, NRV_SHAPE(4), 0), folder, "out_0");
        near_array(nrv_state(g, "l.running_var", NRV_F64, NRV_SHAPE(4), 1), folder, "out_1");
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* ---- batch norm's modes ---- */
static void test_quiet(void **state)
{
    (void)state;
    static const float x[6] = { 1, 10, 2, 20, 3, 60 };
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN | NRV_EAGER);
    nrv_enter(g, &(nrv_scope){ .mode = NRV_QUIET });
    float y[6];
    assert_int_equal(
        nrv_eval(nrv_batch_norm(nrv_constant(g, NRV_F32, NRV_SHAPE(3, 2), x), "bn", &(nrv_norm_opt){ .eps = -1 }), y,
                 sizeof y),
        NRV_OK);
    assert_float_equal(y[0], -sqrt(1.5), 1e-6); /* (1 - 2) / sqrt(2/3): eps below zero means zero */
    nrv_pop(g);
    nrv_graph_reset(g);
    assert_float_equal(((float *)nrv_store_data(s, "bn.running_mean", NULL, NULL))[1], 0, 0);
    assert_int_equal(*(int64_t *)nrv_store_data(s, "bn.num_batches_tracked", NULL, NULL), 0);
    nrv_batch_norm(nrv_constant(g, NRV_F32, NRV_SHAPE(3, 2), x), "bn", &(nrv_norm_opt){ .momentum = 1 });
    assert_null(nrv_graph_why(g));
    nrv_graph_reset(g);
    assert_float_equal(((float *)nrv_store_data(s, "bn.running_mean", NULL, NULL))[1], 30, 1e-5);
    assert_float_equal(((float *)nrv_store_data(s, "bn.running_var", NULL, NULL))[1], 700, 1e-3); /* unbiased */
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void test_batch_norm_initial(void **state)
{
    (void)state;
    static const float x[6] = { 1, 10, 2, 20, 3, 60 };
    float y[6];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    assert_int_equal(nrv_eval(nrv_batch_norm(nrv_constant(g, NRV_F32, NRV_SHAPE(3, 2), x), "bn", NULL), y, sizeof y),
                     NRV_OK);
    for (int i = 0; i < 6; i++) /* mean 0, variance 1, weight 1, bias 0: only eps is felt */
        assert_float_equal(y[i], x[i] / sqrtf(1 + 1e-5f), 1e-4f);
    assert_int_equal(nrv_list_len(nrv_params(g, "*")), 2);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* ---- dropout ---- */
enum { DROPPED = 20000 };

static void dropout_once(unsigned mode, double p, float *y)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, mode);
    nrv_tensor x = nrv_fill(g, NRV_F32, NRV_SHAPE(DROPPED), 3);
    assert_int_equal(nrv_eval(nrv_dropout(x, "drop", p), y, DROPPED * sizeof *y), NRV_OK);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void test_dropout(void **state)
{
    (void)state;
    static float y[DROPPED], z[DROPPED];
    int zeros = 0;
    dropout_once(NRV_TRAIN, 0.25, y);
    for (int i = 0; i < DROPPED; i++) {
        zeros += y[i] == 0;
        assert_true(y[i] == 0 || fabsf(y[i] - 4) < 1e-6f);
    }
    assert_in_range(zeros, 4700, 5300); /* 5000 +- 5 deviations of 61 */
    dropout_once(NRV_TRAIN, 0.25, z);
    assert_memory_equal(y, z, sizeof y); /* same seed, name and run: same draw */
    dropout_once(NRV_TRAIN, 0, y);
    dropout_once(NRV_TRAIN, 1, z);
    for (int i = 0; i < DROPPED; i++)
        assert_true(y[i] == 3 && z[i] == 0);
    dropout_once(NRV_EVAL, 0.25, y);
    for (int i = 0; i < DROPPED; i++)
        assert_true(y[i] == 3);
}

static void test_dropout_gradient(void **state)
{
    (void)state;
    float y[64], d[64];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_param(g, "x", NRV_F32, NRV_SHAPE(64), NRV_ONES), out = nrv_dropout(x, "drop", 0.5), dx;
    nrv_grad(nrv_sum_all(out), NULL, 1, &x, &dx);
    assert_int_equal(nrv_eval(out, y, sizeof y), NRV_OK);
    assert_int_equal(nrv_eval(dx, d, sizeof d), NRV_OK);
    assert_memory_equal(y, d, sizeof y); /* x is 1 everywhere, so the gradient is the mask: kept ones are 2 */
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* ---- the worked XOR network (systems.md 2b, 36 to 41) ---- */
static void xor_weights(nrv_store *s, nrv_dtype t)
{
    static const struct {
        const char *name;
        int n;
        double v[4];
    } w[] = { { "0.weight", 4, { 1, 1, 1, 1 } },
              { "0.bias", 2, { 0, -1 } },
              { "2.weight", 2, { 1, -2 } },
              { "2.bias", 1, { 0 } } };
    for (int i = 0; i < 4; i++) {
        void *to = nrv_store_data(s, w[i].name, NULL, NULL);
        assert_non_null(to);
        for (int k = 0; k < w[i].n; k++) {
            if (t == NRV_F64)
                ((double *)to)[k] = w[i].v[k];
            else
                ((float *)to)[k] = (float)w[i].v[k];
        }
    }
}

static void xor_expect(nrv_tensor x, const double *want, int n)
{
    double v[32];
    assert_int_equal(nrv_eval(nrv_cast(x, NRV_F64), v, (size_t)n * sizeof *v), NRV_OK);
    for (int i = 0; i < n; i++)
        assert_true(v[i] == want[i]);
}

static void test_xor(void **state)
{
    (void)state;
    static const double in[16] = { 0, 0, 0, 1, 1, 0, 1, 1, 0.5, 0.5, 0.25, 0.25, 2, 0, 1.5, 0.5 };
    static const double xw[8] = { 0, 0, 1, 1, 1, 1, 2, 2 }, xwc[8] = { 0, -1, 1, 0, 1, 0, 2, 1 },
                        h[8] = { 0, 0, 1, 0, 1, 0, 2, 1 };
    static const double y[8] = { 0, 1, 1, 0, 1, 0.5, 0, 0 }, zero = 0;
    for (int k = 0; k < 2; k++) {
        nrv_dtype t = k ? NRV_F64 : NRV_F32;
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor all = nrv_cast(nrv_constant(g, NRV_F64, NRV_SHAPE(8, 2), in), t), x = nrv_slice(all, 0, 0, 4);
        nrv_tensor out = nrv_layers(all, NULL, "dense 2 relu | dense 1");
        assert_null(nrv_graph_why(g));
        xor_weights(s, t);
        nrv_list p = nrv_params(g, "0.*"); /* 0.bias, 0.weight */
        nrv_tensor product = nrv_matmul(x, nrv_transpose(nrv_list_at(p, 1))), sum = nrv_add(product, nrv_list_at(p, 0));
        xor_expect(product, xw, 8);
        xor_expect(sum, xwc, 8);
        xor_expect(nrv_relu(sum), h, 8);
        xor_expect(out, y, 8);
        nrv_tensor truth = nrv_cast(nrv_constant(g, NRV_F64, NRV_SHAPE(4, 1), y), t);
        xor_expect(nrv_mse(nrv_slice(out, 0, 0, 4), truth), &zero, 1);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* ---- first values, shapes, refusals ---- */
static void bounded(nrv_store *s, const char *name, int n, double bound)
{
    const float *v = nrv_store_data(s, name, NULL, NULL);
    float most = 0;
    assert_non_null(v);
    for (int i = 0; i < n; i++)
        most = fmaxf(most, fabsf(v[i]));
    assert_true(most <= bound && most > 0.5 * bound);
}

static void test_first_values(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 4, 9, 9));
    nrv_conv_opt o = { .stride = 2, .pad = 1, .groups = 2 };
    nrv_tensor y = nrv_conv2d(x, "c", 6, 3, &o), z = nrv_conv2d_transposed(x, "t", 6, 3, &o);
    assert_int_equal(nrv_dim_of(y, 2), 5);
    assert_int_equal(nrv_dim_of(z, 3), 17);
    bounded(s, "c.weight", 6 * 2 * 9, 1 / sqrt(18));
    bounded(s, "c.bias", 6, 1 / sqrt(18));
    bounded(s, "t.weight", 4 * 3 * 9, 1 / sqrt(27)); /* PyTorch counts axis 1 of a transposed weight, too */
    bounded(s, "t.bias", 6, 1 / sqrt(27));
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void refused(nrv_tensor (*call)(nrv_tensor x), unsigned mode, nrv_shape shape, const char *message)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, mode);
    assert_null(call(nrv_input(g, "x", NRV_F32, shape)));
    assert_string_equal(nrv_graph_why(g), message);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static nrv_tensor call_groups(nrv_tensor x)
{
    return nrv_conv2d(x, "c", 4, 3, &(nrv_conv_opt){ .groups = 2 });
}

static nrv_tensor call_smaller(nrv_tensor x)
{
    return nrv_conv2d_transposed(x, "c", 4, 1, &(nrv_conv_opt){ .pad = 2 });
}

static nrv_tensor call_drop(nrv_tensor x)
{
    return nrv_dropout(x, "d", -0.5);
}

static nrv_tensor call_drop_well(nrv_tensor x)
{
    return nrv_dropout(x, "d", 0.5);
}

static void test_refused(void **state)
{
    (void)state;
    refused(call_groups, NRV_EVAL, NRV_SHAPE(1, 3, 5, 5),
            "conv2d 'c': 3 channels cannot be divided into 2 groups\n  hint  groups divide the channels that come in "
            "and those that go out");
    refused(call_groups, NRV_EVAL, NRV_SHAPE(3, 5, 5),
            "conv2d 'c' of a tensor of rank 3\n  hint  a batch of images is (B,C,H,W)");
    refused(call_smaller, NRV_EVAL, NRV_SHAPE(1, 3, 4, 4),
            "conv2d_transposed: a length of 4 would become 0\n  hint  less padding, or a larger kernel");
    refused(call_drop, NRV_EVAL, NRV_SHAPE(3),
            "dropout: p of 'd' is -0.5, from 0 to 1 is possible\n  input 0: input f32 [3] x\n  hint  the part that is "
            "dropped: 0.5 drops every second number");
    refused(call_drop_well, 0, NRV_SHAPE(3),
            "dropout differs between training and evaluation, and was told neither\n  hint  say NRV_TRAIN or NRV_EVAL "
            "to nrv_graph_new or nrv_enter");
    refused(layer_bn, NRV_EVAL, NRV_SHAPE(3), "batch_norm 'l' of a tensor of rank 1\n  hint  (B,C) or (B,C,H,W)");
}

static void test_one_value(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    assert_null(layer_bn(nrv_input(g, "x", NRV_F32, NRV_SHAPE(1, 3))));
    assert_string_equal(nrv_graph_why(g), "batch_norm: one value for each channel has no variance\n  in    l\n  "
                                          "input 0: input f32 [1, 3] x\n  "
                                          "hint  train with at least two samples in a batch");
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_torch),   cmocka_unit_test(test_running),
        cmocka_unit_test(test_quiet),   cmocka_unit_test(test_batch_norm_initial),
        cmocka_unit_test(test_dropout), cmocka_unit_test(test_dropout_gradient),
        cmocka_unit_test(test_xor),     cmocka_unit_test(test_first_values),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
