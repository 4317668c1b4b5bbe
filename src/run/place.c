/* place.c - where in one stretch of memory values lie that live from one step to another.

   Promises: values that live at the same time do not overlap; n log n steps and no recursion, however many there are;
   the same places for the same values. In the order of the steps values are given memory and lose it again, as from a
   heap. Where that takes clearly more than what lives at the worst moment, and there are few, they are also tried by
   size, the largest first, each at the lowest place that is free as long as it lives (as XNNPACK's planner, which is
   quadratic), and what takes less is taken.
   Does not do: the least memory there could be, which is NP-hard. */
#include "exec.h"
#include <string.h>

#ifdef NRV__TINY
enum { PLACE_FEW = 4, PLACE_LOOK = 2 };
#else
enum { PLACE_FEW = 2048, PLACE_LOOK = 16 };
#endif
enum { PLACE_WASTE = 16 }; /* of what lives at the worst moment, the part that may be wasted */

/* ---- by size ---- */
static bool place_larger(const void *a, const void *b)
{
    const nrv__room *x = a, *y = b;
    return x->bytes != y->bytes ? x->bytes > y->bytes : x->value < y->value;
}

/* the lowest place for b among those already placed, which are sorted by where they begin */
static size_t place_lowest(const nrv__room *placed, size_t n, const nrv__room *b)
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

/* room is as it was where that takes as much as `otherwise` or more */
static size_t place_by_size(nrv__room *room, size_t n, nrv__room *placed, size_t otherwise)
{
    size_t need = 0;
    nrv__sort(room, n, sizeof *room, place_larger);
    for (size_t i = 0; i < n; i++) {
        nrv__room b = room[i];
        b.at = place_lowest(placed, i, &b);
        need = b.at + b.bytes > need ? b.at + b.bytes : need;
        size_t k = i;
        for (; k > 0 && placed[k - 1].at > b.at; k--)
            placed[k] = placed[k - 1];
        placed[k] = b;
    }
    if (need < otherwise)
        memcpy(room, placed, n * sizeof *room);
    return need;
}

/* ---- as from a heap: pieces side by side, each a value or free; the free ones in bins by size, four bits exact ----
 */
enum { PLACE_BINS = 64 * 16 };
typedef struct place_piece { /* number i is room i's, and stays a piece of its own when that value dies */
    size_t at, bytes;
    int32_t lower, upper;  /* its neighbours */
    int32_t sooner, later; /* in its bin */
    bool free;
} place_piece;
typedef struct place_end { /* who dies before room number i is given its memory: a list, -1 ends */
    int32_t first, next;
} place_end;
typedef struct place_heap {
    place_piece *piece;
    int32_t top; /* the highest piece */
    int32_t bin[PLACE_BINS];
    uint64_t used[PLACE_BINS / 64]; /* which bins are not empty */
    size_t need;
} place_heap;

static int place_bin(size_t bytes)
{
    size_t n = bytes / NRV__ALIGN;
    int exponent = n < 32 ? 0 : 59 - __builtin_clzll(n);
    return exponent * 16 + (int)(n >> exponent);
}

static void place_put(place_heap *h, int32_t i)
{
    place_piece *p = &h->piece[i];
    int b = place_bin(p->bytes);
    p->free = true;
    p->sooner = -1;
    p->later = h->bin[b];
    if (p->later >= 0)
        h->piece[p->later].sooner = i;
    h->bin[b] = i;
    h->used[b / 64] |= UINT64_C(1) << b % 64;
}

static void place_take(place_heap *h, int32_t i)
{
    place_piece *p = &h->piece[i];
    int b = place_bin(p->bytes);
    p->free = false;
    if (p->later >= 0)
        h->piece[p->later].sooner = p->sooner;
    if (p->sooner >= 0)
        h->piece[p->sooner].later = p->later;
    else
        h->bin[b] = p->later;
    if (h->bin[b] < 0)
        h->used[b / 64] &= ~(UINT64_C(1) << b % 64);
}

/* the smallest of the first few of a bin that are large enough, or -1 */
static int32_t place_in_bin(const place_heap *h, int b, size_t bytes)
{
    int32_t best = -1, i = h->bin[b];
    for (int look = 0; i >= 0 && look < PLACE_LOOK; look++, i = h->piece[i].later)
        if (h->piece[i].bytes >= bytes && (best < 0 || h->piece[i].bytes < h->piece[best].bytes))
            best = i;
    return best;
}

static int32_t place_fit(const place_heap *h, size_t bytes)
{
    int b = place_bin(bytes);
    int32_t best = place_in_bin(h, b, bytes);
    for (b++; best < 0 && b < PLACE_BINS; b++) {
        uint64_t later = h->used[b / 64] >> b % 64;
        b = later ? b + __builtin_ctzll(later) : b | 63;
        if (later)
            best = place_in_bin(h, b, bytes);
    }
    return best;
}

/* what is above piece i, if anything, is now `upper` */
static void place_join(place_heap *h, int32_t lower, int32_t upper)
{
    if (lower >= 0)
        h->piece[lower].upper = upper;
    if (upper >= 0)
        h->piece[upper].lower = lower;
    else
        h->top = lower;
}

static void place_give(place_heap *h, int32_t i, size_t bytes)
{
    int32_t from = place_fit(h, bytes);
    place_piece *p = &h->piece[i];
    *p = (place_piece){ .at = h->need, .bytes = bytes, .lower = h->top, .upper = -1 };
    if (from < 0 && h->top >= 0 && h->piece[h->top].free) { /* the highest is too small: it grows */
        from = h->top;
        place_take(h, from);
        h->need += bytes - h->piece[from].bytes;
        h->piece[from].bytes = bytes;
    } else if (from >= 0) {
        place_take(h, from);
    }
    if (from < 0) {
        place_join(h, h->top, i);
        h->top = i;
        h->need += bytes;
        return;
    }
    place_piece *f = &h->piece[from];
    p->at = f->at;
    place_join(h, f->lower, i);
    if (f->bytes == bytes) {
        place_join(h, i, f->upper);
        return;
    }
    f->at += bytes;
    f->bytes -= bytes;
    place_join(h, i, from);
    place_put(h, from);
}

