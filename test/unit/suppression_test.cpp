#include <doctest/doctest.h>

#include "core/suppression.hpp"

namespace {

bool is_prefix(const std::string &text, const std::string &pattern) { return pattern == "%" || text.starts_with(pattern); }

core::DriftRow row_of(std::string kind, std::string name, std::string attribute, std::size_t implied_by = core::no_row)
{
    core::DriftRow row;
    row.operation = attribute.empty() ? core::DriftOperation::missing : core::DriftOperation::changed;
    row.fact = kind + ':' + name;
    row.kind = std::move(kind);
    row.attribute = std::move(attribute);
    row.implied_by = implied_by;
    return row;
}

core::IgnoreRule rule_of(std::optional<std::string> kind, std::optional<std::string> attribute, std::optional<std::string> object)
{
    return {1, std::move(kind), std::move(attribute), std::move(object), "why"};
}

std::string suppressed(const std::vector<core::DriftRow> &rows, const std::vector<core::IgnoreRule> &rules, std::vector<std::string> accepted = {})
{
    accepted.resize(rows.size());
    std::string out;
    for (const auto &reason : core::suppress(rows, rules, is_prefix, std::move(accepted))) out += (reason.empty() ? "-" : reason) + ';';
    return out;
}

}  // namespace

TEST_CASE("what a rule is about")
{
    const auto row = row_of("column", "app.t.c", "type");
    CHECK(core::is_about(rule_of("column", {}, {}), row, is_prefix));
    CHECK(core::is_about(rule_of({}, "type", {}), row, is_prefix));
    CHECK(core::is_about(rule_of({}, {}, "app.t"), row, is_prefix));
    CHECK(core::is_about(rule_of("column", "type", "app.t"), row, is_prefix));
    CHECK_FALSE(core::is_about(rule_of("table", "type", "app.t"), row, is_prefix));
    CHECK_FALSE(core::is_about(rule_of("column", "default", "app.t"), row, is_prefix));
    CHECK_FALSE(core::is_about(rule_of("column", "type", "other"), row, is_prefix));
    // A whole fact has no attribute.
    CHECK_FALSE(core::is_about(rule_of("table", "type", {}), row_of("table", "app.t", ""), is_prefix));
}

TEST_CASE("what was not compared needs its kind")
{
    const auto gap = core::uncovered("pg_new", 3, "one");
    CHECK_FALSE(core::is_about(rule_of({}, {}, "%"), gap, is_prefix));
    CHECK_FALSE(core::is_about(rule_of({}, {}, "pg_new"), gap, is_prefix));
    CHECK(core::is_about(rule_of("system_catalog", {}, {}), gap, is_prefix));
    CHECK(core::is_about(rule_of("system_catalog", {}, "pg_new"), gap, is_prefix));
    CHECK_FALSE(core::is_about(rule_of("system_catalog", {}, "pg_old"), gap, is_prefix));
}

TEST_CASE("what is implied is ignored along, and nothing else")
{
    const std::vector<core::DriftRow> rows{row_of("column", "app.t.a", "", 2), row_of("index", "app.i", "", 0), row_of("table", "app.t", ""),
                                           row_of("column", "app.t.b", "type")};
    CHECK(suppressed(rows, {rule_of("table", {}, {})}) == "ignored by rule 1: why;ignored by rule 1: why;ignored by rule 1: why;-;");
    CHECK(suppressed(rows, {rule_of("index", {}, {})}) == "-;ignored by rule 1: why;-;-;");
    CHECK(suppressed(rows, {}) == "-;-;-;-;");
    // Accepted is the row alone, and that is what is told of it.
    CHECK(suppressed(rows, {}, {"", "", "yes"}) == "-;-;yes;-;");
    CHECK(suppressed(rows, {rule_of("table", {}, {})}, {"yes"}) == "yes;ignored by rule 1: why;ignored by rule 1: why;-;");
}

TEST_CASE("what counts stands for itself when its cause does not")
{
    std::vector<core::DriftRow> rows{row_of("column", "app.t.a", "", 1), row_of("table", "app.t", "", 2), row_of("schema", "app", "")};
    core::stand_alone(rows, {"", "yes", ""});
    CHECK(rows[0].implied_by == 2);
    CHECK(rows[1].implied_by == 2);
    core::stand_alone(rows, {"", "yes", "yes"});
    CHECK(rows[0].implied_by == core::no_row);
}

TEST_CASE("consequences of what is named")
{
    const std::vector<core::DriftRow> rows{row_of("column", "app.t.a", "", 2), row_of("index", "app.i", "", 0), row_of("table", "app.t", ""), row_of("table", "app.u", "")};
    using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
    CHECK(core::with_consequences(rows, {2}) == Pairs{{0, 2}, {1, 2}, {2, 2}});
    CHECK(core::with_consequences(rows, {0, 2}) == Pairs{{0, 0}, {1, 0}, {2, 2}});
    CHECK(core::with_consequences(rows, {3}) == Pairs{{3, 3}});
    CHECK(core::with_consequences(rows, {}).empty());
}

TEST_CASE("rules that cannot be")
{
    CHECK(core::rule_defect(rule_of({}, {}, {})) == "it would ignore every difference");
    CHECK(core::rule_defect(rule_of({}, {}, "%")) == "it would ignore every difference");
    CHECK(core::rule_defect(rule_of({}, {}, "%%")) == "it would ignore every difference");
    CHECK(core::rule_defect(rule_of("table", {}, "%")) == "");
    CHECK(core::rule_defect(rule_of({}, "owner", "%")) == "");
    CHECK(core::rule_defect(rule_of("table", {}, "")) == "no object has an empty name");
    CHECK(core::rule_defect(rule_of("tabel", {}, {})) == "there is no kind \"tabel\"");
    CHECK(core::rule_defect(rule_of("", {}, {})) == "there is no kind \"\"");
    CHECK(core::rule_defect(rule_of("table", "type", {})) == "kind \"table\" has no attribute \"type\"");
    CHECK(core::rule_defect(rule_of({}, "tpye", {})) == "there is no attribute \"tpye\"");
    CHECK(core::rule_defect(rule_of({}, "ordinal", {})) == "");
    CHECK(core::rule_defect(rule_of("system_catalog", {}, {})) == "");
    CHECK(core::rule_defect(rule_of("table", {}, "app.\\")) == "the pattern ends with its escape character");
    CHECK(core::rule_defect(rule_of("table", {}, "app.\\\\")) == "");
    CHECK(core::rule_defect(rule_of("table", {}, "\\")) == "the pattern ends with its escape character");
}
