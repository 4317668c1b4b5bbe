/* layout.c - nrv_prepare: sizes become shapes, shapes choose kernels, lifetimes become offsets.

   Promises: every length is checked before anything is allocated; the workspace is one block whose size is known first.
   Does not do: find places in it (place.c). */
#include "exec.h"
#include "ref.h"
#include <string.h>

static nrv_status layout_lengths(nrv_exec *e)
{
    const nrv__dims *d = &e->plan->dims;
    size_t bad = 0;
    for (size_t i = 0; i < d->n_size; i++) {
        const nrv__size *s = &d->size[i];
        if (e->wanted[i] < 0 && s->lo == s->hi)
            e->wanted[i] = s->lo;
        if (e->wanted[i] < 0)
            return nrv__fail(&e->why, NRV_EARG, "size '%s' is not set\n  hint  nrv_set_size(e, \"%s\", n)", s->name,
                             s->name);
        if (e->wanted[i] < s->lo || e->wanted[i] > s->hi)
            return nrv__fail(&e->why, NRV_ESHAPE, "size '%s' is %lld, it was declared %lld..%lld", s->name,
                             (long long)e->wanted[i], (long long)s->lo, (long long)s->hi);
    }
    if (!nrv__dims_eval(d, e->wanted, e->atoms, e->polys, &bad))
        return nrv__fail(&e->why, NRV_ESHAPE, "the length %s overflows", d->poly[bad].text);
    return nrv__dims_check(d, e->plan->check, e->plan->n_check, e->polys, &e->why);
}

#define LAYOUT_MOST (INT64_C(1) << 46) /* bytes of one value: sums of them cannot overflow */

/* its shape, and strides as if it were contiguous: a product for each axis that a length of 0 does not make small, so
   that those cannot overflow either */
static nrv_status layout_shape(nrv_exec *e, const nrv__value *v, nrv__view *y)
{
    int64_t n = (int64_t)nrv__dtype_size(v->type), stride = 1;
    for (int k = v->rank - 1; k >= 0; k--) {
        const int64_t d = nrv__dim_at(v->dim[k], e->polys);
        if (d < 0)
            return nrv__fail(&e->why, NRV_ESHAPE,
                             "a length of %lld%s%s\n  hint  is the window larger than what "
                             "it slides over?",
                             (long long)d, NRV__PLACE(v->scope));
        if (!nrv__mul(n, d ? d : 1, &n) || n > LAYOUT_MOST)
            return nrv__fail(&e->why, NRV_ENOMEM, "a value of more than 2^46 bytes%s%s\n  hint  a smaller batch",
                             NRV__PLACE(v->scope));
        y->dim[k] = d;
        y->stride[k] = stride;
        stride *= d;
    }
    y->rank = v->rank;
    y->type = v->type;
    return NRV_OK;
}

static nrv_status layout_views(nrv_exec *e, nrv__frame *f)
{
    for (size_t i = 0; i < f->code->n_value; i++) {
        const nrv__value *v = &f->code->value[i];
        int64_t size[NRV__MAX_RANK], shift = 0;
        if (v->fixed && f->laid)
            continue;
        if (layout_shape(e, v, &f->view[i]))
            return e->why.status;
        f->offset[i] = 0;
        if (v->where != NRV__VIEW)
            continue;
        for (int k = 0; k < v->n_size; k++)
            size[k] = nrv__dim_at(v->size[k], e->polys);
        nrv__args a = { .in = &f->view[v->index], .n_in = 1, .attr = v->attr, .size = size };
        v->view->view(&a, &f->view[i], &shift);
        if (f->code->value[v->index].where == NRV__VIEW)
            f->offset[i] = f->offset[v->index];
        f->offset[i] += (size_t)shift * nrv__dtype_size(v->type); /* from the start of what it views */
    }
    return NRV_OK;
}

static size_t layout_bytes(const nrv__view *v)
{
    size_t n = (size_t)nrv__elements(v) * nrv__dtype_size(v->type);
    return (n + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1);
}

/* ---- kernels ---- */
/* ns: what is worth splitting, and the least that a piece should be; the second of each in a loop, where workers are
   still awake from the step before */
static const double layout_worth[2] = { 20000, 5000 }, layout_least[2] = { 4000, 1500 };

static void layout_grain(nrv_exec *e, nrv__action *a, double unit_ns, bool loop)
{
    unit_ns = unit_ns > 1 ? unit_ns : 1;
    double total = unit_ns * (double)a->units;
    int64_t piece = (int64_t)(layout_least[loop] / unit_ns) + 1;
    int threads = nrv__pool_threads(e->pool);
    int64_t even = a->units / (threads * 4);
    a->grain = total < layout_worth[loop] ? a->units : piece > even ? piece : even;
    a->grain2 = total < layout_worth[loop] ? a->units2 : a->units2 / (threads * 4);
}

