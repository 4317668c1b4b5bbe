/* test_oom.c - every allocation of every scenario fails once: N = 1, 2, 3... until the scenario succeeds.

   Promises checked each time: no crash; the call that ran out says NRV_ENOMEM (or gives NULL where it has no status);
   when all is freed nothing is alive; blocks are given back with the sizes they were asked with; the last round, in
   which nothing fails, gives the value it should. A file that could not be written leaves the old one as it was. */
#include "../../src/ops/op.h"
#include "support/failing.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

typedef struct oom_end {
    nrv_status status; /* NRV_OK: all went well, and value is what it should be */
    double value;
    char why[300];
} oom_end;

static oom_end oom_graph(nrv_graph *g, nrv_status status, double value)
{
    oom_end e = { .status = status, .value = value };
    const char *why = g ? nrv_graph_why(g) : "no graph";
    if (why && !status)
        e.status = g ? g->why.status : NRV_ENOMEM;
    snprintf(e.why, sizeof e.why, "%s", why ? why : "");
    return e;
}

static nrv_tensor oom_network(nrv_graph *g, nrv_tensor *loss)
{
    nrv_dim B = nrv_size(g, "B", 1, 64);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 1, 4, 4));
    nrv_tensor h = nrv_flatten(nrv_max_pool(nrv_relu(x), 2, 0)), y = NULL;
    nrv_push_i(g, "layer", 0);
    h = nrv_tanh(nrv_linear(h, "fc", 3, NULL));
    y = nrv_linear(nrv_mul(h, nrv_bernoulli(nrv_fill(g, NRV_F32, NRV_SHAPE(3), 1), "drop")), "out", 2, NULL);
    nrv_pop(g);
    nrv_tensor labels = nrv_constant(g, NRV_I32, NRV_SHAPE(2), ((int32_t[]){ 0, 1 }));
    *loss = nrv_cross_entropy(nrv_reshape(y, NRV_SHAPE(2, 2)), labels);
    return x;
}

/* trace, differentiate, twice, evaluate */
static oom_end oom_train(nrv_store *s, unsigned mode)
{
    static const float pixels[32] = { 1, 2, 3, 4, 5 };
    nrv_graph *g = nrv_graph_new(s, mode);
    nrv_tensor loss = NULL, x = g ? oom_network(g, &loss) : NULL;
    nrv_feed(x, pixels, sizeof pixels);
    nrv_list p = nrv_params(g, "*"), d = nrv_grads(loss, p);
    nrv_tensor norm = nrv_sum_all(nrv_square(nrv_pack(d)));
    nrv_list dd = nrv_grads(norm, p);
    nrv_assign_all(p, NRV_MAP("p, d, e: p - 0.1 * d + 0 * e", p, d, dd));
    nrv_output(g, "loss", loss);
    float value = 0;
    nrv_status st = loss ? nrv_eval(loss, &value, sizeof value) : NRV_OK;
    oom_end e = oom_graph(g, st, (double)value);
    nrv_graph_free(g);
    return e;
}

static oom_end oom_lazy(nrv_store *s)
{
    return oom_train(s, NRV_TRAIN);
}

static oom_end oom_eager(nrv_store *s)
{
    return oom_train(s, NRV_TRAIN | NRV_EAGER);
}

/* compile, make an exec, set sizes, bind, run twice: the second run allocates nothing */
static oom_end oom_run(nrv_store *s)
{
    static const float pixels[32] = { 1, 2, 3, 4, 5 };
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor loss = NULL;
    if (g)
        oom_network(g, &loss);
    nrv_list p = nrv_params(g, "*");
    nrv_assign_all(p, nrv_adam(p, nrv_grads(loss, p), NULL));
    nrv_output(g, "loss", loss);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = plan ? nrv_exec_new(plan, s, NULL) : NULL;
    oom_end end = { .status = NRV_ENOMEM };
    nrv_set_size(e, "B", 2);
    nrv_bind_in(e, "x", pixels, sizeof pixels);
    for (int i = 0; i < 2 && e && (i == 0 || !end.status); i++)
        end.status = nrv_run(e);
    size_t bytes = 0;
    const float *value = e && !end.status ? nrv_value(e, "loss", &bytes) : NULL;
    if (value)
        end.value = (double)*value;
    snprintf(end.why, sizeof end.why, "%s", e && nrv_why(e) ? nrv_why(e) : "");
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return end;
}

