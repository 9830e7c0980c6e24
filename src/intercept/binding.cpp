#include "intercept/binding.hpp"

#include "core/node_text.hpp"

#include "catalog/scan.hpp"
#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "intercept/describe.hpp"
#include "pg/crypto.hpp"

namespace intercept {
namespace {

// Read by a scan, not by a statement: those who watch statements (pgaudit) would take it for one of the user's.
std::string digest_key()
{
    if (!guard::installation().has_value()) return {};
    const Oid table = guard::hold_table("digest_key", AccessShareLock);
    constexpr int key_column = 2;
    struct Key {
        const std::uint8_t *bytes;
        std::size_t size;
    };
    const Key key = pg::call([table] {
        Key found{nullptr, 0};
        catalog::scan(table, InvalidOid, std::array<ScanKeyData, 0>{}, [&found](HeapTuple tuple, TupleDesc descriptor) {
            const catalog::Field field = catalog::field(tuple, descriptor, key_column);
            if (field.null) return;
            const bytea *const value = DatumGetByteaPCopy(field.value);
            found = {reinterpret_cast<const std::uint8_t *>(VARDATA_ANY(value)), VARSIZE_ANY_EXHDR(value)};
        });
        return found;
    });
    if (key.bytes == nullptr) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "langchef_guard.digest_key is empty", {},
                             "Drop and create the extension langchef_guard.");
    }
    return pg::hex(key.bytes, key.size);
}

// Unqualified names mean other objects under another search_path.
std::string searched_schemas()
{
    return pg::text_of(pg::call([]() -> const char * { return nodeToString(fetch_search_path(false)); }));
}

// Every value with its type; PL/pgSQL hands its variables over when asked.
std::string values_of(ParamListInfo parameters)
{
    const char *const text = pg::call([parameters]() -> const char * {
        StringInfoData values;
        initStringInfo(&values);
        for (int i = 0; i < parameters->numParams; ++i) {
            ParamExternData workspace;
            const ParamExternData *const value =
                parameters->paramFetch != nullptr ? parameters->paramFetch(parameters, i + 1, false, &workspace) : &parameters->params[i];
            if (!OidIsValid(value->ptype)) continue;
            appendStringInfo(&values, " $%d %u", i + 1, value->ptype);
            if (value->isnull) continue;
            Oid output = InvalidOid;
            bool is_varlena = false;
            getTypeOutputInfo(value->ptype, &output, &is_varlena);
            const char *const printed = OidOutputFunctionCall(output, value->value);
            appendStringInfo(&values, " %zu:%s", std::strlen(printed), printed);
        }
        return values.data;
    });
    return text;
}

void append_plan(StringInfo text, const Plan *plan)
{
    check_stack_depth();
    if (plan == nullptr) return;
    appendStringInfo(text, " %d %s %s", static_cast<int>(nodeTag(plan)), nodeToString(plan->targetlist), nodeToString(plan->qual));
    append_plan(text, plan->lefttree);
    append_plan(text, plan->righttree);
    const List *const others = IsA(plan, Append) ? reinterpret_cast<const Append *>(plan)->appendplans : NIL;
    const ListCell *cell;
    foreach (cell, others) append_plan(text, static_cast<const Plan *>(lfirst(cell)));
    if (IsA(plan, SubqueryScan)) append_plan(text, reinterpret_cast<const SubqueryScan *>(plan)->subplan);
}

bool is_about_text(const core::Effect &effect) { return effect.rule == "D09" || effect.rule == "D20" || effect.rule == "D26"; }

}  // namespace

void bind_to_text(core::Judgement &judgement, std::string_view slice, ParamListInfo parameters)
{
    if (std::none_of(judgement.effects.begin(), judgement.effects.end(), is_about_text)) return;
    const int count = parameters != nullptr ? parameters->numParams : 0;
    const std::string values = count > 0 ? values_of(parameters) : std::string();
    // Each part with its length: no value can pass for a piece of another statement.
    const std::string key = digest_key();
    const std::string schemas = searched_schemas();
    std::string bound;
    for (const std::string_view part : {std::string_view(key), std::string_view(schemas), slice, std::string_view(values)}) {
        bound += std::to_string(part.size()) + ':';
        bound += part;
    }
    const std::string digest = pg::hex(pg::sha256(bound));
    for (auto &effect : judgement.effects) {
        if (!is_about_text(effect)) continue;
        effect.detail += ' ' + digest;
        // Who decides cannot see them: he is told that they are there.
        if (values.empty()) continue;
        if (!effect.loss.empty()) effect.loss += ", ";
        effect.loss += "with the present values of the statement's parameters";
    }
}

std::string text_of_plan(const PlannedStmt *statement)
{
    const char *const text = pg::call([statement]() -> const char * {
        StringInfoData whole;
        initStringInfo(&whole);
        append_plan(&whole, statement->planTree);
        const ListCell *cell;
        foreach (cell, statement->subplans) append_plan(&whole, static_cast<const Plan *>(lfirst(cell)));
        return whole.data;
    });
    return core::without_locations(text);
}

}  // namespace intercept
