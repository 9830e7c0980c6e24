#include <algorithm>

#include <doctest/doctest.h>

#include "core/rename_cause.hpp"
#include "core/renames.hpp"

namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

core::NameEvents renamed(std::int64_t row, Names names)
{
    core::NameEvents events;
    events.ledger_id = row;
    events.renamed = std::move(names);
    return events;
}

core::NameEvents came(std::int64_t row, std::vector<std::string> added)
{
    core::NameEvents events;
    events.ledger_id = row;
    events.added = std::move(added);
    return events;
}

core::NameEvents went(std::int64_t row, std::vector<std::string> removed)
{
    core::NameEvents events;
    events.ledger_id = row;
    events.removed = std::move(removed);
    return events;
}

// Rows as they were written; a ledger is gone through from its end.
core::Renames after(std::vector<core::NameEvents> rows)
{
    core::Renames renames;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) renames.undo(*row);
    return renames;
}

// Facts that can be read again, with their canonical JSON as the digest.
class Given final : public core::ExpectedSource {
  public:
    explicit Given(core::Facts facts) : facts_(std::move(facts))
    {
        std::sort(facts_.begin(), facts_.end(), [](const auto &left, const auto &right) { return left.id < right.id; });
    }

    bool next() override
    {
        if (++at_ > facts_.size()) return false;
        digest_ = facts_[at_ - 1].id + facts_[at_ - 1].parent + core::canonical_json(facts_[at_ - 1].payload);
        return true;
    }
    std::string_view key() const override { return facts_[at_ - 1].id; }
    std::string_view id() const override { return facts_[at_ - 1].id; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override { return facts_[at_ - 1]; }
    std::uint64_t place() const override { return at_ - 1; }
    core::Fact fact_at(std::uint64_t place) const override { return facts_[place]; }
    bool rewind() override
    {
        at_ = 0;
        return true;
    }

  private:
    core::Facts facts_;
    std::size_t at_ = 0;
    std::string digest_;
};

core::Fact fact(const std::string &id, const std::string &parent, const std::string &attribute = {}, core::Value value = {})
{
    core::Fact made;
    made.kind = id.substr(0, id.find(':'));
    made.id = id;
    made.parent = parent;
    if (!attribute.empty()) made.set(attribute, std::move(value));
    return made;
}

core::Facts table(const std::string &name, const std::vector<std::string> &columns)
{
    core::Facts facts{fact("table:" + name, "schema:" + name.substr(0, name.find('.')))};
    for (const auto &column : columns) facts.push_back(fact("column:" + name + '.' + column, "table:" + name, "type", std::string("integer")));
    return facts;
}

core::Facts operator+(core::Facts left, const core::Facts &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::string usual_not_null_name(const std::string &relation, const std::string &column) { return relation + '_' + column + "_not_null"; }

std::vector<core::DriftRow> drift(core::Facts before, core::Facts now, const core::Renames &renames)
{
    Given expected(std::move(before));
    Given actual(std::move(now));
    core::RenamedFacts source(expected, renames, [](std::string_view id) { return std::string(id); }, usual_not_null_name);
    return core::find_drift(source, actual);
}

std::vector<std::string> told(const std::vector<core::DriftRow> &rows)
{
    std::vector<std::string> texts;
    for (const auto &row : rows) {
        auto text = std::string(core::operation_word(row.operation)) + ' ' + row.fact;
        if (!row.attribute.empty()) text += ' ' + row.attribute;
        if (row.operation == core::DriftOperation::renamed) text += " from " + core::plain_text(row.expected);
        if (row.implied_by != core::no_row) text += " by " + rows[row.implied_by].fact;
        texts.push_back(std::move(text));
    }
    return texts;
}

using Told = std::vector<std::string>;

core::DriftRow row_of(core::DriftOperation operation, const std::string &id, const std::string &before, const std::string &now)
{
    core::DriftRow row;
    row.operation = operation;
    row.fact = id;
    row.kind = id.substr(0, id.find(':'));
    row.expected = before;
    row.actual = now;
    if (operation == core::DriftOperation::changed) row.attribute = "definition";
    return row;
}

// Whether a text that changed so follows from a rename of that object.
bool follows(const std::string &id, const std::string &old_name, const std::string &before, const std::string &now)
{
    std::vector<core::DriftRow> rows{row_of(core::DriftOperation::renamed, id, old_name, id.substr(id.find(':') + 1)),
                                     row_of(core::DriftOperation::changed, "view:s.v", before, now)};
    core::link_to_renames(rows);
    return rows[1].implied_by == 0;
}

}  // namespace

TEST_CASE("what a renamed thing holds follows it")
{
    const auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}})});
    CHECK(renames.present("table:s.a").id == "table:s.b");
    CHECK(renames.present("table:s.a").renamed);
    CHECK(renames.present("column:s.a.x").id == "column:s.b.x");
    CHECK_FALSE(renames.present("column:s.a.x").renamed);
    CHECK(renames.present("constraint:s.a.\"A.b\"").id == "constraint:s.b.\"A.b\"");
    CHECK(renames.present("index:s.a").id == "index:s.a");
    CHECK(renames.present("column:t.a.x").id == "column:t.a.x");
    CHECK(renames.present("column:s.ab.x").id == "column:s.ab.x");
}

