#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *kind_text(char kind)
{
    if (kind == PROKIND_PROCEDURE) return "procedure";
    return kind == PROKIND_AGGREGATE ? "aggregate" : "function";
}

const char *mode_text(char mode)
{
    switch (mode) {
        case PROARGMODE_OUT: return "OUT ";
        case PROARGMODE_INOUT: return "INOUT ";
        case PROARGMODE_VARIADIC: return "VARIADIC ";
        case PROARGMODE_TABLE: return "TABLE ";
        default: return "";
    }
}

char *number_text(float4 number) { return psprintf("%g", static_cast<double>(number)); }

bool is_input(char mode) { return mode == PROARGMODE_IN || mode == PROARGMODE_INOUT || mode == PROARGMODE_VARIADIC; }

// One line per argument: mode, name, type, default.
List *arguments_of(HeapTuple tuple, const FormData_pg_proc *form)
{
    Oid *types = nullptr;
    char **names = nullptr;
    char *modes = nullptr;
    const int count = get_func_arg_info(tuple, &types, &names, &modes);
    const char *const stored = field_text(field(PROCOID, tuple, Anum_pg_proc_proargdefaults));
    List *const defaults = stored != nullptr ? static_cast<List *>(stringToNode(stored)) : NIL;
    int input = 0;
    List *lines = NIL;
    for (int i = 0; i < count; ++i) {
        const char mode = modes != nullptr ? modes[i] : static_cast<char>(PROARGMODE_IN);
        StringInfoData line;
        initStringInfo(&line);
        appendStringInfoString(&line, mode_text(mode));
        if (names != nullptr && names[i] != nullptr && names[i][0] != '\0') appendStringInfo(&line, "%s ", quoted_name(names[i]));
        appendStringInfoString(&line, type_text(types[i], -1));
        if (is_input(mode)) {
            const int with_default = input++ - (form->pronargs - list_length(defaults));
            if (with_default >= 0 && with_default < list_length(defaults)) {
                Columns none;
                appendStringInfo(&line, " DEFAULT %s", node_text(static_cast<Node *>(list_nth(defaults, with_default)), &none));
            }
        }
        lines = lappend(lines, line.data);
    }
    return lines;
}

List *transformed_types(Field stored)
{
    if (stored.null) return NIL;
    const ArrayType *const array = DatumGetArrayTypeP(stored.value);
    const Oid *const types = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
    List *names = NIL;
    for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); ++i) names = lappend(names, type_text(types[i], -1));
    return names;
}

void put_body(Draft *draft, HeapTuple tuple)
{
    char *const source = field_text(field(PROCOID, tuple, Anum_pg_proc_prosrc));
    const Field library = field(PROCOID, tuple, Anum_pg_proc_probin);
    if (!library.null) {
        draft->put("library", field_text(library));
        draft->put("symbol", source);
        return;
    }
    const char *const parsed = field_text(field(PROCOID, tuple, Anum_pg_proc_prosqlbody));
    if (parsed != nullptr) {
        draft->put("sql_body", sql_body_text(parsed));
        return;
    }
    draft->put("body", source);
}

void put_properties(Draft *draft, HeapTuple tuple, const FormData_pg_proc *form)
{
    char *const language = get_language_name(form->prolang, true);
    draft->put("language", language);
    draft->put_if("window", form->prokind == PROKIND_WINDOW);
    if (form->provolatile == PROVOLATILE_IMMUTABLE) draft->put("volatility", "immutable");
    if (form->provolatile == PROVOLATILE_STABLE) draft->put("volatility", "stable");
    draft->put_if("strict", form->proisstrict);
    draft->put_if("security_definer", form->prosecdef);
    draft->put_if("leakproof", form->proleakproof);
    if (form->proparallel == PROPARALLEL_SAFE) draft->put("parallel", "safe");
    if (form->proparallel == PROPARALLEL_RESTRICTED) draft->put("parallel", "restricted");
    const bool cheap = form->prolang == INTERNALlanguageId || form->prolang == ClanguageId;
    const int usual = cheap || form->prokind == PROKIND_AGGREGATE ? 1 : 100;
    if (form->procost < static_cast<float4>(usual) || form->procost > static_cast<float4>(usual)) {
        draft->put("cost", number_text(form->procost));
    }
    if (form->proretset && (form->prorows < 1000 || form->prorows > 1000)) draft->put("rows", number_text(form->prorows));
    draft->put_list("config", sorted_options(field(PROCOID, tuple, Anum_pg_proc_proconfig)));
    draft->put("support", function_name(form->prosupport));
    draft->put_list("transforms", transformed_types(field(PROCOID, tuple, Anum_pg_proc_protrftypes)));
}

