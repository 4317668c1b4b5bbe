/* rearrange - axes split, moved and merged by a pattern: "b t (s h d) -> s b h t d" (after einops; Rogozhnikov 2022) */
#include "../op.h"
#include <ctype.h>
#include <string.h>

enum { REARRANGE_AXES = 16 };

typedef struct rearrange_side {
    int n, group[REARRANGE_AXES]; /* of each name: the axis it belongs to */
    const char *name[REARRANGE_AXES];
    size_t name_n[REARRANGE_AXES];
    int axes;
} rearrange_side;

static const char *rearrange_read(const char *p, rearrange_side *s)
{
    bool inside = false;
    for (; *p && strncmp(p, "->", 2); p++) {
        if (*p == '(' && !inside) {
            inside = true;
        } else if (*p == ')' && inside) {
            inside = false;
            s->axes++;
        } else if (isalnum((unsigned char)*p) && s->n < REARRANGE_AXES) {
            s->name[s->n] = p;
            while (isalnum((unsigned char)p[1]) || p[1] == '_')
                p++;
            s->name_n[s->n] = (size_t)(p + 1 - s->name[s->n]);
            s->group[s->n++] = s->axes;
            s->axes += !inside;
        } else if (!isspace((unsigned char)*p)) {
            return NULL;
        }
    }
    return inside ? NULL : p;
}

static int rearrange_find(const rearrange_side *s, const char *name, size_t n)
{
    for (int i = 0; i < s->n; i++)
        if (s->name_n[i] == n && !memcmp(s->name[i], name, n))
            return i;
    return -1;
}

/* Lengths of all names on the left: a name alone has its axis's, those in parentheses are given in order, NRV_SAME is
 * what is left. */
static bool rearrange_lengths(nrv_tensor x, const rearrange_side *from, int n, const nrv_dim *given, nrv_dim *length)
{
    int used = 0;
    for (int axis = 0, i = 0; axis < from->axes; axis++) {
        int count = 0, left = -1;
        nrv_dim known = 1;
        while (i + count < from->n && from->group[i + count] == axis)
            count++;
        for (int k = i; k < i + count; k++) {
            if (count > 1 && used == n)
                return false;
            length[k] = count > 1 ? given[used++] : NRV_SAME;
            if (length[k] != NRV_SAME)
                known = nrv__dim_mul(x->g, known, length[k]);
            else if (left >= 0)
                return false;
            else
                left = k;
        }
        if (left < 0 && !nrv__dim_same(x->g, x->dim[axis], known, "rearrange", &known))
            return false;
        if (left >= 0 && !nrv__dim_divides(x->g, x->dim[axis], known, &length[left]))
            return false;
        i += count;
    }
    return used == n;
}

/* x with its axes split, moved and merged as the pattern says; lengths (n of them) are those of the names in
   parentheses on the left, in order; in each parenthesis one may be NRV_SAME: what is left. */
NRV_API nrv_tensor nrv_rearrange(nrv_tensor x, const char *pattern, int n, const nrv_dim *lengths)
{
    if (!x || x->g->why.status)
        return NULL;
    n = lengths ? n : 0;
    rearrange_side from = { 0 }, to = { 0 };
    nrv_dim length[REARRANGE_AXES];
    const char *arrow = pattern ? rearrange_read(pattern, &from) : NULL;
    bool ok = arrow && *arrow && rearrange_read(arrow + 2, &to) && from.axes == x->rank && from.n == to.n &&
              from.n <= NRV__MAX_RANK;
    int order[NRV__MAX_RANK];
    nrv_shape split = { from.n, { 0 } }, merged = { to.axes, { 0 } };
    ok = ok && rearrange_lengths(x, &from, n, lengths, length);
    for (int i = 0; ok && i < to.n; i++) {
        order[i] = rearrange_find(&from, to.name[i], to.name_n[i]);
        ok = order[i] >= 0;
    }
    if (!ok)
        return nrv__graph_fail(x->g, NRV_EARG,
                               "as in \"b t (h d) -> b h t d\", with the lengths of h and d, one of them NRV_SAME",
                               "rearrange: the pattern \"%.100s\" does not fit a tensor of rank %d with %d lengths",
                               pattern ? pattern : "", x->rank, n),
               NULL;
    for (int i = 0; i < to.axes; i++)
        merged.dim[i] = 1;
    for (int i = 0; i < from.n; i++)
        split.dim[i] = length[i];
    for (int i = 0; i < to.n; i++)
        merged.dim[to.group[i]] = nrv__dim_mul(x->g, merged.dim[to.group[i]], length[order[i]]);
    return nrv_reshape(nrv_permute(nrv_reshape(x, split), from.n, order), merged);
}

static nrv_tensor rearrange_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    int n = nrv__case_ints(c, "lengths", NRV__MAX_RANK, d);
    return nrv_rearrange(c->x[0], nrv__case_text(c, "pattern"), n, d);
}

NRV_OP(rearrange, .sig = "any x[...] -> y[...]", .doc = "Axes split, moved and merged by a pattern.",
       .refuse = { "x[2,3,8], lengths=2x3, pattern=b t (h d) -> b h t d => rearrange: the pattern \"b t (h d) -> b h t "
                   "d\" does not fit a tensor of rank 3 with 2 lengths | in here | hint as in \"b t (h d) -> b h t "
                   "d\", with the lengths of h and d, one of them NRV_SAME",
                   "x[2,3], pattern=b t h -> b h t => rearrange: the pattern \"b t h -> b h t\" does not fit a tensor "
                   "of rank 2 with 0 lengths | in here | hint as in \"b t (h d) -> b h t d\", with the lengths of h "
                   "and d, one of them NRV_SAME",
                   "x[2,3], pattern=b t -> b => rearrange: the pattern \"b t -> b\" does not fit a tensor of rank 2 "
                   "with 0 lengths | in here | hint as in \"b t (h d) -> b h t d\", with the lengths of h and d, one "
                   "of them NRV_SAME",
                   "x[2,3] => rearrange: the pattern \"\" does not fit a tensor of rank 2 with 0 lengths | in here | "
                   "hint as in \"b t (h d) -> b h t d\", with the lengths of h and d, one of them NRV_SAME" },
       .flags = NRV_MACRO, .make = rearrange_make,
       .test = { "x[2,3,8], lengths=2x4, pattern=b t (h d) -> b h t d",
                 "x[2,3,8], lengths=-1x4, pattern=b t (h d) -> h b (t d)" });
