/* test_graphs.c - random graphs: eager = compiled = not optimised, for the value and for gradients, which are also held
   against the slope of the value.

   usage: fuzz.graphs [N] [--seed S] [--plant] [--only NUMBER] [--show]. N graphs (10,000), by two processes. Numbers a
   and b agree where |a - b| <= 1e-10 max(1, |b|) in float64 and 1e-4 in float32. A tenth is differentiated twice.
   Slopes are central differences along one direction, in float64; a kink between two points is told from a wrong
   gradient by a smaller step, where it is no longer between them; where the value itself jumps, or the point is a kink,
   or rounding is all that is left, there is no slope. These are counted: too many are a failure, too.

   The first failure is made smaller, by leaving out what it does not need, and printed as a program; exit 1. --plant
   breaks one rule of the library first, drawn by the seed from all of them: that must be found like any mistake.
   Does not do: named sizes, variables, threads, tiers of kernels: fuzz_programs.c and test/op. */
#include "planted.h"
#include "random_graph.h"
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 2, TOO_LONG = 20, OUTPUTS = 2 + 2 * RANDOM_INPUTS, KINDS = 9, WAYS = 2 };

typedef struct totals {
    uint64_t graphs, kind[KINDS], nodes, deep, deepest, blocks, second, slopes, none, rough, now;
} totals;

typedef struct shared { /* by the processes */
    totals of[PROCESSES];
    atomic_flag told;
    volatile bool failed;
} shared;

typedef struct output { /* of one program: loss, gradients, sum of their squares, gradients of that */
    nrv_tensor t;
    char name[16];
    int64_t n;
    double *eager;
} output;

typedef struct failure {
    char what[300];
    int output; /* -1: the program could not be traced or run */
    int64_t element;
    bool slope;
} failure;

typedef struct subject {
    random_graph r;
    output out[OUTPUTS];
    int n_out, second; /* the output that is differentiated again, or -1 */
    failure f;
    double across; /* input u of the next runs: 0, but to see what rounding does */
} subject;

static bool fails(subject *s, const char *what, const char *why)
{
    if (!*s->f.what) {
        snprintf(s->f.what, sizeof s->f.what, "%s: %.200s", what, why ? why : "no reason given");
        s->f.output = -1;
    }
    return false;
}

/* ---- the graph and its gradients ---- */
static void add_output(subject *s, const char *kind, int i, nrv_tensor t)
{
    output *o = &s->out[s->n_out++];
    o->t = t;
    snprintf(o->name, sizeof o->name, i < 0 ? "%s" : "%s%d", kind, i);
}

static bool differentiate(subject *s, nrv_tensor y, const char *kind, nrv_tensor *d)
{
    random_graph *r = &s->r;
    planted_plant(r->g);
    nrv_grad(y, NULL, r->n_x, r->x, d);
    for (int i = 0; i < r->n_x; i++)
        add_output(s, kind, i, d[i]);
    return !nrv_graph_why(r->g);
}

static bool trace(subject *s, const random_wish *w)
{
    random_graph *r = &s->r;
    nrv_tensor d[RANDOM_INPUTS], dd[RANDOM_INPUTS], q = NULL;
    s->second = -1;
    random_make(r, w);
    if (*r->wrong)
        return fails(s, "tracing", r->wrong);
    add_output(s, "y", -1, r->loss);
    if (!differentiate(s, r->loss, "dx", d))
        return fails(s, "the gradient", nrv_graph_why(r->g));
    if (w->number % 10 == 0) {
        for (int i = 0; i < r->n_x; i++) {
            nrv_tensor one = nrv_mean_all(nrv_square(d[i]));
            q = q ? nrv_add(q, one) : one;
        }
        s->second = s->n_out;
        add_output(s, "q", -1, q);
        if (!differentiate(s, q, "ddx", dd))
            return fails(s, "the second gradient", nrv_graph_why(r->g));
    }
    planted_plant(r->g);
    for (int i = 0; i < s->n_out; i++)
        nrv_output(r->g, s->out[i].name, s->out[i].t);
    return !nrv_graph_why(r->g) || fails(s, "tracing", nrv_graph_why(r->g));
}