static bool layout_in_loop(const nrv__frame *f)
{
    return f->loop && f->loop->kind != NRV__IF;
}

/* a step whose operands lie as another's do: it is done the same way */
static void layout_as(nrv__action *a, const nrv__action *other)
{
    a->kernel = other->kernel;
    a->args.n = other->args.n;
    a->units = other->units;
    a->units2 = other->units2;
    a->grain = other->grain;
    a->grain2 = other->grain2;
    a->scratch = other->scratch;
    a->shared = other->shared;
}

static nrv_status layout_kernel(nrv_exec *e, const nrv__frame *f, nrv__action *a)
{
    const nrv__step *s = a->step;
    a->kernel = NULL;
    for (int32_t k = 0; k < s->n_kernel && !a->kernel; k++)
        a->kernel = s->kernel[k]->fits(&a->args) ? NULL : s->kernel[k];
    a->shared = 0;
    if (!a->kernel && !s->op->ref)
        return nrv__fail(&e->why, NRV_ESHAPE,
                         "%s: no kernel for these lengths%s%s\n  hint  compile with .without = \"%s\"", s->op->name,
                         NRV__PLACE(s->scope), s->kernel[0]->name);
    if (!a->kernel) {
        a->scratch = nrv__ref_scratch(s->op, &a->args);
        a->units = a->grain = 1;
        a->units2 = 0;
        return a->scratch == SIZE_MAX ? nrv__fail(&e->why, NRV_ENOMEM, "%s: too large for its reference", s->op->name)
                                      : NRV_OK;
    }
    a->units = a->kernel->units(&a->args);
    a->units2 = a->kernel->units2 ? a->kernel->units2(&a->args) : 0;
    a->scratch = a->kernel->scratch ? a->kernel->scratch(&a->args) : 0;
    a->shared = a->kernel->shared ? a->kernel->shared(&a->args) : 0;
    layout_grain(e, a, a->kernel->work ? a->kernel->work(&a->args) : 1000, layout_in_loop(f));
    return NRV_OK;
}

static void layout_tiles(nrv_exec *e, nrv__frame *f, nrv__action *a)
{
    const nrv__tiles *t = a->step->tiles;
    nrv__tile_layout(f, a);
    a->args.n = 1;
    for (int k = 0; k < t->rank; k++)
        a->args.n *= nrv__dim_at(t->dim[k], e->polys);
    a->units = nrv__tile_units(a->walk, a->args.n);
    a->units2 = 0;
    a->scratch = nrv__tile_scratch(t);
    layout_grain(e, a, 0.1 * (double)a->walk->tile * t->n_instr, layout_in_loop(f));
}

static nrv_status layout_frame(nrv_exec *e, nrv__frame *f);

static nrv_status layout_block(nrv_exec *e, nrv__action *a)
{
    const nrv__loop *l = a->step->loop;
    a->turns = l->kind == NRV__IF ? 1 : nrv__dim_at(l->turns, e->polys);
    a->scratch = a->shared = 0;
    for (int k = 0; k < (l->kind == NRV__IF ? 2 : 1); k++) {
        if (layout_frame(e, &a->inside[k]))
            return e->why.status;
        a->shared = a->inside[k].need > a->shared ? a->inside[k].need : a->shared;
    }
    return NRV_OK;
}

/* but for where it lies */
static void layout_copy(nrv__view *to, const nrv__view *from)
{
    to->rank = from->rank;
    to->type = from->type;
    for (int k = 0; k < from->rank; k++) {
        to->dim[k] = from->dim[k];
        to->stride[k] = from->stride[k];
    }
}

static nrv_status layout_action(nrv_exec *e, nrv__frame *f, nrv__action *a)
{
    const nrv__step *s = a->step;
    if (s->fixed && f->laid)
        return NRV_OK;
    for (int32_t k = 0; k < s->n_in && a->gathers; k++)
        layout_copy(&a->in[k], &f->view[s->in[k]]);
    for (int32_t k = 0; k < s->n_size; k++)
        a->size[k] = nrv__dim_at(s->size[k], e->polys);
    if (s->like >= 0) {
        layout_as(a, &f->action[s->like]);
        return NRV_OK;
    }
    if (s->loop)
        return layout_block(e, a);
    if (s->tiles) {
        layout_tiles(e, f, a);
        return NRV_OK;
    }
    a->args.n = nrv__elements(a->out);
    return layout_kernel(e, f, a);
}

