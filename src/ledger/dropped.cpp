#include "catalog/scan.hpp"
#include "ledger/event_list.hpp"
#include "ledger/server_rows.hpp"
#include "ledger/version.hpp"
#include "pg/call.hpp"

namespace ledger {
namespace {

// Everything here but dropped_objects runs inside pg::call.
struct Row {
    ObjectAddress address;
    bool named;
    bool cascaded;
    bool temporary;
    const char *object_type;
    const char *schema_name;
    const char *identity;
    bool part;
    ObjectAddress container;  // of a part or an index, invalid when it is gone
    bool marked;
    Row *next;
};

char *column_text(const TupleTableSlot *slot, int column)
{
    return slot->tts_isnull[column] ? nullptr : TextDatumGetCString(slot->tts_values[column]);
}

List *column_texts(const TupleTableSlot *slot, int column)
{
    if (slot->tts_isnull[column]) return NIL;
    Datum *elements = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(slot->tts_values[column]), TEXTOID, -1, false, TYPALIGN_INT, &elements, nullptr, &count);
    List *texts = NIL;
    for (int i = 0; i < count; ++i) texts = lappend(texts, TextDatumGetCString(elements[i]));
    return texts;
}

// The relation of a part whose address names are {schema, relation, part}.
ObjectAddress named_relation(List *names)
{
    ObjectAddress found = InvalidObjectAddress;
    if (list_length(names) != 3) return found;
    const Oid schema = get_namespace_oid(static_cast<const char *>(linitial(names)), true);
    if (!OidIsValid(schema)) return found;
    ObjectAddressSet(found, RelationRelationId, get_relname_relid(static_cast<const char *>(lsecond(names)), schema));
    return found;
}

ObjectAddress named_domain(List *names)
{
    ObjectAddress found = InvalidObjectAddress;
    if (list_length(names) != 1) return found;
    Oid type = InvalidOid;
    int32 typmod = -1;
    pg::compat::parse_type_missing_ok(static_cast<const char *>(linitial(names)), &type, &typmod);
    if (OidIsValid(type)) ObjectAddressSet(found, TypeRelationId, type);
    return found;
}

ObjectAddress named_publication(List *arguments)
{
    ObjectAddress found = InvalidObjectAddress;
    if (list_length(arguments) != 1) return found;
    ObjectAddressSet(found, PublicationRelationId, get_publication_oid(static_cast<const char *>(linitial(arguments)), true));
    return found;
}

// Of {access method, schema, family, number of the entry}.
ObjectAddress named_family(List *names)
{
    ObjectAddress found = InvalidObjectAddress;
    if (list_length(names) < 3) return found;
    // Not by the server's look-up by name: that fails for who may not use the schema, and so would the command.
    const Oid method = get_am_oid(static_cast<const char *>(linitial(names)), true);
    const Oid schema = get_namespace_oid(static_cast<const char *>(lsecond(names)), true);
    const Oid family = GetSysCacheOid3(OPFAMILYAMNAMENSP, Anum_pg_opfamily_oid, ObjectIdGetDatum(method),
                                       CStringGetDatum(static_cast<const char *>(lthird(names))), ObjectIdGetDatum(schema));
    if (OidIsValid(family)) ObjectAddressSet(found, OperatorFamilyRelationId, family);
    return found;
}

// The table of an index is told by the row that went, and so is what the index was to it.
void find_table(Row *row)
{
    std::array<ScanKeyData, 1> key;
    ScanKeyInit(&key[0], Anum_pg_index_indexrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(row->address.objectId));
    each_version(IndexRelationId, IndexRelidIndexId, key, [row](HeapTuple tuple) {
        const Version version = version_of(tuple);
        if (version != Version::removed && version != Version::own) return;
        const auto *const form = reinterpret_cast<const FormData_pg_index *>(GETSTRUCT(tuple));
        ObjectAddressSet(row->container, RelationRelationId, form->indrelid);
        row->marked = row->marked || form->indisclustered || form->indisreplident;
    });
}

void find_container(Row *row, List *names, List *arguments)
{
    row->container = InvalidObjectAddress;
    row->part = true;
    switch (row->address.classId) {
        case RelationRelationId:
            row->part = row->address.objectSubId != 0;
            if (row->part) {
                ObjectAddressSet(row->container, RelationRelationId, row->address.objectId);
            } else if (std::strcmp(row->object_type, "index") == 0) {
                find_table(row);
            }
            break;
        case ConstraintRelationId:
            row->container = list_length(names) == 1 ? named_domain(names) : named_relation(names);
            break;
        case AttrDefaultRelationId:
        case TriggerRelationId:
        case RewriteRelationId:
        case PolicyRelationId: row->container = named_relation(names); break;
        case PublicationRelRelationId:
        case PublicationNamespaceRelationId: row->container = named_publication(arguments); break;
        case AccessMethodOperatorRelationId:
        case AccessMethodProcedureRelationId: row->container = named_family(names); break;
        default: row->part = false;
    }
}

// The event triggers that a function took along, which the server keeps out of its list.
Row *event_triggers_of(const Row *function, Row *last)
{
    std::array<ScanKeyData, 2> keys;
    ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(ProcedureRelationId));
    ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(function->address.objectId));
    each_version(DependRelationId, DependReferenceIndexId, keys, [&last](HeapTuple tuple) {
        const auto *const form = reinterpret_cast<const FormData_pg_depend *>(GETSTRUCT(tuple));
        if (form->classid != EventTriggerRelationId || version_of(tuple) != Version::removed) return;
        const Oid trigger = form->objid;
        std::array<ScanKeyData, 1> key;
        ScanKeyInit(&key[0], Anum_pg_event_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigger));
        const char *name = nullptr;
        each_version(EventTriggerRelationId, EventTriggerOidIndexId, key, [&name](HeapTuple version) {
            if (version_of(version) == Version::neither) return;
            name = pstrdup(NameStr(reinterpret_cast<const FormData_pg_event_trigger *>(GETSTRUCT(version))->evtname));
        });
        if (name == nullptr) return;
        auto *const row = static_cast<Row *>(palloc0(sizeof(Row)));
        ObjectAddressSet(row->address, EventTriggerRelationId, trigger);
        row->named = true;
        row->object_type = "event trigger";
        row->identity = quote_identifier(name);
        last->next = row;
        last = row;
    });
    return last;
}

