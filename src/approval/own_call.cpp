// Whether the statement that the client sent calls a function itself.
#include "approval/own_call.hpp"

#include "core/call_text.hpp"
#include "guard/installation.hpp"

namespace approval {
namespace {

struct Search {
    const char *function;
    bool found;
    bool unqualified;  // one of the calls found
};

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
            if (parts == 2 && std::strcmp(strVal(linitial(name)), "langchef_guard") == 0) search->found = true;
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

// Whether all functions that the bare name can stand for are the guard's.
bool is_unmistakable(const char *function, Oid schema)
{
    List *const name = list_make1(makeString(pstrdup(function)));
    FuncCandidateList candidate = FuncnameGetCandidates(name, -1, NIL, false, false, false, true);
    if (candidate == nullptr) return false;
    for (; candidate != nullptr; candidate = candidate->next) {
        if (get_func_namespace(candidate->oid) != schema) return false;
    }
    return true;
}

}  // namespace

bool is_own_call(const std::string &statement, const char *function)
{
    const auto installed = guard::installation();
    if (!installed.has_value()) return false;
    const Oid schema = installed->schema;
    const char *const text = statement.c_str();
    const List *const statements = pg::call([text]() -> const List * { return raw_parser(text, RAW_PARSE_DEFAULT); });
    const ListCell *cell;
    foreach (cell, statements) {
        Node *const parsed = static_cast<RawStmt *>(lfirst(cell))->stmt;
        if (const char *const block = block_of(parsed); block != nullptr && core::names_call(block, "langchef_guard", function)) return true;
        const bool own = pg::call([=] {
            Search search{function, false, false};
            if (Node *const query = query_of(parsed); query != nullptr) visit(query, &search);
            return search.found && (!search.unqualified || is_unmistakable(function, schema));
        });
        if (own) return true;
    }
    return false;
}

}  // namespace approval
