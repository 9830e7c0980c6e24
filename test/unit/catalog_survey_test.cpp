#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "core/catalog_map_bytes.hpp"
#include "core/catalog_survey.hpp"

namespace {

using core::CatalogMap;
using core::CatalogSurvey;
using core::PagePlace;
using core::PageRows;
using core::Stamp;

using Key = std::pair<std::uint32_t, std::uint32_t>;  // OID, catalog

// A row of a catalog as the survey is told of it.
struct Row {
    Key object;
    bool is_object;
    std::vector<Key> joined;
    std::vector<std::uint32_t> mentioned;
    Stamp stamp;
};

struct ModelPage {
    std::vector<Row> rows;
    std::uint64_t written = 1;
};

struct Model {
    std::vector<std::vector<ModelPage>> catalogs;

    // Reads what places there are, and what the survey asks for then, into the map.
    void survey(CatalogMap &map, std::vector<PagePlace> places, std::size_t *read = nullptr) const
    {
        core::NodeIndex index(map);
        const std::vector<std::uint32_t> elsewhere{7};
        CatalogSurvey survey(map, index, elsewhere);
        // Pages that were cut off.
        for (std::uint32_t i = 0; i < catalogs.size(); ++i) {
            for (auto j = static_cast<std::uint32_t>(catalogs[i].size()); j < map.catalogs[i].pages.size(); ++j) survey.add_page({i, j}, {}, 0);
        }
        do {
            for (const auto place : places) add(survey, place);
            if (read != nullptr) *read += places.size();
            places = survey.more_pages();
        } while (!places.empty());
        survey.finish();
        for (std::size_t i = 0; i < catalogs.size(); ++i) map.catalogs[i].pages.resize(catalogs[i].size());
        // What is kept of the index is what the map says.
        const core::NodeIndex anew(map);
        bool same = true;
        for (std::uint32_t catalog = 1; catalog <= 3; ++catalog) {
            for (std::uint32_t object = 1; object < 400; ++object) same = same && index.group_of(catalog, object) == anew.group_of(catalog, object);
        }
        CHECK(same);
    }

    CatalogMap anew() const
    {
        CatalogMap map;
        std::vector<PagePlace> places;
        lay_out(map);
        for (std::uint32_t i = 0; i < catalogs.size(); ++i) {
            for (std::uint32_t j = 0; j < catalogs[i].size(); ++j) places.push_back({i, j});
        }
        survey(map, places);
        return map;
    }

    void lay_out(CatalogMap &map) const
    {
        map.catalogs.resize(catalogs.size());
        for (std::size_t i = 0; i < catalogs.size(); ++i) {
            map.catalogs[i].catalog = static_cast<std::uint32_t>(i + 1);
            map.catalogs[i].pages.resize(std::max(map.catalogs[i].pages.size(), catalogs[i].size()));
        }
    }

    std::vector<PagePlace> written_since(const CatalogMap &map) const
    {
        std::vector<PagePlace> places;
        for (std::uint32_t i = 0; i < catalogs.size(); ++i) {
            for (std::uint32_t j = 0; j < catalogs[i].size(); ++j) {
                if (map.catalogs[i].pages[j].written != catalogs[i][j].written) places.push_back({i, j});
            }
        }
        return places;
    }

  private:
    void add(CatalogSurvey &survey, PagePlace place) const
    {
        const auto &page = catalogs[place.catalog][place.page];
        Stamp common;
        std::vector<PageRows::Run> runs;
        std::vector<PageRows::Join> joins;
        std::vector<PageRows::Mention> mentions;
        for (const auto &row : page.rows) {
            const auto [oid, catalog] = row.object;
            runs.push_back({catalog, oid, row.is_object, false, row.stamp});
            for (const auto &[other, of] : row.joined) joins.push_back({catalog, oid, of, other});
            for (const auto mentioned : row.mentioned) mentions.push_back({catalog, oid, mentioned});
            if (oid % 11 == 0) common.add(row.stamp);
        }
        survey.add_page(place, {common, runs, joins, mentions}, page.written);
    }
};

struct Told {
    std::vector<CatalogMap::Node> nodes;
    std::vector<std::uint32_t> mentioned;
    bool misses = false;
    Stamp stamp;

