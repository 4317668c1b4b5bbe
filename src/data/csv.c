/* csv.c - CSV with a header line (RFC 4180) into a table of numbers with one target column.

   Promises: a first pass checks every line and counts, so that memory is asked for once and is bounded by the size of
   the text; messages name line, row and column. The separator is the first of comma, semicolon and tab in the header.
   Does not do: missing values, decimal commas, dates, text in columns other than the target. */
#include "data.h"
#include "../base/json.h"

#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

typedef struct csv_reader {
    const char *source;
    const char *at, *end;
    char separator;
    int64_t line, row; /* of the record being read: line of the text from 1, data row from 1, 0 is the header */
    int64_t lines;     /* line ends passed */
    const char *cell;  /* the cell just read */
    size_t n;
    bool last;      /* it was the last of its record */
    nrv__text text; /* of quoted cells */
    nrv__why *why;
} csv_reader;

typedef struct csv_classes { /* the distinct texts of the target, with a hash table over them */
    const char **name;
    size_t n, cap;
    uint32_t *slot; /* index + 1 into name; 0 is empty */
    size_t slots;   /* a power of two, at least twice n */
} csv_classes;

typedef struct csv_build {
    csv_reader r;
    nrv__mem mem;
    nrv__table *t;
    nrv__target kind;
    int columns, target; /* the target's index among the columns */
    csv_classes classes;
} csv_build;

/* ---- cells ---- */

static nrv_status csv_wrong(csv_reader *r, const char *what)
{
    return nrv__fail(r->why, NRV_EFORMAT, "%s: line %lld: %s", r->source, (long long)r->line, what);
}

static nrv_status csv_nomem(csv_reader *r)
{
    return nrv__fail(r->why, NRV_ENOMEM, "%s: out of memory", r->source);
}

/* after a cell: a separator, the end of a line, or the end of the text */
static bool csv_finish(csv_reader *r)
{
    r->last = true;
    if (r->at == r->end)
        return true;
    if (*r->at == r->separator) {
        r->at++;
        r->last = false;
        return true;
    }
    if (*r->at == '\r' && r->end - r->at > 1 && r->at[1] == '\n')
        r->at++;
    if (*r->at != '\n')
        return false;
    r->at++;
    r->lines++;
    return true;
}

static nrv_status csv_quoted(csv_reader *r)
{
    r->text.n = 0;
    r->at++;
    for (;;) {
        const char *from = r->at, *quote = memchr(from, '"', (size_t)(r->end - from));
        if (!quote)
            return csv_wrong(r, "a quoted cell begins here and its closing quote is missing");
        for (const char *p = from; p < quote; p++)
            r->lines += *p == '\n';
        bool doubled = r->end - quote > 1 && quote[1] == '"';
        nrv__text_addn(&r->text, from, (size_t)(quote - from) + doubled);
        r->at = quote + 1 + doubled;
        if (!doubled)
            break;
    }
    if (r->text.broken)
        return csv_nomem(r);
    r->cell = r->text.at;
    r->n = r->text.n;
    return csv_finish(r) ? NRV_OK
                         : csv_wrong(r, "text follows the closing quote of a cell; write a quote inside as \"\"");
}

static nrv_status csv_cell(csv_reader *r)
{
    if (r->at < r->end && *r->at == '"')
        return csv_quoted(r);
    r->cell = r->at;
    while (r->at < r->end && *r->at != r->separator && *r->at != '\n')
        r->at++;
    r->n = (size_t)(r->at - r->cell);
    if (r->n && r->cell[r->n - 1] == '\r' && (r->at == r->end || *r->at == '\n'))
        r->n--;
    csv_finish(r);
    return memchr(r->cell, 0, r->n) ? csv_wrong(r, "a zero byte: this is not text") : NRV_OK;
}

/* goes to the next line that is not empty; false at the end */
static bool csv_record(csv_reader *r)
{
    for (; r->at < r->end; r->at++) {
        bool empty = *r->at == '\n' || (*r->at == '\r' && r->end - r->at > 1 && r->at[1] == '\n');
        if (!empty)
            break;
        r->lines += *r->at == '\n';
    }
    r->line = r->lines + 1;
    return r->at < r->end;
}

static void csv_trim(csv_reader *r)
{
    for (; r->n && (*r->cell == ' ' || *r->cell == '\t'); r->n--)
        r->cell++;
    while (r->n && (r->cell[r->n - 1] == ' ' || r->cell[r->n - 1] == '\t'))
        r->n--;
}

/* ---- the header ---- */

static char csv_separator(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end && (quoted || *p != '\n'); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted && (*p == ',' || *p == ';' || *p == '\t'))
            return *p;
    }
    return ',';
}

