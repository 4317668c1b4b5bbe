# nervo.h alone, as a C99, C17 and C++17 compiler of two families reads it.                                label: house
set -u
failures=0
try()
{
    if ! printf '#include <nervo.h>\nint main(void) { return nrv_version() == NULL; }\n' |
        "$@" -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only -I "$NERVO_ROOT/include" -; then
        echo "failed: $*"
        failures=$((failures + 1))
    fi
}
for cc in gcc clang-19; do
    command -v $cc >/dev/null || { echo "missing: $cc"; exit 1; }
    for std in c99 c11 c17; do
        try $cc -std=$std -Wstrict-prototypes -x c
    done
done
for cxx in g++ clang++-19; do
    command -v $cxx >/dev/null || { echo "missing: $cxx"; exit 1; }
    try $cxx -std=c++17 -x c++
done
[ $failures -eq 0 ]
