/* safetensors.c - see safetensors.h; the format is https://github.com/huggingface/safetensors.

   Promises: what safetensors itself refuses is refused here too, before memory is asked for what the file only claims
   to hold. Tensors are listed in the order of their bytes. The writer orders them as safetensors' own writer does
   (widest type first, then by name), notes by key, and starts the data at a multiple of 8: the same content gives the
   same bytes. Does not do: big-endian machines - data is kept as it stands in the file. */
#include "safetensors.h"
#include "../base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ST_HEADER_MAX = 100000000, ST_PREFIX = 8 };

/* in safetensors' own order, narrow to wide: its writer sorts by it */
static const struct st_type {
    const char *name;
    nrv_dtype type;
    int bits;
} st_types[] = {
    { "BOOL", NRV_BOOL, 8 },  { "F4", 0, 4 },         { "F6_E2M3", 0, 6 },    { "F6_E3M2", 0, 6 },
    { "U8", NRV_U8, 8 },      { "I8", NRV_I8, 8 },    { "F8_E5M2", 0, 8 },    { "F8_E4M3", 0, 8 },
    { "F8_E8M0", 0, 8 },      { "I16", 0, 16 },       { "U16", 0, 16 },       { "F16", NRV_F16, 16 },
    { "BF16", NRV_BF16, 16 }, { "I32", NRV_I32, 32 }, { "U32", 0, 32 },       { "F32", NRV_F32, 32 },
    { "C64", 0, 64 },         { "F64", NRV_F64, 64 }, { "I64", NRV_I64, 64 }, { "U64", 0, 64 },
};
enum { ST_TYPES = sizeof st_types / sizeof st_types[0] };

struct nrv__st {
    nrv__mem mem;
    nrv__arena arena; /* names, notes, the path */
    const char *path; /* as messages show it */
    int fd;
    nrv__st_tensor *tensors;
    const nrv__st_tensor **by_name;
    nrv__st_note *notes;
    size_t n, cap, n_notes, cap_notes;
    uint64_t data_start, data_bytes;
    const nrv__text *text; /* the parser's, while there is one */
};

static const char *st_advice(int error)
{
    switch (error) {
    case ENOSPC:
        return "; free some space and try again";
    case ENOENT:
    case ENOTDIR:
        return "; check the path, and make the folder first";
    case EACCES:
    case EPERM:
    case EROFS:
        return "; choose a place that you may read and write";
    default:
        return "";
    }
}

/* the end of a very long path says more than its beginning, and a message must keep room for the rest */
static const char *st_shown(const char *path)
{
    size_t n = strlen(path);
    return n > 400 ? path + n - 400 : path;
}

/* ---- reading ---- */

static nrv_status st_nomem(const nrv__st *s, nrv__why *why)
{
    return nrv__fail(why, NRV_ENOMEM, "%s: out of memory while reading the header", s->path);
}

static nrv_status st_broken(const nrv__st *s, nrv__why *why, const char *what, const char *name)
{
    if (s->text && s->text->broken) /* what the parser met then was only a consequence */
        return st_nomem(s, why);
    return nrv__fail(why, NRV_EFORMAT, "%s is not a sound safetensors file: %s%s%s%s", s->path, what, name ? " '" : "",
                     name ? name : "", name ? "'" : "");
}

