/* test_worked.c - networks whose numbers were worked out on paper: XOR by hand, chains of sigmoid and tanh whose
   derivatives are products one can write down - and nrv_formula writes them down -, losses at a point, small examples
   of the literature. To twelve digits, in double.

   Left out are examples that no op or graph can show: splitting sentences into words, padding lists, where a validation
   set is cut, what a text says of dropout, and lists to be known by heart. */
#include "../../src/ops/conv/windows.h"
#include "../graph/graph_test.h"
#include <math.h>

static nrv_tensor number(nrv_graph *g, const char *name, double v)
{
    nrv_tensor x = nrv_input(g, name, NRV_F64, NRV_SCALAR);
    nrv_feed(x, &v, sizeof v);
    return x;
}

static nrv_tensor matrix(nrv_graph *g, int rows, int cols, const double *v)
{
    return nrv_constant(g, NRV_F64, NRV_SHAPE(rows, cols), v);
}

static void is(nrv_tensor x, double want, double apart)
{
    double got = NAN;
    if (!x || nrv_eval(x, &got, sizeof got) != NRV_OK || !(fabs(got - want) <= apart))
        fail_msg("%.15g, it should be %.15g (%s)", got, want,
                 x && nrv_graph_why(x->g) ? nrv_graph_why(x->g) : "no error");
}

static void are(nrv_tensor x, int n, const double *want)
{
    double got[64];
    assert_true(n <= 64 && x);
    assert_int_equal(nrv_eval(x, got, (size_t)n * sizeof *got), NRV_OK);
    for (int i = 0; i < n; i++)
        if (got[i] != want[i])
            fail_msg("element %d is %.17g, it should be %.17g", i, got[i], want[i]);
}

static const double digits = 1e-12;

/* E = cross-entropy of a probability with target t, where t is 0 or 1 */
static nrv_tensor loss(nrv_tensor y, double t)
{
    return nrv_bce(y, nrv_fill(y->g, NRV_F64, NRV_SCALAR, t));
}

static void sigmoid_and_tanh_at_one(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor s = number(g, "s", 1), d[2];
    nrv_tensor f = nrv_sigmoid(s), h = nrv_tanh(s);
    is(f, 0.7310585786300049, 1e-16);
    is(h, 0.7615941559557649, 1e-16);
    nrv_grad(f, NULL, 1, &s, &d[0]);
    nrv_grad(h, NULL, 1, &s, &d[1]);
    is(NRV_EXPR("d, f: d - f * (1 - f)", d[0], f), 0, 1e-16);
    is(NRV_EXPR("d, f: d - (1 + f) * (1 - f)", d[1], h), 0, 1e-16);
    is(NRV_EXPR("h, s: h - (2 * sigmoid(2 * s) - 1)", h, s), 0, 1e-15);
}

static void softmax_of_one_two_three(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor p = nrv_softmax(nrv_constant(g, NRV_F64, NRV_SHAPE(3), ((double[]){ 1, 2, 3 })), 0);
    is(nrv_reshape(nrv_slice(p, 0, 0, 1), NRV_SCALAR), 0.0900305732, 5e-11);
    is(nrv_reshape(nrv_slice(p, 0, 1, 1), NRV_SCALAR), 0.2447284711, 5e-11);
    is(nrv_reshape(nrv_slice(p, 0, 2, 1), NRV_SCALAR), 0.6652409558, 5e-11);
}

