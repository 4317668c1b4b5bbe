/* lower.c - ordered nodes -> values and steps.

   A view costs nothing: its readers go through strides; where a kernel cannot, a copy step stands between. A constant
   is an immediate of tile programs, and memory only where something else reads it. What a variable is assigned is
   written in place where no one can still want the old value: no reader after that step, no step after it that may
   fail. */
#include "passes.h"
#include "../base/cpu.h"
#include <stdio.h>
#include <string.h>

extern const nrv__opdef nrv__op_copy;

typedef struct lower_state {
    nrv__compiler *c;
    nrv_plan *p;
    int32_t *value;   /* of each node in order, -1 while it has none */
    bool *read;       /* a node in order is wanted in memory: by another group, a kernel, a view, a root */
    int32_t *last_of; /* of each group: its last member in order */
    int32_t *first_member, *next_member; /* members of each group, in order; -1 ends */
    int32_t *reg_of;                     /* of each node in order: its register in its group's program */
} lower_state;

static int32_t lower_value(lower_state *s, nrv__value v)
{
    nrv_plan *p = s->p;
    nrv__value *grown = nrv__grow(&p->mem, p->value, p->n_value, &p->cap_value, sizeof *p->value);
    if (!grown)
        return nrv__compile_fail(s->c), -1;
    p->value = grown;
    v.same_memory = v.in_place = -1;
    v.first = v.last = -1;
    p->value[p->n_value] = v;
    return (int32_t)p->n_value++;
}

static void *lower_copy(lower_state *s, const void *from, size_t bytes)
{
    void *to = nrv__arena_get(&s->p->arena, bytes + 1);
    if (!to)
        nrv__compile_fail(s->c);
    else if (bytes)
        memcpy(to, from, bytes);
    return to;
}

static const char *lower_text(lower_state *s, const char *text)
{
    return lower_copy(s, text, strlen(text) + 1);
}

static nrv__value lower_shape(lower_state *s, nrv_tensor n, nrv__where where)
{
    return (nrv__value){ .where = where,
                         .type = n->type,
                         .rank = n->rank,
                         .dense = true,
                         .scope = lower_text(s, n->name ? n->name : n->scope),
                         .dim = lower_copy(s, n->dim, (size_t)n->rank * sizeof *n->dim) };
}

/* ---- steps ---- */
static void lower_touch(lower_state *s, int32_t value, int32_t step)
{
    nrv__value *v = &s->p->value[value];
    v->last = step > v->last ? step : v->last;
    while (v->where == NRV__VIEW) {
        v = &s->p->value[v->index];
        v->last = step > v->last ? step : v->last;
    }
}

static bool lower_step(lower_state *s, nrv__step step)
{
    nrv_plan *p = s->p;
    nrv__step *grown = nrv__grow(&p->mem, p->step, p->n_step, &p->cap_step, sizeof *p->step);
    if (!grown)
        return nrv__compile_fail(s->c);
    p->step = grown;
    int32_t at = (int32_t)p->n_step;
    p->step[p->n_step++] = step;
    for (int32_t i = 0; i < step.n_in; i++)
        lower_touch(s, step.in[i], at);
    if (step.out >= 0)
        p->value[step.out].first = at;
    return true;
}

/* a kernel or reference step that makes a new value of n's shape from the given values */
static int32_t lower_call(lower_state *s, const nrv__opdef *op, nrv_tensor n, int n_in, const int32_t *in, bool of_node)
{
    nrv__step step = {
        .op = op, .n_in = n_in, .in = lower_copy(s, in, (size_t)n_in * sizeof *in), .scope = lower_text(s, n->scope)
    };
    step.n_kernel = nrv__kernels_of(s->c, op, NULL);
    const nrv__kernel **k = nrv__arena_get(&s->p->arena, (size_t)(step.n_kernel + 1) * sizeof *k);
    if (!k || !step.in)
        return nrv__compile_fail(s->c), -1;
    nrv__kernels_of(s->c, op, k);
    step.kernel = k;
    if (of_node) {
        step.attr = op->attr_bytes && n->attr ? lower_copy(s, n->attr, op->attr_bytes) : NULL;
        step.size = lower_copy(s, n->size, (size_t)n->n_size * sizeof *n->size);
        step.n_size = n->n_size;
        step.fails = (op->flags & NRV_FAILS) != 0;
    }
    step.out = lower_value(s, lower_shape(s, n, NRV__WORK));
    return step.out >= 0 && lower_step(s, step) ? step.out : -1;
}

