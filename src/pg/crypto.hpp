#pragma once

#include "pg/call.hpp"

namespace pg {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view data);

// SHA-256 of text that comes in pieces.
class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream() { pg_cryptohash_free(context_); }
    Sha256Stream(const Sha256Stream &) = delete;
    Sha256Stream &operator=(const Sha256Stream &) = delete;

    void add(std::string_view data);
    // After the last piece; begins anew.
    Sha256 finish();

  private:
    pg_cryptohash_ctx *context_;
};

std::string hex(const std::uint8_t *bytes, std::size_t size);
inline std::string hex(const Sha256 &digest) { return hex(digest.data(), digest.size()); }
// Cryptographically strong; raises when the server has no entropy.
std::array<std::uint8_t, 32> random_bytes();
// Datum of type bytea, allocated in the current context.
Datum bytea_datum(const Sha256 &digest);

// HMAC-SHA-256 of the text under the key, its first bytes (32 at most) in hex, palloc'd.  Inside pg::call.
char *keyed_hash(const char *key, std::size_t key_size, const char *text, std::size_t bytes);

}  // namespace pg
