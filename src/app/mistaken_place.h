// What a person meant who named a directory that is none. Called where such a name is refused: by option_reader for a
// second directory, by serve for one that is not there.
#pragma once

#include <string>

namespace app {

/// The end of a sentence about `name`, which was given as the directory to serve: "; a port is --port 8080". Empty when
/// something has this name, or when it looks like nothing else.
[[nodiscard]] std::string probably_meant(const std::string& name);

}  // namespace app
