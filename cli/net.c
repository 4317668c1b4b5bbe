/* net.c - from a network's text to plans, and a pass over data. See net.h for what it promises. */
#include "net.h"
#include "run.h"
#include "../src/optim/optim.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const cli_loss_name[] = { "cross-entropy", "mse", "bce" };
#define NET_SHOW "'nervo show' lists the layers with their shapes; 'nervo help show' says how."

/* ---- what the options say --------------------------------------------------------------------------------------- */
int cli_net_text(const char *inline_text, const char *file, const char **text)
{
    size_t n = inline_text ? strlen(inline_text) : 0, bytes;
    if (inline_text && file)
        return cli_error(CLI_USAGE, "Leave one of them away.", "the network is given twice, by -m and by --model");
    if (!inline_text && !file)
        return cli_error(CLI_USAGE, "For example: -m \"flatten | dense 64 relu | dense 10\", or --model FILE.net.",
                         "no network given");
    if (inline_text && !(n > 4 && strcmp(inline_text + n - 4, ".net") == 0)) {
        *text = inline_text;
        return CLI_GO_ON;
    }
    if (inline_text)
        file = inline_text;
    *text = cli_read_whole(file, 1 << 24, &bytes);
    if (!*text)
        return cli_error(CLI_USAGE, "Give a text file with one layer a line, or the text itself with -m.",
                         "cannot read the network '%s': %s", file, strerror(errno));
    if (strlen(*text) != bytes)
        return cli_error(CLI_USAGE,
                         "Give a text file with one layer a line; a trained model goes to eval, predict or show.",
                         "'%s' is no network text: it holds zero bytes", file);
    return CLI_GO_ON;
}

int cli_net_input(cli_net *net, cli_data *d)
{
    nrv_shape shape = { 0, { 0 } };
    char why[1536] = "";
    if (nrv_layers_input(net->text, &shape, why, sizeof why) != NRV_OK)
        return cli_error(CLI_USAGE, NET_SHOW, "%s", why);
    if (shape.rank && d) {
        int code = cli_data_shape(d, shape.rank, shape.dim, "the network's text");
        if (code != CLI_GO_ON)
            return code;
    } else if (!shape.rank && !d && !net->rank) {
        return cli_error(CLI_USAGE, "Begin the network with 'input 1x28x28 |', or give --input 1x28x28.",
                         "the shape of a sample is not known");
    }
    if (!shape.rank && d) {
        shape.rank = d->rank;
        memcpy(shape.dim, d->dim, sizeof shape.dim);
    }
    if (shape.rank) {
        net->rank = shape.rank;
        memcpy(net->dim, shape.dim, sizeof net->dim);
    }
    net->width = 1;
    for (int i = 0; i < net->rank; i++)
        if (net->dim[i] < 1 || !nrv__mul(net->width, net->dim[i], &net->width))
            return cli_error(CLI_USAGE, "Every length is at least 1.", "a sample cannot have the shape %s",
                             cli_shape_text(net->rank, net->dim));
    return CLI_GO_ON;
}

int cli_net_loss(cli_net *net, const char *name, const cli_data *d)
{
    bool classes = d->classes > 0;
    net->classes = d->classes;
    net->values = d->values;
    if (!name || strcmp(name, "auto") == 0)
        net->loss = classes ? CLI_CROSS_ENTROPY : CLI_MSE;
    else
        net->loss = strcmp(name, "mse") == 0 ? CLI_MSE : strcmp(name, "bce") == 0 ? CLI_BCE : CLI_CROSS_ENTROPY;
    if (net->loss == CLI_CROSS_ENTROPY && !classes)
        return cli_error(CLI_USAGE, "Use --loss mse, or give whole numbers from 0 or names as answers.",
                         "cross-entropy wants classes, but the answers in '%s' are values", d->name);
    if (net->loss == CLI_BCE && classes && d->classes != 2)
        return cli_error(CLI_USAGE, "Use --loss cross-entropy.", "bce wants two classes, but '%s' has %lld", d->name,
                         (long long)d->classes);
    if (net->loss == CLI_MSE && classes)
        return cli_error(CLI_USAGE, "Use --loss cross-entropy.",
                         "mse wants values, but the answers in '%s' are classes", d->name);
    if (net->loss == CLI_BCE && classes)
        net->values = 1;
    return CLI_GO_ON;
}

