#include "catalog/parts.hpp"

namespace catalog {
namespace {

// What the parser calls its tokens by number; null where that would run somebody's code.
const LexDescr *token_names(Oid parser)
{
    const HeapTuple tuple = SearchSysCache1(TSPARSEROID, ObjectIdGetDatum(parser));
    if (!HeapTupleIsValid(tuple)) return nullptr;
    const Oid function = form_of<FormData_pg_ts_parser>(tuple)->prslextype;
    ReleaseSysCache(tuple);
    if (function != F_PRSD_LEXTYPE) return nullptr;
    return reinterpret_cast<const LexDescr *>(DatumGetPointer(OidFunctionCall1(function, Int32GetDatum(0))));
}

const char *token_name(const LexDescr *names, int32 token)
{
    for (const LexDescr *name = names; name != nullptr && name->lexid != 0; ++name) {
        if (name->lexid == token) return name->alias;
    }
    return psprintf("%d", token);
}

// "token: dictionary, dictionary", by number of the token.
List *mappings(Draft *draft, Oid configuration, Oid parser)
{
    const LexDescr *const names = token_names(parser);
    List *lines = NIL;
    StringInfoData line;
    int32 current = 0;
    const auto place = [](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_ts_config_map>(tuple);
        return form->maptokentype * 1e6 + form->mapseqno;
    };
    scan_in_order(TSConfigMapRelationId, TSConfigMapIndexId, key_oid(Anum_pg_ts_config_map_mapcfg, configuration), place,
                  [&](HeapTuple tuple, TupleDesc) {
                      const auto *const form = form_of<FormData_pg_ts_config_map>(tuple);
                      const char *const dictionary = cached_name(TSDICTOID, form->mapdict, &FormData_pg_ts_dict::dictname, &FormData_pg_ts_dict::dictnamespace);
                      draft->touch(tuple);
                      if (lines == NIL || form->maptokentype != current) {
                          current = form->maptokentype;
                          initStringInfo(&line);
                          appendStringInfo(&line, "%s: %s", token_name(names, current), dictionary);
                          lines = lappend(lines, line.data);
                          return;
                      }
                      appendStringInfo(&line, ", %s", dictionary);
                      llast(lines) = line.data;
                  });
    return sorted(lines);
}

Draft *add_object(Sheet *sheet, const char *kind, HeapTuple tuple, Oid classid, Oid oid, const NameData &name, Oid schema)
{
    char *const schema_of_it = schema_name(schema);
    Draft *const draft = sheet->add(object_identity(kind, schema_of_it, name_text(name)), schema_identity(schema_of_it), classid, oid);
    draft->touch(tuple);
    put_comment(draft);
    return draft;
}

}  // namespace

void read_text_search_parser(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(TSPARSEROID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_ts_parser>(tuple);
    Draft *const draft = add_object(sheet, "text_search_parser", tuple, TSParserRelationId, oid, form->prsname, form->prsnamespace);
    draft->put("start", function_identity(form->prsstart));
    draft->put("get_token", function_identity(form->prstoken));
    draft->put("end", function_identity(form->prsend));
    draft->put("headline", function_identity(form->prsheadline));
    draft->put("token_types", function_identity(form->prslextype));
    ReleaseSysCache(tuple);
}

void read_text_search_template(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(TSTEMPLATEOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_ts_template>(tuple);
    Draft *const draft = add_object(sheet, "text_search_template", tuple, TSTemplateRelationId, oid, form->tmplname, form->tmplnamespace);
    draft->put("init", function_identity(form->tmplinit));
    draft->put("lexize", function_identity(form->tmpllexize));
    ReleaseSysCache(tuple);
}

void read_text_search_dictionary(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(TSDICTOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_ts_dict>(tuple);
    Draft *const draft = add_object(sheet, "text_search_dictionary", tuple, TSDictionaryRelationId, oid, form->dictname, form->dictnamespace);
    draft->put("owner", role_name(form->dictowner));
    draft->put("template", cached_name(TSTEMPLATEOID, form->dicttemplate, &FormData_pg_ts_template::tmplname, &FormData_pg_ts_template::tmplnamespace));
    draft->put("options", field_text(field(TSDICTOID, tuple, Anum_pg_ts_dict_dictinitoption)));
    ReleaseSysCache(tuple);
}

void read_text_search_configuration(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(TSCONFIGOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_ts_config>(tuple);
    Draft *const draft = add_object(sheet, "text_search_configuration", tuple, TSConfigRelationId, oid, form->cfgname, form->cfgnamespace);
    draft->put("owner", role_name(form->cfgowner));
    draft->put("parser", cached_name(TSPARSEROID, form->cfgparser, &FormData_pg_ts_parser::prsname, &FormData_pg_ts_parser::prsnamespace));
    draft->put_list("mappings", mappings(draft, oid, form->cfgparser));
    ReleaseSysCache(tuple);
}

}  // namespace catalog
