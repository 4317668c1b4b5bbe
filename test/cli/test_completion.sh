#!/bin/sh
# Shell completion: what the Tab key would offer, asked of bash, zsh and fish themselves where they are installed; and that
# no option of the help texts is missing in any of the scripts.
. "$(dirname "$0")/common.sh"
for shell in bash zsh fish; do
    run 0 "$NERVO" completion $shell
    mv out nervo.$shell
    [ -s err ] && fail "completion $shell writes to stderr"
done
bad 2 'name one shell' completion
bad 2 "no completion for 'tcsh'" completion tcsh

# every command and every option of its help text
run 0 "$NERVO" help
sed -n '/^Commands/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' out >commands
[ "$(wc -l <commands)" -ge 8 ] || fail "the help text lists $(wc -l <commands) commands"
while read -r c; do
    run 0 "$NERVO" help "$c"
    sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p' out | sort -u >options
    [ "$(wc -l <options)" -ge 5 ] || fail "the help text of $c lists $(wc -l <options) options"
    while read -r o; do
        sed -n "/^    $c)/,/;;/p" nervo.bash | grep -q -- "--$o " || fail "bash: $c --$o"
        sed -n "/^        $c)/,/;;/p" nervo.zsh | grep -q -- "--$o[^a-z-]" || fail "zsh: $c --$o"
        grep -Eq "^complete -c nervo( -n '__nervo_is $c')? -l $o " nervo.fish || fail "fish: $c --$o"
    done <options
done <commands

# offers WANTED SHELL line: these words, in the order of the alphabet
offers() {
    case $2 in
    bash) got=$(bash -c 'source ./nervo.bash; line=$1; COMP_WORDS=(${line//=/ = }); [[ $line == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nervo 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' - "$3") ;;
    fish) got=$(fish --no-config -c 'source ./nervo.fish; complete -C "$argv[1]"' "$3" | cut -f1 | sed 's/^--[a-z]*=//') ;;
    zsh) got=$(zsh -f zpty.zsh "$3") ;;
    esac
    got=$(printf '%s\n' "$got" | LC_ALL=C sort -u | tr '\n' ' ')
    [ "$got" = "$1 " ] || fail "$2 offers '$got' for '$3', wanted '$1'"
}

mkdir -p runs/one
: >runs.net
cat >zpty.zsh <<'ZSH'
# a real zsh behind a terminal: types the line and Tab, and tells what compadd was given
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -u -d $PWD/dump; source ./nervo.zsh"
zpty -w z 'compadd() { [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }; typeset -a __hits
builtin compadd -A __hits "$@"; builtin print -rl -- "HIT "${^__hits} >>hits; return 1 }'
zpty -w z 'print ready >>hits'
while [[ ! -s hits ]]; do sleep 0.05; done
zpty -n -w z "$1"$'\t'
for i in {1..40}; do sleep 0.05; grep -q HIT hits && break; done
sleep 0.2
zpty -d z
sed -n 's/^HIT //p' hits
rm -f hits
ZSH
for shell in bash fish zsh; do
    command -v $shell >/dev/null || { echo "no $shell here: its script was only read, not run"; continue; }
    offers 'train' $shell 'nervo tr'
    offers 'adam adamw' $shell 'nervo train --optim ada'
    offers 'adam adamw' $shell 'nervo train --optim=ada'
    offers 'constant cosine' $shell 'nervo train -e 3 --schedule co'
    offers 'fish' $shell 'nervo completion f'
    offers 'show' $shell 'nervo --color never sh'
done
if command -v bash >/dev/null; then
    offers '--val-split' bash 'nervo train --va'
    offers '--no-patience --no-pictures --no-progress' bash 'nervo train --no-p'
    offers 'runs' bash 'nervo train --resume ru'
    offers 'runs runs.net' bash 'nervo train --model ru'
    offers 'runs runs.net' bash 'nervo eval ru'
    offers 'runs' bash 'nervo -C ru'
    offers '' bash 'nervo train --lr '
fi
done_testing
