/* main.c - bench_models: one training step of a model, timed in a process of its own.

   usage: bench_models MODEL [--threads N] [--eval] [--batch N] [--check] [--cpu TIER] [--plan]
   --eval: the forward pass of evaluation instead of a training step. --check: before that, in another process, the
   losses of three steps on a small batch must be those of the reference arithmetic (strict). --plan: prints the plan
   instead. One line of JSON on stdout: the row; the median of the seconds of a step; floating-point operations of its
   products and convolutions and bytes of memory as the plan counts them; how much more memory the process has had in
   use than when it began. Exit code: 0 all well, 1 an error, 2 wrong usage, 3 the losses differ.

   Does not do: compare with anything, or look at what the losses become. */
#include "models.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { INPUTS = 4, SAMPLES = 9, WARM = 3, CHECKED = 3 };
static const double LONG_ENOUGH = 0.03, APART = 1e-4; /* seconds of a sample; of a loss, what order of summing may do */

typedef struct asked {
    const model *m;
    int threads, eval, check, plan;
    int64_t batch;
    const char *cpu;
} asked;

typedef struct feed {
    char name[8];
    void *data;
    size_t bytes;
} feed;
static feed feeds[INPUTS];
static int n_feeds;

nrv_tensor model_input(nrv_graph *g, const char *name, nrv_dtype type, nrv_shape shape, int kinds)
{
    uint32_t state = (uint32_t)n_feeds + 1;
    size_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= (size_t)shape.dim[i];
    feed *f = &feeds[n_feeds];
    if (n_feeds == INPUTS || !(f->data = malloc(n * sizeof(float))))
        return NULL;
    n_feeds++;
    snprintf(f->name, sizeof f->name, "%s", name);
    f->bytes = n * sizeof(float);
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        if (kinds)
            ((int32_t *)f->data)[i] = (int32_t)((state >> 8) % (uint32_t)kinds);
        else
            ((float *)f->data)[i] = (float)(state >> 8) * 0x1p-24f;
    }
    return nrv_input(g, name, type, shape);
}

/* ---- a program: traced, compiled, bound ---- */
typedef struct program {
    nrv_store *store;
    nrv_pool *pool;
    nrv_plan *plan;
    nrv_exec *exec;
    float loss;
} program;

static nrv_graph *traced(const asked *a, nrv_store *s, int64_t batch)
{
    nrv_graph *g = nrv_graph_new(s, a->eval ? NRV_EVAL : NRV_TRAIN);
    nrv_tensor output = NULL, loss = a->m->loss(g, batch, &output);
    if (a->eval) {
        nrv_output(g, "loss", nrv_mean_all(output));
        return g;
    }
    nrv_list p = nrv_params(g, "*"), d = nrv_grads(loss, p);
    nrv_output(g, "loss", loss);
    if (a->m->update)
        nrv_assign_all(p, a->m->update(p, d));
    for (int i = 0; !a->m->update && i < nrv_list_len(d); i++) {
        char name[16];
        snprintf(name, sizeof name, "d%d", i);
        nrv_output(g, name, nrv_list_at(d, i));
    }
    return g;
}

static void program_close(program *p)
{
    nrv_exec_free(p->exec);
    nrv_plan_free(p->plan);
    nrv_pool_free(p->pool);
    nrv_store_free(p->store);
    for (; n_feeds > 0; n_feeds--)
        free(feeds[n_feeds - 1].data);
}

static int program_open(program *p, const asked *a, int64_t batch, int strict)
{
    *p = (program){ .store = nrv_store_new(&(nrv_store_opt){ .seed = 1 }) };
    nrv_graph *g = traced(a, p->store, batch);
    p->plan = nrv_compile(g, &(nrv_compile_opt){ .cpu = a->cpu, .strict = strict });
    nrv_graph_free(g);
    p->pool = a->threads > 1 ? nrv_pool_new(a->threads) : NULL;
    p->exec = nrv_exec_new(p->plan, p->store, &(nrv_exec_opt){ .pool = p->pool });
    for (int i = 0; i < n_feeds; i++)
        if (!a->eval || strcmp(feeds[i].name, "y") != 0)
            nrv_bind_in(p->exec, feeds[i].name, feeds[i].data, feeds[i].bytes);
    nrv_bind_out(p->exec, "loss", &p->loss, sizeof p->loss);
    if (!nrv_prepare(p->exec))
        return 0;
    fprintf(stderr, "bench_models: %s: %s\n", a->m->name, nrv_why(p->exec));
    return 1;
}

static int program_run(program *p)
{
    if (!nrv_run(p->exec))
        return 0;
    fprintf(stderr, "bench_models: %s\n", nrv_why(p->exec));
    return 1;
}

/* ---- --check ---- */
static int check(const asked *a)
{
    double loss[2][CHECKED];
    for (int strict = 0; strict < 2; strict++) {
        program p;
        int failed = program_open(&p, a, a->m->small, strict);
        for (int i = 0; i < CHECKED && !failed; i++) {
            failed = program_run(&p);
            loss[strict][i] = (double)p.loss;
        }
        program_close(&p);
        if (failed)
            return 1;
    }
    for (int i = 0; i < CHECKED; i++)
        if (!(fabs(loss[0][i] - loss[1][i]) <= APART * fabs(loss[1][i]))) {
            fprintf(stderr, "bench_models: %s: loss %d is %.9g, by the reference %.9g\n", a->m->name, i, loss[0][i],
                    loss[1][i]);
            return 3;
        }
    return 0;
}