int cli_net_isa(const char **isa)
{
    const char *tiers = nrv_tiers(), *best = strrchr(tiers, ' ');
    char list[128], *rest = NULL;
    if (!*isa || !**isa) {
        *isa = best ? best + 1 : tiers;
        return CLI_GO_ON;
    }
    snprintf(list, sizeof list, "%s", tiers);
    for (char *t = strtok_r(list, " ", &rest); t; t = strtok_r(NULL, " ", &rest))
        if (strcmp(t, *isa) == 0)
            return CLI_GO_ON;
    return cli_error(CLI_USAGE, cli_format("This machine has: %s. Set NERVO_ISA or --isa to one of them.", tiers),
                     "there is no instruction set '%s' here", *isa);
}

/* ---- tracing ---------------------------------------------------------------------------------------------------- */
int cli_net_graph_error(nrv_graph *g)
{
    const char *why = g ? nrv_graph_why(g) : "out of memory";
    return why ? cli_error(CLI_USAGE, NET_SHOW, "%s", why) : CLI_GO_ON;
}

static nrv_tensor net_loss(const cli_net *net, nrv_graph *g, nrv_tensor y, nrv_dim batch)
{
    if (net->loss == CLI_CROSS_ENTROPY)
        return nrv_cross_entropy(y, nrv_input(g, "t", NRV_I32, NRV_SHAPE(batch)));
    nrv_tensor t = nrv_input(g, "t", NRV_F32, NRV_SHAPE(batch, net->values));
    return net->loss == CLI_MSE ? nrv_mse(y, t) : nrv_bce_logits(y, t);
}

static void net_optim_arg(nrv__case *c, const char *name, double value)
{
    /* zero is a wish here, and any negative number says it: the optimiser's default may be another */
    c->arg[c->n_arg++] = (nrv__arg){ name, cli_format("%.17g", value != 0 ? value : -1.0) };
}

static void net_learn(const cli_net *net, nrv_graph *g, nrv_tensor loss)
{
    nrv_list p = nrv_params(g, "*"), next = NULL;
    nrv_tensor rate = nrv_input(g, "rate", NRV_F32, NRV_SCALAR);
    nrv__case c = { .g = g, .name = "optim" };
    net_optim_arg(&c, "momentum", net->momentum);
    net_optim_arg(&c, "decay", net->decay);
    if (net->nesterov)
        net_optim_arg(&c, "nesterov", 1);
    for (int i = 0; nrv__optims[i]; i++)
        if (strcmp(nrv__optims[i]->name, net->optim) == 0)
            next = nrv__optims[i]->make(p, nrv_grads(loss, p), rate, &c);
    nrv_assign_all(p, next);
}

nrv_graph *cli_net_trace(cli_net *net, nrv_store *s, cli_trace what, const nrv_layers_opt *layers)
{
    nrv_graph *g = nrv_graph_new(s, what == CLI_TRACE_TRAIN ? NRV_TRAIN : NRV_EVAL);
    if (!g)
        return NULL;
    nrv_shape shape = { net->rank + 1, { 0 } };
    nrv_dim batch = nrv_size(g, "B", 1, 1 << 24);
    shape.dim[0] = batch;
    memcpy(shape.dim + 1, net->dim, (size_t)(net->rank < 7 ? net->rank : 7) * sizeof *shape.dim);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, shape);
    nrv_tensor y = layers ? nrv_layers_with(x, NULL, net->text, layers) : nrv_layers(x, NULL, net->text);
    nrv_shape out = y ? nrv_shape_of(y) : (nrv_shape){ 0, { 0 } };
    net->outputs = 1;
    net->out_rank = out.rank > 0 ? out.rank - 1 : 0;
    for (int i = 1; i < out.rank; i++) {
        net->out_dim[i - 1] = out.dim[i];
        net->outputs *= out.dim[i];
    }
    if (y && what != CLI_TRACE_PREDICT) {
        nrv_tensor loss = net_loss(net, g, y, batch);
        if (what == CLI_TRACE_TRAIN)
            net_learn(net, g, loss);
        nrv_output(g, "loss", loss);
    }
    if (y)
        nrv_output(g, "y", y);
    return g;
}

