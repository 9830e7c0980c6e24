# What the benchmarks share: a scratch copy of the tree and a cluster of its own with what make has built; to be sourced
# after base.sh.
. "$root/test/lib/packages.sh"
. "$root/test/lib/postgres.sh"
. "$root/test/lib/scratch.sh"

# bench_version: of the PostgreSQL of PG_CONFIG, else of the distribution's.
bench_version() {
	found=$("${PG_CONFIG:-pg_config}" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p')
	if [ -n "$found" ]; then echo "$found"; else distribution_version; fi
}

# bench_in_scratch SCRIPT [NAME=VALUE...]: runs the script of this folder again, in a scratch copy and without root
# rights, and ends with it.  Returns at once where this is that run.
bench_in_scratch() {
	[ "${LCG_BENCH_INNER:-}" != yes ] || return 0
	script=$1
	shift
	[ -e "$root/langchef_guard.so" ] || die "run make first"
	new_scratch "$root"
	# What make has built is measured, with the objects that it need not build again.
	tar --create --directory="$root" langchef_guard.so | tar --extract --directory="$scratch/src"
	if is_root; then chown postgres "$scratch/src/langchef_guard.so"; fi
	unprivileged env LCG_BENCH_INNER=yes "$@" TMPDIR="$scratch" HOME="$scratch" PATH="$PATH" sh "$scratch/src/test/bench/$script"
	exit
}

# bench_cluster VERSION SETTING...: sets $work to a directory with the running cluster; all of it goes when the script ends.
bench_cluster() {
	clean_environment
	work=$(mktemp -d)
	trap 'cluster_stop "$work/cluster"; rm -rf "$work"' EXIT
	trap 'exit 129' HUP INT TERM
	private_postgres "$work/postgres" "$1"
	shift
	sharedir=$("$PG_CONFIG" --sharedir)
	cp "$root/langchef_guard.so" "$("$PG_CONFIG" --pkglibdir)/"
	cp "$root/extension/langchef_guard.control" "$sharedir/extension/"
	cat "$root"/extension/install/*.sql >"$sharedir/extension/langchef_guard--$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$root/extension/langchef_guard.control").sql"
	cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'" "langchef_guard.mode = 'record'" "autovacuum = off" \
		"checkpoint_timeout = '1h'" "$@"
}

milliseconds() { date +%s%3N; }
