"""lint.py - the rules of the house that no compiler knows.

Promises: every rule is one function below with its reason as its first line; exceptions stand, with their reasons, in
tools/lint-exceptions.txt, and one that is no longer needed is an error too. Exit 1 when a rule is broken.
Does not do: layout (clang-format does), anything that a compiler warning does.

usage: python3 tools/lint.py [ROOT]
"""
import fnmatch
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
ROOMS = ["base", "graph", "ops", "grad", "compile", "run", "nn", "optim", "io", "data", "models", "kernels", "gen"]
# base < graph < ops < grad < compile < run < nn, optim < io, data < models: a room sees those before it, and itself
RANK = {"base": 0, "graph": 1, "ops": 2, "grad": 3, "compile": 4, "run": 5, "nn": 6, "optim": 6, "io": 7, "data": 7,
        "models": 8, "cli": 9}
LIBC = """assert complex ctype errno float inttypes limits locale math pthread sched semaphore setjmp signal stdarg
    stdatomic stdbool stddef stdint stdio stdlib string time unistd fcntl dirent cpuid sys/stat sys/types sys/mman sys/syscall
    immintrin arm_neon wasm_simd128"""
LIBC_HEADERS = {name + ".h" for name in LIBC.split()}
ENDS = r"abort|_?exit|_Exit|quick_exit|assert|raise|signal|system|popen"
PRINTS = r"v?printf|v?fprintf|puts|fputs|putchar|putc|fputc|perror"
ENVIRONMENT = r"getenv|setenv|setlocale"
HEAP = r"malloc|calloc|realloc|free|strdup|aligned_alloc|posix_memalign|alloca"
errors, warnings, used = [], [], set()


