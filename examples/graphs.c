/* graphs - which field a paper belongs to, from its words and from whom it cites: Cora, with 140 known papers of 2708.

   Two networks over the edges of a graph: GCN (Kipf & Welling 2017) weighs its neighbours by their degrees, GAT
   (Velickovic et al. 2018) by attention, with the papers' sizes, dropout, rates and decay, on Planetoid's split. Words
   (1.3 % ones) and edges stay sparse. A step and its score are one plan. What counts is the test in the last of those
   of 200 epochs that were best at the 500 papers kept for validation.

   usage: graphs [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check]
   The options of every example; README.md beside this file explains them. Leaves graphs.safetensors and graphs.svg:
   every paper between seven corners, its fields, where a GCN puts it. Means of ten networks each, so seeds: 1.
   Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NODES = 2708, WORDS = 1433, FIELDS = 7, ONES = 49216, CITED = 5278, EDGES = 2 * CITED + NODES };
enum { KNOWN, KEPT, TESTED, PARTS };     /* of the split; the other papers are neighbours only */
enum { SLOPE, UP, DOWN, EPOCH, BELIEF }; /* what a graph is for; the first three are --check's, in doubles */
static const double WANTED[2] = { 0.805, 0.815 }, RATE[2] = { 0.01, 0.005 }, DROP[2] = { 0.5, 0.6 }; /* GCN, GAT */
static int seeds = 10, epochs = 200;
static int32_t field[NODES], paper[ONES], word[ONES], begin[NODES + 1], from[EDGES], to[EDGES];
static float split[PARTS][NODES], part_of[ONES]; /* each sums up to 1: over a part; over the words of a paper */
static nrv_store *store;
static nrv_pool *pool;

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/graphs", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text)))
            return fprintf(stderr, "graphs: cannot use '%s'; its options stand at its top\n", name), 2;
        value[k] = text;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return 0;
}

static const char *path_of(const char *file) /* in the folder --out, which is made */
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", value[OUT], file);
    for (char *at = path; (at = strchr(at + 1, '/')) != NULL; *at = '/')
        *at = 0, mkdir(path, 0777); /* if it fails, so does the writing, which says why */
    return path;
}

/* ---- data: the first two numbers of every line ---- */
static int lines(const char *file, int n, int32_t *a, int32_t *b)
{
    char path[4096];
    int i = 0;
    snprintf(path, sizeof path, "%s/graphs/cora/%s", value[DATA], file);
    FILE *f = fopen(path, "r");
    while (f && i < n && fscanf(f, "%d %d%*[^\n]", &a[i], &b[i]) == 2 && (unsigned)a[i] < NODES)
        i++;
    if (i < n)
        fprintf(stderr, "graphs: %s: no file, or not Cora's; --data PATH names the folder of graphs/\n", path);
    return !f || fclose(f) || i < n;
}

static int load(void) /* nodes and words are sorted by paper, and so the split is (nodes.tsv names it, too) */
{
    static const int first[PARTS] = { 0, 140, 1708 }, size[PARTS] = { 140, 500, 1000 };
    if (lines("nodes.tsv", NODES, from, field) || lines("features.tsv", ONES, paper, word) ||
        lines("edges.tsv", CITED, from, to))
        return 1;
    for (int k = 0; k < PARTS; k++)
        for (int i = first[k]; i < first[k] + size[k]; i++)
            split[k][i] = 1 / (float)size[k];
    for (int i = 0; i < CITED; i++)
        from[CITED + i] = to[i], to[CITED + i] = from[i];
    for (int i = 0; i < NODES; i++)
        from[2 * CITED + i] = to[2 * CITED + i] = i; /* each is its own neighbour, too */
    for (int i = 0; i < ONES; i++)
        begin[paper[i] + 1] = i + 1;
    for (int i = 0; i < ONES; i++)
        part_of[i] = 1 / (float)(begin[paper[i] + 1] - begin[paper[i]]);
    return 0;
}

/* ---- the two networks ---- */
#define WHOLE(array)     nrv_constant(g, NRV_I32, NRV_SHAPE(sizeof(array) / sizeof *(array)), array)
#define GLOROT(in, out)  NRV_FAN_IN((double)((in) + (out)) / 6)        /* Glorot & Bengio 2010 */
#define OVER(x, part, t) nrv_sum_all(nrv_mul(x, REAL(split[part], t))) /* a mean over a part of the papers */
#define REAL(array, t)   nrv_cast(nrv_constant(g, NRV_F32, NRV_SHAPE(sizeof(array) / sizeof *(array)), array), t)

