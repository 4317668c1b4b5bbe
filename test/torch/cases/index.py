"""Elements by index: taken, put, sorted, counted, looked up."""
import numpy
import torch
from torch.nn import functional


def case(name, run, attrs, grads="", /, **inputs):
    return {"name": name, "attrs": attrs, "inputs": inputs, "run": lambda **t: run(*t.values()), "grads": grads.split()}


def padded(y, n):
    """y with rows of zeros behind, n in all, and how many are meant"""
    zeros = y.new_zeros((n - y.shape[0], *y.shape[1:]))
    return torch.cat([y, zeros]), torch.tensor(y.shape[0])


def ordered(rng):
    odd = numpy.array([2, -1, 2, numpy.nan, -numpy.inf, 0, -0.0, numpy.nan, numpy.inf, 2])
    for i, (shape, dim) in enumerate([((4, 5), 1), ((2, 3, 4), 0), ((7,), -1)]):
        x = rng.normal(size=shape)
        for down in (False, True):
            attrs = {"dim": dim, "descending": down}
            yield case(f"sort_{down:d}{i}", lambda x, a=attrs: tuple(torch.sort(x, **a)), attrs, "x", x=x)
            yield case(f"argsort_{down:d}{i}", lambda x, a=attrs: torch.argsort(x, **a), attrs, x=x)
        yield case(f"msort_{i}", torch.msort, {}, "x", x=x)
        for k, largest in ((1, True), (2, False), (shape[dim], True)):
            attrs = {"k": k, "dim": dim, "largest": largest}
            yield case(f"topk_{i}{k}{largest:d}", lambda x, a=attrs: tuple(torch.topk(x, **a)), attrs, "x", x=x)
        for k, keep in ((1, False), (2, True)):
            attrs = {"k": k, "dim": dim, "keepdim": keep}
            yield case(f"kthvalue_{i}{k}", lambda x, a=attrs: tuple(torch.kthvalue(x, **a)), attrs, "x", x=x)
    for down in (False, True):
        attrs = {"dim": 0, "descending": down, "stable": True}
        run = lambda x, a=down: tuple(torch.sort(x, dim=0, descending=a, stable=True))
        yield case(f"sort_odd_{down:d}", run, attrs, x=odd)
        yield case(f"sort_ties_{down:d}", run, attrs, x=rng.integers(0, 3, 40))


def taken(rng):
    x = rng.normal(size=(4, 5))
    for i, (dim, shape) in enumerate([(0, (2, 5)), (1, (4, 7)), (0, (3, 2)), (-1, (1, 3)), (0, (0, 5))]):
        ix = rng.integers(0, x.shape[dim], shape)
        yield case(f"gather_{i}", lambda x, ix, d=dim: torch.gather(x, d, ix), {"dim": dim}, "x", x=x, ix=ix)
    yield case("take_along_dim_0", lambda x, ix: torch.take_along_dim(x, ix, 1), {"dim": 1}, "x", x=x,
               ix=rng.integers(0, 5, (1, 3)))
    yield case("take_along_dim_1", torch.take_along_dim, {}, "x", x=x, ix=rng.integers(0, 20, (3, 2)))
    yield case("take_0", torch.take, {}, "x", x=x, ix=rng.integers(-20, 20, (3, 2)))
    for dim in (0, 1):
        yield case(f"index_select_{dim}", lambda x, ix, d=dim: torch.index_select(x, d, ix), {"dim": dim}, "x", x=x,
                   ix=rng.integers(0, 4, 6))


