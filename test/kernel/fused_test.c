/* fused_test.c - instructions that stand for several, every row on every tier: what the row's own formula gives in
   double, at any length, in place, and with its uniform operands seen by their first element alone. The formula is read
   from the row, so a new row is tested from the day it is there. Does not do: whether the compiler finds the rows. */
#include "kernel_test.h"

enum { FT_MOST = 300 };

typedef struct ft_reader {
    const nrv__fused *row;
    const char *at;
    double in[NRV__LANE_IN], also[NRV__LANE_ALSO], largest; /* of all that was met on the way */
    int n_also;
    bool one[NRV__LANE_IN], may[NRV__LANE_IN], used[NRV__LANE_IN]; /* marked with @, with ~ */
} ft_reader;

static double ft_value(ft_reader *r);

static double ft_gelu(double x)
{
    return 0.5 * x * erfc(-x * sqrt(0.5));
}

static double ft_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double ft_call(ft_reader *r, const char *word)
{
    static const char *const two[] = { "add", "sub", "mul", "div", "less", "greater" };
    for (int k = 0; k < 6; k++) {
        if (strcmp(word, two[k]) != 0)
            continue;
        const double a = ft_value(r), b = ft_value(r);
        const double all[] = { a + b, a - b, a * b, a / b, (double)(a < b), (double)(a > b) };
        return all[k];
    }
    const double a = ft_value(r);
    if (strcmp(word, "select") == 0) {
        const double yes = ft_value(r), no = ft_value(r);
        return a != 0 ? yes : no;
    }
    static double (*const one[])(double) = { sqrt, exp, erf, ft_gelu, tanh, ft_sigmoid };
    static const char *const names[] = { "sqrt", "exp", "erf", "gelu", "tanh", "sigmoid" };
    for (int k = 0; k < 6; k++)
        if (strcmp(word, names[k]) == 0)
            return one[k](a);
    assert_string_equal(word, "relu");
    return a <= 0 ? 0 : a;
}

/* the formula's next part at the operands in[] */
static double ft_value(ft_reader *r)
{
    char text[32], *word = text;
    const size_t n = strcspn(r->at, " ");
    assert_true(n > 0 && n < sizeof text);
    memcpy(text, r->at, n);
    text[n] = '\0';
    r->at += n + (r->at[n] == ' ');
    const bool kept = *word == '!', one = *word == '@', may = *word == '~';
    const bool leaf = one || may || (*word >= '0' && *word <= '9');
    word += kept || one || may;
    double y;
    if (*word == '#') {
        y = r->row->number[word[1] - '0'];
    } else if (leaf) {
        const int k = *word <= '9' ? *word - '0' : *word - 'a' + 10;
        r->used[k] = true;
        r->one[k] = r->one[k] || one;
        r->may[k] = r->may[k] || may;
        y = r->in[k];
    } else {
        y = ft_call(r, word);
    }
    if (kept)
        r->also[r->n_also++] = y;
    r->largest = fabs(y) > r->largest ? fabs(y) : r->largest;
    return y;
}

static ft_reader ft_read(const nrv__fused *row, float in[][FT_MOST], int64_t i)
{
    ft_reader r = { .row = row, .at = row->point.types };
    for (int k = 0; k < NRV__LANE_IN; k++)
        r.in[k] = (double)in[k][i];
    return r;
}

/* each rounding is at most half a unit of the largest number on the way, and no row has more than sixteen of them */
static void ft_near(const nrv__fused *row, double got, double want, double largest, int64_t i)
{
    if (!(fabs(got - want) <= largest * 0x1p-20))
        fail_msg("%s, tier %d, element %d: %.9g for %.9g", row->point.op, (int)row->point.tier, (int)i, got, want);
}

static void ft_row(const nrv__fused *row, int64_t n, bool in_place, bool ones)
{
    static float in[NRV__LANE_IN][FT_MOST], before[NRV__LANE_IN][FT_MOST], out[FT_MOST], also[NRV__LANE_ALSO][FT_MOST];
    for (int k = 0; k < NRV__LANE_IN; k++) /* positive where a root is drawn and a quotient taken */
        for (int64_t i = 0; i < n; i++)
            in[k][i] = (float)(k < 3 ? kt_random() * 2 : fabs(kt_random()) + 0.01);
    ft_reader seen = ft_read(row, in, 0);
    ft_value(&seen);
    assert_int_equal(*seen.at, '\0');
    for (int k = 0; k < NRV__LANE_IN; k++)
        seen.one[k] = seen.one[k] || (ones && seen.may[k]);
    for (int k = 0; k < NRV__LANE_IN; k++)
        for (int64_t i = 1; i < n && seen.one[k]; i++)
            in[k][i] = in[k][0];
    memcpy(before, in, sizeof in);
    for (int k = 0; k < NRV__LANE_IN; k++)
        for (int64_t i = 1; i < n && seen.one[k]; i++)
            in[k][i] = NAN; /* nobody looks there */
    nrv__lane l = { .out = in_place ? in[0] : out, .n = n, .ones = ones };
    for (int k = 0; k < NRV__LANE_IN; k++)
        l.in[k] = seen.used[k] ? in[k] : NULL;
    for (int k = 0; k < seen.n_also; k++)
        l.also[k] = also[k];
    row->point.run(&l);
    for (int64_t i = 0; i < n; i++) {
        ft_reader r = ft_read(row, before, i);
        const double want = ft_value(&r);
        ft_near(row, (double)((const float *)l.out)[i], want, r.largest, i);
        for (int k = 0; k < r.n_also; k++)
            ft_near(row, (double)also[k][i], r.also[k], r.largest, i);
    }
}

static void every_row(void **state)
{
    (void)state;
    int rows = 0;
    for (const nrv__fused *const *table = nrv__fuses; *table != NULL; table++)
        for (const nrv__fused *row = *table; row->point.op != NULL; row++)
            for (int64_t n = 1; n <= FT_MOST && nrv__cpu_has(row->point.tier); n += n < 40 ? 1 : 37, rows++) {
                for (int k = 0; k < 4; k++)
                    ft_row(row, n, k & 1, k & 2);
            }
    assert_true(rows > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_row) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