static nrv_tensor neighbours(nrv_tensor h, const char *bias) /* a sum of those around, by their degrees; (NODES,n) */
{
    nrv_graph *g = nrv_graph_of(h);
    nrv_tensor src = WHOLE(from), dst = WHOLE(to);
    nrv_tensor degree = nrv_segment_sum(nrv_fill(g, nrv_dtype_of(h), NRV_SHAPE(EDGES), 1), dst, NODES);
    nrv_tensor w = NRV_EXPR("a, b: 1 / sqrt(a * b)", nrv_gather(degree, src, 0), nrv_gather(degree, dst, 0));
    nrv_tensor b = nrv_param(g, bias, nrv_dtype_of(h), NRV_SHAPE(nrv_dim_of(h, 1)), NRV_ZEROS);
    return nrv_add(nrv_coo_matmul(dst, src, w, h, NODES), b);
}

static nrv_tensor attended(nrv_tensor h, const char *name, int heads, int width) /* (NODES,heads*width), both ways */
{
    nrv_graph *g = nrv_graph_of(h);
    const nrv_shape one = NRV_SHAPE(1, heads, width);
    nrv_push(g, name);
    nrv_tensor src = WHOLE(from), dst = WHOLE(to), e[2];
    h = nrv_reshape(h, NRV_SHAPE(NODES, heads, width));
    for (int i = 0; i < 2; i++) /* what each says to the edges from it and to it; (NODES,heads) */
        e[i] = nrv_sum(nrv_mul(h, nrv_param(g, i ? "to" : "from", nrv_dtype_of(h), one, GLOROT(width, 1))), 2, 0);
    e[0] = nrv_leaky_relu(nrv_add(nrv_gather(e[0], src, 0), nrv_gather(e[1], dst, 0)), 0.2); /* (EDGES,heads) */
    e[0] = nrv_segment_softmax(e[0], dst, NODES);
    e[0] = nrv_reshape(nrv_dropout(e[0], "edges", 0.6), NRV_SHAPE(EDGES, heads, 1));
    h = nrv_segment_sum(nrv_mul(nrv_gather(nrv_dropout(h, "sent", 0.6), src, 0), e[0]), dst, NODES);
    h = nrv_add(h, nrv_param(g, "bias", nrv_dtype_of(h), one, NRV_ZEROS));
    nrv_pop(g);
    return nrv_reshape(h, NRV_SHAPE(NODES, heads * width));
}

static nrv_tensor model(nrv_graph *g, nrv_dtype t, int gat, nrv_tensor *first) /* logits (NODES,FIELDS) */
{
    const nrv_dim hidden = gat ? 64 : 16;
    *first = nrv_param(g, "weight", t, NRV_SHAPE(WORDS, hidden), GLOROT(WORDS, hidden));
    nrv_tensor h = nrv_dropout(REAL(part_of, t), "words", DROP[gat]);
    h = nrv_csr_matmul(WHOLE(begin), WHOLE(word), h, *first);
    h = gat ? NRV_EXPR("x: x > 0 ? x : exp(min(x, 1)) - 1", attended(h, "0", 8, 8)) : nrv_relu(neighbours(h, "bias"));
    nrv_tensor w = nrv_param(g, "weight2", t, NRV_SHAPE(hidden, FIELDS), GLOROT(hidden, FIELDS));
    h = nrv_matmul(nrv_dropout(h, "hidden", DROP[gat]), w);
    return gat ? attended(h, "1", 1, FIELDS) : neighbours(h, "bias2");
}

static const char *name_of(int net, const char *after) /* 0..seeds-1 are GCN, the rest GAT */
{
    static char name[32];
    snprintf(name, sizeof name, "%s%d%s", net < seeds ? "gcn" : "gat", net % seeds, after);
    return name;
}

static int work(int net, int what, long times, void *out, size_t bytes) /* EPOCH: out is the test in the best so far */
{
    static const char *side[5] = { NULL, "p: p + 1e-7 * sin(100 * p + 1)", "p: p - 1e-7 * sin(100 * p + 1)" };
    const int gat = net >= seeds;
    const nrv_dtype t = what <= DOWN ? NRV_F64 : NRV_F32;
    nrv_graph *g = nrv_graph_new(store, what == BELIEF ? NRV_EVAL : NRV_TRAIN);
    nrv_list at = side[what] ? NRV_MAP(side[what], nrv_stored(g, name_of(net, ".*"))) : NULL;
    nrv_tensor first, unused;
    nrv_enter(g, &(nrv_scope){ .name = name_of(net, ""), .with = at });
    nrv_tensor y = model(g, t, gat, &first);
    nrv_pop(g);
    nrv_tensor l = nrv_neg(OVER(nrv_take(nrv_log_softmax(y, 1), WHOLE(field)), KNOWN, t)); /* cross-entropy */
    l = gat ? l : nrv_add(l, nrv_mul_c(nrv_sum_all(nrv_square(first)), 5e-4 / 2)); /* decay of the first layer */
    nrv_list p = nrv_params(g, "*"), d = nrv_grads(l, p);
    if (what == SLOPE)
        l = nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, d)));
    if (what == EPOCH) {
        nrv_adam_opt adam = { .lr = RATE[gat], .decay = gat ? 5e-4 : 0, .name = name_of(net, "_adam") };
        nrv_assign_all(p, d = nrv_adam(p, d, &adam));
        nrv_enter(g, &(nrv_scope){ .name = name_of(net, ""), .mode = NRV_EVAL | NRV_SHARED, .with = d });
        nrv_tensor right = nrv_cast(nrv_equal(nrv_argmax(model(g, t, gat, &unused), 1), WHOLE(field)), t);
        nrv_tensor most = nrv_state(g, "most", t, NRV_SCALAR, 0), test = nrv_state(g, "test", t, NRV_SCALAR, 0);
        nrv_pop(g);
        l = NRV_EXPR("n, m, t, b: n >= m ? t : b", OVER(right, KEPT, t), most, OVER(right, TESTED, t), test);
        nrv_assign(g, most, nrv_max(OVER(right, KEPT, t), most));
        nrv_assign(g, test, l);
    }
    nrv_output(g, "out", what == BELIEF ? nrv_softmax(y, 1) : l);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, store, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_out(e, "out", out, bytes);
    nrv_status st = NRV_OK;
    while (!st && times-- > 0)
        if ((st = nrv_run(e)))
            fprintf(stderr, "graphs: %s\n", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return st != NRV_OK;
}

