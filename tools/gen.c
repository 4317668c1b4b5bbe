/* gen.c - makes one file into declaration and table entry. It copies, it does not parse C.

   From src/ops, src/nn, src/optim: functions marked NRV_API with the comment above them, and blocks between
   `#ifdef NRV_HEADER` and `#endif`, go verbatim to include/nervo/ops.h and nn.h, unless nervo.h declares them already.
   The names in NRV_OP, NRV_LAYER, NRV_OPTIM, NRV_KERNEL, NRV_POINTS and NRV_FUSED make the tables of
   src/gen/registry.c. Every other fact is read from the compiled records.

   gen ROOT          writes what changed         gen --check ROOT          exit 1 if a generated file is stale */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 4096 };

typedef struct text {
    char *at;
    size_t n, cap;
} text;

static void die(const char *what, const char *which)
{
    fprintf(stderr, "gen: %s %s\n", what, which);
    exit(2);
}

static void put(text *t, const char *s, size_t n)
{
    if (t->n + n + 1 > t->cap) {
        t->cap = (t->n + n + 1) * 2;
        t->at = realloc(t->at, t->cap);
        if (!t->at)
            die("out of memory", "");
    }
    memcpy(t->at + t->n, s, n);
    t->n += n;
    t->at[t->n] = 0;
}

static void putf(text *t, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof line)
        die("line too long:", fmt);
    put(t, line, (size_t)n);
}

static text read_file(const char *path)
{
    text t = { 0 };
    FILE *f = fopen(path, "rb");
    if (!f)
        return t;
    char buf[65536];
    size_t n;
    put(&t, "", 0);
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        put(&t, buf, n);
    fclose(f);
    return t;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* adds the names in a folder that end so; "" takes those without a dot, which are folders */
static int names(const char *dir, const char *end, char **path, int n)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t len = strlen(e->d_name), tail = strlen(end);
        const char *dot = strchr(e->d_name, '.');
        if (n == MOST_FILES || (tail ? len <= tail || strcmp(e->d_name + len - tail, end) : dot != NULL))
            continue;
        size_t room = strlen(dir) + len + 2;
        if (!(path[n] = malloc(room)))
            die("out of memory", "");
        snprintf(path[n++], room, "%s/%s", dir, e->d_name);
    }
    if (d)
        closedir(d);
    return n;
}

/* paths of the .c files of a folder, and of its folders where it has some, sorted: what is made may not depend on the
   file system */
static int list(const char *root, const char *folder, bool deep, char **path)
{
    static char *inner[MOST_FILES];
    char dir[4096];
    snprintf(dir, sizeof dir, "%s/src/%s", root, folder);
    int n = names(dir, ".c", path, 0), folders = deep ? names(dir, "", inner, 0) : 0;
    for (int i = 0; i < folders; i++) {
        n = names(inner[i], ".c", path, n);
        free(inner[i]);
    }
    qsort(path, (size_t)n, sizeof *path, by_name);
    return n;
}

static bool declared(const char *header, const char *name, size_t n)
{
    for (const char *p = header; (p = strstr(p, "nrv_")); p += 4) {
        const char *end = p + n;
        if (strncmp(p, name, n) || isalnum((unsigned char)p[-1]) || p[-1] == '_')
            continue;
        while (*end == ' ')
            end++;
        if (*end == '(')
            return true;
    }
    return false;
}

/* what a comment says is no declaration */
static void drop_comments(text *t)
{
    for (char *p = t->at; (p = strstr(p, "/*"));)
        while (*p && strncmp(p, "*/", 2))
            *p++ = ' ';
}

/* the comment that ends right above `at`, or `at` */
static const char *comment_above(const char *start, const char *at)
{
    if (at - start < 3 || strncmp(at - 3, "*/\n", 3))
        return at;
    for (const char *p = at - 3; p > start; p--)
        if (p[0] == '\n' && p[1] == '/' && p[2] == '*')
            return p + 1;
    return at;
}

