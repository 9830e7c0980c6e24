#pragma once
// Every difference between server versions.  Included by prelude.hpp only.

extern "C" {
#if PG_VERSION_NUM >= 160000
#include "utils/guc_hooks.h"
#include "varatt.h"
#endif
}

namespace pg::compat {

// InitMaterializedSRF was SetSingleFuncCall in 15.0; both names exist in later minors of 15.
inline void init_materialized_srf(FunctionCallInfo fcinfo) { InitMaterializedSRF(fcinfo, 0); }

}  // namespace pg::compat
