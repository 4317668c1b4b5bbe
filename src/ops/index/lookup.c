/* lookup.c - rows of a table by index, PyTorch's embedding: lookup; and what bags of rows come to, its embedding_bag:
   lookup_bag.

   lookup is gather along axis 0 with embedding's options. padding_idx: a row that gets no gradient. max_norm: rows
   beyond that norm are scaled down to it; the table itself is not changed, and the gradient goes to it as if rows were
   not scaled, as PyTorch's does after it has changed the table. by_frequency: the gradient of a row is divided by how
   often the row is read. */
#include "lines.h"
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
/* zero is the default. padding: 1 + the index of the row that gets no gradient (and, in bags, does not count); 0: none.
   last: offsets end with the number of indexes, as include_last_offset says. mode: "mean" (NULL, too), "sum" or "max"
 */
typedef struct {
    nrv_dim padding;
    double max_norm, norm; /* norm: which one, 0: 2 */
    int by_frequency, last;
    const char *mode;
    nrv_tensor weights; /* of each index in a bag, for sums */
    int64_t reserved[4];
} nrv_lookup_opt;
#endif

extern const nrv__opdef nrv__op_lookup, nrv__op_lookup_bag;

static bool lookup_fits(const nrv__opdef *op, int n, const nrv_tensor *in, const nrv_lookup_opt *o)
{
    nrv_tensor ids = in[0], table = in[1];
    if (!nrv__op_wants(op, n, in))
        return false;
    if ((ids->type != NRV_I32 && ids->type != NRV_I64) || !nrv__dtype_real(table->type))
        return nrv__op_refuses(op, n, in, NRV_EDTYPE, "indexes of i32 or i64, a table of a real type", "%s into %s",
                               nrv__dtype_name(ids->type), nrv__dtype_name(table->type)),
               false;
    if (table->rank != 2 || ids->rank + 1 > NRV__MAX_RANK)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a table (n,width); ranks go up to 8",
                               "indexes of rank %d, a table of rank %d", ids->rank, table->rank),
               false;
    if (o->padding < 0 || (o->padding && !nrv__dim_at_most(ids->g, o->padding, table->dim[0], op->name)))
        return nrv__op_refuses(op, n, in, NRV_EARG, "a row of the table", "padding_idx is %lld",
                               (long long)o->padding - 1),
               false;
    if (!(o->max_norm >= 0) || !(o->norm >= 0))
        return nrv__op_refuses(op, n, in, NRV_EARG, "0: no largest norm, norm 2", "max_norm is %g, norm_type %g",
                               o->max_norm, o->norm),
               false;
    return true;
}

/* rows scaled down to the largest norm, (...,width) */
static nrv_tensor lookup_renormed(nrv_tensor rows, const nrv_lookup_opt *o)
{
    const double p = o->norm > 0 ? o->norm : 2;
    nrv_tensor size = nrv_abs(nrv_stop(rows)), most = nrv__like(rows, o->max_norm), norm;
    if (isinf(p))
        norm = nrv_max_of(size, -1, 1);
    else if (p == 2)
        norm = nrv_sqrt(nrv_sum(nrv_square(size), -1, 1));
    else
        norm = nrv_pow(nrv_sum(nrv_pow(size, nrv__like(rows, p)), -1, 1), nrv__like(rows, 1 / p));
    nrv_tensor scaled = NRV_EXPR("x, n, m: n > m ? x * (m / (n + 1e-7)) : x", rows, norm, most);
    return nrv_surrogate(scaled, rows);
}

static nrv_tensor lookup_of(nrv_tensor ids, nrv_tensor table, const nrv_lookup_opt *o)
{
    nrv_graph *g = ids->g;
    nrv_tensor y = nrv_gather(table, ids, 0);
    if (y && o->max_norm > 0)
        y = lookup_renormed(y, o);
    if (y && o->by_frequency) {
        nrv_tensor flat = nrv_reshape(ids, NRV_SHAPE(NRV_SAME));
        nrv_tensor often = nrv_bincount(flat, nrv_fill(g, table->type, nrv_shape_of(flat), 1), table->dim[0]);
        y = nrv_surrogate(y, nrv_div(y, nrv_expand(nrv_gather(often, ids, 0), -1, 1)));
    }
    if (y && o->padding) {
        nrv_tensor row = nrv_fill(g, ids->type, NRV_SCALAR, (double)(o->padding - 1));
        y = nrv_select(nrv_expand(nrv_equal(ids, row), -1, 1), nrv_stop(y), y);
    }
    return y;
}

