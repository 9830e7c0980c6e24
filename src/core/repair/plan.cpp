#include "core/repair/plan.hpp"

#include <algorithm>
#include <utility>

#include "core/repair/by_hand.hpp"
#include "core/repair/column_places.hpp"
#include "core/repair/drop_column.hpp"
#include "core/repair/edges.hpp"
#include "core/repair/kinds.hpp"
#include "core/repair/leaving.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/partitions.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/retype.hpp"
#include "core/repair/target.hpp"
#include "core/repair/transactions.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// One that is there fires for the other steps, and may forbid them.
bool is_event_trigger(const Fact &fact) { return fact.kind == "event_trigger"; }

enum Stage { drop_first, make, make_late, drop_last, make_last };

class Planner {
  public:
    Planner(const Scene &scene, const Mentions &from) : scene_(scene), from_(from), to_(scene.to), parts_(scene), changes_(find_changes(scene, from_, parts_)), leaving_(scene, from_, changes_) {}

    std::vector<PlannedStep> run(Steps &&first)
    {
        std::vector<PlannedStep> planned;
        for (auto &step : first) planned.push_back({std::move(step), 0});
        std::map<std::string, std::vector<std::string>> columns;
        for (const auto i : ordered()) {
            const auto &id = work_.tasks[i].id;
            const auto make = work_.makes.find(id);
            const bool made = make != work_.makes.end() && make->second.first == i && (changes_.made.contains(id) || changes_.rebuilt.contains(id));
            if (made && is_column(scene_.to.at(id))) columns[scene_.to.at(id).parent].push_back(id);
            for (auto &step : work_.tasks[i].steps) planned.push_back({std::move(step), 0});
        }
        Steps notes;
        note_column_places(scene_, changes_, columns, notes);
        for (auto &note : notes) planned.push_back({std::move(note), 0});
        return in_transactions(std::move(planned));
    }

  private:
    // The tasks in an order that leaves nothing missing after a commit that is to come again.
    std::vector<std::size_t> ordered()
    {
        for (;;) {
            work_ = {};
            add_drops();
            add_makes();
            add_edges(work_, scene_, from_, to_, parts_, changes_, leaving_.first());
            const auto groups = groups_of(work_, scene_, changes_);
            auto order = in_order(work_.tasks);
            const auto gaps = keep_together(work_.tasks, groups, order);
            if (holds_up_others(gaps, groups)) continue;
            note(gaps, groups);
            return order;
        }
    }

    // Where rows would be open meanwhile, others have to wait.  Dropping an index holds them up for a moment only.
    bool holds_up_others(const std::vector<Gap> &gaps, const std::vector<Group> &groups)
    {
        bool more = false;
        for (const auto &gap : gaps) {
            const auto &task = work_.tasks[gap.task];
            const auto drop = work_.drops.find(task.id);
            const bool is_drop = drop != work_.drops.end() && drop->second.first <= gap.task && gap.task <= drop->second.last;
            if (!is_drop && !groups[gap.group].always) continue;
            more |= in_block_.insert(task.id).second;
        }
        return more;
    }

    void note(const std::vector<Gap> &gaps, const std::vector<Group> &groups)
    {
        for (const auto &gap : gaps) {
            const auto drop = groups[gap.group].tasks.front();
            auto &step = work_.tasks[drop].steps.back();
            constexpr std::string_view missing = "It is missing until then, across a commit: what stands between ends the transaction, and can stand nowhere else.";
            if (step.detail.ends_with(missing)) continue;
            step.detail += (step.detail.empty() ? "It is made anew below.  " : "  ") + std::string(missing);
        }
    }

    // As the scene is, or as it is for what must not wait for a commit, or is not there to others before it.
    Scene scene_for(const Fact &fact) const
    {
        auto scene = scene_;
        scene.online = scene_.online && !in_block_.contains(fact.id) && !changes_.rebuilt.contains(fact.parent);
        return scene;
    }

    // The commands up to the end of a transaction are a task of their own.
    void add_task(Chains &index, Stage stage, const Fact &fact, Steps &&steps)
    {
        if (steps.empty()) return;
        const std::int64_t rank = rank_of(fact);
        const bool backwards = stage == drop_first || stage == drop_last;
        Chain chain{work_.tasks.size(), work_.tasks.size(), work_.tasks.size()};
        bool open = false;
        bool kept = false;
        for (auto &step : steps) {
            const bool in_transaction = step.setting == Setting::in_transaction;
            if (!open || !in_transaction) {
                Task task;
                task.id = fact.id;
                task.place = {stage == make_late ? make : stage, stage == make_late ? rank + 100 : backwards ? -rank : rank, number_of(fact, "ordinal").value_or(0)};
                chain.last = work_.tasks.size();
                if (chain.last > chain.first) task.after.push_back(chain.last - 1);
                if (in_transaction && !std::exchange(kept, true)) chain.kept = chain.last;
                work_.tasks.push_back(std::move(task));
            }
            open = in_transaction;
            work_.tasks.back().steps.push_back(std::move(step));
        }
        index.insert_or_assign(fact.id, chain);
    }

