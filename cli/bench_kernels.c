/* bench_kernels.c - `nervo bench kernels [list]` and `nervo bench softmax 2048x128 both`: what is not a product by
   itself. Chains of element-wise ops, optimisers, rows that are reduced, attention, recurrent nets.

   Promises: each is traced as a user would write it; `both` adds the gradients of everything real that goes in, weights
   included. Every output, and everything a run assigns, is held against the reference kernels before the time is told.
   Does not do: know a kernel - which one runs is the compiler's choice, and `nervo show --plan`'s to tell. */
#include "bench.h"
#include <string.h>

typedef struct kernel_piece {
    const char *name, *lengths; /* "2048x128 2048x1024": those that `nervo bench kernels` takes */
    int axes;
    const char *doc;
    nrv_tensor (*trace)(bench_piece *p, const int64_t *d); /* gives NULL where it assigns, and has no gradient */
    nrv_tensor (*then)(nrv_tensor x);                      /* of what that gave; NULL: nothing more */
} kernel_piece;

static nrv_tensor piece_flat(bench_piece *p, const int64_t *d)
{
    return bench_input(p, "x", NRV_SHAPE(d[0]));
}

static nrv_tensor piece_rows(bench_piece *p, const int64_t *d)
{
    return bench_input(p, "x", NRV_SHAPE(d[0], d[1]));
}

static nrv_tensor piece_biased(bench_piece *p, const int64_t *d)
{
    return nrv_add(piece_rows(p, d), bench_input(p, "b", NRV_SHAPE(d[1])));
}

/* ---- element-wise ----------------------------------------------------------------------------------------------- */
static nrv_tensor piece_add(bench_piece *p, const int64_t *d)
{
    return nrv_add(piece_flat(p, d), bench_input(p, "b", NRV_SHAPE(d[0])));
}

static nrv_tensor piece_scaled(bench_piece *p, const int64_t *d)
{
    nrv_tensor a = bench_input(p, "a", NRV_SHAPE(1)), b = bench_input(p, "b", NRV_SHAPE(1));
    return NRV_EXPR("x, a, b: a * x + b", piece_flat(p, d), a, b);
}

static nrv_tensor piece_normalise(bench_piece *p, const int64_t *d) /* the last step of a layer norm */
{
    nrv_tensor x = piece_rows(p, d), mean = bench_input(p, "mean", NRV_SHAPE(d[0], 1));
    nrv_tensor scale = bench_input(p, "scale", NRV_SHAPE(d[0], 1)), w = bench_input(p, "w", NRV_SHAPE(d[1]));
    return NRV_EXPR("x, m, s, w, b: (x - m) * s * w + b", x, mean, scale, w, bench_input(p, "b", NRV_SHAPE(d[1])));
}

static nrv_tensor piece_lstm_gates(bench_piece *p, const int64_t *d) /* (B,4H), (B,H) -> h (B,H) */
{
    nrv_tensor all = bench_input(p, "x", NRV_SHAPE(d[0], 4 * d[1])), part[4];
    nrv_tensor c = bench_input(p, "c", NRV_SHAPE(d[0], d[1]));
    for (int i = 0; i < 4; i++)
        part[i] = nrv_slice(all, 1, i * d[1], d[1]);
    nrv_tensor c2 = NRV_EXPR("i, f, g, c: sigmoid(f) * c + sigmoid(i) * tanh(g)", part[0], part[1], part[2], c);
    nrv_output(p->g, "c2", c2);
    return NRV_EXPR("o, c: sigmoid(o) * tanh(c)", part[3], c2);
}

static nrv_tensor piece_dropout(bench_piece *p, const int64_t *d)
{
    return nrv_dropout(piece_flat(p, d), "drop", 0.1);
}

/* ---- rows that are reduced -------------------------------------------------------------------------------------- */
static nrv_tensor piece_softmax(bench_piece *p, const int64_t *d)
{
    return nrv_softmax(piece_rows(p, d), 1);
}

static nrv_tensor piece_layer_norm(bench_piece *p, const int64_t *d)
{
    nrv_tensor w = bench_input(p, "w", NRV_SHAPE(d[1])), b = bench_input(p, "b", NRV_SHAPE(d[1]));
    return nrv_layer_norm_by(piece_rows(p, d), 1, w, b, 1e-5);
}

static nrv_tensor piece_cross_entropy(bench_piece *p, const int64_t *d)
{
    nrv_tensor labels = bench_labels(p, "t", NRV_SHAPE(d[0]), d[1]);
    return nrv_cross_entropy(piece_rows(p, d), labels);
}

