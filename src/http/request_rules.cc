// The rules that do not depend on how a head is written.
#include "http/request_rules.h"

namespace http {

Refusal target_refusal(TargetError error, Method method) {
    if (error == TargetError::https_scheme) return {Status::misdirected_request, target_error_text(error)};
    if (error == TargetError::authority_form && method == Method::connect) {
        return {Status::not_implemented, target_error_text(error)};
    }
    return {Status::bad_request, target_error_text(error)};
}

std::string_view host_fault(const Request& request) {
    const std::string_view host = *request.find(FieldName::host);
    if (request.fields.count(FieldName::host) > 1) return "there is more than one Host; send it once";
    if (!is_valid_host(host, true)) return "the Host is not a host with an optional port";
    return {};
}

void read_expectation(Request& request) {
    if (request.minor_version == 0) return;
    for_each_member(request, FieldName::expect, [&](std::string_view member) {
        if (base::equals_ignoring_case(member, "100-continue")) {
            request.expects_continue = true;
        } else {
            request.unknown_expectation = true;
        }
    });
}

}  // namespace http