static nrv_status layout_actions(nrv_exec *e, nrv__frame *f, size_t *shared)
{
    *shared = 0;
    for (size_t i = 0; i < f->code->n_step; i++) {
        nrv__action *a = &f->action[i];
        if (layout_action(e, f, a))
            return e->why.status;
        e->scratch_each = a->scratch > e->scratch_each ? a->scratch : e->scratch_each;
        *shared = a->shared > *shared ? a->shared : *shared;
    }
    return NRV_OK;
}

/* ---- memory ---- */
static nrv_status layout_memory(nrv_exec *e, nrv__frame *f, size_t shared)
{
    size_t bytes = (f->n_room + 1) * sizeof(nrv__room);
    nrv__room *room = nrv__alloc(&e->mem, NULL, 0, bytes);
    bool ok = room != NULL;
    if (ok) {
        memcpy(room, f->room, bytes);
        for (size_t i = 0; i < f->n_room; i++)
            room[i].bytes = layout_bytes(&f->view[room[i].value]);
        ok = nrv__place(&e->mem, room, f->n_room, &f->shared_at);
        for (size_t i = 0; i < f->n_room && ok; i++)
            f->offset[room[i].value] = room[i].at;
        for (size_t i = 0; i < f->code->n_value && ok; i++) /* what is taken over comes before who takes it */
            if (f->code->value[i].same_memory >= 0)
                f->offset[i] = f->offset[f->code->value[i].same_memory];
        nrv__alloc(&e->mem, room, bytes, 0);
    }
    f->need = f->shared_at + ((shared + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1));
    return ok ? NRV_OK : nrv__fail(&e->why, NRV_ENOMEM, "no memory to lay out %zu values", f->code->n_value);
}

static nrv_status layout_frame(nrv_exec *e, nrv__frame *f)
{
    size_t shared = 0;
    f->polys = e->polys;
    if (layout_views(e, f) || layout_actions(e, f, &shared))
        return e->why.status;
    f->laid = true;
    return layout_memory(e, f, shared);
}

size_t nrv__workspace_bytes(const nrv_exec *e)
{
    return e->need + NRV__ALIGN;
}

static nrv_status layout_work(nrv_exec *e)
{
    nrv__work *w = e->work;
    if (w->bytes >= e->need && w->block)
        return NRV_OK;
    nrv__alloc(&w->mem, w->block, w->block ? w->bytes + NRV__ALIGN : 0, 0);
    w->block = nrv__alloc(&w->mem, NULL, 0, nrv__workspace_bytes(e));
    w->bytes = w->block ? e->need : 0;
    w->moved++;
    if (!w->block)
        return nrv__fail(&e->why, NRV_ENOMEM, "no memory for a workspace of %zu bytes\n  hint  a smaller batch",
                         e->need);
    w->at = w->block + (NRV__ALIGN - (uintptr_t)w->block % NRV__ALIGN) % NRV__ALIGN;
    return NRV_OK;
}

size_t nrv__local_bytes(const nrv_exec *e, size_t i)
{
    int32_t v = e->plan->local[i].value;
    return v < 0 ? 0 : layout_bytes(&e->top.view[v]) + 1;
}

/* other lengths are another state, even where they take as many bytes: it starts from its fill */
static nrv_status layout_locals(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_local; i++) {
        const nrv__plan_name *l = &e->plan->local[i];
        nrv__carried *b = &e->local[i];
        if (l->value < 0)
            continue;
        const nrv__view *v = &e->top.view[l->value];
        if (b->data && !memcmp(b->dim, v->dim, sizeof b->dim))
            continue;
        size_t bytes = nrv__local_bytes(e, i);
        nrv__alloc(&e->mem, b->data, b->bytes, 0);
        *b = (nrv__carried){ .data = nrv__alloc(&e->mem, NULL, 0, bytes), .bytes = bytes };
        memcpy(b->dim, v->dim, sizeof b->dim);
        if (!b->data)
            return nrv__fail(&e->why, NRV_ENOMEM, "no memory for local '%s': %zu bytes", l->name, bytes);
        for (int64_t k = 0; k < nrv__elements(v); k++)
            nrv__from_double((char *)b->data + (size_t)k * nrv__dtype_size(v->type), v->type, &l->fill, 1);
    }
    return NRV_OK;
}

