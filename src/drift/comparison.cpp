#include "drift/comparison.hpp"

#include <unordered_map>

#include "drift/exceptions.hpp"
#include "drift/expected_facts.hpp"
#include "drift/kept_map.hpp"
#include "drift/kept_stamps.hpp"
#include "drift/live_facts.hpp"
#include "drift/renames.hpp"
#include "pg/crypto.hpp"

namespace drift {
namespace {

using catalog::Stamps;

// What is told of the system's own objects is one more group, as changed as what is common to all.
constexpr std::uint32_t system_head = 0;

std::uint64_t head_key(std::uint32_t classid, std::uint32_t objid) { return (std::uint64_t{classid} << 32) | objid; }

// Which groups must be read, and what is known of the others.
class Plan {
  public:
    Plan(const Stamps &stamps, const KeptStamps &kept) : settled_(stamps.groups(), 0)
    {
        if (!kept.believed()) return;
        known_of_.assign(stamps.groups(), nullptr);
        std::unordered_map<std::uint64_t, const core::StampRecord *> known;
        known.reserve(kept.records().size());
        for (const auto &record : kept.records()) known.emplace(head_key(record.classid, record.objid), &record);
        std::uint32_t last_shared[2] = {0, 0};
        for (const auto &record : kept.records()) {
            if (is_shared(record.classid)) last_shared[place_of(record.classid)] = std::max(last_shared[place_of(record.classid)], record.objid);
        }
        std::vector<char> changed(stamps.groups(), 0);
        std::size_t found_again = 0;
        bool any = false;
        for (std::uint32_t group = 0; group < stamps.groups(); ++group) {
            if (!stamps.exists(group)) continue;
            const auto head = stamps.head(group);
            const auto at = known.find(head_key(head.classid, head.objid));
            const auto *const record = at != known.end() ? at->second : nullptr;
            if (record != nullptr) ++found_again;
            const bool same = record != nullptr && record->stamp == stamps.stamp(group);
            if (same) {
                known_of_[group] = record;
                continue;
            }
            // A name that shows everywhere: of a schema in every other name in it, of a role wherever it has
            // privileges.  A new one can show nowhere yet, unless its number was another one's before.
            if (record != nullptr && (is_shared(head.classid) || head.classid == NamespaceRelationId)) return;
            if (is_shared(head.classid) && head.objid <= last_shared[place_of(head.classid)]) return;
            changed[group] = 1;
            any = true;
        }
        const auto system = known.find(head_key(system_head, system_head));
        if (system != known.end()) {
            ++found_again;
            system_ = system->second;
        }
        // Of what is gone nothing is known any more.
        const bool gone = found_again != kept.records().size();
        if (gone && is_anything_shared_gone(stamps, kept)) return;
        if (any || gone) stamps.spread(changed);
        for (std::uint32_t group = 0; group < stamps.groups(); ++group) {
            settled_[group] = changed[group] == 0 && known_of_[group] != nullptr && known_of_[group]->clean;
        }
        is_partial_ = true;
    }

    // Whether anything need not be read.
    bool is_partial() const { return is_partial_; }
    const std::vector<char> &settled() const { return settled_; }
    bool is_settled(std::uint32_t group) const { return settled_[group] != 0; }
    const core::StampRecord *known_of(std::uint32_t group) const { return known_of_[group]; }
    const core::StampRecord *system() const { return is_partial_ && system_ != nullptr && system_->clean ? system_ : nullptr; }

    std::vector<char> to_read() const
    {
        std::vector<char> marked(settled_);
        for (auto &mark : marked) mark = mark == 0;
        return marked;
    }

    // Numbers of the facts that no settled group had.
    std::vector<std::int32_t> open_numbers(std::int64_t facts) const
    {
        std::vector<bool> had(static_cast<std::size_t>(facts) + 1, false);
        const auto mark = [&had](const core::StampRecord &record) {
            for (const auto &range : record.facts) {
                const auto first = std::min(static_cast<std::size_t>(range.first), had.size());
                const auto count = std::min(static_cast<std::size_t>(range.count), had.size() - first);
                std::fill_n(had.begin() + static_cast<std::ptrdiff_t>(first), count, true);
            }
        };
        for (std::size_t group = 0; group < settled_.size(); ++group) {
            if (settled_[group] != 0) mark(*known_of_[group]);
        }
        if (system() != nullptr) mark(*system());
        std::vector<std::int32_t> open;
        for (std::size_t number = 1; number < had.size(); ++number) {
            if (!had[number]) open.push_back(static_cast<std::int32_t>(number));
        }
        return open;
    }

