#!/usr/bin/env bash
# fuzz.sh - every fuzz target under libFuzzer and the sanitizers: tools/fuzz.sh SECONDS [TARGET...]
#
# Promises: what a target finds stays in build-fuzz/found/, what it learnt in build-fuzz/learnt/; starts from the files
# in test/fuzz/corpus/TARGET, if there are any. Exit 1 when anything was found.
# Does not do: run in `./do test`; there the same targets run with driver.c, for seconds and the same inputs every time.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
build=build-fuzz
mkdir -p $build/found $build/learnt
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for file in test/fuzz/fuzz_*.c; do
        [ -f "$file" ] || { echo "fuzz: there is no test/fuzz/fuzz_*.c" >&2; exit 1; }
        name=${file##*/fuzz_}
        targets+=("${name%.c}")
    done
fi
echo "fuzz: building the library for libFuzzer in $build" >&2
cmake -G Ninja -S . -B $build -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-O1 -g1" \
    -DCMAKE_C_FLAGS=-fsanitize=fuzzer-no-link -DNERVO_SANITIZE=address,undefined \
    -DNERVO_BUILD_TESTS=OFF -DNERVO_BUILD_CLI=OFF \
    >$build/configure.log
cmake --build $build --target nervo_static >$build/build.log || { cat $build/build.log >&2; exit 1; }
support=()
for file in test/support/*.c; do [ ! -f "$file" ] || support+=("$file"); done
found=0
for name in "${targets[@]}"; do
    clang-19 -std=c17 -D_POSIX_C_SOURCE=200809L -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -Iinclude -Isrc -Itest "test/fuzz/fuzz_$name.c" "${support[@]}" $build/libnervo.a -lm -pthread \
        -o "$build/fuzz_$name"
    mkdir -p "$build/learnt/$name"
    corpus=("$build/learnt/$name")
    [ ! -d "test/fuzz/corpus/$name" ] || corpus+=("test/fuzz/corpus/$name")
    echo "fuzz: $name for $seconds s" >&2
    "$build/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/found/$name-" "${corpus[@]}" >"$build/fuzz_$name.log" 2>&1 ||
        { tail -n 40 "$build/fuzz_$name.log"; found=1; }
done
[ $found -eq 0 ] && echo "fuzz: nothing found" >&2
exit $found
