// PUT and POST of files below the root. Everything that can be refused is refused before a byte of the body was read;
// then the body streams into a FileSink, is checked against its digests, and is answered once it is durable.
// Called by the router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "handler/handler.h"
#include "handler/write_rules.h"
#include "storage/file_sink.h"
#include "uploads/form_shares.h"
#include "uploads/write_gate.h"

namespace uploads {

class ResumableUploads;

class Uploads {
public:
    /// All must outlive this and every sink made by it.
    Uploads(const storage::WriteParts& parts, const handler::WriteRules& config, ResumableUploads& resumable,
            FormShares& forms)
        : parts_(parts), config_(config), resumable_(resumable), forms_(forms) {}

    /// `request.method` is PUT or POST, and uploads are allowed. `path`: the file's, which may differ from the
    /// request's ("/files/…"); Location repeats the request's. A POST to a directory (a slash at the end) stores its
    /// body there, under the name in Content-Disposition or a generated one, or every file of a form.
    handler::Decision handle(const http::Request& request, std::string_view path);

private:
    [[nodiscard]] std::optional<http::Response> refuse_before_body(const http::Request& request) const;
    /// The time of what is uploaded, where the request states one that counts; or a 400.
    handler::Decision take_form(const http::Request& request, std::string_view path);
    handler::Decision store(const http::Request& request, std::string_view path, std::string location,
                            storage::OnConflict wanted, WriteGate::Named named);
    [[nodiscard]] std::string generate_name();

    const storage::WriteParts& parts_;
    const handler::WriteRules& config_;
    ResumableUploads& resumable_;
    FormShares& forms_;
    std::uint64_t generated_ = 0;  ///< names made so far
};

}  // namespace uploads
