#!/bin/sh
# Early stopping: it ends N epochs after the best validation loss, and the model is the best epoch's, bit for bit, also
# when the run was killed on the way. The test part has no say in it.
. "$(dirname "$0")/common.sh"
awk 'BEGIN { # two classes that mostly depend on chance: a network learns them by heart and gets worse on the rest
    s = 5
    print "a,b,c,kind"
    for (i = 0; i < 240; i++) {
        for (k = 0; k < 5; k++) { s = (s * 16807) % 2147483647; x[k] = s / 2147483647 }
        printf "%.4f,%.4f,%.4f,%s\n", x[0], x[1], x[2], (0.6 * x[0] + x[3] > 0.8 ? "yes" : "no")
    }
}' >chance.csv
ARGS='--data chance.csv --epochs 200 --lr 0.01 --batch 16 --val-split 0.25 --seed 4 --patience 6 --schedule cosine'
NET='dense 128 tanh | dropout 0.1 | dense 128 tanh | dense 2'
vals() { awk -F, '$3 == "val"' "$1/metrics.csv"; }

run 0 "$NERVO" train -m "$NET" $ARGS -o straight --json
best=$(vals straight | sort -t, -k4,4g | head -n 1 | cut -d, -f2)
last=$(vals straight | tail -n 1 | cut -d, -f2)
[ "$last" = $((best + 6)) ] || fail "the best epoch is $best, and it stopped after $last"
[ "$last" -lt 200 ] && [ "$best" -gt 1 ] || fail "this test wants a run that gets better and then worse: $best, $last"
says "stopped after epoch $last" err
says "weights are those of epoch $best," err
tail -n 1 out | grep -q "\"best_epoch\": $best" || fail "the result does not name the best epoch"
step=$(vals straight | awk -F, -v e="$best" '$2 == e { print $1 }')
[ "$(readlink straight/checkpoints/best.safetensors)" = "$(printf 'step-%06d.safetensors' "$step")" ] || fail "best points to $(readlink straight/checkpoints/best.safetensors), not to step $step"
[ "$(ls straight/checkpoints | grep -c step)" = 4 ] || fail "not three checkpoints and the best: $(ls straight/checkpoints)"
[ "$(tail -n 1 straight/metrics.csv | cut -d, -f1-3)" = "$step,$best,test" ] || fail "the test row is of $(tail -n 1 straight/metrics.csv)"

# the model, the best checkpoint and the row of metrics.csv are the same weights
want=$(vals straight | awk -F, -v e="$best" '$2 == e { print $4 }')
for file in model checkpoints/best; do
    run 0 "$NERVO" eval straight/$file.safetensors --split val --json
    grep -q "\"loss\": $want," out || fail "$file: $(cat out), wanted a loss of $want"
done

# without patience the last weights stay, but the best checkpoint is kept all the same
run 0 "$NERVO" train -m "$NET" $ARGS -o plain --no-patience --epochs 20 --keep 1
plain=$(vals plain | sort -t, -k4,4g | head -n 1 | cut -d, -f1)
[ "$(readlink plain/checkpoints/best.safetensors)" = "$(printf 'step-%06d.safetensors' "$plain")" ] || fail "no best checkpoint without patience"
[ -s plain/checkpoints/best.safetensors ] || fail "--keep 1 removed the best checkpoint"
run 0 "$NERVO" eval plain/model.safetensors --split val --json
grep -q "\"loss\": $(vals plain | tail -n 1 | cut -d, -f4)," out || fail "without patience the weights are not the last"

# killed before, at and after the best epoch, with checkpoints in the middle of epochs: the same bits at the end
hit=0
for at in $((best - 1)) $((best + 1)) $((best + 5)); do
    f=killed-$at
    "$NERVO" train -m "$NET" $ARGS --save-every 5 -o $f >$f.out 2>$f.err &
    PID=$!
    while kill -0 $PID 2>/dev/null && [ "$(cat $f/metrics.csv 2>/dev/null | grep -c ,val,)" -lt "$at" ]; do sleep 0.005; done
    kill -9 $PID 2>/dev/null && hit=$((hit + 1))
    wait $PID 2>/dev/null
    run 0 "$NERVO" train --resume $f
    same straight/model.safetensors $f/model.safetensors
    metrics straight/metrics.csv >a
    metrics $f/metrics.csv >b
    same a b
    [ "$(readlink $f/checkpoints/best.safetensors)" = "$(readlink straight/checkpoints/best.safetensors)" ] || fail "$f: another best checkpoint"
done
[ $hit -ge 2 ] || fail "only $hit of 3 runs were killed while they ran"

# stopped early, but killed before the result was written: nothing is trained any more
rm killed-$at/result.json
run 0 "$NERVO" train --resume killed-$at
same straight/model.safetensors killed-$at/model.safetensors
metrics killed-$at/metrics.csv >b
same a b

bad 2 'needs a validation part' train -m 'dense 2' --data chance.csv --patience 3
bad 2 'cannot be changed' train --resume straight --patience 9
[ -e runs ] && fail "a refused run left a folder"
done_testing
