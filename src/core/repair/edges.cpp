#include "core/repair/edges.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "core/drift.hpp"
#include "core/repair/family_edges.hpp"
#include "core/repair/heirs.hpp"
#include "core/repair/keys.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// What a relation's name keeps others from having; empty for what has none.
std::string taken_name(const Fact &fact)
{
    if (fact.kind == "constraint" && is_key(fact)) {
        auto parts = name_of(fact.parent).parts;
        if (parts.size() < 2) return {};
        return mention_key(parts[0], name_of(fact.id).last());
    }
    constexpr std::string_view kinds[] = {"table", "foreign_table", "view", "matview", "sequence", "index", "composite"};
    if (std::find(std::begin(kinds), std::end(kinds), fact.kind) == std::end(kinds)) return {};
    const auto name = name_of(fact.id);
    return name.parts.size() < 2 ? std::string() : mention_key(name.part(0), name.part(1));
}

// These are not hurt by what is done to a column after it has its type.
bool needs_type_only(const Fact &fact)
{
    constexpr std::string_view kinds[] = {"view", "matview", "rule", "trigger", "policy", "function", "procedure", "publication", "statistics", "index"};
    return std::find(std::begin(kinds), std::end(kinds), fact.kind) != std::end(kinds) || (fact.kind == "constraint" && text_of(fact, "type") != "primary key");
}

class Edges {
  public:
    Edges(Work &work, const Scene &scene, const Mentions &from, const Mentions &to, const ParentParts &parent_parts, const Changes &changes, const std::set<std::string> &first)
        : work_(work), scene_(scene), from_(from), to_(to), parent_parts_(parent_parts), changes_(changes), first_(first), families_(work, scene, parent_parts)
    {
    }

    void run()
    {
        for (const auto &[id, chain] : work_.makes) {
            const auto &fact = scene_.to.at(id);
            if (is_column(fact)) columns_[fact.parent].push_back(chain);
            if (fact.kind == "index" || fact.kind == "constraint" || fact.kind == "column") parts_[fact.parent].push_back(chain);
            if (is_key(fact)) keys_[fact.parent].push_back(chain);
        }
        for (const auto &[id, chain] : work_.drops) {
            const auto &fact = scene_.from.at(id);
            if (is_key(fact)) dropped_keys_[fact.parent].push_back(chain);
            for (const auto *const key : parent_parts_.keys_on(fact)) under_.emplace(key->id, chain);
            // What is dropped last frees its bounds by leaving, if at all.
            if (has(fact, "partition_of") && (first_.contains(id) || scene_.to.contains(id))) add_leaving(fact, chain);
        }
        for (const auto &[id, chain] : work_.leaves) {
            add_leaving(scene_.from.at(id), chain);
            if (const auto drop = work_.drops.find(id); drop != work_.drops.end()) follow(drop->second.first, chain);
        }
        for (const auto &[id, chain] : work_.drops) add_drop(scene_.from.at(id), chain);
        for (const auto &[id, chain] : work_.makes) add_make(scene_.to.at(id), chain);
        for (const auto &[id, chain] : work_.lates) add_late(scene_.to.at(id), chain);
    }

  private:
    void follow(std::size_t task, const Chain &before) { work_.tasks[task].after.push_back(before.last); }

    // Partitions leave before a task without steps, and others come after it: an edge for each pair would be too many.
    void add_leaving(const Fact &partition, const Chain &chain)
    {
        for (const auto *const above : ancestors_of(scene_.from, {text_of(partition, "partition_of")})) {
            const auto [left, is_new] = left_.try_emplace(std::string(object_of(above->id)), work_.tasks.size());
            if (is_new) {
                Task task;
                task.id = above->id;
                // After all that goes first, even where that is a circle, and before anything is made.
                task.place = work_.tasks[chain.last].place;
                task.place.at(1) = std::numeric_limits<std::int64_t>::max();
                work_.tasks.push_back(std::move(task));
            }
            follow(left->second, chain);
        }
    }