static void place_back(place_heap *h, int32_t i)
{
    place_piece *p = &h->piece[i];
    int32_t upper = p->upper, lower = p->lower;
    if (upper >= 0 && h->piece[upper].free) {
        place_take(h, upper);
        p->bytes += h->piece[upper].bytes;
        place_join(h, i, h->piece[upper].upper);
    }
    if (lower >= 0 && h->piece[lower].free) {
        place_take(h, lower);
        p->at = h->piece[lower].at;
        p->bytes += h->piece[lower].bytes;
        place_join(h, h->piece[lower].lower, i);
    }
    place_put(h, i);
}

static bool place_sooner(const void *a, const void *b)
{
    const nrv__room *x = a, *y = b;
    return x->first != y->first ? x->first < y->first : place_larger(a, b);
}

/* ---- what no size changes ---- */
static bool place_earlier(const void *a, const void *b)
{
    const nrv__room *x = a, *y = b;
    return x->first != y->first ? x->first < y->first : x->value < y->value;
}

/* the first of the rooms, which are sorted by .first, that comes after `last` */
static size_t place_after(const nrv__room *room, size_t n, int32_t last)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (room[mid].first > last)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

void nrv__place_order(nrv__room *room, size_t n)
{
    nrv__sort(room, n, sizeof *room, place_earlier);
    for (size_t i = 0; i < n; i++)
        room[i].after = (int32_t)place_after(room, n, room[i].last);
}

/* a carry as long as the loop runs, another value from its step to its last reader */
static bool place_has_room(const nrv__value *v)
{
    return v->where == NRV__CARRY || (v->where == NRV__WORK && v->in_place < 0 && v->same_memory < 0 && v->row < 0);
}

/* who takes memory over prolongs its life; what is taken over comes before who takes it. of: each value's room */
static void place_rooms(nrv__frame *f, int32_t *of)
{
    const nrv__code *c = f->code;
    int32_t n = 0;
    for (size_t i = 0; i < c->n_value; i++) {
        const nrv__value *v = &c->value[i];
        bool always = v->where == NRV__CARRY || v->kept;
        int32_t last = v->last < v->first ? v->first : v->last;
        of[i] = v->same_memory >= 0 ? of[v->same_memory] : place_has_room(v) ? n++ : -1;
        if (of[i] < 0)
            continue;
        nrv__room *r = &f->room[of[i]];
        if (v->same_memory < 0)
            *r = (nrv__room){ .value = (int32_t)i, .first = always ? -1 : v->first, .last = always ? INT32_MAX : last };
        else
            r->last = v->last > r->last ? v->last : r->last;
    }
}

bool nrv__rooms(nrv_exec *e, nrv__frame *f)
{
    size_t n = f->code->n_value, bytes = (n + 1) * sizeof(int32_t);
    for (size_t i = 0; i < n; i++)
        f->n_room += place_has_room(&f->code->value[i]);
    f->room = nrv__arena_get(&e->arena, (f->n_room + 1) * sizeof *f->room);
    int32_t *of = nrv__alloc(&e->mem, NULL, 0, bytes);
    bool ok = f->room && of;
    if (ok) {
        place_rooms(f, of);
        nrv__place_order(f->room, f->n_room);
    }
    nrv__alloc(&e->mem, of, of ? bytes : 0, 0);
    return ok;
}

/* *live: what lives at the worst moment, which nothing can be less than */
static size_t place_walk(nrv__room *room, size_t n, place_piece *piece, place_end *end, size_t *live)
{
    place_heap h = { .piece = piece, .top = -1 };
    memset(h.bin, -1, sizeof h.bin);
    nrv__sort(room, n, sizeof *room, place_sooner);
    for (size_t i = 0; i <= n; i++)
        end[i].first = -1;
    for (size_t i = n; i-- > 0;) {
        size_t k = (size_t)room[i].after;
        end[i].next = end[k].first;
        end[k].first = (int32_t)i;
    }
    size_t now = 0;
    *live = 0;
    for (size_t i = 0; i < n; i++) {
        for (int32_t k = end[i].first; k >= 0; k = end[k].next) {
            now -= room[k].bytes;
            if (room[k].bytes)
                place_back(&h, k);
        }
        now += room[i].bytes;
        *live = now > *live ? now : *live;
        if (room[i].bytes)
            place_give(&h, (int32_t)i, room[i].bytes);
        room[i].at = room[i].bytes ? piece[i].at : 0;
    }
    return h.need;
}

bool nrv__place(const nrv__mem *m, nrv__room *room, size_t n, size_t *need)
{
    size_t each = sizeof(place_piece) + sizeof(nrv__room) + sizeof(place_end), bytes = (n + 1) * each;
    place_piece *piece = nrv__alloc(m, NULL, 0, bytes);
    if (!piece)
        return false;
    nrv__room *placed = (nrv__room *)(void *)(piece + n + 1);
    size_t live, by_size = SIZE_MAX;
    size_t by_time = place_walk(room, n, piece, (place_end *)(void *)(placed + n + 1), &live);
    if (n <= PLACE_FEW && by_time - live > live / PLACE_WASTE)
        by_size = place_by_size(room, n, placed, by_time);
    *need = by_size < by_time ? by_size : by_time;
    nrv__alloc(m, piece, bytes, 0);
    return true;
}
