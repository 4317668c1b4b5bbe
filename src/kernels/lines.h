/* lines.h - what ops that move lines by index, and their kernels, agree upon: how an axis cuts a tensor into lines, and
   how an index that makes no sense is reported.

   Promises: the reference and every kernel of such an op see the same lines, check the same values and say the same
   words. Does not do: move anything. */
#ifndef NRV__LINES_H
#define NRV__LINES_H
#include "kernel.h"

/* (batch..., outer..., n, inner...): `batch` is the product of the first axes, n the length of the axis itself */
typedef struct nrv__lines {
    int64_t batch, outer, n, inner;
} nrv__lines;

static inline int64_t nrv__lines_product(const nrv__view *v, int64_t from, int64_t to)
{
    int64_t n = 1;
    for (int64_t i = from; i < to; i++)
        n *= v->dim[i];
    return n;
}

static inline nrv__lines nrv__lines_of(const nrv__view *v, int64_t batch, int64_t axis)
{
    return (nrv__lines){ nrv__lines_product(v, 0, batch), nrv__lines_product(v, batch, axis), v->dim[axis],
                         nrv__lines_product(v, axis + 1, v->rank) };
}

/* a whole number that a reference holds as a double; what no int64_t holds is its largest or smallest */
static inline int64_t nrv__lines_whole(double x)
{
    return x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : (int64_t)x;
}

/* may index, at this position of its tensor, be used on an axis of length n? after: how many units come before */
static inline bool nrv__lines_inside_after(nrv__fault *f, int64_t after, int64_t position, int64_t index, int64_t n)
{
    if (index >= 0 && index < n)
        return true;
    if (n > 0)
        nrv__fault_set(f, after + position, NRV_EVALUE, "index %lld at position %lld; it must lie in 0..%lld",
                       (long long)index, (long long)position, (long long)n - 1);
    else
        nrv__fault_set(f, after + position, NRV_EVALUE,
                       "index %lld at position %lld of an axis of length 0; it must be empty", (long long)index,
                       (long long)position);
    return false;
}

static inline bool nrv__lines_inside(nrv__fault *f, int64_t position, int64_t index, int64_t n)
{
    return nrv__lines_inside_after(f, 0, position, index, n);
}

/* may a run of `length` begin at start, in an axis of length n >= length? */
static inline bool nrv__lines_start(nrv__fault *f, int64_t position, int64_t start, int64_t length, int64_t n)
{
    if (start >= 0 && start <= n - length)
        return true;
    nrv__fault_set(f, position, NRV_EVALUE, "start %lld at position %lld; %lld of %lld can start at 0..%lld",
                   (long long)start, (long long)position, (long long)length, (long long)n, (long long)(n - length));
    return false;
}

/* row r of a matrix in CSR form holds stored values from..to - 1 of nnz; is that so? One call for every row: the
   message of the smallest unit says what is wrong first */
static inline bool nrv__lines_csr(nrv__fault *f, int64_t r, int64_t rows, int64_t from, int64_t to, int64_t nnz)
{
    if (r == 0 && from != 0)
        nrv__fault_set(f, 0, NRV_EVALUE, "rowptr begins with %lld; it must begin with 0", (long long)from);
    if (to < from)
        nrv__fault_set(f, 1 + r, NRV_EVALUE, "rowptr falls from %lld to %lld at row %lld; it must not fall",
                       (long long)from, (long long)to, (long long)r);
    if (r == rows - 1 && to != nnz)
        nrv__fault_set(f, 1 + rows, NRV_EVALUE, "rowptr ends with %lld; it must end with the number of values, %lld",
                       (long long)to, (long long)nnz);
    return 0 <= from && from <= to && to <= nnz;
}
#endif
