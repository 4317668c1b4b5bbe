"""The C of the how-to pages works: every block that has a main compiles without a warning and prints what the text block
after it says; a block that names a file (```c src/ops/point/tanh.c) stands there word for word.           label: house

Does not do: C without a main and without a name - there should be none.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["NERVO_ROOT"]).resolve()
LIBRARY = pathlib.Path(os.environ["NERVO_BUILD"]).resolve() / "libnervo.a"
STRICT = ["-std=c17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror", f"-I{ROOT / 'include'}"]


def blocks(page):
    """(line, what it is, text), in order"""
    text = page.read_text()
    for found in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 1, found.group(1), found.group(2)


def shell(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def program(text, folder):
    """what is wrong (None: nothing), and what it printed"""
    source, binary = folder / "page.c", folder / "page"
    source.write_text(text)
    if shutil.which("clang-19"):
        code, out, err = shell("clang-19", *STRICT, "-fsyntax-only", str(source))
        if code:
            return err, out
    code, out, err = shell("cc", *STRICT, "-O1", str(source), str(LIBRARY), "-lm", "-pthread", "-o", str(binary))
    if code:
        return err, out
    code, out, err = shell(str(binary))
    return (err or f"it ends with {code}") if code or err else None, out


def main():
    wrong, ran, quoted = [], 0, 0
    for page in sorted((ROOT / "docs" / "how").glob("*.md")):
        printed = None
        for line, kind, text in blocks(page):
            place = f"{page.relative_to(ROOT)}:{line}"
            if kind == "text" and printed is not None:
                if text != printed:
                    wrong.append(f"{place}: the page says\n{text}but the program before it prints\n{printed}")
                printed = None
            elif kind.startswith("c "):
                quoted += 1
                if text not in (ROOT / kind[2:]).read_text():
                    wrong.append(f"{place}: {kind[2:]} does not have these lines")
            elif kind == "c" and "int main" in text:
                with tempfile.TemporaryDirectory() as folder:
                    trouble, printed = program(text, pathlib.Path(folder))
                ran += 1
                if trouble:
                    wrong.append(f"{place}: {trouble}")
                    printed = None
            elif kind == "c":
                wrong.append(f"{place}: C that nobody compiles; give it a main, or name the file that it quotes")
    print("\n".join(wrong) or f"{ran} programs print what their pages say, {quoted} quotations are right")
    sys.exit(bool(wrong) or ran < 3 or quoted < 1)


main()
