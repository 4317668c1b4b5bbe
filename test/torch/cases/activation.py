"""Functions of one number and activations: where they are smooth, at their kinks, and far out."""
import numpy as np
import torch
import torch.nn.functional as F

ANY = ("abs neg sign sgn positive exp exp2 expm1 sigmoid tanh sin cos tan sinh cosh atan asinh erf erfc square sinc i0 "
       "deg2rad rad2deg relu angle frac").split()
SPECIAL_ANY = "ndtr log_ndtr erfcx i0 i0e i1 i1e expit".split()
ABOVE = "log log2 log10 sqrt rsqrt reciprocal lgamma digamma".split()
INSIDE = "asin acos atanh erfinv".split()
STEPS = "floor ceil trunc round".split()
TRUTHS = "isnan isinf isfinite isposinf isneginf signbit".split()

# name, options, where its kinks are
ACTIVATIONS = [
    ("relu", {}, [0]), ("relu6", {}, [0, 6]), ("leaky_relu", {}, [0]), ("leaky_relu", {"negative_slope": 0.3}, [0]),
    ("rrelu", {"lower": 0.2, "upper": 0.5}, [0]), ("rrelu", {}, [0]),
    ("elu", {}, [0]), ("elu", {"alpha": 0.3}, [0]), ("selu", {}, [0]), ("celu", {}, [0]), ("celu", {"alpha": 0.6}, [0]),
    ("gelu", {}, [0]), ("gelu", {"approximate": "tanh"}, [0]), ("silu", {}, [0]), ("mish", {}, [0]),
    ("softplus", {}, [0]), ("softplus", {"beta": 3.0, "threshold": 6.0}, [0, 2]), ("softplus", {"beta": 0.5}, [0]),
    ("hardtanh", {}, [-1, 1]), ("hardtanh", {"min_val": -0.5, "max_val": 2.0}, [-0.5, 2]),
    ("hardsigmoid", {}, [-3, 3]), ("hardswish", {}, [-3, 0, 3]), ("hardshrink", {}, [-0.5, 0, 0.5]),
    ("hardshrink", {"lambd": 1.25}, [-1.25, 0, 1.25]), ("softshrink", {}, [-0.5, 0, 0.5]),
    ("softshrink", {"lambd": 1.25}, [-1.25, 0, 1.25]), ("tanhshrink", {}, [0]), ("softsign", {}, [0]),
    ("threshold", {"threshold": 0.25, "value": -3.0}, [0.25]), ("logsigmoid", {}, [0]),
]


def one(name, x, run, grads=True, attrs=None):
    return {"name": name, "attrs": attrs or {}, "inputs": {"x": np.array(x, dtype=float)}, "grads": ["x"] if grads else [],
            "run": lambda x, f=run: f(x)}


def functions(rng):
    far = np.array([-30, -8.5, -3, -1, -1e-3, 1e-8, 1e-3, 1, 3, 8.5, 30])
    for name in ANY:
        f = getattr(torch, name)
        yield one(f"{name}_0", rng.normal(size=(3, 5)), f, grads=name != "sgn")  # which PyTorch 1.13 leaves undefined
        if name != "frac":
            yield one(f"{name}_1", far, f, grads=name not in ("sgn", "sinc"))  # its sinc cancels near 0
        if name not in ("tan", "frac"):
            yield one(f"{name}_2", [0.0], f, grads=name != "sgn")
    for name in SPECIAL_ANY:
        f = getattr(torch.special, name)
        yield one(f"{name}_10", rng.normal(size=(3, 5)), f)
        yield one(f"{name}_11", np.array([-5.5, -1, -1e-3, 1e-3, 1, 5.5, 11]), f)
        yield one(f"{name}_12", [0.0], f)
    for name in ABOVE:
        f = getattr(torch, name)
        yield one(f"{name}_0", rng.uniform(0.05, 4, size=(3, 5)), f)
        yield one(f"{name}_1", 10.0 ** np.arange(-6, 7), f)
    for name in INSIDE:
        yield one(f"{name}_0", rng.uniform(-0.97, 0.97, size=(3, 5)), getattr(torch, name))
        yield one(f"{name}_1", [0.0, 0.999, -0.9999], getattr(torch, name))
    yield one("acosh_0", rng.uniform(1.05, 9, size=(3, 5)), torch.acosh)
    yield one("log1p_0", rng.uniform(-0.95, 4, size=(3, 5)), torch.log1p)
    yield one("log1p_1", [1e-12, -1e-9, 1e6], torch.log1p)


