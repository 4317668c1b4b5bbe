/* card.c - what a model file says about itself: the network's text, shapes, classes, scaling, data.

   Promises: written so that eval and predict repeat exactly what training did with a sample (numbers survive the trip
   bit for bit); read as hostile input. Does not do: tensors, those are the store's. */
#include "net.h"
#include "../src/base/json.h"
#include "../src/io/safetensors.h"
#include <stdlib.h>
#include <string.h>

/* ---- writing ---------------------------------------------------------------------------------------------------- */
static void card_names(nrv__text *t, const char *const *names, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        nrv__text_add(t, i ? ", " : "[");
        nrv__json_quote(t, names[i], strlen(names[i]));
    }
    nrv__text_add(t, n ? "]" : "[]");
}

static void card_numbers(nrv__text *t, const char *key, const float *x, int64_t n)
{
    nrv__text_add(t, "\"%s\": [", key);
    for (int64_t i = 0; i < n; i++)
        nrv__text_add(t, "%s%.9g", i ? ", " : "", (double)x[i]);
    nrv__text_add(t, "]");
}

static nrv_status card_note_text(nrv_store *s, const char *key, nrv__text *t)
{
    nrv_status st = t->broken ? NRV_ENOMEM : nrv_store_note(s, key, t->at ? t->at : "");
    nrv__text_free(t);
    *t = (nrv__text){ .mem = nrv__mem_default() };
    return st;
}

