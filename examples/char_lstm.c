/* char_lstm - an LSTM reads plays letter by letter, guesses the next one, and writes some lines itself.

   Tinyshakespeare: trained on the first 90 %, judged by the mean -log p(next letter) over the last 10 %, in nats,
   beside n-grams (Witten-Bell). One layer (--layers N: N) of 256 cells (Hochreiter & Schmidhuber 1997); 32 readers
   share the text, each window of 64 letters goes on with the h and c that the one before left (truncated
   backpropagation through time), masks end the ragged last ones. Training keeps h and c in the store, where --resume
   finds them; judge and writer have theirs in their execs (nrv_local).

   usage: char_lstm [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--layers N] [--quick] [--resume]
   [--check]; README.md beside this file explains them. Leaves char_lstm.safetensors in DIR and, in char_lstm.svg, its
   own lines, blue where it was sure, red where not. Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH = 32, TURNS = 64, EMBED = 64, CELLS = 256, LETTERS = 1 << 21, WRITTEN = 1000 };
static const double WANTED = 1.72, GRAM4 = 1.774, GRAM5 = 1.669, DROPPED = 0.1, RATE = 4e-3, CLIP = 1, WARM = 0.8;
static long batch = BATCH, turns = TURNS, total = 1200, kinds, length, unseen; /* total: steps; unseen: last 10 % */

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, LAYERS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data",   "--out",   "--seed",   "--threads", "--steps",
                                "--layers", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/char_lstm", "1", "0", "1000000000", "1" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text))) {
            fprintf(stderr, "char_lstm: cannot use '%s'; the options stand at the top of examples/char_lstm.c\n", name);
            return 2;
        }
        value[k] = text;
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

/* ---- the text and windows of it ---- */
static unsigned char text[LETTERS], letter[256];         /* from 0 to kinds-1; letter[k]: what number k stands for */
static int32_t window[(TURNS + 1) * BATCH], ends[BATCH]; /* (T+1,B), (B) */
static float goes_on, loss;

static int read_text(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/text/tinyshakespeare.txt", value[DATA]);
    FILE *f = fopen(path, "rb");
    if (!f || (length = (long)fread(text, 1, value[QUICK] ? 20000 : LETTERS, f)) < 20000 || fclose(f))
        return fprintf(stderr, "char_lstm: no text of at least 20000 letters in %s\n", path), 1;
    for (long i = 0; i < length; i++) {
        unsigned char *at = memchr(letter, text[i], (size_t)kinds);
        text[i] = (unsigned char)(at ? at - letter : (letter[kinds] = text[i], kinds++));
    }
    unseen = length / 10 * 9;
    return 0;
}

/* The w-th window of readers who share text[from..to) end to end, over and over: how many letters to guess it has. */
static long fill(long from, long to, long w)
{
    long part = (to - from - 2 + batch) / batch, all = 0;
    goes_on = (w %= (part + turns - 1) / turns) > 0;
    for (int b = 0; b < batch; b++) {
        long at = from + b * part + w * turns, left = to - 1 - at < part - w * turns ? to - 1 - at : part - w * turns;
        all += ends[b] = (int32_t)(left < 0 ? 0 : left < turns ? left : turns);
        for (int t = 0; t <= turns; t++)
            window[t * batch + b] = t <= ends[b] && left > 0 ? text[at + t] : 0;
    }
    return all;
}

