#!/usr/bin/env python3
"""torch_step.py - a training step, or with --infer the forward pass, of a model of bench_models in PyTorch.

  python3 torch_step.py MODEL [--threads N] [--infer] [--batch N] [--onnx FILE]

Prints the line of JSON that bench_models prints, timed alike: the median and the least of five rounds of at least 20 ms,
and how much memory more than before the model was made. Runs itself again with what Debian's PyTorch needs to be fast: a
core type that its OpenBLAS knows, the OpenMP flavour of that, bound threads (whatever of these is set already stays).
Works with PyTorch 1.13 and 2.x. --onnx writes the model for ort_step.py instead. Checks nothing: that is PyTorch's
business. Exit 4: there is no PyTorch here.
"""
import argparse
import math
import os
import sys

from timing import json_line, memory, timed

MODELS = ("tiny", "mlp", "lenet", "resnet20", "lstm", "gptmini", "gpt2block", "gcn")
OPENMP = "/usr/lib/x86_64-linux-gnu/openblas-openmp"


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("model", choices=MODELS)
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--infer", action="store_true")
    ap.add_argument("--batch", type=int)
    ap.add_argument("--onnx", metavar="FILE")
    return ap.parse_args()


def tuned(threads):
    """the environment is read when libraries are loaded, so it has to be there before this program starts"""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        wide = " avx512f" in f.read()
    want = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "OMP_PROC_BIND": "true",
            "OPENBLAS_CORETYPE": "SkylakeX" if wide else "Haswell"}
    if os.path.isdir(OPENMP):
        want["LD_LIBRARY_PATH"] = OPENMP
    missing = {k: v for k, v in want.items() if k not in os.environ}
    if missing:
        os.execve(sys.executable, [sys.executable] + sys.argv, {**os.environ, **missing})


args = arguments()
tuned(args.threads)
try:  # after the environment
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    sys.exit(4)


# ---- models ----
class Dense(nn.Sequential):
    def __init__(self, act, *widths):
        layers = []
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            layers += [act()] if i else []
            layers.append(nn.Linear(a, b))
        super().__init__(*layers)


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), Dense(nn.ReLU, 400, 120, 84, 10))


class Residual(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(),
                                  nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o))
        self.stride, self.more = stride, (o - i) // 2

    def forward(self, x):
        y = self.body(x)
        if self.stride != 1:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more, self.more))
        return F.relu(x + y)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        wide = [16] * 4 + [32] * 3 + [64] * 3
        self.blocks = nn.Sequential(*(Residual(i, o, 1 if i == o else 2) for i, o in zip(wide, wide[1:])))
        self.last = nn.Linear(64, 10)

    def forward(self, x):
        return self.last(self.blocks(self.first(x)).mean((2, 3)))


class CharLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm = nn.Embedding(65, 256), nn.LSTM(256, 256, batch_first=True)
        self.out = nn.Linear(256, 65)

    def forward(self, ids):
        return self.out(self.lstm(self.embed(ids))[0])