    bool operator==(const Told &) const = default;
};

// What a map says, whatever numbers its groups have.
std::map<Key, Told> told_by(const CatalogMap &map)
{
    std::map<Key, Told> told;
    std::vector<Stamp> stamps(map.groups.size());
    for (const auto &catalog : map.catalogs) {
        for (const auto &page : catalog.pages) {
            for (const auto &share : page.shares) stamps[share.group].add(share.stamp);
        }
    }
    for (std::size_t i = 0; i < map.groups.size(); ++i) {
        const auto &group = map.groups[i];
        if (group.nodes.empty()) continue;
        const auto &head = group.nodes.front();
        told[{head.object, head.catalog}] = {group.nodes, group.mentioned, group.misses, stamps[i]};
    }
    return told;
}

Stamp common_of(const CatalogMap &map)
{
    Stamp common;
    for (const auto &catalog : map.catalogs) {
        for (const auto &page : catalog.pages) common.add(page.common);
    }
    return common;
}

// Changes as sessions make them: rows come, go, take the places of others, join objects and set them apart.
class Changes {
  public:
    Changes(Model &model, unsigned seed) : model_(model), random_(seed) {}

    void make()
    {
        auto &catalog = model_.catalogs[below(model_.catalogs.size())];
        if (catalog.empty() || below(12) == 0) catalog.emplace_back();
        if (below(25) == 0) {
            catalog.pop_back();
            return;
        }
        auto &page = catalog[below(catalog.size())];
        switch (below(4)) {
            case 0: remove(page); break;
            case 1: remove(page); [[fallthrough]];
            default: page.rows.push_back(row());
        }
        page.written = ++clock_;
    }

    std::size_t below(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_); }

  private:
    Key key() { return {static_cast<std::uint32_t>(1 + below(80)), static_cast<std::uint32_t>(1 + below(3))}; }

    Row row()
    {
        Row made{key(), below(2) == 0, {}, {}, {random_(), random_()}};
        while (below(3) == 0) made.joined.push_back(key());
        while (below(2) == 0) made.mentioned.push_back(static_cast<std::uint32_t>(1 + below(90)));
        return made;
    }

    void remove(ModelPage &page)
    {
        if (!page.rows.empty()) page.rows.erase(page.rows.begin() + static_cast<std::ptrdiff_t>(below(page.rows.size())));
    }

    Model &model_;
    std::mt19937_64 random_;
    std::uint64_t clock_ = 1;
};

CatalogMap map_of_parts(const CatalogMap &map)
{
    CatalogMap copy;
    REQUIRE(core::read_map_head(core::map_head(map), core::parts_of(map), copy));
    for (std::size_t i = 0; i < core::parts_of(map.groups.size(), core::groups_in_part); ++i) {
        REQUIRE(core::read_group_part(core::group_part(map, i), copy, i));
    }
    for (std::size_t i = 0; i < map.catalogs.size(); ++i) {
        for (std::size_t j = 0; j < core::parts_of(map.catalogs[i].pages.size(), core::pages_in_part); ++j) {
            REQUIRE(core::read_page_part(core::page_part(map.catalogs[i], j), copy, i, j));
        }
    }
    return copy;
}

}  // namespace

TEST_CASE("a map brought up to date says what one made anew says, whatever happened in between")
{
    std::size_t read = 0;
    std::size_t pages = 0;
    for (unsigned seed = 1; seed <= 30; ++seed) {
        Model model;
        model.catalogs.resize(3);
        Changes changes(model, seed);
        for (int i = 0; i < 150; ++i) changes.make();
        CatalogMap map = model.anew();
        for (int round = 0; round < 60; ++round) {
            const auto count = changes.below(4);
            for (std::size_t i = 0; i < count; ++i) changes.make();
            model.lay_out(map);
            model.survey(map, model.written_since(map), &read);
            const auto anew = model.anew();
            REQUIRE(told_by(map) == told_by(anew));
            REQUIRE(common_of(map) == common_of(anew));
            for (const auto &catalog : model.catalogs) pages += catalog.size();
        }
        CHECK(map_of_parts(map) == map);
    }
    CHECK(read < pages);
}

TEST_CASE("only what changed is read, named and renumbered")
{
    Model model;
    model.catalogs.resize(1);
    auto &pages = model.catalogs[0];
    for (std::uint32_t i = 0; i < 100; ++i) pages.push_back({{{{100 + i, 1}, true, {}, {100 + i - 1}, {i, i}}}, 1});
    CatalogMap map = model.anew();
    CHECK(map.groups.size() == 100);
    pages[50].rows[0].stamp = {1000, 1000};
    pages[50].written = 2;
    core::NodeIndex index(map);
    const std::vector<std::uint32_t> elsewhere;
    CatalogSurvey survey(map, index, elsewhere);
    const PageRows::Run run{1, 150, true, false, {1000, 1000}};
    const PageRows::Mention mention{1, 150, 149};
    survey.add_page({0, 50}, {{}, {&run, 1}, {}, {&mention, 1}}, 2);
    CHECK(survey.more_pages().empty());
    survey.finish();
    CHECK(survey.changed_groups().size() == 1);
    CHECK(survey.changed_pages() == std::set<PagePlace>{{0, 50}});
    CHECK(told_by(map) == told_by(model.anew()));
}

