/* predict.c - `nervo predict`: what a model says of each sample, as CSV or JSON lines. */
#include "model.h"
#include "run.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const cli_option predict_options[] = { CLI_MODEL_OPTIONS,
                                              { .letter = 'l',
                                                .name = "limit",
                                                .arg = "N",
                                                .kind = CLI_WHOLE,
                                                .lo = 1,
                                                .hi = 1e15,
                                                .help = "only the first N samples" },
                                              { .letter = 'o',
                                                .name = "output",
                                                .arg = "FILE",
                                                .kind = CLI_TEXT,
                                                .fallback = "-",
                                                .help = "where to write; '-': stdout" },
                                              CLI_JSON_OPTION,
                                              { 0 } };

static void predict_name(FILE *to, const char *s, bool json)
{
    if (json) {
        cli_json_string(to, s);
    } else if (strpbrk(s, ",\"\n\r")) {
        fputc('"', to);
        for (; *s; s++)
            fprintf(to, *s == '"' ? "\"\"" : "%c", *s);
        fputc('"', to);
    } else {
        fputs(s, to);
    }
}

static void predict_values(FILE *to, const cli_model *m, int64_t row, const float *y, bool json)
{
    for (int64_t i = 0; i < m->net.outputs; i++)
        fprintf(to, "%s%.9g", !json ? "," : i ? ", " : ", \"prediction\": [", (double)y[i]);
    if (json)
        fputc(']', to);
    for (int64_t i = 0; m->data.has_answers && m->data.value && i < m->data.values; i++)
        fprintf(to, "%s%.9g",
                !json ? ","
                : i   ? ", "
                      : ", \"answer\": [",
                (double)m->data.value[row * m->data.values + i]);
    if (json && m->data.value)
        fputc(']', to);
}

static void predict_class(FILE *to, const cli_model *m, int64_t row, const float *y, bool json)
{
    int64_t c = cli_net_class(&m->net, y);
    const char *name = c < m->card.classes ? m->card.class_name[c] : cli_format("%" PRId64, c);
    fputs(json ? ", \"prediction\": " : ",", to);
    predict_name(to, name, json);
    fprintf(to, "%s%.6f", json ? ", \"probability\": " : ",", cli_net_probability(&m->net, y, c));
    if (m->data.label) {
        fputs(json ? ", \"answer\": " : ",", to);
        predict_name(to, m->data.class_name[m->data.label[row]], json);
    }
}

static void predict_head(FILE *to, const cli_model *m)
{
    bool values = m->net.classes == 0;
    fputs("sample", to);
    for (int64_t i = 0; values && i < m->net.outputs; i++)
        fprintf(to, m->net.outputs > 1 ? ",prediction_%" PRId64 : ",prediction", i);
    fputs(values ? "" : ",prediction,probability", to);
    for (int64_t i = 0; values && m->data.value && i < m->data.values; i++)
        fprintf(to, m->data.values > 1 ? ",answer_%" PRId64 : ",answer", i);
    fputs(!values && m->data.label ? ",answer\n" : "\n", to);
}

static int predict_all(cli_model *m, const cli_args *a, FILE *to)
{
    bool json = cli_flag(a, "json");
    int64_t count = m->data.n[m->part], most = cli_text(a, "limit") ? cli_whole(a, "limit") : count;
    const int64_t *rows = m->data.row[m->part];
    count = most < count ? most : count;
    if (!json)
        predict_head(to, m);
    for (int64_t at = 0; at < count; at += m->batch) {
        int64_t n = count - at < m->batch ? count - at : m->batch;
        cli_data_fill(&m->data, rows + at, n, m->plan.x);
        int code = cli_plan_run(&m->plan, &m->net, n);
        if (code != CLI_GO_ON)
            return code;
        const float *y = cli_plan_output(&m->plan);
        for (int64_t i = 0; i < n; i++) {
            fprintf(to, json ? "{\"sample\": %" PRId64 : "%" PRId64, rows[at + i]);
            if (m->net.classes)
                predict_class(to, m, rows[at + i], y + i * m->net.outputs, json);
            else
                predict_values(to, m, rows[at + i], y + i * m->net.outputs, json);
            fputs(json ? "}\n" : "\n", to);
        }
    }
    return CLI_DONE;
}

static int predict_run(cli_args *a)
{
    cli_model m;
    const char *path = cli_text(a, "output");
    int code = cli_model_open(&m, a, false), failed = 0;
    bool standard = strcmp(path, "-") == 0;
    FILE *to = code != CLI_GO_ON || standard ? stdout : cli_whole_begin(path);
    if (code == CLI_GO_ON)
        code = to ? predict_all(&m, a, to) : CLI_DONE;
    if (!to || (!standard && to != stdout && code != CLI_FAILED))
        failed = to ? cli_whole_end(to, path) : errno;
    if (failed)
        code = cli_error(CLI_FAILED, "Choose another file with -o.", "cannot write '%s': %s", path, strerror(failed));
    cli_model_close(&m);
    return code ? code : cli_flush();
}

const cli_command cli_predict = {
    .name = "predict",
    .usage = "nervo predict MODEL.safetensors [options]",
    .line = "Prints what a model says of each sample, as CSV with a header or as JSON lines.",
    .options = predict_options,
    .takes = CLI_FILES,
    .examples = "  nervo predict runs/first/model.safetensors --limit 10\n"
                "  nervo predict runs/iris/model.safetensors --data new.csv --json\n",
    .see = "nervo help eval",
    .run = predict_run,
};
