/* bench.c - `nervo bench`: what a compiled step costs in time and memory; the table of what else there is to measure.

   Promises: medians over rounds, each long enough for the clock; random data, so nothing has to be installed. Does not
   do: compare with other programs, or with what the processor could do, which bench/bench.py does; check a step, which
   bench_models does. */
#include "bench.h"
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
    { .name = "runs",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 0,
      .hi = 1e9,
      .fallback = "0",
      .help = "so many runs instead, of which none is timed: for tools that count" },
    { .name = "threads",
      .letter = 't',
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1024,
      .fallback = "1",
      .env = "NERVO_NUM_THREADS",
      .help = "worker threads" },
    { .name = "check", .kind = CLI_FLAG, .fallback = "1", .help = "no check of the result against the reference" },
    CLI_ISA_OPTION,
    CLI_JSON_OPTION,
    { 0 }
};

static int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bench_times bench_sort(double *round, int n, int64_t each)
{
    qsort(round, (size_t)n, sizeof *round, bench_compare);
    return (bench_times){ .median = round[n / 2], .least = round[0], .most = round[n - 1], .each = each };
}

float bench_random(int64_t i, uint32_t key)
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

static bool bench_loads(const cli_args *a)
{
    return a->n_rest && strcmp(a->rest[0], "loader") == 0;
}

/* the network's file: `step FILE.net` is `step --model FILE.net` */
static const char *bench_file(const cli_args *a)
{
    return a->n_rest > 1 && !bench_loads(a) ? a->rest[1] : cli_text(a, "model");
}

