# The same sources in another folder give the same bytes: libraries and command.                      label: house long
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/elsewhere"
tar -C "$NERVO_ROOT" --exclude=./.git --exclude='./build*' --exclude=./runs -cf - . | tar -C "$work/elsewhere" -xf -
for folder in "$NERVO_ROOT" "$work/elsewhere"; do
    cd "$folder"
    [ "$folder" = "$NERVO_ROOT" ] && build=$work/here || build=$work/elsewhere/somewhere/deeper
    cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DNERVO_BUILD_TESTS=OFF >"$work/log" ||
        { cat "$work/log"; exit 1; }
    cmake --build "$build" -j2 >"$work/log" || { cat "$work/log"; exit 1; }
done
for file in libnervo.so.0.1.0 libnervo.a nervo; do
    cmp "$work/here/$file" "$work/elsewhere/somewhere/deeper/$file"
    sha256sum "$work/here/$file" | sed "s|$work/here/||"
done
