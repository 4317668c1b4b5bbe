/* net.h - from a network's text to plans, and a pass over data.

   Promises: train and eval trace the same text over one store, so what training measured at its end is, bit for bit,
   what `nervo eval` measures on the saved file. Does not do: read options. */
#ifndef NERVO_CLI_NET_H
#define NERVO_CLI_NET_H
#include "data.h"

typedef enum { CLI_CROSS_ENTROPY, CLI_MSE, CLI_BCE } cli_loss;
extern const char *const cli_loss_name[];

typedef struct cli_net {
    const char *text;
    int rank;
    int64_t dim[8], width; /* of one sample */
    cli_loss loss;
    int64_t classes; /* of the data; 0: values */
    int64_t values;  /* numbers in one answer (mse) */
    int64_t outputs; /* numbers that the last layer gives for one sample; known after a trace */
    int out_rank;
    int64_t out_dim[8]; /* of those */
    const char *optim, *isa;
    double momentum, decay;
    bool nesterov, check_nan;
} cli_net;

typedef struct cli_plan {
    nrv_plan *plan;
    nrv_exec *exec;
    int64_t bound; /* the batch that is bound now */
    float *x, loss, rate;
    void *t;
} cli_plan;

typedef struct cli_measure { /* sums over samples */
    double loss, score;      /* score: right answers, or absolute errors */
    int64_t n, scored;
} cli_measure;

typedef enum { CLI_TRACE_TRAIN, CLI_TRACE_EVAL, CLI_TRACE_PREDICT } cli_trace;

int cli_net_text(const char *inline_text, const char *file, const char **text); /* -m or --model */
int cli_net_input(cli_net *net, cli_data *d); /* the shape of a sample: the `input` word, or the data's */
int cli_net_loss(cli_net *net, const char *name, const cli_data *d); /* name NULL or "auto": what fits the answers */
int cli_net_isa(const char **isa); /* checked against the tiers of this processor; "" becomes the best */
nrv_graph *cli_net_trace(cli_net *net, nrv_store *s, cli_trace what, const nrv_layers_opt *layers);
int cli_net_graph_error(nrv_graph *g);
int cli_net_plan(cli_net *net, nrv_store *s, cli_trace what, nrv_pool *pool, nrv_exec *share, int64_t batch,
                 cli_plan *p);
void cli_plan_free(cli_plan *p);
int cli_plan_run(cli_plan *p, const cli_net *net, int64_t n); /* with n samples in x (and t) */
const char *cli_plan_try(cli_plan *p, const cli_net *net,
                         int64_t n);       /* the same, but answers what went wrong, or NULL */
const float *cli_plan_output(cli_plan *p); /* (n, outputs) */

int64_t cli_net_class(const cli_net *net, const float *y); /* the class that one row of outputs means */
double cli_net_probability(const cli_net *net, const float *y, int64_t c);
const char *cli_score_name(const cli_net *net); /* "acc" or "mae" */
double cli_score(const cli_measure *m);
double cli_mean_loss(const cli_measure *m);
/* adds one run's results; counts: a confusion matrix or NULL */
void cli_measure_add(cli_measure *m, const cli_net *net, cli_plan *p, int64_t n, int64_t *counts, int32_t *said);
typedef struct cli_pass {
    cli_measure sum;
    int64_t *counts; /* (classes, classes) or NULL */
    int32_t *said;   /* what each row of the part was taken for, or NULL */
    bool stopped;    /* a signal came */
} cli_pass;
int cli_evaluate(const cli_net *net, cli_plan *p, const cli_data *d, cli_part part, int64_t batch, cli_pass *pass);
int cli_check_goal(const char *goal, const cli_net *net, const cli_measure *m); /* CLI_DONE or CLI_MISSED */
int cli_check_goal_text(const char *goal, const cli_net *net);                  /* is it sayable: CLI_GO_ON */
void cli_print_result(const char *split, const cli_net *net, const cli_measure *m, const char *tail);

/* the layers, for looking at */
typedef struct cli_layer {
    const char *word, *name, *shape;
    int depth;
    int64_t params, macs;
} cli_layer;
typedef struct cli_layers {
    cli_layer *at;
    int n, room;
    int64_t params, fixed, macs, bytes; /* trainable numbers, others (running means), multiply-adds, bytes of all */
    const char *output;
} cli_layers;
int cli_layers_of(cli_net *net, cli_layers *l);

/* what a model file says about itself */
typedef struct cli_card {
    const char *text, *input, *loss, *data, *split, *target;
    const char **class_name, **column;
    int64_t classes, columns, values, batch;
    double val, test;
    cli_scale scale;
} cli_card;
int cli_card_note(nrv_store *s, const cli_net *net, const cli_data *d, const char *data, const char *split,
                  int64_t batch, double val, double test);
int cli_card_read(const char *path, cli_card *card);
int cli_card_net(const cli_card *card, cli_net *net); /* text, shape, loss */
int cli_card_load(const char *path,
                  nrv_store *s); /* the weights into a store that was traced: all there, all fitting */
int cli_card_store(const char *path, const char *why); /* a load that failed, said plainly */
#endif
