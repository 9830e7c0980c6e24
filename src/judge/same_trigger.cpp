#include "judge/sameness.hpp"
#include "pg/attempt.hpp"

namespace judge {
namespace {

bool same_arguments(HeapTuple tuple, TupleDesc columns, const List *arguments)
{
    const int count = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple))->tgnargs;
    if (count != list_length(arguments)) return false;
    if (count == 0) return true;
    bool null = false;
    const Datum stored = heap_getattr(tuple, Anum_pg_trigger_tgargs, columns, &null);
    const char *at = VARDATA_ANY(DatumGetByteaPP(stored));
    const ListCell *cell;
    foreach (cell, arguments) {
        if (std::strcmp(at, strVal(lfirst(cell))) != 0) return false;
        at += std::strlen(at) + 1;
    }
    return true;
}

// UPDATE OF columns, in whatever order.
bool same_columns(const FormData_pg_trigger *row, const List *names)
{
    if (row->tgattr.dim1 != list_length(names)) return false;
    const ListCell *cell;
    foreach (cell, names) {
        const AttrNumber number = get_attnum(row->tgrelid, strVal(lfirst(cell)));
        const int16 *const start = row->tgattr.values;
        const int16 *const end = start + row->tgattr.dim1;
        if (std::find(start, end, number) == end) return false;
    }
    return true;
}

// OLD TABLE or NEW TABLE.
bool same_transition(HeapTuple tuple, TupleDesc columns, int column, const List *transitions, bool is_new)
{
    const char *wanted = "";
    const ListCell *cell;
    foreach (cell, transitions) {
        const auto *const transition = static_cast<const TriggerTransition *>(lfirst(cell));
        if (transition->isNew == is_new) wanted = transition->name;
    }
    bool null = false;
    const Datum stored = heap_getattr(tuple, column, columns, &null);
    return std::strcmp(null ? "" : NameStr(*DatumGetName(stored)), wanted) == 0;
}

bool same_but_for_condition(HeapTuple tuple, TupleDesc columns, const CreateTrigStmt *statement)
{
    const auto *const row = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
    const int type = statement->timing | statement->events | (statement->row ? TRIGGER_TYPE_ROW : 0);
    // A trigger that is replaced fires in the ordinary way afterwards, no longer always.
    return row->tgtype == type && row->tgenabled != TRIGGER_FIRES_ALWAYS &&
           row->tgfoid == LookupFuncName(statement->funcname, 0, nullptr, true) && same_arguments(tuple, columns, statement->args) &&
           same_columns(row, statement->columns) &&
           same_transition(tuple, columns, Anum_pg_trigger_tgoldtable, statement->transitionRels, false) &&
           same_transition(tuple, columns, Anum_pg_trigger_tgnewtable, statement->transitionRels, true);
}

// The condition as the server would store it.
Node *transformed_condition(Oid oid, const CreateTrigStmt *statement)
{
    const Relation relation = table_open(oid, AccessShareLock);
    ParseState *const state = make_parsestate(nullptr);
    for (const char *const name : {"old", "new"}) {
        ParseNamespaceItem *const item =
            addRangeTableEntryForRelation(state, relation, AccessShareLock, makeAlias(name, NIL), false, false);
        addNSItemToQuery(state, item, false, true, true);
    }
    auto *const raw = static_cast<Node *>(copyObjectImpl(statement->whenClause));
    Node *const condition = transformWhereClause(state, raw, EXPR_KIND_TRIGGER_WHEN, "WHEN");
    assign_expr_collations(state, condition);
    table_close(relation, AccessShareLock);
    return condition;
}

struct Found {
    bool same_otherwise;
    const char *condition;
};

Found find(Oid trigger, const CreateTrigStmt *statement)
{
    Found found{false, nullptr};
    const Relation triggers = table_open(TriggerRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
    const SysScanDesc scan = systable_beginscan(triggers, TriggerOidIndexId, true, nullptr, 1, &key);
    if (const HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
        const TupleDesc columns = RelationGetDescr(triggers);
        found.same_otherwise = same_but_for_condition(tuple, columns, statement);
        bool null = false;
        const Datum condition = heap_getattr(tuple, Anum_pg_trigger_tgqual, columns, &null);
        if (!null) found.condition = TextDatumGetCString(condition);
    }
    systable_endscan(scan);
    table_close(triggers, AccessShareLock);
    return found;
}

}  // namespace

Sameness compare_trigger(Oid relation, Oid trigger, const CreateTrigStmt *statement)
{
    const Found found = pg::call([=] { return find(trigger, statement); });
    const bool conditional = found.condition != nullptr;
    if (!found.same_otherwise || conditional != (statement->whenClause != nullptr)) return Sameness::differs;
    if (!conditional) return Sameness::same;
    bool same = false;
    const ErrorData *const failed = pg::look([=, &same] {
        same = equal(transformed_condition(relation, statement), stringToNode(found.condition));
    });
    // A condition can be written in two ways.
    return failed == nullptr && same ? Sameness::same : Sameness::unknown;
}

}  // namespace judge
