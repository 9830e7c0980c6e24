#include "core/script.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core {
namespace {

using Kind = Lexeme::Kind;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

constexpr const char *plain_sql = "Give SQL as pg_dump --schema-only writes it.";

bool is_blank(const Lexeme &lexeme) { return lexeme.kind == Kind::space || lexeme.kind == Kind::comment; }

// A comment without its end takes the rest of the text with it.
bool is_open_comment(std::string_view text)
{
    if (!text.starts_with("/*")) return false;
    std::size_t depth = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto two = text.substr(i, 2);
        if (two != "/*" && two != "*/") continue;
        if (two == "/*") ++depth;
        else if (depth > 0) --depth;
        ++i;
    }
    return depth > 0;
}

std::string_view without_return(std::string_view line)
{
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

}  // namespace

// What tells where a statement ends.
struct Script::Reading {
    int parentheses = 0;
    int bodies = 0;  // BEGIN ATOMIC, and every CASE in it, until END
    int words = 0;   // outside of parentheses
    bool creates = false;
    bool routine = false;
    bool copies = false;
    bool from_before = false;
    bool from_stdin = false;

    // As psql, which does not know the grammar either: CREATE [OR REPLACE] FUNCTION or PROCEDURE has a body.
    void take_word(std::string_view word)
    {
        if (parentheses > 0) return;
        ++words;
        if (words == 1) {
            creates = equals_folded(word, "create");
            copies = equals_folded(word, "copy");
        }
        constexpr int last_of_create = 4;
        if (creates && words <= last_of_create && (equals_folded(word, "function") || equals_folded(word, "procedure"))) routine = true;
        if (copies && from_before && equals_folded(word, "stdin")) from_stdin = true;
        from_before = equals_folded(word, "from");
        if (!routine) return;
        if (equals_folded(word, "begin") || (bodies > 0 && equals_folded(word, "case"))) {
            ++bodies;
        } else if (bodies > 0 && equals_folded(word, "end")) {
            --bodies;
        }
    }

    void take(const Lexeme &lexeme)
    {
        if (lexeme.kind == Kind::word) return take_word(lexeme.text);
        from_before = from_before && is_blank(lexeme);
        if (lexeme.text == "(") ++parentheses;
        if (lexeme.text == ")" && parentheses > 0) --parentheses;
    }

    bool ends_at(const Lexeme &lexeme) const { return lexeme.text == ";" && parentheses == 0 && bodies == 0; }
};

Script::Script(std::string_view text) : text_(text)
{
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

void Script::go_to(std::size_t place)
{
    line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.begin() + static_cast<std::ptrdiff_t>(place), '\n');
    at_ = place;
}

std::string_view Script::rest_of_line() const { return text_.substr(at_, text_.find('\n', at_) - at_); }

void Script::skip_blanks()
{
    for (;;) {
        const Lexeme lexeme = next_lexeme(text_, at_);
        if (!is_blank(lexeme) && lexeme.text != ";") return;
        if (is_open_comment(lexeme.text)) throw ScriptError("a comment does not end", line_, plain_sql);
        go_to(at_ + lexeme.text.size());
    }
}

void Script::skip_psql_command()
{
    const std::string_view line = without_return(rest_of_line());
    const std::string name(line.substr(0, line.find_first_of(" \t;\"'", 1)));
    if (name == "\\restrict" || name == "\\unrestrict") return go_to(at_ + line.size());
    if (name == "\\connect" || name == "\\c") {
        throw ScriptError("psql's command " + name + " leads to another database", line_, "Make the dump without --create (-C).");
    }
    throw ScriptError("psql's command " + name + " is no SQL", line_, plain_sql);
}

// The data starts on the next line and ends with one that has nothing but \. on it.
void Script::skip_copied_data(std::int64_t line)
{
    go_to(std::min(text_.size(), at_ + rest_of_line().size() + 1));
    while (at_ < text_.size()) {
        const std::string_view row = rest_of_line();
        go_to(std::min(text_.size(), at_ + row.size() + 1));
        if (without_return(row) == "\\.") return;
    }
    throw ScriptError("the data of COPY does not end", line, plain_sql);
}

std::optional<ScriptStatement> Script::next(Backslash meaning)
{
    for (;;) {
        skip_blanks();
        if (at_ >= text_.size()) return std::nullopt;
        if (text_[at_] == '\\') {
            skip_psql_command();
            continue;
        }
        const std::size_t start = at_;
        const std::int64_t first_line = line_;
        Reading reading;
        Lexeme lexeme = next_lexeme(text_, at_, meaning);
        while (lexeme.kind != Kind::end && !reading.ends_at(lexeme)) {
            if (lexeme.text == "\\") skip_psql_command();
            reading.take(lexeme);
            if (lexeme.text != "\\") go_to(at_ + lexeme.text.size());
            lexeme = next_lexeme(text_, at_, meaning);
        }
        const std::string_view statement = text_.substr(start, at_ - start);
        go_to(at_ + lexeme.text.size());
        if (!reading.from_stdin) return ScriptStatement{statement, first_line};
        skip_copied_data(first_line);
    }
}

Place place_of(std::string_view text, std::int64_t first_line, std::size_t character)
{
    Place place{first_line, 1};
    std::size_t seen = 0;
    for (const char c : text) {
        const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
        if (!continues && ++seen == character) break;
        if (c == '\n') {
            ++place.line;
            place.column = 1;
        } else if (!continues) {
            ++place.column;
        }
    }
    return place;
}

}  // namespace core
