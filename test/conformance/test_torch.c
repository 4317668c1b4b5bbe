/* test_torch.c - an op for every case of PyTorch's values in a folder, and whether it gives them: forward and gradient,
   float64 at 1e-9 evaluated node by node and compiled, float32 at 2e-4 compiled; |got - want| <= tol * max(1, |want|).

   usage: conformance.torch [DIR] [--without GROUP]...
   Without arguments: NERVO_SHARED/conformance/torch without its group rnn, whose outputs were made with other weights
   than it holds (PyTorch itself does not reproduce them); recurrent layers are held against a living PyTorch instead,
   by torch.cases.
   The op is found by the case's name, see op_of; inputs go to it in their order and by their names, attrs by theirs.
   Promises: ends with "passed N, failed N, skipped N"; exit 1 if one failed. Does not do: know any case by its name. */
#include "torch_case.h"
#include "support/shared.h"
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_CASES = 20000, MOST_WITHOUT = 16 };

typedef struct reading {
    const char *op, *is;
    nrv_tensor (*input)(nrv_tensor x);
} reading;

typedef struct trial {
    const torch_case *c;
    const reading *as; /* NULL: as the case says */
    const nrv__opdef *op;
    nrv_dtype real;
    bool compiled;
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x[NRV__CASE_INPUTS], out[TORCH_OUTPUTS], slope[NRV__CASE_INPUTS];
    nrv_plan *plan;
    nrv_exec *exec;
    char why[2048];
} trial;

/* ---- which op ---- */
static size_t without_number(const char *name, size_t n)
{
    size_t m = n;
    while (m && name[m - 1] >= '0' && name[m - 1] <= '9')
        m--;
    return m;
}

/* "avg2d_3" is avg2d, "nll_sum" is nll or, in its group, nll_loss, "cross_entropy_2d_mean" is cross_entropy, "norm3" is
   norm with p=3, "norminf" with p=inf: its number goes first, then word after word, until an op goes by what is left */
static const nrv__opdef *op_of(const torch_case *c, nrv__arg *p)
{
    static char digits[16];
    char longer[300];
    size_t n = strlen(c->name), m = without_number(c->name, n);
    n = m > 1 && m < n && c->name[m - 1] == '_' ? m - 1 : n;
    for (;;) {
        const nrv__opdef *op = nrv__op_known_as(c->name, n);
        snprintf(longer, sizeof longer, "%.*s_%s", (int)n, c->name, c->group);
        op = op ? op : nrv__op_known_as(longer, strlen(longer));
        m = without_number(c->name, n);
        m = m == n && n > 3 && !strncmp(c->name + n - 3, "inf", 3) ? n - 3 : m;
        if (!op && m && m < n && (op = nrv__op_known_as(c->name, m)) != NULL) {
            snprintf(digits, sizeof digits, "%.*s", (int)(n - m), c->name + m);
            *p = (nrv__arg){ "p", digits };
        }
        while (n && c->name[n - 1] != '_')
            n--;
        if (op || !n)
            return op;
        n--;
    }
}

/* Where the values of a folder are of something else than its attrs say. A case that does not hold as it stands is
   tried so, and said to have been. */
static nrv_tensor square_of(nrv_tensor a)
{
    return nrv_matmul(a, nrv_transpose(a));
}

static const reading readings[] = { { "logdet", "of a times its transpose, whose determinant is positive",
                                      square_of } };

static const reading *reading_of(const nrv__opdef *op)
{
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
        if (!strcmp(readings[i].op, op->name))
            return &readings[i];
    return NULL;
}

/* ---- tracing ---- */
static bool fail(trial *t, const char *what, const char *why)
{
    snprintf(t->why, sizeof t->why, "%s: %s", what, why ? why : "no reason");
    return false;
}

