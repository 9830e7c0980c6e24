// The trigger on langchef_guard.policy: a row that can never match protects
// nothing, and nobody would notice.
#include "catalog/reader.hpp"
#include "core/rules.hpp"
#include "guard/policy_names.hpp"
#include "pg/entry.hpp"

namespace guard {
namespace {

// Objects without a schema, which effects name by a plain identifier.
struct GlobalKind {
    Oid classid;
    Oid (*find)(const char *name, bool missing_ok);
};

constexpr GlobalKind global_kinds[] = {{NamespaceRelationId, get_namespace_oid},
                                       {ExtensionRelationId, get_extension_oid},
                                       {AuthIdRelationId, get_role_oid},
                                       {DatabaseRelationId, get_database_oid},
                                       {TableSpaceRelationId, get_tablespace_oid},
                                       {LanguageRelationId, get_language_oid},
                                       {EventTriggerRelationId, get_event_trigger_oid},
                                       {PublicationRelationId, get_publication_oid},
                                       {SubscriptionRelationId, get_subscription_oid},
                                       {ForeignDataWrapperRelationId, get_foreign_data_wrapper_oid},
                                       {ForeignServerRelationId, get_foreign_server_oid},
                                       {AccessMethodRelationId, get_am_oid}};

bool global_object_exists(const std::string &name)
{
    const char *const text = name.c_str();
    return pg::call([text] {
        for (const GlobalKind &kind : global_kinds) {
            if (OidIsValid(kind.find(text, true))) return true;
        }
        return false;
    });
}

void warn(int sqlstate, const std::string &message, const std::string &detail)
{
    const char *const text = message.c_str();
    const char *const more = detail.c_str();
    pg::call([sqlstate, text, more] {
        ereport(WARNING, (errcode(sqlstate), errmsg_internal("%s", text), errdetail_internal("%s", more)));
    });
}

// A dump's policy was accepted where it was written; what it names may come
// later in the restore, or not at all.  Scripts of pg_dump are told by their
// row_security = off.
void object_to(int sqlstate, std::string message, std::string detail, std::string hint)
{
    if (row_security) throw pg::GuardError(sqlstate, std::move(message), std::move(detail), std::move(hint));
    warn(sqlstate, message, detail.empty() ? "The policy has no effect." : detail);
}

void warn_missing(const std::string &what, const std::string &name)
{
    warn(ERRCODE_UNDEFINED_OBJECT, what + " \"" + name + "\" does not exist", "The policy has no effect until it does.");
}

// Columns of the row that the trigger looks at; those it mends are marked.
class PolicyRow {
  public:
    PolicyRow(Relation table, HeapTuple row) : table_(table), row_(row) {}

    std::optional<std::string> get(const char *column) const
    {
        const Relation table = table_;
        const HeapTuple row = row_;
        const char *const value = pg::call([=]() -> const char * {
            const TupleDesc descriptor = RelationGetDescr(table);
            return SPI_getvalue(row, descriptor, SPI_fnumber(descriptor, column));
        });
        if (value == nullptr) return std::nullopt;
        return value;
    }

    void set(const char *column, const std::string &value)
    {
        const Relation table = table_;
        const HeapTuple row = row_;
        Datum text = pg::text_datum(value);
        row_ = pg::call([=]() mutable {
            const TupleDesc descriptor = RelationGetDescr(table);
            int number = SPI_fnumber(descriptor, column);
            bool null = false;
            return heap_modify_tuple_by_cols(row, descriptor, 1, &number, &text, &null);
        });
    }

    HeapTuple tuple() const { return row_; }

  private:
    Relation table_;
    HeapTuple row_;
};

void check_rule(const PolicyRow &row)
{
    static constexpr const char *hint = "See langchef_guard.rules().";
    const auto rule = row.get("rule");
    const auto rule_class = row.get("class");
    const auto rules = core::rules();
    const auto of_class = [&rule_class](const core::Rule &known) { return core::name_of(known.rule_class) == *rule_class; };
    if (rule_class && std::none_of(rules.begin(), rules.end(), of_class)) {
        object_to(ERRCODE_INVALID_PARAMETER_VALUE, "class \"" + *rule_class + "\" does not exist", {}, hint);
    }
    if (!rule) return;
    if (*rule == "P07" || *rule == "guard-tampering") {
        object_to(ERRCODE_INVALID_PARAMETER_VALUE, "a policy cannot be about rule \"" + *rule + '"', "The guard protects itself, whatever the policy says.",
                  "A superuser can set langchef_guard.mode to off, which is recorded.");
    }
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&rule](const core::Rule &known) { return known.id == *rule || known.name == *rule; });
    if (found == rules.end()) {
        object_to(ERRCODE_INVALID_PARAMETER_VALUE, "rule \"" + *rule + "\" does not exist", {}, hint);
    } else if (rule_class && !of_class(*found)) {
        object_to(ERRCODE_INVALID_PARAMETER_VALUE, "rule \"" + *rule + "\" is not of class \"" + *rule_class + '"',
                  "Its class is \"" + std::string(core::name_of(found->rule_class)) + "\".", hint);
    }
}

