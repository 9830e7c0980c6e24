#include "catalog/parts.hpp"

namespace catalog {
namespace {

void append_column(StringInfo text, Oid relation, AttrNumber column)
{
    const char *const name = get_attname(relation, column, true);
    appendStringInfoString(text, name != nullptr ? quote_identifier(name) : "?");
}

// Column names of a relation, separated by commas; the last of a temporal foreign key is a period.
void append_columns(StringInfo text, Oid relation, Field numbers, bool period)
{
    if (numbers.null) return;
    const ArrayType *const array = DatumGetArrayTypeP(numbers.value);
    const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    const auto *const columns = reinterpret_cast<const int16 *>(ARR_DATA_PTR(array));
    for (int i = 0; i < count; ++i) {
        if (i > 0) appendStringInfoString(text, ", ");
        if (period && i == count - 1) appendStringInfoString(text, "PERIOD ");
        append_column(text, relation, columns[i]);
    }
}

const char *match_text(char type) { return type == FKCONSTR_MATCH_FULL ? " MATCH FULL" : type == FKCONSTR_MATCH_PARTIAL ? " MATCH PARTIAL" : ""; }

const char *action_text(char action)
{
    switch (action) {
        case FKCONSTR_ACTION_RESTRICT: return "RESTRICT";
        case FKCONSTR_ACTION_CASCADE: return "CASCADE";
        case FKCONSTR_ACTION_SETNULL: return "SET NULL";
        case FKCONSTR_ACTION_SETDEFAULT: return "SET DEFAULT";
        default: return nullptr;
    }
}

void append_foreign_key(StringInfo text, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const bool period = pg::compat::constraint_period(form);
    appendStringInfoString(text, "FOREIGN KEY (");
    append_columns(text, form->conrelid, field(tuple, descriptor, Anum_pg_constraint_conkey), period);
    const char *const schema = get_namespace_name(get_rel_namespace(form->confrelid));
    const char *const name = get_rel_name(form->confrelid);
    appendStringInfo(text, ") REFERENCES %s(", quote_qualified_identifier(schema, name != nullptr ? name : "?"));
    append_columns(text, form->confrelid, field(tuple, descriptor, Anum_pg_constraint_confkey), period);
    appendStringInfo(text, ")%s", match_text(form->confmatchtype));
    if (const char *const update = action_text(form->confupdtype)) appendStringInfo(text, " ON UPDATE %s", update);
    if (const char *const removal = action_text(form->confdeltype)) appendStringInfo(text, " ON DELETE %s", removal);
    const Field set = field(tuple, descriptor, Anum_pg_constraint_confdelsetcols);
    if (set.null) return;
    appendStringInfoString(text, " (");
    append_columns(text, form->conrelid, set, false);
    appendStringInfoChar(text, ')');
}

void append_included(StringInfo text, const FormData_pg_index *index)
{
    for (int i = index->indnkeyatts; i < index->indnatts; ++i) {
        appendStringInfoString(text, i == index->indnkeyatts ? " INCLUDE (" : ", ");
        append_column(text, index->indrelid, index->indkey.values[i]);
    }
    if (index->indnatts > index->indnkeyatts) appendStringInfoChar(text, ')');
}

void append_unique_key(StringInfo text, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const HeapTuple entry = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(form->conindid));
    const auto *const index = HeapTupleIsValid(entry) ? form_of<FormData_pg_index>(entry) : nullptr;
    appendStringInfoString(text, form->contype == CONSTRAINT_PRIMARY ? "PRIMARY KEY " : "UNIQUE ");
    if (form->contype == CONSTRAINT_UNIQUE && index != nullptr && index->indnullsnotdistinct) appendStringInfoString(text, "NULLS NOT DISTINCT ");
    appendStringInfoChar(text, '(');
    append_columns(text, form->conrelid, field(tuple, descriptor, Anum_pg_constraint_conkey), false);
    appendStringInfoString(text, pg::compat::constraint_period(form) ? " WITHOUT OVERLAPS)" : ")");
    if (index != nullptr) append_included(text, index);
    if (HeapTupleIsValid(entry)) ReleaseSysCache(entry);
}

}  // namespace

char *key_text(HeapTuple tuple, TupleDesc descriptor)
{
    StringInfoData text;
    initStringInfo(&text);
    switch (form_of<FormData_pg_constraint>(tuple)->contype) {
        case CONSTRAINT_FOREIGN: append_foreign_key(&text, tuple, descriptor); break;
        case CONSTRAINT_PRIMARY:
        case CONSTRAINT_UNIQUE: append_unique_key(&text, tuple, descriptor); break;
        default: return nullptr;
    }
    return text.data;
}

}  // namespace catalog
