/* fft, ifft - the discrete Fourier transform of complex numbers along an axis, of any length.

   y[k] = s sum_j x[j] e^(-2 pi i j k / n), backward with + in the exponent; s is 1, 1/sqrt(n) or 1/n.
   Its matrix is symmetric and a gradient wants the conjugate: dx = the transform in the other direction, same s. */
#include "fft.h"
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
/* fft: which direction divides by the length n: the one back; both, by sqrt(n); the one forward. */
typedef enum { NRV_FFT_BACKWARD, NRV_FFT_ORTHO, NRV_FFT_FORWARD } nrv_fft_norm;
/* n: how many numbers, cut or with zeros behind; of irfft and hfft, how many come out. 0: as many as there are. */
typedef struct {
    nrv_dim n;
    nrv_fft_norm norm;
    int64_t reserved[4];
} nrv_fft_opt;
#endif

bool nrv__pairs(nrv_tensor x, const char *op)
{
    if (!x || x->g->why.status)
        return false;
    if (x->rank < 1 || x->dim[x->rank - 1] != 2)
        nrv__graph_fail(x->g, NRV_ESHAPE, "a complex number is a pair at the end, (...,2); nrv_complex makes them",
                        "%s: complex numbers are wanted, the last axis of x is not of length 2", op);
    else if (!nrv__dtype_real(x->type))
        nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "%s: x is %s, a real type is wanted", op,
                        nrv__dtype_name(x->type));
    return !x->g->why.status;
}

bool nrv__pairs_axis(nrv_tensor x, int *axis, const char *op)
{
    if (!nrv__pairs(x, op))
        return false;
    int a = *axis < 0 ? *axis + x->rank - 1 : *axis;
    if (a < 0 || a >= x->rank - 1) {
        nrv__graph_fail(x->g, NRV_ESHAPE, "axes count from 0, or from -1 at the last before the pair",
                        "%s: axis %d of complex numbers of rank %d", op, *axis, x->rank - 1);
        return false;
    }
    *axis = a;
    return true;
}

nrv_tensor nrv__pair_part(nrv_tensor z, int part)
{
    nrv_shape s = nrv_shape_of(z);
    s.rank--;
    return z ? nrv_reshape(nrv_slice(z, -1, part, 1), s) : NULL;
}

nrv_tensor nrv__pair_of(nrv_tensor re, nrv_tensor im)
{
    nrv_shape s = nrv_shape_of(re);
    if (!re || !im || re->g->why.status)
        return NULL;
    if (s.rank == NRV__MAX_RANK)
        return nrv__graph_fail(re->g, NRV_ESHAPE, "ranks go up to 8, the pair included",
                               "complex: rank %d and an axis for the pair", s.rank),
               NULL;
    s.dim[s.rank++] = 1;
    return nrv_concat(2, (const nrv_tensor[]){ nrv_reshape(re, s), nrv_reshape(im, s) }, -1);
}

nrv_tensor nrv__fit_axis(nrv_tensor x, int axis, nrv_dim n, const char *op)
{
    nrv_dim have = nrv_dim_of(x, axis);
    if (!x || !n || n == have)
        return x;
    char a[24], b[24];
    if (!nrv__dim_valid(x->g, n))
        return NULL;
    if (n < 0 || have < 0)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "nrv_pad or nrv_slice it before",
                               "%s: to %s from a length of %s, which are not both numbers", op,
                               nrv__dim_text(x->g, n, a), nrv__dim_text(x->g, have, b)),
               NULL;
    return n > have ? nrv_pad(x, axis, 0, n - have, 0) : nrv_slice(x, axis, 0, n);
}

bool nrv__fft_norm_ok(nrv_graph *g, nrv_fft_norm norm, const char *op)
{
    if ((int)norm >= 0 && (int)norm <= (int)NRV_FFT_FORWARD)
        return true;
    nrv__graph_fail(g, NRV_EARG, "backward, ortho or forward: NRV_FFT_BACKWARD...", "%s: there is no norm %d", op,
                    (int)norm);
    return false;
}

