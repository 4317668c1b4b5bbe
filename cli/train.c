/* train.c - `nervo train`: the options of a training run, and what has to be true before its first step.

   Promises: everything that can be wrong is found before the run folder is made; the configuration is on disk before
   step 0; --resume needs nothing else. Does not do: the loop (trainer.c). */
#include "trainer.h"
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const cli_option train_options[] = {
    { .group = "Network and data",
      .letter = 'm',
      .name = "net",
      .arg = "TEXT",
      .kind = CLI_TEXT,
      .saved = CLI_FIXED,
      .help = "the network as text, layers separated by '|': \"conv 16 3x3 relu | pool 2 | flatten | dense 10\"" },
    { .name = "model", .arg = "FILE.net", .kind = CLI_TEXT, .help = "the network from a file ('-': stdin)" },
    { .name = "data",
      .arg = "NAME|PATH[,PATH]",
      .kind = CLI_TEXT,
      .saved = CLI_FIXED,
      .help =
          "fashion-mnist, mnist, or files: IMAGES,LABELS (IDX or NPY, also gzip), a folder with the four IDX files, a "
          "CSV with a header, or an NPZ with x_train y_train x_test y_test" },
    { .name = "target",
      .arg = "COLUMN",
      .kind = CLI_TEXT,
      .saved = CLI_FIXED,
      .help = "CSV: the column to learn; without it, the last one" },
    CLI_DATA_DIR_OPTION,
    { .name = "val-split",
      .arg = "V",
      .kind = CLI_REAL,
      .lo = 0,
      .hi = 1e12,
      .fallback = "0",
      .saved = CLI_FIXED,
      .help = "validation from the end of the training part: a fraction below 1, or a number of samples" },
    { .name = "test-split",
      .arg = "V",
      .kind = CLI_REAL,
      .lo = 0,
      .hi = 1e12,
      .fallback = "0.2",
      .saved = CLI_FIXED,
      .help = "the same for the test part of data that has none of its own; always the same rows, whatever the seed" },
    { .name = "scale",
      .arg = "HOW",
      .kind = CLI_CHOICE,
      .choices = "standard none",
      .fallback = "standard",
      .saved = CLI_FIXED,
      .help = "standard: mean 0, deviation 1 over the training part; none: as it is (pixels divided by 255)" },
    { .group = "Training",
      .letter = 'e',
      .name = "epochs",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1e9,
      .fallback = "10",
      .saved = CLI_FIXED,
      .help = "passes over the training part" },
    { .letter = 'b',
      .name = "batch",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1 << 24,
      .fallback = "32",
      .saved = CLI_FIXED,
      .help = "samples in one step" },
    { .name = "patience",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 0,
      .hi = 1e9,
      .fallback = "0",
      .none = "0",
      .saved = CLI_FIXED,
      .help = "stop after N epochs without a better validation loss, and take back the best weights; 0: never. Needs "
              "--val-split" },
    { .name = "lr",
      .arg = "X",
      .kind = CLI_REAL,
      .lo = 0,
      .hi = 1e6,
      .saved = CLI_FIXED,
      .help = "learning rate [default: 0.001; with sgd 0.01]" },
    { .name = "schedule",
      .arg = "NAME",
      .kind = CLI_CHOICE,
      .choices = "constant cosine linear",
      .fallback = "constant",
      .saved = CLI_FIXED,
      .help = "how the rate goes on: constant, cosine or linear (both to zero at the end)" },
    { .name = "warmup",
      .arg = "STEPS",
      .kind = CLI_WHOLE,
      .lo = 0,
      .hi = 1e9,
      .fallback = "0",
      .saved = CLI_FIXED,
      .help = "steps in which the rate rises to its full value" },
    CLI_OPTIM_OPTION,
    { .name = "momentum",
      .arg = "X",
      .kind = CLI_REAL,
      .lo = 0,
      .hi = 1,
      .fallback = "0",
      .saved = CLI_FIXED,
      .help = "of sgd" },
    { .name = "nesterov", .kind = CLI_FLAG, .saved = CLI_FIXED, .help = "Nesterov's momentum in sgd" },
    { .name = "decay",
      .arg = "X",
      .kind = CLI_REAL,
      .lo = 0,
      .hi = 1e6,
      .saved = CLI_FIXED,
      .help = "weight decay [default: 0; with adamw 0.01]" },
    { .name = "loss",
      .arg = "NAME",
      .kind = CLI_CHOICE,
      .choices = "auto cross-entropy mse bce",
      .fallback = "auto",
      .saved = CLI_FIXED,
      .help = "cross-entropy for classes, mse for values, bce for two classes with one output" },
    { .name = "seed",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 0,
      .hi = 9007199254740991.0,
      .choices = "random",
      .fallback = "0",
      .saved = CLI_FIXED,
      .help = "of weights, order and dropout; 'random' draws one and prints it" },
    { .group = "Run folder",
      .letter = 'o',
      .name = "output",
      .arg = "DIR",
      .kind = CLI_TEXT,
      .help = "the run folder; without it, the next free runs/<data>-001" },
    { .name = "resume",
      .arg = "DIR",
      .kind = CLI_TEXT,
      .help = "go on with that run, bit for bit as if it had never stopped; needs nothing else. 'auto': the newest in "
              "runs/ "
              "that is not finished" },
    { .name = "save-every",
      .arg = "STEPS",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1e12,
      .choices = "epoch",
      .fallback = "epoch",
      .none = "epoch",
      .saved = CLI_FREE,
      .help = "checkpoint after so many steps; 'epoch': after each epoch" },
    { .name = "keep",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 0,
      .hi = 1000,
      .fallback = "3",
      .none = "0",
      .saved = CLI_FREE,
      .help = "checkpoints to keep; 0: all" },
    { .name = "log-every",
      .arg = "STEPS",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1e9,
      .fallback = "100",
      .saved = CLI_FIXED,
      .help = "a row of metrics.csv and metrics.jsonl after so many steps" },
    { .group = "Running",
      .letter = 'n',
      .name = "dry-run",
      .kind = CLI_FLAG,
      .help = "check everything, print the configuration, write nothing" },
    CLI_THREADS_OPTION,
    CLI_ISA_OPTION,
    CLI_REQUIRE_OPTION,
    CLI_JSON_OPTION,
    CLI_PROGRESS_OPTION,
    { .name = "pictures", .kind = CLI_FLAG, .fallback = "1", .help = "no test images in the terminal at the end" },
    { 0 }
};

