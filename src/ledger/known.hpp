#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/fact.hpp"
#include "pg/call.hpp"

// The table known_object: the last definition the guard saw of each object.
namespace ledger {

// A row as it stands; server memory belongs to the context of the call.
struct Known {
    ItemPointerData row;
    core::Address address;
    std::string object_type;
    std::string identity;
    Datum definition;  // jsonb, not toasted
    std::optional<std::int64_t> ledger_id;
};

// What came of waiting for the other recorders of an object.
struct Held {
    bool got = false;      // else another transaction has it
    bool renewed = false;  // another transaction may have changed the object meanwhile
    std::optional<Known> known;
};

// Finds the object's row in its newest version and keeps other recorders of the
// object waiting until the transaction ends.  Objects are to be held before they are
// read, several of them in the order of their addresses.  Without wait, an object that
// another transaction holds is not got.  What this transaction created or dropped needs no holding.
Held hold_known(core::Address address, bool wait);
// The row under the address, whether or not that holds, without waiting for anybody.
std::optional<Known> find_at(core::Address address);
// Calls visit for every row, without its definition.
void each_known(const std::function<void(const core::Address &, const std::string &object_type, const std::string &identity)> &visit);
// By what it is and its name, whether or not its address still holds.
std::optional<Known> find_named(const std::string &object_type, const std::string &identity);
// The same for objects that the server gave a new OID
// (REINDEX CONCURRENTLY): only one whose old address is no object any more,
// and which no other transaction is about to take over or forget.
std::optional<Known> find_renumbered(const std::string &object_type, const std::string &identity);

// What a row is written from.
struct KnownState {
    core::Address address;
    std::string object_type;
    std::string identity;
    Datum definition;
    std::optional<std::int64_t> ledger_id;
};

// Replaces the row when there is one.
void remember(const KnownState &state, const std::optional<Known> &before);
void forget(const Known &known);
void forget_all();

}  // namespace ledger
