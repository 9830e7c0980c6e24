# Debian packages by name; to be sourced after base.sh.

# The PostgreSQL version of the distribution.
distribution_version() {
	if [ -n "${LCG_PG:-}" ]; then
		echo "$LCG_PG"
		return
	fi
	case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in
	bookworm) echo 15 ;;
	trixie) echo 17 ;;
	forky) echo 18 ;;
	*) apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1 ;;
	esac
}

build_packages() { echo "g++ make postgresql-$1 postgresql-server-dev-$1"; }
alembic_packages() { echo "alembic python3-psycopg2"; }
test_packages() {
	echo "cmake doctest-dev postgresql-$1-pgtap libipc-run-perl libtap-parser-sourcehandler-pgtap-perl debootstrap"
	# A second compiler where the matrix would have none.
	if [ "$1" -eq 15 ]; then echo clang; fi
}

installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

lists_present() { [ -n "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null)" ]; }

# Installs those that are missing; asks the archive for its lists only when something is.
need_packages() {
	missing=
	for package; do
		installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	have apt-get || die "install these packages first:$missing"
	note "installing:$missing"
	# shellcheck disable=SC2086
	if ! lists_present || ! apt_get install $missing; then
		apt_get update
		apt_get install $missing
	fi
}

# The output is shown only when the command fails.
apt_get() {
	log=$(mktemp)
	status=0
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || tail -n 20 "$log" >&2
	rm -f "$log"
	return "$status"
}
