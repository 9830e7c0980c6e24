#include "drift/digest.hpp"

#include "drift/environment.hpp"

namespace drift {

std::string digest_of(std::string_view canonical_text)
{
    const auto digest = needs_conversion() ? pg::sha256(to_utf8(canonical_text)) : pg::sha256(canonical_text);
    return "sha256:" + pg::hex(digest);
}

void RootDigest::add(std::string_view digest)
{
    stream_.add(digest);
    stream_.add("\n");
}

std::string RootDigest::finish() { return "sha256:" + pg::hex(stream_.finish()); }

}  // namespace drift