  private:
    static bool is_shared(std::uint32_t classid) { return classid == AuthIdRelationId || classid == TableSpaceRelationId; }
    static int place_of(std::uint32_t classid) { return classid == AuthIdRelationId ? 0 : 1; }

    static bool is_anything_shared_gone(const Stamps &stamps, const KeptStamps &kept)
    {
        return std::any_of(kept.records().begin(), kept.records().end(), [&stamps](const core::StampRecord &record) {
            const bool shows = is_shared(record.classid) || record.classid == NamespaceRelationId;
            return shows && stamps.group_of({record.classid, record.objid, 0}) == Stamps::no_group;
        });
    }

    std::vector<char> settled_;  // by group: as it was when all its facts were the expected ones
    std::vector<const core::StampRecord *> known_of_;
    const core::StampRecord *system_ = nullptr;
    bool is_partial_ = false;
};

// What was found of each group.
class Findings {
  public:
    explicit Findings(const Stamps &stamps) : stamps_(stamps), groups_(stamps.groups() + 1) {}

    void count(std::uint32_t group)
    {
        if (auto *const found = of(group)) ++found->facts;
    }
    void match(std::uint32_t group, std::int32_t number)
    {
        auto *const found = of(group);
        if (found == nullptr) return;
        ++found->equal;
        core::add_fact(found->numbers, number);
    }
    void spoil(const std::vector<core::Address> &unsettled)
    {
        for (const auto &address : unsettled) {
            if (const auto group = stamps_.group_of(address); group != Stamps::no_group) groups_[group].spoiled = true;
        }
    }

    // Of the groups that were read, and what was known of the others.
    std::vector<core::StampRecord> records(const Plan &plan) const
    {
        std::vector<core::StampRecord> records;
        records.reserve(groups_.size());
        for (std::uint32_t group = 0; group < stamps_.groups(); ++group) {
            if (plan.is_settled(group)) {
                records.push_back(*plan.known_of(group));
            } else if (stamps_.exists(group) && !stamps_.is_own(group)) {
                const auto head = stamps_.head(group);
                records.push_back(record(head.classid, head.objid, stamps_.stamp(group), groups_[group]));
            }
        }
        records.push_back(plan.system() != nullptr ? *plan.system() : record(system_head, system_head, stamps_.common(), groups_.back()));
        std::sort(records.begin(), records.end(), [](const auto &left, const auto &right) {
            return head_key(left.classid, left.objid) < head_key(right.classid, right.objid);
        });
        return records;
    }

  private:
    struct Found {
        std::uint32_t facts = 0;
        std::uint32_t equal = 0;
        bool spoiled = false;
        std::vector<core::FactRange> numbers;
    };

    Found *of(std::uint32_t group)
    {
        if (group == LiveFacts::system) return &groups_.back();
        return group < stamps_.groups() ? &groups_[group] : nullptr;
    }

    static core::StampRecord record(std::uint32_t classid, std::uint32_t objid, core::Stamp stamp, const Found &found)
    {
        const bool clean = found.facts == found.equal && !found.spoiled;
        return {classid, objid, stamp, clean, clean ? found.numbers : std::vector<core::FactRange>()};
    }

    const Stamps &stamps_;
    std::vector<Found> groups_;  // the last one is that of the system's objects
};

// Facts that were read and are in the scope, with a look at which of them are as expected.  What is asked for a second
// time is the whole database: what explains a difference may be in an object that did not change.
class Observed final : public core::FactSource {
  public:
    Observed(LiveFacts &live, const core::DriftScope &scope, const ExpectedFacts &expected, Findings &findings, bool is_partial)
        : scope_(scope), now_(&live), expected_(expected), findings_(findings), is_partial_(is_partial)
    {
        in_scope_.emplace(*now_, scope_);
    }