    // What is made from another goes before it, and what reads a column before anything is done to it.
    void add_drop(const Fact &fact, const Chain &chain)
    {
        for (const auto *const other : from_.of(fact)) {
            if (const auto *const drop = drop_of(*other); drop != nullptr && drop->first != chain.first) follow(drop->first, chain);
            follow_columns(fact, *other, chain);
            if (is_foreign_key(fact) || may_need_key(fact)) follow_keys(fact, *other, chain);
        }
        follow_parts(fact, chain);
        if (fact.kind == "constraint" && flag_of(fact, "inherited")) families_.leave_to_table(fact, chain);
        if (fact.kind == "column") follow_changed_readers(fact, chain);
        // After its table has left the parent that gave it.
        if (fact.kind == "column" && flag_of(fact, "inherited")) {
            for (const auto *const chains : {&work_.drops, &work_.makes}) {
                if (const auto table = chains->find(fact.parent); table != chains->end()) follow(chain.first, table->second);
            }
        }
        // An index of the parent would take those of its partitions for its own.
        if (fact.kind == "index" || is_key(fact)) {
            const auto whole = scene_.from.find(fact.parent);
            if (whole != scene_.from.end() && has(whole->second, "partition_of")) {
                for (const auto &part : parts_["table:" + text_of(whole->second, "partition_of")]) follow(part.first, chain);
            }
        }
        // A partition that leaves takes along what it has as parts of these.
        if (fact.kind == "index" || is_key(fact)) {
            if (const auto left = left_.find(std::string(object_of(fact.parent))); left != left_.end()) work_.tasks[chain.first].after.push_back(left->second);
        }
        each_index_under(fact, [&](const Chain &index) { follow(chain.first, index); });
        if (first_.contains(fact.id)) {
            if (const auto name = taken_name(fact); !name.empty()) taken_.emplace(name, std::pair(fact.id, chain));
        }
    }

    // Calls each(drop) for the indexes of parents that go with the key.
    template <typename Each>
    void each_index_under(const Fact &key, const Each &each) const
    {
        const auto [begin, end] = under_.equal_range(key.id);
        for (auto at = begin; at != end; ++at) each(at->second);
    }

    // Its own, or that of the column that it comes from.
    Chains::const_iterator drop_of_column(const Fact &column) const
    {
        for (const auto *const source : sources_of(scene_.from, column)) {
            if (const auto drop = work_.drops.find(source->id); drop != work_.drops.end()) return drop;
        }
        return work_.drops.find(column.id);
    }

    // Of what is dropped first all that is done to the columns that it reads comes after it; of others, that these go.
    void follow_columns(const Fact &fact, const Fact &other, const Chain &chain)
    {
        const bool is_first = first_.contains(fact.id);
        const auto is_remade = [this](const Fact &type) { return changes_.retyped.contains(type.id) && work_.makes.contains(type.id); };
        if (is_first && is_remade(other)) follow(work_.makes.find(other.id)->second.first, chain);
        const auto wanted = scene_.to.find(fact.id);
        for (const auto *const column : columns_of(scene_.from, other.id)) {
            const auto name = name_of(column->id).last();
            const auto drop = drop_of_column(*column);
            if ((!is_first && drop == work_.drops.end()) || column->id == fact.id || fact.kind == "column" || !has_word(fact, name)) continue;
            if (drop != work_.drops.end()) follow(drop->second.first, chain);
            if (!is_first) continue;
            for (const auto *const type : from_.of(*column)) {
                if (is_remade(*type)) follow(work_.makes.find(type->id)->second.first, chain);
            }
            if (wanted != scene_.to.end() && is_on_columns(fact) && has_word(wanted->second, name) && drop == work_.drops.end()) continue;
            if (const auto made = work_.makes.find(column->id); made != work_.makes.end()) follow(made->second.first, chain);
        }
    }

    // The keys that a foreign key or a query may stand on go after it.
    void follow_keys(const Fact &user, const Fact &table, const Chain &chain)
    {
        std::vector<const Fact *> tables = ancestors_of(scene_.from, parents_of(table));
        tables.push_back(&table);
        std::vector<Chain> keys;
        for (const auto *const one : tables) keys.insert(keys.end(), dropped_keys_[one->id].begin(), dropped_keys_[one->id].end());
        for (const auto &key : keys) {
            const auto &fact = scene_.from.at(work_.tasks[key.first].id);
            if (key.first == chain.first || !can_refer(user, fact)) continue;
            follow(key.first, chain);
            each_index_under(fact, [&](const Chain &index) { follow(index.first, chain); });
        }
    }

    // A policy that is altered does not read a column any more before that goes.
    void follow_changed_readers(const Fact &column, const Chain &chain)
    {
        const auto table = scene_.from.find(column.parent);
        if (table == scene_.from.end() || first_.contains(column.id)) return;
        const auto word = name_of(column.id).last();
        for (const auto *const reader : from_.by(table->second)) {
            const auto made = work_.makes.find(reader->id);
            if (reader->kind != "policy" || made == work_.makes.end() || work_.drops.contains(reader->id) || !has_word(*reader, word)) continue;
            follow(chain.first, made->second);
        }
    }

