"""Element-wise functions of two tensors, and of three."""
import numpy
import torch

SHAPES = [((3, 4), (3, 4)), ((3, 1), (1, 4)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)), ((5,), (1,)), ((), (3,)), ((0, 2), (2,))]
POSITIVE = {"div": "b", "true_divide": "b", "pow": "a", "xlogy": "b", "xlog1py": "b", "float_power": "a", "fmod": "b",
            "remainder": "b", "floor_divide": "b"}
SLOPED = """add sub mul div true_divide pow atan2 hypot maximum minimum fmax fmin fmod remainder logaddexp logaddexp2 xlogy
    copysign rsub special.xlog1py""".split()
FLAT = """floor_divide eq ne lt le gt ge isclose logical_and logical_or logical_xor nextafter heaviside float_power""".split()
WHOLE = """add sub mul maximum minimum fmax fmin fmod remainder floor_divide bitwise_and bitwise_or bitwise_xor gcd lcm eq ne
    lt le gt ge rsub bitwise_left_shift bitwise_right_shift""".split()


def function(name):
    found = torch
    for part in name.split("."):
        found = getattr(found, part)
    return found


def pair(rng, name, shapes):
    a, b = (rng.normal(size=s) for s in shapes)
    side = POSITIVE.get(name.split(".")[-1])
    return numpy.abs(a) + 0.1 if side == "a" else a, numpy.abs(b) + 0.2 if side == "b" else b


def plain(rng):
    for name in SLOPED + FLAT:
        for i, shapes in enumerate(SHAPES):
            a, b = pair(rng, name, shapes)
            if name in ("eq", "ne", "le", "ge", "isclose"):
                a, b = numpy.round(a), numpy.round(b)
            yield {"name": f"{name.split('.')[-1]}_{i}", "inputs": {"a": a, "b": b}, "grads": ["a", "b"] * (name in SLOPED),
                   "run": lambda a, b, f=function(name): f(a, b)}