static nrv_status st_pread(const nrv__st *s, void *to, uint64_t bytes, uint64_t offset, nrv__why *why)
{
    unsigned char *p = to;
    const uint64_t most = (uint64_t)1 << 30; /* one read never gives more than 2 GB */
    while (bytes) {
        ssize_t got = pread(s->fd, p, (size_t)(bytes < most ? bytes : most), (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return nrv__fail(why, NRV_EIO, "%s: cannot read: %s", s->path, strerror(errno));
        if (got == 0)
            return nrv__fail(why, NRV_EIO, "%s: the file became shorter while it was read", s->path);
        p += got, bytes -= (uint64_t)got, offset += (uint64_t)got;
    }
    return NRV_OK;
}

static nrv_status st_whole(nrv__st *s, nrv__json *j, int64_t *value, nrv__why *why, const char *what, const char *name)
{
    if (nrv__json_next(j) != NRV__JSON_INT || j->whole < 0)
        return st_broken(s, why, what, name);
    *value = j->whole;
    return NRV_OK;
}

static nrv_status st_shape(nrv__st *s, nrv__json *j, nrv__st_tensor *t, nrv__why *why)
{
    if (nrv__json_next(j) != NRV__JSON_ARRAY)
        return st_broken(s, why, "no list as the shape of", t->name);
    nrv__json_event e;
    for (t->rank = 0; (e = nrv__json_next(j)) != NRV__JSON_ARRAY_END; t->rank++) {
        if (e != NRV__JSON_INT || j->whole < 0)
            return st_broken(s, why, "a length that is not a whole number in the shape of", t->name);
        if (t->rank == NRV__MAX_RANK)
            return nrv__fail(why, NRV_EFORMAT, "%s: tensor '%s' has more than %d axes, which nervo does not know",
                             s->path, t->name, NRV__MAX_RANK);
        t->dim[t->rank] = j->whole;
    }
    return NRV_OK;
}

static nrv_status st_offsets(nrv__st *s, nrv__json *j, nrv__st_tensor *t, nrv__why *why)
{
    static const char what[] = "no two offsets for tensor";
    int64_t begin = 0, end = 0;
    if (nrv__json_next(j) != NRV__JSON_ARRAY)
        return st_broken(s, why, what, t->name);
    if (st_whole(s, j, &begin, why, what, t->name) || st_whole(s, j, &end, why, what, t->name))
        return why->status;
    if (nrv__json_next(j) != NRV__JSON_ARRAY_END)
        return st_broken(s, why, what, t->name);
    if (end < begin)
        return st_broken(s, why, "the end lies before the beginning of tensor", t->name);
    t->offset = (uint64_t)begin;
    t->bytes = (uint64_t)(end - begin);
    return NRV_OK;
}

static nrv_status st_dtype(nrv__st *s, nrv__json *j, nrv__st_tensor *t, nrv__why *why)
{
    if (nrv__json_next(j) != NRV__JSON_STRING)
        return st_broken(s, why, "no name as the dtype of", t->name);
    for (int i = 0; i < ST_TYPES; i++)
        if (nrv__json_is(j, st_types[i].name)) {
            t->dtype = st_types[i].name;
            t->type = st_types[i].type;
            return NRV_OK;
        }
    return nrv__fail(why, NRV_EFORMAT, "%s: tensor '%s' has the dtype '%.40s', which safetensors does not have",
                     s->path, t->name, j->text->at);
}

/* bits that a tensor of this shape takes; false: more than 2^63 */
static bool st_bits(const nrv__st_tensor *t, int64_t *bits)
{
    *bits = 1;
    for (int i = 0; i < ST_TYPES; i++)
        if (strcmp(st_types[i].name, t->dtype) == 0)
            *bits = st_types[i].bits;
    for (int i = 0; i < t->rank; i++)
        if (t->dim[i] == 0) {
            *bits = 0;
            return true;
        }
    for (int i = 0; i < t->rank; i++)
        if (!nrv__mul(*bits, t->dim[i], bits))
            return false;
    return true;
}

static nrv_status st_size_fits(nrv__st *s, const nrv__st_tensor *t, nrv__why *why)
{
    int64_t bits;
    if (!st_bits(t, &bits))
        return st_broken(s, why, "more bytes than can be counted in the shape of", t->name);
    if (bits % 8 != 0 || (uint64_t)bits / 8 != t->bytes)
        return nrv__fail(
            why, NRV_EFORMAT,
            "%s is not a sound safetensors file: tensor '%s' needs %lld bits by its shape and dtype %s, and its "
            "offsets hold %llu bytes",
            s->path, t->name, (long long)bits, t->dtype, (unsigned long long)t->bytes);
    return NRV_OK;
}

static nrv_status st_tensor_fields(nrv__st *s, nrv__json *j, nrv__st_tensor *t, nrv__why *why)
{
    enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
    int seen = 0;
    nrv__json_event e;
    if (nrv__json_next(j) != NRV__JSON_OBJECT)
        return st_broken(s, why, "no {...} describes tensor", t->name);
    while ((e = nrv__json_next(j)) == NRV__JSON_KEY) {
        int field = nrv__json_is(j, "dtype")          ? DTYPE
                    : nrv__json_is(j, "shape")        ? SHAPE
                    : nrv__json_is(j, "data_offsets") ? OFFSETS
                                                      : 0;
        if (field == 0 || (seen & field))
            return st_broken(s, why, field ? "a field is given twice for tensor" : "an unknown field describes tensor",
                             t->name);
        seen |= field;
        nrv_status bad = field == DTYPE   ? st_dtype(s, j, t, why)
                         : field == SHAPE ? st_shape(s, j, t, why)
                                          : st_offsets(s, j, t, why);
        if (bad)
            return bad;
    }
    if (e != NRV__JSON_OBJECT_END)
        return st_broken(s, why, "the header breaks off at tensor", t->name);
    if (seen != (DTYPE | SHAPE | OFFSETS))
        return st_broken(s, why, "dtype, shape or data_offsets is missing for tensor", t->name);
    return st_size_fits(s, t, why);
}

static nrv_status st_add_tensor(nrv__st *s, nrv__json *j, nrv__why *why)
{
    if (memchr(j->text->at, 0, j->text->n))
        return st_broken(s, why, "a zero byte in a tensor's name", NULL);
    nrv__st_tensor *grown = nrv__grow(&s->mem, s->tensors, s->n, &s->cap, sizeof *grown);
    if (!grown)
        return st_nomem(s, why);
    s->tensors = grown;
    nrv__st_tensor *t = &grown[s->n];
    memset(t, 0, sizeof *t);
    t->name = nrv__arena_text(&s->arena, j->text->at, j->text->n);
    if (!t->name)
        return st_nomem(s, why);
    s->n++;
    return st_tensor_fields(s, j, t, why);
}

static nrv_status st_add_notes(nrv__st *s, nrv__json *j, nrv__why *why)
{
    nrv__json_event e;
    if (nrv__json_next(j) != NRV__JSON_OBJECT)
        return st_broken(s, why, "__metadata__ is not a {...}", NULL);
    while ((e = nrv__json_next(j)) == NRV__JSON_KEY) {
        nrv__st_note *grown = nrv__grow(&s->mem, s->notes, s->n_notes, &s->cap_notes, sizeof *grown);
        if (!grown)
            return st_nomem(s, why);
        s->notes = grown;
        nrv__st_note *note = &grown[s->n_notes++];
        note->text = NULL;
        note->key = nrv__arena_text(&s->arena, j->text->at, j->text->n);
        if (nrv__json_next(j) != NRV__JSON_STRING)
            return st_broken(s, why, j->error ? j->error : "the metadata has a value that is not text for", note->key);
        note->text = nrv__arena_text(&s->arena, j->text->at, j->text->n);
        if (s->arena.broken)
            return st_nomem(s, why);
    }
    return e == NRV__JSON_OBJECT_END ? NRV_OK : st_broken(s, why, "the metadata breaks off", NULL);
}

static nrv_status st_parse(nrv__st *s, nrv__json *j, nrv__why *why)
{
    nrv__json_event e;
    bool notes = false;
    if (j->at == j->end || *j->at != '{' || nrv__json_next(j) != NRV__JSON_OBJECT)
        return st_broken(s, why, "the header does not begin with {", NULL);
    while ((e = nrv__json_next(j)) == NRV__JSON_KEY) {
        nrv_status bad;
        if (!nrv__json_is(j, "__metadata__")) {
            bad = st_add_tensor(s, j, why);
        } else {
            bad = notes ? st_broken(s, why, "__metadata__ is given twice", NULL) : st_add_notes(s, j, why);
            notes = true;
        }
        if (bad)
            return bad;
    }
    if (e != NRV__JSON_OBJECT_END || nrv__json_next(j) != NRV__JSON_END)
        return st_broken(s, why, j->error ? j->error : "the header breaks off", NULL);
    return NRV_OK;
}

static bool st_earlier(const void *a, const void *b)
{
    const nrv__st_tensor *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes;
    return strcmp(x->name, y->name) < 0;
}

static bool st_lesser_name(const void *a, const void *b)
{
    const nrv__st_tensor *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name) < 0;
}

static bool st_lesser_key(const void *a, const void *b)
{
    const nrv__st_note *x = a, *y = b;
    return strcmp(x->key, y->key) < 0;
}

static nrv_status st_check_bytes(nrv__st *s, nrv__why *why)
{
    uint64_t reached = 0;
    nrv__sort(s->tensors, s->n, sizeof *s->tensors, st_earlier);
    for (size_t i = 0; i < s->n; i++) {
        nrv__st_tensor *t = &s->tensors[i];
        if (t->offset != reached)
            return st_broken(s, why, t->offset < reached ? "two tensors share bytes at" : "unused bytes lie before",
                             t->name);
        reached += t->bytes; /* each is below 2^63 and starts where the sum of those before ends: no overflow */
        if (reached > s->data_bytes)
            return nrv__fail(
                why, NRV_EFORMAT,
                "%s is cut off: tensor '%s' ends at byte %llu of the data, and the file holds %llu; copy it again",
                s->path, t->name, (unsigned long long)reached, (unsigned long long)s->data_bytes);
        t->offset += s->data_start;
    }
    if (reached != s->data_bytes)
        return nrv__fail(why, NRV_EFORMAT, "%s is not a sound safetensors file: %llu bytes follow the last tensor",
                         s->path, (unsigned long long)(s->data_bytes - reached));
    return NRV_OK;
}

static nrv_status st_check_names(nrv__st *s, nrv__why *why)
{
    if (s->n) {
        s->by_name = nrv__alloc(&s->mem, NULL, 0, s->n * sizeof *s->by_name);
        if (!s->by_name)
            return st_nomem(s, why);
    }
    for (size_t i = 0; i < s->n; i++)
        s->by_name[i] = &s->tensors[i];
    nrv__sort(s->by_name, s->n, sizeof *s->by_name, st_lesser_name);
    for (size_t i = 1; i < s->n; i++)
        if (strcmp(s->by_name[i - 1]->name, s->by_name[i]->name) == 0)
            return st_broken(s, why, "two tensors have the name", s->by_name[i]->name);
    nrv__sort(s->notes, s->n_notes, sizeof *s->notes, st_lesser_key);
    for (size_t i = 1; i < s->n_notes; i++)
        if (strcmp(s->notes[i - 1].key, s->notes[i].key) == 0)
            return st_broken(s, why, "the metadata has twice the key", s->notes[i].key);
    return NRV_OK;
}

static nrv_status st_header(nrv__st *s, uint64_t bytes, nrv__why *why)
{
    char *header = nrv__alloc(&s->mem, NULL, 0, (size_t)bytes + 1);
    if (!header)
        return st_nomem(s, why);
    nrv__text text = { .mem = s->mem };
    nrv_status bad = st_pread(s, header, bytes, ST_PREFIX, why);
    if (!bad) {
        nrv__json j;
        s->text = &text;
        nrv__json_start(&j, header, (size_t)bytes, &text);
        bad = st_parse(s, &j, why);
    }
    s->text = NULL;
    nrv__text_free(&text);
    nrv__alloc(&s->mem, header, (size_t)bytes + 1, 0);
    return bad;
}

static nrv_status st_load(nrv__st *s, nrv__why *why)
{
    struct stat info;
    if (fstat(s->fd, &info) != 0)
        return nrv__fail(why, NRV_EIO, "%s: cannot read: %s", s->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return nrv__fail(why, NRV_EIO, "%s is %s; name a safetensors file", s->path,
                         S_ISDIR(info.st_mode) ? "a directory" : "not a regular file");
    uint64_t size = (uint64_t)info.st_size, header = 0;
    unsigned char prefix[ST_PREFIX];
    if (size < ST_PREFIX)
        return nrv__fail(why, NRV_EFORMAT,
                         "%s is not a safetensors file: it has %llu bytes, and the prefix alone takes %d", s->path,
                         (unsigned long long)size, ST_PREFIX);
    if (st_pread(s, prefix, ST_PREFIX, 0, why))
        return why->status;
    for (int i = ST_PREFIX - 1; i >= 0; i--)
        header = header << 8 | prefix[i];
    if (header > ST_HEADER_MAX)
        return nrv__fail(why, NRV_EFORMAT,
                         "%s is not a safetensors file: it claims a header of %llu bytes, the limit is %d", s->path,
                         (unsigned long long)header, ST_HEADER_MAX);
    if (header > size - ST_PREFIX)
        return nrv__fail(why, NRV_EFORMAT,
                         "%s is cut off: the header says %llu bytes, the file has %llu left; copy it again", s->path,
                         (unsigned long long)header, (unsigned long long)(size - ST_PREFIX));
    s->data_start = ST_PREFIX + header;
    s->data_bytes = size - s->data_start;
    if (st_header(s, header, why) || st_check_bytes(s, why) || st_check_names(s, why))
        return why->status;
    return NRV_OK;
}

nrv__st *nrv__st_open(const nrv__mem *m, const char *path, nrv__why *why)
{
    nrv__mem mem = m && m->fn ? *m : nrv__mem_default();
    nrv__why own = { NRV_OK, "" };
    if (!why)
        why = &own;
    nrv__st *s = nrv__alloc(&mem, NULL, 0, sizeof *s);
    if (!s) {
        nrv__fail(why, NRV_ENOMEM, "%s: out of memory", st_shown(path));
        return NULL;
    }
    memset(s, 0, sizeof *s);
    s->mem = s->arena.mem = mem;
    s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make us wait before we refuse it */
    if (s->fd < 0)
        nrv__fail(why, NRV_EIO, "%s: cannot open: %s%s", st_shown(path), strerror(errno), st_advice(errno));
    else if ((s->path = nrv__arena_text(&s->arena, st_shown(path), strlen(st_shown(path)))) == NULL)
        nrv__fail(why, NRV_ENOMEM, "%s: out of memory", st_shown(path));
    else if (st_load(s, why) == NRV_OK)
        return s;
    nrv__st_close(s);
    return NULL;
}

void nrv__st_close(nrv__st *s)
{
    if (!s)
        return;
    nrv__mem mem = s->mem;
    if (s->fd >= 0)
        close(s->fd);
    nrv__arena_free(&s->arena);
    nrv__alloc(&mem, s->by_name, s->n * sizeof *s->by_name, 0);
    nrv__alloc(&mem, s->tensors, s->cap * sizeof *s->tensors, 0);
    nrv__alloc(&mem, s->notes, s->cap_notes * sizeof *s->notes, 0);
    nrv__alloc(&mem, s, sizeof *s, 0);
}

int nrv__st_count(const nrv__st *s)
{
    return (int)s->n; /* a header of at most 100 MB describes fewer than two million tensors */
}

const nrv__st_tensor *nrv__st_at(const nrv__st *s, int i)
{
    return i >= 0 && (size_t)i < s->n ? &s->tensors[i] : NULL;
}

const nrv__st_tensor *nrv__st_find(const nrv__st *s, const char *name)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, s->by_name[middle]->name);
        if (order == 0)
            return s->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

int nrv__st_notes(const nrv__st *s)
{
    return (int)s->n_notes;
}

const nrv__st_note *nrv__st_note_at(const nrv__st *s, int i)
{
    return i >= 0 && (size_t)i < s->n_notes ? &s->notes[i] : NULL;
}

nrv_status nrv__st_read(nrv__st *s, const nrv__st_tensor *t, void *to, nrv__why *why)
{
    return st_pread(s, to, t->bytes, t->offset, why);
}

/* ---- writing ---- */

typedef struct st_out {
    nrv__mem mem;
    const char *path, *shown;
    nrv__text temp, header;
    const nrv__st_tensor **tensors; /* in the order of the file */
    const nrv__st_note **notes;
    size_t n, n_notes;
    uint64_t *bytes; /* of each tensor, in the order of the file */
    int fd;
    nrv__why *why;
} st_out;

static int st_rank_of_type(nrv_dtype type)
{
    for (int i = 0; i < ST_TYPES; i++)
        if (st_types[i].type == type)
            return i;
    return -1;
}

static bool st_written_before(const void *a, const void *b)
{
    const nrv__st_tensor *const *x = a, *const *y = b;
    int p = st_rank_of_type((*x)->type), q = st_rank_of_type((*y)->type);
    return p != q ? p > q : strcmp((*x)->name, (*y)->name) < 0;
}

static bool st_note_before(const void *a, const void *b)
{
    const nrv__st_note *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key) < 0;
}

