/* trainer.c - the training loop. See trainer.h for what it promises. */
#include "trainer.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- set-up ----------------------------------------------------------------------------------------------------- */
static int trainer_plans(cli_trainer *t)
{
    t->store = nrv_store_new(&(nrv_store_opt){ .seed = t->seed, .alloc = cli_alloc });
    if (!t->store)
        return cli_error(CLI_FAILED, "Close other programs.", "out of memory");
    int code = cli_net_plan(&t->net, t->store, CLI_TRACE_TRAIN, t->pool, NULL, t->batch, &t->train);
    if (code == CLI_GO_ON)
        code = cli_net_plan(&t->net, t->store, CLI_TRACE_EVAL, t->pool, t->train.exec, t->batch, &t->eval);
    return code;
}

int cli_trainer_build(cli_trainer *t)
{
    int64_t n = t->data.n[CLI_PART_TRAIN];
    t->per_epoch = (n + t->batch - 1) / t->batch;
    t->log_every = t->log_every < t->per_epoch ? t->log_every : t->per_epoch; /* at least one row for each epoch */
    t->order = cli_get((size_t)n * sizeof *t->order);
    t->ordered = t->saved_step = t->saved_at = -1;
    t->best_loss = INFINITY;
    return trainer_plans(t);
}

static void trainer_free_plans(cli_trainer *t)
{
    cli_plan_free(&t->eval);
    cli_plan_free(&t->train);
    nrv_store_free(t->store);
    t->store = NULL;
}

void cli_trainer_free(cli_trainer *t)
{
    trainer_free_plans(t);
    nrv_pool_free(t->pool);
    cli_data_free(&t->data);
    cli_run_close(&t->run);
}

/* ---- one step --------------------------------------------------------------------------------------------------- */
static double trainer_rate(const cli_trainer *t, int64_t at)
{
    double total = (double)(t->epochs * t->per_epoch), step = (double)at, lr = t->lr;
    if (at < t->warmup)
        return lr * (step + 1) / (double)t->warmup;
    if (t->schedule == CLI_RATE_COSINE)
        lr *= 0.5 * (1 + cos(3.14159265358979323846 * step / total));
    else if (t->schedule == CLI_RATE_LINEAR)
        lr *= 1 - step / total;
    return lr;
}

static void trainer_order(cli_trainer *t)
{
    int64_t n = t->data.n[CLI_PART_TRAIN];
    if (t->ordered == t->epoch)
        return;
    memcpy(t->order, t->data.row[CLI_PART_TRAIN], (size_t)n * sizeof *t->order);
    cli_data_shuffle(t->order, n, t->seed, (uint64_t)t->epoch + 1);
    t->ordered = t->epoch;
}

/* batch `at` of this epoch into a plan; how many samples it has */
static int64_t trainer_batch(cli_trainer *t, cli_plan *p, int64_t at)
{
    int64_t n = t->data.n[CLI_PART_TRAIN], from = at * t->batch, count = n - from < t->batch ? n - from : t->batch;
    trainer_order(t);
    cli_data_fill(&t->data, t->order + from, count, p->x);
    cli_data_fill_answers(&t->data, t->order + from, count, t->net.loss != CLI_CROSS_ENTROPY, p->t);
    return count;
}

static int trainer_run_step(cli_trainer *t, cli_plan *p, int64_t *count)
{
    *count = trainer_batch(t, p, t->at);
    t->lr_now = trainer_rate(t, t->step);
    p->rate = (float)t->lr_now;
    return cli_plan_run(p, &t->net, *count);
}

static void trainer_forward(cli_trainer *t)
{
    t->step++;
    t->at++;
}

/* ---- a loss that is no number ----------------------------------------------------------------------------------- */
/* Repeats the run from its last checkpoint up to the step before the bad one, and the rest with every tensor looked at.
 */