static const char *csv_keep(csv_build *b)
{
    csv_reader *r = &b->r;
    csv_trim(r);
    if (!nrv__utf8_valid(r->cell, r->n) || memchr(r->cell, 0, r->n)) {
        csv_wrong(r, "a text that is not UTF-8; convert it, for example with: iconv -f latin1 -t utf-8");
        return NULL;
    }
    const char *kept = nrv__arena_text(&b->t->arena, r->cell, r->n);
    if (!kept)
        csv_nomem(r);
    return kept;
}

static nrv_status csv_count_columns(csv_build *b)
{
    csv_reader *r = &b->r;
    bool numbers = true;
    double value;
    do {
        if (csv_cell(r))
            return r->why->status;
        csv_trim(r);
        numbers = numbers && nrv__parse_number(r->cell, r->n, &value);
        if (b->columns == INT_MAX - 1)
            return csv_wrong(r, "too many columns");
        b->columns++;
    } while (!r->last);
    if (numbers)
        return csv_wrong(r, "only numbers, where the names of the columns were expected; add a first line with names");
    if (b->columns < 2)
        return csv_wrong(r, "only one column; a target and at least one feature are needed, separated by , ; or tab");
    return NRV_OK;
}

/* reads the names of all columns into t->feature, where csv_choose will leave the features */
static nrv_status csv_names(csv_build *b)
{
    csv_reader *r = &b->r;
    nrv__arena *a = &b->t->arena;
    if (!csv_record(r))
        return nrv__fail(r->why, NRV_EFORMAT, "%s is empty; a line with the names of the columns was expected",
                         r->source);
    const char *from = r->at;
    if (csv_count_columns(b))
        return r->why->status;
    r->at = from;
    r->lines = r->line - 1;
    b->t->feature = nrv__arena_get(a, (size_t)b->columns * sizeof *b->t->feature);
    if (!b->t->feature)
        return csv_nomem(r);
    for (int i = 0; i < b->columns; i++) {
        char name[32];
        if (csv_cell(r) || !(b->t->feature[i] = csv_keep(b)))
            return r->why->status;
        if (*b->t->feature[i])
            continue;
        int n = snprintf(name, sizeof name, "column %d", i + 1); /* pandas writes its index without a name */
        b->t->feature[i] = nrv__arena_text(a, name, (size_t)n);
        if (!b->t->feature[i])
            return csv_nomem(r);
    }
    return NRV_OK;
}

static nrv_status csv_no_column(csv_build *b, const char *target)
{
    nrv__text list = { .mem = b->mem };
    const char *near = NULL;
    for (int i = 0; i < b->columns; i++) {
        if (i < 12)
            nrv__text_add(&list, "%s%.40s", i ? ", " : "", b->t->feature[i]);
        if (!near && nrv__near_name(target, b->t->feature[i]))
            near = b->t->feature[i];
    }
    nrv__fail(b->r.why, NRV_ENAME, "%s has no column '%.80s'%s%s%s; it has %s%s", b->r.source, target,
              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", list.at ? list.at : "others",
              b->columns > 12 ? "..." : "");
    nrv__text_free(&list);
    return NRV_ENAME;
}

static nrv_status csv_choose(csv_build *b, const char *target)
{
    nrv__table *t = b->t;
    b->target = target ? -1 : b->columns - 1;
    for (int i = 0; target && i < b->columns; i++) {
        if (strcmp(t->feature[i], target) != 0)
            continue;
        if (b->target >= 0)
            return nrv__fail(b->r.why, NRV_ENAME, "%s has more than one column '%s'; rename one", b->r.source, target);
        b->target = i;
    }
    if (b->target < 0)
        return csv_no_column(b, target);
    t->target = t->feature[b->target];
    for (int i = b->target; i + 1 < b->columns; i++)
        t->feature[i] = t->feature[i + 1];
    t->features = b->columns - 1;
    return NRV_OK;
}

static const char *csv_column(const csv_build *b, int i)
{
    return i == b->target ? b->t->target : b->t->feature[i < b->target ? i : i - 1];
}

/* ---- values ---- */

static nrv_status csv_bad_cell(csv_build *b, int column, const char *what)
{
    csv_reader *r = &b->r;
    int shown = r->n > 40 ? 40 : (int)r->n;
    return nrv__fail(r->why, NRV_EVALUE, "%s: line %lld (row %lld), column '%.80s': %s%s%.*s%s", r->source,
                     (long long)r->line, (long long)r->row, csv_column(b, column), what, shown ? ": '" : "", shown,
                     shown ? r->cell : "", shown ? "'" : "");
}

