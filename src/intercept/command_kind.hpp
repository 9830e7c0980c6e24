#pragma once

#include "pg/call.hpp"

// What is known of a utility command by its parse tree alone.
namespace intercept {

// Whether it may define or destroy something.
bool concerns_schema(const Node *parsetree);

// Whether it acts on files beside the catalogs, which are not undone with them.
bool is_irrevocable(const Node *parsetree);

// DROP INDEX CONCURRENTLY must find its transaction without an id: nothing is written before it.
bool needs_fresh_transaction(const Node *parsetree);

// RESET of a setting, or of all.
bool is_reset(const Node *parsetree);

bool is_commit(const Node *parsetree);

// Whether the server refuses it in a transaction that only reads, as it does with nearly all of them.
bool refused_when_reading(const Node *parsetree);

}  // namespace intercept
