// Whether the statement that the client sent calls a function itself.
#include "approval/own_call.hpp"

#include "core/call_text.hpp"
#include "guard/installation.hpp"
#include "pg/attempt.hpp"

namespace approval {
namespace {

// Statements handed to functions that run them, in functions that run them: deeper than this nobody tests by hand.
constexpr int deepest = 3;

struct Search {
    const char *function;
    bool found;
    bool unqualified;  // one of the calls found
    List *texts;       // literals that are arguments of functions
};

// As the text of a statement that is put together: by ||, or by format() with its places filled in.  What is no
// literal stands as a number.
void append_text(StringInfo text, const Node *node)
{
    check_stack_depth();
    if (node != nullptr && IsA(node, TypeCast)) return append_text(text, reinterpret_cast<const TypeCast *>(node)->arg);
    if (node != nullptr && IsA(node, A_Const)) {
        const auto *const constant = reinterpret_cast<const A_Const *>(node);
        if (!constant->isnull && IsA(&constant->val, String)) return appendStringInfoString(text, constant->val.sval.sval);
    }
    if (node != nullptr && IsA(node, A_Expr)) {
        const auto *const expression = reinterpret_cast<const A_Expr *>(node);
        if (list_length(expression->name) == 1 && std::strcmp(strVal(linitial(expression->name)), "||") == 0) {
            append_text(text, expression->lexpr);
            return append_text(text, expression->rexpr);
        }
    }
    if (node != nullptr && IsA(node, FuncCall)) {
        const auto *const call = reinterpret_cast<const FuncCall *>(node);
        if (call->args != NIL && std::strcmp(strVal(llast(call->funcname)), "format") == 0) {
            StringInfoData pattern;
            initStringInfo(&pattern);
            append_text(&pattern, static_cast<const Node *>(linitial(call->args)));
            for (const char *at = pattern.data; *at != '\0'; ++at) {
                if (*at != '%') {
                    appendStringInfoChar(text, *at);
                    continue;
                }
                const char *end = at + 1;
                while (*end != '\0' && std::strchr("0123456789$-", *end) != nullptr) ++end;
                if (*end == '\0') break;
                appendStringInfoString(text, *end == 'L' ? "'1'" : *end == 'I' ? "x" : *end == '%' ? "%" : "1");
                at = end;
            }
            return;
        }
    }
    appendStringInfoChar(text, '1');
}

// The functions here run inside pg::call.  A literal that looks like a call is none, and neither is what the server
// adds to the statement: a default, a trigger, the query of a view.
bool visit(Node *node, void *context)
{
    auto *const search = static_cast<Search *>(context);
    if (node == nullptr) return false;
    if (IsA(node, FuncCall)) {
        const List *const name = reinterpret_cast<const FuncCall *>(node)->funcname;
        const int parts = list_length(name);
        if (std::strcmp(strVal(llast(name)), search->function) == 0) {
            if (parts == 1) search->found = search->unqualified = true;
            // Of three parts the first can only be this database.
            if (parts > 1 && std::strcmp(strVal(list_nth(name, parts - 2)), "langchef_guard") == 0) search->found = true;
        }
        const ListCell *cell;
        foreach (cell, reinterpret_cast<const FuncCall *>(node)->args) {
            StringInfoData text;
            initStringInfo(&text);
            append_text(&text, static_cast<const Node *>(lfirst(cell)));
            search->texts = lappend(search->texts, text.data);
        }
    }
    return pg::compat::walk_raw(node, visit, context);
}

Node *query_of(Node *statement)
{
    switch (nodeTag(statement)) {
        case T_SelectStmt:
        case T_InsertStmt:
        case T_UpdateStmt:
        case T_DeleteStmt:
        case T_MergeStmt: return statement;
        case T_ExplainStmt: return reinterpret_cast<ExplainStmt *>(statement)->query;
        case T_CreateTableAsStmt: return reinterpret_cast<CreateTableAsStmt *>(statement)->query;
        case T_CopyStmt: return reinterpret_cast<CopyStmt *>(statement)->query;
        case T_PrepareStmt: return reinterpret_cast<PrepareStmt *>(statement)->query;
        case T_DeclareCursorStmt: return reinterpret_cast<DeclareCursorStmt *>(statement)->query;
        case T_CallStmt: return reinterpret_cast<Node *>(reinterpret_cast<CallStmt *>(statement)->funccall);
        default: return nullptr;
    }
}

// The text of a block, which is the client's own, too.
const char *block_of(const Node *statement)
{
    if (!IsA(statement, DoStmt)) return nullptr;
    const ListCell *cell;
    foreach (cell, reinterpret_cast<const DoStmt *>(statement)->args) {
        const auto *const option = static_cast<const DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "as") == 0) return strVal(option->arg);
    }
    return nullptr;
}

// Whether all functions of the bare name are the guard's: the search_path of the caller is not known here any more.
bool is_unmistakable(const char *function, Oid schema)
{
    CatCList *const functions = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(function));
    bool own = functions->n_members > 0;
    for (int i = 0; i < functions->n_members; ++i) {
        if (reinterpret_cast<Form_pg_proc>(GETSTRUCT(&functions->members[i]->tuple))->pronamespace != schema) own = false;
    }
    ReleaseSysCacheList(functions);
    return own;
}

// Null when the text is no SQL.
const List *parse(const char *text)
{
    const List *statements = NIL;
    const List **const place = &statements;
    return pg::attempt([text, place] { *place = raw_parser(text, RAW_PARSE_DEFAULT); }) == nullptr ? statements : nullptr;
}

bool calls(const char *text, const char *function, Oid schema, int depth)
{
    if (!core::names_call(text, "langchef_guard", function)) return false;
    const List *const statements = parse(text);
    const ListCell *cell;
    foreach (cell, statements) {
        Node *const parsed = static_cast<RawStmt *>(lfirst(cell))->stmt;
        if (const char *const block = block_of(parsed); block != nullptr && core::names_call(block, "langchef_guard", function)) return true;
        const Search search = pg::call([=] {
            Search found{function, false, false, NIL};
            if (Node *const query = query_of(parsed); query != nullptr) visit(query, &found);
            if (found.unqualified && !is_unmistakable(function, schema)) found.found = false;
            return found;
        });
        if (search.found) return true;
        // A statement that the client has a function run, as test tools do, is the client's, too.
        if (!IsA(parsed, SelectStmt) || depth == deepest) continue;
        const ListCell *argument;
        foreach (argument, search.texts) {
            if (calls(static_cast<const char *>(lfirst(argument)), function, schema, depth + 1)) return true;
        }
    }
    return false;
}

}  // namespace

bool is_own_call(const std::string &statement, const char *function)
{
    const auto installed = guard::installation();
    return installed.has_value() && calls(statement.c_str(), function, installed->schema, 0);
}

}  // namespace approval
