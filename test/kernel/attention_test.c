/* attention_test.c - attention and its gradient over several blocks of queries and keys, through strides, with heads
   that share keys, masks, biases and positions, against plain loops in double. */
#include "kernel_test.h"

typedef struct at_case {
    int64_t batch, heads, queries, keys, deep, deep_v, shared; /* shared: one head of k and v serves all */
    int64_t causal, offset, mask, bias;
    double scale;
} at_case;

/* (B,T,H,D) seen as (B,H,T,D) */
static kt_tensor at_heads(int skew, int64_t batch, int64_t heads, int64_t rows, int64_t deep)
{
    kt_tensor t = kt_floats(skew, KT_DIMS(batch, rows, heads, deep));
    t.v.dim[1] = heads, t.v.dim[2] = rows;
    t.v.stride[1] = deep, t.v.stride[2] = heads * deep;
    return t;
}

static double at_get(const kt_tensor *t, int64_t b, int64_t h, int64_t i, int64_t d)
{
    const nrv__view *v = &t->v;
    return (double)((const float *)v->data)[b * v->stride[0] + (v->dim[1] == 1 ? 0 : h) * v->stride[1] +
                                            i * v->stride[2] + d * v->stride[3]];
}

typedef struct at_job {
    at_case c;
    kt_tensor q, k, v, y, dy, mask, bias, offset; /* mask and bias (T,L) */
    double *p;                                    /* the weights of one query */
} at_job;

static double at_product(const kt_tensor *a, const kt_tensor *b, int64_t n, int64_t h, int64_t i, int64_t j,
                         int64_t deep)
{
    double sum = 0;
    for (int64_t d = 0; d < deep; d++)
        sum += at_get(a, n, h, i, d) * at_get(b, n, h, j, d);
    return sum;
}

/* the weights of query i; none where it sees no key */
static void at_weights(const at_job *t, int64_t n, int64_t h, int64_t i)
{
    const at_case *c = &t->c;
    double most = -INFINITY, sum = 0;
    for (int64_t j = 0; j < c->keys; j++) {
        bool seen = !c->causal || j <= i + c->offset;
        seen = seen && (!c->mask || ((const unsigned char *)t->mask.v.data)[i * c->keys + j]);
        double s = at_product(&t->q, &t->k, n, h, i, j, c->deep) * c->scale;
        s += c->bias ? (double)((const float *)t->bias.v.data)[i * c->keys + j] : 0;
        t->p[j] = seen ? s : -INFINITY;
        most = t->p[j] > most ? t->p[j] : most;
    }
    for (int64_t j = 0; j < c->keys; j++)
        sum += t->p[j] = most == -INFINITY ? 0 : exp(t->p[j] - most);
    for (int64_t j = 0; j < c->keys && sum > 0; j++)
        t->p[j] /= sum;
}

/* y, or where that is NULL the gradients dq, dk, dv one after the other */
static void at_define(const at_job *t, double *y, double *flat)
{
    const at_case *c = &t->c;
    const int64_t kv = c->shared ? 1 : c->heads;
    double *dq = flat, *dk = flat + c->batch * c->heads * c->queries * c->deep,
           *dv = dk + c->batch * kv * c->keys * c->deep;
    for (int64_t u = 0; u < c->batch * c->heads * c->queries; u++) {
        const int64_t i = u % c->queries, h = u / c->queries % c->heads, n = u / c->queries / c->heads;
        const int64_t of_keys = (n * kv + (c->shared ? 0 : h)) * c->keys;
        at_weights(t, n, h, i);
        const double dot = y ? 0 : at_product(&t->y, &t->dy, n, h, i, i, c->deep_v);
        for (int64_t j = 0; j < c->keys; j++) {
            const double p = t->p[j];
            for (int64_t d = 0; d < c->deep_v && y; d++)
                y[u * c->deep_v + d] += p * at_get(&t->v, n, h, j, d);
            const double ds = y ? 0 : p * (at_product(&t->dy, &t->v, n, h, i, j, c->deep_v) - dot) * c->scale;
            for (int64_t d = 0; d < c->deep && !y; d++) {
                dq[u * c->deep + d] += ds * at_get(&t->k, n, h, j, d);
                dk[(of_keys + j) * c->deep + d] += ds * at_get(&t->q, n, h, i, d);
            }
            for (int64_t d = 0; d < c->deep_v && !y; d++)
                dv[(of_keys + j) * c->deep_v + d] += p * at_get(&t->dy, n, h, i, d);
        }
    }
}

