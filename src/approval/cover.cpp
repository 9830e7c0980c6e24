#include "approval/approval.hpp"
#include "approval/commands.hpp"
#include "approval/roles.hpp"
#include "approval/scope.hpp"
#include "core/token.hpp"
#include "guard/installation.hpp"
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

// How far a token came; the objection to the one that came furthest is told.
struct Verdict {
    int stage = 0;
    std::optional<Cover> cover;
    std::string objection;
};

Verdict refuse(int stage, std::string objection) { return {stage, std::nullopt, std::move(objection)}; }

Verdict not_ours() { return refuse(1, "The value of \"langchef_guard.approval_token\" is not a token of this guard."); }

struct Presenter {
    Oid role;
    std::string name;
};

Presenter presenter()
{
    const Oid role = GetSessionUserId();
    return {role, role_name(role)};
}

Verdict examine(pg::SpiSession &spi, std::string_view token, const Presenter &who, const pg::Sha256 &digest,
                const core::Judgement &judgement)
{
    if (!core::is_token(token)) return not_ours();
    const pg::Sha256 hash = pg::sha256(token);
    const pg::Rows rows =
        spi.run(find_token, {pg::Parameter(pg::bytea_datum(hash)), pg::Parameter(pg::bytea_datum(digest))});
    if (rows.empty()) return not_ours();
    const std::string kept = pg::text_of(rows.value(0, 2).value);
    if (!core::equal_in_constant_time(kept, {reinterpret_cast<const char *>(hash.data()), hash.size()})) return not_ours();

    const std::int64_t id = rows.int8(0, 1);
    if (rows.boolean(0, 3)) return refuse(2, "The token has been revoked.");
    if (rows.boolean(0, 4)) return refuse(3, "The token has expired.");
    const std::string role = rows.text(0, 5);
    if (rows.oid(0, 6) != who.role || role != who.name) {
        return refuse(4, "The token was issued to role \"" + role + "\", not to the session's role \"" + who.name + "\".");
    }
    if (rows.oid(0, 7) != MyDatabaseId || rows.int8(0, 8) != guard::system_identifier()) {
        return refuse(5, "The token was issued in another database.");
    }
    if (!rows.boolean(0, 9)) {
        if (!rows.boolean(0, 10)) {
            return refuse(6, "The token was given for proposal " + std::to_string(rows.int8(0, 13)) +
                                 ", which does not contain this command with these effects.");
        }
        if (rows.is_null(0, 11)) return refuse(7, "The token is spent.");
        return {8, Cover{id, rows.int4(0, 11)}, {}};
    }
    if (!rows.boolean(0, 12)) return refuse(7, "The token is spent.");
    std::string outside = outside_scope(spi, id, judgement);
    if (!outside.empty()) return refuse(6, std::move(outside));
    return {8, Cover{id, 1}, {}};
}

}  // namespace

Search find_cover(const core::Judgement &judgement)
{
    const auto tokens = core::split_tokens(settings::approval_token());
    if (tokens.empty()) return {};
    const auto installed = guard::installation();
    if (!installed) return {std::nullopt, "The guard is not installed in this database."};
    const Presenter who = presenter();
    const pg::Sha256 digest = command_digest(judgement);
    const pg::UserScope as_owner(installed->owner);
    pg::SpiSession spi;
    Verdict furthest;
    for (const std::string_view token : tokens) {
        Verdict verdict = examine(spi, token, who, digest, judgement);
        if (verdict.stage > furthest.stage) furthest = std::move(verdict);
        if (furthest.cover) break;
    }
    return {furthest.cover, std::move(furthest.objection)};
}

}  // namespace approval
