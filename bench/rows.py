"""rows.py - the one table of what is measured: every row of the target table, its work, its peers, its limits.

Promises: a row's words are what every program is given, ours and the peers' (bench/README.md): `nervo bench gemm
512x512x512 nn`, `build/bench/gemm openblas gemm 512x512x512 nn`. Does not do: start anything (bench.py), know how a
peer is started (peers.py).

A row has
    family   kernels, steps, tiny, scale
    words    the work
    threads
    peers    names of peers.py, in the order in which they are told; 'torch' is also measured with one thread
    share    (of what, the least share): of 'fma', or of ('read' | 'copy', bytes); None: no target
    ratio    {peer: the least ratio of its time to ours}; 'best' is the fastest of them all
    most     the most seconds that it may take, None: any
    rss      {peer: the most memory, as a part of the peer's}
    why      the target, as the issue puts it
"""
import random
from collections import namedtuple

Row = namedtuple("Row", "family words threads peers share ratio most rss why")


def row(family, words, threads, peers=(), share=None, ratio=None, most=None, rss=None, why=""):
    peers = tuple(peers)
    if "torch" in peers and threads > 1:
        peers += ("torch 1t",)
    return Row(family, words, threads, peers, share, ratio or {}, most, rss or {}, why)


# ---- products ------------------------------------------------------------------------------------------------------
BLAS = ("openblas", "blis", "onednn")
BEST = {"best": 0.97}
SQUARES = {32: 0.80, 64: 0.88, 128: 0.92, 256: 0.90, 512: 0.85, 1024: 0.85, 2048: 0.85}
SHAPES = """64x128x784 nn, 784x128x64 tn, 64x784x128 nt, 128x128x784 nn, 784x128x128 tn, 128x784x128 nt,
    128x512x784 nn, 784x512x128 tn, 128x784x512 nt, 256x1024x1024 nn, 1024x1024x256 tn, 256x1024x1024 nt,
    512x3072x768 nn, 768x3072x512 tn, 512x768x3072 nt, 512x768x3072 nn, 32x2048x512 nn, 512x2048x32 tn, 32x512x2048 nt,
    32x512x2048 nn"""


def gemm():
    for threads in (1, 2):
        for n, share in SQUARES.items():
            ratio = dict(BEST)
            peers = BLAS
            if threads == 2:
                ratio["one thread"] = 1.75 if n >= 512 else 1
                peers = BLAS + ("one thread",)
            yield row("kernels", f"gemm {n}x{n}x{n} nn", threads, peers, ("fma", share), ratio,
                      why=f">= {share:.0%} of peak, >= 0.97x the best peer; 2 threads >= 1.75x one from 512 up")
        for shape in SHAPES.split(","):
            yield row("kernels", f"gemm {shape.strip()}", threads, BLAS, ("fma", 0.75), BEST,
                      why="network shapes: >= 75 % of peak, >= 0.97x the best peer")
        for shape in ("128x10x512 nn", "32x16x16 nn"):
            yield row("kernels", f"gemm {shape}", threads, BLAS, None, BEST, why="narrow: >= 0.97x the best peer")
        for way in ("nn", "nt"):
            yield row("kernels", f"gemm 1x1024x1024 {way}", threads, BLAS, (("read", 4 << 20), 0.85), BEST,
                      why=">= 85 % of the bandwidth of the level that the weights live in")


# ---- convolutions --------------------------------------------------------------------------------------------------
LAYERS = ("64x3x32x32 32 3x3 pad 1", "8x64x56x56 64 3x3 pad 1", "128x1x28x28 32 5x5 pad 2",
          "8x64x56x56 64 3x3 pad 1 groups 64", "8x64x56x56 256 1x1", "8x3x224x224 64 7x7 stride 2 pad 3",
          "64x16x32x32 16 3x3 pad 1", "128x6x14x14 16 5x5")


