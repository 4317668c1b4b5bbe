/* 11 as a program: each class is a stretch of lines that carry current; the loss must come down, and something must
 * fire */
#include <math.h>
#include "../programs/11_snn.c"
#include "stand_in.h"
enum { LINES = 700, MOST_TURNS = 12, MOST_CASES = 8 };
int main(void)
{
    static float x[MOST_TURNS * MOST_CASES * LINES];
    static int32_t t[MOST_CASES];
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float loss = 0, rate = 0, first = 0;
    nrv_bind_out(e, "loss", &loss, sizeof loss), nrv_bind_out(e, "firing_rate", &rate, sizeof rate);
    for (int turn = 0; turn < 2; turn++) {
        const int turns = turn ? MOST_TURNS : 5, cases = turn ? MOST_CASES : 3;
        for (int i = 0; i < turns * cases * LINES; i++)
            x[i] = i % LINES / 35 == i / LINES % cases ? 3.0f : 0.0f;
        for (int i = 0; i < cases; i++)
            t[i] = i;
        nrv_set_size(e, "T", turns), nrv_set_size(e, "B", cases);
        nrv_bind_in(e, "x", x, (size_t)(turns * cases * LINES) * sizeof *x);
        nrv_bind_in(e, "t", t, (size_t)cases * sizeof *t);
        for (int i = 0; i < 30; i++) {
            STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
            first = i ? first : loss;
        }
        STAND_IN_CHECK(isfinite(loss) && loss < 0.9f * first, "the loss did not come down");
        STAND_IN_CHECK(rate > 0 && rate < 1, "nothing fires, or everything");
        printf("%d turns: loss %.3f, at first %.3f, rate %.3f\n", turns, (double)loss, (double)first, (double)rate);
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return 0;
}
