/* docs.c - writes docs/ref: a page for every op and one each for layers, optimisers and kernels, from the records that
   the library was built with and from the comments beside them. What an example gives is computed.

   usage: docs ROOT, or docs --check ROOT: writes nothing, exit 1 if a page is not what it would write.
   Promises: says only what a record, a declaration or an opening comment says; the pages do not depend on the machine.
   Does not do: parse C; it finds `NRV_OP(name` and `NRV_API`, as tools/gen.c does. */
#include "kernels/kernel.h"
#include "nn/layer.h"
#include "ops/op.h"
#include "optim/optim.h"
#include "support/cases.h"
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SOURCES = 2048 };

typedef struct page {
    char *at;
    size_t n, cap;
} page;

typedef struct source {
    const char *room; /* "ops" */
    char *name, *text;
} source;

static source sources[MOST_SOURCES];
static int n_sources;

static _Noreturn void die(const char *what, const char *name)
{
    fprintf(stderr, "docs: %s%s\n", what, name);
    exit(1);
}

static void *again(void *p, size_t bytes)
{
    p = realloc(p, bytes);
    if (!p)
        die("out of memory", "");
    return p;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */
static void put(page *p, const char *s, size_t n)
{
    if (p->n + n + 1 > p->cap)
        p->at = again(p->at, p->cap = 2 * (p->n + n + 1));
    memcpy(p->at + p->n, s, n);
    p->at[p->n += n] = 0;
}

static void say(page *p, const char *fmt, ...) NRV__PRINTF(2, 3);
static void say(page *p, const char *fmt, ...)
{
    char s[4096];
    va_list a;
    va_start(a, fmt);
    int n = vsnprintf(s, sizeof s, fmt, a);
    va_end(a);
    if (n < 0 || (size_t)n >= sizeof s)
        die("a line is too long: ", fmt);
    put(p, s, (size_t)n);
}

/* what Markdown would read as a sign is a letter here */
static void prose(page *p, const char *s)
{
    for (; *s; s++) {
        if (strchr("*<|", *s))
            put(p, "\\", 1);
        put(p, s, 1);
    }
}

static char *whole_file(const char *path)
{
    FILE *f = fopen(path, "r");
    page p = { 0 };
    char buffer[65536];
    size_t n;
    if (!f)
        return NULL;
    put(&p, "", 0);
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        put(&p, buffer, n);
    fclose(f);
    return p.at;
}

/* ---- sources ----------------------------------------------------------------------------------------------------- */
static int by_name(const void *a, const void *b)
{
    return strcmp(((const source *)a)->name, ((const source *)b)->name);
}

/* the sources of a folder of a room, "" for the room itself; a name without a dot is a folder and read as well */
static void read_folder(const char *root, const char *room, const char *folder)
{
    char path[4096], name[512];
    snprintf(path, sizeof path, "%s/src/%s/%s", root, room, folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        snprintf(name, sizeof name, "%s%s%s", folder, *folder ? "/" : "", e->d_name);
        if (!*folder && !strchr(e->d_name, '.') && !strcmp(room, "ops"))
            read_folder(root, room, e->d_name);
        if (n < 3 || strcmp(e->d_name + n - 2, ".c") || n_sources == MOST_SOURCES)
            continue;
        snprintf(path, sizeof path, "%s/src/%s/%s", root, room, name);
        source *s = &sources[n_sources++];
        *s = (source){ room, strcpy(again(NULL, strlen(name) + 1), name), whole_file(path) };
        if (!s->text)
            die("cannot read ", path);
    }
    if (!d)
        die("no folder ", path);
    closedir(d);
}

static void read_room(const char *root, const char *room)
{
    int first = n_sources;
    read_folder(root, room, "");
    qsort(sources + first, (size_t)(n_sources - first), sizeof *sources, by_name);
}

/* where `mark` + name stands, and how many of that kind stand there; NULL: nowhere */
static const source *source_of(const char *room, const char *mark, const char *name, int *count)
{
    size_t n = strlen(name);
    for (int i = 0; i < n_sources; i++) {
        bool found = false;
        *count = 0;
        if (strcmp(sources[i].room, room) != 0)
            continue;
        for (const char *p = sources[i].text; (p = strstr(p, mark)); ++*count) {
            p += strlen(mark);
            p += strspn(p, " \n");
            found = found || (!strncmp(p, name, n) && p[n] == ',');
        }
        if (found)
            return &sources[i];
    }
    return NULL;
}

/* the functions that a file declares, with the comments above them, as they stand; only: those that begin like this */
static void prototypes(page *p, const source *s, const char *only)
{
    char begin[128];
    int n = 0;
    snprintf(begin, sizeof begin, "nrv_%s", only ? only : "");
    for (const char *q = s->text; (q = strstr(q, "\nNRV_API ")); q++) {
        const char *from = q + 9, *end = strstr(from, "\n{"), *name = strchr(from, '('), *comment = q;
        if (!end || !name || name > end)
            continue;
        while (name > from && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
            name--;
        if (strncmp(name, begin, strlen(begin)) != 0 || (only && !strchr("(_", name[strlen(begin)])))
            continue;
        if (q - s->text > 2 && !strncmp(q - 2, "*/", 2))
            while (comment > s->text && strncmp(comment, "/*", 2) != 0)
                comment--;
        say(p, n++ ? "" : "```c\n");
        put(p, comment, comment < q ? (size_t)(q + 1 - comment) : 0);
        put(p, from, (size_t)(end - from));
        say(p, ";\n");
    }
    say(p, n ? "```\n" : "");
}

/* the opening comment without the file's name: its first paragraph, where it shows a formula, or all of it */
static void opening(page *p, const source *s, bool all)
{
    const char *from = s->text + 3, *end = strstr(from, "*/"), *gap = strstr(from, "\n\n"), *dash = strstr(from, " - ");
    if (!end)
        return;
    end = gap && gap < end && !all ? gap : end;
    from = dash && dash < end ? dash + 3 : from;
    while (end > from && isspace((unsigned char)end[-1]))
        end--;
    const char *formula = strchr(from, '=');
    if (!all && (!formula || formula >= end))
        return;
    say(p, "```\n");
    for (const char *c = from; c < end; c++) {
        put(p, c, 1);
        if (*c == '\n' && !strncmp(c + 1, "   ", 3))
            c += 3;
    }
    say(p, "\n```\n");
}

static void cases(page *p, const char *const *test, int most, const char *up, const char *file)
{
    int n = 0;
    for (int i = 0; i < most && test[i]; i++)
        say(p, "%s`%s`", n++ ? ", " : "- Tried with: ", test[i]);
    if (n)
        say(p, "\n");
    say(p, "- Source: [%s](%s../../%s)\n\n", file, up, file);
}

static const char *file_of(const source *s)
{
    static char path[256];
    snprintf(path, sizeof path, "src/%s/%s", s->room, s->name);
    return path;
}

/* ---- kernels ------------------------------------------------------------------------------------------------------
 */
static bool first_of_name(int i) /* each kernel is there once for each instruction set */
{
    for (int k = 0; k < i; k++)
        if (!strcmp(nrv__kernels[k]->name, nrv__kernels[i]->name))
            return false;
    return true;
}

static const nrv__point *point_of(const char *op, const nrv__point *after)
{
    bool on = after == NULL;
    for (int i = 0; nrv__points[i]; i++)
        for (const nrv__point *q = nrv__points[i]; q->op; q++) {
            if (on && !strcmp(q->op, op) && q->tier == NRV__BASELINE)
                return q;
            on = on || q == after;
        }
    return NULL;
}

static void kernels_of(page *p, const char *op, unsigned flags, bool composite)
{
    int n = 0;
    say(p, "- Kernels: ");
    for (int i = 0; nrv__kernels[i]; i++)
        if (!strcmp(nrv__kernels[i]->op, op) && first_of_name(i))
            say(p, "%s[`%s`](../kernels.md#%s)", n++ ? ", " : "", nrv__kernels[i]->name, nrv__kernels[i]->name);
    for (const nrv__point *q = NULL; (q = point_of(op, q));)
        say(p, "%sa tile instruction (`%s`)", n++ ? ", " : "", q->types);
    const char *last = composite               ? "its definition, fused"
                       : flags & NRV_VIEW      ? "none, nothing moves: it is read through strides"
                       : flags & NRV_POINTWISE ? "the reference, on tiles"
                                               : "the reference";
    say(p, "%s%s\n", n ? "; else " : "", last);
}

static void kernels_page(page *p)
{
    int count;
    say(p, "# Kernels\n\nGenerated by `./do docs` from the records in `src/kernels`; do not edit.\n\n"
           "Every kernel is written once and compiled once for each instruction set: `baseline` on any machine, `avx2` "
           "and\n"
           "`avx512` on x86-64. The best one that the processor has is taken; `NERVO_ISA=baseline nervo ...` takes "
           "another,\n"
           "`NERVO_ISA=ref` none at all. A kernel may decline (\"fits\"), then the next one serves, the op's reference "
           "last;\n"
           "`nervo show --plan` prints which one runs each step and why the others do not.\n\n");
    say(p, "| kernel | serves | what it is |\n| --- | --- | --- |\n");
    for (int i = 0; nrv__kernels[i]; i++)
        if (first_of_name(i)) {
            const nrv__kernel *k = nrv__kernels[i];
            say(p, "| [`%s`](#%s) | [`%s`](ops/%s.md) | ", k->name, k->name, k->op, k->op);
            prose(p, k->doc ? k->doc : "");
            say(p, " |\n");
        }
    say(p, "| [tile instructions](#tile-instructions) | element-wise ops | chains of ops over 1024 numbers |\n\n");
    for (int i = 0; nrv__kernels[i]; i++)
        if (first_of_name(i)) {
            const nrv__kernel *k = nrv__kernels[i];
            const source *s = source_of("kernels/simd", "NRV_KERNEL(", k->name, &count);
            say(p, "### %s\n\n", k->name);
            prose(p, k->doc ? k->doc : "");
            say(p, ". Serves [`%s`](ops/%s.md).\n\n", k->op, k->op);
            say(p, "- Inputs with any strides: ");
            if (!k->strided)
                say(p, "none; they arrive contiguous");
            for (int b = 0, n = 0; b < 32; b++)
                if (k->strided >> b & 1)
                    say(p, "%s%d", n++ ? ", " : "number ", b + 1);
            say(p, "\n- Work is shared in %s\n",
                k->units2 ? "two phases; the second sums what the first left" : "one phase");
            say(p, "- Source: [%s](../../%s)\n\n", s ? file_of(s) : "src/kernels", s ? file_of(s) : "src/kernels");
        }
    say(p,
        "### Tile instructions\n\nNeighbouring element-wise ops become one step, a small program over tiles of 1024 "
        "numbers that stay in the\ncache ([why](../why/tiles.md)). An op without an instruction runs its reference on "
        "the tile.\n\n| op | types |\n| --- | --- |\n");
    for (int i = 0; nrv__points[i]; i++)
        for (const nrv__point *q = nrv__points[i]; q->op; q++)
            if (q->tier == NRV__BASELINE)
                say(p, "| [`%s`](ops/%s.md) | `%s` |\n", q->op, q->op, q->types);
}

/* ---- ops --------------------------------------------------------------------------------------------------------- */
enum { OPS_LEAF, OPS_POINT, OPS_VIEW, OPS_PRIMITIVE, OPS_COMPOSITE, OPS_MACRO, OPS_KINDS };
static const char *const ops_kind[OPS_KINDS][2] = {
    { "Leaves", "where values come from" },
    { "Element by element", "fused with their neighbours" },
    { "Views", "nothing moves: they are read through strides" },
    { "Other primitives", "each with a reference of its own" },
    { "Composites", "a definition made of other ops, which a kernel may replace ([why](../../why/composites.md))" },
    { "Made of other ops", "a function, no node of its own" },
};

static int kind_of(const nrv__opdef *op)
{
    if (op->flags & NRV_MACRO)
        return OPS_MACRO;
    if (op->flags & NRV_LEAF)
        return OPS_LEAF;
    if (!op->shape)
        return OPS_COMPOSITE;
    return op->flags & NRV_POINTWISE ? OPS_POINT : op->flags & NRV_VIEW ? OPS_VIEW : OPS_PRIMITIVE;
}

/* the function that the op's record names as its rule, as it stands */
static void ops_rule(page *p, const nrv__opdef *op, const source *s)
{
    char name[96], begin[128];
    const char *record = s->text, *end;
    size_t n = strlen(op->name);
    do {
        record = strstr(record + 1, "NRV_OP(");
        end = record ? record + 7 + strspn(record + 7, " \n") : NULL;
    } while (record && (strncmp(end, op->name, n) != 0 || end[n] != ','));
    const char *vjp = record ? strstr(record, ".vjp = ") : NULL, *stop = record ? strstr(record, ");\n") : NULL;
    if (!vjp || (stop && vjp > stop) || sscanf(vjp, ".vjp = %95[a-z0-9_]", name) != 1)
        return;
    snprintf(begin, sizeof begin, "\nstatic void %s(nrv_vjp *v)", name);
    const char *from = strstr(s->text, begin), *to = from ? strstr(from, "\n}\n") : NULL;
    if (!to)
        return;
    say(p, "\n```c\n");
    put(p, from + 1, (size_t)(to + 3 - from - 1));
    say(p, "```\n");
}

static void ops_gradient(page *p, const nrv__opdef *op, int kind, const source *s)
{
    say(p, "\n## Gradient\n\n");
    if (op->no_grad) {
        say(p, "None: ");
        prose(p, op->no_grad);
    } else if (op->vjp) {
        say(p, kind == OPS_COMPOSITE ? "A rule of its own, held against its definition's" : "A rule of its own");
        say(p, "; it is made of ops, so gradients of gradients follow");
    } else {
        say(p, "Through its definition, to any order");
    }
    if (op->not_slope) {
        say(p, "; not the slope: ");
        prose(p, op->not_slope);
    }
    say(p, ".\n");
    if (op->vjp && s)
        ops_rule(p, op, s);
}

static void ops_accuracy(page *p, const nrv__opdef *op)
{
    say(p, "\n## Accuracy\n\nWithin %g ulp of the reference in float32, %g relative in float64",
        op->ulp > 0 ? op->ulp : 2, op->rel > 0 ? op->rel : 1e-12);
    if (op->tolerance_why) {
        say(p, ": ");
        prose(p, op->tolerance_why);
    }
    say(p, ". An ulp is one of the largest value's; integers and truth values are exact.\n");
    if (case_one_number(op))
        say(p,
            "Each number by itself is within %g of its own ulp in float32, on every tier, whatever float it is of "
            "([the measured table](../../how/accuracy.md)).\n",
            op->point_ulp > 0 ? op->point_ulp : 4);
}

/* ---- an example: the case with the fewest numbers, and what comes of it ---- */
static int64_t example_size(const nrv__opdef *op, int i)
{
    op_case c;
    int64_t n = -1;
    if (case_read(&c, op, op->test[i], NRV_F64)) {
        n = 0;
        for (int k = 0; k < c.n_x; k++)
            n = c.x[k].n == 0 ? INT64_MAX / 2 : n + c.x[k].n;
    }
    case_free(&c);
    return n;
}

static void example_number(page *p, double v, bool real)
{
    say(p, real ? "%.4g" : "%.0f", v == 0 ? 0 : v);
}

/* rows in brackets, as deep as there are axes */
static void example_value(page *p, const char *name, int rank, const int64_t *dim, nrv_dtype type, const double *v)
{
    int64_t n = 1, column = (int64_t)strlen(name) + 3;
    for (int k = 0; k < rank; k++)
        n *= dim[k];
    say(p, "%s = ", name);
    for (int64_t i = 0; i < n; i++) {
        int open = 0;
        int64_t row = 1;
        for (int k = rank - 1; k >= 0 && i % (row *= dim[k]) == 0; k--)
            open++;
        if (i)
            say(p, open ? ",\n%*s" : ", %*s", open ? (int)column + rank - open : 0, "");
        for (int k = 0; k < open; k++)
            say(p, "[");
        example_number(p, v[i], nrv__dtype_real(type));
        row = 1;
        for (int k = rank - 1; k >= 0 && (i + 1) % (row *= dim[k]) == 0; k--)
            say(p, "]");
    }
    say(p, n ? "\n" : "[]\n");
}

static void example_of(page *p, const nrv__opdef *op, const op_case *c)
{
    case_graph t = case_trace(c, 0);
    int64_t n = 0;
    double *y = case_value(t.y, &n);
    if (y && n <= 48 && !(op->flags & NRV_RANDOM)) {
        char call[300];
        size_t at = (size_t)snprintf(call, sizeof call, "%s(", op->name);
        say(p, "\n## Example\n\n```text\n");
        for (int i = 0; i < c->n_x; i++) {
            example_value(p, c->x[i].name, c->x[i].rank, c->x[i].dim, c->x[i].type, c->x[i].value);
            at += (size_t)snprintf(call + at, sizeof call - at, "%s%s", i ? ", " : "", c->x[i].name);
        }
        for (int i = 0; i < c->n_arg && at < sizeof call; i++)
            at += (size_t)snprintf(call + at, sizeof call - at, "%s%s=%s", i || c->n_x ? ", " : "", c->arg[i].name,
                                   c->arg[i].text);
        snprintf(call + (at < sizeof call - 2 ? at : sizeof call - 2), 2, ")");
        example_value(p, call, t.y->rank, t.y->dim, t.y->type, y);
        say(p, "```\n");
    }
    free(y);
    case_graph_free(&t);
}

static void ops_example(page *p, const nrv__opdef *op)
{
    int best = -1;
    int64_t least = 48;
    for (int i = 0; i < (int)(sizeof op->test / sizeof *op->test) && op->test[i]; i++) {
        int64_t n = example_size(op, i);
        if (n > 0 && n <= least && (n < least || best < 0 || n > 1))
            best = i, least = n;
    }
    op_case c;
    if (best >= 0 && case_read(&c, op, op->test[best], NRV_F64)) {
        example_of(p, op, &c);
        case_free(&c);
    }
}

static void elsewhere_names(page *p, const char *library, const char *before, const char *names)
{
    int n = 0;
    for (const char *w = names; w && *w; w += strspn(w, " ")) {
        size_t length = strcspn(w, " ");
        say(p, "%s`%s%.*s`", n++ ? ", " : library, before, (int)length, w);
        w += length;
    }
    if (n)
        say(p, "\n");
}

static void ops_elsewhere(page *p, const nrv__opdef *op)
{
    if (op->torch || op->numpy || op->onnx || op->also)
        say(p, "\n## Elsewhere\n\n");
    elsewhere_names(p, "- PyTorch: ", "torch.", op->torch);
    elsewhere_names(p, "- NumPy: ", "numpy.", op->numpy);
    elsewhere_names(p, "- ONNX: ", "", op->onnx);
    elsewhere_names(p, "- Short names that commands and cases may use: ", "", op->also);
}

/* "CASE => MESSAGE": the message in its lines */
static void ops_refusals(page *p, const nrv__opdef *op)
{
    for (int i = 0; i < (int)(sizeof op->refuse / sizeof *op->refuse) && op->refuse[i]; i++) {
        const char *arrow = strstr(op->refuse[i], " => ");
        if (!arrow)
            continue;
        say(p, "%s`%.*s`\n\n```text\n", i ? "\n" : "\n## What it refuses\n\n", (int)(arrow - op->refuse[i]),
            op->refuse[i]);
        for (const char *q = arrow + 4; *q; q++)
            if (!strncmp(q, " | ", 3)) {
                say(p, "\n  ");
                q += 2;
            } else {
                put(p, q, 1);
            }
        say(p, "\n```\n");
    }
}

static void ops_one(page *p, const nrv__opdef *op)
{
    int count = 0, kind = kind_of(op);
    const source *s = source_of("ops", "NRV_OP(", op->name, &count);
    say(p, "# %s\n\nGenerated by `./do docs` from its record; do not edit. [All operations](../ops.md)\n\n", op->name);
    prose(p, op->doc ? op->doc : "");
    say(p, "\n\n`%s`\n\n", op->sig);
    if (s)
        opening(p, s, count == 1);
    if (s)
        prototypes(p, s, count == 1 ? NULL : op->name);
    ops_gradient(p, op, kind, s);
    if (op->test[0])
        ops_accuracy(p, op);
    ops_example(p, op);
    ops_elsewhere(p, op);
    ops_refusals(p, op);
    say(p, "\n## How it is built\n\n- %s: %s\n", ops_kind[kind][0], ops_kind[kind][1]);
    if (kind != OPS_MACRO && (kind != OPS_LEAF || op->ref))
        kernels_of(p, op->name, op->flags, kind == OPS_COMPOSITE);
    cases(p, op->test, (int)(sizeof op->test / sizeof *op->test), "../", s ? file_of(s) : "src/ops");
}

/* the folder of its file: "point"; "" for what stands beside all kinds */
static const char *ops_room(const nrv__opdef *op)
{
    static char room[64];
    int count;
    const source *s = source_of("ops", "NRV_OP(", op->name, &count);
    const char *slash = s ? strchr(s->name, '/') : NULL;
    snprintf(room, sizeof room, "%.*s", slash ? (int)(slash - s->name) : 0, slash ? s->name : "");
    return room;
}

static void ops_of_room(page *p, const char *room)
{
    say(p, "## %s\n\n| op | what it does | in PyTorch |\n| --- | --- | --- |\n", *room ? room : "core");
    for (int i = 0; nrv__ops[i]; i++) {
        if (strcmp(ops_room(nrv__ops[i]), room) != 0)
            continue;
        say(p, "| [%s](ops/%s.md) | ", nrv__ops[i]->name, nrv__ops[i]->name);
        prose(p, nrv__ops[i]->doc ? nrv__ops[i]->doc : "");
        const char *torch = nrv__ops[i]->torch ? nrv__ops[i]->torch : "";
        say(p, " | %s%.*s%s |\n", *torch ? "`" : "", (int)strcspn(torch, " "), torch, *torch ? "`" : "");
    }
    say(p, "\n");
}

static void ops_page(page *p)
{
    int n = 0, of[OPS_KINDS] = { 0 };
    for (; nrv__ops[n]; n++)
        of[kind_of(nrv__ops[n])]++;
    say(p,
        "# Operations\n\nGenerated by `./do docs` from the records in `src/ops`; do not edit.\n\n%d operations: %d "
        "primitives with a reference of their own (%d of them element by element, %d views), %d composites that\n"
        "kernels may replace, %d functions made of other ops, %d leaves. Each has a page: formula, shapes, gradient, "
        "conventions,\n"
        "accuracy, an example, its names elsewhere. In a signature, `real` is a float type, `number` any but bool, "
        "`[...]` any\n"
        "shape, letters are lengths that have to agree. Every op is tried by its own cases: value, gradient, second "
        "gradient,\n"
        "fused = unfused = eager, in loops, batched, on every instruction set, with every allocation failing.\n\n",
        n, of[OPS_POINT] + of[OPS_VIEW] + of[OPS_PRIMITIVE], of[OPS_POINT], of[OPS_VIEW], of[OPS_COMPOSITE],
        of[OPS_MACRO], of[OPS_LEAF]);
    for (int i = 0; nrv__ops[i]; i++) {
        char room[64];
        bool first = true;
        snprintf(room, sizeof room, "%s", ops_room(nrv__ops[i]));
        for (int k = 0; k < i && first; k++)
            first = strcmp(ops_room(nrv__ops[k]), room) != 0;
        if (first)
            ops_of_room(p, room);
    }
}

/* ---- layers ------------------------------------------------------------------------------------------------------ */
typedef struct argument { /* "units:size=1" taken apart */
    char name[64], type[64], otherwise[64];
    bool may_lack;
} argument;

static const char *argument_next(const char *s, argument *a)
{
    size_t whole = strcspn(s, " "), name = strcspn(s, ":"), type = strcspn(s + name + 1, "=? ");
    const char *rest = s + name + 1 + type;
    snprintf(a->name, sizeof a->name, "%.*s", (int)name, s);
    snprintf(a->type, sizeof a->type, "%.*s", (int)type, s + name + 1);
    snprintf(a->otherwise, sizeof a->otherwise, "%.*s", *rest == '=' ? (int)(s + whole - rest - 1) : 0, rest + 1);
    a->may_lack = *rest == '=' || *rest == '?' || !strcmp(a->type, "flag");
    return s + whole + strspn(s + whole, " ");
}

static const char *argument_kind(const char *type)
{
    static const char *const kinds[][2] = { { "size", "a whole number from 1" },
                                            { "int", "a whole number" },
                                            { "real", "a number" },
                                            { "flag", "the word alone" },
                                            { "size2", "one or two whole numbers from 1, as `3` or `3x5`" },
                                            { "int2", "one or two whole numbers from 0, as `1` or `0x1`" },
                                            { "size3", "a whole number from 1, or one for each axis, as `3x5`" },
                                            { "int3", "a whole number from 0, or one for each axis, as `0x1`" },
                                            { "int6", "a whole number from 0, or two for each axis, as `1x0x1x2`" } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i][0], type))
            return kinds[i][1];
    return type;
}

