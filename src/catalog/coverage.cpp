#include "catalog/coverage.hpp"

#include "catalog/depend.hpp"
#include "catalog/parts.hpp"
#include "catalog/scope.hpp"
#include "catalog/stamps.hpp"

namespace catalog {
namespace {

// What is known to be accounted for.
struct Known {
    const core::Address *captured;  // sorted
    std::size_t count;
    const Stamps *stamps;  // null: nothing more
    const char *settled;   // by group
};

// Everything here but the functions that find gaps runs inside pg::call.
class Account {
  public:
    explicit Account(const Known &known) : known_(known), guard_(get_extension_oid("langchef_guard", true)) {}

    bool covers(const ObjectAddress &address) const
    {
        check_stack_depth();
        if (address.objectId < FirstNormalObjectId || is_captured(address)) return true;
        // Of a part nothing needs to be looked up where the whole is captured.
        const ObjectAddress whole = container(address);
        if (whole.classId != address.classId || whole.objectId != address.objectId) return covers(whole) || is_left_out(address);
        return is_left_out(address) || is_captured(made_with(address)) || is_implied(address);
    }

  private:
    bool is_captured(const ObjectAddress &address) const
    {
        if (!OidIsValid(address.objectId)) return false;
        const core::Address wanted{address.classId, address.objectId, 0};
        // Parts of one whole mostly come one after the other.
        if (wanted == last_captured_) return true;
        if (std::binary_search(known_.captured, known_.captured + known_.count, wanted)) {
            last_captured_ = wanted;
            return true;
        }
        if (known_.stamps == nullptr) return false;
        const std::uint32_t group = known_.stamps->group_of(wanted);
        return group != Stamps::no_group && known_.settled[group] != 0;
    }

    // By the schema that the object is in; and the data that large objects are.
    bool is_left_out(const ObjectAddress &address) const
    {
        if (address.classId == LargeObjectMetadataRelationId || address.classId == CollationRelationId) {
            return address.classId == LargeObjectMetadataRelationId || !is_recorded(address);
        }
        if (address.classId == NamespaceRelationId) return !is_user_schema(address.objectId);
        if (address.classId == ExtensionRelationId ? address.objectId == guard_ : extension_of(address.classId, address.objectId) == guard_) {
            return true;
        }
        if (!is_objectclass_supported(address.classId) || get_object_attnum_namespace(address.classId) == InvalidAttrNumber) return false;
        const int cache = get_object_catcache_oid(address.classId);
        if (cache >= 0 && !SearchSysCacheExists1(cache, ObjectIdGetDatum(address.objectId))) return false;
        const Oid schema = get_object_namespace(&address);
        return OidIsValid(schema) && !is_user_schema(schema);
    }

    // The row type's relation, the array's element.
    static ObjectAddress made_with(const ObjectAddress &address)
    {
        ObjectAddress found = InvalidObjectAddress;
        if (address.classId != TypeRelationId) return found;
        with_row(type_rows, address.objectId, [&found](HeapTuple tuple) {
            const auto *const form = form_of<FormData_pg_type>(tuple);
            if (OidIsValid(form->typrelid)) {
                ObjectAddressSet(found, RelationRelationId, form->typrelid);
            } else if (OidIsValid(form->typelem)) {
                ObjectAddressSet(found, TypeRelationId, form->typelem);
            }
        });
        return found;
    }

    // Whether the server made the object together with one that is covered.
    bool is_implied(const ObjectAddress &address) const
    {
        bool implied = false;
        scan_references(address.classId, address.objectId, [&](HeapTuple tuple) {
            const auto *const form = form_of<FormData_pg_depend>(tuple);
            if (implied || (form->deptype != DEPENDENCY_INTERNAL && form->deptype != DEPENDENCY_PARTITION_PRI)) return;
            ObjectAddress with;
            ObjectAddressSet(with, form->refclassid, form->refobjid);
            implied = covers(with);
        });
        return implied;
    }

