/* call.c - see call.h. */
#include "call.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- declarations ---- */
static bool call_param_of(const char *at, size_t n, call_param *p)
{
    while (n && isspace((unsigned char)*at))
        at++, n--;
    while (n && isspace((unsigned char)at[n - 1]))
        n--;
    size_t name = n;
    while (name && (isalnum((unsigned char)at[name - 1]) || at[name - 1] == '_'))
        name--;
    size_t type = name;
    while (type && at[type - 1] == ' ')
        type--;
    if (!type || type >= sizeof p->type || n - name >= sizeof p->name)
        return false;
    memcpy(p->type, at, type);
    memcpy(p->name, at + name, n - name);
    p->type[type] = p->name[n - name] = 0;
    return true;
}

static void call_fields(const char *header, call *k)
{
    for (int i = 0; i < k->n; i++) {
        char end[64], name[40];
        if (sscanf(k->p[i].type, "const %39[a-z0-9_] *", name) != 1 || !strstr(name, "_opt"))
            continue;
        snprintf(end, sizeof end, "} %s;", name);
        const char *to = strstr(header, end), *from = to;
        while (from && from > header && *from != '{')
            from--;
        if (to && (size_t)(to - from) < sizeof k->fields)
            memcpy(k->fields, from, (size_t)(to - from));
    }
}

call call_of(const char *header, const char *op)
{
    call k = { .declared = false };
    char start[80];
    snprintf(start, sizeof start, "\nnrv_tensor nrv_%s(", op);
    const char *at = strstr(header, start);
    if (!at)
        return k;
    at += strlen(start);
    const char *end = strstr(at, ");");
    k.declared = end != NULL;
    snprintf(start, sizeof start, "nrv_%s_with(", op);
    k.with = strstr(header, start) != NULL;
    while (k.declared && at < end) {
        size_t n = strcspn(at, ",)");
        k.declared = k.n < CALL_PARAMS && call_param_of(at, n, &k.p[k.n++]);
        at += n + 1;
    }
    call_fields(header, &k);
    return k;
}

/* ---- calls ---- */
typedef struct call_text {
    const op_case *c;
    const char *const *x;
    bool used[CASE_ARGS];
    int n_used; /* inputs */
    char *to;
    size_t n, room;
    bool fits;
} call_text;

static bool call_is_number(const char *text)
{
    char *end = NULL;
    strtod(text, &end);
    return end != text && !*end;
}

static void call_say(call_text *t, const char *text)
{
    size_t n = strlen(text);
    t->fits = t->fits && t->n + n < t->room;
    if (t->fits)
        memcpy(t->to + t->n, text, n + 1);
    t->n += t->fits ? n : 0;
}

static const char *call_arg(call_text *t, const char *name, bool begins)
{
    for (int i = 0; i < t->c->n_arg; i++)
        if (!t->used[i] &&
            (begins ? !strncmp(t->c->arg[i].name, name, strlen(name)) : !strcmp(t->c->arg[i].name, name))) {
            t->used[i] = true;
            return t->c->arg[i].text;
        }
    return NULL;
}

/* "2x3" as "2, 3" */
static void call_say_list(call_text *t, const char *list)
{
    char one[2] = { 0, 0 };
    for (; *list; list++) {
        one[0] = *list;
        call_say(t, *list == 'x' ? ", " : one);
    }
}

static int call_count(const char *list)
{
    int n = 1;
    for (; *list; list++)
        n += *list == 'x';
    return n;
}

static void call_say_type(call_text *t, const char *name)
{
    call_say(t, "NRV_");
    for (char one[2] = { 0, 0 }; *name; name++) {
        one[0] = (char)toupper((unsigned char)*name);
        call_say(t, one);
    }
}

static void call_say_x(call_text *t)
{
    t->fits = t->fits && t->n_used < t->c->n_x;
    if (t->fits)
        call_say(t, t->x[t->n_used++]);
}

/* an array and its length: two parameters */
static void call_say_array(call_text *t, const call_param *p)
{
    char head[64];
    if (strstr(p->type, "nrv_tensor")) {
        call_say(t, "NRV_N(const nrv_tensor");
        while (t->fits && t->n_used < t->c->n_x) {
            call_say(t, ", ");
            call_say_x(t);
        }
        call_say(t, ")");
        return;
    }
    const char *list = call_arg(t, p->name, false);
    t->fits = t->fits && list;
    if (!t->fits)
        return;
    snprintf(head, sizeof head, "%d, (%.*s[]){ ", call_count(list), (int)strcspn(p->type, "*") - 1, p->type);
    call_say(t, head);
    call_say_list(t, list);
    call_say(t, " }");
}

