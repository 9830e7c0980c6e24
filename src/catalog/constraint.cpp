#include "catalog/parts.hpp"

namespace catalog {
namespace {

// Since version 18 a NOT NULL is a row here; to us it is the column's.
constexpr char not_null_constraint = 'n';

const char *type_word(char type)
{
    switch (type) {
        case CONSTRAINT_PRIMARY: return "primary key";
        case CONSTRAINT_UNIQUE: return "unique";
        case CONSTRAINT_CHECK: return "check";
        case CONSTRAINT_FOREIGN: return "foreign key";
        case CONSTRAINT_EXCLUSION: return "exclusion";
        default: return nullptr;
    }
}

void cut_suffix(char *text, const char *suffix)
{
    const std::size_t length = std::strlen(text);
    const std::size_t tail = std::strlen(suffix);
    if (length >= tail && std::strcmp(text + length - tail, suffix) == 0) text[length - tail] = '\0';
}

// The expressions of the index behind an exclusion constraint.
char *with_canonical_index(char *definition, Oid index, Columns *columns)
{
    const HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple)) return definition;
    for (const int column : {Anum_pg_index_indexprs, Anum_pg_index_indpred}) {
        const char *const stored = field_text(field(INDEXRELID, tuple, column));
        if (stored == nullptr) continue;
        Node *const node = static_cast<Node *>(stringToNode(stored));
        List *const nodes = IsA(node, List) ? reinterpret_cast<List *>(node) : list_make1(node);
        for (int i = 0; i < list_length(nodes); ++i) {
            definition = with_canonical(definition, static_cast<Node *>(list_nth(nodes, i)), columns);
        }
    }
    ReleaseSysCache(tuple);
    return definition;
}

// As the server writes it, without the states that are attributes of their own.
char *definition_text(HeapTuple tuple, TupleDesc descriptor, Columns *columns)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    if (form->contype == CONSTRAINT_CHECK) {
        char *const text = expression_text(field_text(field(tuple, descriptor, Anum_pg_constraint_conbin)), columns);
        return text != nullptr ? psprintf("CHECK (%s)", text) : nullptr;
    }
    if (char *const key = key_text(tuple, descriptor, columns)) return key;
    char *definition = text_or_null(pg_get_constraintdef, form->oid);
    if (definition == nullptr) return nullptr;
    definition = with_canonical_index(definition, form->conindid, columns);
    cut_suffix(definition, " INITIALLY DEFERRED");
    cut_suffix(definition, " DEFERRABLE");
    return definition;
}

// Foreign keys and deferred constraints are kept by triggers that can be
// switched off under them.  NIL when all fire in the ordinary way.
List *enforcement(Draft *draft, Oid constraint)
{
    List *states = NIL;
    bool ordinary = true;
    scan(TriggerRelationId, TriggerConstraintIndexId, key_oid(Anum_pg_trigger_tgconstraint, constraint),
         [&](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_trigger>(tuple);
             if (!form->tgisinternal) return;
             char *const function = get_func_name(form->tgfoid);
             states = lappend(states, psprintf("%s=%c", function != nullptr ? function : "?", form->tgenabled));
             // Switching a trigger back on is a change, too.
             draft->touch(tuple);
             if (form->tgenabled != TRIGGER_FIRES_ON_ORIGIN) ordinary = false;
         });
    return ordinary ? NIL : sorted(states);
}

void put_backing_index(Draft *draft, Oid index)
{
    const bool found = with_row(relation_rows, index, [draft](HeapTuple tuple) {
        draft->put_list("index_options", storage_options(field(RELOID, tuple, Anum_pg_class_reloptions)));
        draft->put("index_tablespace", tablespace_name(form_of<FormData_pg_class>(tuple)->reltablespace));
        draft->touch(tuple);
    });
    if (!found) return;
    draft->put_list("index_statistics", index_statistics(index));
    with_row(index_rows, index, [draft](HeapTuple tuple) {
        if (!form_of<FormData_pg_index>(tuple)->indisvalid) draft->put_bool("index_valid", false);
    });
    draft->put("index_comment", comment_of(draft, RelationRelationId, index));
}

// A constraint that came from a parent table is a part of the parent's.
bool is_clone(const FormData_pg_constraint *form)
{
    return OidIsValid(form->conparentid) || (form->coninhcount > 0 && !form->conislocal);
}

// Whether triggers of the server's keep the constraint.
bool kept_by_triggers(const FormData_pg_constraint *form) { return form->contype == CONSTRAINT_FOREIGN || form->condeferrable; }

