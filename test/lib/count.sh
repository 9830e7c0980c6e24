# Counts tests in the output of a layer: "count_LAYER STATUS <log" prints "passed failed".
# A layer that ended badly without naming a failed test counts as one failure.

# A single yes or no.
count_status() { if [ "$1" -eq 0 ]; then echo "1 0"; else echo "0 1"; fi; }
count_build() { count_status "$1"; }
count_clang() { count_status "$1"; }

# TAP lines if the script prints any.
count_rules() {
	awk -v status="$1" '
		/^ok/ { passed++ }
		/^not ok/ { failed++ }
		END {
			if (status != 0 && !failed) failed = 1
			if (!passed && !failed) passed = 1
			print passed + 0, failed + 0
		}'
}

# The cases of each doctest program, and those tests of ctest that are no such program.
count_unit() {
	awk -v status="$1" '
		/\[doctest\] test cases:/ { gsub(/\|/, " "); for (i = 1; i < NF; i++) {
			if ($(i + 1) == "passed") passed += $i
			if ($(i + 1) == "failed") { failed += $i }
		} programs++; if (/ [1-9][0-9]* failed/) broken++ }
		/tests? passed, [0-9]+ tests? failed out of [0-9]+/ {
			for (i = 1; i <= NF; i++) { if ($i == "failed") f = $(i - 2); if ($i == "of") n = $(i + 1) }
			passed += n - f - (programs - broken); failed += f - broken
		}
		END {
			if (status != 0 && failed <= 0) failed = 1
			print (passed > 0 ? passed : 0), failed + 0
		}'
}

# pg_regress and isolation give a total; prove gives the tests it saw and the failures of each file,
# and only its verdict when a file ended too early.
count_installcheck() {
	awk -v status="$1" '
		match($0, /All [0-9]+ tests passed/) { split(substr($0, RSTART), w, " "); passed += w[2]; suites++ }
		match($0, /[0-9]+ of [0-9]+ tests failed/) { split(substr($0, RSTART), w, " "); failed += w[1]; passed += w[3] - w[1]; suites++ }
		/^Files=[0-9]+, Tests=[0-9]+/ { split($2, w, /[=,]/); seen += w[2]; suites++ }
		match($0, /Failed [0-9]+\/[0-9]+ subtests/) { split(substr($0, RSTART), w, /[ \/]/); bad += w[2] }
		/^Result: / {
			if ($2 != "PASS" && !bad) failed++
			failed += bad
			passed += (seen > bad ? seen - bad : 0)
			seen = bad = 0
		}
		/\(ignored\)$/ { status = 1 }
		END {
			if ((status != 0 || !suites) && !failed) failed = 1
			print passed + 0, failed + 0
		}'
}

count_firing() { count_installcheck "$1"; }
count_security() { count_installcheck "$1"; }
count_drift() { count_installcheck "$1"; }
count_pgtap() { count_installcheck "$1"; }
count_alembic() { count_installcheck "$1"; }
