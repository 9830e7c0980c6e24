# The layers of the test suite: one function each, run in the source tree with the private PostgreSQL in PATH.
# Sourced by suite.sh, which gives $root, $work and $version.

jobs=$(nproc 2>/dev/null || echo 2)

# No single command of a layer may hang.
limited() { timeout --kill-after=30 "${LCG_LIMIT:-2400}" "$@"; }

# The build of record, with no warning let through, installed into the private copy of PostgreSQL.
layer_build() {
	make -s clean
	limited make -s -j "$jobs" WERROR=1 LCG_NO_DEBUG_INFO=1
	# With the module there, what it exports is checked as well.
	sh test/check/rules.sh
	make -s install
}

# The other compiler must be content, too; what it would make of the code is not used.
layer_clang() { limited make -s -j "$jobs" WERROR=1 CXX=clang++ syntax; }

layer_unit() {
	cmake -S "$root" -B "$work/unit" -DCMAKE_BUILD_TYPE=Debug
	limited cmake --build "$work/unit" --parallel "$jobs"
	limited ctest --test-dir "$work/unit" --verbose
}

# Rules of the code that a machine can check.
layer_rules() { limited sh "$root/test/check/rules.sh"; }

# pg_regress, isolation tests and TAP tests.  -i: a failure in one kind does not hide the others.
layer_installcheck() {
	test_cluster
	limited make -i installcheck
}

# What each statement does, compared with the page of this version in docs.
layer_firing() { limited make firing-matrix; }

# What is tried against the guard, compared with the page in docs.
layer_security() { limited make security-matrix; }

# What drift tells, compared with the page of this version in docs.
layer_drift() { limited make drift-battery; }

# Each file in a database of its own.
layer_pgtap() {
	test_cluster
	failed=0
	for file in "$root"/test/pgtap/*.sql; do
		[ -e "$file" ] || die "no pgTAP tests"
		name=$(basename "$file" .sql)
		createdb "pgtap_$name"
		psql -qX -v ON_ERROR_STOP=1 -d "pgtap_$name" -c 'CREATE EXTENSION langchef_guard' -c 'CREATE EXTENSION pgtap'
		limited pg_prove --dbname "pgtap_$name" "$file" || failed=1
	done
	return "$failed"
}

# The real Alembic; each test starts the cluster it needs.
layer_alembic() { limited prove --timer "$root"/test/alembic/*.t; }

# One cluster with the guard preloaded for all layers that want one.
test_cluster() {
	export PGHOST="$work/cluster" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	[ -d "$work/cluster" ] || cluster_start "$work/cluster" "shared_preload_libraries = 'langchef_guard'" \
		"$(cat "$root/test/regress.conf" 2>/dev/null || true)"
}

# explain_failure LAYER LOG: what a developer needs to see of it.
explain_failure() {
	echo "----- $1 on PostgreSQL $version failed"
	# What failed may be followed by much that did not.
	grep -E -A 15 '^#   Failed test' "$2" | head -n 150 || true
	echo "----- the end of its output"
	tail -n 60 "$2"
	for diffs in regression.diffs output_iso/regression.diffs; do
		if [ "$1" = installcheck ] && [ -s "$diffs" ]; then
			echo "----- $diffs"
			head -n 300 "$diffs"
		fi
	done
	for server_log in "$work/cluster/server.log" tmp_check/log/*.log; do
		if grep -q -E 'PANIC|terminated by signal (4|6|7|8|11)' "$server_log" 2>/dev/null; then
			echo "----- a server crashed: ${server_log##*/}"
			grep -E -A 3 'PANIC|terminated by signal' "$server_log" | head -n 40
		fi
	done
	echo "----- end of $1"
}
