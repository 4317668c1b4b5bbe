/* bench_piece.c - a piece of a program, with inputs of its own: compiled, run, checked, timed and told as one row.

   Promises: what is timed is the plan that was checked, and FLOP and bytes are those that the plan counts. Elements are
   held against a sum in double (a product, a convolution) or against the reference kernels, and their bits are hashed.
   Does not do: know any op. */
#include "bench.h"
#include "../src/graph/graph.h"
#include "../src/ops/op.h"
#include "../src/run/cost.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void bench_open_piece(bench_piece *p, unsigned mode)
{
    p->store = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    p->g = nrv_graph_new(p->store, mode);
}

/* on cache lines, as values in a plan are: calloc's large blocks are 16 bytes off, and then every load of a wide vector
   touches two lines */
static void *piece_aligned(int64_t n, size_t size)
{
    if (n > INT64_MAX / 8 || (size_t)n > (size_t)(cli_memory_total() / size))
        return NULL;
    return aligned_alloc(NRV__ALIGN, ((size_t)n * size / NRV__ALIGN + 1) * NRV__ALIGN);
}

static void *piece_room(bench_piece *p, const char *name, nrv_shape shape, nrv_dtype type, int64_t *n)
{
    const size_t size = nrv__dtype_size(type);
    *n = 1;
    for (int i = 0; i < shape.rank; i++)
        if (!nrv__mul(*n, shape.dim[i], n))
            return NULL;
    void *data = piece_aligned(*n, size);
    p->in[p->n_in].name = name;
    p->in[p->n_in].data = data;
    p->in[p->n_in++].bytes = (size_t)*n * size;
    return data;
}

nrv_tensor bench_input(bench_piece *p, const char *name, nrv_shape shape)
{
    int64_t n;
    uint32_t key = (uint32_t)p->n_in + 1;
    float *to = piece_room(p, name, shape, NRV_F32, &n);
    for (int64_t i = 0; to && i < n; i++)
        to[i] = bench_random(i, key);
    return p->in[p->n_in - 1].tensor = nrv_input(p->g, name, NRV_F32, shape);
}

nrv_tensor bench_labels(bench_piece *p, const char *name, nrv_shape shape, int64_t classes)
{
    int64_t n;
    int32_t *to = piece_room(p, name, shape, NRV_I32, &n);
    for (int64_t i = 0; to && i < n; i++)
        to[i] = (int32_t)(i * 7919 % classes);
    return p->in[p->n_in - 1].tensor = nrv_input(p->g, name, NRV_I32, shape);
}

/* ---- against the reference kernels ------------------------------------------------------------------------------ */
/* As test/op holds plans: what the records of all traced ops state, in ulp of the largest value. */
static double piece_ulps(const nrv_graph *g)
{
    double ulps = 0;
    for (size_t i = 0; i < g->n_node; i++) {
        const nrv__opdef *op = g->node[i]->op;
        if (nrv__dtype_real(g->node[i]->type) && !(op->flags & (NRV_LEAF | NRV_VIEW)))
            ulps += op->ulp > 0 ? op->ulp : 2;
    }
    return ulps;
}

static int piece_same(const char *name, const float *have, const float *want, int64_t n, double ulps)
{
    double scale = 0;
    for (int64_t i = 0; i < n; i++)
        scale = isfinite(want[i]) && fabs((double)want[i]) > scale ? fabs((double)want[i]) : scale;
    double tolerance = scale > 0 ? ulps * ldexp(1, ilogb(scale) - 23) : 0;
    for (int64_t i = 0; i < n; i++)
        if (have[i] != want[i] && !(isnan(have[i]) && isnan(want[i])) &&
            !(fabs((double)have[i] - (double)want[i]) <= tolerance))
            return cli_error(CLI_FAILED, "Please report this, with 'nervo version --build-options'.",
                             "%s is wrong at element %" PRId64 ": %.9g, not %.9g", name, i, (double)have[i],
                             (double)want[i]);
    return CLI_GO_ON;
}

static void piece_bind(const bench_piece *p, nrv_exec *e)
{
    for (int i = 0; i < p->n_in; i++)
        nrv_bind_in(e, p->in[i].name, p->in[i].data, p->in[i].bytes);
}

static size_t piece_var_bytes(const nrv__plan_var *v)
{
    size_t bytes = nrv__dtype_size(v->type);
    for (int i = 0; i < v->rank; i++)
        bytes *= (size_t)v->dim[i];
    return bytes;
}

