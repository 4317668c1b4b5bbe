/* test_print.c - a plan with blocks as text: what a loop is given, carries and leaves, and the steps of its inside. */
#include "nervo.h"
#include "support/printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* a scan from the end with a choice in each turn; a while that halves */
static void trace(nrv_graph *g)
{
    nrv_dim T = nrv_size(g, "T", 1, 9);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(T, 3)), h0 = nrv_input(g, "h", NRV_F32, NRV_SHAPE(3));
    nrv_tensor w = nrv_input(g, "w", NRV_F32, NRV_SHAPE(3, 3)), one = nrv_fill(g, NRV_F32, NRV_SCALAR, 1);
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .reverse = 1 });
    nrv_tensor xt = nrv_each(b, x), h = nrv_carry(b, h0);
    nrv_block *i = nrv_if(g, nrv_less(nrv_sum_all(xt), nrv_sum_all(h)));
    nrv_tensor yes = nrv_matmul(h, w);
    nrv_else(i);
    nrv_tensor no = nrv_exp(nrv_mul(h, xt));
    nrv_end(i);
    nrv_tensor y = nrv_either(i, yes, no);
    nrv_next(b, h, y);
    nrv_end(b);
    nrv_block *until = nrv_while(g, 50);
    nrv_tensor c = nrv_carry(until, nrv_last(b, h));
    nrv_until(until, nrv_less(nrv_sum_all(c), one));
    nrv_next(until, c, nrv_mul_c(c, 0.5));
    nrv_end(until);
    nrv_output(g, "all", nrv_stacked(b, y));
    nrv_output(g, "half", nrv_last(until, c));
}

static const char *const golden =
    "plan   3 steps, 7 values, ref kernels\n"
    "size   T 1..9, printed for 9\n"
    "work   81 multiply-adds, 440 other element operations\n"
    "   0  sum  net\n"
    "      in  %0 f32[T, 3] input\n"
    "      out %1 f32[T] work\n"
    "      * reference: the only one at this tier\n"
    "   1  scan  net\n"
    "      in  %0 f32[T, 3] input\n"
    "      in  %2 f32[3] input\n"
    "      in  %1 f32[T] work\n"
    "      in  %3 f32[3, 3] input\n"
    "      read 1 %5 f32[T, 3] work, each turn %9\n"
    "      carry 0 from given 1, next %9, last %4 outside\n"
    "      T turns, the last first\n"
    "           0  sum  net\n"
    "              in  %4 f32[3] carry 0\n"
    "              out %6 f32[] work\n"
    "              * reference: the only one at this tier\n"
    "           1  tiles  net\n"
    "              r0 = load %5 f32[] row 2\n"
    "              r1 = load %6 f32[] work\n"
    "              r2 = less r0, r1  (ref)  -> %7 bool[] work\n"
    "           2  if  net\n"
    "              in  %7 bool[] work\n"
    "              in  %4 f32[3] carry 0\n"
    "              in  %3 f32[3, 3] given 3\n"
    "              in  %8 f32[3] row 0\n"
    "              read 0 %9 f32[3] work as row of what is read 1, then %7, else %4\n"
    "              then\n"
    "                   0  matmul  net\n"
    "                      in  %4 f32[1, 3] view reshape of %1\n"
    "                      in  %2 f32[3, 3] given 2\n"
    "                      out %5 f32[1, 3] work\n"
    "                      * reference: the only one at this tier\n"
    "                   1  copy  net\n"
    "                      in  %6 f32[3] view reshape of %5\n"
    "                      out %7 f32[3] work as row of what is read 0\n"
    "                      * reference: the only one at this tier\n"
    "              else\n"
    "                   0  tiles  net\n"
    "                      r0 = load %1 f32[3] given 1\n"
    "                      r1 = load %3 f32[3] given 3\n"
    "                      r2 = mul r0, r1  (ref)\n"
    "                      r3 = exp r2  (ref)  -> %4 f32[3] work as row of what is read 0\n"
    "   2  while  net\n"
    "      in  %4 f32[3] work\n"
    "      carry 0 from given 0, next %4, last %6 outside\n"
    "      until %3, at most 50 turns\n"
    "           0  sum  net\n"
    "              in  %1 f32[3] carry 0\n"
    "              out %2 f32[] work\n"
    "              * reference: the only one at this tier\n"
    "           1  tiles  net\n"
    "              r0 = load %2 f32[] work\n"
    "              r1 = 1\n"
    "              r2 = less r0, r1  (ref)  -> %3 bool[] work\n"
    "           2  tiles  net\n"
    "              r0 = load %1 f32[3] carry 0\n"
    "              r1 = 0.5\n"
    "              r2 = mul r0, r1  (ref)  -> %4 f32[3] work\n"
    "output all: %5\n"
    "output half: %6\n";

static void a_plan_shows_what_its_loops_do(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_push(g, "net");
    trace(g);
    nrv_pop(g);
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .cpu = "ref" });
    char *text = printed(p);
    char *memory = strstr(text, "memory "), *after = memory ? strchr(memory, '\n') : NULL;
    assert_non_null(after); /* bytes are of this build: test/run/test_cost.c holds them to what an exec asks for */
    memmove(memory, after + 1, strlen(after));
    assert_string_equal(text, golden);
    free(text);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_plan_shows_what_its_loops_do) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
