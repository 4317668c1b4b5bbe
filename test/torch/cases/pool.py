"""Pools of every kind, unpooling, fold and unfold; ties, lengths rounded up, images without a batch."""
import numpy
import torch
from torch.nn import functional as F

AVG = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
LP = {1: F.lp_pool1d, 2: F.lp_pool2d}
ADAPTIVE_AVG = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
ADAPTIVE_MAX = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}
UNPOOL = {1: F.max_unpool1d, 2: F.max_unpool2d, 3: F.max_unpool3d}

# (lengths, kernel, stride, padding): what the pools of an axis share
WINDOWS = [
    ((9,), 3, 2, 1), ((8,), 2, 2, 0), ((10,), 4, 3, 2),
    ((6, 6), 2, 2, 0), ((7, 7), 3, 2, 1), ((8, 5), [3, 2], [1, 2], [1, 1]), ((7, 8), [2, 4], [3, 2], [0, 2]),
    ((5, 6), 2, 3, 1),
    ((5, 4, 6), 2, 2, 0), ((5, 6, 7), [3, 2, 3], [2, 1, 2], [1, 0, 1]), ((4, 4, 5), 3, 2, 1),
]


def draw(rng, lengths, batch=(2, 3)):
    return rng.standard_normal(batch + tuple(lengths))


def averages(rng):
    for i, (lengths, k, s, p) in enumerate(WINDOWS):
        for ceil in (False, True):
            for count in (False, True):
                attrs = {"kernel": k, "stride": s, "padding": p, "ceil_mode": ceil, "count_include_pad": count}
                run = lambda x, f=AVG[len(lengths)], a=(k, s, p, ceil, count): f(x, *a)
                yield {"name": f"avg{len(lengths)}d_{4 * i + 2 * ceil + count}", "attrs": attrs,
                       "inputs": {"x": draw(rng, lengths)}, "grads": ["x"], "run": run}
    yield {"name": "avg2d_101", "attrs": {"kernel": 3, "stride": None, "divisor_override": 4},
           "inputs": {"x": draw(rng, (7, 8))}, "grads": ["x"], "run": lambda x: F.avg_pool2d(x, 3, divisor_override=4)}
    yield {"name": "avg3d_102", "attrs": {"kernel": 2, "stride": 1, "padding": 1, "ceil_mode": True, "divisor_override": 3},
           "inputs": {"x": draw(rng, (3, 4, 3))}, "grads": ["x"],
           "run": lambda x: F.avg_pool3d(x, 2, 1, 1, True, True, 3)}
    yield {"name": "avg2d_103", "attrs": {"kernel": [3, 2]}, "inputs": {"x": draw(rng, (7, 8), (3,))}, "grads": ["x"],
           "run": lambda x: F.avg_pool2d(x, (3, 2))}
    yield {"name": "avg1d_104", "attrs": {"kernel": 3, "axes": 1}, "inputs": {"x": draw(rng, (8,), (3,))},
           "grads": ["x"], "run": lambda x: F.avg_pool1d(x, 3)}


def maxima(rng):
    for i, (lengths, k, s, p) in enumerate(WINDOWS):
        for ceil in (False, True):
            for both in (False, True):
                attrs = {"kernel": k, "stride": s, "padding": p, "ceil_mode": ceil, "return_indices": both}
                run = lambda x, f=MAX[len(lengths)], a=(k, s, p, 1, ceil, both): f(x, *a)
                x = draw(rng, lengths)
                x = numpy.round(x) if i % 2 else x # ties
                yield {"name": f"max{len(lengths)}d_{4 * i + 2 * ceil + both}", "attrs": attrs, "inputs": {"x": x},
                       "grads": ["x"], "run": run}
    for i, (lengths, d) in enumerate([((9,), 2), ((7, 9), [2, 3]), ((6, 5, 7), [1, 2, 3])]):
        attrs = {"kernel": 2, "stride": 1, "padding": 1, "dilation": d, "return_indices": True}
        yield {"name": f"max_pool{len(lengths)}d_{i}", "attrs": attrs, "inputs": {"x": draw(rng, lengths)},
               "grads": ["x"], "run": lambda x, f=MAX[len(lengths)], d=d: f(x, 2, 1, 1, d, False, True)}
    x = draw(rng, (5, 6))
    x[0, 1, 2, 3] = x[1, 0, 0, 0] = numpy.nan
    yield {"name": "max2d_101", "attrs": {"kernel": 2, "return_indices": True}, "inputs": {"x": x}, "grads": ["x"],
           "run": lambda x: F.max_pool2d(x, 2, return_indices=True)}
    yield {"name": "max2d_102", "attrs": {"kernel": [2, 3]}, "inputs": {"x": draw(rng, (5, 6), (3,))}, "grads": ["x"],
           "run": lambda x: F.max_pool2d(x, (2, 3))}


