/* test_losses.c - what the records of losses cannot say: CTC against all paths written out, edges where values or
   slopes are not finite, means of nothing, axes of classes, options that make no sense, a distance of one's own. */
#include "../../src/ops/op.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

typedef struct losses {
    nrv_store *s;
    nrv_graph *g;
} losses;

static losses losses_new(void)
{
    losses l = { .s = nrv_store_new(NULL) };
    l.g = nrv_graph_new(l.s, 0);
    return l;
}

static void losses_free(losses *l)
{
    nrv_graph_free(l->g);
    nrv_store_free(l->s);
}

static nrv_tensor reals(nrv_graph *g, const char *name, nrv_shape shape, const double *value)
{
    int64_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= shape.dim[i];
    nrv_tensor x = nrv_input(g, name, NRV_F64, shape);
    nrv_feed(x, value, (size_t)n * sizeof *value);
    return x;
}

static void are_near(nrv_tensor x, int n, const double *want, double apart)
{
    double got[64];
    if (!x || n > 64 || nrv_eval(x, got, (size_t)n * sizeof *got) != NRV_OK)
        fail_msg("no value: %s", x && nrv_graph_why(x->g) ? nrv_graph_why(x->g) : "NULL");
    for (int i = 0; i < n; i++)
        if (!(got[i] == want[i] || (isnan(got[i]) && isnan(want[i])) ||
              fabs(got[i] - want[i]) <= apart * fmax(1, fabs(want[i]))))
            fail_msg("element %d is %.17g, it should be %.17g", i, got[i], want[i]);
}

static void slopes_are(nrv_tensor y, nrv_tensor x, int n, const double *want)
{
    nrv_tensor dx = NULL;
    nrv_grad(nrv_sum_all(y), NULL, 1, &x, &dx);
    are_near(dx, n, want, 1e-12);
}

/* ---- CTC: every path of T steps over C classes, of which those count that become the labels ---- */
enum { STEPS = 4, CLASSES = 3 };

static bool becomes(int path, int blank, int n, const int *label)
{
    int before = -1, met = 0;
    for (int t = 0; t < STEPS; t++, path /= CLASSES) {
        int c = path % CLASSES;
        if (c != before && c != blank && (met == n || label[met++] != c))
            return false;
        before = c;
    }
    return met == n;
}

static double all_paths(const double *lp, int blank, int n, const int *label)
{
    double sum = 0;
    for (int path = 0; path < 81; path++) {
        double p = 0;
        for (int t = 0, rest = path; t < STEPS; t++, rest /= CLASSES)
            p += lp[t * CLASSES + rest % CLASSES];
        sum += becomes(path, blank, n, label) ? exp(p) : 0;
    }
    return -log(sum);
}

static void ctc_counts_all_paths(void **state)
{
    (void)state;
    static const double lp[STEPS * CLASSES] = {
        -0.3, -1.7, -2.2, -1.1, -0.9, -1.4, -2.0, -0.5, -1.3, -0.7, -1.6, -1.2
    };
    static const struct {
        int blank, n, label[4];
    } row[] = { { 0, 0, { 0 } },       { 0, 1, { 1 } },          { 0, 2, { 1, 2 } },    { 0, 2, { 1, 1 } },
                { 0, 3, { 1, 2, 1 } }, { 0, 4, { 1, 2, 1, 2 } }, { 0, 3, { 2, 2, 1 } }, { 2, 2, { 0, 0 } },
                { 1, 3, { 0, 2, 2 } }, { 0, 4, { 1, 1, 2, 2 } } };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        losses l = losses_new();
        nrv_tensor x = reals(l.g, "x", NRV_SHAPE(STEPS, 1, CLASSES), lp);
        nrv_tensor t = nrv_constant(l.g, NRV_I32, NRV_SHAPE(1, row[i].n), row[i].label);
        nrv_tensor il = nrv_fill(l.g, NRV_I32, NRV_SHAPE(1), STEPS),
                   tl = nrv_fill(l.g, NRV_I32, NRV_SHAPE(1), row[i].n);
        nrv_ctc_opt o = { .reduction = NRV_LOSS_SUM, .blank = row[i].blank };
        double want = all_paths(lp, row[i].blank, row[i].n, row[i].label);
        are_near(nrv_ctc_with(x, t, il, tl, &o), 1, &want, 1e-14);
        o.zero_infinity = 1;
        want = isinf(want) ? 0 : want;
        are_near(nrv_ctc_with(x, t, il, tl, &o), 1, &want, 1e-14);
        losses_free(&l);
    }
}

