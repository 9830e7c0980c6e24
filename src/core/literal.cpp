#include "core/literal.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 16;
}

bool is_unicode(const Lexeme &literal) { return literal.text.size() > 1 && literal.text[0] != '\'' && literal.text[1] == '&'; }

// Appends what a numeric escape stands for, from digits at `from`: at most `most` of them, at least `least`.
// Returns how many characters were read, 0 when it is no such escape or no plain character.
std::size_t numeric(std::string &out, std::string_view body, std::size_t from, int base, std::size_t least, std::size_t most)
{
    unsigned code = 0;
    std::size_t count = 0;
    while (count < most && from + count < body.size() && digit_value(body[from + count]) < base) {
        code = code * static_cast<unsigned>(base) + static_cast<unsigned>(digit_value(body[from + count]));
        ++count;
    }
    constexpr unsigned first_printable = 0x20;
    constexpr unsigned first_beyond = 0x7f;
    if (count < least || code < first_printable || code >= first_beyond) return 0;
    out += static_cast<char>(code);
    return count;
}

// The escape whose backslash is at `at`.  Returns its length.
std::size_t backslash_escape(std::string &out, std::string_view body, std::size_t at)
{
    const char kind = body[at + 1];
    std::size_t digits = 0;
    switch (kind) {
        case 'n': out += '\n'; return 2;
        case 't': out += '\t'; return 2;
        case 'r': out += '\r'; return 2;
        case 'b':
        case 'f': break;
        case 'x': digits = numeric(out, body, at + 2, 16, 1, 2); break;
        case 'u': digits = numeric(out, body, at + 2, 16, 4, 4); break;
        case 'U': digits = numeric(out, body, at + 2, 16, 8, 8); break;
        default:
            if (kind < '0' || kind > '7') {
                out += kind;
                return 2;
            }
            digits = numeric(out, body, at + 1, 8, 1, 3);
            if (digits > 0) return 1 + digits;
            break;
    }
    if (digits > 0) return 2 + digits;
    out += body.substr(at, 2);
    return 2;
}

std::size_t unicode_escape_at(std::string &out, std::string_view body, std::size_t at, char escape)
{
    if (at + 1 < body.size() && body[at + 1] == escape) {
        out += escape;
        return 2;
    }
    const bool lengthy = at + 1 < body.size() && body[at + 1] == '+';
    const std::size_t digits = lengthy ? numeric(out, body, at + 2, 16, 6, 6) : numeric(out, body, at + 1, 16, 4, 4);
    if (digits > 0) return (lengthy ? 2 : 1) + digits;
    out += escape;
    return 1;
}

}  // namespace

std::string literal_content(const Lexeme &literal, char unicode_escape)
{
    const std::string_view body = literal.body;
    if (literal.kind == Lexeme::Kind::dollar_string) return std::string(body);
    const bool unicode = is_unicode(literal);
    std::string content;
    content.reserve(body.size());
    for (std::size_t i = 0; i < body.size();) {
        if (body[i] == '\'') {
            // Doubled, or the end of a line of the string.
            const std::size_t next = i + 1 < body.size() && body[i + 1] == '\'' ? std::string_view::npos : continuation(body, i + 1);
            if (next == std::string_view::npos) content += '\'';
            i = next == std::string_view::npos ? i + 2 : next + 1;
        } else if (literal.backslash && body[i] == '\\' && i + 1 < body.size()) {
            i += backslash_escape(content, body, i);
        } else if (unicode && body[i] == unicode_escape) {
            i += unicode_escape_at(content, body, i, unicode_escape);
        } else {
            content += body[i++];
        }
    }
    return content;
}

std::string literal_with(const Lexeme &literal, char unicode_escape, std::string_view content)
{
    const auto opening = static_cast<std::size_t>(literal.body.data() - literal.text.data());
    std::string out(literal.text.substr(0, opening));
    if (literal.kind == Lexeme::Kind::dollar_string) {
        out += content;
    } else {
        const bool unicode = is_unicode(literal);
        for (const char c : content) {
            if (c == '\'' || (literal.backslash && c == '\\') || (unicode && c == unicode_escape)) out += c;
            out += c;
        }
    }
    out += literal.text.substr(opening + literal.body.size());
    return out;
}

char unicode_escape_after(std::string_view text, std::size_t offset)
{
    bool named = false;
    while (offset < text.size()) {
        const Lexeme lexeme = next_lexeme(text, offset);
        offset += lexeme.text.size();
        if (lexeme.kind == Lexeme::Kind::space || lexeme.kind == Lexeme::Kind::comment) continue;
        if (named) return lexeme.kind == Lexeme::Kind::string && lexeme.body.size() == 1 ? lexeme.body[0] : '\\';
        if (lexeme.kind != Lexeme::Kind::word || !equals_folded(lexeme.text, "uescape")) break;
        named = true;
    }
    return '\\';
}

}  // namespace core
