/* shown.h - what programs that the fuzzer prints stand on, so that they are short: gcc -I. -Iinclude FILE libnervo.a
   -lm -pthread, in the root of the tree.

   A program makes a tensor of one number t. shown_ways prints one element of it evaluated node by node, compiled, and
   compiled without optimising; shown_slope the slope of a scalar by t, and its gradient. */
#ifndef TEST_FUZZ_SHOWN_H
#define TEST_FUZZ_SHOWN_H
#include "src/ops/op.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define nan NAN /* as printf writes them */
#define inf INFINITY

typedef nrv_tensor shown_program(nrv_graph *g, nrv_tensor t);

/* how: NULL eagerly, else compiled without that; gradient: the gradient by t instead */
static inline double shown_value(shown_program *p, nrv_dtype type, const char *how, double at, bool gradient,
                                 int64_t element)
{
    char t[8], value[8];
    double y = 0;
    nrv__from_double(t, type, &at, 1);
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_input(g, "t", type, NRV_SCALAR);
    nrv_feed(x, t, nrv__dtype_size(type));
    nrv_tensor z = p(g, x);
    if (gradient)
        nrv_grad(z, NULL, 1, &x, &z);
    z = nrv_slice(nrv_reshape(z, NRV_SHAPE(NRV_SAME)), 0, element, 1);
    nrv_output(g, "z", z);
    nrv_plan *plan = how ? nrv_compile(g, &(nrv_compile_opt){ .without = how }) : NULL;
    nrv_exec *e = how ? nrv_exec_new(plan, s, NULL) : NULL;
    nrv_bind_in(e, "t", t, nrv__dtype_size(type));
    nrv_bind_out(e, "z", value, nrv__dtype_size(type));
    if (how ? nrv_run(e) : nrv_eval(z, value, nrv__dtype_size(type)))
        puts(how ? nrv_why(e) : nrv_graph_why(g));
    else
        nrv__to_double(&y, value, type, 1);
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    nrv_store_free(s);
    return y;
}

static inline int shown_ways(shown_program *p, nrv_dtype type, int64_t element)
{
    printf("eager %.12g, compiled %.12g, not optimised %.12g\n", shown_value(p, type, NULL, 0, false, element),
           shown_value(p, type, "", 0, false, element), shown_value(p, type, "*", 0, false, element));
    return 0;
}

static inline int shown_slope(shown_program *p, nrv_dtype type)
{
    double up = shown_value(p, type, "", 1e-6, false, 0), down = shown_value(p, type, "", -1e-6, false, 0);
    printf("slope %.12g, gradient %.12g\n", (up - down) / 2e-6, shown_value(p, type, "", 0, true, 0));
    return 0;
}
#endif