/* ---- settling the options --------------------------------------------------------------------------------------- */
static int train_settle_seed(cli_args *a)
{
    uint64_t seed = 0;
    FILE *f;
    if (strcmp(cli_text(a, "seed"), "random") != 0)
        return CLI_GO_ON;
    f = fopen("/dev/urandom", "re");
    if (!f || fread(&seed, sizeof seed, 1, f) != 1)
        seed = 0;
    if (f)
        fclose(f);
    if (!seed)
        return cli_error(CLI_FAILED, "Give a number.", "no random seed to be had from /dev/urandom");
    return cli_set(a, "seed", cli_format("%" PRIu64, seed >> 11), CLI_LINE);
}

/* everything that has another default by another option is written out, so that config.yaml says it all */
static int train_settle(cli_args *a)
{
    const char *text, *optim = cli_text(a, "optim"), *isa = cli_text(a, "isa");
    if (a->n_rest)
        return cli_error(CLI_USAGE, "Texts with blanks need quotes: -m \"dense 10\".", "train does not understand '%s'",
                         a->rest[0]);
    if (!cli_text(a, "data"))
        return cli_error(CLI_USAGE, "For example: --data fashion-mnist, or --data table.csv.", "no data given");
    if (strcmp(cli_text(a, "data"), "-") == 0)
        return cli_error(CLI_USAGE, "Put it into a file: a resumed run reads it again.",
                         "train cannot read data from stdin");
    int code = cli_net_text(cli_text(a, "net"), cli_text(a, "model"), &text);
    if (code == CLI_GO_ON)
        code = cli_set(a, "net", text, CLI_CONFIG);
    if (code == CLI_GO_ON && !cli_text(a, "lr"))
        code = cli_set(a, "lr", strcmp(optim, "sgd") == 0 ? "0.01" : "0.001", CLI_DEFAULT);
    if (code == CLI_GO_ON && !cli_text(a, "decay"))
        code = cli_set(a, "decay", strcmp(optim, "adamw") == 0 ? "0.01" : "0", CLI_DEFAULT);
    if (code == CLI_GO_ON)
        code = train_settle_seed(a);
    if (code == CLI_GO_ON)
        code = cli_net_isa(&isa);
    if (code == CLI_GO_ON)
        code = cli_set(a, "isa", isa, CLI_DEFAULT);
    if (code == CLI_GO_ON && strncmp(optim, "adam", 4) == 0 && (cli_real(a, "momentum") > 0 || cli_flag(a, "nesterov")))
        code = cli_error(CLI_USAGE, "Add --optim sgd, or leave it away.",
                         "--momentum and --nesterov belong to sgd, not to %s", optim);
    if (code == CLI_GO_ON && cli_flag(a, "nesterov") && !(cli_real(a, "momentum") > 0))
        code = cli_error(CLI_USAGE, "For example: --momentum 0.9.", "--nesterov wants a momentum above 0");
    return code;
}

