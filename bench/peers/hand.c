/* hand.c - what somebody would write by hand for one chain: a single loop that reads once and writes once, in plain C
   that the compiler turns into vectors. hand gelu 262144; hand softmax 2048x128 both.

   Promises: the same work as the row of `nervo bench` of that name (dropout draws Philox numbers, too), with
   polynomials of about 1e-7 in the place of libm; some elements are held against libm in double. OMP_NUM_THREADS
   threads share the rows out. Does not do: subnormals, infinities and NaN in exp; anything that is a product of
   matrices. */
#include "peer.h"
#ifdef _OPENMP
#include <omp.h>
#endif

enum { HAND_BUFFERS = 8 };
typedef struct hand_job hand_job;
typedef struct hand_kernel {
    const char *name;
    int axes, both;
    const char *buffer; /* how long each is: n all, 4 four times that, r rows, c columns */
    int out;            /* the buffer that is checked */
    void (*run)(const hand_job *j, long begin, long end); /* rows; of one axis, elements */
    double (*value)(const hand_job *j, long i);           /* what out[i] should be; NULL: it changes in place */
} hand_kernel;
struct hand_job {
    const hand_kernel *k;
    long rows, columns;
    float *p[HAND_BUFFERS];
};

#define HAND_INLINE static inline __attribute__((always_inline))

HAND_INLINE float hand_exp(float x)
{
    x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
    float shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
    float r = x - n * 0.693359375f - n * -2.12194440e-4f, y = 1.9875691500e-4f;
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1;
    int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return y * power;
}

HAND_INLINE float hand_sigmoid(float x)
{
    return 1 / (1 + hand_exp(-x));
}

HAND_INLINE float hand_tanh(float x)
{
    return 1 - 2 / (hand_exp(2 * x) + 1);
}

HAND_INLINE float hand_gelu(float x) /* Abramowitz and Stegun 7.1.26, absolute error 1.5e-7 */
{
    float a = fabsf(x) * 0.70710678f, t = 1 / (1 + 0.3275911f * a);
    float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    float erf = 1 - p * hand_exp(-a * a);
    return 0.5f * (x + fabsf(x) * erf);
}

/* ---- element-wise ----------------------------------------------------------------------------------------------- */
#define HAND_FLAT(name, expression)                                 \
    static void name(const hand_job *j, long begin, long end)       \
    {                                                               \
        const float *restrict x_ = j->p[0], *restrict b_ = j->p[1]; \
        float *restrict y = j->p[2];                                \
        _Pragma("omp simd") for (long i = begin; i < end; i++)      \
        {                                                           \
            const float x = x_[i], b = b_[i];                       \
            (void)b;                                                \
            y[i] = expression;                                      \
        }                                                           \
    }
#define HAND_ROWS(name, expression)                                \
    static void name(const hand_job *j, long begin, long end)      \
    {                                                              \
        const float *restrict b_ = j->p[1];                        \
        for (long row = begin; row < end; row++) {                 \
            const float *restrict x_ = j->p[0] + row * j->columns; \
            float *restrict y = j->p[2] + row * j->columns;        \
            for (long i = 0; i < j->columns; i++) {                \
                const float x = x_[i], b = b_[i];                  \
                y[i] = expression;                                 \
            }                                                      \
        }                                                          \
    }
#define HAND_VALUE(name, expression)                                                                    \
    static double name(const hand_job *j, long i)                                                       \
    {                                                                                                   \
        const double x = (double)j->p[0][i], b = (double)j->p[1][j->k->axes == 2 ? i % j->columns : i]; \
        (void)b;                                                                                        \
        return expression;                                                                              \
    }