static void losses_at_a_point(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor y = number(g, "y", 0.8), d, e = loss(y, 1);
    is(e, 0.2231435513142097, 1e-15);
    nrv_grad(e, NULL, 1, &y, &d);
    is(d, -1.25, 1e-15);
    nrv_tensor half = NRV_EXPR("y: 0.5 * square(1 - y)", y); /* squared error: its derivative is y - t */
    nrv_grad(half, NULL, 1, &y, &d);
    is(d, -0.2, 1e-16);
    nrv_tensor s = number(g, "s", 0.3), through = loss(nrv_sigmoid(s), 1); /* sigmoid and cross-entropy: y - t */
    nrv_grad(through, NULL, 1, &s, &d);
    is(NRV_EXPR("d, s: d - (sigmoid(s) - 1)", d, s), 0, 1e-15);
    is(NRV_EXPR("a, b: a - b", through, nrv_bce_logits(s, nrv_fill(g, NRV_F64, NRV_SCALAR, 1))), 0, 1e-15);
    nrv_tensor value = NRV_EXPR("y: log(y) + log(1 - y)", nrv_fill(g, NRV_F64, NRV_SCALAR, 0.5)); /* a GAN's optimum */
    is(value, -1.3862943611198906, 1e-15);
    nrv_tensor four = nrv_constant(g, NRV_F64, NRV_SHAPE(4), ((double[]){ 0.2, 0.4, 0.1, 0.3 }));
    nrv_tensor then = nrv_constant(g, NRV_F64, NRV_SHAPE(4), ((double[]){ 0.1, 0.1, 0.7, 0.1 }));
    nrv_tensor target = nrv_constant(g, NRV_F64, NRV_SHAPE(4), ((double[]){ 0, 0, 1, 0 }));
    is(nrv_sum_all(NRV_EXPR("y, t: 0.5 * square(t - y)", four, target)), 0.55, 1e-15);
    is(nrv_sum_all(NRV_EXPR("y, t: 0.5 * square(t - y)", then, target)), 0.06, 1e-15);
}

/* cross-entropy, log loss and the negative conditional log-likelihood are three names of one number (F28), and its
   derivative by y is (y - t) / (y (1 - y)), in three spellings (62) */
static void one_loss_of_many_names(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor y = number(g, "y", 0.8), t = nrv_fill(g, NRV_F64, NRV_SCALAR, 1), d;
    nrv_tensor cll = NRV_EXPR("y, t: (1 - t) * log(1 - y) + t * log(y)", y, t);
    nrv_tensor both = NRV_EXPR("y: 1 - y", y), label = nrv_fill(g, NRV_I32, NRV_SCALAR, 1);
    nrv_tensor classes = nrv_concat(2, (const nrv_tensor[]){ nrv_expand(both, 0, 1), nrv_expand(y, 0, 1) }, 0);
    is(nrv_bce(y, t), 0.2231435513142097, 1e-15);
    is(NRV_EXPR("a, b: a + b", nrv_bce(y, t), cll), 0, 1e-15);
    is(NRV_EXPR("a, b: a + b", nrv_nll(nrv_log(classes), label), cll), 0, 1e-15);
    is(NRV_EXPR("a, b: a + b", nrv_cross_entropy(nrv_log(classes), label), cll), 0, 1e-15);
    nrv_grad(nrv_neg(cll), NULL, 1, &y, &d);
    is(NRV_EXPR("d, y, t: d - ((1 - t) / (1 - y) - t / y)", d, y, t), 0, 1e-15);
    is(NRV_EXPR("d, y, t: d - ((1 - t) * y - t * (1 - y)) / (y * (1 - y))", d, y, t), 0, 1e-15);
    is(NRV_EXPR("d, y, t: d - (y - t) / (y * (1 - y))", d, y, t), 0, 1e-15);
    is(NRV_EXPR("y, t: (1 - t) * y - t * (1 - y) - (y - t)", y, t), 0, 1e-16);
}

/* behind a sigmoid or softmax the slope is y - t, and finite at any logit (F34) */
static void residual_errors(void **state)
{
    static const double logit[] = { -1000, -30, -1.5, 0, 0.3, 30, 1000 };
    nrv_graph *g = *state;
    nrv_tensor s = nrv_input(g, "s", NRV_F64, NRV_SHAPE(7)), t = nrv_fill(g, NRV_F64, NRV_SHAPE(7), 1), d;
    nrv_feed(s, logit, sizeof logit);
    nrv_grad(nrv_bce_logits_with(s, t, &(nrv_bce_logits_opt){ .reduction = NRV_LOSS_SUM }), NULL, 1, &s, &d);
    is(nrv_sum_all(nrv_abs(NRV_EXPR("d, s, t: d - (sigmoid(s) - t)", d, s, t))), 0, 1e-15);
    nrv_tensor rows = nrv_reshape(s, NRV_SHAPE(1, 7)), label = nrv_fill(g, NRV_I64, NRV_SHAPE(1), 4);
    nrv_tensor hot = nrv_cast(nrv_equal(nrv_iota(g, NRV_I64, 7), label), NRV_F64);
    nrv_grad(nrv_cross_entropy(rows, label), NULL, 1, &s, &d);
    is(nrv_sum_all(nrv_abs(nrv_sub(d, nrv_sub(nrv_softmax(s, 0), hot)))), 0, 1e-15);
    is(nrv_cross_entropy(rows, label), 999.7, 1e-12);
}