nrv_status nrv__layout_sizes(nrv_exec *e)
{
    e->scratch_each = 0;
    if (layout_lengths(e) || layout_frame(e, &e->top))
        return e->why.status;
    e->scratch_each = (e->scratch_each + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1);
    e->scratch_at = e->top.need;
    e->need = e->top.need + e->scratch_each * (size_t)nrv__pool_threads(e->pool);
    return NRV_OK;
}

nrv_status nrv__layout(nrv_exec *e)
{
    e->laid = e->kept = false;
    if (nrv__layout_sizes(e) || layout_work(e) || layout_locals(e))
        return e->why.status;
    memcpy(e->named, e->wanted, (e->plan->dims.n_size + 1) * sizeof *e->named);
    e->laid = e->stale = true;
    e->resized = false;
    return NRV_OK;
}

/* ---- pointers ---- */
static void *resolve_const(const void *data)
{
    void *p; /* read only */
    memcpy(&p, &data, sizeof p);
    return p;
}

static char *resolve_view(const nrv__frame *f, size_t i)
{
    size_t base = i;
    while (f->code->value[base].where == NRV__VIEW)
        base = (size_t)f->code->value[base].index;
    char *start = f->view[base].data;
    return start ? start + f->offset[i] : NULL;
}

static void *resolve_value(nrv_exec *e, const nrv__frame *f, size_t i)
{
    const nrv__value *v = &f->code->value[i];
    switch (v->where) {
    case NRV__WORK:
        return v->in_place >= 0 ? e->var[v->in_place]->data : f->base + f->offset[i];
    case NRV__INPUT:
        return e->input[v->index].data;
    case NRV__VAR:
        return e->var[v->index]->data;
    case NRV__LOCAL:
        return e->local[v->index].data;
    case NRV__RUN:
        return &e->run_counter;
    case NRV__CONST:
        return resolve_const(v->data);
    default:
        return resolve_view(f, i);
    }
}

static void resolve_actions(nrv_exec *e, nrv__frame *f)
{
    for (size_t i = 0; i < f->code->n_step; i++) {
        nrv__action *a = &f->action[i];
        a->args.shared = f->base + f->shared_at;
        a->args.scratch = e->work->at + e->scratch_at;
        for (int32_t k = 0; a->gathers && k < a->step->n_in; k++)
            a->in[k].data = f->view[a->step->in[k]].data;
    }
}

void nrv__resolve(nrv_exec *e)
{
    e->top.base = e->work->at;
    for (size_t i = 0; i < e->plan->code.n_value; i++)
        e->top.view[i].data = resolve_value(e, &e->top, i);
    resolve_actions(e, &e->top);
    e->kept = e->kept && e->work_seen == e->work->moved;
    e->work_seen = e->work->moved;
    e->stale = false;
}

/* ---- inside a block ---- */
static void *resolve_inner(nrv__frame *f, const nrv__frame *around, const nrv__action *a, size_t i)
{
    const nrv__value *v = &f->code->value[i];
    size_t bytes = (size_t)nrv__elements(&f->view[i]) * nrv__dtype_size(v->type);
    if (v->row >= 0) {
        char *start = around->view[f->loop->read[v->row].outer].data;
        return start + (f->loop->kind == NRV__IF ? 0 : (size_t)f->turn * bytes);
    }
    switch (v->where) {
    case NRV__WORK:
        return v->in_place >= 0 ? f->base + f->offset[f->loop->carry[v->in_place].at] : f->base + f->offset[i];
    case NRV__CARRY:
        return f->base + f->offset[i];
    case NRV__GIVEN:
        return around->view[a->step->in[v->index]].data;
    case NRV__ROW:
        return (char *)around->view[a->step->in[v->index]].data + (size_t)f->turn * bytes;
    case NRV__TURN:
        return &f->turn;
    default:
        return resolve_view(f, i);
    }
}

void nrv__resolve_inside(nrv_exec *e, nrv__frame *f, const nrv__frame *around, const nrv__action *a)
{
    f->base = a->args.shared;
    for (size_t i = 0; i < f->code->n_value; i++)
        f->view[i].data = resolve_inner(f, around, a, i);
    resolve_actions(e, f);
}

void nrv__resolve_turn(nrv__frame *f, const nrv__frame *around, const nrv__action *a)
{
    for (int32_t i = 0; i < f->n_moving; i++)
        f->view[f->moving[i]].data = resolve_inner(f, around, a, (size_t)f->moving[i]);
    for (int32_t i = 0; i < f->n_touched; i++) {
        nrv__action *reader = &f->action[f->touched[i].action];
        const int32_t k = f->touched[i].k;
        reader->in[k].data = f->view[reader->step->in[k]].data;
    }
}
