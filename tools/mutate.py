"""mutate.py - are the tests sharp? Breaks each op a little, at least three times, and wants a test to notice.

Promises: mutants are drawn by seed from each file of src/ops that holds an op, and from those of the engine that loops,
choices, gradients, formulas and rewriting are made of - a sign, an axis, a constant, the order of operands - one of each kind
before two of any; the tree itself is never touched. A mutant that no test notices must be
listed in tools/mutants.txt with the proof that it changes nothing; otherwise exit 1.
Kernels, which are held against the ops and compiled once for each instruction set, are mutated where --only names
them, for all sets at once. Does not do: mutate the records, which are data and hold the tests.

usage: python3 tools/mutate.py [--seed N] [--each N] [--only FILE[,FILE]] [--jobs N] [--list]
"""
import argparse
import concurrent.futures
import json
import pathlib
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build-mutate"
BUILD = WORK / "sound"  # the unbroken build
CLEAN = {"PATH": "/usr/bin:/bin", "NERVO_ROOT": str(ROOT), "NERVO_BUILD": str(BUILD)}
ROOMS = ("op", "grad", "graph", "kernel", "api", "nn", "compile", "run")  # whose programs are asked, the quickest first
LAST = "fuzz.graphs"  # and then random programs; first, where it is about the engine
ENGINE = ("src/grad/*.c", "src/graph/block.c", "src/graph/copy.c", "src/graph/live.c", "src/compile/simplify.c",
          "src/compile/rewrite.c", "src/compile/turns.c", "src/ops/formula.c", "src/ops/algebra.c")
KERNELS = "src/kernels/simd/*.c"
FORMULA = r"(?<=_ref, )([^=<>\n]+)(?=\)\n)"  # of a reference that is not a comparison
NUMBER = r"(?<![\w.\"])(\d+\.\d+(?:e-?\d+)?|\d+)(?![\w.])"

KINDS = {
    "sign": [
        (r"(?<=[\w)\]]) \+ (?=[\w(-])", " - "), (r"(?<=[\w)\]]) - (?=[\w(])", " + "),
        (r" \+= ", " -= "), (r" -= ", " += "),
        (r"(?<=[(=,?:] )-(?=[\w(])", ""), (r"(?<=\()-(?=[\w(])", ""), (r"(?<=return )-(?=[\w(])", ""),
        (FORMULA, r"-(\1)"), (r"(?<=\] = )v->dy(?=;)", "nrv_neg(v->dy)"), (r"\bnrv_neg\(", "("),
        (r"\bnrv_add\(", "nrv_sub("), (r"\bnrv_sub\(", "nrv_add("),
        (r"(?<=[\w)\]]) \* (?=[\w(])", " / "), (r"(?<=[\w)\]]) / (?=[\w(])", " * "),
        (r"\bnrv_mul\(", "nrv_div("), (r"\bnrv_div\(", "nrv_mul("),
    ],
    "axis": [
        (r"\brank - 1\b", "rank - 2"), (r"\brank - 2\b", "rank - 1"), (r"(?<=\baxis)(?=[,)\]])", " + 1"),
        (r"(?<=\bx\[)0(?=\])", "1"), (r"(?<=\bx\[)1(?=\])", "0"),
        (r"(?<=\bin\[)0(?=\])", "1"), (r"(?<=\bin\[)1(?=\])", "0"),
        (r"(?<=dim\[)i(?=\])", "0"), (r"(?<=dim\[)k(?=\])", "0"),
    ],
    "constant": [(NUMBER, None), (FORMULA, r"1.25 * (\1)"),
                 (FORMULA, r"(\1) + 0.5"), (r"(?<=: )(-?dy)(?=[ \"])", r"1.25 * \1")],
    "order": [
        (r"(?<=[^\w.>])(\w+) - (\w+)(?=[,;)\]])", r"\2 - \1"), (r"(?<=[^\w.>])(\w+) / (\w+)(?=[,;)\]])", r"\2 / \1"),
        (r" < ", " > "), (r" < ", " <= "), (r" > ", " < "), (r" > ", " >= "), (r" <= ", " < "), (r" <= ", " >= "),
        (r" >= ", " > "), (r" >= ", " <= "), (r" == ", " != "), (r" == ", " <= "), (r" != ", " == "), (r" != ", " < "),
        (r" && ", " || "), (r" \|\| ", " && "), (r"(?<=NRV_N\(const nrv_tensor, )(\w+), (\w+)(?=\))", r"\2, \1"),
        (r"\b(nrv_(?:matmul|sub|div|pow|less|greater))\(([^,()]+), ([^,()]+)\)", r"\1(\3, \2)"),
        (r"\bnrv_select\(([^,()]+), ([^,()]+), ([^,()]+)\)", r"nrv_select(\1, \3, \2)"),
        (r" \? ([\w.>\[\]-]+) : ([\w.>\[\]-]+)(?=[,;)])", r" ? \2 : \1"),
    ],
}