static int net_check_outputs(const cli_net *net)
{
    if (net->out_rank != 1)
        return cli_error(CLI_USAGE, "Put 'flatten' before the last 'dense'.",
                         "the last layer gives %s for a sample, but %s wants one row of numbers",
                         cli_shape_text(net->out_rank, net->out_dim), cli_loss_name[net->loss]);
    if (net->loss == CLI_CROSS_ENTROPY && net->classes > net->outputs)
        return cli_error(CLI_USAGE, cli_format("End the network with 'dense %lld'.", (long long)net->classes),
                         "labels out of range: the data has %lld classes, the last layer gives %lld score%s",
                         (long long)net->classes, (long long)net->outputs, net->outputs == 1 ? "" : "s");
    if (net->loss != CLI_CROSS_ENTROPY && net->values != net->outputs)
        return cli_error(CLI_USAGE, cli_format("End the network with 'dense %lld'.", (long long)net->values),
                         "the answers are %lld value%s for a sample, the last layer gives %lld", (long long)net->values,
                         net->values == 1 ? "" : "s", (long long)net->outputs);
    return CLI_GO_ON;
}

/* the answers' width is looked at first: it says more plainly what the loss would complain of */
static int net_compile(cli_net *net, nrv_store *s, cli_trace what, cli_plan *p)
{
    cli_net look = *net;
    nrv_graph *g = cli_net_trace(&look, s, CLI_TRACE_PREDICT, NULL);
    int code = cli_net_graph_error(g);
    if (code == CLI_GO_ON && what != CLI_TRACE_PREDICT)
        code = net_check_outputs(&look);
    if (code == CLI_GO_ON && what != CLI_TRACE_PREDICT) {
        nrv_graph_free(g);
        g = cli_net_trace(net, s, what, NULL);
        code = cli_net_graph_error(g);
    }
    net->outputs = look.outputs;
    if (code == CLI_GO_ON)
        p->plan = nrv_compile(g, &(nrv_compile_opt){ .cpu = net->isa, .check_nan = net->check_nan });
    nrv_graph_free(g);
    return code;
}

int cli_net_plan(cli_net *net, nrv_store *s, cli_trace what, nrv_pool *pool, nrv_exec *share, int64_t batch,
                 cli_plan *p)
{
    *p = (cli_plan){ 0 };
    int code = net_compile(net, s, what, p);
    if (code != CLI_GO_ON)
        return code;
    p->exec = nrv_exec_new(p->plan, s, &(nrv_exec_opt){ .pool = pool, .share = share });
    if (nrv_why(p->exec))
        return cli_error(CLI_FAILED, NET_SHOW, "%s", nrv_why(p->exec));
    int64_t answers = net->loss == CLI_CROSS_ENTROPY ? 1 : net->values;
    p->x = cli_big((size_t)batch, (size_t)net->width * sizeof *p->x);
    p->t = what == CLI_TRACE_PREDICT ? NULL : cli_big((size_t)batch, (size_t)answers * sizeof(float));
    if (!p->x || (what != CLI_TRACE_PREDICT && !p->t))
        return cli_error(CLI_FAILED, "Use a smaller --batch.", "out of memory for a batch of %lld samples",
                         (long long)batch);
    nrv_status st = NRV_OK;
    if (what != CLI_TRACE_PREDICT)
        st = nrv_bind_out(p->exec, "loss", &p->loss, sizeof p->loss);
    if (st == NRV_OK && what == CLI_TRACE_TRAIN)
        st = nrv_bind_in(p->exec, "rate", &p->rate, sizeof p->rate);
    return st == NRV_OK ? CLI_GO_ON : cli_error(CLI_FAILED, NET_SHOW, "%s", nrv_why(p->exec));
}

