/* tile.c - the tile interpreter: element-wise chains over NRV__TILE elements at a time, so that what passes between
   instructions stays in the first cache. Operands that lie as the result does are read and written where they are.

   Promises: an element's value does not depend on where a tile begins or which thread runs it. */
#include "exec.h"
#include "ref.h"
#include <string.h>

enum { TILE_SLOT = NRV__TILE * 8 }; /* bytes: the widest type */

static size_t tile_ref_bytes(void)
{
    return (NRV__POINT_IN + 1) * TILE_SLOT + (NRV__POINT_IN + 1) * sizeof(nrv__view) + 2 * NRV__ALIGN;
}

size_t nrv__tile_scratch(const nrv__tiles *t)
{
    return (size_t)t->n_slot * TILE_SLOT + tile_ref_bytes();
}

/* stride of the program's axis i in a loaded value, 0 where it is stretched */
static int64_t tile_stride(const nrv__view *v, int rank, int i, int64_t dim)
{
    int k = i - (rank - v->rank);
    return k < 0 || (v->dim[k] == 1 && dim != 1) ? 0 : v->stride[k];
}

static bool tile_merges(const nrv__walk *w, int n_reg, int axis, const int64_t *dim)
{
    for (int r = 0; r < n_reg; r++)
        if (w->stride[r][axis] != w->stride[r][axis + 1] * dim[axis + 1])
            return false;
    return true;
}

void nrv__tile_layout(const nrv__frame *f, nrv__action *a)
{
    const nrv__tiles *t = a->step->tiles;
    nrv__walk *w = &a->walk;
    w->rank = t->rank;
    for (int i = 0; i < t->rank; i++)
        w->dim[i] = nrv__dim_at(t->dim[i], f->polys);
    for (int32_t r = 0; r < t->n_reg; r++) {
        const nrv__reg *reg = &t->reg[r];
        bool walked = reg->load >= 0 && !reg->full;
        w->scalar[r] = walked;
        int64_t stride = 1;
        for (int i = w->rank - 1; i >= 0; i--) {
            w->stride[r][i] = walked           ? tile_stride(&f->view[reg->load], w->rank, i, w->dim[i])
                              : w->dim[i] == 1 ? 0
                                               : stride;
            w->scalar[r] = w->scalar[r] && (w->stride[r][i] == 0 || w->dim[i] == 1);
            if (w->dim[i] == 1)
                w->stride[r][i] = 0;
            stride *= w->dim[i];
        }
    }
    for (int i = w->rank - 2; i >= 0; i--) { /* an axis of length 1 merges with anything */
        bool one = w->dim[i] == 1 || w->dim[i + 1] == 1;
        if (!one && !tile_merges(w, t->n_reg, i, w->dim))
            continue;
        for (int32_t r = 0; r < t->n_reg; r++) {
            if (w->dim[i + 1] == 1)
                w->stride[r][i + 1] = w->stride[r][i];
            memmove(&w->stride[r][i], &w->stride[r][i + 1], (size_t)(w->rank - i - 1) * sizeof(int64_t));
        }
        w->dim[i + 1] *= w->dim[i];
        memmove(&w->dim[i], &w->dim[i + 1], (size_t)(w->rank - i - 1) * sizeof(int64_t));
        w->rank--;
    }
}

/* n elements from every stride-th; a constant size lets the compiler see single moves */
static inline void tile_step(char *to, const char *from, int64_t stride, int64_t n, size_t size)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * size, from + i * stride * (int64_t)size, size);
}

static void tile_copy_run(char *to, const char *from, int64_t stride, int64_t n, size_t size)
{
    if (stride == 1)
        memcpy(to, from, (size_t)n * size);
    else if (size == 4)
        tile_step(to, from, stride, n, 4);
    else if (size == 8)
        tile_step(to, from, stride, n, 8);
    else
        tile_step(to, from, stride, n, size);
}

/* What repeats with a period, a bias along rows: one period, then ever longer copies of what is there. */
static void tile_repeat(char *to, const char *from, int64_t period, int64_t start, int64_t n, size_t size)
{
    int64_t at = start % period, first = period < n ? period : n, head = period - at < first ? period - at : first;
    memcpy(to, from + (size_t)at * size, (size_t)head * size);
    memcpy(to + (size_t)head * size, from, (size_t)(first - head) * size);
    for (int64_t have = first; have < n; have += have)
        memcpy(to + (size_t)have * size, to, (size_t)(have < n - have ? have : n - have) * size);
}

