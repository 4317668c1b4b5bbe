/* positions.c - where things stand, said to attention: waves added to features (Vaswani et al. 2017), vectors for
   distances (Shaw et al. 2018), slopes (ALiBi; Press et al. 2022) and buckets of distances (T5; Raffel et al. 2020).

   sinusoidal_positions   y[t,2i] = sin(p_t base^(-2i/D))    y[t,2i+1] = cos(p_t base^(-2i/D))
   alibi                  y[h,t,l] = -slope_h |l - t|        slope_h = 2^(-8 (h+1)/H) for H a power of two
   relative_scores        y[t,l] = q_t . table[K + clip(l - t, -K, K)]
   relative_values        y[t] = sum_l p[t,l] table[K + clip(l - t, -K, K)]
   relative_buckets       near distances have a number each, far ones share them on a logarithmic scale

   Rotary positions are rotary.c. Position t is row t of the queries; where these do not begin at key 0, say from where.
 */
#include "../layer/weights.h"
#include <math.h>

extern const nrv__opdef nrv__op_sinusoidal_positions, nrv__op_alibi, nrv__op_relative_scores, nrv__op_relative_values,
    nrv__op_relative_buckets;

/* ---- sinusoidal_positions ---- */
static nrv_tensor positions_sinusoidal_make(nrv__case *c)
{
    nrv_dtype own = c->x[0] && nrv__dtype_real(c->x[0]->type) ? c->x[0]->type : NRV_F64;
    return nrv_sinusoidal_positions(c->x[0], nrv__case_type(c, "type", own), nrv__case_int(c, "size", 4),
                                    nrv__case_real(c, "base", 10000));
}

NRV_OP(sinusoidal_positions, .sig = "number position[...] -> y[...,D]",
       .doc = "Sines and cosines of the position, side by side, at D/2 frequencies from 1 down to 1/base.",
       .flags = NRV_MACRO, .make = positions_sinusoidal_make, .ulp = 64,
       .tolerance_why = "an angle's rounding, times the angle; a frequency is the exponential of a logarithm",
       .refuse = { "p:i64[3] in 0..9, size=3 => sinusoidal_positions: 3 features do not come in pairs | in here | "
                   "input 0: input i64 [3] p | hint a sine and a cosine for each frequency",
                   "p:i64[3] in 0..9, base=0 => sinusoidal_positions: the base is 0, above 0 is possible | in here | "
                   "input 0: input i64 [3] p | hint 10000 as a rule",
                   "p:bool[3] => sinusoidal_positions: bool positions as f64 | in here | input 0: input bool [3] p | "
                   "hint positions are numbers, what comes out is real" },
       .test = { "p[5] in 0..9, size=6", "p:i64[2,3] in 0..99, size=4, base=100", "p:i32[0] in 0..1, size=2" });

/* position (...), whole or real -> (...,D) of real type t: sin and cos of position base^(-2i/D) at 2i and 2i + 1; D is
   even, base 10000 as a rule. nrv_iota counts positions. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_sinusoidal_positions(nrv_tensor position, nrv_dtype t, nrv_dim D, double base)
{
    const nrv__opdef *op = &nrv__op_sinusoidal_positions;
    nrv_dim d;
    char have[24];
    if (!nrv__op_wants(op, 1, &position))
        return NULL;
    nrv_graph *g = position->g;
    if (!nrv__dim_valid(g, D))
        return NULL;
    nrv_dim half = nrv__dim_floor(g, D, 2);
    if (!nrv__dim_same(g, nrv__dim_mul(g, half, 2), D, op->name, &d))
        return nrv__op_refuses(op, 1, &position, NRV_ESHAPE, "a sine and a cosine for each frequency",
                               "%s features do not come in pairs", nrv__dim_text(g, D, have));
    if (position->rank == NRV__MAX_RANK)
        return nrv__op_refuses(op, 1, &position, NRV_ESHAPE, "ranks go up to 8",
                               "the features would be axis %d of the positions", position->rank);
    if (position->type == NRV_BOOL || !nrv__dtype_real(t))
        return nrv__op_refuses(op, 1, &position, NRV_EDTYPE, "positions are numbers, what comes out is real",
                               "%s positions as %s", nrv__dtype_name(position->type), nrv__dtype_name(t));
    if (!(base > 0) || !isfinite(base))
        return nrv__op_refuses(op, 1, &position, NRV_EARG, "10000 as a rule", "the base is %g, above 0 is possible",
                               base);
    nrv_dtype with = t == NRV_F64 ? NRV_F64 : NRV_F32;
    nrv_tensor share = nrv_div(nrv_iota(g, with, half), nrv_cast(nrv_dim_value(g, half), with));
    nrv_tensor a = nrv_mul(nrv_expand(nrv_cast(position, with), -1, 1), nrv_exp(nrv_mul_c(share, -log(base))));
    nrv_tensor y[2] = { nrv_expand(nrv_cast(nrv_sin(a), t), -1, 1), nrv_expand(nrv_cast(nrv_cos(a), t), -1, 1) };
    nrv_tensor pairs = nrv_concat(2, y, -1); /* (...,D/2,2) */
    nrv_shape s = nrv_shape_of(position);
    s.dim[s.rank++] = D;
    return nrv_reshape(pairs, s);
}

