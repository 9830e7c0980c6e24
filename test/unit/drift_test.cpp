#include <algorithm>

#include <doctest/doctest.h>

#include "core/drift.hpp"

namespace {

// Facts of a test, with their canonical JSON as the digest.
class Given final : public core::FactSource {
  public:
    explicit Given(core::Facts facts) : facts_(std::move(facts))
    {
        std::sort(facts_.begin(), facts_.end(), [](const auto &left, const auto &right) { return left.id < right.id; });
    }

    bool next() override
    {
        if (++at_ > facts_.size()) return false;
        digest_ = facts_[at_ - 1].parent + core::canonical_json(facts_[at_ - 1].payload);
        return true;
    }
    std::string_view key() const override { return facts_[at_ - 1].id; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override { return facts_[at_ - 1]; }

  private:
    core::Facts facts_;
    std::size_t at_ = 0;
    std::string digest_;
};

core::Fact table(const std::string &name)
{
    core::Fact fact;
    fact.kind = "table";
    fact.id = "table:" + name;
    fact.set("owner", std::string("bob"));
    return fact;
}

core::Fact column(const std::string &of, const std::string &name, std::int64_t ordinal)
{
    core::Fact fact;
    fact.kind = "column";
    fact.id = "column:" + of + '.' + name;
    fact.parent = "table:" + of;
    fact.set("ordinal", ordinal);
    fact.set("type", std::string("integer"));
    return fact;
}

core::Facts table_of(const std::string &name, const std::string &columns)
{
    core::Facts facts{table(name)};
    std::int64_t ordinal = 0;
    for (const char c : columns) facts.push_back(column(name, std::string(1, c), ++ordinal));
    return facts;
}

std::vector<core::DriftRow> drift(core::Facts expected, core::Facts actual)
{
    Given left(std::move(expected));
    Given right(std::move(actual));
    return core::find_drift(left, right);
}

// "missing a, changed ordinal of b" of the columns of one table.
std::string order_drift(const std::string &expected, const std::string &actual)
{
    std::string out;
    for (const auto &row : drift(table_of("t", expected), table_of("t", actual))) {
        out += std::string(core::operation_word(row.operation)).substr(0, 1) + row.fact.back();
    }
    return out;
}

}  // namespace

TEST_CASE("equal schemas have no drift")
{
    CHECK(drift({}, {}).empty());
    CHECK(drift(table_of("t", "abc"), table_of("t", "abc")).empty());
}

TEST_CASE("a missing table explains its missing columns")
{
    const auto rows = drift(table_of("t", "ab"), {});
    REQUIRE(rows.size() == 3);
    CHECK(rows[2].fact == "table:t");
    CHECK(rows[2].implied_by == core::no_row);
    CHECK(rows[0].implied_by == 2);
    CHECK(rows[1].implied_by == 2);
    CHECK(core::severity(rows[2]) == "breaking");
    CHECK(core::describe(rows[0]) == "Column t.a does not exist.");
}

TEST_CASE("an unexpected column of a table that is expected stands alone")
{
    const auto rows = drift(table_of("t", "a"), table_of("t", "ab"));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].operation == core::DriftOperation::unexpected);
    CHECK(rows[0].implied_by == core::no_row);
    CHECK(core::plain_text(rows[0].actual) == "integer");
}

TEST_CASE("one row per attribute")
{
    auto changed = table("t");
    changed.set("owner", std::string("alice"));
    changed.set("row_security", true);
    const auto rows = drift({table("t")}, {changed});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].attribute == "owner");
    CHECK(core::describe(rows[0]) == "Owner of table t is alice, expected bob.");
    CHECK(core::describe(rows[1]) == "Row security of table t is true, expected not set.");
    CHECK(core::severity(rows[1]) == "security");
}

TEST_CASE("a new owner has the old one's privileges")
{
    auto before = table("t");
    before.set("acl", core::List{"bob=INSERT", "bob=SELECT", "carol=SELECT"});
    auto after = table("t");
    after.set("owner", std::string("alice"));
    after.set("acl", core::List{"alice=INSERT", "alice=SELECT", "carol=SELECT"});
    CHECK(drift({before}, {after}).size() == 1);
    after.set("acl", core::List{"alice=SELECT", "carol=SELECT"});
    CHECK(drift({before}, {after}).size() == 2);
}

TEST_CASE("only columns that moved differ in their place")
{
    CHECK(order_drift("abcd", "acd") == "mb");
    CHECK(order_drift("acd", "abcd") == "ub");
    CHECK(order_drift("abcde", "acdeb") == "cb");
    CHECK(order_drift("abcde", "adbce") == "cd");
    CHECK(order_drift("abcde", "acdef") == "mbuf");
    CHECK(order_drift("abc", "xabc") == "ux");
    CHECK(order_drift("ab", "ba").size() == 2);
}

TEST_CASE("what identity brings follows from it")
{
    auto before = table_of("t", "a");
    auto after = before;
    after[1].set("identity", std::string("always"));
    after[1].set("identity_start", std::int64_t{1});
    const auto rows = drift(before, after);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].implied_by == core::no_row);
    CHECK(rows[1].implied_by == 0);
}

