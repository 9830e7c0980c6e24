#include "catalog/reader.hpp"

namespace catalog {
namespace {

struct Pin {
    const char *name;
    const char *value;
};

constexpr Pin pins[] = {
    {"search_path", "pg_catalog, pg_temp"},
    {"quote_all_identifiers", "off"},
    {"standard_conforming_strings", "on"},
    {"DateStyle", "ISO, MDY"},
    {"IntervalStyle", "postgres"},
    {"TimeZone", "UTC"},
    {"extra_float_digits", "1"},
    {"bytea_output", "hex"},
    {"xmlbinary", "base64"},
    {"xmloption", "content"},
    {"lc_monetary", "C"},
};

}  // namespace

PinnedSettings::PinnedSettings() : nest_level_(0), exceptions_at_start_(std::uncaught_exceptions())
{
    nest_level_ = pg::call([] {
        const int level = NewGUCNestLevel();
        for (const Pin &pin : pins) {
            const char *const current = GetConfigOption(pin.name, false, false);
            if (current != nullptr && std::strcmp(current, pin.value) == 0) continue;
            set_config_option(pin.name, pin.value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        }
        return level;
    });
}

PinnedSettings::~PinnedSettings()
{
    // After an error the abort of the (sub)transaction restores them.
    if (std::uncaught_exceptions() == exceptions_at_start_) AtEOXact_GUC(true, nest_level_);
}

}  // namespace catalog
