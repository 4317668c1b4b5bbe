"""sequential.py - a network's text as the nn.Sequential that has the same state_dict.

Promises: any text of the words in docs/ref/layers.md, which is written from the records: the argument's names, types
and defaults come from there, so that they stand nowhere twice. Only what PyTorch calls them is here.
Does not do: explain what is wrong with a text; nervo does.
"""
import pathlib
import re
from collections import OrderedDict
import torch
from torch import nn

PAGE = pathlib.Path(__file__).parents[2] / "docs/ref/layers.md"


def words():
    """word -> (the PyTorch module or None, [(argument, type, default or None)])"""
    found = {}
    for part in PAGE.read_text().split("\n### ")[1:]:
        module = re.search(r"^- In PyTorch: `nn\.(\w+)`", part, re.M)
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| .* \| (.*) \|$", part, re.M)
        blank = {"has to be given": None, "see above": None, "no": "0"}
        found[part.split("\n")[0]] = (module and module.group(1),
                                      [(name, kind, blank.get(value, value)) for name, kind, value in rows])
    return found


class Residual(nn.Sequential):
    """what comes out plus what went in, through `shortcut` where the shape changes"""

    def forward(self, x):
        y = x
        for name, layer in self.named_children():
            y = y if name == "shortcut" else layer(y)
        return y + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class Parallel(nn.ModuleList):
    """branches side by side along axis 1"""

    def forward(self, x):
        return torch.cat([branch(x) for branch in self], 1)


class GlobalAvgPool(nn.Module):
    def forward(self, x):
        return x.flatten(2).mean(2)


class GlobalMaxPool(nn.Module):
    def forward(self, x):
        return x.flatten(2).amax(2)


class ChannelShuffle(nn.Module):
    """nn.ChannelShuffle, which has no derivative in PyTorch 1.13"""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        return x.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)


class CircularPad(nn.Module):
    def __init__(self, around):
        super().__init__()
        self.around = around

    def forward(self, x):
        return nn.functional.pad(x, self.around, "circular")


def windows(cls, x, a, channels):
    more = {"padding_mode": mode for mode in ("reflect", "replicate", "circular") if a.get(mode)}
    if "output_pad" in a:
        more["output_padding"] = a["output_pad"]
    return cls(x.shape[1], channels, a["kernel"], a["stride"], "same" if a.get("same") else a["pad"],
               dilation=a["dilation"], groups=a["groups"], bias=not a["no_bias"], **more)


def per_axes(x, name):
    """nn.MaxPool1d, 2d or 3d, by the axes of x behind its channels"""
    return getattr(nn, f"{name}{x.dim() - 2}d")


def upsample(x, a):
    mode = "nearest"
    if a["linear"]:
        mode = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.dim()]
    elif a["cubic"]:
        mode = "bicubic"
    by = {"size": a["size"]} if a["size"] else {"scale_factor": a["scale"]}
    return nn.Upsample(mode=mode, align_corners=None if mode == "nearest" else a["align_corners"], **by)


def around(x, a):
    n = a["around"]
    return n if isinstance(n, tuple) else (n,) * (2 * (x.dim() - 2))


def recurrent(cls, x, a, **more):
    class States(cls):
        """gives what it was at every turn, and not its last state"""

        def forward(self, x):
            return super().forward(x)[0]
    return States(x.shape[-1], a["hidden"], a["layers"], not a["no_bias"], True, a["dropout"], a["bidirectional"], **more)


def later(x):
    return torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)


class SelfAttention(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False, attn_mask=later(x) if self.causal else None)[0]


class EncoderLayer(nn.TransformerEncoderLayer):
    def forward(self, x):
        return super().forward(x, later(x) if self.causal else None)


class Encoder(nn.TransformerEncoder):
    def forward(self, x):
        return super().forward(x, later(x) if self.causal else None)


class Clusters(nn.AdaptiveLogSoftmaxWithLoss):
    def forward(self, x):
        return self.log_prob(x)


def causal(module, a):
    module.causal = a["causal"]
    return module


def encoder(x, a):
    return (x.shape[-1], a["heads"], a["ff"], a["dropout"], "gelu" if a["gelu"] else "relu", a["eps"], True,
            a["norm_first"])


