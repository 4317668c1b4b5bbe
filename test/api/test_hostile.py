"""Every public function with arguments that make no sense: NULL, tensors of another graph, of a broken one, of the inside
of blocks; blocks that are closed, of another kind or another graph; lengths, ranks, types and texts that nothing has.

The functions are those that gcc reads in the headers, so a new one is tried without being named here; hostile.inc has the
arguments and what must hold after each call: nothing crashes, NULL gives NULL, the first error stays and says something.
    test_hostile.py [TRIALS] [FUNCTION [TRIAL]]: as many trials of each (80), or of one, or one of one."""
import os
import pathlib
import re
import subprocess
import sys

root, build = pathlib.Path(os.environ["NERVO_ROOT"]), pathlib.Path(os.environ["NERVO_BUILD"])
here = pathlib.Path.cwd()
sanitize = os.environ.get("NERVO_SANITIZE", "")

# by type: the expression of one argument; {n}: the last int that counts the array behind it
PLAIN = {
    "nrv_tensor": "arg_tensor(h)", "nrv_graph *": "arg_graph(h)", "const nrv_graph *": "arg_graph(h)",
    "nrv_block *": "arg_block(h)", "nrv_list": "arg_list(h)", "nrv_shape": "arg_shape(h)", "nrv_dim": "arg_dim(h)",
    "int64_t": "arg_int64(h)", "int": "arg_int(h)", "unsigned int": "arg_unsigned(h)", "double": "arg_double(h)",
    "nrv_dtype": "arg_dtype(h)", "char": "arg_char(h)", "size_t": "arg_size(h)", "nrv_init": "arg_init(h)",
    "const char *": "arg_text(h)", "void *": "arg_bytes(h)", "const void *": "arg_bytes(h)", "char *": "arg_bytes(h)",
    "const nrv_tensor *": "arg_tensors(h, {n})", "const nrv_list *": "arg_lists(h, {n})",
    "const nrv_dim *": "arg_dims(h, {n})", "const int64_t *": "arg_dims(h, {n})", "const int *": "arg_ints(h, {n})",
    "nrv_tensor *": "draw(h, 5) ? h->out : NULL", "const double *": "draw(h, 2) ? &(double){ arg_double(h) } : NULL",
    "nrv_shape *": "draw(h, 2) ? &(nrv_shape){ 0, { 0 } } : NULL", "size_t *": "draw(h, 2) ? &(size_t){ 0 } : NULL",
    "nrv_dtype *": "draw(h, 2) ? &(nrv_dtype){ NRV_F32 } : NULL", "nrv_store *": "draw(h, 3) ? h->store : NULL",
    "const nrv_store *": "draw(h, 3) ? h->store : NULL", "nrv_pool *": "NULL",
    "const nrv_plan *": "draw(h, 3) ? h->plan[draw(h, 2)] : NULL", "nrv_plan *": "NULL",
    "nrv_exec *": "draw(h, 4) ? h->exec[draw(h, 2)] : NULL", "const nrv_exec *": "draw(h, 4) ? h->exec[draw(h, 2)] : NULL",
    "nrv_sink (*)": "draw(h, 3) ? hears : NULL",
}
ARRAYS = {"const nrv_tensor *", "const nrv_list *", "const nrv_dim *", "const int *", "const int64_t *"}
HANDLES = {"nrv_tensor": 2, "nrv_list": 1, "nrv_block *": 1}
OWNED = {"nrv_store *": "nrv_store_free", "nrv_graph *": "nrv_graph_free", "nrv_plan *": "nrv_plan_free",
         "nrv_exec *": "nrv_exec_free", "nrv_pool *": "nrv_pool_free"}
# what a rule above does not say: an argument that may be NULL, a count that would take the machine, nodes that go
OPTIONAL = {("nrv_grad", 1), ("nrv_gaussian_kl", 2), ("nrv_gaussian_kl", 3), ("nrv_cumulative_trapezoid", 1),
            ("nrv_complex", 1), ("nrv_linear_by", 2), ("nrv_layer_norm_by", 2), ("nrv_layer_norm_by", 3),
            ("nrv_rms_norm_by", 2), ("nrv_group_norm_by", 2), ("nrv_group_norm_by", 3), ("nrv_conv", 2),
            ("nrv_conv_with", 2), ("nrv_conv_transpose_with", 2), ("nrv_conv_tbc", 2), ("nrv_clamp_between", 1), ("nrv_clamp_between", 2), ("nrv_cov", 2), ("nrv_cov", 3),
            ("nrv_gradient", 1), ("nrv_bincount", 1), ("nrv_quantised_linear", 3), ("nrv_quantise", 2),
            ("nrv_dequantise", 2), ("nrv_fake_quantise", 2)}
ONLY = {("nrv_pool_new", 0): "draw(h, 3)", ("nrv_list_of", 1): "arg_tensors(h, nrv_list_len(a0))"}