// The name the text stands for when it is one identifier, else the text itself.
std::string plain_name(const std::string &text)
{
    const auto parts = name_parts(text);
    return parts && parts->size() == 1 ? parts->front() : text;
}

using Find = Oid (*)(const char *name, bool missing_ok);

// The name as an identifier, or as it stands when only that one exists.
std::string existing_name(const std::string &text, Find find, const char *what)
{
    const auto exists = [find](const std::string &name) {
        const char *const plain = name.c_str();
        return pg::call([find, plain] { return OidIsValid(find(plain, true)); });
    };
    const std::string name = plain_name(text);
    if (exists(name)) return name;
    if (name != text && exists(text)) return text;
    warn_missing(what, name);
    return name;
}

void check_schema(PolicyRow &row)
{
    const auto schema = row.get("schema_name");
    if (!schema) return;
    if (schema->empty()) return object_to(ERRCODE_INVALID_PARAMETER_VALUE, "schema_name must not be empty", {}, "Give null for any.");
    const std::string identity = quoted_identifier(existing_name(*schema, get_namespace_oid, "schema"));
    if (identity != *schema) row.set("schema_name", identity);
}

void check_role(PolicyRow &row)
{
    const auto role = row.get("role");
    if (!role) return;
    if (role->empty()) return object_to(ERRCODE_INVALID_PARAMETER_VALUE, "role must not be empty", {}, "Give null for any.");
    // A role's name is kept without quotes: as it stands comes first.
    const char *const name = role->c_str();
    if (pg::call([name] { return OidIsValid(get_role_oid(name, true)); })) return;
    const std::string plain = existing_name(*role, get_role_oid, "role");
    if (plain != *role) row.set("role", plain);
}

// The identity as effects name it.  Raises for a name that no effect can have.
std::string identity_for_effects(const std::string &object, const NamedObject &found)
{
    const core::Address container = catalog::containing_object(found.address);
    if (container == found.address) return identity_of(found.address);
    object_to(ERRCODE_INVALID_PARAMETER_VALUE, "a policy cannot be about \"" + object + "\" alone",
              "It is judged as a part of \"" + identity_of(container) + "\".", "Give the name of that object.");
    return object;
}

void check_object(PolicyRow &row)
{
    static constexpr const char *how =
        "Give the name of the object as the server prints it: schema.table, schema.type or schema.function(argument types).  "
        "What is part of a table goes by the table's name; for all of a schema use schema_name.";
    const auto object = row.get("object");
    if (!object) return;
    if (object->empty()) return object_to(ERRCODE_INVALID_PARAMETER_VALUE, "object must not be empty", {}, "Give null for any.");
    const NamedObject found = find_named_object(*object);
    std::string identity = *object;
    if (!found.well_formed) {
        const auto parts = name_parts(*object);
        const std::string plain = plain_name(*object);
        if (parts && parts->size() == 1 && global_object_exists(plain)) {
            identity = quoted_identifier(plain);
        } else {
            object_to(ERRCODE_INVALID_PARAMETER_VALUE, "object \"" + *object + "\" is not a schema-qualified name",
                      "A policy about it would never match.", how);
        }
    } else if (found.address.objid == InvalidOid) {
        warn_missing("object", *object);
        const auto parts = name_parts(*object);
        if (parts && parts->size() == 2 && object->back() != ')') identity = quoted_identifier(parts->front()) + '.' + quoted_identifier(parts->back());
    } else {
        identity = identity_for_effects(*object, found);
    }
    if (identity != *object) row.set("object", identity);

    const auto schema = row.get("schema_name");
    if (schema && found.well_formed && quoted_identifier(found.schema) != *schema) {
        object_to(ERRCODE_INVALID_PARAMETER_VALUE, "object \"" + identity + "\" is not in schema \"" + *schema + '"',
                  "A policy about both would never match.", "Leave schema_name null.");
    }
}

}  // namespace
}  // namespace guard

// check_policy() returns trigger: before insert or update for each row.
LCG_FUNCTION(lcg_check_policy)
{
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        throw pg::GuardError(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "check_policy() must be called as a trigger");
    }
    const auto *const data = reinterpret_cast<const TriggerData *>(fcinfo->context);
    if (!TRIGGER_FIRED_BEFORE(data->tg_event) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) || TRIGGER_FIRED_BY_DELETE(data->tg_event)) {
        throw pg::GuardError(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
                             "check_policy() must be fired before insert or update, for each row");
    }
    guard::PolicyRow row(data->tg_relation, TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple);
    guard::check_rule(row);
    guard::check_schema(row);
    guard::check_role(row);
    guard::check_object(row);
    return PointerGetDatum(row.tuple());
}
