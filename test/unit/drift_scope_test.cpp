#include <doctest/doctest.h>

#include "core/drift_rows.hpp"
#include "core/drift_scope.hpp"
#include "core/json_reader.hpp"

namespace {

std::string schema_in(std::string_view fact) { return std::string(core::schema_of(fact).value_or("none")); }

core::DriftScope scope_of(std::string_view options) { return core::with_options({}, options, true); }

std::string error_of(std::string_view options)
{
    try {
        scope_of(options);
    } catch (const core::OptionError &error) {
        return error.what();
    } catch (const core::JsonError &) {
        return "JSON";
    }
    return "none";
}

// Facts that are their keys.
class Keys final : public core::FactSource {
  public:
    explicit Keys(std::vector<std::string> keys) : keys_(std::move(keys)) {}
    bool next() override { return ++at_ <= keys_.size(); }
    std::string_view key() const override { return keys_[at_ - 1]; }
    std::string_view digest() const override { return {}; }
    core::Fact fact() const override { return {}; }
    bool rewind() override
    {
        at_ = 0;
        return true;
    }

  private:
    std::vector<std::string> keys_;
    std::size_t at_ = 0;
};

std::string kept_of(const std::string &options)
{
    Keys all({"database:current", "default_privileges:bob.tables", "default_privileges:bob.tables.app", "extension:hstore", "index:app.i", "schema:\"a.b\"",
              "schema:app", "table:\"a.b\".t", "table:app.t"});
    core::FactsInScope facts(all, scope_of(options));
    std::string out;
    while (facts.next()) out += std::string(facts.key()) + ' ';
    CHECK(facts.rewind());
    std::string again;
    while (facts.next()) again += std::string(facts.key()) + ' ';
    CHECK(again == out);
    return out;
}

core::DriftRow row_of(std::string kind, std::string name, std::string attribute, std::string parent = {}, std::string extension = {})
{
    core::DriftRow row;
    row.operation = attribute.empty() ? core::DriftOperation::missing : core::DriftOperation::changed;
    row.fact = kind + ':' + name;
    row.kind = std::move(kind);
    row.attribute = std::move(attribute);
    row.parent = std::move(parent);
    row.extension = std::move(extension);
    return row;
}

std::vector<core::DriftRow> rows()
{
    return {row_of("table", "app.t", "owner"), row_of("table", "app.t", "acl"), row_of("column", "app.t.i", "identity_acl", "table:app.t"),
            row_of("default_privileges", "bob.tables", ""), row_of("system_object", "\"function now()\"", ""), row_of("large_object", "\"7\"", "owner"),
            row_of("table", "app.t", "comment"), row_of("constraint", "app.t.k", "index_comment"), row_of("column", "app.t.a", "ordinal", "table:app.t"),
            row_of("attribute", "app.c.a", "ordinal"), row_of("role_settings", "bob", ""), row_of("database", "current", "settings"),
            row_of("database", "current", "connection_limit"), row_of("function", "app.f()", "body", "schema:app", "hstore"),
            row_of("column", "app.m.a", "type", "table:app.m"), row_of("table", "app.m", "extension", "schema:app"),
            row_of("table", "tools.own", "persistence", "schema:tools"), row_of("system_catalog", "pg_new", "")};
}

// What is left of the rows above, by their places, and what is told of the rest.
std::string left_of(const std::string &options)
{
    auto all = rows();
    for (std::size_t i = 0; i < all.size(); ++i) all[i].ordinal = static_cast<std::int64_t>(i);
    std::string out;
    const auto left_out = core::leave_out(all, scope_of(options), {"table:app.m", "schema:tools"});
    for (const auto &row : all) out += std::to_string(row.ordinal) + ' ';
    for (const auto &one : left_out) out += '/' + std::string(one.option) + ':' + one.what + ':' + (one.differences ? std::to_string(*one.differences) : "?");
    return out;
}

}  // namespace

TEST_CASE("the schema of a fact")
{
    CHECK(schema_in("table:app.t") == "app");
    CHECK(schema_in("column:app.t.c") == "app");
    CHECK(schema_in("schema:app") == "app");
    CHECK(schema_in("index:app.i") == "app");
    CHECK(schema_in("statistics:app.s") == "app");
    CHECK(schema_in("operator:app.\"+\"(integer,integer)") == "app");
    CHECK(schema_in("function:app.f(\"x.y\".z, text)") == "app");
    CHECK(schema_in("table:\"a.b\".\"c.d\"") == "\"a.b\"");
    CHECK(schema_in("table:\"a\"\".\"\"b\".t") == "\"a\"\".\"\"b\"");
    CHECK(schema_in("schema:\"a.b\"") == "\"a.b\"");
    CHECK(schema_in("schema:\"(\"") == "\"(\"");
    CHECK(schema_in("default_privileges:bob.tables.app") == "app");
    CHECK(schema_in("default_privileges:\"b.o\".tables.\"a.b\"") == "\"a.b\"");
    CHECK(schema_in("default_privileges:bob.tables") == "none");
    CHECK(schema_in("extension:hstore") == "none");
    CHECK(schema_in("cast:\"(text AS app.t)\"") == "none");
    CHECK(schema_in("user_mapping:far.bob") == "none");
    CHECK(schema_in("system_object:\"function pg_catalog.now()\"") == "none");
    CHECK(schema_in("system_catalog:pg_new") == "none");
    CHECK(schema_in("no colon") == "none");
    CHECK(schema_in("table:") == "");
    CHECK(schema_in("table:\"unterminated.") == "\"unterminated.");
}

