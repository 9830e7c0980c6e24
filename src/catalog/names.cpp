#include "catalog/names.hpp"

#include "catalog/parts.hpp"

namespace catalog {
namespace {

bool is_plain(const char *name)
{
    if (*name == '\0' || (*name >= '0' && *name <= '9')) return false;
    for (const char *c = name; *c != '\0'; ++c) {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_')) return false;
    }
    return true;
}

int compare_texts(const ListCell *left, const ListCell *right)
{
    return std::strcmp(static_cast<const char *>(lfirst(left)), static_cast<const char *>(lfirst(right)));
}

}  // namespace

char *missing(Oid oid) { return psprintf("#%u", oid); }

char *quoted_name(const char *name)
{
    if (is_plain(name)) return pstrdup(name);
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoChar(&text, '"');
    for (const char *c = name; *c != '\0'; ++c) {
        if (*c == '"') appendStringInfoChar(&text, '"');
        appendStringInfoChar(&text, *c);
    }
    appendStringInfoChar(&text, '"');
    return text.data;
}

char *qualified_name(const char *schema, const char *name) { return psprintf("%s.%s", quoted_name(schema), quoted_name(name)); }

char *schema_name(Oid schema)
{
    char *const name = get_namespace_name(schema);
    return name != nullptr ? name : missing(schema);
}

char *role_name(Oid role)
{
    char *const name = GetUserNameFromId(role, true);
    return name != nullptr ? name : missing(role);
}

char *relation_name(Oid relation)
{
    return cached_name(RELOID, relation, &FormData_pg_class::relname, &FormData_pg_class::relnamespace);
}

char *function_name(Oid function)
{
    if (!OidIsValid(function)) return nullptr;
    return cached_name(PROCOID, function, &FormData_pg_proc::proname, &FormData_pg_proc::pronamespace);
}

char *function_identity(Oid function)
{
    if (!OidIsValid(function)) return nullptr;
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return missing(function);
    const auto *const form = form_of<FormData_pg_proc>(tuple);
    char *const text = psprintf("%s(%s)", qualified_name(schema_name(form->pronamespace), NameStr(form->proname)), routine_signature(form));
    ReleaseSysCache(tuple);
    return text;
}

char *collation_name(Oid collation)
{
    return cached_name(COLLOID, collation, &FormData_pg_collation::collname, &FormData_pg_collation::collnamespace);
}

char *operator_name(Oid operator_oid)
{
    if (!OidIsValid(operator_oid)) return nullptr;
    const HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator_oid));
    if (!HeapTupleIsValid(tuple)) return missing(operator_oid);
    const auto *const form = form_of<FormData_pg_operator>(tuple);
    char *const text = psprintf("%s.%s(%s,%s)", quoted_name(schema_name(form->oprnamespace)), NameStr(form->oprname),
                                OidIsValid(form->oprleft) ? type_text(form->oprleft, -1) : "NONE",
                                OidIsValid(form->oprright) ? type_text(form->oprright, -1) : "NONE");
    ReleaseSysCache(tuple);
    return text;
}

char *opclass_name(Oid opclass)
{
    return cached_name(CLAOID, opclass, &FormData_pg_opclass::opcname, &FormData_pg_opclass::opcnamespace);
}

bool is_default_opclass(Oid opclass, Oid type, Oid access_method)
{
    if (!OidIsValid(type)) return false;
    if (access_method != BTREE_AM_OID && access_method != HASH_AM_OID) return GetDefaultOpClass(type, access_method) == opclass;
    // Of these the server remembers the family and input type of the default, and no two defaults have the same.
    const bool hash = access_method == HASH_AM_OID;
    const TypeCacheEntry *const known = lookup_type_cache(type, hash ? TYPECACHE_HASH_OPFAMILY : TYPECACHE_BTREE_OPFAMILY);
    const HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *const form = form_of<FormData_pg_opclass>(tuple);
    const bool found = form->opcdefault && form->opcfamily == (hash ? known->hash_opf : known->btree_opf) &&
                       form->opcintype == (hash ? known->hash_opintype : known->btree_opintype);
    ReleaseSysCache(tuple);
    // It is not told of new casts, which make a default of what was none.
    return found || GetDefaultOpClass(type, access_method) == opclass;
}

