/* gan - two networks against each other, each with its own optimiser over its part of one store.

   The generator turns noise into points of the plane; the discriminator tells them from points of eight small Gaussians
   on a circle, the data of Metz et al. 2017 (Unrolled Generative Adversarial Networks), where a plain GAN (Goodfellow
   et al. 2014) jumps from mode to mode. Here the discriminator pays for its slope at real points (R1, Mescheder et al.
   2018): a gradient inside a loss. What is judged is the generator's running mean. All numbers are drawn in the plans.

   usage: gan [--data PATH] [--out DIR] [--seed N] [--threads N] [--steps N] [--quick] [--resume] [--check]
   The options of every example; README.md beside this file explains them. Leaves gan.safetensors and gan.svg in DIR.
   Exit code: 0 reached, 3 fell short, 1 an error, 2 wrong usage. */
#include "nervo.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH = 256, NOISE = 8, WIDTH = 128, MODES = 8, SAMPLES = 10000 };
static const double EIGHTH = 0.785398163397448, RADIUS = 2, SIGMA = 0.02, R1 = 0.05, WANTED = 90, LEAST = 2;
static long total = 8000; /* steps */

/* ---- options, files and one run: the same in every example ---- */
enum { DATA, OUT, SEED, THREADS, STEPS, QUICK, RESUME, CHECK, OPTIONS }; /* those before QUICK take a value */
static const char *option[] = { "--data", "--out", "--seed", "--threads", "--steps", "--quick", "--resume", "--check" };
static const char *value[OPTIONS] = { "../shared/data", "runs/examples/gan", "1", "0", "1000000000" };

