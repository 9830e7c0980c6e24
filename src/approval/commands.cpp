#include "approval/commands.hpp"

#include "guard/installation.hpp"

namespace approval {
namespace {

// A proposal is read by people; the digest does not depend on the text.
constexpr std::size_t longest_statement = 128 * 1024;

constexpr std::size_t longest_name = 200;
// Where a phrase names more than the object itself.
constexpr std::size_t longest_phrase = 2 * longest_name;

std::string clipped(std::string_view text, std::size_t limit)
{
    const std::string_view start = pg::clip(text, limit);
    return std::string(start) + (start.size() < text.size() ? "..." : "");
}

}  // namespace

std::string brief(const core::Effect &effect)
{
    std::string phrase = effect.phrase;
    const std::size_t place = effect.identity.size() > longest_name ? phrase.find(effect.identity) : std::string::npos;
    if (place != std::string::npos) phrase.replace(place, effect.identity.size(), clipped(effect.identity, longest_name));
    return clipped(phrase, longest_phrase);
}

pg::Sha256 command_digest(const core::Judgement &judgement) { return pg::sha256(core::canonical_text(judgement)); }

Command describe_command(const core::Judgement &judgement)
{
    Command command{pg::hex(command_digest(judgement)), "{\"tag\":"};
    core::append_json_string(command.json, judgement.tag);
    command.json += ",\"statement\":";
    const std::string_view statement = pg::clip(judgement.statement, longest_statement);
    core::append_json_string(command.json, statement);
    if (statement.size() < judgement.statement.size()) {
        command.json += ",\"statement_bytes\":" + std::to_string(judgement.statement.size());
    }
    command.json += ",\"digest\":\"" + command.digest + "\",\"effects\":" + core::effects_json(judgement.effects) + '}';
    return command;
}

pg::Sha256 proposal_digest(std::string_view command_digests)
{
    std::string text = std::to_string(guard::system_identifier()) + ' ' + std::to_string(MyDatabaseId) + ' ';
    text += command_digests;
    return pg::sha256(text);
}

}  // namespace approval
