/* exec.c - an exec's life, and one run: a loop over actions.

   Promises: nrv_run allocates nothing once prepared; a run that fails leaves the store as it was; the same bits for any
   number of threads. Does not do: lay out memory (layout.c). */
#include "exec.h"
#include "../base/flush.h"
#include "ref.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool exec_frame(nrv_exec *e, nrv__frame *f);

static bool exec_inside(nrv_exec *e, nrv__action *a, const nrv__loop *l)
{
    int n = l->kind == NRV__IF ? 2 : 1;
    a->inside = nrv__arena_get(&e->arena, (size_t)n * sizeof *a->inside);
    bool ok = a->inside != NULL;
    for (int k = 0; k < n && ok; k++) {
        a->inside[k] = (nrv__frame){ .code = &l->code[k], .loop = l, .branch = k };
        ok = exec_frame(e, &a->inside[k]);
    }
    return ok;
}

static nrv__walk *exec_walk(nrv_exec *e, int32_t n_reg, int32_t n_instr)
{
    nrv__walk *w = nrv__arena_get(&e->arena, sizeof *w);
    if (w) {
        w->stride = nrv__arena_get(&e->arena, (size_t)n_reg * sizeof *w->stride);
        w->scalar = nrv__arena_get(&e->arena, (size_t)n_reg * sizeof *w->scalar);
        w->first = nrv__arena_get(&e->arena, (size_t)n_reg * sizeof *w->first);
        w->ones = nrv__arena_get(&e->arena, (size_t)n_instr * sizeof *w->ones);
    }
    return w;
}

/* Kernels see inputs side by side: one alone, and the output, are the frame's own. */
static bool exec_action(nrv_exec *e, nrv__frame *f, size_t i)
{
    const nrv__step *s = &f->code->step[i];
    nrv__action *a = &f->action[i];
    bool plain = !s->tiles && !s->loop;
    a->step = s;
    a->gathers = plain && s->n_in > 1;
    a->in = plain && s->n_in == 1 ? &f->view[s->in[0]] : nrv__arena_get(&e->arena, (size_t)s->n_in * sizeof *a->in);
    a->out = plain ? &f->view[s->out] : nrv__arena_get(&e->arena, sizeof *a->out);
    a->size = nrv__arena_get(&e->arena, (size_t)s->n_size * sizeof *a->size);
    a->walk = !s->tiles      ? NULL
              : s->like >= 0 ? f->action[s->like].walk
                             : exec_walk(e, s->tiles->n_reg, s->tiles->n_instr);
    a->args = (nrv__args){
        .in = a->in, .out = a->out, .n_in = s->n_in, .n_out = 1, .attr = s->attr, .size = a->size, .fault = &e->fault
    };
    return !e->arena.broken && (!s->loop || exec_inside(e, a, s->loop));
}

/* what lies elsewhere in every turn of a scan, and who reads or writes it */
static bool exec_moving(nrv_exec *e, nrv__frame *f)
{
    const nrv__code *c = f->code;
    size_t operands = 0;
    for (size_t i = 0; i < c->n_step; i++)
        operands += (size_t)c->step[i].n_in;
    bool *moves = nrv__arena_get(&e->arena, c->n_value + 1);
    f->moving = nrv__arena_get(&e->arena, (c->n_value + 1) * sizeof *f->moving);
    f->touched = nrv__arena_get(&e->arena, (operands + 1) * sizeof *f->touched);
    if (!moves || !f->moving || !f->touched)
        return false;
    for (size_t i = 0; i < c->n_value; i++) {
        const nrv__value *v = &c->value[i];
        moves[i] = v->where == NRV__ROW || v->row >= 0 || (v->where == NRV__VIEW && moves[v->index]);
        if (moves[i])
            f->moving[f->n_moving++] = (int32_t)i;
    }
    for (size_t i = 0; i < c->n_step; i++) {
        const nrv__step *s = &c->step[i];
        for (int32_t k = 0; k < s->n_in && !s->tiles && !s->loop && s->n_in > 1; k++)
            if (moves[s->in[k]])
                f->touched[f->n_touched++] = (nrv__operand){ (int32_t)i, k };
    }
    return true;
}

static bool exec_frame(nrv_exec *e, nrv__frame *f)
{
    const nrv__code *c = f->code;
    f->view = nrv__arena_get(&e->arena, (c->n_value + 1) * sizeof *f->view);
    f->offset = nrv__arena_get(&e->arena, (c->n_value + 1) * sizeof *f->offset);
    f->action = nrv__arena_get(&e->arena, (c->n_step + 1) * sizeof *f->action);
    bool ok = !e->arena.broken && nrv__rooms(e, f) && (!f->loop || exec_moving(e, f));
    for (size_t i = 0; i < c->n_step && ok; i++)
        ok = exec_action(e, f, i);
    return ok;
}

