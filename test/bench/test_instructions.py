"""test_instructions.py - a few fixed runs take no more instructions than they did: what can be told of speed on any machine.

label: house

Promises: Callgrind counts the instructions of one run: those of a process with eleven runs less those of one with one,
by ten, so that starting, tracing and filling in do not count. The tiers are those that valgrind knows; the numbers are
those of gcc 12, which CI has, and lie in instructions.txt. More than 3 % above them fails.
Does not do: time, AVX-512 (Debian's valgrind does not know it). Skipped without valgrind, with other compilers, and on
other processors than x86-64.

A change that takes more instructions on purpose, or far fewer, renews the table: NERVO_BIN=build/nervo
NERVO_BUILD=build python3 test/bench/test_instructions.py --renew
"""
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

MARGIN = 0.03
# glibc's strcmp for AVX2 takes a longer way near the end of a page, so the count would depend on where the linker puts names
PLAIN_STRINGS = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2"}
TABLE = pathlib.Path(__file__).parent / "instructions.txt"
RUNS = ["step --batch 32 --optim sgd", "gemm 64 64 64", "conv forward 2x16x12x12 16 3x3 pad 1",
        "conv weights 2x16x12x12 16 3x3 pad 1", "softmax 64x128 both", "adam 4096", "relay 1000", "compile 10000"]


def unable():
    """why it cannot be told here, or None"""
    if platform.machine() not in ("x86_64", "AMD64"):
        return "the table is of x86-64"
    if not shutil.which("valgrind"):
        return "valgrind is not installed"
    cache = pathlib.Path(os.environ["NERVO_BUILD"], "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    return None if re.search(r"\b12\.\d+\.\d+", version) and "clang" not in version else "the table is of gcc 12"


def counted(words, tier, runs):
    line = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", os.environ["NERVO_BIN"], "bench",
            *words.split(), "--isa", tier, "--runs", str(runs), "--no-check"]
    done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "NERVO_ISA": "", **PLAIN_STRINGS})
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{' '.join(line)}: exit {done.returncode}\n{done.stderr}")
    return int(found.group(1))


def each(words, tier):
    more = 2 if words.startswith("compile") else 11
    return (counted(words, tier, more) - counted(words, tier, 1)) / (more - 1)


def renewed(old, now):
    head = [line for line in TABLE.read_text().splitlines() if line.startswith("#")] if TABLE.exists() else []
    TABLE.write_text("\n".join(head + [f"{tier:8} {words:44} {count:12.0f}" for (tier, words), count in now.items()]) + "\n")


def main():
    why = unable()
    if why:
        print(f"skipped: {why}")
        return 1 if os.environ.get("NERVO_MAY_NOT_SKIP") and "gcc" not in why and "x86" not in why else 77
    old = {}
    for line in TABLE.read_text().splitlines() if TABLE.exists() else []:
        if line and not line.startswith("#"):
            tier, *words, count = line.split()
            old[tier, " ".join(words)] = float(count)
    have = subprocess.run([os.environ["NERVO_BIN"], "version", "--json"], capture_output=True, text=True).stdout
    now = {(tier, words): each(words, tier) for tier in ("baseline", "avx2") if tier in have for words in RUNS}
    if sys.argv[1:] == ["--renew"]:
        renewed(old, now)
        return 0
    bad = 0
    for key, count in now.items():
        change = count / old[key] - 1 if key in old else float("inf")
        word = "MORE" if change > MARGIN else "fewer: renew the table" if change < -MARGIN else ""
        print(f"{key[0]:8} {key[1]:44} {count:12.0f} {change:+8.1%}  {word}")
        bad += change > MARGIN
    if bad:
        print(f"{bad} of them take more than {MARGIN:.0%} more instructions than instructions.txt says; if that is meant, "
              "renew it (see the opening comment) and say why in the commit")
    return 1 if bad else 0


sys.exit(main())
