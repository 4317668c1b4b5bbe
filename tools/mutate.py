"""mutate.py - are the tests sharp? Breaks each op a little, at least three times, and wants a test to notice.

Promises: mutants are drawn by seed from each file of src/ops that holds an op, and from those of the engine that loops,
choices, gradients, formulas and rewriting are made of - a sign, an axis, a constant, the order of operands - one of each kind
before two of any; the tree itself is never touched. A mutant that no test notices must be listed in tools/mutants.txt
with the proof that it changes nothing, unless the compiler makes the same machine code of it; otherwise exit 1.
Kernels, which are held against the ops and compiled once for each instruction set, are mutated where --only names
them, for all sets at once. Only what fails for a mutant and passes without it counts, and nothing lives that has not met
every program whole, or its proof and the quick ones. Does not do: mutate the records, which are data and hold the tests.

How it is quick: a mutant is linked once, as a shared library that all programs load; those that walk the registry are
asked about the ops of its file first (NERVO_OPS, test/support/each_op.h); limits are of processor time, so a busy
machine breaks none. What was judged is written down in build-mutate/judged and holds for the same text of the file and,
to the byte, the same program that noticed - or the same library and programs, where none did; --afresh forgets it.

usage: python3 tools/mutate.py [--seed N] [--each N] [--only FILE[,FILE]] [--jobs N] [--list] [--afresh]
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build-mutate"
BUILD = WORK / "sound"  # the unbroken build
PROGRAMS = WORK / "programs"  # linked with LIBRARY, wherever it is found
LIBRARY = "libmutant.so"
LINKER = ["-fuse-ld=gold"] if shutil.which("ld.gold") else []  # half of the time
JUDGED = WORK / "judged"
CLEAN = {"PATH": "/usr/bin:/bin", "NERVO_ROOT": str(ROOT), "NERVO_BUILD": str(BUILD)}
ROOMS = ("op", "grad", "graph", "kernel", "nn", "compile", "run", "conformance")  # whose programs are asked, the quickest first
LAST = "fuzz.graphs"  # and random programs; among the quick, where it is about the engine
DEAR = 3  # seconds; a program that takes longer is asked, about all ops, when everything else has been
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


def digest(*parts):
    return hashlib.sha256(b"\0".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)).hexdigest()


def run(command, folder, seconds=None, **more):
    """(exit code, seconds of processor time); where seconds are given, as many are allowed"""
    def bound():
        os.setpgrp()
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    process = subprocess.Popen(command, cwd=folder, preexec_fn=bound, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, **more)
    stop = threading.Timer(60 + 10 * (seconds or 60), os.killpg, (process.pid, signal.SIGKILL))  # for one that waits
    stop.start()
    _, status, used = os.wait4(process.pid, 0)
    stop.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


class Memory:
    """what was judged before, in a file that an interrupted run leaves whole: what, for which bytes, the answer"""

    def __init__(self, afresh):
        self.lock, self.known = threading.Lock(), {}
        if JUDGED.exists() and not afresh:
            lines = [line.split(" ") for line in JUDGED.read_text().splitlines()]
            self.known = {line[0]: tuple(line[1:]) for line in lines if len(line) == 3}
        fresh = JUDGED.with_suffix(".new")
        fresh.write_text("".join(f"{key} {seal} {answer}\n" for key, (seal, answer) in self.known.items()))
        fresh.replace(JUDGED)

    def ask(self, key, seal_of):
        seal, answer = self.known.get(key, ("", ""))
        return answer if seal and seal == seal_of(answer) else None

    def tell(self, key, seal, answer):
        with self.lock, JUDGED.open("a") as to:
            to.write(f"{key} {seal} {answer}\n")


class Program:
    """a test program, linked with the library that its folder of the day holds"""

    def __init__(self, name):
        self.name, self.path = name, PROGRAMS / name
        self.lock, self.sound = threading.Lock(), {}
        room, stem = name.split(".")
        sources = [ROOT / "test" / room / file for file in (f"test_{stem}.c", f"{stem}_test.c")]
        self.walks = any("each_op(" in p.read_text() for p in sources if p.exists())
        link = subprocess.run(["ninja", "-C", str(BUILD), "-t", "commands", "-s", f"test/{name}"],
                              check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        link = re.sub(r"(?<= -o )\S+", str(self.path), link, count=1)
        link = re.sub(r"(?<=\s)libnervo\.a(?=\s)", str(WORK / LIBRARY), link)
        subprocess.run(link, shell=True, check=True, cwd=BUILD)
        self.seal = digest(self.path.read_bytes())

    def fails(self, folder, ops="", seconds=None):
        """the library in WORK or in a folder of a mutant breaks it; and the processor time it took"""
        code, used = run([str(self.path)], WORK if folder == WORK else folder / "work", seconds,
                         env={**CLEAN, "NERVO_OPS": ops, "LD_LIBRARY_PATH": str(folder)})
        return code not in (0, 77), used

    def measure(self, memory):
        """how long it takes, roughly: a number of another day will do"""
        key = digest("seconds", self.name)
        seconds = memory.ask(key, lambda _: self.name)
        self.seconds = float(seconds) if seconds else self.passes("")
        if not seconds:
            memory.tell(key, self.name, self.seconds)

    def passes(self, ops):
        """the seconds it takes without a mutant, where it must not fail"""
        with self.lock:
            if ops not in self.sound:
                failed, self.sound[ops] = self.fails(WORK, ops)
                if failed:
                    sys.exit(f"mutate: {self.name} fails on the unbroken sources, asked for {ops or 'all ops'}; mend that first")
        return self.sound[ops]


class Bench:
    """a folder in which one mutant at a time is compiled, linked and tested"""

    def __init__(self, number, programs, sources):
        self.folder = WORK / str(number)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "work").mkdir(parents=True)
        self.programs, self.sources = programs, sources

    def compile(self, path, text):
        """the machine code for each instruction set, or None"""
        source = self.folder / path.name
        source.write_text(text)
        codes = []
        for words, thing in self.sources[path]:
            command = [word for word in words if word not in ("-Werror", "-O3", "-Wall", "-Wextra")]
            command[command.index("-o") + 1] = str(self.folder / pathlib.Path(thing).name)
            command[command.index("-c") + 1] = str(source)
            if run([*command, "-O1", "-w", f"-I{path.parent}"], self.folder)[0]:
                return None
            codes.append((self.folder / pathlib.Path(thing).name).read_bytes())
            (self.folder / pathlib.Path(thing).name).rename(self.folder / f"{len(codes)}.o")
        return codes

    def link(self, path):
        mine = {thing: str(self.folder / f"{i + 1}.o") for i, (_, thing) in enumerate(self.sources[path])}
        link_library(self.folder, [mine.get(thing, thing) for made in self.sources.values() for _, thing in made])

    def notices(self, program, ops):
        """does it fail with the mutant, and pass without, when asked about these ops?"""
        failed, _ = program.fails(self.folder, ops, 10 + (1 if ops else 10) * program.seconds)
        if failed:
            program.passes(ops)
        return failed

    def first_of(self, programs, ops):
        """the name of the first that notices, with :whole if it could have been asked about fewer"""
        for program in programs:
            if self.notices(program, ops):
                return program.name + (":whole" if program.walks and not ops else "")
        return None

    def try_mutant(self, path, text, sound, dear):
        """the program that noticed; "wrong" if it does not compile, "same" if it is the same machine code; "later" if
        none of the quick programs noticed, and of the dear ones "nobody" """
        code = self.compile(path, text)
        if code is None:
            return "wrong"
        self.link(path)
        ops = " ".join(re.findall(r"^NRV_OP\(\s*(\w+)", sound, re.M))
        engine = not {"ops", "kernels"} & set(path.parts)
        programs = sorted(self.programs.values(), key=lambda p: p.seconds)
        quick = [p for p in programs if p.seconds < DEAR or (engine and p.name == LAST)]
        if dear:
            return self.first_of([p for p in programs if p not in quick], "") or "nobody"
        noticed = self.first_of([p for p in programs if p.walks], ops) if ops else None
        return noticed or ("same" if code == self.compile(path, sound) else self.first_of(quick, "") or "later")


def link_library(folder, things):
    (folder / "things").write_text("\n".join(things))
    subprocess.run(["cc", "-shared", f"-Wl,-soname,{LIBRARY}", *LINKER, "-o", str(folder / LIBRARY),
                    f"@{folder / 'things'}", "-lm", "-pthread"], cwd=BUILD, check=True)


def find_sources():
    """source of the library -> the commands that compile it, with what they make; a kernel has one for each
    instruction set"""
    sources = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(ROOT / "src"):
            words = shlex.split(entry["command"])
            sources.setdefault(path, []).append((words, words[words.index("-o") + 1]))
    return sources


def find_programs(jobs):
    """name -> program, linked anew"""
    shutil.rmtree(PROGRAMS, ignore_errors=True)
    PROGRAMS.mkdir()
    names = [p.name for p in (BUILD / "test").glob("*.*") if p.name.split(".")[0] in ROOMS] + [LAST]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return {program.name: program for program in pool.map(Program, sorted(names))}


def line_around(text, at):
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start:end if end >= 0 else None].strip()


@dataclasses.dataclass
class Mutant:
    path: pathlib.Path
    name: str
    place: str
    before: str
    after: str
    text: str
    verdict: str = ""

    def tell(self, proofs):
        if self.verdict in ("nobody", "later") and (self.name, self.before, self.after) in proofs:
            self.verdict = "proved"
        words = {"nobody": "NOT NOTICED", "later": "not yet noticed", "proved": "changes nothing", "same": "the same code"}
        print(f"{words.get(self.verdict, 'caught by ' + self.verdict):28} {self}", flush=True)

    def __str__(self):
        return f"{self.place}: {self.before}  ->  {self.after}"


def draw(path, seed):
    """all mutants of a file, as they are drawn"""
    text = path.read_text()
    name = path.relative_to(ROOT).as_posix()
    for kind, start, end, new in order_of(path, text, seed):
        mutant = text[:start] + new + text[end:]
        yield Mutant(path, name, f"{name}:{text.count(chr(10), 0, start) + 1}: {kind}", line_around(text, start),
                     line_around(mutant, start), mutant)


class Court:
    """judges mutants, as many at a time as there are benches, and remembers"""

    def __init__(self, programs, sources, memory, seal_of, jobs):
        self.benches = [Bench(number, programs, sources) for number in range(jobs)]
        self.memory, self.seal_of, self.proofs = memory, seal_of, known()

    def judge(self, mutant, dear):
        key = digest(mutant.name, mutant.text)
        mutant.verdict = self.memory.ask(key, self.seal_of)
        if not mutant.verdict or (dear and mutant.verdict == "later"):
            bench = self.benches.pop()
            mutant.verdict = bench.try_mutant(mutant.path, mutant.text, mutant.path.read_text(), dear)
            self.memory.tell(key, self.seal_of(mutant.verdict), mutant.verdict)
            self.benches.append(bench)
        if mutant.verdict != "wrong":
            mutant.tell(self.proofs)

    def judge_file(self, path, wish):
        """by the quick programs: as many mutants as wished that compile"""
        drawn = []
        for mutant in draw(path, wish.seed):
            if len(drawn) == wish.each:
                break
            self.judge(mutant, False)
            drawn += [mutant] if mutant.verdict != "wrong" else []
        if len(drawn) < wish.each:
            print(f"{f'only {len(drawn)} mutants':28} {path.relative_to(ROOT)} has no more to change", flush=True)
        return drawn

    def judge_all(self, paths, wish):
        with concurrent.futures.ThreadPoolExecutor(wish.jobs) as pool:
            drawn = [one for some in pool.map(lambda path: self.judge_file(path, wish), paths) for one in some]
            list(pool.map(lambda one: self.judge(one, True), [one for one in drawn if one.verdict == "later"]))
        return drawn


def what_to_break(only):
    paths = [p for p in sorted((ROOT / "src/ops").rglob("*.c"))
             if re.search(r"^NRV_OP\(", p.read_text(), re.M) and (not only or p.stem in only)]
    paths += [p for glob in ENGINE for p in sorted(ROOT.glob(glob)) if not only or p.stem in only]
    return paths + [p for p in sorted(ROOT.glob(KERNELS)) if p.stem in only]


def show(paths, wish):
    for path in paths:
        for mutant in list(draw(path, wish.seed))[:wish.each]:
            print(mutant)


def build(jobs):
    """the unbroken library, as objects and as one, and the programs"""
    WORK.mkdir(exist_ok=True)
    print(f"mutate: building in {BUILD}", flush=True)
    subprocess.run(["cmake", "-G", "Ninja", "-S", str(ROOT), "-B", str(BUILD), "-DCMAKE_BUILD_TYPE=Release",
                    "-DNERVO_BUILD_CLI=OFF", "-DNERVO_BUILD_TESTS=ON"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(BUILD), "-j", str(jobs)], check=True, stdout=subprocess.DEVNULL)
    sources = find_sources()
    link_library(WORK, [thing for made in sources.values() for _, thing in made])
    return sources, find_programs(jobs)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--each", type=int, default=3)
    asked.add_argument("--only", default="")
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--list", action="store_true", help="show what would be drawn, without trying it")
    asked.add_argument("--afresh", action="store_true", help="forget what was judged before")
    wish = asked.parse_args()
    paths = what_to_break(set(filter(None, wish.only.split(","))))
    if wish.list:
        show(paths, wish)
        return 0
    sources, programs = build(wish.jobs)
    if not programs or not paths:
        sys.exit("mutate: there is nothing to mutate, or no test program to ask")
    memory = Memory(wish.afresh)
    everything = digest((WORK / LIBRARY).read_bytes(), *sorted(p.seal for p in programs.values()))

    def seal_of(verdict):
        program = programs.get(verdict.split(":")[0])
        return program.seal if program else everything
    with concurrent.futures.ThreadPoolExecutor(wish.jobs) as pool:
        list(pool.map(lambda p: p.measure(memory), programs.values()))
    print(f"mutate: seed {wish.seed}, {wish.each} mutants in each of {len(paths)} files; asking",
          *(f"{p.name} ({p.seconds:.1f} s)" for p in programs.values()), flush=True)
    drawn = Court(programs, sources, memory, seal_of, wish.jobs).judge_all(paths, wish)
    counts = collections.Counter(one.verdict for one in drawn)
    nobody, proved, same = (counts.pop(word, 0) for word in ("nobody", "proved", "same"))
    print("mutate: noticed first by", ", ".join(f"{name} {n}" for name, n in counts.most_common()))
    print("".join(f"NOT NOTICED {one}\n" for one in drawn if one.verdict == "nobody"), end="")
    print(f"mutate: {len(drawn)} mutants, {counts.total()} caught, {same} the same code, {proved} proved to change nothing, "
          f"{nobody} not noticed")
    return 1 if nobody else 0


sys.exit(main())
