#include "core/drift.hpp"
#include "core/snapshot.hpp"

#include "drift/digest.hpp"
#include "drift/environment.hpp"
#include "drift/live_facts.hpp"
#include "drift/past.hpp"
#include "pg/entry.hpp"
#include "pg/srf.hpp"

namespace {

// A document of facts, line by line; they are read twice.
template <typename Source>
void add_document(pg::ResultSet &result, Source &facts)
{
    core::SnapshotHeader header;
    header.server_version_num = drift::server_version_num();
    header.encoding = drift::database_encoding();
    drift::RootDigest root;
    while (facts.next()) {
        root.add(facts.digest());
        ++header.facts;
    }
    header.digest = root.finish();

    const auto add_line = [&result](std::string_view line) {
        const Datum datum = pg::text_datum(line);
        result.add({pg::Parameter(datum)});
        pg::call([datum] { pfree(DatumGetPointer(datum)); });
    };
    add_line(core::header_line(header));
    facts.rewind();
    while (facts.next()) add_line(core::fact_line(facts.canonical(), facts.digest()));
}

}  // namespace

// snapshot() returns setof text: the document of this database, line by line.
LCG_FUNCTION(lcg_snapshot)
{
    pg::ResultSet result(fcinfo, true);
    drift::LiveFacts facts;
    add_document(result, facts);
    return 0;
}

// schema_at(at timestamptz) returns setof text: the document of this database as it was.
LCG_FUNCTION(lcg_schema_at)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "time must not be null");
    const TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
    pg::ResultSet result(fcinfo, true);
    drift::OwnerSession session;
    drift::LiveFacts live;
    const auto earlier = drift::earlier_facts(session, at);
    drift::PastFacts facts(live, earlier);
    add_document(result, facts);
    return 0;
}
