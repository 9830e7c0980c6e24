#include "judge/shared_objects.hpp"

#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"
#include "judge/stored_setting.hpp"

namespace judge {
namespace {

using Shared = std::vector<SharedEffect>;

template <typename Stmt>
const Stmt *as(const Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

// InvalidOid for PUBLIC as well.
Oid role_of(const RoleSpec *spec)
{
    if (spec == nullptr || spec->roletype == ROLESPEC_PUBLIC) return InvalidOid;
    return pg::call([spec] { return get_rolespec_oid(spec, true); });
}

Oid database_named(const char *name)
{
    return pg::call([name] { return get_database_oid(name, true); });
}

void add_database(Shared &effects, const char *name, std::string_view rule, std::string_view verb, std::string detail)
{
    const Oid database = database_named(name);
    if (!OidIsValid(database)) return;
    const core::Address address = intercept::address_of(DatabaseRelationId, database);
    require_ownership(address);
    core::Effect effect = intercept::effect_on(rule, verb, address);
    effect.detail = std::move(detail);
    effects.push_back({std::move(effect), Concern::database, database});
}

void add_tablespace(Shared &effects, const char *name, std::string_view verb, std::string detail)
{
    const Oid tablespace = pg::call([name] { return get_tablespace_oid(name, true); });
    if (!OidIsValid(tablespace)) return;
    const core::Address address = intercept::address_of(TableSpaceRelationId, tablespace);
    require_ownership(address);
    core::Effect effect = intercept::effect_on("P06", verb, address);
    effect.detail = std::move(detail);
    effects.push_back({std::move(effect), Concern::tablespace, tablespace});
}

std::string text_of_option(DefElem *option)
{
    return std::string(option->defname) + '=' + (option->arg == nullptr ? std::string() : pg::text_of(pg::call([option] { return static_cast<const char *>(defGetString(option)); })));
}

// ALTER DATABASE d WITH ...
void add_altered_database(Shared &effects, const AlterDatabaseStmt *statement)
{
    std::string detail;
    const ListCell *cell;
    foreach (cell, statement->options) detail += ' ' + text_of_option(static_cast<DefElem *>(lfirst(cell)));
    add_database(effects, statement->dbname, "P06", "altering", detail);
}

void add_renamed(Shared &effects, const RenameStmt *statement)
{
    if (statement->renameType == OBJECT_DATABASE) add_database(effects, statement->subname, "P06", "renaming", statement->newname);
    if (statement->renameType == OBJECT_TABLESPACE) add_tablespace(effects, statement->subname, "renaming", statement->newname);
}

void add_given_away(Shared &effects, const AlterOwnerStmt *statement)
{
    if (statement->objectType != OBJECT_DATABASE && statement->objectType != OBJECT_TABLESPACE) return;
    const char *const name = strVal(statement->object);
    const std::string to = "to " + std::to_string(role_of(statement->newowner));
    if (statement->objectType == OBJECT_DATABASE) return add_database(effects, name, "P06", "changing the owner of", to);
    add_tablespace(effects, name, "changing the owner of", to);
}

// What REASSIGN OWNED does beyond this database.
void add_reassigned(Shared &effects, const ReassignOwnedStmt *statement)
{
    const Oid heir = role_of(statement->newrole);
    const ListCell *cell;
    foreach (cell, statement->roles) {
        const Oid role = role_of(static_cast<const RoleSpec *>(lfirst(cell)));
        if (!OidIsValid(role) || !pg::call([role] { return has_privs_of_role(GetUserId(), role); })) continue;
        for (const core::Address object : owned_by(role)) {
            if (object.classid != DatabaseRelationId && object.classid != TableSpaceRelationId) continue;
            core::Effect effect = intercept::effect_on("P06", "changing the owner of", object);
            effect.detail = "to " + std::to_string(heir);
            effects.push_back({std::move(effect), object.classid == DatabaseRelationId ? Concern::database : Concern::tablespace, object.objid});
        }
    }
}

// Who may set what the guard depends on.
void add_parameter_grant(Shared &effects, const GrantStmt *statement)
{
    if (statement->objtype != OBJECT_PARAMETER_ACL || !statement->is_grant || !pg::call([] { return superuser(); })) return;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        const char *const name = strVal(lfirst(cell));
        if (!is_guarded_setting(name)) continue;
        core::Effect effect;
        effect.rule = "P06";
        effect.object_type = "setting";
        effect.identity = name;
        effect.phrase = "granting privileges on setting " + core::in_quotes(effect.identity);
        const ListCell *grantee;
        foreach (grantee, statement->grantees) effect.detail += " to " + std::to_string(role_of(static_cast<const RoleSpec *>(lfirst(grantee))));
        effects.push_back({std::move(effect), Concern::server, InvalidOid});
    }
}

void add_setting(Shared &effects, const StoredSetting &setting)
{
    core::Effect effect;
    effect.rule = setting.relaxes ? "P13" : "P06";
    effect.object_type = "setting";
    effect.identity = setting.name.empty() ? "ALL" : setting.name;
    effect.phrase = (setting.name.empty() ? std::string("resetting all settings") : "changing setting " + core::in_quotes(setting.name)) + setting.place;
    effect.detail = setting.name + '=' + setting.value + setting.place;
    // Where the guard does not look, commands on what is guarded elsewhere could be issued.
    const bool of_database = OidIsValid(setting.database) && !setting.of_guard;
    effects.push_back({std::move(effect), of_database ? Concern::database : Concern::server, setting.database});
}

}  // namespace

std::vector<SharedEffect> shared_effects(Node *tree)
{
    Shared effects;
    switch (nodeTag(tree)) {
        case T_DropdbStmt: add_database(effects, as<DropdbStmt>(tree)->dbname, "D06", "dropping", {}); break;
        case T_AlterDatabaseStmt: add_altered_database(effects, as<AlterDatabaseStmt>(tree)); break;
        case T_ReassignOwnedStmt: add_reassigned(effects, as<ReassignOwnedStmt>(tree)); break;
        case T_GrantStmt: add_parameter_grant(effects, as<GrantStmt>(tree)); break;
        case T_RenameStmt: add_renamed(effects, as<RenameStmt>(tree)); break;
        case T_AlterOwnerStmt: add_given_away(effects, as<AlterOwnerStmt>(tree)); break;
        case T_AlterDatabaseSetStmt:
        case T_AlterRoleSetStmt:
        case T_AlterSystemStmt:
            if (const auto setting = guarded_setting(tree)) add_setting(effects, *setting);
            break;
        default: break;
    }
    add_role_effects(tree, effects);
    return effects;
}

}  // namespace judge
