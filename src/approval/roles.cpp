#include "approval/roles.hpp"

#include "core/shown.hpp"
#include "pg/call.hpp"

namespace approval {

std::string role_name(Oid role)
{
    const char *const name = pg::call([role]() -> const char * { return GetUserNameFromId(role, true); });
    return name != nullptr ? name : std::to_string(role);
}

void log_line(const std::string &text)
{
    const std::string shown = core::shown(text);
    const char *const line = shown.c_str();
    pg::call([line] {
        ereport(LOG_SERVER_ONLY, (errmsg_internal("langchef_guard: %s", line), errhidestmt(true), errhidecontext(true)));
    });
}

}  // namespace approval
