/* term.c - the terminal: colour, UTF-8, progress, messages.

   Promises: colour and drawing only where they can be seen; at most ten redraws of the progress line a second, on
   stderr, and none without a terminal or under CI; a reader that went away is no error. Does not do: cursor games. The
   only control used is "back to the start of this line". */
#include "cli.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

cli_screen cli_term = { .progress = true, .command = "nervo" };
static double term_drawn;
static bool term_line; /* a progress line is on the screen */

static bool term_env(const char *name)
{
    const char *s = getenv(name);
    return s && *s;
}

void cli_term_colour(const char *when)
{
    const char *name = getenv("TERM");
    bool dumb = !name || !*name || strcmp(name, "dumb") == 0, forced = false;
    if (term_env("CLICOLOR_FORCE"))
        forced = strcmp(getenv("CLICOLOR_FORCE"), "0") != 0;
    if (term_env("FORCE_COLOR"))
        forced = forced || strcmp(getenv("FORCE_COLOR"), "0") != 0;
    if (strcmp(when, "always") == 0) {
        cli_term.colour_out = cli_term.colour_err = true;
    } else if (strcmp(when, "never") == 0 || term_env("NO_COLOR")) {
        cli_term.colour_out = cli_term.colour_err = false;
    } else {
        cli_term.colour_out = forced || (!dumb && isatty(STDOUT_FILENO));
        cli_term.colour_err = forced || (!dumb && isatty(STDERR_FILENO));
    }
}

void cli_term_start(void)
{
    /* only the character set: LC_NUMERIC stays "C", so that numbers have a point everywhere */
    setlocale(LC_CTYPE, "");
    cli_term.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    const char *name = getenv("TERM");
    cli_term.tty_err = isatty(STDERR_FILENO) && name && *name && strcmp(name, "dumb") != 0; /* it has to obey \r */
    cli_term.ci = getenv("CI") != NULL;
    cli_term_colour("auto");
}

int cli_term_width(void)
{
    const char *s = getenv("COLUMNS");
    struct winsize w;
    long n = s ? strtol(s, NULL, 10) : 0;
    if (n <= 0 && (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0))
        n = w.ws_col;
    if (n <= 0)
        n = 80;
    return n < 20 ? 20 : n > 400 ? 400 : (int)n;
}

const char *cli_ink(FILE *to, cli_style s)
{
    static const char *const codes[] = {
        "\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[36m"
    };
    bool on = to == stdout ? cli_term.colour_out : to == stderr && cli_term.colour_err;
    return on ? codes[s] : "";
}

double cli_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void cli_progress_end(void)
{
    if (term_line) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    term_line = false;
}

static void term_say(const char *mark, cli_style style, const char *fmt, va_list ap)
{
    char text[4096];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0)
        return;
    cli_progress_end();
    if (*mark)
        fprintf(stderr, "%s%s%s", cli_ink(stderr, style), mark, cli_ink(stderr, CLI_PLAIN));
    fprintf(stderr, "%s\n", text);
    if (cli_term.log) {
        fprintf(cli_term.log, "%s%s\n", mark, text);
        fflush(cli_term.log);
    }
}

void cli_say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!cli_term.quiet)
        term_say("", CLI_PLAIN, fmt, ap);
    va_end(ap);
}

void cli_more(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (cli_term.verbose && !cli_term.quiet)
        term_say("", CLI_PLAIN, fmt, ap);
    va_end(ap);
}

void cli_warn(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    term_say("warning: ", CLI_YELLOW, fmt, ap);
    va_end(ap);
}

int cli_error(int code, const char *todo, const char *fmt, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    cli_progress_end();
    fflush(stdout);
    size_t n = strlen(text);
    while (n && text[n - 1] == '\n')
        text[--n] = 0;
    fprintf(stderr, "%s%s: error:%s %s\n", cli_ink(stderr, CLI_RED), cli_term.command, cli_ink(stderr, CLI_PLAIN),
            text);
    if (todo && *todo)
        fprintf(stderr, "%s\n", todo);
    fprintf(stderr, "Try '%s --help'\n", cli_term.command);
    if (cli_term.log) {
        fprintf(cli_term.log, "error: %s\n%s%s", text, todo ? todo : "", todo && *todo ? "\n" : "");
        fflush(cli_term.log);
    }
    return code;
}

int cli_columns(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void term_bar(char *to, size_t room, int width, double part)
{
    const char *full = cli_term.utf8 ? "\xE2\x94\x81" : "=", *empty = cli_term.utf8 ? "\xE2\x94\x80" : "-";
    int filled = (int)(part * width + 0.5);
    size_t at = 0;
    for (int i = 0; i < width && at + 8 < room; i++) {
        const char *ink = i == 0 ? cli_ink(stderr, CLI_CYAN) : i == filled ? cli_ink(stderr, CLI_DIM) : "";
        at += (size_t)snprintf(to + at, room - at, "%s%s", ink, i < filled ? full : empty);
    }
    snprintf(to + at, room - at, "%s", cli_ink(stderr, CLI_PLAIN));
}

void cli_progress(double part, const char *left, const char *right)
{
    if (cli_term.quiet || !cli_term.progress || !cli_term.tty_err || cli_term.ci)
        return;
    double now = cli_now();
    if (now - term_drawn < 0.1)
        return;
    int width = cli_term_width() - 1, used = cli_columns(left) + cli_columns(right) + 4, bar = width - used;
    char drawn[512] = "";
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    if (bar > 24)
        bar = 24;
    if (bar >= 5)
        term_bar(drawn, sizeof drawn, bar, part);
    if (*drawn)
        fprintf(stderr, "\r%s  %s  %s\033[K", left, drawn, right);
    else
        fprintf(stderr, "\r%.*s\033[K", width, right);
    fflush(stderr);
    term_line = true;
    term_drawn = now;
}

int cli_flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        return 0;
    return cli_error(CLI_FAILED, "Is the disk full?", "cannot write the results to stdout: %s", strerror(errno));
}