TEST_CASE("the search can stop early")
{
    Given left(table_of("t", "abc"));
    Given right({});
    CHECK(core::find_drift(left, right, 1).size() == 1);
}

TEST_CASE("a source is told of all its facts that the other one has, also behind the last row asked for")
{
    struct Counted final : core::FactSource {
        explicit Counted(core::Facts facts) : given(std::move(facts)) {}
        bool next() override { return given.next(); }
        std::string_view key() const override { return given.key(); }
        std::string_view digest() const override { return given.digest(); }
        core::Fact fact() const override { return given.fact(); }
        void met_equal() override { met += std::string(given.key()) + ' '; }
        Given given;
        std::string met;
    };
    auto changed = table("a");
    changed.set("owner", std::string("alice"));
    Given left({table("a"), table("b"), table("c"), table("d")});
    Counted right({changed, table("b"), table("d"), table("e")});
    CHECK(core::find_drift(left, right, 1, core::Walk::to_end).size() == 1);
    CHECK(right.met == "table:b table:d ");
}

TEST_CASE("ids of differences tell them apart")
{
    core::DriftRow row;
    row.fact = "table:t";
    row.attribute = "owner";
    row.actual = std::string("a, b");
    auto other = row;
    CHECK(core::identifying_text("x", row) == core::identifying_text("x", other));
    CHECK(core::identifying_text("x", row) != core::identifying_text("y", row));
    other.actual = core::List{"a", "b"};
    CHECK(core::plain_text(row.actual) == core::plain_text(other.actual));
    CHECK(core::identifying_text("x", row) != core::identifying_text("x", other));
    other = row;
    other.expected = std::string();
    CHECK(core::identifying_text("x", row) != core::identifying_text("x", other));
}

TEST_CASE("what cannot be compared is a row of its own")
{
    const auto row = core::uncovered("pg_new_catalog", 3, "thing app.x");
    CHECK(core::operation_word(row.operation) == "not_compared");
    CHECK(core::severity(row) == "coverage");
    CHECK(core::describe(row) == "3 user objects of pg_new_catalog are not compared, among them thing app.x.");
}

TEST_CASE("secrets hidden under one key are compared, under two they are not")
{
    const auto mapping = [](const std::string &password) {
        core::Fact fact;
        fact.kind = "user_mapping";
        fact.id = "user_mapping:far.public";
        fact.set("options", core::List{"password=<hidden " + password + ">", "user=u"});
        return fact;
    };
    CHECK(drift({mapping("aa 11")}, {mapping("aa 11")}).empty());
    const auto changed = drift({mapping("aa 11")}, {mapping("aa 22")});
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].operation == core::DriftOperation::changed);
    CHECK(core::severity(changed[0]) == "security");
    const auto unknown = drift({mapping("aa 11")}, {mapping("bb 22")});
    REQUIRE(unknown.size() == 1);
    CHECK(unknown[0].operation == core::DriftOperation::not_compared);
    CHECK(core::describe(unknown[0]) ==
          "Options of user mapping far.public cannot be compared: secrets are hidden under the key of another database.");
    // Another user is a difference, whatever the password is.
    auto other = mapping("bb 22");
    other.set("options", core::List{"password=<hidden bb 22>", "user=w"});
    const auto both = drift({mapping("aa 11")}, {other});
    REQUIRE(both.size() == 1);
    CHECK(both[0].operation == core::DriftOperation::changed);
}

TEST_CASE("members come and go with their extension")
{
    core::Fact extension;
    extension.kind = "extension";
    extension.id = "extension:citext";
    extension.set("version", std::string("1.4"));
    auto member = table("m");
    member.set("extension", std::string("citext"));
    const auto gone = drift({extension, member}, {});
    REQUIRE(gone.size() == 2);
    CHECK(gone[0].fact == "extension:citext");
    CHECK(gone[0].implied_by == core::no_row);
    CHECK(gone[1].implied_by == 0);

    auto newer = extension;
    newer.set("version", std::string("1.6"));
    auto altered = member;
    altered.set("persistence", std::string("unlogged"));
    const auto updated = drift({extension, member}, {newer, altered});
    REQUIRE(updated.size() == 2);
    CHECK(updated[1].attribute == "persistence");
    CHECK(updated[1].implied_by == 0);
    // Who may use a member is not the update's business; whose it is goes with the extension's owner.
    auto given = member;
    given.set("owner", std::string("alice"));
    const auto stolen = drift({extension, member}, {newer, given});
    REQUIRE(stolen.size() == 2);
    CHECK(stolen[1].implied_by == core::no_row);
    auto others = extension;
    others.set("owner", std::string("alice"));
    const auto restored = drift({extension, member}, {others, given});
    REQUIRE(restored.size() == 2);
    CHECK(restored[1].implied_by == 0);
    // Without an update the change is somebody's own.
    const auto changed = drift({extension, member}, {extension, altered});
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].implied_by == core::no_row);
    // So is the membership.
    const auto joined = drift({extension, table("m")}, {newer, member});
    REQUIRE(joined.size() == 2);
    CHECK(joined[1].attribute == "extension");
    CHECK(joined[1].implied_by == core::no_row);
}
