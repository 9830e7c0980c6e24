#include "drift/expected_schema.hpp"

namespace drift {
namespace {

constinit pg::Statement find_schema{
    "SELECT s.name, s.source OPERATOR(pg_catalog.<>) 'live', s.server_version_num, s.system_identifier, s.ledger_id,"
    "       s.registered_xid::pg_catalog.text::pg_catalog.int8, s.registered_snapshot::pg_catalog.text, s.facts"
    "  FROM langchef_guard.expected_schema s"
    " WHERE CASE WHEN $1 IS NULL THEN s.active ELSE s.name OPERATOR(pg_catalog.=) $1 END",
    {TEXTOID}};

constinit pg::Statement any_schema{"SELECT 1 FROM langchef_guard.expected_schema LIMIT 1", {}};

}  // namespace

std::string quoted_literal(const std::string &name)
{
    return pg::text_of(pg::call([&name] { return static_cast<const char *>(quote_literal_cstr(name.c_str())); }));
}

std::optional<std::string> optional_name(FunctionCallInfo fcinfo, int argument)
{
    if (PG_ARGISNULL(argument)) return std::nullopt;
    auto name = pg::text_of(PG_GETARG_DATUM(argument));
    if (name.empty()) throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "name of expected schema must not be empty");
    if (name.size() >= NAMEDATALEN) {
        throw pg::GuardError(ERRCODE_NAME_TOO_LONG, "name of expected schema is too long",
                             "It has " + std::to_string(name.size()) + " bytes, the most is " +
                                 std::to_string(NAMEDATALEN - 1) + '.');
    }
    return name;
}

std::string required_name(FunctionCallInfo fcinfo, int argument)
{
    auto name = optional_name(fcinfo, argument);
    if (!name) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "name of expected schema must not be null");
    return std::move(*name);
}

pg::GuardError unknown_expected(const std::string &name)
{
    return {ERRCODE_UNDEFINED_OBJECT, "expected schema \"" + name + "\" does not exist", {},
            "See langchef_guard.expected_schemas, or register it with SELECT langchef_guard.register_expected(" +
                quoted_literal(name) + ")."};
}

ExpectedSchema find_expected(OwnerSession &session, const std::optional<std::string> &name)
{
    const auto found = session->query(find_schema, {name ? pg::param(std::string_view(*name)) : pg::Parameter()});
    if (!found.empty()) {
        return {found.text(0, 1), found.boolean(0, 2), found.int4(0, 3), found.int8(0, 4), found.int8(0, 5),
                static_cast<std::uint64_t>(found.int8(0, 6)), found.text(0, 7), found.int8(0, 8)};
    }
    if (name) throw unknown_expected(*name);
    if (session->query(any_schema, {}).empty()) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "no expected schema is registered", {},
                             "Register one with SELECT langchef_guard.register_expected('release').");
    }
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "no expected schema is active", {},
                         "Choose one of langchef_guard.expected_schemas with SELECT langchef_guard.activate_expected(name).");
}

}  // namespace drift