HAND_FLAT(hand_add_run, x + b)
HAND_VALUE(hand_add_value, x + b)
HAND_FLAT(hand_exp_run, hand_exp(x))
HAND_VALUE(hand_exp_value, exp(x))
HAND_FLAT(hand_tanh_run, hand_tanh(x))
HAND_VALUE(hand_tanh_value, tanh(x))
HAND_FLAT(hand_sigmoid_run, hand_sigmoid(x))
HAND_VALUE(hand_sigmoid_value, 1 / (1 + exp(-x)))
HAND_FLAT(hand_gelu_run, hand_gelu(x))
HAND_VALUE(hand_gelu_value, 0.5 * x * (1 + erf(x * sqrt(0.5))))
HAND_ROWS(hand_bias_gelu_run, hand_gelu(x + b))
HAND_VALUE(hand_bias_gelu_value, 0.5 * (x + b) * (1 + erf((x + b) * sqrt(0.5))))
HAND_ROWS(hand_bias_relu_run, x + b > 0 ? x + b : 0)
HAND_VALUE(hand_bias_relu_value, fmax(x + b, 0))

static void hand_scale_relu_run(const hand_job *j, long begin, long end)
{
    const float *restrict x = j->p[0], a = j->p[1][0], b = j->p[1][1];
    float *restrict y = j->p[2];
    for (long i = begin; i < end; i++) {
        const float v = a * x[i] + b;
        y[i] = v > 0 ? v : 0;
    }
}

static double hand_scale_relu_value(const hand_job *j, long i)
{
    return fmax((double)j->p[1][0] * (double)j->p[0][i] + (double)j->p[1][1], 0);
}

static void hand_normalise_run(const hand_job *j, long begin, long end)
{
    const float *restrict w = j->p[1], *restrict b = j->p[3];
    for (long row = begin; row < end; row++) {
        const float *restrict x = j->p[0] + row * j->columns, mean = j->p[4][row], scale = j->p[5][row];
        float *restrict y = j->p[2] + row * j->columns;
        for (long i = 0; i < j->columns; i++)
            y[i] = (x[i] - mean) * scale * w[i] + b[i];
    }
}

static double hand_normalise_value(const hand_job *j, long i)
{
    long row = i / j->columns, c = i % j->columns;
    return ((double)j->p[0][i] - (double)j->p[4][row]) * (double)j->p[5][row] * (double)j->p[1][c] + (double)j->p[3][c];
}

static void hand_lstm_gates_run(const hand_job *j, long begin, long end)
{
    const long h = j->columns;
    for (long row = begin; row < end; row++) {
        const float *restrict x = j->p[0] + row * 4 * h, *restrict c = j->p[1] + row * h;
        float *restrict y = j->p[2] + row * h, *restrict c2 = j->p[3] + row * h;
#pragma omp simd
        for (long i = 0; i < h; i++) {
            const float cell = hand_sigmoid(x[h + i]) * c[i] + hand_sigmoid(x[i]) * hand_tanh(x[2 * h + i]);
            c2[i] = cell;
            y[i] = hand_sigmoid(x[3 * h + i]) * hand_tanh(cell);
        }
    }
}

static double hand_lstm_gates_value(const hand_job *j, long at)
{
    const long h = j->columns, row = at / h, i = at % h;
    const float *x = j->p[0] + row * 4 * h;
    double in = 1 / (1 + exp(-(double)x[i])), forget = 1 / (1 + exp(-(double)x[h + i]));
    double c2 = forget * (double)j->p[1][at] + in * tanh((double)x[2 * h + i]);
    return tanh(c2) / (1 + exp(-(double)x[3 * h + i]));
}

/* Philox 4x32 of ten rounds: four numbers of 32 bits from each counter, HAND_LANES counters side by side */
enum { HAND_LANES = 16 };
HAND_INLINE void hand_philox(uint32_t at, uint32_t n[4][HAND_LANES])
{
    uint32_t k0 = 7, k1 = 9;
    for (uint32_t i = 0; i < HAND_LANES; i++) {
        n[0][i] = at + i;
        n[1][i] = n[3][i] = 0;
        n[2][i] = 1;
    }
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
#pragma omp simd
        for (int i = 0; i < HAND_LANES; i++) {
            const uint64_t p = (uint64_t)n[0][i] * 0xD2511F53u, q = (uint64_t)n[2][i] * 0xCD9E8D57u;
            n[0][i] = (uint32_t)(q >> 32) ^ n[1][i] ^ k0;
            n[1][i] = (uint32_t)q;
            n[2][i] = (uint32_t)(p >> 32) ^ n[3][i] ^ k1;
            n[3][i] = (uint32_t)p;
        }
    }
}

