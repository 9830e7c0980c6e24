#include "core/repair/parent_parts.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "core/drift.hpp"
#include "core/repair/joining.hpp"
#include "core/repair/keys.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/part_names.hpp"
#include "core/repair/partitions.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool has_relation_name(const Fact &part) { return part.kind == "index" || is_key(part); }

// Whatever the parent's is called: the server chose a name, or it had one when it came.
bool has_name_of_its_own(const Fact &part) { return has_relation_name(part) || is_foreign_key(part); }

bool are_alike(const Fact &left, const Fact &right)
{
    constexpr std::string_view attributes[] = {"method", "keys", "predicate", "unique", "nulls_not_distinct", "include", "type", "definition"};
    return left.kind == right.kind && std::all_of(std::begin(attributes), std::end(attributes), [&](std::string_view attribute) {
               return value_of(left, attribute) == value_of(right, attribute);
           });
}

// Whether the part that a parent gives is as its own is to be: a comment on the parent's is not on it.
bool is_as_given(const Fact &part, const Fact &own)
{
    auto given = part.payload;
    given.erase("comment");
    given.erase("index_comment");
    return flag_of(part, "valid", true) && flag_of(part, "index_valid", true) && given == own.payload;
}

bool is_name_free(const Scene &scene, const std::string &schema, const std::string &name)
{
    constexpr std::string_view kinds[] = {"table", "foreign_table", "view", "matview", "sequence", "index", "composite"};
    return std::none_of(std::begin(kinds), std::end(kinds), [&](std::string_view kind) { return scene.from.contains(fact_id(kind, {schema, name})); });
}

// The nearest first, each once.
std::vector<const Fact *> all_under(const std::unordered_map<std::string, std::vector<const Fact *>> &children, const std::string &table)
{
    std::vector<const Fact *> found;
    std::set<std::string> seen{table};
    for (std::deque<std::string> open{table}; !open.empty(); open.pop_front()) {
        const auto next = children.find(open.front());
        if (next == children.end()) continue;
        for (const auto *const child : next->second) {
            auto name = std::string(object_of(child->id));
            if (!seen.insert(name).second) continue;
            found.push_back(child);
            open.push_back(std::move(name));
        }
    }
    return found;
}

}  // namespace

std::deque<std::string> parents_of(const Fact &table)
{
    const auto &inherited = list_of(table, "inherits");
    std::deque<std::string> parents(inherited.begin(), inherited.end());
    if (has(table, "partition_of")) parents.push_back(text_of(table, "partition_of"));
    return parents;
}

std::vector<const Fact *> ancestors_of(const FactMap &facts, std::deque<std::string> parents)
{
    std::vector<const Fact *> found;
    std::set<std::string> seen;
    for (; !parents.empty(); parents.pop_front()) {
        const auto table = facts.find("table:" + parents.front());
        if (table == facts.end() || !seen.insert(table->first).second) continue;
        found.push_back(&table->second);
        if (has(table->second, "partition_of")) parents.push_back(text_of(table->second, "partition_of"));
        for (const auto &parent : list_of(table->second, "inherits")) parents.push_back(parent);
    }
    return found;
}

std::vector<const Fact *> ancestors_left(const Scene &scene, const Fact &was)
{
    const auto table = scene.to.find(was.id);
    if (table == scene.to.end()) return {};
    const auto &inherited = list_of(was, "inherits");
    std::deque<std::string> parents(inherited.begin() + static_cast<std::ptrdiff_t>(parents_that_stay(was, table->second)), inherited.end());
    if (has(was, "partition_of")) parents.push_back(text_of(was, "partition_of"));
    return ancestors_of(scene.from, parents);
}

std::string id_on(const Fact &part, const Fact &table)
{
    return "constraint:" + std::string(object_of(table.id)) + '.' + quote_part(name_of(part.id).last());
}

bool can_become(const Fact &check, const Fact &parents)
{
    const auto holds_as = [&](std::string_view attribute) { return flag_of(check, attribute, true) || !flag_of(parents, attribute, true); };
    return !differs(&check, parents, "definition") && !flag_of(check, "no_inherit") && holds_as("validated") && holds_as("enforced");
}

std::vector<const Fact *> heirs_under(const FactMap &facts, const std::string &table)
{
    std::unordered_map<std::string, std::vector<const Fact *>> children;
    for (const auto &[id, fact] : facts) {
        if (!is_table(fact.kind)) continue;
        for (auto &parent : parents_of(fact)) children[std::move(parent)].push_back(&fact);
    }
    return all_under(children, table);
}

