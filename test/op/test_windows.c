/* test_windows.c - the options of convolution and pools, as a C program gives them: a number for all axes, numbers for
   each, and what is left out. What the functions compute by named arguments is held elsewhere. */
#include "support/cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static nrv_store *store;
static nrv_graph *graph;

static int begin(void **state)
{
    (void)state;
    store = nrv_store_new(NULL);
    graph = nrv_graph_new(store, NRV_EAGER);
    return 0;
}

static int end(void **state)
{
    (void)state;
    nrv_graph_free(graph);
    nrv_store_free(store);
    return 0;
}

/* 0, 1, 2, ... */
static nrv_tensor counted(nrv_shape s)
{
    return nrv_reshape(nrv_iota(graph, NRV_F64, case_elements(nrv_fill(graph, NRV_F64, s, 0))), s);
}

static void gives(nrv_tensor y, int n, const double *want)
{
    int64_t have = 0;
    double *value = case_value(y, &have);
    if (!value)
        fail_msg("%s", nrv_graph_why(graph));
    assert_int_equal(have, n);
    for (int i = 0; i < n; i++)
        if (value[i] != want[i])
            fail_msg("element %d is %g, not %g", i, value[i], want[i]);
    free(value);
}

static void test_conv(void **state)
{
    (void)state;
    nrv_tensor x = counted(NRV_SHAPE(1, 1, 3, 4)), w = counted(NRV_SHAPE(1, 1, 2, 2));
    nrv_tensor b = nrv_fill(graph, NRV_F64, NRV_SHAPE(1), 0.5);
    gives(nrv_conv(x, w, b), 6, (const double[]){ 24.5, 30.5, 36.5, 48.5, 54.5, 60.5 });
    gives(nrv_conv_with(x, w, NULL, &(nrv_conv_opt){ .stride = 2, .strides = { 0, 1 } }), 3,
          (const double[]){ 24, 30, 36 });
    gives(nrv_conv_with(x, w, NULL, &(nrv_conv_opt){ .pads = { 1, 0 }, .stride = 3, .dilations = { 1, 3 } }), 2,
          (const double[]){ 9, 11 });
    gives(nrv_conv_with(x, w, NULL, &(nrv_conv_opt){ .padding = NRV_PAD_CAUSAL, .stride = 2 }), 4,
          (const double[]){ 0, 8, 28, 54 });
}

static void test_conv_transpose(void **state)
{
    (void)state;
    nrv_tensor x = counted(NRV_SHAPE(1, 1, 1, 3)), w = counted(NRV_SHAPE(1, 1, 1, 2));
    gives(nrv_conv_transpose(x, w, NULL), 4, (const double[]){ 0, 0, 1, 2 });
    gives(nrv_conv_transpose_with(x, w, NULL, &(nrv_conv_opt){ .strides = { 1, 2 }, .output_pads = { 0, 1 } }), 7,
          (const double[]){ 0, 0, 0, 1, 0, 2, 0 });
}

static void test_pools(void **state)
{
    (void)state;
    nrv_tensor x = counted(NRV_SHAPE(1, 1, 3, 4)), where = NULL;
    gives(nrv_max_pool(x, 2, 0), 2, (const double[]){ 5, 7 });
    gives(nrv_max_pool_with(x, &(nrv_pool_opt){ .kernels = { 2, 1 }, .strides = { 1, 3 } }, &where), 4,
          (const double[]){ 4, 7, 8, 11 });
    gives(where, 4, (const double[]){ 4, 7, 8, 11 });
    gives(nrv_avg_pool_with(x, &(nrv_pool_opt){ .kernel = 2, .pads = { 0, 1 }, .leave_pad_out = 1 }), 3,
          (const double[]){ 2, 3.5, 5 });
    gives(nrv_avg_pool_with(x, &(nrv_pool_opt){ .kernel = 3, .stride = 3, .ceil_mode = 1 }), 2,
          (const double[]){ 5, 7 });
    gives(nrv_lp_pool(x, 1, 3, 0), 1, (const double[]){ 45 });
    gives(nrv_unfold(x, &(nrv_pool_opt){ .kernels = { 3, 1 }, .stride = 3 }), 6, (const double[]){ 0, 3, 4, 7, 8, 11 });
    gives(nrv_fold(nrv_reshape(x, NRV_SHAPE(1, 4, 3)), (const nrv_dim[]){ 2, 4 }, &(nrv_pool_opt){ .kernel = 2 }), 8,
          (const double[]){ 0, 4, 6, 5, 6, 16, 18, 11 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_conv, begin, end),
        cmocka_unit_test_setup_teardown(test_conv_transpose, begin, end),
        cmocka_unit_test_setup_teardown(test_pools, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
