/* test_recurrent.c - the cells, turn by turn, and attention against PyTorch: values and gradients
   (attention's from shared/conformance/torch, skipped where it is not there); what rotary promises; and what they say
   of bad input.
 */
#include "npy_case.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void near(const char *folder, const char *name, nrv_tensor have)
{
    npy_array want = npy_load(folder, name);
    double value[512];
    assert_non_null(want.file);
    assert_true(want.n <= 512);
    assert_non_null(have);
    assert_int_equal(nrv_eval(have, value, want.n * sizeof *value), NRV_OK);
    for (size_t i = 0; i < want.n; i++)
        if (!(fabs(value[i] - want.at[i]) <= 1e-9 * (1 + fabs(want.at[i]))))
            fail_msg("%s/%s: element %zu is %.12g, PyTorch says %.12g", folder, name, i, value[i], want.at[i]);
    npy_free(&want);
}

static nrv_tensor fed(nrv_graph *g, const char *folder, const char *name)
{
    npy_array a = npy_load(folder, name);
    assert_non_null(a.file);
    nrv_tensor x = nrv_input(g, name, NRV_F64, a.shape);
    nrv_feed(x, a.at, a.n * sizeof *a.at);
    npy_free(&a);
    return x;
}

static bool shared_here(void)
{
    size_t n;
    unsigned char *here = shared_bytes(shared_path("torch/attention/mha_0/case.json"), &n);
    free(here);
    if (!here)
        print_message("skipped: no %s; set NERVO_SHARED\n", shared_path("torch/attention/mha_0/case.json"));
    return here != NULL;
}

static nrv_tensor weighted(nrv_graph *g, const char *folder, const char *name, nrv_tensor y)
{
    return nrv_sum_all(nrv_mul(nrv_reshape(fed(g, folder, name), nrv_shape_of(y)), y));
}

/* ---- two turns of each cell, weights and inputs as below: what PyTorch 1.13.1 computes in float64 ---- */
enum { B = 2, N = 3, H = 4 };

static nrv_tensor wave(nrv_graph *g, int n, double a, double b, nrv_shape shape)
{
    double v[B * H];
    for (int i = 0; i < n; i++)
        v[i] = sin(a * i + b);
    return nrv_constant(g, NRV_F64, shape, v);
}

static void wave_stored(nrv_store *s, const char *name, double a, double b)
{
    nrv_shape shape;
    double *to = nrv_store_data(s, name, &shape, NULL);
    assert_non_null(to);
    for (int i = 0; i < (int)(shape.dim[0] * (shape.rank > 1 ? shape.dim[1] : 1)); i++)
        to[i] = 0.8 * sin(a * i + b);
}

typedef struct cell_case {
    char kind;                                                      /* r, g, l */
    double h[B * H], c[B * H], dx[B * N], dh[B * H], dc[B * H], dw; /* dw: the squares of dL/d weight_hh, summed */
} cell_case;

static const cell_case cells[] = {
    { .kind = 'r',
      .h = { 0.978465474703179, 0.759967631002531, 0.0221166613639204, -0.541124454238267, 0.96022203208771,
             0.65819062925406, 0.808643032100643, -0.974713942278501 },
      .dx = { 0.168801427896286, -0.453606864399712, -0.862676760565755, -0.265791898646821, -0.243575120347097,
              -0.106801156981892 },
      .dh = { 0.0968302456765492, -0.0519414358116831, -0.161404874210215, -0.148720321661402, 0.0108421668875722,
              -0.0380521968093227, -0.0581494165901164, -0.0342403171937572 },
      .dw = 1.7511824505345 },
    { .kind = 'g',
      .h = { -0.961460220175082, 0.49118499569808, 0.374434081965964, 0.544904266277531, -0.805161921067996,
             0.167687119924415, 0.32650593100745, 0.217448444705213 },
      .dx = { -0.144135725753305, 0.249523025029504, 0.525827198236122, 0.117344484349689, -0.0794328008963595,
              -0.2388515987091 },
      .dh = { 0.0934875727737259, 0.291305799993013, 0.0819132102164973, -0.693879226450819, -0.36389066942581,
              -0.20424404477187, 0.369449806999147, 1.20140838540692 },
      .dw = 0.45325955026889 },
    { .kind = 'l',
      .h = { -0.67882715656816, 0.0919958697925884, 0.113645029491549, -0.32777836826472, -0.582111970994461,
             -0.0759144211488207, 0.128837922682205, 0.128515015252329 },
      .c = { -0.944917787738784, 0.249123670157146, 0.703995916925981, -0.415970271824568, -0.879061902209815,
             -0.147898041803921, 0.593017014972931, 0.20150480813291 },
      .dc = { 0.0282069126206721, 0.215192733382906, -0.0252738250912428, -0.950626987986392, 0.0157827569947631,
              0.0796850052291009, 0.625627977806382, 0.538459492171054 },
      .dx = { -0.104050024264238, 0.690283460298566, 1.15996584750636, 0.432638313679805, 0.225188897643924,
              -0.0881703756274809 },
      .dh = { -0.217281142903142, -0.136918131271223, 0.0470617924327745, 0.195426289873018, -0.281609898839834,
              -0.306136713804427, -0.0989853670690743, 0.18307613203829 },
      .dw = 2.10790184003163 },
};

