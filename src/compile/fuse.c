/* fuse.c - in tile programs: several instructions that one of the table nrv__fuses can stand for become that one.

   Promises: only what is read nowhere else disappears, and what is stored only where the formula says so; the rest
   keeps its order. The formulas of the table are as deep as they are written there, whatever the program. Does not do:
   other types than float32; to look for the best cover - the first row that fits at the last instruction is taken. */
#include "passes.h"
#include <string.h>

typedef struct fuse_state {
    const nrv__value *value;
    const nrv__reg *reg;
    const nrv__instr *instr;
    int32_t *writer, *reads; /* of each register: the instruction that writes it, or -1; how often it is read */
    const nrv__fused *row;
    int32_t in[NRV__LANE_IN], n_in; /* what the formula's operands are so far, -1: not met */
    int32_t also[NRV__LANE_ALSO], n_also;
    int32_t gone[16], n_gone; /* instructions that the last one would stand for */
    unsigned first, ones;     /* operands with @, and with ~ */
} fuse_state;

static bool fuse_leaf(fuse_state *s, const char *word, int32_t r)
{
    const nrv__reg *reg = &s->reg[r];
    if (reg->type != NRV_F32)
        return false;
    if (*word == '#') {
        const float number = (float)s->row->number[word[1] - '0'];
        return reg->constant && reg->length == -1 && (float)reg->number == number;
    }
    bool one = reg->constant || (reg->load >= 0 && s->value[reg->load].rank == 0);
    if (*word == '@' && !one)
        return false;
    const char mark = *word;
    word += mark == '@' || mark == '~';
    int32_t k = *word <= '9' ? *word - '0' : *word - 'a' + 10;
    s->first |= (unsigned)(mark == '@') << k;
    s->ones |= (unsigned)(mark == '~') << k;
    s->n_in = k < s->n_in ? s->n_in : k + 1;
    if (s->in[k] < 0)
        s->in[k] = r;
    return s->in[k] == r;
}

static const char *fuse_word_end(const char *at)
{
    while (*at && *at != ' ')
        at++;
    return at;
}

static const char *fuse_next(const char *end)
{
    return end + (*end == ' ');
}

static bool fuse_names(const char *at, const nrv__instr *d)
{
    const char *name = d->op->name;
    while (*name && *name == *at)
        name++, at++;
    return !*name && (!*at || *at == ' ');
}

static const char *fuse_match(fuse_state *s, const char *at, int32_t r, bool last);

/* the operands of instruction d, in this order or the other; where the formula goes on, NULL: they do not fit */
static const char *fuse_operands(fuse_state *s, const char *at, const nrv__instr *d, bool turned)
{
    for (int32_t k = 0; k < d->n_in && at; k++)
        at = fuse_match(s, at, d->in[turned ? 1 - k : k], false);
    return at;
}

static const char *fuse_match(fuse_state *s, const char *at, int32_t r, bool last)
{
    const char *end = fuse_word_end(at), *rest = fuse_next(end);
    if (*at == '#' || *at == '@' || *at == '~' || (*at >= '0' && *at <= '9'))
        return fuse_leaf(s, at, r) ? rest : NULL;
    const bool kept = *at == '!';
    at += kept;
    const nrv__instr *d = s->writer[r] < 0 ? NULL : &s->instr[s->writer[r]];
    if (!d || d->attr || !d->point || (last && s->reg[r].type != NRV_F32) || !fuse_names(at, d))
        return NULL;
    if (!last && (s->reads[r] != 1 || (s->reg[r].store >= 0) != kept || s->n_gone == 16))
        return NULL;
    if (kept)
        s->also[s->n_also++] = r;
    if (!last)
        s->gone[s->n_gone++] = s->writer[r];
    if (d->n_in != 2 || (strcmp(d->op->name, "add") && strcmp(d->op->name, "mul")))
        return fuse_operands(s, rest, d, false);
    const fuse_state before = *s;
    const char *found = fuse_operands(s, rest, d, false);
    if (found)
        return found;
    *s = before;
    return fuse_operands(s, rest, d, true);
}

static bool fuse_fits(fuse_state *s, const nrv__fused *row, int32_t r)
{
    if (!fuse_names(row->point.types, &s->instr[s->writer[r]]))
        return false;
    s->row = row;
    s->n_in = s->n_gone = s->n_also = 0;
    s->first = s->ones = 0;
    for (int k = 0; k < NRV__LANE_IN; k++)
        s->in[k] = -1;
    return fuse_match(s, row->point.types, r, true) != NULL;
}

/* the tables of the best tier that this plan may use */
static const nrv__fused *fuse_find(const nrv__compiler *c, fuse_state *s, int32_t r)
{
    nrv__tier tier = NRV__REF;
    for (const nrv__fused *const *table = nrv__fuses; *table; table++) {
        if ((*table)->point.tier > c->plan->tier || (tier != NRV__REF && (*table)->point.tier != tier))
            continue;
        tier = (*table)->point.tier;
        for (const nrv__fused *row = *table; row->point.op; row++)
            if (fuse_fits(s, row, r) && !nrv__without(c, row->point.op))
                return row;
    }
    return NULL;
}

static void fuse_count(fuse_state *s, const nrv__instr *in, int32_t more)
{
    for (int32_t k = 0; k < in->n_in; k++)
        s->reads[in->in[k]] += more;
}

static void fuse_one(nrv__compiler *c, fuse_state *s, nrv__instr *in, bool *gone)
{
    const nrv__fused *row = fuse_find(c, s, in->out);
    if (!row)
        return;
    fuse_count(s, in, -1);
    for (int32_t k = 0; k < s->n_gone; k++) {
        fuse_count(s, &s->instr[s->gone[k]], -1);
        gone[s->gone[k]] = true;
    }
    in->point = &row->point;
    in->n_in = s->n_in;
    in->n_also = s->n_also;
    in->first = s->first;
    in->ones = s->ones;
    memcpy(in->in, s->in, sizeof in->in);
    memcpy(in->also, s->also, sizeof in->also);
    fuse_count(s, in, 1);
}

bool nrv__fuse(nrv__compiler *c, const nrv__value *value, const nrv__reg *reg, int32_t n_reg, nrv__instr *instr,
               int32_t *n_instr)
{
    fuse_state s = { .value = value, .reg = reg, .instr = instr };
    s.writer = nrv__tmp(c, (size_t)n_reg, sizeof *s.writer);
    s.reads = nrv__tmp(c, (size_t)n_reg, sizeof *s.reads);
    bool *gone = nrv__tmp(c, (size_t)*n_instr, sizeof *gone);
    if (!s.writer || !s.reads || !gone)
        return false;
    for (int32_t r = 0; r < n_reg; r++)
        s.writer[r] = -1;
    for (int32_t i = 0; i < *n_instr; i++) {
        s.writer[instr[i].out] = i;
        fuse_count(&s, &instr[i], 1);
    }
    for (int32_t i = *n_instr - 1; i >= 0 && !nrv__without(c, "fuse"); i--)
        if (!gone[i])
            fuse_one(c, &s, &instr[i], gone);
    int32_t kept = 0;
    for (int32_t i = 0; i < *n_instr; i++)
        if (!gone[i])
            instr[kept++] = instr[i];
    *n_instr = kept;
    return true;
}
