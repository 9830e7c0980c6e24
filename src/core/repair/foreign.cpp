// Foreign-data wrappers, servers, user mappings, publications and subscriptions.
#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string function_clause(const Dialect &sql, const Fact *from, const Fact &to, std::string_view attribute, const std::string &word)
{
    if (!differs(from, to, attribute)) return {};
    if (!has(to, attribute)) return " NO " + word;
    return ' ' + word + ' ' + sql.bare_name(text_of(to, attribute));
}

std::string mapping_target(const Dialect &sql, const Fact &mapping)
{
    const auto name = name_of(mapping.id);
    const auto &user = name.part(1);
    return "USER MAPPING FOR " + (user == "public" ? std::string("PUBLIC") : sql.quote(user)) + " SERVER " + sql.quote(name.part(0));
}

const List &options_of(const Fact *fact)
{
    static const List none;
    return fact != nullptr ? list_of(*fact, "options") : none;
}

// "app.t (a, b) WHERE (a > 0)": the names of the table and its columns take the quotes they need.
std::string published_tables(const Dialect &sql, const Fact &publication)
{
    std::string out;
    for (const auto &table : list_of(publication, "tables")) out += (out.empty() ? "TABLE " : ", ") + sql.name_and_columns(table);
    return out;
}

std::string published_schemas(const Dialect &sql, const Fact &publication)
{
    const auto &schemas = list_of(publication, "schemas");
    return schemas.empty() ? std::string() : "TABLES IN SCHEMA " + sql.names(schemas);
}

std::string publication_options(const Fact *from, const Fact &to)
{
    std::string out;
    if (from == nullptr ? list_of(to, "operations").size() != 4 : differs(from, to, "operations")) {
        std::string operations;
        for (const auto &operation : list_of(to, "operations")) operations += (operations.empty() ? "" : ", ") + operation;
        out = "publish = " + literal(operations);
    }
    if (differs(from, to, "via_root")) out += (out.empty() ? "" : ", ") + std::string("publish_via_partition_root = ") + (flag_of(to, "via_root") ? "true" : "false");
    if (differs(from, to, "generated_columns")) out += (out.empty() ? "" : ", ") + std::string("publish_generated_columns = ") + (has(to, "generated_columns") ? "stored" : "none");
    return out;
}

// Values as the catalogs hold them; an option that is not there has its usual value.
std::string subscription_option(std::string_view name, const std::string &value)
{
    auto word = value;
    if (value == "t") word = "true";
    if (value == "f") word = "false";
    if (name == "streaming" && value == "p") word = "parallel";
    return std::string(name) + " = " + literal(word);
}

std::string usual_option(std::string_view name)
{
    if (name == "synchronous_commit") return "off";
    if (name == "origin") return "any";
    return name == "password_required" ? "true" : "false";
}

std::string joined_names(const Dialect &sql, const List &names)
{
    std::string out;
    for (const auto &name : names) out += (out.empty() ? "" : ", ") + sql.quote(name);
    return out;
}

// "host=h dbname=d" from the parameters that are known.
std::string connection_of(const Fact &subscription, bool &hidden)
{
    std::string out;
    for (const auto &parameter : list_of(subscription, "connection")) {
        const auto equals = parameter.find('=');
        if (equals == std::string::npos || parameter.find("=<hidden") == equals) {
            hidden = true;
            continue;
        }
        std::string value;
        for (const char c : parameter.substr(equals + 1)) {
            if (c == '\'' || c == '\\') value += '\\';
            value += c;
        }
        out += (out.empty() ? "" : " ") + parameter.substr(0, equals + 1) + '\'' + value + '\'';
    }
    return out;
}

}  // namespace

void make_foreign_data_wrapper(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto functions = function_clause(sql, from, to, "handler", "HANDLER") + function_clause(sql, from, to, "validator", "VALIDATOR");
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + target(sql, to) + functions + foreign_options(sql, list_of(to, "options")));
        note_hidden(list_of(to, "options"), target(sql, to), to.id, steps);
        return;
    }
    if (!functions.empty()) add_step(steps, to, "ALTER " + target(sql, to) + functions);
    add_foreign_options(sql, "ALTER " + target(sql, to), options_of(from), list_of(to, "options"), to.id, steps);
}

void make_server(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto version = has(to, "version") ? " VERSION " + literal(text_of(to, "version")) : std::string();
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + target(sql, to) + (has(to, "type") ? " TYPE " + literal(text_of(to, "type")) : "") + version + " FOREIGN DATA WRAPPER " + sql.name(name_of(to.parent).parts) +
                                foreign_options(sql, list_of(to, "options")));
        note_hidden(list_of(to, "options"), target(sql, to), to.id, steps);
        return;
    }
    if (differs(from, to, "version")) add_step(steps, to, "ALTER " + target(sql, to) + (version.empty() ? " VERSION NULL" : version));
    add_foreign_options(sql, "ALTER " + target(sql, to), options_of(from), list_of(to, "options"), to.id, steps);
}

