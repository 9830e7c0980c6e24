#include <algorithm>

#include "core/repair/free_name.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/parent_checks.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string alteration(const Scene &scene, const Fact &constraint) { return alter_relation(scene.sql, constraint) + ' '; }

// The index behind the constraint: it has its name, in the schema of its table.
std::string backing_index(const Scene &scene, const Fact &constraint)
{
    auto parts = name_of(constraint.parent).parts;
    parts.back() = name_of(constraint.id).last();
    return scene.sql.name(parts);
}

bool is_kept_by_index(const Fact &constraint)
{
    const auto type = text_of(constraint, "type");
    return type == "primary key" || type == "unique" || type == "exclusion";
}

std::string timing(const Fact &constraint)
{
    std::string out;
    if (flag_of(constraint, "deferrable")) out += " DEFERRABLE";
    if (flag_of(constraint, "deferred")) out += " INITIALLY DEFERRED";
    return out;
}

// A predicate stands behind what storage and tablespace are: "EXCLUDE USING gist (...) WHERE (...)".
std::string with_storage(const Scene &scene, const Fact &constraint)
{
    auto definition = text_of(constraint, "definition");
    std::string storage;
    const auto options = storage_list(list_of(constraint, "index_options"), "");
    if (!options.empty()) storage += " WITH (" + options + ')';
    if (has(constraint, "index_tablespace")) storage += " USING INDEX TABLESPACE " + scene.sql.quote(text_of(constraint, "index_tablespace"));
    const auto where = text_of(constraint, "type") == "exclusion" ? definition.find(" WHERE (") : std::string::npos;
    return where == std::string::npos ? definition + storage : definition.insert(where, storage);
}

// Whether a foreign key refers to a partitioned table: what it has for each partition VALIDATE CONSTRAINT passes over.
bool refers_to_partitioned(const Scene &scene, const Fact &constraint)
{
    const auto table = scene.to.find(referred_table(constraint));
    return table != scene.to.end() && has(table->second, "partition_key");
}

// Tables that are there already and have rows to be checked; partitioned ones lack the gentle forms.
bool is_gentle(const Scene &scene, const Fact &constraint)
{
    const auto is_plain = [&](const FactMap &facts) {
        const auto table = facts.find(constraint.parent);
        return table != facts.end() && table->second.kind == "table" && !has(table->second, "partition_key");
    };
    return scene.online && is_plain(scene.from) && is_plain(scene.to) && !refers_to_partitioned(scene, constraint);
}

// "UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c)" as what follows the table in CREATE INDEX; empty when it cannot be one.
std::string index_of_key(const std::string &definition)
{
    if (definition.find("WITHOUT OVERLAPS") != std::string::npos) return {};
    const auto open = definition.find('(');
    if (open == std::string::npos) return {};
    const bool distinct = definition.find(" NULLS NOT DISTINCT ") == std::string::npos;
    return definition.substr(open) + (distinct ? "" : " NULLS NOT DISTINCT");
}

void add_key(const Scene &scene, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto type = text_of(to, "type");
    const auto keys = type == "exclusion" ? std::string() : index_of_key(text_of(to, "definition"));
    if (!is_gentle(scene, to) || keys.empty()) {
        // That of a partitioned table is whole only when all partitions have theirs.
        const auto alter = flag_of(to, "index_valid", true) ? alteration(scene, to) : "ALTER TABLE ONLY " + whole_of(sql, to) + ' ';
        add_step(steps, to, alter + "ADD CONSTRAINT " + own_name(sql, to) + ' ' + with_storage(scene, to) + timing(to), Lock::access_exclusive).effect = Effect::scans;
        return;
    }
    const auto options = storage_list(list_of(to, "index_options"), "");
    // It is built beside the one whose place it takes; adding the constraint gives it the constraint's name.
    auto index = own_name(sql, to);
    if (scene.from.contains(to.id)) index = sql.quote(free_relation_name(scene, name_of(to.parent).first(), "lcg_new_", name_of(to.id).last(), ""));
    auto command = "CREATE UNIQUE INDEX CONCURRENTLY " + index + " ON " + whole_of(sql, to) + ' ' + keys;
    if (!options.empty()) command += " WITH (" + options + ')';
    if (has(to, "index_tablespace")) command += " TABLESPACE " + sql.quote(text_of(to, "index_tablespace"));
    auto &step = add_step(steps, to, std::move(command), Lock::share_update_exclusive);
    step.effect = Effect::scans;
    step.setting = Setting::outside;
    add_step(steps, to, alteration(scene, to) + "ADD CONSTRAINT " + own_name(sql, to) + (type == "unique" ? " UNIQUE" : " PRIMARY KEY") + " USING INDEX " + index + timing(to),
             Lock::access_exclusive);
}

