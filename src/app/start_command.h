// How this process was started, so that it can be started again in the same way. Read by main, before anything changes
// it; used by the starter process.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace app {

struct StartCommand {
    std::string program;                   ///< an absolute path; empty where it is not known
    std::vector<std::string> arguments;    ///< the first one is the name of the program
    std::vector<std::string> environment;  ///< "NAME=value"; without what was meant for this process alone
    std::string directory;                 ///< the working directory; empty where it is not known

    /// `arguments` as main() got them.
    [[nodiscard]] static StartCommand of_this_process(std::span<char* const> arguments);
};

}  // namespace app
