"""peers.py - how each program is started: ours, the peers', and what the machine can do at most.

Promises: the same cores, the same number of threads, each peer at its best: OpenBLAS is told its core by the CPU's
features (it goes by models, and does not know new ones), OpenMP flavours, bound threads. Does not do: measure.
"""
import glob
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPENMP = [d for kind in ("openblas", "blis") for d in glob.glob(f"/usr/lib/*/{kind}-openmp")]
APT = "apt-get install -y --no-install-recommends "
INSTALL = {"openblas": APT + "libopenblas0-openmp", "blis": APT + "libblis4-openmp", "onednn": APT + "libdnnl-dev"}


def cpu_flags():
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("flags"):
                return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def environment(threads, isa):
    """of a peer: what performance.md found to be its best here"""
    env = dict(os.environ, OMP_PROC_BIND="true")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"):
        env[name] = str(threads)
    wide = "avx512f" in cpu_flags() and isa in (None, "avx512")
    env["OPENBLAS_CORETYPE"] = "SkylakeX" if wide else "Haswell"
    if isa == "avx2":
        env.update(ONEDNN_MAX_CPU_ISA="AVX2", DNNL_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2")
    env["LD_LIBRARY_PATH"] = ":".join(OPENMP + [p for p in [os.environ.get("LD_LIBRARY_PATH")] if p])
    return env


class Peers:
    def __init__(self, build, isa):
        self.build, self.isa = pathlib.Path(build), isa

    def ours(self, words, threads, check, rounds=5):
        line = [str(self.build / "nervo"), "bench", *words.split(), "--threads", str(threads), "--rounds", str(rounds),
                "--json"]
        return line + ([] if check else ["--no-check"]) + self.tier(), dict(os.environ)

    def tier(self):
        return ["--isa", self.isa] if self.isa else []

    def peak(self, of, threads):
        what = [of] if isinstance(of, str) else [of[0], str(of[1])]
        return self.ours("peak " + " ".join(what), threads, True)

    def line(self, peer, row):
        """(command, environment) of a peer"""
        if peer == "one thread":
            return self.ours(row.words, 1, False)
        if row.words.startswith("gemm ") and peer in ("openblas", "blis", "onednn"):
            return [str(self.build / "bench/gemm"), peer, *row.words.split()], environment(row.threads, self.isa)
        raise KeyError(peer)

    def threads(self, peer, row):
        return 1 if peer == "one thread" else row.threads
