/* text.c - the text form of a network traced: words become calls of the layer functions, exactly those of a C program.

   Names: a named word gives `fc1.weight`, another the number it has among the modules of its level, where every word
   counts one, activations and flatten too: as nn.Sequential does. Inside a block the path is `<number>.<inner number>`,
   in a block of branches `<number>.<branch>.<inner number>`; repeat opens no level, its words stand there N times.
   Promises: the first error sticks to the graph and shows the place in the text, also where an op below refused.
   Does not do: read text (parse.c); words and blocks themselves (each has its file). */
#include "parse.h"
#include <stdio.h>
#include <string.h>

#ifdef NRV_HEADER
/* One layer of a text, as it was traced. word: "conv 16 3x3 pad 1"; name: its path, "2.0"; depth: blocks around it;
   out: what it gives (ask nrv_shape_of); params: trainable numbers it added; macs: multiply-adds for one sample. A
   block comes after its layers and counts only what it adds itself. */
typedef struct {
    const char *word, *name;
    int line, column, depth;
    nrv_tensor out;
    int64_t params, macs;
    int64_t reserved[4];
} nrv_layer_info;
typedef struct {
    void (*seen)(void *user, const nrv_layer_info *layer);
    void *user;
    int64_t reserved[4];
} nrv_layers_opt;
#endif

static const int64_t LAYERS_BYTES = INT64_C(1) << 32; /* of weights that one text may ask for */

typedef struct layers_level { /* a block, a branch or the text itself */
    int32_t item;             /* -1: the text */
    int32_t left;             /* turns of repeat still to come */
    int index, branch;        /* number of the next module; of the next branch */
    nrv_tensor in;            /* what came in */
    size_t first;             /* its branches' results begin here */
} layers_level;

typedef struct layers_builder {
    nrv_graph *g;
    const nrv__words *w;
    const nrv_layers_opt *opt;
    nrv_tensor x;
    layers_level level[2 * NRV__WORDS_DEEP + 1];
    int n;
    nrv_tensor *out; /* results of branches */
    size_t n_out, cap_out;
    size_t vars; /* variables and multiply-adds before the layer */
    int64_t macs;
} layers_builder;

/* ---- errors and reports ---- */
/* what an op below said, with the place in the text before its hint */
static void layers_explain(layers_builder *b, size_t at, size_t n)
{
    nrv__why old = b->g->why;
    nrv__text place = { .mem = b->g->mem };
    nrv__words_place(&place, b->w->text, at, n);
    char *hint = NULL;
    for (char *s = strstr(old.text, "\n  hint  "); s; s = strstr(s + 1, "\n  hint  "))
        hint = s;
    int before = hint ? (int)(hint - old.text) : (int)strlen(old.text);
    b->g->why.status = NRV_OK;
    nrv__fail(&b->g->why, old.status, "%.*s%s%s", before, old.text, place.at ? place.at : "", hint ? hint : "");
    nrv__text_free(&place);
}

static int64_t layers_params(const nrv_graph *g, size_t from)
{
    int64_t sum = 0;
    for (size_t i = from; i < g->n_var; i++) {
        int64_t n = g->var[i].trainable ? 1 : 0;
        for (int k = 0; k < g->var[i].node->rank; k++)
            n *= g->var[i].node->dim[k];
        sum += n;
    }
    return sum;
}

static void layers_report(layers_builder *b, const nrv__word *word, const char *name)
{
    nrv_graph *g = b->g;
    if (!b->opt || !b->opt->seen)
        return;
    const char *path = nrv__scope_path(g);
    size_t n = strlen(path) + strlen(name) + 2;
    char *full = nrv__arena_get(&g->arena, n), *text = nrv__arena_text(&g->arena, b->w->text + word->at, word->whole);
    if (!full || !text) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing");
        return;
    }
    snprintf(full, n, "%s%s%s", path, *path && *name ? "." : "", name);
    b->opt->seen(b->opt->user, &(nrv_layer_info){ .word = text,
                                                  .name = full,
                                                  .line = word->line,
                                                  .column = word->column,
                                                  .depth = word->depth,
                                                  .out = b->x,
                                                  .params = layers_params(g, b->vars),
                                                  .macs = g->macs - b->macs });
}

/* ---- levels ---- */
static layers_level *layers_top(layers_builder *b)
{
    return &b->level[b->n - 1];
}

static const char *layers_name(layers_builder *b, const nrv__word *word, char number[24])
{
    int index = layers_top(b)->index++;
    snprintf(number, 24, "%d", index);
    return word->name ? word->name : number;
}

static void layers_enter(layers_builder *b, int32_t item)
{
    const nrv__word *word = &b->w->word[item];
    char number[24];
    layers_level l = { .item = item, .in = b->x, .first = b->n_out, .left = word->times - 1 };
    if (!word->layer) {
        snprintf(number, sizeof number, "%d", layers_top(b)->branch++);
        nrv_push(b->g, number);
    } else if (word->layer->flags & NRV__LAYER_UNROLL) {
        l.index = layers_top(b)->index;
    } else {
        nrv_push(b->g, layers_name(b, word, number));
    }
    b->level[b->n++] = l;
}

static bool layers_result(layers_builder *b)
{
    if (!nrv__graph_room(b->g, &b->out, b->n_out, &b->cap_out, sizeof(nrv_tensor)))
        return false;
    b->out[b->n_out++] = b->x;
    return true;
}

