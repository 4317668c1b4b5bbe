/* histogram.c - how many elements, or points of several coordinates, lie in each bin: histogram, histogramdd.

   Bins are half open but for the last, which has its end. What lies outside and NaN are left out. */
#include "lines.h"

extern const nrv__opdef nrv__op_histogram, nrv__op_histogramdd;
enum { HISTOGRAM_AXES = NRV__MAX_RANK };

#ifdef NRV_HEADER
/* histogram: from least to most of each axis, n_range of them; 0: from the smallest to the largest element. weight: of
   each element or point, NULL: 1. density: over their sum and the size of the bin. */
typedef struct {
    int n_range, density;
    const double *least, *most;
    nrv_tensor weight;
    int64_t reserved[4];
} nrv_histogram_opt;
#endif

/* the edges (bins + 1) of x (N); equal ends are moved apart by a half each, as NumPy does */
static nrv_tensor histogram_edges(nrv_tensor x, int64_t bins, const double *least, const double *most)
{
    nrv_tensor lo = least ? nrv__like(x, *least) : nrv_min_of(x, 0, 0);
    nrv_tensor hi = most ? nrv__like(x, *most) : nrv_max_of(x, 0, 0);
    nrv_tensor a = NRV_EXPR("a, b: a == b ? a - 0.5 : a", lo, hi), b = NRV_EXPR("a, b: a == b ? b + 0.5 : b", lo, hi);
    return b ? nrv__bin_edges(a, b, bins) : NULL;
}

static nrv_tensor histogram_last(nrv_tensor edges)
{
    return edges ? nrv_squeeze(nrv_slice(edges, 0, nrv__dim_sub(edges->g, edges->dim[0], 1), 1), 0) : NULL;
}

/* weights (n), or NULL; false: op refuses */
static bool histogram_weighs(const nrv__opdef *op, nrv_tensor x, nrv_dim n, nrv_tensor weight)
{
    const nrv_tensor in[] = { x, weight };
    nrv_dim d;
    return !weight ||
           (nrv__op_wants_real(op, 2, in) && weight->rank == 1 &&
            nrv__dim_same(x->g, n, weight->dim[0], op->name, &d)) ||
           nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a weight for each", "weights of another shape");
}

/* bins and range, of n elements or points; false: op refuses */
static bool histogram_wants(const nrv__opdef *op, nrv_tensor x, nrv_dim n, int axes, const int64_t *bins,
                            const nrv_histogram_opt *o)
{
    int64_t all = 1;
    for (int i = 0; i < axes; i++)
        if (bins[i] < 1 || bins[i] > INT32_MAX || !nrv__mul(all, bins[i], &all) || all > INT32_MAX)
            return nrv__op_refuses(op, 1, &x, NRV_EARG, "one bin or more along each axis, 2^31 - 1 in all", "%lld bins",
                                   (long long)bins[i]);
    if (o->n_range && (o->n_range != axes || !o->least || !o->most))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "one from each axis to its end, or none at all",
                               "%d ranges for %d axes", o->n_range, axes);
    for (int i = 0; i < o->n_range; i++)
        if (!(o->least[i] <= o->most[i]) || o->most[i] - o->least[i] > 1.7e308)
            return nrv__op_refuses(op, 1, &x, NRV_EARG, "from the smaller to the larger", "a range from %g to %g",
                                   o->least[i], o->most[i]);
    if (!o->n_range && n == 0)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "say from where to where", "nothing has no smallest element");
    return true;
}

/* bin (N): from 1, 0 where it counts nowhere; count: how many bins */
static nrv_tensor histogram_counted(nrv_tensor x, nrv_tensor bin, nrv_dim n, nrv_dim count, nrv_tensor weight)
{
    weight = weight ? weight : nrv_fill(x->g, x->type, NRV_SHAPE(n), 1);
    nrv_tensor all = nrv_scatter_add(weight, bin, 0, nrv__dim_add(x->g, count, 1));
    return nrv_slice(all, 0, 1, count);
}

static nrv_tensor histogram_dense(nrv_tensor hist, int axes, const nrv_tensor *edges)
{
    nrv_tensor y = nrv_div(hist, nrv_sum_all(hist));
    for (int i = 0; i < axes; i++)
        y = nrv_div(y, nrv__line(nrv_diff(edges[i], 1, 0), axes, i));
    return y;
}

/* ---- cases ---- */
typedef struct histogram_case {
    double least[HISTOGRAM_AXES], most[HISTOGRAM_AXES];
    nrv_histogram_opt o;
} histogram_case;

