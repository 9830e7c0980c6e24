#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "ledger/record.hpp"
#include "ledger/seal.hpp"
#include "ledger/seal_log.hpp"
#include "ledger/snapshot_scope.hpp"
#include "ledger/verify.hpp"
#include "pg/entry.hpp"

// prune(): how long rows are kept.

namespace ledger {
namespace {

constinit pg::Statement last_older_than{
    "SELECT COALESCE(pg_catalog.max(s.id), 0) FROM langchef_guard.seal AS s"
    " WHERE s.id OPERATOR(pg_catalog.<) COALESCE((SELECT pg_catalog.min(y.id) FROM langchef_guard.seal AS y"
    " WHERE y.sealed_at OPERATOR(pg_catalog.>=) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) $1)), 9223372036854775807)",
    {INTERVALOID}};

constinit pg::Statement delete_rows{
    "DELETE FROM langchef_guard.ledger AS l USING " LCG_LAST_SEALS("WHERE s.id OPERATOR(pg_catalog.<=) $1") " AS s"
    " WHERE s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier"
    " AND (s.adopted OR pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot))",
    {INT8OID}};

constinit pg::Statement mark_pruned{
    "UPDATE langchef_guard.seal SET pruned_at = pg_catalog.clock_timestamp() WHERE id OPERATOR(pg_catalog.<=) $1 AND pruned_at IS NULL",
    {INT8OID}};

std::int64_t pruned_rows(const std::vector<KeptSeal> &seals, std::int64_t last)
{
    std::int64_t rows = 0;
    for (const KeptSeal &kept : seals) {
        if (kept.seal.id <= last && !kept.pruned) rows += kept.seal.rows;
    }
    return rows;
}

void record_pruning(std::int64_t last, std::int64_t rows)
{
    Change change;
    change.source = "utility";
    change.command_tag = "PRUNE";
    change.operation = "other";
    change.object_type = "seal";
    change.identity = "up to " + std::to_string(last);
    change.definition_after = "{\"last_seal\": " + std::to_string(last) + ", \"rows\": " + std::to_string(rows) + '}';
    append(change);
    log_pruning(last, rows);
}

std::int64_t prune(pg::SpiSession &spi, Datum older_than)
{
    lock_seals(spi);
    const SnapshotScope snapshot;
    const std::int64_t last = spi.query(last_older_than, {pg::Parameter(older_than)}).int8(0, 1);
    const std::vector<KeptSeal> seals = read_seals(spi);
    const std::int64_t rows = pruned_rows(seals, last);
    if (rows == 0) return 0;
    // What does not hold is evidence: it stays.
    verify(spi, seals, last);
    record_pruning(last, rows);
    spi.run(delete_rows, {pg::param(last)});
    spi.run(mark_pruned, {pg::param(last)});
    return rows;
}

}  // namespace
}  // namespace ledger

LCG_FUNCTION(lcg_prune)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "older_than must not be null");
    Interval none{};
    if (DatumGetInt32(pg::call_function(interval_cmp, PG_GETARG_DATUM(0), IntervalPGetDatum(&none))) < 0) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "older_than must not be negative");
    }
    ledger::require_read_committed("prune");
    const pg::UserScope as_owner(guard::installed().owner);
    const catalog::PinnedSettings pinned;
    pg::SpiSession spi;
    return Int64GetDatum(ledger::prune(spi, PG_GETARG_DATUM(0)));
}
