#include "ledger/seal.hpp"

#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "ledger/batch.hpp"
#include "ledger/seal_log.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/entry.hpp"

// seal(): tamper evidence for what was recorded.

namespace ledger {
namespace {

constinit pg::Statement lock_table{"LOCK TABLE langchef_guard.seal IN SHARE ROW EXCLUSIVE MODE", {}};

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

bool is_first_of_cluster(const std::vector<KeptSeal> &seals, std::int64_t system_identifier)
{
    return std::none_of(seals.begin(), seals.end(), [=](const KeptSeal &kept) { return kept.seal.system_identifier == system_identifier; });
}

std::int64_t make_seal(pg::SpiSession &spi)
{
    lock_seals(spi);
    // What the seal is over, what it is chained to and what its snapshot says must be of one moment, after the wait.
    const SnapshotScope snapshot;
    std::vector<KeptSeal> seals = read_seals(spi);
    const std::string previous = seals.empty() ? std::string() : seals.back().chain;
    const pg::Rows now = spi.query(begin_seal, {});
    core::Seal seal;
    seal.format = seal_format;
    seal.snapshot = core::without_transaction(now.text(0, 1), static_cast<std::uint64_t>(now.int8(0, 2)));
    seal.sealed_at = now.text(0, 3);
    seal.sealed_by = now.text(0, 4);
    seal.id = now.int8(0, 5);
    seal.system_identifier = guard::system_identifier();
    seal.adopted = is_first_of_cluster(seals, seal.system_identifier) ? unsealed_clusters(spi, seal.system_identifier) : "{}";
    seals.push_back({seal, {}, false});
    const BatchRows batch = hash_batch(batch_of(seals, seals.size() - 1));
    if (batch.rows == 0) return 0;
    seal.rows = batch.rows;
    seal.first = batch.first;
    seal.last = batch.last;
    seal.digest = batch.digest;
    const std::string chain = chain_of(seal, previous);
    const auto text = [](const std::string &value) { return pg::param(std::string_view(value)); };
    spi.run(insert_seal, {pg::param(seal.id), pg::Parameter(Int32GetDatum(static_cast<std::int32_t>(seal.format))), text(seal.sealed_at),
                          text(seal.sealed_by), pg::param(seal.system_identifier), text(seal.snapshot), pg::param(seal.rows),
                          pg::param(seal.first), pg::param(seal.last), text(seal.digest), text(chain), text(seal.adopted)});
    log_seal(seal.id, seal.rows, chain);
    return seal.id;
}

}  // namespace

void lock_seals(pg::SpiSession &spi) { spi.run(lock_table, {}); }

void require_read_committed(const char *function)
{
    if (!IsolationUsesXactSnapshot()) return;
    throw pg::GuardError(ERRCODE_INVALID_TRANSACTION_STATE, std::string(function) + "() must run in a READ COMMITTED transaction",
                         "The snapshot of this transaction may be older than what it is about.");
}

std::int64_t seal_ledger()
{
    const pg::UserScope as_owner(guard::installed().owner);
    const catalog::PinnedSettings pinned;
    pg::SpiSession spi;
    return make_seal(spi);
}

}  // namespace ledger

LCG_FUNCTION(lcg_seal)
{
    ledger::require_read_committed("seal");
    const std::int64_t id = ledger::seal_ledger();
    if (id == 0) fcinfo->isnull = true;
    return Int64GetDatum(id);
}