static void at_compare(const at_job *t, bool back)
{
    const at_case *c = &t->c;
    const int64_t rows = c->batch * c->heads * c->queries, kv = c->batch * (c->shared ? 1 : c->heads) * c->keys;
    const int64_t n = back ? rows * c->deep + kv * (c->deep + c->deep_v) : rows * c->deep_v;
    kt_tensor out =
        back ? kt_new(NRV_F32, 3, KT_DIMS(n)) : kt_new(NRV_F32, 1, KT_DIMS(c->batch, c->heads, c->queries, c->deep_v));
    double *want = calloc((size_t)n + 1, 8), *size = malloc(((size_t)n + 1) * 8);
    assert_non_null(want);
    assert_non_null(size);
    at_define(t, back ? NULL : want, want);
    for (int64_t i = 0; i < n; i++)
        size[i] = 1;
    nrv__view in[8] = { t->q.v, t->k.v, t->v.v, t->y.v, t->dy.v };
    int m = back ? 5 : 3;
    if (c->mask)
        in[m++] = t->mask.v;
    if (c->offset)
        in[m++] = t->offset.v;
    if (c->bias)
        in[m++] = t->bias.v;
    const nrv__attention_attr attr = { c->scale, c->causal, c->mask, c->offset != 0, c->bias };
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next(back ? "attention_back" : "attention", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = m, .attr = &attr }, &out));
        kt_near(k, "attention", out.v.data, want, size, n, 2e-5); /* of some hundred products of numbers below 1 */
    }
    free(want), free(size);
    kt_free(&out);
}

static void at_check(at_case c)
{
    const int64_t kv = c.shared ? 1 : c.heads;
    at_job t = { .c = c,
                 .q = at_heads(1, c.batch, c.heads, c.queries, c.deep),
                 .k = at_heads(3, c.batch, kv, c.keys, c.deep),
                 .v = at_heads(0, c.batch, kv, c.keys, c.deep_v),
                 .y = at_heads(2, c.batch, c.heads, c.queries, c.deep_v),
                 .dy = at_heads(5, c.batch, c.heads, c.queries, c.deep_v),
                 .mask = kt_new(NRV_BOOL, 1, KT_DIMS(c.queries, c.keys)),
                 .bias = kt_floats(1, KT_DIMS(c.queries, c.keys)),
                 .offset = kt_new(NRV_I64, 0, 0, NULL),
                 .p = malloc((size_t)(c.keys + 1) * 8) };
    assert_non_null(t.p);
    for (int64_t i = 0; i < c.queries * c.keys; i++) /* query 1 sees none */
        ((unsigned char *)t.mask.v.data)[i] = i / c.keys != 1 && i % 7 < 4;
    memcpy(t.offset.v.data, &c.offset, sizeof c.offset);
    at_compare(&t, false);
    at_compare(&t, true);
    kt_tensor *all[] = { &t.q, &t.k, &t.v, &t.y, &t.dy, &t.mask, &t.bias, &t.offset };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        kt_free(all[i]);
    free(t.p);
}

static void at_blocks(void **state)
{
    (void)state;
    at_check((at_case){ 2, 2, 130, 200, 16, 32, .scale = 0.25 });
    at_check((at_case){ 1, 1, 64, 96, 64, 64, .scale = 0.125 });
    at_check((at_case){ 1, 3, 65, 97, 5, 7, .scale = 1 });
    at_check((at_case){ 1, 1, 1, 300, 8, 8, .scale = 0.3 });
    at_check((at_case){ 3, 1, 7, 1, 1, 1, .scale = 2 });
}

static void at_positions(void **state)
{
    (void)state;
    at_check((at_case){ 1, 2, 150, 150, 32, 32, .causal = 1, .scale = 0.2 });
    at_check((at_case){ 1, 2, 70, 230, 17, 16, .causal = 1, .offset = 121, .scale = 0.2 });
    at_check((at_case){ 1, 1, 140, 40, 8, 9, .causal = 1, .offset = -77, .scale = 0.4 });
    at_check((at_case){ 1, 1, 33, 20, 4, 4, .causal = 1, .offset = -400, .scale = 0.4 });
}

static void at_masks(void **state)
{
    (void)state;
    at_check((at_case){ 2, 3, 67, 110, 8, 16, .shared = 1, .scale = 0.3 });
    at_check((at_case){ 1, 2, 66, 120, 16, 16, .shared = 1, .mask = 1, .causal = 1, .scale = 0.3 });
    at_check((at_case){ 2, 1, 30, 101, 4, 6, .bias = 1, .scale = 0.5 });
    at_check((at_case){ 1, 2, 90, 99, 16, 8, .bias = 1, .mask = 1, .causal = 1, .offset = 5, .scale = 0.5 });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(at_blocks), cmocka_unit_test(at_positions),
                                        cmocka_unit_test(at_masks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
