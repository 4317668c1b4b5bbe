/* bench.h - what the files of `nervo bench` share: how time is taken, and how a row is told.

   Promises: a median of at least three rounds of at least 20 ms each, after one run that nobody times; no row is told
   before its result was checked, unless --no-check asks for that. Does not do: compare; bench/bench.py does. */
#ifndef NERVO_CLI_BENCH_H
#define NERVO_CLI_BENCH_H
#include "net.h"

typedef struct bench_times {
    double median, least, most; /* seconds of one */
    int64_t each;               /* in a round */
} bench_times;

typedef struct bench_length { /* --rounds; or --runs, if that is not 0: then no time is taken */
    int rounds;
    int64_t runs;
} bench_length;
bench_length bench_length_of(const cli_args *a);

typedef int bench_body(void *user); /* CLI_GO_ON, or the exit code of what it said */
int bench_time(bench_body *body, void *user, bench_length length, int calls,
               bench_times *times); /* calls: in one body */
int bench_rounds(nrv_exec *e, bench_length length, int calls, bench_times *times);
bench_times bench_sort(double *round, int n, int64_t each);
float bench_random(int64_t i, uint32_t key); /* from -1 to 1 */

/* one line of the protocol that bench/README.md describes */
typedef struct bench_row {
    const char *name; /* "gemm 512x512x512 nn": " t2" is added */
    int threads;
    const char *isa;
    double flop, bytes; /* of one; bytes: that must move once */
    double moved;       /* bytes that the steps of the plan read and write */
    int64_t checked;    /* elements; 0: not checked */
    uint64_t bits;      /* a hash of the result; 0: it has none */
} bench_row;
void bench_tell(const cli_args *a, const bench_row *r, const bench_times *t);

/* the same for what has neither work nor result; more: at the end of either line */
void bench_say(const cli_args *a, const char *what, int threads, const char *unit, double scale, const bench_times *t,
               const char *more_json, const char *more);

/* A network, as --net and --batch say, compiled, bound to random data, run once. */
typedef struct bench_subject {
    cli_net net;
    cli_plan plan;
    nrv_store *store;
    nrv_pool *pool;
    int64_t batch;
    int threads;
    const char *what, *more_json, *more;
} bench_subject;
int bench_open(const cli_args *a, bench_subject *b);
void bench_close(bench_subject *b);
int bench_failed(const nrv_exec *e); /* says why */

/* A graph with inputs of its own, that is compiled, run, checked and told. */
enum { BENCH_INPUTS = 16, BENCH_NUMBERS = 24 };
typedef struct bench_piece bench_piece;
struct bench_piece {
    const char *name;
    nrv_store *store;
    nrv_graph *g;
    struct {
        const char *name;
        void *data;
        size_t bytes;
        nrv_tensor tensor;
    } in[BENCH_INPUTS];
    int n_in, threads;
    int64_t number[BENCH_NUMBERS]; /* its lengths, for the check */
    /* looks at some elements of output "y"; NULL: all outputs are held against the reference kernels */
    int (*check)(const bench_piece *p, const float *y, int64_t *checked);
};
void bench_open_piece(bench_piece *p, unsigned mode);
nrv_tensor bench_input(bench_piece *p, const char *name, nrv_shape shape);                   /* from -1 to 1 */
nrv_tensor bench_labels(bench_piece *p, const char *name, nrv_shape shape, int64_t classes); /* i32, below classes */
int bench_run_piece(const cli_args *a, bench_piece *p); /* and frees it; an exit code */

/* whole words: 512, or 64x3x32x32; how many there are, 0: it is neither */
int bench_lengths(const char *word, int64_t *to, int most);
int bench_threads(const cli_args *a, const char *word, int *threads); /* word NULL: --threads */

int bench_gemm(const cli_args *a);
int bench_conv(const cli_args *a);
int bench_kernels(const cli_args *a);
int bench_kernel(const cli_args *a, const char *name, bool *known); /* one of those, by its name */
int bench_peak(const cli_args *a);
int bench_overhead(const cli_args *a);
int bench_compile(const cli_args *a);
int bench_relay(const cli_args *a);
int bench_loader(const cli_args *a);
int bench_idle(const cli_args *a);
int bench_start(const cli_args *a);
#endif
