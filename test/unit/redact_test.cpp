#include "core/error_context.hpp"
#include "core/redact.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace {

const std::string token = "lcg_" + std::string(43, 'A');

void check(const std::string &statement, const std::string &expected)
{
    CHECK(core::redact(statement) == expected);
    CHECK(core::redact(expected) == expected);
}

void unchanged(const std::string &statement) { CHECK(core::redact(statement) == statement); }

bool leaks(const std::string &statement) { return core::redact(statement).find("secret") != std::string::npos; }

}  // namespace

TEST_CASE("passwords of roles are masked")
{
    check("CREATE ROLE a LOGIN PASSWORD 'secret' VALID UNTIL 'tomorrow'",
          "CREATE ROLE a LOGIN PASSWORD '<redacted>' VALID UNTIL 'tomorrow'");
    check("ALTER ROLE a ENCRYPTED password\n/* x */ E'sec\\'ret'", "ALTER ROLE a ENCRYPTED password\n/* x */ '<redacted>'");
    check("ALTER USER a PASSWORD $x$secret$x$", "ALTER USER a PASSWORD '<redacted>'");
    check("ALTER USER a PASSWORD 'sec'\n  'ret'", "ALTER USER a PASSWORD '<redacted>'");
    check("ALTER USER a PASSWORD 'sec' -- x\n  'ret' VALID UNTIL 'y'", "ALTER USER a PASSWORD '<redacted>' VALID UNTIL 'y'");
    check("UPDATE u SET password = 'secret', name = 'n'", "UPDATE u SET password = '<redacted>', name = 'n'");
    check("SELECT f(password => 'secret')", "SELECT f(password => '<redacted>')");
    check("password := U&'secret'", "password := '<redacted>'");
    unchanged("ALTER ROLE a PASSWORD NULL");
    unchanged("CREATE TABLE t (password text DEFAULT 'x', \"Password\" text CHECK (length(password) > 'y'))");
}

TEST_CASE("options of servers, user mappings, subscriptions and wrappers are masked")
{
    check("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'secret', \"port\" '5')",
          "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host '<redacted>', \"port\" '<redacted>')");
    check("ALTER USER MAPPING FOR x SERVER s OPTIONS (SET user 'u', ADD password 'secret'); SELECT 'y'",
          "ALTER USER MAPPING FOR x SERVER s OPTIONS (SET user '<redacted>', ADD password '<redacted>'); SELECT 'y'");
    check("CREATE FOREIGN TABLE t (a int OPTIONS (column_name 'c')) SERVER s OPTIONS (table_name 't', api_token 'secret')",
          "CREATE FOREIGN TABLE t (a int OPTIONS (column_name 'c')) SERVER s OPTIONS (table_name 't', api_token '<redacted>')");
    check("CREATE SUBSCRIPTION s CONNECTION 'host=h password=secret' PUBLICATION p",
          "CREATE SUBSCRIPTION s CONNECTION '<redacted>' PUBLICATION p");
    unchanged("CREATE DATABASE d CONNECTION LIMIT 5");
}

TEST_CASE("connection strings are masked where they stand")
{
    check("SELECT dblink_connect('host=h password=secret user=u')", "SELECT dblink_connect('host=h password=<redacted> user=u')");
    check("SELECT dblink_connect('host=h sslpassword = ''sec ret'' user=u')",
          "SELECT dblink_connect('host=h sslpassword = ''<redacted>'' user=u')");
    check("SELECT dblink('postgresql://u:secret@h:5432/d', 'SELECT 1')", "SELECT dblink('postgresql://u:<redacted>@h:5432/d', 'SELECT 1')");
    check("SELECT $$host=h password=secret$$", "SELECT $$host=h password=<redacted>$$");
    check("SELECT 1 -- PASSWORD=secret", "SELECT 1 -- PASSWORD=<redacted>");
    unchanged("COMMENT ON TABLE t IS 'see https://example.org:80/a@b'");
}

