/* bench_loader.c - `nervo bench loader`: a training step that reads its batch from a data set first, as `nervo train`
   does.

   Promises: the data set is bytes in memory, as images are, in a new order every epoch, by the functions that training
   reads with. Does not do: read files, which happens once and before training. */
#include "bench.h"
#include <stdlib.h>
#include <string.h>

enum { LOADER_ROWS = 16384 };

typedef struct loader_job {
    bench_subject b;
    cli_data data;
    int64_t *order, at;
    uint64_t epoch;
    bool bare;
} loader_job;

static int loader_data(loader_job *l)
{
    cli_data *d = &l->data;
    *d = (cli_data){ .rows = LOADER_ROWS,
                     .first = LOADER_ROWS,
                     .width = l->b.net.width,
                     .bytes = true,
                     .classes = l->b.net.classes,
                     .values = l->b.net.values,
                     .segment = { cli_big((size_t)(LOADER_ROWS * l->b.net.width), 1) },
                     .label = cli_big(LOADER_ROWS, sizeof *d->label),
                     .value = cli_big((size_t)(LOADER_ROWS * l->b.net.values), sizeof *d->value) };
    l->order = cli_get(LOADER_ROWS * sizeof *l->order);
    if (!d->segment[0] || !d->label || !d->value || l->b.batch > LOADER_ROWS)
        return cli_error(CLI_FAILED, "Choose smaller samples, or a smaller --batch.", "16384 samples do not fit");
    for (int64_t i = 0; i < LOADER_ROWS; i++) {
        l->order[i] = i;
        d->label[i] = d->classes ? (int32_t)(i % d->classes) : 0;
    }
    for (int64_t i = 0; i < LOADER_ROWS * d->width; i++)
        ((unsigned char *)d->segment[0])[i] = (unsigned char)(i * 31 >> 3);
    return CLI_GO_ON;
}

static int loader_step(void *user)
{
    loader_job *l = user;
    cli_plan *p = &l->b.plan;
    if (!l->bare) {
        if (l->at + l->b.batch > LOADER_ROWS)
            l->at = 0;
        if (l->at == 0)
            cli_data_shuffle(l->order, LOADER_ROWS, 1, l->epoch++);
        cli_data_fill(&l->data, l->order + l->at, l->b.batch, p->x);
        cli_data_fill_answers(&l->data, l->order + l->at, l->b.batch, l->b.net.loss != CLI_CROSS_ENTROPY, p->t);
        l->at += l->b.batch;
    }
    return cli_plan_run(p, &l->b.net, l->b.batch);
}

int bench_loader(const cli_args *a)
{
    loader_job l = { .bare = a->n_rest == 2 && strcmp(a->rest[1], "bare") == 0 };
    bench_times t;
    if (a->n_rest > 2 || (a->n_rest == 2 && !l.bare))
        return cli_error(CLI_USAGE, "Only: bare.", "loader does not understand '%s'", a->rest[a->n_rest - 1]);
    int code = bench_open(a, &l.b);
    if (code == CLI_GO_ON)
        code = loader_data(&l);
    if (code == CLI_GO_ON)
        code = bench_time(loader_step, &l, bench_length_of(a), 1, &t);
    if (code == CLI_GO_ON)
        bench_say(a, l.bare ? "loader bare" : "loader", l.b.threads, "us", 1e6, &t, l.b.more_json,
                  cli_format("  a step, %s", l.b.more));
    cli_data_free(&l.data);
    bench_close(&l.b);
    return code == CLI_GO_ON ? CLI_DONE : code;
}
