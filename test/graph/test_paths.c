/* test_paths.c - paths of scopes against the texts that they stand for: the same text is the same path, one is less
   than another as strcmp says; names are met once; a random draw's key is the hash of its whole name; and 10,000 scopes
   in one another, each with a draw, take memory by their number and not by its square. */
#include "graph_test.h"

enum { PATHS = 400, LONGEST = 200, DEEP = 10000 };

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

/* parts of few letters, some with bytes on either side of the dot, some with dots inside, so that many paths meet */
static const char *const parts[] = {
    "a", "b", "ab", "a-", "a0", "a.b", "b.a", ".", "a.", ".b", "\xc3\xa4", "long_part"
};

static void paths_are_their_texts(void **state)
{
    nrv_graph *g = *state;
    static char text[PATHS][LONGEST];
    nrv__path *path[PATHS] = { NULL };
    uint32_t seed = 1;
    for (int i = 1; i < PATHS; i++) {
        int from = (int)(next(&seed) % (uint32_t)i);
        const char *part = parts[next(&seed) % (sizeof parts / sizeof *parts)];
        if (strlen(text[from]) > LONGEST / 2)
            from = 0;
        strcpy(text[i], text[from]);
        strcat(strcat(text[i], *text[from] ? "." : ""), part);
        path[i] = nrv__path_down(g, path[from], part);
        graph_is_well(g);
    }
    int same = 0;
    for (int i = 0; i < PATHS; i++) {
        char shown[NRV__PATH_SHOWN];
        assert_string_equal(nrv__path_show(path[i], shown), text[i]);
        assert_string_equal(nrv__path_text(g, path[i]), text[i]);
        for (int k = 0; k < PATHS; k++) {
            int order = sign(strcmp(text[i], text[k]));
            assert_true((path[i] == path[k]) == (order == 0));
            assert_int_equal(nrv__path_less(path[i], path[k]), order < 0);
            same += i < k && order == 0;
        }
    }
    assert_true(same > 10);
}

static void long_paths_are_shown_without_their_middle(void **state)
{
    nrv_graph *g = *state;
    char want[4000] = "", part[16], shown[NRV__PATH_SHOWN], got[NRV__PATH_SHOWN];
    for (int i = 0; i < 300; i++) {
        snprintf(part, sizeof part, "%s%d", i ? "." : "", i * i);
        strcat(want, part);
        nrv_push(g, part + (i ? 1 : 0));
        size_t n = strlen(want), half = (NRV__PATH_SHOWN - 4) / 2;
        if (n < NRV__PATH_SHOWN)
            memcpy(shown, want, n + 1);
        else
            snprintf(shown, sizeof shown, "%.*s...%s", (int)half, want, want + n - half);
        assert_string_equal(nrv__path_show(nrv__scope_at(g), got), shown);
    }
    nrv_uniform(g, "", NRV_F32, NRV_SCALAR);
    const char *why = nrv_graph_why(g);
    assert_true(strstr(why, "a random op without a name\n  in    0.1.4.9.16.") && strstr(why, "...") &&
                strstr(why, ".89401\n  hint  give every random op a name of its own in its scope"));
}

static void a_draws_key_is_the_hash_of_its_whole_name(void **state)
{
    nrv_graph *g = *state;
    uint64_t key;
    assert_true(nrv__draw_key(g, "test", "top", &key) && key == nrv__hash_text(7, "||top"));
    nrv_push(g, "a.rather.long.scope.with.more.than.thirty-two.bytes");
    nrv_enter(g, &(nrv_scope){ .name = "inner", .pass = "second" });
    assert_true(nrv__draw_key(g, "test", "drop", &key));
    assert_true(key == nrv__hash_text(7, "a.rather.long.scope.with.more.than.thirty-two.bytes.inner|second|drop"));
    nrv_store *other = nrv_store_new(&(nrv_store_opt){ .seed = 8 }); /* its file brings the seed along */
    assert_int_equal(nrv_store_save(other, "seed8.safetensors", "*"), NRV_OK);
    nrv_store_free(other);
    nrv_enter(g, &(nrv_scope){ .pass = "third" });
    assert_int_equal(nrv_store_load(g->store, "seed8.safetensors", NULL), NRV_OK);
    assert_true(nrv__draw_key(g, "test", "drop", &key));
    assert_true(key == nrv__hash_text(8, "a.rather.long.scope.with.more.than.thirty-two.bytes.inner|third|drop"));
    graph_is_well(g);
}

