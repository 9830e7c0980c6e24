#include "judge/sameness.hpp"

namespace judge {
namespace {

// What CREATE AGGREGATE says, with the defaults of what it leaves out.
struct Wanted {
    List *transition = NIL, *final = NIL, *combine = NIL, *serial = NIL, *deserial = NIL;
    List *moving = NIL, *inverse = NIL, *moving_final = NIL;
    List *sort_operator = NIL;
    Oid state = InvalidOid, moving_state = InvalidOid;
    std::int64_t space = 0, moving_space = 0;
    bool final_extra = false, moving_final_extra = false;
    char final_modify = AGGMODIFY_READ_ONLY, moving_final_modify = AGGMODIFY_READ_ONLY;
    char parallel = PROPARALLEL_UNSAFE;
    const char *initial = nullptr, *moving_initial = nullptr;
    bool understood = true;
};

char modify_named(const char *name)
{
    if (std::strcmp(name, "read_only") == 0) return AGGMODIFY_READ_ONLY;
    return std::strcmp(name, "shareable") == 0 ? AGGMODIFY_SHAREABLE : AGGMODIFY_READ_WRITE;
}

char parallel_named(const char *name)
{
    if (std::strcmp(name, "safe") == 0) return PROPARALLEL_SAFE;
    return std::strcmp(name, "restricted") == 0 ? PROPARALLEL_RESTRICTED : PROPARALLEL_UNSAFE;
}

Oid type_named(DefElem *option) { return LookupTypeNameOid(nullptr, defGetTypeName(option), true); }

void apply(Wanted &wanted, DefElem *option)
{
    const auto is = [option](const char *name) { return std::strcmp(option->defname, name) == 0; };
    if (is("sfunc") || is("sfunc1")) wanted.transition = defGetQualifiedName(option);
    else if (is("finalfunc")) wanted.final = defGetQualifiedName(option);
    else if (is("combinefunc")) wanted.combine = defGetQualifiedName(option);
    else if (is("serialfunc")) wanted.serial = defGetQualifiedName(option);
    else if (is("deserialfunc")) wanted.deserial = defGetQualifiedName(option);
    else if (is("msfunc")) wanted.moving = defGetQualifiedName(option);
    else if (is("minvfunc")) wanted.inverse = defGetQualifiedName(option);
    else if (is("mfinalfunc")) wanted.moving_final = defGetQualifiedName(option);
    else if (is("finalfunc_extra")) wanted.final_extra = defGetBoolean(option);
    else if (is("mfinalfunc_extra")) wanted.moving_final_extra = defGetBoolean(option);
    else if (is("finalfunc_modify")) wanted.final_modify = modify_named(defGetString(option));
    else if (is("mfinalfunc_modify")) wanted.moving_final_modify = modify_named(defGetString(option));
    else if (is("sortop")) wanted.sort_operator = defGetQualifiedName(option);
    else if (is("stype") || is("stype1")) wanted.state = type_named(option);
    else if (is("mstype")) wanted.moving_state = type_named(option);
    else if (is("sspace")) wanted.space = defGetInt64(option);
    else if (is("msspace")) wanted.moving_space = defGetInt64(option);
    else if (is("initcond") || is("initcond1")) wanted.initial = defGetString(option);
    else if (is("minitcond")) wanted.moving_initial = defGetString(option);
    else if (is("parallel")) wanted.parallel = parallel_named(defGetString(option));
    else if (!is("basetype")) wanted.understood = false;
}

Wanted read_statement(const DefineStmt *statement)
{
    Wanted wanted;
    const ListCell *cell;
    foreach (cell, statement->definition) apply(wanted, static_cast<DefElem *>(lfirst(cell)));
    return wanted;
}

// Types a support function is looked up by.
struct Signature {
    Oid types[FUNC_MAX_ARGS + 1];
    int count;
};

Signature with_arguments(Oid state, const oidvector *arguments)
{
    Signature signature{{state}, 1};
    for (int i = 0; i < arguments->dim1; ++i) signature.types[signature.count++] = arguments->values[i];
    return signature;
}

bool same_text(const char *wanted, HeapTuple tuple, AttrNumber column)
{
    bool null = false;
    const Datum stored = SysCacheGetAttr(AGGFNOID, tuple, column, &null);
    if (null || wanted == nullptr) return null && wanted == nullptr;
    return std::strcmp(wanted, TextDatumGetCString(stored)) == 0;
}

// Only what an exact signature finds is certain to be what the server finds.
class Comparison {
  public:
    void fact(bool same) { differs_ = differs_ || !same; }
    void function(const List *name, Oid stored, const Signature &signature)
    {
        if (name == NIL || !OidIsValid(stored)) return fact(name == NIL && !OidIsValid(stored));
        const Oid found = LookupFuncName(const_cast<List *>(name), signature.count, signature.types, true);
        if (!OidIsValid(found)) unsure_ = true;
        else fact(found == stored);
    }
    void sort_operator(const List *name, Oid stored, const oidvector *arguments)
    {
        if (name == NIL || !OidIsValid(stored)) return fact(name == NIL && !OidIsValid(stored));
        const Oid type = arguments->dim1 == 1 ? arguments->values[0] : InvalidOid;
        const Oid found = OidIsValid(type) ? LookupOperName(nullptr, const_cast<List *>(name), type, type, true, -1) : InvalidOid;
        if (!OidIsValid(found)) unsure_ = true;
        else fact(found == stored);
    }
    Sameness result() const { return differs_ ? Sameness::differs : unsure_ ? Sameness::unknown : Sameness::same; }

