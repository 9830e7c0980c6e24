#include "scratch/execute.hpp"

#include "pg/scratch.hpp"
#include "scratch/identity.hpp"

namespace scratch {
namespace {

constexpr const char *own_extension = "langchef_guard";

// A later pg_dump than the server's sets what only a later server knows; psql goes on, too.
bool sets_what_is_unknown(const Node *command)
{
    if (!IsA(command, VariableSetStmt)) return false;
    const auto *const set = reinterpret_cast<const VariableSetStmt *>(command);
    if (set->name == nullptr || (set->kind != VAR_SET_VALUE && set->kind != VAR_SET_DEFAULT) || std::strchr(set->name, '.') != nullptr) return false;
    return pg::call([set] { return GetConfigOption(set->name, true, false) == nullptr; });
}

// Dumps of a guarded database make the guard's extension, which is not compared: whoever runs them gets it.
bool is_about_guard(const Node *command)
{
    if (IsA(command, CreateExtensionStmt)) return std::strcmp(reinterpret_cast<const CreateExtensionStmt *>(command)->extname, own_extension) == 0;
    if (!IsA(command, CommentStmt)) return false;
    const auto *const comment = reinterpret_cast<const CommentStmt *>(command);
    return comment->objtype == OBJECT_EXTENSION && std::strcmp(strVal(comment->object), own_extension) == 0;
}

// Everything here runs inside pg::call, in the memory context of the statement.
void run_portal(RawStmt *raw, const char *text)
{
    const bool with_snapshot = analyze_requires_snapshot(raw);
    if (with_snapshot) PushActiveSnapshot(GetTransactionSnapshot());
    List *const queries = pg_analyze_and_rewrite_fixedparams(raw, text, nullptr, 0, nullptr);
    List *const plans = pg_plan_queries(queries, text, 0, nullptr);
    if (with_snapshot) PopActiveSnapshot();
    const Portal portal = CreatePortal("", true, true);
    portal->visible = false;
    PortalDefineQuery(portal, nullptr, text, CreateCommandTag(raw->stmt), plans, nullptr);
    PortalStart(portal, nullptr, 0, InvalidSnapshot);
    DestReceiver *const nowhere = CreateDestReceiver(DestNone);
    pg::compat::run_portal(portal, nowhere);
    nowhere->rDestroy(nowhere);
    PortalDrop(portal, false);
}

void run(RawStmt *raw, const char *text)
{
    if (!is_about_guard(raw->stmt)) return run_portal(raw, text);
    Oid role = InvalidOid;
    int context = 0;
    GetUserIdAndSecContext(&role, &context);
    SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, context);
    run_portal(raw, text);
    SetUserIdAndSecContext(role, context);
}

void show_line(std::int64_t line)
{
    const std::string activity = "running DDL text, line " + std::to_string(line);
    const char *const shown = activity.c_str();
    pg::call([shown] { pgstat_report_activity(STATE_RUNNING, shown); });
}

}  // namespace

void execute(const core::ScriptStatement &statement, Identity &identity)
{
    show_line(statement.line);
    const pg::ScratchContext scratch;
    const MemoryContext context = CurrentMemoryContext;
    const char *const text = pg::server_string(statement.text);
    List *const trees = pg::call([text] { return pg_parse_query(text); });
    for (int i = 0; i < list_length(trees); ++i) {
        auto *const raw = static_cast<RawStmt *>(list_nth(trees, i));
        pg::call([context] {
            SetCurrentStatementStartTimestamp();
            StartTransactionCommand();
            MemoryContextSwitchTo(context);
        });
        if (!identity.take(raw->stmt) && !sets_what_is_unknown(raw->stmt)) pg::call([raw, text] { run(raw, text); });
        pg::call([context] {
            CommitTransactionCommand();
            MemoryContextSwitchTo(context);
        });
    }
}

}  // namespace scratch
