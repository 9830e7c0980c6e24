#!/bin/sh
# All that is tested: the distribution's PostgreSQL on this machine, then the versions of the matrix in their roots.
# Called by ./run test.  Closes with "N passed, N failed".
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/test/lib/base.sh"
. "$root/test/lib/packages.sh"
. "$root/test/lib/scratch.sh"
. "$root/test/matrix/common.sh"

local_version=$(distribution_version)
# shellcheck disable=SC2046
need_packages $(build_packages "$local_version") $(alembic_packages) $(test_packages "$local_version")
local_layers="rules build unit installcheck firing security drift pgtap alembic"
if installed clang; then local_layers="rules build clang unit installcheck firing security drift pgtap alembic"; fi
matrix_layers="build installcheck firing security drift pgtap alembic"

new_scratch "$root"
rows=$scratch/rows
: >"$rows"

# suite VERSION LAYERS COMMAND...: runs the command, which runs the layers, and collects their rows.
# A layer that did not get as far as giving its row is a failure.
suite() {
	suite_version=$1 suite_layers=$2
	shift 2
	note "PostgreSQL $suite_version: $suite_layers"
	"$@" 2>&1 | tee "$scratch/output" || true
	for layer in $suite_layers; do
		grep "^LAYER $suite_version $layer " "$scratch/output" >>"$rows" || echo "LAYER $suite_version $layer 0 1" >>"$rows"
	done
}

# shellcheck disable=SC2086
suite "$local_version" "$local_layers" unprivileged sh "$scratch/src/test/lib/suite.sh" "$local_version" $local_layers

if [ "${LCG_MATRIX:-on}" = off ]; then
	note "LCG_MATRIX=off: only PostgreSQL $local_version was tested"
else
	is_root || have sudo || note "WITHOUT ROOT RIGHTS OR SUDO THE OTHER VERSIONS CANNOT BE TESTED; LCG_MATRIX=off leaves them out"
	for version in $matrix_versions; do
		[ "$version" != "$local_version" ] || continue
		# shellcheck disable=SC2086
		suite "$version" "$matrix_layers" as_root env LCG_ROOTS="${LCG_ROOTS:-}" LCG_MIRROR="${LCG_MIRROR:-}" \
			sh "$root/test/matrix/in-root.sh" "$version" sh test/lib/suite.sh "$version" $matrix_layers
	done
fi

awk '
	{ printf "PostgreSQL %-3s %-14s %5d passed %5d failed %5d s\n", $2, $3, $4, $5, $6; passed += $4; failed += $5 }
	END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }
' "$rows"
