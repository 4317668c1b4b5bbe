/* options.c - one table of options per command: parsing, checking, help text, environment names.

   Promises: a value that got through is in its range, so the getters need no second check; `--no-NAME` negates; what
   the line says wins over the environment, and that over the default. Does not do: know what any option means. */
#include "cli.h"
#include "../src/optim/optim.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const cli_option cli_common_options[] = {
    { .group = "Everywhere", .letter = 'h', .name = "help", .kind = CLI_FLAG, .help = "print this text and leave" },
    { .letter = 'C',
      .name = "directory",
      .arg = "DIR",
      .kind = CLI_TEXT,
      .help = "change to DIR before doing anything" },
    { .letter = 'q', .name = "quiet", .kind = CLI_FLAG, .help = "only results and errors" },
    { .letter = 'v', .name = "verbose", .kind = CLI_COUNT, .help = "say more; may be repeated" },
    { .name = "color",
      .arg = "WHEN",
      .kind = CLI_CHOICE,
      .choices = "auto always never",
      .fallback = "auto",
      .help = "colour: auto, always, never. Obeys NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR" },
    { 0 }
};

const cli_exit cli_exits[] = { { CLI_DONE, "done" },
                               { CLI_FAILED, "failed while running" },
                               { CLI_USAGE, "wrong usage or configuration" },
                               { CLI_MISSED, "goal missed (--require)" },
                               { CLI_INTERRUPTED, "interrupted (Ctrl-C)" },
                               { CLI_TERMINATED, "terminated" },
                               { 0 } };

/* ---- reading the table ------------------------------------------------------------------------------------------ */
int cli_find(const cli_args *a, const char *name)
{
    for (int i = 0; i < a->n_options; i++)
        if (strcmp(a->option[i]->name, name) == 0)
            return i;
    return -1;
}

const char *cli_text(const cli_args *a, const char *name)
{
    int i = cli_find(a, name);
    return i < 0 ? NULL : a->value[i];
}

bool cli_given(const cli_args *a, const char *name)
{
    int i = cli_find(a, name);
    return i >= 0 && a->source[i] == CLI_LINE;
}

int64_t cli_whole(const cli_args *a, const char *name)
{
    const char *s = cli_text(a, name);
    return s ? (int64_t)strtoll(s, NULL, 10) : 0;
}

double cli_real(const cli_args *a, const char *name)
{
    const char *s = cli_text(a, name);
    return s ? strtod(s, NULL) : 0;
}

bool cli_flag(const cli_args *a, const char *name)
{
    const char *s = cli_text(a, name);
    return s && strcmp(s, "0") != 0;
}

/* ---- checking --------------------------------------------------------------------------------------------------- */
static bool options_word_in(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = words; s && *s; s += strspn(s, " ")) {
        size_t len = strcspn(s, " ");
        if (len == n && memcmp(s, word, n) == 0)
            return true;
        s += len;
    }
    return false;
}

static const char *options_from(const cli_option *o, cli_source from)
{
    if (from == CLI_ENVIRONMENT)
        return cli_format("%s (environment)", o->env);
    return from == CLI_CONFIG ? cli_format("'%s' in config.yaml", o->name) : cli_format("--%s", o->name);
}

static int options_check_number(const cli_option *o, const char *value, cli_source from)
{
    char *end = NULL;
    const char *what = o->kind == CLI_WHOLE ? "whole number" : "number", *words = o->choices;
    double x;
    if (words && options_word_in(words, value))
        return CLI_GO_ON;
    errno = 0;
    x = o->kind == CLI_WHOLE ? (double)strtoll(value, &end, 10) : strtod(value, &end);
    if (*value && !isspace((unsigned char)*value) && *end == 0 && errno != ERANGE && x >= o->lo && x <= o->hi)
        return CLI_GO_ON;
    return cli_error(
        CLI_USAGE,
        cli_format("Give a %s from %.15g to %.15g%s%s.", what, o->lo, o->hi, words ? " or: " : "", words ? words : ""),
        "%s wants a %s, not '%s'", options_from(o, from), what, value);
}