static void equals(nrv_tensor have, const double *want, size_t n, const char *what)
{
    double v[64];
    assert_non_null(have);
    assert_int_equal(nrv_eval(have, v, n * sizeof *v), NRV_OK);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(v[i] - want[i]) <= 1e-12 * (1 + fabs(want[i]))))
            fail_msg("%s: element %zu is %.15g, PyTorch says %.15g", what, i, v[i], want[i]);
}

static void cell_is_torchs(const cell_case *k)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x[4] = { wave(g, B * N, 0.5, 0.5, NRV_SHAPE(B, N)), wave(g, B * H, 0.3, 0.6, NRV_SHAPE(B, H)),
                        wave(g, B * H, 0.2, 0.7, NRV_SHAPE(B, H)) };
    nrv_tensor h = x[1], c = x[2], dx[4];
    nrv_enter(g, &(nrv_scope){ .mode = NRV_SHARED });
    for (int t = 0; t < 2; t++)
        if (k->kind == 'l')
            nrv_lstm_cell(x[0], "cell", h, c, &h, &c);
        else
            h = k->kind == 'g' ? nrv_gru_cell(x[0], "cell", h) : nrv_rnn_cell(x[0], "cell", h);
    nrv_pop(g);
    assert_null(nrv_graph_why(g));
    wave_stored(s, "cell.weight_ih", 0.7, 0.1);
    wave_stored(s, "cell.weight_hh", 0.9, 0.2);
    wave_stored(s, "cell.bias_ih", 1.1, 0.3);
    wave_stored(s, "cell.bias_hh", 1.3, 0.4);
    nrv_tensor loss = nrv_sum_all(nrv_mul(wave(g, B * H, 1.0, 0.8, NRV_SHAPE(B, H)), h));
    if (k->kind == 'l')
        loss = nrv_add(loss, nrv_sum_all(nrv_mul(wave(g, B * H, 1.2, 0.9, NRV_SHAPE(B, H)), c)));
    x[3] = nrv_list_at(nrv_params(g, "cell.weight_hh"), 0);
    nrv_grad(loss, NULL, 4, x, dx);
    equals(h, k->h, B * H, "h");
    equals(dx[0], k->dx, B * N, "dx");
    equals(dx[1], k->dh, B * H, "dh");
    if (k->kind == 'l') {
        equals(c, k->c, B * H, "c");
        equals(dx[2], k->dc, B * H, "dc");
    }
    equals(nrv_sum_all(nrv_square(dx[3])), &k->dw, 1, "squares of dweight_hh");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void cells_are_torchs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        cell_is_torchs(&cells[i]);
}

/* ---- attention inside PyTorch's MultiheadAttention; with an identity as values it gives its weights ---- */
static nrv_tensor projected(nrv_tensor x, nrv_tensor w, nrv_tensor b, int part, int heads)
{
    int64_t E = nrv_dim_of(x, 2);
    nrv_tensor wp = nrv_slice(w, 0, part * E, E), bp = nrv_slice(b, 0, part * E, E);
    return nrv_rearrange(nrv_add(nrv_matmul(x, nrv_transpose(wp)), bp), "t b (h d) -> b h t d", 2,
                         (const nrv_dim[]){ heads, NRV_SAME });
}

static nrv_tensor allowed(nrv_graph *g, const char *folder, const char *name, nrv_shape stretched)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof path, "torch/%s/%s.npy", folder, name);
    unsigned char *file = shared_bytes(shared_path(path), &bytes), not[64];
    assert_non_null(file);
    size_t n = 1, head = 10 + (size_t)file[8] + 256 * (size_t)file[9];
    for (int i = 0; i < stretched.rank; i++)
        n *= (size_t)stretched.dim[i];
    assert_true(n <= sizeof not&&bytes == head + n);
    for (size_t i = 0; i < n; i++)
        not[i] = !file[head + i];
    free(file);
    return nrv_constant(g, NRV_BOOL, stretched, not);
}

