# common.sh - what the tests of the command share: NERVO_BIN, a clean folder, small data sets, checks. Sourced, not run.
# Promises: needs only a POSIX shell, awk and gzip; the data are the same on every machine.
set -u
NERVO=${NERVO_BIN:?NERVO_BIN is the path of the command}
[ -x "$NERVO" ] || { echo "no command at $NERVO"; exit 1; }
unset NERVO_DATA NERVO_HOME NERVO_ISA NERVO_NUM_THREADS NO_COLOR CLICOLOR_FORCE FORCE_COLOR COLUMNS
LC_ALL=C
CI=1
export LC_ALL CI
WORK=$(mktemp -d "${TMPDIR:-/tmp}/nervo-cli.XXXXXX") || exit 1
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
FAILED=0

fail() {
    echo "FAILED: $*"
    FAILED=1
}

# run WANTED-CODE command...: its streams go to out and err
run() {
    wanted=$1
    shift
    "$@" >out 2>err
    code=$?
    [ "$code" = "$wanted" ] || { fail "exit $code, wanted $wanted: $*"; sed 's/^/    /' err | head -n 8; }
}

# bad WANTED-CODE PATTERN arguments...: an error in nervo's form that says PATTERN, with a line of advice and no crash
bad() {
    wanted=$1
    pattern=$2
    shift 2
    run "$wanted" "$NERVO" "$@"
    says "$pattern" err
    grep -q "^nervo.*: error: " err || fail "no 'error:' line: $*"
    tail -n 1 err | grep -q "^Try 'nervo.*--help'$" || fail "the last line does not say where help is: $*"
    [ "$(grep -c . err)" -ge 3 ] || fail "no line that says what to do: $*"
}

says() {
    grep -Eq -- "$1" "$2" || { fail "'$1' is not in $2:"; sed 's/^/    /' "$2" | head -n 8; }
}

same() {
    cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

done_testing() {
    [ $FAILED = 0 ] && echo "all good"
    exit $FAILED
}

# idx FOLDER TRAIN TEST: pictures of 8x8 in four classes, one bright quarter each, with noise
idx() {
    mkdir -p "$1"
    idx_part "$1/train" "$2" 1
    idx_part "$1/t10k" "$3" 2
}

idx_part() {
    printf "$(awk -v n="$2" -v s="$3" 'BEGIN {
        printf "\\000\\000\\010\\003\\000\\000\\%03o\\%03o\\000\\000\\000\\010\\000\\000\\000\\010", n / 256, n % 256
        for (i = 0; i < n; i++)
            for (k = 0; k < 64; k++) {
                s = (s * 16807) % 2147483647
                c = int(k / 32) * 2 + int(k % 8 / 4)
                printf "\\%03o", s % 160 + (c == i % 4 ? 60 : 0)
            }
    }')" >"$1-images-idx3-ubyte"
    printf "$(awk -v n="$2" 'BEGIN {
        printf "\\000\\000\\010\\001\\000\\000\\%03o\\%03o", n / 256, n % 256
        for (i = 0; i < n; i++)
            printf "\\%03o", i % 4
    }')" >"$1-labels-idx1-ubyte"
}

# table FILE ROWS: two columns of numbers and a class that they decide
table() {
    awk -v n="$2" 'BEGIN {
        s = 7
        print "length,width,kind"
        for (i = 0; i < n; i++) {
            s = (s * 16807) % 2147483647; x = s / 2147483647
            s = (s * 16807) % 2147483647; y = s / 2147483647
            printf "%.4f,%.4f,%s\n", x, y, (x + y > 1 ? "large" : "small")
        }
    }' >"$1"
}

# values FILE ROWS: two columns and a number that they decide
values() {
    awk -v n="$2" 'BEGIN {
        s = 11
        print "a,b,price"
        for (i = 0; i < n; i++) {
            s = (s * 16807) % 2147483647; x = s / 2147483647
            s = (s * 16807) % 2147483647; y = s / 2147483647
            printf "%.4f,%.4f,%.4f\n", x, y, 3 * x - 2 * y + 0.5
        }
    }' >"$1"
}

# metrics FILE: without the columns that tell of time
metrics() {
    cut -d, -f1-6 "$1"
}

lines() {
    sed 's/, "timestamp".*//' "$1"
}