const char *cli_optimisers(void)
{
    static const char *all;
    for (int i = 0; !all && nrv__optims[i]; i++) {
        const char *names = nrv__optims[0]->name;
        for (int k = 1; nrv__optims[k]; k++)
            names = cli_format("%s %s", names, nrv__optims[k]->name);
        all = names;
    }
    return all ? all : "";
}

const char *cli_choices(const cli_option *o)
{
    return o->choices && strcmp(o->choices, CLI_OPTIMISERS) == 0 ? cli_optimisers() : o->choices;
}

static int options_check_choice(const cli_option *o, const char *value, cli_source from)
{
    const char *choices = cli_choices(o);
    char words[256], *list[16], *rest = NULL;
    int n = 0;
    if (options_word_in(choices, value))
        return CLI_GO_ON;
    snprintf(words, sizeof words, "%s", choices);
    for (char *w = strtok_r(words, " ", &rest); w && n < 16; w = strtok_r(NULL, " ", &rest))
        list[n++] = w;
    const char *near = cli_near(value, (const char *const *)list, n);
    return cli_error(CLI_USAGE,
                     near ? cli_format("Did you mean '%s'? There are: %s.", near, choices)
                          : cli_format("There are: %s.", choices),
                     "%s does not know '%s'", options_from(o, from), value);
}

static int options_store(cli_args *a, int i, const char *value, cli_source from)
{
    const cli_option *o = a->option[i];
    int code = CLI_GO_ON;
    if (o->kind == CLI_WHOLE || o->kind == CLI_REAL)
        code = options_check_number(o, value, from);
    else if (o->kind == CLI_CHOICE)
        code = options_check_choice(o, value, from);
    if (code != CLI_GO_ON)
        return code;
    if (o->kind == CLI_COUNT && from == CLI_LINE)
        value = cli_format("%d", (a->value[i] ? atoi(a->value[i]) : 0) + 1);
    a->value[i] = value;
    a->source[i] = from;
    return CLI_GO_ON;
}

int cli_set(cli_args *a, const char *name, const char *value, cli_source from)
{
    int i = cli_find(a, name);
    return i < 0 ? CLI_GO_ON : options_store(a, i, cli_copy(value, strlen(value)), from);
}

/* ---- parsing ---------------------------------------------------------------------------------------------------- */
enum { OPTIONS_LONG = 1000, OPTIONS_NOT = 2000 };

static int options_unknown(const cli_args *a, const char *word)
{
    const char *known[CLI_MAX_OPTIONS];
    size_t n = strcspn(word, "=");
    char *bare = cli_copy(word, n);
    for (int i = 0; i < a->n_options; i++)
        known[i] = a->option[i]->name;
    while (*bare == '-')
        bare++;
    const char *near = cli_near(strncmp(bare, "no-", 3) == 0 ? bare + 3 : bare, known, a->n_options);
    return cli_error(CLI_USAGE,
                     near ? cli_format("Did you mean '--%s'?", near) : "The options are listed in the help text.",
                     "there is no option '%.*s'", (int)n, word);
}

static void options_table(cli_args *a, const cli_command *c)
{
    memset(a, 0, sizeof *a);
    a->command = c;
    for (const cli_option *o = c->options; o && o->name && a->n_options < CLI_MAX_OPTIONS; o++)
        a->option[a->n_options++] = o;
    for (const cli_option *o = cli_common_options; o->name && a->n_options < CLI_MAX_OPTIONS; o++)
        a->option[a->n_options++] = o;
    for (int i = 0; i < a->n_options; i++)
        a->value[i] = a->option[i]->fallback;
}

static int options_environment(cli_args *a)
{
    for (int i = 0; i < a->n_options; i++) {
        const char *value = a->option[i]->env ? getenv(a->option[i]->env) : NULL;
        int code =
            value && *value && a->source[i] == CLI_DEFAULT ? options_store(a, i, value, CLI_ENVIRONMENT) : CLI_GO_ON;
        if (code != CLI_GO_ON)
            return code;
    }
    return CLI_GO_ON;
}