static int piece_failed(const char *why)
{
    return cli_error(CLI_FAILED, "Choose smaller lengths.", "%s", why);
}

/* every output, and all that a run assigns, by the same graph without any kernel; `before` is the store as it was */
static int piece_reference(const bench_piece *p, const nrv_plan *plan, nrv_exec *e, nrv_store *before, double ulps,
                           int64_t *checked)
{
    size_t bytes, other;
    int code = CLI_GO_ON;
    nrv_plan *ref = nrv_compile(p->g, &(nrv_compile_opt){ .cpu = "ref" });
    nrv_exec *r = nrv_exec_new(ref, before, NULL);
    piece_bind(p, r);
    if (nrv_run(r) != NRV_OK)
        code = piece_failed(nrv_why(r));
    for (size_t i = 0; i < plan->n_output && code == CLI_GO_ON; i++) {
        const char *name = plan->output[i].name;
        const float *have = nrv_value(e, name, &bytes), *want = nrv_value(r, name, &other);
        code = piece_same(name, have, want, (int64_t)(bytes / sizeof *have), ulps);
        *checked += (int64_t)(bytes / sizeof *have);
    }
    for (size_t i = 0; i < plan->n_var && code == CLI_GO_ON; i++) {
        const nrv__plan_var *v = &plan->var[i];
        if (v->value < 0 || v->type != NRV_F32)
            continue;
        int64_t n = (int64_t)(piece_var_bytes(v) / sizeof(float));
        code = piece_same(v->name, nrv_store_data(p->store, v->name, NULL, NULL),
                          nrv_store_data(before, v->name, NULL, NULL), n, ulps);
        *checked += n;
    }
    nrv_exec_free(r);
    nrv_plan_free(ref);
    return code;
}

static uint64_t piece_bits(const bench_piece *p, const nrv_plan *plan, nrv_exec *e)
{
    uint64_t bits = 1;
    size_t bytes;
    for (size_t i = 0; i < plan->n_output; i++) {
        const void *data = nrv_value(e, plan->output[i].name, &bytes);
        bits = nrv__hash(bits, data, bytes);
    }
    for (size_t i = 0; i < plan->n_var; i++)
        if (plan->var[i].value >= 0)
            bits = nrv__hash(bits, nrv_store_data(p->store, plan->var[i].name, NULL, NULL),
                             piece_var_bytes(&plan->var[i]));
    return bits;
}

static int piece_check(const cli_args *a, const bench_piece *p, const nrv_plan *plan, nrv_exec *e, bench_row *row)
{
    size_t bytes;
    int code = CLI_GO_ON;
    nrv_store *before = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    if (nrv_store_copy(before, p->store, "*") != NRV_OK)
        code = piece_failed(nrv_store_why(before));
    else if (nrv_run(e) != NRV_OK)
        code = piece_failed(nrv_why(e));
    if (code == CLI_GO_ON)
        row->bits = piece_bits(p, plan, e);
    if (code == CLI_GO_ON && cli_flag(a, "check"))
        code = p->check ? p->check(p, nrv_value(e, "y", &bytes), &row->checked)
                        : piece_reference(p, plan, e, before, piece_ulps(p->g), &row->checked);
    nrv_store_free(before);
    return code;
}

/* flop: of products and convolutions, where there are any; bytes: that must move once, whatever the steps are: what is
   bound, weights, outputs */
static int piece_cost(const bench_piece *p, const nrv_plan *plan, nrv_exec *e, bench_row *row)
{
    nrv__cost cost;
    nrv__why why = { 0 };
    const int64_t none = 0;
    size_t bytes;
    if (nrv__cost_of(plan, &none, &cost, &why) != NRV_OK)
        return piece_failed(why.text);
    row->flop = cost.work.macs ? 2 * (double)cost.work.macs : (double)cost.work.points;
    row->moved = (double)cost.work.bytes;
    for (int i = 0; i < p->n_in; i++)
        row->bytes += (double)p->in[i].bytes;
    for (size_t i = 0; i < plan->n_output; i++) {
        nrv_value(e, plan->output[i].name, &bytes);
        row->bytes += (double)bytes;
    }
    for (size_t i = 0; i < plan->n_var; i++)
        row->bytes += (plan->var[i].value < 0 ? 1 : 2) * (double)piece_var_bytes(&plan->var[i]);
    return CLI_GO_ON;
}

