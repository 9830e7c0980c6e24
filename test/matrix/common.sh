# Shared by the scripts of this directory; to be sourced.

die() { echo "$(basename "$0"): $*" >&2; exit 1; }
note() { echo "# $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

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
