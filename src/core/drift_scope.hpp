#pragma once

#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/drift.hpp"

namespace core {

// The schema a fact is in, as it stands in the id: quoted unless plain.  Null for
// what is in no schema (extensions, casts, the database itself...).
std::optional<std::string_view> schema_of(std::string_view fact);

// What of a schema is compared: the options of an expected schema.  By default everything is.
struct DriftScope {
    std::optional<List> schemas;  // only what is in these; not set: in all
    List except_schemas;
    bool outside_schemas = true;  // what is in no schema
    bool owners = true;
    bool privileges = true;
    bool comments = true;
    bool column_order = true;
    bool extension_members = true;
    bool role_settings = true;
    bool database_settings = true;

    bool operator==(const DriftScope &) const = default;
};

// Options that cannot be.  what() is a message in the server's style.
struct OptionError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The scope with the options of a JSON object, null for their defaults; others stay as
// they are.  Raises OptionError, or JsonError for what is no JSON of this form.
DriftScope with_options(DriftScope scope, std::string_view json, bool unicode);
// The options that differ from their defaults, as a JSON object.
std::string options_json(const DriftScope &scope);
// The options there are, as a sentence.
std::string options_hint();

// Facts of a source but for those the scope leaves out by their schema.
class FactsInScope final : public FactSource {
  public:
    // The names in the scope are in the encoding of the keys.
    FactsInScope(FactSource &all, const DriftScope &scope);

    bool next() override;
    std::string_view key() const override { return all_.key(); }
    std::string_view digest() const override { return all_.digest(); }
    Fact fact() const override { return all_.fact(); }
    std::string_view registered_id() const override { return all_.registered_id(); }
    bool renamed() const override { return all_.renamed(); }
    void met_equal() override { all_.met_equal(); }
    bool rewind() override { return all_.rewind(); }

  private:
    bool is_in_scope() const;

    FactSource &all_;
    bool only_some_;
    bool outside_;
    std::set<std::string, std::less<>> named_;
    std::set<std::string, std::less<>> excepted_;
};

// One thing that is not compared.
struct LeftOut {
    std::string_view option;
    std::string what;                        // "owners", "schemas but app"
    std::optional<std::int64_t> differences;  // null where nobody looked for them
};

// Takes out the rows that an option leaves out, and tells what the options leave out.  members: the
// expected facts that belong to extensions, needed where the scope leaves those out.
std::vector<LeftOut> leave_out(std::vector<DriftRow> &rows, const DriftScope &scope, const std::set<std::string, std::less<>> &members);

}  // namespace core
