#include "intercept/utility_record.hpp"

#include "guard/own_objects.hpp"
#include "intercept/describe.hpp"
#include "intercept/resolve.hpp"
#include "intercept/utility_state.hpp"
#include "judge/judge.hpp"

namespace intercept {
namespace {

template <typename Stmt>
const Stmt *as(Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

using Records = std::vector<UtilityRecord>;

std::string quoted(const char *name)
{
    return name == nullptr ? std::string() : pg::text_of(pg::call([name] { return quote_identifier(name); }));
}

void add(Records &records, std::string_view operation, std::string_view type, const char *name, Oid classid = InvalidOid, Oid objid = InvalidOid)
{
    records.push_back({std::string(operation), std::string(type), quoted(name), {OidIsValid(objid) ? classid : InvalidOid, objid, 0}});
}

Oid role_oid(const char *name)
{
    return name == nullptr ? InvalidOid : pg::call([name] { return get_role_oid(name, true); });
}

Oid database_oid(const char *name)
{
    return pg::call([name] { return get_database_oid(name, true); });
}

void add_role(Records &records, std::string_view operation, const char *name)
{
    add(records, operation, "role", name, AuthIdRelationId, role_oid(name));
}

// Null stands for all roles.
void add_role(Records &records, const RoleSpec *role)
{
    if (role == nullptr) {
        records.push_back({"alter", "role", "ALL", {}});
        return;
    }
    add_role(records, "alter", pg::call([role]() -> const char * {
        switch (role->roletype) {
            case ROLESPEC_CSTRING: return role->rolename;
            case ROLESPEC_SESSION_USER: return GetUserNameFromId(GetSessionUserId(), true);
            case ROLESPEC_PUBLIC: return nullptr;  // which the server refuses
            default: return GetUserNameFromId(GetUserId(), true);
        }
    }));
}

// What leaves the object as it was is no change of it.
void compare_state(Records &records)
{
    for (UtilityRecord &record : records) {
        if (OidIsValid(record.address.objid)) record.before = {record.address, utility_state(record.address)};
    }
}

// REASSIGN OWNED changes the owner of every object of the roles.
void add_reassigned(Records &records, const List *specs)
{
    const ListCell *cell;
    foreach (cell, specs) {
        const auto *const spec = static_cast<const RoleSpec *>(lfirst(cell));
        const Oid role = pg::call([spec] { return get_rolespec_oid(spec, true); });
        if (!OidIsValid(role)) continue;
        for (const auto &object : judge::owned_by(role)) {
            records.push_back({"alter", object_type_of(object), identity_of(object), object});
        }
    }
}

void add_granted_roles(Records &records, const GrantRoleStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->granted_roles) {
        add_role(records, "alter", static_cast<const AccessPriv *>(lfirst(cell))->priv_name);
    }
}

void add_database(Records &records, std::string_view operation, const char *name)
{
    add(records, operation, "database", name, DatabaseRelationId, database_oid(name));
}

void add_event_trigger(Records &records, std::string_view operation, const char *name)
{
    const Oid trigger = pg::call([name] { return get_event_trigger_oid(name, true); });
    add(records, operation, "event trigger", name, EventTriggerRelationId, trigger);
}

void add_new_event_trigger(Records &records, const char *name)
{
    add(records, "create", "event trigger", name);
    records.back().created_event_trigger = name;
}

std::string_view type_word(ObjectType type)
{
    switch (type) {
        case OBJECT_ROLE: return "role";
        case OBJECT_DATABASE: return "database";
        case OBJECT_TABLESPACE: return "tablespace";
        case OBJECT_PARAMETER_ACL: return "parameter";
        default: return {};
    }
}

// RENAME, OWNER, COMMENT, SECURITY LABEL and GRANT take any kind of object;
// only the kinds without event triggers are ours.
void add_named(Records &records, ObjectType type, const char *name)
{
    if (type == OBJECT_EVENT_TRIGGER) return add_event_trigger(records, "alter", name);
    const std::string_view word = type_word(type);
    if (!word.empty()) add(records, "alter", word, name);
}

const char *string_of(Node *object) { return object != nullptr && IsA(object, String) ? strVal(object) : nullptr; }

void add_commented(Records &records, const CommentStmt *statement)
{
    const char *const name = string_of(statement->object);
    add_named(records, statement->objtype, name);
    if (records.empty() || name == nullptr) return;
    const ObjectType type = statement->objtype;
    const ObjectAddress object = pg::call([type, name] {
        ObjectAddress found = InvalidObjectAddress;
        switch (type) {
            case OBJECT_ROLE: ObjectAddressSet(found, AuthIdRelationId, get_role_oid(name, true)); break;
            case OBJECT_DATABASE: ObjectAddressSet(found, DatabaseRelationId, get_database_oid(name, true)); break;
            case OBJECT_TABLESPACE: ObjectAddressSet(found, TableSpaceRelationId, get_tablespace_oid(name, true)); break;
            default: break;
        }
        return found;
    });
    const core::Address address{object.classId, object.objectId, 0};
    if (OidIsValid(object.objectId)) records.back().before = {address, utility_state(address)};
}

void add_granted_objects(Records &records, const GrantStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->objects) add_named(records, statement->objtype, string_of(static_cast<Node *>(lfirst(cell))));
}

void add_dropped(Records &records, const DropStmt *statement)
{
    if (statement->removeType != OBJECT_EVENT_TRIGGER) return;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        const char *const name = string_of(static_cast<Node *>(lfirst(cell)));
        if (OidIsValid(pg::call([name] { return get_event_trigger_oid(name, true); }))) add_event_trigger(records, "drop", name);
    }
}

