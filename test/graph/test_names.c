/* test_names.c - scopes, names, modes and substitutions: weights are shared on purpose or not at all, random draws have
   names of their own, and lists meet by parameter. */
#include "graph_test.h"
#include <math.h>

static void near(double got, double want, double apart)
{
    if (!(fabs(got - want) <= apart))
        fail_msg("%g is not %g", got, want);
}

static nrv_tensor layer(nrv_graph *g, nrv_tensor x, const char *name)
{
    nrv_push(g, name);
    nrv_tensor w = nrv_param(g, "weight", NRV_F32, NRV_SHAPE(3, 3), NRV_NORMAL(1));
    nrv_tensor y = nrv_add(nrv_matmul(x, w), nrv_param(g, "bias", NRV_F32, NRV_SHAPE(3), NRV_ZEROS));
    nrv_pop(g);
    return y;
}

static nrv_tensor input(nrv_graph *g)
{
    return nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 3));
}

static void names_are_paths(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g);
    nrv_push(g, "encoder");
    nrv_push_i(g, "layer", 3);
    assert_string_equal(nrv__path_text(g, layer(g, x, "fc")->scope), "encoder.layer.3.fc");
    nrv_pop(g);
    nrv_pop(g);
    graph_is_well(g);
    nrv_shape shape;
    nrv_dtype type;
    assert_non_null(nrv_store_data(g->store, "encoder.layer.3.fc.weight", &shape, &type));
    assert_int_equal(shape.rank, 2);
    assert_int_equal(type, NRV_F32);
    assert_non_null(nrv_store_data(g->store, "encoder.layer.3.fc.bias", NULL, NULL));
    assert_null(nrv_store_data(g->store, "fc.bias", NULL, NULL));
    nrv_pop(g);
    graph_fails(g, NRV_EARG, "nrv_pop without");
}

static void the_same_name_twice_is_an_error(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g);
    layer(g, x, "fc");
    graph_is_well(g);
    assert_null(layer(g, x, "fc"));
    graph_fails(g, NRV_ENAME, "'fc.weight' is asked for a second time");
    x = input(g);
    nrv_param(g, "w", NRV_F32, NRV_SHAPE(3), NRV_ZEROS);
    assert_null(nrv_param(g, "w", NRV_F32, NRV_SHAPE(4), NRV_ZEROS));
    graph_fails(g, NRV_ENAME, "different shapes");
    assert_null(nrv_param(g, "w", NRV_F32, NRV_SHAPE(4), NRV_ZEROS)); /* another program, but the store knows it */
    graph_fails(g, NRV_ESHAPE, "in the store");
    assert_null(nrv_param(g, "", NRV_F32, NRV_SHAPE(4), NRV_ZEROS));
    graph_fails(g, NRV_ENAME, "without a name");
    nrv_dim B = nrv_size(g, "B", 1, 9);
    assert_null(nrv_param(g, "b", NRV_F32, NRV_SHAPE(B), NRV_ZEROS));
    graph_fails(g, NRV_ESHAPE, "B is a named size");
    input(g);
    assert_null(input(g));
    graph_fails(g, NRV_ENAME, "two inputs named 'x'");
}

static void shared_on_purpose(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g), a = layer(g, x, "fc");
    nrv_enter(g, &(nrv_scope){ .mode = NRV_SHARED });
    nrv_tensor same = layer(g, x, "fc"), twice = layer(g, same, "fc");
    nrv_pop(g);
    graph_is_well(g);
    assert_ptr_equal(same, a);
    assert_ptr_not_equal(twice, a);
    assert_int_equal(nrv_list_len(nrv_params(g, "*")), 2);
}

static void frozen_is_met_as_a_constant(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g);
    nrv_enter(g, &(nrv_scope){ .name = "body", .mode = NRV_FROZEN });
    nrv_tensor y = layer(g, x, "fc");
    nrv_pop(g);
    y = layer(g, y, "head");
    nrv_list p = nrv_params(g, "*");
    graph_is_well(g);
    assert_int_equal(nrv_list_len(p), 2);
    assert_string_equal(nrv_list_at(p, 0)->name, "head.bias");
    assert_string_equal(nrv_list_at(p, 1)->name, "head.weight");
    assert_int_equal(nrv_list_len(nrv_grads(nrv_mean_all(y), p)), 2);
}

