#include <doctest/doctest.h>

#include "core/judgement.hpp"

namespace {

core::Effect effect(std::string rule, std::uint32_t oid, std::string detail = {})
{
    core::Effect made;
    made.rule = std::move(rule);
    made.object = {1259, oid, 0};
    made.identity = "public.t";
    made.phrase = "dropping table \"public.t\"";
    made.detail = std::move(detail);
    return made;
}

core::Judgement judgement(std::vector<core::Effect> effects)
{
    core::Judgement made;
    made.tag = "DROP TABLE";
    made.effects = std::move(effects);
    return made;
}

}  // namespace

TEST_CASE("the order of effects and their wording do not matter")
{
    auto other = effect("D02", 2);
    other.phrase = "said otherwise";
    CHECK(core::canonical_text(judgement({effect("D01", 1), effect("D02", 2)})) ==
          core::canonical_text(judgement({other, effect("D01", 1)})));
}

TEST_CASE("another object, rule, detail or a wider cascade is another command")
{
    const auto plain = core::canonical_text(judgement({effect("D01", 1)}));
    CHECK(plain != core::canonical_text(judgement({effect("D01", 2)})));
    CHECK(plain != core::canonical_text(judgement({effect("D24", 1)})));
    CHECK(plain != core::canonical_text(judgement({effect("D01", 1, "restart identity")})));
    CHECK(plain != core::canonical_text(judgement({effect("D01", 1), effect("D02", 2)})));
}

TEST_CASE("effects as JSON keep quotes and leave out what is not known")
{
    auto counted = effect("D01", 1);
    counted.rows = 3;
    counted.loss = "3 rows would be lost";
    CHECK(core::effects_json({effect("D01", 1)}) ==
          R"([{"rule":"D01","object_type":"","identity":"public.t","action":"dropping table \"public.t\"","collateral":false,)"
          R"("classid":1259,"objid":1,"objsubid":0}])");
    CHECK(core::effects_json({counted}).find(R"("loss":"3 rows would be lost","rows":3)") != std::string::npos);
    CHECK(core::effects_json({}) == "[]");
}

TEST_CASE("an identity is quoted once")
{
    CHECK(core::in_quotes("public.prompts") == "\"public.prompts\"");
    CHECK(core::in_quotes("public.\"we\"\"ird\"") == "public.\"we\"\"ird\"");
    CHECK(core::in_quotes("\"_RETURN\"") == "\"_RETURN\"");
}