static nrv_status csv_number(csv_build *b, int column, float *to)
{
    csv_reader *r = &b->r;
    double value;
    csv_trim(r);
    if (r->n == 0)
        return csv_bad_cell(b, column, "the cell is empty; fill it in or leave the row out");
    if (!nrv__parse_number(r->cell, r->n, &value))
        return csv_bad_cell(b, column,
                            column == b->target ? "not a number, though the target's first cell is one or "
                                                  "values were asked for"
                                                : "not a number; only the target may be text");
    if (value > (double)FLT_MAX || value < -(double)FLT_MAX)
        return csv_bad_cell(b, column, "too large for a 32-bit float");
    *to = (float)value;
    return NRV_OK;
}

static uint32_t *csv_slot(const csv_classes *c, const char *name, size_t n)
{
    size_t i = (size_t)nrv__hash(0, name, n) & (c->slots - 1);
    while (c->slot[i]) {
        const char *known = c->name[c->slot[i] - 1];
        if (strlen(known) == n && memcmp(known, name, n) == 0)
            break;
        i = (i + 1) & (c->slots - 1);
    }
    return &c->slot[i];
}

static bool csv_more_slots(csv_build *b)
{
    csv_classes *c = &b->classes, more = *c;
    more.slots = c->slots ? c->slots * 2 : 16;
    more.slot = nrv__alloc(&b->mem, NULL, 0, more.slots * sizeof *more.slot);
    if (!more.slot)
        return false;
    memset(more.slot, 0, more.slots * sizeof *more.slot);
    for (size_t i = 0; i < c->n; i++)
        *csv_slot(&more, c->name[i], strlen(c->name[i])) = (uint32_t)i + 1;
    nrv__alloc(&b->mem, c->slot, c->slots * sizeof *c->slot, 0);
    *c = more;
    return true;
}

static nrv_status csv_label(csv_build *b, int32_t *label)
{
    csv_classes *c = &b->classes;
    csv_reader *r = &b->r;
    csv_trim(r);
    if (r->n == 0)
        return csv_bad_cell(b, b->target, "the cell is empty; fill it in or leave the row out");
    if (2 * (c->n + 1) > c->slots && !csv_more_slots(b))
        return csv_nomem(r);
    uint32_t *slot = csv_slot(c, r->cell, r->n);
    if (!*slot) {
        const char **grown = nrv__grow(&b->mem, c->name, c->n, &c->cap, sizeof *grown);
        if (!grown)
            return csv_nomem(r);
        c->name = grown;
        if (c->n == INT32_MAX)
            return csv_bad_cell(b, b->target, "too many classes");
        c->name[c->n] = csv_keep(b);
        if (!c->name[c->n])
            return r->why->status;
        *slot = (uint32_t)++c->n;
    }
    *label = (int32_t)(*slot - 1);
    return NRV_OK;
}

typedef struct csv_class {
    const char *name;
    double value;
    bool number;
    uint32_t index;
} csv_class;

static bool csv_class_before(const void *a, const void *b)
{
    const csv_class *x = a, *y = b;
    if (x->number && y->number && x->value != y->value)
        return x->value < y->value;
    return strcmp(x->name, y->name) < 0;
}

/* puts the classes in order, and the labels with them; 1 and 1.0 are one class where all are numbers */
static nrv_status csv_sort_classes(csv_build *b)
{
    nrv__table *t = b->t;
    csv_classes *c = &b->classes;
    csv_class *order = nrv__arena_get(&t->arena, c->n * sizeof *order);
    int32_t *rank = nrv__arena_get(&t->arena, c->n * sizeof *rank);
    t->class_name = nrv__arena_get(&t->arena, c->n * sizeof *t->class_name);
    if (t->arena.broken)
        return csv_nomem(&b->r);
    bool numbers = true;
    for (size_t i = 0; i < c->n; i++) {
        order[i].name = c->name[i];
        order[i].index = (uint32_t)i;
        order[i].number = nrv__parse_number(c->name[i], strlen(c->name[i]), &order[i].value);
        numbers = numbers && order[i].number;
    }
    for (size_t i = 0; i < c->n; i++)
        order[i].number = numbers;
    nrv__sort(order, c->n, sizeof *order, csv_class_before);
    for (size_t i = 0; i < c->n; i++) {
        if (i == 0 || !numbers || order[i].value != order[i - 1].value)
            t->class_name[t->classes++] = order[i].name;
        rank[order[i].index] = t->classes - 1;
    }
    for (int64_t i = 0; i < t->rows; i++)
        t->label[i] = rank[t->label[i]];
    if (t->classes < 2)
        return nrv__fail(b->r.why, NRV_EVALUE,
                         "%s: the target '%.80s' has one class only, '%.80s'; nothing can be learnt", b->r.source,
                         t->target, t->class_name[0]);
    return NRV_OK;
}

