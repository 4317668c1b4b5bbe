/* trainer.h - a training run: its state, the loop, saving, and going on where it stopped.

   Promises: the state after step n is a pure function of configuration and data, wherever it was interrupted; a
   checkpoint is written only if its weights still give a finite loss; the best weights are chosen by the validation
   part, never by the test part. Does not do: read options. */
#ifndef NERVO_CLI_TRAINER_H
#define NERVO_CLI_TRAINER_H
#include "net.h"
#include "run.h"

enum { CLI_SAVE_EPOCHS = -1, CLI_SAVE_NEVER = 0 };
typedef enum { CLI_RATE_CONSTANT, CLI_RATE_COSINE, CLI_RATE_LINEAR } cli_schedule;

typedef struct cli_trainer {
    cli_run run;
    cli_data data;
    cli_net net;
    nrv_store *store;
    nrv_pool *pool;
    cli_plan train, eval;
    /* wishes */
    uint64_t seed;
    int64_t batch, epochs, save_every, keep, log_every, patience; /* patience 0: never stop early */
    double lr, val_split, test_split;
    int64_t warmup;
    cli_schedule schedule;
    const char *goal;
    bool json, pictures;
    /* where it is: what a checkpoint carries */
    int64_t step, epoch, at;   /* epoch from 0; at: batches done in it */
    cli_measure window, whole; /* since the last row; in this epoch */
    double best_loss;          /* of the validation part, INFINITY before the first */
    int64_t best_epoch;        /* from 1; 0: none yet */
    double spent;              /* seconds of earlier processes */
    /* helpers */
    int64_t per_epoch, *order, ordered; /* ordered: the epoch that order is of, or -1 */
    int64_t saved_step, saved_at, first_step, window_step;
    double begun, epoch_begun, window_begun, lr_now;
    cli_measure val;
    bool restored; /* the weights are those of the best epoch */
} cli_trainer;

int cli_trainer_build(cli_trainer *t); /* store and plans; the wishes are set */
void cli_trainer_free(cli_trainer *t);
int cli_trainer_restore(cli_trainer *t, cli_place *from); /* the newest checkpoint that can be read, or step 0 */
int cli_trainer_save(cli_trainer *t);
int cli_trainer_run(cli_trainer *t);    /* to the end, or until a signal */
int cli_trainer_finish(cli_trainer *t); /* test part, pictures, result */
#endif
