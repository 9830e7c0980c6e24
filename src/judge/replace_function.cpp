#include "intercept/describe.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// What callers of a routine rely on besides its signature.
struct Contract {
    char volatility;
    char parallel;
    bool strict;
    bool security_definer;
    bool leakproof;
    bool pins_search_path;
    Oid language;

    bool operator==(const Contract &) const = default;
};

// Whether a list of settings as pg_proc.proconfig has it holds one that starts so.
bool has_setting(ArrayType *settings, const char *start)
{
    Datum *items = nullptr;
    int count = 0;
    deconstruct_array(settings, TEXTOID, -1, false, TYPALIGN_INT, &items, nullptr, &count);
    for (int i = 0; i < count; ++i) {
        if (std::strncmp(TextDatumGetCString(items[i]), start, std::strlen(start)) == 0) return true;
    }
    return false;
}

Contract contract_of(Oid routine)
{
    Contract contract{};
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(routine));
    if (!HeapTupleIsValid(tuple)) return contract;
    const auto *const row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    contract = Contract{row->provolatile, row->proparallel, row->proisstrict, row->prosecdef, row->proleakproof, false, row->prolang};
    bool null = false;
    const Datum settings = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &null);
    contract.pins_search_path = !null && has_setting(DatumGetArrayTypeP(settings), "search_path=");
    ReleaseSysCache(tuple);
    return contract;
}

char volatility_named(const char *name)
{
    if (std::strcmp(name, "immutable") == 0) return PROVOLATILE_IMMUTABLE;
    return std::strcmp(name, "stable") == 0 ? PROVOLATILE_STABLE : PROVOLATILE_VOLATILE;
}

char parallel_named(const char *name)
{
    if (std::strcmp(name, "safe") == 0) return PROPARALLEL_SAFE;
    return std::strcmp(name, "restricted") == 0 ? PROPARALLEL_RESTRICTED : PROPARALLEL_UNSAFE;
}

void apply_setting(Contract &contract, const VariableSetStmt *setting)
{
    if (setting->kind == VAR_RESET_ALL) contract.pins_search_path = false;
    if (setting->name == nullptr || pg_strcasecmp(setting->name, "search_path") != 0) return;
    contract.pins_search_path = setting->kind == VAR_SET_VALUE || setting->kind == VAR_SET_CURRENT;
}

void apply_option(Contract &contract, DefElem *option)
{
    if (std::strcmp(option->defname, "volatility") == 0) contract.volatility = volatility_named(defGetString(option));
    if (std::strcmp(option->defname, "parallel") == 0) contract.parallel = parallel_named(defGetString(option));
    if (std::strcmp(option->defname, "strict") == 0) contract.strict = defGetBoolean(option);
    if (std::strcmp(option->defname, "security") == 0) contract.security_definer = defGetBoolean(option);
    if (std::strcmp(option->defname, "leakproof") == 0) contract.leakproof = defGetBoolean(option);
    if (std::strcmp(option->defname, "set") == 0) apply_setting(contract, reinterpret_cast<const VariableSetStmt *>(option->arg));
    if (std::strcmp(option->defname, "language") == 0) contract.language = get_language_oid(defGetString(option), true);
}

Contract with_options(Contract contract, const List *options)
{
    const ListCell *cell;
    foreach (cell, options) apply_option(contract, static_cast<DefElem *>(lfirst(cell)));
    return contract;
}

// The routine that CREATE OR REPLACE would overwrite.
Oid existing_routine(const CreateFunctionStmt *statement)
{
    Oid types[FUNC_MAX_ARGS];
    int count = 0;
    const ListCell *cell;
    foreach (cell, statement->parameters) {
        const auto *const parameter = static_cast<const FunctionParameter *>(lfirst(cell));
        if (parameter->mode == FUNC_PARAM_OUT || parameter->mode == FUNC_PARAM_TABLE) continue;
        if (count == FUNC_MAX_ARGS) return InvalidOid;
        types[count] = LookupTypeNameOid(nullptr, parameter->argType, true);
        if (!OidIsValid(types[count++])) return InvalidOid;
    }
    char *name = nullptr;
    const Oid schema = QualifiedNameGetCreationNamespace(statement->funcname, &name);
    oidvector *const signature = buildoidvector(types, count);
    return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name), PointerGetDatum(signature),
                           ObjectIdGetDatum(schema));
}

std::string text_of(const Contract &contract)
{
    std::string text{contract.volatility, contract.parallel};
    for (const bool flag : {contract.strict, contract.security_definer, contract.leakproof, contract.pins_search_path}) text += flag ? '1' : '0';
    return text + std::to_string(contract.language);
}

std::string changes(const Contract &before, const Contract &after)
{
    std::string text;
    const auto add = [&text](bool changed, std::string_view what) {
        if (!changed) return;
        if (!text.empty()) text += ", ";
        text += what;
    };
    add(before.volatility != after.volatility, "volatility");
    add(before.parallel != after.parallel, "parallel safety");
    add(before.strict != after.strict, "strictness");
    add(before.security_definer != after.security_definer, "security");
    add(before.leakproof != after.leakproof, "leakproofness");
    add(before.pins_search_path != after.pins_search_path, "search_path");
    add(before.language != after.language, "language");
    return text + " would change";
}

void add_change(std::string_view verb, Oid routine, const Contract &before, const Contract &after, Effects &effects)
{
    const core::Address address = intercept::address_of(ProcedureRelationId, routine);
    Contract hardened = before;
    hardened.pins_search_path = true;  // losing nothing
    if (before == after || after == hardened || is_exempt(address)) return;
    require_ownership(address);
    core::Effect effect = intercept::effect_on("D26", verb, address);
    effect.loss = changes(before, after);
    effect.detail = text_of(after);
    effects.push_back(std::move(effect));
}

}  // namespace

void judge_create_function(const CreateFunctionStmt *statement, Effects &effects)
{
    if (!statement->replace) return;
    struct Found {
        Oid routine;
        Contract before, after;
    };
    const auto found = pg::call([statement] {
        Found result{existing_routine(statement), {}, {}};
        if (!OidIsValid(result.routine)) return result;
        result.before = contract_of(result.routine);
        // What the statement leaves out falls back to the default; SQL is the
        // language of a body given without one.
        const Contract defaults{PROVOLATILE_VOLATILE, PROPARALLEL_UNSAFE, false, false, false, false, SQLlanguageId};
        result.after = with_options(defaults, statement->options);
        return result;
    });
    if (OidIsValid(found.routine)) add_change("replacing", found.routine, found.before, found.after, effects);
}

void judge_alter_function(const AlterFunctionStmt *statement, Effects &effects)
{
    struct Found {
        Oid routine;
        Contract before, after;
    };
    const auto found = pg::call([statement] {
        Found result{LookupFuncWithArgs(statement->objtype, statement->func, true), {}, {}};
        if (!OidIsValid(result.routine)) return result;
        result.before = contract_of(result.routine);
        result.after = with_options(result.before, statement->actions);
        return result;
    });
    if (OidIsValid(found.routine)) add_change("altering", found.routine, found.before, found.after, effects);
}

}  // namespace judge
