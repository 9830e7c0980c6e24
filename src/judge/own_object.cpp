// The guard protects itself: what would change it is found here, whoever asks for it and whatever the policy says.
#include "guard/installation.hpp"
#include "guard/own_objects.hpp"
#include "intercept/describe.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

constexpr std::string_view rule = "P07";

template <typename Stmt>
const Stmt *as(const Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

class Search {
  public:
    explicit Search(Effects &effects) : effects_(effects) {}

    void object(std::string_view verb, core::Address address)
    {
        if (!OidIsValid(address.objid) || !guard::is_own(address)) return;
        effects_.push_back(own_effect(verb, address));
    }

    void relation(std::string_view verb, const RangeVar *name)
    {
        if (name != nullptr) object(verb, intercept::address_of(RelationRelationId, intercept::resolve_relation(name)));
    }

    void named(std::string_view verb, ObjectType type, Node *name)
    {
        // ALTER names a type by a list, DROP by a type name.
        const bool is_list = (type == OBJECT_TYPE || type == OBJECT_DOMAIN) && IsA(name, List);
        if (is_list) name = pg::call([name] { return reinterpret_cast<Node *>(makeTypeNameFromNameList(castNode(List, name))); });
        const auto address = intercept::resolve_object(type, name);
        if (address.has_value()) object(verb, *address);
    }

    void function(std::string_view verb, List *name)
    {
        const Oid oid = pg::call([name] { return LookupFuncName(name, 0, nullptr, true); });
        object(verb, intercept::address_of(ProcedureRelationId, oid));
    }

    // An object that is made in the schema, whatever its name.
    void made_in(const char *schema)
    {
        const Oid oid = pg::call([schema] {
            if (schema != nullptr) return get_namespace_oid(schema, true);
            List *const path = fetch_search_path(false);
            return path != NIL ? linitial_oid(path) : InvalidOid;
        });
        if (OidIsValid(oid) && guard::is_own_schema(oid)) object("creating an object in", intercept::address_of(NamespaceRelationId, oid));
    }

    void made_as(List *names)
    {
        made_in(pg::call([names]() -> const char * { return list_length(names) > 1 ? strVal(list_nth(names, list_length(names) - 2)) : nullptr; }));
    }

  private:
    Effects &effects_;
};

// A foreign key would put triggers on the guard's table.
void search_references(const Node *definition, Search &search)
{
    if (definition == nullptr) return;
    if (IsA(definition, Constraint) && as<Constraint>(definition)->contype == CONSTR_FOREIGN) search.relation("referencing", as<Constraint>(definition)->pktable);
    if (!IsA(definition, ColumnDef)) return;
    const ListCell *cell;
    foreach (cell, as<ColumnDef>(definition)->constraints) search_references(static_cast<const Node *>(lfirst(cell)), search);
}

void search_alter_table(const AlterTableStmt *statement, Search &search)
{
    search.relation("altering", statement->relation);
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = as<AlterTableCmd>(static_cast<const Node *>(lfirst(cell)));
        // Their rows would be read as the guard's.
        if (command->subtype == AT_AddInherit) search.relation("adding a child to", as<RangeVar>(command->def));
        if (command->subtype == AT_AttachPartition) search.relation("altering", as<PartitionCmd>(command->def)->name);
        search_references(command->def, search);
    }
}

void search_rename(const RenameStmt *statement, Search &search)
{
    if (statement->relation != nullptr) return search.relation("renaming", statement->relation);
    if (statement->renameType == OBJECT_SCHEMA) {
        const char *const name = statement->subname;
        return search.object("renaming", intercept::address_of(NamespaceRelationId, pg::call([name] { return get_namespace_oid(name, true); })));
    }
    if (statement->object != nullptr) search.named("renaming", statement->renameType, statement->object);
}

void search_set_schema(const AlterObjectSchemaStmt *statement, Search &search)
{
    if (statement->relation != nullptr) {
        search.relation("altering", statement->relation);
    } else if (statement->objectType != OBJECT_EXTENSION) {  // which the server refuses: it is not relocatable
        search.named("altering", statement->objectType, statement->object);
    }
    search.made_in(statement->newschema);
}

void search_extension_members(const AlterExtensionContentsStmt *statement, Search &search)
{
    const char *const name = statement->extname;
    search.object("altering", intercept::address_of(ExtensionRelationId, pg::call([name] { return get_extension_oid(name, true); })));
    search.named("altering", statement->objtype, statement->object);
}

