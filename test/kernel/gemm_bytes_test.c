/* gemm_bytes_test.c - matmul_integer kernels of every tier against three loops in int64_t: sizes around words, vectors
   and tiles, all pairs of types, every layout of b, and the extremes of a byte. */
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
    gb_compare("gemm_vnni", &args, &c, want, what);
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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(gb_sizes), cmocka_unit_test(gb_blocks),
                                        cmocka_unit_test(gb_wraps) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
