#pragma once

#include "core/worker_message.hpp"

namespace approval {

// The task of the guarded database when a command on a shared object is issued elsewhere: policy, tokens and
// proposals are this database's.  Acts as the requester for the rest of the worker's life.
//   status  unconcerned, allowed (the ledger has its row), denied, or that of the proposal filed
core::WorkerResult judge_here(const core::WorkerRequest &request);

}  // namespace approval
