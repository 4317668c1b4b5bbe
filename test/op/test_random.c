/* test_random.c - every random draw against its distribution, from fixed seeds: chi-square over cells whose
   probabilities are worked out here, and moments. A statistic must lie within 4.5 deviations of what chance gives
   (about 1 in 150,000 beyond, on either side: too even is wrong, too). Then what the draws refuse, and that a counter
   of several runs draws what each of them draws alone, which is what a loop's turns drawn at once rely on. */
#include "support/each_op.h"
#include "base/philox.h"
#include <math.h>

enum { MANY = 60000, MOST_CELLS = 512 };
static const double sigmas = 4.5;

static nrv_store *random_store;
static nrv_graph *random_graph;

static int begin(void **state)
{
    (void)state;
    random_store = nrv_store_new(&(nrv_store_opt){ .seed = 20 });
    random_graph = nrv_graph_new(random_store, 0);
    return random_graph ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    nrv_graph_free(random_graph);
    nrv_store_free(random_store);
    return 0;
}

static double *values(nrv_tensor y, int64_t *n)
{
    double *v = case_value(y, n);
    if (!v)
        fail_msg("%s", nrv_graph_why(random_graph));
    return v;
}

/* Wilson & Hilferty 1931: the cube root of chi-square over its degrees of freedom is nearly normal */
static void chi_square_is_likely(const char *what, double chi, double freedom)
{
    double v = 2 / (9 * freedom), z = (cbrt(chi / freedom) - (1 - v)) / sqrt(v);
    if (!(fabs(z) <= sigmas))
        fail_msg("%s: chi-square %.1f with %.0f degrees of freedom, %.1f deviations off", what, chi, freedom, z);
}

/* counts against probabilities; cells that expect fewer than 8 are taken together */
static void cells_are_likely(const char *what, const int64_t *count, const double *p, int cells)
{
    double n = 0, chi = 0, few_want = 0, few_got = 0, sum = 0;
    int used = 0;
    for (int i = 0; i < cells; i++)
        n += (double)count[i], sum += p[i];
    if (fabs(sum - 1) > 1e-6)
        fail_msg("%s: the probabilities add to %.9f", what, sum);
    for (int i = 0; i < cells; i++) {
        double want = n * p[i], got = (double)count[i];
        if (want < 8) {
            few_want += want, few_got += got;
            continue;
        }
        chi += (got - want) * (got - want) / want;
        used++;
    }
    if (few_want >= 8) {
        chi += (few_got - few_want) * (few_got - few_want) / few_want;
        used++;
    } else if (few_got > few_want + 12) {
        fail_msg("%s: %.0f draws where %.2f are expected", what, few_got, few_want);
    }
    chi_square_is_likely(what, chi, used - 1);
}

static void mean_is_likely(const char *what, const double *v, int64_t n, double mean, double deviation)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += v[i];
    if (!(fabs(sum / (double)n - mean) <= sigmas * deviation / sqrt((double)n)))
        fail_msg("%s: the mean is %.7g, it should be %.7g", what, sum / (double)n, mean);
}

/* v through its own distribution function is uniform: 64 equal cells, and 16 x 16 of one draw with the next */
static void is_distributed(const char *what, nrv_tensor y, double (*below)(double))
{
    int64_t n, one[64] = { 0 }, two[256] = { 0 };
    double *v = values(y, &n), p[256];
    for (int64_t i = 0; i < n; i++)
        v[i] = below(v[i]);
    for (int64_t i = 0; i < n; i++) {
        if (!(v[i] >= 0 && v[i] <= 1))
            fail_msg("%s: draw %lld is impossible", what, (long long)i);
        one[(int)fmin(v[i] * 64, 63)]++;
        if (i % 2)
            two[(int)fmin(v[i - 1] * 16, 15) * 16 + (int)fmin(v[i] * 16, 15)]++;
    }
    for (int i = 0; i < 256; i++)
        p[i] = 1.0 / 64;
    cells_are_likely(what, one, p, 64);
    for (int i = 0; i < 256; i++)
        p[i] = 1.0 / 256;
    cells_are_likely(what, two, p, 256);
    mean_is_likely(what, v, n, 0.5, sqrt(1.0 / 12));
    free(v);
}

static double below_uniform(double x)
{
    return x < 1 ? x : -1;
}

static double below_normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double below_exponential(double x)
{
    return 1 - exp(-x);
}

static double below_gumbel(double x)
{
    return exp(-exp(-x));
}

static void formulas_have_their_distributions(void **state)
{
    (void)state;
    static const nrv_dtype type[] = { NRV_F32, NRV_F64 };
    nrv_graph *g = random_graph;
    for (int t = 0; t < 2; t++) {
        nrv_push_i(g, "type", t);
        is_distributed("uniform", nrv_uniform(g, "u", type[t], NRV_SHAPE(MANY)), below_uniform);
        is_distributed("normal", nrv_normal(g, "n", type[t], NRV_SHAPE(MANY)), below_normal);
        is_distributed("exponential", nrv_exponential(g, "e", type[t], NRV_SHAPE(300, MANY / 300)), below_exponential);
        is_distributed("gumbel", nrv_gumbel(g, "g", type[t], NRV_SHAPE(MANY)), below_gumbel);
        nrv_pop(g);
    }
}

/* the moments of what the formulas make of one million draws: the tails, which cells hardly see */
static void formulas_have_their_moments(void **state)
{
    (void)state;
    enum { N = 1000000 };
    nrv_graph *g = random_graph;
    static const struct {
        const char *name;
        nrv_tensor (*draw)(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
        double mean, variance, fourth, least, most; /* fourth: central moment over variance^2 */
    } row[] = { { "uniform", nrv_uniform, 0.5, 1.0 / 12, 1.8, 0, 1 },
                { "normal", nrv_normal, 0, 1, 3, -5.8, 5.8 },
                { "exponential", nrv_exponential, 1, 1, 9, 0, 16.7 },
                { "gumbel", nrv_gumbel, 0.57721566490153286, 1.6449340668482264, 5.4, -2.9, 17.4 } };
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        int64_t n;
        double *v = values(row[r].draw(g, row[r].name, NRV_F32, NRV_SHAPE(N)), &n);
        mean_is_likely(row[r].name, v, n, row[r].mean, sqrt(row[r].variance));
        for (int64_t i = 0; i < n; i++) {
            assert_true(v[i] >= row[r].least && v[i] <= row[r].most);
            v[i] = (v[i] - row[r].mean) * (v[i] - row[r].mean);
        }
        mean_is_likely(row[r].name, v, n, row[r].variance, row[r].variance * sqrt(row[r].fourth - 1));
        free(v);
    }
}