static int bench_net(const cli_args *a, cli_net *net)
{
    const char *input = cli_text(a, "input"), *file = bench_file(a),
               *text = "input 2 | dense 16 tanh | dense 16 tanh | dense 1";
    if (bench_loads(a))
        text = "input 1x28x28 | flatten | dense 512 relu | dense 512 relu | dense 10";
    int code = CLI_GO_ON;
    *net = (cli_net){ .optim = cli_text(a, "optim"), .isa = cli_text(a, "isa") };
    if (cli_text(a, "net") || file)
        code = cli_net_text(cli_text(a, "net"), file, &text);
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

int bench_failed(const nrv_exec *e)
{
    return cli_error(CLI_FAILED, "Try something smaller: another network, or a smaller --batch.", "%s", nrv_why(e));
}

bench_length bench_length_of(const cli_args *a)
{
    return (bench_length){ .rounds = (int)cli_whole(a, "rounds"), .runs = cli_whole(a, "runs") };
}

int bench_time(bench_body *body, void *user, bench_length length, int calls, bench_times *times)
{
    int rounds = length.runs ? 0 : length.rounds;
    double *round = cli_get((size_t)length.rounds * sizeof *round);
    int64_t each = 1;
    int code = CLI_GO_ON;
    *times = (bench_times){ 0 };
    for (int64_t i = 0; i < length.runs && code == CLI_GO_ON; i++)
        code = body(user);
    if (length.runs)
        return code;
    code = body(user);
    for (int i = -1; i < rounds && code == CLI_GO_ON; i++) { /* round -1 finds out how many make 20 ms */
        double begun = cli_now(), took = 0;
        int64_t n = 0;
        for (; (i < 0 ? took < 0.02 : n < each) && code == CLI_GO_ON; n++) {
            code = body(user);
            took = i < 0 ? cli_now() - begun : 0;
        }
        took = cli_now() - begun;
        if (i < 0)
            each = n;
        else
            round[i] = took / (double)(n * calls);
    }
    *times = bench_sort(round, rounds, each);
    return code;
}

static int bench_run_exec(void *user)
{
    return nrv_run(user) == NRV_OK ? CLI_GO_ON : bench_failed(user);
}

int bench_rounds(nrv_exec *e, bench_length length, int calls, bench_times *times)
{
    return bench_time(bench_run_exec, e, length, calls, times);
}

/* ---- a step: its time, its memory ------------------------------------------------------------------------------- */
int bench_open(const cli_args *a, bench_subject *b)
{
    bool eval = cli_flag(a, "eval");
    *b = (bench_subject){ .batch = cli_whole(a, "batch"), .threads = (int)cli_whole(a, "threads") };
    b->batch = bench_loads(a) && !cli_given(a, "batch") ? 128 : b->batch;
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

void bench_close(bench_subject *b)
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
        code = bench_rounds(b.plan.exec, bench_length_of(a), 1, &times);
    if (code == CLI_GO_ON) {
        double per_s = (double)b.batch / times.median;
        char n[32];
        bench_say(a, b.what, b.threads, "us", 1e6, &times,
                  cli_format("%s, \"samples_per_s\": %.0f", b.more_json, per_s),
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

/* one step and nothing else: what `nervo bench start` starts */
static int bench_once(const cli_args *a)
{
    bench_subject b;
    int code = bench_open(a, &b);
    bench_close(&b);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

static int bench_run(cli_args *a)
{
    enum { MANY = 64 };
    static const struct {
        const char *name;
        int (*run)(const cli_args *a);
        int words; /* that it takes after its name; the rest is its own affair where it takes many */
    } all[] = { { "step", bench_step, 1 },      { "memory", bench_memory, 1 },     { "once", bench_once, 1 },
                { "gemm", bench_gemm, MANY },   { "conv", bench_conv, MANY },      { "kernels", bench_kernels, MANY },
                { "peak", bench_peak, MANY },   { "loader", bench_loader, MANY },  { "compile", bench_compile, MANY },
                { "relay", bench_relay, MANY }, { "overhead", bench_overhead, 0 }, { "idle", bench_idle, MANY },
                { "start", bench_start, 0 } };
    const char *what = a->n_rest ? a->rest[0] : "step";
    bool known = false;
    int code = CLI_GO_ON;
    for (size_t i = 0; i < sizeof all / sizeof *all && !known; i++) {
        known = strcmp(all[i].name, what) == 0;
        if (known && a->n_rest > 1 + all[i].words)
            return cli_error(CLI_USAGE, cli_format("Name one of: %s.", cli_bench.takes),
                             "bench does not understand '%s'", a->rest[1 + all[i].words]);
        if (known)
            code = all[i].run(a);
    }
    if (!known)
        code = bench_kernel(a, what, &known);
    if (!known)
        return cli_error(CLI_USAGE,
                         cli_format("There are: %s, and what 'nervo bench kernels list' names.", cli_bench.takes),
                         "there is no bench '%s'", what);
    return code == CLI_DONE ? cli_flush() : code;
}

const cli_command cli_bench = {
    .name = "bench",
    .usage = "nervo bench [step|memory|once] [FILE.net] [options]\n"
             "       nervo bench overhead|start [options]\n"
             "       nervo bench gemm M N K [THREADS] [nn|tn|nt|tt] [options]\n"
             "       nervo bench conv [forward|data|weights] BxCxHxW FILTERS KxK\n"
             "             [stride N] [pad N] [dilation N] [groups N] [THREADS] [options]\n"
             "       nervo bench peak [fma|read BYTES|write BYTES|copy BYTES] [THREADS] [options]\n"
             "       nervo bench kernels [list|THREADS] [options]\n"
             "       nervo bench KERNEL LENGTHS [both] [THREADS] [options]\n"
             "       nervo bench loader [bare] [options]\n"
             "       nervo bench compile [NODES] [options]\n"
             "       nervo bench relay [STEPS] [options]\n"
             "       nervo bench idle [THREADS] [options]",
    .line =
        "Measures a compiled training step on random data, in time or memory (once: takes one and leaves), a "
        "product of two matrices (M,K) and (K,N), a convolution or one of its gradients, what this machine can do at "
        "most, kernels by the names that 'nervo bench kernels list' prints (both: with their gradients), a training "
        "step that reads its batches from images in memory (bare: without reading), what a plan costs per kernel "
        "call, how fast one is compiled or laid out anew, what threads burn after work has ended, or how long it "
        "takes from a command to the first step. Results are checked before their times are told. './do bench' in "
        "nervo's sources compares with other libraries.",
    .options = bench_options,
    .takes = "step memory once gemm conv peak kernels loader overhead compile relay idle start",
    .examples =
        "  nervo bench step --batch 32\n"
        "  nervo bench step -m \"input 1x28x28 | conv 16 3x3 relu | pool 2 | flatten | dense 10\" --batch 64 -t 2\n"
        "  nervo bench gemm 512 512 512 2\n"
        "  nervo bench conv weights 64x3x32x32 32 3x3 stride 2 pad 1\n"
        "  nervo bench peak\n"
        "  nervo bench layer_norm 2048x128 both\n"
        "  nervo bench overhead\n"
        "  nervo bench start\n",
    .see = "nervo help show",
    .run = bench_run,
};