static int32_t lower_dense(lower_state *s, nrv_tensor n, int32_t value)
{
    return value < 0 || s->p->value[value].dense ? value : lower_call(s, &nrv__op_copy, n, 1, &value, false);
}

/* ---- leaves ---- */
static int32_t lower_named(const nrv__plan_name *at, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(at[i].name, name))
            return (int32_t)i;
    return -1;
}

static int32_t lower_leaf(lower_state *s, nrv_tensor n)
{
    nrv_plan *p = s->p;
    nrv__value v = lower_shape(s, n, NRV__WORK);
    if (n->op == &nrv__op_input) {
        v.where = NRV__INPUT;
        v.index = lower_named(p->input, p->n_input, n->name);
    } else if (n->op == &nrv__op_local) {
        v.where = NRV__LOCAL;
        v.index = lower_named(p->local, p->n_local, n->name);
    } else if (n->op == &nrv__op_param) {
        v.where = NRV__VAR;
        v.index = nrv__var_find(s->c->g, n->name);
    } else if (n->op == &nrv__op_constant) {
        int64_t bytes = (int64_t)nrv__dtype_size(n->type);
        for (int i = 0; i < n->rank; i++)
            bytes *= n->dim[i];
        v.where = NRV__CONST;
        v.data = lower_copy(s, n->value, (size_t)bytes);
    } else if (n->op == &nrv__op_run_counter) {
        v.where = NRV__RUN;
    } else {
        return lower_call(s, n->op, n, 0, NULL, true);
    }
    int32_t i = lower_value(s, v);
    if (i >= 0 && (v.where == NRV__INPUT || v.where == NRV__LOCAL))
        (v.where == NRV__INPUT ? p->input : p->local)[v.index].value = i;
    return i;
}

/* a node's value in memory; constants get theirs when someone asks */
static int32_t lower_get(lower_state *s, nrv_tensor n)
{
    int32_t *v = &s->value[n->mark];
    if (*v < 0 && (n->op->flags & NRV_LEAF))
        *v = lower_leaf(s, n);
    return *v;
}

static int32_t lower_view(lower_state *s, nrv_tensor n)
{
    int32_t x = lower_get(s, n->in[0]);
    if (n->op->flags & NRV_FLAT)
        x = lower_dense(s, n->in[0], x);
    if (x < 0)
        return -1;
    nrv__value v = lower_shape(s, n, NRV__VIEW);
    v.index = x;
    v.view = n->op;
    v.dense = (n->op->flags & NRV_FLAT) != 0;
    v.attr = n->op->attr_bytes ? lower_copy(s, n->attr, n->op->attr_bytes) : NULL;
    v.size = lower_copy(s, n->size, (size_t)n->n_size * sizeof *n->size);
    v.n_size = n->n_size;
    return lower_value(s, v);
}

static bool lower_takes_strides(const nrv__compiler *c, const nrv__opdef *op, int input)
{
    for (const nrv__kernel *const *k = nrv__kernels; *k; k++)
        if ((*k)->tier <= c->plan->tier && !strcmp((*k)->op, op->name) && !nrv__without(c, (*k)->name) &&
            !((*k)->strided >> input & 1))
            return false;
    return true; /* the reference takes any */
}

static int32_t lower_op(lower_state *s, nrv_tensor n)
{
    int32_t *in = nrv__tmp(s->c, (size_t)n->n_in, sizeof *in);
    for (int i = 0; in && i < n->n_in; i++) {
        in[i] = lower_get(s, n->in[i]);
        if (in[i] >= 0 && !lower_takes_strides(s->c, n->op, i))
            in[i] = lower_dense(s, n->in[i], in[i]);
        if (in[i] < 0)
            return -1;
    }
    return in ? lower_call(s, n->op, n, n->n_in, in, true) : -1;
}