TEST_CASE("connection strings are masked however they are written")
{
    check("SELECT dblink_connect('host=x password=secret\\ secret user=y')", "SELECT dblink_connect('host=x password=<redacted> user=y')");
    check("SELECT dblink_connect('host=x password=ab''secret')", "SELECT dblink_connect('host=x password=<redacted>')");
    check("SELECT dblink_connect('host=x password=a&secret user=y')", "SELECT dblink_connect('host=x password=<redacted> user=y')");
    check("SELECT dblink_connect('host=x password\n=\tsecret user=y')", "SELECT dblink_connect('host=x password\n=\t<redacted> user=y')");
    check("SELECT dblink_connect(E'host=x pass\\x77ord=secret')", "SELECT dblink_connect(E'host=x password=<redacted>')");
    check("SELECT dblink_connect(E'host=x pass\\167ord\\u003dsecret')", "SELECT dblink_connect(E'host=x password=<redacted>')");
    check("SELECT dblink_connect('host=x pass'\n  'word=secret')", "SELECT dblink_connect('host=x password=<redacted>')");
    check("SELECT dblink_connect(U&'host=x pass\\0077ord=secret')", "SELECT dblink_connect(U&'host=x password=<redacted>')");
    check("SELECT dblink_connect(U&'host=x pass!+000077ord=secret' UESCAPE '!')", "SELECT dblink_connect(U&'host=x password=<redacted>' UESCAPE '!')");
    check("SELECT dblink_connect('postgresql://h/d?user=x&%70assword=secret&a=b')",
          "SELECT dblink_connect('postgresql://h/d?user=x&%70assword=<redacted>&a=b')");
    check("SELECT dblink_connect('postgresql://h/d?password=secret&a=b')", "SELECT dblink_connect('postgresql://h/d?password=<redacted>&a=b')");
    unchanged("SELECT E'options \\x41\\n\\'', U&'token \\0041', 'connection'\n  ' and more'");
}

TEST_CASE("settings with secrets are masked as a whole")
{
    check("alter system set primary_conninfo='host=x password=SEK\\ secret user=y'", "alter system set primary_conninfo='<redacted>'");
    check("ALTER SYSTEM SET primary_conninfo = E'host=x pass\\x77ord=secret'", "ALTER SYSTEM SET primary_conninfo = '<redacted>'");
    check("ALTER SYSTEM SET primary_conninfo = 'host=x pass'\n'word=secret'", "ALTER SYSTEM SET primary_conninfo = '<redacted>'");
    check("ALTER SYSTEM SET \"ssl_passphrase_command\" TO 'echo secret'", "ALTER SYSTEM SET \"ssl_passphrase_command\" TO '<redacted>'");
    check("ALTER SYSTEM SET archive_command = 'KEY=secret put'", "ALTER SYSTEM SET archive_command = '<redacted>'");
    check("DO $$BEGIN EXECUTE 'ALTER SYSTEM SET primary_conninfo = ''secret'''; END$$",
          "DO $$BEGIN EXECUTE 'ALTER SYSTEM SET primary_conninfo = ''<redacted>'''; END$$");
    unchanged("ALTER SYSTEM SET work_mem = '5MB'");
    unchanged("ALTER SYSTEM RESET primary_conninfo");
    unchanged("SELECT setting FROM pg_settings WHERE name = 'archive_command' AND archive_command = 'x'");
}

