/* gemm_bytes.c - matmul_integer: bytes times bytes, a (...,m,k) x b (k,n) -> (...,m,n) of i32; b has any strides. And
   quantised_linear, which makes its bytes of float32 as it lays them out, and float32 of its sums.

   Promises: exact, and wraps where an i32 ends: the same bits at every tier, however it is cut. Two kernels: four
   products of bytes in a lane where the processor has VNNI, which wants unsigned bytes on the left - a signed one is
   taken 128 too large, and the columns of b say what that adds - and two of 16 bits elsewhere.
   Does not do: a right side for each item of a batch; matrices that stay laid out between runs. */
#include "../../base/cpu.h"
#include "simd.h"

enum { BYTES_MR = 6, BYTES_NR = SIMD_PER_TILE * SIMD_W, BYTES_LAID = 64 };

typedef struct bytes_plan {
    int64_t m, n, k, step_b, col_b;
    int64_t each;  /* elements of a in a vector */
    int64_t words; /* of 32 bits in a row of a, laid out */
    int64_t cut_m, cut_n;
    bool dots;           /* few rows: b is read where it lies */
    bool sign_a, sign_b; /* i8 */
    bool four;           /* of bytes; or two of 16 bits */
    bool reals;          /* quantised_linear: x, w, scale, and a bias or none */
} bytes_plan;

static bytes_plan bytes_plan_of(const nrv__args *g, bool four)
{
    const nrv__view *b = &g->in[1];
    const bool reals = g->in[0].type == NRV_F32;
    bytes_plan p = { .n = b->dim[!reals], .k = b->dim[reals], .four = four, .reals = reals };
    p.step_b = b->stride[reals], p.col_b = b->stride[!reals];
    p.sign_a = g->in[0].type != NRV_U8, p.sign_b = b->type == NRV_I8;
    if (g->n == 0)
        return p;
    p.m = g->n / p.n;
    p.each = four ? SIMD_BYTES : SIMD_BYTES / 2;
    p.dots = p.m <= (four ? 4 : 16) && p.step_b == 1 && p.k >= p.each;
    p.words = p.dots ? simd_ceil(p.k, p.each) * SIMD_W : simd_ceil(p.k, four ? 4 : 2);
    p.cut_m = 1;
    p.cut_n = simd_ceil(p.n, p.dots ? 4 : BYTES_NR);
    if (p.dots)
        p.cut_n = simd_max(1, simd_min(p.cut_n, p.m * p.n * p.k / 131072));
    else
        p.cut_m = simd_max(1, simd_min(p.m / 64, 8 / p.cut_n));
    return p;
}

/* ---- what is multiplied, as words ---- */
SIMD_INLINE int32_t bytes_of(uint8_t x, bool sign)
{
    return sign ? (int8_t)x : x;
}

/* elements of a, as bytes less -128 or as they are in 16 bits */
static void bytes_put_a(const bytes_plan *p, void *to, const uint8_t *a, int64_t n)
{
    const uint8_t flip = p->sign_a ? 0x80 : 0;
    uint8_t *byte = to;
    int16_t *wide = to;
    if (p->four)
        for (int64_t i = 0; i < n; i++)
            byte[i] = a[i] ^ flip;
    else if (p->sign_a)
        for (int64_t i = 0; i < n; i++)
            wide[i] = (int8_t)a[i];
    else
        for (int64_t i = 0; i < n; i++)
            wide[i] = a[i];
}

/* as a cast of what rint gives: NaN is 0. The choices keep product and sum from becoming one operation */
SIMD_INLINE simd_i bytes_round(simd_f x, float by)
{
    const simd_f near = x * simd_all(by), number = simd_if((simd_i)(near == near), near, (simd_f){ 0 });
    const simd_f inside = simd_least(simd_most(number, simd_all(-128.0f)), simd_all(127.0f));
    return (simd_i)(inside + simd_all(0x1.8p23f)) - 0x4b400000; /* whole numbers stand in the last bits of this sum */
}

