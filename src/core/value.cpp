#include "core/value.hpp"

#include <type_traits>

#include "core/cpp_only.hpp"

namespace core {

void append_json_string(std::string &out, std::string_view text)
{
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // where the characters start that stand for themselves
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && c != '"' && c != '\\') continue;
        out += text.substr(plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            default:
                out += "\\u00";
                out += hex[byte >> 4];
                out += hex[byte & 15];
        }
    }
    out += text.substr(plain);
    out += '"';
}

void append_json(std::string &out, const Value &value)
{
    std::visit(
        [&out](const auto &held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::monostate>) {
                out += "null";
            } else if constexpr (std::is_same_v<Held, bool>) {
                out += held ? "true" : "false";
            } else if constexpr (std::is_same_v<Held, std::int64_t>) {
                out += std::to_string(held);
            } else if constexpr (std::is_same_v<Held, std::string>) {
                append_json_string(out, held);
            } else {
                out += '[';
                for (std::size_t i = 0; i < held.size(); ++i) {
                    if (i > 0) out += ',';
                    append_json_string(out, held[i]);
                }
                out += ']';
            }
        },
        value);
}

}  // namespace core
