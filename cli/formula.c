/* formula.c - `nervo show --formula`: a formula, its derivative and its second one, as text.

   The text is what nrv_expr reads, "x: sin(x) * exp(x)"; steps before it, "B = tanh(w * A);", give values names that
   the answers keep. Promises: nothing is run. Does not do: more than one number - formulas are of scalars here. */
#include "cli.h"
#include <ctype.h>
#include <string.h>

enum { FORMULAS_NAMES = 60, FORMULAS_TEXT = 1 << 17 };

typedef struct formulas {
    nrv_graph *g;
    int n;
    nrv_tensor x[FORMULAS_NAMES];
    const char *name[FORMULAS_NAMES];
} formulas;

static const char *formulas_skip(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static size_t formulas_word(const char *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_')
        n++;
    return n;
}

static int formulas_add(formulas *f, const char *name, size_t n, nrv_tensor x)
{
    if (f->n == FORMULAS_NAMES)
        return cli_error(CLI_USAGE, "Say it with fewer.", "a formula of more than %d names", FORMULAS_NAMES);
    f->name[f->n] = cli_copy(name, n);
    f->x[f->n++] = x;
    return x ? CLI_GO_ON : cli_error(CLI_USAGE, NULL, "%s", nrv_graph_why(f->g));
}

/* "x, y:" makes inputs; *at is behind the colon */
static int formulas_inputs(formulas *f, const char **at)
{
    const char *p = formulas_skip(*at);
    int code = CLI_GO_ON;
    for (size_t n = 0; (n = formulas_word(p)) > 0 && code == CLI_GO_ON;) {
        const char *name = cli_copy(p, n);
        code = formulas_add(f, p, n, nrv_input(f->g, name, NRV_F64, NRV_SCALAR));
        p = formulas_skip(p + n);
        if (*p != ',')
            break;
        p = formulas_skip(p + 1);
    }
    if (code == CLI_GO_ON && (*p != ':' || !f->n))
        return cli_error(CLI_USAGE, "Names come first: --formula 'x, y: x * exp(y)'.",
                         "no names before a ':' in \"%.60s\"", *at);
    *at = p + 1;
    return code;
}

/* the value of n characters of text, in which all names so far may stand */
static nrv_tensor formulas_value(const formulas *f, const char *text, size_t n)
{
    const char *head = "";
    for (int i = 0; i < f->n; i++)
        head = cli_format("%s%s%s", head, i ? ", " : "", f->name[i]);
    return nrv_expr(cli_format("%s: %s", head, cli_copy(text, n)), f->n, f->x);
}

/* "name = value;" steps, then the formula; NULL: *code says why */
static nrv_tensor formulas_read(formulas *f, const char *text, int *code)
{
    *code = formulas_inputs(f, &text);
    for (const char *end; *code == CLI_GO_ON && (end = strchr(text, ';')); text = end + 1) {
        const char *name = formulas_skip(text), *p;
        size_t n = formulas_word(name);
        p = formulas_skip(name + n);
        if (!n || *p != '=' || p[1] == '=')
            *code = cli_error(CLI_USAGE, "Steps are 'name = formula;', the formula itself comes last.",
                              "no step: \"%.60s\"", name);
        else
            *code = formulas_add(f, name, n, formulas_value(f, p + 1, (size_t)(end - p - 1)));
    }
    nrv_tensor y = *code == CLI_GO_ON ? formulas_value(f, text, strlen(text)) : NULL;
    if (!y && *code == CLI_GO_ON)
        *code = cli_error(CLI_USAGE, NULL, "%s", nrv_graph_why(f->g));
    return y;
}

static int formulas_line(const formulas *f, const char *label, nrv_tensor y, bool json, bool last)
{
    int64_t work = 0, plain = 0;
    char *text = cli_get(FORMULAS_TEXT);
    nrv_formula_opt o = { .n = f->n, .x = f->x, .name = f->name, .as_is = 1, .operations = &plain };
    bool whole = nrv_formula(y, &o, text, FORMULAS_TEXT) > 0;
    o.as_is = 0, o.operations = &work;
    if (!whole || !nrv_formula(y, &o, text, FORMULAS_TEXT))
        return cli_error(CLI_USAGE, NULL, "%s", nrv_graph_why(f->g));
    const char *formula = formulas_skip(strchr(text, ':') + 1);
    if (json) {
        cli_json_string(stdout, label);
        printf(": {\"formula\": ");
        cli_json_string(stdout, formula);
        printf(", \"operations\": %lld, \"unsimplified\": %lld}%s", (long long)work, (long long)plain,
               last ? "" : ", ");
    } else {
        printf("%-4s = %s    %s[%lld operations, %lld unsimplified]%s\n", label, formula, cli_ink(stdout, CLI_DIM),
               (long long)work, (long long)plain, cli_ink(stdout, CLI_PLAIN));
    }
    return CLI_GO_ON;
}

static int formulas_print(const formulas *f, nrv_tensor y, const char *by, bool json)
{
    static const char *const label[] = { "f", "f'", "f''" };
    int at = 0, code = CLI_GO_ON;
    while (by && at < f->n && strcmp(f->name[at], by) != 0)
        at++;
    if (at == f->n)
        return cli_error(CLI_USAGE, "Name one that the formula has.", "--by %s is none of its names", by);
    for (int i = 0; i < 3 && code == CLI_GO_ON; i++) {
        nrv_tensor d = NULL;
        if (i) {
            nrv_grad(y, NULL, 1, &f->x[at], &d);
            y = d;
        }
        printf("%s", json && !i ? "{" : "");
        code = formulas_line(f, label[i], y, json, i == 2);
    }
    if (json && code == CLI_GO_ON)
        printf("}\n");
    return code;
}

int cli_show_formula(const char *text, const char *by, bool json)
{
    int code;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    formulas f = { .g = nrv_graph_new(s, 0) };
    nrv_tensor y = formulas_read(&f, text, &code);
    if (y)
        code = formulas_print(&f, y, by, json);
    nrv_graph_free(f.g);
    nrv_store_free(s);
    return code == CLI_GO_ON ? cli_flush() : code;
}
