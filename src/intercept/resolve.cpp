#include "intercept/resolve.hpp"

namespace intercept {
namespace {

List *all_but_last(List *names) { return list_truncate(list_copy(names), list_length(names) - 1); }

const char *last_name(List *names) { return strVal(llast(names)); }

Oid relation_named(List *names) { return RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, true); }

// Objects that live on a relation: trigger, rule, policy, constraint.
Oid resolve_on_relation(ObjectType type, List *names)
{
    const Oid relation = relation_named(all_but_last(names));
    if (!OidIsValid(relation)) return InvalidOid;
    switch (type) {
        case OBJECT_TRIGGER: return get_trigger_oid(relation, last_name(names), true);
        case OBJECT_RULE: return get_rewrite_oid(relation, last_name(names), true);
        case OBJECT_POLICY: return get_relation_policy_oid(relation, last_name(names), true);
        default: return get_relation_constraint_oid(relation, last_name(names), true);
    }
}

Oid resolve_type(TypeName *name) { return LookupTypeNameOid(nullptr, name, true); }

Oid resolve_cast(List *pair)
{
    const Oid source = resolve_type(linitial_node(TypeName, pair));
    const Oid target = resolve_type(lsecond_node(TypeName, pair));
    return OidIsValid(source) && OidIsValid(target) ? get_cast_oid(source, target, true) : InvalidOid;
}

Oid resolve_transform(List *pair)
{
    const Oid type = resolve_type(linitial_node(TypeName, pair));
    const Oid language = get_language_oid(strVal(lsecond(pair)), true);
    return OidIsValid(type) && OidIsValid(language) ? get_transform_oid(type, language, true) : InvalidOid;
}

Oid resolve_operator_set(ObjectType type, List *names)
{
    const Oid method = get_am_oid(strVal(linitial(names)), true);
    if (!OidIsValid(method)) return InvalidOid;
    List *const rest = list_copy_tail(names, 1);
    return type == OBJECT_OPCLASS ? get_opclass_oid(method, rest, true) : get_opfamily_oid(method, rest, true);
}

core::Address found(Oid classid, Oid objid) { return {classid, objid, 0}; }

core::Address resolve(ObjectType type, Node *name)
{
    List *const names = IsA(name, List) ? castNode(List, name) : NIL;
    switch (type) {
        case OBJECT_TABLE:
        case OBJECT_VIEW:
        case OBJECT_MATVIEW:
        case OBJECT_INDEX:
        case OBJECT_SEQUENCE:
        case OBJECT_FOREIGN_TABLE: return found(RelationRelationId, relation_named(names));
        case OBJECT_TRIGGER: return found(TriggerRelationId, resolve_on_relation(type, names));
        case OBJECT_RULE: return found(RewriteRelationId, resolve_on_relation(type, names));
        case OBJECT_POLICY: return found(PolicyRelationId, resolve_on_relation(type, names));
        case OBJECT_TABCONSTRAINT: return found(ConstraintRelationId, resolve_on_relation(type, names));
        case OBJECT_TYPE:
        case OBJECT_DOMAIN: return found(TypeRelationId, resolve_type(castNode(TypeName, name)));
        case OBJECT_FUNCTION:
        case OBJECT_PROCEDURE:
        case OBJECT_ROUTINE:
        case OBJECT_AGGREGATE:
            return found(ProcedureRelationId, LookupFuncWithArgs(type, castNode(ObjectWithArgs, name), true));
        case OBJECT_OPERATOR: return found(OperatorRelationId, LookupOperWithArgs(castNode(ObjectWithArgs, name), true));
        case OBJECT_OPCLASS: return found(OperatorClassRelationId, resolve_operator_set(type, names));
        case OBJECT_OPFAMILY: return found(OperatorFamilyRelationId, resolve_operator_set(type, names));
        case OBJECT_CAST: return found(CastRelationId, resolve_cast(names));
        case OBJECT_TRANSFORM: return found(TransformRelationId, resolve_transform(names));
        case OBJECT_SCHEMA: return found(NamespaceRelationId, get_namespace_oid(strVal(name), true));
        case OBJECT_EXTENSION: return found(ExtensionRelationId, get_extension_oid(strVal(name), true));
        case OBJECT_LANGUAGE: return found(LanguageRelationId, get_language_oid(strVal(name), true));
        case OBJECT_EVENT_TRIGGER: return found(EventTriggerRelationId, get_event_trigger_oid(strVal(name), true));
        case OBJECT_FDW: return found(ForeignDataWrapperRelationId, get_foreign_data_wrapper_oid(strVal(name), true));
        case OBJECT_FOREIGN_SERVER: return found(ForeignServerRelationId, get_foreign_server_oid(strVal(name), true));
        case OBJECT_ACCESS_METHOD: return found(AccessMethodRelationId, get_am_oid(strVal(name), true));
        case OBJECT_PUBLICATION: return found(PublicationRelationId, get_publication_oid(strVal(name), true));
        case OBJECT_COLLATION: return found(CollationRelationId, get_collation_oid(names, true));
        case OBJECT_CONVERSION: return found(ConversionRelationId, get_conversion_oid(names, true));
        case OBJECT_STATISTIC_EXT: return found(StatisticExtRelationId, get_statistics_object_oid(names, true));
        case OBJECT_TSPARSER: return found(TSParserRelationId, get_ts_parser_oid(names, true));
        case OBJECT_TSDICTIONARY: return found(TSDictionaryRelationId, get_ts_dict_oid(names, true));
        case OBJECT_TSTEMPLATE: return found(TSTemplateRelationId, get_ts_template_oid(names, true));
        case OBJECT_TSCONFIGURATION: return found(TSConfigRelationId, get_ts_config_oid(names, true));
        default: return {};
    }
}

}  // namespace

Oid resolve_relation(const RangeVar *name)
{
    return pg::call([name] { return RangeVarGetRelid(name, NoLock, true); });
}

std::optional<core::Address> resolve_object(ObjectType type, Node *name)
{
    const core::Address address = pg::call([type, name] { return resolve(type, name); });
    if (!OidIsValid(address.objid)) return std::nullopt;
    return address;
}

AttrNumber resolve_column(Oid relation, const char *column)
{
    return pg::call([relation, column] { return get_attnum(relation, column); });
}

}  // namespace intercept