  private:
    bool differs_ = false;
    bool unsure_ = false;
};

Sameness compare(HeapTuple tuple, HeapTuple routine, const Wanted &wanted)
{
    const auto *const row = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
    const auto *const call = reinterpret_cast<Form_pg_proc>(GETSTRUCT(routine));
    const oidvector *const arguments = &call->proargtypes;
    if (!wanted.understood || row->aggkind != AGGKIND_NORMAL || OidIsValid(call->provariadic)) return Sameness::unknown;
    Comparison comparison;
    comparison.fact(wanted.state == row->aggtranstype && wanted.moving_state == row->aggmtranstype);
    comparison.fact(wanted.space == row->aggtransspace && wanted.moving_space == row->aggmtransspace);
    comparison.fact(wanted.final_extra == row->aggfinalextra && wanted.moving_final_extra == row->aggmfinalextra);
    comparison.fact(wanted.final_modify == row->aggfinalmodify && wanted.moving_final_modify == row->aggmfinalmodify);
    comparison.fact(wanted.parallel == call->proparallel);
    comparison.fact(same_text(wanted.initial, tuple, Anum_pg_aggregate_agginitval));
    comparison.fact(same_text(wanted.moving_initial, tuple, Anum_pg_aggregate_aggminitval));

    const Signature steps = with_arguments(wanted.state, arguments);
    const Signature moving_steps = with_arguments(wanted.moving_state, arguments);
    const Signature state{{wanted.state}, 1};
    const Signature moving_state{{wanted.moving_state}, 1};
    comparison.function(wanted.transition, row->aggtransfn, steps);
    comparison.function(wanted.final, row->aggfinalfn, wanted.final_extra ? steps : state);
    comparison.function(wanted.combine, row->aggcombinefn, {{wanted.state, wanted.state}, 2});
    comparison.function(wanted.serial, row->aggserialfn, {{INTERNALOID}, 1});
    comparison.function(wanted.deserial, row->aggdeserialfn, {{BYTEAOID, INTERNALOID}, 2});
    comparison.function(wanted.moving, row->aggmtransfn, moving_steps);
    comparison.function(wanted.inverse, row->aggminvtransfn, moving_steps);
    comparison.function(wanted.moving_final, row->aggmfinalfn, wanted.moving_final_extra ? moving_steps : moving_state);
    comparison.sort_operator(wanted.sort_operator, row->aggsortop, arguments);
    return comparison.result();
}

}  // namespace

Sameness compare_aggregate(Oid aggregate, const DefineStmt *statement)
{
    return pg::call([aggregate, statement] {
        const HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
        const HeapTuple routine = SearchSysCache1(PROCOID, ObjectIdGetDatum(aggregate));
        if (!HeapTupleIsValid(tuple) || !HeapTupleIsValid(routine)) return Sameness::unknown;
        const Sameness sameness = compare(tuple, routine, read_statement(statement));
        ReleaseSysCache(routine);
        ReleaseSysCache(tuple);
        return sameness;
    });
}

}  // namespace judge
