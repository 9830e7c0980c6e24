// seal(), verify_ledger() and prune(): tamper evidence, and how long rows are kept.
#include <limits>

#include "approval/roles.hpp"
#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "ledger/batch.hpp"
#include "ledger/record.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/entry.hpp"
#include "pg/srf.hpp"

namespace ledger {
namespace {

// Sealing and pruning wait for each other, and for nothing else.
constinit pg::Statement lock_seals{"LOCK TABLE langchef_guard.seal IN SHARE ROW EXCLUSIVE MODE", {}};

constinit pg::Statement begin_seal{
    "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text,"
    " COALESCE(pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text::pg_catalog.int8, 0),"
    " pg_catalog.clock_timestamp()::pg_catalog.text, SESSION_USER::pg_catalog.text,"
    " COALESCE((SELECT pg_catalog.max(id) FROM langchef_guard.seal), 0) OPERATOR(pg_catalog.+) 1",
    {}};

constinit pg::Statement insert_seal{
    "INSERT INTO langchef_guard.seal (id, format, sealed_at, sealed_by, system_identifier, snapshot, rows, first_ledger_id,"
    " last_ledger_id, digest, chain, adopted) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3::pg_catalog.timestamptz, $4::pg_catalog.name,"
    " $5, $6::pg_catalog.pg_snapshot, $7, $8, $9, pg_catalog.decode($10, 'hex'), pg_catalog.decode($11, 'hex'), $12::bigint[])",
    {INT8OID, INT4OID, TEXTOID, TEXTOID, INT8OID, TEXTOID, INT8OID, INT8OID, INT8OID, TEXTOID, TEXTOID, TEXTOID}};

// Clusters with rows that no seal is over: they came with a dump.
constinit pg::Statement unsealed_clusters{
    "SELECT COALESCE(pg_catalog.array_agg(DISTINCT l.system_identifier ORDER BY l.system_identifier), '{}'::bigint[])::pg_catalog.text"
    " FROM langchef_guard.ledger AS l WHERE l.system_identifier OPERATOR(pg_catalog.<>) $1"
    " AND NOT EXISTS (SELECT FROM langchef_guard.seal AS s WHERE (s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier"
    " AND pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot)) OR l.system_identifier OPERATOR(pg_catalog.=) ANY (s.adopted))",
    {INT8OID}};

constinit pg::Statement unsealed_rows{
    "SELECT pg_catalog.count(*) FROM langchef_guard.ledger AS l WHERE NOT EXISTS (SELECT FROM langchef_guard.seal AS s"
    " WHERE (s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier"
    " AND pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot)) OR l.system_identifier OPERATOR(pg_catalog.=) ANY (s.adopted))",
    {}};

constinit pg::Statement set_database{"SELECT pg_catalog.current_database()::pg_catalog.text", {}};

void require_read_committed(const char *function)
{
    if (!IsolationUsesXactSnapshot()) return;
    throw pg::GuardError(ERRCODE_INVALID_TRANSACTION_STATE, std::string(function) + "() must run in a READ COMMITTED transaction",
                         "The snapshot of this transaction may be older than what it is about.");
}

std::int64_t make_seal(pg::SpiSession &spi)
{
    spi.run(lock_seals, {});
    // One look at the database, later than the lock, for the snapshot that is written down, the seals and the rows:
    // what the statement saw when it began is older by what was committed since.
    const SnapshotScope snapshot;
    const std::vector<KeptSeal> seals = read_seals(spi);
    const pg::Rows now = spi.query(begin_seal, {});
    core::Seal seal;
    seal.format = seal_format;
    seal.snapshot = core::without_transaction(now.text(0, 1), static_cast<std::uint64_t>(now.int8(0, 2)));
    seal.sealed_at = now.text(0, 3);
    seal.sealed_by = now.text(0, 4);
    seal.id = now.int8(0, 5);
    seal.system_identifier = guard::system_identifier();
    const bool first_of_cluster = std::none_of(seals.begin(), seals.end(), [&seal](const KeptSeal &kept) { return kept.seal.system_identifier == seal.system_identifier; });
    seal.adopted = first_of_cluster ? spi.query(unsealed_clusters, {pg::param(seal.system_identifier)}).text(0, 1) : "{}";
    std::vector<KeptSeal> with_new = seals;
    with_new.push_back({seal, {}, false});
    const BatchRows batch = hash_batch(batch_of(with_new, seals.size()));
    if (batch.rows == 0) return 0;
    seal.rows = batch.rows;
    seal.first = batch.first;
    seal.last = batch.last;
    seal.digest = batch.digest;
    const std::string chain = chain_of(seal, seals.empty() ? std::string() : seals.back().chain);
    const auto text = [](const std::string &value) { return pg::param(std::string_view(value)); };
    spi.run(insert_seal, {pg::param(seal.id), pg::Parameter(Int32GetDatum(static_cast<std::int32_t>(seal.format))), text(seal.sealed_at),
                          text(seal.sealed_by), pg::param(seal.system_identifier), text(seal.snapshot), pg::param(seal.rows),
                          pg::param(seal.first), pg::param(seal.last), text(seal.digest), text(chain), text(seal.adopted)});
    const pg::Rows database = spi.query(set_database, {});
    approval::log_line("seal " + std::to_string(seal.id) + " of database \"" + database.text(0, 1) + "\" over " +
                       std::to_string(seal.rows) + " ledger rows, chain " + chain);
    return seal.id;
}

[[noreturn]] void altered(const core::Seal &seal, const std::string &detail)
{
    std::string rows = seal.rows == 1 ? "1 row" : std::to_string(seal.rows) + " rows";
    throw pg::GuardError(pg::sqlstate::ledger_altered, "ledger was altered within seal " + std::to_string(seal.id),
                         "The seal of " + seal.sealed_at + " is over " + rows + " with ids from " + std::to_string(seal.first) + " to " +
                             std::to_string(seal.last) + ".  " + detail,
                         "Compare with a backup; the server log has the chain of each seal.");
}

// Whether prune() told that it removed the rows of all seals up to this one.
constinit pg::Statement pruned_up_to{
    "SELECT COALESCE(pg_catalog.max((l.definition_after OPERATOR(pg_catalog.->>) 'last_seal')::pg_catalog.int8), 0)"
    " FROM langchef_guard.ledger AS l WHERE l.command_tag OPERATOR(pg_catalog.=) 'PRUNE' AND l.object_type OPERATOR(pg_catalog.=) 'seal'",
    {}};

struct Verified {
    std::int64_t seals = 0;
    std::int64_t rows = 0;
    std::int64_t pruned = 0;
    std::string chain;
};

// Checks the seals in order, up to the one of that number, and raises for the first that does not hold.
Verified verify(pg::SpiSession &spi, const std::vector<KeptSeal> &seals, std::int64_t last)
{
    const std::int64_t told = spi.query(pruned_up_to, {}).int8(0, 1);
    Verified verified;
    for (std::size_t i = 0; i < seals.size() && seals[i].seal.id <= last; ++i) {
        const KeptSeal &kept = seals[i];
        if (kept.chain != chain_of(kept.seal, verified.chain)) {
            altered(kept.seal, "The seal itself or one before it was changed, removed or added.");
        }
        verified.chain = kept.chain;
        ++verified.seals;
        if (kept.pruned) {
            if (kept.seal.id > told) altered(kept.seal, "Its rows are said to be pruned, but no ledger row tells of it.");
            ++verified.pruned;
            continue;
        }
        if (kept.seal.format != seal_format) altered(kept.seal, "Its format is not one of this version.");
        const BatchRows found = hash_batch(batch_of(seals, i));
        if (found.rows != kept.seal.rows) altered(kept.seal, "There are " + std::to_string(found.rows) + " now.");
        if (found.digest != kept.seal.digest) altered(kept.seal, "Their number is the same, their content is not.");
        verified.rows += found.rows;
    }
    return verified;
}

constinit pg::Statement last_older_than{
    "SELECT COALESCE(pg_catalog.max(s.id), 0) FROM langchef_guard.seal AS s"
    " WHERE s.id OPERATOR(pg_catalog.<) COALESCE((SELECT pg_catalog.min(y.id) FROM langchef_guard.seal AS y"
    " WHERE y.sealed_at OPERATOR(pg_catalog.>=) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) $1)), 9223372036854775807)",
    {INTERVALOID}};

constinit pg::Statement delete_rows{
    "DELETE FROM langchef_guard.ledger AS l WHERE EXISTS (SELECT FROM langchef_guard.seal AS s WHERE s.id OPERATOR(pg_catalog.<=) $1"
    " AND ((s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier AND pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot))"
    " OR l.system_identifier OPERATOR(pg_catalog.=) ANY (s.adopted)))",
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
}

std::int64_t prune(pg::SpiSession &spi, Datum older_than)
{
    spi.run(lock_seals, {});
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

guard::Installation installed()
{
    const auto found = guard::installation();
    if (!found) throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "extension \"langchef_guard\" is not installed");
    return *found;
}

}  // namespace
}  // namespace ledger