/* one of the options, and no array */
static bool call_is_field(const call *k, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(k->fields, name); at; at = strstr(at + 1, name))
        if (strchr(" *", at[-1]) && strchr(",;", at[n]))
            return true;
    return false;
}

static void call_say_options(call_text *t, const call *k, const char *type)
{
    char head[80], name[40], field[64];
    bool any = t->n_used < t->c->n_x;
    for (int i = 0; i < t->c->n_arg; i++)
        any = any || !t->used[i];
    bool options = sscanf(type, "const %39[a-z0-9_] *", name) == 1;
    if (!options || !any) {
        call_say(t, "NULL");
        return;
    }
    t->fits = t->fits && strstr(name, "_opt");
    snprintf(head, sizeof head, "&(%s){ ", name);
    call_say(t, head);
    for (int i = 0; i < t->c->n_arg; i++)
        if (!t->used[i]) {
            t->used[i] = true;
            t->fits = t->fits && call_is_field(k, t->c->arg[i].name) && call_is_number(t->c->arg[i].text);
            snprintf(field, sizeof field, ".%s = %s, ", t->c->arg[i].name, t->c->arg[i].text);
            call_say(t, field);
        }
    for (; t->fits && t->n_used < t->c->n_x; t->n_used++) { /* an input's name in the case may be cut short */
        const char *in = t->c->x[t->n_used].name, *at = strchr(k->fields, ' ');
        while (at && (strncmp(at + 1, in, strlen(in)) || !strstr(k->fields, "nrv_tensor")))
            at = strchr(at + 1, ' ');
        t->fits = at != NULL;
        if (!at)
            return;
        snprintf(field, sizeof field, ".%.*s = ", (int)strcspn(at + 1, " ,;"), at + 1);
        call_say(t, field);
        call_say(t, t->x[t->n_used]);
        call_say(t, ", ");
    }
    call_say(t, "}");
}

static void call_say_number(call_text *t, const call_param *p)
{
    const char *text = call_arg(t, p->name, strlen(p->name) == 1);
    bool neutral = !strcmp(p->name, "keep") || !strcmp(p->name, "stride"); /* 0 is the default */
    bool planes = strcmp(p->name, "stride") || t->c->x[0].rank == 4;       /* windows of calls lie in (B,C,H,W) */
    t->fits = t->fits && planes && (text ? call_is_number(text) : neutral);
    call_say(t, text ? text : "0");
}

static void call_say_shape(call_text *t)
{
    const char *to = call_arg(t, "to", false);
    if (!to)
        to = call_arg(t, "shape", false);
    t->fits = t->fits && to;
    if (!t->fits)
        return;
    call_say(t, *to ? "NRV_SHAPE(" : "NRV_SCALAR");
    call_say_list(t, to);
    call_say(t, *to ? ")" : "");
}

static void call_say_string(call_text *t, const char *name, const char *draw)
{
    const char *text = strcmp(name, "name") ? call_arg(t, name, false) : draw;
    t->fits = t->fits && text;
    if (!t->fits)
        return;
    call_say(t, "\"");
    call_say(t, text);
    call_say(t, "\"");
}

static void call_say_param(call_text *t, const call *k, int *i, const char *draw)
{
    const call_param *p = &k->p[*i];
    if (!strcmp(p->type, "nrv_graph *")) {
        call_say(t, "g");
    } else if (!strcmp(p->type, "nrv_tensor")) {
        call_say_x(t);
    } else if (*i + 1 < k->n && !strcmp(p->name, "n") && strchr(k->p[*i + 1].type, '*')) {
        call_say_array(t, &k->p[++*i]);
    } else if (!strcmp(p->type, "const char *")) {
        call_say_string(t, p->name, draw);
    } else if (strchr(p->type, '*')) {
        call_say_options(t, k, p->type);
    } else if (!strcmp(p->type, "nrv_shape")) {
        call_say_shape(t);
    } else if (!strcmp(p->type, "nrv_dtype")) {
        const char *type = call_arg(t, "type", false);
        t->fits = t->fits && type;
        call_say_type(t, type ? type : "");
    } else {
        call_say_number(t, p);
    }
}

bool call_print(const call *k, const op_case *c, const char *const *x, const char *draw, char *to, size_t room)
{
    call_text t = { .c = c, .x = x, .to = to, .room = room, .fits = k->declared && !k->with };
    call_say(&t, "nrv_");
    call_say(&t, c->op->name);
    call_say(&t, "(");
    for (int i = 0; i < k->n && t.fits; i++) {
        call_say(&t, i ? ", " : "");
        call_say_param(&t, k, &i, draw);
    }
    call_say(&t, ")");
    for (int i = 0; i < c->n_arg; i++)
        t.fits = t.fits && t.used[i];
    return t.fits && t.n_used == c->n_x;
}