def put(rng):
    x = rng.normal(size=(4, 5))
    for i, (dim, index, source) in enumerate([(0, (2, 5), (2, 5)), (1, (4, 2), (4, 3)), (1, (2, 3), (3, 3)), (0, (0, 5), (1, 5))]):
        unique = numpy.argsort(rng.normal(size=(x.shape[0] if dim == 0 else index[0], x.shape[1] if dim else index[1])), axis=dim)
        unique = unique[:index[0], :index[1]]
        ix, src = rng.integers(0, x.shape[dim], index), rng.normal(size=source)
        by = "x s_" if index == source else "x"  # PyTorch differentiates by a source of the index's shape only
        yield case(f"scatter_{i}", lambda x, ix, s, d=dim: torch.scatter(x, d, ix, s), {"dim": dim}, by, x=x, ix=unique, s_=src)
        yield case(f"scatter_add_{i}", lambda x, ix, s, d=dim: torch.scatter_add(x, d, ix, s), {"dim": dim}, by, x=x, ix=ix,
                   s_=src)
        for how in ("sum", "prod", "mean", "amax", "amin"):
            for own in (True, False):
                attrs = {"dim": dim, "reduce": how, "include_self": own}
                run = lambda x, ix, s, d=dim, how=how, own=own: torch.scatter_reduce(x, d, ix, s, how, include_self=own)
                yield case(f"scatter_reduce_{how}_{own:d}{i}", run, attrs, by if index == source else "", x=x,
                           ix=ix, s_=src)
        for how in ("add", "multiply"):
            yield case(f"scatter_into_{how}_{i}", lambda x, ix, s, d=dim, how=how: torch.scatter(x, d, ix, s, reduce=how),
                       {"dim": dim, "reduce": how}, x=x, ix=ix, s_=src)
    yield case("scatter_value", lambda x, ix: torch.scatter(x, 1, ix, 2.5), {"dim": 1, "value": 2.5}, "x", x=x,
               ix=rng.integers(0, 5, (4, 2)))
    ties, zeros = numpy.array([1.0, 2, 2, 0, 2]), numpy.array([0.0, 3, 0, 2, 5])
    index = numpy.array([0, 1, 1, 3, 0])
    for how in ("amax", "amin", "prod"):
        run = lambda x, ix, s, how=how: torch.scatter_reduce(x, 0, ix, s, how)
        yield case(f"scatter_reduce_{how}_ties", run, {"dim": 0, "reduce": how}, "x s_", x=ties, ix=index,
                   s_=zeros if how == "prod" else ties)
    for dim, shape in ((0, (3, 5)), (1, (4, 3))):
        src, ix = rng.normal(size=shape), rng.permutation(4)[:3]
        for alpha in (1, -2.5):
            yield case(f"index_add_{dim}{alpha > 0:d}", lambda x, ix, s, d=dim, a=alpha: torch.index_add(x, d, ix, s, alpha=a),
                       {"dim": dim, "alpha": alpha}, "x s_", x=x, ix=rng.integers(0, 4, 3), s_=src)
        yield case(f"index_copy_{dim}", lambda x, ix, s, d=dim: torch.index_copy(x, d, ix, s), {"dim": dim}, "x s_", x=x, ix=ix,
                   s_=src)
        yield case(f"index_fill_{dim}", lambda x, ix, d=dim: torch.index_fill(x, d, ix, 2.5), {"dim": dim, "value": 2.5}, "x",
                   x=x, ix=ix)
        for how in ("prod", "mean", "amax", "amin"):
            for own in (True, False):
                run = lambda x, ix, s, d=dim, how=how, own=own: torch.index_reduce(x, d, ix, s, how, include_self=own)
                yield case(f"index_reduce_{how}_{own:d}{dim}", run, {"dim": dim, "reduce": how, "include_self": own}, "x s_", x=x,
                           ix=rng.integers(0, 4, 3), s_=src)
    for dim, index in ((0, 1), (1, -2)):
        src = rng.normal(size=5 - dim)
        yield case(f"select_scatter_{dim}", lambda x, s, d=dim, i=index: torch.select_scatter(x, s, d, i),
                   {"dim": dim, "index": index}, "x s_", x=x, s_=src)
    for i, (a, b, step) in enumerate([(1, 3, 1), (0, 5, 2), (-3, 99, 2)]):
        src = rng.normal(size=(4, len(range(5)[a:b:step])))
        yield case(f"slice_scatter_{i}", lambda x, s, a=a, b=b, t=step: torch.slice_scatter(x, s, 1, a, b, t),
                   {"dim": 1, "start": a, "end": b, "step": step}, "x s_", x=x, s_=src)
    for i, offset in enumerate((0, 2, -3)):
        src = rng.normal(size=x.diagonal(offset).size)
        yield case(f"diagonal_scatter_{i}", lambda x, s, o=offset: torch.diagonal_scatter(x, s, o), {"offset": offset}, "x s_", x=x,
                   s_=src)
    i, j = numpy.array([0, 2, -1, 0]), numpy.array([1, 3, 0, 1])
    yield case("index_put_0", lambda x, i, v: torch.index_put(x, (i,), v, True), {"accumulate": True}, "x v", x=x, i=i,
               v=rng.normal(size=(4, 5)))
    yield case("index_put_1", lambda x, i, j, v: torch.index_put(x, (i, j), v, True), {"accumulate": True}, "x v", x=x, i=i, j=j,
               v=rng.normal(size=4))
    yield case("index_put_2", lambda x, i, j, v: torch.index_put(x, (i, j), v), {}, "x v", x=x, i=i[:3, None], j=j[:2],
               v=rng.normal(size=2))
    for accumulate in (False, True):
        yield case(f"put_{accumulate:d}", lambda x, i, s, a=accumulate: torch.Tensor.put(x, i, s, a), {"accumulate": accumulate},
                   "x s_", x=x, ix=numpy.array([3, -1, 7]), s_=rng.normal(size=3))


