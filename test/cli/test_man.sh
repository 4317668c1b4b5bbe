#!/bin/sh
# Manual pages: one for the command and one for each subcommand, roff without a warning, with every option, default and
# environment name that the help text has; and where an installation puts them and the shell completion.
. "$(dirname "$0")/common.sh"
mkdir man1
run 0 "$NERVO" help --man -o man1
run 0 "$NERVO" help
sed -n '/^Commands/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' out >commands
[ "$(ls man1 | wc -l)" = $(($(wc -l <commands) + 1)) ] || fail "pages: $(ls man1)"
run 0 "$NERVO" help --man
same out man1/nervo.1
run 0 "$NERVO" help --man train
same out man1/nervo-train.1
"$NERVO" help --man train >again
same out again
bad 2 'belongs to --man' help train -o man1
bad 1 "cannot write 'nowhere/nervo.1'" help --man -o nowhere
bad 2 "Did you mean 'nervo help train'" help --man trian

for page in man1/*; do
    says '^\.TH NERVO' "$page"
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS '"EXIT STATUS"' '"SEE ALSO"'; do says "^\.SH $section" "$page"; done
done
# a line that begins with a dot is a request that roff knows; nothing else got into that place
grep -hE "^[.']" man1/* | grep -vE '^\.(TH|SH|SS|TP|B|BR|nf|fi|\\") ?' | head -n 3 >odd
[ -s odd ] && fail "odd requests: $(cat odd)"

if command -v groff >/dev/null; then
    while read -r c; do
        groff -man -ww -Tascii -P-cbou -rHY=0 man1/nervo-"$c".1 >page 2>warned
        [ -s warned ] && fail "groff warns of nervo-$c.1: $(head -n 2 warned)"
        tr -d ' \n' <page >flat
        # what the help text says of each option is in the page, wherever the lines break
        run 0 "$NERVO" help "$c"
        awk '/^Examples/ || /^Exit/ { exit } /^  (-.,|   ) --/ { print t; t = $0; next } /^                          / { t = t $0; next }
            { print t; t = "" } END { print t }' out | tr -d ' ' | grep . >wanted
        [ "$(wc -l <wanted)" -ge 5 ] || fail "nervo help $c has only $(wc -l <wanted) options"
        while read -r line; do grep -qF -- "$line" flat || fail "nervo-$c.1 lacks: $line"; done <wanted
    done <commands
    groff -man -ww -Tascii -P-cbou man1/nervo.1 >page 2>warned
    [ -s warned ] && fail "groff warns of nervo.1: $(head -n 2 warned)"
    while read -r c; do says "nervo-$c\(1\)" page; done <commands
    says '130 +interrupted' page
else
    echo "no groff here: the pages were only read"
fi

if [ -e "${NERVO_BUILD:-/none}/tables/done" ] && [ -e "$NERVO_BUILD/libnervo.so" ] && command -v cmake >/dev/null; then
    DESTDIR=$WORK/root cmake --install "$NERVO_BUILD" --prefix /usr >install.log || { fail "cmake --install"; tail -n 3 install.log; }
    for file in man/man1/nervo.1 man/man1/nervo-train.1 bash-completion/completions/nervo zsh/site-functions/_nervo fish/vendor_completions.d/nervo.fish; do
        [ -s root/usr/share/$file ] || fail "share/$file is not installed"
    done
    "$NERVO" completion bash | cmp -s - root/usr/share/bash-completion/completions/nervo || fail "the installed completion is an old one"
fi
done_testing
