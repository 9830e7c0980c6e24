#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/fact.hpp"

namespace core {

// One consequence of a command on one object.
//   rule         id of the rule it falls under: "D03"
//   object_type  as the server calls it: "table", "table column"
//   identity     qualified name: public.prompts.version
//   phrase       what is done, as a noun phrase for error messages:
//                dropping column "version" of table "public.prompts"
//   loss         what would be lost, for DETAIL, without a full stop; may be empty
//   rows         rows or values concerned, -1 when not known
//   seems_empty  true when, by a look that took no locks, nothing would be lost
//   collateral   true for what goes along (CASCADE, dependents), false for what was named
struct Effect {
    std::string rule;
    Address object;
    Address relation;  // relation (or other object) that contains it; equals object when it is one
    Address parent{};  // what else is concerned: the table that a partition leaves; kept apart in the digest by detail
    std::string object_type;
    std::string identity;
    std::string phrase;
    std::string loss;
    std::int64_t rows = -1;
    bool collateral = false;
    bool seems_empty = false;
    std::string detail;  // what else identifies the effect, e.g. the new type; part of the digest
};

// An identity as messages show it, in double quotes; one that has its own
// needs no more: "public.prompts", public."Odd name".  See core/shown.hpp for names that are not only odd.
std::string in_quotes(const std::string &identity);

// What the guard makes of a command before it runs.
struct Judgement {
    std::string tag;        // command tag: "ALTER TABLE"
    std::string statement;  // own slice of the text, secrets redacted
    std::vector<Effect> effects;
    bool outside_transaction = false;  // the command cannot run in a transaction block
    std::vector<Address> foreseen;     // of a command that drops: all that goes with it, exempt or not, sorted
    std::optional<Address> target;     // of ALTER TABLE: what its name means, all zero for nothing

    bool empty() const { return effects.empty(); }
};

// The text that the digest of a command is taken over: tag and effects with
// rules and addresses, sorted; spelling, comments and search_path do not
// matter, a wider cascade or another object of the same name do.
std::string canonical_text(const Judgement &judgement);

// JSON of the effects, for proposals.
std::string effects_json(const std::vector<Effect> &effects);

}  // namespace core
