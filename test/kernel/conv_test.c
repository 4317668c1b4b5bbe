/* conv_test.c - convolution and its two gradients, every tier, against loops in double that know nothing of layouts. */
#include "kernel_test.h"

typedef struct ct_case {
    int64_t b, c, o, h, w, k[2], stride[2], pad[2], dilation[2], groups;
} ct_case;

typedef struct ct_sums {
    double *value[3], *mass[3]; /* of y, dx, dw: the sum, and the sum of magnitudes */
    int64_t n[3];
} ct_sums;

static int64_t ct_out(const ct_case *s, int axis)
{
    const int64_t in = axis == 0 ? s->h : s->w;
    return (in + 2 * s->pad[axis] - s->dilation[axis] * (s->k[axis] - 1) - 1) / s->stride[axis] + 1;
}

static void ct_add(ct_sums *r, int which, int64_t at, double x)
{
    r->value[which][at] += x;
    r->mass[which][at] += fabs(x);
}

/* one product of the definition, in the three sums it belongs to; i = b, o, c, oy, ox, ky, kx */
static void ct_product(const ct_case *s, ct_sums *r, const int64_t *i, const float *x, const float *w, const float *dy)
{
    const int64_t iy = i[3] * s->stride[0] + i[5] * s->dilation[0] - s->pad[0];
    const int64_t ix = i[4] * s->stride[1] + i[6] * s->dilation[1] - s->pad[1];
    if (iy < 0 || iy >= s->h || ix < 0 || ix >= s->w)
        return;
    const int64_t cg = s->c / s->groups, channel = i[1] / (s->o / s->groups) * cg + i[2];
    const int64_t at_x = ((i[0] * s->c + channel) * s->h + iy) * s->w + ix;
    const int64_t at_w = ((i[1] * cg + i[2]) * s->k[0] + i[5]) * s->k[1] + i[6];
    const int64_t at_y = ((i[0] * s->o + i[1]) * ct_out(s, 0) + i[3]) * ct_out(s, 1) + i[4];
    ct_add(r, 0, at_y, (double)x[at_x] * (double)w[at_w]);
    ct_add(r, 1, at_x, (double)dy[at_y] * (double)w[at_w]);
    ct_add(r, 2, at_w, (double)dy[at_y] * (double)x[at_x]);
}

static void ct_define(const ct_case *s, ct_sums *r, const float *x, const float *w, const float *dy)
{
    const int64_t length[7] = { s->b, s->o, s->c / s->groups, ct_out(s, 0), ct_out(s, 1), s->k[0], s->k[1] };
    int64_t all = 1;
    for (int l = 0; l < 7; l++)
        all *= length[l];
    for (int64_t n = 0; n < all; n++) {
        int64_t i[7], rest = n;
        for (int l = 6; l >= 0; l--)
            i[l] = rest % length[l], rest /= length[l];
        ct_product(s, r, i, x, w, dy);
    }
}

/* every kernel: what it computes (y, dx, dw), and whether it may decline */
static const struct ct_kernel {
    const char *name;
    int which;
    bool picky;
} ct_kernels[] = { { "conv", 0, false },         { "conv_dx", 1, false },       { "conv_dw_dots", 2, false },
                   { "channel_mix", 0, true },   { "channel_mix_dx", 1, true }, { "channel_mix_dw", 2, true },
                   { "conv_dw", 2, true },       { "channelwise", 0, true },    { "channelwise_dx", 1, true },
                   { "channelwise_dw", 2, true } };
enum { CT_KERNELS = sizeof ct_kernels / sizeof *ct_kernels, CT_DW = 6 };
static int ct_ran[CT_KERNELS]; /* how often each did not decline */