static void take_prototypes(const text *file, const char *nervo_h, text *out)
{
    for (const char *p = file->at; (p = strstr(p, "\nNRV_API ")); p++) {
        const char *proto = p + 9, *end = strchr(proto, '{'), *paren = strchr(proto, '(');
        if (!end || !paren || paren > end)
            continue;
        const char *name = paren;
        while (name > proto && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
            name--;
        if (declared(nervo_h, name, (size_t)(paren - name)))
            continue;
        while (end > proto && isspace((unsigned char)end[-1]))
            end--;
        const char *comment = comment_above(file->at, p + 1);
        put(out, comment, (size_t)(p + 1 - comment));
        put(out, proto, (size_t)(end - proto));
        put(out, ";\n", 2);
    }
}

static void take_blocks(const text *file, text *out)
{
    for (const char *p = file->at; (p = strstr(p, "\n#ifdef NRV_HEADER\n")); p++) {
        const char *from = p + 19, *end = strstr(p, "\n#endif");
        if (end)
            put(out, from, (size_t)(end + 1 - from));
    }
}

/* calls entry(name) for each macro(name, at the start of a line */
static void take_names(const text *file, const char *macro, text *externs, text *table, const char *decl,
                       const char *item)
{
    char find[64];
    snprintf(find, sizeof find, "\n%s(", macro);
    for (const char *p = file->at; (p = strstr(p, find)); p++) {
        const char *name = p + strlen(find);
        int n = 0;
        name += strspn(name, " \n");
        while (isalnum((unsigned char)name[n]) || name[n] == '_')
            n++;
        putf(externs, decl, n, name);
        putf(table, item, n, name);
    }
}

static const struct tier {
    const char *name, *have;
} tiers[] = { { "avx512", "NRV__HAVE_AVX512" }, { "avx2", "NRV__HAVE_AVX2" }, { "baseline", NULL } };

static void take_tiers(const text *file, const char *macro, const char *type, const char *prefix, const char *suffix,
                       text *externs, text *table)
{
    for (int i = 0; i < 3; i++) {
        char decl[128], item[128];
        snprintf(decl, sizeof decl, "extern const %s %s%%.*s_%s%s;\n", type, prefix, tiers[i].name, suffix);
        snprintf(item, sizeof item, "    %s%s%%.*s_%s,\n", *suffix ? "" : "&", prefix, tiers[i].name);
        text e = { 0 }, t = { 0 };
        take_names(file, macro, &e, &t, decl, item);
        if (e.n && tiers[i].have) {
            putf(externs, "#ifdef %s\n%s#endif\n", tiers[i].have, e.at);
            putf(table, "#ifdef %s\n%s#endif\n", tiers[i].have, t.at);
        } else if (e.n) {
            put(externs, e.at, e.n);
            put(table, t.at, t.n);
        }
        free(e.at);
        free(t.at);
    }
}

static const char MADE[] = "/* Made by tools/gen.c from the sources it names; never edited by hand. */\n";

static bool settle(const char *root, const char *name, text *want, bool check)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, name);
    text have = read_file(path);
    bool same = have.at && have.n == want->n && !memcmp(have.at, want->at, have.n);
    if (!same && check)
        fprintf(stderr, "gen: %s is stale; run: ./do build\n", name);
    if (!same && !check) {
        FILE *f = fopen(path, "wb");
        if (!f || fwrite(want->at, 1, want->n, f) != want->n || fclose(f))
            die("cannot write", path);
    }
    free(have.at);
    free(want->at);
    return same || !check;
}

typedef struct tables {
    text externs, ops, layers, optims, kernels, points, fuses;
} tables;

