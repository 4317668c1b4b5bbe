/* graph_test.h - what the tests of this folder share: a store and a graph for each test, errors with their words. */
#ifndef GRAPH_TEST_H
#define GRAPH_TEST_H
#include "../../src/graph/store.h"
#include "../../src/ops/op.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static inline int graph_open(void **state)
{
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 7 });
    *state = nrv_graph_new(s, 0);
    return *state ? 0 : -1;
}

static inline int graph_close(void **state)
{
    nrv_graph *g = *state;
    nrv_store *s = g->store;
    nrv_graph_free(g);
    nrv_store_free(s);
    return 0;
}

#define graph_test(f) cmocka_unit_test_setup_teardown(f, graph_open, graph_close)

static inline void graph_is_well(const nrv_graph *g)
{
    if (nrv_graph_why(g))
        fail_msg("%s", nrv_graph_why(g));
}

/* the error has this status and says these words; the graph starts anew */
static inline void graph_fails(nrv_graph *g, nrv_status status, const char *words)
{
    const char *why = nrv_graph_why(g);
    if (!why || g->why.status != status || !strstr(why, words))
        fail_msg("wanted %s with \"%s\", got %s", nrv__status_name(status), words, why ? why : "no error");
    nrv_graph_reset(g);
}

static inline void dim_reads(nrv_graph *g, nrv_dim d, const char *text)
{
    char buf[24];
    graph_is_well(g);
    assert_string_equal(nrv__dim_text(g, d, buf), text);
}
#endif