/* ---- arguments ---- */
static nrv_lookup_opt lookup_case_opt(const nrv__case *c, nrv_tensor table)
{
    nrv_lookup_opt o = { 0 };
    int64_t n = table && table->rank ? table->dim[0] : 0, at = nrv__case_int(c, "padding_idx", 0);
    if (nrv__case_text(c, "padding_idx"))
        o.padding = at >= 0 ? (at < INT64_MAX ? at + 1 : at) : at >= -n ? at + n + 1 : -1;
    o.max_norm = nrv__case_real(c, "max_norm", 0);
    o.norm = nrv__case_real(c, "norm", 2);
    o.by_frequency = nrv__case_int(c, "scale_grad_by_freq", 0) != 0;
    o.last = nrv__case_int(c, "include_last_offset", 0) != 0;
    o.mode = nrv__case_text(c, "mode");
    o.weights = nrv__case_named(c, "per_sample_weights psw");
    return o;
}

static nrv_tensor lookup_make(nrv__case *c)
{
    nrv_lookup_opt o = lookup_case_opt(c, c->x[1]);
    return nrv_lookup(c->x[0], c->x[1], &o);
}

static nrv_tensor lookup_bag_make(nrv__case *c)
{
    nrv_tensor table = nrv__case_named(c, "w weight table"), offsets = nrv__case_named(c, "off offsets offset");
    for (int i = 1; i < c->n_x && !table; i++)
        table = c->x[i] && nrv__dtype_real(c->x[i]->type) ? c->x[i] : NULL;
    nrv_lookup_opt o = lookup_case_opt(c, table);
    return nrv_lookup_bag(c->x[0], table, offsets, &o);
}

NRV_OP(lookup, .sig = "index ids[...], real table[n,width] -> y[...,width]",
       .doc =
           "Rows of a table by index, PyTorch's embedding. The row padding_idx gets no gradient; rows beyond max_norm "
           "are scaled down to it (the table itself is not changed); scale_grad_by_freq divides the gradient of a row "
           "by how often it is read. An index out of range stops the run.",
       .flags = NRV_MACRO, .make = lookup_make, .torch = "nn.functional.embedding nn.Embedding", .onnx = "Gather",
       .not_slope = "padding_idx, max_norm and scale_grad_by_freq say something else than the slope",
       .values = "rows of the table count from 0; a word that is not in it wants a row of its own",
       .refuse = { "ids[3], table[4,2] => lookup: f32 into f32 | in here | input 0: input f32 [3] ids | input 1: input "
                   "f32 [4, 2] table | hint indexes of i32 or i64, a table of a real type",
                   "ids:i32[3], table[4] => lookup: indexes of rank 1, a table of rank 1 | in here | input 0: input "
                   "i32 [3] ids | input 1: input f32 [4] table | hint a table (n,width); ranks go up to 8",
                   "ids:i32[3], table[4,2], padding_idx=4 => lookup: padding_idx is 4 | in here | input 0: input i32 "
                   "[3] ids | input 1: input f32 [4, 2] table | hint a row of the table",
                   "ids:i32{1,4}, table[4,2] => lookup: index 4 at position 1; it must lie in 0..3 | in here | hint "
                   "rows of the table count from 0; a word that is not in it wants a row of its own",
                   "ids:i32[3], table[4,2], max_norm=-1 => lookup: max_norm is -1, norm_type 2 | in here | input 0: "
                   "input i32 [3] ids | input 1: input f32 [4, 2] table | hint 0: no largest norm, norm 2" },
       .test = { "ids:i32[2,3] in 0..3, table[4,5]", "ids:i64[6] in 0..3, table[4,2], padding_idx=1",
                 "ids:i32[] in 0..2, table[3,2]", "ids:i32[7] in 0..3, table[4,3] in -2..2, max_norm=1.5",
                 "ids:i32[0], table[3,2]", "ids:i32[7] in 0..3, table[4,3], scale_grad_by_freq=1, padding_idx=-1",
                 "ids:i32[7] in 0..3, table[4,3] in -2..2, max_norm=1, norm_type=1" });
