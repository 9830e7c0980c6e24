#pragma once

#include "core/repair/step.hpp"

// Lists of "name=value" that lead from one to another.
namespace core::repair {

struct OptionChange {
    std::vector<std::pair<std::string, std::string>> set;    // those that are new or have another value
    std::vector<std::pair<std::string, std::string>> added;  // of these, the new ones
    std::vector<std::string> gone;
    bool hidden = false;  // a value that is wanted is known by its hash only
};
OptionChange change_of(const List &from, const List &to);

// "fillfactor='70', toast.autovacuum_enabled='false'" from lists of "name=value"; prefix stands before each name.
std::string storage_list(const List &options, std::string_view prefix);
// ALTER ... SET (...) and RESET (...) behind the words given: "ALTER TABLE app.t ".
void add_storage_options(const std::string &alter, const List &from, const List &to, std::string_view prefix, const std::string &fact, Lock lock, Steps &steps);

// " OPTIONS (a 'b')" for CREATE; empty for none.  What is hidden is left out, and noted in a step of its own.
std::string foreign_options(const Dialect &sql, const List &options);
// "ALTER SERVER far OPTIONS (ADD a 'b', SET c 'd', DROP e)".
void add_foreign_options(const Dialect &sql, const std::string &alter, const List &from, const List &to, const std::string &fact, Steps &steps);
// A step that says that secrets must be given by hand, if the list has one.
void note_hidden(const List &options, const std::string &what, const std::string &fact, Steps &steps);

// "search_path TO app, public": a setting as SET takes it.
std::string setting_text(const Dialect &sql, std::string_view name, std::string_view value);
// ALTER ... SET and RESET of the settings of a database, role or function.
void add_settings(const Dialect &sql, const std::string &alter, const List &from, const List &to, const std::string &fact, Steps &steps);

}  // namespace core::repair
