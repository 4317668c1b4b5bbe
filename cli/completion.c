/* completion.c - `nervo completion bash|zsh|fish`: what the Tab key offers, written from the tables of commands and
   options.

   Promises: a script that needs nothing but its shell, and offers every option, the words that a value may be, and
   files or folders where they belong. Does not do: ask nervo while somebody types. */
#include "cli.h"
#include <string.h>

typedef enum { COMPLETION_NOTHING, COMPLETION_WORDS, COMPLETION_FOLDERS, COMPLETION_FILES } completion_kind;

/* the table's own words for a value say what it is: DIR, FILE.net, NAME|PATH */
static completion_kind completion_value(const cli_option *o)
{
    if (cli_choices(o))
        return COMPLETION_WORDS;
    if (strcmp(o->arg, "DIR") == 0)
        return COMPLETION_FOLDERS;
    return strstr(o->arg, "FILE") || strstr(o->arg, "PATH") ? COMPLETION_FILES : COMPLETION_NOTHING;
}

static completion_kind completion_takes(const cli_command *c, const char **words)
{
    *words = c->takes && strcmp(c->takes, CLI_COMMANDS) == 0 ? cli_command_words() : c->takes;
    if (!c->takes)
        return COMPLETION_NOTHING;
    return strcmp(c->takes, CLI_FILES) == 0 ? COMPLETION_FILES : COMPLETION_WORDS;
}

/* a flag that is on by default is offered as --no-NAME */
static const char *completion_dash(const cli_option *o)
{
    return o->kind == CLI_FLAG && o->fallback ? "no-" : "";
}

/* the command's own options, then those of every command */
static const cli_option *completion_first(const cli_command *c)
{
    return c->options && c->options->name ? c->options : cli_common_options;
}

static const cli_option *completion_next(const cli_command *c, const cli_option *o)
{
    o++;
    if (o->name)
        return o;
    for (const cli_option *own = c->options; own; own++) {
        if (own == o)
            return cli_common_options;
        if (!own->name)
            break;
    }
    return NULL;
}

/* as much of a help text as a menu has room for, with each of `special` behind a backslash */
static const char *completion_short(const char *text, const char *special)
{
    const char *stop = strpbrk(text, ";(["), *full = strstr(text, ". ");
    stop = full && (!stop || full < stop) ? full : stop;
    size_t n = stop ? (size_t)(stop - text) : strlen(text), at = 0;
    while (n && strchr(" .:", text[n - 1]))
        n--;
    char *to = cli_get(4 * n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *quote = text[i] == '\'' && strchr(special, '\'') ? "'\\'" : strchr(special, text[i]) ? "\\" : "";
        memcpy(to + at, quote, strlen(quote));
        at += strlen(quote);
        to[at++] = text[i];
    }
    return to;
}

/* ---- bash ------------------------------------------------------------------------------------------------------- */
static const char completion_bash_head[] =
    "# bash completion for nervo; written by 'nervo completion bash'\n"
    "_nervo_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
    "_nervo_paths() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\"); }\n"
    "_nervo()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= options= i\n"
    "    [[ $cur == = ]] && cur=\n"
    "    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        -C | --directory | --color) [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++)); ((i++)) ;;\n"
    "        -*) ;;\n"
    "        *) command=${COMP_WORDS[i]}; break ;;\n"
    "        esac\n"
    "    done\n"
    "    case $command,$prev in\n";

static void completion_bash_values(const cli_command *c, const char *name)
{
    for (const cli_option *o = completion_first(c); o; o = completion_next(c, o)) {
        if (!o->arg)
            continue;
        printf("    %s,--%s", name, o->name);
        if (o->letter)
            printf(" | %s,-%c", name, o->letter);
        switch (completion_value(o)) {
        case COMPLETION_WORDS:
            printf(") _nervo_words '%s'; return ;;\n", cli_choices(o));
            break;
        case COMPLETION_FOLDERS:
            puts(") _nervo_paths -d; return ;;");
            break;
        case COMPLETION_FILES:
            puts(") _nervo_paths -f; return ;;");
            break;
        default:
            puts(") return ;;");
        }
    }
}

