#include <algorithm>

#include "core/repair/free_name.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string joined(const List &items)
{
    std::string out;
    for (const auto &item : items) out += (out.empty() ? "" : ", ") + item;
    return out;
}

std::string table_of(const Dialect &sql, const Fact &index) { return sql.name(name_of(index.parent).parts); }

// Of tables that are there already and are not partitioned.
bool can_be_concurrent(const Scene &scene, const Fact &index, const FactMap &facts)
{
    const auto table = facts.find(index.parent);
    return scene.online && scene.from.contains(index.parent) && table != facts.end() && !has(table->second, "partition_key");
}

}  // namespace

void add_index_statistics(const std::string &index, const List &from, const List &to, const Fact &fact, Steps &steps)
{
    const auto change = change_of(from, to);
    const auto set = [&](const std::string &column, const std::string &target) {
        add_step(steps, fact, "ALTER INDEX " + index + " ALTER COLUMN " + column + " SET STATISTICS " + target, Lock::share_update_exclusive);
    };
    for (const auto *const items : {&change.set, &change.added}) {
        for (const auto &[column, target] : *items) set(column, target);
    }
    for (const auto &column : change.gone) set(column, "-1");
}

void make_index(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    static const List none;
    const auto &sql = scene.sql;
    const auto name = plain_name(sql, to);
    if (from == nullptr) {
        const bool concurrent = can_be_concurrent(scene, to, scene.to);
        // That of a partitioned table is whole only when all partitions have theirs.
        const auto table = scene.to.find(to.parent);
        const bool partitioned = table != scene.to.end() && has(table->second, "partition_key");
        const bool valid = flag_of(to, "valid", true);
        // It is built beside the one whose place it takes.
        const auto schema = name_of(to.id).first();
        const auto own = name_of(to.id).last();
        const bool beside = concurrent && scene.from.contains(to.id);
        const auto made = beside ? free_relation_name(scene, schema, "lcg_new_", own, "") : own;
        std::string keys;
        for (const auto &key : list_of(to, "keys")) keys += (keys.empty() ? "" : ", ") + sql.key(key);
        std::string command = std::string("CREATE ") + (flag_of(to, "unique") ? "UNIQUE " : "") + "INDEX " + (concurrent ? "CONCURRENTLY " : "") + sql.quote(made) + " ON " +
                              (partitioned && !valid ? "ONLY " : "") + table_of(sql, to) + " USING " + sql.quote(text_of(to, "method")) + " (" + keys + ')';
        std::string included;
        for (const auto &column : list_of(to, "include")) included += (included.empty() ? "" : ", ") + sql.quote(column);
        if (!included.empty()) command += " INCLUDE (" + included + ')';
        if (flag_of(to, "nulls_not_distinct")) command += " NULLS NOT DISTINCT";
        const auto options = storage_list(list_of(to, "options"), "");
        if (!options.empty()) command += " WITH (" + options + ')';
        if (has(to, "tablespace")) command += " TABLESPACE " + sql.quote(text_of(to, "tablespace"));
        if (has(to, "predicate")) command += " WHERE " + text_of(to, "predicate");
        auto &step = add_step(steps, to, std::move(command), concurrent ? Lock::share_update_exclusive : Lock::share);
        step.effect = Effect::scans;
        if (concurrent) step.setting = Setting::outside;
        if (beside) add_step(steps, to, "ALTER INDEX " + sql.name({schema, made}) + " RENAME TO " + sql.quote(own), Lock::share_update_exclusive);
        if (!valid && !partitioned) add_manual(steps, to, "The index is to be invalid, which no command makes of a whole one.");
    } else {
        add_storage_options("ALTER INDEX " + name, list_of(*from, "options"), list_of(to, "options"), "", to.id, Lock::share_update_exclusive, steps);
        if (differs(from, to, "tablespace")) {
            add_step(steps, to, "ALTER INDEX " + name + " SET TABLESPACE " + (has(to, "tablespace") ? sql.quote(text_of(to, "tablespace")) : std::string("pg_default")), Lock::access_exclusive);
        }
        if (differs(from, to, "valid")) {
            if (flag_of(to, "valid", true)) {
                auto &step = add_step(steps, to, (scene.online ? "REINDEX INDEX CONCURRENTLY " : "REINDEX INDEX ") + name, Lock::share_update_exclusive);
                if (scene.online) step.setting = Setting::outside;
            } else {
                add_manual(steps, to, "The index is to be invalid, which no command makes of a whole one.");
            }
        }
    }
    add_index_statistics(name, from != nullptr ? list_of(*from, "statistics") : none, list_of(to, "statistics"), to, steps);
}

void drop_index(const Scene &scene, const Fact &from, Steps &steps)
{
    // Another that was built takes its place in the same transaction.
    const bool concurrent = can_be_concurrent(scene, from, scene.from) && !scene.to.contains(from.id);
    auto &step = add_step(steps, from, std::string("DROP INDEX ") + (concurrent ? "CONCURRENTLY " : "") + plain_name(scene.sql, from), concurrent ? Lock::share_update_exclusive : Lock::access_exclusive);
    if (concurrent) step.setting = Setting::outside;
    step.effect = flag_of(from, "unique") ? Effect::weakens : Effect::none;
    step.rule = "D17";
}

void make_statistics(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (from == nullptr) {
        const auto &keys = list_of(to, "keys");
        std::string columns;
        for (const auto &key : keys) columns += (columns.empty() ? "" : ", ") + sql.key(key);
        // Of one expression there are no kinds to choose from.
        const auto kinds = list_of(to, "kinds");
        add_step(steps, to, "CREATE STATISTICS " + plain_name(sql, to) + (kinds.empty() || keys.size() < 2 ? "" : " (" + joined(kinds) + ')') + " ON " + columns + " FROM " + sql.name(name_of(to.parent).parts),
                 Lock::share_update_exclusive);
    }
    if (differs(from, to, "target")) {
        add_step(steps, to, "ALTER STATISTICS " + plain_name(sql, to) + " SET STATISTICS " + std::to_string(number_of(to, "target").value_or(-1)), Lock::share_update_exclusive);
    }
}

}  // namespace core::repair
