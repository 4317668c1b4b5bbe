/* test_optim.c - optimisers against 50 steps of PyTorch in float64, and what they promise: state of their own only,
   .rate, .when, lists that meet by name, names that may stand once, clipping, the cosine. */
#include "nervo.h"
#include "support/shared.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- PyTorch's trajectories ---- */
enum { STEPS = 50, NUMBERS = 13 };

static int numbers_of(const char *json, const char *key, int n, double *to)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *s = strstr(json, quoted);
    if (!s)
        return 0;
    s += strlen(quoted);
    for (int i = 0; i < n; i++) {
        char *end;
        s += strspn(s, " \n[],");
        if (!strncmp(s, "true", 4))
            return to[i] = 1, 1;
        to[i] = strtod(s, &end);
        if (end == s)
            return i;
        s = end;
    }
    return n;
}

static double number_of(const char *json, const char *key)
{
    double v = 0;
    numbers_of(json, key, 1, &v);
    return v;
}

static const struct {
    const char *name;
    int n;
    nrv_shape shape;
} weights[] = {
    { "W1", 6, { 2, { 3, 2 } } }, { "b1", 3, { 1, { 3 } } }, { "W2", 3, { 2, { 1, 3 } } }, { "b2", 1, { 1, { 1 } } }
};

static void weights_set(nrv_store *s, const char *json)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    for (int i = 0; i < 4; i++) {
        assert_non_null(nrv_param(g, weights[i].name, NRV_F64, weights[i].shape, NRV_ZEROS));
        double *to = nrv_store_data(s, weights[i].name, NULL, NULL);
        assert_int_equal(numbers_of(json, weights[i].name, weights[i].n, to), weights[i].n);
    }
    nrv_graph_free(g);
}

static nrv_tensor net_loss(nrv_graph *g, const char *json)
{
    double x[6], t[3];
    nrv_tensor w[4];
    assert_int_equal(numbers_of(json, "X", 6, x), 6);
    assert_int_equal(numbers_of(json, "Y", 3, t), 3);
    for (int i = 0; i < 4; i++)
        w[i] = nrv_param(g, weights[i].name, NRV_F64, weights[i].shape, NRV_ZEROS);
    nrv_tensor h = nrv_constant(g, NRV_F64, NRV_SHAPE(3, 2), x);
    h = nrv_sigmoid(nrv_add(nrv_matmul(h, nrv_transpose(w[0])), w[1]));
    h = nrv_sigmoid(nrv_add(nrv_matmul(h, nrv_transpose(w[2])), w[3]));
    return nrv_sum_all(nrv_square(nrv_sub(h, nrv_constant(g, NRV_F64, NRV_SHAPE(3, 1), t))));
}

static nrv_list net_step(const char *json, nrv_list p, nrv_list d)
{
    double lr = number_of(json, "lr"), decay = number_of(json, "weight_decay");
    if (strstr(json, "\"SGD\""))
        return nrv_sgd(p, d,
                       &(nrv_sgd_opt){ .lr = lr,
                                       .momentum = number_of(json, "momentum"),
                                       .decay = decay,
                                       .nesterov = number_of(json, "nesterov") > 0 });
    nrv_adam_opt o = { .lr = lr, .decay = decay };
    return strstr(json, "\"AdamW\"") ? nrv_adamw(p, d, &o) : nrv_adam(p, d, &o);
}

static void check_row(nrv_store *s, double loss, const double *row)
{
    double have[1 + NUMBERS] = { loss };
    int n = 1;
    for (int i = 0; i < 4; i++) {
        memcpy(have + n, nrv_store_data(s, weights[i].name, NULL, NULL), (size_t)weights[i].n * sizeof *have);
        n += weights[i].n;
    }
    for (int i = 0; i < n; i++)
        assert_true(fabs(have[i] - row[i]) <= 1e-9 * (1 + fabs(row[i])));
}

static void trajectory(const char *name)
{
    char path[128];
    size_t n = 0;
    snprintf(path, sizeof path, "torch/optim/%s/case.json", name);
    char *json = (char *)shared_bytes(shared_path(path), &n);
    snprintf(path, sizeof path, "torch/optim/%s/trajectory.npy", name);
    unsigned char *npy = shared_bytes(shared_path(path), &n);
    assert_non_null(json);
    assert_non_null(npy);
    size_t head = 10 + (size_t)npy[8] + 256 * (size_t)npy[9];
    assert_int_equal(n, head + STEPS * (1 + NUMBERS) * sizeof(double));
    nrv_store *s = nrv_store_new(NULL);
    weights_set(s, json);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN | NRV_EAGER);
    for (int i = 0; i < STEPS; i++) {
        double loss = 0, row[1 + NUMBERS];
        nrv_tensor l = net_loss(g, json);
        nrv_list p = nrv_params(g, "*");
        nrv_assign_all(p, net_step(json, p, nrv_grads(l, p)));
        assert_int_equal(nrv_eval(l, &loss, sizeof loss), NRV_OK);
        assert_null(nrv_graph_why(g));
        nrv_graph_reset(g);
        memcpy(row, npy + head + (size_t)i * sizeof row, sizeof row);
        check_row(s, loss, row);
    }
    nrv_graph_free(g);
    nrv_store_free(s);
    free(npy);
    free(json);
}