/* ---- runs ---- */
typedef struct run {
    nrv_exec *e;
    char t[8], u[8];
} run;

static bool run_at(subject *s, const nrv_plan *p, run *u, double t, const char *how)
{
    const random_graph *r = &s->r;
    u->e = nrv_exec_new(p, r->s, NULL);
    nrv__from_double(u->t, r->real, &t, 1);
    nrv__from_double(u->u, r->real, &s->across, 1);
    nrv_bind_in(u->e, "t", u->t, nrv__dtype_size(r->real));
    nrv_bind_in(u->e, "u", u->u, nrv__dtype_size(r->real));
    return !nrv_run(u->e) || fails(s, how, nrv_why(u->e));
}

static double tolerance(nrv_dtype real)
{
    return real == NRV_F64 ? 1e-10 : 1e-4;
}

/* how far an element moves when what the program begins with does, by as much as rounding may, in two directions */
static double swing(subject *s, const nrv_plan *p, const output *o, int64_t k)
{
    const double step = s->r.real == NRV_F64 ? 4e-16 : 4e-7;
    double least = INFINITY, most = -INFINITY;
    for (int aside = 0; aside < 9; aside++) {
        run u;
        size_t bytes = 0;
        double w = NAN;
        s->across = (aside / 3 - 1) * step;
        const bool ran = run_at(s, p, &u, (aside % 3 - 1) * step, "a little aside");
        const char *got = ran ? nrv_value(u.e, o->name, &bytes) : NULL;
        if (got)
            nrv__to_double(&w, got + (size_t)k * nrv__dtype_size(s->r.real), s->r.real, 1);
        nrv_exec_free(u.e);
        least = fmin(least, w);
        most = fmax(most, w);
    }
    s->across = 0;
    return most - least;
}

/* what rounding did to t would have done as much: a quotient of what only rounding left. A kernel that sums in double
   may be steady where the definition is not */
static bool is_rough(subject *s, const nrv_plan *p, const output *o, int64_t k, double apart)
{
    if (swing(s, p, o, k) >= 0.25 * apart)
        return true;
    nrv_plan *plain = nrv_compile(s->r.g, &(nrv_compile_opt){ .without = "*" });
    const bool rough = swing(s, plain, o, k) >= 0.25 * apart;
    nrv_plan_free(plain);
    return rough;
}

static bool compare(subject *s, const nrv_plan *p, run *u, const char *how, totals *total)
{
    for (int i = 0; i < s->n_out; i++) {
        const output *o = &s->out[i];
        size_t bytes = 0;
        const char *got = nrv_value(u->e, o->name, &bytes);
        if (!got || bytes != (size_t)o->n * nrv__dtype_size(s->r.real))
            return fails(s, how, "an output has another size");
        for (int64_t k = 0; k < o->n; k++) {
            double v, b = o->eager[k];
            nrv__to_double(&v, got + (size_t)k * nrv__dtype_size(s->r.real), s->r.real, 1);
            if ((isnan(v) && isnan(b)) || v == b || fabs(v - b) <= tolerance(s->r.real) * fmax(1, fabs(b)))
                continue;
            if (is_rough(s, p, o, k, fabs(v - b))) {
                total->rough++;
                break; /* the rest of the output is no better */
            }
            snprintf(s->f.what, sizeof s->f.what, "%s[%lld] is %.12g %s and %.12g eagerly", o->name, (long long)k, v,
                     how, b);
            s->f.output = i;
            s->f.element = k;
            return false;
        }
    }
    return true;
}

static bool evaluate(subject *s)
{
    for (int i = 0; i < s->n_out; i++) {
        s->out[i].eager = case_value(s->out[i].t, &s->out[i].n);
        if (!s->out[i].eager)
            return fails(s, "eagerly", nrv_graph_why(s->r.g));
    }
    return true;
}

