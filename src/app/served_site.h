// What the options of a site leave to the disk. Called by serve and by config_reload, before the rules of the site are
// made.
#pragma once

#include <expected>
#include <string>

#include "app/options.h"

namespace app {

/// Completes options.site: where a file is named in place of a directory, its directory is served, but nothing in it
/// except that file; and the file of --mime-types is read. The error is a sentence for the operator.
[[nodiscard]] std::expected<void, std::string> look_up_site(Options& options);

}  // namespace app
