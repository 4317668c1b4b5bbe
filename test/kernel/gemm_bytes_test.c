/* gemm_bytes_test.c - matmul_integer kernels of every tier against three loops in int64_t: sizes around words, vectors
   and tiles, all pairs of types, every layout of b, and the extremes of a byte; quantised_linear likewise, with rows of
   zeros, with a NaN and with an infinity. */
#include "kernel_test.h"

typedef struct gb_case {
    int64_t m, n, k;
} gb_case;

static kt_tensor gb_bytes(nrv_dtype type, int skew, int rank, const int64_t *dim, bool extreme)
{
    kt_tensor t = kt_new(type, skew, rank, dim);
    for (int64_t i = 0, n = kt_count(&t.v); i < n; i++) {
        const int any = (int)(kt_random() * 1e6) & 0xff;
        ((uint8_t *)t.v.data)[i] = (uint8_t)(extreme ? (any & 1 ? 0x80 : type == NRV_I8 ? 0x7f : 0xff) : any);
    }
    return t;
}

/* b (k,n) laid out plainly, transposed, transposed with gaps, or with gaps in both directions */
static kt_tensor gb_right(nrv_dtype type, int layout, const gb_case *s, bool extreme)
{
    static const int64_t gap[] = { 0, 0, 3, 5 };
    const bool turned = layout == 1 || layout == 2;
    const int64_t step = layout == 3 ? 2 : 1, rows = turned ? s->n : s->k, cols = turned ? s->k : s->n;
    kt_tensor t = gb_bytes(type, layout, KT_DIMS(rows, cols * step + gap[layout]), extreme);
    t.v.dim[0] = s->k, t.v.dim[1] = s->n;
    t.v.stride[0] = turned ? cols + gap[layout] : cols * step + gap[layout], t.v.stride[1] = step;
    if (turned)
        t.v.stride[1] = t.v.stride[0], t.v.stride[0] = 1;
    return t;
}

static int64_t gb_at(const nrv__view *v, int64_t at)
{
    const uint8_t x = ((const uint8_t *)v->data)[at];
    return v->type == NRV_I8 ? (int8_t)x : x;
}

static void gb_want(const nrv__view *a, const nrv__view *b, const gb_case *s, int32_t *want)
{
    for (int64_t i = 0; i < s->m; i++)
        for (int64_t j = 0; j < s->n; j++) {
            uint32_t sum = 0;
            for (int64_t k = 0; k < s->k; k++)
                sum += (uint32_t)(gb_at(a, i * s->k + k) * gb_at(b, k * b->stride[0] + j * b->stride[1]));
            memcpy(&want[i * s->n + j], &sum, sizeof sum);
        }
}

static int gb_compare(const char *name, const nrv__args *args, kt_tensor *c, const int32_t *want, const char *what)
{
    const nrv__kernel *k;
    int ran = 0;
    for (int i = 0; (k = kt_next(name, &i)) != NULL;) {
        if (!kt_run(k, *args, c))
            continue;
        ran++;
        for (int64_t at = 0; at < kt_count(&c->v); at++)
            if (((const int32_t *)c->v.data)[at] != want[at])
                fail_msg("%s, tier %d, %s: element %lld is %d, should be %d", name, (int)k->tier, what, (long long)at,
                         (int)((const int32_t *)c->v.data)[at], (int)want[at]);
    }
    return ran;
}

static bool gb_has_vnni(void)
{
    return nrv__cpu_has(NRV__AVX512) && nrv__cpu_vnni();
}

static void gb_check(const gb_case *s, int layout, int types, bool extreme)
{
    const nrv_dtype ta = types & 1 ? NRV_U8 : NRV_I8, tb = types & 2 ? NRV_U8 : NRV_I8;
    kt_tensor a = gb_bytes(ta, 1, KT_DIMS(s->m, s->k), extreme), b = gb_right(tb, layout, s, extreme);
    kt_tensor c = kt_new(NRV_I32, 5, KT_DIMS(s->m, s->n));
    const nrv__view in[2] = { a.v, b.v };
    const nrv__args args = { .in = in, .n_in = 2 };
    int32_t *want = malloc((size_t)(s->m * s->n + 1) * sizeof *want);
    assert_non_null(want);
    gb_want(&a.v, &b.v, s, want);
    char what[96];
    snprintf(what, sizeof what, "%lldx%lldx%lld types %d layout %d", (long long)s->m, (long long)s->n, (long long)s->k,
             types, layout);
    assert_true(gb_compare("gemm_vnni", &args, &c, want, what) > 0 || tb != NRV_I8 || !gb_has_vnni());
    assert_true(gb_compare("gemm_bytes", &args, &c, want, what) > 0);
    free(want);
    kt_free(&a), kt_free(&b), kt_free(&c);
}

static void gb_sizes(void **state)
{
    (void)state;
    static const int64_t small[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 70 };
    const int n = (int)(sizeof small / sizeof *small);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l++)
                gb_check(&(gb_case){ small[i], small[j], small[l] }, (i + j + l) % 4, (i + 3 * j + l) % 4, l % 3 == 0);
}

