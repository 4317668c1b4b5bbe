/* loops.c - see loops.h. */
#include "loops.h"
#include "cases.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const loop_names[LOOP_INPUTS] = { "x", "w", "u", "h" };

typedef struct loop_work {
    const loop_how *how;
    nrv_store *s;
    loop_at at;
    double *data[LOOP_INPUTS];
    int64_t n[LOOP_INPUTS];
    nrv_tensor target[LOOP_TARGETS], out[1 + LOOP_ORDERS * LOOP_TARGETS];
    int n_target, n_out;
} loop_work;

nrv_tensor loop_plus(nrv_tensor a, nrv_tensor b)
{
    return a ? nrv_add(a, b) : b;
}

nrv_tensor loop_squares(nrv_tensor x)
{
    return nrv_sum_all(nrv_square(x));
}

nrv_tensor loop_number(const loop_at *at, double number)
{
    return nrv_fill(at->g, NRV_F64, NRV_SCALAR, number);
}

nrv_tensor loop_row(const loop_at *at, int64_t turn)
{
    int64_t t = at->scan.reverse ? at->T - 1 - turn : turn;
    return nrv_reshape(nrv_slice(at->x, 0, t, 1), NRV_SHAPE(2, 3));
}

static void loop_input(loop_work *k, int i, nrv_tensor *to, nrv_shape shape, int64_t n)
{
    double *move = malloc((size_t)(n + 1) * sizeof *move);
    k->n[i] = n;
    k->data[i] = malloc((size_t)(n + 1) * sizeof **k->data);
    assert_true(move != NULL && k->data[i] != NULL);
    case_draw("values", (uint64_t)i, -0.8, 0.8, n, k->data[i]);
    case_draw("direction", (uint64_t)i, -1, 1, n, move);
    for (int64_t e = 0; e < n; e++)
        k->data[i][e] += k->how->moved * move[e];
    free(move);
    *to = nrv_input(k->at.g, loop_names[i], NRV_F64, shape);
    nrv_feed(*to, k->data[i], (size_t)n * sizeof **k->data);
}

static void loop_open(loop_work *k)
{
    const loop_how *how = k->how;
    k->s = nrv_store_new(&(nrv_store_opt){ .seed = 5 });
    k->at.g = nrv_graph_new(k->s, NRV_TRAIN | (how->way == LOOP_EAGER ? (unsigned)NRV_EAGER : 0));
    k->at.T = how->T;
    k->at.steps = how->named ? nrv_size(k->at.g, "T", 0, 100) : how->T;
    k->at.scan = (nrv_scan_opt){ .reverse = how->reverse, .keep = how->keep };
    loop_input(k, 0, &k->at.x, NRV_SHAPE(k->at.steps, 2, 3), how->T * 6);
    loop_input(k, 1, &k->at.w, NRV_SHAPE(3, 3), 9);
    loop_input(k, 2, &k->at.u, NRV_SHAPE(3, 3), 9);
    loop_input(k, 3, &k->at.h, NRV_SHAPE(2, 3), 6);
}

static void loop_trace(loop_work *k, loop_fn *f)
{
    loop_at in = k->at;
    if (k->how->again) /* what a scope starts from is mostly computed */
        in.x = nrv_mul_c(in.x, 1), in.w = nrv_mul_c(in.w, 1), in.u = nrv_mul_c(in.u, 1), in.h = nrv_mul_c(in.h, 1);
    nrv_enter(k->at.g, &(nrv_scope){ .mode = k->how->again ? NRV_RECOMPUTE : 0 });
    nrv_tensor y = f(&in);
    nrv_pop(k->at.g);
    nrv_list p = nrv_params(k->at.g, "*");
    const nrv_tensor along[LOOP_INPUTS] = { k->at.x, k->at.w, k->at.u, k->at.h };
    k->target[0] = k->at.x, k->target[1] = k->at.w, k->target[2] = k->at.u, k->target[3] = k->at.h;
    k->n_target = LOOP_INPUTS;
    if (k->how->forward && y)
        nrv_jvp(LOOP_INPUTS, along, along, 1, (const nrv_tensor[]){ y }, &y);
    for (int i = 0; i < nrv_list_len(p) && k->n_target < LOOP_TARGETS; i++)
        k->target[k->n_target++] = nrv_list_at(p, i);
    k->out[k->n_out++] = y;
    for (int order = 1; order <= k->how->order && y; order++) {
        nrv_tensor *d = &k->out[k->n_out], sum = NULL;
        nrv_grad(y, NULL, k->n_target, k->target, d);
        for (int i = 0; i < k->n_target; i++)
            sum = loop_plus(sum, loop_squares(d[i]));
        k->n_out += k->n_target;
        y = sum;
    }
}

