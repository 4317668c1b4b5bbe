/* name.c - names that a graph has met, and paths of scopes.

   Promises: asking whether a name was met takes the same time after 100,000 of them; a path is the same pointer
   whenever its text is the same, however it was entered ("a" then "b", or "a.b"); it costs its last part only, since
   its text is made when someone asks; comparing two takes the logarithm of their depth. Nothing recurses. Does not do:
   variables, whose table (graph.c) also says where they are. */
#include "record.h"
#include "store.h"
#include <string.h>

/* ---- names: open addressing, at most half full ---- */
static size_t name_slot(const nrv__met *at, size_t n, const nrv__met *m)
{
    size_t i = m->hash & (n - 1);
    while (at[i].kind && (at[i].hash != m->hash || at[i].kind != m->kind || (m->name && strcmp(at[i].name, m->name))))
        i = (i + 1) & (n - 1);
    return i;
}

static nrv__met name_key(nrv__name_kind kind, const char *name)
{
    return (nrv__met){ nrv__hash_text(16 + (uint64_t)kind, name), name, kind };
}

static bool name_has(const nrv_graph *g, nrv__met m)
{
    return g->n_met && g->met[name_slot(g->met, g->cap_met, &m)].kind;
}

static bool name_add(nrv_graph *g, nrv__met m)
{
    if (2 * (g->n_met + 1) > g->cap_met) {
        size_t n = g->cap_met ? 4 * g->cap_met : 16;
        nrv__met *at = nrv__alloc(&g->mem, NULL, 0, n * sizeof *at);
        if (!at)
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), false;
        memset(at, 0, n * sizeof *at);
        for (size_t i = 0; i < g->cap_met; i++)
            if (g->met[i].kind)
                at[name_slot(at, n, &g->met[i])] = g->met[i];
        nrv__alloc(&g->mem, g->met, g->cap_met * sizeof *at, 0);
        g->met = at;
        g->cap_met = n;
    }
    size_t i = name_slot(g->met, g->cap_met, &m);
    g->n_met += !g->met[i].kind;
    g->met[i] = m;
    return true;
}

bool nrv__name_met(const nrv_graph *g, nrv__name_kind kind, const char *name)
{
    return name_has(g, name_key(kind, name));
}

bool nrv__name_meet(nrv_graph *g, nrv__name_kind kind, const char *name)
{
    return name_add(g, name_key(kind, name));
}

/* ---- random draws: what they are keyed by is what may not be the same twice ---- */
bool nrv__draw_key(nrv_graph *g, const char *op, const char *name, uint64_t *key)
{
    const nrv__scope *s = g->n_scope ? &g->scope[g->n_scope - 1] : NULL;
    nrv__path *path = s ? s->path : NULL;
    nrv__hashing h = { 0 };
    if (!name || !*name)
        return nrv__graph_fail(g, NRV_ENAME, "give every random op a name of its own in its scope",
                               "%s: a random op without a name", op),
               false;
    if (path && path->hashing.seed == g->store->seed) {
        h = path->hashing;
    } else { /* a file with another seed was loaded after the scope was opened */
        const char *text = nrv__path_text(g, path);
        nrv__hashing_start(&h, g->store->seed);
        nrv__hashing_add(&h, text, strlen(text));
    }
    nrv__hashing_add(&h, "|", 1);
    nrv__hashing_add(&h, s ? s->pass : "", s ? strlen(s->pass) : 0);
    nrv__hashing_add(&h, "|", 1);
    nrv__hashing_add(&h, name, strlen(name));
    *key = nrv__hashing_end(&h);
    const nrv__met drawn = { *key, NULL, NRV__NAME_DRAW };
    if (name_has(g, drawn))
        return nrv__graph_fail(
                   g, NRV_ENAME,
                   "name the second one differently, or give the second pass over shared weights its own .pass",
                   "two random ops named '%s' in one scope would draw the same numbers", name),
               false;
    return name_add(g, drawn);
}

/* ---- paths ---- */
static int32_t path_depth(const nrv__path *p)
{
    return p ? p->depth : 0;
}

static bool path_rehash(nrv_graph *g)
{
    size_t n = g->cap_path ? 4 * g->cap_path : 16;
    nrv__path **at = nrv__alloc(&g->mem, NULL, 0, n * sizeof *at);
    if (!at)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a scope's name"), false;
    memset(at, 0, n * sizeof *at);
    for (size_t i = 0; i < g->cap_path; i++)
        for (nrv__path *p = g->path[i], *next; p; p = next) {
            next = p->same;
            p->same = at[p->hash & (n - 1)];
            at[p->hash & (n - 1)] = p;
        }
    nrv__alloc(&g->mem, g->path, g->cap_path * sizeof *at, 0);
    g->path = at;
    g->cap_path = n;
    return true;
}

/* Jumps as in Myers' skew-binary list (1983): any ancestor is found in logarithmically many steps. */
static nrv__path *path_jump(nrv__path *up)
{
    nrv__path *j = up ? up->jump : NULL, *k = j ? j->jump : NULL;
    return up && path_depth(up) - path_depth(j) == path_depth(j) - path_depth(k) ? k : up;
}

