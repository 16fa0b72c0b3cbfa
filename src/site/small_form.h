// The small urlencoded forms of the server's own pages. Called by sign_in_pages, share_making and share_list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.h"
#include "http/request.h"

namespace site {

/// A few words and a path, all of it escaped.
inline constexpr std::size_t kMostFormBytes = 16 * 1024;
inline constexpr http::FormLimits kFormLimits{.fields = 8, .name_bytes = 64, .value_bytes = 4096};

/// True for application/x-www-form-urlencoded.
[[nodiscard]] bool is_form(const http::Request& request);
/// The value of a field that stands at most once, empty where it does not; nullopt: it stands twice.
[[nodiscard]] std::optional<std::string> take_value(const std::vector<http::FormField>& fields, std::string_view name);

}  // namespace site