static void bernoulli_keeps_its_probability(void **state)
{
    (void)state;
    static const float p[] = { 0, 0.001f, 0.25f, 0.5f, 0.999f, 1, 2, -1, NAN };
    static const double want[] = { 0, 0.001, 0.25, 0.5, 0.999, 1, 1, 0, 0 };
    for (int k = 0; k < 9; k++) {
        nrv_push_i(random_graph, "p", k);
        int64_t n;
        double *v = values(nrv_bernoulli(nrv_fill(random_graph, NRV_F32, NRV_SHAPE(MANY), (double)p[k]), "b"), &n);
        for (int64_t i = 0; i < n; i++)
            assert_true(v[i] == 0 || v[i] == 1);
        mean_is_likely("bernoulli", v, n, want[k], sqrt(want[k] * (1 - want[k])));
        free(v);
        nrv_pop(random_graph);
    }
}

/* ---- categorical ---- */
static void categorical_follows_softmax(void **state)
{
    (void)state;
    enum { V = 11 };
    static const double logits[V] = { 700, 698, 695, -INFINITY, 701, 690, 702, -1e300, 699.5, 702, -INFINITY };
    int64_t n, count[V] = { 0 };
    double p[V], sum = 0;
    for (int t = 0; t < 2; t++) {
        nrv_push_i(random_graph, "type", t);
        nrv_tensor row = nrv_constant(random_graph, NRV_F64, NRV_SHAPE(1, V), logits);
        row = nrv_cast(nrv_broadcast(row, NRV_SHAPE(MANY, V)), t ? NRV_F64 : NRV_F32);
        double *v = values(nrv_categorical(row, "choice"), &n);
        assert_int_equal(n, MANY);
        for (int64_t i = 0; i < n; i++)
            count[(int)v[i]]++;
        free(v);
        nrv_pop(random_graph);
    }
    for (int k = 0; k < V; k++)
        sum += p[k] = exp(logits[k] - 702);
    for (int k = 0; k < V; k++)
        p[k] /= sum;
    cells_are_likely("categorical", count, p, V);
    assert_int_equal(count[3] + count[7] + count[10], 0);
}

/* 4096 entries 14 below the largest have 0.0034 of it together: single precision would lose most of each in the sum */
static void categorical_draws_what_is_rare(void **state)
{
    (void)state;
    enum { V = 4097, N = 1000, PARTS = 10 };
    nrv_graph *g = random_graph;
    nrv_tensor first = nrv_cast(nrv_equal(nrv_iota(g, NRV_I32, V), nrv_fill(g, NRV_I32, NRV_SCALAR, 0)), NRV_F32);
    nrv_tensor logits = nrv_broadcast(nrv_mul_c(first, 14), NRV_SHAPE(N, V));
    double p = 4096 * exp(-14.0), rare = 0;
    int64_t n;
    for (int i = 0; i < PARTS; i++) {
        nrv_push_i(g, "part", i);
        double *v = values(nrv_categorical(logits, "choice"), &n);
        for (int64_t k = 0; k < n; k++)
            rare += v[k] > 0; /* the largest is entry 0 */
        free(v);
        nrv_pop(g);
    }
    p /= 1 + p;
    assert_true(fabs(rare - PARTS * N * p) <= sigmas * sqrt(PARTS * N * p * (1 - p)));
}

/* ---- poisson ---- */
static void poisson_cells(double rate, const double *v, int64_t n)
{
    int64_t count[MOST_CELLS] = { 0 };
    double p[MOST_CELLS] = { 0 }, first = floor(fmax(0, rate - 9 * sqrt(rate) - 9)), last = rate + 12 * sqrt(rate) + 30;
    double most = MOST_CELLS, wide = ceil((last - first) / most);
    char what[40];
    snprintf(what, sizeof what, "poisson at %g", rate);
    for (double k = first; k < first + wide * most; k++)
        p[(int)((k - first) / wide)] += rate > 0 ? exp(k * log(rate) - rate - lgamma(k + 1)) : k == 0;
    for (int64_t i = 0; i < n; i++) {
        if (!(v[i] >= first && v[i] < first + wide * most && v[i] == floor(v[i])))
            fail_msg("%s: drew %.17g", what, v[i]);
        count[(int)((v[i] - first) / wide)]++;
    }
    if (rate > 0)
        cells_are_likely(what, count, p, MOST_CELLS);
    else
        assert_int_equal(count[0], n);
}

static void poisson_has_its_distribution(void **state)
{
    (void)state;
    static const double rates[] = { 0, 0.01, 0.7, 3, 9.999, 10, 10.5, 12, 25, 100, 1000, 20000 };
    nrv_graph *g = random_graph;
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        nrv_push_i(g, "rate", (int)r);
        int64_t n;
        double *v = values(nrv_poisson(nrv_fill(g, NRV_F64, NRV_SHAPE(MANY), rates[r]), "count"), &n);
        poisson_cells(rates[r], v, n);
        mean_is_likely("poisson", v, n, rates[r], sqrt(rates[r]));
        for (int64_t i = 0; i < n; i++)
            v[i] = (v[i] - rates[r]) * (v[i] - rates[r]);
        mean_is_likely("poisson's variance", v, n, rates[r], sqrt(rates[r] + 2 * rates[r] * rates[r]));
        free(v);
        nrv_pop(g);
    }
}

