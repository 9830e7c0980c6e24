#include "settings.hpp"

#include "mode_change.hpp"
#include "pg/entry.hpp"

namespace settings {
namespace {

constinit int mode_value = static_cast<int>(Mode::enforce);
constinit bool four_eyes_value = false;
constinit bool record_temp_value = false;
constinit int proposal_timeout_value = 5000;
constinit int seal_interval_value = 3600;
constinit char *migration_value = nullptr;
constinit char *alembic_version_table_value = nullptr;
constinit char *approval_token_value = nullptr;

// A token in ALTER ROLE / DATABASE SET or a configuration file would be on
// disk in clear text and outlive its purpose: refused where it can be,
// ignored where refusing would keep a session from starting.
bool may_hold_token(GucSource source)
{
    switch (source) {
        case PGC_S_DEFAULT:
        case PGC_S_DYNAMIC_DEFAULT:
        case PGC_S_CLIENT:
        case PGC_S_OVERRIDE:
        case PGC_S_INTERACTIVE:
        case PGC_S_SESSION:
            return true;
        default:
            break;
    }
    pg::call([] {
        GUC_check_errcode(ERRCODE_INVALID_PARAMETER_VALUE);
        GUC_check_errmsg("parameter \"langchef_guard.approval_token\" cannot be stored");
        GUC_check_errdetail("A token belongs to one session.");
        GUC_check_errhint("Set it in the session, or give it in PGOPTIONS.");
    });
    return false;
}

extern "C" {

static bool check_approval_token(char **, void **, GucSource source)
{
    return pg::guarded([source] {
        pg::debug_point("check_approval_token");
        return may_hold_token(source);
    });
}

static const char *show_approval_token() { return ""; }

}  // extern "C"

}  // namespace

Mode mode() { return static_cast<Mode>(mode_value); }
bool four_eyes() { return four_eyes_value; }
bool record_temp() { return record_temp_value; }
int proposal_timeout() { return proposal_timeout_value; }
int seal_interval() { return seal_interval_value; }
const char *migration() { return migration_value != nullptr ? migration_value : ""; }
const char *alembic_version_table() { return alembic_version_table_value != nullptr ? alembic_version_table_value : ""; }
const char *approval_token() { return approval_token_value != nullptr ? approval_token_value : ""; }

void set_approval_token(const char *tokens)
{
    set_config_option("langchef_guard.approval_token", tokens, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false);
}

void define()
{
    define_mode(&mode_value);
    DefineCustomStringVariable("langchef_guard.approval_token", "Tokens of approvals this session may use.",
                               "One token, or several separated by commas.", &approval_token_value, "", PGC_USERSET,
                               GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE, check_approval_token, nullptr,
                               show_approval_token);
    DefineCustomStringVariable("langchef_guard.migration", "Label recorded with every change of this session.", nullptr,
                               &migration_value, "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
    DefineCustomBoolVariable("langchef_guard.four_eyes", "A proposal cannot be approved by the role that caused it.", nullptr,
                             &four_eyes_value, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("langchef_guard.proposal_timeout", "Longest wait for a proposal to be filed, or for a table of the guard that is locked.",
                            "The command is refused in any case.", &proposal_timeout_value, 5000, 10, 600000, PGC_SUSET,
                            GUC_UNIT_MS, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("langchef_guard.seal_interval", "Time between seals of the ledgers of all databases, 0 for none.",
                            "The server seals by itself when shared_preload_libraries has the library.", &seal_interval_value, 3600, 0,
                            INT_MAX / 1000, PGC_SIGHUP, GUC_UNIT_S, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("langchef_guard.alembic_version_table", "Names of Alembic version tables, separated by commas.",
                               nullptr, &alembic_version_table_value, "alembic_version", PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomBoolVariable("langchef_guard.record_temp", "Record changes of temporary objects.", nullptr, &record_temp_value,
                             false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
    pg::define_debug_point();
    MarkGUCPrefixReserved("langchef_guard");
}

}  // namespace settings
