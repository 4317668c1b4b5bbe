/* graph.c - a graph convolutional network (Kipf & Welling 2017) on a random graph of Cora's size: 2708 papers with 1433
   words of which 1.27 % are there, 10556 edges and one from each paper to itself. Once the words are a dense matrix,
   once only those that are there; edges are sparse in both. */
#include "models.h"
#include <math.h>
#include <stdlib.h>

enum { WORDS = 1433, HIDDEN = 16, FIELDS = 7, PAPERS = 2708, CITATIONS = 10556, KNOWN = 140, IN_TEN_THOUSAND = 127 };

static uint32_t graph_draw(uint32_t *state, uint32_t most)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % most;
}

typedef struct graph_rows { /* a sparse matrix by rows, under way: room for as many as there can be */
    int32_t *begin, *column;
    float *value;
    int64_t rows, n;
} graph_rows;

static int graph_room(graph_rows *s, int64_t rows, int64_t most)
{
    *s = (graph_rows){ .rows = rows };
    s->begin = calloc((size_t)rows + 1, sizeof *s->begin);
    s->column = calloc((size_t)most, sizeof *s->column);
    s->value = calloc((size_t)most, sizeof *s->value);
    return s->begin && s->column && s->value;
}

static nrv_tensor graph_product(nrv_graph *g, graph_rows *s, nrv_tensor x)
{
    nrv_tensor y = nrv_csr_matmul(nrv_constant(g, NRV_I32, NRV_SHAPE(s->rows + 1), s->begin),
                                  nrv_constant(g, NRV_I32, NRV_SHAPE(s->n), s->column),
                                  nrv_constant(g, NRV_F32, NRV_SHAPE(s->n), s->value), x);
    free(s->begin), free(s->column), free(s->value);
    return y;
}

/* who cites whom, each divided by the roots of both degrees, times x (N,n) */
static nrv_tensor graph_neighbours(nrv_graph *g, int64_t papers, nrv_tensor x)
{
    const int64_t edges = papers * CITATIONS / PAPERS, all = edges + papers;
    int32_t *degree = calloc((size_t)papers, sizeof *degree), *from = calloc((size_t)all, sizeof *from);
    int32_t *to = calloc((size_t)all, sizeof *to);
    uint32_t state = 1;
    graph_rows s;
    if (!graph_room(&s, papers, all) || !degree || !from || !to)
        return NULL;
    for (int64_t i = 0; i < all; i++) {
        from[i] = (int32_t)(i < edges ? graph_draw(&state, (uint32_t)papers) : i - edges);
        to[i] = (int32_t)(i < edges ? graph_draw(&state, (uint32_t)papers) : i - edges);
        degree[to[i]]++;
    }
    for (int64_t i = 0; i < papers; i++)
        s.begin[i + 1] = s.begin[i] + degree[i];
    for (int64_t i = all - 1; i >= 0; i--) { /* each to its row, rows being filled from their ends */
        const int32_t at = --s.begin[to[i] + 1];
        s.column[at] = from[i];
        s.value[at] = 1 / sqrtf((float)degree[from[i]] * (float)degree[to[i]]);
    }
    for (int64_t i = 0; i < papers; i++)
        s.begin[i] = s.begin[i + 1];
    s.begin[papers] = (int32_t)all;
    s.n = all;
    free(degree), free(from), free(to);
    return graph_product(g, &s, x);
}

/* the words that are there, each divided by how many the paper has, times w (WORDS,n) */
static nrv_tensor graph_words(nrv_graph *g, int64_t papers, nrv_tensor w)
{
    uint32_t state = 2;
    graph_rows s;
    if (!graph_room(&s, papers, papers * WORDS))
        return NULL;
    for (int64_t i = 0; i < papers; i++) {
        for (int32_t k = 0; k < WORDS; k++)
            if (graph_draw(&state, 10000) < IN_TEN_THOUSAND)
                s.column[s.n++] = k;
        s.begin[i + 1] = (int32_t)s.n;
        for (int64_t e = s.begin[i]; e < s.n; e++)
            s.value[e] = 1 / (float)(s.n - s.begin[i]);
    }
    return graph_product(g, &s, w);
}

static nrv_tensor gcn_of(nrv_graph *g, int64_t papers, nrv_tensor x, nrv_tensor *output)
{
    const int64_t known = papers < KNOWN ? papers : KNOWN;
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(known), FIELDS);
    x = nrv_add(graph_neighbours(g, papers, x), nrv_param(g, "b1", NRV_F32, NRV_SHAPE(HIDDEN), NRV_ZEROS));
    x = nrv_linear(nrv_dropout(nrv_relu(x), "drop", 0.5), "w2", FIELDS, &(nrv_linear_opt){ .no_bias = 1 });
    x = nrv_add(graph_neighbours(g, papers, x), nrv_param(g, "b2", NRV_F32, NRV_SHAPE(FIELDS), NRV_ZEROS));
    *output = x;
    return nrv_cross_entropy(nrv_slice(x, 0, 0, known), y);
}

static nrv_tensor gcn_loss(nrv_graph *g, int64_t papers, nrv_tensor *output)
{
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(papers, WORDS), 0);
    return gcn_of(g, papers, nrv_linear(x, "w1", HIDDEN, &(nrv_linear_opt){ .no_bias = 1 }), output);
}

static nrv_tensor gcn_sparse_loss(nrv_graph *g, int64_t papers, nrv_tensor *output)
{
    nrv_tensor w = nrv_param(g, "w1", NRV_F32, NRV_SHAPE(WORDS, HIDDEN), NRV_FAN_IN(WORDS));
    return gcn_of(g, papers, graph_words(g, papers, w), output);
}

static nrv_list gcn_update(nrv_list params, nrv_list grads)
{
    return nrv_adam(params, grads, &(nrv_adam_opt){ .lr = 0.01, .decay = 5e-4 });
}

const model models_graph[] = {
    { "gcn", "two graph convolutions on Cora's size, dense words, Adam", PAPERS, 40, gcn_loss, gcn_update, NULL },
    { "gcn_sparse", "the same with sparse words", PAPERS, 40, gcn_sparse_loss, gcn_update, NULL },
    { 0 }
};