/* ---- tile programs ---- */
typedef struct lower_tiles {
    nrv__reg *reg;
    nrv__instr *instr;
    int32_t n_reg, n_instr, n_slot;
    int32_t *last_use; /* of each register: the instruction that reads it last */
} lower_tiles;

static const nrv__point *lower_point(const nrv__compiler *c, nrv_tensor n)
{
    char types[80];
    size_t at = 0;
    for (int i = 0; i < n->n_in; i++)
        at += (size_t)snprintf(types + at, sizeof types - at, "%s ", nrv__dtype_name(n->in[i]->type));
    snprintf(types + at, sizeof types - at, "-> %s", nrv__dtype_name(n->type));
    const nrv__point *best = NULL;
    for (const nrv__point *const *table = nrv__points; *table; table++)
        for (const nrv__point *p = *table; p->op; p++)
            if (p->tier <= c->plan->tier && !strcmp(p->op, n->op->name) && !strcmp(p->types, types) &&
                (!best || p->tier > best->tier))
                best = p;
    return best && nrv__without(c, best->op) ? NULL : best;
}

static bool lower_full(const lower_state *s, nrv_tensor x, nrv_tensor shape)
{
    return s->p->value[s->value[x->mark]].dense && x->rank == shape->rank &&
           (!x->rank || !memcmp(x->dim, shape->dim, (size_t)x->rank * sizeof *x->dim));
}

/* needs no memory: a tile program has it as an immediate */
static bool lower_immediate(nrv_tensor x)
{
    return x->op == &nrv__op_fill || x->op == &nrv__op_dim_value;
}

static nrv__reg lower_constant(nrv_tensor x)
{
    bool fill = x->op == &nrv__op_fill;
    return (nrv__reg){ .type = x->type,
                       .load = -1,
                       .store = -1,
                       .constant = true,
                       .number = fill ? ((const nrv__scalar_attr *)x->attr)->value : 0,
                       .length = fill ? -1 : x->size[0] };
}

static bool lower_same_reg(const nrv__reg *a, const nrv__reg *b)
{
    return a->type == b->type && a->load == b->load && a->constant == b->constant && (a->load >= 0 || a->constant) &&
           a->length == b->length && !memcmp(&a->number, &b->number, sizeof a->number);
}

static int32_t lower_load(lower_state *s, lower_tiles *t, nrv_tensor x, nrv_tensor shape)
{
    nrv__reg reg = { .type = x->type, .load = s->value[x->mark], .store = -1, .length = -1 };
    if (lower_immediate(x))
        reg = lower_constant(x);
    else
        reg.full = lower_full(s, x, shape);
    for (int32_t i = 0; i < t->n_reg; i++)
        if (lower_same_reg(&t->reg[i], &reg))
            return i;
    reg.slot = reg.full ? -1 : t->n_slot++;
    t->reg[t->n_reg] = reg;
    return t->n_reg++;
}

/* temporary results share buffers: a buffer is free once its last reader has run */
static bool lower_slots(lower_state *s, lower_tiles *t)
{
    int32_t *free_slot = nrv__tmp(s->c, (size_t)t->n_instr + 1, sizeof *free_slot), n_free = 0;
    if (!free_slot)
        return false;
    for (int32_t i = 0; i < t->n_instr; i++) {
        nrv__reg *out = &t->reg[t->instr[i].out];
        if (out->store < 0)
            out->slot = n_free ? free_slot[--n_free] : t->n_slot++;
        for (int32_t k = 0; k < t->instr[i].n_in; k++) {
            int32_t r = t->instr[i].in[k];
            const nrv__reg *in = &t->reg[r];
            bool temporary = in->load < 0 && !in->constant && in->store < 0;
            if (temporary && t->last_use[r] == i) {
                free_slot[n_free++] = in->slot;
                t->last_use[r] = -1; /* freed once, though it may be read twice */
            }
        }
    }
    return true;
}