    void add_drops()
    {
        const auto on_parts = keys_on_parts();
        for (const auto &id : leaving_.all()) {
            const auto &fact = scene_.from.at(id);
            if (goes_with_whole(scene_.from, fact, leaving_.all()) && !leaving_.is_in_circle(fact)) continue;
            Steps steps;
            if (has(fact, "extension") && changes_.dropped.contains(id)) {
                add_step(steps, fact, "ALTER EXTENSION " + scene_.sql.quote(text_of(fact, "extension")) + " DROP " + target(scene_.sql, fact));
            }
            if (leaving_.goes_with_type(fact)) continue;
            if (fact.kind == "column" && changes_.dropped.contains(id)) drop_column_of_family(scene_for(fact), from_, fact, steps);
            else kind_of(fact).drop(scene_for(fact), fact, steps);
            if (fact.kind == "type" && !flag_of(fact, "shell")) leaving_.drop_with_functions(fact, steps);
            drop_with_keys(fact, steps);
            if (on_parts.contains(id)) {
                const auto before = alter_relation(scene_.sql, fact) + " DROP CONSTRAINT ";
                if (auto &command = steps.back().command; command.starts_with(before)) command.insert(before.size(), "IF EXISTS ");
            }
            const bool comes_again = changes_.rebuilt.contains(id);
            for (auto &step : steps) {
                if (!comes_again) continue;
                if (step.effect == Effect::weakens || (step.effect == Effect::none && fact.kind != "table")) step.detail = "It is made anew below.";
                if (step.effect == Effect::loses_data && fact.kind == "column" && has(scene_.to.at(id), "generated")) step.effect = Effect::rewrites;
                if (fact.kind == "table") note_rows(fact, step);
            }
            add_task(work_.drops, leaving_.first().contains(id) || is_event_trigger(fact) ? drop_first : drop_last, fact, std::move(steps));
        }
        for (const auto &id : changes_.detached) {
            const auto &fact = scene_.from.at(id);
            if (goes_with_whole(scene_.from, fact, leaving_.all())) continue;
            Steps steps;
            if (fact.kind == "column" && has(fact, "identity") && !has(scene_.to.at(id), "identity")) {
                auto &step = add_step(steps, fact, alter_relation(scene_.sql, fact) + " ALTER COLUMN " + own_name(scene_.sql, fact) + " DROP IDENTITY", Lock::access_exclusive);
                step.rule = "D23";
                step.effect = Effect::weakens;
            } else if (fact.kind == "column" && has(fact, "default")) {
                add_step(steps, fact, alter_relation(scene_.sql, fact) + " ALTER COLUMN " + own_name(scene_.sql, fact) + " DROP DEFAULT", Lock::access_exclusive);
            } else if (fact.kind == "domain") {
                add_step(steps, fact, "ALTER " + target(scene_.sql, fact) + " DROP DEFAULT");
            }
            add_task(work_.drops, drop_first, fact, std::move(steps));
        }
        for (const auto *const child : children_of(scene_, changes_)) {
            Steps steps;
            parts_.name_left(*child, steps);
            leave_parents(scene_, *child, changes_, steps);
            parts_.drop_left(*child, steps);
            add_task(work_.drops, drop_first, *child, std::move(steps));
        }
        for (const auto *const partition : partitions_in_the_way(scene_, changes_, leaving_.first())) {
            Steps steps;
            detach(scene_, *partition, steps);
            add_task(work_.leaves, drop_first, *partition, std::move(steps));
        }
    }

    // Keys that go with an index of a parent, where they stand on parts of it.
    std::set<std::string> keys_on_parts() const
    {
        std::set<std::string> keys;
        for (const auto &id : leaving_.all()) {
            for (const auto *const key : parts_.keys_on(scene_.from.at(id))) keys.insert(key->id);
        }
        return keys;
    }

    void drop_with_keys(const Fact &fact, Steps &steps)
    {
        std::string names;
        for (const auto *const key : parts_.keys_on(fact)) {
            if (!leaving_.all().contains(key->id)) continue;
            names += (names.empty() ? "" : ", ") + target(scene_.sql, *key);
        }
        if (!names.empty()) {
            steps.back().command += " CASCADE";
            steps.back().detail = "With what may stand on it: " + names + '.';
        }
    }

