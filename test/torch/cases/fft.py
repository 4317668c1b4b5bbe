"""torch.fft, stft and istft, windows: complex numbers come and go as a trailing axis of 2. Cosine transforms, wavelets and
convolutions by their definitions."""
import math

import numpy
import torch

CC = torch.view_as_complex
NORMS = (None, "backward", "ortho", "forward")


def real(z):
    return torch.view_as_real(z.resolve_conj()) if z.is_complex() else z


def given(**attrs):
    return {name: value for name, value in attrs.items() if value is not None}


def lines(rng, kind, from_real, more):
    """One axis: lengths even, odd, prime, 1; cut and padded; every norm; other axes."""
    call = getattr(torch.fft, kind)
    tries = [((8,), None, None, None), ((7,), None, None, "ortho"), ((3, 12), None, None, "forward"),
             ((3, 5), 9, None, "backward"), ((3, 10), 4, -1, None), ((4, 3, 2), None, 0, "ortho"), ((2, 37), None, 1, None),
             ((5, 2, 3), 8, -3, "forward"), ((2, 1), 1, None, None)]
    for i, (shape, n, dim, norm) in enumerate(tries):
        attrs = given(n=n, dim=dim, norm=norm)
        if more and shape[-1 if dim is None else dim] == 1:
            attrs["n"] = 3
        x = rng.normal(size=shape if from_real else shape + (2,))
        yield {"name": f"{kind}_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"],
               "run": lambda x, attrs=attrs: real(call(x if from_real else CC(x), **attrs))}


def planes(rng, kind, from_real):
    call = getattr(torch.fft, kind)
    tries = [((4, 6), None, None, None), ((3, 5, 4), None, None, "ortho"), ((3, 4), (5, 6), None, "forward"),
             ((3, 4, 5), (2, 8), (0, 2), None), ((4, 3, 6), None, (-1, 0), "backward"), ((2, 3, 4), (3, 4), (-3, -2), "ortho")]
    if kind.endswith("n"):
        tries += [((2, 3, 4), None, (1,), "forward"), ((6,), None, None, None), ((2, 3, 2, 4), (4, -1, 6), (0, 1, 3), None),
                  ((3, 4, 5), (6,), None, None)]
    for i, (shape, s, dim, norm) in enumerate(tries):
        attrs = given(s=list(s) if s else None, dim=list(dim) if dim else None, norm=norm)
        x = rng.normal(size=shape if from_real else shape + (2,))
        yield {"name": f"{kind}_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"],
               "run": lambda x, attrs=attrs: real(call(x if from_real else CC(x), **attrs))}


def places(rng):
    for i, (shape, dim) in enumerate([((8,), None), ((5,), None), ((3, 4), None), ((3, 4, 5), [0, 2]), ((2, 7), [-1])]):
        for kind in ("fftshift", "ifftshift"):
            yield {"name": f"{kind}_{i}", "attrs": given(dim=dim), "inputs": {"x": rng.normal(size=shape)}, "grads": ["x"],
                   "run": lambda x, kind=kind, dim=dim: getattr(torch.fft, kind)(x, dim)}
    for i, (n, d) in enumerate([(8, 1.0), (7, 0.5), (1, 2.0), (2, 0.1)]):
        for kind in ("fftfreq", "rfftfreq"):
            yield {"name": f"{kind}_{i}", "attrs": {"n": n, "d": d}, "inputs": {},
                   "run": lambda kind=kind, n=n, d=d: getattr(torch.fft, kind)(n, d, dtype=torch.float64)}


def windows():
    for kind in ("hann", "hamming", "blackman", "bartlett", "kaiser"):
        for i, (n, periodic) in enumerate([(8, True), (9, True), (8, False), (9, False), (1, True), (1, False), (2, True)]):
            attrs = {"window_length": n, "periodic": periodic}
            if kind == "kaiser" and i % 2:
                attrs["beta"] = 5.5
            if kind == "hamming" and i == 3:
                attrs.update(alpha=0.6, beta=0.3)
            yield {"name": f"{kind}_window_{i}", "attrs": attrs, "inputs": {},
                   "run": lambda kind=kind, attrs=attrs: getattr(torch, kind + "_window")(
                       **attrs, dtype=torch.float64)}


