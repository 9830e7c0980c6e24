#include "core/repair/part_names.hpp"

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string oid_of(const Dialect &sql, const Fact &table) { return literal(sql.name(name_of(table.id).parts)) + "::pg_catalog.regclass"; }

}  // namespace

std::string parts_of_indexes(const Dialect &sql, const Fact &table, const std::string &cases)
{
    // A key of the partition's own can stand on an index that is a part of its parent's.
    return "SELECT c.oid AS part, c.relname AS was, pg_catalog.format('ALTER INDEX %I.', n.nspname) AS before, ' RENAME TO ' AS after, CASE pg_catalog.pg_partition_root(c.oid)" + cases +
           " END AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
           " WHERE i.indrelid = " + oid_of(sql, table) + " AND c.relispartition"
           " AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x') AND k.conparentid = 0)";
}

std::string parts_of_foreign_keys(const Dialect &sql, const Fact &table, const std::string &cases)
{
    // Where the table referred to has partitions, the key has parts on the same table.
    return "SELECT p.oid AS part, p.conname AS was, " + literal("ALTER TABLE " + sql.name(name_of(table.id).parts) + " RENAME CONSTRAINT ") + " AS before, ' TO ' AS after, CASE" + cases +
           " END AS name FROM (WITH RECURSIVE up (oid, conname, top) AS (SELECT k.oid, k.conname, k.conparentid FROM pg_catalog.pg_constraint k"
           " JOIN pg_catalog.pg_constraint w ON w.oid = k.conparentid AND w.conrelid <> k.conrelid WHERE k.contype = 'f' AND k.conrelid = " + oid_of(sql, table) +
           " UNION ALL SELECT u.oid, u.conname, k.conparentid FROM up u JOIN pg_catalog.pg_constraint k ON k.oid = u.top WHERE k.conparentid <> 0)"
           " SELECT u.oid, u.conname, u.top FROM up u) p JOIN pg_catalog.pg_constraint c ON c.oid = p.top AND c.conparentid = 0";
}

// Where another is to have the name of one, that one has a third name for a while.
void name_parts(const Fact &table, const std::string &detail, const std::string &parts, Steps &steps)
{
    const auto body = "DECLARE command pg_catalog.text; BEGIN FOR command IN WITH p AS (" + parts + "),"
                      " n AS (SELECT p.before, pg_catalog.quote_ident(p.was) AS was, p.after, pg_catalog.quote_ident(p.name) AS name, 'lcg_left_' || p.part AS meanwhile,"
                      " EXISTS (SELECT FROM p o WHERE o.name = p.was::pg_catalog.text AND o.part <> p.part) AS makes_way FROM p WHERE p.name <> p.was::pg_catalog.text)"
                      " SELECT r.command FROM (SELECT 1 AS round, pg_catalog.concat(n.before, n.was, n.after, n.meanwhile) AS command FROM n WHERE n.makes_way"
                      " UNION ALL SELECT 2, pg_catalog.concat(n.before, CASE WHEN n.makes_way THEN n.meanwhile ELSE n.was END, n.after, n.name) FROM n) r ORDER BY r.round"
                      " LOOP EXECUTE command; END LOOP; END";
    auto &step = add_step(steps, table, "DO " + dollar_quoted(body), Lock::access_exclusive);
    step.detail = detail;
}

}  // namespace core::repair
