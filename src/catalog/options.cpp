#include "catalog/names.hpp"

namespace catalog {
namespace {

constexpr const char *switches[] = {"autosummarize",    "autovacuum_enabled", "deduplicate_items",  "fastupdate",
                                    "security_barrier", "security_invoker",   "user_catalog_table", "vacuum_truncate"};
constexpr const char *words[] = {"buffering", "check_option", "vacuum_index_cleanup"};
constexpr const char *numbers[] = {"fillfactor",
                                   "gin_pending_list_limit",
                                   "log_autovacuum_min_duration",
                                   "n_distinct",
                                   "n_distinct_inherited",
                                   "pages_per_range",
                                   "parallel_workers",
                                   "toast_tuple_target",
                                   "vacuum_max_eager_freeze_failure_rate"};

template <std::size_t Count>
bool is_one_of(const char *name, const char *const (&names)[Count])
{
    return std::any_of(std::begin(names), std::end(names), [name](const char *other) { return std::strcmp(name, other) == 0; });
}

// The catalogs keep the value as it was written.
const char *normal_value(const char *name, const char *value)
{
    bool flag = false;
    double number = 0;
    if (is_one_of(name, switches)) return parse_bool(value, &flag) ? (flag ? "true" : "false") : value;
    if (is_one_of(name, words)) {
        if (parse_bool(value, &flag)) return flag ? "on" : "off";
        return asc_tolower(value, std::strlen(value));
    }
    if (!is_one_of(name, numbers) && std::strncmp(name, "autovacuum_", 11) != 0) return value;
    return parse_real(value, &number, 0, nullptr) ? psprintf("%.15g", number) : value;
}

char *normal_option(char *option)
{
    char *const equals = std::strchr(option, '=');
    if (equals == nullptr) return option;
    char *const name = pnstrdup(option, static_cast<Size>(equals - option));
    return psprintf("%s=%s", name, normal_value(name, equals + 1));
}

}  // namespace

List *storage_options(Field array)
{
    List *options = NIL;
    List *const all = text_array(array);
    for (int i = 0; i < list_length(all); ++i) {
        char *const option = static_cast<char *>(list_nth(all, i));
        if (std::strncmp(option, "pg_attver=", 10) != 0) options = lappend(options, normal_option(option));
    }
    return sorted(options);
}

}  // namespace catalog
