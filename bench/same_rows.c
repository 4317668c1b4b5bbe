/* same_rows.c - does what a network gives for a sample depend on the batch that the sample is in?

   usage: bench_rows. Draws 30 networks, half of them with convolutions, runs each on the same samples in batches of 1,
   2, 7 and 64, and counts those whose rows have the bits that they have in the batch of 64; the largest difference of
   all, relative to the network's largest output. Exit code: 0 told, 1 an error.
   Does not do: judge. docs/why/same-bits.md says what the promise would cost. */
#include <math.h>
#include <nervo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = 30, BATCHES = 4, MOST = 64 };
static const int batch_of[BATCHES] = { MOST, 1, 2, 7 };
static uint32_t state = 1;

static int drawn(int below)
{
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)below);
}

static const char *activation(void)
{
    static const char *const all[] = { "relu", "tanh", "sigmoid", "gelu" };
    return all[drawn(4)];
}

static void draw_network(int k, char *text, size_t size)
{
    if (k % 2)
        snprintf(text, size, "input %dx12x12 | conv %d 3x3 pad 1 %s | pool 2 | flatten | dense %d %s | dense 10",
                 1 + drawn(8), 4 + drawn(40), activation(), 16 + drawn(200), activation());
    else
        snprintf(text, size, "input %d | dense %d %s | dense %d %s | dense 10", 4 + drawn(800), 8 + drawn(600),
                 activation(), 8 + drawn(600), activation());
}

/* the 10 outputs of each of the first `batch` samples of x (64,...); false: said */
static int outputs(nrv_store *s, const char *text, nrv_shape sample, int batch, const float *x, float *y)
{
    nrv_shape shape = { sample.rank + 1, { batch } };
    size_t each = 1;
    for (int i = 0; i < sample.rank; i++) {
        shape.dim[i + 1] = sample.dim[i];
        each *= (size_t)sample.dim[i];
    }
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_output(g, "y", nrv_layers(nrv_input(g, "x", NRV_F32, shape), "net", text));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", x, (size_t)batch * each * sizeof *x);
    nrv_bind_out(e, "y", y, (size_t)batch * 10 * sizeof *y);
    int ok = nrv_run(e) == NRV_OK;
    if (!ok)
        fprintf(stderr, "bench_rows: %s: %s\n", text, nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    return ok;
}

static float *samples(nrv_shape sample)
{
    size_t n = MOST;
    for (int i = 0; i < sample.rank; i++)
        n *= (size_t)sample.dim[i];
    float *x = malloc(n * sizeof *x);
    for (size_t i = 0; x && i < n; i++)
        x[i] = (float)drawn(2001) * 0.001f - 1;
    return x;
}

static int compare(int k, int *same, double *apart)
{
    char text[256], why[256];
    static float y[BATCHES][MOST * 10];
    nrv_shape sample;
    draw_network(k, text, sizeof text);
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = (uint64_t)k });
    float *x = nrv_layers_input(text, &sample, why, sizeof why) == NRV_OK ? samples(sample) : NULL;
    int ok = x != NULL;
    for (int b = 0; b < BATCHES && ok; b++) {
        const size_t n = (size_t)batch_of[b] * 10;
        ok = outputs(s, text, sample, batch_of[b], x, y[b]);
        same[b] += ok && !memcmp(y[b], y[0], n * sizeof **y);
        double far = 0, most = 1e-30;
        for (size_t i = 0; i < n; i++) {
            far = fmax(far, fabs((double)y[b][i] - (double)y[0][i]));
            most = fmax(most, fabs((double)y[0][i]));
        }
        *apart = fmax(*apart, far / most);
    }
    free(x);
    nrv_store_free(s);
    return ok;
}

int main(void)
{
    int same[BATCHES] = { 0 };
    double apart = 0;
    for (int k = 0; k < NETWORKS; k++)
        if (!compare(k, same, &apart))
            return 1;
    for (int b = 1; b < BATCHES; b++)
        printf("batch %d: %d of %d networks give each row the bits that it has in a batch of %d\n", batch_of[b],
               same[b], NETWORKS, MOST);
    printf("at most %.2g of the largest output apart\n", apart);
    return 0;
}
