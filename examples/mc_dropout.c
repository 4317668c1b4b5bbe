/* mc_dropout - dropout that stays on makes a network say how sure it is (Gal & Ghahramani 2016).

   One hidden layer of 50 rectifiers on two tables, concrete and yacht: published splits, dropout rates and precisions
   (tau). Of each of 20 splits 15 networks are trained, 3 without dropout to compare; a fifth of the training part
   chooses by likelihood. A prediction is the mean of 200 draws. Unlike the paper's code, Adam starts faster and cools
   down. Wanted: errors and log-likelihoods not worse than the published means by more than a standard error. README.md
   beside this file explains options and exit codes. Leaves mc_dropout.safetensors and mc_dropout.svg. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SPLITS = 20, TAUS = 3, GRID = 5 * TAUS, HIDDEN = 50, ROWS = 1100, WIDE = 9, PRIME = 1109 };
enum { SLOPE, UP, DOWN, TRAIN, LOOK }; /* what a graph is for; the first three are --check's, in doubles */
static const double RATE[] = { 0, 0.005, 0.01, 0.05, 0.1 };
static int epochs, draws, done, failed; /* done: steps; failed: an error has been told */
static nrv_store *store;
static nrv_pool *pool;
typedef struct {
    const char *name;
    int columns; /* the last one is to be predicted */
    double tau[TAUS], wanted[2], raw[ROWS * WIDE], tests[SPLITS * ROWS],
        sd; /* sd: of the last column, before scaling */
    int rows, train, valid, test, batches, batch;
    float at[ROWS * WIDE]; /* the rows of one split, scaled: training, validation, test */
} table;
static table tables[] = { { "concrete", 9, { 0.025, 0.05, 0.075 }, { 5.23 + 0.12, -3.04 - 0.02 }, .rows = 0 },
                          { "yacht", 7, { 0.25, 0.5, 0.75 }, { 1.11 + 0.09, -1.55 - 0.03 }, .rows = 0 } };

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/mc_dropout", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        for (k = 0; k < OPTIONS && strcmp(argv[i], option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text))) {
            fprintf(stderr, "mc_dropout: cannot use '%s'; see examples/README.md\n", argv[argv[i] ? i : i - 1]);
            return 2;
        }
        value[k] = text;
    }
    return 0;
}

static const char *path_of(const char *file) /* in the folder --out, which is made */
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", value[OUT], file);
    for (char *at = path + 1; *at; at++)
        if (*at == '/')
            *at = 0, mkdir(path, 0777), *at = '/'; /* if that fails, so does the writing, which says why */
    return path;
}

/* ---- data ---- */
static void load(table *t)
{
    for (int k = 0; k < 2; k++) {
        char path[4096];
        const char *file = k ? "test_splits.txt" : "data.txt";
        int n = 0, most = k ? SPLITS * ROWS : ROWS * t->columns;
        snprintf(path, sizeof path, "%s/uci-regression/%s/%s", value[DATA], t->name, file);
        FILE *f = fopen(path, "r");
        while (f && n < most && fscanf(f, "%lf", &(k ? t->tests : t->raw)[n]) == 1)
            n++;
        if (!f || fclose(f) || n < 600)
            failed = fprintf(stderr, "mc_dropout: %s: no table; --data names the folder of uci-regression/\n", path);
        *(k ? &t->test : &t->rows) = n / (k ? SPLITS : t->columns);
    }
    t->train = (t->rows - t->test) * 4 / 5;
    t->valid = t->rows - t->test - t->train;
    t->batches = t->train > 0 ? (t->train + 127) / 128 : 1;
    t->batch = t->train / t->batches;
}

static void split_rows(table *t, int split)
{
    int order[ROWS], n = 0, end = t->rows;
    for (int k = 0; k < t->rows; k++) { /* a prime beyond the rows: each comes once, and none beside its neighbour */
        int row = k * PRIME % t->rows, is_test = 0;
        for (int i = 0; i < t->test; i++)
            is_test |= t->tests[split * t->test + i] == row;
        order[is_test ? --end : n++] = row;
    }
    for (int c = 0; c < t->columns; c++) {
        double sum = 0, square = 0, *v = t->raw + c;
        for (int i = 0; i < t->train; i++)
            sum += v[order[i] * t->columns] / t->train, square += pow(v[order[i] * t->columns], 2) / t->train;
        t->sd = sqrt(fmax(1e-12, square - sum * sum));
        for (int i = 0; i < t->rows; i++)
            t->at[i * t->columns + c] = (float)((v[order[i] * t->columns] - sum) / t->sd);
    }
    failed |= n != t->train + t->valid && fprintf(stderr, "mc_dropout: %s: split %d does not fit\n", t->name, split);
}