/* what is impossible is infinite, and nothing is learned from it; no time at all makes only no labels */
static void ctc_at_its_ends(void **state)
{
    (void)state;
    static const double lp[2 * 4 * 3] = { -1, -1.2, -0.9, -1, -1, -1,   -2, -0.3, -1, -1, -1.5, -0.7,
                                          -1, -1,   -1,   -2, -1, -0.5, -1, -1,   -1, -3, -0.2, -1 };
    losses l = losses_new();
    nrv_tensor x = reals(l.g, "x", NRV_SHAPE(2, 4, 3), lp);
    nrv_tensor t = nrv_constant(l.g, NRV_I64, NRV_SHAPE(4, 2), ((int64_t[]){ 1, 1, 1, 2, 1, 0, 1, 0 }));
    nrv_tensor il = nrv_constant(l.g, NRV_I64, NRV_SHAPE(4), ((int64_t[]){ 2, 2, 0, 0 }));
    nrv_tensor tl = nrv_constant(l.g, NRV_I64, NRV_SHAPE(4), ((int64_t[]){ 2, 2, 1, 0 }));
    nrv_tensor y = nrv_ctc_with(x, t, il, tl, &(nrv_ctc_opt){ .reduction = NRV_LOSS_NONE });
    are_near(y, 4, (double[]){ INFINITY, 1.5, INFINITY, 0 }, 1e-14);
    double slope[24] = { [0 * 12 + 1 * 3 + 1] = -1, [1 * 12 + 1 * 3 + 2] = -1 };
    slopes_are(y, x, 24, slope);
    losses_free(&l);
}

/* ---- edges ---- */
static void far_logits_are_finite(void **state)
{
    (void)state;
    losses l = losses_new();
    nrv_tensor x = reals(l.g, "x", NRV_SHAPE(4), (double[]){ 1e4, -1e4, 1e4, -1e4 });
    nrv_tensor t = reals(l.g, "t", NRV_SHAPE(4), (double[]){ 1, 0, 0, 1 });
    nrv_tensor sign = reals(l.g, "sign", NRV_SHAPE(4), (double[]){ 1, -1, -1, 1 }), zero = nrv__like(x, 0);
    static const double far[4] = { 0, 0, 1e4, 1e4 };
    are_near(nrv_bce_logits_with(x, t, &(nrv_bce_logits_opt){ .reduction = NRV_LOSS_NONE }), 4, far, 1e-14);
    slopes_are(nrv_bce_logits_with(x, t, &(nrv_bce_logits_opt){ .reduction = NRV_LOSS_SUM }), x, 4,
               (double[]){ 0, 0, 1, -1 });
    are_near(nrv_soft_margin_with(x, sign, &(nrv_loss_opt){ .reduction = NRV_LOSS_NONE }), 4, far, 1e-14);
    slopes_are(nrv_soft_margin_with(x, sign, &(nrv_loss_opt){ .reduction = NRV_LOSS_SUM }), x, 4,
               (double[]){ 0, 0, 1, -1 });
    are_near(nrv_log_cosh(x, zero), 1, (double[]){ 1e4 - log(2) }, 1e-14);
    slopes_are(nrv_log_cosh_with(x, zero, &(nrv_loss_opt){ .reduction = NRV_LOSS_SUM }), x, 4,
               (double[]){ 1, -1, 1, -1 });
    are_near(nrv_sigmoid_focal(x, t, &(nrv_focal_opt){ .reduction = NRV_LOSS_NONE }), 4, far, 1e-14);
    nrv_tensor rows = nrv_reshape(x, NRV_SHAPE(2, 2)),
               label = nrv_constant(l.g, NRV_I32, NRV_SHAPE(2), ((int[]){ 0, 1 }));
    are_near(nrv_cross_entropy_with(rows, label, &(nrv_classes_opt){ .reduction = NRV_LOSS_NONE }), 2,
             (double[]){ 0, 2e4 }, 1e-14);
    slopes_are(nrv_softmax_focal(rows, label, &(nrv_focal_opt){ .reduction = NRV_LOSS_SUM }), x, 4,
               (double[]){ 0, 0, 1, -1 });
    losses_free(&l);
}