static bool lower_member(lower_state *s, lower_tiles *t, nrv_tensor n, nrv_tensor shape, int32_t group)
{
    nrv__instr *in = &t->instr[t->n_instr];
    *in = (nrv__instr){ .op = n->op, .point = lower_point(s->c, n), .n_in = n->n_in };
    in->attr = n->op->attr_bytes && n->attr ? lower_copy(s, n->attr, n->op->attr_bytes) : NULL;
    for (int k = 0; k < n->n_in; k++) {
        nrv_tensor x = n->in[k];
        bool member = s->c->group[x->mark] == group;
        in->in[k] = member ? s->reg_of[x->mark] : lower_load(s, t, x, shape);
        t->last_use[in->in[k]] = t->n_instr;
    }
    int32_t store = -1;
    if (s->read[n->mark]) {
        store = lower_value(s, lower_shape(s, n, NRV__WORK));
        s->value[n->mark] = store;
        if (store < 0)
            return false;
    }
    t->reg[t->n_reg] = (nrv__reg){ .type = n->type, .load = -1, .store = store, .slot = -1, .length = -1 };
    s->reg_of[n->mark] = in->out = t->n_reg++;
    t->n_instr++;
    return true;
}

static bool lower_group(lower_state *s, int32_t group)
{
    nrv__compiler *c = s->c;
    size_t members = 0, reads = 0;
    nrv_tensor shape = NULL;
    for (int32_t i = s->first_member[group]; i >= 0; i = s->next_member[i]) {
        members++, reads += (size_t)c->order[i]->n_in;
        shape = c->order[i];
        for (int k = 0; k < shape->n_in; k++) /* loads first: they may need steps of their own */
            if (c->group[shape->in[k]->mark] != group && !lower_immediate(shape->in[k]) &&
                lower_get(s, shape->in[k]) < 0)
                return false;
    }
    lower_tiles t = { nrv__arena_get(&s->p->arena, (members + reads) * sizeof *t.reg),
                      nrv__arena_get(&s->p->arena, members * sizeof *t.instr),
                      0,
                      0,
                      0,
                      nrv__tmp(c, members + reads, sizeof(int32_t)) };
    nrv__tiles *program = nrv__arena_get(&s->p->arena, sizeof *program);
    int32_t *in = nrv__arena_get(&s->p->arena, (members + reads) * sizeof *in);
    if (!t.reg || !t.instr || !t.last_use || !program || !in)
        return nrv__compile_fail(c);
    for (int32_t i = s->first_member[group]; i >= 0; i = s->next_member[i])
        if (!lower_member(s, &t, c->order[i], shape, group))
            return false;
    if (!lower_slots(s, &t))
        return false;
    *program = (nrv__tiles){ t.n_reg,
                             t.n_instr,
                             t.n_slot,
                             shape->rank,
                             t.reg,
                             t.instr,
                             lower_copy(s, shape->dim, (size_t)shape->rank * sizeof *shape->dim) };
    nrv__step step = { .tiles = program, .in = in, .out = -1, .scope = lower_text(s, shape->scope) };
    for (int32_t r = 0; r < t.n_reg; r++)
        if (t.reg[r].load >= 0)
            in[step.n_in++] = t.reg[r].load;
    int32_t at = (int32_t)s->p->n_step;
    for (int32_t r = 0; r < t.n_reg; r++)
        if (t.reg[r].store >= 0)
            s->p->value[t.reg[r].store].first = at;
    return lower_step(s, step);
}

/* ---- what is wanted in memory ---- */
static void lower_readers(lower_state *s)
{
    nrv__compiler *c = s->c;
    for (size_t i = 0; i < c->n_root; i++)
        s->read[c->root[i].value->mark] = true;
    for (size_t i = 0; i < c->n_order; i++) {
        if (c->group[i] >= 0) {
            int32_t before = s->last_of[c->group[i]];
            *(before < 0 ? &s->first_member[c->group[i]] : &s->next_member[before]) = (int32_t)i;
            s->last_of[c->group[i]] = (int32_t)i;
        }
        for (int k = 0; k < c->order[i]->n_in; k++) {
            int32_t x = c->order[i]->in[k]->mark;
            if (c->group[i] < 0 || c->group[x] != c->group[i])
                s->read[x] = true;
        }
    }
}

