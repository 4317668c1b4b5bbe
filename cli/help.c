/* help.c - `nervo help [-a] [command]`: the same text as `nervo <command> --help`. */
#include "cli.h"

static const cli_option help_options[] = { { .group = "Options",
                                             .letter = 'a',
                                             .name = "all",
                                             .kind = CLI_FLAG,
                                             .help = "also list external commands (nervo-NAME on PATH)" },
                                           { 0 } };

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
    cli_print_help(stdout, c);
    if (cli_flag(a, "all"))
        cli_print_plugins(stdout);
    return cli_flush();
}

const cli_command cli_help = {
    .name = "help",
    .usage = "nervo help [-a] [command]",
    .line = "Explains a command, or lists them all.",
    .options = help_options,
    .examples = "  nervo help train\n  nervo help -a\n",
    .run = help_run,
};
