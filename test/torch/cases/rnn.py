"""Recurrent nets and cells, on the weights of PyTorch's modules."""
import numpy
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.nn.utils.stateless import functional_call

KIND = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def net(rng, kind, i, hidden, layers, both, proj=0, nonlinearity="tanh", bias=True, first=False, lengths=None, start=True,
        alone=False):
    made = {"num_layers": layers, "bidirectional": both, "bias": bias, "batch_first": first}
    if kind == "rnn":
        made["nonlinearity"] = nonlinearity
    if kind == "lstm":
        made["proj_size"] = proj
    module = KIND[kind](3, hidden, **made).double()
    weights = {name: rng.normal(size=tuple(p.shape)) * 0.5 for name, p in module.named_parameters()}
    shape = (5, 3) if alone else (2, 5, 3) if first else (5, 2, 3)
    state = {"h0": (layers * (1 + both), 2, proj or hidden), "c0": (layers * (1 + both), 2, hidden)}
    starts = {} if not start else {n: rng.normal(size=s[::2] if alone else s) for n, s in state.items()
                                   if n == "h0" or kind == "lstm"}
    more = {} if lengths is None else {"lengths": numpy.array(lengths)}

    def run(inputs):
        x, s = inputs["x"], tuple(inputs[n] for n in starts)
        if lengths is not None:
            x = pack_padded_sequence(x, torch.tensor(lengths), first, enforce_sorted=False)
        module._flat_weights = [inputs[n] for n in module._flat_weights_names] # functional_call leaves these as they were
        y, last = module(x, s if len(s) == 2 else s[0] if s else None)
        if lengths is not None:
            y = pad_packed_sequence(y, first, total_length=5)[0]
        return (y, *(last if isinstance(last, tuple) else (last,)))
    return {"name": f"{kind}_{i}", "inputs": {"x": rng.normal(size=shape), **starts, **weights, **more},
            "attrs": {"kind": kind, "hidden": hidden, "layers": layers, "bidirectional": both, "proj": proj,
                      "nonlinearity": nonlinearity if kind == "rnn" else "", "batch_first": first},
            "grads": ["x", *starts, *weights], "run": run}


def cell(rng, kind, i, start, alone, **made):
    module = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}[kind](3, 4, **made).double()
    weights = {name: rng.normal(size=tuple(p.shape)) for name, p in module.named_parameters()}
    shape = lambda n: (n,) if alone else (2, n)
    starts = {n: rng.normal(size=shape(4)) for n in ("h", "c") if start and (n == "h" or kind == "lstm")}

    def run(inputs):
        s = tuple(inputs[n] for n in starts)
        return functional_call(module, {n: inputs[n] for n in weights}, (inputs["x"], s if len(s) == 2 else s[0] if s else None))
    return {"name": f"{kind}_cell_{i}", "inputs": {"x": rng.normal(size=shape(3)), **starts, **weights}, "attrs": made,
            "grads": ["x", *starts, *weights], "run": run}


def cases(rng):
    for kind in KIND:
        yield net(rng, kind, 100, 4, 1, False)
        yield net(rng, kind, 101, 4, 2, False, bias=False)
        yield net(rng, kind, 102, 3, 1, True, start=False)
        yield net(rng, kind, 103, 3, 2, True, first=True)
        yield net(rng, kind, 104, 3, 1, False, lengths=[3, 5])
        yield net(rng, kind, 105, 3, 2, True, lengths=[2, 4], first=True)
        yield net(rng, kind, 106, 3, 1, True, alone=True)
        yield cell(rng, kind, 0, True, False)
        yield cell(rng, kind, 1, False, False, bias=False)
        yield cell(rng, kind, 2, True, True)
    yield net(rng, "rnn", 107, 4, 2, False, nonlinearity="relu")
    yield net(rng, "lstm", 107, 4, 2, True, proj=2)
    yield net(rng, "lstm", 108, 3, 1, False, proj=1, lengths=[1, 5])
    yield cell(rng, "rnn", 3, True, False, nonlinearity="relu")
