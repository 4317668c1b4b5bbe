/* cost.c - memory and work of a plan at given sizes, without a store, a workspace or a run.

   Promises: the bytes are those that an exec then asks the allocator for and keeps, as long as that aligns blocks to 16
   bytes: an exec is laid out on trial, by the same code. No recursion: blocks nest as deep as they like.
   Does not do: what nrv_prepare borrows and gives back; time. */
#include "cost.h"
#include "ref.h"
#include <string.h>

typedef struct cost_meter {
    nrv__mem under;
    size_t alive;
} cost_meter;

static void *cost_alloc(void *user, void *p, size_t old, size_t want)
{
    cost_meter *m = user;
    void *to = nrv__alloc(&m->under, p, old, want);
    if (to || !want)
        m->alive += want - old;
    return to;
}

/* ---- work ---- */
typedef struct cost_level { /* a frame that is looked at */
    const nrv__frame *f;
    size_t at;
    int branch;
    nrv__work_done sum, yes; /* yes: of the first branch of the choice that it stands at */
} cost_level;

static int64_t cost_sum(int64_t a, int64_t b)
{
    return nrv__add(a, b, &a) ? a : INT64_MAX;
}

static int64_t cost_times(int64_t a, int64_t b)
{
    return nrv__mul(a, b, &a) ? a : INT64_MAX;
}

static void cost_more(nrv__work_done *to, nrv__work_done w, int64_t times)
{
    to->macs = cost_sum(to->macs, cost_times(w.macs, times));
    to->points = cost_sum(to->points, cost_times(w.points, times));
    to->bytes = cost_sum(to->bytes, cost_times(w.bytes, times));
}

/* of a view: what is repeated through a stride of 0 lies there once */
static int64_t cost_lying(const nrv__view *v)
{
    int64_t n = (int64_t)nrv__dtype_size(v->type);
    for (int i = 0; i < v->rank; i++)
        n = cost_times(n, v->stride[i] || !v->dim[i] ? v->dim[i] : 1);
    return n;
}

static nrv__work_done cost_action(const nrv__action *a)
{
    const nrv__step *s = a->step;
    nrv__work_done w = { 0 };
    int64_t most = a->args.n;
    for (int32_t k = 0; k < s->n_in; k++) {
        most = nrv__elements(&a->in[k]) > most ? nrv__elements(&a->in[k]) : most;
        w.bytes = cost_sum(w.bytes, cost_lying(&a->in[k]));
    }
    for (int32_t k = 0; k < a->args.n_out; k++)
        w.bytes = cost_sum(w.bytes, cost_lying(&a->out[k]));
    if (s->tiles)
        w.points = cost_times(a->args.n, s->tiles->n_instr);
    else if (s->op->macs)
        w.macs = s->op->macs(&a->args);
    else
        w.points = most;
    return w;
}

static nrv__work_done cost_larger(nrv__work_done a, nrv__work_done b)
{
    return cost_sum(cost_times(a.macs, 2), a.points) > cost_sum(cost_times(b.macs, 2), b.points) ? a : b;
}

/* what is inside the block that `level` stands at took `w` */
static void cost_leave(cost_level *level, nrv__work_done w, nrv__cost *c)
{
    const nrv__action *a = &level->f->action[level->at];
    if (a->step->loop->kind == NRV__IF && level->branch == 0) {
        level->yes = w;
        level->branch = 1;
        return;
    }
    bool endless = a->step->loop->kind == NRV__WHILE && !a->turns;
    c->endless = c->endless || endless;
    if (a->step->loop->kind == NRV__IF)
        w = cost_larger(level->yes, w);
    cost_more(&level->sum, w, endless ? 1 : a->turns);
    level->branch = 0;
    level->at++;
}

static bool cost_work(const nrv_exec *e, nrv__cost *c)
{
    size_t n = 0, cap = 0;
    cost_level *level = NULL, *grown;
    const nrv__frame *into = &e->top;
    while (into || n) {
        if (into) {
            grown = nrv__grow(&e->mem, level, n, &cap, sizeof *level);
            if (!grown)
                break;
            level = grown;
            level[n++] = (cost_level){ .f = into };
        }
        cost_level *at = &level[n - 1];
        into = NULL;
        if (at->at == at->f->code->n_step) {
            nrv__work_done w = at->sum;
            if (--n)
                cost_leave(&level[n - 1], w, c);
            else
                c->work = w;
        } else if (at->f->action[at->at].step->loop) {
            into = &at->f->action[at->at].inside[at->branch];
        } else {
            cost_more(&at->sum, cost_action(&at->f->action[at->at++]), 1);
        }
    }
    nrv__alloc(&e->mem, level, cap * sizeof *level, 0);
    return !into;
}

/* ---- memory ---- */
static void cost_memory(const nrv_exec *e, const cost_meter *m, nrv__cost *c)
{
    c->exec = m->alive + sizeof(nrv__work);
    c->workspace = nrv__workspace_bytes(e);
    c->each_thread = e->scratch_each;
    for (size_t i = 0; i < e->plan->n_local; i++)
        c->locals += nrv__local_bytes(e, i);
    for (size_t i = 0; i < e->plan->n_var; i++) {
        const nrv__plan_var *v = &e->plan->var[i];
        size_t bytes = nrv__dtype_size(v->type);
        for (int k = 0; k < v->rank; k++)
            bytes *= (size_t)v->dim[k];
        c->variables += bytes;
    }
}

nrv_status nrv__cost_of(const nrv_plan *p, const int64_t *size, nrv__cost *c, nrv__why *why)
{
    cost_meter m = { p->mem, 0 };
    const nrv__mem counted = { cost_alloc, &m };
    *c = (nrv__cost){ 0 };
    nrv_exec *e = nrv__alloc(&counted, NULL, 0, sizeof *e);
    if (!e)
        return nrv__fail(why, NRV_ENOMEM, "no memory for a trial exec");
    memset(e, 0, sizeof *e);
    e->mem = e->arena.mem = counted;
    e->plan = p;
    nrv_status st = nrv__exec_room(e);
    if (!st && p->dims.n_size)
        memcpy(e->wanted, size, p->dims.n_size * sizeof *size);
    if (!st)
        st = nrv__layout_sizes(e);
    if (!st)
        cost_memory(e, &m, c);
    if (!st && !cost_work(e, c))
        st = nrv__fail(&e->why, NRV_ENOMEM, "no memory to count the work");
    *why = e->why;
    nrv__arena_free(&e->arena);
    nrv__alloc(&counted, e, sizeof *e, 0);
    return st;
}