static const char *trainer_find_nan(const cli_trainer *t, int64_t bad)
{
    cli_trainer u = *t;
    cli_net checked = t->net;
    cli_plan look = { 0 };
    int64_t count;
    cli_place from;
    const char *found = NULL;
    checked.check_nan = true;
    u.store = NULL;
    u.train = u.eval = (cli_plan){ 0 };
    u.ordered = -1;
    u.order = cli_get((size_t)t->data.n[CLI_PART_TRAIN] * sizeof *u.order);
    int code = trainer_plans(&u);
    if (code == CLI_GO_ON)
        code = cli_trainer_restore(&u, &from);
    if (code == CLI_GO_ON)
        code = cli_net_plan(&checked, u.store, CLI_TRACE_TRAIN, u.pool, u.train.exec, u.batch, &look);
    while (code == CLI_GO_ON && !found && u.step < bad + 2 && !cli_stopped()) { /* an inf is a NaN soon after */
        if (u.at == u.per_epoch)
            u.at = 0, u.epoch++;
        if (u.step < bad - 2) {
            code = trainer_run_step(&u, &u.train, &count);
        } else {
            int64_t n = trainer_batch(&u, &look, u.at);
            look.rate = (float)trainer_rate(&u, u.step);
            found = cli_plan_try(&look, &u.net, n);
        }
        trainer_forward(&u);
    }
    found = found ? cli_copy(found, strlen(found)) : NULL;
    cli_plan_free(&look);
    trainer_free_plans(&u);
    return found;
}

static int trainer_nan(cli_trainer *t, double value)
{
    const char *loss = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    int64_t last = -1, bad = t->step;
    cli_say("the loss is %s; looking for the tensor ...", loss);
    const char *where = trainer_find_nan(t, bad);
    const char *kept = cli_run_checkpoints(&t->run, &last, 1)
                           ? cli_format("The last good checkpoint is kept: %s.", cli_run_checkpoint(&t->run, last))
                           : "No checkpoint was written before.";
    return cli_error(
        CLI_FAILED,
        cli_format("%s\nStart again with a smaller --lr (it is %g), or look for extreme values in the data.", kept,
                   t->lr),
        "the loss is %s at step %" PRId64 " (epoch %" PRId64 ")%s%s", loss, bad, t->epoch + 1, where ? "\n" : "",
        where ? where : "");
}