static void small_examples(void **state)
{
    static const double sold[36] = {
        266,   145.9, 183.1, 119.3, 180.3, 168.5, 231.8, 224.5, 192.8, 122.9, 336.5, 185.9,
        194.3, 149.5, 210.1, 273.3, 191.4, 287,   226,   303.6, 289.9, 421.6, 264.5, 342.3,
        339.7, 440.4, 315.9, 439.3, 401.3, 437.4, 575.5, 407.6, 682,   475.3, 581.3, 646.9
    };
    nrv_graph *g = *state;
    nrv_tensor word = nrv_iota(g, NRV_I32, 3); /* "I love cats", one-hot */
    are(nrv_cast(nrv_equal(nrv_expand(word, 1, 1), word), NRV_F64), 9, (double[]){ 1, 0, 0, 0, 1, 0, 0, 0, 1 });
    nrv_tensor count = nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ 10, 90 }));
    are(NRV_EXPR("c, n: n / (2 * c)", count, nrv_sum_all(count)), 2, (double[]){ 5, 100.0 / 180 });
    nrv_tensor x = nrv_constant(g, NRV_F64, NRV_SHAPE(36), sold); /* shampoo: as last month, for the last year */
    is(nrv_sqrt(nrv_mse(nrv_slice(x, 0, 24, 12), nrv_slice(x, 0, 23, 12))), 136.761, 5e-4);
    nrv_tensor least = nrv_min_of(x, 0, 0), most = nrv_max_of(x, 0, 0);
    nrv_tensor scaled = NRV_EXPR("x, a, b: 2 * (x - a) / (b - a) - 1", x, least, most);
    is(nrv_min_of(scaled, 0, 0), -1, 0);
    is(nrv_max_of(scaled, 0, 0), 1, 0);
    nrv_tensor a = nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ 1, 2 }));
    nrv_tensor b = nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ 4, -2 })); /* a radial unit: d = 5 */
    is(NRV_EXPR("q: exp(-0.1 * q)", nrv_sum_all(nrv_square(nrv_sub(a, b)))), 0.0820849986238988, 1e-15);
    nrv_tensor four = nrv_constant(g, NRV_F64, NRV_SHAPE(4), ((double[]){ 0.2, 0.4, 0.1, 0.3 }));
    nrv_tensor one = nrv_constant(g, NRV_F64, NRV_SHAPE(4), ((double[]){ 0, 0, 1, 0 }));
    is(nrv_mse(four, one), 1.1 / 4, 1e-15);
    is(nrv_mse_with(four, one, &(nrv_loss_opt){ .reduction = NRV_LOSS_SUM }), 1.1, 1e-15);
    are(nrv_relu(nrv_constant(g, NRV_F64, NRV_SHAPE(3), ((double[]){ -2, 0, 3 }))), 3, (double[]){ 0, 0, 3 });
}

/* a derivative as text, with values on the way by their names (F33), and that text read again */
static void reads(nrv_tensor d, int n, const nrv_tensor *x, const char *const *name, const char *want)
{
    char text[1000];
    const nrv_formula_opt o = { .n = n, .x = x, .name = name };
    if (!nrv_formula(d, &o, text, sizeof text))
        fail_msg("no formula: %s", nrv_graph_why(d->g));
    assert_string_equal(strchr(text, ':') + 2, want);
    is(nrv_sub(nrv_expr(text, n, x), d), 0, digits);
}

static nrv_tensor log_loss(nrv_tensor y, nrv_tensor t)
{
    return NRV_EXPR("y, t: -(t * log(y) + (1 - t) * log(1 - y))", y, t);
}

