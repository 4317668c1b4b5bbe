/* slope.c - see slope.h. */
#include "slope.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOPE_ALONE = 24 };
static const double slope_step = 1e-4;

static double slope_scalar(const slope *t)
{
    int64_t n = 0;
    case_forget(t->s->g);
    double *v = case_value(t->s, &n);
    if (!v)
        case_fails(t->c, "no value: %s", nrv_graph_why(t->s->g));
    double s = v[0];
    free(v);
    return s;
}

/* the scalar with input k moved by step * d */
static double slope_moved(const slope *t, int k, const double *d, double step)
{
    int64_t n = case_elements(t->x[k]);
    double *to = malloc(((size_t)n + 1) * sizeof *to);
    assert_non_null(to);
    for (int64_t i = 0; i < n; i++)
        to[i] = t->at[k][i] + step * d[i];
    case_feed(t->x[k], to, n);
    free(to);
    return slope_scalar(t);
}

static double slope_along(const slope *t, int k, const double *d)
{
    double h = slope_step, far = slope_moved(t, k, d, 2 * h) - slope_moved(t, k, d, -2 * h),
           near = slope_moved(t, k, d, h) - slope_moved(t, k, d, -h);
    case_feed(t->x[k], t->at[k], case_elements(t->x[k]));
    return (8 * near - far) / (12 * h);
}

static void slope_judge(const slope *t, int k, int64_t i, double got, double want, double scale)
{
    if (fabs(got - want) <= t->tolerance * scale)
        return;
    if (i >= 0)
        case_fails(t->c, "%s: by %s[%lld] it is %.12g, the slope is %.12g", t->order, t->x[k]->name, (long long)i, got,
                   want);
    else
        case_fails(t->c, "%s: along a random direction of %s it is %.12g, the slope is %.12g", t->order, t->x[k]->name,
                   got, want);
}

static void slope_of_input(const slope *t, int k, const double *dx, double scale)
{
    int64_t n = case_elements(t->x[k]);
    double *d = calloc((size_t)n + 1, sizeof *d);
    assert_non_null(d);
    for (int turn = 0; turn < 2 && n; turn++) {
        double along = 0, mass = 0;
        case_draw(t->c->text, (uint64_t)(100 * turn + k), -1, 1, n, d);
        for (int64_t i = 0; i < n; i++) {
            along += d[i] * dx[i];
            mass += fabs(d[i] * dx[i]);
        }
        slope_judge(t, k, -1, along, slope_along(t, k, d), scale + mass);
    }
    int64_t apart = n > SLOPE_ALONE ? n / SLOPE_ALONE : 1;
    for (int64_t i = 0; i < n; i += apart) {
        memset(d, 0, (size_t)n * sizeof *d);
        d[i] = 1;
        slope_judge(t, k, i, dx[i], slope_along(t, k, d), scale);
    }
    free(d);
}

void slope_check(const slope *t)
{
    double *dx[SLOPE_TARGETS], scale = 1e-5 * fabs(slope_scalar(t));
    for (int k = 0; k < t->n; k++) {
        int64_t n = 0;
        dx[k] = case_value(t->dx[k], &n);
        if (!dx[k])
            case_fails(t->c, "%s: no value: %s", t->order, nrv_graph_why(t->s->g));
        assert_int_equal(n, case_elements(t->x[k]));
        assert_int_equal(t->dx[k]->type, t->x[k]->type);
        for (int64_t i = 0; i < n; i++)
            if (!isfinite(dx[k][i]))
                case_fails(t->c, "%s: by %s[%lld] it is %g", t->order, t->x[k]->name, (long long)i, dx[k][i]);
        scale = fmax(scale, case_scale(dx[k], n));
    }
    for (int k = 0; k < t->n; k++) {
        if (!t->other[k])
            slope_of_input(t, k, dx[k], scale);
        free(dx[k]);
    }
}