static void tile_gather(char *to, const nrv__view *v, const nrv__walk *w, const int64_t *stride, int64_t start,
                        int64_t n)
{
    size_t size = nrv__dtype_size(v->type);
    int64_t at[NRV__MAX_RANK] = { 0 }, where = 0, left = start;
    if (w->rank == 0) {
        memcpy(to, v->data, size);
        return;
    }
    if (w->rank == 2 && stride[0] == 0 && stride[1] == 1) {
        tile_repeat(to, v->data, w->dim[1], start, n, size);
        return;
    }
    for (int i = w->rank - 1; i >= 0; i--) {
        at[i] = left % w->dim[i];
        left /= w->dim[i];
        where += at[i] * stride[i];
    }
    int last = w->rank - 1;
    while (n > 0) {
        int64_t run = w->dim[last] - at[last];
        run = run < n ? run : n;
        tile_copy_run(to, (const char *)v->data + where * (int64_t)size, stride[last], run, size);
        to += (size_t)run * size;
        n -= run;
        where += run * stride[last];
        at[last] += run;
        for (int i = last; i > 0 && at[i] == w->dim[i]; i--) {
            where += stride[i - 1] - at[i] * stride[i];
            at[i] = 0;
            at[i - 1]++;
        }
    }
}

static void tile_splat(char *to, const void *number, size_t size, int64_t n)
{
    tile_copy_run(to, number, 0, n, size);
}

/* operands that are the same in every tile */
static void tile_begin(const nrv__frame *f, const nrv__action *a, char *slots, int64_t n)
{
    const nrv__tiles *t = a->step->tiles;
    for (int32_t r = 0; r < t->n_reg; r++) {
        const nrv__reg *reg = &t->reg[r];
        char *slot = slots + (size_t)(reg->slot < 0 ? 0 : reg->slot) * TILE_SLOT;
        char number[8];
        if (reg->constant) {
            double value = reg->length == -1 ? reg->number : (double)nrv__dim_at(reg->length, f->polys);
            nrv__from_double(number, reg->type, &value, 1);
            tile_splat(slot, number, nrv__dtype_size(reg->type), n);
        } else if (reg->load >= 0 && !reg->full && a->walk.scalar[r]) {
            tile_splat(slot, f->view[reg->load].data, nrv__dtype_size(reg->type), n);
        }
    }
}

static void *tile_place(const nrv__frame *f, const nrv__reg *r, char *slots, int64_t start)
{
    int32_t value = r->store >= 0 ? r->store : r->full ? r->load : -1;
    if (value < 0)
        return slots + (size_t)r->slot * TILE_SLOT;
    return (char *)f->view[value].data + (size_t)start * nrv__dtype_size(r->type);
}

static void tile_by_reference(const nrv__tiles *t, const nrv__instr *in, const nrv__lane *l, void *scratch)
{
    nrv__view vin[NRV__POINT_IN] = { 0 },
              out = { .data = l->out, .rank = 1, .type = t->reg[in->out].type, .dim = { l->n }, .stride = { 1 } };
    for (int32_t k = 0; k < in->n_in; k++) {
        vin[k] = (nrv__view){ .rank = 1, .type = t->reg[in->in[k]].type, .dim = { l->n }, .stride = { 1 } };
        memcpy(&vin[k].data, &l->in[k], sizeof vin[k].data);
    }
    nrv__args args = {
        .in = vin, .out = &out, .n_in = in->n_in, .n_out = 1, .n = l->n, .attr = in->attr, .end = 1, .scratch = scratch
    };
    nrv__ref_run(in->op, &args);
}

static void tile_one(const nrv__frame *f, const nrv__action *a, char *slots, void *ref, int64_t start, int64_t n)
{
    const nrv__tiles *t = a->step->tiles;
    for (int32_t r = 0; r < t->n_reg; r++) {
        const nrv__reg *reg = &t->reg[r];
        if (reg->load >= 0 && !reg->full && !a->walk.scalar[r])
            tile_gather(slots + (size_t)reg->slot * TILE_SLOT, &f->view[reg->load], &a->walk, a->walk.stride[r], start,
                        n);
    }
    for (int32_t i = 0; i < t->n_instr; i++) {
        const nrv__instr *in = &t->instr[i];
        nrv__lane l = { .out = tile_place(f, &t->reg[in->out], slots, start), .n = n, .attr = in->attr };
        for (int32_t k = 0; k < in->n_in; k++)
            l.in[k] = tile_place(f, &t->reg[in->in[k]], slots, start);
        if (in->point)
            in->point->run(&l);
        else
            tile_by_reference(t, in, &l, ref);
    }
}

void nrv__tile_run(const nrv__frame *f, const nrv__action *a, int64_t begin, int64_t end, void *scratch)
{
    char *slots = scratch, *ref = slots + (size_t)a->step->tiles->n_slot * TILE_SLOT;
    int64_t n = a->args.n;
    tile_begin(f, a, slots, n < NRV__TILE ? n : NRV__TILE);
    for (int64_t tile = begin; tile < end; tile++) {
        int64_t start = tile * NRV__TILE;
        tile_one(f, a, slots, ref, start, n - start < NRV__TILE ? n - start : NRV__TILE);
    }
}