static void chains_as_text(void **state)
{
    static const char *const name[] = { "X", "t", "wx", "wA", "wB", "wC", "wD", "A", "B", "C", "D", "y" };
    nrv_graph *g = *state;
    nrv_tensor x[12] = { number(g, "x", 1.5), number(g, "t", 1),    number(g, "u", 0.5),  number(g, "a", -1),
                         number(g, "b", 2),   number(g, "c", 0.75), number(g, "d", -1.25) };
    nrv_tensor d[7];
    x[7] = nrv_sigmoid(nrv_mul(x[2], x[0])), x[8] = nrv_tanh(nrv_mul(x[3], x[7])), x[9] = x[10] = x[8];
    x[11] = nrv_sigmoid(nrv_mul(x[4], x[8]));
    nrv_grad(log_loss(x[11], x[1]), NULL, 7, x, d);
    const char *const *A = name + 7;
    nrv_tensor of[] = { x[0], x[1], x[2], x[3], x[4], x[7], x[8], x[11] };
    const char *const as[] = { "X", "t", "wx", "wA", "wB", A[0], A[1], "y" };
    reads(d[4], 8, of, as, "B*(y - t)");
    reads(d[3], 8, of, as, "A*wB*(1 - B^2)*(y - t)");
    reads(d[2], 8, of, as, "A*X*wA*wB*(1 - A)*(1 - B^2)*(y - t)");
    x[7] = nrv_tanh(nrv_mul(x[2], x[0])), x[8] = nrv_sigmoid(nrv_mul(x[3], x[7]));
    x[9] = nrv_sigmoid(nrv_mul(x[4], x[8])), x[10] = nrv_tanh(nrv_mul(x[5], x[9]));
    x[11] = nrv_sigmoid(nrv_mul(x[6], x[10]));
    nrv_grad(log_loss(x[11], x[1]), NULL, 7, x, d);
    reads(d[3], 12, x, name, "A*B*C*wB*wC*wD*(1 - B)*(1 - C)*(1 - D^2)*(y - t)");
    reads(d[2], 12, x, name, "B*C*X*wA*wB*wC*wD*(1 - A^2)*(1 - B)*(1 - C)*(1 - D^2)*(y - t)");
}

/* two ways from x to the loss: their products are summed */
static void ways_are_summed(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor v = number(g, "v", 0.4), X = number(g, "X", -2), t = number(g, "t", 1), d[2];
    nrv_tensor wA1 = number(g, "wA1", 0.7), wA2 = number(g, "wA2", -0.6), h = nrv_mul(v, X);
    nrv_tensor A1 = nrv_sigmoid(h), A2 = nrv_tanh(h),
               y = nrv_sigmoid(NRV_EXPR("a, u, b, v: a * u + b * v", A1, wA1, A2, wA2));
    const nrv_tensor x[] = { A1, A2, X, t, v, wA1, wA2, y };
    const char *const name[] = { "A1", "A2", "X", "t", "v", "wA1", "wA2", "y" };
    nrv_grad(log_loss(y, t), NULL, 2, (const nrv_tensor[]){ wA1, v }, d);
    reads(d[0], 8, x, name, "A1*(y - t)");
    reads(d[1], 8, x, name, "X*(A1*wA1*(1 - A1) + wA2*(1 - A2^2))*(y - t)");
}

static void chain_of_three(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor p[3] = { number(g, "wx", 0.5), number(g, "wA", -1), number(g, "wB", 2) }, x = number(g, "x", 1.5), d[3];
    nrv_tensor A = nrv_sigmoid(nrv_mul(p[0], x)), B = nrv_tanh(nrv_mul(p[1], A)), y = nrv_sigmoid(nrv_mul(p[2], B));
    nrv_tensor E = loss(y, 1);
    is(A, 0.679178699175, digits);
    is(B, -0.590985204421, digits);
    is(y, 0.234698096457, digits);
    is(E, 1.449455286696, digits);
    nrv_grad(E, NULL, 3, p, d);
    is(d[0], 0.325541574571, digits);
    is(d[1], -0.676475395564, digits);
    is(d[2], 0.452282101910, digits);
    nrv_tensor by_hand =
        NRV_EXPR("y, w, b, a, v, x: (y - 1) * w * (1 - b) * (1 + b) * v * a * (1 - a) * x", y, p[2], B, A, p[1], x);
    is(NRV_EXPR("a, b: a - b", d[0], by_hand), 0, 1e-15);
}

