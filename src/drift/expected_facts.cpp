#include "core/json_reader.hpp"

#include "drift/expected_facts.hpp"

#include "drift/environment.hpp"

namespace drift {
namespace {

constexpr long batch_size = 1000;

// Payloads are fetched for the facts that differ only: the sort stays small.
constinit pg::Statement in_byte_order{
    "SELECT o.fact_id, o.digest, o.ctid FROM langchef_guard.expected_object o"
    " WHERE o.schema_name OPERATOR(pg_catalog.=) $1"
    " ORDER BY o.fact_id COLLATE pg_catalog.\"C\"",
    {TEXTOID}};

constinit pg::Statement in_utf8_order{
    "SELECT o.fact_id, o.digest, o.ctid FROM langchef_guard.expected_object o"
    " WHERE o.schema_name OPERATOR(pg_catalog.=) $1"
    " ORDER BY pg_catalog.convert_to(o.fact_id, 'UTF8')",
    {TEXTOID}};

constinit pg::Statement at_place{
    "SELECT o.fact_id, o.kind, o.parent_id, o.payload FROM langchef_guard.expected_object o WHERE o.ctid OPERATOR(pg_catalog.=) $1",
    {TIDOID}};

}  // namespace

ExpectedFacts::ExpectedFacts(OwnerSession &session, const std::string &name) : session_(session), name_(name), batch_(nullptr, 0) { open(); }

void ExpectedFacts::open()
{
    cursor_.emplace(needs_conversion() ? in_utf8_order : in_byte_order, std::initializer_list<pg::Parameter>{pg::param(std::string_view(name_))});
}

bool ExpectedFacts::rewind()
{
    open();
    batch_ = pg::Rows(nullptr, 0);
    row_ = 0;
    return true;
}

bool ExpectedFacts::next()
{
    if (++row_ >= batch_.size()) {
        batch_ = cursor_->fetch(batch_size);
        row_ = 0;
        if (batch_.empty()) return false;
    }
    id_ = batch_.text(row_, 1);
    key_ = to_utf8(id_);
    digest_ = batch_.text(row_, 2);
    return true;
}

// The place of its row in the table, as a number.
std::uint64_t ExpectedFacts::place() const
{
    std::uint64_t place = 0;
    std::memcpy(&place, DatumGetPointer(batch_.value(row_, 3).value), sizeof(ItemPointerData));
    return place;
}

core::Fact ExpectedFacts::fact_at(std::uint64_t place) const
{
    ItemPointerData row;
    std::memcpy(&row, &place, sizeof(row));
    const auto found = session_->query(at_place, {pg::Parameter(PointerGetDatum(&row))});
    if (found.empty()) throw pg::GuardError(ERRCODE_DATA_CORRUPTED, "fact of an expected schema disappeared");
    core::Fact fact;
    fact.id = found.text(0, 1);
    fact.kind = found.text(0, 2);
    fact.parent = found.text(0, 3);
    fact.payload = core::JsonReader(found.text(0, 4), !needs_conversion()).payload();
    // A report can ask for as many as there are.
    session_->release(found);
    return fact;
}

}  // namespace drift
