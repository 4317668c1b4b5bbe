/* gpt - a small GPT that learns to write letter by letter, and writes with a cache of keys and values.

   After nanoGPT's character model (Karpathy 2022): 4 layers of 4 heads, 128 wide, windows of 64 letters, tied
   embeddings; positions turn queries and keys (RoFormer; Su et al. 2021). It learns from 90 % of
   PATH/text/tinyshakespeare.txt and is judged by the rest. Then it writes with a cache and without one, by the same
   random numbers: all must be the same.

   usage: gpt [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check]
   README.md beside this file explains options and exit codes. Leaves gpt.safetensors and gpt.pgm in DIR. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LAYERS = 4, HEADS = 4, C = 128, D = C / HEADS, CONTEXT = 64, BATCH = 12, ROWS = 6 };
enum { V = 128, ROW = V + 1, MOST = 1 << 21, ROUNDS = 26 }; /* letters of ASCII... of a text; batches judged by */
static const double WANTED = 1.90, SAME = 1e-5;
static int64_t total = 2000, all, n_learned; /* steps; letters there are; those to learn from */
static uint8_t text[MOST];
static nrv_dtype real = NRV_F32;

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/gpt", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *given = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !given || (k >= SEED && k < QUICK && strspn(given, "0123456789") != strlen(given))) {
            fprintf(stderr, "gpt: cannot use '%s'; the options stand at the top of examples/gpt.c\n", name);
            return 2;
        }
        value[k] = given;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return 0;
}

static const char *path_of(const char *file) /* in the folder --out, which is made */
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", value[OUT], file);
    for (char *at = path; (at = strchr(at + 1, '/')) != NULL; *at = '/') {
        *at = 0;
        mkdir(path, 0777); /* if it fails, so does the writing, which says why */
    }
    return path;
}

static int read_text(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/text/tinyshakespeare.txt", value[DATA]);
    FILE *f = fopen(path, "rb");
    if (!f || (all = (int64_t)fread(text, 1, MOST, f)) < 20 * ROUNDS * CONTEXT || fclose(f))
        return fprintf(stderr, "gpt: %s is not there or short\n", path), 1;
    n_learned = all * 9 / 10;
    return 0;
}

