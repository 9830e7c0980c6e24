#include "guard/own_objects.hpp"

#include "catalog/reader.hpp"
#include "guard/installation.hpp"

namespace guard {
namespace {

constinit const char *defect = nullptr;
// Of what the server told, and of what defect was found with.
constinit std::uint64_t changes = 1;
constinit std::uint64_t found_with = 0;

extern "C" void note_change(Datum, int, uint32) { ++changes; }

// Each runs inside pg::call.
Oid function_of(Oid event_trigger)
{
    const HeapTuple tuple = SearchSysCache1(EVENTTRIGGEROID, ObjectIdGetDatum(event_trigger));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid function = reinterpret_cast<Form_pg_event_trigger>(GETSTRUCT(tuple))->evtfoid;
    ReleaseSysCache(tuple);
    return function;
}

Oid schema_of_type(Oid type)
{
    const HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid schema = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typnamespace;
    ReleaseSysCache(tuple);
    return schema;
}

Oid schema_of(core::Address address)
{
    switch (address.classid) {
        case NamespaceRelationId: return address.objid;
        case RelationRelationId: return get_rel_namespace(address.objid);
        case ProcedureRelationId: return get_func_namespace(address.objid);
        case TypeRelationId: return schema_of_type(address.objid);
        case EventTriggerRelationId: return get_func_namespace(function_of(address.objid));
        default: return InvalidOid;
    }
}

struct Expected {
    const char *name;
    const char *missing;
    const char *disabled;
};

constexpr Expected event_triggers_of_guard[] = {
    {"langchef_guard_ddl_command_start", "Event trigger \"langchef_guard_ddl_command_start\" is not there any more.",
     "Event trigger \"langchef_guard_ddl_command_start\" is not enabled always for all commands."},
    {"langchef_guard_sql_drop", "Event trigger \"langchef_guard_sql_drop\" is not there any more.",
     "Event trigger \"langchef_guard_sql_drop\" is not enabled always for all commands."},
    {"langchef_guard_ddl_command_end", "Event trigger \"langchef_guard_ddl_command_end\" is not there any more.",
     "Event trigger \"langchef_guard_ddl_command_end\" is not enabled always for all commands."},
};

const char *find_defect(Oid schema)
{
    for (const Expected &expected : event_triggers_of_guard) {
        const HeapTuple tuple = SearchSysCache1(EVENTTRIGGERNAME, CStringGetDatum(expected.name));
        if (!HeapTupleIsValid(tuple)) return expected.missing;
        const auto *const row = reinterpret_cast<const FormData_pg_event_trigger *>(GETSTRUCT(tuple));
        bool for_all_tags = false;
        SysCacheGetAttr(EVENTTRIGGERNAME, tuple, Anum_pg_event_trigger_evttags, &for_all_tags);
        const bool on_its_event = std::strcmp(NameStr(row->evtevent), expected.name + std::strlen("langchef_guard_")) == 0;
        const bool enabled = row->evtenabled == TRIGGER_FIRES_ALWAYS && for_all_tags && on_its_event;
        const Oid function = row->evtfoid;
        ReleaseSysCache(tuple);
        if (get_func_namespace(function) != schema) return expected.missing;
        if (!enabled) return expected.disabled;
    }
    return nullptr;
}

}  // namespace

bool is_own(core::Address address)
{
    const auto installed = installation();
    if (!installed.has_value()) return false;
    if (address.classid == ExtensionRelationId) return address.objid == installed->extension;
    const core::Address container = catalog::containing_object(address);
    const Oid schema = pg::call([container] { return schema_of(container); });
    return OidIsValid(schema) && schema == installed->schema;
}

bool is_own_schema(Oid schema)
{
    const auto installed = installation();
    return installed.has_value() && installed->schema == schema;
}

bool is_own_relation(Oid relation)
{
    const auto installed = installation();
    return installed.has_value() && pg::call([relation] { return get_rel_namespace(relation); }) == installed->schema;
}

const char *recorder_defect()
{
    if (!pg::compat::event_triggers_fire()) return "Setting \"event_triggers\" of this session is off.";
    const auto installed = installation();
    if (!installed.has_value()) return nullptr;
    if (found_with != changes) {
        const Oid schema = installed->schema;
        // What changes during the look calls for another one.
        const std::uint64_t before = changes;
        defect = pg::call([schema] { return find_defect(schema); });
        found_with = before;
    }
    return defect;
}

void watch_own_objects()
{
    CacheRegisterSyscacheCallback(EVENTTRIGGEROID, note_change, static_cast<Datum>(0));
    CacheRegisterSyscacheCallback(NAMESPACEOID, note_change, static_cast<Datum>(0));
}

}  // namespace guard
