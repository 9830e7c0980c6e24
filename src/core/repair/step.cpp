#include "core/repair/step.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

std::string_view effect_word(Effect effect)
{
    switch (effect) {
        case Effect::none: return "none";
        case Effect::weakens: return "weakens";
        case Effect::rewrites: return "rewrite";
        case Effect::scans: return "scan";
        case Effect::loses_data: return "data_loss";
        case Effect::manual: return "manual";
    }
    return "";
}

std::string_view lock_word(Lock lock)
{
    switch (lock) {
        case Lock::none: return "";
        case Lock::share_update_exclusive: return "SHARE UPDATE EXCLUSIVE";
        case Lock::share: return "SHARE";
        case Lock::share_row_exclusive: return "SHARE ROW EXCLUSIVE";
        case Lock::access_exclusive: return "ACCESS EXCLUSIVE";
    }
    return "";
}

}  // namespace core::repair