static void train_wishes(cli_trainer *t, const cli_args *a)
{
    const char *schedule = cli_text(a, "schedule"), *save = cli_text(a, "save-every");
    t->seed = (uint64_t)cli_whole(a, "seed");
    t->batch = cli_whole(a, "batch");
    t->epochs = cli_whole(a, "epochs");
    t->save_every = strcmp(save, "epoch") == 0 ? CLI_SAVE_EPOCHS : cli_whole(a, "save-every");
    t->keep = cli_whole(a, "keep");
    t->log_every = cli_whole(a, "log-every");
    t->patience = cli_whole(a, "patience");
    t->lr = cli_real(a, "lr");
    t->warmup = cli_whole(a, "warmup");
    t->val_split = cli_real(a, "val-split");
    t->test_split = cli_real(a, "test-split");
    t->schedule = strcmp(schedule, "cosine") == 0   ? CLI_RATE_COSINE
                  : strcmp(schedule, "linear") == 0 ? CLI_RATE_LINEAR
                                                    : CLI_RATE_CONSTANT;
    t->goal = cli_text(a, "require");
    t->json = cli_flag(a, "json");
    t->pictures = cli_flag(a, "pictures");
    t->net.text = cli_text(a, "net");
    t->net.optim = cli_text(a, "optim");
    t->net.isa = cli_text(a, "isa");
    t->net.momentum = cli_real(a, "momentum");
    t->net.decay = cli_real(a, "decay");
    t->net.nesterov = cli_flag(a, "nesterov");
}

/* ---- data ------------------------------------------------------------------------------------------------------ */
/* Numbers as answers may be values or classes; a network that ends in several scores settles it. */
static int train_guess_classes(cli_trainer *t, cli_data_want *want, bool *again)
{
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    cli_net look = t->net;
    nrv_graph *g = s ? cli_net_trace(&look, s, CLI_TRACE_PREDICT, NULL) : NULL;
    int code = cli_net_graph_error(g);
    nrv_graph_free(g);
    nrv_store_free(s);
    *again = code == CLI_GO_ON && look.outputs > 1;
    want->loss = *again ? "cross-entropy" : want->loss;
    return code;
}

static int train_data(cli_trainer *t, cli_args *a)
{
    cli_data_want want = { .data = cli_text(a, "data"),
                           .dir = cli_text(a, "data-dir"),
                           .target = cli_text(a, "target"),
                           .loss = cli_text(a, "loss") };
    cli_data *d = &t->data;
    bool again = false;
    int code = cli_data_open(d, &want);
    if (code == CLI_GO_ON)
        code = cli_net_input(&t->net, d);
    if (code == CLI_GO_ON && !d->classes && d->values == 1 && strcmp(want.loss, "auto") == 0)
        code = train_guess_classes(t, &want, &again);
    if (code == CLI_GO_ON && again) {
        cli_data_free(d);
        code = cli_data_open(d, &want);
        if (code == CLI_GO_ON)
            code = cli_net_input(&t->net, d);
    }
    if (code == CLI_GO_ON)
        code = cli_net_loss(&t->net, want.loss, d);
    if (code == CLI_GO_ON)
        code = cli_data_split(d, t->val_split, t->test_split);
    if (code == CLI_GO_ON && t->patience && !d->n[CLI_PART_VAL])
        code = cli_error(CLI_USAGE, "For example: --val-split 0.1. The test part never chooses weights.",
                         "--patience %" PRId64 " needs a validation part, and there is none", t->patience);
    if (code == CLI_GO_ON && strcmp(cli_text(a, "scale"), "standard") == 0)
        code = cli_data_fit_scale(d);
    if (code == CLI_GO_ON)
        code = cli_check_goal_text(t->goal, &t->net);
    return code;
}

/* ---- one run ---------------------------------------------------------------------------------------------------- */
static int64_t train_parameters(const cli_trainer *t)
{
    cli_net look = t->net;
    cli_layers l;
    return cli_layers_of(&look, &l) == CLI_GO_ON ? l.params : 0;
}

