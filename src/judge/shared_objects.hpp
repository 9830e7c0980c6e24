#pragma once

#include <vector>

#include "core/judgement.hpp"
#include "pg/call.hpp"

// Commands on what the databases of a server share: databases, roles, tablespaces, settings.  They are judged in
// every guarded database that they matter to, from whichever database they are issued.
namespace judge {

// Which databases an effect matters to.
enum class Concern : std::uint32_t {
    database,       // the subject itself
    approver,       // those where the role may approve
    role,           // those where the role owns objects or may approve
    tablespace,     // those with something in it
    server,         // all of them
    server_of_two,  // those where four_eyes is on
};

struct SharedEffect {
    core::Effect effect;
    Concern concern;
    Oid subject;
};

// The effects of a command, under rules D06, P01, P06 and P13.  Raises what the server would raise for a role that may
// not run it, where that is easily told.
std::vector<SharedEffect> shared_effects(Node *parsetree);

// Those of commands on roles.
void add_role_effects(const Node *parsetree, std::vector<SharedEffect> &effects);

// Whether a member of the role can go round the guard: superusers, and the server's roles that write to any table,
// to files or run programs; by membership, too.
bool goes_round(Oid role);

// Whether an effect matters to this database, where the extension is installed.
bool matters_here(Concern concern, Oid subject);

// The other databases that it may matter to.
std::vector<Oid> other_databases(Concern concern, Oid subject);

}  // namespace judge