static void completion_bash_command(const cli_command *c, const char *name)
{
    const char *words;
    completion_kind kind = completion_takes(c, &words);
    printf("    %s)\n        options='", *name ? name : "''");
    for (const cli_option *o = completion_first(c); o; o = completion_next(c, o)) {
        printf("--%s%s ", completion_dash(o), o->name);
        if (o->none)
            printf("--no-%s ", o->name);
    }
    puts("'");
    if (kind == COMPLETION_WORDS)
        printf("        [[ $cur != -* ]] && _nervo_words '%s'\n", words);
    else if (kind == COMPLETION_FILES)
        puts("        [[ $cur != -* ]] && _nervo_paths -f");
    puts("        ;;");
}

static void completion_bash(void)
{
    fputs(completion_bash_head, stdout);
    completion_bash_values(&cli_root, "");
    for (int i = 0; cli_commands[i]; i++)
        completion_bash_values(cli_commands[i], cli_commands[i]->name);
    puts("    esac\n    case $command in");
    completion_bash_command(&cli_root, "");
    for (int i = 0; cli_commands[i]; i++)
        completion_bash_command(cli_commands[i], cli_commands[i]->name);
    puts("    esac\n    [[ $cur == -* ]] && _nervo_words \"$options\"\n}\ncomplete -F _nervo nervo");
}

/* ---- zsh -------------------------------------------------------------------------------------------------------- */
static void completion_zsh_option(const cli_option *o)
{
    const char *help = completion_short(o->help, "'[]\\"), *dash = completion_dash(o), *eq = o->arg ? "=" : "";
    const char *many = o->kind == CLI_COUNT ? "*" : "";
    if (o->letter && *many)
        printf(" \\\n            '*'{-%c,--%s}", o->letter, o->name);
    else if (o->letter)
        printf(" \\\n            '(-%c --%s%s)'{-%c,--%s%s%s}", o->letter, dash, o->name, o->letter, dash, o->name, eq);
    else
        printf(" \\\n            '%s--%s%s%s'", many, dash, o->name, eq);
    printf("'[%s]", help);
    if (o->arg) {
        printf(":%s:", o->arg);
        completion_kind kind = completion_value(o);
        if (kind == COMPLETION_WORDS)
            printf("(%s)", cli_choices(o));
        else
            fputs(kind == COMPLETION_FOLDERS ? "_files -/" : kind == COMPLETION_FILES ? "_files" : "", stdout);
    }
    fputs("'", stdout);
    if (o->none)
        printf(" \\\n            '--no-%s[the same as --%s=%s]'", o->name, o->name, o->none);
}

static void completion_zsh_command(const cli_command *c)
{
    const char *words;
    completion_kind kind = completion_takes(c, &words);
    printf("        %s)\n            _arguments -s -S :", c->name);
    for (const cli_option *o = completion_first(c); o; o = completion_next(c, o))
        completion_zsh_option(o);
    if (kind == COMPLETION_WORDS)
        printf(" \\\n            '1:word:(%s)'", words);
    else if (kind == COMPLETION_FILES)
        fputs(" \\\n            '*:file:_files'", stdout);
    puts(" ;;");
}

static void completion_zsh(void)
{
    puts("#compdef nervo\n# zsh completion for nervo; written by 'nervo completion zsh'\n_nervo()\n{\n"
         "    local curcontext=$curcontext state line\n    typeset -A opt_args\n    local -a commands\n    commands=(");
    for (int i = 0; cli_commands[i]; i++)
        printf("        '%s:%s'\n", cli_commands[i]->name, completion_short(cli_commands[i]->line, "':\\"));
    fputs("    )\n    _arguments -C -S :", stdout);
    for (const cli_option *o = completion_first(&cli_root); o; o = completion_next(&cli_root, o))
        completion_zsh_option(o);
    puts(" \\\n            '1:command:->command' '*::argument:->argument'\n    case $state in\n"
         "    command) _describe -t commands command commands ;;\n    argument)\n"
         "        curcontext=${curcontext%:*}-$words[1]:\n        case $words[1] in");
    for (int i = 0; cli_commands[i]; i++)
        completion_zsh_command(cli_commands[i]);
    puts("        esac ;;\n    esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n    _nervo \"$@\"\nelse\n"
         "    compdef _nervo nervo\nfi");
}