NRV_OP(
    lookup_bag, .sig = "index ids[m], index offsets[B]?, real table[n,width], real weights[m]? -> y[B,width]",
    .doc =
        "The mean, sum or largest of the rows of a table in each bag, PyTorch's embedding_bag: a bag begins where its "
        "offset says; without offsets ids (B,m) has a bag in each row. A bag without rows is 0; indexes equal to "
        "padding_idx do not count. Of equals the first gets the gradient. An index out of range, or a first offset "
        "that is not 0, stops the run.",
    .flags = NRV_MACRO, .make = lookup_bag_make, .torch = "nn.functional.embedding_bag nn.EmbeddingBag",
    .not_slope = "of the table max_norm and scale_grad_by_freq say something else than the slope",
    .not_slope_in = 1 << 1 | 1 << 2, .ulp = 8, .tolerance_why = "a sum of products and a quotient, each rounded",
    .values = "rows of the table count from 0; the first offset is 0, and none is smaller than the one before",
    .refuse = { "ids:i32{1,4}, off:i32{0}, table[4,2] => lookup_bag: index 4 at position 1; it must lie in 0..3 | in "
                "here | hint rows of the table count from 0; the first offset is 0, and none is smaller than the one "
                "before",
                "ids:i32[3], table[4,2] => lookup_bag: ids of rank 1 without offsets | in here | input 0: input i32 "
                "[3] ids | input 1: input f32 [4, 2] table | hint ids (B,m), or ids (m) and offsets (B) of their type",
                "ids:i32[3], off:i32[2]{0,2}, table[4,2], mode=min => lookup_bag: no mode is called 'min' | in here | "
                "input 0: input i32 [3] ids | input 1: input f32 [4, 2] table | input 2: input i32 [2] off | hint "
                "mean, sum or max",
                "ids:i32[3], off:i64[2], table[4,2], psw[3] => lookup_bag: ids of rank 1 with offsets | in here | "
                "input 0: input i32 [3] ids | input 1: input f32 [4, 2] table | input 2: input i64 [2] off | input 3: "
                "input f32 [3] psw | hint ids (B,m), or ids (m) and offsets (B) of their type",
                "ids:i32[2,3], off:i32[2], table[4,2] => lookup_bag: ids of rank 2 with offsets | in here | input 0: "
                "input i32 [2, 3] ids | input 1: input f32 [4, 2] table | input 2: input i32 [2] off | hint ids (B,m), "
                "or ids (m) and offsets (B) of their type",
                "ids:i32[3], off:i32[2]{1,2}, table[4,2] => lookup_bag: index -1 at position 0; it must lie in 0..2 | "
                "in here | hint rows of the table count from 0; the first offset is 0, and none is smaller than the "
                "one before" },
    .test = { "ids:i32[9] in 0..6, off:i32{0,3,3}, table[7,4]",
              "ids:i64[9] in 0..6, off:i64{0,4,9}, table[7,2], mode=max", "ids:i32[2,5] in 0..6, table[7,3], mode=sum",
              "ids:i32[9] in 0..6, off:i32{0,2,5}, table[7,2], psw[9], "
              "mode=sum",
              "ids:i32[9] in 0..3, off:i32{0,2,5,9}, table[4,2], include_last_offset=1, padding_idx=2",
              "ids:i32[9] in 0..3, off:i32{0,5}, table[4,2], padding_idx=0, mode=max",
              "ids:i32[0], off:i32{0,0}, table[4,2]", "ids:i32[3,0], table[4,2], mode=max",
              "ids:i32[6] in 0..3, off:i32{0,4}, table[4,3] in -2..2, max_norm=1, scale_grad_by_freq=1" });

/* ids (...) of i32 or i64 and table (n,width) -> (...,width): PyTorch's embedding. opt: NULL for its defaults. An index
   outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_lookup(nrv_tensor ids, nrv_tensor table, const nrv_lookup_opt *opt)
{
    NRV_CALLED(&nrv__op_lookup, ids);
    nrv_tensor in[2] = { ids, table };
    nrv_lookup_opt o = opt ? *opt : (nrv_lookup_opt){ 0 };
    return lookup_fits(&nrv__op_lookup, 2, in, &o) ? lookup_of(ids, table, &o) : NULL;
}

/* ---- bags ---- */
enum { LOOKUP_MEAN, LOOKUP_SUM, LOOKUP_MAX, LOOKUP_MODES };

static int lookup_mode(const char *mode)
{
    static const char *const word[LOOKUP_MODES] = { "mean", "sum", "max" };
    int k = 0;
    while (mode && k < LOOKUP_MODES && strcmp(mode, word[k]) != 0)
        k++;
    return k;
}