/* lines by index, differentiated twice, compiled and run */
static nrv_tensor oom_lines(nrv_graph *g)
{
    nrv_tensor i = nrv_constant(g, NRV_I32, NRV_SHAPE(5), ((int32_t[]){ 0, 2, 1, 2, 0 }));
    nrv_tensor ptr = nrv_constant(g, NRV_I32, NRV_SHAPE(4), ((int32_t[]){ 0, 2, 2, 5 }));
    nrv_tensor at = nrv_constant(g, NRV_I32, NRV_SCALAR, ((int32_t[]){ 1 }));
    nrv_tensor length = nrv_reshape(at, NRV_SHAPE(1));
    nrv_tensor e = nrv_gather(nrv_embedding(g, "table", 3, 2), i, 0), a = nrv_segment_softmax(e, i, 3);
    nrv_tensor y = nrv_csr_matmul(ptr, i, nrv_sum(nrv_mul(a, e), 1, 0), nrv_segment_mean(e, i, 3));
    y = nrv_write(y, 0, at, nrv_read(nrv_segment_max(e, i, 3), 0, at, 2));
    return nrv_cross_entropy_masked(y, nrv_slice(i, 0, 0, 3),
                                    nrv_reshape(nrv_mask_of_lengths(length, 3), NRV_SHAPE(3)));
}

static oom_end oom_sparse(nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor loss = g ? oom_lines(g) : NULL;
    nrv_list p = nrv_params(g, "*"), d = nrv_grads(loss, p);
    nrv_list dd = nrv_grads(nrv_sum_all(nrv_square(nrv_pack(d))), p);
    nrv_assign_all(p, NRV_MAP("p, d, e: p - 0.1 * d + 0 * e", p, d, dd));
    nrv_output(g, "loss", loss);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = plan ? nrv_exec_new(plan, s, NULL) : NULL;
    oom_end end = { .status = e ? nrv_run(e) : NRV_ENOMEM };
    const float *value = e && !end.status ? nrv_value(e, "loss", NULL) : NULL;
    if (value)
        end.value = (double)*value;
    snprintf(end.why, sizeof end.why, "%s", e && nrv_why(e) ? nrv_why(e) : "");
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return end;
}

/* a scan with a choice, a draw and a loop in it, each turn waiting for a while; keep says what its gradient computes
 * again */
static nrv_tensor oom_cell(nrv_graph *g, nrv_tensor x, nrv_tensor h, nrv_tensor w, int keep)
{
    nrv_block *i = nrv_if(g, nrv_less(nrv_sum_all(x), nrv_fill(g, NRV_F32, NRV_SCALAR, 0)));
    nrv_tensor yes = nrv_tanh(nrv_mul(h, x));
    nrv_else(i);
    nrv_block *in = nrv_scan(g, &(nrv_scan_opt){ .steps = 2, .reverse = 1, .keep = keep });
    nrv_tensor k = nrv_carry(in, h);
    nrv_next(in, k, nrv_mul(nrv_add(k, x), w));
    nrv_end(in);
    nrv_tensor no = nrv_last(in, k);
    nrv_end(i);
    nrv_block *until = nrv_while(g, 2);
    nrv_tensor c = nrv_carry(until, nrv_either(i, yes, no));
    nrv_until(until, nrv_greater(nrv_sum_all(nrv_square(c)), nrv_fill(g, NRV_F32, NRV_SCALAR, 1)));
    nrv_next(until, c, nrv_add(c, w));
    nrv_end(until);
    return nrv_last(until, c);
}

static nrv_tensor oom_blocks(nrv_graph *g, int keep)
{
    static const float data[15] = { 1, -2, 3, -4, 5, -6 };
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(3), NRV_NORMAL(1)),
               xs = nrv_constant(g, NRV_F32, NRV_SHAPE(5, 3), data);
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .keep = keep });
    nrv_tensor x = nrv_each(b, xs), h = nrv_carry(b, w);
    nrv_tensor y = oom_cell(g, x, nrv_mul(h, nrv_uniform(g, "u", NRV_F32, NRV_SHAPE(3))), w, keep > 1 ? 1 : 0);
    nrv_next(b, h, y);
    nrv_end(b);
    return nrv_add(nrv_sum_all(nrv_stacked(b, y)), nrv_sum_all(nrv_last(b, h)));
}