/* n reals times by, laid out as elements of a */
static void bytes_put_reals(const bytes_plan *p, void *to, const float *x, int64_t n, float by)
{
    typedef int8_t narrow __attribute__((vector_size(SIMD_W)));
    typedef int16_t wide __attribute__((vector_size(SIMD_W * 2)));
    const int64_t size = p->four ? 1 : 2;
    char *at = to;
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const int64_t some = simd_min(SIMD_W, n - i);
        const simd_i q = bytes_round(some < SIMD_W ? simd_load_some(x + i, simd_first(some)) : simd_load(x + i), by);
        const narrow bytes = __builtin_convertvector(q ^ 0x80, narrow);
        const wide words = __builtin_convertvector(q, wide);
        if (some < SIMD_W)
            memcpy(at + i * size, p->four ? (const void *)&bytes : (const void *)&words, (size_t)(some * size));
        else if (p->four)
            memcpy(at + i, &bytes, sizeof bytes);
        else
            memcpy(at + i * size, &words, sizeof words);
    }
}

static float bytes_largest(const float *x, int64_t n) /* in magnitude; NaN, if there is one */
{
    simd_f most = { 0 };
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const simd_f v = n - i < SIMD_W ? simd_load_some(x + i, simd_first(n - i)) : simd_load(x + i);
        most = simd_more_lanes(most, (simd_f)((simd_i)v & INT32_MAX));
    }
    float best = 0;
    for (int i = 0; i < SIMD_W; i++)
        best = simd_more(best, most[i]);
    return best;
}

typedef struct bytes_row { /* bytes, or reals and what they are times to be rounded */
    const void *from;
    float by;
} bytes_row;

SIMD_INLINE void bytes_put(const bytes_plan *p, uint8_t *to, const bytes_row *r, int64_t from, int64_t n)
{
    if (p->reals)
        bytes_put_reals(p, to, (const float *)r->from + from, n, r->by);
    else
        bytes_put_a(p, to, (const uint8_t *)r->from + from, n);
}

/* A row of a. For dots the last vector ends where the row does: what the one before it had is zero in it */
static void bytes_lay_a(const bytes_plan *p, int32_t *row, const bytes_row *a)
{
    const int64_t size = p->four ? 1 : 2, whole = p->dots ? p->k / p->each * p->each : p->k;
    const int64_t again = p->dots && whole < p->k ? p->each - (p->k - whole) : 0;
    uint8_t *to = (uint8_t *)row;
    memset(to + whole * size, 0, (size_t)(p->words * 4 - whole * size));
    bytes_put(p, to, a, 0, whole);
    bytes_put(p, to + (whole + again) * size, a, whole, p->k - whole);
}

/* `left` elements of a column of b, at most as many as a word holds */
SIMD_INLINE uint32_t bytes_word(const uint8_t *b, int64_t step, int64_t left, bool four, bool sign)
{
    uint32_t w = 0;
    for (int64_t i = 0; i < (four ? 4 : 2); i++)
        if (i < left)
            w |= four ? (uint32_t)b[i * step] << 8 * i : (uint32_t)(uint16_t)bytes_of(b[i * step], sign) << 16 * i;
    return w;
}

/* word k of `cols` columns; col, step and sign are constants where that pays */
SIMD_INLINE void bytes_words(uint32_t *to, const uint8_t *b, int64_t cols, int64_t col, int64_t step, bool four,
                             bool sign)
{
    for (int64_t j = 0; j < cols; j++)
        to[j] = bytes_word(b + j * col, step, 4, four, sign);
}

static void bytes_words_any(const bytes_plan *p, uint32_t *to, const uint8_t *b, int64_t cols, const bool four)
{
    if (p->col_b == 1 && p->sign_b)
        bytes_words(to, b, cols, 1, p->step_b, four, true);
    else if (p->step_b == 1 && p->sign_b)
        bytes_words(to, b, cols, p->col_b, 1, four, true);
    else
        bytes_words(to, b, cols, p->col_b, p->step_b, four, p->sign_b);
}

