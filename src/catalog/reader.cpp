#include "catalog/reader.hpp"

#include "catalog/parts.hpp"
#include "catalog/scope.hpp"
#include "catalog/workspace.hpp"

namespace catalog {
namespace {

ObjectAddress server_address(core::Address address)
{
    ObjectAddress result;
    ObjectAddressSubSet(result, address.classid, address.objid, address.objsubid);
    return result;
}

void read_into(Sheet *sheet, const ObjectAddress &address)
{
    switch (address.classId) {
        case RelationRelationId: read_relation(sheet, address.objectId); break;
        case TypeRelationId: read_type(sheet, address.objectId); break;
        case ProcedureRelationId: read_function(sheet, address.objectId); break;
        case NamespaceRelationId: read_schema(sheet, address.objectId); break;
        case ExtensionRelationId: read_extension(sheet, address.objectId); break;
        case EventTriggerRelationId: read_event_trigger(sheet, address.objectId); break;
        default: break;
    }
}

}  // namespace

Workspace::Workspace() : context_(nullptr)
{
    context_ = pg::call([] { return AllocSetContextCreate(CurrentMemoryContext, "langchef_guard catalog reader", ALLOCSET_DEFAULT_SIZES); });
}

Workspace::~Workspace() { MemoryContextDelete(context_); }

core::Facts Workspace::read(const ObjectAddress &address, const std::vector<Oid> &own)
{
    const MemoryContext context = context_;
    const Oid *const kept = own.data();
    const std::size_t count = own.size();
    const Sheet sheet = pg::call([context, &address, kept, count] {
        Sheet result;
        result.own = kept;
        result.own_count = count;
        MemoryContextReset(context);
        const MemoryContext caller = MemoryContextSwitchTo(context);
        // Views are deparsed by queries of the server's, which read with the active snapshot: it must
        // be as new as what the catalog caches say, also in a transaction with a snapshot of its own.
        PushActiveSnapshot(GetLatestSnapshot());
        read_into(&result, address);
        PopActiveSnapshot();
        MemoryContextSwitchTo(caller);
        return result;
    });
    core::Facts facts = facts_of(sheet);
    // The server keeps a domain's constraints in no order; parts of relations come sorted.
    if (!facts.empty() && facts.front().kind == "domain") {
        std::sort(facts.begin() + 1, facts.end(), [](const core::Fact &left, const core::Fact &right) { return left.id < right.id; });
    }
    return facts;
}

core::Address containing_object(core::Address address)
{
    const ObjectAddress given = server_address(address);
    const ObjectAddress found = pg::call([&given] { return container(given); });
    return {found.classId, found.objectId, found.objectSubId};
}

bool is_recorded_object(core::Address address)
{
    const ObjectAddress given = server_address(address);
    return pg::call([&given] { return is_recorded(given); });
}

core::Facts read_object(core::Address address, const std::vector<Oid> &own) { return Workspace().read(server_address(address), own); }

bool is_read_through_locks(core::Address address)
{
    return pg::call([address] {
        bool found = false;
        if (address.classid == RelationRelationId) {
            const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(address.objid));
            if (!HeapTupleIsValid(tuple)) return false;
            const auto *const form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
            found = form->relhasrules || form->relrowsecurity || form->relkind == RELKIND_VIEW || form->relkind == RELKIND_MATVIEW;
            ReleaseSysCache(tuple);
        } else if (address.classid == ProcedureRelationId) {
            const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(address.objid));
            if (!HeapTupleIsValid(tuple)) return false;
            bool null = false;
            SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &null);
            found = !null;
            ReleaseSysCache(tuple);
        }
        return found;
    });
}

}  // namespace catalog
