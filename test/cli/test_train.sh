#!/bin/sh
# Training, evaluation and prediction on small data of each kind: what is printed, what the run folder holds, and that
# eval repeats the numbers of training bit for bit.
. "$(dirname "$0")/common.sh"
idx set 400 100
NET='flatten | dense 16 relu | dense 4'

run 0 "$NERVO" train -m "$NET" --data set --epochs 4 --lr 0.01 --val-split 0.1 --seed 3 -o runs/a
tail -n 1 out | grep -Eq '^test accuracy [01]\.[0-9]{4} \([0-9]+ s, runs/a\)$' || fail "last line: $(tail -n 1 out)"
says 'Confusion' out
says 'Recognised' out
says '^Epoch 4/4  12/12  .*loss .*acc .*val_loss .*val_acc' err
says 'seed 3' err
for f in model.safetensors metrics.csv metrics.jsonl config.yaml env.json log.txt result.json curve.svg confusion.svg; do
    [ -s runs/a/$f ] || fail "no $f"
done
[ "$(readlink runs/a/checkpoints/last.safetensors)" = step-000048.safetensors ] || fail "last does not point to the last"
[ "$(ls runs/a/checkpoints | grep -c step)" = 3 ] || fail "--keep 3 did not hold"
head -n 1 runs/a/metrics.csv | grep -q '^step,epoch,split,loss,acc,lr,timestamp,samples_per_s$' || fail "columns of metrics.csv"
[ "$(wc -l <runs/a/metrics.jsonl)" = "$(($(wc -l <runs/a/metrics.csv) - 1))" ] || fail "rows of the metrics files"
says '^net: "flatten' runs/a/config.yaml
says '^lr: 0.01$' runs/a/config.yaml
acc=$(sed -n 's/.*"acc": \([0-9.]*\).*/\1/p' runs/a/result.json)
awk -v a="$acc" 'BEGIN { exit !(a > 0.9) }' || fail "it learns nothing: accuracy $acc"

# the same numbers again, from the file alone, for any number of threads
want=$(tail -n 1 runs/a/metrics.csv | cut -d, -f4,5)
for t in 1 2 3; do
    run 0 "$NERVO" eval runs/a/model.safetensors --json -t $t
    got=$(sed 's/.*"loss": \([^,]*\), "acc": \([^,]*\),.*/\1,\2/' out)
    [ "$got" = "$want" ] || fail "eval with $t threads says $got, training said $want"
done
run 0 "$NERVO" eval runs/a/model.safetensors
tail -n 1 out | grep -q "^$(sed -n 's/.*/test accuracy/p' runs/a/result.json) $(printf %.4f "$acc")" || fail "eval: $(tail -n 1 out)"
run 0 "$NERVO" eval runs/a/model.safetensors --split val
says '^val accuracy' out
run 0 "$NERVO" eval runs/a/checkpoints/last.safetensors --split test
says "^test accuracy $(printf %.4f "$acc")" out

# goals
run 0 "$NERVO" eval runs/a/model.safetensors --require 'acc>=0.5'
run 3 "$NERVO" eval runs/a/model.safetensors --require 'acc>1'
run 3 "$NERVO" train -m "$NET" --data set --epochs 1 --require 'acc > 1' -o runs/goal
bad 2 'does not understand' eval runs/a/model.safetensors --require 'beauty>1'

# the same seed gives the same bits, for any number of threads; another seed does not; runs are numbered
run 0 "$NERVO" train -m "$NET" --data set --epochs 4 --lr 0.01 --val-split 0.1 --seed 3 -t 3 -o runs/b
same runs/a/model.safetensors runs/b/model.safetensors
run 0 "$NERVO" train -m "$NET" --data set --epochs 1 -q
run 0 "$NERVO" train -m "$NET" --data set --epochs 1 --seed random --no-progress
[ -d runs/set-001 ] && [ -d runs/set-002 ] || fail "runs are not numbered"
cmp -s runs/set-001/model.safetensors runs/set-002/model.safetensors && fail "another seed gives the same weights"
says 'seed [0-9]{4,}' err

# predict
run 0 "$NERVO" predict runs/a/model.safetensors --limit 5
[ "$(wc -l <out)" = 6 ] || fail "predict --limit 5 gives $(wc -l <out) lines"
head -n 1 out | grep -q '^sample,prediction,probability,answer$' || fail "columns of predict"
run 0 "$NERVO" predict runs/a/model.safetensors --json -o p.jsonl
[ "$(wc -l <p.jsonl)" = 100 ] || fail "predict -o"
awk -F'"' '{ ok += $6 == $(NF - 1) } END { printf "%.4f\n", ok / NR }' p.jsonl >p.acc
[ "$(cat p.acc)" = "$(printf %.4f "$acc")" ] || fail "predict says $(cat p.acc), eval $acc"
run 0 "$NERVO" predict runs/a/model.safetensors --data set/t10k-images-idx3-ubyte --limit 3
head -n 1 out | grep -q '^sample,prediction,probability$' || fail "predict without answers"

