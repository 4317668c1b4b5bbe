# A program outside the tree, as C99, C17 and C++17, gets at nervo in four ways: find_package, pkg-config, static, and
# the amalgamation. The installed tree is moved first, since people unpack things where they like.      label: house
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-pedantic -Wall -Wextra -Wconversion -Werror"

cmake --install "$NERVO_BUILD" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved"
cp "$NERVO_ROOT/test/install/xor.c" "$NERVO_ROOT/test/install/CMakeLists.txt" "$work/"
cp "$work/xor.c" "$work/xor.cpp"
cd "$work"
if grep -rIl -e "$work/first" -e "$NERVO_ROOT" "$work/moved"; then
    echo "the installed files above name the place where they were built"
    exit 1
fi

runs() # WAY PROGRAM: it runs, and says the same as all the others
{
    local said
    said=$("$2") || { echo "$1: $2 failed: $said"; exit 1; }
    [ "${first:=$said}" = "$said" ] || { echo "$1: $2 says '$said', the others '$first'"; exit 1; }
    echo "$1: ${2##*/}: $said"
}

cmake -G Ninja -S . -B by-cmake -DCMAKE_PREFIX_PATH="$work/moved" >cmake.log || { cat cmake.log; exit 1; }
cmake --build by-cmake >cmake.log || { cat cmake.log; exit 1; }
for program in by-cmake/c99-nervo by-cmake/c17-nervo by-cmake/cxx17-nervo; do runs find_package $program; done
for program in by-cmake/c99-static by-cmake/c17-static by-cmake/cxx17-static; do
    if readelf -d $program | grep -q libnervo; then
        echo "$program is not static"
        exit 1
    fi
    runs static $program
done

libdir=$(dirname "$(find "$work/moved" -name nervo.pc)")/..
export PKG_CONFIG_PATH=$libdir/pkgconfig
# shellcheck disable=SC2046,SC2086
{
    [ "$(pkg-config --modversion nervo)" = "$(sed -n 's/^project(nervo VERSION \([0-9.]*\).*/\1/p' "$NERVO_ROOT/CMakeLists.txt")" ]
    gcc -std=c99 $flags $(pkg-config --cflags nervo) xor.c -o pc-c99 $(pkg-config --libs nervo)
    gcc -std=c17 $flags $(pkg-config --cflags nervo) xor.c -o pc-c17 $(pkg-config --libs nervo)
    g++ -std=c++17 $flags $(pkg-config --cflags nervo) xor.cpp -o pc-cxx17 $(pkg-config --libs nervo)
}
for program in ./pc-c99 ./pc-c17 ./pc-cxx17; do LD_LIBRARY_PATH=$libdir runs pkg-config $program; done

"$NERVO_ROOT/tools/amalgamate.sh" "$work/one"
cd one
cc -std=c17 -O2 -Werror -c nervo.c
clang-19 -std=c17 -Werror -fsyntax-only nervo.c
gcc -std=c99 $flags -I. ../xor.c nervo.o -o one-c99 -lm -pthread
gcc -std=c17 $flags -I. ../xor.c nervo.o -o one-c17 -lm -pthread
g++ -std=c++17 $flags -I. ../xor.cpp nervo.o -o one-cxx17 -lm -pthread
if nm nervo.o | awk '$2 ~ /^[TDBRV]$/ && $3 !~ /^nrv_/ { print; found = 1 } END { exit !found }'; then
    echo "names without nrv_ leave the amalgamation"
    exit 1
fi
first=
for program in ./one-c99 ./one-c17 ./one-cxx17; do runs amalgamation $program; done
