#include <algorithm>

#include "core/repair/joining.hpp"
#include "core/repair/local_columns.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/parent_checks.hpp"
#include "core/repair/partitions.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

constexpr std::string_view made_with_table[] = {"type", "collation", "not_null", "default", "generated", "generated_kind", "identity", "identity_sequence",
                                                "identity_type", "identity_start", "identity_increment", "identity_min", "identity_max", "identity_cache",
                                                "identity_cycle", "not_null_name", "not_null_no_inherit", "fdw_options", "ordinal", "inherited", "local"};

// A column as CREATE TABLE leaves it: what it is given there, or what the parent's has.
Fact made_column(const Scene &scene, const Fact &table, const Fact &column)
{
    Fact made = column;
    made.payload.clear();
    const Fact *source = &column;
    if (comes_from_parent(column)) {
        if (const auto *const given = parent_column(scene.to, column)) source = given;
    } else if (has(table, "of_type")) {
        // Only what the type says.
        for (const std::string_view attribute : {"type", "collation", "ordinal"}) {
            if (has(column, attribute)) made.set(attribute, value_of(column, attribute));
        }
        return made;
    }
    for (const auto attribute : made_with_table) {
        if (has(*source, attribute)) made.set(attribute, value_of(*source, attribute));
    }
    if (has(*source, "not_null_validated")) made.payload.erase("not_null");
    if (comes_from_parent(column)) {
        for (const std::string_view attribute : {"storage", "compression"}) {
            if (has(*source, attribute)) made.set(attribute, value_of(*source, attribute));
        }
        for (const std::string_view attribute : {"not_null_name", "identity_sequence"}) made.payload.erase(std::string(attribute));
    }
    return made;
}

std::string creation(const Scene &scene, const Fact &table)
{
    const auto &sql = scene.sql;
    const bool foreign = table.kind == "foreign_table";
    std::string out = "CREATE ";
    if (text_of(table, "persistence") == "unlogged") out += "UNLOGGED ";
    out += (foreign ? "FOREIGN TABLE " : "TABLE ") + sql.name(name_of(table.id).parts);
    if (has(table, "of_type")) {
        out += " OF " + text_of(table, "of_type");
    } else if (has(table, "partition_of")) {
        out += " PARTITION OF " + sql.name(std::string_view(text_of(table, "partition_of"))) + ' ' + text_of(table, "partition_bound");
    } else {
        out += " (";
        std::string columns;
        for (const auto *const column : columns_of(scene.to, table.id)) {
            if (comes_from_parent(*column)) continue;
            columns += (columns.empty() ? "\n    " : ",\n    ") + column_definition(scene, *column);
        }
        out += columns + (columns.empty() ? ")" : "\n)");
    }
    if (has(table, "inherits")) out += " INHERITS (" + sql.names(list_of(table, "inherits")) + ')';
    if (has(table, "partition_key")) out += " PARTITION BY " + sql.keys(text_of(table, "partition_key"));
    if (foreign) return out + " SERVER " + sql.quote(text_of(table, "server")) + foreign_options(sql, list_of(table, "fdw_options"));
    if (has(table, "access_method")) out += " USING " + sql.quote(text_of(table, "access_method"));
    auto options = storage_list(list_of(table, "options"), "");
    const auto toast = storage_list(list_of(table, "toast_options"), "toast.");
    if (!options.empty() && !toast.empty()) options += ", ";
    options += toast;
    if (!options.empty()) out += " WITH (" + options + ')';
    if (has(table, "tablespace")) out += " TABLESPACE " + sql.quote(text_of(table, "tablespace"));
    return out;
}

Step &alter(const Scene &scene, const Fact &table, const std::string &what, Steps &steps)
{
    return add_step(steps, table, alter_relation(scene.sql, table) + ' ' + what, Lock::access_exclusive);
}

