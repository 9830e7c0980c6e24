#include "core/not_null_name.hpp"

#include "core/object_name.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

std::string usual_name(const Fact &column, const UsualNotNullName &usual)
{
    const auto parts = read_object_name(column.id).parts;
    if (parts.size() < 2) return {};
    return usual(parts[parts.size() - 2], parts.back());
}

}  // namespace

std::optional<std::string> not_null_name(const Fact &column, const UsualNotNullName &usual)
{
    if (!usual || column.kind != "column" || !column.payload.contains("not_null") || column.payload.contains("inherited")) return std::nullopt;
    const auto given = column.payload.find("not_null_name");
    const auto *const name = given != column.payload.end() ? std::get_if<std::string>(&given->second) : nullptr;
    return name != nullptr ? *name : usual_name(column, usual);
}

void keep_not_null_name(Fact &column, const std::string &name, const UsualNotNullName &usual)
{
    column.payload.erase("not_null_name");
    if (name != usual_name(column, usual)) column.set("not_null_name", name);
}

}  // namespace core