static void options_getopt(const cli_args *a, char *letters, struct option *longs)
{
    int n = 0;
    size_t at = strlen(letters);
    for (int i = 0; i < a->n_options; i++) {
        const cli_option *o = a->option[i];
        int arg = o->arg != NULL;
        longs[n++] = (struct option){ o->name, arg ? required_argument : no_argument, NULL, OPTIONS_LONG + i };
        if (!arg || o->none)
            longs[n++] = (struct option){ cli_format("no-%s", o->name), no_argument, NULL, OPTIONS_NOT + i };
        if (o->letter) {
            letters[at++] = o->letter;
            if (arg)
                letters[at++] = ':';
        }
    }
    letters[at] = 0;
    longs[n] = (struct option){ 0 };
}

static int options_one(cli_args *a, int got, const char *word)
{
    int at = got - OPTIONS_LONG;
    if (got == ':')
        return cli_error(CLI_USAGE, "Give it as '--name VALUE' or '--name=VALUE'.", "%s needs a value", word);
    if (got == '?')
        return optopt > 0 && optopt < OPTIONS_LONG ? options_unknown(a, cli_format("-%c", optopt))
               : optopt >= OPTIONS_LONG ? cli_error(CLI_USAGE, "Leave the '=...' away.", "%s takes no value", word)
                                        : options_unknown(a, word);
    if (got >= OPTIONS_NOT) {
        const char *none = a->option[got - OPTIONS_NOT]->none;
        return options_store(a, got - OPTIONS_NOT, none ? none : "0", CLI_LINE);
    }
    if (got < OPTIONS_LONG)
        for (at = 0; a->option[at]->letter != got; at++)
            ;
    return options_store(a, at, a->option[at]->arg ? optarg : "1", CLI_LINE);
}

