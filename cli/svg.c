/* svg.c - the curve of a run and its confusion matrix as SVG text.

   Promises: the same input gives the same bytes; no background and a middle grey for text, so that it reads on a dark
   and on a light page. Does not do: anything that needs a font's widths. */
#include "run.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct svg_point {
    double step, y[2]; /* loss, score */
    int split;         /* 0 train, 1 val, 2 test */
} svg_point;
typedef struct svg_panel {
    const char *title;
    double left, top, width, height, lo, hi, steps;
} svg_panel;

static const char *const svg_ink[] = { "#3b82c4", "#e08a1e", "#2f9e57" };
static const char *const svg_split[] = { "train", "val", "test" };

static int svg_read(const cli_run *r, svg_point **points)
{
    size_t bytes;
    const char *text = cli_read_whole(cli_format("%s/metrics.csv", r->dir), (size_t)1 << 28, &bytes);
    int n = 0, room = 1;
    for (const char *s = text; s && (s = strchr(s, '\n')) != NULL; s++)
        room++;
    *points = cli_get((size_t)room * sizeof **points);
    for (const char *s = text; s && n < room && (s = strchr(s, '\n')) != NULL && s[1];) {
        char split[8];
        svg_point *p = &(*points)[n];
        s++;
        if (sscanf(s, "%lf,%*[^,],%7[a-z],%lf,%lf", &p->step, split, &p->y[0], &p->y[1]) != 4)
            continue;
        p->split = strcmp(split, "val") == 0 ? 1 : strcmp(split, "test") == 0 ? 2 : 0;
        n++;
    }
    return n;
}

/* a step of 1, 2 or 5 times a power of ten that gives about four lines */
static double svg_tick(double span)
{
    double p = pow(10, floor(log10(span / 4))), m = span / 4 / p;
    return (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10) * p;
}

static void svg_axes(FILE *f, const svg_panel *p)
{
    char buffer[32];
    double tick = svg_tick(p->hi - p->lo), xt = svg_tick(p->steps);
    fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\">%s</text>\n", p->left, p->top - 10, p->title);
    for (double v = ceil(p->lo / tick) * tick; v <= p->hi + tick * 1e-6; v += tick) {
        double y = p->top + p->height * (1 - (v - p->lo) / (p->hi - p->lo));
        fprintf(f, "<path d=\"M%.1f %.1fh%.1f\" stroke=\"#808080\" stroke-opacity=\"0.25\"/>", p->left, y, p->width);
        fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n", p->left - 6, y + 4,
                fabs(v) < tick * 1e-6 ? 0 : v);
    }
    for (double v = xt; v <= p->steps * 1.000001; v += xt)
        fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n", p->left + p->width * v / p->steps,
                p->top + p->height + 16, cli_count(v, buffer));
    fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">step</text>\n", p->left + p->width / 2,
            p->top + p->height + 32);
}

static void svg_line(FILE *f, const svg_panel *p, const svg_point *points, int n, int which, int split)
{
    int count = 0;
    double x = 0, y = 0;
    for (int i = 0; i < n; i++)
        count += points[i].split == split && isfinite(points[i].y[which]);
    if (!count)
        return;
    fputs("<path fill=\"none\" stroke-linejoin=\"round\" stroke-width=\"1.8\" stroke=\"", f);
    fprintf(f, "%s\" d=\"", svg_ink[split]);
    char go = 'M';
    for (int i = 0; i < n; i++) {
        double v = points[i].y[which];
        if (points[i].split != split || !isfinite(v))
            continue;
        v = v < p->lo ? p->lo : v > p->hi ? p->hi : v;
        x = p->left + p->width * points[i].step / p->steps;
        y = p->top + p->height * (1 - (v - p->lo) / (p->hi - p->lo));
        fprintf(f, "%c%.1f %.1f", go, x, y);
        go = 'L';
    }
    fputs("\"/>\n", f);
    if (split > 0 || count == 1)
        fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, svg_ink[split]);
}

static void svg_range(svg_panel *p, const svg_point *points, int n, int which, bool part)
{
    double lo = INFINITY, hi = -INFINITY;
    for (int i = 0; i < n; i++) {
        double v = points[i].y[which];
        if (isfinite(v)) {
            lo = v < lo ? v : lo;
            hi = v > hi ? v : hi;
        }
        p->steps = points[i].step > p->steps ? points[i].step : p->steps;
    }
    if (!(lo <= hi))
        lo = 0, hi = 1;
    if (!part && lo >= 0)
        lo = 0;
    double room = (hi - lo) * 0.05;
    p->lo = part || lo < 0 ? lo - room : lo;
    p->hi = part && hi + room > 1 ? 1 : hi + room;
    if (!(p->hi - p->lo > 1e-12))
        p->lo -= 0.5, p->hi += 0.5;
}

