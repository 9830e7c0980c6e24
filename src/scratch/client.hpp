#pragma once

#include "core/parcel.hpp"
#include "scratch/segment.hpp"

namespace scratch {

// A text that is run in a scratch database, for the session that asked for it.  Whatever ends this object
// ends the rest; only an interrupted session does not wait for it.
class Run {
  public:
    // Raises when it cannot be had.
    Run(Oid role, std::string_view key, std::string_view ddl, std::int64_t milliseconds);
    ~Run();
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;

    // The next answer but a failure, which is raised; its fields are valid until the next.
    core::Parcel next();
    // Until the database is gone.
    void finish();

  private:
    [[noreturn]] void raise_failure(const core::Parcel &answer);
    [[noreturn]] void raise_silence();

    dsm_segment *shared_ = nullptr;
    Segment *segment_ = nullptr;
    BackgroundWorkerHandle *keeper_ = nullptr;
    shm_mq_handle *queue_ = nullptr;
};

}  // namespace scratch
