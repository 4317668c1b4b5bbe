/* layout.c - nrv_prepare: sizes become shapes, shapes choose kernels, lifetimes become offsets.

   Promises: every length is checked before anything is allocated; the workspace is one block whose size is known first.
   Placement: values by size, each at the lowest offset that nothing alive at the same time covers (as XNNPACK's
   planner). */
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

static nrv_status layout_views(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_value; i++) {
        const nrv__value *v = &e->plan->value[i];
        nrv__view *y = &e->view[i];
        int64_t n = (int64_t)nrv__dtype_size(v->type), size[NRV__MAX_RANK];
        *y = (nrv__view){ .rank = v->rank, .type = v->type };
        for (int k = 0; k < v->rank; k++) {
            y->dim[k] = nrv__dim_at(v->dim[k], e->polys);
            if (y->dim[k] < 0)
                return nrv__fail(&e->why, NRV_ESHAPE,
                                 "a length of %lld\n  in    %s\n  hint  is the window larger than what "
                                 "it slides over?",
                                 (long long)y->dim[k], v->scope);
            /* strides are products too, so a length of 0 does not make the others small */
            if (!nrv__mul(n, y->dim[k] ? y->dim[k] : 1, &n) || n > LAYOUT_MOST)
                return nrv__fail(&e->why, NRV_ENOMEM,
                                 "a value of more than 2^46 bytes\n  in    %s\n  hint  a smaller batch", v->scope);
        }
        nrv__contiguous(y);
        e->offset[i] = 0;
        if (v->where != NRV__VIEW)
            continue;
        int64_t shift = 0;
        for (int k = 0; k < v->n_size; k++)
            size[k] = nrv__dim_at(v->size[k], e->polys);
        nrv__args a = { .in = &e->view[v->index], .n_in = 1, .attr = v->attr, .size = size };
        v->view->view(&a, y, &shift);
        e->offset[i] =
            e->offset[v->index] + (size_t)shift * nrv__dtype_size(v->type); /* from the start of what it views */
        if (e->plan->value[v->index].where != NRV__VIEW)
            e->offset[i] = (size_t)shift * nrv__dtype_size(v->type);
    }
    return NRV_OK;
}

static size_t layout_bytes(const nrv__view *v)
{
    size_t n = (size_t)nrv__elements(v) * nrv__dtype_size(v->type);
    return (n + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1);
}

/* ---- kernels ---- */
/* ns: what is worth splitting, and the least that a piece should be */
static const double layout_worth = 20000, layout_least = 4000;

static void layout_grain(nrv_exec *e, nrv__action *a, double unit_ns)
{
    unit_ns = unit_ns > 1 ? unit_ns : 1;
    double total = unit_ns * (double)a->units;
    int64_t piece = (int64_t)(layout_least / unit_ns) + 1;
    int threads = nrv__pool_threads(e->pool);
    int64_t even = a->units / (threads * 4) + 1;
    a->grain = total < layout_worth ? a->units : piece > even ? piece : even;
    a->grain2 = total < layout_worth ? a->units2 : a->units2 / (threads * 4) + 1;
}

static nrv_status layout_kernel(nrv_exec *e, nrv__action *a)
{
    const nrv__step *s = a->step;
    a->kernel = NULL;
    for (int32_t k = 0; k < s->n_kernel && !a->kernel; k++)
        a->kernel = s->kernel[k]->fits(&a->args) ? NULL : s->kernel[k];
    a->shared = 0;
    if (!a->kernel && !s->op->ref)
        return nrv__fail(&e->why, NRV_ESHAPE,
                         "%s: no kernel for these lengths\n  in    %s\n  hint  compile with .without = \"%s\"",
                         s->op->name, s->scope, s->kernel[0]->name);
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
    layout_grain(e, a, a->kernel->work ? a->kernel->work(&a->args) : 1000);
    return NRV_OK;
}