/* a share of nothing has no slope, whatever the power */
static void what_is_certain_teaches_nothing(void **state)
{
    (void)state;
    static const double gamma[] = { -1, 0.5, 1, 3 };
    for (int k = 0; k < 4; k++) {
        losses l = losses_new();
        nrv_tensor x = reals(l.g, "x", NRV_SHAPE(2), (double[]){ 1e4, -1e4 });
        nrv_tensor t = reals(l.g, "t", NRV_SHAPE(2), (double[]){ 1, 0 }), label = nrv_fill(l.g, NRV_I32, NRV_SCALAR, 0);
        const nrv_focal_opt o = { .reduction = NRV_LOSS_SUM, .gamma = gamma[k] };
        slopes_are(nrv_sigmoid_focal(x, t, &o), x, 2, (double[]){ 0, 0 });
        slopes_are(nrv_softmax_focal(x, label, &o), x, 2, (double[]){ 0, 0 });
        losses_free(&l);
    }
}

/* a row that is alone with its label is not among those whose mean is taken, weights or not */
static void who_is_alone_counts_nowhere(void **state)
{
    (void)state;
    losses l = losses_new();
    nrv_tensor x = reals(l.g, "x", NRV_SHAPE(3, 2), (double[]){ 1, 0.5, 0.25, -1, -2, 1 });
    nrv_tensor label = nrv_constant(l.g, NRV_I32, NRV_SHAPE(3), ((int[]){ 4, 4, 7 })), two = nrv__like(x, 2);
    double plain;
    assert_int_equal(nrv_eval(nrv_supervised_contrastive(x, label, 0.5, NULL), &plain, sizeof plain), NRV_OK);
    plain *= 2;
    are_near(nrv_supervised_contrastive(x, label, 0.5, &(nrv_loss_opt){ .weight = two }), 1, &plain, 1e-15);
    losses_free(&l);
}

static void nothing_has_no_mean(void **state)
{
    (void)state;
    losses l = losses_new();
    nrv_tensor x = reals(l.g, "x", NRV_SHAPE(2, 3), (double[]){ 1, 2, 3, -INFINITY, 5, 6 });
    nrv_tensor none = nrv_fill(l.g, NRV_I64, NRV_SHAPE(2), -100);
    const nrv_classes_opt sum = { .reduction = NRV_LOSS_SUM };
    are_near(nrv_cross_entropy_with(x, none, NULL), 1, (double[]){ NAN }, 0);
    are_near(nrv_nll_with(x, none, NULL), 1, (double[]){ NAN }, 0);
    are_near(nrv_cross_entropy_with(x, none, &sum), 1, (double[]){ 0 }, 0);
    are_near(nrv_nll_with(x, none, &sum), 1, (double[]){ 0 }, 0);
    slopes_are(nrv_cross_entropy_with(x, none, &sum), x, 6, (double[6]){ 0 });
    nrv_tensor empty = nrv_fill(l.g, NRV_F64, NRV_SHAPE(0, 3), 0);
    are_near(nrv_mse(empty, empty), 1, (double[]){ NAN }, 0);
    are_near(nrv_l1_with(empty, empty, &(nrv_loss_opt){ .reduction = NRV_LOSS_SUM }), 1, (double[]){ 0 }, 0);
    nrv_tensor v = reals(l.g, "v", NRV_SHAPE(2), (double[]){ -1, 0 }), zero = nrv__like(v, 0);
    are_near(nrv_gaussian_nll_with(v, zero, v, &(nrv_gaussian_nll_opt){ .reduction = NRV_LOSS_NONE, .eps = 1 }), 2,
             (double[]){ NAN, 0 }, 0);
    losses_free(&l);
}

/* a class that a sample has not weighs as much as the heaviest it has; without any, nothing is lost */
static void regions_that_are_not_there(void **state)
{
    (void)state;
    losses l = losses_new();
    nrv_tensor p = reals(l.g, "p", NRV_SHAPE(2, 2, 2), (double[]){ 0.5, 0.5, 0.25, 0.25, 0, 0, 0, 0 });
    nrv_tensor t = reals(l.g, "t", NRV_SHAPE(2, 2, 2), (double[]){ 1, 1, 0, 0, 0, 0, 0, 0 });
    const nrv_dice_opt o = { .reduction = NRV_LOSS_NONE, .smooth = 1 };
    are_near(nrv_generalised_dice(p, t, &o), 2, (double[]){ 1 - (2 * 0.25 + 1) / (0.25 * 3 + 0.25 * 0.5 + 1), 0 },
             1e-15);
    are_near(nrv_dice(p, t, &o), 4, (double[]){ 1 - 3.0 / 4, 1 - 1 / 1.5, 0, 0 }, 1e-15);
    losses_free(&l);
}

