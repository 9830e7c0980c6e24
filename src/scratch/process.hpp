#pragma once

#include "pg/prelude.hpp"

namespace scratch {

inline constexpr const char *process_name = "langchef_guard scratch";

// Whether this process serves a scratch database: nothing is guarded there, and nothing recorded.
bool in_scratch();
enum class Work { tends, runs_text };
void enter(Work work);

// In the process that runs somebody's DDL text, raises for what would reach beyond the scratch database:
// commands on what all databases share, on files and programs, on other servers.  Elsewhere does nothing.
// Functions are not looked into: whom the server lets call one may call it.
void require_inside(const Node *command);
void require_inside(const QueryDesc *query);

}  // namespace scratch