/* ---- alibi ---- */
static nrv_tensor positions_alibi_make(nrv__case *c)
{
    return nrv_alibi(c->g, nrv__case_type(c, "type", NRV_F64), nrv__case_small(c, "heads", 1), nrv__case_int(c, "T", 1),
                     nrv__case_int(c, "L", 1), nrv__case_named(c, "offset"));
}

NRV_OP(alibi, .sig = "i64 offset[] -> y[H,T,L]",
       .doc = "A bias of attention that falls with the distance, at a slope of its own for each head.",
       .flags = NRV_MACRO, .make = positions_alibi_make, .no_grad = "positions are not learned",
       .refuse = { "heads=0, T=2, L=2, offset:i64[]{1} => alibi: 0 heads of type f64 | in here | hint 1 to 256 heads, "
                   "a real type",
                   "heads=2, T=2, L=2, offset[]{1} => alibi: the offset is no i64 scalar | in here | input 0: input "
                   "f32 [] offset | hint where query 0 stands among the keys" },
       .test = { "heads=4, T=3, L=5, offset:i64[]{2}", "heads=3, T=4, L=4, offset:i64[]{0}",
                 "heads=6, T=2, L=3, type=f32, offset:i64[]{0}" });

/* 2^(-8/H), 2^(-16/H), ... for H a power of two; else those of the next lower one, and of twice that every second */
static double alibi_slope(int h, int heads)
{
    int whole = 1;
    while (whole <= heads / 2)
        whole *= 2;
    return h < whole ? exp2(-8.0 * (h + 1) / whole) : exp2(-4.0 * (2 * (h - whole) + 1) / whole);
}

/* Slopes times distances, (heads,T,L) of type t: -slope |l - (t + offset)|, for nrv_attention_opt.bias; offset, an i64
   scalar, is where query 0 stands among the keys, NULL: at the first. (Press et al. 2022) */
NRV_API nrv_tensor nrv_alibi(nrv_graph *g, nrv_dtype t, int heads, nrv_dim T, nrv_dim L, nrv_tensor offset)
{
    const nrv__opdef *op = &nrv__op_alibi;
    double slope[256];
    if (!g || g->why.status)
        return NULL;
    if (heads < 1 || heads > 256 || !nrv__dtype_real(t))
        return nrv__graph_fail(g, NRV_EARG, "1 to 256 heads, a real type", "alibi: %d heads of type %s", heads,
                               nrv__dtype_name(t)),
               NULL;
    if (offset && (!nrv__op_wants(op, 1, &offset) || offset->type != NRV_I64 || offset->rank))
        return g->why.status ? NULL
                             : nrv__op_refuses(op, 1, &offset, NRV_EDTYPE, "where query 0 stands among the keys",
                                               "the offset is no i64 scalar");
    for (int h = 0; h < heads; h++)
        slope[h] = -alibi_slope(h, heads);
    nrv_tensor at = nrv_expand(nrv_iota(g, NRV_I64, T), -1, 1);
    nrv_tensor far = nrv_sub(nrv_iota(g, NRV_I64, L), offset ? nrv_add(at, offset) : at);
    nrv_tensor s = nrv_cast(nrv_constant(g, NRV_F64, NRV_SHAPE(heads, 1, 1), slope), t);
    return nrv_mul(s, nrv_abs(nrv_cast(far, t)));
}

/* ---- vectors for distances ---- */
static nrv_tensor positions_scores_make(nrv__case *c)
{
    return nrv_relative_scores(c->x[0], c->x[1], nrv__case_int(c, "L", 1));
}

static nrv_tensor positions_values_make(nrv__case *c)
{
    return nrv_relative_values(c->x[0], c->x[1]);
}

