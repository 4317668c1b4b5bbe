/* model.c - opens a model file and the data it is asked about, scaled and split as training did. */
#include "model.h"
#include <string.h>

static int model_part(cli_model *m, const cli_args *a)
{
    const char *split = cli_text(a, "split");
    cli_data *d = &m->data;
    bool own = m->card.data && strcmp(d->name, m->card.data) == 0; /* the data of the training */
    if (!split)
        split = own && m->card.split ? m->card.split : d->first < d->rows ? "test" : "all";
    m->part = strcmp(split, "train") == 0 ? CLI_PART_TRAIN : strcmp(split, "val") == 0 ? CLI_PART_VAL : CLI_PART_TEST;
    if (strcmp(split, "all") == 0) {
        cli_data_all(d);
        return CLI_GO_ON;
    }
    int code = cli_data_split(d, m->card.val, m->card.test);
    if (code == CLI_GO_ON && d->n[m->part] == 0)
        code = cli_error(CLI_USAGE, "Choose another --split.", "'%s' has no %s part", d->name, split);
    return code;
}

static int model_data(cli_model *m, const cli_args *a, bool answers)
{
    cli_card *c = &m->card;
    const char *data = cli_text(a, "data"), *target = cli_text(a, "target");
    if (!data && (!c->data || !*c->data))
        return cli_error(CLI_USAGE, "Give it with --data.", "the model does not say what it was trained on");
    cli_data_want want = { .data = data ? data : c->data,
                           .dir = cli_text(a, "data-dir"),
                           .target = target                    ? target
                                     : c->target && *c->target ? c->target
                                                               : NULL,
                           .loss = m->net.loss == CLI_MSE ? "mse"
                                   : c->classes           ? "cross-entropy"
                                                          : "bce",
                           .target_optional = !answers,
                           .columns = c->columns,
                           .column = c->column,
                           .classes = c->classes,
                           .class_name = c->class_name };
    int code = cli_data_open(&m->data, &want);
    if (code == CLI_GO_ON)
        code = cli_data_shape(&m->data, m->net.rank, m->net.dim, "the model");
    if (code == CLI_GO_ON && c->scale.n && (c->scale.n > m->net.width || m->net.width % c->scale.n))
        code = cli_card_store(a->rest[0], "its metadata 'nervo.scale' does not fit its input");
    if (code == CLI_GO_ON && answers && !m->data.has_answers)
        code = cli_error(CLI_USAGE, "Give samples with answers, or use 'nervo predict'.", "'%s' has no answers",
                         m->data.name);
    m->data.scale = c->scale;
    return code == CLI_GO_ON ? model_part(m, a) : code;
}

int cli_model_open(cli_model *m, const cli_args *a, bool answers)
{
    *m = (cli_model){ 0 };
    if (a->n_rest != 1)
        return cli_error(CLI_USAGE, "For example: runs/first/model.safetensors.", "one model file is needed, not %d",
                         a->n_rest);
    m->net.isa = cli_text(a, "isa");
    m->net.optim = "adam";
    int code = cli_net_isa(&m->net.isa);
    if (code == CLI_GO_ON)
        code = cli_card_read(a->rest[0], &m->card);
    if (code == CLI_GO_ON)
        code = cli_card_net(&m->card, &m->net);
    if (code == CLI_GO_ON)
        code = model_data(m, a, answers);
    if (code != CLI_GO_ON)
        return code;
    int threads = cli_text(a, "threads") ? (int)cli_whole(a, "threads") : cli_cpus();
    m->pool = threads > 1 ? nrv_pool_new(threads) : NULL;
    m->store = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    m->batch = cli_text(a, "batch") ? cli_whole(a, "batch") : m->card.batch;
    if (!m->store)
        return cli_error(CLI_FAILED, "Close other programs.", "out of memory");
    code = cli_net_plan(&m->net, m->store, answers ? CLI_TRACE_EVAL : CLI_TRACE_PREDICT, m->pool, NULL, m->batch,
                        &m->plan);
    return code == CLI_GO_ON ? cli_card_load(a->rest[0], m->store) : code;
}

void cli_model_close(cli_model *m)
{
    cli_plan_free(&m->plan);
    nrv_store_free(m->store);
    nrv_pool_free(m->pool);
    cli_data_free(&m->data);
}