static bool lookup_bags_fit(nrv_tensor ids, nrv_tensor table, nrv_tensor offsets, const nrv_lookup_opt *o)
{
    const nrv__opdef *op = &nrv__op_lookup_bag;
    nrv_tensor in[4] = { ids, table };
    int n = 2, mode = lookup_mode(o->mode);
    nrv_dim d;
    if (offsets)
        in[n++] = offsets;
    if (o->weights)
        in[n++] = o->weights;
    if (!lookup_fits(op, n, in, o))
        return false;
    if (ids->rank != (offsets ? 1 : 2) || (offsets && (offsets->rank != 1 || offsets->type != ids->type)))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "ids (B,m), or ids (m) and offsets (B) of their type",
                               "ids of rank %d%s", ids->rank, offsets ? " with offsets" : " without offsets"),
               false;
    if (mode == LOOKUP_MODES)
        return nrv__op_refuses(op, n, in, NRV_EARG, "mean, sum or max", "no mode is called '%.40s'", o->mode), false;
    bool alike =
        !o->weights || (o->weights->rank == ids->rank && o->weights->type == table->type && mode == LOOKUP_SUM);
    for (int i = 0; alike && o->weights && i < ids->rank; i++)
        alike = nrv__dim_same(ids->g, ids->dim[i], o->weights->dim[i], op->name, &d);
    if (!alike)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a weight for each index, of the table's type, with mode sum",
                               "weights of rank %d", o->weights->rank),
               false;
    return !o->last || !offsets || nrv__dim_at_most(ids->g, 1, offsets->dim[0], op->name) ||
           (nrv__op_refuses(op, n, in, NRV_ESHAPE, "the last offset is the number of indexes", "no offsets"), false);
}

/* the bag of each index, i32 (m); what does not count goes into one behind them */
static nrv_tensor lookup_bags(nrv_tensor flat, nrv_tensor ids, nrv_tensor offsets, nrv_dim bags, nrv_dim padding)
{
    nrv_graph *g = flat->g;
    nrv_tensor bag;
    if (offsets) {
        bag = nrv_searchsorted(offsets, nrv_iota(g, offsets->type, flat->dim[0]), 1);
        bag = NRV_EXPR("b: b - 1", bag);
    } else {
        bag = nrv_reshape(nrv_broadcast(nrv_expand(nrv_iota(g, NRV_I32, bags), 1, 1), nrv_shape_of(ids)),
                          nrv_shape_of(flat));
    }
    if (!bag || !padding)
        return bag;
    nrv_tensor none = nrv_cast(nrv_dim_value(g, bags), NRV_I32);
    return nrv_select(nrv_equal(flat, nrv_fill(g, flat->type, NRV_SCALAR, (double)(padding - 1))), none, bag);
}

/* ids (m) with offsets (B) of i32 or i64, or ids (B,m) without (NULL), and table (n,width) -> (B,width): the mean, sum
   or largest of the rows in each bag, 0 where there is none: PyTorch's embedding_bag. opt: NULL for its defaults. An
   index outside 0..n-1, or a first offset that is not 0, is an error of the run. */
NRV_API nrv_tensor nrv_lookup_bag(nrv_tensor ids, nrv_tensor table, nrv_tensor offsets, const nrv_lookup_opt *opt)
{
    NRV_CALLED(&nrv__op_lookup_bag, ids);
    nrv_lookup_opt o = opt ? *opt : (nrv_lookup_opt){ 0 };
    if (!lookup_bags_fit(ids, table, offsets, &o))
        return NULL;
    nrv_graph *g = ids->g;
    const nrv_dim bags = offsets ? nrv__dim_sub(g, offsets->dim[0], o.last) : ids->dim[0],
                  all = nrv__dim_add(g, bags, 1);
    nrv_tensor flat = nrv_reshape(ids, NRV_SHAPE(nrv__dim_product(g, ids->rank, ids->dim)));
    nrv_tensor bag = flat ? lookup_bags(flat, ids, offsets, bags, o.padding) : NULL;
    nrv_tensor rows = bag ? lookup_of(flat, table, &o) : NULL, y;
    if (rows && o.weights)
        rows = nrv_mul(rows, nrv_reshape(o.weights, NRV_SHAPE(flat->dim[0], 1)));
    if (!rows)
        return NULL;
    if (lookup_mode(o.mode) == LOOKUP_MAX)
        y = nrv_segment_max(rows, bag, all);
    else if (lookup_mode(o.mode) == LOOKUP_SUM)
        y = nrv_segment_sum(rows, bag, all);
    else
        y = nrv_segment_mean(rows, bag, all);
    return nrv_slice(y, 0, 0, bags);
}
