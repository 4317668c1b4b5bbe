# One other build of everything, and its tests, as one test: run.sh PRESET. Its log is shown if it fails.
#
# Promises: configures, builds and tests the preset; the tests about the tree itself (label house) run only once, in the
# build that called this.
set -u
preset=$1
cd "$NERVO_ROOT" || exit 1
build=build-$preset
log=$(mktemp)
trap 'rm -f "$log"' EXIT
unset NERVO_BUILD NERVO_BIN NERVO_SANITIZE

wrap=() without=()
# the other rooms start no threads; under this sanitizer they would only take ten times as long
[ "$preset" != tsan ] || without=(-R '^(base|run|cli)[.]|^op[.]compiled')
if [ "$preset" = tsan ] && setarch "$(uname -m)" -R true 2>/dev/null; then
    wrap=(setarch "$(uname -m)" -R) # gcc 12's thread sanitizer gives up where addresses are randomised by 32 bits
fi
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS-halt_on_error=1}

step()
{
    "$@" >"$log" 2>&1 && return
    local status=$?
    grep -v '^\[[0-9]*/[0-9]*\] [BL]' "$log" # not the hundreds of files that did build or link
    echo "builds.$preset: failed (status $status): $*"
    exit 1
}
[ ! -f "$build/CMakeCache.txt" ] || [ -f "$build/build.ninja" ] || rm -rf "$build"
step cmake --preset "$preset" -DNERVO_BUILD_CLI=ON -DNERVO_BUILD_TESTS=ON
step cmake --build "$build" -j2
step "${wrap[@]}" ctest --test-dir "$build" -j2 --output-on-failure --no-tests=error -LE 'house|long' "${without[@]}"
tail -n 12 "$log"
