/* test_csv.c - tables: quoting, separators, guessed targets, and errors that name line, row and column. */
#include "../../src/data/data.h"
#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static nrv_status read_csv(const char *text, const char *target, nrv__target kind, nrv__table *t, nrv__why *why)
{
    memset(why, 0, sizeof *why);
    return nrv__csv_read(NULL, "data.csv", text, strlen(text), target, kind, t, why);
}

static void a_text_target_becomes_sorted_classes(void **state)
{
    (void)state;
    nrv__table t;
    nrv__why why;
    assert_int_equal(read_csv("a,kind,b\n1,pear,-2\n .5 , fig,1e2\n3,pear,4\n", "kind", NRV__TARGET_GUESS, &t, &why),
                     0);
    const float x[] = { 1, -2, 0.5f, 100, 3, 4 };
    const int32_t label[] = { 1, 0, 1 };
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.features, 2);
    assert_string_equal(t.feature[0], "a");
    assert_string_equal(t.feature[1], "b");
    assert_string_equal(t.target, "kind");
    assert_memory_equal(t.x, x, sizeof x);
    assert_int_equal(t.classes, 2);
    assert_string_equal(t.class_name[0], "fig");
    assert_string_equal(t.class_name[1], "pear");
    assert_memory_equal(t.label, label, sizeof label);
    assert_null(t.y);
    nrv__table_free(&t);
}

static void a_numeric_target_is_values_unless_classes_are_asked_for(void **state)
{
    (void)state;
    static const char text[] = "x,y\r\n1,10\r\n2,9\r\n3,10.0\r\n4,-1";
    const float y[] = { 10, 9, 10, -1 };
    const int32_t label[] = { 2, 1, 2, 0 };
    nrv__table t;
    nrv__why why;
    assert_int_equal(read_csv(text, NULL, NRV__TARGET_GUESS, &t, &why), NRV_OK);
    assert_int_equal(t.rows, 4);
    assert_int_equal(t.classes, 0);
    assert_null(t.label);
    assert_memory_equal(t.y, y, sizeof y);
    nrv__table_free(&t);
    assert_int_equal(read_csv(text, NULL, NRV__TARGET_CLASSES, &t, &why), NRV_OK);
    assert_int_equal(t.classes, 3); /* 10 and 10.0 are one */
    assert_string_equal(t.class_name[0], "-1");
    assert_string_equal(t.class_name[1], "9");
    assert_string_equal(t.class_name[2], "10");
    assert_memory_equal(t.label, label, sizeof label);
    nrv__table_free(&t);
}

static void quotes_separators_and_line_ends(void **state)
{
    (void)state;
    nrv__table t;
    nrv__why why;
    assert_int_equal(
        read_csv("\xEF\xBB\xBF\"a,b\";\"say \"\"hi\"\"\";y\r\n\"1\";2;\"p\nq\"\r\n\r\n3;4;r;\n", NULL, 0, &t, &why),
        NRV_EFORMAT);
    assert_non_null(strstr(why.text, "line 5 (row 2)")); /* the quoted line end and the empty line both count */
    assert_int_equal(
        read_csv("\xEF\xBB\xBF\"a,b\";\"say \"\"hi\"\"\";y\r\n\"1\";2;\"p\nq\"\r\n\r\n3;4;r", NULL, 0, &t, &why),
        NRV_OK);
    assert_string_equal(t.feature[0], "a,b");
    assert_string_equal(t.feature[1], "say \"hi\"");
    assert_int_equal(t.rows, 2);
    assert_string_equal(t.class_name[0], "p\nq");
    assert_true(t.x[3] == 4);
    nrv__table_free(&t);
    assert_int_equal(read_csv("\tx\ty\n0\t1\t2\n", NULL, 0, &t, &why), NRV_OK);
    assert_string_equal(t.feature[0], "column 1");
    assert_true(t.y[0] == 2);
    nrv__table_free(&t);
}