nrv_fft_opt nrv__fft_options(const nrv__case *c)
{
    static const char *const name[] = { "backward", "ortho", "forward" };
    nrv_fft_opt o = { .n = nrv__case_int(c, "n", 0) };
    const char *norm = nrv__case_text(c, "norm");
    int k = 0; /* 3: no such norm, which the transform refuses */
    while (norm && strcmp(norm, "None") != 0 && k < 3 && strcmp(norm, name[k]) != 0)
        k++;
    o.norm = (nrv_fft_norm)k;
    return o;
}

static bool fft_shape(nrv__infer *s)
{
    const nrv__fft_attr *a = s->attr;
    if (s->in[0]->dim[a->axis] == 0)
        return nrv__infer_fail(s, NRV_ESHAPE, "at least one", "axis %d has no numbers to transform", (int)a->axis);
    return nrv__infer_real(s, 0) && nrv__infer_same(s);
}

extern const nrv__opdef nrv__op_fft;
static nrv_tensor fft_node(nrv_tensor x, nrv__fft_attr a)
{
    return nrv__op_with(&nrv__op_fft, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

static void fft_vjp(nrv_vjp *v)
{
    nrv__fft_attr a = *(const nrv__fft_attr *)v->attr;
    a.back = !a.back;
    v->dx[0] = fft_node(v->dy, a);
}

static nrv_tensor fft_batch(const nrv__batch *b)
{
    nrv__fft_attr a = *(const nrv__fft_attr *)b->y->attr;
    a.axis++;
    return b->y->rank < NRV__MAX_RANK ? fft_node(b->x[0], a) : NULL;
}

/* the definition: n^2 products for a line; the angle by jk mod n, so that it stays small */
static void fft_ref(const nrv__args *args)
{
    const nrv__fft_attr *a = args->attr;
    const nrv__view *v = &args->in[0];
    const double *x = v->data;
    double *y = args->out[0].data;
    const int64_t n = v->dim[a->axis], stride = v->stride[a->axis];
    const double turn = (a->back ? 2 : -2) * 3.14159265358979323846 / (double)n;
    const double scale = a->norm == 0 ? 1 : a->norm == 1 ? 1 / sqrt((double)n) : 1 / (double)n;
    for (int64_t line = 0; line < args->n / 2 / (n ? n : 1); line++) {
        const int64_t start = line * 2 / stride * n * stride + line * 2 % stride;
        for (int64_t k = 0; k < n; k++) {
            double re = 0, im = 0;
            for (int64_t j = 0, at = 0; j < n; j++, at = (at + k) % n) {
                const double *from = x + start + j * stride, c = cos(turn * (double)at), s = sin(turn * (double)at);
                re += from[0] * c - from[1] * s;
                im += from[0] * s + from[1] * c;
            }
            y[start + k * stride] = re * scale;
            y[start + k * stride + 1] = im * scale;
        }
    }
}

nrv_tensor nrv__fft(nrv_tensor x, int axis, bool back, nrv_fft_norm norm)
{
    const int64_t power = norm == NRV_FFT_ORTHO ? 1 : (norm == NRV_FFT_FORWARD) != back ? 2 : 0;
    return x && nrv__fft_norm_ok(x->g, norm, "fft") ? fft_node(x, (nrv__fft_attr){ axis, back, power }) : NULL;
}

static nrv_tensor fft_along(nrv_tensor x, int axis, bool back, const nrv_fft_opt *o, const char *op)
{
    const nrv_fft_opt none = { 0 };
    o = o ? o : &none;
    if (!nrv__pairs_axis(x, &axis, op) || !nrv__fft_norm_ok(x->g, o->norm, op))
        return NULL;
    return nrv__fft(nrv__fit_axis(x, axis, o->n, op), axis, back, o->norm);
}

static nrv_tensor fft_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_fft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

static nrv_tensor fft_back_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_ifft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

static int64_t fft_macs(const nrv__args *a)
{
    int64_t n = a->in[0].dim[((const nrv__fft_attr *)a->attr)->axis], steps = 1;
    while (n > 1)
        n /= 2, steps++;
    return nrv__mul(a->n, 2 * steps, &n) ? n : INT64_MAX;
}

NRV_OP(
    fft, .batch = fft_batch, .sig = "real x[...,n,2] -> y[...,n,2]",
    .doc =
        "The discrete Fourier transform of complex numbers, sum_j x[j] e^(-2 pi i j k / n), along one of their axes, "
        "-1 being the last before the pair; n is any length from 1 on. float32 is transformed in double and "
        "rounded once. A line that holds a NaN or an infinity has no finite result.",
    .shape = fft_shape, .vjp = fft_vjp, .ref = fft_ref, .make = fft_make, .macs = fft_macs,
    .attr_bytes = sizeof(nrv__fft_attr), .rel = 1e-11,
    .tolerance_why = "n products with a rounded root of unity each; the sum's scale is that of its terms",
    .torch = "fft.fft", .numpy = "fft.fft", .onnx = "DFT",
    .refuse = { "x[3,5] => fft: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,5,2], axis=2 => fft: axis 2 of complex numbers of rank 2 | in here | hint axes count from 0, or "
                "from -1 at the last before the pair",
                "x[4,2], norm=ortogonal => fft: there is no norm 3 | in here | hint backward, ortho or forward: "
                "NRV_FFT_BACKWARD..." },
    .test = { "x[8,2]", "x[3,5,2], axis=0, norm=ortho", "x[2,12,2]", "x[6,2], norm=forward", "x[1,2]", "x[37,2]",
              "x[0,7000,2]", "x[2,4,3,2], axis=1" });
NRV_OP(ifft, .sig = "real x[...,n,2] -> y[...,n,2]",
       .doc = "The inverse of fft: sum_k x[k] e^(2 pi i j k / n) / n along one axis of complex numbers.",
       .make = fft_back_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft has it", .torch = "fft.ifft",
       .numpy = "fft.ifft", .onnx = "DFT",
       .refuse = { "x[3,5] => ifft: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint "
                   "a complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x[3,5,2], axis=2 => ifft: axis 2 of complex numbers of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the last before the pair",
                   "x[4,2], norm=ortogonal => ifft: there is no norm 3 | in here | hint backward, ortho or forward: "
                   "NRV_FFT_BACKWARD..." },
       .test = { "x[8,2]", "x[3,5,2], axis=0, norm=ortho", "x[2,6,2], n=9, norm=forward", "x[1,2]" });

/* x (...,n,2), complex numbers, along one of their axes (-1: the last before the pair) -> the same shape, or with
   o->n in the axis's place. y[k] = sum_j x[j] e^(-2 pi i j k / n); the norm NRV_FFT_FORWARD divides by n, NRV_FFT_ORTHO
   by its root. Any n from 1 on: mixed radix, and Bluestein's chirp where a prime is large (Cooley & Tukey 1965). */
NRV_API nrv_tensor nrv_fft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return fft_along(x, axis, false, o, "fft");
}

/* As nrv_fft_with, without padding or cutting, without a factor. */
NRV_API nrv_tensor nrv_fft(nrv_tensor x, int axis)
{
    return nrv_fft_with(x, axis, NULL);
}

/* The inverse of nrv_fft_with of the same norm: y[j] = sum_k x[k] e^(2 pi i j k / n) / n; by sqrt(n) with
   NRV_FFT_ORTHO, by nothing with NRV_FFT_FORWARD. */
NRV_API nrv_tensor nrv_ifft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return fft_along(x, axis, true, o, "ifft");
}

/* The inverse of nrv_fft. x (...,n,2) -> (...,n,2) */
NRV_API nrv_tensor nrv_ifft(nrv_tensor x, int axis)
{
    return nrv_ifft_with(x, axis, NULL);
}