static nrv__path *path_child(nrv_graph *g, nrv__path *up, const char *name, size_t n)
{
    nrv__hashing h = { 0 };
    if (up)
        h = up->hashing, nrv__hashing_add(&h, ".", 1);
    else
        nrv__hashing_start(&h, g->store->seed);
    nrv__hashing_add(&h, name, n);
    uint64_t hash = nrv__hash(6, &up, sizeof up);
    hash = nrv__hash(hash, name, n);
    for (nrv__path *p = g->cap_path ? g->path[hash & (g->cap_path - 1)] : NULL; p; p = p->same)
        if (p->hash == hash && p->up == up && !strncmp(p->name, name, n) && !p->name[n])
            return p;
    if (g->n_path >= g->cap_path && !path_rehash(g))
        return NULL;
    nrv__path *p = nrv__arena_get(&g->arena, sizeof *p);
    char *copy = nrv__arena_text(&g->arena, name, n);
    if (!p || !copy)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a scope's name"), NULL;
    *p = (nrv__path){ .up = up,
                      .jump = path_jump(up),
                      .same = g->path[hash & (g->cap_path - 1)],
                      .name = copy,
                      .n = n,
                      .length = up ? up->length + 1 + n : n,
                      .depth = path_depth(up) + 1,
                      .hash = hash,
                      .hashing = h };
    g->path[hash & (g->cap_path - 1)] = p;
    g->n_path++;
    return p;
}

nrv__path *nrv__path_down(nrv_graph *g, nrv__path *up, const char *name)
{
    for (bool more = true; more; name++) {
        size_t n = strcspn(name, ".");
        if (!(up = path_child(g, up, name, n)))
            return NULL;
        name += n;
        more = *name;
    }
    return up;
}

const char *nrv__path_text(nrv_graph *g, nrv__path *p)
{
    if (!p)
        return "";
    char *text = p->text ? NULL : nrv__arena_get(&g->arena, p->length + 1);
    if (!text)
        return p->text ? p->text : "";
    for (const nrv__path *at = p; at; at = at->up) {
        memcpy(text + at->length - at->n, at->name, at->n);
        if (at->up)
            text[at->up->length] = '.';
    }
    return p->text = text;
}

/* what of `n` bytes from `at` lies in lo..hi goes to `to`, which stands for lo */
static void path_window(char *to, size_t lo, size_t hi, const char *from, size_t at, size_t n)
{
    size_t begin = at > lo ? at : lo, end = at + n < hi ? at + n : hi;
    if (begin < end)
        memcpy(to + (begin - lo), from + (begin - at), end - begin);
}

const char *nrv__path_show(const nrv__path *p, char buf[NRV__PATH_SHOWN])
{
    enum { HALF = (NRV__PATH_SHOWN - 4) / 2 };
    size_t length = p ? p->length : 0;
    bool whole = length < NRV__PATH_SHOWN;
    size_t head = whole ? length : HALF, tail = whole ? length : length - HALF;
    char *last = whole ? buf : buf + head + 3; /* where the tail goes */
    while (p) {
        size_t at = p->length - p->n;
        path_window(buf, 0, head, p->name, at, p->n);
        path_window(last, tail, length, p->name, at, p->n);
        if (p->up) {
            path_window(buf, 0, head, ".", at - 1, 1);
            path_window(last, tail, length, ".", at - 1, 1);
        }
        bool between = p->jump && p->jump->length >= head && p->up->length < tail;
        p = between ? p->jump : p->up;
    }
    if (!whole)
        memcpy(buf + head, "...", 3);
    last[whole ? length : length - tail] = 0;
    return buf;
}

static const nrv__path *path_at_depth(const nrv__path *p, int32_t depth)
{
    while (path_depth(p) > depth)
        p = path_depth(p->jump) >= depth ? p->jump : p->up;
    return p;
}

/* the byte that stands at i of a part: what follows it is a dot where the path goes on */
static int path_byte(const nrv__path *part, size_t i, bool goes_on)
{
    return i < part->n ? (unsigned char)part->name[i] : goes_on ? '.' : 0;
}

bool nrv__path_less(const nrv__path *a, const nrv__path *b)
{
    int32_t deep_a = path_depth(a), deep_b = path_depth(b), depth = deep_a < deep_b ? deep_a : deep_b;
    const nrv__path *x = path_at_depth(a, depth), *y = path_at_depth(b, depth);
    if (x == y)
        return deep_a < deep_b;
    while (x->up != y->up) {
        bool far = x->jump != y->jump;
        x = far ? x->jump : x->up;
        y = far ? y->jump : y->up;
    }
    size_t i = 0;
    while (i < x->n && i < y->n && x->name[i] == y->name[i])
        i++;
    return path_byte(x, i, x->depth < deep_a) < path_byte(y, i, y->depth < deep_b);
}

/* ---- life ---- */
void nrv__names_forget(nrv_graph *g)
{
    if (g->met)
        memset(g->met, 0, g->cap_met * sizeof *g->met);
    for (size_t i = 0; i < g->cap_path; i++)
        g->path[i] = NULL;
    g->n_met = g->n_path = 0;
}

void nrv__names_free(nrv_graph *g)
{
    nrv__alloc(&g->mem, g->met, g->cap_met * sizeof *g->met, 0);
    nrv__alloc(&g->mem, g->path, g->cap_path * sizeof *g->path, 0);
}
