#include "core/fact.hpp"

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
