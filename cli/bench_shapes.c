/* bench_shapes.c - `nervo bench gemm` and `nervo bench conv`: one product, one convolution or one of its two gradients,
   of any shape.

   Promises: elements spread over the whole result are held against sums in double before the time is told. The bound
   holds for any order of summing in float, and for none that leaves something out.
   Does not do: bias or activation (`nervo bench kernels` has such chains). */
#include "bench.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

static int64_t shape_common(int64_t a, int64_t b) /* the greatest common divisor */
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* how far apart the checked elements are: at most `most` of `all`, and in every one of `columns` */
static int64_t shape_stride(int64_t all, int64_t columns, int64_t most)
{
    int64_t stride = all / most + 1;
    while (shape_common(stride, columns) != 1)
        stride++;
    return stride;
}

typedef struct shape_sum {
    double sum, size;
    int64_t n;
} shape_sum;

static void shape_add(shape_sum *s, float a, float b)
{
    double one = (double)a * (double)b;
    s->sum += one;
    s->size += fabs(one);
    s->n++;
}

static int shape_close(const shape_sum *s, float have, int64_t at)
{
    if (fabs((double)have - s->sum) <= (double)(s->n + 1) * 0x1p-24 * s->size)
        return CLI_GO_ON;
    return cli_error(CLI_FAILED, "Please report this, with 'nervo version --build-options'.",
                     "the result is wrong at element %" PRId64 ": %.9g, not %.9g", at, (double)have, s->sum);
}

/* ---- one product ------------------------------------------------------------------------------------------------ */
enum { GEMM_M, GEMM_N, GEMM_K, GEMM_TA, GEMM_TB };

static int gemm_check(const bench_piece *p, const float *y, int64_t *checked)
{
    const int64_t *s = p->number, m = s[GEMM_M], n = s[GEMM_N], k = s[GEMM_K];
    const float *a = p->in[0].data, *b = p->in[1].data;
    int64_t stride = shape_stride(m * n, n, 65536);
    for (int64_t at = m * n - 1; at >= 0; at -= stride, ++*checked) {
        shape_sum sum = { 0 };
        int64_t row = at / n, column = at % n;
        for (int64_t i = 0; i < k; i++)
            shape_add(&sum, a[s[GEMM_TA] ? i * m + row : row * k + i], b[s[GEMM_TB] ? column * k + i : i * n + column]);
        int code = shape_close(&sum, y[at], at);
        if (code != CLI_GO_ON)
            return code;
    }
    return CLI_GO_ON;
}

static int gemm_words(const cli_args *a, bench_piece *p)
{
    static const char *const ways[] = { "nn", "tn", "nt", "tt" },
                             example[] = "For example: nervo bench gemm 512 512 512.";
    int at = 1, way = 0, n = 0;
    for (; n < 3 && at < a->n_rest; at++) {
        int more = bench_lengths(a->rest[at], p->number + n, 3 - n);
        for (int i = n; i < n + more; i++)
            more = p->number[i] > 1 << 20 ? 0 : more;
        if (!more)
            return cli_error(CLI_USAGE, "Sizes go from 1 to 1048576.", "gemm does not understand '%s'", a->rest[at]);
        n += more;
    }
    int code = bench_threads(
        a, n == 3 && at < a->n_rest && a->rest[at][0] != 'n' && a->rest[at][0] != 't' ? a->rest[at++] : NULL,
        &p->threads);
    if (code != CLI_GO_ON)
        return code;
    if (n == 3 && at < a->n_rest) {
        while (way < 4 && strcmp(ways[way], a->rest[at]) != 0)
            way++;
        at++;
    }
    if (n < 3 || at < a->n_rest || way == 4)
        return cli_error(CLI_USAGE, example, "gemm wants M N K, and perhaps a number of threads, and nn, tn, nt or tt");
    p->number[GEMM_TA] = way & 1;
    p->number[GEMM_TB] = way >> 1;
    p->name =
        cli_format("gemm %" PRId64 "x%" PRId64 "x%" PRId64 " %s", p->number[0], p->number[1], p->number[2], ways[way]);
    return CLI_GO_ON;
}

int bench_gemm(const cli_args *a)
{
    bench_piece p = { .check = gemm_check };
    int code = gemm_words(a, &p);
    if (code != CLI_GO_ON)
        return code;
    int64_t m = p.number[GEMM_M], n = p.number[GEMM_N], k = p.number[GEMM_K];
    bool ta = p.number[GEMM_TA], tb = p.number[GEMM_TB];
    bench_open_piece(&p, NRV_EVAL);
    nrv_tensor x = bench_input(&p, "a", ta ? NRV_SHAPE(k, m) : NRV_SHAPE(m, k));
    nrv_tensor w = bench_input(&p, "b", tb ? NRV_SHAPE(n, k) : NRV_SHAPE(k, n));
    nrv_output(p.g, "y", nrv_matmul(ta ? nrv_transpose(x) : x, tb ? nrv_transpose(w) : w));
    return bench_run_piece(a, &p);
}

