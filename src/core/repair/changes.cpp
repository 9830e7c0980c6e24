#include "core/repair/changes.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include "core/repair/heirs.hpp"
#include "core/repair/keys.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/replacing.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_type(std::string_view kind) { return kind == "enum" || kind == "domain" || kind == "range" || kind == "type" || kind == "composite"; }

bool keeps_rows(const Fact &fact) { return fact.kind == "table" || fact.kind == "schema" || fact.kind == "database" || fact.kind == "extension" || fact.kind == "sequence" || fact.kind == "attribute"; }

// Whether values of the two types can be compared by one operator family, as a foreign key's are.
bool are_alike(std::string_view left, std::string_view right)
{
    const auto is_one_of = [](std::string_view type, std::initializer_list<std::string_view> names) {
        return std::any_of(names.begin(), names.end(), [type](std::string_view name) { return type == name || type.starts_with(std::string(name) + '('); });
    };
    const auto both = [&](std::initializer_list<std::string_view> names) { return is_one_of(left, names) && is_one_of(right, names); };
    return left == right || both({"smallint", "integer", "bigint"}) || both({"text", "character varying"}) || both({"numeric"});
}

// "app.t.c" as the owner of a sequence, of a column.
std::string column_id(const std::string &owned_by) { return "column:" + owned_by; }

class Finder {
  public:
    Finder(const Scene &scene, const Mentions &from, const ParentParts &parts) : scene_(scene), from_(from), parts_(parts) {}

    Changes run()
    {
        for (const auto &[id, fact] : scene_.from) {
            const auto wanted = scene_.to.find(id);
            if (wanted == scene_.to.end()) {
                if (!comes_with_extension(fact) && !parts_.joins_parent(fact)) changes_.dropped.insert(id);
            } else if (wanted->second.payload != fact.payload || is_on_another_table(fact, wanted->second)) {
                compare(fact, wanted->second);
            }
        }
        for (const auto &[id, fact] : scene_.to) {
            if (!scene_.from.contains(id) && !comes_with_extension(fact) && !parts_.is_left(fact)) changes_.made.insert(id);
        }
        for (const auto &id : changes_.dropped) {
            const auto &fact = scene_.from.at(id);
            if (fact.kind == "column") disturb_column(fact);
            part_keys(fact);
            part_referrers(fact);
            // Who named it names the other one, and must let go of it.
            if (comes_as_another_kind(fact)) disturbed_.push_back(id);
        }
        while (!disturbed_.empty()) {
            const auto id = disturbed_.front();
            disturbed_.pop_front();
            spread(scene_.from.at(id));
        }
        // What is checked by a domain that another takes the place of is made with that one.
        for (auto *const ids : {&changes_.dropped, &changes_.made, &changes_.changed, &changes_.rebuilt}) {
            std::erase_if(*ids, [this](const std::string &id) { return is_part_of_retyped(id); });
        }
        return std::move(changes_);
    }

  private:
    // Members that an extension's script made, moved or removed.
    bool comes_with_extension(const Fact &fact) const
    {
        std::string extension = text_of(fact, "extension");
        if (extension.empty() && !fact.parent.empty()) {
            for (const auto *const facts : {&scene_.from, &scene_.to}) {
                if (const auto whole = facts->find(fact.parent); whole != facts->end() && has(whole->second, "extension")) extension = text_of(whole->second, "extension");
            }
        }
        if (extension.empty()) return false;
        const auto id = fact_id("extension", {extension});
        const auto before = scene_.from.find(id);
        const auto after = scene_.to.find(id);
        return before == scene_.from.end() || after == scene_.to.end() || before->second.payload != after->second.payload;
    }

    // Whether its name is that of a relation or routine of another kind: a table that is to be a view.
    bool comes_as_another_kind(const Fact &fact) const
    {
        constexpr std::array<std::string_view, 4> relations{"table", "foreign_table", "view", "matview"};
        constexpr std::array<std::string_view, 3> routines{"function", "procedure", "aggregate"};
        const auto name = fact.id.substr(fact.id.find(':'));
        const auto comes_as = [&](std::string_view kind) { return kind != fact.kind && scene_.to.contains(std::string(kind) + name); };
        const auto comes_among = [&](const auto &kinds) {
            return std::find(kinds.begin(), kinds.end(), fact.kind) != kinds.end() && std::any_of(kinds.begin(), kinds.end(), comes_as);
        };
        return comes_among(relations) || comes_among(routines);
    }

    bool is_part_of_retyped(const std::string &id) const
    {
        if (!id.starts_with("constraint:")) return false;
        const auto *const facts = scene_.to.contains(id) ? &scene_.to : &scene_.from;
        return changes_.retyped.contains(facts->at(id).parent);
    }

