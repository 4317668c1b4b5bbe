#!/usr/bin/env bash
# do: the one script of the house. `./do help` lists what it can do.
#
# Promises: installs only what is missing, through apt, and says so; a second run needs no network; works from any
# folder, from a clone and from an unpacked tree, and after a first try that was interrupted.
# Does not do: touch anything outside this folder, besides installing Debian packages.
# Exit codes: 0 done, 1 failed, 2 wrong usage or something missing that it may not install, 3 an example fell short.
set -euo pipefail

# What `./do demo` runs; SEED is replaced by the number given with --seed.
DEMO=(build/nervo train
    -m "conv 16 3x3 pad 1 relu | pool 2 | conv 32 3x3 pad 1 relu | pool 2 | flatten | dense 128 relu | dropout 0.3 | dense 10"
    --data fashion-mnist --epochs 6 --batch 64 --lr 0.002 --schedule cosine --optim adam --seed SEED)

NEED_BUILD="gcc libc6-dev cmake ninja-build pkg-config zlib1g-dev libfyaml-dev libzip-dev"
NEED_DATA="dataset-fashion-mnist"
NEED_TEST="$NEED_BUILD $NEED_DATA libcmocka-dev clang-19 libclang-rt-19-dev lld-19 wasi-libc libclang-rt-19-dev-wasm32
    clang-format-19 nodejs g++ python3 valgrind"
NEED_TORCH="python3-torch python3-numpy"
NEED_PEERS="libopenblas0-openmp libblis4-openmp libdnnl-dev libfann-dev g++ python3 python3-torch"

cd "$(dirname "$(readlink -f "$0")")"

say() { printf 'do: %s\n' "$*" >&2; }

die()
{
    say "$*"
    exit 2
}

# need PACKAGE...: installs those that are missing
need()
{
    local missing=() package installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qx "installed $package" <<<"$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "this needs Debian or a relative of it; by hand, install: ${missing[*]}"
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            root=(sudo)
        else
            say "these packages are missing; as root, run this line and then ./do again:"
            printf 'apt-get update && apt-get install -y --no-install-recommends %s\n' "${missing[*]}"
            exit 2
        fi
    fi
    say "installing ${missing[*]}"
    local log
    log=$(mktemp)
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
    if ! { "${root[@]}" "${apt[@]}" update &&
        "${root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        if grep -q 'dpkg --configure -a' "$log"; then
            say "an earlier installation was interrupted: '${root[*]:+${root[*]} }dpkg --configure -a', then ./do again"
        fi
        rm -f "$log"
        die "could not install what is missing (see above); is there a network, and a Debian mirror in /etc/apt?"
    fi
    rm -f "$log"
}

# quietly LOG COMMAND...: what it prints is shown only if it fails
quietly()
{
    local log=$1
    shift
    "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

# configure PRESET [FOLDER] [-D...]: again from nothing if an interrupted or moved try left the folder unusable
configure()
{
    local preset=$1 folder=$2
    shift 2
    mkdir -p "$folder"
    local log=$folder/configure.log
    [ ! -f "$folder/CMakeCache.txt" ] || [ -f "$folder/build.ninja" ] ||
        rm -rf "$folder"/CMakeCache.txt "$folder"/CMakeFiles
    quietly "$log" cmake --preset "$preset" "$@" 2>/dev/null && return
    say "configuring $folder from nothing"
    rm -rf "$folder"/CMakeCache.txt "$folder"/CMakeFiles "$folder"/.ninja_* "$folder"/build.ninja
    quietly "$log" cmake --preset "$preset" "$@"
}

compile()
{
    local folder=$1
    shift
    say "building in $folder"
    quietly "$folder/build.log" cmake --build "$folder" "$@"
}

do_build() # leaves build/nervo and the libraries
{
    need $NEED_BUILD
    configure release build
    compile build --target generate # a new op or layer is one file; this makes it known
    compile build --target nervo nervo_tables nervo_shared nervo_static
}

do_demo() # trains a small network on 60,000 pictures of clothes: one `nervo train` line [--seed N]
{
    local seed=1
    while [ $# -gt 0 ]; do
        case $1 in
        --seed) [[ ${2-} =~ ^[0-9]+$ ]] || die "demo: --seed wants a whole number"; seed=$2; shift 2 ;;
        --seed=*) [[ ${1#*=} =~ ^[0-9]+$ ]] || die "demo: --seed wants a whole number"; seed=${1#*=}; shift ;;
        *) die "demo: unknown option '$1'; it takes --seed N" ;;
        esac
    done
    need $NEED_BUILD $NEED_DATA
    do_build
    local line=("${DEMO[@]}") word text=
    line[$((${#line[@]} - 1))]=$seed
    for word in "${line[@]}"; do
        case $word in *[\ \|]*) text+=" \"$word\"" ;; *) text+=" $word" ;; esac
    done
    printf '%s\n' "${text# }"
    exec "${line[@]}"
}

do_test() # everything that can be told in minutes; --long: also what takes hours; --mutate: are the tests sharp?
{
    local what=quick
    case ${1-} in
    '') ;;
    --long) what=long ;;
    --mutate) shift; do_mutate "$@"; return ;;
    *) die "test: unknown option '$1'; it takes --long or --mutate" ;;
    esac
    need $NEED_TEST
    local without=(-LE long)
    if [ $what = long ]; then
        need $NEED_TORCH debootstrap
        without=()
        export NERVO_MAY_NOT_SKIP=1 # a test that lacks something fails instead
    fi
    configure release build -DNERVO_BUILD_CLI=ON -DNERVO_BUILD_TESTS=ON
    compile build
    build/tolerances
    say "testing; builds with sanitizers, with clang and with tiny capacities are tests of their own"
    ctest --test-dir build -j2 --output-on-failure "${without[@]}"
}

do_mutate()
{
    need $NEED_TEST
    exec python3 -B tools/mutate.py "$@"
}

do_bench() # kernels|steps|tiny|scale|peers: ours, its peers, the machine [--only P] [--isa T] [--rounds N]; gemm... one shape
{
    do_build
    case ${1-} in
    kernels | steps | tiny | scale | peers) ;;
    *) exec build/nervo bench "$@" ;;
    esac
    (need $NEED_PEERS) || say "going on without the peers that are not there"
    if [ ! -d build/bench/onnxruntime ] && python3 -m pip --version >/dev/null 2>&1; then
        say "fetching onnxruntime from PyPI into build/bench/onnxruntime"
        python3 -m pip install -q --no-input --target build/bench/onnxruntime onnxruntime >/dev/null 2>&1 ||
            say "going on without onnxruntime, which could not be had"
    fi
    configure release build # finds what was installed since
    compile build --target bench
    exec python3 -B bench/bench.py "$@"
}

