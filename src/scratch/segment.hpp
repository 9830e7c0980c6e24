#pragma once

#include <string_view>

#include "pg/call.hpp"

// DDL text is run in a database made for it, which nobody else enters and which goes again.  A session that
// asks for it (drift/register_ddl.cpp) starts the keeper, who makes the database, starts the runner in it,
// waits for its end and drops it, whatever became of the session or the runner.
namespace scratch {

// The shared memory between the session, its keeper and its runner: this header, the queue for what the runner
// answers, the key for secrets, the text.
struct Segment {
    static constexpr std::uint32_t magic_number = 0x4c435343;
    static constexpr std::size_t queue_size = std::size_t{256} * 1024;
    static constexpr std::size_t longest_failure = 1000;

    std::uint32_t magic;
    Oid database;          // the session's
    Oid role;              // who runs the text
    TimestampTz deadline;
    pg_atomic_uint32 scratch;    // OID of the database, once it is there
    pg_atomic_uint32 abandoned;  // the session does not wait any more
    // What went wrong with the keeper.
    pg_atomic_uint32 failed;  // set after the rest is complete
    int sqlstate;
    char failure[longest_failure + 1];
    std::uint64_t key_size;
    std::uint64_t text_size;

    static std::size_t queue_offset() { return MAXALIGN(sizeof(Segment)); }
    static std::size_t size_for(std::size_t key, std::size_t text) { return queue_offset() + queue_size + key + text; }
    char *bytes() { return reinterpret_cast<char *>(this); }
    shm_mq *queue() { return reinterpret_cast<shm_mq *>(bytes() + queue_offset()); }
    char *key_bytes() { return bytes() + queue_offset() + queue_size; }
    char *text_bytes() { return key_bytes() + key_size; }
    std::string_view key() { return {key_bytes(), key_size}; }
    std::string_view text() { return {text_bytes(), text_size}; }
};

// What the runner sends.
namespace answer {
constexpr char ready = 'R';   // the text was run; the Alembic revision that it leads to
constexpr char fact = 'F';    // digest, canonical text; in order
constexpr char done = 'D';
constexpr char failed = 'E';  // SQLSTATE, message, detail, hint
}  // namespace answer

// Null when the session has gone.
struct Attached {
    dsm_segment *shared;
    Segment *segment;
};
Attached attach(Datum handle);

// A process of ours, told of by its signals; null when no slot is free.
BackgroundWorkerHandle *start_process(const char *function, Datum argument);

}  // namespace scratch
