// DELETE of files and of empty directories below the root. Called by the router.
#pragma once

#include <string_view>

#include "content/file_sink.h"
#include "handlers/handler.h"

namespace handlers {

class Deletes {
public:
    /// `parts` must outlive this and every answer that it makes.
    explicit Deletes(const content::WriteParts& parts) : parts_(parts) {}

    /// `request.method` is DELETE, and deletes are allowed. `path`: the file's, which may differ from the request's.
    Decision handle(const http::Request& request, std::string_view path);

private:
    const content::WriteParts& parts_;
};

}  // namespace handlers
