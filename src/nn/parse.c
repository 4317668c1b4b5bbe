/* parse.c - the text form of a network, read into words. See parse.h for what it promises.

   text   clauses separated by new lines or |; # begins a comment; "input 1x28x28" may come first
   clause [name:] word argument... [word argument...]...          arguments in order, or by name: "conv 16 3x3 pad 1"
   block  word { clauses }, word { clauses ; clauses }            repeat N { clauses } */
#include "parse.h"
#include <stdlib.h>
#include <string.h>

enum { PARSE_SHOWN = 100, PARSE_NAME = 64, PARSE_ARGS = 16 };

typedef struct parse_token {
    size_t at, n;
    char kind; /* 'w' a word, 0 the end, else the sign itself: | { } ; : */
} parse_token;

typedef struct parse_arg { /* "units:size=1" taken apart */
    const char *name, *type, *otherwise;
    size_t name_n, type_n;
    bool asked, set;
} parse_arg;

typedef struct parser {
    nrv__words *w;
    nrv__why *why;
    const char *text;
    size_t at;
    parse_token t;
    int32_t open[2 * NRV__WORDS_DEEP];      /* blocks and branches around this place */
    int64_t count[2 * NRV__WORDS_DEEP + 1]; /* words in each, unrolled */
    int n_open, deep;
    parse_token name; /* n = 0: none */
    bool said;        /* a word came: `input` is too late */
    size_t where;     /* line and column are those of this place */
    int line, column;
} parser;

/* ---- showing a place ---- */
/* moves line and column from one place of the text to a later one; columns are characters, not bytes */
static void parse_where(const char *text, size_t from, size_t at, int *line, int *column)
{
    for (size_t i = from; i < at; i++) {
        if (text[i] == '\n')
            ++*line, *column = 1;
        else if (((unsigned char)text[i] & 0xC0) != 0x80)
            ++*column;
    }
}

