#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Length of a block comment, nested ones included.
std::size_t block_comment(std::string_view text)
{
    std::size_t depth = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.compare(i, 2, "/*") == 0) {
            ++depth;
            i += 2;
        } else if (text.compare(i, 2, "*/") == 0) {
            i += 2;
            if (--depth == 0) return i;
        } else {
            ++i;
        }
    }
    return text.size();
}

// A quoted piece whose opening quote is at start; the quote is doubled inside,
// or follows a backslash.
Lexeme quoted(Lexeme::Kind kind, std::string_view text, std::size_t start, bool backslash)
{
    const char quote = text[start];
    std::size_t i = start + 1;
    while (i < text.size()) {
        if (backslash && text[i] == '\\' && i + 1 < text.size()) {
            i += 2;
        } else if (text[i] != quote) {
            ++i;
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            i += 2;
        } else {
            const std::size_t next = kind == Lexeme::Kind::string ? continuation(text, i + 1) : std::string_view::npos;
            if (next == std::string_view::npos) return {kind, text.substr(0, i + 1), text.substr(start + 1, i - start - 1), backslash, true};
            i = next + 1;
        }
    }
    return {kind, text, text.substr(start + 1), backslash, false};
}

// A string in dollar quotes, or nothing (kind end) when this is no opening one.
Lexeme dollar_quoted(std::string_view text)
{
    std::size_t tag = 1;
    if (tag < text.size() && is_word_start(text[tag])) {
        while (tag < text.size() && (is_word_start(text[tag]) || is_digit(text[tag]))) ++tag;
    }
    if (tag >= text.size() || text[tag] != '$') return {};
    const std::string_view delimiter = text.substr(0, tag + 1);
    const std::size_t closing = text.find(delimiter, delimiter.size());
    if (closing == std::string_view::npos) {
        return {Lexeme::Kind::dollar_string, text, text.substr(delimiter.size()), false, false};
    }
    return {Lexeme::Kind::dollar_string, text.substr(0, closing + delimiter.size()),
            text.substr(delimiter.size(), closing - delimiter.size())};
}

}  // namespace

Lexeme next_lexeme(std::string_view whole, std::size_t offset, Backslash meaning)
{
    using Kind = Lexeme::Kind;
    if (offset >= whole.size()) return {};
    const std::string_view text = whole.substr(offset);
    const char first = text[0];
    const char second = text.size() > 1 ? text[1] : '\0';
    std::size_t i = 1;
    if (is_space(first)) {
        while (i < text.size() && is_space(text[i])) ++i;
        return {Kind::space, text.substr(0, i), {}};
    }
    if (first == '-' && second == '-') {
        while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
        return {Kind::comment, text.substr(0, i), {}};
    }
    if (first == '/' && second == '*') return {Kind::comment, text.substr(0, block_comment(text)), {}};
    if (first == '\'') return quoted(Kind::string, text, 0, meaning == Backslash::escape);
    if (first == '"') return quoted(Kind::quoted_identifier, text, 0, false);
    if (second == '\'' && (first == 'e' || first == 'E')) return quoted(Kind::string, text, 1, true);
    if (second == '\'' && (first == 'n' || first == 'N')) {
        return quoted(Kind::string, text, 1, meaning == Backslash::escape);
    }
    if (second == '\'' && (first == 'b' || first == 'B' || first == 'x' || first == 'X')) {
        return quoted(Kind::string, text, 1, false);
    }
    if ((first == 'u' || first == 'U') && second == '&' && text.size() > 2) {
        if (text[2] == '\'') return quoted(Kind::string, text, 2, false);
        if (text[2] == '"') return quoted(Kind::quoted_identifier, text, 2, false);
    }
    if (first == '$') {
        if (const Lexeme found = dollar_quoted(text); found.kind != Kind::end) return found;
    }
    if (is_word_start(first)) {
        while (i < text.size() && is_word(text[i])) ++i;
        return {Kind::word, text.substr(0, i), {}};
    }
    if (is_digit(first)) {
        while (i < text.size() && (is_digit(text[i]) || text[i] == '.')) ++i;
        return {Kind::number, text.substr(0, i), {}};
    }
    return {Kind::punctuation, text.substr(0, 1), {}};
}

std::size_t continuation(std::string_view text, std::size_t offset)
{
    bool new_line = false;
    std::size_t i = offset;
    while (i < text.size()) {
        if (is_space(text[i])) {
            new_line = new_line || text[i] == '\n' || text[i] == '\r';
            ++i;
        } else if (text.compare(i, 2, "--") == 0) {
            while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
        } else {
            break;
        }
    }
    return new_line && i < text.size() && text[i] == '\'' ? i : std::string_view::npos;
}

bool equals_folded(std::string_view text, std::string_view lower)
{
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (folded(text[i]) != lower[i]) return false;
    }
    return true;
}

std::size_t find_folded(std::string_view text, std::string_view lower, std::size_t from)
{
    const char upper = lower[0] >= 'a' && lower[0] <= 'z' ? static_cast<char>(lower[0] - 'a' + 'A') : lower[0];
    for (std::size_t i = from; i + lower.size() <= text.size(); ++i) {
        if ((text[i] == lower[0] || text[i] == upper) && equals_folded(text.substr(i, lower.size()), lower)) return i;
    }
    return std::string_view::npos;
}

}  // namespace core