/* outputs are dense memory that the run owns; what is assigned may not be a variable read in place */
static int32_t lower_root(lower_state *s, nrv_tensor n)
{
    int32_t v = lower_dense(s, n, lower_get(s, n));
    if (v < 0)
        return -1;
    const nrv__value *base = &s->p->value[v];
    while (base->where == NRV__VIEW)
        base = &s->p->value[base->index];
    bool owned = base->where == NRV__WORK || base->where == NRV__CONST;
    return owned ? v : lower_call(s, &nrv__op_copy, n, 1, &v, false);
}

/* the instruction that writes register r, and the last one that reads it; -1: none */
static int32_t lower_writes(const nrv__tiles *t, int32_t r)
{
    for (int32_t i = 0; i < t->n_instr; i++)
        if (t->instr[i].out == r)
            return i;
    return -1;
}

static int32_t lower_last_read(const nrv__tiles *t, int32_t r)
{
    for (int32_t i = t->n_instr - 1; i >= 0; i--)
        for (int32_t k = 0; k < t->instr[i].n_in; k++)
            if (t->instr[i].in[k] == r)
                return i;
    return -1;
}

/* ---- in place ---- */
/* In a tile program that writes register `written` over memory that it also reads: does it read it through strides, or
   after it was written? Then the old value would be wanted where the new one already is. */
static bool lower_reads_otherwise(const lower_state *s, const nrv__step *step, int32_t where, int32_t index,
                                  int32_t written)
{
    int32_t write = lower_writes(step->tiles, written);
    for (int32_t r = 0; r < step->tiles->n_reg; r++) {
        const nrv__reg *reg = &step->tiles->reg[r];
        const nrv__value *v = reg->load >= 0 ? &s->p->value[reg->load] : NULL;
        const nrv__value *base = v;
        while (base && base->where == NRV__VIEW)
            base = &s->p->value[base->index];
        bool same = base && (int32_t)base->where == where &&
                    (where == NRV__WORK ? (int32_t)(base - s->p->value) : base->index) == index;
        if (same && (!reg->full || lower_last_read(step->tiles, r) > write))
            return true;
    }
    return false;
}

/* an output stays as it is until its exec runs again; a variable may be assigned by others */
static bool lower_is_output(const nrv_plan *p, const nrv__value *v)
{
    for (size_t i = 0; i < p->n_output; i++) {
        const nrv__value *base = &p->value[p->output[i].value];
        while (base->where == NRV__VIEW)
            base = &p->value[base->index];
        if (base == v)
            return true;
    }
    return false;
}

static const char *lower_why_copied(const lower_state *s, const nrv__value *v, int32_t var, int32_t last_read,
                                    int32_t last_fail)
{
    if (v->where != NRV__WORK || v->in_place >= 0 || v->same_memory >= 0)
        return "copied: its value is memory of something else";
    if (s->p->check_nan)
        return "copied: a run that finds a NaN must leave the store as it was";
    if (lower_is_output(s->p, v))
        return "copied: an output shows it, too";
    if (v->first <= last_fail)
        return "copied: its step or a later one may fail";
    if (last_read > v->first)
        return "copied: a later step reads the old value";
    if (!s->p->step[v->first].tiles)
        return last_read == v->first ? "copied: its kernel reads the old value" : "in place";
    const nrv__tiles *t = s->p->step[v->first].tiles;
    int32_t r = 0;
    while (t->reg[r].store != s->p->var[var].value)
        r++;
    return last_read == v->first && lower_reads_otherwise(s, &s->p->step[v->first], NRV__VAR, var, r)
               ? "copied: its step still reads the old value"
               : "in place";
}

static void lower_in_place(lower_state *s)
{
    nrv_plan *p = s->p;
    int32_t last_fail = -1;
    for (size_t i = 0; i < p->n_step; i++)
        if (p->step[i].fails)
            last_fail = (int32_t)i;
    int32_t *last_of_var = nrv__tmp(s->c, p->n_var, sizeof *last_of_var);
    for (size_t i = 0; last_of_var && i < p->n_var; i++)
        last_of_var[i] = -1;
    for (size_t k = 0; last_of_var && k < p->n_value; k++)
        if (p->value[k].where == NRV__VAR && p->value[k].last > last_of_var[p->value[k].index])
            last_of_var[p->value[k].index] = p->value[k].last;
    for (size_t i = 0; last_of_var && i < p->n_var; i++) {
        int32_t last_read = last_of_var[i];
        if (p->var[i].value < 0)
            continue;
        nrv__value *v = &p->value[p->var[i].value];
        p->var[i].why = lower_why_copied(s, v, (int32_t)i, last_read, last_fail);
        if (!strcmp(p->var[i].why, "in place"))
            v->in_place = (int32_t)i;
    }
}

