#pragma once

#include "catalog/draft.hpp"
#include "catalog/scan.hpp"

// Names, texts and lists as payloads hold them, inside pg::call only.  What a
// function returns is palloc'd in the current context.
namespace catalog {

inline char *name_text(const NameData &name) { return pstrdup(NameStr(name)); }

// Quoted like the parts of a fact id, so that no keyword list matters.
char *quoted_name(const char *name);
char *qualified_name(const char *schema, const char *name);

// "#" and the OID: what stands for the name of an object that is gone.
char *missing(Oid oid);

// Qualified name of an object in a catalog cache by OID.
// Whether an operator class is the default one for the type and access method.
bool is_default_opclass(Oid opclass, Oid type, Oid access_method);

template <typename Form>
char *cached_name(int cache, Oid oid, NameData Form::*name, Oid Form::*schema);

// "#" and the OID when the object is gone.
char *schema_name(Oid schema);
char *role_name(Oid role);
char *relation_name(Oid relation);   // qualified
char *function_name(Oid function);   // qualified, without arguments; null for InvalidOid
char *function_identity(Oid function); // qualified, with the types of its arguments; null for InvalidOid
char *collation_name(Oid collation); // qualified
char *operator_name(Oid operator_oid); // qualified, with argument types; null for InvalidOid
char *opclass_name(Oid opclass);     // qualified
char *tablespace_name(Oid tablespace); // null for the database's default
char *type_text(Oid type, int32 typmod);

// Text from a deparsing function of the server's, by OID; null when the object is gone.
char *text_or_null(PGFunction function, Oid oid);

// Text of a column by its name, as its type writes it; null where it is null, or the server's version
// has no such column.
char *column_text(HeapTuple tuple, TupleDesc descriptor, const char *name);

// Elements of a text[] (NIL when null), and a list of strings in byte order.
List *text_array(Field array);
List *sorted(List *texts);
inline List *sorted_options(Field array) { return sorted(text_array(array)); }
// Options of a relation or column (reloptions, attoptions), with the server's
// own in one spelling: off, no and 0 are "false".  Left out is the version that
// late minor releases keep of each column: it changes with every command and
// means nothing.
List *storage_options(Field array);

const char *persistence_text(char persistence);  // null for permanent
const char *firing_text(char enabled);           // null for enabled in the ordinary way

// Comment of an object, null without one; the draft is as young as the comment.
char *comment_of(Draft *draft, Oid classid, Oid objid);
// Attribute "comment" of the draft's own object.
void put_comment(Draft *draft);
// Attribute "depends_on_extension".
void put_extension_dependency(Draft *draft);
// Attribute named, unless the privileges are the built-in ones.
void put_privileges(Draft *draft, const char *name, ObjectType type, Oid owner, Field privileges);
// "grantee=PRIVILEGE", with a star where it may be passed on; NIL for null.  With an owner, his
// own stand as OWNER's.
List *privilege_lines(Field privileges, Oid owner = InvalidOid);
// Whether both give everybody the same, whoever gave it.
bool same_privileges(const Acl *left, const Acl *right);

// Whether an operator class is the default one for the type and access method.
bool is_default_opclass(Oid opclass, Oid type, Oid access_method);

template <typename Form>
char *cached_name(int cache, Oid oid, NameData Form::*name, Oid Form::*schema)
{
    const HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return missing(oid);
    const Form *const form = form_of<Form>(tuple);
    char *const text = qualified_name(schema_name(form->*schema), NameStr(form->*name));
    ReleaseSysCache(tuple);
    return text;
}

}  // namespace catalog
