/* test_record.c - what every op must say of itself, so that its page, its tests and its errors can be made from it. */
#include "support/each_op.h"
#include <string.h>

static void record_is_complete(void **state)
{
    const nrv__opdef *op = *state;
    assert_non_null(op->name);
    for (const nrv__opdef *const *other = nrv__ops; *other; other++)
        if (*other != op && !strcmp((*other)->name, op->name))
            fail_msg("two ops are named %s", op->name);
    assert_ptr_equal(nrv__op_find(op->name, strlen(op->name)), op);
    if (!op->doc || strlen(op->doc) < 4 || op->doc[strlen(op->doc) - 1] != '.')
        fail_msg("%s: .doc is a sentence", op->name);
    if (!op->sig || !strstr(op->sig, "->"))
        fail_msg("%s: .sig is \"inputs -> output\"", op->name);
    if (op->no_grad && op->vjp)
        fail_msg("%s has a gradient and says why it has none", op->name);
    if (op->no_grad && strlen(op->no_grad) < 8)
        fail_msg("%s: .no_grad is a reason", op->name);
    if ((op->ulp > 0 || op->rel > 0) && (!op->tolerance_why || strlen(op->tolerance_why) < 8))
        fail_msg("%s: a tolerance of its own needs .tolerance_why", op->name);
    /* leaves and blocks have no definition of their own: what they are is tested by what is made of them */
    bool macro = op->flags & NRV_MACRO, leaf = op->flags & (NRV_LEAF | NRV_BLOCK | NRV_INSIDE),
         composite = !op->ref && !macro && !leaf;
    if (!op->vjp && !op->no_grad && !macro && !composite)
        fail_msg("%s has neither a gradient nor a reason", op->name);
    if (!macro && !leaf && !composite && !op->shape)
        fail_msg("%s: a primitive says its shape", op->name);
    if (!leaf && !op->test[0])
        fail_msg("%s has no test case", op->name);
    if (composite && !op->make)
        fail_msg("%s: a composite needs .make", op->name);
    if ((op->flags & NRV_VIEW) && !op->view)
        fail_msg("%s is NRV_VIEW without .view", op->name);
}

/* the last parts of its names in PyTorch and its short names lead to it, and to no other */
static void is_found_by_its_names(void **state)
{
    const nrv__opdef *op = *state;
    const char *const names[] = { op->torch, op->also };
    for (int k = 0; k < 2; k++)
        for (const char *w = names[k]; w && *w; w += strspn(w, " ")) {
            size_t n = strcspn(w, " "), from = 0;
            for (size_t i = 0; k == 0 && i < n; i++)
                from = w[i] == '.' ? i + 1 : from;
            const nrv__opdef *found = nrv__op_known_as(w + from, n - from);
            if (found != op)
                fail_msg("%s: the name %.*s leads to %s", op->name, (int)n, w, found ? found->name : "no op");
            w += n;
        }
}

/* a composite that a kernel serves is not expanded; its body's gradient would compute its forward a second time */
static void kernels_meet_a_gradient(void **state)
{
    const nrv__opdef *op = *state;
    if (op->ref || (op->flags & (NRV_MACRO | NRV_LEAF | NRV_BLOCK | NRV_INSIDE)))
        return;
    for (const nrv__kernel *const *k = nrv__kernels; *k; k++)
        if (!strcmp((*k)->op, op->name) && !op->vjp)
            fail_msg("kernel %s serves composite %s, which has no gradient of its own", (*k)->name, op->name);
}

static bool builds_node(const op_case *c)
{
    case_graph t = case_trace(c, 0);
    if (!t.y)
        case_fails(c, "%s", nrv_graph_why(t.g));
    bool found = false;
    for (size_t k = 0; k < t.g->n_node; k++)
        found = found || t.g->node[k]->op == c->op;
    case_graph_free(&t);
    return found;
}

static void builds_what_it_names(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    int built = 0, cases = 0;
    for (int k = 0; k < 2; k++)
        for (int i = 0; each_case(op, i, k ? NRV_F32 : NRV_F64, &c); i++) {
            built += builds_node(&c);
            cases++;
            case_free(&c);
        }
    if (cases && !built && !(op->flags & NRV_MACRO))
        fail_msg("no case of %s builds a node of it", op->name);
}

int main(void)
{
    return each_op("record", record_is_complete) + each_op("names", is_found_by_its_names) +
           each_op("kernels", kernels_meet_a_gradient) + each_op("builds", builds_what_it_names);
}
