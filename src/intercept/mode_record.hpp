#pragma once

#include <string>
#include <string_view>

#include "pg/call.hpp"

namespace intercept {

// For the guard's own rows, which are none of what the user promised not to write.
class WritableScope {
  public:
    WritableScope() : was_(XactReadOnly) { XactReadOnly = false; }
    ~WritableScope() { XactReadOnly = was_; }
    WritableScope(const WritableScope &) = delete;
    WritableScope &operator=(const WritableScope &) = delete;

  private:
    bool was_;
};

// Puts a change of langchef_guard.mode in this session on record, whatever made it, unless that is done or nothing can
// be written now.  The statement is that which made it, empty when that is not known.
void record_mode(std::string_view statement, const std::string &tag);

}  // namespace intercept
