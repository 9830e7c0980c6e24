#include "core/drift.hpp"
#include "core/shown.hpp"

#include "drift/expected_facts.hpp"
#include "drift/report.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace {

// The facts of a registered schema that can be read again.
class RegisteredFacts final : public core::FactSource {
  public:
    RegisteredFacts(drift::OwnerSession &session, const std::string &name) : session_(session), name_(name) { rewind(); }

    bool next() override { return facts_->next(); }
    std::string_view key() const override { return facts_->key(); }
    std::string_view digest() const override { return facts_->digest(); }
    core::Fact fact() const override { return facts_->fact(); }
    bool rewind() override
    {
        facts_ = std::make_unique<drift::ExpectedFacts>(session_, name_);
        return true;
    }

  private:
    drift::OwnerSession &session_;
    const std::string &name_;
    std::unique_ptr<drift::ExpectedFacts> facts_;
};

}  // namespace

// compare(a text, b text) returns table (...): what drift(a) would tell where the database is as b says.
LCG_FUNCTION(lcg_compare)
{
    const auto name = drift::required_name(fcinfo, 0);
    const auto other_name = drift::required_name(fcinfo, 1);
    pg::ResultSet result(fcinfo);
    drift::OwnerSession session;
    const auto schema = drift::find_expected(session, name);
    const auto other = drift::find_expected(session, other_name);
    std::vector<core::DriftRow> rows;
    {
        RegisteredFacts expected(session, schema.name);
        RegisteredFacts actual(session, other.name);
        rows = core::find_drift(expected, actual);
    }
    std::vector<std::string_view> severities;
    for (const auto &row : rows) severities.push_back(core::severity(row));
    pg::ScratchContext scratch;
    for (const auto i : drift::showing_order(rows, severities)) {
        const auto &row = rows[i];
        const auto word = [](std::string_view value) { return pg::param_or_null(value); };
        const auto name_text = [](std::string_view value) { return pg::param_or_null(core::shown(value)); };
        const auto remark = drift::version_remark(row, schema.server_version_num, other.server_version_num);
        result.add({word(drift::drift_id(schema.name, row)), word(severities[i]), word(core::operation_word(row.operation)), word(row.kind),
                    name_text(core::object_of(row.fact)), name_text(core::object_of(row.parent)), word(row.attribute), drift::value_text(row.expected),
                    drift::value_text(row.actual), name_text(core::describe(row) + remark),
                    row.implied_by != core::no_row ? word(drift::drift_id(schema.name, rows[row.implied_by])) : pg::Parameter()});
        scratch.reset();
    }
    return 0;
}
