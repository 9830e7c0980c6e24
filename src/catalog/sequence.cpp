#include "catalog/depend.hpp"
#include "catalog/parts.hpp"

namespace catalog {

void put_sequence_parameters(Draft *draft, Oid sequence, const char *prefix)
{
    with_row(sequence_rows, sequence, [draft, prefix](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_sequence>(tuple);
        draft->touch(tuple);
        draft->put(psprintf("%s%s", prefix, "type"), type_text(form->seqtypid, -1));
        draft->put(psprintf("%s%s", prefix, "start"), int64{form->seqstart});
        draft->put(psprintf("%s%s", prefix, "increment"), int64{form->seqincrement});
        draft->put(psprintf("%s%s", prefix, "min"), int64{form->seqmin});
        draft->put(psprintf("%s%s", prefix, "max"), int64{form->seqmax});
        draft->put(psprintf("%s%s", prefix, "cache"), int64{form->seqcache});
        draft->put_if(psprintf("%s%s", prefix, "cycle"), form->seqcycle);
    });
}

void read_sequence(Sheet *sheet, HeapTuple relation)
{
    const auto *const form = form_of<FormData_pg_class>(relation);
    // A sequence behind an identity column is a part of the column.
    if (OidIsValid(column_of_sequence(form->oid, true).table)) return;
    char *const schema = schema_name(form->relnamespace);
    Draft *const draft = sheet->add(object_identity("sequence", schema, name_text(form->relname)), schema_identity(schema),
                                    RelationRelationId, form->oid);
    draft->touch(relation);
    draft->put("owner", role_name(form->relowner));
    draft->put("persistence", persistence_text(form->relpersistence));
    put_privileges(draft, "acl", OBJECT_SEQUENCE, form->relowner, field(RELOID, relation, Anum_pg_class_relacl));
    put_sequence_parameters(draft, form->oid, "");
    const OwningColumn owner = column_of_sequence(form->oid, false);
    if (OidIsValid(owner.table)) {
        const char *const name = get_attname(owner.table, static_cast<AttrNumber>(owner.column), true);
        if (name != nullptr) draft->put("owned_by", psprintf("%s.%s", relation_name(owner.table), quoted_name(name)));
    }
    put_comment(draft);
}

}  // namespace catalog