static nrv_status layout_actions(nrv_exec *e)
{
    e->scratch_each = e->need = 0;
    size_t shared = 0;
    for (size_t i = 0; i < e->plan->n_step; i++) {
        nrv__action *a = &e->action[i];
        const nrv__step *s = a->step;
        for (int32_t k = 0; k < s->n_in && !s->tiles; k++)
            a->in[k] = e->view[s->in[k]];
        if (!s->tiles)
            *a->out = e->view[s->out];
        for (int32_t k = 0; k < s->n_size; k++)
            a->size[k] = nrv__dim_at(s->size[k], e->polys);
        a->args = (nrv__args){ .in = a->in,
                               .out = a->out,
                               .n_in = s->n_in,
                               .n_out = 1,
                               .attr = s->attr,
                               .size = a->size,
                               .fault = &e->fault };
        if (s->tiles) {
            nrv__tile_layout(e, a);
            a->args.n = 1;
            for (int k = 0; k < s->tiles->rank; k++)
                a->args.n *= nrv__dim_at(s->tiles->dim[k], e->polys);
            a->units = (a->args.n + NRV__TILE - 1) / NRV__TILE;
            a->units2 = 0;
            a->scratch = nrv__tile_scratch(s->tiles);
            layout_grain(e, a, 100.0 * s->tiles->n_instr);
        } else {
            a->args.n = nrv__elements(a->out);
            if (layout_kernel(e, a))
                return e->why.status;
        }
        e->scratch_each = a->scratch > e->scratch_each ? a->scratch : e->scratch_each;
        shared = a->shared > shared ? a->shared : shared;
    }
    e->scratch_each = (e->scratch_each + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1);
    e->shared_at = shared;
    return NRV_OK;
}

/* ---- memory ---- */
typedef struct layout_block {
    size_t bytes, at;
    int32_t value, first, last;
} layout_block;

static bool layout_larger(const void *a, const void *b)
{
    const layout_block *x = a, *y = b;
    return x->bytes != y->bytes ? x->bytes > y->bytes : x->value < y->value;
}

static int32_t layout_owner(const nrv_plan *p, int32_t i)
{
    while (p->value[i].same_memory >= 0)
        i = p->value[i].same_memory;
    return i;
}

/* the lowest place for b among the blocks already placed, kept sorted by where they begin */
static size_t layout_fit(const layout_block *placed, size_t n, const layout_block *b)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        bool together = placed[i].first <= b->last && b->first <= placed[i].last;
        if (!together)
            continue;
        if (placed[i].at >= at + b->bytes)
            break;
        at = placed[i].at + placed[i].bytes > at ? placed[i].at + placed[i].bytes : at;
    }
    return at;
}

static size_t layout_place(nrv_exec *e, layout_block *block, layout_block *placed, size_t n)
{
    size_t need = 0;
    nrv__sort(block, n, sizeof *block, layout_larger);
    for (size_t i = 0; i < n; i++) {
        block[i].at = layout_fit(placed, i, &block[i]);
        need = block[i].at + block[i].bytes > need ? block[i].at + block[i].bytes : need;
        size_t k = i;
        for (; k > 0 && placed[k - 1].at > block[i].at; k--)
            placed[k] = placed[k - 1];
        placed[k] = block[i];
        e->offset[block[i].value] = block[i].at;
    }
    return need;
}

static nrv_status layout_memory(nrv_exec *e)
{
    const nrv_plan *p = e->plan;
    size_t bytes = (p->n_value + 1) * 2 * sizeof(layout_block), n = 0;
    layout_block *block = nrv__alloc(&e->mem, NULL, 0, bytes);
    if (!block)
        return nrv__fail(&e->why, NRV_ENOMEM, "no memory to lay out %zu values", p->n_value);
    for (size_t i = 0; i < p->n_value; i++) {
        const nrv__value *v = &p->value[i];
        if (v->where == NRV__WORK && v->in_place < 0 && v->same_memory < 0)
            block[n++] = (layout_block){ layout_bytes(&e->view[i]), 0, (int32_t)i, v->first,
                                         v->last < v->first ? v->first : v->last };
    }
    for (size_t i = 0; i < p->n_value; i++) { /* who takes memory over prolongs its life */
        if (p->value[i].same_memory < 0)
            continue;
        int32_t owner = layout_owner(p, (int32_t)i);
        for (size_t k = 0; k < n; k++)
            if (block[k].value == owner && p->value[i].last > block[k].last)
                block[k].last = p->value[i].last;
    }
    size_t need = layout_place(e, block, block + n, n), threads = (size_t)nrv__pool_threads(e->pool);
    nrv__alloc(&e->mem, block, bytes, 0);
    for (size_t i = 0; i < p->n_value; i++)
        if (p->value[i].same_memory >= 0)
            e->offset[i] = e->offset[layout_owner(p, (int32_t)i)];
    e->scratch_at = need;
    need += e->scratch_each * threads;
    size_t shared = e->shared_at;
    e->shared_at = need;
    e->need = need + shared;
    return NRV_OK;
}

