# The roots in which other PostgreSQL versions are tested; to be sourced after ../lib/base.sh.

matrix_versions="17 18"

suite_of() {
	case $1 in
	17) echo trixie ;;
	18) echo forky ;;
	*) die "no test root for PostgreSQL $1" ;;
	esac
}

root_of() { echo "${LCG_ROOTS:-/var/tmp/langchef_guard-roots}/pg$1"; }

# The archive this machine itself installs from.
debian_mirror() {
	if [ -n "${LCG_MIRROR:-}" ]; then
		echo "$LCG_MIRROR"
		return
	fi
	sites=$(apt-get indextargets --format '$(SITE)' | sort -u | grep -v security)
	site=$(echo "$sites" | grep -E '/debian/?$' | head -n 1)
	[ -n "$site" ] || site=$(echo "$sites" | head -n 1)
	[ -n "$site" ] || die "apt knows no package archive; set LCG_MIRROR"
	echo "$site"
}

# debootstrap downloads with wget, which does not read apt's configuration.
export_proxy() {
	for scheme in http https; do
		proxy=$(apt-config dump --format '%v%n' "Acquire::$scheme::Proxy" | head -n 1)
		if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then
			export "${scheme}_proxy=$proxy"
		fi
	done
}

# What programs in the root need to see; call it in a mount namespace of its own.
mount_root() {
	mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
	mkdir -p "$1/dev/shm"
	mountpoint -q "$1/dev/shm" || mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
}

# Undoes mount_root, for when the mounts were not made in a private namespace.
unmount_root() {
	for directory in tmp dev/shm proc; do
		umount --lazy "$1/$directory" 2>/dev/null || true
	done
}

# in_namespace SCRIPT OPTION... -- ARGUMENT...: runs the script again in a mount namespace of its own, so that
# what it mounts is gone when it ends.  In a chroot the root directory is no mount point and cannot be made
# private; there the script's own clean-up has to do.
in_namespace() {
	script=$1
	shift
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	unshare --mount --propagation unchanged true 2>/dev/null || die "a test root needs the right to mount"
	propagation=private
	unshare --mount --propagation private true 2>/dev/null || propagation=unchanged
	# shellcheck disable=SC2086
	LCG_IN_NAMESPACE=yes exec unshare --mount --propagation "$propagation" $options sh "$script" "$@"
}