/* range: "least most least most ..." */
static void histogram_case_of(const nrv__case *c, histogram_case *to)
{
    double v[2 * HISTOGRAM_AXES];
    const int n = nrv__case_reals(c, "range", 2 * HISTOGRAM_AXES, v);
    const bool pairs = n % 2 == 0 && (n > 0 || !nrv__case_text(c, "range"));
    *to = (histogram_case){ .o = { .n_range = pairs ? n / 2 : -1,
                                   .density = nrv__case_flag(c, "density", false),
                                   .least = to->least,
                                   .most = to->most,
                                   .weight = nrv__case_named(c, "weight weights w") } };
    for (int i = 0; i < n / 2; i++)
        to->least[i] = v[2 * i], to->most[i] = v[2 * i + 1];
}

static nrv_tensor histogram_make(nrv__case *c)
{
    histogram_case h;
    histogram_case_of(c, &h);
    nrv_tensor edges = nrv__case_named(c, "bins edges");
    c->n_also = 1;
    return edges ? nrv_histogram_between(c->x[0], c->also[0] = edges, &h.o)
                 : nrv_histogram(c->x[0], nrv__case_int(c, "bins", 100), &h.o, &c->also[0]);
}

static nrv_tensor histogramdd_make(nrv__case *c)
{
    histogram_case h;
    int64_t bins[HISTOGRAM_AXES] = { 0 };
    histogram_case_of(c, &h);
    const int n = nrv__case_ints(c, "bins", HISTOGRAM_AXES, bins);
    c->n_also = n;
    return nrv_histogramdd(c->x[0], n, bins, &h.o, c->also);
}

#define HISTOGRAM_STEP .not_slope = "which bin an element is in is a step, and where bins end is taken as constant"

NRV_OP(
    histogram, .sig = "real x[...], real edges[bins+1]?, real weight[n]? -> y[bins], edges[bins+1]",
    .doc = "How many elements lie in each of `bins` equal intervals, from the smallest to the largest or in a range, "
           "or between given edges; or the sum of their weights. density: over all of it and the length of the bin.",
    .flags = NRV_MACRO, .make = histogram_make, .torch = "histogram", .numpy = "histogram", .ulp = 8,
    .tolerance_why = "edges are rounded, and a density divides by their difference", HISTOGRAM_STEP,
    .not_slope_in = 1 << 0 | 1 << 2,
    .refuse = { "x[3], bins=0 => histogram: 0 bins | in here | input 0: input f32 [3] x | hint one bin or more along "
                "each axis, 2^31 - 1 in all",
                "x[3], bins=4, range=2 1 => histogram: a range from 2 to 1 | in here | input 0: input f32 [3] x | "
                "hint from the smaller to the larger",
                "x[3], bins=4, range=2 => histogram: -1 ranges for 1 axes | in here | input 0: input f32 [3] x | hint "
                "one from each axis to its end, or none at all",
                "x[3], weight[2], bins=4 => histogram: weights of another shape | in here | input 0: input f32 [3] x "
                "| input 1: input f32 [2] weight | hint a weight for each",
                "x[0], bins=4 => histogram: nothing has no smallest element | in here | input 0: input f32 [0] x | "
                "hint say from where to where" },
    .test = { "x[40], bins=5, range=-1 1", "x[3,4] in -3..3, bins=4", "x[12], weight[12] in 0.5..2, bins=3, density=1",
              "x{2,2}, bins=4", "x{0,1,2,3,nan,1.5}, w[6] in 0.5..2, edges{0,1,3}", "x[2,3], w[2,3], bins=2",
              "x[0], bins=2, range=0 1" });
NRV_OP(
    histogramdd, .sig = "real x[n,axes], real weight[n]? -> y[bins...], edges...",
    .doc = "How many points lie in each cell of a grid of `bins` equal intervals along each of their coordinates, "
           "from the smallest to the largest or in a range; or the sum of their weights. density: over all of it and "
           "the size of the cell. The edges of each axis come beside it.",
    .flags = NRV_MACRO, .make = histogramdd_make, .torch = "histogramdd", .numpy = "histogramdd", .ulp = 8,
    .tolerance_why = "edges are rounded, and a density divides by their differences", HISTOGRAM_STEP,
    .not_slope_in = 1 << 0,
    .refuse = { "x[3], bins=2 => histogramdd: points of rank 1 on 1 axes | in here | input 0: input f32 [3] x | hint "
                "points (N,D), and a number of bins for each of at most 8 coordinates",
                "x[3,2], bins=2x3x4 => histogramdd: points of rank 2 on 3 axes | in here | input 0: input f32 [3, 2] "
                "x | hint points (N,D), and a number of bins for each of at most 8 coordinates",
                "x[3,2], bins=2x0 => histogramdd: 0 bins | in here | input 0: input f32 [3, 2] x | hint one bin or "
                "more along each axis, 2^31 - 1 in all" },
    .test = { "x[40,2], bins=3x4", "x[9,1] in -3..3, bins=4, range=-1 1", "x[12,3], bins=2x3x2, density=1",
              "x[12,2], weight[12] in 0.5..2, bins=2x2, range=-1 0.5 -0.5 1" });

