#!/bin/sh
# The progress line: only on stderr, only on a terminal without CI, at most ten redraws a second; a line every so many
# steps elsewhere; drawing in UTF-8 only where the locale is.
. "$(dirname "$0")/common.sh"
command -v script >/dev/null || { echo "skipped: no 'script' (bsdutils) to play a terminal"; exit 77; }
idx set 1000 100
TRAIN="train -m 'flatten | dense 200 relu | dense 200 relu | dense 4' --data set --epochs 8"
CR=$(printf '\r')
unset CI

play() { # play FILE environment... -- arguments: under a terminal, stdout apart in FILE.out
    file=$1
    shift
    script -qec "env TERM=xterm COLUMNS=100 $* >$file.out" /dev/null </dev/null >"$file" 2>&1
}

redraws() {
    tr '\r' '\n' <"$1" | grep -c 'samples/s.*left'
}

begin=$(date +%s%N)
play tty LC_ALL=C "$NERVO" "$TRAIN" -o a
took=$((($(date +%s%N) - begin) / 100000000))
n=$(redraws tty)
[ "$n" -ge 1 ] || fail "no progress line on a terminal"
[ "$n" -le $((took + 2)) ] || fail "$n redraws in $took tenths of a second"
grep -q 'loss [0-9.]* *acc [0-9.]* *[0-9,]* samples/s *[0-9.:]*s* left' tty || fail "the line lacks a number"
tr '\r' '\n' <tty | grep -a 'samples/s' | sed 's/\x1b\[[0-9;]*[mK]//g' | awk 'length($0) > 100 { exit 1 }' || fail "wider than the terminal"
grep -q "$CR" a.out 2>/dev/null && fail "progress on stdout"
grep -qaP '\xE2\x94' tty && fail "UTF-8 drawing in the C locale"
if locale -a 2>/dev/null | grep -qi '^C.utf-\?8$'; then
    play utf LC_ALL=C.UTF-8 "$NERVO" "$TRAIN" -o u
    grep -qaP '\xE2\x94\x81' utf || fail "no UTF-8 drawing in a UTF-8 locale"
fi
play ci LC_ALL=C CI=true "$NERVO" "$TRAIN" -o b
tr -d '\r' <ci | grep -q "$(printf '\033')\\[K" && fail "a progress line under CI"
play none LC_ALL=C "$NERVO" "$TRAIN" --no-progress -o c
[ "$(redraws none)" = 0 ] || fail "--no-progress draws"
play dumb LC_ALL=C TERM=dumb "$NERVO" "$TRAIN" -o d
grep -q "$(printf '\033')" dumb && fail "control sequences on a dumb terminal"
play plain LC_ALL=C NO_COLOR=1 "$NERVO" "$TRAIN" -o e
grep -q "$(printf '\033')\\[[0-9;]*m" plain && fail "colour in spite of NO_COLOR"

# without a terminal: a line every N steps, no control characters
run 0 sh -c "$NERVO $TRAIN --log-every 10 -o f"
n=$(grep -c 'samples/s' err)
[ "$n" -ge 5 ] && [ "$n" -le 40 ] || fail "$n progress lines without a terminal"
grep -q "$CR" err && fail "control characters without a terminal"
[ "$(grep -c '^Epoch .*s  loss' err)" = 8 ] || fail "not one line for each epoch"

# numbers have a point in any locale
loc=$(locale -a 2>/dev/null | grep -i '^de_DE' | head -n 1)
if [ -n "$loc" ]; then
    run 0 env LC_ALL="$loc" sh -c "$NERVO $TRAIN -q -o g"
    grep -q 'accuracy [01]\.' out || fail "a comma in a German locale"
fi
done_testing
