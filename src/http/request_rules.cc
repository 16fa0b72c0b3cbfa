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