/* ---- slopes ---- */
static double scalar_of(subject *s, const nrv_plan *p, int which, double t)
{
    run u;
    double v = NAN;
    if (run_at(s, p, &u, t, "at another point"))
        nrv__to_double(&v, nrv_value(u.e, s->out[which].name, NULL), s->r.real, 1);
    nrv_exec_free(u.e);
    return v;
}

/* what the gradients say of the slope, a step aside that rounding takes as well */
static double said_aside(subject *s, const nrv_plan *p, int which)
{
    run u;
    double slope = 0;
    bool ran = run_at(s, p, &u, 4e-16, "a little aside");
    for (int i = 0; i < s->r.n_x && ran; i++) {
        size_t bytes = 0;
        const char *got = nrv_value(u.e, s->out[which + 1 + i].name, &bytes);
        for (int64_t k = 0; got && k < s->r.n[i]; k++) {
            double v;
            nrv__to_double(&v, got + (size_t)k * nrv__dtype_size(s->r.real), s->r.real, 1);
            slope += v * random_direction(k);
        }
    }
    nrv_exec_free(u.e);
    return slope;
}

/* the slope is another one on either side of the point itself, however near */
static bool is_kink(subject *s, const nrv_plan *p, int which, double scale)
{
    double h = 1e-6, at = scalar_of(s, p, which, 0), right = (scalar_of(s, p, which, h) - at) / h,
           left = (at - scalar_of(s, p, which, -h)) / h, near = (scalar_of(s, p, which, h / 4) - at) / (h / 4);
    return fabs(right - left) > 1e-3 * fmax(scale, fabs(right)) && fabs(right - near) < 0.3 * fabs(right - left);
}

/* the scalar `which`, whose gradients are the outputs behind it */
static bool slope_fits(subject *s, const nrv_plan *p, int which, totals *total)
{
    static const double step[] = { 1e-5, 1e-6, 1e-7, 3e-5 };
    double slope = 0, scale = 0, found = 0, apart = 0, least = INFINITY, most = -INFINITY;
    for (int i = 0; i < s->r.n_x; i++)
        for (int64_t k = 0; k < s->r.n[i]; k++) {
            double part = s->out[which + 1 + i].eager[k] * random_direction(k);
            slope += part;
            scale += fabs(part);
        }
    total->slopes++;
    for (int i = 0; i < 4; i++) {
        double a = scalar_of(s, p, which, step[i]), b = scalar_of(s, p, which, -step[i]);
        found = (a - b) / (2 * step[i]);
        least = fmin(least, found);
        most = fmax(most, found);
        apart = i == 0 || fabs(a - b) < apart ? fabs(a - b) : apart;
        if (*s->f.what)
            return false;
        if (fabs(found - slope) <= 1e-4 * scale + 1e-14 * fmax(1, fabs(a)) / step[i])
            return true;
    }
    /* an infinite slope on the way, which times 0 is none; other slopes for other steps, or a value that jumps however
       small the step; a kink; what rounding left */
    bool steady = most - least <= 0.05 * fmax(fabs(most), fabs(least)) && apart <= 1e-5 * fmax(1, scale);
    if (!isfinite(slope) || !steady || is_kink(s, p, which, scale) ||
        fabs(said_aside(s, p, which) - slope) > 1e-6 * scale) {
        total->none++;
        return true;
    }
    snprintf(s->f.what, sizeof s->f.what, "the slope of %s is %.9g; its gradient says %.9g (parts up to %.3g)",
             s->out[which].name, found, slope, scale);
    s->f.output = which;
    s->f.slope = true;
    return false;
}

static bool check(subject *s, const random_wish *w, totals *total)
{
    static const char *const without[WAYS] = { NULL, "*" }, *const how[WAYS] = { "compiled", "not optimised" };
    bool sound = trace(s, w) && evaluate(s);
    for (int i = 0; i < WAYS && sound; i++) {
        nrv_plan *p = nrv_compile(s->r.g, &(nrv_compile_opt){ .without = without[i] });
        run u;
        sound = run_at(s, p, &u, 0, how[i]) && compare(s, p, &u, how[i], total);
        nrv_exec_free(u.e);
        bool slopes = sound && i == 0 && s->r.real == NRV_F64 && !(s->r.met & RANDOM_STOP);
        if (slopes)
            sound = slope_fits(s, p, 0, total) &&
                    (s->second < 0 || s->r.met & RANDOM_ROUNDED || slope_fits(s, p, s->second, total));
        nrv_plan_free(p);
    }
    return sound;
}

