#include "core/repair/type_change.hpp"

#include <algorithm>
#include <charconv>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// "numeric", {12, 2} of "numeric(12,2)".
struct Type {
    std::string name;
    std::vector<int> modifiers;
};

Type parse(const std::string &text)
{
    Type type;
    const auto open = text.find('(');
    const auto close = text.find(')', std::min(open, text.size()));
    type.name = text.substr(0, open);
    if (open == std::string::npos || close == std::string::npos) return type;
    type.name += text.substr(close + 1);
    const char *at = text.data() + open + 1;
    const char *const end = text.data() + close;
    while (at < end) {
        int number = 0;
        const auto result = std::from_chars(at, end, number);
        if (result.ec != std::errc()) break;
        type.modifiers.push_back(number);
        at = std::min(result.ptr + 1, end);
    }
    return type;
}

int rank_of(const std::string &name)
{
    constexpr std::string_view integers[] = {"smallint", "integer", "bigint"};
    const auto *const found = std::find(std::begin(integers), std::end(integers), name);
    return found != std::end(integers) ? static_cast<int>(found - std::begin(integers)) : -1;
}

bool is_wider_text(const Type &from, const Type &to)
{
    if (from.name != "character varying") return false;
    if (to.name == "text" || (to.name == "character varying" && to.modifiers.empty())) return true;
    return to.name == "character varying" && !from.modifiers.empty() && to.modifiers.front() >= from.modifiers.front();
}

bool is_wider_number(const Type &from, const Type &to)
{
    if (from.name != "numeric" || to.name != "numeric") return false;
    if (to.modifiers.empty()) return true;
    if (from.modifiers.size() != to.modifiers.size() || from.modifiers.empty()) return false;
    const bool same_scale = from.modifiers.size() < 2 || from.modifiers[1] == to.modifiers[1];
    return same_scale && to.modifiers[0] >= from.modifiers[0];
}

bool loses(const Type &from, const Type &to)
{
    if (rank_of(from.name) >= 0 && rank_of(to.name) >= 0) return rank_of(to.name) < rank_of(from.name);
    if (from.name == to.name && !to.modifiers.empty()) {
        if (from.modifiers.empty()) return true;
        for (std::size_t i = 0; i < std::min(from.modifiers.size(), to.modifiers.size()); ++i) {
            if (to.modifiers[i] < from.modifiers[i]) return true;
        }
    }
    return (from.name == "text" && to.name == "character varying" && !to.modifiers.empty()) ||
           (from.name == "timestamp with time zone" && (to.name == "date" || to.name == "timestamp without time zone")) ||
           (from.name == "timestamp without time zone" && to.name == "date");
}

}  // namespace

void judge_type_change(const std::string &from, const std::string &to, Step &step)
{
    const auto old_type = parse(from);
    const auto new_type = parse(to);
    if (is_wider_text(old_type, new_type) || is_wider_number(old_type, new_type)) {
        step.rule = "R16";
        return;
    }
    if (loses(old_type, new_type)) {
        step.effect = Effect::loses_data;
        step.rule = "D22";
        step.detail = "Values that type " + to + " cannot hold are cut, or make the command fail.";
        return;
    }
    step.effect = Effect::rewrites;
    step.rule = "R01";
    step.detail = "Rewrites the table under a lock that keeps readers out.  On a big table rather add a column of the new type, fill it in parts, and take its place.";
}

}  // namespace core::repair
