#!/usr/bin/env python3
"""bench.py - the driver of `./do bench`: ours against the peers and against the machine, round by round.

Promises: in each round every program is a fresh process, pinned alike, ours and the peers' in turn (back to front in
every other round), and the machine's peak is measured in the same round; a figure is the median of the per-round ratios,
with its quartiles. In the first round our results are checked against the reference; in all others they must have the
same bits. Exit 3 when a target is missed, 1 when something of ours failed.
Does not do: know rows (rows.py) or how peers are started (peers.py). Python 3, nothing else.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from peers import INSTALL, Peers
from rows import ROWS

MISSING = 4  # the exit code of a peer's program whose library is not installed
OF = {"fma": "peak"}


def options():
    p = argparse.ArgumentParser(prog="./do bench", description="ours against the peers, and against the machine")
    p.add_argument("family", choices=["kernels", "steps", "tiny", "scale", "peers"])
    p.add_argument("--only", metavar="PATTERN", default="", help="rows whose words this regular expression is found in")
    p.add_argument("--rounds", type=int, default=16, help="16 or more for figures that mean something")
    p.add_argument("--isa", choices=["avx2", "avx512"], help="ours at this tier, peers and peak held to it")
    p.add_argument("--best", action="store_true",
                   help="each process's fastest sample instead of its median: for a machine that others use")
    p.add_argument("--json", action="store_true", help="results as JSON on stdout")
    p.add_argument("--list", action="store_true", help="the rows, their targets and peers, without measuring")
    p.add_argument("--build", default=str(pathlib.Path(__file__).resolve().parent.parent / "build"), help="the folder of the build")
    a = p.parse_args()
    if a.rounds < 1:
        p.error("--rounds wants a number from 1")
    return a


class Progress:
    """one line on stderr, when that is a terminal"""
    def __init__(self, total):
        self.total, self.done, self.begun, self.tty = total, 0, time.monotonic(), sys.stderr.isatty()

    def step(self, text):
        self.done += 1
        if not self.tty:
            return
        left = (time.monotonic() - self.begun) / self.done * (self.total - self.done)
        line = f"{self.done}/{self.total}  {int(left) // 60}:{int(left) % 60:02} left  {text}"
        sys.stderr.write("\r\033[K" + line[:100])
        sys.stderr.flush()

    def end(self):
        if self.tty:
            sys.stderr.write("\r\033[K")


class Machine:
    """starts what is measured on the first cores that this process may use"""
    def __init__(self, best):
        self.cores, self.best = sorted(os.sched_getaffinity(0)), best
        self.seconds = "least" if best else "seconds"

    def measure(self, line, env, threads):
        """what it printed, or an int: its exit code, with what it said"""
        cores = self.cores[:threads]
        done = subprocess.run(line, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, cores))
        rows = [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]
        if done.returncode or not rows:
            return done.returncode or 1, done.stderr.strip()
        rows[0]["seconds"] = rows[0].get(self.seconds, rows[0]["seconds"])
        return 0, rows[0]


def quartiles(values):
    if len(values) < 2:
        return values * 3
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return [low, statistics.median(values), high]


class Result:
    """all rounds of one row"""
    def __init__(self, row):
        self.row, self.ours, self.peak, self.failed = row, [], [], None
        self.peers = {p: [] for p in row.peers}
        self.bits, self.checked = set(), False

    def name(self):
        return f"{self.row.words} t{self.row.threads}"

    def note(self, who, code, got):
        """what one process said; a round in which something is missing has a None there"""
        if who == "peak":
            self.peak.append(got if not code else None)
        elif who in self.peers:
            self.peers[who].append(got["seconds"] if not code else None)
        elif code:
            self.failed = self.failed or got
        else:
            self.ours.append(got)
            self.checked = self.checked or got["checked"]
            self.bits.add(got.get("bits"))
            if len(self.bits) > 1:
                self.failed = "its bits differ from run to run"

    def share(self):
        """quartiles of the share of the machine's peak, or None"""
        key = "flop" if self.row.share and self.row.share[0] == "fma" else "bytes"
        pairs = [(o, p) for o, p in zip(self.ours, self.peak) if p]
        if not self.row.share or not pairs:
            return None
        return quartiles([o[key] / o["seconds"] / (p[key] / p["seconds"]) for o, p in pairs])

    def ratio(self, peer):
        """quartiles of the peer's time by ours, or None"""
        pairs = [(o, p) for o, p in zip(self.ours, self.peers.get(peer, [])) if p]
        return quartiles([p / o["seconds"] for o, p in pairs]) if pairs else None

    def best(self):
        """the peer that is fastest in the median"""
        took = {p: statistics.median([s for s in t if s]) for p, t in self.peers.items()
                if any(t) and p != "one thread"}
        return min(took, key=took.get) if took else None

    def targets(self):
        """(what, what it is, what it should be at least, met) of all that this row is held to"""
        share = self.share()
        if self.row.share and share:
            yield "share", share[1], self.row.share[1], share[1] >= self.row.share[1]
        for peer, least in self.row.ratio.items():
            ratio = self.ratio(self.best() if peer == "best" else peer)
            if ratio:
                yield peer, ratio[1], least, ratio[1] >= least
        if self.row.most and self.ours:
            took = statistics.median([o["seconds"] for o in self.ours])
            yield "seconds", took, self.row.most, took <= self.row.most

    def met(self):
        return not self.failed and all(t[3] for t in self.targets())

    def record(self):
        best = self.best()
        seconds = statistics.median([o["seconds"] for o in self.ours]) if self.ours else None
        first = self.ours[0] if self.ours else {}
        return {"row": self.name(), "family": self.row.family, "seconds": seconds, "flop": first.get("flop"),
                "bytes": first.get("bytes"), "checked": self.checked, "rounds": len(self.ours), "share": self.share(),
                "share_of": self.row.share and self.row.share[0], "best": best,
                "ratio": {p: self.ratio(p) for p in self.peers}, "target": self.row.why,
                "targets": [dict(zip(("what", "is", "wanted", "met"), t)) for t in self.targets()],
                "met": self.met(), "failed": self.failed}