/* where log(probability) by k log(rate) - rate - log k! has lost all its digits: normal to 1 part in sqrt(rate) */
static void poisson_holds_at_huge_rates(void **state)
{
    (void)state;
    static const double rates[] = { 1e9, 1e12, 0x1p52 };
    for (int r = 0; r < 3; r++) {
        nrv_push_i(random_graph, "huge", r);
        int64_t n, count[64] = { 0 };
        double *v = values(nrv_poisson(nrv_fill(random_graph, NRV_F64, NRV_SHAPE(MANY), rates[r]), "count"), &n), p[64];
        for (int64_t i = 0; i < n; i++)
            count[(int)fmin(63, 64 * below_normal((v[i] - rates[r]) / sqrt(rates[r])))]++;
        for (int i = 0; i < 64; i++)
            p[i] = 1.0 / 64;
        cells_are_likely("poisson at a huge rate", count, p, 64);
        free(v);
        nrv_pop(random_graph);
    }
}

static void poisson_rounds_to_its_type(void **state)
{
    (void)state;
    nrv_tensor y = nrv_poisson(nrv_fill(random_graph, NRV_F32, NRV_SHAPE(4), 3), "count");
    assert_int_equal(nrv_dtype_of(y), NRV_F32);
    float v[4];
    assert_int_equal(nrv_eval(y, v, sizeof v), NRV_OK);
    assert_true(v[0] == floorf(v[0]) && v[1] >= 0);
}

/* ---- gamma and its kin ---- */
/* the distribution function of shape alpha, by its series where that is short, else by a continued fraction */
static double below_gamma(double alpha, double x)
{
    if (x <= 0)
        return 0;
    double front = exp(alpha * log(x) - x - lgamma(alpha)), term = 1 / alpha, sum = term;
    if (x < alpha + 1) {
        for (double k = alpha + 1; term > sum * 1e-16; k++)
            sum += term *= x / k;
        return front * sum;
    }
    double b = x + 1 - alpha, c = 1e300, d = 1 / b, f = d, change = 2;
    for (double k = 1; fabs(change - 1) > 1e-15 && k < 10000; k++) { /* Lentz */
        double a = k * (alpha - k);
        b += 2;
        d = 1 / (a * d + b);
        c = b + a / c;
        f *= change = c * d;
    }
    return 1 - front * f;
}

static void gamma_has_its_distribution(void **state)
{
    (void)state;
    static const double shapes[] = { 0.05, 0.5, 1, 1.5, 4, 30, 2000 };
    nrv_graph *g = random_graph;
    for (size_t r = 0; r < sizeof shapes / sizeof *shapes; r++) {
        nrv_push_i(g, "shape", (int)r);
        int64_t n, count[64] = { 0 };
        double p[64], *v = values(nrv_gamma(nrv_fill(g, NRV_F64, NRV_SHAPE(MANY), shapes[r]), "wait"), &n);
        char what[40];
        snprintf(what, sizeof what, "gamma of shape %g", shapes[r]);
        mean_is_likely(what, v, n, shapes[r], sqrt(shapes[r]));
        for (int64_t i = 0; i < n; i++)
            count[(int)fmin(63, 64 * below_gamma(shapes[r], v[i]))]++;
        for (int i = 0; i < 64; i++)
            p[i] = 1.0 / 64;
        cells_are_likely(what, count, p, 64);
        free(v);
        nrv_pop(g);
    }
}

/* most draws of a shape of 0.001 are below any float: the logarithm is what is drawn, alpha log u of it uniform */
static void small_shapes_keep_their_proportions(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    nrv_tensor alpha = nrv_fill(g, NRV_F32, NRV_SHAPE(20000, 3), 0.001);
    int64_t n, first = 0;
    double *v = values(nrv_dirichlet(alpha, "rows"), &n);
    for (int64_t i = 0; i < n; i += 3) {
        assert_true(fabs(v[i] + v[i + 1] + v[i + 2] - 1) < 1e-6);
        first += v[i] > 0.5;
    }
    assert_true(fabs((double)first - 20000.0 / 3) < sigmas * sqrt(20000 * 2.0 / 9));
    free(v);
}

static void what_gamma_draws_make(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    nrv_tensor two = nrv_fill(g, NRV_F64, NRV_SHAPE(MANY), 2), three = nrv_fill(g, NRV_F64, NRV_SHAPE(1), 3);
    int64_t n;
    double *v = values(nrv_beta(two, three, "b"), &n);
    mean_is_likely("beta", v, n, 0.4, 0.2);
    free(v);
    v = values(nrv_chi_square(two, "c"), &n);
    mean_is_likely("chi_square", v, n, 2, 2);
    free(v);
    v = values(nrv_log(nrv_log_normal(two, three, "l")), &n);
    mean_is_likely("log_normal", v, n, 2, 3);
    free(v);
    double wrong = 0;
    nrv_graph *h = nrv_graph_new(random_store, 0);
    assert_int_equal(nrv_eval(nrv_gamma(nrv_fill(h, NRV_F64, NRV_SCALAR, -1), "w"), &wrong, sizeof wrong), NRV_EVALUE);
    assert_non_null(strstr(nrv_graph_why(h), "shape -1 at position 0; it must be positive and finite"));
    nrv_graph_free(h);
}

/* ---- binomial ---- */
static void binomial_cells(double N, double P, int64_t draws)
{
    const double mean = N * P, deviation = sqrt(mean * (1 - P)), from = fmax(0, floor(mean - 10 * deviation - 10));
    nrv_graph *g = random_graph;
    int64_t n, count[MOST_CELLS] = { 0 };
    double p[MOST_CELLS] = { 0 };
    char what[64];
    snprintf(what, sizeof what, "binomial of %g at %g", N, P);
    double *v =
        values(nrv_binomial(nrv_fill(g, NRV_F64, NRV_SHAPE(draws), N), nrv_fill(g, NRV_F64, NRV_SCALAR, P), "b"), &n);
    for (int i = 0; i < MOST_CELLS && from + i <= N; i++) {
        const double k = from + i, some = k > 0 ? k * log(P) : 0, rest = k < N ? (N - k) * log1p(-P) : 0;
        p[i] = exp(lgamma(N + 1) - lgamma(k + 1) - lgamma(N - k + 1) + some + rest);
    }
    for (int64_t i = 0; i < n; i++) {
        if (!(v[i] >= from && v[i] <= N && v[i] < from + (double)MOST_CELLS && v[i] == floor(v[i])))
            fail_msg("%s: drew %.17g", what, v[i]);
        count[(int)(v[i] - from)]++;
    }
    mean_is_likely(what, v, n, mean, deviation);
    if (deviation > 0)
        cells_are_likely(what, count, p, MOST_CELLS);
    free(v);
}

