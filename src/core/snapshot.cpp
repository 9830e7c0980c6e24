#include "core/snapshot.hpp"

#include "core/json_reader.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view digest_prefix = "sha256:";

bool is_digest(std::string_view text)
{
    if (text.size() != digest_prefix.size() + 64 || !text.starts_with(digest_prefix)) return false;
    return text.find_first_not_of("0123456789abcdef", digest_prefix.size()) == std::string_view::npos;
}

}  // namespace

std::string canonical_text(const Fact &fact)
{
    constexpr std::size_t usual_size = 512;
    std::string out;
    out.reserve(usual_size);
    out += "{\"id\":";
    append_json_string(out, fact.id);
    out += ",\"kind\":";
    append_json_string(out, fact.kind);
    out += ",\"parent\":";
    if (fact.parent.empty()) {
        out += "null";
    } else {
        append_json_string(out, fact.parent);
    }
    out += ",\"payload\":";
    out += canonical_json(fact.payload);
    out += '}';
    return out;
}

CanonicalParts split_canonical(std::string_view canonical)
{
    // Escapes above U+007F are never written by canonical_text.
    JsonReader reader(canonical, false);
    CanonicalParts parts;
    reader.expect('{');
    reader.name();
    parts.id = reader.string();
    reader.expect(',');
    reader.name();
    parts.kind = reader.string();
    reader.expect(',');
    reader.name();
    if (auto parent = reader.value(); std::holds_alternative<std::string>(parent)) parts.parent = std::get<std::string>(parent);
    reader.expect(',');
    reader.name();
    parts.payload = reader.rest();
    parts.payload.remove_suffix(1);
    return parts;
}

std::string header_line(const SnapshotHeader &header)
{
    std::string out = "{\"langchef_guard_snapshot\":" + std::to_string(snapshot_format);
    out += ",\"server_version_num\":" + std::to_string(header.server_version_num) + ",\"encoding\":";
    append_json_string(out, header.encoding);
    out += ",\"facts\":" + std::to_string(header.facts) + ",\"digest\":";
    append_json_string(out, header.digest);
    out += '}';
    return out;
}

std::string fact_line(std::string_view canonical, std::string_view digest)
{
    std::string out(canonical.substr(0, canonical.size() - 1));
    out += ",\"digest\":";
    append_json_string(out, digest);
    out += '}';
    return out;
}

SnapshotHeader read_header(std::string_view line)
{
    JsonReader reader(line, true);
    if (!reader.accept('{') || reader.name() != "langchef_guard_snapshot") throw SnapshotError("it is not a snapshot header");
    const auto format = reader.integer();
    // What a later format looks like is not known: no further reading.
    if (format > snapshot_format) throw SnapshotTooNew(format);
    if (format != snapshot_format) throw SnapshotError("it names an unknown snapshot format");
    SnapshotHeader header;
    unsigned seen = 0;
    while (reader.accept(',')) {
        const auto member = reader.name();
        unsigned bit = 0;
        if (member == "server_version_num") {
            header.server_version_num = reader.integer();
            bit = 1;
        } else if (member == "encoding") {
            header.encoding = reader.string();
            bit = 2;
        } else if (member == "facts") {
            header.facts = reader.integer();
            bit = 4;
        } else if (member == "digest") {
            header.digest = reader.string();
            bit = 8;
        } else {
            throw SnapshotError("the header has a member of no meaning");
        }
        if ((seen & bit) != 0) throw SnapshotError("the header repeats a member");
        seen |= bit;
    }
    reader.expect('}');
    reader.end();
    if (seen != 15) throw SnapshotError("the header lacks a member");
    constexpr std::int64_t first_version = 100000;
    constexpr std::int64_t last_version = 9999999;
    if (header.server_version_num < first_version || header.server_version_num > last_version) {
        throw SnapshotError("the header's server_version_num is no version");
    }
    if (header.facts < 0) throw SnapshotError("the header's count of facts is negative");
    if (!is_digest(header.digest)) throw SnapshotError("the header's digest is no SHA-256 digest");
    return header;
}

std::string id_in_line(std::string_view line, bool unicode)
{
    try {
        JsonReader reader(line, unicode);
        reader.expect('{');
        do {
            const auto member = reader.name();
            if (member == "id") return reader.string();
            if (member == "payload") {
                reader.payload();
            } else {
                reader.value();
            }
        } while (reader.accept(','));
    } catch (const JsonError &) {
    }
    return {};
}

SnapshotFact read_fact_line(std::string_view line, bool unicode)
{
    JsonReader reader(line, unicode);
    SnapshotFact read;
    unsigned seen = 0;
    reader.expect('{');
    do {
        const auto member = reader.name();
        unsigned bit = 0;
        if (member == "id") {
            read.fact.id = reader.string();
            bit = 1;
        } else if (member == "kind") {
            read.fact.kind = reader.string();
            bit = 2;
        } else if (member == "parent") {
            auto parent = reader.value();
            if (auto *const text = std::get_if<std::string>(&parent)) {
                read.fact.parent = std::move(*text);
            } else if (!std::holds_alternative<std::monostate>(parent)) {
                throw SnapshotError("its parent is neither text nor null");
            }
            bit = 4;
        } else if (member == "payload") {
            read.fact.payload = reader.payload();
            bit = 8;
        } else if (member == "digest") {
            read.digest = reader.string();
            bit = 16;
        } else {
            throw SnapshotError("it has a member that a fact has not");
        }
        if ((seen & bit) != 0) throw SnapshotError("it repeats a member");
        seen |= bit;
    } while (reader.accept(','));
    reader.expect('}');
    reader.end();
    if (seen != 31) throw SnapshotError("it lacks a member that a fact has");
    const auto &fact = read.fact;
    if (fact.kind.empty() || !fact.id.starts_with(fact.kind + ':')) throw SnapshotError("its id does not begin with its kind");
    if (!is_digest(read.digest)) throw SnapshotError("its digest is no SHA-256 digest");
    return read;
}

std::optional<std::string_view> Lines::next()
{
    while (!rest_.empty()) {
        ++number_;
        const auto end = rest_.find('\n');
        const auto line = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) return line;
    }
    return std::nullopt;
}

}  // namespace core
