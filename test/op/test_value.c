/* test_value.c - float against double: what a float graph computes is the double's value to the tolerance that the
   record states, in ulp of the largest magnitude; cases without elements run, too. What the double's value should be is
   the business of test_known.c. */
#include "support/each_op.h"
#include <math.h>

static double value_tolerance(const nrv__opdef *op, double scale)
{
    double ulp = op->ulp > 0 ? op->ulp : 2;
    return scale > 0 ? ulp * ldexp(1, ilogb(scale) - 23) : 0;
}

static void value_compare(const op_case *c, nrv_tensor y32, nrv_tensor y64)
{
    int64_t n32 = 0, n64 = 0;
    double *a = case_value(y32, &n32), *b = case_value(y64, &n64);
    if (!a || !b)
        case_fails(c, "no value: %s", nrv_graph_why(a ? y64->g : y32->g));
    assert_int_equal(n32, n64);
    bool real = nrv__dtype_real(y64->type);
    double tolerance = real ? value_tolerance(c->op, case_scale(b, n64)) : 0;
    for (int64_t i = 0; i < n64; i++) {
        bool same = a[i] == b[i] || (isnan(a[i]) && isnan(b[i])) || fabs(a[i] - b[i]) <= tolerance;
        if (!same)
            case_fails(c, "%s: element %lld is %.9g in float, %.17g in double; at most %.3g apart", c->op->name,
                       (long long)i, a[i], b[i], tolerance);
    }
    free(a);
    free(b);
}

static void float_is_double(void **state)
{
    const nrv__opdef *op = *state;
    op_case f, d;
    for (int i = 0; each_case(op, i, NRV_F32, &f) && each_case(op, i, NRV_F64, &d); i++) {
        case_graph tf = case_trace(&f, 0), td = case_trace(&d, 0);
        if (!tf.y || !td.y)
            case_fails(&f, "%s", nrv_graph_why(tf.y ? td.g : tf.g));
        value_compare(&f, tf.y, td.y);
        case_graph_free(&tf);
        case_graph_free(&td);
        case_free(&f);
        case_free(&d);
    }
}

static void evaluated_while_tracing(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F32, &c); i++) {
        case_graph later = case_trace(&c, 0), now = case_trace(&c, NRV_EAGER);
        int64_t n = 0, m = 0;
        if (!now.y || !now.y->value)
            case_fails(&c, "not evaluated as it was traced: %s",
                       now.g && nrv_graph_why(now.g) ? nrv_graph_why(now.g) : "no value");
        double *a = case_value(later.y, &n), *b = case_value(now.y, &m);
        assert_non_null(a);
        assert_non_null(b);
        assert_int_equal(n, m);
        assert_memory_equal(a, b, (size_t)n * sizeof *a);
        free(a);
        free(b);
        case_graph_free(&later);
        case_graph_free(&now);
        case_free(&c);
    }
}

int main(void)
{
    return each_op("float is double", float_is_double) + each_op("eager", evaluated_while_tracing);
}