/* runs a graph from step i to stop; the output "out" of each goes to its place in out */
static nrv_status run(nrv_graph *g, nrv_store *s, nrv_pool *pool, void *out, size_t bytes, int64_t i, int64_t stop)
{
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    nrv_status st = NRV_OK;
    for (; i < stop && !st; i++) {
        nrv_bind_out(e, "out", (char *)out + (size_t)i * bytes, bytes);
        st = nrv_run(e);
        if (stop > 1 && bytes == sizeof(float) && (i + 1) % (total / 10) == 0)
            printf("step %4ld of %ld: loss %.3f\n", (long)i + 1, (long)total, (double)((float *)out)[i]);
    }
    if (st)
        fprintf(stderr, "gpt: %s\n", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return st;
}

/* ---- the model: T letters from position start on. look: where each head looks (B,HEADS,T,T), if wanted ---- */
static nrv_tensor attend(nrv_tensor x, nrv_dim T, nrv_tensor start, int cached, nrv_tensor *look)
{
    static const char *name[] = { "queries", "keys", "values" };
    nrv_graph *g = nrv_graph_of(x);
    nrv_tensor part[3], to = nrv_iota(g, NRV_I64, T), position = start ? nrv_add(to, start) : to;
    for (int i = 0; i < 3; i++) {
        part[i] = nrv_linear(x, name[i], C, NULL);
        part[i] = nrv_rearrange(part[i], "b t (h d) -> b h t d", 2, (const nrv_dim[]){ HEADS, D });
        part[i] = i < 2 ? nrv_rotary(part[i], position, 10000) : part[i];
        if (i > 0 && cached) {
            nrv_tensor old = nrv_local(g, name[i], real, NRV_SHAPE(ROWS, HEADS, CONTEXT, D), 0);
            nrv_assign(g, old, part[i] = nrv_write(old, 2, start, part[i]));
        }
    }
    nrv_attention_opt o = { .causal = 1, .offset = start };
    if (look) /* each letter is its own value */
        *look = nrv_attention(part[0], part[1], nrv_cast(nrv_equal(nrv_expand(position, 1, 1), position), real), &o);
    x = nrv_rearrange(nrv_attention(part[0], part[1], part[2], &o), "b h t d -> b t (h d)", 0, NULL);
    return nrv_linear(x, "proj", C, NULL);
}

static nrv_tensor gpt(nrv_tensor ids, nrv_dim T, nrv_tensor start, int cached, nrv_tensor *look) /* (B,T) -> (B,T,V) */
{
    nrv_graph *g = nrv_graph_of(ids);
    nrv_tensor table = nrv_param(g, "letters.weight", real, NRV_SHAPE(V, C), NRV_NORMAL(0.02));
    nrv_tensor x = nrv_gather(table, nrv_cast(ids, NRV_I32), 0);
    for (int i = 0; i < LAYERS; i++) {
        nrv_push_i(g, "layer", i);
        x = nrv_add(x, attend(nrv_layer_norm(x, "ln_1", NULL), T, start, cached, look ? look + i : NULL));
        nrv_tensor m = nrv_linear(nrv_layer_norm(x, "ln_2", NULL), "up", 4 * C, NULL);
        x = nrv_add(x, nrv_linear(nrv_gelu(m), "down", C, NULL));
        nrv_pop(g);
    }
    return nrv_matmul(nrv_layer_norm(x, "ln_f", NULL), nrv_transpose(table));
}

/* of B windows, which are drawn, or all in turn in the text that is not learnt from */
static nrv_tensor loss_of(nrv_graph *g, nrv_dim B, nrv_tensor turn)
{
    const int64_t begin = turn ? n_learned : 0, n = turn ? all - n_learned : n_learned;
    nrv_tensor whole = nrv_constant(g, NRV_U8, NRV_SHAPE(n), text + begin), at, ids;
    at = turn ? nrv_expand(nrv_iota(g, NRV_I64, B), 1, 1) : nrv_uniform(g, "start", NRV_F64, NRV_SHAPE(B, 1));
    at = turn ? nrv_add(nrv_mul_c(turn, (double)B), at) : at;
    at = nrv_cast(nrv_mul_c(at, (double)(turn ? CONTEXT : n - CONTEXT)), NRV_I64);
    ids = nrv_gather(whole, nrv_add(at, nrv_iota(g, NRV_I64, CONTEXT + 1)), 0);
    nrv_tensor y = gpt(nrv_slice(ids, 1, 0, CONTEXT), CONTEXT, NULL, 0, NULL);
    return nrv_cross_entropy(y, nrv_cast(nrv_slice(ids, 1, 1, CONTEXT), NRV_I32));
}

static nrv_status train(nrv_store *s, nrv_pool *pool)
{
    static float losses[2000];
    const int64_t *step = nrv_store_data(s, "adamw.step", NULL, NULL), stop = atol(value[STEPS]);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor loss = loss_of(g, BATCH, NULL), rate = nrv_cosine_rate(g, "adamw", 2e-3, total / 20, total);
    nrv_list p = nrv_params(g, "*"), grads = nrv_clip_norm(nrv_grads(loss, p), 1);
    nrv_assign_all(p, nrv_adamw(p, grads, &(nrv_adam_opt){ .beta2 = 0.99, .decay = 0.1, .rate = rate }));
    nrv_output(g, "out", loss);
    return run(g, s, pool, losses, sizeof *losses, step && *step > 0 ? *step : 0, stop < total ? stop : total);
}

/* ---- judging: all windows of the text that was not learnt from, in a loop of batches ---- */
static nrv_status validate(nrv_store *s, nrv_pool *pool, float *loss)
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .steps = value[QUICK] ? 1 : ROUNDS });
    nrv_tensor one = loss_of(g, (all - n_learned - 1) / CONTEXT / ROUNDS, nrv_turn(b));
    nrv_end(b);
    nrv_output(g, "out", nrv_mean_all(nrv_stacked(b, one)));
    return run(g, s, pool, loss, sizeof *loss, 0, 1);
}

/* where each head (across) of each layer (down) looks, in 64 letters of the rest: white means nowhere else */
static nrv_status picture(nrv_store *s)
{
    static uint8_t shade[LAYERS * CONTEXT][HEADS * CONTEXT];
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor look[LAYERS];
    gpt(nrv_constant(g, NRV_U8, NRV_SHAPE(1, CONTEXT), text + n_learned), CONTEXT, NULL, 0, look);
    nrv_tensor map = nrv_rearrange(nrv_concat(LAYERS, look, 0), "l h t k -> (l t) (h k)", 0, NULL);
    nrv_output(g, "out", nrv_cast(nrv_mul_c(nrv_sqrt(map), 255), NRV_U8));
    nrv_status st = run(g, s, NULL, shade, sizeof shade, 0, 1);
    FILE *f = fopen(path_of("gpt.pgm"), "wb");
    if (!f)
        return perror(path_of("gpt.pgm")), NRV_EIO;
    fprintf(f, "P5 %d %d 255\n", HEADS * CONTEXT, LAYERS * CONTEXT);
    fwrite(shade, sizeof shade, 1, f);
    return fclose(f) ? NRV_EIO : st;
}

