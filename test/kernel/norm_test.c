/* norm_test.c - layer norm, root mean square norm and their gradients, against plain loops in double: rows shorter and
   longer than a vector, and so many that the gradient of the weight is summed in several parts. */
#include "kernel_test.h"

typedef struct nt_case {
    int64_t rows, n, rms, weight, bias;
} nt_case;

typedef struct nt_job {
    nt_case c;
    nrv__norm_attr attr;
    kt_tensor x, dy, weight, bias;
    double mean, mean_size, scale; /* of the row that nt_measure saw last; the second without signs */
} nt_job;

static double nt_at(const kt_tensor *t, int64_t i)
{
    return (double)((const float *)t->v.data)[i];
}

static void nt_measure(nt_job *t, int64_t row)
{
    const int64_t n = t->c.n;
    double squares = 0;
    t->mean = t->mean_size = 0;
    for (int64_t i = 0; i < n && !t->c.rms; i++)
        t->mean += nt_at(&t->x, row * n + i) / (double)n, t->mean_size += fabs(nt_at(&t->x, row * n + i)) / (double)n;
    for (int64_t i = 0; i < n; i++)
        squares += pow(nt_at(&t->x, row * n + i) - t->mean, 2);
    t->scale = 1 / sqrt(squares / (double)n + t->attr.eps);
}

static double nt_standard(const nt_job *t, int64_t at)
{
    return (nt_at(&t->x, at) - t->mean) * t->scale;
}

static double nt_weight(const nt_job *t, int64_t i)
{
    return t->c.weight ? nt_at(&t->weight, i) : 1;
}

/* what rounding is measured by: the terms that make up a result, without their signs */
typedef struct nt_want {
    double *value, *size;
} nt_want;

static void nt_row(nt_job *t, int64_t row, const nt_want *y, const nt_want *dx, const nt_want *dw)
{
    const int64_t n = t->c.n;
    double plain = 0, along = 0, plain_size = 0, along_size = 0;
    nt_measure(t, row);
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = row * n + i;
        const double z = nt_standard(t, at), dy = nt_at(&t->dy, at), h = dy * nt_weight(t, i);
        const double big = (fabs(nt_at(&t->x, at)) + t->mean_size) * t->scale;
        const double bias = t->c.bias ? nt_at(&t->bias, i) : 0;
        plain += t->c.rms ? 0 : h / (double)n, plain_size += fabs(h) / (double)n;
        along += h * z / (double)n, along_size += fabs(h) * big / (double)n;
        y->value[at] = z * nt_weight(t, i) + bias;
        y->size[at] = big * fabs(nt_weight(t, i)) + fabs(bias);
        dw->value[i] += dy * z, dw->size[i] += fabs(dy) * big;
        if (t->c.bias)
            dw->value[n + i] += dy, dw->size[n + i] += fabs(dy);
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = row * n + i;
        const double h = nt_at(&t->dy, at) * nt_weight(t, i), z = nt_standard(t, at);
        const double big = (fabs(nt_at(&t->x, at)) + t->mean_size) * t->scale;
        dx->value[at] = t->scale * (h - plain - z * along);
        dx->size[at] = t->scale * (fabs(h) + plain_size + big * along_size);
    }
}

static void nt_kernel(const nt_job *t, const char *name, const nrv__view *in, int n_in, kt_tensor *out,
                      const nt_want *want)
{
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next(name, &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = n_in, .attr = &t->attr }, out));
        /* sixteen vectors of a row are added in float, or four rows, each term of which has some roundings of its own
         */
        kt_near(k, "norm", out->v.data, want->value, want->size, kt_count(&out->v), 16 * 0x1p-24);
    }
}

static nt_want nt_room(int64_t n)
{
    nt_want w = { calloc((size_t)n + 1, 8), calloc((size_t)n + 1, 8) };
    assert_non_null(w.value);
    assert_non_null(w.size);
    return w;
}

static void nt_check(nt_case c)
{
    nt_job t = { .c = c,
                 .attr = { 1e-5, 1, c.rms, c.weight, c.bias },
                 .x = kt_floats(1, KT_DIMS(c.rows, c.n)),
                 .dy = kt_floats(3, KT_DIMS(c.rows, c.n)),
                 .weight = kt_floats(5, KT_DIMS(c.n)),
                 .bias = kt_floats(2, KT_DIMS(c.n)) };
    const int64_t all = c.rows * c.n, columns = (c.bias ? 2 : 1) * c.n;
    kt_tensor y = kt_new(NRV_F32, 7, KT_DIMS(c.rows, c.n)), dw = kt_new(NRV_F32, 0, KT_DIMS(columns));
    kt_tensor both = kt_new(NRV_F32, 1, KT_DIMS(all + columns));
    const nt_want forth = nt_room(all), dx = nt_room(all + columns), slope = { dx.value + all, dx.size + all };
    for (int64_t r = 0; r < c.rows; r++)
        nt_row(&t, r, &forth, &dx, &slope);
    const nrv__view forward[3] = { t.x.v, c.weight ? t.weight.v : t.bias.v, t.bias.v };
    const nrv__view back[3] = { t.x.v, t.dy.v, t.weight.v };
    nt_kernel(&t, c.rms ? "rms_norm" : "layer_norm", forward, 1 + (int)c.weight + (int)c.bias, &y, &forth);
    nt_kernel(&t, "norm_dx", back, 2 + (int)c.weight, &y, &dx);
    nt_kernel(&t, "norm_dw", back, 2, &dw, &slope);
    nt_kernel(&t, "norm_back", back, 2 + (int)c.weight, &both, &dx);
    free(forth.value), free(forth.size), free(dx.value), free(dx.size);
    kt_free(&t.x), kt_free(&t.dy), kt_free(&t.weight), kt_free(&t.bias), kt_free(&y), kt_free(&dw);
    kt_free(&both);
}

static void nt_all(void **state)
{
    (void)state;
    static const int64_t shape[][2] = { { 1, 1 },     { 7, 5 },     { 40, 16 },   { 9, 33 },
                                        { 301, 999 }, { 2000, 70 }, { 20, 8200 }, { 0, 6 } };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        nt_check((nt_case){ shape[i][0], shape[i][1], 0, 1, 1 });
        nt_check((nt_case){ shape[i][0], shape[i][1], 0, 0, 1 });
        nt_check((nt_case){ shape[i][0], shape[i][1], 1, 1, 0 });
        nt_check((nt_case){ shape[i][0], shape[i][1], 1, 0, 0 });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nt_all) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
