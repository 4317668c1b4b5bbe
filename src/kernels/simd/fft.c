/* fft.c - Fourier transforms along one axis, of float32 and float64, computed in double.

   Lengths whose primes are small: Stockham's form, factors of 4, 2, then the primes, so that no pass reorders. Others:
   Bluestein's, a convolution by a chirp with a power of two. Several lines go side by side, one in each lane, so that
   even the first pass has whole vectors; real and imaginary parts lie apart.
   Promises: roots of unity within 2 ulp however long the line; a float32 result is that of double, rounded. How many
   lines go together depends on the length alone. Does not do: real input in half the time. */
#include "../lines.h"
#include "simd.h"
#include <math.h>

enum { FFT_PRIME = 31, FFT_FACTORS = 64, FFT_LANES = SIMD_BYTES / 8, FFT_LONG = 1 << 15, FFT_GAP = 264 };

typedef struct fft_plan {
    int64_t n, m;          /* the line; the transform that does it: n, or Bluestein's length */
    int64_t lines, inside; /* inside: lines whose elements lie side by side */
    int64_t lanes;
    int n_factor;
    int64_t factor[FFT_FACTORS]; /* of m */
} fft_plan;

typedef struct fft_complex {
    double *re, *im;
} fft_complex;

/* false: a prime is left that is too large */
static bool fft_factors(fft_plan *p, int64_t n)
{
    p->m = n;
    p->n_factor = 0;
    for (; n % 4 == 0; n /= 4)
        p->factor[p->n_factor++] = 4;
    for (int64_t f = 2; f <= FFT_PRIME; f++)
        for (; n % f == 0; n /= f)
            p->factor[p->n_factor++] = f;
    return n == 1;
}

static fft_plan fft_plan_of(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    const int64_t axis = ((const nrv__fft_attr *)a->attr)->axis;
    fft_plan p = { .n = x->dim[axis], .m = 1, .inside = nrv__lines_product(x, axis + 1, x->rank - 1) };
    p.lines = a->n == 0 ? 0 : a->n / 2 / p.n;
    p.lanes = p.n > FFT_LONG ? 1 : FFT_LANES;
    if (p.lines > 0 && !fft_factors(&p, p.n)) {
        int64_t m = 1;
        while (m < 2 * p.n - 1)
            m *= 2;
        fft_factors(&p, m);
    }
    return p;
}

static bool fft_chirped(const fft_plan *p)
{
    return p->m != p->n;
}

/* e^(-2 pi i k / n), 0 <= k < n, by way of an angle of at most an eighth of a turn */
static void fft_root(int64_t k, int64_t n, double *re, double *im)
{
    const int64_t eighth = 8 * k / n, rest = 8 * k - eighth * n;
    const bool mirrored = (eighth & 1) != 0;
    const double t = (double)(mirrored ? n - rest : rest) / (double)n * 0.78539816339744830962;
    const double c = cos(t), s = mirrored ? -sin(t) : sin(t);
    const int quarter = (int)((eighth + 1) / 2) & 3;
    *re = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
    *im = quarter == 0 ? -s : quarter == 1 ? -c : quarter == 2 ? s : c;
}

/* all n of them: the first of about sqrt(n) pieces, and each other one is it, turned */
static void fft_roots(fft_complex to, int64_t n)
{
    int64_t piece = 1;
    while (piece * piece < n)
        piece++;
    for (int64_t k = 0; k < simd_min(piece, n); k++)
        fft_root(k, n, &to.re[k], &to.im[k]);
    for (int64_t at = piece; at < n; at += piece) {
        double c, s;
        fft_root(at, n, &c, &s);
        for (int64_t k = 0; k < simd_min(piece, n - at); k++) {
            to.re[at + k] = c * to.re[k] - s * to.im[k];
            to.im[at + k] = c * to.im[k] + s * to.re[k];
        }
    }
}