/* four lanes apart, which is as good a way of dealing the numbers out as any */
static void hand_dropout_run(const hand_job *j, long begin, long end)
{
    const float *restrict x = j->p[0];
    float *restrict y = j->p[2];
    const uint32_t keep = (uint32_t)(0.9 * 4294967296.0);
    uint32_t n[4][HAND_LANES];
    for (long at = begin; at + 4 * HAND_LANES <= end; at += 4 * HAND_LANES) {
        hand_philox((uint32_t)at / 4, n);
        for (int part = 0; part < 4; part++)
#pragma omp simd
            for (int i = 0; i < HAND_LANES; i++)
                y[at + part * HAND_LANES + i] = n[part][i] < keep ? x[at + part * HAND_LANES + i] * (1 / 0.9f) : 0;
    }
}

/* ---- rows that are reduced -------------------------------------------------------------------------------------- */
/* y: e^(x - max); their sum, and that maximum */
HAND_INLINE float hand_exponents(const float *restrict x, float *restrict y, long n, float *largest)
{
    float most = x[0], sum = 0;
#pragma omp simd reduction(max : most)
    for (long i = 0; i < n; i++)
        most = x[i] > most ? x[i] : most;
#pragma omp simd reduction(+ : sum)
    for (long i = 0; i < n; i++) {
        y[i] = hand_exp(x[i] - most);
        sum += y[i];
    }
    *largest = most;
    return sum;
}

static void hand_softmax_run(const hand_job *j, long begin, long end)
{
    const long n = j->columns;
    for (long row = begin; row < end; row++) {
        float *restrict y = j->p[2] + row * n, most, s = 0;
        const float scale = 1 / hand_exponents(j->p[0] + row * n, y, n, &most);
        for (long i = 0; i < n; i++)
            y[i] *= scale;
        if (!j->k->both)
            continue;
        const float *restrict dy = j->p[3] + row * n;
        float *restrict dx = j->p[4] + row * n;
#pragma omp simd reduction(+ : s)
        for (long i = 0; i < n; i++)
            s += dy[i] * y[i];
        for (long i = 0; i < n; i++)
            dx[i] = y[i] * (dy[i] - s);
    }
}

static double hand_softmax_value(const hand_job *j, long at)
{
    const float *x = j->p[0] + at / j->columns * j->columns;
    double sum = 0;
    for (long i = 0; i < j->columns; i++)
        sum += exp((double)x[i]);
    return exp((double)j->p[0][at]) / sum;
}

/* the loss of a row lies in p[5]; the labels are those of `nervo bench` */
static void hand_cross_entropy_run(const hand_job *j, long begin, long end)
{
    const long n = j->columns;
    for (long row = begin; row < end; row++) {
        const float *restrict x = j->p[0] + row * n;
        float *restrict dx = j->p[2] + row * n, most;
        long label = row * 7919 % n;
        const float sum = hand_exponents(x, dx, n, &most), scale = 1 / sum / (float)j->rows;
        j->p[5][row] = logf(sum) + most - x[label];
        for (long i = 0; j->k->both && i < n; i++)
            dx[i] *= scale;
        if (j->k->both)
            dx[label] -= 1 / (float)j->rows;
    }
}

static double hand_cross_entropy_value(const hand_job *j, long at)
{
    const float *x = j->p[0] + at * j->columns;
    double sum = 0;
    for (long i = 0; i < j->columns; i++)
        sum += exp((double)x[i]);
    return log(sum) - (double)x[at * 7919 % j->columns];
}

HAND_INLINE void hand_moments(const float *restrict x, long n, float *mean, float *scale)
{
    float sum = 0, square = 0;
#pragma omp simd reduction(+ : sum)
    for (long i = 0; i < n; i++)
        sum += x[i];
    const float middle = sum / (float)n;
#pragma omp simd reduction(+ : square)
    for (long i = 0; i < n; i++)
        square += (x[i] - middle) * (x[i] - middle);
    *mean = middle;
    *scale = 1 / sqrtf(square / (float)n + 1e-5f);
}

