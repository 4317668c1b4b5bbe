"""Along an axis."""
import torch


def cases(rng):
    for i, (shape, dim) in enumerate([((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -1), ((2, 3, 4), 1), ((7,), 0)]):
        for name in ("softmax", "log_softmax"):
            yield {"name": f"{name}_{i}", "attrs": {"dim": dim}, "inputs": {"x": rng.normal(size=shape)}, "grads": ["x"],
                   "run": lambda x, name=name, dim=dim: getattr(torch, name)(x, dim)}
