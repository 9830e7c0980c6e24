#!/bin/sh
# Makes (or completes) the root directory in which one PostgreSQL version is tested, and prints its path.
#
#   root.sh 17     Debian 13 (trixie): PostgreSQL 17, g++ 14
#   root.sh 18     Debian testing (forky): PostgreSQL 18, g++ 16
#
# Roots live in ${LCG_ROOTS:-/var/tmp/langchef_guard-roots} and are used again while the list of packages is the same.
# Needs root rights, debootstrap, and the right to mount.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/base.sh"
. "$here/common.sh"

[ $# -eq 1 ] || die "usage: root.sh VERSION"
version=$1
suite=$(suite_of "$version")
dir=$(root_of "$version")

packages="ca-certificates g++ make postgresql-$version postgresql-server-dev-$version postgresql-$version-pgtap
 libipc-run-perl libtap-parser-sourcehandler-pgtap-perl alembic python3-psycopg2"

is_complete() { [ -f "$dir/.complete" ] && [ "$(cat "$dir/.complete")" = "$packages" ]; }

bootstrap() {
	if [ -d "$dir" ] && [ ! -f "$dir/.base" ]; then
		rm -rf --one-file-system "$dir"        # an interrupted debootstrap cannot be continued
	fi
	[ -f "$dir/.base" ] && return
	script=/usr/share/debootstrap/scripts/$suite
	[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
	options="--variant=minbase"
	# Newer versions of debootstrap refuse a Release file past its date unless told otherwise.
	if debootstrap --help 2>&1 | grep -q -e '--no-check-valid-until'; then
		options="$options --no-check-valid-until"
	fi
	export_proxy
	# shellcheck disable=SC2086
	debootstrap $options "$suite" "$dir" "$(debian_mirror)" "$script"
	: >"$dir/.base"
}

configure() {
	mkdir -p "$dir/etc/postgresql-common" "$dir/etc/apt/apt.conf.d" "$dir/etc/dpkg/dpkg.cfg.d"
	cp /etc/resolv.conf "$dir/etc/resolv.conf"
	echo "create_main_cluster = false" >"$dir/etc/postgresql-common/createcluster.conf"
	printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
	chmod 755 "$dir/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$dir/etc/dpkg/dpkg.cfg.d/test-root"
	{
		echo 'Acquire::Check-Valid-Until "false";'
		echo 'Acquire::Languages "none";'
		echo 'Acquire::Retries "5";'
		echo 'APT::Install-Recommends "false";'
		apt-config dump | grep -E '^Acquire::https?::Proxy ' || true
	} >"$dir/etc/apt/apt.conf.d/90test-root"
	echo "deb $(debian_mirror) $suite main" >"$dir/etc/apt/sources.list"
}

install_packages() {
	mount_root "$dir"
	in_dir() { chroot "$dir" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
	in_dir apt-get -q update
	# shellcheck disable=SC2086
	in_dir apt-get -q -y install $packages
	in_dir apt-get -q clean
	in_dir id builder >/dev/null 2>&1 || in_dir useradd --create-home --shell /bin/sh builder
}

if ! is_complete; then
	is_root || die "making a test root needs root rights"
	have debootstrap || die "making a test root needs debootstrap"
	mkdir -p "$(dirname "$dir")"
	[ "${LCG_IN_NAMESPACE:-}" = yes ] || in_namespace "$here/root.sh" -- "$version"
	trap 'unmount_root "$dir"' EXIT
	exec 9>"$dir.lock"
	flock 9                                        # a second caller waits and then finds the root complete
	if ! is_complete; then
		note "making the root for PostgreSQL $version in $dir" >&2
		{
			bootstrap
			configure
			install_packages
		} >"$dir.log" 2>&1 || { tail -n 30 "$dir.log" >&2; die "could not make $dir (see $dir.log)"; }
		printf '%s' "$packages" >"$dir/.complete"
	fi
fi
echo "$dir"
