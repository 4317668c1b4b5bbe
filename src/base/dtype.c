/* dtype.c - the types of elements: sizes, names, and conversion by way of double.

   Promises: conversion rounds once, to the nearest (ties to even), subnormals and NaN payloads of f16 and bf16
   included; integers saturate and NaN becomes 0, so that no value is undefined behaviour. Memory need not be aligned.
   Does not do: speed - kernels convert their own tiles. */
#include "base.h"

#include <math.h>
#include <string.h>

size_t nrv__dtype_size(nrv_dtype t)
{
    switch (t) {
    case NRV_F32:
    case NRV_I32:
        return 4;
    case NRV_F64:
    case NRV_I64:
        return 8;
    case NRV_F16:
    case NRV_BF16:
        return 2;
    case NRV_U8:
    case NRV_BOOL:
    case NRV_I8:
        return 1;
    }
    return 0;
}

const char *nrv__dtype_name(nrv_dtype t)
{
    switch (t) {
    case NRV_F32:
        return "f32";
    case NRV_F64:
        return "f64";
    case NRV_F16:
        return "f16";
    case NRV_BF16:
        return "bf16";
    case NRV_I32:
        return "i32";
    case NRV_I64:
        return "i64";
    case NRV_U8:
        return "u8";
    case NRV_BOOL:
        return "bool";
    case NRV_I8:
        return "i8";
    }
    return "unknown";
}

bool nrv__dtype_real(nrv_dtype t)
{
    return t == NRV_F32 || t == NRV_F64 || t == NRV_F16 || t == NRV_BF16;
}

bool nrv__dtype_whole(nrv_dtype t)
{
    return t == NRV_I32 || t == NRV_I64 || t == NRV_U8 || t == NRV_I8;
}

enum { DTYPE_F16_BITS = 10, DTYPE_BF16_BITS = 7 }; /* of the fraction; the exponent has the rest of 15 */

static double dtype_widen(uint16_t h, int bits)
{
    int exponents = 1 << (15 - bits), bias = exponents / 2 - 1, e = h >> bits & (exponents - 1);
    uint64_t fraction = h & ((1u << bits) - 1), u;
    if (e == exponents - 1) {
        u = (uint64_t)0x7FF << 52 | fraction << (52 - bits);
    } else if (e) {
        u = (uint64_t)(e - bias + 1023) << 52 | fraction << (52 - bits);
    } else {
        double tiny = ldexp((double)fraction, 1 - bias - bits);
        memcpy(&u, &tiny, sizeof u);
    }
    u |= (uint64_t)(h >> 15) << 63;
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

/* straight from double: going through float would round twice */
static uint16_t dtype_narrow(double d, int bits)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    int exponents = 1 << (15 - bits), bias = exponents / 2 - 1;
    unsigned sign = (unsigned)(u >> 63) << 15, infinity = (unsigned)(exponents - 1) << bits;
    int e = (int)(u >> 52 & 0x7FF);
    uint64_t fraction = u & (((uint64_t)1 << 52) - 1);
    if (e == 0x7FF) {
        unsigned payload = (unsigned)(fraction >> (52 - bits));
        if (fraction && !payload)
            payload = 1u << (bits - 1);
        return (uint16_t)(sign | infinity | payload);
    }
    int power = e - 1023, shift = 52 - bits, low = 1 - bias;
    if (power < low)
        shift += low - power;
    if (shift > 53)
        return (uint16_t)sign;
    uint64_t whole = fraction | (uint64_t)1 << 52, q = whole >> shift, half = (uint64_t)1 << (shift - 1);
    uint64_t rest = whole & ((half << 1) - 1);
    if (rest > half || (rest == half && (q & 1)))
        q++;
    /* a carry out of the fraction runs into the exponent, where it belongs; q holds the leading 1 of normal numbers */
    uint64_t magnitude = power < low ? q : ((uint64_t)(power - low) << bits) + q;
    if (magnitude > infinity)
        magnitude = infinity;
    return (uint16_t)(sign | (unsigned)magnitude);
}

static int64_t dtype_whole(double d, double lo, double hi, int64_t min, int64_t max)
{
    if (!(d == d))
        return 0;
    d = rint(d);
    return d <= lo ? min : d >= hi ? max : (int64_t)d;
}

