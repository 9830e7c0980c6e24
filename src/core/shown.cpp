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

void append_escaped(std::string &out, std::uint32_t code)
{
    constexpr char digits[] = "0123456789ABCDEF";
    out += '\\';
    for (unsigned shift = 16; shift > 0;) {
        shift -= 4;
        out += digits[code >> shift & 0xFU];
    }
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

// Between lexemes a backslash would be psql's, and there is no way to write a character by its number.
std::string without_commands(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "U+005C";
        } else {
            out += c;
        }
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

}  // namespace

std::string shown_statement(std::string_view statement)
{
    std::string out;
    for (std::size_t at = 0; at < statement.size();) {
        const Lexeme lexeme = next_lexeme(statement, at);
        if (lexeme.kind == Lexeme::Kind::end) break;
        at += lexeme.text.size();
        // What ends with the text would swallow what comes after it, or leave it on a line of its own.
        if (lexeme.kind == Lexeme::Kind::quoted_identifier && lexeme.text.front() == '"' && lexeme.terminated) {
            out += shown(lexeme.text);
        } else if (lexeme.kind == Lexeme::Kind::quoted_identifier || !lexeme.terminated) {
            out += escaped_further(lexeme.text);
        } else if (lexeme.kind == Lexeme::Kind::space) {
            out += spaces(lexeme.text);
        } else if (lexeme.kind == Lexeme::Kind::punctuation || lexeme.kind == Lexeme::Kind::word || lexeme.kind == Lexeme::Kind::number) {
            out += without_commands(on_lines(lexeme.text));
        } else {
            out += on_lines(lexeme.text);
        }
    }
    return out;
}

}  // namespace core
