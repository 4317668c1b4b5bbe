# A rule that never fires is no rule: breaks each one in a small tree and wants lint to say so.            label: house
set -u
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

fresh()
{
    rm -rf "$tree"/*
    mkdir -p "$tree"/{tools,cli,include/nervo,src/base,src/graph}
    printf 'project(nervo VERSION 1.2.3)\n' >"$tree/CMakeLists.txt"
    printf '## [1.2.3]\n' >"$tree/CHANGELOG.md"
    printf '# base\n\nOne sentence.\n' | tee "$tree/src/base/README.md" >"$tree/src/graph/README.md"
    printf 'src/base 50\nsrc/graph 500\ncli 9\ntools 9\n' >"$tree/tools/budget.txt"
    printf '/* version.c */\nconst char *v = "1.2.3";\n' >"$tree/src/base/version.c"
    printf '/* graph.h */\n' >"$tree/src/graph/graph.h"
    : >"$tree/tools/lint-exceptions.txt"
}

wants() # RULE: lint must now complain about it, and of nothing else
{
    local out
    out=$(python3 -B "$NERVO_ROOT/tools/lint.py" "$tree") && { echo "$1: not noticed"; failures=$((failures + 1)); return; }
    if [ "$(grep -c ': ' <<<"$out" | tr -d ' ')" -lt 1 ] || grep -v '^lint: ' <<<"$out" | grep -qv ": $1: "; then
        printf '%s: expected only this, got\n%s\n' "$1" "$out"
        failures=$((failures + 1))
    fi
}

add() { printf '%b' "$2" >>"$tree/$1"; }

fresh
python3 -B "$NERVO_ROOT/tools/lint.py" "$tree" || { echo "the clean tree is not clean"; exit 1; }
fresh; add src/graph/a.c '/* a */\nvoid a(void)\n{\n    printf("x");\n}\n'; wants calls
fresh; add src/graph/a.c '/* a */\nvoid a(void)\n{\n    assert(1);\n}\n'; wants calls
fresh; add src/graph/a.c '/* a */\nvoid a(void *p)\n{\n    free(p);\n}\n'; wants memory
fresh; add src/base/a.c '/* a */\n#include "../graph/graph.h"\n'; wants includes
fresh; add src/base/a.c '/* a */\n#include <zlib.h>\n'; wants includes
fresh; add src/graph/a.c '/* a */\nint a(int n)\n{\n    return a(n - 1);\n}\n'; wants recursion
fresh; add src/graph/a.c 'int a;\n'; wants text
fresh; add src/graph/a.c '/* a */\nint a; \n'; wants text
fresh; add src/graph/a.c "/* a */\nint $(printf 'x%.0s' {1..130});\n"; wants text
fresh; add src/graph/a.c "/* a */\nvoid a(void)\n{\n$(printf '    x();\\n%.0s' {1..90})}\n"; wants length
fresh; add src/graph/a.c '/* a */\nstatic int same(void);\n'; add src/base/b.c '/* b */\nstatic const char *same[] = { 0 };\n'; wants names
fresh; add src/graph/a.h '/* a */\ntypedef struct\n{\n    int n;\n} nrv__same;\n'; add src/base/b.h '/* b */\nint nrv__same(void);\n'; wants names
fresh; rm "$tree/src/graph/README.md"; wants readme
fresh; add src/graph/README.md 'Two sentences.\n'; wants readme
fresh; add src/base/a.c "/* a */\n$(printf 'int x;\\n%.0s' {1..60})"; wants budget
fresh; add CMakeLists.txt ''; sed -i 's/1.2.3/1.2.4/' "$tree/src/base/version.c"; wants version
fresh; add tools/lint-exceptions.txt 'calls src/graph/a.c printf it is not there\n'
python3 -B "$NERVO_ROOT/tools/lint.py" "$tree" >/dev/null && { echo "an exception for nothing passes"; failures=$((failures + 1)); }
[ $failures -eq 0 ]
