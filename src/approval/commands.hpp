#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/judgement.hpp"
#include "pg/crypto.hpp"

namespace approval {

// A command as proposals keep it.
struct Command {
    std::string digest;  // hexadecimal
    std::string json;    // {"tag", "statement", "digest", "effects"}
};

// SHA-256 of what identifies the command to an approval.
pg::Sha256 command_digest(const core::Judgement &judgement);

Command describe_command(const core::Judgement &judgement);

// SHA-256 over the digests of the commands in order, given in hexadecimal
// separated by spaces, and over the cluster and database whose OIDs they
// contain: a restored copy files its own proposals.
pg::Sha256 proposal_digest(std::string_view command_digests);

// What an effect does, for summaries and log lines: a very long name is cut.
std::string brief(const core::Effect &effect);

}  // namespace approval
