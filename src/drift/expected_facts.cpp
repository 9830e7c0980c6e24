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
    "SELECT o.kind, o.parent_id, o.payload FROM langchef_guard.expected_object o WHERE o.ctid OPERATOR(pg_catalog.=) $1",
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
    : session_(session),
      cursor_(numbers != nullptr ? some_facts : all_facts,
              {pg::param(std::string_view(name)), numbers != nullptr ? number_array(*numbers) : pg::Parameter()}),
      batch_(nullptr, 0)
{
}

bool ExpectedFacts::next()
{
    if (++row_ >= batch_.size()) {
        batch_ = cursor_.fetch(batch_size);
        row_ = 0;
        if (batch_.empty()) return false;
    }
    id_ = batch_.text(row_, 1);
    key_ = to_utf8(id_);
    digest_ = batch_.text(row_, 2);
    number_ = batch_.int4(row_, 4);
    return true;
}

core::Fact ExpectedFacts::fact() const
{
    const auto found = session_->query(at_place, {batch_.value(row_, 3)});
    if (found.empty()) throw pg::GuardError(ERRCODE_DATA_CORRUPTED, "fact of an expected schema disappeared");
    core::Fact fact;
    fact.id = id_;
    fact.kind = found.text(0, 1);
    fact.parent = found.text(0, 2);
    fact.payload = core::JsonReader(found.text(0, 3), !needs_conversion()).payload();
    // A report can ask for as many as there are.
    session_->release(found);
    return fact;
}

}  // namespace drift
