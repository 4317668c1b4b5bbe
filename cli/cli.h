/* cli.h - what the subcommands of `nervo` share: exit codes, the option table, the terminal, small text helpers.

   Promises: results go to stdout, everything else to stderr; every error says what was wrong and what to do; numbers
   are written with a point in any locale. Does not do: anything that a program without a terminal would want - that is
   the library. The command may print and exit; the library never does. */
#ifndef NERVO_CLI_H
#define NERVO_CLI_H
#include "../src/base/base.h"
#include <stdbool.h>
#include <stdio.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_MISSED = 3, CLI_INTERRUPTED = 130, CLI_TERMINATED = 143 };
enum { CLI_MAX_OPTIONS = 64, CLI_GO_ON = -1 };

/* ---- options: one table gives parsing, checking, help, environment names and the run's configuration ------------ */
typedef enum { CLI_FLAG, CLI_COUNT, CLI_TEXT, CLI_WHOLE, CLI_REAL, CLI_CHOICE } cli_kind;
typedef enum { CLI_NOT_SAVED, CLI_FIXED, CLI_FREE } cli_saved; /* fixed, or free to change, when a run is resumed */
typedef struct cli_option {
    const char *group; /* not NULL: opens a group of the help text */
    char letter;
    const char *name, *arg, *fallback, *env, *help;
    cli_kind kind;
    double lo, hi;       /* CLI_WHOLE, CLI_REAL */
    const char *choices; /* CLI_CHOICE: "auto always never"; CLI_WHOLE: words that are allowed besides numbers */
    const char *none;    /* the value that --no-NAME sets; NULL: only flags can be negated */
    cli_saved saved;     /* part of config.yaml? */
} cli_option;

typedef struct cli_args cli_args;
typedef struct cli_command {
    const char *name, *line, *usage, *examples, *see;
    const char *takes;         /* besides options: words to choose from, CLI_FILES or CLI_COMMANDS; NULL: nothing */
    const cli_option *options; /* ends with a NULL name */
    int (*run)(cli_args *a);
} cli_command;

typedef enum { CLI_DEFAULT, CLI_ENVIRONMENT, CLI_LINE, CLI_CONFIG } cli_source;
struct cli_args {
    const cli_command *command;
    const cli_option *option[CLI_MAX_OPTIONS]; /* the command's own, then the common ones */
    const char *value[CLI_MAX_OPTIONS];
    cli_source source[CLI_MAX_OPTIONS];
    int n_options, n_rest;
    char **rest; /* what is not an option */
};

extern const cli_command *const cli_commands[]; /* ends with NULL */
extern const cli_command cli_root, cli_train, cli_eval, cli_predict, cli_show, cli_quantise, cli_bench, cli_completion,
    cli_help, cli_version;
typedef struct cli_exit {
    int code;
    const char *what;
} cli_exit;
extern const cli_exit cli_exits[];            /* what each exit code means; ends with a NULL text */
extern const cli_option cli_common_options[]; /* of every command; ends with a NULL name */
#define CLI_FILES    "@files"
#define CLI_COMMANDS "@commands"

const cli_command *cli_command_of(const char *name);
/* CLI_GO_ON, or the exit code: --help was printed, or the error was */
int cli_parse(cli_args *a, const cli_command *c, int argc, char **argv);
int cli_common(const cli_args *a); /* obeys -C, -q, -v, --color; CLI_GO_ON or an exit code */
int cli_set(cli_args *a, const char *name, const char *value, cli_source from); /* checked; CLI_GO_ON or an exit code */
int cli_find(const cli_args *a, const char *name);                              /* -1: no such option */
bool cli_given(const cli_args *a, const char *name);
const char *cli_text(const cli_args *a, const char *name); /* NULL if unset */
int64_t cli_whole(const cli_args *a, const char *name);
double cli_real(const cli_args *a, const char *name);
bool cli_flag(const cli_args *a, const char *name);
void cli_print_help(FILE *to, const cli_command *c);
void cli_print_man(FILE *to, const cli_command *c); /* the same as roff */
const char *cli_command_words(void);                /* "train eval ..." */
const char *cli_choices(const cli_option *o);       /* the words that its value may be, or NULL */
const char *cli_described(const cli_option *o);     /* help, default and environment in one sentence */
const char *cli_first_sentence(const char *line);
void cli_print_plugins(FILE *to);         /* nervo-foo on PATH */
const char *cli_plugin(const char *name); /* the path of nervo-NAME, or NULL */

/* "adam adamw sgd": every optimiser that is registered; the value CLI_OPTIMISERS in a table stands for them */
#define CLI_OPTIMISERS "@optimisers"
const char *cli_optimisers(void);

