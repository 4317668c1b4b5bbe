/* eval.c - `nervo eval`: measures a model. On the data and split that training reported last it gives the same bits. */
#include "model.h"
#include <inttypes.h>

static const cli_option eval_options[] = {
    CLI_MODEL_OPTIONS,
    CLI_REQUIRE_OPTION,
    CLI_JSON_OPTION,
    { .name = "pictures", .kind = CLI_FLAG, .fallback = "1", .help = "no images in the terminal" },
    { 0 }
};

static void eval_json(const cli_model *m, const cli_pass *pass)
{
    int64_t n = m->net.classes;
    printf("{\"data\": ");
    cli_json_string(stdout, m->data.name);
    printf(", \"split\": \"%s\", \"samples\": %" PRId64 ", \"loss\": ", cli_part_name[m->part], pass->sum.n);
    cli_json_number(stdout, cli_mean_loss(&pass->sum));
    printf(", \"%s\": ", cli_score_name(&m->net));
    cli_json_number(stdout, cli_score(&pass->sum));
    for (int64_t i = 0; pass->counts && i < n * n; i++)
        printf("%s%s%" PRId64, i == 0 ? ", \"confusion\": [" : "", i % n ? ", " : i ? "], [" : "[", pass->counts[i]);
    puts(pass->counts ? "]]}" : "}");
}

static int eval_report(const cli_model *m, const cli_args *a, const cli_pass *pass)
{
    const cli_data *d = &m->data;
    const int64_t *rows = d->row[m->part];
    if (cli_flag(a, "json")) {
        eval_json(m, pass);
    } else {
        if (pass->counts)
            cli_show_confusion(d->classes, d->class_name, pass->counts);
        if (pass->said && cli_flag(a, "pictures"))
            cli_show_pictures(d, rows, pass->said, d->n[m->part]);
        if (pass->counts)
            putchar('\n');
        cli_print_result(cli_part_name[m->part], &m->net, &pass->sum,
                         cli_format("(loss %.6g, %" PRId64 " samples)", cli_mean_loss(&pass->sum), pass->sum.n));
    }
    int code = cli_flush();
    return code ? code : cli_check_goal(cli_text(a, "require"), &m->net, &pass->sum);
}

static int eval_run(cli_args *a)
{
    cli_model m;
    cli_pass pass = { 0 };
    int code = cli_model_open(&m, a, true);
    if (code == CLI_GO_ON)
        code = cli_check_goal_text(cli_text(a, "require"), &m.net);
    if (code == CLI_GO_ON && m.net.classes && m.net.classes <= 1000) {
        pass.counts = cli_get((size_t)(m.net.classes * m.net.classes) * sizeof *pass.counts);
        pass.said = cli_get((size_t)m.data.n[m.part] * sizeof *pass.said);
    }
    if (code == CLI_GO_ON)
        code = cli_evaluate(&m.net, &m.plan, &m.data, m.part, m.batch, &pass);
    if (code == CLI_GO_ON)
        code = eval_report(&m, a, &pass);
    cli_model_close(&m);
    return code;
}

const cli_command cli_eval = {
    .name = "eval",
    .usage = "nervo eval MODEL.safetensors [options]",
    .line = "Measures a model on data: loss, accuracy, confusion of the classes.",
    .options = eval_options,
    .takes = CLI_FILES,
    .examples = "  nervo eval runs/first/model.safetensors\n"
                "  nervo eval runs/first/model.safetensors --split train --require 'acc>=0.9'\n",
    .see = "nervo help predict",
    .run = eval_run,
};
