#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/fact.hpp"

namespace core {

// The definition of one object as the ledger keeps it, JSON:
//   {"id":..., "kind":..., "parent":..., "address":[classid,objid,objsubid], "attributes":{...},
//    "parts":{"<fact id>":{"kind":..., "address":[...], "attributes":{...}}, ...}}
// The addresses let a later comparison see a rename; "parent" and "parts" are left out when empty.
// Takes the facts of one object, the object itself first; empty facts give "".
std::string definition_json(const Facts &facts);

// One attribute-level difference between two states of an object or a schema.
//   op         "added", "removed" (a fact; attribute is empty) or "changed"
struct Difference {
    std::string fact;
    std::string kind;
    std::string parent;
    std::string op;
    std::string attribute;
    Value before;
    Value after;
};

// Differences between two sets of facts, ordered by fact id, then attribute.
// Facts are matched by id, or, when match_address is set, by catalog address
// first, so that a rename is a change of attribute "name", not a removal and
// an addition: its before and after are the two ids.  A part that only follows
// its renamed object has no difference of its own, and columns that keep their
// order among each other have none for a moved "ordinal".  A fact that stands
// under another parent with its old id differs in "parent".
std::vector<Difference> compare(const Facts &before, const Facts &after, bool match_address = false);

// What somebody found who made part of the changes between two states of one
// object: the rest of them was there already.  is_own is asked for each fact that
// differs, with the fact before and after (null where there is none).  Gives
// `before` when nothing or everything is to be told apart: a rename of his own
// shows in facts whose catalog rows it does not touch.
Facts found_state(const Facts &before, const Facts &after, const std::function<bool(const Fact *, const Fact *)> &is_own);

// JSON array of {"fact","kind","op","attribute","before","after"}; null members are left out.
std::string differences_json(const std::vector<Difference> &differences);

}  // namespace core
