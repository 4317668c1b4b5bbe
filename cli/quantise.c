/* quantise.c - `nervo quantise`: a trained model with weights of a byte each.

   Promises: the words 'dense' of the network's text get the argument int8, and everything else of the file stays as it
   was, so that eval and predict take either. Does not do: other layers than dense, or training. */
#include "../src/nn/parse.h"
#include "net.h"
#include <string.h>

static const cli_option quantise_options[] = {
    { .letter = 'o', .name = "output", .arg = "FILE", .kind = CLI_TEXT, .help = "where to write; asked for" }, { 0 }
};

static bool quantise_wants(const nrv__word *word)
{
    bool reals = word->layer && strcmp(word->layer->word, "dense") == 0;
    for (int k = 0; reals && k < word->n_arg; k++)
        reals = strcmp(word->arg[k].name, "int8") != 0;
    return reals;
}

/* the text with int8 behind every dense layer that has not got it, or NULL where none wants it */
static char *quantise_text(const char *text)
{
    static const char more[] = " int8";
    nrv__why why = { NRV_OK, "" };
    nrv__words w;
    char *to = NULL;
    size_t done = 0, at = 0;
    const size_t n = nrv__words_read(&w, nrv__mem_default(), text, &why) ? w.n : 0;
    for (size_t i = 0; i < n; i++) {
        const size_t end = w.word[i].at + w.word[i].whole;
        if (!quantise_wants(&w.word[i]))
            continue;
        to = to ? to : cli_get(strlen(text) + n * (sizeof more - 1) + 1);
        memcpy(to + at, text + done, end - done);
        at += end - done;
        memcpy(to + at, more, sizeof more - 1);
        at += sizeof more - 1;
        done = end;
    }
    if (to)
        strcpy(to + at, text + done);
    nrv__words_free(&w);
    return to;
}

static const char *quantise_no_tensor(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

static int quantise_trace(const cli_card *card, const char *text, nrv_store *s)
{
    cli_net net = { .optim = "adam" };
    int code = cli_card_net(card, &net);
    if (code != CLI_GO_ON)
        return code;
    net.text = text;
    nrv_graph *g = cli_net_trace(&net, s, CLI_TRACE_PREDICT, NULL);
    code = cli_net_graph_error(g);
    nrv_graph_free(g);
    return code;
}

static int quantise_into(nrv_store *to, nrv_store *from, const cli_card *card, const char *path, const char *out)
{
    int code = quantise_trace(card, card->text, from);
    if (code != CLI_GO_ON)
        return code;
    const char *text = quantise_text(card->text);
    if (!text)
        return cli_error(CLI_FAILED, "nervo show prints its layers.", "%s: it has no dense layer with weights of reals",
                         path);
    code = cli_card_load(path, from);
    code = code == CLI_GO_ON ? quantise_trace(card, text, to) : code;
    if (code != CLI_GO_ON)
        return code;
    const nrv_load_opt notes = { .rename = quantise_no_tensor, .partial = 1 };
    if (nrv_store_quantise(to, from) != NRV_OK || nrv_store_load(to, path, &notes) != NRV_OK)
        return cli_card_store(path, nrv_store_why(to));
    if (nrv_store_note(to, "nervo.net", text) != NRV_OK || nrv_store_save(to, out, "*") != NRV_OK)
        return cli_error(CLI_FAILED, "Choose another file with -o.", "%s", nrv_store_why(to));
    cli_say("%s: every dense layer has weights of a byte each", out);
    return CLI_DONE;
}

static int quantise_run(cli_args *a)
{
    cli_card card;
    const char *out = cli_text(a, "output");
    if (a->n_rest != 1)
        return cli_error(CLI_USAGE, "For example: runs/first/model.safetensors.", "one model file is needed, not %d",
                         a->n_rest);
    if (!out)
        return cli_error(CLI_USAGE, "For example: -o small.safetensors.", "where to write is not said");
    int code = cli_card_read(a->rest[0], &card);
    if (code != CLI_GO_ON)
        return code;
    nrv_store *from = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_store *to = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    code = from && to ? quantise_into(to, from, &card, a->rest[0], out)
                      : cli_error(CLI_FAILED, "Close other programs.", "out of memory");
    nrv_store_free(from);
    nrv_store_free(to);
    return code;
}

const cli_command cli_quantise = {
    .name = "quantise",
    .line = "Rounds the weights of a trained model's dense layers to a byte each.",
    .usage = "nervo quantise MODEL -o FILE",
    .takes = CLI_FILES,
    .options = quantise_options,
    .run = quantise_run,
    .examples = "  nervo quantise runs/first/model.safetensors -o small.safetensors\n"
                "  nervo eval small.safetensors\n",
    .see = "nervo eval, nervo predict",
};
