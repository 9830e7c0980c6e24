#!/bin/sh
# The rules of the code that a machine can check.  Prints TAP; run from anywhere.
set -eu
cd "$(dirname "$0")/../.."

count=0
failed=0
# report NAME OFFENDING_LINES: a rule holds when nothing offends it.
report() {
    count=$((count + 1))
    if [ -z "$2" ]; then
        echo "ok $count - $1"
    else
        failed=$((failed + 1))
        echo "not ok $count - $1"
        printf '%s\n' "$2" | sed 's/^/#   /'
    fi
}
# Lines of C++ that match, comments and text in quotes left out of sight by the patterns themselves.
search() { grep -rnE "$1" src --include='*.cpp' --include='*.hpp' || true; }

report 'version checks stand only in src/pg' "$(search 'PG_VERSION_NUM' | grep -v '^src/pg/' || true)"
report 'version checks in src/pg stand only in compat.hpp, but for the floor' \
    "$(search 'PG_VERSION_NUM' | grep '^src/pg/' | grep -v -e '^src/pg/compat.hpp' -e 'PG_VERSION_NUM < 150000' || true)"
report 'raising stands only in src/pg' "$(search 'ereport\(ERROR|elog\(ERROR|PG_TRY|PG_CATCH|PG_RE_THROW|sigsetjmp' | grep -v '^src/pg/' || true)"
report 'sigsetjmp stands only in src/pg/error.cpp' \
    "$(search 'sigsetjmp *\(' | grep -v -e '^src/pg/error.cpp' -e ': *//' || true)"
report 'server headers come through src/pg/prelude.hpp only' \
    "$(search '#include "(postgres|access|catalog/pg_|commands|common|executor|fmgr|funcapi|libpq|miscadmin|nodes|parser|storage|tcop|utils)[./]?' | grep -v -e '^src/pg/prelude.hpp' -e '^src/pg/compat.hpp' || true)"
report 'core reaches no server code' "$(grep -rnE '#include "(pg|catalog|guard|intercept|ledger|approval|drift|judge)/' src/core || true)"
report 'every file of core proves it' "$(grep -rL 'core/cpp_only.hpp' src/core --include='*.cpp' || true)"
report 'no iostream, thread, format or locale code' "$(search '#include <(iostream|sstream|fstream|thread|future|mutex|format|locale|regex)>' || true)"
report 'pg::Error is caught in src/pg only' "$(search 'catch *\(.*pg::Error|catch *\(\.\.\.\)' | grep -v '^src/pg/' || true)"
report 'install scripts create, and never adopt' \
    "$(grep -rniE 'CREATE +OR +REPLACE|IF +NOT +EXISTS' extension/install || true)"
report 'every SQL function fixes its search_path, but for the one that resolves the names of others' \
    "$(awk 'FNR==1{inside=0} /^CREATE (FUNCTION|PROCEDURE)/{inside=1; name=FILENAME": "$0; fixed=0} inside&&/SET search_path/{fixed=1} inside&&/;[[:space:]]*$/{if(!fixed) print name; inside=0}' extension/install/*.sql | grep -v 'FUNCTION langchef_guard.ddl_command_start()' || true)"
report 'every expected file has its test' \
    "$(for f in expected/*.out; do b=$(basename "$f" .out); [ -e "sql/$b.sql" ] || [ -e "sql/${b%_[0-9]}.sql" ] || echo "$f"; done; \
       for f in test/isolation/expected/*.out; do [ -e "$f" ] || continue; b=$(basename "$f" .out); [ -e "test/isolation/specs/$b.spec" ] || [ -e "test/isolation/specs/${b%_[0-9]}.spec" ] || echo "$f"; done)"
report 'every test has its expected file' \
    "$(for f in sql/*.sql; do b=$(basename "$f" .sql); [ -e "expected/$b.out" ] || echo "$f"; done; \
       for f in test/isolation/specs/*.spec; do [ -e "$f" ] || continue; b=$(basename "$f" .spec); [ -e "test/isolation/expected/$b.out" ] || echo "$f"; done)"
report 'no source file is longer than 400 lines' "$(find src -name '*.[ch]pp' -exec wc -l {} + | awk '$2!="total" && $1>400{print $2": "$1}')"

# The module exports its entry points and nothing else.
if [ -e langchef_guard.so ]; then
    report 'exported symbols are entry points' \
        "$(nm -D --defined-only langchef_guard.so | awk '{print $3}' | grep -vE '^(lcg_[a-z0-9_]+|pg_finfo_lcg_[a-z0-9_]+|_PG_init|Pg_magic_func|_init|_fini)$' || true)"
fi

echo "1..$count"
[ "$failed" -eq 0 ]