void make_user_mapping(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto what = mapping_target(sql, to);
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + what + foreign_options(sql, list_of(to, "options")));
        note_hidden(list_of(to, "options"), "the mapping " + what.substr(std::string_view("USER MAPPING ").size()), to.id, steps);
        return;
    }
    add_foreign_options(sql, "ALTER " + what, options_of(from), list_of(to, "options"), to.id, steps);
}

void drop_user_mapping(const Scene &scene, const Fact &from, Steps &steps) { add_step(steps, from, "DROP " + mapping_target(scene.sql, from)).rule = "D27"; }

void make_publication(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto tables = published_tables(sql, to);
    const auto schemas = published_schemas(sql, to);
    const auto both = tables + (tables.empty() || schemas.empty() ? "" : ", ") + schemas;
    const auto options = publication_options(from, to);
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + target(sql, to) + (flag_of(to, "all_tables") ? " FOR ALL TABLES" : both.empty() ? "" : " FOR " + both) + (options.empty() ? "" : " WITH (" + options + ')'));
        return;
    }
    if (!options.empty()) add_step(steps, to, "ALTER " + target(sql, to) + " SET (" + options + ')');
    if (!differs(from, to, "tables") && !differs(from, to, "schemas")) return;
    if (!both.empty()) {
        add_step(steps, to, "ALTER " + target(sql, to) + " SET " + both);
        return;
    }
    // SET needs something to publish.
    std::string gone;
    for (const auto &table : list_of(*from, "tables")) gone += (gone.empty() ? "TABLE " : ", ") + sql.bare_name(table);
    const auto old_schemas = published_schemas(sql, *from);
    gone += (gone.empty() || old_schemas.empty() ? "" : ", ") + old_schemas;
    add_step(steps, to, "ALTER " + target(sql, to) + " DROP " + gone);
}

void make_subscription(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    bool hidden = false;
    const auto connection = connection_of(to, hidden);
    const auto publications = joined_names(sql, list_of(to, "publications"));
    const auto slot = has(to, "slot") ? literal(text_of(to, "slot")) : std::string("NONE");
    if (from == nullptr) {
        auto command = "CREATE " + target(sql, to) + " CONNECTION " + literal(connection) + " PUBLICATION " + publications + " WITH (connect = false, slot_name = " + slot;
        if (flag_of(to, "two_phase")) command += ", two_phase = true";
        for (const auto &option : list_of(to, "options")) {
            const auto equals = option.find('=');
            command += ", " + subscription_option(option.substr(0, equals), option.substr(equals + 1));
        }
        add_step(steps, to, command + ')').detail = "It does not connect: create its slot on the publisher, and refresh its publications.";
        if (hidden) add_manual(steps, to, "The snapshot holds no secrets: complete the connection of " + target(sql, to) + " by hand.");
        if (flag_of(to, "enabled")) add_step(steps, to, "ALTER " + target(sql, to) + " ENABLE");
        return;
    }
    const auto alter = "ALTER " + target(sql, to);
    if (differs(from, to, "connection")) {
        if (hidden) add_manual(steps, to, "The snapshot holds no secrets: set the connection of " + target(sql, to) + " by hand.");
        else add_step(steps, to, alter + " CONNECTION " + literal(connection));
    }
    if (differs(from, to, "enabled") && !flag_of(to, "enabled")) add_step(steps, to, alter + " DISABLE");
    if (differs(from, to, "publications")) {
        add_step(steps, to, alter + " SET PUBLICATION " + publications + " WITH (refresh = false)").detail = "Run ALTER SUBSCRIPTION ... REFRESH PUBLICATION afterwards.";
    }
    if (differs(from, to, "slot")) add_step(steps, to, alter + " SET (slot_name = " + slot + ')');
    const auto change = change_of(list_of(*from, "options"), list_of(to, "options"));
    std::string options;
    for (const auto *const items : {&change.set, &change.added}) {
        for (const auto &[name, value] : *items) options += (options.empty() ? "" : ", ") + subscription_option(name, value);
    }
    for (const auto &name : change.gone) options += (options.empty() ? "" : ", ") + subscription_option(name, usual_option(name));
    if (!options.empty()) add_step(steps, to, alter + " SET (" + options + ')');
    if (differs(from, to, "enabled") && flag_of(to, "enabled")) add_step(steps, to, alter + " ENABLE");
}

// With a slot the publisher would be asked to drop it, which no transaction block allows.
void drop_subscription(const Scene &scene, const Fact &from, Steps &steps)
{
    const auto what = target(scene.sql, from);
    if (flag_of(from, "enabled")) add_step(steps, from, "ALTER " + what + " DISABLE");
    if (has(from, "slot")) {
        add_step(steps, from, "ALTER " + what + " SET (slot_name = NONE)").detail = "The slot " + text_of(from, "slot") + " stays on the publisher: drop it there.";
    }
    add_step(steps, from, "DROP " + what).rule = "D27";
}

}  // namespace core::repair