void cli_plan_free(cli_plan *p)
{
    nrv_exec_free(p->exec);
    nrv_plan_free(p->plan);
    cli_big_free(p->x);
    cli_big_free(p->t);
    *p = (cli_plan){ 0 };
}

static nrv_status plan_bind(cli_plan *p, const cli_net *net, int64_t n)
{
    size_t answers = net->loss == CLI_CROSS_ENTROPY ? sizeof(int32_t) : (size_t)net->values * sizeof(float);
    nrv_status st = nrv_set_size(p->exec, "B", n);
    if (st == NRV_OK)
        st = nrv_bind_in(p->exec, "x", p->x, (size_t)n * (size_t)net->width * sizeof *p->x);
    if (st == NRV_OK && p->t)
        st = nrv_bind_in(p->exec, "t", p->t, (size_t)n * answers);
    return st == NRV_OK ? nrv_prepare(p->exec) : st;
}

int cli_plan_run(cli_plan *p, const cli_net *net, int64_t n)
{
    const char *why = cli_plan_try(p, net, n);
    return why ? cli_error(CLI_FAILED, "With too little memory, use a smaller --batch or a smaller network.", "%s", why)
               : CLI_GO_ON;
}

const char *cli_plan_try(cli_plan *p, const cli_net *net, int64_t n)
{
    nrv_status st = n == p->bound ? NRV_OK : plan_bind(p, net, n);
    p->bound = st == NRV_OK ? n : 0;
    return st == NRV_OK && nrv_run(p->exec) == NRV_OK ? NULL : nrv_why(p->exec);
}

const float *cli_plan_output(cli_plan *p)
{
    size_t bytes = 0;
    return nrv_value(p->exec, "y", &bytes);
}

/* ---- measuring -------------------------------------------------------------------------------------------------- */
int64_t cli_net_class(const cli_net *net, const float *y)
{
    int64_t best = 0;
    if (net->loss == CLI_BCE)
        return y[0] > 0;
    for (int64_t i = 1; i < net->outputs; i++)
        if (y[i] > y[best])
            best = i;
    return best;
}

double cli_net_probability(const cli_net *net, const float *y, int64_t c)
{
    double sum = 0;
    if (net->loss == CLI_BCE) {
        double p = 1 / (1 + exp(-(double)y[0]));
        return c ? p : 1 - p;
    }
    for (int64_t i = 0; i < net->outputs; i++)
        sum += exp((double)y[i] - (double)y[c]);
    return 1 / sum;
}

const char *cli_score_name(const cli_net *net)
{
    return net->loss == CLI_MSE ? "mae" : "acc";
}

double cli_score(const cli_measure *m)
{
    return m->scored ? m->score / (double)m->scored : 0;
}

double cli_mean_loss(const cli_measure *m)
{
    return m->n ? m->loss / (double)m->n : 0;
}

static void measure_values(cli_measure *m, const cli_net *net, const float *y, const float *t, int64_t n)
{
    for (int64_t i = 0; i < n * net->values; i++)
        m->score += net->loss == CLI_MSE ? fabs((double)y[i] - (double)t[i]) : (double)((y[i] > 0) == (t[i] > 0.5f));
    m->scored += n * net->values;
}

