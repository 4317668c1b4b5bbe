#!/usr/bin/env python3
"""Writes the table of docs/how/accuracy.md: how far each element-wise function of one number is from its double.

usage: accuracy.py PROGRAM [--every K] [NAME...]        PROGRAM: conformance.ulp; NAME: these functions, all without one

Rows of the table are replaced by what was tried now, unless more inputs were tried then. Does not do: judge.
"""
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "how" / "accuracy.md"
HEAD = "| function | worst error, ulp | on | of | allowed | inputs tried |\n| --- | --- | --- | --- | --- | --- |\n"
ROW = re.compile(r"^\| `(\w+)` \| .*\| (all|every 2\^(\d+)th|rounded) \|$", re.M)


def main():
    text = PAGE.read_text(encoding="utf-8")
    before, table = text.split(HEAD)
    rows, tried = {}, {}
    for found in ROW.finditer(table):
        rows[found[1]], tried[found[1]] = found[0], int(found[3] or 0)
    done = subprocess.run([sys.argv[1], "--rows", *sys.argv[2:]], stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        name, ulp, tier, at, limit, every, how = line.split("\t")
        if how == "rounded" or int(every) <= tried.get(name, 99):
            inputs = "rounded" if how == "rounded" else f"every 2^{every}th" if int(every) else "all"
            rows[name] = f"| `{name}` | {ulp} | {tier} | {at} | {limit} | {inputs} |"
    PAGE.write_text(before + HEAD + "\n".join(rows[name] for name in sorted(rows)) + "\n", encoding="utf-8")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
