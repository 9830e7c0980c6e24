// An expected schema from DDL text.
#include "core/snapshot.hpp"

#include "catalog/secret_key.hpp"
#include "drift/environment.hpp"
#include "drift/expected_schema.hpp"
#include "drift/own_facts.hpp"
#include "drift/registration.hpp"
#include "guard/installation.hpp"
#include "pg/entry.hpp"
#include "scratch/client.hpp"

namespace {

constexpr const char *function_name = "langchef_guard.register_expected_ddl()";

std::int64_t milliseconds_of(FunctionCallInfo fcinfo, int argument)
{
    if (PG_ARGISNULL(argument)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "timeout must not be null");
    const Interval *const given = PG_GETARG_INTERVAL_P(argument);
    constexpr std::int64_t most = USECS_PER_DAY;
    const bool short_enough = given->month == 0 && given->day >= 0 && given->day <= 1 && given->time <= most;
    const std::int64_t time = short_enough ? given->time + given->day * USECS_PER_DAY : most + 1;
    if (time <= 0 || time > most) throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "timeout must be positive and a day at most");
    return std::max<std::int64_t>(1, time / 1000);
}

void require_primary()
{
    pg::call([] {
        PreventCommandIfReadOnly(function_name);
        PreventCommandDuringRecovery(function_name);
    });
    if (!IsUnderPostmaster) throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "single-user mode has no background workers");
}

std::string key_for_secrets()
{
    const drift::OwnerSession session;
    return catalog::secret_key_bytes();
}

class Merger {
  public:
    Merger(drift::OwnerSession &session, drift::Registration &registration)
        : registration_(registration), state_(session), own_(drift::own_facts())
    {
    }

    void add(std::string_view digest, std::string_view canonical)
    {
        const auto parts = core::split_canonical(canonical);
        if (drift::is_own_kind(parts.kind)) return;
        const auto key = drift::to_utf8(parts.id);
        add_own(&key);
        if (!drift::OwnState::concerns(parts.kind)) return registration_.add(parts.id, parts.kind, parts.parent, parts.payload, digest);
        auto fact = core::read_fact_line(core::fact_line(canonical, digest), !drift::needs_conversion()).fact;
        state_.put(fact);
        add(fact);
    }
    void finish() { add_own(nullptr); }

  private:
    void add(const core::Fact &fact)
    {
        registration_.add(fact.id, fact.kind, fact.parent, core::canonical_json(fact.payload), drift::digest_of(core::canonical_text(fact)));
    }

    // Those before the key; without one, all.
    void add_own(const std::string *key)
    {
        for (; next_ < own_.size() && (key == nullptr || own_[next_].key < *key); ++next_) add(own_[next_].fact);
    }

    drift::Registration &registration_;
    drift::OwnState state_;
    std::vector<drift::OwnFact> own_;
    std::size_t next_ = 0;
};

}  // namespace

// register_expected_ddl(name text, ddl text, timeout interval) returns bigint: the number of facts.
LCG_FUNCTION(lcg_register_expected_ddl)
{
    auto name = drift::required_name(fcinfo, 0);
    if (PG_ARGISNULL(1)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "DDL text must not be null");
    const auto milliseconds = milliseconds_of(fcinfo, 2);
    require_primary();
    guard::installed();
    struct View {
        const char *data;
        std::size_t size;
    };
    const Datum argument = PG_GETARG_DATUM(1);
    const auto ddl = pg::call([argument] {
        struct varlena *const plain = PG_DETOAST_DATUM_PACKED(argument);
        return View{VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
    });
    const auto key = key_for_secrets();
    scratch::Run run(GetUserId(), key, {ddl.data, ddl.size}, milliseconds);
    const auto ready = run.next();
    const std::string revision(ready.fields.empty() ? std::string_view() : ready.fields.front());

    drift::OwnerSession session;
    drift::Registration registration(session, std::move(name));
    Merger merger(session, registration);
    for (;;) {
        const auto answer = run.next();
        if (answer.kind != scratch::answer::fact || answer.fields.size() != 2) break;
        merger.add(answer.fields[0], answer.fields[1]);
    }
    merger.finish();
    run.finish();
    registration.finish({"ddl", drift::server_version_num(), drift::database_encoding(), registration.digest()}, revision);
    return Int64GetDatum(registration.facts());
}
