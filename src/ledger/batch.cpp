#include "ledger/batch.hpp"

#include "pg/cursor.hpp"

namespace ledger {
namespace {

constexpr long rows_at_a_time = 100;

// The columns of format 1 by name: later versions may add others.
#define LCG_SEALED_ROW                                                                                                         \
    "SELECT l.id, ROW(l.id, l.recorded_at, l.transaction_at, l.xid, l.system_identifier, l.session_id, l.backend_pid,"          \
    " l.authenticated_role, l.session_role, l.outer_role, l.effective_role, l.application_name, l.client_addr, l.migration,"    \
    " l.revision_before, l.source, l.command_tag, l.operation, l.object_type, l.schema_name, l.identity, l.classid, l.objid,"   \
    " l.objsubid, l.in_extension, l.statement, l.definition_before, l.definition_after, l.difference, l.class, l.rules,"        \
    " l.approval_id, l.subxid)::pg_catalog.text FROM langchef_guard.ledger AS l "

constinit pg::Statement own_rows{
    LCG_SEALED_ROW "WHERE l.system_identifier OPERATOR(pg_catalog.=) $1"
    " AND l.xid OPERATOR(pg_catalog.>=) pg_catalog.pg_snapshot_xmin($3::pg_catalog.pg_snapshot)"
    " AND l.xid OPERATOR(pg_catalog.<) pg_catalog.pg_snapshot_xmax($2::pg_catalog.pg_snapshot)"
    " AND pg_catalog.pg_visible_in_snapshot(l.xid, $2::pg_catalog.pg_snapshot)"
    " AND NOT pg_catalog.pg_visible_in_snapshot(l.xid, $3::pg_catalog.pg_snapshot) ORDER BY l.id",
    {INT8OID, TEXTOID, TEXTOID}};

constinit pg::Statement adopted_rows{
    LCG_SEALED_ROW "WHERE l.system_identifier OPERATOR(pg_catalog.=) ANY ($1::bigint[])"
    " AND NOT EXISTS (SELECT FROM " LCG_LAST_SEALS("WHERE s.id OPERATOR(pg_catalog.<) $2") " AS s"
    " WHERE s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier"
    " AND pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot)) ORDER BY l.id",
    {TEXTOID, INT8OID}};

#undef LCG_SEALED_ROW

constinit pg::Statement all_seals{
    "SELECT s.id, s.format::pg_catalog.int8, s.sealed_at::pg_catalog.text, s.sealed_by::pg_catalog.text, s.system_identifier,"
    " s.snapshot::pg_catalog.text, s.rows, COALESCE(s.first_ledger_id, 0), COALESCE(s.last_ledger_id, 0),"
    " pg_catalog.encode(s.digest, 'hex'), pg_catalog.encode(s.chain, 'hex'), s.pruned_at IS NOT NULL, s.adopted::pg_catalog.text"
    " FROM langchef_guard.seal AS s ORDER BY s.id",
    {}};

#define LCG_UNSEALED                                                                                                           \
    "NOT EXISTS (SELECT FROM " LCG_LAST_SEALS("") " AS s WHERE s.system_identifier OPERATOR(pg_catalog.=) l.system_identifier"  \
    " AND (s.adopted OR pg_catalog.pg_visible_in_snapshot(l.xid, s.snapshot)))"

constinit pg::Statement find_unsealed_clusters{
    "SELECT COALESCE(pg_catalog.array_agg(DISTINCT l.system_identifier ORDER BY l.system_identifier), '{}'::bigint[])::pg_catalog.text"
    " FROM langchef_guard.ledger AS l WHERE l.system_identifier OPERATOR(pg_catalog.<>) $1 AND " LCG_UNSEALED,
    {INT8OID}};

constinit pg::Statement count_unsealed_rows{"SELECT pg_catalog.count(*) FROM langchef_guard.ledger AS l WHERE " LCG_UNSEALED, {}};

#undef LCG_UNSEALED

// Sees no transaction at all.
constexpr std::string_view nothing = "1:1:";

class Hashing {
  public:
    void take(pg::Statement &statement, std::initializer_list<pg::Parameter> parameters)
    {
        pg::Cursor cursor(statement, parameters);
        for (;;) {
            const pg::Rows rows = cursor.fetch(rows_at_a_time);
            if (rows.empty()) break;
            for (std::uint64_t i = 0; i < rows.size(); ++i) add(rows.int8(i, 1), rows.text(i, 2));
        }
    }

    BatchRows finish()
    {
        found_.digest = pg::hex(stream_.finish());
        return found_;
    }

  private:
    void add(std::int64_t id, const std::string &row)
    {
        if (found_.rows++ == 0) found_.first = id;
        found_.first = std::min(found_.first, id);
        found_.last = std::max(found_.last, id);
        stream_.add(std::to_string(row.size()) + ':');
        stream_.add(row);
    }

    BatchRows found_;
    pg::Sha256Stream stream_;
};

}  // namespace

BatchRows hash_batch(const Batch &batch)
{
    Hashing hashing;
    const std::string_view previous = batch.previous_snapshot.empty() ? nothing : std::string_view(batch.previous_snapshot);
    hashing.take(own_rows, {pg::param(batch.system_identifier), pg::param(std::string_view(batch.snapshot)), pg::param(previous)});
    if (batch.adopted != "{}") hashing.take(adopted_rows, {pg::param(std::string_view(batch.adopted)), pg::param(batch.seal)});
    return hashing.finish();
}

std::vector<KeptSeal> read_seals(pg::SpiSession &spi)
{
    std::vector<KeptSeal> seals;
    const pg::Rows rows = spi.query(all_seals, {});
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        core::Seal seal;
        seal.id = rows.int8(i, 1);
        seal.format = rows.int8(i, 2);
        seal.sealed_at = rows.text(i, 3);
        seal.sealed_by = rows.text(i, 4);
        seal.system_identifier = rows.int8(i, 5);
        seal.snapshot = rows.text(i, 6);
        seal.rows = rows.int8(i, 7);
        seal.first = rows.int8(i, 8);
        seal.last = rows.int8(i, 9);
        seal.digest = rows.text(i, 10);
        seal.adopted = rows.text(i, 13);
        seals.push_back({std::move(seal), rows.text(i, 11), rows.boolean(i, 12)});
    }
    spi.release(rows);
    return seals;
}

std::string unsealed_clusters(pg::SpiSession &spi, std::int64_t but) { return spi.query(find_unsealed_clusters, {pg::param(but)}).text(0, 1); }

std::int64_t unsealed_rows(pg::SpiSession &spi) { return spi.query(count_unsealed_rows, {}).int8(0, 1); }

std::string chain_of(const core::Seal &seal, const std::string &previous)
{
    return pg::hex(pg::sha256(core::chain_text(seal, previous)));
}

Batch batch_of(const std::vector<KeptSeal> &seals, std::size_t index)
{
    const core::Seal &seal = seals[index].seal;
    Batch batch{seal.id, seal.system_identifier, seal.snapshot, {}, seal.adopted};
    for (std::size_t i = index; i-- > 0 && batch.previous_snapshot.empty();) {
        if (seals[i].seal.system_identifier == seal.system_identifier) batch.previous_snapshot = seals[i].seal.snapshot;
    }
    return batch;
}

}  // namespace ledger
