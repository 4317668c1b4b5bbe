/* 07 as a program: sines of several sizes are the tasks; after some meta-steps two inner ones must lead further down */
#include <math.h>
#include "../programs/07_maml.c"
#include "stand_in.h"
enum { MOST_TASKS = 6, MOST_SHOTS = 5 };
int main(void)
{
    static float xs[MOST_TASKS * MOST_SHOTS], ys[MOST_TASKS * MOST_SHOTS], xq[MOST_TASKS * MOST_SHOTS],
        yq[MOST_TASKS * MOST_SHOTS];
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float loss = 0, first = 0;
    nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (int turn = 0; turn < 2; turn++) {
        const int64_t m = turn ? MOST_TASKS : 2, k = turn ? MOST_SHOTS : 3;
        const size_t bytes = (size_t)(m * k) * sizeof *xs;
        for (int64_t i = 0; i < m * k; i++) {
            const double size = 1 + 0.5 * (double)(i / k), x = -4 + 8 * (double)(i % k) / (double)k;
            xs[i] = (float)x, ys[i] = (float)(size * sin(x));
            xq[i] = (float)(x + 0.7), yq[i] = (float)(size * sin(x + 0.7));
        }
        nrv_set_size(e, "tasks", m), nrv_set_size(e, "shots", k);
        nrv_bind_in(e, "xs", xs, bytes), nrv_bind_in(e, "ys", ys, bytes);
        nrv_bind_in(e, "xq", xq, bytes), nrv_bind_in(e, "yq", yq, bytes);
        for (int i = 0; i < 100; i++) {
            STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
            first = i ? first : loss;
        }
        STAND_IN_CHECK(isfinite(loss) && loss < 0.7f * first, "the loss did not come down");
        printf("%d tasks, %d shots: loss %.3f, at first %.3f\n", (int)m, (int)k, (double)loss, (double)first);
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return 0;
}
