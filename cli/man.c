/* man.c - the manual page of a command as roff, from the same tables as its help text.

   Promises: the same bytes for the same nervo, so no date; nothing in a table can become a roff request.
   Does not do: prose that is not in the tables. */
#include "cli.h"
#include <ctype.h>
#include <string.h>

/* text that roff shall print as it is: a minus stays a minus, so that it can be copied into a shell */
static void man_text(FILE *to, const char *s)
{
    for (bool fresh = true; *s; s++) {
        if (fresh && (*s == '.' || *s == '\''))
            fputs("\\&", to);
        if (*s == '\\')
            fputs("\\e", to);
        else if (*s == '-')
            fputs("\\-", to);
        else if (*s == '\'')
            fputs("\\(aq", to);
        else if (*s == '^')
            fputs("\\(ha", to);
        else if (*s == '~')
            fputs("\\(ti", to);
        else
            fputc(*s, to);
        fresh = *s == '\n';
    }
}

static void man_upper(FILE *to, const char *s)
{
    for (; *s; s++)
        fputc(toupper((unsigned char)*s), to);
}

static void man_option(FILE *to, const cli_option *o)
{
    if (o->group) {
        fputs(".SS \"", to);
        man_text(to, o->group);
        fputs("\"\n", to);
    }
    fputs(".TP\n", to);
    if (o->letter)
        fprintf(to, "\\fB\\-%c\\fR, ", o->letter);
    fprintf(to, "\\fB\\-\\-%s", o->kind == CLI_FLAG && o->fallback ? "no\\-" : "");
    man_text(to, o->name);
    fputs("\\fR", to);
    if (o->arg) {
        fputs(" \\fI", to);
        man_text(to, o->arg);
        fputs("\\fR", to);
    }
    fputc('\n', to);
    man_text(to, cli_described(o));
    fputc('\n', to);
}

static void man_environment(FILE *to, const cli_command *c)
{
    bool any = false;
    for (const cli_option *o = c->options; o && o->name; o++)
        if (o->env) {
            fprintf(to, "%s.TP\n.B %s\nThe value of ", any ? "" : ".SH ENVIRONMENT\n", o->env);
            man_text(to, cli_format("--%s, unless the line gives one.\n", o->name));
            any = true;
        }
}

/* usage lines as they are, without the blanks that align them under "Usage:" */
static void man_synopsis(FILE *to, const char *usage)
{
    fputs(".SH SYNOPSIS\n.nf\n", to);
    for (const char *s = usage; *s;) {
        s += strspn(s, " ");
        size_t n = strcspn(s, "\n");
        man_text(to, cli_copy(s, n));
        fputc('\n', to);
        s += n + (s[n] == '\n');
    }
    fputs(".fi\n", to);
}

static void man_see(FILE *to, const cli_command *c)
{
    fputs(".SH \"SEE ALSO\"\n", to);
    if (c != &cli_root)
        fputs(".BR nervo (1)", to);
    bool first = c == &cli_root;
    for (int i = 0; cli_commands[i]; i++) {
        const char *name = cli_commands[i]->name;
        if (c != &cli_root && (!c->see || !strstr(c->see, cli_format("nervo help %s", name))))
            continue;
        fprintf(to, "%s.BR nervo\\-%s (1)", first ? "" : ",\n", name);
        first = false;
    }
    fputc('\n', to);
}

static void man_commands(FILE *to)
{
    fputs(".SH COMMANDS\n", to);
    for (int i = 0; cli_commands[i]; i++) {
        fprintf(to, ".TP\n.BR nervo\\-%s (1)\n", cli_commands[i]->name);
        man_text(to, cli_first_sentence(cli_commands[i]->line));
        fputc('\n', to);
    }
}

static void man_exit_codes(FILE *to)
{
    fputs(".SH \"EXIT STATUS\"\n", to);
    for (const cli_exit *e = cli_exits; e->what; e++) {
        fprintf(to, ".TP\n.B %d\n", e->code);
        man_text(to, e->what);
        fputc('\n', to);
    }
}

void cli_print_man(FILE *to, const cli_command *c)
{
    bool root = c == &cli_root;
    const char *name = root ? "nervo" : cli_format("nervo-%s", c->name);
    fputs(".\\\" Written by nervo from its tables of commands and options.\n.TH ", to);
    man_upper(to, name);
    fprintf(to, " 1 \"\" \"nervo %s\" \"User Commands\"\n.SH NAME\n", nrv_version());
    man_text(to, name);
    const char *line = cli_first_sentence(c->line);
    fputs(" \\- ", to);
    man_text(to, cli_format("%c%.*s", tolower((unsigned char)*line), (int)strcspn(line, ".") - 1, line + 1));
    fputc('\n', to);
    man_synopsis(to, c->usage);
    fputs(".SH DESCRIPTION\n", to);
    man_text(to, c->line);
    fputc('\n', to);
    if (root)
        man_commands(to);
    fputs(".SH OPTIONS\n", to);
    for (const cli_option *o = c->options; o && o->name; o++)
        man_option(to, o);
    for (const cli_option *o = cli_common_options; o->name; o++)
        man_option(to, o);
    if (c->examples) {
        fputs(".SH EXAMPLES\n.nf\n", to);
        man_text(to, c->examples);
        fputs(".fi\n", to);
    }
    man_environment(to, c);
    man_exit_codes(to);
    man_see(to, c);
}