    void add_makes()
    {
        std::set<std::string> whole = changes_.made;
        whole.insert(changes_.rebuilt.begin(), changes_.rebuilt.end());
        auto wanted = changes_.changed;
        wanted.insert(whole.begin(), whole.end());
        wanted.insert(changes_.detached.begin(), changes_.detached.end());
        wanted.insert(changes_.disowned.begin(), changes_.disowned.end());
        wanted.insert(changes_.retyped.begin(), changes_.retyped.end());
        const auto children = children_of(scene_, changes_);
        const auto set_again = partitions_to_set_again(scene_, changes_);
        for (const auto *const child : children) wanted.insert(child->id);
        for (const auto *const partition : set_again) wanted.insert(partition->id);
        // Parts of what is made anew come again with it, or after it.
        for (const auto &[id, fact] : scene_.to) {
            if (!fact.parent.empty() && changes_.rebuilt.contains(fact.parent) && goes_with_whole(scene_.from, fact, changes_.rebuilt)) {
                wanted.insert(id);
                whole.insert(id);
            }
        }
        for (const auto &id : wanted) {
            const auto &to = scene_.to.at(id);
            if (is_column(to) && whole.contains(to.parent)) continue;
            const bool is_new = whole.contains(id);
            const auto before = scene_.from.find(id);
            const Fact *from = is_new || before == scene_.from.end() ? nullptr : &before->second;
            Fact detached;
            if (from != nullptr && changes_.detached.contains(id)) {
                detached = without_value(*from, to);
                from = &detached;
            }
            if (from != nullptr && std::find(children.begin(), children.end(), from) != children.end()) {
                detached = without_parents(scene_, *from, changes_);
                from = &detached;
            }
            if (from != nullptr && std::find(set_again.begin(), set_again.end(), from) != set_again.end()) {
                detached = *from;
                detached.payload.erase("inherited_triggers");
                from = &detached;
            }
            const auto scene = scene_for(to);
            Steps steps;
            if (from != nullptr && changes_.disowned.contains(id)) {
                detached = *from;
                detached.payload.erase("owned_by");
                from = &detached;
                add_step(steps, to, "ALTER SEQUENCE " + plain_name(scene_.sql, to) + " OWNED BY NONE", Lock::share_row_exclusive);
            }
            if (changes_.retyped.contains(id)) {
                retype(scene, before->second, to, from_, changes_, steps);
            } else {
                kind_of(to).make(scene, from, to, steps);
                if (from != nullptr && is_table(to.kind) && differs(&before->second, to, "inherits")) parts_.drop_left(before->second, steps);
                add_common(scene, from, to, steps);
                if (is_new && has(to, "extension")) add_step(steps, to, "ALTER EXTENSION " + scene_.sql.quote(text_of(to, "extension")) + " ADD " + target(scene_.sql, to));
            }
            add_marks(to, is_new, steps);
            Steps late;
            const auto is_late = [](const Step &step) { return step.late; };
            std::copy_if(steps.begin(), steps.end(), std::back_inserter(late), is_late);
            steps.erase(std::remove_if(steps.begin(), steps.end(), is_late), steps.end());
            add_task(work_.makes, is_event_trigger(to) ? make_last : make, to, std::move(steps));
            add_task(work_.lates, make_late, to, std::move(late));
        }
    }

    // The fact after what went first: without default, and without an identity that is not wanted.
    static Fact without_value(const Fact &from, const Fact &to)
    {
        Fact fact = from;
        fact.payload.erase("default");
        if (has(to, "identity")) return fact;
        std::erase_if(fact.payload, [](const auto &item) { return item.first.starts_with("identity"); });
        return fact;
    }

    // A table's marks on an index go with it, and come again.
    void add_marks(const Fact &index, bool is_new, Steps &steps)
    {
        if (!is_new || !scene_.from.contains(index.id) || (index.kind != "index" && index.kind != "constraint")) return;
        const auto table = scene_.to.find(index.parent);
        if (table == scene_.to.end() || changes_.rebuilt.contains(index.parent)) return;
        const auto name = name_of(index.id).last();
        const auto alter = alter_relation(scene_.sql, table->second);
        if (text_of(table->second, "cluster_on") == name) add_step(steps, index, alter + " CLUSTER ON " + scene_.sql.quote(name), Lock::share_update_exclusive);
        if (text_of(table->second, "replica_identity_index") == name) add_step(steps, index, alter + " REPLICA IDENTITY USING INDEX " + scene_.sql.quote(name), Lock::access_exclusive);
    }

    const Scene &scene_;
    const Mentions &from_;
    const Mentions to_;
    const ParentParts parts_;
    const Changes changes_;
    const Leaving leaving_;
    std::set<std::string> in_block_;
    Work work_;
};

// What has to be done by hand comes before the rest, which does without it.
std::vector<PlannedStep> planned(const Scene &scene, Steps first)
{
    const Mentions from(scene.from);
    const auto kept = left_to_hand(scene, from, first);
    const auto without = scene.between(scene.from, kept ? *kept : scene.to);
    return Planner(without, from).run(std::move(first));
}

}  // namespace

std::vector<PlannedStep> plan(const Scene &scene) { return planned(scene, {}); }

std::vector<PlannedStep> plan_after(Steps renaming, const Scene &scene) { return planned(scene, std::move(renaming)); }

std::vector<PlannedStep> plan(const Scene &scene, const std::vector<Rename> &renames)
{
    Steps steps;
    const auto from = renamed(scene.sql, scene.from, renames, steps);
    return planned(scene.between(from, scene.to), std::move(steps));
}

}  // namespace core::repair