/* b's columns of a tile, word by word, padded with zeros to whole vectors */
SIMD_INLINE void bytes_lay_b(const bytes_plan *p, int32_t *tile, const uint8_t *b, int64_t cols, const bool four)
{
    const int64_t in = four ? 4 : 2, width = simd_ceil(cols, SIMD_W) * SIMD_W, whole = p->k / in;
    const bool turn = four && p->step_b == 1 && (uintptr_t)b % 4 == 0 && p->col_b % 4 == 0;
    const int64_t turned = turn ? whole / 4 * 4 : 0, done = turn ? cols / SIMD_W * SIMD_W : 0;
    for (int64_t w = 0; w < turned; w += 4)
        for (int64_t j = 0; j < done; j += SIMD_W)
            simd_turn((float *)tile + w * width + j, width, (const float *)(const void *)(b + j * p->col_b) + w,
                      p->col_b / 4);
    for (int64_t w = 0; w < p->words; w++) {
        const int64_t from = w < turned ? done : 0;
        const uint8_t *at = b + w * in * p->step_b + from * p->col_b;
        uint32_t *to = (uint32_t *)tile + w * width;
        if (w < whole)
            bytes_words_any(p, to + from, at, cols - from, four);
        for (int64_t j = from; w >= whole && j < cols; j++)
            to[j] = bytes_word(at + j * p->col_b, p->step_b, p->k - w * in, four, p->sign_b);
        for (int64_t j = cols; j < width; j++)
            to[j] = 0;
    }
}

/* ---- a tile: acc + a word of a, everywhere, times words of b ---- */
SIMD_INLINE simd_i bytes_all(int32_t x)
{
    return x - (simd_i){ 0 };
}

SIMD_INLINE simd_i bytes_less(simd_i x, simd_i sums) /* 128 of them; it wraps */
{
    return (simd_i)((simd_u)x - ((simd_u)sums << 7));
}

SIMD_INLINE simd_i bytes_load(const int32_t *p)
{
    return (simd_i)simd_load((const float *)p);
}

SIMD_INLINE simd_i bytes_step(simd_i acc, simd_i a, simd_i b, const bool four)
{
    return four ? simd_dot4(acc, a, b) : simd_dot2(acc, a, b);
}

typedef struct bytes_tile {
    const int32_t *a, *b;
    int64_t row_a, words;
    const int32_t *start; /* of every row of c, whole vectors */
    int32_t *c;
    int64_t row_c, cols;
} bytes_tile;

SIMD_INLINE void bytes_store(const bytes_tile *t, int64_t i, int v, simd_i x)
{
    float *c = (float *)(t->c + i * t->row_c + v * SIMD_W);
    const int64_t left = t->cols - v * SIMD_W;
    if (left >= SIMD_W)
        simd_store(c, (simd_f)x);
    else
        simd_store_some(c, (simd_f)x, simd_first(left));
}

/* Named sums: an array of vectors is kept in memory by gcc */
#define BYTES_ZERO(i) simd_i c##i##0 = s0, c##i##1 = s1, c##i##2 = s2, c##i##3 = s3;
#define BYTES_ADD(i)                                    \
    if (mr > i) {                                       \
        const simd_i x = bytes_all(a[i * row]);         \
        c##i##0 = bytes_step(c##i##0, x, b0, four);     \
        if (nv > 1)                                     \
            c##i##1 = bytes_step(c##i##1, x, b1, four); \
        if (nv > 2)                                     \
            c##i##2 = bytes_step(c##i##2, x, b2, four); \
        if (nv > 3)                                     \
            c##i##3 = bytes_step(c##i##3, x, b3, four); \
    }
