#include "pg/srf.hpp"

namespace pg {

ResultSet::ResultSet(FunctionCallInfo fcinfo, bool scalar) : info_(nullptr)
{
    call([=] { compat::init_materialized_srf(fcinfo, scalar); });
    info_ = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
}

void ResultSet::add(std::initializer_list<Parameter> columns)
{
    ReturnSetInfo *const info = info_;
    const Parameter *const given = columns.begin();
    const auto count = static_cast<int>(columns.size());
    call([=] {
        if (count != info->setDesc->natts) elog(ERROR, "row has %d columns, not %d", count, info->setDesc->natts);
        Datum values[Statement::most];
        bool nulls[Statement::most];
        for (int i = 0; i < count; ++i) {
            values[i] = given[i].value;
            nulls[i] = given[i].null;
        }
        tuplestore_putvalues(info->setResult, info->setDesc, values, nulls);
    });
}

}  // namespace pg
