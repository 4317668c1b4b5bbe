/* spiking - a network that speaks in spikes, trained by a made-up slope, on handwritten digits (MNIST).

   Leaky integrate-and-fire neurons: a voltage decays, takes in what arrives, and where it passes 1 the neuron fires and
   starts anew. A step has no slope; going backward it has that of a fast sigmoid (Zenke & Ganguli 2018, Neftci et al.
   2019: surrogate gradients), by nrv_surrogate. An image is a constant current into 256 neurons, whose spikes drive 128
   more, whose spikes drive ten voltages that never fire, for 12 turns of a scan; the mean voltage names the digit. The
   last line's number is the share of the 10,000 test images that are named rightly.

   usage: spiking [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check]
   The options of every example; README.md beside this file explains them. The images are read through gzip. Leaves
   spiking.safetensors and spiking.svg: who fired when, at the first test image.
   Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PIXELS = 784, FIRST = 256, SECOND = 128, DIGITS = 10, TURNS = 12, BATCH = 100, TRAIN = 60000, TEST = 10000 };
enum { SLOPE, UP, DOWN, STEP, GUESS, RASTER }; /* what a graph is for; the first three are --check's, in doubles */
static const double WANTED = 97;
static long steps = 4000;
static unsigned char image[TRAIN * PIXELS], label[TRAIN];
static nrv_store *store;
static nrv_pool *pool;

/* ---- options and files: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/spiking", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text))) {
            fprintf(stderr, "spiking: cannot use '%s'; its options stand at its top\n", name);
            return 2;
        }
        value[k] = text;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return 0;
}

static const char *path_of(const char *file) /* in the folder --out, which is made */
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", value[OUT], file);
    for (char *at = path; (at = strchr(at + 1, '/')) != NULL; *at = '/') {
        *at = 0;
        mkdir(path, 0777); /* if it fails, so does the writing, which says why */
    }
    return path;
}

/* ---- data ---- */
static int load(const char *part, int kind, unsigned char *to, size_t bytes) /* what follows the head of an IDX file */
{
    char path[4096], command[4200], head[16];
    size_t n = kind == 3 ? 16 : 8;
    snprintf(path, sizeof path, "%s/mnist/%s-%s-idx%d-ubyte.gz", value[DATA], part, kind == 3 ? "images" : "labels",
             kind);
    snprintf(command, sizeof command, "gzip -dc '%s'", path);
    FILE *f = strchr(path, '\'') ? NULL : popen(command, "r");
    int good = f && fread(head, 1, n, f) == n && fread(to, 1, bytes, f) == bytes && head[3] == kind;
    if (!good)
        fprintf(stderr, "spiking: %s: not read by gzip; --data PATH names the folder of mnist/\n", path);
    if (f)
        pclose(f);
    return !good;
}

/* ---- the network ---- */
static nrv_tensor fires(nrv_tensor u, int smooth) /* a step forward, a fast sigmoid backward */
{
    nrv_tensor hard = NRV_EXPR("u: u > 1 ? 1 : 0 * u", u), soft = NRV_EXPR("u: (u - 1) / (1 + 10 * abs(u - 1))", u);
    return nrv_surrogate(smooth ? soft : hard, soft);
}

static nrv_tensor silent(nrv_tensor x, nrv_dim neurons) /* (B,neurons) of 0 */
{
    return nrv_fill(nrv_graph_of(x), nrv_dtype_of(x), NRV_SHAPE(nrv_dim_of(x, 0), neurons), 0);
}

