#pragma once

#include <functional>

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace catalog {

// Pins every setting that changes deparsed text (search_path, DateStyle,
// quote_all_identifiers...) until the end of the scope.
class PinnedSettings {
  public:
    PinnedSettings();
    ~PinnedSettings();
    PinnedSettings(const PinnedSettings &) = delete;
    PinnedSettings &operator=(const PinnedSettings &) = delete;

  private:
    int nest_level_;
    int exceptions_at_start_;
};

// Whether objects of the system catalog are described.
bool has_reader(std::uint32_t catalog);

// The object that a part belongs to: a relation for its columns, constraints,
// defaults, triggers, rules and policies (and for the row type of a table), a
// domain for its constraints, a table for the index behind one of its
// constraints, for its index attached to a parent's and for the sequence behind
// an identity column, a composite type for its relation, a range for its
// multirange and constructors, an operator class or family for its entries, a
// publication for what it publishes.  Other addresses are returned as they are,
// without objsubid.
core::Address containing_object(core::Address address);

// Whether the address is an object the reader describes and the ledger keeps
// as one: not the system's, not temporary, not TOAST, not an array or row type,
// no part, nothing of the guard's own schema.  Members of extensions are.
bool is_recorded_object(core::Address address);

// Facts of one object with its parts, the object itself first.  Empty when it
// does not exist (any more) or is of a kind without a reader.  Reads committed
// and own changes; takes no lock on tables and indexes (the server's deparsing
// of views, rules, partition keys and exclusion constraints takes ACCESS SHARE).
// Settings must be pinned.  A constraint that became a part of the parent
// table's (ATTACH PARTITION, INHERIT) goes without a fact of its own, but for
// those whose OIDs are given: they have one with the attribute "inherited".
core::Facts read_object(core::Address address, const std::vector<Oid> &own = {});

// by_name: does not depend on OIDs or time; by_oid: costs least.
enum class Order { by_name, by_oid };

// Calls visit for each user object of the database (no system objects, no
// temporary ones, no members of extensions, nothing of the guard itself), in
// the order given, each with its parts.  Settings must be pinned.  Rows of the
// catalogs are read ahead, see ReadAhead: visit must not change any.
void read_database(Order order, const std::function<void(core::Facts &&)> &visit);

// Calls visit for what drift compares and the ledger keeps no definition of.  Settings must be pinned.
// The database itself, settings of roles in it, privileges on large objects.
void read_environment(const std::function<void(core::Facts &&)> &visit);
// Privileges on the system's own objects.
void read_system(const std::function<void(core::Facts &&)> &visit);
// Members of extensions, with the attribute "extension".
void read_members(const std::function<void(core::Facts &&)> &visit);

// Calls visit for those of the objects that read_database and read_members describe.  Settings must be pinned.
void read_objects(const std::vector<core::Address> &objects, const std::function<void(core::Facts &&)> &visit);

// Whether reading the object's definition takes locks on other relations: it has a view's
// query, a rule, a policy, or a function's parsed body.
bool is_read_through_locks(core::Address address);

}  // namespace catalog
