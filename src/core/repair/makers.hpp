#pragma once

#include "core/repair/step.hpp"

// What makes, changes and removes a fact of each kind.  "make" leads from the fact that is there
// (null for none) to the one that is wanted; what is the same is left alone.  Owner, privileges and
// comment are added by add_common().
namespace core::repair {

// Adds a step with a command.
Step &add_step(Steps &steps, const Fact &fact, std::string command, Lock lock = Lock::none);
// Adds a step that only says why nothing can be done.
void add_manual(Steps &steps, const Fact &fact, std::string detail);

// OWNER TO, GRANT, REVOKE, COMMENT ON, depends_on_extension.
void add_common(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);

void make_table(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_column(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
// ADD COLUMN; the step is about the column itself or the table.
void add_column(const Scene &scene, const Fact &subject, const Fact &column, Steps &steps);
// heirs: whether the column goes from tables that inherit it as well.
enum class Heirs { follow, stay };
void add_column_drop(const Scene &scene, const Fact &from, Heirs heirs, Steps &steps);
void make_constraint(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_index(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_statistics(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_view(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
// The column of a view as its query makes it, without what is set for it afterwards.
Fact as_view_gives(Fact column);
void make_sequence(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_enum(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_domain(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_composite(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_attribute(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_range(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_base_type(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_routine(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_aggregate(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_operator(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_operator_class(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_operator_family(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_cast(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_conversion(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_transform(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_language(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_access_method(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_trigger(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_rule(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_policy(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_event_trigger(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_collation(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_text_search(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_foreign_data_wrapper(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_server(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_user_mapping(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_publication(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_subscription(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_schema(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_extension(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_database(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_role_settings(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_default_privileges(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);
void make_nothing(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);

// Columns inside CREATE TABLE, in order; settings that only ALTER takes are left to make_column.
// "1=100": statistics targets of an index, by number of its column.
void add_index_statistics(const std::string &index, const List &from, const List &to, const Fact &fact, Steps &steps);
std::string column_definition(const Scene &scene, const Fact &column);
// The column of a parent table that an heir's comes from; null where it is not among the facts.
const Fact *parent_column(const FactMap &facts, const Fact &column);
// The columns of a table or attributes of a type, in order.
std::vector<const Fact *> columns_of(const FactMap &facts, const std::string &whole);
// ENABLE or DISABLE, as the trigger of the parent that a line of inherited_triggers names has it.
std::string_view parent_state(const Scene &scene, const Fact &table, const std::string &line);
// "START WITH 1 INCREMENT BY 1 ...", of the attributes that begin with prefix; those that differ.
std::string sequence_parameters(const Fact *from, const Fact &to, std::string_view prefix);
// ALTER SEQUENCE with type and parameters that differ.
void alter_sequence(const Scene &scene, const Fact &from, const Fact &to, const std::string &prefix, const std::string &name, Steps &steps);

void drop_plainly(const Scene &scene, const Fact &from, Steps &steps);
void drop_part(const Scene &scene, const Fact &from, Steps &steps);
void drop_index(const Scene &scene, const Fact &from, Steps &steps);
void drop_column(const Scene &scene, const Fact &from, Steps &steps);
void drop_nothing(const Scene &scene, const Fact &from, Steps &steps);
void drop_user_mapping(const Scene &scene, const Fact &from, Steps &steps);
void drop_default_privileges(const Scene &scene, const Fact &from, Steps &steps);
void drop_role_settings(const Scene &scene, const Fact &from, Steps &steps);
void drop_large_object(const Scene &scene, const Fact &from, Steps &steps);
void drop_subscription(const Scene &scene, const Fact &from, Steps &steps);

}  // namespace core::repair
