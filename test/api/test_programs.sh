# Fifteen programs of fifteen families, written before the engine: the header lets all of them be said.   label: house
set -u
failures=0
for program in "$NERVO_ROOT"/test/api/programs/*.c; do
    for cc in gcc clang-19; do
        if ! $cc -std=c17 -pedantic -Wall -Wextra -Wconversion -Werror -fsyntax-only -I "$NERVO_ROOT/include" "$program"; then
            echo "failed: $cc ${program##*/}"
            failures=$((failures + 1))
        fi
    done
done
[ $failures -eq 0 ]
