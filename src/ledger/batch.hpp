#pragma once

#include "core/seal.hpp"
#include "pg/crypto.hpp"
#include "pg/spi.hpp"

// The rows that a seal is over.
namespace ledger {

// Which rows: of this cluster's transactions those that the seal's snapshot
// sees and the seal before does not.  The first seal of a cluster also adopts
// what came from other clusters with a dump and none of their seals covers.
struct Batch {
    std::int64_t seal;
    std::int64_t system_identifier;
    std::string snapshot;
    std::string previous_snapshot;  // empty when no seal of this cluster came before
    std::string adopted;            // clusters, as bigint[]
};

struct BatchRows {
    std::int64_t rows = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::string digest;  // hexadecimal
};

constexpr std::int64_t seal_format = 1;

// SQL: what the seals of a condition are over, one row per cluster.  A later snapshot of a cluster
// sees all that an earlier one did, so the last is enough.
#define LCG_LAST_SEALS(condition)                                                                                             \
    "(SELECT o.* FROM (SELECT DISTINCT ON (s.system_identifier) s.system_identifier, s.snapshot, false AS adopted"             \
    " FROM langchef_guard.seal AS s " condition " ORDER BY s.system_identifier, s.id DESC) AS o"                               \
    " UNION ALL SELECT DISTINCT ON (a.cluster) a.cluster, NULL::pg_catalog.pg_snapshot, true"                                                 \
    " FROM langchef_guard.seal AS s, LATERAL pg_catalog.unnest(s.adopted) AS a (cluster) " condition ")"

// Reads and hashes the rows, in the order of their ids; settings must be pinned.
BatchRows hash_batch(const Batch &batch);

// The seals in order; the last has the newest chain.
struct KeptSeal {
    core::Seal seal;
    std::string chain;  // as stored, hexadecimal
    bool pruned;
};
std::vector<KeptSeal> read_seals(pg::SpiSession &spi);

// Clusters, as bigint[], with rows that no seal is over, but for one: they came with a dump.
std::string unsealed_clusters(pg::SpiSession &spi, std::int64_t but);
std::int64_t unsealed_rows(pg::SpiSession &spi);

// SHA-256 of core::chain_text, hexadecimal.
std::string chain_of(const core::Seal &seal, const std::string &previous);

// The batch of a seal that is among those read, and of one to be after all of them.
Batch batch_of(const std::vector<KeptSeal> &seals, std::size_t index);

}  // namespace ledger
