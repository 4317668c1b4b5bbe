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

OWN = ("one thread", "alone", "bare", "float32", "kept")  # ours, otherwise: they are no peers
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


class Others:
    """how much of the machine was used by others since this began, as a part of all its cores"""
    def __init__(self):
        self.begun = self.now()

    @staticmethod
    def now():
        try:
            with open("/proc/stat") as f:
                user, nice, system, idle, wait, hard, soft, steal = map(int, f.readline().split()[1:9])
        except (OSError, ValueError):
            return None
        times, tick = os.times(), os.sysconf("SC_CLK_TCK")
        mine = (times.user + times.system + times.children_user + times.children_system) * tick
        busy = user + nice + system + hard + soft + steal
        return busy - mine, busy + idle + wait

    def share(self):
        now = self.now()
        if not now or not self.begun or now[1] == self.begun[1]:
            return None
        return max(0, (now[0] - self.begun[0]) / (now[1] - self.begun[1]))


class Machine:
    """starts what is measured on the first cores that this process may use"""
    def __init__(self, best):
        self.cores, self.best, self.serving = sorted(os.sched_getaffinity(0)), best, {}
        self.seconds = "least" if best else "seconds"

    def start(self, p, **how):
        cores = self.cores[:p.threads]
        return subprocess.Popen(p.line, env=p.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=lambda: os.sched_setaffinity(0, cores), **how)

    def measure(self, p, words):
        """(exit code, what it printed as a row, or what it said went wrong)"""
        try:
            return self.ask(p, words) if p.serves else self.once(p)
        except OSError as e:
            return MISSING, f"{p.line[0]}: {e.strerror}"

    def once(self, p):
        """of several copies, the slowest"""
        copies = [self.start(p, stdin=subprocess.DEVNULL) for _ in range(p.copies)]
        answers = [self.answer(process, *process.communicate()) for process in copies]
        return max(answers, key=lambda a: (a[0], a[1]["seconds"] if not a[0] else 0))

    def answer(self, process, out, said):
        rows = [json.loads(text) for text in out.splitlines() if text.startswith("{")]
        if process.returncode or not rows:
            return process.returncode or 1, (said.strip().splitlines() or ["it printed nothing"])[-1]
        return 0, self.chosen(rows[0])

    def ask(self, p, words):
        """a row of a program that serves many; it began with this round"""
        key = (tuple(p.line), p.env["OMP_NUM_THREADS"], p.threads)
        if key not in self.serving:
            self.serving[key] = self.start(p, stdin=subprocess.PIPE)
        process = self.serving[key]
        try:
            process.stdin.write(words + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = process.stdout.readline()
        if not answer:
            return process.wait() or 1, (process.stderr.read().strip().splitlines() or ["it ended"])[-1]
        got = json.loads(answer)
        time.sleep(0.005)  # its threads spin for a while before they sleep
        return (1, got["error"]) if "error" in got else (0, self.chosen(got))

    def end_round(self):
        for process in self.serving.values():
            process.communicate()
        self.serving = {}

    def chosen(self, got):
        got["seconds"] = got.get(self.seconds, got["seconds"])
        return got


def quartiles(values):
    if len(values) < 2:
        return values * 3
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return [low, statistics.median(values), high]


class Result:
    """all rounds of one row"""
    def __init__(self, row, names):
        self.row, self.ours, self.peak, self.failed = row, [], [], None
        self.peers, self.lacks = {p: [] for p in names}, {}
        self.bits, self.checked = set(), False

    def name(self):
        return f"{self.row.words} t{self.row.threads}"

    def note(self, who, code, got):
        """what one process said; a round in which something is missing has a None there"""
        if who == "peak":
            self.peak.append(got if not code else None)
        elif who in self.peers:
            self.peers[who].append(got if not code else None)
            if code:
                self.lacks[who] = got
        elif code:
            self.failed = self.failed or got
        else:
            self.ours.append(got)
            self.checked = self.checked or got.get("checked", False)
            self.bits.add(got.get("bits"))
            if len(self.bits) > 1:
                self.failed = "its bits differ from run to run"

    def pairs(self, others):
        return [(o, p) for o, p in zip(self.ours, others) if p]

    def share(self):
        """quartiles of the share of the machine's peak, or None"""
        key = "flop" if self.row.share and self.row.share[0] == "fma" else "bytes"
        pairs = self.pairs(self.peak)
        if not self.row.share or not pairs:
            return None
        return quartiles([o[key] / o["seconds"] / (p[key] / p["seconds"]) for o, p in pairs])

    def ratio(self, peer, what="seconds"):
        """quartiles of the peer's time by ours, or None"""
        pairs = [(o, p) for o, p in self.pairs(self.peers.get(peer, [])) if o.get(what)]
        return quartiles([p[what] / o[what] for o, p in pairs]) if pairs else None

    def best(self, like=None):
        """the peer that is fastest in the median, of all or of those that begin with `like`: "torch", "torch 1t" """
        took = {p: statistics.median([g["seconds"] for g in got if g]) for p, got in self.peers.items()
                if any(got) and (p.split()[0] == like.split()[0] if like else p not in OWN)}
        return min(took, key=took.get) if took else None

    def targets(self):
        """(what, what it is, what it should be, met) of all that this row is held to and that could be measured"""
        share = self.share()
        if share:
            yield "share", share[1], self.row.share[1], share[1] >= self.row.share[1]
        for peer, least in self.row.ratio.items():
            ratio = self.ratio(self.best(None if peer == "best" else peer))
            if ratio:
                yield peer, ratio[1], least, ratio[1] >= least
        for peer, most in self.row.rss.items():
            memory = self.ratio(peer, "rss")
            if memory and memory[1] > 0:
                yield "memory", 1 / memory[1], most, 1 / memory[1] <= most
        if self.row.most and self.ours:
            took = statistics.median([o["seconds"] for o in self.ours])
            yield "seconds", took, self.row.most, took <= self.row.most

    def met(self):
        return not self.failed and all(t[3] for t in self.targets())

    def record(self):
        seconds = statistics.median([o["seconds"] for o in self.ours]) if self.ours else None
        first = self.ours[0] if self.ours else {}
        return {"row": self.name(), "family": self.row.family, "seconds": seconds, "flop": first.get("flop"),
                "bytes": first.get("bytes"), "rss": first.get("rss"), "checked": self.checked,
                "rounds": len(self.ours), "share": self.share(), "share_of": self.row.share and self.row.share[0],
                "best": self.best(), "ratio": {p: self.ratio(p) for p in self.peers}, "target": self.row.why,
                "targets": [dict(zip(("what", "is", "wanted", "met"), t)) for t in self.targets()],
                "met": self.met(), "failed": self.failed, "without": self.lacks}


def all_rounds(results, peers, machine, rounds):
    """every round of every row; what is not installed is asked once and then left alone"""
    missing = {}
    progress = Progress(rounds * sum(2 + len(r.peers) for r in results))
    try:
        for turn in range(rounds):
            for r in results:
                one_round(r, peers, machine, turn, missing, progress)
            machine.end_round()
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted: this is what there is so far\n")
    progress.end()
    return missing


def one_round(r, peers, machine, turn, missing, progress):
    who = ["ours"] + list(r.peers)
    for name in (["peak"] if r.row.share else []) + (who if turn % 2 == 0 else who[::-1]):
        progress.step(f"{r.name()}: {name}")
        if name in missing or name in r.lacks or (name == "ours" and r.failed):
            continue
        if name == "ours":
            program = peers.ours(r.row, turn == 0)
        elif name == "peak":
            program = peers.peak(r.row.share[0], r.row.threads)
        else:
            program = peers.of(name, r.row)
        code, got = machine.measure(program, r.row.words)
        if code == MISSING and name not in ("ours", "peak"):
            missing[name] = "not installed" if "Errno" not in got else got
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


def rate_of(r, one):
    """work by time: of multiply-adds where the row is held to their peak, else of whatever there is more of"""
    flop, moved = one["flop"] or 0, one["bytes"] or 0
    by_flop = r.row.share[0] == "fma" if r.row.share else flop > 4 * moved
    work = flop if by_flop else moved
    return f"{work / one['seconds'] * 1e-9:.4g} {'GFLOP/s' if by_flop else 'GB/s'}" if one["seconds"] and work else ""


def wanted_of(r):
    of = r.row.share and (r.row.share[0] if isinstance(r.row.share[0], str) else r.row.share[0][0])
    for what, have, limit, met in r.targets():
        text = {"share": f"{limit:.0%} of {OF.get(of, of)}", "seconds": f"<= {duration(limit)}",
                "memory": f"<= {limit:.2g}x its memory (is {have:.2f})"}.get(what)
        text = text or f"{limit:.3g}x {what}" + ("" if what in (r.best(), "best") else f" (is {have:.2f})")
        yield text if met else f"MISSED {text}"


def cells(r):
    one = r.record()
    ratio = one["ratio"].get(one["best"]) if one["best"] else None
    return [r.name(), duration(one["seconds"]) if one["seconds"] else "failed", rate_of(r, one),
            spread(one["share"], percent), one["best"] or "", spread(ratio, lambda x: f"{x:.2f}"), ", ".join(wanted_of(r))]


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


def tell(results, missing, others, a):
    if a.json:
        print(json.dumps({"rounds": a.rounds, "others": others, "isa": a.isa, "of": "best" if a.best else "median", "missing": missing,
                          "rows": [r.record() for r in results]}, indent=1))
    else:
        table(results)
        bad = sum(not r.met() for r in results)
        print(f"\n{len(results)} rows, {len(results) - bad} met, {bad} missed; {a.rounds} rounds"
              f"{'' if a.rounds >= 16 else ' (fewer than 16: not to be relied on)'}; ratio: the peer's time by ours; "
              f"in brackets the quartiles")
        if others and others > 0.1:
            print(f"others used {others:.0%} of this machine meanwhile: not to be relied on")
    for r in results:
        if r.failed:
            sys.stderr.write(f"{r.name()}: failed: {r.failed}\n")
    for name, why in missing.items():
        install = INSTALL.get(name) or INSTALL.get(name.split()[0])
        sys.stderr.write(f"without {name}: {why}" + (f"; to have it: {install}\n" if install else "\n"))
    for r in results:
        for name in r.lacks.keys() - missing.keys():
            sys.stderr.write(f"{r.name()}: without {name}: {r.lacks[name]}\n")


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
    peers = Peers(a.build, a.isa)
    results = [Result(r, peers.names(r)) for r in rows]
    others = Others()
    missing = all_rounds(results, peers, Machine(a.best), a.rounds)
    tell(results, missing, others.share(), a)
    return 1 if any(r.failed for r in results) else 0 if all(r.met() for r in results) else 3


if __name__ == "__main__":
    sys.exit(main())
