#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "drift/owner_session.hpp"

namespace drift {

// A row of the table of the same name, as far as comparing needs it.
struct ExpectedSchema {
    std::string name;
    bool from_document;  // or from DDL text
    std::int64_t server_version_num;
    std::int64_t system_identifier;
    std::int64_t ledger_id;
    std::uint64_t registered_xid;
    std::string registered_snapshot;  // as pg_snapshot prints it
    std::int64_t facts;
};

// The name given to a function; raises when it cannot be a name.
std::string required_name(FunctionCallInfo fcinfo, int argument);
// The same, but a null is no name.
std::optional<std::string> optional_name(FunctionCallInfo fcinfo, int argument);

// The schema of that name, or the active one; raises when there is none.
ExpectedSchema find_expected(OwnerSession &session, const std::optional<std::string> &name);

// As an SQL literal, for hints.
std::string quoted_literal(const std::string &name);

// Raised for a name that is not registered.
pg::GuardError unknown_expected(const std::string &name);

}  // namespace drift
