// The functions that register, drop and choose expected schemas.
#include "core/drift.hpp"
#include "core/json_reader.hpp"
#include "core/snapshot.hpp"
#include "core/vocabulary.hpp"

#include "drift/comparison.hpp"
#include "drift/digest.hpp"
#include "drift/environment.hpp"
#include "drift/expected_schema.hpp"
#include "drift/lines.hpp"
#include "drift/kept_map.hpp"
#include "drift/live_facts.hpp"
#include "drift/registration.hpp"
#include "pg/entry.hpp"

namespace {

constexpr const char *document_hint =
    "A document is what SELECT string_agg(line, E'\\n') FROM langchef_guard.snapshot() AS line returns.";

[[noreturn]] void refuse_document(const std::string &detail)
{
    throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "document is not a valid langchef_guard snapshot", detail, document_hint);
}

std::string line_detail(std::int64_t line, std::string_view reason)
{
    return "Line " + std::to_string(line) + " cannot be used: " + std::string(reason) + '.';
}

core::SnapshotHeader read_header(drift::LineSource &lines)
{
    const auto line = lines.next();
    if (!line) refuse_document("It is empty.");
    try {
        auto header = core::read_header(*line);
        if (!drift::is_encoding(header.encoding)) throw core::SnapshotError("the header's encoding is none that PostgreSQL knows");
        return header;
    } catch (const core::SnapshotTooNew &newer) {
        throw pg::GuardError(ERRCODE_FEATURE_NOT_SUPPORTED, "snapshot format " + std::to_string(newer.format) + " is not supported",
                             "This version of langchef_guard reads format " + std::to_string(core::snapshot_format) + '.',
                             "Update the extension, or take the snapshot with this version.");
    } catch (const std::runtime_error &error) {
        refuse_document(line_detail(lines.number(), error.what()));
    }
}

core::SnapshotFact read_fact(std::string_view line, std::int64_t number, bool unicode)
{
    try {
        auto read = core::read_fact_line(line, unicode);
        if (drift::digest_of(core::canonical_text(read.fact)) != read.digest) {
            throw core::SnapshotError("its content does not match its digest");
        }
        core::check_fact(read.fact);
        return read;
    } catch (const std::runtime_error &error) {
        refuse_document(line_detail(number, error.what()));
    }
}

void finish(core::ParentCheck &parents)
{
    try {
        parents.finish();
    } catch (const core::SnapshotError &error) {
        refuse_document(line_detail(parents.line(), error.what()));
    }
}

void add_lines(drift::LineSource &lines, drift::Registration &registration, core::ParentCheck &parents)
{
    const bool unicode = !drift::needs_conversion();
    std::string last_key;
    while (const auto line = lines.next()) {
        pg::call([] { CHECK_FOR_INTERRUPTS(); });
        const auto read = read_fact(*line, lines.number(), unicode);
        const auto &fact = read.fact;
        auto key = drift::to_utf8(fact.id);
        if (key <= last_key) refuse_document(line_detail(lines.number(), "its id is repeated or out of order"));
        last_key = std::move(key);
        parents.add(fact, lines.number());
        registration.add(fact.id, fact.kind, fact.parent, core::canonical_json(fact.payload), read.digest);
    }
}

std::int64_t register_lines(std::string name, drift::LineSource &lines)
{
    const auto header = read_header(lines);
    drift::OwnerSession session;
    drift::Registration registration(session, std::move(name));
    core::ParentCheck parents;
    add_lines(lines, registration, parents);
    if (registration.facts() != header.facts) {
        refuse_document("Its header promises " + std::to_string(header.facts) + " facts, it has " +
                        std::to_string(registration.facts()) + '.');
    }
    auto digest = registration.digest();
    if (digest != header.digest) refuse_document("Its facts do not match the digest of its header.");
    // Last: what a cut document lacks is not worth a word of its own.
    finish(parents);
    registration.finish({"document", header.server_version_num, header.encoding, std::move(digest)});
    return registration.facts();
}

}  // namespace

