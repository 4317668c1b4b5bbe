#!/usr/bin/env bash
# bare.sh - does ./do keep its promise on a bare Debian 12? Bootstraps one into a folder and tries, as a newcomer would.
#
# Promises: first as a user without sudo (who must get one apt line and exit 2), then as root with network, then again
# without network; prints the time of each. Needs root, debootstrap and a Debian mirror; removes what it made.
# Does not do: test another release; keep the system, unless NERVO_BARE names a folder, which is then used again.
#
# usage: tools/bare.sh [COMMAND...]      each a command of ./do, in quotes if it has options; default: build demo test
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "bare.sh: chroot needs root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "bare.sh: needs debootstrap: apt-get install -y debootstrap" >&2; exit 2; }
[ $# -gt 0 ] || set -- build demo test
tree=$(cd "$(dirname "$0")/.." && pwd)
system=${NERVO_BARE-}
[ -n "$system" ] || { system=$(mktemp -d); temporary=yes; }

leave()
{
    local mounted
    for mounted in dev/pts dev/shm dev proc; do
        ! mountpoint -q "$system/$mounted" || umount "$system/$mounted"
    done
    [ -z "${temporary-}" ] || rm -rf --one-file-system "$system"
}
trap leave EXIT

if [ ! -f "$system/etc/debian_version" ]; then
    echo "bare.sh: bootstrapping Debian 12 into $system"
    debootstrap --variant=minbase bookworm "$system" >"$system.log" 2>&1 || { tail -n 20 "$system.log"; exit 1; }
    rm -f "$system.log"
    # the security and update archives belong to every Debian: take this machine's, when it is one of the same release
    for sources in /etc/apt/sources.list.d/debian.sources; do
        if [ -f $sources ] && grep -q bookworm $sources; then
            cp $sources "$system/etc/apt/sources.list.d/"
            : >"$system/etc/apt/sources.list"
        fi
    done
fi
chmod 755 "$system" # mktemp's 700 would lock the unprivileged user out
mount -t proc proc "$system/proc"
mount --bind /dev "$system/dev"
mount -t tmpfs tmpfs "$system/dev/shm"
mount --bind /dev/pts "$system/dev/pts"
cp -L /etc/resolv.conf "$system/etc/resolv.conf"
rm -rf "$system/srv/checkout"
mkdir -p "$system/srv/checkout"
tar -C "$tree" --exclude=./.git --exclude='./build*' --exclude=./runs -cf - . | tar -C "$system/srv/checkout" -xf -
chmod 755 "$system/srv/checkout"

inside() # [WRAPPER...] -- COMMAND: in the system, with nothing of this machine's environment
{
    local wrap=()
    while [ "$1" != -- ]; do wrap+=("$1"); shift; done
    shift
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "${wrap[@]}" chroot "$system" "$@"
}

echo "bare.sh: as a user without sudo: ./do ${1}"
status=0
said=$(inside -- setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "cd /tmp && /srv/checkout/do $1" 2>&1) || status=$?
printf '%s\n' "$said"
if [ -z "${NERVO_BARE-}" ]; then
    [ $status -eq 2 ] && [ "$(grep -c '^apt-get update && apt-get install' <<<"$said")" = 1 ] ||
        { echo "bare.sh: wanted one apt line and exit 2, got exit $status"; exit 1; }
fi
for command in "$@"; do
    for network in with without; do
        wrap=()
        [ $network = with ] || wrap=(unshare --net)
        echo "bare.sh: as root, $network network: ./do $command"
        SECONDS=0
        inside "${wrap[@]}" -- bash -c "cd / && /srv/checkout/do $command"
        echo "bare.sh: ./do $command: $SECONDS s $network network"
    done
done
echo "bare.sh: all well"