/* ---- fish ------------------------------------------------------------------------------------------------------- */
static const char completion_fish_head[] = "# fish completion for nervo; written by 'nervo completion fish'\n"
                                           "function __nervo_is -d 'Is this the command on the line?'\n"
                                           "    set -l words (commandline -opc)\n"
                                           "    set -e words[1]\n"
                                           "    while set -q words[1]\n"
                                           "        switch $words[1]\n"
                                           "            case -C --directory --color\n"
                                           "                set -e words[1]\n"
                                           "            case '-*'\n"
                                           "            case '*'\n"
                                           "                test $words[1] = \"$argv[1]\"\n"
                                           "                return\n"
                                           "        end\n"
                                           "        set -q words[1]; and set -e words[1]\n"
                                           "    end\n"
                                           "    test -z \"$argv[1]\"\n"
                                           "end\n"
                                           "complete -c nervo -f\n";

static void completion_fish_option(const cli_option *o, const char *when)
{
    printf("complete -c nervo%s -l %s%s", when, completion_dash(o), o->name);
    if (o->letter)
        printf(" -s %c", o->letter);
    if (o->arg) {
        completion_kind kind = completion_value(o);
        if (kind == COMPLETION_WORDS)
            printf(" -x -a '%s'", cli_choices(o));
        else
            fputs(kind == COMPLETION_FOLDERS ? " -x -a '(__fish_complete_directories)'"
                  : kind == COMPLETION_FILES ? " -r -F"
                                             : " -x",
                  stdout);
    }
    printf(" -d '%s'\n", completion_short(o->help, "'\\"));
    if (o->none)
        printf("complete -c nervo%s -l no-%s -d 'the same as --%s=%s'\n", when, o->name, o->name, o->none);
}

static void completion_fish(void)
{
    fputs(completion_fish_head, stdout);
    for (const cli_option *o = cli_common_options; o->name; o++)
        completion_fish_option(o, "");
    for (const cli_option *o = cli_root.options; o->name; o++)
        completion_fish_option(o, " -n '__nervo_is \"\"'");
    for (int i = 0; cli_commands[i]; i++) {
        const cli_command *c = cli_commands[i];
        const char *words, *when = cli_format(" -n '__nervo_is %s'", c->name);
        completion_kind kind = completion_takes(c, &words);
        printf("complete -c nervo -n '__nervo_is \"\"' -a %s -d '%s'\n", c->name, completion_short(c->line, "'\\"));
        for (const cli_option *o = c->options; o && o->name; o++)
            completion_fish_option(o, when);
        if (kind == COMPLETION_WORDS)
            printf("complete -c nervo%s -a '%s'\n", when, words);
        else if (kind == COMPLETION_FILES)
            printf("complete -c nervo%s -F\n", when);
    }
}

/* ----------------------------------------------------------------------------------------------------------------- */
static int completion_run(cli_args *a)
{
    const char *shell = a->n_rest == 1 ? a->rest[0] : "";
    if (strcmp(shell, "bash") == 0)
        completion_bash();
    else if (strcmp(shell, "zsh") == 0)
        completion_zsh();
    else if (strcmp(shell, "fish") == 0)
        completion_fish();
    else
        return cli_error(CLI_USAGE, "There are: bash, zsh, fish.",
                         *shell ? "there is no completion for '%s'" : "name one shell%s", shell);
    return cli_flush();
}

const cli_command cli_completion = {
    .name = "completion",
    .usage = "nervo completion bash|zsh|fish",
    .line = "Prints what makes the Tab key complete commands, options and their values. An installed nervo has it in "
            "place already.",
    .options = NULL,
    .takes = "bash zsh fish",
    .examples = "  source <(nervo completion bash)\n"
                "  source <(nervo completion zsh)\n"
                "  nervo completion fish >~/.config/fish/completions/nervo.fish\n",
    .see = "nervo help help",
    .run = completion_run,
};