static void test_trajectories(void **state)
{
    (void)state;
    size_t n;
    unsigned char *here = shared_bytes(shared_path("torch/optim/adam/case.json"), &n);
    if (!here)
        skip();
    free(here);
    trajectory("sgd");
    trajectory("sgd_nesterov");
    trajectory("adam");
    trajectory("adam_wd");
    trajectory("adamw");
}

/* ---- what optimisers promise: loss = sum(c * p) over p = (1,2), so the gradient is c ---- */
typedef struct tiny {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor p, loss;
    nrv_list params, grads;
} tiny;

static tiny tiny_new(nrv_store *s, unsigned mode, double c0, double c1)
{
    double c[2] = { c0, c1 };
    tiny t = { .s = s, .g = nrv_graph_new(s, NRV_TRAIN | mode) };
    t.p = nrv_param(t.g, "p", NRV_F64, NRV_SHAPE(2), NRV_ZEROS);
    t.loss = nrv_sum_all(nrv_mul(t.p, nrv_constant(t.g, NRV_F64, NRV_SHAPE(2), c)));
    t.params = nrv_params(t.g, "*");
    t.grads = nrv_grads(t.loss, t.params);
    return t;
}

static void tiny_end(tiny *t, nrv_list next)
{
    nrv_assign_all(t->params, next);
    assert_null(nrv_graph_why(t->g));
    nrv_graph_reset(t->g);
    nrv_graph_free(t->g);
}

static double stored(nrv_store *s, const char *name, int i)
{
    nrv_shape shape;
    nrv_dtype type;
    const void *at = nrv_store_data(s, name, &shape, &type);
    assert_non_null(at);
    return type == NRV_I64 ? (double)((const int64_t *)at)[i] : ((const double *)at)[i];
}

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

static void test_momentum(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    for (int i = 1; i <= 2; i++) {
        tiny t = tiny_new(s, NRV_EAGER, 1, -2);
        tiny_end(&t, nrv_sgd(t.params, t.grads, &(nrv_sgd_opt){ .lr = 0.5, .momentum = 0.9, .name = "o" }));
        NEAR(stored(s, "o.momentum_buffer.p", 0), i == 1 ? 1 : 1.9);
        NEAR(stored(s, "p", 0), i == 1 ? -0.5 : -1.45);
        NEAR(stored(s, "p", 1), i == 1 ? 1 : 2.9);
        NEAR(stored(s, "o.step", 0), i);
    }
    nrv_store_free(s);
}

static void test_defaults(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    tiny t = tiny_new(s, NRV_EAGER, 3, -4);
    tiny_end(&t, nrv_adam(t.params, t.grads, NULL));
    NEAR(stored(s, "p", 0), -1e-3 * 3 / (3 + 1e-8));
    NEAR(stored(s, "adam.exp_avg.p", 1), -0.4);
    NEAR(stored(s, "adam.exp_avg_sq.p", 1), 0.016);
    nrv_store_free(s);
    s = nrv_store_new(NULL);
    t = tiny_new(s, NRV_EAGER, 3, -4);
    ((double *)nrv_store_data(s, "p", NULL, NULL))[0] = 100;
    tiny_end(&t, nrv_adamw(t.params, t.grads, &(nrv_adam_opt){ .lr = 0.1, .beta1 = -1 }));
    NEAR(stored(s, "p", 0), 100 * (1 - 0.1 * 0.01) - 0.1 * 3 / (3 + 1e-8));
    NEAR(stored(s, "adamw.exp_avg.p", 0), 3); /* beta1 below zero means zero */
    nrv_store_free(s);
}

static void test_when_and_rate(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    for (int i = 0; i < 2; i++) {
        unsigned char yes = i == 1;
        tiny t = tiny_new(s, NRV_EAGER, 1, 1);
        nrv_tensor when = nrv_constant(t.g, NRV_BOOL, NRV_SCALAR, &yes),
                   rate = nrv_fill(t.g, NRV_F32, NRV_SCALAR, 0.25);
        tiny_end(&t,
                 nrv_sgd(t.params, t.grads, &(nrv_sgd_opt){ .lr = 9, .momentum = 0.5, .rate = rate, .when = when }));
        NEAR(stored(s, "p", 0), i ? -0.25 : 0);
        NEAR(stored(s, "sgd.momentum_buffer.p", 0), i);
        NEAR(stored(s, "sgd.step", 0), i);
    }
    nrv_store_free(s);
}

