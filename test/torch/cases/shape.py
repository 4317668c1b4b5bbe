"""Axes and elements moved, joined, cut and repeated."""
import torch


def one(name, run, attrs, *shapes, rng, grads=True, **more):
    inputs = {key: rng.normal(size=shape) for key, shape in zip("abcdef" if len(shapes) > 1 else "x", shapes)}
    inputs.update(more)
    return {"name": name, "attrs": attrs, "inputs": inputs, "run": lambda **t: run(*t.values()), "grads": list(inputs) if grads else []}


def joined(rng):
    several = {"cat": [((2, 3), (2, 4), 1), ((2, 3), (1, 3), 0), ((2, 0, 2), (2, 3, 2), 1)],
               "concat": [((2, 3), (2, 1), -1)], "stack": [((2, 3), (2, 3), 1), ((2, 3), (2, 3), -1), ((), (), 0)]}
    for name, calls in several.items():
        for i, (a, b, dim) in enumerate(calls):
            yield one(f"{name}_{i}", lambda a, b, name=name, dim=dim: getattr(torch, name)([a, b], dim), {"dim": dim}, a, b,
                      rng=rng)
    for name in ("hstack", "vstack", "dstack", "column_stack", "row_stack"):
        for i, (a, b) in enumerate([((3,), (3,)), ((2, 3), (2, 3)), ((), ()), ((2, 3, 2), (2, 3, 2))]):
            if name in ("vstack", "row_stack", "dstack", "column_stack", "hstack"):
                yield one(f"{name}_{i}", lambda a, b, name=name: getattr(torch, name)([a, b]), {}, a, b, rng=rng)
    for name in ("atleast_1d", "atleast_2d", "atleast_3d"):
        for i, shape in enumerate([(), (3,), (2, 3), (2, 3, 4, 1)]):
            yield one(f"{name}_{i}", getattr(torch, name), {}, shape, rng=rng)
    yield one("block_diag_0", lambda a, b, c: torch.block_diag(a, b, c), {}, (2, 3), (3,), (2, 1), rng=rng)
    for i, shapes in enumerate([((3,), (2,)), ((3,), (2,), (4,))]):
        for indexing in ("ij", "xy"):
            yield one(f"meshgrid_{indexing}_{i}", lambda *x, indexing=indexing: torch.meshgrid(*x, indexing=indexing),
                      {"indexing": indexing}, *shapes, rng=rng)
        yield one(f"cartesian_prod_{i}", lambda *x: torch.cartesian_prod(*x), {}, *shapes, rng=rng)


def cut(rng):
    for i, (shape, size, dim) in enumerate([((7, 2), 3, 0), ((2, 6), 2, 1), ((4,), 9, 0), ((3, 4), [1, 0, 3], -1)]):
        key = "split_size_or_sections"
        yield one(f"split_{i}", lambda x, size=size, dim=dim: torch.split(x, size, dim), {key: size, "dim": dim}, shape,
                  rng=rng)
    for i, (shape, n, dim) in enumerate([((7, 2), 3, 0), ((2, 5), 4, 1), ((2,), 5, 0)]):
        yield one(f"chunk_{i}", lambda x, n=n, dim=dim: torch.chunk(x, n, dim), {"chunks": n, "dim": dim}, shape, rng=rng)
        yield one(f"tensor_split_{i}", lambda x, n=n, dim=dim: torch.tensor_split(x, n, dim), {"sections": n, "dim": dim},
                  shape, rng=rng)
    for i, (at, dim) in enumerate([([1, 5], 1), ([-2, 9], 1), ([4, 2], 1), ([1], 0)]):
        yield one(f"tensor_split_at_{i}", lambda x, at=at, dim=dim: torch.tensor_split(x, at, dim),
                  {"indices": at, "dim": dim}, (2, 7), rng=rng)
    for name, shape in (("hsplit", (2, 6, 3)), ("vsplit", (6, 2)), ("dsplit", (2, 1, 6)), ("hsplit", (6,))):
        for n in (2, [1, 4]):
            key = "sections" if n == 2 else "indices"
            yield one(f"{name}_{key}_{len(shape)}", lambda x, name=name, n=n: getattr(torch, name)(x, n), {key: n}, shape, rng=rng)
    for i, dim in enumerate((0, 1, -1)):
        yield one(f"unbind_{i}", lambda x, dim=dim: torch.unbind(x, dim), {"dim": dim}, (2, 3, 4), rng=rng)
    for i, (dim, index) in enumerate([(0, 1), (-1, -1), (1, -3)]):
        yield one(f"select_{i}", lambda x, dim=dim, index=index: torch.select(x, dim, index), {"dim": dim, "index": index},
                  (2, 3, 4), rng=rng)
    for i, (dim, start, length) in enumerate([(0, 1, 1), (-1, 0, 3), (1, 3, 0)]):
        yield one(f"narrow_{i}", lambda x, dim=dim, start=start, length=length: torch.narrow(x, dim, start, length),
                  {"dim": dim, "start": start, "length": length}, (2, 3, 4), rng=rng)
    for i, (start, step) in enumerate([(0, 2), (1, 3), (5, 4), (0, 3)]):
        yield one(f"every_{i}", lambda x, start=start, step=step: x[:, start::step], {"axis": 1, "start": start, "step": step},
                  (2, 6), rng=rng)


