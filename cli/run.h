/* run.h - the run folder of a training: lock, configuration, metrics, checkpoints.

   Promises: one process at a time, by a lock that dies with its process; whole files are written beside their place,
   fsynced and renamed; metrics on disk are never ahead of what a checkpoint knows after a resume. */
#ifndef NERVO_CLI_RUN_H
#define NERVO_CLI_RUN_H
#include "cli.h"

typedef struct cli_run {
    const char *dir;
    int lock;
    FILE *csv, *jsonl, *events;
    int64_t events_file; /* the number in the event file's name */
    const char *score;   /* the second measure beside the loss: "acc" or "mae" */
    int64_t best;        /* the step whose checkpoint is the best so far and is never pruned; 0: none yet */
} cli_run;

/* where the metrics end, in bytes, as a checkpoint remembers it: a resumed run cuts off what came later */
typedef struct cli_place {
    int64_t csv, jsonl, events, events_file;
} cli_place;

typedef struct cli_row {
    int64_t step, epoch;
    const char *split;
    double loss, score, lr, speed;
} cli_row;

/* a whole file, or the old one: begin gives a stream, end fsyncs and renames; 0, or errno with the old file untouched
 */
FILE *cli_whole_begin(const char *path);
int cli_whole_end(FILE *f, const char *path);
const char *cli_read_whole(const char *path, size_t most, size_t *bytes); /* "-": stdin; NULL: errno says why */

int cli_run_create(cli_run *r, const char *dir, const char *title); /* dir NULL: runs/<title>-001 and so on */
int cli_run_open(cli_run *r, const char *dir);                      /* an existing one, to go on */
void cli_run_close(cli_run *r);
int cli_run_write_config(const cli_run *r, const cli_args *a, uint32_t data_mark);
int cli_run_read_config(const cli_run *r, cli_args *a, uint32_t *data_mark);
int cli_run_write_env(const cli_run *r, const char *isa, int threads, const char *seed);

/* from all 0: from the start; step: the last one that was done */
int cli_run_metrics(cli_run *r, const char *score, const cli_place *from, int64_t step);
void cli_run_row(cli_run *r, const cli_row *row);
int cli_run_sync(cli_run *r, cli_place *end); /* to the disk; where they end */
int cli_events_open(cli_run *r, const cli_place *from, int64_t step);
void cli_events_row(cli_run *r, const cli_row *row);

const char *cli_run_checkpoint(const cli_run *r, int64_t step);       /* the path of that step's checkpoint */
int cli_run_checkpoints(const cli_run *r, int64_t *steps, int room);  /* the steps there are, newest first */
void cli_run_point(const cli_run *r, const char *name, int64_t step); /* "last", "best" */
void cli_run_prune(const cli_run *r,
                   int64_t keep); /* 0 keeps all; also clears what a killed process left half-written */

/* the curve and the matrix, as SVG: text in a grey that is read on black and on white */
int cli_svg_curve(const cli_run *r);
int cli_svg_confusion(const cli_run *r, int64_t classes, const char *const *names, const int64_t *counts);
#endif
