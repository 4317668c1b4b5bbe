/* hash.c - a 64-bit hash (XXH64 by Yann Collet, as published) and the matching of name patterns.

   Promises: the same bytes give the same hash on every machine, whatever its byte order; matching takes at most
   length of pattern times length of name steps, without recursion.
   Does not do: resist people who craft collisions. */
#include "base.h"

#include <string.h>

static const uint64_t hash_p1 = 0x9E3779B185EBCA87u, hash_p2 = 0xC2B2AE3D27D4EB4Fu, hash_p3 = 0x165667B19E3779F9u,
                      hash_p4 = 0x85EBCA77C2B2AE63u, hash_p5 = 0x27D4EB2F165667C5u;

static uint64_t hash_turn(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t hash_u32(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static uint64_t hash_u64(const unsigned char *p)
{
    return hash_u32(p) | hash_u32(p + 4) << 32;
}

static uint64_t hash_round(uint64_t h, uint64_t word)
{
    return hash_turn(h + word * hash_p2, 31) * hash_p1;
}

static uint64_t hash_merge(uint64_t h, uint64_t lane)
{
    return (h ^ hash_round(0, lane)) * hash_p1 + hash_p4;
}

static void hash_blocks(uint64_t lane[4], const unsigned char *p, size_t blocks)
{
    for (; blocks; blocks--, p += 32)
        for (int i = 0; i < 4; i++)
            lane[i] = hash_round(lane[i], hash_u64(p + 8 * i));
}

void nrv__hashing_start(nrv__hashing *h, uint64_t seed)
{
    *h = (nrv__hashing){ seed, 0, { seed + hash_p1 + hash_p2, seed + hash_p2, seed, seed - hash_p1 }, { 0 } };
}

void nrv__hashing_add(nrv__hashing *h, const void *data, size_t n)
{
    const unsigned char *p = data;
    size_t had = h->n % 32, fill = n < 32 - had ? n : 32 - had;
    h->n += n;
    if (had) {
        memcpy(h->left + had, p, fill);
        p += fill, n -= fill;
        if (had + fill < 32)
            return;
        hash_blocks(h->lane, h->left, 1);
    }
    hash_blocks(h->lane, p, n / 32);
    if (n % 32)
        memcpy(h->left, p + n / 32 * 32, n % 32);
}

/* what fills no block, after the blocks */
static uint64_t hash_rest(uint64_t h, const unsigned char *p, size_t left)
{
    for (; left >= 8; left -= 8, p += 8)
        h = hash_turn(h ^ hash_round(0, hash_u64(p)), 27) * hash_p1 + hash_p4;
    if (left >= 4) {
        h = hash_turn(h ^ hash_u32(p) * hash_p1, 23) * hash_p2 + hash_p3;
        left -= 4, p += 4;
    }
    for (; left; left--, p++)
        h = hash_turn(h ^ *p * hash_p5, 11) * hash_p1;
    h = (h ^ h >> 33) * hash_p2;
    h = (h ^ h >> 29) * hash_p3;
    return h ^ h >> 32;
}

uint64_t nrv__hashing_end(const nrv__hashing *s)
{
    const uint64_t *v = s->lane;
    uint64_t h = s->seed + hash_p5;
    if (s->n >= 32) {
        h = hash_turn(v[0], 1) + hash_turn(v[1], 7) + hash_turn(v[2], 12) + hash_turn(v[3], 18);
        h = hash_merge(hash_merge(hash_merge(hash_merge(h, v[0]), v[1]), v[2]), v[3]);
    }
    return hash_rest(h + s->n, s->left, s->n % 32);
}

uint64_t nrv__hash(uint64_t seed, const void *data, size_t n)
{
    if (n < 32)
        return hash_rest(seed + hash_p5 + n, data, n);
    nrv__hashing h;
    nrv__hashing_start(&h, seed);
    nrv__hashing_add(&h, data, n);
    return nrv__hashing_end(&h);
}

uint64_t nrv__hash_text(uint64_t seed, const char *s)
{
    return nrv__hash(seed, s, s ? strlen(s) : 0);
}

/* '*' is any run of characters, dots included. Only the last star ever needs to be tried again: whatever an earlier one
   could take instead, the last one can take too. */
static bool hash_match_one(const char *pattern, const char *end, const char *name)
{
    const char *star = NULL, *retry = NULL;
    while (*name) {
        if (pattern < end && *pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (pattern < end && *pattern == *name) {
            pattern++, name++;
        } else if (star) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

bool nrv__match(const char *names, const char *name)
{
    if (!name)
        return false;
    if (!names)
        return true;
    bool any_wish = false, wished = false, any_ban = false;
    for (const char *p = names; *p;) {
        while (*p == ' ' || *p == ',')
            p++;
        const char *end = p;
        while (*end && *end != ',')
            end++;
        const char *next = end;
        while (end > p && end[-1] == ' ')
            end--;
        bool ban = p < end && *p == '!';
        if (ban) {
            any_ban = true;
            if (hash_match_one(p + 1, end, name))
                return false;
        } else if (p < end) {
            any_wish = true;
            wished = wished || hash_match_one(p, end, name);
        }
        p = next;
    }
    return any_wish ? wished : any_ban; /* "!*.bias" alone means everything else */
}