def norms(rng):
    for i, (lengths, k, s, _) in enumerate(WINDOWS):
        for ceil in (False, True):
            norm = (1, 2, 3, 1.5)[i % 4]
            if len(lengths) < 3:
                attrs = {"norm": norm, "kernel": k, "stride": s, "ceil_mode": ceil}
                yield {"name": f"lp{len(lengths)}d_{2 * i + ceil}", "attrs": attrs,
                       "inputs": {"x": abs(draw(rng, lengths)) + 0.1}, "grads": ["x"],
                       "run": lambda x, f=LP[len(lengths)], a=(norm, k, s, ceil): f(x, *a)}
    x = draw(rng, (6, 6))
    x[0, 0, :2, :2] = 0
    yield {"name": "lp2d_101", "attrs": {"norm": 2, "kernel": 2}, "inputs": {"x": x}, "grads": ["x"],
           "run": lambda x: F.lp_pool2d(x, 2, 2)}


def adaptive(rng):
    shapes = [((7,), [3]), ((9,), [4]), ((4,), [6]), ((7, 6), [3, 2]), ((5, 5), [1, 1]), ((4, 9), [5, 3]),
              ((6, 8), [None, 3]), ((5, 4, 6), [2, 3, 4]), ((4, 5, 3), [1, 7, 2])]
    for i, (lengths, to) in enumerate(shapes):
        n = len(lengths)
        size = [l if t is None else t for l, t in zip(lengths, to)]
        yield {"name": f"adaptive_avg{n}d_{i}", "attrs": {"output": size}, "inputs": {"x": draw(rng, lengths)},
               "grads": ["x"], "run": lambda x, f=ADAPTIVE_AVG[n], to=to: f(x, to)}
        for both in (False, True):
            x = draw(rng, lengths)
            yield {"name": f"adaptive_max{n}d_{2 * i + both}", "attrs": {"output": size, "return_indices": both},
                   "inputs": {"x": numpy.round(x) if i % 2 else x}, "grads": ["x"],
                   "run": lambda x, f=ADAPTIVE_MAX[n], to=to, b=both: f(x, to, b)}
    yield {"name": "adaptive_avg2d_101", "attrs": {"output": [2, 3]}, "inputs": {"x": draw(rng, (5, 7), (3,))},
           "grads": ["x"], "run": lambda x: F.adaptive_avg_pool2d(x, (2, 3))}
    x = draw(rng, (5, 7))
    x[0, 1, 2, 3], x[1, 1, 2, 3] = numpy.inf, numpy.nan
    yield {"name": "adaptive_avg2d_102", "attrs": {"output": [2, 3]}, "inputs": {"x": x}, "grads": ["x"],
           "run": lambda x: F.adaptive_avg_pool2d(x, (2, 3))}
    yield {"name": "adaptive_max2d_103", "attrs": {"output": [2, 3], "return_indices": True}, "inputs": {"x": x},
           "grads": ["x"], "run": lambda x: F.adaptive_max_pool2d(x, (2, 3), True)}


