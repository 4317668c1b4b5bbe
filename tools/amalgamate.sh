#!/bin/sh
# amalgamate.sh - nervo as two files: nervo.h (the public headers in one) and nervo.c (everything in src/).
#
# Promises: nervo.c compiles with `cc -std=c17 -c nervo.c` and nothing else; it is a `cat` - headers first, each once,
# what is included before what includes it; then the sources, room by room, the SIMD kernels as the baseline tier. A
# header without an include guard is a template and is put in wherever it is included.
# Does not do: the AVX tiers, which need a compiler flag per file; minify.
#
# usage: tools/amalgamate.sh FOLDER
set -eu
out=${1?usage: tools/amalgamate.sh FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL

awk '
    match($0, /^#include <nervo\/[a-z]+\.h>/) {
        path = $0
        sub(/^#include </, "", path)
        sub(/>.*/, "", path)
        sub(/^#include <[^>]*>[ \t]*/, "")
        if ($0 != "") print
        while ((status = (getline line < ("include/" path))) > 0) print line
        if (status < 0) exit 1
        next
    }
    { print }
' include/nervo.h >"$out/nervo.h"

sources=
for room in base graph ops 'ops/*' grad compile kernels kernels/simd run nn optim models data io gen; do
    # shellcheck disable=SC2086
    for file in src/$room/*.c; do
        [ ! -f "$file" ] || sources="$sources $file"
    done
done

# shellcheck disable=SC2086
awk '
    function tidy(path,    n, i, part, kept, k) { # a/b/../c is a/c
        n = split(path, part, "/")
        k = 0
        for (i = 1; i <= n; i++) {
            if (part[i] == "..") k--
            else if (part[i] != ".") kept[++k] = part[i]
        }
        path = kept[1]
        for (i = 2; i <= k; i++) path = path "/" kept[i]
        return path
    }
    function there(path,    line, status) {
        status = (getline line < path)
        close(path)
        return status >= 0
    }
    function find(from, name,    folder, path) {
        folder = from
        sub(/\/[^\/]*$/, "", folder)
        path = tidy(folder "/" name)
        if (there(path)) return path
        if (there(tidy("src/" name))) return tidy("src/" name)
        if (there(tidy("include/" name))) return tidy("include/" name)
        print "amalgamate: " from " includes \"" name "\", which is nowhere" > "/dev/stderr"
        failed = 1
        exit 1
    }
    function guarded(path,    line, before, yes) {
        if (path in guard) return guard[path]
        yes = 0
        while ((getline line < path) > 0) {
            if (before != "" && line == "#define " before) { yes = 1; break }
            before = line ~ /^#ifndef [A-Z0-9_]+_H(_INCLUDED)?$/ ? substr(line, 9) : ""
        }
        close(path)
        guard[path] = yes
        return yes
    }
    function included(line) {
        if (line !~ /^[ \t]*#[ \t]*include[ \t]*"/) return ""
        sub(/^[^"]*"/, "", line)
        sub(/".*/, "", line)
        return line
    }
    function headers(path,    line, name, other, lines, n, i) { # what path includes, deepest first
        n = 0
        while ((getline line < path) > 0) lines[++n] = line
        close(path)
        for (i = 1; i <= n; i++) {
            name = included(lines[i])
            if (name == "") continue
            other = find(path, name)
            if (other ~ /^include\// || other in done) continue
            if (guarded(other)) done[other] = 1
            headers(other)
            if (guarded(other)) body(other)
        }
    }
    function body(path,    line, name, other, lines, n, i) {
        n = 0
        while ((getline line < path) > 0) lines[++n] = line
        close(path)
        print "\n/* ======== " path " */"
        for (i = 1; i <= n; i++) {
            name = included(lines[i])
            if (name == "") { print lines[i]; continue }
            other = find(path, name)
            if (other !~ /^include\// && !guarded(other)) body(other)
        }
    }
    BEGIN {
        print "/* nervo.c - all of nervo in one file, made by tools/amalgamate.sh; edit the files named below instead."
        print "   Compile: cc -std=c17 -O3 -fno-math-errno -fno-trapping-math -c nervo.c      Link: -lm -pthread"
        print "   Faster kernels for the processor at hand: add -march=native. */"
        print "#ifndef _POSIX_C_SOURCE"
        print "#define _POSIX_C_SOURCE 200809L"
        print "#endif"
        print "#define NRV__ISA_NAME baseline"
        print "#define NRV__ISA_TIER NRV__BASELINE"
        print "#if defined(__clang__)"
        print "#pragma STDC FP_CONTRACT OFF"
        print "#endif"
        print "#include \"nervo.h\""
        for (i = 1; i < ARGC; i++) headers(ARGV[i])
        for (i = 1; i < ARGC; i++) body(ARGV[i])
        exit failed
    }
' $sources >"$out/nervo.c"