static int check_apart(const asked *a) /* so that its memory does not count */
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(check(a));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return fprintf(stderr, "bench_models: the check did not end\n"), 1;
    return WEXITSTATUS(status);
}

/* ---- time, memory, work ---- */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int timed(program *p, double *median)
{
    double took[SAMPLES];
    long each = 1;
    for (int i = 0; i < WARM; i++)
        if (program_run(p))
            return 1;
    for (int i = -1; i < SAMPLES; i++) { /* -1 finds out how many steps a sample has */
        double begun = now(), spent = 0;
        long n = 0;
        for (; i < 0 ? spent < LONG_ENOUGH : n < each; n++) {
            if (program_run(p))
                return 1;
            spent = i < 0 ? now() - begun : 0;
        }
        if (i < 0)
            each = n;
        else
            took[i] = (now() - begun) / (double)n;
    }
    qsort(took, SAMPLES, sizeof *took, by_size);
    *median = took[SAMPLES / 2];
    return 0;
}

/* a line of this process's status, in bytes; a child's begins anew where getrusage's goes on from its parent */
static double memory(const char *what)
{
    char line[128];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, what, strlen(what)))
            kib = strtod(line + strlen(what), NULL);
    if (f)
        fclose(f);
    return kib * 1024;
}

typedef struct text {
    char *at;
    size_t n;
} text;

static void gather(void *user, const char *some, size_t n)
{
    text *t = user;
    char *more = realloc(t->at, t->n + n + 1);
    if (!more)
        return;
    memcpy(more + t->n, some, n);
    more[t->n += n] = 0;
    t->at = more;
}

static void print(void *user, const char *some, size_t n)
{
    fwrite(some, 1, n, user);
}

/* the number after the first line that begins with `line`, and after `word` in it */
static double counted(const text *t, const char *line, const char *word)
{
    const char *at = t->at ? strstr(t->at, line) : NULL;
    at = at ? strstr(at, word) : NULL;
    return at ? strtod(at + strlen(word), NULL) : 0;
}

static int measure(const asked *a, int checked)
{
    const double before = memory("VmRSS:");
    double seconds = 0;
    char of[32] = "";
    program p;
    text t = { 0 };
    int failed = program_open(&p, a, a->batch, 0) || timed(&p, &seconds);
    const double most = memory("VmHWM:");
    nrv_plan_print(p.plan, gather, &t);
    if (a->batch != a->m->batch)
        snprintf(of, sizeof of, " b%" PRId64, a->batch);
    if (!failed)
        printf("{\"row\": \"%s %s%s t%d\", \"seconds\": %.9g, \"flop\": %.0f, \"bytes\": %.0f, \"rss\": %.0f, "
               "\"checked\": %s}\n",
               a->eval ? "infer" : "step", a->m->name, of, a->threads, seconds, 2 * counted(&t, "\nwork", "work   "),
               counted(&t, "memory", "memory ") + counted(&t, "memory", "variables "), most - before,
               checked ? "true" : "false");
    free(t.at);
    program_close(&p);
    return failed;
}

static int plan(const asked *a)
{
    program p;
    int failed = program_open(&p, a, a->batch, 0);
    nrv_plan_print(p.plan, print, stdout);
    program_close(&p);
    return failed;
}

/* ---- the command line ---- */
static const model *const all[] = { models_mlp, models_conv, models_text, models_graph };

static int usage(void)
{
    fprintf(stderr, "usage: bench_models MODEL [--threads N] [--eval] [--batch N] [--check] [--cpu TIER] [--plan]\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (const model *m = all[i]; m->name; m++)
            fprintf(stderr, "  %-12s %s, batch %" PRId64 "\n", m->name, m->doc, m->batch);
    return 2;
}

static int options(asked *a, int argc, char **argv)
{
    *a = (asked){ .threads = 1 };
    for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
        for (const model *m = all[i]; m->name; m++)
            a->m = strcmp(m->name, argv[1]) ? a->m : m;
    if (!a->m)
        return usage();
    a->batch = a->m->batch;
    for (int i = 2; i < argc; i++) {
        int last = i + 1 == argc;
        if (!strcmp(argv[i], "--eval"))
            a->eval = 1;
        else if (!strcmp(argv[i], "--check"))
            a->check = 1;
        else if (!strcmp(argv[i], "--plan"))
            a->plan = 1;
        else if (!strcmp(argv[i], "--threads") && !last)
            a->threads = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--batch") && !last)
            a->batch = atoll(argv[++i]);
        else if (!strcmp(argv[i], "--cpu") && !last)
            a->cpu = argv[++i];
        else
            return usage();
    }
    return a->threads < 1 || a->batch < 1 ? usage() : 0;
}

int main(int argc, char **argv)
{
    asked a;
    int status = options(&a, argc, argv);
    if (!status && a.check)
        status = check_apart(&a);
    if (status)
        return status;
    return a.plan ? plan(&a) : measure(&a, a.check);
}
