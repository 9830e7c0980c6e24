#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "ledger/record.hpp"
#include "ledger/revision.hpp"
#include "ledger/row_context.hpp"
#include "ledger/table.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

// Columns of langchef_guard.alembic_step, in the order of the install script.
enum Column : int {
    id = 1,
    stepped_at,
    xid,
    system_identifier,
    session_id,
    session_role,
    version_table,
    operation,
    revision_from,
    revision_to,
    last_ledger_id,
    column_count = last_ledger_id
};

struct Step {
    const char *operation;
    const char *from;
    const char *to;
    const char *table;
};

// Inside pg::call only.
const char *revision_in(HeapTuple tuple, TupleDesc descriptor)
{
    const int column = SPI_fnumber(descriptor, "version_num");
    bool null = true;
    const Datum value = column > 0 ? heap_getattr(tuple, column, descriptor, &null) : Datum{0};
    const std::string_view revision = null ? std::string_view() : revision_view(value);
    return revision.empty() ? nullptr : pnstrdup(revision.data(), revision.size());
}

Step read_step(const TriggerData *data)
{
    return pg::call([data] {
        const TupleDesc descriptor = RelationGetDescr(data->tg_relation);
        Step step{};
        // Without a schema when that was dropped meanwhile.
        step.table = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(data->tg_relation)),
                                                RelationGetRelationName(data->tg_relation));
        if (TRIGGER_FIRED_BY_INSERT(data->tg_event)) {
            step.operation = "insert";
            step.to = revision_in(data->tg_trigtuple, descriptor);
        } else if (TRIGGER_FIRED_BY_UPDATE(data->tg_event)) {
            step.operation = "update";
            step.from = revision_in(data->tg_trigtuple, descriptor);
            step.to = revision_in(data->tg_newtuple, descriptor);
        } else {
            step.operation = "delete";
            step.from = revision_in(data->tg_trigtuple, descriptor);
        }
        return step;
    });
}

void write_step(const Step &step)
{
    if (step.from == nullptr && step.to == nullptr) return;
    NewRow<column_count> row;
    row.set(id, Int64GetDatum(next_id("alembic_step_id_seq")));
    row.set(stepped_at, TimestampTzGetDatum(GetCurrentTimestamp()));
    row.set(xid, transaction_datum());
    row.set(system_identifier, Int64GetDatum(guard::system_identifier()));
    row.text(session_id, guard::session_id());
    row.set(session_role, role_datum(GetSessionUserId()));
    row.text(version_table, step.table);
    row.text(operation, step.operation);
    if (step.from != nullptr) row.text(revision_from, step.from);
    if (step.to != nullptr) row.text(revision_to, step.to);
    if (last_id() != 0) row.set(last_ledger_id, Int64GetDatum(last_id()));
    insert_row(guard::hold_table("alembic_step", RowExclusiveLock), row);
}

}  // namespace
}  // namespace ledger

// langchef_guard.alembic_step_trigger(): every change of a version table ends a migration step.
LCG_FUNCTION(lcg_alembic_step_trigger)
{
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        throw pg::GuardError(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
                             "function \"alembic_step_trigger\" was not called by trigger manager");
    }
    const auto *const data = reinterpret_cast<const TriggerData *>(fcinfo->context);
    const bool row_level = TRIGGER_FIRED_FOR_ROW(data->tg_event) && TRIGGER_FIRED_AFTER(data->tg_event);
    // A table renamed away from the setting keeps the trigger but is no version table any more;
    // one that anybody made must not speak for other sessions.
    if (row_level && settings::mode() != settings::Mode::off && guard::installation() &&
        ledger::version_table(RelationGetRelid(data->tg_relation)) == ledger::VersionTable::trusted) {
        ledger::write_step(ledger::read_step(data));
    }
    return Datum{0};
}
