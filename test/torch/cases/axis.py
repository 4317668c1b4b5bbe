"""Along an axis."""
import numpy
import torch
import torch.nn.functional as F

PLACES = [((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -1), ((2, 3, 4), 1), ((7,), 0), ((0, 3), 0), ((2, 0), 1), ((4, 40), -1)]


def along(rng):
    named = {"softmax": torch.softmax, "log_softmax": torch.log_softmax, "softmin": F.softmin, "cumsum": torch.cumsum,
             "cumprod": torch.cumprod, "logcumsumexp": torch.logcumsumexp, "logsumexp": torch.logsumexp,
             "cummax": torch.cummax, "cummin": torch.cummin}
    for name, function in named.items():
        for i, (shape, dim) in enumerate(PLACES):
            if name.startswith("cumm") and 0 in shape:
                continue # PyTorch's own backward fails there
            yield {"name": f"{name}_{i}", "attrs": {"dim": dim}, "inputs": {"x": rng.normal(size=shape)}, "grads": ["x"],
                   "run": lambda x, f=function, dim=dim: f(x, dim)}
    for name in ("cumsum", "cumprod", "cummax", "cummin"):
        for i, kind in enumerate(("int32", "int64")):
            x = rng.integers(-3, 4, size=(3, 5)).astype(kind)
            yield {"name": f"{name}_2{i}", "attrs": {"dim": 1}, "inputs": {"x": x},
                   "run": lambda x, f=named[name]: f(x, 1)}


def differences(rng):
    for i, (shape, dim) in enumerate(PLACES):
        for n in (1, 2, 4):
            yield {"name": f"diff_{i}{n}", "attrs": {"n": n, "dim": dim}, "inputs": {"x": rng.normal(size=shape)},
                   "grads": ["x"], "run": lambda x, n=n, dim=dim: torch.diff(x, n, dim)}
        for name in ("trapezoid", "cumulative_trapezoid"):
            f, y = getattr(torch, name), rng.normal(size=shape)
            if shape[dim] == 0:
                continue
            yield {"name": f"{name}_{i}0", "attrs": {"dim": dim}, "inputs": {"y": y}, "grads": ["y"],
                   "run": lambda y, f=f, dim=dim: f(y, dim=dim)}
            yield {"name": f"{name}_{i}1", "attrs": {"dim": dim, "dx": 0.25}, "inputs": {"y": y}, "grads": ["y"],
                   "run": lambda y, f=f, dim=dim: f(y, dx=0.25, dim=dim)}
            for k, x in enumerate((rng.normal(size=shape), rng.normal(size=shape[dim]))):
                yield {"name": f"{name}_{i}{2 + k}", "attrs": {"dim": dim}, "inputs": {"y": y, "x": x}, "grads": ["y", "x"],
                       "run": lambda y, x, f=f, dim=dim: f(y, x, dim=dim)}
    a, b, c = rng.normal(size=(3, 4)), rng.normal(size=(3, 1)), rng.normal(size=(3, 2))
    yield {"name": "diff_90", "inputs": {"x": a, "prepend": b, "append": c}, "grads": ["x", "prepend", "append"],
           "run": lambda x, prepend, append: torch.diff(x, prepend=prepend, append=append)}
    yield {"name": "diff_91", "inputs": {"x": a, "append": c}, "grads": ["x", "append"],
           "run": lambda x, append: torch.diff(x, append=append)}


def slopes(rng):
    y, at = rng.normal(size=(4, 5, 6)), numpy.sort(rng.normal(size=5))
    for edge in (1, 2):
        for i, dim in enumerate((0, 1, -1)):
            yield {"name": f"gradient_{edge}{i}", "attrs": {"dim": dim, "edge_order": edge, "spacing": 0.5},
                   "inputs": {"y": y}, "grads": ["y"],
                   "run": lambda y, d=dim, e=edge: torch.gradient(y, spacing=0.5, dim=d, edge_order=e)[0]}
        yield {"name": f"gradient_{edge}3", "attrs": {"dim": 1, "edge_order": edge}, "inputs": {"y": y, "x": at},
               "grads": ["y"], "run": lambda y, x, e=edge: torch.gradient(y, spacing=(x,), dim=1, edge_order=e)[0]}
    yield {"name": "gradient_4", "inputs": {"y": y}, "grads": ["y"], "run": lambda y: torch.gradient(y)}
    yield {"name": "gradient_5", "attrs": {"dim": [0, 2]}, "inputs": {"y": y}, "grads": ["y"],
           "run": lambda y: torch.gradient(y, dim=(0, 2))}
    yield {"name": "gradient_6", "attrs": {"dim": 1}, "inputs": {"y": y[:, :2]}, "grads": ["y"],
           "run": lambda y: torch.gradient(y, dim=1)[0]}


def edges(rng):
    """Zeros in products, ties, infinities, what would overflow."""
    inf, nan = numpy.inf, numpy.nan
    for i, row in enumerate(([2.0, 0, 3, 4, 5], [2.0, 0, 3, 0, 5], [0.0, 0, 1, 2, 3], [1.0, 2, 3, 4, 0])):
        yield {"name": f"cumprod_9{i}", "attrs": {"dim": 1}, "inputs": {"x": numpy.array([row, row[::-1]])}, "grads": ["x"],
               "run": lambda x: torch.cumprod(x, 1)}
    rows = numpy.array([[1.0, 3, 3, 2, 5, 5], [1, nan, 2, nan, 9, 0], [inf, 1, inf, 2, -inf, 0], [4, 4, 1, 1, 4, 0]])
    for name in ("cummax", "cummin"):
        yield {"name": f"{name}_90", "attrs": {"dim": 1}, "inputs": {"x": rows}, "grads": ["x"],
               "run": lambda x, f=getattr(torch, name): f(x, 1)}
    wide = numpy.array([[-1000.0, 0, 1000, -1000], [800, 801, 10, 900], [-5, -2000, -3, 1], [1e5, -1e5, 1e5, 0]])
    bare = numpy.array([[-inf, -inf, 1, 2], [-inf, -1000, 3, -inf], [1, inf, 2, 3], [nan, 1, 2, 3]])
    for name in ("logcumsumexp", "logsumexp", "softmax", "log_softmax"):
        f = getattr(torch, name)
        yield {"name": f"{name}_90", "attrs": {"dim": 1}, "inputs": {"x": wide}, "grads": ["x"], "run": lambda x, f=f: f(x, 1)}
        yield {"name": f"{name}_91", "attrs": {"dim": 1}, "inputs": {"x": bare}, "run": lambda x, f=f: f(x, 1)}


def cases(rng):
    for part in (along, differences, slopes, edges):
        yield from part(rng)
