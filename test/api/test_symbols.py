"""What libnervo.so shows and needs: exactly the functions that the public headers declare, and nothing beyond libc,
libm and threads.                                                                                          label: house

The declarations are gcc's own reading of the headers (-aux-info), not a parser of ours."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

root, build = pathlib.Path(os.environ["NERVO_ROOT"]), pathlib.Path(os.environ["NERVO_BUILD"])
library = build / "libnervo.so"
failures = []


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def declared():
    with tempfile.TemporaryDirectory() as folder:
        source, listing = pathlib.Path(folder, "all.c"), pathlib.Path(folder, "aux")
        source.write_text("#include <nervo.h>\n")
        run("gcc", "-std=c17", "-fsyntax-only", "-aux-info", str(listing), "-I", str(root / "include"), str(source))
        names = set()
        for line in listing.read_text().splitlines():
            found = re.match(r"/\* (\S+?):\d+:\S+ \*/ .*?[ *](\w+) \(", line)
            if found and pathlib.Path(found.group(1)).resolve().is_relative_to((root / "include").resolve()):
                names.add(found.group(2))
    return names


symbols = [line.split() for line in run("nm", "-D", "--with-symbol-versions", str(library)).splitlines()]
exported = {fields[2].split("@")[0] for fields in symbols if len(fields) == 3 and fields[1] in "TDBRVWiu"}
wanted = {fields[1] for fields in symbols if len(fields) == 2 and fields[0] == "U"}
public = declared()
if len(public) < 50:
    failures.append(f"only {len(public)} functions found in the headers: is gcc -aux-info still read right?")
for name in sorted(public - exported):
    failures.append(f"declared, but not in libnervo.so: {name}")
for name in sorted(exported - public):
    failures.append(f"exported, but in no public header: {name}")
for name in sorted(n for n in public | exported if not re.fullmatch(r"nrv_[a-z][a-z0-9_]*", n)):
    failures.append(f"not a public name: {name}")
for name in sorted(wanted):
    if "@GLIBC_" not in name:
        failures.append(f"needed from outside libc, libm and threads: {name}")
needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", "-W", str(library))))
for name in sorted(needed - {"libc.so.6", "libm.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}):
    failures.append(f"linked with {name}")
soname = re.findall(r"\(SONAME\).*\[(.*)\]", run("readelf", "-d", "-W", str(library)))
if soname != ["libnervo.so.0"]:
    failures.append(f"SONAME is {soname}, not libnervo.so.0")
print("\n".join(failures))
print(f"{len(public)} declared, {len(exported)} exported, {len(failures)} wrong")
sys.exit(1 if failures else 0)