NRV_OP(
    relative_scores, .sig = "real q[...,T,D], real table[2*K+1,D] -> y[...,T,L]",
    .doc = "How well each query suits each distance to a key; those beyond K count as K.", .flags = NRV_MACRO,
    .make = positions_scores_make, .ulp = 16, .tolerance_why = "a sum of products",
    .refuse = { "q[3,4], table[4,4], L=2 => relative_scores: a table of rank 2 with 4 rows, x of rank 2 | in here | "
                "input 0: input f32 [3, 4] q | input 1: input f32 [4, 4] table | hint a row for each of the distances "
                "-K to K: (2K+1,D); x (...,T,n)",
                "q[3,4], table[5,3], L=2 => relative_scores: q and the table differ in their last length | in here | "
                "input 0: input f32 [3, 4] q | input 1: input f32 [5, 3] table | hint q (...,T,D), table (2K+1,D)" },
    .test = { "q[3,4], table[5,4], L=4", "q[2,2,3], table[1,3], L=3", "q[2,4,2], table[9,2], L=3" });
NRV_OP(relative_values, .sig = "real p[...,T,L], real table[2*K+1,D] -> y[...,T,D]",
       .doc = "The vectors of the distances to the keys, weighted; those beyond K count as K.", .flags = NRV_MACRO,
       .make = positions_values_make, .ulp = 16, .tolerance_why = "a sum of products",
       .refuse = { "p[3,4], table[4,4] => relative_values: a table of rank 2 with 4 rows, x of rank 2 | in here | "
                   "input 0: input f32 [3, 4] p | input 1: input f32 [4, 4] table | hint a row for each of the "
                   "distances -K to K: (2K+1,D); x (...,T,n)",
                   "p[3], table[5,3] => relative_values: a table of rank 2 with 5 rows, x of rank 1 | in here | input "
                   "0: input f32 [3] p | input 1: input f32 [5, 3] table | hint a row for each of the distances -K to "
                   "K: (2K+1,D); x (...,T,n)" },
       .test = { "p[3,4], table[5,2]", "p[2,2,3], table[1,3]", "p[2,4,3], table[9,2]" });

/* K + clip(l - t, -K, K), (T,L) */
static nrv_tensor positions_distance(nrv_tensor table, nrv_dim T, nrv_dim L)
{
    nrv_graph *g = table->g;
    nrv_tensor K = nrv_dim_value(g, nrv__dim_floor(g, table->dim[0], 2));
    nrv_tensor far = nrv_sub(nrv_iota(g, NRV_I64, L), nrv_expand(nrv_iota(g, NRV_I64, T), -1, 1));
    return nrv_add(nrv_min(nrv_max(far, nrv_sub(nrv__like(K, 0), K)), K), K);
}

static bool positions_table(const nrv__opdef *op, nrv_tensor x, nrv_tensor table)
{
    nrv_tensor in[2] = { x, table };
    nrv_dim d;
    char have[24];
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    nrv_graph *g = x->g;
    bool odd = table->rank == 2 &&
               nrv__dim_same(g, nrv__dim_add(g, nrv__dim_mul(g, nrv__dim_floor(g, table->dim[0], 2), 2), 1),
                             table->dim[0], op->name, &d);
    return (odd && x->rank >= 2 && x->rank < NRV__MAX_RANK) ||
           nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a row for each of the distances -K to K: (2K+1,D); x (...,T,n)",
                           "a table of rank %d with %s rows, x of rank %d", table->rank,
                           nrv__dim_text(g, table->rank ? table->dim[0] : 1, have), x->rank);
}

/* q (...,T,D), table (2K+1,D) -> (...,T,L): the product of query t with the vector of the distance l - t, at most K
   either way. Added to q k^T, it makes attention know distances: nrv_attention_opt.bias, scaled by hand. (Shaw et al.
   2018) */
NRV_API nrv_tensor nrv_relative_scores(nrv_tensor q, nrv_tensor table, nrv_dim L)
{
    NRV_CALLED(&nrv__op_relative_scores, q);
    const nrv__opdef *op = &nrv__op_relative_scores;
    nrv_dim d;
    if (!positions_table(op, q, table))
        return NULL;
    nrv_dim T = q->dim[q->rank - 2];
    if (!nrv__dim_same(q->g, q->dim[q->rank - 1], table->dim[1], op->name, &d))
        return nrv__op_refuses(op, 2, (nrv_tensor[]){ q, table }, NRV_ESHAPE, "q (...,T,D), table (2K+1,D)",
                               "q and the table differ in their last length");
    nrv_tensor each = nrv_matmul(q, nrv_transpose(table)); /* (...,T,2K+1) */
    nrv_shape s = nrv_shape_of(q);
    s.dim[s.rank - 1] = L;
    nrv_tensor at = nrv_broadcast(positions_distance(table, T, L), s);
    s.dim[s.rank++] = table->dim[0];
    return nrv_take(nrv_broadcast(nrv_expand(each, -2, 1), s), at);
}

