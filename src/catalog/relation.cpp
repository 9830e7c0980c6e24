#include "catalog/parts.hpp"
#include "catalog/secret.hpp"

namespace catalog {
namespace {

void put_replica_identity(Draft *draft, char identity)
{
    switch (identity) {
        case REPLICA_IDENTITY_NOTHING: draft->put("replica_identity", "nothing"); break;
        case REPLICA_IDENTITY_FULL: draft->put("replica_identity", "full"); break;
        case REPLICA_IDENTITY_INDEX: draft->put("replica_identity", "index"); break;
        default: break;
    }
}

// Flags of the table that its indexes carry.
void put_index_roles(Draft *draft, Oid relation)
{
    scan(IndexRelationId, IndexIndrelidIndexId, key_oid(Anum_pg_index_indrelid, relation), [draft](HeapTuple tuple, TupleDesc) {
        const auto *const form = form_of<FormData_pg_index>(tuple);
        if (form->indisclustered) {
            draft->put("cluster_on", get_rel_name(form->indexrelid));
            draft->touch(tuple);
        }
        if (form->indisreplident) {
            draft->put("replica_identity_index", get_rel_name(form->indexrelid));
            draft->touch(tuple);
        }
    });
}

double parent_place(HeapTuple tuple) { return form_of<FormData_pg_inherits>(tuple)->inhseqno; }

// Whether the bound of a partition shows objects that the server does not record it to depend on: its constants are of
// the types of the parent's keys, which only the parent is known to use.
bool bound_shows_others(Oid parent)
{
    const HeapTuple tuple = SearchSysCache1(PARTRELID, ObjectIdGetDatum(parent));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *const form = form_of<FormData_pg_partitioned_table>(tuple);
    const auto *const classes = reinterpret_cast<const oidvector *>(DatumGetPointer(field(PARTRELID, tuple, Anum_pg_partitioned_table_partclass).value));
    bool found = false;
    for (int i = 0; i < form->partnatts; ++i) {
        const Oid type = get_opclass_input_type(classes->values[i]);
        const bool is_expression = form->partattrs.values[i] == 0;
        const bool is_of_user = type >= FirstNormalObjectId || IsPolymorphicType(type);
        // Names of tables, functions and so on are compared as OIDs.
        found = found || type == OIDOID || type == RECORDOID || type == ANYARRAYOID || type == ANYRANGEOID || type == ANYMULTIRANGEOID || (is_expression && is_of_user);
    }
    ReleaseSysCache(tuple);
    return found;
}

void put_ancestry(Draft *draft, const FormData_pg_class *form, Oid relation)
{
    List *parents = NIL;
    Oid parent = InvalidOid;
    bool detaching = false;
    scan_in_order(InheritsRelationId, InheritsRelidSeqnoIndexId, key_oid(Anum_pg_inherits_inhrelid, relation), parent_place,
                  [&](HeapTuple tuple, TupleDesc) {
                      const auto *const inherits = form_of<FormData_pg_inherits>(tuple);
                      parent = inherits->inhparent;
                      parents = lappend(parents, relation_name(parent));
                      detaching = detaching || inherits->inhdetachpending;
                      draft->touch(tuple);
                  });
    if (form->relispartition && parents != NIL) {
        draft->restless = bound_shows_others(parent);
        draft->put("partition_of", static_cast<const char *>(linitial(parents)));
        draft->put_if("detach_pending", detaching);
    } else {
        draft->put_list("inherits", parents);
    }
}

void put_toast_options(Draft *draft, Oid toast)
{
    if (!OidIsValid(toast)) return;
    with_row(relation_rows, toast, [draft](HeapTuple tuple) {
        draft->put_list("toast_options", storage_options(field(RELOID, tuple, Anum_pg_class_reloptions)));
        draft->touch(tuple);
    });
}

// Options of views that are known: each one an attribute, and false is the default.
void put_view_options(Draft *draft, List *options)
{
    constexpr const char *known[] = {"check_option", "security_barrier", "security_invoker"};
    List *others = NIL;
    for (int i = 0; i < list_length(options); ++i) {
        char *const option = static_cast<char *>(list_nth(options, i));
        const char *found = nullptr;
        for (const char *const name : known) {
            if (std::strncmp(option, name, std::strlen(name)) == 0 && option[std::strlen(name)] == '=') found = name;
        }
        if (found == nullptr) {
            others = lappend(others, option);
            continue;
        }
        const char *const value = option + std::strlen(found) + 1;
        if (found == known[0]) {
            draft->put(found, value);
        } else {
            draft->put_if(found, std::strcmp(value, "true") == 0);
        }
    }
    draft->put_list("options", others);
}

void put_view_definition(Draft *draft, Oid view)
{
    scan(RewriteRelationId, RewriteRelRulenameIndexId, key_oid(Anum_pg_rewrite_ev_class, view),
         [draft, view](HeapTuple tuple, TupleDesc descriptor) {
             if (std::strcmp(NameStr(form_of<FormData_pg_rewrite>(tuple)->rulename), ViewSelectRuleName) != 0) return;
             draft->put("definition", view_text(field_text(field(tuple, descriptor, Anum_pg_rewrite_ev_action)), view));
             draft->touch(tuple);
         });
}

void put_foreign_table(Draft *draft, Oid relation)
{
    const HeapTuple tuple = SearchSysCache1(FOREIGNTABLEREL, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return;
    draft->put("server", GetForeignServer(form_of<FormData_pg_foreign_table>(tuple)->ftserver)->servername);
    draft->put_list("fdw_options", hidden_options(field(FOREIGNTABLEREL, tuple, Anum_pg_foreign_table_ftoptions)));
    draft->touch(tuple);
    ReleaseSysCache(tuple);
}

void put_storage(Draft *draft, HeapTuple tuple, const FormData_pg_class *form)
{
    if (OidIsValid(form->relam) && form->relam != HEAP_TABLE_AM_OID) draft->put("access_method", get_am_name(form->relam));
    draft->put("tablespace", tablespace_name(form->reltablespace));
    draft->put_list("options", storage_options(field(RELOID, tuple, Anum_pg_class_reloptions)));
    put_toast_options(draft, form->reltoastrelid);
    if (form->relhasindex) put_index_roles(draft, form->oid);
}

// As the server writes it, but without opening the table: who reads this holds what others wait for.
char *partition_key(Oid relation)
{
    const HeapTuple tuple = SearchSysCache1(PARTRELID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return nullptr;
    const auto *const form = form_of<FormData_pg_partitioned_table>(tuple);
    const auto vector_of = [tuple](AttrNumber column) {
        return reinterpret_cast<const oidvector *>(DatumGetPointer(field(PARTRELID, tuple, column).value));
    };
    const oidvector *const opclasses = vector_of(Anum_pg_partitioned_table_partclass);
    const oidvector *const collations = vector_of(Anum_pg_partitioned_table_partcollation);
    const char *const stored = field_text(field(PARTRELID, tuple, Anum_pg_partitioned_table_partexprs));
    List *const expressions = stored != nullptr ? static_cast<List *>(stringToNode(stored)) : NIL;
    const bool hash = form->partstrat == PARTITION_STRATEGY_HASH;
    Columns columns;
    columns.relation = relation;
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, hash ? "HASH (" : form->partstrat == PARTITION_STRATEGY_LIST ? "LIST (" : "RANGE (");
    int expression = 0;
    for (int i = 0; i < form->partnatts; ++i) {
        const AttrNumber column = form->partattrs.values[i];
        Oid type = InvalidOid;
        Oid collation = InvalidOid;
        if (i > 0) appendStringInfoString(&text, ", ");
        if (column != 0) {
            int32 typmod = 0;
            const char *const name = get_attname(relation, column, true);
            appendStringInfoString(&text, name != nullptr ? quoted_name(name) : "?");
            get_atttypetypmodcoll(relation, column, &type, &typmod, &collation);
        } else {
            Node *const node = static_cast<Node *>(list_nth(expressions, expression++));
            appendStringInfo(&text, "(%s)", node_text(node, &columns));
            type = exprType(node);
            collation = exprCollation(node);
        }
        if (OidIsValid(collations->values[i]) && collations->values[i] != collation) {
            appendStringInfo(&text, " COLLATE %s", collation_name(collations->values[i]));
        }
        if (!is_default_opclass(opclasses->values[i], type, hash ? HASH_AM_OID : BTREE_AM_OID)) {
            appendStringInfo(&text, " %s", opclass_name(opclasses->values[i]));
        }
    }
    ReleaseSysCache(tuple);
    appendStringInfoChar(&text, ')');
    return text.data;
}

void put_table(Draft *draft, HeapTuple tuple, const FormData_pg_class *form)
{
    put_storage(draft, tuple, form);
    put_replica_identity(draft, form->relreplident);
    draft->put_if("row_security", form->relrowsecurity);
    draft->put_if("force_row_security", form->relforcerowsecurity);
    if (OidIsValid(form->reloftype)) draft->put("of_type", type_text(form->reloftype, -1));
    if (form->relkind == RELKIND_PARTITIONED_TABLE) {
        draft->put("partition_key", partition_key(form->oid));
    }
    put_ancestry(draft, form, form->oid);
    draft->put("partition_bound", bound_text(field_text(field(RELOID, tuple, Anum_pg_class_relpartbound))));
}

void read_with_columns(Sheet *sheet, HeapTuple tuple)
{
    const auto *const form = form_of<FormData_pg_class>(tuple);
    RelationReading relation{};
    relation.oid = form->oid;
    relation.form = form;
    relation.schema = schema_name(form->relnamespace);
    relation.name = name_text(form->relname);
    relation.identity = object_identity(relation_kind(form->relkind), relation.schema, relation.name);
    relation.columns.relation = form->oid;

    Draft *const draft = sheet->add(relation.identity, schema_identity(relation.schema), RelationRelationId, form->oid);
    relation.draft = draft;
    draft->touch(tuple);
    draft->put("owner", role_name(form->relowner));
    draft->put("persistence", persistence_text(form->relpersistence));
    put_privileges(draft, "acl", OBJECT_TABLE, form->relowner, field(RELOID, tuple, Anum_pg_class_relacl));
    switch (form->relkind) {
        case RELKIND_RELATION:
        case RELKIND_PARTITIONED_TABLE: put_table(draft, tuple, form); break;
        case RELKIND_FOREIGN_TABLE:
            put_table(draft, tuple, form);
            put_foreign_table(draft, form->oid);
            break;
        case RELKIND_MATVIEW:
            put_storage(draft, tuple, form);
            if (!form->relispopulated) draft->put_bool("populated", false);
            put_view_definition(draft, form->oid);
            put_extension_dependency(draft);
            break;
        default:
            put_view_options(draft, storage_options(field(RELOID, tuple, Anum_pg_class_reloptions)));
            put_view_definition(draft, form->oid);
    }
    add_columns(sheet, &relation);
    if (form->relkind != RELKIND_VIEW && form->relkind != RELKIND_MATVIEW) {
        add_constraints(sheet, &relation);
        add_policies(sheet, &relation);
        if (form->relispartition && form->relhasindex) put_inherited_indexes(&relation);
    }
    if (form->relhastriggers) add_triggers(sheet, &relation);
    if (form->relhasrules) add_rules(sheet, &relation);
}

}  // namespace

const char *relation_kind(char relkind)
{
    switch (relkind) {
        case RELKIND_RELATION:
        case RELKIND_PARTITIONED_TABLE: return "table";
        case RELKIND_VIEW: return "view";
        case RELKIND_MATVIEW: return "matview";
        case RELKIND_FOREIGN_TABLE: return "foreign_table";
        case RELKIND_SEQUENCE: return "sequence";
        case RELKIND_INDEX:
        case RELKIND_PARTITIONED_INDEX: return "index";
        default: return nullptr;
    }
}

Identity relation_identity(Oid relation)
{
    Identity identity{nullptr, nullptr};
    with_row(relation_rows, relation, [&identity](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_class>(tuple);
        identity = object_identity(relation_kind(form->relkind), schema_name(form->relnamespace), name_text(form->relname));
    });
    return identity;
}

void read_relation(Sheet *sheet, Oid relation)
{
    with_row(relation_rows, relation, [sheet](HeapTuple tuple) {
        switch (form_of<FormData_pg_class>(tuple)->relkind) {
            case RELKIND_RELATION:
            case RELKIND_PARTITIONED_TABLE:
            case RELKIND_VIEW:
            case RELKIND_MATVIEW:
            case RELKIND_FOREIGN_TABLE: read_with_columns(sheet, tuple); break;
            case RELKIND_INDEX:
            case RELKIND_PARTITIONED_INDEX: read_index(sheet, tuple); break;
            case RELKIND_SEQUENCE: read_sequence(sheet, tuple); break;
            default: break;
        }
    });
}

}  // namespace catalog