static nrv_status st_bad_tensor(st_out *o, const char *name, const char *what)
{
    return nrv__fail(o->why, NRV_EARG, "%s: cannot write tensor '%s': %s", o->shown, name, what);
}

static nrv_status st_check_tensor(st_out *o, const nrv__st_tensor *t, uint64_t *bytes)
{
    if (!t->name || !nrv__utf8_valid(t->name, strlen(t->name)) || strcmp(t->name, "__metadata__") == 0)
        return st_bad_tensor(o, t->name ? t->name : "(none)", "its name must be UTF-8 text other than __metadata__");
    int64_t size = (int64_t)nrv__dtype_size(t->type);
    if (size == 0)
        return st_bad_tensor(o, t->name, "it has no type that nervo knows");
    if (t->rank < 0 || t->rank > NRV__MAX_RANK)
        return st_bad_tensor(o, t->name, "it may have 0 to 8 axes");
    bool empty = false, fits = true;
    for (int i = 0; i < t->rank; i++) {
        if (t->dim[i] < 0)
            return st_bad_tensor(o, t->name, "a length is negative");
        empty = empty || t->dim[i] == 0;
    }
    for (int i = 0; i < t->rank && !empty && fits; i++)
        fits = nrv__mul(size, t->dim[i], &size);
    if (!fits)
        return st_bad_tensor(o, t->name, "its bytes cannot be counted in 63 bits");
    *bytes = empty ? 0 : (uint64_t)size;
    if (!t->data && *bytes)
        return st_bad_tensor(o, t->name, "it has no data");
    return NRV_OK;
}

