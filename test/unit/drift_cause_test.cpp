#include <algorithm>

#include <doctest/doctest.h>

#include "core/drift.hpp"

namespace {

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

core::Fact fact(const std::string &id, const std::string &parent = {})
{
    core::Fact made;
    made.kind = id.substr(0, id.find(':'));
    made.id = id;
    made.parent = parent;
    return made;
}

core::Fact constraint(const std::string &of, const std::string &name, const std::string &definition)
{
    auto made = fact("constraint:" + of + '.' + name, "table:" + of);
    made.set("definition", definition);
    return made;
}

core::Fact child_of(const std::string &parents)
{
    auto made = fact("table:s.c");
    if (!parents.empty()) made.set("inherits", core::List{parents});
    return made;
}

// "missing table:s.t <- table:s.x", one line per difference; "<-" leads to the cause.
std::string drift(core::Facts expected, core::Facts actual)
{
    Given left(std::move(expected));
    Given right(std::move(actual));
    const auto rows = core::find_drift(left, right);
    std::string out;
    for (const auto &row : rows) {
        out += row.fact + (row.attribute.empty() ? "" : "/" + row.attribute);
        if (row.implied_by != core::no_row) out += " <- " + rows[row.implied_by].fact;
        out += '\n';
    }
    return out;
}

}  // namespace

TEST_CASE("a fact is not its own cause")
{
    CHECK(drift({fact("table:z.x", "table:z.x")}, {}) == "table:z.x\n");
    CHECK(drift({}, {fact("table:z.x", "table:z.x")}) == "table:z.x\n");
}

TEST_CASE("causes do not go in a circle")
{
    const core::Facts circle{fact("table:a", "table:c"), fact("table:b", "table:a"), fact("table:c", "table:b"), fact("table:d", "table:b")};
    CHECK(drift(circle, {}) == "table:a <- table:c\ntable:b\ntable:c <- table:b\ntable:d <- table:b\n");
}

TEST_CASE("a sequence goes with its column")
{
    auto sequence = fact("sequence:s.t_id_seq", "schema:s");
    sequence.set("owned_by", std::string("s.t.id"));
    const core::Facts all{fact("schema:s"), sequence, fact("table:s.t", "schema:s"), fact("column:s.t.id", "table:s.t")};
    CHECK(drift(all, {fact("schema:s")}) == "column:s.t.id <- table:s.t\nsequence:s.t_id_seq <- column:s.t.id\ntable:s.t\n");
    CHECK(drift({fact("schema:s")}, all) == "column:s.t.id <- table:s.t\nsequence:s.t_id_seq <- column:s.t.id\ntable:s.t\n");
    const core::Facts without{fact("schema:s"), fact("table:s.t", "schema:s"), fact("column:s.t.id", "table:s.t")};
    CHECK(drift(all, without) == "sequence:s.t_id_seq\n");
}

TEST_CASE("a constraint stands alone when its table ceases to inherit it")
{
    const core::Facts parent{fact("table:s.p"), constraint("s.p", "ck", "CHECK (a)"), constraint("s.p", "other", "CHECK (b)")};
    auto inheriting = parent;
    inheriting.push_back(child_of("s.p"));
    auto alone = parent;
    alone.push_back(child_of(""));
    alone.push_back(constraint("s.c", "ck", "CHECK (a)"));
    CHECK(drift(inheriting, alone) == "constraint:s.c.ck <- table:s.c\ntable:s.c/inherits\n");
    CHECK(drift(alone, inheriting) == "constraint:s.c.ck <- table:s.c\ntable:s.c/inherits\n");
    // Its own stays its own.
    alone.push_back(constraint("s.c", "own", "CHECK (c)"));
    CHECK(drift(inheriting, alone) == "constraint:s.c.ck <- table:s.c\nconstraint:s.c.own\ntable:s.c/inherits\n");
}

TEST_CASE("one of several parents leaves")
{
    auto before = fact("table:s.c");
    before.set("inherits", core::List{"s.p", "s.q"});
    const core::Facts parents{fact("table:s.p"), constraint("s.p", "ck", "CHECK (a)"), fact("table:s.q"), constraint("s.q", "ck2", "CHECK (b)")};
    auto expected = parents;
    expected.push_back(before);
    auto actual = parents;
    actual.push_back(child_of("s.q"));
    actual.push_back(constraint("s.c", "ck", "CHECK (a)"));
    actual.push_back(constraint("s.c", "ck2", "CHECK (b)"));
    CHECK(drift(expected, actual) == "constraint:s.c.ck <- table:s.c\nconstraint:s.c.ck2\ntable:s.c/inherits\n");
}