/* ---- one network: its loss; to LOOK, of each row: what the mean of the draws misses by, their spread, likelihood */
static nrv_tensor judged(nrv_tensor miss, double tau) /* (draws,n,1) -> (n,3) */
{
    nrv_tensor mean = nrv_mean(miss, 0, 0), square = nrv_square(miss), fit = nrv_mul_c(square, -tau / 2);
    nrv_tensor top = nrv_max_of(fit, 0, 0), sum = nrv_log(nrv_mean(nrv_exp(nrv_sub(fit, top)), 0, 0));
    nrv_tensor likely = nrv_add_c(nrv_add(top, sum), 0.5 * log(tau / 6.283185307));
    nrv_tensor spread = NRV_EXPR("m, s: sqrt(max(s - m * m, 0))", mean, nrv_mean(square, 0, 0));
    return nrv_concat(3, (nrv_tensor[]){ mean, spread, likely }, 1);
}

static nrv_graph *trace(const table *t, int net, int what)
{
    double rate = RATE[net % GRID / TAUS], tau = t->tau[net % TAUS];
    nrv_graph *g = nrv_graph_new(store, NRV_TRAIN); /* also to LOOK: dropout stays on */
    int n = what == LOOK ? t->valid + t->test : t->batch, in = t->columns - 1;
    char name[64];
    snprintf(name, sizeof name, "%s.%d", t->name, net);
    nrv_tensor rows = nrv_input(g, "rows", NRV_F32, NRV_SHAPE(n, t->columns)), x;
    rows = nrv_expand(nrv_cast(rows, what < TRAIN ? NRV_F64 : NRV_F32), 0, what == LOOK ? draws : 1);
    const char *side = what == UP ? "p: p + 1e-7 * sin(100 * p + 1)" : "p: p - 1e-7 * sin(100 * p + 1)";
    nrv_list beside = what == UP || what == DOWN ? NRV_MAP(side, nrv_stored(g, "*")) : NULL;
    nrv_enter(g, &(nrv_scope){ .name = name, .with = beside });
    x = nrv_relu(nrv_linear(nrv_dropout(nrv_slice(rows, 2, 0, in), "a", rate), "0", HIDDEN, NULL));
    x = nrv_linear(nrv_dropout(x, "b", rate), "1", 1, NULL);
    nrv_pop(g);
    nrv_tensor miss = nrv_sub(x, nrv_slice(rows, 2, in, 1)), loss = nrv_mean_all(nrv_square(miss));
    nrv_list p = nrv_params(g, "*");
    nrv_tensor decay = nrv_sum_all(nrv_square(nrv_pack(nrv_params(g, "*.weight")))); /* a prior length scale of 0.01 */
    loss = nrv_add(loss, nrv_mul_c(decay, 1e-4 * (1 - rate) / (2 * t->train * tau)));
    if (what == SLOPE)
        loss = nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, nrv_grads(loss, p))));
    if (what == TRAIN) {
        nrv_tensor speed = nrv_cosine_rate(g, name, 2e-2, 0, epochs * t->batches);
        nrv_assign_all(p, nrv_adam(p, nrv_grads(loss, p), &(nrv_adam_opt){ .rate = speed, .name = name }));
    }
    nrv_output(g, "out", what == LOOK ? judged(nrv_mul_c(miss, t->sd), tau) : loss);
    return g;
}

/* runs what is traced for steps from..to, each with its batch or, to LOOK, with the rest; out gets the last output */
static void work(const table *t, int net, int what, int from, int to, void *out, size_t bytes)
{
    nrv_graph *g = trace(t, net, what);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, store, &(nrv_exec_opt){ .pool = pool });
    int n = what == LOOK ? t->valid + t->test : t->batch;
    nrv_bind_out(e, "out", out, bytes);
    for (int i = from; i < to && !failed; i++) {
        const float *rows = t->at + (what == LOOK ? t->train : i % t->batches * t->batch) * t->columns;
        nrv_bind_in(e, "rows", rows, (size_t)(n * t->columns) * sizeof *rows);
        failed = nrv_run(e) && fprintf(stderr, "mc_dropout: %s\n", nrv_why(e));
    }
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
}

static void train(table *t, int before) /* all networks, one after the other; before: steps of the other table */
{
    int steps = epochs * t->batches, last = atoi(value[STEPS]);
    while (done >= before && done < before + SPLITS * GRID * steps && done < last && !failed) {
        int net = (done - before) / steps, from = (done - before) % steps;
        int to = last - done < steps - from ? from + last - done : steps;
        float loss = 0;
        split_rows(t, net / GRID);
        work(t, net, TRAIN, from, to, &loss, sizeof loss);
        done += to - from;
        if ((net + 1) % (5 * GRID) == 0)
            printf("%s: %d of %d networks, loss of the last %.4f\n", t->name, net + 1, SPLITS * GRID, loss);
    }
}

