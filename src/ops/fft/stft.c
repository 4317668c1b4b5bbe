/* stft, istft - spectra of overlapping pieces of a signal, and the signal back again. As PyTorch's.

   stft: y[f,t] = sum_k w[k] x[t hop + k] e^(-2 pi i f k / n).    istft: the pieces' inverses, times w, added up where
   they overlap, over the sum of w^2 there: the signal of least squares (Griffin & Lim 1984). */
#include "../conv/windows.h"
#include "fft.h"
#include <string.h>

#ifdef NRV_HEADER
/* stft, istft: hop 0: n_fft / 4. win 0: n_fft. window (win), NULL: ones; shorter than n_fft it stands in the middle.
   at_start: pieces begin at 0, else their middle is there, and the signal goes on at its ends as pad_mode says:
   "reflect" (NULL), "constant", "replicate", "circular". normalized: times 1/sqrt(n_fft). two_sided: all n_fft
   frequencies, not n_fft/2 + 1. length, of istft: of the signal; 0: as far as the pieces reach. */
typedef struct {
    int64_t hop, win, length;
    nrv_tensor window;
    int at_start, normalized, two_sided;
    const char *pad_mode;
    int64_t reserved[4];
} nrv_stft_opt;
#endif

typedef struct stft_way {
    int64_t n, hop, half; /* half: what lies before the first piece's middle, if it is centred */
    nrv_tensor window;    /* (n) */
    nrv_fft_norm norm;
} stft_way;

static nrv_tensor stft_fail(nrv_graph *g, const char *op, const char *hint, const char *what, int64_t have)
{
    nrv__graph_fail(g, NRV_EARG, hint, "%s: %s %lld", op, what, (long long)have);
    return NULL;
}

static bool stft_way_of(nrv_tensor x, int64_t n, const nrv_stft_opt *o, const char *op, stft_way *w)
{
    nrv_graph *g = x->g;
    int64_t win = o->win ? o->win : o->window && o->window->rank == 1 ? o->window->dim[0] : n;
    *w = (stft_way){ n, o->hop ? o->hop : n / 4, o->at_start ? 0 : n / 2, o->window,
                     o->normalized ? NRV_FFT_ORTHO : NRV_FFT_BACKWARD };
    if (n < 1 || n > INT32_MAX)
        return stft_fail(g, op, "the length of a piece, at least 1", "n_fft is", n);
    if (w->hop < 1 || w->hop > INT32_MAX)
        return stft_fail(g, op, "at least 1; 0 is n_fft / 4", "hop is", w->hop);
    if (win < 1 || win > n)
        return stft_fail(g, op, "from 1 to n_fft", "win is", win);
    if (w->window && (w->window->rank != 1 || w->window->dim[0] != win || w->window->type != x->type)) {
        nrv__graph_fail(g, NRV_ESHAPE, "one axis, of length win, of the signal's type",
                        "%s: a window of rank %d and type %s, for %lld numbers of type %s", op, w->window->rank,
                        nrv__dtype_name(w->window->type), (long long)win, nrv__dtype_name(x->type));
        return false;
    }
    w->window = w->window ? w->window : nrv_fill(g, x->type, NRV_SHAPE(win), 1);
    w->window = nrv_pad(w->window, 0, (n - win) / 2, n - win - (n - win) / 2, 0);
    return w->window != NULL;
}

/* i, or the place inside 0..last that stands for it beyond the ends; NULL: no such way */
static nrv_tensor stft_inside(nrv_tensor i, nrv_tensor count, const char *mode)
{
    nrv_tensor zero = nrv__like(i, 0), last = nrv_sub(count, nrv__like(i, 1));
    if (!mode || !strcmp(mode, "reflect")) {
        i = nrv_max(i, nrv_sub(zero, i));
        i = nrv_sub(last, i);
        return nrv_sub(last, nrv_max(i, nrv_sub(zero, i)));
    }
    if (!strcmp(mode, "replicate"))
        return nrv_min(nrv_max(i, zero), last);
    if (strcmp(mode, "circular") != 0)
        return NULL;
    i = nrv_select(nrv_less(i, zero), nrv_add(i, count), i);
    return nrv_select(nrv_less(last, i), nrv_sub(i, count), i);
}