/* of the i-th thing that comes out */
static int64_t loop_count(const loop_work *k, int i)
{
    int target = i ? (i - 1) % k->n_target : -1;
    return !i ? 1 : target < LOOP_INPUTS ? k->n[target] : case_elements(k->target[target]);
}

static void loop_compiled(loop_work *k, loop_got *got)
{
    char name[16];
    for (int i = 0; i < k->n_out; i++) {
        snprintf(name, sizeof name, "o%d", i);
        nrv_output(k->at.g, name, k->out[i]);
    }
    nrv_plan *p = nrv_compile(k->at.g, &(nrv_compile_opt){ .without = k->how->without });
    nrv_pool *pool = k->how->threads ? nrv_pool_new(k->how->threads) : NULL;
    nrv_exec *e = nrv_exec_new(p, k->s, &(nrv_exec_opt){ .pool = pool });
    if (k->how->named)
        nrv_set_size(e, "T", k->how->T);
    for (int i = 0; i < LOOP_INPUTS; i++)
        nrv_bind_in(e, loop_names[i], k->data[i], (size_t)k->n[i] * sizeof **k->data);
    double *to = got->v;
    for (int i = 0; i < k->n_out; to += loop_count(k, i++)) {
        snprintf(name, sizeof name, "o%d", i);
        nrv_bind_out(e, name, to, (size_t)loop_count(k, i) * sizeof *to);
    }
    if (nrv_run(e))
        snprintf(got->why, sizeof got->why, "%s", nrv_why(e) ? nrv_why(e) : "no memory");
    nrv_exec_free(e);
    nrv_pool_free(pool);
    nrv_plan_free(p);
}

loop_got loop_run(loop_fn *f, const loop_how *how)
{
    loop_got got = { .why = "" };
    loop_work *k = calloc(1, sizeof *k);
    int64_t n = 0;
    assert_non_null(k);
    k->how = how;
    loop_open(k);
    loop_trace(k, f);
    for (int i = 0, order = 0; i < k->n_out; n += loop_count(k, i++))
        if (!i || (i - 1) % k->n_target == 0)
            got.from[order++] = n;
    got.from[how->order + 1] = n;
    got.v = malloc((size_t)(n + 1) * sizeof *got.v);
    assert_non_null(got.v);
    if (how->way == LOOP_COMPILED && !nrv_graph_why(k->at.g))
        loop_compiled(k, &got);
    double *to = got.v;
    for (int i = 0; i < k->n_out && how->way != LOOP_COMPILED; to += loop_count(k, i++))
        nrv_eval(k->out[i], to, (size_t)loop_count(k, i) * sizeof *to);
    if (nrv_graph_why(k->at.g))
        snprintf(got.why, sizeof got.why, "%s", nrv_graph_why(k->at.g));
    nrv_graph_free(k->at.g);
    nrv_store_free(k->s);
    for (int i = 0; i < LOOP_INPUTS; i++)
        free(k->data[i]);
    free(k);
    return got;
}

void loop_free(loop_got *got)
{
    free(got->v);
    got->v = NULL;
}

static const char *loop_text(const loop_how *h, char text[160])
{
    static const char *const way[] = { "asked", "eager", "compiled" };
    snprintf(text, 160, "%s, T %lld%s, keep %d%s%s%s%s%s", way[h->way], (long long)h->T, h->named ? " by name" : "",
             h->keep, h->reverse ? ", reverse" : "", h->forward ? ", forward" : "", h->again ? ", again" : "",
             h->without ? ", without " : "", h->without ? h->without : "");
    return text;
}

void loop_same(const char *name, const loop_got *a, const loop_got *b, const loop_how *how, double tolerance)
{
    char text[160];
    if (*a->why || *b->why)
        fail_msg("%s (%s): %s", name, loop_text(how, text), *a->why ? a->why : b->why);
    for (int order = 0; order <= how->order; order++) {
        int64_t from = a->from[order], n = a->from[order + 1] - from;
        assert_int_equal(from, b->from[order]);
        assert_int_equal(n, b->from[order + 1] - from);
        double scale = fmax(1e-3, case_scale(b->v + from, n));
        for (int64_t i = from; i < from + n; i++)
            if (!(fabs(a->v[i] - b->v[i]) <= tolerance * scale))
                fail_msg("%s (%s), order %d, number %lld: %.17g, should be %.17g", name, loop_text(how, text), order,
                         (long long)(i - from), a->v[i], b->v[i]);
    }
}