/* x (...) of n elements -> (bins) of its type; *edges (bins + 1), where it is not NULL. As PyTorch's histogram. */
NRV_API nrv_tensor nrv_histogram(nrv_tensor x, int64_t bins, const nrv_histogram_opt *opt, nrv_tensor *edges)
{
    NRV_CALLED(&nrv__op_histogram, x);
    const nrv__opdef *op = &nrv__op_histogram;
    const nrv_histogram_opt none = { 0 }, *o = opt ? opt : &none;
    if (edges)
        *edges = NULL;
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    nrv_tensor flat = nrv_merge_axes(nrv_stop(x), 0, -1);
    if (!flat || !histogram_wants(op, x, flat->dim[0], 1, &bins, o))
        return NULL;
    nrv_tensor e = histogram_edges(flat, bins, o->n_range ? o->least : NULL, o->n_range ? o->most : NULL);
    nrv_tensor y = nrv_histogram_between(x, e, o);
    if (edges && y)
        *edges = e;
    return y;
}

/* The same between given edges (bins + 1), which ascend. */
NRV_API nrv_tensor nrv_histogram_between(nrv_tensor x, nrv_tensor edges, const nrv_histogram_opt *opt)
{
    NRV_CALLED(&nrv__op_histogram, x);
    const nrv__opdef *op = &nrv__op_histogram;
    const nrv_tensor in[] = { x, edges };
    const nrv_histogram_opt none = { 0 }, *o = opt ? opt : &none;
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    if (edges->rank != 1 || (edges->dim[0] >= 0 && edges->dim[0] < 2))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "edges (bins + 1), ascending", "edges of rank %d", edges->rank);
    nrv_tensor flat = nrv_merge_axes(nrv_stop(x), 0, -1), weight = o->weight;
    const nrv_dim bins = nrv__dim_sub(x->g, edges->dim[0], 1), n = flat ? flat->dim[0] : 0;
    if (weight && x->rank != 1 && nrv__alike(x, weight, op->name))
        weight = nrv_merge_axes(weight, 0, -1);
    if (!flat || !histogram_weighs(op, x, n, weight))
        return NULL;
    edges = nrv_stop(edges);
    nrv_tensor bin = nrv__bin_of(edges, flat, histogram_last(edges), bins);
    nrv_tensor y = histogram_counted(x, bin, n, bins, weight);
    return o->density ? histogram_dense(y, 1, &edges) : y;
}

/* x (N,D), points of D coordinates -> (bins[0],...,bins[D-1]) of its type; axes is D, at most 8, and edges, where it is
   not NULL, takes D tensors (bins[i] + 1). As PyTorch's histogramdd. */
NRV_API nrv_tensor nrv_histogramdd(nrv_tensor x, int axes, const int64_t *bins, const nrv_histogram_opt *opt,
                                   nrv_tensor *edges)
{
    NRV_CALLED(&nrv__op_histogramdd, x);
    const nrv__opdef *op = &nrv__op_histogramdd;
    const nrv_histogram_opt none = { 0 }, *o = opt ? opt : &none;
    nrv_tensor e[HISTOGRAM_AXES] = { NULL }, cell = NULL, outside = NULL;
    nrv_shape s = { axes, { 0 } };
    int64_t all = 1;
    for (int i = 0; edges && i < axes && i < HISTOGRAM_AXES; i++)
        edges[i] = NULL;
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (x->rank != 2 || axes < 1 || axes > HISTOGRAM_AXES || x->dim[1] != axes || !bins)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE,
                               "points (N,D), and a number of bins for each of at most 8 coordinates",
                               "points of rank %d on %d axes", x->rank, axes);
    if (!histogram_wants(op, x, x->dim[0], axes, bins, o) || !histogram_weighs(op, x, x->dim[0], o->weight))
        return NULL;
    for (int i = 0; i < axes; i++) {
        nrv_tensor line = nrv_squeeze(nrv_slice(nrv_stop(x), 1, i, 1), 1);
        e[i] = line ? histogram_edges(line, bins[i], o->n_range ? o->least + i : NULL, o->n_range ? o->most + i : NULL)
                    : NULL;
        nrv_tensor bin = nrv__bin_of(e[i], line, histogram_last(e[i]), bins[i]);
        if (!bin)
            return NULL;
        nrv_tensor zero = nrv__like(bin, 0), out = nrv_equal(bin, zero);
        outside = outside ? nrv_logical_or(outside, out) : out;
        cell = cell ? nrv_add(nrv_mul(cell, nrv__like(bin, (double)bins[i])), nrv_add_c(bin, -1)) : nrv_add_c(bin, -1);
        s.dim[i] = bins[i];
        all *= bins[i];
        if (edges)
            edges[i] = e[i];
    }
    cell = nrv_select(outside, nrv__like(cell, 0), nrv_add_c(cell, 1));
    nrv_tensor y = nrv_reshape(histogram_counted(x, cell, x->dim[0], all, o->weight), s);
    return o->density ? histogram_dense(y, axes, e) : y;
}