static void binomial_has_its_distribution(void **state)
{
    (void)state;
    static const double row[][2] = { { 0, 0.5 },    { 7, 0 },        { 7, 1 },      { 1, 0.3 },     { 9, 0.5 },
                                     { 40, 0.2 },   { 40, 0.25 },    { 40, 0.75 },  { 33, 0.31 },   { 300, 0.5 },
                                     { 1000, 0.9 }, { 4000, 0.999 }, { 1e6, 3e-6 }, { 1e6, 1.2e-4 } };
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        nrv_push_i(random_graph, "row", (int)r);
        binomial_cells(row[r][0], row[r][1], MANY);
        nrv_pop(random_graph);
    }
}

/* what a wrong term of Stirling's series would do: a few percent of what lies far out */
static void binomial_keeps_its_tails(void **state)
{
    (void)state;
    binomial_cells(40, 0.25, 40 * MANY);
}

/* where log n! has lost all its digits: normal to 1 part in sqrt(n) */
static void binomial_holds_for_many_trials(void **state)
{
    (void)state;
    static const double trials[] = { 1e9, 1e13, 0x1p52 }, chance[] = { 0.5, 0.8, 0.1 };
    for (int r = 0; r < 3; r++) {
        nrv_push_i(random_graph, "many", r);
        const double mean = trials[r] * chance[r], deviation = sqrt(mean * (1 - chance[r]));
        int64_t n, count[64] = { 0 };
        double p[64], *v = values(nrv_binomial(nrv_fill(random_graph, NRV_F64, NRV_SHAPE(MANY), trials[r]),
                                               nrv_fill(random_graph, NRV_F64, NRV_SHAPE(MANY), chance[r]), "b"),
                                  &n);
        for (int64_t i = 0; i < n; i++)
            count[(int)fmin(63, 64 * below_normal((v[i] - mean) / deviation))]++;
        for (int i = 0; i < 64; i++)
            p[i] = 1.0 / 64;
        cells_are_likely("binomial of many trials", count, p, 64);
        free(v);
        nrv_pop(random_graph);
    }
}

/* ---- von Mises ---- */
/* cells between -w and w against the density, by Simpson's rule in each */
static void von_mises_cells(double k, const double *v, int64_t n)
{
    enum { CELLS = 64, STEPS = 40 };
    const double pi = 3.14159265358979323846, w = fmin(pi, 7 / sqrt(k)), wide = 2 * w / (double)CELLS;
    int64_t count[CELLS] = { 0 };
    double p[CELLS] = { 0 }, sum = 0;
    char what[40];
    snprintf(what, sizeof what, "von Mises at %g", k);
    for (int c = 0; c < CELLS; c++) {
        for (int i = 0; i <= STEPS; i++) {
            const double half = sin(0.5 * (c * wide - w + i * wide / (double)STEPS));
            p[c] += (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2) * exp(-2 * k * half * half);
        }
        sum += p[c];
    }
    for (int c = 0; c < CELLS; c++)
        p[c] /= sum;
    for (int64_t i = 0; i < n; i++) {
        if (!(fabs(v[i]) <= w))
            fail_msg("%s: drew %.17g", what, v[i]);
        count[(int)fmin(CELLS - 1, (v[i] + w) / wide)]++;
    }
    cells_are_likely(what, count, p, CELLS);
}

static void von_mises_has_its_distribution(void **state)
{
    (void)state;
    static const double k[] = { 0, 1e-20, 1e-3, 0.5, 1, 4, 60, 1e6, 1e14 };
    nrv_graph *g = random_graph;
    nrv_tensor zero = nrv_fill(g, NRV_F64, NRV_SCALAR, 0);
    for (size_t r = 0; r < sizeof k / sizeof *k; r++) {
        nrv_push_i(g, "k", (int)r);
        int64_t n;
        double *v = values(nrv_von_mises(zero, nrv_fill(g, NRV_F64, NRV_SHAPE(MANY), k[r]), "angle"), &n);
        von_mises_cells(k[r], v, n);
        free(v);
        v = values(
            nrv_von_mises(nrv_fill(g, NRV_F64, NRV_SCALAR, 3), nrv_fill(g, NRV_F64, NRV_SHAPE(MANY), k[r]), "far"), &n);
        for (int64_t i = 0; i < n; i++) {
            assert_true(fabs(v[i]) < 3.1415926535897936);
            v[i] = v[i] < -0.14159265358979312 ? v[i] + 3.2831853071795862 : v[i] - 3; /* back around 0 */
        }
        if (k[r] <= 1e6) /* beyond, 3 leaves no digits */
            von_mises_cells(k[r], v, n);
        free(v);
        nrv_pop(g);
    }
}

/* ---- what formulas make of uniform draws ---- */
static double below_laplace(double x)
{
    return x < 0 ? 0.5 * exp(x) : 1 - 0.5 * exp(-x);
}

static double below_cauchy(double x)
{
    return 0.5 + atan(x) / 3.14159265358979323846;
}

static void laws_have_their_distributions(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    is_distributed("laplace", nrv_laplace(g, "law", NRV_F32, NRV_SHAPE(MANY)), below_laplace);
    is_distributed("cauchy", nrv_cauchy(g, "law2", NRV_F64, NRV_SHAPE(MANY)), below_cauchy);
    int64_t n, count[7] = { 0 }, first[8] = { 0 };
    double *v = values(nrv_randint(g, "die", -3, 4, NRV_SHAPE(200, MANY / 200)), &n), p[8];
    for (int64_t i = 0; i < n; i++) {
        assert_true(v[i] >= -3 && v[i] <= 3 && v[i] == floor(v[i]));
        count[(int)v[i] + 3]++;
    }
    for (int i = 0; i < 7; i++)
        p[i] = 1.0 / 7;
    cells_are_likely("randint", count, p, 7);
    free(v);
    v = values(nrv_geometric(nrv_fill(g, NRV_F32, NRV_SHAPE(MANY), 0.25), "tries"), &n);
    for (int64_t i = 0; i < n; i++)
        first[(int)fmin(7, v[i] - 1)]++;
    for (int i = 0; i < 8; i++)
        p[i] = i < 7 ? 0.25 * pow(0.75, i) : pow(0.75, 7);
    cells_are_likely("geometric", first, p, 8);
    free(v);
}

