/* quantise.c - trained weights as bytes: from the store of a network into that of the same one traced with int8.

   Each row of a weight by a scale of its own, its largest number by 127: as PyTorch's symmetric quantisation for each
   channel. What the trained network had as bytes already is copied. Promises: all or nothing; what cannot be rounded,
   an infinity or NaN, is refused. Does not do: look at data (nrv_quantised_linear scales what comes in as it comes). */
#include "store.h"
#include <math.h>
#include <string.h>

static const char quantise_tail[] = "_scale";

/* the scale that stands beside an i8 tensor which is to be rounded, or NULL */
static nrv__stored *quantise_beside(const nrv_store *to, const nrv_store *from, const nrv__stored *w)
{
    char name[512];
    const size_t n = strlen(w->name);
    const nrv__stored *f = nrv__store_find(from, w->name);
    if (w->type != NRV_I8 || w->rank != 2 || n + sizeof quantise_tail > sizeof name || (f && f->type == NRV_I8))
        return NULL;
    memcpy(name, w->name, n);
    memcpy(name + n, quantise_tail, sizeof quantise_tail);
    nrv__stored *scale = nrv__store_find(to, name);
    const bool fits = scale && scale->rank == 1 && scale->dim[0] == w->dim[0];
    return fits && (scale->type == NRV_F32 || scale->type == NRV_F64) ? scale : NULL;
}

static bool quantise_is_scale(const nrv_store *to, const nrv_store *from, const nrv__stored *e)
{
    char name[512];
    const size_t n = strlen(e->name), tail = sizeof quantise_tail - 1;
    if (n <= tail || n >= sizeof name || strcmp(e->name + n - tail, quantise_tail) != 0)
        return false;
    memcpy(name, e->name, n - tail);
    name[n - tail] = 0;
    const nrv__stored *w = nrv__store_find(to, name);
    return w && quantise_beside(to, from, w) == e;
}

static double quantise_at(const nrv__stored *e, int64_t i)
{
    return e->type == NRV_F64 ? ((const double *)e->data)[i] : (double)((const float *)e->data)[i];
}

static void quantise_check(nrv_store *to, const nrv__stored *e, const nrv__stored *scale, const nrv__stored *f)
{
    const nrv_dtype type = scale ? scale->type : e->type;
    if (!f)
        nrv__fail(&to->why, NRV_ENAME, "'%s' is not in the store of the trained network", e->name);
    else if (f->type != type || !nrv__store_same_shape(e, f->rank, f->dim))
        nrv__fail(&to->why, NRV_ESHAPE, "'%s' differs in shape or type between the two stores", e->name);
    for (int64_t i = 0; !to->why.status && scale && i < f->dim[0] * f->dim[1]; i++)
        if (!isfinite(quantise_at(f, i)))
            nrv__fail(&to->why, NRV_EARG, "'%s' holds an infinity or NaN, which no byte stands for", e->name);
}

static void quantise_rows(nrv__stored *to, nrv__stored *scale, const nrv__stored *from)
{
    const int64_t n = from->dim[1];
    for (int64_t r = 0; r < from->dim[0]; r++) {
        double most = 0;
        for (int64_t i = 0; i < n; i++)
            most = fmax(most, fabs(quantise_at(from, r * n + i)));
        for (int64_t i = 0; i < n; i++)
            ((int8_t *)to->data)[r * n + i] = (int8_t)(most > 0 ? rint(quantise_at(from, r * n + i) / most * 127) : 0);
        if (scale->type == NRV_F64)
            ((double *)scale->data)[r] = most / 127;
        else
            ((float *)scale->data)[r] = (float)(most / 127);
    }
}

static void quantise_all(nrv_store *to, const nrv_store *from)
{
    for (int pass = 0; pass < 2 && !to->why.status; pass++) /* first what can fail, then the values */
        for (size_t i = 0; i < to->n_entry && !to->why.status; i++) {
            nrv__stored *e = to->entry[i], *scale = quantise_beside(to, from, e);
            const nrv__stored *f = nrv__store_find(from, e->name);
            if (quantise_is_scale(to, from, e))
                continue;
            if (pass == 0)
                quantise_check(to, e, scale, f);
            else if (scale)
                quantise_rows(e, scale, f);
            else
                memcpy(e->data, f->data, e->bytes);
        }
}

NRV_API nrv_status nrv_store_quantise(nrv_store *to, const nrv_store *from)
{
    if (!to || !from || to == from)
        return NRV_EARG;
    if (nrv__store_enter_both(to, from)) {
        quantise_all(to, from);
        nrv__store_leave_both(to, from);
    }
    return to->why.status;
}