    Known known_;
    Oid guard_;
    mutable core::Address last_captured_{};
};

struct RawGap {
    const char *catalog;
    int64 objects;
    const char *first;
};

// Parts whose rows say what they are a part of, so that nothing needs to be looked up; others are
// themselves.
ObjectAddress whole_in_row(const ObjectAddress &address, HeapTuple tuple)
{
    Oid catalog = RelationRelationId;
    Oid whole = InvalidOid;
    switch (address.classId) {
        case AttrDefaultRelationId: whole = form_of<FormData_pg_attrdef>(tuple)->adrelid; break;
        case ConstraintRelationId: whole = form_of<FormData_pg_constraint>(tuple)->conrelid; break;
        case TriggerRelationId: whole = form_of<FormData_pg_trigger>(tuple)->tgrelid; break;
        case RewriteRelationId: whole = form_of<FormData_pg_rewrite>(tuple)->ev_class; break;
        case PolicyRelationId: whole = form_of<FormData_pg_policy>(tuple)->polrelid; break;
        case TypeRelationId: whole = form_of<FormData_pg_type>(tuple)->typrelid; break;
        case EnumRelationId:
            catalog = TypeRelationId;
            whole = form_of<FormData_pg_enum>(tuple)->enumtypid;
            break;
        default: break;
    }
    ObjectAddress found = address;
    if (OidIsValid(whole)) ObjectAddressSet(found, catalog, whole);
    return found;
}

// TOAST tables and their indexes, and temporary relations.
bool is_transient(Oid catalog, HeapTuple tuple)
{
    if (catalog != RelationRelationId) return false;
    const auto *const form = form_of<FormData_pg_class>(tuple);
    return form->relnamespace == PG_TOAST_NAMESPACE || form->relpersistence == RELPERSISTENCE_TEMP;
}

char *describe(const ObjectAddress &address)
{
    char *const identity = is_objectclass_supported(address.classId) ? getObjectIdentity(&address, true) : nullptr;
    return identity != nullptr ? identity : psprintf("OID %u", address.objectId);
}

// The scan may be older than the caches, which know that the object, say another session's temporary
// table, is gone.
bool is_there(const ObjectAddress &address)
{
    if (!is_objectclass_supported(address.classId) || !OidIsValid(get_object_oid_index(address.classId))) return true;
    bool found = false;
    scan(address.classId, get_object_oid_index(address.classId), key_oid(get_object_attnum_oid(address.classId), address.objectId),
         [&found](HeapTuple, TupleDesc) { found = true; });
    return found;
}

// Own changes are known to have been there.
bool is_newer(HeapTuple tuple, TransactionId horizon)
{
    const TransactionId writer = HeapTupleHeaderGetXmin(tuple->t_data);
    return TransactionIdIsNormal(writer) && TransactionIdFollowsOrEquals(writer, horizon) && !TransactionIdIsCurrentTransactionId(writer);
}

// Lists in the server's memory: of RawGap and of ObjectAddress.
struct Findings {
    List *gaps;
    List *uncovered;
};

void look_at(const ObjectAddress &address, HeapTuple tuple, const Account &account, TransactionId horizon, RawGap *gap, Findings *findings)
{
    if (address.objectId < FirstNormalObjectId || is_transient(address.classId, tuple)) return;
    if (account.covers(whole_in_row(address, tuple))) return;
    auto *const kept = static_cast<ObjectAddress *>(palloc(sizeof(ObjectAddress)));
    *kept = address;
    findings->uncovered = lappend(findings->uncovered, kept);
    if (is_newer(tuple, horizon) || !is_there(address)) return;
    if (gap->objects++ == 0) gap->first = describe(address);
}

void keep_gap(const RawGap &gap, Findings *findings)
{
    if (gap.objects == 0) return;
    auto *const kept = static_cast<RawGap *>(palloc(sizeof(RawGap)));
    *kept = gap;
    findings->gaps = lappend(findings->gaps, kept);
}

void look_through(Oid catalog, const char *name, const Account &account, TransactionId horizon, Findings *findings)
{
    const Relation relation = table_open(catalog, AccessShareLock);
    const FormData_pg_attribute *const first = TupleDescAttr(RelationGetDescr(relation), 0);
    const bool has_oid = first->atttypid == OIDOID && std::strcmp(NameStr(first->attname), "oid") == 0;
    table_close(relation, AccessShareLock);
    if (!has_oid) return;
    RawGap gap{name, 0, nullptr};
    scan(catalog, InvalidOid, std::array<ScanKeyData, 0>{}, [&](HeapTuple tuple, TupleDesc descriptor) {
        ObjectAddress address;
        ObjectAddressSet(address, catalog, DatumGetObjectId(field(tuple, descriptor, 1).value));
        look_at(address, tuple, account, horizon, &gap, findings);
    });
    keep_gap(gap, findings);
}

// Those of one catalog, each looked up where there is an index to do so.
void look_at_some(Oid catalog, const core::Address *objects, std::size_t count, const Account &account, TransactionId horizon,
                  Findings *findings)
{
    RawGap gap{get_rel_name(catalog), 0, nullptr};
    const bool indexed = is_objectclass_supported(catalog) && OidIsValid(get_object_oid_index(catalog));
    const auto look = [&](HeapTuple tuple, TupleDesc descriptor) {
        ObjectAddress address;
        ObjectAddressSet(address, catalog, DatumGetObjectId(field(tuple, descriptor, 1).value));
        look_at(address, tuple, account, horizon, &gap, findings);
    };
    if (indexed) {
        for (std::size_t i = 0; i < count; ++i) scan(catalog, get_object_oid_index(catalog), key_oid(1, objects[i].objid), look);
    } else {
        scan(catalog, InvalidOid, std::array<ScanKeyData, 0>{}, [&](HeapTuple tuple, TupleDesc descriptor) {
            const Oid oid = DatumGetObjectId(field(tuple, descriptor, 1).value);
            const bool wanted = std::any_of(objects, objects + count, [oid](const core::Address &object) { return object.objid == oid; });
            if (wanted) look(tuple, descriptor);
        });
    }
    keep_gap(gap, findings);
}

std::vector<Gap> gaps_of(const Findings &findings, std::vector<core::Address> *uncovered)
{
    std::vector<Gap> gaps;
    for (int i = 0; i < list_length(findings.gaps); ++i) {
        const auto *const gap = static_cast<const RawGap *>(list_nth(findings.gaps, i));
        gaps.push_back({gap->catalog, gap->objects, gap->first});
    }
    for (int i = 0; uncovered != nullptr && i < list_length(findings.uncovered); ++i) {
        const auto *const address = static_cast<const ObjectAddress *>(list_nth(findings.uncovered, i));
        uncovered->push_back({address->classId, address->objectId, 0});
    }
    return gaps;
}

}  // namespace

std::uint32_t present_horizon()
{
    return pg::call([] { return GetLatestSnapshot()->xmin; });
}

std::vector<Gap> find_gaps(std::vector<core::Address> &captured, std::uint32_t horizon, std::vector<core::Address> *uncovered)
{
    std::sort(captured.begin(), captured.end());
    const Known known{captured.data(), captured.size(), nullptr, nullptr};
    const ReadAhead ahead;
    const Findings found = pg::call([&known, horizon] {
        const Account account(known);
        Findings findings{};
        scan(RelationRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [&](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool catalog = form->relnamespace == PG_CATALOG_NAMESPACE && form->relkind == RELKIND_RELATION && !form->relisshared;
            if (catalog && form->oid < FirstNormalObjectId) look_through(form->oid, name_text(form->relname), account, horizon, &findings);
        });
        return findings;
    });
    return gaps_of(found, uncovered);
}

std::vector<Gap> find_gaps_among(const std::vector<core::Address> &objects, std::vector<core::Address> &captured, std::uint32_t horizon,
                                 const Stamps &stamps, const std::vector<char> &settled, std::vector<core::Address> &uncovered)
{
    std::sort(captured.begin(), captured.end());
    const Known known{captured.data(), captured.size(), &stamps, settled.data()};
    stamps.prepare();
    const core::Address *const first = objects.data();
    const std::size_t count = objects.size();
    const Findings found = pg::call([&known, first, count, horizon] {
        const Account account(known);
        Findings findings{};
        std::size_t start = 0;
        while (start < count) {
            const Oid catalog = first[start].classid;
            std::size_t end = start;
            while (end < count && first[end].classid == catalog) ++end;
            // Subscriptions are in a catalog that all databases share, like roles.
            if (!IsSharedRelation(catalog)) look_at_some(catalog, first + start, end - start, account, horizon, &findings);
            start = end;
        }
        return findings;
    });
    return gaps_of(found, &uncovered);
}

}  // namespace catalog
