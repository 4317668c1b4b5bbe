/* array.c - arrays that readers of data files fill: any byte order, any integer width, either order of axes.

   Promises: as data.h says; the result does not depend on the byte order of the machine.
   Does not do: conversion to the types that a network wants. */
#include "data.h"

#include <string.h>

bool nrv__shape_bytes(int rank, const int64_t *dim, int64_t each, int64_t *bytes)
{
    bool empty = false;
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 0)
            return false;
        empty = empty || dim[i] == 0;
    }
    *bytes = empty ? 0 : each;
    for (int i = 0; i < rank && !empty; i++)
        if (!nrv__mul(*bytes, dim[i], bytes))
            return false;
    return true;
}

int64_t nrv__array_count(const nrv__array *a)
{
    int64_t n = 0;
    return nrv__shape_bytes(a->rank, a->dim, 1, &n) ? n : 0;
}

static size_t array_bytes(const nrv__array *a)
{
    size_t bytes = (size_t)nrv__array_count(a) * nrv__dtype_size(a->type);
    return bytes ? bytes : 1;
}

void nrv__array_free(nrv__array *a)
{
    if (a->data)
        nrv__alloc(&a->mem, a->data, array_bytes(a), 0);
    a->data = NULL;
}

nrv_dtype nrv__cell_type(nrv__cell c)
{
    if (c.kind == 'b')
        return NRV_BOOL;
    if (c.kind == 'f')
        return c.width == 2 ? NRV_F16 : c.width == 4 ? NRV_F32 : NRV_F64;
    if (c.kind == 'u')
        return c.width == 1 ? NRV_U8 : c.width == 2 ? NRV_I32 : NRV_I64;
    return c.width == 1 ? NRV_I8 : c.width == 8 ? NRV_I64 : NRV_I32;
}

static uint64_t array_word(nrv__cell c, const unsigned char *p)
{
    uint64_t v = 0;
    for (int i = 0; i < c.width; i++)
        v |= (uint64_t)p[i] << 8 * (c.big ? c.width - 1 - i : i);
    return v;
}

static void array_put_i32(void *to, int64_t v)
{
    int32_t w = (int32_t)v;
    memcpy(to, &w, sizeof w);
}

bool nrv__cell_read(nrv__cell c, const unsigned char *from, void *to)
{
    uint64_t v = array_word(c, from);
    nrv_dtype type = nrv__cell_type(c);
    if (type == NRV_I8) {
        *(unsigned char *)to = (unsigned char)v;
    } else if (c.kind == 'i' && c.width < 8) {
        uint64_t sign = (uint64_t)1 << (8 * c.width - 1);
        array_put_i32(to, (int64_t)(v ^ sign) - (int64_t)sign);
    } else if (type == NRV_I32) {
        array_put_i32(to, (int64_t)v);
    } else if (type == NRV_U8 || type == NRV_BOOL) {
        *(unsigned char *)to = (unsigned char)(type == NRV_BOOL ? v != 0 : v);
    } else if (type == NRV_F16) {
        uint16_t w = (uint16_t)v;
        memcpy(to, &w, sizeof w);
    } else if (type == NRV_F32) {
        uint32_t w = (uint32_t)v;
        memcpy(to, &w, sizeof w);
    } else if (c.kind == 'u' && v > INT64_MAX) {
        return false;
    } else {
        memcpy(to, &v, sizeof v);
    }
    return true;
}

/* the bytes of the file are those of memory already, and none needs a look */
static bool array_as_is(nrv__cell c)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    bool same_order = c.width == 1 || c.big == (first == 0);
    bool checked = c.kind == 'b' || (c.kind == 'u' && c.width == 8);
    return !checked && same_order && nrv__dtype_size(nrv__cell_type(c)) == (size_t)c.width;
}

/* walks the elements in row-major order; returns how many were read before one did not fit */
static int64_t array_walk(nrv__cell c, bool first_fastest, const unsigned char *from, nrv__array *a)
{
    int64_t count = nrv__array_count(a), index[8] = { 0 }, step[8] = { 0 }, at = 0, stride = 1;
    size_t size = nrv__dtype_size(a->type);
    unsigned char *to = a->data;
    for (int i = 0; i < a->rank && count > 0; i++) {
        int axis = first_fastest ? i : a->rank - 1 - i;
        step[axis] = stride;
        stride *= a->dim[axis];
    }
    for (int64_t n = 0; n < count; n++, to += size) {
        if (!nrv__cell_read(c, from + at * c.width, to))
            return n;
        for (int axis = a->rank - 1; axis >= 0; axis--) {
            at += step[axis];
            if (++index[axis] < a->dim[axis])
                break;
            at -= step[axis] * a->dim[axis];
            index[axis] = 0;
        }
    }
    return count;
}

nrv_status nrv__array_fill(const nrv__mem *m, const char *source, nrv__cell c, bool first_fastest,
                           const unsigned char *from, nrv__array *a, nrv__why *why)
{
    int64_t bytes;
    a->mem = m && m->fn ? *m : nrv__mem_default();
    a->type = nrv__cell_type(c);
    a->data = NULL;
    if (!nrv__shape_bytes(a->rank, a->dim, (int64_t)nrv__dtype_size(a->type), &bytes) || (uint64_t)bytes > PTRDIFF_MAX)
        return nrv__fail(why, NRV_ENOMEM, "%s: the array does not fit into memory", source);
    a->data = nrv__alloc(&a->mem, NULL, 0, array_bytes(a));
    if (!a->data)
        return nrv__fail(why, NRV_ENOMEM, "%s: out of memory, %lld bytes were needed", source, (long long)bytes);
    if (array_as_is(c) && (!first_fastest || a->rank < 2)) {
        if (bytes)
            memcpy(a->data, from, (size_t)bytes);
        return NRV_OK;
    }
    int64_t read = array_walk(c, first_fastest, from, a);
    if (read == nrv__array_count(a))
        return NRV_OK;
    nrv__array_free(a);
    return nrv__fail(why, NRV_EVALUE,
                     "%s: element %lld (row-major, from 0) is above 9223372036854775807, the largest "
                     "64-bit integer here; store it as float or signed",
                     source, (long long)read);
}
