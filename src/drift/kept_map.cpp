#include "drift/kept_map.hpp"

#include "core/catalog_map_bytes.hpp"
#include "drift/notes.hpp"
#include "guard/own_table.hpp"

namespace drift {
namespace {

constexpr std::string_view format = "1";
constexpr std::int32_t header_part = -1;

// Parts of pages are under their catalog, the header and parts of groups under none.
constinit pg::Statement find_parts{"SELECT m.catalog, m.part, m.content FROM langchef_guard.catalog_map m ORDER BY m.catalog, m.part", {}};
constinit pg::Statement find_header{
    "SELECT m.content FROM langchef_guard.catalog_map m"
    " WHERE m.catalog OPERATOR(pg_catalog.=) 0::pg_catalog.oid AND m.part OPERATOR(pg_catalog.=) -1",
    {}};
constinit pg::Statement put_part{
    "INSERT INTO langchef_guard.catalog_map (catalog, part, content) VALUES ($1, $2, $3)"
    " ON CONFLICT (catalog, part) DO UPDATE SET content = excluded.content",
    {OIDOID, INT4OID, BYTEAOID}};
constinit pg::Statement delete_map{"DELETE FROM langchef_guard.catalog_map", {}};
constinit pg::Statement delete_parts{
    "DELETE FROM langchef_guard.catalog_map m WHERE m.catalog OPERATOR(pg_catalog.=) $1 AND m.part OPERATOR(pg_catalog.>=) $2", {OIDOID, INT4OID}};

// Nobody else writes until the transaction is over, not even by hand: else a row of his might be waited for.
bool lock_map()
{
    const Oid table = guard::own_relation("catalog_map");
    return pg::call([table] { return ConditionalLockRelationOid(table, ShareRowExclusiveLock); });
}

// No two are alike: whoever reads one that he has not read or written himself has something else.
std::string new_generation()
{
    static std::uint64_t count = 0;
    const auto writer = U64FromFullTransactionId(pg::call([] { return GetTopFullTransactionId(); }));
    return std::to_string(writer) + ' ' + std::to_string(++count);
}

}  // namespace

KeptMap::KeptMap(OwnerSession &session) : session_(session)
{
    if (!load()) map_ = {};
}

bool KeptMap::load()
{
    const auto found = session_->run(find_parts, {});
    for (std::uint64_t row = 0; row < found.size() && header_.empty(); ++row) {
        if (found.oid(row, 1) == InvalidOid && found.int4(row, 2) == header_part) header_ = note_bytes(found, row, 3);
    }
    std::string_view head = header_;
    const auto basis = basis_of_notes(format) + '\n';
    if (!head.starts_with(basis)) return false;
    head.remove_prefix(basis.size());
    const auto end = head.find('\n');
    if (end == std::string_view::npos || !core::read_map_head(head.substr(end + 1), found.size() - 1, map_)) return false;
    const auto group_parts = core::parts_of(map_.groups.size(), core::groups_in_part);
    std::size_t place = 0;
    for (std::uint64_t row = 1; row < found.size(); ++row) {
        const Oid catalog = found.oid(row, 1);
        const auto part = static_cast<std::size_t>(found.int4(row, 2));
        const auto bytes = note_bytes(found, row, 3);
        if (catalog == InvalidOid) {
            if (part != row - 1 || part >= group_parts || !core::read_group_part(bytes, map_, part)) return false;
            continue;
        }
        // Both are in the order of the catalogs.
        while (place < map_.catalogs.size() && map_.catalogs[place].catalog != catalog) ++place;
        if (!core::read_page_part(bytes, map_, place, part)) return false;
    }
    session_->release(found);
    return true;
}

void KeptMap::replace(const catalog::PassResult &pass)
{
    const bool is_same = !pass.is_new && !pass.head && pass.cut.empty() && pass.pages.empty() && pass.groups.empty();
    if (is_same || !may_note() || !lock_map()) return;
    const auto present = session_->run(find_header, {});
    if ((present.empty() ? std::string() : note_bytes(present, 0, 1)) != header_) return;
    if (pass.is_new) session_->run(delete_map, {});
    for (const auto place : pass.cut) {
        const auto &catalog = map_.catalogs[place];
        session_->run(delete_parts, {pg::param_oid(catalog.catalog), pg::Parameter(Int32GetDatum(static_cast<std::int32_t>(core::parts_of(catalog.pages.size(), core::pages_in_part))))});
    }
    std::set<std::size_t> group_parts;
    std::set<std::pair<std::size_t, std::size_t>> page_parts;
    if (pass.is_new) {
        for (std::size_t i = 0; i < map_.groups.size(); i += core::groups_in_part) group_parts.insert(i / core::groups_in_part);
        for (std::size_t i = 0; i < map_.catalogs.size(); ++i) {
            for (std::size_t j = 0; j < map_.catalogs[i].pages.size(); j += core::pages_in_part) page_parts.emplace(i, j / core::pages_in_part);
        }
    } else {
        for (const auto group : pass.groups) group_parts.insert(group / core::groups_in_part);
        for (const auto &place : pass.pages) page_parts.emplace(place.catalog, place.page / core::pages_in_part);
    }
    const auto put = [this](Oid catalog, auto part, const std::string &bytes) {
        put_note(session_, put_part, pg::param_oid(catalog), static_cast<std::int32_t>(part), bytes);
    };
    for (const auto part : group_parts) put(InvalidOid, part, core::group_part(map_, part));
    for (const auto &[catalog, part] : page_parts) {
        put(map_.catalogs[catalog].catalog, part, core::page_part(map_.catalogs[catalog], part));
    }
    put(InvalidOid, header_part, basis_of_notes(format) + '\n' + new_generation() + '\n' + core::map_head(map_));
}

}  // namespace drift
