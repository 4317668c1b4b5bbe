"""timing.py - how the peers here are timed, and the line of JSON that says so: as bench_models does it."""
import json
import time


def timed(step, samples=9, long_enough=0.03, warm=3):
    for _ in range(warm):
        step()
    each, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < long_enough:
        step()
        each += 1
    took = []
    for _ in range(samples):
        begun = time.perf_counter()
        for _ in range(each):
            step()
        took.append((time.perf_counter() - begun) / each)
    return sorted(took)[samples // 2]


def memory(what):
    with open("/proc/self/status", encoding="ascii") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(what))


def json_line(what, args, seconds, before, peer):
    row = "%s %s%s t%d" % (what, args.model, " b%d" % args.batch if args.batch else "", args.threads)
    return json.dumps({"row": row, "seconds": seconds, "flop": 0, "bytes": 0, "rss": memory("VmHWM:") - before,
                       "checked": False, "peer": peer})