/* mean error and log-likelihood in the test parts, validation choosing among from..to; picture: spread, miss */
static void judge(table *t, int from, int to, double *mean, FILE *svg)
{
    static float out[ROWS][3], kept[ROWS][3];
    for (int split = 0; split < SPLITS && !failed; split++) {
        double best[2][2] = { { HUGE_VAL, -HUGE_VAL }, { HUGE_VAL, -HUGE_VAL } };
        split_rows(t, split);
        for (int net = split * GRID + from; net < split * GRID + to; net++) {
            double now[2][2] = { { 0 } };
            work(t, net, LOOK, 0, 1, out, (size_t)(t->valid + t->test) * sizeof *out);
            for (int i = 0; i < t->valid + t->test; i++) {
                now[i >= t->valid][0] += out[i][0] * out[i][0] / (double)(i < t->valid ? t->valid : t->test);
                now[i >= t->valid][1] += out[i][2] / (double)(i < t->valid ? t->valid : t->test);
            }
            if (now[0][1] > best[0][1])
                memcpy(best, now, sizeof best), memcpy(kept, out, sizeof kept);
        }
        mean[0] += sqrt(best[1][0]) / (double)SPLITS;
        mean[1] += best[1][1] / (double)SPLITS;
    }
    for (int i = t->valid; from && i < t->valid + t->test; i++)
        fprintf(svg, "<circle cx='%.1f' cy='%.1f' r='3' fill='%s'/>\n", 600 * kept[i][1] / t->sd,
                380 - 300 * fabs(kept[i][0] / t->sd), t == tables ? "#24a" : "#c33");
    printf("%s, %s dropout: error %.3f, log-likelihood %.3f\n", t->name, from ? "with" : "without", mean[0], mean[1]);
}

static int check(table *t)
{
    double v[3] = { 0 };
    split_rows(t, 0);
    for (int what = SLOPE; what <= DOWN; what++)
        work(t, GRID - 1, what, 0, 1, &v[what], sizeof v[what]);
    double measured = (v[UP] - v[DOWN]) / 2e-7;
    int agree = fabs(measured - v[SLOPE]) <= 1e-4 * (fabs(measured) + fabs(v[SLOPE]));
    printf("mc_dropout: slope %.9g, measured %.9g: %s\n", v[SLOPE], measured, agree ? "they agree" : "they differ");
    return failed ? 1 : agree ? 0 : 3;
}

static int learn(FILE *svg) /* 0 reached, 3 fell short */
{
    double mean[4][2] = { { 0 } };
    int reached = 1;
    char steps[24], *file = "mc_dropout.safetensors";
    failed = value[RESUME] && nrv_store_load(store, path_of(file), NULL);
    done = value[RESUME] && nrv_store_noted(store, "steps") ? atoi(nrv_store_noted(store, "steps")) : 0;
    train(&tables[0], 0);
    train(&tables[1], SPLITS * GRID * epochs * tables[0].batches);
    snprintf(steps, sizeof steps, "%d", done);
    failed = failed || !svg || nrv_store_note(store, "steps", steps) || nrv_store_save(store, path_of(file), "*");
    if (failed)
        return fprintf(stderr, "mc_dropout: %s\n", nrv_store_why(store) ? nrv_store_why(store) : "no result"), 1;
    fprintf(svg, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 800 400' style='background:white'>\n");
    for (int i = 0; i < 4; i++) { /* without dropout, with */
        judge(&tables[i % 2], i < 2 ? 0 : TAUS, i < 2 ? TAUS : GRID, mean[i], svg);
        reached &= i < 2 || (mean[i][0] <= tables[i % 2].wanted[0] && mean[i][1] >= tables[i % 2].wanted[1]);
    }
    failed |= fprintf(svg, "</svg>\n") < 0 || fclose(svg);
    printf("mc_dropout: error, likelihood %.2f, %.2f and %.2f, %.2f, wanted 5.35, -3.06 and 1.20, -1.58: %s\n",
           mean[2][0], mean[2][1], mean[3][0], mean[3][1], reached && !failed ? "reached" : "fell short");
    return failed ? 1 : reached ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (options(argc, argv))
        return 2;
    epochs = value[QUICK] ? 1 : 400, draws = value[QUICK] ? 2 : 200;
    store = nrv_store_new(&(nrv_store_opt){ .seed = strtoul(value[SEED], NULL, 10) });
    pool = nrv_pool_new(atoi(value[THREADS]));
    load(&tables[0]);
    load(&tables[1]);
    int status = failed ? 1 : value[CHECK] ? check(&tables[0]) : learn(fopen(path_of("mc_dropout.svg"), "w"));
    nrv_pool_free(pool);
    nrv_store_free(store);
    return status;
}
