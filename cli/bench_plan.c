/* bench_plan.c - what surrounds the work: how fast a graph is compiled, how fast a plan is laid out for other sizes,
   what each kernel call of it adds, what threads burn after work has ended, how long a start takes.

   Promises: only what is named is in the time: graphs are traced, and freed, outside of it.
   Does not do: any work worth speaking of. */
#include "bench.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void bench_say(const cli_args *a, const char *what, int threads, const char *unit, double scale, const bench_times *t,
               const char *more_json, const char *more)
{
    if (cli_whole(a, "runs"))
        return;
    if (cli_flag(a, "json"))
        printf("{\"row\": \"%s t%d\", \"seconds\": %.6g, \"least\": %.6g, \"most\": %.6g, \"each\": %" PRId64 "%s}\n",
               what, threads, t->median, t->least, t->most, t->each, more_json);
    else
        printf("%-8s %s%.4g %s%s  (median; %.4g to %.4g)%s\n", what, cli_ink(stdout, CLI_BOLD), t->median * scale, unit,
               cli_ink(stdout, CLI_PLAIN), t->least * scale, t->most * scale, more);
}

static int plan_number(const cli_args *a, int64_t fallback, int64_t most, int64_t *n)
{
    *n = fallback;
    if (a->n_rest > 2 || (a->n_rest == 2 && (bench_lengths(a->rest[1], n, 1) != 1 || *n > most)))
        return cli_error(CLI_USAGE, cli_format("One number, from 1 to %" PRId64 ".", most),
                         "bench %s does not understand '%s'", a->rest[0], a->rest[a->n_rest - 1]);
    return CLI_GO_ON;
}

/* ---- compiling -------------------------------------------------------------------------------------------------- */
/* about n nodes, no two alike: products and chains in turn, as networks have them */
static nrv_graph *plan_nodes(nrv_store *s, int64_t n)
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(8, 8)), y = x;
    for (int64_t i = 0; i < n / 5; i++) {
        nrv_tensor c = nrv_fill(g, NRV_F32, NRV_SCALAR, (double)i + 2);
        y = nrv_tanh(nrv_add(nrv_matmul(y, x), nrv_mul(y, c)));
    }
    nrv_output(g, "y", y);
    return g;
}

typedef struct plan_compiling {
    int64_t nodes;
    const char *isa;
    nrv_store *store;
} plan_compiling;

static int plan_compile(const plan_compiling *c, double *seconds)
{
    nrv_graph *g = plan_nodes(c->store, c->nodes);
    double begun = cli_now();
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = c->isa });
    *seconds += cli_now() - begun;
    int code = cli_net_graph_error(g);
    nrv_plan_free(p);
    nrv_graph_free(g);
    return code;
}

int bench_compile(const cli_args *a)
{
    plan_compiling c = { .isa = cli_text(a, "isa") };
    int64_t runs = cli_whole(a, "runs"), n = 0;
    int rounds = runs ? 1 : (int)cli_whole(a, "rounds"), code = cli_net_isa(&c.isa);
    double *round = cli_get((size_t)rounds * sizeof *round);
    if (code == CLI_GO_ON)
        code = plan_number(a, 10000, 1000000, &c.nodes);
    if (code != CLI_GO_ON)
        return code;
    c.store = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    for (int i = 0; i < rounds && code == CLI_GO_ON; i++) {
        for (n = 0; (runs ? n < runs : round[i] < 0.02) && code == CLI_GO_ON; n++)
            code = plan_compile(&c, &round[i]);
        round[i] /= (double)n;
    }
    nrv_store_free(c.store);
    if (code != CLI_GO_ON)
        return code;
    bench_times t = bench_sort(round, rounds, n);
    bench_say(a, cli_format("compile %" PRId64, c.nodes), 1, "ms", 1e3, &t, "",
              cli_format("  %.3g us per node", t.median * 1e6 / (double)c.nodes));
    return CLI_DONE;
}

/* ---- a plan of many small steps: for other sizes, and what a call of it costs -------------------------------------
 */
enum { PLAN_CALLS = 256 };

/* a chain of products (rows,1) (1,1): a kernel call each, with next to nothing inside */
static nrv_plan *plan_chain(nrv_store *s, const char *isa, int64_t calls, bool sized)
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(1, 1));
    nrv_tensor y = sized ? nrv_input(g, "y", NRV_F32, NRV_SHAPE(nrv_size(g, "n", 1, 64), 1)) : x;
    for (int64_t i = 0; i < calls; i++)
        y = nrv_matmul(y, x);
    nrv_output(g, "z", y);
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = isa });
    nrv_graph_free(g);
    return p;
}