def masked(rng):
    x, mask = rng.normal(size=(4, 5)), rng.random((4, 5)) < 0.5
    yield case("masked_fill_0", lambda x, m: torch.masked_fill(x, m, 2.5), {"value": 2.5}, "x", x=x, mask=mask)
    yield case("masked_fill_1", lambda x, m: torch.masked_fill(x, m, -1), {"value": -1}, "x", x=x[:, :1], mask=mask[0])
    yield case("masked_fill_2", torch.masked_fill, {}, "x v", x=x, mask=mask, v=numpy.array(0.5))
    yield case("masked_select_0", lambda x, m: padded(torch.masked_select(x, m), 20), {}, "x", x=x, mask=mask)
    yield case("masked_select_1", lambda x, m: padded(torch.masked_select(x, m), 20), {}, "x", x=x, mask=mask[0])
    yield case("masked_scatter_0", torch.masked_scatter, {}, "x s_", x=x, mask=mask, s_=rng.normal(size=(5, 5)))
    for i, x in enumerate((rng.integers(0, 2, (3, 4)), rng.integers(0, 2, 9) > 0, rng.integers(-1, 1, (2, 3, 2)) * 0.5)):
        yield case(f"nonzero_{i}", lambda x: padded(torch.nonzero(x), x.numel()), {}, x=x)
        yield case(f"argwhere_{i}", lambda x: padded(torch.argwhere(x), x.numel()), {}, x=x)


def different(rng):
    for i, x in enumerate((rng.integers(0, 5, (3, 4)), rng.integers(-3, 3, 40) * 0.5, rng.normal(size=7))):
        for name in ("unique", "unique_consecutive"):
            def run(x, name=name):
                y, inverse, counts = getattr(torch, name)(x, return_inverse=True, return_counts=True)
                (y, number), (counts, _) = padded(y, x.numel()), padded(counts, x.numel())
                return y, inverse, counts, number
            yield case(f"{name}_{i}", run, {"return_inverse": True, "return_counts": True}, x=x)
            yield case(f"{name}_alone_{i}", lambda x, name=name: padded(getattr(torch, name)(x), x.numel()), {}, x=x)


def different_lines(rng):
    for i, (shape, dim) in enumerate([((7, 2), 0), ((2, 9), 1), ((2, 8, 2), -2), ((6,), 0), ((5, 3), 0)]):
        x = rng.integers(0, 2, shape) if i < 4 else rng.normal(size=shape)
        for name in ("unique", "unique_consecutive"):
            def run(x, name=name, dim=dim):
                y, inverse, counts = getattr(torch, name)(x, return_inverse=True, return_counts=True, dim=dim)
                (y, number), (counts, _) = padded(y.movedim(dim, 0), x.shape[dim]), padded(counts, x.shape[dim])
                return y.movedim(0, dim), inverse, counts, number
            yield case(f"{name}_dim_{i}", run, {"return_inverse": True, "return_counts": True, "dim": dim}, x=x)


