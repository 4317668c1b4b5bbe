/* print.c - a plan as text: sizes, checks, what it costs, steps with the kernel that is chosen and why the others lost,
   what is assigned.

   Kernels are chosen again when sizes are laid out; what is printed is the choice for the typical sizes it names. */
#include "../base/cpu.h"
#include "cost.h"
#include <stdio.h>
#include <string.h>

typedef struct print_state {
    const nrv_plan *p;
    const nrv__code *code; /* that is printed, and what it is the inside of; NULL: nothing */
    const nrv__loop *loop;
    int deep; /* columns */
    nrv__arena *tmp;
    nrv__text t;
    nrv__view *view;
    int64_t *named, *atoms, *polys;
} print_state;

static const char *print_dim(const nrv_plan *p, nrv_dim d, char buf[24])
{
    if (d < -1)
        return p->dims.poly[nrv__dim_index(d)].text;
    snprintf(buf, 24, "%lld", (long long)d);
    return buf;
}

static void print_line(print_state *s)
{
    nrv__text_add(&s->t, "%*s", s->deep, "");
}

static void print_value(print_state *s, int32_t i)
{
    static const char *const where[] = { "work", "input", "store", "local", "constant", "run",
                                         "view", "given", "row",   "carry", "turn" };
    const nrv__value *v = &s->code->value[i];
    char buf[24];
    nrv__text_add(&s->t, "%%%d %s[", i, nrv__dtype_name(v->type));
    for (int k = 0; k < v->rank; k++)
        nrv__text_add(&s->t, "%s%s", k ? ", " : "", print_dim(s->p, v->dim[k], buf));
    nrv__text_add(&s->t, "] %s", where[v->where]);
    if (v->where == NRV__VIEW)
        nrv__text_add(&s->t, " %s of %%%d", v->view->name, v->index);
    if (v->where == NRV__GIVEN || v->where == NRV__ROW || v->where == NRV__CARRY)
        nrv__text_add(&s->t, " %d", v->index);
    if (v->row >= 0)
        nrv__text_add(&s->t, " as row of what is read %d", v->row);
    if (v->in_place >= 0 && s->loop)
        nrv__text_add(&s->t, " in place of carry %d", v->in_place);
    else if (v->in_place >= 0)
        nrv__text_add(&s->t, " in place of %s", s->p->var[v->in_place].name);
    if (v->same_memory >= 0)
        nrv__text_add(&s->t, " over %%%d", v->same_memory);
}

static void print_tiles(print_state *s, const nrv__tiles *t)
{
    for (int32_t r = 0; r < t->n_reg; r++)
        if (t->reg[r].load >= 0) {
            print_line(s);
            nrv__text_add(&s->t, "      r%d = load ", r);
            print_value(s, t->reg[r].load);
            nrv__text_add(&s->t, "%s\n", t->reg[r].full ? "" : " (stretched)");
        } else if (t->reg[r].constant && t->reg[r].length != -1) {
            char buf[24];
            print_line(s);
            nrv__text_add(&s->t, "      r%d = length %s\n", r, print_dim(s->p, t->reg[r].length, buf));
        } else if (t->reg[r].constant) {
            print_line(s);
            nrv__text_add(&s->t, "      r%d = %g\n", r, t->reg[r].number);
        }
    for (int32_t i = 0; i < t->n_instr; i++) {
        const nrv__instr *in = &t->instr[i];
        print_line(s);
        nrv__text_add(&s->t, "      r%d = %s", in->out, in->point ? in->point->op : in->op->name);
        for (int32_t k = 0; k < in->n_in; k++)
            nrv__text_add(&s->t, "%s r%d", k ? "," : "", in->in[k]);
        nrv__text_add(&s->t, "  (%s)", in->point ? nrv__tier_name(in->point->tier) : "ref");
        for (int32_t k = 0; k < in->n_also; k++) {
            nrv__text_add(&s->t, "  and r%d -> ", in->also[k]);
            print_value(s, t->reg[in->also[k]].store);
        }
        if (t->reg[in->out].store >= 0) {
            nrv__text_add(&s->t, "  -> ");
            print_value(s, t->reg[in->out].store);
        }
        nrv__text_add(&s->t, "\n");
    }
}