static void attention_is_torchs(const char *folder, int heads, int masked)
{
    static const char *const wanted[] = {
        "q", "k", "v", "in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"
    };
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor in[7], dx[7];
    char name[32];
    for (int i = 0; i < 7; i++) {
        snprintf(name, sizeof name, "in_%s", wanted[i]);
        in[i] = fed(g, folder, name);
    }
    int64_t T = nrv_dim_of(in[0], 0), samples = nrv_dim_of(in[0], 1);
    nrv_attention_opt opt = { 0 };
    if (masked == 1)
        opt.mask = allowed(g, folder, "in_attn_mask", NRV_SHAPE(T, T));
    if (masked == 2)
        opt.mask = allowed(g, folder, "in_key_padding_mask", NRV_SHAPE(samples, 1, 1, T));
    nrv_tensor q = projected(in[0], in[3], in[4], 0, heads), k = projected(in[1], in[3], in[4], 1, heads);
    nrv_tensor v = projected(in[2], in[3], in[4], 2, heads), n = nrv_iota(g, NRV_I32, T);
    nrv_tensor y = nrv_rearrange(nrv_attention(q, k, v, &opt), "b h t d -> t b (h d)", 0, NULL);
    y = nrv_add(nrv_matmul(y, nrv_transpose(in[5])), in[6]);
    nrv_tensor eye = nrv_cast(nrv_equal(nrv_expand(n, 1, 1), n), NRV_F64);
    nrv_tensor weights = nrv_mean(nrv_attention(q, k, eye, &opt), 1, 0);
    assert_null(nrv_graph_why(g));
    near(folder, "out_0", y);
    near(folder, "out_1", weights);
    nrv_grad(nrv_add(weighted(g, folder, "w_0", y), weighted(g, folder, "w_1", weights)), NULL, 7, in, dx);
    for (int i = 0; i < 7; i++) {
        snprintf(name, sizeof name, "grad_%s", wanted[i]);
        near(folder, name, dx[i]);
    }
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void attentions_are_torchs(void **state)
{
    (void)state;
    if (!shared_here())
        skip();
    attention_is_torchs("attention/mha_0", 2, 0);
    attention_is_torchs("attention/mha_2", 4, 1);
    attention_is_torchs("attention/mha_3", 1, 2);
}

/* ---- by hand ---- */
static void values(nrv_tensor y, size_t n, double *to)
{
    assert_non_null(y);
    assert_int_equal(nrv_eval(y, to, n * sizeof *to), NRV_OK);
}

/* equal scores: each query gets the mean of the values that it may see */
static void queries_see_what_they_may(void **state)
{
    (void)state;
    static const double v[] = { 1, 10, 100, 1000 };
    static const struct {
        int causal;
        int64_t offset; /* -9: none */
        double want[3];
    } row[] = { { 0, -9, { 277.75, 277.75, 277.75 } },
                { 1, -9, { 1, 5.5, 37 } },
                { 1, 1, { 5.5, 37, 277.75 } },
                { 1, -2, { 0, 0, 1 } } };
    nrv_store *s = nrv_store_new(NULL);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor q = nrv_fill(g, NRV_F64, NRV_SHAPE(3, 2), 1), k = nrv_fill(g, NRV_F64, NRV_SHAPE(4, 2), 1), dx[3];
        nrv_tensor x[3] = { q, k, nrv_constant(g, NRV_F64, NRV_SHAPE(4, 1), v) };
        nrv_attention_opt o = { .causal = row[i].causal };
        if (row[i].offset != -9)
            o.offset = nrv_constant(g, NRV_I64, NRV_SCALAR, &row[i].offset);
        nrv_tensor y = nrv_attention(q, k, x[2], &o);
        double have[8];
        values(y, 3, have);
        for (int t = 0; t < 3; t++)
            assert_true(fabs(have[t] - row[i].want[t]) < 1e-12 * 1000);
        nrv_grad(nrv_sum_all(nrv_square(y)), NULL, 3, x, dx);
        values(dx[0], 6, have);
        for (int t = 0; t < 6; t++)
            assert_true(fabs(have[t]) < 1e-9); /* all keys are equal, so is every query; NaN would fail */
        nrv_graph_free(g);
    }
    nrv_store_free(s);
}

