"""test_driver.py - bench/bench.py with stand-ins for what it starts, whose times are known: order, pinning, shares, ratios,
quartiles, what is said of missing peers, and the exit codes.

label: house

Does not do: measure anything."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["NERVO_ROOT"])
failed = 0


def check(what, holds):
    global failed
    if not holds:
        failed += 1
        print(f"FAILED: {what}")


class Stand:
    """a folder like build/, in which every program notes that it ran and says what it was told to say"""
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "log"
        (self.folder / "bench").mkdir()

    def program(self, name, body):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{body}")
        path.chmod(0o755)

    def ours(self, seconds, bits="1"):
        self.program("nervo", f"""
case "$*" in
*peak*) echo "peak" >>{self.log}; echo '{{"row": "peak", "seconds": 1, "flop": 100, "bytes": 10}}' ;;
*) checked=true; case "$*" in *--no-check*) checked=false ;; esac
   echo "ours $checked $(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)" >>{self.log}
   echo '{{"row": "x", "seconds": {seconds}, "least": 0.5, "flop": 90, "bytes": 5, "checked": '$checked', "bits": "'{bits}'"}}' ;;
esac
""")

    def peer(self, **seconds):
        cases = "".join(f"{name}) echo {name} $OMP_NUM_THREADS $OPENBLAS_CORETYPE >>{self.log}; "
                        f"echo '{{\"row\": \"x\", \"seconds\": {s}, \"least\": {s}}}' ;;\n" for name, s in seconds.items())
        self.program("bench/gemm", f'case "$1" in\n{cases}*) exit 4 ;;\nesac\n')

    def run(self, *options):
        self.log.write_text("")
        line = [sys.executable, "-B", str(ROOT / "bench/bench.py"), "kernels", "--only", "^gemm 32x32x32 nn t1$", "--build",
                str(self.folder), *options]
        done = subprocess.run(line, capture_output=True, text=True)
        return done, self.log.read_text().split("\n")[:-1]


def main():
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(folder)
        stand.ours(1)
        stand.peer(openblas=2, onednn=1.5)
        done, log = stand.run("--rounds", "3", "--json")
        check(f"all met: exit 0, not {done.returncode} {done.stderr}", done.returncode == 0)
        told = json.loads(done.stdout)
        row = told["rows"][0]
        check("a share of the peak", row["share"] == [0.9, 0.9, 0.9])
        check("the best peer and its ratio", row["best"] == "onednn" and row["ratio"]["onednn"] == [1.5, 1.5, 1.5])
        check("blis is missing", told["missing"] == {"blis": "not installed"} and row["ratio"]["blis"] is None)
        check("and how to have it", "without blis: not installed; to have it: apt-get install" in done.stderr)
        who = [line.split()[0] for line in log]
        check(f"in turn, {who}", who == ["peak", "ours", "openblas", "onednn", "peak", "onednn", "openblas", "ours", "peak",
                                         "ours", "openblas", "onednn"])
        check("checked in the first round only", [line.split()[1] for line in log if line.startswith("ours")] ==
              ["true", "false", "false"])
        check("one thread on one core", all(line.split()[2].isdigit() for line in log if line.startswith("ours")))
        check("peers have one thread and a core type", all(len(line.split()) == 3 and line.split()[1] == "1"
                                                           for line in log if line.startswith("openblas")))

        done, _ = stand.run("--rounds", "2")
        check("few rounds are said", "fewer than 16" in done.stdout and "\033" not in done.stdout)
        done, _ = stand.run("--rounds", "1", "--best", "--json")
        check("the fastest samples", json.loads(done.stdout)["rows"][0]["seconds"] == 0.5)
        done, log = stand.run("--rounds", "1", "--isa", "avx2")
        check("peers are held to AVX2", any(line == "openblas 1 Haswell" for line in log))

        stand.ours(f"'$(grep -c ^ours {stand.log})'")  # 1, 2, 3, 4, 5 seconds
        done, _ = stand.run("--rounds", "5", "--json")
        row = json.loads(done.stdout)["rows"][0]
        check(f"quartiles, {row['ratio']}", row["ratio"]["onednn"] == [0.375, 0.5, 0.75] and row["seconds"] == 3)
        stand.ours(2)
        done, _ = stand.run("--rounds", "2")
        check("a target is missed: exit 3", done.returncode == 3 and "MISSED 80% of peak" in done.stdout)
        stand.ours(1, "$$")
        done, _ = stand.run("--rounds", "2")
        check("other bits: exit 1", done.returncode == 1 and "its bits differ" in done.stderr)
        stand.program("nervo", "echo 'the product is wrong' >&2; exit 1\n")
        done, _ = stand.run("--rounds", "2")
        check("ours fails: exit 1", done.returncode == 1 and "failed: the product is wrong" in done.stderr)
        done, _ = stand.run("--only", "nothing of the kind")
        check("no row: exit 2", done.returncode == 2)
        done, _ = stand.run("--list")
        check("--list", done.returncode == 0 and "gemm 32x32x32 nn t1" in done.stdout)
    return 1 if failed else 0


sys.exit(main())
