#pragma once

#include "core/worker_message.hpp"

namespace approval {

// Does the task in the current transaction, as the extension's owner.
// Raises what the server raises; failures of ours are told in the result.
core::WorkerResult perform(const core::WorkerRequest &request);

// Files the refused attempt that the request tells of, in the current transaction, as the extension's owner.
core::WorkerResult file(const core::WorkerRequest &request);

}  // namespace approval
