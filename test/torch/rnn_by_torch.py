"""rnn_by_torch.py - what PyTorch itself says to the recurrent cases of a folder laid out like the shared one.

Promises: for each case of DIR/rnn the layer that its attributes name, with the weights of its files, in float64: the
largest difference of its outputs from those of the files. Exit 0 when PyTorch reproduces all, else 1.
Does not do: gradients; other groups; nervo, which `./do conformance torch DIR` holds against the same files.

usage: python3 test/torch/rnn_by_torch.py DIR
"""
import json
import pathlib
import sys

import numpy
import torch


def largest_difference(case):
    said = json.loads((case / "case.json").read_text())
    attrs = said["attrs"]
    read = {path.stem[3:]: torch.from_numpy(numpy.load(path)) for path in case.glob("in_*.npy")}
    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[attrs["kind"]]
    more = {"rnn": {"nonlinearity": attrs["nonlinearity"]}, "lstm": {"proj_size": attrs["proj"]}, "gru": {}}[attrs["kind"]]
    net = layer(read["x"].shape[2], attrs["hidden"], attrs["layers"], bidirectional=attrs["bidirectional"],
                **more).double()
    net.load_state_dict({name: read[name] for name in net.state_dict()}, strict=True)
    begin = (read["h0"], read["c0"]) if "c0" in read else read["h0"]
    out, last = net(read["x"], begin)
    got = [out, *(last if isinstance(last, tuple) else [last])]
    want = [torch.from_numpy(numpy.load(case / f"out_{i}.npy")) for i in range(len(got))]
    return max(float((a - b).abs().max()) for a, b in zip(got, want))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[-1])
    other = 0
    for case in sorted((pathlib.Path(sys.argv[1]) / "rnn").iterdir()):
        difference = largest_difference(case)
        other += difference > 1e-9
        print(f"{case.name:10} {difference:.3g}")
    print(f"PyTorch {torch.__version__} gives other values in {other}")
    sys.exit(other > 0)


if __name__ == "__main__":
    main()