static void hand_layer_norm_run(const hand_job *j, long begin, long end)
{
    const long n = j->columns;
    const float *restrict w = j->p[1], *restrict b = j->p[3];
    float *restrict dw = j->p[6], *restrict db = j->p[7];
    for (long row = begin; row < end; row++) {
        const float *restrict x = j->p[0] + row * n, *restrict dy = j->p[4] + row * n;
        float *restrict y = j->p[2] + row * n, *restrict dx = j->p[5] + row * n, mean, scale, s = 0, t = 0;
        hand_moments(x, n, &mean, &scale);
        for (long i = 0; i < n; i++)
            y[i] = (x[i] - mean) * scale * w[i] + b[i];
        if (!j->k->both)
            continue;
#pragma omp simd reduction(+ : s, t)
        for (long i = 0; i < n; i++) {
            const float z = (x[i] - mean) * scale;
            s += dy[i] * w[i];
            t += dy[i] * w[i] * z;
            dw[i] = (row ? dw[i] : 0) + dy[i] * z;
            db[i] = (row ? db[i] : 0) + dy[i];
        }
        s /= (float)n;
        t /= (float)n;
        for (long i = 0; i < n; i++)
            dx[i] = scale * (dy[i] * w[i] - s - (x[i] - mean) * scale * t);
    }
}

static double hand_layer_norm_value(const hand_job *j, long at)
{
    const float *x = j->p[0] + at / j->columns * j->columns;
    double mean = 0, square = 0, n = (double)j->columns;
    for (long i = 0; i < j->columns; i++)
        mean += (double)x[i] / n;
    for (long i = 0; i < j->columns; i++)
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / n;
    return ((double)j->p[0][at] - mean) / sqrt(square + 1e-5) * (double)j->p[1][at % j->columns] +
           (double)j->p[3][at % j->columns];
}

/* ---- optimisers: w, g, first and second moment ------------------------------------------------------------------- */
static void hand_sgd_run(const hand_job *j, long begin, long end)
{
    float *restrict w = j->p[0];
    const float *restrict g = j->p[1];
    for (long i = begin; i < end; i++)
        w[i] -= 0.01f * g[i];
}

static void hand_momentum_run(const hand_job *j, long begin, long end)
{
    float *restrict w = j->p[0], *restrict m = j->p[2];
    const float *restrict g = j->p[1];
    for (long i = begin; i < end; i++) {
        m[i] = 0.9f * m[i] + g[i];
        w[i] -= 0.01f * m[i];
    }
}

HAND_INLINE void hand_adams(const hand_job *j, long begin, long end, float decay)
{
    float *restrict w = j->p[0], *restrict m = j->p[2], *restrict v = j->p[3];
    const float *restrict g = j->p[1], rate = 1e-3f / (1 - 0.9f), root = 1 / (1 - 0.999f);
    for (long i = begin; i < end; i++) {
        m[i] = 0.9f * m[i] + 0.1f * g[i];
        v[i] = 0.999f * fabsf(v[i]) + 0.001f * g[i] * g[i];
        w[i] = w[i] * (1 - decay) - rate * m[i] / (sqrtf(v[i] * root) + 1e-8f);
    }
}

static void hand_adam_run(const hand_job *j, long begin, long end)
{
    hand_adams(j, begin, end, 0);
}

static void hand_adamw_run(const hand_job *j, long begin, long end)
{
    hand_adams(j, begin, end, 1e-5f);
}

