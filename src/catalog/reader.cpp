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

struct Reader {
    Oid catalog;
    void (*read)(Sheet *sheet, Oid object);
};

constexpr Reader readers[] = {
    {RelationRelationId, read_relation},
    {TypeRelationId, read_type},
    {ProcedureRelationId, read_function},
    {NamespaceRelationId, read_schema},
    {ExtensionRelationId, read_extension},
    {EventTriggerRelationId, read_event_trigger},
    {OperatorRelationId, read_operator},
    {OperatorClassRelationId, read_operator_class},
    {OperatorFamilyRelationId, read_operator_family},
    {CastRelationId, read_cast},
    {TransformRelationId, read_transform},
    {ConversionRelationId, read_conversion},
    {LanguageRelationId, read_language},
    {AccessMethodRelationId, read_access_method},
    {TSParserRelationId, read_text_search_parser},
    {TSTemplateRelationId, read_text_search_template},
    {TSDictionaryRelationId, read_text_search_dictionary},
    {TSConfigRelationId, read_text_search_configuration},
    {StatisticExtRelationId, read_statistics},
    {CollationRelationId, read_collation},
    {ForeignDataWrapperRelationId, read_foreign_data_wrapper},
    {ForeignServerRelationId, read_server},
    {UserMappingRelationId, read_user_mapping},
    {PublicationRelationId, read_publication},
    {SubscriptionRelationId, read_subscription},
    {DefaultAclRelationId, read_default_privileges},
};

const Reader *reader_of(Oid catalog)
{
    const auto *const found = std::find_if(std::begin(readers), std::end(readers), [catalog](const Reader &reader) { return reader.catalog == catalog; });
    return found != std::end(readers) ? found : nullptr;
}

void read_into(Sheet *sheet, const ObjectAddress &address)
{
    if (const Reader *const reader = reader_of(address.classId)) reader->read(sheet, address.objectId);
}

}  // namespace

Workspace::Workspace() : context_(nullptr), cached_at_start_(MemoryContextMemAllocated(CacheMemoryContext, true))
{
    context_ = pg::call([] { return AllocSetContextCreate(CurrentMemoryContext, "langchef_guard catalog reader", ALLOCSET_DEFAULT_SIZES); });
}

Workspace::~Workspace() { MemoryContextDelete(context_); }

void Workspace::bound_caches()
{
    constexpr std::size_t most = 24 * 1024 * 1024;
    if (MemoryContextMemAllocated(CacheMemoryContext, true) < cached_at_start_ + most) return;
    pg::call([] { InvalidateSystemCaches(); });
    cached_at_start_ = std::min(cached_at_start_, MemoryContextMemAllocated(CacheMemoryContext, true));
}

template <typename Body>
core::Facts Workspace::run(Sheet sheet, Body body)
{
    const MemoryContext context = context_;
    return facts_of(pg::call([context, sheet, body] {
        Sheet result = sheet;
        MemoryContextReset(context);
        const MemoryContext caller = MemoryContextSwitchTo(context);
        // Views are deparsed by queries of the server's, which read with the active snapshot: it must
        // be as new as what the catalog caches say, also in a transaction with a snapshot of its own.
        PushActiveSnapshot(GetLatestSnapshot());
        body(&result);
        PopActiveSnapshot();
        MemoryContextSwitchTo(caller);
        return result;
    }));
}

core::Facts Workspace::read(const ObjectAddress &address, const std::vector<Oid> &own)
{
    Sheet sheet;
    sheet.own = own.data();
    sheet.own_count = own.size();
    core::Facts facts = run(sheet, [&address](Sheet *filled) { read_into(filled, address); });
    // The server keeps a domain's constraints in no order; parts of relations come sorted.
    if (!facts.empty() && facts.front().kind == "domain") {
        std::sort(facts.begin() + 1, facts.end(), [](const core::Fact &left, const core::Fact &right) { return left.id < right.id; });
    }
    return facts;
}

core::Facts Workspace::read_with(void (*reader)(Sheet *)) { return run(Sheet{}, reader); }

bool has_reader(Oid catalog) { return reader_of(catalog) != nullptr; }

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
            found = is_read_through_locks(form_of<FormData_pg_class>(tuple));
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
