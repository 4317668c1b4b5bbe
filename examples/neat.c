/* neat - evolution of networks, nodes and links included, until one answers XOR (Stanley & Miikkulainen 2002).
   150 networks of any wiring are one netlist of unconnected parts, a generation is one run of one plan, whose nodes and
   edges are named sizes; genes, species and crossover are plain C. All that is known of the evolution lies in the
   store, as bytes. seeds: 1 (evolution starts 50 times anyway). At last gradient descent trains the whole generation.
   usage: neat [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check], as README.md explains; a
   step is a generation. Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { POP = 150, IN = 3, CASES = 4, NODES = 48, LINKS = NODES * NODES, NONE = 0, ON, OFF, WANTED = 48 };
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
typedef struct { /* link k leads from node k / NODES to node k % NODES: k is the innovation number, equal links meet */
    double fitness, worst, weight[LINKS];   /* worst: the largest error of the four cases; below 0.5 it is XOR */
    int32_t species, stale, hidden, unused; /* hidden: how many nodes are fed */
    uint8_t state[LINKS];                   /* NONE, ON or OFF */
} genome;
typedef struct {
    uint64_t random;
    double depth[NODES]; /* 0 inputs, 1 the output; links lead upwards, so that no cycle comes up */
    int32_t splits[NODES], nodes, steps, run, generation, winner, solved, took, hidden;
    genome pop[POP];
} world;
static int32_t edges, row[POP * NODES + 1], col[POP * LINKS], act[POP * NODES]; /* the population as a netlist */
static double weight[POP * LINKS];
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS + 1] = { "", "runs/examples/neat", "1", "0", "1000000000" };

static double uniform(world *w) /* from 0 to less than 1; a linear congruence, its upper bits */
{
    w->random = w->random * 6364136223846793005 + 1442695040888963407;
    return (double)(w->random >> 11) * 0x1p-53;
}
static int any(world *w, int n, const uint8_t *allowed) /* of 0..n-1; one at least is allowed */
{
    for (int i;;)
        if (allowed[i = (int)(n * uniform(w))])
            return i;
}
static void grow(world *w, genome *x, int node, int link) /* by a node in the middle of a link, by a link */
{
    int k = any(w, LINKS, x->state), from = k / NODES, to = k % NODES, mid = IN + 1;
    double depth = (w->depth[from] + w->depth[to]) / 2;
    while (mid < w->nodes && w->splits[mid] != k) /* who splits this link first gives the node its number */
        mid++;
    if (node && mid < NODES && x->state[k] == ON && w->depth[from] < depth && depth < w->depth[to]) {
        w->nodes += mid == w->nodes;
        w->splits[mid] = k, w->depth[mid] = depth, x->state[k] = OFF;
        x->state[from * NODES + mid] = x->state[mid * NODES + to] = ON;
        x->weight[from * NODES + mid] = 1, x->weight[mid * NODES + to] = x->weight[k];
    }
    for (int attempt = 0; link && attempt < 20; attempt++) {
        k = any(w, LINKS, x->state) / NODES * NODES + any(w, LINKS, x->state) % NODES;
        link = w->depth[k / NODES] >= w->depth[k % NODES] || x->state[k];
        if (!link)
            x->state[k] = ON, x->weight[k] = 2 * uniform(w) - 1;
    }
}
static genome child(world *w, const uint8_t *parents)
{
    genome x = w->pop[any(w, POP, parents)];
    const genome *b = &w->pop[uniform(w) < 0.001 ? (int)((double)POP * uniform(w)) : any(w, POP, parents)];
    for (int k = 0, two = uniform(w) < 0.75; k < LINKS && two; k++) { /* what both have of either, the fitter's rest */
        int both = x.state[k] && b->state[k], off = both && (x.state[k] == OFF || b->state[k] == OFF);
        if (both || x.fitness == b->fitness ? uniform(w) < 0.5 : x.fitness < b->fitness)
            x.state[k] = b->state[k], x.weight[k] = b->weight[k];
        x.state[k] = !off ? x.state[k] : uniform(w) < 0.75 ? OFF : ON;
    }
    grow(w, &x, uniform(w) < 0.03, uniform(w) < 0.05);
    for (int k = 0, all = uniform(w) < 0.8; k < LINKS && all; k++)
        x.weight[k] = (uniform(w) < 0.9 ? x.weight[k] : 0) + 5 * uniform(w) - 2.5;
    return x;
}
static double distance(const genome *a, const genome *b) /* the paper divides what is apart, from 20 genes on */
{
    double apart = 0, same = 0, differ = 0;
    for (int k = 0; k < LINKS; k++) {
        apart += !a->state[k] != !b->state[k];
        same += a->state[k] && b->state[k];
        differ += a->state[k] && b->state[k] ? fabs(a->weight[k] - b->weight[k]) : 0;
    }
    return apart + 0.4 * differ / fmax(same, 1);
}

/* those that are alike share their fitness, so that what is new has time to become good. The first of a species stands
   for it; it is the best there was, if they were more than five. Is it still, 15 times, they have no children */