def moved(rng):
    for i, dims in enumerate(([0], [1, -1], [0, 1, 2])):
        yield one(f"flip_{i}", lambda x, dims=dims: torch.flip(x, dims), {"dims": dims}, (2, 3, 4), rng=rng)
    yield one("fliplr", torch.fliplr, {}, (2, 3), rng=rng)
    yield one("flipud", torch.flipud, {}, (2, 3), rng=rng)
    for k in range(-2, 6):
        yield one(f"rot90_k_{k + 2}", lambda x, k=k: torch.rot90(x, k, [0, 2]), {"k": k, "dims": [0, 2]}, (2, 3, 4), rng=rng)
    for i, (shift, dims) in enumerate([(2, 0), (-1, 1), ([1, -7], [0, 2]), (5, None)]):
        attrs = {"shifts": shift} if dims is None else {"shifts": shift, "dims": dims}
        yield one(f"roll_{i}", lambda x, shift=shift, dims=dims: torch.roll(x, shift, dims), attrs, (2, 3, 4), rng=rng)
    for name in ("movedim", "moveaxis"):
        for i, (a, b) in enumerate([(0, 2), ([0, 1], [-1, 0]), (-1, 0)]):
            yield one(f"{name}_{i}", lambda x, name=name, a=a, b=b: getattr(torch, name)(x, a, b),
                      {"source": a, "destination": b}, (2, 3, 4), rng=rng)
    for name in ("transpose", "swapaxes", "swapdims"):
        key = "axis" if name == "swapaxes" else "dim"
        yield one(f"{name}_0", lambda x, name=name: getattr(torch, name)(x, 0, -1), {f"{key}0": 0, f"{key}1": -1}, (2, 3, 4),
                  rng=rng)
    yield one("t_0", torch.t, {}, (2, 3), rng=rng)
    yield one("t_1", torch.t, {}, (3,), rng=rng)
    yield one("adjoint_0", torch.adjoint, {}, (2, 3, 4), rng=rng)
    yield one("permute_0", lambda x: torch.permute(x, (2, 0, 1)), {"dims": [2, 0, 1]}, (2, 3, 4), rng=rng)
    yield one("permute_1", lambda x: torch.permute(x, (-1, 0, 1)), {"dims": [-1, 0, 1]}, (2, 3, 4), rng=rng)
    yield one("squeeze_0", torch.squeeze, {}, (1, 3, 1), rng=rng)
    yield one("squeeze_1", lambda x: torch.squeeze(x, 1), {"dim": 1}, (1, 3, 1), rng=rng)
    yield one("squeeze_2", lambda x: torch.squeeze(x, -1), {"dim": -1}, (1, 3, 1), rng=rng)
    for dim in (0, 2, -1):
        yield one(f"unsqueeze_{dim % 4}", lambda x, dim=dim: torch.unsqueeze(x, dim), {"dim": dim}, (2, 3), rng=rng)
    yield one("flatten_0", torch.flatten, {}, (2, 3, 4), rng=rng)
    yield one("flatten_1", lambda x: torch.flatten(x, 1), {"start_dim": 1}, (2, 3, 4), rng=rng)
    yield one("flatten_2", lambda x: torch.flatten(x, 0, 1), {"start_dim": 0, "end_dim": 1}, (2, 3, 4), rng=rng)
    yield one("flatten_3", torch.flatten, {}, (), rng=rng)
    yield one("ravel_0", torch.ravel, {}, (2, 3), rng=rng)
    yield one("unflatten_0", lambda x: torch.nn.Unflatten(1, (2, 3))(x), {"dim": 1, "unflattened_size": [2, 3]}, (2, 6), rng=rng)
    yield one("reshape_0", lambda x: torch.reshape(x, (3, -1)), {"shape": [3, -1]}, (2, 6), rng=rng)


def diagonals(rng):
    for d in (-3, -1, 0, 2, 6):
        for name in ("tril", "triu"):
            yield one(f"{name}_d_{d + 3}", lambda x, name=name, d=d: getattr(torch, name)(x, d), {"diagonal": d}, (2, 4, 5),
                      rng=rng)
            run = getattr(torch, f"{name}_indices")
            yield one(f"{name}_indices_{d + 3}", lambda run=run, d=d: run(4, 5, d), {"row": 4, "col": 5, "offset": d}, rng=rng)
    for i, (offset, a, b) in enumerate([(0, 0, 1), (1, 0, 2), (-1, 2, 1), (9, 0, 1), (-2, -1, -2)]):
        yield one(f"diagonal_{i}", lambda x, o=offset, a=a, b=b: torch.diagonal(x, o, a, b),
                  {"offset": offset, "dim1": a, "dim2": b}, (3, 4, 5), rng=rng)
    for i, (offset, a, b) in enumerate([(0, -2, -1), (2, 0, 2), (-1, 2, 1)]):
        yield one(f"diag_embed_{i}", lambda x, o=offset, a=a, b=b: torch.diag_embed(x, o, a, b),
                  {"offset": offset, "dim1": a, "dim2": b}, (2, 3), rng=rng)
    for i, (shape, d) in enumerate([((3,), 0), ((3,), -2), ((3, 4), 1), ((3, 4), -1)]):
        yield one(f"diag_{i}", lambda x, d=d: torch.diag(x, d), {"diagonal": d}, shape, rng=rng)
    yield one("diagflat_0", lambda x: torch.diagflat(x, 1), {"offset": 1}, (2, 3), rng=rng)
    yield one("trace_0", torch.trace, {}, (3, 4), rng=rng)


