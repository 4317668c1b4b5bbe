/* test_store.c - the store as its users see it: saved and loaded, renamed, partial, copied; what does not fit is said
   with both shapes, and a load or copy that fails changes nothing. */
#include "graph_test.h"
#include <math.h>

static const char *const store_file = "store.safetensors";

static void declare(nrv_graph *g, int rows)
{
    nrv_push(g, "enc");
    nrv_param(g, "weight", NRV_F32, NRV_SHAPE(rows, 3), NRV_NORMAL(1));
    nrv_param(g, "bias", NRV_F64, NRV_SHAPE(rows), NRV_ONES);
    nrv_pop(g);
    nrv_state(g, "step", NRV_I64, NRV_SCALAR, 0);
    graph_is_well(g);
}

static float *weight(nrv_store *s)
{
    return nrv_store_data(s, "enc.weight", NULL, NULL);
}

static void store_fails(nrv_store *s, nrv_status got, nrv_status want, const char *words)
{
    const char *why = nrv_store_why(s);
    if (got != want || !why || !strstr(why, words))
        fail_msg("wanted %s with \"%s\", got %s: %s", nrv__status_name(want), words, nrv__status_name(got),
                 why ? why : "no words");
}

static int store_open(void **state)
{
    if (graph_open(state) != 0)
        return -1;
    declare(*state, 2);
    return nrv_store_save(((nrv_graph *)*state)->store, store_file, NULL) == NRV_OK ? 0 : -1;
}

#define store_test(f) cmocka_unit_test_setup_teardown(f, store_open, graph_close)

static void what_was_saved_is_loaded(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store;
    float before[6];
    memcpy(before, weight(s), sizeof before);
    memset(weight(s), 0, sizeof before);
    assert_int_equal(nrv_store_load(s, store_file, NULL), NRV_OK);
    assert_null(nrv_store_why(s));
    assert_memory_equal(before, weight(s), sizeof before);
    nrv_store *fresh = nrv_store_new(&(nrv_store_opt){ .seed = 99 }); /* before any program */
    assert_int_equal(nrv_store_load(fresh, store_file, NULL), NRV_OK);
    assert_memory_equal(before, weight(fresh), sizeof before);
    nrv_shape shape;
    nrv_dtype type;
    assert_non_null(nrv_store_data(fresh, "enc.bias", &shape, &type));
    assert_true(shape.rank == 1 && shape.dim[0] == 2 && type == NRV_F64);
    assert_int_equal(fresh->seed, 7); /* draws go on as they would have */
    nrv_graph *g = nrv_graph_new(fresh, 0);
    declare(g, 2);
    assert_memory_equal(before, weight(fresh), sizeof before);
    nrv_graph_free(g);
    nrv_store_free(fresh);
}

static void a_tensor_never_moves(void **state)
{
    nrv_graph *g = *state;
    float *was = weight(g->store);
    for (int i = 0; i < 200; i++) {
        nrv_push_i(g, "more", i);
        nrv_param(g, "w", NRV_F32, NRV_SHAPE(64), NRV_ZEROS);
        nrv_pop(g);
    }
    assert_ptr_equal(weight(g->store), was);
    assert_int_equal((uintptr_t)was % 64, 0);
    assert_int_equal(nrv_store_load(g->store, store_file, &(nrv_load_opt){ .partial = 1 }), NRV_OK);
    assert_ptr_equal(weight(g->store), was);
}