TEST_CASE("a schema takes everything in it along")
{
    const auto renames = after({renamed(1, {{"schema:s", "schema:t"}}), renamed(2, {{"table:s.a", "table:t.a"}})});
    CHECK(renames.present("schema:s").renamed);
    CHECK(renames.present("table:s.a").id == "table:t.a");
    CHECK_FALSE(renames.present("table:s.a").renamed);
    CHECK(renames.present("column:s.a.x").id == "column:t.a.x");
    CHECK(renames.present("function:s.f(integer)").id == "function:t.f(integer)");
    // In any order of the rows.
    const auto other = after({renamed(1, {{"table:s.a", "table:t.a"}}), renamed(2, {{"schema:s", "schema:t"}})});
    CHECK(other.present("table:s.a").id == "table:t.a");
    CHECK_FALSE(other.present("table:s.a").gone);
}

TEST_CASE("one rename after another")
{
    auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}}), renamed(2, {{"column:s.b.x", "column:s.b.y"}}), renamed(3, {{"table:s.b", "table:s.c"}})});
    CHECK(renames.present("table:s.a").id == "table:s.c");
    CHECK(renames.present("column:s.a.x").id == "column:s.c.y");
    CHECK(renames.present("column:s.a.x").renamed);
    renames = after({renamed(1, {{"table:s.a", "table:s.b"}}), renamed(2, {{"table:s.b", "table:s.a"}})});
    CHECK(renames.present("table:s.a").id == "table:s.a");
    CHECK_FALSE(renames.present("table:s.a").renamed);
    // Two change places.
    renames = after({renamed(1, {{"table:s.a", "table:s.x"}}), renamed(2, {{"table:s.b", "table:s.a"}}), renamed(3, {{"table:s.x", "table:s.b"}})});
    CHECK(renames.present("column:s.a.n").id == "column:s.b.n");
    CHECK(renames.present("column:s.b.n").id == "column:s.a.n");
    renames = after({renamed(1, {{"column:s.t.a", "column:s.t.b"}, {"column:s.t.b", "column:s.t.a"}})});
    CHECK(renames.present("column:s.t.a").id == "column:s.t.b");
    CHECK(renames.present("column:s.t.b").id == "column:s.t.a");
    // A table and its column in one row.
    renames = after({renamed(1, {{"column:s.a.x", "column:s.b.y"}, {"table:s.a", "table:s.b"}})});
    CHECK(renames.present("column:s.a.x").id == "column:s.b.y");
    CHECK(renames.present("column:s.a.z").id == "column:s.b.z");
}

TEST_CASE("what went is gone under its last name")
{
    const auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}}), went(2, {"table:s.b", "column:s.b.x"}), came(3, {"table:s.a"}), renamed(4, {{"table:s.a", "table:s.c"}})});
    CHECK(renames.present("table:s.a").gone);
    CHECK(renames.present("table:s.a").id == core::Renames::gone(2, "table:s.b").id);
    CHECK(renames.present("column:s.a.x").id == core::Renames::gone(2, "column:s.b.x").id);
    CHECK(renames.present("column:s.a.y").gone);
    CHECK_FALSE(renames.present("table:s.a").renamed);
}

TEST_CASE("what came has no past")
{
    // An end that nobody saw, and a namesake that was renamed.
    const auto renames = after({came(1, {"table:s.a"}), renamed(2, {{"table:s.a", "table:s.b"}})});
    CHECK(renames.present("table:s.a").id == "table:s.a");
    CHECK_FALSE(renames.present("table:s.a").gone);
}

