"""Attention and the layers of a transformer, on the weights of PyTorch's modules."""
import numpy
import torch
from torch import nn


def call(module, inputs, names, **more):
    """the module with its parameters taken from inputs, called with the inputs that names lists"""
    state = {name: inputs[name] for name, _ in module.named_parameters()}
    return torch.nn.utils.stateless.functional_call(module, state, tuple(inputs[n] for n in names), more)


def parameters(rng, module):
    return {name: rng.normal(size=tuple(p.shape)) * 0.5 for name, p in module.named_parameters()}


def attending(module, masks, more):
    def run(inputs):
        y, p = call(module, inputs, "qkv", **{n: inputs[n] for n in masks}, **more)
        return y if p is None else (y, p)
    return run


def calling(module, names, masks=()):
    return lambda inputs: call(module, inputs, names, **{n: inputs[n] for n in masks})


def heads(rng):
    causal = numpy.triu(numpy.ones((4, 5), bool), 1)
    seen = {"attn_mask": torch.from_numpy(causal)}  # as PyTorch 1.13 wants to hear "causal"; added keys are seen by all
    for i, (made, attrs, masks, more) in enumerate((
            ({}, {}, {}, {}),
            ({"bias": False}, {}, {"attn_mask": causal}, {}),
            ({}, {"average_attn_weights": False}, {"key_padding_mask": numpy.array([[0, 0, 1, 0, 1], [0, 0, 0, 0, 1]], bool)}, {}),
            ({"batch_first": True}, {"batch_first": True}, {"attn_mask": rng.normal(size=(4, 5))}, {}),
            ({"kdim": 3, "vdim": 2}, {}, {"attn_mask": causal, "key_padding_mask": numpy.array([[0, 1, 0, 0, 0]] * 2, bool)}, {}),
            ({"add_bias_kv": True}, {}, {"attn_mask": causal}, {}),
            ({"add_zero_attn": True}, {"add_zero_attn": True}, {"attn_mask": rng.normal(size=(4, 4, 5))}, {}),
            ({"add_bias_kv": True, "add_zero_attn": True}, {"add_zero_attn": True, "need_weights": False},
             {"key_padding_mask": numpy.array([[0, 1, 0, 0, 0]] * 2, bool)}, {"need_weights": False}),
            ({"add_bias_kv": True}, {"is_causal": True}, {}, seen),
            ({"add_zero_attn": True}, {"is_causal": True, "add_zero_attn": True}, {}, seen),
            ({"add_bias_kv": True, "add_zero_attn": True}, {"is_causal": True, "add_zero_attn": True}, {}, seen),
            ({}, {}, {"attn_mask": rng.random((4, 4, 5)) < 0.3, "key_padding_mask": numpy.array([[0, 0, 0, 0, 1]] * 2, bool)}, {}),
    )):
        module = nn.MultiheadAttention(8, 2, **made).double()
        first = made.get("batch_first", False)
        shape = lambda time, width: (2, time, width) if first else (time, 2, width)
        x = {"q": rng.normal(size=shape(4, 8)), "k": rng.normal(size=shape(5, made.get("kdim", 8))),
             "v": rng.normal(size=shape(5, made.get("vdim", 8)))}
        if "attn_mask" in masks and masks["attn_mask"].ndim == 3 and masks["attn_mask"].dtype == bool:
            masks["attn_mask"][:, :, 0] = False
        weights = parameters(rng, module)
        more = {**more, **({"average_attn_weights": False} if "average_attn_weights" in attrs else {})}

        yield {"name": f"mha_{10 + i}", "attrs": {"embed": 8, "heads": 2, **attrs}, "inputs": {**x, **weights, **masks},
               "grads": [*x, *weights], "run": attending(module, masks, more)}
    alone = nn.MultiheadAttention(4, 2).double()
    x, weights = {"q": rng.normal(size=(3, 4)), "k": rng.normal(size=(2, 4)), "v": rng.normal(size=(2, 4))}, parameters(rng, alone)
    yield {"name": "mha_40", "attrs": {"heads": 2}, "inputs": {**x, **weights}, "grads": [*x, *weights],
           "run": calling(alone, "qkv")}


