#pragma once

namespace approval {

// Whether this process is the guard's own background worker: what it does is
// neither judged nor recorded.
bool in_worker();

}  // namespace approval