void add_dropped_tablespace(Records &records, const char *name)
{
    const Oid tablespace = pg::call([name] { return get_tablespace_oid(name, true); });
    if (OidIsValid(tablespace)) add(records, "drop", "tablespace", name);
}

void add_dropped_roles(Records &records, const DropRoleStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->roles) {
        const auto *const spec = static_cast<const RoleSpec *>(lfirst(cell));
        if (OidIsValid(role_oid(spec->rolename))) add_role(records, "drop", spec->rolename);
    }
}

void add_truncated(Records &records, const TruncateStmt *statement)
{
    for (const Oid table : judge::truncated_tables(statement)) {
        const core::Address address = address_of(RelationRelationId, table);
        if (!is_temporary(address)) records.push_back({"truncate", object_type_of(address), identity_of(address), address});
    }
}

// Rows that come into the guard's own tables: a restore, or somebody else's invention.
// And what the server is made to run, or to write.
void add_copied(Records &records, const CopyStmt *statement)
{
    if (statement->is_program) records.push_back({"other", "program", {}, {}});  // its text, secrets redacted, is in the statement
    if (!statement->is_program && !statement->is_from) records.push_back({"other", "file", pg::text_of(statement->filename), {}});
    if (!statement->is_from) return;
    const Oid relation = resolve_relation(statement->relation);
    if (!OidIsValid(relation) || !guard::is_own_relation(relation)) return;
    const core::Address address = address_of(RelationRelationId, relation);
    records.push_back({"other", object_type_of(address), identity_of(address), address});
}

bool has_analyze(const ExplainStmt *statement)
{
    return pg::call([statement] {
        bool analyze = false;
        const ListCell *cell;
        foreach (cell, statement->options) {
            auto *const option = static_cast<DefElem *>(lfirst(cell));
            if (std::strcmp(option->defname, "analyze") == 0) analyze = defGetBoolean(option);
        }
        return analyze;
    });
}

}  // namespace

const IntoClause *created_by_explain(Node *tree)
{
    if (!IsA(tree, ExplainStmt)) return nullptr;
    const auto *const query = as<Query>(as<ExplainStmt>(tree)->query);
    if (query == nullptr || !IsA(query, Query) || query->utilityStmt == nullptr) return nullptr;
    if (!IsA(query->utilityStmt, CreateTableAsStmt) || !has_analyze(as<ExplainStmt>(tree))) return nullptr;
    return as<CreateTableAsStmt>(query->utilityStmt)->into;
}

bool is_worth_recording(const Node *tree)
{
    if (IsA(tree, LoadStmt)) {
        const char *const library = reinterpret_cast<const LoadStmt *>(tree)->filename;
        return std::strcmp(library, "langchef_guard") != 0 && std::strcmp(library, "$libdir/langchef_guard") != 0;
    }
    const auto *const copy = reinterpret_cast<const CopyStmt *>(tree);
    return copy->is_program || (copy->is_from ? copy->relation != nullptr : copy->filename != nullptr);
}