/* One pass: y[c, 4q+r] = w^(qr) sum_k x[c, q+mk] (-i)^(kr), where c counts what earlier passes and the lanes put side
   by side */
static void fft_pass4(fft_complex y, fft_complex x, fft_complex root, int64_t m, int64_t step, int64_t wide)
{
    for (int64_t q = 0; q < m; q++) {
        const double c1 = root.re[q * step], s1 = root.im[q * step], c2 = root.re[2 * q * step],
                     s2 = root.im[2 * q * step], c3 = root.re[3 * q * step], s3 = root.im[3 * q * step];
        const double *ar = x.re + q * wide, *ai = x.im + q * wide;
        double *__restrict yr = y.re + 4 * q * wide, *__restrict yi = y.im + 4 * q * wide;
        const int64_t far = m * wide;
        for (int64_t c = 0; c < wide; c++) {
            const double evenr = ar[c] + ar[c + 2 * far], eveni = ai[c] + ai[c + 2 * far];
            const double awayr = ar[c] - ar[c + 2 * far], awayi = ai[c] - ai[c + 2 * far];
            const double oddr = ar[c + far] + ar[c + 3 * far], oddi = ai[c + far] + ai[c + 3 * far];
            const double turnr = ai[c + far] - ai[c + 3 * far], turni = ar[c + 3 * far] - ar[c + far];
            const double r1 = awayr + turnr, i1 = awayi + turni, r2 = evenr - oddr, i2 = eveni - oddi,
                         r3 = awayr - turnr, i3 = awayi - turni;
            yr[c] = evenr + oddr, yi[c] = eveni + oddi;
            yr[c + wide] = r1 * c1 - i1 * s1, yi[c + wide] = i1 * c1 + r1 * s1;
            yr[c + 2 * wide] = r2 * c2 - i2 * s2, yi[c + 2 * wide] = i2 * c2 + r2 * s2;
            yr[c + 3 * wide] = r3 * c3 - i3 * s3, yi[c + 3 * wide] = i3 * c3 + r3 * s3;
        }
    }
}

/* the same for any factor f, of n = f m */
static void fft_pass(fft_complex y, fft_complex x, fft_complex root, int64_t f, int64_t m, int64_t step, int64_t wide,
                     int64_t whole)
{
    for (int64_t q = 0; q < m; q++) {
        for (int64_t r = 0; r < f; r++) {
            double *__restrict yr = y.re + (f * q + r) * wide, *__restrict yi = y.im + (f * q + r) * wide;
            for (int64_t k = 0; k < f; k++) {
                const double *ar = x.re + (q + m * k) * wide, *ai = x.im + (q + m * k) * wide;
                const int64_t turn = (k * r % f * (whole / f) + q * r * step) % whole;
                const double cosine = root.re[turn], sine = root.im[turn];
                for (int64_t c = 0; c < wide; c++) {
                    const double re = ar[c] * cosine - ai[c] * sine, im = ai[c] * cosine + ar[c] * sine;
                    yr[c] = k == 0 ? re : yr[c] + re;
                    yi[c] = k == 0 ? im : yi[c] + im;
                }
            }
        }
    }
}

/* the transform of x, which is used up; it comes out in x or in y */
static fft_complex fft_whole(const fft_plan *p, fft_complex root, fft_complex x, fft_complex y, int64_t lanes)
{
    int64_t m = p->m, step = 1;
    for (int i = 0; i < p->n_factor; i++) {
        const int64_t f = p->factor[i];
        m /= f;
        if (f == 4)
            fft_pass4(y, x, root, m, step, step * lanes);
        else
            fft_pass(y, x, root, f, m, step, step * lanes, p->m);
        step *= f;
        const fft_complex t = x;
        x = y, y = t;
    }
    return x;
}

