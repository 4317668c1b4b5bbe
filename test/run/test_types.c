/* test_types.c - numbers of every type, evaluated and compiled alike: integers wrap and keep all 64 bits, casts
   saturate, weights of 16 and 8 bits meet activations of 32 without a second copy of the model. */
#include "nervo.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct both { /* what nrv_eval and a run give */
    unsigned char now[512], run[512];
    size_t bytes;
} both;

/* y, evaluated and compiled; without: kernels left out */
static both both_of(nrv_graph *g, nrv_store *s, nrv_tensor y, size_t bytes, nrv_dtype type, const char *without)
{
    both b = { .bytes = bytes };
    assert_null(nrv_graph_why(g));
    assert_int_equal(nrv_dtype_of(y), type);
    assert_int_equal(nrv_eval(y, b.now, bytes), NRV_OK);
    nrv_output(g, "y", y);
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .without = without });
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    assert_int_equal(nrv_run(e), NRV_OK);
    size_t n = 0;
    const void *got = nrv_value(e, "y", &n);
    assert_int_equal(n, bytes);
    memcpy(b.run, got, bytes);
    nrv_exec_free(e);
    nrv_plan_free(p);
    return b;
}

typedef nrv_tensor pair_fn(nrv_tensor a, nrv_tensor b);

