#include "catalog/parts.hpp"
#include "catalog/read_ahead.hpp"
#include "catalog/reader.hpp"
#include "catalog/scope.hpp"
#include "catalog/settled.hpp"
#include "catalog/workspace.hpp"

namespace catalog {
namespace {

// An object to read.  The order is that of schema, kind and name, bytewise.
struct Candidate {
    const char *schema;
    const char *kind;
    const char *name;
    const char *arguments;
    ObjectAddress address;
    bool alone;  // to be read in a subtransaction of its own: locks may be waited for
};

// Grows in the current context; no destructor, lives in pg::call.
struct Candidates {
    Candidate *items;
    std::size_t count;
    std::size_t room;

    void add(const Candidate &candidate)
    {
        if (count == room) {
            const std::size_t wanted = room == 0 ? 1024 : room * 2;
            items = static_cast<Candidate *>(items == nullptr ? palloc(wanted * sizeof(Candidate))
                                                              : repalloc_huge(items, wanted * sizeof(Candidate)));
            room = wanted;
        }
        items[count++] = candidate;
    }
};

// Sorted addresses of what belongs to extensions.
struct Members {
    ObjectAddress *items;
    std::size_t count;
};

bool before(const ObjectAddress &left, const ObjectAddress &right)
{
    return left.classId != right.classId ? left.classId < right.classId : left.objectId < right.objectId;
}

bool contains(const Members &members, Oid classid, Oid objid)
{
    ObjectAddress wanted;
    ObjectAddressSet(wanted, classid, objid);
    return std::binary_search(members.items, members.items + members.count, wanted, before);
}

Members extension_members()
{
    std::size_t room = 256;
    Members members{static_cast<ObjectAddress *>(palloc(room * sizeof(ObjectAddress))), 0};
    scan(DependRelationId, DependReferenceIndexId, key_oid(Anum_pg_depend_refclassid, ExtensionRelationId),
         [&](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_depend>(tuple);
             if (form->deptype != DEPENDENCY_EXTENSION) return;
             if (members.count == room) {
                 room *= 2;
                 members.items = static_cast<ObjectAddress *>(repalloc_huge(members.items, room * sizeof(ObjectAddress)));
             }
             ObjectAddressSet(members.items[members.count], form->classid, form->objid);
             ++members.count;
         });
    std::sort(members.items, members.items + members.count, before);
    return members;
}

int compare_names(const char *left, const char *right)
{
    if (left == nullptr || right == nullptr) return (left != nullptr) - (right != nullptr);
    return std::strcmp(left, right);
}

bool ordered(const Candidate &left, const Candidate &right)
{
    int order = compare_names(left.schema, right.schema);
    if (order == 0) order = compare_names(left.kind, right.kind);
    if (order == 0) order = compare_names(left.name, right.name);
    if (order == 0) order = compare_names(left.arguments, right.arguments);
    return order < 0;
}

// Roughly the order in which the objects' catalog rows lie on disk: those of a table and its indexes together.
bool created_before(const Candidate &left, const Candidate &right)
{
    return left.address.objectId != right.address.objectId ? left.address.objectId < right.address.objectId
                                                           : left.address.classId < right.address.classId;
}

constexpr std::size_t cache_check_interval = 500;
constexpr std::size_t most_together = 32;

// A catalog with the columns that its objects are told apart by, 0 where they have none: the first is the OID.
struct Source {
    Oid catalog;
    const char *kind;
    AttrNumber name;
    AttrNumber schema;
};

constexpr Source sources[] = {
    {NamespaceRelationId, "schema", Anum_pg_namespace_nspname, 0},
    {ExtensionRelationId, "extension", Anum_pg_extension_extname, 0},
    {EventTriggerRelationId, "event_trigger", Anum_pg_event_trigger_evtname, 0},
    {OperatorRelationId, "operator", Anum_pg_operator_oprname, Anum_pg_operator_oprnamespace},
    {OperatorClassRelationId, "operator_class", Anum_pg_opclass_opcname, Anum_pg_opclass_opcnamespace},
    {OperatorFamilyRelationId, "operator_family", Anum_pg_opfamily_opfname, Anum_pg_opfamily_opfnamespace},
    {CastRelationId, "cast", 0, 0},
    {TransformRelationId, "transform", 0, 0},
    {ConversionRelationId, "conversion", Anum_pg_conversion_conname, Anum_pg_conversion_connamespace},
    {LanguageRelationId, "language", Anum_pg_language_lanname, 0},
    {AccessMethodRelationId, "access_method", Anum_pg_am_amname, 0},
    {TSParserRelationId, "text_search_parser", Anum_pg_ts_parser_prsname, Anum_pg_ts_parser_prsnamespace},
    {TSTemplateRelationId, "text_search_template", Anum_pg_ts_template_tmplname, Anum_pg_ts_template_tmplnamespace},
    {TSDictionaryRelationId, "text_search_dictionary", Anum_pg_ts_dict_dictname, Anum_pg_ts_dict_dictnamespace},
    {TSConfigRelationId, "text_search_configuration", Anum_pg_ts_config_cfgname, Anum_pg_ts_config_cfgnamespace},
    {StatisticExtRelationId, "statistics", Anum_pg_statistic_ext_stxname, Anum_pg_statistic_ext_stxnamespace},
    {CollationRelationId, "collation", Anum_pg_collation_collname, Anum_pg_collation_collnamespace},
    {ForeignDataWrapperRelationId, "foreign_data_wrapper", Anum_pg_foreign_data_wrapper_fdwname, 0},
    {ForeignServerRelationId, "server", Anum_pg_foreign_server_srvname, 0},
    {UserMappingRelationId, "user_mapping", 0, 0},
    {PublicationRelationId, "publication", Anum_pg_publication_pubname, 0},
    {SubscriptionRelationId, "subscription", Anum_pg_subscription_subname, 0},
    {DefaultAclRelationId, "default_privileges", 0, 0},
};

class Collector {
  public:
    Collector(Candidates *found, bool named) : found_(found), members_(extension_members()), named_(named) {}