def load_exceptions():
    rules = []
    for number, line in enumerate((ROOT / "tools/lint-exceptions.txt").read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            fields = line.split(None, 3)
            if len(fields) < 4:
                errors.append(f"tools/lint-exceptions.txt:{number}: wants RULE FILE WHAT REASON")
            else:
                rules.append((number, *fields))
    return rules


EXCEPTIONS = load_exceptions()


def broken(rule, path, line, what, message):
    """notes that a rule is broken, unless that is a known exception"""
    for number, name, file, subject, _ in EXCEPTIONS:
        if name == rule and fnmatch.fnmatch(path, file) and fnmatch.fnmatch(what, subject):
            used.add(number)
            return
    errors.append(f"{path}:{line}: {rule}: {message}")


def bare(text):
    """the text with comments, strings and characters blanked; every line keeps its number and every column its place"""
    def blank(found):
        return re.sub(r"[^\n]", " ", found.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


class File:
    def __init__(self, path):
        self.path = path.relative_to(ROOT).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.splitlines()
        self.code = bare(self.text)
        parts = self.path.split("/")
        self.room = parts[1] if parts[0] == "src" else parts[0]
        self.in_src = parts[0] == "src"

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1


def functions(file):
    """(name, first line, last line, body) of each function in the house's layout: braces at column 0"""
    lines = file.code.splitlines()
    at = 0
    while at < len(lines):
        if lines[at] == "{":
            end = at
            while end < len(lines) and lines[end] != "}":
                end += 1
            first = at
            while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(("#", "}")):
                first -= 1
            head = " ".join(lines[first:at])
            names = re.findall(r"(\w+)\s*\(", head)
            if names and not re.match(r"\s*(typedef|struct|union|enum)\b[^(]*$", head):
                name = re.search(r"NRV__ISA\((\w+)\)", head)
                yield (name.group(1) if name else names[0]), first + 1, end + 1, "\n".join(lines[at + 1:end])
            at = end
        at += 1


def rule_calls(file):
    """a library does not end, print or read the environment: it is a guest in its caller's process"""
    if not file.in_src:
        return
    for found in re.finditer(rf"\b({ENDS}|{PRINTS}|{ENVIRONMENT})\s*\(", file.code):
        name = found.group(1)
        broken("calls", file.path, file.line_of(found.start()), name, f"{name}() has no place in src/")


def rule_memory(file):
    """all memory goes through the store's allocator, which is told old and new size"""
    if not file.in_src:
        return
    for found in re.finditer(rf"\b({HEAP})\s*\(", file.code):
        broken("memory", file.path, file.line_of(found.start()), found.group(1),
               f"{found.group(1)}() goes past the allocator; use nrv__alloc, nrv__grow or an arena")


def rule_includes(file):
    """each room stands on the ones before it, so that it can be read, and replaced, alone"""
    if not (file.in_src or file.room == "cli"):
        return
    for number, line in enumerate(file.lines, 1):
        found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)', line)
        if not found:
            continue
        kind, target = found.groups()
        if kind == "<":
            if file.in_src and target not in LIBC_HEADERS:
                broken("includes", file.path, number, target, f"<{target}> is not of libc: src/ needs nothing else")
            continue
        places = [(ROOT / file.path).parent / target, ROOT / "src" / target, ROOT / "include" / target]
        place = next((p.resolve() for p in places if p.is_file()), None)
        if place is None:
            broken("includes", file.path, number, target, f'there is no "{target}"')
            continue
        if ROOT / "include" in place.parents:
            continue
        other = place.relative_to(ROOT).as_posix()
        room = other.split("/")[1] if other.startswith("src/") else other.split("/")[0]
        if room == file.room or file.room == "gen":
            continue
        if file.room == "kernels":
            allowed = room == "base"
        elif room == "kernels":
            allowed = file.room in ("compile", "run")
        else:
            allowed = room in RANK and file.room in RANK and RANK[room] < RANK[file.room]
        if not allowed:
            broken("includes", file.path, number, other, f"{file.room} may not see {other}")


def rule_length(file):
    """a function fits a screen: what does not fit is not read as a whole"""
    for name, first, last, _ in functions(file):
        lines = last - first + 1
        if lines > 80:
            broken("length", file.path, first, name, f"{name} has {lines} lines; at most 80, better 60")
        elif lines > 60:
            warnings.append(f"{file.path}:{first}: length: {name} has {lines} lines; better 60")


def rule_recursion(files):
    """no recursion whose depth depends on user data; so none at all, not even in turns, save where a reason is given"""
    calls, place = {}, {}
    for file in files:
        if file.in_src:
            for name, first, _, body in functions(file):
                place[name] = (file.path, first)
                calls[name] = set(re.findall(r"(?<![.>\w])(\w+)\s*\(", body) + re.findall(r"NRV__ISA\((\w+)\)", body))
    calls = {name: {c for c in called if c in place} for name, called in calls.items()}
    reasoned = {name for name, (path, _) in place.items()  # a bound on one function bounds every circle through it
                if any(rule == "recursion" and fnmatch.fnmatch(path, file) and fnmatch.fnmatch(name, what)
                       for _, rule, file, what, _ in EXCEPTIONS)}
    for name in sorted(place):
        near = calls[name] if name in reasoned else calls[name] - reasoned
        seen, stack = set(), [(c, [name, c]) for c in sorted(near)]
        while stack:
            at, way = stack.pop()
            if at == name:
                broken("recursion", *place[name], name, f"calls itself: {' -> '.join(way)}; use a loop")
                break
            if at not in seen:
                seen.add(at)
                stack += [(c, way + [c]) for c in sorted(calls[at] if name in reasoned else calls[at] - reasoned)]


def rule_text(file):
    """a file says what it is, fits 120 columns, and holds no notes to self"""
    if not file.text.startswith("/*"):
        broken("text", file.path, 1, "opening", "opens without a comment: what it is, promises, and does not do")
    for number, line in enumerate(file.lines, 1):
        if len(line) > 120:
            broken("text", file.path, number, "long", f"{len(line)} columns; at most 120")
        if "\t" in line:
            broken("text", file.path, number, "tab", "a tab")
        if line.rstrip() != line:
            broken("text", file.path, number, "space", "blanks at the end of the line")
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            broken("text", file.path, number, "todo", "an open end belongs in an issue")
    if file.text and not file.text.endswith("\n"):
        broken("text", file.path, len(file.lines), "end", "no newline at the end")


def rule_names(files):
    """the amalgamation is a `cat` of src/, so the names of files and headers are unique in all of it - and grep finds
    one thing"""
    seen = {}
    before = r"static\b[^;={(]*?|NRV_REF\d\(\s*|static\b[^;={(]*?NRV__ISA\(\s*"
    statics = re.compile(rf"^(?:{before})(\w+)\)?\s*(?=[\[(=;,])", re.M)
    types = re.compile(r"^(?:typedef\b[^;{]*?\b|\}\s*)(\w+);", re.M)
    shared = re.compile(r"^(?!static\b|typedef\b|return\b)\w[\w \*]*?\b(nrv__\w+)(?=\()", re.M)
    for file in files:
        if not file.in_src:
            continue
        here = {}
        for kind in (statics, types, *([shared] if file.path.endswith(".h") else [])):
            for found in kind.finditer(file.code):
                name, line = found.group(1), file.line_of(found.start())
                if here.setdefault(name, (kind, line))[0] is not kind:
                    broken("names", file.path, line, name, f"{name} is also in {file.path}:{here[name][1]}")
        for name, (_, line) in here.items():
            if name in ("NRV__ISA", "__attribute__"):
                continue
            if name in seen:
                broken("names", file.path, line, name, f"{name} is also in {seen[name]}")
            seen.setdefault(name, f"{file.path}:{line}")


def rule_readme():
    """one sentence per room says what lives there"""
    for room in sorted(p for p in (ROOT / "src").iterdir() if p.is_dir()):
        readme = room / "README.md"
        where = readme.relative_to(ROOT).as_posix()
        if not readme.is_file():
            broken("readme", where, 1, "missing", "this room has no README.md")
            continue
        body = " ".join(line for line in readme.read_text().splitlines() if not line.startswith("#")).strip()
        if not body.endswith(".") or len(re.findall(r"[.!?](?=\s|$)", body)) != 1:
            broken("readme", where, 1, "sentence", "wants one sentence, that ends with a full stop")


def rule_budget():
    """code is a debt: a room that grows past its number must change the number, in the open"""
    budget = {}
    for line in (ROOT / "tools/budget.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            room, most = line.split()
            budget[room] = int(most)
    rooms = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "src").iterdir() if p.is_dir())
    for room in [r for r in rooms if r != "src/gen"] + ["cli", "tools"]:
        files = [p for p in (ROOT / room).rglob("*") if p.suffix in (".c", ".h", ".inc", ".py", ".sh", ".awk")]
        lines = sum(len(p.read_text().splitlines()) for p in files)
        if room not in budget:
            broken("budget", "tools/budget.txt", 1, room, f"no number for {room}, which has {lines} lines")
        elif lines > budget.pop(room):
            broken("budget", "tools/budget.txt", 1, room, f"{room} has {lines} lines, more than its budget")
    for room in budget:
        broken("budget", "tools/budget.txt", 1, room, f"there is no {room}")


