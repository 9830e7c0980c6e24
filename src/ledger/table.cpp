#include "ledger/table.hpp"

#include "guard/own_table.hpp"

namespace ledger {
namespace {

// Inside pg::call only.
struct Writing {
    Relation relation;
    EState *state;
    ResultRelInfo *target;
    EPQState recheck;
};

void begin_writing(Writing *writing, Oid table)
{
    writing->relation = table_open(table, RowExclusiveLock);
    writing->state = CreateExecutorState();
    writing->target = makeNode(ResultRelInfo);
    InitResultRelInfo(writing->target, writing->relation, 0, nullptr, 0);
    // The triggers of the guard's tables are for what others write.
    writing->target->ri_TrigDesc = nullptr;
    ExecOpenIndices(writing->target, false);
    pg::compat::eval_plan_qual_init(&writing->recheck, writing->state);
    AfterTriggerBeginQuery();
}

TupleTableSlot *row_slot(Writing *writing, const Datum *values, const bool *nulls, int columns)
{
    TupleTableSlot *const slot = table_slot_create(writing->relation, &writing->state->es_tupleTable);
    const int width = slot->tts_tupleDescriptor->natts;
    for (int i = 0; i < width; ++i) {
        slot->tts_values[i] = i < columns ? values[i] : Datum{0};
        slot->tts_isnull[i] = i >= columns || nulls[i];
    }
    ExecStoreVirtualTuple(slot);
    return slot;
}

TupleTableSlot *old_slot(Writing *writing, const ItemPointerData *row)
{
    TupleTableSlot *const slot = table_slot_create(writing->relation, &writing->state->es_tupleTable);
    slot->tts_tid = *row;
    return slot;
}

void end_writing(Writing *writing)
{
    AfterTriggerEndQuery(writing->state);
    EvalPlanQualEnd(&writing->recheck);
    ExecResetTupleTable(writing->state->es_tupleTable, false);
    ExecCloseIndices(writing->target);
    table_close(writing->relation, NoLock);
    FreeExecutorState(writing->state);
    // The next row of the same command must see this one.
    CommandCounterIncrement();
}

// A library newer than the installed script must not write beyond its columns.
void check_width(Oid table, int columns)
{
    const int width = pg::call([table] {
        const Relation relation = table_open(table, RowExclusiveLock);
        const int natts = RelationGetDescr(relation)->natts;
        table_close(relation, NoLock);
        return natts;
    });
    if (width >= columns) return;
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "the tables of langchef_guard are older than its library", {},
                         "Run ALTER EXTENSION langchef_guard UPDATE.");
}

}  // namespace

std::int64_t next_id(const char *sequence)
{
    const Oid oid = guard::hold_table(sequence, RowExclusiveLock);
    return pg::call([oid] { return nextval_internal(oid, false); });
}

void insert_row(Oid table, const Datum *values, const bool *nulls, int columns)
{
    check_width(table, columns);
    pg::call([=] {
        Writing writing{};
        begin_writing(&writing, table);
        ExecSimpleRelationInsert(writing.target, writing.state, row_slot(&writing, values, nulls, columns));
        end_writing(&writing);
    });
}

void update_row(Oid table, ItemPointerData row, const Datum *values, const bool *nulls, int columns)
{
    check_width(table, columns);
    pg::call([=, &row] {
        Writing writing{};
        begin_writing(&writing, table);
        ExecSimpleRelationUpdate(writing.target, writing.state, &writing.recheck, old_slot(&writing, &row),
                                 row_slot(&writing, values, nulls, columns));
        end_writing(&writing);
    });
}

void delete_row(Oid table, ItemPointerData row)
{
    pg::call([table, &row] {
        Writing writing{};
        begin_writing(&writing, table);
        ExecSimpleRelationDelete(writing.target, writing.state, &writing.recheck, old_slot(&writing, &row));
        end_writing(&writing);
    });
}

}  // namespace ledger
