/* early.c - what gives less memory than it lets go is done as soon as it can be.

   A walk from the outputs comes to the gradient of a weight when the variable's update asks for it, which may be after
   the whole way back: until then what it reads - what the layer was given, and what came back to it - stays. So a step
   whose result is at most half of what it reads moves up behind the last of its inputs; not between element-wise nodes,
   which would be cut into two programs. Promises: inputs stay before users; depends on nothing but order and lengths.
   Does not do: search for the least memory, which is NP-hard; the insides of blocks. */
#include "passes.h"

typedef struct early_pass {
    const nrv__compiler *c;
    nrv_tensor *order;
    size_t n;
    int32_t *at;    /* by id: its place in order */
    int32_t *after; /* by place: the place behind which it is done; its own where it stays */
} early_pass;

static bool early_costs_nothing(nrv_tensor x)
{
    return (x->op->flags & (NRV_VIEW | NRV_LEAF | NRV_POINTWISE)) != 0;
}

static bool early_frees(const early_pass *p, nrv_tensor y, const nrv_tensor *in, int n_in)
{
    double read = 0;
    if (early_costs_nothing(y) || nrv__is_block(y) || nrv__block_read(y))
        return false;
    for (int k = 0; k < n_in; k++) {
        nrv_tensor x = nrv__viewed(in[k]);
        read += x->op->flags & NRV_LEAF ? 0 : nrv__nominal_bytes(p->c, x);
    }
    return 2 * nrv__nominal_bytes(p->c, y) <= read;
}

static void early_move(early_pass *p, size_t i)
{
    const nrv_tensor *in;
    int n_in = nrv__reads(p->c, p->order[i], &in);
    if (!early_frees(p, p->order[i], in, n_in))
        return;
    int32_t place = 0;
    for (int k = 0; k < n_in; k++) {
        int32_t x = p->after[p->at[nrv__viewed(in[k])->id]];
        place = x > place ? x : place;
    }
    while ((size_t)place + 1 < i && early_costs_nothing(p->order[place + 1]))
        place++;
    p->after[i] = place;
    for (int k = 0; k < n_in; k++) /* and the views through which it looks */
        for (nrv_tensor x = in[k]; x->op->flags & NRV_VIEW; x = x->in[0])
            if (p->after[p->at[x->id]] > place)
                p->after[p->at[x->id]] = place;
}

/* place by place: who stays there, then who comes behind it, in the old order */
static bool early_sort(const early_pass *p, nrv__compiler *c)
{
    int32_t *head = nrv__tmp(c, p->n, sizeof *head), *next = nrv__tmp(c, p->n, sizeof *next);
    nrv_tensor *sorted = nrv__tmp(c, p->n, sizeof *sorted);
    size_t k = 0;
    if (!head || !next || !sorted)
        return false;
    for (size_t i = 0; i < p->n; i++)
        head[i] = -1;
    for (size_t i = p->n; i--;)
        if ((size_t)p->after[i] != i) {
            next[i] = head[p->after[i]];
            head[p->after[i]] = (int32_t)i;
        }
    for (size_t i = 0; i < p->n; i++) {
        if ((size_t)p->after[i] == i)
            sorted[k++] = p->order[i];
        for (int32_t m = head[i]; m >= 0; m = next[m])
            sorted[k++] = p->order[m];
    }
    c->outside.order = sorted;
    return true;
}

bool nrv__pass_early(nrv__compiler *c)
{
    early_pass p = { c, c->outside.order, c->outside.n_order, nrv__tmp(c, c->g->n_node, sizeof *p.at),
                     nrv__tmp(c, c->outside.n_order, sizeof *p.after) };
    if (nrv__without(c, "early"))
        return true;
    if (!p.at || !p.after)
        return false;
    for (size_t i = 0; i < p.n; i++) {
        p.at[p.order[i]->id] = (int32_t)i;
        p.after[i] = (int32_t)i;
    }
    for (size_t i = 0; i < p.n; i++)
        early_move(&p, i);
    return early_sort(&p, c);
}
