#include <doctest/doctest.h>

#include <vector>

#include "core/script.hpp"

namespace {

// "line:statement" of each.
std::vector<std::string> read(std::string_view text)
{
    core::Script script(text);
    std::vector<std::string> statements;
    while (const auto statement = script.next()) statements.push_back(std::to_string(statement->line) + ':' + std::string(statement->text));
    return statements;
}

using Statements = std::vector<std::string>;

std::string problem(std::string_view text)
{
    try {
        read(text);
    } catch (const core::ScriptError &error) {
        return std::to_string(error.line) + ": " + error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("a semicolon ends a statement where psql takes it for the end")
{
    CHECK(read("") == Statements{});
    CHECK(read(" ; ;; -- nothing\n/* ; */ ;") == Statements{});
    CHECK(read("SELECT 1") == Statements{"1:SELECT 1"});
    CHECK(read("SELECT 1;SELECT 2;\n\nSELECT 3\n;") == Statements{"1:SELECT 1", "1:SELECT 2", "3:SELECT 3\n"});
    CHECK(read("\xef\xbb\xbfSELECT 1;") == Statements{"1:SELECT 1"});
    CHECK(read("-- a;\n/* b;\n /* c; */ */\nSELECT 'a;b', \"a;b\", $$a;b$$, $x$;$$;$x$, E'\\';' -- ;\n;") ==
          Statements{"4:SELECT 'a;b', \"a;b\", $$a;b$$, $x$;$$;$x$, E'\\';' -- ;\n"});
    CHECK(read("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);SELECT 3") ==
          Statements{"1:CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "1:SELECT 3"});
    CHECK(read("BEGIN; CREATE TABLE begin_end (); END;") == Statements{"1:BEGIN", "1:CREATE TABLE begin_end ()", "1:END"});
    CHECK(read("SELECT (1;\nSELECT 2") == Statements{"1:SELECT (1;\nSELECT 2"});
    CHECK(read("SELECT 1);SELECT 2") == Statements{"1:SELECT 1)", "1:SELECT 2"});
    CHECK(read("SELECT 'a;") == Statements{"1:SELECT 'a;"});
}

TEST_CASE("the body of an SQL-standard routine is a part of its statement")
{
    CHECK(read("create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end; SELECT 3").size() == 2);
    CHECK(read("CREATE PROCEDURE p() BEGIN ATOMIC SELECT (SELECT CASE WHEN true THEN 1 END); END;SELECT 3").size() == 2);
    CHECK(read("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';SELECT 3").size() == 2);
    CHECK(read("CREATE TRIGGER t EXECUTE FUNCTION f();SELECT 3").size() == 2);
}

TEST_CASE("commands of psql")
{
    CHECK(read("\\restrict abc\nSELECT 1;\n\\unrestrict abc\n") == Statements{"2:SELECT 1"});
    CHECK(read("\\restrict abc\r\nSELECT 1;\r\n\\unrestrict abc\r\n") == Statements{"2:SELECT 1"});
    CHECK(problem("SELECT 1;\n\\connect other\nSELECT 2;") == "2: psql's command \\connect leads to another database");
    CHECK(problem("\\i file.sql") == "1: psql's command \\i is no SQL");
    CHECK(problem("\\set ON_ERROR_STOP on") == "1: psql's command \\set is no SQL");
    CHECK(problem("SELECT 1\n\\gexec") == "2: psql's command \\gexec is no SQL");
    CHECK(problem("SELECT 1 \\; SELECT 2;") == "1: psql's command \\ is no SQL");
    CHECK(problem("\\.") == "1: psql's command \\. is no SQL");
    CHECK(problem("\\restricted") == "1: psql's command \\restricted is no SQL");
    CHECK(read("SELECT '\\connect', $$\\i$$, \"\\\"; -- \\x\n") == Statements{"1:SELECT '\\connect', $$\\i$$, \"\\\""});
}

TEST_CASE("COPY FROM stdin is passed over with its data")
{
    CHECK(read("COPY public.t (a, b) FROM stdin;\n1\t'\n2;\t\\N\n\\.\n\nSELECT 1;") == Statements{"6:SELECT 1"});
    CHECK(read("copy t from STDIN with (format csv);\r\n1,\"\r\n\\.\r\nSELECT 1;") == Statements{"4:SELECT 1"});
    CHECK(read("COPY t FROM stdin;\n\\.\n").empty());
    CHECK(problem("\nCOPY t FROM stdin;\n1\n2\n") == "2: the data of COPY does not end");
    CHECK(problem("SELECT 1;\n/* SELECT 2;\n") == "2: a comment does not end");
    CHECK(problem("SELECT 1; /* /* */ SELECT 2;") == "1: a comment does not end");
    CHECK(problem("SELECT 1; /*") == "1: a comment does not end");
    CHECK(problem("SELECT 1; /* /* */ */ /**/ -- /*\n") == "none");
    CHECK(read("COPY t FROM 'file'; SELECT 1") == Statements{"1:COPY t FROM 'file'", "1:SELECT 1"});
    CHECK(read("COPY (SELECT a FROM stdin) TO STDOUT; SELECT 1").size() == 2);
    CHECK(read("COPY stdin FROM 'x'; SELECT 1").size() == 2);
}

TEST_CASE("what a backslash is in a string can change on the way")
{
    core::Script script("SELECT 'a\\'; b';\nSELECT '\\';");
    CHECK(script.next(core::Backslash::escape)->text == "SELECT 'a\\'; b'");
    CHECK(script.next(core::Backslash::ordinary)->text == "SELECT '\\'");
    CHECK_FALSE(script.next().has_value());
}

TEST_CASE("a place is told by line and column")
{
    const auto at = [](std::string_view text, std::size_t character) {
        const auto place = core::place_of(text, 10, character);
        return std::to_string(place.line) + ',' + std::to_string(place.column);
    };
    CHECK(at("abc", 1) == "10,1");
    CHECK(at("abc", 3) == "10,3");
    CHECK(at("a\nbc", 3) == "11,1");
    CHECK(at("\xc3\xa4\nb\xc3\xa4x", 5) == "11,3");
    CHECK(at("abc", 9) == "10,4");
}
