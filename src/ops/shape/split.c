/* split.c - an axis cut into several tensors: split, chunk, tensor_split, unbind; and one of its elements or every so
   many: pick, every. All are slices, so that they cost nothing and their gradients are joined again. */
#include "../op.h"
#include <string.h>

enum { SPLIT_SHOWN = 1 + sizeof((nrv__case *)NULL)->also / sizeof(nrv_tensor) };

/* ---- the parts of a case: the first is what `make` returns; no more than a case holds ---- */
static nrv_tensor split_shown(nrv__case *c, int n, const nrv_tensor *part)
{
    for (int i = 1; i < n && i < (int)SPLIT_SHOWN; i++)
        c->also[c->n_also++] = part[i];
    return n ? part[0] : NULL;
}

static int split_case_axis(const nrv__case *c)
{
    return nrv__case_small(c, "axis", 0);
}

static nrv_tensor split_make(nrv__case *c)
{
    static const char *const word[] = { "sections", "size", "split_size", "split_size_or_sections" };
    int64_t d[SPLIT_SHOWN] = { 0 };
    int n = 0;
    nrv_tensor part[SPLIT_SHOWN] = { NULL };
    for (int i = 0; i < 4 && !n; i++)
        n = nrv__case_ints(c, word[i], SPLIT_SHOWN, d);
    if (n < 2)
        return split_shown(c, nrv_split_evenly(c->x[0], split_case_axis(c), d[0], SPLIT_SHOWN, part), part);
    nrv_split(c->x[0], split_case_axis(c), n, d, part);
    return split_shown(c, n, part);
}

static nrv_tensor chunk_make(nrv__case *c)
{
    nrv_tensor part[SPLIT_SHOWN] = { NULL };
    return split_shown(c, nrv_chunk(c->x[0], split_case_axis(c), nrv__case_int(c, "chunks", 1), SPLIT_SHOWN, part),
                       part);
}

static nrv_tensor tensor_split_make(nrv__case *c)
{
    static const char *const word[] = { "indices_or_sections", "sections", "indices", "tensor_indices_or_sections" };
    int64_t d[SPLIT_SHOWN - 1] = { 0 };
    int n = 0;
    bool at = nrv__case_text(c, "indices") != NULL;
    nrv_tensor part[SPLIT_SHOWN] = { NULL };
    for (int i = 0; i < 4 && !n; i++)
        n = nrv__case_ints(c, word[i], SPLIT_SHOWN - 1, d);
    if (n < 2 && !at)
        return split_shown(c, nrv_tensor_split(c->x[0], split_case_axis(c), d[0], SPLIT_SHOWN, part), part);
    nrv_split_at(c->x[0], split_case_axis(c), n, d, part);
    return split_shown(c, n + 1, part);
}

static nrv_tensor split_alike(nrv__case *c, const nrv__opdef *op, int rank, int axis)
{
    nrv__case along = *c;
    char text[2] = { (char)('0' + axis), 0 };
    nrv_tensor x = c->x[0];
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < rank)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "nrv_unsqueeze puts axes in", "rank %d, %d or more are wanted",
                               x->rank, rank);
    if (along.n_arg < NRV__CASE_ARGS)
        along.arg[along.n_arg++] = (nrv__arg){ "axis", text };
    nrv_tensor y = tensor_split_make(&along);
    memcpy(c->also, along.also, sizeof c->also);
    c->n_also = along.n_also;
    return y;
}

extern const nrv__opdef nrv__op_hsplit, nrv__op_vsplit, nrv__op_dsplit;

static nrv_tensor hsplit_make(nrv__case *c)
{
    return split_alike(c, &nrv__op_hsplit, 1, c->x[0] && c->x[0]->rank == 1 ? 0 : 1);
}

static nrv_tensor vsplit_make(nrv__case *c)
{
    return split_alike(c, &nrv__op_vsplit, 2, 0);
}

static nrv_tensor dsplit_make(nrv__case *c)
{
    return split_alike(c, &nrv__op_dsplit, 3, 2);
}

static nrv_tensor unbind_make(nrv__case *c)
{
    nrv_tensor part[SPLIT_SHOWN] = { NULL };
    return split_shown(c, nrv_unbind(c->x[0], split_case_axis(c), SPLIT_SHOWN, part), part);
}

