#include "core/version_table.hpp"

#include <doctest/doctest.h>

TEST_CASE("the list of version tables is read as far as it can be")
{
    const auto tables = core::version_tables(" alembic_version, app.\"My \"\"Version\" , ,\ta.b.c, \"x,y\".z");
    REQUIRE(tables.size() == 3);
    CHECK(tables[0].schema.empty());
    CHECK(tables[0].name == "alembic_version");
    CHECK(tables[1].schema == "app");
    CHECK(tables[1].name == "My \"Version");
    CHECK(tables[2].schema == "x,y");
    CHECK(tables[2].name == "z");
    CHECK(core::version_tables("").empty());
    CHECK(core::version_tables("\"").empty());
    CHECK(core::version_tables("..,.").empty());
}
