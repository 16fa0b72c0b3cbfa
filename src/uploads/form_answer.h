// The response to a form: says to a person or a script what became of each file. Called by form_uploads, and by the
// actions of a page for the way back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "uploads/write_gate.h"

namespace uploads {

/// One file of a form.
struct FormFile {
    std::string name;  ///< the name as stored, or as sent when the file was not stored
    std::uint64_t bytes = 0;
    http::Status status = http::Status::created;  ///< 201, 204 (an older file was replaced), or why it is not stored
    std::string_view fault;                       ///< the sentence of a refusal; empty when it is stored
    http::MissingRight missing = http::MissingRight::none;    ///< with `fault`: whether others have the right
    std::string entity_tag;                                   ///< of the stored file
    bool keeps_time = false;                                  ///< it has the time that the request states
    Admission::Tells tells = Admission::Tells::name_and_tag;  ///< what the client learns of it

    [[nodiscard]] bool is_stored() const { return fault.empty(); }
    [[nodiscard]] bool is_named() const { return is_stored() && tells == Admission::Tells::name_and_tag; }
};

/// The answer to `request`, a form posted to a directory, when every file is either durable or refused. 2xx only when
/// all are stored: 201, or 200 when each replaced an older one; otherwise the status that the refused ones share, 409
/// when they differ. Where nothing is stored because of rights that others have, the response says so. A browser is
/// sent back to the directory by 303, or gets a page that names what was not stored; a script gets JSON. `files` is not
/// empty.
[[nodiscard]] http::Response answer_form(const http::Request& request, const std::vector<FormFile>& files);

/// 303 to the directory that `request`, from a browser, was posted to.
[[nodiscard]] http::Response see_directory(const http::Request& request);

}  // namespace uploads
