/* bench.c - `nervo bench`: what a compiled step costs in time and memory, how fast a product is, what each kernel call
   adds, how fast the command starts.

   Promises: medians over rounds, each long enough for the clock; random data, so nothing has to be installed; a product
   is checked before its speed is told. Does not do: compare with other programs, or with what the processor could do.
 */
#include "net.h"
#include "../src/base/philox.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const cli_option bench_options[] = {
    { .group = "Network (step, memory)",
      .letter = 'm',
      .name = "net",
      .arg = "TEXT",
      .kind = CLI_TEXT,
      .help = "the network as text; without it, the 2-16-16-1 network that shows the cost of a step itself" },
    { .name = "model", .arg = "FILE.net", .kind = CLI_TEXT, .help = "the network from a file" },
    { .letter = 'i',
      .name = "input",
      .arg = "SHAPE",
      .kind = CLI_TEXT,
      .help = "the shape of a sample, such as 1x28x28" },
    { .letter = 'b',
      .name = "batch",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1 << 24,
      .fallback = "32",
      .help = "samples in one step" },
    CLI_OPTIM_OPTION,
    { .name = "eval", .kind = CLI_FLAG, .help = "the evaluation instead of the training step" },
    { .group = "Running",
      .name = "rounds",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 3,
      .hi = 10000,
      .fallback = "15",
      .help = "rounds, of which the median is told" },
    { .name = "threads",
      .letter = 't',
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1024,
      .fallback = "1",
      .env = "NERVO_NUM_THREADS",
      .help = "worker threads" },
    CLI_ISA_OPTION,
    CLI_JSON_OPTION,
    { 0 }
};

typedef struct bench_times {
    double median, least, most; /* seconds of one */
    int64_t each;               /* in a round */
} bench_times;

static int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bench_times bench_sort(double *round, int n, int64_t each)
{
    qsort(round, (size_t)n, sizeof *round, bench_compare);
    return (bench_times){ .median = round[n / 2], .least = round[0], .most = round[n - 1], .each = each };
}

static float bench_random(int64_t i, uint32_t key) /* from -1 to 1 */
{
    uint32_t bits[4];
    nrv__philox((uint32_t[4]){ (uint32_t)i, (uint32_t)(i >> 32), 0, 0 }, (const uint32_t[2]){ key, 2 }, bits);
    return (float)bits[0] * 0x1p-31f - 1;
}

static void bench_fill(const cli_net *net, cli_plan *p, int64_t batch)
{
    for (int64_t i = 0; i < batch * net->width; i++)
        p->x[i] = bench_random(i, 1);
    for (int64_t i = 0; i < batch && net->loss == CLI_CROSS_ENTROPY; i++)
        ((int32_t *)p->t)[i] = (int32_t)(i % net->classes);
    for (int64_t i = 0; i < batch * net->values && net->loss != CLI_CROSS_ENTROPY; i++)
        ((float *)p->t)[i] = (float)(i % 2);
    p->rate = 1e-3f;
}

static int bench_net(const cli_args *a, cli_net *net)
{
    const char *input = cli_text(a, "input"), *text = "input 2 | dense 16 tanh | dense 16 tanh | dense 1";
    int code = CLI_GO_ON;
    *net = (cli_net){ .optim = cli_text(a, "optim"), .isa = cli_text(a, "isa") };
    if (cli_text(a, "net") || cli_text(a, "model"))
        code = cli_net_text(cli_text(a, "net"), cli_text(a, "model"), &text);
    if (code == CLI_GO_ON && input) {
        cli_card given = { .input = input, .text = text };
        code = cli_card_net(&given, net);
    }
    net->text = text;
    if (code == CLI_GO_ON)
        code = cli_net_input(net, NULL);
    cli_net look = *net;
    cli_layers l;
    if (code == CLI_GO_ON)
        code = cli_layers_of(&look, &l);
    net->loss = look.outputs > 1 ? CLI_CROSS_ENTROPY : CLI_MSE;
    net->classes = look.outputs > 1 ? look.outputs : 0;
    net->values = look.outputs;
    return code == CLI_GO_ON ? cli_net_isa(&net->isa) : code;
}

static int bench_failed(const nrv_exec *e)
{
    return cli_error(CLI_FAILED, "Try something smaller: another network, or a smaller --batch.", "%s", nrv_why(e));
}

