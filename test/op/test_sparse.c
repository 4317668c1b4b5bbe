/* test_sparse.c - what the ops that move lines by index refuse, word for word, while tracing and in a run; that a
   refused run leaves the store alone; and the table of an embedding. Their values are in test_known.c. */
#include "nervo.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct sparse {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x, i, j, start, p, v, mask; /* f32 [4,3], i32 [5], i32 [2,2], i32 [], i32 [4], f32 [5], bool [5] */
} sparse;

static sparse sparse_open(void)
{
    sparse t = { .s = nrv_store_new(NULL) };
    t.g = nrv_graph_new(t.s, 0);
    t.x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(4, 3));
    t.i = nrv_input(t.g, "i", NRV_I32, NRV_SHAPE(5));
    t.j = nrv_input(t.g, "j", NRV_I32, NRV_SHAPE(2, 2));
    t.start = nrv_input(t.g, "start", NRV_I32, NRV_SCALAR);
    t.p = nrv_input(t.g, "p", NRV_I32, NRV_SHAPE(4));
    t.v = nrv_input(t.g, "v", NRV_F32, NRV_SHAPE(5));
    t.mask = nrv_input(t.g, "mask", NRV_BOOL, NRV_SHAPE(5));
    return t;
}

static void sparse_close(sparse *t)
{
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

/* ---- while tracing ---- */
#define SAYS(expression, message)                           \
    do {                                                    \
        sparse t = sparse_open();                           \
        nrv_tensor y = (expression);                        \
        assert_null(y);                                     \
        assert_string_equal(nrv_graph_why(t.g), (message)); \
        sparse_close(&t);                                   \
    } while (0)

static void lines_are_refused(void **state)
{
    (void)state;
    SAYS(nrv_gather(t.x, t.i, 2),
         "gather: axis 2 of a tensor of rank 2\n  hint  axes count from 0, or from -1 at the end");
    SAYS(nrv_gather(t.x, t.v, 0), "gather: input 1 is f32, an index is wanted\n  input 0: input f32 [4, 3] x\n"
                                  "  input 1: input f32 [5] v\n  hint  nrv_cast it to NRV_I32 or NRV_I64");
    SAYS(nrv_gather(nrv_fill(t.g, NRV_F32, NRV_SHAPE(1, 1, 1, 1, 1, 1, 1, 1), 0), t.j, 0),
         "gather: ranks 8 and 2 make 9\n  input 0: fill f32 [1, 1, 1, 1, 1, 1, 1, 1]\n  input 1: input i32 [2, 2] j\n"
         "  hint  the index's axes replace one of x; ranks go up to 8");
    SAYS(nrv_scatter_add(t.x, t.i, 0, 7), "scatter_add: 4 lines at axis 0, 5 indexes\n  input 0: input f32 [4, 3] x\n"
                                          "  input 1: input i32 [5] i\n  hint  an index for each line");
    SAYS(nrv_scatter_add(t.v, t.j, 0, 7), "scatter_add: axis 0 of what x of rank 1 and an index of rank 2 make\n"
                                          "  hint  x has the index's axes where the result has the one indexed");
    SAYS(nrv_scatter_add(t.v, t.i, 1, 7), "scatter_add: axis 1 of what x of rank 1 and an index of rank 1 make\n"
                                          "  hint  x has the index's axes where the result has the one indexed");
    SAYS(nrv_read(t.x, 0, t.start, 5), "read: 5 of axis 0, which has 4\n  input 0: input f32 [4, 3] x\n"
                                       "  input 1: input i32 [] start\n  hint  a run fits into its axis");
    SAYS(nrv_write(t.x, 1, t.start, t.v), "write: ranks 1 and 2\n  input 0: input f32 [4, 3] x\n"
                                          "  input 1: input i32 [] start\n  input 2: input f32 [5] v\n"
                                          "  hint  the part has all axes; nrv_expand puts one in");
    SAYS(nrv_write(t.v, 0, t.start, t.i), "write: i32 written into f32\n  input 0: input f32 [5] v\n"
                                          "  input 1: input i32 [] start\n  input 2: input i32 [5] i\n"
                                          "  hint  nrv_cast the part");
    SAYS(nrv_read(t.v, 0, t.p, 1), "read: axis 0 differs\n  input 0: input f32 [5] v\n  input 1: input i32 [4] p\n"
                                   "  hint  each element of the first axes has its own");
}

static void segments_are_refused(void **state)
{
    (void)state;
    SAYS(nrv_segment_sum(t.x, t.j, 7), "segment_sum: x of rank 2, segment of rank 2\n"
                                       "  hint  x (E,...) and segment (E): a number for each row of x");
    SAYS(nrv_segment_max(t.v, t.v, 7),
         "segment_max: segment is f32, an index is wanted\n  hint  nrv_cast it to NRV_I32 or NRV_I64");
    SAYS(nrv_segment_max(t.v, t.mask, 7),
         "segment_max: segment is bool, an index is wanted\n  hint  nrv_cast it to NRV_I32 or NRV_I64");
    SAYS(nrv_mask_of_lengths(t.mask, 7), "mask_of_lengths: lengths is bool, whole numbers are wanted\n"
                                         "  hint  nrv_cast it to NRV_I32 or NRV_I64");
    SAYS(nrv_segment_mean(t.i, t.i, 7),
         "segment_mean: x is i32, a real type is wanted\n  hint  nrv_cast it to NRV_F32");
    SAYS(nrv_segment_softmax(t.i, t.i, 7),
         "segment_softmax: x is i32, a real type is wanted\n  hint  nrv_cast it to NRV_F32");
    SAYS(nrv_coo_matmul(t.i, t.i, nrv_reshape(t.v, NRV_SHAPE(5, 1)), t.x, 4),
         "coo_matmul: value of rank 2, x of rank 2\n  hint  value (E) and x (n,...)");
    SAYS(nrv_csr_matmul(t.j, t.i, t.v, t.x), "csr_matmul: rowptr of rank 2, value of rank 1, x of rank 2\n"
                                             "  hint  rowptr (rows+1), value (E) and x (n,...)");
    SAYS(nrv_mask_of_lengths(t.j, 7), "mask_of_lengths: lengths of rank 2\n  hint  lengths (B)");
    SAYS(nrv_mask_of_lengths(t.v, 7), "mask_of_lengths: lengths is f32, whole numbers are wanted\n"
                                      "  hint  nrv_cast it to NRV_I32 or NRV_I64");
    SAYS(nrv_cross_entropy_masked(t.x, t.p, t.p), "cross_entropy_masked: ranks 2, 1 and 1, a mask of i32\n"
                                                  "  hint  logits (...,n), labels (...) and a bool mask (...)");
}

/* NULL gives NULL, and the first error stays */
static void nothing_gives_nothing(void **state)
{
    (void)state;
    sparse t = sparse_open();
    for (int broken = 0; broken < 2; broken++) {
        nrv_tensor x = broken ? t.x : NULL, i = broken ? t.i : NULL, mask = broken ? t.mask : NULL;
        assert_null(nrv_gather(x, i, 0));
        assert_null(nrv_scatter_add(x, i, 0, 3));
        assert_null(nrv_segment_sum(x, i, 3));
        assert_null(nrv_segment_mean(x, i, 3));
        assert_null(nrv_segment_max(x, i, 3));
        assert_null(nrv_segment_softmax(x, i, 3));
        assert_null(nrv_coo_matmul(i, i, x, x, 3));
        assert_null(nrv_csr_matmul(i, i, x, x));
        assert_null(nrv_read(x, 0, i, 1));
        assert_null(nrv_write(x, 0, i, x));
        assert_null(nrv_mask_of_lengths(i, 3));
        assert_null(nrv_cross_entropy_masked(x, i, mask));
        if (broken) {
            assert_string_equal(nrv_graph_why(t.g),
                                "sum: axis 9 of a tensor of rank 2\n  hint  axes count from 0, or from -1 at the end");
        } else {
            assert_null(nrv_graph_why(t.g));
            assert_null(nrv_sum(t.x, 9, 0));
        }
    }
    sparse_close(&t);
}

/* ---- in a run ---- */
typedef nrv_tensor sparse_fn(sparse *t);

static nrv_tensor sparse_gather(sparse *t)
{
    return nrv_gather(t->x, t->i, 0);
}

static nrv_tensor sparse_sum(sparse *t)
{
    return nrv_segment_sum(t->v, t->i, 3);
}

static nrv_tensor sparse_softmax(sparse *t)
{
    return nrv_segment_softmax(t->v, t->i, 3);
}

static nrv_tensor sparse_none(sparse *t)
{
    return nrv_segment_sum(t->v, t->i, 0);
}

static nrv_tensor sparse_coo(sparse *t)
{
    return nrv_coo_matmul(t->i, nrv_fill(t->g, NRV_I32, NRV_SHAPE(5), 3), t->v, t->x, 3);
}

static nrv_tensor sparse_csr(sparse *t)
{
    return nrv_csr_matmul(t->p, nrv_fill(t->g, NRV_I32, NRV_SHAPE(5), 3), t->v, t->x);
}

static nrv_tensor sparse_read(sparse *t)
{
    return nrv_read(t->x, 0, t->start, 3);
}

static nrv_tensor sparse_write(sparse *t)
{
    return nrv_write(t->x, 0, t->start, nrv_fill(t->g, NRV_F32, NRV_SHAPE(3, 3), 0));
}

static const struct {
    sparse_fn *fn;
    int32_t i[5], start, p[4];
    const char *why; /* NULL: it is good */
} sparse_runs[] = {
    { sparse_gather, { 0, 3, 1, 2, 0 }, 0, { 0 }, NULL },
    { sparse_gather, { 0, 3, 4, 2, 9 }, 0, { 0 }, "gather: index 4 at position 2; it must lie in 0..3" },
    { sparse_gather, { 0, 3, 2, 2, -1 }, 0, { 0 }, "gather: index -1 at position 4; it must lie in 0..3" },
    { sparse_sum, { 0, 2, 1, 2, 3 }, 0, { 0 }, "segment_sum: index 3 at position 4; it must lie in 0..2" },
    { sparse_none, { 0 }, 0, { 0 }, "segment_sum: index 0 at position 0 of an axis of length 0; it must be empty" },
    { sparse_softmax, { 0, 2, 1, 2, 0 }, 0, { 0 }, NULL },
    { sparse_softmax, { 0, -7, 1, 2, 3 }, 0, { 0 }, "segment_softmax: index -7 at position 1; it must lie in 0..2" },
    { sparse_coo, { 5, 0, 0, 0, 0 }, 0, { 0 }, "coo_matmul: index 5 at position 0; it must lie in 0..2" },
    { sparse_csr, { 0 }, 0, { 0, 2, 2, 5 }, NULL },
    { sparse_csr, { 0 }, 0, { 1, 2, 2, 5 }, "rowptr begins with 1; it must begin with 0" },
    { sparse_csr, { 0 }, 0, { 0, 2, 1, 5 }, "rowptr falls from 2 to 1 at row 1; it must not fall" },
    { sparse_csr, { 0 }, 0, { 0, 2, 2, 4 }, "rowptr ends with 4; it must end with the number of values, 5" },
    { sparse_read, { 0 }, 1, { 0 }, NULL },
    { sparse_read, { 0 }, 2, { 0 }, "read: start 2 at position 0; 3 of 4 can start at 0..1" },
    { sparse_write, { 0 }, -1, { 0 }, "write: start -1 at position 0; 3 of 4 can start at 0..1" },
};

static void sparse_judge(const char *why, const char *want)
{
    if (!want)
        assert_null(why);
    else if (!why || !strstr(why, want))
        fail_msg("\"%s\" is wanted, this is said: %s", want, why ? why : "nothing");
}

/* evaluated, and on every tier with a variable that would be assigned */
static void runs_are_refused(void **state)
{
    (void)state;
    static const float x[12] = { 1, 2, 3 }, v[5] = { 4, 5 };
    for (size_t r = 0; r < sizeof sparse_runs / sizeof *sparse_runs; r++) {
        sparse t = sparse_open();
        nrv_tensor y = sparse_runs[r].fn(&t), sum = nrv_sum_all(y), w = nrv_state(t.g, "w", NRV_F32, NRV_SCALAR, 7);
        nrv_assign(t.g, w, nrv_add(sum, nrv_fill(t.g, NRV_F32, NRV_SCALAR, 1)));
        char tiers[128] = "";
        strncpy(tiers, nrv_tiers(), sizeof tiers - 1);
        for (char *cpu = strtok(tiers, " "); cpu; cpu = strtok(NULL, " ")) {
            nrv_plan *p = nrv_compile(t.g, &(nrv_compile_opt){ .cpu = cpu });
            nrv_exec *e = nrv_exec_new(p, t.s, NULL);
            float *kept = nrv_store_data(t.s, "w", NULL, NULL);
            *kept = 7;
            nrv_bind_in(e, "x", x, sizeof x), nrv_bind_in(e, "v", v, sizeof v);
            nrv_bind_in(e, "i", sparse_runs[r].i, sizeof sparse_runs[r].i);
            nrv_bind_in(e, "p", sparse_runs[r].p, sizeof sparse_runs[r].p);
            nrv_bind_in(e, "start", &sparse_runs[r].start, sizeof(int32_t));
            assert_int_equal(nrv_run(e), sparse_runs[r].why ? NRV_EVALUE : NRV_OK);
            sparse_judge(nrv_why(e), sparse_runs[r].why);
            assert_int_equal(fabsf(*kept - 7) > 0, sparse_runs[r].why == NULL);
            nrv_exec_free(e);
            nrv_plan_free(p);
        }
        float out = 0;
        nrv_feed(t.x, x, sizeof x), nrv_feed(t.v, v, sizeof v),
            nrv_feed(t.i, sparse_runs[r].i, sizeof sparse_runs[r].i);
        nrv_feed(t.p, sparse_runs[r].p, sizeof sparse_runs[r].p);
        nrv_feed(t.start, &sparse_runs[r].start, sizeof(int32_t));
        assert_int_equal(nrv_eval(sum, &out, sizeof out), sparse_runs[r].why ? NRV_EVALUE : NRV_OK);
        sparse_judge(nrv_graph_why(t.g), sparse_runs[r].why);
        sparse_close(&t);
    }
}

/* ---- an embedding ---- */
static void a_table_is_a_parameter(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_push(g, "net");
    nrv_tensor table = nrv_embedding(g, "wte", 500, 40);
    nrv_pop(g);
    assert_non_null(table);
    nrv_shape shape;
    nrv_dtype type;
    const float *w = nrv_store_data(s, "net.wte.weight", &shape, &type);
    assert_non_null(w);
    assert_true(shape.rank == 2 && shape.dim[0] == 500 && shape.dim[1] == 40 && type == NRV_F32);
    double mean = 0, square = 0;
    for (int i = 0; i < 20000; i++)
        mean += (double)w[i] / 20000, square += (double)w[i] * (double)w[i] / 20000;
    assert_true(fabs(mean) < 5 / sqrt(20000) && fabs(square - 1) < 5 * sqrt(2.0 / 20000)); /* five deviations */
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines_are_refused), cmocka_unit_test(segments_are_refused),
                                        cmocka_unit_test(nothing_gives_nothing), cmocka_unit_test(runs_are_refused),
                                        cmocka_unit_test(a_table_is_a_parameter) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
