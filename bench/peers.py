"""peers.py - how each program is started: ours, the peers', and what the machine can do at most.

Promises: the same cores, each peer at its best: OpenBLAS is told its core by the CPU's features (it goes by models, and
does not know new ones), OpenMP flavours, bound threads; with --isa avx2 all are held to that. Does not do: measure.
"""
import glob
import os
import pathlib
import sys
from collections import namedtuple

HERE = pathlib.Path(__file__).resolve().parent
OPENMP = [d for kind in ("openblas", "blis") for d in glob.glob(f"/usr/lib/*/{kind}-openmp")]
APT = "apt-get install -y --no-install-recommends "
INSTALL = {"openblas": APT + "libopenblas0-openmp", "blis": APT + "libblis4-openmp", "onednn": APT + "libdnnl-dev g++",
           "fann": APT + "libfann-dev", "torch": APT + "python3-torch",
           "onnxruntime": "python3 -m pip install --target build/bench/onnxruntime onnxruntime"}

# serves: the program reads the words of rows from stdin, one a line, and is started once in a round; copies: so many are
# started at once, and the slowest counts
Program = namedtuple("Program", "line env threads serves copies", defaults=(1,))


def cpu_flags():
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("flags"):
                return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def environment(threads, isa):
    """of a peer: what was found to be its best here (docs/performance.md)"""
    env = dict(os.environ, OMP_PROC_BIND="true")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"):
        env[name] = str(threads)
    wide = "avx512f" in cpu_flags() and isa in (None, "avx512")
    env["OPENBLAS_CORETYPE"] = "SkylakeX" if wide else "Haswell"
    if isa == "avx2":
        env.update(ONEDNN_MAX_CPU_ISA="AVX2", DNNL_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2")
    env["LD_LIBRARY_PATH"] = ":".join(OPENMP + [p for p in [os.environ.get("LD_LIBRARY_PATH")] if p])
    return env


WAYS = ("int8", "recompute")  # what may stand behind a model


class Peers:
    def __init__(self, build, isa):
        self.build, self.isa = pathlib.Path(build), isa
        self.flags = cpu_flags()
        self.torch = os.environ.get("NERVO_TORCH_PYTHON")

    def names(self, row):
        """the peers of a row; a newer PyTorch is measured beside Debian's"""
        newer = ("newer torch",) if self.torch and "torch" in row.peers else ()
        return row.peers + newer

    def bench(self, words, threads, check=True):
        line = [str(self.build / "nervo"), "bench", *words.split(), "--threads", str(threads), "--rounds", "5", "--json"]
        line += [] if check else ["--no-check"]
        return Program(line + (["--isa", self.isa] if self.isa else []), dict(os.environ), threads, False)

    def model(self, words, threads, check):
        kind, model, *more = words.split()
        ways = [word for word in more if word in WAYS]
        batch = [word for word in more if word not in WAYS]
        line = [str(self.build / "bench/bench_models"), model, "--threads", str(threads)]
        line += (["--eval"] if kind == "infer" else []) + (["--batch", batch[0][1:]] if batch else [])
        line += ["--" + way for way in ways]
        line += (["--check"] if check else []) + (["--cpu", self.isa] if self.isa else [])
        return Program(line, dict(os.environ), threads, False)

    def ours(self, row, check, threads=None):
        threads = threads or row.threads
        if row.words.startswith("twice "):
            return self.bench(row.words[6:], threads, check)._replace(copies=2)
        if row.words.split()[0] in ("step", "infer"):
            return self.model(row.words, threads, check)
        return self.bench(row.words, threads, check)

    def peak(self, of, threads):
        return self.bench("peak " + (of if isinstance(of, str) else f"{of[0]} {of[1]}"), threads)

    def script(self, python, name, row, threads, env, *more):
        _, model, *batch = row.words.split()
        line = [python, "-B", str(HERE / "peers" / name), model.replace("gcn_sparse", "gcn"), "--threads", str(threads)]
        line += more
        return Program(line + (["--batch", batch[0][1:]] if batch else []), env, row.threads, False)

    def by_torch(self, python, row, threads):
        env = environment(threads, self.isa)
        kind = row.words.split()[0]
        if kind in ("step", "infer"):
            return self.script(python, "torch_step.py", row, threads, env, *(["--infer"] if kind == "infer" else []))
        return Program([python, "-B", str(HERE / "peers/torch_ops.py")], env, row.threads, True)

    def of(self, peer, row):
        """the Program of a peer"""
        env, words = environment(row.threads, self.isa), row.words.split()
        if peer == "one thread":
            return self.ours(row, False, 1)
        if peer in ("float32", "kept"):  # the same model without its last word
            return self.model(row.words.rsplit(" ", 1)[0], row.threads, False)
        if peer == "alone":
            return self.bench(row.words[6:], row.threads, False)
        if peer == "bare":
            return self.bench(row.words + " bare", row.threads)
        if peer in ("torch", "torch 1t"):
            return self.by_torch("/usr/bin/python3", row, 1 if peer == "torch 1t" else row.threads)
        if peer == "newer torch":
            return self.by_torch(self.torch, row, row.threads)
        if peer == "onnxruntime":
            env["PYTHONPATH"] = str(self.build / "bench/onnxruntime")
            return self.script(sys.executable, "ort_step.py", row, row.threads, env, "--onnx", str(self.build / "bench/onnx"))
        if peer == "hand":
            tier = self.isa or ("avx512" if "avx512f" in self.flags else "avx2" if "avx2" in self.flags else "baseline")
            return Program([str(self.build / f"bench/hand_{tier}"), *words], env, row.threads, False)
        if words[0] == "gemm":
            return Program([str(self.build / "bench/gemm"), peer, *words], env, row.threads, False)
        return Program([str(self.build / "bench" / peer), *words], env, row.threads, False)