/* sorts by pointer, so that the caller's arrays stay as they are, and refuses what is there twice */
static nrv_status st_arrange(st_out *o, const nrv__st_tensor *tensors, const nrv__st_note *notes)
{
    for (size_t i = 0; i < o->n; i++) {
        if (st_check_tensor(o, &tensors[i], &o->bytes[i]))
            return o->why->status;
        o->tensors[i] = &tensors[i];
    }
    nrv__sort(o->tensors, o->n, sizeof *o->tensors, st_lesser_name);
    for (size_t i = 1; i < o->n; i++)
        if (strcmp(o->tensors[i - 1]->name, o->tensors[i]->name) == 0)
            return st_bad_tensor(o, o->tensors[i]->name, "the name is there twice");
    nrv__sort(o->tensors, o->n, sizeof *o->tensors, st_written_before);
    for (size_t i = 0; i < o->n; i++)
        if (st_check_tensor(o, o->tensors[i], &o->bytes[i]))
            return o->why->status;
    for (size_t i = 0; i < o->n_notes; i++) {
        const char *key = notes[i].key, *text = notes[i].text;
        if (!key || !text || !nrv__utf8_valid(key, strlen(key)) || !nrv__utf8_valid(text, strlen(text)))
            return nrv__fail(o->why, NRV_EARG, "%s: cannot write note '%s': key and text must be UTF-8", o->shown,
                             key ? key : "(none)");
        o->notes[i] = &notes[i];
    }
    nrv__sort(o->notes, o->n_notes, sizeof *o->notes, st_note_before);
    for (size_t i = 1; i < o->n_notes; i++)
        if (strcmp(o->notes[i - 1]->key, o->notes[i]->key) == 0)
            return nrv__fail(o->why, NRV_EARG, "%s: note '%s' is there twice", o->shown, o->notes[i]->key);
    return NRV_OK;
}

