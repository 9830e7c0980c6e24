#include "core/repair/dialect.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '$'; }

// One part of a name; empty when none stands there.
std::string take_part(std::string_view &text)
{
    std::string part;
    if (text.empty() || text.front() != '"') {
        while (!text.empty() && is_word(text.front())) {
            part += text.front();
            text.remove_prefix(1);
        }
        return part;
    }
    text.remove_prefix(1);
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') {
            if (text.empty() || text.front() != '"') break;
            text.remove_prefix(1);
        }
        part += c;
    }
    return part;
}

// The name that a key begins with, and names with dots behind it: of a collation, of an operator class.  Expressions,
// and constants in what an operator class is given, stay as they are.
std::string quoted_keys(const Dialect &sql, std::string_view held, int depth)
{
    std::string out;
    bool begins = depth == 1;
    while (!held.empty()) {
        const char c = held.front();
        if (begins_name(c)) {
            std::string_view rest;
            const auto parts = take_name(held, rest);
            const bool known = depth == 1 && (begins || parts.size() > 1);
            out += known ? sql.name(parts) : std::string(held.substr(0, held.size() - rest.size()));
            begins = false;
            held = rest;
            continue;
        }
        std::size_t length = 1;
        if (c == '\'') {
            length = std::min(held.find(c, 1), held.size() - 1) + 1;
        } else if (c != ' ') {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            begins = depth == 1 && (c == ',' || (c == '(' && out.empty()));
        }
        out += held.substr(0, length);
        held.remove_prefix(length);
    }
    return out;
}

}  // namespace

std::string Dialect::name(const std::vector<std::string> &parts) const
{
    std::string out;
    for (const auto &part : parts) {
        if (!out.empty()) out += '.';
        out += quote(part);
    }
    return out;
}

std::string Dialect::name(std::string_view held) const
{
    std::string_view rest;
    const auto parts = take_name(held, rest);
    return name(parts) + std::string(rest);
}

std::string Dialect::bare_name(std::string_view held) const
{
    std::string_view rest;
    return name(take_name(held, rest));
}

std::string Dialect::name_and_columns(std::string_view held) const
{
    std::string_view rest;
    auto out = name(take_name(held, rest));
    if (!rest.starts_with(" (")) return out + std::string(rest);
    std::string columns;
    do {
        rest.remove_prefix(2);
        columns += (columns.empty() ? "" : ", ") + name(take_name(rest, rest));
    } while (rest.starts_with(", "));
    return out + " (" + columns + std::string(rest);
}

std::string Dialect::keys(std::string_view held) const
{
    const auto open = std::min(held.find('('), held.size());
    return std::string(held.substr(0, open)) + quoted_keys(*this, held.substr(open), 0);
}

std::string Dialect::key(std::string_view held) const { return quoted_keys(*this, held, 1); }

std::string Dialect::names(const std::vector<std::string> &held) const
{
    std::string out;
    for (const auto &one : held) {
        if (!out.empty()) out += ", ";
        out += name(std::string_view(one));
    }
    return out;
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

std::string_view enabling(std::string_view state)
{
    return state == "disabled" ? "DISABLE" : state == "always" ? "ENABLE ALWAYS" : state == "replica" ? "ENABLE REPLICA" : "ENABLE";
}

bool begins_name(char c) { return c == '"' || is_letter(c); }

std::string literal(std::string_view text)
{
    std::string out = text.find('\\') != std::string_view::npos ? "E'" : "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += c;
        out += c;
    }
    return out += '\'';
}

std::string dollar_quoted(std::string_view body)
{
    std::string tag = "$";
    // The body may end in a dollar or hold the tag's beginning at its end.
    for (int i = 0; body.find(tag + '$') != std::string_view::npos || (!body.empty() && body.back() == '$' && i == 0); ++i) {
        tag = "$body" + (i > 0 ? std::to_string(i) : "");
    }
    tag += '$';
    return tag + std::string(body) + tag;
}

std::vector<std::string> take_name(std::string_view text, std::string_view &rest)
{
    std::vector<std::string> parts{take_part(text)};
    while (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        parts.push_back(take_part(text));
    }
    rest = text;
    return parts;
}

const std::string &Name::part(std::size_t place) const
{
    static const std::string none;
    return place < parts.size() ? parts[place] : none;
}

Name name_of(std::string_view id)
{
    Name name;
    const auto colon = id.find(':');
    name.kind = std::string(id.substr(0, colon));
    if (colon == std::string_view::npos) return name;
    std::string_view rest = id.substr(colon + 1);
    if (!rest.empty() && rest.front() != '(') name.parts = take_name(rest, rest);
    // All but these have a name, if only an empty one.
    if (name.parts.empty() && name.kind != "cast" && name.kind != "transform") name.parts.emplace_back();
    if (rest.size() >= 2 && rest.front() == '(') name.arguments = std::string(rest.substr(1, rest.size() - 2));
    return name;
}

}  // namespace core::repair