    bool next() override
    {
        if (!in_scope_->next()) return false;
        if (!again_) findings_.count(now_->group());
        return true;
    }
    std::string_view key() const override { return now_->key(); }
    std::string_view digest() const override { return now_->digest(); }
    core::Fact fact() const override { return now_->fact(); }
    void met_equal() override { findings_.match(now_->group(), expected_.number()); }
    bool rewind() override
    {
        again_ = true;
        if (!is_partial_) return now_->rewind();
        whole_.emplace();
        now_ = &*whole_;
        in_scope_.emplace(*now_, scope_);
        return true;
    }

  private:
    const core::DriftScope &scope_;
    LiveFacts *now_;
    std::optional<core::FactsInScope> in_scope_;
    const ExpectedFacts &expected_;
    Findings &findings_;
    bool is_partial_;
    bool again_ = false;
    std::optional<LiveFacts> whole_;
};

// What the comparison goes by, apart from the schema: the options, and what is known to have another name.
std::string terms_of(const core::DriftScope &scope, const core::Renames &renames)
{
    auto terms = core::options_json(scope);
    if (!renames.empty()) terms += ' ' + pg::hex(pg::sha256(renames.canonical()));
    return terms;
}

// For those who want to know why a comparison took its time.
void tell_reading(const Stamps &stamps, const std::vector<char> &settled)
{
    int groups = 0;
    int read = 0;
    for (std::uint32_t group = 0; group < stamps.groups(); ++group) {
        if (!stamps.exists(group)) continue;
        ++groups;
        read += settled[group] == 0 ? 1 : 0;
    }
    pg::call([groups, read] { ereport(DEBUG1, errmsg_internal("langchef_guard reads %d of %d groups of objects", read, groups)); });
}

}  // namespace

void forget_cached_rows()
{
    pg::call([] { InvalidateSystemCaches(); });
}

std::vector<core::DriftRow> compare_with_catalogs(OwnerSession &session, const ExpectedSchema &schema, const core::Renames &renames,
                                                  const core::DriftScope &scope, std::size_t most)
{
    const auto scope_of_keys = in_utf8(scope);
    KeptMap kept_map(session);
    const Stamps stamps(kept_map.map());
    KeptStamps kept(session, schema, terms_of(scope, renames), stamps);
    const Plan plan(stamps, kept);
    forget_cached_rows();
    tell_reading(stamps, plan.settled());
    Findings findings(stamps);
    std::vector<core::Address> objects;
    std::vector<std::int32_t> numbers;
    if (plan.is_partial()) {
        objects = stamps.objects(plan.to_read());
        numbers = plan.open_numbers(schema.facts);
    }
    std::vector<core::DriftRow> rows;
    {
        const auto *const some = plan.is_partial() ? &objects : nullptr;
        ExpectedFacts expected(session, schema.name, plan.is_partial() ? &numbers : nullptr);
        LiveFacts live({some, &stamps, plan.system() == nullptr});
        Observed actual(live, scope_of_keys, expected, findings, plan.is_partial());
        rows = find_drift(expected, actual, renames, scope_of_keys, most);
        std::vector<core::Address> unsettled;
        const auto gaps = plan.is_partial() ? live.gaps_among(objects, stamps, plan.settled(), unsettled) : live.gaps(&unsettled);
        findings.spoil(unsettled);
        for (const auto &gap : gaps) {
            if (rows.size() < most) rows.push_back(core::uncovered(gap.catalog, gap.objects, gap.first));
        }
    }
    // Others would wait for the notes until the transaction is over.
    if (!pg::call([] { return IsTransactionBlock(); })) {
        kept.replace(findings.records(plan));
        kept_map.replace(stamps.pass());
    }
    return rows;
}

void keep_registered(OwnerSession &session, const std::string &name, const Stamps &stamps, const std::vector<std::uint32_t> &groups,
                     const std::vector<core::Address> &unsettled)
{
    ExpectedSchema schema{};
    schema.name = name;
    schema.registered_xid = U64FromFullTransactionId(pg::call([] { return GetTopFullTransactionId(); }));
    KeptStamps kept(session, schema, terms_of({}, {}), stamps);
    const Plan nothing_known(stamps, kept);
    Findings findings(stamps);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        findings.count(groups[i]);
        findings.match(groups[i], static_cast<std::int32_t>(i + 1));
    }
    findings.spoil(unsettled);
    kept.replace(findings.records(nothing_known));
}

}  // namespace drift