static void patterns_choose_parameters(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g);
    layer(g, layer(g, layer(g, x, "b"), "a"), "c");
    nrv_state(g, "step", NRV_I64, NRV_SCALAR, 0);
    static const struct {
        const char *names;
        int n;
        const char *first;
    } want[] = { { "*", 6, "a.bias" },
                 { NULL, 6, "a.bias" },
                 { "b.*", 2, "b.bias" },
                 { "*,!*.bias", 3, "a.weight" },
                 { "a.*,c.*,!*.weight", 2, "a.bias" },
                 { "nothing", 0, NULL },
                 { "step", 0, NULL } };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        nrv_list p = nrv_params(g, want[i].names);
        assert_int_equal(nrv_list_len(p), want[i].n);
        if (want[i].first)
            assert_string_equal(nrv_list_at(p, 0)->name, want[i].first);
    }
    assert_null(nrv_list_at(nrv_params(g, "*"), 6));
    graph_fails(g, NRV_EARG, "entry 6 of 6");
}

static void with_puts_other_weights_in(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g), y = layer(g, x, "fc");
    nrv_list p = nrv_params(g, "*"), fast = NRV_MAP("p: 2*p + 1", p);
    nrv_enter(g, &(nrv_scope){ .with = fast });
    nrv_tensor y2 = layer(g, x, "fc");
    nrv_pop(g);
    graph_is_well(g);
    float in[6] = { 1, 2, 3, 4, 5, 6 }, a[6], b[6], w[9], bias[3];
    nrv_feed(x, in, sizeof in);
    assert_int_equal(nrv_eval(y, a, sizeof a), NRV_OK);
    assert_int_equal(nrv_eval(y2, b, sizeof b), NRV_OK);
    memcpy(w, nrv_store_data(g->store, "fc.weight", NULL, NULL), sizeof w);
    memcpy(bias, nrv_store_data(g->store, "fc.bias", NULL, NULL), sizeof bias);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++) {
            double want = 2 * (double)bias[j] + 1;
            for (int k = 0; k < 3; k++)
                want += (double)in[3 * i + k] * (2 * (double)w[3 * k + j] + 1);
            near((double)b[3 * i + j], want, 1e-5);
            assert_true(a[3 * i + j] != b[3 * i + j]);
        }
    nrv_tensor dx[2]; /* through the substitution to the parameters themselves */
    nrv_grad(nrv_sum_all(y2), NULL, 1, (nrv_tensor[]){ nrv_list_at(p, 0) }, dx);
    float db[3];
    assert_int_equal(nrv_eval(dx[0], db, sizeof db), NRV_OK);
    for (int j = 0; j < 3; j++)
        near((double)db[j], 4, 1e-6); /* two rows, factor 2 */
}

static void draws_have_names(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor a = nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64)), b;
    assert_non_null(a);
    assert_null(nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64)));
    graph_fails(g, NRV_ENAME, "two random ops named 'drop'");
    assert_null(nrv_uniform(g, "", NRV_F32, NRV_SHAPE(64)));
    graph_fails(g, NRV_ENAME, "without a name");
    assert_null(nrv_normal(g, NULL, NRV_F32, NRV_SHAPE(64)));
    graph_fails(g, NRV_ENAME, "without a name");
    float v[3][64];
    a = nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64));
    nrv_enter(g, &(nrv_scope){ .pass = "second" });
    b = nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64));
    nrv_pop(g);
    nrv_push(g, "inner");
    nrv_tensor c = nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64));
    nrv_pop(g);
    assert_int_equal(nrv_eval(a, v[0], sizeof v[0]), NRV_OK);
    assert_int_equal(nrv_eval(b, v[1], sizeof v[1]), NRV_OK);
    assert_int_equal(nrv_eval(c, v[2], sizeof v[2]), NRV_OK);
    assert_memory_not_equal(v[0], v[1], sizeof v[0]);
    assert_memory_not_equal(v[0], v[2], sizeof v[0]);
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 64; i++)
            assert_true(v[k][i] >= 0 && v[k][i] < 1);
    nrv_graph_reset(g); /* the same name, the same numbers; in another seed's store, others */
    float again[64];
    assert_int_equal(nrv_eval(nrv_uniform(g, "drop", NRV_F32, NRV_SHAPE(64)), again, sizeof again), NRV_OK);
    assert_memory_equal(again, v[0], sizeof again);
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 8 });
    nrv_graph *other = nrv_graph_new(s, 0);
    assert_int_equal(nrv_eval(nrv_uniform(other, "drop", NRV_F32, NRV_SHAPE(64)), again, sizeof again), NRV_OK);
    assert_memory_not_equal(again, v[0], sizeof again);
    nrv_graph_free(other);
    nrv_store_free(s);
}