/* ---- attention (B,H,T,D), recurrent nets (T,B,H) ---------------------------------------------------------------- */
static nrv_tensor piece_attends(bench_piece *p, const int64_t *d, int causal)
{
    const nrv_shape s = NRV_SHAPE(d[0], d[1], d[2], d[3]);
    nrv_tensor q = bench_input(p, "q", s), k = bench_input(p, "k", s), v = bench_input(p, "v", s);
    return nrv_attention(q, k, v, &(nrv_attention_opt){ .causal = causal });
}

static nrv_tensor piece_attention(bench_piece *p, const int64_t *d)
{
    return piece_attends(p, d, 0);
}

static nrv_tensor piece_causal_attention(bench_piece *p, const int64_t *d)
{
    return piece_attends(p, d, 1);
}

static nrv_tensor piece_lstm(bench_piece *p, const int64_t *d)
{
    return nrv_lstm(bench_input(p, "x", NRV_SHAPE(d[0], d[1], d[2])), "rnn", d[2], NULL, NULL, NULL);
}

static nrv_tensor piece_gru(bench_piece *p, const int64_t *d)
{
    return nrv_gru(bench_input(p, "x", NRV_SHAPE(d[0], d[1], d[2])), "rnn", d[2], NULL, NULL);
}

/* ---- optimisers ------------------------------------------------------------------------------------------------- */
static nrv_list piece_learns(bench_piece *p, const int64_t *d, nrv_list *grads)
{
    nrv_param(p->g, "w", NRV_F32, NRV_SHAPE(d[0]), NRV_NORMAL(1));
    nrv_tensor g = bench_input(p, "g", NRV_SHAPE(d[0]));
    nrv_list params = nrv_params(p->g, "*");
    *grads = nrv_list_of(params, &g);
    return params;
}

static nrv_tensor piece_sgd(bench_piece *p, const int64_t *d)
{
    nrv_list grads, params = piece_learns(p, d, &grads);
    nrv_assign_all(params, nrv_sgd(params, grads, NULL));
    return NULL;
}

static nrv_tensor piece_momentum(bench_piece *p, const int64_t *d)
{
    nrv_list grads, params = piece_learns(p, d, &grads);
    nrv_assign_all(params, nrv_sgd(params, grads, &(nrv_sgd_opt){ .momentum = 0.9 }));
    return NULL;
}

static nrv_tensor piece_adam(bench_piece *p, const int64_t *d)
{
    nrv_list grads, params = piece_learns(p, d, &grads);
    nrv_assign_all(params, nrv_adam(params, grads, NULL));
    return NULL;
}

static nrv_tensor piece_adamw(bench_piece *p, const int64_t *d)
{
    nrv_list grads, params = piece_learns(p, d, &grads);
    nrv_assign_all(params, nrv_adamw(params, grads, NULL));
    return NULL;
}

static const kernel_piece kernel_pieces[] = {
    { "add", "65536 16777216", 1, "x + b", piece_add, NULL },
    { "scale_relu", "65536 16777216", 1, "relu(a x + b)", piece_scaled, nrv_relu },
    { "bias_relu", "128x512 4096x4096", 2, "relu(x + b)", piece_biased, nrv_relu },
    { "normalise", "128x512 4096x4096", 2, "(x - mean) scale w + b", piece_normalise, NULL },
    { "bias_gelu", "128x512 4096x4096", 2, "gelu(x + b)", piece_biased, nrv_gelu },
    { "gelu", "65536 262144", 1, "gelu(x)", piece_flat, nrv_gelu },
    { "exp", "4096 262144", 1, "exp(x)", piece_flat, nrv_exp },
    { "tanh", "4096 262144", 1, "tanh(x)", piece_flat, nrv_tanh },
    { "sigmoid", "4096 262144", 1, "sigmoid(x)", piece_flat, nrv_sigmoid },
    { "lstm_gates", "32x256 1024x1024", 2, "gates (B,4H), cells (B,H): the element-wise part of a cell",
      piece_lstm_gates, NULL },
    { "dropout", "65536 1048576", 1, "dropout 0.1, in training", piece_dropout, NULL },
    { "softmax", "2048x128 2048x1024", 2, "along each row", piece_softmax, NULL },
    { "layer_norm", "2048x128 2048x1024", 2, "along each row, with weights", piece_layer_norm, NULL },
    { "cross_entropy", "128x10 2048x128", 2, "mean over rows", piece_cross_entropy, NULL },
    { "sgd", "1048576", 1, "w -= rate g", piece_sgd, NULL },
    { "momentum", "1048576", 1, "sgd with momentum 0.9", piece_momentum, NULL },
    { "adam", "1048576", 1, "Adam", piece_adam, NULL },
    { "adamw", "1048576", 1, "Adam with decay", piece_adamw, NULL },
    { "attention", "1x12x128x64 1x12x1024x64", 4, "(B,H,T,D)", piece_attention, NULL },
    { "causal_attention", "1x12x1024x64", 4, "(B,H,T,D), nothing later is seen", piece_causal_attention, NULL },
    { "lstm", "64x32x256", 3, "(T,B,H)", piece_lstm, NULL },
    { "gru", "64x32x256", 3, "(T,B,H)", piece_gru, NULL },
};
enum { KERNEL_PIECES = sizeof kernel_pieces / sizeof *kernel_pieces };

