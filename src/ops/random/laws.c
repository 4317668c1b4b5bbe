/* laws.c - draws that are formulas of uniform ones: randint, laplace, cauchy, geometric, multinomial. */
#include "draw.h"

/* Whole numbers from..to-1 of type i64, all as likely (48 bits: at most 2^40 of them), in the given shape; names as in
   nrv_uniform. */
NRV_API nrv_tensor nrv_randint(nrv_graph *g, const char *name, int64_t from, int64_t to, nrv_shape shape)
{
    if (!g || g->why.status)
        return NULL;
    if (from >= to || (uint64_t)to - (uint64_t)from > UINT64_C(1) << 40 || from < -(INT64_C(1) << 52) ||
        to > INT64_C(1) << 52)
        return nrv__graph_fail(g, NRV_EARG, "from < to, at most 2^40 apart, within 2^52 of 0",
                               "randint '%s': from %lld to %lld", name ? name : "", (long long)from, (long long)to),
               NULL;
    if (shape.rank < 0 || shape.rank >= NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE, "ranks up to 7", "randint '%s': rank %d", name ? name : "", shape.rank),
               NULL;
    nrv_shape two = shape;
    two.dim[two.rank++] = 2; /* upper and lower bits */
    nrv_tensor bits = nrv__uniform(g, "randint", name, NRV_F64, two);
    nrv_tensor high = nrv_reshape(nrv_slice(bits, -1, 0, 1), shape),
               low = nrv_reshape(nrv_slice(bits, -1, 1, 1), shape);
    nrv_tensor n = nrv__like(bits, (double)(to - from)), first = nrv__like(bits, (double)from);
    return nrv_cast(NRV_EXPR("a, b, n, f: floor((a + b * 5.9604644775390625e-8) * n) + f", high, low, n, first),
                    NRV_I64);
}

/* Random numbers of density e^-|x| / 2: mean 0, deviation 1.414; otherwise as nrv_uniform. */
NRV_API nrv_tensor nrv_laplace(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    /* 2^-25 more: as far from 0 as from 1 */
    return NRV_EXPR("u: u < 0.5 ? log(2 * u + 5.9604644775390625e-8) : -log(2 - 2 * u - 5.9604644775390625e-8)",
                    nrv__uniform(g, "laplace", name, t, shape));
}

/* Random numbers of density 1 / (pi (1 + x^2)), which have no mean; otherwise as nrv_uniform. */
NRV_API nrv_tensor nrv_cauchy(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape)
{
    return NRV_EXPR("u: tan(3.141592653589793 * (u - 0.4999999701976776))", nrv__uniform(g, "cauchy", name, t, shape));
}

/* p (...) in 0..1 -> whole numbers (...) of its type from 1 on: which of many trials, each of which succeeds with
   probability p, is the first to do so. Beyond 0..1 and for NaN the result is NaN; for 0 infinity. Names as in
   nrv_uniform; no gradient to p. */
NRV_API nrv_tensor nrv_geometric(nrv_tensor p, const char *name)
{
    if (!p)
        return NULL;
    nrv_tensor u = nrv__uniform(p->g, "geometric", name, p->type, nrv_shape_of(p));
    return nrv_stop(NRV_EXPR("u, p: p == 1 ? 1 + 0 * u : max(1, ceil(log(1 - u) / log1p(-p)))", u, p));
}

/* weight (...,V), not negative, need not add to 1 -> i32 (...,n): n indexes of each row, each drawn with probability
   weight / sum; again: the same index may be drawn again, else not (n at most V; an index of weight 0 comes only when
   the others are used up; Efraimidis & Spirakis 2006). A row that is 0 everywhere, or holds a negative number or NaN,
   stops the run where drawn `again`. Names as in nrv_uniform; no gradient. */
NRV_API nrv_tensor nrv_multinomial(nrv_tensor weight, nrv_dim n, int again, const char *name)
{
    if (!weight || weight->g->why.status)
        return NULL;
    if (weight->rank < 1 || !nrv__dtype_real(weight->type))
        return nrv__graph_fail(weight->g, NRV_ESHAPE, "rows of weights (...,V) of a real type",
                               "multinomial '%s': weights of rank %d and type %s", name ? name : "", weight->rank,
                               nrv__dtype_name(weight->type)),
               NULL;
    nrv_tensor logits = nrv_log(nrv_stop(weight)), index = NULL;
    if (again)
        return nrv_categorical(nrv_expand(logits, weight->rank - 1, n), name);
    nrv_tensor noise = nrv_gumbel(weight->g, name, weight->type, nrv_shape_of(weight));
    nrv_topk(nrv_add(logits, noise), n, -1, 0, &index);
    return index;
}