static void draws_have_their_moments(void **state)
{
    nrv_graph *g = *state;
    enum { N = 20000 };
    static float v[N];
    double sum = 0, square = 0, ones = 0;
    assert_int_equal(nrv_eval(nrv_normal(g, "n", NRV_F32, NRV_SHAPE(N)), v, sizeof v), NRV_OK);
    for (int i = 0; i < N; i++)
        sum += (double)v[i], square += (double)v[i] * (double)v[i];
    near(sum / (double)N, 0, 4 / 141.4);
    near(square / (double)N, 1, 4 * 1.4142 / 141.4);
    assert_int_equal(nrv_eval(nrv_uniform(g, "u", NRV_F32, NRV_SHAPE(N)), v, sizeof v), NRV_OK);
    for (sum = square = 0; (int)square < N; square++)
        sum += (double)v[(int)square];
    near(sum / (double)N, 0.5, 4 * 0.2887 / 141.4);
    assert_int_equal(nrv_eval(nrv_bernoulli(nrv_fill(g, NRV_F32, NRV_SHAPE(N), 0.3), "b"), v, sizeof v), NRV_OK);
    for (int i = 0; i < N; i++) {
        assert_true(v[i] == 0 || v[i] == 1);
        ones += (double)v[i];
    }
    near(ones / (double)N, 0.3, 4 * 0.458 / 141.4);
}

static void first_weights_depend_on_name_and_seed_alone(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g);
    layer(g, layer(g, x, "a"), "b");
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 7 });
    nrv_graph *h = nrv_graph_new(s, 0);
    layer(h, layer(h, input(h), "b"), "a"); /* the other way round */
    static const char *const names[] = { "a.weight", "b.weight" };
    for (int i = 0; i < 2; i++)
        assert_memory_equal(nrv_store_data(g->store, names[i], NULL, NULL), nrv_store_data(s, names[i], NULL, NULL),
                            36);
    assert_memory_not_equal(nrv_store_data(s, "a.weight", NULL, NULL), nrv_store_data(s, "b.weight", NULL, NULL), 36);
    nrv_graph_free(h);
    nrv_store_free(s);
}

static void first_weights_have_their_law(void **state)
{
    nrv_graph *g = *state;
    enum { N = 4096 };
    nrv_param(g, "zeros", NRV_F32, NRV_SHAPE(N), NRV_ZEROS);
    nrv_param(g, "ones", NRV_F32, NRV_SHAPE(N), NRV_ONES);
    nrv_param(g, "normal", NRV_F64, NRV_SHAPE(N), NRV_NORMAL(0.02));
    nrv_param(g, "kaiming", NRV_F64, NRV_SHAPE(64, 4, 4, 4), NRV_KAIMING);
    nrv_param(g, "fan", NRV_F64, NRV_SHAPE(N), NRV_FAN_IN(16));
    nrv_state(g, "fill", NRV_F32, NRV_SHAPE(N), 2.5);
    graph_is_well(g);
    const float *zeros = nrv_store_data(g->store, "zeros", NULL, NULL),
                *ones = nrv_store_data(g->store, "ones", NULL, NULL),
                *fill = nrv_store_data(g->store, "fill", NULL, NULL);
    const double *normal = nrv_store_data(g->store, "normal", NULL, NULL),
                 *kaiming = nrv_store_data(g->store, "kaiming", NULL, NULL),
                 *fan = nrv_store_data(g->store, "fan", NULL, NULL);
    double square = 0, most[2] = { 0 };
    for (int i = 0; i < N; i++) {
        assert_true(zeros[i] == 0 && ones[i] == 1 && fill[i] == 2.5f);
        assert_true(kaiming[i] > -0.125 && kaiming[i] < 0.125 && fan[i] > -0.25 && fan[i] < 0.25);
        square += normal[i] * normal[i];
        most[0] = kaiming[i] > most[0] ? kaiming[i] : most[0];
        most[1] = fan[i] > most[1] ? fan[i] : most[1];
    }
    near(square / (double)N, 0.0004, 0.00004);
    assert_true(most[0] > 0.124 && most[1] > 0.248);
}

static void lists_meet_by_parameter(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = input(g), y = layer(g, layer(g, x, "a"), "b");
    nrv_list all = nrv_params(g, "*"), some = nrv_params(g, "b.*"), grads = nrv_grads(nrv_mean_all(y), all);
    assert_int_equal(nrv_list_len(NRV_MAP("p, g: p - 0.5*g", some, grads)), 2); /* the longer one later */
    assert_null(NRV_MAP("p, g: p - 0.5*g", all, some));
    graph_fails(g, NRV_ENAME, "holds nothing for 'a.bias'");
    x = input(g), y = layer(g, layer(g, x, "a"), "b");
    all = nrv_params(g, "*");
    nrv_list back = nrv_unpack(nrv_pack(all), all);
    graph_is_well(g);
    for (int i = 0; i < 4; i++) {
        float p[9], q[9];
        size_t bytes = i % 2 ? 36 : 12;
        assert_int_equal(nrv_eval(nrv_list_at(all, i), p, bytes), NRV_OK);
        assert_int_equal(nrv_eval(nrv_list_at(back, i), q, bytes), NRV_OK);
        assert_memory_equal(p, q, bytes);
    }
    double zero = 0;
    nrv_list m = nrv_states(all, "m.", &zero), ema = nrv_states(all, "ema.", NULL);
    graph_is_well(g);
    assert_int_equal(nrv_list_len(m), 4);
    assert_int_equal(nrv_list_len(ema), 4);
    assert_memory_equal(nrv_store_data(g->store, "ema.a.weight", NULL, NULL),
                        nrv_store_data(g->store, "a.weight", NULL, NULL), 36);
    assert_memory_equal(nrv_store_data(g->store, "m.a.weight", NULL, NULL), ((float[9]){ 0 }), 36);
    assert_int_equal(nrv_list_len(nrv_params(g, "*")), 4); /* states are no parameters */
    assert_int_equal(nrv_list_len(nrv_stored(g, "*")), 4);
}

