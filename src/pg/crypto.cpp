#include "pg/crypto.hpp"

namespace pg {

Sha256 sha256(std::string_view data)
{
    Sha256 digest{};
    std::uint8_t *const out = digest.data();
    call([data, out] {
        pg_cryptohash_ctx *const context = pg_cryptohash_create(PG_SHA256);
        const bool done = context != nullptr && pg_cryptohash_init(context) == 0 &&
                          pg_cryptohash_update(context, reinterpret_cast<const uint8 *>(data.data()), data.size()) == 0 &&
                          pg_cryptohash_final(context, out, PG_SHA256_DIGEST_LENGTH) == 0;
        if (context != nullptr) pg_cryptohash_free(context);
        if (!done) elog(ERROR, "could not compute SHA-256 hash");
    });
    return digest;
}

Sha256Stream::Sha256Stream()
    : context_(call([] {
          pg_cryptohash_ctx *const context = pg_cryptohash_create(PG_SHA256);
          if (context == nullptr || pg_cryptohash_init(context) != 0) elog(ERROR, "could not compute SHA-256 hash");
          return context;
      }))
{
}

void Sha256Stream::add(std::string_view data)
{
    pg_cryptohash_ctx *const context = context_;
    call([=] {
        if (pg_cryptohash_update(context, reinterpret_cast<const uint8 *>(data.data()), data.size()) != 0) {
            elog(ERROR, "could not compute SHA-256 hash");
        }
    });
}

Sha256 Sha256Stream::finish()
{
    Sha256 digest{};
    std::uint8_t *const out = digest.data();
    pg_cryptohash_ctx *const context = context_;
    call([=] {
        const bool done = pg_cryptohash_final(context, out, PG_SHA256_DIGEST_LENGTH) == 0 && pg_cryptohash_init(context) == 0;
        if (!done) elog(ERROR, "could not compute SHA-256 hash");
    });
    return digest;
}

std::string hex(const std::uint8_t *bytes, std::size_t size)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(size * 2, '0');
    for (std::size_t i = 0; i < size; ++i) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return text;
}

std::array<std::uint8_t, 32> random_bytes()
{
    std::array<std::uint8_t, 32> bytes{};
    if (!pg_strong_random(bytes.data(), bytes.size())) {
        throw GuardError(ERRCODE_INTERNAL_ERROR, "could not generate random values");
    }
    return bytes;
}

Datum bytea_datum(const Sha256 &digest)
{
    const std::uint8_t *const bytes = digest.data();
    return call([bytes] {
        auto *const value = static_cast<bytea *>(palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH));
        SET_VARSIZE(value, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
        std::memcpy(VARDATA(value), bytes, PG_SHA256_DIGEST_LENGTH);
        return PointerGetDatum(value);
    });
}

char *keyed_hash(const char *key, std::size_t key_size, const char *text, std::size_t bytes)
{
    std::array<uint8, PG_SHA256_DIGEST_LENGTH> digest{};
    pg_hmac_ctx *const context = pg_hmac_create(PG_SHA256);
    const bool done = context != nullptr && pg_hmac_init(context, reinterpret_cast<const uint8 *>(key), key_size) >= 0 &&
                      pg_hmac_update(context, reinterpret_cast<const uint8 *>(text), std::strlen(text)) >= 0 &&
                      pg_hmac_final(context, digest.data(), digest.size()) >= 0;
    if (context != nullptr) pg_hmac_free(context);
    if (!done) elog(ERROR, "could not compute a hash");
    char *const hex = static_cast<char *>(palloc(bytes * 2 + 1));
    hex[hex_encode(reinterpret_cast<const char *>(digest.data()), bytes, hex)] = '\0';
    return hex;
}

}  // namespace pg