static void train_introduce(const cli_trainer *t, const cli_args *a, int threads)
{
    char n[4][32];
    const cli_data *d = &t->data;
    const char *sep = cli_term.utf8 ? " \xC2\xB7 " : ", ";
    cli_say("data     %s%s%s train%s%s%s%s test%sinput %s", d->title, sep, cli_count((double)d->n[0], n[0]),
            d->n[1] ? cli_format("%s%s val", sep, cli_count((double)d->n[1], n[1])) : "", sep,
            cli_count((double)d->n[2], n[2]), "", sep, cli_shape_text(t->net.rank, t->net.dim));
    cli_say("network  %s parameters%s%s%s%s, lr %s%s%s", cli_count((double)train_parameters(t), n[3]), sep,
            cli_loss_name[t->net.loss], sep, t->net.optim, cli_text(a, "lr"),
            t->schedule == CLI_RATE_CONSTANT ? "" : " ",
            t->schedule == CLI_RATE_CONSTANT ? "" : cli_text(a, "schedule"));
    cli_say("run      %s%sseed %s%s%d thread%s%s%s", t->run.dir ? t->run.dir : "(none)", sep, cli_text(a, "seed"), sep,
            threads, threads == 1 ? "" : "s", sep, t->net.isa);
}

static int train_prepare(cli_trainer *t, cli_args *a, int *threads)
{
    int code = train_settle(a);
    if (code != CLI_GO_ON)
        return code;
    train_wishes(t, a);
    code = train_data(t, a);
    if (code != CLI_GO_ON)
        return code;
    *threads = cli_text(a, "threads") ? (int)cli_whole(a, "threads") : cli_cpus();
    t->pool = *threads > 1 ? nrv_pool_new(*threads) : NULL;
    code = cli_trainer_build(t);
    if (code == CLI_GO_ON)
        code = cli_card_note(t->store, &t->net, &t->data, t->data.name, "train", t->batch, t->val_split, t->test_split);
    return code;
}

static int train_go(cli_trainer *t, cli_args *a, int threads, const cli_place *from)
{
    const char *log = cli_format("%s/log.txt", t->run.dir);
    int code = cli_run_write_env(&t->run, t->net.isa, threads, cli_text(a, "seed"));
    if (code == CLI_GO_ON)
        code = cli_run_metrics(&t->run, cli_score_name(&t->net), from, t->step);
    if (code != CLI_GO_ON)
        return code;
    cli_term.log = fopen(log, "ae");
    train_introduce(t, a, threads);
    cli_catch_signals();
    if (t->step)
        cli_say("going on after step %" PRId64 " (epoch %" PRId64 ")", t->step, t->epoch + 1);
    code = cli_trainer_run(t);
    if (code == CLI_GO_ON)
        code = cli_trainer_finish(t);
    if (cli_term.log)
        fclose(cli_term.log);
    cli_term.log = NULL;
    return code;
}

static int train_new(cli_trainer *t, cli_args *a)
{
    int threads = 1, code = train_prepare(t, a, &threads);
    if (code == CLI_GO_ON && cli_flag(a, "dry-run")) {
        train_introduce(t, a, threads);
        for (int i = 0; i < a->n_options; i++)
            if (a->option[i]->saved && a->value[i])
                printf("%s: %s\n", a->option[i]->name, a->value[i]);
        return CLI_DONE;
    }
    if (code == CLI_GO_ON)
        code = cli_run_create(&t->run, cli_text(a, "output"), t->data.title);
    if (code == CLI_GO_ON)
        code = cli_set(a, "data", t->data.name, CLI_CONFIG); /* absolute: a resume may start elsewhere */
    if (code == CLI_GO_ON)
        code = cli_run_write_config(&t->run, a, t->data.mark);
    return code == CLI_GO_ON ? train_go(t, a, threads, &(cli_place){ 0 }) : code;
}

/* ---- resuming --------------------------------------------------------------------------------------------------- */
static const char *train_newest(void)
{
    DIR *d = opendir("runs");
    const char *best = NULL;
    struct stat s;
    time_t when = 0;
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        const char *dir = cli_format("runs/%s", f->d_name);
        if (f->d_name[0] == '.' || stat(cli_format("%s/config.yaml", dir), &s) != 0 || s.st_mtime < when)
            continue;
        struct stat done;
        if (stat(cli_format("%s/result.json", dir), &done) == 0)
            continue;
        best = dir;
        when = s.st_mtime;
    }
    if (d)
        closedir(d);
    return best;
}