/* the scalar that order + 1 is the gradient of */
static double loop_scalar(const loop_got *got, int order)
{
    double sum = 0;
    for (int64_t i = got->from[order]; order && i < got->from[order + 1]; i++)
        sum += got->v[i] * got->v[i];
    return order ? sum : got->v[0];
}

static double loop_along(const loop_got *got, const loop_how *how, int order)
{
    const int64_t n[LOOP_INPUTS] = { how->T * 6, 9, 9, 6 };
    const double *d = got->v + got->from[order];
    double sum = 0;
    for (int i = 0; i < LOOP_INPUTS; d += n[i++]) {
        double *move = malloc((size_t)(n[i] + 1) * sizeof *move);
        assert_non_null(move);
        case_draw("direction", (uint64_t)i, -1, 1, n[i], move);
        for (int64_t e = 0; e < n[i]; e++)
            sum += move[e] * d[e];
        free(move);
    }
    return sum;
}

/* by central differences of fourth order, along one direction */
void loop_is_slope(const char *name, loop_fn *f, const loop_how *how, double tolerance)
{
    static const double step[4] = { -2e-4, -1e-4, 1e-4, 2e-4 }, weight[4] = { 1, -8, 8, -1 };
    double slope[LOOP_ORDERS] = { 0 };
    char text[160];
    loop_got got = loop_run(f, how);
    if (*got.why)
        fail_msg("%s (%s): %s", name, loop_text(how, text), got.why);
    for (int i = 0; i < 4; i++) {
        loop_how moved = *how;
        moved.order--;
        moved.moved = step[i];
        loop_got at = loop_run(f, &moved);
        if (*at.why)
            fail_msg("%s (%s): %s", name, loop_text(how, text), at.why);
        for (int order = 0; order < how->order; order++)
            slope[order] += weight[i] * loop_scalar(&at, order) / 12e-4;
        loop_free(&at);
    }
    for (int order = 0; order < how->order; order++) {
        double is = loop_along(&got, how, order + 1), scale = fmax(1e-2, fabs(slope[order]));
        if (!(fabs(is - slope[order]) <= tolerance * scale))
            fail_msg("%s (%s), order %d: %.12g along a direction, its slope is %.12g", name, loop_text(how, text),
                     order + 1, is, slope[order]);
    }
    loop_free(&got);
}

void loop_compare(const loop_pair *p, const loop_how *how)
{
    loop_how turns = { .T = how->T, .order = how->order, .reverse = how->reverse, .forward = how->forward };
    loop_got a = loop_run(p->loop, how), b = loop_run(p->turns, &turns);
    loop_same(p->name, &a, &b, how, 1e-12);
    loop_free(&a);
    loop_free(&b);
}

void loop_forward(void **state)
{
    for (int compiled = 0; compiled < 2; compiled++)
        for (int keep = 0; keep < 3; keep++)
            loop_compare(*state, &(loop_how){ .way = compiled ? LOOP_COMPILED : LOOP_ASKED,
                                              .T = 5,
                                              .keep = keep,
                                              .reverse = keep & 1,
                                              .order = 1,
                                              .forward = true });
}

void loop_again(void **state)
{
    for (int compiled = 0; compiled < 2; compiled++)
        for (int keep = 0; keep < 2; keep++)
            loop_compare(
                *state,
                &(loop_how){
                    .way = compiled ? LOOP_COMPILED : LOOP_ASKED, .T = 4, .keep = keep, .order = 2, .again = true });
}

int loop_group(const char *name, const loop_pair *pairs, int n, void (*test)(void **state))
{
    struct CMUnitTest *tests = calloc((size_t)n, sizeof *tests);
    if (!tests)
        return 1;
    for (int i = 0; i < n; i++) {
        const void *pair = &pairs[i];
        tests[i].name = pairs[i].name;
        tests[i].test_func = test;
        memcpy(&tests[i].initial_state, &pair, sizeof pair);
    }
    int failed = _cmocka_run_group_tests(name, tests, (size_t)n, NULL, NULL);
    free(tests);
    return failed;
}