NRV_OP(split, .sig = "any x[...] -> y[...]...",
       .doc =
           "An axis cut into parts of given lengths, which add up to its own; or into parts of one length, the last of "
           "which may be shorter.",
       .flags = NRV_MACRO, .make = split_make, .torch = "split split_with_sizes unsafe_split unsafe_split_with_sizes",
       .onnx = "Split",
       .refuse = { "x[6,2], sections=1x2x4 => split: the parts make 7, axis 0 has 6 | in here | input 0: input f32 [6, "
                   "2] x | hint the lengths add up to that of the axis",
                   "x[6,2], size=0 => split: parts of 0 of axis 0 | in here | input 0: input f32 [6, 2] x | hint one "
                   "element or more each",
                   "x[6,2], size=2, axis=2 => split: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end" },
       .test = { "x[6,2], sections=1x2x3", "x[2,7], size=3, axis=1", "x[4], size=9", "x[3,2], sections=0x3",
                 "x[0,2], size=2" });
NRV_OP(chunk, .sig = "any x[...] -> y[...]...",
       .doc = "An axis cut into so many parts of one length or fewer, the last of which may be shorter.",
       .flags = NRV_MACRO, .make = chunk_make, .torch = "chunk unsafe_chunk",
       .refuse = { "x[6,2], chunks=0 => chunk: 0 parts of axis 0 | in here | input 0: input f32 [6, 2] x | hint one or "
                   "more",
                   "x[6,2], chunks=2, axis=-3 => chunk: axis -3 of a tensor of rank 2 | in here | hint axes count from "
                   "0, or from -1 at the end" },
       .test = { "x[6,2], chunks=3", "x[2,7], chunks=4, axis=1", "x[5], chunks=4", "x[2], chunks=5",
                 "x[0], chunks=2" });
NRV_OP(tensor_split, .sig = "any x[...] -> y[...]...",
       .doc =
           "An axis cut into so many parts, whose lengths differ by at most one; or at given places, which count from "
           "the end where they are negative and stop at the ends.",
       .flags = NRV_MACRO, .make = tensor_split_make, .torch = "tensor_split", .numpy = "array_split",
       .refuse = { "x[6,2], sections=0 => tensor_split: 0 parts of axis 0 | in here | input 0: input f32 [6, 2] x | "
                   "hint one or more",
                   "x[6,2], sections=2, axis=2 => tensor_split: axis 2 of a tensor of rank 2 | in here | hint axes "
                   "count from 0, or from -1 at the end" },
       .test = { "x[7,2], sections=3", "x[2,7], indices=1x5, axis=1", "x[5], indices=2", "x[5], indices=-2x9",
                 "x[6], indices=4x2", "x[1], sections=3" });
NRV_OP(hsplit, .sig = "any x[...] -> y[...]...", .doc = "tensor_split along the columns: axis 1, of a vector axis 0.",
       .flags = NRV_MACRO, .make = hsplit_make, .torch = "hsplit", .numpy = "hsplit",
       .refuse = { "x[], sections=2 => hsplit: rank 0, 1 or more are wanted | in here | input 0: input f32 [] x | hint "
                   "nrv_unsqueeze puts axes in",
                   "x[4,6], sections=0 => tensor_split: 0 parts of axis 1 | in here | input 0: input f32 [4, 6] x | "
                   "hint one or more" },
       .test = { "x[2,6], sections=3", "x[7], indices=2x3" });
NRV_OP(vsplit, .sig = "any x[...] -> y[...]...", .doc = "tensor_split along the rows: axis 0.", .flags = NRV_MACRO,
       .make = vsplit_make, .torch = "vsplit", .numpy = "vsplit",
       .refuse = { "x[4], sections=2 => vsplit: rank 1, 2 or more are wanted | in here | input 0: input f32 [4] x | "
                   "hint nrv_unsqueeze puts axes in",
                   "x[4,6], sections=0 => tensor_split: 0 parts of axis 0 | in here | input 0: input f32 [4, 6] x | "
                   "hint one or more" },
       .test = { "x[6,2], sections=3", "x[7,2], indices=2x3" });
