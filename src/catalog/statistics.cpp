#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *kind_word(char kind)
{
    switch (kind) {
        case STATS_EXT_NDISTINCT: return "ndistinct";
        case STATS_EXT_DEPENDENCIES: return "dependencies";
        case STATS_EXT_MCV: return "mcv";
        default: return nullptr;  // of expressions: every object with expressions has it
    }
}

List *kinds_of(Field stored)
{
    const ArrayType *const array = DatumGetArrayTypeP(stored.value);
    const char *const kinds = ARR_DATA_PTR(array);
    List *words = NIL;
    for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); ++i) {
        if (const char *const word = kind_word(kinds[i])) words = lappend(words, pstrdup(word));
    }
    return sorted(words);
}

// Columns come before expressions, whatever their order in the command was.
List *keys_of(const FormData_pg_statistic_ext *form, const char *expressions)
{
    List *keys = NIL;
    for (int i = 0; i < form->stxkeys.dim1; ++i) {
        const char *const name = get_attname(form->stxrelid, form->stxkeys.values[i], true);
        keys = lappend(keys, name != nullptr ? quoted_name(name) : pstrdup("?"));
    }
    keys = sorted(keys);
    if (expressions == nullptr) return keys;
    Columns columns;
    columns.relation = form->stxrelid;
    List *const nodes = static_cast<List *>(stringToNode(expressions));
    for (int i = 0; i < list_length(nodes); ++i) {
        keys = lappend(keys, psprintf("(%s)", node_text(static_cast<Node *>(list_nth(nodes, i)), &columns)));
    }
    return keys;
}

}  // namespace

void read_statistics(Sheet *sheet, Oid oid)
{
    scan(StatisticExtRelationId, StatisticExtOidIndexId, key_oid(Anum_pg_statistic_ext_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_statistic_ext>(tuple);
        const Identity table = relation_identity(form->stxrelid);
        if (table.kind == nullptr) return;
        Draft *const draft = sheet->add(object_identity("statistics", schema_name(form->stxnamespace), name_text(form->stxname)), table,
                                        StatisticExtRelationId, oid);
        draft->touch(tuple);
        draft->put("owner", role_name(form->stxowner));
        draft->put_list("kinds", kinds_of(field(tuple, descriptor, Anum_pg_statistic_ext_stxkind)));
        draft->put_list("keys", keys_of(form, field_text(field(tuple, descriptor, Anum_pg_statistic_ext_stxexprs))));
        const char *const target = column_text(tuple, descriptor, "stxstattarget");
        if (target != nullptr && target[0] != '-') draft->put("target", int64{pg_strtoint32(target)});
        put_comment(draft);
    });
}

}  // namespace catalog
