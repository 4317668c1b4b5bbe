/* test_records.c - every layer of the registry by the cases of its record: the word means the function, bare words have
   no parameters, gradients by input and parameters are the slopes, in training and in evaluation; every optimiser's
   record moves a parameter downhill. A new layer's file is tested without a word here. */
#include "../../src/nn/layer.h"
#include "../../src/optim/optim.h"
#include "support/cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct layer_case {
    const nrv__layer *layer;
    nrv__opdef stand_in; /* the reader of cases wants an op; only its name is looked at */
    op_case c;
    double *w; /* the scalar that is differentiated: sum(w * y) */
    int64_t n_w;
} layer_case;

static bool layer_read(layer_case *l, const nrv__layer *layer, int i)
{
    if (i >= (int)(sizeof layer->test / sizeof *layer->test) || !layer->test[i])
        return false;
    *l = (layer_case){ .layer = layer, .stand_in = { .name = layer->name, .test = { NULL } } };
    if (!case_read(&l->c, &l->stand_in, layer->test[i], NRV_F64))
        fail_msg("%s, case \"%s\": %s", layer->name, layer->test[i], l->c.wrong);
    assert_int_equal(l->c.n_x, 1);
    return true;
}

static void layer_free(layer_case *l)
{
    case_free(&l->c);
    free(l->w);
}

static nrv_tensor layer_input(const layer_case *l, nrv_graph *g)
{
    const case_input *x = &l->c.x[0];
    nrv_shape shape = { x->rank, { 0 } };
    memcpy(shape.dim, x->dim, sizeof x->dim);
    nrv_tensor t = nrv_param(g, "x", NRV_F64, shape, NRV_NORMAL(1));
    assert_non_null(t);
    return t;
}

static nrv_tensor layer_make(const layer_case *l, nrv_graph *g, nrv_tensor x)
{
    nrv__case c = { .g = g, .name = "0", .n_x = 1, .x = { x }, .x_name = { "x" }, .n_arg = l->c.n_arg };
    memcpy(c.arg, l->c.arg, sizeof l->c.arg);
    nrv_tensor y = l->layer->make(&c);
    if (!y)
        fail_msg("%s, case \"%s\": %s", l->layer->name, l->c.text, nrv_graph_why(g));
    return y;
}

/* sum(w * y) of a fresh graph over the store as it is now, and its gradients if d is given */
static double layer_scalar(layer_case *l, nrv_store *s, unsigned mode,
                           void (*look)(layer_case *l, nrv_store *s, nrv_list p, nrv_list d))
{
    double value = 0;
    nrv_graph *g = nrv_graph_new(s, mode);
    nrv_tensor y = layer_make(l, g, layer_input(l, g));
    if (!l->w) {
        l->n_w = case_elements(y);
        l->w = malloc(((size_t)l->n_w + 1) * sizeof *l->w);
        assert_non_null(l->w);
        case_draw(l->c.text, 99, 0.5, 2, l->n_w, l->w);
    }
    if (look)
        memcpy(nrv_store_data(s, "x", NULL, NULL), l->c.x[0].value, (size_t)l->c.x[0].n * sizeof(double));
    nrv_tensor loss = nrv_sum_all(nrv_mul(y, nrv_constant(g, NRV_F64, nrv_shape_of(y), l->w)));
    nrv_list p = nrv_params(g, "*");
    if (look)
        look(l, s, p, nrv_grads(loss, p));
    assert_int_equal(nrv_eval(loss, &value, sizeof value), NRV_OK);
    nrv_graph_free(g);
    return value;
}

static unsigned layer_mode;

static void layer_slopes(layer_case *l, nrv_store *s, nrv_list p, nrv_list d)
{
    const double h = 1e-4;
    if (l->layer->flags & NRV__LAYER_BARE)
        assert_int_equal(nrv_list_len(p), 1);
    for (int k = 0; k < nrv_list_len(p); k++) {
        nrv_tensor at = nrv_list_at(p, k);
        int64_t n = case_elements(at), step = n > 8 ? n / 8 : 1, count;
        double *dx = case_value(nrv_list_at(d, k), &count), *v = nrv_store_data(s, at->name, NULL, NULL);
        assert_non_null(dx);
        for (int64_t i = 0; i < n; i += step) {
            double old = v[i], y[4];
            for (int m = 0; m < 4; m++) {
                v[i] = old + h * (m < 2 ? m - 2 : m - 1);
                y[m] = layer_scalar(l, s, layer_mode, NULL);
            }
            v[i] = old;
            double slope = (y[0] - 8 * y[1] + 8 * y[2] - y[3]) / (12 * h);
            if (fabs(slope - dx[i]) > 1e-6 * (1 + fabs(slope)))
                fail_msg("%s, case \"%s\": gradient by %s[%lld] is %.12g, the slope %.12g", l->layer->name, l->c.text,
                         at->name, (long long)i, dx[i], slope);
        }
        free(dx);
    }
}

