#include "core/repair/local_columns.hpp"

#include <algorithm>

#include "core/repair/joining.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool will_be_local(const Scene &scene, const Fact &column)
{
    const auto before = scene.from.find(column.id);
    if (before == scene.from.end()) return made_for_parent(scene, column) != nullptr;
    return !comes_from_parent(before->second) || !is_given_throughout(scene, column);
}

enum class Outcome { as_wanted, stays_local, stays_inherited };

Outcome outcome_of(const Scene &scene, const Fact &column)
{
    // Partitions have no column that is local.
    const auto table = scene.to.find(column.parent);
    if (!flag_of(column, "inherited") || table == scene.to.end() || has(table->second, "partition_of")) return Outcome::as_wanted;
    const bool local = will_be_local(scene, column);
    // What is new and local is made so.
    if (local == flag_of(column, "local") || (!local && !scene.from.contains(column.id))) return Outcome::as_wanted;
    return local ? Outcome::stays_local : Outcome::stays_inherited;
}

void note(const Scene &scene, const Fact &subject, const Fact &table, const std::string &columns, Outcome outcome, Steps &steps)
{
    if (columns.empty() || outcome == Outcome::as_wanted) return;
    const auto of_table = "Columns of " + target(scene.sql, table);
    add_manual(steps, subject, outcome == Outcome::stays_local ? of_table + " stay declared by the table itself beside its parents, which no command takes back: " + columns + '.'
                                                              : of_table + " come from its parents alone, and no command has the table declare them as well: " + columns + '.');
}

}  // namespace

void note_local_columns(const Scene &scene, const Fact &was, const Fact &table, Steps &steps)
{
    if (list_of(was, "inherits") == list_of(table, "inherits")) return;
    for (const auto outcome : {Outcome::stays_local, Outcome::stays_inherited}) {
        std::string columns;
        for (const auto *const column : columns_of(scene.to, table.id)) {
            if (outcome_of(scene, *column) == outcome) columns += (columns.empty() ? "" : ", ") + own_name(scene.sql, *column);
        }
        note(scene, table, table, columns, outcome, steps);
    }
}

void note_local_column(const Scene &scene, const Fact &column, Steps &steps)
{
    const auto was = scene.from.find(column.parent);
    const auto table = scene.to.find(column.parent);
    if (was == scene.from.end() || table == scene.to.end() || list_of(was->second, "inherits") != list_of(table->second, "inherits")) return;
    note(scene, column, table->second, own_name(scene.sql, column), outcome_of(scene, column), steps);
}

}  // namespace core::repair
