#include "core/shown.hpp"

#include <cstdint>

#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t size = 1;
};

// The character of UTF-8 at the offset; of other bytes each by itself.  In the other
// encodings of a server all bytes below 128 are ASCII, too.
Character character_at(std::string_view text, std::size_t at)
{
    const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const std::uint32_t first = byte(at);
    if ((first & 0xE0U) == 0xC0U && follows(at + 1)) return {(first & 0x1FU) << 6U | (byte(at + 1) & 0x3FU), 2};
    if ((first & 0xF0U) == 0xE0U && follows(at + 1) && follows(at + 2)) {
        return {(first & 0x0FU) << 12U | (byte(at + 1) & 0x3FU) << 6U | (byte(at + 2) & 0x3FU), 3};
    }
    return {first, 1};
}

// Control characters, ends of lines, and what turns the direction of text.
bool acts(Character character)
{
    const std::uint32_t code = character.code;
    if (character.size == 1) return code < 0x20 || code == 0x7F;
    return (code >= 0x80 && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

bool has_acting(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (acts(character)) return true;
        at += character.size;
    }
    return false;
}

void append_digits(std::string &out, std::uint32_t code)
{
    constexpr char digits[] = "0123456789ABCDEF";
    for (unsigned shift = 16; shift > 0;) {
        shift -= 4;
        out += digits[code >> shift & 0xFU];
    }
}

void append_escaped(std::string &out, std::uint32_t code)
{
    out += '\\';
    append_digits(out, code);
}

void append_name(std::string &out, std::string_view body)
{
    out += "U&\"";
    for (std::size_t at = 0; at < body.size();) {
        const Character character = character_at(body, at);
        if (acts(character)) {
            append_escaped(out, character.code);
        } else {
            out += body.substr(at, character.size);
            if (body[at] == '\\') out += '\\';
        }
        at += character.size;
    }
    out += '"';
}

// Place of the quote that ends the name which starts at that one; npos when there is none.
std::size_t end_of_name(std::string_view text, std::size_t quote)
{
    for (std::size_t at = text.find('"', quote + 1); at != std::string_view::npos; at = text.find('"', at + 2)) {
        if (at + 1 >= text.size() || text[at + 1] != '"') return at;
    }
    return std::string_view::npos;
}

}  // namespace

std::string shown(std::string_view text)
{
    if (!has_acting(text)) return std::string(text);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text[at] == '"' ? end_of_name(text, at) : std::string_view::npos;
        if (end != std::string_view::npos) {
            const std::string_view body = text.substr(at + 1, end - at - 1);
            if (has_acting(body)) {
                append_name(out, body);
            } else {
                out += text.substr(at, end - at + 1);
            }
            at = end + 1;
            continue;
        }
        const Character character = character_at(text, at);
        if (acts(character)) {
            append_escaped(out, character.code);
        } else {
            out += text.substr(at, character.size);
        }
        at += character.size;
    }
    return out;
}

namespace {

// Outside of quotes a backslash would be psql's, and no character can be written by its number.
// A word stays one, lest a $ in it opens a string.
std::string numbered(std::string_view text, bool in_word)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (acts(character) || text[at] == '\\') {
            out += in_word ? "U" : "<U+";
            append_digits(out, character.code);
            if (!in_word) out += '>';
        } else {
            out += text.substr(at, character.size);
        }
        at += character.size;
    }
    return out;
}

// As it is between lexemes: a carriage return by itself ends a line, too.
std::string spaces(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool crlf = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
        if (crlf) continue;
        out += text[at] == '\n' || text[at] == '\r' ? '\n' : text[at] == '\t' ? '\t' : ' ';
    }
    return out;
}

std::string escaped_further(std::string_view literal)
{
    std::string out;
    for (std::size_t at = 0; at < literal.size();) {
        const Character character = character_at(literal, at);
        if (acts(character)) {
            append_escaped(out, character.code);
        } else {
            out += literal.substr(at, character.size);
        }
        at += character.size;
    }
    return out;
}