int cli_parse(cli_args *a, const cli_command *c, int argc, char **argv)
{
    char letters[3 * CLI_MAX_OPTIONS] = ":";
    struct option longs[2 * CLI_MAX_OPTIONS + 1];
    options_table(a, c);
    if (c == &cli_root) /* options before the command only */
        strcpy(letters, "+:");
    options_getopt(a, letters, longs);
    opterr = 0;
    optind = 0; /* GNU: start afresh, the scan of the words before the command is over */
    for (int got; (got = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        int code = options_one(a, got, optind > 0 && optind <= argc ? argv[optind - 1] : "");
        if (code != CLI_GO_ON)
            return code;
    }
    a->n_rest = argc - optind;
    a->rest = argv + optind;
    if (cli_flag(a, "help")) {
        cli_term_colour(cli_text(a, "color"));
        cli_print_help(stdout, c);
        return cli_flush();
    }
    return options_environment(a);
}

int cli_common(const cli_args *a)
{
    const char *dir = cli_text(a, "directory");
    cli_term_colour(cli_text(a, "color"));
    cli_term.quiet = cli_term.quiet || cli_flag(a, "quiet");
    cli_term.verbose += (int)cli_whole(a, "verbose");
    if (cli_find(a, "progress") >= 0)
        cli_term.progress = cli_flag(a, "progress");
    if (dir && chdir(dir) != 0)
        return cli_error(CLI_USAGE, "Give a folder that exists.", "cannot change to '%s': %s", dir, strerror(errno));
    return CLI_GO_ON;
}

/* ---- help text -------------------------------------------------------------------------------------------------- */
static void options_wrap(FILE *to, const char *text, int column, int indent, int width)
{
    while (*text) {
        size_t n = strcspn(text, " \n");
        int len = (int)n;
        if (column > indent && column + 1 + len > width) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fprintf(to, "%.*s", len, text);
        column += len;
        text += n;
        text += strspn(text, " \n");
    }
    fputc('\n', to);
}

const char *cli_first_sentence(const char *line)
{
    const char *stop = strstr(line, ". ");
    return stop ? cli_copy(line, (size_t)(stop - line) + 1) : line;
}

const char *cli_described(const cli_option *o)
{
    bool shown = o->fallback && o->kind != CLI_FLAG;
    bool listed = o->kind == CLI_CHOICE && strcmp(o->choices, CLI_OPTIMISERS) == 0;
    return cli_format("%s%s%s%s%s%s%s%s%s", o->help, listed ? " " : "", listed ? cli_optimisers() : "",
                      shown ? " [default: " : "", shown ? o->fallback : "", shown ? "]" : "", o->env ? " [env: " : "",
                      o->env ? o->env : "", o->env ? "]" : "");
}

static void options_print(FILE *to, const cli_option *o, int width)
{
    enum { INDENT = 26 };
    char left[64];
    const char *dash = o->kind == CLI_FLAG && o->fallback ? "no-" : "";
    if (o->group)
        fprintf(to, "\n%s%s%s\n", cli_ink(to, CLI_BOLD), o->group, cli_ink(to, CLI_PLAIN));
    snprintf(left, sizeof left, "  %c%c%c --%s%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
             o->letter ? ',' : ' ', dash, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    int n = (int)strlen(left);
    if (n + 2 > INDENT) {
        fprintf(to, "%s\n%*s", left, INDENT, "");
    } else {
        fprintf(to, "%-*s", INDENT, left);
    }
    options_wrap(to, cli_described(o), INDENT, INDENT, width);
}

void cli_print_help(FILE *to, const cli_command *c)
{
    int width = cli_term_width();
    width = width > 110 ? 110 : width < 50 ? 50 : width;
    fprintf(to, "%sUsage:%s %s\n\n", cli_ink(to, CLI_BOLD), cli_ink(to, CLI_PLAIN), c->usage);
    options_wrap(to, c->line, 0, 0, width);
    if (c == &cli_root) {
        fprintf(to, "\n%sCommands%s\n", cli_ink(to, CLI_BOLD), cli_ink(to, CLI_PLAIN));
        for (int i = 0; cli_commands[i]; i++) {
            fprintf(to, "  %s%-12s%s", cli_ink(to, CLI_CYAN), cli_commands[i]->name, cli_ink(to, CLI_PLAIN));
            options_wrap(to, cli_first_sentence(cli_commands[i]->line), 14, 14, width);
        }
    }
    for (const cli_option *o = c->options; o && o->name; o++)
        options_print(to, o, width);
    for (const cli_option *o = cli_common_options; o->name; o++)
        options_print(to, o, width);
    if (c->examples)
        fprintf(to, "\n%sExamples%s\n%s", cli_ink(to, CLI_BOLD), cli_ink(to, CLI_PLAIN), c->examples);
    fprintf(to, "\n%sExit codes%s\n  ", cli_ink(to, CLI_BOLD), cli_ink(to, CLI_PLAIN));
    const char *exits = "";
    for (const cli_exit *e = cli_exits; e->what; e++)
        exits = cli_format("%s%s%d %s", exits, *exits ? "; " : "", e->code, e->what);
    options_wrap(to, exits, 2, 2, width);
    if (c->see)
        fprintf(to, "\n%sSee also:%s %s\n", cli_ink(to, CLI_BOLD), cli_ink(to, CLI_PLAIN), c->see);
}

/* ---- external commands: nervo-foo on PATH ----------------------------------------------------------------------- */
static const char *options_next_dir(const char **path)
{
    size_t n = strcspn(*path, ":");
    const char *dir = n ? cli_copy(*path, n) : ".";
    *path += n;
    if (**path == ':')
        ++*path;
    return dir;
}

const char *cli_plugin(const char *name)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/'))
        return NULL;
    while (path && *path) {
        const char *file = cli_format("%s/nervo-%s", options_next_dir(&path), name);
        if (access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

/* would `nervo NAME` start just this file? not if it is hidden by a command or by an earlier folder */
static bool options_runs(const char *dir, const char *name)
{
    const char *file = *name && !cli_command_of(name) ? cli_plugin(name) : NULL;
    return file && strcmp(file, cli_format("%s/nervo-%s", dir, name)) == 0;
}

void cli_print_plugins(FILE *to)
{
    const char *path = getenv("PATH");
    fprintf(to, "\n%sExternal commands%s (programs called nervo-NAME on PATH)\n", cli_ink(to, CLI_BOLD),
            cli_ink(to, CLI_PLAIN));
    int found = 0;
    while (path && *path) {
        const char *dir = options_next_dir(&path);
        DIR *d = opendir(dir);
        for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d))
            if (strncmp(f->d_name, "nervo-", 6) == 0 && options_runs(dir, f->d_name + 6)) {
                fprintf(to, "  %-10s  %s/%s\n", f->d_name + 6, dir, f->d_name);
                found++;
            }
        if (d)
            closedir(d);
    }
    if (!found)
        fputs("  none\n", to);
}
