/* compile.c - graph -> plan: verify, run the passes, copy what the plan needs, so that the graph may be freed.

   Promises: a broken graph gives a broken plan that keeps the message; the same program gives the same plan, whatever
   the order in which its nodes were made. Does not do: memory layout - that needs sizes, and happens in nrv_prepare. */
#include "../base/cpu.h"
#include "passes.h"
#include <string.h>

bool nrv__compile_fail(nrv__compiler *c)
{
    nrv__fail(&c->plan->why, NRV_ENOMEM, "no memory to compile %zu nodes", c->g->n_node);
    return false;
}

void *nrv__tmp(nrv__compiler *c, size_t n, size_t size)
{
    void *p = nrv__arena_get(&c->tmp, (n + 1) * size);
    if (!p)
        nrv__compile_fail(c);
    return p;
}

bool nrv__kept_all(void *c, nrv_tensor n)
{
    (void)c;
    return n->body != NULL;
}

bool *nrv__live(nrv__compiler *c, bool (*whole)(void *c, nrv_tensor n))
{
    nrv__alive a = { .g = c->g,
                     .whole = whole,
                     .user = c,
                     .live = nrv__tmp(c, c->g->n_node, sizeof(bool)),
                     .loop = nrv__tmp(c, c->g->n_block, sizeof(nrv_tensor)) };
    nrv_tensor *root = nrv__tmp(c, c->n_root, sizeof *root);
    if (!a.live || !a.loop || !root)
        return NULL;
    for (size_t i = 0; i < c->n_root; i++)
        root[i] = c->root[i].value;
    return nrv__alive_from(&a, (int)c->n_root, root) ? NULL : a.live;
}

static bool compile_serves(const nrv__compiler *c, const nrv__kernel *k, const nrv__opdef *op)
{
    return k->tier <= c->plan->tier && !strcmp(k->op, op->name) && !nrv__without(c, k->name);
}

/* of a kernel that was built for several tiers, the best only; k is one of those that serve op */
static bool compile_best(const nrv__compiler *c, const nrv__kernel *k)
{
    for (const nrv__kernel *const *b = nrv__kernels; *b; b++)
        if ((*b)->tier <= c->plan->tier && (*b)->tier > k->tier && !strcmp((*b)->name, k->name) &&
            !strcmp((*b)->op, k->op))
            return false;
    return true;
}

const nrv__served *nrv__served_by(nrv__compiler *c, const nrv__opdef *op)
{
    for (const nrv__served *known = c->served; known; known = known->more)
        if (known->op == op)
            return known;
    int32_t n = 0;
    for (const nrv__kernel *const *k = nrv__kernels; *k; k++)
        n += compile_serves(c, *k, op);
    nrv__served *v = nrv__tmp(c, 1, sizeof *v);
    const nrv__kernel **kernel = nrv__arena_get(&c->plan->arena, (size_t)(n + 1) * sizeof *kernel);
    if (!v || !kernel)
        return nrv__compile_fail(c), NULL;
    *v = (nrv__served){ .op = op, .kernel = kernel, .strided = ~0u, .more = c->served };
    for (const nrv__kernel *const *k = nrv__kernels; *k; k++)
        if (compile_serves(c, *k, op)) {
            v->strided &= (*k)->strided;
            if (compile_best(c, *k))
                kernel[v->n++] = *k;
        }
    return c->served = v;
}

static void compile_view(const nrv__compiler *c, nrv_tensor x, nrv__view *v)
{
    *v = (nrv__view){ .rank = x->rank, .type = x->type };
    int64_t stride = 1;
    for (int i = x->rank - 1; i >= 0; i--) {
        v->dim[i] = nrv__dim_at(x->dim[i], c->nominal);
        v->stride[i] = stride;
        if (!nrv__mul(stride, v->dim[i], &stride)) /* nrv_prepare will refuse such sizes; kernels only look */
            stride = INT64_MAX;
    }
}

static const nrv__kernel *compile_kernel(nrv__compiler *c, nrv_tensor n, unsigned *repacks)
{
    nrv__view in[8], out;
    const nrv__served *served = nrv__served_by(c, n->op);
    if (!served || !served->n || n->n_in > 8)
        return NULL;
    for (int i = 0; i < n->n_in; i++)
        compile_view(c, n->in[i], &in[i]);
    compile_view(c, n, &out);
    nrv__args a = { .in = in, .out = &out, .n_in = n->n_in, .n_out = 1, .attr = n->attr };
    for (int32_t i = 0; i < served->n; i++) {
        const nrv__kernel *k = served->kernel[i];
        if (k->fits(&a))
            continue;
        *repacks = k->repacks ? k->repacks(&a) : 0;
        return k;
    }
    return NULL;
}

bool nrv__kept(nrv__compiler *c, nrv_tensor n)
{
    unsigned repacks;
    return compile_kernel(c, n, &repacks) != NULL;
}

unsigned nrv__repacks(nrv__compiler *c, nrv_tensor n)
{
    unsigned repacks = 0;
    compile_kernel(c, n, &repacks);
    return repacks;
}

int64_t nrv__typical(const nrv__size *s)
{
    return s->lo > 32 ? s->lo : s->hi < 32 ? s->hi : 32;
}