/* ---- two passes over the rows ---- */

static nrv_status csv_ragged(csv_build *b, int cells)
{
    const csv_reader *r = &b->r;
    if (cells > b->columns)
        return nrv__fail(r->why, NRV_EFORMAT,
                         "%s: line %lld (row %lld) has more than %d cells: some follow the last column "
                         "'%.80s'; quote cells that hold a separator",
                         r->source, (long long)r->line, (long long)r->row, b->columns, csv_column(b, b->columns - 1));
    return nrv__fail(r->why, NRV_EFORMAT, "%s: line %lld (row %lld) has %d cells of %d: column '%.80s' is missing",
                     r->source, (long long)r->line, (long long)r->row, cells, b->columns, csv_column(b, cells));
}

static nrv_status csv_count(csv_build *b)
{
    csv_reader *r = &b->r;
    double value;
    while (csv_record(r)) {
        int cells = 0;
        r->row++;
        do {
            if (csv_cell(r))
                return r->why->status;
            if (b->kind == NRV__TARGET_GUESS && cells == b->target) {
                csv_trim(r);
                b->kind = nrv__parse_number(r->cell, r->n, &value) ? NRV__TARGET_VALUES : NRV__TARGET_CLASSES;
            }
            cells++;
        } while (!r->last && cells <= b->columns);
        if (cells != b->columns)
            return csv_ragged(b, cells);
    }
    b->t->rows = r->row;
    if (r->row == 0)
        return nrv__fail(r->why, NRV_EFORMAT, "%s has the names of %d columns and no rows", r->source, b->columns);
    return NRV_OK;
}

static nrv_status csv_room(csv_build *b)
{
    nrv__table *t = b->t;
    int64_t cells;
    if (!nrv__mul(t->rows, t->features, &cells) || (uint64_t)cells > PTRDIFF_MAX / sizeof *t->x)
        return csv_nomem(&b->r);
    t->x = nrv__arena_get(&t->arena, (size_t)cells * sizeof *t->x);
    if (b->kind == NRV__TARGET_CLASSES)
        t->label = nrv__arena_get(&t->arena, (size_t)t->rows * sizeof *t->label);
    else
        t->y = nrv__arena_get(&t->arena, (size_t)t->rows * sizeof *t->y);
    return t->arena.broken ? csv_nomem(&b->r) : NRV_OK;
}

static nrv_status csv_fill(csv_build *b)
{
    csv_reader *r = &b->r;
    nrv__table *t = b->t;
    float *x = t->x;
    for (r->row = 1; csv_record(r); r->row++)
        for (int i = 0; i < b->columns; i++) {
            nrv_status bad = csv_cell(r);
            if (!bad && i != b->target)
                bad = csv_number(b, i, x++);
            else if (!bad && t->label)
                bad = csv_label(b, &t->label[r->row - 1]);
            else if (!bad)
                bad = csv_number(b, i, &t->y[r->row - 1]);
            if (bad)
                return bad;
        }
    return t->label ? csv_sort_classes(b) : NRV_OK;
}

static nrv_status csv_read(csv_build *b, const char *target)
{
    csv_reader *r = &b->r;
    if (csv_names(b) || csv_choose(b, target))
        return r->why->status;
    const char *first = r->at;
    int64_t lines = r->lines;
    if (csv_count(b) || csv_room(b))
        return r->why->status;
    r->at = first;
    r->lines = lines;
    return csv_fill(b);
}

nrv_status nrv__csv_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, const char *target,
                         nrv__target kind, nrv__table *out, nrv__why *why)
{
    nrv__why own = { NRV_OK, "" };
    csv_build b = { .mem = m && m->fn ? *m : nrv__mem_default(), .t = out, .kind = kind };
    csv_reader *r = &b.r;
    *out = (nrv__table){ .rows = 0 };
    out->arena.mem = r->text.mem = b.mem;
    r->source = source;
    r->why = why ? why : &own;
    r->at = bytes;
    r->end = r->at + n;
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        r->at += 3;
    r->separator = csv_separator(r->at, r->end);
    nrv_status bad = csv_read(&b, target);
    nrv__text_free(&r->text);
    nrv__alloc(&b.mem, b.classes.name, b.classes.cap * sizeof *b.classes.name, 0);
    nrv__alloc(&b.mem, b.classes.slot, b.classes.slots * sizeof *b.classes.slot, 0);
    if (bad)
        nrv__table_free(out);
    return bad;
}

void nrv__table_free(nrv__table *t)
{
    nrv__arena_free(&t->arena);
    *t = (nrv__table){ .rows = 0 };
}
