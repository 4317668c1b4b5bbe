#!/usr/bin/env python3
"""torch_ops.py - single operators of PyTorch on tensors as it keeps them (NCHW), float32, with 1.13 or 2.x.

Reads the words of a row from each line of stdin, such as `softmax 2048x128 both`, and answers with a line of the
protocol (bench/README.md): starting PyTorch takes more than a second, so one process does all rows of a round.
`both` is the forward pass and the backward pass after it. OMP_NUM_THREADS says how many threads there are. Does not
do: check results, which is PyTorch's business. Exit 4: there is no PyTorch here.
"""
import json
import math
import os
import sys

from timing import timed

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(4)

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
torch.set_num_threads(THREADS)


def lengths(word):
    return [int(n) for n in word.split("x")]


def passes(f, both, *inputs):
    """f(*inputs), or also its gradients by all of them"""
    if not both:
        def forward():
            with torch.no_grad():
                f(*inputs)
        return forward
    inputs = [x.requires_grad_(True) if x.is_floating_point() else x for x in inputs]
    real = [x for x in inputs if x.requires_grad]
    dy = torch.rand_like(f(*inputs).detach())
    return lambda: torch.autograd.grad(f(*inputs), real, dy)


def conv(words):
    which, x, out, k = words[0], lengths(words[1]), int(words[2]), lengths(words[3])
    more = dict(zip(words[4::2], map(int, words[5::2])))
    groups = more.get("groups", 1)
    f = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[len(k)]
    how = (more.get("stride", 1), more.get("pad", 0), more.get("dilation", 1), groups)
    x, w = torch.rand(x), torch.rand([out, x[1] // groups] + k)
    if which == "forward":
        return passes(lambda x, w: f(x, w, None, *how), False, x, w)
    x.requires_grad_(which == "data")
    w.requires_grad_(which == "weights")
    y = f(x, w, None, *how)
    dy = torch.rand_like(y)
    return lambda: torch.autograd.grad(y, x if which == "data" else w, dy, retain_graph=True)


def attend(q, k, v, causal):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        hidden = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, -math.inf)
    return torch.softmax(scores, -1) @ v


def recurrent(kind, d, both):
    net = kind(d[2], d[2])
    x = torch.rand(d)
    return passes(lambda x, *weights: net(x)[0], both, x, *net.parameters())


def learning(make, d):
    w = torch.rand(d, requires_grad=True)
    w.grad = torch.rand(d)
    return make([w]).step


def gates(x, c):
    i, f, g, o = x.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c)


BIASED = {"bias_relu": lambda x, b: F.relu(x + b), "bias_gelu": lambda x, b: F.gelu(x + b)}
FLAT = {"exp": torch.exp, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "gelu": F.gelu,
        "dropout": lambda x: F.dropout(x, 0.1, True), "scale_relu": lambda x: F.relu(0.5 * x + 0.25)}
LEARN = {"sgd": lambda w: torch.optim.SGD(w, 0.01), "momentum": lambda w: torch.optim.SGD(w, 0.01, momentum=0.9),
         "adam": lambda w: torch.optim.Adam(w, 1e-3), "adamw": lambda w: torch.optim.AdamW(w, 1e-3)}


def prepared(words):
    name = words[0]
    if name == "conv":
        return conv(words[1:])
    d, both = lengths(words[1]), "both" in words
    if name in FLAT:
        return passes(FLAT[name], both, torch.rand(d))
    if name in BIASED:
        return passes(BIASED[name], both, torch.rand(d), torch.rand(d[1]))
    if name == "softmax":
        return passes(lambda x: F.softmax(x, -1), both, torch.rand(d))
    if name in LEARN:
        return learning(LEARN[name], d)
    if name == "add":
        return passes(torch.add, both, torch.rand(d), torch.rand(d))
    if name == "layer_norm":
        return passes(lambda x, w, b: F.layer_norm(x, (d[1],), w, b), both, torch.rand(d), torch.rand(d[1]),
                      torch.rand(d[1]))
    if name == "normalise":
        return passes(lambda x, m, s, w, b: (x - m) * s * w + b, both, torch.rand(d), torch.rand(d[0], 1),
                      torch.rand(d[0], 1), torch.rand(d[1]), torch.rand(d[1]))
    if name == "lstm_gates":
        return passes(gates, both, torch.rand(d[0], 4 * d[1]), torch.rand(d))
    if name == "cross_entropy":
        labels = torch.arange(d[0]) * 7919 % d[1]
        return passes(lambda x: F.cross_entropy(x, labels), both, torch.rand(d))
    if name in ("attention", "causal_attention"):
        return passes(lambda q, k, v: attend(q, k, v, name != "attention"), both, *[torch.rand(d) for _ in range(3)])
    return recurrent({"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[name], d, both)


for line in sys.stdin:
    try:
        rounds = timed(prepared(line.split()))
    except (KeyError, ValueError, IndexError, RuntimeError) as e:
        print(json.dumps({"row": f"{line.strip()} t{THREADS}", "error": str(e)}), flush=True)
        continue
    print(json.dumps({"row": f"{line.strip()} t{THREADS}", "seconds": rounds[len(rounds) // 2], "least": rounds[0],
                      "checked": False}), flush=True)