void add_check(const Scene &scene, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const bool foreign = text_of(to, "type") == "foreign key";
    const auto lock = foreign ? Lock::share_row_exclusive : Lock::access_exclusive;
    auto command = alteration(scene, to) + "ADD CONSTRAINT " + own_name(sql, to) + ' ' + text_of(to, "definition");
    if (flag_of(to, "no_inherit")) command += " NO INHERIT";
    command += timing(to);
    const bool enforced = flag_of(to, "enforced", true);
    if (!enforced) {
        add_step(steps, to, command + " NOT ENFORCED", lock);
        return;
    }
    if (!flag_of(to, "validated", true)) {
        add_step(steps, to, command + " NOT VALID", lock);
        if (!foreign && !flag_of(to, "no_inherit")) validate_on_heirs(scene, to, steps);
        return;
    }
    if (!is_gentle(scene, to)) {
        add_step(steps, to, std::move(command), lock).effect = Effect::scans;
        return;
    }
    add_step(steps, to, command + " NOT VALID", lock);
    auto &validate = add_step(steps, to, alteration(scene, to) + "VALIDATE CONSTRAINT " + own_name(sql, to), Lock::share_update_exclusive);
    validate.effect = Effect::scans;
    validate.setting = Setting::apart;
}

// The server's own triggers have made-up names: they are found by the constraint.  Lines are "function=state".
void change_enforcement(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (!differs(from, to, "enforcement")) return;
    std::string cases;
    for (const auto &line : list_of(to, "enforcement")) {
        const auto equals = line.rfind('=');
        if (equals == std::string::npos || equals + 1 >= line.size()) continue;
        const char state = line[equals + 1];
        const auto *const word = state == 'D' ? "DISABLE" : state == 'A' ? "ENABLE ALWAYS" : state == 'R' ? "ENABLE REPLICA" : "ENABLE";
        cases += " WHEN " + literal(line.substr(0, equals)) + " THEN " + literal(word);
    }
    const auto action = cases.empty() ? std::string("'ENABLE'") : "CASE f.proname" + cases + " ELSE 'ENABLE' END";
    const auto body = "DECLARE command pg_catalog.text; BEGIN FOR command IN SELECT pg_catalog.format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::pg_catalog.regclass, " + action +
                      ", t.tgname) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_constraint c ON c.oid = t.tgconstraint JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid WHERE t.tgisinternal AND c.conname = " +
                      literal(name_of(to.id).last()) + " AND c.conrelid = " + literal(whole_of(scene.sql, to)) + "::pg_catalog.regclass LOOP EXECUTE command; END LOOP; END";
    auto &step = add_step(steps, to, "DO " + dollar_quoted(body), Lock::share_row_exclusive);
    step.effect = cases.empty() ? Effect::none : Effect::weakens;
    if (cases.empty()) step.detail = "Rows that came while the constraint did not hold are not checked: drop it and add it again to be sure.";
    else step.rule = "D19";
}

void change_backing_index(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto index = backing_index(scene, to);
    if (from != nullptr) {
        add_storage_options("ALTER INDEX " + index, list_of(*from, "index_options"), list_of(to, "index_options"), "", to.id, Lock::share_update_exclusive, steps);
        if (differs(from, to, "index_tablespace")) {
            add_step(steps, to, "ALTER INDEX " + index + " SET TABLESPACE " + (has(to, "index_tablespace") ? sql.quote(text_of(to, "index_tablespace")) : std::string("pg_default")), Lock::access_exclusive);
        }
        if (differs(from, to, "index_valid") && !flag_of(*from, "index_valid", true)) {
            auto &step = add_step(steps, to, (scene.online ? "REINDEX INDEX CONCURRENTLY " : "REINDEX INDEX ") + index, Lock::share_update_exclusive);
            if (scene.online) step.setting = Setting::outside;
        }
    }
    static const List none;
    add_index_statistics(index, from != nullptr ? list_of(*from, "index_statistics") : none, list_of(to, "index_statistics"), to, steps);
    if (differs(from, to, "index_comment")) {
        add_step(steps, to, "COMMENT ON INDEX " + index + " IS " + (has(to, "index_comment") ? literal(text_of(to, "index_comment")) : "NULL"), Lock::share_update_exclusive);
    }
}

}  // namespace

void make_constraint(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto own = own_name(scene.sql, to);
    if (from == nullptr) {
        if (flag_of(to, "inherited") && is_made_for_parent(scene, to)) return;
        if (flag_of(to, "inherited") && is_inseparable(scene, to)) {
            add_manual(steps, to, "It comes from a parent alone, and no command has the table declare it as well.");
            return;
        }
        if (is_kept_by_index(to)) add_key(scene, to, steps);
        else add_check(scene, to, steps);
    } else {
        if (differs(from, to, "deferrable") || differs(from, to, "deferred")) {
            const auto words = flag_of(to, "deferrable") ? std::string(flag_of(to, "deferred") ? "DEFERRABLE INITIALLY DEFERRED" : "DEFERRABLE INITIALLY IMMEDIATE") : "NOT DEFERRABLE";
            add_step(steps, to, alteration(scene, to) + "ALTER CONSTRAINT " + own + ' ' + words, Lock::access_exclusive);
        }
        if (differs(from, to, "enforced")) {
            add_step(steps, to, alteration(scene, to) + "ALTER CONSTRAINT " + own + (flag_of(to, "enforced", true) ? " ENFORCED" : " NOT ENFORCED"), Lock::access_exclusive).effect = Effect::scans;
        } else if (differs(from, to, "validated") && flag_of(to, "validated", true)) {
            auto &step = add_step(steps, to, alteration(scene, to) + "VALIDATE CONSTRAINT " + own, Lock::share_update_exclusive);
            step.effect = Effect::scans;
        }
    }
    change_enforcement(scene, from, to, steps);
    if (is_kept_by_index(to)) change_backing_index(scene, from, to, steps);
}

}  // namespace core::repair
