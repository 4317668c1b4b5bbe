"""Norms on given weights, and what running statistics become."""
import torch
import torch.nn.functional as F

SHAPES = [(6, 4), (3, 4, 5), (2, 4, 3, 3), (2, 4, 2, 3, 2)]


def weights(rng, shape):
    return {"w": rng.normal(size=shape), "b": rng.normal(size=shape)}


def batch(rng):
    for i, shape in enumerate(SHAPES):
        for eps in (1e-5, 0.1):
            x = {"x": rng.normal(size=shape) * 2 + 1}
            yield {"name": f"batch_norm_train_{10 * i + (eps > 0.01)}", "attrs": {"training": True, "eps": eps},
                   "inputs": {**x, **weights(rng, 4)}, "grads": ["x", "w", "b"],
                   "run": lambda x, w, b, eps=eps: F.batch_norm(x, None, None, w, b, True, 0.1, eps)}
            run = {"rm": rng.normal(size=4), "rv": rng.random(4) + 0.5}
            yield {"name": f"batch_norm_eval_{10 * i + (eps > 0.01)}", "attrs": {"training": False, "eps": eps},
                   "inputs": {**x, **weights(rng, 4), **run}, "grads": ["x", "w", "b"],
                   "run": lambda x, w, b, rm, rv, eps=eps: F.batch_norm(x, rm, rv, w, b, False, 0.1, eps)}
        for momentum in (0.1, 0.7, 0.0, 1.0):
            def running(x, rm, rv, momentum=momentum):
                rm, rv = rm.clone(), rv.clone()
                F.batch_norm(x, rm, rv, None, None, True, momentum)
                return rm, rv
            yield {"name": f"batch_norm_running_{100 * i + int(10 * momentum)}", "attrs": {"momentum": momentum},
                   "inputs": {**x, **run}, "run": running}
    yield {"name": "batch_norm_90", "attrs": {"training": True}, "inputs": {"input": rng.normal(size=(5, 3))},
           "grads": ["input"], "run": lambda input: F.batch_norm(input, None, None, training=True)}
    yield {"name": "batch_norm_91", "attrs": {"training": False},
           "inputs": {"input": rng.normal(size=(5, 3)), "running_mean": rng.normal(size=3), "running_var": rng.random(3)},
           "grads": ["input"], "run": lambda input, running_mean, running_var: F.batch_norm(input, running_mean, running_var)}


def others(rng):
    for i, shape in enumerate(SHAPES):
        for groups in (1, 2, 4):
            yield {"name": f"group_norm_{10 * i + groups}", "attrs": {"groups": groups, "eps": 1e-5},
                   "inputs": {"x": rng.normal(size=shape), **weights(rng, 4)}, "grads": ["x", "w", "b"],
                   "run": lambda x, w, b, groups=groups: F.group_norm(x, groups, w, b)}
        for axes in range(1, len(shape) + 1):
            normal = shape[-axes:]
            yield {"name": f"layer_norm_{10 * i + axes}", "attrs": {"normalized_shape": list(normal), "eps": 1e-5},
                   "inputs": {"x": rng.normal(size=shape), **weights(rng, normal)}, "grads": ["x", "w", "b"],
                   "run": lambda x, w, b, normal=normal: F.layer_norm(x, normal, w, b)}
        if len(shape) < 3:
            continue
        yield {"name": f"instance_norm_{10 * i}", "attrs": {"eps": 0.01},
               "inputs": {"x": rng.normal(size=shape), **weights(rng, 4)}, "grads": ["x", "w", "b"],
               "run": lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=0.01)}
        yield {"name": f"instance_norm_{10 * i + 1}", "attrs": {}, "inputs": {"x": rng.normal(size=shape)}, "grads": ["x"],
               "run": lambda x: F.instance_norm(x)}
        run = {"rm": rng.normal(size=4), "rv": rng.random(4) + 0.5}
        yield {"name": f"instance_norm_{10 * i + 2}", "attrs": {"use_input_stats": False},
               "inputs": {"x": rng.normal(size=shape), **run}, "grads": ["x"],
               "run": lambda x, rm, rv: F.instance_norm(x, rm, rv, use_input_stats=False)}

        def running(x, rm, rv):
            rm, rv = rm.clone(), rv.clone()
            F.instance_norm(x, rm, rv, momentum=0.3)
            return rm, rv
        yield {"name": f"instance_norm_running_{i}", "attrs": {"momentum": 0.3},
               "inputs": {"x": rng.normal(size=shape), **run}, "run": running}
        for size, alpha, beta, k in ((1, 0.01, 0.75, 1.0), (2, 0.5, 0.75, 2.0), (3, 1.0, 0.5, 1.0), (5, 1e-4, 0.75, 1.0),
                                     (9, 0.3, 1.5, 0.5)):
            yield {"name": f"lrn_{10 * i + size}", "attrs": {"size": size, "alpha": alpha, "beta": beta, "k": k},
                   "inputs": {"x": rng.normal(size=shape)}, "grads": ["x"],
                   "run": lambda x, size=size, alpha=alpha, beta=beta, k=k: F.local_response_norm(x, size, alpha, beta, k)}


