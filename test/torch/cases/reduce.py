"""Functions that leave axes out."""
import numpy
import torch

DIMS = [(1, False), ([0, 2], True), (-2, False), ([0, 1], False), (0, True), (-1, False), (None, False), ([2, -3], True)]
INF = float("inf")


def case(name, x, call, grads=True, **attrs):
    shown = {k: {INF: "inf", -INF: "-inf"}.get(v, v) if not isinstance(v, list) else v for k, v in attrs.items() if v is not None}
    return {"name": name, "attrs": shown, "inputs": {"x": x}, "grads": ["x"] * grads, "run": call}


def over(dim, keep, **more):
    return {**({} if dim is None else {"dim": dim, "keepdim": keep}), **more}


def with_dims(rng):
    for name in ("sum", "mean", "amax", "amin", "logsumexp", "nansum", "nanmean"):
        for i, (dim, keep) in enumerate(DIMS):
            if dim is None and name == "logsumexp":
                continue
            x = rng.normal(size=(2, 3, 4))
            if name.startswith("nan"):
                x[x > 0.9] = numpy.nan
            k = over(dim, keep)
            yield case(f"{name}_{i}", x, lambda x, f=getattr(torch, name), k=k: f(x, **k), **k)
    for name in ("std", "var", "std_mean", "var_mean"):
        for i, (dim, keep) in enumerate(DIMS):
            for correction in (0, 1, 2):
                if dim is None and correction != 1:
                    continue
                x, k = rng.normal(size=(2, 3, 4)), over(dim, keep, **({} if dim is None else {"correction": correction}))
                yield case(f"{name}_c{i}{correction}", x, lambda x, f=getattr(torch, name), k=k: f(x, **k),
                           grads=not (dim == 0 and correction == 2), **k) # then it is infinite
        for unbiased in (True, False):
            yield case(f"{name}_9{int(unbiased)}", rng.normal(size=(3, 5)), unbiased=unbiased, dim=1,
                       call=lambda x, f=getattr(torch, name), u=unbiased: f(x, dim=1, unbiased=u))
    for name in ("all", "any", "count_nonzero", "prod", "aminmax", "argmax", "argmin", "max", "min"):
        for i, (dim, keep) in enumerate(DIMS):
            if isinstance(dim, list) and name != "count_nonzero":
                continue
            x = rng.normal(size=(2, 3, 4))
            x = numpy.round(x) if name in ("all", "any", "count_nonzero") else x
            k = over(dim, keep) if name != "count_nonzero" else {} if dim is None else {"dim": dim}
            yield case(f"{name}_{i}", x, lambda x, f=getattr(torch, name), k=k: f(x, **k),
                       grads=name in ("prod", "max", "min"), **k)


def norms(rng):
    for p in (0, 1, 2, 3, 0.5, 1.5, 2.5, -1, INF, -INF):
        for i, (dim, keep) in enumerate(DIMS):
            x = rng.normal(size=(2, 3, 4))
            where = {} if dim is None else {"dim": dim, "keepdim": keep}
            whole = isinstance(p, int) and p > 0
            at = ["0", "1", "2", "3", "05", "15", "25", "m1", "inf", "minf"][[0, 1, 2, 3, 0.5, 1.5, 2.5, -1, INF, -INF].index(p)]
            attrs = dict(where) if whole else {**where, "p": p}
            yield case(f"norm{p}_{i}" if whole else f"norm_{at}_{i}", x, lambda x, p=p, k=where: torch.norm(x, p=p, **k),
                       grads=p != 0, **attrs)
            if i < 3:
                yield case(f"vector_norm_{at}_{i}", x, lambda x, p=p, k=where: torch.linalg.vector_norm(x, ord=p, **k),
                           grads=p != 0, **where, ord=p)
    zeros = numpy.array([[0.0, 0, 0], [0, 2, -1], [3, 3, -3]])
    for i, p in enumerate((1, 2, 3, 1.5, INF)):
        yield case(f"norm_zero_{i}", zeros, lambda x, p=p: torch.norm(x, p=p, dim=1), dim=1, p=p)
    yield case("norm_fro_0", rng.normal(size=(3, 4)), lambda x: torch.norm(x), p="fro")