def layers(rng):
    for i, (first, activation, front, eps) in enumerate(((False, "relu", False, 1e-5), (True, "gelu", False, 1e-5),
                                                         (False, "gelu", True, 0.01), (True, "relu", True, 1e-5))):
        made = {"norm_first": first, "activation": activation, "batch_first": front, "layer_norm_eps": eps}
        attrs = {"d_model": 8, "heads": 2, "ff": 16, **made, "dropout": 0}
        module = nn.TransformerEncoderLayer(8, 2, 16, 0.0, **made).double().train()
        shape = (2, 5, 8) if front else (5, 2, 8)
        weights = parameters(rng, module)
        yield {"name": f"encoder_layer_{10 + i}", "attrs": attrs, "inputs": {"x": rng.normal(size=shape), **weights},
               "grads": ["x", *weights], "run": calling(module, ["x"])}
        mask = numpy.triu(numpy.ones((5, 5), bool), 1)
        pad = numpy.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]], bool)
        yield {"name": f"encoder_layer_{20 + i}", "attrs": attrs, "grads": ["x", *weights],
               "inputs": {"x": rng.normal(size=shape), **weights, "src_mask": mask, "src_key_padding_mask": pad},
               "run": calling(module, ["x", "src_mask", "src_key_padding_mask"])}
        module = nn.TransformerDecoderLayer(8, 2, 16, 0.0, **made).double().train()
        memory, weights = rng.normal(size=(2, 3, 8) if front else (3, 2, 8)), parameters(rng, module)
        yield {"name": f"decoder_layer_{10 + i}", "attrs": attrs, "grads": ["x", "memory", *weights],
               "inputs": {"x": rng.normal(size=shape), "memory": memory, **weights},
               "run": calling(module, ["x", "memory"])}
        yield {"name": f"decoder_layer_{20 + i}", "attrs": attrs, "grads": ["x", "memory", *weights],
               "inputs": {"x": rng.normal(size=shape), "memory": memory, **weights, "tgt_mask": mask, "memory_mask": mask[:, :3]},
               "run": calling(module, ["x", "memory", "tgt_mask", "memory_mask"])}


def stacks(rng):
    mask, pad = numpy.triu(numpy.ones((4, 4), bool), 1), numpy.array([[0, 0, 1], [0, 0, 0]], bool)
    for i, (count, first, front) in enumerate(((1, False, False), (2, True, True))):
        made = {"norm_first": first, "batch_first": front}
        shape = lambda time: (2, time, 4) if front else (time, 2, 4)
        attrs, x = {"heads": 2, **made, "dropout": 0}, {"tgt": rng.normal(size=shape(4)), "memory": rng.normal(size=shape(3))}
        for end in (None, nn.LayerNorm(4)):
            j = 2 * i + bool(end)
            module = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 3, 0.0, **made), count, end).double().train()
            weights = parameters(rng, module)
            yield {"name": f"transformer_encoder_{j}", "attrs": attrs, "grads": ["src", *weights],
                   "inputs": {"src": x["tgt"], **weights, "mask": mask}, "run": calling(module, ["src", "mask"])}
            module = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 3, 0.0, **made), count, end).double().train()
            weights = parameters(rng, module)
            yield {"name": f"transformer_decoder_{j}", "attrs": attrs, "grads": [*x, *weights], "inputs": {**x, **weights, "tgt_mask": mask},
                   "run": calling(module, ["tgt", "memory", "tgt_mask"])}
        module = nn.Transformer(4, 2, 1, 1, 3, 0.0, **made).double().train()
        weights, x = parameters(rng, module), {"src": rng.normal(size=shape(3)), "tgt": rng.normal(size=shape(4))}
        yield {"name": f"transformer_{i}", "attrs": attrs, "grads": [*x, *weights], "inputs": {**x, **weights},
               "run": calling(module, ["src", "tgt"])}
        masks = {"src_mask": mask[:3, :3], "tgt_mask": mask, "src_key_padding_mask": pad, "memory_key_padding_mask": pad}
        yield {"name": f"transformer_{10 + i}", "attrs": attrs, "grads": [*x, *weights], "inputs": {**x, **weights, **masks},
               "run": calling(module, ["src", "tgt"], masks)}


def plain(rng):
    """scaled dot products, which PyTorch 1.13 has no public function of: by its formula"""
    def dot(q, k, v, attn_mask=None, is_causal=False, scale=None):
        s = q @ k.transpose(-1, -2) * (scale or q.shape[-1] ** -0.5)
        if is_causal:
            s = s.masked_fill(torch.ones(s.shape[-2:], dtype=torch.bool).triu(1), -torch.inf)
        if attn_mask is not None:
            s = s.masked_fill(~attn_mask, -torch.inf) if attn_mask.dtype == torch.bool else s + attn_mask
        return s.softmax(-1) @ v
    shown = rng.random((3, 5)) < 0.7
    shown[:, 0] = True
    for i, (said, mask) in enumerate((({}, {}), ({"is_causal": True}, {}), ({"scale": 0.3}, {"attn_mask": shown}),
                                      ({}, {"attn_mask": rng.normal(size=(2, 3, 5))}))):
        x = {"q": rng.normal(size=(2, 2, 3, 4)), "k": rng.normal(size=(2, 2, 5, 4)), "v": rng.normal(size=(2, 2, 5, 3))}
        yield {"name": f"scaled_dot_product_attention_{i}", "attrs": said, "inputs": {**x, **mask}, "grads": list(x),
               "run": lambda said=said, **x: dot(**x, **said)}
    x = {"q": rng.normal(size=(2, 6, 3, 4)), "k": rng.normal(size=(2, 2, 5, 4)), "v": rng.normal(size=(2, 2, 5, 3))}
    yield {"name": "scaled_dot_product_attention_9", "attrs": {"enable_gqa": True, "is_causal": True}, "inputs": x,
           "grads": list(x), "run": lambda q, k, v: dot(q, k.repeat_interleave(3, 1), v.repeat_interleave(3, 1), is_causal=True)}


def cases(rng):
    yield from heads(rng)
    yield from layers(rng)
    yield from stacks(rng)
    yield from plain(rng)