static void chain_of_five(void **state)
{
    static const char *const name[] = { "wx", "wA", "wB", "wC", "wD" };
    static const double weight[] = { 0.5, -1, 2, 0.75, -1.25 },
                        slope[] = { 0.023870729780, -0.016942484833, -0.020404325198, -0.235581758392, 0.166105617440 };
    nrv_graph *g = *state;
    nrv_tensor p[5], d[5], x = number(g, "x", 1.5);
    for (int i = 0; i < 5; i++)
        p[i] = number(g, name[i], weight[i]);
    nrv_tensor A = nrv_tanh(nrv_mul(p[0], x)), B = nrv_sigmoid(nrv_mul(p[1], A)), C = nrv_sigmoid(nrv_mul(p[2], B)),
               D = nrv_tanh(nrv_mul(p[3], C)), y = nrv_sigmoid(nrv_mul(p[4], D)), E = loss(y, 0);
    is(A, 0.635148952387, digits);
    is(B, 0.346343947025, digits);
    is(C, 0.666564595186, digits);
    is(D, 0.462056949717, digits);
    is(y, 0.359491654745, digits);
    is(E, 0.445493128449, digits);
    nrv_grad(E, NULL, 5, p, d);
    for (int i = 0; i < 5; i++)
        is(d[i], slope[i], digits);
}

static void two_paths(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x1 = number(g, "x1", 1), x2 = number(g, "x2", -2), d[2];
    nrv_tensor w11 = number(g, "w11", 0.1), w21 = number(g, "w21", 0.2), w12 = number(g, "w12", -0.3),
               w22 = number(g, "w22", 0.4);
    nrv_tensor p[2] = { number(g, "wA1", 0.7), w22 }, wA2 = number(g, "wA2", -0.6);
    nrv_tensor A1 = nrv_sigmoid(NRV_EXPR("x, u, y, v: x * u + y * v", x1, w11, x2, w21));
    nrv_tensor A2 = nrv_tanh(NRV_EXPR("x, u, y, v: x * u + y * v", x1, w12, x2, w22));
    nrv_tensor y = nrv_sigmoid(NRV_EXPR("a, u, b, v: a * u + b * v", A1, p[0], A2, wA2));
    is(A1, 0.425557483188, digits);
    is(A2, -0.800499021761, digits);
    is(y, 0.685289811250, digits);
    nrv_grad(loss(y, 1), NULL, 2, p, d);
    is(d[0], -0.133927275858, digits);
    is(d[1], -0.135653176809, digits);
}

static void xor_by_hand(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor X = matrix(g, 4, 2, (double[]){ 0, 0, 0, 1, 1, 0, 1, 1 }), W = matrix(g, 2, 2, (double[]){ 1, 1, 1, 1 });
    nrv_tensor c = nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ 0, -1 })),
               v = matrix(g, 2, 1, (double[]){ 1, -2 });
    nrv_tensor XW = nrv_matmul(X, W), h = nrv_add(XW, c), y = nrv_matmul(nrv_relu(h), v);
    are(XW, 8, (double[]){ 0, 0, 1, 1, 1, 1, 2, 2 });
    are(h, 8, (double[]){ 0, -1, 1, 0, 1, 0, 2, 1 });
    are(nrv_relu(h), 8, (double[]){ 0, 0, 1, 0, 1, 0, 2, 1 });
    are(y, 4, (double[]){ 0, 1, 1, 0 });
    is(nrv_mse(y, matrix(g, 4, 1, (double[]){ 0, 1, 1, 0 })), 0, 0);
    nrv_tensor more = matrix(g, 4, 2, (double[]){ 0.5, 0.5, 0.25, 0.25, 2, 0, 1.5, 0.5 });
    are(nrv_matmul(nrv_relu(nrv_add(nrv_matmul(more, W), c)), v), 4, (double[]){ 1, 0.5, 0, 0 });
}