ParentParts::ParentParts(const Scene &scene) : scene_(scene)
{
    const auto gather = [](const FactMap &facts, ByTable &tables) {
        for (const auto &[id, fact] : facts) {
            if (fact.kind == "index" || fact.kind == "constraint") tables[fact.parent].push_back(&fact);
        }
    };
    gather(scene.from, from_);
    gather(scene.to, to_);
    for (const auto &[id, fact] : scene.from) {
        if (is_table(fact.kind) && has(fact, "partition_of")) partitions_[text_of(fact, "partition_of")].push_back(&fact);
    }
}

const KeyNames &ParentParts::key_names() const
{
    if (!key_names_) key_names_.emplace(scene_);
    return *key_names_;
}

const std::vector<const Fact *> &ParentParts::parts_of(const ByTable &tables, const std::string &table)
{
    static const std::vector<const Fact *> none;
    const auto found = tables.find(table);
    return found != tables.end() ? found->second : none;
}

// What a parent that the table is to have has of the like, and takes it for a part of; null for nothing but what others are taken for.
const Fact *ParentParts::wanted_of_parent(const Fact &part, const Fact &table, const std::set<const Fact *> &others) const
{
    // Checks are the same by their names.
    const bool is_check = text_of(part, "type") == "check";
    for (const auto *const parent : ancestors_of(scene_.to, parents_of(table))) {
        for (const auto *const other : parts_of(to_, parent->id)) {
            if (are_alike(part, *other) && !others.contains(other) && (!is_check || name_of(part.id).last() == name_of(other->id).last())) return other;
        }
    }
    return nullptr;
}

const Fact *ParentParts::kept_as(const Fact &part, const Fact &table) const
{
    for (const auto *const own : parts_of(to_, table.id)) {
        if (scene_.from.contains(own->id) || !are_alike(part, *own) || !is_as_given(part, *own)) continue;
        if (!has_relation_name(*own) || is_name_free(scene_, name_of(table.id).first(), name_of(own->id).last())) return own;
    }
    return nullptr;
}

bool ParentParts::is_left(const Fact &part) const
{
    const auto was = scene_.from.find(part.parent);
    const auto table = scene_.to.find(part.parent);
    if (was == scene_.from.end() || table == scene_.to.end()) return false;
    if (!moves(was->second, table->second) && !differs(&was->second, table->second, "inherits")) return false;
    const auto &left = left_with(was->second);
    return std::any_of(left.begin(), left.end(), [&](const Left &one) { return one.kept == &part; });
}

bool ParentParts::joins_parent(const Fact &part) const
{
    const auto was = scene_.from.find(part.parent);
    const auto table = scene_.to.find(part.parent);
    if (text_of(part, "type") != "check" || was == scene_.from.end() || table == scene_.to.end() || new_parents(was->second, table->second).empty()) return false;
    const auto *const other = scene_.to.contains(part.id) ? nullptr : wanted_of_parent(part, table->second, {});
    return other != nullptr && can_become(part, *other);
}

const std::vector<ParentParts::Left> &ParentParts::left_with(const Fact &table) const
{
    const auto [known, is_new] = left_.try_emplace(table.id);
    if (is_new) known->second = find_left(table);
    return known->second;
}

std::vector<ParentParts::Left> ParentParts::find_left(const Fact &table) const
{
    std::vector<Left> left;
    const auto wanted = scene_.to.find(table.id);
    if (wanted == scene_.to.end()) return left;
    std::set<const Fact *> kept;
    std::set<const Fact *> taken;
    std::set<std::string> names;
    for (const auto *const parent : ancestors_left(scene_, table)) {
        for (const auto *const part : parts_of(from_, parent->id)) {
            // What it declares itself as well has a fact of its own.
            if (flag_of(*part, "no_inherit") || (!has_name_of_its_own(*part) && scene_.from.contains(id_on(*part, table)))) continue;
            if (text_of(*part, "type") != "check" && !has(table, "partition_of")) continue;
            if (const auto *const other = wanted_of_parent(*part, wanted->second, taken); other != nullptr) {
                // Checks of two parents are one.
                if (text_of(*part, "type") != "check") taken.insert(other);
                continue;
            }
            const auto *own = kept_as(*part, wanted->second);
            if (own != nullptr && !kept.insert(own).second) own = nullptr;
            if (own == nullptr && !scene_.complete) continue;
            auto name = name_of(own != nullptr ? own->id : part->id).last();
            if (own == nullptr && has_name_of_its_own(*part)) name = free_relation_name(scene_, key_names(), name_of(table.id).first(), "lcg_left_", name, "");
            while (!names.insert(name).second) name = free_relation_name(scene_, key_names(), name_of(table.id).first(), "lcg_left_", std::to_string(names.size()) + '_' + name_of(part->id).last(), "");
            left.push_back({part, own, std::move(name)});
        }
    }
    return left;
}

