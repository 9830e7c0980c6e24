#include "catalog/parts.hpp"

namespace catalog {
namespace {

// Column names of a relation, separated by commas; the last of a temporal foreign key is a period.
template <typename Name>
void append_columns(StringInfo text, Field numbers, bool period, Name name)
{
    if (numbers.null) return;
    const ArrayType *const array = DatumGetArrayTypeP(numbers.value);
    const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    const auto *const columns = reinterpret_cast<const int16 *>(ARR_DATA_PTR(array));
    for (int i = 0; i < count; ++i) {
        if (i > 0) appendStringInfoString(text, ", ");
        if (period && i == count - 1) appendStringInfoString(text, "PERIOD ");
        appendStringInfoString(text, quote_identifier(name(columns[i])));
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

void append_foreign_key(StringInfo text, HeapTuple tuple, TupleDesc descriptor, Columns *columns)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const auto own = [columns](AttrNumber column) { return column_name(columns, column); };
    const auto referred = [form](AttrNumber column) {
        const char *const name = get_attname(form->confrelid, column, true);
        return name != nullptr ? name : "?";
    };
    const bool period = pg::compat::constraint_period(form);
    appendStringInfoString(text, "FOREIGN KEY (");
    append_columns(text, field(tuple, descriptor, Anum_pg_constraint_conkey), period, own);
    const char *const schema = get_namespace_name(get_rel_namespace(form->confrelid));
    const char *const name = get_rel_name(form->confrelid);
    appendStringInfo(text, ") REFERENCES %s(", quote_qualified_identifier(schema, name != nullptr ? name : "?"));
    append_columns(text, field(tuple, descriptor, Anum_pg_constraint_confkey), period, referred);
    appendStringInfo(text, ")%s", match_text(form->confmatchtype));
    if (const char *const update = action_text(form->confupdtype)) appendStringInfo(text, " ON UPDATE %s", update);
    if (const char *const removal = action_text(form->confdeltype)) appendStringInfo(text, " ON DELETE %s", removal);
    const Field set = field(tuple, descriptor, Anum_pg_constraint_confdelsetcols);
    if (set.null) return;
    appendStringInfoString(text, " (");
    append_columns(text, set, false, own);
    appendStringInfoChar(text, ')');
}

void append_included(StringInfo text, const FormData_pg_index *index, Columns *columns)
{
    for (int i = index->indnkeyatts; i < index->indnatts; ++i) {
        appendStringInfoString(text, i == index->indnkeyatts ? " INCLUDE (" : ", ");
        appendStringInfoString(text, quote_identifier(column_name(columns, index->indkey.values[i])));
    }
    if (index->indnatts > index->indnkeyatts) appendStringInfoChar(text, ')');
}

void append_unique_key(StringInfo text, HeapTuple tuple, TupleDesc descriptor, Columns *columns)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    appendStringInfoString(text, form->contype == CONSTRAINT_PRIMARY ? "PRIMARY KEY " : "UNIQUE ");
    StringInfoData included;
    initStringInfo(&included);
    with_row(index_rows, form->conindid, [text, form, columns, &included](HeapTuple row) {
        const auto *const index = form_of<FormData_pg_index>(row);
        if (form->contype == CONSTRAINT_UNIQUE && index->indnullsnotdistinct) appendStringInfoString(text, "NULLS NOT DISTINCT ");
        append_included(&included, index, columns);
    });
    appendStringInfoChar(text, '(');
    append_columns(text, field(tuple, descriptor, Anum_pg_constraint_conkey), false, [columns](AttrNumber column) { return column_name(columns, column); });
    appendStringInfo(text, "%s%s", pg::compat::constraint_period(form) ? " WITHOUT OVERLAPS)" : ")", included.data);
}

}  // namespace

char *key_text(HeapTuple tuple, TupleDesc descriptor, Columns *columns)
{
    StringInfoData text;
    initStringInfo(&text);
    switch (form_of<FormData_pg_constraint>(tuple)->contype) {
        case CONSTRAINT_FOREIGN: append_foreign_key(&text, tuple, descriptor, columns); break;
        case CONSTRAINT_PRIMARY:
        case CONSTRAINT_UNIQUE: append_unique_key(&text, tuple, descriptor, columns); break;
        default: return nullptr;
    }
    return text.data;
}

}  // namespace catalog