TEST_CASE("a secret that is put together is masked")
{
    check("DO $$BEGIN EXECUTE 'alter role app password ' || quote_literal('secret'); RAISE NOTICE 'x'; END$$",
          "DO $$BEGIN EXECUTE 'alter role app password ' || quote_literal('<redacted>'); RAISE NOTICE 'x'; END$$");
    check("EXECUTE 'alter role app password '''||'secret'||''''", "EXECUTE 'alter role app password '''||'<redacted>'||'<redacted>'");
    check("EXECUTE 'alter role app password '''||12345||''''", "EXECUTE 'alter role app password '''||'<redacted>'||'<redacted>'");
    check("EXECUTE format('alter role app password %L', 'secret'); SELECT 'x'",
          "EXECUTE format('alter role app password %L', '<redacted>'); SELECT 'x'");
    check("EXECUTE format('alter role %I password %2$L', 'secret', $q$secret$q$)",
          "EXECUTE format('alter role %I password %2$L', '<redacted>', '<redacted>')");
    check("EXECUTE format('alter role app password ''%s''', 'secret')", "EXECUTE format('alter role app password ''<redacted>''', '<redacted>')");
    check("EXECUTE concat('alter role app password ', quote_literal('secret'))", "EXECUTE concat('alter role app password ', quote_literal('<redacted>'))");
    check("SELECT dblink_connect('host=x password=' || 'secret', 'x')", "SELECT dblink_connect('host=x password=' || '<redacted>', 'x')");
    check("SELECT dblink_connect('postgresql://u:' || 'secret' || '@h')", "SELECT dblink_connect('postgresql://u:' || '<redacted>' || '<redacted>')");
    check("EXECUTE 'create user mapping for x server s options (password ' || quote_literal('secret') || ')'",
          "EXECUTE 'create user mapping for x server s options (password ' || quote_literal('<redacted>') || '<redacted>'");
    unchanged("SELECT 'enter the password' AS label, 'other' AS x, 'a' || 'b'");
    unchanged("COMMENT ON COLUMN u.p IS 'hash of the password'");
    unchanged("DO $$DECLARE p u.password%TYPE := 'x'; BEGIN RAISE NOTICE 'no password for %', 'y'; END$$");
}

TEST_CASE("a backslash before a quote hides nothing, whatever it means")
{
    CHECK_FALSE(leaks("alter role app password 'abc\\'secret'"));
    CHECK_FALSE(leaks("alter role app password 'abc\\' valid until 'secret'"));
    CHECK_FALSE(leaks("select 'a\\'b', f(password => 'secret')"));
    CHECK_FALSE(leaks("select 'a\\', f(password => 'secret')"));
    CHECK_FALSE(leaks("do $$begin execute 'alter role app password ''abc\\'secret'''; end$$"));
    check("alter role app password 'abc\\'secret'", "alter role app password '<redacted>'");
    check("alter role app password 'x' valid until 'a\\'", "alter role app password '<redacted>' valid until 'a\\'");
    unchanged("SELECT split_part(path, '\\', 2), 'it''s', replace(x, '\\''', '')");
    unchanged("CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT split_part(connection_options, '\\', 2) || 'x'$$");
}

TEST_CASE("tokens are masked everywhere")
{
    check("SELECT 1 /* " + token + " */ \"x" + token + "\"", "SELECT 1 /* <redacted> */ \"x<redacted>\"");
    check("DO $$BEGIN PERFORM '" + token + "'; END$$", "DO $$BEGIN PERFORM '<redacted>'; END$$");
    unchanged("SELECT 'lcg_short', lcg_");
    CHECK(core::redact_tokens("PASSWORD 'x' " + token + ".") == "PASSWORD 'x' <redacted>.");
}

TEST_CASE("the token setting is masked whatever its value")
{
    check("SET langchef_guard.approval_token = 'a', b", "SET langchef_guard.approval_token = '<redacted>', '<redacted>'");
    check("SET LOCAL langchef_guard . \"approval_token\" TO secret; SELECT 'x'",
          "SET LOCAL langchef_guard . \"approval_token\" TO '<redacted>'; SELECT 'x'");
    check("SELECT set_config('langchef_guard.approval_token', lower('secret'), false), 'x'",
          "SELECT set_config('langchef_guard.approval_token', lower('<redacted>'), false), 'x'");
    check("SELECT langchef_guard.use_token( 'secret' ), 'x'", "SELECT langchef_guard.use_token( '<redacted>' ), 'x'");
    unchanged("SET langchef_guard.approval_token TO DEFAULT");
    unchanged("RESET langchef_guard.approval_token");
    unchanged("SET search_path TO 'a', b");
}

