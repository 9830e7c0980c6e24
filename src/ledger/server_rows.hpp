#pragma once

#include "pg/call.hpp"

namespace ledger {

// Calls a set-returning function of the server without arguments and
// each(slot) for its rows.  Inside pg::call only.
template <typename Each>
void each_row_of(Oid function, Each each)
{
    FmgrInfo lookup;
    fmgr_info(function, &lookup);
    ReturnSetInfo result{};
    result.type = T_ReturnSetInfo;
    result.econtext = CreateStandaloneExprContext();
    result.allowedModes = SFRM_Materialize;
    LOCAL_FCINFO(info, 0);
    InitFunctionCallInfoData(*info, &lookup, 0, InvalidOid, nullptr, reinterpret_cast<Node *>(&result));
    FunctionCallInvoke(info);
    TupleTableSlot *const slot = MakeSingleTupleTableSlot(result.setDesc, &TTSOpsMinimalTuple);
    while (tuplestore_gettupleslot(result.setResult, true, false, slot)) {
        CHECK_FOR_INTERRUPTS();
        slot_getallattrs(slot);
        each(slot);
    }
    ExecDropSingleTupleTableSlot(slot);
    tuplestore_end(result.setResult);
    FreeExprContext(result.econtext, true);
}

}  // namespace ledger