/* ---- one convolution -------------------------------------------------------------------------------------------- */
/* Fewer than three axes have lengths of 1 in front. CONV_STRIDE and what follows are the words after the shapes. */
enum {
    CONV_B,
    CONV_C,
    CONV_S,
    CONV_O = CONV_S + 3,
    CONV_K,
    CONV_STRIDE = CONV_K + 3,
    CONV_PAD,
    CONV_DILATION,
    CONV_GROUPS,
    CONV_P,
    CONV_AXES = CONV_P + 3,
    CONV_WHICH
};
static const char *const conv_words[] = { "stride", "pad", "dilation", "groups" };
static const char *const conv_which[] = { "forward", "data", "weights" };
static const char conv_example[] = "For example: nervo bench conv forward 64x3x32x32 32 3x3 pad 1.";

typedef struct conv_walk { /* places i of the image, k of the filter, p of the result that meet */
    const int64_t *s;
    int64_t i[3], k[3], p[3];
} conv_walk;

static int64_t conv_pad(const int64_t *s, int axis)
{
    return axis < 3 - s[CONV_AXES] ? 0 : s[CONV_PAD];
}

/* the place in the image that filter place k of result place p looks at; false: it lies in the padding */
static bool conv_image(conv_walk *w)
{
    for (int a = 0; a < 3; a++) {
        w->i[a] = w->p[a] * w->s[CONV_STRIDE] - conv_pad(w->s, a) + w->k[a] * w->s[CONV_DILATION];
        if (w->i[a] < 0 || w->i[a] >= w->s[CONV_S + a])
            return false;
    }
    return true;
}

/* the place in the result whose filter place k looks at image place i */
static bool conv_result(conv_walk *w)
{
    for (int a = 0; a < 3; a++) {
        int64_t from = w->i[a] + conv_pad(w->s, a) - w->k[a] * w->s[CONV_DILATION];
        if (from < 0 || from % w->s[CONV_STRIDE] || from / w->s[CONV_STRIDE] >= w->s[CONV_P + a])
            return false;
        w->p[a] = from / w->s[CONV_STRIDE];
    }
    return true;
}

static int64_t conv_volume(const int64_t *d)
{
    return d[0] * d[1] * d[2];
}

static void conv_split(int64_t at, const int64_t *d, int64_t *to)
{
    to[2] = at % d[2];
    to[1] = at / d[2] % d[1];
    to[0] = at / d[2] / d[1];
}

static int64_t conv_join(const int64_t *d, const int64_t *at)
{
    return (at[0] * d[1] + at[1]) * d[2] + at[2];
}

static void conv_forward_sum(const bench_piece *b, int64_t at, shape_sum *sum)
{
    const int64_t *s = b->number, cg = s[CONV_C] / s[CONV_GROUPS], k = conv_volume(s + CONV_K),
                  p = conv_volume(s + CONV_P);
    const float *x = b->in[0].data, *w = b->in[1].data;
    int64_t o = at / p % s[CONV_O], image = at / p / s[CONV_O], first = o / (s[CONV_O] / s[CONV_GROUPS]) * cg;
    conv_walk walk = { .s = s };
    conv_split(at % p, s + CONV_P, walk.p);
    for (int64_t i = 0; i < k; i++) {
        conv_split(i, s + CONV_K, walk.k);
        if (!conv_image(&walk))
            continue;
        int64_t place = conv_join(s + CONV_S, walk.i), area = conv_volume(s + CONV_S);
        for (int64_t c = 0; c < cg; c++)
            shape_add(sum, x[(image * s[CONV_C] + first + c) * area + place], w[(o * cg + c) * k + i]);
    }
}

static void conv_data_sum(const bench_piece *b, int64_t at, shape_sum *sum)
{
    const int64_t *s = b->number, cg = s[CONV_C] / s[CONV_GROUPS], og = s[CONV_O] / s[CONV_GROUPS];
    const float *w = b->in[1].data, *dy = b->in[2].data;
    int64_t k = conv_volume(s + CONV_K), p = conv_volume(s + CONV_P), area = conv_volume(s + CONV_S);
    int64_t c = at / area % s[CONV_C], image = at / area / s[CONV_C];
    conv_walk walk = { .s = s };
    conv_split(at % area, s + CONV_S, walk.i);
    for (int64_t i = 0; i < k; i++) {
        conv_split(i, s + CONV_K, walk.k);
        if (!conv_result(&walk))
            continue;
        int64_t place = conv_join(s + CONV_P, walk.p);
        for (int64_t o = c / cg * og; o < (c / cg + 1) * og; o++)
            shape_add(sum, dy[(image * s[CONV_O] + o) * p + place], w[(o * cg + c % cg) * k + i]);
    }
}

