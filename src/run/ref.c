/* ref.c - see ref.h. The reference computes in double; a float result is that double, rounded once.
   docs/why/reference-in-double.md says why, and what it costs. */
#include "ref.h"
#include <string.h>

void nrv__contiguous(nrv__view *v)
{
    int64_t stride = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        v->stride[i] = stride;
        stride = (int64_t)((uint64_t)stride * (uint64_t)v->dim[i]); /* lengths may come before they are checked */
    }
}

int64_t nrv__elements(const nrv__view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++)
        n *= v->dim[i];
    return n;
}

static bool ref_dense(const nrv__view *v)
{
    int64_t stride = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        if (v->dim[i] != 1 && v->stride[i] != stride)
            return false;
        stride *= v->dim[i];
    }
    return true;
}

/* count elements to doubles, or to int64_t */
static void ref_load(void *to, const void *from, nrv_dtype t, int64_t count, bool whole)
{
    if (whole)
        nrv__to_whole(to, from, t, count);
    else
        nrv__to_double(to, from, t, count);
}

static void ref_gather(void *to, const nrv__view *v, const nrv__view *like, bool whole)
{
    char *next = to;
    int64_t at[NRV__MAX_RANK] = { 0 }, step[NRV__MAX_RANK] = { 0 }, n = nrv__elements(like), where = 0;
    size_t size = nrv__dtype_size(v->type);
    if (v->rank == like->rank && ref_dense(v) && nrv__elements(v) == n) {
        ref_load(to, v->data, v->type, n, whole);
        return;
    }
    for (int i = 0; i < v->rank; i++) {
        int k = like->rank - v->rank + i;
        step[k] = v->dim[i] == 1 ? 0 : v->stride[i];
    }
    int last = like->rank - 1;
    for (int64_t i = 0; i < n; i++) {
        ref_load(next + i * 8, (const char *)v->data + where * (int64_t)size, v->type, 1, whole);
        for (int k = last; k >= 0; k--) {
            where += step[k];
            if (++at[k] < like->dim[k])
                break;
            where -= at[k] * step[k];
            at[k] = 0;
        }
    }
}

/* integers are taken as such where the op says how: doubles end at 2^53 */
static bool ref_whole(const nrv__opdef *op, const nrv__args *a)
{
    bool all = op->whole && (nrv__dtype_whole(a->out[0].type) || a->out[0].type == NRV_BOOL);
    for (int i = 0; i < a->n_in; i++)
        all = all && nrv__dtype_whole(a->in[i].type);
    return all;
}

static const nrv__view *ref_like(const nrv__opdef *op, const nrv__args *a, int i)
{
    return op->flags & NRV_POINTWISE ? &a->out[0] : &a->in[i];
}

static bool ref_as_is(const nrv__opdef *op, const nrv__args *a, int i)
{
    return a->in[i].type == NRV_F64 && ref_dense(&a->in[i]) &&
           nrv__elements(&a->in[i]) == nrv__elements(ref_like(op, a, i));
}

size_t nrv__ref_scratch(const nrv__opdef *op, const nrv__args *a)
{
    int64_t n = a->out[0].type == NRV_F64 ? 0 : nrv__elements(&a->out[0]);
    for (int i = 0; i < a->n_in; i++)
        if (!ref_as_is(op, a, i) && !nrv__add(n, nrv__elements(ref_like(op, a, i)), &n))
            return SIZE_MAX;
    if (op->room && !nrv__add(n, op->room(a), &n))
        return SIZE_MAX;
    int64_t bytes = (int64_t)sizeof(nrv__view) * a->n_in + NRV__ALIGN;
    return nrv__mul(n, 8, &n) && nrv__add(n, bytes, &n) ? (size_t)n : SIZE_MAX;
}

void nrv__ref_run(const nrv__opdef *op, const nrv__args *a)
{
    nrv__view *in = a->scratch;
    const bool whole = ref_whole(op, a);
    size_t views = (sizeof *in * (size_t)a->n_in + NRV__ALIGN - 1) & ~(size_t)(NRV__ALIGN - 1);
    double *room = (double *)(void *)((char *)a->scratch + views);
    for (int i = 0; i < a->n_in; i++) {
        in[i] = *ref_like(op, a, i);
        nrv__contiguous(&in[i]);
        in[i].data = a->in[i].data;
        if (!ref_as_is(op, a, i)) {
            ref_gather(room, &a->in[i], ref_like(op, a, i), whole);
            in[i].data = room;
            room += nrv__elements(&in[i]);
        }
    }
    nrv__view out = a->out[0];
    nrv__args inner = *a;
    inner.in = in;
    inner.out = &out;
    inner.n = nrv__elements(&out);
    nrv__contiguous(&out);
    if (a->out[0].type != NRV_F64)
        out.data = room;
    inner.scratch = a->out[0].type != NRV_F64 ? room + inner.n : room;
    (whole ? op->whole : op->ref)(&inner);
    if (whole)
        nrv__from_whole(a->out[0].data, a->out[0].type, out.data, inner.n);
    else if (a->out[0].type != NRV_F64)
        nrv__from_double(a->out[0].data, a->out[0].type, room, inner.n);
}