void cli_measure_add(cli_measure *m, const cli_net *net, cli_plan *p, int64_t n, int64_t *counts, int32_t *said)
{
    const float *y = cli_plan_output(p);
    m->loss += (double)p->loss * (double)n;
    m->n += n;
    if (net->loss != CLI_CROSS_ENTROPY)
        measure_values(m, net, y, p->t, n);
    for (int64_t i = 0; i < n && net->classes; i++) {
        int64_t c = cli_net_class(net, y + i * net->outputs);
        int64_t t = net->loss == CLI_BCE ? ((const float *)p->t)[i] > 0.5f : ((const int32_t *)p->t)[i];
        if (net->loss == CLI_CROSS_ENTROPY) {
            m->score += c == t;
            m->scored++;
        }
        if (counts && c < net->classes)
            counts[t * net->classes + c]++;
        if (said)
            said[i] = (int32_t)c;
    }
}

int cli_evaluate(const cli_net *net, cli_plan *p, const cli_data *d, cli_part part, int64_t batch, cli_pass *pass)
{
    const int64_t *rows = d->row[part];
    pass->sum = (cli_measure){ 0 };
    pass->stopped = false;
    if (pass->counts)
        memset(pass->counts, 0, (size_t)(net->classes * net->classes) * sizeof *pass->counts);
    for (int64_t at = 0; at < d->n[part]; at += batch) {
        int64_t n = d->n[part] - at < batch ? d->n[part] - at : batch;
        if (cli_stopped()) {
            pass->stopped = true;
            break;
        }
        cli_data_fill(d, rows + at, n, p->x);
        cli_data_fill_answers(d, rows + at, n, net->loss != CLI_CROSS_ENTROPY, p->t);
        int code = cli_plan_run(p, net, n);
        if (code != CLI_GO_ON)
            return code;
        cli_measure_add(&pass->sum, net, p, n, pass->counts, pass->said ? pass->said + at : NULL);
    }
    return CLI_GO_ON;
}

/* ---- goals and results ------------------------------------------------------------------------------------------ */
static bool net_measure_named(const char *name, const cli_net *net, const cli_measure *m, double *value)
{
    if (strcmp(name, "loss") == 0 || (net->loss == CLI_MSE && strcmp(name, "mse") == 0))
        *value = m ? cli_mean_loss(m) : 0;
    else if (strcmp(name, cli_score_name(net)) == 0 || (net->loss != CLI_MSE && strcmp(name, "accuracy") == 0))
        *value = m ? cli_score(m) : 0;
    else
        return false;
    return true;
}

int cli_check_goal_text(const char *goal, const cli_net *net)
{
    char name[16], op[3];
    double want, have;
    const char *score = cli_score_name(net);
    if (!goal || (cli_parse_goal(goal, name, op, &want) && net_measure_named(name, net, NULL, &have)))
        return CLI_GO_ON;
    return cli_error(
        CLI_USAGE,
        cli_format("Write it as '%s%s0.9' or 'loss<=0.5', with quotes.", score, net->loss == CLI_MSE ? "<=" : ">="),
        "--require does not understand '%s'", goal);
}

int cli_check_goal(const char *goal, const cli_net *net, const cli_measure *m)
{
    char name[16], op[3];
    double want, have = 0;
    if (!goal || !cli_parse_goal(goal, name, op, &want) || !net_measure_named(name, net, m, &have) ||
        cli_goal_met(op, have, want))
        return CLI_DONE;
    cli_warn("goal missed: %s is %.6g, wanted %s%.6g", name, have, op, want);
    return CLI_MISSED;
}

void cli_print_result(const char *split, const cli_net *net, const cli_measure *m, const char *tail)
{
    const char *bold = cli_ink(stdout, CLI_BOLD), *plain = cli_ink(stdout, CLI_PLAIN);
    if (net->loss == CLI_MSE)
        printf("%s%s mse %.6g%s, mae %.6g%s%s\n", bold, split, cli_mean_loss(m), plain, cli_score(m), *tail ? " " : "",
               tail);
    else
        printf("%s%s accuracy %.4f%s%s%s\n", bold, split, cli_score(m), plain, *tail ? " " : "", tail);
}