def all_rounds(results, peers, machine, rounds):
    """every round of every row; what is not installed is said once and left alone"""
    missing = {}
    progress = Progress(rounds * sum(2 + len(r.row.peers) for r in results))
    try:
        for turn in range(rounds):
            for r in results:
                one_round(r, peers, machine, turn, missing, progress)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted: this is what there is so far\n")
    progress.end()
    return missing


def one_round(r, peers, machine, turn, missing, progress):
    who = ["ours"] + [p for p in r.row.peers]
    for name in (["peak"] if r.row.share else []) + (who if turn % 2 == 0 else who[::-1]):
        progress.step(f"{r.name()}: {name}")
        if name in missing or (name == "ours" and r.failed):
            continue
        if name == "ours":
            line, env = peers.ours(r.row.words, r.row.threads, turn == 0)
        elif name == "peak":
            line, env = peers.peak(r.row.share[0], r.row.threads)
        else:
            line, env = peers.line(name, r.row)
        code, got = machine.measure(line, env, peers.threads(name, r.row))
        if code and name not in ("ours", "peak"):
            missing[name] = "not installed" if code == MISSING else got
        r.note(name, code, got)


# ---- the table -----------------------------------------------------------------------------------------------------
class Ink:
    def __init__(self):
        on = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.red, self.green, self.bold, self.plain = ("\033[31m", "\033[32m", "\033[1m", "\033[0m") if on else [""] * 4


def duration(s):
    for unit, name in ((1, "s"), (1e-3, "ms"), (1e-6, "us")):
        if s >= unit:
            return f"{s / unit:.3g} {name}"
    return f"{s * 1e9:.3g} ns"


def spread(q, form):
    return f"{form(q[1])} ({form(q[0])}-{form(q[2])})" if q else ""


def percent(x):
    return f"{x:.0%}"


def cells(r):
    one = r.record()
    rate = ""
    if one["seconds"]:
        by_flop = r.row.share and r.row.share[0] == "fma" or (not r.row.share and (one["flop"] or 0) > (one["bytes"] or 0))
        work = one["flop"] if by_flop else one["bytes"]
        rate = f"{(work or 0) / one['seconds'] * 1e-9:.4g} {'GFLOP/s' if by_flop else 'GB/s'}" if work else ""
    of = r.row.share and (r.row.share[0] if isinstance(r.row.share[0], str) else r.row.share[0][0])
    wanted = []
    for what, _, least, met in r.targets():
        form = percent(least) + " of " + OF.get(of, f"{of}") if what == "share" else \
            duration(least) if what == "seconds" else f"{least:.3g}x {what}"
        wanted.append(form if met else f"MISSED {form}")
    ratio = one["ratio"].get(one["best"]) if one["best"] else None
    return [r.name(), duration(one["seconds"]) if one["seconds"] else "failed", rate, spread(one["share"], percent),
            one["best"] or "", spread(ratio, lambda x: f"{x:.2f}"), ", ".join(wanted)]


def table(results):
    ink = Ink()
    head = ["row", "time", "rate", "share", "best peer", "ratio", "target"]
    lines = [cells(r) for r in results]
    width = [max(len(line[i]) for line in [head] + lines) for i in range(len(head))]
    right = {1, 2, 3, 5}
    def put(line, ink_on="", ink_off=""):
        text = "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, width)))
        print(ink_on + text.rstrip() + ink_off)
    put(head, ink.bold, ink.plain)
    for r, line in zip(results, lines):
        put(line, *((ink.green, ink.plain) if r.met() else (ink.red, ink.plain)))


def tell(results, missing, a):
    if a.json:
        print(json.dumps({"rounds": a.rounds, "isa": a.isa, "of": "best" if a.best else "median", "missing": missing,
                          "rows": [r.record() for r in results]}, indent=1))
    else:
        table(results)
        bad = sum(not r.met() for r in results)
        print(f"\n{len(results)} rows, {len(results) - bad} met, {bad} missed; {a.rounds} rounds"
              f"{'' if a.rounds >= 16 else ' (fewer than 16: not to be relied on)'}; ratio: the peer's time by ours; "
              f"in brackets the quartiles")
    for r in results:
        if r.failed:
            sys.stderr.write(f"{r.name()}: failed: {r.failed}\n")
    for name, why in missing.items():
        install = f"; to have it: {INSTALL[name]}" if name in INSTALL else ""
        sys.stderr.write(f"without {name}: {why}{install}\n")


def main():
    a = options()
    rows = [r for r in ROWS if (a.family == "peers" or r.family == a.family) and
            re.search(a.only, f"{r.words} t{r.threads}")]
    if not rows:
        sys.stderr.write(f"no row of '{a.family}' matches '{a.only}'; --list shows them\n")
        return 2
    if a.list:
        for r in rows:
            print(f"{r.family:8} {r.words} t{r.threads}  [{', '.join(r.peers)}]  {r.why}")
        return 0
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    results = [Result(r) for r in rows]
    missing = all_rounds(results, Peers(a.build, a.isa), Machine(a.best), a.rounds)
    tell(results, missing, a)
    return 1 if any(r.failed for r in results) else 0 if all(r.met() for r in results) else 3


if __name__ == "__main__":
    sys.exit(main())