def gamma(rng):
    below = np.array([-0.3, -1.4, -2.7, -7.25, -0.001])
    yield one("lgamma_2", below, torch.lgamma)
    yield one("digamma_2", below, torch.digamma)
    yield one("digamma_3", [0.0, -0.0, -1.0, -4.0], torch.digamma, grads=False)
    for n in (0, 1, 2, 4):
        yield one(f"polygamma_{n}", rng.uniform(0.2, 9, size=(3, 5)), lambda x, n=n: torch.polygamma(n, x), attrs={"n": n})
    for p in (1, 2, 4):
        yield one(f"mvlgamma_{p}", rng.uniform(2, 9, size=(3, 5)), lambda x, p=p: torch.mvlgamma(x, p), attrs={"p": p})


def probabilities(rng):
    x = rng.uniform(0.02, 0.98, size=(3, 5))
    yield one("logit_0", x, torch.logit)
    yield one("logit_1", [0.5, 0.25, 0.75, 1e-9, 0.5000001], torch.logit)
    yield one("logit_2", [0.05, 0.1, 0.5, 0.9, 0.97], lambda x: torch.logit(x, eps=0.1), attrs={"eps": 0.1})
    yield one("ndtri_0", x, torch.special.ndtri)
    yield one("ndtri_1", [1e-12, 1e-30, 0.5, 0.96875], torch.special.ndtri)
    yield one("ndtri_2", [0.0, 1.0, -0.5, 1.5], torch.special.ndtri, grads=False)
    yield one("entr_0", rng.uniform(0.01, 3, size=(3, 5)), torch.special.entr)
    yield one("entr_1", [0.0, 1.0, -1.0], torch.special.entr, grads=False)
    yield one("erfinv_2", [-1.0, 1.0, 2.0], torch.erfinv, grads=False)


def steps(rng):
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 2.5, -2.5, 3.5, 1e30])
    for name in STEPS:
        f = getattr(torch, name)
        yield one(f"{name}_0", rng.normal(size=(3, 5)) * 3, f)
        yield one(f"{name}_1", odd, f, grads=False)
    for decimals in (-1, 1, 3):
        yield one(f"round_{decimals + 10}", rng.normal(size=(3, 5)) * 30,
                  lambda x, d=decimals: torch.round(x, decimals=d), attrs={"decimals": decimals})
    for name in TRUTHS:
        yield one(f"{name}_0", odd, getattr(torch, name), grads=False)
    yield one("logical_not_0", odd, torch.logical_not, grads=False)
    for i, dtype in enumerate((torch.int32, torch.int64, torch.uint8, torch.bool)):
        values = torch.tensor([0, 1, 5, 100]).to(dtype)
        yield {"name": f"bitwise_not_{i}", "inputs": {"x": values}, "run": lambda x: torch.bitwise_not(x)}
    yield one("nan_to_num_0", [np.nan, 1.0, -0.0], torch.nan_to_num)
    yield one("nan_to_num_1", odd, lambda x: torch.nan_to_num(x, nan=7.0, posinf=2.0, neginf=-3.0),
              attrs={"nan": 7.0, "posinf": 2.0, "neginf": -3.0})
    yield one("angle_3", odd, torch.angle, grads=False)
    yield one("frac_3", [2.25, -2.25, 0.5, -7.75], torch.frac)


