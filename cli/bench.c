/* bench.c - `nervo bench`: what a compiled step costs, what each kernel call adds to it, how fast the command starts.

   Promises: medians over rounds, each long enough for the clock; random data, so nothing has to be installed.
   Does not do: single kernels. */
#include "net.h"
#include "../src/base/philox.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const cli_option bench_options[] = {
    { .group = "Network (step)",
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

static void bench_fill(const cli_net *net, cli_plan *p, int64_t batch)
{
    const uint32_t key[2] = { 1, 2 };
    uint32_t bits[4];
    for (int64_t i = 0; i < batch * net->width; i++) {
        nrv__philox((uint32_t[4]){ (uint32_t)i, 0, 0, 0 }, key, bits);
        p->x[i] = (float)bits[0] * 0x1p-31f - 1;
    }
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

static int bench_rounds(cli_plan *p, const cli_net *net, int64_t batch, int rounds, bench_times *times)
{
    double *round = cli_get((size_t)rounds * sizeof *round);
    int64_t each = 1;
    bench_fill(net, p, batch);
    int code = cli_plan_run(p, net, batch);
    for (int i = -1; code == CLI_GO_ON && i < rounds; i++) { /* round -1 finds out how many make 20 ms */
        double begun = cli_now(), took = 0;
        int64_t n = 0;
        for (; code == CLI_GO_ON && (i < 0 ? took < 0.02 : n < each); n++) {
            code = nrv_run(p->exec) == NRV_OK
                       ? CLI_GO_ON
                       : cli_error(CLI_FAILED, "Try another network or a smaller --batch.", "%s", nrv_why(p->exec));
            took = i < 0 ? cli_now() - begun : 0;
        }
        took = cli_now() - begun;
        if (i < 0)
            each = n;
        else
            round[i] = took / (double)n;
    }
    *times = bench_sort(round, rounds, each);
    return code;
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

static int bench_step(const cli_args *a)
{
    cli_net net;
    cli_plan p = { 0 };
    bench_times times;
    int64_t batch = cli_whole(a, "batch");
    int threads = (int)cli_whole(a, "threads"), code = bench_net(a, &net);
    if (code != CLI_GO_ON)
        return code;
    nrv_pool *pool = threads > 1 ? nrv_pool_new(threads) : NULL;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    code = cli_net_plan(&net, s, cli_flag(a, "eval") ? CLI_TRACE_EVAL : CLI_TRACE_TRAIN, pool, NULL, batch, &p);
    if (code == CLI_GO_ON)
        code = bench_rounds(&p, &net, batch, (int)cli_whole(a, "rounds"), &times);
    if (code == CLI_GO_ON) {
        double per_s = (double)batch / times.median;
        char n[32];
        bench_print(a, cli_flag(a, "eval") ? "eval" : "step", "us", 1e6, &times,
                    cli_format(", \"batch\": %" PRId64 ", \"threads\": %d, \"isa\": \"%s\", \"samples_per_s\": %.0f",
                               batch, threads, net.isa, per_s),
                    cli_format("  %s samples/s, batch %" PRId64 ", %d thread%s, %s", cli_count(per_s, n), batch,
                               threads, threads == 1 ? "" : "s", net.isa));
    }
    cli_plan_free(&p);
    nrv_store_free(s);
    nrv_pool_free(pool);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

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
    double *round = cli_get((size_t)rounds * sizeof *round);
    const float one = 1;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_plan *p = bench_chain(s, isa);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", &one, sizeof one);
    enum { EACH = 200 };
    for (int i = -1; code == CLI_GO_ON && i < rounds; i++) { /* round -1 warms up */
        double begun = cli_now();
        for (int k = 0; code == CLI_GO_ON && k < EACH; k++)
            if (nrv_run(e) != NRV_OK)
                code = cli_error(CLI_FAILED, "This should not happen; please report it.", "%s", nrv_why(e));
        if (i >= 0)
            round[i] = (cli_now() - begun) / ((double)EACH * (double)BENCH_CALLS);
    }
    bench_times t = bench_sort(round, rounds, EACH);
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
    const char *what = a->n_rest ? a->rest[0] : "step";
    int code;
    if (a->n_rest > 1)
        return cli_error(CLI_USAGE, "Name one of: step, overhead, start.", "bench does not understand '%s'",
                         a->rest[1]);
    if (strcmp(what, "step") == 0)
        code = bench_step(a);
    else if (strcmp(what, "overhead") == 0)
        code = bench_overhead(a);
    else if (strcmp(what, "start") == 0)
        code = bench_start(a);
    else
        code = cli_error(CLI_USAGE, "There are: step, overhead, start.", "there is no bench '%s'", what);
    return code == CLI_DONE ? cli_flush() : code;
}

const cli_command cli_bench = {
    .name = "bench",
    .usage = "nervo bench [step|overhead|start] [options]",
    .line = "Measures a compiled training step on random data, what a plan costs per kernel call, or how fast the "
            "command starts.",
    .options = bench_options,
    .takes = "step overhead start",
    .examples =
        "  nervo bench step --batch 32\n"
        "  nervo bench step -m \"input 1x28x28 | conv 16 3x3 relu | pool 2 | flatten | dense 10\" --batch 64 -t 2\n"
        "  nervo bench overhead\n"
        "  nervo bench start\n",
    .see = "nervo help show",
    .run = bench_run,
};
