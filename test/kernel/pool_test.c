/* pool_test.c - max pooling and its gradient: exactly what a plain search gives, NaN, ties and infinities included. */
#include "kernel_test.h"

typedef struct pt_case {
    int64_t b, c, h, w, k[2], stride[2], pad[2], dilation[2];
} pt_case;

static int64_t pt_out(const pt_case *s, int axis)
{
    const int64_t in = axis == 0 ? s->h : s->w;
    return (in + 2 * s->pad[axis] - s->dilation[axis] * (s->k[axis] - 1) - 1) / s->stride[axis] + 1;
}

/* the first maximum of window (t,u) of a plane, a NaN above all; -1: all padding */
static int64_t pt_first(const pt_case *s, const float *x, int64_t t, int64_t u)
{
    int64_t best = -1;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++) {
            const int64_t y = t * s->stride[0] - s->pad[0] + ky * s->dilation[0];
            const int64_t i = u * s->stride[1] - s->pad[1] + kx * s->dilation[1];
            if (y < 0 || y >= s->h || i < 0 || i >= s->w)
                continue;
            const float v = x[y * s->w + i];
            if (best < 0 || (!isnan(x[best]) && (isnan(v) || v > x[best])))
                best = y * s->w + i;
        }
    return best;
}

static void pt_define(const pt_case *s, const float *x, const float *dy, float *y, float *dx)
{
    const int64_t oh = pt_out(s, 0), ow = pt_out(s, 1);
    for (int64_t p = 0; p < s->b * s->c; p++, x += s->h * s->w, dx += s->h * s->w) {
        memset(dx, 0, (size_t)(s->h * s->w) * sizeof *dx);
        for (int64_t t = 0; t < oh; t++)
            for (int64_t u = 0; u < ow; u++, y++, dy++) {
                const int64_t at = pt_first(s, x, t, u);
                *y = at < 0 ? -INFINITY : x[at];
                if (at >= 0)
                    dx[at] += *dy;
            }
    }
}

static void pt_equal(const nrv__kernel *k, const char *what, const float *got, const float *want, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(got[i] == want[i]) && !(isnan(got[i]) && isnan(want[i])))
            fail_msg("%s, tier %d, %s: element %lld is %.9g, should be %.9g", k->name, (int)k->tier, what, (long long)i,
                     (double)got[i], (double)want[i]);
}

static void pt_check(const pt_case *s, int kind)
{
    nrv__window_attr attr = { .axes = 2, .groups = 1 };
    for (int i = 0; i < 2; i++) {
        attr.kernel[i] = s->k[i], attr.stride[i] = s->stride[i];
        attr.pad[i] = s->pad[i], attr.dilation[i] = s->dilation[i];
    }
    kt_tensor x = kt_floats(1, KT_DIMS(s->b, s->c, s->h, s->w)), dx = kt_new(NRV_F32, 3, 4, x.v.dim);
    kt_tensor dy = kt_floats(5, KT_DIMS(s->b, s->c, pt_out(s, 0), pt_out(s, 1))), y = kt_new(NRV_F32, 7, 4, dy.v.dim);
    float *v = x.v.data;
    for (int64_t i = 0, n = kt_count(&x.v); i < n; i++) {
        v[i] = kind > 0 ? (float)(int)(v[i] * 3) : v[i]; /* many ties */
        if (kind == 2)
            v[i] = i % 7 == 3 ? NAN : i % 5 < 2 ? -INFINITY : v[i];
    }
    float *want_y = malloc(y.bytes + 4), *want_dx = malloc(dx.bytes + 4);
    assert_non_null(want_y);
    assert_non_null(want_dx);
    pt_define(s, v, dy.v.data, want_y, want_dx);
    char what[96];
    snprintf(what, sizeof what, "image %dx%d window %dx%d kind %d", (int)s->h, (int)s->w, (int)s->k[0], (int)s->k[1],
             kind);
    const nrv__view in[2] = { x.v, dy.v };
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("max_pool", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 1, .attr = &attr }, &y));
        pt_equal(k, what, y.v.data, want_y, kt_count(&y.v));
    }
    for (int i = 0; (k = kt_next("max_pool_dx", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .attr = &attr }, &dx));
        pt_equal(k, what, dx.v.data, want_dx, kt_count(&dx.v));
    }
    free(want_y), free(want_dx);
    kt_free(&x), kt_free(&dx), kt_free(&dy), kt_free(&y);
}

static void pt_pairs(void **state)
{
    (void)state;
    for (int64_t h = 2; h < 8; h++)
        for (int64_t w = 2; w < 70; w++)
            pt_check(&(pt_case){ 2, 1 + w % 3, h, w, { 2, 2 }, { 2, 2 }, { 0, 0 }, { 1, 1 } }, (int)(w + h) % 3);
}

static int64_t pt_pick(int64_t low, int64_t high)
{
    return low + (int64_t)((kt_random() + 1) / 2 * (double)(high - low + 1) * 0.999999);
}

static void pt_any(void **state)
{
    (void)state;
    for (int n = 0; n < 300; n++) {
        pt_case s = { .b = pt_pick(0, 3), .c = pt_pick(1, 3), .h = pt_pick(1, 15), .w = pt_pick(1, 15) };
        for (int i = 0; i < 2; i++) {
            s.k[i] = pt_pick(1, 4), s.stride[i] = pt_pick(1, 3);
            s.pad[i] = pt_pick(0, 2), s.dilation[i] = pt_pick(1, 2);
        }
        if (s.h + 2 * s.pad[0] > s.dilation[0] * (s.k[0] - 1) && s.w + 2 * s.pad[1] > s.dilation[1] * (s.k[1] - 1))
            pt_check(&s, n % 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pt_pairs), cmocka_unit_test(pt_any) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