static void expect_whole(pair_fn *fn, nrv_dtype t, size_t size, const void *a, const void *b, int n, const void *want,
                         bool literal)
{
    for (int k = 0; k < 2; k++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor x = nrv_constant(g, t, NRV_SHAPE(n), a), y = nrv_constant(g, t, NRV_SHAPE(n), b);
        if (literal) { /* of one number each: folded while compiling, unless that would change them */
            int64_t u = 0, v = 0;
            memcpy(&u, a, size), memcpy(&v, b, size);
            x = nrv_fill(g, t, NRV_SHAPE(n), (double)u), y = nrv_fill(g, t, NRV_SHAPE(n), (double)v);
        }
        both got = both_of(g, s, fn(x, y), size * (size_t)n, t, k ? "*" : NULL);
        assert_memory_equal(got.now, want, got.bytes);
        assert_memory_equal(got.run, want, got.bytes);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

static void integers_wrap(void **state)
{
    (void)state;
    const int32_t a[] = { INT32_MAX, INT32_MIN, 46341, -7 }, b[] = { 1, -1, 46341, 3 };
    expect_whole(nrv_add, NRV_I32, 4, a, b, 4, (const int32_t[]){ INT32_MIN, INT32_MAX, 92682, -4 }, false);
    expect_whole(nrv_sub, NRV_I32, 4, a, b, 4, (const int32_t[]){ INT32_MAX - 1, INT32_MIN + 1, 0, -10 }, false);
    expect_whole(nrv_mul, NRV_I32, 4, a, b, 4, (const int32_t[]){ INT32_MAX, INT32_MIN, -2147479015, -21 }, false);
    expect_whole(nrv_add, NRV_I32, 4, a, b, 1, (const int32_t[]){ INT32_MIN }, true);
    const signed char c[] = { 127, -128, 16 }, d[] = { 2, -1, 17 };
    expect_whole(nrv_add, NRV_I8, 1, c, d, 3, (const signed char[]){ -127, 127, 33 }, false);
    expect_whole(nrv_mul, NRV_I8, 1, c, d, 3, (const signed char[]){ -2, -128, 16 }, false);
    const unsigned char e[] = { 250, 3, 16 }, f[] = { 10, 4, 16 };
    expect_whole(nrv_add, NRV_U8, 1, e, f, 3, (const unsigned char[]){ 4, 7, 32 }, false);
    expect_whole(nrv_sub, NRV_U8, 1, e, f, 3, (const unsigned char[]){ 240, 255, 0 }, false);
}

static nrv_tensor whole_equal(nrv_tensor a, nrv_tensor b)
{
    return nrv_cast(nrv_equal(a, b), NRV_I64);
}

static nrv_tensor whole_greater(nrv_tensor a, nrv_tensor b)
{
    return nrv_cast(nrv_greater(a, b), NRV_I64);
}

static void long_integers_keep_all_bits(void **state)
{
    (void)state;
    const int64_t a[] = { INT64_MAX, (INT64_C(1) << 53) + 1, INT64_C(3037000499), INT64_MIN };
    const int64_t b[] = { 1, 2, INT64_C(3037000499), -1 };
    const int64_t sum[] = { INT64_MIN, (INT64_C(1) << 53) + 3, INT64_C(6074000998), INT64_MAX };
    const int64_t product[] = { INT64_MAX, (INT64_C(1) << 54) + 2, INT64_C(9223372030926249001), INT64_MIN };
    expect_whole(nrv_add, NRV_I64, 8, a, b, 4, sum, false);
    expect_whole(nrv_mul, NRV_I64, 8, a, b, 4, product, false);
    const int64_t c[] = { INT64_MAX, (INT64_C(1) << 53) + 1 }, d[] = { INT64_MAX - 1, INT64_C(1) << 53 };
    expect_whole(nrv_bitwise_and, NRV_I64, 8, c, d, 2, d, false);
    expect_whole(whole_equal, NRV_I64, 8, c, d, 2, (const int64_t[]){ 0, 0 }, false); /* equal as doubles */
    expect_whole(whole_greater, NRV_I64, 8, c, d, 2, (const int64_t[]){ 1, 1 }, false);
    const int64_t odd[] = { INT64_C(94906267) }, square[] = { INT64_C(94906267) * INT64_C(94906267) }; /* above 2^53 */
    expect_whole(nrv_mul, NRV_I64, 8, odd, odd, 1, square, true);
}

static void casts_saturate(void **state)
{
    static const struct {
        nrv_dtype type;
        double least, most;
        size_t size;
    } whole[] = { { NRV_I8, -128, 127, 1 },
                  { NRV_U8, 0, 255, 1 },
                  { NRV_I32, -2147483648.0, 2147483647.0, 4 },
                  { NRV_I64, -0x1p63, 0x1p63, 8 } };
    const float x[] = { NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 2.9f, 0.9f };
    (void)state;
    for (int k = 0; k < 8; k++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor y = nrv_cast(nrv_constant(g, NRV_F32, NRV_SHAPE(7), x), whole[k / 2].type);
        both got = both_of(g, s, nrv_cast(y, NRV_F64), 7 * sizeof(double), NRV_F64, k % 2 ? "*" : NULL);
        const double lo = whole[k / 2].least, hi = whole[k / 2].most, want[] = { 0, hi, lo, hi, lo, 2, 0 };
        assert_memory_equal(got.now, want, sizeof want);
        assert_memory_equal(got.run, want, sizeof want);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* ---- memory ---- */
typedef struct counted {
    size_t now, most;
} counted;

static void *counted_alloc(void *user, void *p, size_t old, size_t want)
{
    counted *c = user;
    c->now += want - old;
    c->most = c->now > c->most ? c->now : c->most;
    if (want)
        return realloc(p, want);
    free(p);
    return NULL;
}

enum { WIDE = 128, LAYERS = 6 };

static nrv_tensor small_weight(nrv_graph *g, nrv_dtype t)
{
    if (t == NRV_I8)
        return nrv_dequantise(nrv_state(g, "weight", t, NRV_SHAPE(WIDE, WIDE), 3),
                              nrv_param(g, "scale", NRV_F32, NRV_SHAPE(WIDE), NRV_ONES), NULL, 1);
    return nrv_cast(nrv_param(g, "weight", t, NRV_SHAPE(WIDE, WIDE), NRV_KAIMING), NRV_F32);
}

/* weights stay small in the store; a run needs the float32 of one layer at a time, not of all */
static void a_plan_widens_one_layer_at_a_time(void **state)
{
    static const nrv_dtype type[] = { NRV_F16, NRV_BF16, NRV_I8 };
    (void)state;
    for (int k = 0; k < 3; k++) {
        counted c = { 0 };
        nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = counted_alloc, .user = &c });
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(4, WIDE));
        for (int i = 0; i < LAYERS; i++) {
            nrv_push_i(g, "layer", i);
            x = nrv_tanh(nrv_matmul(x, small_weight(g, type[k])));
            nrv_pop(g);
        }
        nrv_output(g, "y", x);
        nrv_plan *p = nrv_compile(g, NULL);
        static float ones[4 * WIDE];
        const size_t before = c.now;
        nrv_exec *e = nrv_exec_new(p, s, NULL);
        nrv_bind_in(e, "x", ones, sizeof ones);
        assert_int_equal(nrv_run(e), NRV_OK);
        assert_true(c.most - before <
                    2 * WIDE * WIDE * sizeof(float) + 160000); /* two layers, and what packing takes */
        nrv_exec_free(e);
        nrv_plan_free(p);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* the loss is of float32; the gradient comes to the master copy in float32, whatever the product was given */
static void master_weights(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    const float values[] = { 1.00390625f, -2, 0.5f, 3 }, ones[] = { 1, 1 };
    nrv_tensor w = nrv_constant(g, NRV_F32, NRV_SHAPE(2, 2), values), small = nrv_cast(w, NRV_BF16), dw;
    nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(1, 2), ones);
    nrv_tensor loss = nrv_sum_all(nrv_matmul(x, nrv_cast(small, NRV_F32)));
    nrv_grad(loss, NULL, 1, &w, &dw);
    assert_int_equal(nrv_dtype_of(dw), NRV_F32);
    float value = 0, slope[4];
    assert_int_equal(nrv_eval(loss, &value, sizeof value), NRV_OK);
    assert_int_equal(nrv_eval(dw, slope, sizeof slope), NRV_OK);
    assert_true(value == 2.5f); /* 1 + 2^-8 lies between two bf16, and goes to the even one */
    for (int i = 0; i < 4; i++)
        assert_true(slope[i] == 1);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* beside parameters of 16 bits an optimiser keeps averages of 32, and computes in these */
static void averages_stay_wide(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor w = nrv_param(g, "w", NRV_BF16, NRV_SHAPE(3), NRV_ONES), x = nrv_cast(w, NRV_F32);
    nrv_list params = nrv_params(g, "*"), grads = nrv_grads(nrv_sum_all(nrv_mul_c(nrv_square(x), 0.00390625)), params);
    nrv_assign_all(params, nrv_adam(params, grads, &(nrv_adam_opt){ .lr = 0.25 }));
    assert_null(nrv_graph_why(g));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    assert_int_equal(nrv_run(e), NRV_OK);
    nrv_dtype type = 0;
    const float *m = nrv_store_data(s, "adam.exp_avg.w", NULL, &type);
    assert_int_equal(type, NRV_F32);
    assert_true(fabsf(m[0] - 0.00078125f) < 1e-9f); /* of 16 bits it would be off by 1e-6 */
    const uint16_t *now = nrv_store_data(s, "w", NULL, &type);
    assert_int_equal(type, NRV_BF16);
    assert_int_equal(now[2], 0x3F40); /* 0.75 */
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* of 16 bits an op gives the number that is nearest to the exact one: it adds up in more, and rounds once */
static void storage_types_round_once(void **state)
{
    enum { MANY = 4096 };
    static float ones[2 * MANY];
    (void)state;
    for (int i = 0; i < 2 * MANY; i++)
        ones[i] = i == 0 ? 0.5f : 1;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_cast(nrv_constant(g, NRV_F32, NRV_SHAPE(2, MANY), ones), NRV_F16);
    nrv_tensor y = nrv_matmul(x, nrv_fill(g, NRV_F16, NRV_SHAPE(MANY, 1), 1));
    nrv_tensor rows = nrv_gather(x, nrv_fill(g, NRV_I32, NRV_SHAPE(1), 0), 0);
    uint16_t got[2], row[MANY];
    assert_int_equal(nrv_eval(y, got, sizeof got), NRV_OK);
    assert_int_equal(got[0], 0x6C00); /* 4095.5 lies between 4092 and 4096; a sum in f16 would stop at 2048 */
    assert_int_equal(got[1], 0x6C00);
    assert_int_equal(nrv_dtype_of(rows), NRV_F16);
    assert_int_equal(nrv_eval(rows, row, sizeof row), NRV_OK);
    assert_int_equal(row[0], 0x3800);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static nrv_store *saved_types(signed char **bytes, uint16_t **halves)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_state(g, "bytes", NRV_I8, NRV_SHAPE(5), -3);
    nrv_state(g, "halves", NRV_F16, NRV_SHAPE(2), 1.5);
    assert_null(nrv_graph_why(g));
    nrv_graph_free(g);
    nrv_dtype type = 0;
    *bytes = nrv_store_data(s, "bytes", NULL, &type);
    assert_int_equal(type, NRV_I8);
    *halves = nrv_store_data(s, "halves", NULL, &type);
    assert_int_equal(type, NRV_F16);
    return s;
}

static void small_types_are_saved_and_loaded(void **state)
{
    signed char *bytes, *back;
    uint16_t *halves, *half;
    (void)state;
    nrv_store *s = saved_types(&bytes, &halves);
    assert_true(bytes[4] == -3 && halves[1] == 0x3E00);
    bytes[0] = -128, bytes[1] = 127, halves[0] = 0xFC01;
    assert_int_equal(nrv_store_save(s, "types.safetensors", "*"), NRV_OK);
    nrv_store *t = saved_types(&back, &half);
    assert_int_equal(nrv_store_load(t, "types.safetensors", NULL), NRV_OK);
    assert_memory_equal(back, bytes, 5);
    assert_memory_equal(half, halves, 4);
    nrv_store_free(t);
    nrv_store_free(s);
}

static void quantised_numbers(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    const float values[] = { 0.26f, -0.25f, 0.75f, 1.25f, 100, -100, NAN };
    nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(7), values), half = nrv_fill(g, NRV_F32, NRV_SCALAR, 0.5);
    nrv_tensor zero = nrv_fill(g, NRV_I32, NRV_SCALAR, -1), q = nrv_quantise(x, half, zero, 0, NRV_I8);
    const signed char want[] = { 0, -1, 1, 1, 127, -128, 0 };
    both got = both_of(g, s, q, sizeof want, NRV_I8, NULL);
    assert_memory_equal(got.now, want, sizeof want);
    assert_memory_equal(got.run, want, sizeof want);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_wrap),
        cmocka_unit_test(long_integers_keep_all_bits),
        cmocka_unit_test(casts_saturate),
        cmocka_unit_test(a_plan_widens_one_layer_at_a_time),
        cmocka_unit_test(averages_stay_wide),
        cmocka_unit_test(storage_types_round_once),
        cmocka_unit_test(small_types_are_saved_and_loaded),
        cmocka_unit_test(master_weights),
        cmocka_unit_test(quantised_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
