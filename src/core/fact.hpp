#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace core {

// Where a fact lives in the catalogs.  Never part of its identity or payload.
struct Address {
    std::uint32_t classid = 0;
    std::uint32_t objid = 0;
    std::int32_t objsubid = 0;

    auto operator<=>(const Address &) const = default;
};

using Payload = std::map<std::string, Value, std::less<>>;

// One object or sub-object of the schema: a table, a column, a constraint...
//   kind    lower-case word: "table", "column", "index", "function"...
//   id      "kind:" + quoted name parts, equal in every database with the
//           same schema: "column:public.prompts.version"
//   parent  id of the fact this one is a part of, empty at the top
//   payload what is compared and hashed; absent attributes have their default
//   address, xmin   where and by which transaction; metadata, never compared
struct Fact {
    std::string kind;
    std::string id;
    std::string parent;
    Payload payload;
    Address address;
    std::uint32_t xmin = 0;
    // Whether it shows other objects that the server does not record it to depend on: metadata, like the address.
    bool restless = false;

    void set(std::string_view name, Value value)
    {
        if (!std::holds_alternative<std::monostate>(value)) payload.insert_or_assign(std::string(name), std::move(value));
    }
};

using Facts = std::vector<Fact>;

// A name part as it stands in a fact id: quoted unless it is plain lower case.
// Unlike the server's quoting it does not depend on a version's keyword list.
std::string quote_part(std::string_view name);

// "kind:a.b.c" from name parts.
std::string fact_id(std::string_view kind, std::initializer_list<std::string_view> parts);

// Whether a text of the server's, also one within JSON, has a constant that can hold OIDs of objects which the server
// does not record as used: "'{app.t}'::regclass[]", or of a type of a user's that is made of several values,
// "'(app.t,1)'::app.pair".  Says so of some that hold none.
bool may_hide_oids(std::string_view text);

// Canonical JSON of a payload: keys in byte order, no spaces.
std::string canonical_json(const Payload &payload);

}  // namespace core
