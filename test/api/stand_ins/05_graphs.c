/* 05 as a program: a ring of nodes with chords stands in for a citation graph; each model is trained for some steps at
   two sizes of graph, and must come down from where it began */
#include <math.h>
#include "../programs/05_graphs.c"
#include "stand_in.h"
enum { FEATURES = 1433, MOST_NODES = 60, MOST_EDGES = 3 * MOST_NODES };
static int32_t src[MOST_EDGES], dst[MOST_EDGES], label[MOST_NODES];
static unsigned char mask[MOST_NODES]; /* bool */

/* every node has itself, the next one and one across, and belongs to the class of its stretch of the ring */
static int64_t ring(float *x, int64_t n)
{
    int64_t e = 0;
    for (int64_t i = 0; i < n; i++) {
        const int64_t to[3] = { i, (i + 1) % n, (i * 7 + 3) % n };
        for (int k = 0; k < 3; k++, e++)
            src[e] = (int32_t)i, dst[e] = (int32_t)to[k];
        label[i] = (int32_t)(i * 7 / n), mask[i] = i % 3 != 1;
        for (int64_t k = 0; k < FEATURES; k++)
            x[i * FEATURES + k] = k % 7 == label[i] ? 0.05f : 0;
    }
    return e;
}
static int run(int attention, float *x)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s, attention);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float loss = 0, first = 0;
    nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (int turn = 0; turn < 2; turn++) {
        const int64_t n = turn ? MOST_NODES : MOST_NODES / 2, edges = ring(x, n);
        nrv_set_size(e, "N", n), nrv_set_size(e, "E", edges);
        nrv_bind_in(e, "x", x, (size_t)(n * FEATURES) * sizeof *x);
        nrv_bind_in(e, "t", label, (size_t)n * sizeof *label), nrv_bind_in(e, "mask", mask, (size_t)n);
        nrv_bind_in(e, "src", src, (size_t)edges * sizeof *src),
            nrv_bind_in(e, "dst", dst, (size_t)edges * sizeof *dst);
        for (int i = 0; i < 20; i++) {
            STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
            first = turn == 0 && i == 0 ? loss : first;
        }
    }
    dst[0] = -1;
    STAND_IN_CHECK(nrv_run(e) == NRV_EVALUE, "an edge to nowhere was taken");
    STAND_IN_CHECK(isfinite(loss) && loss < 0.9f * first, "the loss did not come down");
    printf("%s: loss %.3f, at first %.3f\n", attention ? "GAT" : "GCN", (double)loss, (double)first);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return 0;
}
int main(void)
{
    float *x = stand_in_floats((size_t)MOST_NODES * FEATURES);
    int failed = !x || run(0, x) || run(1, x);
    free(x);
    return failed;
}
