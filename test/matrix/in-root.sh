#!/bin/sh
# Runs a command in the test root of one PostgreSQL version, in a fresh copy of the source tree, without root rights.
#
#   in-root.sh 17 make WERROR=1
#   in-root.sh 18 sh test/lib/suite.sh 18 build installcheck
#
# What the command leaves running ends with it, and the copy is removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/base.sh"
. "$here/common.sh"

[ $# -ge 2 ] || die "usage: in-root.sh VERSION COMMAND [ARGUMENT...]"
version=$1
if [ "${LCG_IN_NAMESPACE:-}" != yes ]; then
	is_root || die "entering a test root needs root rights"
	sh "$here/root.sh" "$version" >/dev/null
	# A process namespace of its own: when its first process ends, so do all others in it.
	in_namespace "$here/in-root.sh" --pid --fork --kill-child -- "$@"
fi
shift

dir=$(root_of "$version")
mount_root "$dir"
mount -t tmpfs -o mode=1777 tmpfs "$dir/tmp"      # so that nothing a test forgets stays in the root
home=$(mktemp -d "$dir/home/builder/run.XXXXXX")
trap 'unmount_root "$dir"; rm -rf "$home"' EXIT
trap 'exit 129' HUP INT TERM
copy_tree "$here/../.." "$home"
chown -R "$(chroot "$dir" id -u builder):$(chroot "$dir" id -g builder)" "$home"
inside=${home#"$dir"}

# Only what the tests read is handed on from the environment.
status=0
chroot "$dir" /sbin/runuser -u builder -- /usr/bin/env -i \
	PATH=/usr/bin:/bin HOME="$inside" TMPDIR=/tmp LC_ALL=C.UTF-8 \
	sh -c 'cd "$1" && shift && exec "$@"' sh "$inside/src" "$@" || status=$?
exit "$status"