static void release(subject *s)
{
    for (int i = 0; i < s->n_out; i++)
        free(s->out[i].eager);
    random_free(&s->r);
}

/* ---- a failure ---- */
static bool fails_apart(const random_wish *w) /* in a process of its own: it may die */
{
    int status = 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        static subject s;
        totals none = { 0 };
        alarm(TOO_LONG);
        _exit(!check(&s, w, &none));
    }
    return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

/* leaves out statement after statement, the last first, as long as something still fails */
static void shrink(random_graph *r, random_wish *w, uint64_t *without)
{
    for (bool less = true; less;) {
        less = false;
        random_make(r, w);
        uint64_t key[RANDOM_STATEMENTS];
        int n = r->n_statement;
        memcpy(key, r->statement, sizeof key);
        random_free(r);
        while (n-- && w->n_without < RANDOM_STATEMENTS) {
            without[w->n_without++] = key[n];
            if (fails_apart(w))
                less = true;
            else
                w->n_without--;
        }
    }
}

/* what is printed where no number is wrong: the last gradient */
static void last_gradient(subject *s, const random_wish *w)
{
    bool twice = w->number % 10 == 0;
    s->second = twice ? 0 : -1;
    s->f.output = 1;
    for (int i = s->r.n_x; i--;)
        if (s->r.x_used[i]) {
            s->out[1].n = s->r.n[i];
            snprintf(s->out[1].name, sizeof s->out[1].name, "%s%d", twice ? "ddx" : "dx", i);
        }
}

static void print_gradient(const random_graph *r, const char *y, const char *d)
{
    int n = 0;
    printf("    nrv_tensor %s[%d];\n    nrv_grad(%s, NULL, NRV_N(const nrv_tensor", d, RANDOM_INPUTS, y);
    for (int i = 0; i < r->n_x; i++)
        if (r->x_used[i]) {
            printf(", x%d", i);
            n++;
        }
    printf("), %s);\n", d);
    if (strcmp(d, "dx"))
        return;
    printf("    nrv_tensor q = ");
    for (int i = 0; i + 1 < n; i++)
        printf("nrv_add(");
    for (int i = 0; i < n; i++)
        printf("%snrv_mean_all(nrv_square(dx[%d]))%s", i ? ", " : "", i, i ? ")" : "");
    printf(";\n");
}

static int rank_among_used(const random_graph *r, int input)
{
    int n = 0;
    for (int i = 0; i < input; i++)
        n += r->x_used[i];
    return n;
}

/* what the program shows: a number of an output, see shown.h */
static void print_end(const subject *s)
{
    const output *o = s->f.output >= 0 ? &s->out[s->f.output] : &s->out[0];
    char what[40];
    snprintf(what, sizeof what, "%s", !strcmp(o->name, "y") || !*o->name ? "loss" : "q");
    if (o->name[0] == 'd')
        snprintf(what, sizeof what, "%s[%d]", o->name[1] == 'd' ? "ddx" : "dx",
                 rank_among_used(&s->r, o->name[strlen(o->name) - 1] - '0'));
    printf("    return %s;\n}\nint main(void) { return ", what);
    if (s->f.slope)
        printf("shown_slope(program, %s); }\n", s->r.real == NRV_F64 ? "NRV_F64" : "NRV_F32");
    else
        printf("shown_ways(program, %s, %lld); }\n", s->r.real == NRV_F64 ? "NRV_F64" : "NRV_F32",
               (long long)s->f.element);
}