/* y's gradient by everything real that went in, and by all weights */
static void kernel_both(bench_piece *p, nrv_tensor y)
{
    nrv_tensor of[BENCH_INPUTS + 8], to[BENCH_INPUTS + 8];
    int n = 0, inputs = p->n_in;
    nrv_shape shape = nrv_shape_of(y);
    nrv_tensor dy = shape.rank ? bench_input(p, "dy", shape) : NULL;
    nrv_list params = nrv_params(p->g, "*");
    for (int i = 0; i < inputs; i++)
        if (nrv_dtype_of(p->in[i].tensor) == NRV_F32)
            of[n++] = p->in[i].tensor;
    for (int i = 0; i < nrv_list_len(params) && n < BENCH_INPUTS + 8; i++)
        of[n++] = nrv_list_at(params, i);
    nrv_grad(y, dy, n, of, to);
    for (int i = 0; i < n; i++)
        nrv_output(p->g, cli_format("d%d", i), to[i]);
}

static int kernel_measure(const cli_args *a, const kernel_piece *k, const char *lengths, const int64_t *d, bool both,
                          int threads)
{
    bench_piece p = { .name = cli_format("%s %s%s", k->name, lengths, both ? " both" : ""), .threads = threads };
    bench_open_piece(&p, NRV_TRAIN);
    nrv_tensor y = k->trace(&p, d);
    if (k->then)
        y = k->then(y);
    if (y)
        nrv_output(p.g, "y", y);
    if (y && both)
        kernel_both(&p, y);
    return bench_run_piece(a, &p);
}

static int kernel_list(void)
{
    for (int i = 0; i < KERNEL_PIECES; i++)
        printf("%-16s  %-24s  %s\n", kernel_pieces[i].name, kernel_pieces[i].lengths, kernel_pieces[i].doc);
    return CLI_DONE;
}

int bench_kernels(const cli_args *a)
{
    if (a->n_rest == 2 && strcmp(a->rest[1], "list") == 0)
        return kernel_list();
    int threads, code = bench_threads(a, a->n_rest > 1 ? a->rest[1] : NULL, &threads);
    if (code == CLI_GO_ON && a->n_rest > 2)
        code =
            cli_error(CLI_USAGE, "For example: nervo bench kernels 2.", "kernels does not understand '%s'", a->rest[2]);
    for (int i = 0; i < KERNEL_PIECES && (code == CLI_GO_ON || code == CLI_DONE); i++) {
        int64_t d[4];
        char *rest = NULL, *words = cli_copy(kernel_pieces[i].lengths, strlen(kernel_pieces[i].lengths));
        for (char *w = strtok_r(words, " ", &rest); w && (code == CLI_GO_ON || code == CLI_DONE);
             w = strtok_r(NULL, " ", &rest))
            if (bench_lengths(w, d, 4))
                code = kernel_measure(a, &kernel_pieces[i], w, d, false, threads);
    }
    return code;
}

static int kernel_words(const cli_args *a, const kernel_piece *k, int64_t *d, bool *both, int *threads)
{
    int at = 2;
    *both = false;
    if (a->n_rest < 2 || bench_lengths(a->rest[1], d, 4) != k->axes)
        return cli_error(
            CLI_USAGE,
            cli_format("For example: nervo bench %s %s.", k->name, cli_copy(k->lengths, strcspn(k->lengths, " "))),
            "%s wants %d length%s", k->name, k->axes, k->axes == 1 ? "" : "s");
    if (at < a->n_rest && strcmp(a->rest[at], "both") == 0) {
        *both = true;
        at++;
    }
    int code = bench_threads(a, at < a->n_rest ? a->rest[at++] : NULL, threads);
    if (code == CLI_GO_ON && at < a->n_rest)
        return cli_error(CLI_USAGE, "After the lengths: both, and a number of threads.",
                         "bench does not understand '%s'", a->rest[at]);
    return code;
}

int bench_kernel(const cli_args *a, const char *name, bool *known)
{
    int64_t d[4];
    bool both;
    int threads;
    *known = false;
    for (int i = 0; i < KERNEL_PIECES; i++) {
        const kernel_piece *k = &kernel_pieces[i];
        if (strcmp(k->name, name) != 0)
            continue;
        *known = true;
        int code = kernel_words(a, k, d, &both, &threads);
        return code == CLI_GO_ON ? kernel_measure(a, k, a->rest[1], d, both, threads) : code;
    }
    return CLI_GO_ON;
}