def changeable(text):
    """the text with everything blanked that no mutant may touch: comments, records, directives, first lines of
    functions, the wording of errors, and strings that are not formulas; also indices that one input makes a crash of"""
    def blank(found):
        return re.sub(r"[^\n]", "\x01", found.group(0))
    text = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
    text = re.sub(r"^NRV_OP\(.*?\);$", blank, text, flags=re.S | re.M)
    text = re.sub(r"^\s*#[^\n]*|^(?:static|NRV_API|nrv_)[^\n]*\)$", blank, text, flags=re.M)
    text = re.sub(r"\bnrv__\w*fail\([^;]*;", blank, text)
    for array in ("x", "in"):
        if not re.search(rf"\b{array}\[1\]", text):
            text = re.sub(rf"(?<=\b{array}\[)0(?=\])", blank, text)
    text = re.sub(r"(?<=\bdx\[)\d(?=\])|(?<=\bout\[)0(?=\])|(?<=\bx\[)\d(?=\])(?<!\bx\[[01])", blank, text)
    return re.sub(r'(?<!NRV_EXPR\()(?<!NRV_MAP\()"(?:\\.|[^"\\\n])*"', blank, text)


def other_number(found):
    text = found.group(1)
    return str(int(text) + 1) if text.isdigit() else repr(float(text) * 1.25)


def candidates(text):
    """every (kind, start, end, replacement)"""
    code = changeable(text)
    seen = {}
    for kind, rules in KINDS.items():
        for pattern, to in rules:
            for found in re.finditer(pattern, code):
                new = other_number(found) if to is None else found.expand(to)
                if "\x01" not in found.group(0) and new != found.group(0):
                    seen.setdefault((found.start(), found.end(), new), kind)
    return [(kind, *place) for place, kind in sorted(seen.items())]


def order_of(path, text, seed):
    """all mutants of a file in the order in which they are drawn: a kind at a time, in turn"""
    rng = random.Random(f"{seed} {path.name}")
    piles = {}
    for one in candidates(text):
        piles.setdefault(one[0], []).append(one)
    for pile in piles.values():
        rng.shuffle(pile)
    while any(piles.values()):
        for kind in list(KINDS):
            if piles.get(kind):
                yield piles[kind].pop()


def known():
    """(file, line before, line after) -> proof"""
    proofs, entry = {}, []
    path = ROOT / "tools/mutants.txt"
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("#") or not line.strip():
            continue
        entry.append(line.strip())
        if len(entry) == 4:
            proofs[tuple(entry[:3])] = entry[3]
            entry = []
    if entry:
        sys.exit("mutate: tools/mutants.txt: an entry has four lines: file, before, after, proof")
    return proofs


class Bench:
    """a folder in which one mutant at a time is compiled, linked and tested"""
    lock = threading.Lock()

    def __init__(self, number, programs, compiles):
        self.folder = WORK / str(number)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.programs, self.compiles = programs, compiles

    def run(self, command, limit, **more):
        def bound():
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            return subprocess.run(command, cwd=self.folder, timeout=limit, preexec_fn=bound, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **more).returncode
        except subprocess.TimeoutExpired:
            return "too slow"

    def try_mutant(self, path, text):
        """the name of the program that noticed; None if none did; '' if it does not compile"""
        source, things = self.folder / path.name, ""
        source.write_text(text)
        for i, words in enumerate(self.compiles[path]):
            command = [word for word in words if word not in ("-Werror", "-O3", "-Wall", "-Wextra")]
            things += f" {self.folder / path.name}.{i}.o"
            command[command.index("-o") + 1], command[command.index("-c") + 1] = things.split()[-1], str(source)
            if self.run([*command, "-O1", "-w", f"-I{path.parent}"], 300):
                return ""
        library = BUILD / "libnervo.a"  # the mutant stands before it: two files of the library may have one name
        early = not {"ops", "kernels"} & set(path.parts)
        names = sorted(self.programs, key=lambda name: name != LAST) if early else self.programs
        for name in names:
            link, seconds = self.programs[name]
            program = self.folder / name
            if self.run(["sh", "-c", link.replace("\0out", str(program)).replace("\0lib", f"{things} {library}", 1)
                         .replace("\0lib", str(library))], 300):
                return "link"
            if self.run([str(program)], 20 + 10 * seconds, env=CLEAN):
                return name
        return None