    // A sequence leaves the column that owns it, and does not go with that.
    bool stays_without(const Fact &part) const { return part.kind == "sequence" && scene_.to.contains(part.id) && !changes_.rebuilt.contains(part.id); }

    // Its own, or that of the column or table that a sequence goes with; null where it stays.
    const Chain *drop_of(const Fact &fact) const
    {
        if (const auto drop = work_.drops.find(fact.id); drop != work_.drops.end()) return &drop->second;
        if (fact.kind != "sequence" || stays_without(fact)) return nullptr;
        return drop_of_owner(fact);
    }

    // That of the column that owns a sequence, or of its table.
    const Chain *drop_of_owner(const Fact &sequence) const
    {
        const auto column = scene_.from.find("column:" + text_of(sequence, "owned_by"));
        if (column == scene_.from.end()) return nullptr;
        for (const auto &id : {column->first, column->second.parent}) {
            if (const auto drop = work_.drops.find(id); drop != work_.drops.end()) return &drop->second;
        }
        return nullptr;
    }

    // Parts that go with it go before what they are made from: the function of a trigger, the type of a column.
    void follow_parts(const Fact &fact, const Chain &chain)
    {
        // What is in a schema and has no command of its own goes with something else in it.
        if (fact.kind == "schema") return;
        if (scene_.to.contains(fact.id) && !changes_.rebuilt.contains(fact.id)) return;
        const std::set<std::string> whole{fact.id};
        for (const auto *const part : from_.by(fact)) {
            if (work_.drops.contains(part->id) || !goes_with_whole(scene_.from, *part, whole) || stays_without(*part)) continue;
            if (const auto name = taken_name(*part); !name.empty()) taken_.emplace(name, std::pair(part->id, chain));
            if (part->parent != fact.id) continue;
            for (const auto *const other : from_.of(*part)) {
                const auto *const drop = drop_of(*other);
                if (other->id != fact.id && drop != nullptr && drop->first != chain.first) follow(drop->first, chain);
                if (is_foreign_key(*part)) follow_keys(*part, *other, chain);
            }
        }
    }

    void add_make(const Fact &fact, const Chain &chain)
    {
        if (const auto drop = work_.drops.find(fact.id); drop != work_.drops.end()) follow(chain.kept, drop->second);
        if (const auto name = taken_name(fact); !name.empty()) {
            const auto [begin, end] = taken_.equal_range(name);
            for (auto at = begin; at != end; ++at) {
                if (at->second.first != fact.id || !work_.drops.contains(fact.id)) follow(chain.first, at->second.second);
            }
        }
        // Of two primary keys the one goes before the other comes.
        for (const auto &key : dropped_keys_[fact.parent]) {
            if (text_of(fact, "type") == "primary key" && text_of(scene_.from.at(work_.tasks[key.first].id), "type") == "primary key") follow(chain.kept, key);
        }
        // A foreign key is to stand on what stays.
        if (is_foreign_key(fact)) {
            for (const auto &key : dropped_keys_[referred_table(fact)]) {
                if (can_refer(fact, scene_.from.at(work_.tasks[key.first].id))) follow(chain.first, key);
            }
        }
        // A check of the table's own is there before those of its parents, which it becomes one with.
        if (const auto table = scene_.to.find(fact.parent); fact.kind == "constraint" && has(fact, "inherited") && table != scene_.to.end()) {
            for (const auto *const parent : ancestors_of(scene_.to, parents_of(table->second))) {
                if (const auto made = work_.makes.find(id_on(fact, *parent)); made != work_.makes.end()) follow(made->second.first, chain);
            }
        }
        // Bounds do not overlap, not even for a moment.
        const auto was = scene_.from.find(fact.id);
        if (has(fact, "partition_of") && (was == scene_.from.end() || !has(was->second, "partition_of") || work_.drops.contains(fact.id))) {
            if (const auto left = left_.find(text_of(fact, "partition_of")); left != left_.end()) work_.tasks[chain.first].after.push_back(left->second);
        }
        add_needs(chain, fact);
        if (was != scene_.from.end()) families_.add_table(was->second, fact, chain);
        // A sequence that stays leaves the column that owned it before that goes.
        if (stays_without(fact) && was != scene_.from.end()) {
            if (const auto *const drop = drop_of_owner(was->second); drop != nullptr) follow(drop->first, chain);
        }
        if (const auto *const given = fact.kind == "column" && has(fact, "inherited") ? parent_column(scene_.to, fact) : nullptr) {
            if (const auto made = work_.makes.find(given->id); made != work_.makes.end()) follow(chain.first, made->second);
        }
        // What a new table's columns are made from must be there with it.
        for (const auto *const column : columns_of(scene_.to, fact.id)) {
            if (!work_.makes.contains(column->id)) add_needs(chain, *column);
        }
        // A column is computed from its neighbours.
        if (fact.kind == "column" && has(fact, "generated")) {
            for (const auto &column : columns_[fact.parent]) {
                if (column.first != chain.first && !has(scene_.to.at(work_.tasks[column.first].id), "generated")) follow(chain.first, column);
            }
        }
        // An index is on values of the type that the column is to have, which can come from a parent's.
        if (fact.kind == "index" || fact.kind == "constraint" || fact.kind == "statistics") {
            for (const auto *const column : columns_of(scene_.to, fact.parent)) {
                if (flag_of(*column, "inherited") && has_word(fact, name_of(column->id).last())) {
                    for (const auto *const source : sources_of(scene_.to, *column)) {
                        if (const auto made = work_.makes.find(source->id); made != work_.makes.end() && source != column) follow(chain.first, made->second);
                    }
                }
                for (const auto *const type : to_.of(*column)) {
                    const auto made = work_.makes.find(type->id);
                    if (made != work_.makes.end() && changes_.retyped.contains(type->id)) follow(chain.first, made->second);
                }
            }
        }
    }

