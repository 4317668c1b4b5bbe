#!/bin/sh
# Bad input gets a clear error that says what to do, exit 1 or 2, and nothing is left behind or lost.
. "$(dirname "$0")/common.sh"
idx set 400 100
NET='flatten | dense 16 relu | dense 4'
X=set/train-images-idx3-ubyte
Y=set/train-labels-idx1-ubyte

# ---- IDX and gzip
gzip -kn $X $Y
head -c 9000 $X.gz >cut.gz
bad 1 'truncated|cut off' train -m "$NET" --data cut.gz,$Y
head -c 9000 $X >cut
bad 1 'cut off|damaged|header says' train -m "$NET" --data cut,$Y
cp $X.gz corrupt.gz
printf 'xxxxxxxx' | dd of=corrupt.gz bs=1 seek=5000 conv=notrunc 2>/dev/null
bad 1 'corrupt' train -m "$NET" --data corrupt.gz,$Y
cp $Y notgzip.gz
printf 'hello' >text.gz
bad 1 'no gzip file' train -m "$NET" --data text.gz,$Y
echo 'no data at all' >words
bad 1 'IDX' train -m "$NET" --data words,$Y
{ cat $X; head -c 30000000 /dev/zero; } | gzip -1 >bomb.gz
bad 1 'beyond the 25616 bytes' train -m "$NET" --data bomb.gz,$Y
printf '\000\000\010\003\177\377\377\377\177\377\377\377\177\377\377\377' | gzip >huge.gz
bad 1 'needs [0-9]+ bytes|more bytes than can be counted' train -m "$NET" --data huge.gz,$Y
: >empty
bad 1 'empty|IDX|0 bytes' train -m "$NET" --data empty,$Y
bad 1 '400 samples, but .* has 100 labels' train -m "$NET" --data $X,set/t10k-labels-idx1-ubyte
bad 2 'is a folder' train -m "$NET" --data set,$Y
bad 2 'cannot open|No such file' train -m "$NET" --data $X,nothing
mkdir lacking
cp $X lacking
bad 2 "has no file 'train-labels" train -m "$NET" --data lacking
bad 2 'labels out of range: the data has 4 classes, the last layer gives 3' train -m 'flatten | dense 3' --data set
bad 2 'samples without answers' train -m "$NET" --data $X
awk 'BEGIN { printf "\\000\\000\\010\\001\\000\\000\\001\\220"; for (i = 0; i < 400; i++) printf "\\002" }' >esc
printf "$(cat esc)" >one
bad 1 'one class only' train -m "$NET" --data $X,one

# ---- CSV
csv() { printf "$1" >t.csv; }
csv 'a,b,k\n1,2,x\n3,,y\n5,6,x\n'
bad 1 "row 2.*column 'b'|line 3.*column 'b'" train -m 'dense 2' --data t.csv
csv 'a,b,k\n1,2,x\n3,four,y\n5,6,x\n'
bad 1 "line 3 .row 2., column 'b'" train -m 'dense 2' --data t.csv
csv 'a,b,k\n1,2,x\n3,4\n5,6,x\n'
bad 1 'line 3' train -m 'dense 2' --data t.csv
csv 'a,b,k\n1,2,x\n3,4,x\n5,6,x\n'
bad 1 'one class only' train -m 'dense 2' --data t.csv
csv 'a,b,k\n'
bad 1 'no rows' train -m 'dense 2' --data t.csv
csv ''
bad 1 'empty' train -m 'dense 2' --data t.csv
csv 'a,b,k\n1,2,x\n3,4,y\n5,6,x\n'
bad 1 "no column 'kind'" train -m 'dense 2' --data t.csv --target kind
bad 2 'nothing is left to train on' train -m 'dense 2' --data t.csv --val-split 0.9 --test-split 0.9
bad 1 'not a number' train -m 'dense 2' --data t.csv --loss mse
bad 2 'momentum' train -m 'dense 2' --data t.csv --momentum 0.9
bad 2 'does not understand' train -m 'dense 2' --data t.csv --require 'nice'