static void layers_usage(page *p, const nrv__layer *l)
{
    argument a;
    say(p, "`%s", l->word);
    for (const char *s = l->args; *s;) {
        s = argument_next(s, &a);
        bool flag = !strcmp(a.type, "flag");
        say(p, !a.may_lack ? " %s" : flag ? " [%s]" : " [%s %s]", a.name, *a.otherwise ? a.otherwise : "...");
    }
    say(p, "%s`", l->flags & NRV__LAYER_BRANCHES ? " { ... ; ... }" : l->flags & NRV__LAYER_BLOCK ? " { ... }" : "");
}

static void layers_one(page *p, const nrv__layer *l)
{
    int count = 0;
    argument a;
    const source *s = source_of("nn", "NRV_LAYER(", l->name, &count);
    say(p, "### %s\n\n", l->word);
    prose(p, l->doc);
    say(p, "\n\n");
    layers_usage(p, l);
    say(p, "\n\n");
    if (s && count == 1)
        opening(p, s, false);
    if (s && count == 1)
        prototypes(p, s, NULL);
    if (*l->args)
        say(p, "\n| argument | type | what it may be | otherwise |\n| --- | --- | --- | --- |\n");
    for (const char *q = l->args; *q;) {
        q = argument_next(q, &a);
        say(p, "| `%s` | %s | %s | %s |\n", a.name, a.type, argument_kind(a.type),
            !a.may_lack               ? "has to be given"
            : *a.otherwise            ? a.otherwise
            : !strcmp(a.type, "flag") ? "no"
                                      : "see above");
    }
    say(p, "\n");
    if (l->torch)
        say(p, "- In PyTorch: `nn.%s`, with the same names and shapes in its `state_dict`\n", l->torch);
    else
        say(p, "- In PyTorch: no one module\n");
    cases(p, l->test, (int)(sizeof l->test / sizeof *l->test), "", s ? file_of(s) : "src/nn");
}