static void layers_join(layers_builder *b, const nrv__word *word)
{
    layers_level l = *layers_top(b);
    b->vars = b->g->n_var;
    b->macs = b->g->macs;
    if (!(word->layer->flags & NRV__LAYER_BRANCHES) && !layers_result(b))
        return;
    b->x = word->layer->join(l.in, (int)(b->n_out - l.first), b->out + l.first);
    b->n_out = l.first;
    b->n--;
    if (b->x)
        layers_report(b, word, "");
    nrv_pop(b->g);
}

/* at the end of what is innermost: once more, or out of it. The word to go on with. */
static size_t layers_leave(layers_builder *b)
{
    layers_level *top = layers_top(b);
    const nrv__word *word = &b->w->word[top->item];
    if (!word->layer) {
        layers_result(b);
        b->x = top->in;
        b->n--;
        nrv_pop(b->g);
    } else if (!(word->layer->flags & NRV__LAYER_UNROLL)) {
        layers_join(b, word);
    } else if (top->left-- > 0) {
        return (size_t)top->item + 1;
    } else {
        b->n--;
        layers_top(b)->index = top->index;
    }
    return (size_t)word->end;
}

/* ---- the walk ---- */
static void layers_make(layers_builder *b, const nrv__word *word)
{
    char number[24];
    nrv__case c = { .g = b->g,
                    .name = layers_name(b, word, number),
                    .n_x = 1,
                    .x = { b->x },
                    .x_name = { "x" },
                    .n_arg = word->n_arg };
    for (int i = 0; i < word->n_arg; i++)
        c.arg[i] = word->arg[i];
    b->vars = b->g->n_var;
    b->macs = b->g->macs;
    b->x = word->layer->make(&c);
    if (b->x)
        layers_report(b, word, c.name);
}

static bool layers_inner_end(layers_builder *b, size_t i)
{
    int32_t item = layers_top(b)->item;
    return item >= 0 && (size_t)b->w->word[item].end == i;
}

static void layers_walk(layers_builder *b)
{
    size_t i = 0;
    while (!b->g->why.status) {
        const nrv__word *at;
        if (layers_inner_end(b, i)) {
            at = &b->w->word[layers_top(b)->item];
            i = layers_leave(b);
        } else if (i == b->w->n) {
            return;
        } else {
            at = &b->w->word[i];
            if (!at->layer || (at->layer->flags & NRV__LAYER_BLOCK))
                layers_enter(b, (int32_t)i);
            else
                layers_make(b, at);
            i++;
        }
        if (b->g->why.status)
            layers_explain(b, at->at, at->whole);
    }
}

/* `input 1x28x28` is a promise about x: (B,1,28,28) */
static bool layers_check_input(layers_builder *b)
{
    nrv_tensor x = b->x;
    const nrv_shape *s = &b->w->input;
    bool same = !s->rank || x->rank == s->rank + 1;
    nrv_dim d;
    for (int i = 0; same && i < s->rank; i++)
        same = nrv__dim_same(b->g, x->dim[i + 1], s->dim[i], "input", &d);
    if (same)
        return true;
    nrv__text have = { .mem = b->g->mem };
    nrv__shape_text(b->g, x->rank, x->dim, &have);
    nrv__graph_fail(b->g, NRV_ESHAPE, "'input' gives the shape of one sample, without the batch",
                    "the text promises another input than %s", have.at ? have.at : "");
    nrv__text_free(&have);
    layers_explain(b, b->w->input_at, b->w->input_n);
    return false;
}

/* The layers of a text, in order: "conv 16 3x3 relu | pool 2 | flatten | dense 10". name: their scope, or NULL. */
NRV_API nrv_tensor nrv_layers(nrv_tensor x, const char *name, const char *text)
{
    return nrv_layers_with(x, name, text, NULL);
}

/* The same, and .seen hears of every layer: its word, name, shape, parameters, multiply-adds. */
NRV_API nrv_tensor nrv_layers_with(nrv_tensor x, const char *name, const char *text, const nrv_layers_opt *opt)
{
    nrv__words w;
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    nrv_tensor y = NULL;
    if (nrv__words_read(&w, g->mem, text, &g->why)) {
        layers_builder b = { .g = g, .w = &w, .opt = opt, .x = x, .level = { { .item = -1 } }, .n = 1 };
        if (name)
            nrv_push(g, name);
        g->budget = LAYERS_BYTES;
        if (!g->why.status && layers_check_input(&b))
            layers_walk(&b);
        g->budget = 0;
        if (name)
            nrv_pop(g);
        y = g->why.status ? NULL : b.x;
        nrv__alloc(&g->mem, b.out, b.cap_out * sizeof(nrv_tensor), 0);
    }
    nrv__words_free(&w);
    return y;
}

/* The shape that the word `input` gives a sample, e.g. 1x28x28; rank 0 if the text has none. why: what is wrong
   with the text. */
NRV_API nrv_status nrv_layers_input(const char *text, nrv_shape *shape, char *why, size_t why_bytes)
{
    nrv__words w;
    nrv__why wrong = { NRV_OK, "" };
    bool good = nrv__words_read(&w, nrv__mem_default(), text, &wrong);
    if (shape)
        *shape = good ? w.input : (nrv_shape){ 0, { 0 } };
    if (why && why_bytes)
        snprintf(why, why_bytes, "%s", good ? "" : wrong.text);
    nrv__words_free(&w);
    return wrong.status;
}