static void gb_blocks(void **state)
{
    (void)state;
    static const gb_case list[] = {
        { 1, 300, 784 },  { 4, 33, 200 },  { 3, 18, 129 }, { 5, 130, 260 }, { 130, 70, 66 },
        { 700, 10, 100 }, { 64, 64, 512 }, { 1, 4, 2000 }, { 2, 5, 64 },    { 6, 257, 31 }
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        for (int way = 0; way < 16; way++)
            gb_check(&list[i], way % 4, way / 4, way % 5 == 0);
}

/* 70,000 products of extremes are beyond an i32 */
static void gb_wraps(void **state)
{
    (void)state;
    for (int way = 0; way < 16; way++) {
        gb_check(&(gb_case){ 1, 5, 70000 }, way % 4, way / 4, true);
        gb_check(&(gb_case){ 7, 3, 140001 }, way % 4, way / 4, true);
    }
}

/* what the kernels of quantised_linear should give of one row */
static void gb_row(const float *x, const kt_tensor *w, const float *scale, const float *bias, float *y)
{
    const int64_t n = w->v.dim[0], k = w->v.dim[1];
    float most = 0;
    for (int64_t i = 0; i < k; i++)
        most = isnan(x[i]) || isnan(most) ? NAN : fmaxf(most, fabsf(x[i]));
    const float by = 127.0f / most, one = most * (float)(1.0 / 127);
    for (int64_t j = 0; j < n; j++) {
        int64_t sum = 0;
        for (int64_t i = 0; i < k; i++) {
            const float q = rintf(x[i] * by);
            sum += isnan(q) ? 0 : (int64_t)q * gb_at(&w->v, j * k + i);
        }
        y[j] = (float)sum * one * scale[j] + (bias ? bias[j] : 0);
    }
}

static void gb_reals(const gb_case *s, bool bias)
{
    kt_tensor x = kt_floats(3, KT_DIMS(s->m, s->k)), scale = kt_floats(1, KT_DIMS(s->n)),
              b = kt_floats(2, KT_DIMS(s->n));
    kt_tensor w = gb_bytes(NRV_I8, 1, KT_DIMS(s->n, s->k), false), y = kt_new(NRV_F32, 1, KT_DIMS(s->m, s->n));
    const nrv__view in[4] = { x.v, w.v, scale.v, b.v };
    const nrv__args args = { .in = in, .n_in = bias ? 4 : 3 };
    float *want = malloc((size_t)(s->m * s->n + 1) * sizeof *want), *rows = x.v.data;
    assert_non_null(want);
    for (int64_t i = 0; i < 3 * s->k && s->m > 3; i++) /* zeros, then one NaN, then one infinity */
        rows[i] = i < s->k ? 0 : i == s->k + 1 ? NAN : i == 3 * s->k - 1 ? -INFINITY : rows[i];
    for (int64_t i = 0; i < s->m; i++)
        gb_row(rows + i * s->k, &w, scale.v.data, bias ? b.v.data : NULL, want + i * s->n);
    const nrv__kernel *k;
    int ran[2] = { 0 };
    for (int name = 0; name < 2; name++)
        for (int i = 0; (k = kt_next(name ? "linear_vnni" : "linear_bytes", &i)) != NULL;) {
            if (!kt_run(k, args, &y))
                continue;
            ran[name]++;
            for (int64_t at = 0; at < s->m * s->n; at++) {
                const float got = ((const float *)y.v.data)[at], left = fabsf(got - want[at]);
                if (isnan(want[at]) ? !isnan(got) : !(left <= 1e-6f * (fabsf(want[at]) + 1)))
                    fail_msg("%s, tier %d, %lldx%lldx%lld: element %lld is %.9g, should be %.9g", k->name, (int)k->tier,
                             (long long)s->m, (long long)s->n, (long long)s->k, (long long)at, (double)got,
                             (double)want[at]);
            }
        }
    assert_true(ran[0] > 0);
    assert_true(ran[1] > 0 || !gb_has_vnni());
    free(want);
    kt_free(&x), kt_free(&w), kt_free(&scale), kt_free(&b), kt_free(&y);
}

static void gb_linear(void **state)
{
    (void)state;
    static const gb_case list[] = { { 1, 9, 130 },   { 4, 17, 200 },  { 16, 3, 65 },   { 4, 64, 64 }, { 20, 70, 65 },
                                    { 130, 65, 30 }, { 7, 130, 784 }, { 0, 3, 5 },     { 3, 0, 5 },   { 1, 1, 1 },
                                    { 5, 33, 100 },  { 70, 12, 7 },   { 64, 128, 256 } };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        for (int bias = 0; bias < 2; bias++)
            gb_reals(&list[i], bias);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(gb_sizes), cmocka_unit_test(gb_blocks),
                                        cmocka_unit_test(gb_wraps), cmocka_unit_test(gb_linear) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