/* x (...,L) -> (...,T,n) */
static nrv_tensor stft_pieces(nrv_tensor x, const stft_way *w, const char *mode)
{
    nrv_graph *g = x->g;
    bool zeros = mode && !strcmp(mode, "constant");
    if (w->half && zeros)
        x = nrv_pad(x, -1, w->half, w->half, 0);
    const int64_t before = zeros ? 0 : w->half;
    const bool mirror = !mode || !strcmp(mode, "reflect"), circle = mode && !strcmp(mode, "circular");
    const int64_t least = mirror ? before + 1 : circle ? before : 1;
    nrv_dim length = nrv_dim_of(x, -1), room = nrv__dim_add(g, length, 2 * before);
    if (!x || (length >= 0 && before && length < least))
        return stft_fail(g, "stft", "a longer signal, or at_start", "a signal too short to go on at its ends:", length);
    if (room >= 0 && room < w->n)
        return stft_fail(g, "stft", "a longer signal, or a smaller n_fft", "a signal shorter than n_fft:", room);
    nrv_dim pieces = nrv__dim_add(g, nrv__dim_floor(g, nrv__dim_sub(g, room, w->n), w->hop), 1);
    nrv_tensor start = nrv_reshape(nrv_iota(g, NRV_I64, pieces), NRV_SHAPE(pieces, 1));
    nrv_tensor i = nrv_add(nrv_mul(start, nrv__like(start, (double)w->hop)), nrv_iota(g, NRV_I64, w->n));
    if (before) {
        i = nrv_sub(i, nrv__like(i, (double)before));
        nrv_tensor inside = i ? stft_inside(i, nrv_dim_value(g, length), mode) : NULL;
        if (i && !inside && !g->why.status)
            nrv__graph_fail(g, NRV_EARG, "reflect, constant, replicate or circular",
                            "stft: there is no pad_mode '%.40s'", mode);
        i = inside;
    }
    return nrv_gather(x, i, -1);
}

/* the last two axes before the pair change places */
static nrv_tensor stft_turned(nrv_tensor x)
{
    int axes[NRV__MAX_RANK];
    if (!x)
        return NULL;
    for (int i = 0; i < x->rank; i++)
        axes[i] = i;
    axes[x->rank - 3] = x->rank - 2, axes[x->rank - 2] = x->rank - 3;
    return nrv_permute(x, x->rank, axes);
}

/* y[..., t hop + k] += x[...,t,k]; x (...,T,n) */
static nrv_tensor stft_added(nrv_tensor x, const stft_way *w)
{
    if (!x)
        return NULL;
    nrv_shape s = nrv_shape_of(x);
    nrv_graph *g = x->g;
    nrv_dim rows = nrv__dim_product(g, s.rank - 2, s.dim), pieces = s.dim[s.rank - 2],
            all = nrv__dim_add(g, nrv__dim_mul(g, nrv__dim_sub(g, pieces, 1), w->hop), w->n);
    nrv__window_attr a = { .axes = 1, .kernel = { w->n }, .stride = { w->hop }, .dilation = { 1 }, .groups = 1 };
    nrv_tensor y = nrv__overlap_add(nrv_reshape(x, NRV_SHAPE(rows, 1, pieces, w->n)), &a, &all);
    s.dim[s.rank - 2] = all;
    s.rank--;
    return nrv_reshape(y, s);
}

static nrv_stft_opt stft_options(const nrv__case *c)
{
    const char *one = nrv__case_text(c, "onesided");
    return (nrv_stft_opt){ .hop = nrv__case_int(c, "hop_length", 0),
                           .win = nrv__case_int(c, "win_length", 0),
                           .length = nrv__case_int(c, "length", 0),
                           .window = nrv__case_named(c, "window"),
                           .at_start = !nrv__case_int(c, "center", 1),
                           .normalized = nrv__case_small(c, "normalized", 0),
                           .two_sided = one && !nrv__case_int(c, "onesided", 1),
                           .pad_mode = nrv__case_text(c, "pad_mode") };
}

static nrv_tensor stft_make(nrv__case *c)
{
    const nrv_stft_opt o = stft_options(c);
    return nrv_stft(c->x[0], nrv__case_int(c, "n_fft", 0), &o);
}

static nrv_tensor stft_back_make(nrv__case *c)
{
    const nrv_stft_opt o = stft_options(c);
    return nrv_istft(c->x[0], nrv__case_int(c, "n_fft", 0), &o);
}

NRV_OP(
    stft, .sig = "real x[...,L], real window[win] -> y[...,F,T,2]",
    .doc =
        "Spectra of pieces of n_fft numbers of a signal, hop apart, each times a window: the T pieces' F frequencies, "
        "n_fft/2 + 1 or all. Unless at_start, piece t has its middle at t hop, and the signal goes on at its ends "
        "as pad_mode says.",
    .make = stft_make, .flags = NRV_MACRO, .rel = 1e-11, .ulp = 4,
    .tolerance_why = "a product with the window, then as fft has it", .torch = "stft", .onnx = "STFT",
    .refuse = { "x[20], n_fft=8, hop_length=-2 => stft: hop is -2 | in here | hint at least 1; 0 is n_fft / 4",
                "x[5], n_fft=8, center=0 => stft: a signal shorter than n_fft: 5 | in here | hint a longer signal, or "
                "a smaller n_fft",
                "x[20], n_fft=8, win_length=9 => stft: win is 9 | in here | hint from 1 to n_fft",
                "x[20], n_fft=8, pad_mode=mirror => stft: there is no pad_mode 'mirror' | in here | hint reflect, "
                "constant, replicate or circular" },
    .test = { "x[1,20], n_fft=8", "x[2,19], window[6], n_fft=8, hop_length=3, win_length=6, center=0",
              "x[11], window[5], n_fft=5, hop_length=2, onesided=0, normalized=1, pad_mode=constant",
              "x[1,9], n_fft=8, pad_mode=replicate", "x[1,9], n_fft=8, pad_mode=circular, hop_length=5" });