static void ct_check(const ct_case *s)
{
    nrv__window_attr attr = { .axes = 2, .groups = s->groups };
    for (int i = 0; i < 2; i++) {
        attr.kernel[i] = s->k[i], attr.stride[i] = s->stride[i];
        attr.pad[i] = s->pad[i], attr.dilation[i] = s->dilation[i];
    }
    const bool large = s->h * s->w >= 4096; /* what goes around the caches must be aligned */
    kt_tensor x = kt_floats(1, KT_DIMS(s->b, s->c, s->h, s->w)),
              dx = kt_floats(large ? 0 : 3, KT_DIMS(s->b, s->c, s->h, s->w));
    kt_tensor w = kt_floats(5, KT_DIMS(s->o, s->c / s->groups, s->k[0], s->k[1])), dw = kt_new(NRV_F32, 7, 4, w.v.dim);
    kt_tensor dy = kt_floats(9, KT_DIMS(s->b, s->o, ct_out(s, 0), ct_out(s, 1))),
              y = kt_new(NRV_F32, large ? 0 : 11, 4, dy.v.dim);
    kt_tensor *out[3] = { &y, &dx, &dw };
    const nrv__view in[3][2] = { { x.v, w.v }, { dy.v, w.v }, { dy.v, x.v } };
    ct_sums r;
    for (int i = 0; i < 3; i++) {
        r.n[i] = kt_count(&out[i]->v);
        r.value[i] = calloc((size_t)r.n[i] * 2 + 1, sizeof(double));
        assert_non_null(r.value[i]);
        r.mass[i] = r.value[i] + r.n[i];
    }
    ct_define(s, &r, x.v.data, w.v.data, dy.v.data);
    char what[160];
    snprintf(what, sizeof what, "b%d %d->%d image %dx%d window %dx%d stride %d,%d pad %d,%d dilation %d,%d groups %d",
             (int)s->b, (int)s->c, (int)s->o, (int)s->h, (int)s->w, (int)s->k[0], (int)s->k[1], (int)s->stride[0],
             (int)s->stride[1], (int)s->pad[0], (int)s->pad[1], (int)s->dilation[0], (int)s->dilation[1],
             (int)s->groups);
    for (int i = 0; i < CT_KERNELS; i++) {
        const nrv__kernel *k;
        const int which = ct_kernels[i].which;
        for (int at = 0; (k = kt_next(ct_kernels[i].name, &at)) != NULL;) {
            const bool ran = kt_run(k, (nrv__args){ .in = in[which], .n_in = 2, .attr = &attr }, out[which]);
            assert_true(ran || ct_kernels[i].picky);
            ct_ran[i] += ran;
            if (ran)
                kt_near(k, what, out[which]->v.data, r.value[which], r.mass[which], r.n[which], 4e-7);
        }
    }
    for (int i = 0; i < 3; i++)
        free(r.value[i]);
    kt_free(&x), kt_free(&dx), kt_free(&w), kt_free(&dw), kt_free(&dy), kt_free(&y);
}

static int64_t ct_pick(int64_t low, int64_t high)
{
    return low + (int64_t)((kt_random() + 1) / 2 * (double)(high - low + 1) * 0.999999);
}

