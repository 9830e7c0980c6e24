#pragma once

#include "intercept/measure.hpp"
#include "judge/judge.hpp"

namespace judge {

// What one ALTER TABLE works on.
struct Target {
    const AlterTableStmt *statement;
    Oid relation;
    char kind;
    core::Address address;
    bool with_children;
};

// A column that the statement drops, with what it holds in all tables that lose it.
struct DroppedColumn {
    const AlterTableCmd *command;
    AttrNumber column;
    std::vector<intercept::ColumnOf> places;  // the named table's own first
    intercept::Count values;
};

// All DROP COLUMN of the statement, their values counted in one reading.
std::vector<DroppedColumn> find_dropped_columns(const Target &target);
void judge_dropped_column(const Target &target, const DroppedColumn &dropped, Effects &effects);

void judge_drop_constraint(const Target &target, const AlterTableCmd *command, Effects &effects);
// ALTER CONSTRAINT ... NOT ENFORCED.
void judge_unenforce(const Target &target, const char *name, Effects &effects);

// DISABLE and ENABLE REPLICA of triggers and rules.
void judge_disable_trigger(const Target &target, const AlterTableCmd *command, Effects &effects);
void judge_disable_rule(const Target &target, const AlterTableCmd *command, Effects &effects);

// An effect on the table that is altered, told from others by the detail.
void add_table_effect(const Target &target, std::string_view rule, const std::string &verb, const std::string &detail, Effects &effects);

}  // namespace judge
