/* batch.c - what rules for batching share: the turns of a loop as one more axis in front, or folded into the first.

   Promises: an answer of NULL without an error means "not this way".
   Does not do: decide what is batched (src/compile/turns.c). */
#include "op.h"
#include <string.h>

nrv_tensor nrv__batch_wide(const nrv__batch *b, int i)
{
    nrv_tensor x = b->x[i];
    if (b->wide[i] || !x)
        return x;
    return x->rank < NRV__MAX_RANK ? nrv_expand(x, 0, b->T) : NULL;
}

nrv_tensor nrv__batch_aligned(const nrv__batch *b, int i, int rank)
{
    nrv_tensor x = b->x[i];
    if (!b->wide[i] || !x || x->rank == rank + 1)
        return x;
    nrv_shape s = { rank + 1, { b->T } };
    for (int k = 1; k <= rank; k++)
        s.dim[k] = 1;
    for (int k = 1; k < x->rank; k++)
        s.dim[rank + 1 - x->rank + k] = x->dim[k];
    return nrv_reshape(x, s);
}

nrv_tensor nrv__batch_merged(const nrv__batch *b, int i)
{
    nrv_tensor x = nrv__batch_wide(b, i);
    return x && x->rank > 1 ? nrv__merge_turns(x) : NULL;
}

nrv_tensor nrv__batch_parted(const nrv__batch *b, nrv_tensor y)
{
    return y && b->y->rank < NRV__MAX_RANK ? nrv_reshape(y, nrv__shape_of_turns(b->y, b->T)) : NULL;
}

nrv_tensor nrv__batch_point(const nrv__batch *b)
{
    nrv_tensor x[NRV__POINT_IN];
    if (b->y->n_in > NRV__POINT_IN || b->y->rank == NRV__MAX_RANK)
        return NULL;
    for (int i = 0; i < b->y->n_in; i++)
        x[i] = nrv__batch_aligned(b, i, b->y->rank);
    return nrv__op_with(b->y->op, b->y->n_in, x, b->y->attr, 0, NULL);
}

nrv_tensor nrv__batch_sized(const nrv__batch *b, const void *attr, int axis)
{
    nrv_dim size[NRV__MAX_RANK] = { b->T };
    int more = axis < 0;
    if (b->y->n_size + more > NRV__MAX_RANK || b->y->rank == NRV__MAX_RANK)
        return NULL;
    memcpy(size + more, b->y->size, (size_t)b->y->n_size * sizeof *size);
    return nrv__op_with(b->y->op, 1, &b->x[0], attr, b->y->n_size + more, size);
}