static void print_kernel(print_state *s, const nrv__step *step)
{
    nrv__view in[64];
    int64_t size[64];
    if (step->n_in > 64 || step->n_size > 64)
        return;
    for (int32_t k = 0; k < step->n_in; k++)
        in[k] = s->view[step->in[k]];
    for (int32_t k = 0; k < step->n_size; k++)
        size[k] = nrv__dim_at(step->size[k], s->polys);
    nrv__args a = {
        .in = in, .n_in = step->n_in, .out = &s->view[step->out], .n_out = 1, .attr = step->attr, .size = size, .n = 1
    };
    bool chosen = false;
    for (int32_t k = 0; k < step->n_kernel; k++) {
        const char *no = chosen ? "a better one fits" : step->kernel[k]->fits(&a);
        print_line(s);
        nrv__text_add(&s->t, "      %s %s.%s%s%s\n", no ? "-" : "*", step->kernel[k]->name,
                      nrv__tier_name(step->kernel[k]->tier), no ? ": " : "", no ? no : "");
        chosen = chosen || !no;
    }
    if (!step->op->ref)
        return;
    print_line(s);
    nrv__text_add(&s->t, "      %s reference%s\n", chosen ? "-" : "*",
                  chosen           ? ": a kernel fits"
                  : step->n_kernel ? ""
                                   : ": the only one at this tier");
}

static void print_sizes(print_state *s)
{
    const nrv_plan *p = s->p;
    for (size_t i = 0; i < p->dims.n_size; i++)
        nrv__text_add(&s->t, "size   %s %lld..%lld, printed for %lld\n", p->dims.size[i].name,
                      (long long)p->dims.size[i].lo, (long long)p->dims.size[i].hi, (long long)s->named[i]);
    for (size_t i = 0; i < p->n_check; i++) {
        char a[24], b[24];
        nrv__text_add(&s->t, "check  %s %s %s  (%s in %s)\n", print_dim(p, p->check[i].a, a),
                      p->check[i].at_most ? "<=" : "=", print_dim(p, p->check[i].b, b), p->check[i].op,
                      p->check[i].scope);
    }
}

static void print_cost(print_state *s)
{
    nrv__cost c;
    nrv__why why = { 0 };
    if (nrv__cost_of(s->p, s->named, &c, &why)) {
        nrv__text_add(&s->t, "cost   unknown: %s\n", why.text);
        return;
    }
    nrv__text_add(&s->t,
                  "memory %zu bytes with 1 thread: workspace %zu, locals %zu, exec %zu; %zu more for every other "
                  "thread, variables %zu\n",
                  c.workspace + c.locals + c.exec, c.workspace, c.locals, c.exec, c.each_thread, c.variables);
    nrv__text_add(&s->t, "work   %lld multiply-adds, %lld other element operations%s\n", (long long)c.work.macs,
                  (long long)c.work.points, c.endless ? ", one turn of each while without a limit" : "");
}

static bool print_nominal(print_state *s)
{
    const nrv_plan *p = s->p;
    size_t bad;
    s->named = nrv__arena_get(s->tmp, (p->dims.n_size + 1) * sizeof(int64_t));
    s->atoms = nrv__arena_get(s->tmp, (p->dims.n_atom + 1) * sizeof(int64_t));
    s->polys = nrv__arena_get(s->tmp, (p->dims.n_poly + 1) * sizeof(int64_t));
    if (s->tmp->broken)
        return false;
    for (size_t i = 0; i < p->dims.n_size; i++)
        s->named[i] = nrv__typical(&p->dims.size[i]);
    return nrv__dims_eval(&p->dims, s->named, s->atoms, s->polys, &bad);
}

static bool print_views(print_state *s)
{
    s->view = nrv__arena_get(s->tmp, (s->code->n_value + 1) * sizeof(nrv__view));
    for (size_t i = 0; s->view && i < s->code->n_value; i++) {
        const nrv__value *v = &s->code->value[i];
        s->view[i] = (nrv__view){ .rank = v->rank, .type = v->type };
        int64_t stride = 1;
        for (int k = v->rank - 1; k >= 0; k--) {
            s->view[i].dim[k] = nrv__dim_at(v->dim[k], s->polys);
            s->view[i].stride[k] = stride;
            stride *= s->view[i].dim[k];
        }
    }
    return s->view != NULL;
}

static void print_code(print_state *s, const nrv__code *code, const nrv__loop *loop);