static void print_program(const subject *s, const random_wish *w)
{
    const random_graph *r = &s->r;
    printf("/* seed %llu, graph %llu: %s%s%s */\n", (unsigned long long)w->seed, (unsigned long long)w->number,
           s->f.what, planted_name() ? "; broken on purpose: " : "", planted_name() ? planted_name() : "");
    printf("#include \"test/fuzz/shown.h\"\nstatic nrv_tensor program(nrv_graph *g, nrv_tensor t)\n{\n");
    for (int i = 0; i < r->n_x; i++)
        printf("%s", r->x_used[i] ? r->x_text[i] : "");
    printf("%s", r->text);
    if (r->loss && s->f.output > 0)
        print_gradient(r, "loss", "dx");
    if (r->loss && s->second >= 0 && s->f.output > s->second)
        print_gradient(r, "q", "ddx");
    if (r->loss)
        print_end(s);
    fflush(stdout);
}

/* ---- many ---- */
static void count(totals *t, const subject *s)
{
    unsigned blocks = RANDOM_SCAN | RANDOM_MAP | RANDOM_WHILE | RANDOM_IF | RANDOM_CALL;
    t->graphs++;
    for (int i = 0; i < KINDS; i++)
        t->kind[i] += s->r.met >> i & 1;
    t->blocks += (s->r.met & blocks) != 0;
    t->nodes += s->r.g->n_node;
    t->deep += (uint64_t)s->r.depth;
    t->deepest = (uint64_t)s->r.depth > t->deepest ? (uint64_t)s->r.depth : t->deepest;
    t->second += s->second >= 0;
}

static void explain(random_wish *w, uint64_t *without, bool dies)
{
    static subject s;
    totals none = { 0 };
    shrink(&s.r, w, without);
    memset(&s, 0, sizeof s);
    if (dies) {
        random_make(&s.r, w);
        snprintf(s.f.what, sizeof s.f.what, "the process dies, or takes more than %d s", TOO_LONG);
        s.f.output = -1;
    } else {
        check(&s, w, &none);
    }
    if (s.f.output < 0 && s.r.loss)
        last_gradient(&s, w);
    print_program(&s, w);
    release(&s);
}

/* one failure is enough: that of the process that is first to take the flag */
static bool one(uint64_t seed, uint64_t number, totals *t, atomic_flag *told)
{
    static subject s;
    uint64_t without[RANDOM_STATEMENTS];
    random_wish w = { seed, number, without, 0 };
    memset(&s, 0, sizeof s);
    t->now = number;
    bool sound = check(&s, &w, t);
    count(t, &s);
    release(&s);
    if (!sound && !atomic_flag_test_and_set(told))
        explain(&w, without, false);
    return sound;
}

static void work(uint64_t seed, uint64_t first, uint64_t n, uint64_t process, shared *all)
{
    totals *t = &all->of[process];
    for (uint64_t i = first + process; i < n; i += PROCESSES) {
        if (!one(seed, i, t, &all->told))
            all->failed = true;
        if (all->failed)
            return;
    }
}

/* false: so much was excused that nothing is shown */
static bool report(const shared *all, double seconds)
{
    static const char *const kind[KINDS] = { "scan", "map", "while", "if", "call", "draws", "stop", "rounded", "left" };
    totals t = { 0 };
    for (int k = 0; k < PROCESSES; k++) {
        const uint64_t *from = (const uint64_t *)&all->of[k];
        uint64_t *to = (uint64_t *)&t;
        for (size_t i = 0; i < sizeof t / sizeof *to; i++)
            to[i] += from[i];
    }
    t.deepest = all->of[0].deepest > all->of[1].deepest ? all->of[0].deepest : all->of[1].deepest;
    double n = t.graphs ? (double)t.graphs : 1;
    printf("%llu graphs: %.0f %% with blocks or calls (", (unsigned long long)t.graphs, 100 * (double)t.blocks / n);
    for (int i = 0; i < KINDS; i++)
        printf("%s%s %.0f %%", i ? ", " : "", kind[i], 100 * (double)t.kind[i] / n);
    printf("); %.0f nodes and %.0f deep on average, at most %llu deep; %.0f %% differentiated twice; %llu slopes, %llu "
           "where there is none, %llu outputs that only rounding left; %.0f s\n",
           (double)t.nodes / n, (double)t.deep / n, (unsigned long long)t.deepest, 100 * (double)t.second / n,
           (unsigned long long)t.slopes, (unsigned long long)t.none, (unsigned long long)t.rough, seconds);
    return t.none + t.rough <= 2 + t.graphs / 100;
}