static oom_end oom_loops(nrv_store *s, unsigned mode, int keep)
{
    nrv_graph *g = nrv_graph_new(s, mode);
    nrv_tensor loss = g ? oom_blocks(g, keep) : NULL, d[1] = { NULL }, dd[1] = { NULL };
    nrv_tensor w = g && loss ? nrv_list_at(nrv_params(g, "*"), 0) : NULL;
    nrv_grad(loss, NULL, 1, &w, d);
    if (d[0])
        nrv_grad(nrv_sum_all(nrv_square(d[0])), NULL, 1, &w, dd);
    nrv_tensor y = dd[0] ? nrv_add(loss, nrv_sum_all(nrv_mul(d[0], dd[0]))) : NULL;
    oom_end e = { .status = NRV_ENOMEM };
    float value = 0;
    if (mode & NRV_EAGER) {
        nrv_status st = y ? nrv_eval(y, &value, sizeof value) : NRV_OK;
        e = oom_graph(g, st, (double)value);
    } else {
        nrv_output(g, "y", y);
        nrv_plan *plan = nrv_compile(g, NULL);
        nrv_exec *x = plan ? nrv_exec_new(plan, s, NULL) : NULL;
        e.status = x ? nrv_run(x) : NRV_ENOMEM;
        const float *at = x && !e.status ? nrv_value(x, "y", NULL) : NULL;
        e.value = at ? (double)*at : 0;
        snprintf(e.why, sizeof e.why, "%s", x && nrv_why(x) ? nrv_why(x) : "");
        nrv_exec_free(x);
        nrv_plan_free(plan);
    }
    nrv_graph_free(g);
    return e;
}

static oom_end oom_loops_eager(nrv_store *s)
{
    return oom_loops(s, NRV_EAGER, 0);
}

static oom_end oom_loops_run(nrv_store *s)
{
    return oom_loops(s, 0, 0);
}

static oom_end oom_loops_again(nrv_store *s)
{
    return oom_loops(s, 0, 1);
}

static oom_end oom_loops_split(nrv_store *s)
{
    return oom_loops(s, 0, 2);
}

/* what stands for a change of y along a change of the weights; a scope that is computed again */
static oom_end oom_forward(nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_enter(g, &(nrv_scope){ .name = "net", .mode = NRV_RECOMPUTE });
    nrv_tensor y = g ? nrv_tanh(nrv_linear(nrv_fill(g, NRV_F32, NRV_SHAPE(2, 3), 1), "fc", 3, NULL)) : NULL, dy = NULL;
    nrv_pop(g);
    nrv_tensor w = y ? nrv_list_at(nrv_params(g, "*weight"), 0) : NULL;
    nrv_jvp(1, &w, &w, 1, &y, &dy);
    nrv_tensor d = NULL;
    float value = 0;
    if (dy)
        nrv_grad(nrv_sum_all(nrv_mul(y, dy)), NULL, 1, &w, &d);
    nrv_tensor total = d ? nrv_sum_all(d) : NULL; /* NULL: the graph knows why */
    nrv_status st = total ? nrv_eval(total, &value, sizeof value) : NRV_OK;
    oom_end e = oom_graph(g, st, (double)value);
    nrv_graph_free(g);
    return e;
}

static oom_end oom_store(nrv_store *s, nrv_status st)
{
    oom_end e = { .status = st };
    snprintf(e.why, sizeof e.why, "%s", nrv_store_why(s) ? nrv_store_why(s) : "");
    return e;
}

static bool oom_declare(nrv_store *s, oom_end *e)
{
    nrv_graph *g = nrv_graph_new(s, 0);
    for (int i = 0; i < 9; i++) {
        nrv_push_i(g, "layer", i);
        nrv_param(g, "weight", NRV_F32, NRV_SHAPE(3, 5), NRV_NORMAL(1));
        nrv_pop(g);
    }
    *e = oom_graph(g, NRV_OK, 0);
    nrv_graph_free(g);
    return e->status == NRV_OK;
}

static char oom_before[4096];
static size_t oom_before_n;

static size_t oom_bytes(const char *path, char *to, size_t most)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(to, 1, most, f) : 0;
    if (f)
        fclose(f);
    return n;
}

static oom_end oom_save(nrv_store *s)
{
    oom_end e;
    char after[sizeof oom_before];
    if (!oom_declare(s, &e))
        return e;
    nrv_status st = nrv_store_note(s, "network", "dense 3");
    e = oom_store(s, st ? st : nrv_store_save(s, "oom.safetensors", "*"));
    size_t n = oom_bytes("oom.safetensors", after, sizeof after);
    assert_true(n > 0 && n < sizeof after);
    if (e.status && (n != oom_before_n || memcmp(after, oom_before, n) != 0))
        fail_msg("a save that ran out of memory changed the file: %s", e.why);
    if (!e.status)
        e.value = (double)n;
    return e;
}

static oom_end oom_load(nrv_store *s)
{
    oom_end e;
    if (!oom_declare(s, &e))
        return e;
    float *w = nrv_store_data(s, "layer.3.weight", NULL, NULL), was = 0;
    memset(w, 0, 60);
    e = oom_store(s, nrv_store_load(s, "oom.safetensors", NULL));
    memcpy(&was, w, sizeof was);
    if (e.status)
        assert_true(was == 0); /* a load that fails leaves the store as it was */
    e.value = (double)was;
    return e;
}