int cli_card_note(nrv_store *s, const cli_net *net, const cli_data *d, const char *data, const char *split,
                  int64_t batch, double val, double test)
{
    nrv__text t = { .mem = nrv__mem_default() };
    nrv_status st = nrv_store_note(s, "format", "pt"); /* what other readers of safetensors look for */
    const struct {
        const char *key, *text;
    } notes[] = { { "nervo.net", net->text },
                  { "nervo.input", cli_shape_text(net->rank, net->dim) },
                  { "nervo.loss", cli_loss_name[net->loss] },
                  { "nervo.data", data },
                  { "nervo.split", split },
                  { "nervo.batch", cli_format("%lld", (long long)batch) },
                  { "nervo.val_split", cli_format("%.17g", val) },
                  { "nervo.test_split", cli_format("%.17g", test) },
                  { "nervo.values", cli_format("%lld", (long long)net->values) },
                  { "nervo.target", d->target ? d->target : "" } };
    for (size_t i = 0; i < sizeof notes / sizeof *notes && st == NRV_OK; i++)
        st = nrv_store_note(s, notes[i].key, notes[i].text);
    card_names(&t, d->class_name, d->classes);
    st = st == NRV_OK ? card_note_text(s, "nervo.classes", &t) : st;
    card_names(&t, d->column, d->columns);
    st = st == NRV_OK ? card_note_text(s, "nervo.columns", &t) : st;
    nrv__text_add(&t, "{");
    card_numbers(&t, "mean", d->scale.mean, d->scale.n);
    nrv__text_add(&t, ", ");
    card_numbers(&t, "factor", d->scale.factor, d->scale.n);
    nrv__text_add(&t, "}");
    st = st == NRV_OK ? card_note_text(s, "nervo.scale", &t) : st;
    nrv__text_free(&t);
    return st == NRV_OK
               ? CLI_GO_ON
               : cli_error(CLI_FAILED, "Close other programs.", "cannot note the model's data: %s", nrv_store_why(s));
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */
static bool card_read_names(const char *json, const char ***names, int64_t *count)
{
    nrv__text t = { .mem = nrv__mem_default() };
    nrv__json j;
    size_t room = 1, n = 0;
    for (const char *s = json; *s; s++)
        room += *s == ',';
    *names = cli_get(room * sizeof **names);
    nrv__json_start(&j, json, strlen(json), &t);
    bool ok = nrv__json_next(&j) == NRV__JSON_ARRAY;
    nrv__json_event e = NRV__JSON_ERROR;
    while (ok && (e = nrv__json_next(&j)) == NRV__JSON_STRING && n < room)
        (*names)[n++] = cli_copy(t.at ? t.at : "", t.n);
    *count = (int64_t)n;
    nrv__text_free(&t);
    return ok && e == NRV__JSON_ARRAY_END;
}

static int64_t card_numbers_of(nrv__json *j, float **to, size_t room)
{
    size_t n = 0;
    nrv__json_event e = nrv__json_next(j);
    if (e != NRV__JSON_ARRAY)
        return -1;
    *to = cli_get(room * sizeof **to);
    while (((e = nrv__json_next(j)) == NRV__JSON_INT || e == NRV__JSON_REAL) && n < room)
        (*to)[n++] = (float)j->real;
    return e == NRV__JSON_ARRAY_END ? (int64_t)n : -1;
}

static bool card_read_scale(const char *json, cli_scale *scale)
{
    nrv__text t = { .mem = nrv__mem_default() };
    nrv__json j;
    size_t room = 2;
    int64_t n[2] = { -1, -1 };
    for (const char *s = json; *s; s++)
        room += *s == ',';
    nrv__json_start(&j, json, strlen(json), &t);
    bool ok = nrv__json_next(&j) == NRV__JSON_OBJECT;
    while (ok && nrv__json_next(&j) == NRV__JSON_KEY) {
        bool mean = nrv__json_is(&j, "mean");
        ok = mean || nrv__json_is(&j, "factor");
        if (ok)
            n[mean] = card_numbers_of(&j, mean ? &scale->mean : &scale->factor, room);
        ok = ok && n[mean] >= 0;
    }
    nrv__text_free(&t);
    scale->n = n[0];
    return ok && n[0] >= 0 && n[0] == n[1];
}

static const char *card_get(const nrv__st *f, const char *key)
{
    for (int i = 0; i < nrv__st_notes(f); i++)
        if (strcmp(nrv__st_note_at(f, i)->key, key) == 0) {
            const char *text = nrv__st_note_at(f, i)->text;
            return cli_copy(text, strlen(text));
        }
    return NULL;
}

static const char *card_fill(const nrv__st *f, cli_card *c)
{
    const char *classes = card_get(f, "nervo.classes"), *columns = card_get(f, "nervo.columns");
    const char *scale = card_get(f, "nervo.scale"), *batch = card_get(f, "nervo.batch"), *v;
    c->text = card_get(f, "nervo.net");
    c->input = card_get(f, "nervo.input");
    c->loss = card_get(f, "nervo.loss");
    c->data = card_get(f, "nervo.data");
    c->split = card_get(f, "nervo.split");
    c->target = card_get(f, "nervo.target");
    if (!c->text || !c->input)
        return "it says nothing of its network (metadata 'nervo.net', 'nervo.input')";
    c->batch = batch ? (int64_t)strtoll(batch, NULL, 10) : 32;
    c->values = (v = card_get(f, "nervo.values")) ? (int64_t)strtoll(v, NULL, 10) : 0;
    c->val = (v = card_get(f, "nervo.val_split")) ? strtod(v, NULL) : 0;
    c->test = (v = card_get(f, "nervo.test_split")) ? strtod(v, NULL) : 0.2;
    if (c->batch < 1 || c->batch > 1 << 24 || c->values < 0 || !(c->val >= 0) || !(c->test >= 0))
        return "its batch, answers or splits are no sensible numbers";
    if (classes && !card_read_names(classes, &c->class_name, &c->classes))
        return "its metadata 'nervo.classes' is no JSON list of names";
    if (columns && !card_read_names(columns, &c->column, &c->columns))
        return "its metadata 'nervo.columns' is no JSON list of names";
    if (scale && !card_read_scale(scale, &c->scale))
        return "its metadata 'nervo.scale' is no JSON object with as many 'mean' as 'factor'";
    return NULL;
}

int cli_card_store(const char *path, const char *why)
{
    return cli_error(CLI_FAILED, "Give a model.safetensors that 'nervo train' wrote, or train it again.", "%s%s%s",
                     why && strstr(why, path) ? "" : path, why && strstr(why, path) ? "" : ": ",
                     why ? why : "cannot be read");
}

int cli_card_read(const char *path, cli_card *card)
{
    nrv__mem m = { cli_alloc, NULL };
    nrv__why why = { NRV_OK, "" };
    *card = (cli_card){ 0 };
    nrv__st *f = nrv__st_open(&m, path, &why);
    if (!f)
        return cli_card_store(path, why.text);
    const char *wrong = card_fill(f, card);
    nrv__st_close(f);
    return wrong ? cli_card_store(path, cli_format("%s: %s", path, wrong)) : CLI_GO_ON;
}

int cli_card_net(const cli_card *card, cli_net *net)
{
    const char *s = card->input;
    char *end;
    net->text = card->text;
    net->classes = card->classes;
    net->values = card->values ? card->values : 1;
    net->loss = card->loss && strcmp(card->loss, "mse") == 0   ? CLI_MSE
                : card->loss && strcmp(card->loss, "bce") == 0 ? CLI_BCE
                                                               : CLI_CROSS_ENTROPY;
    net->width = 1;
    for (net->rank = 0; net->rank < 7; s = end + 1) {
        int64_t n = (int64_t)strtoll(s, &end, 10);
        if (end == s || n < 1 || !nrv__mul(net->width, n, &net->width))
            break;
        net->dim[net->rank++] = n;
        if (*end == 0)
            return CLI_GO_ON;
        if (*end != 'x')
            break;
    }
    return cli_error(CLI_USAGE, "Write it as 1x28x28: channels, height, width; or one number of columns.",
                     "'%.60s' is no shape of a sample", card->input);
}

static const char *card_without_optim(void *user, const char *name)
{
    (void)user;
    return strncmp(name, "optim.", 6) == 0 ? NULL : name; /* a checkpoint is a model, too */
}

int cli_card_load(const char *path, nrv_store *s)
{
    if (nrv_store_load(s, path, &(nrv_load_opt){ .rename = card_without_optim }) == NRV_OK)
        return CLI_GO_ON;
    return cli_card_store(path, nrv_store_why(s));
}