/* a pair at position 1 turns by base^0 = 1 radian; the product of two depends on their distance alone */
static void rotary_turns(void **state)
{
    (void)state;
    static const double v[] = { 3, 4, 1, 2 };
    static const int64_t at[] = { 1, 5, 11 };
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_broadcast(nrv_constant(g, NRV_F64, NRV_SHAPE(1, 4), v), NRV_SHAPE(3, 4));
    nrv_tensor y = nrv_rotary(x, nrv_constant(g, NRV_I64, NRV_SHAPE(3), at), 10000);
    nrv_tensor z = nrv_rotary(x, nrv_add_c(nrv_constant(g, NRV_I64, NRV_SHAPE(3), at), 7), 10000);
    double a[12], b[9], c[9];
    values(y, 12, a);
    assert_true(fabs(a[0] - (3 * cos(1) - 1 * sin(1))) < 1e-14 && fabs(a[2] - (1 * cos(1) + 3 * sin(1))) < 1e-14);
    assert_true(fabs(a[5] - (4 * cos(0.05) - 2 * sin(0.05))) < 1e-14);
    values(nrv_matmul(y, nrv_transpose(y)), 9, b);
    values(nrv_matmul(z, nrv_transpose(z)), 9, c);
    for (int i = 0; i < 9; i++)
        assert_true(fabs(b[i] - c[i]) < 1e-12);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* what the rotate_half of published GPT-NeoX code gives */
static void rotary_is_neox(void **state)
{
    (void)state;
    static const int64_t at[] = { 3, 10, 250 };
    static const double want[] = { -0.602947746099245,  0.750259336826405, 0.996562056677345,  -0.832541093863586,
                                   0.709473926967553,   0.147564128995024, -0.227342829929121, -0.360881773063139,
                                   -0.971283903055297,  0.995439538619193, -0.969691452876164, -0.300409272895762,
                                   1.01204130107501,    1.03071340879469,  0.593807987189797,  0.0296437911710394,
                                   -0.0827219973931391, 0.834911777768749 };
    double v[18];
    for (int i = 0; i < 18; i++)
        v[i] = sin(0.5 * i + 0.5);
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_constant(g, NRV_F64, NRV_SHAPE(3, 6), v);
    equals(nrv_rotary(x, nrv_constant(g, NRV_I64, NRV_SHAPE(3), at), 10000), want, 18, "rotary");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void says(nrv_graph *g, const char *what)
{
    const char *why = nrv_graph_why(g);
    if (!why || !strstr(why, what))
        fail_msg("'%s' does not say \"%s\"", why ? why : "nothing", what);
}

static void bad_input_is_named(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    for (int i = 0; i < 10; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_fill(g, NRV_F32, NRV_SHAPE(2, 3), 1), h = nrv_fill(g, NRV_F32, NRV_SHAPE(2, 4), 1), y = x;
        nrv_tensor wide = nrv_fill(g, NRV_F32, NRV_SHAPE(3, 4), 1),
                   yes = nrv_greater(x, nrv_fill(g, NRV_F32, NRV_SCALAR, 0));
        nrv_tensor pos = nrv_iota(g, NRV_I64, 2), c2 = x;
        switch (i) {
        case 0:
            nrv_lstm_cell(x, "a", h, wide, &y, &c2);
            assert_null(c2);
            says(g, "lstm_cell 'a': c has not the shape and type of h");
            break;
        case 1:
            nrv_lstm_cell(x, "a", wide, wide, &y, &c2);
            assert_null(c2);
            says(g, "lstm_cell 'a': x and h differ in their first length");
            break;
        case 2:
            y = nrv_gru_cell(x, NULL, h);
            says(g, "gru_cell '': x, name or h is NULL");
            break;
        case 3:
            y = nrv_rnn_cell(x, "r", nrv_cast(h, NRV_F64));
            says(g, "rnn_cell 'r': the types of x and h differ");
            break;
        case 4:
            y = nrv_rotary(x, pos, 10000);
            says(g, "rotary: D is odd");
            break;
        case 5:
            y = nrv_rotary(h, nrv_iota(g, NRV_I64, 3), 10000);
            says(g, "rotary: the positions do not fit x");
            break;
        case 6:
            y = nrv_rotary(h, pos, 0);
            says(g, "rotary: the base is not above zero");
            break;
        case 7:
            y = nrv_attention(x, h, h, NULL);
            says(g, "attention: q and k differ in their last length");
            break;
        case 8:
            y = nrv_attention(x, x, x, &(nrv_attention_opt){ .mask = yes });
            says(g, "attention: the mask does not stretch over (...,T,L)");
            break;
        default:
            y = nrv_attention(x, x, x, &(nrv_attention_opt){ .causal = 1, .offset = x });
            says(g, "attention: the offset is no i64 scalar");
        }
        assert_null(y);
        says(g, "hint");
        nrv_graph_free(g);
    }
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cells_are_torchs),
                                        cmocka_unit_test(attentions_are_torchs),
                                        cmocka_unit_test(queries_see_what_they_may),
                                        cmocka_unit_test(rotary_turns),
                                        cmocka_unit_test(rotary_is_neox),
                                        cmocka_unit_test(bad_input_is_named) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
