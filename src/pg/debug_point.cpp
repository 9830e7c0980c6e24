#include "pg/debug_point.hpp"

#ifdef LCG_DEBUG

#include <stdexcept>

#include "pg/call.hpp"

namespace pg {
namespace {

constinit char *setting = nullptr;

void fail(const char *name, std::string_view kind)
{
    const std::string place = name;
    if (kind == "exception") throw std::runtime_error("exception at " + place);
    if (kind == "memory") throw std::bad_alloc();
    if (kind == "alien") throw 42;
    if (kind == "guard") throw GuardError(sqlstate::guard_protected, "guard error at " + place, "Detail of " + place + ".", "Hint of " + place + ".");
    call([name] {
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg_internal("server error at %s", name),
                        errdetail_internal("Detail of %s.", name), errhint("Hint of %s.", name)));
    });
}

}  // namespace

void define_debug_point()
{
    DefineCustomStringVariable("langchef_guard.debug_point", "Place to fail at, and how.", nullptr, &setting, "", PGC_USERSET, 0,
                               nullptr, nullptr, nullptr);
}

void debug_point(const char *name)
{
    const std::string_view wanted = setting != nullptr ? setting : "";
    const std::size_t space = wanted.find(' ');
    if (space != std::string_view::npos && wanted.substr(0, space) == name) fail(name, wanted.substr(space + 1));
}

}  // namespace pg

#endif
