// Schemas with many levels and many partitions, and circles of them: no stack overflows, and nothing takes the square of the time.
#include "repair_facts.hpp"

#include "core/repair/edges.hpp"
#include "core/repair/heirs.hpp"
#include "core/repair/hindrance.hpp"

namespace {

constexpr std::size_t many = 50'000;

// Names that stand in the order of their numbers.
std::string numbered(const std::string &name, std::size_t number) { return name + std::to_string(100'000 + number); }

void add(FactMap &facts, Fact one) { facts.insert_or_assign(one.id, std::move(one)); }

void add_relation(FactMap &facts, const std::string &id, core::Payload more = {})
{
    more.insert_or_assign("owner", std::string("dba"));
    add(facts, fact(id, "schema:app", std::move(more)));
}

void add_part(FactMap &facts, const std::string &whole, const std::string &name, const std::string &type, core::Payload more = {})
{
    more.insert_or_assign("ordinal", std::int64_t{1});
    more.insert_or_assign("type", type);
    const auto kind = whole.starts_with("composite:") ? "attribute:" : "column:";
    add(facts, fact(kind + whole.substr(whole.find(':') + 1) + '.' + name, whole, std::move(more)));
}

// Each table inherits from the one before.
FactMap chain(std::size_t size, const std::string &type)
{
    FactMap facts = map_of({schema});
    for (std::size_t i = 0; i < size; ++i) {
        core::Payload more;
        if (i > 0) more.insert_or_assign("inherits", List{numbered("app.t", i - 1)});
        add_relation(facts, "table:" + numbered("app.t", i), more);
        add_part(facts, "table:" + numbered("app.t", i), "a", type, i > 0 ? core::Payload{{"inherited", true}} : core::Payload());
    }
    return facts;
}

// Each composite type has the one before for an attribute, and a table holds the last.
FactMap nested(std::size_t size)
{
    FactMap facts = map_of({schema});
    for (std::size_t i = 0; i < size; ++i) {
        add_relation(facts, "composite:" + numbered("app.k", i));
        add_part(facts, "composite:" + numbered("app.k", i), "a", i > 0 ? numbered("app.k", i - 1) : "integer");
    }
    add_relation(facts, "table:app.o");
    add_part(facts, "table:app.o", "k", numbered("app.k", size - 1));
    return facts;
}

}  // namespace

TEST_CASE("heirs and sources are found through any number of levels")
{
    const auto facts = chain(many, "integer");
    const core::repair::Mentions mentions(facts);
    const auto &first = facts.at("column:" + numbered("app.t", 0) + ".a");
    const auto &last = facts.at("column:" + numbered("app.t", many - 1) + ".a");
    const auto heirs = core::repair::heirs_of(facts, mentions, first);
    REQUIRE(heirs.size() == many);
    CHECK(heirs.front() == &first);
    CHECK(heirs.back() == &last);
    CHECK(core::repair::sources_of(facts, last) == std::vector<const Fact *>{&first});
    constexpr std::size_t levels = 20'000;
    CHECK(commands(chain(levels, "integer"), chain(levels, "bigint")) == std::vector<std::string>{"ALTER TABLE " + numbered("app.t", 0) + " ALTER COLUMN a TYPE bigint"});
}

TEST_CASE("a row type is found to be used through any number of levels")
{
    const auto facts = nested(many);
    const auto sql = dialect();
    const core::repair::Mentions mentions(facts);
    const auto why = core::repair::why_type_stays({sql, facts, facts}, mentions, facts.at("attribute:" + numbered("app.k", 0) + ".a"), true);
    CHECK(why.starts_with("COLUMN app.o.k holds rows of"));
}

TEST_CASE("the heirs of a column outside of a circle are found, and the circle ends")
{
    const auto of = [](const std::string &type) {
        FactMap facts = map_of({schema, table, column("a", 1, type)});
        add_relation(facts, "table:app.m", {{"inherits", List{"app.t", "app.n"}}});
        add_part(facts, "table:app.m", "a", type, {{"inherited", true}});
        add_relation(facts, "table:app.n", {{"inherits", List{"app.m"}}});
        add_part(facts, "table:app.n", "a", type, {{"inherited", true}});
        return facts;
    };
    const auto facts = of("integer");
    const core::repair::Mentions mentions(facts);
    const auto &top = facts.at("column:app.t.a");
    CHECK(core::repair::heirs_of(facts, mentions, top).size() == 3);
    CHECK(core::repair::sources_of(facts, facts.at("column:app.n.a")) == std::vector<const Fact *>{&top});
    CHECK(commands(facts, of("bigint")) == std::vector<std::string>{"ALTER TABLE app.t ALTER COLUMN a TYPE bigint"});
}

TEST_CASE("types that are parts of each other end the search for columns of them")
{
    const auto of = [](const std::string &type) {
        FactMap facts = map_of({schema});
        add_relation(facts, "composite:app.k");
        add_part(facts, "composite:app.k", "a", type);
        add_part(facts, "composite:app.k", "l", "app.l");
        add_relation(facts, "composite:app.l");
        add_part(facts, "composite:app.l", "k", "app.k");
        return facts;
    };
    CHECK(commands(of("integer"), of("bigint")) == std::vector<std::string>{"ALTER TYPE app.k ALTER ATTRIBUTE a TYPE bigint"});
}

TEST_CASE("partitions that take the places of others need an edge each, and a task that is no step")
{
    constexpr std::size_t count = 2'000;
    FactMap from = map_of({schema});
    FactMap to = map_of({schema});
    for (auto *const facts : {&from, &to}) add_relation(*facts, "table:app.p", {{"partition_key", std::string("LIST (a)")}});
    core::repair::Work work;
    std::set<std::string> first;
    const auto add_task = [&](core::repair::Chains &index, const std::string &id, std::int64_t stage) {
        index[id] = {work.tasks.size(), work.tasks.size(), work.tasks.size()};
        work.tasks.push_back({{}, {stage, 1, 0}, id, {}});
    };
    for (std::size_t i = 0; i < count; ++i) {
        const core::Payload more{{"partition_of", std::string("app.p")}, {"partition_bound", "FOR VALUES IN (" + std::to_string(i) + ')'}};
        const auto before = "table:" + numbered("app.a", i);
        const auto after = "table:" + numbered("app.b", i);
        add_relation(from, before, more);
        add_relation(to, after, more);
        add_task(work.drops, before, 0);
        add_task(work.makes, after, 1);
        first.insert(before);
    }
    const auto sql = dialect();
    const core::repair::Scene scene{sql, from, to};
    const core::repair::Mentions before(from);
    const core::repair::Mentions after(to);
    const core::repair::ParentParts parts(scene);
    core::repair::add_edges(work, scene, before, after, parts, {}, first);
    std::size_t edges = 0;
    for (const auto &task : work.tasks) edges += task.after.size();
    CHECK(edges == 2 * count);
    CHECK(work.tasks.size() == 2 * count + 1);
    const auto order = core::repair::in_order(work.tasks);
    CHECK(order.at(count) == 2 * count);
    CHECK(std::all_of(order.begin(), order.begin() + count, [](std::size_t task) { return task % 2 == 0; }));
    const auto list = commands(from, to);
    CHECK(list.size() == 3 * count);
    CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.empty() || command == "-- "; }));
    const auto made = std::find_if(list.begin(), list.end(), [](const std::string &command) { return command.starts_with("CREATE TABLE"); });
    CHECK(std::count_if(list.begin(), made, [](const std::string &command) { return command.find("DETACH PARTITION") != std::string::npos; }) == count);
}
