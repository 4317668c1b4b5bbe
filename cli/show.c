/* show.c - `nervo show`: the layers of a network, its compiled plan with the kernel chosen for each step and why, the
   operations there are, or a formula with its derivatives.

   Promises: nothing is trained, written or run. Does not do: draw. */
#include "net.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const cli_option show_options[] = {
    { .group = "Network",
      .letter = 'm',
      .name = "net",
      .arg = "TEXT",
      .kind = CLI_TEXT,
      .help = "the network as text" },
    { .name = "model", .arg = "FILE.net", .kind = CLI_TEXT, .help = "the network from a file ('-': stdin)" },
    { .letter = 'i',
      .name = "input",
      .arg = "SHAPE",
      .kind = CLI_TEXT,
      .help = "the shape of a sample, such as 1x28x28, if the text has no word 'input'" },
    { .group = "Plan",
      .letter = 'p',
      .name = "plan",
      .kind = CLI_FLAG,
      .help = "print the compiled plan: its steps, the kernel of each, and why the others lost" },
    { .name = "train", .kind = CLI_FLAG, .help = "the plan of a training step instead of the evaluation's" },
    { .letter = 'b',
      .name = "batch",
      .arg = "N",
      .kind = CLI_WHOLE,
      .lo = 1,
      .hi = 1 << 24,
      .fallback = "32",
      .help = "samples, for the multiply-adds and the plan" },
    CLI_OPTIM_OPTION,
    CLI_ISA_OPTION,
    { .group = "Operations",
      .name = "ops",
      .kind = CLI_FLAG,
      .help = "list every op: its kind, gradient, test cases, kernels" },
    { .group = "Formulas",
      .name = "formula",
      .arg = "TEXT",
      .kind = CLI_TEXT,
      .help =
          "a formula and its first two derivatives, simplified: 'x: sin(x) * exp(x)'; steps before it, 'B = tanh(w * "
          "A);', name values that the answers keep" },
    { .name = "by", .arg = "NAME", .kind = CLI_TEXT, .help = "what to differentiate by; without it, the first name" },
    CLI_JSON_OPTION,
    { 0 }
};

static int show_net(const cli_args *a, cli_net *net, cli_card *card)
{
    const char *input = cli_text(a, "input"), *text;
    int code;
    *net = (cli_net){ .optim = cli_text(a, "optim"), .isa = cli_text(a, "isa") };
    *card = (cli_card){ 0 };
    if (a->n_rest > 1)
        return cli_error(CLI_USAGE, "Name one file.", "show takes one model, not %d", a->n_rest);
    if (a->n_rest == 1 && (cli_text(a, "net") || cli_text(a, "model")))
        return cli_error(CLI_USAGE, "Leave one of them away.", "show takes a model file or a network text, not both");
    if (a->n_rest == 1) {
        size_t n = strlen(a->rest[0]);
        if (n > 4 && strcmp(a->rest[0] + n - 4, ".net") == 0)
            code = cli_net_text(NULL, a->rest[0], &text);
        else if ((code = cli_card_read(a->rest[0], card)) == CLI_GO_ON)
            return cli_card_net(card, net);
    } else {
        code = cli_net_text(cli_text(a, "net"), cli_text(a, "model"), &text);
    }
    if (code == CLI_GO_ON && input) {
        cli_card given = { .input = input, .text = text };
        code = cli_card_net(&given, net);
    }
    net->text = code == CLI_GO_ON ? text : NULL;
    return code == CLI_GO_ON ? cli_net_input(net, NULL) : code;
}

static void show_json(const cli_net *net, const cli_layers *l)
{
    printf("{\"input\": \"%s\", \"output\": \"%s\", \"layers\": [", cli_shape_text(net->rank, net->dim), l->output);
    for (int i = 0; i < l->n; i++) {
        printf("%s{\"name\": ", i ? ", " : "");
        cli_json_string(stdout, l->at[i].name);
        printf(", \"layer\": ");
        cli_json_string(stdout, l->at[i].word);
        printf(", \"output\": \"%s\", \"params\": %" PRId64 ", \"macs\": %" PRId64 "}", l->at[i].shape, l->at[i].params,
               l->at[i].macs);
    }
    printf("], \"trainable\": %" PRId64 ", \"non_trainable\": %" PRId64 ", \"macs\": %" PRId64 ", \"bytes\": %" PRId64
           "}\n",
           l->params, l->fixed, l->macs, l->bytes);
}

static void show_rule(int width)
{
    for (int i = 0; i < width; i++)
        fputs(cli_term.utf8 ? "\xE2\x94\x80" : "-", stdout);
    putchar('\n');
}

static const char *show_title(const cli_layer *l)
{
    return *l->name ? cli_format("%*s%s (%s)", 2 * l->depth, "", l->word, l->name)
                    : cli_format("%*s%s", 2 * l->depth, "", l->word);
}

