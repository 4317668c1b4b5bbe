#!/bin/sh
# The second Ctrl-C leaves at once: in the middle of a step that takes long, without saving, with 130; the run folder can
# be resumed all the same. The first one alone would have waited for the step. label: house
. "$(dirname "$0")/common.sh"
idx set 1000 100
# the reference kernels need many seconds for one such step
NET='flatten | dense 1500 relu | dense 1500 relu | dense 1500 relu | dense 4'
for pair in INT:130 TERM:143; do
    signal=${pair%:*}
    f=by-$signal
    env --default-signal=INT "$NERVO" train -m "$NET" --data set --epochs 1 --batch 1000 --isa ref -t 1 -o $f >$f.out 2>$f.err &
    PID=$!
    while kill -0 $PID 2>/dev/null && ! grep -q '^run ' $f.err 2>/dev/null; do sleep 0.01; done
    sleep 0.3
    kill -$signal $PID
    sleep 0.5
    kill -0 $PID 2>/dev/null || fail "$signal: the first one did not wait for the step (or the step is too short for this test)"
    begin=$(date +%s%N)
    kill -$signal $PID
    wait $PID
    code=$?
    took=$((($(date +%s%N) - begin) / 1000000))
    [ $code = "${pair#*:}" ] || fail "$signal twice: exit $code"
    [ $took -lt 1000 ] || fail "$signal: the second one took $took ms"
    grep -q 'Saved' $f.err && fail "$signal: saved although it was told twice to leave"
    ls $f/checkpoints/* 2>/dev/null && fail "$signal: a checkpoint of a step that was not finished"
done
rm -rf by-TERM
run 0 env NERVO_ISA= "$NERVO" train --resume by-INT --isa "$("$NERVO" version --json | sed 's/.*"tiers": "[^"]* \([a-z0-9]*\)".*/\1/')"
says '^test accuracy' out
done_testing