// Changes of what it inherits from, or is a partition of.
void change_ancestry(const Scene &scene, const Fact &from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto own = sql.name(name_of(to.id).parts);
    const auto parent_of = [&sql](const Fact &fact) { return sql.name(std::string_view(text_of(fact, "partition_of"))); };
    // The one that it leaves it left before.
    const bool comes = differs(&from, to, "partition_of") || differs(&from, to, "partition_bound");
    const auto &before = list_of(from, "inherits");
    const auto &after = list_of(to, "inherits");
    if (before != after) {
        const auto same = parents_that_stay(from, to);
        for (std::size_t i = before.size(); i-- > same;) {
            auto &step = alter(scene, to, "NO INHERIT " + sql.name(std::string_view(before[i])), steps);
            step.effect = Effect::weakens;
            step.rule = "D24";
        }
        for (std::size_t i = same; i < after.size(); ++i) {
            add_columns_for(scene, after[i], to, steps);
            add_checks_for(scene, after[i], to, steps);
            alter(scene, to, "INHERIT " + sql.name(std::string_view(after[i])), steps);
        }
        note_local_columns(scene, from, to, steps);
    }
    if (comes && has(to, "partition_of")) {
        add_columns_for(scene, text_of(to, "partition_of"), to, steps);
        add_checks_for(scene, text_of(to, "partition_of"), to, steps);
        auto &step = add_step(steps, to, "ALTER TABLE " + parent_of(to) + " ATTACH PARTITION " + own + ' ' + text_of(to, "partition_bound"), Lock::share_update_exclusive);
        step.effect = Effect::scans;
        step.detail = "Fails while it has rows outside of its bounds.";
    }
    if (!comes && differs(&from, to, "detach_pending")) {
        if (flag_of(from, "detach_pending")) {
            add_step(steps, to, "ALTER TABLE " + parent_of(from) + " DETACH PARTITION " + own + " FINALIZE", Lock::share_update_exclusive);
            add_step(steps, to, "ALTER TABLE " + parent_of(to) + " ATTACH PARTITION " + own + ' ' + text_of(to, "partition_bound"), Lock::share_update_exclusive);
        } else {
            add_manual(steps, to, "A detachment that was interrupted cannot be made.");
        }
    }
}

void change_storage(const Scene &scene, const Fact &from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (differs(&from, to, "persistence")) {
        const bool unlogged = text_of(to, "persistence") == "unlogged";
        auto &step = alter(scene, to, unlogged ? "SET UNLOGGED" : "SET LOGGED", steps);
        step.effect = Effect::rewrites;
        if (unlogged) step.rule = "D25";
    }
    if (differs(&from, to, "access_method")) {
        alter(scene, to, "SET ACCESS METHOD " + (has(to, "access_method") ? sql.quote(text_of(to, "access_method")) : std::string("heap")), steps).effect = Effect::rewrites;
    }
    if (differs(&from, to, "tablespace")) {
        alter(scene, to, "SET TABLESPACE " + (has(to, "tablespace") ? sql.quote(text_of(to, "tablespace")) : std::string("pg_default")), steps).effect = Effect::rewrites;
    }
    add_storage_options(alter_relation(sql, to), list_of(from, "options"), list_of(to, "options"), "", to.id, Lock::share_update_exclusive, steps);
    add_storage_options(alter_relation(sql, to), list_of(from, "toast_options"), list_of(to, "toast_options"), "toast.", to.id, Lock::share_update_exclusive, steps);
    if (to.kind == "foreign_table") add_foreign_options(sql, alter_relation(sql, to), list_of(from, "fdw_options"), list_of(to, "fdw_options"), to.id, steps);
}

// What points at indexes, or at rows that came from the parent.
void add_late(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (to.kind == "foreign_table") return;
    const auto &sql = scene.sql;
    const auto first = steps.size();
    if (differs(from, to, "replica_identity") || differs(from, to, "replica_identity_index")) {
        const auto identity = text_of(to, "replica_identity");
        const auto words = identity == "full"      ? std::string("FULL")
                           : identity == "nothing" ? std::string("NOTHING")
                           : identity == "index"   ? "USING INDEX " + sql.quote(text_of(to, "replica_identity_index"))
                                                   : std::string("DEFAULT");
        alter(scene, to, "REPLICA IDENTITY " + words, steps);
    }
    if (differs(from, to, "cluster_on")) alter(scene, to, has(to, "cluster_on") ? "CLUSTER ON " + sql.quote(text_of(to, "cluster_on")) : "SET WITHOUT CLUSTER", steps);
    for (auto i = first; i < steps.size(); ++i) steps[i].late = true;
}