static void assigned_once(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2), NRV_ONES), x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_assign(g, w, nrv_neg(w));
    graph_is_well(g);
    nrv_assign(g, w, w);
    graph_fails(g, NRV_EARG, "'w' is assigned twice");
    w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2), NRV_ONES), x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_assign(g, x, x);
    graph_fails(g, NRV_EARG, "is no variable");
    w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2), NRV_ONES), x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_assign(g, w, x);
    graph_fails(g, NRV_ESHAPE, "f32 [2], its new value f32 [3]");
    nrv_assign(g, NULL, NULL);
    graph_fails(g, NRV_EARG, "variable is NULL");
    nrv_output(g, "y", NULL);
    graph_fails(g, NRV_EARG, "the tensor is NULL");
    x = input(g);
    nrv_output(g, "y", x);
    nrv_output(g, "y", x);
    graph_fails(g, NRV_ENAME, "two outputs named 'y'");
}

static void an_eager_graph_is_one_run(void **state)
{
    nrv_graph *lazy = *state, *g = nrv_graph_new(lazy->store, NRV_EAGER);
    for (int run = 0; run < 3; run++) {
        nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2), NRV_ONES),
                   u = nrv_uniform(g, "u", NRV_F32, NRV_SHAPE(1));
        float before[2], draw;
        static float last;
        assert_int_equal(nrv_eval(w, before, sizeof before), NRV_OK);
        assert_int_equal(nrv_eval(u, &draw, sizeof draw), NRV_OK);
        assert_true(before[0] == (float)(1 << run) && (run == 0 || draw != last));
        last = draw;
        nrv_assign(g, w, nrv_mul_c(w, 2));
        nrv_graph_reset(g); /* commits */
    }
    assert_true(((float *)nrv_store_data(g->store, "w", NULL, NULL))[1] == 8);
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2), NRV_ONES);
    nrv_assign(g, w, nrv_mul_c(w, 2));
    assert_null(nrv_pow(w, NULL)); /* a run that fails leaves the store as it was */
    assert_non_null(nrv_graph_why(g));
    nrv_graph_reset(g);
    assert_true(((float *)nrv_store_data(g->store, "w", NULL, NULL))[1] == 8);
    nrv_graph_free(g);
}

static void the_first_error_stays(void **state)
{
    nrv_graph *g = *state;
    nrv_push(g, "net");
    nrv_tensor a = nrv_input(g, "a", NRV_F32, NRV_SHAPE(2, 3)), b = nrv_input(g, "b", NRV_F32, NRV_SHAPE(4, 5));
    assert_null(nrv_matmul(a, b));
    const char *why = nrv_graph_why(g);
    static const char *const parts[] = { "matmul", "3 and 4", "in    net", "[2, 3]", "[4, 5]", "hint" };
    for (int i = 0; i < 6; i++)
        if (!strstr(why, parts[i]))
            fail_msg("\"%s\" is not in: %s", parts[i], why);
    assert_null(nrv_add(a, b)); /* also wrong, but later */
    assert_null(nrv_neg(a));    /* right, but the graph is broken */
    assert_null(nrv_neg(NULL));
    nrv_pop(g), nrv_pop(g), nrv_pop(g);
    graph_fails(g, NRV_ESHAPE, "matmul");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(names_are_paths),
        graph_test(the_same_name_twice_is_an_error),
        graph_test(shared_on_purpose),
        graph_test(frozen_is_met_as_a_constant),
        graph_test(patterns_choose_parameters),
        graph_test(with_puts_other_weights_in),
        graph_test(draws_have_names),
        graph_test(draws_have_their_moments),
        graph_test(first_weights_depend_on_name_and_seed_alone),
        graph_test(first_weights_have_their_law),
        graph_test(lists_meet_by_parameter),
        graph_test(assigned_once),
        graph_test(an_eager_graph_is_one_run),
        graph_test(the_first_error_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
