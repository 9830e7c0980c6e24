// undo(): the commands that take one recorded command back.
#include <set>

#include "core/definition.hpp"
#include "core/repair/undone.hpp"

#include "drift/last_values.hpp"
#include "drift/live_facts.hpp"
#include "drift/owner_session.hpp"
#include "drift/repair.hpp"
#include "drift/selection.hpp"
#include "guard/installation.hpp"
#include "pg/entry.hpp"
#include "pg/jsonb.hpp"
#include "pg/scratch.hpp"

namespace drift {
namespace {

using core::repair::FactMap;

// All rows of the command that a row is of, the last first: what it dropped along, renamed along or made along.
constinit pg::Statement rows_of_command{
    "SELECT l.definition_before, l.definition_after, l.operation, l.identity,"
    // A row that a dump brought was written by another transaction than it tells of.
    "       l.system_identifier OPERATOR(pg_catalog.=) $2"
    "       AND (l.xmin OPERATOR(pg_catalog.=) pg_catalog.xid(l.xid) OR COALESCE(l.xmin OPERATOR(pg_catalog.=) pg_catalog.xid(l.subxid), false))"
    "  FROM langchef_guard.ledger l,"
    "       (SELECT c.xid, c.session_id, c.command_tag, c.statement, c.id FROM langchef_guard.ledger c WHERE c.id OPERATOR(pg_catalog.=) $1) AS c"
    " WHERE l.xid OPERATOR(pg_catalog.=) c.xid AND l.session_id OPERATOR(pg_catalog.=) c.session_id"
    "   AND (l.id OPERATOR(pg_catalog.=) c.id OR (l.command_tag OPERATOR(pg_catalog.=) c.command_tag AND l.statement OPERATOR(pg_catalog.=) c.statement))"
    " ORDER BY l.id DESC",
    {INT8OID, INT8OID}};

// One object's change.
//   made_here   in this database, and no dump brought it from another: what it changed still has its address
struct Change : core::repair::Undone {
    std::string identity;
    bool made_here = false;
};

std::vector<Change> read_command(OwnerSession &session, std::int64_t ledger_id)
{
    const auto rows = session->query(rows_of_command, {pg::param(ledger_id), pg::param(guard::system_identifier())});
    if (rows.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "ledger row " + std::to_string(ledger_id) + " does not exist", {}, "See langchef_guard.changes.");
    }
    std::vector<Change> changes;
    for (std::uint64_t row = 0; row < rows.size(); ++row) {
        const auto operation = rows.text(row, 3);
        const bool of_definition = operation == "create" || operation == "alter" || operation == "drop";
        if (!of_definition || (rows.is_null(row, 1) && rows.is_null(row, 2))) continue;
        Change change;
        if (!rows.is_null(row, 1)) change.before = pg::facts_from_definition(rows.value(row, 1).value);
        if (!rows.is_null(row, 2)) change.after = pg::facts_from_definition(rows.value(row, 2).value);
        change.identity = rows.text(row, 4);
        change.made_here = rows.boolean(row, 5);
        changes.push_back(std::move(change));
    }
    if (changes.empty()) {
        throw pg::GuardError(ERRCODE_FEATURE_NOT_SUPPORTED, "ledger row " + std::to_string(ledger_id) + " cannot be undone", "It changed no definition: what it did to rows, roles or settings is not kept.");
    }
    return changes;
}

// Of an object and its parts, those that have another name than before, with the names that they have now.
void add_renames(const Change &change, std::vector<core::repair::Rename> &renames)
{
    for (const auto &after : change.after) {
        for (const auto &before : change.before) {
            const bool same = before.kind == after.kind && before.address == after.address && before.address.classid != 0;
            if (!same || before.id == after.id) continue;
            // A part that only follows its whole is renamed with it.
            const bool whole = after.id == change.after.front().id;
            const auto own = core::repair::name_of(before.id).last() != core::repair::name_of(after.id).last();
            if (whole || own) renames.push_back({after.id, before.id});
        }
    }
}

// What the command left, under the names from before it.
void follow_renames(const core::repair::Dialect &sql, const std::vector<core::repair::Rename> &renames, Change &change)
{
    if (renames.empty() || change.after.empty()) return;
    FactMap after;
    for (const auto &fact : change.after) after.emplace(fact.id, fact);
    core::repair::Steps unused;
    change.after.clear();
    for (auto &[id, fact] : core::repair::renamed(sql, after, renames, unused)) change.after.push_back(std::move(fact));
}

void require_present(const Change &change, const FactMap &now)
{
    if (!change.after.empty() && !now.contains(change.after.front().id)) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "\"" + change.identity + "\" is not there any more under this name", "It was dropped or renamed since.",
                             "Undo the later change first; langchef_guard.changes has it.");
    }
    const auto *const other = core::repair::other_in_place(change, now, change.made_here);
    if (other == nullptr) return;
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "the command on \"" + change.identity + "\" cannot be undone",
                         "\"" + std::string(core::object_of(other->id)) + "\" is another object now, which has the same name.",
                         "Undo the later changes first, or rename what has the name now; langchef_guard.changes has them.");
}

