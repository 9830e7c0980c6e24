#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/replacing.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string body_of(const Fact &view)
{
    auto text = text_of(view, "definition");
    while (!text.empty() && (text.back() == ';' || text.back() == '\n' || text.back() == ' ')) text.pop_back();
    while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.erase(0, 1);
    return text;
}

std::vector<std::string> view_options(const Fact &view)
{
    auto options = list_of(view, "options");
    for (const std::string_view name : {"security_barrier", "security_invoker"}) {
        if (flag_of(view, name)) options.push_back(std::string(name) + "=true");
    }
    if (has(view, "check_option")) options.push_back("check_option=" + text_of(view, "check_option"));
    return options;
}

void create_matview(const Scene &scene, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    auto command = "CREATE MATERIALIZED VIEW " + plain_name(sql, to);
    if (has(to, "access_method")) command += " USING " + sql.quote(text_of(to, "access_method"));
    auto options = storage_list(list_of(to, "options"), "");
    const auto toast = storage_list(list_of(to, "toast_options"), "toast.");
    if (!options.empty() && !toast.empty()) options += ", ";
    options += toast;
    if (!options.empty()) command += " WITH (" + options + ')';
    if (has(to, "tablespace")) command += " TABLESPACE " + sql.quote(text_of(to, "tablespace"));
    command += " AS\n" + body_of(to);
    if (!flag_of(to, "populated", true)) command += "\nWITH NO DATA";
    add_step(steps, to, std::move(command)).effect = Effect::scans;
}

void change_matview(const Scene &scene, const Fact &from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto alter = "ALTER MATERIALIZED VIEW " + plain_name(sql, to);
    if (differs(&from, to, "access_method")) {
        add_step(steps, to, alter + " SET ACCESS METHOD " + (has(to, "access_method") ? sql.quote(text_of(to, "access_method")) : std::string("heap")), Lock::access_exclusive);
    }
    if (differs(&from, to, "tablespace")) {
        add_step(steps, to, alter + " SET TABLESPACE " + (has(to, "tablespace") ? sql.quote(text_of(to, "tablespace")) : std::string("pg_default")), Lock::access_exclusive);
    }
    add_storage_options(alter, list_of(from, "options"), list_of(to, "options"), "", to.id, Lock::share_update_exclusive, steps);
    add_storage_options(alter, list_of(from, "toast_options"), list_of(to, "toast_options"), "toast.", to.id, Lock::share_update_exclusive, steps);
    if (differs(&from, to, "populated")) {
        const bool filled = flag_of(to, "populated", true);
        add_step(steps, to, "REFRESH MATERIALIZED VIEW " + plain_name(sql, to) + (filled ? "" : " WITH NO DATA"), Lock::access_exclusive).effect = Effect::scans;
    }
}

}  // namespace

bool can_replace_view(const Scene &scene, const Fact &from, const Fact &to)
{
    if (from.kind != "view") return false;
    const auto before = columns_of(scene.from, from.id);
    const auto after = columns_of(scene.to, to.id);
    if (before.size() > after.size()) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (const std::string_view attribute : {"type", "collation"}) {
            if (value_of(*before[i], attribute) != value_of(*after[i], attribute)) return false;
        }
        if (name_of(before[i]->id).last() != name_of(after[i]->id).last()) return false;
    }
    return true;
}

Fact as_view_gives(Fact column)
{
    for (const std::string_view attribute : {"default", "acl", "comment", "statistics", "options", "storage", "compression"}) {
        column.payload.erase(std::string(attribute));
    }
    return column;
}

void make_view(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const bool materialized = to.kind == "matview";
    if (from == nullptr && materialized) {
        create_matview(scene, to, steps);
    } else if (materialized) {
        change_matview(scene, *from, to, steps);
    } else if (from == nullptr || differs(from, to, "definition")) {
        const auto options = storage_list(view_options(to), "");
        auto &step = add_step(steps, to, std::string(from == nullptr ? "CREATE VIEW " : "CREATE OR REPLACE VIEW ") + plain_name(sql, to) +
                                             (options.empty() ? "" : " WITH (" + options + ')') + " AS\n" + body_of(to),
                              from == nullptr ? Lock::none : Lock::access_exclusive);
        if (from != nullptr) step.rule = "D26";
    } else {
        add_storage_options("ALTER VIEW " + plain_name(sql, to), view_options(*from), view_options(to), "", to.id, Lock::access_exclusive, steps);
    }
    if (from == nullptr) {
        for (const auto *const column : columns_of(scene.to, to.id)) {
            const auto made = as_view_gives(*column);
            make_column(scene, &made, *column, steps);
            add_common(scene, &made, *column, steps);
        }
    }
    if (differs(from, to, "cluster_on")) {
        add_step(steps, to, "ALTER MATERIALIZED VIEW " + plain_name(sql, to) + (has(to, "cluster_on") ? " CLUSTER ON " + sql.quote(text_of(to, "cluster_on")) : " SET WITHOUT CLUSTER"),
                 Lock::access_exclusive)
            .late = true;
    }
}

}  // namespace core::repair
