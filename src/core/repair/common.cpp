#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/parent_checks.hpp"
#include "core/repair/privileges.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

Step &add_step(Steps &steps, const Fact &fact, std::string command, Lock lock)
{
    Step step;
    step.command = std::move(command);
    step.fact = fact.id;
    step.lock = lock;
    steps.push_back(std::move(step));
    return steps.back();
}

void add_manual(Steps &steps, const Fact &fact, std::string detail)
{
    Step step;
    step.fact = fact.id;
    step.effect = Effect::manual;
    step.detail = std::move(detail);
    steps.push_back(std::move(step));
}

namespace {

// What is taken on a table is taken on its columns as well.
void give_columns_again(const Scene &scene, const Fact &table, Steps &steps)
{
    for (const auto *const column : columns_of(scene.to, table.id)) {
        if (!has(*column, "acl") || !scene.from.contains(column->id)) continue;
        Fact without = *column;
        without.payload.erase("acl");
        add_privileges(scene, &without, *column, "acl", steps);
    }
}

}  // namespace

void add_common(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    // A column's sequence goes to the new owner with its table.
    const bool follows = to.kind == "sequence" && from != nullptr && has(to, "owned_by") && !differs(from, to, "owned_by");
    if (has(to, "owner") && differs(from, to, "owner") && !follows && !(from == nullptr && text_of(to, "owner") == sql.role)) {
        if (to.kind == "extension") {
            add_manual(steps, to, "An extension's owner cannot be changed: drop it and create it as role \"" + text_of(to, "owner") + "\".");
        } else {
            add_step(steps, to, "ALTER " + target(sql, to) + " OWNER TO " + sql.quote(text_of(to, "owner")));
        }
    }
    const bool owner_changes = has(to, "owner") && differs(from, to, "owner");
    if (differs(from, to, "acl") || from == nullptr || owner_changes) {
        if (to.kind == "system_object") {
            // What initdb gave is in no fact.
        } else if (to.kind != "default_privileges" && (has(to, "owner") || has(to, "acl") || (from != nullptr && has(*from, "acl")))) {
            const auto first = steps.size();
            add_privileges(scene, from, to, "acl", steps);
            const bool takes = std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(first), steps.end(), [](const Step &step) { return step.command.starts_with("REVOKE"); });
            if (takes && from != nullptr) give_columns_again(scene, to, steps);
        }
    }
    if (differs(from, to, "comment")) {
        const auto text = text_of(to, "comment");
        auto what = target(sql, to);
        if (is_column(to)) what = "COLUMN " + whole_of(sql, to) + '.' + own_name(sql, to);
        add_step(steps, to, "COMMENT ON " + what + " IS " + (has(to, "comment") ? literal(text) : "NULL"), Lock::share_update_exclusive);
    }
    if (differs(from, to, "depends_on_extension")) {
        static const List none;
        const auto &before = from != nullptr ? list_of(*from, "depends_on_extension") : none;
        const auto &after = list_of(to, "depends_on_extension");
        for (const auto &name : before) {
            if (std::find(after.begin(), after.end(), name) == after.end()) add_step(steps, to, "ALTER " + target(sql, to) + " NO DEPENDS ON EXTENSION " + sql.quote(name));
        }
        for (const auto &name : after) {
            if (std::find(before.begin(), before.end(), name) == before.end()) add_step(steps, to, "ALTER " + target(sql, to) + " DEPENDS ON EXTENSION " + sql.quote(name));
        }
    }
    if (!has(to, "extension") || !differs(from, to, "extension") || from == nullptr) {
        if (from != nullptr && has(*from, "extension") && !has(to, "extension")) {
            add_step(steps, to, "ALTER EXTENSION " + sql.quote(text_of(*from, "extension")) + " DROP " + target(sql, to));
        }
        return;
    }
    if (has(*from, "extension")) add_step(steps, to, "ALTER EXTENSION " + sql.quote(text_of(*from, "extension")) + " DROP " + target(sql, to));
    add_step(steps, to, "ALTER EXTENSION " + sql.quote(text_of(to, "extension")) + " ADD " + target(sql, to));
}

void make_nothing(const Scene &, const Fact *, const Fact &, Steps &) {}
void drop_nothing(const Scene &, const Fact &, Steps &) {}

namespace {

// Members of an extension whose content goes with it.
std::string members_with_content(const Scene &scene, const Fact &extension)
{
    const auto name = name_of(extension.id).last();
    std::string names;
    for (const auto &[id, fact] : scene.from) {
        const bool holds = fact.kind == "table" || fact.kind == "matview" || fact.kind == "sequence";
        if (holds && text_of(fact, "extension") == name) names += (names.empty() ? "" : ", ") + target(scene.sql, fact);
    }
    return names;
}

}  // namespace

void drop_plainly(const Scene &scene, const Fact &from, Steps &steps)
{
    auto &step = add_step(steps, from, "DROP " + target(scene.sql, from), Lock::access_exclusive);
    const auto members = from.kind == "extension" ? members_with_content(scene, from) : std::string();
    const bool keeps_rows = from.kind == "table" || from.kind == "sequence" || !members.empty();
    step.effect = keeps_rows ? Effect::loses_data : Effect::none;
    if (!members.empty()) step.detail = "What its members hold is lost: " + members + '.';
    struct Judged {
        std::string_view kind;
        std::string_view rule;
    };
    constexpr Judged judged[] = {{"table", "D01"}, {"foreign_table", "D01"}, {"schema", "D05"}, {"view", "D10"}, {"matview", "D10"}, {"enum", "D11"}, {"domain", "D11"},
                                 {"composite", "D11"}, {"range", "D11"}, {"type", "D11"}, {"function", "D12"}, {"procedure", "D12"}, {"aggregate", "D12"},
                                 {"operator", "D12"}, {"sequence", "D13"}, {"extension", "D14"}};
    const auto *const found = std::find_if(std::begin(judged), std::end(judged), [&](const Judged &one) { return one.kind == from.kind; });
    step.rule = found != std::end(judged) ? found->rule : "D27";
}

void drop_part(const Scene &scene, const Fact &from, Steps &steps)
{
    const auto &sql = scene.sql;
    const bool constraint = from.kind == "constraint";
    if (flag_of(from, "inherited") && is_inseparable(scene, from)) {
        add_manual(steps, from, "The table declares it itself beside a parent, which no command takes back.");
        return;
    }
    auto &step = add_step(steps, from, constraint ? alter_relation(sql, from) + " DROP CONSTRAINT " + own_name(sql, from) : "DROP " + target(sql, from), Lock::access_exclusive);
    step.effect = Effect::weakens;
    step.rule = from.kind == "policy" ? "D20" : !constraint ? "D19" : text_of(from, "type") == "primary key" ? "D16" : "D15";
}

}  // namespace core::repair
