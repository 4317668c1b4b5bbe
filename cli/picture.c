/* picture.c - test images and the confusion of the classes, drawn in the terminal.

   Promises: half blocks in 24 greys or colours where the terminal has colour and UTF-8, shades of characters elsewhere;
   fits the width there is. Does not do: any graphics protocol. */
#include "data.h"
#include <math.h>
#include <string.h>

typedef struct picture_frame {
    const cli_data *d;
    int across, width, height; /* pictures in a row; characters and pixel rows of one */
    bool blocks;
    float lo, span;
} picture_frame;

/* the mean of the pixels under one cell, 0..1 */
static float picture_cell(const picture_frame *f, int64_t row, int64_t c, int i, int j)
{
    const cli_data *d = f->d;
    int64_t h = d->dim[1], w = d->dim[2], count = 0;
    int64_t y0 = i * h / f->height, y1 = (i + 1) * h / f->height, x0 = j * w / f->width, x1 = (j + 1) * w / f->width;
    float sum = 0;
    for (int64_t y = y0; y < (y1 > y0 ? y1 : y0 + 1); y++)
        for (int64_t x = x0; x < (x1 > x0 ? x1 : x0 + 1); x++, count++)
            sum += cli_data_pixel(d, row, (c * h + y) * w + x);
    float v = (sum / (float)count - f->lo) / f->span;
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static int picture_colour(const picture_frame *f, int64_t row, int i, int j)
{
    if (f->d->dim[0] == 1)
        return 232 + (int)(picture_cell(f, row, 0, i, j) * 23 + 0.5f);
    int code = 16;
    for (int64_t c = 0; c < 3; c++)
        code = 16 + (code - 16) * 6 + (int)(picture_cell(f, row, c, i, j) * 5 + 0.5f);
    return code;
}

static void picture_line(const picture_frame *f, int64_t row, int i)
{
    static const char *const shade[] = { " ", "\xE2\x96\x91", "\xE2\x96\x92", "\xE2\x96\x93", "\xE2\x96\x88" };
    static const char ascii[] = " .:-=+*#%@";
    for (int j = 0; j < f->width; j++) {
        if (f->blocks) {
            printf("\033[38;5;%d;48;5;%dm\xE2\x96\x80", picture_colour(f, row, i, j), picture_colour(f, row, i + 1, j));
            continue;
        }
        float v = 0.5f * (picture_cell(f, row, 0, i, j) + picture_cell(f, row, 0, i + 1, j));
        if (cli_term.utf8)
            fputs(shade[(int)(v * 4 + 0.5f)], stdout);
        else
            putchar(ascii[(int)(v * 9 + 0.5f)]);
    }
    if (f->blocks)
        fputs("\033[0m", stdout);
}

/* at most `width` columns, cut between characters */
static void picture_text(const char *s, int width)
{
    int n = 0;
    const char *end = s;
    for (; *end; end++) {
        bool begins = ((unsigned char)*end & 0xC0) != 0x80;
        if (begins && n == width)
            break;
        n += begins;
    }
    printf("%.*s%*s", (int)(end - s), s, width - n, "");
}

static void picture_caption(const picture_frame *f, int64_t row, int32_t said)
{
    const cli_data *d = f->d;
    bool right = d->label[row] == said, known = said >= 0 && said < d->classes;
    const char *mark = cli_term.utf8 ? (right ? "\xE2\x9C\x93 " : "\xE2\x9C\x97 ") : (right ? "+ " : "x ");
    fputs(cli_ink(stdout, right ? CLI_GREEN : CLI_RED), stdout);
    picture_text(cli_format("%s%s", mark, known ? d->class_name[said] : "?"), f->width);
    fputs(cli_ink(stdout, CLI_PLAIN), stdout);
}

static void picture_row(const picture_frame *f, const int64_t *rows, const int32_t *said, int n)
{
    bool wrong = false;
    for (int i = 0; i < f->height; i += 2) {
        for (int k = 0; k < n; k++) {
            fputs("  ", stdout);
            picture_line(f, rows[k], i);
        }
        putchar('\n');
    }
    for (int k = 0; k < n; k++) {
        fputs("  ", stdout);
        picture_caption(f, rows[k], said[k]);
        wrong = wrong || f->d->label[rows[k]] != said[k];
    }
    putchar('\n');
    for (int k = 0; k < n && wrong; k++) {
        bool right = f->d->label[rows[k]] == said[k];
        fputs("  ", stdout);
        picture_text(right ? "" : cli_format("  is %s", f->d->class_name[f->d->label[rows[k]]]), f->width);
    }
    if (wrong)
        putchar('\n');
}

/* the first of each class that were recognised, then the first that were not */
static int picture_choose(const cli_data *d, const int64_t *rows, const int32_t *said, int64_t n, bool right, int want,
                          int64_t *chosen, int32_t *chosen_said)
{
    int got = 0;
    for (int64_t i = 0; i < n && got < want; i++) {
        bool seen = false;
        for (int k = 0; k < got; k++)
            seen = seen || d->label[chosen[k]] == d->label[rows[i]];
        if (seen || (d->label[rows[i]] == said[i]) != right)
            continue;
        chosen[got] = rows[i];
        chosen_said[got++] = said[i];
    }
    return got;
}

void cli_show_pictures(const cli_data *d, const int64_t *rows, const int32_t *said, int64_t n)
{
    enum { MOST = 12 };
    int64_t chosen[MOST];
    int32_t chosen_said[MOST];
    if (!d->images || !d->classes || n < 1)
        return;
    picture_frame f = { .d = d, .blocks = cli_term.colour_out && cli_term.utf8, .span = 1 };
    int room = cli_term_width();
    f.width = (room - 1) / 4 - 2; /* four in a row, and no wider than the picture itself */
    f.width = f.width > 28 ? 28 : f.width < 10 ? 10 : f.width;
    f.width = d->dim[2] < f.width ? (int)d->dim[2] : f.width;
    f.across = (room - 1) / (f.width + 2);
    f.across = f.across < 1 ? 1 : f.across > MOST ? MOST : f.across;
    f.height = (int)((double)f.width * (double)d->dim[1] / (double)d->dim[2] + 0.5);
    f.height = f.height < 2 ? 2 : f.height + f.height % 2;
    if (!d->bytes) { /* unknown range: what the first pictures hold */
        float lo = INFINITY, hi = -INFINITY;
        for (int64_t i = 0; i < n && i < 16; i++)
            for (int64_t k = 0; k < d->width; k++) {
                float v = cli_data_pixel(d, rows[i], k);
                lo = v < lo ? v : lo;
                hi = v > hi ? v : hi;
            }
        f.lo = lo;
        f.span = hi > lo ? hi - lo : 1;
    }
    for (int right = 1; right >= 0; right--) {
        int got = picture_choose(d, rows, said, n, right, f.across, chosen, chosen_said);
        if (!got)
            continue;
        printf("\n%s%s%s\n", cli_ink(stdout, CLI_BOLD),
               right ? "Recognised in the test part" : "Mistaken in the test part", cli_ink(stdout, CLI_PLAIN));
        picture_row(&f, chosen, chosen_said, got);
    }
}

static void picture_counts(int64_t classes, const char *const *names, const int64_t *counts, int label, int cell)
{
    const char *plain = cli_ink(stdout, CLI_PLAIN);
    for (int64_t i = 0; i < classes; i++) {
        int64_t total = 0;
        fputs("  ", stdout);
        picture_text(names[i], label);
        for (int64_t j = 0; j < classes; j++) {
            int64_t count = counts[i * classes + j];
            cli_style style = i == j ? CLI_GREEN : count == 0 ? CLI_DIM : CLI_PLAIN;
            total += count;
            if (count)
                printf("%s%*lld%s", cli_ink(stdout, style), cell, (long long)count, plain);
            else
                printf("%s%*s%s%s", cli_ink(stdout, style), cell - 1, "", cli_term.utf8 ? "\xC2\xB7" : ".", plain);
        }
        printf("%s%6.1f%%%s\n", cli_ink(stdout, CLI_DIM),
               total ? 100 * (double)counts[i * classes + i] / (double)total : 0, plain);
    }
}

void cli_show_confusion(int64_t classes, const char *const *names, const int64_t *counts)
{
    int label = 0, cell = 5;
    int64_t most = 0;
    for (int64_t i = 0; i < classes; i++) {
        int n = cli_columns(names[i]);
        label = n > label ? n : label;
    }
    for (int64_t i = 0; i < classes * classes; i++)
        most = counts[i] > most ? counts[i] : most;
    for (cell = 3; most >= 10; most /= 10)
        cell++;
    label = label > 14 ? 14 : label;
    cell = cell < 5 ? 5 : cell;
    if (classes > 25 || label + 10 + cell * (int)classes > 200)
        return; /* too large to read; the SVG has it */
    printf(
        "\n%sConfusion%s  rows: what it is, columns: what the network says, right: the part that was recognised\n  %*s",
        cli_ink(stdout, CLI_BOLD), cli_ink(stdout, CLI_PLAIN), label, "");
    for (int64_t j = 0; j < classes; j++) {
        fputs("  ", stdout);
        picture_text(names[j], cell - 2);
    }
    putchar('\n');
    picture_counts(classes, names, counts, label, cell);
}
