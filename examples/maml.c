/* maml - weights from which two steps and five points are enough to learn a sine (Finn et al. 2017).

   Tasks are y = a sin(x - p), a in 0.1..5, p in 0..pi, x in -5..5. A 1-40-40-1 network takes two steps of gradient
   descent (rate 0.01) on five points of a task; MAML makes the error on other points of it small, through both steps,
   so by second derivatives. Beside it: first-order MAML, which takes the inner gradients for constants, and a network
   pre-trained on all tasks at once; both then take the same two steps. The inner loop is graph: a scan without a carry
   runs over the tasks of a batch, and the weights read as the moved ones (.with). All tasks are drawn in the plans.
   Wanted, on 600 tasks: at most a third of the pre-trained one's error, and not above first-order MAML's by more than
   its 95 % interval.

   usage: maml [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check]
   The options of every example; README.md beside this file explains them. Leaves maml.safetensors and maml.svg.
   Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOTS = 5, BATCH = 25, TESTS = 600, OTHERS = 95, INNER = 2 };
enum { MAML, FIRST, TOGETHER, WAYS };
enum { SLOPE, UP, DOWN, STEP, TEST, LOOK }; /* what a graph is for; the first three are --check's, in doubles */
static const char *WAY[WAYS] = { "maml", "first_order", "pretrained" };
static long total = 20000; /* steps of each */
static nrv_store *store;
static nrv_pool *pool;

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/maml", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text))) {
            fprintf(stderr, "maml: cannot use '%s'; its options stand at its top\n", name);
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

/* ---- a network, tasks, and the inner steps ---- */
static nrv_tensor model(int way, nrv_list fast, nrv_tensor x) /* fast: the weights; NULL: the stored ones */
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_enter(g, &(nrv_scope){ .name = WAY[way], .mode = NRV_SHARED, .with = fast });
    x = nrv_relu(nrv_linear(nrv_relu(nrv_linear(x, "0", 40, NULL)), "1", 40, NULL));
    x = nrv_linear(x, "2", 1, NULL);
    nrv_pop(g);
    return x;
}

static nrv_list adapted(int way, nrv_list from, nrv_tensor x, nrv_tensor y, int steps)
{
    nrv_graph *g = nrv_graph_of(x);
    char names[32];
    snprintf(names, sizeof names, "%s.*", WAY[way]);
    nrv_list fast = from;
    for (int i = 0; i < steps; i++) {
        nrv_tensor l = nrv_mse(model(way, fast, x), y), d[6];
        fast = fast ? fast : nrv_params(g, names);
        nrv_list grads = nrv_grads(l, fast);
        for (int k = 0; k < 6; k++)
            d[k] = way == FIRST ? nrv_stop(nrv_list_at(grads, k)) : nrv_list_at(grads, k);
        fast = NRV_MAP("p, d: p - 0.01 * d", fast, nrv_list_of(fast, d));
    }
    return fast;
}

/* the error at the last points of n tasks (n), after steps on the first five; *shown (n,points,3): x, y, guess */
static nrv_tensor after(nrv_graph *g, nrv_dtype t, int way, nrv_list from, int n, int others, int steps,
                        nrv_tensor *shown)
{
    nrv_push(g, n == BATCH ? "batch" : "test");
    nrv_tensor size = nrv_uniform(g, "size", t, NRV_SHAPE(n, 1, 1)), p = nrv_uniform(g, "phase", t, NRV_SHAPE(n, 1, 1));
    nrv_tensor x = nrv_add_c(nrv_mul_c(nrv_uniform(g, "x", t, NRV_SHAPE(n, SHOTS + others, 1)), 10), -5);
    nrv_tensor y = NRV_EXPR("x, s, p: (0.1 + 4.9 * s) * sin(x - 3.141592653589793 * p)", x, size, p);
    nrv_pop(g);
    nrv_block *task = nrv_scan(g, NULL); /* no carry: a map over tasks */
    nrv_tensor x1 = nrv_each(task, x), y1 = nrv_each(task, y);
    nrv_list fast = adapted(way, from, nrv_slice(x1, 0, 0, SHOTS), nrv_slice(y1, 0, 0, SHOTS), steps);
    nrv_tensor guess = model(way, fast, x1);
    nrv_tensor l = nrv_mse(nrv_slice(guess, 0, SHOTS, NRV_SAME), nrv_slice(y1, 0, SHOTS, NRV_SAME));
    nrv_end(task);
    *shown = nrv_concat(3, (const nrv_tensor[]){ x, y, nrv_stacked(task, guess) }, 2);
    return nrv_stacked(task, l);
}

