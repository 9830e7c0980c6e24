#include "judge/shared_objects.hpp"

#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"
#include "judge/stored_setting.hpp"
#include "settings.hpp"

namespace judge {
namespace {

using Shared = std::vector<SharedEffect>;

template <typename Stmt>
const Stmt *as(const Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

Oid role_named(const char *name)
{
    return name == nullptr ? InvalidOid : pg::call([name] { return get_role_oid(name, true); });
}

Oid role_of(const RoleSpec *spec)
{
    return spec == nullptr ? InvalidOid : pg::call([spec] { return get_rolespec_oid(spec, true); });
}

Oid database_named(const char *name)
{
    return pg::call([name] { return get_database_oid(name, true); });
}

bool is_superuser(Oid role)
{
    return pg::call([role] { return superuser_arg(role); });
}

std::string quoted_role(Oid role) { return intercept::name_in_message(intercept::address_of(AuthIdRelationId, role)); }

void add_role(Shared &effects, Concern concern, Oid role, std::string_view verb, std::string detail)
{
    core::Effect effect = intercept::effect_on("P01", verb, intercept::address_of(AuthIdRelationId, role));
    effect.detail = std::move(detail);
    effects.push_back({std::move(effect), concern, role});
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

struct Attribute {
    const char *option;
    const char *phrase;
    AttrNumber column;
};

constexpr Attribute attributes[] = {{"superuser", "giving SUPERUSER to", Anum_pg_authid_rolsuper},
                                    {"bypassrls", "giving BYPASSRLS to", Anum_pg_authid_rolbypassrls},
                                    {"isreplication", "giving REPLICATION to", Anum_pg_authid_rolreplication},
                                    {"createrole", "giving CREATEROLE to", Anum_pg_authid_rolcreaterole}};

bool has_attribute(Oid role, AttrNumber column)
{
    return pg::call([role, column] {
        const HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
        if (!HeapTupleIsValid(tuple)) return false;
        bool null = false;
        const bool set = DatumGetBool(SysCacheGetAttr(AUTHOID, tuple, column, &null));
        ReleaseSysCache(tuple);
        return set;
    });
}

void add_membership(Shared &effects, Oid granted, Oid member)
{
    const bool already = OidIsValid(member) && pg::call([granted, member] { return is_member_of_role_nosuper(member, granted); });
    if (!OidIsValid(granted) || already) return;
    const std::string to = OidIsValid(member) ? quoted_role(member) : "a new role";
    add_role(effects, Concern::approver, granted, "granting", "to " + std::to_string(member));
    effects.back().effect.phrase += " to " + to;
}

void add_altered_role(Shared &effects, const AlterRoleStmt *statement)
{
    const Oid role = role_of(statement->role);
    if (!OidIsValid(role)) return;
    bool other = false;
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "rolemembers") == 0) {
            if (statement->action <= 0) continue;
            const ListCell *member;
            foreach (member, reinterpret_cast<List *>(option->arg)) add_membership(effects, role, role_of(static_cast<const RoleSpec *>(lfirst(member))));
            continue;
        }
        const Attribute *found = nullptr;
        for (const Attribute &attribute : attributes) {
            if (std::strcmp(option->defname, attribute.option) == 0) found = &attribute;
        }
        if (found == nullptr) {
            other = true;
            continue;
        }
        const bool gives = pg::call([option] { return defGetBoolean(option); });
        if (gives && !has_attribute(role, found->column)) add_role(effects, Concern::server, role, found->phrase, {});
    }
    // Whoever sets an approver's password can log in as the approver; who could approve anyway is no danger.
    const bool own = role == GetUserId() || role == GetSessionUserId();
    if (other && !own && (!is_superuser(GetUserId()) || settings::four_eyes())) add_role(effects, Concern::approver, role, "altering", {});
}

void add_created_role(Shared &effects, const CreateRoleStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "addroleto") == 0) {
            const ListCell *group;
            foreach (group, reinterpret_cast<List *>(option->arg)) add_membership(effects, role_of(static_cast<const RoleSpec *>(lfirst(group))), InvalidOid);
        }
        // A second login of somebody who may approve.
        const bool superuser_option = std::strcmp(option->defname, "superuser") == 0;
        if (!superuser_option || !settings::four_eyes() || !pg::call([option] { return defGetBoolean(option); })) continue;
        core::Effect effect;
        effect.rule = "P01";
        effect.object_type = "role";
        effect.identity = statement->role;
        effect.phrase = "creating superuser " + core::in_quotes(effect.identity);
        effect.detail = effect.identity;
        effects.push_back({std::move(effect), Concern::server, InvalidOid});
    }
}