static int svg_finish(FILE *f, const char *path, int failed)
{
    if (f) {
        fputs("</g></svg>\n", f);
        failed = cli_whole_end(f, path);
    }
    return failed ? cli_error(CLI_FAILED, "Free some space; the trained weights are safe.", "cannot write '%s': %s",
                              path, strerror(failed))
                  : CLI_GO_ON;
}

static FILE *svg_open(const char *path, double width, double height)
{
    FILE *f = cli_whole_begin(path);
    if (f)
        fprintf(f,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n"
                "<g font-family=\"sans-serif\" font-size=\"12\" fill=\"#808080\">\n",
                width, height, width, height);
    return f;
}

int cli_svg_curve(const cli_run *r)
{
    const char *path = cli_format("%s/curve.svg", r->dir);
    svg_point *points;
    int n = svg_read(r, &points);
    bool part = strcmp(r->score, "acc") == 0;
    svg_panel panel[2] = { { .title = "loss", .left = 60, .top = 40, .width = 340, .height = 220, .steps = 1 },
                           { .title = part ? "accuracy" : "mean absolute error",
                             .left = 480,
                             .top = 40,
                             .width = 340,
                             .height = 220,
                             .steps = 1 } };
    FILE *f = svg_open(path, 850, 310);
    int failed = f ? 0 : errno;
    for (int i = 0; f && i < 2; i++) {
        svg_range(&panel[i], points, n, i, part && i == 1);
        svg_axes(f, &panel[i]);
        for (int split = 0; split < 3; split++)
            svg_line(f, &panel[i], points, n, i, split);
    }
    for (int split = 0; f && split < 3; split++) {
        double x = 640 + 65 * split;
        fprintf(f, "<path d=\"M%.0f 14h16\" stroke-width=\"3\" stroke=\"%s\"/><text x=\"%.0f\" y=\"18\">%s</text>\n", x,
                svg_ink[split], x + 21, svg_split[split]);
    }
    return svg_finish(f, path, failed);
}

static void svg_text(FILE *f, const char *s)
{
    for (; *s; s++)
        if (*s == '<')
            fputs("&lt;", f);
        else if (*s == '&')
            fputs("&amp;", f);
        else if ((unsigned char)*s >= 0x20)
            fputc(*s, f);
}

static void svg_cells(FILE *f, int64_t row, int64_t classes, const int64_t *counts, double left, double top,
                      double cell)
{
    int64_t total = 0;
    for (int64_t j = 0; j < classes; j++)
        total += counts[row * classes + j];
    for (int64_t j = 0; j < classes; j++) {
        int64_t count = counts[row * classes + j];
        double part = total ? (double)count / (double)total : 0, x = left + cell * (double)j,
               y = top + cell * (double)row;
        fprintf(f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" fill-opacity=\"%.3f\"/>", x,
                y, cell - 1, cell - 1, row == j ? svg_ink[0] : svg_ink[1], count ? 0.08 + 0.92 * sqrt(part) : 0.04);
        if (count && classes <= 20)
            fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\"%s>%lld</text>", x + cell / 2 - 0.5,
                    y + cell / 2 + 4, part > 0.25 ? " fill=\"#fff\"" : "", (long long)count);
        fputc('\n', f);
    }
}

int cli_svg_confusion(const cli_run *r, int64_t classes, const char *const *names, const int64_t *counts)
{
    const char *path = cli_format("%s/confusion.svg", r->dir);
    double cell = classes <= 20 ? 44 : 880.0 / (double)classes, left = 130, top = 84, side = cell * (double)classes;
    FILE *f = svg_open(path, left + side + 90, top + side + 20);
    int failed = f ? 0 : errno;
    if (f)
        fprintf(
            f,
            "<text x=\"%.0f\" y=\"16\" font-weight=\"bold\">rows: what it is, columns: what the network says</text>\n",
            left);
    for (int64_t i = 0; f && i < classes; i++) {
        double at = cell * ((double)i + 0.5);
        svg_cells(f, i, classes, counts, left, top, cell);
        if (classes > 100)
            continue;
        fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", left - 8, top + at + 4);
        svg_text(f, names[i]);
        fprintf(f, "</text><text transform=\"translate(%.1f %.1f) rotate(-30)\">", left + at - 4, top - 6);
        svg_text(f, names[i]);
        fputs("</text>\n", f);
    }
    return svg_finish(f, path, failed);
}