do_examples() # trains the programs of examples/ in full, each with three seeds [NAME] [--data PATH]
{
    local data=$PWD/../shared/data names=() name
    [ -z "${NERVO_SHARED-}" ] || data=$NERVO_SHARED/data
    while [ $# -gt 0 ]; do
        case $1 in
        --data) [ -n "${2-}" ] || die "examples: --data wants a folder"; data=$2; shift 2 ;;
        --data=*) data=${1#*=}; shift ;;
        -*) die "examples: unknown option '$1'; it takes [NAME] [--data PATH]" ;;
        *) [ -f "examples/$1.c" ] || die "examples: there is no examples/$1.c"; names+=("$1"); shift ;;
        esac
    done
    [[ $data = /* ]] || data=$OLDPWD/$data # as the caller sees it
    if [ ${#names[@]} -eq 0 ]; then
        for name in examples/*.c; do names+=("$(basename "$name" .c)"); done
    fi
    do_build
    compile build --target examples
    local worst=0 status
    printf '%-12s %4s %8s  %s\n' program seed seconds 'metric, wanted: reached or not'
    for name in "${names[@]}"; do
        status=0
        example "$name" "$data" || status=$?
        [ $status -eq 0 ] || [ $worst -eq 1 ] || worst=$status
    done
    return $worst
}

# example NAME DATA: a row for each seed; the number of seeds is 3, unless the program says another one in its opening
# comment, where it takes a mean itself
example()
{
    local name=$1 data=$2 seeds seed status worst=0 start
    seeds=$(sed -n '/\*\//q; s/.*seeds: \([0-9]*\).*/\1/p' "examples/$name.c")
    for seed in $(seq "${seeds:-3}"); do
        local folder=runs/examples/$name/$seed
        mkdir -p "$folder"
        status=0
        start=$SECONDS
        "build/examples/$name" --data "$data" --seed "$seed" --out "$folder" >"$folder/log.txt" 2>&1 || status=$?
        [ $status -eq 0 ] || [ $status -eq 3 ] || status=1
        [ $status -eq 0 ] || [ $worst -eq 1 ] || worst=$status
        printf '%-12s %4d %8d  %s\n' "$name" "$seed" $((SECONDS - start)) \
            "$(tail -n 1 "$folder/log.txt" | sed "s/^$name: //")"
    done
    return $worst
}

do_conformance() # the same numbers as PyTorch; torch DIR, ufunc DIR: its or NumPy's, from a folder; ulp [NAME]: all floats
{
    local word=${1-}
    case $word in
    '')
        need $NEED_TEST $NEED_TORCH
        configure release build -DNERVO_BUILD_CLI=ON -DNERVO_BUILD_TESTS=ON
        compile build
        NERVO_MAY_NOT_SKIP=1 exec ctest --test-dir build -j2 --output-on-failure -L conformance
        ;;
    torch | ufunc | ulp)
        need $NEED_TEST
        configure release build -DNERVO_BUILD_TESTS=ON
        compile build --target "conformance.$word"
        shift
        if [ "$word" = ulp ]; then
            set -- --every 0 "$@" # every one of the 2^32 floats: minutes for each function
        elif [[ ${1-/} != [/-]* ]]; then
            set -- "$OLDPWD/$1" "${@:2}" # the folder as the caller sees it
        fi
        "build/test/conformance.$word" "$@"
        ;;
    *) die "conformance: unknown word '$word'; it takes nothing, torch DIR, ufunc DIR or ulp [NAME...]" ;;
    esac
}