const char *modify_text(char modify)
{
    if (modify == AGGMODIFY_READ_ONLY) return "read_only";
    return modify == AGGMODIFY_SHAREABLE ? "shareable" : "read_write";
}

void put_aggregate(Draft *draft, Oid function)
{
    const HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_aggregate>(tuple);
    draft->touch(tuple);
    if (form->aggkind == AGGKIND_ORDERED_SET) draft->put("aggregate_kind", "ordered-set");
    if (form->aggkind == AGGKIND_HYPOTHETICAL) draft->put("aggregate_kind", "hypothetical-set");
    if (form->aggkind != AGGKIND_NORMAL) draft->put("direct_arguments", int64{form->aggnumdirectargs});
    draft->put("transition_function", function_name(form->aggtransfn));
    draft->put("final_function", function_name(form->aggfinalfn));
    draft->put("combine_function", function_name(form->aggcombinefn));
    draft->put("serial_function", function_name(form->aggserialfn));
    draft->put("deserial_function", function_name(form->aggdeserialfn));
    draft->put("moving_transition_function", function_name(form->aggmtransfn));
    draft->put("moving_inverse_function", function_name(form->aggminvtransfn));
    draft->put("moving_final_function", function_name(form->aggmfinalfn));
    draft->put_if("final_extra", form->aggfinalextra);
    draft->put_if("moving_final_extra", form->aggmfinalextra);
    draft->put("final_modify", modify_text(form->aggfinalmodify));
    draft->put("moving_final_modify", modify_text(form->aggmfinalmodify));
    draft->put("sort_operator", operator_name(form->aggsortop));
    draft->put("state_type", type_text(form->aggtranstype, -1));
    if (form->aggtransspace != 0) draft->put("state_space", int64{form->aggtransspace});
    if (OidIsValid(form->aggmtranstype)) draft->put("moving_state_type", type_text(form->aggmtranstype, -1));
    if (form->aggmtransspace != 0) draft->put("moving_state_space", int64{form->aggmtransspace});
    draft->put("initial_value", field_text(field(AGGFNOID, tuple, Anum_pg_aggregate_agginitval)));
    draft->put("moving_initial_value", field_text(field(AGGFNOID, tuple, Anum_pg_aggregate_aggminitval)));
    ReleaseSysCache(tuple);
}

}  // namespace

char *routine_signature(const FormData_pg_proc *form)
{
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < form->pronargs; ++i) {
        appendStringInfo(&text, "%s%s", i > 0 ? "," : "", type_text(form->proargtypes.values[i], -1));
    }
    return text.data;
}

void read_function(Sheet *sheet, Oid function)
{
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_proc>(tuple);
    char *const schema = schema_name(form->pronamespace);
    Identity identity = object_identity(kind_text(form->prokind), schema, name_text(form->proname));
    identity.arguments = routine_signature(form);
    Draft *const draft = sheet->add(identity, schema_identity(schema), ProcedureRelationId, function);
    draft->touch(tuple);
    draft->put("owner", role_name(form->proowner));
    const bool procedure = form->prokind == PROKIND_PROCEDURE;
    put_privileges(draft, "acl", OBJECT_FUNCTION, form->proowner, field(PROCOID, tuple, Anum_pg_proc_proacl));
    draft->put_list("arguments", arguments_of(tuple, form));
    if (!procedure) draft->put("returns", text_or_null(pg_get_function_result, function));
    put_properties(draft, tuple, form);
    if (form->prokind == PROKIND_AGGREGATE) {
        put_aggregate(draft, function);
    } else {
        put_body(draft, tuple);
    }
    put_comment(draft);
    put_extension_dependency(draft);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
