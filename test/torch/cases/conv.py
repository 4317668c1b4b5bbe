"""Convolution, forwards and backwards, over one to three axes."""
import torch
from torch.nn import functional as F

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
BACK = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}

# (x, w, bias, options)
FORWARDS = [
    ((2, 3, 9), (4, 3, 3), True, {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
    ((2, 4, 11), (6, 2, 3), True, {"stride": 2, "padding": 2, "dilation": 2, "groups": 2}),
    ((1, 3, 10), (3, 1, 4), False, {"stride": 3, "padding": 1, "dilation": 1, "groups": 3}),
    ((2, 3, 9), (2, 3, 4), True, {"padding": "same", "dilation": 3}),
    ((2, 3, 9), (2, 3, 4), True, {"padding": "valid", "stride": 2}),
    ((3, 8), (2, 3, 3), True, {"padding": 1}),
    ((2, 3, 7, 8), (4, 3, 3, 3), True, {"stride": 1, "padding": 1, "dilation": 1, "groups": 1}),
    ((2, 4, 9, 7), (6, 2, 3, 2), True, {"stride": [2, 1], "padding": [1, 0], "dilation": [1, 2], "groups": 2}),
    ((1, 4, 6, 6), (4, 1, 3, 3), False, {"stride": 1, "padding": 1, "groups": 4}),
    ((2, 2, 5, 6), (3, 2, 2, 3), True, {"padding": "same"}),
    ((2, 5, 6), (3, 2, 2, 3), True, {"padding": 2, "stride": 2}),
    ((0, 2, 5, 5), (3, 2, 3, 3), True, {}),
    ((1, 2, 5, 4, 6), (3, 2, 2, 3, 2), True, {"stride": [2, 1, 2], "padding": [0, 1, 1], "dilation": 1}),
    ((2, 4, 4, 4, 4), (2, 2, 2, 2, 2), True, {"groups": 2, "dilation": 2, "padding": 1}),
    ((1, 2, 4, 5, 4), (2, 2, 2, 2, 3), False, {"padding": "same"}),
]

# (x, w, bias's channels, options)
BACKWARDS = [
    ((2, 3, 5), (3, 2, 3), 2, {"stride": 2, "padding": 1, "output_padding": 1, "groups": 1, "dilation": 1}),
    ((1, 4, 5), (4, 3, 3), 6, {"stride": 3, "padding": 0, "output_padding": 2, "groups": 2, "dilation": 2}),
    ((3, 5), (3, 2, 4), None, {"stride": 2, "padding": 2}),
    ((1, 2, 4), (2, 2, 3), 2, {"stride": 1, "dilation": 3, "output_padding": 2, "padding": 1}),
    ((2, 3, 4, 5), (3, 2, 3, 3), 2, {"stride": 2, "padding": 1, "output_padding": 1}),
    ((1, 4, 3, 3), (4, 1, 2, 3), 2, {"stride": [2, 3], "padding": [0, 1], "output_padding": [1, 0], "groups": 2}),
    ((2, 2, 4, 4), (2, 3, 3, 3), None, {"dilation": 2}),
    ((2, 4, 4), (2, 3, 3, 3), 3, {"stride": 2}),
    ((1, 2, 3, 3, 3), (2, 2, 2, 2, 2), 2, {"stride": 2}),
    ((1, 2, 2, 3, 4), (2, 1, 3, 2, 2), 2, {"stride": [1, 2, 3], "padding": 1, "output_padding": [0, 1, 2], "groups": 2}),
]


def draw(rng, shape):
    return rng.standard_normal(shape)


def padded(mode, x, w, b, pad):
    """as nn.Conv2d with a padding_mode pads"""
    around = [n for n in reversed(pad) for _ in range(2)]
    return CONV[w.dim() - 2](F.pad(x, around, mode), w, b)


def cases(rng):
    for i, (x, w, bias, options) in enumerate(FORWARDS):
        axes = len(w) - 2
        inputs = {"x": draw(rng, x), "w": draw(rng, w)} | ({"b": draw(rng, w[0])} if bias else {})
        yield {"name": f"conv{axes}d_{i}", "attrs": options, "inputs": inputs, "grads": list(inputs),
               "run": lambda x, w, b=None, f=CONV[axes], o=options: f(x, w, b, **o)}
    for i, (x, w, bias, options) in enumerate(BACKWARDS):
        axes = len(w) - 2
        inputs = {"x": draw(rng, x), "w": draw(rng, w)} | ({"b": draw(rng, bias)} if bias else {})
        yield {"name": f"conv_transpose{axes}d_{i}", "attrs": options, "inputs": inputs, "grads": list(inputs),
               "run": lambda x, w, b=None, f=BACK[axes], o=options: f(x, w, b, **o)}
    for i, (mode, pad) in enumerate([("reflect", [2]), ("replicate", [3, 1]), ("circular", [1, 2]), ("circular", [1, 2, 1]),
                                     ("reflect", [1, 0, 2])]):
        axes = len(pad)
        inputs = {"x": draw(rng, (2, 2) + (4, 5, 6)[:axes]), "w": draw(rng, (3, 2) + (2, 3, 2)[:axes]), "b": draw(rng, 3)}
        yield {"name": f"conv{axes}d_{100 + i}", "attrs": {"padding": pad, "padding_mode": mode}, "inputs": inputs,
               "grads": list(inputs), "run": lambda x, w, b, m=mode, p=pad: padded(m, x, w, b, p)}
    for i, pad in enumerate([0, 2]):
        inputs = {"x": draw(rng, (5, 2, 3)), "w": draw(rng, (3, 3, 4)), "b": draw(rng, 4)}
        yield {"name": f"conv_tbc_{i}", "attrs": {"pad": pad}, "inputs": inputs, "grads": list(inputs),
               "run": lambda x, w, b, p=pad: torch.conv_tbc(x, w, b, p)}