/* "abs(x)+0.1; notes" and "log_softmax(x,2)": a formula in the first input, or an op and its axis */
static nrv_tensor applied(const trial *t, const char *text, nrv_tensor x)
{
    char formula[300];
    size_t n = strcspn(text, ";"), name = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
    const nrv__opdef *op = name < n && !strncmp(text + name, "(x", 2) ? nrv__op_known_as(text, name) : NULL;
    char *end = NULL;
    /* PyTorch's axis where none is named */
    long axis = x && (x->rank == 0 || x->rank == 1 || x->rank == 3) ? 0 : 1;
    if (op && text[name + 2] == ',')
        axis = strtol(text + name + 3, &end, 10);
    const char *close = end ? end : text + name + 2;
    if (op && op->make && *close == ')' && close + 1 == text + n) {
        char number[24];
        snprintf(number, sizeof number, "%ld", axis);
        return op->make(&(nrv__case){ .g = t->g,
                                      .name = "input",
                                      .n_x = 1,
                                      .x = { x },
                                      .x_name = { "x" },
                                      .n_arg = 1,
                                      .arg = { { "axis", number } } });
    }
    snprintf(formula, sizeof formula, "x: %.*s", (int)n, text);
    return nrv_expr(formula, 1, &x);
}

static void feed(nrv_tensor x, const torch_array *a)
{
    size_t bytes = x ? (size_t)a->n * nrv__dtype_size(x->type) : 0;
    void *data = malloc(bytes + 1);
    if (x && data) {
        nrv__from_double(data, x->type, a->value, a->n);
        nrv_feed(x, data, bytes);
    }
    free(data);
}

static nrv_tensor input(trial *t, const char *prefix, const char *name, const torch_array *a)
{
    char full[300];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    nrv_tensor x = nrv_input(t->g, full, nrv__dtype_real(a->type) ? t->real : a->type, a->shape);
    feed(x, a);
    return x;
}

static bool trace_outputs(trial *t, nrv__arg p)
{
    const torch_case *c = t->c;
    nrv__case made = { .g = t->g, .name = "case", .n_x = c->n_in };
    const char *formula = NULL;
    for (int i = 0; i < c->n_in; i++) {
        t->x[i] = input(t, "", c->in_name[i], &c->in[i]);
        made.x[i] = t->x[i];
        made.x_name[i] = c->in_name[i];
    }
    for (int i = 0; i < c->n_arg; i++) {
        if (!strcmp(c->arg[i].name, "input"))
            formula = c->arg[i].text;
        else
            made.arg[made.n_arg++] = c->arg[i];
    }
    if (p.name && made.n_arg < NRV__CASE_ARGS)
        made.arg[made.n_arg++] = p;
    if (formula)
        made.x[0] = applied(t, formula, made.x[0]);
    if (t->as)
        made.x[0] = t->as->input(made.x[0]);
    t->out[0] = t->op->make ? t->op->make(&made) : nrv__op(t->op, made.n_x, made.x);
    for (int i = 1; i < c->n_out; i++)
        t->out[i] = i <= made.n_also ? made.also[i - 1] : NULL;
    for (int i = 0; i < c->n_out; i++)
        if (!t->out[i])
            return fail(t, t->op->name, nrv_graph_why(t->g) ? nrv_graph_why(t->g) : "gives fewer outputs");
    return true;
}

static bool trace_slopes(trial *t)
{
    const torch_case *c = t->c;
    nrv_tensor sum = NULL, by[NRV__CASE_INPUTS], dx[NRV__CASE_INPUTS];
    int n = 0, at[NRV__CASE_INPUTS];
    for (int i = 0; i < c->n_in; i++)
        if (c->slope[i].value) {
            at[n] = i;
            by[n++] = t->x[i];
        }
    for (int i = 0; i < c->n_out && n; i++) {
        char name[24];
        if (!c->weight[i].value || !nrv__dtype_real(t->out[i]->type))
            continue;
        snprintf(name, sizeof name, "%d", i);
        nrv_tensor part = nrv_sum_all(nrv_mul(t->out[i], input(t, "weight of output ", name, &c->weight[i])));
        sum = sum ? nrv_add(sum, part) : part;
    }
    if (n && sum)
        nrv_grad(sum, NULL, n, by, dx);
    if (n && (!sum || nrv_graph_why(t->g)))
        return fail(t, "the gradient", nrv_graph_why(t->g));
    for (int i = 0; i < n; i++)
        t->slope[at[i]] = dx[i];
    return true;
}

