#include "drift/kept_stamps.hpp"

#include <charconv>

#include "drift/notes.hpp"

namespace drift {
namespace {

constexpr int header_part = -1;
constexpr std::string_view format = "1";
// Of those that transaction numbers have before they come round.
constexpr std::uint64_t most_transactions = std::uint64_t{1} << 30;
constexpr std::size_t records_in_part = 256;

constinit pg::Statement find_stamps{
    "SELECT t.part, t.stamps FROM langchef_guard.expected_stamp t WHERE t.schema_name OPERATOR(pg_catalog.=) $1 ORDER BY t.part", {TEXTOID}};

// The row stands for the right to write; nobody is waited for.
constinit pg::Statement lock_schema{
    "SELECT 1 FROM langchef_guard.expected_schema s"
    " WHERE s.name OPERATOR(pg_catalog.=) $1 AND s.registered_xid OPERATOR(pg_catalog.=) $2::pg_catalog.text::pg_catalog.xid8"
    "   FOR NO KEY UPDATE SKIP LOCKED",
    {TEXTOID, INT8OID}};

// Nor for who takes the notes away by hand.
constinit pg::Statement find_header{
    "SELECT t.stamps FROM langchef_guard.expected_stamp t WHERE t.schema_name OPERATOR(pg_catalog.=) $1 AND t.part OPERATOR(pg_catalog.=) $2"
    "   FOR UPDATE SKIP LOCKED",
    {TEXTOID, INT4OID}};

constinit pg::Statement put_part{
    "INSERT INTO langchef_guard.expected_stamp (schema_name, part, stamps) VALUES ($1, $2, $3)"
    " ON CONFLICT (schema_name, part) DO UPDATE SET stamps = excluded.stamps",
    {TEXTOID, INT4OID, BYTEAOID}};

constinit pg::Statement delete_parts{
    "DELETE FROM langchef_guard.expected_stamp t WHERE t.schema_name OPERATOR(pg_catalog.=) $1 AND t.part OPERATOR(pg_catalog.>=) $2",
    {TEXTOID, INT4OID}};

pg::Parameter int4(std::int64_t number) { return pg::Parameter(Int32GetDatum(static_cast<std::int32_t>(number))); }

// The next of the numbers that blanks are between; false when there is none.
template <typename Number>
bool take_number(std::string_view &text, Number &number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    return true;
}

std::uint64_t next_transaction()
{
    return U64FromFullTransactionId(pg::call([] { return ReadNextFullTransactionId(); }));
}

std::string basis_of(const ExpectedSchema &schema, const std::string &options, const catalog::Stamps &stamps)
{
    auto text = basis_of_notes(format);
    for (const auto number : {schema.registered_xid, stamps.common().first, stamps.common().second}) text += ' ' + std::to_string(number);
    return text + ' ' + options;
}

}  // namespace

KeptStamps::KeptStamps(OwnerSession &session, const ExpectedSchema &schema, const std::string &options, const catalog::Stamps &stamps)
    : session_(session), schema_(schema), basis_(basis_of(schema, options, stamps))
{
    load();
    if (!believed_) records_.clear();
}

void KeptStamps::load()
{
    // Read after the catalogs were: what another session wrote meanwhile is as good, and one's own counts.
    const auto found = session_->run(find_stamps, {pg::param(std::string_view(schema_.name))});
    if (found.empty() || found.int4(0, 1) != header_part) return;
    header_ = note_bytes(found, 0, 2);
    std::string_view rest = header_;
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return;
    const bool same = rest.substr(0, end) == basis_;
    rest.remove_prefix(end + 1);
    std::uint64_t written_at = 0;
    if (!take_number(rest, generation_) || !take_number(rest, written_at) || !take_number(rest, parts_)) return;
    const auto now = next_transaction();
    if (!same || parts_ == 0 || written_at > now || now - written_at > most_transactions || found.size() != parts_ + 1) return;
    for (std::uint64_t row = 1; row < found.size(); ++row) {
        const auto part = static_cast<std::int32_t>(row - 1);
        if (found.int4(row, 1) != part || !core::read_records(note_bytes(found, row, 2), records_)) return;
    }
    session_->release(found);
    believed_ = true;
}

std::size_t KeptStamps::part_of(const core::StampRecord &record) const { return core::scatter(record.objid) % parts_; }

void KeptStamps::replace(std::vector<core::StampRecord> &&records)
{
    if (believed_ && records == records_) return;
    if (!may_note()) return;
    const auto name = pg::param(std::string_view(schema_.name));
    if (session_->run(lock_schema, {name, pg::param(static_cast<std::int64_t>(schema_.registered_xid))}).empty()) return;
    const auto present = session_->run(find_header, {name, int4(header_part)});
    if ((present.empty() ? std::string() : note_bytes(present, 0, 1)) != header_) return;
    write(records);
}

void KeptStamps::write(const std::vector<core::StampRecord> &records)
{
    const auto name = pg::param(std::string_view(schema_.name));
    const bool rewrite = !believed_ || parts_ * records_in_part * 4 < records.size();
    if (rewrite) parts_ = records.size() / records_in_part + 1;
    std::vector<std::string> parts(parts_);
    std::vector<std::string> before(rewrite ? 0 : parts_);
    for (const auto &record : records) core::append_record(parts[part_of(record)], record);
    if (!rewrite) {
        for (const auto &record : records_) core::append_record(before[part_of(record)], record);
    }
    const auto put = [&](std::int64_t part, const std::string &bytes) { put_note(session_, put_part, name, static_cast<std::int32_t>(part), bytes); };
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (rewrite || parts[i] != before[i]) put(static_cast<std::int64_t>(i), parts[i]);
    }
    if (rewrite) session_->run(delete_parts, {name, int4(static_cast<std::int64_t>(parts_))});
    put(header_part, basis_ + '\n' + std::to_string(generation_ + 1) + ' ' + std::to_string(next_transaction()) + ' ' + std::to_string(parts_));
}

}  // namespace drift
