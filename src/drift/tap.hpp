#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drift {

// A description of a test that holds no directive ("# TODO") of the protocol.
std::string test_description(std::string_view text);

// The lines of one test: its outcome, and what there is to say of it.  Where the session runs a
// plan of pgTAP, that counts the test and writes the lines; it is called as the current role.
std::vector<std::string> test_lines(bool passed, const std::string &description, const std::vector<std::string> &diagnostics);

}  // namespace drift