nrv_status nrv__exec_room(nrv_exec *e)
{
    const nrv_plan *p = e->plan;
    nrv__arena *a = &e->arena;
    e->named = nrv__arena_get(a, (p->dims.n_size + 1) * sizeof *e->named);
    e->wanted = nrv__arena_get(a, (p->dims.n_size + 1) * sizeof *e->wanted);
    e->atoms = nrv__arena_get(a, (p->dims.n_atom + 1) * sizeof *e->atoms);
    e->polys = nrv__arena_get(a, (p->dims.n_poly + 1) * sizeof *e->polys);
    e->var = nrv__arena_get(a, (p->n_var + 1) * sizeof *e->var);
    e->input = nrv__arena_get(a, (p->n_input + 1) * sizeof *e->input);
    e->output = nrv__arena_get(a, (p->n_output + 1) * sizeof *e->output);
    e->local = nrv__arena_get(a, (p->n_local + 1) * sizeof *e->local);
    bool ok = !a->broken;
    for (size_t i = 0; i < p->dims.n_size && ok; i++)
        e->named[i] = e->wanted[i] = -1;
    e->top.code = &p->code;
    if (!ok || !exec_frame(e, &e->top))
        return nrv__fail(&e->why, NRV_ENOMEM, "no memory for an exec of %zu steps", p->code.n_step);
    return NRV_OK;
}

static void exec_vars(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_var && !e->why.status; i++) {
        const nrv__plan_var *v = &e->plan->var[i];
        e->var[i] = nrv__store_get(e->store, v->name, v->type, v->rank, v->dim, v->start, v->kind, &e->why);
    }
}

NRV_API nrv_exec *nrv_exec_new(const nrv_plan *p, nrv_store *s, const nrv_exec_opt *opt)
{
    if (!p || !s)
        return NULL;
    nrv_exec *e = nrv__alloc(&p->mem, NULL, 0, sizeof *e);
    if (!e)
        return NULL;
    memset(e, 0, sizeof *e);
    e->mem = e->arena.mem = p->mem;
    e->plan = p;
    e->store = s;
    e->why = p->why;
    e->pool = opt ? opt->pool : NULL;
    e->stream = opt ? opt->stream : 0;
    e->flush = opt && opt->flush;
    nrv_exec *share = opt ? opt->share : NULL;
    if (!e->why.status && share && share->broken)
        e->why = share->why;
    if (!e->why.status)
        nrv__exec_room(e);
    if (!e->why.status)
        exec_vars(e);
    e->work = share ? share->work : nrv__alloc(&e->mem, NULL, 0, sizeof *e->work);
    if (e->work && !share)
        *e->work = (nrv__work){ .mem = e->mem };
    if (share)
        share->kept = false; /* from now on somebody else writes there, too */
    if (e->work)
        e->work->users++;
    else
        nrv__fail(&e->why, NRV_ENOMEM, "no memory for an exec");
    e->broken = e->why.status != NRV_OK;
    return e;
}

NRV_API void nrv_exec_free(nrv_exec *e)
{
    if (!e)
        return;
    const nrv__mem m = e->mem;
    for (size_t i = 0; e->local && i < e->plan->n_local; i++)
        nrv__alloc(&m, e->local[i].data, e->local[i].bytes, 0);
    if (e->work && --e->work->users == 0) {
        const nrv__mem w = e->work->mem;
        nrv__alloc(&w, e->work->block, e->work->block ? e->work->bytes + NRV__ALIGN : 0, 0);
        nrv__alloc(&w, e->work, sizeof *e->work, 0);
    }
    nrv__arena_free(&e->arena);
    nrv__alloc(&m, e, sizeof *e, 0);
}

NRV_API const char *nrv_why(const nrv_exec *e)
{
    return !e ? "out of memory" : e->why.status ? e->why.text : NULL;
}

/* ---- sizes and bindings ---- */
static bool exec_ready(nrv_exec *e)
{
    if (e && !e->broken && !e->pending)
        e->why.status = NRV_OK, e->why.text[0] = 0; /* and not the whole text: this is done for every run */
    return e && !e->broken;
}

static nrv_status exec_pending(nrv_exec *e, nrv_status st)
{
    e->pending = true;
    return st;
}

