/* main.c - bench_models: one training step of a model, timed in a process of its own.

   usage: bench_models MODEL [--threads N] [--eval] [--int8|--recompute] [--batch N] [--check] [--cpu TIER] [--plan]
   --eval: the forward pass of evaluation instead of a training step. --int8: with --eval, weights made bytes.
   --recompute: layers are computed again in backward; a model knows one of the two or none. --check: before that, in
   another process, the losses of three steps on a small batch must be those of the reference arithmetic (strict).
   --plan: prints the plan instead. One line of JSON on stdout: the row; the median and the least of the seconds of a
   step; floating-point operations of its products and convolutions and bytes of memory as the plan counts them; how
   much more memory the process has had in use than when it began; the bits of the first loss. Exit code: 0 all well, 1
   an error, 2 wrong usage, 3 the losses differ.

   Does not do: compare with anything, or look at what the losses become. */
#include "../peers/peer.h"
#include "models.h"
#include <inttypes.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUTS = 4, CHECKED = 3 };
static const double APART = 1e-4; /* of a loss: what order of summing may do */

typedef struct asked {
    const model *m;
    int threads, eval, int8, check, plan;
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
int model_int8, model_recompute;

nrv_tensor model_input(nrv_graph *g, const char *name, nrv_dtype type, nrv_shape shape, int kinds)
{
    uint32_t state = (uint32_t)n_feeds + 1;
    size_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= (size_t)shape.dim[i];
    feed *f = &feeds[n_feeds];
    if (n_feeds == INPUTS || !(f->data = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64)))
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
    int failed;
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

static void feeds_free(void)
{
    for (; n_feeds > 0; n_feeds--)
        free(feeds[n_feeds - 1].data);
}

/* the same with weights of a byte each, made of those that the model begins with */
static nrv_graph *traced_int8(const asked *a, nrv_store *s, int64_t batch)
{
    nrv_store *reals = nrv_store_new(&(nrv_store_opt){ .seed = 1 });
    model_int8 = 0;
    nrv_graph_free(traced(a, reals, batch));
    feeds_free();
    model_int8 = 1;
    nrv_graph *g = traced(a, s, batch);
    if (nrv_store_quantise(s, reals))
        fprintf(stderr, "bench_models: %s\n", nrv_store_why(s));
    nrv_store_free(reals);
    return g;
}

static void program_close(program *p)
{
    nrv_exec_free(p->exec);
    nrv_plan_free(p->plan);
    nrv_pool_free(p->pool);
    nrv_store_free(p->store);
    feeds_free();
}

static int program_open(program *p, const asked *a, int64_t batch, int strict)
{
    *p = (program){ .store = nrv_store_new(&(nrv_store_opt){ .seed = 1 }) };
    nrv_graph *g = a->int8 ? traced_int8(a, p->store, batch) : traced(a, p->store, batch);
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
    if (p->failed || !nrv_run(p->exec))
        return p->failed;
    fprintf(stderr, "bench_models: %s\n", nrv_why(p->exec));
    return p->failed = 1;
}

static void program_step(void *user)
{
    program_run(user);
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

/* ---- memory, work ---- */
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

static void print(void *user, const char *some, size_t n)
{
    fwrite(some, 1, n, user);
}

/* the number after the first line that begins with `line`, and after `word` in it */
static double counted(const char *text, const char *line, const char *word)
{
    const char *at = strstr(text, line);
    at = at ? strstr(at, word) : NULL;
    return at ? strtod(at + strlen(word), NULL) : 0;
}

static char *printed(const nrv_plan *p)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f) {
        nrv_plan_print(p, print, f);
        fclose(f);
    }
    return text;
}

static int measure(const asked *a, int checked)
{
    const double before = memory("VmRSS:");
    char of[32] = "";
    program p;
    int failed = program_open(&p, a, a->batch, 0) || program_run(&p);
    uint32_t bits;
    memcpy(&bits, &p.loss, sizeof bits); /* of the first step: how many follow depends on the clock */
    const peer_times t = failed ? (peer_times){ 0 } : peer_time(program_step, &p);
    const double most = memory("VmHWM:");
    char *text = printed(p.plan);
    if (a->batch != a->m->batch)
        snprintf(of, sizeof of, " b%" PRId64, a->batch);
    failed = failed || p.failed || !text;
    if (!failed)
        printf("{\"row\": \"%s %s%s%s t%d\", \"seconds\": %.9g, \"least\": %.9g, \"flop\": %.0f, \"bytes\": %.0f, "
               "\"rss\": %.0f, \"checked\": %s, \"bits\": \"%08" PRIx32 "\"}\n",
               a->eval ? "infer" : "step", a->m->name, of,
               a->int8           ? " int8"
               : model_recompute ? " recompute"
                                 : "",
               a->threads, t.median, t.least, 2 * counted(text, "\nwork", "work   "),
               counted(text, "memory", "memory ") + counted(text, "memory", "variables "), most - before,
               checked ? "true" : "false", bits);
    free(text);
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
            fprintf(stderr, "  %-12s %s, batch %" PRId64 "%s%s\n", m->name, m->doc, m->batch, m->also ? "; also " : "",
                    m->also ? m->also : "");
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
        else if (a->m->also && !strcmp(argv[i], a->m->also))
            *(strcmp(argv[i], "--int8") ? &model_recompute : &a->int8) = 1;
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
    return a->threads < 1 || a->batch < 1 || (a->int8 && !a->eval) ? usage() : 0;
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
