#include "core/connection_string.hpp"

#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view mask = "<redacted>";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool is_quote(char c) { return c == '\'' || c == '"'; }

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hexadecimal(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexadecimal(text[i + 1]) : -1;
        const int low = high >= 0 ? hexadecimal(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

struct Range {
    std::size_t start = std::string_view::npos;
    std::size_t end = std::string_view::npos;
};

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    // The next password at or after `at`; without one, start is npos.
    Range next(std::size_t at)
    {
        for (; at < text_.size(); ++at) {
            const char c = text_[at];
            Range found;
            if (is_blank(c) || is_quote(c)) {
                in_uri_ = false;
            } else if (c == ':' && text_.compare(at, 3, "://") == 0) {
                in_uri_ = true;
                found = user_password(at + 3);
            } else if (c == 'p' || c == 'P') {
                found = assignment(at);
            } else if (in_uri_ && (c == '?' || c == '&')) {
                found = parameter(at + 1);
            }
            if (found.start != std::string_view::npos) return found;
        }
        return {};
    }

    bool ends_open() const { return ends_open_; }

  private:
    Range user_password(std::size_t at)
    {
        std::size_t colon = 0;
        std::size_t end = at;
        while (end < text_.size() && text_[end] != '@' && text_[end] != '/' && text_[end] != '?' && !is_blank(text_[end]) && !is_quote(text_[end])) {
            if (text_[end] == ':' && colon == 0) colon = end;
            ++end;
        }
        if (colon != 0 && colon + 1 == text_.size()) ends_open_ = true;
        if (colon == 0 || end >= text_.size() || text_[end] != '@') return {};
        return {colon + 1, end};
    }

    Range assignment(std::size_t at)
    {
        constexpr std::string_view key = "password";
        if (!equals_folded(text_.substr(at, key.size()), key)) return {};
        std::size_t sign = at + key.size();
        while (sign < text_.size() && is_blank(text_[sign])) ++sign;
        if (sign >= text_.size() || text_[sign] != '=') return {};
        std::size_t start = sign + 1;
        while (start < text_.size() && is_blank(text_[start])) ++start;
        return value(start);
    }

    Range parameter(std::size_t at)
    {
        std::size_t sign = at;
        while (sign < text_.size() && text_[sign] != '=' && text_[sign] != '&' && !is_blank(text_[sign]) && !is_quote(text_[sign])) ++sign;
        if (sign >= text_.size() || text_[sign] != '=') return {};
        if (find_folded(percent_decoded(text_.substr(at, sign - at)), "password") == std::string_view::npos) return {};
        return value(sign + 1);
    }

    Range value(std::size_t start)
    {
        std::size_t end = start;
        if (end < text_.size() && text_[end] == '\'') {
            ++end;
            while (end < text_.size() && text_[end] != '\'') end += text_[end] == '\\' && end + 1 < text_.size() ? 2 : 1;
            if (end >= text_.size()) ends_open_ = true;
            if (end < text_.size()) ++end;
        } else {
            while (end < text_.size() && !ends_value(end)) end += text_[end] == '\\' && end + 1 < text_.size() ? 2 : 1;
        }
        if (start >= text_.size()) ends_open_ = true;
        return {start, end};
    }

    // A quote that goes on with a letter is one in a password, not the end of a string in code.
    bool ends_value(std::size_t at) const
    {
        const char c = text_[at];
        if (is_quote(c)) return at + 1 >= text_.size() || !is_alphanumeric(text_[at + 1]);
        return is_blank(c) || (in_uri_ && c == '&');
    }

    std::string_view text_;
    bool in_uri_ = false;
    bool ends_open_ = false;
};

}  // namespace

std::string mask_connection(std::string_view text, Open &open)
{
    open = Open::none;
    Scanner scanner(text);
    std::string out;
    std::size_t from = 0;
    for (;;) {
        const Range found = scanner.next(from);
        if (found.start == std::string_view::npos) break;
        const std::string_view value = text.substr(found.start, found.end - found.start);
        out += text.substr(from, found.start - from);
        if (has_placeholder(value)) open = Open::placeholder;
        if (value == "'") {
            out += value;
        } else if (!value.empty()) {
            out += value[0] == '\'' ? "'<redacted>'" : mask;
        }
        from = found.end;
    }
    out += text.substr(from);
    if (open == Open::none && scanner.ends_open()) open = Open::end;
    return out;
}

bool is_placeholder(std::string_view text)
{
    std::size_t i = 1;
    if (text.empty() || text[0] != '%') return false;
    while (i < text.size() && (text[i] == '-' || text[i] == '$' || text[i] == '*' || (text[i] >= '0' && text[i] <= '9'))) ++i;
    return i < text.size() && (text[i] == 's' || text[i] == 'L' || text[i] == 'I') && (i + 1 >= text.size() || !is_alphanumeric(text[i + 1]));
}

bool has_placeholder(std::string_view text)
{
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        if (is_placeholder(text.substr(at))) return true;
    }
    return false;
}

}  // namespace core