void add_granted(Shared &effects, const GrantRoleStmt *statement)
{
    if (!statement->is_grant) return;
    const ListCell *granted;
    foreach (granted, statement->granted_roles) {
        const Oid role = role_named(static_cast<const AccessPriv *>(lfirst(granted))->priv_name);
        const ListCell *grantee;
        foreach (grantee, statement->grantee_roles) add_membership(effects, role, role_of(static_cast<const RoleSpec *>(lfirst(grantee))));
    }
}

void add_renamed(Shared &effects, const RenameStmt *statement)
{
    if (statement->renameType == OBJECT_DATABASE) add_database(effects, statement->subname, "P06", "renaming", statement->newname);
    if (statement->renameType == OBJECT_TABLESPACE) add_tablespace(effects, statement->subname, "renaming", statement->newname);
    if (statement->renameType != OBJECT_ROLE) return;
    const Oid role = role_named(statement->subname);
    if (OidIsValid(role)) add_role(effects, Concern::role, role, "renaming", statement->newname);
}

void add_given_away(Shared &effects, const AlterOwnerStmt *statement)
{
    if (statement->objectType != OBJECT_DATABASE && statement->objectType != OBJECT_TABLESPACE) return;
    const char *const name = strVal(statement->object);
    const std::string to = "to " + std::to_string(role_of(statement->newowner));
    if (statement->objectType == OBJECT_DATABASE) return add_database(effects, name, "P06", "changing the owner of", to);
    add_tablespace(effects, name, "changing the owner of", to);
}

void add_setting(Shared &effects, const StoredSetting &setting)
{
    core::Effect effect;
    effect.rule = setting.relaxes ? "P13" : "P06";
    effect.object_type = "setting";
    effect.identity = setting.name.empty() ? "ALL" : setting.name;
    effect.phrase = (setting.name.empty() ? std::string("resetting all settings") : "changing setting " + core::in_quotes(setting.name)) + setting.place;
    effect.detail = setting.name + '=' + setting.value + setting.place;
    const bool of_database = OidIsValid(setting.database);
    effects.push_back({std::move(effect), of_database ? Concern::database : Concern::server, setting.database});
}

}  // namespace

std::vector<SharedEffect> shared_effects(Node *tree)
{
    Shared effects;
    switch (nodeTag(tree)) {
        case T_DropdbStmt: add_database(effects, as<DropdbStmt>(tree)->dbname, "D06", "dropping", {}); break;
        case T_AlterDatabaseStmt: add_altered_database(effects, as<AlterDatabaseStmt>(tree)); break;
        case T_AlterRoleStmt: add_altered_role(effects, as<AlterRoleStmt>(tree)); break;
        case T_CreateRoleStmt: add_created_role(effects, as<CreateRoleStmt>(tree)); break;
        case T_GrantRoleStmt: add_granted(effects, as<GrantRoleStmt>(tree)); break;
        case T_RenameStmt: add_renamed(effects, as<RenameStmt>(tree)); break;
        case T_AlterOwnerStmt: add_given_away(effects, as<AlterOwnerStmt>(tree)); break;
        case T_AlterDatabaseSetStmt:
        case T_AlterRoleSetStmt:
        case T_AlterSystemStmt:
            if (const auto setting = guarded_setting(tree)) add_setting(effects, *setting);
            break;
        default: break;
    }
    return effects;
}

}  // namespace judge
