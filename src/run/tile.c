/* tile.c - the tile interpreter: element-wise chains over NRV__TILE elements at a time, so that what passes between
   instructions stays in the first cache. Operands that lie as the result does are read and written where they are.

   Promises: an element's value does not depend on where a tile begins or which thread runs it. */
#include "exec.h"
#include "ref.h"
#include <string.h>

enum {
    TILE_SLOT =
        NRV__TILE * 8 + 320, /* bytes: the widest type, and so much that slots are not all in the same cache sets */
    TILE_CACHE = 32768,      /* bytes that a program's tiles may take */
    TILE_LEAST = 256,
    TILE_FEW = 64,
    TILE_VECTOR = 16, /* numbers in a cache line */
#ifdef NRV__TINY
    TILE_SHORT = 2,
    TILE_RUN = 3,
    TILE_SAME = 5,
#else
    TILE_SHORT = 64, /* runs of one number pay from here on where nobody wants it laid out, */
    TILE_SAME = 256, /* and where somebody does; */
    TILE_RUN = 128,  /* operands that lie as runs do: shorter ones are copied together */
#endif
};

/* where a register lies: in memory that moves with the tiles, or in its slot */
typedef struct tile_place {
    char *at;
    int64_t step; /* bytes an element */
    /* of programs that are cut along runs */
    const char *same; /* the number that its slot is full of */
    char *from;       /* of an operand that is walked: where it begins, and bytes of one number; else NULL */
    int64_t size;
} tile_place;

static size_t tile_ref_bytes(void)
{
    return (NRV__POINT_IN + 1) * TILE_SLOT + (NRV__POINT_IN + 1) * sizeof(nrv__view) + 2 * NRV__ALIGN;
}

size_t nrv__tile_scratch(const nrv__tiles *t)
{
    return (size_t)t->n_slot * TILE_SLOT + (size_t)t->n_reg * sizeof(tile_place) + tile_ref_bytes();
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

/* what is alive in the first cache stays there: the more streams, the shorter the tiles */
static int64_t tile_length(const nrv__tiles *t)
{
    int64_t streams = t->n_slot, n;
    for (int32_t r = 0; r < t->n_reg; r++)
        streams += t->reg[r].full || t->reg[r].store >= 0;
    n = TILE_CACHE / 4 / (streams > 0 ? streams : 1) / TILE_LEAST * TILE_LEAST;
    if (t->n_instr == 1)
        return NRV__TILE;
    return n < TILE_LEAST ? TILE_LEAST : n > NRV__TILE ? NRV__TILE : n;
}

static bool tile_is_row(const nrv__walk *w, const int64_t *stride)
{
    return w->rank == 2 && stride[0] == 0 && stride[1] == 1;
}

static bool tile_walked(const nrv__tiles *t, const nrv__walk *w, int32_t r)
{
    return t->reg[r].load >= 0 && !t->reg[r].full && !w->scalar[r];
}

/* one number in every tile */
static bool tile_single(const nrv__tiles *t, const nrv__walk *w, int32_t r)
{
    return t->reg[r].constant || (t->reg[r].load >= 0 && !t->reg[r].full && w->scalar[r]) ||
           (w->cuts && tile_walked(t, w, r) && w->stride[r][w->rank - 1] == 0);
}

/* what need not be laid out, since who reads it looks at the first element only */
static void tile_firsts(const nrv__tiles *t, nrv__walk *w)
{
    for (int32_t r = 0; r < t->n_reg; r++)
        w->first[r] = tile_single(t, w, r);
    for (int32_t i = 0; i < t->n_instr; i++) {
        const nrv__instr *in = &t->instr[i];
        w->ones[i] = in->ones != 0;
        for (int32_t k = 0; k < in->n_in; k++)
            w->ones[i] = w->ones[i] && (!(in->ones >> k & 1) || tile_single(t, w, in->in[k]));
        for (int32_t k = 0; k < in->n_in; k++)
            if (!((in->first | (w->ones[i] ? in->ones : 0)) >> k & 1))
                w->first[in->in[k]] = false;
    }
}

/* tiles inside of runs where some operand can be read as it lies then, or is one number for so long that it pays */
static void tile_runs(const nrv__tiles *t, nrv__walk *w)
{
    const int64_t run = w->rank > 0 ? w->dim[w->rank - 1] : 0, most = tile_length(t);
    bool lies = false, same = false, laid = false;
    w->cuts = run >= TILE_SHORT ? (run + most - 1) / most : 0;
    tile_firsts(t, w);
    for (int32_t r = 0; r < t->n_reg && w->cuts; r++) {
        const int64_t stride = w->stride[r][w->rank - 1];
        const bool walked = tile_walked(t, w, r);
        lies = lies || (walked && stride == 1 && !(w->repeats && tile_is_row(w, w->stride[r])));
        same = same || (walked && stride == 0);
        laid = laid || (walked && stride == 0 && !w->first[r]);
    }
    if ((lies && run >= TILE_RUN) || (same && run >= (laid ? TILE_SAME : TILE_SHORT))) {
        w->repeats = false;
        w->tile = ((run + w->cuts - 1) / w->cuts + TILE_VECTOR - 1) / TILE_VECTOR * TILE_VECTOR;
    } else if (w->cuts) {
        w->cuts = 0;
        tile_firsts(t, w);
    }
}

int64_t nrv__tile_units(const nrv__walk *w, int64_t n)
{
    return w->cuts ? n / w->dim[w->rank - 1] * w->cuts : (n + w->tile - 1) / w->tile;
}

/* a tile of whole rows, so that what repeats with them is laid out once */
static void tile_rows(const nrv__tiles *t, nrv__walk *w)
{
    bool rows = false;
    for (int32_t r = 0; r < t->n_reg; r++)
        rows = rows || (tile_walked(t, w, r) && tile_is_row(w, w->stride[r]));
    w->repeats = rows && w->dim[1] > 0 && w->dim[1] <= w->tile;
    if (w->repeats)
        w->tile -= w->tile % w->dim[1];
}

void nrv__tile_layout(const nrv__frame *f, nrv__action *a)
{
    const nrv__tiles *t = a->step->tiles;
    nrv__walk *w = a->walk;
    w->tile = tile_length(t);
    w->rank = t->rank;
    for (int i = 0; i < t->rank; i++)
        w->dim[i] = nrv__dim_at(t->dim[i], f->polys);
    w->gathers = false;
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
        w->gathers = w->gathers || (walked && !w->scalar[r]);
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
    tile_rows(t, w);
    tile_runs(t, w);
}

/* n elements from every stride-th; a constant size lets the compiler see single moves */
static inline void tile_step(char *to, const char *from, int64_t stride, int64_t n, size_t size)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * size, from + i * stride * (int64_t)size, size);
}

