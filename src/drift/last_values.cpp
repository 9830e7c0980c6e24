#include "drift/last_values.hpp"

#include "core/repair/reading.hpp"

#include "pg/call.hpp"

namespace drift {
namespace {

struct Read {
    bool found = false;
    std::int64_t value = 0;
};

// A sequence is a table of one row.  Nothing of those that the caller may not read, that others hold, and that have no
// rows here, as unlogged ones on a standby.
Read last_value(Oid sequence)
{
    return pg::call([sequence] {
        Read read;
        if (pg_class_aclcheck(sequence, GetOuterUserId(), ACL_USAGE | ACL_SELECT) != ACLCHECK_OK) return read;
        if (!ConditionalLockRelationOid(sequence, AccessShareLock)) return read;
        const Relation relation = try_relation_open(sequence, NoLock);
        if (relation == nullptr) return read;
        const bool has_rows = !RELATION_IS_OTHER_TEMP(relation) && (RelationIsPermanent(relation) || !RecoveryInProgress());
        if (relation->rd_rel->relkind == RELKIND_SEQUENCE && has_rows) {
            const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
            const HeapTuple tuple = systable_getnext(scan);
            if (HeapTupleIsValid(tuple)) read = {true, reinterpret_cast<const FormData_pg_sequence_data *>(GETSTRUCT(tuple))->last_value};
            systable_endscan(scan);
        }
        relation_close(relation, AccessShareLock);
        return read;
    });
}

// The sequence, or the one behind an identity column.
Oid sequence_of(const core::Fact &fact)
{
    std::string_view rest;
    const auto name = core::repair::take_name(fact.kind == "sequence" ? fact.id.substr(fact.id.find(':') + 1) : core::repair::text_of(fact, "identity_sequence"), rest);
    if (name.size() != 2) return InvalidOid;
    return pg::call([&name] { return get_relname_relid(name[1].c_str(), get_namespace_oid(name[0].c_str(), true)); });
}

}  // namespace

std::map<std::string, std::int64_t, std::less<>> last_values(const core::repair::FactMap &live, const core::repair::Renaming &renaming, const core::repair::FactMap &wanted)
{
    std::map<std::string, std::int64_t, std::less<>> values;
    for (const auto &[id, fact] : live) {
        if (fact.kind != "sequence" && !core::repair::has(fact, "identity_sequence")) continue;
        const auto to = wanted.find(renaming.id(id));
        if (to == wanted.end()) continue;
        const std::string prefix = fact.kind == "sequence" ? "" : "identity_";
        if (!core::repair::differs(&fact, to->second, prefix + "min") && !core::repair::differs(&fact, to->second, prefix + "max")) continue;
        const Oid sequence = sequence_of(fact);
        const auto read = OidIsValid(sequence) ? last_value(sequence) : Read();
        if (read.found) values.emplace(to->first, read.value);
    }
    return values;
}

}  // namespace drift