/* x (B,PIXELS) in 0..1 -> (B,DIGITS); *spikes (TURNS,B,FIRST+SECOND) */
static nrv_tensor model(nrv_tensor x, int smooth, nrv_tensor *spikes)
{
    nrv_tensor current = nrv_linear(x, "0", FIRST, NULL); /* the same in all turns */
    nrv_block *turn = nrv_scan(nrv_graph_of(x), &(nrv_scan_opt){ .steps = TURNS });
    nrv_tensor u = nrv_carry(turn, silent(x, FIRST)), s = nrv_carry(turn, silent(x, FIRST));
    nrv_tensor v = nrv_carry(turn, silent(x, SECOND)), z = nrv_carry(turn, silent(x, SECOND));
    nrv_tensor o = nrv_carry(turn, silent(x, DIGITS));
    nrv_tensor u2 = NRV_EXPR("u, s, i: 0.9 * u * (1 - s) + i", u, s, current), s2 = fires(u2, smooth);
    nrv_tensor v2 = NRV_EXPR("v, z, i: 0.9 * v * (1 - z) + i", v, z, nrv_linear(s2, "1", SECOND, NULL));
    nrv_tensor z2 = fires(v2, smooth), o2 = NRV_EXPR("o, i: 0.9 * o + i", o, nrv_linear(z2, "2", DIGITS, NULL));
    nrv_next(turn, u, u2);
    nrv_next(turn, s, s2);
    nrv_next(turn, v, v2);
    nrv_next(turn, z, z2);
    nrv_next(turn, o, o2);
    nrv_end(turn);
    *spikes = nrv_concat(2, (const nrv_tensor[]){ nrv_stacked(turn, s2), nrv_stacked(turn, z2) }, 2);
    return nrv_mean(nrv_stacked(turn, o2), 0, 0);
}

/* what a graph of this kind gives. A step draws its own batch from all images */
static nrv_tensor result(nrv_graph *g, int what)
{
    static const char *side[6] = { NULL, "p: p + 1e-7 * sin(100 * p + 1)", "p: p - 1e-7 * sin(100 * p + 1)" };
    const nrv_dim rows = what == STEP ? TRAIN : BATCH;
    nrv_tensor x = nrv_input(g, "image", NRV_U8, NRV_SHAPE(rows, PIXELS)), spikes;
    nrv_tensor digit = nrv_input(g, "digit", NRV_U8, NRV_SHAPE(rows));
    if (what == STEP) {
        nrv_tensor u = nrv_mul_c(nrv_uniform(g, "batch", NRV_F32, NRV_SHAPE(BATCH)), (double)rows);
        x = nrv_gather(x, nrv_cast(u, NRV_I32), 0), digit = nrv_gather(digit, nrv_cast(u, NRV_I32), 0);
    }
    digit = nrv_cast(digit, NRV_I32);
    nrv_enter(g, &(nrv_scope){ .with = side[what] ? NRV_MAP(side[what], nrv_stored(g, "*")) : NULL });
    nrv_tensor y = model(nrv_mul_c(nrv_cast(x, what <= DOWN ? NRV_F64 : NRV_F32), 1 / 255.0), what <= DOWN, &spikes);
    nrv_pop(g);
    if (what == RASTER)
        return nrv_slice(spikes, 1, 0, 1);
    if (what == GUESS)
        return nrv_sum_all(nrv_cast(nrv_equal(nrv_argmax(y, 1), digit), NRV_F32));
    nrv_tensor l = nrv_cross_entropy(y, digit);
    nrv_list p = nrv_params(g, "*"), d = nrv_grads(l, p);
    nrv_tensor rate = nrv_cosine_rate(g, "adam", 2e-3, steps / 50, steps);
    if (what == STEP)
        nrv_assign_all(p, nrv_adam(p, d, &(nrv_adam_opt){ .rate = rate }));
    return what == SLOPE ? nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, d))) : l;
}

