#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/replacing.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// "INOUT a integer DEFAULT 1": the name's quotes know no keywords.
std::string argument_text(const Dialect &sql, std::string line)
{
    std::string mode;
    for (const std::string_view word : {"OUT ", "INOUT ", "VARIADIC "}) {
        if (line.starts_with(word)) {
            mode = word;
            line.erase(0, word.size());
            break;
        }
    }
    // A type of several words looks like a name and a type.
    for (const std::string_view type : {"double precision", "character varying", "bit varying", "timestamp with", "time with", "interval "}) {
        if (line.starts_with(type)) return mode + line;
    }
    std::string_view rest;
    const auto name = take_name(line, rest);
    if (name.size() != 1 || name.front().empty() || !rest.starts_with(' ') || rest.starts_with(" DEFAULT ")) return mode + line;
    return mode + sql.name(name) + std::string(rest);
}

std::string arguments_text(const Dialect &sql, const Fact &routine)
{
    std::string out;
    for (const auto &line : list_of(routine, "arguments")) {
        // Columns of RETURNS TABLE stand in the result.
        if (line.starts_with("TABLE ")) continue;
        out += (out.empty() ? "" : ", ") + argument_text(sql, line);
    }
    return out;
}

std::string quoted_body(const Fact &routine)
{
    if (has(routine, "library")) return "AS " + literal(text_of(routine, "library")) + ", " + literal(text_of(routine, "symbol"));
    if (has(routine, "sql_body")) return text_of(routine, "sql_body");
    return "AS " + dollar_quoted(text_of(routine, "body"));
}

std::string properties(const Dialect &sql, const Fact &routine)
{
    std::string out = " LANGUAGE " + sql.quote(text_of(routine, "language"));
    const auto &transforms = list_of(routine, "transforms");
    for (std::size_t i = 0; i < transforms.size(); ++i) out += (i == 0 ? " TRANSFORM FOR TYPE " : ", FOR TYPE ") + transforms[i];
    if (flag_of(routine, "window")) out += " WINDOW";
    if (has(routine, "volatility")) out += ' ' + upper(text_of(routine, "volatility"));
    if (flag_of(routine, "strict")) out += " STRICT";
    if (flag_of(routine, "security_definer")) out += " SECURITY DEFINER";
    if (flag_of(routine, "leakproof")) out += " LEAKPROOF";
    if (has(routine, "parallel")) out += " PARALLEL " + upper(text_of(routine, "parallel"));
    if (has(routine, "cost")) out += " COST " + text_of(routine, "cost");
    if (has(routine, "rows")) out += " ROWS " + text_of(routine, "rows");
    if (has(routine, "support")) out += " SUPPORT " + sql.name(std::string_view(text_of(routine, "support")));
    for (const auto &setting : list_of(routine, "config")) {
        const auto equals = setting.find('=');
        out += " SET " + setting_text(sql, setting.substr(0, equals), equals == std::string::npos ? std::string() : setting.substr(equals + 1));
    }
    return out;
}

bool only_of(const Fact *from, const Fact &to, std::initializer_list<std::string_view> apart)
{
    if (from == nullptr) return false;
    const auto is_apart = [&](std::string_view attribute) { return std::find(apart.begin(), apart.end(), attribute) != apart.end(); };
    for (const auto &[attribute, value] : to.payload) {
        if (!is_apart(attribute) && differs(from, to, attribute)) return false;
    }
    return std::all_of(from->payload.begin(), from->payload.end(), [&](const auto &item) { return is_apart(item.first) || has(to, item.first); });
}

// "name type" without mode and default of an argument line.
std::string kept_part(const std::string &line) { return line.substr(0, line.find(" DEFAULT ")); }

bool has_default(const std::string &line) { return line.find(" DEFAULT ") != std::string::npos; }

// "option = value" lines of an aggregate.
class AggregateOptions {
  public:
    AggregateOptions(const Dialect &sql, const Fact &fact) : sql_(sql), fact_(fact) {}

