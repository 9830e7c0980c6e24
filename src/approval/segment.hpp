#pragma once

#include <string_view>

#include "pg/prelude.hpp"

namespace approval {

// The shared memory between a session and its worker: this header, the area
// for the result, the request.
struct Segment {
    static constexpr std::uint32_t magic_number = 0x4c434754;
    static constexpr std::size_t result_capacity = 2048;

    std::uint32_t magic;
    TimestampTz deadline;  // until when the session waits, counted from before the worker was asked for
    pg_atomic_uint32 answered;  // set after the result is complete
    std::uint32_t result_size;
    std::uint64_t request_size;
    char result[result_capacity];

    static std::size_t size_for(std::size_t request_bytes) { return sizeof(Segment) + request_bytes; }
    char *request() { return reinterpret_cast<char *>(this + 1); }
};

}  // namespace approval
