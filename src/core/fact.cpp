#include "core/fact.hpp"

#include <algorithm>
#include <cctype>

#include "core/cpp_only.hpp"

namespace core {

std::string quote_part(std::string_view name)
{
    bool plain = !name.empty() && !(name.front() >= '0' && name.front() <= '9');
    for (const char c : name) {
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    if (plain) return std::string(name);
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    quoted += '"';
    return quoted;
}

std::string fact_id(std::string_view kind, std::initializer_list<std::string_view> parts)
{
    std::string id(kind);
    char separator = ':';
    for (const auto part : parts) {
        id += separator;
        id += quote_part(part);
        separator = '.';
    }
    return id;
}

bool may_hide_oids(std::string_view text)
{
    constexpr std::string_view cast = "'::";
    for (auto at = text.find(cast); at != std::string_view::npos; at = text.find(cast, at + 1)) {
        auto type = text.substr(at + cast.size());
        const auto in_name = [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '$' || c == '"' || c == '\\';
        };
        const auto end = static_cast<std::size_t>(std::find_if_not(type.begin(), type.end(), in_name) - type.begin());
        if (type.starts_with("reg") && type.substr(end).starts_with("[]")) return true;
        const char last = at > 0 ? text[at - 1] : ' ';
        const bool is_made_of_several = last == ')' || last == '}' || last == ']';
        // A quoted name is a user's, whatever is in it.
        const bool is_of_user = type.starts_with('"') || type.starts_with("\\\"") || type.substr(0, end).find('.') != std::string_view::npos;
        if (is_made_of_several && is_of_user) return true;
    }
    return false;
}

std::string canonical_json(const Payload &payload)
{
    std::string out = "{";
    for (const auto &[name, value] : payload) {
        if (out.size() > 1) out += ',';
        append_json_string(out, name);
        out += ':';
        append_json(out, value);
    }
    out += '}';
    return out;
}

}  // namespace core