static double dtype_load(const unsigned char *p, nrv_dtype t)
{
    float f;
    double d;
    uint16_t h;
    int32_t i;
    int64_t l;
    switch (t) {
    case NRV_F32:
        memcpy(&f, p, sizeof f);
        return (double)f;
    case NRV_F64:
        memcpy(&d, p, sizeof d);
        return d;
    case NRV_F16:
        memcpy(&h, p, sizeof h);
        return dtype_widen(h, DTYPE_F16_BITS);
    case NRV_BF16:
        memcpy(&h, p, sizeof h);
        return dtype_widen(h, DTYPE_BF16_BITS);
    case NRV_I32:
        memcpy(&i, p, sizeof i);
        return (double)i;
    case NRV_I64:
        memcpy(&l, p, sizeof l);
        return (double)l;
    case NRV_U8:
        return (double)*p;
    case NRV_BOOL:
        return *p ? 1.0 : 0.0;
    case NRV_I8:
        return (double)(signed char)*p;
    }
    return 0.0;
}

static void dtype_store(unsigned char *p, nrv_dtype t, double d)
{
    float f;
    uint16_t h;
    int32_t i;
    int64_t l;
    switch (t) {
    case NRV_F32:
        f = (float)d;
        memcpy(p, &f, sizeof f);
        break;
    case NRV_F64:
        memcpy(p, &d, sizeof d);
        break;
    case NRV_F16:
        h = dtype_narrow(d, DTYPE_F16_BITS);
        memcpy(p, &h, sizeof h);
        break;
    case NRV_BF16:
        h = dtype_narrow(d, DTYPE_BF16_BITS);
        memcpy(p, &h, sizeof h);
        break;
    case NRV_I32:
        i = (int32_t)dtype_whole(d, -2147483648.0, 2147483647.0, INT32_MIN, INT32_MAX);
        memcpy(p, &i, sizeof i);
        break;
    case NRV_I64:
        l = dtype_whole(d, -0x1p63, 0x1p63, INT64_MIN, INT64_MAX);
        memcpy(p, &l, sizeof l);
        break;
    case NRV_U8:
        *p = (unsigned char)dtype_whole(d, 0.0, 255.0, 0, 255);
        break;
    case NRV_BOOL:
        *p = d != 0.0;
        break;
    case NRV_I8:
        *p = (unsigned char)dtype_whole(d, -128.0, 127.0, -128, 127);
        break;
    }
}

void nrv__to_double(double *to, const void *from, nrv_dtype t, int64_t count)
{
    size_t size = nrv__dtype_size(t);
    const unsigned char *p = from;
    for (int64_t i = 0; i < count; i++, p += size)
        to[i] = dtype_load(p, t);
}

void nrv__from_double(void *to, nrv_dtype t, const double *from, int64_t count)
{
    size_t size = nrv__dtype_size(t);
    unsigned char *p = to;
    for (int64_t i = 0; i < count; i++, p += size)
        dtype_store(p, t, from[i]);
}

void nrv__to_whole(int64_t *to, const void *from, nrv_dtype t, int64_t count)
{
    const unsigned char *p = from;
    for (int64_t i = 0; i < count; i++) {
        int32_t w;
        if (t == NRV_I64)
            memcpy(&to[i], p + 8 * i, 8);
        else if (t == NRV_I32)
            memcpy(&w, p + 4 * i, 4), to[i] = w;
        else
            to[i] = t == NRV_I8 ? (signed char)p[i] : p[i];
    }
}

void nrv__from_whole(void *to, nrv_dtype t, const int64_t *from, int64_t count)
{
    unsigned char *p = to;
    for (int64_t i = 0; i < count; i++) {
        uint64_t u = (uint64_t)from[i];
        uint32_t w = (uint32_t)u;
        if (t == NRV_I64)
            memcpy(p + 8 * i, &u, 8);
        else if (t == NRV_I32)
            memcpy(p + 4 * i, &w, 4);
        else
            p[i] = t == NRV_BOOL ? u != 0 : (unsigned char)u;
    }
}