/* runs an exec in rounds of at least 20 ms; calls: what one run counts for */
static int bench_rounds(nrv_exec *e, int rounds, int calls, bench_times *times)
{
    double *round = cli_get((size_t)rounds * sizeof *round);
    int64_t each = 1;
    if (nrv_run(e) != NRV_OK)
        return bench_failed(e);
    for (int i = -1; i < rounds; i++) { /* round -1 finds out how many make 20 ms */
        double begun = cli_now(), took = 0;
        int64_t n = 0;
        for (; i < 0 ? took < 0.02 : n < each; n++) {
            if (nrv_run(e) != NRV_OK)
                return bench_failed(e);
            took = i < 0 ? cli_now() - begun : 0;
        }
        took = cli_now() - begun;
        if (i < 0)
            each = n;
        else
            round[i] = took / (double)(n * calls);
    }
    *times = bench_sort(round, rounds, each);
    return CLI_GO_ON;
}

static void bench_print(const cli_args *a, const char *what, const char *unit, double scale, const bench_times *t,
                        const char *more_json, const char *more)
{
    if (cli_flag(a, "json"))
        printf(
            "{\"bench\": \"%s\", \"unit\": \"%s\", \"median\": %.6g, \"min\": %.6g, \"max\": %.6g, \"each\": %" PRId64
            "%s}\n",
            what, unit, t->median * scale, t->least * scale, t->most * scale, t->each, more_json);
    else
        printf("%-8s %s%.4g %s%s  (median; %.4g to %.4g)%s\n", what, cli_ink(stdout, CLI_BOLD), t->median * scale, unit,
               cli_ink(stdout, CLI_PLAIN), t->least * scale, t->most * scale, more);
}

/* ---- a step: its time, its memory ------------------------------------------------------------------------------- */
typedef struct bench_subject {
    cli_net net;
    cli_plan plan;
    nrv_store *store;
    nrv_pool *pool;
    int64_t batch;
    int threads;
    const char *what, *more_json, *more;
} bench_subject;

static int bench_open(const cli_args *a, bench_subject *b)
{
    bool eval = cli_flag(a, "eval");
    *b = (bench_subject){ .batch = cli_whole(a, "batch"), .threads = (int)cli_whole(a, "threads") };
    int code = bench_net(a, &b->net);
    if (code != CLI_GO_ON)
        return code;
    b->what = eval ? "eval" : "step";
    b->more_json =
        cli_format(", \"batch\": %" PRId64 ", \"threads\": %d, \"isa\": \"%s\"", b->batch, b->threads, b->net.isa);
    b->more =
        cli_format("batch %" PRId64 ", %d thread%s, %s", b->batch, b->threads, b->threads == 1 ? "" : "s", b->net.isa);
    b->pool = b->threads > 1 ? nrv_pool_new(b->threads) : NULL;
    b->store = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    code = cli_net_plan(&b->net, b->store, eval ? CLI_TRACE_EVAL : CLI_TRACE_TRAIN, b->pool, NULL, b->batch, &b->plan);
    if (code == CLI_GO_ON) {
        bench_fill(&b->net, &b->plan, b->batch);
        code = cli_plan_run(&b->plan, &b->net, b->batch);
    }
    return code;
}

static void bench_close(bench_subject *b)
{
    cli_plan_free(&b->plan);
    nrv_store_free(b->store);
    nrv_pool_free(b->pool);
}