NRV_OP(dsplit, .sig = "any x[...] -> y[...]...", .doc = "tensor_split along the depth: axis 2.", .flags = NRV_MACRO,
       .make = dsplit_make, .torch = "dsplit", .numpy = "dsplit",
       .refuse = { "x[4,6], sections=2 => dsplit: rank 2, 3 or more are wanted | in here | input 0: input f32 [4, 6] x "
                   "| hint nrv_unsqueeze puts axes in",
                   "x[4,6,2], sections=0 => tensor_split: 0 parts of axis 2 | in here | input 0: input f32 [4, 6, 2] x "
                   "| hint one or more" },
       .test = { "x[2,2,6], sections=3", "x[1,2,7], indices=2x3" });
NRV_OP(
    unbind, .sig = "any x[...] -> y[...]...", .doc = "The elements of an axis, each a tensor without that axis.",
    .flags = NRV_MACRO, .make = unbind_make, .torch = "unbind",
    .refuse = { "x[3,2], axis=2 => unbind: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 "
                "at the end",
                "x[0,2] => unbind: axis 0 has 0 | in here | input 0: input f32 [0, 2] x | hint one element or more" },
    .test = { "x[3,2]", "x[2,3,4], axis=-1", "x[4]", "x[3,0]" });

/* constant length of axis; false: the error is set */
static bool split_length(const nrv__opdef *op, nrv_tensor x, int *axis, int64_t *length)
{
    char text[24];
    if (!nrv__axis(x, axis, op->name))
        return false;
    *length = x->dim[*axis];
    if (*length < 0)
        nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "nrv_split and nrv_slice take named lengths",
                        "axis %d has the named length %s; how many parts it makes is not known", *axis,
                        nrv__dim_text(x->g, *length, text));
    return *length >= 0;
}

/* n parts of axis, in its order: part[i] has lengths[i] elements. The lengths are numbers or named sizes and add up to
   the axis's. part: room for n, all NULL after an error. */
NRV_API void nrv_split(nrv_tensor x, int axis, int n, const nrv_dim *lengths, nrv_tensor *part)
{
    char have[24], want[24];
    nrv_dim start = 0, d;
    for (int i = 0; i < n && part; i++)
        part[i] = NULL;
    if (n < 1 || !lengths || !part || !nrv__axis(x, &axis, "split"))
        return;
    for (int i = 0; i < n; i++)
        start = nrv__dim_add(x->g, start, lengths[i]);
    if (x->g->why.status)
        return;
    if (!nrv__dim_same(x->g, start, x->dim[axis], "split", &d)) {
        nrv__op_refuses(&nrv__op_split, 1, &x, NRV_ESHAPE, "the lengths add up to that of the axis",
                        "the parts make %s, axis %d has %s", nrv__dim_text(x->g, start, want), axis,
                        nrv__dim_text(x->g, x->dim[axis], have));
        return;
    }
    start = 0;
    for (int i = 0; i < n; i++) {
        part[i] = nrv_slice(x, axis, start, lengths[i]);
        start = nrv__dim_add(x->g, start, lengths[i]);
    }
    for (int i = 0; i < n && x->g->why.status; i++)
        part[i] = NULL;
}

/* Parts of `size` elements of axis, the last of which may be shorter; how many there are, 0 after an error. The first
   `most` of them are put into part. */
NRV_API int nrv_split_evenly(nrv_tensor x, int axis, int64_t size, int most, nrv_tensor *part)
{
    int64_t length;
    if (!part || !split_length(&nrv__op_split, x, &axis, &length))
        return 0;
    if (size < 0 || (size == 0 && length > 0))
        return nrv__op_refuses(&nrv__op_split, 1, &x, NRV_ESHAPE, "one element or more each",
                               "parts of %lld of axis %d", (long long)size, axis),
               0;
    int64_t n = length ? (length - 1) / size + 1 : 1;
    for (int64_t i = 0; i < n && i < most; i++)
        part[i] = nrv_slice(x, axis, i * size, i < n - 1 ? size : length - i * size);
    return x->g->why.status ? 0 : n > INT32_MAX ? INT32_MAX : (int)n;
}

/* axis in n parts or fewer, all as long as the first but the last, which may be shorter; how many there are, 0 after an
   error. The first `most` of them are put into part. */