static void conv_weights_sum(const bench_piece *b, int64_t at, shape_sum *sum)
{
    const int64_t *s = b->number, cg = s[CONV_C] / s[CONV_GROUPS], og = s[CONV_O] / s[CONV_GROUPS];
    const float *x = b->in[0].data, *dy = b->in[2].data;
    int64_t k = conv_volume(s + CONV_K), p = conv_volume(s + CONV_P), area = conv_volume(s + CONV_S);
    int64_t o = at / k / cg, c = o / og * cg + at / k % cg;
    conv_walk walk = { .s = s };
    conv_split(at % k, s + CONV_K, walk.k);
    for (int64_t i = 0; i < p; i++) {
        conv_split(i, s + CONV_P, walk.p);
        if (!conv_image(&walk))
            continue;
        int64_t place = conv_join(s + CONV_S, walk.i);
        for (int64_t image = 0; image < s[CONV_B]; image++)
            shape_add(sum, dy[(image * s[CONV_O] + o) * p + i], x[(image * s[CONV_C] + c) * area + place]);
    }
}

static int conv_check(const bench_piece *b, const float *y, int64_t *checked)
{
    static void (*const sums[])(const bench_piece *, int64_t, shape_sum *) = { conv_forward_sum, conv_data_sum,
                                                                               conv_weights_sum };
    const int64_t *s = b->number, cg = s[CONV_C] / s[CONV_GROUPS], k = conv_volume(s + CONV_K);
    const int64_t all[] = { s[CONV_B] * s[CONV_O] * conv_volume(s + CONV_P),
                            s[CONV_B] * s[CONV_C] * conv_volume(s + CONV_S), s[CONV_O] * cg * k };
    const int64_t each[] = { cg * k, s[CONV_O] / s[CONV_GROUPS] * k, s[CONV_B] * conv_volume(s + CONV_P) };
    int64_t which = s[CONV_WHICH], most = ((int64_t)1 << 25) / each[which] + 64;
    int64_t stride = shape_stride(all[which], s[which == 1 ? CONV_S + 2 : CONV_P + 2], most > 65536 ? 65536 : most);
    for (int64_t at = all[which] - 1; at >= 0; at -= stride, ++*checked) {
        shape_sum sum = { 0 };
        sums[which](b, at, &sum);
        int code = shape_close(&sum, y[at], at);
        if (code != CLI_GO_ON)
            return code;
    }
    return CLI_GO_ON;
}

/* the shapes: (B,C,S...), out, K... */
static int conv_shapes(const cli_args *a, bench_piece *b, int *at)
{
    int64_t x[5], k[3], *s = b->number;
    int rank = *at + 2 < a->n_rest ? bench_lengths(a->rest[*at], x, 5) : 0, axes = rank - 2;
    if (rank < 3 || bench_lengths(a->rest[*at + 1], s + CONV_O, 1) != 1 ||
        bench_lengths(a->rest[*at + 2], k, 3) != axes)
        return cli_error(CLI_USAGE, conv_example, "conv wants an image BxCxHxW, a number of filters, their size KxK");
    s[CONV_B] = x[0];
    s[CONV_C] = x[1];
    s[CONV_AXES] = axes;
    for (int i = 0; i < 3; i++) {
        s[CONV_S + i] = i < 3 - axes ? 1 : x[2 + i - (3 - axes)];
        s[CONV_K + i] = i < 3 - axes ? 1 : k[i - (3 - axes)];
    }
    *at += 3;
    return CLI_GO_ON;
}

static int conv_pairs(const cli_args *a, bench_piece *b, int *at)
{
    int64_t *s = b->number;
    s[CONV_STRIDE] = s[CONV_DILATION] = s[CONV_GROUPS] = 1;
    s[CONV_PAD] = 0;
    for (; *at + 1 < a->n_rest; *at += 2) {
        int i = 0;
        while (i < 4 && strcmp(a->rest[*at], conv_words[i]) != 0)
            i++;
        bool nothing = i == 1 && strcmp(a->rest[*at + 1], "0") == 0;
        if (i == 4 || (!nothing &&
                       (bench_lengths(a->rest[*at + 1], s + CONV_STRIDE + i, 1) != 1 || s[CONV_STRIDE + i] > 1 << 20)))
            return cli_error(CLI_USAGE, conv_example, "conv does not understand '%s %s'", a->rest[*at],
                             a->rest[*at + 1]);
    }
    return CLI_GO_ON;
}

