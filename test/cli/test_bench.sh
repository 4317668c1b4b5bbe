#!/bin/sh
# nervo bench: every bench runs, checks what it computed, says its number with its unit, in text and as a row of the protocol
# of bench/README.md; wrong words are refused. How fast it is is no test.
. "$(dirname "$0")/common.sh"
row='"seconds": [0-9.e-]+, "least": [0-9.e-]+, "most": [0-9.e-]+'
TIERS=$("$NERVO" version --json | sed 's/.*"tiers": "\([^"]*\)".*/\1/')
for tier in $TIERS; do
    run 0 "$NERVO" bench gemm 33 17 65 --isa "$tier" --rounds 3 --json
    says "\"row\": \"gemm 33x17x65 nn t1\", $row, \"flop\": 72930, \"bytes\": 15244, .*\"isa\": \"$tier\", \"checked\": true, \"elements\": 561" out
    for conv in "forward 2x6x9x8 4 3x3 stride 2 pad 1 groups 2" "data 2x6x9x8 4 3x3 stride 2 pad 1" \
        "weights 2x6x9x8 4 3x3 dilation 2 groups 2" "data 3x2x20 5 4 pad 2" "forward 1x2x4x5x6 3 2x2x2"; do
        # shellcheck disable=SC2086
        run 0 "$NERVO" bench conv $conv --isa "$tier" --rounds 3 --json
        says "\"row\": \"conv $conv t1\", .*\"checked\": true" out
    done
done
run 0 "$NERVO" bench gemm 20x30x7 tt --rounds 3 --json
bits=$(sed 's/.*"bits"/bits/' out)
run 0 "$NERVO" bench gemm 20 30 7 2 tt --no-check --rounds 3 --json
says '"checked": false, "elements": 0' out
[ "$(sed 's/.*"bits"/bits/' out)" = "$bits" ] || fail "other bits with two threads: $bits, $(cat out)"
run 0 "$NERVO" bench gemm 300 400 5 3 --rounds 3
says '^gemm 300x400x5 nn t3 +[0-9.e+]+ us .* GFLOP/s +[0-9.]+ GB/s .* elements checked$' out
checked=$(sed 's/.*, \([0-9]*\) elements.*/\1/' out)
[ "$checked" -gt 30000 ] && [ "$checked" -le 65536 ] || fail "$checked of 120000 elements are checked"
run 0 "$NERVO" bench gemm 1 1 1 -t 2 --rounds 3
says 't2 .* 1 elements' out

# every piece at few lengths, with its gradients; what has none assigns
run 0 "$NERVO" bench kernels list
says '^softmax +2048x128 2048x1024 +along each row$' out
while read -r name lengths _; do
    case $lengths in *x*x*x*) small=1x2x9x4 ;; *x*x*) small=4x3x5 ;; *x*) small=5x7 ;; *) small=100 ;; esac
    echo "$name $small"
done <out >pieces
[ "$(wc -l <pieces)" -gt 20 ] || fail "only $(wc -l <pieces) kernels are listed"
while read -r piece; do
    # shellcheck disable=SC2086
    run 0 "$NERVO" bench $piece both --rounds 3 --json
    says "\"row\": \"$piece both t1\", $row, .*\"checked\": true, \"elements\": [1-9]" out
done <pieces
run 0 "$NERVO" bench softmax 20x30 2 --rounds 3
says '^softmax 20x30 t2 ' out

for peak in "fma" "read 16384" "write 16384" "copy 16384"; do
    # shellcheck disable=SC2086
    run 0 "$NERVO" bench peak $peak 2 --rounds 3 --json
    says "\"row\": \"peak $peak t2\", $row, \"flop\": [0-9]+, \"bytes\": [0-9]+" out
done
for what in "compile 100" "relay 10"; do
    # shellcheck disable=SC2086
    run 0 "$NERVO" bench $what --rounds 3 --json
    says "\"row\": \"$what t1\", $row" out
done
run 0 "$NERVO" bench idle 2 --rounds 3 --json
says "\"row\": \"idle t2\", $row" out
run 0 "$NERVO" bench once
for what in "loader" "loader bare"; do
    # shellcheck disable=SC2086
    run 0 "$NERVO" bench $what -m 'input 5 | dense 3' --batch 7 --rounds 3 --json
    says "\"row\": \"$what t1\", $row" out
done
bad 2 "does not understand 'slow'" bench loader slow

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
says "^\{\"row\": \"eval t1\", $row, .*\"samples_per_s\": [0-9]+\}\$" out
run 0 "$NERVO" bench overhead --rounds 3
says '^overhead +[0-9.]+ ns ' out
run 0 "$NERVO" bench start --rounds 3
says '^start +[0-9.]+ ms ' out

bad 2 'gemm wants M N K' bench gemm 3 4
bad 2 'gemm wants M N K' bench gemm 3 4 5 6 7
bad 2 "does not understand '-3'" bench gemm 3 4 -- -3
bad 2 "does not understand '3x2000000x5'" bench gemm 3x2000000x5
bad 2 "does not understand '5x'" bench gemm 3 4 5x
bad 2 'groups' bench conv forward 2x5x9x9 4 3x3 groups 2
bad 2 'does not fit' bench conv forward 2x5x9x9 4 11x11
bad 2 'wants an image' bench conv forward 2x5x9x9 4 3
bad 2 "does not understand 'stride 0'" bench conv data 2x5x9x9 4 3x3 stride 0
bad 2 "does not understand 'sideways'" bench conv 2x5x9x9 4 3x3 sideways
bad 2 'softmax wants 2 lengths' bench softmax 100
bad 2 "does not understand 'twice'" bench softmax 10x10 twice
bad 2 "no peak 'sleep'" bench peak sleep
bad 2 'wants a number of bytes' bench peak read
bad 2 "does not understand '0'" bench compile 0
bad 1 'not enough memory|memory' bench gemm 1048576 1048576 1048576
bad 2 "no bench 'speed'" bench speed
echo 'input 6 | dense 5 relu | dense 2' >small.net
run 0 "$NERVO" bench step small.net --batch 9 --rounds 3
says '^step +[0-9.]+ us .* samples/s, batch 9,' out
bad 2 "does not understand 'more'" bench step small.net more
bad 2 "does not understand 'more'" bench overhead more
bad 2 "units" bench memory -m dense
done_testing