NRV_API int nrv_chunk(nrv_tensor x, int axis, int64_t n, int most, nrv_tensor *part)
{
    int64_t length;
    if (!part || !split_length(&nrv__op_chunk, x, &axis, &length))
        return 0;
    if (n < 1 || n > INT32_MAX)
        return nrv__op_refuses(&nrv__op_chunk, 1, &x, NRV_EARG, "one or more", "%lld parts of axis %d", (long long)n,
                               axis),
               0;
    if (length > 0)
        return nrv_split_evenly(x, axis, (length - 1) / n + 1, most, part);
    for (int i = 0; i < n && i < most; i++)
        part[i] = x;
    return (int)n;
}

/* axis in n parts whose lengths differ by at most one, the longer ones first; n, 0 after an error. The first `most` of
   them are put into part. */
NRV_API int nrv_tensor_split(nrv_tensor x, int axis, int64_t n, int most, nrv_tensor *part)
{
    int64_t length;
    if (!part || !split_length(&nrv__op_tensor_split, x, &axis, &length))
        return 0;
    if (n < 1 || n > INT32_MAX)
        return nrv__op_refuses(&nrv__op_tensor_split, 1, &x, NRV_EARG, "one or more", "%lld parts of axis %d",
                               (long long)n, axis),
               0;
    for (int64_t i = 0, at = 0; i < n && i < most; i++) {
        int64_t here = length / n + (i < length % n);
        part[i] = nrv_slice(x, axis, at, here);
        at += here;
    }
    return x->g->why.status ? 0 : (int)n;
}

/* axis cut at n places into n + 1 parts: part[i] reaches from at[i-1] to at[i], as Python's slices do: a negative place
   counts from the end, one beyond the ends stops there, and a part that would end before it begins is empty. part: room
   for n + 1, all NULL after an error. */
NRV_API void nrv_split_at(nrv_tensor x, int axis, int n, const int64_t *at, nrv_tensor *part)
{
    int64_t length, from = 0;
    for (int i = 0; i <= n && part; i++)
        part[i] = NULL;
    if (n < 0 || (n && !at) || !part || !split_length(&nrv__op_tensor_split, x, &axis, &length))
        return;
    for (int i = 0; i <= n; i++) {
        int64_t to = i < n ? at[i] : length;
        to = to < -length ? 0 : to < 0 ? to + length : to > length ? length : to;
        part[i] = nrv_slice(x, axis, from, to > from ? to - from : 0);
        from = to;
    }
}

/* The elements of axis, each without it; how many there are, 0 after an error. The first `most` of them are put into
   part. */
NRV_API int nrv_unbind(nrv_tensor x, int axis, int most, nrv_tensor *part)
{
    int64_t length;
    if (!part || !split_length(&nrv__op_unbind, x, &axis, &length))
        return 0;
    if (length < 1 || length > INT32_MAX)
        return nrv__op_refuses(&nrv__op_unbind, 1, &x, NRV_ESHAPE, "one element or more", "axis %d has %lld", axis,
                               (long long)length),
               0;
    for (int i = 0; i < length && i < most; i++)
        part[i] = nrv_pick(x, axis, i);
    return x->g->why.status ? 0 : (int)length;
}

/* ---- one, and every so many ---- */
static nrv_tensor pick_make(nrv__case *c)
{
    return nrv_pick(c->x[0], split_case_axis(c), nrv__case_int(c, "index", 0));
}

static nrv_tensor every_make(nrv__case *c)
{
    return nrv_every(c->x[0], split_case_axis(c), nrv__case_int(c, "start", 0), nrv__case_int(c, "step", 1));
}

NRV_OP(
    pick, .sig = "any x[...] -> y[...]",
    .doc = "One element of an axis, which goes; a negative index counts from the end. PyTorch's select.",
    .flags = NRV_MACRO, .make = pick_make, .torch = "select",
    .refuse = { "x[3,5], axis=1, index=5 => pick: element 5 of axis 1, which has 5 | in here | input 0: input f32 [3, "
                "5] x | hint from 0, or from -1 at the end",
                "x[3,5], axis=0, index=-4 => pick: element -4 of axis 0, which has 3 | in here | input 0: input f32 "
                "[3, 5] x | hint from 0, or from -1 at the end",
                "x[] => pick: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the end" },
    .test = { "x[3,5], axis=1, index=2", "x[2,3,4], axis=-2, index=-1", "x[4], index=3" });
