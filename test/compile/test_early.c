/* What frees memory sooner: the gradients of weights are taken on the way back and not behind it, programs are not cut
   for that, and the results are the same bits. */
#include "outcome.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LAYERS = 6, WIDE = 16, MANY = 500 };
static float input[MANY * WIDE];

/* a step of as many layers: by name the first layer comes first, whose gradient is known last */
static nrv_graph *deep(nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(MANY, WIDE));
    for (int i = 0; i < LAYERS; i++) {
        nrv_push_i(g, "l", i);
        x = nrv_tanh(nrv_linear(x, "fc", WIDE, NULL));
        nrv_pop(g);
    }
    nrv_tensor loss = nrv_mean_all(nrv_square(x));
    nrv_list p = nrv_params(g, "*");
    nrv_output(g, "loss", loss);
    nrv_assign_all(p, nrv_sgd(p, nrv_grads(loss, p), NULL));
    return g;
}

static void gradients_of_weights_do_not_wait(void **state)
{
    (void)state;
    for (int i = 0; i < MANY * WIDE; i++)
        input[i] = (float)(i % 17) / 17;
    outcome early = outcome_of(deep, input, sizeof input, NULL), late = outcome_of(deep, input, sizeof input, "early");
#ifndef NRV__TINY /* there, values are placed with little care */
    assert_true((double)early.workspace < 0.7 * (double)late.workspace);
#endif
    assert_true(early.programs <= late.programs);
    assert_memory_equal(&early.loss, &late.loss, sizeof early.loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_weights_do_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
