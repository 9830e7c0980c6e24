#include "drift/registration.hpp"

#include "ledger/revision.hpp"
#include "pg/scratch.hpp"

namespace drift {
namespace {

constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_bytes = 4 * 1024 * 1024;
constexpr int format_version = 1;

constinit pg::Statement lock_schemas{"LOCK TABLE langchef_guard.expected_schema IN SHARE ROW EXCLUSIVE MODE", {}};

// The ledger's end is taken before the catalogs are read: what is recorded
// later can at worst be in both.
constinit pg::Statement ledger_end{
    "SELECT COALESCE(pg_catalog.max(l.id), 0), pg_catalog.pg_current_snapshot()::pg_catalog.text,"
    "       NOT EXISTS (SELECT 1 FROM langchef_guard.expected_schema s"
    "                    WHERE s.active AND s.name OPERATOR(pg_catalog.<>) $1)"
    "  FROM langchef_guard.ledger l",
    {TEXTOID}};

constinit pg::Statement had_others{
    "SELECT s.active FROM langchef_guard.expected_schema s WHERE s.name OPERATOR(pg_catalog.=) $1", {TEXTOID}};

constinit pg::Statement delete_facts{
    "DELETE FROM langchef_guard.expected_object WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};

constinit pg::Statement delete_stamps{
    "DELETE FROM langchef_guard.expected_stamp WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};

constinit pg::Statement delete_schema{"DELETE FROM langchef_guard.expected_schema WHERE name OPERATOR(pg_catalog.=) $1", {TEXTOID}};

constinit pg::Statement insert_facts{
    "INSERT INTO langchef_guard.expected_object (schema_name, number, fact_id, kind, parent_id, payload, digest)"
    " SELECT $1, ($7 OPERATOR(pg_catalog.+) f.place)::pg_catalog.int4, f.id, f.kind, CASE WHEN f.parent OPERATOR(pg_catalog.<>) '' THEN f.parent END,"
    "        f.payload::pg_catalog.jsonb, f.digest"
    "   FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5),"
    "                   pg_catalog.unnest($6)) WITH ORDINALITY AS f (id, kind, parent, payload, digest, place)",
    {TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INT8OID}};

constinit pg::Statement insert_schema{
    "INSERT INTO langchef_guard.expected_schema (name, active, source, registered_at, registered_by, registered_xid, registered_snapshot, revision,"
    "   system_identifier, ledger_id, format_version, server_version_num, encoding, facts, digest)"
    " VALUES ($1, $2, $3, pg_catalog.clock_timestamp(), SESSION_USER, pg_catalog.pg_current_xact_id(), $12::pg_catalog.pg_snapshot, $4, $5, $6,"
    "   $7, $8, $9, $10, $11)",
    {TEXTOID, BOOLOID, TEXTOID, TEXTOID, INT8OID, INT8OID, INT4OID, INT4OID, TEXTOID, INT8OID, TEXTOID, TEXTOID}};

pg::Parameter text_array(const std::vector<std::string> &items)
{
    const std::string *const strings = items.data();
    const auto count = static_cast<int>(items.size());
    return pg::Parameter(pg::call([strings, count] {
        auto *const elements = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<std::size_t>(count)));
        for (int i = 0; i < count; ++i) {
            elements[i] = PointerGetDatum(cstring_to_text_with_len(strings[i].data(), static_cast<int>(strings[i].size())));
        }
        return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
    }));
}

pg::Parameter int4(std::int64_t number) { return pg::Parameter(Int32GetDatum(static_cast<std::int32_t>(number))); }

}  // namespace

Registration::Registration(OwnerSession &session, std::string name) : session_(session), name_(std::move(name))
{
    session_->run(lock_schemas, {});
    const auto own = pg::param(std::string_view(name_));
    const auto before = session_->run(had_others, {own});
    const bool replaces = !before.empty();
    const bool was_active = replaces && before.boolean(0, 1);
    const auto end = session_->run(ledger_end, {own});
    ledger_id_ = end.int8(0, 1);
    running_ = end.text(0, 2);
    active_ = was_active || (!replaces && end.boolean(0, 3));
    if (replaces) {
        session_->run(delete_facts, {own});
        session_->run(delete_schema, {own});
    }
    session_->run(delete_stamps, {own});
}

void Registration::add(std::string_view id, std::string_view kind, std::string_view parent, std::string_view payload,
                       std::string_view digest)
{
    ++facts_;
    root_.add(digest);
    const std::string_view row[texts] = {id, kind, parent, payload, digest};
    for (std::size_t i = 0; i < texts; ++i) {
        batch_[i].emplace_back(row[i]);
        batch_bytes_ += row[i].size();
    }
    if (batch_[0].size() >= most_rows || batch_bytes_ >= most_bytes) flush();
}

void Registration::flush()
{
    if (batch_[0].empty()) return;
    const pg::ScratchContext scratch;
    const std::int64_t before = facts_ - static_cast<std::int64_t>(batch_[0].size());
    if (facts_ > INT32_MAX) throw pg::GuardError(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "expected schema has too many facts");
    session_->run(insert_facts, {pg::param(std::string_view(name_)), text_array(batch_[0]), text_array(batch_[1]),
                                 text_array(batch_[2]), text_array(batch_[3]), text_array(batch_[4]), pg::param(before)});
    for (auto &texts_of_column : batch_) texts_of_column.clear();
    batch_bytes_ = 0;
}

void Registration::finish(const Origin &origin, const std::optional<std::string> &revision)
{
    flush();
    session_->run(insert_schema,
                  {pg::param(std::string_view(name_)), pg::param(active_), pg::param(std::string_view(origin.source)),
                   pg::param_or_null(revision ? *revision : ledger::current_revision("public")), pg::param(guard::system_identifier()),
                   pg::param(ledger_id_), int4(format_version), int4(origin.server_version_num),
                   pg::param(std::string_view(origin.encoding)), pg::param(facts_), pg::param(std::string_view(origin.digest)),
                   pg::param(std::string_view(running_))});
}

}  // namespace drift
