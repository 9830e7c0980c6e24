#include "core/judgement.hpp"

#include <algorithm>

#include "core/shown.hpp"

#include "core/cpp_only.hpp"

namespace core {

std::string in_quotes(const std::string &identity)
{
    return shown(identity.find('"') != std::string::npos ? identity : '"' + identity + '"');
}

std::string canonical_text(const Judgement &judgement)
{
    std::vector<std::string> lines;
    lines.reserve(judgement.effects.size());
    for (const Effect &effect : judgement.effects) {
        lines.push_back(effect.rule + '|' + std::to_string(effect.object.classid) + '|' + std::to_string(effect.object.objid) + '|' +
                        std::to_string(effect.object.objsubid) + '|' + effect.detail);
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    std::string text = judgement.tag;
    for (const std::string &line : lines) {
        text += '\n';
        text += line;
    }
    return text;
}

std::string effects_json(const std::vector<Effect> &effects)
{
    std::string out = "[";
    for (const Effect &effect : effects) {
        if (out.size() > 1) out += ',';
        out += "{\"rule\":";
        append_json_string(out, effect.rule);
        out += ",\"object_type\":";
        append_json_string(out, effect.object_type);
        out += ",\"identity\":";
        append_json_string(out, effect.identity);
        out += ",\"action\":";
        append_json_string(out, effect.phrase);
        if (!effect.loss.empty()) {
            out += ",\"loss\":";
            append_json_string(out, effect.loss);
        }
        if (effect.rows >= 0) out += ",\"rows\":" + std::to_string(effect.rows);
        out += effect.collateral ? ",\"collateral\":true" : ",\"collateral\":false";
        out += ",\"classid\":" + std::to_string(effect.object.classid) + ",\"objid\":" + std::to_string(effect.object.objid) +
               ",\"objsubid\":" + std::to_string(effect.object.objsubid) + '}';
    }
    out += ']';
    return out;
}

}  // namespace core
