#!/bin/sh
# nervo quantise: eval and predict take what it writes, the answers stay near, the file shrinks, the rest of it is as it
# was; what cannot be rounded is refused.
. "$(dirname "$0")/common.sh"
idx set 600 100
run 0 "$NERVO" train -m 'flatten | dense 200 relu | dense no_bias 100 relu | dense 4' --data set --epochs 3 --seed 5 -o run
M=run/model.safetensors
run 0 "$NERVO" quantise $M -o small.safetensors
says 'every dense layer has weights of a byte each' err
run 0 "$NERVO" show small.safetensors
says 'dense 200 int8' out
says 'dense no_bias 100 int8' out
run 0 "$NERVO" eval $M --json
mv out reals
run 0 "$NERVO" eval small.safetensors --json
awk 'match($0, /"loss": [0-9.e-]+/) { print substr($0, RSTART + 8, RLENGTH - 8) }' reals out >losses
awk '{ a = b; b = $1 } END { d = a - b; if (d < 0) d = -d; exit !(NR == 2 && d < 0.05 * a + 0.01) }' losses ||
    fail "losses apart: $(tr '\n' ' ' <losses)"
run 0 "$NERVO" predict small.safetensors --limit 3
[ "$(wc -l <out)" = 4 ] || fail "predict printed $(wc -l <out) lines"
[ "$(wc -c <small.safetensors)" -lt "$(($(wc -c <$M) / 3))" ] || fail "it is not a third of the file"

# what is bytes already stays as it is, and what stands in a repeat is rounded each time
run 0 "$NERVO" train -m 'flatten | repeat 2 { dense 8 relu } | dense 6 int8 | dense 4' --data set --epochs 1 -o mixed
run 0 "$NERVO" quantise mixed/model.safetensors -o all.safetensors
run 0 "$NERVO" show all.safetensors
[ "$(grep -c '^ *dense [0-9]* int8' out)" = 4 ] || fail "not every dense layer is int8"

sed 's/flatten/flxtten/' $M >bad.safetensors
bad 2 "there is no layer 'flxtten'" quantise bad.safetensors -o again.safetensors
bad 1 'no dense layer with weights of reals' quantise small.safetensors -o again.safetensors
bad 2 'one model file is needed, not 0' quantise -o x
bad 2 'where to write is not said' quantise $M
bad 1 'nowhere' quantise $M -o nowhere/x.safetensors
bad 1 'safetensors' quantise set -o x
[ -e again.safetensors ] && fail "it wrote what it refused"
done_testing
