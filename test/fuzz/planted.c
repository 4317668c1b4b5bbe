/* planted.c - see planted.h. */
#include "planted.h"
#include "../../src/compile/passes.h"
#include <stdio.h>
#include <string.h>

enum { PLANTED_RULES = 64 };

static nrv__opdef planted_record;       /* the broken one */
static const nrv__opdef *planted_sound; /* the one it stands for */
static nrv__rule planted_rules[PLANTED_RULES];
static const nrv__rule *planted_sound_rule;
static char planted_text[80];

static int planted_counts(const nrv__opdef *op, bool (*can_use)(const nrv__opdef *op))
{
    return can_use(op) ? (op->vjp != NULL) + (op->batch != NULL) : 0;
}

int planted_count(bool (*can_use)(const nrv__opdef *op))
{
    int n = 0;
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        n += planted_counts(*op, can_use);
    for (const nrv__rule *r = nrv__rules; r->name; r++)
        n++;
    return n;
}

static nrv_tensor planted_wrong(nrv_tensor x)
{
    if (!x || x->type == NRV_BOOL)
        return x;
    return nrv__dtype_real(x->type) ? nrv_mul_c(x, 1.01) : nrv_add(x, nrv__like(x, 1));
}

/* of several gradients the last: rules tend to be written for the first */
static void planted_vjp(nrv_vjp *v)
{
    planted_sound->vjp(v);
    for (int i = v->n; i--;)
        if (v->need[i] && v->dx[i]) {
            v->dx[i] = planted_wrong(v->dx[i]);
            return;
        }
}

static nrv_tensor planted_batching(const nrv__batch *b)
{
    return planted_wrong(planted_sound->batch(b));
}

static nrv_tensor planted_to(nrv_tensor y)
{
    return planted_wrong(planted_sound_rule->to(y));
}

static void planted_choose_rule(int which)
{
    int n = 0;
    for (const nrv__rule *r = nrv__rules; r->name && n + 1 < PLANTED_RULES; r++)
        planted_rules[n++] = *r;
    planted_sound_rule = &nrv__rules[which];
    planted_rules[which].to = planted_to;
    nrv__rules_in_use = planted_rules;
    snprintf(planted_text, sizeof planted_text, "the rule %s", planted_sound_rule->name);
}

static void planted_choose_op(const nrv__opdef *op, bool batch)
{
    planted_sound = op;
    planted_record = *op;
    if (batch)
        planted_record.batch = planted_batching;
    else
        planted_record.vjp = planted_vjp;
    snprintf(planted_text, sizeof planted_text, "%s of %s", batch ? "the batching" : "the gradient", op->name);
}

void planted_choose(int which, bool (*can_use)(const nrv__opdef *op))
{
    for (const nrv__opdef *const *op = nrv__ops; *op; op++) {
        int n = planted_counts(*op, can_use);
        if (which < n) {
            planted_choose_op(*op, which == 1 || !(*op)->vjp);
            return;
        }
        which -= n;
    }
    planted_choose_rule(which);
}

void planted_plant(nrv_graph *g)
{
    for (size_t i = 0; planted_sound && i < g->n_node; i++)
        if (g->node[i]->op == planted_sound)
            g->node[i]->op = &planted_record;
}

const char *planted_name(void)
{
    return *planted_text ? planted_text : NULL;
}

const nrv__opdef *planted_op(void)
{
    return planted_sound;
}

bool planted_batch(void)
{
    return planted_sound && planted_record.batch == planted_batching;
}

const char *planted_rule(void)
{
    return planted_sound_rule ? planted_sound_rule->name : NULL;
}
