#include "intercept/utility_state.hpp"

#include "pg/call.hpp"

namespace intercept {
namespace {

// The contents of the rows under the keys, in the order of the index.  Inside pg::call only.
template <std::size_t Count>
void append_rows(StringInfo state, Oid catalog_oid, Oid index, std::array<ScanKeyData, Count> keys)
{
    const Relation catalog = table_open(catalog_oid, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(catalog, index, true, nullptr, static_cast<int>(Count), keys.data());
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        CHECK_FOR_INTERRUPTS();
        const HeapTupleHeader header = tuple->t_data;
        const auto contents = static_cast<int>(tuple->t_len - header->t_hoff);
        appendBinaryStringInfo(state, reinterpret_cast<const char *>(header) + header->t_hoff, contents);
        appendStringInfoChar(state, ';');
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

void append_members(StringInfo state, Oid role)
{
    std::array<ScanKeyData, 1> key;
    ScanKeyInit(&key[0], Anum_pg_auth_members_roleid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
    append_rows(state, AuthMemRelationId, AuthMemRoleMemIndexId, key);
}

void append_comment(StringInfo state, core::Address address)
{
    std::array<ScanKeyData, 2> keys;
    ScanKeyInit(&keys[0], Anum_pg_shdescription_objoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
    ScanKeyInit(&keys[1], Anum_pg_shdescription_classoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.classid));
    append_rows(state, SharedDescriptionRelationId, SharedDescriptionObjIndexId, keys);
}

void append_event_trigger(StringInfo state, Oid trigger)
{
    std::array<ScanKeyData, 1> key;
    ScanKeyInit(&key[0], Anum_pg_event_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
    append_rows(state, EventTriggerRelationId, EventTriggerOidIndexId, key);
}

}  // namespace

std::string utility_state(core::Address address)
{
    const StringInfoData state = pg::call([address] {
        StringInfoData built;
        initStringInfo(&built);
        append_comment(&built, address);
        if (address.classid == AuthIdRelationId) append_members(&built, address.objid);
        if (address.classid == EventTriggerRelationId) append_event_trigger(&built, address.objid);
        return built;
    });
    return std::string(state.data, static_cast<std::size_t>(state.len));
}

}  // namespace intercept