static void print_block(print_state *s, const nrv__loop *l)
{
    char buf[24];
    for (int32_t k = 0; k < l->n_carry; k++) {
        if (l->carry[k].at < 0)
            continue;
        print_line(s);
        nrv__text_add(&s->t, "      carry %d from given %d", k, l->carry[k].first);
        if (l->carry[k].next >= 0)
            nrv__text_add(&s->t, ", next %%%d%s", l->carry[k].next, l->carry[k].in_place ? " in place" : "");
        if (l->carry[k].last >= 0)
            nrv__text_add(&s->t, ", last %%%d outside", l->carry[k].last);
        nrv__text_add(&s->t, "\n");
    }
    for (int k = 0; k < (l->kind == NRV__IF ? 2 : 1); k++) {
        print_line(s);
        if (l->kind == NRV__IF)
            nrv__text_add(&s->t, "      %s\n", k ? "else" : "then");
        else if (l->kind == NRV__WHILE && !l->turns)
            nrv__text_add(&s->t, "      until %%%d\n", l->stop);
        else if (l->kind == NRV__WHILE)
            nrv__text_add(&s->t, "      until %%%d, at most %s turns\n", l->stop, print_dim(s->p, l->turns, buf));
        else
            nrv__text_add(&s->t, "      %s turns%s\n", print_dim(s->p, l->turns, buf),
                          l->reverse ? ", the last first" : "");
        print_code(s, &l->code[k], l);
    }
}

static void print_read(print_state *s, const nrv__loop *l, int32_t k)
{
    if (l->read[k].outer < 0)
        return;
    print_line(s);
    nrv__text_add(&s->t, "      read %d ", k);
    print_value(s, l->read[k].outer);
    if (l->kind == NRV__IF)
        nrv__text_add(&s->t, ", then %%%d, else %%%d\n", l->read[k].inner[0], l->read[k].inner[1]);
    else
        nrv__text_add(&s->t, ", each turn %%%d\n", l->read[k].inner[0]);
}

static void print_step(print_state *s, size_t i)
{
    const nrv__step *step = &s->code->step[i];
    print_line(s);
    nrv__text_add(&s->t, "%4zu  %s  %s%s%s\n", i, step->tiles ? "tiles" : step->op->name, step->scope,
                  step->fails ? "  (may fail)" : "", step->once ? "  (once)" : "");
    if (step->tiles) {
        print_tiles(s, step->tiles);
        return;
    }
    for (int32_t k = 0; k < step->n_in; k++) {
        print_line(s);
        nrv__text_add(&s->t, "      in  ");
        print_value(s, step->in[k]);
        nrv__text_add(&s->t, "\n");
    }
    for (int32_t k = 0; step->loop && k < step->loop->n_read; k++)
        print_read(s, step->loop, k);
    if (step->loop) {
        print_block(s, step->loop);
        return;
    }
    print_line(s);
    nrv__text_add(&s->t, "      out ");
    print_value(s, step->out);
    nrv__text_add(&s->t, "\n");
    print_kernel(s, step);
}

/* blocks print what is inside of them: as deep as blocks nest */
static void print_code(print_state *s, const nrv__code *code, const nrv__loop *loop)
{
    const print_state before = *s;
    s->code = code;
    s->loop = loop;
    s->deep += loop ? 8 : 0;
    if (print_views(s))
        for (size_t i = 0; i < code->n_step; i++)
            print_step(s, i);
    s->code = before.code;
    s->loop = before.loop;
    s->deep = before.deep;
    s->view = before.view;
}

NRV_API void nrv_plan_print(const nrv_plan *p, nrv_sink *sink, void *user)
{
    if (!p || !sink)
        return;
    if (p->why.status) {
        sink(user, p->why.text, strlen(p->why.text));
        sink(user, "\n", 1);
        return;
    }
    nrv__arena tmp = { .mem = p->mem };
    print_state s = { .p = p, .tmp = &tmp, .t = { .mem = p->mem } };
    if (print_nominal(&s)) {
        nrv__text_add(&s.t, "plan   %zu steps, %zu values, %s kernels\n", p->code.n_step, p->code.n_value,
                      nrv__tier_name(p->tier));
        print_sizes(&s);
        print_cost(&s);
        print_code(&s, &p->code, NULL);
        for (size_t i = 0; i < p->n_var; i++)
            if (p->var[i].value >= 0)
                nrv__text_add(&s.t, "assign %s: %s\n", p->var[i].name, p->var[i].why);
        for (size_t i = 0; i < p->n_output; i++)
            nrv__text_add(&s.t, "output %s: %%%d\n", p->output[i].name, p->output[i].value);
    }
    if (s.t.at && !s.t.broken)
        sink(user, s.t.at, s.t.n);
    nrv__text_free(&s.t);
    nrv__arena_free(&tmp);
}