static void what_does_not_fit_is_said(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    declare(g, 5);
    float before[15];
    memcpy(before, weight(s), sizeof before);
    nrv_status st = nrv_store_load(s, store_file, NULL);
    assert_true(strstr(nrv_store_why(s), "[2, 3]") || strstr(nrv_store_why(s), "[2]"));
    store_fails(s, st, NRV_ESHAPE, "the program has");
    store_fails(s, st, NRV_ESHAPE, "hint");
    assert_memory_equal(before, weight(s), sizeof before);
    store_fails(s, nrv_store_load(s, "nowhere/at/all", NULL), NRV_EIO, "nowhere/at/all");
    store_fails(s, nrv_store_save(s, "nowhere/at/all", NULL), NRV_EIO, "nowhere/at/all");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void missing_and_superfluous_names(void **state)
{
    nrv_graph *g = *state;
    nrv_store *s = g->store;
    nrv_param(g, "head", NRV_F32, NRV_SHAPE(4), NRV_ONES);
    float before[6];
    memcpy(before, weight(s), sizeof before);
    weight(s)[0] = 5;
    store_fails(s, nrv_store_load(s, store_file, NULL), NRV_ENAME, "not in the file: head");
    assert_true(weight(s)[0] == 5);
    assert_int_equal(nrv_store_load(s, store_file, &(nrv_load_opt){ .partial = 1 }), NRV_OK);
    assert_memory_equal(before, weight(s), sizeof before);
    assert_int_equal(nrv_store_save(s, "more.safetensors", NULL), NRV_OK);
    nrv_store *small = nrv_store_new(NULL);
    nrv_graph *h = nrv_graph_new(small, 0);
    declare(h, 2);
    weight(small)[0] = 5;
    store_fails(small, nrv_store_load(small, "more.safetensors", NULL), NRV_ENAME,
                "'head' is in the file, but not in the program");
    assert_true(weight(small)[0] == 5);
    assert_int_equal(nrv_store_load(small, "more.safetensors", &(nrv_load_opt){ .partial = 1 }), NRV_OK);
    assert_memory_equal(before, weight(small), sizeof before);
    assert_null(nrv_store_data(small, "head", NULL, NULL));
    nrv_graph_free(h);
    nrv_store_free(small);
}

static void patterns_choose_what_is_saved(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store, *got = nrv_store_new(NULL);
    assert_int_equal(nrv_store_save(s, "part.safetensors", "enc.*,!*.bias"), NRV_OK);
    assert_int_equal(nrv_store_load(got, "part.safetensors", NULL), NRV_OK);
    assert_non_null(nrv_store_data(got, "enc.weight", NULL, NULL));
    assert_null(nrv_store_data(got, "enc.bias", NULL, NULL));
    assert_null(nrv_store_data(got, "step", NULL, NULL));
    nrv_store_free(got);
}

static const char *renamed(void *user, const char *name)
{
    char *to = user;
    if (strncmp(name, "enc.", 4) != 0)
        return NULL;
    snprintf(to, 64, "backbone.%s", name + 4);
    return to;
}

static void names_are_translated(void **state)
{
    char buffer[64];
    nrv_store *s = ((nrv_graph *)*state)->store, *got = nrv_store_new(NULL);
    assert_int_equal(nrv_store_load(got, store_file, &(nrv_load_opt){ .rename = renamed, .user = buffer }), NRV_OK);
    assert_memory_equal(nrv_store_data(got, "backbone.weight", NULL, NULL), weight(s), 24);
    assert_non_null(nrv_store_data(got, "backbone.bias", NULL, NULL));
    assert_null(nrv_store_data(got, "step", NULL, NULL));
    assert_null(nrv_store_data(got, "enc.weight", NULL, NULL));
    nrv_store_free(got);
}

static void copies_between_stores(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store, *target = nrv_store_new(&(nrv_store_opt){ .seed = 5 });
    nrv_graph *g = nrv_graph_new(target, 0);
    declare(g, 2);
    assert_memory_not_equal(weight(target), weight(s), 24);
    double *bias = nrv_store_data(target, "enc.bias", NULL, NULL);
    bias[0] = 3;
    assert_int_equal(nrv_store_copy(target, s, "*.weight"), NRV_OK);
    assert_memory_equal(weight(target), weight(s), 24);
    assert_true(bias[0] == 3);
    nrv_store *odd = nrv_store_new(NULL);
    nrv_graph *h = nrv_graph_new(odd, 0);
    declare(h, 5);
    weight(odd)[0] = 5;
    store_fails(odd, nrv_store_copy(odd, s, "*"), NRV_ESHAPE, "differs in shape or type");
    assert_true(weight(odd)[0] == 5);
    nrv_graph_free(h);
    nrv_store_free(odd);
    nrv_graph_free(g);
    nrv_store_free(target);
    assert_int_equal(nrv_store_copy(NULL, s, "*"), NRV_EARG);
}

/* "w" (2,3), or bytes with a scale beside them, and "b" (2), of one type */
static nrv_store *quantise_store(bool bytes, nrv_dtype t, int rows)
{
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 2 });
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_state(g, "w", bytes ? NRV_I8 : t, NRV_SHAPE(rows, 3), 1);
    if (bytes)
        nrv_state(g, "w_scale", t, NRV_SHAPE(rows), 7);
    nrv_state(g, "b", t, NRV_SHAPE(rows), bytes ? 0 : 5);
    graph_is_well(g);
    nrv_graph_free(g);
    return s;
}