def pieces(attrs):
    return lambda inputs: real(torch.stft(inputs["x"], window=inputs.get("window"), return_complex=True, **attrs))


def signal(attrs):
    return lambda inputs: torch.istft(CC(inputs["x"]), window=inputs.get("window"), **attrs)


def spectra(rng):
    tries = [({"n_fft": 8}, None), ({"n_fft": 8, "hop_length": 3}, 8), ({"n_fft": 8, "hop_length": 2, "win_length": 6}, 6),
             ({"n_fft": 7, "hop_length": 2, "win_length": 4}, 4), ({"n_fft": 8, "center": False}, 8),
             ({"n_fft": 8, "pad_mode": "constant"}, None), ({"n_fft": 6, "hop_length": 4, "pad_mode": "replicate"}, 6),
             ({"n_fft": 8, "pad_mode": "circular"}, None), ({"n_fft": 8, "normalized": True}, 8),
             ({"n_fft": 8, "onesided": False, "hop_length": 5}, 8), ({"n_fft": 5, "hop_length": 5, "onesided": False}, None)]
    for i, (attrs, win) in enumerate(tries):
        inputs = {"x": rng.normal(size=(2, 23) if i % 2 else (30,))}
        if win:
            inputs["window"] = rng.uniform(0.5, 1.5, size=win)
        yield {"name": f"stft_{i}", "attrs": attrs, "inputs": inputs, "grads": list(inputs),
               "run": pieces(attrs)}
    back = [t for t in tries if "pad_mode" not in t[0]]
    back += [({"n_fft": 8, "length": 7}, 8), ({"n_fft": 8, "length": 14}, None), ({"n_fft": 8, "center": False, "length": 9}, None)]
    for i, (attrs, win) in enumerate(back):
        n, onesided = attrs["n_fft"], attrs.get("onesided", True)
        inputs = {"x": rng.normal(size=((2,) if i % 2 else ()) + (n // 2 + 1 if onesided else n, 5, 2))}
        if win:
            inputs["window"] = rng.uniform(0.5, 1.5, size=win)
        yield {"name": f"istft_{i}", "attrs": attrs, "inputs": inputs, "grads": list(inputs),
               "run": signal(attrs)}


def numbers(rng):
    z, w = rng.normal(size=(3, 4, 2)), rng.normal(size=(4, 2))
    z[0, 1] = 0
    yield {"name": "complex_1", "inputs": {"real": z[..., 0], "imag": z[..., 1]}, "grads": ["real", "imag"],
           "run": lambda real, imag: torch.view_as_real(torch.complex(real, imag))}
    for kind in ("real", "imag"):
        yield {"name": f"{kind}_1", "inputs": {"x": z}, "grads": ["x"], "run": lambda x, kind=kind: getattr(torch, kind)(CC(x))}
    yield {"name": "conj_1", "inputs": {"x": z}, "grads": ["x"], "run": lambda x: real(torch.conj(CC(x)))}
    yield {"name": "complex_abs_1", "inputs": {"x": z}, "grads": ["x"], "run": lambda x: CC(x).abs()}
    yield {"name": "complex_angle_1", "inputs": {"x": z}, "grads": ["x"], "run": lambda x: CC(x).angle()}
    yield {"name": "complex_mul_1", "inputs": {"a": z, "b": w}, "grads": ["a", "b"], "run": lambda a, b: real(CC(a) * CC(b))}
    yield {"name": "polar_1", "inputs": {"abs": abs(z[..., 0]) + 0.1, "angle": z[..., 1]}, "grads": ["abs", "angle"],
           "run": lambda inputs: torch.view_as_real(torch.polar(inputs["abs"], inputs["angle"]))}


def matrix_of_cosines(n, ortho):
    k, j = torch.arange(n, dtype=torch.float64)[:, None], torch.arange(n, dtype=torch.float64)[None]
    c = 2 * torch.cos(torch.pi * k * (2 * j + 1) / (2 * n))
    c[0] *= 0.5 ** 0.5 if ortho else 1
    return c * (1 / (2 * n)) ** 0.5 if ortho else c


def wavelet_taps(name):
    """Daubechies' filter of least phase: (1 + z)^N times the roots within the circle of what makes it orthogonal."""
    moments = {"haar": 1, "d4": 2, "d6": 3, "d8": 4}[name]
    poly = numpy.ones(1)
    for _ in range(moments):
        poly = numpy.convolve(poly, [1, 1])
    for y in numpy.roots([math.comb(moments - 1 + k, k) for k in range(moments)][::-1]):
        z = (1 - 2 * y) + numpy.sqrt((1 - 2 * y) ** 2 - 1 + 0j)
        poly = numpy.convolve(poly, [1, -(z if abs(z) < 1 else 1 / z)])
    return (poly.real / poly.real.sum() * 2 ** 0.5).tolist()


def matrix_of_wavelet(name, n):
    low = wavelet_taps(name)
    high = [(-1) ** i * low[len(low) - 1 - i] for i in range(len(low))]
    w = torch.zeros(2, n // 2, n, dtype=torch.float64)
    for band, taps in enumerate((low, high)):
        for k in range(n // 2):
            for i, tap in enumerate(taps):
                w[band, k, (2 * k + i) % n] += tap
    return w


def filters(rng):
    for i, (n, ortho) in enumerate([(8, False), (7, True), (1, True), (12, True), (5, False), (2, False)]):
        attrs = {"norm": "ortho"} if ortho else {}
        x, c = rng.normal(size=(3, n)), matrix_of_cosines(n, ortho)
        yield {"name": f"dct_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"], "run": lambda x, c=c: x @ c.T}
        yield {"name": f"idct_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"],
               "run": lambda x, c=c: x @ torch.linalg.inv(c).T}
    for i, (name, n) in enumerate([("haar", 8), ("d4", 10), ("d6", 12), ("d4", 4), ("d6", 2), ("haar", 2), ("d8", 12), ("d8", 4)]):
        w = matrix_of_wavelet(name, n)
        yield {"name": f"dwt_{i}", "attrs": {"wavelet": name}, "inputs": {"x": rng.normal(size=(3, n))}, "grads": ["x"],
               "run": lambda x, w=w: torch.einsum("...n,bkn->...bk", x, w)}
        yield {"name": f"idwt_{i}", "attrs": {"wavelet": name}, "inputs": {"x": rng.normal(size=(3, 2, n // 2))},
               "grads": ["x"], "run": lambda x, w=w: x.flatten(-2) @ torch.linalg.inv(w.flatten(0, 1)).T}
    for i, (n, m, mode) in enumerate([(9, 4, "full"), (9, 4, "same"), (9, 4, "valid"), (3, 8, "same"), (3, 8, "valid"),
                                      (1, 1, "full"), (6, 5, "same"), (31, 17, "full")]):
        def run(a, b, n=n, m=m, mode=mode):
            whole = torch.nn.functional.conv1d(a[None], b.flip(-1)[:, None], padding=m - 1, groups=2)[0]
            least = min(n, m)
            return {"full": whole, "same": whole[:, (m - 1) // 2:][:, :n],
                    "valid": whole[:, least - 1:n + m - least]}[mode]
        yield {"name": f"fftconvolve_{i}", "attrs": {"mode": mode}, "grads": ["a", "b"], "run": run,
               "inputs": {"a": rng.normal(size=(2, n)), "b": rng.normal(size=(2, m))}}


def cases(rng):
    for kind, from_real in (("fft", 0), ("ifft", 0), ("rfft", 1), ("irfft", 0), ("hfft", 0), ("ihfft", 1)):
        yield from lines(rng, kind, from_real, kind in ("irfft", "hfft"))
    for kind, from_real in (("fft", 0), ("ifft", 0), ("rfft", 1), ("irfft", 0), ("hfft", 0), ("ihfft", 1)):
        yield from planes(rng, kind + "2", from_real)
        yield from planes(rng, kind + "n", from_real)
    yield from places(rng)
    yield from windows()
    yield from spectra(rng)
    yield from numbers(rng)
    yield from filters(rng)