/* ---- memory: shared = roots (m), then Bluestein's chirp (n) and the transform of its inverse (m) ---- */
/* The gap keeps parts from starting at the same place of a cache, whose sets they would fight for. */
static fft_complex fft_part(void *memory, int part, int64_t at, int64_t n)
{
    double *p = (double *)memory + 2 * at + 2 * part * FFT_GAP;
    return (fft_complex){ p, p + n + FFT_GAP };
}

/* chirp[k] = e^(-pi i k^2 / n); the convolution divides by m already */
static void fft_chirp(const fft_plan *p, const nrv__args *a)
{
    const fft_complex root = fft_part(a->shared, 0, 0, p->m), chirp = fft_part(a->shared, 1, p->m, p->n),
                      back = fft_part(a->shared, 2, p->m + p->n, p->m);
    const fft_complex x = fft_part(a->scratch, 0, 0, p->m), y = fft_part(a->scratch, 1, p->m, p->m);
    const double scale = 1 / (double)p->m;
    memset(x.re, 0, (2 * (size_t)p->m + FFT_GAP) * sizeof(double));
    for (int64_t k = 0, square = 0; k < p->n; k++) {
        fft_root(square, 2 * p->n, &chirp.re[k], &chirp.im[k]);
        const int64_t mirror = k == 0 ? 0 : p->m - k;
        x.re[k] = x.re[mirror] = chirp.re[k] * scale;
        x.im[k] = x.im[mirror] = -chirp.im[k] * scale;
        square = (square + 2 * k + 1) % (2 * p->n);
    }
    const fft_complex z = fft_whole(p, root, x, y, 1);
    memcpy(back.re, z.re, (size_t)p->m * sizeof(double));
    memcpy(back.im, z.im, (size_t)p->m * sizeof(double));
}

/* z[k] *= w[k] in all lanes */
static void fft_times(fft_complex z, fft_complex w, int64_t n, int64_t lanes)
{
    for (int64_t k = 0; k < n; k++) {
        const double cosine = w.re[k], sine = w.im[k];
        double *zr = z.re + k * lanes, *zi = z.im + k * lanes;
        for (int64_t l = 0; l < lanes; l++) {
            const double re = zr[l], im = zi[l];
            zr[l] = re * cosine - im * sine;
            zi[l] = im * cosine + re * sine;
        }
    }
}

static fft_complex fft_convolve(const fft_plan *p, const nrv__args *a, fft_complex x, fft_complex y)
{
    const fft_complex root = fft_part(a->shared, 0, 0, p->m), chirp = fft_part(a->shared, 1, p->m, p->n);
    fft_times(x, chirp, p->n, p->lanes);
    fft_complex z = fft_whole(p, root, x, y, p->lanes);
    fft_times(z, fft_part(a->shared, 2, p->m + p->n, p->m), p->m, p->lanes);
    const fft_complex other = z.re == x.re ? y : x;
    /* backward is forward with the parts changed */
    z = fft_whole(p, root, (fft_complex){ z.im, z.re }, (fft_complex){ other.im, other.re }, p->lanes);
    z = (fft_complex){ z.im, z.re };
    fft_times(z, chirp, p->n, p->lanes);
    return z;
}

/* `count` lines from `first` on into the lanes, or out of them, times scale */
#define FFT_MOVE(name, type, inward)                                                                             \
    static void name(const fft_plan *p, void *memory, fft_complex z, int64_t first, int64_t count, double scale) \
    {                                                                                                            \
        for (int64_t l = 0; l < count; l++) {                                                                    \
            const int64_t outer = (first + l) / p->inside, inner = (first + l) % p->inside;                      \
            type *line = (type *)memory + 2 * (outer * p->n * p->inside + inner);                                \
            double *re = z.re + l, *im = z.im + l;                                                               \
            for (int64_t k = 0; k < p->n; k++) {                                                                 \
                type *at = line + 2 * k * p->inside;                                                             \
                if (inward)                                                                                      \
                    re[k * p->lanes] = (double)at[0] * scale, im[k * p->lanes] = (double)at[1] * scale;          \
                else                                                                                             \
                    at[0] = (type)(re[k * p->lanes] * scale), at[1] = (type)(im[k * p->lanes] * scale);          \
            }                                                                                                    \
        }                                                                                                        \
    }