NRV_OP(
    istft, .sig = "real x[...,F,T,2], real window[win] -> y[...,L]",
    .doc =
        "The signal whose stft comes nearest to x: pieces added up where they overlap, over the sum of the squares of "
        "the window there; where that is 0 the result is NaN.",
    .make = stft_back_make, .flags = NRV_MACRO, .rel = 1e-11, .ulp = 8,
    .tolerance_why = "as fft has it, then sums of overlapping pieces and a quotient", .torch = "istft",
    .refuse = { "x[4,3,2], n_fft=8 => istft: frequencies, not 5 of them: 4 | in here | hint n_fft/2 + 1, or n_fft if "
                "two_sided",
                "x[5,3,3], n_fft=8 => istft: complex numbers are wanted, the last axis of x is not of length 2 | in "
                "here | hint a complex number is a pair at the end, (...,2); nrv_complex makes them" },
    .test = { "x[5,4,2], n_fft=8", "x[2,5,4,2], window[8] in 0.5..1, n_fft=8, hop_length=3, center=0",
              "x[5,4,2], window[5] in 0.5..1, n_fft=5, hop_length=2, onesided=0, normalized=1",
              "x[5,4,2], n_fft=8, length=5", "x[5,2,2], n_fft=8, length=9" });

/* x (...,L) -> (...,F,T,2): the spectra of T pieces of n_fft numbers. o NULL: PyTorch's defaults. */
NRV_API nrv_tensor nrv_stft(nrv_tensor x, int64_t n_fft, const nrv_stft_opt *o)
{
    NRV_CALLED(&nrv__op_stft, x);
    const nrv_stft_opt none = { 0 };
    stft_way w;
    int last = -1;
    o = o ? o : &none;
    if (!nrv__axis(x, &last, "stft"))
        return NULL;
    if (!nrv__dtype_real(x->type))
        return nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "stft: x is %s, a real type is wanted",
                               nrv__dtype_name(x->type)),
               NULL;
    if (!stft_way_of(x, n_fft, o, "stft", &w))
        return NULL;
    nrv_tensor y = nrv_mul(stft_pieces(x, &w, o->pad_mode), w.window);
    return stft_turned(o->two_sided ? nrv_fft_with(nrv_complex(y, NULL), -1, &(nrv_fft_opt){ .norm = w.norm })
                                    : nrv_rfft_with(y, -1, &(nrv_fft_opt){ .norm = w.norm }));
}

/* The inverse of nrv_stft with the same options. x (...,F,T,2) -> (...,L) */
NRV_API nrv_tensor nrv_istft(nrv_tensor x, int64_t n_fft, const nrv_stft_opt *o)
{
    const nrv_stft_opt none = { 0 };
    stft_way w;
    int axis = -2;
    o = o ? o : &none;
    if (!nrv__pairs_axis(x, &axis, "istft") || !stft_way_of(x, n_fft, o, "istft", &w))
        return NULL;
    const int64_t wanted = o->two_sided ? n_fft : n_fft / 2 + 1;
    if (x->dim[axis] != wanted)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "n_fft/2 + 1, or n_fft if two_sided",
                               "istft: frequencies, not %lld of them: %lld", (long long)wanted,
                               (long long)x->dim[axis]),
               NULL;
    nrv_graph *g = x->g;
    nrv_dim pieces = x->dim[axis + 1];
    x = nrv_irfft_with(stft_turned(nrv_slice(x, axis, 0, n_fft / 2 + 1)), -1,
                       &(nrv_fft_opt){ .n = n_fft, .norm = w.norm });
    nrv_tensor y = stft_added(nrv_mul(x, w.window), &w);
    nrv_tensor squares = stft_added(nrv_broadcast(nrv_square(w.window), NRV_SHAPE(pieces, n_fft)), &w);
    nrv_dim all = nrv_dim_of(y, -1), length = nrv__dim_sub(g, all, 2 * w.half);
    nrv_dim beyond = 0;
    if (o->length > 0) {
        length = o->length;
        beyond = all >= 0 && length > all - w.half ? length - (all - w.half) : 0;
    }
    length = nrv__dim_sub(g, length, beyond);
    y = nrv_div(nrv_slice(y, -1, w.half, length), nrv_slice(squares, -1, w.half, length));
    return nrv_pad(y, -1, 0, beyond, 0);
}