// All but the ends of lines and tabs.
std::string on_lines(std::string_view text)
{
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const bool crlf = at + 1 < text.size() && text[at] == '\r' && text[at + 1] == '\n';
        if (at < text.size() && text[at] != '\n' && text[at] != '\t' && !crlf) continue;
        out += escaped_further(text.substr(from, at - from));
        if (at < text.size()) out += text[at];
        from = at + 1;
    }
    return out;
}

// A string can go on after a gap, where no character can be written by its number.
std::string string_on_lines(std::string_view literal)
{
    std::string out = on_lines(literal);
    if (next_lexeme(out, 0).text.size() == out.size()) return out;
    out.clear();
    for (std::size_t at = 0; at < literal.size();) {
        const Character character = character_at(literal, at);
        if (acts(character)) {
            out += spaces(literal.substr(at, 1));
        } else {
            out += literal.substr(at, character.size);
        }
        at += character.size;
    }
    return out;
}

// The tag between the dollars is a word.
std::string dollar_string_on_lines(std::string_view literal, std::string_view body)
{
    const std::string_view tag = literal.substr(1, literal.find('$', 1) - 1);
    std::string delimiter = '$' + numbered(tag, true);
    while (has_acting(tag) && body.find(delimiter + '$') != std::string_view::npos) delimiter += '_';
    delimiter += '$';
    return delimiter + on_lines(body) + delimiter;
}

// What ends a piece that its text was cut off in; empty when it has its end.
std::string missing_end(const Lexeme &lexeme)
{
    const std::string_view text = lexeme.text;
    std::string end;
    if (lexeme.kind == Lexeme::Kind::comment && text.substr(0, 2) == "/*") {
        int depth = 0;
        for (std::size_t at = 0; at + 1 < text.size();) {
            const std::string_view two = text.substr(at, 2);
            depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
            at += two == "/*" || two == "*/" ? 2 : 1;
        }
        if (depth > 0 && text.back() == '/') end = " ";  // or the next star would open another one
        for (; depth > 0; --depth) end += "*/";
    } else if (!lexeme.terminated) {
        const bool dollar = lexeme.kind == Lexeme::Kind::dollar_string;
        const std::string_view quote = dollar ? text.substr(0, text.find('$', 1) + 1) : lexeme.kind == Lexeme::Kind::string ? "'" : "\"";
        end = quote;
        // The last character can be a backslash, or half of a quote.
        while (!next_lexeme(std::string(text) + end, 0).terminated && end.size() < 3) end += quote;
    }
    return end;
}

std::string shown_piece(const Lexeme &lexeme)
{
    using Kind = Lexeme::Kind;
    switch (lexeme.kind) {
        case Kind::quoted_identifier: return lexeme.text.front() == '"' ? shown(lexeme.text) : escaped_further(lexeme.text);
        case Kind::space: return spaces(lexeme.text);
        case Kind::string: return string_on_lines(lexeme.text);
        case Kind::dollar_string: return dollar_string_on_lines(lexeme.text, lexeme.body);
        case Kind::punctuation:
        case Kind::number:
        case Kind::word: return numbered(lexeme.text, lexeme.kind == Kind::word);
        default: return on_lines(lexeme.text);
    }
}

}  // namespace

std::string shown_statement(std::string_view statement)
{
    std::string out;
    for (std::size_t at = 0; at < statement.size();) {
        const Lexeme lexeme = next_lexeme(statement, at);
        at += lexeme.text.size();
        // What has no end would turn the quotes of all that follows inside out.
        const std::string end = at < statement.size() ? std::string() : missing_end(lexeme);
        if (end.empty()) {
            out += shown_piece(lexeme);
        } else {
            const std::string whole = std::string(lexeme.text) + end;
            out += shown_piece(next_lexeme(whole, 0));
        }
    }
    return out;
}

}  // namespace core