static void wait_for(pid_t child, uint64_t seed, shared *all, int process, int *worst)
{
    uint64_t without[RANDOM_STATEMENTS];
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        printf("fuzz: a process is missing\n");
    else if (!WIFEXITED(status) && !atomic_flag_test_and_set(&all->told))
        explain(&(random_wish){ seed, all->of[process].now, without, 0 }, without, true);
    all->failed = all->failed || status;
    *worst = status ? 1 : *worst;
}

static int run_all(uint64_t seed, uint64_t first, uint64_t n)
{
    FILE *file = tmpfile();
    size_t bytes = sizeof(shared);
    pid_t child[PROCESSES];
    int worst = 0;
    struct timespec from, to;
    if (!file || ftruncate(fileno(file), (off_t)bytes))
        return fprintf(stderr, "fuzz: no room to count in\n"), 2;
    shared *all = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    if (all == MAP_FAILED)
        return fprintf(stderr, "fuzz: no room to count in\n"), 2;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int k = 0; k < PROCESSES; k++) {
        child[k] = fork();
        if (child[k] == 0) {
            work(seed, first, n, (uint64_t)k, all);
            exit(all->failed);
        }
    }
    for (int k = 0; k < PROCESSES; k++)
        wait_for(child[k], seed, all, k, &worst);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (!report(all, (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec)) && !worst)
        worst = 1;
    fclose(file);
    return worst;
}

static char *read_header(void)
{
    char path[4096];
    const char *root = getenv("NERVO_ROOT");
    static char text[1 << 18];
    snprintf(path, sizeof path, "%s/include/nervo/ops.h", root ? root : ".");
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[n] = 0;
    return n ? text : NULL;
}

static uint64_t usual(void) /* sanitizers are slow */
{
    const char *sanitize = getenv("NERVO_SANITIZE");
    return sanitize && *sanitize ? 2000 : 10000;
}

static int show(uint64_t seed, uint64_t number)
{
    static subject s;
    totals none = { 0 };
    random_wish w = { seed, number, NULL, 0 };
    if (check(&s, &w, &none))
        snprintf(s.f.what, sizeof s.f.what, "its loss is %.12g", s.out[0].eager[0]);
    print_program(&s, &w);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t n = usual(), seed = 1, first = 0;
    bool plant = false, only = false, shown = false;
    const char *header = read_header();
    for (int i = 1; i < argc; i++) {
        char *end = NULL;
        bool is_seed = !strcmp(argv[i], "--seed"), number = is_seed || !strcmp(argv[i], "--only");
        uint64_t v = strtoull(number && i + 1 < argc ? argv[i + 1] : argv[i], &end, 10);
        plant = plant || !strcmp(argv[i], "--plant");
        shown = shown || !strcmp(argv[i], "--show");
        if (!strcmp(argv[i], "--plant") || !strcmp(argv[i], "--show"))
            continue;
        if (*end || (number && i + 1 == argc))
            return fprintf(stderr, "usage: fuzz.graphs [N] [--seed S] [--plant] [--only NUMBER [--show]]\n"), 2;
        *(!number ? &n : is_seed ? &seed : &first) = v;
        only = only || (number && !is_seed);
        i += number;
    }
    if (!header || !random_begin(header))
        return fprintf(stderr, "fuzz: no include/nervo/ops.h in NERVO_ROOT, or a case makes no sense\n"), 2;
    if (plant) {
        int count = planted_count(random_uses), which = (int)(seed % (uint64_t)count);
        planted_choose(which, random_uses);
        printf("broken on purpose: %s, rule %d of %d\n", planted_name(), which, count);
        fflush(stdout);
    }
    return shown ? show(seed, first) : run_all(seed, first, only ? first + 1 : n);
}
