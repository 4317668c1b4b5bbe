#!/bin/sh
# What the command says: help, versions, did you mean, streams, colour, exit codes. No network is trained.
. "$(dirname "$0")/common.sh"

run 0 "$NERVO" --version
[ "$(wc -l <out)" = 1 ] || fail "--version is not one line"
run 0 "$NERVO" version
says '^nervo [0-9]+\.[0-9]+\.[0-9]+$' out
run 0 "$NERVO" version --build-options
for word in Apache-2.0 'compiler +(gcc|clang)' '^instruction sets +ref baseline.*built in' '^ +ref .*NERVO_ISA' '^ +engine +[0-9]{2,} operations' \
    '^ +layers +[0-9]{2,}' 'adam adamw.* sgd' 'IDX CSV NPY NPZ' 'TensorBoard' '^ +zlib +[0-9.]+ +Zlib' '^ +libzip +[0-9.]+ +BSD-3' '^ +libfyaml +[0-9.]+ +MIT'; do
    says "$word" out
done
run 0 "$NERVO" version --json
says '^\{"nervo": "[0-9.]+", "licence": "Apache-2.0", "tiers": "ref.*"libraries": \[\{"name": "zlib", "version": "[0-9.]+", "licence": "Zlib"\}.*\]\}$' out
command -v python3 >/dev/null && { python3 -m json.tool out >/dev/null || fail "version --json is no JSON"; }

for c in train eval predict show bench help version; do
    run 0 "$NERVO" help $c
    mv out a
    run 0 "$NERVO" $c --help
    same a out
    run 0 "$NERVO" $c -h
    same a out
    [ -s err ] && fail "help of $c writes to stderr"
    says '^Usage: nervo' out
    says 'Exit codes' out
done
run 0 "$NERVO" help
for word in train eval predict show bench '130 interrupted' '143'; do says "$word" out; done
COLUMNS=60 run 0 env COLUMNS=60 "$NERVO" help train
awk 'length($0) > 60 && !/^Usage|^  *nervo |^  nervo|--data/ { bad = 1; print "too wide: " $0 } END { exit bad }' out || fail "help does not wrap to COLUMNS"
says '\[default: 32\]' out
says 'NERVO_NUM_THREADS' out

run 2 "$NERVO"
says 'Usage' err
bad 2 "did you mean|Did you mean 'nervo train'" trian
bad 2 "no command 'xyzzy'" xyzzy
bad 2 "Did you mean 'nervo help predict'" help predct
bad 2 "Did you mean '--epochs'" train --epoch5 3
bad 2 'needs a value' train --epochs
bad 2 "wants a whole number, not 'ten'" train --epochs ten
bad 2 "wants a whole number, not '0'" train --epochs 0
bad 2 "wants a number, not 'nan'" train --lr nan
bad 2 "Did you mean 'adam'" train --optim adma
bad 2 'no network given' train --data fashion-mnist
bad 2 'no data given' train -m 'dense 10'
bad 2 'takes no value' train --json=3
bad 2 "instruction set 'sse9'" train -m 'dense 2' --data x --isa sse9
bad 2 'ref' train -m 'dense 2' --data x --isa sse9
run 0 "$NERVO" show --ops --json
python3 - out <<'PY' || fail "show --ops --json: every op has a name, a kind, a rule or a reason"
import json, sys
ops = json.load(open(sys.argv[1]))
assert len(ops) > 100 and len({op["name"] for op in ops}) == len(ops)
for op in ops:
    assert op["kind"] in ("primitive", "composite", "macro", "leaf", "block")
    assert op["gradient"] in ("rule", "definition") or (op["gradient"] == "none" and len(op["why_none"]) > 7), op
    assert op["cases"] or op["kind"] in ("leaf", "block"), op
PY
run 0 "$NERVO" show --formula 'x: sin(x) * exp(x)' --by x
says "^f'   = exp\(x\)\*\(cos\(x\) \+ sin\(x\)\)" out
says "^f''  = 2\*cos\(x\)\*exp\(x\)" out
run 0 "$NERVO" show --by w --formula 'w, a, t: y = tanh(w * a); (y - t)^2 / 2'
says "^f'   = a\*\(1 - y\^2\)\*\(y - t\)" out
bad 2 'no names before' show --formula 'sin(x)'
bad 2 "a ')' is missing" show --formula 'x: sin(x'
bad 2 'no step' show --formula 'x: x + 1; x'
bad 2 'by z is none' show --formula 'x: x' --by z
bad 2 'goes with --formula' show --by x
NERVO_ISA=sse9 run 2 env NERVO_ISA=sse9 "$NERVO" show -m 'input 4 | dense 2' --plan
says 'This machine has: ref' err
bad 2 'cannot change to' -C /nowhere/at/all help
bad 2 'Did you mean .fashion-mnist' train -m 'dense 2' --data fashion-mnits
bad 2 'given twice' train -m 'dense 2' --model x.net --data y

# a data set that is missing says where it was looked for and how to get it
run 2 env HOME="$WORK" "$NERVO" train -m 'dense 10' --data mnist --data-dir "$WORK/none"
says 'looked in .*none/mnist' err
says 'To get it: ' err

# colour: NO_COLOR wins over the forcing ones, the option wins over all, TERM=dumb is off
esc=$(printf '\033')
run 2 env FORCE_COLOR=1 "$NERVO" nonsense
grep -q "$esc" err || fail "FORCE_COLOR gives no colour"
run 2 env CLICOLOR_FORCE=1 NO_COLOR=1 "$NERVO" nonsense
grep -q "$esc" err && fail "NO_COLOR does not win"
run 2 env FORCE_COLOR=1 NO_COLOR= "$NERVO" nonsense
grep -q "$esc" err || fail "an empty NO_COLOR counts"
run 2 "$NERVO" nonsense
grep -q "$esc" err && fail "colour without a terminal"
run 0 env NO_COLOR=1 "$NERVO" help --color always
grep -q "$esc" out || fail "--color always is not obeyed"

# external commands
mkdir bin
printf '#!/bin/sh\necho "hello from $0 with $*"\nexit 7\n' >bin/nervo-greet
chmod +x bin/nervo-greet
run 7 env PATH="$WORK/bin:$PATH" "$NERVO" greet a b
says 'with a b' out
run 0 env PATH="$WORK/bin:$PATH" "$NERVO" help -a
says "^  greet +$WORK/bin/nervo-greet$" out
# only what `nervo NAME` would really start: no file that cannot run, none that a command or an earlier folder hides
mkdir late
cp bin/nervo-greet late
cp bin/nervo-greet late/nervo-train
: >late/nervo-text
printf '#!/bin/sh\n' >late/nervo-more
chmod +x late/*[!t]
run 0 env PATH="$WORK/bin:$WORK/late:$PATH" "$NERVO" help -a
says "^  more +$WORK/late/nervo-more$" out
[ "$(grep -c 'nervo-greet$' out)" = 1 ] || fail "an external command is listed twice"
grep -Eq 'late/nervo-(train|text)' out && fail "listed, but never started: $(grep -E 'late/nervo-' out)"
run 0 env PATH="$WORK/none" "$NERVO" help -a
says '^  none$' out

# a reader that goes away is no error; a full disk is
"$NERVO" help train | head -n 1 >/dev/null
if [ -w /dev/full ]; then
    "$NERVO" help train >/dev/full 2>err
    [ $? = 1 ] || fail "a full disk under stdout is not noticed"
    says 'cannot write the results' err
fi
done_testing
