#include "core/version_table.hpp"

#include "core/cpp_only.hpp"

namespace core {

std::vector<VersionTable> version_tables(std::string_view setting)
{
    std::vector<VersionTable> tables;
    std::vector<std::string> parts(1);
    bool quoted = false;
    const auto finish = [&tables, &parts] {
        if (!parts.back().empty() && parts.size() <= 2) {
            tables.push_back({parts.size() == 2 ? parts.front() : std::string(), parts.back()});
        }
        parts.assign(1, std::string());
    };
    for (std::size_t i = 0; i < setting.size(); ++i) {
        const char c = setting[i];
        if (c == '"') {
            // A doubled quote inside quotes stands for one.
            const bool doubled = quoted && i + 1 < setting.size() && setting[i + 1] == '"';
            if (doubled) {
                parts.back() += c;
                ++i;
            } else {
                quoted = !quoted;
            }
        } else if (quoted) {
            parts.back() += c;
        } else if (c == ',') {
            finish();
        } else if (c == '.') {
            parts.emplace_back();
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            parts.back() += c;
        }
    }
    finish();
    return tables;
}

}  // namespace core
