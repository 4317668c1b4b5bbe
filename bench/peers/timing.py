"""timing.py - how the peers in Python are timed, and the line of JSON that says so: as peer.h and bench_models do it."""
import json
import time


def timed(step):
    """seconds of one: of five rounds of at least 20 ms each, after one step that nobody times; sorted"""
    step()
    each, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < 0.02:
        step()
        each += 1
    rounds = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(each):
            step()
        rounds.append((time.perf_counter() - begun) / each)
    return sorted(rounds)


def memory(what):
    with open("/proc/self/status", encoding="ascii") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(what))


def json_line(what, args, rounds, before, peer):
    row = "%s %s%s t%d" % (what, args.model, " b%d" % args.batch if args.batch else "", args.threads)
    return json.dumps({"row": row, "seconds": rounds[len(rounds) // 2], "least": rounds[0], "rss": memory("VmHWM:") - before,
                       "checked": False, "peer": peer})
