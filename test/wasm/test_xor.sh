# The core as WebAssembly: nervo.c, one thread, trains XOR under Node to the loss that the baseline kernels reach on
# this machine, within 1e-5.                                                                               label: house
set -eu
for tool in clang-19 wasm-ld-19 node; do
    command -v $tool >/dev/null || { echo "missing: $tool; ./do test installs it"; exit 1; }
done
"$NERVO_ROOT/tools/amalgamate.sh" .
clang-19 --target=wasm32-wasi --sysroot=/usr -std=c17 -O2 -msimd128 -Wall -Wextra -Wno-unused-function -Werror -I. \
    nervo.c "$NERVO_ROOT/test/install/xor.c" -o xor.wasm
gcc -std=c17 -O2 -I. "$NERVO_ROOT/test/install/xor.c" "$NERVO_BUILD/libnervo.a" -o xor -lm -pthread
here=$(./xor baseline)
there=$(node --no-warnings "$NERVO_ROOT/test/wasm/run.mjs" xor.wasm)
printf 'here:  %s\nthere: %s\nmodule: %s bytes, %s gzipped\n' "$here" "$there" "$(wc -c <xor.wasm)" "$(gzip -c xor.wasm | wc -c)"
early() { sed -n 's/.*loss \([^ ]*\) after 100.*/\1/p' <<<"$1"; }
awk -v a="$(early "$here")" -v b="$(early "$there")" \
    'BEGIN { d = a - b; exit !(a > 0.001 && b > 0.001 && d < 1e-5 && d > -1e-5) }'