/* The loss of the window; and its logits (T,B,kinds). keep: h and c stand in the store, else in the exec */
static nrv_tensor loss_of(nrv_graph *g, nrv_dtype t, int keep, nrv_tensor *logits)
{
    nrv_tensor ids = nrv_input(g, "window", NRV_I32, NRV_SHAPE(turns + 1, batch));
    nrv_tensor mask = nrv_mask_of_lengths(nrv_input(g, "ends", NRV_I32, NRV_SHAPE(batch)), turns);
    nrv_tensor on = nrv_cast(nrv_input(g, "goes_on", NRV_F32, NRV_SCALAR), t);
    nrv_tensor x = nrv_param(g, "embed.weight", t, NRV_SHAPE(kinds, EMBED), NRV_NORMAL(1));
    x = nrv_gather(x, nrv_slice(ids, 0, 0, turns), 0);
    for (int i = 0; i < atoi(value[LAYERS]); i++) {
        nrv_push_i(g, "layer", i);
        nrv_tensor h0 = (keep ? nrv_state : nrv_local)(g, "h", t, NRV_SHAPE(batch, CELLS), 0);
        nrv_tensor c0 = (keep ? nrv_state : nrv_local)(g, "c", t, NRV_SHAPE(batch, CELLS), 0);
        nrv_block *l = nrv_scan(g, NULL);
        nrv_tensor h = nrv_carry(l, nrv_mul(h0, on)), c = nrv_carry(l, nrv_mul(c0, on)), h2, c2;
        nrv_lstm_cell(nrv_each(l, x), "lstm", h, c, &h2, &c2);
        nrv_tensor m = nrv_each(l, nrv_reshape(mask, NRV_SHAPE(turns, batch, 1)));
        nrv_next(l, h, h2 = nrv_select(m, h2, h)); /* past the end of its text a reader's state stands still */
        nrv_next(l, c, nrv_select(m, c2, c));
        nrv_end(l);
        nrv_assign(g, h0, nrv_last(l, h));
        nrv_assign(g, c0, nrv_last(l, c));
        x = nrv_dropout(nrv_stacked(l, h2), "drop", DROPPED);
        nrv_pop(g);
    }
    *logits = nrv_linear(x, "out", kinds, NULL);
    return nrv_cross_entropy_masked(*logits, nrv_slice(ids, 0, 1, turns), mask);
}

/* ---- one program at a time: compiled, bound to the window, run ---- */
static nrv_store *s;
static nrv_pool *pool;
static nrv_plan *plan;
static nrv_exec *e;

static void begin(nrv_graph *g, nrv_tensor y, void *out, size_t bytes)
{
    nrv_output(g, "out", y);
    plan = nrv_compile(g, NULL);
    nrv_graph_free(g);
    e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_in(e, "window", window, (size_t)((turns + 1) * batch) * sizeof *window);
    nrv_bind_in(e, "ends", ends, (size_t)batch * sizeof *ends);
    nrv_bind_in(e, "goes_on", &goes_on, sizeof goes_on);
    nrv_bind_out(e, "out", out, bytes);
}

static nrv_status end(nrv_status st)
{
    if (st && nrv_why(e))
        fprintf(stderr, "char_lstm: %s\n", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(plan);
    return st;
}

static nrv_status train(void)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor y, l = loss_of(g, NRV_F32, 1, &y), rate = nrv_cosine_rate(g, "adam", RATE, total / 50, total);
    nrv_list p = nrv_params(g, "*"), grads = nrv_clip_norm(nrv_grads(l, p), CLIP);
    nrv_assign_all(p, nrv_adam(p, grads, &(nrv_adam_opt){ .beta2 = 0.99, .rate = rate }));
    begin(g, l, &loss, sizeof loss);
    nrv_status st = nrv_prepare(e);
    const int64_t *done = nrv_store_data(s, "adam.step", NULL, NULL), stop = atol(value[STEPS]);
    while (!st && *done >= 0 && *done < total && *done < stop) {
        fill(0, unseen, *done);
        st = nrv_run(e);
        if (*done % (total / 10) == 0)
            printf("step %5ld of %ld: %.3f nats a letter\n", (long)*done, total, (double)loss);
    }
    return end(st);
}

static nrv_status judge(double *nats) /* every unseen letter but the first is guessed once */
{
    nrv_status st = NRV_OK;
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor y, l = loss_of(g, NRV_F32, 0, &y);
    begin(g, l, &loss, sizeof loss);
    for (long w = 0, n = 0, left = length - 1 - unseen; !st && left > 0; left -= n, w++) {
        n = fill(unseen, length, w);
        st = nrv_run(e);
        *nats += (double)loss * (double)n / (double)(length - 1 - unseen);
    }
    return end(st);
}