static void rows_become_bytes(void **state)
{
    (void)state;
    for (int t = 0; t < 2; t++) {
        const nrv_dtype type = t ? NRV_F64 : NRV_F32;
        nrv_store *from = quantise_store(false, type, 3), *to = quantise_store(true, type, 3);
        const double row[9] = { 127, -63.5, 1, 0, 0, 0, -0.5, 0.25, 0.1 };
        const int8_t want[9] = { 127, -64, 1, 0, 0, 0, -127, 64, 25 };
        void *w = nrv_store_data(from, "w", NULL, NULL), *scale = nrv_store_data(to, "w_scale", NULL, NULL);
        const void *b = nrv_store_data(to, "b", NULL, NULL);
        for (int i = 0; i < 9; i++)
            t ? (((double *)w)[i] = row[i]) : (double)(((float *)w)[i] = (float)row[i]);
        assert_int_equal(nrv_store_quantise(to, from), NRV_OK);
        assert_memory_equal(nrv_store_data(to, "w", NULL, NULL), want, sizeof want);
        for (int i = 0; i < 3; i++) {
            const double s = t ? ((const double *)scale)[i] : (double)((const float *)scale)[i];
            const double exact = (i == 0 ? 127 : i == 1 ? 0 : 0.5) / 127;
            assert_true(s == (t ? exact : (double)(float)exact));
        }
        assert_true((t ? ((const double *)b)[2] : (double)((const float *)b)[2]) == 5);
        nrv_store *again = quantise_store(true, type, 3); /* bytes are copied */
        assert_int_equal(nrv_store_quantise(again, to), NRV_OK);
        assert_memory_equal(nrv_store_data(again, "w", NULL, NULL), want, sizeof want);
        assert_memory_equal(nrv_store_data(again, "w_scale", NULL, NULL), scale, 3 * nrv__dtype_size(type));
        nrv_store_free(again);
        nrv_store_free(from);
        nrv_store_free(to);
    }
}

static void what_has_no_bytes_is_refused(void **state)
{
    nrv_store *to = quantise_store(true, NRV_F32, 2), *from = quantise_store(false, NRV_F32, 2);
    nrv_store *tall = quantise_store(false, NRV_F32, 5), *wide = quantise_store(false, NRV_F64, 2);
    store_fails(to, nrv_store_quantise(to, tall), NRV_ESHAPE, "differs in shape or type");
    store_fails(to, nrv_store_quantise(to, wide), NRV_ESHAPE, "differs in shape or type");
    store_fails(to, nrv_store_quantise(to, ((nrv_graph *)*state)->store), NRV_ENAME, "'b' is not in the store");
    ((float *)nrv_store_data(from, "w", NULL, NULL))[4] = INFINITY;
    store_fails(to, nrv_store_quantise(to, from), NRV_EARG, "'w' holds an infinity or NaN");
    assert_true(((const float *)nrv_store_data(to, "b", NULL, NULL))[0] == 0);
    assert_int_equal(nrv_store_quantise(NULL, from), NRV_EARG);
    assert_int_equal(nrv_store_quantise(to, NULL), NRV_EARG);
    assert_int_equal(nrv_store_quantise(to, to), NRV_EARG);
    nrv_store_free(to);
    nrv_store_free(from);
    nrv_store_free(tall);
    nrv_store_free(wide);
}