def find_programs():
    """name -> (link command with marks for program and library, seconds it takes unbroken)"""
    names = sorted((p.name for p in (BUILD / "test").glob("*.*") if p.name.split(".")[0] in ROOMS),
                   key=lambda name: (ROOMS.index(name.split(".")[0]), name)) + [LAST]
    programs = {}
    for name in names:
        link = subprocess.run(["ninja", "-C", str(BUILD), "-t", "commands", "-s", f"test/{name}"],
                              check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        link = re.sub(r"(?<= -o )\S+", "\0out", link, count=1)
        link = f"cd {shlex.quote(str(BUILD))} && " + re.sub(r"(?<=\s)libnervo\.a(?=\s)", "\0lib", link)
        start = time.monotonic()
        if subprocess.run([str(BUILD / "test" / name)], cwd=WORK, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=CLEAN).returncode not in (0, 77):
            sys.exit(f"mutate: {name} fails on the unbroken sources; mend that first")
        programs[name] = (link, time.monotonic() - start)
    return dict(sorted(programs.items(), key=lambda one: (one[0] == LAST, one[1][1])))


def line_around(text, at):
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start:end if end >= 0 else None].strip()


def judge(path, seed, each, benches, proofs):
    """draws until `each` mutants of the file were noticed or survived; the report, and the survivors"""
    text = path.read_text()
    report, survivors, proved, drawn = [], [], 0, 0
    name = path.relative_to(ROOT).as_posix()
    for kind, start, end, new in order_of(path, text, seed):
        if drawn == each:
            break
        mutant = text[:start] + new + text[end:]
        before, after = line_around(text, start), line_around(mutant, start)
        bench = benches.pop()
        noticed = bench.try_mutant(path, mutant)
        benches.append(bench)
        if noticed == "":
            continue
        drawn += 1
        where = f"{name}:{text.count(chr(10), 0, start) + 1}: {kind}: {before}  ->  {after}"
        if noticed:
            report.append(f"caught by {noticed:12} {where}")
        elif (name, before, after) in proofs:
            proved += 1
            report.append(f"changes nothing        {where}\n{'':23}{proofs[name, before, after]}")
        else:
            survivors.append(where)
            report.append(f"NOT NOTICED            {where}")
    if drawn < each:
        report.append(f"only {drawn} mutants        {name} has no more to change")
    return report, survivors, drawn, proved


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--each", type=int, default=3)
    asked.add_argument("--only", default="")
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--list", action="store_true", help="show what would be drawn, without trying it")
    wish = asked.parse_args()
    only = set(filter(None, wish.only.split(",")))
    paths = [p for p in sorted((ROOT / "src/ops").rglob("*.c"))
             if re.search(r"^NRV_OP\(", p.read_text(), re.M) and (not only or p.stem in only)]
    paths += [p for glob in ENGINE for p in sorted(ROOT.glob(glob)) if not only or p.stem in only]
    paths += [p for p in sorted(ROOT.glob(KERNELS)) if p.stem in only]
    if wish.list:
        for path in paths:
            text = path.read_text()
            for kind, start, end, new in list(order_of(path, text, wish.seed))[:wish.each]:
                mutant = text[:start] + new + text[end:]
                print(f"{path.name}: {kind}: {line_around(text, start)}  ->  {line_around(mutant, start)}")
        return 0
    WORK.mkdir(exist_ok=True)
    print(f"mutate: building in {BUILD}", flush=True)
    subprocess.run(["cmake", "-G", "Ninja", "-S", str(ROOT), "-B", str(BUILD), "-DCMAKE_BUILD_TYPE=Release",
                    "-DNERVO_BUILD_CLI=OFF", "-DNERVO_BUILD_TESTS=ON"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(BUILD)], check=True, stdout=subprocess.DEVNULL)
    programs = find_programs()
    if not programs or not paths:
        sys.exit("mutate: there is nothing to mutate, or no test program to ask")
    compiles = {}  # a kernel is compiled for each instruction set
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        compiles.setdefault(pathlib.Path(entry["file"]), []).append(shlex.split(entry["command"]))
    print(f"mutate: seed {wish.seed}, {wish.each} mutants in each of {len(paths)} files; asking", *programs, flush=True)
    benches = [Bench(number, programs, compiles) for number in range(wish.jobs)]
    total, proofs_used, survivors, proofs = 0, 0, [], known()
    with concurrent.futures.ThreadPoolExecutor(wish.jobs) as pool:
        for report, missed, drawn, proved in pool.map(lambda p: judge(p, wish.seed, wish.each, benches, proofs), paths):
            print("\n".join(report), flush=True)
            survivors += missed
            total += drawn
            proofs_used += proved
    print(f"mutate: {total} mutants, {total - len(survivors) - proofs_used} caught, "
          f"{proofs_used} proved to change nothing, {len(survivors)} not noticed")
    return 1 if survivors else 0


sys.exit(main())