NRV_OP(every, .sig = "any x[...] -> y[...]",
       .doc = "The elements of an axis from start on, in steps of a positive number: x[start::step].",
       .flags = NRV_MACRO, .make = every_make, .onnx = "Slice",
       .refuse = { "x[3,5], axis=1, step=0 => every: a step of 0 | in here | input 0: input f32 [3, 5] x | hint 1 or "
                   "more; nrv_flip goes backwards",
                   "x[3,5], axis=1, start=6, step=2 => every: it starts at 6 of axis 1, which has 5 | in here | input "
                   "0: input f32 [3, 5] x | hint it starts in the axis",
                   "x[3,5], axis=1, step=-1 => every: a step of -1 | in here | input 0: input f32 [3, 5] x | hint 1 or "
                   "more; nrv_flip goes backwards" },
       .test = { "x[3,5], axis=1, start=1, step=2", "x[7], step=3", "x[6,2], step=3", "x[5], start=5, step=2",
                 "x[3,4], axis=-1, start=3, step=9", "x[0,3], step=2" });

/* Element i of axis, which goes: (a,n,b) -> (a,b). i < 0 counts from the end. */
NRV_API nrv_tensor nrv_pick(nrv_tensor x, int axis, int64_t i)
{
    char text[24];
    if (!nrv__axis(x, &axis, "pick"))
        return NULL;
    nrv_dim n = x->dim[axis];
    bool inside = i >= 0 ? nrv__dim_at_most(x->g, i < INT64_MAX ? i + 1 : i, n, "pick")
                         : i > INT64_MIN && nrv__dim_at_most(x->g, -i, n, "pick");
    if (!inside)
        return nrv__op_refuses(&nrv__op_pick, 1, &x, NRV_ESHAPE, "from 0, or from -1 at the end",
                               "element %lld of axis %d, which has %s", (long long)i, axis,
                               nrv__dim_text(x->g, n, text));
    nrv_dim at = i >= 0 ? i : nrv__dim_sub(x->g, n, -i);
    nrv_shape s = { 0, { 0 } };
    for (int k = 0; k < x->rank; k++)
        if (k != axis)
            s.dim[s.rank++] = x->dim[k];
    return nrv_reshape(nrv_slice(x, axis, at, 1), s);
}

/* Every step-th element of axis from start on: (a,n,b) -> (a,(n-start+step-1)/step,b). step is positive, start a number
   or a named size; what comes before the end is nrv_slice's business. */
NRV_API nrv_tensor nrv_every(nrv_tensor x, int axis, nrv_dim start, int64_t step)
{
    char a[24], b[24];
    if (!nrv__axis(x, &axis, "every") || !nrv__dim_valid(x->g, start))
        return NULL;
    if (step < 1 || step > INT32_MAX)
        return nrv__op_refuses(&nrv__op_every, 1, &x, NRV_EARG, "1 or more; nrv_flip goes backwards", "a step of %lld",
                               (long long)step);
    if (!nrv__dim_at_most(x->g, start, x->dim[axis], "every"))
        return nrv__op_refuses(&nrv__op_every, 1, &x, NRV_ESHAPE, "it starts in the axis",
                               "it starts at %s of axis %d, "
                               "which has %s",
                               nrv__dim_text(x->g, start, a), axis, nrv__dim_text(x->g, x->dim[axis], b));
    nrv_dim left = nrv__dim_sub(x->g, x->dim[axis], start);
    x = nrv_slice(x, axis, start, left);
    if (step == 1 || !x || left == 0)
        return x;
    nrv_dim n = nrv__dim_floor(x->g, nrv__dim_add(x->g, left, step - 1), step);
    nrv_dim more = nrv__dim_sub(x->g, nrv__dim_mul(x->g, n, step), left);
    nrv_shape fill = nrv_shape_of(x);
    fill.dim[axis] = more;
    nrv_tensor part[2] = { x, more ? nrv_fill(x->g, x->type, fill, 0) : NULL };
    nrv_tensor rows = nrv_split_axis(nrv_concat(more ? 2 : 1, part, axis), axis, NRV_SHAPE(n, step));
    return nrv_pick(rows, axis + 1, 0);
}
