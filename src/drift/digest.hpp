#pragma once

#include <string>
#include <string_view>

#include "pg/crypto.hpp"

namespace drift {

// "sha256:" and the hash in hex.
std::string digest_of(std::string_view canonical_text);
// The same for many, with a stream that has nothing in it.
std::string digest_of(std::string_view canonical_text, pg::Sha256Stream &stream);

// Digest over the digests of all facts, in their order.
class RootDigest {
  public:
    void add(std::string_view digest);
    std::string finish();

  private:
    pg::Sha256Stream stream_;
};

}  // namespace drift
