// Which media types browsers run scripts of, when a person opens a file of that type. Called by the representation
// builder once per opened file.
#pragma once

#include <string_view>

namespace media {

/// True for HTML, SVG, every kind of XML (a style sheet or an element of XHTML can bring scripts), and messages that
/// hold other documents. Parameters and case do not matter.
[[nodiscard]] bool may_run_scripts(std::string_view media_type);

}  // namespace media