static void errors_name_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *target;
        nrv__target kind;
        nrv_status status;
        const char *says[3];
    } cases[] = {
        { "", NULL, 0, NRV_EFORMAT, { "data.csv is empty" } },
        { "\n\n", NULL, 0, NRV_EFORMAT, { "data.csv is empty" } },
        { "a,b\n", NULL, 0, NRV_EFORMAT, { "no rows" } },
        { "a\n1\n", NULL, 0, NRV_EFORMAT, { "only one column" } },
        { "1,2\n3,4\n", NULL, 0, NRV_EFORMAT, { "line 1", "names of the columns" } },
        { "a,b\n1,2\n3\n", NULL, 0, NRV_EFORMAT, { "line 3 (row 2)", "1 cells of 2", "'b' is missing" } },
        { "a,b\n1,2\n3,4,5\n", NULL, 0, NRV_EFORMAT, { "line 3 (row 2)", "more than 2 cells", "'b'" } },
        { "a,b\n1,2\n,4\n", NULL, 0, NRV_EVALUE, { "line 3 (row 2), column 'a'", "empty" } },
        { "a,b\n1,2\n3, \n", NULL, 0, NRV_EVALUE, { "line 3 (row 2), column 'b'", "empty" } },
        { "a,b\nx,2\n", NULL, 0, NRV_EVALUE, { "line 2 (row 1), column 'a'", "not a number", "'x'" } },
        { "a,b\n1,2\n3,NA\n", NULL, 0, NRV_EVALUE, { "line 3 (row 2), column 'b'", "not a number", "'NA'" } },
        { "a,b\n1,x\n", NULL, NRV__TARGET_VALUES, NRV_EVALUE, { "column 'b'", "not a number" } },
        { "a,b\n1e39,2\n", NULL, 0, NRV_EVALUE, { "column 'a'", "too large" } },
        { "a,b\nnan,2\n", NULL, 0, NRV_EVALUE, { "column 'a'", "not a number" } },
        { "a,b\n1,x\n2,x\n", NULL, 0, NRV_EVALUE, { "one class only", "'x'", "'b'" } },
        { "a,b\n1,2\n2,2.0\n", NULL, NRV__TARGET_CLASSES, NRV_EVALUE, { "one class only", "'2'" } },
        { "a,b\n1,x\n2,\n", NULL, 0, NRV_EVALUE, { "line 3 (row 2), column 'b'", "empty" } },
        { "a,species\n1,x\n",
          "specis",
          0,
          NRV_ENAME,
          { "no column 'specis'", "did you mean 'species'", "a, species" } },
        { "a,a,b\n1,2,3\n", "a", 0, NRV_ENAME, { "more than one column 'a'" } },
        { "a,b\n1,\"x\n", NULL, 0, NRV_EFORMAT, { "line 2", "closing quote is missing" } },
        { "a,b\n1,\"x\"y\n", NULL, 0, NRV_EFORMAT, { "line 2", "follows the closing quote" } },
        { "a,b\n1,caf\xE9\n2,x\n", NULL, 0, NRV_EFORMAT, { "line 2", "UTF-8", "iconv" } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nrv__table t;
        nrv__why why;
        nrv_status status = read_csv(cases[i].text, cases[i].target, cases[i].kind, &t, &why);
        if (status != cases[i].status)
            fail_msg("case %d: status %d, %s", (int)i, (int)status, why.text);
        assert_non_null(strstr(why.text, "data.csv"));
        for (int k = 0; k < 3 && cases[i].says[k]; k++)
            if (!strstr(why.text, cases[i].says[k]))
                fail_msg("'%s' does not say '%s'", why.text, cases[i].says[k]);
    }
    nrv__table t;
    nrv__why why = { 0 };
    assert_int_equal(nrv__csv_read(NULL, "data.csv", "a,b\n1,\0\n", 8, NULL, 0, &t, &why), NRV_EFORMAT);
    assert_non_null(strstr(why.text, "not text"));
}

static void many_classes_keep_their_labels(void **state)
{
    (void)state;
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__table t;
    nrv__why why = { 0 };
    nrv__text_add(&text, "x,y\n");
    for (int i = 0; i < 3000; i++)
        nrv__text_add(&text, "%d,c%04d\n", i, (i * 7919) % 1000);
    assert_int_equal(nrv__csv_read(NULL, "many", text.at, text.n, NULL, 0, &t, &why), NRV_OK);
    assert_int_equal(t.rows, 3000);
    assert_int_equal(t.classes, 1000);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(t.label[i], (i * 7919) % 1000);
    nrv__table_free(&t);
    nrv__text_free(&text);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char text[] =
        ",b,\"ki\"\"nd\"\n1,2,pear\n3,4,\"f,ig\"\n5,6,plum\n7,8,kiwi\n9,10,date\n1,1,lime\n2,2,nut\n"
        "3,3,aa\n4,4,bb\n5,5,cc\n";
    bool done = false;
    for (long k = 1; !done; k++) {
        failing f = { .fail_at = k };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { 0 };
        nrv__table t;
        nrv_status status = nrv__csv_read(&m, "x", text, sizeof text - 1, NULL, 0, &t, &why);
        done = status == NRV_OK;
        assert_true(done || status == NRV_ENOMEM);
        assert_true(done == (f.calls < k));
        nrv__table_free(&t);
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_target_becomes_sorted_classes),
        cmocka_unit_test(a_numeric_target_is_values_unless_classes_are_asked_for),
        cmocka_unit_test(quotes_separators_and_line_ends),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(many_classes_keep_their_labels),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
