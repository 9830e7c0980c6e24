#include "ledger/verify.hpp"

#include <limits>

#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/entry.hpp"
#include "pg/srf.hpp"

// verify_ledger(): whether what is sealed is as it was.

namespace ledger {
namespace {

[[noreturn]] void altered(const core::Seal &seal, const std::string &detail)
{
    const std::string rows = seal.rows == 1 ? "1 row" : std::to_string(seal.rows) + " rows";
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

// Numbers are given out before rows are seen, so the sequence is never behind a row of this cluster.
constinit pg::Statement newest_id{
    "SELECT q.last_value, COALESCE((SELECT pg_catalog.max(l.id) FROM langchef_guard.ledger AS l"
    " WHERE l.system_identifier OPERATOR(pg_catalog.=) $1), 0) FROM langchef_guard.ledger_id_seq AS q",
    {INT8OID}};

void check_sequence(pg::SpiSession &spi)
{
    const pg::Rows found = spi.query(newest_id, {pg::param(guard::system_identifier())});
    if (found.int8(0, 1) >= found.int8(0, 2)) return;
    throw pg::GuardError(pg::sqlstate::ledger_altered, "sequence of the ledger's ids was set back",
                         "It stands at " + std::to_string(found.int8(0, 1)) + ", and there is a row with id " + std::to_string(found.int8(0, 2)) + '.',
                         "Look for rows that were removed after the last seal; then set the sequence to the id of the last row.");
}

void check_rows(const KeptSeal &kept, const BatchRows &found)
{
    if (kept.pruned) {
        if (found.rows != 0) altered(kept.seal, "They were pruned, but there are " + std::to_string(found.rows) + " now.");
        return;
    }
    if (found.rows != kept.seal.rows) altered(kept.seal, "There are " + std::to_string(found.rows) + " now.");
    if (found.digest != kept.seal.digest) altered(kept.seal, "Their number is the same, their content is not.");
}

}  // namespace

Verified verify(pg::SpiSession &spi, const std::vector<KeptSeal> &seals, std::int64_t last)
{
    const std::int64_t told = spi.query(pruned_up_to, {}).int8(0, 1);
    Verified verified;
    for (std::size_t i = 0; i < seals.size() && seals[i].seal.id <= last; ++i) {
        const KeptSeal &kept = seals[i];
        if (kept.chain != chain_of(kept.seal, verified.chain)) {
            altered(kept.seal, "The seal itself or one before it was changed, removed or added.");
        }
        if (kept.pruned && kept.seal.id > told) altered(kept.seal, "Its rows are said to be pruned, but no ledger row tells of it.");
        if (!kept.pruned && kept.seal.format != seal_format) altered(kept.seal, "Its format is not one of this version.");
        const BatchRows found = hash_batch(batch_of(seals, i));
        check_rows(kept, found);
        verified.chain = kept.chain;
        verified.rows += found.rows;
        ++verified.seals;
        if (kept.pruned) ++verified.pruned;
    }
    return verified;
}

}  // namespace ledger

LCG_FUNCTION(lcg_verify_ledger)
{
    pg::ResultSet result(fcinfo);
    const pg::UserScope as_owner(guard::installed().owner);
    const catalog::PinnedSettings pinned;
    ledger::Verified verified;
    std::int64_t unsealed = 0;
    {
        const ledger::SnapshotScope snapshot;
        pg::SpiSession spi;
        verified = ledger::verify(spi, ledger::read_seals(spi), std::numeric_limits<std::int64_t>::max());
        ledger::check_sequence(spi);
        unsealed = ledger::unsealed_rows(spi);
    }
    result.add({pg::param(verified.seals), pg::param(verified.rows), pg::param(verified.pruned), pg::param(unsealed),
                pg::param_or_null(verified.chain)});
    return 0;
}
