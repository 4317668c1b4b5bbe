/* test_text.c - networks as text: counts and shapes of the course, names as nn.Sequential gives them, the same trace as
   calls, every error as a whole message, hostile text. */
#include "../../src/graph/graph.h"
#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* ---- what was seen ---- */
typedef struct seen {
    char text[4096]; /* one line for each layer: "0 conv 16 3x3 [16, 26, 26] 160" */
    size_t n;
    int64_t params, macs;
    int layers;
} seen;

static void seen_layer(void *user, const nrv_layer_info *l)
{
    seen *s = user;
    nrv_shape out = nrv_shape_of(l->out);
    s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "%s: %s [", l->name, l->word);
    for (int i = 1; i < out.rank; i++)
        s->n +=
            (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, i > 1 ? "x%lld" : "%lld", (long long)out.dim[i]);
    s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "] %lld\n", (long long)l->params);
    s->params += l->params;
    s->macs += l->macs;
    s->layers++;
}

static nrv_shape sample(nrv_graph *g, int rank, const nrv_dim *dim)
{
    nrv_shape s = { rank + 1, { nrv_size(g, "B", 1, 4096) } };
    memcpy(s.dim + 1, dim, (size_t)rank * sizeof *dim);
    return s;
}

static seen traced(const char *text, int rank, const nrv_dim *dim)
{
    seen s = { .n = 0 };
    nrv_store *store = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(store, NRV_TRAIN);
    nrv_tensor y = nrv_layers_with(nrv_input(g, "x", NRV_F32, sample(g, rank, dim)), NULL, text,
                                   &(nrv_layers_opt){ .seen = seen_layer, .user = &s });
    if (!y)
        print_message("%s\n", nrv_graph_why(g));
    assert_non_null(y);
    int64_t stored = 0;
    nrv_list p = nrv_params(g, "*");
    for (int i = 0; i < nrv_list_len(p); i++) {
        nrv_shape shape = nrv_shape_of(nrv_list_at(p, i));
        int64_t n = 1;
        for (int k = 0; k < shape.rank; k++)
            n *= shape.dim[k];
        stored += n;
    }
    assert_int_equal(stored, s.params);
    nrv_graph_free(g);
    nrv_store_free(store);
    return s;
}

static const nrv_dim rgb[] = { 3, 32, 32 }, grey[] = { 1, 28, 28 };

/* ---- counts of the course: systems.md 2a ---- */
static void test_counts_images(void **state)
{
    (void)state;
    assert_string_equal(traced("flatten | dense 10", 3, rgb).text, "0: flatten [3072] 0\n1: dense 10 [10] 30730\n");
    assert_string_equal(
        traced("conv 1 3x3 | pool 2 | flatten | dense 10", 3, rgb).text,
        "0: conv 1 3x3 [1x30x30] 28\n1: pool 2 [1x15x15] 0\n2: flatten [225] 0\n3: dense 10 [10] 2260\n");
    assert_string_equal(traced("conv 5 3x3 | flatten | dense 10", 3, rgb).text,
                        "0: conv 5 3x3 [5x30x30] 140\n1: flatten [4500] 0\n2: dense 10 [10] 45010\n");
    assert_string_equal(
        traced("conv 5 3x3 | pool 2 | flatten | dense 10", 3, rgb).text,
        "0: conv 5 3x3 [5x30x30] 140\n1: pool 2 [5x15x15] 0\n2: flatten [1125] 0\n3: dense 10 [10] 11260\n");
    assert_string_equal(traced("conv 1 3x3 stride 2", 3, rgb).text, "0: conv 1 3x3 stride 2 [1x15x15] 28\n");
    assert_int_equal(traced("conv 1 3x3", 3, grey).params, 10);
    assert_int_equal(traced("conv 1 3x3 no_bias", 3, grey).params, 9);
    assert_int_equal(traced("conv 1 3x3", 3, grey).macs, 26 * 26 * 9);
    assert_int_equal(traced("flatten | dense 10", 3, rgb).macs, 30720);
}