static int train_refuse_changes(const cli_args *a)
{
    for (int i = 0; i < a->n_options; i++) {
        const char *name = a->option[i]->name;
        bool fixed = a->option[i]->saved == CLI_FIXED || strcmp(name, "model") == 0 || strcmp(name, "output") == 0;
        if (fixed && a->source[i] == CLI_LINE)
            return cli_error(CLI_USAGE, "Leave it away, or start a new run with -o.",
                             "--%s cannot be changed when a run is resumed", name);
    }
    if (a->n_rest)
        return cli_error(CLI_USAGE, "--resume takes one folder.", "train does not understand '%s'", a->rest[0]);
    return CLI_GO_ON;
}

static int train_finished(const cli_trainer *t)
{
    char split[16] = "", name[8] = "", op[3], goal[16];
    double loss = 0, score = 0, seconds = 0, want;
    long long samples = 0, steps = 0;
    size_t bytes;
    const char *s = cli_read_whole(cli_format("%s/result.json", t->run.dir), 4096, &bytes);
    if (!s || sscanf(s,
                     "{\"split\": \"%15[a-z]\", \"loss\": %lf, \"%7[a-z]\": %lf, \"samples\": %lld, \"steps\": %lld, "
                     "\"seconds\": %lf}",
                     split, &loss, name, &score, &samples, &steps, &seconds) != 7)
        return CLI_GO_ON;
    cli_say("This run is finished; there is nothing to resume.");
    if (t->json)
        fputs(s, stdout);
    else if (strcmp(name, "mae") == 0)
        printf("%s mse %.6g, mae %.6g (%.0f s, %s)\n", split, loss, score, seconds, t->run.dir);
    else
        printf("%s accuracy %.4f (%.0f s, %s)\n", split, score, seconds, t->run.dir);
    if (!t->goal || !cli_parse_goal(t->goal, goal, op, &want))
        return CLI_DONE;
    return cli_goal_met(op, strcmp(goal, "loss") == 0 || strcmp(goal, "mse") == 0 ? loss : score, want) ? CLI_DONE
                                                                                                        : CLI_MISSED;
}

static int train_resume(cli_trainer *t, cli_args *a, const char *dir)
{
    uint32_t mark = 0;
    cli_place from = { 0 };
    int threads = 1, code = train_refuse_changes(a);
    if (code == CLI_GO_ON && strcmp(dir, "auto") == 0 && (dir = train_newest()) == NULL)
        return cli_error(CLI_USAGE, "Name the run folder.", "there is no unfinished run in runs/");
    if (code == CLI_GO_ON)
        code = cli_run_open(&t->run, dir);
    t->json = cli_flag(a, "json");
    t->goal = cli_text(a, "require");
    if (code == CLI_GO_ON)
        code = train_finished(t);
    if (code == CLI_GO_ON)
        code = cli_run_read_config(&t->run, a, &mark);
    if (code == CLI_GO_ON)
        code = train_prepare(t, a, &threads);
    if (code == CLI_GO_ON && mark != t->data.mark)
        code = cli_error(CLI_USAGE, "Put the data back as it was, or start a new run with -o.",
                         "'%s' has changed since this run began", t->data.name);
    if (code == CLI_GO_ON)
        code = cli_trainer_restore(t, &from);
    if (code != CLI_GO_ON)
        return code;
    cli_run_prune(&t->run, t->keep);
    return train_go(t, a, threads, &from);
}

static int train_run(cli_args *a)
{
    cli_trainer t = { .run = { .lock = -1 } };
    const char *resume = cli_text(a, "resume");
    int code = resume ? train_resume(&t, a, resume) : train_new(&t, a);
    cli_trainer_free(&t);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

const cli_command cli_train = {
    .name = "train",
    .usage = "nervo train -m TEXT|--model FILE.net --data NAME|PATH[,PATH] [options]\n       nervo train --resume DIR",
    .line = "Trains a network and measures it on the test part. The run folder holds the model, the metrics, the "
            "configuration and the checkpoints; Ctrl-C saves and says how to go on.",
    .options = train_options,
    .examples =
        "  nervo train -m \"conv 16 3x3 relu | pool 2 | flatten | dense 10\" --data fashion-mnist -o runs/first\n"
        "  nervo train -m \"dense 16 tanh | dense 1\" --data houses.csv --target price --epochs 50\n"
        "  nervo train --resume runs/first\n",
    .see = "nervo help eval, nervo help show",
    .run = train_run,
};