static void take_file(const char *folder, const text *f, tables *t)
{
    if (!strcmp(folder, "kernels/simd")) {
        take_tiers(f, "NRV_KERNEL", "nrv__kernel", "nrv__kernel_", "", &t->externs, &t->kernels);
        take_tiers(f, "NRV_POINTS", "nrv__point", "nrv__points_", "[]", &t->externs, &t->points);
        take_tiers(f, "NRV_FUSED", "nrv__fused", "nrv__fused_", "[]", &t->externs, &t->fuses);
        return;
    }
    take_names(f, "NRV_OP", &t->externs, &t->ops, "extern const nrv__opdef nrv__op_%.*s;\n", "    &nrv__op_%.*s,\n");
    take_names(f, "NRV_LAYER", &t->externs, &t->layers, "extern const nrv__layer nrv__layer_%.*s;\n",
               "    &nrv__layer_%.*s,\n");
    take_names(f, "NRV_OPTIM", &t->externs, &t->optims, "extern const nrv__optim nrv__optim_%.*s;\n",
               "    &nrv__optim_%.*s,\n");
}

static text registry(const tables *t)
{
    text r = { 0 };
    putf(&r, "%s#include \"../nn/layer.h\"\n#include \"../ops/op.h\"\n#include \"../optim/optim.h\"\n\n", MADE);
    put(&r, t->externs.at, t->externs.n);
    const struct {
        const char *head;
        const text *body;
    } part[] = {
        { "const nrv__opdef *const nrv__ops[]", &t->ops },
        { "const nrv__layer *const nrv__layers_all[]", &t->layers },
        { "const nrv__optim *const nrv__optims[]", &t->optims },
        { "const nrv__kernel *const nrv__kernels[]", &t->kernels },
        { "const nrv__point *const nrv__points[]", &t->points },
        { "const nrv__fused *const nrv__fuses[]", &t->fuses },
    };
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        putf(&r, "\n%s = {\n", part[i].head);
        if (part[i].body->n)
            put(&r, part[i].body->at, part[i].body->n);
        putf(&r, "    NULL\n};\n");
    }
    return r;
}

static text header(const char *name, const char *what, const text *body)
{
    text h = { 0 };
    putf(&h, "%s/* %s. Included by nervo.h. */\n#ifndef NERVO_%s_H\n#define NERVO_%s_H\n", MADE, what, name, name);
    if (body->n)
        put(&h, body->at, body->n);
    putf(&h, "#endif\n");
    return h;
}

int main(int argc, char **argv)
{
    bool check = argc > 1 && !strcmp(argv[1], "--check");
    if (argc != 2 + check)
        die("usage: gen [--check] ROOT", "");
    const char *root = argv[1 + check];
    char path[4096];
    snprintf(path, sizeof path, "%s/include/nervo.h", root);
    text nervo_h = read_file(path);
    if (!nervo_h.at)
        die("cannot read", path);
    drop_comments(&nervo_h);
    static const char *const folders[] = { "ops", "nn", "optim", "models", "kernels/simd" };
    static char *files[MOST_FILES];
    tables t = { { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } };
    text ops = { 0 }, nn = { 0 };
    for (int pass = 0; pass < 2; pass++) /* option structs first: prototypes use them */
        for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
            int n = list(root, folders[k], k == 0, files);
            for (int i = 0; i < n; i++) {
                text f = read_file(files[i]);
                text *out = k == 0 ? &ops : &nn;
                if (f.at && k < 4 && pass == 0)
                    take_blocks(&f, out);
                if (f.at && k < 4 && pass == 1)
                    take_prototypes(&f, nervo_h.at, out);
                if (f.at && pass == 1)
                    take_file(folders[k], &f, &t);
                free(f.at);
                free(files[i]);
            }
        }
    text r = registry(&t), oh = header("OPS", "The operations: every function marked NRV_API in src/ops", &ops);
    text nh = header("NN", "Layers and optimisers: every function marked NRV_API in src/nn and src/optim", &nn);
    bool ok = settle(root, "src/gen/registry.c", &r, check);
    ok = settle(root, "include/nervo/ops.h", &oh, check) && ok;
    ok = settle(root, "include/nervo/nn.h", &nh, check) && ok;
    return ok ? 0 : 1;
}