/* ---- writing: a run adds a letter to each row; the exec keeps letters and cache. Gives by how much the two differ
 * ---- */
static double write_letters(nrv_store *s, nrv_pool *pool, int n)
{
    static double out[2][CONTEXT * ROWS * ROW], apart = 0, most = 1; /* logits and letters; the largest logit */
    for (int cached = 0; cached < 2; cached++) {
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor ids = nrv_local(g, "ids", NRV_I32, NRV_SHAPE(ROWS, CONTEXT), '\n');
        nrv_tensor at = nrv_local(g, "at", NRV_I64, NRV_SCALAR, 0), after = NRV_EXPR("at: at + 1", at);
        nrv_tensor last = nrv_read(cached ? ids : gpt(ids, CONTEXT, NULL, 0, NULL), 1, at, 1);
        nrv_tensor y = nrv_cast(cached ? gpt(last, 1, at, 1, NULL) : last, NRV_F64);
        nrv_tensor next = nrv_categorical(y, "pick"), both[2] = { y, nrv_cast(nrv_expand(next, 2, 1), NRV_F64) };
        nrv_assign(g, ids, nrv_write(ids, 1, after, next));
        nrv_assign(g, at, after);
        nrv_output(g, "out", nrv_concat(2, both, 2));
        if (run(g, s, pool, out[cached], sizeof(double) * ROWS * ROW, 0, n))
            return INFINITY;
    }
    for (int i = 0; i < n * ROWS * ROW; i++)
        apart = fmax(apart, fabs(out[0][i] - out[1][i])), most = fmax(most, i % ROW < V ? fabs(out[0][i]) : 0);
    for (int r = 0; r < ROWS; r++, putchar('\n'))
        for (int i = r; i < n * ROWS; i += ROWS)
            putchar(out[1][i * ROW + V] < ' ' ? '/' : (int)out[1][i * ROW + V]);
    return apart / most;
}

/* ---- --check: in doubles, the slope along a direction against the losses on both sides, and writing ---- */
static int check(nrv_store *s)
{
    static const char *moved[3] = { NULL, "p: p + 1e-6 * sin(100 * p + 1)", "p: p - 1e-6 * sin(100 * p + 1)" };
    double v[3];
    for (int i = 0; i < 3; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
        nrv_enter(g, &(nrv_scope){ .with = i ? NRV_MAP(moved[i], nrv_stored(g, "*")) : NULL });
        nrv_tensor l = loss_of(g, 2, NULL);
        nrv_pop(g);
        nrv_list p = nrv_params(g, "*");
        nrv_output(g, "out", i ? l : nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, nrv_grads(l, p)))));
        if (run(g, s, NULL, &v[i], sizeof v[i], 0, 1))
            return 1;
    }
    double side = (v[1] - v[2]) / 2e-6, apart = write_letters(s, NULL, 7);
    int agree = fabs(side - v[0]) <= 1e-5 * (fabs(side) + fabs(v[0])) && apart <= SAME;
    printf("gpt: slope %.9g, measured %.9g, cache %.1e: they %s\n", v[0], side, apart, agree ? "agree" : "differ");
    return agree ? 0 : 3;
}

int main(int argc, char **argv)
{
    float loss = 0;
    int status = options(argc, argv) ? 2 : read_text();
    if (status)
        return status;
    total = value[QUICK] ? 10 : total, real = value[CHECK] ? NRV_F64 : NRV_F32;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    nrv_pool *pool = nrv_pool_new(atoi(value[THREADS]));
    const char *file = path_of("gpt.safetensors");
    status = 1;
    if (value[CHECK])
        status = check(s);
    else if ((value[RESUME] && nrv_store_load(s, file, NULL)) || train(s, pool) || nrv_store_save(s, file, "*"))
        fprintf(stderr, "gpt: %s\n", nrv_store_why(s) ? nrv_store_why(s) : "no result");
    else if (!validate(s, pool, &loss) && !picture(s)) {
        const double apart = write_letters(s, pool, value[QUICK] ? 7 : CONTEXT - 1);
        status = (double)loss <= WANTED && apart <= SAME ? 0 : 3;
        printf("gpt: validation loss %.4f, logits with a cache within %.1e, wanted %.2f and %g: %s\n", (double)loss,
               apart, WANTED, SAME, status ? "fell short" : "reached");
    }
    nrv_pool_free(pool);
    nrv_store_free(s);
    return status;
}
