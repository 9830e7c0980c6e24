#include "core/repair/column_places.hpp"

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

void note_column_places(const Scene &scene, const Changes &changes, const std::map<std::string, std::vector<std::string>> &made, Steps &steps)
{
    std::set<std::string> tables;
    for (const auto *const ids : {&changes.made, &changes.rebuilt, &changes.changed}) {
        for (const auto &id : *ids) {
            const auto &fact = scene.to.at(id);
            const bool made_whole = changes.made.contains(fact.parent) || changes.rebuilt.contains(fact.parent);
            if (is_column(fact) && !made_whole) tables.insert(fact.parent);
        }
    }
    for (const auto &table : tables) {
        std::vector<std::string> stay;
        for (const auto *const column : columns_of(scene.from, table)) {
            if (!changes.dropped.contains(column->id) && !changes.rebuilt.contains(column->id)) stay.push_back(column->id);
        }
        std::vector<std::string> wanted;
        std::vector<std::string> come;
        for (const auto *const column : columns_of(scene.to, table)) {
            wanted.push_back(column->id);
            if (changes.made.contains(column->id) || changes.rebuilt.contains(column->id)) come.push_back(column->id);
        }
        // Those that come with a parent's are taken to come in their order.
        const auto planned = made.find(table);
        const auto &last = planned != made.end() && planned->second.size() == come.size() ? planned->second : come;
        stay.insert(stay.end(), last.begin(), last.end());
        const auto whole = scene.to.find(table);
        if (stay == wanted || whole == scene.to.end() || whole->second.kind == "view") continue;
        add_manual(steps, whole->second, "Columns of " + target(scene.sql, whole->second) + " will stand in another order: new ones come last.  To move them, make the table anew and copy its rows.");
    }
}

}  // namespace core::repair
