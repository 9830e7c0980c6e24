#include "core/repair/parent_checks.hpp"

#include <algorithm>

#include "core/drift.hpp"
#include "core/repair/joining.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/parent_parts.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

constexpr std::string_view not_validated = " not validated";

void validate(const Scene &scene, const Fact &table, const std::string &constraint, Steps &steps)
{
    add_step(steps, table, alter_relation(scene.sql, table) + " VALIDATE CONSTRAINT " + constraint, Lock::share_update_exclusive).effect = Effect::scans;
}

bool is_check(const Fact &constraint) { return text_of(constraint, "type") == "check"; }

}  // namespace

bool is_inseparable(const Scene &scene, const Fact &check)
{
    const auto was = scene.from.find(check.parent);
    const auto table = scene.to.find(check.parent);
    if (!is_check(check) || was == scene.from.end() || table == scene.to.end()) return false;
    const auto before = ancestors_of(scene.from, parents_of(was->second));
    const auto after = ancestors_of(scene.to, parents_of(table->second));
    const auto keeps = [&](const Fact *parent) {
        const auto stays = scene.to.find(id_on(check, *parent));
        const auto stood = scene.from.find(id_on(check, *parent));
        if (stays == scene.to.end() || stood == scene.from.end() || differs(&stood->second, stays->second, "definition")) return false;
        return std::any_of(after.begin(), after.end(), [&](const Fact *other) { return other->id == parent->id; });
    };
    return std::any_of(before.begin(), before.end(), keeps);
}

bool is_made_for_parent(const Scene &scene, const Fact &check)
{
    const auto was = scene.from.find(check.parent);
    const auto table = scene.to.find(check.parent);
    if (!is_check(check) || was == scene.from.end() || table == scene.to.end()) return false;
    const auto parents = new_parents(was->second, table->second);
    const auto given = ancestors_of(scene.to, {parents.begin(), parents.end()});
    return std::any_of(given.begin(), given.end(), [&](const Fact *other) {
        const auto id = id_on(check, *other);
        return scene.from.contains(id) && scene.to.contains(id);
    });
}

void validate_on_heirs(const Scene &scene, const Fact &check, Steps &steps)
{
    const auto line = own_name(scene.sql, check) + std::string(not_validated);
    for (const auto *const table : heirs_under(scene.to, std::string(object_of(check.parent)))) {
        const auto &lines = list_of(*table, "inherited_constraints");
        if (scene.from.contains(table->id) && std::find(lines.begin(), lines.end(), line) == lines.end()) validate(scene, *table, own_name(scene.sql, check), steps);
    }
}

void keep_not_null_of_partitions(const Scene &scene, const Fact &column, Steps &steps)
{
    for (const auto *const table : heirs_under(scene.to, std::string(object_of(column.parent)))) {
        const auto before = scene.from.find(namesake(column, table->id));
        const auto after = scene.to.find(namesake(column, table->id));
        const auto is_kept = before != scene.from.end() && after != scene.to.end() && flag_of(before->second, "not_null") && flag_of(after->second, "not_null");
        if (!is_kept) continue;
        auto &step = add_step(steps, column, alter_relation(scene.sql, *table) + " ALTER COLUMN " + own_name(scene.sql, column) + " SET NOT NULL", Lock::access_exclusive);
        step.effect = Effect::scans;
        step.detail = "It has its own, which went with the parent's.";
    }
}

void change_inherited_constraints(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    auto before = from != nullptr ? list_of(*from, "inherited_constraints") : List();
    const auto &after = list_of(to, "inherited_constraints");
    std::erase_if(before, [&](const std::string &line) {
        const bool gets_validated = line.ends_with(not_validated) && std::find(after.begin(), after.end(), line) == after.end();
        if (gets_validated) validate(scene, to, line.substr(0, line.size() - not_validated.size()), steps);
        return gets_validated;
    });
    if (before == after) return;
    add_manual(steps, to, "What constraints of the parent have of their own on this table cannot be set by a command: compare inherited_constraints in drift().");
}

void add_checks_for(const Scene &scene, const std::string &parent, const Fact &table, Steps &steps)
{
    std::string names;
    const auto was = scene.from.find(table.id);
    const auto given = was != scene.from.end() ? ancestors_of(scene.from, parents_of(was->second)) : std::vector<const Fact *>();
    const auto has_it = [&](const Fact &check) {
        const auto own = scene.from.find(id_on(check, table));
        return (own != scene.from.end() && can_become(own->second, check)) || std::any_of(given.begin(), given.end(), [&](const Fact *other) { return scene.from.contains(id_on(check, *other)); });
    };
    for (auto at = scene.to.lower_bound("constraint:" + parent + '.'); at != scene.to.end() && at->first.starts_with("constraint:" + parent + '.'); ++at) {
        const auto &check = at->second;
        const auto before = scene.from.find(check.id);
        // One that is new to the parent comes to both.
        if (text_of(check, "type") != "check" || flag_of(check, "no_inherit") || before == scene.from.end() || differs(&before->second, check, "definition")) continue;
        if (has_it(check)) continue;
        const bool is_validated = flag_of(check, "validated", true);
        auto &step = add_step(steps, table, alter_relation(scene.sql, table) + " ADD CONSTRAINT " + own_name(scene.sql, check) + ' ' + text_of(check, "definition") + (is_validated ? "" : " NOT VALID"),
                              Lock::access_exclusive);
        step.effect = is_validated ? Effect::scans : Effect::none;
        step.detail = "Its parent is to find it there.";
        if (!scene.to.contains(id_on(check, table))) names += (names.empty() ? "" : ", ") + own_name(scene.sql, check);
    }
    if (names.empty() || has(table, "partition_of")) return;
    add_manual(steps, table, "Constraints of " + target(scene.sql, table) + " stay declared by the table itself beside its parents, which no command takes back: " + names + '.');
}

}  // namespace core::repair