LCG_FUNCTION(lcg_seal)
{
    ledger::require_read_committed("seal");
    const pg::UserScope as_owner(ledger::installed().owner);
    const catalog::PinnedSettings pinned;
    pg::SpiSession spi;
    const std::int64_t id = ledger::make_seal(spi);
    if (id == 0) fcinfo->isnull = true;
    return Int64GetDatum(id);
}

LCG_FUNCTION(lcg_verify_ledger)
{
    pg::ResultSet result(fcinfo);
    const pg::UserScope as_owner(ledger::installed().owner);
    const catalog::PinnedSettings pinned;
    ledger::Verified verified;
    std::int64_t unsealed = 0;
    {
        const ledger::SnapshotScope snapshot;
        pg::SpiSession spi;
        verified = ledger::verify(spi, ledger::read_seals(spi), std::numeric_limits<std::int64_t>::max());
        unsealed = spi.query(ledger::unsealed_rows, {}).int8(0, 1);
    }
    result.add({pg::param(verified.seals), pg::param(verified.rows), pg::param(verified.pruned), pg::param(unsealed),
                pg::param_or_null(verified.chain)});
    return 0;
}

LCG_FUNCTION(lcg_prune)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "older_than must not be null");
    Interval none{};
    if (DatumGetInt32(pg::call_function(interval_cmp, PG_GETARG_DATUM(0), IntervalPGetDatum(&none))) < 0) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "older_than must not be negative");
    }
    ledger::require_read_committed("prune");
    const pg::UserScope as_owner(ledger::installed().owner);
    const catalog::PinnedSettings pinned;
    pg::SpiSession spi;
    return Int64GetDatum(ledger::prune(spi, PG_GETARG_DATUM(0)));
}