// Reading and calling are the administrator's to give, and writing policies; what else could write is not.
bool gives_writing(const GrantStmt *statement, bool policy)
{
    if (!statement->is_grant) return false;
    if (statement->privileges == NIL) return true;
    constexpr std::string_view harmless[] = {"select", "usage", "execute"};
    constexpr std::string_view for_policies[] = {"insert", "update", "delete"};
    const ListCell *cell;
    foreach (cell, statement->privileges) {
        const char *const given = static_cast<const AccessPriv *>(lfirst(cell))->priv_name;
        const std::string_view privilege = given != nullptr ? given : "all";
        const bool allowed = std::find(std::begin(harmless), std::end(harmless), privilege) != std::end(harmless) ||
                             (policy && std::find(std::begin(for_policies), std::end(for_policies), privilege) != std::end(for_policies));
        if (!allowed) return true;
    }
    return false;
}

bool is_policy(const RangeVar *name)
{
    const Oid relation = intercept::resolve_relation(name);
    return OidIsValid(relation) && pg::text_of(pg::call([relation]() -> const char * { return get_rel_name(relation); })) == "policy";
}

void search_grant(const GrantStmt *statement, Search &search)
{
    constexpr std::string_view verb = "granting privileges on";
    const bool relations = statement->objtype == OBJECT_TABLE || statement->objtype == OBJECT_SEQUENCE;
    const bool schemas = statement->objtype == OBJECT_SCHEMA || (relations && statement->targtype == ACL_TARGET_ALL_IN_SCHEMA);
    if (!(relations || schemas) || !gives_writing(statement, false)) return;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        auto *const name = static_cast<Node *>(lfirst(cell));
        if (schemas) {
            search.named(verb, OBJECT_SCHEMA, name);
        } else if (gives_writing(statement, is_policy(as<RangeVar>(name)))) {
            search.relation(verb, as<RangeVar>(name));
        }
    }
}

void search_drop(const DropStmt *statement, Search &search)
{
    // Dropping the extension is the documented road.
    if (statement->removeType == OBJECT_EXTENSION) return;
    const ListCell *cell;
    foreach (cell, statement->objects) search.named("dropping", statement->removeType, static_cast<Node *>(lfirst(cell)));
}

void search_event_trigger(const AlterEventTrigStmt *statement, Search &search)
{
    if (statement->tgenabled == TRIGGER_FIRES_ALWAYS) return;
    const char *const name = statement->trigname;
    search.object("altering", intercept::address_of(EventTriggerRelationId, pg::call([name] { return get_event_trigger_oid(name, true); })));
}

void search_create_table(const CreateStmt *statement, Search &search)
{
    if (statement->relation->relpersistence != RELPERSISTENCE_TEMP) search.made_in(statement->relation->schemaname);
    const ListCell *cell;
    foreach (cell, statement->inhRelations) search.relation("adding a child to", static_cast<const RangeVar *>(lfirst(cell)));
    foreach (cell, statement->tableElts) search_references(static_cast<const Node *>(lfirst(cell)), search);
}

void search_new_extension(const CreateExtensionStmt *statement, Search &search)
{
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "schema") == 0) search.made_in(pg::call([option] { return static_cast<const char *>(defGetString(option)); }));
    }
}