# enums of the headers: what they have, and a little more
ENUMS = set(re.findall(r"typedef enum \{[^}]*\} (nrv_\w+);", "".join(
    header.read_text() for header in sorted((root / "include").rglob("*.h")))))


def declared():
    source, listing = here / "all.c", here / "aux"
    source.write_text("#include <nervo.h>\n")
    subprocess.run(["gcc", "-std=c17", "-fsyntax-only", "-aux-info", listing, "-I", root / "include", source], check=True)
    for line in listing.read_text().splitlines():
        found = re.match(r"/\* (\S+?):\d+:\S+ \*/ extern (.+?)\b(nrv_\w+) \((.*)\);", line)
        if found and pathlib.Path(found.group(1)).resolve().is_relative_to((root / "include").resolve()):
            kinds = [kind.strip() for kind in found.group(4).split(",")]
            yield found.group(2).strip(), found.group(3), [] if kinds == ["void"] else kinds


def argument(name, i, kinds):
    kind = kinds[i]
    counts = [k for k in range(i) if kinds[k] == "int"]
    if (name, i) in ONLY:
        return ONLY[name, i]
    if name.endswith("_free"):
        return "NULL"
    if kind == "int" and i + 1 < len(kinds) and kinds[i + 1] in ARRAYS:
        return "arg_count(h)"
    if kind in PLAIN:
        return PLAIN[kind].replace("{n}", f"a{counts[-1]}" if counts else "1")
    if kind in ENUMS:
        return f"({kind})draw(h, 7)"
    options = re.fullmatch(r"const (nrv_\w+)( \*)", kind)
    if options:  # a struct of options: none, or all defaults
        return f"draw(h, 2) ? &({options.group(1)}){{ 0 }} : NULL"
    sys.exit(f"{name}: no argument of type '{kind}' is known; give PLAIN one")


def call(result, name, kinds):
    lines = [f"static void try_{name}(hostile *h)", "{"]
    for i, kind in enumerate(kinds):
        space = "" if kind.endswith("*") else " "
        spelt = f"nrv_sink *a{i}" if kind == "nrv_sink (*)" else f"{kind}{space}a{i}"
        if (name, i) in OPTIONAL:
            lines.append(f"    int null{i} = h->null;")
        lines.append(f"    {spelt} = {argument(name, i, kinds)};")
        if (name, i) in OPTIONAL:
            lines.append(f"    h->null = null{i};")
    made = f"{name}({', '.join(f'a{i}' for i in range(len(kinds)))})"
    if name == "nrv_graph_reset":
        lines.append("    h->reset = 1;")
    if result in OWNED and (name.endswith("_new") or name == "nrv_compile"):
        lines += [f"    {OWNED[result]}({made});", "    after(h, 0, NULL);"]
    elif result in HANDLES:
        lines.append(f"    after(h, {HANDLES[result]}, {made});")
    else:
        lines += [f"    {made};" if result == "void" else f"    (void){made};", "    after(h, 0, NULL);"]
    return "\n".join(lines + ["}"])


def main():
    functions = list(declared())
    if len(functions) < 150:
        sys.exit(f"only {len(functions)} functions found in the headers: is gcc -aux-info still read right?")
    table = ",\n".join(f'    {{ "{name}", try_{name} }}' for _, name, _ in functions)
    source, program = here / "calls.c", here / "calls"
    source.write_text("\n".join(
        [(root / "test/api/hostile.inc").read_text()] + [call(*function) for function in functions] +
        ["static const struct {\n    const char *name;\n    void (*try)(hostile *h);\n} all[] = {\n" + table + "\n};", MAIN]))
    cache = (build / "CMakeCache.txt").read_text()
    compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    flags = [f"-fsanitize={sanitize}", "-fno-sanitize-recover=all"] if sanitize else []
    subprocess.run([compiler, "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-g", "-w", *flags, "-I", root / "include", source,
                    build / "libnervo.a", "-lm", "-lpthread", "-o", program], check=True)
    sys.exit(subprocess.run([program, *(sys.argv[1:] or ["80"])]).returncode)


MAIN = r"""
int main(int argc, char **argv)
{
    int trials = atoi(argv[1]), made = 0, only = argc > 3 ? atoi(argv[3]) : -1;
#ifndef __SANITIZE_ADDRESS__
    signal(SIGSEGV, died), signal(SIGBUS, died), signal(SIGFPE, died), signal(SIGABRT, died);
#endif
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (trial = 0; trial < trials && (argc < 3 || strcmp(argv[2], all[i].name) == 0); trial++) {
            if (only >= 0 && trial != only)
                continue;
            static hostile h;
            h = (hostile){ .random = 1000 * i + (uint64_t)trial };
            for (int k = 0; k < 5; k++)
                draw(&h, 2);
            calling = all[i].name;
            begin(&h);
            all[i].try(&h);
            end(&h);
            made++;
        }
    printf("%d calls, %zu functions, %d wrong\n", made, sizeof all / sizeof *all, wrong);
    return wrong || !made;
}"""

main()