TEST_CASE("labels of an enum")
{
    core::NameEvents label;
    label.ledger_id = 1;
    label.labels = {{"enum:s.e", true}};
    auto renames = after({label, renamed(2, {{"enum:s.e", "enum:s.f"}})});
    CHECK_FALSE(renames.empty());
    CHECK(renames.labels_renamed("enum:s.f"));
    CHECK_FALSE(renames.labels_renamed("enum:s.e"));
    core::NameEvents other = label;
    other.labels = {{"enum:s.e", false}};
    CHECK_FALSE(after({label, other}).labels_renamed("enum:s.e"));
}

TEST_CASE("a rename is one difference")
{
    const auto before = table("s.a", {"x", "y"}) + core::Facts{fact("index:s.i", "table:s.a", "keys", core::List{"x"})};
    const auto now = table("s.b", {"x", "y"}) + core::Facts{fact("index:s.i", "table:s.b", "keys", core::List{"x"})};
    CHECK(told(drift(before, now, after({renamed(1, {{"table:s.a", "table:s.b"}})}))) == Told{"renamed table:s.b from s.a"});
    // Not known to the ledger.
    CHECK(drift(before, now, {}).size() == 7);
}

TEST_CASE("what else changed is told under the new name")
{
    auto now = table("s.b", {"z", "y"}) + table("s.a", {"n"});
    const auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}}), renamed(2, {{"column:s.b.x", "column:s.b.z"}}), came(3, {"table:s.a"})});
    now[1].set("type", std::string("text"));
    CHECK(told(drift(table("s.a", {"x", "w"}), now, renames)) ==
          Told{"unexpected column:s.a.n by table:s.a", "missing column:s.b.w", "unexpected column:s.b.y", "renamed column:s.b.z from s.a.x",
               "changed column:s.b.z type", "unexpected table:s.a", "renamed table:s.b from s.a"});
}

TEST_CASE("a table that went after it was renamed is missing under the name that is expected")
{
    const auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}}), went(2, {"table:s.b", "column:s.b.x"})});
    CHECK(told(drift(table("s.a", {"x"}), {}, renames)) == Told{"missing column:s.a.x by table:s.a", "missing table:s.a"});
}

TEST_CASE("a column that went is missing in its table of today")
{
    const auto renames = after({renamed(1, {{"column:s.a.x", "column:s.a.y"}}), went(2, {"column:s.a.y"}), renamed(3, {{"table:s.a", "table:s.b"}})});
    const auto rows = drift(table("s.a", {"x"}), table("s.b", {}), renames);
    CHECK(told(rows) == Told{"missing column:s.b.x", "renamed table:s.b from s.a"});
    CHECK(rows[0].parent == "table:s.b");
    CHECK(rows[0].registered == "column:s.a.x");
}

TEST_CASE("two expected facts for one place")
{
    // The end of b was not seen.
    const auto renames = after({renamed(1, {{"table:s.a", "table:s.b"}})});
    const auto rows = drift(table("s.a", {}) + table("s.b", {}), table("s.b", {}), renames);
    CHECK(told(rows) == Told{"renamed table:s.b from s.a", "missing table:s.b"});
}

TEST_CASE("what goes along with a rename")
{
    auto before = table("s.a", {"x"}) + core::Facts{fact("index:s.i", "table:s.a"), fact("sequence:s.q", "schema:s", "owned_by", std::string("s.a.x"))};
    auto now = table("t.a", {"x"}) + core::Facts{fact("index:t.i", "table:t.a"), fact("sequence:t.q", "schema:t", "owned_by", std::string("t.a.x"))};
    CHECK(told(drift(before, now,
                     after({renamed(1, {{"table:s.a", "table:t.a"}}), renamed(2, {{"index:s.i", "index:t.i"}}), renamed(3, {{"sequence:s.q", "sequence:t.q"}})}))) ==
          Told{"renamed index:t.i from s.i by table:t.a", "renamed sequence:t.q from s.q by table:t.a", "changed sequence:t.q owned_by by table:t.a",
               "renamed table:t.a from s.a"});
    before = table("s.a", {"x"}) + table("s.c", {"x"});
    now = table("s.a", {"y"}) + table("s.c", {"y"});
    now[3].set("inherited", true);
    before[3].set("inherited", true);
    CHECK(told(drift(before, now, after({renamed(1, {{"column:s.a.x", "column:s.a.y"}}), renamed(2, {{"column:s.c.x", "column:s.c.y"}})}))) ==
          Told{"renamed column:s.a.y from s.a.x", "renamed column:s.c.y from s.c.x by column:s.a.y"});
}

