/* pointwise_test.c - the instructions of the tile interpreter, every tier: accuracy in units of the last place over a
   sample of all floats (infinities, NaN, subnormals), and that a result does not depend on its place in an array. */
#include "kernel_test.h"

enum { PW_STEP = 4001, PW_MANY = 4096 };

typedef struct pw_one {
    const char *op;
    double ulp;
    double (*fn)(double);
} pw_one;

typedef struct pw_two {
    const char *op, *types;
    double ulp;
    double (*fn)(double, double);
} pw_two;

static double pw_neg(double x)
{
    return -x;
}
static double pw_square(double x)
{
    return x * x;
}
static double pw_reciprocal(double x)
{
    return 1 / x;
}
static double pw_sign(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}
static double pw_relu(double x)
{
    return x <= 0 ? 0 : x;
}
static double pw_sigmoid(double x)
{
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double pw_silu(double x)
{
    return x * pw_sigmoid(x);
}
static double pw_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
static double pw_gelu(double x)
{
    return 0.5 * x * erfc(-x * 0.70710678118654752440);
}
static double pw_leaky(double x)
{
    return x > 0 ? x : (double)0.1f * x;
}
static double pw_add(double x, double y)
{
    return x + y;
}
static double pw_sub(double x, double y)
{
    return x - y;
}
static double pw_mul(double x, double y)
{
    return x * y;
}
static double pw_div(double x, double y)
{
    return x / y;
}
static double pw_max(double x, double y)
{
    return isnan(x) || x > y ? x : y;
}
static double pw_min(double x, double y)
{
    return isnan(x) || x < y ? x : y;
}
static double pw_less(double x, double y)
{
    return x < y;
}
static double pw_less_equal(double x, double y)
{
    return x <= y;
}
static double pw_equal(double x, double y)
{
    return x == y;
}
static double pw_not_equal(double x, double y)
{
    return x != y;
}
static double pw_greater(double x, double y)
{
    return x > y;
}
static double pw_greater_equal(double x, double y)
{
    return x >= y;
}

static const pw_one pw_ones[] = {
    { "neg", 0, pw_neg },
    { "abs", 0, fabs },
    { "square", 0.5, pw_square },
    { "sqrt", 0.5, sqrt },
    { "sign", 0, pw_sign },
    { "reciprocal", 0.5, pw_reciprocal },
    { "relu", 0, pw_relu },
    { "exp", 2, exp },
    { "log", 2, log },
    { "tanh", 2, tanh },
    { "sigmoid", 2, pw_sigmoid },
    { "erf", 2, erf },
    { "silu", 4, pw_silu },
    { "gelu", 4, pw_gelu },
    { "softplus", 4, pw_softplus },
    { "sin", 2, sin },
    { "cos", 2, cos },
    { "leaky_relu", 0.5, pw_leaky },
};
static const pw_two pw_twos[] = {
    { "add", "f32 f32 -> f32", 0.5, pw_add },
    { "sub", "f32 f32 -> f32", 0.5, pw_sub },
    { "mul", "f32 f32 -> f32", 0.5, pw_mul },
    { "div", "f32 f32 -> f32", 0.5, pw_div },
    { "max", "f32 f32 -> f32", 0, pw_max },
    { "min", "f32 f32 -> f32", 0, pw_min },
    { "pow", "f32 f32 -> f32", 1, pow },
    { "hypot", "f32 f32 -> f32", 0.501, hypot },
    { "fmod", "f32 f32 -> f32", 0, fmod },
    { "atan2", "f32 f32 -> f32", 0.501, atan2 },
    { "less", "f32 f32 -> bool", 0, pw_less },
    { "equal", "f32 f32 -> bool", 0, pw_equal },
    { "less_equal", "f32 f32 -> bool", 0, pw_less_equal },
    { "greater", "f32 f32 -> bool", 0, pw_greater },
    { "not_equal", "f32 f32 -> bool", 0, pw_not_equal },
    { "greater_equal", "f32 f32 -> bool", 0, pw_greater_equal },
};

static const nrv__scalar_attr pw_slope = { (double)0.1f };

static const nrv__point *pw_find(nrv__tier tier, const char *op, const char *types)
{
    for (int i = 0; nrv__points[i] != NULL; i++)
        for (const nrv__point *p = nrv__points[i]; p->op != NULL; p++)
            if (p->tier == tier && strcmp(p->op, op) == 0 && strcmp(p->types, types) == 0)
                return p;
    return NULL;
}

static const nrv__point *pw_need(nrv__tier tier, const char *op, const char *types)
{
    const nrv__point *p = pw_find(tier, op, types);
    if (p == NULL)
        fail_msg("tier %d has no %s, %s", (int)tier, op, types);
    return p;
}

static float pw_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void pw_close(const char *op, int tier, float x, float y, float got, double want, double ulp)
{
    if (isnan(want) ? isnan(got) : (double)got == want || got == (float)want)
        return;
    int e;
    frexp(want, &e);
    const double unit = ldexp(1, (e - 24 < -149 ? -149 : e - 24));
    if (!isfinite(got) || isnan(want) || !(fabs((double)got - want) <= (ulp + 1e-3) * unit))
        fail_msg("%s, tier %d, of %.9g (%a) and %.9g: %.9g, should be %.17g: %.2f ulp", op, tier, (double)x, (double)x,
                 (double)y, (double)got, want, fabs((double)got - want) / unit);
}

static void pw_run(const nrv__point *p, void *out, const void *a, const void *b, const void *c, int64_t n)
{
    const nrv__lane l = { .out = out, .in = { a, b, c }, .n = n, .attr = &pw_slope };
    p->run(&l);
}

static void pw_all_floats(void **state)
{
    (void)state;
    static float x[NRV__TILE], y[NRV__TILE];
    static double want[NRV__TILE];
    for (size_t f = 0; f < sizeof pw_ones / sizeof *pw_ones; f++) {
        const pw_one *one = &pw_ones[f];
        for (uint64_t bits = (uint64_t)f * 13; bits < 1ull << 32;) {
            int64_t n = 0;
            for (; n < NRV__TILE && bits < 1ull << 32; n++, bits += PW_STEP) {
                x[n] = pw_float((uint32_t)bits);
                want[n] = one->fn((double)x[n]);
            }
            for (nrv__tier t = NRV__BASELINE; t < NRV__TIERS; t++) {
                if (!nrv__cpu_has(t))
                    continue;
                pw_run(pw_need(t, one->op, "f32 -> f32"), y, x, NULL, NULL, n);
                for (int64_t i = 0; i < n; i++)
                    pw_close(one->op, (int)t, x[i], 0, y[i], want[i], one->ulp);
            }
        }
    }
}

/* where functions change course: steps of one ulp around the numbers in the source, and special values */
static void pw_borders(void **state)
{
    (void)state;
    static const float at[] = { 0,
                                0.625f,
                                0.921875f,
                                0.70710678f,
                                1,
                                1.41421356f,
                                1.57079637f,
                                3.14159274f,
                                4,
                                9,
                                13,
                                14.5f,
                                15,
                                16.6f,
                                87.33654f,
                                88.72284f,
                                89,
                                103.2789f,
                                103.97208f,
                                104,
                                105,
                                200,
                                1e6f,
                                1.17549435e-38f,
                                1e30f,
                                3.40282347e38f,
                                INFINITY,
                                NAN,
                                2147483648.0f };
    static float x[200], y[200];
    for (size_t f = 0; f < sizeof pw_ones / sizeof *pw_ones; f++)
        for (size_t b = 0; b < sizeof at / sizeof *at; b++) {
            float up = at[b], down = at[b];
            for (int i = 0; i < 50; i++, up = nextafterf(up, 1e38f), down = nextafterf(down, -1e38f))
                x[i] = up, x[i + 50] = down, x[i + 100] = -up, x[i + 150] = -down;
            for (nrv__tier t = NRV__BASELINE; t < NRV__TIERS; t++) {
                if (!nrv__cpu_has(t))
                    continue;
                pw_run(pw_need(t, pw_ones[f].op, "f32 -> f32"), y, x, NULL, NULL, 200);
                for (int i = 0; i < 200; i++)
                    pw_close(pw_ones[f].op, (int)t, x[i], 0, y[i], pw_ones[f].fn((double)x[i]), pw_ones[f].ulp);
            }
        }
}

static float pw_value(int64_t i) /* special values, small integers, any floats */
{
    static const float special[] = { 0,     -0.0f,  1,           -1,          2,           -2,     3,
                                     0.5f,  -0.5f,  INFINITY,    -INFINITY,   NAN,         1e-40f, -1e-40f,
                                     3e38f, -3e38f, 16777216.0f, 16777217.0f, -16777215.0f };
    const int64_t n = (int64_t)(sizeof special / sizeof *special);
    if (i % 3 == 0)
        return special[(i / 3 + (int64_t)((kt_random() + 1) * 100)) % n];
    return i % 3 == 1 ? (float)(kt_random() * 20) : pw_float((uint32_t)((kt_random() + 1) * 2147483647.0));
}

static void pw_pairs(void **state)
{
    (void)state;
    static float x[NRV__TILE], y[NRV__TILE], r[NRV__TILE];
    for (int round = 0; round < 200; round++)
        for (size_t f = 0; f < sizeof pw_twos / sizeof *pw_twos; f++) {
            const pw_two *two = &pw_twos[f];
            const bool byte = strstr(two->types, "bool") != NULL;
            for (int i = 0; i < NRV__TILE; i++)
                x[i] = pw_value(i), y[i] = i % 11 == 0 ? x[i] : pw_value(i + i / 3 + round);
            for (nrv__tier t = NRV__BASELINE; t < NRV__TIERS; t++) {
                if (!nrv__cpu_has(t))
                    continue;
                pw_run(pw_need(t, two->op, two->types), r, x, y, NULL, NRV__TILE);
                for (int i = 0; i < NRV__TILE; i++)
                    pw_close(two->op, (int)t, x[i], y[i], byte ? (float)((uint8_t *)r)[i] : r[i],
                             two->fn((double)x[i], (double)y[i]), two->ulp);
            }
        }
}

/* the same bits, but for the sign of a NaN, which depends on the order of a product's factors */
static bool pw_same(const void *a, const void *b, int64_t n, size_t size)
{
    if (size != 4)
        return memcmp(a, b, (size_t)n * size) == 0;
    for (int64_t i = 0; i < n; i++) {
        float x, y;
        memcpy(&x, (const char *)a + i * 4, 4);
        memcpy(&y, (const char *)b + i * 4, 4);
        if (memcmp(&x, &y, 4) != 0 && !(isnan(x) && isnan(y)))
            return false;
    }
    return true;
}

/* every row of the tables: any start, any length, in place: the same bits as in one long run */
static void pw_place(void **state)
{
    (void)state;
    static float x[PW_MANY + 64], y[PW_MANY + 64], long_run[2 * PW_MANY], part[2 * PW_MANY];
    for (int i = 0; nrv__points[i] != NULL; i++)
        for (const nrv__point *p = nrv__points[i]; p->op != NULL; p++) {
            if (!nrv__cpu_has(p->tier) || strncmp(p->types, "f32", 3) != 0 || strstr(p->types, "f64") != NULL)
                continue;
            size_t size = 4;
            for (int t = NRV_F32; nrv__dtype_size((nrv_dtype)t) != 0; t++)
                if (strcmp(strstr(p->types, "-> ") + 3, nrv__dtype_name((nrv_dtype)t)) == 0)
                    size = nrv__dtype_size((nrv_dtype)t);
            for (int j = 0; j < PW_MANY; j++)
                x[j] = j % 2 ? (float)(kt_random() * 20) : pw_value(j), y[j] = pw_value(j + 1);
            for (int j = 0; j < PW_MANY; j += NRV__TILE)
                pw_run(p, (char *)long_run + (size_t)j * size, x + j, y + j, NULL, NRV__TILE);
            for (int64_t at = 0, n = 0; at + n <= PW_MANY; at += n, n = (n + 1) % 71) {
                pw_run(p, (char *)part + (size_t)at * size, x + at, y + at, NULL, n);
                if (!pw_same((char *)part + (size_t)at * size, (char *)long_run + (size_t)at * size, n, size))
                    fail_msg("%s, tier %d: %d elements at %d have other bits alone", p->op, (int)p->tier, (int)n,
                             (int)at);
            }
            if (size != 4)
                continue;
            memcpy(part, x, PW_MANY * sizeof *x);
            pw_run(p, part, part, y, NULL, 1000);
            assert_true(pw_same(part, long_run, 1000, 4));
        }
}

static void pw_casts(void **state)
{
    (void)state;
    static float f[100], g[100];
    static double d[100];
    static int32_t i32[100];
    static int64_t i64[100];
    static uint8_t u8[100], b[100];
    for (int i = 0; i < 100; i++) {
        f[i] = i < 50 ? pw_value(i) : (float)(kt_random() * 3e9);
        i32[i] = (int32_t)(kt_random() * 2147483647.0), i64[i] = (int64_t)(kt_random() * 9e18),
        u8[i] = (uint8_t)(i * 7);
        b[i] = (uint8_t)(i % 3 == 0), d[i] = i < 50 ? (double)f[i] * 1.0000001 : kt_random();
    }
    for (nrv__tier t = NRV__BASELINE; t < NRV__TIERS; t++) {
        if (!nrv__cpu_has(t))
            continue;
        pw_run(pw_need(t, "cast", "i32 -> f32"), g, i32, NULL, NULL, 100);
        for (int i = 0; i < 100; i++)
            assert_true(g[i] == (float)i32[i]);
        pw_run(pw_need(t, "cast", "i64 -> f32"), g, i64, NULL, NULL, 99);
        for (int i = 0; i < 99; i++)
            assert_true(g[i] == (float)i64[i]);
        pw_run(pw_need(t, "cast", "u8 -> f32"), g, u8, NULL, NULL, 97);
        for (int i = 0; i < 97; i++)
            assert_true(g[i] == (float)u8[i]);
        pw_run(pw_need(t, "cast", "bool -> f32"), g, b, NULL, NULL, 97);
        for (int i = 0; i < 97; i++)
            assert_true(g[i] == (float)b[i]);
        pw_run(pw_need(t, "cast", "f64 -> f32"), g, d, NULL, NULL, 100);
        for (int i = 0; i < 100; i++)
            assert_true(g[i] == (float)d[i] || isnan(d[i]));
        double wide[100];
        pw_run(pw_need(t, "cast", "f32 -> f64"), wide, f, NULL, NULL, 100);
        for (int i = 0; i < 100; i++)
            assert_true(wide[i] == (double)f[i] || isnan(f[i]));
        int32_t whole[100];
        uint8_t truth[100];
        pw_run(pw_need(t, "cast", "f32 -> i32"), whole, f, NULL, NULL, 100);
        pw_run(pw_need(t, "cast", "f32 -> bool"), truth, f, NULL, NULL, 100);
        for (int i = 0; i < 100; i++) {
            const double x = (double)f[i], w = isnan(x)            ? 0
                                               : x < -2147483648.0 ? -2147483648.0
                                               : x > 2147483647.0  ? 2147483647.0
                                                                   : x;
            assert_int_equal(whole[i], (int32_t)w);
            assert_int_equal(truth[i], f[i] != 0);
        }
        pw_run(pw_need(t, "select", "bool f32 f32 -> f32"), g, b, f, d, 100);
        for (int i = 0; i < 100; i++)
            assert_memory_equal(&g[i], b[i] ? &f[i] : &((float *)d)[i], 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pw_all_floats), cmocka_unit_test(pw_borders), cmocka_unit_test(pw_pairs),
        cmocka_unit_test(pw_place),      cmocka_unit_test(pw_casts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