static void classes_stand_anywhere(void **state)
{
    (void)state;
    losses l = losses_new();
    double value[24];
    for (int i = 0; i < 24; i++)
        value[i] = sin(i);
    nrv_tensor x = reals(l.g, "x", NRV_SHAPE(2, 3, 4), value);
    nrv_tensor label = nrv_constant(l.g, NRV_I32, NRV_SHAPE(2, 3), ((int[]){ 0, 3, 1, 2, 2, 0 }));
    nrv_tensor moved = nrv_permute(x, 3, (const int[]){ 0, 2, 1 });
    double want;
    assert_int_equal(nrv_eval(nrv_cross_entropy(x, label), &want, sizeof want), NRV_OK);
    are_near(nrv_cross_entropy_with(x, label, &(nrv_classes_opt){ .axis = -1 }), 1, &want, 1e-15);
    are_near(nrv_cross_entropy_with(moved, label, NULL), 1, &want, 1e-15);
    nrv_tensor hot = nrv_cast(nrv_equal(nrv_iota(l.g, NRV_I32, 4), nrv_expand(label, -1, 1)), NRV_F64);
    are_near(nrv_cross_entropy_with(x, hot, &(nrv_classes_opt){ .axis = 2 }), 1, &want, 1e-15);
    are_near(nrv_cross_entropy_with(x, label, &(nrv_classes_opt){ .axis = 2, .ignore = &(int64_t){ 9 } }), 1, &want,
             1e-15);
    losses_free(&l);
}

/* ---- options ---- */
static nrv_tensor losses_city(void *user, nrv_tensor u, nrv_tensor v)
{
    ++*(int *)user;
    return nrv_sum(nrv_abs(nrv_sub(u, v)), -1, 0);
}

static void a_distance_of_ones_own(void **state)
{
    (void)state;
    losses l = losses_new();
    nrv_tensor a = reals(l.g, "a", NRV_SHAPE(1, 2), (double[]){ 0, 0 }),
               p = reals(l.g, "p", NRV_SHAPE(1, 2), (double[]){ 1, 2 });
    nrv_tensor n = reals(l.g, "n", NRV_SHAPE(1, 2), (double[]){ 3, 1 });
    int asked = 0;
    nrv_triplet_margin_opt o = { .distance = losses_city, .user = &asked };
    are_near(nrv_triplet_margin_with(a, p, n, 2, &o), 1, (double[]){ 2 + 3 - 4 }, 1e-15);
    assert_int_equal(asked, 2);
    o.swap = 1; /* |p - n| is 3 */
    are_near(nrv_triplet_margin_with(a, p, n, 2, &o), 1, (double[]){ 2 + 3 - 3 }, 1e-15);
    losses_free(&l);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const char *const said[] = { "mse: reduction 7", "multi_margin: a power of 3", "would both be stretched",
                                        "softmax_focal: labels of f64", "cross_entropy: a smoothing of -1" };
    for (int k = 0; k < 5; k++) {
        losses l = losses_new();
        nrv_tensor x = reals(l.g, "x", NRV_SHAPE(2, 1), (double[]){ 1, 2 }),
                   t = nrv_fill(l.g, NRV_I32, NRV_SHAPE(2), 0);
        nrv_tensor y = k == 0   ? nrv_mse_with(x, x, &(nrv_loss_opt){ .reduction = (nrv_reduction)7 })
                       : k == 1 ? nrv_multi_margin_with(x, t, 1, &(nrv_multi_margin_opt){ .power = 3 })
                       : k == 2 ? nrv_mse(x, nrv_reshape(x, NRV_SHAPE(2)))
                       : k == 3 ? nrv_softmax_focal(x, nrv_cast(t, NRV_F64), NULL)
                                : nrv_cross_entropy_with(x, t, &(nrv_classes_opt){ .smoothing = -1 });
        assert_null(y);
        if (!nrv_graph_why(l.g) || !strstr(nrv_graph_why(l.g), said[k]))
            fail_msg("\"%s\" was to be said, not: %s", said[k], nrv_graph_why(l.g) ? nrv_graph_why(l.g) : "nothing");
        losses_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctc_counts_all_paths),
        cmocka_unit_test(ctc_at_its_ends),
        cmocka_unit_test(far_logits_are_finite),
        cmocka_unit_test(nothing_has_no_mean),
        cmocka_unit_test(regions_that_are_not_there),
        cmocka_unit_test(classes_stand_anywhere),
        cmocka_unit_test(a_distance_of_ones_own),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(what_is_certain_teaches_nothing),
        cmocka_unit_test(who_is_alone_counts_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
