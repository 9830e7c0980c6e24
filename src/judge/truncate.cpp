#include "catalog/inheritance.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// Tables with a foreign key to one of those given, directly or not, in the
// order the server goes through them.
std::vector<Oid> referencing_tables(const std::vector<Oid> &named)
{
    struct Found {
        const Oid *oids;
        int count;
    };
    const Oid *const start = named.data();
    const auto start_count = static_cast<int>(named.size());
    const Found found = pg::call([start, start_count] {
        List *tables = NIL;
        for (int i = 0; i < start_count; ++i) tables = list_concat_unique_oid(tables, catalog::heirs_of(start[i]));
        const int own = list_length(tables);
        List *fresh = list_copy(tables);
        while (fresh != NIL) {
            // Partitions have foreign keys of their own; other children are not emptied by CASCADE.
            fresh = list_difference_oid(heap_truncate_find_FKs(tables), tables);
            tables = list_concat(tables, fresh);
        }
        const int count = list_length(tables) - own;
        auto *const oids = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(count + 1)));
        for (int i = 0; i < count; ++i) oids[i] = list_nth_oid(tables, own + i);
        return Found{oids, count};
    });
    return {found.oids, found.oids + found.count};
}

struct Truncated {
    Oid relation;
    bool with_children;
    bool collateral;
    bool restart;
};

void add_effect(const Truncated &what, std::string_view rule, Effects &effects)
{
    if (is_exempt_with_children(what.relation, 0, what.with_children)) return;
    const intercept::Count rows = intercept::count_rows(what.relation, what.with_children);
    core::Effect effect = intercept::effect_on(rule, "truncating", intercept::address_of(RelationRelationId, what.relation));
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would be lost";
    effect.collateral = what.collateral;
    // An empty table loses nothing: a parallel restore truncates the tables it
    // is about to fill.
    effect.seems_empty = rows.none() && !what.restart;
    effect.detail = (what.restart ? "restart identity" : "") + children_text(what.relation, what.with_children);
    effects.push_back(std::move(effect));
}

}  // namespace

void judge_truncate(const TruncateStmt *statement, Effects &effects)
{
    const bool restart = statement->restart_seqs;
    std::vector<Oid> named;
    const ListCell *cell;
    foreach (cell, statement->relations) {
        const auto *const name = static_cast<const RangeVar *>(lfirst(cell));
        const Oid relation = intercept::resolve_relation(name);
        if (!OidIsValid(relation)) continue;
        require_truncate_privilege(relation);
        named.push_back(relation);
        add_effect({relation, name->inh, false, restart}, "D07", effects);
    }
    if (statement->behavior != DROP_CASCADE) return;
    for (const Oid relation : referencing_tables(named)) add_effect({relation, false, true, restart}, "D08", effects);
}

std::vector<Oid> truncated_tables(const TruncateStmt *statement)
{
    std::vector<Oid> named;
    std::vector<Oid> tables;
    const auto add = [&tables](Oid relation) {
        const bool stores = pg::call([relation] { return get_rel_relkind(relation) != RELKIND_FOREIGN_TABLE; });
        if (stores && std::find(tables.begin(), tables.end(), relation) == tables.end()) tables.push_back(relation);
    };
    const ListCell *cell;
    foreach (cell, statement->relations) {
        const auto *const name = static_cast<const RangeVar *>(lfirst(cell));
        const Oid relation = intercept::resolve_relation(name);
        if (!OidIsValid(relation)) continue;
        named.push_back(relation);
        for (const Oid member : intercept::members_of(relation, name->inh)) add(member);
    }
    if (statement->behavior == DROP_CASCADE) {
        for (const Oid relation : referencing_tables(named)) add(relation);
    }
    return tables;
}

void judge_refresh(const RefreshMatViewStmt *statement, Effects &effects)
{
    if (!statement->skipData) return;
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return;
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    require_ownership(address);
    const bool populated = pg::call([relation] {
        const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple)) return false;
        const bool result = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relispopulated;
        ReleaseSysCache(tuple);
        return result;
    });
    if (!populated || is_exempt(address)) return;
    core::Effect effect = intercept::effect_on("D07", "emptying", address);
    effect.detail = "no data";
    effects.push_back(std::move(effect));
}

}  // namespace judge
