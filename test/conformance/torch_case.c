/* torch_case.c - see torch_case.h. */
#include "torch_case.h"
#include "support/shared.h"
#include "../../src/base/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    torch_case *c;
    nrv__json j;
    nrv__text text;
    bool wants_slope[NRV__CASE_INPUTS];
} reader;

static bool wrong(torch_case *c, const char *what)
{
    if (!*c->why)
        snprintf(c->why, sizeof c->why, "%.*s: %.*s", TORCH_PATH, c->folder, 600, what);
    return false;
}

static const char *kept(torch_case *c, const nrv__text *t)
{
    const char *to = nrv__arena_text(&c->text, t->at ? t->at : "", t->n);
    return to ? to : (wrong(c, "no memory"), "");
}

/* a value as an argument's text: a list is its values with spaces between them */
static void add_value(reader *r, nrv__json_event e, nrv__text *to)
{
    if (to->n)
        nrv__text_add(to, " ");
    if (e == NRV__JSON_STRING)
        nrv__text_add(to, "%s", r->text.at ? r->text.at : "");
    else if (e == NRV__JSON_INT)
        nrv__text_add(to, "%lld", (long long)r->j.whole);
    else if (e == NRV__JSON_REAL)
        nrv__text_add(to, "%.17g", r->j.real);
    else
        nrv__text_add(to, e == NRV__JSON_TRUE ? "true" : e == NRV__JSON_FALSE ? "false" : "null");
}

static bool read_arguments(reader *r)
{
    torch_case *c = r->c;
    if (nrv__json_next(&r->j) != NRV__JSON_OBJECT)
        return wrong(c, "attrs is no object");
    while (nrv__json_next(&r->j) == NRV__JSON_KEY) {
        if (c->n_arg == NRV__CASE_ARGS)
            return wrong(c, "too many attrs");
        nrv__arg *a = &c->arg[c->n_arg++];
        a->name = kept(r->c, &r->text);
        nrv__text value = { 0 };
        int depth = 0;
        do {
            nrv__json_event e = nrv__json_next(&r->j);
            depth += (e == NRV__JSON_ARRAY) - (e == NRV__JSON_ARRAY_END);
            if (e == NRV__JSON_ERROR || e == NRV__JSON_OBJECT || e == NRV__JSON_END)
                return nrv__text_free(&value), wrong(c, "an attr is neither a value nor a list");
            if (e != NRV__JSON_ARRAY && e != NRV__JSON_ARRAY_END)
                add_value(r, e, &value);
        } while (depth);
        a->text = kept(c, &value);
        nrv__text_free(&value);
    }
    return true;
}

static bool read_names(reader *r, bool slopes)
{
    torch_case *c = r->c;
    if (nrv__json_next(&r->j) != NRV__JSON_ARRAY)
        return wrong(c, "a list of inputs is wanted");
    while (nrv__json_next(&r->j) == NRV__JSON_STRING) {
        if (!slopes && c->n_in == NRV__CASE_INPUTS)
            return wrong(c, "too many inputs");
        if (!slopes)
            c->in_name[c->n_in++] = kept(r->c, &r->text);
        for (int i = 0; slopes && i < c->n_in; i++)
            r->wants_slope[i] = r->wants_slope[i] || nrv__json_is(&r->j, c->in_name[i]);
    }
    return true;
}

static bool read_json(reader *r)
{
    torch_case *c = r->c;
    if (nrv__json_next(&r->j) != NRV__JSON_OBJECT)
        return wrong(c, "case.json is no object");
    while (nrv__json_next(&r->j) == NRV__JSON_KEY) {
        bool well = true, group = nrv__json_is(&r->j, "group"), name = nrv__json_is(&r->j, "name");
        if (nrv__json_is(&r->j, "attrs"))
            well = read_arguments(r);
        else if (nrv__json_is(&r->j, "inputs"))
            well = read_names(r, false);
        else if (nrv__json_is(&r->j, "grads"))
            well = read_names(r, true);
        else if (nrv__json_is(&r->j, "n_outputs"))
            well = nrv__json_next(&r->j) == NRV__JSON_INT, c->n_out = well ? (int)r->j.whole : 0;
        else if (group || name)
            well = nrv__json_next(&r->j) == NRV__JSON_STRING, *(group ? &c->group : &c->name) = kept(r->c, &r->text);
        else
            nrv__json_skip(&r->j);
        if (!well)
            return wrong(c, "case.json makes no sense");
    }
    if (!r->j.error && c->group && c->name && c->n_out >= 0 && c->n_out <= TORCH_OUTPUTS)
        return true;
    return wrong(c, r->j.error ? r->j.error : "case.json wants group, name and at most 8 n_outputs");
}

/* false: it is there and cannot be read, or it has to be there and is not */
static bool read_array(torch_case *c, const char *prefix, const char *name, bool optional, torch_array *to)
{
    char path[TORCH_PATH + 300];
    size_t bytes;
    snprintf(path, sizeof path, "%s/%s_%s.npy", c->folder, prefix, name);
    unsigned char *file = shared_bytes(path, &bytes);
    if (!file)
        return optional || wrong(c, path + strlen(c->folder));
    nrv__array a;
    nrv__why why = { 0 };
    nrv_status status = nrv__npy_read(NULL, path, file, bytes, &a, &why);
    free(file);
    if (status)
        return wrong(c, why.text);
    *to = (torch_array){ a.type, { a.rank, { 0 } }, nrv__array_count(&a), NULL };
    memcpy(to->shape.dim, a.dim, sizeof a.dim);
    to->value = malloc(((size_t)to->n + 1) * sizeof *to->value);
    if (to->value)
        nrv__to_double(to->value, a.data, a.type, to->n);
    nrv__array_free(&a);
    return to->value || wrong(c, "no memory");
}

static bool read_arrays(torch_case *c, const bool *wants_slope)
{
    char number[16];
    for (int i = 0; i < c->n_in; i++)
        if (!read_array(c, "in", c->in_name[i], false, &c->in[i]) ||
            (wants_slope[i] && !read_array(c, "grad", c->in_name[i], false, &c->slope[i])))
            return false;
    for (int i = 0; i < c->n_out; i++) {
        snprintf(number, sizeof number, "%d", i);
        if (!read_array(c, "out", number, false, &c->out[i]) || !read_array(c, "w", number, true, &c->weight[i]))
            return false;
    }
    return true;
}

bool torch_case_read(torch_case *c, const char *folder)
{
    char path[TORCH_PATH + 16];
    size_t bytes;
    *c = (torch_case){ 0 };
    snprintf(c->folder, sizeof c->folder, "%s", folder);
    snprintf(path, sizeof path, "%s/case.json", folder);
    unsigned char *json = shared_bytes(path, &bytes);
    if (!json)
        return wrong(c, "no case.json");
    reader r = { .c = c };
    nrv__json_start(&r.j, json, bytes, &r.text);
    bool well = read_json(&r);
    well = well && read_arrays(c, r.wants_slope);
    nrv__text_free(&r.text);
    free(json);
    return well;
}

void torch_case_free(torch_case *c)
{
    for (int i = 0; i < c->n_in; i++) {
        free(c->in[i].value);
        free(c->slope[i].value);
    }
    for (int i = 0; i < c->n_out && i < TORCH_OUTPUTS; i++) {
        free(c->out[i].value);
        free(c->weight[i].value);
    }
    nrv__arena_free(&c->text);
}