def segments(rng):
    lengths = numpy.array([2, 0, 4, 1])
    for how in ("sum", "mean", "max", "min", "prod"):
        for i, more in enumerate(({}, {"initial": 0.5})):
            for shape in ((7,), (7, 2)):
                attrs = {"reduce": how, "axis": 0, **more}
                # the gradient of an empty segment's NaN or infinity is left out by giving it a beginning
                grads = "x" if more or how in ("sum", "prod") else ""
                yield case(f"segment_reduce_{how}_{2 * i + len(shape) - 1}",
                           lambda x, n, how=how, more=more: torch.segment_reduce(x, how, lengths=n, axis=0, **more), attrs, grads,
                           x=rng.normal(size=shape), lengths=lengths)
        yield case(f"segment_reduce_{how}_9", lambda x, n, how=how: torch.segment_reduce(x, how, lengths=n, axis=1),
                   {"reduce": how, "axis": 1}, "x", x=rng.normal(size=(2, 5, 3)), lengths=numpy.array([[2, 3], [1, 4]]))


def histograms(rng):
    x, weight = rng.normal(size=(3, 7)), rng.random(21)
    for i, (bins, more) in enumerate([(5, {}), (4, {"range": (-1.0, 1.0)}), (3, {"density": True}),
                                      (2, {"range": (0.0, 0.5), "density": True})]):
        attrs = {"bins": bins, **{k: list(v) if k == "range" else v for k, v in more.items()}}
        yield case(f"histogram_{i}", lambda x, b=bins, m=more: tuple(torch.histogram(x, b, **m)), attrs, x=x)
        yield case(f"histogram_weight_{i}", lambda x, w, b=bins, m=more: tuple(torch.histogram(x, b, weight=w, **m)), attrs,
                   x=x, weight=weight.reshape(x.shape))
    yield case("histogram_bins_0", lambda x, b: tuple(torch.histogram(x, b)), {}, x=x, bins=numpy.array([-1.0, -0.5, 0.25, 2.0]))
    for i, (bins, more) in enumerate([([3, 4], {}), ([2, 2], {"range": (-1.0, 1.0, 0.0, 2.0)}), ([4, 3], {"density": True})]):
        attrs = {"bins": bins, **{k: list(v) if k == "range" else v for k, v in more.items()}}
        whole = lambda answer: (answer[0], *answer[1])
        yield case(f"histogramdd_{i}", lambda x, b=bins, m=more: whole(torch.histogramdd(x, b, **m)), attrs, x=rng.normal(size=(21, 2)))
        yield case(f"histogramdd_weight_{i}", lambda x, w, b=bins, m=more: whole(torch.histogramdd(x, b, weight=w, **m)), attrs,
                   x=rng.normal(size=(21, 2)), weight=weight)
    yield case("histogramdd_9", lambda x: whole(torch.histogramdd(x, [2, 3, 2])), {"bins": [2, 3, 2]}, x=rng.normal(size=(30, 3)))


def counted(rng):
    edges, x = numpy.sort(rng.normal(size=5)), numpy.concatenate([rng.normal(size=8), [numpy.inf, -numpy.inf]])
    x[:3] = edges[:3]
    for right in (False, True):
        yield case(f"searchsorted_{right:d}", lambda s, x, r=right: torch.searchsorted(s, x, right=r), {"right": right}, s=edges, x=x)
        yield case(f"bucketize_{right:d}", lambda x, s, r=right: torch.bucketize(x, s, right=r), {"right": right}, x=x, s=edges)
    rows = numpy.sort(rng.integers(0, 9, (3, 6)))
    yield case("searchsorted_2", lambda s, x: torch.searchsorted(s, x, side="right"), {"side": "right"}, s=rows,
               x=rng.integers(-1, 10, (3, 4)))
    yield case("searchsorted_3", lambda s, x, sorter: torch.searchsorted(s, x, sorter=sorter), {}, s=edges[::-1].copy(), x=x,
               sorter=numpy.arange(4, -1, -1))
    number = rng.integers(0, 6, 20)
    yield case("bincount_0", lambda x: torch.bincount(x, minlength=9), {"minlength": 9}, x=number)
    yield case("bincount_1", lambda x, w: torch.bincount(x, w, minlength=9), {"minlength": 9}, x=number, w=rng.normal(size=20))
    for i, (bins, a, b) in enumerate([(4, -1, 1), (10, 0, 0), (3, -2, 0.5)]):
        yield case(f"histc_{i}", lambda x, n=bins, a=a, b=b: torch.histc(x, n, a, b), {"bins": bins, "min": a, "max": b},
                   x=rng.normal(size=(5, 8)))
    yield case("histc_3", lambda x: torch.histc(x, 4, -1, 1), {"bins": 4, "min": -1, "max": 1},
               x=numpy.array([-1, -0.5, 0, 0.5, 1, 1.0001, -1.0001]))
    yield case("histc_4", lambda x: torch.histc(x, 4), {"bins": 4}, x=numpy.array([2.0, 2, 2]))
    for invert in (False, True):
        yield case(f"isin_{invert:d}", lambda x, a, v=invert: torch.isin(x, a, invert=v), {"invert": invert}, x=number,
                   among=numpy.array([[1, 7], [4, 4]]))
    yield case("one_hot_0", lambda x: functional.one_hot(x, 8), {"num_classes": 8}, x=number.reshape(4, 5))
    for i, dim in enumerate((0, 1)):
        times = numpy.array([2, 0, 3, 1] if dim == 0 else [1, 0, 0, 4, 1])
        total = int(times.sum())
        yield case(f"repeat_interleave_t_{i}", lambda x, t, d=dim, n=total: torch.repeat_interleave(x, t, d, output_size=n),
                   {"dim": dim, "output_size": total}, "x", x=rng.normal(size=(4, 5)), times=times)


