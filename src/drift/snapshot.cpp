#include "core/drift.hpp"
#include "core/snapshot.hpp"

#include "drift/digest.hpp"
#include "drift/environment.hpp"
#include "drift/live_facts.hpp"
#include "pg/entry.hpp"
#include "pg/srf.hpp"

// snapshot() returns setof text: the document of this database, line by line.
LCG_FUNCTION(lcg_snapshot)
{
    pg::ResultSet result(fcinfo, true);
    drift::LiveFacts facts;
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
    return 0;
}
