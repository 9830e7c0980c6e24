#include "core/repair/joining.hpp"

#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/partitions.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// The column of the parent with the name, which is there and stays as it is.
const Fact *standing_column(const Scene &scene, const std::string &parent, const Fact &column)
{
    const auto id = namesake(column, parent);
    const auto before = scene.from.find(id);
    const auto after = scene.to.find(id);
    if (before == scene.from.end() || after == scene.to.end()) return nullptr;
    return differs(&before->second, after->second, "type") || differs(&before->second, after->second, "collation") ? nullptr : &after->second;
}

const Fact *column_of(const Scene &scene, const List &parents, const Fact &column)
{
    for (const auto &parent : parents) {
        if (const auto *const found = standing_column(scene, parent, column)) return found;
    }
    return nullptr;
}

List parents_to_come(const Scene &scene, const std::string &table)
{
    const auto before = scene.from.find(table);
    const auto after = scene.to.find(table);
    return before == scene.from.end() || after == scene.to.end() ? List() : new_parents(before->second, after->second);
}

}  // namespace

List new_parents(const Fact &was, const Fact &table)
{
    List parents = list_of(table, "inherits");
    const auto &before = list_of(was, "inherits");
    std::erase_if(parents, [&](const std::string &parent) { return std::find(before.begin(), before.end(), parent) != before.end(); });
    if (has(table, "partition_of") && differs(&was, table, "partition_of")) parents.push_back(text_of(table, "partition_of"));
    return parents;
}

std::size_t parents_that_stay(const Fact &was, const Fact &table)
{
    const auto &before = list_of(was, "inherits");
    const auto &after = list_of(table, "inherits");
    std::size_t same = 0;
    while (same < std::min(before.size(), after.size()) && before[same] == after[same]) ++same;
    return same;
}

bool is_given_throughout(const Scene &scene, const Fact &column)
{
    const auto was = scene.from.find(column.parent);
    const auto table = scene.to.find(column.parent);
    if (was == scene.from.end() || table == scene.to.end()) return false;
    const auto gives = [&](const std::string &parent) { return scene.from.contains(namesake(column, parent)); };
    if (has(was->second, "partition_of") && !moves(was->second, table->second)) return gives(text_of(was->second, "partition_of"));
    const auto &before = list_of(was->second, "inherits");
    return std::any_of(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(parents_that_stay(was->second, table->second)), gives);
}

const Fact *made_for_parent(const Scene &scene, const Fact &column)
{
    if (!flag_of(column, "inherited") || scene.from.contains(column.id)) return nullptr;
    return column_of(scene, parents_to_come(scene, column.parent), column);
}

void add_columns_for(const Scene &scene, const std::string &parent, const Fact &table, Steps &steps)
{
    for (const auto *const column : columns_of(scene.to, table.id)) {
        const auto *const given = made_for_parent(scene, *column);
        if (given == nullptr || given != standing_column(scene, parent, *column)) continue;
        Fact made = *given;
        std::erase_if(made.payload, [](const auto &item) { return item.first.starts_with("identity"); });
        // As if it had been made as an heir.
        if (scene.sql.usual_not_null_name && flag_of(made, "not_null") && !has(made, "not_null_name")) {
            made.set("not_null_name", scene.sql.usual_not_null_name(name_of(given->parent).last(), name_of(given->id).last()));
        }
        add_column(scene, table, made, steps);
    }
}

}  // namespace core::repair
