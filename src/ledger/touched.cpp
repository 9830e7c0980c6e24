#include "catalog/scan.hpp"
#include "ledger/event_list.hpp"
#include "ledger/items.hpp"
#include "ledger/server_rows.hpp"

namespace ledger {
namespace {

// Everything here but touched_objects runs inside pg::call.
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
        case OBJECT_LARGEOBJECT: return pg::compat::default_acl_of_large_objects;
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
            case AT_AttachPartition: add_attached(items, relation, subcommand->address.objectId, command->in_extension); break;
            case AT_DetachPartition:
            case AT_DetachPartitionFinalize: add_detached(items, relation, subcommand->address.objectId, command->in_extension); break;
            case AT_AddIndexConstraint:
                // The index is a part of the constraint from now on, under its name.
                items->add(RelationRelationId, get_constraint_index(subcommand->address.objectId), command->in_extension,
                           Cause::absorbed);
                break;
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

// The name that a command replaced; null for other commands.
const char *renamed_from(const Node *tree)
{
    if (tree == nullptr || !IsA(tree, RenameStmt)) return nullptr;
    const auto *const statement = reinterpret_cast<const RenameStmt *>(tree);
    if (statement->subname != nullptr) return statement->subname;
    return statement->relation != nullptr ? statement->relation->relname : nullptr;
}

// An operator links its commutator and negator back to itself, and makes shells of those that are not there yet.
void add_linked_operators(Items *items, Oid operator_oid, bool in_extension)
{
    const HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator_oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = reinterpret_cast<const FormData_pg_operator *>(GETSTRUCT(tuple));
    for (const Oid linked : {form->oprcom, form->oprnegate}) {
        if (linked != operator_oid) items->add(OperatorRelationId, linked, in_extension, Cause::indirect);
    }
    ReleaseSysCache(tuple);
}

// A function makes shells of the types that it names and that are not there yet.
void add_shells(Items *items, Oid function, bool in_extension)
{
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return;
    const Oid returned = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple))->prorettype;
    if (!get_typisdefined(returned)) items->add(TypeRelationId, returned, in_extension, Cause::indirect);
    ReleaseSysCache(tuple);
}

void add_simple(Items *items, const CollectedCommand *command)
{
    const Node *const tree = command->parsetree;
    const ObjectAddress &address = command->d.simple.address;
    items->add(address, command->in_extension, simple_cause(tree), renamed_from(tree));
    if (address.classId == OperatorRelationId) add_linked_operators(items, address.objectId, command->in_extension);
    if (tree != nullptr && IsA(tree, CreateFunctionStmt)) add_shells(items, address.objectId, command->in_extension);
    if (tree == nullptr || !IsA(tree, AlterExtensionContentsStmt)) return;
    // Members of extensions are not compared: they leave what is, or come into it.
    const bool taken_in = reinterpret_cast<const AlterExtensionContentsStmt *>(tree)->action > 0;
    items->add(command->d.simple.secondaryObject, command->in_extension, taken_in ? Cause::absorbed : Cause::released);
}

// What is added to a family becomes a part of one of its classes when that needs it.
void add_classes(Items *items, const List *members, bool in_extension)
{
    for (int i = 0; i < list_length(members); ++i) {
        const auto *const member = static_cast<const OpFamilyMember *>(list_nth(members, i));
        if (!member->ref_is_family) items->add(OperatorClassRelationId, member->refobjid, in_extension, Cause::named);
    }
}

void add_named(Items *items, const CollectedCommand *command)
{
    switch (command->type) {
        case SCT_Simple: add_simple(items, command); break;
        case SCT_AlterTable: add_alter_table(items, command); break;
        case SCT_Grant: add_grant(items, command); break;
        case SCT_AlterDefaultPrivileges: add_default_privileges(items, command); break;
        case SCT_AlterOpFamily:
            items->add(command->d.opfam.address, command->in_extension, Cause::named);
            add_classes(items, command->d.opfam.operators, command->in_extension);
            add_classes(items, command->d.opfam.procedures, command->in_extension);
            break;
        case SCT_CreateOpClass: items->add(command->d.createopc.address, command->in_extension, Cause::named); break;
        case SCT_AlterTSConfig: items->add(command->d.atscfg.address, command->in_extension, Cause::named); break;
    }
}

