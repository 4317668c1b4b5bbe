/* test_transformer.c - a transformer of both halves has the parameters of PyTorch's nn.Transformer, by name and shape,
   and its decoder does not see what comes later; attention with keys of another width has those of
   nn.MultiheadAttention; recurrent layers give their last states. Does not do: values - test/op/test_weights.c has
   those of the functions below. */
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

typedef struct world {
    nrv_store *s;
    nrv_graph *g;
} world;

static world world_new(void)
{
    world w = { .s = nrv_store_new(NULL) };
    w.g = nrv_graph_new(w.s, NRV_EVAL);
    return w;
}

static void world_free(world *w)
{
    nrv_graph_free(w->g);
    nrv_store_free(w->s);
}

static void has(const world *w, const char *name, int rank, int64_t a, int64_t b)
{
    nrv_shape s;
    if (!nrv_store_data(w->s, name, &s, NULL))
        fail_msg("there is no %s", name);
    assert_int_equal(s.rank, rank);
    assert_int_equal(s.dim[0], a);
    assert_int_equal(s.dim[rank - 1], b);
}

static void values_of(nrv_graph *g, nrv_tensor y, double *to, size_t n)
{
    if (!y || nrv_eval(y, to, n * sizeof *to) != NRV_OK)
        fail_msg("%s", nrv_graph_why(g));
}

/* the decoder's output (T 3, B 1, E 4) where its input's last row is `last` */
static void decoded(double last, double y[12])
{
    world w = world_new();
    double x[12] = { 0.1, -0.2, 0.3, 0.5, 0.4, 0.2, -0.6, 0.1 };
    for (int i = 8; i < 12; i++)
        x[i] = last * (i - 9);
    nrv_tensor from = nrv_constant(w.g, NRV_F64, NRV_SHAPE(2, 1, 4), (double[]){ 1, 2, 3, 4, -4, 2, 0, 1 });
    nrv_tensor to = nrv_constant(w.g, NRV_F64, NRV_SHAPE(3, 1, 4), x);
    nrv_transformer_opt o = { .causal = 1, .activation = nrv_gelu };
    values_of(w.g, nrv_transformer(from, to, "t", 2, 2, 3, &o), y, 12);
    has(&w, "t.encoder.layers.1.self_attn.in_proj_weight", 2, 12, 4);
    has(&w, "t.encoder.layers.1.self_attn.in_proj_bias", 1, 12, 12);
    has(&w, "t.encoder.layers.0.self_attn.out_proj.weight", 2, 4, 4);
    has(&w, "t.encoder.layers.0.linear1.weight", 2, 3, 4);
    has(&w, "t.encoder.layers.0.linear2.bias", 1, 4, 4);
    has(&w, "t.encoder.layers.1.norm2.weight", 1, 4, 4);
    has(&w, "t.encoder.norm.bias", 1, 4, 4);
    has(&w, "t.decoder.layers.1.multihead_attn.in_proj_weight", 2, 12, 4);
    has(&w, "t.decoder.layers.1.multihead_attn.out_proj.bias", 1, 4, 4);
    has(&w, "t.decoder.layers.0.linear2.weight", 2, 4, 3);
    has(&w, "t.decoder.layers.0.norm3.weight", 1, 4, 4);
    has(&w, "t.decoder.norm.weight", 1, 4, 4);
    assert_int_equal(nrv_list_len(nrv_params(w.g, "*")), 2 * 12 + 2 + 2 * 18 + 2);
    world_free(&w);
}

static void the_decoder_does_not_see_later(void **state)
{
    (void)state;
    double a[12], b[12];
    decoded(1, a);
    decoded(-2, b);
    assert_memory_equal(a, b, 8 * sizeof *a);
    assert_memory_not_equal(a + 8, b + 8, 4 * sizeof *a);
}

static void keys_of_another_width(void **state)
{
    (void)state;
    world w = world_new();
    nrv_tensor q = nrv_fill(w.g, NRV_F64, NRV_SHAPE(3, 2, 4), 0.5), weights = NULL;
    nrv_tensor k = nrv_fill(w.g, NRV_F64, NRV_SHAPE(5, 2, 3), 1), v = nrv_fill(w.g, NRV_F64, NRV_SHAPE(5, 2, 2), 2);
    nrv_tensor y = nrv_multi_head_attention(q, k, v, "a", 2, &(nrv_mha_opt){ .bias_kv = 1, .each_head = 1 }, &weights);
    double p[2 * 2 * 3 * 6];
    values_of(w.g, weights, p, sizeof p / sizeof *p);
    for (int i = 0; i < 12; i++) { /* every row sums to 1, and equal keys weigh the same */
        double sum = 0;
        for (int j = 0; j < 6; j++)
            sum += p[6 * i + j];
        assert_float_equal(sum, 1, 1e-12);
        assert_float_equal(p[6 * i], p[6 * i + 4], 1e-12);
    }
    assert_int_equal(nrv_dim_of(y, 2), 4);
    has(&w, "a.q_proj_weight", 2, 4, 4);
    has(&w, "a.k_proj_weight", 2, 4, 3);
    has(&w, "a.v_proj_weight", 2, 4, 2);
    has(&w, "a.bias_k", 3, 1, 4);
    assert_null(nrv_store_data(w.s, "a.in_proj_weight", NULL, NULL));
    world_free(&w);
}

static void last_states(void **state)
{
    (void)state;
    world w = world_new();
    nrv_tensor x = nrv_fill(w.g, NRV_F64, NRV_SHAPE(3, 2, 4), 0.5), h = NULL, c = NULL;
    nrv_rnn_opt o = { .layers = 2, .bidirectional = 1, .proj = 2 };
    nrv_tensor y = nrv_lstm(x, "l", 3, &o, &h, &c);
    double all[3 * 2 * 4], last[4 * 2 * 2];
    values_of(w.g, y, all, 24);
    values_of(w.g, h, last, 16);
    const double forward[4] = { all[16], all[17], all[20], all[21] }, reverse[4] = { all[2], all[3], all[6], all[7] };
    assert_memory_equal(last + 8, forward, sizeof forward);
    assert_memory_equal(last + 12, reverse, sizeof reverse);
    assert_int_equal(nrv_dim_of(c, 0), 4);
    assert_int_equal(nrv_dim_of(c, 2), 3);
    has(&w, "l.weight_ih_l0_reverse", 2, 12, 4);
    has(&w, "l.weight_ih_l1", 2, 12, 4);
    has(&w, "l.weight_hh_l1", 2, 12, 2);
    has(&w, "l.weight_hr_l1_reverse", 2, 2, 3);
    nrv_tensor wrong = nrv_gru(x, "g", 3, &o, NULL);
    assert_null(wrong);
    assert_non_null(strstr(nrv_graph_why(w.g), "gru 'g': only an lstm projects h"));
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_decoder_does_not_see_later),
                                        cmocka_unit_test(keys_of_another_width), cmocka_unit_test(last_states) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
