#include "intercept/watch.hpp"
#include "pg/entry.hpp"

LCG_FUNCTION(lcg_ddl_command_start)
{
    if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
        throw pg::GuardError(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED, "function must be called by an event trigger");
    }
    const auto *const event = reinterpret_cast<const EventTriggerData *>(fcinfo->context);
    intercept::before_event_command(const_cast<Node *>(event->parsetree));
    return 0;
}