TEST_CASE("a new name in a text")
{
    CHECK(follows("table:s.b", "s.a", "SELECT a.x FROM s.a", "SELECT b.x FROM s.b"));
    CHECK(follows("table:s.b", "s.a", "SELECT a.x FROM s.a", "SELECT a.x FROM s.b a"));
    CHECK(follows("table:s.a", "s.b", "SELECT a.x FROM s.b a", "SELECT a.x FROM s.a"));
    CHECK(follows("column:s.t.\"New x\"", "s.t.x", "SELECT t.x FROM s.t", "SELECT t.\"New x\" AS x FROM s.t"));
    CHECK(follows("column:s.t.x", "s.t.y", "SELECT t.y AS x FROM s.t", "SELECT t.x FROM s.t"));
    CHECK(follows("column:s.v.y", "s.v.x", "SELECT t.x FROM s.t", "SELECT t.x AS y FROM s.t"));
    CHECK(follows("column:s.v.x", "s.v.y", "SELECT t.x AS y FROM s.t", "SELECT t.x FROM s.t"));
    CHECK(follows("sequence:s.q", "s.p", "nextval('s.p'::regclass)", "nextval('s.q'::regclass)"));
    CHECK_FALSE(follows("table:s.b", "s.a", "SELECT a.x FROM s.a", "SELECT b.y FROM s.b"));
    CHECK_FALSE(follows("table:s.b", "s.a", "SELECT a.x FROM s.a", "SELECT b.x FROM s.b WHERE b.x > 0"));
    CHECK_FALSE(follows("table:s.b", "s.a", "SELECT a.x FROM s.a", "SELECT a.x FROM s.a WHERE true"));
    CHECK_FALSE(follows("table:s.b", "s.a", "SELECT b.x FROM s.b", "SELECT a.x FROM s.a"));
    CHECK_FALSE(follows("table:s.b", "s.a", "", "b"));
    CHECK_FALSE(follows("table:s.b", "s.a", "\"", "\"\"\""));
}

TEST_CASE("a function whose argument's type was renamed follows that")
{
    std::vector<core::DriftRow> rows{row_of(core::DriftOperation::renamed, "function:s.f(s.n)", "s.f(s.m)", "s.f(s.n)"),
                                     row_of(core::DriftOperation::renamed, "enum:s.n", "s.m", "s.n"),
                                     row_of(core::DriftOperation::renamed, "function:s.h(s.n)", "s.g(s.m)", "s.h(s.n)")};
    core::link_to_renames(rows);
    CHECK(rows[0].implied_by == 1);
    CHECK(rows[1].implied_by == core::no_row);
    CHECK(rows[2].implied_by == core::no_row);
}

TEST_CASE("ids that are none do no harm")
{
    core::Renames renames;
    renames.undo(renamed(1, {{"", "x"}, {"a", ":"}, {"column:", "column:a"}, {"column:a.b", "column:\""}}));
    CHECK_NOTHROW(renames.present(""));
    CHECK_NOTHROW(renames.present("column:a.b.c.d"));
    CHECK(renames.present("table:s.a").id == "table:s.a");
}

TEST_CASE("a NOT NULL keeps the name that it got with its table's first name")
{
    const auto not_null = [](core::Facts facts, const std::string &name) {
        facts.back().set("not_null", true);
        if (!name.empty()) facts.back().set("not_null_name", name);
        return facts;
    };
    const auto renames = after({renamed(1, {{"table:a.t", "table:a.u"}})});
    CHECK(told(drift(not_null(table("a.t", {"c"}), ""), not_null(table("a.u", {"c"}), "t_c_not_null"), renames)) == Told{"renamed table:a.u from a.t"});
    // Named as the usual one will be after the rename, and left out from then on.
    CHECK(told(drift(not_null(table("a.t", {"c"}), "u_c_not_null"), not_null(table("a.u", {"c"}), ""), renames)) == Told{"renamed table:a.u from a.t"});
    // Another name is another name.
    CHECK(told(drift(not_null(table("a.t", {"c"}), ""), not_null(table("a.u", {"c"}), ""), renames)) ==
          Told{"changed column:a.u.c not_null_name", "renamed table:a.u from a.t"});
    // An heir's is its parent's.
    auto heir = not_null(table("a.t", {"c"}), "");
    heir.back().set("inherited", true);
    auto heir_now = not_null(table("a.u", {"c"}), "");
    heir_now.back().set("inherited", true);
    CHECK(told(drift(heir, heir_now, renames)) == Told{"renamed table:a.u from a.t"});
}
