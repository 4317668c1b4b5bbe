# What ./do promises, with stand-ins for apt and for being root: it asks for what is missing and for nothing else, says
# one apt line where it may not install, and refuses what it does not understand with exit 2.            label: house
set -u
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
mkdir "$bin/fake" "$bin/tree"
cp "$NERVO_ROOT/do" "$bin/tree/do"
failures=0

fake() { printf '#!/bin/bash\n%s\n' "$2" >"$bin/fake/$1"; chmod +x "$bin/fake/$1"; }

# everything but $MISSING is installed; apt-get notes what it is asked and installs it; cmake makes a "nervo"
fake dpkg-query 'shift 3; for p; do [[ " $(cat "$FAKE/missing") " == *" $p "* ]] || echo "installed $p"; done'
fake apt-get 'echo "apt-get $*" >>"$FAKE/asked"; [[ "$*" == *install* ]] && { [ -f "$FAKE/broken" ] && { cat "$FAKE/broken"; exit 100; }; : >"$FAKE/missing"; }; exit 0'
fake id 'cat "$FAKE/uid"'
fake sudo 'case $1 in -n) [ -f "$FAKE/maysudo" ];; *) echo "sudo $*" >>"$FAKE/asked"; exec "$@";; esac'
fake cmake 'echo "cmake $*" >>"$FAKE/asked"; mkdir -p build; printf "#!/bin/bash\necho ran \"\$*\"\n" >build/nervo; chmod +x build/nervo'
export FAKE=$bin PATH=$bin/fake:$PATH

run() # UID MISSING COMMAND...: status and output
{
    echo "$1" >"$bin/uid"
    echo "$2" >"$bin/missing"
    shift 2
    : >"$bin/asked"
    out=$(cd / && "$bin/tree/do" "$@" 2>&1 </dev/null)
    status=$?
    asked=$(cat "$bin/asked")
}
check() # WHAT, then a condition
{
    local what=$1
    shift
    "$@" || { echo "failed: $what"; printf 'status %s\n%s\nasked: %s\n' "$status" "$out" "$asked"; failures=$((failures + 1)); }
}
has() { [[ "$1" == *"$2"* ]]; }
hasnt() { [[ "$1" != *"$2"* ]]; }

run 0 "" help
for command in demo test build bench examples conformance fuzz format docs; do check "help lists $command" has "$out" "  $command "; done
run 0 "" nonsense; check "an unknown command is exit 2" [ $status -eq 2 ]
for wrong in "demo --seed" "demo --seed x" "demo --fast" "test --quick" "format --now" "fuzz soon" "examples --fast" "examples none"; do
    # shellcheck disable=SC2086
    run 0 "" $wrong; check "'$wrong' is exit 2" [ $status -eq 2 ]
done

run 0 "" build
check "nothing missing: no apt" hasnt "$asked" apt-get
check "build says that it builds" has "$out" "do: building"
run 0 "cmake libzip-dev" build
check "root: update first" has "$asked" "update"
check "root: installs exactly what is missing" has "$asked" "install -y --no-install-recommends cmake libzip-dev
cmake"
check "root: no sudo" hasnt "$asked" sudo
check "root: it is said" has "$out" "do: installing cmake libzip-dev"
run 1000 "cmake libzip-dev" build
check "user without sudo: exit 2" [ $status -eq 2 ]
check "user without sudo: the line" has "$out" "
apt-get update && apt-get install -y --no-install-recommends cmake libzip-dev"
check "user without sudo: nothing is run" [ -z "$asked" ]
touch "$bin/maysudo"
run 1000 "cmake" build
check "user with sudo: through sudo" has "$asked" "sudo env DEBIAN_FRONTEND=noninteractive apt-get"
check "user with sudo: goes on" [ $status -eq 0 ]
run 1000 "" build
check "user, nothing missing: no sudo" hasnt "$asked" sudo
rm "$bin/maysudo"
echo "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem." >"$bin/broken"
run 0 "cmake" build
check "apt fails: exit 2" [ $status -eq 2 ]
check "apt fails: what to do" has "$out" "'dpkg --configure -a', then ./do again"
rm "$bin/broken"

run 0 "" demo --seed 42
check "demo prints the line it runs" has "$out" 'build/nervo train -m "conv '
check "demo passes the seed" has "$out" "--seed 42
ran train -m conv "
line=$(grep '^build/nervo' <<<"$out")
check "the printed line, given to a shell, is the line that ran" [ "$(cd "$bin/tree" && eval "$line")" = "$(grep '^ran' <<<"$out")" ]
rm -rf "$bin/tree/build"
mkdir "$bin/tree/build" && echo "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere" >"$bin/tree/build/CMakeCache.txt"
run 0 "" build
check "a half-configured folder is configured anew" [ ! -f "$bin/tree/build/CMakeCache.txt" ]
check "and builds" [ $status -eq 0 ]
[ $failures -eq 0 ]