/* a tile program may write over an input that dies with it: same shape, same size, read element by element */
static void lower_take_over(lower_state *s)
{
    nrv_plan *p = s->p;
    bool *taken = nrv__tmp(s->c, p->n_value, sizeof *taken);
    for (size_t i = 0; taken && i < p->n_step && !nrv__without(s->c, "take_over"); i++) {
        const nrv__tiles *t = p->step[i].tiles;
        for (int32_t r = 0; t && r < t->n_reg; r++) {
            nrv__value *out = t->reg[r].store >= 0 ? &p->value[t->reg[r].store] : NULL;
            if (!out || out->in_place >= 0)
                continue;
            for (int32_t q = 0; q < t->n_reg && out->same_memory < 0; q++) {
                int32_t x = t->reg[q].load;
                if (x < 0 || !t->reg[q].full || taken[x] || p->value[x].where != NRV__WORK ||
                    p->value[x].last != (int32_t)i || p->value[x].in_place >= 0 ||
                    nrv__dtype_size(p->value[x].type) != nrv__dtype_size(out->type) ||
                    lower_reads_otherwise(s, &p->step[i], NRV__WORK, x, r))
                    continue;
                out->same_memory = x;
                taken[x] = true;
            }
        }
    }
}

/* ---- tables ---- */
static bool lower_vars(lower_state *s)
{
    nrv_graph *g = s->c->g;
    nrv_plan *p = s->p;
    p->var = nrv__arena_get(&p->arena, (g->n_var + 1) * sizeof *p->var);
    if (!p->var)
        return nrv__compile_fail(s->c);
    for (size_t i = 0; i < g->n_var; i++) {
        nrv_tensor n = g->var[i].node;
        nrv__plan_var *v = &p->var[p->n_var++];
        *v = (nrv__plan_var){ .name = lower_text(s, n->name),
                              .type = n->type,
                              .rank = n->rank,
                              .start = g->var[i].start,
                              .kind = g->var[i].kind,
                              .value = -1,
                              .dim = lower_copy(s, n->dim, (size_t)n->rank * sizeof *n->dim) };
        if (v->start.from)
            v->start.from = lower_text(s, v->start.from);
    }
    return true;
}

static int lower_by_name(const nrv__plan_name *a, const nrv__plan_name *b)
{
    return strcmp(a->name, b->name);
}

static bool lower_names(lower_state *s)
{
    nrv_graph *g = s->c->g;
    nrv_plan *p = s->p;
    p->input = nrv__arena_get(&p->arena, (g->n_node + 1) * sizeof *p->input);
    p->local = nrv__arena_get(&p->arena, (g->n_node + 1) * sizeof *p->local);
    p->output = nrv__arena_get(&p->arena, (g->n_output + 1) * sizeof *p->output);
    if (!p->input || !p->local || !p->output)
        return nrv__compile_fail(s->c);
    for (size_t i = 0; i < g->n_node; i++) {
        nrv_tensor n = g->node[i];
        bool local = n->op == &nrv__op_local;
        if (n->op != &nrv__op_input && !local)
            continue;
        nrv__plan_name *table = local ? p->local : p->input,
                       new_one = { .name = lower_text(s, n->name), .value = -1, .assigned = -1 };
        new_one.fill = local ? ((const nrv__scalar_attr *)n->attr)->value : 0;
        size_t at = local ? p->n_local++ : p->n_input++;
        for (; at > 0 && lower_by_name(&table[at - 1], &new_one) > 0; at--)
            table[at] = table[at - 1];
        table[at] = new_one;
    }
    return true;
}