NRV_API nrv_status nrv_set_size(nrv_exec *e, const char *size, int64_t n)
{
    if (!exec_ready(e))
        return e ? e->why.status : NRV_ENOMEM;
    if (size && n < 0)
        return exec_pending(e, nrv__fail(&e->why, NRV_EARG, "size '%s' cannot be %lld", size, (long long)n));
    for (size_t i = 0; size && i < e->plan->dims.n_size; i++)
        if (!strcmp(e->plan->dims.size[i].name, size)) {
            e->resized = e->resized || e->named[i] != n;
            e->wanted[i] = n;
            return NRV_OK;
        }
    return exec_pending(e, nrv__fail(&e->why, NRV_ENAME, "the plan has no size '%s'", size ? size : ""));
}

static nrv_status exec_bind(nrv_exec *e, nrv__plan_name *table, size_t n, nrv__bound *bound, const char *what,
                            const char *name, void *data, size_t bytes)
{
    if (!exec_ready(e))
        return e ? e->why.status : NRV_ENOMEM;
    const nrv__plan_name *found = name ? nrv__plan_find(table, n, name) : NULL;
    if (!found) {
        char names[256] = "";
        size_t at = 0;
        for (size_t i = 0; i < n && at < sizeof names; i++)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", table[i].name);
        return exec_pending(e, nrv__fail(&e->why, NRV_ENAME, "the plan has no %s '%s'\n  hint  it has: %s", what,
                                         name ? name : "", names));
    }
    if (!data && bytes)
        return exec_pending(e, nrv__fail(&e->why, NRV_EARG, "%s '%s': %zu bytes at NULL", what, name, bytes));
    nrv__bound *b = &bound[found - table];
    e->stale = e->stale || b->data != data || b->bytes != bytes;
    *b = (nrv__bound){ data, bytes };
    return NRV_OK;
}

NRV_API nrv_status nrv_bind_in(nrv_exec *e, const char *name, const void *data, size_t bytes)
{
    void *p; /* only read, but views have one kind of pointer */
    memcpy(&p, &data, sizeof p);
    return exec_bind(e, e ? e->plan->input : NULL, e ? e->plan->n_input : 0, e ? e->input : NULL, "input", name, p,
                     bytes);
}

NRV_API nrv_status nrv_bind_out(nrv_exec *e, const char *name, void *data, size_t bytes)
{
    return exec_bind(e, e ? e->plan->output : NULL, e ? e->plan->n_output : 0, e ? e->output : NULL, "output", name,
                     data, bytes);
}

static size_t exec_bytes(const nrv_exec *e, int32_t value)
{
    const nrv__view *v = &e->top.view[value];
    return (size_t)nrv__elements(v) * nrv__dtype_size(v->type);
}

static nrv_status exec_check_bound(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_input; i++) {
        const nrv__plan_name *in = &e->plan->input[i];
        if (in->value < 0)
            continue;
        size_t want = exec_bytes(e, in->value);
        if (want && !e->input[i].data)
            return nrv__fail(&e->why, NRV_EARG, "input '%s' is not bound\n  hint  nrv_bind_in(e, \"%s\", data, %zu)",
                             in->name, in->name, want);
        if (e->input[i].bytes != want)
            return nrv__fail(&e->why, NRV_EARG,
                             "input '%s' takes %zu bytes, %zu are bound\n  hint  do nrv_set_size and the buffer agree?",
                             in->name, want, e->input[i].bytes);
    }
    for (size_t i = 0; i < e->plan->n_output; i++) {
        size_t want = exec_bytes(e, e->plan->output[i].value);
        if (e->output[i].data && e->output[i].bytes != want)
            return nrv__fail(&e->why, NRV_EARG, "output '%s' gives %zu bytes, %zu are bound", e->plan->output[i].name,
                             want, e->output[i].bytes);
    }
    return NRV_OK;
}

NRV_API nrv_status nrv_prepare(nrv_exec *e)
{
    if (!exec_ready(e))
        return e ? e->why.status : NRV_ENOMEM;
    if (e->pending) {
        e->pending = false;
        return e->why.status;
    }
    bool lost = !e->work->block || e->work->bytes < e->need; /* by a sharer that failed to grow it */
    if ((!e->laid || e->resized || lost) && nrv__layout(e))
        return e->why.status;
    if (e->stale || e->work_seen != e->work->moved) {
        if (exec_check_bound(e))
            return e->why.status;
        nrv__resolve(e);
    }
    return NRV_OK;
}

/* ---- one run ---- */
typedef struct exec_work {
    const nrv_exec *e;
    const nrv__frame *f;
    const nrv__action *a;
    int phase;
} exec_work;

