#include "core/repair/by_hand.hpp"

#include <algorithm>
#include <set>

#include "core/repair/changes.hpp"
#include "core/repair/column_type.hpp"
#include "core/repair/heirs.hpp"
#include "core/repair/hindrance.hpp"
#include "core/repair/kept_values.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// The change because of which the fact is dropped and made anew.
const std::string &root_of(const Changes &changes, const std::string &id)
{
    std::set<std::string> seen;
    const auto *root = &id;
    for (auto cause = changes.causes.find(id); cause != changes.causes.end() && seen.insert(*root).second; cause = changes.causes.find(*root)) root = &cause->second;
    return *root;
}

class Hand {
  public:
    Hand(const Scene &scene, const Mentions &from, Steps &notes) : scene_(scene), from_(from), notes_(notes) {}

    std::optional<FactMap> run()
    {
        for (const auto &[id, fact] : scene_.from) {
            if (is_column(fact)) look_at_column(fact);
        }
        // What is kept lets other things stay that were to go because of it.
        while (look_at_rebuilt()) {
        }
        if (kept_) keep_views();
        return std::move(kept_);
    }

  private:
    const FactMap &wanted() const { return kept_ ? *kept_ : scene_.to; }

    FactMap &kept()
    {
        if (!kept_) kept_ = scene_.to;
        return *kept_;
    }

    void note(const Fact &fact, const std::string &why)
    {
        if (noted_.insert(fact.id).second) add_manual(notes_, fact, why + "  The plan leaves it as it is: once this is done, ask for another.");
    }

    // A column that comes from others changes with these.
    void look_at_column(const Fact &column)
    {
        const auto to = scene_.to.find(column.id);
        const auto whole = scene_.from.find(column.parent);
        if (to == scene_.to.end() || whole == scene_.from.end() || !scene_.to.contains(column.parent)) return;
        const bool same = !differs(&column, to->second, "type") && !differs(&column, to->second, "collation");
        const bool anew = differs(&whole->second, scene_.to.at(column.parent), "partition_key");
        if (same || anew || whole->second.kind == "view" || whole->second.kind == "matview" || !parents_of(scene_.from, column).empty()) return;
        const auto before = column_type(scene_.from, text_of(column, "type"));
        const auto after = column_type(scene_.to, text_of(to->second, "type"));
        const bool stays = kept_values(scene_, before, after) == Kept::all && stays_in_place(before, after);
        const auto why = why_type_stays(scene_, from_, column, !stays);
        if (why.empty()) return;
        note(column, why);
        keep_column(column);
    }

    bool look_at_rebuilt()
    {
        const auto scene = scene_.between(scene_.from, wanted());
        const auto changes = find_changes(scene, from_, ParentParts(scene));
        bool more = false;
        for (const auto &id : changes.retyped) {
            const auto &type = scene_.from.at(id);
            const auto why = why_not_replaced(scene, from_, type);
            if (why.empty()) continue;
            note(type, why);
            more |= keep(type);
        }
        for (const auto &id : changes.rebuilt) {
            const auto &fact = scene_.from.at(id);
            constexpr std::string_view kinds[] = {"view", "matview", "table", "foreign_table"};
            if (std::find(std::begin(kinds), std::end(kinds), fact.kind) == std::end(kinds)) continue;
            const auto why = why_not_rebuilt(scene, from_, fact);
            if (why.empty()) continue;
            const auto &root = root_of(changes, id);
            note(scene_.from.at(root), why);
            more |= keep(scene_.from.at(root));
        }
        return more;
    }

    // Whether anything is left as it is that was not before.
    bool keep(const Fact &fact)
    {
        if (!done_.insert(fact.id).second) return false;
        if (is_column(fact)) {
            for (const auto *const source : sources_of(scene_.from, fact)) keep_column(*source);
            return true;
        }
        const auto found = kept().find(fact.id);
        if (found == kept().end()) return false;
        if (fact.kind == "table") {
            take_over(fact, "partition_key", found->second);
            return true;
        }
        auto stays = fact;
        take_over_all(found->second, {"owner", "acl", "comment"}, stays);
        found->second = std::move(stays);
        return true;
    }

    // The columns of a view are others only when it is made anew.
    void keep_views()
    {
        const auto scene = scene_.between(scene_.from, *kept_);
        const auto changes = find_changes(scene, from_, ParentParts(scene));
        for (const auto &[id, view] : scene_.from) {
            const auto wanted = kept().find(id);
            if ((view.kind != "view" && view.kind != "matview") || wanted == kept().end() || changes.rebuilt.contains(id) || differs(&view, wanted->second, "definition")) continue;
            for (const auto *const column : columns_of(*kept_, id)) {
                if (!scene_.from.contains(column->id)) kept().erase(std::string(column->id));
            }
            for (const auto *const column : columns_of(scene_.from, id)) {
                auto &same = kept().emplace(column->id, *column).first->second;
                take_over_all(*column, {"ordinal", "type", "collation"}, same);
            }
        }
    }

    void keep_column(const Fact &source)
    {
        for (const auto *const column : heirs_of(scene_.from, from_, source)) {
            keep_bound(column->parent);
            if (const auto found = kept().find(column->id); found != kept().end()) {
                take_over_all(*column, {"type", "collation", "default", "generated", "generated_kind", "storage", "compression"}, found->second);
            } else if (kept().contains(column->parent)) {
                kept().emplace(column->id, *column);
            }
        }
    }

    // Bounds are written as values of the key.
    void keep_bound(const std::string &table)
    {
        const auto before = scene_.from.find(table);
        const auto after = kept().find(table);
        if (before == scene_.from.end() || after == kept().end() || differs(&before->second, after->second, "partition_of")) return;
        take_over(before->second, "partition_bound", after->second);
    }

    static void take_over_all(const Fact &source, std::initializer_list<std::string_view> attributes, Fact &fact)
    {
        for (const auto attribute : attributes) take_over(source, attribute, fact);
    }

    const Scene &scene_;
    const Mentions &from_;
    Steps &notes_;
    std::optional<FactMap> kept_;
    std::set<std::string> noted_;
    std::set<std::string> done_;
};

}  // namespace

std::optional<FactMap> left_to_hand(const Scene &scene, const Mentions &from, Steps &notes) { return Hand(scene, from, notes).run(); }

}  // namespace core::repair
