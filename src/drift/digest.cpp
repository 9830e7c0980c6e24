#include "drift/digest.hpp"

#include "drift/environment.hpp"

namespace drift {

std::string digest_of(std::string_view canonical_text)
{
    pg::Sha256Stream stream;
    return digest_of(canonical_text, stream);
}

std::string digest_of(std::string_view canonical_text, pg::Sha256Stream &stream)
{
    if (needs_conversion()) {
        stream.add(to_utf8(canonical_text));
    } else {
        stream.add(canonical_text);
    }
    return "sha256:" + pg::hex(stream.finish());
}

void RootDigest::add(std::string_view digest)
{
    stream_.add(digest);
    stream_.add("\n");
}

std::string RootDigest::finish() { return "sha256:" + pg::hex(stream_.finish()); }

}  // namespace drift