int bench_overhead(const cli_args *a)
{
    const char *isa = cli_text(a, "isa");
    int code = cli_net_isa(&isa);
    const float one = 1;
    bench_times t;
    if (code != CLI_GO_ON)
        return code;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_plan *p = plan_chain(s, isa, PLAN_CALLS, false);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", &one, sizeof one);
    code = bench_rounds(e, bench_length_of(a), PLAN_CALLS, &t);
    if (code == CLI_GO_ON)
        bench_say(a, "overhead", 1, "ns", 1e9, &t, "", "  one kernel call of a plan, the 1x1 product in it included");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

typedef struct plan_laying {
    nrv_exec *e;
    int64_t turn;
} plan_laying;

static int plan_lay(void *user)
{
    static const float data[64];
    plan_laying *l = user;
    int64_t n = 32 + l->turn++ % 2;
    nrv_set_size(l->e, "n", n);
    nrv_bind_in(l->e, "x", data, sizeof *data);
    nrv_bind_in(l->e, "y", data, (size_t)n * sizeof *data);
    return nrv_prepare(l->e) == NRV_OK ? CLI_GO_ON : cli_error(CLI_FAILED, "Try fewer steps.", "%s", nrv_why(l->e));
}

int bench_relay(const cli_args *a)
{
    const char *isa = cli_text(a, "isa");
    int64_t steps;
    bench_times t;
    int code = cli_net_isa(&isa);
    if (code == CLI_GO_ON)
        code = plan_number(a, 1000, 100000, &steps);
    if (code != CLI_GO_ON)
        return code;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_plan *p = plan_chain(s, isa, steps, true);
    plan_laying l = { .e = nrv_exec_new(p, s, NULL) };
    code = bench_time(plan_lay, &l, bench_length_of(a), 1, &t);
    if (code == CLI_GO_ON)
        bench_say(a, cli_format("relay %" PRId64, steps), 1, "us", 1e6, &t, "",
                  "  a plan is laid out for another size");
    nrv_exec_free(l.e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

/* ---- after the work, before the work ------------------------------------------------------------------------------
 */
static double plan_cpu(void) /* seconds of all threads of this process */
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* what all threads together burn in 20 ms after the last product of a burst */
static int plan_rest(nrv_exec *e, int rounds, double *round)
{
    for (int i = 0; i < rounds; i++) {
        for (double begun = cli_now(); cli_now() - begun < 0.02;)
            if (nrv_run(e) != NRV_OK)
                return cli_error(CLI_FAILED, "Please report this.", "%s", nrv_why(e));
        double before = plan_cpu();
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
        round[i] = plan_cpu() - before;
    }
    return CLI_GO_ON;
}

int bench_idle(const cli_args *a)
{
    const char *isa = cli_text(a, "isa");
    int rounds = (int)cli_whole(a, "rounds"), threads = 1, code = cli_net_isa(&isa);
    double *round = cli_get((size_t)rounds * sizeof *round);
    static float x[2][256 * 256];
    if (code == CLI_GO_ON)
        code = bench_threads(a, a->n_rest > 1 ? a->rest[1] : NULL, &threads);
    if (code != CLI_GO_ON)
        return code;
    nrv_pool *pool = threads > 1 ? nrv_pool_new(threads) : NULL;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor y = nrv_input(g, "a", NRV_F32, NRV_SHAPE(256, 256));
    nrv_output(g, "y", nrv_matmul(y, nrv_input(g, "b", NRV_F32, NRV_SHAPE(256, 256))));
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = isa });
    nrv_exec *e = nrv_exec_new(p, s, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_in(e, "a", x[0], sizeof x[0]);
    nrv_bind_in(e, "b", x[1], sizeof x[1]);
    code = plan_rest(e, rounds, round);
    if (code == CLI_GO_ON) {
        bench_times t = bench_sort(round, rounds, 1);
        bench_say(a, "idle", threads, "ms", 1e3, &t, "", "  of all threads together, after work has ended");
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
    nrv_pool_free(pool);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

/* from fork to exit of a process that takes the first step of the tiny network */
int bench_start(const cli_args *a)
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
            execl(self, self, "bench", "once", (char *)NULL);
            _exit(127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return cli_error(CLI_FAILED, "Does 'nervo bench once' work?", "cannot start '%s'", self);
        round[i] = cli_now() - begun;
    }
    bench_times t = bench_sort(round, rounds, 1);
    bench_say(a, "start", 1, "ms", 1e3, &t, "", "  from a command to the end of the first step of a tiny network");
    return CLI_DONE;
}
