#include "judge/stored_setting.hpp"

#include "catalog/scan.hpp"
#include "intercept/describe.hpp"
#include "pg/compat.hpp"

namespace judge {
namespace {

bool is_guarded(std::string_view name)
{
    // A table of version numbers may be emptied, so that what is one matters.
    constexpr std::string_view guarded[] = {"langchef_guard.mode", "langchef_guard.four_eyes", "langchef_guard.alembic_version_table",
                                            "session_replication_role", "event_triggers", "shared_preload_libraries",
                                            "session_preload_libraries", "allow_system_table_mods"};
    return std::find(std::begin(guarded), std::end(guarded), name) != std::end(guarded);
}

// Whether a list of libraries has the guard in it, as the server would load it.
bool names_guard(std::string_view list)
{
    while (!list.empty()) {
        std::string_view name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), name.size() + 1));
        const auto is_padding = [](char c) { return c == ' ' || c == '"' || c == '\t'; };
        while (!name.empty() && is_padding(name.front())) name.remove_prefix(1);
        while (!name.empty() && is_padding(name.back())) name.remove_suffix(1);
        if (name == "langchef_guard" || name == "$libdir/langchef_guard") return true;
    }
    return false;
}

// Whether the new value only adds protection: that needs nobody's leave.
bool protects(const StoredSetting &setting)
{
    const auto is_one_of = [&setting](std::initializer_list<std::string_view> values) {
        return std::find(values.begin(), values.end(), setting.value) != values.end();
    };
    if (setting.name == "langchef_guard.mode") return is_one_of({"enforce"});
    if (setting.name == "langchef_guard.four_eyes" || setting.name == "event_triggers") return is_one_of({"on", "true", "yes", "1"});
    if (setting.name == "session_replication_role") return is_one_of({"origin"});
    if (setting.name == "allow_system_table_mods") return is_one_of({"off", "false", "no", "0"});
    return setting.name.find("preload_libraries") != std::string::npos && names_guard(setting.value);
}

std::string lower(const char *name)
{
    std::string text = pg::text_of(name);
    for (char &c : text) c = static_cast<char>(pg_ascii_tolower(static_cast<unsigned char>(c)));
    return text;
}

bool may_change(const char *name, AclMode privilege)
{
    return pg::call([name, privilege] { return superuser() || pg_parameter_aclcheck(name, GetUserId(), privilege) == ACLCHECK_OK; });
}

// Whether one of the settings kept for the database and role is guarded.
bool keeps_guarded(Oid database, Oid role)
{
    const char *const kept = pg::call([database, role]() -> const char * {
        StringInfoData names;
        initStringInfo(&names);
        const std::array keys{catalog::key_oid(Anum_pg_db_role_setting_setdatabase, database),
                              catalog::key_oid(Anum_pg_db_role_setting_setrole, role)};
        catalog::scan(DbRoleSettingRelationId, DbRoleSettingDatidRolidIndexId, keys, [&names](HeapTuple tuple, TupleDesc descriptor) {
            const catalog::Field kept_here = catalog::field(tuple, descriptor, Anum_pg_db_role_setting_setconfig);
            if (kept_here.null) return;
            Datum *elements = nullptr;
            int count = 0;
            deconstruct_array(DatumGetArrayTypeP(kept_here.value), TEXTOID, -1, false, TYPALIGN_INT, &elements, nullptr, &count);
            for (int i = 0; i < count; ++i) appendStringInfo(&names, "%s\n", TextDatumGetCString(elements[i]));
        });
        return names.data;
    });
    std::string_view rest = kept;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (is_guarded(lower(std::string(line.substr(0, line.find('='))).c_str()))) return true;
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return false;
}

std::optional<StoredSetting> changed(VariableSetStmt *statement, AclMode privilege, Oid database, Oid role)
{
    StoredSetting setting;
    setting.database = database;
    setting.role = role;
    const bool all = statement->kind == VAR_RESET_ALL;
    if (!all) setting.name = lower(statement->name);
    if (all ? !pg::call([] { return superuser(); }) : !is_guarded(setting.name) || !may_change(statement->name, privilege)) return std::nullopt;
    if (all && privilege == ACL_SET && !keeps_guarded(database, role)) return std::nullopt;
    if (statement->kind == VAR_SET_VALUE) setting.value = pg::text_of(pg::call([statement] { return static_cast<const char *>(ExtractSetVariableArgs(statement)); }));
    if (statement->kind == VAR_SET_CURRENT) setting.value = "FROM CURRENT";
    if (protects(setting)) return std::nullopt;
    setting.of_guard = all || setting.name == "langchef_guard.mode" || setting.name.find("preload_libraries") != std::string::npos;
    setting.relaxes = setting.name == "langchef_guard.mode" && (setting.value == "record" || setting.value == "warn");
    return setting;
}

std::string in_message(Oid classid, Oid objid) { return " of " + intercept::name_in_message(intercept::address_of(classid, objid)); }

std::optional<StoredSetting> of_database(const AlterDatabaseSetStmt *statement)
{
    const char *const name = statement->dbname;
    const Oid database = pg::call([name] { return get_database_oid(name, true); });
    if (!OidIsValid(database)) return std::nullopt;
    auto setting = changed(statement->setstmt, ACL_SET, database, InvalidOid);
    if (setting) setting->place = in_message(DatabaseRelationId, database);
    return setting;
}

std::optional<StoredSetting> of_role(const AlterRoleSetStmt *statement)
{
    const RoleSpec *const spec = statement->role;
    const char *const name = statement->database;
    const Oid role = spec == nullptr ? InvalidOid : pg::call([spec] { return get_rolespec_oid(spec, true); });
    const Oid database = name == nullptr ? InvalidOid : pg::call([name] { return get_database_oid(name, true); });
    if ((spec != nullptr && !OidIsValid(role)) || (name != nullptr && !OidIsValid(database))) return std::nullopt;
    auto setting = changed(statement->setstmt, ACL_SET, database, role);
    if (!setting) return setting;
    setting->place = spec == nullptr ? " of all roles" : in_message(AuthIdRelationId, role);
    if (name != nullptr) setting->place += " in" + in_message(DatabaseRelationId, database).substr(3);
    return setting;
}

}  // namespace

bool is_guarded_setting(const char *name) { return is_guarded(lower(name)); }

std::optional<StoredSetting> guarded_setting(const Node *tree)
{
    switch (nodeTag(tree)) {
        case T_AlterDatabaseSetStmt: return of_database(reinterpret_cast<const AlterDatabaseSetStmt *>(tree));
        case T_AlterRoleSetStmt: return of_role(reinterpret_cast<const AlterRoleSetStmt *>(tree));
        case T_AlterSystemStmt: {
            auto setting = changed(reinterpret_cast<const AlterSystemStmt *>(tree)->setstmt, ACL_ALTER_SYSTEM, InvalidOid, InvalidOid);
            if (setting) setting->place = " of the server";
            return setting;
        }
        default: return std::nullopt;
    }
}

}  // namespace judge
