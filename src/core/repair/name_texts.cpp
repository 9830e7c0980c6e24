#include "core/repair/name_texts.hpp"

#include <algorithm>

#include "core/fact.hpp"
#include "core/repair/dialect.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

constexpr std::string_view users[] = {"body", "labels", "options", "toast_options", "fdw_options", "settings", "config", "connection"};

// Length of the constant at the start, its quotes included.
std::size_t constant_length(std::string_view text, bool backslashes)
{
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (backslashes && text[i] == '\\') ++i;
        else if (text[i] == '\'' && i + 1 < text.size() && text[i + 1] == '\'') ++i;
        else if (text[i] == '\'') return i + 1;
    }
    return text.size();
}

}  // namespace

bool has_names(std::string_view attribute)
{
    return !attribute.ends_with("comment") && std::find(std::begin(users), std::end(users), attribute) == std::end(users);
}

std::string with_names(std::string_view text, const std::function<bool(std::vector<std::string> &)> &change)
{
    std::string out;
    bool backslashes = false;
    while (!text.empty()) {
        if (text.front() == '\'') {
            const auto length = constant_length(text, backslashes);
            const auto constant = text.substr(0, length);
            text.remove_prefix(length);
            const bool names_object = length >= 2 && text.starts_with("::reg");
            out += names_object ? '\'' + with_names(constant.substr(1, length - 2), change) + '\'' : std::string(constant);
            backslashes = false;
            continue;
        }
        backslashes = false;
        if (!begins_name(text.front())) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        std::string_view rest;
        auto parts = take_name(text, rest);
        const auto taken = text.substr(0, text.size() - rest.size());
        backslashes = taken == "E" || taken == "e";
        if (change(parts)) {
            // The name of an operator follows the dot as it is.
            for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? "." : "") + (parts[i].empty() ? std::string() : quote_part(parts[i]));
        } else {
            out += taken;
        }
        text = rest;
    }
    return out;
}

}  // namespace core::repair
