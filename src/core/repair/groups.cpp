#include "core/repair/edges.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

std::vector<Group> groups_of(const Work &work, const Scene &scene, const Changes &changes)
{
    std::vector<Group> groups;
    std::map<std::string, std::size_t> of_whole;
    const auto add = [&](const std::string &id) {
        const auto drop = work.drops.find(id);
        const auto made = work.makes.find(id);
        // Without an event trigger nothing is open to anybody.
        if (drop == work.drops.end() || made == work.makes.end() || scene.to.at(id).kind == "event_trigger") return;
        of_whole.emplace(id, groups.size());
        groups.push_back({{drop->second.kept, made->second.kept}, false});
    };
    for (const auto *const ids : {&changes.rebuilt, &changes.detached}) {
        for (const auto &id : *ids) add(id);
    }
    // A partition that gets other bounds.
    for (const auto &[id, chain] : work.drops) {
        const auto parent = "table:" + text_of(scene.from.at(id), "partition_of");
        const auto to = scene.to.find(id);
        if (to != scene.to.end() && has(to->second, "partition_of") && !changes.rebuilt.contains(id) && !changes.rebuilt.contains(parent)) add(id);
    }
    // Parts that went with the whole come again with it.
    std::map<std::string, Group> secured;
    for (const auto &[id, chain] : work.makes) {
        const auto &fact = scene.to.at(id);
        const bool detached_partition = has(fact, "partition_of") && work.drops.contains(id);
        const auto whole = of_whole.find(detached_partition ? "table:" + text_of(fact, "partition_of") : fact.parent);
        if (whole != of_whole.end() && fact.kind != "column" && changes.rebuilt.contains(whole->first)) groups[whole->second].tasks.push_back(chain.kept);
        if (fact.kind == "policy") secured[fact.parent].tasks.push_back(chain.kept);
        if (const auto before = scene.from.find(id); before != scene.from.end() && (differs(&before->second, fact, "row_security") || differs(&before->second, fact, "force_row_security"))) {
            secured[id].tasks.push_back(chain.kept);
        }
    }
    for (const auto &[id, chain] : work.drops) {
        const auto &fact = scene.from.at(id);
        if (fact.kind == "policy") secured[fact.parent].tasks.insert(secured[fact.parent].tasks.begin(), chain.kept);
    }
    for (auto &[table, group] : secured) {
        group.always = true;
        if (scene.from.contains(table)) groups.push_back(std::move(group));
    }
    return groups;
}

}  // namespace core::repair
