#include "catalog/parts.hpp"
#include "catalog/reader.hpp"
#include "catalog/scope.hpp"
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

class Collector {
  public:
    explicit Collector(Candidates *found) : found_(found), members_(extension_members()) {}

    void add_relations() const
    {
        scan(RelationRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool index = form->relkind == RELKIND_INDEX || form->relkind == RELKIND_PARTITIONED_INDEX;
            if (index ? !is_user_index(form) : !is_whole_relation(form)) return;
            add(schema_name(form->relnamespace), relation_kind(form->relkind), name_text(form->relname), RelationRelationId,
                form->oid);
        });
    }

    void add_types() const
    {
        scan(TypeRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_type>(tuple);
            if (!is_whole_type(form)) return;
            add(schema_name(form->typnamespace), type_kind(form->typtype), name_text(form->typname), TypeRelationId, form->oid);
        });
    }

    void add_functions() const
    {
        scan(ProcedureRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_proc>(tuple);
            if (!is_whole_function(form)) return;
            add(schema_name(form->pronamespace), "function", name_text(form->proname), ProcedureRelationId, form->oid,
                routine_signature(form));
        });
    }

    // What has no schema comes first.
    void add_others() const
    {
        scan(NamespaceRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_namespace>(tuple);
            add_if_recorded("schema", name_text(form->nspname), NamespaceRelationId, form->oid);
        });
        scan(ExtensionRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_extension>(tuple);
            add_if_recorded("extension", name_text(form->extname), ExtensionRelationId, form->oid);
        });
        scan(EventTriggerRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_event_trigger>(tuple);
            add_if_recorded("event_trigger", name_text(form->evtname), EventTriggerRelationId, form->oid);
        });
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
            default: return "composite";
        }
    }

    void add(const char *schema, const char *kind, const char *name, Oid classid, Oid objid, const char *arguments = nullptr) const
    {
        Candidate candidate{schema, kind, name, arguments, {}};
        ObjectAddressSet(candidate.address, classid, objid);
        if (!contains(members_, classid, objid)) found_->add(candidate);
    }

    void add_if_recorded(const char *kind, const char *name, Oid classid, Oid objid) const
    {
        ObjectAddress address;
        ObjectAddressSet(address, classid, objid);
        if (is_recorded(address)) add(nullptr, kind, name, classid, objid);
    }

    Candidates *found_;
    Members members_;
};
static_assert(std::is_trivially_destructible_v<Collector>);

}  // namespace

void read_database(const std::function<void(core::Facts &&)> &visit)
{
    const Candidates candidates = pg::call([] {
        Candidates found{};
        const Collector collector(&found);
        collector.add_others();
        collector.add_relations();
        collector.add_types();
        collector.add_functions();
        std::sort(found.items, found.items + found.count, ordered);
        return found;
    });
    Workspace workspace;
    for (std::size_t i = 0; i < candidates.count; ++i) {
        core::Facts facts = workspace.read(candidates.items[i].address);
        if (!facts.empty()) visit(std::move(facts));
    }
}

}  // namespace catalog
