/* 06 as a program: two generations of a population whose genomes all solve XOR by hand, but for their weights' scale */
#include "../programs/06_neat.c"
#include "stand_in.h"
#include <string.h>
enum { NODES = IN + 3, EDGES = 8 };
static const int from[EDGES] = { 0, 1, 2, 0, 1, 2, 3, 4 }, to[EDGES] = { 3, 3, 3, 4, 4, 4, 5, 5 };
static const float weight[EDGES] = { 2, 2, -1, 2, 2, -3, 2, -2 }; /* or, and; the third input is the bias */
int host_speciate(genome *pop, int n)
{
    return n > 0 && pop[0].species == 0;
}
int64_t host_levels(const genome *pop, int n)
{
    return n > 0 && pop[0].nodes ? 3 : 1;
}
void host_breed(genome *pop, int n)
{
    for (int i = 0; i < n; i++)
        for (int e = 0; e < pop[i].edges; e++)
            pop[i].w[e] *= 1.5f;
}
void host_lay_out(const genome *pop, int n, int32_t *row, int32_t *col, float *w, float *bias, int32_t *act)
{
    int32_t node = 0, edge = 0;
    row[0] = 0;
    for (int i = 0; i < n; i++) {
        const int32_t first = node;
        for (int k = 0; k < pop[i].nodes; k++, node++) {
            act[node] = k < IN ? NRV_NET_INPUT(k) : NRV_NET_STEEP;
            bias[node] = k == NODES - 1 ? -0.5f : 0;
            for (int e = 0; e < pop[i].edges; e++)
                if (pop[i].to[e] == k) {
                    col[edge] = first + pop[i].from[e];
                    w[edge++] = pop[i].w[e];
                }
            row[node + 1] = edge;
        }
    }
}
static float x[CASES][IN] = { { 0, 0, 1 }, { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 1 } }, t[CASES] = { 0, 1, 1, 0 };
static int32_t row[POP * NODES + 1], col[POP * EDGES], act[POP * NODES], out[POP];
static float w[POP * EDGES], b[POP * NODES], genes[POP][EDGES];
static int sources[EDGES], targets[EDGES];
int main(void)
{
    static genome pop[POP];
    memcpy(sources, from, sizeof from);
    memcpy(targets, to, sizeof to);
    for (int i = 0; i < POP; i++) {
        pop[i] = (genome){ .nodes = NODES, .edges = EDGES, .from = sources, .to = targets, .w = genes[i] };
        out[i] = i * NODES + NODES - 1;
        for (int e = 0; e < EDGES; e++)
            genes[i][e] = weight[e] * (float)(i + 1) / POP;
    }
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", x, sizeof x);
    nrv_bind_in(e, "t", t, sizeof t);
    nrv_bind_in(e, "out", out, sizeof out);
    STAND_IN_CHECK(generation(e, pop, row, col, w, b, act) == NRV_OK, nrv_why(e));
    const float weak = pop[0].fitness, before = pop[POP - 1].fitness;
    STAND_IN_CHECK(weak < 3.1f && before > 3.9f, "the strongest solve XOR, the weakest do not");
    STAND_IN_CHECK(generation(e, pop, row, col, w, b, act) == NRV_OK, nrv_why(e));
    STAND_IN_CHECK(pop[POP - 1].fitness > before, "steeper is better");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return 0;
}
