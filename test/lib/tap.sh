# Tests in shell that speak TAP; to be sourced.

tests_run=0
tests_failed=0

# verdict STATUS NAME
verdict() {
	tests_run=$((tests_run + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests_run - $2"
	else
		tests_failed=$((tests_failed + 1))
		echo "not ok $tests_run - $2"
	fi
}

# What was seen instead, as comments.
diagnose() { sed 's/^/# /' >&2; }

# runs NAME COMMAND...: the command succeeds.
runs() {
	name=$1
	shift
	if output=$("$@" 2>&1); then
		verdict 0 "$name"
	else
		verdict 1 "$name"
		echo "$output" | tail -n 20 | diagnose
	fi
}

# refuses NAME COMMAND...: the command fails; its output is left in $output.
refuses() {
	name=$1
	shift
	if output=$("$@" 2>&1); then
		verdict 1 "$name"
		echo "$output" | tail -n 20 | diagnose
	else
		verdict 0 "$name"
	fi
}

# is GOT EXPECTED NAME
is() {
	if [ "$1" = "$2" ]; then
		verdict 0 "$3"
	else
		verdict 1 "$3"
		printf 'got:      %s\nexpected: %s\n' "$1" "$2" | diagnose
	fi
}

# contains TEXT PATTERN NAME: the pattern is an extended regular expression.
contains() {
	if printf '%s\n' "$1" | grep -q -E -e "$2"; then
		verdict 0 "$3"
	else
		verdict 1 "$3"
		printf '%s\nlacks: %s\n' "$1" "$2" | diagnose
	fi
}

# lacks TEXT PATTERN NAME
lacks() {
	if printf '%s\n' "$1" | grep -q -E -e "$2"; then
		verdict 1 "$3"
		printf '%s\n' "$1" | grep -E -e "$2" | diagnose
	else
		verdict 0 "$3"
	fi
}

# same_file GOT EXPECTED NAME
same_file() {
	if difference=$(diff -u "$2" "$1"); then
		verdict 0 "$3"
	else
		verdict 1 "$3"
		echo "$difference" | head -n 60 | diagnose
	fi
}

skip() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

done_testing() {
	echo "1..$tests_run"
	[ "$tests_failed" -eq 0 ]
}