/* ---- writing: the same network at T = B = 1, each letter out of one run and into the next ---- */
static nrv_status write_some(void)
{
    nrv_status st = NRV_OK;
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    turns = batch = ends[0] = 1, goes_on = 1, window[0] = text[unseen - 1];
    nrv_tensor p, l = loss_of(g, NRV_F32, 0, &p);
    p = nrv_softmax(nrv_mul_c(nrv_reshape(p, NRV_SHAPE(kinds)), 1 / WARM), 0);
    nrv_output(g, "sure", nrv_gather(p, l = nrv_categorical(nrv_log(p), "pick"), 0));
    begin(g, l, window, sizeof *window);
    FILE *f = fopen(path_of("char_lstm.svg"), "w");
    if (!f)
        return perror(path_of("char_lstm.svg")), end(NRV_EIO);
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' width='840' height='900' font-family='monospace'>\n");
    for (int i = 0, x = 8, y = 20; i < WRITTEN && !(st = nrv_run(e)); i++) {
        int red = (int)(255 - 255 * *(const float *)nrv_value(e, "sure", NULL)), c = putchar(letter[window[0]]);
        if (c > ' ')
            fprintf(f, "<text x='%d' y='%d' fill='rgb(%d,0,%d)'>&#%d;</text>\n", x, y, red, 255 - red, c);
        x = c == '\n' ? y += 18, 8 : x + 8;
    }
    fprintf(f, "</svg>\n");
    return end(fclose(f) ? NRV_EIO : st);
}

/* ---- --check: in doubles, the slope along a direction against the losses on both sides ---- */
static int check(void)
{
    static const char *side[3] = { NULL, "p: p + 1e-7 * sin(100 * p + 1)", "p: p - 1e-7 * sin(100 * p + 1)" };
    double v[3];
    turns = 5, batch = 3, fill(0, 14, 0); /* the last reader's window has an end */
    for (int i = 0; i < 3; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
        nrv_enter(g, &(nrv_scope){ .with = i ? NRV_MAP(side[i], nrv_stored(g, "*")) : NULL });
        nrv_tensor y, l = loss_of(g, NRV_F64, 0, &y);
        nrv_pop(g);
        nrv_list p = nrv_params(g, "*");
        l = i ? l : nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, nrv_grads(l, p))));
        begin(g, l, &v[i], sizeof v[i]);
        if (end(nrv_run(e)))
            return 1;
    }
    double measured = (v[1] - v[2]) / 2e-7;
    int agree = fabs(measured - v[0]) <= 1e-4 * (fabs(measured) + fabs(v[0]));
    printf("char_lstm: the slope is %.9g, measured %.9g: %s\n", v[0], measured, agree ? "they agree" : "they differ");
    return agree ? 0 : 3;
}

int main(int argc, char **argv)
{
    double nats = 0;
    int status = options(argc, argv) ? 2 : read_text();
    if (status)
        return status;
    if (value[QUICK])
        total = 20, batch = 8, turns = 16;
    s = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    pool = nrv_pool_new(atoi(value[THREADS]));
    const char *file = path_of("char_lstm.safetensors");
    if (value[CHECK])
        status = check();
    else if ((value[RESUME] && nrv_store_load(s, file, NULL)) || train() || nrv_store_save(s, file, "*") ||
             judge(&nats) || write_some()) {
        fprintf(stderr, "char_lstm: %s\n", nrv_store_why(s) ? nrv_store_why(s) : "no result");
        status = 1;
    } else {
        status = nats <= WANTED ? 0 : 3;
        printf("\nchar_lstm: %.4f nats a letter (tinyshakespeare: 4-gram %.3f, 5-gram %.3f), wanted %g: %s\n", nats,
               GRAM4, GRAM5, WANTED, status ? "fell short" : "reached");
    }
    nrv_pool_free(pool);
    nrv_store_free(s);
    return status;
}