void add_constraint(Sheet *sheet, const Identity &whole, HeapTuple tuple, TupleDesc descriptor, Columns *columns)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    Draft *const draft = sheet->add(part_identity("constraint", whole, name_text(form->conname)), whole, ConstraintRelationId,
                                    form->oid);
    draft->touch(tuple);
    draft->put("type", type_word(form->contype));
    draft->put("definition", definition_text(tuple, descriptor, columns));
    draft->put_if("inherited", form->coninhcount > 0);
    if (!form->convalidated) draft->put_bool("validated", false);
    if (!pg::compat::constraint_enforced(form)) draft->put_bool("enforced", false);
    draft->put_if("deferrable", form->condeferrable);
    draft->put_if("deferred", form->condeferred);
    draft->put_if("no_inherit", form->contype == CONSTRAINT_CHECK && form->connoinherit);
    if (kept_by_triggers(form)) draft->put_list("enforcement", enforcement(draft, form->oid));
    if (OidIsValid(form->conindid) && form->contype != CONSTRAINT_FOREIGN) put_backing_index(draft, form->conindid);
    put_comment(draft);
}

// "constraint what" for each property that the parent's constraint does not explain.
List *own_properties(List *lines, Draft *draft, HeapTuple tuple)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const char *name = OidIsValid(form->conparentid) ? get_constraint_name(form->conparentid) : nullptr;
    name = quoted_name(name != nullptr ? name : NameStr(form->conname));
    const int count = list_length(lines);
    if (!form->convalidated) lines = lappend(lines, psprintf("%s not validated", name));
    if (!pg::compat::constraint_enforced(form)) lines = lappend(lines, psprintf("%s not enforced", name));
    const char *const comment = comment_of(draft, ConstraintRelationId, form->oid);
    if (comment != nullptr) lines = lappend(lines, psprintf("%s comment %s", name, comment));
    List *const states = kept_by_triggers(form) ? enforcement(draft, form->oid) : NIL;
    for (int i = 0; i < list_length(states); ++i) {
        const char *const state = static_cast<const char *>(list_nth(states, i));
        lines = lappend(lines, OidIsValid(form->confrelid) ? psprintf("%s to %s %s", name, relation_name(form->confrelid), state)
                                                           : psprintf("%s %s", name, state));
    }
    if (list_length(lines) > count) draft->touch(tuple);
    return lines;
}

AttrNumber constrained_column(HeapTuple tuple, TupleDesc descriptor)
{
    const Field keys = field(tuple, descriptor, Anum_pg_constraint_conkey);
    if (keys.null) return 0;
    const ArrayType *const array = DatumGetArrayTypeP(keys.value);
    return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) == 1
               ? *reinterpret_cast<const int16 *>(ARR_DATA_PTR(array))
               : static_cast<AttrNumber>(0);
}

// Whether the server may have chosen the name: where another constraint of the schema has the usual one, a number follows,
// and which one depends on what else there was at the time.
bool is_servers_choice(const char *name, const char *table, const char *column)
{
    static constexpr char label[] = "not_null";
    if (std::strcmp(name, makeObjectName(table, column, label)) == 0) return true;
    const char *digits = name + std::strlen(name);
    while (digits > name && std::isdigit(static_cast<unsigned char>(digits[-1]))) --digits;
    if (*digits == '\0' || *digits == '0') return false;
    return std::strcmp(name, makeObjectName(table, column, psprintf("%s%s", label, digits))) == 0;
}

void put_not_null(const RelationReading *relation, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const AttrNumber column = constrained_column(tuple, descriptor);
    if (column < 1 || column > relation->form->relnatts) return;
    Draft *const draft = relation->column_drafts[column];
    if (draft == nullptr) return;
    const char *const name = NameStr(form->conname);
    if (!is_clone(form) && !is_servers_choice(name, relation->name, draft->identity.third)) draft->put("not_null_name", pstrdup(name));
    if (!form->convalidated) draft->put_bool("not_null_validated", false);
    draft->put_if("not_null_no_inherit", form->connoinherit);
    draft->touch(tuple);
    draft->put("not_null_comment", comment_of(draft, ConstraintRelationId, form->oid));
}

}  // namespace

void add_constraints(Sheet *sheet, RelationReading *relation)
{
    List *inherited = NIL;
    scan(ConstraintRelationId, ConstraintRelidTypidNameIndexId, key_oid(Anum_pg_constraint_conrelid, relation->oid),
         [&](HeapTuple tuple, TupleDesc descriptor) {
             const auto *const form = form_of<FormData_pg_constraint>(tuple);
             if (form->contype == not_null_constraint) {
                 put_not_null(relation, tuple, descriptor);
             } else if (is_clone(form) && !sheet->keeps(form->oid)) {
                 inherited = own_properties(inherited, relation->draft, tuple);
             } else if (type_word(form->contype) != nullptr) {
                 add_constraint(sheet, relation->identity, tuple, descriptor, &relation->columns);
             }
         });
    relation->draft->put_list("inherited_constraints", sorted(inherited));
}

void add_domain_constraints(Sheet *sheet, Oid domain, const Identity &identity)
{
    Columns none;
    scan(ConstraintRelationId, ConstraintTypidIndexId, key_oid(Anum_pg_constraint_contypid, domain),
         [&](HeapTuple tuple, TupleDesc descriptor) {
             if (type_word(form_of<FormData_pg_constraint>(tuple)->contype) == nullptr) return;
             add_constraint(sheet, identity, tuple, descriptor, &none);
         });
}

}  // namespace catalog
