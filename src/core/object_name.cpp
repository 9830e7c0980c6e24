#include "core/object_name.hpp"

#include <algorithm>

#include "core/fact.hpp"
#include "core/vocabulary.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// As the server does with names of ASCII letters.
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_kind_word(std::string_view word) { return is_fact_kind(word) || word == "materialized_view" || word == "composite_type"; }

// Takes "table:" or "materialized view " from the front.
std::string take_kind(std::string_view &text)
{
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && is_kind_word(text.substr(0, colon))) {
        std::string kind(text.substr(0, colon));
        text = trimmed(text.substr(colon + 1));
        return kind;
    }
    std::string words;
    std::string longest;
    std::string_view rest_of_longest;
    constexpr int most_words = 4;
    std::string_view rest = text;
    for (int i = 0; i < most_words; ++i) {
        const auto end = std::find_if(rest.begin(), rest.end(), is_space);
        if (end == rest.end()) break;
        if (!words.empty()) words += '_';
        std::transform(rest.begin(), end, std::back_inserter(words), lower);
        rest = trimmed(rest.substr(static_cast<std::size_t>(end - rest.begin())));
        if (!is_kind_word(words)) continue;
        longest = words;
        rest_of_longest = rest;
    }
    if (!longest.empty()) text = rest_of_longest;
    return longest;
}

// Reads a name, quoted or not, from the front; false where there is none.
bool take_part(std::string_view &text, std::string &part)
{
    part.clear();
    if (!text.empty() && text.front() == '"') {
        for (std::size_t i = 1; i < text.size(); ++i) {
            if (text[i] != '"') {
                part += text[i];
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                part += text[++i];
            } else {
                text.remove_prefix(i + 1);
                return !part.empty();
            }
        }
        return false;
    }
    const auto in_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
    };
    const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), in_name) - text.begin());
    for (const char c : text.substr(0, end)) part += lower(c);
    text.remove_prefix(end);
    return !part.empty();
}

std::vector<std::string> split_arguments(std::string_view text)
{
    std::vector<std::string> arguments;
    if (trimmed(text).empty()) return arguments;
    int depth = 0;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ',';
        if (c == '"') quoted = !quoted;
        if (quoted && i < text.size()) continue;
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c != ',' || (depth > 0 && i < text.size())) continue;
        arguments.emplace_back(trimmed(text.substr(start, i - start)));
        start = i + 1;
    }
    return arguments;
}

// False where the text is no plain name.
bool read_parts(std::string_view text, ObjectName &name)
{
    std::string part;
    for (;;) {
        if (!take_part(text, part)) return false;
        name.parts.push_back(part);
        if (text.empty()) return true;
        if (text.front() == '(' && text.back() == ')') {
            name.with_arguments = true;
            name.arguments = split_arguments(text.substr(1, text.size() - 2));
            return true;
        }
        if (text.front() != '.') return false;
        text.remove_prefix(1);
    }
}

}  // namespace

std::string ObjectName::in_facts(std::size_t count) const
{
    std::string out;
    for (std::size_t i = 0; i < std::min(count, parts.size()); ++i) {
        if (i > 0) out += '.';
        out += quote_part(parts[i]);
    }
    if (!with_arguments || count < parts.size()) return out;
    out += '(';
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0) out += ',';
        out += arguments[i];
    }
    return out += ')';
}

ObjectName read_object_name(std::string_view text)
{
    ObjectName name;
    text = trimmed(text);
    name.kind = take_kind(text);
    name.whole = text;
    if (!read_parts(text, name)) {
        name.parts.clear();
        name.with_arguments = false;
    }
    return name;
}

}  // namespace core