def rule_version():
    """one version: what the build calls itself is what nrv_version() says and what the changelog names first"""
    version = re.search(r"project\(nervo VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    for path, wanted in (("src/base/version.c", f'"{version}"'), ("CHANGELOG.md", f"## [{version}]")):
        if wanted not in (ROOT / path).read_text():
            broken("version", path, 1, version, f"does not say {wanted}")


def main():
    files = [File(p) for folder in ("src", "cli", "tools", "test", "bench", "examples")
             for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".c", ".h", ".inc") and p.is_file()]
    laid_out = [f for f in files if not f.path.startswith(("src/gen/", "test/api/programs/"))]
    for file in laid_out:
        for rule in (rule_calls, rule_memory, rule_includes, rule_text):
            rule(file)
        if not file.path.startswith("test/"):
            rule_length(file)
    rule_recursion(laid_out)
    rule_names(laid_out)
    rule_readme()
    rule_budget()
    rule_version()
    for number, rule, path, what, _ in EXCEPTIONS:
        if number not in used:
            errors.append(f"tools/lint-exceptions.txt:{number}: nothing needs this any more: {rule} {path} {what}")
    for text in warnings:
        print("warning:", text)
    for text in errors:
        print(text)
    print(f"lint: {len(files)} files, {len(errors)} errors, {len(warnings)} warnings")
    return 1 if errors else 0


sys.exit(main())