    void function(std::string_view word, std::string_view attribute)
    {
        if (has(fact_, attribute)) add(word, sql_.name(std::string_view(text_of(fact_, attribute))));
    }
    void type(std::string_view word, std::string_view attribute)
    {
        if (has(fact_, attribute)) add(word, text_of(fact_, attribute));
    }
    void constant(std::string_view word, std::string_view attribute)
    {
        if (has(fact_, attribute)) add(word, literal(text_of(fact_, attribute)));
    }
    void number(std::string_view word, std::string_view attribute)
    {
        if (const auto value = number_of(fact_, attribute)) add(word, std::to_string(*value));
    }
    void flag(std::string_view word, std::string_view attribute)
    {
        if (flag_of(fact_, attribute)) add_word(word);
    }
    void add(std::string_view word, const std::string &value) { add_word(std::string(word) + " = " + value); }
    void add_word(std::string_view word)
    {
        if (!text_.empty()) text_ += ", ";
        text_ += word;
    }
    const std::string &text() const { return text_; }

  private:
    const Dialect &sql_;
    const Fact &fact_;
    std::string text_;
};

}  // namespace

bool can_replace_routine(const Fact &from, const Fact &to)
{
    for (const std::string_view attribute : {"returns", "window", "aggregate_kind", "direct_arguments"}) {
        if (differs(&from, to, attribute)) return false;
    }
    const auto &before = list_of(from, "arguments");
    const auto &after = list_of(to, "arguments");
    if (before.size() != after.size()) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        // A name can be given where there was none; a default can come, but not go.
        if (kept_part(before[i]) != kept_part(after[i]) && !kept_part(after[i]).ends_with(' ' + kept_part(before[i]))) return false;
        if (has_default(before[i]) && !has_default(after[i])) return false;
    }
    return true;
}

void make_routine(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (only_of(from, to, {"owner", "acl", "comment", "depends_on_extension", "extension"})) return;
    const auto &sql = scene.sql;
    const bool procedure = to.kind == "procedure";
    auto command = std::string(from == nullptr ? "CREATE " : "CREATE OR REPLACE ") + (procedure ? "PROCEDURE " : "FUNCTION ") + sql.name(name_of(to.id).parts) + '(' +
                   arguments_text(sql, to) + ')';
    if (has(to, "returns")) command += " RETURNS " + text_of(to, "returns");
    command += properties(sql, to) + '\n' + quoted_body(to);
    auto &step = add_step(steps, to, std::move(command));
    if (from != nullptr) step.rule = "D26";
}

void make_aggregate(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (only_of(from, to, {"owner", "acl", "comment", "depends_on_extension", "extension"})) return;
    const auto &sql = scene.sql;
    AggregateOptions options(sql, to);
    options.function("SFUNC", "transition_function");
    options.type("STYPE", "state_type");
    options.number("SSPACE", "state_space");
    options.function("FINALFUNC", "final_function");
    options.flag("FINALFUNC_EXTRA", "final_extra");
    const bool ordered = has(to, "aggregate_kind");
    if (text_of(to, "final_modify") != (ordered ? "read_write" : "read_only")) options.add("FINALFUNC_MODIFY", upper(text_of(to, "final_modify")));
    options.function("COMBINEFUNC", "combine_function");
    options.function("SERIALFUNC", "serial_function");
    options.function("DESERIALFUNC", "deserial_function");
    options.constant("INITCOND", "initial_value");
    options.function("MSFUNC", "moving_transition_function");
    options.function("MINVFUNC", "moving_inverse_function");
    options.type("MSTYPE", "moving_state_type");
    options.number("MSSPACE", "moving_state_space");
    options.function("MFINALFUNC", "moving_final_function");
    options.flag("MFINALFUNC_EXTRA", "moving_final_extra");
    if (has(to, "moving_state_type") && text_of(to, "moving_final_modify") != (ordered ? "read_write" : "read_only")) {
        options.add("MFINALFUNC_MODIFY", upper(text_of(to, "moving_final_modify")));
    }
    options.constant("MINITCOND", "moving_initial_value");
    if (has(to, "sort_operator")) options.add("SORTOP", "OPERATOR(" + operator_text(sql, text_of(to, "sort_operator"), false) + ')');
    if (has(to, "parallel")) options.add("PARALLEL", upper(text_of(to, "parallel")));
    if (text_of(to, "aggregate_kind") == "hypothetical-set") options.add_word("HYPOTHETICAL");
    auto &step = add_step(steps, to, std::string(from == nullptr ? "CREATE AGGREGATE " : "CREATE OR REPLACE AGGREGATE ") + plain_name(sql, to) + " (" + options.text() + ')');
    if (from != nullptr) step.rule = "D26";
}

}  // namespace core::repair
