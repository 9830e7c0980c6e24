#include "guard/policy_names.hpp"

#include "pg/attempt.hpp"

namespace guard {
namespace {

// The names of one kind of object in a schema, or InvalidOid.
struct Kind {
    Oid classid;
    Oid (*find)(List *names, bool missing_ok);
};

constexpr Kind kinds[] = {{CollationRelationId, get_collation_oid},
                          {ConversionRelationId, get_conversion_oid},
                          {StatisticExtRelationId, get_statistics_object_oid},
                          {TSParserRelationId, get_ts_parser_oid},
                          {TSDictionaryRelationId, get_ts_dict_oid},
                          {TSTemplateRelationId, get_ts_template_oid},
                          {TSConfigRelationId, get_ts_config_oid}};

using Parts = std::vector<std::string>;

core::Address find_in_schema(const Parts &parts)
{
    const char *const schema = parts[0].c_str();
    const char *const name = parts[1].c_str();
    return pg::call([schema, name]() -> core::Address {
        const Oid space = get_namespace_oid(schema, true);
        if (!OidIsValid(space)) return {};
        // A composite type goes by its type, not by the relation behind it.
        const Oid relation = get_relname_relid(name, space);
        if (OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE) return {RelationRelationId, relation, 0};
        const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(space));
        if (OidIsValid(type)) return {TypeRelationId, type, 0};
        List *const names = list_make2(makeString(pstrdup(schema)), makeString(pstrdup(name)));
        for (const Kind &kind : kinds) {
            const Oid found = kind.find(names, true);
            if (OidIsValid(found)) return {kind.classid, found, 0};
        }
        return {};
    });
}

core::Address find_for_method(const Parts &parts, const std::string &method)
{
    const char *const schema = parts[0].c_str();
    const char *const name = parts[1].c_str();
    const char *const of = method.c_str();
    return pg::call([schema, name, of]() -> core::Address {
        const Oid access_method = get_am_oid(of, true);
        if (!OidIsValid(access_method)) return {};
        List *const names = list_make2(makeString(pstrdup(schema)), makeString(pstrdup(name)));
        const Oid opclass = get_opclass_oid(access_method, names, true);
        if (OidIsValid(opclass)) return {OperatorClassRelationId, opclass, 0};
        const Oid family = get_opfamily_oid(access_method, names, true);
        return OidIsValid(family) ? core::Address{OperatorFamilyRelationId, family, 0} : core::Address{};
    });
}

Oid found_by(PGFunction function, Datum name)
{
    LOCAL_FCINFO(info, 1);
    InitFunctionCallInfoData(*info, nullptr, 1, InvalidOid, nullptr, nullptr);
    info->args[0].value = name;
    info->args[0].isnull = false;
    const Datum found = function(info);
    return info->isnull ? InvalidOid : DatumGetObjectId(found);
}

// Null when the text is no signature.  The server raises for some of what it
// cannot read; that error would quote its own words, not the caller's.
std::optional<core::Address> find_by_signature(const std::string &signature)
{
    const Datum name = pg::text_datum(signature);
    core::Address found;
    core::Address *const place = &found;
    ErrorData *const error = pg::attempt([name, place] {
        const Oid routine = found_by(to_regprocedure, name);
        if (OidIsValid(routine)) *place = {ProcedureRelationId, routine, 0};
    });
    if (found.objid != InvalidOid) return found;
    // Operators have other characters in their names, which the server may object to first.
    const ErrorData *const as_operator = pg::attempt([name, place] {
        const Oid oid = found_by(to_regoperator, name);
        if (OidIsValid(oid)) *place = {OperatorRelationId, oid, 0};
    });
    if (error == nullptr || as_operator == nullptr) return found;
    const int code = error->sqlerrcode;
    // A type that does not exist is no fault of the form.
    if (code == ERRCODE_UNDEFINED_OBJECT || code == ERRCODE_UNDEFINED_SCHEMA) return found;
    const int category = ERRCODE_TO_CATEGORY(code);
    const bool of_text = category == ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR) ||
                         category == ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION) ||
                         category == ERRCODE_TO_CATEGORY(ERRCODE_FEATURE_NOT_SUPPORTED);
    if (!of_text || code == ERRCODE_INSUFFICIENT_PRIVILEGE) throw pg::Error{error};
    return std::nullopt;
}

// Where the arguments begin: the first parenthesis outside quotes.
std::size_t start_of_arguments(std::string_view text)
{
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (text[i] == '(' && !quoted) return i;
    }
    return std::string_view::npos;
}

}  // namespace

std::optional<std::vector<std::string>> name_parts(const std::string &text)
{
    char *const copy = pg::server_string(text);
    struct Split {
        List *names;
        bool good;
    };
    const auto split = pg::call([copy] {
        Split result{NIL, false};
        result.good = SplitIdentifierString(copy, '.', &result.names);
        return result;
    });
    if (!split.good || split.names == NIL) return std::nullopt;
    std::vector<std::string> parts;
    const ListCell *cell;
    foreach (cell, split.names) parts.emplace_back(static_cast<const char *>(lfirst(cell)));
    return parts;
}

// Brackets that do not match make no name; not every server version says so itself.
static bool has_matching_brackets(const std::string &name)
{
    int round = 0;
    int square = 0;
    bool quoted = false;
    for (const char c : name) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        round += c == '(' ? 1 : c == ')' ? -1 : 0;
        square += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (round < 0 || square < 0) return false;
    }
    return round == 0 && square == 0;
}

NamedObject find_named_object(const std::string &name)
{
    const NamedObject malformed{false, {}, {}};
    if (!has_matching_brackets(name)) return malformed;
    constexpr std::string_view using_word = " USING ";
    const bool signature = !name.empty() && name.back() == ')';
    const std::size_t method = signature ? std::string::npos : name.rfind(using_word);
    const std::size_t arguments = start_of_arguments(name);
    if (!signature && arguments != std::string::npos) return malformed;
    const auto parts = name_parts(name.substr(0, signature ? arguments : method));
    if (!parts || parts->size() != 2) return malformed;
    if (signature) {
        const auto found = find_by_signature(name);
        return found ? NamedObject{true, *found, parts->front()} : malformed;
    }
    if (method == std::string::npos) return {true, find_in_schema(*parts), parts->front()};
    const auto access_method = name_parts(name.substr(method + using_word.size()));
    if (!access_method || access_method->size() != 1) return malformed;
    return {true, find_for_method(*parts, access_method->front()), parts->front()};
}

std::string identity_of(core::Address address)
{
    return pg::text_of(pg::call([address] {
        const ObjectAddress object{address.classid, address.objid, 0};
        return static_cast<const char *>(getObjectIdentity(&object, true));
    }));
}

std::string quoted_identifier(const std::string &name)
{
    const char *const text = name.c_str();
    return pg::text_of(pg::call([text] { return quote_identifier(text); }));
}

}  // namespace guard