static inline void tile_fill(char *to, const char *number, int64_t n, size_t size)
{
    char one[8];
    memcpy(one, number, size);
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * size, one, size);
}

/* a few by single stores, what is more by ever longer copies of these */
static void tile_splat(char *to, const void *number, size_t size, int64_t n)
{
    const int64_t few = n < TILE_FEW ? n : TILE_FEW;
    if (size == 4)
        tile_fill(to, number, few, 4);
    else if (size == 8)
        tile_fill(to, number, few, 8);
    else
        tile_fill(to, number, few, size);
    for (int64_t have = few; have < n; have += have)
        memcpy(to + (size_t)have * size, to, (size_t)(have < n - have ? have : n - have) * size);
}

static void tile_copy_run(char *to, const char *from, int64_t stride, int64_t n, size_t size)
{
    if (stride == 1)
        memcpy(to, from, (size_t)n * size);
    else if (stride == 0) /* a channel's number along its image */
        tile_splat(to, from, size, n);
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
    if (tile_is_row(w, stride)) {
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

/* operands that are the same in every tile */
static void tile_begin(const nrv__frame *f, const nrv__action *a, char *slots, int64_t n)
{
    const nrv__tiles *t = a->step->tiles;
    for (int32_t r = 0; r < t->n_reg; r++) {
        const nrv__reg *reg = &t->reg[r];
        char *slot = slots + (size_t)(reg->slot < 0 ? 0 : reg->slot) * TILE_SLOT;
        char number[8];
        const int64_t many = a->walk->first[r] ? 1 : n;
        if (reg->constant) {
            double value = reg->length == -1 ? reg->number : (double)nrv__dim_at(reg->length, f->polys);
            nrv__from_double(number, reg->type, &value, 1);
            tile_splat(slot, number, nrv__dtype_size(reg->type), many);
        } else if (reg->load >= 0 && !reg->full && a->walk->scalar[r]) {
            tile_splat(slot, f->view[reg->load].data, nrv__dtype_size(reg->type), many);
        } else if (reg->load >= 0 && !reg->full && a->walk->repeats && tile_is_row(a->walk, a->walk->stride[r])) {
            tile_repeat(slot, f->view[reg->load].data, a->walk->dim[1], 0, n, nrv__dtype_size(reg->type));
        }
    }
}

static void tile_places(const nrv__frame *f, const nrv__tiles *t, const nrv__walk *w, char *slots, tile_place *to)
{
    for (int32_t r = 0; r < t->n_reg; r++) {
        const nrv__reg *reg = &t->reg[r];
        const int32_t value = reg->store >= 0 ? reg->store : reg->full ? reg->load : -1;
        to[r].at = value < 0 ? slots + (size_t)(reg->slot < 0 ? 0 : reg->slot) * TILE_SLOT : f->view[value].data;
        to[r].step = value < 0 ? 0 : (int64_t)nrv__dtype_size(reg->type);
        if (!w->cuts)
            continue;
        to[r].same = NULL;
        to[r].from = tile_walked(t, w, r) ? f->view[reg->load].data : NULL;
        to[r].size = (int64_t)nrv__dtype_size(reg->type);
    }
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

/* operands of a tile that lies inside of a run, the row-th of all: read where they are, or one number, laid out if it
   is a new one */
static void tile_look(const nrv__tiles *t, const nrv__walk *w, tile_place *place, int64_t row, int64_t start, int64_t n)
{
    const int last = w->rank - 1;
    int64_t at[NRV__MAX_RANK];
    for (int i = last - 1; i > 0; i--) {
        at[i] = row % w->dim[i];
        row /= w->dim[i];
    }
    at[0] = row;
    at[last] = start;
    for (int32_t r = 0; r < t->n_reg; r++) {
        const int64_t *stride = w->stride[r], step = stride[last];
        int64_t where = 0;
        if (!place[r].from)
            continue;
        for (int i = 0; i <= last; i++)
            where += at[i] * stride[i];
        char *from = place[r].from + where * place[r].size;
        if (step == 1 || w->first[r]) {
            place[r].at = from;
            continue;
        }
        if (step != 0 || place[r].same != from)
            tile_copy_run(place[r].at, from, step, step == 0 ? w->tile : n, (size_t)place[r].size);
        place[r].same = step == 0 ? from : NULL;
    }
}

static void tile_gathers(const nrv__frame *f, const nrv__action *a, const tile_place *place, int64_t start, int64_t n)
{
    const nrv__tiles *t = a->step->tiles;
    const nrv__walk *w = a->walk;
    for (int32_t r = 0; r < t->n_reg; r++)
        if (tile_walked(t, w, r) && !(w->repeats && tile_is_row(w, w->stride[r])))
            tile_gather(place[r].at, &f->view[t->reg[r].load], w, w->stride[r], start, n);
}

static void tile_one(const nrv__tiles *t, const nrv__walk *w, const tile_place *place, void *ref, int64_t start,
                     int64_t n)
{
    for (int32_t i = 0; i < t->n_instr; i++) {
        const nrv__instr *in = &t->instr[i];
        nrv__lane l; /* cleared would cost more than a short tile's instruction */
        l.out = place[in->out].at + start * place[in->out].step;
        l.n = n;
        l.attr = in->attr;
        l.ones = w->ones[i];
        for (int32_t k = 0; k < in->n_in; k++)
            l.in[k] = place[in->in[k]].at + start * place[in->in[k]].step;
        for (int32_t k = 0; k < in->n_also; k++)
            l.also[k] = place[in->also[k]].at + start * place[in->also[k]].step;
        if (in->point)
            in->point->run(&l);
        else
            tile_by_reference(t, in, &l, ref);
    }
}

static void tile_run_cuts(const nrv__action *a, tile_place *place, void *ref, int64_t begin, int64_t end)
{
    const nrv__walk *w = a->walk;
    const int64_t run = w->dim[w->rank - 1];
    int64_t row = begin / w->cuts, cut = begin % w->cuts;
    for (int64_t tile = begin; tile < end; tile++) {
        const int64_t start = cut * w->tile, n = run - start < w->tile ? run - start : w->tile;
        tile_look(a->step->tiles, w, place, row, start, n);
        tile_one(a->step->tiles, w, place, ref, row * run + start, n);
        if (++cut == w->cuts)
            cut = 0, row++;
    }
}

void nrv__tile_run(const nrv__frame *f, const nrv__action *a, int64_t begin, int64_t end, void *scratch)
{
    const nrv__tiles *t = a->step->tiles;
    char *slots = scratch, *places = slots + (size_t)t->n_slot * TILE_SLOT;
    tile_place *place = (tile_place *)(void *)places;
    void *ref = places + (size_t)t->n_reg * sizeof *place;
    int64_t n = a->args.n, most = a->walk->tile;
    tile_places(f, t, a->walk, slots, place);
    tile_begin(f, a, slots, n < most ? n : most);
    if (a->walk->cuts) {
        tile_run_cuts(a, place, ref, begin, end);
        return;
    }
    for (int64_t tile = begin; tile < end; tile++) {
        const int64_t start = tile * most, here = n - start < most ? n - start : most;
        if (a->walk->gathers)
            tile_gathers(f, a, place, start, here);
        tile_one(t, a->walk, place, ref, start, here);
    }
}