// Foreign keys are kept by triggers of the referenced table, too.
bool switches_triggers(const List *subcommands)
{
    for (int i = 0; i < list_length(subcommands); ++i) {
        const Node *const tree = static_cast<const CollectedATSubcmd *>(list_nth(subcommands, i))->parsetree;
        if (!IsA(tree, AlterTableCmd)) continue;
        switch (reinterpret_cast<const AlterTableCmd *>(tree)->subtype) {
            case AT_EnableTrig:
            case AT_EnableAlwaysTrig:
            case AT_EnableReplicaTrig:
            case AT_DisableTrig:
            case AT_EnableTrigAll:
            case AT_DisableTrigAll:
            case AT_EnableTrigUser:
            case AT_DisableTrigUser: return true;
            default: break;
        }
    }
    return false;
}

void add_concerned_by_alter_table(Items *items, const CollectedCommand *command)
{
    if (command->d.alterTable.classId != RelationRelationId) return;
    const Oid relation = command->d.alterTable.objectId;
    add_heirs(items, relation, command->in_extension);
    if (get_rel_relkind(relation) == RELKIND_COMPOSITE_TYPE) add_typed_tables(items, relation, command->in_extension);
    if (switches_triggers(command->d.alterTable.subcmds)) add_referencing(items, relation, command->in_extension);
}

// The relation whose heirs have the renamed part, too.
Oid relation_of_part(const ObjectAddress &object)
{
    if (object.classId == RelationRelationId) return object.objectSubId != 0 ? object.objectId : InvalidOid;
    if (object.classId != ConstraintRelationId) return InvalidOid;
    const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(object.objectId));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid relation = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple))->conrelid;
    ReleaseSysCache(tuple);
    return relation;
}

Oid relation_of_trigger(Oid trigger)
{
    Oid relation = InvalidOid;
    catalog::scan(TriggerRelationId, TriggerOidIndexId, catalog::key_oid(Anum_pg_trigger_oid, trigger),
                  [&relation](HeapTuple tuple, TupleDesc) { relation = catalog::form_of<FormData_pg_trigger>(tuple)->tgrelid; });
    return relation;
}

void add_concerned(Items *items, const CollectedCommand *command)
{
    if (command->type == SCT_AlterTable) add_concerned_by_alter_table(items, command);
    if (command->type != SCT_Simple || command->parsetree == nullptr) return;
    const ObjectAddress &object = command->d.simple.address;
    if (IsA(command->parsetree, CreateTrigStmt) && object.classId == TriggerRelationId) {
        // One that replaces another is put anew on the partitions, too.
        add_heirs(items, relation_of_trigger(object.objectId), command->in_extension);
        return;
    }
    // Constants of an enum show their label.
    const bool label_renamed = IsA(command->parsetree, AlterEnumStmt) && reinterpret_cast<const AlterEnumStmt *>(command->parsetree)->oldVal != nullptr;
    if (!label_renamed && !IsA(command->parsetree, RenameStmt) && !IsA(command->parsetree, AlterObjectSchemaStmt)) return;
    add_dependents(items, object, command->in_extension);
    if (const Oid relation = relation_of_part(object); OidIsValid(relation)) {
        add_heirs(items, relation, command->in_extension);
        if (object.objectSubId != 0) add_dependents_of_heirs(items, object, command->in_extension);
        if (get_rel_relkind(relation) == RELKIND_COMPOSITE_TYPE) add_typed_tables(items, relation, command->in_extension);
    }
    if (object.classId != RelationRelationId) return;
    const char kind = get_rel_relkind(object.objectId);
    if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX) {
        // What names the constraint of the index shows the new name as well.
        ObjectAddress constraint;
        ObjectAddressSet(constraint, ConstraintRelationId, get_index_constraint(object.objectId));
        if (OidIsValid(constraint.objectId)) add_dependents(items, constraint, command->in_extension);
        // A table mentions the index it is clustered on, and the one of its replica identity.
        items->add(RelationRelationId, IndexGetRelation(object.objectId, true), command->in_extension, Cause::indirect);
    }
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
        touched.push_back({{address.classId, address.objectId, address.objectSubId}, item->in_extension, item->cause,
                           pg::text_of(item->renamed_from)});
    }
    return touched;
}

}  // namespace ledger