static void layers_page(page *p)
{
    say(p, "# Layers: the words of the text form\n\nGenerated by `./do docs` from the records in `src/nn`; do not "
           "edit.\n\n"
           "A network is a line of words, or a file with a clause a line: `conv 16 3x3 relu | pool 2 | flatten | dense "
           "10`.\n"
           "Arguments come in order, or by name (`conv 16 3x3 pad 1`). `fc1: dense 10` names a layer, and its weights "
           "are\n"
           "then `fc1.weight`; others are numbered as `nn.Sequential` would number them. `#` begins a comment; a file "
           "may open\n"
           "with `input 1x28x28`, the shape of one sample.\n\n| word | usage | what it is |\n| --- | --- | --- |\n");
    for (const nrv__layer *const *l = nrv__layers_all; *l; l++) {
        say(p, "| [%s](#%s) | ", (*l)->word, (*l)->word);
        layers_usage(p, *l);
        say(p, " | ");
        prose(p, (*l)->doc);
        say(p, " |\n");
    }
    say(p, "\n");
    for (const nrv__layer *const *l = nrv__layers_all; *l; l++)
        layers_one(p, *l);
}

/* ---- optimisers ---------------------------------------------------------------------------------------------------
 */
static void optimisers_page(page *p)
{
    int count;
    const source *last = NULL;
    say(p, "# Optimisers\n\nGenerated by `./do docs` from the records in `src/optim`; do not edit.\n\n"
           "An optimiser is a function: from parameters and gradients it gives the parameters' new values, and\n"
           "`nrv_assign_all` makes them so. `nervo train --optim NAME` takes any of these; its `--lr`, `--momentum`,\n"
           "`--nesterov` and `--decay` are theirs.\n\n| name | what it is |\n| --- | --- |\n");
    for (const nrv__optim *const *o = nrv__optims; *o; o++) {
        say(p, "| [%s](#%s) | ", (*o)->name, (*o)->name);
        prose(p, (*o)->doc);
        say(p, " |\n");
    }
    for (const nrv__optim *const *o = nrv__optims; *o; o++) {
        const source *s = source_of("optim", "NRV_OPTIM(", (*o)->name, &count);
        say(p, "\n### %s\n\n", (*o)->name);
        prose(p, (*o)->doc);
        say(p, "\n\n");
        if (!s)
            continue;
        if (s == last) {
            say(p, "From the same file as the one above.\n\n");
        } else {
            char *options = strstr(s->text, "#ifdef NRV_HEADER\n"), *end = options ? strstr(options, "#endif") : NULL;
            opening(p, s, true);
            if (end) {
                say(p, "```c\n");
                put(p, options + 18, (size_t)(end - options - 18));
                say(p, "```\n");
            }
        }
        prototypes(p, s, (*o)->name);
        say(p, "\n- Source: [%s](../../%s)\n", file_of(s), file_of(s));
        last = s;
    }
    say(p, "\n## Beside them\n\nGradients may be changed on their way, and the rate may follow a curve.\n\n");
    for (int i = 0; i < n_sources; i++)
        if (!strcmp(sources[i].room, "optim") && !strstr(sources[i].text, "NRV_OPTIM("))
            prototypes(p, &sources[i], NULL);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */
static int finish(const char *root, const char *name, page *p, bool check)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/ref/%s", root, name);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) /* one empty line, none at the end */
        if (p->at[i] != '\n' || (n && i + 1 < p->n && (p->at[n - 1] != '\n' || (n > 1 && p->at[n - 2] != '\n'))))
            p->at[n++] = p->at[i];
    while (n && p->at[n - 1] == '\n')
        n--;
    p->at[n++] = '\n';
    p->at[p->n = n] = 0;
    char *old = whole_file(path);
    bool same = old && !strcmp(old, p->at);
    free(old);
    if (!same && check)
        fprintf(stderr, "docs: %s is stale: run ./do docs and commit it\n", path);
    FILE *f = same || check ? NULL : fopen(path, "w");
    if (!same && !check && (!f || fwrite(p->at, 1, p->n, f) != p->n))
        die("cannot write ", path);
    if (f && fclose(f))
        die("cannot write ", path);
    free(p->at);
    return check && !same;
}

