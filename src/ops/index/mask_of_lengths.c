/* mask_of_lengths - which elements of padded sequences are there.    y[t, b] = t < lengths[b] */
#include "../op.h"

static nrv_tensor mask_of_lengths_make(nrv__case *c)
{
    return nrv_mask_of_lengths(c->x[0], nrv__case_int(c, "T", 1));
}

NRV_OP(mask_of_lengths, .sig = "index lengths[B] -> bool y[T,B]",
       .doc =
           "Which elements of padded sequences are there: true before the end of each. A length of T or more is true "
           "everywhere, one below 1 nowhere.",
       .flags = NRV_MACRO, .make = mask_of_lengths_make,
       .refuse = { "lengths[3], T=4 => mask_of_lengths: lengths is f32, whole numbers are wanted | in here | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64",
                   "lengths:i32[3,1], T=4 => mask_of_lengths: lengths of rank 2 | in here | hint lengths (B)" },
       .test = { "lengths:i32[5] in 0..7, T=7", "lengths:i64[3] in -2..9, T=4", "lengths:i32[0], T=3",
                 "lengths:i32[2] in 0..1, T=0" });

/* lengths (B) of i32 or i64 -> bool (T,B), true where t < lengths[b]: which elements of sequences, padded to T and with
   time in front, are there. */
NRV_API nrv_tensor nrv_mask_of_lengths(nrv_tensor lengths, nrv_dim T)
{
    if (!lengths || lengths->g->why.status)
        return NULL;
    if (lengths->rank != 1)
        return nrv__graph_fail(lengths->g, NRV_ESHAPE, "lengths (B)", "mask_of_lengths: lengths of rank %d",
                               lengths->rank),
               NULL;
    if (lengths->type != NRV_I32 && lengths->type != NRV_I64)
        return nrv__graph_fail(lengths->g, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64",
                               "mask_of_lengths: lengths is %s, whole numbers are wanted",
                               nrv__dtype_name(lengths->type)),
               NULL;
    return nrv_less(nrv_reshape(nrv_iota(lengths->g, lengths->type, T), NRV_SHAPE(T, 1)), lengths);
}