/* the step that the weights are of: with patience, those of the best epoch are taken back at the end */
static int64_t trainer_shown_step(const cli_trainer *t)
{
    return t->restored ? t->run.best : t->step;
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------ */
static double trainer_spent(const cli_trainer *t)
{
    return t->spent + (cli_now() - t->begun);
}

static int trainer_failed_save(const cli_trainer *t, const char *path)
{
    int64_t last = -1;
    const char *why = nrv_store_why(t->store);
    const char *kept = cli_run_checkpoints(&t->run, &last, 1)
                           ? cli_format("%s is untouched. ", cli_run_checkpoint(&t->run, last))
                           : "";
    return cli_error(CLI_FAILED,
                     cli_format("%sFree some space or allow writing, then: nervo train --resume %s", kept, t->run.dir),
                     "cannot save '%s': %s", path, why ? why : "the file was not written");
}

static int trainer_weights_fine(cli_trainer *t)
{
    if (t->step == 0)
        return CLI_GO_ON;
    int64_t n = trainer_batch(t, &t->eval, 0);
    int code = cli_plan_run(&t->eval, &t->net, n);
    if (code == CLI_GO_ON && !isfinite(t->eval.loss))
        code = trainer_nan(t, (double)t->eval.loss);
    return code;
}

static int trainer_save_model(cli_trainer *t, const char *split)
{
    const char *path = cli_format("%s/model.safetensors", t->run.dir);
    const char *at = cli_format("step %" PRId64 " of %" PRId64, trainer_shown_step(t), t->epochs * t->per_epoch);
    if (nrv_store_note(t->store, "nervo.split", split) != NRV_OK ||
        nrv_store_note(t->store, "nervo.progress", at) != NRV_OK ||
        nrv_store_save(t->store, path, "*,!optim.*") != NRV_OK)
        return trainer_failed_save(t, path);
    return CLI_GO_ON;
}

int cli_trainer_save(cli_trainer *t)
{
    cli_place end = { 0 };
    const char *path = cli_run_checkpoint(&t->run, t->step);
    int code = trainer_weights_fine(t);
    if (code == CLI_GO_ON)
        code = cli_run_sync(&t->run, &end);
    if (code != CLI_GO_ON)
        return code;
    const char *progress =
        cli_format("%" PRId64 " %" PRId64 " %" PRId64 " %a %a %" PRId64 " %" PRId64 " %a %a %" PRId64 " %" PRId64
                   " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %a %.3f",
                   t->step, t->epoch, t->at, t->window.loss, t->window.score, t->window.n, t->window.scored,
                   t->whole.loss, t->whole.score, t->whole.n, t->whole.scored, end.csv, end.jsonl, end.events_file,
                   end.events, t->best_epoch, t->best_loss, trainer_spent(t));
    if (nrv_store_note(t->store, "nervo.progress", progress) != NRV_OK || nrv_store_save(t->store, path, "*") != NRV_OK)
        return trainer_failed_save(t, path);
    t->saved_step = t->step;
    t->saved_at = t->at;
    cli_run_point(&t->run, "last", t->step);
    if (t->run.best)
        cli_run_point(&t->run, "best", t->run.best);
    cli_run_prune(&t->run, t->keep);
    cli_more("saved %s", path);
    return trainer_save_model(t, t->data.n[CLI_PART_VAL] ? "val" : "train");
}

static bool trainer_take_progress(cli_trainer *t, cli_place *from)
{
    const char *s = nrv_store_noted(t->store, "nervo.progress");
    cli_trainer u = *t;
    cli_place p;
    if (!s || sscanf(s,
                     "%" SCNd64 " %" SCNd64 " %" SCNd64 " %la %la %" SCNd64 " %" SCNd64 " %la %la %" SCNd64 " %" SCNd64
                     " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %la %lf",
                     &u.step, &u.epoch, &u.at, &u.window.loss, &u.window.score, &u.window.n, &u.window.scored,
                     &u.whole.loss, &u.whole.score, &u.whole.n, &u.whole.scored, &p.csv, &p.jsonl, &p.events_file,
                     &p.events, &u.best_epoch, &u.best_loss, &u.spent) != 18)
        return false;
    if (u.step < 0 || u.epoch < 0 || u.epoch > u.epochs || u.at < 0 || u.at > u.per_epoch || p.csv < 0 || p.jsonl < 0 ||
        p.events < 0 || p.events_file < 0 || u.step != u.epoch * u.per_epoch + u.at || u.best_epoch < 0 ||
        u.best_epoch > u.epoch || isnan(u.best_loss))
        return false;
    u.run.best = u.best_epoch * u.per_epoch;
    *t = u;
    *from = p;
    return true;
}

int cli_trainer_restore(cli_trainer *t, cli_place *from)
{
    enum { MOST = 64 };
    int64_t steps[MOST];
    int n = cli_run_checkpoints(&t->run, steps, MOST);
    *from = (cli_place){ 0 };
    t->step = t->epoch = t->at = t->best_epoch = t->run.best = 0;
    t->best_loss = INFINITY;
    t->window = t->whole = (cli_measure){ 0 };
    for (int i = 0; i < n; i++) {
        const char *path = cli_run_checkpoint(&t->run, steps[i]);
        if (nrv_store_load(t->store, path, NULL) == NRV_OK && trainer_take_progress(t, from)) {
            t->saved_step = t->step;
            t->saved_at = t->at;
            return CLI_GO_ON;
        }
        const char *why = nrv_store_why(t->store);
        cli_warn("%s cannot be used (%s); trying an older one", path, why ? why : "it says nothing of its progress");
    }
    if (n == 0)
        return CLI_GO_ON;
    trainer_free_plans(t); /* nothing may be left of a load that failed */
    cli_warn("no checkpoint can be used: starting again from the configuration");
    return trainer_plans(t);
}

/* ---- telling ---------------------------------------------------------------------------------------------------- */
static void trainer_row(cli_trainer *t, const char *split, const cli_measure *m, double speed)
{
    cli_run_row(&t->run, &(cli_row){ .step = trainer_shown_step(t),
                                     .epoch = t->restored ? t->best_epoch : t->epoch + 1,
                                     .split = split,
                                     .loss = cli_mean_loss(m),
                                     .score = cli_score(m),
                                     .lr = t->lr_now,
                                     .speed = speed });
}

static void trainer_show_progress(cli_trainer *t, bool line)
{
    char left[64], right[160], speed[32], eta[32];
    int64_t total = t->epochs * t->per_epoch, done = t->step - t->first_step;
    double now = cli_now(), per_step = done ? (now - t->begun) / (double)done : 0;
    double per_s = done ? (double)done * (double)t->batch / (now - t->begun + 1e-9) : 0;
    int digits = 1;
    for (int64_t n = t->per_epoch; n >= 10; n /= 10)
        digits++;
    snprintf(left, sizeof left, "Epoch %" PRId64 "/%" PRId64 "  %*" PRId64 "/%" PRId64, t->epoch + 1, t->epochs, digits,
             t->at, t->per_epoch);
    snprintf(right, sizeof right, "loss %.4f  %s %.4f  %s samples/s  %s left", cli_mean_loss(&t->whole),
             cli_score_name(&t->net), cli_score(&t->whole), cli_count(per_s, speed),
             cli_seconds(per_step * (double)(total - t->step), eta));
    if (line)
        cli_say("%s  %s", left, right);
    else
        cli_progress((double)t->at / (double)t->per_epoch, left, right);
}

/* without a terminal: one line every so many steps, about twenty in all */
static bool trainer_line_due(const cli_trainer *t)
{
    int64_t every = t->epochs * t->per_epoch / 20 / t->log_every * t->log_every;
    if (!cli_term.progress || (cli_term.tty_err && !cli_term.ci))
        return false;
    every = every < t->log_every ? t->log_every : every;
    return t->step % every == 0 && t->at < t->per_epoch;
}

static void trainer_epoch_line(cli_trainer *t)
{
    char seconds[32], val[96] = "";
    const char *score = cli_score_name(&t->net);
    if (t->val.n)
        snprintf(val, sizeof val, "  val_loss %.4f  val_%s %.4f", cli_mean_loss(&t->val), score, cli_score(&t->val));
    cli_say("Epoch %" PRId64 "/%" PRId64 "  %" PRId64 "/%" PRId64 "  %s  loss %.4f  %s %.4f%s", t->epoch + 1, t->epochs,
            t->per_epoch, t->per_epoch, cli_seconds(cli_now() - t->epoch_begun, seconds), cli_mean_loss(&t->whole),
            score, cli_score(&t->whole), val);
    if (!t->json)
        return;
    printf("{\"epoch\": %" PRId64 ", \"step\": %" PRId64 ", \"loss\": ", t->epoch + 1, t->step);
    cli_json_number(stdout, cli_mean_loss(&t->whole));
    printf(", \"%s\": ", score);
    cli_json_number(stdout, cli_score(&t->whole));
    if (t->val.n) {
        printf(", \"val_loss\": ");
        cli_json_number(stdout, cli_mean_loss(&t->val));
        printf(", \"val_%s\": ", score);
        cli_json_number(stdout, cli_score(&t->val));
    }
    puts("}");
    fflush(stdout);
}

/* ---- the loop --------------------------------------------------------------------------------------------------- */
static int trainer_stop(cli_trainer *t)
{
    int stopped = cli_stopped(), code = CLI_GO_ON;
    if (t->saved_step != t->step || t->saved_at != t->at)
        code = cli_trainer_save(t);
    if (code != CLI_GO_ON)
        return code;
    cli_term.quiet = 0; /* where it was saved is told also to those who wanted silence */
    cli_say("Stopped after step %" PRId64 ". Saved %s\nGo on with: nervo train --resume %s", t->step,
            cli_run_checkpoint(&t->run, t->step), t->run.dir);
    return stopped;
}

static int trainer_step(cli_trainer *t)
{
    int64_t count = 0;
    int code = trainer_run_step(t, &t->train, &count);
    if (code != CLI_GO_ON)
        return code;
    trainer_forward(t);
    if (!isfinite(t->train.loss))
        return trainer_nan(t, (double)t->train.loss);
    cli_measure one = { 0 };
    cli_measure_add(&one, &t->net, &t->train, count, NULL, NULL);
    cli_measure *sums[2] = { &t->window, &t->whole };
    for (int i = 0; i < 2; i++) {
        sums[i]->loss += one.loss;
        sums[i]->score += one.score;
        sums[i]->n += one.n;
        sums[i]->scored += one.scored;
    }
    if (t->step % t->log_every == 0) {
        double now = cli_now();
        trainer_row(t, "train", &t->window, (double)t->window.n / (now - t->window_begun + 1e-9));
        t->window = (cli_measure){ 0 };
        t->window_begun = now;
    }
    trainer_show_progress(t, false);
    if (trainer_line_due(t))
        trainer_show_progress(t, true);
    bool due = (t->save_every > 0 && t->step % t->save_every == 0);
    return cli_save_asked() || due ? cli_trainer_save(t) : CLI_GO_ON;
}

static bool trainer_out_of_patience(const cli_trainer *t)
{
    return t->patience > 0 && t->epoch - t->best_epoch >= t->patience;
}

/* the steps of this epoch are done; a checkpoint of just this moment comes back here */
static int trainer_close_epoch(cli_trainer *t)
{
    bool better = false;
    t->val = (cli_measure){ 0 };
    if (t->data.n[CLI_PART_VAL]) {
        cli_pass pass = { 0 };
        double before = cli_now();
        int code = cli_evaluate(&t->net, &t->eval, &t->data, CLI_PART_VAL, t->batch, &pass);
        if (code != CLI_GO_ON || pass.stopped)
            return code != CLI_GO_ON ? code : trainer_stop(t);
        if (!isfinite(pass.sum.loss))
            return trainer_nan(t, cli_mean_loss(&pass.sum));
        t->val = pass.sum;
        trainer_row(t, "val", &t->val, (double)t->val.n / (cli_now() - before + 1e-9));
        better = cli_mean_loss(&t->val) < t->best_loss;
    }
    trainer_epoch_line(t);
    t->epoch++;
    t->at = 0;
    t->whole = (cli_measure){ 0 };
    t->epoch_begun = t->window_begun = cli_now();
    if (better) { /* what "best" points to is an ordinary checkpoint, so the two can never disagree */
        t->best_loss = cli_mean_loss(&t->val);
        t->best_epoch = t->epoch;
        t->run.best = t->step;
    }
    bool due = better || t->save_every == CLI_SAVE_EPOCHS || t->epoch == t->epochs || trainer_out_of_patience(t);
    return due ? cli_trainer_save(t) : CLI_GO_ON;
}

int cli_trainer_run(cli_trainer *t)
{
    int code = CLI_GO_ON;
    t->begun = t->epoch_begun = t->window_begun = cli_now();
    t->first_step = t->step;
    if (t->step) /* rows written before the next step have the rate of the last one */
        t->lr_now = trainer_rate(t, t->step - 1);
    while (code == CLI_GO_ON && t->epoch < t->epochs && !trainer_out_of_patience(t)) {
        while (code == CLI_GO_ON && t->at < t->per_epoch) {
            code = trainer_step(t);
            if (code == CLI_GO_ON && cli_stopped())
                return trainer_stop(t);
        }
        if (code == CLI_GO_ON)
            code = trainer_close_epoch(t);
    }
    cli_progress_end();
    return code;
}

/* ---- the end ---------------------------------------------------------------------------------------------------- */
static int trainer_write_result(const cli_trainer *t, const char *split, const cli_measure *m)
{
    const char *path = cli_format("%s/result.json", t->run.dir);
    FILE *f = cli_whole_begin(path);
    int failed = f ? 0 : -1;
    if (f) {
        fprintf(f,
                "{\"split\": \"%s\", \"loss\": %.17g, \"%s\": %.17g, \"samples\": %" PRId64 ", \"steps\": %" PRId64
                ", \"seconds\": %.3f, \"best_epoch\": %" PRId64 "}\n",
                split, cli_mean_loss(m), cli_score_name(&t->net), cli_score(m), m->n, t->step, trainer_spent(t),
                t->best_epoch);
        failed = cli_whole_end(f, path);
    }
    return failed ? cli_error(CLI_FAILED, cli_format("Free some space, then 'nervo train --resume %s'.", t->run.dir),
                              "cannot write '%s'%s%s", path, failed > 0 ? ": " : "", failed > 0 ? strerror(failed) : "")
                  : CLI_GO_ON;
}

static void trainer_print_json(const cli_trainer *t, const char *split, const cli_measure *m, const int64_t *counts)
{
    const char *score = cli_score_name(&t->net);
    printf("{\"split\": \"%s\", \"loss\": ", split);
    cli_json_number(stdout, cli_mean_loss(m));
    printf(", \"%s\": ", score);
    cli_json_number(stdout, cli_score(m));
    printf(", \"samples\": %" PRId64 ", \"seconds\": %.3f, \"run\": ", m->n, trainer_spent(t));
    cli_json_string(stdout, t->run.dir);
    if (t->best_epoch)
        printf(", \"best_epoch\": %" PRId64, t->best_epoch);
    for (int64_t i = 0; counts && i < t->net.classes * t->net.classes; i++)
        printf("%s%s%" PRId64, i == 0 ? ", \"confusion\": [" : "",
               i % t->net.classes ? ", "
               : i                ? "], ["
                                  : "[",
               counts[i]);
    puts(counts ? "]]}" : "}");
}

static int trainer_report(cli_trainer *t, cli_part part, const cli_pass *pass)
{
    const char *split = cli_part_name[part];
    const cli_data *d = &t->data;
    int code = cli_svg_curve(&t->run);
    if (code == CLI_GO_ON && pass->counts)
        code = cli_svg_confusion(&t->run, d->classes, d->class_name, pass->counts);
    if (code == CLI_GO_ON)
        code = trainer_save_model(t, split);
    if (code == CLI_GO_ON)
        code = trainer_write_result(t, split, &pass->sum);
    if (code != CLI_GO_ON)
        return code;
    if (t->json) {
        trainer_print_json(t, split, &pass->sum, pass->counts);
    } else {
        if (pass->counts)
            cli_show_confusion(d->classes, d->class_name, pass->counts);
        if (pass->said && t->pictures)
            cli_show_pictures(d, d->row[part], pass->said, d->n[part]);
        if (pass->counts)
            putchar('\n');
        cli_print_result(split, &t->net, &pass->sum, cli_format("(%.0f s, %s)", trainer_spent(t), t->run.dir));
    }
    return cli_check_goal(t->goal, &t->net, &pass->sum);
}

/* with patience: the weights of the best epoch, which its checkpoint still has */
static int trainer_take_best(cli_trainer *t)
{
    const char *path = cli_run_checkpoint(&t->run, t->run.best);
    if (!t->patience)
        return CLI_GO_ON;
    if (trainer_out_of_patience(t))
        cli_say("No better val_loss for %" PRId64 " epoch%s: stopped after epoch %" PRId64, t->patience,
                t->patience == 1 ? "" : "s", t->epoch);
    if (nrv_store_load(t->store, path, NULL) != NRV_OK) {
        const char *why = nrv_store_why(t->store);
        return cli_error(CLI_FAILED, "Put the file back and resume, or start a new run with -o.",
                         "the best weights, of epoch %" PRId64 ", cannot be read: %s", t->best_epoch, why ? why : path);
    }
    t->restored = true;
    t->lr_now = trainer_rate(t, t->run.best - 1);
    cli_say("The weights are those of epoch %" PRId64 ", val_loss %.4f", t->best_epoch, t->best_loss);
    return CLI_GO_ON;
}

int cli_trainer_finish(cli_trainer *t)
{
    const cli_data *d = &t->data;
    cli_part part = d->n[CLI_PART_TEST] ? CLI_PART_TEST : d->n[CLI_PART_VAL] ? CLI_PART_VAL : CLI_PART_TRAIN;
    cli_pass pass = { 0 };
    double before = cli_now();
    if (d->classes && d->classes <= 1000) {
        pass.counts = cli_get((size_t)(d->classes * d->classes) * sizeof *pass.counts);
        pass.said = cli_get((size_t)d->n[part] * sizeof *pass.said);
    }
    int code = trainer_take_best(t);
    if (code == CLI_GO_ON)
        code = cli_evaluate(&t->net, &t->eval, d, part, t->batch, &pass);
    if (code != CLI_GO_ON || pass.stopped)
        return code != CLI_GO_ON ? code : trainer_stop(t);
    t->epoch--; /* the row belongs to the last epoch */
    trainer_row(t, cli_part_name[part], &pass.sum, (double)pass.sum.n / (cli_now() - before + 1e-9));
    t->epoch++;
    return trainer_report(t, part, &pass);
}
