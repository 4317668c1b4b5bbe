/* What is cheap to compute again is not kept over the worst moment: less memory, little more work, the same loss; what
   only products could give again is left as it is. */
#include "outcome.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LAYERS = 6, IMAGES = 32, CHANNELS = 24, SIDE = 8, ALL = IMAGES * CHANNELS * SIDE * SIDE };
static float input[ALL];

typedef nrv_tensor layer(nrv_tensor x);

/* the gradients read what the convolution gave, and what comes behind the normalisation, which follows from it */
static nrv_tensor normed(nrv_tensor x)
{
    nrv_tensor y = nrv_conv2d(x, "c", CHANNELS, 3, &(nrv_conv_opt){ .pad = 1, .no_bias = 1 });
    return nrv_relu(nrv_batch_norm(y, "n", NULL));
}

/* the sign of what is behind it is all that the slope needs */
static nrv_tensor plain(nrv_tensor x)
{
    return nrv_relu(nrv_conv2d(x, "c", CHANNELS, 3, &(nrv_conv_opt){ .pad = 1, .no_bias = 1 }));
}

static nrv_graph *deep(nrv_store *s, layer *of)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(IMAGES, CHANNELS, SIDE, SIDE));
    for (int i = 0; i < LAYERS; i++) {
        nrv_push_i(g, "l", i);
        x = of(x);
        nrv_pop(g);
    }
    nrv_tensor loss = nrv_mean_all(nrv_square(x));
    nrv_list p = nrv_params(g, "*");
    nrv_output(g, "loss", loss);
    nrv_assign_all(p, nrv_sgd(p, nrv_grads(loss, p), NULL));
    return g;
}

static nrv_graph *normed_net(nrv_store *s)
{
    return deep(s, normed);
}

static nrv_graph *plain_net(nrv_store *s)
{
    return deep(s, plain);
}

static void what_follows_from_what_is_kept_is_computed_again(void **state)
{
    (void)state;
    outcome spared = outcome_of(normed_net, input, sizeof input, NULL),
            kept = outcome_of(normed_net, input, sizeof input, "spare");
#ifndef NRV__TINY /* there, values are placed with little care */
    assert_true((double)spared.workspace <= (double)kept.workspace - .9 * sizeof input);
#endif
    assert_int_equal(spared.macs, kept.macs);
    assert_true(spared.points > kept.points);
    assert_memory_equal(&spared.loss, &kept.loss, sizeof spared.loss);
}

static void nothing_is_computed_again_where_that_would_take_a_product(void **state)
{
    (void)state;
    outcome spared = outcome_of(plain_net, input, sizeof input, NULL),
            kept = outcome_of(plain_net, input, sizeof input, "spare");
    assert_int_equal(spared.workspace, kept.workspace);
    assert_int_equal(spared.macs, kept.macs);
    assert_int_equal(spared.points, kept.points);
}

int main(void)
{
    for (int i = 0; i < ALL; i++)
        input[i] = (float)(i % 17 - 8) / 17;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_from_what_is_kept_is_computed_again),
        cmocka_unit_test(nothing_is_computed_again_where_that_would_take_a_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