    // What the fact's texts name comes before the task; of tables their columns as well, but for those that tables are made from.
    void add_needs(const Chain &chain, const Fact &fact)
    {
        const bool refers = is_foreign_key(fact);
        const bool on_keys = refers || may_need_key(fact);
        const bool of_names = fact.kind == "index" || fact.kind == "constraint";
        for (const auto *const other : to_.of(fact)) {
            // The column that is to own a sequence has it as its default before.
            if (fact.kind == "sequence" && other->id != fact.parent) continue;
            const bool is_before_table = fact.kind == "column" && other->id == fact.parent && families_.comes_to_parent(fact);
            if (const auto made = work_.makes.find(other->id); made != work_.makes.end() && !is_before_table) follow(chain.first, made->second);
            if (const auto keys = keys_.find(other->id); on_keys && keys != keys_.end()) {
                for (const auto &key : keys->second) {
                    if (!refers || can_refer(fact, scene_.to.at(work_.tasks[key.first].id))) follow(chain.first, key);
                }
            }
            const auto parts = columns_.find(other->id);
            if (fact.kind == "column" || fact.kind == "table" || parts == columns_.end()) continue;
            for (const auto &column : parts->second) {
                if (of_names && !has_word(fact, name_of(work_.tasks[column.first].id).last())) continue;
                work_.tasks[chain.first].after.push_back(needs_type_only(fact) ? column.kept : column.last);
            }
        }
    }

    void add_late(const Fact &fact, const Chain &chain)
    {
        if (const auto drop = work_.drops.find(fact.id); drop != work_.drops.end()) follow(chain.first, drop->second);
        if (const auto made = work_.makes.find(fact.id); made != work_.makes.end()) follow(chain.first, made->second);
        for (const auto &part : parts_[fact.id]) follow(chain.first, part);
        if (fact.kind != "sequence") return;
        const auto owner = scene_.to.find("column:" + text_of(fact, "owned_by"));
        if (owner == scene_.to.end()) return;
        for (const auto &id : {owner->first, owner->second.parent}) {
            if (const auto made = work_.makes.find(id); made != work_.makes.end()) follow(chain.first, made->second);
        }
    }

    Work &work_;
    const Scene &scene_;
    const Mentions &from_;
    const Mentions &to_;
    const ParentParts &parent_parts_;
    const Changes &changes_;
    const std::set<std::string> &first_;
    FamilyEdges families_;
    std::map<std::string, std::vector<Chain>> columns_;
    std::map<std::string, std::vector<Chain>> keys_;
    std::map<std::string, std::vector<Chain>> dropped_keys_;
    std::multimap<std::string, Chain> under_;          // drops of indexes of parents, by the keys that may stand on parts of them
    std::map<std::string, std::size_t> left_;          // the task after which all have left that leave a table or one under it
    std::map<std::string, std::vector<Chain>> parts_;  // what its late steps may point at
    std::multimap<std::string, std::pair<std::string, Chain>> taken_;
};

}  // namespace

void add_edges(Work &work, const Scene &scene, const Mentions &from, const Mentions &to, const ParentParts &parent_parts, const Changes &changes, const std::set<std::string> &first)
{
    Edges(work, scene, from, to, parent_parts, changes, first).run();
}

}  // namespace core::repair