# gzip, and a pair without a test part
gzip -k set/*ubyte
run 0 "$NERVO" train -m "$NET" --data set/train-images-idx3-ubyte.gz,set/train-labels-idx1-ubyte.gz --epochs 2 --json -o runs/z
tail -n 1 out | grep -q '"split": "test".*"samples": 80,' || fail "a pair has no test part of a fifth: $(tail -n 1 out)"
[ "$(wc -l <out)" = 3 ] || fail "--json prints something else than lines of JSON"

# a table of classes, one of values, and two classes with one output
table kinds.csv 300
run 0 "$NERVO" train -m 'dense 8 tanh | dense 2' --data kinds.csv --epochs 30 --lr 0.02 --require 'acc>=0.9' -o runs/kinds
run 0 "$NERVO" eval runs/kinds/model.safetensors --json
same_loss=$(grep -c "$(tail -n 1 runs/kinds/metrics.csv | cut -d, -f4)" out)
[ "$same_loss" = 1 ] || fail "eval of a table differs from training"
head -n 4 kinds.csv | cut -d, -f1,2 | "$NERVO" predict runs/kinds/model.safetensors --data - >out 2>err || fail "predict from stdin: $(cat err)"
[ "$(wc -l <out)" = 4 ] || fail "predict from stdin gives $(wc -l <out) lines"
awk -F, '{ print $2 "," $1 "," $3 }' kinds.csv >turned.csv
run 0 "$NERVO" eval runs/kinds/model.safetensors --data turned.csv --json
mv out a
run 0 "$NERVO" eval runs/kinds/model.safetensors --split all --json
[ "$(sed 's/.*"samples"//' a)" = "$(sed 's/.*"samples"//' out)" ] || fail "columns are not found by name"
run 0 "$NERVO" train -m 'dense 8 tanh | dense 1' --loss bce --data kinds.csv --epochs 30 --lr 0.02 --require 'acc>=0.9' -o runs/bce
values price.csv 300
run 0 "$NERVO" train -m 'dense 1' --data price.csv --target price --epochs 60 --lr 0.05 --require 'mse<=0.01' -o runs/price
tail -n 1 out | grep -Eq '^test mse [0-9.e-]+, mae [0-9.e-]+ \([0-9]+ s, runs/price\)$' || fail "last line: $(tail -n 1 out)"
head -n 1 runs/price/metrics.csv | grep -q ',mae,' || fail "columns of a regression"
run 0 "$NERVO" train -m 'dense 1' --optim sgd --momentum 0.9 --schedule cosine --data price.csv --epochs 40 --require 'mse<=0.01'
run 0 "$NERVO" train -m 'dense 1' --optim adamw --schedule linear --warmup 5 --data price.csv --epochs 5

# NPZ with and without a test part, and a pair of NPY files; written by Python's own zip, stored and deflated
if command -v python3 >/dev/null; then
    python3 - <<'END'
import struct, zipfile, random
random.seed(3)
def npy(descr, shape, data):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    head += ' ' * (63 - (10 + len(head)) % 64) + '\n'
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + data
def part(n):
    x = [[random.uniform(-1, 1) for _ in range(3)] for _ in range(n)]
    y = [int(a + b > c) for a, b, c in x]
    return (npy('<f4', (n, 3), b''.join(struct.pack('<3f', *r) for r in x)), npy('<i8', (n,), struct.pack('<%dq' % n, *y)))
x, y = part(300)
u, v = part(100)
with zipfile.ZipFile('four.npz', 'w', zipfile.ZIP_DEFLATED) as z:
    for name, data in zip(('x_train', 'y_train', 'x_test', 'y_test'), (x, y, u, v)):
        z.writestr(name + '.npy', data)
with zipfile.ZipFile('two.npz', 'w', zipfile.ZIP_STORED) as z:
    z.writestr('x.npy', x)
    z.writestr('y.npy', y)
with zipfile.ZipFile('none.npz', 'w') as z:
    z.writestr('a.npy', x)
open('x.npy', 'wb').write(x)
open('y.npy', 'wb').write(y)
END
    for data in four.npz two.npz x.npy,y.npy; do
        run 0 "$NERVO" train -m 'dense 16 tanh | dense 2' --data $data --epochs 40 --lr 0.01 --json --require 'acc>=0.9' -o runs/$data
        mv out a
        run 0 "$NERVO" eval runs/$data/model.safetensors --json
        [ "$(tail -n 1 a | grep -o '"loss": [^,]*, "acc": [^,]*')" = "$(grep -o '"loss": [^,]*, "acc": [^,]*' out)" ] || fail "eval of $data differs from training"
    done
    grep -q '"samples": 60' out || fail "a pair without a test part has no fifth for it"
    bad 1 "neither an array 'x_train' nor 'x'" train -m 'dense 2' --data none.npz
    head -c 900 four.npz >cut.npz
    bad 1 'NPZ' train -m 'dense 2' --data cut.npz
    LC_ALL=C sed 's/x_train.npy/x_trian.npy/g' four.npz >odd.npz
    bad 1 'x_train' train -m 'dense 2' --data odd.npz
fi

# quiet, dry run, a network from a file and from stdin, -C
run 0 "$NERVO" train -q -m "$NET" --data set --epochs 1 -o runs/quiet
[ -s err ] && fail "-q is not quiet: $(head -n 1 err)"
run 0 "$NERVO" train -n -m "$NET" --data set -o runs/dry
[ -e runs/dry ] && fail "--dry-run writes"
says '^batch: 32$' out
printf 'input 1x8x8   # a picture\nflatten\ndense 4\n' >a.net
mkdir below
run 0 "$NERVO" -C below train --model ../a.net --data ../set --epochs 1 -o run
[ -s below/run/model.safetensors ] || fail "-C is not obeyed"
run 0 sh -c "$NERVO train --model - --data set --epochs 1 -o runs/stdin <a.net"
done_testing