static void show_table(const cli_net *net, const cli_layers *l)
{
    char a[32], b[32];
    int left = 24, middle = 14;
    for (int i = 0; i < l->n; i++) {
        int n = cli_columns(show_title(&l->at[i])), m = cli_columns(l->at[i].shape);
        left = n > left ? n : left;
        middle = m > middle ? m : middle;
    }
    left = left > 60 ? 60 : left;
    int width = left + middle + 2 + 14 + 16;
    printf("%s%-*s  %-*s%14s%16s%s\n", cli_ink(stdout, CLI_BOLD), left, "Layer (name)", middle, "Output shape",
           "Params", "MACs", cli_ink(stdout, CLI_PLAIN));
    show_rule(width);
    printf("%-*s  %-*s%14s%16s\n", left, "input", middle, cli_shape_text(net->rank, net->dim), "", "");
    for (int i = 0; i < l->n; i++)
        if (strncmp(l->at[i].word, "input", 5) != 0)
            printf("%-*s  %-*s%14s%16s\n", left, show_title(&l->at[i]), middle, l->at[i].shape,
                   l->at[i].params ? cli_count((double)l->at[i].params, a) : "",
                   l->at[i].macs ? cli_count((double)l->at[i].macs, b) : "");
    show_rule(width);
    printf("%-*s%s\n", left + 2, "Trainable parameters", cli_count((double)l->params, a));
    printf("%-*s%s\n", left + 2, "Non-trainable", cli_count((double)l->fixed, a));
    printf("%-*s%s\n", left + 2, "MACs per sample", cli_count((double)l->macs, a));
    printf("%-*s%s bytes\n", left + 2, "Size of the weights", cli_count((double)l->bytes, a));
}

static void show_sink(void *user, const char *text, size_t n)
{
    fwrite(text, 1, n, user);
}

static int show_plan(const cli_args *a, cli_net *net, const cli_card *card)
{
    bool train = cli_flag(a, "train");
    int64_t batch = cli_whole(a, "batch");
    cli_plan p = { 0 };
    cli_net look = *net;
    cli_layers l;
    int code = cli_net_isa(&net->isa);
    if (code == CLI_GO_ON && !card->text) { /* no data to say what the answers are: several outputs are classes */
        code = cli_layers_of(&look, &l);
        net->loss = look.outputs > 1 ? CLI_CROSS_ENTROPY : CLI_MSE;
        net->classes = look.outputs > 1 ? look.outputs : 0;
        net->values = look.outputs;
    }
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    if (code == CLI_GO_ON)
        code = cli_net_plan(net, s, train ? CLI_TRACE_TRAIN : CLI_TRACE_EVAL, NULL, NULL, batch, &p);
    if (code == CLI_GO_ON)
        nrv_plan_print(p.plan, show_sink, stdout);
    cli_plan_free(&p);
    nrv_store_free(s);
    return code == CLI_GO_ON ? CLI_DONE : code;
}

static int show_run(cli_args *a)
{
    cli_net net;
    cli_card card;
    cli_layers l;
    if (cli_flag(a, "ops"))
        return cli_show_ops(cli_flag(a, "json"));
    if (cli_text(a, "formula"))
        return cli_show_formula(cli_text(a, "formula"), cli_text(a, "by"), cli_flag(a, "json"));
    if (cli_text(a, "by"))
        return cli_error(CLI_USAGE, "Give it one: --formula 'x: sin(x)' --by x.", "--by goes with --formula");
    int code = show_net(a, &net, &card);
    if (code == CLI_GO_ON && cli_flag(a, "plan"))
        return show_plan(a, &net, &card);
    if (code == CLI_GO_ON)
        code = cli_layers_of(&net, &l);
    if (code != CLI_GO_ON)
        return code;
    if (cli_flag(a, "json"))
        show_json(&net, &l);
    else
        show_table(&net, &l);
    if (card.text && !cli_flag(a, "json")) {
        printf("%-26s%s, loss %s\n", "Trained on", card.data ? card.data : "?", card.loss ? card.loss : "?");
        if (card.classes)
            printf("%-26s%" PRId64 "\n", "Classes", card.classes);
    }
    return cli_flush();
}

const cli_command cli_show = {
    .name = "show",
    .usage = "nervo show MODEL.safetensors|-m TEXT|--model FILE.net|--ops|--formula TEXT [options]",
    .line = "Lists the layers with their output shapes, parameters and multiply-adds, or prints the compiled plan.",
    .options = show_options,
    .takes = CLI_FILES,
    .examples = "  nervo show -m \"input 1x28x28 | conv 16 3x3 relu | pool 2 | flatten | dense 10\"\n"
                "  nervo show runs/first/model.safetensors --plan --train --batch 32\n"
                "  nervo show --ops --json\n"
                "  nervo show --formula 'x: sin(x) * exp(x)' --by x\n",
    .see = "nervo help train",
    .run = show_run,
};
