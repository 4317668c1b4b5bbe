#!/bin/sh
# A run that was interrupted and resumed ends like one that never stopped: weights bit for bit, metrics in every column
# but time. Interrupted by Ctrl-C, SIGTERM, and kill -9 at several moments, also before the first checkpoint. label: house
. "$(dirname "$0")/common.sh"
idx set 1000 100
ARGS='--data set --epochs 12 --batch 16 --lr 0.003 --val-split 0.2 --seed 5 --log-every 7 --save-every 40 --schedule cosine'
NET='flatten | dense 300 relu | dropout 0.2 | dense 300 relu | dense 4'
LAST=600

start() { # a run in the background; its process is $PID
    "$NERVO" train -m "$NET" $ARGS -o "$1" >"$1.out" 2>"$1.err" &
    PID=$!
}

wait_for() { # wait_for FOLDER FILE LINES: until the file has that many lines, or the process is gone
    while kill -0 $PID 2>/dev/null && [ "$(wc -l 2>/dev/null <"$1/$2" || echo 0)" -lt "$3" ]; do sleep 0.01; done
}

check() { # check FOLDER: like the undisturbed run
    cmp -s straight/model.safetensors "$1/model.safetensors" || fail "$1: other weights than the undisturbed run"
    metrics straight/metrics.csv >a
    metrics "$1/metrics.csv" >b
    cmp -s a b || { fail "$1: other metrics.csv"; diff a b | head -n 5; }
    lines straight/metrics.jsonl >a
    lines "$1/metrics.jsonl" >b
    same a b
    [ "$(sed 's/ (.*//' "$1.last")" = "$(sed 's/ (.*//' straight.last)" ] || fail "$1: $(cat "$1.last")"
}

resume() {
    run 0 "$NERVO" train --resume "$1"
    tail -n 1 out >"$1.last"
}

run 0 "$NERVO" train -m "$NET" $ARGS -o straight
tail -n 1 out >straight.last
[ "$(tail -n 2 straight/metrics.csv | head -n 1 | cut -d, -f1)" = $LAST ] || fail "the run does not have $LAST steps"

# Ctrl-C, then SIGTERM: finish the step, save, say where, 130 and 143. (A background job of sh ignores SIGINT, so it is
# started by env, which lets it be.)
for pair in INT:130 TERM:143; do
    signal=${pair%:*}
    f=by-$signal
    env --default-signal=INT "$NERVO" train -m "$NET" $ARGS -o $f >$f.out 2>$f.err &
    PID=$!
    wait_for $f metrics.csv 20
    kill -$signal $PID
    wait $PID
    code=$?
    [ $code = "${pair#*:}" ] || fail "SIG$signal: exit $code"
    says 'Saved by-.*/checkpoints/step-[0-9]+.safetensors' $f.err
    says 'nervo train --resume by-' $f.err
    saved=$(sed -n 's/.*Saved //p' $f.err)
    [ -s "$saved" ] || fail "$saved is not there"
    run 0 "$NERVO" eval $f/model.safetensors --split val
    resume $f
    check $f
done

# SIGUSR1 saves and goes on
start usr1
wait_for usr1 metrics.csv 5
kill -USR1 $PID
wait $PID || fail "SIGUSR1 ended the run"
tail -n 1 usr1.out >usr1.last
check usr1

# kill -9: as soon as the configuration is there, before the first checkpoint, and at three later moments
hit=0
for lines in 0 3 9 30 70; do
    f=killed-$lines
    start $f
    if [ $lines = 0 ]; then wait_for $f config.yaml 1; else wait_for $f metrics.csv $lines; fi
    kill -9 $PID 2>/dev/null && hit=$((hit + 1))
    wait $PID 2>/dev/null
    resume $f
    check $f
done
[ $hit -ge 4 ] || fail "only $hit of 5 runs were killed while they ran"

# killed twice, with half-written files left behind
start twice
wait_for twice metrics.csv 12
kill -9 $PID
wait $PID 2>/dev/null
echo half >twice/checkpoints/step-000080.safetensors.tmp
printf '999,9,train,1' >>twice/metrics.csv
"$NERVO" train --resume twice >/dev/null 2>&1 &
PID=$!
wait_for twice metrics.csv 40
kill -9 $PID
wait $PID 2>/dev/null
resume twice
check twice
ls twice/checkpoints | grep -q tmp && fail "half-written files stay"

# a checkpoint that is damaged: the one before it is taken
start damaged
wait_for damaged metrics.csv 30
kill -9 $PID
wait $PID 2>/dev/null
newest=$(ls damaged/checkpoints/step-*.safetensors | tail -n 1) # a killed write may have left PATH.xxxx.tmp
printf 'xxxxxxxxxxxxxxxx' | dd of="$newest" bs=1 count=16 conv=notrunc 2>/dev/null
resume damaged
says 'cannot be used' err
check damaged

# a finished run says so; options that would change a run are refused; two processes on one folder
run 0 "$NERVO" train --resume straight
says 'finished' err
[ "$(sed 's/ (.*//' out)" = "$(sed 's/ (.*//' straight.last)" ] || fail "a finished run says: $(cat out)"
bad 2 'cannot be changed' train --resume straight --epochs 20
bad 2 'already holds a run' train -m "$NET" $ARGS -o straight
bad 2 'not a run folder' train --resume set
bad 2 'no run folder' train --resume nowhere
start locked
wait_for locked metrics.csv 3
bad 2 'in use by another nervo' train --resume locked
bad 2 'in use by another nervo' train -m "$NET" $ARGS -o locked
kill -9 $PID
wait $PID 2>/dev/null
resume locked
check locked

# the data changed meanwhile
start changed
wait_for changed metrics.csv 3
kill -9 $PID
wait $PID 2>/dev/null
cp set/train-images-idx3-ubyte keep
printf '\377' | dd of=set/train-images-idx3-ubyte bs=1 seek=100 conv=notrunc 2>/dev/null
bad 2 'has changed' train --resume changed
cp keep set/train-images-idx3-ubyte
resume changed
check changed

# a disk that is full while saving (files may not grow beyond 64 kB): the checkpoint before survives, and all goes on later
start full
wait_for full metrics.csv 14
kill -9 $PID
wait $PID 2>/dev/null
ls full/checkpoints/step-*.safetensors >before
( trap '' XFSZ; ulimit -f 128; "$NERVO" train --resume full ) >out 2>err
[ $? = 1 ] || fail "a full disk: exit code"
says 'cannot save|cannot write' err
says 'resume full' err
newest=$(tail -n 1 before) # a kill between a save and the clearing of the oldest leaves one too many, which goes now
[ -s "$newest" ] || fail "$newest is gone"
resume full
check full
done_testing
