// Tables that refer to each other, and what the plan holds for each fact.
#include "repair_facts.hpp"

#include "core/repair/circles.hpp"

namespace {

constexpr std::size_t many = 50'000;

std::string numbered(const std::string &name, std::size_t number) { return name + std::to_string(number); }

}  // namespace

TEST_CASE("circles are found in paths of any length")
{
    std::vector<std::vector<std::size_t>> edges(many);
    for (std::size_t i = 0; i + 1 < many; ++i) edges[i] = {i + 1};
    auto circles = core::repair::circles_of(edges);
    std::sort(circles.begin(), circles.end());
    CHECK(std::adjacent_find(circles.begin(), circles.end()) == circles.end());
    edges.back() = {0};
    circles = core::repair::circles_of(edges);
    CHECK(std::all_of(circles.begin(), circles.end(), [&](std::size_t one) { return one == circles.front(); }));
    // Two that lead to each other, one that leads there and one that is led to, and a node that leads to itself.
    circles = core::repair::circles_of({{1}, {2}, {1, 3}, {}, {4}});
    CHECK(circles[1] == circles[2]);
    for (const std::size_t other : {0, 3, 4}) CHECK(std::count(circles.begin(), circles.end(), circles[other]) == 1);
}

TEST_CASE("foreign keys of a circle of tables are dropped before these, others go with their tables")
{
    constexpr std::size_t count = 2'000;
    FactMap from = map_of({schema});
    const auto add = [&](Fact one) { from.insert_or_assign(one.id, std::move(one)); };
    const auto refer = [&](const std::string &table, const std::string &other) {
        add(fact("constraint:" + table + ".f", "table:" + table, {{"type", std::string("foreign key")}, {"definition", "FOREIGN KEY (a) REFERENCES " + other + "(a)"}}));
    };
    for (std::size_t i = 0; i < count; ++i) {
        for (const std::string start : {"app.r", "app.s"}) {
            const auto id = "table:" + numbered(start, i);
            add(fact(id, "schema:app", {{"owner", std::string("dba")}}));
            add(fact("column:" + numbered(start, i) + ".a", id, {{"ordinal", std::int64_t{1}}, {"type", std::string("integer")}}));
            if (i > 0) refer(numbered(start, i), numbered(start, i - 1));
        }
    }
    refer(numbered("app.r", 0), numbered("app.r", count - 1));
    refer(numbered("app.s", 0), numbered("app.s", 0));
    const auto list = commands(from, map_of({schema}));
    CHECK(list.size() == 3 * count);
    const auto is_key = [](const std::string &command) { return command.find(" DROP CONSTRAINT ") != std::string::npos; };
    CHECK(std::count_if(list.begin(), list.end(), is_key) == count);
    CHECK(std::none_of(list.begin(), list.end(), [&](const std::string &command) { return is_key(command) && command.starts_with("ALTER TABLE app.s"); }));
}

TEST_CASE("a scene refers to what is known of enums and sequences")
{
    const auto sql = dialect();
    const FactMap facts;
    const std::set<std::string> enums{"enum:app.e"};
    const std::map<std::string, std::int64_t, std::less<>> values{{"sequence:app.s", 7}};
    const core::repair::Scene scene{sql, facts, facts, true, enums, values};
    const core::repair::Scene copy{scene};
    CHECK(&copy.relabelled == &enums);
    CHECK(&copy.last_values == &values);
    const core::repair::Scene plain{sql, facts, facts};
    CHECK(plain.relabelled.empty());
    CHECK(plain.last_values.empty());
}
