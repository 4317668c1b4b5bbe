# The C of docs/start/from-scratch.md is a whole program: its blocks, in order, compile without a warning with nothing but
# libc and libm, and print what the page says, block by block.                                             label: house
#
# Does not do: judge the prose between them.
set -eu
page=$NERVO_ROOT/docs/start/from-scratch.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
blocks() { awk -v kind="\`\`\`$1" '/^```/ { on = $0 == kind; next } on' "$page"; }
blocks c >scratch.c
blocks text >said
blocks sh >type-this
[ "$(wc -l <scratch.c)" -ge 300 ] && [ "$(wc -l <said)" -ge 15 ] || { echo "the blocks were not found"; exit 1; }
tried=0
for compiler in "${CC:-cc}" gcc clang-19; do
    command -v "$compiler" >/dev/null || continue
    "$compiler" -std=c17 -O2 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror scratch.c -lm -o scratch
    ./scratch >printed
    diff said printed || { echo "< the page says, > what $compiler made prints"; exit 1; }
    tried=$((tried + 1))
done
[ "$tried" -ge 2 ] # the compiler of this build, and one by name
rm scratch
sh -eu ./type-this >printed # what the page tells people to type
cmp said printed
gcc -std=c17 -g -fsanitize=address,undefined -fno-sanitize-recover=all scratch.c -lm -o checked
ASAN_OPTIONS=detect_leaks=0 ./checked | cmp said - # nothing is ever freed there, and the page says so
echo "$(wc -l <scratch.c) lines print the $(wc -l <said) lines that the page shows"
