// Triggers, rules and policies of tables, and event triggers.
#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string enabling_of(const Fact &fact) { return std::string(enabling(text_of(fact, "enabled"))); }

void change_state(const Scene &scene, const Fact *from, const Fact &to, std::string_view word, Steps &steps)
{
    if (!differs(from, to, "enabled")) return;
    auto &step = add_step(steps, to, alter_relation(scene.sql, to) + ' ' + enabling_of(to) + ' ' + std::string(word) + ' ' + own_name(scene.sql, to), Lock::share_row_exclusive);
    if (has(to, "enabled")) {
        step.effect = Effect::weakens;
        step.rule = "D19";
    }
}

}  // namespace

void make_trigger(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (from == nullptr) {
        const bool constraint = flag_of(to, "constraint");
        std::string events;
        for (const auto &event : list_of(to, "events")) {
            events += (events.empty() ? "" : " OR ") + upper(event);
            if (event != "update" || !has(to, "update_of")) continue;
            std::string columns;
            for (const auto &column : list_of(to, "update_of")) columns += (columns.empty() ? "" : ", ") + sql.quote(column);
            events += " OF " + columns;
        }
        auto command = std::string("CREATE ") + (constraint ? "CONSTRAINT " : "") + "TRIGGER " + own_name(sql, to) + ' ' + upper(text_of(to, "timing")) + ' ' + events + " ON " + whole_of(sql, to);
        if (has(to, "from")) command += " FROM " + sql.name(std::string_view(text_of(to, "from")));
        if (flag_of(to, "deferrable")) command += flag_of(to, "deferred") ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
        if (has(to, "old_table") || has(to, "new_table")) command += " REFERENCING";
        if (has(to, "old_table")) command += " OLD TABLE AS " + sql.quote(text_of(to, "old_table"));
        if (has(to, "new_table")) command += " NEW TABLE AS " + sql.quote(text_of(to, "new_table"));
        command += text_of(to, "level") == "row" ? " FOR EACH ROW" : " FOR EACH STATEMENT";
        if (has(to, "condition")) command += " WHEN (" + text_of(to, "condition") + ')';
        std::string arguments;
        for (const auto &argument : list_of(to, "arguments")) arguments += (arguments.empty() ? "" : ", ") + literal(argument);
        command += " EXECUTE FUNCTION " + sql.name(std::string_view(text_of(to, "function"))) + '(' + arguments + ')';
        add_step(steps, to, std::move(command), Lock::share_row_exclusive);
    }
    change_state(scene, from, to, "TRIGGER", steps);
}

void make_rule(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (from == nullptr || differs(from, to, "definition") || differs(from, to, "event") || differs(from, to, "instead")) {
        // The definition holds what stands behind the table: condition and actions.
        auto definition = text_of(to, "definition");
        while (!definition.empty() && (definition.back() == ';' || definition.back() == '\n')) definition.pop_back();
        auto &step = add_step(steps, to, std::string(from == nullptr ? "CREATE RULE " : "CREATE OR REPLACE RULE ") + own_name(sql, to) + " AS ON " + upper(text_of(to, "event")) + " TO " + whole_of(sql, to) + ' ' +
                                             definition,
                              Lock::access_exclusive);
        if (from != nullptr) step.rule = "D26";
    }
    change_state(scene, from, to, "RULE", steps);
}

void make_policy(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    std::string what;
    if (differs(from, to, "roles")) what += " TO " + [&] {
        std::string roles;
        for (const auto &role : list_of(to, "roles")) roles += (roles.empty() ? "" : ", ") + (role == "PUBLIC" ? role : sql.name(std::string_view(role)));
        return roles.empty() ? std::string("PUBLIC") : roles;
    }();
    if (differs(from, to, "using")) what += " USING (" + text_of(to, "using") + ')';
    if (differs(from, to, "with_check")) what += " WITH CHECK (" + text_of(to, "with_check") + ')';
    if (from != nullptr) {
        if (!what.empty()) add_step(steps, to, "ALTER " + target(sql, to) + what, Lock::access_exclusive).rule = "D20";
        return;
    }
    add_step(steps, to, "CREATE " + target(sql, to) + (flag_of(to, "restrictive") ? " AS RESTRICTIVE" : "") + " FOR " + upper(text_of(to, "command")) + what, Lock::access_exclusive);
}

void make_event_trigger(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (from == nullptr) {
        auto command = "CREATE " + target(sql, to) + " ON " + text_of(to, "event");
        std::string tags;
        for (const auto &tag : list_of(to, "tags")) tags += (tags.empty() ? "" : ", ") + literal(tag);
        if (!tags.empty()) command += " WHEN TAG IN (" + tags + ')';
        add_step(steps, to, command + " EXECUTE FUNCTION " + sql.name(std::string_view(text_of(to, "function"))) + "()");
    }
    if (differs(from, to, "enabled")) add_step(steps, to, "ALTER " + target(sql, to) + ' ' + enabling_of(to)).rule = has(to, "enabled") ? "D19" : "";
}

}  // namespace core::repair
