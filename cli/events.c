/* events.c - the run as a TensorBoard event file, events.out.tfevents.<seconds>.nervo, beside metrics.csv.

   Promises: a row of metrics.csv is one event with the same step and, as float32, the same numbers; a resumed run goes
   on in a new file, and the steps that it repeats are cut from the old ones first. Other programs' event files are left
   alone. Does not do: histograms, pictures, reading. */
#include "run.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* a protobuf message under construction; what does not fit is left out whole, and all that is written here fits */
typedef struct events_bytes {
    uint8_t at[400];
    size_t n;
} events_bytes;

static void events_put(events_bytes *b, const void *p, size_t n)
{
    if (n <= sizeof b->at - b->n)
        memcpy(b->at + b->n, p, n);
    b->n += n <= sizeof b->at - b->n ? n : 0;
}

static void events_fixed(events_bytes *b, uint64_t bits, int bytes) /* little end first */
{
    for (int i = 0; i < bytes; i++)
        events_put(b, &(uint8_t){ (uint8_t)(bits >> 8 * i) }, 1);
}

static void events_varint(events_bytes *b, uint64_t x)
{
    for (; x > 127; x >>= 7)
        events_put(b, &(uint8_t){ (uint8_t)(x | 128) }, 1);
    events_put(b, &(uint8_t){ (uint8_t)x }, 1);
}

static void events_field(events_bytes *b, int field, const void *p, size_t n) /* a string or a message */
{
    events_varint(b, (uint64_t)field << 3 | 2);
    events_varint(b, n);
    events_put(b, p, n);
}

static events_bytes events_begin(double wall_time, int64_t step)
{
    events_bytes b = { .n = 0 };
    uint64_t bits;
    memcpy(&bits, &wall_time, sizeof bits);
    events_varint(&b, 1 << 3 | 1); /* Event.wall_time, double */
    events_fixed(&b, bits, 8);
    events_varint(&b, 2 << 3); /* Event.step, int64 */
    events_varint(&b, (uint64_t)step);
    return b;
}

static void events_value(events_bytes *summary, const char *tag, double value)
{
    events_bytes b = { .n = 0 };
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    events_field(&b, 1, tag, strlen(tag)); /* Value.tag */
    events_varint(&b, 2 << 3 | 5);         /* Value.simple_value, float */
    events_fixed(&b, bits, 4);
    events_field(summary, 1, b.at, b.n); /* Summary.value */
}

/* CRC-32C (Castagnoli), rotated and shifted as TensorFlow's record files want it */
static uint32_t events_crc(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (0x82F63B78u & (0u - (crc & 1)));
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

static void events_write(FILE *f, const events_bytes *event)
{
    events_bytes head = { .n = 0 }, tail = { .n = 0 };
    events_fixed(&head, event->n, 8);
    events_fixed(&head, events_crc(head.at, 8), 4);
    events_fixed(&tail, events_crc(event->at, event->n), 4);
    fwrite(head.at, 1, head.n, f);
    fwrite(event->at, 1, event->n, f);
    fwrite(tail.at, 1, tail.n, f);
    fflush(f);
}

static double events_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const char *events_path(const cli_run *r, int64_t number)
{
    return cli_format("%s/events.out.tfevents.%010lld.nervo", r->dir, (long long)number);
}

static int64_t events_number(const char *file) /* 0: not one of ours */
{
    static const char head[] = "events.out.tfevents.";
    char *end = NULL;
    if (strncmp(file, head, sizeof head - 1) != 0)
        return 0;
    long long number = strtoll(file + sizeof head - 1, &end, 10);
    return number > 0 && strcmp(end, ".nervo") == 0 ? (int64_t)number : 0;
}

/* cuts what the checkpoint does not know of; answers the number of the newest file that stays */
static int64_t events_cut(const cli_run *r, const cli_place *from)
{
    DIR *d = opendir(r->dir);
    int64_t newest = 0;
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        int64_t number = events_number(f->d_name);
        const char *path = number ? events_path(r, number) : NULL;
        struct stat s;
        if (!number)
            continue;
        if (number > from->events_file)
            unlink(path);
        else if (number > newest)
            newest = number;
        if (number == from->events_file && stat(path, &s) == 0 && s.st_size > from->events &&
            truncate(path, (off_t)from->events) != 0)
            cli_warn("cannot shorten '%s': %s; TensorBoard will show some steps twice", path, strerror(errno));
    }
    if (d)
        closedir(d);
    return newest;
}

int cli_events_open(cli_run *r, const cli_place *from, int64_t step)
{
    int64_t newest = events_cut(r, from), number = (int64_t)time(NULL);
    r->events_file =
        number > newest ? number : newest + 1; /* TensorBoard reads the files in the order of their names */
    r->events = fopen(events_path(r, r->events_file), "we");
    if (!r->events)
        return cli_error(CLI_FAILED, "Check the permissions of the run folder.", "cannot write '%s': %s",
                         events_path(r, r->events_file), strerror(errno));
    static const char version[] = "brain.Event:2";
    events_bytes b = events_begin(events_now(), 0);
    events_field(&b, 3, version, sizeof version - 1); /* Event.file_version */
    events_write(r->events, &b);
    if (from->csv) { /* a TensorBoard that looks on forgets the steps that were cut */
        b = events_begin(events_now(), step + 1);
        events_field(&b, 7, (const uint8_t[]){ 1 << 3, 1 }, 2); /* Event.session_log.status = START */
        events_write(r->events, &b);
    }
    return CLI_GO_ON;
}

void cli_events_row(cli_run *r, const cli_row *row)
{
    events_bytes summary = { .n = 0 }, event = events_begin(events_now(), row->step);
    events_value(&summary, cli_format("loss/%s", row->split), row->loss);
    events_value(&summary, cli_format("%s/%s", r->score, row->split), row->score);
    if (strcmp(row->split, "train") == 0)
        events_value(&summary, "lr", row->lr);
    events_field(&event, 5, summary.at, summary.n); /* Event.summary */
    events_write(r->events, &event);
}