TEST_CASE("code in strings is read as code")
{
    check("DO $a$BEGIN EXECUTE 'ALTER ROLE x PASSWORD ''secret'''; END$a$",
          "DO $a$BEGIN EXECUTE 'ALTER ROLE x PASSWORD ''<redacted>'''; END$a$");
    check("DO $a$BEGIN EXECUTE $b$ALTER ROLE x PASSWORD 'secret'$b$; END$a$",
          "DO $a$BEGIN EXECUTE $b$ALTER ROLE x PASSWORD '<redacted>'$b$; END$a$");
    check("SELECT E'ALTER ROLE x PASSWORD \\'secret\\''", "SELECT E'ALTER ROLE x PASSWORD ''<redacted>'''");
    unchanged("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1 FROM u WHERE password = new_password\n$$");
}

TEST_CASE("what is not terminated hides nothing")
{
    CHECK_FALSE(leaks("ALTER ROLE a PASSWORD 'secret"));
    CHECK_FALSE(leaks("ALTER ROLE a PASSWORD $$secret"));
    CHECK_FALSE(leaks("DO $$ ALTER ROLE a PASSWORD 'secret'"));
    CHECK_FALSE(leaks("/* ALTER ROLE password=secret"));
    std::string nested = "ALTER ROLE a PASSWORD 'secret'";
    for (int i = 0; i < 40; ++i) nested = "DO $q" + std::to_string(i) + "$" + nested + "$q" + std::to_string(i) + "$";
    CHECK_FALSE(leaks(nested));
}

TEST_CASE("ten megabytes take linear time")
{
    for (const std::string piece : {"'a'", "$a$ ", "$b", "/*", "password ", "OPTIONS (", "://", "lcg_", "((", "E'\\'", "\"", "--", "'\\'", "U&'a' /**/", "'a'\n", "'password '||", "format('password %L',", "?a%70=&", "://u:"}) {
        std::string text;
        while (text.size() < 10'000'000) text += piece;
        const auto start = std::chrono::steady_clock::now();
        (void)core::redact(text);
        const auto took = std::chrono::steady_clock::now() - start;
        CHECK_MESSAGE(took < std::chrono::seconds(10), piece);
    }
}

TEST_CASE("a context that quotes a statement with a secret is told from others")
{
    CHECK(core::may_hold_secret("SQL statement \"create user mapping for u server s Options (password 'x')\"\nPL/pgSQL function f() line 1"));
    CHECK(core::may_hold_secret("SQL statement \"CREATE SUBSCRIPTION s CONNECTION 'x'\""));
    CHECK(core::may_hold_secret("lcg_0123456789abcdefghijklmnopqrstuv"));
    CHECK(!core::may_hold_secret("PL/pgSQL function inline_code_block line 3 at RAISE"));
    CHECK(!core::may_hold_secret(""));
}

TEST_CASE("own slice of a multi-statement string")
{
    const std::string query = "SELECT 1; -- next\n /* a /* b */ */ CREATE TABLE t (a int) ; SELECT 2";
    CHECK(core::own_slice(query, 0, 8) == "SELECT 1");
    CHECK(core::own_slice(query, 9, 48) == "CREATE TABLE t (a int)");
    CHECK(core::own_slice("  DROP TABLE t;\n", -1, 0) == "DROP TABLE t");
    CHECK(core::own_slice("DROP TABLE t", 0, 0) == "DROP TABLE t");
    CHECK(core::own_slice("DROP TABLE t", 99, 5).empty());
    CHECK(core::own_slice("DROP", 0, 99) == "DROP");
    CHECK(core::own_slice(" -- nothing", 0, 0).empty());
    CHECK(core::own_slice("", -1, 0).empty());
}
