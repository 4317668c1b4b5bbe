/* test_ufunc.c - NumPy's own tables of what its functions give: every `*-NAME.csv` of a folder, each row on every tier.

   A row is dtype, arguments, result - hexadecimal bits - and how many units of the last place may be between. The
   function is the op whose .numpy says NAME. `conformance.ufunc [DIR]`; without DIR the shared folder's, where there is
   one. Ends with `passed N, failed N, skipped N`; whatever is skipped says why. Exit code 1 where a row fails.

   Does not do: rows of types that nervo has not. label: conformance */
#include "base/cpu.h"
#include "ops/op.h"
#include "support/shared.h"
#include <dirent.h>
#include <math.h>
#include <nervo.h>

enum { UFUNC_ROWS = 1 << 16, UFUNC_PATH = 1024, UFUNC_SHOWN = 5 };

typedef struct ufunc_row {
    nrv_dtype type;
    uint64_t in[2], want;
    double ulp;
    int line;
    bool bad;
} ufunc_row;

typedef struct ufunc_table {
    char path[UFUNC_PATH], name[64];
    const nrv__opdef *op;
    ufunc_row *row;
    int n, n_in, skipped, failed, passed;
} ufunc_table;

static const struct {
    const char *name;
    nrv_dtype type;
} ufunc_types[] = { { "np.float16", NRV_F16 }, { "np.float32", NRV_F32 }, { "np.float64", NRV_F64 } };

static const nrv__opdef *ufunc_op(const char *name)
{
    size_t n = strlen(name);
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        for (const char *w = (*op)->numpy; w && *w; w += strspn(w, " ")) {
            size_t whole = strcspn(w, " ");
            if (whole == n && !strncmp(w, name, n))
                return *op;
            w += whole;
        }
    return NULL;
}

/* the word between the last '-' and ".csv" */
static bool ufunc_name(ufunc_table *t, const char *file)
{
    const char *dash = strrchr(file, '-'), *from = dash ? dash + 1 : file, *end = strstr(from, ".csv");
    if (!end || end[4] || (size_t)(end - from) >= sizeof t->name)
        return false;
    memcpy(t->name, from, (size_t)(end - from));
    t->op = ufunc_op(t->name);
    return true;
}

static void ufunc_skip(ufunc_table *t, const char *why, const char *what)
{
    if (!t->skipped++)
        printf("skipped in %s: %s %s\n", t->name, why, what);
}

/* one line; comments and the line of titles are none */
static void ufunc_read_row(ufunc_table *t, char *line, int number)
{
    char *field[5];
    int n = 0;
    for (char *at = line; n < 5 && at; n++) {
        field[n] = at;
        at = strchr(at, ',');
        if (at)
            *at++ = 0;
    }
    if (n < 4 || line[0] == '#' || !strcmp(line, "dtype"))
        return;
    ufunc_row r = { .line = number, .ulp = strtod(field[n - 1], NULL), .want = strtoull(field[n - 2], NULL, 16) };
    for (int i = 0; i < n - 3; i++)
        r.in[i] = strtoull(field[1 + i], NULL, 16);
    for (size_t i = 0; i < sizeof ufunc_types / sizeof *ufunc_types; i++)
        if (!strcmp(line, ufunc_types[i].name))
            r.type = ufunc_types[i].type;
    t->n_in = n - 3;
    if (!t->op)
        ufunc_skip(t, "no op has this name in NumPy:", t->name);
    else if (!r.type)
        ufunc_skip(t, "a type that is not had here:", line);
    else if (t->n < UFUNC_ROWS)
        t->row[t->n++] = r;
    else
        ufunc_skip(t, "more rows than are looked at", "");
}

static bool ufunc_read(ufunc_table *t)
{
    size_t bytes;
    char *text = (char *)shared_bytes(t->path, &bytes);
    t->row = malloc(UFUNC_ROWS * sizeof *t->row);
    if (!text || !t->row)
        return false;
    int number = 1;
    for (char *at = text; *at; number++) {
        size_t n = strcspn(at, "\r\n");
        bool more = at[n] != 0;
        at[n] = 0;
        ufunc_read_row(t, at, number);
        at += n + more;
    }
    free(text);
    return true;
}

/* how many numbers of the type lie from one to the other */
static double ufunc_apart(uint64_t a, uint64_t b, size_t size)
{
    uint64_t sign = UINT64_C(1) << (8 * size - 1), x = a & (sign - 1), y = b & (sign - 1);
    return (a ^ b) & sign ? (double)x + (double)y : x > y ? (double)(x - y) : (double)(y - x);
}