static bool lower_sizes(lower_state *s)
{
    const nrv__dims *d = &s->c->g->dims;
    nrv_plan *p = s->p;
    p->dims = *d;
    nrv__poly *poly = lower_copy(s, d->poly, d->n_poly * sizeof *poly);
    nrv__atom *atom = lower_copy(s, d->atom, d->n_atom * sizeof *atom);
    nrv__size *size = lower_copy(s, d->size, d->n_size * sizeof *size);
    p->check = lower_copy(s, s->c->g->check, s->c->g->n_check * sizeof *p->check);
    p->n_check = s->c->g->n_check;
    if (!poly || !atom || !size || !p->check)
        return false;
    for (size_t i = 0; i < d->n_poly; i++) {
        nrv__term *term = lower_copy(s, poly[i].term, (size_t)poly[i].n_term * sizeof *term);
        for (int k = 0; term && k < poly[i].n_term; k++)
            term[k].atom = lower_copy(s, term[k].atom, (size_t)term[k].n_atom * sizeof(int32_t));
        poly[i].term = term;
        poly[i].text = lower_text(s, poly[i].text);
    }
    for (size_t i = 0; i < d->n_atom; i++)
        atom[i].text = lower_text(s, atom[i].text);
    for (size_t i = 0; i < d->n_size; i++)
        size[i].name = lower_text(s, size[i].name);
    for (size_t i = 0; i < p->n_check; i++)
        p->check[i].scope = lower_text(s, p->check[i].scope);
    p->dims.poly = poly;
    p->dims.atom = atom;
    p->dims.size = size;
    return !p->why.status;
}

static bool lower_roots(lower_state *s)
{
    nrv_plan *p = s->p;
    nrv__compiler *c = s->c;
    for (size_t i = 0; i < c->n_root; i++) {
        int32_t v = lower_root(s, c->root[i].value);
        if (v < 0)
            return false;
        lower_touch(s, v, INT32_MAX);
        nrv_tensor var = c->root[i].var;
        if (!var) {
            p->output[p->n_output++] = (nrv__plan_name){ .name = lower_text(s, c->root[i].name), .value = v };
        } else if (var->op == &nrv__op_local) {
            nrv__plan_name *local = &p->local[lower_named(p->local, p->n_local, var->name)];
            local->assigned = v;
            if (local->value < 0 && lower_leaf(s, var) < 0) /* read by nobody but nrv_value */
                return false;
        } else {
            p->assigns = true;
            p->var[nrv__var_find(c->g, var->name)].value = v;
        }
    }
    return true;
}

bool nrv__pass_lower(nrv__compiler *c)
{
    size_t n = c->n_order, groups = (size_t)c->n_group;
    lower_state s = { .c = c,
                      .p = c->plan,
                      .value = nrv__tmp(c, n, sizeof *s.value),
                      .read = nrv__tmp(c, n, sizeof *s.read),
                      .last_of = nrv__tmp(c, groups, sizeof *s.last_of),
                      .first_member = nrv__tmp(c, groups, sizeof *s.first_member),
                      .next_member = nrv__tmp(c, n, sizeof *s.next_member),
                      .reg_of = nrv__tmp(c, n, sizeof *s.reg_of) };
    if (!s.value || !s.read || !s.last_of || !s.first_member || !s.next_member || !s.reg_of || !lower_vars(&s) ||
        !lower_names(&s) || !lower_sizes(&s))
        return false;
    for (size_t i = 0; i < n; i++)
        s.value[i] = s.next_member[i] = -1;
    for (size_t i = 0; i < groups; i++)
        s.last_of[i] = s.first_member[i] = -1;
    lower_readers(&s);
    for (size_t i = 0; i < n; i++) {
        nrv_tensor y = c->order[i];
        if (c->group[i] >= 0) {
            if (s.last_of[c->group[i]] == (int32_t)i && !lower_group(&s, c->group[i]))
                return false;
        } else if (!(y->op->flags & NRV_LEAF)) {
            s.value[i] = y->op->flags & NRV_VIEW ? lower_view(&s, y) : lower_op(&s, y);
            if (s.value[i] < 0)
                return false;
        }
    }
    if (!lower_roots(&s))
        return false;
    lower_in_place(&s);
    lower_take_over(&s);
    return !c->plan->why.status;
}