TEST_CASE("options are read and written")
{
    CHECK(core::options_json({}) == "{}");
    CHECK(scope_of("{}") == core::DriftScope());
    CHECK(scope_of(" { } ") == core::DriftScope());
    const auto scope = scope_of(R"({"owners": false, "schemas": ["b", "a", "b"], "except_schemas": ["x"], "comments": true})");
    CHECK(core::options_json(scope) == R"({"except_schemas":["x"],"owners":false,"schemas":["a","b"]})");
    CHECK(core::with_options(scope, R"({"privileges": false})", true).owners == false);
    CHECK(core::with_options(scope, core::options_json(scope), true) == scope);
    CHECK(core::with_options(scope, R"({"owners": null, "schemas": null, "except_schemas": null})", true) == core::DriftScope());
    CHECK(core::with_options(scope, R"({"except_schemas": []})", true).except_schemas.empty());
}

TEST_CASE("options that cannot be")
{
    CHECK(error_of(R"({"owner": false})") == "unrecognized option \"owner\"");
    CHECK(error_of(R"({"": false})") == "unrecognized option \"\"");
    CHECK(error_of("{\"" + std::string(1000, 'x') + "\": false}") == "unrecognized option of 1000 bytes");
    CHECK(error_of(R"({"owners": "no"})") == "option \"owners\" must be true or false");
    CHECK(error_of(R"({"owners": 0})") == "option \"owners\" must be true or false");
    CHECK(error_of(R"({"schemas": "app"})") == "option \"schemas\" must be a list of names of schemas");
    CHECK(error_of(R"({"schemas": []})") == "option \"schemas\" must not be an empty list");
    CHECK(error_of(R"({"schemas": [""]})") == "option \"schemas\" must not name an empty schema");
    CHECK(error_of(R"({"schemas": [1]})") == "JSON");
    CHECK(error_of(R"({"owners": {"a": 1}})") == "JSON");
    CHECK(error_of("[]") == "JSON");
    CHECK(error_of("\"x\"") == "JSON");
    CHECK(error_of("{\"owners\": false") == "JSON");
    CHECK(error_of("") == "JSON");
}

TEST_CASE("facts in scope")
{
    CHECK(kept_of("{}") ==
          "database:current default_privileges:bob.tables default_privileges:bob.tables.app extension:hstore index:app.i schema:\"a.b\" schema:app "
          "table:\"a.b\".t table:app.t ");
    CHECK(kept_of(R"({"schemas": ["a.b"]})") == "database:current default_privileges:bob.tables extension:hstore schema:\"a.b\" table:\"a.b\".t ");
    CHECK(kept_of(R"({"except_schemas": ["a.b"]})") ==
          "database:current default_privileges:bob.tables default_privileges:bob.tables.app extension:hstore index:app.i schema:app table:app.t ");
    CHECK(kept_of(R"({"except_schemas": ["a"]})") == kept_of("{}"));
    CHECK(kept_of(R"({"outside_schemas": false, "schemas": ["app"]})") == "default_privileges:bob.tables.app index:app.i schema:app table:app.t ");
    CHECK(kept_of(R"({"outside_schemas": false, "schemas": ["app"], "except_schemas": ["app"]})") == "");
}

TEST_CASE("differences that options leave out")
{
    const std::string all = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 ";
    CHECK(left_of("{}") == all);
    CHECK(left_of(R"({"owners": false})") == "1 2 3 4 6 7 8 9 10 11 12 13 14 15 16 17 /owners:owners:2");
    CHECK(left_of(R"({"privileges": false})") == "0 6 7 8 9 10 11 12 13 14 15 16 17 /privileges:privileges:5");
    CHECK(left_of(R"({"comments": false})") == "0 1 2 3 4 5 8 9 10 11 12 13 14 15 16 17 /comments:comments:2");
    CHECK(left_of(R"({"column_order": false})") == "0 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16 17 /column_order:column order:1");
    CHECK(left_of(R"({"role_settings": false, "database_settings": false})") ==
          "0 1 2 3 4 5 6 7 8 9 12 13 14 15 16 17 /role_settings:role settings:1/database_settings:database settings:1");
    // Neither a member's new membership nor what merely stands in an extension's schema.
    CHECK(left_of(R"({"extension_members": false})") == "0 1 2 3 4 5 6 7 8 9 10 11 12 15 16 17 /extension_members:extension members:2");
    CHECK(left_of(R"({"schemas": ["app", "B"], "except_schemas": ["x"], "outside_schemas": false})") ==
          all + "/schemas:schemas but \"B\", app:?/except_schemas:schemas x:?/outside_schemas:objects in no schema:?");
}

TEST_CASE("a part of a member that came goes with it")
{
    std::vector<core::DriftRow> all{row_of("column", "app.n.a", "", "table:app.n"), row_of("table", "app.n", "", "schema:app", "hstore")};
    core::leave_out(all, scope_of(R"({"extension_members": false})"), {});
    CHECK(all.empty());
}

TEST_CASE("rows that are kept find the next cause")
{
    std::vector<core::DriftRow> all(5);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].ordinal = static_cast<std::int64_t>(i);
    all[0].implied_by = 1;
    all[1].implied_by = 2;
    all[2].implied_by = 4;
    all[3].implied_by = 2;
    core::keep_rows(all, {true, false, false, true, true});
    REQUIRE(all.size() == 3);
    CHECK(all[0].implied_by == 2);
    CHECK(all[1].implied_by == 2);
    CHECK(all[2].implied_by == core::no_row);
    CHECK(all[2].ordinal == 4);
    core::keep_rows(all, {true, true, false});
    CHECK(all[0].implied_by == core::no_row);
}