    void add_relations() const
    {
        scan(RelationRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool index = form->relkind == RELKIND_INDEX || form->relkind == RELKIND_PARTITIONED_INDEX;
            if (index ? !is_user_index(form) : !is_whole_relation(form)) return;
            const bool alone = is_read_through_locks(form);
            if (named_) {
                add(schema_name(form->relnamespace), relation_kind(form->relkind), name_text(form->relname), RelationRelationId, form->oid, alone);
            } else {
                add_unnamed(RelationRelationId, form->oid, alone);
            }
        });
    }

    void add_types() const
    {
        scan(TypeRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_type>(tuple);
            if (!is_whole_type(form)) return;
            if (named_) {
                add(schema_name(form->typnamespace), type_kind(form->typtype), name_text(form->typname), TypeRelationId, form->oid, false);
            } else {
                add_unnamed(TypeRelationId, form->oid, false);
            }
        });
    }

    void add_functions() const
    {
        scan(ProcedureRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_proc>(tuple);
            if (!is_whole_function(form)) return;
            if (named_) {
                add(schema_name(form->pronamespace), "function", name_text(form->proname), ProcedureRelationId, form->oid, true, routine_signature(form));
            } else {
                add_unnamed(ProcedureRelationId, form->oid, true);
            }
        });
    }

    // What has no schema comes first.
    void add_others() const
    {
        for (const Source &source : sources) {
            scan(source.catalog, InvalidOid, std::array<ScanKeyData, 0>{}, [this, &source](HeapTuple tuple, TupleDesc descriptor) {
                ObjectAddress address;
                ObjectAddressSet(address, source.catalog, DatumGetObjectId(field(tuple, descriptor, 1).value));
                if (!is_recorded(address)) return;
                const char *const name = source.name == 0 ? nullptr : name_text(*DatumGetName(field(tuple, descriptor, source.name).value));
                const Oid schema = source.schema == 0 ? InvalidOid : DatumGetObjectId(field(tuple, descriptor, source.schema).value);
                add(OidIsValid(schema) ? schema_name(schema) : nullptr, source.kind, name, source.catalog, address.objectId, true);
            });
        }
    }

  private:
    // Whether a constraint stands behind an index is found when it is read.
    static bool is_user_index(const FormData_pg_class *form)
    {
        return form->oid >= FirstNormalObjectId && form->relpersistence != RELPERSISTENCE_TEMP && !form->relispartition &&
               is_user_schema(form->relnamespace);
    }

    static const char *type_kind(char type)
    {
        switch (type) {
            case TYPTYPE_ENUM: return "enum";
            case TYPTYPE_DOMAIN: return "domain";
            case TYPTYPE_RANGE: return "range";
            case TYPTYPE_COMPOSITE: return "composite";
            default: return "type";
        }
    }

    void add(const char *schema, const char *kind, const char *name, Oid classid, Oid objid, bool alone, const char *arguments = nullptr) const
    {
        Candidate candidate{schema, kind, name, arguments, {}, alone};
        ObjectAddressSet(candidate.address, classid, objid);
        if (!contains(members_, classid, objid)) found_->add(candidate);
    }

    void add_unnamed(Oid classid, Oid objid, bool alone) const { add(nullptr, nullptr, nullptr, classid, objid, alone); }

    Candidates *found_;
    Members members_;
    bool named_;
};
static_assert(std::is_trivially_destructible_v<Collector>);

struct Membership {
    ObjectAddress member;
    char *extension;
    TransactionId xmin;  // of the transaction that made it a member
};

// The extension's name goes to its member.
core::Facts as_member(core::Facts &&facts, const Membership &membership)
{
    if (facts.empty()) return {};
    core::Fact &whole = facts.front();
    whole.set("extension", std::string(membership.extension));
    const TransactionId own = whole.xmin;
    const TransactionId joined = membership.xmin;
    const bool later = pg::call([own, joined] { return !TransactionIdIsNormal(own) || (TransactionIdIsNormal(joined) && TransactionIdFollows(joined, own)); });
    if (later) whole.xmin = joined;
    return std::move(facts);
}

