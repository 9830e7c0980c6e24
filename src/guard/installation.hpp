#pragma once

#include "pg/call.hpp"

namespace guard {

// The extension as installed in this database.
struct Installation {
    Oid extension;
    Oid schema;
    Oid owner;  // owner of the extension; the guard reads and writes its tables as this role
};

// Null outside a transaction or where the extension is not installed.
// Cheap after the first call: one lookup in the namespace cache.
std::optional<Installation> installation();

// The same; raises where there is none.
Installation installed();

// Has the server tell when that changes; called once, when the library is loaded.
void watch_installation();

// Number that tells this cluster from a restored or upgraded copy.
std::int64_t system_identifier();

// As %c of log_line_prefix.
std::string session_id();

// Null when the current transaction has no id yet; never assigns one.
std::optional<std::uint64_t> assigned_xid();

}  // namespace guard
