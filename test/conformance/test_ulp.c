/* test_ulp.c - every element-wise function of one real number, float32, on every tier of kernels, against its double:
   the worst error in units of the last place, at which input, and what the record allows.

   The registry says which functions there are and how far they may be off (.point_ulp; 4 where nothing is said).
   Without options a sample: every 2^13-th bit pattern, and the neighbours of every power of 2, of zero, of the largest
   numbers, infinities and NaN. `--every K`: every 2^K-th pattern, 0 being all 2^32 of them. Names: only these.
   `--rows`: tab-separated, for tools/accuracy.py. Exit code 1 where a limit is exceeded.

   What cannot differ is not tried twice: tiers that run the same kernels count as one, and a function that is its
   reference on every tier is the double itself, rounded once, of which the sample is enough.

   Does not do: doubt the double. Its functions are the C library's or are held against PyTorch's elsewhere. */
#include "base/cpu.h"
#include "compile/plan.h"
#include "ops/op.h"
#include "support/cases.h"
#include <math.h>
#include <nervo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ULP_BLOCK = 1 << 14, ULP_THREADS = 2, ULP_SAMPLE = 13, ULP_TIERS = NRV__TIERS };

typedef struct ulp_worst {
    double ulp;
    uint32_t at;
    float got;
    double want;
} ulp_worst;

typedef struct ulp_machine { /* one function, compiled for doubles and for floats on each tier */
    nrv_store *s;
    nrv_graph *g[ULP_TIERS];
    nrv_plan *plan[ULP_TIERS]; /* [0]: the double */
    nrv_exec *exec[ULP_TIERS]; /* of a tier that runs what the tier below runs: none */
    float x[ULP_BLOCK], y[ULP_TIERS][ULP_BLOCK];
    double x64[ULP_BLOCK], want[ULP_BLOCK];
    ulp_worst worst[ULP_TIERS];
} ulp_machine;

typedef struct ulp_job {
    const nrv__opdef *op;
    int every; /* 2^every */
    bool rounded;
    uint64_t blocks;
    atomic_ullong next;
    atomic_int broken;
    pthread_mutex_t mutex;
    ulp_worst worst[ULP_TIERS];
} ulp_job;

static float ulp_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static bool ulp_compile(ulp_machine *m, const nrv__opdef *op, int tier)
{
    nrv_dtype type = tier ? NRV_F32 : NRV_F64;
    nrv_graph *g = m->g[tier] = nrv_graph_new(m->s, NRV_EVAL);
    nrv__case c = { .g = g, .name = "ulp", .n_x = 1, .x_name = { "x" } };
    c.x[0] = nrv_input(g, "x", type, NRV_SHAPE(ULP_BLOCK));
    nrv_output(g, "y", op->make ? op->make(&c) : nrv__op(op, 1, c.x));
    if (nrv_graph_why(g)) {
        fprintf(stderr, "%s: %s\n", op->name, nrv_graph_why(g));
        return false;
    }
    m->plan[tier] = nrv_compile(g, &(nrv_compile_opt){ .cpu = nrv__tier_name((nrv__tier)tier) });
    return m->plan[tier] && !m->plan[tier]->why.text[0];
}

static bool ulp_prepare(ulp_machine *m, int tier)
{
    nrv_exec *e = m->exec[tier] = nrv_exec_new(m->plan[tier], m->s, NULL);
    if (!e)
        return false;
    if (tier) {
        nrv_bind_in(e, "x", m->x, sizeof m->x);
        nrv_bind_out(e, "y", m->y[tier], sizeof m->y[tier]);
    } else {
        nrv_bind_in(e, "x", m->x64, sizeof m->x64);
        nrv_bind_out(e, "y", m->want, sizeof m->want);
    }
    return nrv_prepare(e) == NRV_OK;
}

static bool ulp_same_step(const nrv__step *a, const nrv__step *b)
{
    bool same = a->op == b->op && !a->loop && !b->loop && a->n_kernel == b->n_kernel && !a->tiles == !b->tiles;
    for (int32_t i = 0; same && i < a->n_kernel; i++)
        same = a->kernel[i] == b->kernel[i];
    if (!same || !a->tiles)
        return same;
    same = a->tiles->n_instr == b->tiles->n_instr;
    for (int32_t i = 0; same && i < a->tiles->n_instr; i++)
        same = a->tiles->instr[i].op == b->tiles->instr[i].op && a->tiles->instr[i].point == b->tiles->instr[i].point;
    return same;
}

