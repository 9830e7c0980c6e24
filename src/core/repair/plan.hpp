#pragma once

#include "core/repair/renaming.hpp"

namespace core::repair {

// A step in its place.
//   transaction   steps of the same number run in one transaction
struct PlannedStep {
    Step step;
    int transaction = 0;
};

// The commands that lead from one set of facts to another, in the order in which they can be run.
// Both hold at least every object that differs, with its parts, and what is made from it.
std::vector<PlannedStep> plan(const Scene &scene);
// The same after steps that renamed: what there is has its new names in the scene.
std::vector<PlannedStep> plan_after(Steps renaming, const Scene &scene);
// The same, where objects are known under other names: these are renamed first.
std::vector<PlannedStep> plan(const Scene &scene, const std::vector<Rename> &renames);

}  // namespace core::repair
