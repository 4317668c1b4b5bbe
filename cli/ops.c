/* ops.c - `nervo show --ops`: every operation of the library, from its record: what it is, its gradient, kernels,
   cases.

   Promises: nothing is listed by hand. Does not do: explain - docs/ref has a page for that. */
#include "../src/ops/op.h"
#include "cli.h"
#include <string.h>

static const char *ops_kind(const nrv__opdef *op)
{
    return op->flags & NRV_MACRO                  ? "macro"
           : op->flags & NRV_LEAF                 ? "leaf"
           : op->flags & (NRV_BLOCK | NRV_INSIDE) ? "block"
           : op->shape                            ? "primitive"
                                                  : "composite";
}

static const char *ops_rule(const nrv__opdef *op)
{
    bool made = !op->shape && !(op->flags & (NRV_LEAF | NRV_BLOCK | NRV_INSIDE)); /* of other ops */
    return op->no_grad ? "none" : op->vjp ? "rule" : made ? "definition" : "missing";
}

/* the i-th name of a kernel that serves it at some tier, each once; NULL: there are no more */
static const char *ops_kernel(const nrv__opdef *op, int i)
{
    const char *last = "";
    for (const nrv__kernel *const *k = nrv__kernels; *k; k++) {
        if (strcmp((*k)->op, op->name) || !strcmp((*k)->name, last))
            continue;
        last = (*k)->name;
        if (i-- == 0)
            return last;
    }
    for (const nrv__point *const *table = nrv__points; *table && i == 0; table++)
        for (const nrv__point *p = *table; p->op; p++)
            if (!strcmp(p->op, op->name))
                return "tile";
    return NULL;
}

static int ops_cases(const nrv__opdef *op)
{
    int n = 0;
    while (n < (int)(sizeof op->test / sizeof *op->test) && op->test[n])
        n++;
    return n;
}

static void ops_json_one(const nrv__opdef *op)
{
    const char *kernel;
    printf("{\"name\": ");
    cli_json_string(stdout, op->name);
    printf(", \"kind\": \"%s\", \"signature\": ", ops_kind(op));
    cli_json_string(stdout, op->sig);
    printf(", \"gradient\": \"%s\", \"why_none\": ", ops_rule(op));
    if (op->no_grad)
        cli_json_string(stdout, op->no_grad);
    else
        fputs("null", stdout);
    printf(", \"batched\": %s, \"reference\": %s, \"kernels\": [",
           op->batch || op->flags & NRV_POINTWISE ? "true" : "false", op->ref ? "true" : "false");
    for (int i = 0; (kernel = ops_kernel(op, i)) != NULL; i++) {
        fputs(i ? ", " : "", stdout);
        cli_json_string(stdout, kernel);
    }
    printf("], \"cases\": [");
    for (int i = 0; i < ops_cases(op); i++) {
        fputs(i ? ", " : "", stdout);
        cli_json_string(stdout, op->test[i]);
    }
    printf("]}");
}

int cli_show_ops(bool json)
{
    int n = 0;
    if (!json)
        printf("%-18s%-11s%-12s%6s  %s\n", "Op", "Kind", "Gradient", "Cases", "Kernels");
    for (const nrv__opdef *const *op = nrv__ops; *op; op++, n++) {
        const char *kernel;
        if (json) {
            fputs(n ? ",\n " : "[", stdout);
            ops_json_one(*op);
            continue;
        }
        printf("%-18s%-11s%-12s%6d  ", (*op)->name, ops_kind(*op), ops_rule(*op), ops_cases(*op));
        for (int i = 0; (kernel = ops_kernel(*op, i)) != NULL; i++)
            printf("%s%s", i ? ", " : "", kernel);
        putchar('\n');
    }
    puts(json ? "]" : "");
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        if (!strcmp(ops_rule(*op), "missing"))
            return cli_error(CLI_FAILED, "Give its record a .vjp, or say in .no_grad why there is none.",
                             "op '%s' has neither a gradient nor a reason", (*op)->name);
    if (!json)
        printf("%d ops; docs/ref has a page on each, --json says why those without a gradient have none\n", n);
    return cli_flush();
}
