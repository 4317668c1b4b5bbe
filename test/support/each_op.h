/* each_op.h - one cmocka test for every op of the registry, so that a new op's file is tested without a word here.

   NERVO_OPS="softmax relu" in the environment asks for these alone, as tools/mutate.py does; ctest clears it. */
#ifndef TEST_SUPPORT_EACH_OP_H
#define TEST_SUPPORT_EACH_OP_H
#include "cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static inline bool each_op_asked(const char *name)
{
    const char *asked = getenv("NERVO_OPS");
    const size_t n = strlen(name);
    if (!asked || !*asked)
        return true;
    for (const char *at = asked; (at = strstr(at, name)); at += n)
        if ((at == asked || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

static inline int each_op(const char *group, void (*test)(void **state))
{
    size_t all = 0, n = 0;
    while (nrv__ops[all])
        all++;
    struct CMUnitTest *tests = (struct CMUnitTest *)calloc(all + 1, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < all; i++) {
        const void *op = nrv__ops[i];
        if (!each_op_asked(nrv__ops[i]->name))
            continue;
        tests[n].name = nrv__ops[i]->name;
        tests[n].test_func = test;
        memcpy(&tests[n++].initial_state, &op, sizeof op);
    }
    int failed = _cmocka_run_group_tests(group, tests, n, NULL, NULL);
    free(tests);
    return failed;
}

/* the i-th case of the op, read; NULL after the last. Fails the test where the text makes no sense */
static inline bool each_case(const nrv__opdef *op, int i, nrv_dtype real, op_case *c)
{
    const int most = (int)(sizeof op->test / sizeof op->test[0]);
    if (i >= most || !op->test[i])
        return false;
    if (!case_read(c, op, op->test[i], real))
        fail_msg("%s, case \"%s\": %s", op->name, op->test[i], c->wrong);
    return true;
}

/* fails with the numbers, and with the program that shows them */
#define case_fails(c, ...)            \
    do {                              \
        fprintf(stderr, "    ");      \
        fprintf(stderr, __VA_ARGS__); \
        fprintf(stderr, "\n");        \
        case_reproduce((c), stderr);  \
        fail();                       \
    } while (0)
#endif
