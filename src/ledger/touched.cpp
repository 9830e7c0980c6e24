#include "ledger/event_list.hpp"
#include "ledger/server_rows.hpp"
#include "ledger/version.hpp"

namespace ledger {
namespace {

// Everything here but touched_objects runs inside pg::call.
struct Item {
    ObjectAddress address;
    bool in_extension;
    Cause cause;
    Item *next;
};

struct Items {
    Item *first = nullptr;
    Item *last = nullptr;

    void add(const ObjectAddress &address, bool in_extension, Cause cause)
    {
        if (!OidIsValid(address.objectId)) return;
        auto *const item = static_cast<Item *>(palloc0(sizeof(Item)));
        *item = Item{address, in_extension, cause, nullptr};
        (last == nullptr ? first : last->next) = item;
        last = item;
    }
    void add(Oid classid, Oid objid, bool in_extension, Cause cause)
    {
        ObjectAddress address;
        ObjectAddressSet(address, classid, objid);
        add(address, in_extension, cause);
    }
};

Oid grant_class(ObjectType type)
{
    switch (type) {
        case OBJECT_TABLE:
        case OBJECT_COLUMN:
        case OBJECT_SEQUENCE: return RelationRelationId;
        case OBJECT_FUNCTION:
        case OBJECT_PROCEDURE:
        case OBJECT_ROUTINE: return ProcedureRelationId;
        case OBJECT_SCHEMA: return NamespaceRelationId;
        case OBJECT_TYPE:
        case OBJECT_DOMAIN: return TypeRelationId;
        case OBJECT_LANGUAGE: return LanguageRelationId;
        case OBJECT_LARGEOBJECT: return LargeObjectRelationId;
        case OBJECT_FDW: return ForeignDataWrapperRelationId;
        case OBJECT_FOREIGN_SERVER: return ForeignServerRelationId;
        default: return InvalidOid;
    }
}

void add_grant(Items *items, const CollectedCommand *command)
{
    const InternalGrant *const grant = command->d.grant.istmt;
    const Oid classid = grant_class(grant->objtype);
    if (!OidIsValid(classid)) return;
    for (int i = 0; i < list_length(grant->objects); ++i) {
        items->add(classid, list_nth_oid(grant->objects, i), command->in_extension, Cause::named);
    }
}

char default_privileges_type(ObjectType type)
{
    switch (type) {
        case OBJECT_TABLE: return DEFACLOBJ_RELATION;
        case OBJECT_SEQUENCE: return DEFACLOBJ_SEQUENCE;
        case OBJECT_FUNCTION: return DEFACLOBJ_FUNCTION;
        case OBJECT_TYPE: return DEFACLOBJ_TYPE;
        case OBJECT_SCHEMA: return DEFACLOBJ_NAMESPACE;
        default: return '\0';
    }
}

void add_default_privileges(Items *items, const CollectedCommand *command)
{
    const auto *const statement = reinterpret_cast<const AlterDefaultPrivilegesStmt *>(command->parsetree);
    List *schemas = NIL;
    List *roles = NIL;
    for (int i = 0; i < list_length(statement->options); ++i) {
        const auto *const option = static_cast<const DefElem *>(list_nth(statement->options, i));
        List *const names = reinterpret_cast<List *>(option->arg);
        const bool is_schemas = std::strcmp(option->defname, "schemas") == 0;
        for (int j = 0; j < list_length(names); ++j) {
            if (is_schemas) {
                schemas = lappend_oid(schemas, get_namespace_oid(strVal(list_nth(names, j)), true));
            } else {
                roles = lappend_oid(roles, get_rolespec_oid(static_cast<const RoleSpec *>(list_nth(names, j)), true));
            }
        }
    }
    if (schemas == NIL) schemas = list_make1_oid(InvalidOid);
    if (roles == NIL) roles = list_make1_oid(GetUserId());
    const char type = default_privileges_type(statement->action->objtype);
    for (int i = 0; i < list_length(roles); ++i) {
        for (int j = 0; j < list_length(schemas); ++j) {
            const Oid entry = GetSysCacheOid3(DEFACLROLENSPOBJ, Anum_pg_default_acl_oid, ObjectIdGetDatum(list_nth_oid(roles, i)),
                                              ObjectIdGetDatum(list_nth_oid(schemas, j)), CharGetDatum(type));
            items->add(DefaultAclRelationId, entry, command->in_extension, Cause::named);
        }
    }
}

// A change of a table goes down to its heirs and partitions.
void add_heirs(Items *items, Oid relation, bool in_extension)
{
    const char kind = get_rel_relkind(relation);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_FOREIGN_TABLE) return;
    if (!has_subclass(relation)) return;
    List *const heirs = find_all_inheritors(relation, NoLock, nullptr);
    for (int i = 1; i < list_length(heirs); ++i) {
        items->add(RelationRelationId, list_nth_oid(heirs, i), in_extension, Cause::indirect);
    }
}

void add_indexes(Items *items, Oid table, bool in_extension)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
    const Relation catalog = table_open(IndexRelationId, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(catalog, IndexIndrelidIndexId, true, nullptr, 1, &key);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        const auto *const form = reinterpret_cast<const FormData_pg_index *>(GETSTRUCT(tuple));
        items->add(RelationRelationId, form->indexrelid, in_extension, Cause::indirect);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

// What mentions an object by name shows its new name when deparsed; what a
// schema holds is mentioned with the schema's name by what depends on it in turn.
void add_dependents(Items *items, const ObjectAddress &object, bool in_extension)
{
    ScanKeyData keys[2];
    ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(object.classId));
    ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(object.objectId));
    const Relation catalog = table_open(DependRelationId, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(catalog, DependReferenceIndexId, true, nullptr, 2, keys);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        CHECK_FOR_INTERRUPTS();
        const auto *const form = reinterpret_cast<const FormData_pg_depend *>(GETSTRUCT(tuple));
        if (object.objectSubId != 0 && form->refobjsubid != object.objectSubId) continue;
        if (form->classid == object.classId && form->objid == object.objectId) continue;
        ObjectAddress dependent;
        ObjectAddressSubSet(dependent, form->classid, form->objid, form->objsubid);
        items->add(dependent, in_extension, Cause::indirect);
        if (object.classId == NamespaceRelationId) add_dependents(items, dependent, in_extension);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

void add_owned_sequences(Items *items, Oid table, bool in_extension)
{
    List *const sequences = getOwnedSequences(table);
    for (int i = 0; i < list_length(sequences); ++i) {
        items->add(RelationRelationId, list_nth_oid(sequences, i), in_extension, Cause::indirect);
    }
}

void add_partition(Items *items, Oid partition, bool in_extension)
{
    items->add(RelationRelationId, partition, in_extension, Cause::named);
    if (get_rel_relkind(partition) == RELKIND_RELATION) add_indexes(items, partition, in_extension);
    add_heirs(items, partition, in_extension);
}

// DETACH is reported with the parent alone: the partitions it had are told by
// the rows that went.
void add_detached(Items *items, Oid parent, bool in_extension)
{
    std::array<ScanKeyData, 1> key;
    ScanKeyInit(&key[0], Anum_pg_inherits_inhparent, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(parent));
    each_version(InheritsRelationId, InheritsParentIndexId, key, [&](HeapTuple tuple) {
        if (version_of(tuple) != Version::removed) return;
        add_partition(items, reinterpret_cast<const FormData_pg_inherits *>(GETSTRUCT(tuple))->inhrelid, in_extension);
    });
}

// ALTER COLUMN ... TYPE ... USING can overwrite every value and leave the definition as it was.
Cause alter_table_cause(const List *subcommands)
{
    for (int i = 0; i < list_length(subcommands); ++i) {
        const Node *const tree = static_cast<const CollectedATSubcmd *>(list_nth(subcommands, i))->parsetree;
        if (!IsA(tree, AlterTableCmd) || reinterpret_cast<const AlterTableCmd *>(tree)->subtype != AT_AlterColumnType) continue;
        const auto *const column = reinterpret_cast<const ColumnDef *>(reinterpret_cast<const AlterTableCmd *>(tree)->def);
        if (column->raw_default != nullptr || column->cooked_default != nullptr) return Cause::unreadable;
    }
    return Cause::named;
}

void add_alter_table(Items *items, const CollectedCommand *command)
{
    const Oid relation = command->d.alterTable.objectId;
    items->add(command->d.alterTable.classId, relation, command->in_extension, alter_table_cause(command->d.alterTable.subcmds));
    for (int i = 0; i < list_length(command->d.alterTable.subcmds); ++i) {
        const auto *const subcommand = static_cast<const CollectedATSubcmd *>(list_nth(command->d.alterTable.subcmds, i));
        items->add(subcommand->address, command->in_extension, Cause::named);
        if (!IsA(subcommand->parsetree, AlterTableCmd)) continue;
        switch (reinterpret_cast<const AlterTableCmd *>(subcommand->parsetree)->subtype) {
            case AT_AttachPartition:
                if (get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE) {
                    add_partition(items, subcommand->address.objectId, command->in_extension);
                }
                break;
            case AT_DetachPartition:
            case AT_DetachPartitionFinalize: add_detached(items, relation, command->in_extension); break;
            case AT_ChangeOwner:
            case AT_SetLogged:
            case AT_SetUnLogged: add_owned_sequences(items, relation, command->in_extension); break;
            default: break;
        }
    }
}

Cause simple_cause(const Node *tree)
{
    return tree != nullptr && (IsA(tree, SecLabelStmt) || IsA(tree, AlterExtensionContentsStmt)) ? Cause::unreadable : Cause::named;
}

void add_named(Items *items, const CollectedCommand *command)
{
    switch (command->type) {
        case SCT_Simple:
            items->add(command->d.simple.address, command->in_extension, simple_cause(command->parsetree));
            break;
        case SCT_AlterTable: add_alter_table(items, command); break;
        case SCT_Grant: add_grant(items, command); break;
        case SCT_AlterDefaultPrivileges: add_default_privileges(items, command); break;
        case SCT_AlterOpFamily: items->add(command->d.opfam.address, command->in_extension, Cause::named); break;
        case SCT_CreateOpClass: items->add(command->d.createopc.address, command->in_extension, Cause::named); break;
        case SCT_AlterTSConfig: items->add(command->d.atscfg.address, command->in_extension, Cause::named); break;
    }
}

void add_concerned(Items *items, const CollectedCommand *command)
{
    if (command->type == SCT_AlterTable) {
        if (command->d.alterTable.classId == RelationRelationId) {
            add_heirs(items, command->d.alterTable.objectId, command->in_extension);
        }
        return;
    }
    if (command->type != SCT_Simple || command->parsetree == nullptr) return;
    const ObjectAddress &object = command->d.simple.address;
    if (!IsA(command->parsetree, RenameStmt) && !IsA(command->parsetree, AlterObjectSchemaStmt)) return;
    add_dependents(items, object, command->in_extension);
    if (object.classId == RelationRelationId && object.objectSubId != 0) add_heirs(items, object.objectId, command->in_extension);
}

Items collect()
{
    // Column "command" of the server's list is the collected command itself.
    constexpr int command_column = 8;
    List *commands = NIL;
    each_row_of(F_PG_EVENT_TRIGGER_DDL_COMMANDS, [&commands](TupleTableSlot *slot) {
        commands = lappend(commands, DatumGetPointer(slot->tts_values[command_column]));
    });
    Items items;
    for (int i = 0; i < list_length(commands); ++i) add_named(&items, static_cast<const CollectedCommand *>(list_nth(commands, i)));
    for (int i = 0; i < list_length(commands); ++i) add_concerned(&items, static_cast<const CollectedCommand *>(list_nth(commands, i)));
    return items;
}

}  // namespace

std::vector<Touched> touched_objects()
{
    const Items items = pg::call([] { return collect(); });
    std::vector<Touched> touched;
    for (const Item *item = items.first; item != nullptr; item = item->next) {
        const ObjectAddress &address = item->address;
        touched.push_back({{address.classId, address.objectId, address.objectSubId}, item->in_extension, item->cause});
    }
    return touched;
}

}  // namespace ledger
