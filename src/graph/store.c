/* store.c - named tensors: created by the programs that mention them, loaded, saved, copied.

   Promises: an entry never moves; its first value depends on its name and the seed only; a load or copy that fails
   leaves the store as it was. Does not do: know what a program is; the file's form (io/safetensors.c). */
#include "store.h"
#include "../base/philox.h"
#include "../io/safetensors.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char STORE_SEED[] = "nervo.seed", STORE_COMMITS[] = "nervo.commits", STORE_VERSION[] = "nervo.version";

NRV_API nrv_store *nrv_store_new(const nrv_store_opt *opt)
{
    nrv__mem m = nrv__mem_default();
    if (opt && opt->alloc)
        m = (nrv__mem){ opt->alloc, opt->user };
    nrv_store *s = nrv__alloc(&m, NULL, 0, sizeof *s);
    if (s) {
        memset(s, 0, sizeof *s);
        atomic_flag_clear(&s->declaring);
        s->mem = m;
        s->names.mem = m;
        s->seed = opt ? opt->seed : 0;
    }
    return s;
}

static void store_drop(nrv_store *s, nrv__stored *e)
{
    if (e->data)
        nrv__alloc(&s->mem, ((void **)e->data)[-1], e->bytes + 2 * NRV__ALIGN, 0);
    nrv__alloc(&s->mem, e, sizeof *e, 0);
}

NRV_API void nrv_store_free(nrv_store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n_entry; i++)
        store_drop(s, s->entry[i]);
    const nrv__mem m = s->mem;
    nrv__alloc(&m, s->entry, s->cap_entry * sizeof *s->entry, 0);
    nrv__alloc(&m, s->key, s->cap_key * sizeof *s->key, 0);
    nrv__alloc(&m, s->note, s->cap_note * sizeof *s->note, 0);
    nrv__arena_free(&s->names);
    nrv__alloc(&m, s, sizeof *s, 0);
}

bool nrv__store_enter(nrv_store *s, bool assign)
{
    int users = atomic_load(&s->users);
    do {
        if (users < 0 || (assign && users > 0))
            return false;
    } while (!atomic_compare_exchange_weak(&s->users, &users, assign ? -1 : users + 1));
    return true;
}

void nrv__store_leave(nrv_store *s, bool assign)
{
    atomic_fetch_add(&s->users, assign ? 1 : -1);
}

/* from is only counted as read, but the count is in it */
static nrv_store *store_lender(const nrv_store *from)
{
    nrv_store *lender;
    memcpy(&lender, &from, sizeof lender);
    return lender;
}

bool nrv__store_enter_both(nrv_store *to, const nrv_store *from)
{
    to->why = (nrv__why){ NRV_OK, "" };
    if (!nrv__store_enter(to, true))
        return nrv__fail(&to->why, NRV_EBUSY, "a run uses the store that is written to"), false;
    if (from == to || nrv__store_enter(store_lender(from), false))
        return true;
    nrv__fail(&to->why, NRV_EBUSY, "a run is changing the store that is read");
    nrv__store_leave(to, true);
    return false;
}

void nrv__store_leave_both(nrv_store *to, const nrv_store *from)
{
    if (from != to)
        nrv__store_leave(store_lender(from), false);
    nrv__store_leave(to, true);
}