static const hand_kernel hand_kernels[] = {
    { "add", 1, 0, "nnn", 2, hand_add_run, hand_add_value },
    { "exp", 1, 0, "nnn", 2, hand_exp_run, hand_exp_value },
    { "tanh", 1, 0, "nnn", 2, hand_tanh_run, hand_tanh_value },
    { "sigmoid", 1, 0, "nnn", 2, hand_sigmoid_run, hand_sigmoid_value },
    { "gelu", 1, 0, "nnn", 2, hand_gelu_run, hand_gelu_value },
    { "scale_relu", 1, 0, "nnn", 2, hand_scale_relu_run, hand_scale_relu_value },
    { "dropout", 1, 0, "nnn", 2, hand_dropout_run, NULL },
    { "sgd", 1, 0, "nn", 0, hand_sgd_run, NULL },
    { "momentum", 1, 0, "nnn", 0, hand_momentum_run, NULL },
    { "adam", 1, 0, "nnnn", 0, hand_adam_run, NULL },
    { "adamw", 1, 0, "nnnn", 0, hand_adamw_run, NULL },
    { "bias_gelu", 2, 0, "ncn", 2, hand_bias_gelu_run, hand_bias_gelu_value },
    { "bias_relu", 2, 0, "ncn", 2, hand_bias_relu_run, hand_bias_relu_value },
    { "normalise", 2, 0, "ncncrr", 2, hand_normalise_run, hand_normalise_value },
    { "lstm_gates", 2, 0, "4nnn", 2, hand_lstm_gates_run, hand_lstm_gates_value },
    { "softmax", 2, 0, "ncn", 2, hand_softmax_run, hand_softmax_value },
    { "softmax", 2, 1, "ncnnn", 2, hand_softmax_run, hand_softmax_value },
    { "layer_norm", 2, 0, "ncncrrrr", 2, hand_layer_norm_run, hand_layer_norm_value },
    { "layer_norm", 2, 1, "ncncnncc", 2, hand_layer_norm_run, hand_layer_norm_value },
    { "cross_entropy", 2, 0, "ncnrrr", 5, hand_cross_entropy_run, hand_cross_entropy_value },
    { "cross_entropy", 2, 1, "ncnrrr", 5, hand_cross_entropy_run, hand_cross_entropy_value },
};

static void hand_run(void *user)
{
    const hand_job *j = user;
    const long units = j->k->axes == 1 ? j->columns : j->rows, threads = peer_threads();
    if (threads == 1) {
        j->k->run(j, 0, units);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (long t = 0; t < threads; t++)
        j->k->run(j, units / threads / 64 * 64 * t, t + 1 == threads ? units : units / threads / 64 * 64 * (t + 1));
}

static long hand_length(const hand_job *j, char what)
{
    const long n = j->rows * j->columns;
    return what == 'n' ? n : what == '4' ? 4 * n : what == 'r' ? j->rows : j->columns;
}

static int hand_right(const hand_job *j)
{
    const long n = hand_length(j, j->k->buffer[j->k->out]);
    hand_run((void *)(uintptr_t)j);
    for (long i = 0; j->k->value && i < n; i += n / 50 + 1) {
        double want = j->k->value(j, i), have = (double)j->p[j->k->out][i];
        if (!(fabs(have - want) <= 3e-6 * (1 + fabs(want))))
            return fprintf(stderr, "%s: element %ld is %g, not %g\n", j->k->name, i, have, want), 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    hand_job j = { .rows = 1 };
    long d[4] = { 0 };
    int axes = argc > 2 ? peer_lengths(argv[2], d, 4) : 0, both = argc > 3 && strcmp(argv[3], "both") == 0;
    for (size_t i = 0; i < sizeof hand_kernels / sizeof *hand_kernels; i++)
        if (argc > 2 && strcmp(hand_kernels[i].name, argv[1]) == 0 && hand_kernels[i].axes == axes &&
            hand_kernels[i].both == both)
            j.k = &hand_kernels[i];
    if (!j.k)
        return fprintf(stderr, "usage: hand NAME LENGTHS [both]; there is no such loop\n"), 2;
    j.rows = axes == 2 ? d[0] : 1;
    j.columns = d[axes - 1];
    for (int i = 0; j.k->buffer[i]; i++)
        j.p[i] = peer_floats((size_t)hand_length(&j, j.k->buffer[i]));
    if (!hand_right(&j))
        return 1;
    peer_measure(peer_row(argc, argv, 1), hand_run, &j, j.k->value != NULL);
    return 0;
}
