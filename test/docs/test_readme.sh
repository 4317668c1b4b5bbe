# What the documents tell people to type works as it stands: every block marked `sh` of README.md and of the first steps
# is run, in order, in a folder that looks like the tree, and the C programs compile without a warning. seconds: 60
#                                                                                                           label: house
#
# Stand-ins: a Fashion-MNIST of 640 + 40 made-up pictures, so that eight epochs take a second; `./do X` is looked up in
# `./do help` (test/do tries the rest); builds optimise less.
set -eu
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
for entry in "$NERVO_ROOT"/*; do
    case ${entry##*/} in build* | runs | do) ;; *) ln -s "$entry" . ;; esac
done
mkdir -p build data/fashion-mnist blocks
ln -s "$NERVO_BUILD"/libnervo.* build/
ln -s "$NERVO_BIN" build/nervo
unset NERVO_ISA NERVO_NUM_THREADS
export NERVO_DATA=$PWD/data CI=1

cat >do <<DO
#!/bin/sh
"$NERVO_ROOT/do" help | grep -q "^  \$1 " || { echo "./do has no command '\$1'"; exit 1; }
DO
chmod +x do

# pictures of one bright stripe, whose place is the class, as gzip IDX files
python3 - data/fashion-mnist <<'PYTHON'
import gzip, random, struct, sys
random.seed(1)
for name, count in (("train", 640), ("t10k", 40)):
    with gzip.open(f"{sys.argv[1]}/{name}-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">II", 0x801, count) + bytes(i % 10 for i in range(count)))
    with gzip.open(f"{sys.argv[1]}/{name}-images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">IIII", 0x803, count, 28, 28))
        for i in range(count):
            file.write(bytes(random.randrange(60) + 190 * (y // 2 == i % 10 + 2) for y in range(28) for x in range(28)))
PYTHON

# blocks FILE: blocks/001.sh, blocks/002.c, ... in the order of the document
blocks()
{
    rm -f blocks/*
    awk '/^```/ {
             if (to)
                 close(to)
             to = to ? "" : sprintf("blocks/%03d.%s", ++n, length($0) > 3 ? substr($0, 4) : "none")
             next
         }
         to { print >to }
         END { if (to) { print "a block has no end"; exit 1 } }' "$1"
}

# about WANTED GOT: the same words, and numbers that differ by at most 0.02
about()
{
    paste -d ' ' "$1" "$2" | awk '{ for (i = 1; i <= NF / 2; i++) { a = $i; b = $(i + NF / 2); d = a - b
        if (a != b && (a !~ /^-?[0-9.]+$/ || d > 0.02 || d < -0.02)) exit 1 } }' && [ "$(wc -l <"$1")" = "$(wc -l <"$2")" ]
}

follow() # FILE
{
    local block program= ran=0 compiled=0
    blocks "$NERVO_ROOT/$1"
    for block in blocks/*; do
        case $block in
        *.c) program=$block ;;
        *.sh)
            if [ -n "$program" ]; then # the next commands say what the program is called
                cp "$program" "$(grep -o '[a-z]*\.c\b' "$block" | head -n 1)"
                compiled=$((compiled + 1)) program=
            fi
            sed -e "s|/usr/share/datasets|$NERVO_DATA|g" -e 's/-DCMAKE_BUILD_TYPE=Release/-DCMAKE_BUILD_TYPE=Debug/' \
                -e 's/-O[23]/-O1/g' -e 's/^cc /cc -Wall -Wextra -Werror /' "$block" >"$block.run"
            if ! bash -eu "$block.run" >out 2>err; then
                echo "$1: these lines failed:"
                cat "$block" out err
                exit 1
            fi
            ran=$((ran + $(grep -c '^[^# ]' "$block")))
            cp out last ;;
        *.text) # what a program of the document prints is what it says; what the demo prints is another matter
            if grep -q ' xor ' "$block" && ! about "$block" last; then
                echo "$1: says"
                cat "$block"
                echo "but its program prints"
                cat last
                exit 1
            fi ;;
        esac
    done
    [ "$ran" -ge 5 ] && [ "$compiled" -ge 1 ] || { echo "$1: only $ran lines and $compiled programs found"; exit 1; }
    echo "$1: $ran lines and $compiled programs do what they should"
}

follow README.md
follow docs/start/first-network.md
