# What random graphs are printed as is what they were: the programs compile against the tree, and give the same loss
# eagerly, compiled and not optimised.                                                                      label: house
set -u
failures=0
for number in 7 42 111 222 333 446; do
    "$NERVO_BUILD/test/fuzz.graphs" --show --only $number >shown.c
    want=$(sed -n '1s/.*its loss is \([^ ]*\) .*/\1/p' shown.c)
    gcc -std=c17 -D_POSIX_C_SOURCE=200809L -w -I"$NERVO_ROOT" -I"$NERVO_ROOT/include" shown.c "$NERVO_BUILD/libnervo.a" \
        -lm -pthread -o shown || { failures=$((failures + 1)); continue; }
    got=$(./shown | tail -n 1)
    if ! awk -v want="$want" '{ gsub(",", ""); near = 1
            for (i = 1; i <= NF; i++) if ($i ~ /[0-9]/ && ($i - want > 1e-5 * (1 + want) || want - $i > 1e-5 * (1 + want)))
                near = 0
            exit !(NF == 7 && near && want != "") }' <<<"$got"; then
        echo "graph $number: its loss is $want; printed, $got"
        failures=$((failures + 1))
    fi
done
[ $failures -eq 0 ]