static void notes_travel(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store, *got = nrv_store_new(NULL);
    assert_int_equal(nrv_store_note(s, "network", "dense 3 | relu"), NRV_OK);
    assert_int_equal(nrv_store_note(s, "network", "dense 4\n\"quoted\" \xC3\xBC"), NRV_OK);
    assert_int_equal(nrv_store_note(s, "empty", ""), NRV_OK);
    assert_int_equal(nrv_store_save(s, "notes.safetensors", NULL), NRV_OK);
    assert_int_equal(nrv_store_note(got, "mine", "stays"), NRV_OK);
    assert_int_equal(nrv_store_note(got, "network", "goes"), NRV_OK);
    assert_int_equal(nrv_store_load(got, "notes.safetensors", NULL), NRV_OK);
    assert_string_equal(nrv_store_noted(got, "network"), "dense 4\n\"quoted\" \xC3\xBC");
    assert_string_equal(nrv_store_noted(got, "empty"), "");
    assert_string_equal(nrv_store_noted(got, "mine"), "stays");
    assert_null(nrv_store_noted(got, "absent"));
    store_fails(got, nrv_store_note(got, "", "x"), NRV_EARG, "a note needs");
    nrv_store_free(got);
}

/* whichever of the two is busy; and the other is free again afterwards */
static void two_stores_are_free_or_busy(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store, *other = quantise_store(true, NRV_F32, 2);
    for (int quantised = 0; quantised < 2; quantised++) {
        assert_true(nrv__store_enter(s, true));
        store_fails(other, quantised ? nrv_store_quantise(other, s) : nrv_store_copy(other, s, "*"), NRV_EBUSY,
                    "a run is changing the store that is read");
        nrv__store_leave(s, true);
        assert_true(nrv__store_enter(other, true));
        nrv__store_leave(other, true);
        assert_true(nrv__store_enter(s, false));
        store_fails(s, quantised ? nrv_store_quantise(s, other) : nrv_store_copy(s, other, "*"), NRV_EBUSY,
                    "a run uses the store that is written to");
        nrv__store_leave(s, false);
        assert_true(nrv__store_enter(s, true));
        nrv__store_leave(s, true);
    }
    nrv_store_free(other);
}

static void a_busy_store_is_said(void **state)
{
    nrv_store *s = ((nrv_graph *)*state)->store;
    assert_true(nrv__store_enter(s, false));
    assert_true(nrv__store_enter(s, false)); /* readers meet */
    assert_int_equal(nrv_store_save(s, "busy.safetensors", NULL), NRV_OK);
    store_fails(s, nrv_store_load(s, store_file, NULL), NRV_EBUSY, "load between runs");
    nrv__store_leave(s, false);
    assert_false(nrv__store_enter(s, true));
    nrv__store_leave(s, false);
    assert_true(nrv__store_enter(s, true));
    assert_false(nrv__store_enter(s, false));
    store_fails(s, nrv_store_save(s, "busy.safetensors", NULL), NRV_EBUSY, "save between runs");
    assert_null(nrv_param(*state, "late", NRV_F32, NRV_SHAPE(2), NRV_ONES));
    nrv__store_leave(s, true);
    graph_fails(*state, NRV_EBUSY, "'late' cannot be added");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(what_was_saved_is_loaded),      store_test(a_tensor_never_moves),
        store_test(what_does_not_fit_is_said),     store_test(missing_and_superfluous_names),
        store_test(patterns_choose_what_is_saved), store_test(names_are_translated),
        store_test(copies_between_stores),         store_test(rows_become_bytes),
        store_test(what_has_no_bytes_is_refused),  store_test(notes_travel),
        store_test(a_busy_store_is_said),          store_test(two_stores_are_free_or_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