def unpools(rng):
    shapes = [((8,), 2, 2, 0), ((9,), 3, 2, 1), ((6, 6), 2, 2, 0), ((7, 5), [3, 2], [2, 2], [1, 0]), ((4, 4, 6), 2, 2, 0)]
    for i, (lengths, k, s, p) in enumerate(shapes):
        n = len(lengths)
        x = torch.from_numpy(draw(rng, lengths))
        pooled, where = MAX[n](x, k, s, p, return_indices=True)
        for size in (None, lengths):
            if size is None and lengths == (7, 5):
                continue # PyTorch guesses lengths that are too small
            attrs = {"kernel": k, "stride": s, "padding": p} | ({"output": list(size)} if size else {})
            # where windows overlap an element may come twice; it has one value
            yield {"name": f"max_unpool{n}d_{2 * i + bool(size)}", "attrs": attrs,
                   "inputs": {"x": pooled, "indices": where}, "grads": ["x"],
                   "run": lambda x, indices, f=UNPOOL[n], a=(k, s, p, size): f(x, indices, *a)}


def fractional(rng):
    for i, (lengths, k, to) in enumerate([((9, 8), 2, [4, 5]), ((10, 7), [3, 2], [5, 3]), ((6, 5), 2, [1, 4]),
                                          ((6, 7, 8), 2, [3, 4, 3])]):
        n = len(lengths)
        f = F.fractional_max_pool2d if n == 2 else F.fractional_max_pool3d
        samples = rng.random((2, 3, n))
        yield {"name": f"fractional_max_pool{n}d_{i}", "attrs": {"kernel": k, "output": to, "return_indices": True},
               "inputs": {"x": draw(rng, lengths), "samples": samples}, "grads": ["x"],
               "run": lambda x, samples, f=f, k=k, to=to: f(x, k, to, return_indices=True, _random_samples=samples)}


def with_indices(rng):
    calls = {1: F.max_pool1d_with_indices, 2: F.max_pool2d_with_indices, 3: F.max_pool3d_with_indices}
    for n, lengths in ((1, (9,)), (2, (7, 8)), (3, (4, 5, 6))):
        for i, attrs in enumerate(({"kernel": 2}, {"kernel": 3, "stride": 2, "padding": 1}, {"kernel": 2, "stride": 1, "dilation": 2})):
            names = {"kernel": "kernel_size", "stride": "stride", "padding": "padding", "dilation": "dilation"}
            yield {"name": f"max_pool{n}d_with_indices_{i}", "attrs": attrs, "inputs": {"x": draw(rng, lengths)}, "grads": ["x"],
                   "run": lambda x, n=n, a={names[k]: v for k, v in attrs.items()}: calls[n](x, **a)}


def columns(rng):
    shapes = [((5, 6), 2, 1, 0, 1), ((6, 6), 3, 2, 1, 1), ((7, 7), 2, 1, 0, 2), ((7, 8), [3, 2], [2, 1], [1, 0], [1, 3])]
    for i, (lengths, k, s, p, d) in enumerate(shapes):
        attrs = {"kernel": k, "stride": s, "padding": p, "dilation": d}
        x = draw(rng, lengths)
        yield {"name": f"unfold_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"],
               "run": lambda x, a=(k, d, p, s): F.unfold(x, *a)}
        y = rng.standard_normal(F.unfold(torch.from_numpy(x), k, d, p, s).shape)
        yield {"name": f"fold_{i}", "attrs": {"output": list(lengths)} | attrs, "inputs": {"x": y}, "grads": ["x"],
               "run": lambda x, to=lengths, a=(k, d, p, s): F.fold(x, to, *a)}
    yield {"name": "fold_101", "attrs": {"output": [4, 5], "kernel": [2, 2]}, "inputs": {"x": rng.standard_normal((8, 12))},
           "grads": ["x"], "run": lambda x: F.fold(x, (4, 5), 2)}
    yield {"name": "unfold_101", "attrs": {"kernel": [2, 2]}, "inputs": {"x": draw(rng, (4, 5), (3,))}, "grads": ["x"],
           "run": lambda x: F.unfold(x, 2)}


def cases(rng):
    for part in (averages, maxima, norms, adaptive, unpools, fractional, with_indices, columns):
        yield from part(rng)