static void breed(world *w)
{
    static genome next[POP];
    double share[POP] = { 0 }, all = 0, passed = 0;
    int size[POP] = { 0 }, top[POP] = { 0 }, born = 0;
    for (int i = 0, k = 0; i < POP; i++, k = 0) {
        while (k < i && (w->pop[k].species != k || distance(&w->pop[i], &w->pop[k]) >= 3))
            k++;
        w->pop[i].species = k, share[k] += w->pop[i].fitness;
        top[k] = !size[k]++ || w->pop[i].fitness > w->pop[top[k]].fitness ? i : top[k];
    }
    for (int k = 0; k < POP; all += share[k++]) {
        w->pop[k].stale = top[k] == k ? w->pop[k].stale + 1 : 0;
        share[k] *= w->pop[k].stale <= 15 || k == w->pop[w->winner].species ? 1 / fmax(size[k], 1) : 0;
    }
    for (int k = 0, first = 0; k < POP; k++, first = born) {
        uint8_t parents[POP];
        for (int i = 0; i < POP; i++) /* the better ones */
            parents[i] = w->pop[i].species == k && w->pop[i].fitness >= 0.999 * share[k];
        for (passed += share[k]; born < (int)(passed / all * (double)POP + 0.5); born++) {
            next[born] = born == first && size[k] > 5 ? w->pop[top[k]] : child(w, parents);
            next[born].stale = born == first ? w->pop[k].stale : 0;
        }
    }
    memcpy(w->pop, next, sizeof next);
}

static nrv_plan *trace(nrv_store *s) /* every network has as many nodes, some without links */
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_state(g, "world", NRV_U8, NRV_SHAPE(sizeof(world)), 0);
    nrv_dim n = nrv_size(g, "nodes", 1, NODES), e = nrv_size(g, "edges", 0, POP * LINKS);
    nrv_dim all = nrv_dim_calc(g, n, '*', POP), ends = nrv_dim_calc(g, all, '+', 1);
    nrv_tensor rows = nrv_input(g, "row", NRV_I32, NRV_SHAPE(ends)), cols = nrv_input(g, "col", NRV_I32, NRV_SHAPE(e));
    nrv_tensor codes = nrv_input(g, "act", NRV_I32, NRV_SHAPE(all)), w = nrv_input(g, "weight", NRV_F64, NRV_SHAPE(e));
    const double in[] = { 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1 }, want[] = { 0, 1, 1, 0 }; /* each third in: the bias */
    nrv_tensor x = nrv_constant(g, NRV_F64, NRV_SHAPE(CASES, IN), in), bias = nrv_fill(g, NRV_F64, NRV_SHAPE(all), 0);
    nrv_tensor y = nrv_reshape(nrv_netlist(x, rows, cols, w, bias, codes, n), NRV_SHAPE(CASES, POP, n)), slope;
    y = nrv_sub(nrv_slice(y, 2, IN, 1), nrv_constant(g, NRV_F64, NRV_SHAPE(CASES, 1, 1), want));
    nrv_tensor loss = nrv_sum_all(nrv_square(y));
    nrv_grad(loss, NULL, 1, &w, &slope);
    nrv_output(g, "sum", nrv_sum(nrv_abs(y), 0, 0));
    nrv_output(g, "worst", nrv_max_of(nrv_abs(y), 0, 0));
    nrv_output(g, "loss", loss);
    nrv_output(g, "slope", slope);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_graph_free(g);
    return plan;
}
static nrv_status evaluate(nrv_exec *e, world *w)
{
    for (int i = edges = 0; i < POP * w->nodes; row[++i] = edges) {
        int to = i % w->nodes, before = edges;
        genome *x = &w->pop[i / w->nodes];
        act[i] = to < IN ? NRV_NET_INPUT(to) : NRV_NET_STEEP;
        for (int from = 0; from < w->nodes; from++)
            if (x->state[from * NODES + to] == ON)
                weight[edges] = x->weight[from * NODES + to], col[edges++] = i - to + from;
        x->hidden = to ? x->hidden + (to > IN && edges > before) : 0;
    }
    nrv_set_size(e, "nodes", w->nodes);
    nrv_set_size(e, "edges", edges);
    nrv_bind_in(e, "row", row, (size_t)(POP * w->nodes + 1) * sizeof *row);
    nrv_bind_in(e, "col", col, (size_t)edges * sizeof *col);
    nrv_bind_in(e, "act", act, (size_t)(POP * w->nodes) * sizeof *act);
    nrv_bind_in(e, "weight", weight, (size_t)edges * sizeof *weight);
    nrv_status st = nrv_run(e);
    const double *sum = nrv_value(e, "sum", NULL), *worst = nrv_value(e, "worst", NULL);
    for (int i = w->winner = 0; i < POP && !st; i++) {
        w->pop[i].fitness = (4 - sum[i]) * (4 - sum[i]), w->pop[i].worst = worst[i];
        w->winner = worst[i] < worst[w->winner] ? i : w->winner;
    }
    return st;
}
static nrv_status evolve(nrv_exec *e, world *w, int runs, int most)
{
    for (; w->run < runs && w->steps < atol(value[STEPS]); w->steps++) {
        if (w->generation++ == 0) {
            memset(w->pop, 0, sizeof w->pop);
            w->depth[IN] = 1, w->nodes = IN + 1, w->random += strtoull(value[SEED], NULL, 10);
            for (int i = 0, k = IN; i < POP * IN; i++, k = i % IN * NODES + IN)
                w->pop[i / IN].state[k] = ON, w->pop[i / IN].weight[k] = 2 * uniform(w) - 1;
        }
        if (evaluate(e, w))
            return NRV_EVALUE;
        const genome *x = &w->pop[w->winner];
        int solved = x->worst < 0.5;
        if (!solved && w->generation < most) {
            breed(w);
            continue;
        }
        printf("run %d: %d generations, error %.3f, %d hidden nodes\n", ++w->run, w->generation, x->worst, x->hidden);
        w->solved += solved, w->took += solved * w->generation, w->hidden += solved * x->hidden;
        w->generation = 0;
    }
    return NRV_OK;
}
static int descend(nrv_exec *e, world *w, int steps, double rate, double tolerance) /* one step: not quite downhill */
{
    nrv_status st = evaluate(e, w);
    double loss = st ? 0 : *(const double *)nrv_value(e, "loss", NULL), said = 0;
    for (int i = 0; i < steps && !st; i++, st = nrv_run(e))
        for (int k = 0; k < edges; k++) {
            double slope = ((const double *)nrv_value(e, "slope", NULL))[k], by = slope + (steps == 1) * sin(k);
            weight[k] -= rate * by, said += rate * by * slope;
        }
    double fell = st ? 0 : loss - *(const double *)nrv_value(e, "loss", NULL);
    int agree = fabs(fell - said) <= tolerance * said;
    printf("neat: %d steps of gradient descent: the loss of 150 networks, %.4g, falls by %.6g%s\n", steps, loss, fell,
           (const char *[]){ "; the slope differs", "; the slope agrees", "", "" }[agree + 2 * (steps > 1)]);
    return st ? 1 : agree ? 0 : 3;
}
static nrv_status picture(const char *path, const world *w, const genome *x)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return perror(path), NRV_EIO;
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-.1 -.1 1.2 1.2' style='background:white'>\n");
    for (int k = 0; k < LINKS; k++)
        if (x->state[k] == ON)
            fprintf(f, "<path d='M%.3f %.3fL%.3f %.3f' stroke='%s' stroke-width='%.3f'/>\n", w->depth[k / NODES],
                    fmod(0.4 * (k / NODES), 1), w->depth[k % NODES], fmod(0.4 * (k % NODES), 1),
                    x->weight[k] < 0 ? "red" : "blue", 0.004 * fabs(x->weight[k]));
    return fprintf(f, "</svg>\n") < 0 || fclose(f) ? NRV_EIO : NRV_OK;
}

