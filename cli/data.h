/* data.h - a data set for the command: samples, answers, splits, scaling.

   Promises: files are hostile until they were checked; a sample is given as float32, scaled with numbers that come from
   the training rows only (or from the model file); images stay bytes in memory until a batch needs them.
   Does not do: fetch anything from a network, decode pictures. */
#ifndef NERVO_CLI_DATA_H
#define NERVO_CLI_DATA_H
#include "cli.h"

typedef enum { CLI_PART_TRAIN, CLI_PART_VAL, CLI_PART_TEST, CLI_PARTS } cli_part;
extern const char *const cli_part_name[CLI_PARTS];

typedef struct cli_scale { /* (v - mean) * factor, per channel or per column */
    int64_t n;             /* 0: as it is (bytes: divided by 255) */
    float *mean, *factor;
} cli_scale;

typedef struct cli_data_want {
    const char *data, *dir, *target, *loss; /* loss: may decide whether numbers are classes or values */
    bool target_optional;                   /* predict: a table may come without the answer */
    int64_t columns, classes;               /* what a model was trained on; 0: this data set decides */
    const char *const *column, *const *class_name;
} cli_data_want;

typedef struct cli_data {
    const char *name;           /* a known name or an absolute path: enough to find it again */
    const char *title;          /* short, for a folder's name */
    int64_t rows, first, width; /* first: rows of the first segment; the rest is the set's own test part */
    int rank;
    int64_t dim[8]; /* of one sample */
    void *segment[2];
    bool bytes, images;
    bool has_answers;
    int64_t classes; /* 0: the answers are values */
    const char **class_name;
    int32_t *label;
    float *value; /* (rows, values) */
    int64_t values;
    int64_t columns; /* tables: the features' names */
    const char **column;
    const char *target;
    cli_scale scale;
    uint32_t mark; /* of the contents, to notice that a file changed */
    int64_t *row[CLI_PARTS], n[CLI_PARTS];
} cli_data;

int cli_data_open(cli_data *d, const cli_data_want *want); /* CLI_GO_ON or an exit code */
void cli_data_free(cli_data *d);
/* parts of 1 are fractions, from 1 on numbers of rows; a set with its own test part ignores `test` */
int cli_data_split(cli_data *d, double val, double test);
void cli_data_all(cli_data *d);                                                 /* every row is the test part */
int cli_data_fit_scale(cli_data *d);                                            /* from the training part */
int cli_data_shape(cli_data *d, int rank, const int64_t *dim, const char *why); /* sees the samples in another shape */
void cli_data_fill(const cli_data *d, const int64_t *rows, int64_t n, float *x);
void cli_data_fill_answers(const cli_data *d, const int64_t *rows, int64_t n, bool as_value, void *t);
void cli_data_shuffle(int64_t *rows, int64_t n, uint64_t seed, uint64_t turn); /* a pure function of seed and turn */
float cli_data_pixel(const cli_data *d, int64_t row, int64_t at); /* unscaled, for looking at; 0..1 for bytes */
const char *cli_shape_text(int rank, const int64_t *dim);         /* "1x28x28" */

/* a batch on the screen: what the images are and what the network says; nothing if they are no pictures */
void cli_show_pictures(const cli_data *d, const int64_t *rows, const int32_t *said, int64_t n);
void cli_show_confusion(int64_t classes, const char *const *names, const int64_t *counts);
#endif