/* builds a graph and runs it. Steps learn; tests give an error for each task after 0 or more inner steps */
static int work(int way, int what, int inner, long times, void *out, size_t bytes)
{
    static const char *side[6] = { NULL, "p: p + 1e-7 * sin(100 * p + 1)", "p: p - 1e-7 * sin(100 * p + 1)" };
    nrv_graph *g = nrv_graph_new(store, NRV_TRAIN);
    nrv_list at = side[what] ? NRV_MAP(side[what], nrv_stored(g, "*")) : NULL;
    nrv_tensor shown, l = after(g, what <= DOWN ? NRV_F64 : NRV_F32, way, at, what < TEST ? BATCH : TESTS,
                                what < TEST ? SHOTS : OTHERS, inner, &shown);
    l = what < TEST ? nrv_mean_all(l) : l;
    if (what == SLOPE || what == STEP) {
        nrv_list p = nrv_params(g, "*"), d = nrv_grads(l, p);
        nrv_tensor rate = nrv_cosine_rate(g, WAY[way], 2e-3, total / 50, total);
        if (what == STEP)
            nrv_assign_all(p, nrv_adam(p, d, &(nrv_adam_opt){ .rate = rate, .name = WAY[way] }));
        else
            l = nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, d)));
    }
    nrv_output(g, "out", what == LOOK ? shown : l);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, store, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_out(e, "out", out, bytes);
    nrv_status st = NRV_OK;
    while (!st && times-- > 0)
        if ((st = nrv_run(e)))
            fprintf(stderr, "maml: %s\n", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return st != NRV_OK;
}

static int check(int way)
{
    double v[3] = { 0 };
    for (int what = SLOPE; what <= DOWN; what++)
        if (work(way, what, INNER, 1, &v[what], sizeof v[what]))
            return 1;
    double measured = (v[UP] - v[DOWN]) / 2e-7;
    int agree = fabs(measured - v[SLOPE]) <= 1e-4 * (fabs(measured) + fabs(v[SLOPE]));
    printf("maml: slope %.9g, measured %.9g: %s\n", v[SLOPE], measured, agree ? "they agree" : "they differ");
    return agree ? 0 : 3;
}

/* ---- judging: 600 tasks after none and after two steps ---- */
static int judge(double (*error)[2], double *interval)
{
    static float each[TESTS];
    for (int way = 0; way < WAYS; way++)
        for (int moved = 0; moved < 2; moved++) {
            double mean = 0, square = 0, n = TESTS;
            if (work(way, TEST, moved * INNER, 1, each, sizeof each))
                return 1;
            for (int i = 0; i < TESTS; i++)
                mean += (double)each[i] / n, square += (double)each[i] * (double)each[i] / n;
            error[way][moved] = mean;
            interval[way] = 1.96 * sqrt(fmax(0, square - mean * mean) / n);
        }
    for (int way = 0; way < WAYS; way++)
        printf("%-12s error %.3f before, %.3f after %d steps on %d points, 95 %% interval +- %.3f\n", WAY[way],
               error[way][0], error[way][1], INNER, SHOTS, interval[way]);
    return 0;
}

static int picture(FILE *f) /* four tasks below each other; a column for each way */
{
    static const char *colour[3] = { "#c33", "#aaa", "#24a" }; /* given, true, guessed */
    static float at[TESTS][SHOTS + OTHERS][3];
    if (!f)
        return 1;
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-6 -6 36 48' width='900' style='background:white'>\n");
    for (int way = 0; way < WAYS; way++) {
        if (work(way, LOOK, INNER, 1, at, sizeof at))
            return 1;
        for (int task = 0; task < 4; task++)
            for (int i = 0; i < SHOTS + OTHERS; i++)
                for (int k = i < SHOTS ? 0 : 1; k < 3; k++)
                    fprintf(f, "<circle cx='%.3f' cy='%.3f' r='%g' fill='%s'/>\n", 12 * way + (double)at[task][i][0],
                            12 * task - (double)at[task][i][k ? k : 1], k ? 0.08 : 0.3, colour[k]);
    }
    return fprintf(f, "</svg>\n") < 0 || fclose(f);
}

static int learn(void) /* one way after the other; 0 reached, 3 fell short, 1 an error */
{
    int failed = value[RESUME] && nrv_store_load(store, path_of("maml.safetensors"), NULL);
    const char *noted = nrv_store_noted(store, "example.steps");
    long i = noted ? atol(noted) : 0, stop = atol(value[STEPS]);
    for (int way = 0; way < WAYS && !failed; way++) {
        float loss = 0;
        long end = (way + 1) * total < stop ? (way + 1) * total : stop;
        failed = end > i && work(way, STEP, way == TOGETHER ? 0 : INNER, end - i, &loss, sizeof loss);
        i = end > i ? end : i;
    }
    char text[24];
    double error[WAYS][2], interval[WAYS];
    snprintf(text, sizeof text, "%ld", i);
    failed = failed || nrv_store_note(store, "example.steps", text) ||
             nrv_store_save(store, path_of("maml.safetensors"), "*");
    if (failed || judge(error, interval) || picture(fopen(path_of("maml.svg"), "w")))
        return fprintf(stderr, "maml: %s\n", nrv_store_why(store) ? nrv_store_why(store) : "no result"), 1;
    double third = error[TOGETHER][1] / 3, most = error[FIRST][1] + interval[FIRST];
    int reached = error[MAML][1] <= third && error[MAML][1] <= most;
    printf("maml: error %.3f, wanted %.3f (pre-trained / 3) and %.3f (first order + interval): %s\n", error[MAML][1],
           third, most, reached ? "reached" : "fell short");
    return reached ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (options(argc, argv))
        return 2;
    total = value[QUICK] ? 4 : total;
    store = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    pool = nrv_pool_new(atoi(value[THREADS]));
    int status = value[CHECK] ? check(MAML) : learn();
    nrv_pool_free(pool);
    nrv_store_free(store);
    return status;
}