/* ---- running ---- */
static void compile(trial *t)
{
    char name[32];
    for (int i = 0; i < t->c->n_out; i++) {
        snprintf(name, sizeof name, "out %d", i);
        nrv_output(t->g, name, t->out[i]);
    }
    for (int i = 0; i < t->c->n_in; i++) {
        snprintf(name, sizeof name, "slope %d", i);
        if (t->slope[i])
            nrv_output(t->g, name, t->slope[i]);
    }
    t->plan = nrv_compile(t->g, NULL); /* an error is told by the run */
    t->exec = nrv_exec_new(t->plan, t->s, NULL);
}

static bool run(trial *t, void **bound)
{
    const torch_case *c = t->c;
    for (int i = 0; i < c->n_in + c->n_out; i++) {
        const torch_array *a = i < c->n_in ? &c->in[i] : &c->weight[i - c->n_in];
        char name[64];
        if (!a->value)
            continue;
        nrv_dtype type = nrv__dtype_real(a->type) ? t->real : a->type;
        size_t bytes = (size_t)a->n * nrv__dtype_size(type);
        if (!(bound[i] = malloc(bytes + 1)))
            return fail(t, "run", "no memory");
        nrv__from_double(bound[i], type, a->value, a->n);
        if (i < c->n_in)
            snprintf(name, sizeof name, "%s", c->in_name[i]);
        else
            snprintf(name, sizeof name, "weight of output %d", i - c->n_in);
        if (nrv_bind_in(t->exec, name, bound[i], bytes) == NRV_ENAME)
            continue; /* nobody reads it */
    }
    return nrv_run(t->exec) == NRV_OK || fail(t, "run", nrv_why(t->exec));
}

static const void *computed(trial *t, nrv_tensor y, const char *name, int64_t n, void *room)
{
    size_t bytes = (size_t)n * nrv__dtype_size(y->type);
    if (t->compiled)
        return nrv_value(t->exec, name, &bytes);
    return nrv_eval(y, room, bytes) == NRV_OK ? room : NULL;
}

static bool compare(trial *t, nrv_tensor y, const char *name, const torch_array *want)
{
    const double tolerance = t->real == NRV_F64 ? 1e-9 : 2e-4;
    nrv_shape shape = nrv_shape_of(y);
    bool alike = shape.rank == want->shape.rank;
    for (int k = 0; alike && k < shape.rank; k++)
        alike = shape.dim[k] == want->shape.dim[k];
    if (!alike) {
        nrv__text is = { 0 };
        nrv__shape_text(t->g, shape.rank, shape.dim, &is);
        nrv__text_add(&is, " is its shape, wanted ");
        nrv__shape_text(t->g, want->shape.rank, want->shape.dim, &is);
        fail(t, name, is.at);
        nrv__text_free(&is);
        return false;
    }
    void *room = malloc((size_t)want->n * 8 + 1);
    double *got = malloc(((size_t)want->n + 1) * sizeof *got);
    const void *data = room && got ? computed(t, y, name, want->n, room) : NULL;
    bool well = data || fail(t, name, t->compiled ? nrv_why(t->exec) : nrv_graph_why(t->g));
    if (well)
        nrv__to_double(got, data, y->type, want->n);
    for (int64_t i = 0; well && i < want->n; i++) {
        double a = got[i], b = want->value[i];
        if (!(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fmax(1, fabs(b)))) {
            char what[200];
            snprintf(what, sizeof what, "element %lld is %.12g, wanted %.12g", (long long)i, a, b);
            well = fail(t, name, what);
        }
    }
    free(room);
    free(got);
    return well;
}

static bool compare_all(trial *t)
{
    char name[32];
    bool well = true;
    for (int i = 0; well && i < t->c->n_out; i++) {
        snprintf(name, sizeof name, "out %d", i);
        well = compare(t, t->out[i], name, &t->c->out[i]);
    }
    for (int i = 0; well && i < t->c->n_in; i++) {
        snprintf(name, sizeof name, "slope %d", i);
        if (t->slope[i])
            well = compare(t, t->slope[i], name, &t->c->slope[i]);
    }
    return well;
}