def lengths(rng):
    for i, p in enumerate((2, 1, 3, 0.5, 1.5, float("inf"), 0)):
        for dim in (0, 1, -1):
            said = {"p": str(p) if p == float("inf") else p, "dim": dim}
            yield {"name": f"normalize_{10 * i + dim + 1}", "attrs": said, "inputs": {"x": rng.normal(size=(6, 4))},
                   "grads": ["x"] if p else [], "run": lambda x, p=p, dim=dim: F.normalize(x, p, dim)}
            if p: # PyTorch wants one above 0 here
                yield {"name": f"renorm_{10 * i + dim + 1}", "attrs": {**said, "maxnorm": 1.5},
                       "inputs": {"x": rng.normal(size=(4, 3))}, "grads": ["x"],
                       "run": lambda x, p=p, dim=dim: torch.renorm(x, p, dim, 1.5)}
        if p:
            zeros = rng.normal(size=(3, 4)) * [[0], [1], [1e-14]]
            yield {"name": f"normalize_{10 * i + 5}", "attrs": {"p": said["p"], "dim": 1}, "inputs": {"x": zeros},
                   "grads": ["x"], "run": lambda x, p=p: F.normalize(x, p, 1)}
    yield {"name": "normalize_95", "attrs": {"p": "inf", "dim": 1}, "grads": ["x"],
           "inputs": {"x": torch.tensor([[1.0, -1.0, 0.5], [2.0, 2.0, 2.0]])},
           "run": lambda x: F.normalize(x, float("inf"), 1)}
    for i, dim in enumerate((0, 1, 2, -1)):
        shape = [1, 1, 1]
        shape[dim] = (3, 4, 2)[dim]
        yield {"name": f"weight_norm_{i}", "attrs": {"dim": dim}, "grads": ["v", "g"],
               "inputs": {"v": rng.normal(size=(3, 4, 2)), "g": rng.normal(size=shape)},
               "run": lambda v, g, dim=dim: v * (g / v.norm(dim=[k for k in range(3) if k != dim % 3], keepdim=True))}
    yield {"name": "weight_norm_9", "attrs": {"dim": None}, "grads": ["v", "g"],
           "inputs": {"v": rng.normal(size=(3, 4)), "g": rng.normal(size=())}, "run": lambda v, g: torch._weight_norm(v, g, -1)}
    for i, (shape, steps) in enumerate((((3, 4), 1), ((2, 3, 2), 1), ((4, 4), 5))):
        def spectral(w, u, shape=shape, steps=steps):
            conv = len(shape) > 2
            layer = (torch.nn.Conv1d(*shape[1::-1], shape[2]) if conv else torch.nn.Linear(*shape[::-1])).double()
            layer.weight.data = w.detach()
            torch.nn.utils.spectral_norm(layer, n_power_iterations=steps)
            layer.weight_u.copy_(u)
            del layer._parameters["weight_orig"]
            layer.weight_orig = w
            hook = next(iter(layer._forward_pre_hooks.values()))
            return hook.compute_weight(layer, True), layer.weight_u, layer.weight_v
        yield {"name": f"spectral_norm_{i}", "attrs": {"n_power_iterations": steps}, "grads": ["w"],
               "inputs": {"w": rng.normal(size=shape), "u": F.normalize(torch.tensor(rng.normal(size=shape[0])), dim=0)},
               "run": spectral}


def slices(rng):
    for i, (shape, dim, p) in enumerate([((3, 4), 0, 2), ((3, 4), 1, 2), ((2, 3, 4), 2, 1), ((3, 4), -1, 2), ((5,), 0, 2)]):
        yield {"name": f"norm_except_dim_{i}", "attrs": {"pow": p, "dim": dim}, "inputs": {"v": rng.normal(size=shape)},
               "grads": ["v"], "run": lambda v, p=p, dim=dim: torch.norm_except_dim(v, p, dim)}


def cases(rng):
    yield from slices(rng)
    yield from batch(rng)
    yield from others(rng)
    yield from lengths(rng)
