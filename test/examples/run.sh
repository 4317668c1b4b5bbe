# One example of examples/, as CI sees it: run.sh PROGRAM. Whether it learns what it promises takes minutes, and that is
# what `./do examples` asks.
#
# Promises: the program is at most 250 lines on the public header; its gradients are those of finite differences; a few
# steps leave a picture and a store, with the same bits for 1, 2 and 3 threads and after save, load and as many steps
# more; what it prints last is what `./do examples` reads; wrong usage is exit 2, a file that is not there exit 1.
set -u
program=$1
name=${program##*/}
source=$NERVO_ROOT/examples/$name.c
data=${NERVO_SHARED:-$NERVO_ROOT/../shared}/data
failures=0

check() # WHAT, then a condition
{
    local what=$1
    shift
    "$@" || { echo "failed: $name: $what"; failures=$((failures + 1)); }
}
run() # FOLDER OPTION...: a few steps; exit 0 or 3, the target is not the point here
{
    local folder=$1
    shift
    "$program" --data "$data" --quick --out "$folder" "$@" >"$folder.log" 2>&1
    status=$?
    [ $status -eq 0 ] || [ $status -eq 3 ] || { cat "$folder.log"; return 1; }
}
same() { cmp "$1/$name.safetensors" "$2/$name.safetensors"; }

"$program" --check --data "$data" >check.log 2>&1
status=$?
if [ $status -eq 1 ] && [ ! -d "$data" ]; then
    echo "skipped: $name needs data, and there is no $data; NERVO_SHARED names the folder that has data/"
    [ -n "${NERVO_MAY_NOT_SKIP-}" ] && exit 1
    exit 77
fi
cat check.log
check "the gradient is that of finite differences" [ $status -eq 0 ]
check "something was compared" grep -q "agree" check.log

rm -rf one two three part
check "a few steps" run one --threads 1
check "2 threads" run two --threads 2
check "3 threads" run three --threads 3
check "2 threads, the same bits" same one two
check "3 threads, the same bits" same one three
check "some steps" run part --steps 5
check "5 steps are not all" test -n "$(cmp one/"$name".safetensors part/"$name".safetensors 2>&1)"
check "the other steps" run part --resume
check "save, load and go on: the same bits" same one part
check "the seed matters" run other --seed 2
check "another seed, other bits" test -n "$(cmp one/"$name".safetensors other/"$name".safetensors 2>&1)"
last=$(tail -n 1 one.log)
echo "$last"
check "the last line: NAME: METRIC, wanted VALUE: reached or fell short" \
    grep -Eq "^$name: .+, wanted .+: (reached|fell short)$" <<<"$last"
pictures=(one/*.svg one/*.p[gp]m)
check "a picture" test -s "${pictures[0]}" -o -s "${pictures[1]}"

"$program" --nonsense >wrong.log 2>&1
check "an unknown option is exit 2" [ $? -eq 2 ]
"$program" --seed many >wrong.log 2>&1
check "a seed that is no number is exit 2" [ $? -eq 2 ]
"$program" --data "$data" --quick --resume --out nothing >wrong.log 2>&1
check "nothing to resume is exit 1" [ $? -eq 1 ]
check "and says so" grep -q "nothing/$name.safetensors" wrong.log

check "at most 250 lines" [ "$(wc -l <"$source")" -le 250 ]
check "the public header alone" test -z "$(grep '#include "' "$source" | grep -v '"nervo.h"')"
[ $failures -eq 0 ]
