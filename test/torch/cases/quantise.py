"""Fake quantisation, forward and straight-through gradient."""
import torch


def cases(rng):
    ranges = [(-128, 127, 0), (0, 255, 128), (0, 15, 7), (-8, 7, -3), (-127, 127, 0)]
    for i, (low, high, zero) in enumerate(ranges):
        x = rng.normal(size=(4, 5)) * 6
        x[0, :3] = [0.375, -0.625, 0.125]  # ties of a scale of 1/4
        attrs = {"scale": 0.25, "zero_point": zero, "quant_min": low, "quant_max": high}
        yield {"name": f"fake_quantize_per_tensor_affine_{i}", "attrs": attrs, "inputs": {"x": x}, "grads": ["x"],
               "run": lambda x, a=(0.25, zero, low, high): torch.fake_quantize_per_tensor_affine(x, *a)}
    for i, (axis, low, high) in enumerate([(0, -128, 127), (1, 0, 255), (2, -8, 7)]):
        x = rng.normal(size=(3, 4, 5)) * 4
        scale = 2.0 ** rng.integers(-4, 0, size=x.shape[axis])
        zero = rng.integers(max(low, -5), 6, size=x.shape[axis]).astype("int32")
        yield {"name": f"fake_quantize_per_channel_affine_{i}", "attrs": {"axis": axis, "quant_min": low, "quant_max": high},
               "inputs": {"x": x, "scale": scale, "zero_point": zero}, "grads": ["x"],
               "run": lambda x, scale, zero_point, axis=axis, low=low, high=high:
                   torch.fake_quantize_per_channel_affine(x, scale.float(), zero_point, axis, low, high)}
    q = rng.integers(-9, 9, size=(3, 4)).astype("int8")
    yield {"name": "dequantize_1", "attrs": {"axis": 1}, "inputs": {"q": q, "scale": rng.uniform(0.1, 1, size=4)},
           "run": lambda q, scale: q * scale}
    x = rng.normal(size=(5, 6)) * 9
    yield {"name": "quantize_per_tensor_1", "attrs": {"scale": 0.125, "zero_point": 3, "type": "i8"}, "inputs": {"x": x},
           "run": lambda x: torch.quantize_per_tensor(x.float(), 0.125, 3, torch.qint8).int_repr()}
