// The end of a process in which something happened that cannot happen. Called where a table of states is asked for a
// move that it does not have: going on would be undefined, in release builds too.
#pragma once

#include <string_view>

namespace base {

/// Writes "godwit: invariant: <machine>: <event> in state <state>" to standard error and aborts. Allocates nothing.
[[noreturn]] void fail_invariant(std::string_view machine, std::string_view state, std::string_view event) noexcept;

}  // namespace base