# ---- the network's text
table kinds.csv 200
bad 2 "did you mean 'dense'|did you mean .dense" train -m 'flatten | desne 2' --data kinds.csv
says 'line 1, column 11|1:11' err
says '\^' err
bad 2 '' train -m 'dense' --data kinds.csv
bad 2 '' train -m 'conv 16 3x3 | flatten | dense 2' --data kinds.csv
bad 2 '' train -m 'dense 16 { | dense 2' --data kinds.csv
bad 2 '' train -m 'flatten | conv 4 30x30 | flatten | dense 4' --data set
bad 2 "wants samples of 1x28x28" train -m "input 1x28x28 | $NET" --data set
bad 2 'shape of a sample' show -m 'dense 10'
run 2 "$NERVO" show -m 'input 1x28x28 | flatten | dense 1000000000 | dense 1000000000'
grep -q 'error: ' err || fail "a thousand million units are not refused"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "repeat 1 { "; print "" }' >deep.net
run 2 "$NERVO" show --model deep.net --input 4
grep -q 'error: ' err || fail "a million nested blocks are not refused"
bad 2 'cannot read the network' show --model nothing.net
bad 2 'Is a directory' show --model set

# ---- model files
run 0 "$NERVO" train -m "$NET" --data set --epochs 1 -o good
M=good/model.safetensors
change() { LC_ALL=C sed "s/$1/$2/" $M >m.safetensors; cmp -s $M m.safetensors && fail "nothing to change: $1"; }
bad 1 'cannot open|No such file' eval nothing.safetensors
bad 1 'directory|folder' eval set
head -c 1000 $M >m.safetensors
bad 1 'm.safetensors' eval m.safetensors
head -c 5 $M >m.safetensors
bad 1 'm.safetensors' eval m.safetensors
: >m.safetensors
bad 1 'm.safetensors' eval m.safetensors
{ cat $M; echo more; } >m.safetensors
bad 1 'm.safetensors' eval m.safetensors
{ printf '\377\377\377\377\377\377\377\177'; tail -c +9 $M; } >m.safetensors
bad 1 'm.safetensors' eval m.safetensors
change '"data_offsets":\[0,' '"data_offsets":[4,'
bad 1 'm.safetensors' eval m.safetensors
change '"data_offsets":\[0,[0-9]' '"data_offsets":[0,9'
bad 1 'm.safetensors' eval m.safetensors
change '"dtype":"F32"' '"dtype":"I32"'
bad 1 'm.safetensors' eval m.safetensors
change '"1\.weight"' '"9.weight"'
bad 1 '1\.weight|9\.weight' eval m.safetensors
change '\[16,64\]' '\[64,16\]'
bad 1 '64' eval m.safetensors
change 'dense 16 relu' 'dense 17 relu'
bad 1 '1[67]' eval m.safetensors
change 'nervo\.net' 'nervo.nex'
bad 1 'says nothing of its network' eval m.safetensors
change '1x8x8' '1x8x9'
bad 2 '1x8x9' eval m.safetensors
bad 2 'one model file is needed' eval
bad 2 'does not know .dev' eval $M --split dev
bad 2 'has no val part' eval $M --split val
bad 1 '' predict $M -o nowhere/at/all.csv

# ---- a loss that is no number: step, tensor, and the last good checkpoint
values price.csv 200
run 1 "$NERVO" train -m 'dense 8 | dense 1' --data price.csv --optim sgd --lr 1e5 --epochs 50 --save-every 1 -o nan
says 'the loss is (inf|nan) at step [0-9]+' err
says 'gives a NaN' err
says 'smaller --lr' err
for c in nan/checkpoints/step-*; do
    [ -e "$c" ] || fail "no checkpoint is left"
    run 0 "$NERVO" eval "$c" --json
    grep -q '"loss": null' out && fail "$c does not give a finite loss"
done
csv 'a,b,v\n1,2,3\n2,nan,1\n'
bad 1 "column 'b'" train -m 'dense 1' --data t.csv

# ---- places that cannot be written
: >file
bad 1 'cannot make the run folder' train -m "$NET" --data set -o file/run
bad 1 'cannot' train -m "$NET" --data set -o file
if [ "$(id -u)" != 0 ]; then
    mkdir sealed
    chmod a-w sealed
    bad 1 'cannot make the run folder' train -m "$NET" --data set -o sealed/run
fi
[ -e runs ] && fail "bad input left a run folder behind: $(ls runs)"
done_testing
