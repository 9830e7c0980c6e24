#pragma once

#include "catalog/names.hpp"

// Options that can be secrets, as payloads hold them; inside pg::call only.
namespace catalog {

// Options of wrappers, servers, user mappings and foreign tables, sorted: "name=value", and for a name that is not
// known to be harmless "name=<hidden KEY HASH>".  Who sees two hashes under one key sees whether the
// values are equal, and nothing else; under two keys nothing can be told.
List *hidden_options(Field array);

// Settings of a database or role; an application may keep its secrets in those that it made up itself.
List *hidden_settings(Field array);

// Parameters of a connection string in the same form; one that cannot be read is hidden as a whole.
List *hidden_connection(const char *connection);

// Number of the key that secrets are hidden with: their hashes change with it.
uint64 secret_key_mark();

}  // namespace catalog
