/* data.c - splits, scaling and batches of a data set that is in memory. load.c brings it there.

   Promises: the splits depend on the data and the wished sizes only, never on the seed of the training. */
#include "data.h"
#include "../src/base/philox.h"
#include <math.h>
#include <string.h>

const char *const cli_part_name[CLI_PARTS] = { "train", "val", "test" };

const char *cli_shape_text(int rank, const int64_t *dim)
{
    char text[8 * 24] = "";
    size_t at = 0;
    for (int i = 0; i < rank && at + 24 < sizeof text; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%lld", i ? "x" : "", (long long)dim[i]);
    return cli_copy(text, at);
}

/* ---- order ------------------------------------------------------------------------------------------------------ */
void cli_data_shuffle(int64_t *rows, int64_t n, uint64_t seed, uint64_t turn)
{
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    for (int64_t i = n - 1; i > 0; i--) { /* Fisher-Yates; the counter is the place, so nothing is remembered */
        const uint32_t counter[4] = { (uint32_t)i, (uint32_t)((uint64_t)i >> 32), (uint32_t)turn,
                                      (uint32_t)(turn >> 32) };
        uint32_t bits[4];
        nrv__philox(counter, key, bits);
        int64_t j = (int64_t)(((uint64_t)bits[0] << 32 | bits[1]) % (uint64_t)(i + 1)), keep = rows[i];
        rows[i] = rows[j];
        rows[j] = keep;
    }
}

static int64_t data_share(double wish, int64_t n)
{
    double x = wish < 1 ? floor(wish * (double)n + 0.5) : floor(wish);
    return x > (double)n ? n + 1 : (int64_t)x;
}

int cli_data_split(cli_data *d, double val, double test)
{
    int64_t *rows = cli_get((size_t)d->rows * sizeof *rows);
    for (int64_t i = 0; i < d->rows; i++)
        rows[i] = i;
    if (d->first == d->rows) {
        cli_data_shuffle(rows, d->rows, 0, 0); /* always the same: results of different seeds can be compared */
        d->n[CLI_PART_TEST] = data_share(test, d->rows);
    } else {
        d->n[CLI_PART_TEST] = d->rows - d->first;
    }
    int64_t left = d->rows - d->n[CLI_PART_TEST];
    d->n[CLI_PART_VAL] = data_share(val, left < 0 ? 0 : left);
    d->n[CLI_PART_TRAIN] = left - d->n[CLI_PART_VAL];
    if (d->n[CLI_PART_TRAIN] < 1)
        return cli_error(CLI_USAGE, "Use a smaller --val-split or --test-split.",
                         "nothing is left to train on: of %lld rows %lld are for the test and %lld for validation",
                         (long long)d->rows, (long long)d->n[CLI_PART_TEST], (long long)d->n[CLI_PART_VAL]);
    d->row[CLI_PART_TRAIN] = rows;
    d->row[CLI_PART_VAL] = rows + d->n[CLI_PART_TRAIN];
    d->row[CLI_PART_TEST] = rows + left;
    return CLI_GO_ON;
}

void cli_data_all(cli_data *d)
{
    int64_t *rows = cli_get((size_t)d->rows * sizeof *rows);
    for (int64_t i = 0; i < d->rows; i++)
        rows[i] = i;
    memset(d->n, 0, sizeof d->n);
    d->row[CLI_PART_TEST] = rows;
    d->n[CLI_PART_TEST] = d->rows;
}

/* ---- samples ---------------------------------------------------------------------------------------------------- */
static const void *data_row(const cli_data *d, int64_t row)
{
    size_t size = d->bytes ? 1 : sizeof(float);
    bool second = row >= d->first;
    return (const char *)d->segment[second] + (size_t)(second ? row - d->first : row) * (size_t)d->width * size;
}

float cli_data_pixel(const cli_data *d, int64_t row, int64_t at)
{
    const void *p = data_row(d, row);
    return d->bytes ? (float)((const uint8_t *)p)[at] / 255.0f : ((const float *)p)[at];
}

int cli_data_shape(cli_data *d, int rank, const int64_t *dim, const char *why)
{
    int64_t width = 1;
    for (int i = 0; i < rank; i++)
        if (dim[i] < 1 || !nrv__mul(width, dim[i], &width))
            width = -1;
    if (width != d->width)
        return cli_error(CLI_USAGE,
                         cli_format("Write 'input %s', or leave the word away.", cli_shape_text(d->rank, d->dim)),
                         "%s wants samples of %s, but those of '%s' are %s", why, cli_shape_text(rank, dim), d->name,
                         cli_shape_text(d->rank, d->dim));
    d->rank = rank;
    memcpy(d->dim, dim, (size_t)rank * sizeof *dim);
    d->images = rank == 3 && (dim[0] == 1 || dim[0] == 3) && dim[1] > 3 && dim[2] > 3;
    return CLI_GO_ON;
}

/* how many numbers of a sample share one scale: a channel of an image, one column, else all of them */
static int64_t data_stretch(const cli_data *d)
{
    if (d->images)
        return d->dim[1] * d->dim[2];
    return d->rank == 1 && !d->bytes ? 1 : d->width;
}

static void data_fit_bytes(const cli_data *d, int64_t from, int64_t stretch, double *mean, double *deviation)
{
    uint64_t sum = 0, squares = 0;
    double n = (double)d->n[CLI_PART_TRAIN] * (double)stretch;
    for (int64_t i = 0; i < d->n[CLI_PART_TRAIN]; i++) {
        const uint8_t *p = (const uint8_t *)data_row(d, d->row[CLI_PART_TRAIN][i]) + from;
        uint32_t s = 0;
        uint64_t q = 0;
        for (int64_t k = 0; k < stretch; k++) {
            s += p[k];
            q += (uint64_t)p[k] * p[k];
        }
        sum += s;
        squares += q;
    }
    *mean = (double)sum / n / 255;
    *deviation = sqrt(fmax(0, (double)squares / n / (255.0 * 255) - *mean * *mean));
}

static void data_fit_numbers(const cli_data *d, int64_t from, int64_t stretch, double *mean, double *deviation)
{
    double n = (double)d->n[CLI_PART_TRAIN] * (double)stretch, sum = 0, squares = 0;
    for (int64_t i = 0; i < d->n[CLI_PART_TRAIN]; i++) {
        const float *p = (const float *)data_row(d, d->row[CLI_PART_TRAIN][i]) + from;
        for (int64_t k = 0; k < stretch; k++)
            sum += (double)p[k];
    }
    *mean = sum / n;
    for (int64_t i = 0; i < d->n[CLI_PART_TRAIN]; i++) {
        const float *p = (const float *)data_row(d, d->row[CLI_PART_TRAIN][i]) + from;
        for (int64_t k = 0; k < stretch; k++)
            squares += ((double)p[k] - *mean) * ((double)p[k] - *mean);
    }
    *deviation = sqrt(squares / n);
}

int cli_data_fit_scale(cli_data *d)
{
    int64_t stretch = data_stretch(d);
    d->scale.n = d->width / stretch;
    d->scale.mean = cli_get((size_t)d->scale.n * sizeof(float));
    d->scale.factor = cli_get((size_t)d->scale.n * sizeof(float));
    for (int64_t i = 0; i < d->scale.n; i++) {
        double mean = 0, deviation = 0;
        if (d->bytes)
            data_fit_bytes(d, i * stretch, stretch, &mean, &deviation);
        else
            data_fit_numbers(d, i * stretch, stretch, &mean, &deviation);
        d->scale.mean[i] = (float)mean;
        d->scale.factor[i] = deviation > 1e-7 ? (float)(1 / deviation) : 1; /* a constant column stays at zero */
    }
    return CLI_GO_ON;
}

static void data_fill_bytes(const cli_data *d, const uint8_t *p, float *x)
{
    int64_t parts = d->scale.n ? d->scale.n : 1, stretch = d->width / parts;
    for (int64_t c = 0; c < parts; c++) {
        float mean = d->scale.n ? d->scale.mean[c] : 0, factor = d->scale.n ? d->scale.factor[c] : 1;
        float slope = factor / 255.0f, shift = mean * factor;
        for (int64_t k = c * stretch; k < (c + 1) * stretch; k++)
            x[k] = (float)p[k] * slope - shift;
    }
}

void cli_data_fill(const cli_data *d, const int64_t *rows, int64_t n, float *x)
{
    int64_t parts = d->scale.n ? d->scale.n : 1, stretch = d->width / parts;
    for (int64_t i = 0; i < n; i++, x += d->width) {
        const void *p = data_row(d, rows[i]);
        if (d->bytes) {
            data_fill_bytes(d, p, x);
        } else if (!d->scale.n) {
            memcpy(x, p, (size_t)d->width * sizeof *x);
        } else {
            for (int64_t k = 0; k < d->width; k++)
                x[k] = (((const float *)p)[k] - d->scale.mean[k / stretch]) * d->scale.factor[k / stretch];
        }
    }
}

void cli_data_fill_answers(const cli_data *d, const int64_t *rows, int64_t n, bool as_value, void *t)
{
    for (int64_t i = 0; i < n; i++)
        if (!as_value)
            ((int32_t *)t)[i] = d->label[rows[i]];
        else if (d->classes)
            ((float *)t)[i] = (float)d->label[rows[i]];
        else
            memcpy((float *)t + i * d->values, d->value + rows[i] * d->values, (size_t)d->values * sizeof(float));
}

void cli_data_free(cli_data *d)
{
    cli_big_free(d->segment[0]);
    cli_big_free(d->segment[1]);
    cli_big_free(d->label);
    cli_big_free(d->value);
    *d = (cli_data){ 0 };
}
