// What every request must keep to, whatever version carried it: its method, its target, its host, its expectation; and
// the words for those that do not. Called by HeadParser for HTTP/1 and by HeadBuilder for HTTP/2.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "http/framing.h"
#include "http/request.h"
#include "http/target.h"

namespace http {

/// No method in the IANA registry has more than 17 letters (RFC 9110 §16.1.2).
inline constexpr std::size_t kMaxMethodBytes = 32;

inline constexpr std::string_view kLongMethod = "the method's name is longer than any that is known";
inline constexpr std::string_view kLongTarget = "the request-target is longer than 8192 bytes";
inline constexpr std::string_view kLongHead = "the request's head is longer than 16384 bytes";
inline constexpr std::string_view kTooManyFields = "the request has more than 100 fields";
inline constexpr std::string_view kLongTrailers = "the trailer section is longer than 8192 bytes";

/// The refusal of a request with `method` for its target; `error` is not none.
[[nodiscard]] Refusal target_refusal(TargetError error, Method method);
/// What is wrong with the Host of a request whose fields are all there and that has one (RFC 9110 §7.2); empty when it
/// is right. Any fault is 400.
[[nodiscard]] inline std::string_view host_fault(const Request& request) {
    const std::string_view host = *request.find(FieldName::host);
    if (request.fields.count(FieldName::host) > 1) return "there is more than one Host; send it once";
    if (!is_valid_host(host, true)) return "the Host is not a host with an optional port";
    return {};
}
/// Sets what the request expects (RFC 9110 §10.1.1). A 1.0 client knows no interim response, so its expectation is
/// ignored.
void read_expectation(Request& request);

/// Calls `see` with every member of the lists in the field's lines (RFC 9110 §5.6.1), empty ones left out.
template <class See>
void for_each_member(const Request& request, FieldName name, See see) {
    for (const Field& field : request.fields) {
        if (field.known != name) continue;
        std::string_view rest = field.value.of(request.text);
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            const std::string_view member = base::trim_blanks(rest.substr(0, comma));
            if (!member.empty()) see(member);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
}

}  // namespace http