    void compare(const Fact &from, const Fact &to)
    {
        // What an update of its extension does to a member is not all that can have been done to it.
        if (comes_with_extension(to) && !differs(&from, to, "acl") && !differs(&from, to, "comment")) return;
        changes_.changed.insert(from.id);
        if (is_table(to.kind)) {
            for (const auto *const part : parts_.taken_by_parent(to)) rebuild(*part, from);
        }
        if (must_be_rebuilt(scene_, from, to)) {
            if (is_type(to.kind) && !flag_of(from, "shell")) retype(from);
            else rebuild(from);
        } else if (to.kind == "column" && has(from, "identity") != has(to, "identity")) {
            changes_.detached.insert(from.id);
        }
        if (to.kind == "column" && !changes_.rebuilt.contains(from.id) && (differs(&from, to, "type") || differs(&from, to, "collation"))) {
            disturb_column(from);
            part_foreign_keys(from, to);
        }
    }

    void rebuild(const Fact &fact)
    {
        if (changes_.dropped.contains(fact.id) || !changes_.rebuilt.insert(fact.id).second) return;
        disturbed_.push_back(fact.id);
    }

    void rebuild(const Fact &fact, const Fact &cause)
    {
        if (!changes_.dropped.contains(fact.id) && !changes_.rebuilt.contains(fact.id)) changes_.causes.emplace(fact.id, cause.id);
        rebuild(fact);
    }

    void retype(const Fact &type)
    {
        if (!changes_.retyped.insert(type.id).second) return;
        for (const auto *const user : from_.by(type)) {
            if (user->kind == "column") {
                changes_.causes.emplace(user->id, type.id);
                disturb_column(*user);
                clear_for_conversion(type, *user);
            } else if (!keeps_rows(*user) && !is_type(user->kind) && scene_.to.contains(user->id)) {
                rebuild(*user, type);
            }
        }
    }

    // What cannot be while the column is converted: a foreign key, whose sides are so one after the other; and where
    // that goes through text, what does not take text for the type.
    void clear_for_conversion(const Fact &type, const Fact &column)
    {
        const auto table = scene_.from.find(column.parent);
        if (table == scene_.from.end() || !scene_.to.contains(column.id)) return;
        const bool through_text = type.kind != "enum" && type.kind != "domain";
        const auto word = name_of(column.id).last();
        for (const auto *const part : from_.by(table->second)) {
            if (!scene_.to.contains(part->id) || !has_word(*part, word)) continue;
            const auto method = text_of(*part, "method");
            const bool plain = part->kind == "index" ? (method == "btree" || method == "hash") && is_on_columns(*part) : is_on_columns(*part);
            const bool of_table = part->parent == table->first && (part->kind == "index" || part->kind == "constraint");
            if (is_foreign_key(*part) || (through_text && of_table && !plain)) rebuild(*part, type);
        }
    }

    // Foreign keys stand on the keys of the table that they refer to: on one that goes, even where there is another like it.
    // Queries can as well.
    void part_referrers(const Fact &key)
    {
        const auto own = scene_.from.find(key.parent);
        if (!is_key(key) || own == scene_.from.end()) return;
        // Of a partitioned table the partitions have it as well.
        auto tables = parts_.partitions_under(own->second);
        tables.push_back(&own->second);
        for (const auto *const table : tables) {
            for (const auto *const user : from_.by(*table)) {
                const bool refers = is_foreign_key(*user) && referred_table(*user) == table->id && can_refer(*user, key);
                if ((refers || may_stand_on(*user, key)) && scene_.to.contains(user->id)) rebuild(*user, key);
            }
        }
    }

    // A foreign key whose sides both get other types, one after the other, can be without what compares them in between.
    void part_foreign_keys(const Fact &column, const Fact &wanted)
    {
        const auto table = scene_.from.find(column.parent);
        if (table == scene_.from.end()) return;
        for (const auto *const key : from_.by(table->second)) {
            if (!is_foreign_key(*key) || !scene_.to.contains(key->id) || !has_word(*key, name_of(column.id).last())) continue;
            const auto tables = from_.of(*key);
            const bool parts = std::any_of(tables.begin(), tables.end(), [&](const Fact *other) { return has_unlike_column(*key, *other, column, wanted); });
            if (parts) rebuild(*key, column);
        }
    }

    // Whether the key names a column of the table that gets another type as well, and not one that is like the other's all along.
    bool has_unlike_column(const Fact &key, const Fact &table, const Fact &column, const Fact &wanted) const
    {
        const auto own = columns_of(scene_.from, table.id);
        return std::any_of(own.begin(), own.end(), [&](const Fact *other) {
            const auto to = scene_.to.find(other->id);
            if (other->id == column.id || to == scene_.to.end() || !differs(other, to->second, "type") || !has_word(key, name_of(other->id).last())) return false;
            return !are_alike(text_of(column, "type"), text_of(to->second, "type")) || !are_alike(text_of(wanted, "type"), text_of(*other, "type"));
        });
    }

