#include "judge/sameness.hpp"
#include "pg/attempt.hpp"

namespace judge {
namespace {

struct Stored {
    bool instead;
    char event;
    const char *condition;
    const char *actions;
};

Stored read_rule(Oid rule)
{
    Stored stored{false, '\0', nullptr, nullptr};
    const Relation rules = table_open(RewriteRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_rewrite_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(rule));
    const SysScanDesc scan = systable_beginscan(rules, RewriteOidIndexId, true, nullptr, 1, &key);
    if (const HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
        const auto *const row = reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(tuple));
        bool null = false;
        stored = {row->is_instead, row->ev_type,
                  TextDatumGetCString(heap_getattr(tuple, Anum_pg_rewrite_ev_qual, RelationGetDescr(rules), &null)),
                  TextDatumGetCString(heap_getattr(tuple, Anum_pg_rewrite_ev_action, RelationGetDescr(rules), &null))};
    }
    systable_endscan(scan);
    table_close(rules, AccessShareLock);
    return stored;
}

}  // namespace

// The server takes the locks of CREATE RULE to read what a rule says: so does
// this, for a moment, where nobody has to be waited for.
Sameness compare_rule(Oid rule, const RuleStmt *statement)
{
    const Stored stored = pg::call([rule] { return read_rule(rule); });
    if (stored.actions == nullptr) return Sameness::unknown;
    if (stored.instead != statement->instead || stored.event != static_cast<char>(statement->event + '0')) return Sameness::differs;
    bool same = false;
    const ErrorData *const failed = pg::look([=, &same] {
        List *actions = NIL;
        Node *condition = nullptr;
        transformRuleStmt(static_cast<RuleStmt *>(copyObjectImpl(statement)), "", &actions, &condition);
        same = equal(actions, stringToNode(stored.actions)) && equal(condition, stringToNode(stored.condition));
    });
    // The same can be written in two ways.
    return failed == nullptr && same ? Sameness::same : Sameness::unknown;
}

}  // namespace judge