// What a row of pg_depend says; no extension where there is nothing to describe.
Membership membership_in(HeapTuple tuple, Oid guard)
{
    Membership membership{};
    const auto *const form = form_of<FormData_pg_depend>(tuple);
    if (form->deptype != DEPENDENCY_EXTENSION || form->refobjid == guard || form->objid < FirstNormalObjectId) return membership;
    ObjectAddressSet(membership.member, form->classid, form->objid);
    // Some versions of the server list the types of a table as well.
    if (!is_recorded(membership.member)) return membership;
    membership.extension = get_extension_name(form->refobjid);
    membership.xmin = writer_of(tuple);
    return membership;
}

// Members of extensions but the guard's; in no order.
List *memberships()
{
    List *found = NIL;
    const Oid own = get_extension_oid("langchef_guard", true);
    scan(DependRelationId, DependReferenceIndexId, key_oid(Anum_pg_depend_refclassid, ExtensionRelationId),
         [&found, own](HeapTuple tuple, TupleDesc) {
             const Membership membership = membership_in(tuple, own);
             if (membership.extension == nullptr) return;
             auto *const kept = static_cast<Membership *>(palloc(sizeof(Membership)));
             *kept = membership;
             found = lappend(found, kept);
         });
    return found;
}

// Where an object stands: of its own, in an extension, or not described.
struct Standing {
    bool is_described;
    Membership membership;
};

Standing standing_of(const ObjectAddress &address)
{
    Standing standing{};
    if (!is_recorded(address)) return standing;
    standing.is_described = true;
    const Oid guard = get_extension_oid("langchef_guard", true);
    scan_references(address.classId, address.objectId, [&standing, guard](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_depend>(tuple);
        if (form->refclassid != ExtensionRelationId || form->deptype != DEPENDENCY_EXTENSION) return;
        standing.membership = membership_in(tuple, guard);
        standing.is_described = standing.membership.extension != nullptr;
    });
    return standing;
}

}  // namespace

void read_environment(const std::function<void(core::Facts &&)> &visit)
{
    Workspace workspace;
    for (auto *const read : {read_current_database, read_role_settings, read_large_objects}) {
        core::Facts facts = workspace.read_with(read);
        if (!facts.empty()) visit(std::move(facts));
    }
}

void read_system(const std::function<void(core::Facts &&)> &visit)
{
    core::Facts facts = Workspace().read_with(read_system_privileges);
    if (!facts.empty()) visit(std::move(facts));
}

void read_objects(const std::vector<core::Address> &objects, const std::function<void(core::Facts &&)> &visit)
{
    Workspace workspace;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (i % cache_check_interval == 0) workspace.bound_caches();
        if (!has_reader(objects[i].classid)) continue;
        ObjectAddress address;
        ObjectAddressSet(address, objects[i].classid, objects[i].objid);
        const Standing standing = pg::call([&address] { return standing_of(address); });
        if (!standing.is_described) continue;
        core::Facts facts = read_settled(workspace, address);
        if (standing.membership.extension != nullptr) facts = as_member(std::move(facts), standing.membership);
        if (!facts.empty()) visit(std::move(facts));
    }
}

void read_members(const std::function<void(core::Facts &&)> &visit)
{
    Workspace workspace;
    List *const members = pg::call([] { return memberships(); });
    for (int i = 0; i < list_length(members); ++i) {
        const auto *const membership = static_cast<const Membership *>(list_nth(members, i));
        if (static_cast<std::size_t>(i) % cache_check_interval == 0) workspace.bound_caches();
        core::Facts facts = as_member(read_settled(workspace, membership->member), *membership);
        if (!facts.empty()) visit(std::move(facts));
    }
}

void read_database(Order order, const std::function<void(core::Facts &&)> &visit)
{
    const ReadAhead ahead;
    const Candidates candidates = pg::call([order] {
        Candidates found{};
        const Collector collector(&found, order == Order::by_name);
        collector.add_others();
        collector.add_relations();
        collector.add_types();
        collector.add_functions();
        std::sort(found.items, found.items + found.count, order == Order::by_name ? ordered : created_before);
        return found;
    });
    Workspace workspace;
    std::vector<ObjectAddress> together;
    for (std::size_t i = 0; i < candidates.count; ++i) {
        if (i % cache_check_interval == 0) workspace.bound_caches();
        const Candidate &candidate = candidates.items[i];
        together.push_back(candidate.address);
        const bool more = i + 1 < candidates.count && together.size() < most_together && !candidate.alone && !candidates.items[i + 1].alone;
        if (more) continue;
        for (core::Facts &facts : read_settled(workspace, together)) {
            if (!facts.empty()) visit(std::move(facts));
        }
        together.clear();
    }
}

}  // namespace catalog