def clamps(rng):
    x = np.concatenate([rng.normal(size=12), [-0.5, 0.8]])
    for i, (low, high) in enumerate([(-0.5, 0.8), (None, 0.8), (-0.5, None), (1.0, -1.0)]):
        yield one(f"clamp_{i}", x, lambda x, a=low, b=high: torch.clamp(x, a, b), attrs={"min": low, "max": high})
    yield one("clamp_min_0", x, lambda x: torch.clamp_min(x, -0.5), attrs={"min": -0.5})
    yield one("clamp_max_0", x, lambda x: torch.clamp_max(x, 0.8), attrs={"max": 0.8})
    for i, names in enumerate((("min", "max"), ("min",), ("max",))):
        ends = {"min": rng.normal(size=(14,)) - 0.5, "max": rng.normal(size=(3, 1)) + 0.5}
        given = {name: ends[name] for name in names}
        yield {"name": f"clamp_{10 + i}", "inputs": {"x": rng.normal(size=(3, 14)), **given}, "grads": ["x", *names],
               "run": lambda inputs: torch.clamp(inputs["x"], inputs.get("min"), inputs.get("max"))}


def parts(rng):
    x = np.array([-3, -1, -0.6, 0.25, 1, 1.5, 1e-30, 1e30, 0.4999])
    yield one("frexp_0", np.append(x[:6], rng.normal(size=9)), lambda x: tuple(torch.frexp(x)))
    yield one("frexp_1", np.append(x, [0, -0.0, np.inf, -np.inf, np.nan]), lambda x: tuple(torch.frexp(x)), grads=False)
    yield one("isreal_0", rng.normal(size=4), torch.isreal, grads=False)
    yield one("softmax2d_0", rng.normal(size=(2, 3, 4, 2)), torch.nn.Softmax2d())
    yield one("softmax2d_1", rng.normal(size=(3, 2, 2)), torch.nn.Softmax2d())


BESSEL = ("bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 "
          "scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 airy_ai").split()


def bessel(rng):
    """of which PyTorch has no gradients; beyond 2.5 its J and Y have 8 digits only"""
    for name in BESSEL:
        f, whole = getattr(torch.special, name), "_y" not in name and "_k" not in name
        most = 2 if name.startswith("bessel") else 12
        yield one(f"{name}_0", np.append(rng.uniform(-most if whole else 0.01, most, size=20), [1, 2, 0.5]), f, grads=False)
        yield one(f"{name}_1", 10 ** rng.uniform(-6, np.log10(most), size=20), f, grads=False)
        yield one(f"{name}_2", np.array([0.0, 0.0, 1e-3]), f, grads=False)


def activations(rng):
    for i, (name, attrs, kinks) in enumerate(ACTIVATIONS):
        f = getattr(F, name)
        points = [rng.normal(size=(3, 5)) * 3, np.array(kinks, dtype=float), np.array([-60, -25, -12, 12, 25, 60.0])]
        for k, x in enumerate(points):
            yield one(f"{name}_{100 + 3 * i + k}", x, lambda x, f=f, a=attrs: f(x, **a), attrs=attrs)
    for i, (shape, slopes) in enumerate([((4, 3), 3), ((2, 3, 5), 3), ((2, 3, 2, 2), 1), ((6,), 1)]):
        x = rng.normal(size=shape)
        x.flat[0] = 0
        yield {"name": f"prelu_{i}", "inputs": {"x": x, "a": rng.normal(size=slopes)}, "grads": ["x", "a"],
               "run": lambda x, a: F.prelu(x, a)}
    for i, (shape, dim) in enumerate([((4, 6), -1), ((4, 6), 0), ((2, 4, 3), 1)]):
        yield one(f"glu_{i}", rng.normal(size=shape), lambda x, d=dim: F.glu(x, d), attrs={"dim": dim})


def cases(rng):
    for part in (functions, gamma, probabilities, steps, clamps, parts, bessel, activations):
        yield from part(rng)