static oom_end oom_copy(nrv_store *s)
{
    nrv_store *from = nrv_store_new(NULL);
    oom_end e;
    assert_true(oom_declare(from, &e));
    e = oom_store(s, nrv_store_copy(s, from, "*"));
    nrv_store_free(from);
    return e;
}

static oom_end oom_sizes(nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_dim T = nrv_size(g, "T", 1, 99), B = nrv_size(g, "B", 1, 99), d = T;
    for (int i = 0; i < 24; i++)
        d = nrv_dim_calc(g, nrv_dim_calc(g, d, '+', i % 3 ? B : 3), '/', i % 2 ? 7 : 2);
    oom_end e = oom_graph(g, NRV_OK, 0);
    nrv_graph_free(g);
    return e;
}

static oom_end oom_errors(nrv_store *s) /* making a message takes memory, too */
{
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_push(g, "net");
    nrv_tensor a = nrv_input(g, "a", NRV_F32, NRV_SHAPE(2, 3)), y = nrv_matmul(a, a);
    oom_end e = oom_graph(g, NRV_OK, 0);
    assert_null(y);
    if (e.status == NRV_ESHAPE)
        e.status = NRV_OK; /* what it should be, once there is memory */
    nrv_graph_free(g);
    return e;
}

static void oom_until_success(oom_end (*scenario)(nrv_store *s), const char *name, double want)
{
    for (long at = 1; at < 100000; at++) {
        failing f = { .fail_at = at };
        nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 3, .alloc = failing_fn, .user = &f });
        oom_end e = { .status = NRV_ENOMEM };
        if (s)
            e = scenario(s);
        nrv_store_free(s);
        if (f.alive || f.lies)
            fail_msg("%s, allocation %ld failing: %ld blocks alive at the end, %ld given back with a wrong size", name,
                     at, f.alive, f.lies);
        if (f.calls < at) {
            if (e.status)
                fail_msg("%s, with memory: %s", name, e.why);
            if (want != 0)
                assert_true(e.value == want);
            print_message("%s: %ld allocations, each failed once\n", name, at - 1);
            return;
        }
        if (e.status != NRV_ENOMEM && e.status != NRV_OK)
            fail_msg("%s, allocation %ld failing: status %d, %s", name, at, (int)e.status, e.why);
        if (e.status == NRV_OK && scenario != oom_errors) /* there, a shorter message is all that is lost */
            fail_msg("%s, allocation %ld failing: nobody noticed", name, at);
    }
    fail_msg("%s never succeeds", name);
}

static double oom_alone(oom_end (*scenario)(nrv_store *s))
{
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 3 });
    oom_end e = scenario(s);
    if (e.status)
        fail_msg("%s", e.why);
    nrv_store_free(s);
    return e.value;
}

#define OOM_TEST(scenario)                                                       \
    static void each_##scenario(void **state)                                    \
    {                                                                            \
        (void)state;                                                             \
        oom_until_success(oom_##scenario, #scenario, oom_alone(oom_##scenario)); \
    }
OOM_TEST(lazy)
OOM_TEST(eager)
OOM_TEST(run)
OOM_TEST(sparse)
OOM_TEST(loops_eager)
OOM_TEST(loops_run)
OOM_TEST(loops_again)
OOM_TEST(loops_split)
OOM_TEST(forward)
OOM_TEST(load)
OOM_TEST(copy)
OOM_TEST(sizes)
OOM_TEST(errors)

static void each_save(void **state)
{
    (void)state;
    remove("oom.safetensors");
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 4 });
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_param(g, "old", NRV_F32, NRV_SHAPE(2), NRV_ONES);
    nrv_graph_free(g);
    assert_int_equal(nrv_store_save(s, "oom.safetensors", NULL), NRV_OK);
    nrv_store_free(s);
    oom_before_n = oom_bytes("oom.safetensors", oom_before, sizeof oom_before);
    oom_until_success(oom_save, "save", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sizes),       cmocka_unit_test(each_errors),    cmocka_unit_test(each_lazy),
        cmocka_unit_test(each_eager),       cmocka_unit_test(each_run),       cmocka_unit_test(each_save),
        cmocka_unit_test(each_load),        cmocka_unit_test(each_copy),      cmocka_unit_test(each_sparse),
        cmocka_unit_test(each_loops_eager), cmocka_unit_test(each_loops_run), cmocka_unit_test(each_loops_again),
        cmocka_unit_test(each_loops_split), cmocka_unit_test(each_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
