/* nervo.c - the command `nervo`: finds the subcommand, says "did you mean", starts nervo-foo from PATH.

   Promises: exit codes as listed in every help text. Does not do: any work of its own. */
#include "cli.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

const cli_command *const cli_commands[] = { &cli_train, &cli_eval,       &cli_predict, &cli_show,    &cli_quantise,
                                            &cli_bench, &cli_completion, &cli_help,    &cli_version, NULL };

static const cli_option nervo_options[] = {
    { .group = "Options", .name = "version", .kind = CLI_FLAG, .help = "print the version in one line" }, { 0 }
};

const cli_command cli_root = {
    .name = "nervo",
    .usage = "nervo <command> [options] [arguments]",
    .line = "Neural networks from the command line: written as text, trained, saved, looked at.",
    .options = nervo_options,
    .takes = CLI_COMMANDS,
    .examples = "  nervo train -m \"flatten | dense 64 relu | dense 10\" --data fashion-mnist -o runs/first\n"
                "  nervo eval runs/first/model.safetensors\n"
                "  nervo show runs/first/model.safetensors\n",
    .see = "nervo help <command>, nervo help -a",
};

const cli_command *cli_command_of(const char *name)
{
    for (int i = 0; cli_commands[i]; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

const char *cli_command_words(void)
{
    const char *words = cli_commands[0]->name;
    for (int i = 1; cli_commands[i]; i++)
        words = cli_format("%s %s", words, cli_commands[i]->name);
    return words;
}

static int nervo_unknown(const char *word)
{
    const char *known[16];
    int n = 0;
    for (; cli_commands[n] && n < 16; n++)
        known[n] = cli_commands[n]->name;
    const char *near = cli_near(word, known, n);
    return cli_error(CLI_USAGE,
                     near ? cli_format("Did you mean 'nervo %s'?", near) : "'nervo help' lists the commands.",
                     "there is no command '%s'", word);
}

static int nervo_command(int argc, char **argv)
{
    cli_args a;
    const cli_command *c = cli_command_of(argv[0]);
    if (!c) {
        const char *file = cli_plugin(argv[0]);
        if (!file)
            return nervo_unknown(argv[0]);
        execv(file, argv);
        return cli_error(CLI_FAILED, "Is it an executable file?", "cannot start '%s': %s", file, strerror(errno));
    }
    cli_term.command = cli_format("nervo %s", c->name);
    int code = cli_parse(&a, c, argc, argv);
    if (code == CLI_GO_ON)
        code = cli_common(&a);
    return code == CLI_GO_ON ? c->run(&a) : code;
}

int main(int argc, char **argv)
{
    cli_args a;
    cli_term_start();
    int code = cli_parse(&a, &cli_root, argc, argv);
    if (code == CLI_GO_ON)
        code = cli_common(&a);
    if (code == CLI_GO_ON && cli_flag(&a, "version")) {
        printf("nervo %s\n", nrv_version());
        code = CLI_DONE;
    } else if (code == CLI_GO_ON && a.n_rest == 0) {
        cli_print_help(stderr, &cli_root);
        code = CLI_USAGE;
    } else if (code == CLI_GO_ON) {
        code = nervo_command(a.n_rest, a.rest);
    }
    int flushed = cli_flush();
    cli_memory_end();
    return code == CLI_DONE ? flushed : code;
}
