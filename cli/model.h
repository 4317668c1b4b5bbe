/* model.h - a trained model together with the data it is asked about: what eval and predict share. */
#ifndef NERVO_CLI_MODEL_H
#define NERVO_CLI_MODEL_H
#include "net.h"

typedef struct cli_model {
    cli_card card;
    cli_net net;
    cli_data data;
    cli_part part;
    nrv_store *store;
    nrv_pool *pool;
    cli_plan plan;
    int64_t batch;
} cli_model;

#define CLI_MODEL_OPTIONS                                                                                     \
    { .group = "Data",                                                                                        \
      .name = "data",                                                                                         \
      .arg = "NAME|PATH",                                                                                     \
      .kind = CLI_TEXT,                                                                                       \
      .help = "without it, what the model was trained on; '-': a CSV on stdin" },                             \
        { .name = "split",                                                                                    \
          .arg = "PART",                                                                                      \
          .kind = CLI_CHOICE,                                                                                 \
          .choices = "train val test all",                                                                    \
          .help = "train, val, test or all; without it, what training reported last, or all of other data" }, \
        { .name = "target", .arg = "COLUMN", .kind = CLI_TEXT, .help = "CSV: the column with the answers" },  \
        CLI_DATA_DIR_OPTION,                                                                                  \
        { .group = "Running",                                                                                 \
          .letter = 'b',                                                                                      \
          .name = "batch",                                                                                    \
          .arg = "N",                                                                                         \
          .kind = CLI_WHOLE,                                                                                  \
          .lo = 1,                                                                                            \
          .hi = 1 << 24,                                                                                      \
          .help = "samples at a time; without it, as in training" },                                          \
        CLI_THREADS_OPTION, CLI_ISA_OPTION

int cli_model_open(cli_model *m, const cli_args *a, bool answers); /* answers: they are needed */
void cli_model_close(cli_model *m);
#endif