/* lengths of the result; refused here, because the check divides by them */
static int conv_result_shape(bench_piece *b)
{
    int64_t *s = b->number;
    if (s[CONV_C] % s[CONV_GROUPS] || s[CONV_O] % s[CONV_GROUPS])
        return cli_error(CLI_USAGE, conv_example,
                         "%" PRId64 " channels and %" PRId64 " filters do not fall into %" PRId64 " groups", s[CONV_C],
                         s[CONV_O], s[CONV_GROUPS]);
    for (int i = 0; i < 3; i++) {
        int64_t room = s[CONV_S + i] + 2 * conv_pad(s, i) - s[CONV_DILATION] * (s[CONV_K + i] - 1) - 1;
        if (room < 0)
            return cli_error(CLI_USAGE, conv_example, "a filter of %" PRId64 " does not fit into a length of %" PRId64,
                             s[CONV_K + i], s[CONV_S + i]);
        s[CONV_P + i] = room / s[CONV_STRIDE] + 1;
    }
    return CLI_GO_ON;
}

static int conv_parse(const cli_args *a, bench_piece *b)
{
    int at = 1, which = 0, code;
    if (at < a->n_rest)
        while (which < 3 && strcmp(a->rest[at], conv_which[which]) != 0)
            which++;
    at += which < 3;
    b->number[CONV_WHICH] = which % 3;
    code = conv_shapes(a, b, &at);
    if (code == CLI_GO_ON)
        code = conv_pairs(a, b, &at);
    if (code == CLI_GO_ON)
        code = bench_threads(a, at < a->n_rest ? a->rest[at] : NULL, &b->threads);
    return code == CLI_GO_ON ? conv_result_shape(b) : code;
}

static nrv_shape conv_dims(const int64_t *s, int64_t first, int64_t second, const int64_t *d)
{
    nrv_shape to = { .rank = 2, .dim = { first, second } };
    for (int64_t i = 3 - s[CONV_AXES]; i < 3; i++)
        to.dim[to.rank++] = d[i];
    return to;
}

static char *conv_size(const int64_t *s, const int64_t *d)
{
    char *to = cli_copy("", 0);
    for (int64_t i = 3 - s[CONV_AXES]; i < 3; i++)
        to = cli_format("%s%s%" PRId64, to, *to ? "x" : "", d[i]);
    return to;
}

static const char *conv_name(const int64_t *s)
{
    char *to = cli_format("conv %s %" PRId64 "x%" PRId64 "x%s %" PRId64 " %s", conv_which[s[CONV_WHICH]], s[CONV_B],
                          s[CONV_C], conv_size(s, s + CONV_S), s[CONV_O], conv_size(s, s + CONV_K));
    for (int i = 0; i < 4; i++)
        if (s[CONV_STRIDE + i] != (i != 1))
            to = cli_format("%s %s %" PRId64, to, conv_words[i], s[CONV_STRIDE + i]);
    return to;
}

int bench_conv(const cli_args *a)
{
    bench_piece p = { .check = conv_check };
    const int64_t *s = p.number;
    int code = conv_parse(a, &p);
    if (code != CLI_GO_ON)
        return code;
    p.name = conv_name(s);
    bench_open_piece(&p, NRV_EVAL);
    nrv_conv_opt opt = { .stride = (int)s[CONV_STRIDE],
                         .pad = (int)s[CONV_PAD],
                         .dilation = (int)s[CONV_DILATION],
                         .groups = (int)s[CONV_GROUPS] };
    nrv_tensor x = bench_input(&p, "x", conv_dims(s, s[CONV_B], s[CONV_C], s + CONV_S));
    nrv_tensor w = bench_input(&p, "w", conv_dims(s, s[CONV_O], s[CONV_C] / s[CONV_GROUPS], s + CONV_K));
    nrv_tensor y = nrv_conv_with(x, w, NULL, &opt), of[] = { x, w }, to[2];
    if (s[CONV_WHICH]) {
        nrv_grad(y, bench_input(&p, "dy", conv_dims(s, s[CONV_B], s[CONV_O], s + CONV_P)), 2, of, to);
        y = to[s[CONV_WHICH] - 1];
    }
    nrv_output(p.g, "y", y);
    return bench_run_piece(a, &p);
}