int main(int argc, char **argv)
{
    for (int i = 1, k = 0; i < argc; i++, k = 0) {
        while (k < OPTIONS && strcmp(argv[i], option[k]) != 0)
            k++;
        value[k] = k < QUICK ? argv[++i] : "yes";
        if (k == OPTIONS || !value[k] || (k >= SEED && k < QUICK && value[k][strspn(value[k], "0123456789")]))
            return fprintf(stderr, "neat: cannot use word %d; the options stand at the top of examples/neat.c\n", i), 2;
    }
    char file[4096], drawing[4096];
    snprintf(file, sizeof file, "%s/neat.safetensors", value[OUT]);
    snprintf(drawing, sizeof drawing, "%s/neat.svg", value[OUT]);
    for (char *at = file; (at = strchr(at + 1, '/')) != NULL; *at = '/')
        *at = 0, mkdir(file, 0777); /* if it fails, so does the writing, which says why */
    int runs = value[CHECK] ? 1 : 50, most = value[QUICK] ? 3 : 300, status = 1;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *plan = trace(s);
    world *w = nrv_store_data(s, "world", NULL, NULL);
    nrv_pool *pool = nrv_pool_new(atoi(value[THREADS]));
    nrv_exec *e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    if (!w || (value[RESUME] && nrv_store_load(s, file, NULL)) || evolve(e, w, runs, most) ||
        nrv_store_save(s, file, "*"))
        fprintf(stderr, "neat: %s\n", nrv_store_why(s) ? nrv_store_why(s) : nrv_why(e));
    else if (value[CHECK])
        status = descend(e, w, 1, 1e-7, 1e-4);
    else if (!picture(drawing, w, &w->pop[w->winner]) && descend(e, w, 300, 0.02, 0) != 1) {
        double n = fmax(w->solved, 1);
        status = w->solved >= WANTED ? 0 : 3;
        printf(
            "neat: XOR in %d of %d runs, %.1f generations (paper: 32), with %.2f hidden nodes (2.35), wanted %d: %s\n",
            w->solved, runs, w->took / n, w->hidden / n, WANTED, status ? "fell short" : "reached");
    }
    nrv_exec_free(e), nrv_plan_free(plan), nrv_pool_free(pool), nrv_store_free(s);
    return status;
}