void change_security(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (differs(from, to, "row_security")) {
        const bool on = flag_of(to, "row_security");
        auto &step = alter(scene, to, on ? "ENABLE ROW LEVEL SECURITY" : "DISABLE ROW LEVEL SECURITY", steps);
        if (!on) step.rule = "D20";
    }
    if (differs(from, to, "force_row_security")) {
        const bool on = flag_of(to, "force_row_security");
        auto &step = alter(scene, to, on ? "FORCE ROW LEVEL SECURITY" : "NO FORCE ROW LEVEL SECURITY", steps);
        if (!on) step.rule = "D20";
    }
}

// "trigger disabled": states of triggers that a partition has of its own.
void change_inherited_triggers(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    static const List none;
    const auto &before = from != nullptr ? list_of(*from, "inherited_triggers") : none;
    const auto &after = list_of(to, "inherited_triggers");
    const auto add = [&](const std::string &line, bool wanted) {
        // The state goes with the trigger, and the trigger with the parent's.
        if (!wanted && inherited_trigger(scene.to, to, line) == nullptr) return;
        std::string_view rest;
        const auto name = scene.sql.name(take_name(line, rest));
        const auto state = rest.substr(std::min<std::size_t>(1, rest.size()));
        const auto first = steps.size();
        if (state.starts_with("comment ")) {
            add_step(steps, to, "COMMENT ON TRIGGER " + name + " ON " + plain_name(scene.sql, to) + " IS " + (wanted ? literal(state.substr(8)) : "NULL"), Lock::share_update_exclusive);
        } else {
            const auto word = !wanted ? parent_state(scene, to, line) : enabling(state);
            add_step(steps, to, "ALTER TABLE " + plain_name(scene.sql, to) + ' ' + std::string(word) + " TRIGGER " + name, Lock::share_row_exclusive);
        }
        for (auto i = first; i < steps.size(); ++i) steps[i].late = true;
    };
    for (const auto &line : before) {
        if (std::find(after.begin(), after.end(), line) == after.end()) add(line, false);
    }
    for (const auto &line : after) {
        if (std::find(before.begin(), before.end(), line) == before.end()) add(line, true);
    }
}

}  // namespace

std::string_view parent_state(const Scene &scene, const Fact &table, const std::string &line)
{
    const auto *const trigger = inherited_trigger(scene.to, table, line);
    return enabling(trigger != nullptr ? text_of(*trigger, "enabled") : std::string());
}

void make_table(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from == nullptr) {
        add_step(steps, to, creation(scene, to));
        for (const auto *const column : columns_of(scene.to, to.id)) {
            const auto made = made_column(scene, to, *column);
            make_column(scene, &made, *column, steps);
            add_common(scene, &made, *column, steps);
        }
        if (to.kind == "foreign_table") note_hidden(list_of(to, "fdw_options"), "foreign table " + plain_name(scene.sql, to), to.id, steps);
    } else {
        if (differs(from, to, "of_type")) {
            alter(scene, to, has(to, "of_type") ? "OF " + text_of(to, "of_type") : "NOT OF", steps);
        }
        change_ancestry(scene, *from, to, steps);
        change_storage(scene, *from, to, steps);
    }
    change_security(scene, from, to, steps);
    add_late(scene, from, to, steps);
    change_inherited_triggers(scene, from, to, steps);
    change_inherited_constraints(scene, from, to, steps);
    if (differs(from, to, "inherited_indexes")) {
        add_manual(steps, to, "What indexes of the parent have of their own on this table must be set on the index of the partition: compare inherited_indexes in drift().");
    }
}

}  // namespace core::repair
