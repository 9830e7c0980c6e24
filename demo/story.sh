# How the demo talks: it shows each command, runs it, shows what it gave, and stops when that is not what it should be.
# Sourced by demo.sh, which gives $work.

chapter() { printf '\n\033[1m== %s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
say() { printf '%s\n' "$*"; }
fail() { printf '\nDEMO FAILED: %s\n' "$*" >&2; exit 1; }

# sql ROLE STATEMENT: as typed into psql.
sql() {
	printf '\n%s=> %s\n' "$1" "$2"
	psql -X -q -U "$1" -d langchef -P pager=off -P null=- -v ON_ERROR_STOP=1 -c "$2" >"$work/out" 2>&1 ||
		{ cat "$work/out"; fail "$1 could not run this statement"; }
	cat "$work/out"
}

# One value, not shown.
value() { psql -X -q -A -t -U "$1" -d langchef -c "$2"; }

# alembic_as TOKEN ARGUMENT...: as the owner of the database, with the environment a deployment has.
# Sets $status.  Python's traceback is left out; the server's error is kept whole.
alembic_as() {
	if [ -n "$1" ]; then
		printf '\n$ PGOPTIONS="-c langchef_guard.approval_token=%s" alembic' "$1"
		PGOPTIONS="-c langchef_guard.approval_token=$1"
	else
		printf '\n$ alembic'
		PGOPTIONS=
	fi
	shift
	printf ' %s' "$@"
	echo
	status=0
	PGOPTIONS=$PGOPTIONS DATABASE_URL=postgresql://langchef_app@/langchef \
		alembic -c "$migrations/alembic.ini" "$@" >"$work/out" 2>&1 || status=$?
	awk '
		/^Traceback/ || /^The above exception/ { skipping = 1; next }
		skipping && /^[A-Za-z_.]+(Error|Exception|[a-z]): / { skipping = 0; error = NR }
		skipping || /^$/ || /Context impl PostgresqlImpl|Will assume transactional DDL/ || /^\(Background on this error/ { next }
		{ lines[++n] = $0; at[n] = NR }
		# Python tells the error twice: of the driver, then of SQLAlchemy.  The last one is whole.
		END { for (i = 1; i <= n; i++) if (at[i] >= error || lines[i] ~ /^INFO/) print lines[i] }
	' "$work/out"
	unset PGOPTIONS
}

# expect PATTERN WHY: the last output has to match.
expect() { grep -q -E -e "$1" "$work/out" || fail "$2 (looked for: $1)"; }

# refused PATTERN: the last command had to be refused by the guard, for this reason; sets $proposal.
refused() {
	[ "$status" -ne 0 ] || fail "the command passed, but should have been refused"
	expect "$1" "the refusal does not name what would be lost"
	expect 'DETAIL: ' "the refusal has no detail"
	proposal=$(sed -n 's/.*[Pp]roposal \([0-9][0-9]*\) .*/\1/p' "$work/out" | tail -n 1)
	[ -n "$proposal" ] || fail "the refusal names no proposal"
}

passed() { [ "$status" -eq 0 ] || { cat "$work/out"; fail "the command should have passed"; }; }
