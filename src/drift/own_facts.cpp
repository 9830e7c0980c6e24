#include "drift/own_facts.hpp"

#include "catalog/reader.hpp"
#include "drift/environment.hpp"

namespace drift {
namespace {

constinit pg::Statement unpopulated{
    "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n"
    " WHERE n.oid OPERATOR(pg_catalog.=) c.relnamespace AND c.relkind OPERATOR(pg_catalog.=) 'm' AND NOT c.relispopulated",
    {}};

constinit pg::Statement enabled{
    "SELECT s.subname FROM pg_catalog.pg_subscription s, pg_catalog.pg_database d"
    " WHERE s.subenabled AND s.subdbid OPERATOR(pg_catalog.=) d.oid AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()",
    {}};

}  // namespace

OwnState::OwnState(OwnerSession &session)
{
    const auto views = session->query(unpopulated, {});
    for (std::uint64_t row = 0; row < views.size(); ++row) unpopulated_.insert(core::fact_id("matview", {views.text(row, 1), views.text(row, 2)}));
    const auto subscriptions = session->query(enabled, {});
    for (std::uint64_t row = 0; row < subscriptions.size(); ++row) enabled_.insert(core::fact_id("subscription", {subscriptions.text(row, 1)}));
}

void OwnState::put(core::Fact &fact) const
{
    if (fact.kind == "matview") {
        fact.payload.erase("populated");
        if (unpopulated_.contains(fact.id)) fact.set("populated", false);
    } else if (enabled_.contains(fact.id)) {
        fact.set("enabled", true);
    }
}

bool is_own_kind(std::string_view kind) { return kind == "database" || kind == "role_settings" || kind == "large_object"; }

std::vector<OwnFact> own_facts()
{
    std::vector<OwnFact> found;
    const catalog::PinnedSettings pinned;
    catalog::read_environment([&found](core::Facts &&facts) {
        for (auto &fact : facts) {
            if (is_own_kind(fact.kind)) found.push_back({to_utf8(fact.id), std::move(fact)});
        }
    });
    std::sort(found.begin(), found.end(), [](const OwnFact &left, const OwnFact &right) { return left.key < right.key; });
    return found;
}

}  // namespace drift
