#include "approval/commands.hpp"
#include "approval/decisions.hpp"
#include "approval/roles.hpp"
#include "approval/scope.hpp"
#include "core/rules.hpp"
#include "core/token.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"

namespace approval {
namespace {

constinit pg::Statement issue{
    "INSERT INTO langchef_guard.approval (token_hash, role, role_oid, database_oid, system_identifier, scope_rules, "
    "scope_objects, max_uses, uses, issued_by, issued_at, reason, valid_until) "
    "VALUES ($1, $2::pg_catalog.name, $3, $4, $5, $6, $7::pg_catalog.jsonb, $8, ARRAY[0], SESSION_USER, "
    "pg_catalog.clock_timestamp(), $9, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) $10) RETURNING id",
    {BYTEAOID, TEXTOID, OIDOID, OIDOID, INT8OID, TEXTARRAYOID, TEXTOID, INT4OID, TEXTOID, INTERVALOID}};

struct Role {
    std::string name;
    Oid oid;
};

Role required_role(FunctionCallInfo fcinfo)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "role must not be null");
    const char *const name = NameStr(*PG_GETARG_NAME(0));
    if (*name == '\0') throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "role must not be empty");
    const Oid oid = pg::call([name] { return get_role_oid(name, true); });
    if (!OidIsValid(oid)) throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "role \"" + std::string(name) + "\" does not exist");
    return {name, oid};
}

pg::Parameter rules_parameter(const std::optional<std::vector<std::string>> &rules)
{
    if (!rules) return {};
    std::vector<Datum> elements;
    for (const std::string &rule : *rules) {
        if (core::find_rule(rule) == nullptr) {
            throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "rule \"" + rule + "\" does not exist", {},
                                 "A rule is given by its number, such as \"D03\".");
        }
        elements.push_back(pg::text_datum(rule));
    }
    Datum *const values = elements.data();
    const auto count = static_cast<int>(elements.size());
    return pg::Parameter(pg::call(
        [values, count] { return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT)); }));
}

void check_four_eyes(const Role &role)
{
    if (!settings::four_eyes()) return;
    if (role.oid != GetSessionUserId() && role.oid != GetAuthenticatedUserId()) return;
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "a token cannot be issued to its issuer",
                         "Setting \"langchef_guard.four_eyes\" is on, and the session belongs to role \"" + role.name + "\".",
                         "Another role must issue it.");
}

}  // namespace
}  // namespace approval

using namespace approval;

LCG_FUNCTION(lcg_issue_token)
{
    const Role role = required_role(fcinfo);
    const auto rules = optional_texts(fcinfo, 1, "rules");
    const auto objects = optional_texts(fcinfo, 2, "objects");
    const Terms terms = required_terms(fcinfo, 3, 4);
    const auto reason = optional_text(fcinfo, 5, "reason");
    require_own_call("issue_token");
    refuse_read_only("issue_token");
    check_four_eyes(role);
    const pg::Parameter scope_rules = rules_parameter(rules);
    NewToken token = new_token();
    {
        const pg::UserScope as_owner(require_installation().owner);
        pg::SpiSession spi;
        const std::string scope = objects ? resolve_scope(*objects) : std::string();
        const pg::Rows made = spi.run(
            issue, {token.hash, pg::param(role.name), pg::param_oid(role.oid), pg::param_oid(MyDatabaseId),
                    pg::param(guard::system_identifier()), scope_rules, pg::param_or_null(scope),
                    pg::Parameter(Int32GetDatum(terms.max_uses)), reason ? pg::param(*reason) : pg::Parameter(),
                    pg::Parameter(terms.valid_for)});
        log_line("token issued to role \"" + role.name + "\" by role \"" + role_name(GetSessionUserId()) + "\" (approval " +
                 std::to_string(made.int8(0, 1)) + ")");
    }
    return pg::text_datum(token.text);
}

LCG_FUNCTION(lcg_use_token)
{
    const std::string list = required_text(fcinfo, 0, "token");
    const auto tokens = core::split_tokens(list, core::most_tokens + 1);
    if (tokens.size() > core::most_tokens) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "too many approval tokens",
                             "At most " + std::to_string(core::most_tokens) + " tokens can be presented at a time.");
    }
    if (tokens.empty() || !std::all_of(tokens.begin(), tokens.end(), core::is_token)) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "invalid approval token", {},
                             "A token is \"lcg_\" followed by 64 lower-case hexadecimal digits; separate several by commas.");
    }
    const char *const value = list.c_str();
    pg::call([value] { settings::set_approval_token(value); });
    return static_cast<Datum>(0);
}