static bool ulp_same(const nrv_plan *a, const nrv_plan *b)
{
    bool same = a->code.n_step == b->code.n_step;
    for (size_t i = 0; same && i < a->code.n_step; i++)
        same = ulp_same_step(&a->code.step[i], &b->code.step[i]);
    return same;
}

/* references reckon in double whatever the type: one of them alone is the double, rounded */
static bool ulp_rounded(const nrv_plan *p)
{
    const nrv__tiles *t = p->code.n_step == 1 ? p->code.step[0].tiles : NULL;
    return t && t->n_instr == 1 && !t->instr[0].point && t->instr[0].op->ref;
}

static bool ulp_open(ulp_machine *m, const nrv__opdef *op)
{
    m->s = nrv_store_new(NULL);
    bool ok = ulp_compile(m, op, 0) && ulp_prepare(m, 0);
    const nrv_plan *below = NULL;
    for (int t = NRV__BASELINE; t < ULP_TIERS && ok; t++) {
        if (!nrv__cpu_has((nrv__tier)t))
            continue;
        ok = ulp_compile(m, op, t);
        if (ok && (!below || !ulp_same(below, m->plan[t])))
            ok = ulp_prepare(m, t);
        below = m->plan[t];
    }
    return ok;
}

static void ulp_close(ulp_machine *m)
{
    for (int t = 0; t < ULP_TIERS; t++) {
        nrv_exec_free(m->exec[t]);
        nrv_plan_free(m->plan[t]);
        nrv_graph_free(m->g[t]);
    }
    nrv_store_free(m->s);
}

/* what lies beyond the largest float counts as the next number there would be */
static inline double ulp_inside(double x)
{
    const double end = 0x1p128;
    return x > end ? end : x < -end ? -end : x;
}

static inline double ulp_error(float got, double want)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : INFINITY;
    const double inside = ulp_inside(want);
    uint64_t bits;
    memcpy(&bits, &inside, sizeof bits);
    int e = (int)(bits >> 52 & 0x7ff) - 1023; /* of the double; a float's are from -126 to 127 */
    e = e > 127 ? 127 : e < -126 ? -126 : e;
    bits = (uint64_t)(1023 + 23 - e) << 52;
    double units;
    memcpy(&units, &bits, sizeof units);
    return fabs(ulp_inside((double)got) - inside) * units;
}

static void ulp_judge(ulp_machine *m, int tier, int64_t n)
{
    ulp_worst *w = &m->worst[tier];
    for (int64_t i = 0; i < n; i++) {
        const double got = (double)m->y[tier][i], want = m->want[i];
        if (got == want || (w->ulp >= 0.5 && m->y[tier][i] == (float)want))
            continue; /* rounded as it should be is at most a half */
        const double ulp = ulp_error(m->y[tier][i], want);
        if (ulp <= w->ulp)
            continue;
        *w = (ulp_worst){ .ulp = ulp, .got = m->y[tier][i], .want = want };
        memcpy(&w->at, &m->x[i], sizeof w->at);
    }
}

/* bit patterns in order, and behind them the neighbours of each exponent's first number */
static uint32_t ulp_pattern(const ulp_job *j, uint64_t i)
{
    uint64_t plain = UINT64_C(1) << (32 - j->every);
    if (i < plain)
        return (uint32_t)(i << j->every);
    uint32_t k = (uint32_t)(i - plain);
    return (k / 32 << 23) + k % 32 - 16;
}

static void *ulp_work(void *user)
{
    ulp_job *j = user;
    ulp_machine *m = calloc(1, sizeof *m);
    bool ok = m && ulp_open(m, j->op);
    for (uint64_t b; ok && (b = atomic_fetch_add(&j->next, 1)) < j->blocks;) {
        for (uint64_t i = 0; i < ULP_BLOCK; i++) {
            m->x[i] = ulp_float(ulp_pattern(j, b * ULP_BLOCK + i));
            m->x64[i] = (double)m->x[i];
        }
        for (int t = 0; t < ULP_TIERS && ok; t++)
            ok = !m->exec[t] || nrv_run(m->exec[t]) == NRV_OK;
        for (int t = NRV__BASELINE; t < ULP_TIERS && ok; t++)
            if (m->exec[t])
                ulp_judge(m, t, ULP_BLOCK);
    }
    pthread_mutex_lock(&j->mutex);
    for (int t = 0; t < ULP_TIERS && m; t++)
        if (m->worst[t].ulp > j->worst[t].ulp ||
            (m->worst[t].ulp == j->worst[t].ulp && m->worst[t].at < j->worst[t].at))
            j->worst[t] = m->worst[t];
    pthread_mutex_unlock(&j->mutex);
    if (!ok)
        atomic_store(&j->broken, 1);
    if (m)
        ulp_close(m);
    free(m);
    return NULL;
}

