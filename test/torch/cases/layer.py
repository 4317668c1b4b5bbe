"""Maps on given weights, distances, and dropouts where these do not depend on chance."""
import numpy
import torch
import torch.nn.functional as F


def maps(rng):
    for i, shape in enumerate(((3, 4), (2, 3, 4), (4,), (2, 1, 3, 4), (0, 4))):
        w, b = rng.normal(size=(2, 4)), rng.normal(size=2)
        yield {"name": f"linear_{2 * i + 10}", "inputs": {"x": rng.normal(size=shape), "w": w, "b": b},
               "grads": ["x", "w", "b"], "run": lambda x, w, b: F.linear(x, w, b)}
        yield {"name": f"linear_{2 * i + 11}", "inputs": {"input": rng.normal(size=shape), "weight": w},
               "grads": ["input", "weight"], "run": lambda input, weight: F.linear(input, weight)}
    yield {"name": "linear_30", "inputs": {"x": rng.normal(size=4), "w": rng.normal(size=4), "b": rng.normal(size=())},
           "grads": ["x", "w", "b"], "run": lambda x, w, b: F.linear(x, w, b)}
    for i, front in enumerate(((4,), (2, 3), (), (1, 2, 2))):
        a, b, w = rng.normal(size=(*front, 3)), rng.normal(size=(*front, 2)), rng.normal(size=(5, 3, 2))
        yield {"name": f"bilinear_{10 + 2 * i}", "inputs": {"a": a, "b": b, "w": w, "c": rng.normal(size=5)},
               "grads": ["a", "b", "w", "c"], "run": lambda a, b, w, c: F.bilinear(a, b, w, c)}
        yield {"name": f"bilinear_{11 + 2 * i}", "inputs": {"input1": a, "input2": b, "weight": w},
               "grads": ["input1", "input2", "weight"], "run": lambda input1, input2, weight: F.bilinear(input1, input2, weight)}
    yield {"name": "identity_0", "inputs": {"x": rng.normal(size=(2, 3))}, "grads": ["x"], "run": lambda x: torch.nn.Identity()(x)}


def said(p):
    return "inf" if p == float("inf") else p


def distances(rng):
    for i, p in enumerate((2, 1, 3, 0.5, 1.5, float("inf"), 0)):
        grads = ["a", "b"] if p else []
        for k, (s, t) in enumerate((((3, 4), (3, 4)), ((2, 3, 4), (3, 4)), ((4,), (4,)))):
            for keep in (False, True):
                yield {"name": f"pairwise_distance_{10 * (i + 1) + 2 * k + keep}",
                       "attrs": {"p": said(p), "eps": 1e-6, "keepdim": keep},
                       "inputs": {"a": rng.normal(size=s), "b": rng.normal(size=t)}, "grads": grads,
                       "run": lambda a, b, p=p, keep=keep: F.pairwise_distance(a, b, p, 1e-6, keep)}
        same = numpy.array([[0.0, 0, 0], [1, 0, 2], [1, -1, 3]])
        yield {"name": f"pairwise_distance_{10 * (i + 1) + 8}", "attrs": {"p": said(p), "eps": 0}, "grads": grads[:1],
               "inputs": {"a": same, "b": same[[0, 0, 1]]}, "run": lambda a, b, p=p: F.pairwise_distance(a, b, p, 0.0)}
        for k, (s, t) in enumerate((((3, 4), (2, 4)), ((2, 3, 4), (2, 5, 4)), ((2, 1, 3, 2), (3, 4, 2)), ((0, 2), (3, 2)))):
            yield {"name": f"cdist_{10 * i + k}", "attrs": {"p": said(p)}, "grads": grads,
                   "inputs": {"a": rng.normal(size=s), "b": rng.normal(size=t)}, "run": lambda a, b, p=p: torch.cdist(a, b, p)}
        yield {"name": f"cdist_{10 * i + 9}", "attrs": {"p": said(p)}, "inputs": {"a": same, "b": same[[1, 0, 1]] + [0, 1, 0]},
               "grads": grads, "run": lambda a, b, p=p: torch.cdist(a, b, p)}
        for k, s in enumerate(((4, 3), (2, 5), (1, 2))):
            yield {"name": f"pdist_{10 * i + k}", "attrs": {"p": said(p)}, "inputs": {"x": rng.normal(size=s)},
                   "grads": ["x"] if p else [], "run": lambda x, p=p: F.pdist(x, p)}
        yield {"name": f"pdist_{10 * i + 9}", "attrs": {"p": said(p)}, "inputs": {"x": same[[0, 0, 1, 2]]},
               "grads": ["x"] if p else [], "run": lambda x, p=p: F.pdist(x, p)}
    for i, (s, t, dim) in enumerate((((3, 4), (3, 4), 1), ((3, 4), (3, 4), 0), ((2, 3, 5), (3, 5), 1), ((4,), (4,), 0),
                                     ((2, 1, 3), (1, 4, 3), -1), ((0, 3), (0, 3), 1))):
        yield {"name": f"cosine_similarity_{10 + i}", "attrs": {"dim": dim}, "grads": ["a", "b"],
               "inputs": {"a": rng.normal(size=s), "b": rng.normal(size=t)},
               "run": lambda a, b, dim=dim: F.cosine_similarity(a, b, dim)}
    few = numpy.array([[0, 0, 0], [1e-9, 0, 0], [1.0, 2, 3]])
    yield {"name": "cosine_similarity_20", "attrs": {"dim": 1}, "grads": ["a", "b"],
           "inputs": {"a": few, "b": few[[2, 2, 0]] + [0, 0, 1]}, "run": lambda a, b: F.cosine_similarity(a, b, 1)}
    yield {"name": "cosine_similarity_21", "attrs": {"dim": 1, "eps": 0.5}, "grads": ["a", "b"],
           "inputs": {"a": few * 0.2, "b": rng.normal(size=(3, 3))}, "run": lambda a, b: F.cosine_similarity(a, b, 1, 0.5)}


def dropouts(rng):
    for name in ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"):
        rank = {"dropout2d": 4, "dropout3d": 5}.get(name, 3)
        x = rng.normal(size=(2, 3, 2, 2, 2)[:rank])
        for k, (p, train) in enumerate(((0.3, False), (0.0, True), (1.0, True))):
            yield {"name": f"{name}_{k}", "attrs": {"p": p, "training": train}, "inputs": {"x": x}, "grads": ["x"],
                   "run": lambda x, name=name, p=p, train=train: getattr(F, name)(x, p, train)}


def cases(rng):
    yield from maps(rng)
    yield from distances(rng)
    yield from dropouts(rng)
