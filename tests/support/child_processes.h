// The children of a process, as the kernel lists them. Used by tests that find, stop or kill the processes which the
// server forks.
#pragma once

#include <sys/types.h>

#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace support {

/// The eldest first; those that have ended and were not waited for are among them. Empty when `parent` is gone.
inline std::vector<pid_t> children_of(pid_t parent) {
    const std::string number = std::to_string(parent);
    std::istringstream words(read_file("/proc/" + number + "/task/" + number + "/children"));
    return {std::istream_iterator<pid_t>(words), {}};
}

}  // namespace support
