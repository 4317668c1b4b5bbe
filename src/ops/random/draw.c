/* draw.c - see draw.h. Does not do: the draws themselves, each of which is a file of its own. */
#include "draw.h"
#include <math.h>
#include <string.h>

static bool draw_counter_fits(nrv__infer *s)
{
    return s->in[0]->type == NRV_I64 ||
           nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_I64", "the counter is %s, i64 is wanted",
                           nrv__dtype_name(s->in[0]->type));
}

bool nrv__draw_shape(nrv__infer *s, int n, const nrv_dim *dim)
{
    int front = s->in[0]->rank;
    if (!draw_counter_fits(s))
        return false;
    if (front + n > NRV__MAX_RANK)
        return nrv__infer_fail(s, NRV_ESHAPE, "ranks go up to 8", "rank %d for each of a counter of rank %d", n, front);
    memcpy(s->dim, s->in[0]->dim, (size_t)front * sizeof *dim);
    if (n)
        memcpy(s->dim + front, dim, (size_t)n * sizeof *dim);
    s->rank = front + n;
    return true;
}

bool nrv__draw_rows(nrv__infer *s)
{
    nrv_tensor run = s->in[0], x = s->in[1];
    nrv_dim d;
    if (!draw_counter_fits(s) || !nrv__infer_real(s, 1))
        return false;
    if (x->rank < run->rank)
        return nrv__infer_fail(s, NRV_ESHAPE, "the counter's lengths, then those of one draw",
                               "rank %d for a counter of rank %d", x->rank, run->rank);
    for (int i = 0; i < run->rank; i++)
        if (!nrv__dim_same(s->g, run->dim[i], x->dim[i], s->op->name, &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "the counter's lengths, then those of one draw",
                                   "axis %d differs from the counter's", i);
    return true;
}

double nrv__draw_stirling(double k)
{
    double product = 1, r = 1 / (k * k);
    if (k >= 16)
        return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / k;
    for (double i = 2; i <= k; i++)
        product *= i;
    return log(product) - (k + 0.5) * log(k) + k - 0.91893853320467274178;
}

/* 2 k atanh(v) - (k + mean) v by its series */
double nrv__draw_deviance(double k, double mean)
{
    double v = (k - mean) / (k + mean);
    if (fabs(v) > 0.1)
        return k * log(k / mean) + mean - k;
    double sum = (k - mean) * v, term = 2 * k * v, last = sum + 1;
    for (int j = 3; sum != last; j += 2) {
        last = sum;
        term *= v * v;
        sum += term / j;
    }
    return sum;
}

int64_t nrv__draw_each(const nrv__args *a)
{
    int64_t items = 1;
    for (int i = 0; i < a->in[0].rank; i++)
        items *= a->in[0].dim[i];
    return items ? a->n / items : 0;
}

nrv_tensor nrv__draw_batch(const nrv__batch *b)
{
    nrv_tensor y = b->y, x[3] = { NULL };
    for (int i = 0; i < y->n_in; i++) {
        x[i] = b->x[i];
        if (!b->wide[i] && x[i]->rank == NRV__MAX_RANK)
            return NULL;
        if (!b->wide[i])
            x[i] = nrv_expand(x[i], 0, b->T);
    }
    return y->rank < NRV__MAX_RANK ? nrv__op_with(y->op, y->n_in, x, y->attr, y->n_size, y->size) : NULL;
}

nrv_tensor nrv__draw_case(const nrv__case *c, const nrv__opdef *op, nrv_dtype t, int n_size, const nrv_dim *size)
{
    nrv__random_attr a = { 0x0123456789ABCDEFu, (int64_t)t };
    nrv_tensor in[3] = { NULL };
    int n = 0;
    if (!c->n_x || strcmp(c->x_name[0], "run"))
        in[n++] = nrv__run_counter(c->g);
    for (int i = 0; i < c->n_x && n < 3; i++)
        in[n++] = c->x[i];
    return nrv__op_with(op, n, in, &a, n_size, size);
}