static void exec_units(const exec_work *w, int64_t begin, int64_t end, int worker)
{
    const nrv__action *a = w->a;
    char *scratch = (char *)a->args.scratch + (size_t)worker * w->e->scratch_each;
    if (a->step->tiles) {
        nrv__tile_run(w->f, a, begin, end, scratch);
        return;
    }
    nrv__args args = a->args;
    args.begin = begin;
    args.end = end;
    args.phase = w->phase;
    args.scratch = scratch;
    if (a->kernel)
        a->kernel->run(&args);
    else
        nrv__ref_run(a->step->op, &args);
}

/* on any thread; each has a mode of its own, and a worker has that of whoever made the pool */
static void exec_task(void *user, int64_t begin, int64_t end, int worker)
{
    const exec_work *w = user;
    uint64_t before = nrv__flush_begin(w->e->flush);
    exec_units(w, begin, end, worker);
    nrv__flush_end(before, w->e->flush);
}

static void exec_phase(exec_work *w, int phase, int64_t units, int64_t grain)
{
    w->phase = phase;
    if (units == 0)
        return;
    if (grain >= units)
        exec_units(w, 0, units, 0);
    else
        nrv__pool_run(w->e->pool, units, grain, exec_task, w);
}

static void exec_act(nrv_exec *e, const nrv__frame *f, const nrv__action *a)
{
    exec_work w = { .e = e, .f = f, .a = a };
    exec_phase(&w, 0, a->units, a->grain);
    exec_phase(&w, 1, a->units2, a->grain2);
}

static bool exec_has_nan(const nrv__view *v)
{
    size_t size = nrv__dtype_size(v->type);
    for (int64_t i = 0; nrv__dtype_real(v->type) && i < nrv__elements(v); i++) {
        double x;
        nrv__to_double(&x, (const char *)v->data + (size_t)i * size, v->type, 1);
        if (isnan(x))
            return true;
    }
    return false;
}

static nrv_status exec_hunt_nan(nrv_exec *e, const nrv__frame *f, const nrv__action *a)
{
    const nrv__tiles *t = a->step->tiles;
    for (int32_t r = 0; r < (t ? t->n_reg : 1) && !a->step->loop; r++) {
        int32_t v = t ? t->reg[r].store : a->step->out;
        if (v < 0 || !exec_has_nan(&f->view[v]))
            continue;
        const char *op = a->step->op ? a->step->op->name : "element-wise";
        for (int32_t i = 0; t && i < t->n_instr; i++)
            op = nrv__instr_writes(&t->instr[i], r) ? t->instr[i].op->name : op;
        return nrv__fail(
            &e->why, NRV_EVALUE,
            "%s gives a NaN%s%s\n  hint  a smaller learning rate, clipped gradients, or inputs that are NaN", op,
            NRV__PLACE(f->code->value[v].scope));
    }
    return NRV_OK;
}

static nrv_status exec_block(nrv_exec *e, const nrv__frame *around, nrv__action *a);

static nrv_status exec_steps(nrv_exec *e, const nrv__frame *f, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        nrv__action *a = &f->action[i];
        if (a->step->once && e->kept)
            continue;
        if (a->step->loop) {
            if (exec_block(e, f, a))
                return e->why.status;
            continue;
        }
        exec_act(e, f, a);
        if (a->step->fails && nrv__fault_status(&e->fault))
            return nrv__fault_tell(&e->fault, &e->why, a->step->by->name, a->step->scope, a->step->by->values);
        if (e->plan->check_nan && exec_hunt_nan(e, f, a))
            return e->why.status;
    }
    return NRV_OK;
}

/* ---- blocks ---- */
static void exec_copy(const nrv__view *to, const nrv__view *from)
{
    size_t bytes = (size_t)nrv__elements(to) * nrv__dtype_size(to->type);
    if (bytes)
        memcpy(to->data, from->data, bytes);
}

static void exec_carry_on(const nrv__frame *f)
{
    const nrv__loop *l = f->loop;
    for (int32_t k = 0; k < l->n_carry; k++)
        if (l->carry[k].at >= 0 && !l->carry[k].in_place)
            exec_copy(&f->view[l->carry[k].at], &f->view[l->carry[k].next]);
}

