#include "core/call_text.hpp"

#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

void skip_spaces_back(std::string_view text, std::size_t &end)
{
    while (end > 0 && is_space(text[end - 1])) --end;
}

// The word that ends there, without its quotes; moves the end before it.
std::string_view word_before(std::string_view text, std::size_t &end)
{
    const bool quoted = end > 0 && text[end - 1] == '"';
    if (quoted) --end;
    const std::size_t last = end;
    while (end > 0 && is_name(text[end - 1])) --end;
    const std::string_view word = text.substr(end, last - end);
    if (quoted && end > 0 && text[end - 1] == '"') --end;
    return word;
}

// What stands before the name leaves it unqualified, or names the schema.
bool qualifies(std::string_view text, std::size_t end, std::string_view schema)
{
    skip_spaces_back(text, end);
    if (end == 0 || text[end - 1] != '.') return true;
    --end;
    skip_spaces_back(text, end);
    return equals_folded(word_before(text, end), schema);
}

}  // namespace

bool names_call(std::string_view text, std::string_view schema, std::string_view function)
{
    for (std::size_t at = find_folded(text, function); at != std::string_view::npos; at = find_folded(text, function, at + 1)) {
        std::size_t start = at;
        std::size_t end = at + function.size();
        if (start > 0 && is_name(text[start - 1])) continue;
        if (end < text.size() && is_name(text[end])) continue;
        if (start > 0 && text[start - 1] == '"' && end < text.size() && text[end] == '"') {
            --start;
            ++end;
        }
        while (end < text.size() && is_space(text[end])) ++end;
        if (end < text.size() && text[end] == '(' && qualifies(text, start, schema)) return true;
    }
    return false;
}

}  // namespace core