def drawn(n, seed=20261122):
    """shapes that nobody chose: the same in every run"""
    draw = random.Random(seed)
    made = []
    while len(made) < n:
        batch, size = draw.choice((1, 4, 16, 64)), draw.choice((7, 8, 14, 16, 28, 32, 56, 64))
        channels, filters = (draw.choice((1, 2, 3, 4, 8, 12, 16, 24, 32, 48, 64, 128, 256)) for _ in range(2))
        k, stride = draw.choice((1, 3, 3, 3, 5, 7)), draw.choice((1, 1, 1, 2))
        pad, dilation = draw.choice((0, k // 2)), draw.choice((1, 1, 1, 2)) if k > 1 else 1
        work = 2 * batch * filters * (size // stride) ** 2 * channels * k * k
        if dilation * (k - 1) < size + 2 * pad and 2e7 < work < 1.5e9:
            more = [(w, v) for w, v, usual in (("stride", stride, 1), ("pad", pad, 0), ("dilation", dilation, 1))
                    if v != usual]
            made.append(f"{batch}x{channels}x{size}x{size} {filters} {k}x{k}" + "".join(f" {w} {v}" for w, v in more))
    return made


def conv_bytes(words):
    """of image and result together, of a depthwise layer that keeps the size"""
    batch, channels, height, width = map(int, words.split()[0].split("x"))
    return 8 * batch * channels * height * width


def conv():
    for threads in (1, 2):
        for words in LAYERS + tuple(drawn(20) if threads == 1 else ()):
            channels = int(words.split("x")[1])
            depthwise = words.endswith(f"groups {channels}") and channels > 1
            share = (("copy", conv_bytes(words)), 0.80) if depthwise else None
            yield row("kernels", f"conv forward {words}", threads, ("onednn", "torch"), share,
                      {"onednn": 0.95, "torch": 2}, why=">= 0.95x oneDNN in its own layout, >= 2x PyTorch from NCHW")
            yield row("kernels", f"conv data {words}", threads, ("onednn",),
                      share or (("fma", 0.60) if channels >= 16 else None), {"onednn": 3} if channels <= 8 else {},
                      why=">= 60 % of peak for >= 16 channels, >= 3x oneDNN for 1 to 8; depthwise >= 80 % of bandwidth")
            yield row("kernels", f"conv weights {words}", threads, ("onednn",), share, {"onednn": 1}, why=">= oneDNN")


# ---- chains, rows, optimisers --------------------------------------------------------------------------------------
FUSED, CHEAP = {"hand": 1 / 1.15}, {"hand": 1 / 1.4}
FLAT = 16 << 20
CHAINS = (  # words, limit, other peers, bytes that are copied where that is out of cache
    ("add 65536", CHEAP, (), 0), (f"add {FLAT}", CHEAP, (), 12 * FLAT), ("scale_relu 65536", CHEAP, (), 0),
    (f"scale_relu {FLAT}", CHEAP, (), 8 * FLAT), ("bias_relu 128x512", CHEAP, (), 0),
    ("bias_relu 4096x4096", CHEAP, (), 8 * FLAT), ("normalise 128x512", CHEAP, (), 0),
    ("normalise 4096x4096", CHEAP, (), 8 * FLAT), ("bias_gelu 128x512", FUSED, (), 0),
    ("bias_gelu 4096x4096", FUSED, (), 8 * FLAT), ("gelu 262144", FUSED, ("onednn",), 0),
    ("exp 4096", FUSED, ("onednn",), 0), ("exp 262144", FUSED, ("onednn",), 0), ("tanh 4096", FUSED, ("onednn",), 0),
    ("tanh 262144", FUSED, ("onednn",), 0), ("sigmoid 262144", FUSED, ("onednn",), 0),
    ("lstm_gates 32x256", FUSED, (), 0), ("lstm_gates 1024x1024", FUSED, (), 0), ("dropout 65536", FUSED, (), 0),
    ("dropout 1048576", FUSED, (), 0), ("softmax 2048x128", FUSED, ("onednn",), 0),
    ("softmax 2048x128 both", FUSED, ("onednn",), 0), ("softmax 2048x1024", FUSED, ("onednn",), 0),
    ("layer_norm 2048x128", FUSED, ("onednn",), 0), ("layer_norm 2048x128 both", FUSED, ("onednn",), 0),
    ("layer_norm 2048x1024", FUSED, ("onednn",), 0), ("cross_entropy 128x10 both", FUSED, (), 0),
    ("cross_entropy 2048x128 both", FUSED, (), 0), ("sgd 1048576", FUSED, (), 0), ("momentum 1048576", FUSED, (), 0),
    ("adam 1048576", FUSED, (), 0), ("adamw 1048576", FUSED, (), 0))


def chains():
    for words, limit, others, copied in CHAINS:
        why = "<= 1.15x a hand-fused loop" if limit is FUSED else "<= 1.4x a hand-fused loop"
        yield row("kernels", words, 1, ("hand",) + others + ("torch",), (("copy", copied), 0.80) if copied else None,
                  limit, why=why + ("; >= 80 % of copy bandwidth out of cache" if copied else ""))


def attention():
    for threads in (1, 2):
        for heads, length in ((12, 128), (12, 512), (12, 1024), (4, 2048), (2, 4096)):
            for both in ("", " both"):
                yield row("kernels", f"attention 1x{heads}x{length}x64{both}", threads, ("torch",), ("fma", 0.60),
                          why=">= 60 % of peak at head size 64")
        yield row("kernels", "causal_attention 1x12x1024x64 both", threads, ("torch",), ("fma", 0.60),
                  why=">= 60 % of peak at head size 64")


def recurrent():
    for threads in (1, 2):
        for net in ("lstm", "gru"):
            for both in ("", " both"):
                yield row("kernels", f"{net} 64x32x256{both}", threads, ("onednn", "torch"), ("fma", 0.60),
                          {"onednn": 1.3}, why=">= 60 % of peak, >= 1.3x oneDNN")


# ---- training steps, inference -------------------------------------------------------------------------------------
STEPS = (  # model, least ratio to PyTorch, least share of peak on two cores
    ("lenet", 4, 0.30), ("mlp", 2, 0.65), ("resnet20", 2, 0.60), ("lstm", 2.5, 0.60), ("gptmini", 2.5, 0.60),
    ("gpt2block", 1.5, 0.75), ("gcn", 4, None), ("gcn_sparse", 10, None))


def steps():
    for threads in (1, 2):
        for model, ratio, share in STEPS:
            yield row("steps", f"step {model}", threads, ("torch",), ("fma", share) if share else None,
                      {"torch": ratio}, rss={"torch": 0.6},
                      why=f">= {ratio}x PyTorch" + (f", >= {share:.0%} of peak" if share else "") + "; <= 0.6x its memory")
        for model in ("mlp", "lenet", "resnet20"):
            for batch in (" b1", ""):
                yield row("steps", f"infer {model}{batch}", threads, ("onnxruntime",), None, {"onnxruntime": 1},
                          why=">= onnxruntime, at batch 1 and at batch")
        for batch in (" b1", ""):
            yield row("steps", f"infer mlp{batch} int8", threads, ("float32",), None, {"float32": 2},
                      why="weights of a byte each: >= 2x our float32 where the CPU has VNNI")
        for model, memory in (("deep", 0.5), ("gptmini", 0.8)):
            yield row("steps", f"step {model} recompute", threads, ("kept",), None, {"kept": 1 / 1.35}, rss={"kept": memory},
                      why=f"<= 1.35x the time of keeping everything, <= {memory}x its memory")


# ---- the small and the many ----------------------------------------------------------------------------------------
def tiny():
    yield row("tiny", "step tiny", 1, ("torch", "fann"), None, {"torch": 25}, most=5e-6, rss={"torch": 0.6},
              why=">= 25x PyTorch, <= 5 us")
    yield row("tiny", "start", 1, (), most=10e-3, why="command to first step of the tiny net <= 10 ms")
    yield row("tiny", "idle", 2, (), most=1e-3, why="no core spins more than 1 ms after work ends")
    yield row("tiny", "overhead", 1, (), most=100e-9, why="one kernel call of a plan <= 100 ns")


def scale():
    for nodes in (1000, 10000, 100000):
        yield row("scale", f"compile {nodes}", 1, (), most=2e-6 * nodes, why="<= 2 us per node, linear to 100,000")
    for threads in (1, 2):
        yield row("scale", "loader", threads, ("bare",), ratio={"bare": 1 / 1.05},
                  why="training from the loader costs <= 5 % over the bare step")
    yield row("scale", "twice gemm 512x512x512 nn", 2, ("alone",), ratio={"alone": 1 / 2.2},
              why="two processes at once lose <= 2.2x")
    yield row("scale", "relay 1000", 1, (), most=100e-6, why="a new size re-lays 1,000 steps in <= 100 us")


ROWS = [*gemm(), *conv(), *chains(), *attention(), *recurrent(), *steps(), *tiny(), *scale()]
