# Adding an op, a kernel, a layer, an optimiser is adding one file: drops the commented samples of docs/how/samples into a
# copy of the tree, generates, builds, and runs the tests of the registry. Fails if any hand-written file had to change,
# if the tests never met what was added, or if an op with neither a gradient nor a reason is built.          label: house
set -eu
work=$(mktemp -d) before=$(mktemp)
trap 'rm -rf "$work" "$before"' EXIT
tar -C "$NERVO_ROOT" --exclude=./.git --exclude='./build*' --exclude=./runs -cf - . | tar -C "$work" -xf -
cd "$work"
samples=$(cd docs/how/samples && find . -name '*.c' | sort)
[ "$(wc -l <<<"$samples")" -ge 4 ] || { echo "one of each kind is wanted; there are: $samples"; exit 1; }
find . -type f ! -path './src/gen/*' ! -path './include/nervo/*' ! -path './docs/ref/*' -print0 | xargs -0 sha256sum >"$before"
for sample in $samples; do
    [ ! -e "$sample" ] || { echo "$sample is there already; a sample needs a name of its own"; exit 1; }
    cp "docs/how/samples/$sample" "$sample"
done

quietly() { "$@" >log 2>&1 || { cat log; exit 1; }; }
quietly cmake -G Ninja -S . -B b -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1 -DNERVO_WERROR=AUTO -DNERVO_BUILD_CLI=ON
quietly cmake --build b --target generate
quietly cmake --build b -j2
quietly sha256sum --quiet -c "$before"
quietly b/gen --check .
rooms='^(op|grad|nn|compile)[.]|^kernel[.]pointwise'
quietly ctest --test-dir b -j2 --output-on-failure --no-tests=error -R "$rooms" -LE 'house|long'
tail -n 8 log
for sample in $samples; do
    name=$(tr '\n' ' ' <"$sample" | grep -o 'NRV_[A-Z]*( *[a-z0-9_]*,' | sed -n '1s/.*( *\(.*\),/\1/p')
    grep -q "_$name" src/gen/registry.c || { echo "$sample: the registry does not know $name"; exit 1; }
    case $sample in
    */ops/* | */nn/* | */optim/*) # the tests of the registry are named after what they test
        grep -q "RUN  *\] *$name\$" b/Testing/Temporary/LastTest.log || { echo "$sample: no test met $name"; exit 1; } ;;
    esac
    echo "added by one file: $sample"
done

sed -i 's/\.vjp = cube_vjp/.vjp = 1 ? NULL : cube_vjp/' src/ops/point/cube.c
if cmake --build b --target nervo_tables >log 2>&1 || ! grep -q "op 'cube' has neither a gradient nor a reason" log; then
    cat log
    echo "an op with neither a gradient nor a reason is built"
    exit 1
fi
echo "refused: an op with neither a gradient nor a reason"