static bool passes_so(const torch_case *c, const nrv__opdef *op, nrv__arg p, const reading *as, nrv_dtype real,
                      bool compiled, char *why, size_t room)
{
    void *bound[NRV__CASE_INPUTS + TORCH_OUTPUTS] = { 0 };
    trial t = { .c = c, .as = as, .op = op, .real = real, .compiled = compiled, .s = nrv_store_new(NULL) };
    t.g = nrv_graph_new(t.s, NRV_TRAIN);
    bool well = trace_outputs(&t, p) && trace_slopes(&t);
    if (well && compiled) {
        compile(&t);
        well = run(&t, bound);
    }
    well = well && compare_all(&t);
    if (!well)
        snprintf(why, room, "(%s, %s%s): %s", op->name, nrv__dtype_name(real), compiled ? ", compiled" : "", t.why);
    nrv_exec_free(t.exec);
    nrv_plan_free(t.plan);
    nrv_graph_free(t.g);
    nrv_store_free(t.s);
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
        free(bound[i]);
    return well;
}

static bool passes(const torch_case *c, const nrv__opdef *op, nrv__arg p, const reading *as, char *why, size_t room)
{
    return passes_so(c, op, p, as, NRV_F64, false, why, room) && passes_so(c, op, p, as, NRV_F64, true, why, room) &&
           passes_so(c, op, p, as, NRV_F32, true, why, room);
}

/* ---- all of them ---- */
typedef struct tally {
    int passed, failed, skipped;
} tally;

static void try_case(const char *folder, tally *n)
{
    torch_case c;
    nrv__arg p = { NULL, NULL };
    const nrv__opdef *op = NULL;
    if (!torch_case_read(&c, folder)) {
        printf("FAILED %s\n", c.why);
        n->failed++;
    } else if (!c.n_out) {
        printf("skipped %s/%s: optimisers and schedules are still to be built\n", c.group, c.name);
        n->skipped++;
    } else if ((op = op_of(&c, &p)) == NULL) {
        printf("FAILED %s/%s: there is no such op\n", c.group, c.name);
        n->failed++;
    } else {
        char why[2400], other[2400];
        const reading *as = reading_of(op);
        bool well = passes(&c, op, p, NULL, why, sizeof why);
        if (!well && as && (well = passes(&c, op, p, as, other, sizeof other)) == true)
            printf("passed %s/%s, read as %s\n", c.group, c.name, as->is);
        if (!well)
            printf("FAILED %s/%s %s\n", c.group, c.name, why);
        n->passed += well;
        n->failed += !well;
    }
    torch_case_free(&c);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* the folders in a folder, sorted; to be freed */
static int folders(const char *in, char **to, int most)
{
    DIR *d = opendir(in);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        char path[TORCH_PATH];
        struct stat is;
        if (e->d_name[0] == '.' || n == most ||
            snprintf(path, sizeof path, "%s/%s", in, e->d_name) >= (int)sizeof path || stat(path, &is) ||
            !S_ISDIR(is.st_mode))
            continue;
        to[n] = malloc(strlen(path) + 1);
        if (to[n])
            strcpy(to[n++], path);
    }
    if (d)
        closedir(d);
    qsort(to, (size_t)n, sizeof *to, by_name);
    return n;
}

static bool left_out(const char *folder, int n, const char *const *without)
{
    const char *name = strrchr(folder, '/') + 1;
    for (int i = 0; i < n; i++)
        if (!strcmp(name, without[i]))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const char *dir = NULL, *without[MOST_WITHOUT];
    int n_without = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--without") && i + 1 < argc && n_without < MOST_WITHOUT)
            without[n_without++] = argv[++i];
        else if (!dir && argv[i][0] != '-')
            dir = argv[i];
        else
            return fprintf(stderr, "usage: conformance.torch [DIR] [--without GROUP]...\n"), 2;
    }
    char *group[64];
    static char *cases[MOST_CASES];
    bool asked = dir != NULL;
    if (argc == 1)
        without[n_without++] = "rnn";
    dir = dir ? dir : shared_path("torch");
    int n_group = folders(dir, group, 64);
    if (!n_group) {
        printf("there are no cases in %s; NERVO_SHARED says where they lie\n", dir);
        return asked ? 2 : 77;
    }
    tally n = { 0, 0, 0 };
    for (int i = 0; i < n_group; i++) {
        int n_case = left_out(group[i], n_without, without) ? 0 : folders(group[i], cases, MOST_CASES);
        for (int k = 0; k < n_case; k++) {
            try_case(cases[k], &n);
            free(cases[k]);
        }
        free(group[i]);
    }
    printf("passed %d, failed %d, skipped %d\n", n.passed, n.failed, n.skipped);
    return n.failed != 0;
}