def repeated(rng):
    for i, (shape, times) in enumerate([((2, 3), (2, 3)), ((3,), (2, 1, 2)), ((2, 3), (4,)), ((2, 3), (0, 1))]):
        yield one(f"tile_{i}", lambda x, t=times: torch.tile(x, t), {"dims": list(times)}, shape, rng=rng)
    yield one("repeat_0", lambda x: x.repeat(2, 1, 3), {"sizes": [2, 1, 3]}, (2, 3), rng=rng)
    for i, (n, dim) in enumerate([(2, 0), (3, 1), (2, None)]):
        attrs = {"repeats": n} if dim is None else {"repeats": n, "dim": dim}
        yield one(f"repeat_interleave_{i}", lambda x, n=n, dim=dim: torch.repeat_interleave(x, n, dim), attrs, (2, 3), rng=rng)
    yield one("broadcast_to_0", lambda x: torch.broadcast_to(x, (4, 2, 3)), {"shape": [4, 2, 3]}, (2, 1), rng=rng)
    yield one("expand_0", lambda x: x.expand(4, -1, 3), {"sizes": [4, -1, 3]}, (2, 1), rng=rng)
    for i, (r, again) in enumerate([(2, False), (3, False), (2, True), (1, True), (6, False)]):
        yield one(f"combinations_{i}", lambda x, r=r, again=again: torch.combinations(x, r, again),
                  {"r": r, "with_replacement": again}, (5,), rng=rng)


def written(rng):
    for i, (a, b, s) in enumerate([(0, 5, 1), (1, 2.5, 0.5), (5, 0, -2), (0.1, 40, 0.3)]):
        yield one(f"arange_{i}", lambda a=a, b=b, s=s: torch.arange(a, b, s, dtype=torch.float64),
                  {"start": a, "end": b, "step": s}, rng=rng)
    for i, (a, b, n) in enumerate([(0, 1, 5), (3, -10, 4), (2, 5, 1), (2, 5, 0), (-1, 1, 101)]):
        yield one(f"linspace_{i}", lambda a=a, b=b, n=n: torch.linspace(a, b, n, dtype=torch.float64),
                  {"start": a, "end": b, "steps": n}, rng=rng)
        yield one(f"logspace_{i}", lambda a=a, b=b, n=n: torch.logspace(a, b, n, 2, dtype=torch.float64),
                  {"start": a, "end": b, "steps": n, "base": 2}, rng=rng)
    for i, (a, b, s) in enumerate([(0, 5, 1), (1, 2.6, 0.5), (5, 0, -2), (3, 3, 1)]):
        yield one(f"range_{i}", lambda a=a, b=b, s=s: torch.range(a, b, s, dtype=torch.float64),
                  {"start": a, "end": b, "step": s}, rng=rng)
    for i, (shape, size, stride, offset) in enumerate([((3, 4), (2, 3), (1, 2), 1), ((9,), (3, 3), (2, 1), 0), ((5,), (), (), 2),
                                                       ((2, 3), (2, 2, 2), (0, 1, 3), 0), ((4,), (0, 2), (1, 1), 0)]):
        yield one(f"as_strided_{i}", lambda x, a=(size, stride, offset): torch.as_strided(x, *a),
                  {"size": list(size), "stride": list(stride), "storage_offset": offset}, shape, rng=rng)
    yield one("eye_0", lambda: torch.eye(3, 4), {"n": 3, "m": 4}, rng=rng)
    yield one("full_0", lambda: torch.full((2, 3), 2.5), {"size": [2, 3], "fill_value": 2.5}, rng=rng)
    yield one("zeros_0", lambda: torch.zeros(2, 3), {"size": [2, 3]}, rng=rng)
    yield one("ones_0", lambda: torch.ones(2, 3), {"size": [2, 3]}, rng=rng)
    yield one("full_like_0", lambda x: torch.full_like(x, 2.5), {"fill_value": 2.5}, (2, 3), rng=rng, grads=False)
    yield one("zeros_like_0", torch.zeros_like, {}, (2, 3), rng=rng, grads=False)
    yield one("ones_like_0", torch.ones_like, {}, (2, 3), rng=rng, grads=False)


def cases(rng):
    for part in (joined, cut, moved, diagonals, repeated, written):
        yield from part(rng)