TEST_CASE("who mentions what is gone misses it, until it is there again or somewhere else")
{
    Model model;
    model.catalogs.resize(1);
    model.catalogs[0] = {{{{{10, 1}, true, {}, {20, 7}, {1, 1}}}, 1}, {{{{20, 1}, true, {}, {}, {2, 2}}}, 1}};
    CatalogMap map = model.anew();
    const auto misses = [&map] { return map.groups[core::NodeIndex(map).group_of(1, 10)].misses; };
    CHECK_FALSE(misses());
    const auto gone = model.catalogs[0][1].rows;
    model.catalogs[0][1] = {{}, 2};
    model.survey(map, model.written_since(map));
    CHECK(misses());
    model.catalogs[0][1] = {gone, 3};
    model.survey(map, model.written_since(map));
    CHECK_FALSE(misses());
}

TEST_CASE("who is somewhere else, or is not any more, is missed or not")
{
    Model model;
    model.catalogs.resize(1);
    model.catalogs[0] = {{{{{10, 1}, true, {}, {7, 8}, {1, 1}}}, 1}};
    CatalogMap map = model.anew();
    CHECK(map.groups[0].misses);
    for (const bool there : {true, false}) {
        core::NodeIndex index(map);
        const std::vector<std::uint32_t> elsewhere = there ? std::vector<std::uint32_t>{7, 8} : std::vector<std::uint32_t>{7};
        CHECK(CatalogSurvey::sum_of(elsewhere) != map.elsewhere);
        CatalogSurvey survey(map, index, elsewhere);
        CHECK(survey.more_pages().empty());
        survey.finish();
        CHECK(map.groups[0].misses == !there);
        CHECK(survey.changed_groups().size() == 1);
    }
}

TEST_CASE("bytes that are no map are refused, wherever they end or differ")
{
    Model model;
    model.catalogs.resize(3);
    Changes changes(model, 99);
    for (int i = 0; i < 60; ++i) changes.make();
    auto map = model.anew();
    map.catalogs[0].visibility = {5, 6};
    const auto head = core::map_head(map);
    const auto groups = core::group_part(map, 0);
    const auto pages = core::page_part(map.catalogs[0], 0);
    CatalogMap copy;
    for (std::size_t i = 0; i < head.size(); ++i) CHECK_FALSE(core::read_map_head(head.substr(0, i), core::parts_of(map), copy));
    CHECK_FALSE(core::read_map_head(head + 'x', core::parts_of(map), copy));
    REQUIRE(core::read_map_head(head, core::parts_of(map), copy));
    CHECK_FALSE(core::read_map_head(head, core::parts_of(map) + 1, copy));
    REQUIRE(core::read_map_head(head, core::parts_of(map), copy));
    CHECK(copy.catalogs[0].visibility == map.catalogs[0].visibility);
    for (std::size_t i = 0; i < groups.size(); ++i) CHECK_FALSE(core::read_group_part(groups.substr(0, i), copy, 0));
    for (std::size_t i = 0; i < pages.size(); ++i) CHECK_FALSE(core::read_page_part(pages.substr(0, i), copy, 0, 0));
    CHECK_FALSE(core::read_group_part(groups + 'x', copy, 0));
    CHECK_FALSE(core::read_page_part(pages, copy, 3, 0));
    std::mt19937_64 random(5);
    for (int i = 0; i < 2000; ++i) {
        auto bytes = i % 2 == 0 ? groups : pages;
        bytes[random() % bytes.size()] = static_cast<char>(random());
        REQUIRE(core::read_map_head(head, core::parts_of(map), copy));
        const bool read = i % 2 == 0 ? core::read_group_part(bytes, copy, 0) : core::read_page_part(bytes, copy, 0, 0);
        for (const auto &page : copy.catalogs[0].pages) {
            if (!read) break;
            CHECK(std::all_of(page.shares.begin(), page.shares.end(), [&copy](const auto &share) { return share.group < copy.groups.size(); }));
        }
    }
}
