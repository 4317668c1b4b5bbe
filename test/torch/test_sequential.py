"""The same network in nervo and in PyTorch: a trained file loads into the nn.Sequential of its text with strict=True
and gives the same outputs; first weights come from the same distributions; the same steps from the same weights lead
to the same weights. All to 1e-5.                                                       label: house conformance

Skips, and says so, where python3 has no torch; `./do test --long` installs it and then it may not skip.
"""
import os
import pathlib
import shutil
import subprocess
import sys

try:
    import numpy
    import torch
except ImportError as missing:
    debian = "/usr/bin/python3" # another python3 may come first in PATH
    if sys.executable != debian and os.access(debian, os.X_OK) and "NERVO_TORCH_AGAIN" not in os.environ:
        os.environ["NERVO_TORCH_AGAIN"] = "1"
        os.execv(debian, [debian, "-B", __file__])
    print(f"{missing}: apt-get install --no-install-recommends python3-torch python3-numpy (./do test --long does it)")
    sys.exit(1 if os.environ.get("NERVO_MAY_NOT_SKIP") else 77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sequential
import tensors

NERVO = os.environ["NERVO_BIN"]
ROWS, NEAR = 48, 1e-5
IMAGE, ROW, SEQUENCE, VOLUME, WORDS = (3, 12, 12), (7,), (3, 15), (2, 6, 5, 7), (5, 6)

# (text, shape of a sample): every word stands in at least one of them, which is checked
TEXTS = [
    ("dense 5", ROW),
    ("fc1: dense 16 relu | dense 8 no_bias tanh | out: dense 3", ROW),
    ("dense 12 sigmoid | dense 12 gelu | dense 12 silu | dense 12 softplus | dense 12 leaky_relu | dense 4", ROW),
    ("dense 12 relu6 | dense 12 elu 0.5 | dense 12 selu | dense 12 celu alpha 2 | dense 12 mish | dense 12 glu | dense 4", ROW),
    ("dense 9 hardtanh -2 0.5 | dense 9 hardsigmoid | dense 9 hardswish | dense 9 softsign | dense 9 logsigmoid | dense 3", ROW),
    ("dense 9 hardshrink 0.1 | dense 9 softshrink 0.05 | dense 9 tanhshrink | dense 9 threshold -1 value -2 | dense 3", ROW),
    ("dense 9 prelu | dense 9 | p: prelu 9 start 0.1 | dense 3", ROW),
    ("dense 12 leaky_relu 0.2 | dense 6 softmax | dense 5 softmax axis 1 | identity", ROW),
    ("dense 20 | bn | relu | dropout 0.3 | dense 20 | ln | tanh | norm: bn eps 1e-3 momentum 0.3 | dense 2", ROW),
    ("conv 8 3x3 pad 1 relu | pool 2 | conv 12 3x3 pad 1 relu | pool 2 | flatten | dense 10", IMAGE),
    ("stem: conv 6 3x5 stride 2 pad 1x2 bn relu | pool 3 stride 1 pad 1 | dropout | flatten | head: dense 4", IMAGE),
    ("conv 6 3 groups 3 dilation 2 no_bias | avg_pool 2 stride 1 pad 1 | gelu | global_avg_pool | dense 3", IMAGE),
    ("conv 4 3 stride 2 | bn | conv_transposed 3 4 stride 2 pad 1 | silu | conv_transposed 6 2 groups 3 no_bias | "
     "avg_pool 2 | flatten | dense 2", IMAGE),
    ("conv 6 3 pad 1 bn relu | residual { conv 6 3 pad 1 bn relu | conv 6 3 pad 1 bn } relu | "
     "down: residual { conv 9 3 pad 1 stride 2 bn relu | conv 9 3 pad 1 } | global_avg_pool | dense 3", IMAGE),
    ("parallel { conv 3 1 ; conv 4 3 pad 1 relu | c: conv 2 1 ; pool 3 stride 1 pad 1 } | relu | "
     "repeat 2 { conv 5 3 tanh | ln } | flatten | residual { dense 8 relu | dense 6 } | dense 3", IMAGE),
    ("conv1d 6 3 pad 1 | pool 2 ceil_mode | conv1d 4 2 same circular relu | conv1d_transposed 3 3 stride 2 output_pad 1 | "
     "avg_pool 3 leave_pad_out pad 1 | reflection_pad 1x2 | adaptive_max_pool 4 | flatten | dense 2", SEQUENCE),
    ("conv3d 4 3x2x3 stride 1x2x1 pad 1 replicate | pool 2x1x3 | conv3d_transposed 3 2 stride 2 | avg_pool 2 | "
     "adaptive_avg_pool 2x1x2 | global_max_pool | dense 2", VOLUME),
    ("conv 4 3 pad 1 reflect | upsample 1.5 linear | channel_shuffle 2 | pixel_shuffle 2 | lp_pool 2 3 stride 2 ceil_mode | "
     "pixel_unshuffle 3 | adaptive_avg_pool 3x2 | upsample size 5x4 cubic align_corners | flatten | dense 2", IMAGE),
    ("constant_pad 1x0x2x1 value 0.5 | replication_pad 1 | circular_pad 2x1x0x1 | unfold 3 stride 2 | fold 8x16 3x3 pad 1 "
     "stride 1x2 | upsample | pool 3 | flatten | dense 3", IMAGE),
    ("gn 3 | instance_norm affine track momentum 0.3 | dropout_channels 0 | conv 4 3 | bn no_affine | ln axes 3 | "
     "feature_alpha_dropout 0 | alpha_dropout 0 | instance_norm | ln no_affine | flatten | dense 2", IMAGE),
    ("lstm 5 layers 2 bidirectional | rnn 4 relu no_bias | gru 6 | lstm 6 proj 3 | flatten | dense 3", WORDS),
    ("attention 2 causal | encoder_layer 3 ff 8 dropout 0 gelu norm_first | encoder 2 2 ff 7 dropout 0 causal | flatten | "
     "dense 2", WORDS),
    ("dense 16 tanh | adaptive_log_softmax 9 3x6 bias", ROW),
    ("dense 8 | adaptive_log_softmax 5 cutoffs 2 div 2", ROW),
    ("# a file, with comments\ninput 3x12x12\nflatten\nrepeat 3 {\n  dense 9 # hidden\n  relu\n}\n"
     "mix: parallel {\n  dense 2\n;\n  identity\n}\nout: dense 2\n", IMAGE),
]


def nervo(*arguments):
    done = subprocess.run([NERVO, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"exit {done.returncode}: nervo {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


class Trial:
    """one network with its data, in a folder"""

    def __init__(self, number, text, shape):
        self.text, self.shape = text, shape
        self.folder = pathlib.Path(f"{number:02}")
        random = numpy.random.default_rng(number)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.x = random.standard_normal((ROWS, *shape)).astype("f4")
        self.torch = sequential.sequential(text, shape)
        with torch.no_grad():
            self.outputs = self.torch.eval()(torch.from_numpy(self.x)).shape[1]
        self.t = {"mse": random.standard_normal((ROWS, self.outputs)).astype("f4"),
                  "bce": random.integers(0, 2, (ROWS, self.outputs)).astype("f4"),
                  "cross-entropy": numpy.concatenate([numpy.arange(self.outputs), random.integers(
                      0, self.outputs, ROWS - self.outputs)]).astype("i4")}
        numpy.save(self.folder / "x.npy", self.x)
        for loss, t in self.t.items():
            numpy.save(self.folder / f"{loss}.npy", t)

    def data(self, loss):
        return f"{self.folder}/x.npy,{self.folder}/{loss}.npy"

    def train(self, run, loss, *options, text=None):
        """the tensors of the model that this leaves"""
        folder = self.folder / run
        nervo("train", "-m", text or self.text, "--data", self.data(loss), "--loss", loss, "--test-split", 0, "--scale",
              "none", "-o", folder, "--no-pictures", "--no-progress", "--seed", 5, *options)
        return tensors.read(folder / "model.safetensors")[0]

    def load(self, state, text=None):
        module = sequential.sequential(text or self.text, self.shape)
        module.load_state_dict(state, strict=True)
        return module


def compare(what, have, want):
    """have and want: tensors or dictionaries of them"""
    if not isinstance(have, dict):
        have, want = {"": have}, {"": want}
    if have.keys() != want.keys():
        raise SystemExit(f"{what}: names differ: {sorted(have.keys() ^ want.keys())}")
    worst = 0.0
    for name, a in have.items():
        b = want[name]
        if a.shape != b.shape or a.dtype != b.dtype:
            raise SystemExit(f"{what} {name}: {a.dtype} {list(a.shape)}, PyTorch has {b.dtype} {list(b.shape)}")
        gap = ((a.double() - b.double()).abs() / b.double().abs().clamp(min=1)).max().item() if a.numel() else 0.0
        worst = max(worst, gap)
        if not gap <= NEAR:
            raise SystemExit(f"{what} {name}: differs by {gap:g} from PyTorch, at most {NEAR:g} is allowed")
    return worst


def outputs_agree(trial):
    """a trained file, loaded into PyTorch, predicts what nervo predicts"""
    state = trial.train("trained", "mse", "--epochs", 3, "--batch", 16, "--lr", 0.01)
    with torch.no_grad():
        want = trial.load(state).eval()(torch.from_numpy(trial.x))
    file = trial.folder / "trained/model.safetensors"
    printed = nervo("predict", file, "--data", trial.data("mse"), "--split", "all")
    rows = numpy.loadtxt(printed.splitlines()[1:], delimiter=",", ndmin=2)
    have = torch.from_numpy(rows[:, 1:1 + trial.outputs]).float()
    if not want.std() > 0:
        raise SystemExit("all outputs are the same: nothing was compared")
    return compare("outputs", have, want)


def bound_of(state, name):
    """what is drawn is uniform within it: +-1/sqrt(fan-in), where the fan-in is the size of one row of the weight, of the
    bias, too; of recurrent nets it is the length of their state, and attention's is Glorot's"""
    part, _, last = name.rpartition(".")
    if last == "in_proj_weight":
        return (6 / sum(state[name].shape)) ** 0.5
    if "_l" in last:
        projected = f"{part}.weight_hr_l0"
        return state[projected if projected in state else f"{part}.weight_hh_l0"].shape[1] ** -0.5
    return state[part + ".weight"][0].numel() ** -0.5


def starts_agree(trial):
    """first weights: constants equal PyTorch's, what is drawn has the same bounds and fills them"""
    state = trial.train("first", "mse", "--epochs", 1, "--batch", ROWS, "--lr", 0, "--optim", "sgd")
    torch.manual_seed(1)
    many = [sequential.sequential(trial.text, trial.shape).state_dict() for _ in range(100)]
    for name, value in trial.load(state).named_parameters():
        drawn = torch.stack([one[name] for one in many])
        if drawn.max() == drawn.min():
            compare(name, value.detach(), drawn[0])
            continue
        bound = bound_of(state, name)
        if not drawn.abs().max() <= bound * (1 + 1e-6):
            raise SystemExit(f"{name}: PyTorch draws up to {drawn.abs().max():g}; the bound {bound:g} is wrong")
        if not value.abs().max() <= bound * (1 + 1e-6):
            raise SystemExit(f"{name}: {value.abs().max():g} is outside of PyTorch's bound {bound:g}")
        # the largest of a hundred uniform numbers is close below the bound
        if value.numel() >= 100 and not (value.max() > 0.9 * bound and value.min() < -0.9 * bound):
            raise SystemExit(f"{name}: {value.min():g} to {value.max():g} does not fill +-{bound:g}")
        if value.numel() >= 100 and not abs(value.std() / (bound / 3**0.5) - 1) < 0.2:
            raise SystemExit(f"{name}: deviation {value.std():g}, uniform numbers have {bound / 3**0.5:g}")
    return 0.0


LOSSES = {"mse": torch.nn.MSELoss(), "bce": torch.nn.BCEWithLogitsLoss(), "cross-entropy": torch.nn.CrossEntropyLoss()}


def steps_agree(trial, loss, steps, options, optimiser):
    """as many steps of one batch each, here and there, from the same weights"""
    still = trial.text.replace("dropout 0.3", "dropout 0").replace("dropout |", "dropout 0 |")
    once = ("--batch", ROWS, "--optim")
    first = trial.train(f"{loss}-0-{steps}", loss, *once, "sgd", "--epochs", 1, "--lr", 0, text=still)
    have = trial.train(f"{loss}-{steps}", loss, *once, *options, "--epochs", steps, text=still)
    fresh = sequential.sequential(still, trial.shape).state_dict()
    for name in first: # that run has already seen the batch once
        if name.rpartition(".")[2] in ("running_mean", "running_var", "num_batches_tracked"):
            first[name] = fresh[name]
    module = trial.load(first, text=still).train()
    step = optimiser(module.parameters())
    x, t = torch.from_numpy(trial.x), torch.from_numpy(trial.t[loss])
    for _ in range(steps):
        step.zero_grad()
        LOSSES[loss](module(x), t.long() if loss == "cross-entropy" else t).backward()
        step.step()
    want = {name: value.detach() for name, value in module.state_dict().items()}
    for name, _ in module.named_parameters(): # a step may be so small that a wrong one would not show at 1e-5
        moved, gap = (want[name] - first[name]).abs().max().item(), (want[name] - have[name]).abs().max().item()
        if not gap <= 0.02 * moved + 5e-7:
            raise SystemExit(f"{loss}, after {steps} steps: {name} moved by {moved:g} in PyTorch, to {gap:g} from here")
    return compare(f"{loss}, after {steps} steps", have, want)


def words_met():
    """every word that a text can have stands in one of the texts, unless PyTorch has nothing like it"""
    said = {word for text, _ in TEXTS for word in text.replace("\n", " ").split()}
    lacking = [word for word, (module, _) in sequential.words().items() if module and word not in said]
    if lacking:
        raise SystemExit(f"no network here has the words {lacking}, which PyTorch has, too")
    return len(sequential.words())


def main():
    torch.set_num_threads(1)
    print(f"{words_met()} words, PyTorch {torch.__version__}; largest differences:")
    sgd = lambda p: torch.optim.SGD(p, lr=0.1)
    momentum = lambda p: torch.optim.SGD(p, lr=0.005, momentum=0.9, nesterov=True, weight_decay=0.01)
    for number, (text, shape) in enumerate(TEXTS):
        trial = Trial(number, text, shape)
        try:
            gaps = [outputs_agree(trial), starts_agree(trial)]
            gaps += [steps_agree(trial, loss, 1, ("sgd", "--lr", 0.1), sgd) for loss in LOSSES
                     if loss != "cross-entropy" or trial.outputs > 1]
            gaps.append(steps_agree(trial, "mse", 3, ("sgd", "--lr", 0.005, "--momentum", 0.9, "--nesterov",
                                                      "--decay", 0.01), momentum))
        except SystemExit as failed:
            raise SystemExit(f"{text}\n  {failed}") from None
        print(f"  outputs {gaps[0]:.1e}  steps {max(gaps[2:]):.1e}  {' '.join(text.split())[:80]}")


main()