/* before simplify, which asks what kernels take, and again for the lengths that it added */
bool nrv__nominal(nrv__compiler *c)
{
    const nrv__dims *d = &c->g->dims;
    int64_t *named = nrv__tmp(c, d->n_size, sizeof *named), *atoms = nrv__tmp(c, d->n_atom, sizeof *atoms);
    c->nominal = nrv__tmp(c, d->n_poly, sizeof *c->nominal);
    size_t bad;
    if (!named || !atoms || !c->nominal)
        return false;
    for (size_t i = 0; i < d->n_size; i++)
        named[i] = nrv__typical(&d->size[i]);
    if (!nrv__dims_eval(d, named, atoms, c->nominal, &bad))
        nrv__fail(&c->plan->why, NRV_ESHAPE, "the length %s overflows", d->poly[bad].text);
    return !c->plan->why.status;
}

/* outputs before assignments */
static bool compile_by_name(const void *a, const void *b)
{
    const nrv__named *x = a, *y = b;
    return !x->var != !y->var ? !x->var : strcmp(x->var ? x->var->name : x->name, y->var ? y->var->name : y->name) < 0;
}

static bool compile_roots(nrv__compiler *c)
{
    nrv_graph *g = c->g;
    c->n_root = g->n_output + g->n_assign;
    c->root = nrv__tmp(c, c->n_root, sizeof *c->root);
    if (!c->root)
        return false;
    if (g->n_output)
        memcpy(c->root, g->output, g->n_output * sizeof *c->root);
    if (g->n_assign)
        memcpy(c->root + g->n_output, g->assign, g->n_assign * sizeof *c->root);
    nrv__sort(c->root, c->n_root, sizeof *c->root, compile_by_name);
    return true;
}

static bool compile_verify(nrv__compiler *c)
{
    nrv_graph *g = c->g;
    if (g->why.status)
        c->plan->why = g->why;
    else if (g->mode & NRV_EAGER)
        nrv__fail(&c->plan->why, NRV_EARG,
                  "an eager graph is evaluated as it is traced\n  hint  trace without NRV_EAGER to compile");
    else if (g->n_scope)
        nrv__fail(&c->plan->why, NRV_EARG,
                  "scope '%s' is still open\n  hint  one nrv_pop for each nrv_push and nrv_enter", nrv__scope_path(g));
    else if (g->n_open)
        nrv__fail(&c->plan->why, NRV_EARG,
                  "a block is still open\n  hint  one nrv_end for each nrv_scan, nrv_while and nrv_if");
    else if (!g->n_output && !g->n_assign)
        nrv__fail(&c->plan->why, NRV_EARG, "nothing to compute\n  hint  nrv_output or nrv_assign says what is wanted");
    return !c->plan->why.status;
}

static bool compile_tier(nrv_plan *p, const nrv_compile_opt *opt)
{
    p->tier = opt && opt->strict ? NRV__REF : nrv__cpu_best();
    if (opt && opt->cpu) {
        p->tier = nrv__tier_of(opt->cpu);
        if (p->tier == NRV__TIERS || !nrv__cpu_has(p->tier))
            nrv__fail(&p->why, NRV_EARG, "this machine has no '%s' kernels\n  hint  it has: %s", opt->cpu, nrv_tiers());
    }
    return !p->why.status;
}

static bool compile_passes(nrv__compiler *c)
{
    bool ok = nrv__pass_simplify(c) && nrv__pass_turns(c) && nrv__nominal(c) && nrv__pass_simplify(c) &&
              nrv__nominal(c) && nrv__pass_order(c) && nrv__pass_early(c) && nrv__pass_spare(c);
    for (size_t i = 0; i < c->n_inner && ok; i++)
        ok = nrv__pass_lower_block(c, &c->inner[i]);
    ok = ok && nrv__pass_lower(c);
    if (!ok && !c->plan->why.status && c->g->why.status)
        c->plan->why = c->g->why;
    return ok;
}

NRV_API nrv_plan *nrv_compile(nrv_graph *g, const nrv_compile_opt *opt)
{
    if (!g)
        return NULL;
    nrv_plan *p = nrv__alloc(&g->mem, NULL, 0, sizeof *p);
    if (!p)
        return NULL;
    *p = (nrv_plan){ .mem = g->mem, .arena = { .mem = g->mem } };
    p->check_nan = opt && opt->check_nan;
    nrv__compiler c = { .g = g, .plan = p, .tmp = { .mem = g->mem }, .opt = opt };
    int64_t macs = g->macs;
    nrv__region *floor = g->floor;
    g->sealed = true;
    if (compile_verify(&c) && compile_tier(p, opt) && nrv__nominal(&c) && compile_roots(&c))
        compile_passes(&c);
    g->macs = macs;
    g->floor = floor;
    g->sealed = false;
    nrv__arena_free(&c.tmp);
    return p;
}

static void compile_free_code(const nrv__mem *m, nrv__code *c)
{
    nrv__alloc(m, c->value, c->cap_value * sizeof *c->value, 0);
    nrv__alloc(m, c->step, c->cap_step * sizeof *c->step, 0);
}

NRV_API void nrv_plan_free(nrv_plan *p)
{
    if (!p)
        return;
    const nrv__mem m = p->mem;
    compile_free_code(&m, &p->code);
    for (nrv__loop *l = p->loops; l; l = l->more)
        for (int k = 0; k < 2; k++)
            compile_free_code(&m, &l->code[k]);
    nrv__arena_free(&p->arena);
    nrv__alloc(&m, p, sizeof *p, 0);
}
