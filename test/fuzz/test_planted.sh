# A search that finds nothing is no proof that there is nothing: breaks every rule in turn, and wants random graphs to say
# so within 500 of them. seconds: 60                                                                        label: house
set -u
program=$NERVO_BUILD/test/fuzz.graphs
failures=0
count=$("$program" 0 --seed 0 --plant | sed -n 's/.* of \([0-9]*\)$/\1/p')
[ "${count:-0}" -gt 0 ] || { echo "no rule to break"; exit 1; }
for seed in $(seq 0 $((count - 1))); do
    out=$("$program" 500 --seed "$seed" --plant)
    status=$?
    if [ $status -ne 1 ] || ! grep -q "^/\* seed $seed, graph " <<<"$out"; then
        printf 'seed %s: exit %s\n%s\n' "$seed" $status "$out"
        failures=$((failures + 1))
    fi
done
echo "$count rules broken, $((count - failures)) found"
[ $failures -eq 0 ]
