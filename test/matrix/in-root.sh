#!/bin/sh
# Runs a command in the test root of one PostgreSQL version, in a fresh copy of the source tree, without root rights.
#
#   in-root.sh 17 make WERROR=1
#   in-root.sh 18 sh test/lib/suite.sh 18 build installcheck
#
# What the command leaves running ends with it, and the copy is removed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
. "$here/../lib/base.sh"

[ $# -ge 2 ] || die "usage: in-root.sh VERSION COMMAND [ARGUMENT...]"
version=$1
if [ "${LCG_IN_NAMESPACE:-}" != yes ]; then
	is_root || die "entering a test root needs root rights"
	sh "$here/root.sh" "$version" >/dev/null
	# A process namespace of its own: when its first process ends, so do all others in it.
	LCG_IN_NAMESPACE=yes exec unshare --mount --propagation private --pid --fork --kill-child sh "$here/in-root.sh" "$@"
fi
shift

dir=$(root_of "$version")
mount_root "$dir"
home=$(mktemp -d "$dir/home/builder/run.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 129' HUP INT TERM
copy_tree "$here/../.." "$home"
chown -R "$(chroot "$dir" id -u builder):$(chroot "$dir" id -g builder)" "$home"
inside=${home#"$dir"}

# Only what the tests read is handed on from the environment.
status=0
chroot "$dir" /sbin/runuser -u builder -- /usr/bin/env -i \
	PATH=/usr/bin:/bin HOME="$inside" TMPDIR=/tmp LC_ALL=C.UTF-8 LCG_ROW="${LCG_ROW:-}" \
	sh -c 'cd "$1" && shift && exec "$@"' sh "$inside/src" "$@" || status=$?
exit "$status"
