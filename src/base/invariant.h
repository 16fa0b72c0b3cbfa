// Ends the process after an impossible event, in release builds too. Called when a table of states does not have the
// move that is asked for: going on would be undefined.
#pragma once

#include <string_view>

namespace base {

/// Writes "godwit: invariant: <machine>: <event> in state <state>" to standard error and aborts. Allocates nothing.
[[noreturn]] void fail_invariant(std::string_view machine, std::string_view state, std::string_view event) noexcept;

}  // namespace base
