/* random_graph.c - see random_graph.h. */
#include "maker.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool random_begin(const char *header)
{
    return statement_begin(header);
}

double random_direction(int64_t element)
{
    return cos(2.1 * (double)element);
}

/* ---- what a program begins with ---- */
static void add_x(maker *m, dice *d, int i)
{
    random_graph *r = m->r;
    int64_t dim[3];
    int rank = (int)dice_roll(d, 4);
    r->n[i] = 1;
    for (int k = 0; k < rank; k++)
        r->n[i] *= dim[k] = 1 + dice_roll(d, 4);
    const char *formula =
        say(m, "i, t: 0.9 * sin(%.2f + 1.3 * i) + t * cos(2.1 * i)", 0.1 * (1000 * i + (int)dice_roll(d, 1000)) + 0.05);
    term at = { nrv_iota(r->g, r->real, r->n[i]), say(m, "nrv_iota(g, %s, %lld)", maker_type(m), (long long)r->n[i]) };
    nrv_tensor along = nrv_expr(formula, 2, (const nrv_tensor[]){ at.t, r->t });
    term x = { NRV_EXPR("x, i, u: x + u * sin(9.7 * i * i + 0.4)", along, at.t, r->u),
               say(m, "NRV_EXPR(\"%s\", %s, t)", formula, at.c) };
    x = term_shaped(m, x, rank, dim);
    snprintf(r->x_text[i], sizeof r->x_text[i], "    nrv_tensor x%d = %s;\n", i, x.c);
    r->x[i] = x.t;
    m->v[m->n_v++] = (value){ .x = { x.t, say(m, "x%d", i) }, .known = true, .lo = -1, .hi = 1, .input = i };
}

/* ---- how deep ---- */
static int deepest(const nrv_graph *g, nrv_tensor root)
{
    int *deep = calloc(g->n_node + 1, sizeof *deep), most;
    for (size_t i = 0; i < g->n_node && deep; i++) {
        nrv_tensor n = g->node[i];
        for (int k = 0; k < n->n_in; k++)
            deep[i] = deep[n->in[k]->id] >= deep[i] ? deep[n->in[k]->id] + 1 : deep[i];
        for (int k = 0; k < n->n_out && n->op->flags & NRV_BLOCK; k++)
            deep[i] = deep[n->body[k]->id] >= deep[i] ? deep[n->body[k]->id] + 1 : deep[i];
    }
    most = deep ? deep[root->id] : 0;
    free(deep);
    return most;
}

static bool any_call(const nrv_graph *g)
{
    for (size_t i = 0; i < g->n_node; i++)
        if (nrv__is_composite(g->node[i]))
            return true;
    return false;
}

/* everything that nothing else uses, as one number */
static void add_loss(maker *m)
{
    random_graph *r = m->r;
    term loss = { NULL, NULL };
    for (int i = 0; i < m->n_v; i++) {
        value *v = &m->v[i];
        bool last = i == m->n_v - 1 && !loss.t;
        if (!last && (v->used || (v->input >= 0 && m->n_v > r->n_x)))
            continue;
        term x = v->known && v->lo > -2 && v->hi < 2 ? v->x : term_one(m, "tanh", nrv_tanh, v->x);
        x = term_mean(m, term_one(m, "square", nrv_square, x));
        if (v->input >= 0)
            r->x_used[v->input] = true;
        if (loss.t)
            line(m, "nrv_tensor l%d = %s;", ++m->n_name, loss.c);
        loss = loss.t ? term_two(m, "add", nrv_add, (term){ loss.t, say(m, "l%d", m->n_name) }, x) : x;
    }
    line(m, "nrv_tensor loss = %s;", loss.c);
    r->loss = loss.t;
}

void random_make(random_graph *r, const random_wish *w)
{
    static maker m;
    dice d = { nrv__hash(w->seed, &w->number, sizeof w->number), 0 };
    memset(r, 0, sizeof *r);
    m.r = r;
    m.wish = w;
    m.n_v = m.nest = m.n_name = m.n_draw = 0;
    m.n_text = m.n_room = 0;
    m.in = NULL;
    r->real = dice_percent(&d, 70) ? NRV_F64 : NRV_F32;
    r->s = nrv_store_new(NULL);
    r->g = nrv_graph_new(r->s, NRV_TRAIN);
    r->t = nrv_input(r->g, "t", r->real, NRV_SCALAR);
    r->u = nrv_input(r->g, "u", r->real, NRV_SCALAR);
    case_feed(r->t, &(double){ 0 }, 1);
    case_feed(r->u, &(double){ 0 }, 1);
    r->n_x = 2 + (int)dice_roll(&d, RANDOM_INPUTS - 1);
    for (int i = 0; i < r->n_x; i++)
        add_x(&m, &d, i);
    uint64_t n = 2 + dice_roll(&d, 11), key = d.key;
    uint64_t block = dice_percent(&d, 65) ? dice_roll(&d, (uint32_t)n) : n;
    int deep = 8 + (int)dice_roll(&d, RANDOM_DEEP - 20);
    for (uint64_t i = 0; i < n && !*r->wrong; i++) {
        int before = m.n_v;
        statement(&m, nrv__hash(key, &i, sizeof i), i == block);
        while (m.n_v > before && !*r->wrong && deepest(r->g, m.v[m.n_v - 1].x.t) > RANDOM_DEEP - 12)
            m.n_v--; /* too deep to go on with */
        if (m.n_v > before && !*r->wrong && deepest(r->g, m.v[m.n_v - 1].x.t) > deep && (i > block || block == n))
            break;
    }
    if (*r->wrong)
        return;
    add_loss(&m);
    if (!r->loss) {
        snprintf(r->wrong, sizeof r->wrong, "the loss: %.300s", nrv_graph_why(r->g));
        return;
    }
    r->depth = deepest(r->g, r->loss);
    r->met |= any_call(r->g) ? RANDOM_CALL : 0;
    for (size_t i = 0; i < r->g->n_node; i++)
        r->met |= r->g->node[i]->op->flags & NRV_RANDOM ? RANDOM_DRAW : 0;
}

void random_free(random_graph *r)
{
    nrv_graph_free(r->g);
    nrv_store_free(r->s);
}