/* where name is, or where it would be */
static size_t store_place(const nrv_store *s, const char *name)
{
    size_t lo = 0, hi = s->n_entry;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(s->entry[mid]->name, name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

nrv__stored *nrv__store_find(const nrv_store *s, const char *name)
{
    size_t i = store_place(s, name);
    return i < s->n_entry && !strcmp(s->entry[i]->name, name) ? s->entry[i] : NULL;
}

static double store_uniform(uint64_t key, uint64_t i)
{
    uint32_t out[4];
    nrv__philox((const uint32_t[]){ (uint32_t)(i / 4), (uint32_t)(i / 4 >> 32), 0, UINT32_MAX },
                (const uint32_t[]){ (uint32_t)key, (uint32_t)(key >> 32) }, out);
    return ((double)out[i % 4] + 0.5) / 4294967296.0;
}

static double store_first(const nrv__stored *e, nrv_init init, uint64_t key, uint64_t i)
{
    double fan = init.a, u;
    switch (init.law) {
    case 1:
        return 1;
    case 2:
        u = store_uniform(key, 2 * i);
        return init.b * sqrt(-2 * log(u)) * cos(6.283185307179586 * store_uniform(key, 2 * i + 1));
    case 3:
        fan = e->rank == 1 ? (double)e->dim[0] : 1;
        for (int k = 1; k < e->rank; k++)
            fan *= (double)e->dim[k];
        /* fall through */
    case 4:
        return fan > 0 ? (2 * store_uniform(key, i) - 1) / sqrt(fan) : 0;
    case 6:
        return init.a;
    default:
        return 0;
    }
}

static void store_begin(const nrv_store *s, nrv__stored *e, nrv__start start)
{
    const nrv__stored *from = start.from ? nrv__store_find(s, start.from) : NULL;
    if (from && from->bytes == e->bytes && from->type == e->type) {
        memcpy(e->data, from->data, e->bytes);
        return;
    }
    uint64_t key = nrv__hash_text(s->seed, e->name);
    size_t size = nrv__dtype_size(e->type), n = e->bytes / size;
    for (size_t i = 0; i < n; i++) {
        double v = store_first(e, start.init, key, i);
        nrv__from_double((char *)e->data + i * size, e->type, &v, 1);
    }
}

static void *store_memory(nrv_store *s, size_t bytes)
{
    if (bytes > SIZE_MAX - 2 * NRV__ALIGN)
        return NULL;
    char *p = nrv__alloc(&s->mem, NULL, 0, bytes + 2 * NRV__ALIGN);
    if (!p)
        return NULL;
    uintptr_t at = ((uintptr_t)p + NRV__ALIGN + sizeof(void *) - 1) & ~(uintptr_t)(NRV__ALIGN - 1);
    char *q = p + (at - (uintptr_t)p);
    ((void **)(void *)q)[-1] = p;
    memset(q, 0, bytes);
    return q;
}

static nrv__stored *store_insert(nrv_store *s, const char *name, nrv_dtype t, int rank, const int64_t *dim,
                                 nrv__why *why)
{
    int64_t bytes = (int64_t)nrv__dtype_size(t);
    for (int i = 0; i < rank; i++)
        if (!nrv__mul(bytes, dim[i], &bytes))
            return nrv__fail(why, NRV_ESHAPE, "'%s' has more elements than can be counted", name), NULL;
    nrv__stored **grown = nrv__grow(&s->mem, s->entry, s->n_entry, &s->cap_entry, sizeof *s->entry);
    if (grown)
        s->entry = grown;
    nrv__stored *e = grown ? nrv__alloc(&s->mem, NULL, 0, sizeof *e) : NULL;
    if (e)
        *e = (nrv__stored){ .name = nrv__arena_text(&s->names, name, strlen(name)),
                            .type = t,
                            .rank = rank,
                            .bytes = (size_t)bytes,
                            .data = store_memory(s, (size_t)bytes) };
    if (!e || !e->name || !e->data) {
        if (e)
            store_drop(s, e);
        return nrv__fail(why, NRV_ENOMEM, "no memory for '%s': %lld bytes", name, (long long)bytes), NULL;
    }
    for (int i = 0; i < rank; i++)
        e->dim[i] = dim[i];
    size_t at = store_place(s, name);
    memmove(s->entry + at + 1, s->entry + at, (s->n_entry - at) * sizeof *s->entry);
    s->entry[at] = e;
    s->n_entry++;
    return e;
}

static void store_shape_text(int rank, const int64_t *dim, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room, "[");
    for (int i = 0; i < rank && n < room; i++)
        n += (size_t)snprintf(to + n, room - n, "%s%lld", i ? ", " : "", (long long)dim[i]);
    if (n < room)
        snprintf(to + n, room - n, "]");
}

bool nrv__store_same_shape(const nrv__stored *e, int rank, const int64_t *dim)
{
    bool same = e->rank == rank;
    for (int i = 0; same && i < rank; i++)
        same = e->dim[i] == dim[i];
    return same;
}

static nrv__stored *store_declare(nrv_store *s, const char *name, nrv_dtype t, int rank, const int64_t *dim,
                                  nrv__start start, nrv__kind kind, nrv__why *why)
{
    nrv__stored *e = nrv__store_find(s, name);
    if (!e) {
        if (!nrv__store_enter(s, true))
            return nrv__fail(why, NRV_EBUSY,
                             "'%s' cannot be added while another run uses the store\n  hint  trace before "
                             "you run, or give each its store",
                             name),
                   NULL;
        e = store_insert(s, name, t, rank, dim, why);
        if (e) {
            store_begin(s, e, start);
            e->kind = kind;
        }
        nrv__store_leave(s, true);
        return e;
    }
    if (e->type == t && nrv__store_same_shape(e, rank, dim)) {
        if (!e->kind)
            e->kind = kind;
        return e;
    }
    char have[256], want[256];
    store_shape_text(e->rank, e->dim, have, sizeof have);
    store_shape_text(rank, dim, want, sizeof want);
    nrv__fail(why, NRV_ESHAPE,
              "'%s' is %s %s in the store, the program asks for %s %s\n  hint  did a layer's size change "
              "since the weights were made?",
              name, nrv__dtype_name(e->type), have, nrv__dtype_name(t), want);
    return NULL;
}

nrv__stored *nrv__store_get(nrv_store *s, const char *name, nrv_dtype t, int rank, const int64_t *dim, nrv__start start,
                            nrv__kind kind, nrv__why *why)
{
    while (atomic_flag_test_and_set_explicit(&s->declaring, memory_order_acquire))
        ; /* held for a search, or while a parameter is made: cold */
    nrv__stored *e = store_declare(s, name, t, rank, dim, start, kind, why);
    atomic_flag_clear_explicit(&s->declaring, memory_order_release);
    return e;
}

NRV_API void *nrv_store_data(nrv_store *s, const char *name, nrv_shape *shape, nrv_dtype *t)
{
    nrv__stored *e = s && name ? nrv__store_find(s, name) : NULL;
    if (!e)
        return NULL;
    if (shape) {
        *shape = (nrv_shape){ e->rank, { 0 } };
        for (int i = 0; i < e->rank; i++)
            shape->dim[i] = e->dim[i];
    }
    if (t)
        *t = e->type;
    return e->data;
}

NRV_API const char *nrv_store_why(const nrv_store *s)
{
    return s && s->why.status ? s->why.text : NULL;
}

/* ---- notes ---- */
NRV_API const char *nrv_store_noted(const nrv_store *s, const char *key)
{
    for (size_t i = 0; s && key && i < s->n_note; i++)
        if (!strcmp(s->key[i], key))
            return s->note[i];
    return NULL;
}

NRV_API nrv_status nrv_store_note(nrv_store *s, const char *key, const char *text)
{
    if (!s)
        return NRV_EARG;
    s->why = (nrv__why){ NRV_OK, "" };
    if (!key || !*key || !text)
        return nrv__fail(&s->why, NRV_EARG, "a note needs a key and a text");
    const char *copy = nrv__arena_text(&s->names, text, strlen(text));
    for (size_t i = 0; copy && i < s->n_note; i++)
        if (!strcmp(s->key[i], key))
            return s->note[i] = copy, NRV_OK;
    const char *name = copy ? nrv__arena_text(&s->names, key, strlen(key)) : NULL;
    const char **keys = name ? nrv__grow(&s->mem, s->key, s->n_note, &s->cap_key, sizeof *s->key) : NULL;
    if (keys)
        s->key = keys;
    const char **notes = keys ? nrv__grow(&s->mem, s->note, s->n_note, &s->cap_note, sizeof *s->note) : NULL;
    if (!notes)
        return nrv__fail(&s->why, NRV_ENOMEM, "no memory for note '%s'", key);
    s->note = notes;
    s->key[s->n_note] = name;
    s->note[s->n_note++] = copy;
    return NRV_OK;
}

/* ---- files ---- */
NRV_API nrv_status nrv_store_save(nrv_store *s, const char *path, const char *names)
{
    if (!s)
        return NRV_EARG;
    s->why = (nrv__why){ NRV_OK, "" };
    if (!path)
        return nrv__fail(&s->why, NRV_EARG, "save: the path is NULL\n  hint  where the file shall be");
    if (!nrv__store_enter(s, false))
        return nrv__fail(&s->why, NRV_EBUSY, "%s: a run is changing the store\n  hint  save between runs", path);
    char seed[24], commits[24];
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    snprintf(commits, sizeof commits, "%" PRIu64, s->commits);
    size_t nt = (s->n_entry + 1) * sizeof(nrv__st_tensor), nn = (s->n_note + 3) * sizeof(nrv__st_note);
    nrv__st_tensor *t = nrv__alloc(&s->mem, NULL, 0, nt);
    nrv__st_note *note = nrv__alloc(&s->mem, NULL, 0, nn);
    if (t && note) {
        int n = 0, k = 0;
        for (size_t i = 0; i < s->n_entry; i++) {
            const nrv__stored *e = s->entry[i];
            if (!nrv__match(names ? names : "*", e->name))
                continue;
            t[n] = (nrv__st_tensor){
                .name = e->name, .type = e->type, .rank = e->rank, .data = e->data, .bytes = e->bytes
            };
            memcpy(t[n++].dim, e->dim, sizeof e->dim);
        }
        for (size_t i = 0; i < s->n_note; i++)
            if (strcmp(s->key[i], STORE_SEED) && strcmp(s->key[i], STORE_COMMITS) && strcmp(s->key[i], STORE_VERSION))
                note[k++] = (nrv__st_note){ s->key[i], s->note[i] };
        note[k++] = (nrv__st_note){ STORE_SEED, seed };
        note[k++] = (nrv__st_note){ STORE_COMMITS, commits };
        note[k++] = (nrv__st_note){ STORE_VERSION, nrv_version() };
        nrv__st_write(&s->mem, path, n, t, k, note, &s->why);
    } else {
        nrv__fail(&s->why, NRV_ENOMEM, "%s: no memory for the list of tensors", path);
    }
    nrv__alloc(&s->mem, t, nt, 0);
    nrv__alloc(&s->mem, note, nn, 0);
    nrv__store_leave(s, false);
    return s->why.status;
}

typedef struct store_load { /* one tensor on its way in */
    const nrv__st_tensor *from;
    const char *name;
    void *data;
} store_load;

static const char *store_target(const nrv_load_opt *opt, const char *name)
{
    return opt && opt->rename ? opt->rename(opt->user, name) : name;
}

static bool store_load_before(const void *a, const void *b)
{
    return strcmp(((const store_load *)a)->name, ((const store_load *)b)->name) < 0;
}

/* .rename may send two tensors to one name, of which only one can be kept; sorts by name */
static void store_expect_distinct(nrv_store *s, store_load *load, int n)
{
    nrv__sort(load, (size_t)n, sizeof *load, store_load_before);
    for (int i = 1; i < n; i++)
        if (!strcmp(load[i - 1].name, load[i].name))
            nrv__fail(&s->why, NRV_ENAME, "'%s' and '%s' of the file would both become '%s'\n  hint  see .rename",
                      load[i - 1].from->name, load[i].from->name, load[i].name);
}

/* every tensor of the file must fit the store, before anything is read */
static int store_plan_load(nrv_store *s, nrv__st *f, const nrv_load_opt *opt, nrv__arena *tmp, store_load *load,
                           bool declared)
{
    int n = 0;
    for (int i = 0; i < nrv__st_count(f) && !s->why.status; i++) {
        const nrv__st_tensor *t = nrv__st_at(f, i);
        const char *target = store_target(opt, t->name);
        if (!target)
            continue;
        const nrv__stored *e = nrv__store_find(s, target);
        if (!e && declared && opt && opt->partial)
            continue;
        if (!e && declared)
            nrv__fail(&s->why, NRV_ENAME,
                      "'%s' is in the file, but not in the program\n  hint  .rename may skip it; .partial allows it",
                      target);
        else if (!t->type)
            nrv__fail(&s->why, NRV_EDTYPE, "'%s' is of type %s, which has no equal here", t->name, t->dtype);
        else if (e && (e->type != t->type || !nrv__store_same_shape(e, t->rank, t->dim))) {
            char have[256], want[256];
            store_shape_text(t->rank, t->dim, have, sizeof have);
            store_shape_text(e->rank, e->dim, want, sizeof want);
            nrv__fail(&s->why, NRV_ESHAPE,
                      "'%s' is %s %s in the file, the program has %s %s\n  hint  did a layer's size change "
                      "since the weights were saved?",
                      t->name, t->dtype, have, nrv__dtype_name(e->type), want);
        } else {
            load[n] = (store_load){ t, nrv__arena_text(tmp, target, strlen(target)),
                                    nrv__arena_get(tmp, (size_t)t->bytes + 1) };
            if (!load[n].name || !load[n].data)
                nrv__fail(&s->why, NRV_ENOMEM, "no memory to load '%s': %llu bytes", target,
                          (unsigned long long)t->bytes);
            n++;
        }
    }
    if (!s->why.status)
        store_expect_distinct(s, load, n);
    return n;
}

static bool store_loads(const store_load *load, int n, const char *name)
{
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2, c = strcmp(load[mid].name, name);
        if (c == 0)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static void store_missing(nrv_store *s, const store_load *load, int n)
{
    char list[512] = "";
    size_t at = 0, count = 0;
    for (size_t i = 0; i < s->n_entry; i++) {
        if (!s->entry[i]->kind || store_loads(load, n, s->entry[i]->name))
            continue;
        if (count++ < 5 && at < sizeof list)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", at ? ", " : "", s->entry[i]->name);
    }
    if (count)
        nrv__fail(&s->why, NRV_ENAME,
                  "not in the file: %s%s (%zu in all)\n  hint  .partial keeps what the file does not hold", list,
                  count > 5 ? ", ..." : "", count);
}

static bool store_keeps_note(const nrv__st_note *k)
{
    return *k->key && strcmp(k->key, STORE_SEED) && strcmp(k->key, STORE_COMMITS) && strcmp(k->key, STORE_VERSION);
}

/* room for every note of the file, and copies of them; NULL: no memory */
static nrv__st_note *store_note_room(nrv_store *s, nrv__st *f, nrv__arena *tmp)
{
    int n = nrv__st_notes(f);
    nrv__st_note *copy = nrv__arena_get(tmp, (size_t)(n + 1) * sizeof *copy);
    for (int i = 0; i < n && copy; i++) {
        const nrv__st_note *k = nrv__st_note_at(f, i);
        const char **keys = nrv__grow(&s->mem, s->key, s->n_note + (size_t)i, &s->cap_key, sizeof *s->key);
        s->key = keys ? keys : s->key;
        const char **notes = nrv__grow(&s->mem, s->note, s->n_note + (size_t)i, &s->cap_note, sizeof *s->note);
        s->note = notes ? notes : s->note;
        copy[i] = (nrv__st_note){ nrv__arena_text(&s->names, k->key, strlen(k->key)),
                                  nrv__arena_text(&s->names, k->text, strlen(k->text)) };
        if (!keys || !notes || !copy[i].key || !copy[i].text)
            copy = NULL;
    }
    if (!copy)
        nrv__fail(&s->why, NRV_ENOMEM, "no memory for the file's notes");
    return copy;
}

static void store_take_notes(nrv_store *s, const nrv__st_note *note, int n)
{
    for (int i = 0; i < n; i++) {
        size_t at = 0;
        while (at < s->n_note && strcmp(s->key[at], note[i].key) != 0)
            at++;
        if (!strcmp(note[i].key, STORE_SEED))
            s->seed = strtoull(note[i].text, NULL, 10);
        else if (!strcmp(note[i].key, STORE_COMMITS))
            s->commits = strtoull(note[i].text, NULL, 10);
        else if (store_keeps_note(&note[i])) {
            s->n_note += at == s->n_note;
            s->key[at] = note[i].key;
            s->note[at] = note[i].text;
        }
    }
}

/* what can fail - reading, new entries, room for notes - comes before the first value that changes */
static void store_commit_load(nrv_store *s, nrv__st *f, const store_load *load, int n, nrv__arena *tmp)
{
    for (int i = 0; i < n && !s->why.status; i++)
        nrv__st_read(f, load[i].from, load[i].data, &s->why);
    const nrv__st_note *note = s->why.status ? NULL : store_note_room(s, f, tmp);
    for (int i = 0; i < n && !s->why.status; i++)
        if (!nrv__store_find(s, load[i].name))
            store_insert(s, load[i].name, load[i].from->type, load[i].from->rank, load[i].from->dim, &s->why);
    if (s->why.status)
        return;
    for (int i = 0; i < n; i++)
        memcpy(nrv__store_find(s, load[i].name)->data, load[i].data, (size_t)load[i].from->bytes);
    store_take_notes(s, note, nrv__st_notes(f));
}

NRV_API nrv_status nrv_store_load(nrv_store *s, const char *path, const nrv_load_opt *opt)
{
    if (!s)
        return NRV_EARG;
    s->why = (nrv__why){ NRV_OK, "" };
    if (!path)
        return nrv__fail(&s->why, NRV_EARG, "load: the path is NULL\n  hint  where the file is");
    if (!nrv__store_enter(s, true))
        return nrv__fail(&s->why, NRV_EBUSY, "%s: a run uses the store\n  hint  load between runs", path);
    nrv__st *f = nrv__st_open(&s->mem, path, &s->why);
    if (f) {
        nrv__arena tmp = { .mem = s->mem };
        bool declared = false;
        for (size_t i = 0; i < s->n_entry; i++)
            declared = declared || s->entry[i]->kind;
        store_load *load = nrv__arena_get(&tmp, (size_t)(nrv__st_count(f) + 1) * sizeof *load);
        int n = load ? store_plan_load(s, f, opt, &tmp, load, declared) : 0;
        if (!load)
            nrv__fail(&s->why, NRV_ENOMEM, "%s: no memory for the list of tensors", path);
        if (!s->why.status && !(opt && opt->partial))
            store_missing(s, load, n);
        store_commit_load(s, f, load, n, &tmp);
        nrv__arena_free(&tmp);
        nrv__st_close(f);
    }
    nrv__store_leave(s, true);
    return s->why.status;
}

static void store_copy_all(nrv_store *to, const nrv_store *from, const char *names)
{
    for (int pass = 0; pass < 2 && !to->why.status; pass++) /* first what can fail, then the values */
        for (size_t i = 0; i < from->n_entry && !to->why.status; i++) {
            const nrv__stored *f = from->entry[i];
            if (!nrv__match(names ? names : "*", f->name))
                continue;
            nrv__stored *e = nrv__store_find(to, f->name);
            if (!e && (e = store_insert(to, f->name, f->type, f->rank, f->dim, &to->why)))
                e->kind = f->kind;
            if (e && (e->type != f->type || !nrv__store_same_shape(e, f->rank, f->dim)))
                nrv__fail(&to->why, NRV_ESHAPE, "'%s' differs in shape or type between the two stores", f->name);
            else if (e && pass)
                memcpy(e->data, f->data, e->bytes);
        }
}

NRV_API nrv_status nrv_store_copy(nrv_store *to, const nrv_store *from, const char *names)
{
    if (!to || !from)
        return NRV_EARG;
    if (nrv__store_enter_both(to, from)) {
        store_copy_all(to, from, names);
        nrv__store_leave_both(to, from);
    }
    return to->why.status;
}