void ParentParts::name_left(const Fact &table, Steps &steps) const
{
    const auto &sql = scene_.sql;
    std::string indexes;
    std::string keys;
    for (const auto &one : left_with(table)) {
        const auto of = name_of(one.part->parent);
        if (has_relation_name(*one.part)) {
            indexes += " WHEN pg_catalog.to_regclass(" + literal(sql.name({of.first(), name_of(one.part->id).last()})) + ") THEN " + literal(one.name);
        } else if (is_foreign_key(*one.part)) {
            keys += " WHEN c.conrelid = pg_catalog.to_regclass(" + literal(sql.name(of.parts)) + ") AND c.conname = " + literal(name_of(one.part->id).last()) + " THEN " + literal(one.name);
        }
    }
    if (!indexes.empty()) name_parts(table, "Names what the partition has as parts of its parent's indexes.", parts_of_indexes(sql, table, indexes), steps);
    if (!keys.empty()) name_parts(table, "Names what the partition has as parts of its parent's foreign keys.", parts_of_foreign_keys(sql, table, keys), steps);
}

void ParentParts::drop_left(const Fact &table, Steps &steps) const
{
    const auto &sql = scene_.sql;
    const auto alter = alter_relation(sql, table);
    for (const auto &one : left_with(table)) {
        const auto was = name_of(one.part->id).last();
        if (one.kept != nullptr) {
            if (!has_name_of_its_own(*one.part) && one.name != was) add_step(steps, table, alter + " RENAME CONSTRAINT " + sql.quote(was) + " TO " + sql.quote(one.name), Lock::access_exclusive);
            continue;
        }
        // The parent's can be without one here while it is not valid.
        const bool index = one.part->kind == "index";
        auto &step = index ? add_step(steps, table, "DROP INDEX IF EXISTS " + sql.name({name_of(table.id).first(), one.name}), Lock::access_exclusive)
                           : add_step(steps, table, alter + " DROP CONSTRAINT IF EXISTS " + sql.quote(one.name), Lock::access_exclusive);
        step.effect = !index || flag_of(*one.part, "unique") ? Effect::weakens : Effect::none;
        step.rule = index ? "D17" : text_of(*one.part, "type") == "primary key" ? "D16" : "D15";
        step.detail = "It was a part of its parent's.";
    }
}

std::vector<const Fact *> ParentParts::partitions_under(const Fact &table) const
{
    return all_under(partitions_, std::string(object_of(table.id)));
}

std::vector<const Fact *> ParentParts::keys_on(const Fact &index) const
{
    std::vector<const Fact *> keys;
    const auto table = scene_.from.find(index.parent);
    if (index.kind != "index" || !flag_of(index, "unique") || table == scene_.from.end()) return keys;
    const auto columns = columns_of_key(index);
    for (const auto *const partition : partitions_under(table->second)) {
        // One that leaves its parent before takes its keys along.
        if (const auto wanted = scene_.to.find(partition->id); wanted != scene_.to.end() && moves(*partition, wanted->second)) continue;
        for (const auto *const part : parts_of(from_, partition->id)) {
            if (part->kind == "constraint" && is_key(*part) && columns_of_key(*part) == columns) keys.push_back(part);
        }
    }
    return keys;
}

std::vector<const Fact *> ParentParts::taken_by_parent(const Fact &table) const
{
    std::vector<const Fact *> taken;
    const auto was = scene_.from.find(table.id);
    if (!has(table, "partition_of") || was == scene_.from.end() || !differs(&was->second, table, "partition_of")) return taken;
    for (const auto *const part : parts_of(from_, table.id)) {
        if (has_relation_name(*part) && scene_.to.contains(part->id) && wanted_of_parent(*part, table, {}) != nullptr) taken.push_back(part);
    }
    return taken;
}

}  // namespace core::repair
