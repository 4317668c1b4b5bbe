/* again.c - scopes that are computed a second time in the reverse walk instead of being kept (NRV_RECOMPUTE; Chen et
   al. 2016).

   The first rule of such a scope has all its nodes copied, on top of what the scope was given; rules then read the
   copies. Draws are the same: they are keyed by name and run. A node that others made, too, is kept; and so is what
   another such scope starts from, which is there until then.
   Does not do: scopes inside of loops - .keep says there what is computed again. */
#include "walk.h"

struct nrv__anew {
    nrv_tensor *to;     /* by id: what a node's copy is */
    bool *want, *start; /* start: another scope is given it */
    size_t n;
    struct anew_segment {
        size_t first, end; /* ids */
        bool made;
        nrv__stand stand;
    } *segment;
};

/* kept anyway: weights and numbers; inputs and the counter of draws are not, or what depends on them alone would be */
static bool anew_stays(nrv_tensor x, int32_t segment)
{
    return x->segment == segment || x->region ||
           (x->op->flags & NRV_LEAF && x->op != &nrv__op_run_counter && x->op != &nrv__op_input &&
            x->op != &nrv__op_local) ||
           nrv__is_block(x);
}

bool nrv__anew_begin(nrv__reverse *w)
{
    nrv_graph *g = w->g;
    if (!g->n_segment || w->region)
        return true;
    struct nrv__anew *a = nrv__arena_get(&g->arena, sizeof *a);
    size_t segments = (size_t)g->n_segment + 1;
    if (a)
        *a = (struct nrv__anew){ nrv__arena_get(&g->arena, (w->n + 1) * sizeof *a->to),
                                 nrv__arena_get(&g->arena, w->n + 1), nrv__arena_get(&g->arena, w->n + 1), w->n,
                                 nrv__arena_get(&g->arena, segments * sizeof *a->segment) };
    if (!a || !a->to || !a->want || !a->start || !a->segment)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a gradient over %zu nodes", w->n), false;
    for (size_t i = 0; i < w->n; i++) {
        nrv_tensor x = g->node[i];
        struct anew_segment *s = &a->segment[x->segment];
        s->first = s->end ? s->first : i;
        s->end = i + 1;
        a->want[i] = x->segment && !x->region;
        for (int k = 0; a->want[i] && k < x->n_in; k++)
            a->start[x->in[k]->id] = a->start[x->in[k]->id] || !anew_stays(x->in[k], x->segment);
    }
    w->anew = a;
    return true;
}

typedef struct anew_given {
    nrv_tensor x, before;
} anew_given;

static void anew_copy(nrv__reverse *w, struct anew_segment *s, int32_t id, nrv_tensor after)
{
    struct nrv__anew *a = w->anew;
    size_t most = 1, n = 0;
    for (size_t i = s->first; i < s->end; i++)
        most += w->g->node[i]->segment == id ? (size_t)w->g->node[i]->n_in : 0;
    anew_given *given = nrv__arena_get(&w->g->arena, most * sizeof *given);
    if (!given) {
        nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory to compute a scope again");
        return;
    }
    for (size_t i = s->first; i < s->end; i++) {
        nrv_tensor y = w->g->node[i];
        for (int k = 0; y->segment == id && !y->region && k < y->n_in; k++) {
            nrv_tensor x = y->in[k];
            if (anew_stays(x, id))
                continue;
            given[n++] = (anew_given){ x, a->to[x->id] };
            a->to[x->id] = nrv__again(x, after);
        }
    }
    s->stand = (nrv__stand){ .to = a->to, .first = s->first, .n = s->end };
    for (size_t i = s->first; i < s->end; i++) { /* other scopes may lie between */
        a->want[i] = w->g->node[i]->segment == id && !w->g->node[i]->region;
        if (a->want[i] && a->start[i])
            a->to[i] = nrv__again(w->g->node[i], after);
    }
    nrv__copy_region(w->g, &s->stand, a->want);
    while (n--)
        a->to[given[n].x->id] = given[n].before;
    s->stand.n = a->n;
}

const nrv__stand *nrv__anew(nrv__reverse *w, nrv_tensor n, nrv_tensor dy)
{
    if (!w->anew || !n->segment || n->region)
        return w->here;
    struct anew_segment *s = &w->anew->segment[n->segment];
    if (!s->made)
        anew_copy(w, s, n->segment, dy);
    s->made = true;
    return &s->stand;
}