/* the second of two different ones comes with the odds that are left */
static void multinomial_takes_each_once(void **state)
{
    (void)state;
    static const double weight[4] = { 1, 0, 3, 6 };
    nrv_graph *g = random_graph;
    nrv_tensor rows = nrv_broadcast(nrv_constant(g, NRV_F64, NRV_SHAPE(1, 4), weight), NRV_SHAPE(MANY, 4));
    int64_t n, count[16] = { 0 }, again[4] = { 0 };
    double p[16] = { 0 }, q[4], *v = values(nrv_multinomial(rows, 2, 0, "once"), &n);
    assert_int_equal(n, 2 * MANY);
    for (int64_t i = 0; i < n; i += 2)
        count[(int)v[i] * 4 + (int)v[i + 1]]++;
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            p[a * 4 + b] = a == b ? 0 : weight[a] / 10 * weight[b] / (10 - weight[a]);
    cells_are_likely("multinomial", count, p, 16);
    free(v);
    v = values(nrv_multinomial(rows, 2, 1, "again"), &n);
    for (int64_t i = 0; i < n; i++)
        again[(int)v[i]]++;
    for (int a = 0; a < 4; a++)
        q[a] = weight[a] / 10;
    cells_are_likely("multinomial, again", again, q, 4);
    free(v);
}

/* ---- permutation ---- */
static nrv_tensor many_orders(nrv_dim n, int64_t runs)
{
    const nrv__opdef *op = nrv__op_find("permutation", 11);
    nrv__random_attr a = { 77, NRV_I64 };
    return nrv__op_with(op, 1, (nrv_tensor[]){ nrv_iota(random_graph, NRV_I64, runs) }, &a, 1, &n);
}

static void every_order_is_as_likely(void **state)
{
    (void)state;
    int64_t n, count[120] = { 0 };
    double *v = values(many_orders(5, MANY), &n), p[120];
    assert_int_equal(n, 5 * MANY);
    for (const double *at = v; at < v + n; at += 5) {
        int order = 0;
        for (int i = 0; i < 5; i++) {
            int smaller = 0;
            for (int k = i + 1; k < 5; k++)
                smaller += at[k] < at[i];
            order = order * (5 - i) + smaller;
        }
        count[order]++;
    }
    for (int i = 0; i < 120; i++)
        p[i] = 1.0 / 120;
    cells_are_likely("permutation", count, p, 120);
    free(v);
}

static void a_permutation_has_every_number_once(void **state)
{
    (void)state;
    enum { N = 100000 };
    int64_t n;
    double *v = values(nrv_permutation(random_graph, "order", N), &n), moved = 0, distance = 0, count = N;
    bool *seen = calloc(N, sizeof *seen);
    assert_true(seen != NULL && n == N);
    for (int i = 0; i < N; i++) {
        assert_true(v[i] >= 0 && v[i] < count && !seen[(int)v[i]]);
        seen[(int)v[i]] = true;
        moved += v[i] != i, distance += fabs(v[i] - i) / count;
    }
    assert_true(moved > count - 20);                                                 /* one fixed point on average */
    assert_true(fabs(distance / count - 1.0 / 3) < sigmas * sqrt(1.0 / 18 / count)); /* |x - y| of two uniforms */
    free(seen);
    free(v);
}