std::vector<UtilityRecord> utility_records(Node *tree)
{
    Records records;
    switch (nodeTag(tree)) {
        case T_CopyStmt: add_copied(records, as<CopyStmt>(tree)); break;
        case T_LoadStmt: records.push_back({"other", "library", pg::text_of(as<LoadStmt>(tree)->filename), {}}); break;
        case T_TruncateStmt: add_truncated(records, as<TruncateStmt>(tree)); break;
        case T_CreateRoleStmt: add_role(records, "create", as<CreateRoleStmt>(tree)->role); break;
        case T_AlterRoleStmt: add_role(records, as<AlterRoleStmt>(tree)->role); break;
        case T_AlterRoleSetStmt:
            add_role(records, as<AlterRoleSetStmt>(tree)->role);
            if (const char *const database = as<AlterRoleSetStmt>(tree)->database) add_database(records, "alter", database);
            break;
        case T_DropRoleStmt: add_dropped_roles(records, as<DropRoleStmt>(tree)); break;
        case T_GrantRoleStmt:
            add_granted_roles(records, as<GrantRoleStmt>(tree));
            compare_state(records);
            break;
        case T_ReassignOwnedStmt: add_reassigned(records, as<ReassignOwnedStmt>(tree)->roles); break;
        case T_CreatedbStmt: add_database(records, "create", as<CreatedbStmt>(tree)->dbname); break;
        case T_AlterDatabaseStmt: add_database(records, "alter", as<AlterDatabaseStmt>(tree)->dbname); break;
        case T_AlterDatabaseSetStmt: add_database(records, "alter", as<AlterDatabaseSetStmt>(tree)->dbname); break;
        case T_DropdbStmt:
            if (OidIsValid(database_oid(as<DropdbStmt>(tree)->dbname))) add_database(records, "drop", as<DropdbStmt>(tree)->dbname);
            break;
        case T_AlterSystemStmt:
            if (const char *const setting = as<AlterSystemStmt>(tree)->setstmt->name) {
                add(records, "alter", "setting", setting);
            } else {
                records.push_back({"alter", "setting", "ALL", {}});
            }
            break;
        case T_CreateTableSpaceStmt: add(records, "create", "tablespace", as<CreateTableSpaceStmt>(tree)->tablespacename); break;
        case T_AlterTableSpaceOptionsStmt:
            add(records, "alter", "tablespace", as<AlterTableSpaceOptionsStmt>(tree)->tablespacename);
            break;
        case T_DropTableSpaceStmt: add_dropped_tablespace(records, as<DropTableSpaceStmt>(tree)->tablespacename); break;
        case T_CreateEventTrigStmt: add_new_event_trigger(records, as<CreateEventTrigStmt>(tree)->trigname); break;
        case T_AlterEventTrigStmt:
            add_event_trigger(records, "alter", as<AlterEventTrigStmt>(tree)->trigname);
            compare_state(records);
            break;
        case T_DropStmt: add_dropped(records, as<DropStmt>(tree)); break;
        case T_RenameStmt:
            add_named(records, as<RenameStmt>(tree)->renameType,
                      as<RenameStmt>(tree)->subname != nullptr ? as<RenameStmt>(tree)->subname : string_of(as<RenameStmt>(tree)->object));
            break;
        case T_AlterOwnerStmt: add_named(records, as<AlterOwnerStmt>(tree)->objectType, string_of(as<AlterOwnerStmt>(tree)->object)); break;
        case T_CommentStmt: add_commented(records, as<CommentStmt>(tree)); break;
        case T_SecLabelStmt:
            // A label shows in no definition: it is recorded by the name alone.
            if (as<SecLabelStmt>(tree)->objtype == OBJECT_EVENT_TRIGGER) {
                add(records, "alter", "event trigger", string_of(as<SecLabelStmt>(tree)->object));
            } else {
                add_named(records, as<SecLabelStmt>(tree)->objtype, string_of(as<SecLabelStmt>(tree)->object));
            }
            break;
        case T_GrantStmt: add_granted_objects(records, as<GrantStmt>(tree)); break;
        default: break;
    }
    return records;
}

}  // namespace intercept