static int piece_measure(const cli_args *a, const bench_piece *p, const char *isa)
{
    bench_times t;
    bench_row row = { .name = p->name, .threads = p->threads, .isa = isa };
    nrv_plan *plan = nrv_compile(p->g, &(nrv_compile_opt){ .cpu = isa });
    int code = cli_net_graph_error(p->g);
    if (code != CLI_GO_ON)
        return code;
    nrv_pool *pool = p->threads > 1 ? nrv_pool_new(p->threads) : NULL;
    nrv_exec *e = nrv_exec_new(plan, p->store, &(nrv_exec_opt){ .pool = pool });
    piece_bind(p, e);
    code = piece_check(a, p, plan, e, &row);
    if (code == CLI_GO_ON)
        code = piece_cost(p, plan, e, &row);
    if (code == CLI_GO_ON)
        code = bench_rounds(e, bench_length_of(a), 1, &t);
    if (code == CLI_GO_ON)
        bench_tell(a, &row, &t);
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_pool_free(pool);
    return code;
}

int bench_run_piece(const cli_args *a, bench_piece *p)
{
    const char *isa = cli_text(a, "isa");
    int code = cli_net_isa(&isa);
    for (int i = 0; i < p->n_in && code == CLI_GO_ON; i++)
        if (!p->in[i].data)
            code = piece_failed("there is not enough memory for this");
    if (code == CLI_GO_ON)
        code = piece_measure(a, p, isa);
    for (int i = 0; i < p->n_in; i++)
        free(p->in[i].data);
    nrv_graph_free(p->g);
    nrv_store_free(p->store);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

/* ---- words and rows --------------------------------------------------------------------------------------------- */
int bench_lengths(const char *word, int64_t *to, int most)
{
    int n = 0;
    for (const char *at = word; n < most; at++) {
        char *end;
        if (*at < '0' || *at > '9')
            return 0;
        to[n] = (int64_t)strtoll(at, &end, 10);
        if (to[n++] < 1 || to[n - 1] > (int64_t)1 << 40)
            return 0;
        at = end;
        if (!*at)
            return n;
        if (*at != 'x')
            return 0;
    }
    return 0;
}

int bench_threads(const cli_args *a, const char *word, int *threads)
{
    int64_t n = cli_whole(a, "threads");
    if (word && (bench_lengths(word, &n, 1) != 1 || n > 1024))
        return cli_error(CLI_USAGE, "Threads go from 1 to 1024.", "bench does not understand '%s'", word);
    *threads = (int)n;
    return CLI_GO_ON;
}

static void piece_rate(const bench_row *r, const bench_times *t)
{
    if (r->flop > 0)
        printf("  %s%.1f GFLOP/s%s", cli_ink(stdout, CLI_BOLD), r->flop * 1e-9 / t->median, cli_ink(stdout, CLI_PLAIN));
    if (r->bytes > 0)
        printf("  %s%.1f GB/s%s", cli_ink(stdout, CLI_BOLD), r->bytes * 1e-9 / t->median, cli_ink(stdout, CLI_PLAIN));
    printf("  %s", r->isa);
    if (r->checked)
        printf(", %" PRId64 " elements checked", r->checked);
    printf("\n");
}

void bench_tell(const cli_args *a, const bench_row *r, const bench_times *t)
{
    if (cli_whole(a, "runs"))
        return;
    if (cli_flag(a, "json"))
        printf("{\"row\": \"%s t%d\", \"seconds\": %.6g, \"least\": %.6g, \"most\": %.6g, \"flop\": %.0f, \"bytes\": "
               "%.0f, \"moved\": %.0f, \"isa\": \"%s\", \"checked\": %s, \"elements\": %" PRId64
               ", \"bits\": \"%016" PRIx64 "\"}\n",
               r->name, r->threads, t->median, t->least, t->most, r->flop, r->bytes, r->moved, r->isa,
               r->checked ? "true" : "false", r->checked, r->bits);
    else {
        printf("%s t%d  %s%.4g us%s  (median; %.4g to %.4g)", r->name, r->threads, cli_ink(stdout, CLI_BOLD),
               t->median * 1e6, cli_ink(stdout, CLI_PLAIN), t->least * 1e6, t->most * 1e6);
        piece_rate(r, t);
    }
    fflush(stdout);
}