    // Keys of partitions that stand on parts of an index that goes.
    void part_keys(const Fact &index)
    {
        for (const auto *const key : parts_.keys_on(index)) {
            if (scene_.to.contains(key->id)) rebuild(*key, index);
        }
    }

    // What reads the column must go while its type changes, or it does.
    void disturb_column(const Fact &column)
    {
        const auto word = name_of(column.id).last();
        const auto table = scene_.from.find(column.parent);
        if (table == scene_.from.end() || table->second.kind == "view" || table->second.kind == "matview") return;
        const bool goes = changes_.dropped.contains(column.id);
        const auto affects = [&](const Fact &reader) {
            if (!scene_.to.contains(reader.id) || !has_word(reader, word)) return;
            const bool same = scene_.to.at(reader.id).payload == reader.payload;
            // One that will not read the column any more is changed before the column goes.
            if (goes && !same) return;
            const auto &kind = reader.kind;
            const bool generated = kind == "column" && has(reader, "generated");
            const bool filters = kind == "publication";
            if (kind == "view" || kind == "matview" || kind == "rule" || kind == "policy" || kind == "trigger" || generated || filters ||
                ((kind == "function" || kind == "procedure") && has(reader, "sql_body"))) {
                rebuild(reader, column);
            }
        };
        for (const auto *const reader : from_.by(table->second)) {
            if (reader->id != column.id) affects(*reader);
        }
    }

    // What stands on a column that is made anew, and on those of heirs, which go and come with it.
    void part_readers(const Fact &column)
    {
        const auto word = name_of(column.id).last();
        constexpr std::string_view kinds[] = {"index", "constraint", "statistics", "view", "matview", "rule", "policy", "trigger", "publication"};
        for (const auto *const heir : heirs_of(scene_.from, from_, column)) {
            const auto table = scene_.from.find(heir->parent);
            if (table == scene_.from.end()) continue;
            for (const auto *const reader : from_.by(table->second)) {
                const bool reads = std::find(std::begin(kinds), std::end(kinds), reader->kind) != std::end(kinds) || has(*reader, "sql_body");
                if (reads && scene_.to.contains(reader->id) && has_word(*reader, word)) rebuild(*reader, column);
            }
        }
    }

    // What is made from a thing that goes for a while goes as well.
    void spread(const Fact &fact)
    {
        if (fact.kind == "column" && changes_.rebuilt.contains(fact.id)) part_readers(fact);
        for (const auto *const user : from_.by(fact)) {
            if (!scene_.to.contains(user->id) || changes_.dropped.contains(user->id)) continue;
            if (user->kind == "column") {
                const bool own = user->parent == fact.id;
                if (own) continue;
                if (has(*user, "generated")) rebuild(*user, fact);
                else if (has(*user, "default")) changes_.detached.insert(user->id);
            } else if (is_type(user->kind)) {
                if (user->kind == "domain" && (has(*user, "default"))) changes_.detached.insert(user->id);
            } else if (user->kind == "sequence" && goes_with_whole(scene_.from, *user, changes_.rebuilt)) {
                changes_.disowned.insert(user->id);
            } else if (user->kind == "foreign_table" || !keeps_rows(*user)) {
                rebuild(*user, fact);
            }
        }
        part_keys(fact);
        part_referrers(fact);
    }

    const Scene &scene_;
    const Mentions &from_;
    const ParentParts &parts_;
    Changes changes_;
    std::deque<std::string> disturbed_;
};

}  // namespace

Changes find_changes(const Scene &scene, const Mentions &from, const ParentParts &parts) { return Finder(scene, from, parts).run(); }

bool is_on_columns(const Fact &part)
{
    if (part.kind == "constraint") return text_of(part, "type") == "primary key" || text_of(part, "type") == "unique";
    const auto &keys = list_of(part, "keys");
    return part.kind == "index" && !has(part, "predicate") && std::all_of(keys.begin(), keys.end(), [](const std::string &key) {
               std::string_view rest;
               take_name(key, rest);
               return !key.starts_with('(') && (rest.empty() || rest == " DESC");
           });
}

bool goes_with_whole(const FactMap &facts, const Fact &fact, const std::set<std::string> &set)
{
    if (!fact.parent.empty() && fact.kind != "server" && set.contains(fact.parent)) {
        const auto kind = name_of(fact.parent).kind;
        if (kind != "schema" && kind != "foreign_data_wrapper" && kind != "server") return true;
    }
    if (fact.kind == "sequence" && has(fact, "owned_by")) {
        const auto column = column_id(text_of(fact, "owned_by"));
        if (set.contains(column)) return true;
        const auto found = facts.find(column);
        return found != facts.end() && set.contains(found->second.parent);
    }
    return false;
}

}  // namespace core::repair