static bool ulp_only_rounded(const nrv__opdef *op)
{
    ulp_machine *m = calloc(1, sizeof *m);
    bool rounded = m && ulp_open(m, op);
    for (int t = NRV__BASELINE; t < ULP_TIERS && rounded; t++)
        rounded = !m->plan[t] || ulp_rounded(m->plan[t]);
    if (m)
        ulp_close(m);
    free(m);
    return rounded;
}

static void ulp_print(const ulp_job *j, const ulp_worst *w, int tier, double limit, bool rows)
{
    if (rows)
        printf("%s\t%.3f\t%s\t%a\t%g\t%d\t%s\n", j->op->name, w->ulp, nrv__tier_name((nrv__tier)tier),
               (double)ulp_float(w->at), limit, j->every, j->rounded ? "rounded" : "kernels");
    else
        printf("%-16s %8.3f  %-9s %-17a %g%s\n", j->op->name, w->ulp, nrv__tier_name((nrv__tier)tier),
               (double)ulp_float(w->at), limit, w->ulp > limit ? "   TOO FAR" : "");
    if (w->ulp > limit)
        fprintf(stderr, "%s of %a on %s: %.9g, should be %.17g, %.3f ulp away; %g are allowed\n", j->op->name,
                (double)ulp_float(w->at), nrv__tier_name((nrv__tier)tier), (double)w->got, w->want, w->ulp, limit);
    fflush(stdout);
}

/* false: too far, or it could not be run */
static bool ulp_op(const nrv__opdef *op, int every, bool rows)
{
    ulp_job j = { .op = op, .rounded = ulp_only_rounded(op), .mutex = PTHREAD_MUTEX_INITIALIZER };
    j.every = every < ULP_SAMPLE && j.rounded ? ULP_SAMPLE : every;
    uint64_t edges = j.every ? 512 * 32 : 0, all = (UINT64_C(1) << (32 - j.every)) + edges;
    j.blocks = (all + ULP_BLOCK - 1) / ULP_BLOCK;
    pthread_t thread[ULP_THREADS];
    int n = 0;
    while (n < ULP_THREADS - 1 && pthread_create(&thread[n], NULL, ulp_work, &j) == 0)
        n++;
    ulp_work(&j);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    if (atomic_load(&j.broken)) {
        fprintf(stderr, "%s could not be run\n", op->name);
        return false;
    }
    double limit = op->point_ulp > 0 ? op->point_ulp : 4;
    int worst = NRV__BASELINE;
    for (int t = NRV__BASELINE; t < ULP_TIERS; t++)
        worst = j.worst[t].ulp > j.worst[worst].ulp ? t : worst;
    ulp_print(&j, &j.worst[worst], worst, limit, rows);
    return j.worst[worst].ulp <= limit;
}

static bool ulp_named(const nrv__opdef *op, int n, char **name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(name[i], op->name))
            return true;
    return n == 0;
}

int main(int argc, char **argv)
{
    int every = ULP_SAMPLE, at = 1, tried = 0, failed = 0;
    bool rows = false;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (!strcmp(argv[at], "--every") && at + 1 < argc)
            every = atoi(argv[++at]);
        else if (!strcmp(argv[at], "--rows"))
            rows = true;
        else
            return fprintf(stderr, "usage: conformance.ulp [--every K] [--rows] [NAME...]\n"), 2;
    }
    if (every < 0 || every > 20)
        return fprintf(stderr, "--every: from 0, all floats, to 20\n"), 2;
    if (!rows)
        printf("%-16s %8s  %-9s %-17s %s\n", "function", "ulp", "tier", "of", "allowed");
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        if (case_one_number(*op) && ulp_named(*op, argc - at, argv + at)) {
            tried++;
            failed += !ulp_op(*op, every, rows);
        }
    for (int i = at; i < argc; i++)
        if (!nrv__op_find(argv[i], strlen(argv[i])) || !case_one_number(nrv__op_find(argv[i], strlen(argv[i]))))
            return fprintf(stderr, "there is no element-wise function of one real number called %s\n", argv[i]), 2;
    if (!tried)
        return 2;
    fprintf(rows ? stderr : stdout, "passed %d, failed %d\n", tried - failed, failed);
    return failed ? 1 : 0;
}
