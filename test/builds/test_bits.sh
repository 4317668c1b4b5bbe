# gcc and clang trace the arguments of a call in different orders, and nothing may depend on it: the reference tier of
# both builds trains XOR to the same bits. Also within one build: the same bits twice.                      label: house
set -eu
clang=$NERVO_ROOT/build-clang/libnervo.a
[ -f "$clang" ] || { echo "no $clang: builds.clang makes it"; exit 1; }
gcc -std=c17 -O2 -I"$NERVO_ROOT/include" "$NERVO_ROOT/test/install/xor.c" "$NERVO_BUILD/libnervo.a" -o by-gcc -lm -pthread
clang-19 -std=c17 -O2 -I"$NERVO_ROOT/include" "$NERVO_ROOT/test/install/xor.c" "$clang" -o by-clang -lm -pthread
gcc=$(./by-gcc ref)
[ "$gcc" = "$(./by-gcc ref)" ] || { echo "a second run gives other bits"; exit 1; }
echo "gcc:   $gcc"
echo "clang: $(./by-clang ref)"
[ "$gcc" = "$(./by-clang ref)" ]