def whole(rng):
    for name in WHOLE:
        for i, kind in enumerate(("int32", "int64", "uint8")):
            if name == "rsub" and kind == "uint8":
                continue
            low = 0 if kind == "uint8" or "shift" in name else -9
            a, b = (rng.integers(low, 10, size=s).astype(kind) for s in SHAPES[i])
            b[b == 0] = 3
            if kind == "uint8" and name in ("sub",):
                a = a + numpy.uint8(20)
            if "shift" in name:
                b = b % 5
            yield {"name": f"{name}_1{i}", "inputs": {"a": a, "b": b},
                   "run": lambda a, b, f=function(name): f(a, b)}
    for i, name in enumerate(("logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "eq")):
        a, b = rng.random(size=(3, 4)) < 0.5, rng.random(size=(4,)) < 0.5
        yield {"name": f"{name}_20", "inputs": {"a": a, "b": b}, "run": lambda a, b, f=function(name): f(a, b)}


def with_options(rng):
    a, b, c = (rng.normal(size=(3, 4)) for _ in range(3))
    for i, mode in enumerate((None, "trunc", "floor")):
        yield {"name": f"div_3{i}", "attrs": {"rounding_mode": mode}, "inputs": {"a": 4 * a, "b": b},
               "grads": ["a", "b"], "run": lambda a, b, m=mode: torch.div(a, b, rounding_mode=m)}
        if mode:
            x, y = rng.integers(-20, 20, size=(3, 4)), rng.integers(1, 7, size=(4,)) * numpy.array([1, -1, 1, -1])
            yield {"name": f"div_4{i}", "attrs": {"rounding_mode": mode}, "inputs": {"a": x, "b": y},
                   "run": lambda a, b, m=mode: torch.div(a, b, rounding_mode=m)}
    for name in ("add", "sub", "rsub"):
        yield {"name": f"{name}_30", "attrs": {"alpha": -2.5}, "inputs": {"a": a, "b": b}, "grads": ["a", "b"],
               "run": lambda a, b, f=function(name): f(a, b, alpha=-2.5)}
    for i, p in enumerate((2, 3, -1, 0.5, 0, 1)):
        yield {"name": f"pow_3{i}", "attrs": {"exponent": p}, "inputs": {"a": numpy.abs(a) + 0.1}, "grads": ["a"],
               "run": lambda a, p=p: torch.pow(a, p)}
    for i, name in enumerate(("add", "mul", "fmod", "remainder", "lt", "ge", "xlogy", "copysign", "floor_divide")):
        yield {"name": f"{name}_31", "attrs": {"other": 0.75}, "inputs": {"a": a}, "grads": ["a"] * (name in SLOPED),
               "run": lambda a, f=function(name): f(a, 0.75)}
    for i, (value, shapes) in enumerate([(1, ((3, 4),) * 3), (-2.5, ((3, 4), (4,), (3, 1))), (0.5, ((2, 1), (2, 3), ()))]):
        x, y, z = (rng.normal(size=s) for s in shapes)
        for name in ("addcmul", "addcdiv"):
            yield {"name": f"{name}_{i}", "attrs": {"value": value}, "inputs": {"x": x, "a": y, "b": numpy.abs(z) + 0.2},
                   "grads": ["x", "a", "b"], "run": lambda x, a, b, f=function(name), v=value: f(x, a, b, value=v)}
    for i, shapes in enumerate([((3, 4),) * 3, ((3, 4), (4,), (3, 1)), ((5,), (5,), ())]):
        x, y, z = (rng.normal(size=s) for s in shapes)
        yield {"name": f"lerp_{i}", "inputs": {"input": x, "end": y, "weight": z}, "grads": ["input", "end", "weight"],
               "run": lambda input, end, weight: torch.lerp(input, end, weight)}
    for i, weight in enumerate((0, 0.3, 1, 1.7)):
        yield {"name": f"lerp_1{i}", "attrs": {"weight": weight}, "inputs": {"input": a, "end": b},
               "grads": ["input", "end"], "run": lambda input, end, w=weight: torch.lerp(input, end, w)}
    yield {"name": "ldexp_0", "inputs": {"a": a, "n": rng.integers(-5, 6, size=(3, 4))}, "grads": ["a"],
           "run": lambda a, n: torch.ldexp(a, n)}
    yield {"name": "ldexp_1", "inputs": {"a": a, "n": b}, "grads": ["a", "n"], "run": lambda a, n: torch.ldexp(a, n)}
    for i, p in enumerate((0, 1, 2, 3, 0.5, float("inf"), float("-inf"))):
        attr = {float("inf"): "inf", float("-inf"): "-inf"}.get(p, p)
        yield {"name": f"dist_{i}", "attrs": {"p": attr}, "inputs": {"a": a, "b": b}, "grads": ["a", "b"] if p else [],
               "run": lambda a, b, p=p: torch.dist(a, b, p)}
    near = a + 1e-6 * c
    for i, (rtol, atol) in enumerate([(1e-5, 1e-8), (1e-7, 0), (0, 1e-6), (1e-9, 1e-9)]):
        yield {"name": f"isclose_3{i}", "attrs": {"rtol": rtol, "atol": atol}, "inputs": {"a": a, "b": near},
               "run": lambda a, b, r=rtol, t=atol: torch.isclose(a, b, rtol=r, atol=t)}
        yield {"name": f"allclose_{i}", "attrs": {"rtol": rtol, "atol": atol}, "inputs": {"a": a, "b": near},
               "run": lambda a, b, r=rtol, t=atol: torch.tensor(torch.allclose(a, b, rtol=r, atol=t))}
    yield {"name": "equal_0", "inputs": {"a": a, "b": a}, "run": lambda a, b: torch.tensor(torch.equal(a, b))}
    yield {"name": "equal_1", "inputs": {"a": a, "b": b}, "run": lambda a, b: torch.tensor(torch.equal(a, b))}
    for name in ("max", "min"):
        yield {"name": f"{name}_0", "inputs": {"a": a, "b": b}, "grads": ["a", "b"],
               "run": lambda a, b, f=function(name): f(a, b)}


def special(rng):
    for i, shapes in enumerate(SHAPES[:4]):
        a, x = (numpy.abs(rng.normal(size=s)) * 3 + 0.2 for s in shapes)
        for name in ("gammainc", "gammaincc"):
            yield {"name": f"{name}_{i}", "inputs": {"a": a, "x": x}, "grads": ["x"],
                   "run": lambda a, x, f=function("special." + name): f(a, x)}
        yield {"name": f"zeta_{i}", "inputs": {"s": a + 1, "q": x}, "grads": ["q"],
               "run": lambda s, q: torch.special.zeta(s, q)}
    a = numpy.array([0.0, 0, 1, 2, 3, 1e-3, 50, 50, 50, 300, 2000, 1e4, 1e4, 3e5, -1, numpy.inf, 3])
    x = numpy.array([0.0, 2, 0, numpy.inf, 1e-9, 1e-3, 20, 50, 90, 310, 1900, 1e4, 1.01e4, 3e5, 2, 2, -1])
    for name in ("gammainc", "gammaincc"):
        yield {"name": f"{name}_50", "inputs": {"a": a, "x": x}, "run": lambda a, x, f=function("special." + name): f(a, x)}
    s, q = numpy.array([1.0, 0.5, 2, 2, 3, 2.5, 2, 30, 1.01]), numpy.array([2.0, 2, 0, -1, -1.5, -0.5, -2.5, 3, 7])
    yield {"name": "zeta_50", "inputs": {"s": s, "q": q}, "run": lambda s, q: torch.special.zeta(s, q)}


def edges(rng):
    """Ties, zeros, infinities and NaN."""
    inf, nan = numpy.inf, numpy.nan
    odd = numpy.array([0.0, -0.0, 1.0, -1.0, 2.0, inf, -inf, nan, 0.5])
    a, b = (x.reshape(-1) for x in numpy.meshgrid(odd, odd))
    same = """add mul maximum minimum fmax fmin atan2 hypot copysign eq ne lt le gt ge isclose logical_and logical_or
        logical_xor logaddexp logaddexp2 fmod remainder xlogy pow heaviside special.xlog1py floor_divide"""
    for name in same.split():
        yield {"name": f"{name.split('.')[-1]}_50", "inputs": {"a": a, "b": b}, "run": lambda a, b, f=function(name): f(a, b)}
    yield {"name": "isclose_51", "attrs": {"equal_nan": True}, "inputs": {"a": a, "b": b},
           "run": lambda a, b: torch.isclose(a, b, equal_nan=True)}
    for i, mode in enumerate(("trunc", "floor")):
        yield {"name": f"div_5{i}", "attrs": {"rounding_mode": mode}, "inputs": {"a": a, "b": b},
               "run": lambda a, b, m=mode: torch.div(a, b, rounding_mode=m)}
    some = numpy.array([0.0, 1.0, -1.0, 2.0])
    a, b = (x.reshape(-1) for x in numpy.meshgrid(some, some))
    for name in "maximum minimum fmax fmin atan2 hypot copysign logaddexp logaddexp2".split():
        yield {"name": f"{name}_60", "inputs": {"a": a, "b": b}, "grads": ["a", "b"],
               "run": lambda a, b, f=function(name): f(a, b)}
    a, b = numpy.array([0.0, 0, 0, 2, 3, 1]), numpy.array([0.0, 1, 2, 0, 1, -1])
    yield {"name": "pow_60", "inputs": {"a": a, "b": b}, "grads": ["a", "b"], "run": lambda a, b: torch.pow(a, b)}
    yield {"name": "pow_61", "inputs": {"a": -a[3:], "b": numpy.array([2.0, 3, -1])}, "grads": ["a"],
           "run": lambda a, b: torch.pow(a, b)}
    yield {"name": "xlogy_60", "inputs": {"a": numpy.array([0.0, 0, 1, 2]), "b": numpy.array([1.0, 2, 3, 0.5])},
           "grads": ["a", "b"], "run": lambda a, b: torch.xlogy(a, b)}
    a, b = (x[numpy.isfinite(a) & numpy.isfinite(b)] for x in (a, b))
    yield {"name": "nextafter_50", "inputs": {"a": a, "b": b}, "run": lambda a, b: torch.nextafter(a, b)}
    x, y = numpy.array([1.0, 0.3125, 5.5, -7, 7, -7]), numpy.array([0.09375, 0.125, 1.25, 2, -2, -2])
    for name in ("floor_divide", "remainder", "fmod"):
        yield {"name": f"{name}_61", "inputs": {"a": x, "b": y}, "run": lambda a, b, f=function(name): f(a, b)}


def where(rng):
    for i, shapes in enumerate([((4, 5),) * 3, ((4, 1), (5,), (4, 5)), ((3,), (), (2, 3)), ((), (2,), (2,)), ((0, 2), (2,), (1,))]):
        c, a, b = (rng.normal(size=s) for s in shapes)
        yield {"name": f"where_{i}", "group": "index", "inputs": {"c": c > 0, "a": a, "b": b}, "grads": ["a", "b"],
               "run": lambda c, a, b: torch.where(c, a, b)}


def cases(rng):
    for part in (plain, whole, with_options, special, edges, where):
        yield from part(rng)
