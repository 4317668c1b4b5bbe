/* help.c - `nervo help [-a] [command]`: the same text as `nervo <command> --help`, or the same as a manual page. */
#include "cli.h"
#include <errno.h>
#include <string.h>

static const cli_option help_options[] = {
    { .group = "Options",
      .letter = 'a',
      .name = "all",
      .kind = CLI_FLAG,
      .help = "also list external commands (nervo-NAME on PATH)" },
    { .name = "man", .kind = CLI_FLAG, .help = "as a manual page in roff: nervo help --man train | man -l -" },
    { .letter = 'o',
      .name = "output",
      .arg = "DIR",
      .kind = CLI_TEXT,
      .help = "with --man: write the pages of all commands there, which is what the installation does" },
    { 0 }
};

static int help_write_page(const char *dir, const cli_command *c)
{
    const char *path = cli_format("%s/nervo%s%s.1", dir, c == &cli_root ? "" : "-", c == &cli_root ? "" : c->name);
    FILE *f = fopen(path, "we");
    bool good = f != NULL;
    if (good) {
        cli_print_man(f, c);
        good = !ferror(f);
        good = fclose(f) == 0 && good;
    }
    return good ? CLI_GO_ON
                : cli_error(CLI_FAILED, "Give a folder that exists and can be written.", "cannot write '%s': %s", path,
                            strerror(errno));
}

static int help_man(const cli_args *a, const cli_command *c)
{
    const char *dir = cli_text(a, "output");
    if (!dir) {
        cli_print_man(stdout, c);
        return cli_flush();
    }
    int code = help_write_page(dir, &cli_root);
    for (int i = 0; code == CLI_GO_ON && cli_commands[i]; i++)
        code = help_write_page(dir, cli_commands[i]);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

static int help_run(cli_args *a)
{
    const cli_command *c = a->n_rest ? cli_command_of(a->rest[0]) : &cli_root;
    if (a->n_rest > 1)
        return cli_error(CLI_USAGE, "Name one command.", "help takes at most one command, not %d", a->n_rest);
    if (!c) {
        const char *known[16];
        int n = 0;
        for (; cli_commands[n] && n < 16; n++)
            known[n] = cli_commands[n]->name;
        const char *near = cli_near(a->rest[0], known, n);
        return cli_error(CLI_USAGE,
                         near ? cli_format("Did you mean 'nervo help %s'?", near) : "'nervo help' lists them.",
                         "there is no command '%s'", a->rest[0]);
    }
    if (cli_text(a, "output") && !cli_flag(a, "man"))
        return cli_error(CLI_USAGE, "Add --man, or redirect the text with '>'.", "-o belongs to --man");
    if (cli_flag(a, "man"))
        return help_man(a, c);
    cli_print_help(stdout, c);
    if (cli_flag(a, "all"))
        cli_print_plugins(stdout);
    return cli_flush();
}

const cli_command cli_help = {
    .name = "help",
    .usage = "nervo help [-a] [command]\n       nervo help --man [command] [-o DIR]",
    .line = "Explains a command, or lists them all.",
    .options = help_options,
    .takes = CLI_COMMANDS,
    .examples = "  nervo help train\n  nervo help -a\n  nervo help --man train | man -l -\n",
    .run = help_run,
};