static void test_gradients(void **state)
{
    const nrv__layer *layer = *state;
    layer_case l;
    for (int i = 0; layer->make && layer_read(&l, layer, i); i++) {
        for (int m = 0; m < 2; m++) {
            nrv_store *s = nrv_store_new(NULL);
            layer_mode = m ? NRV_EVAL : NRV_TRAIN;
            layer_scalar(&l, s, layer_mode, layer_slopes);
            nrv_store_free(s);
        }
        layer_free(&l);
    }
}

/* "conv out 4 kernel 3": the words of a text with the arguments of the case, by name */
static void text_of(const layer_case *l, char *to, size_t room)
{
    size_t n = (size_t)snprintf(to, room, "%s", l->layer->word);
    for (int i = 0; i < l->c.n_arg; i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "%s:flag", l->c.arg[i].name);
        bool is_flag = strstr(l->layer->args, flag) != NULL;
        n += (size_t)snprintf(to + n, room - n, " %s%s%s", l->c.arg[i].name, is_flag ? "" : " ",
                              is_flag ? "" : l->c.arg[i].text);
    }
}

/* every loop is a node of its own, so a layer with one is the same where its values are */
static bool same_value(nrv_graph *g, nrv_tensor y, nrv_tensor z)
{
    if (y == z || !z || !g->n_block)
        return y == z;
    int64_t n = 0, m = 0;
    double *a = case_value(y, &n), *b = case_value(z, &m);
    bool same = a && b && n == m && case_scale(a, n) > 0 && !memcmp(a, b, (size_t)n * sizeof *a);
    free(a);
    free(b);
    return same;
}

static void test_words(void **state)
{
    const nrv__layer *layer = *state;
    layer_case l;
    char text[256];
    assert_true(layer->word && *layer->word && layer->doc && *layer->doc && layer->args);
    assert_true((layer->make != NULL) == !(layer->flags & NRV__LAYER_BLOCK));
    assert_true((layer->join != NULL) == ((layer->flags & (NRV__LAYER_BLOCK | NRV__LAYER_UNROLL)) == NRV__LAYER_BLOCK));
    assert_true(!layer->make || layer->test[0]);
    for (const nrv__layer *const *other = nrv__layers_all; *other; other++)
        assert_true(*other == layer || strcmp((*other)->word, layer->word) != 0);
    for (int i = 0; layer->make && layer_read(&l, layer, i); i++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_enter(g, &(nrv_scope){ .mode = NRV_SHARED });
        nrv_tensor x = layer_input(&l, g), y = layer_make(&l, g, x);
        text_of(&l, text, sizeof text);
        nrv_tensor z = nrv_layers(x, NULL, text);
        if (!same_value(g, y, z))
            fail_msg("%s: \"%s\" is not the function: %s", layer->name, text, z ? "another trace" : nrv_graph_why(g));
        nrv_graph_free(g);
        nrv_store_free(s);
        layer_free(&l);
    }
}

/* 40 steps down (p - 3)^2 */
static void test_optimiser(void **state)
{
    const nrv__optim *o = *state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN | NRV_EAGER);
    assert_true(o->name && o->doc && o->make);
    for (int i = 0; i < 40; i++) {
        nrv_tensor p = nrv_param(g, "p", NRV_F64, NRV_SHAPE(1), NRV_ZEROS);
        nrv_tensor loss = nrv_sum_all(nrv_square(nrv_add_c(p, -3)));
        nrv_list all = nrv_params(g, "*");
        nrv__case c = { .g = g, .name = "o", .n_arg = 1, .arg = { { "lr", "0.05" } } };
        nrv_assign_all(all, o->make(all, nrv_grads(loss, all), NULL, &c));
        assert_null(nrv_graph_why(g));
        nrv_graph_reset(g);
    }
    double p = *(double *)nrv_store_data(s, "p", NULL, NULL);
    assert_true(p > 1 && p < 3.5);
    assert_int_equal(*(int64_t *)nrv_store_data(s, "o.step", NULL, NULL), 40);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static size_t tests_add(struct CMUnitTest *tests, size_t n, const char *name, void (*test)(void **), const void *record)
{
    tests[n] = (struct CMUnitTest){ .name = name, .test_func = test };
    memcpy(&tests[n].initial_state, &record, sizeof record);
    return n + 1;
}

int main(void)
{
    enum { MOST = 1024 };
    static struct CMUnitTest tests[MOST];
    size_t n = 0;
    for (int i = 0; nrv__layers_all[i] && n + 2 < MOST; i++) {
        n = tests_add(tests, n, nrv__layers_all[i]->name, test_words, nrv__layers_all[i]);
        n = tests_add(tests, n, nrv__layers_all[i]->name, test_gradients, nrv__layers_all[i]);
    }
    for (int i = 0; nrv__optims[i] && n < MOST; i++)
        n = tests_add(tests, n, nrv__optims[i]->name, test_optimiser, nrv__optims[i]);
    return _cmocka_run_group_tests("records", tests, n, NULL, NULL);
}