Row *collect()
{
    Row *first = nullptr;
    Row *last = nullptr;
    each_row_of(F_PG_EVENT_TRIGGER_DROPPED_OBJECTS, [&](TupleTableSlot *slot) {
        enum : int { classid, objid, objsubid, original, normal, is_temporary, object_type, schema_name, object_name, object_identity, address_names, address_args };
        auto *const row = static_cast<Row *>(palloc0(sizeof(Row)));
        ObjectAddressSubSet(row->address, DatumGetObjectId(slot->tts_values[classid]), DatumGetObjectId(slot->tts_values[objid]),
                            DatumGetInt32(slot->tts_values[objsubid]));
        row->cascaded = DatumGetBool(slot->tts_values[normal]) && !DatumGetBool(slot->tts_values[original]);
        row->named = DatumGetBool(slot->tts_values[original]) || row->cascaded;
        row->temporary = DatumGetBool(slot->tts_values[is_temporary]);
        row->object_type = column_text(slot, object_type);
        row->schema_name = column_text(slot, schema_name);
        row->identity = column_text(slot, object_identity);
        find_container(row, column_texts(slot, address_names), column_texts(slot, address_args));
        (last == nullptr ? first : last->next) = row;
        last = row;
        if (row->address.classId == ProcedureRelationId) last = event_triggers_of(row, last);
    });
    return first;
}

// Operators that this transaction changed; inside pg::call.
List *changed_operators()
{
    List *found = NIL;
    catalog::scan(OperatorRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [&found](HeapTuple tuple, TupleDesc) {
        const Oid oid = catalog::form_of<FormData_pg_operator>(tuple)->oid;
        if (oid >= FirstNormalObjectId && TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data))) found = lappend_oid(found, oid);
    });
    return found;
}

}  // namespace

std::vector<core::Address> unlinked_operators(const std::vector<Dropped> &dropped)
{
    std::vector<core::Address> operators;
    const bool any = std::any_of(dropped.begin(), dropped.end(), [](const Dropped &one) { return one.subject.address.classid == OperatorRelationId; });
    if (!any) return operators;
    const List *const found = pg::call([] { return changed_operators(); });
    for (int i = 0; i < list_length(found); ++i) operators.push_back({OperatorRelationId, list_nth_oid(found, i), 0});
    return operators;
}

std::vector<Dropped> dropped_objects()
{
    std::vector<Dropped> all;
    for (const Row *row = pg::call([] { return collect(); }); row != nullptr; row = row->next) {
        Dropped &dropped = all.emplace_back();
        dropped.subject.address = {row->address.classId, row->address.objectId, row->address.objectSubId};
        dropped.subject.object_type = pg::text_of(row->object_type);
        dropped.subject.schema_name = pg::text_of(row->schema_name);
        dropped.subject.identity = pg::text_of(row->identity);
        dropped.subject.temporary = row->temporary;
        dropped.named = row->named;
        dropped.cascaded = row->cascaded;
        dropped.part = row->part;
        dropped.marked = row->marked;
        if (OidIsValid(row->container.objectId)) {
            dropped.container = core::Address{row->container.classId, row->container.objectId, 0};
        }
    }
    return all;
}

}  // namespace ledger
