// The trigger on the guard's own tables: rows of another server's guard are not this one's.
#include "pg/entry.hpp"

LCG_FUNCTION(lcg_skip_replicated)
{
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        throw pg::GuardError(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "function \"skip_replicated\" was not called by trigger manager");
    }
    const auto *const data = reinterpret_cast<const TriggerData *>(fcinfo->context);
    HeapTuple const row = TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple;
    if (!IsLogicalWorker()) return PointerGetDatum(row);
    const char *const table = NameStr(data->tg_relation->rd_rel->relname);
    pg::call([table] {
        ereport(LOG, (errmsg_internal("langchef_guard: a row that logical replication sent for table \"langchef_guard.%s\" was left out", table)));
    });
    return PointerGetDatum(nullptr);
}