#define BYTES_PUT(i)                       \
    if (mr > i) {                          \
        bytes_store(t, i, 0, c##i##0);     \
        if (nv > 1)                        \
            bytes_store(t, i, 1, c##i##1); \
        if (nv > 2)                        \
            bytes_store(t, i, 2, c##i##2); \
        if (nv > 3)                        \
            bytes_store(t, i, 3, c##i##3); \
    }
#define BYTES_ALL(do) \
    do                \
    (0) do(1) do(2) do(3) do(4) do(5)

/* mr, nv and four are constants wherever this is called: what they exclude vanishes */
SIMD_INLINE void bytes_tile_any(const bytes_tile *t, const int mr, const int nv, const bool four)
{
    const int32_t *a = t->a, *b = t->b;
    const int64_t row = t->row_a;
    const simd_i none = { 0 };
    const simd_i s0 = bytes_load(t->start), s1 = nv > 1 ? bytes_load(t->start + SIMD_W) : none;
    const simd_i s2 = nv > 2 ? bytes_load(t->start + 2 * SIMD_W) : none;
    const simd_i s3 = nv > 3 ? bytes_load(t->start + 3 * SIMD_W) : none;
    BYTES_ALL(BYTES_ZERO)
    for (int64_t k = 0; k < t->words; k++, a++, b += nv * SIMD_W) {
        const simd_i b0 = bytes_load(b), b1 = nv > 1 ? bytes_load(b + SIMD_W) : none;
        const simd_i b2 = nv > 2 ? bytes_load(b + 2 * SIMD_W) : none;
        const simd_i b3 = nv > 3 ? bytes_load(b + 3 * SIMD_W) : none;
        BYTES_ALL(BYTES_ADD)
    }
    BYTES_ALL(BYTES_PUT)
}

#define BYTES_CASE(mr, nv, four)         \
    case mr:                             \
        bytes_tile_any(t, mr, nv, four); \
        return;
#define BYTES_OF(name, nv, four)                                                                            \
    static void name(const bytes_tile *t, int64_t mr)                                                       \
    {                                                                                                       \
        switch (mr) {                                                                                       \
            BYTES_CASE(1, nv, four)                                                                         \
            BYTES_CASE(2, nv, four)                                                                         \
            BYTES_CASE(3, nv, four) BYTES_CASE(4, nv, four) BYTES_CASE(5, nv, four) BYTES_CASE(6, nv, four) \
        }                                                                                                   \
    }
typedef void bytes_part(const bytes_tile *t, int64_t mr);
BYTES_OF(bytes_two_1, 1, false)
BYTES_OF(bytes_two_2, 2, false)
#if defined(__AVX512F__) || defined(__aarch64__)
BYTES_OF(bytes_two_3, 3, false)
BYTES_OF(bytes_two_4, 4, false)
static bytes_part *const bytes_two[] = { bytes_two_1, bytes_two_2, bytes_two_3, bytes_two_4 };
#else
static bytes_part *const bytes_two[] = { bytes_two_1, bytes_two_2 };
#endif
#if defined(__AVX512F__)
BYTES_OF(bytes_four_1, 1, true)
BYTES_OF(bytes_four_2, 2, true)
BYTES_OF(bytes_four_3, 3, true)
BYTES_OF(bytes_four_4, 4, true)
static bytes_part *const bytes_four[] = { bytes_four_1, bytes_four_2, bytes_four_3, bytes_four_4 };
#else
#define bytes_four bytes_two
#endif

/* what the columns of a tile begin with: less 128 times their sums, where a was taken so much too large */
SIMD_INLINE void bytes_begin(const bytes_plan *p, bytes_tile *t, int32_t *start, int64_t width, const bool four)
{
    const simd_i ones = bytes_all(0x01010101);
    for (int64_t j = 0; j < width; j += SIMD_W) {
        simd_i sum = { 0 };
        for (int64_t k = 0; four && p->sign_a && k < p->words; k++)
            sum = bytes_step(sum, ones, bytes_load(t->b + k * width + j), four);
        simd_store((float *)start + j, (simd_f)bytes_less((simd_i){ 0 }, sum));
    }
    t->start = start;
}

/* sums of quantised_linear become reals where they stand: rows m0 to m1, columns n0 to n1 */
static void bytes_back(const bytes_plan *p, const nrv__args *g, int64_t m0, int64_t m1, int64_t n0, int64_t n1)
{
    if (!p->reals)
        return;
    const float *one = (const float *)g->shared + (p->m + p->dots) * p->words, *scale = g->in[2].data;
    const float *bias = g->n_in > 3 ? g->in[3].data : NULL;
    for (int64_t i = m0; i < m1; i++) {
        const simd_f row = simd_all(one[i]);
        float *y = (float *)g->out[0].data + i * p->n;
        for (int64_t j = n0; j < n1; j += SIMD_W) {
            const bool some = n1 - j < SIMD_W;
            const simd_mask m = simd_first(some ? n1 - j : 0);
            const simd_i sum = (simd_i)(some ? simd_load_some(y + j, m) : simd_load(y + j));
            const simd_f s = some ? simd_load_some(scale + j, m) : simd_load(scale + j);
            simd_f z = __builtin_convertvector(sum, simd_f) * row * s;
            if (bias)
                z += some ? simd_load_some(bias + j, m) : simd_load(bias + j);
            if (some)
                simd_store_some(y + j, z, m);
            else
                simd_store(y + j, z);
        }
    }
}

SIMD_INLINE void bytes_tiles(const bytes_plan *p, const nrv__args *g, int64_t u, const bool four)
{
    const int64_t m0 = simd_cut(p->m, p->cut_m, u / p->cut_n), m1 = simd_cut(p->m, p->cut_m, u / p->cut_n + 1);
    const int64_t n0 = u % p->cut_n * BYTES_NR, cols = simd_min(BYTES_NR, p->n - n0);
    const int64_t width = simd_ceil(cols, SIMD_W) * SIMD_W, tiles = simd_ceil(m1 - m0, BYTES_MR);
    int32_t *b = g->scratch, *start = b + p->words * width;
    bytes_tile t = { .b = b, .row_a = p->words, .words = p->words, .row_c = p->n, .cols = cols };
    bytes_lay_b(p, b, (const uint8_t *)g->in[1].data + n0 * p->col_b, cols, four);
    bytes_begin(p, &t, start, width, four);
    for (int64_t i = 0; i < tiles; i++) {
        const int64_t row = m0 + simd_cut(m1 - m0, tiles, i), next = m0 + simd_cut(m1 - m0, tiles, i + 1);
        t.a = (const int32_t *)g->shared + row * p->words;
        t.c = (int32_t *)g->out[0].data + row * p->n + n0;
        (four ? bytes_four : bytes_two)[(cols - 1) / SIMD_W](&t, next - row);
        bytes_back(p, g, row, next, n0, n0 + cols);
    }
}

/* ---- dots of few rows ---- */
SIMD_INLINE simd_i bytes_of_b(const uint8_t *b, const bool four, const bool sign)
{
    typedef int8_t half __attribute__((vector_size(SIMD_BYTES / 2)));
    typedef uint8_t plain __attribute__((vector_size(SIMD_BYTES / 2)));
    typedef int16_t wide __attribute__((vector_size(SIMD_BYTES)));
    half s;
    simd_i all;
    if (four)
        return memcpy(&all, b, sizeof all), all;
    memcpy(&s, b, sizeof s);
    return sign ? (simd_i) __builtin_convertvector(s, wide) : (simd_i) __builtin_convertvector((plain)s, wide);
}

SIMD_INLINE simd_i bytes_pairs(simd_i a, simd_i b) /* sums of neighbours */
{
    simd_f evens, odds;
    simd_unzip((simd_f)a, (simd_f)b, &evens, &odds);
    return (simd_i)((simd_u)evens + (simd_u)odds);
}

SIMD_INLINE simd_i bytes_sums(simd_i a, simd_i b, simd_i c, simd_i d) /* of their lanes, in the first four */
{
    simd_i x = bytes_pairs(bytes_pairs(a, b), bytes_pairs(c, d));
    for (int w = SIMD_W / 4; w > 1; w /= 2)
        x = bytes_pairs(x, x);
    return x;
}

/* one row of a with four columns of b, or with one four times */
SIMD_INLINE void bytes_dots_4(const bytes_plan *p, const int32_t *a, const int32_t *ones, const uint8_t *b, int64_t col,
                              uint32_t *to, const bool four, const bool sign, const bool less)
{
    simd_i c0 = { 0 }, c1 = c0, c2 = c0, c3 = c0, s0 = c0, s1 = c0, s2 = c0, s3 = c0;
    for (int64_t v = 0, at = 0; v < p->words; v += SIMD_W, at = simd_min(at + p->each, p->k - p->each)) {
        const simd_i x = bytes_load(a + v), one = less ? bytes_load(ones + v) : x;
        const simd_i b0 = bytes_of_b(b + at, four, sign), b1 = bytes_of_b(b + at + col, four, sign);
        const simd_i b2 = bytes_of_b(b + at + 2 * col, four, sign), b3 = bytes_of_b(b + at + 3 * col, four, sign);
        c0 = bytes_step(c0, x, b0, four), c1 = bytes_step(c1, x, b1, four);
        c2 = bytes_step(c2, x, b2, four), c3 = bytes_step(c3, x, b3, four);
        if (less) {
            s0 = bytes_step(s0, one, b0, four), s1 = bytes_step(s1, one, b1, four);
            s2 = bytes_step(s2, one, b2, four), s3 = bytes_step(s3, one, b3, four);
        }
    }
    const simd_i y = bytes_sums(bytes_less(c0, s0), bytes_less(c1, s1), bytes_less(c2, s2), bytes_less(c3, s3));
    memcpy(to, &y, 4 * sizeof *to);
}

SIMD_INLINE void bytes_dots(const bytes_plan *p, const nrv__args *g, int64_t u, const bool four)
{
    const int64_t fours = simd_ceil(p->n, 4), n1 = simd_min(p->n, simd_cut(fours, p->cut_n, u + 1) * 4);
    const int32_t *a = g->shared, *ones = a + p->m * p->words;
    for (int64_t j = simd_cut(fours, p->cut_n, u) * 4; j < n1; j += 4) {
        const uint8_t *b = (const uint8_t *)g->in[1].data + j * p->col_b;
        const int64_t cols = simd_min(4, n1 - j);
        for (int64_t i = 0; i < p->m; i++) {
            int32_t *c = (int32_t *)g->out[0].data + i * p->n + j;
            for (int64_t l = 0; l < cols; l += cols == 4 ? 4 : 1) {
                const int64_t col = cols == 4 ? p->col_b : 0;
                const uint8_t *at = b + l * p->col_b;
                const int32_t *row = a + i * p->words;
                uint32_t sum[4];
                if (four && p->sign_a)
                    bytes_dots_4(p, row, ones, at, col, sum, four, true, true);
                else if (p->sign_b)
                    bytes_dots_4(p, row, ones, at, col, sum, four, true, false);
                else
                    bytes_dots_4(p, row, ones, at, col, sum, four, false, false);
                memcpy(c + l, sum, cols == 4 ? sizeof sum : sizeof *sum);
            }
        }
    }
    bytes_back(p, g, 0, p->m, simd_cut(fours, p->cut_n, u) * 4, n1);
}

/* ---- the kernels ---- */
static const char *bytes_fits_two(const nrv__args *g)
{
    return g->in[1].rank != 2 ? "only one right side for all" : NULL;
}

static const char *bytes_linear_two(const nrv__args *g)
{
    return g->in[0].type != NRV_F32 ? "only float32" : NULL;
}

static const char *bytes_by_vnni(const nrv__args *g, const char *why)
{
    if (why)
        return why;
    if (SIMD_BYTES < 64)
        return "only with AVX-512";
    if (g->in[1].type != NRV_I8)
        return "only i8 on the right";
    return nrv__cpu_vnni() ? NULL : "only with VNNI";
}

static const char *bytes_fits_four(const nrv__args *g)
{
    return bytes_by_vnni(g, bytes_fits_two(g));
}

static const char *bytes_linear_four(const nrv__args *g)
{
    return bytes_by_vnni(g, bytes_linear_two(g));
}

#define BYTES_KERNEL(four, word)                                                                 \
    static int64_t bytes_units_##word(const nrv__args *g)                                        \
    {                                                                                            \
        return simd_ceil(bytes_plan_of(g, four).m, BYTES_LAID);                                  \
    }                                                                                            \
    static int64_t bytes_units2_##word(const nrv__args *g)                                       \
    {                                                                                            \
        const bytes_plan p = bytes_plan_of(g, four);                                             \
        return p.cut_m * p.cut_n;                                                                \
    }                                                                                            \
    static double bytes_work_##word(const nrv__args *g) /* both phases, by units of the first */ \
    {                                                                                            \
        const bytes_plan p = bytes_plan_of(g, four);                                             \
        const double rate = simd_fma_rate() * ((four) ? 2.0 : 1.0);                              \
        return 20 + (double)p.n * (double)p.k * (double)simd_min(p.m, BYTES_LAID) / rate;        \
    }                                                                                            \
    static size_t bytes_scratch_##word(const nrv__args *g)                                       \
    {                                                                                            \
        const bytes_plan p = bytes_plan_of(g, four);                                             \
        return p.dots ? 0 : (size_t)((p.words + 1) * BYTES_NR) * 4;                              \
    }                                                                                            \
    static size_t bytes_shared_##word(const nrv__args *g)                                        \
    {                                                                                            \
        const bytes_plan p = bytes_plan_of(g, four);                                             \
        return (size_t)((p.m + p.dots) * p.words + (p.reals ? p.m : 0)) * 4;                     \
    }                                                                                            \
    static void bytes_run_##word(const nrv__args *g)                                             \
    {                                                                                            \
        const bytes_plan p = bytes_plan_of(g, four);                                             \
        for (int64_t u = g->begin; u < g->end; u++)                                              \
            if (g->phase == 0)                                                                   \
                bytes_lay(&p, g, u);                                                             \
            else if (p.dots)                                                                     \
                bytes_dots(&p, g, u, four);                                                      \
            else                                                                                 \
                bytes_tiles(&p, g, u, four);                                                     \
    }

/* rows of a; with the last of dots, a row of ones */
static void bytes_lay(const bytes_plan *p, const nrv__args *g, int64_t u)
{
    const int64_t end = simd_min(p->m, (u + 1) * BYTES_LAID);
    int32_t *to = g->shared;
    float *one = (float *)g->shared + (p->m + p->dots) * p->words;
    for (int64_t i = u * BYTES_LAID; i < end; i++) {
        bytes_row row = { .from = (const uint8_t *)g->in[0].data + i * p->k };
        if (p->reals) {
            row.from = (const float *)g->in[0].data + i * p->k;
            const float most = bytes_largest(row.from, p->k);
            row.by = 127.0f / most, one[i] = most * (float)(1.0 / 127);
        }
        bytes_lay_a(p, to + i * p->words, &row);
    }
    if (!p->dots || end < p->m)
        return;
    uint8_t *ones = (uint8_t *)(to + p->m * p->words);
    const int64_t whole = p->k / p->each * p->each, bytes = p->words * 4, size = p->four ? 1 : 2;
    memset(ones, 1, (size_t)bytes);
    memset(ones + whole * size, 0, (size_t)(bytes - whole * size));
    memset(ones + bytes - (p->k - whole) * size, 1, (size_t)((p->k - whole) * size));
}

BYTES_KERNEL(true, four)
BYTES_KERNEL(false, two)

NRV_KERNEL(gemm_vnni, .op = "matmul_integer",
           .doc = "product of bytes by VNNI, four to a lane: laid out in words; dots in place for few rows",
           .strided = 2, .fits = bytes_fits_four, .units = bytes_units_four, .units2 = bytes_units2_four,
           .work = bytes_work_four, .scratch = bytes_scratch_four, .shared = bytes_shared_four, .run = bytes_run_four);
NRV_KERNEL(gemm_bytes, .op = "matmul_integer",
           .doc = "product of bytes, two of 16 bits to a lane: laid out in words; dots in place for few rows",
           .strided = 2, .fits = bytes_fits_two, .units = bytes_units_two, .units2 = bytes_units2_two,
           .work = bytes_work_two, .scratch = bytes_scratch_two, .shared = bytes_shared_two, .run = bytes_run_two);
NRV_KERNEL(linear_vnni, .op = "quantised_linear",
           .doc = "bytes made of float32 as they are laid out, multiplied by VNNI, sums scaled while they are near",
           .fits = bytes_linear_four, .units = bytes_units_four, .units2 = bytes_units2_four, .work = bytes_work_four,
           .scratch = bytes_scratch_four, .shared = bytes_shared_four, .run = bytes_run_four);
NRV_KERNEL(linear_bytes, .op = "quantised_linear", .doc = "the same with two products of 16 bits to a lane",
           .fits = bytes_linear_two, .units = bytes_units_two, .units2 = bytes_units2_two, .work = bytes_work_two,
           .scratch = bytes_scratch_two, .shared = bytes_shared_two, .run = bytes_run_two);