static bool ufunc_nan(uint64_t bits, nrv_dtype type)
{
    double x;
    nrv__to_double(&x, &bits, type, 1); /* low bytes first, as everywhere that this runs */
    return isnan(x);
}

static bool ufunc_near(const ufunc_row *r, uint64_t got, size_t size)
{
    if (ufunc_nan(got, r->type) || ufunc_nan(r->want, r->type))
        return ufunc_nan(got, r->type) && ufunc_nan(r->want, r->type);
    return ufunc_apart(got, r->want, size) <= r->ulp;
}

/* all rows of one type, on one tier */
static bool ufunc_run(ufunc_table *t, nrv_dtype type, nrv__tier tier)
{
    size_t size = nrv__dtype_size(type), n = 0;
    char *data = calloc((size_t)t->n * 3 + 1, size), *in[2] = { data, data + (size_t)t->n * size };
    char *out = data + 2 * (size_t)t->n * size;
    for (int i = 0; i < t->n; i++)
        if (t->row[i].type == type) {
            for (int k = 0; k < t->n_in; k++)
                memcpy(in[k] + n * size, &t->row[i].in[k], size);
            n++;
        }
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv__case c = { .g = g, .name = "ufunc", .n_x = t->n_in, .x_name = { "x", "y" } };
    for (int k = 0; k < t->n_in; k++)
        c.x[k] = nrv_input(g, c.x_name[k], type, NRV_SHAPE((nrv_dim)n));
    nrv_output(g, "out", t->op->make ? t->op->make(&c) : nrv__op(t->op, t->n_in, c.x));
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = nrv__tier_name(tier) });
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    for (int k = 0; k < t->n_in && e; k++)
        nrv_bind_in(e, c.x_name[k], in[k], n * size);
    bool ok = e && !nrv_bind_out(e, "out", out, n * size) && !nrv_run(e);
    if (!ok)
        printf("FAILED %s: %s\n", t->name, nrv_graph_why(g) ? nrv_graph_why(g) : e ? nrv_why(e) : "no memory");
    for (int i = 0, k = 0; i < t->n && ok; i++) {
        uint64_t got = 0;
        if (t->row[i].type != type)
            continue;
        memcpy(&got, out + (size_t)k++ * size, size);
        bool good = ufunc_near(&t->row[i], got, size);
        if (!good && !t->row[i].bad && t->failed++ < UFUNC_SHOWN)
            printf("FAILED %s, line %d, tier %s: 0x%llx of 0x%llx, wanted 0x%llx within %g ulp\n", t->name,
                   t->row[i].line, nrv__tier_name(tier), (unsigned long long)got, (unsigned long long)t->row[i].in[0],
                   (unsigned long long)t->row[i].want, t->row[i].ulp);
        t->row[i].bad = t->row[i].bad || !good;
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
    free(data);
    return ok;
}

static bool ufunc_has(const ufunc_table *t, nrv_dtype type)
{
    for (int i = 0; i < t->n; i++)
        if (t->row[i].type == type)
            return true;
    return false;
}

static void ufunc_file(ufunc_table *t)
{
    if (!ufunc_read(t)) {
        printf("FAILED %s: it cannot be read\n", t->path);
        t->failed++;
        return;
    }
    bool ok = true;
    for (size_t i = 0; i < sizeof ufunc_types / sizeof *ufunc_types && ok; i++)
        for (int tier = NRV__REF; tier < NRV__TIERS && ok && ufunc_has(t, ufunc_types[i].type); tier++)
            ok = !nrv__cpu_has((nrv__tier)tier) || ufunc_run(t, ufunc_types[i].type, (nrv__tier)tier);
    t->failed = ok ? t->failed : t->n;
    t->passed = t->n - t->failed;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : shared_path("ufunc-accuracy");
    DIR *d = opendir(folder);
    if (!d) {
        printf("there is no folder %s\n", folder);
        return argc > 1 || getenv("NERVO_MAY_NOT_SKIP") ? 1 : 77;
    }
    int passed = 0, failed = 0, skipped = 0;
    for (struct dirent *e; (e = readdir(d));) {
        ufunc_table t = { 0 };
        if (!ufunc_name(&t, e->d_name))
            continue;
        snprintf(t.path, sizeof t.path, "%s/%s", folder, e->d_name);
        ufunc_file(&t);
        if (t.skipped > 1)
            printf("skipped in %s: %d rows in all\n", t.name, t.skipped);
        passed += t.passed;
        failed += t.failed;
        skipped += t.skipped;
        free(t.row);
    }
    closedir(d);
    printf("passed %d, failed %d, skipped %d\n", passed, failed, skipped);
    return failed || !passed;
}