/* after many of them, too; a param and a local of one name are two variables */
static void names_are_met_once(void **state)
{
    nrv_graph *g = *state;
    char name[24];
    nrv_tensor one = nrv_fill(g, NRV_F32, NRV_SCALAR, 1);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 1000; i++) {
            snprintf(name, sizeof name, "n%d", i);
            assert_non_null(nrv_input(g, name, NRV_F32, NRV_SCALAR));
            nrv_tensor local = nrv_local(g, name, NRV_F32, NRV_SCALAR, 0);
            assert_ptr_equal(nrv_local(g, name, NRV_F32, NRV_SCALAR, 0), local);
            assert_non_null(nrv_uniform(g, name, NRV_F32, NRV_SCALAR));
            nrv_output(g, name, one);
            nrv_assign(g, local, one);
            nrv_assign(g, nrv_state(g, name, NRV_F32, NRV_SCALAR, 0), one);
        }
        graph_is_well(g);
        if (round == 0)
            nrv_input(g, "n500", NRV_F64, NRV_SHAPE(2)), graph_fails(g, NRV_ENAME, "two inputs named 'n500'");
        else if (round == 1)
            nrv_local(g, "n500", NRV_F32, NRV_SCALAR, 1), graph_fails(g, NRV_ENAME, "local 'n500' is asked for twice");
        else if (round == 2)
            nrv_uniform(g, "n500", NRV_F32, NRV_SHAPE(3)), graph_fails(g, NRV_ENAME, "two random ops named 'n500'");
        else if (round == 3)
            nrv_output(g, "n500", one), graph_fails(g, NRV_ENAME, "two outputs named 'n500'");
        else
            nrv_assign(g, nrv_local(g, "n500", NRV_F32, NRV_SCALAR, 0), one),
                graph_fails(g, NRV_EARG, "assign: 'n500' is assigned twice");
        one = nrv_fill(g, NRV_F32, NRV_SCALAR, 1);
    }
}

typedef struct counted {
    size_t live, most;
} counted;

static void *count(void *user, void *p, size_t old, size_t want)
{
    counted *c = user;
    c->live += want - old;
    c->most = c->live > c->most ? c->live : c->most;
    if (want)
        return realloc(p, want);
    free(p);
    return NULL;
}

static size_t nested(int deep)
{
    counted c = { 0, 0 };
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = count, .user = &c });
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(4));
    for (int i = 0; i < deep; i++) {
        nrv_push(g, "block");
        x = nrv_dropout(nrv_sin(x), "drop", 0.5);
        nrv_push(g, "side"); /* a neighbour, so that a path is not always the one before and a part */
        x = nrv_add(x, nrv_exp(x));
        nrv_pop(g);
    }
    for (int i = 0; i < deep; i++)
        nrv_pop(g);
    graph_is_well(g);
    nrv_graph_free(g);
    nrv_store_free(s);
    return c.most;
}

static void deep_scopes_take_linear_memory(void **state)
{
    (void)state;
    size_t few = nested(DEEP / 10), many = nested(DEEP);
    if (many > 20 * few) /* ten times as many; arrays double */
        fail_msg("%d scopes: %zu bytes, %d: %zu", DEEP / 10, few, DEEP, many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(paths_are_their_texts),
        graph_test(long_paths_are_shown_without_their_middle),
        graph_test(a_draws_key_is_the_hash_of_its_whole_name),
        graph_test(names_are_met_once),
        cmocka_unit_test(deep_scopes_take_linear_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
