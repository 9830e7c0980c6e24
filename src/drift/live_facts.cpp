#include "core/snapshot.hpp"

#include "drift/live_facts.hpp"

#include "catalog/reader.hpp"
#include "drift/digest.hpp"
#include "drift/environment.hpp"

namespace drift {
namespace {

enum Column { column_key, column_canonical, column_digest, column_class, column_object, column_subobject, column_xmin, column_group, columns };

// In kilobytes.  More gains nothing: runs of this size are sorted in the processor's own cache, and merged in one pass.
constexpr int most_sort_memory = 8 * 1024;

struct View {
    const char *data;
    std::size_t size;
};

View view_of(Datum datum)
{
    text *const plain = DatumGetTextPP(datum);
    return {VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
}

std::string_view string_view_of(View view) { return {view.data, view.size}; }

}  // namespace

LiveFacts::LiveFacts(const Reading &reading) : exceptions_at_start_(std::uncaught_exceptions()), horizon_(catalog::present_horizon())
{
    begin();
    const catalog::PinnedSettings pinned;
    read(reading);
    Tuplesortstate *const sort = sort_;
    pg::call([sort] { tuplesort_performsort(sort); });
}

void LiveFacts::begin()
{
    struct State {
        Tuplesortstate *sort;
        TupleTableSlot *in;
        TupleTableSlot *out;
    };
    const auto state = pg::call([] {
        const TupleDesc row = CreateTemplateTupleDesc(columns);
        TupleDescInitEntry(row, column_key + 1, "key", TEXTOID, -1, 0);
        TupleDescInitEntryCollation(row, column_key + 1, C_COLLATION_OID);
        TupleDescInitEntry(row, column_canonical + 1, "canonical", TEXTOID, -1, 0);
        TupleDescInitEntry(row, column_digest + 1, "digest", TEXTOID, -1, 0);
        TupleDescInitEntry(row, column_class + 1, "classid", OIDOID, -1, 0);
        TupleDescInitEntry(row, column_object + 1, "objid", OIDOID, -1, 0);
        TupleDescInitEntry(row, column_subobject + 1, "objsubid", INT4OID, -1, 0);
        TupleDescInitEntry(row, column_xmin + 1, "xmin", OIDOID, -1, 0);
        TupleDescInitEntry(row, column_group + 1, "group", OIDOID, -1, 0);
        AttrNumber key = column_key + 1;
        Oid less = TextLessOperator;
        Oid collation = C_COLLATION_OID;
        bool nulls_first = false;
        Tuplesortstate *const sort = tuplesort_begin_heap(row, 1, &key, &less, &collation, &nulls_first, std::min(maintenance_work_mem, most_sort_memory),
                                                          nullptr, TUPLESORT_RANDOMACCESS);
        return State{sort, MakeSingleTupleTableSlot(row, &TTSOpsVirtual), MakeSingleTupleTableSlot(row, &TTSOpsMinimalTuple)};
    });
    sort_ = state.sort;
    in_ = state.in;
    out_ = state.out;
}

void LiveFacts::read(const Reading &reading)
{
    const auto add_all = [this](core::Facts &&facts, std::uint32_t group) {
        captured_.push_back(facts.front().address);
        for (const auto &fact : facts) add(fact, group);
    };
    const auto add_object = [&](core::Facts &&facts) {
        const auto group = reading.stamps != nullptr ? reading.stamps->group_of(facts.front().address) : environment;
        add_all(std::move(facts), group);
    };
    if (reading.objects != nullptr) {
        catalog::read_objects(*reading.objects, add_object);
    } else {
        catalog::read_database(catalog::Order::by_oid, add_object);
        catalog::read_members(add_object);
    }
    catalog::read_environment([&add_all](core::Facts &&facts) { add_all(std::move(facts), environment); });
    if (reading.system) catalog::read_system([&add_all](core::Facts &&facts) { add_all(std::move(facts), system); });
}

LiveFacts::~LiveFacts()
{
    // After an error the transaction's abort takes memory and files back.
    if (std::uncaught_exceptions() != exceptions_at_start_) return;
    ExecDropSingleTupleTableSlot(in_);
    ExecDropSingleTupleTableSlot(out_);
    tuplesort_end(sort_);
}

void LiveFacts::add(const core::Fact &fact, std::uint32_t group)
{
    const auto canonical = core::canonical_text(fact);
    if (fact.restless || core::may_hide_oids(canonical)) restless_.push_back(fact.address);
    const auto digest = digest_of(canonical, hash_);
    const auto key = to_utf8(fact.id);
    const std::string_view texts[] = {key, canonical, digest};
    const core::Address address = fact.address;
    const std::uint32_t xmin = fact.xmin;
    Tuplesortstate *const sort = sort_;
    TupleTableSlot *const slot = in_;
    pg::call([&texts, address, xmin, group, sort, slot] {
        CHECK_FOR_INTERRUPTS();
        ExecClearTuple(slot);
        std::memset(slot->tts_isnull, 0, sizeof(bool) * columns);
        for (int i = column_key; i <= column_digest; ++i) {
            slot->tts_values[i] = PointerGetDatum(cstring_to_text_with_len(texts[i].data(), static_cast<int>(texts[i].size())));
        }
        slot->tts_values[column_class] = ObjectIdGetDatum(address.classid);
        slot->tts_values[column_object] = ObjectIdGetDatum(address.objid);
        slot->tts_values[column_subobject] = Int32GetDatum(address.objsubid);
        slot->tts_values[column_xmin] = ObjectIdGetDatum(xmin);
        slot->tts_values[column_group] = ObjectIdGetDatum(group);
        ExecStoreVirtualTuple(slot);
        tuplesort_puttupleslot(sort, slot);
        for (int i = column_key; i <= column_digest; ++i) pfree(DatumGetPointer(slot->tts_values[i]));
        ExecClearTuple(slot);
    });
}

bool LiveFacts::next()
{
    struct Current {
        bool found;
        View key;
        View canonical;
        View digest;
        std::uint32_t group;
    };
    Tuplesortstate *const sort = sort_;
    TupleTableSlot *const slot = out_;
    const auto current = pg::call([sort, slot] {
        CHECK_FOR_INTERRUPTS();
        if (!tuplesort_gettupleslot(sort, true, false, slot, nullptr)) return Current{};
        slot_getallattrs(slot);
        const Datum *const values = slot->tts_values;
        return Current{true, view_of(values[column_key]), view_of(values[column_canonical]), view_of(values[column_digest]),
                       DatumGetObjectId(values[column_group])};
    });
    key_ = string_view_of(current.key);
    canonical_ = string_view_of(current.canonical);
    digest_ = string_view_of(current.digest);
    group_ = current.group;
    return current.found;
}

core::Fact LiveFacts::fact() const
{
    auto fact = core::read_fact_line(core::fact_line(canonical_, digest_), !needs_conversion()).fact;
    fact.address = {DatumGetObjectId(out_->tts_values[column_class]), DatumGetObjectId(out_->tts_values[column_object]),
                    DatumGetInt32(out_->tts_values[column_subobject])};
    fact.xmin = DatumGetObjectId(out_->tts_values[column_xmin]);
    return fact;
}

bool LiveFacts::rewind()
{
    Tuplesortstate *const sort = sort_;
    pg::call([sort] { tuplesort_rescan(sort); });
    return true;
}

}  // namespace drift
