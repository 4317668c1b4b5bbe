/* test_refusals.c - the whole message of every bad call that stands in a record: which op, which numbers, where, and
   what to do instead. What a record lists as "CASE => MESSAGE" is traced in the scope `here`, with float32 for inputs
   that name no type; the message's lines are joined by " | ". Some calls are refused only when they see the values.
   Does not do: look for calls that should be refused and are not - test_refuse.c tries those. */
#include "support/each_op.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSALS_ROOM = 2048 };

/* lines joined, runs of spaces made one */
static void refusals_joined(const char *why, char *to)
{
    size_t n = 0;
    for (const char *p = why; *p && n + 4 < REFUSALS_ROOM; p++) {
        if (*p == '\n') {
            n -= n && to[n - 1] == ' ';
            memcpy(to + n, " | ", 3);
            n += 3;
        } else if (*p != ' ' || (n && to[n - 1] != ' ')) {
            to[n++] = *p;
        }
    }
    to[n] = 0;
}

static void refusals_of(const op_case *c, char *to)
{
    case_graph t = case_trace_inputs(c, 0);
    nrv_push(t.g, "here");
    nrv_tensor y = case_make(c, t.g, t.x);
    nrv_pop(t.g);
    int64_t n = 0;
    free(case_value(y, &n));
    const char *why = nrv_graph_why(t.g);
    refusals_joined(why ? why : "it is taken", to);
    case_graph_free(&t);
}

static void in_these_words(void **state)
{
    const nrv__opdef *op = *state;
    char text[1024], got[REFUSALS_ROOM];
    for (size_t i = 0; i < sizeof op->refuse / sizeof *op->refuse && op->refuse[i]; i++) {
        const char *arrow = strstr(op->refuse[i], " => ");
        if (!arrow || arrow - op->refuse[i] >= (ptrdiff_t)sizeof text)
            fail_msg("%s: CASE => MESSAGE is wanted, not \"%s\"", op->name, op->refuse[i]);
        memcpy(text, op->refuse[i], (size_t)(arrow - op->refuse[i]));
        text[arrow - op->refuse[i]] = 0;
        op_case c;
        if (!case_read(&c, op, text, NRV_F32))
            fail_msg("%s, case \"%s\": %s", op->name, text, c.wrong);
        refusals_of(&c, got);
        if (strcmp(got, arrow + 4) != 0)
            fail_msg("%s: the message differs\n  call   %s\n  wanted %s\n  got    %s", op->name, text, arrow + 4, got);
        case_free(&c);
    }
}

/* an op that lists fewer than two bad calls takes whatever it is given */
static void or_takes_anything(void **state)
{
    static const nrv_dtype type[] = { NRV_F32, NRV_F16, NRV_I64, NRV_U8, NRV_BOOL };
    static const nrv_shape shape[] = { { 0, { 0 } }, { 1, { 0 } }, { 8, { 2, 1, 1, 1, 1, 1, 1, 3 } } };
    const nrv__opdef *op = *state;
    op_case c;
    if (op->refuse[1] || !each_case(op, 0, NRV_F32, &c))
        return;
    for (int i = 0; i < 15; i++) {
        case_graph t = case_trace_inputs(&c, 0);
        for (int k = 0; k < c.n_x; k++)
            t.x[k] = nrv_fill(t.g, type[i % 5], shape[i / 5], 1);
        if (!case_make(&c, t.g, t.x))
            fail_msg("%s lists fewer than two bad calls, and refuses: %s", op->name, nrv_graph_why(t.g));
        case_graph_free(&t);
    }
    case_free(&c);
}

/* more elements than any case can have */
static void places_are_counted_before_they_are_told(void **state)
{
    const nrv_dim most = INT32_MAX;
    (void)state;
    for (int more = 0; more < 2; more++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv__case c = { .g = g, .n_x = 2, .n_arg = 1, .arg = { { "count", "3" } } };
        c.x[0] = nrv_input(g, "x", NRV_F32, NRV_SHAPE(most + more));
        c.x[1] = nrv_input(g, "s", NRV_I64, NRV_SHAPE(most + more));
        nrv_tensor y = nrv__op_find("segment_argmax", strlen("segment_argmax"))->make(&c);
        assert_true(more ? !y : y != NULL);
        if (more)
            assert_string_equal(nrv_graph_why(g), "segment_argmax: axis 0 has 2147483648 elements\n"
                                                  "  input 0: input f32 [2147483648] x\n"
                                                  "  input 1: input i64 [2147483648] s\n"
                                                  "  hint  places are i32, so up to 2^31 - 1");
        nrv_graph_reset(g);
        assert_true(nrv_iota(g, NRV_I64, most + more) != NULL);
        assert_true(!nrv_iota(g, NRV_I32, most + more) == (more == 1));
        if (more)
            assert_string_equal(nrv_graph_why(g), "iota: 2147483648 numbers of i32\n  hint  NRV_I64 holds more");
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(places_are_counted_before_they_are_told) };
    return each_op("refused in these words", in_these_words) + each_op("or takes anything", or_takes_anything) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