/* builds a graph and runs it; *sum adds up what it gives, if that is a number. Not steps go from batch to batch */
static int work(int what, long times, void *out, size_t bytes, double *sum)
{
    nrv_graph *g = nrv_graph_new(store, NRV_TRAIN);
    nrv_output(g, "out", result(g, what));
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, store, &(nrv_exec_opt){ .pool = pool });
    const size_t rows = what == STEP ? TRAIN : BATCH;
    nrv_status st = NRV_OK;
    nrv_bind_out(e, "out", out, bytes);
    for (long i = 0; i < times && !st; i++) {
        const size_t from = what == STEP ? 0 : (size_t)i * BATCH;
        nrv_bind_in(e, "image", image + from * PIXELS, rows * PIXELS);
        nrv_bind_in(e, "digit", label + from, rows);
        if ((st = nrv_run(e)))
            fprintf(stderr, "spiking: %s\n", nrv_why(e));
        else if (sum)
            *sum += (double)*(float *)out;
        if (what == STEP && (i + 1) % (steps / 10) == 0)
            printf("%6ld steps: loss %.3f\n", i + 1, (double)*(float *)out);
    }
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return st != NRV_OK;
}

static int check(void) /* with spikes that are as smooth forward as their slopes are */
{
    double v[3] = { 0 };
    for (int what = SLOPE; what <= DOWN; what++)
        if (work(what, 1, &v[what], sizeof v[what], NULL))
            return 1;
    double measured = (v[UP] - v[DOWN]) / 2e-7;
    int agree = fabs(measured - v[SLOPE]) <= 1e-4 * (fabs(measured) + fabs(v[SLOPE]));
    printf("spiking: slope %.9g, measured %.9g: %s\n", v[SLOPE], measured, agree ? "they agree" : "they differ");
    return agree ? 0 : 3;
}

static int picture(FILE *f) /* time goes to the right, a row for each neuron: the first layer above, the second below */
{
    static float fired[TURNS][FIRST + SECOND];
    if (!f || work(RASTER, 1, fired, sizeof fired, NULL))
        return 1;
    fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='400' style='background:white'>\n",
            TURNS * 16, FIRST + SECOND);
    for (int t = 0; t < TURNS; t++)
        for (int n = 0; n < FIRST + SECOND; n++)
            if (fired[t][n] > 0)
                fprintf(f, "<rect x='%d' y='%d' width='12' height='0.9' fill='%s'/>\n", t * 16, n,
                        n < FIRST ? "#24a" : "#c33");
    return fprintf(f, "</svg>\n") < 0 || fclose(f);
}

static int learn(void) /* 0 reached, 3 fell short, 1 an error */
{
    int failed = value[RESUME] && nrv_store_load(store, path_of("spiking.safetensors"), NULL);
    const char *noted = nrv_store_noted(store, "example.steps");
    long i = noted ? atol(noted) : 0, stop = atol(value[STEPS]) < steps ? atol(value[STEPS]) : steps;
    float number = 0;
    double right = 0;
    char text[24];
    failed = failed || (stop > i && work(STEP, stop - i, &number, sizeof number, NULL));
    snprintf(text, sizeof text, "%ld", stop > i ? stop : i);
    failed = failed || nrv_store_note(store, "example.steps", text) ||
             nrv_store_save(store, path_of("spiking.safetensors"), "*") || load("t10k", 3, image, TEST * PIXELS) ||
             load("t10k", 1, label, TEST) || work(GUESS, TEST / BATCH, &number, sizeof number, &right);
    if (failed || picture(fopen(path_of("spiking.svg"), "w")))
        return fprintf(stderr, "spiking: %s\n", nrv_store_why(store) ? nrv_store_why(store) : "no result"), 1;
    int reached = right / (TEST / 100) >= WANTED;
    printf("spiking: %.2f %% of the test images named rightly, wanted %g: %s\n", right / (TEST / 100), WANTED,
           reached ? "reached" : "fell short");
    return reached ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (options(argc, argv))
        return 2;
    steps = value[QUICK] ? 10 : steps;
    store = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    pool = nrv_pool_new(atoi(value[THREADS]));
    int status = load("train", 3, image, sizeof image) || load("train", 1, label, sizeof label) ? 1 : 0;
    status = status ? status : value[CHECK] ? check() : learn();
    nrv_pool_free(pool);
    nrv_store_free(store);
    return status;
}
