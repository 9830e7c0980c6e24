#include "approval/approval.hpp"
#include "approval/commands.hpp"
#include "approval/roles.hpp"
#include "approval/scope.hpp"
#include "approval/tally.hpp"
#include "core/token.hpp"
#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "pg/spi.hpp"
#include "settings.hpp"

namespace approval {
namespace {

constinit pg::Statement find_token{
    "SELECT a.id, a.token_hash, a.revoked_at IS NOT NULL, "
    "a.valid_until OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp(), a.role, a.role_oid, a.database_oid, "
    "a.system_identifier, a.digests IS NULL, $2 OPERATOR(pg_catalog.=) ANY (a.digests), "
    "(SELECT pg_catalog.min(place) FROM pg_catalog.generate_subscripts(a.digests, 1) AS place "
    "WHERE a.digests[place] OPERATOR(pg_catalog.=) $2 AND a.uses[place] OPERATOR(pg_catalog.<) a.max_uses), "
    "a.uses[1] OPERATOR(pg_catalog.<) a.max_uses, a.proposal_id "
    "FROM langchef_guard.approval a WHERE a.token_hash OPERATOR(pg_catalog.=) $1",
    {BYTEAOID, BYTEAOID}};

// What keeps a token from covering a command, the farthest from it first: of
// several tokens, the objection to the closest is told.
enum class Objection { unknown, database, role, revoked, expired, content, spent, outgrown };

struct Verdict {
    int closeness = -1;
    std::optional<Cover> cover;
    std::string objection;
    bool outgrown = false;
};

// A token that was given for the command is closer than any that was not.
Verdict refuse(Objection kind, std::string objection, bool contains = false)
{
    constexpr int kinds = static_cast<int>(Objection::outgrown) + 1;
    return {static_cast<int>(kind) + (contains ? kinds : 0), std::nullopt, std::move(objection)};
}

constexpr int unknown_token = static_cast<int>(Objection::unknown);

Verdict not_ours()
{
    return refuse(Objection::unknown, "The value of \"langchef_guard.approval_token\" is not a token of this guard.");
}

struct Presenter {
    Oid role;
    std::string name;
};

Presenter presenter()
{
    const Oid role = GetSessionUserId();
    return {role, role_name(role)};
}

// A row of the table, as far as presenting its token needs it.
struct Kept {
    std::int64_t id;
    bool revoked;
    bool expired;
    std::string role;
    Oid role_oid;
    bool of_this_database;
    bool scoped;
    bool usable;          // a use is left for the command
    std::int32_t command; // of a token for a proposal: its place there
    std::string outside;  // why it was not given for the command, empty when it was
};

std::optional<Kept> find_kept(pg::SpiSession &spi, std::string_view token, const pg::Sha256 &digest)
{
    const pg::Sha256 hash = pg::sha256(token);
    const pg::Rows rows =
        spi.run(find_token, {pg::Parameter(pg::bytea_datum(hash)), pg::Parameter(pg::bytea_datum(digest))});
    if (rows.empty()) return std::nullopt;
    const std::string found = pg::text_of(rows.value(0, 2).value);
    if (!core::equal_in_constant_time(found, {reinterpret_cast<const char *>(hash.data()), hash.size()})) return std::nullopt;
    const bool scoped = rows.boolean(0, 9);
    Kept kept{rows.int8(0, 1),
              rows.boolean(0, 3),
              rows.boolean(0, 4),
              rows.text(0, 5),
              rows.oid(0, 6),
              rows.oid(0, 7) == MyDatabaseId && rows.int8(0, 8) == guard::system_identifier(),
              scoped,
              scoped ? rows.boolean(0, 12) : !rows.is_null(0, 11),
              scoped || rows.is_null(0, 11) ? 1 : rows.int4(0, 11),
              {}};
    if (!scoped && !rows.boolean(0, 10)) {
        kept.outside = "The token was given for proposal " + std::to_string(rows.int8(0, 13)) +
                       ", which does not contain this command with these effects.";
    }
    return kept;
}

// Rows that the effects of a command had when its proposal was filed.
constinit pg::Statement rows_then{
    "SELECT e.value OPERATOR(pg_catalog.->>) 'rule', (e.value OPERATOR(pg_catalog.->>) 'classid')::pg_catalog.int8, "
    "(e.value OPERATOR(pg_catalog.->>) 'objid')::pg_catalog.int8, (e.value OPERATOR(pg_catalog.->>) 'rows')::pg_catalog.int8 "
    "FROM langchef_guard.approval a JOIN langchef_guard.proposal p ON p.id OPERATOR(pg_catalog.=) a.proposal_id, "
    "pg_catalog.jsonb_array_elements(p.commands OPERATOR(pg_catalog.->) ($2 OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog.->) 'effects') AS e "
    "WHERE a.id OPERATOR(pg_catalog.=) $1 AND e.value OPERATOR(pg_catalog.?) 'rows'",
    {INT8OID, INT4OID}};

// Ten times as many rows are another decision; what is small is let grow.
constexpr std::int64_t growth = 10;
constexpr std::int64_t small = 10;

std::string outgrown(pg::SpiSession &spi, const Kept &kept, const core::Judgement &judgement)
{
    if (kept.scoped) return {};
    const pg::Rows rows = spi.run(rows_then, {pg::param(kept.id), pg::Parameter(Int32GetDatum(kept.command))});
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const std::int64_t then = rows.int8(i, 4);
        for (const core::Effect &effect : judgement.effects) {
            const bool same = effect.rule == rows.text(i, 1) && effect.object.classid == rows.int8(i, 2) && effect.object.objid == rows.int8(i, 3);
            if (!same || effect.rows <= growth * std::max(then, small)) continue;
            return "The token was given when " + effect.phrase + " concerned " + std::to_string(then) + (then == 1 ? " row" : " rows") +
                   ", which are " + std::to_string(effect.rows) + " now.";
        }
    }
    return {};
}

Verdict examine(pg::SpiSession &spi, std::string_view token, const Presenter &who, const pg::Sha256 &digest,
                const core::Judgement &judgement)
{
    if (!core::is_token(token)) return not_ours();
    auto kept = find_kept(spi, token, digest);
    if (!kept) return not_ours();
    if (kept->scoped) kept->outside = outside_scope(spi, kept->id, judgement);
    const bool contains = kept->outside.empty();
    if (!kept->of_this_database) return refuse(Objection::database, "The token was issued in another database.", contains);
    if (kept->role_oid != who.role || kept->role != who.name) {
        return refuse(Objection::role,
                      "The token was issued to role \"" + kept->role + "\", not to the session's role \"" + who.name + "\".", contains);
    }
    if (kept->revoked) return refuse(Objection::revoked, "The token has been revoked.", contains);
    if (kept->expired) return refuse(Objection::expired, "The token has expired.", contains);
    if (!contains) return refuse(Objection::content, std::move(kept->outside));
    if (!kept->usable) return refuse(Objection::spent, "The token is spent.", contains);
    if (std::string objection = outgrown(spi, *kept, judgement); !objection.empty()) {
        Verdict verdict = refuse(Objection::outgrown, std::move(objection), contains);
        verdict.outgrown = true;
        return verdict;
    }
    return {-1, Cover{kept->id, kept->command}, {}};
}

}  // namespace

Search find_cover(const core::Judgement &judgement)
{
    const auto tokens = core::split_tokens(settings::approval_token());
    if (tokens.empty()) return {};
    const auto installed = guard::installation();
    if (!installed) return {std::nullopt, "The guard is not installed in this database."};
    guard::hold_table("approval", AccessShareLock);
    const Presenter who = presenter();
    const pg::Sha256 digest = command_digest(judgement);
    const pg::UserScope as_owner(installed->owner);
    // A token may be younger than the snapshot of a REPEATABLE READ transaction.
    pg::SpiSession spi(pg::Sees::committed);
    Verdict closest;
    int unknown = 0;
    for (const std::string_view token : tokens) {
        Verdict verdict = examine(spi, token, who, digest, judgement);
        if (verdict.cover) return {verdict.cover, {}};
        if (verdict.closeness == unknown_token) ++unknown;
        if (verdict.closeness > closest.closeness) closest = std::move(verdict);
    }
    if (unknown > 0) note_invalid_tokens(unknown);
    return {std::nullopt, std::move(closest.objection), unknown, closest.outgrown};
}

}  // namespace approval
