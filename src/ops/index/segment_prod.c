/* segment_prod - rows multiplied by the number of their segment.    y[j] = product of x[i] where segment[i] = j
   dx[i] = dy[j] times the others of its segment */
#include "lines.h"

extern const nrv__opdef nrv__op_segment_prod;

static void segment_prod_ref(const nrv__args *a)
{
    const nrv__lines_attr *at = a->attr;
    const nrv__lines l = nrv__lines_of(&a->out[0], at->batch, at->axis);
    const int64_t m = nrv__lines_product(&a->in[1], at->batch, a->in[1].rank);
    const double *x = a->in[0].data, *index = a->in[1].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = 1;
    for (int64_t r = 0; r < l.batch * l.outer * m; r++) {
        const int64_t position = r / (l.outer * m) * m + r % m, i = nrv__lines_whole(index[position]);
        const bool inside = nrv__lines_inside(a->fault, position, i, l.n);
        for (int64_t k = 0; k < l.inner && inside; k++)
            y[(r / m * l.n + i) * l.inner + k] *= x[r * l.inner + k];
    }
}

/* without the zeros the product is divided by each of its own; a zero's others are that, where it is the only one */
static void segment_prod_vjp(nrv_vjp *v)
{
    const nrv__lines_attr a = *(const nrv__lines_attr *)v->attr;
    nrv_tensor x = v->x[0], segment = v->x[1], one = nrv__like(x, 1), nil = nrv__like(x, 0);
    nrv_tensor zero = nrv_equal(x, nil), sound = nrv_select(zero, one, x);
    nrv_tensor zeros = nrv__scatter_add(nrv_select(zero, one, nil), segment, (int)a.axis, (int)a.batch, v->size[0]);
    nrv_tensor product = nrv__lines_scatter(&nrv__op_segment_prod, sound, segment, a, v->size[0]);
    nrv_tensor many = nrv__gather(zeros, segment, (int)a.axis, (int)a.batch);
    nrv_tensor others = nrv_div(nrv__gather(product, segment, (int)a.axis, (int)a.batch), sound);
    nrv_tensor only = nrv_equal(many, nrv_select(zero, one, nil));
    v->dx[0] = nrv_mul(nrv__gather(v->dy, segment, (int)a.axis, (int)a.batch), nrv_select(only, others, nil));
}

static nrv_tensor segment_prod_make(nrv__case *c)
{
    return nrv_segment_prod(c->x[0], c->x[1], nrv__case_int(c, "count", 1));
}

NRV_OP(segment_prod, .sig = "number x[E,...], index segment[E] -> y[count,...]",
       .doc =
           "The product of the rows of each segment; an empty one gives 1, a number out of range stops the run. The "
           "gradient is the product of the others, also where an element is 0; the second derivative leaves out there "
           "what passes through that 0.",
       .shape = nrv__lines_scatter_shape, .flags = NRV_FAILS, .vjp = segment_prod_vjp,
       .batch = nrv__lines_scatter_batch, .ref = segment_prod_ref, .make = segment_prod_make,
       .attr_bytes = sizeof(nrv__lines_attr), .values = "segments count from 0; there are as many as was said",
       .refuse = { "x[5,2], segment:i32[4], count=3 => segment_prod: 5 rows, 4 numbers | in here | hint x (E,...) and "
                   "segment (E): a number for each row of x",
                   "x[5,2], segment[5], count=3 => segment_prod: segment is f32, an index is wanted | in here | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64",
                   "x[2], segment:i32{0,3}, count=3 => segment_prod: index 3 at position 1; it must lie in 0..2 | in "
                   "here | hint segments count from 0; there are as many as was said" },
       .test = { "x[6,3], segment:i32[6] in 0..3, count=4", "x[5], segment:i64[5] in 0..9, count=10",
                 "x[0,2], segment:i32[0] in 0..1, count=2", "x:i32[6], segment:i32[6] in 0..2, count=3",
                 "x[300,3] in 0.9..1.1, segment:i32[300] in 0..5, count=6" });

/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the product of the rows of each segment, 1
   where there is none. A number outside 0..count-1 is an error of the run. */
NRV_API nrv_tensor nrv_segment_prod(nrv_tensor x, nrv_tensor segment, nrv_dim count)
{
    return nrv__segments(x, segment, "segment_prod", false)
               ? nrv__lines_scatter(&nrv__op_segment_prod, x, segment, (nrv__lines_attr){ 0, 0 }, count)
               : NULL;
}
