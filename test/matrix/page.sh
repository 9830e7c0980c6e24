# How a matrix page is made by one PostgreSQL version; to be sourced after ../lib/base.sh and ../lib/postgres.sh.

# Prints the page that a test makes: print_page ROOT VERSION TEST VARIABLE PAGE, where VARIABLE tells the test
# the directory to write PAGE to.
print_page() {
	clean_environment
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 129' HUP INT TERM
	private_postgres "$work/postgres" "$2"
	mkdir "$work/src" "$work/page" "$work/tmp"
	pack_tree "$1" | tar --extract --directory="$work/src"
	cd "$work/src"
	{
		make -s -j "$(nproc)"
		make -s install
		# The test fails where the page differs from the one that is kept; the page is written all the same.
		env "$4=$work/page" TMPDIR="$work/tmp" make -s installcheck REGRESS= ISOLATION= PROVE_TESTS="$3" || true
	} >"$work/log" 2>&1
	cat "$work/page/$5" || { tail -n 50 "$work/log" >&2; exit 1; }
}