void search_all(Node *tree, Search &search)
{
    const ListCell *cell;
    switch (nodeTag(tree)) {
        case T_DropStmt: return search_drop(as<DropStmt>(tree), search);
        case T_AlterTableStmt: return search_alter_table(as<AlterTableStmt>(tree), search);
        case T_RenameStmt: return search_rename(as<RenameStmt>(tree), search);
        case T_AlterObjectSchemaStmt: return search_set_schema(as<AlterObjectSchemaStmt>(tree), search);
        case T_AlterOwnerStmt: return search.named("altering", as<AlterOwnerStmt>(tree)->objectType, as<AlterOwnerStmt>(tree)->object);
        case T_AlterObjectDependsStmt:
            if (as<AlterObjectDependsStmt>(tree)->relation != nullptr) return search.relation("altering", as<AlterObjectDependsStmt>(tree)->relation);
            return search.named("altering", as<AlterObjectDependsStmt>(tree)->objectType, as<AlterObjectDependsStmt>(tree)->object);
        case T_AlterFunctionStmt:
            return search.named("altering", as<AlterFunctionStmt>(tree)->objtype, reinterpret_cast<Node *>(as<AlterFunctionStmt>(tree)->func));
        case T_AlterSeqStmt: return search.relation("altering", as<AlterSeqStmt>(tree)->sequence);
        case T_AlterEventTrigStmt: return search_event_trigger(as<AlterEventTrigStmt>(tree), search);
        case T_AlterExtensionContentsStmt: return search_extension_members(as<AlterExtensionContentsStmt>(tree), search);
        case T_GrantStmt: return search_grant(as<GrantStmt>(tree), search);
        case T_TruncateStmt:
            foreach (cell, as<TruncateStmt>(tree)->relations) search.relation("truncating", static_cast<const RangeVar *>(lfirst(cell)));
            return;
        case T_ReassignOwnedStmt:
            foreach (cell, as<ReassignOwnedStmt>(tree)->roles) {
                auto *const spec = static_cast<RoleSpec *>(lfirst(cell));
                for (const core::Address object : owned_by(pg::call([spec] { return get_rolespec_oid(spec, true); }))) search.object("altering", object);
            }
            return;
        case T_IndexStmt: return search.relation("indexing", as<IndexStmt>(tree)->relation);
        case T_CreateTrigStmt: return search.relation("altering", as<CreateTrigStmt>(tree)->relation);
        case T_RuleStmt: return search.relation("altering", as<RuleStmt>(tree)->relation);
        case T_CreatePolicyStmt: return search.relation("altering", as<CreatePolicyStmt>(tree)->table);
        case T_AlterPolicyStmt: return search.relation("altering", as<AlterPolicyStmt>(tree)->table);
        // It would judge and spend every command twice.
        case T_CreateEventTrigStmt: return search.function("running", as<CreateEventTrigStmt>(tree)->funcname);
        case T_CreateExtensionStmt: return search_new_extension(as<CreateExtensionStmt>(tree), search);
        case T_CreateStmt: return search_create_table(as<CreateStmt>(tree), search);
        case T_CreateForeignTableStmt: return search_create_table(&as<CreateForeignTableStmt>(tree)->base, search);
        case T_CreateTableAsStmt: return search.made_in(as<CreateTableAsStmt>(tree)->into->rel->schemaname);
        case T_ViewStmt: return search.made_in(as<ViewStmt>(tree)->view->schemaname);
        case T_CreateSeqStmt: return search.made_in(as<CreateSeqStmt>(tree)->sequence->schemaname);
        case T_CompositeTypeStmt: return search.made_in(as<CompositeTypeStmt>(tree)->typevar->schemaname);
        case T_CreateFunctionStmt: return search.made_as(as<CreateFunctionStmt>(tree)->funcname);
        case T_CreateEnumStmt: return search.made_as(as<CreateEnumStmt>(tree)->typeName);
        case T_CreateRangeStmt: return search.made_as(as<CreateRangeStmt>(tree)->typeName);
        case T_CreateDomainStmt: return search.made_as(as<CreateDomainStmt>(tree)->domainname);
        case T_DefineStmt: return search.made_as(as<DefineStmt>(tree)->defnames);
        default: return;
    }
}

}  // namespace

core::Effect own_effect(std::string_view verb, core::Address address)
{
    core::Effect effect = intercept::effect_on(rule, verb, address);
    effect.loss = address.classid == ExtensionRelationId ? "it guards this database" : "it is part of extension \"langchef_guard\"";
    return effect;
}

void judge_own_objects(Node *parsetree, Effects &effects)
{
    Search search(effects);
    search_all(parsetree, search);
}

void judge_own_dependents(Node *parsetree, Effects &effects)
{
    const auto installed = guard::installation();
    if (!installed.has_value() || effects.foreseen.empty() || changes_guard(parsetree)) return;
    // A member takes the extension along, which says it best.
    std::optional<core::Address> found;
    for (const core::Address address : effects.foreseen) {
        if (address.objsubid == 0 && (!found || address.classid == ExtensionRelationId) && guard::is_own(address)) found = address;
    }
    if (found) effects.push_back(own_effect("dropping", *found));
}

bool changes_guard(const Node *parsetree)
{
    const auto installed = guard::installation();
    if (!installed.has_value()) return false;
    const auto is_guard = [&installed](const char *name) {
        return pg::call([name] { return get_extension_oid(name, true); }) == installed->extension;
    };
    if (IsA(parsetree, AlterExtensionStmt)) return is_guard(as<AlterExtensionStmt>(parsetree)->extname);
    if (IsA(parsetree, AlterEventTrigStmt)) return as<AlterEventTrigStmt>(parsetree)->tgenabled == TRIGGER_FIRES_ALWAYS;
    if (!IsA(parsetree, DropStmt) || as<DropStmt>(parsetree)->removeType != OBJECT_EXTENSION) return false;
    const ListCell *cell;
    foreach (cell, as<DropStmt>(parsetree)->objects) {
        if (is_guard(strVal(lfirst(cell)))) return true;
    }
    return false;
}

}  // namespace judge
