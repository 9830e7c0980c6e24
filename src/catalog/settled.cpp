#include "catalog/settled.hpp"

#include "pg/attempt.hpp"
#include "pg/entry.hpp"

namespace catalog {

core::Facts read_settled(Workspace &workspace, const ObjectAddress &address)
{
    constexpr int most_attempts = 5;
    core::Facts facts;
    for (int attempt = 1;; ++attempt) {
        core::Facts *const found = &facts;
        auto read = [&workspace, &address, found] { pg::guarded([&workspace, &address, found] { *found = workspace.read(address); }); };
        ErrorData *const error = pg::attempt<false>(read);
        if (error == nullptr) return facts;
        if (attempt == most_attempts) throw pg::Error{error};
        pg::call([] { AcceptInvalidationMessages(); });
    }
}

}  // namespace catalog
