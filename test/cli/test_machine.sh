#!/bin/sh
# Threads and instruction sets that a machine does not have: refused with what there is, or the same numbers without them.
. "$(dirname "$0")/common.sh"
idx set 200 40
NET='flatten | dense 16 relu | dense 4'

for n in 0 -1 1025 two ''; do
    bad 2 "threads|'-t'" train -m "$NET" --data set --threads "$n"
    run 2 env NERVO_NUM_THREADS="${n:-none}" "$NERVO" train -m "$NET" --data set
    says 'NERVO_NUM_THREADS|threads' err
done

# more threads than cores, fewer cores than the machine has: the same bits
run 0 "$NERVO" train -m "$NET" --data set --epochs 2 --batch 100 --seed 1 -t 1 -o one
run 0 "$NERVO" train -m "$NET" --data set --epochs 2 --batch 100 --seed 1 -t 64 -o many
same one/model.safetensors many/model.safetensors
if command -v taskset >/dev/null; then
    cpu=$(taskset -cp $$ | sed 's/.*: //; s/[^0-9].*//')
    run 0 taskset -c "$cpu" "$NERVO" train -m "$NET" --data set --epochs 2 --batch 100 --seed 1 -o pinned
    same one/model.safetensors pinned/model.safetensors
    says '"threads": 1,' pinned/env.json
fi

# an instruction set that this processor, or every processor, lacks
tiers=$("$NERVO" version --json | sed 's/.*"tiers": "\([^"]*\)".*/\1/')
for tier in baseline avx2 avx512; do
    case " $tiers " in
    *" $tier "*) run 0 "$NERVO" show -m "input 4 | dense 2" --plan --isa $tier ;;
    *) bad 2 "no instruction set '$tier' here" show -m "input 4 | dense 2" --plan --isa $tier ;;
    esac
done

# A processor with fewer features than the build: valgrind's. The best that it has is taken, and does what it does here.
if command -v valgrind >/dev/null && ! grep -qa __asan_init "$NERVO" && ! grep -qa __tsan_init "$NERVO"; then
    there=$(valgrind -q "$NERVO" version --json 2>/dev/null | sed 's/.*"tiers": "\([^"]*\)".*/\1/')
    best=${there##* }
    [ -n "$best" ] || fail "nervo version says nothing under valgrind"
    if [ "$there" != "$tiers" ]; then
        run 2 valgrind -q "$NERVO" show -m "input 4 | dense 2" --plan --isa "${tiers##* }"
        says "This machine has: $there\." err
        run 0 valgrind -q "$NERVO" train -m "$NET" --data set --epochs 1 --batch 100 --seed 1 -t 1 -o lesser
        run 0 "$NERVO" train -m "$NET" --data set --epochs 1 --batch 100 --seed 1 --isa "$best" -o here
        same lesser/model.safetensors here/model.safetensors
    fi
fi
done_testing
