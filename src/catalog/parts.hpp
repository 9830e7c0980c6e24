#pragma once

#include "catalog/expression.hpp"

// The readers of single kinds.  Each runs inside pg::call, adds facts to the
// sheet and adds nothing when the object does not exist.
namespace catalog {

// A relation being read.
struct RelationReading {
    Oid oid;
    const FormData_pg_class *form;
    char *schema;
    char *name;
    Identity identity;
    Columns columns;
    Draft *draft;
    Draft **column_drafts;  // by attribute number; null where dropped
};

void read_relation(Sheet *sheet, Oid relation);
void read_index(Sheet *sheet, HeapTuple relation);
void read_sequence(Sheet *sheet, HeapTuple relation);
void read_type(Sheet *sheet, Oid type);
void read_function(Sheet *sheet, Oid function);
void read_schema(Sheet *sheet, Oid schema);
void read_extension(Sheet *sheet, Oid extension);
void read_event_trigger(Sheet *sheet, Oid event_trigger);
void read_operator(Sheet *sheet, Oid operator_oid);
void read_operator_class(Sheet *sheet, Oid opclass);
void read_operator_family(Sheet *sheet, Oid family);
void read_cast(Sheet *sheet, Oid cast);
void read_transform(Sheet *sheet, Oid transform);
void read_conversion(Sheet *sheet, Oid conversion);
void read_language(Sheet *sheet, Oid language);
void read_access_method(Sheet *sheet, Oid method);
void read_text_search_parser(Sheet *sheet, Oid parser);
void read_text_search_template(Sheet *sheet, Oid text_search_template);
void read_text_search_dictionary(Sheet *sheet, Oid dictionary);
void read_text_search_configuration(Sheet *sheet, Oid configuration);
void read_statistics(Sheet *sheet, Oid statistics);
void read_collation(Sheet *sheet, Oid collation);
void read_foreign_data_wrapper(Sheet *sheet, Oid wrapper);
void read_server(Sheet *sheet, Oid server);
void read_user_mapping(Sheet *sheet, Oid mapping);
void read_publication(Sheet *sheet, Oid publication);
void read_subscription(Sheet *sheet, Oid subscription);
void read_default_privileges(Sheet *sheet, Oid entry);

// Readers of what no event tells: the ledger keeps no definition of it, drift sees it.
void read_current_database(Sheet *sheet);
void read_role_settings(Sheet *sheet);
void read_large_objects(Sheet *sheet);
void read_system_privileges(Sheet *sheet);

void add_columns(Sheet *sheet, RelationReading *relation);
void add_constraints(Sheet *sheet, RelationReading *relation);
void add_domain_constraints(Sheet *sheet, Oid domain, const Identity &identity);
void add_triggers(Sheet *sheet, RelationReading *relation);
void add_rules(Sheet *sheet, RelationReading *relation);
void add_policies(Sheet *sheet, RelationReading *relation);

// The operator class that an operator or function of a family came with, or InvalidOid for one added on its own.
Oid class_of_entry(Oid catalog, Oid entry);

// Definition of a foreign, primary or unique key as pg_get_constraintdef writes it, which sees
// none that is newer than the transaction's snapshot; null for other constraints.  Columns are those of its table.
char *key_text(HeapTuple tuple, TupleDesc descriptor, Columns *columns);

// What parts inherited from a parent table have of their own: attributes
// "inherited_indexes", "inherited_constraints" and "inherited_triggers" of the
// table, one line each.  Parts that are as their parent's leave none.
void put_inherited_indexes(RelationReading *relation);

// Parameters of a sequence, names with the prefix.
void put_sequence_parameters(Draft *draft, Oid sequence, const char *prefix);
// "column=target" of the index columns that have a statistics target.
List *index_statistics(Oid index);
const char *storage_text(char storage);
// Types of the input arguments: what tells a routine from others of its name.
char *routine_signature(const FormData_pg_proc *form);
// The kind of a relation as facts call it; null for kinds without a reader.
const char *relation_kind(char relkind);
inline Identity object_identity(const char *kind, const char *schema, const char *name) { return {kind, schema, name}; }
// Of a relation, to be named as the whole of a part; without a kind when it is gone or has no reader.
Identity relation_identity(Oid relation);
inline Identity schema_identity(const char *schema) { return {"schema", schema}; }
inline Identity part_identity(const char *kind, const Identity &whole, const char *name)
{
    return {kind, whole.first, whole.second, name};
}

// Whether the function belongs to the guard: its triggers are none of the user's.
bool is_guard_function(Oid function);
bool is_guard_schema(Oid schema);

}  // namespace catalog