static void st_describe(nrv__text *h, const nrv__st_tensor *t, uint64_t begin, uint64_t end)
{
    nrv__json_quote(h, t->name, strlen(t->name));
    nrv__text_add(h, ":{\"dtype\":\"%s\",\"shape\":[", st_types[st_rank_of_type(t->type)].name);
    for (int i = 0; i < t->rank; i++)
        nrv__text_add(h, "%s%lld", i ? "," : "", (long long)t->dim[i]);
    nrv__text_add(h, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)begin, (unsigned long long)end);
}

static nrv_status st_compose(st_out *o)
{
    nrv__text *h = &o->header;
    int64_t reached = 0;
    nrv__text_addn(h, "\0\0\0\0\0\0\0\0{", ST_PREFIX + 1);
    if (o->n_notes)
        nrv__text_add(h, "\"__metadata__\":{");
    for (size_t i = 0; i < o->n_notes; i++) {
        nrv__json_quote(h, o->notes[i]->key, strlen(o->notes[i]->key));
        nrv__text_add(h, ":");
        nrv__json_quote(h, o->notes[i]->text, strlen(o->notes[i]->text));
        nrv__text_add(h, i + 1 < o->n_notes ? "," : o->n ? "}," : "}");
    }
    for (size_t i = 0; i < o->n; i++) {
        int64_t begin = reached;
        if (!nrv__add(begin, (int64_t)o->bytes[i], &reached))
            return st_bad_tensor(o, o->tensors[i]->name, "all tensors together cannot be counted in 63 bits");
        st_describe(h, o->tensors[i], (uint64_t)begin, (uint64_t)reached);
        if (i + 1 < o->n)
            nrv__text_add(h, ",");
    }
    nrv__text_add(h, "}");
    while (h->n % 8 && !h->broken)
        nrv__text_addn(h, " ", 1);
    if (h->broken)
        return nrv__fail(o->why, NRV_ENOMEM, "%s: out of memory while writing the header", o->shown);
    uint64_t length = h->n - ST_PREFIX;
    if (length > ST_HEADER_MAX)
        return nrv__fail(o->why, NRV_EARG, "%s: names and notes take %llu bytes; a safetensors header may have %d",
                         o->shown, (unsigned long long)length, ST_HEADER_MAX);
    for (int i = 0; i < ST_PREFIX; i++)
        h->at[i] = (char)(length >> 8 * i & 0xFF);
    return NRV_OK;
}

