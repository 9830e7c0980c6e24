#include "core/json_reader.hpp"

#include "drift/expected_facts.hpp"

#include "drift/environment.hpp"

namespace drift {
namespace {

constexpr long batch_size = 1000;

// Numbers are in the order of the keys.  Payloads are fetched for the facts that differ only.
constinit pg::Statement all_facts{
    "SELECT o.fact_id, o.digest, o.ctid, o.number FROM langchef_guard.expected_object o"
    " WHERE o.schema_name OPERATOR(pg_catalog.=) $1 AND $2 IS NULL ORDER BY o.number",
    {TEXTOID, INT4ARRAYOID}};

constinit pg::Statement some_facts{
    "SELECT o.fact_id, o.digest, o.ctid, o.number FROM langchef_guard.expected_object o"
    " WHERE o.schema_name OPERATOR(pg_catalog.=) $1 AND o.number OPERATOR(pg_catalog.=) ANY ($2) ORDER BY o.number",
    {TEXTOID, INT4ARRAYOID}};

constinit pg::Statement at_place{
    "SELECT o.fact_id, o.kind, o.parent_id, o.payload FROM langchef_guard.expected_object o WHERE o.ctid OPERATOR(pg_catalog.=) $1",
    {TIDOID}};

pg::Parameter number_array(const std::vector<std::int32_t> &numbers)
{
    const std::int32_t *const items = numbers.data();
    const auto count = static_cast<int>(numbers.size());
    return pg::Parameter(pg::call([items, count] {
        auto *const elements = static_cast<Datum *>(palloc_extended(sizeof(Datum) * static_cast<std::size_t>(count) + 1, MCXT_ALLOC_HUGE));
        for (int i = 0; i < count; ++i) elements[i] = Int32GetDatum(items[i]);
        ArrayType *const array = construct_array(elements, count, INT4OID, sizeof(std::int32_t), true, TYPALIGN_INT);
        pfree(elements);
        return PointerGetDatum(array);
    }));
}

}  // namespace

ExpectedFacts::ExpectedFacts(OwnerSession &session, const std::string &name, const std::vector<std::int32_t> *numbers)
    : session_(session), name_(name), numbers_(numbers), batch_(nullptr, 0)
{
    open();
}

void ExpectedFacts::open()
{
    cursor_.emplace(numbers_ != nullptr ? some_facts : all_facts,
                    std::initializer_list<pg::Parameter>{pg::param(std::string_view(name_)), numbers_ != nullptr ? number_array(*numbers_) : pg::Parameter()});
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
    number_ = batch_.int4(row_, 4);
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
