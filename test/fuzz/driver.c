/* driver.c - runs a fuzz target without libFuzzer: the same inputs every time, in seconds.

   Promises: the empty input, every file of test/fuzz/corpus/<target>, every prefix of the short ones, and then
   NERVO_FUZZ_RUNS (20,000) changed copies of them from a fixed seed. Arguments are files to run instead: what libFuzzer
   found. What was running when it crashed, or the sanitizer spoke, lies in `last-input` in the test's folder.
   Does not do: look at coverage; ./do fuzz does. */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

enum { DRIVER_FILES = 256, DRIVER_MOST = 1 << 20, DRIVER_PREFIXES = 4096, DRIVER_CHANGES = 8 };
typedef struct driver_file {
    uint8_t *data;
    size_t n;
} driver_file;

static uint64_t driver_state = 0x9E3779B97F4A7C15u;
static driver_file driver_corpus[DRIVER_FILES];
static int driver_files;
static driver_file driver_now; /* what is running */

static size_t driver_below(size_t n)
{
    driver_state ^= driver_state << 13, driver_state ^= driver_state >> 7, driver_state ^= driver_state << 17;
    return n ? (size_t)(driver_state >> 11) % n : 0;
}

static driver_file driver_read(const char *path)
{
    driver_file file = { malloc(DRIVER_MOST), 0 };
    FILE *f = fopen(path, "rb");
    if (!f || !file.data) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    file.n = fread(file.data, 1, DRIVER_MOST, f);
    fclose(f);
    return file;
}

static void driver_load(const char *target)
{
    const char *root = getenv("NERVO_ROOT");
    char path[4096];
    snprintf(path, sizeof path, "%s/test/fuzz/corpus/%s", root ? root : ".", target);
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && driver_files < DRIVER_FILES) {
            char file[4400];
            snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
            driver_corpus[driver_files++] = driver_read(file);
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static void driver_keep(void)
{
    FILE *f = fopen("last-input", "wb");
    if (f) {
        fwrite(driver_now.data, 1, driver_now.n, f);
        fclose(f);
    }
}

static void driver_crash(int signal_number)
{
    driver_keep();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A block of exactly n bytes, so that the address sanitizer sees the first byte read behind it. */
static void driver_run(const uint8_t *data, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    driver_now = (driver_file){ exact, n };
    if (!exact)
        exit(1);
    if (n)
        memcpy(exact, data, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

static size_t driver_splice(uint8_t *to, size_t n)
{
    const driver_file *other = driver_files ? &driver_corpus[driver_below((size_t)driver_files)] : NULL;
    if (!other || other->n == 0)
        return n;
    size_t from = driver_below(other->n), count = 1 + driver_below(other->n - from), at = driver_below(n + 1);
    if (count > DRIVER_MOST - at)
        count = DRIVER_MOST - at;
    memcpy(to + at, other->data + from, count);
    return at + count > n ? at + count : n;
}

static size_t driver_change(uint8_t *to, size_t n)
{
    static const char odd[] = "0123456789-+.,:;{}[]()\"'|\\/ \n\t#eExX\0\xFF\x80\x7F";
    static const uint64_t numbers[] = {
        0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, INT64_MAX, UINT64_MAX
    };
    const size_t at = driver_below(n);
    switch (driver_below(6)) {
    case 0:
        if (n)
            to[at] ^= (uint8_t)(1u << driver_below(8));
        return n;
    case 1:
        if (n)
            to[at] = (uint8_t)odd[driver_below(sizeof odd)];
        return n;
    case 2:
        return at;
    case 3:
        if (n < DRIVER_MOST) {
            memmove(to + at + 1, to + at, n - at);
            to[at] = (uint8_t)odd[driver_below(sizeof odd)];
            return n + 1;
        }
        return n;
    case 4: {
        const uint64_t number = numbers[driver_below(sizeof numbers / sizeof *numbers)];
        const size_t width = (size_t)1 << driver_below(4);
        if (n >= width)
            memcpy(to + driver_below(n - width + 1), &number, width);
        return n;
    }
    default:
        return driver_splice(to, n);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            driver_file file = driver_read(argv[i]);
            driver_run(file.data, file.n);
            free(file.data);
        }
        return 0;
    }
    const char *dot = strrchr(argv[0], '.'), *wish = getenv("NERVO_FUZZ_RUNS");
    const long runs = wish ? atol(wish) : 20000;
    uint8_t *data = malloc(DRIVER_MOST);
    if (!data)
        return 1;
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(driver_keep);
    else
        signal(SIGSEGV, driver_crash);
    signal(SIGABRT, driver_crash);
    driver_load(dot ? dot + 1 : argv[0]);
    driver_run(data, 0);
    for (int i = 0; i < driver_files; i++)
        for (size_t n = 1; n <= driver_corpus[i].n; n += n < DRIVER_PREFIXES ? 1 : driver_corpus[i].n / 64 + 1)
            driver_run(driver_corpus[i].data, n);
    for (long run = 0; run < runs; run++) {
        const driver_file *file = driver_files ? &driver_corpus[driver_below((size_t)driver_files)] : NULL;
        size_t n = file ? file->n : driver_below(256);
        for (size_t i = 0; i < n; i++)
            data[i] = file ? file->data[i] : (uint8_t)driver_below(256);
        for (size_t k = 1 + driver_below(DRIVER_CHANGES); k; k--)
            n = driver_change(data, n);
        driver_run(data, n);
    }
    printf("%d files, %ld changed copies\n", driver_files, runs);
    free(data);
    while (driver_files)
        free(driver_corpus[--driver_files].data);
    return 0;
}
