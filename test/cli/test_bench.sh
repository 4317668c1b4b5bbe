#!/bin/sh
# nervo bench: every bench runs, says its number with its unit, in text and in JSON; wrong words are refused. How fast it is
# is no test.
. "$(dirname "$0")/common.sh"
for tier in $("$NERVO" version --json | sed 's/.*"tiers": "\([^"]*\)".*/\1/'); do
    run 0 "$NERVO" bench gemm 33 17 65 --isa "$tier" --rounds 3 --json
    says "\"m\": 33, \"n\": 17, \"k\": 65, \"threads\": 1, \"isa\": \"$tier\", \"gflops\": [0-9.]*[1-9][0-9.]*, \"checked\": 561}" out
done
run 0 "$NERVO" bench gemm 300 400 5 3 --rounds 3
says '^gemm +[0-9.e+]+ us .* GFLOP/s, 3 threads, .* elements checked$' out
checked=$(sed 's/.*, \([0-9]*\) elements.*/\1/' out)
[ "$checked" -gt 30000 ] && [ "$checked" -le 65536 ] || fail "$checked of 120000 elements are checked"
run 0 "$NERVO" bench gemm 1 1 1 -t 2 --rounds 3
says '2 threads, .* 1 elements' out

run 0 "$NERVO" bench memory
says '^memory +[0-9.]+ MB ' out
run 0 "$NERVO" bench memory --json
small=$(sed 's/.*"peak": \([0-9]*\).*/\1/' out)
run 0 "$NERVO" bench memory -m 'input 1000 | dense 3000 | dense 10' --batch 512 --json
large=$(sed 's/.*"peak": \([0-9]*\).*/\1/' out)
# weights, gradients and two moments of 3 million numbers are 48 MB; a sanitizer has its own shadow beside them
[ "$large" -gt $((small + 48)) ] || fail "peaks of $small and $large MB"
[ -n "${NERVO_SANITIZE:-}" ] || [ "$large" -lt $((small + 200)) ] || fail "peaks of $small and $large MB"

run 0 "$NERVO" bench
says '^step +[0-9.]+ us .* samples/s, batch 32, 1 thread,' out
run 0 "$NERVO" bench step --eval --json --rounds 3 -m 'input 4 | dense 3'
says '^\{"bench": "eval", "unit": "us", "median": [0-9.e+-]+,.*"samples_per_s": [0-9]+\}$' out
run 0 "$NERVO" bench overhead --rounds 3
says '^overhead +[0-9.]+ ns ' out
run 0 "$NERVO" bench start --rounds 3
says '^start +[0-9.]+ ms ' out

bad 2 'gemm wants M N K' bench gemm 3 4
bad 2 'gemm wants M N K' bench gemm 3 4 5 6 7
bad 2 "does not understand '-3'" bench gemm 3 4 -- -3
bad 2 "does not understand '5x'" bench gemm 3 4 5x
bad 1 'not enough memory|memory' bench gemm 1048576 1048576 1048576
bad 2 "no bench 'speed'" bench speed
bad 2 "does not understand 'more'" bench step more
bad 2 "units" bench memory -m dense
done_testing
