"""rows.py - the one table of what is measured: every row of the target table, its work, its peers, its limits.

Promises: a row's words are what every program is given, ours and the peers' (bench/README.md): `nervo bench gemm
512x512x512 nn`, `build/bench/gemm openblas gemm 512x512x512 nn`. Does not do: start anything (bench.py), know how a
peer is started (peers.py).

A row has
    family   kernels, steps, tiny, scale
    words    the work
    threads
    peers    names of peers.py, in the order in which they are told
    share    (of what, the least share): 'fma', or ('read' | 'write' | 'copy', bytes); None: no target
    ratio    {peer: the least ratio of its time to ours}; 'best' is the fastest of them all
    most     the most seconds that it may take, None: any
    why      the target, as the issue puts it
"""
from collections import namedtuple

Row = namedtuple("Row", "family words threads peers share ratio most why")


def row(family, words, threads, peers=(), share=None, ratio=None, most=None, why=""):
    return Row(family, words, threads, tuple(peers), share, ratio or {}, most, why)


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
                      why=f">= {share:.0%} of peak, >= 0.97x the best peer")
        for shape in SHAPES.split(","):
            yield row("kernels", f"gemm {shape.strip()}", threads, BLAS, ("fma", 0.75), BEST,
                      why="network shapes: >= 75 % of peak, >= 0.97x the best peer")
        for shape in ("128x10x512 nn", "32x16x16 nn"):
            yield row("kernels", f"gemm {shape}", threads, BLAS, None, BEST, why="narrow: >= 0.97x the best peer")
        for way in ("nn", "nt"):
            yield row("kernels", f"gemm 1x1024x1024 {way}", threads, BLAS, (("read", 4 << 20), 0.85), BEST,
                      why=">= 85 % of the bandwidth of the level that the weights live in")


ROWS = [*gemm()]
