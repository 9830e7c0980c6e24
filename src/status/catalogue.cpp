#include "core/rules.hpp"
#include "pg/entry.hpp"
#include "pg/srf.hpp"

LCG_FUNCTION(lcg_rules)
{
    pg::ResultSet rows(fcinfo);
    for (const core::Rule &rule : core::rules()) {
        rows.add({pg::param(rule.id), pg::param(rule.name), pg::param(core::name_of(rule.rule_class)),
                  pg::param(core::name_of(rule.action)), pg::param(rule.description)});
    }
    return 0;
}

LCG_FUNCTION(lcg_version) { return pg::text_datum(LCG_VERSION); }