def attention(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(q.shape[-1]))
    seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
    return scores.masked_fill(~seen, float("-inf")).softmax(-1) @ v


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, c = x.shape
        parts = (p.view(b, t, self.heads, c // self.heads).transpose(1, 2) for p in self.qkv(self.n1(x)).split(c, 2))
        x = x + self.proj(attention(*parts).transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class GPT(nn.Module):
    def __init__(self, layers, width, heads, length, vocab):
        super().__init__()
        self.letters, self.places = nn.Embedding(vocab, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocab, bias=False)

    def forward(self, ids):
        x = self.letters(ids) + self.places(torch.arange(ids.shape[1]))
        return self.head(self.norm(self.blocks(x)))


class GCN(nn.Module):
    def __init__(self, around, words, hidden, fields):
        super().__init__()
        self.around = around
        self.w1, self.w2 = nn.Linear(words, hidden, bias=False), nn.Linear(hidden, fields, bias=False)
        self.b1, self.b2 = nn.Parameter(torch.zeros(hidden)), nn.Parameter(torch.zeros(fields))

    def forward(self, x):
        x = F.dropout(F.relu(torch.sparse.mm(self.around, self.w1(x)) + self.b1), 0.5, self.training)
        return torch.sparse.mm(self.around, self.w2(x)) + self.b2


# ---- what a step is: model, input, target, loss, optimiser ----
def classes(y, target):
    return F.cross_entropy(y.reshape(-1, y.shape[-1]), target.reshape(-1))


def cora_sized(papers=2708, cited=10556, words=1433, fields=7):
    a, b = torch.randint(papers, (cited,)), torch.randint(papers, (cited,))
    a, b = torch.cat([a, torch.arange(papers)]), torch.cat([b, torch.arange(papers)])
    scale = torch.zeros(papers).index_add_(0, b, torch.ones(len(b))).pow(-0.5)
    around = torch.sparse_coo_tensor(torch.stack([b, a]), scale[a] * scale[b], (papers, papers)).coalesce()
    x = (torch.rand(papers, words) < 0.0127).float()
    x = x / x.sum(1, keepdim=True).clamp(min=1)
    return GCN(around, words, 16, fields), x, torch.randint(fields, (140,))


def made(name, n):
    def sgd(m, **more):
        return torch.optim.SGD(m.parameters(), **more)

    def letters(n, t):
        return torch.randint(65, (n, t))

    if name == "tiny":
        n, m = n or 32, Dense(nn.Tanh, 2, 16, 16, 1)
        return m, torch.rand(n, 2), torch.rand(n, 1), F.mse_loss, sgd(m, lr=0.05)
    if name == "mlp":
        n, m = n or 128, Dense(nn.ReLU, 784, 512, 512, 10)
        return m, torch.rand(n, 784), torch.randint(10, (n,)), classes, sgd(m, lr=0.05)
    if name == "lenet":
        n, m = n or 128, lenet()
        return m, torch.rand(n, 1, 28, 28), torch.randint(10, (n,)), classes, torch.optim.Adam(m.parameters(), 1e-3)
    if name == "resnet20":
        n, m = n or 64, ResNet20()
        opt = sgd(m, lr=0.1, momentum=0.9, weight_decay=1e-4)
        return m, torch.rand(n, 3, 32, 32), torch.randint(10, (n,)), classes, opt
    if name == "lstm":
        n, m = n or 32, CharLSTM()
        return m, letters(n, 64), letters(n, 64), classes, torch.optim.Adam(m.parameters(), 2e-3)
    if name == "gptmini":
        n, m = n or 16, GPT(4, 128, 4, 128, 65)
        return m, letters(n, 128), letters(n, 128), classes, torch.optim.AdamW(m.parameters(), 1e-3)
    if name == "gpt2block":
        m, x = Block(768, 12), torch.rand(n or 4, 64, 768, requires_grad=True)
        return m, x, None, lambda y, _: y.square().mean(), None
    m, x, y = cora_sized()
    opt = torch.optim.Adam(m.parameters(), 0.01, weight_decay=5e-4)
    return m, x, y, lambda o, t: F.cross_entropy(o[:len(t)], t), opt


def stepper(model, x, y, loss, opt):
    def infer():
        with torch.no_grad():
            return model(x).mean()

    def train():
        if opt:
            opt.zero_grad(set_to_none=True)
        else:
            x.grad = None
            for p in model.parameters():
                p.grad = None
        value = loss(model(x), y)
        value.backward()
        if opt:
            opt.step()

    model.train(not args.infer)
    return infer if args.infer else train


def main():
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    before = memory("VmRSS:")
    parts = made(args.model, args.batch)
    if args.onnx:
        older = {} if torch.__version__.startswith("1.") else {"dynamo": False}
        torch.onnx.export(parts[0].eval(), parts[1], args.onnx, opset_version=13, input_names=["x"],
                          output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, **older)
        return
    rounds = timed(stepper(*parts))
    print(json_line("infer" if args.infer else "step", args, rounds, before, "PyTorch " + torch.__version__))


main()