static nrv_status st_cannot(st_out *o, const char *what)
{
    int error = errno;
    return nrv__fail(o->why, NRV_EIO, "%s: cannot %s: %s%s (what was there before is untouched)", o->shown, what,
                     strerror(error), st_advice(error));
}

static nrv_status st_put(st_out *o, const void *data, uint64_t bytes)
{
    const unsigned char *p = data;
    const uint64_t most = (uint64_t)1 << 30;
    while (bytes) {
        ssize_t put = write(o->fd, p, (size_t)(bytes < most ? bytes : most));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return st_cannot(o, "write");
        p += put, bytes -= (uint64_t)put;
    }
    return NRV_OK;
}

/* beside the target, because only within one file system can rename replace a file at once */
static nrv_status st_temporary(st_out *o)
{
    for (uint64_t attempt = 0; attempt < 100; attempt++) {
        struct timespec now = { 0, 0 };
        clock_gettime(CLOCK_REALTIME, &now);
        uint64_t seed[] = { (uint64_t)now.tv_sec, (uint64_t)now.tv_nsec, (uint64_t)(uintptr_t)o, attempt };
        o->temp.n = 0;
        nrv__text_add(&o->temp, "%s.%08x.tmp", o->path, (unsigned)(nrv__hash(0, seed, sizeof seed) & 0xFFFFFFFFu));
        if (o->temp.broken)
            return nrv__fail(o->why, NRV_ENOMEM, "%s: out of memory", o->shown);
        o->fd = open(o->temp.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (o->fd >= 0)
            return NRV_OK;
        if (errno != EEXIST)
            break;
    }
    return st_cannot(o, "make a temporary file beside it");
}

/* the new name is safe on disk only once its folder is */
static nrv_status st_sync_folder(st_out *o)
{
    char *slash = strrchr(o->temp.at, '/');
    const char *folder = !slash ? "." : slash == o->temp.at ? "/" : o->temp.at;
    if (slash)
        *slash = 0;
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    if (fd < 0) /* a folder may be writable and not readable */
        return errno == EACCES ? NRV_OK
                               : nrv__fail(o->why, NRV_EIO, "%s: saved, but its folder cannot be synced: %s", o->shown,
                                           strerror(errno));
    /* some file systems do not sync folders and say EINVAL; nothing more can be done there */
    bool bad = fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP;
    int error = errno;
    close(fd);
    if (bad)
        return nrv__fail(o->why, NRV_EIO, "%s: saved, but its folder cannot be synced: %s", o->shown, strerror(error));
    return NRV_OK;
}

static nrv_status st_save(st_out *o)
{
    nrv_status bad = st_temporary(o);
    if (bad)
        return bad;
    bad = st_put(o, o->header.at, o->header.n);
    for (size_t i = 0; i < o->n && !bad; i++)
        bad = st_put(o, o->tensors[i]->data, o->bytes[i]);
    if (!bad && fsync(o->fd) != 0)
        bad = st_cannot(o, "bring it to disk");
    if (close(o->fd) != 0 && !bad)
        bad = st_cannot(o, "write");
    if (!bad && rename(o->temp.at, o->path) != 0)
        bad = st_cannot(o, "put the new file in its place");
    if (bad) {
        unlink(o->temp.at);
        return bad;
    }
    return st_sync_folder(o);
}

nrv_status nrv__st_write(const nrv__mem *m, const char *path, int n, const nrv__st_tensor *tensors, int n_notes,
                         const nrv__st_note *notes, nrv__why *why)
{
    nrv__why own = { NRV_OK, "" };
    st_out o = { .mem = m && m->fn ? *m : nrv__mem_default(), .path = path, .shown = st_shown(path), .fd = -1 };
    o.why = why ? why : &own;
    o.temp.mem = o.header.mem = o.mem;
    o.n = n > 0 ? (size_t)n : 0;
    o.n_notes = n_notes > 0 ? (size_t)n_notes : 0;
    nrv__arena lists = { .mem = o.mem };
    o.tensors = nrv__arena_get(&lists, o.n * sizeof *o.tensors);
    o.bytes = nrv__arena_get(&lists, o.n * sizeof *o.bytes);
    o.notes = nrv__arena_get(&lists, o.n_notes * sizeof *o.notes);
    nrv_status bad = NRV_OK;
    if (lists.broken)
        bad = nrv__fail(o.why, NRV_ENOMEM, "%s: out of memory while writing", o.shown);
    if (!bad)
        bad = st_arrange(&o, tensors, notes);
    if (!bad)
        bad = st_compose(&o);
    if (!bad)
        bad = st_save(&o);
    nrv__arena_free(&lists);
    nrv__text_free(&o.temp);
    nrv__text_free(&o.header);
    return bad;
}
