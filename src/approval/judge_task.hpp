#pragma once

#include "core/worker_message.hpp"

namespace approval {

// The tasks of a guarded database when a command on shared objects is issued elsewhere: policy, tokens and proposals
// are this database's.  Both act as the requester for the rest of the worker's life.

// Decides, and files what is refused.
//   status  off (nothing is judged here), unconcerned, allowed (by the approval, if any), denied, or that of the
//           proposal filed; of a database without the extension it is "unguarded"
core::WorkerResult judge_here(const core::WorkerRequest &request);

// Spends the approval, if any, and enters in the ledger that the command was let through; whether its transaction
// then commits, nobody tells here.
core::WorkerResult pass_here(const core::WorkerRequest &request);

}  // namespace approval