/* p (...,T,L), table (2K+1,D) -> (...,T,D): the sum over l of p[t,l] times the vector of the distance l - t, at most K
   either way; added to p v. (Shaw et al. 2018) */
NRV_API nrv_tensor nrv_relative_values(nrv_tensor p, nrv_tensor table)
{
    NRV_CALLED(&nrv__op_relative_values, p);
    if (!positions_table(&nrv__op_relative_values, p, table))
        return NULL;
    nrv_tensor v = nrv_gather(table, positions_distance(table, p->dim[p->rank - 2], p->dim[p->rank - 1]), 0);
    nrv_shape s = nrv_shape_of(p); /* (...,T,1,L) x (T,L,D) */
    s.dim[s.rank - 1] = table->dim[1];
    return nrv_reshape(nrv_matmul(nrv_expand(p, -2, 1), v), s);
}

/* ---- relative_buckets ---- */
static nrv_tensor positions_buckets_make(nrv__case *c)
{
    return nrv_relative_buckets(c->x[0], nrv__case_small(c, "num_buckets", 32), nrv__case_small(c, "max_distance", 128),
                                nrv__case_flag(c, "bidirectional", true));
}

NRV_OP(relative_buckets, .sig = "index distance[...] -> i32 y[...]",
       .doc =
           "Which of n buckets the distance key - query falls into: near ones have their own, far ones share them on a "
           "logarithmic scale, the farthest the last.",
       .flags = NRV_MACRO, .make = positions_buckets_make, .no_grad = "whole numbers from whole numbers",
       .refuse = { "d:i64[3] in -9..9, num_buckets=3 => relative_buckets: 3 buckets with a largest distance of 128 | "
                   "in here | input 0: input i64 [3] d | hint 32 buckets (even, 4 at least) and a largest distance of "
                   "128 are usual",
                   "d[3] => relative_buckets: the distance is f32, whole numbers are wanted | in here | input 0: input "
                   "f32 [3] d | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "d:i64[3] in -9..9, max_distance=4 => relative_buckets: 32 buckets with a largest distance of 4 | "
                   "in here | input 0: input i64 [3] d | hint 32 buckets (even, 4 at least) and a largest distance of "
                   "128 are usual" },
       .test = { "d:i64[41] in -300..300", "d:i32[2,9] in -40..40, bidirectional=false, num_buckets=8, max_distance=20",
                 "d:i64[0] in 0..1" });

/* distance (...) of i32 or i64, key minus query -> (...) i32, 0 to buckets - 1: half of them for keys behind the query,
   where both ways count, else none. Of each half, half for a distance each, and half on a logarithmic scale up to
   max_distance. T5: 32, 128. nrv_gather of a table by them is a bias of attention. (Raffel et al. 2020) */
NRV_API nrv_tensor nrv_relative_buckets(nrv_tensor distance, int buckets, int max_distance, int both)
{
    const nrv__opdef *op = &nrv__op_relative_buckets;
    if (!nrv__op_wants(op, 1, &distance))
        return NULL;
    if (distance->type != NRV_I32 && distance->type != NRV_I64)
        return nrv__op_refuses(op, 1, &distance, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64",
                               "the distance is %s, whole numbers are wanted", nrv__dtype_name(distance->type));
    int each = both ? buckets / 2 : buckets, exact = each / 2;
    if (buckets > 1 << 24 || exact < 1 || max_distance <= exact || (both && buckets % 2))
        return nrv__op_refuses(op, 1, &distance, NRV_EARG,
                               "32 buckets (even, 4 at least) and a largest distance of 128 are usual",
                               "%d buckets with a largest distance of %d", buckets, max_distance);
    nrv_tensor n = nrv_cast(distance, NRV_F64), zero = nrv__like(n, 0);
    nrv_tensor side = both ? NRV_EXPR("n, e: n > 0 ? e : 0", n, nrv__like(n, each)) : zero;
    n = both ? nrv_abs(n) : nrv_max(nrv_neg(n), zero);
    nrv_tensor e = nrv__like(n, exact), step = nrv__like(n, (each - exact) / log((double)max_distance / exact));
    nrv_tensor far = NRV_EXPR("n, e, s, l: min(e + log(max(n, e) / e) * s, l)", n, e, step, nrv__like(n, each - 1));
    far = nrv_cast(nrv_cast(far, NRV_I32), NRV_F64);
    return nrv_cast(NRV_EXPR("n, e, f, s: s + (n < e ? n : f)", n, e, far, side), NRV_I32);
}
