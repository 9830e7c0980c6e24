#include "core/repair/family_edges.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/repair/heirs.hpp"
#include "core/repair/joining.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

void FamilyEdges::add_table(const Fact &was, const Fact &table, const Chain &chain)
{
    // It keeps what goes from a parent that it leaves before.
    for (const auto *const parent : ancestors_left(scene_, was)) {
        for (const auto *const part : parent_parts_.of_before(parent->id)) {
            const auto drop = work_.drops.find(part->id);
            if (drop != work_.drops.end() && text_of(*part, "type") == "check" && !work_.drops.contains(was.id)) follow(drop->second.first, chain);
        }
    }
    add_lost_parents(was, table, chain);
    add_new_parents(was, table, chain);
}

void FamilyEdges::leave_to_table(const Fact &check, const Chain &chain)
{
    const auto table = scene_.from.find(check.parent);
    if (table == scene_.from.end()) return;
    for (const auto *const parent : ancestors_of(scene_.from, parents_of(table->second))) {
        if (const auto drop = work_.drops.find(id_on(check, *parent)); drop != work_.drops.end()) follow(chain.first, drop->second);
    }
    const auto made = work_.makes.find(check.parent);
    if (made != work_.makes.end() && !work_.drops.contains(check.parent)) follow(chain.first, made->second);
}

// No column changes its type while a table has it from another parent as well, so it leaves that one before; and it keeps
// what goes from the parent.
void FamilyEdges::add_lost_parents(const Fact &was, const Fact &fact, const Chain &chain)
{
    const auto &before = list_of(was, "inherits");
    const auto &after = list_of(fact, "inherits");
    const auto is_lost = [&](const std::string &parent) { return std::find(after.begin(), after.end(), parent) == after.end(); };
    if (std::none_of(before.begin(), before.end(), is_lost) || work_.drops.contains(fact.id)) return;
    std::unordered_set<const Fact *> seen;
    for (const auto *const column : columns_of(scene_.from, fact.id)) {
        for (const auto *const source : sources_of(scene_.from, *column, seen)) {
            if (source == column) continue;
            for (const auto *const chains : {&work_.makes, &work_.drops}) {
                if (const auto found = chains->find(source->id); found != chains->end()) follow(found->second.first, chain);
            }
        }
    }
}

// A table has all the columns and checks of a parent when it comes to it: those that go are gone by then, and new ones come to
// both.  An index of its own that is to stay that is not there.
void FamilyEdges::add_new_parents(const Fact &was, const Fact &fact, const Chain &chain)
{
    for (const auto *const part : parent_parts_.taken_by_parent(fact)) {
        if (const auto drop = work_.drops.find(part->id); drop != work_.drops.end()) follow(chain.first, drop->second);
    }
    if (work_.drops.contains(fact.id)) return;
    // Its own columns are as the parent's before.
    for (const auto *const column : columns_of(scene_.from, fact.id)) {
        for (const auto *const chains : {&work_.makes, &work_.drops}) {
            if (const auto found = chains->find(column->id); found != chains->end() && comes_to_parent(*column)) follow(chain.first, found->second);
        }
    }
    for (const auto &parent : new_parents(was, fact)) {
        for (const auto *const part : parent_parts_.of_before("table:" + parent)) {
            if (const auto drop = work_.drops.find(part->id); drop != work_.drops.end() && text_of(*part, "type") == "check") follow(chain.first, drop->second);
        }
        for (const auto *const part : parent_parts_.of_after("table:" + parent)) {
            if (const auto made = work_.makes.find(part->id); made != work_.makes.end() && text_of(*part, "type") == "check" && !scene_.from.contains(part->id)) follow(made->second.first, chain);
        }
        for (const auto *const column : columns_of(scene_.from, "table:" + parent)) {
            if (const auto drop = work_.drops.find(column->id); drop != work_.drops.end()) follow(chain.first, drop->second);
        }
        for (const auto *const column : columns_of(scene_.to, "table:" + parent)) {
            const auto made = work_.makes.find(column->id);
            if (made == work_.makes.end() || scene_.from.contains(column->id)) continue;
            if (!scene_.from.contains(namesake(*column, fact.id))) follow(made->second.first, chain);
        }
    }
}

bool FamilyEdges::comes_to_parent(const Fact &column) const
{
    const auto was = scene_.from.find(column.parent);
    const auto table = scene_.to.find(column.parent);
    const auto before = scene_.from.find(column.id);
    if (was == scene_.from.end() || table == scene_.to.end() || before == scene_.from.end() || flag_of(before->second, "inherited")) return false;
    return !new_parents(was->second, table->second).empty() && !work_.drops.contains(was->first);
}

}  // namespace core::repair