// Names to go back to are not taken from others.
void require_free(const std::vector<core::repair::Rename> &renames, const FactMap &now)
{
    for (const auto &rename : renames) {
        const bool moves = std::any_of(renames.begin(), renames.end(), [&rename](const auto &other) { return other.from == rename.to; });
        if (moves || !now.contains(rename.from) || !now.contains(rename.to)) continue;
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "\"" + std::string(core::object_of(rename.from)) + "\" cannot be given its name of before",
                             "\"" + std::string(core::object_of(rename.to)) + "\" is another object now.", "Rename that first, or drop it.");
    }
}

// Enums whose labels the command renamed.
std::set<std::string> relabelled(const std::vector<Change> &changes)
{
    std::set<std::string> ids;
    for (const auto &change : changes) {
        for (const auto &difference : core::compare(change.before, change.after)) {
            const auto *const before = std::get_if<core::List>(&difference.before);
            const auto *const after = std::get_if<core::List>(&difference.after);
            // The server takes no label away: where there are as many, some have other names.
            if (difference.kind == "enum" && difference.attribute == "labels" && before != nullptr && after != nullptr && before->size() == after->size()) ids.insert(difference.fact);
        }
    }
    return ids;
}

}  // namespace
}  // namespace drift

// undo(ledger_id bigint, online boolean) returns table (...): as repair().
LCG_FUNCTION(lcg_undo)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "ledger row must not be null");
    if (PG_ARGISNULL(1)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "online must not be null");
    const std::int64_t ledger_id = PG_GETARG_INT64(0);
    const bool online = PG_GETARG_BOOL(1);
    pg::ResultSet result(fcinfo);
    const auto sql = drift::dialect(true);
    drift::OwnerSession session;
    auto changes = drift::read_command(session, ledger_id);
    core::repair::Selection selection;
    for (const auto &change : changes) {
        for (const auto &fact : change.before) selection.add(fact);
        for (const auto &fact : change.after) selection.add(fact);
    }
    core::repair::FactMap now;
    {
        drift::LiveFacts live;
        now = drift::take(live, selection);
    }
    auto wanted = now;
    std::vector<core::repair::Rename> renames;
    for (const auto &change : changes) {
        drift::require_present(change, now);
        drift::add_renames(change, renames);
    }
    drift::require_free(renames, now);
    // What follows a rename is there again once it is taken back.
    core::repair::Steps renaming;
    wanted = core::repair::renamed(sql, wanted, renames, renaming);
    for (auto &change : changes) {
        drift::follow_renames(sql, renames, change);
        core::repair::take_back(change, wanted);
    }
    const core::repair::Renaming names(sql, now, renames);
    auto plan = core::repair::plan({sql, now, wanted, online, drift::relabelled(changes), drift::last_values(now, names, wanted), false}, renames);
    if (plan.empty()) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "ledger row " + std::to_string(ledger_id) + " has nothing left to undo",
                             "What it changed was changed again since, or is not there any more under its name.", "langchef_guard.history() has what came later.");
    }
    core::repair::tell_what_is_lost(wanted, plan);
    drift::add_plan(result, plan);
    return 0;
}