static int options(int argc, char **argv)
{
    for (int i = 1, k; i < argc; i++) {
        const char *name = argv[i];
        for (k = 0; k < OPTIONS && strcmp(name, option[k]) != 0;)
            k++;
        const char *text = k >= QUICK ? "yes" : argv[++i];
        if (k == OPTIONS || !text || (k >= SEED && k < QUICK && strspn(text, "0123456789") != strlen(text))) {
            fprintf(stderr, "gan: cannot use '%s'; the options stand at the top of examples/gan.c\n", name);
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

/* runs a graph once, for its output "out", in an exec of its own: each such run draws the same random numbers */
static nrv_status run_once(nrv_graph *g, nrv_store *s, nrv_pool *pool, void *out, size_t bytes)
{
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_out(e, "out", out, bytes);
    nrv_status st = nrv_run(e);
    if (st)
        fprintf(stderr, "gan: %s\n", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    return st;
}

/* ---- the two networks and their losses ---- */
static nrv_tensor sharp(nrv_tensor x) /* nearly a rectifier, but smooth: R1 needs the slope of a slope */
{
    return NRV_EXPR("x: x * sigmoid(10 * x)", x);
}

static nrv_tensor generator(nrv_graph *g, nrv_dtype t, nrv_dim n, const nrv_scope *scope)
{
    nrv_tensor z = nrv_normal(g, "z", t, NRV_SHAPE(n, NOISE));
    nrv_enter(g, scope);
    z = nrv_relu(nrv_linear(z, "0", WIDTH, NULL));
    z = nrv_linear(nrv_relu(nrv_linear(z, "1", WIDTH, NULL)), "2", 2, NULL);
    nrv_pop(g);
    return z;
}

static nrv_tensor discriminator(nrv_tensor x, unsigned mode)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_enter(g, &(nrv_scope){ .name = "disc", .mode = mode | NRV_SHARED });
    x = sharp(nrv_linear(x, "0", WIDTH, NULL));
    x = nrv_linear(sharp(nrv_linear(x, "1", WIDTH, NULL)), "2", 1, NULL);
    nrv_pop(g);
    return x;
}

static nrv_tensor real_points(nrv_graph *g, nrv_dtype t)
{
    nrv_tensor turn = nrv_cast(nrv_mul_c(nrv_uniform(g, "mode", NRV_F32, NRV_SHAPE(BATCH, 1)), MODES), NRV_I32);
    turn = nrv_mul_c(nrv_cast(turn, t), EIGHTH);
    nrv_tensor centre = nrv_concat(2, (const nrv_tensor[]){ nrv_cos(turn), nrv_sin(turn) }, 1);
    return nrv_add(nrv_mul_c(centre, RADIUS), nrv_mul_c(nrv_normal(g, "noise", t, NRV_SHAPE(BATCH, 2)), SIGMA));
}

/* who: the generator (1) wants its points to be taken for real ones, the discriminator (0) wants to tell */
static nrv_tensor loss_of(nrv_graph *g, nrv_dtype t, int who)
{
    nrv_tensor fake = generator(g, t, BATCH, &(nrv_scope){ .name = "gen", .mode = who ? 0 : NRV_FROZEN });
    if (who)
        return nrv_mean_all(nrv_softplus(nrv_neg(discriminator(fake, NRV_FROZEN))));
    nrv_tensor real = real_points(g, t), on_real = discriminator(real, 0), slope;
    nrv_grad(nrv_sum_all(on_real), NULL, 1, &real, &slope);
    nrv_tensor told = nrv_add(nrv_softplus(nrv_neg(on_real)), nrv_softplus(discriminator(fake, 0)));
    return nrv_add(nrv_mean_all(told), nrv_mul_c(nrv_mean_all(nrv_square(slope)), R1));
}

/* ---- training: one plan for each of the two; both run over the same store ---- */
static nrv_plan *trace(nrv_store *s, int who)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor loss = loss_of(g, NRV_F32, who);
    const char *name = who ? "adam_gen" : "adam_disc"; /* each its own moments and its own step */
    nrv_tensor rate = nrv_cosine_rate(g, name, 3e-3, total / 50, total);
    nrv_list p = nrv_params(g, "*"); /* frozen ones are not in it */
    nrv_list stepped = nrv_adam(p, nrv_grads(loss, p), &(nrv_adam_opt){ .beta1 = 0.5, .rate = rate, .name = name });
    nrv_assign_all(p, stepped);
    nrv_list mean = nrv_states(p, "mean.", NULL);
    nrv_assign_all(mean, NRV_MAP("m, p: 0.995 * m + 0.005 * p", mean, stepped));
    nrv_output(g, "loss", loss);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_graph_free(g);
    return plan;
}

static nrv_status train(nrv_store *s, nrv_pool *pool)
{
    const char *done = nrv_store_noted(s, "example.steps");
    long i = done ? atol(done) : 0, stop = atol(value[STEPS]);
    float loss[2] = { 0, 0 };
    nrv_plan *plan[2] = { trace(s, 0), trace(s, 1) };
    nrv_exec *e[2] = { NULL, NULL };
    nrv_status st = NRV_OK;
    for (int who = 0; who < 2; who++) {
        e[who] = nrv_exec_new(plan[who], s, &(nrv_exec_opt){ .pool = pool, .share = e[0] });
        nrv_bind_out(e[who], "loss", &loss[who], sizeof loss[who]);
    }
    for (; i < total && i < stop && !st; i++) {
        for (int who = 0; who < 2 && !st; who++)
            if ((st = nrv_run(e[who])))
                fprintf(stderr, "gan: %s\n", nrv_why(e[who]));
        if ((i + 1) % (total / 10) == 0)
            printf("step %6ld of %ld: loss of the discriminator %.3f, of the generator %.3f\n", i + 1, total,
                   (double)loss[0], (double)loss[1]);
    }
    for (int who = 1; who >= 0; who--) {
        nrv_exec_free(e[who]);
        nrv_plan_free(plan[who]);
    }
    char text[24];
    snprintf(text, sizeof text, "%ld", i);
    return st ? st : nrv_store_note(s, "example.steps", text);
}

static double centre_of(int mode, int axis)
{
    return RADIUS * (axis ? sin(EIGHTH * mode) : cos(EIGHTH * mode));
}

/* ---- judging: how many of 10,000 points lie within 3 sigma of a mode, and how many each mode has ---- */
static nrv_status sample(nrv_store *s, nrv_pool *pool, float (*points)[2])
{
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_list mean = nrv_states(nrv_stored(g, "gen.*"), "mean.", NULL);
    nrv_output(g, "out", generator(g, NRV_F32, SAMPLES, &(nrv_scope){ .name = "gen", .with = mean }));
    return run_once(g, s, pool, points, SAMPLES * sizeof *points);
}

static int judge(float (*points)[2])
{
    int near[MODES] = { 0 }, all = 0, least = SAMPLES;
    for (int i = 0; i < SAMPLES; i++)
        for (int m = 0; m < MODES; m++)
            near[m] += hypot(points[i][0] - centre_of(m, 0), points[i][1] - centre_of(m, 1)) < 3 * SIGMA;
    for (int m = 0; m < MODES; all += near[m++])
        least = near[m] < least ? near[m] : least;
    double percent = 100.0 * all / (double)SAMPLES, rarest = 100.0 * least / (double)SAMPLES;
    int reached = percent >= WANTED && rarest >= LEAST;
    printf("gan: %.1f %% of samples within 3 sigma of a mode and %.1f %% in the rarest, wanted %g %% and %g %%: %s\n",
           percent, rarest, WANTED, LEAST, reached ? "reached" : "fell short");
    return reached ? 0 : 3;
}

static nrv_status picture(float (*points)[2])
{
    FILE *f = fopen(path_of("gan.svg"), "w");
    if (!f)
        return perror(path_of("gan.svg")), NRV_EIO;
    fprintf(f,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-2.5 -2.5 5 5' width='600' style='background:white'>\n");
    for (int m = 0; m < MODES; m++)
        fprintf(f, "<circle cx='%.3f' cy='%.3f' r='%g' fill='none' stroke='#c33' stroke-width='0.01'/>\n",
                centre_of(m, 0), -centre_of(m, 1), 3 * SIGMA);
    for (int i = 0; i < SAMPLES; i += 4)
        fprintf(f, "<circle cx='%.3f' cy='%.3f' r='0.008' fill='#24a'/>\n", (double)points[i][0],
                -(double)points[i][1]);
    fprintf(f, "</svg>\n");
    return fclose(f) ? NRV_EIO : NRV_OK;
}

/* ---- --check: in doubles, the slope along a direction against the losses on both sides ---- */
static int check(nrv_store *s, int who)
{
    static const char *side[3] = { NULL, "p: p + 1e-7 * sin(100 * p + 1)", "p: p - 1e-7 * sin(100 * p + 1)" };
    double v[3];
    for (int i = 0; i < 3; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
        nrv_enter(g, &(nrv_scope){ .with = i ? NRV_MAP(side[i], nrv_stored(g, who ? "gen.*" : "disc.*")) : NULL });
        nrv_tensor l = loss_of(g, NRV_F64, who);
        nrv_pop(g);
        nrv_list p = nrv_params(g, "*");
        nrv_output(g, "out", i ? l : nrv_sum_all(nrv_pack(NRV_MAP("p, g: g * sin(100 * p + 1)", p, nrv_grads(l, p)))));
        if (run_once(g, s, NULL, &v[i], sizeof v[i]))
            return 1;
    }
    double measured = (v[1] - v[2]) / 2e-7;
    int agree = fabs(measured - v[0]) <= 1e-4 * (fabs(measured) + fabs(v[0]));
    printf("gan: the %s's slope is %.9g, measured %.9g: %s\n", who ? "generator" : "discriminator", v[0], measured,
           agree ? "they agree" : "they differ");
    return agree ? 0 : 3;
}

int main(int argc, char **argv)
{
    static float points[SAMPLES][2];
    if (options(argc, argv))
        return 2;
    total = value[QUICK] ? 20 : total;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = strtoull(value[SEED], NULL, 10) });
    nrv_pool *pool = nrv_pool_new(atoi(value[THREADS]));
    const char *file = path_of("gan.safetensors");
    int status = 1;
    if (value[CHECK])
        status = check(s, 0) | check(s, 1);
    else if ((value[RESUME] && nrv_store_load(s, file, NULL)) || train(s, pool) || nrv_store_save(s, file, "*"))
        fprintf(stderr, "gan: %s\n", nrv_store_why(s) ? nrv_store_why(s) : "no result");
    else if (!sample(s, pool, points) && !picture(points))
        status = judge(points);
    nrv_pool_free(pool);
    nrv_store_free(s);
    return status;
}