do_fuzz() # random bytes at all that reads files [SECONDS per target, 60]; graphs N [--seed S] [--plant]: random programs
{
    if [ "${1-}" = graphs ]; then
        shift
        fuzz_graphs "$@"
        return
    fi
    local seconds=${1-60}
    [[ $seconds =~ ^[0-9]+$ ]] || die "fuzz: wants a number of seconds, or: graphs N"
    need $NEED_TEST
    bash tools/fuzz.sh "$seconds"
}

# fuzz_graphs N [--seed S] [--plant]: eager = compiled = not optimised, and gradients = slopes; --plant breaks a rule first
fuzz_graphs()
{
    local options=()
    while [ $# -gt 0 ]; do
        case $1 in
        --plant | [0-9]*) options+=("$1"); shift ;;
        --seed) [[ ${2-} =~ ^[0-9]+$ ]] || die "fuzz: --seed wants a whole number"; options+=("$1" "$2"); shift 2 ;;
        --seed=*) options+=(--seed "${1#*=}"); shift ;;
        *) die "fuzz: unknown option '$1'; graphs takes N [--seed S] [--plant]" ;;
        esac
    done
    need $NEED_TEST
    configure release build -DNERVO_BUILD_TESTS=ON
    compile build --target fuzz.graphs
    build/test/fuzz.graphs "${options[@]}"
}

do_format() # lays out the sources; --check only tells
{
    need clang-format-19
    local mode=-i
    case ${1-} in
    '') ;;
    --check) mode="--dry-run -Werror" ;;
    *) die "format: unknown option '$1'; it takes --check" ;;
    esac
    # generated files and what is laid out by hand as a table are left alone
    find src cli tools test bench examples -name '*.[ch]' ! -path 'src/gen/*' ! -path 'test/api/*' -print0 |
        xargs -0 -r clang-format-19 $mode
}

do_docs() # refreshes what is generated: declarations, tables, pages
{
    need $NEED_BUILD
    configure release build
    compile build --target generate
    compile build --target pages
}

do_help() # this list
{
    echo "usage: ./do COMMAND [OPTIONS]"
    sed -n 's/^do_\([a-z]*\)() # \(.*\)/\1\t\2/p' do | while IFS=$'\t' read -r name text; do
        printf '  %-12s %s\n' "$name" "$text"
    done
}

command=${1-help}
[ $# -eq 0 ] || shift
case $command in
demo | test | build | bench | examples | conformance | fuzz | format | docs) "do_$command" "$@" ;;
help | -h | --help) do_help ;;
*) say "there is no '$command'"; do_help >&2; exit 2 ;;
esac