static void a_permutation_may_have_a_named_length(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    nrv_dim n = nrv_size(g, "N", 0, 100);
    nrv_output(g, "order", nrv_permutation(g, "order", n));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, random_store, NULL);
    for (int64_t k = 0; k <= 100; k += 50) {
        int64_t order[100] = { 0 }, sum = 0;
        nrv_set_size(e, "N", k);
        nrv_bind_out(e, "order", order, (size_t)k * sizeof *order);
        if (nrv_run(e))
            fail_msg("%s", nrv_why(e));
        for (int64_t i = 0; i < k; i++)
            sum += order[i];
        assert_int_equal(sum, k * (k - 1) / 2);
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static int turns_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* the turns of a loop draw from counters of their own: whole numbers that a double holds, and no two alike */
static void turns_have_counters_of_their_own(void **state)
{
    (void)state;
    extern const nrv__opdef nrv__op_count_turn;
    nrv_graph *g = random_graph;
    nrv_tensor counter = nrv_expand(nrv_iota(g, NRV_I64, 16), -1, 1), turn = nrv_iota(g, NRV_I64, 256);
    int64_t n, high = 0;
    double *v = values(nrv__op(&nrv__op_count_turn, NRV_N(const nrv_tensor, counter, turn)), &n);
    assert_int_equal(n, 16 * 256);
    qsort(v, (size_t)n, sizeof *v, turns_order);
    for (int64_t i = 0; i < n; i++) {
        assert_true(v[i] >= 0 && v[i] < 0x1p53 && floor(v[i]) == v[i] && (i == 0 || v[i] > v[i - 1]));
        high += v[i] >= 0x1p52;
    }
    assert_true(fabs((double)high - (double)n / 2) < sigmas * sqrt((double)n) / 2);
    free(v);
}

/* ---- where the bits come from: a saved run must draw the same numbers in the next version, too ---- */
static double unit_of(const uint32_t bits[2])
{
    return ((double)(bits[0] >> 5) * 67108864.0 + (double)(bits[1] >> 6)) / 9007199254740992.0;
}

static void bits_of(uint64_t element, uint32_t bits[4])
{
    nrv__philox((const uint32_t[]){ (uint32_t)element, (uint32_t)(element >> 32), 5, 0 },
                (const uint32_t[]){ 0x76543210u, 0x89abcdefu }, bits);
}

/* what the op draws in a run with the key above */
static double *drawn_in(double run, const char *op, nrv_tensor x, nrv_dim n)
{
    nrv__random_attr a = { 0x89abcdef76543210u, NRV_F64 };
    nrv_tensor in[2] = { nrv_fill(random_graph, NRV_I64, NRV_SCALAR, run), x };
    int64_t count;
    return values(nrv__op_with(nrv__op_find(op, strlen(op)), x ? 2 : 1, in, &a, x ? 0 : 1, &n), &count);
}

static double *drawn(const char *op, nrv_tensor x, nrv_dim n)
{
    return drawn_in(5, op, x, n);
}

static void every_element_has_counters_of_its_own(void **state)
{
    (void)state;
    enum { N = 1000 };
    uint32_t bits[4];
    double order[N] = { 0 };
    double *u = drawn("uniform", NULL, N), *p = drawn("permutation", NULL, N);
    double *few = drawn("poisson", nrv_fill(random_graph, NRV_F64, NRV_SHAPE(N), 0.5), 0);
    double *many = drawn("poisson", nrv_fill(random_graph, NRV_F64, NRV_SHAPE(N), 100), 0);
    double *choice = drawn("categorical", nrv_fill(random_graph, NRV_F64, NRV_SHAPE(N, 4), 3), 0);
    double b = 0.931 + 2.53 * 10, a = -0.059 + 0.02483 * b; /* Hoermann's constants at a rate of 100 */
    for (int i = 0, swap; i < N; i++) {
        bits_of((uint64_t)i / 4, bits);
        assert_true(u[i] == (double)(bits[i % 4] >> 8) / 16777216.0);
        bits_of((uint64_t)i, bits);
        swap = (int)(unit_of(bits) * (i + 1));
        order[i] = order[swap], order[swap] = i;
        assert_true(choice[i] == floor(4 * unit_of(bits)));
        if (few[i] < 2)
            assert_true((few[i] == 1) == (unit_of(bits) >= exp(-0.5)) && unit_of(bits) < 1.5 * exp(-0.5));
        double centre = unit_of(bits) - 0.5, edge = 0.5 - fabs(centre);
        if (edge > 0.08 && unit_of(bits + 2) < 0.9277 - 3.6224 / (b - 2)) /* the first try is taken */
            assert_true(many[i] == floor((2 * a / edge + b) * centre + 100.43));
    }
    assert_memory_equal(p, order, sizeof order);
    free(u), free(p), free(few), free(many), free(choice);
}

static void gamma_takes_its_bits_in_order(void **state)
{
    (void)state;
    enum { N = 1000 };
    const double d = 100 - 1.0 / 3, c = 1 / sqrt(9 * d); /* Marsaglia's and Tsang's constants at a shape of 100 */
    double *many = drawn("gamma_log", nrv_fill(random_graph, NRV_F64, NRV_SHAPE(N), 100), 0);
    int taken = 0;
    for (uint64_t i = 0; i < N; i++) {
        uint32_t bits[4];
        bits_of(i | UINT64_C(1) << 48, bits);
        double angle = 6.283185307179586 * bits[2] / 4294967296.0;
        double x = sqrt(-2 * log(unit_of(bits) + 0x1p-54)) * cos(angle);
        if ((bits[3] + 1.0) / 4294967296.0 < 1 - 0.0331 * x * x * x * x) { /* their squeeze: the first try is taken */
            assert_true(fabs(many[i] - log(d) - 3 * log(1 + c * x)) < 1e-12);
            taken++;
        }
    }
    assert_true(taken > N / 2);
    free(many);
}

/* once in 2^31 tries the bits that decide are all 0, as here; they stand for half a step, whose logarithm is finite, so
   the first try is taken */
static void von_mises_takes_no_bits_for_half_a_step(void **state)
{
    (void)state;
    const uint32_t run = 49117573;
    const double k = 4, tau = 1 + sqrt(1 + 4 * k * k), rho = (tau - sqrt(2 * tau)) / (2 * k); /* Best and Fisher */
    const double r = (1 + rho * rho) / (2 * rho);
    uint32_t bits[4];
    nrv__philox((const uint32_t[]){ 0, 0, run, 0 }, (const uint32_t[]){ 0x76543210u, 0x89abcdefu }, bits);
    assert_true(bits[2] >> 1 == 0);
    const double z = cos(3.141592653589793 * unit_of(bits)), angle = acos((1 + r * z) / (r + z));
    double *y = drawn_in(run, "von_mises_angle", nrv_fill(random_graph, NRV_F64, NRV_SHAPE(1), k), 0);
    assert_true(fabs(fabs(*y) - angle) < 1e-12);
    free(y);
}

/* ---- what is refused ---- */
static void says(nrv_status status, const char *text)
{
    const char *why = nrv_graph_why(random_graph);
    if (!why || random_graph->why.status != status || strcmp(why, text))
        fail_msg("wanted %s:\n%s\ngot:\n%s", nrv__status_name(status), text, why ? why : "no error");
    nrv_graph_reset(random_graph);
}

static nrv_tensor of_two(double a, double b)
{
    return nrv_constant(random_graph, NRV_F64, NRV_SHAPE(2), (double[]){ a, b });
}

static nrv_tensor of_rows(const double v[4])
{
    return nrv_constant(random_graph, NRV_F64, NRV_SHAPE(2, 2), v);
}

static void values_that_make_no_sense_stop_the_run(void **state)
{
    (void)state;
    static const char *const rates[] = { "-0.5", "nan", "inf" };
    char text[160];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(nrv_eval(nrv_poisson(of_two(1, strtod(rates[i], NULL)), "n"), NULL, 0), NRV_EVALUE);
        snprintf(
            text, sizeof text,
            "poisson: rate %s at position 1; it must lie in 0..2^52\n  hint  nrv_softplus makes any number positive",
            rates[i]);
        says(NRV_EVALUE, text);
    }
    assert_int_equal(nrv_eval(nrv_categorical(of_rows((double[]){ 0, 1, NAN, 3 }), "c"), NULL, 0), NRV_EVALUE);
    says(NRV_EVALUE, "categorical: row 1 of the logits has a NaN\n  hint  the logits of a row are numbers, and one at "
                     "least is not -inf");
    assert_int_equal(nrv_eval(nrv_categorical(of_rows((double[]){ 0, INFINITY, 1, 3 }), "c"), NULL, 0), NRV_EVALUE);
    says(NRV_EVALUE, "categorical: row 0 of the logits has an infinite entry\n  hint  the logits of a row are numbers, "
                     "and one at least is not -inf");
    assert_int_equal(nrv_eval(nrv_categorical(of_rows((double[]){ 0, 0, -INFINITY, -INFINITY }), "c"), NULL, 0),
                     NRV_EVALUE);
    says(NRV_EVALUE, "categorical: row 1 of the logits is -inf everywhere: nothing can be drawn\n  hint  the logits of "
                     "a row are numbers, and one at least is not -inf");
    nrv_push(random_graph, "policy");
    nrv_output(random_graph, "y", nrv_categorical(of_rows((double[]){ 0, 1, NAN, 3 }), "c"));
    nrv_pop(random_graph);
    nrv_plan *p = nrv_compile(random_graph, NULL);
    nrv_exec *e = nrv_exec_new(p, random_store, NULL);
    assert_int_equal(nrv_run(e), NRV_EVALUE);
    assert_string_equal(nrv_why(e), "categorical: row 1 of the logits has a NaN\n  in    policy\n  hint  the logits of "
                                    "a row are numbers, and one at least is not -inf");
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static void shapes_and_types_are_checked(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    assert_null(nrv_categorical(nrv_fill(g, NRV_F32, NRV_SCALAR, 0), "c"));
    says(NRV_ESHAPE, "categorical: the logits have rank 0\n  input 0: run_counter i64 [] run\n  input 1: fill f32 []\n"
                     "  hint  a row of logits for each draw: (...,V)");
    assert_null(nrv_categorical(nrv_fill(g, NRV_F32, NRV_SHAPE(3, 0), 0), "c"));
    says(NRV_ESHAPE, "categorical: rows of 0 logits\n  input 0: run_counter i64 [] run\n  input 1: fill f32 [3, 0]\n"
                     "  hint  the index is an i32");
    assert_null(nrv_poisson(nrv_fill(g, NRV_I32, NRV_SHAPE(3), 0), "c"));
    says(NRV_EDTYPE, "poisson: input 1 is i32, a real type is wanted\n  input 0: run_counter i64 [] run\n"
                     "  input 1: fill i32 [3]\n  hint  nrv_cast it to NRV_F32");
}

static void nothing_comes_of_nothing(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    for (int broken = 0; broken < 2; broken++) {
        nrv_graph *of = broken ? g : NULL;
        nrv_tensor x = broken ? nrv_fill(g, NRV_F32, NRV_SHAPE(3), 1) : NULL;
        if (broken)
            nrv_pop(g);
        assert_null(nrv_uniform(of, "a", NRV_F32, NRV_SHAPE(3)));
        assert_null(nrv_normal(of, "b", NRV_F32, NRV_SHAPE(3)));
        assert_null(nrv_exponential(of, "c", NRV_F32, NRV_SHAPE(3)));
        assert_null(nrv_gumbel(of, "d", NRV_F32, NRV_SHAPE(3)));
        assert_null(nrv_permutation(of, "e", 3));
        assert_null(nrv_bernoulli(x, "f"));
        assert_null(nrv_categorical(x, "g"));
        assert_null(nrv_poisson(x, "h"));
    }
    says(NRV_EARG, "nrv_pop without a scope to close\n  hint  one nrv_pop closes one nrv_push or nrv_enter");
}

static void names_are_asked_for(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    static const char *const op[] = { "uniform",     "normal",  "gumbel",      "bernoulli",
                                      "categorical", "poisson", "permutation", "dropout" };
    for (int i = 0; i < 8; i++) {
        char unnamed[200];
        snprintf(unnamed, sizeof unnamed,
                 "%s: a random op without a name\n  in    net.block\n"
                 "  hint  give every random op a name of its own in its scope",
                 op[i]);
        nrv_enter(g, &(nrv_scope){ .name = "net", .mode = NRV_TRAIN }), nrv_push(g, "block");
        nrv_tensor x = nrv_fill(g, NRV_F32, NRV_SHAPE(3), 0.5), y = NULL;
        const char *name = i % 2 ? "" : NULL;
        y = i == 0   ? nrv_uniform(g, name, NRV_F32, NRV_SHAPE(3))
            : i == 1 ? nrv_normal(g, name, NRV_F32, NRV_SHAPE(3))
            : i == 2 ? nrv_gumbel(g, name, NRV_F32, NRV_SHAPE(3))
            : i == 3 ? nrv_bernoulli(x, name)
            : i == 4 ? nrv_categorical(x, name)
            : i == 5 ? nrv_poisson(x, name)
            : i == 6 ? nrv_permutation(g, name, 3)
                     : nrv_dropout(x, name, 0.5);
        assert_null(y);
        says(NRV_ENAME, unnamed);
    }
}

static void a_name_is_used_once(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    static const char *const twice =
        "two random ops named 'd' in one scope would draw the same numbers\n  in    net\n"
        "  hint  name the second one differently, or give the second pass over shared weights its own .pass";
    for (int again = 0; again < 2; again++) {
        nrv_uniform(g, "d", NRV_F32, NRV_SHAPE(3)); /* the outer scope's is another */
        nrv_push(g, "net");
        assert_non_null(nrv_permutation(g, "d", 3));
        if (again) /* closed and entered again it is the same scope; a pass makes it another */
            nrv_pop(g), nrv_enter(g, &(nrv_scope){ .name = "net", .pass = "second" });
        nrv_tensor y = nrv_uniform(g, "d", NRV_F32, NRV_SHAPE(3));
        if (again) {
            assert_non_null(y);
            nrv_pop(g), nrv_push(g, "net");
            y = nrv_uniform(g, "d", NRV_F32, NRV_SHAPE(3));
        }
        assert_null(y);
        says(NRV_ENAME, twice);
    }
}

/* names that differ only in where a scope ends, or in what is pass and what is name, are different names */
static void names_do_not_run_together(void **state)
{
    (void)state;
    nrv_graph *g = random_graph;
    static const char *const scope[] = { "a", "a|b", "a", "a.b", "" }, *const pass[] = { "b", NULL, NULL, NULL, "a|b" },
                             *const name[] = { "c", "c", "b.c", "c", "c" };
    double first[5];
    for (int i = 0; i < 5; i++) {
        nrv_enter(g, &(nrv_scope){ .name = scope[i], .pass = pass[i] });
        int64_t n;
        double *v = values(nrv_uniform(g, name[i], NRV_F32, NRV_SHAPE(1)), &n);
        first[i] = *v;
        free(v);
        nrv_pop(g);
        for (int k = 0; k < i; k++)
            assert_true(first[k] != first[i]);
    }
}

/* ---- several counters at once ---- */
enum { TURNS = 3 };

/* TURNS different tensors like x, as one */
static nrv_tensor widened(nrv_tensor x, nrv_tensor turn[TURNS])
{
    for (int t = 0; t < TURNS; t++)
        turn[t] = x->type == NRV_I64 ? nrv_add(x, nrv_fill(x->g, NRV_I64, NRV_SCALAR, 1000003 * t))
                                     : nrv_mul_c(x, 1.0 / (1 + t));
    nrv_tensor part[TURNS];
    for (int t = 0; t < TURNS; t++)
        part[t] = nrv_expand(turn[t], 0, 1);
    return nrv_concat(TURNS, part, 0);
}

static void batch_is_turns(const op_case *c, nrv_tensor y, int which)
{
    nrv_tensor x[3], turn[3][TURNS];
    bool wide[3];
    for (int i = 0; i < y->n_in; i++) {
        wide[i] = which >> i & 1;
        x[i] = y->in[i];
        for (int t = 0; t < TURNS; t++)
            turn[i][t] = x[i];
        if (wide[i])
            x[i] = widened(x[i], turn[i]);
    }
    int64_t n, m;
    nrv_tensor all = y->op->batch(&(nrv__batch){ y->g, y, x, wide, TURNS });
    double *got = case_value(all, &n);
    if (!got)
        case_fails(c, "%s", nrv_graph_why(y->g) ? nrv_graph_why(y->g) : "no batch");
    for (int t = 0; t < TURNS; t++) {
        nrv_tensor in[3];
        for (int i = 0; i < y->n_in; i++)
            in[i] = turn[i][t];
        double *want = case_value(nrv__op_with(y->op, y->n_in, in, y->attr, y->n_size, y->size), &m);
        assert_true(want != NULL && m * TURNS == n);
        if (m && memcmp(got + t * m, want, (size_t)m * sizeof *want))
            case_fails(c, "turn %d, inputs %d wide: not what it draws alone", t, which);
        free(want);
    }
    free(got);
}

static void batched_draws_are_the_turns(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    if (!(op->flags & NRV_RANDOM))
        return;
    for (int k = 0; k < 2; k++)
        for (int i = 0; each_case(op, i, k ? NRV_F32 : NRV_F64, &c); i++) {
            case_graph t = case_trace(&c, 0);
            if (!t.y)
                case_fails(&c, "%s", nrv_graph_why(t.g));
            assert_ptr_equal(t.y->op, op);
            for (int which = 1; which < 1 << t.y->n_in; which++)
                batch_is_turns(&c, t.y, which);
            case_graph_free(&t);
            case_free(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(formulas_have_their_distributions, begin, end),
        cmocka_unit_test_setup_teardown(formulas_have_their_moments, begin, end),
        cmocka_unit_test_setup_teardown(bernoulli_keeps_its_probability, begin, end),
        cmocka_unit_test_setup_teardown(categorical_follows_softmax, begin, end),
        cmocka_unit_test_setup_teardown(categorical_draws_what_is_rare, begin, end),
        cmocka_unit_test_setup_teardown(poisson_has_its_distribution, begin, end),
        cmocka_unit_test_setup_teardown(poisson_holds_at_huge_rates, begin, end),
        cmocka_unit_test_setup_teardown(poisson_rounds_to_its_type, begin, end),
        cmocka_unit_test_setup_teardown(gamma_has_its_distribution, begin, end),
        cmocka_unit_test_setup_teardown(small_shapes_keep_their_proportions, begin, end),
        cmocka_unit_test_setup_teardown(what_gamma_draws_make, begin, end),
        cmocka_unit_test_setup_teardown(binomial_has_its_distribution, begin, end),
        cmocka_unit_test_setup_teardown(binomial_keeps_its_tails, begin, end),
        cmocka_unit_test_setup_teardown(binomial_holds_for_many_trials, begin, end),
        cmocka_unit_test_setup_teardown(von_mises_has_its_distribution, begin, end),
        cmocka_unit_test_setup_teardown(laws_have_their_distributions, begin, end),
        cmocka_unit_test_setup_teardown(multinomial_takes_each_once, begin, end),
        cmocka_unit_test_setup_teardown(every_order_is_as_likely, begin, end),
        cmocka_unit_test_setup_teardown(a_permutation_has_every_number_once, begin, end),
        cmocka_unit_test_setup_teardown(a_permutation_may_have_a_named_length, begin, end),
        cmocka_unit_test_setup_teardown(turns_have_counters_of_their_own, begin, end),
        cmocka_unit_test_setup_teardown(values_that_make_no_sense_stop_the_run, begin, end),
        cmocka_unit_test_setup_teardown(shapes_and_types_are_checked, begin, end),
        cmocka_unit_test_setup_teardown(nothing_comes_of_nothing, begin, end),
        cmocka_unit_test_setup_teardown(every_element_has_counters_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(gamma_takes_its_bits_in_order, begin, end),
        cmocka_unit_test_setup_teardown(von_mises_takes_no_bits_for_half_a_step, begin, end),
        cmocka_unit_test_setup_teardown(names_are_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(a_name_is_used_once, begin, end),
        cmocka_unit_test_setup_teardown(names_do_not_run_together, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + each_op("batched draws", batched_draws_are_the_turns);
}