static int check(int net)
{
    double v[3] = { 0 };
    if (work(net, SLOPE, 1, &v[0], 8) || work(net, UP, 1, &v[1], 8) || work(net, DOWN, 1, &v[2], 8))
        return 1;
    double measured = (v[UP] - v[DOWN]) / 2e-7;
    int agree = fabs(measured - v[SLOPE]) <= 1e-4 * (fabs(measured) + fabs(v[SLOPE]));
    printf("graphs: slope %.9g, measured %.9g: %s\n", v[SLOPE], measured, agree ? "they agree" : "they differ");
    return agree ? 0 : 3;
}

static int picture(FILE *f)
{
    static const char *colour[FIELDS] = { "#c33", "#36c", "#2a2", "#e90", "#83b", "#0aa", "#666" };
    static float belief[NODES][FIELDS];
    if (!f || work(0, BELIEF, 1, belief, sizeof belief))
        return 1;
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-1.1 -1.1 2.2 2.2' width='800'>\n");
    for (int i = 0; i < NODES; i++) {
        double x = 0, y = 0;
        for (int k = 0; k < FIELDS; k++)
            x += (double)belief[i][k] * cos(k * 0.8975979), y += (double)belief[i][k] * sin(k * 0.8975979);
        fprintf(f, "<circle cx='%.3f' cy='%.3f' r='0.008' fill='%s'/>\n", x, y, colour[(unsigned)field[i] % FIELDS]);
    }
    return fprintf(f, "</svg>\n") < 0 || fclose(f);
}

static int learn(void) /* the networks one after the other; 0 reached, 3 fell short, 1 an error */
{
    int failed = value[RESUME] && nrv_store_load(store, path_of("graphs.safetensors"), NULL);
    const char *noted = nrv_store_noted(store, "example.steps");
    long i = noted ? atol(noted) : 0, stop = atol(value[STEPS]);
    double mean[2] = { 0, 0 };
    for (int net = 0; net < 2 * seeds && !failed; net++) {
        float unused, *test;
        long end = (net + 1L) * epochs < stop ? (net + 1L) * epochs : stop;
        failed = end > i && work(net, EPOCH, end - i, &unused, sizeof unused);
        i = end > i ? end : i;
        test = nrv_store_data(store, name_of(net, ".test"), NULL, NULL);
        mean[net >= seeds] += test ? (double)*test / seeds : 0;
        printf("%s: test %.1f %%\n", name_of(net, ""), test ? 100 * (double)*test : 0);
    }
    char text[24];
    snprintf(text, sizeof text, "%ld", i);
    if (failed || nrv_store_note(store, "example.steps", text) ||
        nrv_store_save(store, path_of("graphs.safetensors"), "*") || picture(fopen(path_of("graphs.svg"), "w")))
        return fprintf(stderr, "graphs: %s\n", nrv_store_why(store) ? nrv_store_why(store) : "no result"), 1;
    int reached = mean[0] >= WANTED[0] && mean[1] >= WANTED[1];
    printf("graphs: accuracy of GCN %.4f and of GAT %.4f, wanted %g and %g: %s\n", mean[0], mean[1], WANTED[0],
           WANTED[1], reached ? "reached" : "fell short");
    return reached ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (options(argc, argv))
        return 2;
    seeds = value[QUICK] ? 1 : seeds, epochs = value[QUICK] ? 4 : epochs;
    store = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    pool = nrv_pool_new(atoi(value[THREADS]));
    int status = load() ? 1 : value[CHECK] ? check(0) | check(seeds) : learn();
    nrv_pool_free(pool);
    nrv_store_free(store);
    return status;
}
