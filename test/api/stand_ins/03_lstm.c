/* 03 with some windows of a text of few letters in the place of ten epochs: the state is carried from window to window,
   the mask keeps it where a sequence has ended, and sampling turns one letter into the next */
#define main program_main
#include "../programs/03_lstm.c"
#undef main
#include <math.h>
#include "stand_in.h"
enum { LONG = 12, WIDE = 3 };
static int train(nrv_store *s)
{
    static int32_t text[(LONG + 1) * WIDE], len[WIDE] = { LONG, LONG / 2, 1 };
    nrv_plan *p = trace_train(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float loss = 0, first = 0;
    for (int i = 0; i < (LONG + 1) * WIDE; i++)
        text[i] = i / WIDE % 4;
    nrv_set_size(e, "T", LONG), nrv_set_size(e, "B", WIDE);
    nrv_bind_in(e, "text", text, sizeof text), nrv_bind_in(e, "len", len, sizeof len);
    nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (int i = 0; i < 15; i++) {
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
        first = i ? first : loss;
    }
    STAND_IN_CHECK(isfinite(loss) && loss < 0.9f * first, "the loss did not come down");
    printf("loss %.3f, at first %.3f\n", (double)loss, (double)first);
    nrv_exec_free(e);
    nrv_plan_free(p);
    return 0;
}
static int sample(nrv_store *s)
{
    nrv_plan *p = trace_sample(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    int32_t id = 0;
    nrv_bind_in(e, "id", &id, sizeof id), nrv_bind_out(e, "next", &id, sizeof id);
    for (int i = 0; i < 10; i++) {
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
        STAND_IN_CHECK(id >= 0 && id < V, "a letter that there is not");
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    return 0;
}
/* reading both ways: the backward half of a sequence of one letter is what a single letter gives */
static int both_ways(nrv_store *s)
{
    static const int32_t length[2] = { 1, 2 };
    float *x = stand_in_floats(2 * 2 * E), y[2 * 2 * 2 * H];
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor mask = nrv_mask_of_lengths(nrv_constant(g, NRV_I32, NRV_SHAPE(2), length), 2);
    nrv_tensor in = nrv_constant(g, NRV_F32, NRV_SHAPE(2, 2, E), x);
    nrv_tensor out = bidirectional(in, nrv_reshape(mask, NRV_SHAPE(2, 2, 1)), 2);
    STAND_IN_CHECK(nrv_eval(out, y, sizeof y) == NRV_OK, nrv_graph_why(g));
    for (int k = 0; k < H; k++) {
        STAND_IN_CHECK(y[4 * H + k] == y[k], "forward: the state moved after the end");
        STAND_IN_CHECK(y[4 * H + H + k] == 0, "backward: the state moved before the beginning");
    }
    STAND_IN_CHECK(y[0] != 0 && y[H] != 0, "nothing was read");
    nrv_graph_free(g);
    free(x);
    return 0;
}
int main(void)
{
    nrv_store *s = nrv_store_new(NULL);
    int failed = train(s) || sample(s) || both_ways(s);
    nrv_store_free(s);
    return failed;
}