static nrv_status layout_work(nrv_exec *e)
{
    nrv__work *w = e->work;
    if (w->bytes >= e->need && w->block)
        return NRV_OK;
    nrv__alloc(&w->mem, w->block, w->block ? w->bytes + NRV__ALIGN : 0, 0);
    w->block = nrv__alloc(&w->mem, NULL, 0, e->need + NRV__ALIGN);
    w->bytes = w->block ? e->need : 0;
    w->moved++;
    if (!w->block)
        return nrv__fail(&e->why, NRV_ENOMEM, "no memory for a workspace of %zu bytes\n  hint  a smaller batch",
                         e->need);
    w->at = w->block + (NRV__ALIGN - (uintptr_t)w->block % NRV__ALIGN) % NRV__ALIGN;
    return NRV_OK;
}

/* other lengths are another state, even where they take as many bytes: it starts from its fill */
static nrv_status layout_locals(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_local; i++) {
        const nrv__plan_name *l = &e->plan->local[i];
        nrv__carried *b = &e->local[i];
        if (l->value < 0)
            continue;
        const nrv__view *v = &e->view[l->value];
        if (b->data && !memcmp(b->dim, v->dim, sizeof b->dim))
            continue;
        size_t bytes = layout_bytes(v) + 1;
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

nrv_status nrv__layout(nrv_exec *e)
{
    e->laid = false;
    if (layout_lengths(e) || layout_views(e) || layout_actions(e) || layout_memory(e) || layout_work(e) ||
        layout_locals(e))
        return e->why.status;
    memcpy(e->named, e->wanted, (e->plan->dims.n_size + 1) * sizeof *e->named);
    e->laid = e->stale = true;
    e->resized = false;
    return NRV_OK;
}

/* ---- pointers ---- */
static void *resolve_value(nrv_exec *e, size_t i)
{
    const nrv__value *v = &e->plan->value[i];
    switch (v->where) {
    case NRV__WORK:
        return v->in_place >= 0 ? e->var[v->in_place]->data : e->work->at + e->offset[i];
    case NRV__INPUT:
        return e->input[v->index].data;
    case NRV__VAR:
        return e->var[v->index]->data;
    case NRV__LOCAL:
        return e->local[v->index].data;
    case NRV__RUN:
        return &e->run_counter;
    case NRV__CONST: {
        void *data;
        memcpy(&data, &v->data, sizeof data); /* read only */
        return data;
    }
    default: {
        size_t base = i;
        while (e->plan->value[base].where == NRV__VIEW)
            base = (size_t)e->plan->value[base].index;
        char *start = e->view[base].data;
        return start ? start + e->offset[i] : NULL;
    }
    }
}

void nrv__resolve(nrv_exec *e)
{
    for (size_t i = 0; i < e->plan->n_value; i++)
        e->view[i].data = resolve_value(e, i);
    for (size_t i = 0; i < e->plan->n_step; i++) {
        nrv__action *a = &e->action[i];
        for (int32_t k = 0; k < a->step->n_in && !a->step->tiles; k++)
            a->in[k].data = e->view[a->step->in[k]].data;
        if (!a->step->tiles)
            a->out->data = e->view[a->step->out].data;
        a->args.shared = e->work->at + e->shared_at;
        a->args.scratch = e->work->at + e->scratch_at;
    }
    e->work_seen = e->work->moved;
    e->stale = false;
}