// register_expected(name text) returns bigint: the number of facts.
LCG_FUNCTION(lcg_register_expected_live)
{
    auto name = drift::required_name(fcinfo, 0);
    drift::OwnerSession session;
    drift::Registration registration(session, std::move(name));
    drift::KeptMap kept_map(session);
    const catalog::Stamps stamps(kept_map.map());
    drift::forget_cached_rows();
    drift::LiveFacts live({nullptr, &stamps, true});
    std::vector<std::uint32_t> groups;
    while (live.next()) {
        const auto parts = core::split_canonical(live.canonical());
        registration.add(parts.id, parts.kind, parts.parent, parts.payload, live.digest());
        groups.push_back(live.group());
    }
    registration.finish({"live", drift::server_version_num(), drift::database_encoding(), registration.digest()});
    std::vector<core::Address> unsettled;
    live.gaps(&unsettled);
    drift::keep_registered(session, registration.name(), stamps, groups, unsettled);
    kept_map.replace(stamps.pass());
    return Int64GetDatum(registration.facts());
}

// register_expected(name text, document text) returns bigint.
LCG_FUNCTION(lcg_register_expected_document)
{
    auto name = drift::required_name(fcinfo, 0);
    if (PG_ARGISNULL(1)) {
        throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "snapshot document must not be null", {}, document_hint);
    }
    struct View {
        const char *data;
        std::size_t size;
    };
    const Datum argument = PG_GETARG_DATUM(1);
    const auto document = pg::call([argument] {
        text *const plain = DatumGetTextPP(argument);
        return View{VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
    });
    drift::TextLines lines(std::string_view(document.data, document.size));
    return Int64GetDatum(register_lines(std::move(name), lines));
}

// register_expected_lines(name text, source regclass) returns bigint: of a document that is too long for one value.
LCG_FUNCTION(lcg_register_expected_lines)
{
    auto name = drift::required_name(fcinfo, 0);
    if (PG_ARGISNULL(1)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "table of snapshot lines must not be null");
    drift::TableLines lines(PG_GETARG_OID(1), GetUserId());
    return Int64GetDatum(register_lines(std::move(name), lines));
}

// unregister_expected(name text) returns void.
LCG_FUNCTION(lcg_unregister_expected)
{
    static constinit pg::Statement delete_schema{
        "DELETE FROM langchef_guard.expected_schema WHERE name OPERATOR(pg_catalog.=) $1 RETURNING name", {TEXTOID}};
    static constinit pg::Statement delete_facts{
        "DELETE FROM langchef_guard.expected_object WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};
    static constinit pg::Statement delete_options{
        "DELETE FROM langchef_guard.expected_option WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};
    static constinit pg::Statement withdraw_accepted{
        "UPDATE langchef_guard.accepted_difference SET withdrawn_by = SESSION_USER, withdrawn_at = pg_catalog.clock_timestamp(),"
        "   withdraw_reason = 'the expected schema was unregistered'"
        " WHERE schema_name OPERATOR(pg_catalog.=) $1 AND withdrawn_at IS NULL",
        {TEXTOID}};
    static constinit pg::Statement delete_stamps{
        "DELETE FROM langchef_guard.expected_stamp WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};
    const auto name = drift::required_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto parameter = pg::param(std::string_view(name));
    if (session->run(delete_schema, {parameter}).empty()) throw drift::unknown_expected(name);
    session->run(delete_facts, {parameter});
    session->run(delete_options, {parameter});
    session->run(withdraw_accepted, {parameter});
    session->run(delete_stamps, {parameter});
    return 0;
}

// activate_expected(name text) returns void.
LCG_FUNCTION(lcg_activate_expected)
{
    static constinit pg::Statement lock{"LOCK TABLE langchef_guard.expected_schema IN SHARE ROW EXCLUSIVE MODE", {}};
    static constinit pg::Statement clear{
        "UPDATE langchef_guard.expected_schema SET active = false WHERE active AND name OPERATOR(pg_catalog.<>) $1", {TEXTOID}};
    static constinit pg::Statement choose{
        "UPDATE langchef_guard.expected_schema SET active = true WHERE name OPERATOR(pg_catalog.=) $1 RETURNING name", {TEXTOID}};
    const auto name = drift::required_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto parameter = pg::param(std::string_view(name));
    session->run(lock, {});
    session->run(clear, {parameter});
    if (session->run(choose, {parameter}).empty()) throw drift::unknown_expected(name);
    return 0;
}