static int bench_step(const cli_args *a)
{
    bench_subject b;
    bench_times times;
    int code = bench_open(a, &b);
    if (code == CLI_GO_ON)
        code = bench_rounds(b.plan.exec, (int)cli_whole(a, "rounds"), 1, &times);
    if (code == CLI_GO_ON) {
        double per_s = (double)b.batch / times.median;
        char n[32];
        bench_print(a, b.what, "us", 1e6, &times, cli_format("%s, \"samples_per_s\": %.0f", b.more_json, per_s),
                    cli_format("  %s samples/s, %s", cli_count(per_s, n), b.more));
    }
    bench_close(&b);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

/* the most memory that a process of its own had in use while it compiled and ran the step */
static int bench_memory(const cli_args *a)
{
    bench_subject b;
    struct rusage used;
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int code = bench_open(a, &b);
        _exit(code == CLI_GO_ON ? CLI_DONE : code);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return cli_error(CLI_FAILED, "Try a smaller network or a smaller --batch.", "the measured process did not end");
    if (WEXITSTATUS(status) != CLI_DONE)
        return WEXITSTATUS(status); /* it said why */
    getrusage(RUSAGE_CHILDREN, &used);
    double megabytes = (double)used.ru_maxrss * 1024e-6;
    if (cli_flag(a, "json"))
        printf("{\"bench\": \"memory\", \"unit\": \"MB\", \"peak\": %.3f, \"batch\": %" PRId64 "}\n", megabytes,
               cli_whole(a, "batch"));
    else
        printf("%-8s %s%.1f MB%s  peak of a whole process that runs the %s, batch %" PRId64 "\n", "memory",
               cli_ink(stdout, CLI_BOLD), megabytes, cli_ink(stdout, CLI_PLAIN), cli_flag(a, "eval") ? "eval" : "step",
               cli_whole(a, "batch"));
    return CLI_DONE;
}

/* ---- one product ------------------------------------------------------------------------------------------------ */
typedef struct bench_product {
    int64_t m, n, k;
    float *a, *b; /* (m,k), (k,n) */
} bench_product;

static int bench_sizes(const cli_args *a, bench_product *g, int *threads)
{
    int64_t size[4] = { 0, 0, 0, cli_whole(a, "threads") };
    if (a->n_rest < 4 || a->n_rest > 5)
        return cli_error(CLI_USAGE, "For example: nervo bench gemm 512 512 512.",
                         "gemm wants M N K, and perhaps a number of threads");
    for (int i = 1; i < a->n_rest; i++) {
        char *end;
        size[i - 1] = (int64_t)strtoll(a->rest[i], &end, 10);
        if (end == a->rest[i] || *end || size[i - 1] < 1 || size[i - 1] > (i == 4 ? 1024 : 1 << 20))
            return cli_error(CLI_USAGE, "Sizes go from 1 to 1048576, threads to 1024.", "gemm does not understand '%s'",
                             a->rest[i]);
    }
    *threads = (int)size[3];
    *g = (bench_product){ .m = size[0], .n = size[1], .k = size[2] };
    g->a = cli_big((size_t)(g->m * g->k), sizeof *g->a);
    g->b = cli_big((size_t)(g->k * g->n), sizeof *g->b);
    if (!g->a || !g->b)
        return cli_error(CLI_FAILED, "Choose smaller sizes.", "there is not enough memory for this product");
    for (int64_t i = 0; i < g->m * g->k; i++)
        g->a[i] = bench_random(i, 1);
    for (int64_t i = 0; i < g->k * g->n; i++)
        g->b[i] = bench_random(i, 2);
    return CLI_GO_ON;
}

static int64_t bench_common(int64_t a, int64_t b) /* the greatest common divisor */
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Elements spread over the whole of c (m,n), at most 65,536, against sums in double. The bound holds for any order of
   summing in float, and for none that leaves something out. */
static int bench_check(const bench_product *g, const float *c, int64_t *checked)
{
    int64_t all = g->m * g->n, stride = all / 65536 + 1;
    *checked = 0;
    while (bench_common(stride, g->n) != 1) /* or some columns would never be looked at */
        stride++;
    for (int64_t at = all - 1; at >= 0; at -= stride, ++*checked) {
        double sum = 0, size = 0;
        for (int64_t k = 0; k < g->k; k++) {
            double one = (double)g->a[at / g->n * g->k + k] * (double)g->b[k * g->n + at % g->n];
            sum += one;
            size += fabs(one);
        }
        if (!(fabs((double)c[at] - sum) <= (double)(g->k + 1) * 0x1p-24 * size))
            return cli_error(CLI_FAILED, "Please report this, with 'nervo version --build-options'.",
                             "the product is wrong at row %" PRId64 ", column %" PRId64 ": %.9g, not %.9g", at / g->n,
                             at % g->n, (double)c[at], sum);
    }
    return CLI_GO_ON;
}

static int bench_gemm_run(const cli_args *a, const bench_product *g, const char *isa, int threads, nrv_exec *e)
{
    bench_times t;
    size_t bytes;
    int64_t checked = 0;
    nrv_bind_in(e, "a", g->a, (size_t)(g->m * g->k) * sizeof *g->a);
    nrv_bind_in(e, "b", g->b, (size_t)(g->k * g->n) * sizeof *g->b);
    int code = bench_rounds(e, (int)cli_whole(a, "rounds"), 1, &t);
    if (code == CLI_GO_ON)
        code = bench_check(g, nrv_value(e, "c", &bytes), &checked);
    if (code != CLI_GO_ON)
        return code;
    double work = 2e-9 * (double)g->m * (double)g->n * (double)g->k;
    bench_print(a, "gemm", "us", 1e6, &t,
                cli_format(", \"m\": %" PRId64 ", \"n\": %" PRId64 ", \"k\": %" PRId64
                           ", \"threads\": %d, \"isa\": \"%s\", \"gflops\": %.2f, \"checked\": %" PRId64,
                           g->m, g->n, g->k, threads, isa, work / t.median, checked),
                cli_format("  %s%.1f GFLOP/s%s, %d thread%s, %s, %" PRId64 " elements checked",
                           cli_ink(stdout, CLI_BOLD), work / t.median, cli_ink(stdout, CLI_PLAIN), threads,
                           threads == 1 ? "" : "s", isa, checked));
    return CLI_DONE;
}

static int bench_gemm(const cli_args *a)
{
    const char *isa = cli_text(a, "isa");
    bench_product g = { 0 };
    int threads = 1, code = cli_net_isa(&isa);
    if (code == CLI_GO_ON)
        code = bench_sizes(a, &g, &threads);
    if (code == CLI_GO_ON) {
        nrv_pool *pool = threads > 1 ? nrv_pool_new(threads) : NULL;
        nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
        nrv_graph *graph = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_input(graph, "a", NRV_F32, NRV_SHAPE(g.m, g.k));
        nrv_output(graph, "c", nrv_matmul(x, nrv_input(graph, "b", NRV_F32, NRV_SHAPE(g.k, g.n))));
        nrv_plan *p = nrv_compile(graph, &(nrv_compile_opt){ .cpu = isa });
        code = cli_net_graph_error(graph);
        nrv_exec *e = nrv_exec_new(p, s, &(nrv_exec_opt){ .pool = pool });
        if (code == CLI_GO_ON)
            code = bench_gemm_run(a, &g, isa, threads, e);
        nrv_exec_free(e);
        nrv_plan_free(p);
        nrv_graph_free(graph);
        nrv_store_free(s);
        nrv_pool_free(pool);
    }
    cli_big_free(g.a);
    cli_big_free(g.b);
    return code;
}

/* ---- what a call costs, and a start ----------------------------------------------------------------------------- */
enum { BENCH_CALLS = 256 };

/* a chain of 1x1 products: a plan of BENCH_CALLS kernel calls with next to nothing inside */
static nrv_plan *bench_chain(nrv_store *s, const char *isa)
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(1, 1)), y = x;
    for (int i = 0; i < BENCH_CALLS; i++)
        y = nrv_matmul(y, x);
    nrv_output(g, "y", y);
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = isa });
    nrv_graph_free(g);
    return p;
}

