#include "core/catalog_survey.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core {
namespace {

// One share for each group, by group.
void merge_shares(std::vector<CatalogMap::Share> &shares)
{
    std::sort(shares.begin(), shares.end(), [](const auto &left, const auto &right) { return left.group < right.group; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (kept > 0 && shares[kept - 1].group == shares[i].group) {
            shares[kept - 1].stamp.add(shares[i].stamp);
        } else {
            shares[kept++] = shares[i];
        }
    }
    shares.resize(kept);
}

bool comes_before(const CatalogMap::Node &left, const CatalogMap::Node &right)
{
    return left.object != right.object ? left.object < right.object : left.catalog < right.catalog;
}

}  // namespace

CatalogSurvey::CatalogSurvey(CatalogMap &map, NodeIndex &index, const std::vector<std::uint32_t> &elsewhere)
    : map_(map), index_(index), elsewhere_(elsewhere), affected_(map.groups.size(), 0)
{}

std::uint32_t CatalogSurvey::number_of(std::uint32_t catalog, std::uint32_t object)
{
    if (last_ < objects_.size() && objects_[last_].node.object == object && objects_[last_].node.catalog == catalog) return last_;
    last_ = numbers_.group_of(catalog, object);
    if (last_ != CatalogMap::no_group) return last_;
    last_ = static_cast<std::uint32_t>(objects_.size());
    const auto group = map_.groups.empty() ? CatalogMap::no_group : index_.group_of(catalog, object);
    objects_.push_back({{catalog, object, false}, group, last_, false});
    numbers_.add(objects_.back().node, last_);
    return last_;
}

std::uint32_t CatalogSurvey::root_of(std::uint32_t object)
{
    while (objects_[object].parent != object) object = objects_[object].parent = objects_[objects_[object].parent].parent;
    return object;
}

void CatalogSurvey::join(std::uint32_t left, std::uint32_t right)
{
    left = root_of(left);
    right = root_of(right);
    // The lower number stays: chains are short.
    if (left != right) objects_[std::max(left, right)].parent = std::min(left, right);
}

void CatalogSurvey::add_page(PagePlace place, const PageRows &rows, std::uint64_t written)
{
    const Read read{place, written, rows.common, runs_.size(), rows.runs.size()};
    for (const auto &run : rows.runs) {
        const auto number = number_of(run.catalog, run.object);
        objects_[number].node.is_object = objects_[number].node.is_object || run.is_object;
        objects_[number].own = objects_[number].own || run.own;
        runs_.push_back({number, run.stamp});
    }
    for (const auto &pair : rows.joins) join(number_of(pair.catalog, pair.object), number_of(pair.other_catalog, pair.other));
    for (const auto &mention : rows.mentions) mentions_.push_back({number_of(mention.catalog, mention.object), mention.mentioned});
    reads_.push_back(read);
    if (!map_.groups.empty()) {
        is_read_.insert(place);
        compare_shares(read);
    }
}

void CatalogSurvey::affect(std::uint32_t group)
{
    if (affected_[group] != 0) return;
    affected_[group] = 1;
    any_new_ = true;
}

// A group that has other rows on the page than it had.
void CatalogSurvey::compare_shares(const Read &read)
{
    shares_.clear();
    for (std::size_t i = read.first_run; i < read.first_run + read.runs; ++i) {
        const auto group = objects_[runs_[i].object].group;
        if (group != CatalogMap::no_group) shares_.push_back({group, runs_[i].stamp});
    }
    merge_shares(shares_);
    const auto &before = page(read.place).shares;
    auto was = before.begin();
    auto is = shares_.begin();
    while (was != before.end() || is != shares_.end()) {
        if (is == shares_.end() || (was != before.end() && was->group < is->group)) {
            affect((was++)->group);
        } else if (was == before.end() || is->group < was->group) {
            affect((is++)->group);
        } else {
            if (*was != *is) affect(was->group);
            ++was;
            ++is;
        }
    }
}

// What new rows join to a group is one with it.
void CatalogSurvey::affect_joined()
{
    std::vector<char> concerned(objects_.size(), 0);
    for (bool again = true; again;) {
        again = false;
        for (std::uint32_t i = 0; i < objects_.size(); ++i) {
            if (is_concerned(objects_[i])) concerned[root_of(i)] = 1;
        }
        for (std::uint32_t i = 0; i < objects_.size(); ++i) {
            if (is_concerned(objects_[i]) || concerned[root_of(i)] == 0) continue;
            affect(objects_[i].group);
            again = true;
        }
    }
}

std::vector<PagePlace> CatalogSurvey::more_pages()
{
    std::vector<PagePlace> more;
    if (map_.groups.empty()) return more;
    affect_joined();
    if (!any_new_) return more;
    any_new_ = false;
    for (std::uint32_t i = 0; i < map_.catalogs.size(); ++i) {
        const auto &pages = map_.catalogs[i].pages;
        for (std::uint32_t j = 0; j < pages.size(); ++j) {
            const auto &shares = pages[j].shares;
            const bool holds = std::any_of(shares.begin(), shares.end(), [this](const auto &share) { return affected_[share.group] != 0; });
            if (holds && !is_read_.contains({i, j})) more.push_back({i, j});
        }
    }
    return more;
}

// Numbers that can be given; to "gone" go the OIDs of the objects that were in the groups.
CatalogSurvey::Numbers CatalogSurvey::free_affected(std::set<std::uint32_t> &gone)
{
    Numbers free;
    for (std::uint32_t i = 0; i < map_.groups.size(); ++i) {
        auto &group = map_.groups[i];
        if (affected_[i] != 0) {
            for (const auto &node : group.nodes) {
                index_.remove(node);
                if (node.is_object) gone.insert(node.object);
            }
            group = {};
            changed_groups_.insert(i);
        }
        if (group.nodes.empty()) free.push_back(i);
    }
    std::reverse(free.begin(), free.end());
    return free;
}

// Gives each object that is concerned the number of its group.
void CatalogSurvey::make_groups(Numbers &free)
{
    Numbers numbers(objects_.size(), CatalogMap::no_group);
    if (map_.groups.empty()) index_.reserve(objects_.size());
    for (std::uint32_t i = 0; i < objects_.size(); ++i) {
        auto &object = objects_[i];
        if (!is_concerned(object)) continue;
        auto &number = numbers[root_of(i)];
        if (number == CatalogMap::no_group) {
            if (free.empty()) {
                free.push_back(static_cast<std::uint32_t>(map_.groups.size()));
                map_.groups.emplace_back();
                affected_.push_back(1);
            }
            number = free.back();
            free.pop_back();
            // Of a number that was free before.
            affected_[number] = 1;
            changed_groups_.insert(number);
        }
        object.group = number;
        map_.groups[number].nodes.push_back(object.node);
        index_.add(object.node, number);
    }
    for (const auto number : changed_groups_) {
        auto &nodes = map_.groups[number].nodes;
        std::sort(nodes.begin(), nodes.end(), comes_before);
    }
}

void CatalogSurvey::note_mentions()
{
    for (const auto &mention : mentions_) {
        const auto group = objects_[mention.object].group;
        if (affected_[group] != 0) map_.groups[group].mentioned.push_back(mention.mentioned);
    }
    for (const auto number : changed_groups_) {
        auto &mentioned = map_.groups[number].mentioned;
        std::sort(mentioned.begin(), mentioned.end());
        mentioned.erase(std::unique(mentioned.begin(), mentioned.end()), mentioned.end());
        mentioned.shrink_to_fit();
    }
}

void CatalogSurvey::renew_pages()
{
    for (const auto &read : reads_) {
        shares_.clear();
        for (std::size_t i = read.first_run; i < read.first_run + read.runs; ++i) shares_.push_back({objects_[runs_[i].object].group, runs_[i].stamp});
        merge_shares(shares_);
        auto &page = map_.catalogs[read.place.catalog].pages[read.place.page];
        if (page.written == read.written && page.common == read.common && page.shares == shares_) continue;
        page.written = read.written;
        page.common = read.common;
        page.shares.assign(shares_.begin(), shares_.end());
        changed_pages_.insert(read.place);
    }
}

bool CatalogSurvey::is_there(std::uint32_t object) const
{
    return index_.is_object(object) || std::binary_search(elsewhere_.begin(), elsewhere_.end(), object);
}

// Whoever mentioned what is gone does miss it, and who missed something may have found it.
void CatalogSurvey::find_misses(const std::set<std::uint32_t> &gone, bool of_all)
{
    std::vector<std::uint32_t> lost;
    for (const auto object : gone) {
        if (!is_there(object)) lost.push_back(object);
    }
    for (std::uint32_t i = 0; i < map_.groups.size(); ++i) {
        auto &group = map_.groups[i];
        const auto &mentioned = group.mentioned;
        bool misses = false;
        if (of_all || group.misses || affected_[i] != 0) {
            misses = std::any_of(mentioned.begin(), mentioned.end(), [this](std::uint32_t object) { return !is_there(object); });
        } else {
            misses = !lost.empty() && std::any_of(mentioned.begin(), mentioned.end(), [&lost](std::uint32_t object) {
                return std::binary_search(lost.begin(), lost.end(), object);
            });
        }
        if (misses == group.misses) continue;
        group.misses = misses;
        changed_groups_.insert(i);
    }
}

std::uint64_t CatalogSurvey::sum_of(const std::vector<std::uint32_t> &elsewhere)
{
    std::uint64_t sum = 0;
    for (const auto object : elsewhere) sum += scatter(object);
    return sum;
}

void CatalogSurvey::finish()
{
    std::set<std::uint32_t> gone;
    auto free = free_affected(gone);
    make_groups(free);
    note_mentions();
    renew_pages();
    const auto elsewhere = sum_of(elsewhere_);
    find_misses(gone, elsewhere != map_.elsewhere);
    map_.elsewhere = elsewhere;
    for (const auto &object : objects_) {
        if (object.own) own_groups_.insert(object.group);
    }
}

}  // namespace core