def looked_up(rng):
    idx, w = rng.integers(0, 7, (3, 4)), rng.normal(size=(7, 4))
    for i, more in enumerate([{}, {"padding_idx": 0}, {"padding_idx": -2}, {"max_norm": 1.5}, {"max_norm": 1.0, "norm_type": 1.0},
                              {"scale_grad_by_freq": True}, {"padding_idx": 3, "max_norm": 1.2, "norm_type": 3.0}]):
        # the table is changed in place by max_norm, so a copy is looked up; its gradient is the table's
        yield case(f"embedding_{i}", lambda idx, w, a=more: functional.embedding(idx, w * 1 if "max_norm" not in a else Unscaled.apply(w, idx, a), **{
            k: v for k, v in a.items() if k not in ("max_norm", "norm_type")}), more, "w", idx=idx, w=w)
    flat = idx.reshape(-1)
    for mode in ("sum", "mean", "max"):
        for i, (off, more) in enumerate([([0, 5, 9], {}), ([0, 0, 12], {}), ([0, 3, 12], {"include_last_offset": True}),
                                         ([0, 5, 9], {"padding_idx": 2}), ([0, 1, 2], {"padding_idx": -1})]):
            attrs = {"mode": mode, **more}
            yield case(f"embedding_bag_{mode}_{i}", lambda idx, off, w, a=attrs: functional.embedding_bag(idx, w, off, **a), attrs,
                       "w", idx=flat, off=numpy.array(off), w=w)
        yield case(f"embedding_bag_rows_{mode}", lambda idx, w, m=mode: functional.embedding_bag(idx, w, mode=m), {"mode": mode},
                   "w", idx=idx, w=w)
    yield case("embedding_bag_default", lambda idx, off, w: functional.embedding_bag(idx, w, off), {}, "w", idx=flat,
               off=numpy.array([0, 4]), w=w)
    yield case("embedding_bag_weights", lambda idx, off, w, psw: functional.embedding_bag(
        idx, w, off, mode="sum", per_sample_weights=psw), {"mode": "sum"}, "w psw", idx=flat, off=numpy.array([0, 4]), w=w,
        psw=rng.normal(size=12))
    # scale_grad_by_freq of bags is left out: PyTorch 1.13 divides by the count of another index there


class Unscaled(torch.autograd.Function):
    """The table as max_norm leaves it, with the gradient of one that was a leaf when it was changed."""

    @staticmethod
    def forward(ctx, w, idx, attrs):
        w = w.clone()
        functional.embedding(idx, w, max_norm=attrs["max_norm"], norm_type=attrs.get("norm_type", 2.0))
        return w

    @staticmethod
    def backward(ctx, dy):
        return dy, None, None


def cases(rng):
    for part in (ordered, taken, put, masked, different, different_lines, segments, histograms, counted, looked_up):
        yield from part(rng)