static int bench_overhead(const cli_args *a)
{
    const char *isa = cli_text(a, "isa");
    int rounds = (int)cli_whole(a, "rounds"), code = cli_net_isa(&isa);
    if (code != CLI_GO_ON)
        return code;
    const float one = 1;
    bench_times t;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_plan *p = bench_chain(s, isa);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", &one, sizeof one);
    code = bench_rounds(e, rounds, BENCH_CALLS, &t);
    if (code == CLI_GO_ON)
        bench_print(a, "overhead", "ns", 1e9, &t, "", "  one kernel call of a plan, the 1x1 product in it included");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

/* how long `nervo version` takes, from fork to exit */
static int bench_start(const cli_args *a)
{
    int rounds = (int)cli_whole(a, "rounds");
    double *round = cli_get((size_t)rounds * sizeof *round);
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 1)
        return cli_error(CLI_FAILED, "This bench needs /proc.", "cannot find the path of this program");
    self[n] = 0;
    fflush(stdout);
    for (int i = 0; i < rounds; i++) {
        double begun = cli_now();
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            if (freopen("/dev/null", "w", stdout))
                execl(self, self, "version", (char *)NULL);
            _exit(127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return cli_error(CLI_FAILED, "Does 'nervo version' work?", "cannot start '%s'", self);
        round[i] = cli_now() - begun;
    }
    bench_times t = bench_sort(round, rounds, 1);
    bench_print(a, "start", "ms", 1e3, &t, "", "  nervo version, from fork to exit");
    return CLI_DONE;
}

static int bench_run(cli_args *a)
{
    static const struct {
        const char *name;
        int (*run)(const cli_args *a);
    } all[] = { { "step", bench_step },
                { "memory", bench_memory },
                { "gemm", bench_gemm },
                { "overhead", bench_overhead },
                { "start", bench_start } };
    const char *what = a->n_rest ? a->rest[0] : "step";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].name, what) != 0)
            continue;
        if (a->n_rest > 1 && all[i].run != bench_gemm)
            return cli_error(CLI_USAGE, cli_format("Name one of: %s.", cli_bench.takes),
                             "bench does not understand '%s'", a->rest[1]);
        int code = all[i].run(a);
        return code == CLI_DONE ? cli_flush() : code;
    }
    return cli_error(CLI_USAGE, cli_format("There are: %s.", cli_bench.takes), "there is no bench '%s'", what);
}

const cli_command cli_bench = {
    .name = "bench",
    .usage = "nervo bench [step|memory|overhead|start] [options]\n       nervo bench gemm M N K [THREADS] [options]",
    .line = "Measures a compiled training step on random data, in time or memory, a product of two matrices (M,K) and "
            "(K,N), what a plan costs per kernel call, or how fast the command starts.",
    .options = bench_options,
    .takes = "step memory gemm overhead start",
    .examples =
        "  nervo bench step --batch 32\n"
        "  nervo bench step -m \"input 1x28x28 | conv 16 3x3 relu | pool 2 | flatten | dense 10\" --batch 64 -t 2\n"
        "  nervo bench gemm 512 512 512 2\n"
        "  nervo bench overhead\n"
        "  nervo bench start\n",
    .see = "nervo help show",
    .run = bench_run,
};
