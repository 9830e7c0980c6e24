#pragma once

#include "core/worker_message.hpp"

namespace approval {

// Has a background worker do the task in a transaction of its own and waits
// for it, at most request.timeout milliseconds.  What goes wrong, no free
// worker slot included, is told in the result's failure; a cancel request of
// the session is raised by the next check for interrupts, not here.
core::WorkerResult run_in_worker(const core::WorkerRequest &request);

// Fills in who asks: the session, its roles, client and label.
void put_requester(core::WorkerRequest &request);

}  // namespace approval