/* units of -1 and +1: w0 + w . x, and its sign */
static nrv_tensor unit(nrv_tensor x, double w0, double w1, double w2)
{
    nrv_tensor w = nrv_constant(x->g, NRV_F64, NRV_SHAPE(2), ((double[]){ w1, w2 }));
    return nrv_sign(nrv_add(nrv_matmul(x, w), nrv_fill(x->g, NRV_F64, NRV_SCALAR, w0)));
}

static void logic_of_signs(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = matrix(g, 4, 2, (double[]){ -1, -1, -1, 1, 1, -1, 1, 1 });
    are(unit(x, -1, 1, 1), 4, (double[]){ -1, -1, -1, 1 });
    are(unit(x, 1, 1, 1), 4, (double[]){ -1, 1, 1, 1 });
    are(nrv_sign(nrv_neg(nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ -1, 1 })))), 2, (double[]){ 1, -1 });
    nrv_tensor h1 = unit(x, -1, 1, -1), h2 = unit(x, -1, -1, 1);
    are(NRV_EXPR("a, b: sign(1 + a + b)", h1, h2), 4, (double[]){ -1, 1, 1, -1 });
}

static void quadratic(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = number(g, "x", 2), d[3];
    nrv_tensor f = NRV_EXPR("x: 2 * square(x) + 3", x);
    is(f, 11, 0);
    is(NRV_EXPR("x: 2 * square(x) + 3", nrv_fill(g, NRV_F64, NRV_SCALAR, 0)), 3, 0);
    nrv_grad(f, NULL, 1, &x, &d[0]);
    nrv_grad(d[0], NULL, 1, &x, &d[1]);
    nrv_grad(d[1], NULL, 1, &x, &d[2]);
    is(d[0], 8, 0);
    is(d[1], 4, 0);
    is(d[2], 0, 0);
}

/* kernels whose sums are 1, 1, 1 and 0 keep, keep, keep and wipe out a flat image */
static void image_kernels(void **state)
{
    static const double kernel[4][9] = { { 0, 0, 0, 0, 1, 0, 0, 0, 0 },
                                         { 0.0625, 0.125, 0.0625, 0.125, 0.25, 0.125, 0.0625, 0.125, 0.0625 },
                                         { 0, -1, 0, -1, 5, -1, 0, -1, 0 },
                                         { -1, -1, -1, -1, 8, -1, -1, -1, -1 } };
    static const double sum[] = { 1, 1, 1, 0 };
    const nrv__window_attr a = { 2, { 3, 3 }, { 1, 1 }, { 0 }, { 1, 1 }, 1 };
    nrv_graph *g = *state;
    nrv_tensor flat = nrv_fill(g, NRV_F64, NRV_SHAPE(1, 1, 4, 5), 3);
    for (int k = 0; k < 4; k++) {
        nrv_tensor y = nrv__conv(flat, nrv_constant(g, NRV_F64, NRV_SHAPE(1, 1, 3, 3), kernel[k]), &a);
        double want[6];
        for (int i = 0; i < 6; i++)
            want[i] = 3 * sum[k];
        are(y, 6, want);
    }
    double block[16] = { 4, -4, -2, 2, 1, -1, 3, -3, 0 };
    nrv_tensor x = nrv_constant(g, NRV_F64, NRV_SHAPE(1, 1, 4, 4), block); /* the mean cancels, the maximum does not */
    are(nrv_avg_pool(x, 2, 0), 4, (double[]){ 0, 0, 0, 0 });
    are(nrv_max_pool(x, 2, 0), 4, (double[]){ 4, 3, 0, 0 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(sigmoid_and_tanh_at_one),
        graph_test(softmax_of_one_two_three),
        graph_test(losses_at_a_point),
        graph_test(one_loss_of_many_names),
        graph_test(residual_errors),
        graph_test(small_examples),
        graph_test(chains_as_text),
        graph_test(ways_are_summed),
        graph_test(chain_of_three),
        graph_test(chain_of_five),
        graph_test(two_paths),
        graph_test(xor_by_hand),
        graph_test(logic_of_signs),
        graph_test(quadratic),
        graph_test(image_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
