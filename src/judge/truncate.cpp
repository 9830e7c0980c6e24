#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// Tables with a foreign key to one of those given, directly or not.
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
        for (int i = 0; i < start_count; ++i) tables = list_concat_unique_oid(tables, find_all_inheritors(start[i], NoLock, nullptr));
        const int own = list_length(tables);
        List *fresh = list_copy(tables);
        while (fresh != NIL) {
            fresh = list_difference_oid(heap_truncate_find_FKs(tables), tables);
            List *with_children = NIL;
            const ListCell *cell;
            foreach (cell, fresh) {
                with_children = list_concat_unique_oid(with_children, find_all_inheritors(lfirst_oid(cell), NoLock, nullptr));
            }
            fresh = list_difference_oid(with_children, tables);
            tables = list_concat(tables, fresh);
        }
        const int count = list_length(tables) - own;
        auto *const oids = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(count + 1)));
        for (int i = 0; i < count; ++i) oids[i] = list_nth_oid(tables, own + i);
        return Found{oids, count};
    });
    return {found.oids, found.oids + found.count};
}

void add_effect(Oid relation, std::string_view rule, bool collateral, bool restart, Effects &effects)
{
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    if (is_exempt(address)) return;
    const intercept::Count rows = intercept::count_rows(relation);
    // As a parallel restore does with the tables it is about to fill.
    if (rows.exact && rows.rows == 0 && !restart) return;
    core::Effect effect = intercept::effect_on(rule, "truncating", address);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would be lost";
    effect.collateral = collateral;
    if (restart) effect.detail = "restart identity";
    effects.push_back(std::move(effect));
}

}  // namespace

void judge_truncate(const TruncateStmt *statement, Effects &effects)
{
    std::vector<Oid> named;
    const ListCell *cell;
    foreach (cell, statement->relations) {
        const Oid relation = intercept::resolve_relation(static_cast<const RangeVar *>(lfirst(cell)));
        if (!OidIsValid(relation)) continue;
        require_truncate_privilege(relation);
        named.push_back(relation);
    }
    for (const Oid relation : named) add_effect(relation, "D07", false, statement->restart_seqs, effects);
    if (statement->behavior != DROP_CASCADE) return;
    for (const Oid relation : referencing_tables(named)) add_effect(relation, "D08", true, statement->restart_seqs, effects);
}

}  // namespace judge