static nrv_status exec_loop(nrv_exec *e, const nrv__frame *around, const nrv__action *a)
{
    const nrv__loop *l = a->step->loop;
    nrv__frame *f = &a->inside[0];
    bool endless = l->kind == NRV__WHILE && !a->turns;
    size_t first = l->kind == NRV__WHILE ? (size_t)l->stop_step : 0;
    f->turn = 0;
    nrv__resolve_inside(e, f, around, a);
    for (int32_t k = 0; k < l->n_carry; k++)
        if (l->carry[k].at >= 0)
            exec_copy(&f->view[l->carry[k].at], &around->view[a->step->in[l->carry[k].first]]);
    for (int64_t t = 0; endless || t < a->turns; t++) {
        f->turn = l->reverse ? a->turns - 1 - t : t;
        nrv__resolve_turn(f, around, a);
        if (exec_steps(e, f, 0, first))
            return e->why.status;
        if (l->kind == NRV__WHILE && *(const unsigned char *)f->view[l->stop].data)
            break;
        if (exec_steps(e, f, first, f->code->n_step))
            return e->why.status;
        exec_carry_on(f);
    }
    for (int32_t k = 0; k < l->n_carry; k++)
        if (l->carry[k].last >= 0)
            exec_copy(&around->view[l->carry[k].last], &f->view[l->carry[k].at]);
    return NRV_OK;
}

static nrv_status exec_block(nrv_exec *e, const nrv__frame *around, nrv__action *a)
{
    const nrv__loop *l = a->step->loop;
    if (l->kind != NRV__IF)
        return exec_loop(e, around, a);
    nrv__frame *f = &a->inside[*(const unsigned char *)around->view[a->step->in[0]].data ? 0 : 1];
    nrv__resolve_inside(e, f, around, a);
    return exec_steps(e, f, 0, f->code->n_step);
}

static void exec_commit(nrv_exec *e)
{
    const nrv_plan *p = e->plan;
    for (size_t i = 0; i < p->n_var; i++) {
        int32_t v = p->var[i].value;
        if (v >= 0 && p->code.value[v].in_place != (int32_t)i && e->var[i]->bytes)
            memcpy(e->var[i]->data, e->top.view[v].data, e->var[i]->bytes);
    }
    for (size_t i = 0; i < p->n_local; i++)
        if (p->local[i].assigned >= 0 && p->local[i].value >= 0)
            memcpy(e->local[i].data, e->top.view[p->local[i].assigned].data, exec_bytes(e, p->local[i].value));
    for (size_t i = 0; i < p->n_output; i++)
        if (e->output[i].data && e->output[i].bytes)
            memcpy(e->output[i].data, e->top.view[p->output[i].value].data, e->output[i].bytes);
}

/* commits of the store; where an exec runs again without one, or has a stream, mixed with these: 53 bits, so that
 * doubles hold it */
static void exec_count(nrv_exec *e)
{
    uint64_t commits = e->store->commits;
    e->runs = commits == e->commits_seen ? e->runs : 0;
    e->commits_seen = commits;
    uint64_t mix[2] = { e->runs++, e->stream };
    if (!e->plan->draws)
        return;
    uint64_t h = mix[0] || mix[1] ? nrv__hash(commits, mix, sizeof mix) : commits;
    e->run_counter = (int64_t)(h & ((UINT64_C(1) << 53) - 1));
}

NRV_API nrv_status nrv_run(nrv_exec *e)
{
    if (nrv_prepare(e))
        return e ? e->why.status : NRV_ENOMEM;
    bool assigns = e->plan->assigns;
    if (!nrv__store_enter(e->store, assigns))
        return nrv__fail(&e->why, NRV_EBUSY,
                         "another run uses the store\n  hint  run one after the other, or give each its store");
    exec_count(e);
    nrv__fault_clear(&e->fault);
    uint64_t before = nrv__flush_begin(e->flush);
    if (!exec_steps(e, &e->top, 0, e->plan->code.n_step)) {
        exec_commit(e);
        e->kept = e->work->users == 1;
        e->store->commits += assigns;
    }
    nrv__flush_end(before, e->flush);
    nrv__store_leave(e->store, assigns);
    return e->why.status;
}

NRV_API void nrv_reset(nrv_exec *e)
{
    for (size_t i = 0; e && !e->broken && i < e->plan->n_local; i++) {
        nrv__alloc(&e->mem, e->local[i].data, e->local[i].bytes, 0);
        e->local[i] = (nrv__carried){ 0 };
        e->laid = false;
    }
}

NRV_API const void *nrv_value(nrv_exec *e, const char *name, size_t *bytes)
{
    if (bytes)
        *bytes = 0;
    if (!e || e->broken || !e->laid)
        return NULL;
    const nrv__plan_name *n = name ? nrv__plan_find(e->plan->output, e->plan->n_output, name) : NULL;
    if (n && e->work_seen != e->work->moved) /* a sharer took the memory away */
        return NULL;
    n = n || !name ? n : nrv__plan_find(e->plan->local, e->plan->n_local, name);
    if (!n || n->value < 0)
        return NULL;
    if (bytes)
        *bytes = exec_bytes(e, n->value);
    return e->top.view[n->value].data;
}