# what each word is in PyTorch, made for the input x
MAKE = {
    "dense": lambda x, a: nn.Linear(x.shape[-1], a["units"], bias=not a["no_bias"]),
    "conv": lambda x, a: windows(nn.Conv2d, x, a, a["out"]),
    "conv_transposed": lambda x, a: windows(nn.ConvTranspose2d, x, a, a["out"]),
    "bn": lambda x, a: (nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(
        x.shape[1], a["eps"], a["momentum"], not a["no_affine"], not a["no_track"]),
    "ln": lambda x, a: nn.LayerNorm(x.shape[-a["axes"]:], a["eps"], not a["no_affine"]),
    "gn": lambda x, a: nn.GroupNorm(a["groups"], x.shape[1], a["eps"], not a["no_affine"]),
    "instance_norm": lambda x, a: per_axes(x, "InstanceNorm")(x.shape[1], a["eps"], a["momentum"], a["affine"], a["track"]),
    "dropout_channels": lambda x, a: per_axes(x, "Dropout")(a["p"]),
    "rnn": lambda x, a: recurrent(nn.RNN, x, a, nonlinearity="relu" if a["relu"] else "tanh"),
    "lstm": lambda x, a: recurrent(nn.LSTM, x, a, proj_size=a["proj"]),
    "gru": lambda x, a: recurrent(nn.GRU, x, a),
    "attention": lambda x, a: causal(SelfAttention(x.shape[-1], a["heads"], a["dropout"], not a["no_bias"],
                                                   batch_first=True), a),
    "encoder_layer": lambda x, a: causal(EncoderLayer(*encoder(x, a)), a),
    "encoder": lambda x, a: causal(Encoder(nn.TransformerEncoderLayer(*encoder(x, a)), a["layers"],
                                           None if a["no_norm"] else nn.LayerNorm(x.shape[-1], a["eps"])), a),
    "adaptive_log_softmax": lambda x, a: Clusters(
        x.shape[-1], a["classes"], list(a["cutoffs"]) if isinstance(a["cutoffs"], tuple) else [a["cutoffs"]], a["div"], a["bias"]),
    "conv1d": lambda x, a: windows(nn.Conv1d, x, a, a["out"]),
    "conv3d": lambda x, a: windows(nn.Conv3d, x, a, a["out"]),
    "conv1d_transposed": lambda x, a: windows(nn.ConvTranspose1d, x, a, a["out"]),
    "conv3d_transposed": lambda x, a: windows(nn.ConvTranspose3d, x, a, a["out"]),
    "pool": lambda x, a: per_axes(x, "MaxPool")(a["kernel"], a["stride"], a["pad"], a["dilation"],
                                                ceil_mode=a["ceil_mode"]),
    "avg_pool": lambda x, a: per_axes(x, "AvgPool")(a["kernel"], a["stride"], a["pad"], a["ceil_mode"],
                                                    not a["leave_pad_out"]),
    "lp_pool": lambda x, a: per_axes(x, "LPPool")(a["norm"], a["kernel"], a["stride"], a["ceil_mode"]),
    "adaptive_avg_pool": lambda x, a: per_axes(x, "AdaptiveAvgPool")(a["output"]),
    "adaptive_max_pool": lambda x, a: per_axes(x, "AdaptiveMaxPool")(a["output"]),
    "global_avg_pool": lambda x, a: GlobalAvgPool(),
    "global_max_pool": lambda x, a: GlobalMaxPool(),
    "upsample": upsample,
    "channel_shuffle": lambda x, a: ChannelShuffle(a["groups"]),
    "unfold": lambda x, a: nn.Unfold(a["kernel"], a["dilation"], a["pad"], a["stride"]),
    "fold": lambda x, a: nn.Fold(a["output"], a["kernel"], a["dilation"], a["pad"], a["stride"]),
    "constant_pad": lambda x, a: per_axes(x, "ConstantPad")(around(x, a), a["value"]),
    "reflection_pad": lambda x, a: per_axes(x, "ReflectionPad")(around(x, a)),
    "replication_pad": lambda x, a: per_axes(x, "ReplicationPad")(around(x, a)),
    "circular_pad": lambda x, a: CircularPad(around(x, a)),
    "dropout": lambda x, a: nn.Dropout(a["p"]),
    "leaky_relu": lambda x, a: nn.LeakyReLU(a["slope"]),
    "softmax": lambda x, a: nn.Softmax(a["axis"]),
    "elu": lambda x, a: nn.ELU(a["alpha"]),
    "celu": lambda x, a: nn.CELU(a["alpha"]),
    "hardtanh": lambda x, a: nn.Hardtanh(a["min"], a["max"]),
    "hardshrink": lambda x, a: nn.Hardshrink(a["lambd"]),
    "softshrink": lambda x, a: nn.Softshrink(a["lambd"]),
    "threshold": lambda x, a: nn.Threshold(a["threshold"], a["value"]),
    "glu": lambda x, a: nn.GLU(a["axis"]),
    "prelu": lambda x, a: nn.PReLU(a["slopes"], a["start"]),
}


def value(kind, text):
    """of an argument, from its text; no text: not given"""
    if kind == "flag":
        return text == "1"
    if text is None:
        return None
    if kind == "real":
        return float(text)
    numbers = [int(n) for n in text.split("x")]
    return tuple(numbers) if len(numbers) > 1 else numbers[0]


class Reader:
    """text -> modules, one clause after the other; x is a batch that has come as far as the modules built so far"""

    def __init__(self, text, x):
        text = re.sub(r"#.*", "", text)
        self.token = re.findall(r"[|{};:\n]|[^\s|{};:]+", text) + [""]
        self.at = 0
        self.x = x
        self.known = words()

    def next(self):
        self.at += 1
        return self.token[self.at - 1]

    def arguments(self, word):
        rest = list(self.known[word][1])
        got = {name: value(kind, default) for name, kind, default in rest}
        while True:
            token = self.token[self.at]
            named = [row for row in rest if row[0] == token]
            if named and named[0][1] == "flag":
                got[self.next()] = True
                continue
            if named:
                self.next()
                row = named[0]
            elif re.match(r"[-+.\d]", token):
                row = next(row for row in rest if row[1] != "flag")
            else:
                return got
            rest.remove(row)
            got[row[0]] = value(row[1], self.next())

    def clauses(self, ends):
        """(name or None, module) of each word up to one of `ends`, which is eaten; repeat unrolls"""
        found, name = [], None
        while True:
            token = self.next()
            if token in ends:
                return found, token
            if token in "|\n":
                continue
            if self.token[self.at] == ":":
                name = token
                self.next()
            elif token == "input":
                self.next()
            elif token == "repeat":
                found += self.repeat()
            else:
                found.append((name, self.module(token)))
                name = None

    def open(self):
        while self.next() != "{":
            pass

    def repeat(self):
        times, found = int(self.next()), []
        self.open()
        begin = self.at
        for _ in range(times):
            self.at = begin
            found += self.clauses("}")[0]
        return found

    def residual(self):
        x = self.x
        self.open()
        block = Residual(sequence(self.clauses("}")[0]))
        y = self.x
        if x.shape != y.shape and x.dim() == 4:
            stride = [next(s for s in range(1, 65) if (a - 1) // s + 1 == b) for a, b in zip(x.shape[2:], y.shape[2:])]
            block.add_module("shortcut", nn.Conv2d(x.shape[1], y.shape[1], 1, stride, bias=False))
        elif x.shape != y.shape:
            block.add_module("shortcut", nn.Linear(x.shape[-1], y.shape[-1], bias=False))
        self.x = x
        return block

    def parallel(self):
        x, branches, end = self.x, [], ";"
        self.open()
        while end == ";":
            self.x = x
            found, end = self.clauses(";}")
            branches.append(nn.Sequential(sequence(found)))
        self.x = x
        return Parallel(branches)

    def module(self, word):
        if word in ("residual", "parallel"):
            made = getattr(self, word)()
        elif word in MAKE:
            made = MAKE[word](self.x, self.arguments(word))
        else:
            made = getattr(nn, self.known[word][0])(*self.arguments(word).values())
        made.eval()
        with torch.no_grad():
            self.x = made(self.x)
        return made


def sequence(found):
    """what has no name is called by its place, as in nn.Sequential"""
    return OrderedDict((name or str(i), module) for i, (name, module) in enumerate(found))


def sequential(text, shape):
    """the nn.Sequential of a text, for samples of this shape, with PyTorch's own first weights"""
    reader = Reader(text, torch.zeros(2, *shape))
    return nn.Sequential(sequence(reader.clauses([""])[0]))
