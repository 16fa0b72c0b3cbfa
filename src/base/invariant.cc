// One line, written with one system call, then abort().
#include "base/invariant.h"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace base {

void fail_invariant(std::string_view machine, std::string_view state, std::string_view event) noexcept {
    const std::array<std::string_view, 7> words = {"godwit: invariant: ", machine, ": ", event,
                                                   " in state ",          state,   "\n"};
    std::array<iovec, words.size()> pieces{};
    // The kernel only reads through an iovec, but it is declared for both directions.
    for (std::size_t i = 0; i < words.size(); ++i) pieces[i] = {const_cast<char*>(words[i].data()), words[i].size()};
    // The process ends whether or not somebody reads this.
    [[maybe_unused]] const ssize_t written = ::writev(STDERR_FILENO, pieces.data(), static_cast<int>(pieces.size()));
    std::abort();
}

}  // namespace base