static void test_counts_dense(void **state)
{
    (void)state;
    static const nrv_dim n1 = 1, n2 = 2, n3 = 3, n5 = 5, n10 = 10;
    assert_int_equal(traced("dense 1 | dense 1", 1, &n2).params, 5);
    assert_int_equal(traced("dense 3 | dense 2", 1, &n2).params, 17);
    assert_int_equal(traced("repeat 3 { dense 4 } dense 3", 1, &n3).params, 71);
    assert_int_equal(traced("repeat 10 { dense 10 relu } dense 5", 1, &n5).params, 1105);
    assert_int_equal(traced("repeat 5 { dense 500 relu } dense 1", 1, &n1).params, 1003501);
    assert_int_equal(traced("dense 500 no_bias | repeat 4 { dense 500 no_bias } | dense 1 no_bias", 1, &n1).params,
                     1001000);
    assert_int_equal(traced("dense 3 | dropout 0.5", 1, &n10).params, 33);
    assert_int_equal(traced("conv 6 5x5 pad 2 tanh | pool 2 | conv 16 5x5 tanh | pool 2 | flatten | dense 120 tanh | "
                            "dense 84 tanh | dense 10",
                            3, grey)
                         .params,
                     61706);
}

/* ---- names ---- */
static void named(const char *text, const char *name, const char *want)
{
    char have[2048] = "";
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    assert_non_null(nrv_layers(nrv_input(g, "x", NRV_F32, sample(g, 3, grey)), name, text));
    nrv_list p = nrv_params(g, "*");
    for (int i = 0; i < p->n; i++)
        snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", i ? " " : "", p->at[i].name);
    assert_string_equal(have, want);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void test_names(void **state)
{
    (void)state;
    named("conv 16 3x3 relu | pool 2 | flatten | dense 10", NULL, "0.bias 0.weight 4.bias 4.weight");
    named("flatten | fc1: dense 5 relu | dense 10", NULL, "3.bias 3.weight fc1.bias fc1.weight");
    named("flatten dropout dense 3", "q", "q.2.bias q.2.weight");
    named("conv 2 3x3 pad 1 bn relu", NULL, "0.bias 0.weight 1.bias 1.weight");
    named("residual { conv 1 3x3 pad 1 relu | conv 1 3x3 pad 1 } relu\nflatten ln", NULL,
          "0.0.bias 0.0.weight 0.2.bias 0.2.weight 3.bias 3.weight");
    named("residual { conv 4 3x3 pad 1 stride 2 no_bias }", NULL, "0.0.weight 0.shortcut.weight");
    named("flatten residual { a: dense 9 no_bias }", NULL, "1.a.weight 1.shortcut.weight");
    named("flatten parallel { dense 3 ; relu dense 4 ; in: dense 2 }", NULL,
          "1.0.0.bias 1.0.0.weight 1.1.1.bias 1.1.1.weight 1.2.in.bias 1.2.in.weight");
    named("flatten repeat 2 { dense 3 relu } head: dense 1", NULL,
          "1.bias 1.weight 3.bias 3.weight head.bias head.weight");
    named("flatten repeat 2 { residual { fc: dense 784 no_bias } }", NULL, "1.fc.weight 2.fc.weight");
}

static void test_seen(void **state)
{
    (void)state;
    seen s = traced("stem: conv 8 3x3 pad 1 bn relu # first\n"
                    "residual {\n  conv 8 3 pad 1\n} | parallel { conv 2 1x1 ; identity }\n"
                    "repeat 2 { avg_pool 2 } global_avg_pool softmax",
                    3, grey);
    assert_string_equal(
        s.text, "stem: conv 8 3x3 pad 1 [8x28x28] 80\n1: bn [8x28x28] 16\n2: relu [8x28x28] 0\n3.0: conv 8 3 pad 1 "
                "[8x28x28] 584\n"
                "3: residual [8x28x28] 0\n4.0.0: conv 2 1x1 [2x28x28] 18\n4.1.0: identity [8x28x28] 0\n4: parallel "
                "[10x28x28] 0\n"
                "5: avg_pool 2 [10x14x14] 0\n6: avg_pool 2 [10x7x7] 0\n7: global_avg_pool [10] 0\n8: softmax [10] 0\n");
}

/* ---- the same as calls ---- */
static void test_same_as_calls(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_enter(g, &(nrv_scope){ .mode = NRV_SHARED });
    nrv_tensor x = nrv_input(g, "x", NRV_F32, sample(g, 3, grey));
    nrv_tensor a = nrv_layers(
        x, NULL, "conv 4 5 stride 2 pad 1 dilation 2 relu | avg_pool 3 stride 1 | flatten | dense 10 leaky_relu 0.3");
    nrv_tensor b = nrv_relu(nrv_conv2d(x, "0", 4, 5, &(nrv_conv_opt){ .stride = 2, .pad = 1, .dilation = 2 }));
    b = nrv_leaky_relu(nrv_linear(nrv_flatten(nrv_avg_pool(b, 3, 1)), "4", 10, NULL), 0.3);
    assert_null(nrv_graph_why(g));
    assert_ptr_equal(a, b); /* hash-consing: the same question is the same node */
    nrv_tensor c = nrv_layers(
        x, "r", "conv_transposed 2 4 stride 2 pad 1 | pool 3 stride 2 | gelu silu tanh sigmoid softplus softmax 1");
    nrv_push(g, "r");
    nrv_tensor d = nrv_max_pool(nrv_conv2d_transposed(x, "0", 2, 4, &(nrv_conv_opt){ .stride = 2, .pad = 1 }), 3, 2);
    nrv_pop(g);
    assert_ptr_equal(c, nrv_softmax(nrv_softplus(nrv_sigmoid(nrv_tanh(nrv_silu(nrv_gelu(d))))), 1));
    nrv_tensor e = nrv_layers(x, "n", "bn eps 0.01 | identity | ln eps 0.5");
    nrv_push(g, "n");
    assert_ptr_equal(
        e, nrv_layer_norm(nrv_batch_norm(x, "0", &(nrv_norm_opt){ .eps = 0.01 }), "2", &(nrv_norm_opt){ .eps = 0.5 }));
    nrv_pop(g);
    nrv_tensor h = nrv_layers(x, "h", "residual { conv 1 3x5 pad 1x2 } | conv 2 2x3 stride 2x1");
    assert_true(nrv_dim_of(h, 2) == 14 && nrv_dim_of(h, 3) == 26);
    assert_null(nrv_graph_why(g));
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* y + x, and branches side by side: as numbers */
static void test_blocks_value(void **state)
{
    (void)state;
    static const float in[2] = { -1, 3 };
    float y[6];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(1, 2), in);
    assert_int_equal(nrv_eval(nrv_layers(x, NULL, "residual { relu }"), y, 2 * sizeof *y), NRV_OK);
    assert_true(y[0] == -1 && y[1] == 6);
    assert_int_equal(
        nrv_eval(nrv_layers(x, NULL, "parallel { relu ; residual { identity } ; leaky_relu 0.5 }"), y, 6 * sizeof *y),
        NRV_OK);
    assert_true(y[0] == 0 && y[1] == 3 && y[2] == -2 && y[3] == 6 && y[4] == -0.5f && y[5] == 3);
    assert_int_equal(nrv_eval(nrv_layers(x, NULL, "repeat 3 { residual { identity } }"), y, 2 * sizeof *y), NRV_OK);
    assert_true(y[0] == -8 && y[1] == 24);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* ---- input ---- */
static void test_input(void **state)
{
    (void)state;
    nrv_shape s = { 7, { 0 } };
    char why[512];
    assert_int_equal(nrv_layers_input("\n# shapes\n input 1x28x28 | flatten", &s, why, sizeof why), NRV_OK);
    assert_string_equal(why, "");
    assert_int_equal(s.rank, 3);
    assert_true(s.dim[0] == 1 && s.dim[1] == 28 && s.dim[2] == 28);
    assert_int_equal(nrv_layers_input("input 7", &s, NULL, 0), NRV_OK);
    assert_true(s.rank == 1 && s.dim[0] == 7);
    assert_int_equal(nrv_layers_input("flatten", &s, why, sizeof why), NRV_OK);
    assert_int_equal(s.rank, 0);
    assert_int_equal(nrv_layers_input("flat", &s, why, sizeof why), NRV_EARG);
    assert_string_equal(why, "there is no layer 'flat'\n  at    line 1, column 1\n        flat\n        ^~~~\n  hint  "
                             "'nervo help layers' lists the words");
    assert_int_equal(nrv_layers_input(NULL, &s, why, sizeof why), NRV_EARG);
}

/* ---- errors, whole ---- */
static void wrong(const char *text, const char *message)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    assert_null(nrv_layers(nrv_input(g, "x", NRV_F32, sample(g, 3, grey)), NULL, text));
    assert_string_equal(nrv_graph_why(g), message);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void test_errors_words(void **state)
{
    (void)state;
    wrong("conv 16 3x3 relu | dens 10",
          "there is no layer 'dens'\n  at    line 1, column 20\n        conv 16 3x3 relu | dens 10\n"
          "                           ^~~~\n  hint  did you mean 'dense'?");
    wrong("flatten\n\n  linear 10 # ten", "there is no layer 'linear'\n  at    line 3, column 3\n        linear 10 # "
                                          "ten\n        ^~~~~~\n  hint  did you mean 'dense'?");
    wrong(
        "conv 16 3x3 strid 2",
        "there is no layer 'strid'\n  at    line 1, column 13\n        conv 16 3x3 strid 2\n                    ^~~~~\n"
        "  hint  did you mean 'stride'?");
    wrong("relu | input 3",
          "there is no layer 'input'\n  at    line 1, column 8\n        relu | input 3\n               ^~~~~\n"
          "  hint  did you mean 'input ... as the first word'?");
    wrong("gr\xc3\xb6\xc3\x9f"
          "er",
          "there is no layer 'gr\xc3\xb6\xc3\x9f"
          "er'\n  at    line 1, column 1\n        gr\xc3\xb6\xc3\x9f"
          "er\n        ^~~~~~\n"
          "  hint  'nervo help layers' lists the words");
}

static void test_errors_arguments(void **state)
{
    (void)state;
    wrong("flatten | dense", "dense: 'units' is missing\n  at    line 1, column 11\n        flatten | dense\n          "
                             "        ^~~~~\n  hint  dense units [no_bias] [int8]");
    wrong("dense 10 20", "dense takes no further number, '20' is one too many\n  at    line 1, column 10\n        "
                         "dense 10 20\n                 ^~\n"
                         "  hint  dense units [no_bias] [int8]");
    wrong("dense 1e9", "dense: 'units' is a whole number from 1 to 16777216, not '1e9'\n  at    line 1, column 7\n     "
                       "   dense 1e9\n              ^~~\n"
                       "  hint  dense units [no_bias] [int8]");
    wrong("dense 1000000000", "dense: 'units' is a whole number from 1 to 16777216, not '1000000000'\n  at    line 1, "
                              "column 7\n        dense 1000000000\n"
                              "              ^~~~~~~~~~\n  hint  dense units [no_bias] [int8]");
    wrong("dropout units", "there is no layer 'units'\n  at    line 1, column 9\n        dropout units\n               "
                           " ^~~~~\n  hint  'nervo help layers' lists the words");
    wrong("pool 2 stride 2 stride 3",
          "pool: 'stride' is given twice\n  at    line 1, column 24\n        pool 2 stride 2 stride 3\n"
          "                               ^\n  hint  pool kernel [stride ...] [pad 0] [dilation 1] [ceil_mode]");
    wrong("pool 2 pad | relu",
          "pool: 'pad' is a whole number from 0 to 16777216, or several, as 1x2, and there is none\n  at    line "
          "1, column 12\n"
          "        pool 2 pad | relu\n                   ^\n  hint  pool kernel [stride ...] [pad 0] [dilation 1] "
          "[ceil_mode]");
    wrong("dropout x0.5", "there is no layer 'x0.5'\n  at    line 1, column 9\n        dropout x0.5\n                "
                          "^~~~\n  hint  'nervo help layers' lists the words");
    wrong("dropout 0,5", "dropout: 'p' is a number, as 0.5, not '0,5'\n  at    line 1, column 9\n        dropout 0,5\n "
                         "               ^~~\n  hint  dropout [p 0.5]");
}

static void test_errors_blocks(void **state)
{
    (void)state;
    wrong("}", "'}' closes nothing\n  at    line 1, column 1\n        }\n        ^\n  hint  take it away, or open a "
               "block before it");
    wrong("{ relu }", "'{' without a word that takes a block\n  at    line 1, column 1\n        { relu }\n        ^\n"
                      "  hint  'residual', 'parallel' and 'repeat 3' take a block");
    wrong("residual relu", "residual wants its layers in { ... }\n  at    line 1, column 1\n        residual relu\n    "
                           "    ^~~~~~~~\n  hint  residual { ... }");
    wrong("relu | repeat 3 { relu",
          "the block that begins here has no end\n  at    line 1, column 8\n        relu | repeat 3 { relu\n"
          "               ^~~~~~~~\n  hint  close it with '}'");
    wrong("parallel { relu ; }", "nothing between the braces\n  at    line 1, column 19\n        parallel { relu ; }\n "
                                 "                         ^\n"
                                 "  hint  'identity' is the branch that does nothing");
    wrong("residual { relu ; relu }", "';' separates the branches of parallel { a ; b }\n  at    line 1, column 17\n   "
                                      "     residual { relu ; relu }\n"
                                      "                        ^\n  hint  '|' or a new line separates layers");
    wrong("repeat 100001 { relu }", "more than 100000 layers\n  at    line 1, column 1\n        repeat 100001 { relu "
                                    "}\n        ^~~~~~~~~~~~~\n  hint  is it a network?");
    wrong("repeat 400 { repeat 400 { relu } }",
          "more than 100000 layers\n  at    line 1, column 1\n        repeat 400 { repeat 400 { relu } }\n"
          "        ^~~~~~~~~~\n  hint  is it a network?");
}

static void test_errors_names(void **state)
{
    (void)state;
    wrong("1a: relu", "'1a' cannot be a name\n  at    line 1, column 1\n        1a: relu\n        ^~\n  hint  letters, "
                      "digits and _, a letter first, at most 64");
    wrong("a: | relu", "a name without a layer\n  at    line 1, column 1\n        a: | relu\n        ^\n  hint  as in "
                       "'fc1: dense 10'");
    wrong(": relu", "':' without a name before it\n  at    line 1, column 1\n        : relu\n        ^\n  hint  as in "
                    "'fc1: dense 10'");
    wrong("a: relu | parallel { a: relu ; a: relu } | a: tanh",
          "two layers are named 'a'\n  at    line 1, column 47\n"
          "        a: relu | parallel { a: relu ; a: relu } | a: tanh\n"
          "                                                      ^~~~\n  hint  give one of them another name");
    wrong("repeat 2 { a: relu }",
          "a name inside or before repeat would be given several times\n  at    line 1, column 12\n        repeat 2 { "
          "a: relu }\n"
          "                   ^\n  hint  name what stands outside of repeat, or write the layers out");
}

/* what an op refused, with its place */
static void test_errors_below(void **state)
{
    (void)state;
    wrong("flatten\npool 2",
          "max_pool of a tensor of rank 2\n  at    line 2, column 1\n        pool 2\n        ^~~~~~\n"
          "  hint  pooling wants images, (B,C,H,W); does it stand behind flatten?");
    wrong("pool 2 | residual { conv 64 30x30 }",
          "conv2d: a window of 30 does not fit into a length of 14 (padding included)\n  in    1.0\n  at    line 1, "
          "column 21\n"
          "        pool 2 | residual { conv 64 30x30 }\n                            ^~~~~~~~~~~~~\n"
          "  hint  a smaller kernel, or padding");
    wrong("residual { conv 3 5x5 }",
          "residual: [B, 1, 28, 28] goes in and [B, 3, 24, 24] comes out; no projection makes one of the other\n  in   "
          " 0\n"
          "  at    line 1, column 1\n        residual { conv 3 5x5 }\n        ^~~~~~~~\n"
          "  hint  keep the shape inside the block (conv 3x3 with pad 1), or halve it with a stride");
    wrong(
        "input 3x28x28 | relu",
        "the text promises another input than [B, 1, 28, 28]\n  at    line 1, column 1\n        input 3x28x28 | relu\n"
        "        ^~~~~~~~~~~~~\n  hint  'input' gives the shape of one sample, without the batch");
    wrong("flatten dense 2000000", "'1.weight' would take 6272000000 bytes; all weights of a text may take "
                                   "4294967296\n  in    1\n  at    line 1, column 9\n"
                                   "        flatten dense 2000000\n                ^~~~~~~~~~~~~\n  hint  check the "
                                   "number of units; a program in C has no such limit");
}

/* ---- hostile text ---- */
static char *times(const char *what, size_t n)
{
    size_t one = strlen(what);
    char *text = malloc(n * one + 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * one, what, one);
    text[n * one] = 0;
    return text;
}

static void hostile(const char *what, size_t n, const char *first_line)
{
    char why[1536], *text = times(what, n);
    nrv_shape shape;
    assert_int_equal(nrv_layers_input(text, &shape, why, sizeof why), NRV_EARG);
    assert_memory_equal(why, first_line, strlen(first_line));
    free(text);
}

static void test_hostile(void **state)
{
    (void)state;
    hostile("residual { ", 1000000, "blocks in blocks deeper than 64\n  at    line 1, column 714\n        ...");
    hostile("repeat 2 { ", 1000000, "blocks in blocks deeper than 64\n");
    hostile("relu ", 100001, "more than 100000 words\n");
    hostile("a", 1000000, "there is no layer 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n");
    hostile("a: relu\n", 3000, "two layers are named 'a'\n  at    line 2, column 4\n");
    hostile("# long\n", (1 << 24) / 7 + 1, "the text of a network is longer than 16777216 bytes");
    hostile("\x01\xff\xfe", 30, "there is no layer '");
    char *text = times("parallel { relu ; relu ; relu } ", 2000); /* many blocks, not deep */
    assert_int_equal(nrv_layers_input(text, NULL, NULL, 0), NRV_OK);
    free(text);
}

/* every allocation fails once: no leak, no crash, an error each time */
static void test_memory(void **state)
{
    (void)state;
    for (long at = 1;; at++) {
        failing f = { .fail_at = at };
        bool traced_all = false;
        nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = failing_fn, .user = &f });
        nrv_graph *g = s ? nrv_graph_new(s, NRV_TRAIN) : NULL;
        if (g) {
            nrv_dim b = nrv_size(g, "B", 2, 64);
            nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(b, 2, 6, 6));
            nrv_tensor y = nrv_layers(x, "net",
                                      "a: conv 2 3x3 pad 1 bn | residual { conv 4 1 } | parallel { relu ; dropout } | "
                                      "flatten ln repeat 2 { dense 3 }");
            nrv_list p = nrv_params(g, "*");
            nrv_tensor loss = y ? nrv_mean_all(y) : NULL;
            nrv_assign_all(p, nrv_adam(p, nrv_clip_norm(nrv_grads(loss, p), 1),
                                       &(nrv_adam_opt){ .rate = nrv_cosine_rate(g, "adam", 1, 1, 9) }));
            traced_all = !nrv_graph_why(g);
            assert_true(traced_all || f.calls >= at);
        }
        nrv_graph_free(g);
        nrv_store_free(s);
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
        if (f.calls < at) {
            assert_true(traced_all);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_images),
        cmocka_unit_test(test_counts_dense),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_same_as_calls),
        cmocka_unit_test(test_blocks_value),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_errors_words),
        cmocka_unit_test(test_errors_arguments),
        cmocka_unit_test(test_errors_blocks),
        cmocka_unit_test(test_errors_names),
        cmocka_unit_test(test_errors_below),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