static void ct_layers(void **state) /* the layers of known networks, few images */
{
    (void)state;
    static const ct_case list[] = {
        { 3, 1, 16, 28, 28, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 2, 16, 32, 14, 14, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 5, 1, 32, 28, 28, { 5, 5 }, { 1, 1 }, { 2, 2 }, { 1, 1 }, 1 },
        { 5, 6, 16, 14, 14, { 5, 5 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 },
        { 2, 16, 16, 32, 32, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 2, 16, 32, 32, 32, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 1 },
        { 2, 64, 64, 8, 8, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 2, 64, 20, 3, 3, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 1, 40, 40, 56, 56, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 1, 3, 8, 70, 224, { 7, 7 }, { 2, 2 }, { 3, 3 }, { 1, 1 }, 1 },
        { 2, 32, 48, 7, 7, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 },
        { 2, 12, 12, 9, 9, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 12 },
        { 3, 20, 24, 33, 40, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 9, 300, 70, 4, 4, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 },
        { 2, 40, 33, 20, 20, { 1, 1 }, { 2, 2 }, { 0, 0 }, { 1, 1 }, 1 },
        { 5, 16, 60, 5, 5, { 5, 5 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 },
        { 2, 64, 70, 35, 32, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 },
        { 3, 48, 30, 31, 33, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 3 },
        { 2, 80, 20, 29, 64, { 1, 1 }, { 2, 3 }, { 0, 0 }, { 1, 1 }, 2 },
        { 1, 9, 130, 70, 65, { 1, 1 }, { 4, 2 }, { 0, 0 }, { 1, 1 }, 1 },
        { 1, 1, 64, 256, 256, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, 1 }, /* results larger than caches */
        { 16, 64, 1, 64, 64, { 1, 1 }, { 2, 2 }, { 0, 0 }, { 1, 1 }, 1 },
        { 16, 1, 96, 207, 55, { 1, 1 }, { 2, 2 }, { 0, 0 }, { 1, 1 }, 1 }, /* blocks of rows that are no vectors */
        { 1, 8, 8, 4, 2060, { 1, 1 }, { 2, 2 }, { 0, 0 }, { 1, 1 }, 1 },
    };
    memset(ct_ran, 0, sizeof ct_ran);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        ct_check(&list[i]);
    assert_true(ct_ran[CT_DW] * 2 >= (int)(sizeof list / sizeof *list)); /* on three tiers */
}

static void ct_pixel_by_pixel(void **state) /* windows of 1x1 */
{
    (void)state;
    memset(ct_ran, 0, sizeof ct_ran);
    for (int n = 0; n < 150; n++) {
        ct_case s = {
            .b = ct_pick(0, 4), .groups = ct_pick(1, 2), .h = ct_pick(1, 40), .w = ct_pick(1, 70), .k = { 1, 1 }
        };
        s.c = s.groups * ct_pick(1, 40), s.o = s.groups * ct_pick(1, 40);
        for (int i = 0; i < 2; i++)
            s.stride[i] = n % 2 ? ct_pick(1, 3) : 1, s.dilation[i] = 1;
        ct_check(&s);
    }
    for (int i = 3; i < CT_DW; i++)
        assert_true(ct_ran[i] > 30);
}

static void
ct_any(void **state) /* three hundred drawn at random: any stride, padding, dilation, groups, empty batches */
{
    (void)state;
    for (int n = 0; n < 300; n++) {
        ct_case s = { .b = ct_pick(0, 9), .groups = ct_pick(1, 3) };
        s.c = s.groups * ct_pick(1, 5), s.o = s.groups * ct_pick(1, 8);
        s.h = ct_pick(1, 20), s.w = ct_pick(1, 20);
        for (int i = 0; i < 2; i++) {
            s.k[i] = ct_pick(1, 5), s.stride[i] = ct_pick(1, 3);
            s.pad[i] = ct_pick(0, 3), s.dilation[i] = ct_pick(1, 3);
        }
        if (n % 3 == 0)
            s.o = s.groups * ct_pick(16, 20), s.c = s.groups * ct_pick(14, 18);
        if (s.h + 2 * s.pad[0] > s.dilation[0] * (s.k[0] - 1) && s.w + 2 * s.pad[1] > s.dilation[1] * (s.k[1] - 1))
            ct_check(&s);
    }
}

static void
ct_depthwise(void **state) /* every channel by itself: three hundred drawn, and the layers of known networks */
{
    (void)state;
    static const ct_case list[] = {
        { 1, 3, 3, 56, 56, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 3 },
        { 2, 5, 5, 7, 7, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 5 },
        { 1, 3, 3, 57, 56, { 3, 3 }, { 2, 2 }, { 1, 1 }, { 1, 1 }, 3 },
        { 2, 3, 3, 28, 28, { 5, 5 }, { 2, 2 }, { 2, 2 }, { 1, 1 }, 3 },
        { 1, 2, 2, 30, 70, { 7, 7 }, { 1, 1 }, { 3, 3 }, { 1, 1 }, 2 },
        { 2, 4, 4, 1, 100, { 1, 9 }, { 1, 1 }, { 0, 8 }, { 1, 2 }, 4 },
        { 1, 2, 6, 33, 40, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 2 },
        { 1, 2, 2, 200, 130, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, 2 },
    };
    memset(ct_ran, 0, sizeof ct_ran);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        ct_check(&list[i]);
    for (int n = 0; n < 300; n++) {
        ct_case s = { .b = ct_pick(0, 3), .groups = ct_pick(2, 5), .h = ct_pick(1, 24), .w = ct_pick(1, 44) };
        s.c = s.groups, s.o = s.groups * (n % 3 == 0 ? ct_pick(2, 3) : 1);
        for (int i = 0; i < 2; i++) {
            s.k[i] = n % 2 ? 3 : ct_pick(1, 7), s.stride[i] = n % 4 == 3 ? 1 : n % 4 == 1 ? 2 : ct_pick(1, 4);
            s.pad[i] = ct_pick(0, 4), s.dilation[i] = n % 2 ? 1 : ct_pick(1, 3);
        }
        if (s.h + 2 * s.pad[0] > s.dilation[0] * (s.k[0] - 1) && s.w + 2 * s.pad[1] > s.dilation[1] * (s.k[1] - 1))
            ct_check(&s);
    }
    for (int i = CT_DW + 1; i < CT_KERNELS; i++)
        assert_true(ct_ran[i] > 30);
}

static void ct_refuses(void **state)
{
    (void)state;
    nrv__window_attr attr = {
        .axes = 1, .kernel = { 1, 1, 1 }, .stride = { 1, 1, 1 }, .dilation = { 1, 1, 1 }, .groups = 1
    };
    kt_tensor x = kt_floats(0, KT_DIMS(1, 1, 1)), y = kt_floats(0, KT_DIMS(1, 1, 1));
    const nrv__view in[2] = { x.v, x.v };
    int found = 0;
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("conv", &i)) != NULL; found++)
        assert_false(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .attr = &attr }, &y));
    assert_true(found > 0);
    kt_free(&x), kt_free(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ct_layers), cmocka_unit_test(ct_pixel_by_pixel),
                                        cmocka_unit_test(ct_any), cmocka_unit_test(ct_depthwise),
                                        cmocka_unit_test(ct_refuses) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