static void test_cosine(void **state)
{
    (void)state;
    static const float want[] = { 0.5f, 1, 1, 0.5f, 0, 0 }; /* peak 1, warmup 2, total 4: steps 0 to 5 */
    nrv_store *s = nrv_store_new(NULL);
    for (int i = 0; i < 6; i++) {
        float rate = -1;
        tiny t = tiny_new(s, NRV_EAGER, 1, 1);
        nrv_tensor r = nrv_cosine_rate(t.g, "sgd", 1, 2, 4);
        assert_int_equal(nrv_eval(r, &rate, sizeof rate), NRV_OK);
        assert_true(fabsf(rate - want[i]) < 1e-6f);
        tiny_end(&t, nrv_sgd(t.params, t.grads, &(nrv_sgd_opt){ .rate = r }));
    }
    nrv_store_free(s);
}

static void test_clip(void **state)
{
    (void)state;
    double d[2];
    nrv_store *s = nrv_store_new(NULL);
    tiny t = tiny_new(s, 0, 3, -4);
    nrv_tensor q = nrv_param(t.g, "q", NRV_F64, NRV_SHAPE(1), NRV_ZEROS); /* unreached: no part of the norm, no state */
    assert_non_null(q);
    nrv_list all = nrv_params(t.g, "*"), grads = nrv_grads(t.loss, all), clipped = nrv_clip_norm(grads, 1);
    assert_int_equal(nrv_eval(nrv_list_at(clipped, 0), d, sizeof d), NRV_OK);
    NEAR(d[0], 3 / (5 + 1e-6));
    NEAR(d[1], -4 / (5 + 1e-6));
    assert_int_equal(nrv_eval(nrv_list_at(nrv_clip_norm(grads, 10), 0), d, sizeof d), NRV_OK);
    NEAR(d[1], -4);
    assert_ptr_equal(nrv_list_at(nrv_adam(all, clipped, NULL), 1), q);
    assert_null(nrv_store_data(s, "adam.exp_avg.q", NULL, NULL));
    assert_null(nrv_graph_why(t.g));
    nrv_graph_free(t.g);
    nrv_store_free(s);
}

static void refused(tiny *t, const char *message)
{
    assert_string_equal(nrv_graph_why(t->g), message);
    nrv_graph_free(t->g);
}

static void test_refused(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    tiny t = tiny_new(s, 0, 1, 1);
    nrv_adam(t.params, t.grads, NULL);
    assert_null(nrv_adam(t.params, t.grads, NULL));
    refused(&t, "two optimisers named 'adam' in one program\n  hint  give one of them another .name; their state is "
                "stored under it");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_sgd(t.params, nrv_grads(t.loss, nrv_params(t.g, "nothing")), NULL));
    refused(&t, "optimiser 'sgd': no gradient for 'p'\n  hint  nrv_grads(loss, params) with the same params, or more");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_sgd(nrv_params(t.g, "nothing"), t.grads, NULL));
    refused(&t, "optimiser 'sgd' has no parameters to train\n  hint  were the layers traced before nrv_params, and "
                "outside of NRV_FROZEN?");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_sgd(t.params, t.grads, &(nrv_sgd_opt){ .nesterov = 1 }));
    refused(&t, "sgd: nesterov wants a momentum\n  hint  0.9 is usual");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_adam(t.params, t.grads, &(nrv_adam_opt){ .beta2 = 1 }));
    refused(&t, "'adam': beta1 0.9 and beta2 1 must be below 1\n  hint  0.9 and 0.999 are usual");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_adam(t.params, t.grads, &(nrv_adam_opt){ .rate = t.p }));
    refused(&t, "optimiser 'adam': .rate is f64 of rank 1, a real scalar of the same graph is wanted\n"
                "  hint  nrv_cosine_rate gives one, or an input of shape NRV_SCALAR");
    t = tiny_new(s, 0, 1, 1);
    assert_null(nrv_cosine_rate(t.g, "sgd", 1, 5, 5));
    refused(&t, "nrv_cosine_rate: warmup 5 of 5 updates\n  hint  0 <= warmup < total");
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trajectories),  cmocka_unit_test(test_momentum), cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_when_and_rate), cmocka_unit_test(test_cosine),   cmocka_unit_test(test_clip),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