/* a page for every op, and no other */
static int ops_pages(const char *root, bool check)
{
    char path[4096], name[300];
    int stale = 0;
    snprintf(path, sizeof path, "%s/docs/ref/ops", root);
    if (!check)
        mkdir(path, 0777);
    for (int i = 0; nrv__ops[i]; i++) {
        page p = { 0 };
        ops_one(&p, nrv__ops[i]);
        snprintf(name, sizeof name, "ops/%s.md", nrv__ops[i]->name);
        stale |= finish(root, name, &p, check);
    }
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n < 4 || strcmp(e->d_name + n - 3, ".md") != 0 || nrv__op_find(e->d_name, n - 3))
            continue;
        snprintf(path, sizeof path, "%s/docs/ref/ops/%s", root, e->d_name);
        fprintf(stderr, "docs: %s is of no op%s\n", path, check ? "" : " and goes");
        stale |= check || unlink(path) != 0;
    }
    if (d)
        closedir(d);
    return stale;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*write)(page *p);
    } pages[] = { { "ops.md", ops_page },
                  { "layers.md", layers_page },
                  { "optimisers.md", optimisers_page },
                  { "kernels.md", kernels_page } };
    static const char *const rooms[] = { "ops", "nn", "optim", "kernels/simd" };
    bool check = argc == 3 && !strcmp(argv[1], "--check");
    int stale = 0;
    if (argc != 2 + check)
        die("usage: docs [--check] ROOT", "");
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        read_room(argv[argc - 1], rooms[i]);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        page p = { 0 };
        pages[i].write(&p);
        stale |= finish(argv[argc - 1], pages[i].name, &p, check);
    }
    stale |= ops_pages(argv[argc - 1], check);
    return stale;
}