def edges(rng):
    """Ties, zeros, nothing, one of a kind, NaN."""
    ties = numpy.array([[1.0, 3, 3, 2], [5, 5, 5, 5], [0, -1, -1, 4]])
    odd = numpy.array([[1.0, numpy.nan, 2], [numpy.inf, -numpy.inf, 0], [numpy.inf, 1, 2], [-numpy.inf] * 3])
    for name in ("amax", "amin", "max", "min", "aminmax"):
        f = getattr(torch, name)
        sloped = name != "aminmax" # not in PyTorch
        yield case(f"{name}_90", ties, lambda x, f=f: f(x, dim=1), grads=sloped, dim=1)
        yield case(f"{name}_91", ties, lambda x, f=f: f(x), grads=sloped)
        yield case(f"{name}_92", odd, lambda x, f=f: f(x, dim=1), grads=False, dim=1)
    for name in ("argmax", "argmin"):
        for i, x in enumerate((ties, odd)):
            yield case(f"{name}_9{i}", x, lambda x, f=getattr(torch, name): f(x, dim=1), grads=False, dim=1)
    for i, zeros in enumerate(([2.0, 0, 3, 4], [2.0, 0, 3, 0], [0.0, 0, 0, 1], [5.0, 1, 2, -3])):
        x = numpy.array([zeros, [1.0, 2, 3, 4]])
        yield case(f"prod_z{i}", x, lambda x: torch.prod(x, 1), dim=1)
        yield case(f"prod_y{i}", x, lambda x: torch.prod(x))
    for i, shape in enumerate(((3, 0), (0,))):
        x = numpy.zeros(shape)
        for name in ("sum", "prod", "mean", "nansum", "all", "any", "count_nonzero", "norm"):
            yield case(f"{name}_7{i}", x, lambda x, f=getattr(torch, name): f(x), grads=False)
        for name in ("sum", "prod", "mean", "logsumexp", "all", "any", "std", "var"):
            yield case(f"{name}_6{i}", x, lambda x, f=getattr(torch, name): f(x, dim=-1), grads=False, dim=-1)
    for name in ("sum", "mean", "prod", "logsumexp", "std", "var", "all", "any", "nansum", "nanmean"):
        yield case(f"{name}_93", odd, lambda x, f=getattr(torch, name): f(x, dim=1), grads=False, dim=1)
    same = numpy.array([[2.0, 2, 2], [1, 2, 4]])
    for name in ("std", "var", "std_mean"):
        yield case(f"{name}_94", same, lambda x, f=getattr(torch, name): f(x, dim=1), dim=1)
        yield case(f"{name}_95", same[:, :1], lambda x, f=getattr(torch, name): f(x, dim=1), grads=False, dim=1)
    for i, kind in enumerate(("int32", "int64", "uint8", "bool")):
        x = rng.integers(0, 2 if kind == "bool" else 9, size=(3, 4)).astype(kind)
        for name in ("sum", "amax", "amin", "all", "any", "count_nonzero", "prod"):
            if kind == "bool" and name == "prod" or kind == "uint8" and name in ("all", "any", "prod", "sum"):
                continue
            dim = {} if name == "count_nonzero" else {"dim": 1}
            yield case(f"{name}_5{i}", x, lambda x, f=getattr(torch, name), k=dim: f(x, **k), grads=False, **dim)


def in_order(rng):
    """What reads a sorted axis. PyTorch's place of a median among equals is any of them: no ties there."""
    odd = rng.normal(size=(4, 7))
    odd[1, 2] = odd[2, 1] = odd[2, 5] = numpy.nan
    odd[3, 1:] = numpy.nan
    for name in ("median", "nanmedian"):
        f = getattr(torch, name)
        for i, (dim, keep) in enumerate(DIMS):
            if isinstance(dim, list):
                continue
            k = over(dim, keep)
            yield case(f"{name}_{i}", rng.normal(size=(2, 3, 4)), lambda x, f=f, k=k: f(x, **k), **k)
        yield case(f"{name}_90", odd, lambda x, f=f: f(x, dim=1), grads=False, dim=1)
        yield case(f"{name}_91", odd, lambda x, f=f: f(x), grads=False)
        ties = numpy.array([[3.0, 1, 1, 2, 2], [2, 2, 0, 5, 9]])
        yield case(f"{name}_92", ties, lambda x, f=f: f(x))
    for i, (dim, keep) in enumerate(((1, False), (0, True), (-1, False))):
        x = rng.integers(-2, 3, size=(3, 9, 4)).astype(float)
        yield case(f"mode_{i}", x, lambda x, d=dim, k=keep: torch.mode(x, d, k), dim=dim, keepdim=keep)
        yield case(f"mode_1{i}", x.astype("int64"), lambda x, d=dim, k=keep: torch.mode(x, d, k), grads=False, dim=dim,
                   keepdim=keep)
    for name in ("quantile", "nanquantile"):
        f = getattr(torch, name)
        for i, (dim, keep) in enumerate(((1, False), (0, True), (-1, False), (None, False), (None, True))):
            for k, how in enumerate(("linear", "lower", "higher", "midpoint", "nearest")):
                where = {} if dim is None else {"dim": dim}
                q = numpy.array([0.0, 0.25, 0.6, 0.99, 1])
                yield {"name": f"{name}_{i}{k}", "attrs": {**where, "keepdim": keep, "interpolation": how},
                       "inputs": {"x": rng.normal(size=(2, 3, 4)), "q": q}, "grads": ["x"],
                       "run": lambda x, q, f=f, d=dim, k=keep, h=how: f(x, q, d, k, interpolation=h)}
            yield case(f"{name}_9{i}", rng.normal(size=(3, 5)), lambda x, f=f, d=dim, k=keep: f(x, 0.3, d, k), q=0.3,
                       keepdim=keep, **where)
        yield case(f"{name}_80", odd, lambda x, f=f: f(x, 0.4, 1), grads=False, q=0.4, dim=1)


def covariance(correction):
    return lambda inputs: torch.cov(inputs["x"], correction=correction, fweights=inputs.get("fweights"),
                                    aweights=inputs.get("aweights"))


def joint(rng):
    x, times, weight = rng.normal(size=(3, 6)), rng.integers(1, 4, size=6), rng.random(size=6) + 0.1
    for correction in (0, 1, 2):
        for i, (f, a) in enumerate([(None, None), (times, None), (None, weight), (times, weight)]):
            given = {k: v for k, v in (("fweights", f), ("aweights", a)) if v is not None}
            yield {"name": f"cov_{correction}{i}", "attrs": {"correction": correction}, "inputs": {"x": x, **given},
                   "grads": ["x"] + ["aweights"] * (a is not None),
                   "run": covariance(correction)}
    yield case("cov_90", x[0], lambda x: torch.cov(x))
    yield case("corrcoef_0", x, lambda x: torch.corrcoef(x))
    yield case("corrcoef_1", x[0], lambda x: torch.corrcoef(x), grads=False)


def cases(rng):
    for part in (with_dims, norms, edges, in_order, joint):
        yield from part(rng)
