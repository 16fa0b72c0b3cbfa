// The options that say what a site may do and how it answers, applied to its configuration. Called by OptionReader.
#pragma once

#include <string_view>

#include "app/option_reader.h"
#include "app/option_table.h"
#include "site/site_config.h"

namespace app {

/// For OptionGroup::site.
[[nodiscard]] Objection apply_site_option(OptionId id, std::string_view value, site::SiteConfig& site);

/// For OptionGroup::web, --mime-types apart.
[[nodiscard]] Objection apply_web_option(OptionId id, std::string_view value, site::SiteConfig& site);

}  // namespace app