/* The same option in several commands says the same. */
#define CLI_JSON_OPTION     { .name = "json", .kind = CLI_FLAG, .help = "print results as JSON on stdout" }
#define CLI_PROGRESS_OPTION { .name = "progress", .kind = CLI_FLAG, .fallback = "1", .help = "no progress on stderr" }
#define CLI_THREADS_OPTION                                                        \
    { .letter = 't',                                                              \
      .name = "threads",                                                          \
      .arg = "N",                                                                 \
      .kind = CLI_WHOLE,                                                          \
      .lo = 1,                                                                    \
      .hi = 1024,                                                                 \
      .saved = CLI_FREE,                                                          \
      .env = "NERVO_NUM_THREADS",                                                 \
      .help = "worker threads; without it, the processors this process may use. " \
              "Any number gives the same bits" }
#define CLI_ISA_OPTION    \
    { .name = "isa",      \
      .arg = "TIER",      \
      .kind = CLI_TEXT,   \
      .env = "NERVO_ISA", \
      .saved = CLI_FREE,  \
      .help = "instruction set of the kernels: ref, baseline, avx2, avx512; without it, the best one here" }
#define CLI_OPTIM_OPTION         \
    { .name = "optim",           \
      .arg = "NAME",             \
      .kind = CLI_CHOICE,        \
      .choices = CLI_OPTIMISERS, \
      .fallback = "adam",        \
      .saved = CLI_FIXED,        \
      .help = "optimiser:" }
#define CLI_DATA_DIR_OPTION \
    { .name = "data-dir",   \
      .arg = "DIR",         \
      .kind = CLI_TEXT,     \
      .saved = CLI_FREE,    \
      .env = "NERVO_DATA",  \
      .help = "where to look for data sets first" }
#define CLI_REQUIRE_OPTION \
    { .name = "require",   \
      .arg = "GOAL",       \
      .kind = CLI_TEXT,    \
      .help = "a goal such as 'acc>=0.9'; exit 3 when it is missed" }

/* ---- terminal --------------------------------------------------------------------------------------------------- */
typedef enum { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_CYAN } cli_style;
typedef struct cli_screen {
    bool colour_out, colour_err, utf8, tty_err, ci, progress;
    int quiet, verbose;
    const char *command; /* "nervo train" */
    FILE *log;           /* everything said on stderr goes here too, without colour */
} cli_screen;
extern cli_screen cli_term;

void cli_term_start(void);                             /* locale, streams, environment */
void cli_term_colour(const char *when);                /* auto, always, never */
int cli_term_width(void);                              /* COLUMNS, the terminal, 80 */
const char *cli_ink(FILE *to, cli_style s);            /* an escape sequence, or "" */
double cli_now(void);                                  /* seconds, monotonic */
void cli_say(const char *fmt, ...) NRV__PRINTF(1, 2);  /* a line on stderr, unless --quiet */
void cli_more(const char *fmt, ...) NRV__PRINTF(1, 2); /* the same, only with --verbose */
void cli_warn(const char *fmt, ...) NRV__PRINTF(1, 2);
/* prints "nervo train: error: ...", the line that says what to do, and where help is; returns code */
int cli_error(int code, const char *todo, const char *fmt, ...) NRV__PRINTF(3, 4);
void cli_progress(double part, const char *left, const char *right); /* at most 10 redraws a second */
void cli_progress_end(void);
int cli_flush(void); /* stdout: 0, or CLI_FAILED after saying that it could not be written; a closed pipe is quiet */

/* ---- text, memory and machine ----------------------------------------------------------------------------------- */
void *cli_get(size_t bytes); /* zeroed, lives as long as the process; never NULL */
char *cli_copy(const char *s, size_t n);
char *cli_format(const char *fmt, ...) NRV__PRINTF(1, 2); /* lives as long as the process */
void *cli_big(size_t count, size_t size);                 /* NULL when there is not that much; cli_big_free */
void cli_big_free(void *p);
void cli_memory_end(void);
void *cli_alloc(void *user, void *p, size_t old, size_t want); /* the library's allocator: refuses more than exists */
uint64_t cli_memory_total(void);
int cli_cpus(void);                                                      /* affinity and cgroup quota respected */
const char *cli_near(const char *word, const char *const *known, int n); /* for "did you mean", or NULL */
int cli_show_ops(bool json);
int cli_show_formula(const char *text, const char *by, bool json);
void cli_json_string(FILE *to, const char *s);
void cli_json_number(FILE *to, double x);           /* null if not finite */
const char *cli_count(double n, char buffer[32]);   /* 12,345 */
const char *cli_seconds(double s, char buffer[32]); /* 4.2s, 95s, 12:34, 1:02:03 */
int cli_columns(const char *s); /* of UTF-8 text in a terminal, near enough: one for each character */
bool cli_parse_goal(const char *text, char name[16], char op[3], double *value);
bool cli_goal_met(const char *op, double have, double want);

/* Signals of a training run: set by the handlers, read by the loop. */
void cli_catch_signals(void);
int cli_stopped(void);     /* 0, CLI_INTERRUPTED or CLI_TERMINATED */
bool cli_save_asked(void); /* SIGUSR1 came since the last question */
#endif