FFT_MOVE(fft_load_f32, float, true)
FFT_MOVE(fft_load_f64, double, true)
FFT_MOVE(fft_save_f32, float, false)
FFT_MOVE(fft_save_f64, double, false)

static void fft_group(const fft_plan *p, const nrv__args *a, int64_t unit)
{
    const nrv__fft_attr *attr = a->attr;
    const int64_t first = unit * p->lanes, count = simd_min(p->lanes, p->lines - first), room = p->m * p->lanes;
    fft_complex x = fft_part(a->scratch, 0, 0, room), y = fft_part(a->scratch, 1, room, room);
    const bool f32 = a->in[0].type == NRV_F32, back = attr->back != 0;
    if (count < p->lanes || fft_chirped(p))
        memset(x.re, 0, (2 * (size_t)room + FFT_GAP) * sizeof(double));
    /* backward is forward with the parts changed, going in and coming out */
    const fft_complex in = back ? (fft_complex){ x.im, x.re } : x;
    (f32 ? fft_load_f32 : fft_load_f64)(p, a->in[0].data, in, first, count, 1);
    fft_complex z =
        fft_chirped(p) ? fft_convolve(p, a, x, y) : fft_whole(p, fft_part(a->shared, 0, 0, p->m), x, y, p->lanes);
    z = back ? (fft_complex){ z.im, z.re } : z;
    const double n = (double)p->n, scale = attr->norm == 0 ? 1 : attr->norm == 1 ? 1 / sqrt(n) : 1 / n;
    (f32 ? fft_save_f32 : fft_save_f64)(p, a->out[0].data, z, first, count, scale);
}

static void fft_run(const nrv__args *a)
{
    const fft_plan p = fft_plan_of(a);
    if (a->phase == 0) {
        fft_roots(fft_part(a->shared, 0, 0, p.m), p.m);
        if (fft_chirped(&p))
            fft_chirp(&p, a);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++)
        fft_group(&p, a, u);
}

static const char *fft_fits(const nrv__args *a)
{
    return a->in[0].type == NRV_F32 || a->in[0].type == NRV_F64 ? NULL : "only float32 and float64";
}

static int64_t fft_units(const nrv__args *a)
{
    return a->n == 0 ? 0 : 1;
}

static int64_t fft_units2(const nrv__args *a)
{
    const fft_plan p = fft_plan_of(a);
    return simd_ceil(p.lines, p.lanes);
}

/* the one unit of phase 0 stands for what phase 1 does, by which the lines are dealt */
static double fft_work(const nrv__args *a)
{
    const fft_plan p = fft_plan_of(a);
    return 100 + (double)p.lines * (double)p.m * (fft_chirped(&p) ? 3 : 1) * (1 + p.n_factor);
}

static size_t fft_scratch(const nrv__args *a)
{
    const fft_plan p = fft_plan_of(a);
    return 4 * ((size_t)p.m * (size_t)p.lanes + FFT_GAP) * sizeof(double);
}

static size_t fft_shared(const nrv__args *a)
{
    const fft_plan p = fft_plan_of(a);
    return ((fft_chirped(&p) ? 4 * (size_t)p.m + 2 * (size_t)p.n : 2 * (size_t)p.m) + 6 * FFT_GAP) * sizeof(double);
}

NRV_KERNEL(fft, .op = "fft", .doc = "float32 and float64, mixed radix or Bluestein, in double", .fits = fft_fits,
           .units = fft_units, .units2 = fft_units2, .work = fft_work, .scratch = fft_scratch, .shared = fft_shared,
           .run = fft_run);