char *tablespace_name(Oid tablespace)
{
    if (!OidIsValid(tablespace)) return nullptr;
    char *const name = get_tablespace_name(tablespace);
    return name != nullptr ? name : missing(tablespace);
}

char *type_text(Oid type, int32 typmod)
{
    return format_type_extended(type, typmod, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_ALLOW_INVALID);
}

char *text_or_null(PGFunction function, Oid oid)
{
    LOCAL_FCINFO(info, 1);
    InitFunctionCallInfoData(*info, nullptr, 1, InvalidOid, nullptr, nullptr);
    info->args[0].value = ObjectIdGetDatum(oid);
    info->args[0].isnull = false;
    const Datum result = function(info);
    return info->isnull ? nullptr : TextDatumGetCString(result);
}

char *column_text(HeapTuple tuple, TupleDesc descriptor, const char *name)
{
    for (int i = 0; i < descriptor->natts; ++i) {
        const FormData_pg_attribute *const attribute = TupleDescAttr(descriptor, i);
        if (attribute->attisdropped || std::strcmp(NameStr(attribute->attname), name) != 0) continue;
        const Field found = field(tuple, descriptor, i + 1);
        if (found.null) return nullptr;
        Oid output = InvalidOid;
        bool varlena = false;
        getTypeOutputInfo(attribute->atttypid, &output, &varlena);
        return OidOutputFunctionCall(output, found.value);
    }
    return nullptr;
}

List *text_array(Field array)
{
    if (array.null) return NIL;
    Datum *elements = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(array.value), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    List *texts = NIL;
    for (int i = 0; i < count; ++i) {
        if (!nulls[i]) texts = lappend(texts, TextDatumGetCString(elements[i]));
    }
    return texts;
}

List *sorted(List *texts)
{
    list_sort(texts, compare_texts);
    return texts;
}

const char *persistence_text(char persistence)
{
    if (persistence == RELPERSISTENCE_UNLOGGED) return "unlogged";
    return persistence == RELPERSISTENCE_TEMP ? "temporary" : nullptr;
}

const char *firing_text(char enabled)
{
    switch (enabled) {
        case TRIGGER_FIRES_ON_ORIGIN: return nullptr;
        case TRIGGER_FIRES_ALWAYS: return "always";
        case TRIGGER_FIRES_ON_REPLICA: return "replica";
        default: return "disabled";
    }
}

char *comment_of(Draft *draft, Oid classid, Oid objid)
{
    char *comment = nullptr;
    scan(DescriptionRelationId, DescriptionObjIndexId,
         std::array{key_oid(Anum_pg_description_objoid, objid), key_oid(Anum_pg_description_classoid, classid),
                    key_int4(Anum_pg_description_objsubid, 0)},
         [&comment, draft](HeapTuple tuple, TupleDesc descriptor) {
             comment = field_text(field(tuple, descriptor, Anum_pg_description_description));
             draft->touch(tuple);
         });
    return comment;
}

void put_comment(Draft *draft) { draft->put("comment", comment_of(draft, draft->address.classId, draft->address.objectId)); }

void put_extension_dependency(Draft *draft)
{
    List *extensions = NIL;
    scan_references(draft->address.classId, draft->address.objectId, [&extensions, draft](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_depend>(tuple);
        if (form->deptype != DEPENDENCY_AUTO_EXTENSION) return;
        char *const name = get_extension_name(form->refobjid);
        extensions = lappend(extensions, name != nullptr ? name : missing(form->refobjid));
        draft->touch(tuple);
    });
    draft->put_list("depends_on_extension", sorted(extensions));
}

}  // namespace catalog