void nrv__words_place(nrv__text *t, const char *text, size_t at, size_t n)
{
    int line = 1, column = 1;
    parse_where(text, 0, at, &line, &column);
    nrv__text_add(t, "\n  at    line %d, column %d\n        ", line, column);
    size_t from = at, to = at;
    while (from && text[from - 1] != '\n' && at - from < PARSE_SHOWN / 2)
        from--;
    while (((unsigned char)text[from] & 0xC0) == 0x80 && from < at)
        from++;
    while (text[to] && text[to] != '\n' && to - from < PARSE_SHOWN)
        to++;
    const char *dots = from && text[from - 1] != '\n' ? "..." : "";
    while (from < to && !*dots && (text[from] == ' ' || text[from] == '\t') && from < at)
        from++;
    nrv__text_add(t, "%s", dots);
    for (size_t i = from; i < to; i++) {
        char c = (unsigned char)text[i] < 32 || text[i] == 127 ? ' ' : text[i];
        nrv__text_addn(t, &c, 1);
    }
    nrv__text_add(t, "%s\n        %*s", text[to] && text[to] != '\n' ? "..." : "", *dots ? 3 : 0, "");
    for (size_t i = from; i < at + (n ? n : 1) && (i < to || i == at); i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            nrv__text_add(t, "%c", i < at ? ' ' : i == at ? '^' : '~');
}

static bool parse_fail(parser *p, parse_token t, const char *hint, const char *fmt, ...) NRV__PRINTF(4, 5);
static bool parse_fail(parser *p, parse_token t, const char *hint, const char *fmt, ...)
{
    char what[512];
    nrv__why short_why = { NRV_OK, "" };
    va_list ap;
    va_start(ap, fmt);
    nrv__failv(&short_why, NRV_EARG, fmt, ap);
    va_end(ap);
    memcpy(what, short_why.text, sizeof what - 1);
    what[sizeof what - 1] = 0;
    nrv__text place = { .mem = p->w->mem };
    nrv__words_place(&place, p->text, t.at, t.n);
    nrv__fail(p->why, NRV_EARG, "%s%s%s%s", what, place.at ? place.at : "", hint ? "\n  hint  " : "", hint ? hint : "");
    nrv__text_free(&place);
    return false;
}

static bool parse_memory(parser *p)
{
    return nrv__fail(p->why, NRV_ENOMEM, "out of memory for the words of a network"), false;
}

/* ---- tokens ---- */
static void parse_next(parser *p)
{
    static const char signs[] = "|{};:#\n";
    const char *s = p->text;
    while (s[p->at] == ' ' || s[p->at] == '\t' || s[p->at] == '\r')
        p->at++;
    if (s[p->at] == '#')
        while (s[p->at] && s[p->at] != '\n')
            p->at++;
    p->t = (parse_token){ p->at, 1, s[p->at] };
    if (!s[p->at])
        return;
    if (strchr(signs, s[p->at])) {
        p->t.kind = s[p->at] == '\n' ? '|' : s[p->at];
        p->at++;
        return;
    }
    while (s[p->at] && !strchr(signs, s[p->at]) && !strchr(" \t\r", s[p->at]))
        p->at++;
    p->t = (parse_token){ p->t.at, p->at - p->t.at, 'w' };
}

static bool parse_is(const parser *p, parse_token t, const char *word)
{
    return t.n == strlen(word) && !memcmp(p->text + t.at, word, t.n);
}

static int parse_shown(parse_token t) /* how much of a token a message quotes */
{
    return t.n < 40 ? (int)t.n : 40;
}

static const char *parse_copy(parser *p, parse_token t)
{
    const char *s = nrv__arena_text(&p->w->arena, p->text + t.at, t.n);
    return s ? s : (parse_memory(p), NULL);
}

static bool parse_number_like(const parser *p, parse_token t)
{
    return t.kind == 'w' && (strchr("0123456789.-+", p->text[t.at]) != NULL);
}

/* ---- arguments ---- */
static int parse_args_of(const nrv__layer *layer, parse_arg *to)
{
    int n = 0;
    for (const char *s = layer->args; *s && n < PARSE_ARGS; n++) {
        size_t whole = strcspn(s, " "), name = strcspn(s, ":"), type = strcspn(s + name + 1, "=? ");
        const char *rest = s + name + 1 + type;
        to[n] = (parse_arg){ .name = s, .name_n = name, .type = s + name + 1, .type_n = type };
        to[n].asked = *rest != '=' && *rest != '?' && strncmp(to[n].type, "flag", 4) != 0;
        s += whole + strspn(s + whole, " ");
    }
    return n;
}

static bool parse_type(const parse_arg *a, const char *type)
{
    return a->type_n == strlen(type) && !memcmp(a->type, type, a->type_n);
}

/* one whole number of at most 8 digits, from *at on */
static bool parse_whole(const char *s, size_t n, size_t *at, int64_t *value)
{
    size_t from = *at;
    *value = 0;
    while (*at < n && s[*at] >= '0' && s[*at] <= '9' && *at - from < 9)
        *value = 10 * *value + (s[(*at)++] - '0');
    return *at > from && *value <= NRV__WORDS_SIZE && !(*at < n && s[*at] >= '0' && s[*at] <= '9');
}

static bool parse_lengths(const char *s, size_t n, int64_t least, int most)
{
    size_t at = 0;
    int64_t v;
    for (int i = 0; i < most; i++) {
        if (!parse_whole(s, n, &at, &v) || v < least)
            return false;
        if (at == n)
            return true;
        if (s[at++] != 'x')
            return false;
    }
    return false;
}

/* of "size3" or "int2": how many at most, and from what on */
static int parse_many(const parse_arg *a)
{
    char last = a->type[a->type_n - 1];
    return last >= '2' && last <= '9' ? last - '0' : 1;
}

static int64_t parse_least(const parse_arg *a)
{
    return a->type_n < 3 || memcmp(a->type, "int", 3) ? 1 : 0;
}

static bool parse_value_fits(const parser *p, const parse_arg *a, parse_token t)
{
    const char *s = p->text + t.at;
    double real;
    if (parse_type(a, "real"))
        return nrv__parse_number(s, t.n, &real);
    if (parse_type(a, "int") && t.n > 1 && *s == '-')
        return parse_lengths(s + 1, t.n - 1, 0, 1);
    return parse_lengths(s, t.n, parse_least(a), parse_many(a));
}

/* "conv out kernel [stride 1] [no_bias]": the remedy of every wrong argument */
static const char *parse_usage(parser *p, const nrv__layer *layer)
{
    parse_arg a[PARSE_ARGS];
    nrv__text t = { .mem = p->w->mem };
    nrv__text_add(&t, "%s", layer->word);
    for (int i = 0, n = parse_args_of(layer, a); i < n; i++) {
        nrv__text_add(&t, a[i].asked ? " %.*s" : " [%.*s", (int)a[i].name_n, a[i].name);
        const char *rest = a[i].type + a[i].type_n;
        if (*rest == '=')
            nrv__text_add(&t, " %.*s", (int)strcspn(rest + 1, " "), rest + 1);
        else if (*rest == '?')
            nrv__text_add(&t, " ...");
        nrv__text_add(&t, a[i].asked ? "" : "]");
    }
    nrv__text_add(&t, layer->flags & NRV__LAYER_BRANCHES ? " { ... ; ... }"
                      : layer->flags & NRV__LAYER_BLOCK  ? " { ... }"
                                                         : "");
    const char *usage = t.at ? nrv__arena_text(&p->w->arena, t.at, t.n) : NULL;
    nrv__text_free(&t);
    return usage;
}

static bool parse_value_wrong(parser *p, const nrv__layer *layer, const parse_arg *a, parse_token t)
{
    const char *want = "a whole number from 1 to 16777216";
    if (parse_type(a, "real"))
        want = "a number, as 0.5";
    else if (parse_type(a, "int"))
        want = "a whole number";
    else if (parse_many(a) > 2)
        want = parse_least(a) ? "a whole number from 1 to 16777216, or several, as 3x3"
                              : "a whole number from 0 to 16777216, or several, as 1x2";
    else if (parse_many(a) == 2)
        want = parse_least(a) ? "a whole number from 1 to 16777216, or two of them, as 3x3"
                              : "a whole number from 0 to 16777216, or two of them, as 1x2";
    if (t.kind != 'w')
        return parse_fail(p, t, parse_usage(p, layer), "%s: '%.*s' is %s, and there is none", layer->word,
                          (int)a->name_n, a->name, want);
    return parse_fail(p, t, parse_usage(p, layer), "%s: '%.*s' is %s, not '%.*s'", layer->word, (int)a->name_n, a->name,
                      want, parse_shown(t), p->text + t.at);
}

static bool parse_take(parser *p, const nrv__layer *layer, parse_arg *a, parse_token value, nrv__arg *to, int *n)
{
    if (a->set)
        return parse_fail(p, value, parse_usage(p, layer), "%s: '%.*s' is given twice", layer->word, (int)a->name_n,
                          a->name);
    bool flag = parse_type(a, "flag");
    if (!flag && (value.kind != 'w' || !parse_value_fits(p, a, value)))
        return parse_value_wrong(p, layer, a, value);
    a->set = true;
    to[*n].name = nrv__arena_text(&p->w->arena, a->name, a->name_n);
    to[*n].text = flag ? "1" : parse_copy(p, value);
    return (to[*n].name && to[(*n)++].text) || parse_memory(p);
}

/* the word itself and everything after it that is its argument; the parser then stands behind */
static bool parse_args(parser *p, nrv__word *word)
{
    parse_arg a[PARSE_ARGS];
    const nrv__layer *layer = word->layer;
    int n = parse_args_of(layer, a), next = 0;
    nrv__arg *got = nrv__arena_get(&p->w->arena, (size_t)(n + 1) * sizeof *got);
    if (!got)
        return parse_memory(p);
    word->arg = got;
    while (p->t.kind == 'w') {
        parse_token t = p->t;
        int k = 0;
        while (k < n && !(a[k].name_n == t.n && !memcmp(a[k].name, p->text + t.at, t.n)))
            k++;
        if (k < n) {
            if (!parse_type(&a[k], "flag"))
                parse_next(p);
        } else if (parse_number_like(p, t)) {
            while (next < n && (a[next].set || parse_type(&a[next], "flag")))
                next++;
            if ((k = next) == n)
                return parse_fail(p, t, parse_usage(p, layer), "%s takes no further number, '%.*s' is one too many",
                                  layer->word, parse_shown(t), p->text + t.at);
        } else {
            break;
        }
        if (!parse_take(p, layer, &a[k], p->t, got, &word->n_arg))
            return false;
        word->whole = p->t.at + p->t.n - word->at;
        parse_next(p);
    }
    for (int k = 0; k < n; k++)
        if (a[k].asked && !a[k].set)
            return parse_fail(p, (parse_token){ word->at, word->whole, 'w' }, parse_usage(p, layer),
                              "%s: '%.*s' is missing", layer->word, (int)a[k].name_n, a[k].name);
    return true;
}

/* ---- words ---- */
static bool parse_add(parser *p, nrv__word word, nrv__word **at)
{
    nrv__words *w = p->w;
    if (w->n >= NRV__WORDS_MOST)
        return parse_fail(p, (parse_token){ word.at, word.n, 'w' }, "is it a network?", "more than %d words",
                          NRV__WORDS_MOST);
    nrv__word *grown = nrv__grow(&w->mem, w->word, w->n, &w->cap, sizeof *grown);
    if (!grown)
        return parse_memory(p);
    w->word = grown;
    parse_where(p->text, p->where, word.at, &p->line, &p->column);
    p->where = word.at;
    word.line = p->line;
    word.column = p->column;
    word.depth = p->deep;
    word.level = -1;
    for (int i = p->n_open; i-- && word.level < 0;) {
        const nrv__layer *around = grown[p->open[i]].layer;
        if (!around || !(around->flags & NRV__LAYER_UNROLL))
            word.level = p->open[i];
    }
    word.end = (int32_t)w->n + 1;
    word.times = 1;
    *at = &grown[w->n];
    grown[w->n++] = word;
    p->count[p->n_open] += word.layer != NULL;
    return true;
}

static bool parse_same(const parser *p, parse_token t, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    bool same = n == t.n;
    for (size_t i = 0; same && i < n; i++)
        same = (p->text[t.at + i] | 32) == (s[i] | 32);
    return same;
}

/* what was probably meant: a word, what PyTorch or C calls it, or an argument of the word before */
static bool parse_unknown(parser *p, parse_token t, const nrv__layer *before)
{
    char hint[96], word[PARSE_NAME] = "";
    const char *near = NULL;
    parse_arg a[PARSE_ARGS];
    nrv__why h = { NRV_OK, "" };
    memcpy(word, p->text + t.at, t.n < sizeof word ? t.n : 0);
    for (const nrv__layer *const *l = nrv__layers_all; *l; l++)
        if (parse_same(p, t, (*l)->name) || parse_same(p, t, (*l)->torch))
            near = (*l)->word;
    for (const nrv__layer *const *l = nrv__layers_all; *l && !near; l++)
        near = nrv__near_name(word, (*l)->word) ? (*l)->word : NULL;
    if (!near && !strcmp(word, "input"))
        near = "input ... as the first word";
    for (int i = 0, n = before ? parse_args_of(before, a) : 0; i < n && !near; i++) {
        char name[PARSE_NAME] = "";
        memcpy(name, a[i].name, a[i].name_n < sizeof name ? a[i].name_n : 0);
        if (nrv__near_name(word, name))
            near = nrv__arena_text(&p->w->arena, name, a[i].name_n);
    }
    nrv__fail(&h, NRV_EARG, near ? "did you mean '%s'?" : "%s", near ? near : "'nervo help layers' lists the words");
    memcpy(hint, h.text, sizeof hint - 1);
    hint[sizeof hint - 1] = 0;
    return parse_fail(p, t, hint, "there is no layer '%.*s'", parse_shown(t), p->text + t.at);
}

static const nrv__layer *parse_layer(const parser *p, parse_token t)
{
    for (const nrv__layer *const *l = nrv__layers_all; *l; l++)
        if (parse_is(p, t, (*l)->word))
            return *l;
    return NULL;
}

static bool parse_branch(parser *p, parse_token t)
{
    nrv__word *at = NULL;
    if (!parse_add(p, (nrv__word){ .at = t.at, .n = t.n, .whole = t.n }, &at))
        return false;
    p->open[p->n_open++] = (int32_t)(at - p->w->word);
    p->count[p->n_open] = 0;
    return true;
}

static bool parse_open(parser *p, int32_t block)
{
    const nrv__word *word = &p->w->word[block];
    parse_token t = p->t;
    if (t.kind != '{')
        return parse_fail(p, (parse_token){ word->at, word->whole, 'w' }, parse_usage(p, word->layer),
                          "%s wants its layers in { ... }", word->layer->word);
    if (p->deep >= NRV__WORDS_DEEP)
        return parse_fail(p, t, "is it a network?", "blocks in blocks deeper than %d", NRV__WORDS_DEEP);
    bool branches = word->layer->flags & NRV__LAYER_BRANCHES;
    p->deep++;
    p->open[p->n_open++] = block;
    p->count[p->n_open] = 0;
    parse_next(p);
    return !branches || parse_branch(p, t);
}

/* leaves the innermost block or branch; its words count as often as they will stand there */
static bool parse_leave(parser *p, parse_token t)
{
    int64_t inside = p->count[p->n_open];
    nrv__word *word = &p->w->word[p->open[--p->n_open]];
    if (!inside)
        return parse_fail(
            p, t, word->layer ? "leave it away, or put layers into it" : "'identity' is the branch that does nothing",
            "nothing between the braces");
    word->end = (int32_t)p->w->n;
    p->count[p->n_open] += inside * word->times;
    if (p->count[p->n_open] > NRV__WORDS_MOST)
        return parse_fail(p, (parse_token){ word->at, word->whole, 'w' }, "is it a network?", "more than %d layers",
                          NRV__WORDS_MOST);
    return true;
}

static bool parse_close(parser *p)
{
    parse_token t = p->t;
    if (!p->n_open)
        return parse_fail(p, t, "take it away, or open a block before it", "'}' closes nothing");
    if (!p->w->word[p->open[p->n_open - 1]].layer && !parse_leave(p, t))
        return false;
    if (!parse_leave(p, t))
        return false;
    p->deep--;
    parse_next(p);
    return true;
}

static bool parse_semicolon(parser *p)
{
    parse_token t = p->t;
    if (!p->n_open || p->w->word[p->open[p->n_open - 1]].layer)
        return parse_fail(p, t, "'|' or a new line separates layers",
                          "';' separates the branches of parallel { a ; b }");
    if (!parse_leave(p, t))
        return false;
    parse_next(p);
    return parse_branch(p, t);
}

/* ---- names ---- */
static bool parse_name(parser *p, parse_token t)
{
    bool good = t.n <= PARSE_NAME && !strchr("0123456789", p->text[t.at]);
    for (size_t i = 0; i < t.n && good; i++) {
        char c = p->text[t.at + i];
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    if (!good)
        return parse_fail(p, t, "letters, digits and _, a letter first, at most 64", "'%.*s' cannot be a name",
                          parse_shown(t), p->text + t.at);
    if (p->name.n)
        return parse_fail(p, t, "as in 'fc1: dense 10'", "one layer has one name");
    p->name = t;
    return true;
}

static bool parse_before(const void *a, const void *b)
{
    const nrv__word *x = *(const nrv__word *const *)a, *y = *(const nrv__word *const *)b;
    int c = x->level != y->level ? (x->level < y->level ? -1 : 1) : strcmp(x->name, y->name);
    return c ? c < 0 : x->at < y->at;
}

/* a name stands once on its level; a name inside repeat would stand there several times */
static bool parse_check_names(parser *p)
{
    nrv__words *w = p->w;
    size_t n = 0;
    const nrv__word **named = nrv__arena_get(&w->arena, (w->n + 1) * sizeof *named);
    if (!named)
        return parse_memory(p);
    for (size_t i = 0; i < w->n; i++)
        if (w->word[i].name)
            named[n++] = &w->word[i];
    nrv__sort(named, n, sizeof *named, parse_before);
    for (size_t i = 1; i < n; i++)
        if (named[i]->level == named[i - 1]->level && !strcmp(named[i]->name, named[i - 1]->name))
            return parse_fail(p, (parse_token){ named[i]->at, named[i]->n, 'w' }, "give one of them another name",
                              "two layers are named '%s'", named[i]->name);
    return true;
}

static bool parse_repeats_name(const parser *p)
{
    for (int i = p->n_open; i--;) {
        const nrv__word *around = &p->w->word[p->open[i]];
        if (!around->layer || !(around->layer->flags & NRV__LAYER_UNROLL))
            return false;
        if (around->times > 1)
            return true;
    }
    return false;
}

/* ---- the whole ---- */
static bool parse_input(parser *p)
{
    nrv__words *w = p->w;
    if (w->input.rank)
        return parse_fail(p, p->t, "keep the first", "'input' stands once, as the first word");
    w->input_at = p->t.at;
    parse_next(p);
    const char *s = p->text + p->t.at;
    if (p->t.kind != 'w' || !parse_lengths(s, p->t.n, 1, NRV__MAX_RANK - 1))
        return parse_fail(p, p->t, "as in 'input 1x28x28': channels, height, width of one sample",
                          "input wants the lengths of a sample, each from 1 to 16777216");
    for (size_t at = 0; at < p->t.n; at++)
        parse_whole(s, p->t.n, &at, &w->input.dim[w->input.rank++]);
    w->input_n = p->t.at + p->t.n - w->input_at;
    parse_next(p);
    return true;
}

static bool parse_word(parser *p, const nrv__layer **before)
{
    parse_token t = p->t;
    nrv__word *word;
    parse_next(p);
    if (p->t.kind == ':') {
        parse_next(p);
        return parse_name(p, t);
    }
    const nrv__layer *layer = parse_layer(p, t);
    if (!layer)
        return parse_unknown(p, t, *before);
    nrv__word new_word = { .layer = layer, .at = t.at, .n = t.n, .whole = t.n };
    if (p->name.n) {
        if ((layer->flags & NRV__LAYER_UNROLL) || parse_repeats_name(p))
            return parse_fail(p, p->name, "name what stands outside of repeat, or write the layers out",
                              "a name inside or before %s would be given several times", "repeat");
        if (!(new_word.name = parse_copy(p, p->name)))
            return false;
        p->name.n = 0;
    }
    if (!parse_add(p, new_word, &word) || !parse_args(p, word))
        return false;
    *before = layer;
    p->said = true;
    if (!(layer->flags & NRV__LAYER_BLOCK))
        return true;
    if (layer->flags & NRV__LAYER_UNROLL)
        word->times = (int32_t)strtol(word->arg[0].text, NULL, 10);
    while (p->t.kind == '|' && p->text[p->t.at] == '\n')
        parse_next(p);
    return parse_open(p, (int32_t)(word - p->w->word));
}

static bool parse_step(parser *p, const nrv__layer **before)
{
    parse_token t = p->t;
    if (p->name.n && t.kind != 'w')
        return parse_fail(p, p->name, "as in 'fc1: dense 10'", "a name without a layer");
    switch (t.kind) {
    case '|':
        *before = NULL;
        parse_next(p);
        return true;
    case '{':
        return parse_fail(p, t, "'residual', 'parallel' and 'repeat 3' take a block",
                          "'{' without a word that takes a block");
    case '}':
        return parse_close(p);
    case ';':
        return parse_semicolon(p);
    case ':':
        return parse_fail(p, t, "as in 'fc1: dense 10'", "':' without a name before it");
    default:
        return !p->said && !p->name.n && parse_is(p, t, "input") ? parse_input(p) : parse_word(p, before);
    }
}

bool nrv__words_read(nrv__words *w, nrv__mem mem, const char *text, nrv__why *why)
{
    *w = (nrv__words){ .mem = mem, .arena = { .mem = mem }, .text = text };
    parser p = { .w = w, .why = why, .text = text, .line = 1, .column = 1 };
    const nrv__layer *before = NULL;
    if (!text)
        return nrv__fail(why, NRV_EARG, "no text for the layers"), false;
    if (!memchr(text, 0, NRV__WORDS_TEXT))
        return nrv__fail(why, NRV_EARG, "the text of a network is longer than %d bytes", NRV__WORDS_TEXT), false;
    parse_next(&p);
    while (p.t.kind)
        if (!parse_step(&p, &before))
            return false;
    if (p.name.n)
        return parse_fail(&p, p.name, "as in 'fc1: dense 10'", "a name without a layer");
    if (p.n_open) {
        const nrv__word *open = &w->word[p.open[p.n_open - 1]];
        return parse_fail(&p, (parse_token){ open->at, open->whole, 'w' }, "close it with '}'",
                          "the block that begins here has no end");
    }
    return parse_check_names(&p);
}

void nrv__words_free(nrv__words *w)
{
    nrv__alloc(&w->mem, w->word, w->cap * sizeof *w->word, 0);
    nrv__arena_free(&w->arena);
}
