/* util.c - memory, machine, numbers and signals for the command.

   Promises: cli_get never answers NULL (it says so and ends the process); the library's allocator refuses what this
   machine does not have before the system is asked for it. */
#define _GNU_SOURCE /* sched_getaffinity: the processors this process may really use */
#include "cli.h"
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static nrv__arena util_arena;

void *cli_get(size_t bytes)
{
    if (!util_arena.mem.fn)
        util_arena.mem = nrv__mem_default();
    void *p = nrv__arena_get(&util_arena, bytes ? bytes : 1);
    if (!p)
        exit(cli_error(CLI_FAILED, "Close other programs, or use a smaller network or data set.", "out of memory"));
    return p;
}

char *cli_copy(const char *s, size_t n)
{
    char *to = cli_get(n + 1);
    memcpy(to, s, n);
    return to;
}

char *cli_format(const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *to = cli_get((size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0)
        vsnprintf(to, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return to;
}

void *cli_big(size_t count, size_t size)
{
    if (size && count > (size_t)(cli_memory_total() / size))
        return NULL;
    return calloc(count ? count : 1, size ? size : 1);
}

void cli_big_free(void *p)
{
    free(p);
}

void cli_memory_end(void)
{
    nrv__arena_free(&util_arena);
}

/* ---- machine ---------------------------------------------------------------------------------------------------- */
static bool util_read_line(const char *path, char *to, size_t room)
{
    FILE *f = fopen(path, "r");
    bool ok = f && fgets(to, (int)room, f);
    if (f)
        fclose(f);
    return ok;
}

static bool util_cgroup(const char *file, char *to, size_t room)
{
    char line[512], path[700];
    if (!util_read_line("/proc/self/cgroup", line, sizeof line) || strncmp(line, "0::", 3) != 0)
        return false;
    line[strcspn(line, "\n")] = 0;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", line + 3, file);
    if (util_read_line(path, to, room))
        return true;
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s", file);
    return util_read_line(path, to, room);
}

int cli_cpus(void)
{
    cpu_set_t set;
    char text[64];
    long n = sysconf(_SC_NPROCESSORS_ONLN), quota, period;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    if (util_cgroup("cpu.max", text, sizeof text) && sscanf(text, "%ld %ld", &quota, &period) == 2 && period > 0) {
        long allowed = (quota + period - 1) / period;
        n = allowed < n ? allowed : n;
    }
    return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}

uint64_t cli_memory_total(void)
{
    static uint64_t total;
    char text[64];
    unsigned long long limit;
    if (total)
        return total;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t all = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX / 2;
    if (util_cgroup("memory.max", text, sizeof text) && sscanf(text, "%llu", &limit) == 1 && limit < all)
        all = limit;
    return total = all;
}

void *cli_alloc(void *user, void *p, size_t old, size_t want)
{
    static nrv__mem libc;
    static uint64_t in_use;
    (void)user;
    if (!libc.fn)
        libc = nrv__mem_default();
    if (want > old && want - old > cli_memory_total() - (in_use < cli_memory_total() ? in_use : cli_memory_total()))
        return NULL;
    void *q = libc.fn(libc.user, p, old, want);
    if (q || want == 0)
        in_use += (uint64_t)want - (uint64_t)old;
    return q;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */
const char *cli_near(const char *word, const char *const *known, int n)
{
    for (int i = 0; i < n; i++)
        if (known[i] && nrv__near_name(word, known[i]))
            return known[i];
    return NULL;
}

void cli_json_string(FILE *to, const char *s)
{
    fputc('"', to);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", to);
        else if (c == '\t')
            fputs("\\t", to);
        else if (c < 0x20 || c == 0x7F)
            fprintf(to, "\\u%04x", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

void cli_json_number(FILE *to, double x)
{
    if (isfinite(x))
        fprintf(to, "%.9g", x);
    else
        fputs("null", to);
}

const char *cli_count(double n, char buffer[32])
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%.0f", n < 0 || n > 1e15 ? 0 : n), at = 0;
    for (int i = 0; i < len && at < 30; i++) {
        if (i && (len - i) % 3 == 0)
            buffer[at++] = ',';
        buffer[at++] = digits[i];
    }
    buffer[at] = 0;
    return buffer;
}

const char *cli_seconds(double s, char buffer[32])
{
    long whole = s > 0 && s < 1e9 ? (long)(s + 0.5) : 0;
    if (s < 9.95)
        snprintf(buffer, 32, "%.1fs", s > 0 ? s : 0);
    else if (whole < 100)
        snprintf(buffer, 32, "%lds", whole);
    else if (whole < 3600)
        snprintf(buffer, 32, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(buffer, 32, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    return buffer;
}

bool cli_parse_goal(const char *text, char name[16], char op[3], double *value)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_"), o;
    char *end;
    if (n == 0 || n > 15)
        return false;
    memcpy(name, text, n);
    name[n] = 0;
    text += n + strspn(text + n, " ");
    o = strspn(text, "<>=");
    if (o < 1 || o > 2)
        return false;
    memcpy(op, text, o);
    op[o] = 0;
    if (strcmp(op, ">=") != 0 && strcmp(op, "<=") != 0 && strcmp(op, ">") != 0 && strcmp(op, "<") != 0)
        return false;
    *value = strtod(text + o, &end);
    return end != text + o && end[strspn(end, " ")] == 0 && isfinite(*value);
}

bool cli_goal_met(const char *op, double have, double want)
{
    if (op[0] == '>')
        return op[1] ? have >= want : have > want;
    return op[1] ? have <= want : have < want;
}

/* ---- signals: the first asks, the second leaves ----------------------------------------------------------------- */
static volatile sig_atomic_t util_stop, util_save;

static void util_on_stop(int sig)
{
    int code = sig == SIGTERM ? CLI_TERMINATED : CLI_INTERRUPTED;
    if (util_stop)
        _exit(code);
    util_stop = code;
}

static void util_on_save(int sig)
{
    (void)sig;
    util_save = 1;
}

void cli_catch_signals(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    sigemptyset(&a.sa_mask);
    a.sa_flags = SA_RESTART; /* a half-done write is never torn by a request to stop */
    a.sa_handler = util_on_stop;
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    a.sa_handler = util_on_save;
    sigaction(SIGUSR1, &a, NULL);
    a.sa_handler = SIG_IGN; /* a reader of stdout that leaves must not end the training */
    sigaction(SIGPIPE, &a, NULL);
}

int cli_stopped(void)
{
    return util_stop;
}

bool cli_save_asked(void)
{
    bool asked = util_save;
    util_save = 0;
    return asked;
}
