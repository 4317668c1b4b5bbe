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

enum { LOWER_KEPT = 65536, LOWER_KEPT_TIMES = 4 }; /* bytes that may be kept: so many, and for each of the constants */

typedef struct lower_state {
    nrv__compiler *c;
    nrv_plan *p;
    const nrv__area *a;
    nrv__code *code;
    nrv__loop *loop;  /* inside a block */
    int32_t *value;   /* of each node in order, -1 while it has none */
    bool *read;       /* a node in order is wanted in memory: by another group, a kernel, a view, a root */
    int32_t *last_of; /* of each group: its last member in order */
    int32_t *first_member, *next_member; /* members of each group, in order; -1 ends */
    int32_t *reg_of;                     /* of each node in order: its register in its group's program */
    const nrv__path *labelled;           /* the scope that `label` shows */
    const char *label;
} lower_state;

static int32_t lower_value(lower_state *s, nrv__value v)
{
    nrv_plan *p = s->p;
    nrv__value *grown =
        nrv__grow(&p->mem, s->code->value, s->code->n_value, &s->code->cap_value, sizeof *s->code->value);
    if (!grown)
        return nrv__compile_fail(s->c), -1;
    s->code->value = grown;
    v.same_memory = v.in_place = v.row = -1;
    v.first = v.last = -1;
    s->code->value[s->code->n_value] = v;
    return (int32_t)s->code->n_value++;
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

/* what messages call a node: its name, where it has one, or where it was traced; neighbours share that text */
static const char *lower_label(lower_state *s, nrv_tensor n, const char *name)
{
    char shown[NRV__PATH_SHOWN];
    if (name)
        return lower_text(s, name);
    if (!s->label || s->labelled != n->scope)
        s->label = lower_text(s, nrv__path_show(n->scope, shown));
    s->labelled = n->scope;
    return s->label;
}

static nrv__value lower_shape(lower_state *s, nrv_tensor n, nrv__where where)
{
    return (nrv__value){ .where = where,
                         .type = n->type,
                         .rank = n->rank,
                         .dense = true,
                         .scope = lower_label(s, n, n->name),
                         .dim = lower_copy(s, n->dim, (size_t)n->rank * sizeof *n->dim) };
}

/* ---- steps ---- */
static void lower_touch(lower_state *s, int32_t value, int32_t step)
{
    nrv__value *v = &s->code->value[value];
    v->last = step > v->last ? step : v->last;
    while (v->where == NRV__VIEW) {
        v = &s->code->value[v->index];
        v->last = step > v->last ? step : v->last;
    }
}

static bool lower_step(lower_state *s, nrv__step step)
{
    nrv_plan *p = s->p;
    nrv__step *grown = nrv__grow(&p->mem, s->code->step, s->code->n_step, &s->code->cap_step, sizeof *s->code->step);
    if (!grown)
        return nrv__compile_fail(s->c);
    s->code->step = grown;
    int32_t at = (int32_t)s->code->n_step;
    s->code->step[s->code->n_step++] = step;
    for (int32_t i = 0; i < step.n_in; i++)
        lower_touch(s, step.in[i], at);
    if (step.out >= 0)
        s->code->value[step.out].first = at;
    return true;
}

struct nrv__pointed { /* an element-wise op on these types */
    const nrv__opdef *op;
    nrv_dtype type[NRV__POINT_IN + 1];
    const nrv__point *point;
    nrv__pointed *more;
};

/* a kernel or reference step that makes a new value of n's shape from the given values */
static int32_t lower_call(lower_state *s, const nrv__opdef *op, nrv_tensor n, int n_in, const int32_t *in, bool of_node)
{
    nrv__step step = {
        .op = op, .n_in = n_in, .in = lower_copy(s, in, (size_t)n_in * sizeof *in), .scope = lower_label(s, n, NULL)
    };
    const nrv__served *served = nrv__served_by(s->c, op);
    if (!served || !step.in)
        return -1;
    step.kernel = served->kernel;
    step.n_kernel = served->n;
    if (of_node) {
        step.attr = op->attr_bytes && n->attr ? lower_copy(s, n->attr, op->attr_bytes) : NULL;
        step.size = lower_copy(s, n->size, (size_t)n->n_size * sizeof *n->size);
        step.n_size = n->n_size;
        step.fails = (op->flags & NRV_FAILS) != 0;
        step.by = n->by;
    }
    step.out = lower_value(s, lower_shape(s, n, NRV__WORK));
    return step.out >= 0 && lower_step(s, step) ? step.out : -1;
}

static int32_t lower_dense(lower_state *s, nrv_tensor n, int32_t value)
{
    return value < 0 || s->code->value[value].dense ? value : lower_call(s, &nrv__op_copy, n, 1, &value, false);
}

/* ---- leaves ---- */
static int32_t lower_named(const nrv__plan_name *at, size_t n, const char *name)
{
    const nrv__plan_name *found = nrv__plan_find(at, n, name);
    return found ? (int32_t)(found - at) : -1;
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
        s->p->draws = true;
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

/* a reshape, or a run of the first axis, of what is contiguous */
static bool lower_stays_dense(const lower_state *s, nrv_tensor n, int32_t x)
{
    bool run = !strcmp(n->op->name, "slice") && ((const nrv__axis_attr *)n->attr)->axis == 0;
    return n->op->flags & NRV_FLAT || (run && s->code->value[x].dense);
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
    v.dense = lower_stays_dense(s, n, x);
    v.attr = n->op->attr_bytes ? lower_copy(s, n->attr, n->op->attr_bytes) : NULL;
    v.size = lower_copy(s, n->size, (size_t)n->n_size * sizeof *n->size);
    v.n_size = n->n_size;
    return lower_value(s, v);
}

static bool lower_takes_strides(const nrv__served *v, int input)
{
    return input < 32 ? v->strided >> input & 1 : v->n == 0;
}

static int32_t lower_op(lower_state *s, nrv_tensor n)
{
    int32_t *in = nrv__tmp(s->c, (size_t)n->n_in, sizeof *in);
    const nrv__served *served = nrv__served_by(s->c, n->op);
    if (!served)
        return -1;
    for (int i = 0; in && i < n->n_in; i++) {
        in[i] = lower_get(s, n->in[i]);
        if (in[i] >= 0 && !lower_takes_strides(served, i))
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

static const nrv__point *lower_best_point(const nrv__compiler *c, nrv_tensor n)
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

static const nrv__pointed *lower_point(lower_state *s, nrv_tensor n)
{
    nrv__compiler *c = s->c;
    nrv__pointed wanted = { .op = n->op, .type = { n->type }, .more = c->pointed };
    for (int i = 0; i < n->n_in; i++)
        wanted.type[i + 1] = n->in[i]->type;
    for (const nrv__pointed *known = c->pointed; known; known = known->more)
        if (known->op == n->op && !memcmp(known->type, wanted.type, sizeof wanted.type))
            return known;
    nrv__pointed *new_one = nrv__tmp(c, 1, sizeof *new_one);
    if (!new_one)
        return NULL;
    wanted.point = lower_best_point(c, n);
    *new_one = wanted;
    return c->pointed = new_one;
}

static bool lower_full(const lower_state *s, nrv_tensor x, nrv_tensor shape)
{
    return s->code->value[s->value[x->mark]].dense && x->rank == shape->rank &&
           (!x->rank || !memcmp(x->dim, shape->dim, (size_t)x->rank * sizeof *x->dim));
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
    if (nrv__immediate(x))
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
    for (int32_t i = 0; i < t->n_instr; i++)
        for (int32_t k = 0; k < t->instr[i].n_in; k++)
            t->last_use[t->instr[i].in[k]] = i;
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
    const nrv__pointed *known = lower_point(s, n);
    if (!known)
        return false;
    *in = (nrv__instr){ .op = n->op, .point = known->point, .n_in = n->n_in };
    in->attr = n->op->attr_bytes && n->attr ? lower_copy(s, n->attr, n->op->attr_bytes) : NULL;
    for (int k = 0; k < n->n_in; k++) {
        nrv_tensor x = n->in[k];
        bool member = s->a->group[x->mark] == group;
        in->in[k] = member ? s->reg_of[x->mark] : lower_load(s, t, x, shape);
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
        members++, reads += (size_t)s->a->order[i]->n_in;
        shape = s->a->order[i];
        for (int k = 0; k < shape->n_in; k++) /* loads first: they may need steps of their own */
            if (s->a->group[shape->in[k]->mark] != group && !nrv__immediate(shape->in[k]) &&
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
        if (!lower_member(s, &t, s->a->order[i], shape, group))
            return false;
    if (!nrv__fuse(c, s->code->value, t.reg, t.n_reg, t.instr, &t.n_instr) || !lower_slots(s, &t))
        return false;
    *program = (nrv__tiles){ t.n_reg,
                             t.n_instr,
                             t.n_slot,
                             shape->rank,
                             t.reg,
                             t.instr,
                             lower_copy(s, shape->dim, (size_t)shape->rank * sizeof *shape->dim) };
    nrv__step step = { .tiles = program, .in = in, .out = -1, .scope = lower_label(s, shape, NULL) };
    for (int32_t r = 0; r < t.n_reg; r++)
        if (t.reg[r].load >= 0)
            in[step.n_in++] = t.reg[r].load;
    int32_t at = (int32_t)s->code->n_step;
    for (int32_t r = 0; r < t.n_reg; r++)
        if (t.reg[r].store >= 0)
            s->code->value[t.reg[r].store].first = at;
    return lower_step(s, step);
}

/* ---- what is wanted in memory ---- */
static void lower_readers(lower_state *s)
{
    const nrv__compiler *c = s->c;
    for (size_t i = 0; i < s->a->n_order; i++) {
        if (s->a->group[i] >= 0) {
            int32_t before = s->last_of[s->a->group[i]];
            *(before < 0 ? &s->first_member[s->a->group[i]] : &s->next_member[before]) = (int32_t)i;
            s->last_of[s->a->group[i]] = (int32_t)i;
        }
        const nrv_tensor *in;
        for (int k = i < s->a->n_given ? 0 : nrv__reads(c, s->a->order[i], &in); k--;) {
            int32_t x = in[k]->mark;
            if (s->a->group[i] < 0 || s->a->group[x] != s->a->group[i])
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
    const nrv__value *base = &s->code->value[v];
    while (base->where == NRV__VIEW)
        base = &s->code->value[base->index];
    bool owned = base->where == NRV__WORK || base->where == NRV__CONST;
    return owned ? v : lower_call(s, &nrv__op_copy, n, 1, &v, false);
}

/* the instruction that writes register r, and the last one that reads it; -1: none */
static int32_t lower_writes(const nrv__tiles *t, int32_t r)
{
    for (int32_t i = 0; i < t->n_instr; i++)
        if (nrv__instr_writes(&t->instr[i], r))
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
        const nrv__value *v = reg->load >= 0 ? &s->code->value[reg->load] : NULL;
        const nrv__value *base = v;
        while (base && base->where == NRV__VIEW)
            base = &s->code->value[base->index];
        bool same = base && (int32_t)base->where == where &&
                    (where == NRV__WORK ? (int32_t)(base - s->code->value) : base->index) == index;
        if (same && (!reg->full || lower_last_read(step->tiles, r) > write))
            return true;
    }
    return false;
}

/* of each variable or carry, the step that reads it last; -1: none */
static int32_t *lower_lasts(lower_state *s, nrv__where where, size_t n)
{
    int32_t *last = nrv__tmp(s->c, n, sizeof *last);
    for (size_t i = 0; last && i < n; i++)
        last[i] = -1;
    for (size_t i = 0; last && i < s->code->n_value; i++) {
        const nrv__value *v = &s->code->value[i];
        if (v->where == where && v->last > last[v->index])
            last[v->index] = v->last;
    }
    return last;
}

/* values that outputs show: those stay as they are until their exec runs again; a variable may be assigned by others */
static bool *lower_shown(lower_state *s)
{
    bool *shown = nrv__tmp(s->c, s->code->n_value, sizeof *shown);
    for (size_t i = 0; shown && i < s->p->n_output; i++) {
        int32_t v = s->p->output[i].value;
        while (s->code->value[v].where == NRV__VIEW)
            v = s->code->value[v].index;
        shown[v] = true;
    }
    return shown;
}

static const char *lower_why_copied(const lower_state *s, int32_t var, const bool *shown, int32_t last_read,
                                    int32_t last_fail)
{
    const nrv__value *v = &s->code->value[s->p->var[var].value];
    if (v->where != NRV__WORK || v->in_place >= 0 || v->same_memory >= 0)
        return "copied: its value is memory of something else";
    if (v->kept)
        return "copied: it is computed once";
    if (s->p->check_nan)
        return "copied: a run that finds a NaN must leave the store as it was";
    if (shown[s->p->var[var].value])
        return "copied: an output shows it, too";
    if (v->first <= last_fail)
        return "copied: its step or a later one may fail";
    if (last_read > v->first)
        return "copied: a later step reads the old value";
    if (!s->code->step[v->first].tiles)
        return last_read == v->first ? "copied: its kernel reads the old value" : "in place";
    const nrv__tiles *t = s->code->step[v->first].tiles;
    int32_t r = 0;
    while (t->reg[r].store != s->p->var[var].value)
        r++;
    return last_read == v->first && lower_reads_otherwise(s, &s->code->step[v->first], NRV__VAR, var, r)
               ? "copied: its step still reads the old value"
               : "in place";
}

static void lower_in_place(lower_state *s)
{
    nrv_plan *p = s->p;
    int32_t last_fail = -1;
    for (size_t i = 0; i < s->code->n_step; i++)
        if (s->code->step[i].fails)
            last_fail = (int32_t)i;
    const int32_t *last_of_var = lower_lasts(s, NRV__VAR, p->n_var);
    const bool *shown = lower_shown(s);
    for (size_t i = 0; last_of_var && shown && i < p->n_var; i++) {
        if (p->var[i].value < 0)
            continue;
        p->var[i].why = lower_why_copied(s, (int32_t)i, shown, last_of_var[i], last_fail);
        if (!strcmp(p->var[i].why, "in place"))
            s->code->value[p->var[i].value].in_place = (int32_t)i;
    }
}

/* ---- what depends on constants alone ---- */
static bool lower_always_same(const lower_state *s, const nrv__step *step)
{
    bool same = !step->loop;
    for (int32_t k = 0; k < step->n_in && same; k++) {
        const nrv__value *v = &s->code->value[step->in[k]];
        while (v->where == NRV__VIEW)
            v = &s->code->value[v->index];
        same = v->where == NRV__CONST || v->kept;
    }
    return same;
}

/* bytes of a value; -1: they depend on a named size, or are too many to be worth it */
static int64_t lower_bytes(const nrv__value *v)
{
    int64_t n = (int64_t)nrv__dtype_size(v->type);
    for (int32_t k = 0; k < v->rank && n >= 0; k++)
        n = v->dim[k] < 0 || !nrv__mul(n, v->dim[k], &n) ? -1 : n;
    return n;
}

/* A step that reads nothing but constants, and what such steps gave, runs once; its results stay, as long as they do
   not take much more memory than the constants themselves. */
static void lower_once(lower_state *s)
{
    int64_t room = LOWER_KEPT;
    for (size_t i = 0; i < s->code->n_value; i++)
        if (s->code->value[i].where == NRV__CONST)
            room += LOWER_KEPT_TIMES * lower_bytes(&s->code->value[i]);
    for (size_t i = 0; i < s->code->n_step && !nrv__without(s->c, "once"); i++) {
        nrv__step *step = &s->code->step[i];
        int64_t bytes = step->tiles || step->out < 0 ? -1 : lower_bytes(&s->code->value[step->out]);
        if (bytes < 0 || bytes > room || !lower_always_same(s, step))
            continue;
        room -= bytes;
        step->once = s->code->value[step->out].kept = true;
        lower_touch(s, step->out, INT32_MAX);
    }
}

/* a tile program may write over an input that dies with it: same shape, same size, read element by element */
static void lower_take_over(lower_state *s)
{
    bool *taken = nrv__tmp(s->c, s->code->n_value, sizeof *taken);
    for (size_t i = 0; taken && i < s->code->n_step && !nrv__without(s->c, "take_over"); i++) {
        const nrv__tiles *t = s->code->step[i].tiles;
        for (int32_t r = 0; t && r < t->n_reg; r++) {
            nrv__value *out = t->reg[r].store >= 0 ? &s->code->value[t->reg[r].store] : NULL;
            if (!out || out->in_place >= 0 || out->row >= 0)
                continue;
            for (int32_t q = 0; q < t->n_reg && out->same_memory < 0; q++) {
                int32_t x = t->reg[q].load;
                if (x < 0 || !t->reg[q].full || taken[x] || s->code->value[x].where != NRV__WORK ||
                    s->code->value[x].last != (int32_t)i || s->code->value[x].in_place >= 0 ||
                    s->code->value[x].row >= 0 ||
                    nrv__dtype_size(s->code->value[x].type) != nrv__dtype_size(out->type) ||
                    lower_reads_otherwise(s, &s->code->step[i], NRV__WORK, x, r))
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

static bool lower_by_name(const void *a, const void *b)
{
    const nrv__plan_name *x = a, *y = b;
    return strcmp(x->name, y->name) < 0;
}

const nrv__plan_name *nrv__plan_find(const nrv__plan_name *at, size_t n, const char *name)
{
    size_t from = 0;
    while (n > from) {
        size_t middle = from + (n - from) / 2;
        int order = strcmp(at[middle].name, name);
        if (!order)
            return &at[middle];
        if (order < 0)
            from = middle + 1;
        else
            n = middle;
    }
    return NULL;
}

static bool lower_names(lower_state *s)
{
    nrv_graph *g = s->c->g;
    nrv_plan *p = s->p;
    size_t n_input = 0, n_local = 0;
    for (size_t i = 0; i < g->n_node; i++) {
        n_input += g->node[i]->op == &nrv__op_input;
        n_local += g->node[i]->op == &nrv__op_local;
    }
    p->input = nrv__arena_get(&p->arena, (n_input + 1) * sizeof *p->input);
    p->local = nrv__arena_get(&p->arena, (n_local + 1) * sizeof *p->local);
    p->output = nrv__arena_get(&p->arena, (g->n_output + 1) * sizeof *p->output);
    if (!p->input || !p->local || !p->output)
        return nrv__compile_fail(s->c);
    for (size_t i = 0; i < g->n_node; i++) {
        nrv_tensor n = g->node[i];
        bool local = n->op == &nrv__op_local;
        if (n->op != &nrv__op_input && !local)
            continue;
        nrv__plan_name new_one = { .name = lower_text(s, n->name), .value = -1, .assigned = -1 };
        new_one.fill = local ? ((const nrv__scalar_attr *)n->attr)->value : 0;
        if (!new_one.name)
            return false;
        *(local ? &p->local[p->n_local++] : &p->input[p->n_input++]) = new_one;
    }
    nrv__sort(p->input, p->n_input, sizeof *p->input, lower_by_name);
    nrv__sort(p->local, p->n_local, sizeof *p->local, lower_by_name);
    return true;
}

static bool lower_sizes(lower_state *s)
{
    const nrv__dims *d = &s->c->g->dims;
    nrv_plan *p = s->p;
    p->dims = *d;
    p->dims.slot = NULL;
    p->dims.n_slot = p->dims.cap_slot = 0;
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

/* ---- areas: the outside, or the inside of a block ---- */
static bool lower_begin(lower_state *s, nrv__compiler *c, nrv__area *a, nrv__code *code)
{
    size_t n = a->n_order;
    if (!nrv__pass_group(c, a))
        return false;
    size_t groups = (size_t)a->n_group;
    *s = (lower_state){ .c = c,
                        .p = c->plan,
                        .a = a,
                        .code = code,
                        .value = nrv__tmp(c, n, sizeof *s->value),
                        .read = nrv__tmp(c, n, sizeof *s->read),
                        .last_of = nrv__tmp(c, groups, sizeof *s->last_of),
                        .first_member = nrv__tmp(c, groups, sizeof *s->first_member),
                        .next_member = nrv__tmp(c, n, sizeof *s->next_member),
                        .reg_of = nrv__tmp(c, n, sizeof *s->reg_of) };
    if (!s->value || !s->read || !s->last_of || !s->first_member || !s->next_member || !s->reg_of)
        return false;
    for (size_t i = 0; i < n; i++)
        s->value[i] = s->next_member[i] = -1;
    for (size_t i = 0; i < groups; i++)
        s->last_of[i] = s->first_member[i] = -1;
    lower_readers(s);
    return true;
}

static int32_t lower_inside(lower_state *s, nrv_tensor n)
{
    nrv__value v = lower_shape(s, n,
                               n->op == &nrv__op_each   ? NRV__ROW
                               : n->op == &nrv__op_turn ? NRV__TURN
                                                        : NRV__CARRY);
    v.index = n->op == &nrv__op_each ? n->in[0]->mark : n->op == &nrv__op_carry ? (int32_t)nrv__carry_index(n) : 0;
    int32_t i = lower_value(s, v);
    if (i >= 0 && n->op == &nrv__op_carry) {
        s->loop->carry[v.index].at = i;
        s->loop->carry[v.index].first = n->in[0]->mark;
    }
    return i;
}

/* the step that runs a block, and the values that are read of it */
static int32_t lower_block(lower_state *s, nrv_tensor n)
{
    nrv__compiler *c = s->c;
    nrv__inner *in = &c->inner[c->inner_of[nrv__block_of(n)->id]];
    int32_t *give = nrv__arena_get(&s->p->arena, (in->n_given + 1) * sizeof *give);
    nrv__step step = { .op = n->op, .loop = in->loop, .in = give, .n_in = (int32_t)in->n_given, .out = -1 };
    step.scope = lower_label(s, n, NULL);
    if (!give || !step.scope)
        return nrv__compile_fail(c), -1;
    for (size_t i = 0; i < in->n_given; i++) {
        give[i] = lower_dense(s, in->given[i], lower_get(s, in->given[i]));
        if (give[i] < 0)
            return -1;
    }
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < in->loop->code[k].n_step; i++)
            step.fails = step.fails || in->loop->code[k].step[i].fails;
    int32_t at = (int32_t)s->code->n_step;
    for (size_t i = 0; i < in->n_read; i++) {
        nrv_tensor r = in->read[i];
        int32_t v = lower_value(s, lower_shape(s, r, NRV__WORK));
        if (v < 0)
            return -1;
        s->code->value[v].first = at;
        s->value[r->mark] = v;
        if (r->op == &nrv__op_last)
            in->loop->carry[nrv__carry_index(r->body[0])].last = v;
        else
            in->loop->read[i].outer = v;
    }
    lower_step(s, step);
    return -1;
}

static int32_t lower_node(lower_state *s, nrv_tensor y)
{
    if (nrv__block_read(y)) /* its block has made it */
        return s->value[y->mark];
    if (y->op->flags & NRV_BLOCK)
        return lower_block(s, y);
    if (y->op->flags & NRV_INSIDE)
        return lower_inside(s, y);
    return y->op->flags & NRV_VIEW ? lower_view(s, y) : lower_op(s, y);
}

static bool lower_area(lower_state *s)
{
    for (size_t i = s->a->n_given; i < s->a->n_order; i++) {
        nrv_tensor y = s->a->order[i];
        int32_t group = s->a->group[i];
        if (group >= 0) {
            if (s->last_of[group] == (int32_t)i && !lower_group(s, group))
                return false;
        } else if (!(y->op->flags & NRV_LEAF)) {
            s->value[i] = lower_node(s, y);
            if (s->value[i] < 0 && (!(y->op->flags & NRV_BLOCK) || s->p->why.status))
                return false;
        }
    }
    return !s->p->why.status;
}

/* ---- the inside of a block ---- */
static bool lower_given(lower_state *s)
{
    for (size_t i = 0; i < s->a->n_given; i++) {
        nrv__value v = lower_shape(s, s->a->order[i], NRV__GIVEN);
        v.index = (int32_t)i;
        s->value[i] = lower_value(s, v);
        if (s->value[i] < 0)
            return false;
    }
    return true;
}

/* n's value in memory that a step of this area writes and nothing else claims */
static int32_t lower_owned(lower_state *s, nrv_tensor n)
{
    int32_t v = lower_root(s, n);
    if (v < 0)
        return -1;
    const nrv__value *x = &s->code->value[v];
    bool free = x->where == NRV__WORK && x->row < 0;
    return free ? v : lower_call(s, &nrv__op_copy, n, 1, &v, false);
}

static bool lower_reads_of(lower_state *s, const nrv__inner *in, int branch)
{
    for (int32_t i = 0; i < s->loop->n_read; i++) {
        nrv_tensor r = in->read[i];
        if (r->op == &nrv__op_last)
            continue;
        int32_t v = lower_owned(s, r->body[branch]);
        if (v < 0)
            return false;
        s->code->value[v].row = i;
        lower_touch(s, v, INT32_MAX);
        s->loop->read[i].inner[branch] = v;
    }
    return true;
}

/* may what a carry becomes be written where it is? */
static bool lower_carry_in_place(const lower_state *s, int32_t k, const nrv__value *v, int32_t last)
{
    if (v->where != NRV__WORK || v->row >= 0 || v->in_place >= 0 || v->first < 0 || last > v->first)
        return false;
    const nrv__step *step = &s->code->step[v->first];
    if (!step->tiles)
        return last < v->first;
    int32_t r = 0;
    while (step->tiles->reg[r].store < 0 || &s->code->value[step->tiles->reg[r].store] != v)
        r++;
    return last < v->first || !lower_reads_otherwise(s, step, NRV__CARRY, k, r);
}

static bool lower_carries(lower_state *s, const nrv__inner *in)
{
    nrv__loop *l = s->loop;
    for (int32_t k = 0; k < l->n_carry; k++) {
        nrv_tensor next = nrv__next_of(in->node, k);
        if (l->carry[k].first < 0)
            continue;
        int32_t v = lower_root(s, next);
        if (v < 0)
            return false;
        l->carry[k].next = v;
        lower_touch(s, v, INT32_MAX);
    }
    if (l->kind == NRV__WHILE) {
        l->stop = lower_dense(s, in->node->body[0], lower_get(s, in->node->body[0]));
        if (l->stop < 0)
            return false;
        lower_touch(s, l->stop, INT32_MAX);
        const nrv__value *base = &s->code->value[l->stop];
        while (base->where == NRV__VIEW)
            base = &s->code->value[base->index];
        l->stop_step = base->first + 1; /* what is there when the turn begins has no step */
    }
    const int32_t *last = lower_lasts(s, NRV__CARRY, (size_t)l->n_carry);
    for (int32_t k = 0; last && k < l->n_carry && l->kind == NRV__SCAN; k++) {
        nrv__value *v = l->carry[k].first < 0 ? NULL : &s->code->value[l->carry[k].next];
        if (!v || !lower_carry_in_place(s, k, v, last[k]))
            continue;
        v->in_place = k;
        l->carry[k].in_place = true;
    }
    return last != NULL;
}

static nrv__loop *lower_loop(nrv__compiler *c, const nrv__inner *in)
{
    const nrv_block *b = nrv__block_of(in->node);
    nrv_plan *p = c->plan;
    nrv__loop *l = nrv__arena_get(&p->arena, sizeof *l);
    nrv__loop_carry *carry = nrv__arena_get(&p->arena, (b->n_carry + 1) * sizeof *carry);
    nrv__loop_read *read = nrv__arena_get(&p->arena, (in->n_read + 1) * sizeof *read);
    if (!l || !carry || !read)
        return nrv__compile_fail(c), NULL;
    *l = (nrv__loop){ .kind = b->kind,
                      .turns = b->steps,
                      .reverse = b->reverse,
                      .carry = carry,
                      .read = read,
                      .n_carry = (int32_t)b->n_carry,
                      .n_read = (int32_t)in->n_read,
                      .more = p->loops };
    p->loops = l;
    for (int32_t k = 0; k < l->n_carry; k++)
        carry[k] = (nrv__loop_carry){ -1, -1, -1, -1, false };
    for (int32_t k = 0; k < l->n_read; k++)
        read[k] = (nrv__loop_read){ { -1, -1 }, -1 };
    return l;
}

bool nrv__pass_lower_block(nrv__compiler *c, nrv__inner *in)
{
    nrv__loop *l = in->loop = lower_loop(c, in);
    int branches = l && l->kind == NRV__IF ? 2 : 1;
    for (int k = 0; l && k < branches; k++) {
        lower_state s;
        if (!lower_begin(&s, c, &in->area[k], &l->code[k]))
            return false;
        s.loop = l;
        for (size_t i = 0; i < in->n_read; i++)
            if (in->read[i]->op != &nrv__op_last)
                s.read[in->read[i]->body[k]->mark] = true;
        for (int i = 0; i < in->node->n_out && l->kind != NRV__IF; i++) {
            nrv_tensor next = in->node->body[i]; /* of carries that nobody reads it is not computed */
            if ((size_t)next->mark < in->area[k].n_order && in->area[k].order[next->mark] == next)
                s.read[next->mark] = true;
        }
        bool early = l->kind == NRV__WHILE && nrv__immediate(in->node->body[0]); /* a number is known before all else */
        if (!lower_given(&s) || (early && lower_get(&s, in->node->body[0]) < 0) || !lower_area(&s) ||
            !lower_reads_of(&s, in, k) || (l->kind != NRV__IF && !lower_carries(&s, in)))
            return false;
        lower_take_over(&s);
        if (!nrv__pass_alike(c, s.code))
            return false;
    }
    return l && !c->plan->why.status;
}

/* ---- the outside ---- */
bool nrv__pass_lower(nrv__compiler *c)
{
    lower_state s;
    if (!lower_begin(&s, c, &c->outside, &c->plan->code) || !lower_vars(&s) || !lower_names(&s) || !lower_sizes(&s))
        return false;
    for (size_t i = 0; i < c->n_root; i++)
        s.read[c->root[i].value->mark] = true;
    if (!lower_area(&s) || !lower_roots(&s))
        return false;
    lower_once(&s);
    lower_in_place(&s);
    lower_take_over(&s);
    return nrv__pass_alike(c, s.code) && !c->plan->why.status;
}
