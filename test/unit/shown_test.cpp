#include <doctest/doctest.h>

#include <cstdint>

#include "core/judgement.hpp"
#include "core/lexeme.hpp"
#include "core/shown.hpp"

namespace {

bool has_control(const std::string &text, const std::string &but)
{
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if ((code < 0x20 || code == 0x7F) && but.find(c) == std::string::npos) return true;
    }
    return false;
}

// A backslash where psql looks for a command of its own.
bool has_command(const std::string &statement)
{
    for (std::size_t at = 0; at < statement.size();) {
        const core::Lexeme lexeme = core::next_lexeme(statement, at);
        const bool quoted = lexeme.kind == core::Lexeme::Kind::string || lexeme.kind == core::Lexeme::Kind::dollar_string ||
                            lexeme.kind == core::Lexeme::Kind::quoted_identifier || lexeme.kind == core::Lexeme::Kind::comment;
        if (!quoted && lexeme.text.find('\\') != std::string_view::npos) return true;
        at += lexeme.text.size();
    }
    return false;
}

}  // namespace

TEST_CASE("what has nothing to hide is shown as it is")
{
    CHECK(core::shown("") == "");
    CHECK(core::shown("table \"public.prompts\"") == "table \"public.prompts\"");
    CHECK(core::shown("public.\"a \"\"b\"\"\".\"c\\d\"") == "public.\"a \"\"b\"\"\".\"c\\d\"");
    CHECK(core::shown("public.\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"") == "public.\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST_CASE("a name that would end the line is a literal of the same name")
{
    CHECK(core::shown("table public.\"x\n\\! touch /tmp/y\"") == "table public.U&\"x\\000A\\\\! touch /tmp/y\"");
    CHECK(core::shown("public.\"a\r\"\"b\".\"c\"") == "public.U&\"a\\000D\"\"b\".\"c\"");
    CHECK(core::shown("column \"a\tb\" of table \"public.c\"") == "column U&\"a\\0009b\" of table \"public.c\"");
    CHECK(core::shown("\"\x1B[2J\"") == "U&\"\\001B[2J\"");
}

TEST_CASE("two names are never shown alike")
{
    CHECK(core::shown("\"x\n\"") != core::shown("\"x\\000A\""));
    CHECK(core::shown("\"x\n\"") != core::shown("\"U&\"\"x\\000A\"\"\""));
    CHECK(core::shown("\"x\\\n\"") == "U&\"x\\\\\\000A\"");
}

TEST_CASE("outside of names they are told, too")
{
    CHECK(core::shown("a\nb") == "a\\000Ab");
    CHECK(core::shown("a \"b\nc") == "a \"b\\000Ac");
    CHECK(core::shown("\n\"a\"\x7F") == "\\000A\"a\"\\007F");
}

TEST_CASE("what turns the direction of text or is a line's end elsewhere")
{
    CHECK(core::shown("\"a\xE2\x80\xAE" "b\"") == "U&\"a\\202Eb\"");
    CHECK(core::shown("\"a\xE2\x80\xA8" "b\"") == "U&\"a\\2028b\"");
    CHECK(core::shown("\"a\xC2\x85" "b\"") == "U&\"a\\0085b\"");
    CHECK(core::shown("\"a\xEF\xBB\xBF" "b\"") == "U&\"a\\FEFFb\"");
}

TEST_CASE("bytes that are no UTF-8 stay")
{
    CHECK(core::shown("\"\xE4\n\"") == "U&\"\xE4\\000A\"");
    CHECK(core::shown("\xC3") == "\xC3");
    CHECK(core::shown("\n\xE2\x80") == "\\000A\xE2\x80");
}

TEST_CASE("shown twice is shown once")
{
    const std::string once = core::shown("public.\"x\n\\y\"\"z\"");
    CHECK(core::shown(once) == once);
    CHECK(core::in_quotes("public.\"x\n\"") == "public.U&\"x\\000A\"");
}

TEST_CASE("a statement keeps its lines and its meaning")
{
    CHECK(core::shown_statement("CREATE TABLE t (\n\ti integer -- it's\r\n)") == "CREATE TABLE t (\n\ti integer -- it's\n)");
    CHECK(core::shown_statement("DROP TABLE public.\"x\n\\! touch y\"") == "DROP TABLE public.U&\"x\\000A\\\\! touch y\"");
    CHECK(core::shown_statement("DROP TABLE U&\"x\\0041\ny\"") == "DROP TABLE U&\"x\\0041\\000Ay\"");
    CHECK(core::shown_statement("COMMENT ON TABLE t IS 'a\nb\x03" "c'") == "COMMENT ON TABLE t IS 'a\nb\\0003c'");
    CHECK(core::shown_statement("DO $$ \n\\! \n$$") == "DO $$ \n\\! \n$$");
    CHECK(core::shown_statement("SELECT E'\\'\n\\! x'") == "SELECT E'\\'\n\\! x'");
    CHECK(core::shown_statement("SELECT 1\rFROM t\f") == "SELECT 1\nFROM t ");
}

TEST_CASE("psql finds no command in a statement")
{
    // As a session with standard_conforming_strings off reads it, that is one string.
    CHECK(core::shown_statement("COMMENT ON TABLE t IS 'a\\' \\! touch y '") == "COMMENT ON TABLE t IS 'a\\' <U+005C>! touch y ''");
}

TEST_CASE("what was cut off is ended, so that nothing after it is turned inside out")
{
    CHECK(core::shown_statement("DROP TABLE \"x\n\\! touch y") == "DROP TABLE U&\"x\\000A\\\\! touch y\"");
    CHECK(core::shown_statement("SELECT 'x\n\\! touch y... (whole in ledger row 1)") == "SELECT 'x\n\\! touch y... (whole in ledger row 1)'");
    CHECK(core::shown_statement("SELECT E'x\\") == "SELECT E'x\\''");
    CHECK(core::shown_statement("DO $a$ x $") == "DO $a$ x $$a$");
    CHECK(core::shown_statement("SELECT /* x /* y */") == "SELECT /* x /* y */ */");
    CHECK(core::shown_statement("\x01\\!") == "<U+0001><U+005C>!");
}

TEST_CASE("whatever the text")
{
    const std::string pieces[] = {"\"", "\"\"", "'", "\\", "\n", "\r", "\t", "\x01", "\x1B", "\x7F", "a", " ", "U&", "E'", "$$", "$a$", "--", "/*", "*/", "\xC2\x85", "\xE2\x80\xAE", "\xE2\x80", ";", "\f"};
    std::uint32_t state = 1;
    const auto next = [&state] { return (state = state * 1664525U + 1013904223U) >> 16U; };
    for (int run = 0; run < 20000; ++run) {
        std::string text;
        for (std::uint32_t i = next() % 12; i > 0; --i) text += pieces[next() % std::size(pieces)];
        CAPTURE(text);
        const std::string name = core::shown(text);
        CHECK_FALSE(has_control(name, ""));
        CHECK(core::shown(name) == name);
        const std::string statement = core::shown_statement(text);
        CHECK_FALSE(has_control(statement, "\n\t\r"));
        CHECK_FALSE(has_command(statement));
        CHECK(core::shown_statement(statement) == statement);
    }
}
